//! Exports that imports read back: all documents of a collection, in the order of their ids, as rows.
//!
//! The exports over HTTP, with filters and orders, and tables for people, are those of `graphql/export`.

use std::io::{self, Write};
use std::path::Path;

use csv::{Terminator, WriterBuilder};
use serde_json::Value as Json;

use super::files::Whole;
use super::table::Table;
use super::{FileFormat, Progress};
use crate::domain::id::Kind;
use crate::store::cursor::Order;
use crate::store::filter::Filter;
use crate::store::scan::lines;
use crate::store::{Store, StoreError};

/// How many rows are read at once.
const PIECE: u32 = 500;

/// Why an export failed. No file was written then.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The database failed.
    #[error("{0}; no file was written")]
    Store(#[from] StoreError),
    /// The file cannot be written.
    #[error("the export cannot be written: {0}")]
    Unwritten(#[from] io::Error),
}

/// Writes a collection into a file, which is there when it is whole.
///
/// # Errors
/// [`ExportError`]; a file that was there before stays as it is.
pub async fn export_file(
    store: &Store,
    kind: Kind,
    format: FileFormat,
    path: &Path,
    tell: &mut (dyn FnMut(Progress) + Send),
) -> Result<u64, ExportError> {
    let mut file = Whole::begin(path, 0o644)?;
    let rows = export(store, kind, format, &mut file, tell).await?;
    file.finish()?;
    Ok(rows)
}

/// Writes a collection; gives how many rows it has.
///
/// # Errors
/// [`ExportError`]; what was written before is then not all.
pub async fn export(
    store: &Store,
    kind: Kind,
    format: FileFormat,
    to: &mut (dyn Write + Send),
    tell: &mut (dyn FnMut(Progress) + Send),
) -> Result<u64, ExportError> {
    let table = Table::whole(kind)?;
    let total = store.count_all(kind).await?;
    let everything = Filter::All(Vec::new());
    let mut rows = store.rows(kind, &everything, &Order::new([]), PIECE).await?;
    let mut done = 0;
    let separator = if format == FileFormat::Tsv { b'\t' } else { b',' };
    match format {
        FileFormat::Csv | FileFormat::Tsv => to.write_all(&lines_of([table.header()], separator)?)?,
        FileFormat::Json => to.write_all(b"[\n")?,
        FileFormat::Ndjson => {}
    }
    loop {
        let piece = rows.next().await?;
        let bytes = match format {
            FileFormat::Ndjson => lines(&piece).map_err(io::Error::from)?,
            FileFormat::Json => elements(&piece, done == 0)?,
            FileFormat::Csv | FileFormat::Tsv => lines_of(piece.iter().map(|row| table.cells(row)), separator)?,
        };
        to.write_all(&bytes)?;
        if piece.is_empty() {
            break;
        }
        done += piece.len() as u64;
        tell(Progress {
            doing: "writing",
            done,
            total: total.max(done),
            rows: done,
        });
    }
    if format == FileFormat::Json {
        to.write_all(b"\n]\n")?;
    }
    to.flush()?;
    Ok(done)
}

/// Rows as elements of a list, each in its line.
fn elements(rows: &[Json], are_first: bool) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        if at > 0 || !are_first {
            bytes.extend(b",\n");
        }
        serde_json::to_writer(&mut bytes, row)?;
    }
    Ok(bytes)
}

fn lines_of(
    rows: impl IntoIterator<Item = impl Iterator<Item = impl AsRef<[u8]>>>,
    separator: u8,
) -> io::Result<Vec<u8>> {
    let mut writer = WriterBuilder::new()
        .delimiter(separator)
        .terminator(Terminator::CRLF)
        .from_writer(Vec::new());
    for row in rows {
        writer.write_record(row)?;
    }
    writer.into_inner().map_err(|error| io::Error::other(error.to_string()))
}
