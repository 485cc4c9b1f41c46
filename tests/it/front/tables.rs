//! Exports as files that data tools read by address: lengths, entity tags, parts, and the forms of the same rows.

use serde_json::Value as Json;

use super::{Answer, Door, encoded};
use crate::support::{TestApp, settings};

async fn get(door: &Door, path: &str, headers: &[(&str, &str)]) -> Answer {
    let request = headers
        .iter()
        .fold(door.get(path), |request, (name, value)| request.header(*name, *value));
    Answer::to(request).await
}

#[tokio::test]
async fn a_small_export_has_a_length_and_a_tag_by_which_it_is_not_sent_again() {
    let app = TestApp::with(&["article", "history"]).await;
    let door = Door::over(&app, settings());
    for file in ["gifts.csv", "gifts.ndjson", "gifts.json", "items.csv", "nations.csv"] {
        let path = format!("/export/{file}");
        let whole = get(&door, &path, &[("accept-encoding", "gzip, br")]).await;
        assert_eq!(whole.status, 200, "{file}");
        assert_eq!(whole.header("content-length"), whole.body.len().to_string(), "{file}");
        let tag = whole.header("etag");
        assert!(tag.starts_with('"'), "{file}: {tag}");
        let head = Answer::to(door.client.head(format!("{}{path}", door.address))).await;
        let said = (
            head.status,
            head.header("content-length"),
            head.header("etag"),
            head.body.len(),
        );
        assert_eq!(said, (200, whole.header("content-length"), tag.clone(), 0), "{file}");
        let again = get(&door, &path, &[("if-none-match", &tag)]).await;
        assert_eq!((again.status, again.body.len()), (304, 0), "{file}");
    }
    let before = get(&door, "/export/gifts.csv", &[]).await.header("etag");
    let gifts = app.raw().await.collection::<mongodb::bson::Document>("gifts");
    let set = mongodb::bson::doc! { "$set": { "title": "Another" } };
    gifts
        .update_one(mongodb::bson::doc! { "_id": "gift_cn-kr" }, set)
        .await
        .expect("it is written");
    let after = get(&door, "/export/gifts.csv", &[("if-none-match", &before)]).await;
    assert_eq!(after.status, 200);
    assert_ne!(after.header("etag"), before);
}

#[tokio::test]
async fn parts_of_an_export_make_the_whole() {
    let app = TestApp::with(&["article", "history"]).await;
    let door = Door::over(&app, settings());
    let whole = get(&door, "/export/gifts.csv", &[]).await;
    let (length, tag) = (whole.body.len(), whole.header("etag"));
    let mut made = Vec::new();
    while made.len() < length {
        let range = format!("bytes={}-{}", made.len(), made.len() + 4_999);
        let part = get(&door, "/export/gifts.csv", &[("range", &range), ("if-range", &tag)]).await;
        assert_eq!(part.status, 206);
        let last = made.len() + part.body.len() - 1;
        assert_eq!(
            part.header("content-range"),
            format!("bytes {}-{last}/{length}", made.len())
        );
        made.extend(part.body);
    }
    assert!(made == whole.body);
    let beyond = get(&door, "/export/gifts.csv", &[("range", &format!("bytes={length}-"))]).await;
    assert_eq!(
        (beyond.status, beyond.header("content-range")),
        (416, format!("bytes */{length}"))
    );
    let of_another = [("range", "bytes=0-9"), ("if-range", "\"another\"")];
    assert_eq!(get(&door, "/export/gifts.csv", &of_another).await.status, 200);
}

#[tokio::test]
async fn an_array_holds_the_rows_that_the_lines_hold() {
    let app = TestApp::with(&["article", "history"]).await;
    app.generate(1_200, 5).await;
    let door = Door::over(&app, settings());
    let none = encoded("{\"slug\":{\"eq\":\"none\"}}");
    for query in ["", "?orderBy=[{\"field\":\"TITLE\"}]", &format!("?where={none}")] {
        let lines = get(&door, &format!("/export/gifts.ndjson{query}"), &[]).await;
        let lines = String::from_utf8(lines.body.clone()).expect("text");
        let lines: Vec<Json> = lines
            .lines()
            .map(|line| serde_json::from_str(line).expect("JSON"))
            .collect();
        let array = get(&door, &format!("/export/gifts.json{query}"), &[]).await;
        assert_eq!(array.header("content-type"), "application/json");
        let array: Vec<Json> = serde_json::from_slice(&array.body).expect("an array");
        assert!(array == lines, "{query}: {} and {}", array.len(), lines.len());
    }
}

#[tokio::test]
async fn the_table_of_items_has_a_row_for_each_kind_of_animal_in_each_gift() {
    let app = TestApp::with(&["article", "history"]).await;
    let door = Door::over(&app, settings());
    let gifts = get(&door, "/export/gifts.json", &[]).await;
    let gifts: Vec<Json> = serde_json::from_slice(&gifts.body).expect("an array");
    let items: Vec<(&str, &str)> = gifts
        .iter()
        .flat_map(|gift| {
            let items = gift["items"].as_array().expect("items");
            items.iter().map(|item| {
                (
                    gift["slug"].as_str().expect("a slug"),
                    item["animal"].as_str().expect("an id"),
                )
            })
        })
        .collect();
    assert!(items.len() > gifts.len());
    let table = get(&door, "/export/items.csv", &[]).await;
    let mut table = csv::Reader::from_reader(table.body.as_slice());
    let header = table.headers().expect("a header").clone();
    let place = |name: &str| header.iter().position(|column| column == name).expect("a column");
    let rows: Vec<csv::StringRecord> = table.records().map(|row| row.expect("a row")).collect();
    let found: Vec<(&str, &str)> = rows
        .iter()
        .map(|row| (&row[place("gift")], &row[place("animalId")]))
        .collect();
    assert_eq!(found, items);
    let where_china = encoded("{\"giver\":{\"slug\":{\"eq\":\"china\"}}}");
    let some = get(&door, &format!("/export/items.json?where={where_china}"), &[]).await;
    let some: Vec<Json> = serde_json::from_slice(&some.body).expect("an array");
    assert!(
        !some.is_empty() && some.iter().all(|row| row["gift"]["giver"] == "nation_china"),
        "{some:?}"
    );
}

#[tokio::test]
async fn a_table_for_a_spreadsheet_begins_with_a_mark_where_that_is_asked_for() {
    let app = TestApp::with(&["article"]).await;
    let door = Door::over(&app, settings());
    let plain = get(&door, "/export/gifts.csv", &[]).await.body;
    let marked = get(&door, "/export/gifts.csv?bom=1", &[]).await.body;
    assert_eq!(marked, [b"\xef\xbb\xbf", plain.as_slice()].concat());
    assert_eq!(get(&door, "/export/gifts.csv?bom=0", &[]).await.body, plain);
    get(&door, "/export/gifts.csv?bom=yes", &[])
        .await
        .is_refused(400, "BAD_USER_INPUT");
}
