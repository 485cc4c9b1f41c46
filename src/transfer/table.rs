//! Documents as the rows of a table: a column for each leaf, named by its dotted path, from which the same document can
//! be made again. A list is JSON in one cell; an empty cell is an absent value, for no text of a document may be empty.
//!
//! Tables for people, with names beside ids, are those of `graphql/export`.

use serde_json::{Map, Number, Value as Json};

use super::fault::RowFault;
use crate::domain::id::Kind;
use crate::store;
use crate::store::path::{put, value_at};
use crate::store::schema_fields::{FieldType, SchemaField, leaves};
use crate::store::validate::nearest;

/// The columns of a table.
#[derive(Debug)]
pub struct Table {
    columns: Vec<SchemaField>,
}

impl Table {
    /// All columns that documents of this kind need.
    pub fn whole(kind: Kind) -> store::Result<Self> {
        let mut columns = leaves(kind)?;
        columns.retain(|column| !column.is_derived);
        Ok(Self { columns })
    }

    /// The columns that a header line names.
    ///
    /// # Errors
    /// Names that are none, or that come twice.
    pub fn headed(kind: Kind, header: &[String]) -> store::Result<Result<Self, Vec<RowFault>>> {
        let mut known = leaves(kind)?;
        let names: Vec<String> = known.iter().map(|leaf| leaf.path.clone()).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let (mut columns, mut faults) = (Vec::new(), Vec::new());
        for (name, column) in header.iter().zip(1..) {
            if let Some(at) = known.iter().position(|leaf| leaf.path == *name) {
                columns.push(known.swap_remove(at));
                continue;
            }
            faults.push(if names.contains(&name.as_str()) {
                RowFault::at(column, format!("the column {name:?} twice"), "each column once")
            } else {
                let hint = nearest(name, &names).unwrap_or_default();
                let parted = if header.len() == 1 && name.contains([';', '\t']) {
                    "; the columns are parted by commas"
                } else {
                    ""
                };
                let accepted = format!("the columns {}{hint}{parted}", names.join(", "));
                RowFault::at(column, format!("the unknown column {name:?}"), accepted)
            });
        }
        Ok(if faults.is_empty() {
            Ok(Self { columns })
        } else {
            Err(faults)
        })
    }

    /// The names of the columns.
    pub fn header(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|column| column.path.as_str())
    }

    /// A document, by its cells. What a cell of its kind cannot be stays a text, which the store refuses as such.
    ///
    /// # Errors
    /// Another number of cells than columns, and cells that should be JSON and are none.
    pub fn row(&self, cells: &[String]) -> Result<Json, Vec<RowFault>> {
        if cells.len() != self.columns.len() {
            let accepted = format!("{}, one for each column", self.columns.len());
            return Err(vec![RowFault::at(None, format!("{} cells", cells.len()), accepted)]);
        }
        let (mut document, mut faults) = (Map::new(), Vec::new());
        for ((column, cell), place) in self.columns.iter().zip(cells).zip(1..) {
            if cell.is_empty() || column.is_derived {
                continue;
            }
            match value(column.holds, cell) {
                Ok(value) => put(&mut document, &column.path, value),
                Err(fault) => faults.push(
                    RowFault {
                        column: Some(place),
                        ..fault
                    }
                    .of(&column.path),
                ),
            }
        }
        if faults.is_empty() {
            Ok(Json::Object(document))
        } else {
            Err(faults)
        }
    }

    /// The cells of a row as the store gives it.
    pub fn cells<'a>(&'a self, row: &'a Json) -> impl Iterator<Item = String> + 'a {
        self.columns.iter().map(move |column| {
            let value = row.as_object().and_then(|row| value_at(row, &column.path));
            match (value.unwrap_or(&Json::Null), column.holds) {
                (Json::Null, _) => String::new(),
                (Json::String(text), _) => text.clone(),
                // Its parts have cells of their own, so it is told only where these say nothing.
                (value, FieldType::Object) => match said(value) {
                    Json::Object(parts) if parts.is_empty() => "{}".to_owned(),
                    _ => String::new(),
                },
                (value, _) => said(value).to_string(),
            }
        })
    }

    /// The column that a field stands in, counted from 1.
    pub fn column_of(&self, field: &str) -> Option<usize> {
        let holds = |column: &SchemaField| {
            let rest = field.strip_prefix(column.path.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        };
        let holding = self.columns.iter().zip(1..).filter(|(column, _)| holds(column));
        holding
            .max_by_key(|(column, _)| column.path.len())
            .map(|(_, place)| place)
    }
}

fn value(holds: FieldType, cell: &str) -> Result<Json, RowFault> {
    let text = || Json::String(cell.to_owned());
    Ok(match holds {
        FieldType::Text => text(),
        FieldType::Number => cell.parse::<Number>().map_or_else(|_| text(), Json::Number),
        FieldType::Flag => cell.parse::<bool>().map_or_else(|_| text(), Json::Bool),
        FieldType::List | FieldType::Object => serde_json::from_str(cell).map_err(|error| {
            let accepted = match holds {
                FieldType::List => "a list as JSON, such as [\"a\", \"b\"]",
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
