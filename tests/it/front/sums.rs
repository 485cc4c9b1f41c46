//! The tables of flows and statistics: computed over the gifts that match, and the same as GraphQL's answers.

use serde_json::{Value as Json, json};

use super::{Answer, Door, encoded};
use crate::support::{TestApp, settings};

/// A table as CSV: its rows, by the names of its columns.
async fn rows(door: &Door, file: &str, filter: &Json) -> Vec<Vec<(String, String)>> {
    let place = format!("/export/{file}.csv?where={}", encoded(&filter.to_string()));
    let answer = Answer::to(door.get(&place)).await;
    assert_eq!(answer.status, 200, "{place}: {}", String::from_utf8_lossy(&answer.body));
    let mut table = csv::Reader::from_reader(answer.body.as_slice());
    let header = table.headers().expect("a header").clone();
    let row = |row: csv::StringRecord| {
        let cells = header.iter().zip(row.iter());
        cells
            .map(|(name, cell)| (name.to_owned(), cell.trim_start_matches('\'').to_owned()))
            .collect()
    };
    table.records().map(|record| row(record.expect("a row"))).collect()
}

fn cell<'a>(row: &'a [(String, String)], name: &str) -> &'a str {
    let found = row.iter().find(|(column, _)| column == name);
    &found.unwrap_or_else(|| panic!("no column {name}: {row:?}")).1
}

/// A value of an answer, as a cell shows it.
fn shown(value: &Json, path: &str) -> String {
    match value.pointer(path) {
        None | Some(Json::Null) => String::new(),
        Some(Json::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

fn filters() -> [Json; 3] {
    [
        json!({}),
        json!({ "date": { "after": "1950" } }),
        json!({ "slug": { "eq": "none" } }),
    ]
}

#[tokio::test]
async fn the_table_of_flows_tells_what_gift_flows_tells() {
    let app = TestApp::with(&["article", "history"]).await;
    app.generate(300, 9).await;
    let door = Door::over(&app, settings());
    let query = "query($where: GiftFilter) { giftFlows(where: $where, first: 200) {
        giver { id name isoAlpha3 } recipient { id name isoAlpha3 }
        gifts animals { min max text } unknownCounts firstDate lastDate } }";
    let mut compared = 0;
    for filter in filters() {
        let data = app.query_with(query, json!({ "where": filter })).await;
        let flows = data["giftFlows"].as_array().expect("flows");
        let rows = rows(&door, "flows", &filter).await;
        assert!(rows.len() >= flows.len() && (flows.len() == 200 || rows.len() == flows.len()));
        for (row, flow) in rows.iter().zip(flows) {
            for (column, path) in [
                ("giverId", "/giver/id"),
                ("giverName", "/giver/name"),
                ("giverIso", "/giver/isoAlpha3"),
                ("recipientId", "/recipient/id"),
                ("recipientName", "/recipient/name"),
                ("recipientIso", "/recipient/isoAlpha3"),
                ("gifts", "/gifts"),
                ("animalsMin", "/animals/min"),
                ("animalsMax", "/animals/max"),
                ("animalsText", "/animals/text"),
                ("unknownCounts", "/unknownCounts"),
                ("firstDate", "/firstDate"),
                ("lastDate", "/lastDate"),
            ] {
                assert_eq!(cell(row, column), shown(flow, path), "{filter} {column}: {flow}");
            }
            compared += 1;
        }
    }
    assert!(compared > 50, "{compared}");
}

#[tokio::test]
async fn the_table_of_statistics_has_the_entries_of_every_list() {
    const LISTS: [(&str, &str); 11] = [
        ("giver", "byGiver(first: 200) { key: nation { id }"),
        ("recipient", "byRecipient(first: 200) { key: nation { id }"),
        ("animal", "byAnimal(by: ANIMAL, first: 200) { key: animal { id }"),
        ("family", "byAnimal(by: FAMILY, first: 200) {"),
        ("order", "byAnimal(by: ORDER, first: 200) {"),
        ("class", "byAnimal(by: CLASS, first: 200) {"),
        ("year", "byYear(first: 200) { start end possible key: year"),
        ("decade", "byDecade(first: 200) { start end possible key: year"),
        ("status", "byStatus { key: status"),
        ("mode", "byMode { key: mode"),
        ("certainty", "byCertainty { key: certainty"),
    ];
    let app = TestApp::with(&["article", "history"]).await;
    let door = Door::over(&app, settings());
    for filter in filters() {
        let rows = rows(&door, "statistics", &filter).await;
        let mut read = 0;
        for (by, list) in LISTS {
            let query = format!(
                "query($where: GiftFilter) {{ giftStats(where: $where) {{ entries: {list}
                    kind label gifts animals {{ min max text }} unknownCounts }} }} }}"
            );
            let data = app.query_with(&query, json!({ "where": filter })).await;
            let entries = data["giftStats"]["entries"].as_array().expect("entries");
            let rows: Vec<_> = rows.iter().filter(|row| cell(row, "by") == by).collect();
            assert_eq!(rows.len(), entries.len(), "{filter} {by}");
            read += rows.len();
            for (row, entry) in rows.iter().zip(entries) {
                let of_taxon = ["family", "order", "class"].contains(&by) && entry["kind"] == "VALUE";
                let key = match &entry["key"] {
                    Json::Object(document) => document["id"].clone(),
                    Json::Null if of_taxon => entry["label"].clone(),
                    other => other.clone(),
                };
                assert_eq!(cell(row, "key"), shown(&key, ""), "{filter} {by}: {entry}");
                for (column, path) in [
                    ("kind", "/kind"),
                    ("label", "/label"),
                    ("start", "/start"),
                    ("end", "/end"),
                    ("gifts", "/gifts"),
                    ("possible", "/possible"),
                    ("animalsMin", "/animals/min"),
                    ("animalsMax", "/animals/max"),
                    ("animalsText", "/animals/text"),
                    ("unknownCounts", "/unknownCounts"),
                ] {
                    assert_eq!(cell(row, column), shown(entry, path), "{filter} {by} {column}: {entry}");
                }
            }
        }
        assert_eq!(read, rows.len(), "{filter}: rows of no list");
    }
}

#[tokio::test]
async fn what_is_computed_is_in_every_format_and_takes_no_order() {
    let app = TestApp::with(&["article", "history"]).await;
    let door = Door::over(&app, settings());
    for table in ["flows", "statistics"] {
        let answer = Answer::to(door.get(&format!("/export/{table}.json"))).await;
        let array: Vec<Json> = serde_json::from_slice(&answer.body).expect("an array");
        assert_eq!(array.len(), rows(&door, table, &json!({})).await.len());
        let parquet = Answer::to(door.get(&format!("/export/{table}.parquet"))).await;
        assert_eq!((parquet.status, &parquet.body[..4]), (200, &b"PAR1"[..]));
        let order = encoded("[{\"field\":\"TITLE\"}]");
        let ordered = door.get(&format!("/export/{table}.csv?orderBy={order}"));
        Answer::to(ordered).await.is_refused(400, "BAD_USER_INPUT");
    }
}

#[tokio::test]
async fn gifts_and_items_tell_iso_codes_and_years() {
    let app = TestApp::with(&["article", "history"]).await;
    let door = Door::over(&app, settings());
    let all = json!({});
    let gifts = rows(&door, "gifts", &all).await;
    let china = gifts
        .iter()
        .find(|row| cell(row, "id") == "gift_cn-kr")
        .expect("the gift");
    assert_eq!((cell(china, "giverIso"), cell(china, "recipientIso")), ("CHN", "KOR"));
    // A state of the past has no code, a date that is not known no year.
    assert!(
        gifts
            .iter()
            .any(|row| !cell(row, "giverId").is_empty() && cell(row, "giverIso").is_empty())
    );
    for row in gifts.iter().chain(&rows(&door, "items", &all).await) {
        for (year, day) in [("yearEarliest", "dateEarliest"), ("yearLatest", "dateLatest")] {
            let told = cell(row, day).rsplitn(3, '-').nth(2).unwrap_or_default();
            assert_eq!(cell(row, year), told.trim_start_matches('0'), "{row:?}");
        }
    }
}
