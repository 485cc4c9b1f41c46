//! Files in pieces: rows are read and prepared on a thread of their own while those before them are on their way to the
//! database. Two pieces wait at most, so that memory stays the same however long a file is.

use std::io;
use std::sync::Arc;

use serde_json::Value as Json;
use tokio::sync::mpsc::{Receiver, Sender, channel};

use super::fault::RowFault;
use super::input::Input;
use super::rows::{Content, PassedOver, Raw, Rows};
use super::table::Table;
use super::told::read_dates;
use crate::domain::id::Kind;
use crate::store::write::{ImportRow, Prepared, Violation};

/// How many rows a piece has, and how many are written together at most, unless they wait for each other.
pub const ROWS: usize = 1_000;
/// How many bytes of a file a piece holds, but for its last row.
const BYTES: u64 = 4 * 1024 * 1024;
/// How many pieces wait.
const WAITING: usize = 2;

/// Some rows of a file.
pub struct Piece {
    /// Them.
    pub rows: Vec<Row>,
    /// How much was read so far, of all files.
    pub bytes: u64,
    /// Of the file up to here: another one tells that it changed.
    pub digest: [u8; 32],
    /// Where the file ends: which one, and what was passed over in it.
    pub passed_over: Option<(u16, PassedOver)>,
}

/// A row.
pub struct Row {
    /// Which one, over all files.
    pub number: u32,
    /// Which file.
    pub file: u16,
    /// The line that it begins in.
    pub line: u32,
    /// What it says; `None` where it cannot be read at all.
    pub said: Option<ImportRow>,
    /// The document that it makes where there is none, in the pass that writes.
    pub new: Option<Prepared>,
    /// What is wrong with it whatever is stored.
    pub faults: Vec<RowFault>,
    /// The cells that tell a list in words, which is passed over where the document is there already.
    pub in_words: Vec<RowFault>,
    /// The table that it is of.
    table: Option<Arc<Table>>,
}

impl Row {
    /// What is wrong with a field of the row, with the column in which it stands.
    pub fn fault(&self, violation: &Violation) -> RowFault {
        let fault = RowFault::from(violation);
        let column = self.table.as_ref().and_then(|table| table.column_of(&fault.path));
        fault.in_column(column)
    }

    fn new(number: u32, file: u16, kind: Kind, raw: Raw, table: Option<&Arc<Table>>) -> Self {
        let mut row = Self {
            number,
            file,
            line: raw.line,
            said: None,
            new: None,
            faults: Vec::new(),
            in_words: Vec::new(),
            table: table.cloned(),
        };
        match raw.content {
            Err(faults) => row.faults = faults,
            Ok(Content::Object(object)) => row.said = Some(ImportRow::new(kind, &object)),
            Ok(Content::Table(said)) => {
                let mut read = ImportRow::new(kind, &Json::Object(said.fields));
                if let Some((list, item)) = said.first {
                    read = read.with_first_item(list, item);
                }
                (row.said, row.faults, row.in_words) = (Some(read), said.faults, said.in_words);
            }
        }
        row
    }
}

/// A row whose dates are written as people write them.
fn as_told(mut raw: Raw) -> Raw {
    match &mut raw.content {
        Ok(Content::Object(object)) => read_dates(object),
        Ok(Content::Table(said)) => said.fields.values_mut().for_each(read_dates),
        Err(_) => {}
    }
    raw
}

/// A file that cannot be read on: which, and why.
pub type Broken = (String, io::Error);

/// Reads these files, one after the other. `prepare`: whether a row, by its number, is expected to make a document, which
/// is prepared then, while the database is busy with the rows before.
pub fn read(
    inputs: &Arc<Vec<Input>>,
    prepare: impl Fn(u32) -> bool + Send + 'static,
) -> Receiver<Result<Piece, Broken>> {
    let (sender, receiver) = channel(WAITING);
    let inputs = Arc::clone(inputs);
    tokio::task::spawn_blocking(move || send(&inputs, &prepare, &sender));
    receiver
}

/// Sends all pieces, unless nobody takes them any more.
fn send(inputs: &[Input], prepare: &dyn Fn(u32) -> bool, sender: &Sender<Result<Piece, Broken>>) {
    let (mut number, mut before) = (0, 0);
    for (input, file) in inputs.iter().zip(0..) {
        let outcome = pieces(input, file, &mut number, &mut |mut piece: Piece| {
            piece.bytes += before;
            for row in piece.rows.iter_mut().filter(|row| prepare(row.number)) {
                row.new = row.said.as_ref().and_then(Prepared::of_new);
            }
            sender.blocking_send(Ok(piece)).is_ok()
        });
        match outcome {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => return drop(sender.blocking_send(Err((input.name.clone(), error)))),
        }
        before += input.size;
    }
}

/// False where `each` takes no more.
fn pieces(input: &Input, file: u16, number: &mut u32, each: &mut dyn FnMut(Piece) -> bool) -> io::Result<bool> {
    let mut rows = Rows::new(input.read()?, input.kind, input.format, input.separator)?;
    let mut piece = Vec::new();
    let mut began = 0;
    loop {
        let row = rows.next()?;
        let is_end = row.is_none();
        if let Some(raw) = row {
            let raw = if input.dates_as_told { as_told(raw) } else { raw };
            piece.push(Row::new(*number, file, input.kind, raw, rows.table()));
            *number = number.saturating_add(1);
        }
        if is_end || piece.len() == ROWS || rows.bytes() - began >= BYTES {
            began = rows.bytes();
            let rows_of_it = std::mem::take(&mut piece);
            let goes_on = each(Piece {
                rows: rows_of_it,
                bytes: rows.bytes(),
                digest: rows.digest(),
                passed_over: is_end.then(|| (file, rows.passed_over())),
            });
            if is_end || !goes_on {
                return Ok(goes_on);
            }
        }
    }
}
