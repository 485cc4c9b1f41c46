//! `import --dates as-told`: dates as people write them, read where they have one plain meaning.
//!
//! What a text means is decided in `domain::date`.

use serde_json::{Value as Json, json};

use crate::domain::date::as_told;

/// Puts EDTF in the place of each date that is written otherwise and has one plain meaning; the text itself becomes the
/// phrase, unless the row has one. What has no plain meaning stays as it is, and is refused with what it may mean.
pub(super) fn read_dates(row: &mut Json) {
    match row {
        Json::Object(fields) => {
            let text = fields.get("edtf").and_then(Json::as_str).map(str::to_owned);
            let read = text.as_deref().and_then(as_told);
            if let (Some(text), Some(edtf)) = (text, read)
                && text != edtf
            {
                let has_phrase = fields.get("phrase").is_some_and(|phrase| !phrase.is_null());
                if !has_phrase {
                    fields.insert("phrase".to_owned(), json!(text.trim()));
                }
                fields.insert("edtf".to_owned(), json!(edtf));
            }
            fields.values_mut().for_each(read_dates);
        }
        Json::Array(items) => items.iter_mut().for_each(read_dates),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_keeps_its_text_as_the_phrase_wherever_it_stands() {
        let mut row = json!({
            "date": { "edtf": "c. 1844" },
            "origin": { "open": { "edtf": "before 1900", "phrase": "long ago" } },
            "statusHistory": [{ "date": { "edtf": "1.11.2024", "phrase": null } }, { "date": { "edtf": "1/11/2024" } }],
            "published": { "edtf": "2024-11-01" },
            "title": "c. 1844",
        });
        read_dates(&mut row);
        assert_eq!(
            row,
            json!({
                "date": { "edtf": "1844~", "phrase": "c. 1844" },
                "origin": { "open": { "edtf": "../1899", "phrase": "long ago" } },
                "statusHistory": [
                    { "date": { "edtf": "2024-11-01", "phrase": "1.11.2024" } },
                    { "date": { "edtf": "1/11/2024" } },
                ],
                "published": { "edtf": "2024-11-01" },
                "title": "c. 1844",
            })
        );
    }
}
