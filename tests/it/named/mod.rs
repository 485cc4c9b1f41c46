//! Named queries, at `/q/NAME`: the same answers as by `/graphql`, as JSON, rows, CSV and events, with the same guard.

mod doors; // one answer by every door
mod refusals; // what is refused, with the parameter's name
mod tables; // rows and CSV

use reqwest::header::HeaderMap;
use serde_json::{Map, Value as Json, json};

use crate::support::{TestApp, client, samples};

/// A query with variables, as an address and as GraphQL have it.
struct Ask {
    name: &'static str,
    document: String,
    variables: Json,
}

impl Ask {
    fn new(name: &'static str, variables: Json) -> Self {
        let found = samples().into_iter().find(|sample| {
            let begins = |word: &str| sample.document.contains(&format!("{word} {name}"));
            ["query", "subscription"].into_iter().any(begins)
        });
        let sample = found.unwrap_or_else(|| panic!("no sample has the operation {name}"));
        Self {
            name,
            document: sample.document,
            variables,
        }
    }

    /// The address, with this ending.
    fn address(&self, ending: &str) -> String {
        let variables = self.variables.as_object().cloned().unwrap_or_default();
        let pairs = variables
            .iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(name, value)| {
                let text = match value {
                    Json::String(text) => text.clone(),
                    other => other.to_string(),
                };
                format!("{name}={}", encoded(&text))
            });
        format!("/q/{}{ending}?{}", self.name, pairs.collect::<Vec<_>>().join("&"))
    }

    /// What `/graphql` answers.
    async fn by_graphql(&self, app: &TestApp) -> Json {
        let (_, answer) = app.post(&self.document, self.variables.clone()).await;
        answer
    }
}

/// Percent-encodes all but letters and digits.
fn encoded(text: &str) -> String {
    let byte = |byte: u8| match byte.is_ascii_alphanumeric() {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    };
    text.bytes().map(byte).collect()
}

/// Asks by GET; gives status, headers and body.
async fn get(app: &TestApp, path: &str, headers: &[(&str, &str)]) -> (u16, HeaderMap, Vec<u8>) {
    let request = client().get(format!("{}{path}", app.address));
    let request = headers
        .iter()
        .fold(request, |request, (name, value)| request.header(*name, *value));
    let response = request.send().await.expect("an answer");
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    (status, headers, response.bytes().await.expect("a body").to_vec())
}

/// An answer as JSON, with its status.
async fn json_of(app: &TestApp, path: &str) -> (u16, Json) {
    let (status, _, body) = get(app, path, &[]).await;
    (status, serde_json::from_slice(&body).expect("JSON"))
}

/// The queries with the variables of their samples.
fn examples() -> Vec<(&'static str, Json)> {
    vec![
        ("GiftToPyongyang", json!({})),
        ("AllGifts", json!({})),
        ("PossiblyOrCertainly2018", json!({})),
        ("FiftyOrMoreAnimals", json!({})),
        ("OneNation", json!({ "code": "KP" })),
        ("PageByPage", json!({ "first": 3 })),
        ("Contradictions", json!({})),
        ("AcrossRelations", json!({})),
        ("Statistics", json!({})),
        ("Timeline", json!({ "nation": "north-korea" })),
        ("Search", json!({ "text": "GIANT PANDDÁ" })),
        ("FindGifts", json!({ "text": "panda", "giver": "china", "first": 3 })),
        ("OneGift", json!({ "slug": "ru-kp-2024" })),
        ("ByDecade", json!({ "giver": "china" })),
    ]
}

fn without_nulls(variables: &Json) -> Map<String, Json> {
    let all = variables.as_object().cloned().unwrap_or_default();
    all.into_iter().filter(|(_, value)| !value.is_null()).collect()
}
