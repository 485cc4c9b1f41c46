//! Dates and counts through every door: what is certain, what is possible, what a refusal proposes, calendars, years before
//! 0, and documents that an older version has derived.

use futures_util::TryStreamExt;
use menagerie::api::viewer::Role;
use menagerie::domain::id::Kind;
use menagerie::seed::load::{Options, load};
use menagerie::store::write::Prepared;
use mongodb::bson::{Bson, Document, doc};
use serde_json::{Value as Json, json};

use crate::commands::{ends_with, output, program_over};
use crate::support::{TestApp, client, insert_new, text, token};

/// A gift of this date, by its slug, and with what is more to say of it.
fn gift(slug: &str, date: Json, more: Json) -> Json {
    let mut gift = json!({
        "_id": format!("gift_{slug}"), "slug": slug, "title": "A gift", "giver": "nation_china",
        "recipient": "nation_japan", "mode": "GIFT", "status": "UNKNOWN", "statusHistory": [], "items": [],
        "inferred": [], "date": date,
    });
    let more = more.as_object().into_iter().flatten();
    more.for_each(|(field, value)| gift[field] = value.clone());
    gift
}

/// A server over the article's nations and these gifts.
async fn over(gifts: &[Json]) -> TestApp {
    let app = TestApp::with(&["article"]).await;
    let prepared = gifts
        .iter()
        .map(|gift| Prepared::from_json(Kind::Gift, gift).expect("a good gift"));
    let prepared: Vec<Prepared> = prepared.collect();
    let count = prepared.len() as u64;
    assert_eq!(insert_new(&app.store, prepared).await.expect("they are written"), count);
    app
}

/// Gifts that are called by their dates, without what a slug cannot hold.
async fn of_dates(dates: &[&str]) -> TestApp {
    let gifts = dates.iter().enumerate();
    let gifts = gifts.map(|(at, edtf)| gift(&format!("g{at}"), json!({ "edtf": edtf }), json!({})));
    over(&gifts.collect::<Vec<_>>()).await
}

/// The dates of the gifts of China for Japan that a filter of dates finds.
async fn found(app: &TestApp, date: &str) -> Vec<String> {
    let query = format!(
        "{{ gifts(first: 100, where: {{ slug: {{ notIn: [\"cn-jp\"] }}, recipient: {{ id: {{ eq: \"nation_japan\" }} }},
            date: {{ {date} }} }}) {{ nodes {{ date {{ edtf }} }} }} }}"
    );
    let data = app.query(&query).await;
    let nodes = data["gifts"]["nodes"].as_array().expect("a list").iter();
    let mut dates: Vec<String> = nodes.map(|gift| text(&gift["date"]["edtf"])).collect();
    dates.sort();
    dates
}

#[tokio::test]
async fn what_a_source_calls_uncertain_or_approximate_is_certain_nowhere_unless_one_says_so() {
    let app = of_dates(&[
        "1966",
        "1966?",
        "1966~",
        "1966%",
        "1966-05~",
        "1964~/1966",
        "1966-~05-03",
    ])
    .await;
    for certain in ["within: \"1960/1969\"", "before: \"1970\"", "after: \"1950\""] {
        assert_eq!(found(&app, certain).await, ["1966"], "{certain}");
        let taken = format!("{certain}, includeQualified: true");
        assert_eq!(found(&app, &taken).await.len(), 7, "{taken}");
    }
    assert_eq!(found(&app, "overlaps: \"1966\"").await.len(), 7);
    let export = "/export/gifts.csv?where={\"date\":{\"within\":\"1960/1969\"}}";
    let (status, _, rows) = app.get(export).await;
    assert_eq!((status, rows.lines().count()), (200, 2), "{rows}");
}

#[tokio::test]
async fn an_open_side_of_the_span_that_is_asked_for_needs_no_known_side() {
    let app = of_dates(&["../1960", "/1960", "1960", "1950/1970", "1970/..", "1970/"]).await;
    assert_eq!(found(&app, "within: \"../1965\"").await, ["../1960", "/1960", "1960"]);
    assert_eq!(found(&app, "within: \"1965/..\"").await, ["1970/", "1970/.."]);
}

#[tokio::test]
async fn a_season_without_a_hemisphere_is_certain_in_neither() {
    let app = of_dates(&["2001-21", "2001-25", "2001-29"]).await;
    assert_eq!(found(&app, "within: \"2001-03/2001-05\"").await, ["2001-25"]);
    assert_eq!(found(&app, "within: \"2001-29\"").await, ["2001-29"]);
    assert_eq!(found(&app, "within: \"2001\"").await, ["2001-21", "2001-25", "2001-29"]);
    assert_eq!(
        found(&app, "overlaps: \"2001-09/2001-11\"").await,
        ["2001-21", "2001-29"]
    );
}

#[tokio::test]
async fn nothing_is_certain_beside_a_span_that_is_not_certain_itself() {
    let app = of_dates(&[]).await;
    for (filter, reason) in [
        ("within: \"1965/\"", "one end of this span is unknown"),
        ("within: \"/1965\"", "one end of this span is unknown"),
        ("within: \"2001-21\"", "such as `2001-25` for spring in the north"),
        ("within: \"[1667,1670]\"", "a set of several dates"),
        ("within: \"1965~\"", "`includeQualified: true`"),
        ("before: \"1965?\"", "`includeQualified: true`"),
        ("after: \"1965%\"", "`includeQualified: true`"),
    ] {
        let query = format!("{{ gifts(where: {{ date: {{ {filter} }} }}) {{ totalCount }} }}");
        let (code, message) = app.error(&query).await;
        assert_eq!(code, "BAD_USER_INPUT", "{filter}: {message}");
        assert!(message.contains(reason), "{filter}: {message}");
    }
    assert!(
        found(&app, "within: \"1965~\", includeQualified: true")
            .await
            .is_empty()
    );
}

#[tokio::test]
async fn an_unknown_end_is_not_for_ever() {
    let step = |status: &str, date: &str| json!({ "status": status, "note": "So.", "date": { "edtf": date } });
    let history = |steps: Vec<Json>| json!({ "statusHistory": steps });
    let unknown = || json!({ "edtf": "1965/" });
    let app = over(&[
        gift("unknown", unknown(), json!({})),
        gift("open", json!({ "edtf": "1965/.." }), json!({})),
        gift(
            "died",
            unknown(),
            history(vec![step("DELIVERED", "1966"), step("DIED", "1970-05")]),
        ),
        gift(
            "disputed",
            unknown(),
            history(vec![step("DIED", "1970"), step("LOST_IN_TRANSIT", "1972")]),
        ),
        gift("perhaps", unknown(), history(vec![step("DIED", "1970~")])),
        gift("delivered", unknown(), history(vec![step("DELIVERED", "1970")])),
    ])
    .await;
    let query = "query($where: GiftFilter!) { gifts(first: 100, where: $where) { nodes { slug } } }";
    let slugs = async |date: Json| {
        let own = json!(["unknown", "open", "died", "disputed", "perhaps", "delivered"]);
        let data = app
            .query_with(query, json!({ "where": { "slug": { "in": own }, "date": date } }))
            .await;
        let nodes = data["gifts"]["nodes"].as_array().expect("a list").clone();
        nodes.iter().map(|gift| text(&gift["slug"])).collect::<Vec<_>>()
    };
    assert_eq!(slugs(json!({ "overlaps": "9999" })).await, ["open"]);
    assert_eq!(
        slugs(json!({ "overlaps": "1990" })).await,
        ["delivered", "open", "perhaps", "unknown"]
    );
    assert_eq!(
        slugs(json!({ "overlaps": "1971" })).await,
        ["delivered", "disputed", "open", "perhaps", "unknown"]
    );
    assert_eq!(slugs(json!({ "before": "1971" })).await, ["died"]);
    let query = "{ died: gift(slug: \"died\") { date { latest endUnknown } } unknown: gift(slug: \"unknown\") { date { latest endUnknown } }
        open: gift(slug: \"open\") { date { latest endUnknown } } }";
    assert_eq!(
        app.query(query).await,
        json!({
            "died": { "date": { "latest": "1970-05-31", "endUnknown": false } },
            "unknown": { "date": { "latest": null, "endUnknown": true } },
            "open": { "date": { "latest": null, "endUnknown": false } },
        })
    );
}

#[tokio::test]
async fn a_day_keeps_the_calendar_of_its_source_and_years_before_0_are_read_everywhere_alike() {
    let app = over(&[
        gift(
            "julian",
            json!({ "edtf": "1515-05-20", "calendar": "JULIAN" }),
            json!({}),
        ),
        gift("old", json!({ "edtf": "-0044-03-15" }), json!({})),
    ])
    .await;
    let query = "{ julian: gift(slug: \"julian\") { date { edtf calendar earliest latest } }
        old: gift(slug: \"old\") { date { calendar earliest } } }";
    assert_eq!(
        app.query(query).await,
        json!({
            "julian": { "date": { "edtf": "1515-05-20", "calendar": "JULIAN", "earliest": "1515-05-30", "latest": "1515-05-30" } },
            "old": { "date": { "calendar": "GREGORIAN", "earliest": "-000044-03-15" } },
        })
    );
    assert_eq!(found(&app, "within: \"1515-05-30\"").await, ["1515-05-20"]);
    let (_, _, rows) = app.get("/export/gifts.ndjson?where={\"slug\":{\"eq\":\"old\"}}").await;
    assert!(rows.contains("\"earliest\":\"-000044-03-15\""), "{rows}");
}

#[tokio::test]
async fn a_number_that_is_about_right_is_not_exact() {
    let about = |min: i32| json!({ "total": { "min": min, "max": min, "approximate": true } });
    let app = over(&[
        gift("about", Json::Null, about(40)),
        gift("exactly", Json::Null, json!({ "total": { "min": 40, "max": 40 } })),
    ])
    .await;
    let query = "query($sure: Boolean!) { gifts(where: { slug: { in: [\"about\", \"exactly\"] }, total: { atLeast: 40, atMost: 40, sure: $sure } }) {
        nodes { slug total { text exact approximate } } } }";
    let exactly = json!({ "slug": "exactly", "total": { "text": "40", "exact": 40, "approximate": false } });
    let roughly = json!({ "slug": "about", "total": { "text": "about 40", "exact": null, "approximate": true } });
    let nodes = async |sure: bool| app.query_with(query, json!({ "sure": sure })).await["gifts"]["nodes"].clone();
    assert_eq!(nodes(true).await, json!([exactly]));
    assert_eq!(nodes(false).await, json!([roughly, exactly]));
    let query =
        "{ giftStats(where: { slug: { in: [\"about\", \"exactly\"] } }) { animals { text exact approximate } } }";
    assert_eq!(
        app.query(query).await["giftStats"]["animals"],
        json!({ "text": "about 80", "exact": null, "approximate": true })
    );
}

#[tokio::test]
async fn a_date_says_on_what_it_rests_and_what_other_sources_say() {
    let reading =
        json!({ "edtf": "1514-03-19", "calendar": "JULIAN", "claim": "claim_article-C26", "note": "So it says." });
    let date = json!({ "edtf": "1514-03", "claim": "claim_article-C25", "otherReadings": [reading] });
    let app = over(&[gift("disputed", date, json!({}))]).await;
    let query =
        "{ gift(slug: \"disputed\") { date { claim { code } otherReadings { edtf earliest note claim { code } } } } }";
    assert_eq!(
        app.query(query).await["gift"]["date"],
        json!({ "claim": { "code": "C25" }, "otherReadings": [
            { "edtf": "1514-03-19", "earliest": "1514-03-29", "note": "So it says.", "claim": { "code": "C26" } },
        ] })
    );
}

/// What an editor is told of a mutation.
async fn told(app: &TestApp, query: &str, variables: Json) -> String {
    let token = token(&app.store, "ed", Role::Editor, None).await;
    let request = client().post(format!("{}/graphql", app.address)).bearer_auth(token);
    let answer = request
        .json(&json!({ "query": query, "variables": variables }))
        .send()
        .await;
    answer.expect("an answer").text().await.expect("text")
}

#[tokio::test]
async fn a_refusal_proposes_what_the_text_plainly_means_in_every_door() {
    let app = TestApp::with(&["article"]).await;
    let (_, message) = app
        .error("{ gifts(where: { date: { overlaps: \"c. 1844\" } }) { totalCount } }")
        .await;
    assert!(message.contains("Did you mean `1844~`?"), "{message}");
    let input = json!({ "slug": "a", "title": "A", "giver": "nation_china", "recipient": "nation_japan",
        "mode": "GIFT", "status": "UNKNOWN", "date": { "edtf": "before 1900" } });
    let created = "mutation($input: CreateGiftInput!) { createGift(input: $input) { userErrors { field message } } }";
    let answer = told(&app, created, json!({ "input": input })).await;
    assert!(
        answer.contains("Did you mean `../1899`?") && answer.contains("date.edtf"),
        "{answer}"
    );
}

#[tokio::test]
async fn an_import_of_dates_as_told_keeps_their_texts_and_without_it_proposes_what_they_mean() {
    let app = TestApp::empty().await;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("sources.csv");
    let rows = "title,kind,published.edtf\nA,DATASET,c. 1844\nB,DATASET,1.11.2024\nC,DATASET,1965/1980\n";
    std::fs::write(&file, rows).expect("the file is written");
    let file = file.display().to_string();
    let said = ends_with(program_over(&app).args(["import", &file]), 65);
    assert!(
        said.contains("Did you mean `1844~`?") && said.contains("Did you mean `2024-11-01`?"),
        "{said}"
    );
    let said = output(&app, &["import", &file, "--dates", "as-told"]);
    assert_eq!(said, "3 created, 0 updated, 0 unchanged, 0 bad\n");
    let query = "{ sources(orderBy: { field: TITLE }) { nodes { title published { edtf phrase } } } }";
    assert_eq!(
        app.query(query).await["sources"]["nodes"],
        json!([
            { "title": "A", "published": { "edtf": "1844~", "phrase": "c. 1844" } },
            { "title": "B", "published": { "edtf": "2024-11-01", "phrase": "1.11.2024" } },
            { "title": "C", "published": { "edtf": "1965/1980", "phrase": null } },
        ])
    );
    std::fs::write(
        folder.path().join("sources.csv"),
        "title,kind,published.edtf\nD,DATASET,1/11/2024\n",
    )
    .expect("a file");
    let said = ends_with(program_over(&app).args(["import", &file, "--dates", "as-told"]), 65);
    assert!(said.contains("Did you mean `2024-11-01` or `2024-01-11`?"), "{said}");
}

#[tokio::test]
async fn documents_that_an_older_version_has_derived_are_derived_again() {
    let app = TestApp::with(&["article", "history"]).await;
    let database = app.raw().await;
    nothing_is_null(&database).await;
    let gifts = database.collection::<Document>("gifts");
    // As version 1 left them: without what is new, and with other bounds.
    let old = doc! { "$unset": { "date.endUnknown": "" } };
    gifts
        .update_many(doc! { "date.edtf": { "$exists": true } }, old)
        .await
        .expect("an update");
    let stale = doc! { "$set": { "date.latest": Bson::Null } };
    gifts
        .update_one(doc! { "_id": "gift_kp-kr-2018" }, stale)
        .await
        .expect("an update");
    let before = gifts
        .find_one(doc! { "_id": "gift_kp-kr-2018" })
        .await
        .expect("a read")
        .expect("a gift");
    // Bounds that are open or unknown were null.
    let ends_unknown = doc! { "date.endUnknown": { "$exists": false }, "date.edtf": { "$regex": "/$" } };
    let null = gifts.update_many(ends_unknown, doc! { "$set": { "date.latest": Bson::Null } });
    assert!(null.await.expect("an update").modified_count > 0);
    // Nor did nations have all of the lists that are required since.
    let nations = database.collection::<Document>("nations");
    for list in ["aliases", "names", "successors"] {
        let empty = doc! { list: { "$size": 0 } };
        let without = nations.update_many(empty, doc! { "$unset": { list: "" } });
        let without = without.bypass_document_validation(true).await.expect("an update");
        assert!(without.modified_count > 5, "{list}: {without:?}");
    }
    let derived = database.collection::<Document>("derived");
    derived.delete_many(doc! {}).await.expect("a deletion");
    assert!(app.store.check().await.expect("a check").len() > 10);

    app.store.ensure_schema().await.expect("the schema is applied");
    app.is_whole().await;
    let after = gifts
        .find_one(doc! { "_id": "gift_kp-kr-2018" })
        .await
        .expect("a read")
        .expect("a gift");
    assert_eq!(after.get("version"), before.get("version"));
    assert_eq!(after.get("updatedAt"), before.get("updatedAt"));
    let latest = after.get_document("date").expect("a date").get_datetime("latest");
    assert!(latest.is_ok(), "{after}");
    assert_eq!(derived.count_documents(doc! {}).await.expect("a count"), 6);
    nothing_is_null(&database).await;
    // What a set has written is still known as its own.
    let sets = ["article".to_owned(), "history".to_owned()];
    for report in load(&app.store, &sets, Options::default())
        .await
        .expect("the sets load")
    {
        let edited = report.to_string();
        assert!(!edited.contains("edited"), "{edited}");
    }
}

/// Fails where something that is stored is null: what is not known is left out.
async fn nothing_is_null(database: &mongodb::Database) {
    for collection in Kind::ALL.map(Kind::collection) {
        let rows = database.collection::<Document>(collection).find(doc! {}).await;
        let rows: Vec<Document> = rows.expect("a cursor").try_collect().await.expect("the documents");
        let nulls: Vec<&Document> = rows
            .iter()
            .filter(|row| holds_null(&Bson::Document((*row).clone())))
            .collect();
        assert!(nulls.is_empty(), "{collection}: {nulls:#?}");
    }
}

fn holds_null(value: &Bson) -> bool {
    match value {
        Bson::Null => true,
        Bson::Array(items) => items.iter().any(holds_null),
        Bson::Document(fields) => fields.iter().any(|(_, value)| holds_null(value)),
        _ => false,
    }
}
