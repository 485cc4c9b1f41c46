//! Documents as the rows of a table: a column for each leaf, named by its dotted path, from which the same document can
//! be made again. An empty cell is an absent value, for no text of a document may be empty.
//!
//! Which columns there may be stands in `columns`. Tables for people, with names beside ids, are those of
//! `graphql/export`; they are read here too.

use serde_json::{Map, Number, Value as Json};

use super::columns::{Cells, Columns};
use super::fault::RowFault;
use crate::domain::formula::{guarded, unguarded};
use crate::domain::id::Kind;
use crate::store;
use crate::store::path::{put, value_at};
use crate::store::schema_fields::{FieldType, SchemaField, leaves};
use crate::store::validate::nearest;

/// A column.
#[derive(Debug)]
struct Column {
    /// `None` of one without a name.
    cells: Option<Cells>,
}

/// The columns of a table.
#[derive(Debug)]
pub struct Table {
    columns: Vec<Column>,
    /// The list whose first item has columns.
    first: Option<&'static str>,
}

/// What a row says.
#[derive(Debug, Default)]
pub struct Said {
    /// Of its document; null where a cell is empty.
    pub fields: Map<String, Json>,
    /// Of the first item of a list of its document.
    pub first: Option<(&'static str, Map<String, Json>)>,
    /// What is wrong in cells, which say nothing then.
    pub faults: Vec<RowFault>,
    /// The cells that tell a list in words, from which it cannot be read back.
    pub in_words: Vec<RowFault>,
}

impl Table {
    /// All columns that documents of this kind need.
    pub fn whole(kind: Kind) -> store::Result<Self> {
        let leaves = leaves(kind)?.into_iter();
        let told = leaves.filter(|leaf| !leaf.is_derived && leaf.holds != FieldType::Object);
        let columns = told.map(|leaf| Column {
            cells: Some(Cells::Values(leaf)),
        });
        Ok(Self {
            columns: columns.collect(),
            first: None,
        })
    }

    /// The columns that a header line names.
    ///
    /// # Errors
    /// Names that are none, or that come twice.
    pub fn headed(kind: Kind, header: &[String]) -> store::Result<Result<Self, Vec<RowFault>>> {
        let known = Columns::of(kind)?;
        let (mut columns, mut faults) = (Vec::<Column>::new(), Vec::new());
        for (name, place) in header.iter().zip(1..) {
            let cells = match known.find(name) {
                _ if name.trim().is_empty() => None,
                Some(cells) => Some(cells.clone()),
                None => {
                    faults.push(unknown(kind, place, name, &known));
                    continue;
                }
            };
            let again = |column: &Column| column.cells == cells && !matches!(cells, None | Some(Cells::Derived));
            if columns.iter().any(again) {
                let found = format!("the column {:?} twice", name.trim());
                faults.push(RowFault::at(place, found, "each column once"));
            }
            columns.push(Column { cells });
        }
        let table = Self {
            columns,
            first: known.first,
        };
        if let Some(list) = table.first
            && let (Some(_), Some(place)) = (table.column_of(list), table.first_column_of_first())
        {
            let found = format!("a column for the first item beside the column `{list}`");
            faults.push(RowFault::at(place, found, "one of the two"));
        }
        Ok(if faults.is_empty() { Ok(table) } else { Err(faults) })
    }

    /// How many of these names are columns.
    pub fn count(kind: Kind, header: &[String]) -> usize {
        let known = Columns::of(kind).ok();
        let is_known = |name: &&String| known.as_ref().is_some_and(|known| known.find(name).is_some());
        header.iter().filter(is_known).count()
    }

    /// The names of the columns.
    pub fn header(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().filter_map(|column| match &column.cells {
            Some(Cells::Values(leaf)) => Some(leaf.path.as_str()),
            _ => None,
        })
    }

    /// How many columns have no name.
    pub fn nameless(&self) -> usize {
        self.columns.iter().filter(|column| column.cells.is_none()).count()
    }

    /// What a row says, by its cells. What a cell of its kind cannot be stays a text, which the store refuses as such.
    ///
    /// # Errors
    /// Another number of cells than columns; empty ones at the end are passed over.
    pub fn row(&self, cells: &[String]) -> Result<Said, RowFault> {
        let columns = self.columns.len();
        if cells.len() < columns || cells[columns..].iter().any(|cell| !cell.trim().is_empty()) {
            let accepted = format!("{columns}, one for each column");
            return Err(RowFault::at(None, format!("{} cells", cells.len()), accepted));
        }
        let (mut said, mut first) = (Said::default(), Map::new());
        for ((column, cell), place) in self.columns.iter().zip(cells).zip(1..) {
            match &column.cells {
                Some(Cells::Values(leaf)) => self.read(leaf, cell, place, &mut said),
                Some(Cells::OfFirst(leaf)) => match value(leaf, cell) {
                    Ok(value) => put(&mut first, &leaf.path, value),
                    Err(fault) => {
                        let path = format!("{}[0].{}", self.first.unwrap_or_default(), leaf.path);
                        said.faults.push(fault.of(&path).in_column(place));
                    }
                },
                None if !cell.trim().is_empty() => {
                    let found = format!("{:?} in a column without a name", shortened(cell));
                    let fault = RowFault::at(
                        place,
                        found,
                        "a name for the column in the first line, or an empty cell",
                    );
                    said.faults.push(fault);
                }
                None | Some(Cells::Derived) => {}
            }
        }
        said.first = self.first.filter(|_| !first.is_empty()).map(|list| (list, first));
        Ok(said)
    }

    fn read(&self, leaf: &SchemaField, cell: &str, place: usize, said: &mut Said) {
        let path = &leaf.path;
        // An object says nothing by an empty cell where its parts have cells of their own.
        if leaf.holds == FieldType::Object && cell.trim().is_empty() && self.has_parts(path) {
            return;
        }
        match value(leaf, cell) {
            Ok(value) => put(&mut said.fields, path, value),
            Err(fault) if leaf.holds == FieldType::List && !cell.trim_start().starts_with('[') => {
                said.in_words.push(fault.of(path).in_column(place));
            }
            Err(fault) => said.faults.push(fault.of(path).in_column(place)),
        }
    }

    fn has_parts(&self, path: &str) -> bool {
        self.columns.iter().any(|column| match &column.cells {
            Some(Cells::Values(leaf)) => leaf.path.strip_prefix(path).is_some_and(|rest| rest.starts_with('.')),
            _ => false,
        })
    }

    /// The cells of a row as the store gives it.
    pub fn cells<'a>(&'a self, row: &'a Json) -> impl Iterator<Item = String> + 'a {
        self.header().map(move |path| {
            let value = row.as_object().and_then(|row| value_at(row, path));
            match value.unwrap_or(&Json::Null) {
                Json::Null => String::new(),
                Json::String(text) => guarded(text).into_owned(),
                value => said(value).to_string(),
            }
        })
    }

    /// The column that a field stands in, counted from 1.
    pub fn column_of(&self, field: &str) -> Option<usize> {
        let holds = |path: &str| {
            let rest = field.strip_prefix(path);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
                .then_some(path.len())
        };
        let holding = self
            .columns
            .iter()
            .zip(1..)
            .filter_map(|(column, place)| match &column.cells {
                Some(Cells::Values(leaf)) => Some((holds(&leaf.path)?, place)),
                Some(Cells::OfFirst(leaf)) => Some((
                    holds(&format!("{}[0].{}", self.first.unwrap_or_default(), leaf.path))?,
                    place,
                )),
                _ => None,
            });
        holding.max_by_key(|(length, _)| *length).map(|(_, place)| place)
    }

    fn first_column_of_first(&self) -> Option<usize> {
        let of_first = |column: &Column| matches!(column.cells, Some(Cells::OfFirst(_)));
        self.columns.iter().position(of_first).map(|at| at + 1)
    }
}

/// What a list of objects is in a cell.
const LIST: &str = "a list as JSON, such as [{\"name\": \"a\"}, {\"name\": \"b\"}]";

fn unknown(kind: Kind, place: usize, name: &str, known: &Columns) -> RowFault {
    let hint = nearest(name.trim(), &known.names()).unwrap_or_default();
    let accepted = format!("a column of {}{hint}", kind.collection());
    RowFault {
        columns_of: Some(kind),
        ..RowFault::at(
            place,
            format!("the unknown column {:?}", shortened(name.trim())),
            accepted,
        )
    }
}

fn value(leaf: &SchemaField, cell: &str) -> Result<Json, RowFault> {
    let cell = unguarded(cell);
    let trimmed = cell.trim();
    if trimmed.is_empty() {
        return Ok(Json::Null);
    }
    let text = || Json::String(cell.to_owned());
    Ok(match leaf.holds {
        FieldType::Text if leaf.has_form => trimmed.into(),
        FieldType::Text => text(),
        FieldType::Number => trimmed.parse::<Number>().map_or_else(|_| text(), Json::Number),
        FieldType::Flag => trimmed
            .to_lowercase()
            .parse::<bool>()
            .map_or_else(|_| text(), Json::Bool),
        FieldType::Texts if !trimmed.starts_with('[') => {
            let texts = trimmed.split(';').map(str::trim).filter(|text| !text.is_empty());
            texts.map(Json::from).collect()
        }
        FieldType::List if !trimmed.starts_with('[') => {
            let found = format!("{:?}, which is no list", shortened(cell));
            return Err(RowFault::at(None, found, LIST));
        }
        FieldType::Texts | FieldType::List | FieldType::Object => serde_json::from_str(trimmed).map_err(|error| {
            let accepted = match leaf.holds {
                FieldType::Texts => "texts with semicolons between them, or as JSON: [\"a\", \"b\"]",
                FieldType::List => LIST,
                _ => "an object as JSON, or nothing",
            };
            RowFault::at(
                None,
                format!("{:?}, which is no JSON: {error}", shortened(cell)),
                accepted,
            )
        })?,
    })
}

fn shortened(cell: &str) -> String {
    const LONGEST: usize = 60;
    let mut start: String = cell.chars().take(LONGEST).collect();
    if start.len() < cell.len() {
        start.push('…');
    }
    start
}

/// A value without what its objects do not say.
fn said(value: &Json) -> Json {
    match value {
        Json::Object(fields) => {
            let said_fields = fields.iter().filter(|(_, value)| !value.is_null());
            Json::Object(said_fields.map(|(name, value)| (name.clone(), said(value))).collect())
        }
        Json::Array(items) => items.iter().map(said).collect(),
        other => other.clone(),
    }
}
