//! Files in pieces: rows are read and prepared on a thread of their own while those before them are on their way to the
//! database. Two pieces wait at most, so that memory stays the same however long a file is.

use std::io;
use std::sync::Arc;

use tokio::sync::mpsc::{Receiver, Sender, channel};

use super::fault::RowFault;
use super::input::Input;
use super::rows::Rows;
use super::told::read_dates;
use crate::store::write::Prepared;

/// How many rows a piece has, which are written together.
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
}

/// A row.
pub struct Row {
    /// Which one, over all files.
    pub number: u32,
    /// Which file.
    pub file: u16,
    /// The line that it begins in.
    pub line: u32,
    /// As a document, or what is wrong with it.
    pub content: Result<Prepared, Vec<RowFault>>,
}

/// A file that cannot be read on: which, and why.
pub type Broken = (String, io::Error);

/// Reads these files, one after the other.
pub fn read(inputs: &Arc<Vec<Input>>) -> Receiver<Result<Piece, Broken>> {
    let (sender, receiver) = channel(WAITING);
    let inputs = Arc::clone(inputs);
    tokio::task::spawn_blocking(move || send(&inputs, &sender));
    receiver
}

/// Sends all pieces, unless nobody takes them any more.
fn send(inputs: &[Input], sender: &Sender<Result<Piece, Broken>>) {
    let (mut number, mut before) = (0, 0);
    for (input, file) in inputs.iter().zip(0..) {
        let outcome = pieces(input, file, &mut number, &mut |mut piece: Piece| {
            piece.bytes += before;
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
    let mut rows = Rows::new(input.read()?, input.kind, input.format);
    let mut piece = Vec::new();
    let mut began = 0;
    loop {
        let row = rows.next()?;
        let is_end = row.is_none();
        if let Some(raw) = row {
            let content = raw.content.and_then(|mut json| {
                if input.dates_as_told {
                    read_dates(&mut json);
                }
                Prepared::from_row(input.kind, &json)
                    .map_err(|problems| problems.into_iter().map(RowFault::from).collect())
            });
            let content = content.map_err(|faults| faults.into_iter().map(|fault| placed(fault, &rows)).collect());
            piece.push(Row {
                number: *number,
                file,
                line: raw.line,
                content,
            });
            *number = number.saturating_add(1);
        }
        if is_end || piece.len() == ROWS || rows.bytes() - began >= BYTES {
            began = rows.bytes();
            let rows_of_it = std::mem::take(&mut piece);
            let goes_on = each(Piece {
                rows: rows_of_it,
                bytes: rows.bytes(),
                digest: rows.digest(),
            });
            if is_end || !goes_on {
                return Ok(goes_on);
            }
        }
    }
}

fn placed<R: io::BufRead>(fault: RowFault, rows: &Rows<R>) -> RowFault {
    RowFault {
        column: fault.column.or_else(|| rows.column_of(&fault.path)),
        ..fault
    }
}
