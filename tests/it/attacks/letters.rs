//! Strange characters, in the body, the document and the variables; numbers that are too long.

use serde_json::json;

use super::Expected::{Answered, Refused};
use super::target::{post, query, query_with};
use super::{FIELD_INPUT, INPUT, INVALID, LIMIT, PARSE, Row, document, row};

/// A request whose document stands in the body as it is, escaped by nobody.
fn body(document: &[u8]) -> Vec<u8> {
    let mut body = b"{\"query\":\"".to_vec();
    body.extend_from_slice(document);
    body.extend_from_slice(b"\"}");
    post(body)
}

/// Marks at the beginning, NUL, line ends.
fn marks() -> Vec<Row> {
    vec![
        row(
            "BOM before the body",
            post("\u{feff}{\"query\":\"{__typename}\"}"),
            INPUT,
        ),
        row("BOM before the document", query("\u{feff}{__typename}"), Answered),
        row("BOM in the document", query("{\u{feff}__typename}"), Answered),
        row("11,000 BOM", query(&"\u{feff}".repeat(11_000)), LIMIT),
        row("NUL as a document", query("\0"), PARSE),
        row("NUL in the document", query("{__type\0name}"), PARSE),
        row(
            "NUL in a text of the document",
            query("{gift(slug:\"a\0b\"){id}}"),
            Answered,
        ),
        row(
            "NUL escaped in a text of the document",
            query("{gift(slug:\"a\\u0000b\"){id}}"),
            Answered,
        ),
        row(
            "NUL in a variable",
            query_with("query($a:String){gift(slug:$a){id}}", &json!({ "a": "a\0b" })),
            Answered,
        ),
        row(
            "NUL in a name of a variable",
            query_with("{__typename}", &json!({ "\0": 1 })),
            Answered,
        ),
        row("bare NUL in the body", body(b"{__typename\0}"), INPUT),
        row("a bare line end in the body", body(b"{\n__typename}"), INPUT),
    ]
}

/// Half a character of UTF-16, however it is written.
fn surrogates() -> Vec<Row> {
    vec![
        row(
            "half a surrogate pair in the body",
            body(b"{gift(slug:\\\"\\ud83d\\\"){id}}"),
            INPUT,
        ),
        row(
            "the other half in the body",
            body(b"{gift(slug:\\\"\\udc3c\\\"){id}}"),
            INPUT,
        ),
        row(
            "half a surrogate pair in a variable",
            post(r#"{"query":"query($a:String){gift(slug:$a){id}}","variables":{"a":"\ud83d"}}"#),
            INPUT,
        ),
        row(
            "half a surrogate pair as the name of a variable",
            post(r#"{"query":"{__typename}","variables":{"\ud83d":1}}"#),
            INPUT,
        ),
        row(
            "half a surrogate pair in bytes",
            body(b"{gift(slug:\\\"\xed\xa0\xbd\\\"){id}}"),
            INPUT,
        ),
        row(
            "half a surrogate pair escaped in the document",
            query("{gift(slug:\"\\uD83D\"){id}}"),
            PARSE,
        ),
        row("a surrogate in braces", query("{gift(slug:\"\\u{D83D}\"){id}}"), PARSE),
    ]
}

/// Code points and bytes that are none, and letters that are not what they seem.
fn code_points() -> Vec<Row> {
    vec![
        row(
            "a code point beyond the last",
            query("{gift(slug:\"\\u{110000}\"){id}}"),
            PARSE,
        ),
        row(
            "a code point of 20 digits",
            query(&format!("{{gift(slug:\"\\u{{{}}}\"){{id}}}}", "F".repeat(20))),
            PARSE,
        ),
        row("bytes that are no UTF-8", body(b"{__typename}#\xff\xfe"), INPUT),
        row("an overlong byte sequence", body(b"{__typename}#\xc0\xaf"), INPUT),
        row("a byte sequence cut off", body(b"{__typename}#\xf0\x9f\x90"), INPUT),
        row(
            "letters that look like others",
            query("{ \u{0430}: __typename }"),
            PARSE,
        ),
        row("right to left", query("{\u{202e}__typename}"), PARSE),
    ]
}

/// Texts of the document, and what does not end them.
fn quotes() -> Vec<Row> {
    vec![
        row(
            "a text of 1,000 quotes",
            query(&format!("{{gift(slug:\"{}\"){{id}}}}", "\\\"".repeat(1_000))),
            Answered,
        ),
        row(
            "1,000 quotes",
            query(&format!("{{gift(slug:{}){{id}}}}", "\"".repeat(1_000))),
            Refused(
                &[400],
                &["GRAPHQL_PARSE_FAILED", "LIMIT_EXCEEDED", "GRAPHQL_VALIDATION_FAILED"],
            ),
        ),
        row(
            "a text that does not end",
            query(&format!("{{gift(slug:\"{}", "a".repeat(1_000))),
            PARSE,
        ),
        row(
            "a block text that does not end",
            query(&format!("{{gift(slug:\"\"\"{}", "\\n".repeat(1_000))),
            PARSE,
        ),
        row(
            "a block text with 1,000 lines",
            query(&format!("{{gift(slug:\"\"\"{}\"\"\"){{id}}}}", "\n ".repeat(1_000))),
            Answered,
        ),
    ]
}

fn numbers() -> Vec<Row> {
    let first = |name: &str, value: &str, expected| {
        document(name, &format!("{{gifts(first:{value}){{totalCount}}}}"), expected)
    };
    let variable = |name: &str, value: &str, expected| {
        let body =
            format!("{{\"query\":\"query($a:Int){{gifts(first:$a){{totalCount}}}}\",\"variables\":{{\"a\":{value}}}}}");
        row(name, post(body), expected)
    };
    let digits = "9".repeat(400);
    vec![
        first("a number of 400 digits", &digits, INVALID),
        first("a fraction of 400 digits", &format!("0.{digits}"), INVALID),
        first("2 to the power of 31", "2147483648", INVALID),
        first("2 to the power of 64", "18446744073709551616", INVALID),
        first("below the least", "-2147483649", INVALID),
        first("a number with leading zeros", "007", PARSE),
        first("infinity", "1e309", INVALID),
        first("not a number", "NaN", INVALID),
        first("a number below 0", "-1", FIELD_INPUT),
        variable("a variable of 400 digits", &digits, INPUT),
        variable(
            "a variable with a fraction of 400 digits",
            &format!("0.{}", "3".repeat(400)),
            INPUT,
        ),
        variable("a variable of 2 to the power of 31", "2147483648", INPUT),
        variable("a variable of 2 to the power of 64", "18446744073709551616", INPUT),
        variable("infinity as a variable", "1e309", INPUT),
        variable("not a number as a variable", "NaN", INPUT),
        variable("a fraction as a variable", "1.5", INPUT),
        variable("a number as text as a variable", "\"1\"", INPUT),
        variable("a number below 0 as a variable", "-1", FIELD_INPUT),
        row(
            "a year of 12 digits",
            query("{gifts(where:{date:{overlaps:\"Y999999999999\"}}){totalCount}}"),
            FIELD_INPUT,
        ),
        row(
            "a date of 400 digits",
            query(&format!(
                "{{gifts(where:{{date:{{overlaps:\"{digits}\"}}}}){{totalCount}}}}"
            )),
            FIELD_INPUT,
        ),
    ]
}

pub fn rows() -> Vec<Row> {
    [marks(), surrogates(), code_points(), quotes(), numbers()]
        .into_iter()
        .flatten()
        .collect()
}
