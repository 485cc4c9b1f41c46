//! The kinds of requests that there are, each with what it must get. `statuses` sends them.

use reqwest::Method;

use self::Sent::{By, Get, GetAs, Post, PostAs};
use super::{Door, encoded};

/// The older media type.
pub const JSON: &str = "application/json";

/// How a request is sent.
pub enum Sent {
    /// By POST, as JSON.
    Post(&'static str),
    /// By POST, with this content type or none.
    PostAs(Option<&'static str>, &'static str),
    /// By GET, with these parameters.
    Get(&'static [(&'static str, &'static str)]),
    /// By GET, with a content type.
    GetAs(&'static str),
    /// By another method, with a body that would be good by POST.
    By(Method),
}

/// A kind of request: how it is sent; its status in the newer media type, by the text of 2026 and by that of 2025, and in
/// the older one; the code of its refusal.
pub type Row = (&'static str, Sent, u16, u16, u16, Option<&'static str>);

/// A body that is in order.
pub const GOOD: &str = r#"{"query":"{__typename}"}"#;
const INPUT: Option<&str> = Some("BAD_USER_INPUT");
const PARSE: Option<&str> = Some("GRAPHQL_PARSE_FAILED");
const INVALID: Option<&str> = Some("GRAPHQL_VALIDATION_FAILED");
const LIMIT: Option<&str> = Some("LIMIT_EXCEEDED");

/// All of them.
pub const ROWS: &[Row] = &[
    ("good", Post(GOOD), 200, 200, 200, None),
    ("good by GET", Get(&[("query", "{__typename}")]), 200, 200, 200, None),
    (
        "empty parameters",
        Get(&[
            ("query", "{__typename}"),
            ("operationName", ""),
            ("variables", ""),
            ("extensions", ""),
        ]),
        200,
        200,
        200,
        None,
    ),
    (
        "null parameters",
        Post(r#"{"query":"{__typename}","operationName":null,"variables":null,"extensions":null}"#),
        200,
        200,
        200,
        None,
    ),
    (
        "a name and variables by GET",
        Get(&[
            ("query", "query A($s:String){gift(slug:$s){id}} query B{__typename}"),
            ("operationName", "A"),
            ("variables", r#"{"s":"none"}"#),
        ]),
        200,
        200,
        200,
        None,
    ),
    ("JSON by GET", GetAs(JSON), 200, 200, 200, None),
    (
        "a charset",
        PostAs(Some("application/json; charset=UTF-8"), GOOD),
        200,
        200,
        200,
        None,
    ),
    // Nothing could be executed: 400 or 422, or 200 where the media type has no other.
    ("no GraphQL", Post(r#"{"query":"{"}"#), 400, 400, 200, PARSE),
    ("no GraphQL by GET", Get(&[("query", "{")]), 400, 400, 200, PARSE),
    ("a blank document", Post(r#"{"query":" "}"#), 400, 400, 200, PARSE),
    (
        "an unknown field",
        Post(r#"{"query":"{nothing}"}"#),
        422,
        400,
        200,
        INVALID,
    ),
    (
        "an unknown operation",
        Post(r#"{"query":"query A{__typename}","operationName":"B"}"#),
        422,
        400,
        200,
        INPUT,
    ),
    (
        "several operations, none named",
        Post(r#"{"query":"query A{__typename} query B{__typename}"}"#),
        422,
        400,
        200,
        INPUT,
    ),
    (
        "a value of another type",
        Post(r#"{"query":"query($n:Int){gifts(first:$n){nodes{id}}}","variables":{"n":"x"}}"#),
        422,
        400,
        200,
        INPUT,
    ),
    (
        "no value where one is needed",
        Post(r#"{"query":"query($i:ID!){node(id:$i){id}}"}"#),
        422,
        400,
        200,
        INPUT,
    ),
    (
        "over a limit",
        Post(r#"{"query":"{gifts(first:200){nodes{claims(first:200){nodes{claims(first:200){nodes{id}}}}}}}"}"#),
        422,
        400,
        200,
        LIMIT,
    ),
    // There are no mutations to be validated yet; this one will never be.
    (
        "a mutation",
        Post(r#"{"query":"mutation{nothingOfThisName}"}"#),
        422,
        400,
        200,
        INVALID,
    ),
    // No request of GraphQL at all: the same in both.
    ("no document", Post("{}"), 422, 400, 400, INPUT),
    ("an empty document", Post(r#"{"query":""}"#), 422, 400, 400, INPUT),
    ("no document by GET", Get(&[]), 422, 400, 400, INPUT),
    (
        "a document of another type",
        Post(r#"{"query":1}"#),
        422,
        400,
        400,
        INPUT,
    ),
    (
        "variables as text",
        Post(r#"{"query":"{__typename}","variables":"{}"}"#),
        422,
        400,
        400,
        INPUT,
    ),
    (
        "variables as a list",
        Get(&[("query", "{__typename}"), ("variables", "[]")]),
        422,
        400,
        400,
        INPUT,
    ),
    (
        "extensions as a list",
        Post(r#"{"query":"{__typename}","extensions":[]}"#),
        422,
        400,
        400,
        INPUT,
    ),
    ("broken JSON", Post(r#"{"query":"{__typename}""#), 400, 400, 400, INPUT),
    ("an empty body", Post(""), 400, 400, 400, INPUT),
    ("a body of another kind", Post("7"), 422, 400, 400, INPUT),
    (
        "a form",
        PostAs(Some("application/x-www-form-urlencoded"), "query={__typename}"),
        415,
        415,
        415,
        INPUT,
    ),
    (
        "bare GraphQL",
        PostAs(Some("application/graphql"), "{__typename}"),
        415,
        415,
        415,
        INPUT,
    ),
    (
        "another charset",
        PostAs(Some("application/json; charset=utf-16"), GOOD),
        415,
        415,
        415,
        INPUT,
    ),
    ("no content type", PostAs(None, GOOD), 415, 415, 415, INPUT),
    ("text by GET", GetAs("text/plain"), 415, 415, 415, INPUT),
    (
        "a mutation by GET",
        Get(&[("query", "mutation{nothingOfThisName}")]),
        405,
        405,
        405,
        INPUT,
    ),
    ("another method", By(Method::PUT), 405, 405, 405, INPUT),
    ("another method", By(Method::DELETE), 405, 405, 405, INPUT),
    ("another method", By(Method::PATCH), 405, 405, 405, INPUT),
    ("another method", By(Method::OPTIONS), 405, 405, 405, INPUT),
];

/// A request that is sent so, for an answer in this media type.
pub fn request(door: &Door, sent: &Sent, accept: &str) -> reqwest::RequestBuilder {
    let address = format!("{}/graphql", door.address);
    let request = match sent {
        Post(body) => door.client.post(address).header("content-type", JSON).body(*body),
        PostAs(None, body) => door.client.post(address).body(*body),
        PostAs(Some(content), body) => door.client.post(address).header("content-type", *content).body(*body),
        Get(parameters) => {
            let pair = |(name, value): &(&str, &str)| format!("{name}={}", encoded(value));
            let query: Vec<String> = parameters.iter().map(pair).collect();
            door.client.get(format!("{address}?{}", query.join("&")))
        }
        GetAs(content) => door
            .client
            .get(format!("{address}?query={}", encoded("{__typename}")))
            .header("content-type", *content),
        By(method) => door
            .client
            .request(method.clone(), address)
            .header("content-type", JSON)
            .body(GOOD),
    };
    request.header("accept", accept)
}
