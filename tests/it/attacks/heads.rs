//! Heads of requests that are not as they should be: too large, of a wrong length, of an unknown method, to a strange
//! address.

use super::Expected::{Broken, Refused};
use super::target::{GRAPHQL_RESPONSE, get};
use super::{Expected, INPUT, PARSE, Row, TOO_LARGE, row};

const GOOD: &str = r#"{"query":"{__typename}"}"#;

// The lines of a head.
const POST: &str = "POST /graphql HTTP/1.1";
const HOST: &str = "Host: 127.0.0.1";
const JSON: &str = "Content-Type: application/json";

/// A request line by line, when even its head is not as it should be.
fn raw(lines: &[&str], body: &str) -> Vec<u8> {
    (lines.join("\r\n") + "\r\n\r\n" + body).into_bytes()
}

fn large_heads() -> Vec<Row> {
    let many: Vec<String> = (0..200).map(|number| format!("X-Header-{number}: a")).collect();
    let mut lines = vec!["GET /graphql?query=%7B__typename%7D HTTP/1.1", HOST];
    lines.extend(many.iter().map(String::as_str));
    let long = format!("X-Header: {}", "a".repeat(140_000));
    let path = format!("/graphql?query={}", "a".repeat(33_000));
    const HEAD: Expected = Broken(&[400, 413, 414, 431]);
    vec![
        row("200 headers", raw(&lines, ""), HEAD),
        row("a header of 140 kB", raw(&[POST, HOST, &long], ""), HEAD),
        row("an address of 33 kB", get(&path, GRAPHQL_RESPONSE), HEAD),
    ]
}

/// How long the body is said to be.
fn lengths() -> Vec<Row> {
    vec![
        row(
            "a length that is no number",
            raw(&[POST, HOST, JSON, "Content-Length: a"], GOOD),
            Broken(&[400]),
        ),
        row(
            "a length below 0",
            raw(&[POST, HOST, JSON, "Content-Length: -1"], GOOD),
            Broken(&[400]),
        ),
        row(
            "a length of 26 digits",
            raw(&[POST, HOST, JSON, "Content-Length: 99999999999999999999999999"], GOOD),
            Broken(&[400, 413]),
        ),
        row(
            "two lengths",
            raw(&[POST, HOST, JSON, "Content-Length: 24", "Content-Length: 2"], GOOD),
            Broken(&[400]),
        ),
        row(
            "a length and pieces",
            raw(
                &[POST, HOST, JSON, "Content-Length: 24", "Transfer-Encoding: chunked"],
                "0\r\n\r\n",
            ),
            Broken(&[400]),
        ),
        row(
            "a piece whose length is no number",
            raw(
                &[POST, HOST, JSON, "Transfer-Encoding: chunked"],
                "zz\r\n{}\r\n0\r\n\r\n",
            ),
            Broken(&[400]),
        ),
        row(
            "a piece longer than is accepted",
            raw(
                &[POST, HOST, JSON, "Transfer-Encoding: chunked"],
                &format!("7fffffff\r\n{}", " ".repeat(300_000)),
            ),
            TOO_LARGE,
        ),
    ]
}

fn methods_and_paths() -> Vec<Row> {
    vec![
        row(
            "no HTTP",
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n".to_vec(),
            Broken(&[400]),
        ),
        row(
            "an unknown method",
            raw(&["EAT /graphql HTTP/1.1", HOST], ""),
            Broken(&[405]),
        ),
        row("TRACE", raw(&["TRACE /graphql HTTP/1.1", HOST], ""), Broken(&[405])),
        row(
            "PUT",
            raw(&["PUT /graphql HTTP/1.1", HOST, JSON, "Content-Length: 24"], GOOD),
            Broken(&[405]),
        ),
        row(
            "a path out of the pages",
            get("/assets/..%2f..%2f..%2fetc/passwd", "*/*"),
            Broken(&[400, 404]),
        ),
        row("a path with NUL", get("/assets/%00", "*/*"), Broken(&[400, 404])),
    ]
}

fn addresses() -> Vec<Row> {
    let by_get = |parameters: &str| get(&format!("/graphql?{parameters}"), GRAPHQL_RESPONSE);
    vec![
        row("no parameters", by_get(""), INPUT),
        row("an empty query", by_get("query="), INPUT),
        row(
            "broken percent signs",
            by_get("query=%zz%"),
            Refused(&[400], &["BAD_USER_INPUT", "GRAPHQL_PARSE_FAILED"]),
        ),
        row(
            "bytes that are no UTF-8",
            by_get("query=%ff%fe"),
            Refused(&[400], &["BAD_USER_INPUT", "GRAPHQL_PARSE_FAILED"]),
        ),
        row("NUL in the address", by_get("query=%00"), PARSE),
        row(
            "variables that are no JSON",
            by_get("query=%7B__typename%7D&variables=%7B"),
            INPUT,
        ),
        row(
            "variables that are no object",
            by_get("query=%7B__typename%7D&variables=%5B%5D"),
            INPUT,
        ),
        row(
            "extensions that are no JSON",
            by_get("query=%7B__typename%7D&extensions=%7B"),
            INPUT,
        ),
        row(
            "two queries",
            by_get("query=%7B__typename%7D&query=%7Ba%7D"),
            Refused(&[200, 400], &["BAD_USER_INPUT", "GRAPHQL_VALIDATION_FAILED"]),
        ),
        row(
            "nested variables",
            by_get(&format!("query=%7B__typename%7D&variables={}", "%5B".repeat(65))),
            Refused(&[400], &["LIMIT_EXCEEDED", "BAD_USER_INPUT"]),
        ),
    ]
}

pub fn rows() -> Vec<Row> {
    [large_heads(), lengths(), methods_and_paths(), addresses()]
        .into_iter()
        .flatten()
        .collect()
}
