//! Tables as Parquet: the columns of CSV with their types, and lists as lists.
//!
//! Rows are gathered to groups, each written as a whole; what is written is handed out piece by piece.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use parquet::basic::Compression;
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int64Type};
use parquet::errors;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::parser::parse_message_type;
use serde_json::Value as Json;

use super::cells::{Cell, ShownTexts, at, unwritten};
use super::columns::{ColumnType, ExportTable};
use crate::api::error::Result;

/// How many rows a group has, at least: readers skip groups, and each costs some bytes.
const GROUP: usize = 4_000;

/// What was written and not handed out yet.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Written {
    fn take(&self) -> Vec<u8> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut written = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        written.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A table under way.
pub struct ParquetTable {
    written: Written,
    /// `None` before the first rows, which tell what lists are, and after the end.
    writer: Option<SerializedFileWriter<Written>>,
    is_ended: bool,
    /// The cells of the group that is gathered, column by column.
    gathered: Vec<Vec<Json>>,
    types: Vec<ColumnType>,
}

impl ParquetTable {
    pub fn new() -> Self {
        Self {
            written: Written::default(),
            writer: None,
            is_ended: false,
            gathered: Vec::new(),
            types: Vec::new(),
        }
    }

    /// Takes these rows, the last ones if there are none; gives what is written by now.
    ///
    /// # Errors
    /// If a row cannot be written, which should never happen.
    pub fn with(&mut self, table: &ExportTable, rows: &[Json], texts: &ShownTexts, is_last: bool) -> Result<Vec<u8>> {
        if self.is_ended {
            return Ok(Vec::new());
        }
        self.take(table, rows, texts, is_last).map_err(unwritten)?;
        Ok(self.written.take())
    }

    fn take(&mut self, table: &ExportTable, rows: &[Json], texts: &ShownTexts, is_last: bool) -> errors::Result<()> {
        if self.writer.is_none() {
            self.begin(table, rows.first())?;
        }
        for (index, (_, cell)) in table.0.iter().enumerate() {
            let cells = rows.iter().map(|row| match (cell, self.types[index]) {
                (Cell::Value(path), ColumnType::Texts) => at(row, path).clone(),
                _ => cell.of(row, texts),
            });
            self.gathered[index].extend(cells);
        }
        let count = self.gathered.first().map_or(0, Vec::len);
        if count >= GROUP || is_last && count > 0 {
            self.write_group()?;
        }
        if is_last && let Some(writer) = self.writer.take() {
            writer.close()?;
            self.is_ended = true;
        }
        Ok(())
    }

    /// Begins the file. A row has every field, so the first tells which columns are lists.
    fn begin(&mut self, table: &ExportTable, first: Option<&Json>) -> errors::Result<()> {
        let is_list = |cell: &Cell| match (cell, first) {
            (Cell::Value(path), Some(row)) => at(row, path).is_array(),
            _ => false,
        };
        self.types = table
            .0
            .iter()
            .map(|(name, cell)| {
                if is_list(cell) {
                    ColumnType::Texts
                } else {
                    ColumnType::of(name)
                }
            })
            .collect();
        self.gathered = vec![Vec::new(); table.0.len()];
        let fields = table.0.iter().zip(&self.types).map(|((name, _), column)| match column {
            ColumnType::Whole => format!("optional int64 {name};"),
            ColumnType::Number => format!("optional double {name};"),
            ColumnType::Text | ColumnType::Moment => format!("optional binary {name} (STRING);"),
            ColumnType::Texts => {
                format!(
                    "optional group {name} (LIST) {{ repeated group list {{ optional binary element (STRING); }} }}"
                )
            }
        });
        let schema = parse_message_type(&format!("message table {{ {} }}", fields.collect::<String>()))?;
        let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
        let writer = SerializedFileWriter::new(self.written.clone(), Arc::new(schema), Arc::new(properties))?;
        self.writer = Some(writer);
        Ok(())
    }

    fn write_group(&mut self) -> errors::Result<()> {
        let Some(writer) = &mut self.writer else {
            return Ok(());
        };
        let mut group = writer.next_row_group()?;
        for (cells, column) in self.gathered.iter_mut().zip(&self.types) {
            let Some(mut writer) = group.next_column()? else {
                break;
            };
            write_column(&mut writer, *column, &std::mem::take(cells))?;
            writer.close()?;
        }
        group.close()?;
        Ok(())
    }
}

/// Definition levels say how much of a value is there, repetition levels which values continue a list (Parquet's format).
fn write_column(writer: &mut SerializedColumnWriter<'_>, column: ColumnType, cells: &[Json]) -> errors::Result<()> {
    let there = |known: bool| i16::from(known);
    match column {
        ColumnType::Whole => {
            let values: Vec<Option<i64>> = cells.iter().map(Json::as_i64).collect();
            let levels: Vec<i16> = values.iter().map(|value| there(value.is_some())).collect();
            let values: Vec<i64> = values.into_iter().flatten().collect();
            writer.typed::<Int64Type>().write_batch(&values, Some(&levels), None)?;
        }
        ColumnType::Number => {
            let values: Vec<Option<f64>> = cells.iter().map(Json::as_f64).collect();
            let levels: Vec<i16> = values.iter().map(|value| there(value.is_some())).collect();
            let values: Vec<f64> = values.into_iter().flatten().collect();
            writer.typed::<DoubleType>().write_batch(&values, Some(&levels), None)?;
        }
        ColumnType::Text | ColumnType::Moment => {
            let levels: Vec<i16> = cells.iter().map(|cell| there(!cell.is_null())).collect();
            let values: Vec<ByteArray> = cells.iter().filter_map(text).collect();
            writer
                .typed::<ByteArrayType>()
                .write_batch(&values, Some(&levels), None)?;
        }
        ColumnType::Texts => {
            let (mut values, mut levels, mut repeats) = (Vec::new(), Vec::new(), Vec::new());
            for cell in cells {
                let texts: Vec<ByteArray> = cell.as_array().into_iter().flatten().filter_map(text).collect();
                if texts.is_empty() {
                    levels.push(there(cell.is_array()));
                    repeats.push(0);
                }
                for (index, text) in texts.into_iter().enumerate() {
                    levels.push(3);
                    repeats.push(there(index > 0));
                    values.push(text);
                }
            }
            writer
                .typed::<ByteArrayType>()
                .write_batch(&values, Some(&levels), Some(&repeats))?;
        }
    }
    Ok(())
}

/// A value as text; `None` for null.
fn text(value: &Json) -> Option<ByteArray> {
    match value {
        Json::Null => None,
        Json::String(text) => Some(text.as_str().into()),
        other => Some(other.to_string().as_str().into()),
    }
}
