//! Rows and CSV: the lists of an answer, one behind the other.

use serde_json::{Value as Json, json};

use super::{Ask, examples, get, json_of};
use crate::support::TestApp;

async fn rows(app: &TestApp, ask: &Ask) -> Vec<Json> {
    let (status, rows) = json_of(app, &format!("{}&shape=rows", ask.address(".json"))).await;
    assert_eq!(status, 200, "{}: {rows}", ask.name);
    rows.as_array().expect("rows").clone()
}

#[tokio::test]
async fn a_list_is_rows_with_flat_columns() {
    let app = TestApp::with(&["article", "history"]).await;
    let ask = Ask::new("FindGifts", json!({ "giver": "russia", "first": 5 }));
    let answer = ask.by_graphql(&app).await;
    let nodes = answer["data"]["gifts"]["nodes"].as_array().expect("nodes");
    let rows = rows(&app, &ask).await;
    assert_eq!((rows.len(), nodes.len()), (5, 5));
    for (row, node) in rows.iter().zip(nodes) {
        for (column, path) in [
            ("slug", "/slug"),
            ("giverName", "/giver/name"),
            ("dateText", "/date/text"),
            ("totalClaimCertainty", "/total/claim/certainty"),
            ("items", "/items"),
        ] {
            assert_eq!(
                row[column],
                *node.pointer(path).unwrap_or(&Json::Null),
                "{column}: {node}"
            );
        }
    }
}

#[tokio::test]
async fn several_lists_are_told_apart_and_a_single_object_is_one_row() {
    let app = TestApp::with(&["article", "history"]).await;
    let ask = Ask::new("PossiblyOrCertainly2018", json!({}));
    let answer = ask.by_graphql(&app).await;
    let rows_of = rows(&app, &ask).await;
    for list in ["possibly", "certainly"] {
        let found: Vec<&Json> = rows_of
            .iter()
            .filter(|row| row["list"] == list)
            .map(|row| &row["title"])
            .collect();
        let nodes = answer["data"][list]["nodes"].as_array().expect("nodes");
        assert_eq!(
            found,
            nodes.iter().map(|node| &node["title"]).collect::<Vec<_>>(),
            "{list}"
        );
    }
    let one = rows(&app, &Ask::new("OneGift", json!({ "slug": "none" }))).await;
    assert_eq!(one, Vec::<Json>::new(), "what is not there is no row");
}

#[tokio::test]
async fn csv_has_the_columns_and_the_cells_of_the_rows() {
    let app = TestApp::with(&["article", "history"]).await;
    app.is_indexed().await;
    for (name, variables) in examples() {
        let ask = Ask::new(name, variables);
        let rows = rows(&app, &ask).await;
        let (status, headers, body) = get(&app, &ask.address(".csv"), &[]).await;
        assert_eq!(status, 200, "{name}");
        assert_eq!(headers["content-type"], "text/csv; charset=utf-8; header=present");
        let mut table = csv::Reader::from_reader(body.as_slice());
        let header = table.headers().expect("a header").clone();
        let records: Vec<csv::StringRecord> = table.records().map(|record| record.expect("a row")).collect();
        assert_eq!(records.len(), rows.len(), "{name}");
        for (record, row) in records.iter().zip(&rows) {
            let columns: Vec<&String> = row.as_object().expect("an object").keys().collect();
            assert_eq!(header.iter().collect::<Vec<_>>(), columns, "{name}");
            for (cell, (column, value)) in record.iter().zip(row.as_object().expect("an object")) {
                let expected = match value {
                    Json::Null => String::new(),
                    Json::String(text) => text.clone(),
                    Json::Array(_) | Json::Object(_) => continue,
                    other => other.to_string(),
                };
                assert_eq!(cell.trim_start_matches('\''), expected, "{name} {column}");
            }
        }
    }
    let (_, _, plain) = get(&app, "/q/AllGifts.csv", &[]).await;
    let (_, _, marked) = get(&app, "/q/AllGifts.csv?bom=1", &[]).await;
    assert_eq!(marked, [b"\xef\xbb\xbf", plain.as_slice()].concat());
}
