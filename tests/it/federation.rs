//! The API as a subgraph: what composition reads, and what a gateway asks for.

use serde_json::{Value as Json, json};

use crate::support::{TestApp, settings};

const ENTITIES: &str = "query($all: [_Any!]!) { _entities(representations: $all) { __typename ... on Gift { id title giver { name } } \
                        ... on Nation { name giftsGiven(first: 1) { totalCount } } ... on Claim { code } } }";

fn of(kind: &str, id: &str) -> Json {
    json!({ "__typename": kind, "id": id })
}

#[tokio::test]
async fn entities_come_in_the_order_that_they_are_asked_for_and_null_where_there_is_none() {
    let app = TestApp::with(&["article"]).await;
    let all = json!([
        of("Claim", "claim_article-C05"),
        of("Gift", "gift_that-is-not-there"),
        { "__typename": "Gift", "id": "gift_ru-kp-2024", "extra": [{ "of": "another" }] },
        of("Nation", "nation_russia"),
        of("Gift", "gift_ru-kp-2024"),
    ]);
    let data = app.query_with(ENTITIES, json!({ "all": all })).await;
    let gift = app
        .query("{ gift(by: { slug: \"ru-kp-2024\" }) { __typename id title giver { name } } }")
        .await;
    let given = app
        .query("{ nation(by: { slug: \"russia\" }) { __typename name giftsGiven { totalCount } } }")
        .await;
    let claim = json!({ "__typename": "Claim", "code": "C05" });
    assert_eq!(
        data["_entities"],
        json!([claim, null, gift["gift"], given["nation"], gift["gift"]])
    );
    // As literals, with a variable within.
    let query =
        "query($id: ID!) { _entities(representations: [{ __typename: \"Gift\", id: $id }]) { ... on Gift { title } } }";
    let data = app.query_with(query, json!({ "id": "gift_ru-kp-2024" })).await;
    assert_eq!(data["_entities"], json!([{ "title": gift["gift"]["title"] }]));
}

#[tokio::test]
async fn a_representation_that_is_none_fails_by_itself() {
    let app = TestApp::with(&["article"]).await;
    let wrong = [
        (of("Zoo", "zoo_a"), "the type \"Zoo\" has no key here"),
        (of("Gift", "nation_russia"), "nation_russia"),
        (json!({ "__typename": "Gift" }), "without a type or an id"),
        (json!({ "__typename": "Gift", "id": 5 }), "without a type or an id"),
        (json!("gift_ru-kp-2024"), "without a type or an id"),
        (json!([1]), "without a type or an id"),
    ];
    let mut all: Vec<Json> = wrong.iter().map(|(one, _)| one.clone()).collect();
    all.push(of("Nation", "nation_russia"));
    let (_, answer) = app.post(ENTITIES, json!({ "all": all })).await;
    let entities = answer["data"]["_entities"].as_array().expect("a list");
    assert!(entities[..wrong.len()].iter().all(Json::is_null), "{answer:#}");
    assert_eq!(entities[wrong.len()]["name"], "Russia");
    for (index, (one, found)) in wrong.iter().enumerate() {
        let path = json!(["_entities", index]);
        let errors = answer["errors"].as_array().expect("errors");
        let error = errors.iter().find(|error| error["path"] == path).expect("an error");
        assert!(
            error["message"].as_str().is_some_and(|words| words.contains(found)),
            "{one}: {error:#}"
        );
        assert_eq!(error["extensions"]["code"], "BAD_USER_INPUT", "{one}");
    }
}

#[tokio::test]
async fn entities_are_read_at_once_priced_one_by_one_and_bounded() {
    let app = TestApp::set(settings()).await;
    app.load(&["article", "history"]).await;
    let gifts = app.query("{ gifts(first: 50) { nodes { id } } }").await["gifts"]["nodes"].take();
    let all: Vec<Json> = gifts
        .as_array()
        .expect("gifts")
        .iter()
        .map(|gift| of("Gift", gift["id"].as_str().unwrap_or_default()))
        .collect();
    let cost = |all: Vec<Json>| {
        let request = json!({ "query": ENTITIES, "variables": { "all": all } });
        let sent = crate::support::client()
            .post(format!("{}/graphql", app.address))
            .header("x-menagerie-cost", "1")
            .json(&request)
            .send();
        async { sent.await.expect("an answer").json::<Json>().await.expect("JSON") }
    };
    let (one, many) = (cost(all[..1].to_vec()).await, cost(all.clone()).await);
    let number = |answer: &Json, field: &str| answer["extensions"]["cost"][field].as_u64().expect("a number");
    assert_eq!(number(&many, "estimate"), number(&one, "estimate") * 50, "{many:#}");
    assert!(number(&many, "commands") <= 2, "{:#}", many["extensions"]);
    let thousand = vec![all[0].clone(); 1_000];
    let (status, answer) = app.post(ENTITIES, json!({ "all": thousand })).await;
    let error = &answer["errors"][0];
    assert_eq!(error["extensions"]["code"], "LIMIT_EXCEEDED", "{status}: {answer:#}");
    // The page size bounds what little is selected of them.
    let few = "query($all: [_Any!]!) { _entities(representations: $all) { __typename } }";
    let most = app.query("{ serviceConfig { maxPageSize } }").await["serviceConfig"]["maxPageSize"]
        .as_u64()
        .expect("a number");
    let count = usize::try_from(most).expect("a small number");
    let (status, answer) = app.post(few, json!({ "all": vec![all[0].clone(); count] })).await;
    assert_eq!(status, 200, "{answer:#}");
    let (_, answer) = app.post(few, json!({ "all": vec![all[0].clone(); count + 1] })).await;
    let message = answer["errors"][0]["message"].as_str().unwrap_or_default();
    assert!(message.contains("`representations` holds"), "{answer:#}");
}

#[tokio::test]
async fn composition_reads_the_schema_with_the_keys_of_what_has_an_id() {
    let app = TestApp::empty().await;
    let data = app.query("{ _service { sdl } }").await;
    let sdl = data["_service"]["sdl"].as_str().expect("text");
    assert!(sdl.starts_with("extend schema @link("), "{}", &sdl[..200]);
    for kind in ["Gift", "Nation", "Animal", "Event", "Claim", "Source"] {
        assert!(
            sdl.contains(&format!("type {kind} implements Node @key(fields: \"id\") {{")),
            "{kind}"
        );
    }
    assert!(sdl.contains("type PageInfo @shareable {") && sdl.contains("type Subscription {"));
    for gone in [
        "_entities",
        "_service",
        "_Any",
        "_Entity",
        "_Service",
        "\nschema {",
        "query: Query",
    ] {
        assert!(!sdl.contains(gone), "{gone}");
    }
}
