//! What a kept answer costs through each door: the same named queries by POST, GET and at `/q`. (wrk refuses to
//! send QUERY.)

use std::fmt::Write as _;
use std::path::Path;

use reqwest::Url;
use serde_json::{Value as Json, json};

use crate::arena::{Arena, middle};
use crate::options::Options;
use crate::servers::{Entrant, Server};
use crate::wrk::Request;

/// The named queries, by the file in `schema/operations` and their name.
const QUERIES: [(&str, &str); 2] = [("14-one-gift", "OneGift"), ("13-find-gifts", "FindGifts")];

/// The door that the others are compared with.
const BASE: &str = "GET /graphql";
/// How many times the work of [`BASE`] each door at `/q` may take at the most.
const MOST: f64 = 1.1;

/// A named query with the variables of its example.
struct Named {
    name: &'static str,
    id: &'static str,
    text: String,
    variables: serde_json::Map<String, Json>,
}

impl Named {
    fn read(id: &'static str, name: &'static str) -> Result<Self, String> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema/operations");
        let read = |ending: &str| {
            let path = folder.join(format!("{id}.{ending}"));
            std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))
        };
        Ok(Self {
            name,
            id,
            text: read("graphql")?,
            variables: serde_json::from_str(&read("variables.json")?).map_err(|error| format!("{id}: {error}"))?,
        })
    }

    /// The ways to ask for it at a server, the one that the others are compared with first.
    fn doors(&self, server: &Server) -> [(&'static str, Request); 6] {
        let url = &server.url;
        let variables = Json::Object(self.variables.clone());
        let body = json!({ "query": self.text, "variables": variables }).to_string();
        let get = |path: &str, parameters: Vec<(&str, String)>| {
            let address = Url::parse_with_params(&url.replace("/graphql", path), parameters);
            Request {
                method: "GET",
                url: address.expect("a server has an address").into(),
                accept: "*/*",
                body: String::new(),
            }
        };
        let of_graphql = |field, value: &str| {
            get(
                "/graphql",
                vec![(field, value.to_owned()), ("variables", variables.to_string())],
            )
        };
        let at_q = |ending: &str, more: Option<(&'static str, &str)>| {
            let own = self.variables.iter().map(|(name, value)| match value {
                Json::String(text) => (name.as_str(), text.clone()),
                other => (name.as_str(), other.to_string()),
            });
            let more = more.map(|(name, value)| (name, value.to_owned()));
            get(&format!("/q/{}{ending}", self.name), own.chain(more).collect())
        };
        [
            (BASE, of_graphql("query", &self.text)),
            ("GET /graphql by documentId", of_graphql("documentId", self.id)),
            ("POST /graphql", Request::post(url, body)),
            ("/q, .json", at_q(".json", None)),
            ("/q, .json as rows", at_q(".json", Some(("shape", "rows")))),
            ("/q, .csv", at_q(".csv", None)),
        ]
    }
}

/// CPU time of a kept answer through each door, and what must hold of it.
pub async fn doors(options: &Options, arena: &Arena) -> Result<String, String> {
    let mut text = format!(
        "Menagerie, warm. What must hold: at `/q` at most {MOST} times the CPU of {BASE}.\n\n\
         | query | door | requests/s | CPU µs/request | to {BASE} | bytes | |\n|---|---|---|---|---|---|---|\n"
    );
    let server = arena.start(Entrant::Warm).await?;
    for (id, name) in QUERIES {
        let doors = Named::read(id, name)?.doors(&server);
        let mut measured = doors.each_ref().map(|_| Vec::new());
        // In rounds, so that a moment in which the machine is slow does not meet one door alone.
        for _ in 0..options.rounds {
            for ((door, request), runs) in doors.iter().zip(&mut measured) {
                let name = format!("{name} by {door}");
                runs.push(
                    arena
                        .load_with(&server, &name, request, options.connections, options.time())
                        .await?,
                );
            }
        }
        let cpu = |runs: &[(crate::wrk::Run, f64)]| middle(runs.iter().map(|(_, cpu)| *cpu));
        let base = cpu(&measured[0]);
        for ((door, request), runs) in doors.iter().zip(&measured) {
            let times = cpu(runs) / base;
            let verdict = match door.starts_with("/q") {
                true if times > MOST => "**no**",
                true => "yes",
                false => "",
            };
            let _ = writeln!(
                text,
                "| {name} | {door} | {:.0} | {:.1} | {times:.2} | {} | {verdict} |",
                middle(runs.iter().map(|(run, _)| run.per_second)),
                cpu(runs),
                arena.ask_with(&server, request).await?.len(),
            );
        }
    }
    Ok(text)
}
