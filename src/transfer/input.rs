//! Files that are to be imported: opened once, so that both passes read the same one, and measured.

use std::fs::{File, OpenOptions};
use std::io::{self, BufReader, Seek};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use uuid::Uuid;

use super::decode::{Encoding, Text, Utf16, sniff};
use super::{FileFormat, kind_of};
use crate::domain::id::Kind;

/// How much of a file is read at once, in bytes.
const BUFFER: usize = 64 * 1024;

/// A file with documents of one kind.
#[derive(Debug)]
pub struct Input {
    /// What it is called in reports.
    pub name: String,
    /// What is in it.
    pub kind: Kind,
    /// How.
    pub format: FileFormat,
    /// What stands between the cells of a table, where that is said; otherwise its header tells it.
    pub separator: Option<char>,
    /// How long it was when it was opened, in bytes.
    pub size: u64,
    encoding: Encoding,
    file: File,
}

/// Why a file cannot be imported.
#[derive(Debug, thiserror::Error)]
pub enum InputError {
    /// It is not told what is in it.
    #[error(
        "{0}: which collection is in it? Accepted: --collection with one of {names}, or a file that is called like one, \
         such as gifts.csv", names = Kind::ALL.map(Kind::collection).join(", ")
    )]
    NoCollection(String),
    /// It is not told how it is written.
    #[error(
        "{0}: how is it written? Accepted: --format with one of {names}, or a file that ends so, such as gifts.csv",
        names = FileFormat::NAMES.map(|(name, _)| name).join(", ")
    )]
    NoFormat(String),
    /// It is something else than a text.
    #[error("{name}: found {found}; accepted: {accepted}")]
    NoText {
        /// Its name.
        name: String,
        /// What it is.
        found: &'static str,
        /// What to do.
        accepted: &'static str,
    },
    /// It cannot be read.
    #[error("{0} cannot be read: {1}")]
    Unreadable(String, #[source] io::Error),
}

impl Input {
    /// Opens a file, `-` for the standard input. What is not said of it is told by its name.
    ///
    /// # Errors
    /// Where that does not tell it either, and where it cannot be read.
    pub fn open(path: &Path, kind: Option<Kind>, format: Option<FileFormat>) -> Result<Self, InputError> {
        let name = path.display().to_string();
        let unreadable = |error| InputError::Unreadable(name.clone(), error);
        let opened = if name == "-" {
            kept(&mut io::stdin().lock())
        } else {
            File::open(path).and_then(|mut file| match file.metadata()?.is_file() {
                true => Ok(file),
                // A pipe can be read only once.
                false => kept(&mut file),
            })
        };
        let mut file = opened.map_err(unreadable)?;
        let size = file.metadata().map_err(unreadable)?.len();
        // What it is comes first: no collection or format makes a table of a workbook.
        let encoding = match sniff(&mut file).map_err(unreadable)? {
            Ok(encoding) => encoding,
            Err((found, accepted)) => {
                return Err(InputError::NoText { name, found, accepted });
            }
        };
        let kind = kind.or_else(|| kind_of(path));
        let kind = kind.ok_or_else(|| InputError::NoCollection(name.clone()))?;
        let format = format.or_else(|| FileFormat::of(path));
        let format = format.ok_or_else(|| InputError::NoFormat(name.clone()))?;
        Ok(Self {
            name,
            kind,
            format,
            separator: None,
            size,
            encoding,
            file,
        })
    }

    /// Begins to read it from its start. Only one may read at a time.
    pub(super) fn read(&self) -> io::Result<Text<BufReader<File>>> {
        let mut file = self.file.try_clone()?;
        file.rewind()?;
        let bytes = BufReader::with_capacity(BUFFER, file);
        Ok(match self.encoding {
            Encoding::Utf8 => Text::Utf8(bytes),
            Encoding::Utf16 { is_little } => Text::Utf16(Utf16::new(bytes, is_little)),
        })
    }
}

/// All that can be read, in a file that has no name any more and is gone when nobody reads it.
fn kept(from: &mut dyn io::Read) -> io::Result<File> {
    let path = std::env::temp_dir().join(format!("menagerie-{}", Uuid::now_v7()));
    let mut options = OpenOptions::new();
    let mut file = options
        .read(true)
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&path)?;
    std::fs::remove_file(&path)?;
    io::copy(from, &mut file)?;
    Ok(file)
}
