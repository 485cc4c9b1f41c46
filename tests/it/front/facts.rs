//! Pages that need no script: everything with an id has one, with its facts, and all are reached from the first.

use std::collections::{BTreeMap, BTreeSet};

use menagerie::domain::id::Kind;
use regex::Regex;
use serde_json::{Value as Json, json};

use super::{Answer, Door};
use crate::support::{TestApp, settings};

/// The collections, with the field by which their documents are addressed.
const COLLECTIONS: [(&str, &str); Kind::ALL.len()] = [
    ("gifts", "slug"),
    ("nations", "slug"),
    ("animals", "slug"),
    ("events", "slug"),
    ("claims", "code"),
    ("sources", "id"),
];

/// The paths of the pages of all documents, as the API has them.
async fn documents(app: &TestApp) -> BTreeSet<String> {
    let mut paths = BTreeSet::new();
    for (collection, field) in COLLECTIONS {
        let mut after = Json::Null;
        loop {
            let query = format!(
                "query($after: String) {{ {collection}(first: 200, after: $after) {{ pageInfo {{ hasNextPage endCursor }} nodes {{ {field} }} }} }}"
            );
            let page = app.query_with(&query, json!({ "after": after })).await[collection].take();
            for node in page["nodes"].as_array().expect("nodes") {
                let name = node[field].as_str().expect("a name").trim_start_matches("source_");
                paths.insert(format!("/{collection}/{name}"));
            }
            if page["pageInfo"]["hasNextPage"] != true {
                break;
            }
            after = page["pageInfo"]["endCursor"].clone();
        }
    }
    paths
}

async fn page(door: &Door, path: &str) -> (u16, String) {
    let answer = Answer::to(door.get(path)).await;
    (answer.status, String::from_utf8(answer.body.clone()).expect("text"))
}

/// Whether the pages are built; without Node at build time they are not.
async fn are_built(door: &Door) -> bool {
    page(door, "/").await.0 == 200
}

/// The content of the first element of data of this type.
fn data(html: &str, kind: &str) -> Json {
    let marked = format!("type=\"{kind}\"");
    let (_, rest) = html.split_once(&marked).unwrap_or_else(|| panic!("no {kind}: {html}"));
    let (_, rest) = rest.split_once('>').expect("an element");
    serde_json::from_str(rest.split_once("</script>").expect("its end").0).expect("JSON")
}

#[tokio::test]
async fn all_pages_are_reached_from_the_first_and_each_tells_what_it_is() {
    let app = TestApp::with(&["article", "history"]).await;
    let door = Door::over(&app, settings());
    if !are_built(&door).await {
        return;
    }
    let links = Regex::new(r#"href="(/[^"]*)""#).expect("a pattern");
    let (mut waiting, mut seen) = (vec!["/".to_owned()], BTreeMap::new());
    while let Some(path) = waiting.pop() {
        let path = path.split('#').next().unwrap_or_default().replace("&amp;", "&");
        let is_page = [
            "/assets",
            "/graphiql",
            "/schema",
            "/licenses",
            "/?",
            "/export",
            "/datapackage",
            "/dcat",
        ]
        .iter()
        .all(|other| !path.starts_with(other));
        if !is_page || seen.contains_key(&path) {
            continue;
        }
        let (status, html) = page(&door, &path).await;
        assert_eq!(status, 200, "{path}");
        waiting.extend(links.captures_iter(&html).map(|link| link[1].to_owned()));
        seen.insert(path, html);
    }
    let expected = documents(&app).await;
    let found: BTreeSet<String> = seen
        .keys()
        .filter(|path| path.matches('/').count() == 2)
        .cloned()
        .collect();
    assert_eq!(found, expected);
    for (path, html) in &seen {
        let canonical = format!("<link rel=\"canonical\" href=\"{}{path}\">", door.address);
        assert!(html.contains(&canonical), "{path}: {canonical}");
        let linked = data(html, "application/ld+json");
        assert_eq!(linked["@id"], format!("{}{path}", door.address), "{linked}");
        for part in ["<title>", "name=\"description\"", "property=\"og:title\"", "<h1>"] {
            assert_eq!(html.matches(part).count(), 1, "{path}: {part}");
        }
    }
    let (_, map) = page(&door, "/sitemap.xml").await;
    let told: BTreeSet<String> = Regex::new("<loc>([^<]*)</loc>")
        .expect("a pattern")
        .captures_iter(&map)
        .map(|place| place[1].trim_start_matches(&door.address).to_owned())
        .filter(|path| path.matches('/').count() == 2)
        .collect();
    assert_eq!(told, expected);
}

#[tokio::test]
async fn what_is_not_there_is_404_with_a_page_that_says_so() {
    let app = TestApp::with(&["article"]).await;
    let door = Door::over(&app, settings());
    if !are_built(&door).await {
        return;
    }
    for (collection, _) in COLLECTIONS {
        let (status, html) = page(&door, &format!("/{collection}/none")).await;
        assert_eq!(status, 404, "{collection}");
        assert!(
            html.contains("noindex") && html.contains("named <code>none</code>"),
            "{html}"
        );
    }
    assert_eq!(page(&door, "/gifts?after=nonsense").await.0, 400);
    for path in ["/zoos", "/gifts/a/b"] {
        assert_eq!(page(&door, path).await.0, 404, "{path}");
    }
}

#[tokio::test]
async fn texts_of_the_data_are_texts_on_the_pages_whatever_they_say() {
    let app = TestApp::with(&["article"]).await;
    let door = Door::over(&app, settings());
    if !are_built(&door).await {
        return;
    }
    let gifts = app.raw().await.collection::<mongodb::bson::Document>("gifts");
    let title = "</script><b>Bears</b> & \"cats\"";
    let set = mongodb::bson::doc! { "$set": { "title": title } };
    gifts
        .update_one(mongodb::bson::doc! { "_id": "gift_ru-kp-2024" }, set)
        .await
        .expect("it is written");
    for path in ["/gifts/ru-kp-2024", "/gifts", "/nations/russia"] {
        let (status, html) = page(&door, path).await;
        assert_eq!(status, 200, "{path}");
        assert!(
            !html.contains("<b>") && html.contains("&lt;b&gt;Bears"),
            "{path}: {html}"
        );
    }
    let (_, html) = page(&door, "/gifts/ru-kp-2024").await;
    assert_eq!(data(&html, "application/ld+json")["name"], title);
}

#[tokio::test]
async fn the_page_of_a_gift_brings_the_answer_that_its_script_would_ask_for() {
    let app = TestApp::with(&["article"]).await;
    let door = Door::over(&app, settings());
    if !are_built(&door).await {
        return;
    }
    let (_, html) = page(&door, "/gifts/ru-kp-2024").await;
    let sent = data(&html, "application/json");
    let operations = concat!(env!("CARGO_MANIFEST_DIR"), "/web/src/dashboard/operations/");
    let document: String = ["gift.graphql", "fragments.graphql"]
        .map(|file| std::fs::read_to_string(format!("{operations}{file}")).expect("the file is there"))
        .concat();
    let asked = app.query_with(&document, json!({ "slug": "ru-kp-2024" })).await;
    assert_eq!(sent["data"], asked);
    assert_eq!(
        (&sent["operation"], &sent["variables"]),
        (&json!("Gift"), &json!({ "slug": "ru-kp-2024" }))
    );
}

#[tokio::test]
async fn where_reading_needs_a_token_no_page_tells_a_fact() {
    let app = TestApp::with(&["article"]).await;
    let mut settings = settings();
    settings.config.anonymous = false;
    let door = Door::over(&app, settings);
    if page(&door, "/graphiql").await.0 != 200 {
        return;
    }
    for (path, expected) in [
        ("/", 200),
        ("/gifts/ru-kp-2024", 200),
        ("/nations/russia", 401),
        ("/gifts", 401),
        ("/sitemap.xml", 401),
    ] {
        let (status, text) = page(&door, path).await;
        assert_eq!(status, expected, "{path}");
        for fact in ["Pyongyang", "Moscow", "C05"] {
            assert!(!text.contains(fact), "{path}: {fact}");
        }
    }
}

#[tokio::test]
async fn the_data_package_describes_each_table_as_it_is() {
    let app = TestApp::with(&["article", "history"]).await;
    let door = Door::over(&app, settings());
    let (status, text) = page(&door, "/datapackage.json").await;
    assert_eq!(status, 200, "{text}");
    let package: Json = serde_json::from_str(&text).expect("JSON");
    assert_eq!(package["licenses"][0]["name"], "CC0-1.0");
    let resources = package["resources"].as_array().expect("resources");
    // Beside the collections: items, flows and statistics.
    assert_eq!(resources.len(), COLLECTIONS.len() + 3);
    for resource in resources {
        let address = resource["path"].as_str().expect("an address");
        let (_, table) = page(&door, address.trim_start_matches(&door.address)).await;
        let mut table = csv::Reader::from_reader(table.as_bytes());
        let fields = resource["schema"]["fields"].as_array().expect("fields");
        let header: Vec<&str> = fields.iter().filter_map(|field| field["name"].as_str()).collect();
        assert_eq!(
            table.headers().expect("a header").iter().collect::<Vec<_>>(),
            header,
            "{address}"
        );
        let mut keys = BTreeSet::new();
        for row in table.records() {
            let row = row.expect("a row");
            for (cell, field) in row.iter().zip(fields).filter(|(cell, _)| !cell.is_empty()) {
                let fits = match field["type"].as_str() {
                    Some("integer") => cell.parse::<i64>().is_ok(),
                    Some("number") => cell.parse::<f64>().is_ok(),
                    Some("datetime") => cell.len() == 24 && cell.ends_with('Z'),
                    _ => true,
                };
                assert!(fits, "{address}: {field}: {cell}");
            }
            let key = resource["schema"]["primaryKey"]
                .as_array()
                .expect("a key")
                .iter()
                .map(|name| {
                    let place = header.iter().position(|column| *name == **column);
                    row[place.expect("a column of the key")].to_owned()
                });
            assert!(keys.insert(key.collect::<Vec<_>>()), "{address}: {row:?}");
        }
    }
    let (_, entry) = page(&door, "/dcat.jsonld").await;
    let entry: Json = serde_json::from_str(&entry).expect("JSON");
    assert_eq!(
        entry["dcat:distribution"].as_array().map(Vec::len),
        Some(4 * resources.len())
    );
}

#[tokio::test]
async fn a_list_for_pages_of_others_says_what_the_statistics_say_and_may_be_framed() {
    let app = TestApp::with(&["article", "history"]).await;
    let door = Door::over(&app, settings());
    if !are_built(&door).await {
        return;
    }
    let china = "{\"giver\":{\"slug\":{\"eq\":\"china\"}}}";
    let query = "{ giftStats(where: { giver: { slug: { eq: \"china\" } } }) { summary byRecipient(first: 20) { label gifts } } }";
    let stats = app.query(query).await["giftStats"].take();
    let answer = Answer::to(door.get(&format!("/embed/recipients?where={}", super::encoded(china)))).await;
    let html = String::from_utf8(answer.body.clone()).expect("text");
    assert_eq!(answer.status, 200, "{html}");
    let policy = answer.header("content-security-policy");
    assert!(
        policy.contains("frame-ancestors *") && !policy.contains("script-src"),
        "{policy}"
    );
    assert!(
        !html.contains("<script") && html.contains(stats["summary"].as_str().expect("a text")),
        "{html}"
    );
    for group in stats["byRecipient"].as_array().expect("groups") {
        let row = format!(
            "{}</th><td>{}</td>",
            group["label"].as_str().expect("a name"),
            group["gifts"]
        );
        assert!(html.contains(&row), "{row}: {html}");
    }
    for list in ["givers", "animals", "decades", "flows"] {
        let (status, html) = page(&door, &format!("/embed/{list}")).await;
        assert!(status == 200 && html.matches("<tr>").count() > 5, "{list}: {html}");
    }
    assert_eq!(page(&door, "/embed/zoos").await.0, 404);
    for filter in ["{", "[]", "{\"givr\":1}"] {
        let (status, text) = page(&door, &format!("/embed/flows?where={}", super::encoded(filter))).await;
        assert_eq!(status, 400, "{filter}: {text}");
    }
    assert!(
        Answer::to(door.get("/nations"))
            .await
            .header("content-security-policy")
            .contains("frame-ancestors 'none'")
    );
}
