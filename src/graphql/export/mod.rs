//! Exports: all rows of a collection that match, in their order, as CSV or as one JSON object a line.
//!
//! An export is read piece by piece from one cursor, so that none of it is kept. What a row holds stands in the store
//! (`rows.rs`), which columns are made of it in `columns`. Sending the pieces is `http`'s business.

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
use crate::store::scan::{Rows, lines};
use cells::{Names, unwritten};
use columns::Table;

/// How many rows a piece holds at most.
pub const PIECE: u32 = 500;

/// The form of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Comma-separated values (RFC 4180) with a header line, flat, made safe for spreadsheets.
    Csv,
    /// JSON lines: each row with all that its document holds, nested as it is there.
    Ndjson,
}

impl Format {
    /// All forms.
    pub const ALL: [Self; 2] = [Self::Csv, Self::Ndjson];

    /// The end of a file's name.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Ndjson => "ndjson",
        }
    }
}

/// What is to be exported.
#[derive(Clone, Debug)]
pub struct Plan {
    kind: Kind,
    format: Format,
    request: PageRequest,
}

/// An export under way.
pub struct Export {
    store: Store,
    rows: Rows,
    format: Format,
    table: Table,
    begun: bool,
}

/// Some rows of an export, ready to be sent.
#[derive(Debug)]
pub struct Piece {
    /// Whole lines; the first piece of CSV begins with the header line.
    pub bytes: Vec<u8>,
    /// How many rows.
    pub rows: usize,
}

impl Plan {
    /// Reads the arguments of the collection's connection, `where` and `orderBy`, through `get`.
    ///
    /// # Errors
    /// Where a value in them cannot be.
    pub fn new(
        kind: Kind,
        format: Format,
        limits: &Limits,
        get: impl Fn(&str) -> Result<Option<Value>>,
    ) -> Result<Self> {
        let request = with_kind!(kind, E => PageArguments::<E>::read(get)?.request(limits, Want::default())?);
        Ok(Self { kind, format, request })
    }

    /// Begins to read.
    ///
    /// # Errors
    /// What the database says.
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
    /// What the database says. What was given before is then not all.
    pub async fn next(&mut self) -> Result<Option<Piece>> {
        let rows = self.rows.next().await?;
        let is_first = !std::mem::replace(&mut self.begun, true);
        let bytes = match self.format {
            Format::Ndjson => lines(&rows).map_err(unwritten)?,
            Format::Csv => {
                let names = self.names(&rows).await?;
                self.table.text(&rows, &names, is_first)?
            }
        };
        Ok((!bytes.is_empty()).then_some(Piece {
            bytes,
            rows: rows.len(),
        }))
    }

    /// The names of all documents that rows refer to by a column with a name. One command per kind.
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
