//! The rows of an aggregation, read straight from a reply: statistics by year have thousands of them.

use mongodb::bson::{Document, RawBsonRef, RawDocument};

use super::groups::{All, Group, Pair, Span, Tally, Words};
use crate::domain::count::Sum;
use crate::domain::date::Day;
use crate::domain::id::Kind;
use crate::store::{Result, StoreError};

/// What a row is the sum of.
pub(super) trait RowKey: Ord + Sized {
    /// The key as the database gives it; `None` if it has another form.
    fn read(key: RawBsonRef<'_>) -> Option<Self>;
}

impl RowKey for All {
    fn read(key: RawBsonRef<'_>) -> Option<Self> {
        key.as_document().map(|_| Self {})
    }
}

impl RowKey for Words {
    fn read(key: RawBsonRef<'_>) -> Option<Self> {
        let (mut status, mut mode) = (None, None);
        each(key.as_document()?, |name, value| {
            match name {
                "status" => status = Option::read(value)?,
                "mode" => mode = Option::read(value)?,
                _ => {}
            }
            Some(())
        })?;
        Some(Self { status, mode })
    }
}

impl RowKey for Pair {
    fn read(key: RawBsonRef<'_>) -> Option<Self> {
        let (mut giver, mut recipient) = (String::new(), String::new());
        each(key.as_document()?, |name, value| {
            match name {
                "giver" => giver = value.as_str()?.to_owned(),
                "recipient" => recipient = value.as_str()?.to_owned(),
                _ => {}
            }
            Some(())
        })?;
        Some(Self { giver, recipient })
    }
}

impl RowKey for Span {
    fn read(key: RawBsonRef<'_>) -> Option<Self> {
        let (mut dated, mut qualified, mut end_unknown) = (None, None, None);
        let (mut from, mut to) = (None, None);
        each(key.as_document()?, |name, value| {
            match name {
                "dated" => dated = value.as_bool(),
                "qualified" => qualified = value.as_bool(),
                "endUnknown" => end_unknown = value.as_bool(),
                "from" => from = year(value),
                "to" => to = year(value),
                _ => {}
            }
            Some(())
        })?;
        Some(Self {
            dated: dated?,
            qualified: qualified?,
            end_unknown: end_unknown?,
            from,
            to,
        })
    }
}

impl RowKey for Vec<String> {
    fn read(key: RawBsonRef<'_>) -> Option<Self> {
        let texts = key.as_array()?.into_iter();
        texts.map(|text| Some(text.ok()?.as_str()?.to_owned())).collect()
    }
}

impl RowKey for Option<String> {
    fn read(key: RawBsonRef<'_>) -> Option<Self> {
        match key {
            RawBsonRef::Null => Some(None),
            key => Some(Some(key.as_str()?.to_owned())),
        }
    }
}

/// The sums of a row, as the stages of the aggregations name them.
#[derive(Default)]
struct Sums {
    /// Whether its gifts were given. Absent if animals are not counted.
    given: bool,
    gifts: i64,
    min: i64,
    max: i64,
    open: i64,
    unknown: i64,
    approximate: i64,
    first: Option<Day>,
    first_unknown: i64,
    last: Option<Day>,
    last_unknown: i64,
}

impl Sums {
    fn into_group(self) -> Group {
        let animals = if self.given {
            let unknown = u32::try_from(self.unknown).unwrap_or(u32::MAX);
            let max = (self.open == 0).then_some(self.max);
            Sum::of(self.min, max, unknown, self.approximate > 0)
        } else {
            Sum::default()
        };
        Group {
            tally: Tally {
                gifts: self.gifts.unsigned_abs(),
                animals,
            },
            first: self.first.filter(|_| self.first_unknown == 0),
            last: self.last.filter(|_| self.last_unknown == 0),
        }
    }
}

/// The key and the group of a row.
///
/// # Errors
/// [`StoreError::Unreadable`] if it has another form than the stages give it.
pub(super) fn read<K: RowKey>(row: &RawDocument) -> Result<(K, Group)> {
    key_and_sums(row)
        .map(|(key, sums)| (key, sums.into_group()))
        .ok_or_else(|| StoreError::Unreadable {
            collection: Kind::Gift.collection(),
            detail: format!("an aggregation answered {:?}", Document::try_from(row)),
        })
}

fn key_and_sums<K: RowKey>(row: &RawDocument) -> Option<(K, Sums)> {
    let (mut key, mut sums) = (None, Sums::default());
    each(row, |name, value| {
        match name {
            "_id" => each(value.as_document()?, |name, value| {
                match name {
                    "key" => key = Some(K::read(value)?),
                    "given" => sums.given = value.as_bool()?,
                    _ => {}
                }
                Some(())
            })?,
            "gifts" => sums.gifts = whole(value),
            "min" => sums.min = whole(value),
            "max" => sums.max = whole(value),
            "open" => sums.open = whole(value),
            "unknown" => sums.unknown = whole(value),
            "approximate" => sums.approximate = whole(value),
            "first" => sums.first = day(value)?,
            "firstUnknown" => sums.first_unknown = whole(value),
            "last" => sums.last = day(value)?,
            "lastUnknown" => sums.last_unknown = whole(value),
            _ => {}
        }
        Some(())
    })?;
    // A key that is missing in its documents is missing here, where it is not null.
    Some((key.or_else(|| K::read(RawBsonRef::Null))?, sums))
}

/// Takes each field; `None` as soon as one cannot be taken.
fn each<'a>(document: &'a RawDocument, mut take: impl FnMut(&str, RawBsonRef<'a>) -> Option<()>) -> Option<()> {
    for field in document {
        let (name, value) = field.ok()?;
        take(name.as_str(), value)?;
    }
    Some(())
}

/// A number in any numeric type of a server.
fn number(value: RawBsonRef<'_>) -> Option<i64> {
    match value {
        RawBsonRef::Int32(number) => Some(number.into()),
        RawBsonRef::Int64(number) => Some(number),
        RawBsonRef::Double(number) => Some(number as i64),
        _ => None,
    }
}

/// A sum; counts are far below 2^53.
fn whole(value: RawBsonRef<'_>) -> i64 {
    number(value).unwrap_or(0)
}

/// A day or null.
fn day(value: RawBsonRef<'_>) -> Option<Option<Day>> {
    match value {
        RawBsonRef::Null => Some(None),
        RawBsonRef::DateTime(moment) => Some(Some(Day::from_millis(moment.timestamp_millis()))),
        _ => None,
    }
}

/// A year, as a number or as a day in it.
fn year(value: RawBsonRef<'_>) -> Option<i64> {
    match value {
        RawBsonRef::DateTime(moment) => Some(Day::from_millis(moment.timestamp_millis()).civil().0),
        value => number(value),
    }
}

#[cfg(test)]
mod tests {
    use mongodb::bson::{Bson, DateTime, RawDocumentBuf, doc};

    use super::*;

    fn row<K: RowKey>(id: Document, more: Document) -> Result<(K, Group)> {
        let mut row = doc! { "_id": id };
        row.extend(more);
        read(&RawDocumentBuf::try_from(&row).expect("BSON"))
    }

    #[test]
    fn numbers_and_days_are_read_in_every_type_that_servers_answer() {
        let key = doc! { "dated": true, "qualified": false, "endUnknown": false, "from": 1965, "to": DateTime::from_millis(0) };
        let sums = doc! { "gifts": 2_i64, "min": 3.0, "max": 4, "open": 0, "unknown": 0, "approximate": 0 };
        let (span, group) = row::<Span>(doc! { "key": key, "given": true }, sums).expect("readable");
        assert_eq!((span.from, span.to), (Some(1965), Some(1970)));
        assert_eq!(group.tally.gifts, 2);
        assert_eq!(group.tally.animals, Sum::of(3, Some(4), 0, false));
    }

    #[test]
    fn a_key_that_is_null_or_missing_is_none_and_one_of_another_form_an_error() {
        let taxon = |id| row::<Option<String>>(id, doc! { "gifts": 1 });
        for id in [doc! { "key": Bson::Null }, doc! {}] {
            assert_eq!(taxon(id).expect("readable").0, None);
        }
        assert_eq!(
            taxon(doc! { "key": "Felidae" }).expect("readable").0.as_deref(),
            Some("Felidae")
        );
        for id in [doc! { "key": 1 }, doc! { "key": "x", "given": "yes" }] {
            assert!(matches!(taxon(id), Err(StoreError::Unreadable { .. })));
        }
        assert!(matches!(
            row::<Pair>(doc! { "key": { "giver": 1 } }, doc! {}),
            Err(StoreError::Unreadable { .. })
        ));
        let undated = row::<Span>(doc! { "key": { "dated": false } }, doc! {});
        assert!(matches!(undated, Err(StoreError::Unreadable { .. })));
    }

    #[test]
    fn days_count_only_where_those_of_all_are_known() {
        let sums =
            |unknown: i32| doc! { "first": DateTime::from_millis(0), "firstUnknown": unknown, "last": Bson::Null };
        let first = |unknown| row::<All>(doc! { "key": {} }, sums(unknown)).expect("readable").1.first;
        assert_eq!(first(0), Some(Day::from_millis(0)));
        assert_eq!(first(1), None);
    }
}
