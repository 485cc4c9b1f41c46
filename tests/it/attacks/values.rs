//! Forged cursors, ids of another type, deep and wide variables.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value as Json, json};

use super::Expected::{Answered, Harmless, Refused};
use super::target::{query, query_with};
use super::{Expected, FIELD_INPUT, INPUT, LIMIT, Row, row};

/// Large and in order: answered, or more than is accepted.
const LARGE: Expected = Harmless(&["LIMIT_EXCEEDED", "BAD_USER_INPUT"]);

fn cursors() -> Vec<Row> {
    let forged = |text: &str| URL_SAFE_NO_PAD.encode(text);
    let cursors = [
        ("no cursor", "nonsense".to_owned()),
        ("an empty cursor", String::new()),
        ("a long cursor", "A".repeat(2_000)),
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
        (
            "a cursor of an order by a field that there is not",
            forged("[\"+$where\",[\"sleep(1000)\"]]"),
        ),
        ("a cursor that nests", forged(&format!("[\"+_id\",{}", "[".repeat(65)))),
        ("a cursor with padding", forged("[\"+_id\",[\"a\"]]") + "===="),
    ];
    let mut rows = Vec::new();
    for (name, cursor) in cursors {
        for argument in ["after", "before"] {
            let text = format!("query($a:String){{gifts({argument}:$a){{nodes{{id}}}}}}");
            rows.push(row(
                format!("{name}, {argument}"),
                query_with(&text, &json!({ "a": cursor })),
                FIELD_INPUT,
            ));
        }
    }
    rows
}

fn ids() -> Vec<Row> {
    let mut rows = Vec::new();
    let long = format!("gift_{}", "a".repeat(300));
    for id in [
        "nation_japan",
        "",
        "gift",
        "gift_",
        "_",
        "nonsense",
        "gift_a'; drop",
        "gift_../../a",
        "gift_a\0",
        "gift_{\"$gt\":\"\"}",
        "$where",
        "GIFT_a",
        long.as_str(),
    ] {
        let shown: String = id.chars().take(30).collect();
        rows.push(row(
            format!("the id {shown:?} of a gift"),
            query_with("query($a:ID){gift(id:$a){id}}", &json!({ "a": id })),
            FIELD_INPUT,
        ));
        rows.push(row(
            format!("the id {shown:?} in a filter"),
            query_with(
                "query($a:ID!){gifts(where:{id:{in:[$a]}}){totalCount}}",
                &json!({ "a": id }),
            ),
            FIELD_INPUT,
        ));
    }
    rows
}

/// What is no text where an id stands.
fn no_ids() -> Vec<Row> {
    vec![
        row(
            "a number as an id",
            query_with("query($a:ID!){node(id:$a){id}}", &json!({ "a": 1 })),
            FIELD_INPUT,
        ),
        row(
            "true as an id",
            query_with("query($a:ID!){node(id:$a){id}}", &json!({ "a": true })),
            INPUT,
        ),
        row(
            "a list as an id",
            query_with("query($a:ID!){node(id:$a){id}}", &json!({ "a": ["gift_a"] })),
            INPUT,
        ),
        row(
            "null as an id that must be there",
            query_with("query($a:ID!){node(id:$a){id}}", &json!({ "a": null })),
            INPUT,
        ),
        row(
            "no id where one must be there",
            query("query($a:ID!){node(id:$a){id}}"),
            INPUT,
        ),
    ]
}

/// So many times the same.
fn many(times: usize, value: &Json) -> Json {
    Json::Array(vec![value.clone(); times])
}

/// Filters in a variable.
fn filters() -> Vec<Row> {
    let nested = |levels: usize| (0..levels).fold(json!({ "text": "a" }), |inner, _| json!({ "not": inner }));
    let filter = "query($a:GiftFilter){gifts(where:$a){totalCount}}";
    vec![
        row(
            "a filter of 10 levels",
            query_with(filter, &json!({ "a": nested(10) })),
            Answered,
        ),
        row(
            "a filter of 20 levels",
            query_with(filter, &json!({ "a": nested(20) })),
            Refused(&[400], &["LIMIT_EXCEEDED", "BAD_USER_INPUT"]),
        ),
        row(
            "201 alternatives",
            query_with(filter, &json!({ "a": { "or": many(201, &json!({})) } })),
            LARGE,
        ),
        row(
            "300 words",
            query_with(filter, &json!({ "a": { "text": "a ".repeat(300) } })),
            LARGE,
        ),
        row(
            "a field that the input has not",
            query_with(filter, &json!({ "a": { "zoo": 1 } })),
            INPUT,
        ),
        row(
            "a field named __proto__",
            query_with(filter, &json!({ "a": { "__proto__": { "text": "a" } } })),
            INPUT,
        ),
        row(
            "the signs of a pattern",
            query_with(filter, &json!({ "a": { "text": "^(a|b)*[c]+?$ \\d{2} a" } })),
            Answered,
        ),
        row(
            "a pattern for everything",
            query_with(filter, &json!({ "a": { "slug": { "eq": ".*" } } })),
            Answered,
        ),
    ]
}

/// Ids in variables, and variables of other names and sizes than there are.
fn variables() -> Vec<Row> {
    let ids = "query($a:[ID!]!){nodes(ids:$a){id}}";
    let some: Json = (0..100)
        .map(|number| (format!("a{number}"), json!(1)))
        .collect::<serde_json::Map<_, _>>()
        .into();
    vec![
        row(
            "201 ids",
            query_with(ids, &json!({ "a": many(201, &json!("gift_cn-kr")) })),
            LARGE,
        ),
        row(
            "201 ids in a filter",
            query_with(
                "query($a:[ID!]){gifts(where:{id:{in:$a}}){totalCount}}",
                &json!({ "a": many(201, &json!("gift_cn-kr")) }),
            ),
            LARGE,
        ),
        row(
            "100 variables that nobody declares",
            query_with("{__typename}", &some),
            Answered,
        ),
        row(
            "a variable of 66,000 letters",
            query_with(
                "query($a:String){gift(slug:$a){id}}",
                &json!({ "a": "a".repeat(66_000) }),
            ),
            LIMIT,
        ),
        row(
            "a variable's name of 1,000 letters",
            query_with("{__typename}", &json!({ "a".repeat(1_000): 1 })),
            LARGE,
        ),
    ]
}

pub fn rows() -> Vec<Row> {
    [cursors(), ids(), no_ids(), filters(), variables()]
        .into_iter()
        .flatten()
        .collect()
}
