//! Documents in files: imports, exports that imports read back, and backups of the whole.
//!
//! How files are read stands in `input`, `decode`, `lines`, `records`, `elements`, `columns`, `table`, `rows` and `pieces`;
//! what an import does with them in `plan`, `pace` and `import`, and what it tells of them in
//! `fault`, `change`, `summary` and `report`. What is accepted of a document, and how documents are written, is the store's business.

mod asker;
pub mod backup;
mod change;
mod columns;
mod decode;
mod elements;
pub mod export;
mod fault;
mod files;
pub mod import;
mod input;
mod lines;
mod pace;
mod pieces;
mod plan;
mod records;
pub mod report;
mod rows;
mod summary;
mod table;
mod told;

use std::path::Path;

use crate::domain::id::Kind;
pub use change::RowChange;
pub use fault::{BadRow, RowFault};
pub use input::{Input, InputError};
pub use rows::PassedOver;

/// How documents are written into a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileFormat {
    /// Comma-separated values as RFC 4180 says, with a header line. Semicolons and tabs are read too.
    Csv,
    /// The same with tabs.
    Tsv,
    /// A JSON object a line. A list is read too.
    Ndjson,
    /// A list of JSON.
    Json,
}

impl FileFormat {
    /// Each with its name, which is the ending of its files too.
    pub const NAMES: [(&str, Self); 5] = [
        ("csv", Self::Csv),
        ("tsv", Self::Tsv),
        ("ndjson", Self::Ndjson),
        ("jsonl", Self::Ndjson),
        ("json", Self::Json),
    ];

    /// The format of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::NAMES
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, format)| *format)
    }

    /// The format that the ending of a file's name tells.
    pub fn of(path: &Path) -> Option<Self> {
        Self::named(&path.extension()?.to_str()?.to_lowercase())
    }
}

/// The kind of documents that a file's name tells: those of `gifts.csv` are gifts.
pub fn kind_of(path: &Path) -> Option<Kind> {
    Kind::of_collection(&path.file_stem()?.to_str()?.to_lowercase())
}

/// How far something has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// What is being done.
    pub doing: &'static str,
    /// How much of it is done, in bytes or documents.
    pub done: u64,
    /// Of how much.
    pub total: u64,
    /// How many rows or documents that was.
    pub rows: u64,
}
