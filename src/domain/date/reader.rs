//! A reader over the text of a date, and the wording of refusals. See `parse.rs`, `calendar.rs` and `time.rs`.

use std::fmt;

use super::day::Calendar;
use crate::domain::id::quoted;

/// A text that is not accepted as EDTF. Its display is the complete message: what was found, where, what may be meant,
/// and what is accepted, with an example.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EdtfError {
    found: String,
    /// What is wrong, and at which character, counted from 1.
    pub problem: String,
    /// How the text may be meant, each in EDTF.
    pub proposals: Vec<String>,
    /// What is accepted there, with an example.
    accepted: String,
}

impl std::error::Error for EdtfError {}

impl fmt::Display for EdtfError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { found, problem, .. } = self;
        write!(f, "{found} is not accepted as a date: {problem}. ")?;
        if let Some(question) = self.question() {
            write!(f, "{question} ")?;
        }
        write!(f, "Accepted: {}", self.accepted)
    }
}

impl EdtfError {
    /// What is accepted, with an example, and what may be meant: "four digits, such as `1985`. Did you mean `1844~`?"
    pub fn advice(&self) -> String {
        match self.question() {
            Some(question) => format!("{}. {question}", self.accepted),
            None => self.accepted.clone(),
        }
    }

    pub(super) fn proposing(mut self, proposals: Vec<String>) -> EdtfError {
        self.proposals = proposals;
        self
    }

    fn question(&self) -> Option<String> {
        let quoted: Vec<String> = self.proposals.iter().map(|text| format!("`{text}`")).collect();
        (!quoted.is_empty()).then(|| format!("Did you mean {}?", quoted.join(" or ")))
    }
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
    pub(super) calendar: Calendar,
    /// What the qualifiers so far have said.
    pub(super) approximate: bool,
    pub(super) uncertain: bool,
}

impl<'a> Reader<'a> {
    pub(super) fn over(text: &'a str, calendar: Calendar) -> Reader<'a> {
        Reader {
            text,
            at: 0,
            stop: text.len(),
            calendar,
            approximate: false,
            uncertain: false,
        }
    }

    /// A reader of its own over a part of the text.
    pub(super) fn part(&self, at: usize, stop: usize) -> Reader<'a> {
        Reader {
            at,
            stop,
            ..Reader::over(self.text, self.calendar)
        }
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
            found => {
                let hint = match found {
                    Some(b'x') => " (letters are upper case in EDTF)",
                    Some(b'u') => " (the `u` of older drafts is `X` now)",
                    // Only at its beginning, before a digit, can it be meant as the `Y` of a long year.
                    Some(b'y') if self.begins_long_year() => " (letters are upper case in EDTF)",
                    _ => "",
                };
                Err(self.expected(&format!("a digit of {part}"), hint, accepted, example))
            }
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

    fn begins_long_year(&self) -> bool {
        let (before, rest) = (&self.text[..self.at], &self.text[self.at + 1..self.stop]);
        (before.is_empty() || before.ends_with('/'))
            && rest.starts_with(|next: char| next == '-' || next.is_ascii_digit())
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
            "levels 0 and 1, and of level 2 sets, seasons and qualified parts",
            example,
        )
    }

    pub(super) fn expected(&self, what: &str, hint: &str, accepted: &str, example: &str) -> EdtfError {
        self.refuse(&format!("stands where {what} is expected{hint}"), accepted, example)
    }

    /// Refuses the current character, or the end of the text.
    pub(super) fn refuse(&self, problem: &str, accepted: &str, example: &str) -> EdtfError {
        let found = self.text[self.at..self.stop].chars().next();
        let end = self.at + found.map_or(0, char::len_utf8);
        self.refuse_at(self.at, end, problem, accepted, example)
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
            proposals: Vec::new(),
            accepted: format!("{accepted}, such as `{example}`"),
        }
    }
}

pub(super) fn is_qualifier(byte: u8) -> bool {
    matches!(byte, b'?' | b'~' | b'%')
}
