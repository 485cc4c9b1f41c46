//! What an import does: new documents, changed ones, unchanged ones; all or nothing; references that lead ahead.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use menagerie::transfer::import::ImportError;
use mongodb::bson::doc;
use serde_json::json;
use tempfile::TempDir;

use super::{counts, documents, dry, good, history_is_gapless, imported, keeping_good, plainly, small};
use crate::changes::Subscriber;
use crate::commands::{ends_with, output, program_over};
use crate::seeding::{delete, stored};
use crate::support::TestApp;

struct Files(TempDir);

impl Files {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn put(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.path().join(name);
        fs::write(&path, text).expect("the file is written");
        path
    }
}

#[tokio::test]
async fn a_file_makes_documents_changes_them_and_leaves_them_alone() {
    let app = small().await;
    let files = Files::new();
    let file = files.put(
        "sources.csv",
        "title,kind,id\nA,DATASET,source_a\n\"B, \"\"b\"\"\",MEDIA,\n",
    );
    assert_eq!(counts(&good(&app, &[&file]).await), [2, 0, 0, 0]);
    let before = documents(&app).await;
    assert_eq!(counts(&good(&app, &[&file]).await), [0, 0, 2, 0]);
    assert!(documents(&app).await == before, "the same file again changes nothing");
    let file = files.put(
        "sources.csv",
        "id,title,kind,published.edtf\nsource_a,A2,DATASET,1999\n",
    );
    let (outcome, _) = imported(&app, &[&file], &dry()).await;
    assert_eq!(
        outcome.expect("it fits").to_string(),
        "0 created, 1 updated, 0 unchanged, 0 bad (nothing is written by a dry run)"
    );
    assert!(documents(&app).await == before, "a dry run writes nothing");
    assert_eq!(counts(&good(&app, &[&file]).await), [0, 1, 0, 0]);
    let document = stored(&app, "sources", "source_a").await.expect("it is there");
    assert_eq!(
        (document.get_str("title").ok(), document.get_i64("version").ok()),
        (Some("A2"), Some(2))
    );
    let entry = stored(&app, "history", "source_a@2").await.expect("it is recorded");
    assert_eq!(
        (entry.get_str("by").ok(), entry.get_str("action").ok()),
        (Some("tester"), Some("UPDATED"))
    );
    history_is_gapless(&app).await;
    // Deleted and imported again, it goes on with its versions.
    delete(&app, "sources", "source_a").await;
    assert_eq!(counts(&good(&app, &[&file]).await), [1, 0, 0, 0]);
    let document = stored(&app, "sources", "source_a").await.expect("it is there");
    assert_eq!(document.get_i64("version").ok(), Some(3));
}

#[tokio::test]
async fn rows_may_refer_ahead_in_circles_and_to_other_files() {
    let app = small().await;
    let files = Files::new();
    let claim = |code: &str, more: &str| {
        format!(
            "{{\"id\":\"claim_{code}\",\"code\":\"{code}\",\"source\":\"source_test\",\"statement\":\"S\",\"certainty\":\"STATED\",\
             \"attributions\":[],\"conflictsWith\":[],\"dependsOn\":[],\"about\":[]{more}}}\n"
        )
    };
    // More than a piece between those that need each other.
    let mut claims = claim("first", ",\"conflictsWith\":[\"claim_last\"],\"about\":[\"gift_new\"]");
    for number in 0..1_100 {
        claims += &claim(&format!("n{number}"), "");
    }
    claims += &claim("middle", ",\"dependsOn\":[\"claim_first\"]");
    claims += &claim("last", ",\"conflictsWith\":[\"claim_first\"]");
    let claims = files.put("claims.ndjson", &claims);
    let gifts = files.put(
        "gifts.ndjson",
        r#"{"slug":"new","title":"T","giver":"nation_new","recipient":"nation_laputa","mode":"GIFT","status":"DELIVERED","statusHistory":[{"status":"DELIVERED","note":"N","claim":"claim_middle"}],"items":[],"inferred":[]}"#,
    );
    let nations = files.put("nations.csv", "slug,name,officialName\nnew,New,New\n");
    let (outcome, lines) = imported(&app, &[&gifts, &claims], &plainly()).await;
    assert!(matches!(outcome, Err(ImportError::Bad { bad: 1, .. })), "{outcome:?}");
    assert_eq!(lines.len(), 1, "{lines:#?}");
    assert!(
        lines[0].starts_with("gifts.ndjson:1: giver: found \"nation_new\", which does not exist"),
        "{lines:?}"
    );
    // With good rows kept, what refers to the bad one is bad too, and what refers to that.
    let (outcome, lines) = imported(&app, &[&gifts, &claims], &keeping_good()).await;
    assert_eq!(
        counts(&outcome.expect("the others are kept")),
        [1_100, 0, 0, 4],
        "{lines:#?}"
    );
    assert!(
        lines
            .iter()
            .any(|line| line.starts_with("claims.ndjson:1: about[0]: found \"gift_new\"")
                && line.ends_with("(line 1 has it and is bad)")),
        "{lines:#?}"
    );
    assert_eq!(
        counts(&good(&app, &[&claims, &gifts, &nations]).await),
        [5, 0, 1_100, 0]
    );
    assert!(output(&app, &["check"]).starts_with("nothing found"));
    history_is_gapless(&app).await;
}

#[tokio::test]
async fn a_row_without_an_id_makes_no_document_twice() {
    let app = small().await;
    let files = Files::new();
    let file = files.put("sources.ndjson", "{\"title\": \"A\", \"kind\": \"DATASET\"}\n");
    assert_eq!(counts(&good(&app, &[&file]).await), [1, 0, 0, 0]);
    let file = files.put("sources.csv", "kind,title\nDATASET,A\n");
    assert_eq!(
        counts(&good(&app, &[&file]).await),
        [0, 0, 1, 0],
        "in another format it is the same row"
    );
    let file = files.put("sources.csv", "kind,title\nDATASET,A\nDATASET,A\n");
    let (outcome, lines) = imported(&app, &[&file], &plainly()).await;
    assert!(outcome.is_err() && lines[0].contains("which line 2 of "), "{lines:?}");
}

#[tokio::test]
async fn subscribers_and_readers_hear_of_what_is_imported() {
    let app = small().await;
    let document = "subscription { changes(ids: [\"source_new\"]) { operation id } }";
    let mut told = Subscriber::to(&app, document, &json!({})).begun();
    let query = "{ sources { totalCount } }";
    assert_eq!(app.query(query).await["sources"]["totalCount"], 1);
    let files = Files::new();
    let file = files.put("sources.csv", "id,title,kind\nsource_new,A,DATASET\n");
    good(&app, &[&file]).await;
    assert_eq!(app.query(query).await["sources"]["totalCount"], 2);
    let (change, _) = told.change().await;
    assert_eq!(change["changes"], json!({ "operation": "CREATED", "id": "source_new" }));
}

#[tokio::test]
async fn the_command_tells_what_it_did_and_its_status_whether_it_did() {
    let app = TestApp::empty().await;
    let files = Files::new();
    let file = files
        .put("nations.csv", "slug,name,officialName\na,A,A\nb,B,\n")
        .display()
        .to_string();
    let said = ends_with(program_over(&app).args(["import", &file]), 65);
    assert_eq!(
        said,
        format!(
            "menagerie: nothing is imported: 1 of 2 rows are bad; accepted: good rows only, or --keep-good to leave bad ones out\n\
             {file}:3:3: officialName: found nothing; accepted: a value, for this field is required\n"
        )
    );
    let said = output(&app, &["import", &file, "--keep-good", "--dry-run"]);
    assert_eq!(
        said,
        format!(
            "{file}:2: nation_a is new\n1 created, 0 updated, 0 unchanged, 1 bad (nothing is written by a dry run)\n"
        )
    );
    assert_eq!(
        output(&app, &["import", &file, "--keep-good"]),
        "1 created, 0 updated, 0 unchanged, 1 bad\n"
    );
    let by = stored(&app, "history", "nation_a@1").await.expect("it is recorded");
    assert_eq!(by.get_str("by").ok(), Some("import"));
}

#[tokio::test]
async fn the_command_says_what_it_has_to_know_of_a_file_and_what_it_cannot_read() {
    let app = TestApp::empty().await;
    let files = Files::new();
    let other = files.put("other.txt", "").display().to_string();
    let said = ends_with(program_over(&app).args(["import", &other]), 64);
    assert!(
        said.contains("which collection is in it? Accepted: --collection with one of gifts, nations"),
        "{said}"
    );
    let said = ends_with(program_over(&app).args(["import", &other, "--collection", "gifts"]), 64);
    assert!(
        said.contains("how is it written? Accepted: --format with one of csv, tsv, ndjson, jsonl, json"),
        "{said}"
    );
    let said = ends_with(program_over(&app).args(["import", "nowhere/gifts.csv"]), 66);
    assert!(said.contains("nowhere/gifts.csv cannot be read"), "{said}");
}

#[tokio::test]
async fn the_command_imports_what_comes_through_a_pipe_too() {
    let app = TestApp::empty().await;
    let mut command = program_over(&app);
    command.args([
        "import",
        "-",
        "--collection",
        "sources",
        "--format",
        "ndjson",
        "--by",
        "piper",
    ]);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    let rows = b"{\"title\": \"A\", \"kind\": \"DATASET\", \"id\": \"source_a\"}\n";
    std::io::Write::write_all(&mut child.stdin.take().expect("a pipe"), rows).expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        "1 created, 0 updated, 0 unchanged, 0 bad\n"
    );
    let by = stored(&app, "history", "source_a@1").await.expect("it is recorded");
    assert_eq!(by.get_str("by").ok(), Some("piper"));
}

#[tokio::test]
async fn a_document_that_others_change_between_reading_and_writing_is_not_lost() {
    // What is replaced is what was read in the same transaction: the one that comes second sees the first.
    let app = small().await;
    let files = Files::new();
    let texts: Vec<PathBuf> = (0..2)
        .map(|number| {
            files.put(
                &format!("{number}.csv"),
                &format!("id,title,kind\nsource_test,T{number},DATASET\n"),
            )
        })
        .collect();
    let import = |path: &PathBuf| {
        let mut command: Command = program_over(&app);
        let path = path.display().to_string();
        command
            .args(["import", &path, "--collection", "sources"])
            .stdout(Stdio::null());
        command.spawn().expect("it starts")
    };
    let children: Vec<_> = texts.iter().map(import).collect();
    for mut child in children {
        assert!(child.wait().expect("it ends").success());
    }
    let document = stored(&app, "sources", "source_test").await.expect("it is there");
    assert_eq!(document.get_i64("version").ok(), Some(3));
    let history = app.raw().await.collection::<mongodb::bson::Document>("history");
    let count = history
        .count_documents(doc! { "document": "source_test" })
        .await
        .expect("an answer");
    assert_eq!(count, 2, "seeding records nothing, each import once");
}
