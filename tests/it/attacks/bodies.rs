//! Bodies that are not as they should be: wrong types, compressed, cut, doubled, in batches, or sent by a page of another
//! origin.

use serde_json::json;

use super::Expected::{Answered, Broken, Refused};
use super::target::{get, get_with, post, post_with};
use super::{INPUT, LIMIT, MEDIA_TYPE, Row, TOO_LARGE, row};

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

/// Nothing, much, a part, or another encoding.
fn contents() -> Vec<Row> {
    vec![
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
    ]
}

fn batches() -> Vec<Row> {
    vec![
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
    ]
}

fn parameters() -> Vec<Row> {
    vec![
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
    ]
}

/// JSON of other types: as the body, and as each parameter that does not take it.
fn other_types() -> Vec<Row> {
    let mut rows = Vec::new();
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
    [
        types(),
        contents(),
        batches(),
        parameters(),
        other_types(),
        pages_of_others(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
