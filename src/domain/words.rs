//! The words by which the text filter finds a document: lower case, without accents, in Latin letters where there are
//! any for a script.
//!
//! Stored words and search words are folded alike, so that "PANDÁ" finds "panda". Ranking and tolerance of typing
//! errors are in `search`.

use std::borrow::Cow;
use std::ops::Range;

use deunicode::deunicode_char;

/// The maximum length of a word in bytes; longer words are cut, in documents and queries alike.
const LONGEST: usize = 40;

/// How apostrophes are transliterated, and letters that are written as one.
const APOSTROPHES: [char; 2] = ['\'', '`'];

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
/// A word is a run of letters and digits; an apostrophe inside a word is dropped ("People's" is `peoples`). No letter
/// ends a word, whatever its script ("Azərbaycan" is `azerbaycan`); but each Chinese character is a word of its own.
pub fn spots(text: &str) -> Vec<Spot> {
    let mut found: Vec<Spot> = Vec::new();
    let mut inside = false;
    for (start, character) in text.char_indices() {
        let end = start + character.len_utf8();
        let Some(folded) = folded(character) else {
            inside = false;
            continue;
        };
        // Combining marks belong to the letter before them.
        if let (true, "", Some(last)) = (inside, &*folded, found.last_mut()) {
            last.place.end = end;
        }
        for letter in folded.chars() {
            if !letter.is_alphanumeric() {
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

/// What a character becomes: Latin letters and digits; blanks and signs, which end words; nothing, where it is no more
/// than a mark on the letter before it. `None` for signs of which nothing is known.
///
/// The transliteration writes some letters as signs, such as `ə` as `@`. These would end a word: they become the letter
/// that is written for them where a keyboard lacks them, or else stay as they are.
fn folded(character: char) -> Option<Cow<'static, str>> {
    let latin = deunicode_char(character);
    if !character.is_alphabetic() {
        return Some(latin?.replace(APOSTROPHES, "").into());
    }
    match character {
        'Ə' | 'ə' | 'Ǝ' | 'ǝ' | 'ɚ' => return Some("e".into()),
        'Ә' | 'ә' | 'Ӛ' | 'ӛ' | 'ة' | 'ۃ' | 'ى' | 'ع' => return Some("a".into()),
        _ => {}
    }
    let is_sound = |letter: char| letter.is_ascii_alphanumeric();
    match latin {
        Some(latin) if latin.contains(is_sound) => {
            let is_sign = |letter: char| !is_sound(letter) && !letter.is_whitespace();
            if latin.contains(is_sign) {
                return Some(latin.replace(is_sign, "").into());
            }
            Some(latin.into())
        }
        // The soft sign, glottal stops, vowel marks.
        Some(latin) if latin.chars().all(|letter| APOSTROPHES.contains(&letter)) => Some("".into()),
        _ => Some(
            character
                .to_lowercase()
                .filter(|letter| letter.is_alphanumeric())
                .collect::<String>()
                .into(),
        ),
    }
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
    use deunicode::{deunicode, deunicode_char};
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

    #[test]
    fn every_letter_of_a_word_stays_a_letter() {
        for (text, folded) in [
            ("Azərbaycan", "azerbaycan"),
            ("AZƏRBAYCAN", "azerbaycan"),
            ("Hawaiʻi", "hawaii"),
            ("объект", "obekt"),
            ("Әзірбайжан", "azirbaizhan"),
            ("Ʌsɛ", "ʌse"),
            ("جمهورية", "jmhwrya"),
        ] {
            assert_eq!(words([text]), [folded], "{text}");
        }
        assert_eq!(words(["Azərbaycan"]), words(["Azerbaycan"]));
        for letter in ('\u{80}'..=char::MAX).filter(|character| character.is_alphabetic()) {
            let between = words([format!("a{letter}b").as_str()]);
            // Chinese characters are words of their own, and a few letters of Arabic stand for several words.
            let is_a_word = deunicode_char(letter).is_some_and(|latin| latin.contains(char::is_whitespace));
            assert!(between.len() == 1 || is_a_word, "{letter:?} parts {between:?}");
        }
    }

    proptest! {
        #[test]
        fn the_words_of_a_text_are_those_of_its_transliteration(text in "[ !#-~À-ɏА-яΑ-ω一-龥]{0,60}") {
            prop_assume!(!text.contains(['Ə', 'Ǝ', 'ǝ', 'Ʌ', 'ǀ', 'ǁ', 'ǂ', 'ǃ']));
            let folded = deunicode(&text).to_lowercase().replace(['\'', '`', '"'], "");
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
