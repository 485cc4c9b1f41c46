//! Exports: all matching rows of a collection, in order, as CSV or as JSON lines.
//!
//! An export is read in pieces from one database cursor, so memory use is bounded. The store (`scan.rs`) defines the
//! rows, `columns` what CSV shows of them, and `http` sends the pieces.

mod cells;
mod columns;

use std::collections::{BTreeMap, BTreeSet};

use async_graphql::Value;
use serde_json::Value as Json;

use super::collections::with_kind;
use super::connection::PageArguments;
use crate::api::error::Result;
use crate::domain::id::Kind;
use crate::limits::Limits;
use crate::store::Store;
use crate::store::page::{PageRequest, Want};
use crate::store::scan::{Scan, lines};
use cells::{Names, unwritten};
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
}

impl ExportFormat {
    /// All formats.
    pub const ALL: [Self; 2] = [Self::Csv, Self::Ndjson];

    /// The file extension.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Ndjson => "ndjson",
        }
    }
}

/// What to export, with its arguments already checked.
#[derive(Clone, Debug)]
pub struct ExportPlan {
    kind: Kind,
    format: ExportFormat,
    request: PageRequest,
}

/// An export in progress.
pub struct Export {
    store: Store,
    rows: Scan,
    format: ExportFormat,
    table: ExportTable,
    begun: bool,
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
    /// If a value in them is invalid.
    pub fn new(
        kind: Kind,
        format: ExportFormat,
        limits: &Limits,
        get: impl Fn(&str) -> Result<Option<Value>>,
    ) -> Result<Self> {
        let request = with_kind!(kind, E => PageArguments::<E>::read(get)?.request(limits, Want::default())?);
        Ok(Self { kind, format, request })
    }

    /// Opens the database cursor.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn open(&self, store: Store) -> Result<Export> {
        let PageRequest { filter, order, .. } = &self.request;
        Ok(Export {
            rows: store.rows(self.kind, filter, order, PIECE).await?,
            store,
            format: self.format,
            table: columns::of(self.kind)?,
            begun: false,
        })
    }
}

impl Export {
    /// The next piece; `None` at the end.
    ///
    /// # Errors
    /// If the database fails; the pieces so far are then incomplete.
    pub async fn next(&mut self) -> Result<Option<ExportPiece>> {
        let rows = self.rows.next().await?;
        let is_first = !std::mem::replace(&mut self.begun, true);
        let bytes = match self.format {
            ExportFormat::Ndjson => lines(&rows).map_err(unwritten)?,
            ExportFormat::Csv => {
                let names = self.names(&rows).await?;
                self.table.text(&rows, &names, is_first)?
            }
        };
        Ok((!bytes.is_empty()).then_some(ExportPiece {
            bytes,
            rows: rows.len(),
        }))
    }

    /// The names of all documents that rows show by name. One command per kind.
    async fn names(&self, rows: &[Json]) -> Result<Names> {
        let mut wanted: BTreeMap<Kind, BTreeSet<String>> = BTreeMap::new();
        for id in rows.iter().flat_map(|row| self.table.references(row)) {
            if let Ok(kind) = Kind::of(id) {
                wanted.entry(kind).or_default().insert(id.to_owned());
            }
        }
        let mut names = Names::new();
        for (kind, ids) in wanted {
            names.extend(self.store.names(kind, ids.into_iter().collect()).await?);
        }
        Ok(names)
    }
}
