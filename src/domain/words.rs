//! The words by which the text filter finds a document: lower case, without accents, in Latin letters.
//!
//! The same folding serves what is stored and what is asked for, so that "PANDÁ" finds "panda". Ranking and
//! tolerance of typing errors are no business of this file.

use deunicode::deunicode;

/// How many characters of one word count; longer words are cut on both sides alike.
const LONGEST: usize = 40;

/// The distinct words of `text`, folded, in alphabetical order.
///
/// A word is a run of letters and digits; an apostrophe inside a word is dropped ("People's" is `peoples`).
pub fn words<'a>(texts: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut found: Vec<String> = texts
        .into_iter()
        .flat_map(|text| {
            let folded = deunicode(text).to_lowercase().replace(['\'', '`'], "");
            folded
                .split(|c: char| !c.is_ascii_alphanumeric())
                .filter(|word| !word.is_empty())
                .map(|word| word.chars().take(LONGEST).collect())
                .collect::<Vec<String>>()
        })
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::words;

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
}
