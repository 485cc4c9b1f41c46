//! What an import or an update leaves out stays as it is: any columns of a table, any keys of an object, at every door.

use std::fs;
use std::path::{Path, PathBuf};

use menagerie::api::viewer::Role;
use menagerie::domain::id::Kind;
use mongodb::bson::Document;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Map, Value as Json, json};

use super::requests::Editor;
use super::round::{Making, exported, fill};
use super::{counts, documents, imported, plainly};
use crate::identity::made;
use crate::support::{TestApp, client, settings};

/// How many random worlds each door is tried with.
const WORLDS: u64 = 4;

/// A server over a random world, its editor, and a source of chance.
async fn world(seed: u64) -> (Editor, ChaCha8Rng) {
    let mut settings = settings();
    settings.config.limits.body_limit_bytes = 1024 * 1024;
    let app = TestApp::set(settings).await;
    fill(&app, &Making::world(seed)).await;
    let token = made(&app, "ed", Role::Editor, None).await;
    (Editor { app, token }, ChaCha8Rng::seed_from_u64(seed + 1_000))
}

/// The field that every document of a kind has and that may say anything.
fn told(kind: Kind) -> &'static str {
    match kind {
        Kind::Gift | Kind::Event | Kind::Source => "title",
        Kind::Nation => "name",
        Kind::Animal => "commonName",
        Kind::Claim => "statement",
    }
}

/// All rows of a collection as HTTP gives them.
async fn rows(app: &TestApp, kind: Kind) -> Vec<Json> {
    let (status, _, text) = app.get(&format!("/export/{}.ndjson", kind.collection())).await;
    assert_eq!(status, 200, "{text}");
    text.lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect()
}

/// Some of what an object says: some of its fields, and of those that are objects some of theirs.
fn some(object: &Json, random: &mut ChaCha8Rng) -> Json {
    let Json::Object(fields) = object else {
        return object.clone();
    };
    let kept = fields.iter().filter(|_| random.random_bool(0.5)).collect::<Vec<_>>();
    Json::Object(
        kept.into_iter()
            .map(|(name, value)| (name.clone(), some(value, random)))
            .collect(),
    )
}

/// Some of a row, but its id, and another text in the field that may say anything.
fn some_of(kind: Kind, row: &Json, said: Option<&str>, random: &mut ChaCha8Rng) -> Json {
    let mut some = some(row, random);
    some["id"] = row["id"].clone();
    if let Some(said) = said {
        some[told(kind)] = json!(said);
    }
    some
}

/// Some columns of a table, the first and `and` among them, with another text in `and` where there is one.
fn columns(table: &str, and: Option<(&str, &str)>, random: &mut ChaCha8Rng) -> String {
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let header = reader.headers().expect("a header").clone();
    let wanted = |name: &str| and.is_some_and(|(field, _)| field == name);
    let kept: Vec<usize> = (0..header.len())
        .filter(|at| *at == 0 || wanted(&header[*at]) || random.random_bool(0.4))
        .collect();
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer
        .write_record(kept.iter().map(|at| &header[*at]))
        .expect("it is written");
    for row in reader.records() {
        let row = row.expect("a row");
        let cell = |at: &usize| match and {
            Some((field, said)) if &header[*at] == field => said.to_owned(),
            _ => row[*at].to_owned(),
        };
        writer.write_record(kept.iter().map(cell)).expect("it is written");
    }
    String::from_utf8(writer.into_inner().expect("it is written")).expect("a text")
}

/// Documents without the field of their kind that has changed, and without the words and keys that follow from it.
fn but_for_what_was_said(mut all: std::collections::BTreeMap<String, Document>) -> Vec<(String, Document)> {
    for (place, document) in &mut all {
        document.remove("words");
        document.remove("sortKeys");
        let kind = Kind::ALL.into_iter().find(|kind| place.starts_with(kind.collection()));
        document.remove(told(kind.expect("a kind")));
    }
    all.into_iter().collect()
}

/// What is written says only what it is to say, and all else is as it was.
async fn only_this_has_changed(app: &TestApp, before: &[(String, Document)], said: &str, door: &str) {
    let after = documents(app).await;
    for (place, document) in &after {
        let kind = Kind::ALL.into_iter().find(|kind| place.starts_with(kind.collection()));
        assert_eq!(
            document.get_str(told(kind.expect("a kind"))).ok(),
            Some(said),
            "{door}: {place}"
        );
    }
    let after = but_for_what_was_said(after);
    assert_eq!(after.len(), before.len(), "{door}");
    for (is, was) in after.iter().zip(before) {
        assert_eq!(is, was, "{door}");
    }
}

/// Imports these files, which must say nothing new or only one text; gives how many documents they updated.
async fn taken(app: &TestApp, files: &[PathBuf], what: &str) -> u64 {
    let files: Vec<&Path> = files.iter().map(PathBuf::as_path).collect();
    let (outcome, lines) = imported(app, &files, &plainly()).await;
    let report = outcome.unwrap_or_else(|error| panic!("{what}: {error}: {lines:#?}"));
    assert_eq!((report.created, report.bad), (0, 0), "{what}: {:?}", counts(&report));
    report.updated
}

#[tokio::test]
async fn any_columns_of_a_table_and_any_keys_of_a_line_change_nothing_else() {
    let folder = tempfile::tempdir().expect("a folder");
    for seed in 0..WORLDS {
        let (editor, mut random) = world(seed).await;
        let app = &editor.app;
        let before = documents(app).await;
        let rest = but_for_what_was_said(before.clone());
        for (door, new) in [
            ("csv", false),
            ("flat", false),
            ("ndjson", false),
            ("csv", true),
            ("flat", true),
            ("ndjson", true),
        ] {
            let said = new.then(|| format!("Said by {door} of {seed}"));
            let mut files = Vec::new();
            let tables = exported(app, folder.path(), "csv").await;
            for (kind, table) in Kind::ALL.into_iter().zip(tables) {
                let and = said.as_deref().map(|said| (told(kind), said));
                let text = match door {
                    "csv" => columns(&fs::read_to_string(&table).expect("it is there"), and, &mut random),
                    "flat" => {
                        let (_, _, table) = app.get(&format!("/export/{}.csv", kind.collection())).await;
                        columns(&table, and, &mut random)
                    }
                    _ => {
                        let rows = rows(app, kind).await.into_iter();
                        let rows = rows.map(|row| some_of(kind, &row, said.as_deref(), &mut random));
                        rows.map(|row| format!("{row}\n")).collect()
                    }
                };
                let ending = if door == "flat" { "csv" } else { door };
                let path = folder.path().join(format!("{}.{ending}", kind.collection()));
                fs::write(&path, text).expect("it is written");
                files.push(path);
            }
            let updated = taken(app, &files, door).await;
            match said {
                None => {
                    assert_eq!(updated, 0, "world {seed}, {door}");
                    assert!(
                        documents(app).await == before,
                        "world {seed}, {door}: something has changed"
                    );
                }
                Some(said) => only_this_has_changed(app, &rest, &said, door).await,
            }
        }
    }
}

#[tokio::test]
async fn any_keys_of_the_rows_of_a_request_change_nothing_else() {
    for seed in 0..WORLDS {
        let (editor, mut random) = world(seed).await;
        let before = documents(&editor.app).await;
        let rest = but_for_what_was_said(before.clone());
        for said in [None, Some("Said by a request")] {
            for kind in Kind::ALL {
                let rows = rows(&editor.app, kind).await;
                let count = rows.len();
                let rows: Vec<Json> = rows.iter().map(|row| some_of(kind, row, said, &mut random)).collect();
                let name = kind.type_name().to_uppercase();
                let answer = editor.import(json!({ "kind": name, "rows": rows })).await;
                assert_eq!(answer["userErrors"], json!([]), "{kind:?}");
                let which = if said.is_some() { "updated" } else { "unchanged" };
                assert_eq!(answer[which], count, "{kind:?}: {answer}");
            }
            match said {
                None => assert!(
                    documents(&editor.app).await == before,
                    "world {seed}: something has changed"
                ),
                Some(said) => only_this_has_changed(&editor.app, &rest, said, "importRows").await,
            }
        }
    }
}

/// What an update may say: a row without what the server fills in.
fn writable(value: &Json) -> Json {
    match value {
        Json::Object(fields) => {
            let derived = |name: &str| {
                ["version", "createdAt", "updatedAt"].contains(&name)
                    || (fields.contains_key("edtf")
                        && [
                            "earliest",
                            "latest",
                            "precision",
                            "approximate",
                            "uncertain",
                            "endUnknown",
                        ]
                        .contains(&name))
            };
            let said = fields.iter().filter(|(name, _)| !derived(name));
            Json::Object(said.map(|(name, value)| (name.clone(), writable(value))).collect())
        }
        Json::Array(items) => Json::Array(items.iter().map(writable).map(without_id).collect()),
        other => other.clone(),
    }
}

/// Rows get their ids from the server.
fn without_id(mut row: Json) -> Json {
    if let Some(fields) = row.as_object_mut() {
        fields.remove("id");
    }
    row
}

#[tokio::test]
async fn any_fields_of_an_update_and_of_the_objects_in_it_change_nothing_else() {
    for seed in 0..WORLDS {
        let (editor, mut random) = world(seed).await;
        let before = documents(&editor.app).await;
        let rest = but_for_what_was_said(before.clone());
        for said in [None, Some("Said by an update")] {
            for kind in Kind::ALL {
                for row in rows(&editor.app, kind).await {
                    let input = some_of(kind, &writable(&row), said, &mut random);
                    editor.update(kind, input).await;
                }
            }
            match said {
                None => assert!(
                    documents(&editor.app).await == before,
                    "world {seed}: something has changed"
                ),
                Some(said) => only_this_has_changed(&editor.app, &rest, said, "updates").await,
            }
        }
    }
}

impl Editor {
    /// Makes an update that has no mistakes.
    async fn update(&self, kind: Kind, input: Json) {
        let name = kind.type_name();
        let query = format!(
            "mutation($input: Update{name}Input!) {{ update{name}(input: $input) {{ userErrors {{ field message }} }} }}"
        );
        let body = json!({ "query": query, "variables": { "input": input } });
        let request = client()
            .post(format!("{}/graphql", self.app.address))
            .bearer_auth(&self.token);
        let response = request.json(&body).send().await.expect("an answer");
        let answer: Json = response.json().await.expect("JSON");
        let expected = json!({ "data": { format!("update{name}"): { "userErrors": [] } } });
        let answer: Map<String, Json> = serde_json::from_value(answer).expect("an object");
        assert_eq!(answer.get("data"), expected.get("data"), "{input:#}: {answer:#?}");
    }
}

/// What an update of the article's gift makes of its total.
async fn total(editor: &Editor, input: Json) -> (Json, Json) {
    let query = "mutation($input: UpdateGiftInput!) { updateGift(input: $input) { \
                 gift { total { min max phrase claim { id } } date { edtf phrase inferred earliest } origin { name city } } \
                 userErrors { code field message } } }";
    let body = json!({ "query": query, "variables": { "input": input } });
    let request = client()
        .post(format!("{}/graphql", editor.app.address))
        .bearer_auth(&editor.token);
    let mut answer: Json = request
        .json(&body)
        .send()
        .await
        .expect("an answer")
        .json()
        .await
        .expect("JSON");
    let made = answer["data"]["updateGift"].take();
    (made["gift"].clone(), made["userErrors"].clone())
}

#[tokio::test]
async fn a_correction_keeps_the_words_of_the_source_and_names_its_own_claim() {
    let app = TestApp::with(&["article"]).await;
    let token = made(&app, "ed", Role::Editor, None).await;
    let editor = Editor { app, token };
    let id = "gift_ru-kp-2024";
    let (gift, errors) = total(
        &editor,
        json!({ "id": id, "total": { "min": 72, "claim": "claim_article-C05" } }),
    )
    .await;
    let expected = json!({ "min": 72, "max": null, "phrase": "over 70", "claim": { "id": "claim_article-C05" } });
    assert_eq!((&gift["total"], &errors), (&expected, &json!([])));
    // The claim that is kept tells nothing of another figure.
    let (_, errors) = total(&editor, json!({ "id": id, "total": { "min": 73 } })).await;
    assert_eq!(
        (&errors[0]["code"], &errors[0]["field"]),
        (&json!("UNCLAIMED"), &json!("total")),
        "{errors}"
    );
    let (gift, _) = total(&editor, json!({ "id": id, "total": { "phrase": "more than seventy" } })).await;
    assert_eq!(
        (&gift["total"]["min"], &gift["total"]["phrase"]),
        (&json!(72), &json!("more than seventy"))
    );
    let (gift, _) = total(&editor, json!({ "id": id, "total": { "phrase": null } })).await;
    assert_eq!(
        (&gift["total"]["min"], &gift["total"]["phrase"]),
        (&json!(72), &json!(null))
    );
    // What follows from a date follows from the new one, and the rest of it stays.
    let (gift, errors) = total(&editor, json!({ "id": id, "date": { "edtf": "2024-10" } })).await;
    assert_eq!(
        (&gift["date"]["earliest"], &gift["date"]["inferred"], &errors),
        (&json!("2024-10-01"), &json!(["YEAR", "MONTH"]), &json!([]))
    );
    let (gift, _) = total(
        &editor,
        json!({ "id": id, "date": { "inferred": null }, "origin": { "city": null } }),
    )
    .await;
    assert_eq!(
        (&gift["date"]["inferred"], &gift["date"]["edtf"]),
        (&json!([]), &json!("2024-10"))
    );
    assert_eq!(gift["origin"]["city"], json!(null));
    assert!(gift["origin"]["name"].is_string());
    // A part that the object cannot be without is not cleared alone.
    let (_, errors) = total(&editor, json!({ "id": id, "origin": { "name": null } })).await;
    assert_eq!(errors[0]["field"], "origin.name", "{errors}");
}
