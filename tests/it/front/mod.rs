//! The front door, over HTTP: what a request gets for what it is, and what a client can rely on.
//!
//! Here stands what the files beside this one share: a server with settings of its own over a test's store, requests,
//! and answers.

mod batches; // several requests at once
mod behind; // a prefix, slashes at the end, another Host
mod browsers; // forged requests, pages of other sites
mod cost; // what a request is estimated to cost, and what it did cost
mod deadlines; // a database that is gone or silent, clients that leave, slow bodies
mod deliveries; // answers that nobody takes
mod encoding; // compressed answers and bodies
mod exports; // exports: who may, what is refused, what becomes of one that breaks off
mod facts; // pages that need no script
mod files; // the files of the pages: compressed, kept by browsers
mod identity; // who asks, by the header
mod kinds; // the kinds of requests, with what each must get
mod limits; // every limit, refused and only measured
mod messages; // what is told of mistakes, in documents and in variables
mod nulls; // where null stands for a field without a value
mod pages; // headers that protect, the page and its policy
mod persisted; // documents that the server knows: those that clients store
mod production; // what a server does not tell in production
pub mod proxy; // between a server and its database
mod query; // the method QUERY
mod rates; // points per client, requests at once
mod records; // what is recorded of each operation, once
mod statuses; // every kind of request in each media type
mod sums; // exports of what is computed: flows and statistics
mod tables; // exports as files: lengths, tags, parts, forms
mod tags; // answers that a client has already
mod trusted; // documents that the server knows: those that it was given

use std::net::TcpListener;

use menagerie::http::metrics::Metrics;
use menagerie::http::{self, Serving, Settings, State};
use menagerie::limits::{Limit, Limits};
use reqwest::RequestBuilder;
use reqwest::header::HeaderMap;
use serde_json::{Value as Json, json};

use crate::support::{PATIENCE, TestApp, client, metrics, settings};

/// The media type in which statuses tell what became of a request.
const GRAPHQL_RESPONSE: &str = "application/graphql-response+json";

/// A server with settings of its own over the store of a test.
struct Door {
    /// Where it listens: `http://127.0.0.1:PORT`.
    address: String,
    metrics: Metrics,
    client: reqwest::Client,
}

impl Door {
    fn over(app: &TestApp, settings: Settings) -> Self {
        Self::serving(app, settings, Serving::default())
    }

    /// The same for a server that runs like this.
    fn serving(app: &TestApp, settings: Settings, serving: Serving) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let scheme = if serving.tls.is_some() { "https" } else { "http" };
        let address = format!("{scheme}://{}", listener.local_addr().expect("the port is known"));
        let state =
            State::new(app.store.clone(), app.live.clone(), app.search.clone(), settings).expect("the settings fit");
        let metrics = state.metrics().clone();
        let serving = Serving { workers: 1, ..serving };
        tokio::spawn(http::serve(listener, state, serving).expect("the server starts"));
        Self {
            address,
            metrics,
            client: client(),
        }
    }

    /// With limits of its own, and everything else as in other tests.
    fn limited(app: &TestApp, limits: impl FnOnce(&mut Limits)) -> Self {
        let mut settings = settings();
        limits(&mut settings.config.limits);
        Self::over(app, settings)
    }

    /// A GET of this path and query.
    fn get(&self, path: &str) -> RequestBuilder {
        self.client
            .get(format!("{}{path}", self.address))
            .header("accept", GRAPHQL_RESPONSE)
    }

    /// A request by POST with this body.
    fn post(&self, body: &Json) -> RequestBuilder {
        self.client
            .post(format!("{}/graphql", self.address))
            .header("accept", GRAPHQL_RESPONSE)
            .json(body)
    }

    /// What this document gets.
    async fn ask(&self, query: &str) -> Answer {
        Answer::to(self.post(&json!({ "query": query }))).await
    }

    /// The value of a metric, by its name and labels as they are written.
    fn metric(&self, name: &str) -> f64 {
        metrics::value(&self.metrics.text().expect("text"), name)
    }
}

/// What came back.
#[derive(Debug)]
struct Answer {
    status: u16,
    headers: HeaderMap,
    body: Vec<u8>,
    /// Null where the body is no JSON.
    json: Json,
}

impl Answer {
    async fn to(request: RequestBuilder) -> Self {
        let response = request.send().await.expect("the server answers");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = response.bytes().await.expect("a whole body").to_vec();
        let json = serde_json::from_slice(&body).unwrap_or_default();
        Self {
            status,
            headers,
            body,
            json,
        }
    }

    /// A header; empty where it is missing. Several of one name are joined, as RFC 9110, 5.3 has it.
    fn header(&self, name: &str) -> String {
        let values = self.headers.get_all(name).iter();
        let values: Vec<&str> = values.map(|value| value.to_str().expect("text")).collect();
        values.join(", ")
    }

    /// Whether `Vary` names this header.
    fn varies_by(&self, name: &str) -> bool {
        let vary = self.header("vary");
        vary.split(',').any(|part| part.trim().eq_ignore_ascii_case(name))
    }

    /// The code of each error.
    fn codes(&self) -> Vec<&str> {
        let errors = self.json["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
        let codes = errors.iter().map(|error| error["extensions"]["code"].as_str());
        codes.map(|code| code.unwrap_or("none")).collect()
    }

    /// The first error's message.
    fn message(&self) -> &str {
        self.json["errors"][0]["message"].as_str().unwrap_or_default()
    }

    /// Fails unless this is a refusal with this status and this code, and nothing was executed.
    #[track_caller]
    fn is_refused(&self, status: u16, code: &str) {
        assert_eq!((self.status, self.codes()), (status, vec![code]), "{}", self.json);
        assert!(self.json.get("data").is_none(), "{}", self.json);
    }

    /// Fails unless the first error tells this limit.
    #[track_caller]
    fn tells_limit(&self, limit: Limit, most: u64, actual: u64) {
        let expected = json!({ "code": "LIMIT_EXCEEDED", "name": limit.facts().name, "limit": most, "actual": actual });
        assert_eq!(self.json["errors"][0]["extensions"], expected, "{}", self.json);
    }

    /// Fails unless this is a refusal by this limit.
    #[track_caller]
    fn is_over(&self, limit: Limit, most: u64, actual: u64) {
        self.tells_limit(limit, most, actual);
        let status = if self.header("content-type").starts_with(GRAPHQL_RESPONSE) {
            422
        } else {
            400
        };
        self.is_refused(status, "LIMIT_EXCEEDED");
    }

    /// The data; fails where there is an error.
    #[track_caller]
    fn data(&self) -> &Json {
        assert_eq!((self.status, self.codes()), (200, vec![]), "{}", self.json);
        assert!(self.json["data"].is_object(), "{}", self.json);
        &self.json["data"]
    }
}

/// A text as a part of an address.
fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}
