//! Cells of tables that a spreadsheet would take for formulas ("CSV injection"): they are written with an apostrophe in
//! front, as OWASP advises, and read without it.

use std::borrow::Cow;

/// How formulas begin. Spreadsheets take the full-width signs of East Asia for the others.
const BEGINS: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];

/// Whether a text begins like a formula, behind any number of apostrophes: one that has some gets one more, so that each
/// text is read as it was.
fn begins_like_one(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(BEGINS)
}

/// A text as it stands in a cell.
pub fn guarded(text: &str) -> Cow<'_, str> {
    match begins_like_one(text) {
        true => format!("'{text}").into(),
        false => text.into(),
    }
}

/// The text that stands in a cell.
pub fn unguarded(cell: &str) -> &str {
    cell.strip_prefix('\'')
        .filter(|text| begins_like_one(text))
        .unwrap_or(cell)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn formulas_get_an_apostrophe_and_others_do_not() {
        for (text, cell) in [
            ("=1+1", "'=1+1"),
            ("'=1", "''=1"),
            ("-0044", "'-0044"),
            ("＝1", "'＝1"),
            ("it's", "it's"),
            ("'a", "'a"),
        ] {
            assert_eq!(guarded(text), cell);
            assert_eq!(unguarded(cell), text);
        }
        assert_eq!(unguarded("=1+1"), "=1+1", "as people write it");
    }

    proptest! {
        #[test]
        fn each_text_is_read_as_it_was(text in "['=+@\t\ra-]{0,6}") {
            let cell = guarded(&text);
            prop_assert_eq!(unguarded(&cell), text.as_str());
        }
    }
}
