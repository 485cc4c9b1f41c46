//! `query` in payloads: what a page shows, asked for together with the change.

use serde_json::{Value as Json, json};

use super::{Desk, gift};
use crate::support::samples;

#[tokio::test]
async fn a_payload_answers_any_query_as_it_is_after_the_change() {
    let desk = Desk::open().await;
    let shown = "userErrors { code } query { gifts(where: { slug: { in: [\"hawks\", \"owls\"] } }, orderBy: { field: TITLE }) \
                 { totalCount nodes { slug } } gift(by: { slug: \"hawks\" }) { title version } giftStats { gifts } }";
    let query = format!(
        "mutation($a: CreateGiftInput!, $b: CreateGiftInput!, $c: UpdateGiftInput!, $d: DeleteInput!) {{
            a: createGift(input: $a) {{ {shown} }} b: createGift(input: $b) {{ {shown} }}
            c: updateGift(input: $c) {{ {shown} }} d: deleteGift(input: $d) {{ {shown} }} }}"
    );
    let before = desk.read("{ giftStats { gifts } }").await["giftStats"]["gifts"]
        .as_u64()
        .expect("a number");
    let variables = json!({
        "a": gift("hawks"), "b": gift("owls"),
        "c": { "id": "gift_hawks", "title": "Two hawks" }, "d": { "id": "gift_hawks" },
    });
    let (status, mut answer) = desk.ask(Some(&desk.token), &query, variables).await;
    assert!(status == 200 && answer.get("errors").is_none(), "{status}: {answer:#}");
    for (key, slugs, hawks, more) in [
        (
            "a",
            json!(["hawks"]),
            json!({ "title": "A pair of hawks", "version": 1 }),
            1,
        ),
        (
            "b",
            json!(["hawks", "owls"]),
            json!({ "title": "A pair of hawks", "version": 1 }),
            2,
        ),
        (
            "c",
            json!(["owls", "hawks"]),
            json!({ "title": "Two hawks", "version": 2 }),
            2,
        ),
        ("d", json!(["owls"]), Json::Null, 1),
    ] {
        let payload = answer["data"][key].take();
        assert_eq!(payload["userErrors"], json!([]), "{key}: {payload:#}");
        let query = &payload["query"];
        let nodes = query["gifts"]["nodes"].as_array().expect("a list").iter();
        assert_eq!(nodes.map(|node| node["slug"].clone()).collect::<Json>(), slugs, "{key}");
        assert_eq!(
            query["gifts"]["totalCount"],
            json!(slugs.as_array().map(Vec::len)),
            "{key}"
        );
        assert_eq!(query["gift"], hawks, "{key}");
        assert_eq!(query["giftStats"]["gifts"], json!(before + more), "{key}");
    }
}

#[tokio::test]
async fn what_fails_in_the_query_of_a_payload_leaves_the_change_and_the_rest() {
    let desk = Desk::open().await;
    let query = "mutation($input: CreateGiftInput!) { createGift(input: $input) {
        gift { slug } query { node(id: \"nonsense\") { id } nodes(ids: [\"nothing\"]) { id } tokens { name } nation(by: { slug: \"japan\" }) { name } } } }";
    let (status, answer) = desk
        .ask(Some(&desk.token), query, json!({ "input": gift("hawks") }))
        .await;
    assert_eq!(status, 200, "{answer:#}");
    let expected = json!({ "createGift": { "gift": { "slug": "hawks" }, "query": {
        "node": null, "nodes": [null], "tokens": null, "nation": { "name": "Japan" },
    } } });
    assert_eq!(answer["data"], expected);
    let errors = answer["errors"].as_array().expect("errors").iter();
    let paths: Vec<&Json> = errors.map(|error| &error["path"]).collect();
    let at = |rest: Json| {
        let mut path = vec![json!("createGift"), json!("query")];
        path.extend(rest.as_array().expect("a list").iter().cloned());
        Json::from(path)
    };
    let places = [at(json!(["node"])), at(json!(["nodes", 0])), at(json!(["tokens"]))];
    assert_eq!(paths, places.iter().collect::<Vec<_>>());
}

#[tokio::test]
async fn a_change_that_is_refused_still_answers_its_query() {
    let desk = Desk::open().await;
    let mut input = gift("hawks");
    input["giver"] = json!("nation_atlantis");
    let payload = desk
        .make(
            "createGift",
            "gift { id } userErrors { field } query { gift(by: { slug: \"hawks\" }) { id } }",
            input,
        )
        .await;
    let expected = json!({ "gift": null, "userErrors": [{ "field": "giver" }], "query": { "gift": null } });
    assert_eq!(payload, expected);
}

#[tokio::test]
async fn the_schema_can_be_asked_for_in_a_payload_as_at_the_root() {
    let desk = Desk::open().await;
    let asked = "first: __schema { words: description queryType { name fields { name } } directives { name args { name } } } \
                 __type(name: \"Node\") { kind interfaces { name } possibleTypes { name } } none: __type(name: \"Zoo\") { name }";
    let root = desk.read(&format!("{{ {asked} }}")).await;
    let selected = format!("query {{ {asked} __typename }}");
    let mut payload = desk.make("createGift", &selected, gift("hawks")).await;
    let mut nested = payload["query"].take();
    assert_eq!(nested["__typename"].take(), "Query");
    nested.as_object_mut().expect("an object").remove("__typename");
    assert_eq!(nested, root);
    assert!(
        root["first"]["words"]
            .as_str()
            .is_some_and(|words| words.contains("gifts of animals")),
        "{root:#}"
    );
}

#[tokio::test]
async fn every_payload_of_the_schema_has_its_query() {
    let desk = Desk::open().await;
    let schema = desk
        .read("{ __schema { mutationType { fields { name type { name fields { name type { name kind } } } } } } }")
        .await;
    let mutations = schema["__schema"]["mutationType"]["fields"].as_array().expect("a list");
    assert!(mutations.len() >= 20, "{}", mutations.len());
    for mutation in mutations {
        let fields = mutation["type"]["fields"].as_array().expect("a list").iter();
        let query: Vec<&Json> = fields
            .filter(|field| field["name"] == "query")
            .map(|field| &field["type"])
            .collect();
        assert_eq!(
            query,
            [&json!({ "name": "Query", "kind": "OBJECT" })],
            "{}",
            mutation["name"]
        );
    }
}

#[tokio::test]
async fn the_sample_mutation_runs_and_changes_nothing_as_it_stands() {
    let desk = Desk::open().await;
    let samples: Vec<_> = samples().into_iter().filter(|sample| sample.is_mutation()).collect();
    assert_eq!(samples.len(), 1);
    for sample in samples {
        let (status, answer) = desk
            .ask(Some(&desk.token), &sample.document, sample.variables.clone())
            .await;
        let payload = &answer["data"]["updateGift"];
        assert!(
            status == 200 && payload["userErrors"] == json!([]),
            "{status}: {answer:#}"
        );
        assert_eq!(payload["gift"]["version"], 1);
        assert_eq!(payload["gift"]["title"], sample.variables["input"]["title"]);
        assert!(payload["query"]["giftStats"]["gifts"].as_u64() > Some(0), "{answer:#}");
        let (_, refused) = desk.ask(None, &sample.document, sample.variables).await;
        assert_eq!(
            refused["errors"][0]["extensions"]["code"], "UNAUTHENTICATED",
            "{refused:#}"
        );
    }
}
