//! The index without a database: what is found, in which order, cut into pages, marked.

mod properties;

use super::cursor::SearchCursorError;
use super::highlights::Highlight;
use super::index::Update;
use super::*;
use crate::domain::id::Kind;
use crate::store::collections::searched;
use crate::store::texts::{Text, Texts};

fn document(kind: Kind, slug: &str, name: &str, others: &[(&'static str, &str)]) -> Update {
    let text = |path, is_name, text: &str| Text {
        path,
        is_name,
        text: text.to_owned(),
    };
    let mut texts = vec![text("title", true, name)];
    texts.extend(others.iter().map(|(path, other)| text(path, false, other)));
    Update::Written(Texts {
        kind,
        id: format!("{}_{slug}", kind.prefix()),
        texts,
    })
}

fn over(changes: &[Update]) -> Search {
    let search = Search::default();
    let index = Index::new().expect("an index");
    index.take(changes).expect("they are taken in");
    index.show().expect("they are shown");
    search.put(Arc::new(index));
    search
}

fn request(text: &str) -> SearchRequest {
    SearchRequest {
        text: text.to_owned(),
        kinds: searched().collect(),
        after: None,
        limit: 100,
        highlights: true,
    }
}

fn ids(found: &Hits) -> Vec<&str> {
    found.hits.iter().map(|hit| hit.id.as_str()).collect()
}

fn finds(search: &Search, text: &str) -> Vec<String> {
    let found = search.find(&request(text)).expect("an answer");
    ids(&found).into_iter().map(str::to_owned).collect()
}

fn zoo() -> Search {
    over(&[
        document(Kind::Animal, "panda", "Giant panda", &[("taxonomy.family", "Ursidae")]),
        document(Kind::Animal, "bear", "Brown bear", &[("taxonomy.family", "Ursidae")]),
        document(
            Kind::Gift,
            "cn-kp",
            "Pandas for Pyongyang",
            &[("items.names", "Lin Lin"), ("destination.name", "Central Zoo")],
        ),
        document(
            Kind::Claim,
            "c1",
            "C01",
            &[("statement", "A giant panda, and one more panda, ate the bear's bamboo.")],
        ),
        document(Kind::Nation, "kp", "People's Café of Korea", &[]),
    ])
}

#[test]
fn accents_case_and_typing_errors_are_forgiven() {
    let search = zoo();
    for text in ["panda", "PANDÁ", "pandda", "pnada", "  panda!  ", "«Панда»"] {
        let found = finds(&search, text);
        assert_eq!(found[0], "animal_panda", "{text}");
        assert!(found.contains(&"claim_c1".to_owned()), "{text}: {found:?}");
        // "pnada" is two errors away from "Pandas".
        assert_eq!(
            found.contains(&"gift_cn-kp".to_owned()),
            text != "pnada",
            "{text}: {found:?}"
        );
    }
    assert_eq!(finds(&search, "cafe"), ["nation_kp"]);
    assert_eq!(finds(&search, "peoples caf"), ["nation_kp"]);
    assert_eq!(finds(&search, "people's CAFÉ"), ["nation_kp"]);
}

#[test]
fn digits_take_no_typing_errors() {
    let search = over(&[
        document(Kind::Gift, "1912", "An elephant of 1912", &[]),
        document(Kind::Gift, "1972", "An elephant of 1972", &[]),
        document(Kind::Gift, "code", "An elephant of H14cd1972", &[]),
    ]);
    assert_eq!(finds(&search, "1972"), ["gift_1972"]);
    assert_eq!(finds(&search, "1912 elefant"), ["gift_1912"]);
    assert_eq!(finds(&search, "H14cd1972"), ["gift_code"]);
    assert_eq!(finds(&search, "H14cd1912"), [""; 0]);
    assert_eq!(finds(&search, "197"), ["gift_1972"], "a beginning");
}

#[test]
fn a_letter_without_a_latin_one_is_found_as_it_is() {
    let search = over(&[
        document(Kind::Nation, "a", "Azərbaycan", &[]),
        document(Kind::Nation, "b", "ʌʔʕʘ", &[]),
    ]);
    for text in ["Azərbaycan", "azerbaycan", "AZƏRBAYCAN", "azərb", "azərbaycn"] {
        assert_eq!(finds(&search, text), ["nation_a"], "{text}");
    }
    for text in ["ʌʔʕʘ", "Ʌʔʕ", "ʌʔʕʕʘ"] {
        assert_eq!(finds(&search, text), ["nation_b"], "{text}");
    }
}

#[test]
fn nothing_is_found_where_nothing_is_asked_or_known() {
    let search = zoo();
    for text in ["", "   ", "--- !!", "\0", "Пак", "xylophone", "🦄🦄", "zz"] {
        let found = search.find(&request(text)).expect("an answer");
        assert_eq!((ids(&found), found.total), (vec![], 0), "{text:?}");
    }
    assert_eq!(finds(&Search::default(), "panda"), [""; 0]);
    let none = SearchRequest {
        kinds: vec![],
        ..request("panda")
    };
    assert_eq!(search.find(&none).expect("an answer").total, 0);
}

#[test]
fn signs_and_operators_only_part_words() {
    let search = zoo();
    for text in [
        "\"giant panda\"",
        "+giant -panda*",
        "giant~2^3 panda",
        "(giant) [panda] {panda}",
        "giant\\panda",
        "title:giant title:panda",
    ] {
        assert!(finds(&search, text).contains(&"animal_panda".to_owned()), "{text}");
    }
    assert_eq!(finds(&search, "giant AND panda"), ["claim_c1"], "a word like any other");
}

#[test]
fn names_come_before_other_texts_whole_words_before_beginnings_and_those_before_typing_errors() {
    let search = over(&[
        document(Kind::Gift, "typo", "A lyon", &[]),
        document(Kind::Gift, "begins", "A lionheart", &[]),
        document(Kind::Gift, "is", "A lion", &[]),
        document(Kind::Gift, "text", "A kitten", &[("origin.name", "The lion gate")]),
        document(Kind::Gift, "whole", "Lion", &[]),
        document(Kind::Gift, "long", "A lion and its many cubs", &[]),
        document(Kind::Gift, "front", "Lions of the north", &[]),
    ]);
    assert_eq!(
        finds(&search, "lion"),
        [
            "gift_whole",
            "gift_is",
            "gift_long",
            "gift_front",
            "gift_begins",
            "gift_text",
            "gift_typo"
        ]
    );
}

#[test]
fn all_words_must_match_and_where_that_finds_nothing_one_is_enough() {
    let search = zoo();
    assert_eq!(finds(&search, "brown bear"), ["animal_bear"]);
    assert_eq!(finds(&search, "bear brown"), ["animal_bear"]);
    assert_eq!(finds(&search, "brown xylophone"), ["animal_bear"]);
    // Of several words those that match more come first.
    assert_eq!(finds(&search, "giant bear xylophone")[0], "claim_c1");
}

#[test]
fn the_beginning_of_a_long_word_may_have_a_typing_error_too() {
    let search = zoo();
    assert_eq!(finds(&search, "pyonyan"), ["gift_cn-kp"]);
    assert_eq!(
        finds(&search, "pyonyan zoo"),
        ["gift_cn-kp"],
        "no longer all words, but one"
    );
    // "pana" is near to "panda", but short words would begin too much.
    let other = over(&[document(Kind::Nation, "pa", "Panama", &[])]);
    assert_eq!(finds(&other, "panda"), [""; 0]);
}

#[test]
fn only_the_last_word_may_be_a_beginning() {
    let search = zoo();
    assert_eq!(finds(&search, "giant pan"), ["animal_panda", "claim_c1"]);
    assert_eq!(finds(&search, "gia"), ["animal_panda", "claim_c1"]);
    assert_eq!(
        finds(&search, "bro bear").len(),
        2,
        "no document has both, so each with a bear"
    );
}

#[test]
fn kinds_narrow_what_is_found() {
    let search = zoo();
    let mut narrow = request("panda");
    narrow.kinds = vec![Kind::Claim, Kind::Gift];
    let found = search.find(&narrow).expect("an answer");
    assert_eq!(ids(&found), ["gift_cn-kp", "claim_c1"]);
    assert_eq!(found.total, 2);
}

#[test]
fn what_is_written_again_replaces_and_what_is_deleted_is_gone() {
    let search = zoo();
    let index = search.index().expect("an index");
    let gone = Update::Deleted("animal_panda".into());
    let renamed = document(Kind::Gift, "cn-kp", "Two monkeys", &[]);
    index.take(&[gone, renamed.clone(), renamed]).expect("taken in");
    assert_eq!(finds(&search, "panda").len(), 3, "nothing is seen before it is shown");
    index.show().expect("shown");
    assert_eq!(finds(&search, "panda"), ["claim_c1"]);
    assert_eq!(finds(&search, "monkeys"), ["gift_cn-kp"]);
    assert_eq!(search.status().documents, 4);
}

#[test]
fn highlights_give_each_text_that_matched_in_pieces() {
    let search = zoo();
    let marked = |text: &str, id: &str| -> Vec<(String, Vec<(String, bool)>)> {
        let found = search.find(&request(text)).expect("an answer");
        let hit = found.hits.iter().find(|hit| hit.id == id).expect("it is found");
        let pieces = |highlight: &Highlight| {
            let parts = highlight.parts.iter().map(|part| (part.text.clone(), part.matched));
            (highlight.field.clone(), parts.collect())
        };
        hit.highlights.iter().map(pieces).collect()
    };
    let piece = |text: &str, matched| (text.to_owned(), matched);
    assert_eq!(
        marked("zoo pandda", "gift_cn-kp"),
        [
            (
                "title".to_owned(),
                vec![piece("Pandas", true), piece(" for Pyongyang", false)]
            ),
            (
                "destination.name".to_owned(),
                vec![piece("Central ", false), piece("Zoo", true)]
            ),
        ]
    );
    assert_eq!(
        marked("CAFE", "nation_kp"),
        [(
            "title".to_owned(),
            vec![
                piece("People's ", false),
                piece("Café", true),
                piece(" of Korea", false)
            ]
        )]
    );
    let all: String = marked("panda", "claim_c1")[0]
        .1
        .iter()
        .map(|(text, _)| text.as_str())
        .collect();
    assert_eq!(all, "A giant panda, and one more panda, ate the bear's bamboo.");
}

#[test]
fn a_word_that_is_only_near_is_not_marked_beside_one_that_is_right() {
    let search = over(&[document(Kind::Gift, "a", "From Iran by way of Iraq", &[])]);
    let found = search.find(&request("iran")).expect("an answer");
    let parts = found.hits[0].highlights[0].parts.iter();
    let marked: Vec<&str> = parts
        .filter(|part| part.matched)
        .map(|part| part.text.as_str())
        .collect();
    assert_eq!(marked, ["Iran"]);
}

#[test]
fn pages_of_any_size_follow_each_other_without_gap_or_overlap_while_other_documents_come_and_go() {
    let kinds: Vec<Kind> = searched().collect();
    let many: Vec<Update> = (0..60)
        .map(|number| {
            let name = ["Panda", "A panda", "Pandas", "A pandda"][number % 4];
            document(kinds[number % kinds.len()], &format!("n{number:02}"), name, &[])
        })
        .collect();
    let search = over(&many);
    let whole = search.find(&request("panda")).expect("an answer");
    assert_eq!((whole.total, whole.has_previous, whole.has_next), (60, false, false));
    for limit in [1, 7, 59, 60] {
        let mut walked: Vec<String> = Vec::new();
        let mut page = request("panda");
        page.limit = limit;
        loop {
            let found = search.find(&page).expect("an answer");
            assert_eq!(found.total, 60);
            assert_eq!(found.has_previous, !walked.is_empty());
            walked.extend(found.hits.iter().map(|hit| hit.id.clone()));
            assert_eq!(found.has_next, walked.len() < 60);
            if !found.has_next {
                break;
            }
            let signature = page.signature();
            let last = found.hits.last().expect("a hit");
            let cursor = signature.encode(&last.position);
            page.after = Some(signature.decode(&cursor).expect("its own cursor"));
            // A new part of the index each time, in which the numbers of documents are others.
            let index = search.index().expect("an index");
            index.take(&many[walked.len() - 1..walked.len()]).expect("taken in");
            index
                .take(&[document(Kind::Gift, "other", "Something else", &[])])
                .expect("taken in");
            index.show().expect("shown");
        }
        assert_eq!(walked, ids(&whole), "{limit}");
    }
}

#[test]
fn a_cursor_continues_its_own_search_only() {
    let search = zoo();
    let own = request("Giant panda");
    let hit = search.find(&own).expect("an answer").hits.remove(0);
    let cursor = own.signature().encode(&hit.position);
    assert_eq!(own.signature().decode(&cursor), Ok(hit.position.clone()));
    assert_eq!(request("  giant PANDA").signature().decode(&cursor), Ok(hit.position));
    assert_eq!(
        request("giant pandas").signature().decode(&cursor),
        Err(SearchCursorError::OtherSearch)
    );
    let mut narrow = request("Giant panda");
    narrow.kinds.pop();
    assert_eq!(narrow.signature().decode(&cursor), Err(SearchCursorError::OtherSearch));
    let signature = own.signature();
    for wrong in ["", "x", "bm90IGpzb24", &cursor[1..], &"A".repeat(5_000)] {
        assert_eq!(signature.decode(wrong), Err(SearchCursorError::Malformed), "{wrong}");
    }
}

#[test]
fn an_index_that_nobody_keeps_up_to_date_says_so() {
    let search = zoo();
    let status = search.status();
    assert_eq!((status.documents, status.live, status.as_of), (5, false, None));
    search.is_complete(true, Instant::now());
    let status = search.status();
    assert!(
        status.live && status.as_of.is_some() && status.lag == Duration::ZERO,
        "{status:?}"
    );
    search.has_heard();
    assert!(search.status().live && search.status().lag > Duration::ZERO);
    search.is_complete(true, Instant::now());
    search.is_cut_off();
    assert!(!search.status().live && search.status().lag > Duration::ZERO);
}
