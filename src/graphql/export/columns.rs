//! The CSV columns of each collection, as its schema file declares them, and the lines made of them.

use std::collections::BTreeMap;

use csv::{Terminator, WriterBuilder};
use serde::Deserialize;
use serde_json::Value as Json;

use super::cells::{Cell, ShownTexts, TextField, safe, unwritten};
use crate::api::error::Result;
use crate::domain::id::Kind;
use crate::store::collections;
use crate::store::path::texts_at;

/// The columns of a collection: header and content of each.
pub struct ExportTable(pub(super) Vec<(String, Cell)>);

/// What stands in a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnType {
    /// Whole numbers.
    Whole,
    /// Numbers.
    Number,
    /// Points in time, as text.
    Moment,
    /// Texts.
    Text,
    /// Lists of texts; as CSV they are joined.
    Texts,
}

impl ColumnType {
    /// The type of a column of CSV, by its name: the tables are made so that it tells.
    pub fn of(name: &str) -> Self {
        const NUMBERS: [&str; 2] = ["Lat", "Lon"];
        const WHOLE: [&str; 10] = [
            "Min",
            "Max",
            "version",
            "Paragraph",
            "Sentence",
            "yearEarliest",
            "yearLatest",
            "gifts",
            "possible",
            "unknownCounts",
        ];
        match name {
            "createdAt" | "updatedAt" => Self::Moment,
            _ if NUMBERS.iter().any(|end| name.ends_with(end)) => Self::Number,
            _ if WHOLE.iter().any(|end| name.ends_with(end)) => Self::Whole,
            _ => Self::Text,
        }
    }
}

/// A column, as a schema file has it.
#[derive(Deserialize)]
#[serde(untagged)]
enum Column {
    /// The value at this path; the column's name is made from it.
    Path(&'static str),
    /// A map with a single entry: the column's name and its content.
    Named(BTreeMap<String, Cell>),
}

/// The table of a collection.
///
/// # Errors
/// If the schema file has a cell of an unknown form; a test checks all files.
pub fn of(kind: Kind) -> Result<ExportTable> {
    let columns = Vec::<Column>::deserialize(&collections::of(kind)?.columns).map_err(unwritten)?;
    let common = ["version", "createdAt", "updatedAt"].map(Column::Path);
    let columns = columns.into_iter().chain(common).flat_map(|column| match column {
        Column::Path(path) => BTreeMap::from([(joined(path), Cell::Value(path))]),
        Column::Named(column) => column,
    });
    Ok(ExportTable(columns.collect()))
}

impl ExportTable {
    /// A table of these columns.
    pub fn of<const N: usize>(columns: [(&str, Cell); N]) -> Self {
        Self(columns.map(|(name, cell)| (name.to_owned(), cell)).into())
    }

    /// These rows as CSV lines, ended by CRLF as in RFC 4180, with the header line first if `header`.
    pub fn text(&self, rows: &[Json], texts: &ShownTexts, header: bool) -> Result<Vec<u8>> {
        let mut writer = WriterBuilder::new()
            .terminator(Terminator::CRLF)
            .from_writer(Vec::new());
        if header {
            let header = self.0.iter().map(|(name, _)| name);
            writer.write_record(header).map_err(unwritten)?;
        }
        for row in rows {
            let cells = self.0.iter().map(|(_, cell)| safe(&cell.of(row, texts)));
            writer.write_record(cells).map_err(unwritten)?;
        }
        writer.into_inner().map_err(|error| unwritten(error.error()))
    }

    /// The ids in a row of whose documents a field is shown, each with the field.
    pub fn references<'a>(&self, row: &'a Json) -> impl Iterator<Item = (&'a str, TextField)> {
        let paths = self.0.iter().filter_map(|(_, cell)| cell.refers_at());
        let row = row.as_object();
        paths.flat_map(move |(path, field)| {
            let ids = row.map(|row| texts_at(row, &path)).unwrap_or_default();
            ids.into_iter().map(move |id| (id, field))
        })
    }
}

/// The column name for a path: `dateEarliest` for `date.earliest`.
fn joined(path: &str) -> String {
    let mut steps = path.split('.');
    let first = steps.next().unwrap_or_default().to_owned();
    steps.fold(first, |name, step| {
        let (head, rest) = step.split_at(1.min(step.len()));
        name + &head.to_uppercase() + rest
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_schema_file_has_columns_that_are_known_and_differ() {
        for kind in Kind::ALL {
            let table = of(kind).expect("columns");
            let mut names: Vec<&String> = table.0.iter().map(|(name, _)| name).collect();
            let all = names.len();
            names.sort();
            names.dedup();
            assert!(names.len() == all && all > 3, "{kind:?}: {names:?}");
        }
    }
}
