//! Bodies, headers and methods that are not as they should be: wrong types, compressed, cut, doubled, in batches, or
//! sent by a page of another origin.

use serde_json::json;

use super::Expected::{Answered, Broken, Refused};
use super::target::{GRAPHQL_RESPONSE, get, get_with, post, post_with};
use super::{Expected, INPUT, LIMIT, MEDIA_TYPE, PARSE, Row, TOO_LARGE, row};

const GOOD: &str = r#"{"query":"{__typename}"}"#;

/// So many spaces, as gzip with the fixed codes of RFC 1951.
fn packed(bytes: usize) -> Vec<u8> {
    struct Bits {
        bytes: Vec<u8>,
        free: u32,
    }
    impl Bits {
        fn put(&mut self, bit: u32) {
            if self.free == 0 {
                self.bytes.push(0);
                self.free = 8;
            }
            if let Some(last) = self.bytes.last_mut() {
                *last |= u8::from(bit != 0) << (8 - self.free);
            }
            self.free -= 1;
        }
        /// A Huffman code, its first bit first.
        fn code(&mut self, code: u32, length: u32) {
            (0..length).rev().for_each(|place| self.put((code >> place) & 1));
        }
    }
    let mut bits = Bits {
        bytes: vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255],
        free: 0,
    };
    // The last block, with fixed codes.
    [1, 1, 0].into_iter().for_each(|bit| bits.put(bit));
    bits.code(0x30 + u32::from(b' '), 8);
    for _ in 0..bytes / 258 {
        // The length 258, then the distance 1.
        bits.code(0b1100_0101, 8);
        bits.code(0, 5);
    }
    bits.code(0, 7);
    bits.bytes.extend([0; 8]);
    bits.bytes
}

/// A request line by line, when even its head is not as it should be.
fn raw(lines: &[&str], body: &str) -> Vec<u8> {
    (lines.join("\r\n") + "\r\n\r\n" + body).into_bytes()
}

fn as_type(content_type: &str) -> Vec<u8> {
    post_with(&[("Content-Type", content_type)], GOOD.as_bytes())
}

fn encoded(encoding: &str, body: &[u8]) -> Vec<u8> {
    post_with(
        &[("Content-Type", "application/json"), ("Content-Encoding", encoding)],
        body,
    )
}

fn types() -> Vec<Row> {
    let mut rows = vec![
        row("a good body", post(GOOD), Answered),
        row("no content type", post_with(&[], GOOD.as_bytes()), MEDIA_TYPE),
        row("UTF-8, named", as_type("application/json; charset=utf-8"), Answered),
        row(
            "UTF-8, named in capitals and quotes",
            as_type("Application/JSON; Charset=\"UTF-8\""),
            Answered,
        ),
    ];
    for wrong in [
        "",
        "text/plain",
        "text/plain; application/json",
        "application/json, text/plain",
        "application/jsonp",
        "application/graphql",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=a",
        "application/json; charset=utf-16",
        "application/json; charset=iso-8859-1",
        "application/json; charset=utf-7",
        "*/*",
        "json",
        "/",
    ] {
        rows.push(row(format!("the content type {wrong:?}"), as_type(wrong), MEDIA_TYPE));
    }
    for encoding in ["gzip", "deflate", "br", "zstd", "compress", "gzip, gzip", "nonsense"] {
        rows.push(row(
            format!("a body in {encoding}"),
            encoded(encoding, &packed(1_000)),
            MEDIA_TYPE,
        ));
    }
    rows.push(row(
        "a body in gzip that is too large when it is unpacked",
        encoded("gzip", &packed(300_000)),
        MEDIA_TYPE,
    ));
    rows.push(row(
        "a body in no encoding, named",
        encoded("identity", GOOD.as_bytes()),
        Answered,
    ));
    for accepted in ["text/html", "image/png", "application/xml", "application/json;q=0"] {
        let request = get("/graphql?query=%7B__typename%7D", accepted);
        rows.push(row(format!("accepted is {accepted}"), request, Broken(&[406])));
    }
    rows
}

fn contents() -> Vec<Row> {
    let mut rows = vec![
        row("no body", post(""), INPUT),
        row(
            "a body of 256 KiB and a bit",
            post(format!("{GOOD}{}", " ".repeat(256 * 1024))),
            TOO_LARGE,
        ),
        row("a body of zeros", post([0_u8; 10_000]), INPUT),
        row("half a body", post(&GOOD[..12]), INPUT),
        row("a body and more", post(format!("{GOOD}{GOOD}")), INPUT),
        row(
            "UTF-16",
            post(GOOD.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>()),
            INPUT,
        ),
        row(
            "an empty batch",
            post("[]"),
            Refused(&[400], &["LIMIT_EXCEEDED", "BAD_USER_INPUT"]),
        ),
        row("a batch of one", post(format!("[{GOOD}]")), LIMIT),
        row("a batch of ten", post(format!("[{}]", [GOOD; 10].join(","))), LIMIT),
        row("a batch of 100", post(format!("[{}]", [GOOD; 100].join(","))), LIMIT),
        row(
            "a batch in a batch",
            post(format!("[[{GOOD}]]")),
            Refused(&[400], &["LIMIT_EXCEEDED", "BAD_USER_INPUT"]),
        ),
        row(
            "a batch of nothing",
            post("[null, 1, \"a\"]"),
            Refused(&[400], &["LIMIT_EXCEEDED", "BAD_USER_INPUT"]),
        ),
        row("an empty document", post(r#"{"query":""}"#), INPUT),
        row(
            "variables as text",
            post(r#"{"query":"{__typename}","variables":"{}"}"#),
            INPUT,
        ),
        row(
            "an operation that there is not",
            post(r#"{"query":"{__typename}","operationName":"A"}"#),
            INPUT,
        ),
        row(
            "no operation chosen",
            post(r#"{"query":"query A{__typename}query B{__typename}"}"#),
            INPUT,
        ),
        row(
            "a document as the operation's name",
            post(json!({"query": "{__typename}", "operationName": "{".repeat(200)}).to_string()),
            INPUT,
        ),
        row("100 unknown parameters", post(unknown(100)), Answered),
    ];
    for value in ["null", "true", "1", "\"{__typename}\"", "{}", "{\"$gt\":\"\"}"] {
        rows.push(row(format!("the body {value}"), post(value), INPUT));
        if value.starts_with('"') {
            continue;
        }
        for parameter in ["query", "operationName", "variables", "extensions"] {
            let fits = value == "null" && parameter != "query"
                || value.starts_with('{') && ["variables", "extensions"].contains(&parameter);
            if !fits {
                let query = if parameter == "query" {
                    ""
                } else {
                    "\"query\":\"{__typename}\","
                };
                let body = format!("{{{query}\"{parameter}\":{value}}}");
                rows.push(row(format!("{value} as {parameter}"), post(body), INPUT));
            }
        }
    }
    rows
}

fn unknown(parameters: usize) -> String {
    let parameters: String = (0..parameters).map(|number| format!("\"a{number}\":1,")).collect();
    format!("{{{parameters}\"query\":\"{{__typename}}\"}}")
}

fn heads() -> Vec<Row> {
    let json = "Content-Type: application/json";
    let post = "POST /graphql HTTP/1.1";
    let host = "Host: 127.0.0.1";
    let many: Vec<String> = (0..200).map(|number| format!("X-Header-{number}: a")).collect();
    let mut lines = vec!["GET /graphql?query=%7B__typename%7D HTTP/1.1", host];
    lines.extend(many.iter().map(String::as_str));
    let long = format!("X-Header: {}", "a".repeat(140_000));
    let path = format!("/graphql?query={}", "a".repeat(33_000));
    const HEAD: Expected = Broken(&[400, 413, 414, 431]);
    vec![
        row("200 headers", raw(&lines, ""), HEAD),
        row("a header of 140 kB", raw(&[post, host, &long], ""), HEAD),
        row("an address of 33 kB", get(&path, GRAPHQL_RESPONSE), HEAD),
        row(
            "a length that is no number",
            raw(&[post, host, json, "Content-Length: a"], GOOD),
            Broken(&[400]),
        ),
        row(
            "a length below 0",
            raw(&[post, host, json, "Content-Length: -1"], GOOD),
            Broken(&[400]),
        ),
        row(
            "a length of 26 digits",
            raw(&[post, host, json, "Content-Length: 99999999999999999999999999"], GOOD),
            Broken(&[400, 413]),
        ),
        row(
            "two lengths",
            raw(&[post, host, json, "Content-Length: 24", "Content-Length: 2"], GOOD),
            Broken(&[400]),
        ),
        row(
            "a length and pieces",
            raw(
                &[post, host, json, "Content-Length: 24", "Transfer-Encoding: chunked"],
                "0\r\n\r\n",
            ),
            Broken(&[400]),
        ),
        row(
            "a piece whose length is no number",
            raw(
                &[post, host, json, "Transfer-Encoding: chunked"],
                "zz\r\n{}\r\n0\r\n\r\n",
            ),
            Broken(&[400]),
        ),
        row(
            "a piece longer than is accepted",
            raw(
                &[post, host, json, "Transfer-Encoding: chunked"],
                &format!("7fffffff\r\n{}", " ".repeat(300_000)),
            ),
            TOO_LARGE,
        ),
        row(
            "no HTTP",
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n".to_vec(),
            Broken(&[400]),
        ),
        row(
            "an unknown method",
            raw(&["EAT /graphql HTTP/1.1", host], ""),
            Broken(&[405]),
        ),
        row("TRACE", raw(&["TRACE /graphql HTTP/1.1", host], ""), Broken(&[405])),
        row(
            "PUT",
            raw(&["PUT /graphql HTTP/1.1", host, json, "Content-Length: 24"], GOOD),
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

/// What a page of another origin can make a browser send without asking first.
fn pages_of_others() -> Vec<Row> {
    const ORIGIN: (&str, &str) = ("Origin", "https://other.example");
    const SITE: (&str, &str) = ("Sec-Fetch-Site", "cross-site");
    let get = |mode, destination| {
        let marks = [
            SITE,
            ("Sec-Fetch-Mode", mode),
            ("Sec-Fetch-Dest", destination),
            ("Accept", "*/*"),
        ];
        get_with("/graphql?query=%7B__typename%7D", &marks)
    };
    let post = |content_type| post_with(&[ORIGIN, SITE, ("Content-Type", content_type)], GOOD.as_bytes());
    let refused = Refused(&[403, 415], &["FORBIDDEN", "BAD_USER_INPUT"]);
    let forbidden = Refused(&[403], &["FORBIDDEN"]);
    vec![
        row("a page's picture", get("no-cors", "image"), forbidden),
        row("a page's script", get("no-cors", "script"), forbidden),
        row("a page's frame", get("navigate", "iframe"), forbidden),
        row("a page's form as text", post("text/plain"), refused),
        row("a page's form", post("application/x-www-form-urlencoded"), refused),
        row(
            "a page's form with a file",
            post("multipart/form-data; boundary=a"),
            refused,
        ),
    ]
}

pub fn rows() -> Vec<Row> {
    [types(), contents(), heads(), addresses(), pages_of_others()]
        .into_iter()
        .flatten()
        .collect()
}
