//! The records of a table in a file: cells parted by commas or the like, with quotation marks around those that hold such, as RFC
//! 4180 says. Strict, so that a stray quotation mark is told with its place and does not swallow the rows below it.

use super::fault::RowFault;
use super::lines::parted;

/// What may stand between cells, as the header line tells.
pub const SEPARATORS: [char; 3] = [',', ';', '\t'];

/// The cells of a record, or what is wrong with it.
pub type Cells = Result<Vec<String>, RowFault>;

/// A record that is being read, line by line.
#[derive(Debug)]
pub struct Record {
    /// What stands between cells.
    separator: char,
    /// The cells so far. The last one goes on where it is not closed.
    pub cells: Vec<String>,
    /// The next line belongs to it too: its last cell has begun with a quotation mark and has not ended.
    pub is_open: bool,
}

impl Record {
    /// One of which nothing is read yet.
    pub const fn new(separator: char) -> Self {
        Self {
            separator,
            cells: Vec::new(),
            is_open: false,
        }
    }

    /// The cells of a line that is a record by itself; none of any other.
    pub fn of_line(line: &str, separator: char) -> Vec<String> {
        let mut record = Self::new(separator);
        match record.take(line) {
            Ok(()) if !record.is_open => record.cells,
            _ => Vec::new(),
        }
    }

    /// Takes one more line, with its end.
    ///
    /// # Errors
    /// What is wrong with it; the record ends with this.
    pub fn take(&mut self, line: &str) -> Result<(), RowFault> {
        let (text, end) = parted(line);
        let mut rest = text;
        if !self.is_open {
            self.cells.clear();
            rest = self.begin(rest);
        }
        loop {
            let column = self.cells.len();
            let Some(cell) = self.cells.last_mut() else {
                return Ok(());
            };
            if self.is_open {
                let Some((inside, behind)) = rest.split_once('"') else {
                    cell.push_str(rest);
                    cell.push_str(end);
                    return Ok(());
                };
                cell.push_str(inside);
                if let Some(behind) = behind.strip_prefix('"') {
                    cell.push('"');
                    rest = behind;
                    continue;
                }
                self.is_open = false;
                rest = behind;
                if !rest.is_empty() && !rest.starts_with(self.separator) {
                    let found = format!("{:?} behind the quotation mark that ends a cell", first(rest));
                    let accepted = format!("{}, or the end of the line", called(self.separator));
                    return Err(RowFault::at(column, found, accepted));
                }
            } else {
                let (inside, _) = rest.split_at(rest.find(self.separator).unwrap_or(rest.len()));
                if let Some(stray) = inside.chars().find(|letter| ['"', '\r'].contains(letter)) {
                    let found = format!("{stray:?} in a cell that does not begin with a quotation mark");
                    let accepted = "the cell between quotation marks, each of those within it written twice";
                    return Err(RowFault::at(column, found, accepted));
                }
                cell.push_str(inside);
                rest = &rest[inside.len()..];
            }
            match rest.strip_prefix(self.separator) {
                Some(next) => rest = self.begin(next),
                None => return Ok(()),
            }
        }
    }

    /// Begins a cell; gives what stands behind its beginning.
    fn begin<'a>(&mut self, rest: &'a str) -> &'a str {
        self.cells.push(String::new());
        let quoted = rest.strip_prefix('"');
        self.is_open = quoted.is_some();
        quoted.unwrap_or(rest)
    }

    /// The fault of a record that has not ended where the file does.
    pub fn unended(&self) -> RowFault {
        let accepted = "a quotation mark at the end of the cell, those within it written twice";
        RowFault::at(self.cells.len(), "a cell that does not end", accepted)
    }
}

fn called(separator: char) -> String {
    match separator {
        ',' => "a comma".to_owned(),
        ';' => "a semicolon".to_owned(),
        '\t' => "a tab".to_owned(),
        other => format!("{other:?}"),
    }
}

fn first(text: &str) -> char {
    text.chars().next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Result<Vec<Vec<String>>, RowFault> {
        let (mut rows, mut record) = (Vec::new(), Record::new(','));
        for line in text.split_inclusive('\n') {
            record.take(line)?;
            if !record.is_open {
                rows.push(record.cells.clone());
            }
        }
        if record.is_open {
            Err(record.unended())
        } else {
            Ok(rows)
        }
    }

    #[test]
    fn cells_are_parted_by_commas_and_quotation_marks_hold_all_else() {
        assert_eq!(read("a,b\r\n").unwrap(), [["a", "b"]]);
        assert_eq!(read(",\n").unwrap(), [["", ""]]);
        assert_eq!(
            read("\"a,\"\"b\"\"\r\nc\",=d, e \n").unwrap(),
            [["a,\"b\"\r\nc", "=d", " e "]]
        );
        assert_eq!(read("\"\",\"\"\"\"").unwrap(), [["", "\""]]);
    }

    #[test]
    fn a_stray_quotation_mark_is_told_with_its_cell() {
        for (text, column) in [
            ("a,5\" b\n", 2),
            ("a,\"b\"c\n", 2),
            ("\"a,b\n\nc", 1),
            ("a,b\rc\n", 2),
            ("\"a\" ,b\n", 1),
        ] {
            let fault = read(text).unwrap_err();
            assert_eq!(fault.column, Some(column), "{text:?}: {fault:?}");
            assert!(fault.message.contains("; accepted: "), "{fault:?}");
        }
    }

    proptest! {
        #[test]
        fn what_the_writer_wrote_is_read_back(rows in proptest::collection::vec(proptest::collection::vec("[a,\"\r\n= é]{0,6}", 2..5), 1..5)) {
            let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).flexible(true).from_writer(Vec::new());
            for row in &rows {
                writer.write_record(row).unwrap();
            }
            let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
            prop_assert_eq!(read(&text).unwrap(), rows);
        }

        #[test]
        fn no_text_makes_it_panic(text in "[a,\"\r\n]{0,40}") {
            let _ = read(&text);
        }
    }
}
