//! One document by one of its keys: `by` takes exactly one, as literal and as variable, and finds what the arguments before
//! it find.

use serde_json::{Value as Json, json};

use crate::support::TestApp;

/// The fields of one document, a key that has one, and the document's id.
const KEYS: [(&str, &str, &str, &str); 12] = [
    ("gift", "id", "gift_ru-kp-2024", "gift_ru-kp-2024"),
    ("gift", "slug", "ru-kp-2024", "gift_ru-kp-2024"),
    ("nation", "id", "nation_russia", "nation_russia"),
    ("nation", "slug", "russia", "nation_russia"),
    ("nation", "isoAlpha2", "RU", "nation_russia"),
    ("animal", "id", "animal_brown-bear", "animal_brown-bear"),
    ("animal", "slug", "brown-bear", "animal_brown-bear"),
    ("event", "id", "event_zoo-transfer-2024", "event_zoo-transfer-2024"),
    ("event", "slug", "zoo-transfer-2024", "event_zoo-transfer-2024"),
    ("claim", "id", "claim_article-C05", "claim_article-C05"),
    ("claim", "code", "C05", "claim_article-C05"),
    ("source", "id", "source_article", "source_article"),
];

#[tokio::test]
async fn a_document_is_found_by_each_of_its_keys_in_either_way() {
    let app = TestApp::with(&["article"]).await;
    for (field, key, value, id) in KEYS {
        let by = format!("{}By", field[..1].to_uppercase() + &field[1..]);
        let expected = json!({ field: { "id": id } });
        let literal = format!("{{ {field}(by: {{ {key}: {value:?} }}) {{ id }} }}");
        assert_eq!(app.query(&literal).await, expected, "{literal}");
        let before = format!("{{ {field}({key}: {value:?}) {{ id }} }}");
        assert_eq!(app.query(&before).await, expected, "{before}");
        let whole = format!("query($by: {by}!) {{ {field}(by: $by) {{ id }} }}");
        assert_eq!(
            app.query_with(&whole, json!({ "by": { key: value } })).await,
            expected,
            "{whole}"
        );
        let scalar = if key == "id" { "ID" } else { "String" };
        let part = format!("query($key: {scalar}!) {{ {field}(by: {{ {key}: $key }}) {{ id }} }}");
        assert_eq!(app.query_with(&part, json!({ "key": value })).await, expected, "{part}");
    }
}

#[tokio::test]
async fn none_or_several_keys_are_refused_with_what_is_accepted() {
    let app = TestApp::empty().await;
    for (arguments, found) in [
        ("", "0 of the arguments `by`, `id`, `slug` are given"),
        (
            "(by: { slug: \"a\" }, slug: \"b\")",
            "2 of the arguments `by`, `id`, `slug` are given",
        ),
        (
            "(by: { slug: \"a\", id: \"b\" })",
            "GiftBy takes exactly one of `id`, `slug`, with a value; 2 are given",
        ),
        (
            "(by: {})",
            "GiftBy takes exactly one of `id`, `slug`, with a value; 0 are given",
        ),
        (
            "(by: { slug: null })",
            "GiftBy takes exactly one of `id`, `slug`, with a value; `slug` is null",
        ),
    ] {
        let query = format!("{{ gift{arguments} {{ id }} }}").replace("gift()", "gift");
        let (_, message) = app.error(&query).await;
        assert!(message.contains(found), "{query}: {message}");
    }
    let query = "query($slug: String) { gift(by: { slug: $slug }) { id } }";
    let (_, answer) = app.post(query, json!({ "slug": "a" })).await;
    let message = answer["errors"][0]["message"].as_str().unwrap_or_default();
    assert!(message.contains("its type has to end in `!`"), "{answer:#}");
    for (value, found) in [
        (json!({}), "has 0 fields"),
        (json!({ "slug": null }), "has a null for `slug`"),
        (json!({ "slug": "a", "id": null }), "has 2 fields"),
        (json!({ "code": "a" }), "has a field `code`"),
    ] {
        let (_, answer) = app
            .post("query($by: GiftBy) { gift(by: $by) { id } }", json!({ "by": value }))
            .await;
        let message = answer["errors"][0]["message"].as_str().unwrap_or_default();
        assert!(message.contains(found), "{value}: {answer:#}");
    }
}

#[tokio::test]
async fn introspection_tells_inputs_of_one_key_and_what_is_deprecated() {
    let app = TestApp::empty().await;
    let asked = app
        .query(
            "{ one: __type(name: \"GiftBy\") { isOneOf inputFields { name type { kind } } } other: __type(name: \"GiftFilter\") { isOneOf }
               query: __type(name: \"Query\") { fields { name args(includeDeprecated: true) { name isDeprecated deprecationReason } } } }",
        )
        .await;
    let expected = json!({ "isOneOf": true, "inputFields": [
        { "name": "id", "type": { "kind": "SCALAR" } }, { "name": "slug", "type": { "kind": "SCALAR" } },
    ] });
    assert_eq!(asked["one"], expected);
    assert_eq!(asked["other"]["isOneOf"], json!(false));
    let fields = asked["query"]["fields"].as_array().expect("fields");
    for (field, key, ..) in KEYS {
        let arguments = fields.iter().find(|known| known["name"] == field).expect("the field")["args"].clone();
        let is_gone = |name: &str| {
            let arguments = arguments.as_array().expect("arguments");
            let known = arguments
                .iter()
                .find(|argument| argument["name"] == name)
                .expect("the argument");
            (known["isDeprecated"] == true, known["deprecationReason"] != Json::Null)
        };
        assert_eq!(
            (is_gone("by"), is_gone(key)),
            ((false, false), (true, true)),
            "{field}.{key}"
        );
    }
}
