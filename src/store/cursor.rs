//! Orders, sort keys and cursors: pure, no I/O.
//!
//! An order is total: the id breaks ties. A cursor contains the sort keys of its row, not a position, so it stays valid
//! when the row is deleted. As in MongoDB, absent values sort first when ascending and last when descending.

use std::cmp::Ordering;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use mongodb::bson::{Bson, DateTime, Document, RawBsonRef, RawDocument, doc};
use serde_json::{Value as Json, json};

use super::path::value_at;

/// The type of a field that can be ordered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKind {
    /// Ordered by its bytes.
    Text,
    Number,
    /// A date or a point in time.
    Moment,
}

/// A field to order by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OrderBy {
    /// A dotted path.
    pub path: &'static str,
    pub kind: KeyKind,
    pub descending: bool,
}

/// The tie-breaker, and the default order.
pub const BY_ID: OrderBy = OrderBy {
    path: "_id",
    kind: KeyKind::Text,
    descending: false,
};

/// The value of one sort field in one row.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SortKey {
    /// Absent or null.
    Absent,
    Number(i64),
    Text(String),
    /// Milliseconds since 1970-01-01T00:00:00Z.
    Moment(i64),
}

impl SortKey {
    fn of(value: Option<RawBsonRef<'_>>) -> Self {
        match value {
            Some(RawBsonRef::Int32(number)) => Self::Number(number.into()),
            Some(RawBsonRef::Int64(number)) => Self::Number(number),
            Some(RawBsonRef::String(text)) => Self::Text(text.to_owned()),
            Some(RawBsonRef::DateTime(moment)) => Self::Moment(moment.timestamp_millis()),
            _ => Self::Absent,
        }
    }

    pub(super) fn to_bson(&self) -> Bson {
        match self {
            Self::Absent => Bson::Null,
            Self::Number(number) => Bson::Int64(*number),
            Self::Text(text) => Bson::String(text.clone()),
            Self::Moment(millis) => Bson::DateTime(DateTime::from_millis(*millis)),
        }
    }

    fn to_json(&self) -> Json {
        match self {
            Self::Absent => Json::Null,
            Self::Number(number) | Self::Moment(number) => json!(number),
            Self::Text(text) => json!(text),
        }
    }

    fn from_json(kind: KeyKind, value: &Json) -> Option<Self> {
        match (kind, value) {
            (_, Json::Null) => Some(Self::Absent),
            (KeyKind::Text, Json::String(text)) => Some(Self::Text(text.clone())),
            (KeyKind::Number, value) => value.as_i64().map(Self::Number),
            (KeyKind::Moment, value) => value.as_i64().map(Self::Moment),
            _ => None,
        }
    }
}

/// A total order over the documents of one collection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order(Vec<OrderBy>);

impl Order {
    /// Orders by these fields. Adds the id if it is missing, and drops the fields after it, which decide nothing.
    pub fn new(fields: impl IntoIterator<Item = OrderBy>) -> Self {
        let mut order: Vec<OrderBy> = Vec::new();
        for field in fields {
            if !order.iter().any(|earlier| earlier.path == field.path) {
                order.push(field);
            }
            if field.path == BY_ID.path {
                return Self(order);
            }
        }
        // The id has the direction of the field before it, so that one index serves both directions.
        let descending = order.last().is_some_and(|last| last.descending);
        order.push(OrderBy { descending, ..BY_ID });
        Self(order)
    }

    /// The fields, most significant first.
    pub fn fields(&self) -> &[OrderBy] {
        &self.0
    }

    /// The sort document; `backward` reverses every direction.
    pub(super) fn sort(&self, backward: bool) -> Document {
        self.0
            .iter()
            .map(|field| {
                let down = field.descending != backward;
                (field.path.to_owned(), Bson::Int32(if down { -1 } else { 1 }))
            })
            .collect()
    }

    /// The sort keys of a row.
    pub(super) fn keys_of(&self, row: &RawDocument) -> Vec<SortKey> {
        let key = |field: &OrderBy| SortKey::of(value_at(row, field.path));
        self.0.iter().map(key).collect()
    }

    /// Compares two rows by their keys.
    pub fn compare(&self, left: &[SortKey], right: &[SortKey]) -> Ordering {
        self.0
            .iter()
            .zip(left.iter().zip(right))
            .map(|(field, (left, right))| {
                let ascending = left.cmp(right);
                if field.descending {
                    ascending.reverse()
                } else {
                    ascending
                }
            })
            .find(|ordering| ordering.is_ne())
            .unwrap_or(Ordering::Equal)
    }

    /// The rows beyond `keys`, as consecutive ranges in this order: each is one bounded scan of an index.
    ///
    /// One condition with `$or` would be equivalent in one command, but a database may then sort all matching documents
    /// before it applies the limit; with ranges, a page at any depth costs as much as the first.
    pub(super) fn ranges_beyond(&self, keys: &[SortKey], backward: bool) -> Vec<Document> {
        let mut ranges = Vec::new();
        for (depth, field) in self.0.iter().enumerate().rev() {
            let Some(key) = keys.get(depth) else { continue };
            let down = field.descending != backward;
            let beyond: Vec<Bson> = match (down, key) {
                (false, SortKey::Absent) => vec![doc! { "$ne": Bson::Null }.into()],
                (false, key) => vec![doc! { "$gt": key.to_bson() }.into()],
                (true, SortKey::Absent) => vec![],
                // The id is never absent.
                (true, key) if field.path == BY_ID.path => vec![doc! { "$lt": key.to_bson() }.into()],
                (true, key) => vec![doc! { "$lt": key.to_bson() }.into(), doc! { "$eq": Bson::Null }.into()],
            };
            for condition in beyond {
                let mut range: Document = self.0[..depth]
                    .iter()
                    .zip(keys)
                    .map(|(field, key)| (field.path.to_owned(), doc! { "$eq": key.to_bson() }.into()))
                    .collect();
                range.insert(field.path, condition);
                ranges.push(range);
            }
        }
        ranges
    }

    fn signature(&self) -> String {
        self.0
            .iter()
            .map(|field| format!("{}{}", if field.descending { '-' } else { '+' }, field.path))
            .collect()
    }

    /// The opaque cursor of a row.
    pub fn encode(&self, keys: &[SortKey]) -> String {
        let keys: Vec<Json> = keys.iter().map(SortKey::to_json).collect();
        URL_SAFE_NO_PAD.encode(json!([self.signature(), keys]).to_string())
    }

    /// Decodes the sort keys of a cursor.
    pub fn decode(&self, cursor: &str) -> Result<Vec<SortKey>, CursorError> {
        /// No valid cursor is longer: `schema/collections` limits the texts that can be ordered by.
        const LONGEST: usize = 8_192;
        if cursor.len() > LONGEST {
            return Err(CursorError::Malformed);
        }
        let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| CursorError::Malformed)?;
        let (signature, values): (String, Vec<Json>) =
            serde_json::from_slice(&bytes).map_err(|_| CursorError::Malformed)?;
        if signature != self.signature() {
            return Err(CursorError::OtherOrder);
        }
        if values.len() != self.0.len() || values.last().is_none_or(Json::is_null) {
            return Err(CursorError::Malformed);
        }
        self.0
            .iter()
            .zip(&values)
            .map(|(field, value)| SortKey::from_json(field.kind, value))
            .collect::<Option<_>>()
            .ok_or(CursorError::Malformed)
    }
}

/// Why a cursor is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CursorError {
    /// Not made by this API.
    #[error("it is not a cursor of this API; take one from `edges.cursor` or `pageInfo` and pass it on unchanged")]
    Malformed,
    /// Made by a connection in another order.
    #[error(
        "it belongs to another order (`orderBy`, or `direction`); a cursor only continues the order that it was made in"
    )]
    OtherOrder,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const BY_DATE: OrderBy = OrderBy {
        path: "date.earliest",
        kind: KeyKind::Moment,
        descending: true,
    };

    #[test]
    fn the_id_breaks_ties_in_the_direction_of_the_last_field() {
        assert_eq!(
            Order::new([BY_DATE]).sort(false),
            doc! { "date.earliest": -1, "_id": -1 }
        );
        assert_eq!(Order::new([BY_DATE]).sort(true), doc! { "date.earliest": 1, "_id": 1 });
        assert_eq!(Order::new([]).sort(false), doc! { "_id": 1 });
    }

    #[test]
    fn fields_behind_the_id_decide_nothing_and_are_dropped() {
        assert_eq!(Order::new([BY_ID, BY_DATE]).fields(), &[BY_ID]);
    }

    #[test]
    fn beyond_a_row_lie_its_ties_then_the_smaller_then_the_absent() {
        let order = Order::new([BY_DATE]);
        let keys = [SortKey::Moment(5), SortKey::Text("gift_m".into())];
        let day = DateTime::from_millis(5);
        assert_eq!(
            order.ranges_beyond(&keys, false),
            vec![
                doc! { "date.earliest": { "$eq": day }, "_id": { "$lt": "gift_m" } },
                doc! { "date.earliest": { "$lt": day } },
                doc! { "date.earliest": { "$eq": Bson::Null } },
            ]
        );
    }

    #[test]
    fn a_cursor_of_another_order_or_of_nobody_is_refused() {
        let by_date = Order::new([BY_DATE]);
        let by_id = Order::new([]);
        let cursor = by_id.encode(&[SortKey::Text("gift_a".into())]);
        assert_eq!(by_date.decode(&cursor), Err(CursorError::OtherOrder));
        for forged in ["", "x", "gift_a", "eyJhIjoxfQ", &"A".repeat(9_000)] {
            assert_eq!(by_id.decode(forged), Err(CursorError::Malformed), "{forged}");
        }
        let operator = URL_SAFE_NO_PAD.encode(json!(["+_id", [{"$gt": ""}]]).to_string());
        assert_eq!(by_id.decode(&operator), Err(CursorError::Malformed));
    }

    proptest! {
        #[test]
        fn a_cursor_gives_back_its_keys(id in ".*", moment in proptest::option::of(any::<i64>())) {
            let order = Order::new([BY_DATE]);
            let keys = vec![moment.map_or(SortKey::Absent, SortKey::Moment), SortKey::Text(id)];
            // Longer cursors are refused.
            prop_assume!(order.encode(&keys).len() <= 8_192);
            prop_assert_eq!(order.decode(&order.encode(&keys)), Ok(keys));
        }

        #[test]
        fn no_text_makes_decoding_panic(text in ".{0,200}") {
            let _ = Order::new([BY_DATE]).decode(&text);
        }
    }
}
