//! Strange characters and numbers, forged cursors, ids of another type, deep and wide variables.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value as Json, json};

use super::Expected::{Answered, Harmless, Refused};
use super::target::{post, query, query_with};
use super::{Expected, FIELD_INPUT, INPUT, INVALID, LIMIT, PARSE, Row, document, row};

/// Large and in order: answered, or more than is accepted.
const LARGE: Expected = Harmless(&["LIMIT_EXCEEDED", "BAD_USER_INPUT"]);

fn characters() -> Vec<Row> {
    let body = |document: &[u8]| {
        let mut body = b"{\"query\":\"".to_vec();
        body.extend_from_slice(document);
        body.extend_from_slice(b"\"}");
        post(body)
    };
    vec![
        row("BOM before the body", post("\u{feff}{\"query\":\"{__typename}\"}"), INPUT),
        row("BOM before the document", query("\u{feff}{__typename}"), Answered),
        row("BOM in the document", query("{\u{feff}__typename}"), Answered),
        row("80,000 BOM", query(&"\u{feff}".repeat(80_000)), LIMIT),
        row("NUL as a document", query("\0"), PARSE),
        row("NUL in the document", query("{__type\0name}"), PARSE),
        row("NUL in a text of the document", query("{gift(slug:\"a\0b\"){id}}"), Answered),
        row("NUL escaped in a text of the document", query("{gift(slug:\"a\\u0000b\"){id}}"), Answered),
        row("NUL in a variable", query_with("query($a:String){gift(slug:$a){id}}", &json!({ "a": "a\0b" })), Answered),
        row("NUL in a name of a variable", query_with("{__typename}", &json!({ "\0": 1 })), Answered),
        row("bare NUL in the body", body(b"{__typename\0}"), INPUT),
        row("a bare line end in the body", body(b"{\n__typename}"), INPUT),
        row("half a surrogate pair in the body", body(b"{gift(slug:\\\"\\ud83d\\\"){id}}"), INPUT),
        row("the other half in the body", body(b"{gift(slug:\\\"\\udc3c\\\"){id}}"), INPUT),
        row("half a surrogate pair in a variable", post(r#"{"query":"query($a:String){gift(slug:$a){id}}","variables":{"a":"\ud83d"}}"#), INPUT),
        row("half a surrogate pair as the name of a variable", post(r#"{"query":"{__typename}","variables":{"\ud83d":1}}"#), INPUT),
        row("half a surrogate pair in bytes", body(b"{gift(slug:\\\"\xed\xa0\xbd\\\"){id}}"), INPUT),
        row("half a surrogate pair escaped in the document", query("{gift(slug:\"\\uD83D\"){id}}"), PARSE),
        row("a surrogate in braces", query("{gift(slug:\"\\u{D83D}\"){id}}"), PARSE),
        row("a code point beyond the last", query("{gift(slug:\"\\u{110000}\"){id}}"), PARSE),
        row("a code point without end", query(&format!("{{gift(slug:\"\\u{{{}}}\"){{id}}}}", "F".repeat(10_000))), PARSE),
        row("bytes that are no UTF-8", body(b"{__typename}#\xff\xfe"), INPUT),
        row("an overlong byte sequence", body(b"{__typename}#\xc0\xaf"), INPUT),
        row("a byte sequence cut off", body(b"{__typename}#\xf0\x9f\x90"), INPUT),
        row("letters that look like others", query("{ \u{0430}: __typename }"), PARSE),
        row("right to left", query("{\u{202e}__typename}"), PARSE),
        row("a text of 10,000 quotes", query(&format!("{{gift(slug:\"{}\"){{id}}}}", "\\\"".repeat(10_000))), Answered),
        row("10,000 quotes", query(&format!("{{gift(slug:{}){{id}}}}", "\"".repeat(10_000))), Refused(&[400], &["GRAPHQL_PARSE_FAILED", "LIMIT_EXCEEDED", "GRAPHQL_VALIDATION_FAILED"])),
        row("a text that does not end", query(&format!("{{gift(slug:\"{}", "a".repeat(30_000))), PARSE),
        row("a block text that does not end", query(&format!("{{gift(slug:\"\"\"{}", "\\n".repeat(10_000))), PARSE),
        row("a block text with 10,000 lines", query(&format!("{{gift(slug:\"\"\"{}\"\"\"){{id}}}}", "\n ".repeat(10_000))), Answered),
    ]
}

fn numbers() -> Vec<Row> {
    let first = |name: &str, value: &str, expected| document(name, &format!("{{gifts(first:{value}){{totalCount}}}}"), expected);
    let variable = |name: &str, value: &str, expected| {
        let body = format!("{{\"query\":\"query($a:Int){{gifts(first:$a){{totalCount}}}}\",\"variables\":{{\"a\":{value}}}}}");
        row(name, post(body), expected)
    };
    let digits = "9".repeat(30_000);
    vec![
        first("a number of 30,000 digits", &digits, INVALID),
        first("a fraction of 30,000 digits", &format!("0.{digits}"), INVALID),
        first("an exponent of 30,000 digits", &format!("1e{digits}"), INVALID),
        first("2 to the power of 31", "2147483648", INVALID),
        first("2 to the power of 64", "18446744073709551616", INVALID),
        first("below the least", "-2147483649", INVALID),
        first("a number with leading zeros", "007", PARSE),
        first("infinity", "1e999", INVALID),
        first("not a number", "NaN", INVALID),
        first("a number below 0", "-1", FIELD_INPUT),
        variable("a variable of 30,000 digits", &digits, INPUT),
        variable("a variable with a fraction of 30,000 digits", &format!("0.{digits}"), INPUT),
        variable("a variable with an exponent without end", &format!("1e{digits}"), INPUT),
        variable("a variable of 2 to the power of 31", "2147483648", INPUT),
        variable("a variable of 2 to the power of 64", "18446744073709551616", INPUT),
        variable("infinity as a variable", "1e999", INPUT),
        variable("not a number as a variable", "NaN", INPUT),
        variable("a fraction as a variable", "1.5", INPUT),
        variable("a number as text as a variable", "\"1\"", INPUT),
        variable("a number below 0 as a variable", "-1", FIELD_INPUT),
        row(
            "an infinite year",
            query("{gifts(where:{date:{overlaps:\"Y99999999999999999999999999\"}}){totalCount}}"),
            FIELD_INPUT,
        ),
        row(
            "a date of 30,000 digits",
            query(&format!("{{gifts(where:{{date:{{overlaps:\"{digits}\"}}}}){{totalCount}}}}")),
            FIELD_INPUT,
        ),
    ]
}

fn cursors() -> Vec<Row> {
    let forged = |text: &str| URL_SAFE_NO_PAD.encode(text);
    let cursors = [
        ("no cursor", "nonsense".to_owned()),
        ("an empty cursor", String::new()),
        ("a long cursor", "A".repeat(20_000)),
        ("a cursor of NUL", "\0".to_owned()),
        ("a cursor of no JSON", forged("{")),
        ("a cursor of an empty list", forged("[]")),
        ("a cursor of an object", forged("{\"$gt\":\"\"}")),
        ("a cursor with an operator", forged("[\"+_id\",[{\"$gt\":\"\"}]]")),
        ("a cursor with a list", forged("[\"+_id\",[[\"a\"]]]")),
        ("a cursor with a number for a text", forged("[\"+_id\",[1]]")),
        ("a cursor with too many keys", forged("[\"+_id\",[\"a\",\"b\"]]")),
        ("a cursor without keys", forged("[\"+_id\",[]]")),
        ("a cursor of another order", forged("[\"-title,+_id\",[\"a\",\"b\"]]")),
        ("a cursor of an order by a field that there is not", forged("[\"+$where\",[\"sleep(1000)\"]]")),
        ("a cursor that nests", forged(&format!("[\"+_id\",{}", "[".repeat(10_000)))),
        ("a cursor with padding", forged("[\"+_id\",[\"a\"]]") + "===="),
    ];
    let mut rows = Vec::new();
    for (name, cursor) in cursors {
        for argument in ["after", "before"] {
            let text = format!("query($a:String){{gifts({argument}:$a){{nodes{{id}}}}}}");
            rows.push(row(format!("{name}, {argument}"), query_with(&text, &json!({ "a": cursor })), FIELD_INPUT));
        }
    }
    rows
}

fn ids() -> Vec<Row> {
    let mut rows = Vec::new();
    let long = format!("gift_{}", "a".repeat(20_000));
    for id in ["nation_japan", "", "gift", "gift_", "_", "nonsense", "gift_a'; drop", "gift_../../a", "gift_a\0", "gift_{\"$gt\":\"\"}", "$where", "GIFT_a", &long] {
        let shown: String = id.chars().take(30).collect();
        rows.push(row(format!("the id {shown:?} of a gift"), query_with("query($a:ID){gift(id:$a){id}}", &json!({ "a": id })), FIELD_INPUT));
        rows.push(row(
            format!("the id {shown:?} in a filter"),
            query_with("query($a:ID!){gifts(where:{id:{in:[$a]}}){totalCount}}", &json!({ "a": id })),
            FIELD_INPUT,
        ));
    }
    rows.extend([
        row("a number as an id", query_with("query($a:ID!){node(id:$a){id}}", &json!({ "a": 1 })), FIELD_INPUT),
        row("true as an id", query_with("query($a:ID!){node(id:$a){id}}", &json!({ "a": true })), INPUT),
        row("a list as an id", query_with("query($a:ID!){node(id:$a){id}}", &json!({ "a": ["gift_a"] })), INPUT),
        row("null as an id that must be there", query_with("query($a:ID!){node(id:$a){id}}", &json!({ "a": null })), INPUT),
        row("no id where one must be there", query("query($a:ID!){node(id:$a){id}}"), INPUT),
    ]);
    rows
}

fn variables() -> Vec<Row> {
    let nested = |levels: usize| (0..levels).fold(json!({ "text": "a" }), |inner, _| json!({ "not": inner }));
    let filter = "query($a:GiftFilter){gifts(where:$a){totalCount}}";
    let ids = "query($a:[ID!]!){nodes(ids:$a){id}}";
    let many = |times: usize, value: &Json| Json::Array(vec![value.clone(); times]);
    let named: Json = (0..10_000).map(|number| (format!("a{number}"), json!(1))).collect::<serde_json::Map<_, _>>().into();
    let some: Json = (0..100).map(|number| (format!("a{number}"), json!(1))).collect::<serde_json::Map<_, _>>().into();
    vec![
        row("a filter of 10 levels", query_with(filter, &json!({ "a": nested(10) })), Answered),
        row("a filter of 100 levels", query_with(filter, &json!({ "a": nested(100) })), Refused(&[400], &["LIMIT_EXCEEDED", "BAD_USER_INPUT"])),
        row("10,000 alternatives", query_with(filter, &json!({ "a": { "or": many(10_000, &json!({})) } })), LARGE),
        row("3,000 words", query_with(filter, &json!({ "a": { "text": "a ".repeat(3_000) } })), LARGE),
        row("4,000 ids", query_with(ids, &json!({ "a": many(4_000, &json!("gift_cn-kr")) })), LARGE),
        row("10,000 ids", query_with(ids, &json!({ "a": many(10_000, &json!("gift_cn-kr")) })), LARGE),
        row("4,000 ids in a filter", query_with("query($a:[ID!]){gifts(where:{id:{in:$a}}){totalCount}}", &json!({ "a": many(4_000, &json!("gift_cn-kr")) })), LARGE),
        row("10,000 variables that nobody declares", query_with("{__typename}", &named), LIMIT),
        row("100 variables that nobody declares", query_with("{__typename}", &some), Answered),
        row("a variable of 100,000 letters", query_with("query($a:String){gift(slug:$a){id}}", &json!({ "a": "a".repeat(100_000) })), LIMIT),
        row("a variable's name of 60,000 letters", query_with("{__typename}", &json!({ "a".repeat(60_000): 1 })), LARGE),
        row("a field that the input has not", query_with(filter, &json!({ "a": { "zoo": 1 } })), INPUT),
        row("a field named __proto__", query_with(filter, &json!({ "a": { "__proto__": { "text": "a" } } })), INPUT),
        row("a pattern that takes long", query_with(filter, &json!({ "a": { "text": "(a+)+$(a+)+$(a+)+$ aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!" } })), Answered),
        row("a pattern for everything", query_with(filter, &json!({ "a": { "slug": { "eq": ".*" } } })), Answered),
    ]
}

pub fn rows() -> Vec<Row> {
    [characters(), numbers(), cursors(), ids(), variables()].into_iter().flatten().collect()
}
