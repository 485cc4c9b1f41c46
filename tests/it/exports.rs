//! Exports: their rows are those of the connections, in the same order and with the same meaning. What concerns them as
//! requests is tested in `front`.

use std::collections::BTreeSet;

use menagerie::domain::id::Kind;
use menagerie::store::write::Prepared;
use serde_json::{Value as Json, json};

use crate::support::{TestApp, insert_new};

/// The export of this file, which must succeed.
async fn export(app: &TestApp, file: &str, filter: &Json, order: &Json) -> String {
    let url = format!("{}/export/{file}", app.address);
    let parameters = [("where", filter.to_string()), ("orderBy", order.to_string())];
    let request = crate::support::client().get(url).query(&parameters);
    let response = request.send().await.expect("the server answers");
    let status = response.status();
    let text = response.text().await.expect("a whole body");
    assert!(status == 200, "{file} {filter} {order}: {text}");
    text
}

/// The rows of JSON lines.
fn lines(text: &str) -> Vec<Json> {
    let row = |line| serde_json::from_str(line).expect("a line is JSON");
    text.lines().map(row).collect()
}

/// The rows of CSV, each as the columns' names and cells.
fn table(text: &str) -> Vec<Vec<(String, String)>> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().expect("a header line").clone();
    let row = |row: csv::Result<csv::StringRecord>| {
        let row = row.expect("as many cells as columns");
        let cells = header.iter().zip(row.iter());
        cells.map(|(name, cell)| (name.to_owned(), cell.to_owned())).collect()
    };
    reader.records().map(row).collect()
}

fn cell<'a>(row: &'a [(String, String)], name: &str) -> &'a str {
    let found = row.iter().find(|(known, _)| known == name);
    &found.unwrap_or_else(|| panic!("no column {name} in {row:?}")).1
}

/// All documents of a connection, page by page.
async fn walk(app: &TestApp, kind: &str, filter: &Json, order: &Json, fields: &str) -> Vec<Json> {
    let list = format!("{}s", kind.to_lowercase());
    let query = format!(
        "query($after: String, $where: {kind}Filter, $orderBy: [{kind}Order!]) {{
            {list}(first: 100, after: $after, where: $where, orderBy: $orderBy) {{
                nodes {{ {fields} }} pageInfo {{ hasNextPage endCursor }} }} }}"
    );
    let (mut found, mut after) = (Vec::new(), Json::Null);
    loop {
        let variables = json!({ "after": after, "where": filter, "orderBy": order });
        let page = app.query_with(&query, variables).await[&list].take();
        found.extend(page["nodes"].as_array().expect("a list").iter().cloned());
        if page["pageInfo"]["hasNextPage"] != true {
            return found;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
}

fn ids(rows: &[Json]) -> Vec<&str> {
    rows.iter().map(|row| row["id"].as_str().expect("an id")).collect()
}

#[tokio::test]
async fn the_rows_of_every_export_are_those_of_its_connection_in_the_same_order() {
    let app = TestApp::with(&["article", "history"]).await;
    // More than a piece holds.
    app.generate(1_200, 3).await;
    let by = |field: &str, direction: &str| json!([{ "field": field, "direction": direction }]);
    let none = Json::Null;
    for (kind, filter, order) in [
        ("Gift", &none, &none),
        ("Gift", &json!({ "giver": { "name": { "eq": "Russia" } } }), &none),
        (
            "Gift",
            &json!({ "giver": { "region": { "eq": "Asia" } } }),
            &by("DATE", "DESC"),
        ),
        (
            "Gift",
            &json!({ "date": { "overlaps": "1900/1950" } }),
            &by("DATE_END", "ASC"),
        ),
        (
            "Gift",
            &json!({ "certainty": { "eq": "REPORTED" } }),
            &by("TOTAL", "DESC"),
        ),
        ("Gift", &json!({ "id": { "in": [] } }), &none),
        ("Gift", &none, &json!({ "field": "TITLE" })),
        ("Nation", &none, &by("NAME", "DESC")),
        ("Nation", &json!({ "existed": { "known": true } }), &none),
        (
            "Animal",
            &json!({ "class": { "eq": "Aves" } }),
            &by("COMMON_NAME", "ASC"),
        ),
        ("Animal", &none, &none),
        ("Event", &none, &by("DATE", "DESC")),
        ("Event", &json!({ "nation": { "isoAlpha2": { "eq": "KP" } } }), &none),
        ("Claim", &none, &none),
        ("Claim", &json!({ "conflicting": true }), &by("CODE", "ASC")),
        ("Source", &none, &by("TITLE", "DESC")),
    ] {
        let walked = walk(&app, kind, filter, order, "id").await;
        let file = format!("{}s", kind.to_lowercase());
        let rows = lines(&export(&app, &format!("{file}.ndjson"), filter, order).await);
        assert_eq!(ids(&rows), ids(&walked), "{kind} {filter} {order}");
        let table = table(&export(&app, &format!("{file}.csv"), filter, order).await);
        let cells: Vec<&str> = table.iter().map(|row| cell(row, "id")).collect();
        assert_eq!(cells, ids(&walked), "{kind} {filter} {order}");
    }
}

/// Fails where a field of a GraphQL answer is not in the row: references are ids there.
fn holds(row: &Json, answer: &Json, path: &str) {
    match answer {
        Json::Object(fields) if fields.len() == 1 && row.is_string() => assert_eq!(row, &fields["id"], "{path}"),
        Json::Object(fields) => fields.iter().for_each(|(name, value)| {
            assert!(row.get(name).is_some(), "{path}.{name} is missing in {row}");
            holds(&row[name], value, &format!("{path}.{name}"));
        }),
        Json::Array(items) => {
            assert_eq!(row.as_array().map(Vec::len), Some(items.len()), "{path}");
            items
                .iter()
                .enumerate()
                .for_each(|(place, item)| holds(&row[place], item, path));
        }
        value => assert_eq!(row, value, "{path}"),
    }
}

/// For each kind all that is stored, with references as objects that have an id.
fn stored() -> [(&'static str, String); 6] {
    const PLACE: &str = "{ name kind city nation { id } location { lon lat } open { edtf } }";
    const DATE: &str = "{ edtf phrase earliest latest precision inferred approximate uncertain }";
    const COUNT: &str = "{ min max phrase }";
    const PERSON: &str = "{ name office }";
    [
        (
            "Gift",
            format!(
                "id slug title giver {{ id }} recipient {{ id }} presentedBy {PERSON} presentedTo {PERSON}
                onBehalfOf {PERSON} mode status statusHistory {{ status date {DATE} note claim {{ id }} }}
                items {{ animal {{ id }} count {COUNT} speciesCount {COUNT} attributes names status
                    otherReadings {{ count {COUNT} speciesCount {COUNT} note }} }}
                total {COUNT} occasions {COUNT} date {DATE} origin {PLACE} destination {PLACE} event {{ id }} inferred"
            ),
        ),
        (
            "Nation",
            format!(
                "id slug name officialName isoAlpha2 isoAlpha3 isoAlpha4 m49 region subregion
                capital {{ name location {{ lon lat }} }} existed {DATE} successors aliases names {{ language name }} sameAs"
            ),
        ),
        (
            "Animal",
            "id slug commonName scientificName rank taxonomy { class order family } conservation { category year }
                nativeTo origin { id } aliases names { language name } sameAs"
                .to_owned(),
        ),
        (
            "Event",
            format!(
                "id slug title kind date {DATE} nations {{ nation {{ id }} role }} people {PERSON} place {PLACE} summary
                headcount {COUNT} headcountOf status"
            ),
        ),
        (
            "Claim",
            "id code source { id } locator { paragraph sentence lastSentence } url statement certainty
                attributions { to { id } scope } about { id } conflictsWith { id } dependsOn { id }"
                .to_owned(),
        ),
        ("Source", format!("id title kind publisher published {DATE} url sha256")),
    ]
}

#[tokio::test]
async fn each_line_of_json_says_what_graphql_says_with_ids_for_references() {
    const KEPT: &str = "version createdAt updatedAt";
    let app = TestApp::with(&["article", "history"]).await;
    for (kind, fields) in stored() {
        let answers = walk(&app, kind, &Json::Null, &Json::Null, &format!("{fields} {KEPT}")).await;
        let file = format!("{}s.ndjson", kind.to_lowercase());
        let rows = lines(&export(&app, &file, &Json::Null, &Json::Null).await);
        assert_eq!(rows.len(), answers.len());
        assert!(rows.len() > 10, "{kind}");
        for (row, answer) in rows.iter().zip(&answers) {
            holds(row, answer, answer["id"].as_str().expect("an id"));
            let names = |value: &Json| {
                let fields = value.as_object().expect("an object");
                fields.keys().cloned().collect::<BTreeSet<_>>()
            };
            assert_eq!(names(row), names(answer), "the same fields");
        }
    }
}

#[tokio::test]
async fn the_cells_of_a_gift_say_what_graphql_says() {
    let app = TestApp::with(&["article", "history"]).await;
    let fields = "id title giver { id name } recipient { id name } mode status total { min max phrase text }
        items { animal { commonName } count { text } } itemsTotal { min max } occasions { text }
        date { edtf earliest latest phrase } destination { name city location { lon } nation { id } } event { id } inferred";
    let answers = walk(&app, "Gift", &Json::Null, &Json::Null, fields).await;
    let table = table(&export(&app, "gifts.csv", &Json::Null, &Json::Null).await);
    assert_eq!(table.len(), answers.len());
    let told = |value: &Json| match value {
        Json::Null => String::new(),
        Json::String(text) => text.clone(),
        other => other.to_string(),
    };
    let list = |value: &Json, words: &dyn Fn(&Json) -> String| {
        let items = value.as_array().expect("a list").iter();
        items.map(words).collect::<Vec<_>>().join("; ")
    };
    for (row, gift) in table.iter().zip(&answers) {
        for (column, path) in [
            ("title", "/title"),
            ("giverId", "/giver/id"),
            ("giverName", "/giver/name"),
            ("recipientId", "/recipient/id"),
            ("recipientName", "/recipient/name"),
            ("mode", "/mode"),
            ("status", "/status"),
            ("totalMin", "/total/min"),
            ("totalMax", "/total/max"),
            ("totalPhrase", "/total/phrase"),
            ("totalText", "/total/text"),
            ("itemsMin", "/itemsTotal/min"),
            ("itemsMax", "/itemsTotal/max"),
            ("occasionsText", "/occasions/text"),
            ("dateEdtf", "/date/edtf"),
            ("dateEarliest", "/date/earliest"),
            ("dateLatest", "/date/latest"),
            ("datePhrase", "/date/phrase"),
            ("destinationName", "/destination/name"),
            ("destinationCity", "/destination/city"),
            ("destinationLon", "/destination/location/lon"),
            ("destinationNationId", "/destination/nation/id"),
            ("eventId", "/event/id"),
        ] {
            let expected = told(gift.pointer(path).unwrap_or(&Json::Null));
            assert_eq!(cell(row, column), expected, "{column} of {}", gift["id"]);
        }
        let item = |item: &Json| {
            let count = item["count"]["text"].as_str().unwrap_or("unknown");
            format!("{}: {count}", told(&item["animal"]["commonName"]))
        };
        assert_eq!(cell(row, "items"), list(&gift["items"], &item));
        assert_eq!(cell(row, "inferred"), list(&gift["inferred"], &told));
    }
}

#[tokio::test]
async fn csv_gives_back_every_text_and_no_cell_is_a_formula() {
    let texts = [
        ("plain", "plain"),
        ("a, b; c", "a, b; c"),
        ("\"quoted\" \"\"twice\"\"", "\"quoted\" \"\"twice\"\""),
        ("two\nlines\nand three", "two\nlines\nand three"),
        ("🐼 大熊猫 Ñandú", "🐼 大熊猫 Ñandú"),
        ("'already'", "'already'"),
        ("=HYPERLINK(\"http://x.example\")", "'=HYPERLINK(\"http://x.example\")"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("＝1+1", "'＝1+1"),
    ];
    let app = TestApp::empty().await;
    let nations = texts.iter().enumerate().map(|(place, (text, _))| {
        let nation = json!({ "_id": format!("nation_n{place:02}"), "slug": format!("n{place:02}"), "name": text,
            "officialName": text, "capital": { "name": text, "location": { "lon": -0.5, "lat": -10 } } });
        Prepared::from_json(Kind::Nation, &nation).expect("a good document")
    });
    let written = insert_new(&app.store, nations.collect()).await;
    written.expect("documents are written");
    let text = export(&app, "nations.csv", &Json::Null, &Json::Null).await;
    assert!(text.ends_with("\r\n"), "RFC 4180 ends lines by CR and LF");
    let table = table(&text);
    assert_eq!(table.len(), texts.len());
    for (row, (_, expected)) in table.iter().zip(&texts) {
        for column in ["name", "officialName", "capitalName"] {
            assert_eq!(cell(row, column), *expected);
        }
        assert_eq!((cell(row, "capitalLon"), cell(row, "capitalLat")), ("-0.5", "-10"));
    }
    let rows = lines(&export(&app, "nations.ndjson", &Json::Null, &Json::Null).await);
    let given: Vec<&str> = rows.iter().filter_map(|row| row["name"].as_str()).collect();
    assert!(
        given.iter().eq(texts.iter().map(|(text, _)| text)),
        "JSON needs no such care"
    );
}

#[tokio::test]
async fn an_export_of_nothing_is_a_header_line_or_nothing() {
    let app = TestApp::empty().await;
    let header = export(&app, "claims.csv", &Json::Null, &Json::Null).await;
    assert!(
        header.starts_with("id,code,sourceId,sourceTitle,") && header.ends_with(",updatedAt\r\n"),
        "{header}"
    );
    assert_eq!(header.lines().count(), 1);
    assert_eq!(export(&app, "claims.ndjson", &Json::Null, &Json::Null).await, "");
}

#[tokio::test]
async fn csv_reads_the_names_of_a_piece_by_one_command_for_each_kind() {
    let app = TestApp::empty().await;
    app.generate(1_200, 3).await;
    for (file, per_piece) in [("gifts.ndjson", 1), ("gifts.csv", 3), ("claims.ndjson", 1)] {
        let rows = lines(&export(&app, &file.replace("csv", "ndjson"), &Json::Null, &Json::Null).await).len();
        let pieces = rows.div_ceil(500) as u64;
        let before = app.store.commands_sent();
        export(&app, file, &Json::Null, &Json::Null).await;
        let sent = app.store.commands_sent() - before;
        // Some servers tell only by one more, empty batch that they are at the end.
        assert!(
            (pieces * per_piece..=pieces * per_piece + 1).contains(&sent),
            "{file}: {sent} for {pieces} pieces"
        );
    }
}
