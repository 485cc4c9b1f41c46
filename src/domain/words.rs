//! The words by which the text filter finds a document: lower case, without accents, in Latin letters.
//!
//! Stored words and search words are folded alike, so that "PANDÁ" finds "panda". Ranking and tolerance of typing
//! errors are in `search`.

use std::ops::Range;

use deunicode::deunicode_char;

/// The maximum length of a word in characters; longer words are cut, in documents and queries alike.
const LONGEST: usize = 40;

/// A word of a text, with its position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spot {
    /// Folded.
    pub word: String,
    /// The bytes of the text that it was folded from. Words folded from the same character have the same bytes.
    pub place: Range<usize>,
}

/// The words of `text` in order, folded, with their positions.
///
/// A word is a run of letters and digits; an apostrophe inside a word is dropped ("People's" is `peoples`).
pub fn spots(text: &str) -> Vec<Spot> {
    let mut found: Vec<Spot> = Vec::new();
    let mut inside = false;
    for (start, character) in text.char_indices() {
        let end = start + character.len_utf8();
        let Some(folded) = deunicode_char(character) else {
            inside = false;
            continue;
        };
        // Combining marks belong to the letter before them.
        if let (true, "", Some(last)) = (inside, folded, found.last_mut()) {
            last.place.end = end;
        }
        for letter in folded.chars() {
            if matches!(letter, '\'' | '`') {
                continue;
            }
            if !letter.is_ascii_alphanumeric() {
                inside = false;
                continue;
            }
            let letter = letter.to_ascii_lowercase();
            match found.last_mut() {
                Some(last) if inside => {
                    if last.word.len() < LONGEST {
                        last.word.push(letter);
                    }
                    last.place.end = end;
                }
                _ => found.push(Spot {
                    word: letter.into(),
                    place: start..end,
                }),
            }
            inside = true;
        }
    }
    found
}

/// The distinct words of `texts`, in alphabetical order.
pub fn words<'a>(texts: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut found: Vec<String> = texts.into_iter().flat_map(spots).map(|spot| spot.word).collect();
    found.sort_unstable();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use deunicode::deunicode;
    use proptest::prelude::*;

    use super::{LONGEST, spots, words};

    #[test]
    fn case_and_accents_do_not_matter() {
        assert_eq!(words(["PANDÁ panda"]), ["panda"]);
    }

    #[test]
    fn words_end_at_everything_but_letters_and_digits() {
        assert_eq!(
            words(["ru-kp-2024: over 70", "People's"]),
            ["2024", "70", "kp", "over", "peoples", "ru"]
        );
    }

    #[test]
    fn other_scripts_are_found_by_their_latin_letters() {
        assert_eq!(words(["Пак"]), words(["Pak"]));
    }

    #[test]
    fn text_without_words_gives_none() {
        assert!(words(["--- !!", ""]).is_empty());
    }

    #[test]
    fn a_word_tells_where_it_stands() {
        let text = "«Панда» of the People's cafe\u{301}, 北京";
        let told: Vec<(String, &str)> = spots(text)
            .into_iter()
            .map(|spot| (spot.word, &text[spot.place]))
            .collect();
        let expected = [
            ("panda", "Панда"),
            ("of", "of"),
            ("the", "the"),
            ("peoples", "People's"),
            ("cafe", "cafe\u{301}"),
            ("bei", "北"),
            ("jing", "京"),
        ];
        assert_eq!(told, expected.map(|(word, place)| (word.to_owned(), place)));
    }

    proptest! {
        /// Stored words were folded from whole texts and must not change.
        #[test]
        fn the_words_of_a_text_are_those_of_its_characters(text in "\\PC{0,60}") {
            let folded = deunicode(&text).to_lowercase().replace(['\'', '`'], "");
            let mut expected: Vec<String> = folded
                .split(|letter: char| !letter.is_ascii_alphanumeric())
                .filter(|word| !word.is_empty())
                .map(|word| word.chars().take(LONGEST).collect())
                .collect();
            let in_order: Vec<String> = spots(&text).into_iter().map(|spot| spot.word).collect();
            prop_assert_eq!(&in_order, &expected);
            expected.sort_unstable();
            expected.dedup();
            prop_assert_eq!(words([text.as_str()]), expected);
        }

        #[test]
        fn places_follow_each_other_and_lie_within_the_text(text in any::<String>()) {
            let mut before = 0..0;
            for spot in spots(&text) {
                prop_assert!(text.get(spot.place.clone()).is_some_and(|piece| !piece.is_empty()));
                // Two words can share a character: "¼a" is `1` and `4a`.
                prop_assert!(spot.place.start >= before.start && spot.place.end >= before.end, "{:?}", spot);
                before = spot.place;
            }
        }
    }
}
