//! A search request, and its hits.

use super::cursor::{HitPosition, Signature};
use super::highlights::Highlight;
use super::query::TextQuery;
use crate::domain::id::Kind;

/// A request for a page of hits.
#[derive(Clone, Debug)]
pub struct SearchRequest {
    /// Any text at all.
    pub text: String,
    pub kinds: Vec<Kind>,
    /// The hit before the page; `None` for the first page.
    pub after: Option<HitPosition>,
    /// The maximum number of hits.
    pub limit: usize,
    pub highlights: bool,
}

impl SearchRequest {
    /// Identifies this search: a cursor is valid for searches of the same signature only.
    pub fn signature(&self) -> Signature {
        Signature::new(&TextQuery::new(&self.text), &self.kinds)
    }
}

/// A matching document.
#[derive(Clone, Debug)]
pub struct Hit {
    pub id: String,
    /// Its position in the order of this search.
    pub position: HitPosition,
    /// Empty unless requested.
    pub highlights: Vec<Highlight>,
}

/// A page of hits: by score, highest first, then by id.
#[derive(Clone, Debug, Default)]
pub struct Hits {
    pub hits: Vec<Hit>,
    /// How many documents match, on all pages.
    pub total: u64,
    pub has_previous: bool,
    pub has_next: bool,
}
