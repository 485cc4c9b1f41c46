//! The rows of a file, whatever its format: each with the line that it begins in, and with what it says or what is wrong
//! in it.

use std::io::{self, BufRead};
use std::sync::Arc;

use serde_json::Value as Json;

use super::FileFormat;
use super::elements::Elements;
use super::fault::RowFault;
use super::lines::{LONGEST, Lines, Read, parted};
use super::records::{Record, RecordCells, SEPARATORS};
use super::table::{Table, TableRow};
use crate::domain::id::Kind;
use crate::store::StoreError;

/// The mark with which some programs begin texts in UTF-8.
const MARK: &[u8] = "\u{feff}".as_bytes();
/// In how many lines the names of the columns are looked for, to tell where they are.
const TITLES: usize = 20;

/// A row as it stands in its file.
#[derive(Debug)]
pub struct Raw {
    /// The line that it begins in, counted from 1.
    pub line: u32,
    /// What it says, or why it cannot be read at all.
    pub content: Result<Content, Vec<RowFault>>,
}

/// What a row says.
#[derive(Debug)]
pub enum Content {
    /// An object of JSON.
    Object(Json),
    /// The cells of a table.
    Table(TableRow),
}

/// What was passed over in a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PassedOver {
    /// Rows of a table without anything in them.
    pub rows: u64,
    /// Columns without a name, and without anything in them.
    pub columns: usize,
}

/// The columns that a line names, or what is wrong with it, with the number of the line.
type Header = (u32, Result<Table, Vec<RowFault>>);

/// The rows of a file.
pub struct Rows<R> {
    lines: Lines<R>,
    kind: Kind,
    /// Of a list of JSON.
    elements: Option<Elements>,
    is_table: bool,
    /// Between the cells of a table; unknown before its header is read.
    separator: Option<char>,
    /// Of a table, when the header line was read.
    table: Option<Arc<Table>>,
    /// The header line cannot be understood, so nothing below it can.
    is_lost: bool,
    passed_over: PassedOver,
    line: Vec<u8>,
}

impl<R: BufRead> Rows<R> {
    /// `separator`: what stands between the cells of a table, where that is said.
    ///
    /// # Errors
    /// What the file system says.
    pub fn new(from: R, kind: Kind, format: FileFormat, separator: Option<char>) -> io::Result<Self> {
        let mut lines = Lines::new(from, LONGEST);
        let elements = match format {
            FileFormat::Csv | FileFormat::Tsv => None,
            FileFormat::Json => Some(Elements::new(lines.begins_with_list()?)),
            FileFormat::Ndjson => lines.begins_with_list()?.then(|| Elements::new(true)),
        };
        Ok(Self {
            lines,
            kind,
            elements,
            is_table: matches!(format, FileFormat::Csv | FileFormat::Tsv),
            separator,
            table: None,
            is_lost: false,
            passed_over: PassedOver::default(),
            line: Vec::new(),
        })
    }

    /// How many bytes were read.
    pub const fn bytes(&self) -> u64 {
        self.lines.bytes()
    }

    /// The SHA-256 of all that was read.
    pub fn digest(&self) -> [u8; 32] {
        self.lines.digest()
    }

    /// The table, of one.
    pub const fn table(&self) -> Option<&Arc<Table>> {
        self.table.as_ref()
    }

    /// What was passed over so far.
    pub const fn passed_over(&self) -> PassedOver {
        self.passed_over
    }

    /// The next row. Empty lines are none.
    ///
    /// # Errors
    /// What the file system says. What is wrong with a row is in it.
    pub fn next(&mut self) -> io::Result<Option<Raw>> {
        if self.is_table {
            return self.next_record();
        }
        let Some(elements) = &mut self.elements else {
            return self.next_object();
        };
        let element = elements.next(&mut self.lines)?;
        Ok(element.map(|(line, element)| Raw {
            line,
            content: element.map(Content::Object).map_err(|fault| vec![fault]),
        }))
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
                    let accepted = "a document that the database can hold";
                    return Ok(Some(Err(RowFault::at(None, found, accepted))));
                }
                Read::Whole if self.line.trim_ascii().is_empty() => {}
                Read::Whole => break,
            }
        }
        Ok(Some(std::str::from_utf8(&self.line).map_err(|error| {
            let good = String::from_utf8_lossy(&self.line[..error.valid_up_to()]);
            let good = good.chars().count();
            let found = format!("bytes that are no UTF-8 after {good} characters");
            no_utf8((!self.is_table).then_some(good + 1), found)
        })))
    }

    fn next_object(&mut self) -> io::Result<Option<Raw>> {
        let content = match self.next_line()? {
            None => return Ok(None),
            Some(Err(fault)) => Err(vec![fault]),
            Some(Ok(line)) => object(parted(line).0).map(Content::Object).map_err(|fault| vec![fault]),
        };
        let line = self.lines.number();
        Ok(Some(Raw { line, content }))
    }

    fn next_record(&mut self) -> io::Result<Option<Raw>> {
        if self.table.is_none() && !self.is_lost {
            let (line, header) = match self.header()? {
                None => return Ok(None),
                Some(header) => header,
            };
            match header {
                Ok(table) => {
                    self.passed_over.columns = table.nameless();
                    self.table = Some(Arc::new(table));
                }
                Err(faults) => {
                    self.is_lost = true;
                    return Ok(Some(Raw {
                        line,
                        content: Err(faults),
                    }));
                }
            }
        }
        loop {
            let Some(table) = self.table.clone() else {
                return Ok(None);
            };
            let Some((line, cells)) = self.cells()? else {
                return Ok(None);
            };
            let content = match cells {
                Ok(cells) if cells.iter().all(|cell| cell.trim().is_empty()) => {
                    self.passed_over.rows += 1;
                    continue;
                }
                Ok(cells) => table.row(&cells).map(Content::Table),
                Err(fault) => Err(fault),
            };
            return Ok(Some(Raw {
                line,
                content: content.map_err(|fault| vec![fault]),
            }));
        }
    }

    /// The columns that the first line names, with that line.
    fn header(&mut self) -> io::Result<Option<Header>> {
        let kind = self.kind;
        let first = match self.next_line()? {
            None => return Ok(None),
            Some(Err(fault)) => {
                let line = self.lines.number();
                return Ok(Some((line, Err(vec![fault]))));
            }
            Some(Ok(line)) => line.to_owned(),
        };
        let mut number = self.lines.number();
        let declared = declared_separator(&first);
        self.separator = self.separator.or(declared);
        let cells = match declared {
            Some(_) => match self.cells()? {
                None => return Ok(None),
                Some((line, cells)) => {
                    number = line;
                    cells
                }
            },
            None => {
                let separator = self.separator.unwrap_or_else(|| separator_of(kind, &first));
                self.separator = Some(separator);
                self.record(&first)?
            }
        };
        let cells = match cells {
            Ok(cells) => cells,
            Err(fault) => return Ok(Some((number, Err(vec![fault])))),
        };
        let filled = cells.iter().filter(|cell| !cell.trim().is_empty()).count();
        if Table::count(kind, &cells) == 0
            && (filled < cells.len() || filled == 1)
            && let Some(fault) = self.title(&cells)?
        {
            return Ok(Some((number, Err(vec![fault]))));
        }
        let table = match Table::headed(kind, &cells) {
            Ok(table) => table,
            Err(error) => Err(vec![unreadable(&error)]),
        };
        Ok(Some((number, table)))
    }

    /// What is wrong with a file whose columns are named in a later line than the first.
    fn title(&mut self, first: &[String]) -> io::Result<Option<RowFault>> {
        for _ in 0..TITLES {
            let text = match self.next_line()? {
                None => return Ok(None),
                Some(line) => line.map(str::to_owned).unwrap_or_default(),
            };
            let number = self.lines.number();
            let named = |separator: char| Table::count(self.kind, &Record::of_line(&text, separator));
            if SEPARATORS.into_iter().map(named).max() >= Some(2) {
                let title = first.iter().find(|cell| !cell.trim().is_empty());
                let found = format!(
                    "{:?}, which is the name of no column",
                    title.map_or("", |cell| cell.trim())
                );
                let accepted = format!(
                    "the names of the columns in the first line; they seem to be in line {number}, so delete the lines above it"
                );
                return Ok(Some(RowFault::at(None, found, accepted)));
            }
        }
        Ok(None)
    }

    /// The cells of the next record, with the line that it begins in.
    fn cells(&mut self) -> io::Result<Option<(u32, RecordCells)>> {
        let line = match self.next_line()? {
            None => return Ok(None),
            Some(line) => line.map(str::to_owned),
        };
        let began = self.lines.number();
        let cells = match line {
            Ok(line) => self.record(&line)?,
            Err(fault) => Err(fault),
        };
        Ok(Some((began, cells)))
    }

    /// The cells of the record that begins with this line.
    fn record(&mut self, line: &str) -> io::Result<RecordCells> {
        let mut record = Record::new(self.separator.unwrap_or(SEPARATORS[0]));
        let mut taken = record.take(line);
        let mut length = line.len();
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
                Err(_) => Err(no_utf8(Some(record.cells.len()), "bytes that are no UTF-8".to_owned())),
            };
        }
        Ok(taken.map(|()| record.cells))
    }
}

/// The separator that the first line of a file tells, as spreadsheets write it: `sep=;`.
fn declared_separator(line: &str) -> Option<char> {
    let told = parted(line).0.trim_matches('"').strip_prefix("sep=")?;
    let mut letters = told.chars();
    letters.next().filter(|_| letters.next().is_none())
}

/// The separator with which a header line names most columns.
fn separator_of(kind: Kind, line: &str) -> char {
    let named = |separator: &char| Table::count(kind, &Record::of_line(line, *separator));
    // The first of those that name as many: a comma, where all name none.
    let best = SEPARATORS.into_iter().rev().max_by_key(named);
    best.unwrap_or(SEPARATORS[0])
}

fn no_utf8(column: Option<usize>, found: String) -> RowFault {
    let accepted = "a text in UTF-8, or in UTF-16 with its mark; a spreadsheet saves one as “CSV UTF-8”";
    RowFault::at(column, found, accepted)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_tells_what_stands_between_cells() {
        for (line, separator) in [
            ("slug,title,kind", ','),
            ("slug;title;kind", ';'),
            ("slug\ttitle\tkind", '\t'),
            ("\"slug\";\"title\"", ';'),
            ("title", ','),
            ("unknown;names", ','),
        ] {
            assert_eq!(separator_of(Kind::Event, line), separator, "{line}");
        }
        assert_eq!(declared_separator("sep=;\r\n"), Some(';'));
        assert_eq!(declared_separator("\"sep=\t\"\n"), Some('\t'));
        assert_eq!(declared_separator("sep=ab\n"), None);
    }
}
