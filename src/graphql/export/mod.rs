//! Exports: all matching rows of a collection, in order, or what is computed of them, as CSV, JSON or Parquet.
//!
//! An export is read in pieces from one database cursor, so memory use is bounded. The store (`scan.rs`) defines the
//! rows, `columns` what CSV shows of them, and `http` sends the pieces.

mod cells;
mod columnar;
mod columns;
mod items;
mod sums;

use std::collections::{BTreeMap, BTreeSet};

use async_graphql::Value;
use serde_json::Value as Json;

use super::collections::with_kind;
use super::connection::PageArguments;
use super::stats::tables::{self, COST_OF_FLOWS, COST_OF_STATISTICS};
use crate::api::error::{ApiError, Result};
use crate::domain::id::Kind;
use crate::limits::Limits;
use crate::store::page::{PageRequest, Want};
use crate::store::scan::{Scan, lines};
use crate::store::{Store, collections};
use cells::{ShownTexts, TextField, unwritten};
use columnar::ParquetTable;
pub use columns::ColumnType;
use columns::ExportTable;

/// The maximum number of rows in a piece.
pub const PIECE: u32 = 500;

/// The form of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportFormat {
    /// Comma-separated values (RFC 4180) with a header line, flattened, protected against formula injection.
    Csv,
    /// JSON lines: each row is the whole document, nested.
    Ndjson,
    /// The same rows as one JSON array.
    Json,
    /// The columns of CSV, with their types and with lists as lists.
    Parquet,
}

impl ExportFormat {
    /// All formats.
    pub const ALL: [Self; 4] = [Self::Csv, Self::Ndjson, Self::Json, Self::Parquet];

    /// The media type.
    pub const fn media(self) -> &'static str {
        match self {
            Self::Csv => "text/csv",
            Self::Ndjson => "application/x-ndjson",
            Self::Json => "application/json",
            Self::Parquet => "application/vnd.apache.parquet",
        }
    }

    /// The file extension.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Ndjson => "ndjson",
            Self::Json => "json",
            Self::Parquet => "parquet",
        }
    }
}

/// The names of the columns that a table has as CSV.
///
/// # Errors
/// As of the export.
pub fn columns_of(rows: ExportRows) -> Result<Vec<String>> {
    Ok(rows.table()?.0.into_iter().map(|(name, _)| name).collect())
}

/// What to export, with its arguments already checked.
#[derive(Clone, Debug)]
pub struct ExportPlan {
    table: ExportRows,
    format: ExportFormat,
    request: PageRequest,
}

/// What the rows of an export are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportRows {
    /// The documents of a collection.
    Documents(Kind),
    /// The animals in gifts: a row for each item.
    Items,
    /// How much went from which nation to which: a row for each pair.
    Flows,
    /// The lists of `giftStats`: a row for each entry.
    Statistics,
}

impl ExportRows {
    /// All of them.
    pub fn all() -> impl Iterator<Item = Self> {
        let others = [Self::Items, Self::Flows, Self::Statistics];
        Kind::ALL.into_iter().map(Self::Documents).chain(others)
    }

    /// The name of its file, without the extension.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Documents(kind) => kind.collection(),
            Self::Items => "items",
            Self::Flows => "flows",
            Self::Statistics => "statistics",
        }
    }

    /// The collection whose filter and order select the rows.
    pub const fn kind(self) -> Kind {
        match self {
            Self::Documents(kind) => kind,
            Self::Items | Self::Flows | Self::Statistics => Kind::Gift,
        }
    }

    /// The columns that tell a row from the others.
    pub const fn key(self) -> &'static [&'static str] {
        match self {
            Self::Documents(_) | Self::Items => &["id"],
            Self::Flows => &["giverId", "recipientId"],
            Self::Statistics => &["by", "kind", "label", "start"],
        }
    }

    /// What computing the rows costs, in points, beside each row.
    pub const fn cost(self) -> u64 {
        match self {
            Self::Documents(_) | Self::Items => 0,
            Self::Flows => COST_OF_FLOWS,
            Self::Statistics => COST_OF_STATISTICS,
        }
    }

    /// Its columns.
    fn table(self) -> Result<ExportTable> {
        match self {
            Self::Documents(kind) => columns::of(kind),
            Self::Items => Ok(items::columns()),
            Self::Flows => Ok(sums::flows()),
            Self::Statistics => Ok(sums::statistics()),
        }
    }
}

/// Where the rows come from.
enum Source {
    /// They are read piece by piece.
    Scan(Box<Scan>),
    /// They were computed all at once.
    Computed(Vec<Json>),
}

/// An export in progress.
pub struct Export {
    store: Store,
    rows: Source,
    format: ExportFormat,
    shape: ExportRows,
    table: ExportTable,
    begun: bool,
    /// Of an array, whether a row stands in it, and whether it is closed.
    opened: bool,
    closed: bool,
    parquet: ParquetTable,
}

/// Some rows of an export, as text.
#[derive(Debug)]
pub struct ExportPiece {
    /// Whole lines; the first piece of CSV begins with the header line.
    pub bytes: Vec<u8>,
    pub rows: usize,
}

impl ExportPlan {
    /// Parses the arguments of the collection's connection, `where` and `orderBy`, which `get` returns by name.
    ///
    /// # Errors
    /// If a value in them is invalid, or if what is computed is to be ordered.
    pub fn new(
        table: ExportRows,
        format: ExportFormat,
        limits: &Limits,
        get: impl Fn(&str) -> Result<Option<Value>>,
    ) -> Result<Self> {
        if matches!(table, ExportRows::Flows | ExportRows::Statistics) && get("orderBy")?.is_some() {
            let message = format!("{} come in one order; accepted is `where`", table.name());
            return Err(ApiError::BadUserInput(message));
        }
        let request = with_kind!(table.kind(), E => PageArguments::<E>::read(get)?.request(limits, Want::default())?);
        Ok(Self { table, format, request })
    }

    /// Opens the database cursor.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn open(&self, store: Store) -> Result<Export> {
        let PageRequest { filter, order, .. } = &self.request;
        let rows = match self.table {
            ExportRows::Documents(_) | ExportRows::Items => {
                Source::Scan(store.rows(self.table.kind(), filter, order, PIECE).await?.into())
            }
            ExportRows::Flows => Source::Computed(tables::flows(&store, filter).await?),
            ExportRows::Statistics => Source::Computed(tables::statistics(&store, filter).await?),
        };
        Ok(Export {
            rows,
            store,
            format: self.format,
            shape: self.table,
            table: self.table.table()?,
            begun: false,
            opened: false,
            closed: false,
            parquet: ParquetTable::new(),
        })
    }
}

impl Export {
    /// The next piece; `None` at the end.
    ///
    /// # Errors
    /// If the database fails; the pieces so far are then incomplete.
    pub async fn next(&mut self) -> Result<Option<ExportPiece>> {
        let read = match &mut self.rows {
            Source::Scan(scan) => scan.next().await?,
            Source::Computed(rows) => std::mem::take(rows),
        };
        let (is_first, is_last) = (!std::mem::replace(&mut self.begun, true), read.is_empty());
        let rows = match self.shape {
            ExportRows::Items => items::rows(read),
            _ => read,
        };
        let bytes = match self.format {
            ExportFormat::Ndjson => lines(&rows).map_err(unwritten)?,
            ExportFormat::Json => self.within_array(&lines(&rows).map_err(unwritten)?, is_last),
            ExportFormat::Parquet => {
                let texts = self.texts(&rows).await?;
                self.parquet.with(&self.table, &rows, &texts, is_last)?
            }
            ExportFormat::Csv => {
                let texts = self.texts(&rows).await?;
                self.table.text(&rows, &texts, is_first)?
            }
        };
        let is_over = is_last && bytes.is_empty();
        Ok((!is_over).then_some(ExportPiece {
            bytes,
            rows: rows.len(),
        }))
    }

    /// Lines of JSON as a part of an array, which ends with the last rows.
    fn within_array(&mut self, lines: &[u8], is_last: bool) -> Vec<u8> {
        let is_closed = is_last && std::mem::replace(&mut self.closed, true);
        let text = String::from_utf8_lossy(lines);
        let rows = text.lines().collect::<Vec<_>>().join(",\n");
        let opened = self.opened;
        self.opened |= !rows.is_empty();
        let part = match (rows.is_empty(), opened, is_last) {
            _ if is_closed => String::new(),
            (true, false, true) => "[]\n".to_owned(),
            (true, true, true) => "\n]\n".to_owned(),
            (true, _, false) => String::new(),
            (false, true, _) => format!(",\n{rows}"),
            (false, false, _) => format!("[\n{rows}"),
        };
        part.into_bytes()
    }

    /// What rows tell of the documents that they refer to. One command for each kind.
    async fn texts(&self, rows: &[Json]) -> Result<ShownTexts> {
        let mut wanted: BTreeMap<Kind, (BTreeSet<TextField>, BTreeSet<String>)> = BTreeMap::new();
        for (id, field) in rows.iter().flat_map(|row| self.table.references(row)) {
            if let Ok(kind) = Kind::of(id) {
                let (fields, ids) = wanted.entry(kind).or_default();
                fields.insert(field);
                ids.insert(id.to_owned());
            }
        }
        let mut texts = ShownTexts::default();
        for (kind, (fields, ids)) in wanted {
            let name = collections::of(kind)?.called_by();
            let path = |field: &TextField| match *field {
                TextField::Name => name,
                TextField::At(path) => path,
            };
            let paths: Vec<&'static str> = fields.iter().map(path).collect();
            let found = self.store.texts(kind, &paths, ids.into_iter().collect()).await?;
            for (field, found) in fields.into_iter().zip(found) {
                texts.add(field, found);
            }
        }
        Ok(texts)
    }
}
