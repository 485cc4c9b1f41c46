//! Documents that clients store by their hash: Apollo's automatic persisted queries.

use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};

use super::{Answer, Door, encoded};
use crate::support::{TestApp, awaited, settings};

const QUERY: &str = "{ a: __typename }";

/// The hash of a document, as clients give it.
pub fn hash(text: &str) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn by_hash(hash: &str) -> Json {
    json!({ "persistedQuery": { "version": 1, "sha256Hash": hash } })
}

/// Asks by the hash alone.
async fn known(door: &Door, query: &str) -> Answer {
    Answer::to(door.post(&json!({ "extensions": by_hash(&hash(query)) }))).await
}

/// Gives the document with its hash, to be stored.
async fn given(door: &Door, query: &str) -> Answer {
    Answer::to(door.post(&json!({ "query": query, "extensions": by_hash(&hash(query)) }))).await
}

fn storing(app: &TestApp, most: u64) -> Door {
    let mut settings = settings();
    settings.config.persisted_queries = most;
    Door::over(app, settings)
}

#[tokio::test]
async fn a_document_is_found_by_its_hash_once_it_was_given_with_it() {
    let app = TestApp::empty().await;
    let door = Door::over(&app, settings());
    let missing = known(&door, QUERY).await;
    missing.is_refused(422, "PERSISTED_QUERY_NOT_FOUND");
    assert_eq!(
        missing.message(),
        "PersistedQueryNotFound",
        "Apollo's clients look for this"
    );
    assert_eq!(given(&door, QUERY).await.data(), &json!({ "a": "Query" }));
    assert_eq!(known(&door, QUERY).await.data(), &json!({ "a": "Query" }));
    let extensions = encoded(&by_hash(&hash(QUERY)).to_string());
    let by_get = Answer::to(door.get(&format!("/graphql?extensions={extensions}"))).await;
    assert_eq!(by_get.data(), &json!({ "a": "Query" }));
    // Letters of a hexadecimal number have no case.
    let upper = by_hash(&hash(QUERY).to_uppercase());
    Answer::to(door.post(&json!({ "extensions": upper }))).await.data();
    // In the older media type Apollo's clients read the answer as well.
    let request = door.client.post(format!("{}/graphql", door.address));
    let request = request.header("accept", "application/json");
    let answer = Answer::to(request.json(&json!({ "extensions": by_hash(&hash("{ b: __typename }")) }))).await;
    assert_eq!(
        (answer.status, answer.codes()),
        (200, vec!["PERSISTED_QUERY_NOT_FOUND"])
    );
}

#[tokio::test]
async fn a_document_can_be_given_and_found_with_variables_and_by_get() {
    let app = TestApp::with(&["article"]).await;
    let door = Door::over(&app, settings());
    let query = "query Gift($s: String) { gift(slug: $s) { id } }";
    let path = |query: &str, slug: &str| {
        let extensions = encoded(&by_hash(&hash("query Gift($s: String) { gift(slug: $s) { id } }")).to_string());
        let variables = encoded(&json!({ "s": slug }).to_string());
        format!(
            "/graphql?query={}&extensions={extensions}&variables={variables}",
            encoded(query)
        )
    };
    Answer::to(door.get(&path("", "cn-kr")))
        .await
        .is_refused(422, "PERSISTED_QUERY_NOT_FOUND");
    let answer = Answer::to(door.get(&path(query, "cn-kr"))).await;
    assert_eq!(answer.data(), &json!({ "gift": { "id": "gift_cn-kr" } }));
    let answer = Answer::to(door.get(&path("", "none"))).await;
    assert_eq!(answer.data(), &json!({ "gift": null }));
}

#[tokio::test]
async fn a_wrong_hash_another_version_and_bad_extensions_are_refused() {
    let app = TestApp::empty().await;
    let door = Door::over(&app, settings());
    let persisted = |extension: Json| json!({ "query": QUERY, "extensions": { "persistedQuery": extension } });
    for (extension, part) in [
        (
            json!({ "version": 1, "sha256Hash": hash("{ other }") }),
            "is not the hash of `query`",
        ),
        (json!({ "version": 1, "sha256Hash": "" }), "is not the hash of `query`"),
        (json!({ "version": 2, "sha256Hash": hash(QUERY) }), "accepted is 1"),
        (json!({ "version": 1 }), "sha256Hash"),
        (json!({ "sha256Hash": hash(QUERY) }), "version"),
        (json!({ "version": "1", "sha256Hash": hash(QUERY) }), "cannot be read"),
        (json!("x"), "cannot be read"),
    ] {
        let answer = Answer::to(door.post(&persisted(extension.clone()))).await;
        answer.is_refused(422, "BAD_USER_INPUT");
        assert!(answer.message().contains(part), "{extension}: {}", answer.message());
    }
    known(&door, QUERY).await.is_refused(422, "PERSISTED_QUERY_NOT_FOUND");
    // What the server does not know of, it leaves alone.
    let others = json!({ "query": QUERY, "extensions": { "tracing": true, "persistedQuery": null } });
    Answer::to(door.post(&others)).await.data();
}

#[tokio::test]
async fn a_document_that_is_refused_is_not_stored() {
    let app = TestApp::empty().await;
    let door = Door::over(&app, settings());
    for (query, code) in [
        ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("{", "GRAPHQL_PARSE_FAILED"),
        (&format!("{{ {} }}", "__typename ".repeat(60)), "LIMIT_EXCEEDED"),
    ] {
        let status = if code == "GRAPHQL_PARSE_FAILED" { 400 } else { 422 };
        given(&door, query).await.is_refused(status, code);
        known(&door, query).await.is_refused(422, "PERSISTED_QUERY_NOT_FOUND");
    }
}

#[tokio::test]
async fn where_nothing_is_stored_clients_are_told_so() {
    let app = TestApp::empty().await;
    let door = storing(&app, 0);
    let answer = known(&door, QUERY).await;
    answer.is_refused(422, "PERSISTED_QUERY_NOT_SUPPORTED");
    assert_eq!(
        answer.message(),
        "PersistedQueryNotSupported",
        "Apollo's clients look for this"
    );
    // A document that comes whole is run all the same.
    given(&door, QUERY).await.data();
    known(&door, QUERY)
        .await
        .is_refused(422, "PERSISTED_QUERY_NOT_SUPPORTED");
}

#[tokio::test]
async fn no_more_documents_are_stored_than_there_may_be() {
    let app = TestApp::empty().await;
    let door = storing(&app, 3);
    let queries: Vec<String> = (0..40).map(|number| format!("{{ a{number}: __typename }}")).collect();
    for query in &queries {
        given(&door, query).await.data();
    }
    // What is too much is removed a little later.
    let left = awaited("the store to shrink", async || {
        let mut found = 0;
        for query in &queries {
            let answer = known(&door, query).await;
            found += usize::from(answer.status == 200);
        }
        (found <= 3).then_some(found)
    });
    assert!(left.await > 0, "some are kept");
}
