//! The map of rooms is the one that the house rules enforce, and it is the only one; README and glossary stay short.

use super::{page, pages, table};
use crate::house::ROOMS;

/// The names in backticks.
fn names(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

#[test]
fn the_map_has_the_rooms_of_the_house_and_what_each_may_use() {
    let page = page("docs/ARCHITECTURE.md");
    let rows = table(page.section("## The map"));
    let mut told: Vec<(String, Vec<&str>)> = rows
        .iter()
        .map(|row| {
            assert_eq!(
                row.len(),
                4,
                "a room, what it is for, what it is not for, what it uses: {row:?}"
            );
            assert!(!row[1].is_empty() && !row[2].is_empty(), "{row:?}");
            let mut uses = names(row[3]);
            uses.sort_unstable();
            (names(row[0]).concat(), uses)
        })
        .collect();
    told.sort();
    let mut rooms: Vec<(String, Vec<&str>)> = ROOMS
        .iter()
        .map(|(room, uses)| {
            let mut uses = uses.to_vec();
            uses.sort_unstable();
            ((*room).to_owned(), uses)
        })
        .collect();
    rooms.sort();
    assert_eq!(told, rooms, "left: docs/ARCHITECTURE.md; right: tests/it/house.rs");
}

#[test]
fn there_is_one_map_and_the_others_lead_to_it() {
    for path in ["README.md", "src/lib.rs", "CONTRIBUTING.md"] {
        let page = page(path);
        assert!(
            page.text.contains("docs/ARCHITECTURE.md"),
            "{path} does not lead to the map"
        );
        assert!(!page.text.contains("──▶"), "{path} has a map of its own");
    }
}

#[test]
fn the_readme_is_short_and_leads_to_every_page() {
    let readme = page("README.md").text;
    let lines = readme.lines().count();
    assert!(lines <= 200, "README.md has {lines} lines; accepted are 200");
    for page in pages().iter().filter(|page| page.path != "README.md") {
        assert!(
            readme.contains(&format!("]({})", page.path)),
            "README.md does not lead to {}",
            page.path
        );
    }
}

#[test]
fn the_glossary_has_at_most_twenty_words() {
    let page = page("docs/GLOSSARY.md");
    let words: Vec<String> = table(&page.text).iter().map(|row| row[0].to_lowercase()).collect();
    assert!((10..=20).contains(&words.len()), "{}: {words:?}", words.len());
    assert!(words.is_sorted(), "in the order of the alphabet: {words:?}");
}
