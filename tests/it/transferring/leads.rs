//! What rows call documents: ids, slugs, codes and names, in the places of ids and of references.

use menagerie::domain::id::Kind;
use serde_json::json;

use super::people::{HEADER, file, row, taken};
use super::plainly;
use super::requests::Editor;
use crate::commands::output;
use crate::seeding::stored;

/// What stands in the place of a nation's id, and where it leads to.
const LEADS: [(&str, Option<&str>); 9] = [
    ("nation_arcadia", Some("nation_arcadia")),
    ("arcadia", Some("nation_arcadia")),
    ("XA", Some("nation_arcadia")),
    ("Arcadia", Some("nation_arcadia")),
    ("ÁRCADIA", Some("nation_arcadia")),
    ("Realm of Arcadia", Some("nation_arcadia")),
    ("Twin", None),
    ("twin-b", Some("nation_twin-b")),
    ("Arcadian realm", None),
];

#[tokio::test]
async fn references_lead_by_id_slug_code_or_name_to_one_document_at_every_door() {
    let editor = Editor::new().await;
    let folder = tempfile::tempdir().expect("a folder");
    // Two of a name, which leads to neither.
    let twins =
        ["a", "b"].map(|slug| json!({ "slug": format!("twin-{slug}"), "name": "Twin", "officialName": "Twin" }));
    let made = editor.import(json!({ "kind": "NATION", "rows": twins })).await;
    assert_eq!(made["created"], 2, "{made}");
    for (number, (said, leads)) in LEADS.into_iter().enumerate() {
        let gift = |id: &str| {
            json!({ "id": id, "slug": id.replace("gift_", ""), "title": "T", "giver": said, "recipient": "laputa",
                    "mode": "GIFT", "status": "DELIVERED" })
        };
        let (by_request, by_file) = (format!("gift_r{number}"), format!("gift_f{number}"));
        let answer = editor
            .import(json!({ "kind": "GIFT", "rows": [gift(&by_request)] }))
            .await;
        let path = file(&folder, "gifts.ndjson", format!("{}\n", gift(&by_file)).as_bytes());
        let (outcome, lines) = taken(&editor.app, &path, Kind::Gift, &plainly()).await;
        let Some(leads) = leads else {
            let message = answer["userErrors"][0]["message"].as_str().expect("a message");
            let what = if said == "Twin" {
                "which 2 documents are called; accepted: an id: nation_twin-a, nation_twin-b"
            } else {
                "which leads nowhere"
            };
            assert!(message.contains(what), "{message}");
            assert!(outcome.is_err() && lines[0].contains(what), "{lines:#?}");
            continue;
        };
        assert_eq!(answer["userErrors"], json!([]), "{said}");
        assert!(outcome.is_ok(), "{said}: {lines:#?}");
        for id in [by_request, by_file] {
            let gift = stored(&editor.app, "gifts", &id).await.expect("it is there");
            assert_eq!(gift.get_str("giver").ok(), Some(leads), "{said}");
        }
    }
    editor.app.is_whole().await;
}

#[tokio::test]
async fn a_row_may_call_a_document_by_a_name_that_another_row_brings() {
    let editor = Editor::new().await;
    let folder = tempfile::tempdir().expect("a folder");
    let claim = |code: &str, on: &str| {
        json!({ "id": format!("claim_{code}"), "code": code, "source": "A source for tests",
                                               "statement": "S", "certainty": "STATED", "dependsOn": [on] })
    };
    let answer = editor
        .import(json!({ "kind": "CLAIM", "rows": [claim("N1", "N2"), claim("N2", "T1")] }))
        .await;
    assert_eq!(
        (&answer["created"], &answer["userErrors"]),
        (&json!(2), &json!([])),
        "{answer}"
    );
    let one = stored(&editor.app, "claims", "claim_N1").await.expect("it is there");
    assert_eq!(
        one.get_array("dependsOn").expect("a list")[0].as_str(),
        Some("claim_N2")
    );
    let nations = file(
        &folder,
        "nations.csv",
        b"slug,name,officialName\nnew-realm,Brand new,Brand new\n",
    );
    let gifts = file(
        &folder,
        "gifts.csv",
        format!("{HEADER}\n{}\n", row("to-new").replace("LAPUTA", "Brand new")).as_bytes(),
    );
    let said = output(
        &editor.app,
        &["import", &gifts.display().to_string(), &nations.display().to_string()],
    );
    assert_eq!(said, "2 created, 0 updated, 0 unchanged, 0 bad\n");
    editor.app.is_whole().await;
}

#[tokio::test]
async fn a_row_without_an_id_is_about_the_document_with_its_slug() {
    let editor = Editor::new().await;
    let rows = json!([{ "slug": "okapi-gift", "title": "Two okapis" }]);
    let answer = editor.import(json!({ "kind": "GIFT", "rows": rows })).await;
    assert_eq!(
        (&answer["updated"], &answer["userErrors"]),
        (&json!(1), &json!([])),
        "{answer}"
    );
    let gift = stored(&editor.app, "gifts", "gift_okapi").await.expect("it is there");
    assert_eq!(gift.get_str("title").ok(), Some("Two okapis"));
    // The id that a slug gives is not taken from a document that is called otherwise by now.
    let rows = json!([{ "id": "nation_laputa", "slug": "balnibarbi" }]);
    assert_eq!(
        editor.import(json!({ "kind": "NATION", "rows": rows })).await["updated"],
        1
    );
    let rows = json!([{ "slug": "laputa", "name": "L", "officialName": "L" }]);
    let answer = editor.import(json!({ "kind": "NATION", "rows": rows })).await;
    let error = &answer["userErrors"][0];
    assert_eq!(
        (&error["code"], &error["field"]),
        (&json!("TAKEN"), &json!("slug")),
        "{answer}"
    );
}
