//! What the database answered, by what it was asked: replies in memory, and how far each open cursor has been read.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, RwLock};

use super::wire::document_of;

/// A whole message.
pub type Message = Arc<[u8]>;

/// A reply, and the cursor that it leaves open; 0 for none.
#[derive(Clone)]
struct Taped {
    message: Message,
    cursor: i64,
}

/// The replies to `getMore` of one cursor, which all come to the same request.
#[derive(Default)]
struct Rest {
    messages: Vec<Message>,
    next: usize,
}

/// All that has been recorded.
#[derive(Default)]
pub struct Tape {
    replies: RwLock<HashMap<u64, Taped>>,
    cursors: Mutex<HashMap<i64, Rest>>,
}

impl Tape {
    /// The reply to a command that opens no cursor or a new one.
    pub fn reply(&self, fingerprint: u64) -> Option<Message> {
        let taped = self
            .replies
            .read()
            .expect("no reader panics")
            .get(&fingerprint)
            .cloned()?;
        if taped.cursor != 0 {
            self.rewind(taped.cursor);
        }
        Some(taped.message)
    }

    /// Keeps a reply. One that tells of an error is not kept: another time it may go well.
    pub fn keep(&self, fingerprint: u64, message: &Message) {
        let Some(cursor) = cursor_of(message) else { return };
        if cursor != 0 {
            self.rewind(cursor);
        }
        let taped = Taped {
            message: Arc::clone(message),
            cursor,
        };
        self.replies
            .write()
            .expect("no writer panics")
            .insert(fingerprint, taped);
    }

    fn rewind(&self, cursor: i64) {
        self.cursors
            .lock()
            .expect("no holder panics")
            .entry(cursor)
            .or_default()
            .next = 0;
    }

    /// The next reply of a cursor.
    pub fn more(&self, cursor: i64) -> Option<Message> {
        let mut cursors = self.cursors.lock().expect("no holder panics");
        let rest = cursors.get_mut(&cursor)?;
        let message = rest.messages.get(rest.next).cloned()?;
        rest.next += 1;
        Some(message)
    }

    /// Keeps a further reply of a cursor.
    pub fn keep_more(&self, cursor: i64, message: &Message) {
        if cursor_of(message).is_none() {
            return;
        }
        let mut cursors = self.cursors.lock().expect("no holder panics");
        let rest = cursors.entry(cursor).or_default();
        rest.messages.push(Arc::clone(message));
        rest.next = rest.messages.len();
    }
}

/// The cursor that a reply leaves open, 0 where it opens none; nothing where it tells of an error.
fn cursor_of(message: &[u8]) -> Option<i64> {
    let document = document_of(message)?;
    let ok = document.get("ok").ok().flatten()?;
    let ok = ok
        .as_f64()
        .or(ok.as_i32().map(f64::from))
        .or(ok.as_bool().map(f64::from));
    if ok != Some(1.0) {
        return None;
    }
    let cursor = document.get_document("cursor").ok();
    Some(cursor.and_then(|cursor| cursor.get_i64("id").ok()).unwrap_or(0))
}
