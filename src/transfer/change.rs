//! What an import changes in documents, value by value, for whoever reads it.

use std::fmt;

use serde_json::Value as Json;

use crate::store::write::{Effect, FieldChange};

/// How much of a value is told, in characters.
const LONGEST: usize = 80;

/// What becomes of the document of a row.
#[derive(Clone, Debug, PartialEq)]
pub struct RowChange {
    /// The file's name.
    pub file: String,
    /// The line that the row begins in.
    pub line: u32,
    /// The document.
    pub id: String,
    /// What becomes of it.
    pub effect: Effect,
    /// Its values that change, where it is there already.
    pub changes: Vec<FieldChange>,
}

impl fmt::Display for RowChange {
    /// A line for each value, with its end; none where nothing changes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, id, .. } = self;
        if self.effect == Effect::Created {
            writeln!(f, "{file}:{line}: {id} is new")?;
        }
        for change in &self.changes {
            let (before, after) = (told(change.before.as_ref()), told(change.after.as_ref()));
            writeln!(f, "{file}:{line}: {id}: {}: {before} → {after}", change.field)?;
        }
        Ok(())
    }
}

fn told(value: Option<&Json>) -> String {
    let text = value.map_or_else(|| "nothing".to_owned(), Json::to_string);
    let mut start: String = text.chars().take(LONGEST).collect();
    if start.len() < text.len() {
        start.push('…');
    }
    start
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_are_told_before_and_after() {
        let change = |field: &str, before: Option<Json>, after: Option<Json>| FieldChange {
            field: field.to_owned(),
            before,
            after,
        };
        let row = RowChange {
            file: "gifts.csv".to_owned(),
            line: 3,
            id: "gift_a".to_owned(),
            effect: Effect::Updated,
            changes: vec![
                change("total.phrase", Some(json!("over 70")), None),
                change("total.min", Some(json!(71)), Some(json!(72))),
            ],
        };
        assert_eq!(
            row.to_string(),
            "gifts.csv:3: gift_a: total.phrase: \"over 70\" → nothing\ngifts.csv:3: gift_a: total.min: 71 → 72\n"
        );
    }
}
