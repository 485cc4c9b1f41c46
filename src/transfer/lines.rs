//! The lines of a file, one after the other: counted, hashed as they are read, none of them longer than fits in memory.

use std::io::{self, BufRead};

use sha2::{Digest, Sha256};

/// The longest row, in bytes: as much as the database takes for one document.
pub const LONGEST: usize = 16 * 1024 * 1024;

/// The lines of a file.
pub struct Lines<R> {
    from: R,
    /// How many bytes a line may have.
    longest: usize,
    /// How many were read.
    number: u32,
    /// How many bytes were read.
    bytes: u64,
    hash: Sha256,
}

/// Where parts end, of a file that is not read by lines.
const PART_ENDS: [u8; 4] = *b"}],\n";

/// What came of reading a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Read {
    /// There is none any more.
    End,
    /// It is there.
    Whole,
    /// It is longer than there is room for; what did not fit was passed over.
    Cut,
}

impl<R: BufRead> Lines<R> {
    pub fn new(from: R, longest: usize) -> Self {
        Self {
            from,
            longest,
            number: 0,
            bytes: 0,
            hash: Sha256::new(),
        }
    }

    /// The number of the last line, counted from 1.
    pub const fn number(&self) -> u32 {
        self.number
    }

    /// How many bytes were read.
    pub const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The SHA-256 of all that was read.
    pub fn digest(&self) -> [u8; 32] {
        self.hash.clone().finalize().into()
    }

    /// The line in which the next part begins, counted from 1, of a file that is read by parts.
    pub const fn line(&self) -> u32 {
        self.number.saturating_add(1)
    }

    /// Whether the file begins with a list of JSON. Nothing is read by that.
    pub fn begins_with_list(&mut self) -> io::Result<bool> {
        let begin = String::from_utf8_lossy(self.from.fill_buf()?);
        Ok(begin.trim_start_matches('\u{feff}').trim_start().starts_with('['))
    }

    /// Appends the next line with its end, as far as it is not too long.
    pub fn next(&mut self, into: &mut Vec<u8>) -> io::Result<Read> {
        let read = self.up_to(b"\n", into)?;
        if read != Read::End {
            self.number = self.number.saturating_add(1);
        }
        Ok(read)
    }

    /// Appends the next part of JSON: no value ends in it but at its end.
    pub fn part(&mut self, into: &mut Vec<u8>) -> io::Result<Read> {
        let read = self.up_to(&PART_ENDS, into)?;
        if into.ends_with(b"\n") {
            self.number = self.number.saturating_add(1);
        }
        Ok(read)
    }

    /// Appends all up to one of these bytes, with it.
    fn up_to(&mut self, ends: &[u8], into: &mut Vec<u8>) -> io::Result<Read> {
        let mut read = Read::End;
        loop {
            let buffer = match self.from.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                buffer => buffer?,
            };
            if buffer.is_empty() {
                break;
            }
            let end = buffer.iter().position(|byte| ends.contains(byte));
            let part = &buffer[..end.map_or(buffer.len(), |end| end + 1)];
            if read == Read::End {
                read = Read::Whole;
            }
            self.hash.update(part);
            if into.len() + part.len() <= self.longest {
                into.extend_from_slice(part);
            } else {
                read = Read::Cut;
            }
            let length = part.len();
            self.bytes += length as u64;
            self.from.consume(length);
            if end.is_some() {
                break;
            }
        }
        Ok(read)
    }
}

/// A line without its end, and its end.
pub fn parted(line: &str) -> (&str, &str) {
    let text = line.strip_suffix('\n').unwrap_or(line);
    let text = text
        .strip_suffix('\r')
        .filter(|_| text.len() < line.len())
        .unwrap_or(text);
    line.split_at(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_come_with_their_ends_and_what_is_too_long_is_cut() {
        let long = "x".repeat(LONGEST);
        let text = format!("a\r\n\n{long}y\nlast");
        let mut lines = Lines::new(text.as_bytes(), LONGEST);
        let mut read = || {
            let mut line = Vec::new();
            let read = lines.next(&mut line).unwrap();
            (read, String::from_utf8(line).unwrap())
        };
        assert_eq!(read(), (Read::Whole, "a\r\n".to_owned()));
        assert_eq!(read(), (Read::Whole, "\n".to_owned()));
        assert_eq!(read().0, Read::Cut);
        assert_eq!(read(), (Read::Whole, "last".to_owned()));
        assert_eq!(read(), (Read::End, String::new()));
        assert_eq!((lines.number(), lines.bytes()), (4, text.len() as u64));
        assert_eq!(lines.digest(), <[u8; 32]>::from(Sha256::digest(&text)));
    }

    #[test]
    fn the_end_of_a_line_is_one_of_two() {
        for (line, parts) in [
            ("a\n", ("a", "\n")),
            ("a\r\n", ("a", "\r\n")),
            ("a\r", ("a\r", "")),
            ("", ("", "")),
        ] {
            assert_eq!(parted(line), parts);
        }
    }
}
