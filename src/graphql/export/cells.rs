//! CSV cells: values from a row, text for nested values, and protection against formula injection.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::Value as Json;

use crate::api::error::ApiError;
use crate::domain::count::{CountRange, Sum};
use crate::domain::formula::guarded;
use crate::store::path::value_at;

/// What rows tell of the documents that they refer to: texts by field and id.
#[derive(Default)]
pub struct ShownTexts(HashMap<TextField, HashMap<String, String>>);

/// A field of the documents that rows refer to.
#[derive(Clone, Copy, Debug, Hash, PartialEq, Eq, PartialOrd, Ord)]
pub enum TextField {
    /// The one that they are called by.
    Name,
    /// The one at this path.
    At(&'static str),
}

impl ShownTexts {
    /// Adds the texts of one field, by id.
    pub fn add(&mut self, field: TextField, texts: HashMap<String, String>) {
        self.0.entry(field).or_default().extend(texts);
    }

    fn get(&self, field: TextField, id: &str) -> Option<&str> {
        self.0.get(&field)?.get(id).map(String::as_str)
    }
}

/// The value at a dotted path; null where there is none.
pub fn at<'a>(value: &'a Json, path: &str) -> &'a Json {
    let found = value.as_object().and_then(|fields| value_at(fields, path));
    found.unwrap_or(&Json::Null)
}

/// The content of a column, as a schema file declares it.
#[derive(Clone, Copy, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub enum Cell {
    /// The value at this path; a list is joined into one cell.
    Value(&'static str),
    /// The items of a list as text: the texts at `text`, or the names of the documents at `named`, each followed by the
    /// word at `remark` or the count at `count`: `Brown bear: 2; African lion: 1`, `Russia (ACTOR)`.
    List {
        list: &'static str,
        named: Option<&'static str>,
        text: Option<&'static str>,
        remark: Option<&'static str>,
        count: Option<&'static str>,
    },
    /// The name of the document at this path; empty if it no longer exists.
    Name { named: &'static str },
    /// The text in a field of the document at this path.
    Of { of: &'static str, text: &'static str },
    /// The year of the day at this path.
    Year { year: &'static str },
    /// The count at this path as text, as in GraphQL.
    Count { count: &'static str },
    /// The lower or upper bound of the sum of the counts in a list.
    Sum { sum: &'static str, bound: Bound },
}

/// Which bound of a sum.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Bound {
    Min,
    Max,
}

impl Cell {
    /// The path of the ids of whose documents this cell shows a field.
    pub fn refers_at(&self) -> Option<(String, TextField)> {
        match *self {
            Self::Name { named } => Some((named.to_owned(), TextField::Name)),
            Self::Of { of, text } => Some((of.to_owned(), TextField::At(text))),
            Self::List { list, named, .. } => named.map(|id| (format!("{list}.{id}"), TextField::Name)),
            _ => None,
        }
    }

    /// The content of the cell for this row.
    pub fn of(&self, row: &Json, texts: &ShownTexts) -> Json {
        match *self {
            Self::Value(path) => match at(row, path) {
                Json::Array(items) => joined(items).into(),
                value => value.clone(),
            },
            Self::Name { named } => text_of(at(row, named), TextField::Name, texts),
            Self::Of { of, text } => text_of(at(row, of), TextField::At(text), texts),
            Self::Year { year } => at(row, year).as_str().and_then(year_of).map_or(Json::Null, Json::from),
            Self::Count { count: path } => count(at(row, path)).map_or(Json::Null, |count| count.text().into()),
            Self::Sum { sum: list, bound } => {
                let sum = sum(&row[list]);
                match bound {
                    Bound::Min => sum.min.into(),
                    Bound::Max => sum.max.into(),
                }
            }
            Self::List {
                list,
                named,
                text,
                remark,
                count,
            } => {
                let words = |item: &Json| {
                    let text = named.or(text).and_then(|path| item[path].as_str()).unwrap_or_default();
                    // The id, if the document no longer exists.
                    let name = texts.get(TextField::Name, text).filter(|_| named.is_some());
                    let text = name.unwrap_or(text);
                    match (count, remark.and_then(|path| item[path].as_str())) {
                        (Some(path), _) => format!("{text}: {}", self::count(&item[path]).unwrap_or_default().text()),
                        (None, Some(remark)) => format!("{text} ({remark})"),
                        (None, None) => text.to_owned(),
                    }
                };
                items_of(&row[list]).map(words).collect::<Vec<_>>().join("; ").into()
            }
        }
    }
}

fn text_of(id: &Json, field: TextField, texts: &ShownTexts) -> Json {
    id.as_str()
        .and_then(|id| texts.get(field, id))
        .map_or(Json::Null, Json::from)
}

/// The year of a day such as `1965-03-01`; before the year 1 it has a sign.
fn year_of(day: &str) -> Option<i64> {
    let digits = day.strip_prefix('-').unwrap_or(day);
    let year: i64 = digits.split_once('-')?.0.parse().ok()?;
    Some(if day.starts_with('-') { -year } else { year })
}

fn sum(list: &Json) -> CountRange {
    let counts: Vec<Option<CountRange>> = items_of(list).map(|item| count(&item["count"])).collect();
    let sum: Sum = counts.iter().map(Option::as_ref).collect();
    sum.total()
}

/// A cell as text. Text that a spreadsheet would read as a formula is guarded; numbers stay numbers.
pub fn safe(cell: &Json) -> String {
    match cell {
        Json::Null => String::new(),
        Json::String(text) => guarded(text).into_owned(),
        other => other.to_string(),
    }
}

/// Texts in one cell, from which they can be read again: parted by semicolons, or as JSON where they hold such.
fn joined(items: &[Json]) -> String {
    let texts: Vec<&str> = items.iter().filter_map(Json::as_str).collect();
    let is_plain =
        |text: &&str| !text.is_empty() && text.trim() == *text && !text.contains(';') && !text.starts_with('[');
    match texts.iter().all(is_plain) {
        true => texts.join("; "),
        false => Json::from(items).to_string(),
    }
}

/// Logs a row that cannot be serialized, which should never happen.
pub fn unwritten(error: impl std::fmt::Display) -> ApiError {
    tracing::error!("a row cannot be written: {error}");
    ApiError::Internal
}

fn items_of(value: &Json) -> impl Iterator<Item = &Json> {
    value.as_array().into_iter().flatten()
}

fn count(value: &Json) -> Option<CountRange> {
    serde_json::from_value(value.clone()).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn texts_that_begin_like_formulas_are_made_safe_and_numbers_are_left() {
        for (cell, expected) in [
            (json!("=1+1"), "'=1+1"),
            (json!("+1"), "'+1"),
            (json!("-0044"), "'-0044"),
            (json!("@SUM(A1)"), "'@SUM(A1)"),
            (json!("\t=1"), "'\t=1"),
            (json!("\r=1"), "'\r=1"),
            (json!("a=1"), "a=1"),
            (json!(-5), "-5"),
            (json!(-0.5), "-0.5"),
            (json!(true), "true"),
            (json!(null), ""),
        ] {
            assert_eq!(safe(&cell), expected);
        }
    }

    #[test]
    fn a_day_has_a_year_also_before_the_first() {
        for (day, year) in [
            ("1965-03-01", 1965),
            ("0004-01-01", 4),
            ("-0044-03-15", -44),
            ("-12000-01-01", -12_000),
        ] {
            assert_eq!(year_of(day), Some(year), "{day}");
        }
        assert_eq!(year_of(""), None);
    }

    #[test]
    fn items_are_told_in_words_and_an_unknown_count_makes_the_most_unknown() {
        let row = json!({ "items": [
            { "animal": "animal_bear", "count": { "min": 2, "max": 2 } },
            { "animal": "animal_yak", "count": { "min": 1, "max": null } },
            { "animal": "animal_gone", "count": null },
        ] });
        let names = [("animal_bear", "Bear"), ("animal_yak", "Yak")].map(|(id, name)| (id.into(), name.into()));
        let mut texts = ShownTexts::default();
        texts.add(TextField::Name, HashMap::from(names));
        let items = Cell::List {
            list: "items",
            named: Some("animal"),
            text: None,
            remark: None,
            count: Some("count"),
        };
        assert_eq!(items.of(&row, &texts), "Bear: 2; Yak: 1 or more; animal_gone: unknown");
        let total = sum(&row["items"]);
        assert_eq!((total.min, total.max), (Some(3), None));
    }
}
