//! What a file is, by its first bytes; and texts in UTF-16 as texts in UTF-8.

use std::fs::File;
use std::io::{self, BufRead, Read, Seek};

/// How many bytes are looked at.
const BEGIN: u64 = 64 * 1024;

/// How a text is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// In UTF-8, with or without its mark.
    Utf8,
    /// In UTF-16, as its mark tells.
    Utf16 {
        /// The low byte of a unit comes first.
        is_little: bool,
    },
}

/// What a file is instead of a text, and what to do.
pub type NoText = (&'static str, &'static str);

/// What to do with what a spreadsheet wrote.
const SAVE_AS: &str = "a table as text: open it where it was made, save it as “CSV UTF-8”, and import that file";

/// How a file is written, by its first bytes.
pub fn sniff(file: &mut File) -> io::Result<Result<Encoding, NoText>> {
    let mut begin = Vec::new();
    file.rewind()?;
    file.by_ref().take(BEGIN).read_to_end(&mut begin)?;
    file.rewind()?;
    Ok(encoding_of(&begin))
}

fn encoding_of(begin: &[u8]) -> Result<Encoding, NoText> {
    match begin {
        [0xff, 0xfe, ..] => Ok(Encoding::Utf16 { is_little: true }),
        [0xfe, 0xff, ..] => Ok(Encoding::Utf16 { is_little: false }),
        [b'P', b'K', 3, 4, ..] => Err(("a workbook (xlsx, ods) or another zip archive", SAVE_AS)),
        [0xd0, 0xcf, 0x11, 0xe0, ..] => Err(("a workbook of an old spreadsheet (xls)", SAVE_AS)),
        [0x1f, 0x8b, ..] => Err(("a file packed by gzip", "a text: unpack it with `gunzip` first")),
        _ if begin.contains(&0) => Err((
            "bytes that are no text, or UTF-16 without its mark",
            "a text in UTF-8, or in UTF-16 with its mark (FF FE or FE FF)",
        )),
        _ if begin.contains(&b'\r') && !begin.contains(&b'\n') && is_text_of_lines(begin) => Err((
            "lines that end as on old Macs (CR alone)",
            "lines that end in LF or CR LF: save it again as “CSV UTF-8”, or try `tr '\\r' '\\n' < old.csv > new.csv`",
        )),
        _ => Ok(Encoding::Utf8),
    }
}

/// Whether CR ends lines, and does not only stand between quotation marks or at the end of the file.
fn is_text_of_lines(begin: &[u8]) -> bool {
    let mut in_quotes = false;
    begin.iter().enumerate().any(|(at, byte)| {
        in_quotes ^= *byte == b'"';
        *byte == b'\r' && !in_quotes && at + 1 < begin.len()
    })
}

/// A text that is read as UTF-8.
pub enum Text<R> {
    /// It is.
    Utf8(R),
    /// It becomes so.
    Utf16(Utf16<R>),
}

impl<R: BufRead> Read for Text<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let part = self.fill_buf()?;
        let length = part.len().min(into.len());
        into[..length].copy_from_slice(&part[..length]);
        self.consume(length);
        Ok(length)
    }
}

impl<R: BufRead> BufRead for Text<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        match self {
            Self::Utf8(text) => text.fill_buf(),
            Self::Utf16(text) => text.fill(),
        }
    }

    fn consume(&mut self, length: usize) {
        match self {
            Self::Utf8(text) => text.consume(length),
            Self::Utf16(text) => text.at += length,
        }
    }
}

/// A text in UTF-16 that becomes one in UTF-8.
pub struct Utf16<R> {
    from: R,
    is_little: bool,
    /// The bytes of the next units that are not whole yet.
    rest: Vec<u8>,
    text: Vec<u8>,
    /// How much of the text was taken.
    at: usize,
}

impl<R: BufRead> Utf16<R> {
    pub const fn new(from: R, is_little: bool) -> Self {
        Self {
            from,
            is_little,
            rest: Vec::new(),
            text: Vec::new(),
            at: 0,
        }
    }

    fn fill(&mut self) -> io::Result<&[u8]> {
        while self.at >= self.text.len() {
            self.text.clear();
            self.at = 0;
            let bytes = self.from.fill_buf()?;
            let (is_end, length) = (bytes.is_empty(), bytes.len());
            self.rest.extend_from_slice(bytes);
            self.from.consume(length);
            if is_end && self.rest.is_empty() {
                break;
            }
            self.decode(is_end)?;
        }
        Ok(&self.text[self.at..])
    }

    fn decode(&mut self, is_end: bool) -> io::Result<()> {
        let units = self.rest.chunks_exact(2).map(|pair| match self.is_little {
            true => u16::from_le_bytes([pair[0], pair[1]]),
            false => u16::from_be_bytes([pair[0], pair[1]]),
        });
        let mut units: Vec<u16> = units.collect();
        // The first half of a pair waits for the second.
        if units.last().is_some_and(|unit| (0xd800..0xdc00).contains(unit)) && !is_end {
            units.pop();
        }
        self.rest.drain(..units.len() * 2);
        let broken = || io::Error::new(io::ErrorKind::InvalidData, "it is not UTF-16, as its mark says");
        if is_end && !self.rest.is_empty() {
            return Err(broken());
        }
        let text = String::from_utf16(&units).map_err(|_| broken())?;
        self.text.extend_from_slice(text.as_bytes());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::BufReader;

    fn read(bytes: &[u8], is_little: bool, capacity: usize) -> io::Result<String> {
        let from = BufReader::with_capacity(capacity, bytes);
        let mut text = String::new();
        Text::Utf16(Utf16::new(from, is_little)).read_to_string(&mut text)?;
        Ok(text)
    }

    #[test]
    fn utf16_becomes_utf8_whatever_the_size_of_its_parts() {
        let text = "\u{feff}Título;熊;🐻\r\n";
        for is_little in [true, false] {
            let units = text.encode_utf16();
            let bytes: Vec<u8> = units
                .flat_map(|unit| {
                    if is_little {
                        unit.to_le_bytes()
                    } else {
                        unit.to_be_bytes()
                    }
                })
                .collect();
            assert_eq!(encoding_of(&bytes), Ok(Encoding::Utf16 { is_little }));
            for capacity in 1..9 {
                assert_eq!(read(&bytes, is_little, capacity).unwrap(), text, "{capacity}");
            }
            assert!(read(&bytes[..bytes.len() - 1], is_little, 4).is_err(), "half a unit");
        }
        assert!(read(&[0, 0xd8, 0, 0], true, 8).is_err(), "half a pair");
    }

    #[test]
    fn files_are_named_for_what_they_are() {
        for (begin, found) in [
            (&b"PK\x03\x04..."[..], "workbook"),
            (b"\xd0\xcf\x11\xe0\xa1", "xls"),
            (b"\x1f\x8b\x08", "gzip"),
            (b"s\0l\0u\0g\0", "UTF-16 without"),
            (b"slug,title\rA,B\r", "old Macs"),
        ] {
            let (told, accepted) = encoding_of(begin).unwrap_err();
            assert!(told.contains(found) && !accepted.is_empty(), "{told}");
        }
        for text in ["slug,title\r\nA,B\r\n", "slug", "a,\"b\rc\"", "", "slug,title\r"] {
            assert_eq!(encoding_of(text.as_bytes()), Ok(Encoding::Utf8), "{text:?}");
        }
    }
}
