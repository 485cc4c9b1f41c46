//! Aliases and names in languages go in and out by every door: mutations, rows, files, exports, search.

use std::fs;

use serde_json::{Value as Json, json};

use super::{Desk, MISTAKES, mistakes};
use crate::commands::output;

const CALLED: &str = "version aliases names { language name } successors isoAlpha4";

/// A nation with all that it is called.
fn prussia() -> Json {
    json!({
        "slug": "prussia", "name": "Prussia", "officialName": "Kingdom of Prussia", "successors": ["DE"],
        "aliases": ["Borussia"], "names": [{ "language": "de", "name": "Preußen" }, { "language": "ru", "name": "Пруссия" }],
    })
}

async fn called(desk: &Desk, slug: &str) -> Json {
    let query = format!("{{ nation(slug: \"{slug}\") {{ {CALLED} }} }}");
    desk.read(&query).await["nation"].take()
}

#[tokio::test]
async fn what_a_nation_is_called_is_entered_and_found_at_once() {
    let desk = Desk::open().await;
    let selected = format!("nation {{ {CALLED} }} {MISTAKES}");
    let made = desk.make("createNation", &selected, prussia()).await;
    let mut expected = json!({ "version": 1, "isoAlpha4": null });
    for field in ["successors", "aliases", "names"] {
        expected[field] = prussia()[field].clone();
    }
    assert_eq!(made["nation"], expected, "{made:#}");
    for (filter, text) in [
        ("names", "Preußen"),
        ("names", "Пруссия"),
        ("aliases", "Borussia"),
        ("successors", "DE"),
    ] {
        let query = format!("{{ nations(where: {{ {filter}: {{ eq: \"{text}\" }} }}) {{ nodes {{ slug }} }} }}");
        assert_eq!(
            desk.read(&query).await["nations"]["nodes"],
            json!([{ "slug": "prussia" }]),
            "{query}"
        );
    }
    let found = desk
        .read("{ nations(where: { text: \"preussen\" }) { nodes { slug } } }")
        .await;
    assert_eq!(found["nations"]["nodes"], json!([{ "slug": "prussia" }]));
}

#[tokio::test]
async fn what_a_nation_is_called_is_changed_and_refused_by_mutations() {
    let desk = Desk::open().await;
    let selected = format!("nation {{ {CALLED} }} {MISTAKES}");
    desk.does("createNation", prussia()).await;
    // What is left out stays, and null clears.
    let patch = json!({ "id": "nation_prussia", "aliases": null });
    let made = desk.make("updateNation", &selected, patch).await;
    assert_eq!(
        (&made["nation"]["aliases"], &made["nation"]["names"]),
        (&json!([]), &prussia()["names"])
    );
    for (field, value, place) in [
        (
            "names",
            json!([{ "language": "German", "name": "Preußen" }]),
            "names[0].language",
        ),
        ("names", json!([{ "language": "de", "name": "" }]), "names[0].name"),
        ("names", json!([prussia()["names"][0], prussia()["names"][0]]), "names"),
        ("aliases", json!(["Borussia", "Borussia"]), "aliases"),
        ("aliases", json!(["x".repeat(301)]), "aliases[0]"),
        ("successors", json!(["Germany"]), "successors[0]"),
        ("isoAlpha4", json!("SU"), "isoAlpha4"),
    ] {
        let made = desk
            .make(
                "updateNation",
                MISTAKES,
                json!({ "id": "nation_prussia", field: value }),
            )
            .await;
        assert_eq!(mistakes(&made), [("INVALID", place)], "{field}: {made:#}");
    }
    let animal = json!({ "id": "animal_brown-bear", "names": [{ "language": "ko", "name": "불곰" }] });
    let made = desk
        .make(
            "updateAnimal",
            "animal { aliases names { name } } userErrors { code }",
            animal,
        )
        .await;
    assert_eq!(
        made["animal"],
        json!({ "aliases": ["bruin"], "names": [{ "name": "불곰" }] })
    );
}

#[tokio::test]
async fn what_a_nation_is_called_goes_through_rows_files_and_exports() {
    let desk = Desk::open().await;
    let import = "mutation($rows: [JSON!]!) { importRows(input: { kind: NATION, rows: $rows }) { created updated unchanged \
                  userErrors { field message } } }";
    let (_, told) = desk
        .ask(Some(&desk.token), import, json!({ "rows": [prussia()] }))
        .await;
    assert_eq!(told["data"]["importRows"]["created"], 1, "{told:#}");
    let before = called(&desk, "prussia").await;
    assert_eq!(before["names"], prussia()["names"]);
    // Each file that the program writes is read back as the same, and so is one that names no lists.
    let folder = tempfile::tempdir().expect("a folder");
    for file in ["nations.csv", "nations.ndjson"] {
        let path = folder.path().join(file).display().to_string();
        output(&desk.app, &["export", &path]);
        let told = output(&desk.app, &["import", &path]);
        assert!(
            told.contains("0 created, 0 updated, 9 unchanged, 0 bad"),
            "{file}: {told}"
        );
    }
    let path = folder.path().join("more.csv").display().to_string();
    let row = "slug,name,officialName,aliases,names\n\
               saxony,Saxony,Kingdom of Saxony,\"[\"\"Sachsen\"\"]\",\"[{\"\"language\"\":\"\"fr\"\",\"\"name\"\":\"\"Saxe\"\"}]\"\n\
               bavaria,Bavaria,Kingdom of Bavaria,,\n";
    fs::write(&path, row).expect("the file is written");
    output(&desk.app, &["import", "--collection", "nations", &path]);
    let saxony = called(&desk, "saxony").await;
    let expected = (json!(["Sachsen"]), json!([{ "language": "fr", "name": "Saxe" }]));
    assert_eq!((saxony["aliases"].clone(), saxony["names"].clone()), expected);
    let bavaria = called(&desk, "bavaria").await;
    assert_eq!((&bavaria["aliases"], &bavaria["names"]), (&json!([]), &json!([])));
    // Tables for people.
    let (status, _, table) = desk
        .app
        .get("/export/nations.csv?where={\"slug\":{\"eq\":\"prussia\"}}")
        .await;
    assert_eq!(status, 200, "{table}");
    let row = table.lines().nth(1).expect("a row");
    assert!(row.contains("DE,Borussia,Preußen (de); Пруссия (ru)"), "{table}");
}

#[tokio::test]
async fn rows_refer_to_nations_and_animals_by_all_that_they_are_called() {
    let desk = Desk::open().await;
    desk.app.load(&["history", "nations"]).await;
    let gift = |(at, (giver, recipient)): (usize, &(&str, &str))| {
        json!({
            "slug": format!("pandas-{at}"), "title": "Pandas", "giver": giver, "recipient": recipient, "mode": "GIFT",
            "status": "DELIVERED", "items": [{ "animal": "大熊猫" }],
        })
    };
    let named = [
        ("USSR", "Burma"),
        ("Ceylon", "UK"),
        ("DPRK", "Россия"),
        ("대한민국", "中国"),
    ];
    let rows: Vec<Json> = named.iter().enumerate().map(gift).collect();
    let import = "mutation($rows: [JSON!]!) { importRows(input: { kind: GIFT, rows: $rows }) { created userErrors { field \
                  message } } }";
    let (_, told) = desk.ask(Some(&desk.token), import, json!({ "rows": rows })).await;
    assert_eq!(told["data"]["importRows"]["created"], 4, "{told:#}");
    let meant = [
        ("soviet-union", "burma"),
        ("sri-lanka", "united-kingdom"),
        ("north-korea", "russia"),
        ("south-korea", "china"),
    ];
    for (at, (giver, recipient)) in meant.into_iter().enumerate() {
        let query = format!(
            "{{ gift(slug: \"pandas-{at}\") {{ giver {{ slug }} recipient {{ slug }} items {{ animal {{ slug }} }} }} }}"
        );
        let expected = json!({
            "giver": { "slug": giver }, "recipient": { "slug": recipient },
            "items": [{ "animal": { "slug": "giant-panda" } }],
        });
        assert_eq!(desk.read(&query).await["gift"], expected);
    }
}
