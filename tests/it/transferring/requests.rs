//! The mutation `importRows`. Who may is tested in `writing/roles`.

use menagerie::api::viewer::Role;
use serde_json::{Value as Json, json};

use super::{documents, history_is_gapless};
use crate::identity::made;
use crate::seeding::Folder;
use crate::support::{TestApp, client, settings};

pub struct Editor {
    pub app: TestApp,
    pub token: String,
}

impl Editor {
    pub async fn new() -> Self {
        let mut settings = settings();
        settings.config.limits.body_limit_bytes = 1024 * 1024;
        let app = TestApp::set(settings).await;
        let set = Folder::good();
        app.load(&[&set.name()]).await;
        let token = made(&app, "ed", Role::Editor, None).await;
        Self { app, token }
    }

    pub async fn import(&self, input: Json) -> Json {
        let query = "mutation($input: ImportRowsInput!) { importRows(input: $input) { \
                     created updated unchanged userErrors { row code field message } } }";
        self.ask(query, json!({ "input": input })).await["importRows"].take()
    }

    /// The data that comes of a request.
    pub async fn ask(&self, query: &str, variables: Json) -> Json {
        let body = json!({ "query": query, "variables": variables });
        let request = client()
            .post(format!("{}/graphql", self.app.address))
            .bearer_auth(&self.token);
        let response = request.json(&body).send().await.expect("an answer");
        let mut answer: Json = response.json().await.expect("JSON");
        assert!(answer.get("errors").is_none(), "{answer:#}");
        answer["data"].take()
    }
}

fn source(id: &str, title: &str) -> Json {
    json!({ "id": id, "title": title, "kind": "DATASET" })
}

#[tokio::test]
async fn rows_are_written_all_or_none_and_the_same_again_changes_nothing() {
    let editor = Editor::new().await;
    let rows =
        json!([source("source_a", "A"), source("source_test", "B"), { "title": "C", "kind": "MEDIA", "version": 7 }]);
    let input = json!({ "kind": "SOURCE", "rows": rows });
    let none = json!([]);
    let mut tried = input.clone();
    tried["dryRun"] = json!(true);
    let before = documents(&editor.app).await;
    let expected = json!({ "created": 2, "updated": 1, "unchanged": 0, "userErrors": none });
    assert_eq!(editor.import(tried).await, expected);
    assert!(documents(&editor.app).await == before, "a dry run writes nothing");
    assert_eq!(editor.import(input.clone()).await, expected);
    let again = json!({ "created": 0, "updated": 0, "unchanged": 3, "userErrors": none });
    assert_eq!(editor.import(input).await, again);
    let read = editor
        .app
        .query("{ source(id: \"source_test\") { title version } }")
        .await;
    assert_eq!(read["source"], json!({ "title": "B", "version": 2 }));
}

#[tokio::test]
async fn bad_rows_are_told_with_their_places_and_left_out_where_that_is_asked_for() {
    let editor = Editor::new().await;
    let claim = |id: &str, depends: &str| {
        json!({ "id": id, "code": id, "source": "source_test", "statement": "S", "certainty": "STATED", "attributions": [],
                "about": [], "conflictsWith": [], "dependsOn": [depends] })
    };
    let rows = json!([
        claim("claim_a", "claim_b"), claim("claim_b", "claim_a"), claim("claim_c", "claim_none"), claim("claim_d", "claim_c"),
        { "id": "claim_e", "code": 5 }, claim("claim_a", "claim_b"), 7,
    ]);
    let mut input = json!({ "kind": "CLAIM", "rows": rows });
    let before = documents(&editor.app).await;
    let answer = editor.import(input.clone()).await;
    assert_eq!((&answer["created"], &answer["updated"]), (&json!(0), &json!(0)));
    let told = |answer: &Json| {
        let errors = answer["userErrors"].as_array().expect("a list").clone();
        let mut places: Vec<(i64, String)> = errors
            .iter()
            .map(|error| {
                (
                    error["row"].as_i64().expect("a row"),
                    error["code"].as_str().expect("a code").to_owned(),
                )
            })
            .collect();
        places.dedup();
        places
    };
    let expected = [
        (2, "NO_SUCH_REFERENCE"),
        (3, "NO_SUCH_REFERENCE"),
        (4, "INVALID"),
        (5, "TAKEN"),
        (6, "INVALID"),
    ];
    let expected: Vec<(i64, String)> = expected.iter().map(|(row, code)| (*row, (*code).to_owned())).collect();
    assert_eq!(told(&answer), expected, "{answer:#}");
    assert!(documents(&editor.app).await == before, "nothing is written");
    input["keepGood"] = json!(true);
    let answer = editor.import(input).await;
    assert_eq!((&answer["created"], told(&answer)), (&json!(2), expected), "{answer:#}");
    editor.app.is_whole().await;
    history_is_gapless(&editor.app).await;
}

#[tokio::test]
async fn a_thousand_rows_are_taken_and_one_more_is_not() {
    let editor = Editor::new().await;
    let rows: Vec<Json> = (0..1_001)
        .map(|number| json!({ "title": format!("T{number}"), "kind": "MEDIA" }))
        .collect();
    let answer = editor.import(json!({ "kind": "SOURCE", "rows": rows })).await;
    assert_eq!(answer["created"], 0);
    assert_eq!(
        answer["userErrors"],
        json!([{ "row": null, "code": "INVALID", "field": "rows",
                 "message": "found 1001 rows; accepted: up to 1000, and the others in further requests" }])
    );
    let answer = editor.import(json!({ "kind": "SOURCE", "rows": rows[1..] })).await;
    assert_eq!(answer["created"], 1_000, "{answer:#}");
}

#[tokio::test]
async fn each_row_has_its_price_wherever_variables_stand() {
    let editor = Editor::new().await;
    let rows: Vec<Json> = (0..10).map(|number| source(&format!("source_{number}"), "T")).collect();
    let input = json!({ "kind": "SOURCE", "rows": rows });
    for (query, variables) in [
        (
            "mutation($input: ImportRowsInput!) { importRows(input: $input) { created } }",
            json!({ "input": input }),
        ),
        (
            "mutation($rows: [JSON!]!) { importRows(input: { kind: SOURCE, rows: $rows }) { created } }",
            json!({ "rows": rows }),
        ),
    ] {
        let request = client()
            .post(format!("{}/graphql", editor.app.address))
            .bearer_auth(&editor.token);
        let request = request.header("X-Menagerie-Cost", "1");
        let response = request
            .json(&json!({ "query": query, "variables": variables }))
            .send()
            .await;
        let answer: Json = response.expect("an answer").json().await.expect("JSON");
        assert_eq!(
            answer["extensions"]["cost"]["estimate"],
            1 + 100 + 10 * 2 + 1,
            "{query}: {answer:#}"
        );
    }
}

/// The history of a document, with the changes of each entry in the order of their fields.
async fn entries(editor: &Editor, id: &str) -> Vec<Json> {
    let query = "query($id: ID!) { history(id: $id) { nodes { version action changes { field before after } } } }";
    let told = editor.ask(query, json!({ "id": id })).await;
    let mut nodes = told["history"]["nodes"].as_array().expect("entries").clone();
    for entry in &mut nodes {
        let changes = entry["changes"].as_array_mut().expect("changes");
        changes.sort_by_key(|change| change["field"].to_string());
    }
    nodes
}

#[tokio::test]
async fn what_an_imported_document_said_first_follows_from_what_was_changed_since() {
    let editor = Editor::new().await;
    let row = |id: &str| json!({ "id": id, "title": "A", "kind": "DATASET", "publisher": "P", "url": "https://example.com/a" });
    let input = json!({ "kind": "SOURCE", "rows": [row("source_in")] });
    assert_eq!(editor.import(input.clone()).await["created"], 1);
    let create = "mutation($input: CreateSourceInput!) { createSource(input: $input) { userErrors { message } } }";
    editor.ask(create, json!({ "input": row("source_by-hand") })).await;
    let entries = async |id: &str| entries(&editor, id).await;
    let are_the_same = async || assert_eq!(entries("source_in").await, entries("source_by-hand").await);
    are_the_same().await;
    assert_eq!(
        entries("source_in").await[0]["changes"].as_array().map(Vec::len),
        Some(4)
    );
    let edits = [
        json!({ "title": "B", "publisher": null }),
        json!({ "title": "C", "published": { "edtf": "1999" } }),
        json!({ "publisher": "P", "published": null, "kind": "MEDIA" }),
    ];
    for edit in edits {
        for id in ["source_in", "source_by-hand"] {
            let mut input = edit.clone();
            input["id"] = json!(id);
            let update =
                "mutation($input: UpdateSourceInput!) { updateSource(input: $input) { userErrors { message } } }";
            let made = editor.ask(update, json!({ "input": input })).await;
            assert_eq!(made["updateSource"]["userErrors"], json!([]));
        }
        are_the_same().await;
    }
    let revert = async |id: &str| {
        let query = "mutation($input: RevertInput!) { revert(input: $input) { userErrors { code field } } }";
        editor.ask(query, json!({ "input": { "id": id } })).await["revert"].take()
    };
    // Changed since, so that it cannot be taken back; in the same fields.
    let changed = revert("source_in@1").await;
    assert!(
        changed["userErrors"].as_array().is_some_and(|errors| errors.len() > 1),
        "{changed:#}"
    );
    assert_eq!(changed, revert("source_by-hand@1").await);
    // Gone, and there again as another document with the same id.
    for id in ["source_in", "source_by-hand"] {
        let delete = "mutation($input: DeleteInput!) { deleteSource(input: $input) { userErrors { message } } }";
        editor.ask(delete, json!({ "input": { "id": id } })).await;
    }
    are_the_same().await;
    assert_eq!(editor.import(input).await["created"], 1);
    let first = entries("source_in").await;
    assert_eq!((first.len(), &first[0]["version"]), (6, &json!(6)));
    assert_eq!(first[0]["changes"], first[5]["changes"], "both imports said the same");
    // What nobody has changed since goes again.
    assert_eq!(revert("source_in@6").await["userErrors"], json!([]));
    assert_eq!(entries("source_in").await[0]["action"], "DELETED");
}
