//! Documents that the server was given: by a folder, a manifest by id, or Apollo's manifest; and a server that runs no
//! others.

use std::fs;
use std::path::Path;

use menagerie::http::State;
use menagerie::http::persisted::Trusted;
use serde_json::{Value as Json, json};

use super::persisted::hash;
use super::{Answer, Door, encoded};
use crate::support::{TestApp, settings};

const GIFT: &str = "query Gift($s: String) { gift(slug: $s) { id } }";
const NAME: &str = "{ __typename }\n";

fn manifest(folder: &Path, content: &Json) -> Trusted {
    let path = folder.join("manifest.json");
    fs::write(&path, content.to_string()).expect("it is written");
    Trusted::load(&path).expect("a manifest")
}

fn trusting(app: &TestApp, trusted: Trusted, only: bool) -> Door {
    let mut settings = settings();
    settings.trusted = trusted;
    settings.config.trusted_documents_only = only;
    Door::over(app, settings)
}

async fn by_id(door: &Door, id: &str) -> Answer {
    Answer::to(door.post(&json!({ "documentId": id, "variables": { "s": "cn-kr" } }))).await
}

#[tokio::test]
async fn documents_are_found_by_the_ids_that_their_folder_or_manifest_gives() {
    let app = TestApp::with(&["article"]).await;
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("Gift.graphql"), GIFT).expect("it is written");
    fs::write(folder.path().join("Name.graphql"), NAME).expect("it is written");
    fs::write(folder.path().join("README.md"), "no document").expect("it is written");
    let files = Trusted::load(folder.path()).expect("a folder of documents");
    let ids = manifest(folder.path(), &json!({ "Gift": GIFT, "Name": NAME }));
    let apollo = manifest(
        folder.path(),
        &json!({
            "format": "apollo-persisted-query-manifest",
            "version": 1,
            "operations": [
                { "id": "Gift", "name": "Gift", "type": "query", "body": GIFT },
                { "id": "Name", "name": "Name", "type": "query", "body": NAME },
            ],
        }),
    );
    let gift = json!({ "gift": { "id": "gift_cn-kr" } });
    for trusted in [files, ids, apollo] {
        let door = trusting(&app, trusted, false);
        let by_hash = format!("sha256:{}", hash(GIFT));
        for id in ["Gift", &by_hash, &hash(GIFT)] {
            assert_eq!(by_id(&door, id).await.data(), &gift, "{id}");
            let variables = encoded("{\"s\":\"cn-kr\"}");
            let path = format!("/graphql?documentId={}&variables={variables}", encoded(id));
            assert_eq!(Answer::to(door.get(&path)).await.data(), &gift, "{id}");
        }
        assert_eq!(by_id(&door, "Name").await.data(), &json!({ "__typename": "Query" }));
        // Other documents are run too, as long as nothing else is said.
        door.ask("{ a: __typename }").await.data();
    }
}

#[tokio::test]
async fn an_id_that_nobody_knows_and_two_documents_at_once_are_refused() {
    let app = TestApp::empty().await;
    let folder = tempfile::tempdir().expect("a folder");
    let door = trusting(&app, manifest(folder.path(), &json!({ "Name": NAME })), false);
    for id in ["none", "sha256:", "name", &format!("sha256:{}", hash("{ a }"))] {
        by_id(&door, id).await.is_refused(422, "PERSISTED_QUERY_NOT_FOUND");
    }
    // Empty is absent.
    by_id(&door, "").await.is_refused(422, "BAD_USER_INPUT");
    let both = json!({ "documentId": "Name", "query": NAME });
    let answer = Answer::to(door.post(&both)).await;
    answer.is_refused(422, "BAD_USER_INPUT");
    assert!(answer.message().contains("`documentId`"), "{}", answer.message());
    let empty = json!({ "documentId": "Name", "query": "", "operationName": "" });
    Answer::to(door.post(&empty)).await.data();
    let batch = json!([{ "documentId": "Name" }]);
    Answer::to(door.post(&batch)).await.is_refused(422, "LIMIT_EXCEEDED");
}

#[tokio::test]
async fn a_server_that_runs_only_trusted_documents_runs_no_others() {
    let app = TestApp::empty().await;
    let folder = tempfile::tempdir().expect("a folder");
    let door = trusting(&app, manifest(folder.path(), &json!({ "Name": NAME })), true);
    by_id(&door, "Name").await.data();
    // The same text is the same document, however it comes.
    door.ask(NAME).await.data();
    let persisted = |query: &str| json!({ "persistedQuery": { "version": 1, "sha256Hash": hash(query) } });
    Answer::to(door.post(&json!({ "extensions": persisted(NAME) })))
        .await
        .data();
    for query in [
        "{ a: __typename }",
        "{__typename}",
        "{ __schema { types { name } } }",
        "{",
    ] {
        let answer = door.ask(query).await;
        answer.is_refused(403, "FORBIDDEN");
        assert!(answer.message().contains("`documentId`"), "{}", answer.message());
        let by_get = Answer::to(door.get(&format!("/graphql?query={}", encoded(query)))).await;
        by_get.is_refused(403, "FORBIDDEN");
        // Nor are they stored, to be asked for by their hash.
        let stored = json!({ "query": query, "extensions": persisted(query) });
        Answer::to(door.post(&stored)).await.is_refused(403, "FORBIDDEN");
        let by_hash = json!({ "extensions": persisted(query) });
        Answer::to(door.post(&by_hash))
            .await
            .is_refused(422, "PERSISTED_QUERY_NOT_SUPPORTED");
    }
    by_id(&door, "none").await.is_refused(422, "PERSISTED_QUERY_NOT_FOUND");
}

#[tokio::test]
async fn a_trusted_document_that_would_be_refused_stops_the_start() {
    let app = TestApp::empty().await;
    let folder = tempfile::tempdir().expect("a folder");
    let mut settings = settings();
    settings.trusted = manifest(folder.path(), &json!({ "Wrong": "{ nothing }" }));
    let told = match State::new(app.store.clone(), app.live.clone(), app.search.clone(), settings) {
        Ok(_) => panic!("it starts"),
        Err(error) => error.to_string(),
    };
    assert!(told.contains("nothing"), "{told}");
}

#[test]
fn what_is_no_manifest_and_holds_no_document_is_refused_with_its_path() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("manifest.json");
    for (content, part) in [
        ("{", "accepted is a JSON object"),
        ("[]", "accepted is a JSON object"),
        ("{\"A\": 1}", "accepted is a JSON object"),
        ("{\"operations\": [{\"id\": \"A\"}]}", "accepted is a JSON object"),
        ("{}", "holds no document"),
        ("{\"operations\": []}", "holds no document"),
    ] {
        fs::write(&path, content).expect("it is written");
        let told = Trusted::load(&path).expect_err(content).to_string();
        assert!(
            told.contains(part) && told.contains("manifest.json"),
            "{content}: {told}"
        );
    }
    for missing in [folder.path().join("none"), folder.path().to_owned()] {
        let told = Trusted::load(&missing).expect_err("nothing there").to_string();
        assert!(told.contains(&missing.display().to_string()), "{told}");
    }
}
