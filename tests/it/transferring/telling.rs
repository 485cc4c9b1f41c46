//! What an import tells: each value that changes, what was cleared, what cannot be read back; and what need not be said.

use std::collections::BTreeSet;

use menagerie::domain::id::Kind;
use menagerie::transfer::import::Options;
use serde_json::json;

use super::people::{bare, file, taken};
use super::requests::Editor;
use super::{counts, documents, dry, plainly, small};
use crate::commands::{ends_with, output, program_over};
use crate::seeding::stored;
use crate::support::TestApp;

#[tokio::test]
async fn a_dry_run_tells_each_value_and_counts_what_would_be_cleared() {
    let app = small().await;
    let folder = tempfile::tempdir().expect("a folder");
    let text = "slug,title,total.min,total.phrase,date.edtf,date.inferred\nokapi-gift,Okapis,3,,,\nnew,T,,,,\n";
    let path = file(&folder, "gifts.csv", text.as_bytes());
    let name = path.display().to_string();
    let before = documents(&app).await;
    let said = ends_with(
        program_over(&app).args(["import", &name, "--dry-run", "--keep-good"]),
        0,
    );
    assert!(
        said.contains("this figure changes or loses its claim and names none") && said.contains("`--without-claims`"),
        "{said}"
    );
    assert!(!said.contains("withoutClaim"), "{said}");
    let said = output(&app, &["import", &name, "--dry-run", "--keep-good", "--without-claims"]);
    for line in [
        "gift_okapi: title: \"An okapi\" → \"Okapis\"",
        "gift_okapi: total.min: 2 → 3",
        "gift_okapi: total.phrase: \"at least two\" → nothing",
        "gift_okapi: date.edtf: \"1400\" → nothing",
        "gift_okapi: date.inferred: [\"YEAR\"] → nothing",
    ] {
        assert!(said.contains(&format!("{name}:2: {line}\n")), "{line}: {said}");
    }
    assert!(
        said.ends_with(
            "0 created, 1 updated, 0 unchanged, 1 bad (nothing is written by a dry run)\n\
             would be cleared, in how many documents: date.edtf 1, date.inferred 1, total.phrase 1\n"
        ),
        "{said}"
    );
    assert!(documents(&app).await == before, "nothing is written");
    let (outcome, _) = taken(
        &app,
        &path,
        Kind::Gift,
        &Options {
            without_claims: true,
            ..dry()
        },
    )
    .await;
    assert!(outcome.is_err(), "the new one is not whole");
}

#[tokio::test]
async fn a_request_tells_what_changes_and_replaces_whole_documents_where_that_is_said() {
    let editor = Editor::new().await;
    let query = "mutation($input: ImportRowsInput!) { importRows(input: $input) { \
                 updated changes { row id field before after } userErrors { message } } }";
    let row =
        json!({ "id": "nation_arcadia", "slug": "arcadia", "name": "Arkadia", "officialName": "Realm of Arcadia" });
    let ask = async |replace: bool, dry: bool| {
        let input = json!({ "kind": "NATION", "rows": [row], "replace": replace, "dryRun": dry });
        editor.ask(query, json!({ "input": input })).await["importRows"].take()
    };
    let change = json!({ "row": 0, "id": "nation_arcadia", "field": "name", "before": "Arcadia", "after": "Arkadia" });
    let expected = json!({ "updated": 1, "changes": [change], "userErrors": [] });
    assert_eq!(ask(false, true).await, expected);
    assert_eq!(ask(false, false).await, expected);
    let replaced = ask(true, false).await;
    let cleared = replaced["changes"]
        .as_array()
        .expect("a list")
        .iter()
        .filter(|change| change["after"].is_null());
    let fields: Vec<&str> = cleared.filter_map(|change| change["field"].as_str()).collect();
    assert!(
        fields.contains(&"isoAlpha2") && fields.contains(&"capital.location.lon"),
        "{fields:?}"
    );
    let nation = stored(&editor.app, "nations", "nation_arcadia")
        .await
        .expect("it is there");
    assert!(!nation.contains_key("existed"), "{nation}");
}

#[tokio::test]
async fn the_tables_of_http_are_read_back_and_what_cannot_be_is_told_once() {
    let app = TestApp::with(&["article", "history"]).await;
    let folder = tempfile::tempdir().expect("a folder");
    let before = documents(&app).await;
    for kind in Kind::ALL {
        let name = format!("{}.csv", kind.collection());
        let (status, _, text) = app.get(&format!("/export/{name}")).await;
        assert_eq!(status, 200, "{text}");
        let path = file(&folder, &name, text.as_bytes());
        let (outcome, lines) = taken(&app, &path, kind, &plainly()).await;
        let report = outcome.unwrap_or_else(|error| panic!("{error}: {lines:#?}"));
        assert_eq!(
            (report.created, report.updated, report.bad),
            (0, 0, 0),
            "{kind:?}: {lines:#?}"
        );
        assert!(
            lines.iter().all(|line| line.contains("` tells a list in words")),
            "{lines:#?}"
        );
        let once: BTreeSet<&String> = lines.iter().collect();
        assert_eq!(once.len(), lines.len(), "{lines:#?}");
        for (of, list) in [
            (Kind::Gift, "items"),
            (Kind::Event, "nations"),
            (Kind::Claim, "attributions"),
        ] {
            let is_told = once
                .iter()
                .any(|line| line.contains(&format!("{name}: `{list}` tells")));
            assert_eq!(is_told, of == kind, "{lines:#?}");
        }
    }
    assert!(documents(&app).await == before, "they say nothing new");
}

#[tokio::test]
async fn lists_that_say_nothing_may_be_left_out_at_every_door() {
    let editor = Editor::new().await;
    let folder = tempfile::tempdir().expect("a folder");
    let claim = |code: &str| json!({ "id": format!("claim_{code}"), "code": code, "source": "source_test", "statement": "S", "certainty": "STATED" });
    let answer = editor.import(json!({ "kind": "CLAIM", "rows": [claim("R")] })).await;
    assert_eq!(answer["created"], 1, "{answer}");
    let lines = file(&folder, "claims.ndjson", format!("{}\n", claim("F")).as_bytes());
    let table = "id,code,source,statement,certainty\nclaim_T,T,source_test,S,STATED\n";
    let table = file(&folder, "claims.csv", table.as_bytes());
    for path in [lines, table] {
        let (outcome, lines) = taken(&editor.app, &path, Kind::Claim, &plainly()).await;
        assert_eq!(counts(&outcome.expect("it fits")), [1, 0, 0, 0], "{lines:#?}");
    }
    let mut documents = Vec::new();
    for code in ["R", "F", "T"] {
        let mut document = bare(
            stored(&editor.app, "claims", &format!("claim_{code}"))
                .await
                .expect("it is there"),
        );
        document.remove("code");
        documents.push(document);
    }
    assert!(documents.windows(2).all(|pair| pair[0] == pair[1]), "{documents:#?}");
    for list in ["attributions", "about", "conflictsWith", "dependsOn"] {
        assert!(documents[0].get_array(list).is_ok_and(Vec::is_empty), "{list}");
    }
}
