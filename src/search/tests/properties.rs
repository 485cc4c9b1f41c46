//! What holds of any text and any names.

use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;
use crate::search::query::{MOST_WORDS, MatchQuality, TextQuery};

static ZOO: LazyLock<Search> = LazyLock::new(zoo);

proptest! {
    #[test]
    fn any_text_is_answered(text in any::<String>(), limit in 0_usize..4) {
        let found = ZOO.find(&SearchRequest { limit, ..request(&text) }).expect("an answer");
        prop_assert!(found.hits.len() <= limit && found.hits.len() as u64 <= found.total);
    }

    #[test]
    fn any_words_are_answered_and_joined_highlights_are_the_text(
        text in "(panda|giant|bear|an|d|zoo|[a-z]{1,12}|[\"+*~:^()\\[\\]{}\\\\ -]){1,12}( (panda|be|the|\\PC{1,8})){0,20}",
    ) {
        let found = ZOO.find(&request(&text)).expect("an answer");
        for highlight in found.hits.iter().flat_map(|hit| &hit.highlights) {
            prop_assert!(highlight.parts.iter().any(|part| part.matched));
            prop_assert!(highlight.parts.iter().all(|part| !part.text.is_empty()));
            let joined: String = highlight.parts.iter().map(|part| part.text.as_str()).collect();
            let known = ["Giant panda", "Brown bear", "Ursidae", "Pandas for Pyongyang", "Lin Lin", "Central Zoo", "C01",
                "A giant panda, and one more panda, ate the bear's bamboo.", "People's Café of Korea"];
            prop_assert!(known.contains(&joined.as_str()), "{}", joined);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// So every hit has something to highlight. The other way round it holds for whole words and beginnings only: with two
    /// errors the automaton of tantivy overlooks a few words that are near enough, such as "leoparaxa" for "leoparxdx".
    #[test]
    fn what_the_index_finds_fits_and_whole_words_and_beginnings_are_always_found(
        words in prop::collection::btree_set("(pand|p|elephan|leopar)?[adestx]{1,4}", 1..40),
        text in "(pand|p|elephan|leopar)?[adestx]{1,4}",
    ) {
        let words: Vec<String> = words.into_iter().collect();
        let number = |number: usize| format!("n{number:02}");
        let all: Vec<Update> = (0..words.len())
            .map(|place| document(Kind::Gift, &number(place), &words[place], &[]))
            .collect();
        let found = finds(&over(&all), &text);
        let query = TextQuery::new(&text);
        for (place, word) in words.iter().enumerate() {
            let is_found = found.contains(&format!("gift_{}", number(place)));
            match query.words()[0].matches(word) {
                None => prop_assert!(!is_found, "{word} for {text}"),
                Some(MatchQuality::Typo) => {}
                Some(_) => prop_assert!(is_found, "{word} for {text}"),
            }
        }
    }

    /// As long as it has a word at all, and even where it has more words than count.
    #[test]
    fn every_title_is_found_by_itself_and_by_each_of_its_beginnings(
        titles in prop::collection::btree_set("\\PC{1,12}( \\PC{1,9}){0,20}", 1..8),
    ) {
        let titles: Vec<String> = titles.into_iter().collect();
        let all: Vec<Update> = titles
            .iter()
            .enumerate()
            .map(|(number, title)| document(Kind::Gift, &number.to_string(), title, &[]))
            .collect();
        let search = over(&all);
        for (number, title) in titles.iter().enumerate() {
            let id = format!("gift_{number}");
            for (end, _) in title.char_indices().skip(1).chain([(title.len(), ' ')]) {
                let typed = &title[..end];
                if TextQuery::new(typed).is_empty() {
                    continue;
                }
                let found = finds(&search, typed);
                prop_assert!(found.contains(&id), "{typed:?} of {title:?}: {found:?}");
            }
        }
        prop_assert!(TextQuery::new(&titles.join(" ")).words().len() <= MOST_WORDS);
    }
}
