//! A reader over the text of a date, and the wording of refusals. See `parse.rs`, `calendar.rs` and `time.rs`.

use crate::domain::id::quoted;

/// A text that is not EDTF of level 0 or 1. Its display is the complete message: what was found, where, and what is
/// accepted, with an example.
#[derive(thiserror::Error, Debug, Clone, PartialEq, Eq)]
#[error("{found} is not accepted as a date: {problem}. Accepted: {accepted}")]
pub struct EdtfError {
    found: String,
    /// What is wrong, and at which character, counted from 1.
    pub problem: String,
    /// What is accepted there, with an example.
    pub accepted: String,
}

/// Two digits of a month or a day.
pub(super) enum Pair {
    Number(u8),
    /// `XX`
    Unspecified,
}

/// Reads the bytes of `text` from `at` to `stop`. It only steps over ASCII, so `at` is always a character boundary.
pub(super) struct Reader<'a> {
    pub(super) text: &'a str,
    pub(super) at: usize,
    pub(super) stop: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn over(text: &'a str, at: usize, stop: usize) -> Reader<'a> {
        Reader { text, at, stop }
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.text.as_bytes()[..self.stop].get(self.at).copied()
    }

    pub(super) fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    /// One digit; `None` for an `X`.
    pub(super) fn place(&mut self, part: &str, accepted: &str, example: &str) -> Result<Option<u8>, EdtfError> {
        match self.peek() {
            Some(byte @ b'0'..=b'9') => {
                self.at += 1;
                Ok(Some(byte - b'0'))
            }
            Some(b'X') => {
                self.at += 1;
                Ok(None)
            }
            Some(byte) if is_qualifier(byte) => Err(self.qualified_part()),
            _ => Err(self.expected(&format!("a digit of {part}"), accepted, example)),
        }
    }

    pub(super) fn pair(&mut self, part: &str, accepted: &str, example: &str) -> Result<Pair, EdtfError> {
        let begin = self.at;
        match (
            self.place(part, accepted, example)?,
            self.place(part, accepted, example)?,
        ) {
            (Some(tens), Some(ones)) => Ok(Pair::Number(tens * 10 + ones)),
            (None, None) => Ok(Pair::Unspecified),
            _ => Err(self.level_two_at(begin, &format!("leaves one digit of {part} unspecified"), "1985-04-XX")),
        }
    }

    pub(super) fn qualified_part(&self) -> EdtfError {
        self.level_two("qualifies a part of the date", "2004-06-11~")
    }

    pub(super) fn level_two(&self, problem: &str, example: &str) -> EdtfError {
        self.level_two_at(self.at, problem, example)
    }

    pub(super) fn level_two_at(&self, begin: usize, problem: &str, example: &str) -> EdtfError {
        let end = self.at.max(begin + 1);
        self.refuse_at(
            begin,
            end,
            &format!("{problem}, which is level 2 of EDTF"),
            "levels 0 and 1",
            example,
        )
    }

    pub(super) fn expected(&self, what: &str, accepted: &str, example: &str) -> EdtfError {
        self.refuse(&format!("stands where {what} is expected"), accepted, example)
    }

    /// Refuses the current character, or the end of the text.
    pub(super) fn refuse(&self, problem: &str, accepted: &str, example: &str) -> EdtfError {
        let found = self.text[self.at..self.stop].chars().next();
        let hint = match found {
            Some('x' | 'y' | 't' | 'z') => " (letters are upper case in EDTF)",
            Some('u') => " (the `u` of older drafts is `X` now)",
            _ => "",
        };
        let end = self.at + found.map_or(0, char::len_utf8);
        self.refuse_at(self.at, end, &format!("{problem}{hint}"), accepted, example)
    }

    pub(super) fn refuse_at(
        &self,
        begin: usize,
        end: usize,
        problem: &str,
        accepted: &str,
        example: &str,
    ) -> EdtfError {
        let found = match &self.text[begin..end] {
            "" => "the end".to_owned(),
            found => quoted(found),
        };
        let place = self.text[..begin].chars().count() + 1;
        EdtfError {
            found: quoted(self.text),
            problem: format!("{found} at character {place} {problem}"),
            accepted: format!("{accepted}, such as `{example}`"),
        }
    }
}

pub(super) fn is_qualifier(byte: u8) -> bool {
    matches!(byte, b'?' | b'~' | b'%')
}
