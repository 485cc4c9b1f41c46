//! Texts put in order: composed letters, no blanks at the ends, no characters that nobody sees; and the key by which texts
//! are ordered.
//!
//! Words, by which texts are found, are in `words`. Which field may say what is the business of `schema/collections`.

use std::borrow::Cow;
use std::fmt;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use super::words::spots;

/// A character that no text may have, and where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unseen {
    /// The character.
    pub character: char,
    /// Its place in the text, counted in characters from 1.
    pub place: usize,
}

impl fmt::Display for Unseen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.character {
            character if character.is_control() => "a control character",
            character if is_direction(character) => "a direction override",
            _ => "a zero-width mark",
        };
        write!(
            f,
            "U+{:04X}, {kind}, as character {}",
            u32::from(self.character),
            self.place
        )
    }
}

/// The text in Normalization Form C, without blanks at its ends, with `\n` for every line end. Two texts that look the same
/// are the same afterwards, as far as Unicode holds them for the same.
pub fn tidied(text: &str) -> Cow<'_, str> {
    let trimmed = text.trim();
    let has_line_ends = trimmed.contains(['\r', '\u{85}', '\u{2028}', '\u{2029}']);
    if !has_line_ends && (trimmed.is_ascii() || is_nfc_quick(trimmed.chars()) == IsNormalized::Yes) {
        return Cow::Borrowed(trimmed);
    }
    let lines = trimmed
        .replace("\r\n", "\n")
        .replace(['\r', '\u{85}', '\u{2028}', '\u{2029}'], "\n");
    Cow::Owned(lines.nfc().collect())
}

/// The first character of a tidied text that no text may have: controls other than the line end, direction overrides, and
/// marks without width, except those that join letters where their script needs that.
pub fn unseen(text: &str) -> Option<Unseen> {
    let mut before = None;
    let mut letters = text.chars().enumerate().peekable();
    while let Some((index, character)) = letters.next() {
        let after = letters.peek().map(|(_, after)| *after);
        let is_refused = match character {
            '\n' => false,
            '\u{200c}' | '\u{200d}' => !joins(before, after),
            character => character.is_control() || is_direction(character) || is_zero_width(character),
        };
        if is_refused {
            return Some(Unseen {
                character,
                place: index + 1,
            });
        }
        before = Some(character);
    }
    None
}

/// Embeddings, overrides and isolates, and the marks that set a direction.
const fn is_direction(character: char) -> bool {
    matches!(
        character,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    )
}

const fn is_zero_width(character: char) -> bool {
    matches!(
        character,
        '\u{ad}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180e}' | '\u{200b}'
            | '\u{2060}'..='\u{2064}' | '\u{206a}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
    )
}

/// Whether a joiner or non-joiner stands between two letters whose scripts use it: those of the Arabic family, of South
/// and Southeast Asia, and signs that join to one picture.
fn joins(before: Option<char>, after: Option<char>) -> bool {
    let is_joined = |letter: char| {
        matches!(
            letter,
            '\u{600}'..='\u{109f}' | '\u{1700}'..='\u{18af}' | '\u{1a20}'..='\u{1cff}' | '\u{a800}'..='\u{abff}'
                | '\u{fb50}'..='\u{fdff}' | '\u{fe0f}' | '\u{fe70}'..='\u{fefc}' | '\u{2190}'..='\u{2bff}'
                | '\u{1f000}'..='\u{1faff}'
        )
    };
    before.is_some_and(is_joined) && after.is_some_and(is_joined)
}

/// How many letters of its words a key has at most; longer texts are ordered by themselves from there on.
const LONGEST_WORDS: usize = 120;

/// The key by which a text is ordered: first by its words, without case and accents, then by the text itself.
pub fn sort_key(text: &str) -> String {
    let mut key = String::new();
    for spot in spots(text) {
        if !key.is_empty() {
            key.push(' ');
        }
        key.push_str(&spot.word);
        if key.len() >= LONGEST_WORDS {
            break;
        }
    }
    // Lower than everything in a word, so that a text comes before those that begin with it.
    key.push('\u{1}');
    key.push_str(text);
    key
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn letters_are_composed_and_blanks_go_at_the_ends() {
        for (text, expected) in [
            ("panda", "panda"),
            ("\u{a0}\u{2003} panda \u{3000}\t\n", "panda"),
            ("cafe\u{301}", "caf\u{e9}"),
            ("\u{212b}ngstro\u{308}m", "\u{c5}ngstr\u{f6}m"),
            ("\u{1112}\u{1161}\u{11ab}", "\u{d55c}"),
            ("one\r\ntwo\rthree\u{2028}four", "one\ntwo\nthree\nfour"),
            ("one  two", "one  two"),
            (" \u{2009} ", ""),
        ] {
            assert_eq!(tidied(text), expected, "{text:?}");
        }
    }

    #[test]
    fn what_nobody_sees_is_told_by_its_code_and_place() {
        for (text, told) in [
            ("a\u{0}b", Some("U+0000, a control character, as character 2")),
            ("a\tb", Some("U+0009, a control character, as character 2")),
            ("\u{202e}abc", Some("U+202E, a direction override, as character 1")),
            ("ab\u{2066}c", Some("U+2066, a direction override, as character 3")),
            ("pan\u{200b}da", Some("U+200B, a zero-width mark, as character 4")),
            ("pan\u{200d}da", Some("U+200D, a zero-width mark, as character 4")),
            ("\u{feff}a", Some("U+FEFF, a zero-width mark, as character 1")),
            ("soft\u{ad}en", Some("U+00AD, a zero-width mark, as character 5")),
            ("two\nlines", None),
            // Persian and Sinhala need it, and pictures are joined by it.
            ("می\u{200c}خواهم", None),
            ("ශ්\u{200d}රී ලංකා", None),
            ("👩\u{200d}🚀", None),
            ("大熊猫, Россия, مصر", None),
        ] {
            assert_eq!(
                unseen(text).map(|unseen| unseen.to_string()).as_deref(),
                told,
                "{text:?}"
            );
        }
    }

    #[test]
    fn texts_are_ordered_by_their_words_and_then_by_themselves() {
        let mut texts = [
            "Zz",
            "Öland",
            "apple pie",
            "Çland",
            "apple",
            "Apple",
            "",
            "Apples",
            "--",
            "panda 2",
            "Panda",
        ];
        texts.sort_by_key(|text| sort_key(text));
        assert_eq!(
            texts,
            [
                "",
                "--",
                "Apple",
                "apple",
                "apple pie",
                "Apples",
                "Çland",
                "Öland",
                "Panda",
                "panda 2",
                "Zz"
            ]
        );
    }

    /// As ICU's root collation orders them: `new Intl.Collator('und')` of Node.js 20.20.2, ICU 78.2, Unicode 17.0.
    const BY_ICU: &str = "\
        Afghanistan|Åland Islands|Albania|algae eater|Algeria|Antigua and Barbuda|apple snail|Argentina|Ávila|\
        Azerbaijan|Bénin|Bolivia|Bosnia and Herzegovina|Brazil|brown bear|Brunei|Cabo Verde|Çatalca|Chad|\
        Chile|Côte d'Ivoire|Croatia|Curaçao|Czechia|Denmark|donkey|Éire|El Salvador|España|Færoe|Færøerne|\
        Finland|France|French Guiana|giant panda|Guinea|Guinea-Bissau|Île-de-France|India|Indonesia|Iran|\
        Ísland|Japan|Jordan|Kiribati|Korea|Lao|Łódź|Luxembourg|Mali|México|Nepal|Niger|Nigeria|Öland|Oman|\
        Österreich|Panama|panda|Perú|Réunion|Saint Kitts|Saint-Denis|São Tomé|Türkiye|Übersee|Vatican|Ystad|\
        Zaïre|Zambia|Zz";

    #[test]
    fn names_are_ordered_as_by_the_root_collation_of_unicode() {
        let recorded: Vec<&str> = BY_ICU.split('|').collect();
        assert_eq!(recorded.len(), 71);
        let mut names = recorded.clone();
        names.reverse();
        names.sort_by_key(|name| sort_key(name));
        let mut expected = recorded;
        // The one difference: a hyphen parts words as a blank does, where ICU puts all blanks before all hyphens.
        let kitts = expected.iter().position(|name| *name == "Saint Kitts").expect("there");
        assert_eq!(expected[kitts + 1], "Saint-Denis");
        expected.swap(kitts, kitts + 1);
        assert_eq!(names, expected);
    }

    proptest! {
        #[test]
        fn what_is_tidied_stays_so(text in any::<String>()) {
            let once = tidied(&text).into_owned();
            prop_assert_eq!(tidied(&once), once.as_str());
        }

        #[test]
        fn no_two_texts_have_one_key(one in any::<String>(), other in any::<String>()) {
            prop_assert_eq!(sort_key(&one) == sort_key(&other), one == other);
        }
    }
}
