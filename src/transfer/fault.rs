//! What is wrong in a row, and where.

use std::fmt;

use crate::domain::id::Kind;
use crate::store::write::Violation;

/// Something that is wrong in a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowFault {
    /// Where in the line, counted from 1: which cell of a table, which character of JSON. `None` for what is not at one
    /// place.
    pub column: Option<usize>,
    /// The field, as a path: `items[0].count.min`; empty for the row itself.
    pub path: String,
    /// What was found, and what is accepted.
    pub message: String,
    /// The collection whose columns whoever reads it wants to know.
    pub columns_of: Option<Kind>,
}

impl RowFault {
    /// Of a row as a whole, or of its writing.
    pub(super) fn at(column: impl Into<Option<usize>>, found: impl fmt::Display, accepted: impl fmt::Display) -> Self {
        Self {
            column: column.into(),
            path: String::new(),
            message: format!("found {found}; accepted: {accepted}"),
            columns_of: None,
        }
    }

    /// The same, in this column.
    pub(super) fn in_column(self, column: impl Into<Option<usize>>) -> Self {
        Self {
            column: self.column.or(column.into()),
            ..self
        }
    }

    /// The same, of a field.
    pub(super) fn of(self, path: &str) -> Self {
        Self {
            path: path.to_owned(),
            ..self
        }
    }
}

impl From<&Violation> for RowFault {
    fn from(violation: &Violation) -> Self {
        Self {
            column: None,
            path: violation.field.clone().unwrap_or_default(),
            message: violation.message.clone(),
            columns_of: None,
        }
    }
}

/// A row that cannot be imported: a line of the report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadRow {
    /// The file's name.
    pub file: String,
    /// The line that the row begins in, counted from 1.
    pub line: u32,
    /// What is wrong.
    pub fault: RowFault,
}

impl fmt::Display for BadRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, fault } = self;
        write!(f, "{file}:{line}")?;
        if let Some(column) = fault.column {
            write!(f, ":{column}")?;
        }
        if !fault.path.is_empty() {
            write!(f, ": {}", fault.path)?;
        }
        write!(f, ": {}", fault.message)
    }
}
