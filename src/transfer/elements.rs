//! The elements of a list of JSON, one after the other, so that a long list takes no more memory than its longest element;
//! and values of JSON that stand one behind the other.

use std::io::{self, BufRead};

use serde_json::Value as Json;

use super::fault::RowFault;
use super::lines::{LONGEST, Lines, Read};

/// How far a list has been read.
pub struct Elements {
    is_list: bool,
    /// How many brackets and braces are open.
    depth: u32,
    in_text: bool,
    /// The next character is escaped.
    is_escaped: bool,
    /// What there is of the next element.
    element: Vec<u8>,
    /// The line that it begins in.
    line: u32,
    is_too_long: bool,
    is_ended: bool,
}

impl Elements {
    /// `is_list`: otherwise the values stand by themselves.
    pub const fn new(is_list: bool) -> Self {
        Self {
            is_list,
            depth: 0,
            in_text: false,
            is_escaped: false,
            element: Vec::new(),
            line: 0,
            is_too_long: false,
            is_ended: false,
        }
    }

    /// The next element, with the line that it begins in.
    pub fn next<R: BufRead>(&mut self, lines: &mut Lines<R>) -> io::Result<Option<(u32, Result<Json, RowFault>)>> {
        let mut part = Vec::new();
        loop {
            part.clear();
            let line = lines.line();
            match lines.part(&mut part)? {
                Read::End => return Ok(self.end(line)),
                Read::Cut => self.is_too_long = true,
                Read::Whole => {}
            }
            if let Some(element) = self.take(&part, line) {
                return Ok(Some(element));
            }
        }
    }

    /// Takes a part of the file, in which no element ends but at its end.
    fn take(&mut self, part: &[u8], line: u32) -> Option<(u32, Result<Json, RowFault>)> {
        let top = u32::from(self.is_list);
        for byte in part {
            if self.in_text {
                self.push(*byte, line);
                match byte {
                    _ if self.is_escaped => self.is_escaped = false,
                    b'\\' => self.is_escaped = true,
                    b'"' => self.in_text = false,
                    _ => {}
                }
                continue;
            }
            match byte {
                // The mark of UTF-8 stands outside of texts at the beginning only.
                0xef | 0xbb | 0xbf if self.depth == 0 && self.element.is_empty() => {}
                byte if byte.is_ascii_whitespace() => {
                    if !self.element.is_empty() {
                        self.push(*byte, line);
                    }
                }
                b'[' if self.is_list && self.depth == 0 && !self.is_ended => self.depth = 1,
                b']' if self.is_list && self.depth == 1 => {
                    (self.depth, self.is_ended) = (0, true);
                    return self.finish();
                }
                b',' if self.is_list && self.depth == top => return self.finish(),
                byte => {
                    self.push(*byte, line);
                    match byte {
                        b'"' => self.in_text = true,
                        b'{' | b'[' => self.depth += 1,
                        b'}' | b']' => self.depth = self.depth.saturating_sub(1).max(top),
                        _ => {}
                    }
                    if !self.is_list && self.depth == 0 && *byte == b'}' {
                        return self.finish();
                    }
                }
            }
        }
        None
    }

    fn push(&mut self, byte: u8, line: u32) {
        if self.element.is_empty() {
            self.line = line;
        }
        if self.element.len() < LONGEST {
            self.element.push(byte);
        } else {
            self.is_too_long = true;
        }
    }

    fn finish(&mut self) -> Option<(u32, Result<Json, RowFault>)> {
        let element = std::mem::take(&mut self.element);
        if element.is_empty() {
            return None;
        }
        let read = match std::mem::take(&mut self.is_too_long) {
            true => Err(RowFault::at(
                None,
                format!("an object of more than {} MB", LONGEST / 1024 / 1024),
                "a document that the database can hold",
            )),
            false => serde_json::from_slice(&element).map_err(|error| {
                let told = error.to_string();
                let told = told.split(" at line ").next().unwrap_or_default().to_owned();
                RowFault::at(None, format!("no JSON: {told}"), "an object of JSON")
            }),
        };
        Some((self.line, read))
    }

    /// What is left where the file ends.
    fn end(&mut self, line: u32) -> Option<(u32, Result<Json, RowFault>)> {
        let is_whole = self.is_ended || !self.is_list;
        if self.element.is_empty() && is_whole {
            return None;
        }
        let is_behind = self.is_list && self.is_ended;
        *self = Self {
            is_ended: true,
            ..Self::new(self.is_list)
        };
        let (found, accepted) = match (is_behind, self.is_list) {
            (true, _) => ("something behind the end of the list", "one list of objects"),
            (false, true) => ("a list that does not end", "a list of objects, with `]` at its end"),
            (false, false) => ("JSON that does not end", "objects, or a list of objects"),
        };
        Some((line, Err(RowFault::at(None, found, accepted))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn read(text: &str) -> Vec<(u32, Result<Json, String>)> {
        let mut lines = Lines::new(text.as_bytes(), LONGEST);
        let mut elements = Elements::new(lines.begins_with_list().unwrap());
        std::iter::from_fn(|| elements.next(&mut lines).unwrap())
            .map(|(line, element)| (line, element.map_err(|fault| fault.message)))
            .collect()
    }

    #[test]
    fn elements_come_one_by_one_with_their_lines() {
        let good = |text: &str| -> Vec<(u32, Json)> {
            read(text)
                .into_iter()
                .map(|(line, element)| (line, element.unwrap()))
                .collect()
        };
        let text = "\u{feff}[\n  {\"a\": \"]},[\\\"\"},\n\n  {\n\"b\": [1, {\"c\": 2}]\n}\n]\n";
        assert_eq!(
            good(text),
            [(2, json!({ "a": "]},[\"" })), (4, json!({ "b": [1, { "c": 2 }] }))]
        );
        assert_eq!(good("[]"), []);
        assert_eq!(good("[{\"a\":1},{\"a\":2}]").len(), 2);
        assert_eq!(
            good("{\n\"a\": 1\n}\n{\"a\":2}"),
            [(1, json!({ "a": 1 })), (4, json!({ "a": 2 }))]
        );
        assert_eq!(good("[1, \"x\"]"), [(1, json!(1)), (1, json!("x"))]);
    }

    #[test]
    fn what_is_no_list_is_told() {
        for (text, expected) in [
            ("[{\"a\": 1}", "a list that does not end"),
            ("[{\"a\" 1}]", "no JSON"),
            ("[{}] x", "something behind the end"),
            ("{\"a\": 1", "JSON that does not end"),
        ] {
            let read = read(text);
            let faults: Vec<&String> = read.iter().filter_map(|(_, element)| element.as_ref().err()).collect();
            assert!(faults.iter().any(|fault| fault.contains(expected)), "{text}: {read:?}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic_or_go_on_for_ever(text in "[\\[\\]{},:\"\\\\a \n1]{0,60}") {
            prop_assert!(read(&text).len() <= text.len() + 1);
        }
    }
}
