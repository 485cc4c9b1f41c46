//! Pages whose documents the columns name: the same pages that the database cuts.

use serde_json::{Value as Json, json};

use crate::support::{TestApp, settings, until};

const PAGE: &str =
    "query ($first: Int, $last: Int, $after: String, $before: String, $where: GiftFilter, $order: [GiftOrder!]) {
    gifts(first: $first, last: $last, after: $after, before: $before, where: $where, orderBy: $order) {
        totalCount
        edges { cursor node { id title date { edtf } total { min } giver { region } } }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    }
}";

fn orders() -> Vec<Json> {
    vec![
        json!(null),
        json!([{ "field": "DATE" }]),
        json!([{ "field": "DATE", "direction": "DESC" }]),
        json!([{ "field": "DATE_END", "direction": "DESC" }, { "field": "ID" }]),
        json!([{ "field": "TOTAL" }, { "field": "DATE", "direction": "DESC" }]),
        json!([{ "field": "TITLE" }]),
    ]
}

fn filters() -> Vec<Json> {
    vec![
        json!(null),
        json!({ "giver": { "region": { "in": ["Asia", "Europe"] } }, "date": { "overlaps": "1950/2000" } }),
        json!({ "total": { "known": false } }),
        json!({ "text": "ba" }),
    ]
}

/// Pages there and back, for every filter and order.
async fn walk(app: &TestApp) -> Vec<Json> {
    let mut pages = Vec::new();
    for (filter, order) in filters()
        .iter()
        .flat_map(|filter| orders().into_iter().map(move |order| (filter, order)))
    {
        let ask = |window: Json| {
            let mut variables = json!({ "where": filter, "order": order });
            variables
                .as_object_mut()
                .expect("an object")
                .extend(window.as_object().expect("an object").clone());
            app.query_with(PAGE, variables)
        };
        let first = ask(json!({ "first": 7 })).await;
        let after = first["gifts"]["pageInfo"]["endCursor"].clone();
        let second = ask(json!({ "first": 50, "after": after })).await;
        let before = second["gifts"]["pageInfo"]["endCursor"].clone();
        let back = ask(json!({ "last": 9, "before": before, "after": after })).await;
        let last = ask(json!({ "last": 11 })).await;
        pages.extend([first, second, back, last]);
    }
    pages
}

#[tokio::test]
async fn pages_that_the_columns_name_are_those_of_the_database() {
    let mut off = settings();
    off.config.columns_bytes = 0;
    let by_database = TestApp::set(off).await;
    by_database.generate(2_300, 5).await;
    let by_columns = TestApp::start(by_database.options.clone(), settings()).await;
    by_columns.by_columns().await;
    let (expected, found) = (walk(&by_database).await, walk(&by_columns).await);
    for (at, (expected, found)) in expected.iter().zip(&found).enumerate() {
        assert_eq!(expected, found, "page {at}");
    }
    let status = by_columns.live.columns().status();
    assert!(status.answered >= 60, "{status:?}");
}

#[tokio::test]
async fn an_index_reads_the_first_page_of_everything_where_indexes_are_read() {
    let app = TestApp::empty().await;
    app.generate(2_100, 6).await;
    app.by_columns().await;
    let answered = || app.live.columns().status().answered;
    let page = |filter: &str| format!("{{ gifts(first: 3{filter}) {{ nodes {{ id }} }} }}");
    for (replaces, filter, by_columns) in [
        (true, "", true),
        (false, "", false),
        (false, ", where: { mode: { eq: LOAN } }", true),
    ] {
        app.live.columns().replace_indexes(replaces);
        let before = answered();
        app.query(&page(filter)).await;
        assert_eq!(answered() > before, by_columns, "{replaces} {filter}");
    }
}

#[tokio::test]
async fn a_page_of_gifts_that_change_while_it_is_read_is_of_one_moment() {
    let app = TestApp::empty().await;
    app.generate(2_050, 8).await;
    app.by_columns().await;
    let gifts = app.raw().await.collection::<mongodb::bson::Document>("gifts");
    let change = async {
        for total in 1..=60_i32 {
            // The same for all that are on the page, in one command that is no transaction.
            let update =
                mongodb::bson::doc! { "$set": { "total": { "min": total, "max": total }, "version": 100 + total } };
            let filter = mongodb::bson::doc! { "_id": { "$lt": "gift_synthetic-8-0000001" } };
            gifts.update_many(filter, update).await.expect("it is written");
        }
    };
    let read = async {
        for _ in 0..60 {
            let page = app
                .query("{ gifts(first: 2) { nodes { id version total { min } } } }")
                .await;
            for gift in page["gifts"]["nodes"].as_array().expect("gifts") {
                let (version, total) = (gift["version"].as_i64(), gift["total"]["min"].as_i64());
                if let (Some(version @ 101..), Some(total)) = (version, total) {
                    assert_eq!(version - 100, total, "{gift}");
                }
            }
        }
    };
    tokio::join!(change, read);
    until("the columns to be current", || {
        app.live.is_fresh() && app.live.columns().status().current
    })
    .await;
}
