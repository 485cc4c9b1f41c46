//! Texts are checked and put in order, at every door: composed letters, no blanks at the ends, nothing that nobody sees.

use std::fs;

use menagerie::transfer::import::ImportError;
use mongodb::bson::Document;
use serde_json::{Value as Json, json};

use super::{Desk, MISTAKES};
use crate::seeding::{Folder, PLAINLY, loaded, stored, try_load};
use crate::transferring::{self, plainly};

/// With blanks of several kinds, a letter in two parts, and line ends of Windows.
const UNTIDY: &str = "\u{a0}\u{3000}E\u{301}le\u{301}phant\r\nrose \u{2003}\t";
const TIDY: &str = "Éléphant\nrose";

fn source(title: &str) -> Json {
    json!({ "id": "source_text", "title": title, "kind": "DATASET" })
}

/// The title as it is stored.
async fn title(desk: &Desk) -> String {
    let stored: Option<Document> = stored(&desk.app, "sources", "source_text").await;
    stored
        .expect("it is there")
        .get_str("title")
        .expect("a title")
        .to_owned()
}

/// Imports a source; gives the lines of the report.
async fn imported(desk: &Desk, title: &str) -> Vec<String> {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("sources.ndjson");
    fs::write(&file, format!("{}\n", source(title))).expect("the file is written");
    let (done, lines) = transferring::imported(&desk.app, &[&file], &plainly()).await;
    assert!(matches!(done, Ok(_) | Err(ImportError::Bad { .. })), "{done:?}");
    lines
}

#[tokio::test]
async fn every_door_stores_the_same_text() {
    let desk = Desk::open().await;
    desk.does("createSource", source(UNTIDY)).await;
    assert_eq!(title(&desk).await, TIDY);
    desk.does("updateSource", json!({ "id": "source_text", "title": "other" }))
        .await;
    desk.does("updateSource", json!({ "id": "source_text", "title": UNTIDY }))
        .await;
    assert_eq!(title(&desk).await, TIDY);
    // The same text again, however it is written, changes nothing.
    let query =
        "mutation($input: ImportRowsInput!) { importRows(input: $input) { unchanged updated userErrors { message } } }";
    let input = json!({ "kind": "SOURCE", "rows": [source(UNTIDY)] });
    let (_, answer) = desk.ask(Some(&desk.token), query, json!({ "input": input })).await;
    assert_eq!(
        answer["data"]["importRows"],
        json!({ "unchanged": 1, "updated": 0, "userErrors": [] })
    );
    desk.does("updateSource", json!({ "id": "source_text", "title": "other" }))
        .await;
    assert_eq!(imported(&desk, UNTIDY).await, [""; 0]);
    assert_eq!(title(&desk).await, TIDY);
    let mut set = Folder::good();
    set.set("sources.json", "/0/title", Some(json!(UNTIDY)));
    loaded(&desk.app, &[&set.name()], PLAINLY).await;
    let seeded = stored(&desk.app, "sources", "source_test").await.expect("it is there");
    assert_eq!(seeded.get_str("title").ok(), Some(TIDY));
    desk.app.is_whole().await;
}

#[tokio::test]
async fn every_door_refuses_what_nobody_sees_and_says_which() {
    let desk = Desk::open().await;
    let accepted = "a text without control characters, direction overrides and zero-width marks";
    for (text, found) in [
        ("pan\u{200b}da", "U+200B, a zero-width mark, as character 4"),
        ("\u{202e}adnap", "U+202E, a direction override, as character 1"),
        ("pan\u{7}da", "U+0007, a control character, as character 4"),
    ] {
        let message = format!("found {found}; accepted: {accepted}");
        let told = json!({ "userErrors": [{ "code": "INVALID", "field": "title", "message": message }] });
        assert_eq!(desk.make("createSource", MISTAKES, source(text)).await, told);
        let query =
            "mutation($input: ImportRowsInput!) { importRows(input: $input) { userErrors { code field message } } }";
        let input = json!({ "kind": "SOURCE", "rows": [source(text)] });
        let (_, answer) = desk.ask(Some(&desk.token), query, json!({ "input": input })).await;
        assert_eq!(answer["data"]["importRows"], told);
        let lines = imported(&desk, text).await;
        assert!(
            lines.len() == 1 && lines[0].ends_with(&format!("title: {message}")),
            "{lines:?}"
        );
        let mut set = Folder::good();
        set.set("sources.json", "/0/title", Some(json!(text)));
        let error = try_load(&desk.app, &[&set.name()], PLAINLY)
            .await
            .expect_err("it is refused");
        assert!(error.to_string().contains(&format!("title: {message}")), "{error}");
    }
    // In lists and objects within, too; blanks alone are nothing; an address has one line.
    for (input, field) in [
        (json!({ "title": " \u{2003}\u{a0} " }), "title"),
        (json!({ "url": "https://example.org/a\nb" }), "url"),
        (
            json!({ "published": { "edtf": "2020", "phrase": "in\u{feff} 2020" } }),
            "published.phrase",
        ),
    ] {
        let mut whole = source("A title");
        whole
            .as_object_mut()
            .expect("an object")
            .extend(input.as_object().expect("an object").clone());
        let made = desk.make("createSource", MISTAKES, whole).await;
        assert_eq!(super::mistakes(&made), [("INVALID", field)], "{made}");
    }
}

#[tokio::test]
async fn filters_fold_their_values_as_writing_does() {
    let desk = Desk::open().await;
    desk.does(
        "createNation",
        json!({ "id": "nation_e", "slug": "e", "name": "Éa", "officialName": "Éa" }),
    )
    .await;
    for name in ["Éa", "E\u{301}a", "\u{a0}Éa \t"] {
        let (_, answer) = desk
            .ask(
                None,
                "query($n: String!) { nations(where: { name: { eq: $n } }) { totalCount } }",
                json!({ "n": name }),
            )
            .await;
        assert_eq!(answer["data"]["nations"]["totalCount"], 1, "{name:?}: {answer}");
    }
}

#[tokio::test]
async fn texts_are_ordered_by_their_words_page_by_page_both_ways() {
    let desk = Desk::open().await;
    let names = [
        "Zz",
        "Öland",
        "apple pie",
        "Çland",
        "apple",
        "Apple",
        "Apples",
        "panda 2",
        "Panda",
        "\"q\"",
    ];
    for (number, name) in names.iter().enumerate() {
        let id = format!("nation_order-{number}");
        let new = json!({ "id": id, "slug": format!("order-{number}"), "name": name, "officialName": name, "region": "Order" });
        desk.does("createNation", new).await;
    }
    let expected = [
        "Apple",
        "apple",
        "apple pie",
        "Apples",
        "Çland",
        "Öland",
        "Panda",
        "panda 2",
        "\"q\"",
        "Zz",
    ];
    for direction in ["ASC", "DESC"] {
        let (mut found, mut after) = (Vec::new(), Json::Null);
        loop {
            let query = "query($d: OrderDirection!, $after: String) { nations(first: 3, after: $after, where: { region: { eq: \"Order\" } },
                orderBy: [{ field: NAME, direction: $d }]) { nodes { name } pageInfo { endCursor hasNextPage } } }";
            let (_, answer) = desk.ask(None, query, json!({ "d": direction, "after": after })).await;
            let page = &answer["data"]["nations"];
            let nodes = page["nodes"].as_array().unwrap_or_else(|| panic!("{answer}"));
            found.extend(
                nodes
                    .iter()
                    .map(|node| node["name"].as_str().expect("a name").to_owned()),
            );
            if page["pageInfo"]["hasNextPage"] == false {
                break;
            }
            after = page["pageInfo"]["endCursor"].clone();
        }
        let mut expected = expected.to_vec();
        if direction == "DESC" {
            expected.reverse();
        }
        assert_eq!(found, expected, "{direction}");
    }
}
