//! The tables: for each collection that questions about gifts reach, its documents as rows of columns.

use std::collections::HashMap;
use std::sync::OnceLock;

use mongodb::bson::{RawBsonRef, RawDocument};

use super::column::{Cell, Column, Ids, columns_of};
use super::measures::{Certainties, Measures};
use super::rows::Rows;
use super::unfit::Unfit;
use crate::domain::id::Kind;

/// The row of an id that has none.
const NO_ROW: u32 = u32::MAX;
/// How many bits a row has in [`Tables::row_of`]; the bits above them are the place of its kind in [`KINDS`].
const ROW_BITS: u32 = 30;

/// The kinds of documents that have a table: gifts, and what their filters and groups reach.
pub(in crate::store) const KINDS: [Kind; 4] = [Kind::Gift, Kind::Nation, Kind::Animal, Kind::Claim];

/// All tables, and the ids that they share.
pub(in crate::store) struct Tables {
    pub(super) ids: Ids,
    /// The row of each id, and in the highest bits the table. A document that is deleted keeps its row.
    row_of: Vec<u32>,
    tables: [Table; KINDS.len()],
    /// Found when they are asked for.
    pub(super) certainties: OnceLock<Option<Certainties>>,
}

/// One collection.
pub(super) struct Table {
    kind: Kind,
    /// The number of the id of each row.
    pub ids: Vec<u32>,
    /// The rows whose document is there.
    pub live: Rows,
    pub columns: Vec<Column>,
    /// What statistics need of a gift beside the columns.
    pub measures: Option<Measures>,
    last_change: LastChange,
}

/// When a document of a collection was last changed.
struct LastChange {
    /// The latest time that any of them has had, in milliseconds.
    at: i64,
    /// A row that has it; `None` where that has another one by now, or is gone.
    row: Option<usize>,
}

impl LastChange {
    fn put(&mut self, row: usize, at: Option<i64>) {
        match at.filter(|at| *at >= self.at) {
            Some(at) => *self = Self { at, row: Some(row) },
            None => self.remove(row),
        }
    }

    fn remove(&mut self, row: usize) {
        self.row = self.row.filter(|known| *known != row);
    }
}

impl Table {
    fn new(kind: Kind) -> Self {
        Self {
            kind,
            ids: Vec::new(),
            live: Rows::default(),
            columns: columns_of(kind),
            measures: (kind == Kind::Gift).then(Measures::default),
            last_change: LastChange {
                at: i64::MIN,
                row: None,
            },
        }
    }

    /// How many rows there are, with those of deleted documents.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// The column of a path, if there is one.
    pub fn column(&self, path: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.path == path)
    }

    fn bytes(&self) -> usize {
        let columns: usize = self.columns.iter().map(Column::bytes).sum();
        let measures = self.measures.as_ref().map_or(0, Measures::bytes);
        self.ids.capacity() * size_of::<u32>() + self.live.bytes() + columns + measures
    }
}

impl Default for Tables {
    fn default() -> Self {
        Self {
            ids: Ids::default(),
            row_of: Vec::new(),
            tables: KINDS.map(Table::new),
            certainties: OnceLock::new(),
        }
    }
}

impl Tables {
    /// The table of a kind, if it has one.
    pub(super) fn of(&self, kind: Kind) -> Option<&Table> {
        self.tables.iter().find(|table| table.kind == kind)
    }

    /// The table of gifts.
    pub(super) const fn gifts(&self) -> &Table {
        &self.tables[0]
    }

    /// The row of an id in the table of a kind, with that of a deleted document.
    pub(super) fn row(&self, kind: Kind, id: u32) -> Option<usize> {
        let row = *self.row_of.get(id as usize)?;
        // No table has the place of [`NO_ROW`]: there are fewer than that.
        let is_of = KINDS.get((row >> ROW_BITS) as usize) == Some(&kind);
        (is_of && row != NO_ROW).then_some((row & ((1 << ROW_BITS) - 1)) as usize)
    }

    /// The version of a document that is there.
    pub(super) fn version(&self, kind: Kind, id: &str) -> Option<i64> {
        let row = self.row(kind, self.ids.find(id.as_bytes())?)?;
        let table = self.of(kind).filter(|table| table.live.contains(row))?;
        let column = table.column("version").filter(|column| column.is_single())?;
        match column.at(column.single(row)) {
            Some(Cell::Number(version)) => Some(version),
            _ => None,
        }
    }

    /// The texts that documents have at a path, by id. `None` if there is no such column.
    pub(in crate::store) fn texts(&self, kind: Kind, path: &str, ids: &[String]) -> Option<HashMap<String, String>> {
        let table = self.of(kind)?;
        let column = table.column(path).filter(|column| column.is_single())?;
        let text = |id: &String| {
            let row = self.row(kind, self.ids.find(id.as_bytes())?);
            let row = row.filter(|row| table.live.contains(*row))?;
            Some((id.clone(), column.text(column.single(row), &self.ids)?.to_owned()))
        };
        Some(ids.iter().filter_map(text).collect())
    }

    /// When a document of a kind was last changed, in milliseconds; `None` if that is not known.
    pub(in crate::store) fn last_change(&self, kind: Kind) -> Option<i64> {
        let LastChange { at, row } = &self.of(kind)?.last_change;
        row.map(|_| *at)
    }

    /// How many documents of a kind there are.
    pub fn count(&self, kind: Kind) -> u64 {
        self.of(kind).map_or(0, |table| table.live.count())
    }

    /// Whether so much belongs to documents that are deleted or say something else by now that it is worth building the
    /// tables anew.
    pub fn is_wasteful(&self) -> bool {
        /// Less is never worth it.
        const LEAST: u64 = 10_000;
        self.tables.iter().any(|table| {
            let lists = table
                .columns
                .iter()
                .map(Column::sets)
                .chain(table.measures.as_ref().map(Measures::lists));
            let kept = lists.chain([table.len()]).max().unwrap_or_default();
            kept as u64 > table.live.count().saturating_mul(2).saturating_add(LEAST)
        })
    }

    /// Enters a document, or what it says now.
    ///
    /// # Errors
    /// [`Unfit`], if it cannot be told exactly in columns; then the tables must not be used any more.
    pub fn put(&mut self, kind: Kind, document: &RawDocument) -> Result<(), Unfit> {
        let Ok(Some(RawBsonRef::String(id))) = document.get("_id") else {
            return Err(Unfit::Value("_id"));
        };
        let Some(place) = KINDS.iter().position(|known| *known == kind) else {
            return Ok(());
        };
        let table = &mut self.tables[place];
        let number = self.ids.number(id.as_bytes())?;
        if self.row_of.len() <= number as usize {
            self.row_of.resize(number as usize + 1, NO_ROW);
        }
        let row = match self.row_of[number as usize] {
            NO_ROW => {
                let row = u32::try_from(table.ids.len())
                    .ok()
                    .filter(|row| *row < (1 << ROW_BITS) - 1);
                let row = row.ok_or(Unfit::TooMany)?;
                self.row_of[number as usize] = row | (place as u32) << ROW_BITS;
                table.ids.push(number);
                self.certainties.take();
                row as usize
            }
            row if (row >> ROW_BITS) as usize == place => (row & ((1 << ROW_BITS) - 1)) as usize,
            // Documents of two collections with one id.
            _ => return Err(Unfit::Value("_id")),
        };
        for column in &mut table.columns {
            column.put(row, document, &mut self.ids)?;
        }
        if let Some(measures) = &mut table.measures {
            measures.put(row, document, &mut self.ids)?;
        }
        let at = match document.get("updatedAt") {
            Ok(Some(RawBsonRef::DateTime(at))) => Some(at.timestamp_millis()),
            _ => None,
        };
        table.last_change.put(row, at);
        table.live.insert(row);
        if kind == Kind::Claim {
            self.certainties.take();
        }
        Ok(())
    }

    /// Takes a document out, if it is there.
    pub fn remove(&mut self, kind: Kind, id: &str) {
        let row = self.ids.find(id.as_bytes()).and_then(|id| self.row(kind, id));
        let table = self.tables.iter_mut().find(|table| table.kind == kind);
        if let (Some(row), Some(table)) = (row, table) {
            table.live.remove(row);
            table.last_change.remove(row);
        }
        if kind == Kind::Claim {
            self.certainties.take();
        }
    }

    /// How many bytes the tables take.
    pub fn bytes(&self) -> usize {
        let tables: usize = self.tables.iter().map(Table::bytes).sum();
        let certainties = self.certainties.get().and_then(Option::as_ref);
        let certainties = certainties.map_or(0, Certainties::bytes);
        self.ids.bytes() + self.row_of.capacity() * size_of::<u32>() + tables + certainties
    }

    /// How many bytes each part takes, for whoever looks for waste.
    pub(in crate::store) fn sizes(&self) -> Vec<(String, usize)> {
        let mut sizes = vec![(
            "ids".to_owned(),
            self.ids.bytes() + self.row_of.capacity() * size_of::<u32>(),
        )];
        for table in &self.tables {
            let name = table.kind.collection();
            sizes.push((
                format!("{name} rows"),
                table.ids.capacity() * size_of::<u32>() + table.live.bytes(),
            ));
            let columns = table.columns.iter();
            sizes.extend(columns.map(|column| (format!("{name} {}", column.path), column.bytes())));
            sizes.extend(
                table
                    .measures
                    .iter()
                    .map(|measures| (format!("{name} measures"), measures.bytes())),
            );
        }
        sizes
    }

    /// Gives back what was reserved for more documents.
    pub fn shrink(&mut self) {
        self.ids.shrink();
        self.row_of.shrink_to_fit();
        for table in &mut self.tables {
            table.ids.shrink_to_fit();
            table.columns.iter_mut().for_each(Column::shrink);
            if let Some(measures) = &mut table.measures {
                measures.shrink();
            }
        }
    }
}
