//! What a filter says of nothing: a null is refused, a variable that is absent asks nothing, `known` asks for what has none.

use serde_json::{Value as Json, json};

use crate::live::socket::Socket;
use crate::support::TestApp;

/// The message with which a query is refused for a null.
async fn refusal(app: &TestApp, query: &str, variables: Json) -> String {
    let (status, body) = app.post(query, variables).await;
    let error = &body["errors"][0];
    assert_eq!(
        error["extensions"]["code"], "BAD_USER_INPUT",
        "{status} for {query}: {body}"
    );
    assert_eq!(body.get("data"), None, "{query} has found something: {body}");
    let message = error["message"].as_str().expect("a message").to_owned();
    assert!(message.contains("is null; accepted is a value"), "{message}");
    message.split('`').nth(1).unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_null_in_a_filter_is_refused_by_its_path_wherever_it_stands() {
    let app = TestApp::with(&["article"]).await;
    for (filter, path) in [
        ("{ giver: null }", "where.giver"),
        ("{ giver: { slug: null } }", "where.giver.slug"),
        ("{ giver: { slug: { eq: null } } }", "where.giver.slug.eq"),
        ("{ giver: { slug: { in: null } } }", "where.giver.slug.in"),
        ("{ and: null }", "where.and"),
        (
            "{ or: [{ slug: { eq: \"a\" } }, { not: { mode: null } }] }",
            "where.or[1].not.mode",
        ),
        ("{ total: { atLeast: null } }", "where.total.atLeast"),
        ("{ date: { known: null } }", "where.date.known"),
        ("{ text: null }", "where.text"),
        ("{ certainty: { eq: null } }", "where.certainty.eq"),
        (
            "{ animal: { origin: { existed: { overlaps: null } } } }",
            "where.animal.origin.existed.overlaps",
        ),
        ("{ event: { known: null } }", "where.event.known"),
    ] {
        for query in [
            format!("{{ gifts(where: {filter}) {{ totalCount }} }}"),
            format!("{{ giftStats(where: {filter}) {{ gifts }} }}"),
            format!("{{ giftFlows(where: {filter}) {{ gifts }} }}"),
            format!("{{ nations {{ nodes {{ giftsGiven(where: {filter}) {{ totalCount }} }} }} }}"),
            format!("fragment F on Query {{ gifts(where: {filter}) {{ totalCount }} }} {{ ...F }}"),
        ] {
            assert_eq!(refusal(&app, &query, json!({})).await, path, "{query}");
        }
    }
    let timeline = "{ timeline(where: { kinds: [GIFT], nation: { slug: { eq: null } } }) { totalCount } }";
    assert_eq!(refusal(&app, timeline, json!({})).await, "where.nation.slug.eq");
}

#[tokio::test]
async fn a_variable_that_is_null_is_refused_and_one_that_is_absent_asks_nothing() {
    let app = TestApp::with(&["article"]).await;
    let all = app.query("{ gifts { totalCount } }").await["gifts"]["totalCount"].clone();
    let by_slug = "query($s: String) { gifts(where: { giver: { slug: { eq: $s } } }) { totalCount } }";
    assert_eq!(
        refusal(&app, by_slug, json!({ "s": null })).await,
        "where.giver.slug.eq"
    );
    let found = app.query_with(by_slug, json!({})).await;
    assert_eq!(found["gifts"]["totalCount"], all);
    let found = app.query_with(by_slug, json!({ "s": "russia" })).await;
    assert_eq!(found["gifts"]["totalCount"], 1);
    let defaulted = "query($s: String = null) { gifts(where: { giver: { slug: { eq: $s } } }) { totalCount } }";
    assert_eq!(refusal(&app, defaulted, json!({})).await, "where.giver.slug.eq");
    let whole = "query($w: GiftFilter) { gifts(where: $w) { totalCount } }";
    let within = json!({ "w": { "or": [{ "slug": { "eq": "a" } }, { "giver": { "slug": { "in": null } } }] } });
    assert_eq!(refusal(&app, whole, within).await, "where.or[1].giver.slug.in");
    // No filter at all is not a filter with a null in it.
    for variables in [json!({}), json!({ "w": null }), json!({ "w": {} })] {
        assert_eq!(app.query_with(whole, variables).await["gifts"]["totalCount"], all);
    }
}

#[tokio::test]
async fn exports_and_subscriptions_refuse_nulls_as_well() {
    let app = TestApp::with(&["article"]).await;
    for format in ["csv", "ndjson"] {
        let path = format!("/export/gifts.{format}?where={{\"giver\":{{\"slug\":{{\"eq\":null}}}}}}");
        let (status, _, body) = app.get(&path).await;
        assert!(
            status == 400 && body.contains("`where.giver.slug.eq` is null"),
            "{status}: {body}"
        );
    }
    let mut socket = Socket::connected(&app).await;
    let query = "subscription { giftChanged(where: { giver: { slug: { eq: null } } }) { id } }";
    socket.subscribe("s", query).await;
    let message = socket.message().await;
    assert_eq!(message["type"], "error", "{message}");
    assert!(
        message.to_string().contains("`where.giver.slug.eq` is null"),
        "{message}"
    );
}

#[tokio::test]
async fn known_finds_what_has_none_and_what_has_one() {
    let app = TestApp::with(&["article", "history"]).await;
    let count = async |root: &str, filter: &str| {
        let found = app
            .query(&format!("{{ {root}(where: {filter}) {{ totalCount }} }}"))
            .await;
        found[root]["totalCount"].as_i64().expect("a number")
    };
    for (root, field) in [
        ("gifts", "event"),
        ("gifts", "certainty"),
        ("gifts", "animal"),
        ("gifts", "giver"),
        ("nations", "isoAlpha2"),
        ("nations", "region"),
        ("nations", "certainty"),
        ("animals", "origin"),
        ("animals", "nativeTo"),
        ("animals", "conservation"),
        ("events", "status"),
        ("events", "nation"),
        ("claims", "about"),
        ("claims", "attributedTo"),
        ("sources", "publisher"),
    ] {
        let all = count(root, "{}").await;
        let some = count(root, &format!("{{ {field}: {{ known: true }} }}")).await;
        let none = count(root, &format!("{{ {field}: {{ known: false }} }}")).await;
        assert_eq!(some + none, all, "{root} by {field}");
        let not_none = count(root, &format!("{{ not: {{ {field}: {{ known: false }} }} }}")).await;
        assert_eq!(not_none, some, "{root} by {field}");
    }
    assert!(
        count("nations", "{ isoAlpha2: { known: false } }").await > 0,
        "former states have no codes"
    );
    assert!(count("animals", "{ origin: { known: false } }").await > 0);
    assert_eq!(count("gifts", "{ giver: { known: false } }").await, 0);
    // None, or one of these.
    let none = count("animals", "{ origin: { known: false } }").await;
    let of_asia = count("animals", "{ origin: { region: { eq: \"Asia\" } } }").await;
    let either = "{ origin: { or: [{ known: false }, { region: { eq: \"Asia\" } }] } }";
    assert_eq!(count("animals", either).await, none + of_asia);
    assert_eq!(
        count("animals", "{ origin: { known: false, region: { eq: \"Asia\" } } }").await,
        0
    );
    let nobodys = "{ timeline(where: { kinds: [EVENT], nation: { known: false } }) { totalCount } }";
    let expected = count("events", "{ nation: { known: false } }").await;
    assert_eq!(app.query(nobodys).await["timeline"]["totalCount"], expected);
}
