//! The rows of a file, whatever its format: each with the line that it begins in, as JSON or with what is wrong in it.

use std::io::{self, BufRead};

use serde_json::Value as Json;

use super::FileFormat;
use super::fault::RowFault;
use super::lines::{LONGEST, Lines, Read, parted};
use super::records::Record;
use super::table::Table;
use crate::domain::id::Kind;
use crate::store::StoreError;

/// The mark with which some programs begin texts in UTF-8.
const MARK: &[u8] = "\u{feff}".as_bytes();

/// A row as it stands in its file.
#[derive(Debug)]
pub struct Raw {
    /// The line that it begins in, counted from 1.
    pub line: u32,
    /// What it says.
    pub content: Result<Json, Vec<RowFault>>,
}

/// The cells of a record, or what is wrong with it.
type Cells = Result<Vec<String>, Vec<RowFault>>;

/// The rows of a file.
pub struct Rows<R> {
    lines: Lines<R>,
    kind: Kind,
    format: FileFormat,
    /// Of CSV, when the header line was read.
    table: Option<Table>,
    /// The header line cannot be understood, so nothing below it can.
    is_lost: bool,
    line: Vec<u8>,
}

impl<R: BufRead> Rows<R> {
    pub fn new(from: R, kind: Kind, format: FileFormat) -> Self {
        Self {
            lines: Lines::new(from, LONGEST),
            kind,
            format,
            table: None,
            is_lost: false,
            line: Vec::new(),
        }
    }

    /// How many bytes were read.
    pub const fn bytes(&self) -> u64 {
        self.lines.bytes()
    }

    /// The SHA-256 of all that was read.
    pub fn digest(&self) -> [u8; 32] {
        self.lines.digest()
    }

    /// Where the field of a row is found, in a table.
    pub fn column_of(&self, field: &str) -> Option<usize> {
        self.table.as_ref()?.column_of(field)
    }

    /// The next row. Empty lines are none.
    ///
    /// # Errors
    /// What the file system says. What is wrong with a row is in it.
    pub fn next(&mut self) -> io::Result<Option<Raw>> {
        match self.format {
            FileFormat::Ndjson => self.next_object(),
            FileFormat::Csv => self.next_record(),
        }
    }

    /// The next line that is not empty, as text.
    fn next_line(&mut self) -> io::Result<Option<Result<&str, RowFault>>> {
        loop {
            self.line.clear();
            let read = self.lines.next(&mut self.line)?;
            if self.lines.number() == 1 && self.line.starts_with(MARK) {
                self.line.drain(..MARK.len());
            }
            match read {
                Read::End => return Ok(None),
                Read::Cut => {
                    let found = format!("a line of more than {} MB", LONGEST / 1024 / 1024);
                    return Ok(Some(Err(RowFault::at(
                        None,
                        found,
                        "a document that the database can hold",
                    ))));
                }
                Read::Whole if self.line.trim_ascii().is_empty() => {}
                Read::Whole => break,
            }
        }
        Ok(Some(std::str::from_utf8(&self.line).map_err(|error| {
            let good = String::from_utf8_lossy(&self.line[..error.valid_up_to()])
                .chars()
                .count();
            let column = match self.format {
                FileFormat::Ndjson => Some(good + 1),
                FileFormat::Csv => None,
            };
            RowFault::at(
                column,
                format!("bytes that are no UTF-8 after {good} characters"),
                "a text in UTF-8",
            )
        })))
    }

    fn next_object(&mut self) -> io::Result<Option<Raw>> {
        let content = match self.next_line()? {
            None => return Ok(None),
            Some(Err(fault)) => Err(vec![fault]),
            Some(Ok(line)) => object(parted(line).0).map_err(|fault| vec![fault]),
        };
        let line = self.lines.number();
        Ok(Some(Raw { line, content }))
    }

    fn next_record(&mut self) -> io::Result<Option<Raw>> {
        if self.table.is_none() && !self.is_lost {
            let Some((line, header)) = self.cells()? else {
                return Ok(None);
            };
            let header = header.and_then(|cells| match Table::headed(self.kind, &cells) {
                Ok(table) => table,
                Err(error) => Err(vec![unreadable(&error)]),
            });
            match header {
                Ok(table) => self.table = Some(table),
                Err(faults) => {
                    self.is_lost = true;
                    let content = Err(faults);
                    return Ok(Some(Raw { line, content }));
                }
            }
        }
        if self.is_lost {
            return Ok(None);
        }
        let Some((line, cells)) = self.cells()? else {
            return Ok(None);
        };
        let content = cells.and_then(|cells| match &self.table {
            Some(table) => table.row(&cells),
            None => Err(Vec::new()),
        });
        Ok(Some(Raw { line, content }))
    }

    /// The cells of the next record, with the line that it begins in.
    fn cells(&mut self) -> io::Result<Option<(u32, Cells)>> {
        let mut record = Record::default();
        let taken = match self.next_line()? {
            None => return Ok(None),
            Some(line) => line.and_then(|line| record.take(line)),
        };
        let began = self.lines.number();
        let mut length = self.line.len();
        let mut taken = taken;
        while taken.is_ok() && record.is_open {
            self.line.clear();
            let read = self.lines.next(&mut self.line)?;
            length += self.line.len();
            if read == Read::End || read == Read::Cut || length > LONGEST {
                taken = Err(record.unended());
                break;
            }
            taken = match std::str::from_utf8(&self.line) {
                Ok(line) => record.take(line),
                Err(_) => Err(RowFault::at(
                    record.cells.len(),
                    "bytes that are no UTF-8",
                    "a text in UTF-8",
                )),
            };
        }
        Ok(Some((began, taken.map(|()| record.cells).map_err(|fault| vec![fault]))))
    }
}

fn object(line: &str) -> Result<Json, RowFault> {
    serde_json::from_str(line).map_err(|error| {
        let told = error.to_string();
        let told = told.split(" at line ").next().unwrap_or_default();
        // It counts bytes.
        let before = &line.as_bytes()[..line.len().min(error.column())];
        let column = String::from_utf8_lossy(before).chars().count();
        RowFault::at(column, format!("no JSON: {told}"), "a JSON object in one line")
    })
}

fn unreadable(error: &StoreError) -> RowFault {
    RowFault::at(None, error, "readable files in schema/collections")
}
