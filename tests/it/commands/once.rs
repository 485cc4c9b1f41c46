//! Commands that do one thing and end: `schema`, `seed`, `generate`, `check`, `--help`.

use std::collections::BTreeMap;
use std::process::Command;

use mongodb::bson::{Document, doc};

use super::{ends_with, output, program_over, run};
use crate::seeding::{contents, edit};
use crate::support::TestApp;

#[test]
fn schema_prints_the_file_and_needs_nothing_from_its_surroundings() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_menagerie"));
    let printed = run(command.arg("schema").env_clear());
    assert!(printed.status.success() && printed.stderr.is_empty());
    let file = std::fs::read(format!("{}/schema/schema.graphql", env!("CARGO_MANIFEST_DIR"))).expect("the file");
    assert!(
        printed.stdout == file,
        "stale: run `cargo run -- schema > schema/schema.graphql`"
    );
}

#[test]
fn every_help_has_an_example() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_menagerie"));
    let help = ends_with(command.arg("--help"), 0);
    assert!(help.contains("Example"), "{help}");
    let listed = help.lines().skip_while(|line| !line.starts_with("Commands:")).skip(1);
    let commands: Vec<&str> = listed
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .collect();
    assert!(
        commands.starts_with(&[
            "serve", "seed", "generate", "schema", "check", "import", "export", "backup", "restore", "token"
        ]),
        "{help}"
    );
    for name in commands {
        let mut command = Command::new(env!("CARGO_BIN_EXE_menagerie"));
        let help = ends_with(command.args([name, "--help"]), 0);
        let (_, example) = help.split_once("Example").expect(name);
        assert!(example.contains(&format!("menagerie {name}")), "{help}");
    }
}

#[tokio::test]
async fn seed_loads_the_article_unless_sets_are_named() {
    let app = TestApp::empty().await;
    app.store.drop_database().await.expect("the database is dropped");
    let said = output(&app, &["seed"]);
    assert!(said.starts_with("article: ") && said.lines().count() == 1, "{said}");
    let data = app
        .query("{ gifts { totalCount } claims(where: {source: {eq: \"source_article\"}}) { totalCount } }")
        .await;
    assert_eq!(
        data,
        serde_json::json!({ "gifts": { "totalCount": 6 }, "claims": { "totalCount": 45 } })
    );
    assert!(
        output(&app, &["check"]).starts_with("nothing found"),
        "it makes collections and indexes too"
    );
}

#[tokio::test]
async fn seed_with_reset_puts_an_edited_document_back() {
    let app = TestApp::with(&["article"]).await;
    edit(&app, "nations", "nation_japan", doc! { "$set": { "name": "Nippon" } }).await;
    let said = output(&app, &["seed"]);
    assert!(
        said.contains("nothing to write") && said.contains("(--reset puts them back): nation_japan"),
        "{said}"
    );
    let said = output(&app, &["seed", "--reset", "--dry-run"]);
    assert!(
        said.contains("1 put back") && said.contains("to be put back: nation_japan"),
        "{said}"
    );
    let query = "{ nation(slug: \"japan\") { name } }";
    assert_eq!(app.query(query).await["nation"]["name"], "Nippon");
    let said = output(&app, &["seed", "--reset"]);
    assert!(said.contains("0 were added, 0 updated, 1 put back"), "{said}");
    assert_eq!(app.query(query).await["nation"]["name"], "Japan");
}

#[tokio::test]
async fn seed_refuses_a_bad_set_with_a_status_of_its_own() {
    let app = TestApp::empty().await;
    let said = ends_with(program_over(&app).args(["seed", "articel"]), 65);
    assert_eq!(
        said,
        "menagerie: there is no set `articel`; accepted are article, history, nations and folders, written with a `/`, such as ./my-set\n"
    );
    let said = ends_with(program_over(&app).args(["seed", "history"]), 65);
    assert!(
        said.contains("which is neither in this set nor in the database"),
        "{said}"
    );
    assert!(contents(&app).await.is_empty());
}

/// All documents without the times at which they were written.
async fn timeless(app: &TestApp) -> BTreeMap<String, Document> {
    let mut contents = contents(app).await;
    for document in contents.values_mut() {
        document.remove("createdAt");
        document.remove("updatedAt");
    }
    contents
}

#[tokio::test]
async fn generate_makes_the_same_documents_for_the_same_seed_and_adds_nothing_twice() {
    let (one, other) = (TestApp::empty().await, TestApp::empty().await);
    let arguments = ["generate", "--gifts", "200", "--seed", "3"];
    let said = output(&one, &arguments);
    assert!(
        said.contains("gifts: 200 new\n") && said.contains("claims: 100 new\n"),
        "{said}"
    );
    let first = contents(&one).await;
    let said = output(&one, &arguments);
    assert_eq!(
        said.lines().filter(|line| line.ends_with(": 0 new")).count(),
        6,
        "{said}"
    );
    assert!(first == contents(&one).await, "a second run leaves all as it is");

    output(&other, &arguments);
    assert!(
        timeless(&one).await == timeless(&other).await,
        "the same in another database"
    );

    output(&other, &["generate", "--gifts", "200", "--seed", "4"]);
    assert_eq!(
        contents(&other).await.len(),
        2 * first.len(),
        "another seed gives others beside them"
    );
    for app in [&one, &other] {
        assert!(output(app, &["check"]).starts_with("nothing found"));
    }
    let data = one.query("{ a: gifts(where: {date: {known: false}}) { totalCount } b: gifts(where: {total: {known: false}}) { totalCount } }").await;
    for field in ["a", "b"] {
        assert!(
            data[field]["totalCount"].as_i64().is_some_and(|count| count > 20),
            "{data}"
        );
    }
}

#[tokio::test]
async fn generate_goes_on_where_a_run_broke_off_and_can_make_none() {
    let app = TestApp::empty().await;
    let said = output(&app, &["generate", "--gifts", "0"]);
    assert!(
        said.contains("gifts: 0 new\n") && said.contains("nations: 60 new\n"),
        "{said}"
    );
    let said = output(&app, &["generate", "--gifts", "30"]);
    assert!(
        said.contains("gifts: 30 new\n") && said.contains("nations: 0 new\n"),
        "{said}"
    );
    let said = output(&app, &["generate", "--gifts", "50"]);
    assert!(said.contains("gifts: 20 new\n"), "{said}");
}

#[tokio::test]
async fn check_ends_with_one_when_something_is_found_and_changes_nothing() {
    let app = TestApp::with(&["article"]).await;
    let said = output(&app, &["check"]);
    assert_eq!(
        said,
        "nothing found: references, validators, derived fields and indexes are as they should be\n"
    );

    edit(
        &app,
        "gifts",
        "gift_cn-kr",
        doc! { "$set": { "giver": "nation_atlantis", "mode": "THEFT" } },
    )
    .await;
    let gifts = app.raw().await.collection::<Document>("gifts");
    gifts.drop_index("giver").await.expect("the index is dropped");
    let before = contents(&app).await;
    let said = ends_with(program_over(&app).arg("check"), 1);
    for line in [
        "gift_cn-kr: `giver` refers to nation_atlantis, which does not exist",
        "gift_cn-kr: mode: found \"THEFT\"; accepted: one of GIFT, RETURN_GIFT, TRIBUTE, LOAN, UNSPECIFIED",
        "gifts: the index `giver` is missing",
        "3 found",
    ] {
        assert!(said.lines().any(|said| said == line), "{line} in {said}");
    }
    assert!(before == contents(&app).await);
    let again = ends_with(program_over(&app).arg("check"), 1);
    assert_eq!(said, again, "it finds the same again: nothing was put right");
}

#[tokio::test]
async fn check_tells_of_a_database_where_nothing_was_made_yet() {
    let app = TestApp::empty().await;
    app.store.drop_database().await.expect("the database is dropped");
    let said = ends_with(program_over(&app).arg("check"), 1);
    assert!(
        said.contains("gifts: the collection is missing\n") && said.ends_with("13 found\n"),
        "{said}"
    );
    assert!(
        app.raw()
            .await
            .list_collection_names()
            .await
            .expect("an answer")
            .is_empty()
    );
}
