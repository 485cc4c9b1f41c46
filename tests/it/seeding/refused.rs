//! Bad sets: each is refused with file, place, what was found and what is accepted, having written nothing.

use menagerie::seed::LoadError;
use serde_json::json;

use super::{Folder, PLAINLY, contents, edit, loaded, try_load};
use crate::support::TestApp;

/// File and JSON pointer | the JSON that is put there, `-` takes it out | the line that it gives, `…` for any text.
const CASES: &str = r#"
    # Fields and types.
    gifts.json /0/titel | "x" | gifts.json[0] (gift_okapi): titel: found an unknown field; accepted: the fields _id, slug, title, … did you mean `title`?
    gifts.json /0/items/0/count/mni | 1 | gifts.json[0] (gift_okapi): items[0].count.mni: found an unknown field; accepted: the fields min, max, approximate, phrase, claim; did you mean `min`?
    gifts.json /0/xyzzy | 1 | gifts.json[0] (gift_okapi): xyzzy: found an unknown field; accepted: the fields _id, slug
    gifts.json /0/mode | - | gifts.json[0] (gift_okapi): mode: found nothing; accepted: a value, for this field is required
    gifts.json /0/items/0/animal | - | gifts.json[0] (gift_okapi): items[0].animal: found nothing; accepted: a value, for this field is required
    gifts.json /0/title | 5 | gifts.json[0] (gift_okapi): title: found 5; accepted: a text
    gifts.json /0/items | {} | gifts.json[0] (gift_okapi): items: found an object; accepted: a list
    gifts.json /0/items/0 | "okapi" | gifts.json[0] (gift_okapi): items[0]: found "okapi"; accepted: an object
    gifts.json /0/presentedBy | "Otto" | gifts.json[0] (gift_okapi): presentedBy: found "Otto"; accepted: an object
    nations.json /1 | "Laputa" | nations.json[1]: the document: found something else than an object; accepted: an object with the fields of schema/collections
    nations.json /1/_id | - | nations.json[1]: _id: found nothing; accepted: a value, for this field is required
    # Words from a list.
    gifts.json /0/status | "QUARANTEEN" | gifts.json[0] (gift_okapi): status: found "QUARANTEEN"; accepted: one of PLANNED, SHELVED, … did you mean `QUARANTINE`?
    gifts.json /0/mode | "gift" | gifts.json[0] (gift_okapi): mode: found "gift"; accepted: one of GIFT, RETURN_GIFT, TRIBUTE, LOAN, UNSPECIFIED; did you mean `GIFT`?
    events.json /0/kind | "PICNIC" | events.json[0] (event_visit): kind: found "PICNIC"; accepted: one of DECISION, WAR
    events.json /0/nations/0/role | "HOSTS" | events.json[0] (event_visit): nations[0].role: found "HOSTS"; accepted: one of … did you mean `HOST`?
    claims.json /0/certainty | ["STATED"] | claims.json[0] (claim_test-T1): certainty: found a list; accepted: one of STATED
    # Dates.
    gifts.json /0/date/edtf | "last spring" | gifts.json[0] (gift_okapi): date.edtf: found "last spring", where `l` at character 1 stands where a digit of the year is expected; accepted: four digits
    gifts.json /0/date/edtf | "2023-02-29" | gifts.json[0] (gift_okapi): date.edtf: found "2023-02-29", where `29` at character 9 is no day of February 2023; accepted: 01 to 28, such as `2023-02-28`
    gifts.json /0/date/edtf | "2023-13" | gifts.json[0] (gift_okapi): date.edtf: found "2023-13", where … such as
    gifts.json /0/date/edtf | "[1667,1668" | gifts.json[0] (gift_okapi): date.edtf: found "[1667,1668", where `[` at character 1 begins a set that does not end; accepted: dates with commas between them
    gifts.json /0/date/edtf | "1956-XX-05" | gifts.json[0] (gift_okapi): date.edtf: found "1956-XX-05", where `05` at character 9 is a day of an unspecified month, which is level 2 of EDTF; accepted: levels 0 and 1
    nations.json /0/existed/edtf | "1500/1000" | nations.json[0] (nation_arcadia): existed.edtf: found "1500/1000", where … accepted: an end that is not before the start
    gifts.json /0/statusHistory/0/date | { "edtf": "2024-1" } | gifts.json[0] (gift_okapi): statusHistory[0].date.edtf: found "2024-1", where … such as
    gifts.json /0/date | "1400" | gifts.json[0] (gift_okapi): date: found "1400"; accepted: an object
    gifts.json /0/date/edtf | 1400 | gifts.json[0] (gift_okapi): date.edtf: found 1400; accepted: a text (EDTF (ISO 8601-2) of level 0 or 1; of level 2 sets, seasons and qualified parts)
    gifts.json /0/date/edtf | - | gifts.json[0] (gift_okapi): date.edtf: found nothing; accepted: a value, for this field is required
    gifts.json /0/date/inferred | ["HOUR"] | gifts.json[0] (gift_okapi): date.inferred[0]: found "HOUR"; accepted: one of YEAR, MONTH, DAY
    gifts.json /0/date/latest | "1400-12-31" | gifts.json[0] (gift_okapi): date.latest: found a value; accepted: nothing: this field follows from `edtf`
    # Counts.
    gifts.json /0/total/min | -1 | gifts.json[0] (gift_okapi): total.min: found -1; accepted: a number of at least 0
    gifts.json /0/items/0/count/min | 4 | gifts.json[0] (gift_okapi): items[0].count.min: found 4, which is more than `max`, 3; accepted: a number that is not above `max`
    gifts.json /0/total/min | 2.5 | gifts.json[0] (gift_okapi): total.min: found 2.5; accepted: a whole number
    gifts.json /0/total/max | 3000000000 | gifts.json[0] (gift_okapi): total.max: found 3000000000; accepted: a number of at most 2147483647
    gifts.json /0/total/max | 18446744073709551615 | gifts.json[0] (gift_okapi): total.max: found 18446744073709552000; accepted: a whole number
    gifts.json /0/total/min | "2" | gifts.json[0] (gift_okapi): total.min: found "2"; accepted: a whole number
    gifts.json /0/total | 70 | gifts.json[0] (gift_okapi): total: found 70; accepted: an object
    # Ids and references.
    gifts.json /0/_id | "okapi" | gifts.json[0] (okapi): _id: found "okapi"; accepted: the id of a gift
    gifts.json /0/_id | "nation_okapi" | gifts.json[0] (nation_okapi): _id: found "nation_okapi"; accepted: the id of a gift
    gifts.json /0/giver | "animal_okapi" | gifts.json[0] (gift_okapi): giver: found "animal_okapi"; accepted: the id of a nation
    gifts.json /0/giver | "Arcadia" | gifts.json[0] (gift_okapi): giver: found "Arcadia"; accepted: the id of a nation
    nations.json /1/_id | "nation_arcadia" | nations.json[1] (nation_arcadia): _id: found the id of nations.json[0] (nation_arcadia); accepted: each id once
    gifts.json /0/giver | "nation_atlantis" | gifts.json[0] (gift_okapi): giver: found nation_atlantis, which is neither in this set nor in the database; accepted: the id of a document
    gifts.json /0/items/0/animal | "animal_unicorn" | gifts.json[0] (gift_okapi): items.animal: found animal_unicorn, which is neither in this set nor in the database
    gifts.json /0/statusHistory/0/claim | "claim_none" | gifts.json[0] (gift_okapi): statusHistory.claim: found claim_none, which
    gifts.json /0/destination | { "name": "A park", "kind": "PARK", "nation": "nation_none" } | gifts.json[0] (gift_okapi): destination.nation: found nation_none, which
    events.json /0/nations/0/nation | "nation_none" | events.json[0] (event_visit): nations.nation: found nation_none, which
    events.json /0/place/nation | "nation_none" | events.json[0] (event_visit): place.nation: found nation_none, which
    animals.json /0/origin | "nation_none" | animals.json[0] (animal_okapi): origin: found nation_none, which
    claims.json /0/about | ["gift_okapi", "event_none"] | claims.json[0] (claim_test-T1): about: found event_none, which
    claims.json /0/about | ["gift_okapi", "gift_okapi"] | claims.json[0] (claim_test-T1): about: found "gift_okapi" twice; accepted: each entry once
    claims.json /0/source | "source_none" | claims.json[0] (claim_test-T1): source: found source_none, which
    claims.json /0/attributions/0/to | "source_none" | claims.json[0] (claim_test-T1): attributions.to: found source_none, which
    claims.json /0/dependsOn | ["claim_none"] | claims.json[0] (claim_test-T1): dependsOn: found claim_none, which
    claims.json /0/conflictsWith | [] | claims.json[1] (claim_test-T2): conflictsWith: found claim_test-T1, which does not name claim_test-T2; accepted: both sides name each other
    # Forms and ranges.
    gifts.json /0/slug | "Okapi gift" | gifts.json[0] (gift_okapi): slug: found "Okapi gift"; accepted: lower case words joined by single hyphens
    nations.json /1/slug | "arcadia" | nations.json[1] (nation_laputa): slug: found "arcadia", which nation_arcadia has; accepted: a value that no other document has
    sources.json /0/url | "example.org" | sources.json[0] (source_test): url: found "example.org"; accepted: a text of the pattern ^https?://
    sources.json /0/sha256 | "abc" | sources.json[0] (source_test): sha256: found "abc"; accepted: a text of the pattern
    nations.json /0/isoAlpha2 | "xa" | nations.json[0] (nation_arcadia): isoAlpha2: found "xa"; accepted: a text of the pattern ^[A-Z]{2}$
    nations.json /0/isoAlpha2 | "X\nA" | nations.json[0] (nation_arcadia): isoAlpha2: found "X\nA"; accepted: a text of the pattern
    nations.json /0/isoAlpha3 | "XA" | nations.json[0] (nation_arcadia): isoAlpha3: found "XA"; accepted: a text of the pattern ^[A-Z]{3}$
    nations.json /0/m49 | "90" | nations.json[0] (nation_arcadia): m49: found "90"; accepted: three digits
    animals.json /0/nativeTo | ["Congo"] | animals.json[0] (animal_okapi): nativeTo[0]: found "Congo"; accepted: a text of the pattern ^[A-Z]{2}$
    animals.json /0/conservation/year | 1800 | animals.json[0] (animal_okapi): conservation.year: found 1800; accepted: a number of at least 1900
    nations.json /0/capital/location/lon | 180.5 | nations.json[0] (nation_arcadia): capital.location.lon: found 180.5; accepted: a number of at most 180
    nations.json /0/capital/location/lat | -91 | nations.json[0] (nation_arcadia): capital.location.lat: found -91; accepted: a number of at least -90
    nations.json /0/capital/location/lat | "37 N" | nations.json[0] (nation_arcadia): capital.location.lat: found "37 N"; accepted: a number
    claims.json /0/locator/sentence | 0 | claims.json[0] (claim_test-T1): locator.sentence: found 0; accepted: a number of at least 1
    claims.json /0/code | "TTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTT" | claims.json[0] (claim_test-T1): code: found 61 characters; accepted: at most 60 characters
    gifts.json /0/title | "" | gifts.json[0] (gift_okapi): title: found an empty text; accepted: a text; leave the field out where nothing is known
    gifts.json /0/items/0/names/0 | "" | gifts.json[0] (gift_okapi): items[0].names[0]: found an empty text; accepted: a text
    # What the store keeps.
    gifts.json /0/version | 1 | gifts.json[0] (gift_okapi): version: found a value; accepted: nothing: this field is kept by the store
    gifts.json /0/words | ["okapi"] | gifts.json[0] (gift_okapi): words: found a value; accepted: nothing: this field is kept by the store
    gifts.json /0/createdAt | "2024-01-01T00:00:00Z" | gifts.json[0] (gift_okapi): createdAt: found a value; accepted: nothing: this field is kept by the store
"#;

/// A row of the table in its parts; none for a heading.
fn case(row: &'static str) -> Option<[&'static str; 4]> {
    if row.trim().is_empty() || row.trim().starts_with('#') {
        return None;
    }
    let mut columns = row.splitn(3, '|').map(str::trim);
    let (file, pointer) = columns.next()?.split_once(' ').expect("file and pointer");
    Some([
        file,
        pointer,
        columns.next().expect("a value"),
        columns.next().expect("a line"),
    ])
}

/// Whether a line begins as expected, and goes on with what stands after a `…`.
fn fits(line: &str, expected: &str) -> bool {
    match expected.split_once('…') {
        None => line.starts_with(expected),
        Some((start, end)) => line.starts_with(start.trim_end()) && line.contains(end.trim_start()),
    }
}

/// Loads a set that must be refused for being wrong, having written nothing; gives the lines of the message.
async fn refused(app: &TestApp, name: &str) -> Vec<String> {
    let before = contents(app).await;
    let error = try_load(app, &[name], PLAINLY).await.expect_err(name);
    assert!(matches!(error, LoadError::Set(_)), "{error}");
    assert!(before == contents(app).await, "something was written: {error}");
    let dry = try_load(app, &[name], super::DRY).await.expect_err(name);
    assert_eq!(error.to_string(), dry.to_string(), "a dry run tells the same");
    error
        .to_string()
        .lines()
        .map(|line| line.trim_start().to_owned())
        .collect()
}

#[tokio::test]
async fn every_wrong_value_is_refused_with_file_place_what_was_found_and_what_is_accepted() {
    let app = TestApp::empty().await;
    for [file, pointer, value, expected] in CASES.lines().filter_map(case) {
        let mut set = Folder::good();
        set.set(
            file,
            pointer,
            (value != "-").then(|| serde_json::from_str(value).expect("JSON")),
        );
        let lines = refused(&app, &set.name()).await;
        let line = lines.iter().find(|line| fits(line, expected));
        assert!(
            line.is_some(),
            "{file} {pointer} {value}\nexpected {expected}\nfound {lines:#?}"
        );
        let all_say_what_is_accepted = lines[1..]
            .iter()
            .all(|line| line.contains("found ") && line.contains("; accepted: "));
        assert!(all_say_what_is_accepted, "{lines:#?}");
    }
}

#[tokio::test]
async fn all_that_is_wrong_is_told_at_once() {
    let app = TestApp::empty().await;
    let mut set = Folder::good();
    set.set("gifts.json", "/0/date/edtf", Some(json!("soon")));
    set.set("gifts.json", "/0/giver", Some(json!("Arcadia")));
    set.set("nations.json", "/0/isoAlpha2", Some(json!("Arc")));
    let lines = refused(&app, &set.name()).await;
    assert_eq!(lines.len(), 4, "{lines:#?}");
    assert!(
        lines[0].ends_with("is not loaded; 3 things are wrong in it:"),
        "{lines:#?}"
    );
    for part in [
        "nations.json[0] (nation_arcadia): isoAlpha2",
        "(gift_okapi): date.edtf",
        "(gift_okapi): giver",
    ] {
        assert!(lines.iter().any(|line| line.contains(part)), "{part} in {lines:#?}");
    }
}

#[tokio::test]
async fn a_file_that_is_no_list_of_documents_is_refused_with_line_and_column() {
    let app = TestApp::empty().await;
    let cases: [(&[u8], &str); 9] = [
        (
            b"[\n  { \"_id\": \"nation_x\",\n    \"slug\" \"x\" }\n]",
            "expected `:` at line 3 column 12",
        ),
        (b"[\n  {},\n]", "trailing comma at line 3 column 1"),
        (b"[\n  {}", "EOF while parsing a list at line 2 column 4"),
        (b"", "EOF while parsing a value at line 1 column 0"),
        (b"{}", "invalid type: map, expected a sequence at line 1 column "),
        (
            b"\"nations\"",
            "invalid type: string \"nations\", expected a sequence at line 1 column ",
        ),
        (b"[] []", "trailing characters at line 1 column 4"),
        (b"[{ \"m49\": 1e999 }]", "number out of range at line 1 column "),
        (b"[{ 'm49': 1 }]", "key must be a string at line 1 column 4"),
    ];
    for (text, expected) in cases {
        let set = Folder::good();
        std::fs::write(set.path().join("nations.json"), text).expect("the file is written");
        let lines = refused(&app, &set.name()).await;
        let line = lines
            .iter()
            .find(|line| line.starts_with("nations.json: "))
            .expect("a line for the file");
        assert!(line.contains(expected), "{expected} in {line}");
        assert!(line.ends_with("; accepted is a JSON array of documents"), "{line}");
    }
    let set = Folder::good();
    std::fs::write(set.path().join("nations.json"), b"[{ \"name\": \"\xff\" }]").expect("the file is written");
    let lines = refused(&app, &set.name()).await;
    assert!(
        lines[0].contains("nations.json cannot be read: stream did not contain valid UTF-8"),
        "{lines:#?}"
    );
}

#[tokio::test]
async fn a_set_that_is_not_there_is_refused_with_what_is_accepted() {
    let app = TestApp::empty().await;
    let lines = refused(&app, "articel").await;
    assert_eq!(
        lines,
        [
            "there is no set `articel`; accepted are article, history, nations and folders, written with a `/`, such as ./my-set"
        ]
    );
    let folder = tempfile::tempdir().expect("a folder");
    let missing = folder.path().join("none").display().to_string();
    let line = format!("{missing} cannot be read: it is no folder; accepted is a folder with files such as gifts.json");
    assert_eq!(refused(&app, &missing).await, [line]);

    let empty = folder.path().display().to_string();
    let lines = refused(&app, &empty).await;
    assert_eq!(
        lines[1],
        "found no file; accepted: at least one of sources.json, nations.json, animals.json, events.json, gifts.json, claims.json"
    );

    let file = folder.path().join("gift.json");
    std::fs::write(&file, "[]").expect("the file is written");
    let lines = refused(&app, &file.display().to_string()).await;
    assert!(
        lines[0].ends_with("it is no folder; accepted is a folder with files such as gifts.json"),
        "{lines:?}"
    );
}

#[tokio::test]
async fn a_file_with_a_mistyped_name_is_not_passed_over() {
    let app = TestApp::empty().await;
    let set = Folder::good();
    std::fs::write(set.path().join("README.md"), "Notes may lie beside.").expect("the file is written");
    std::fs::rename(set.path().join("claims.json"), set.path().join("clams.json")).expect("the file is renamed");
    let lines = refused(&app, &set.name()).await;
    assert_eq!(
        lines[1],
        "clams.json: found a file of this name; accepted: sources.json, nations.json, animals.json, events.json, gifts.json, claims.json; did you mean `claims.json`?"
    );
}

#[tokio::test]
async fn a_value_that_a_document_of_the_database_has_already_is_refused() {
    let app = TestApp::empty().await;
    let first = Folder::good();
    loaded(&app, &[&first.name()], PLAINLY).await;
    edit(
        &app,
        "animals",
        "animal_okapi",
        mongodb::bson::doc! { "$set": { "slug": "forest-giraffe" } },
    )
    .await;

    let second = tempfile::tempdir().expect("a folder");
    let animal = json!([{
        "_id": "animal_forest-giraffe", "slug": "forest-giraffe", "commonName": "forest giraffe", "rank": "SPECIES",
        "nativeTo": [], "taxonomy": { "class": "Mammalia", "order": "Artiodactyla", "family": "Giraffidae" },
    }]);
    let source = json!([{ "_id": "source_second", "title": "Another source", "kind": "MEDIA" }]);
    std::fs::write(second.path().join("animals.json"), animal.to_string()).expect("the file is written");
    std::fs::write(second.path().join("sources.json"), source.to_string()).expect("the file is written");
    let lines = refused(&app, &second.path().display().to_string()).await;
    assert_eq!(
        lines[1],
        "animals.json[0] (animal_forest-giraffe): slug: found \"forest-giraffe\", which animal_okapi has; accepted: a value that no other document has"
    );
}
