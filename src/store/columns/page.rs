//! Pages of documents in an order, cut from columns: the ids of a page, how many match, and what lies on its other side.

use std::cmp::Ordering;

use super::column::{Cell, Column};
use super::rows::{BITS, Rows};
use super::tables::{Table, Tables};
use crate::domain::id::Kind;
use crate::store::cursor::{BY_ID, Order, SortKey};
use crate::store::filter::Filter;

/// Which page.
pub(in crate::store) struct Cut<'a> {
    pub order: &'a Order,
    /// Whether rows are taken from the end.
    pub backward: bool,
    /// Only rows beyond these keys, in the direction of travel.
    pub start: Option<&'a [SortKey]>,
    /// Only rows before these keys, in the direction of travel.
    pub end: Option<&'a [SortKey]>,
    /// How many rows; `None` if only their number is wanted, and whether there are any before the start.
    pub limit: Option<usize>,
}

/// A page.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::store) struct Found {
    /// The ids and versions of the documents, in the direction of travel; one more than the limit if there are more.
    pub documents: Vec<(String, i64)>,
    /// How many documents match the filter, on all pages.
    pub total: u64,
    /// Whether one of them lies at the start or before it.
    pub behind: bool,
}

/// A field of the order.
enum Key<'a> {
    Id,
    /// The value of each place of the column; what is absent comes before all values.
    Values(&'a Column, Vec<i64>),
}

/// What is compared for the order.
struct Comparing<'a> {
    tables: &'a Tables,
    table: &'a Table,
    /// Each with whether it descends in the direction of travel.
    keys: Vec<(Key<'a>, bool)>,
}

impl Comparing<'_> {
    fn rows(&self, left: usize, right: usize) -> Ordering {
        let compared = self.keys.iter().map(|(key, down)| {
            let ascending = match key {
                Key::Id => self.id(left).cmp(self.id(right)),
                Key::Values(column, values) => values[column.single(left)].cmp(&values[column.single(right)]),
            };
            if *down { ascending.reverse() } else { ascending }
        });
        first_that_differs(compared)
    }

    /// Compares a row with the keys of a cursor.
    fn with(&self, row: usize, keys: &[SortKey]) -> Ordering {
        let compared = self.keys.iter().zip(keys).map(|((key, down), wanted)| {
            let ascending = match (key, wanted) {
                (Key::Id, SortKey::Text(id)) => self.id(row).cmp(id.as_bytes()),
                (Key::Id, _) => Ordering::Greater,
                (Key::Values(column, values), wanted) => values[column.single(row)].cmp(&value_of(wanted)),
            };
            if *down { ascending.reverse() } else { ascending }
        });
        first_that_differs(compared)
    }

    /// Calls `visit` with each of these rows and the value by which it is ordered first; 0 where that is its id.
    fn each(&self, rows: &Rows, mut visit: impl FnMut(usize, i64)) {
        let mut codes = [0; BITS];
        let first = self.keys.first().map(|(key, _)| key);
        rows.each_block(|start, block| match first {
            Some(Key::Values(column, values)) => {
                column.codes().block(start, &mut codes);
                let shift = column.shift();
                block.each(|at| visit(start + at, values[codes[at] as usize >> shift]));
            }
            Some(Key::Id) | None => block.each(|at| visit(start + at, 0)),
        });
    }

    /// Whether a row comes after another. Most rows differ in the first value already.
    fn is_after(&self, (row, value): (usize, i64), (last, of_last): (usize, i64)) -> bool {
        if value == of_last {
            return self.rows(row, last).is_gt();
        }
        let down = self.keys.first().is_some_and(|(_, down)| *down);
        (value < of_last) == down
    }

    fn id(&self, row: usize) -> &[u8] {
        self.tables.ids.get(self.table.ids[row] as usize)
    }
}

fn first_that_differs(mut compared: impl Iterator<Item = Ordering>) -> Ordering {
    compared.find(|ordering| ordering.is_ne()).unwrap_or(Ordering::Equal)
}

const fn value_of(key: &SortKey) -> i64 {
    match key {
        SortKey::Number(value) | SortKey::Moment(value) => *value,
        SortKey::Absent | SortKey::Text(_) => i64::MIN,
    }
}

impl Tables {
    /// A page of the documents of a kind that match a filter. `None` if the filter or the order uses something that has no
    /// column.
    pub(in crate::store) fn page(&self, kind: Kind, filter: &Filter, cut: &Cut<'_>) -> Option<Found> {
        let table = self.of(kind)?;
        let comparing = Comparing {
            tables: self,
            table,
            keys: keys(table, cut)?,
        };
        let version = table.column("version")?;
        let rows = self.matching(kind, filter)?;
        let wanted = cut.limit.map_or(0, |limit| limit.saturating_add(1));
        let mut best: Vec<(usize, i64)> = Vec::new();
        // Without a start nothing lies before it.
        let (mut behind, mut last) = (cut.start.is_none(), None);
        let counted = Rows::default();
        let looked_at = if wanted == 0 && behind { &counted } else { &rows };
        comparing.each(looked_at, |row, value| {
            // Most rows are ruled out here once there are enough.
            if last.is_some_and(|last| comparing.is_after((row, value), last)) && behind {
                return;
            }
            if cut.start.is_some_and(|start| comparing.with(row, start).is_le()) {
                behind = true;
                return;
            }
            if last.is_some_and(|last| comparing.is_after((row, value), last))
                || cut.end.is_some_and(|end| comparing.with(row, end).is_ge())
            {
                return;
            }
            if wanted == 0 {
                return;
            }
            best.push((row, value));
            if best.len() >= wanted.saturating_mul(2) {
                best.select_nth_unstable_by(wanted - 1, |left, right| comparing.rows(left.0, right.0));
                best.truncate(wanted);
                last = best.last().copied();
            }
        });
        best.sort_unstable_by(|left, right| comparing.rows(left.0, right.0));
        best.truncate(wanted);
        let document = |(row, _): (usize, i64)| match version.at(version.single(row))? {
            Cell::Number(version) => Some((self.ids.text(table.ids[row] as usize).to_owned(), version)),
            _ => None,
        };
        Some(Found {
            documents: best.into_iter().map(document).collect::<Option<_>>()?,
            total: rows.count(),
            behind: behind && cut.start.is_some(),
        })
    }
}

/// The fields of the order; `None` if one has no column of numbers or moments.
fn keys<'a>(table: &'a Table, cut: &Cut<'_>) -> Option<Vec<(Key<'a>, bool)>> {
    let key = |path: &str| {
        if path == BY_ID.path {
            return Some(Key::Id);
        }
        let column = table.column(path).filter(|column| column.is_single())?;
        let value = |place| match column.at(place) {
            Some(Cell::Number(value) | Cell::Moment(value)) => Some(value),
            // No row has a place without a value.
            None | Some(Cell::Absent) => Some(i64::MIN),
            Some(_) => None,
        };
        let values = (0..column.places()).map(value).collect::<Option<_>>()?;
        Some(Key::Values(column, values))
    };
    let fields = cut.order.fields().iter();
    fields
        .map(|field| Some((key(field.path)?, field.descending != cut.backward)))
        .collect()
}
