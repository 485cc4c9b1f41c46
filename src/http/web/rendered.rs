//! A page as it was made, before it is put into the shell that Vite built.

use actix_web::http::StatusCode;
use maud::Markup;
use serde_json::Value as Json;

/// A page, before it is put into its shell.
pub struct View {
    /// The status of the response.
    pub status: StatusCode,
    /// The title, without the name of the site.
    pub title: String,
    /// One sentence, for lists of search results and cards.
    pub description: String,
    /// The path of its canonical address.
    pub path: String,
    /// The linked data; null for none.
    pub linked: Json,
    /// What stands between bar and foot.
    pub content: Markup,
}
