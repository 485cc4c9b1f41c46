//! What a unique index says that the declarations do not know of: somebody has added it to the database by hand.
//!
//! Values that must be one document's own are looked at before anything is written (`constraints/unique.rs`), and who meets
//! another write begins anew. A duplicate key that stays is therefore the reader's mistake and told like one.

use std::sync::LazyLock;

use regex::Regex;

use super::batch::{Batch, Write};
use super::violation::Violation;
use crate::domain::id::Kind;
use crate::store::StoreError;
use crate::store::error::{DUPLICATE_KEY, code_of, message_of};
use crate::store::path::texts_at;

/// Collection, index, first field and its value, as every MongoDB since 4.2 writes them.
static MESSAGE: LazyLock<Result<Regex, regex::Error>> = LazyLock::new(|| {
    Regex::new(r#"collection: [^. ]+\.(\S+) index: (\S+) .*dup key: \{ ([^:]+): (?:"(.*?)"|([^,}]*?))(?:, .*)? \}"#)
});

/// The write of a batch that a unique index refuses, and why; `None` where the error is another one, or about other rows
/// than documents.
pub(super) fn refused_by_index(batch: &Batch, error: &StoreError) -> Option<(usize, Violation)> {
    let StoreError::Conflict(cause) = error else {
        return None;
    };
    if code_of(cause) != Some(DUPLICATE_KEY) {
        return None;
    }
    let found = MESSAGE.as_ref().ok()?.captures(message_of(cause)?)?;
    let (collection, index, field) = (&found[1], &found[2], &found[3]);
    let value = found.get(4).or(found.get(5)).map_or("", |value| value.as_str());
    let kind = Kind::of_collection(collection)?;
    if index == "_id_" {
        return None;
    }
    let has = |write: &Write| match write {
        Write::Put(document) => document.kind == kind && document.ids_at(field).iter().any(|text| text == value),
        Write::Row { row, .. } => row.kind == kind && texts_at(&row.said, field).contains(&value),
        _ => false,
    };
    // The last one: of two rows of the batch, the database refuses the later.
    let at = batch.writes.iter().rposition(has).unwrap_or(0);
    Some((at, Violation::taken_at_index(field, value, index)))
}
