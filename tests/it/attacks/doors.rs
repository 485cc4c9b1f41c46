//! The corpus through the other doors: by QUERY, where the same is expected as by POST; and to agents and named queries, which
//! take no documents, so that each must refuse it or find nothing.

use serde_json::json;

use super::Expected::Unharmed;
use super::target::get;
use super::{Expected, Row, row};

/// How much of an attack an address holds, with each byte as three.
const ADDRESS: usize = 2_000;

/// The head of a request by POST to `/graphql`, and its body.
fn parts(request: &[u8]) -> Option<(String, &[u8])> {
    let end = request.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&request[..end]).ok()?;
    let rest = head.strip_prefix("POST /graphql HTTP/1.1\r\n")?;
    Some((rest.to_owned(), &request[end + 4..]))
}

fn again(line: &str, head: &str, body: &[u8]) -> Vec<u8> {
    let mut request = format!("{line} HTTP/1.1\r\n{head}\r\n\r\n").into_bytes();
    request.extend_from_slice(body);
    request
}

/// The rows by another method or at another address, and what is expected there.
fn elsewhere(rows: &[Row], line: &str, expected: impl Fn(Expected) -> Expected) -> Vec<Row> {
    let moved = rows.iter().filter_map(|one| {
        let (head, body) = parts(&one.request)?;
        let name = format!("{}, {line}", one.name);
        Some(row(name, again(line, &head, body), expected(one.expected)))
    });
    moved.collect()
}

/// The rows by QUERY.
pub fn by_query(rows: &[Row]) -> Vec<Row> {
    elsewhere(rows, "QUERY /graphql", |expected| expected)
}

/// The rows at the door of agents: as they are, and their bodies as the argument of a tool.
pub fn to_agents(rows: &[Row]) -> Vec<Row> {
    let mut all = elsewhere(rows, "POST /mcp", |_| Unharmed);
    all.extend(rows.iter().filter_map(|one| {
        let (_, body) = parts(&one.request)?;
        let text = String::from_utf8_lossy(body);
        let call = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": { "name": "Search", "arguments": { "text": text } } });
        let call = call.to_string();
        let head = format!(
            "Host: 127.0.0.1\r\nConnection: close\r\nAccept: application/json, text/event-stream\r\nContent-Type: application/json\r\nContent-Length: {}",
            call.len()
        );
        let name = format!("{}, as an argument of a tool", one.name);
        Some(row(name, again("POST /mcp", &head, call.as_bytes()), Unharmed))
    }));
    all
}

/// The bodies of the rows in addresses of named queries: each in one of the places where a text can stand.
pub fn to_named(rows: &[Row]) -> Vec<Row> {
    let encoded = |body: &[u8]| -> String {
        let bytes = body.iter().take(ADDRESS);
        bytes.map(|byte| format!("%{byte:02X}")).collect()
    };
    let named = rows.iter().enumerate().filter_map(|(number, one)| {
        let (_, body) = parts(&one.request)?;
        let text = encoded(body);
        let (place, path) = match number % 4 {
            0 => ("a value", format!("/q/Search.json?text={text}")),
            1 => ("the name of a parameter", format!("/q/Search.csv?{text}=1")),
            2 => ("a shape", format!("/q/FindGifts.json?shape={text}")),
            _ => ("the name of a query", format!("/q/{text}.json")),
        };
        let name = format!("{} as {place}", one.name);
        Some(row(name, get(&path, "application/json"), Unharmed))
    });
    named.collect()
}
