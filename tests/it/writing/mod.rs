//! What editors change: mutations over HTTP and WebSockets, their history, and that the data stay whole.
//!
//! Here stands what the files beside this one share: a server over the article's data, and tokens of every role.

mod admin; // what admins do: tokens, and sets that are put back
mod claims; // figures and the claims that they rest on; claims that contradict each other
mod commands; // how many commands a batch costs the database
mod crash; // server and database killed while many write
mod heard; // what subscribers hear of it
mod history; // who changed what, and taking it back
mod making; // entering, changing, deleting: what is accepted, and what is told of mistakes
mod named; // aliases and names in languages by every door
mod owning; // slugs and codes are one document's own, and are handed on
mod payloads; // what is asked for together with a change
mod racing; // many writers at once: no change is lost, nothing refers to what is gone
mod retrying; // the same request again and again
mod roles; // who may: every mutation of the schema with every role
mod rows; // rows of lists have ids that stay
mod texts; // texts in order, at every door; the order of texts

use menagerie::api::viewer::Role;
use menagerie::http::Settings;
use serde_json::{Value as Json, json};

use crate::identity::made;
use crate::support::{TestApp, client, settings};

/// A server over the article's data, and the token of an editor.
struct Desk {
    app: TestApp,
    token: String,
}

impl Desk {
    async fn open() -> Self {
        Self::with(settings()).await
    }

    async fn with(settings: Settings) -> Self {
        let app = TestApp::set(settings).await;
        app.load(&["article"]).await;
        let token = made(&app, "ed", Role::Editor, None).await;
        Self { app, token }
    }

    /// The status and whole answer to a request with this token.
    async fn ask(&self, token: Option<&str>, query: &str, variables: Json) -> (u16, Json) {
        let mut request = client()
            .post(format!("{}/graphql", self.app.address))
            .json(&json!({ "query": query, "variables": variables }));
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        let response = request.send().await.expect("an answer");
        (response.status().as_u16(), response.json().await.expect("JSON"))
    }

    /// Makes a mutation by the editor, which has no mistakes.
    async fn does(&self, mutation: &str, input: Json) {
        let made = self.make(mutation, MISTAKES, input).await;
        assert_eq!(mistakes(&made), [], "{mutation}: {made:#}");
    }

    /// The payload of a mutation by the editor, whose input is the variable `input` of this type.
    async fn make(&self, mutation: &str, selected: &str, input: Json) -> Json {
        let mut type_name = mutation[..1].to_uppercase() + &mutation[1..] + "Input";
        if mutation.starts_with("delete") {
            type_name = "DeleteInput".to_owned();
        }
        let query = format!("mutation($input: {type_name}!) {{ {mutation}(input: $input) {{ {selected} }} }}");
        let (status, mut body) = self.ask(Some(&self.token), &query, json!({ "input": input })).await;
        assert!(status == 200 && body.get("errors").is_none(), "{status}: {body:#}");
        body["data"][mutation].take()
    }

    /// The data of a query by the editor.
    async fn read(&self, query: &str) -> Json {
        let (status, mut body) = self.ask(Some(&self.token), query, json!({})).await;
        assert!(status == 200 && body.get("errors").is_none(), "{status}: {body:#}");
        body["data"].take()
    }
}

/// What is selected to see mistakes.
const MISTAKES: &str = "userErrors { code field message }";

/// A new gift that lacks nothing.
fn gift(slug: &str) -> Json {
    json!({
        "slug": slug, "title": "A pair of hawks", "giver": "nation_russia", "recipient": "nation_north-korea",
        "mode": "GIFT", "status": "DELIVERED",
        "items": [{ "animal": "animal_brown-bear", "count": { "min": 2, "max": 2 } }],
        "date": { "edtf": "1986~" }, "total": { "min": 2 },
    })
}

/// A field of a mistake.
fn word<'a>(error: &'a Json, field: &str) -> &'a str {
    error[field].as_str().unwrap_or("-")
}

/// The code and field of each mistake.
fn mistakes(payload: &Json) -> Vec<(&str, &str)> {
    let errors = payload["userErrors"].as_array().expect("a list");
    let mistake = |error| (word(error, "code"), word(error, "field"));
    errors.iter().map(mistake).collect()
}
