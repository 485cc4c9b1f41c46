//! What an import tells whoever reads it: what is wrong, on no more than a screen, and what was passed over.

use std::collections::{BTreeMap, BTreeSet};

use super::PassedOver;
use super::columns::Columns;
use super::fault::{BadRow, RowFault};
use super::import::ImportEvent;
use crate::domain::id::Kind;

/// How many mistakes are told; with the rest of a report they fit on a screen.
const MOST: usize = 12;

/// What is wrong, and what was passed over.
#[derive(Debug, Default)]
pub struct Report {
    /// The first of each kind of mistake, and how many more there are of it.
    mistakes: Vec<(BadRow, u64)>,
    /// Where each kind of mistake stands among those.
    known: BTreeMap<(String, String), usize>,
    /// How many there are of other kinds.
    others: u64,
    /// Whose columns somebody does not know.
    columns: BTreeSet<&'static str>,
    notes: Vec<String>,
    in_words: BTreeSet<(String, String)>,
}

impl Report {
    /// Takes what is told of an import; what becomes of documents, and how far it has come, is told at once and not here.
    pub fn add(&mut self, event: ImportEvent) {
        match event {
            ImportEvent::Bad(row) => self.add_mistake(row),
            ImportEvent::PassedOver { file, passed_over } => self.notes.extend(passed(&file, passed_over)),
            ImportEvent::InWords { file, cell } => self.add_words(file, &cell),
            ImportEvent::Change(_) | ImportEvent::Progress(_) => {}
        }
    }

    fn add_mistake(&mut self, row: BadRow) {
        self.columns.extend(row.fault.columns_of.map(Kind::collection));
        let kind = (row.fault.path.clone(), row.fault.message.clone());
        match self.known.get(&kind) {
            Some(at) => self.mistakes[*at].1 += 1,
            None if self.mistakes.len() < MOST => {
                self.known.insert(kind, self.mistakes.len());
                self.mistakes.push((row, 0));
            }
            None => self.others += 1,
        }
    }

    /// Once for each column.
    fn add_words(&mut self, file: String, cell: &RowFault) {
        if self.in_words.insert((file.clone(), cell.path.clone())) {
            let path = &cell.path;
            self.notes.push(format!(
                "{file}: `{path}` tells a list in words, which cannot be read back: it stays as it is; accepted: a list as JSON, \
                 as `menagerie export` writes it"
            ));
        }
    }

    /// Its lines: what is wrong, then what was passed over.
    pub fn lines(&self) -> Vec<String> {
        let line = |(row, more): &(BadRow, u64)| match more {
            0 => row.to_string(),
            more => format!("{row} (and {more} more such)"),
        };
        let mut lines: Vec<String> = self.mistakes.iter().map(line).collect();
        if self.others > 0 {
            lines.push(format!("and {} more", self.others));
        }
        for collection in &self.columns {
            let columns = Kind::of_collection(collection).and_then(|kind| Columns::of(kind).ok());
            let names = columns.iter().flat_map(Columns::names).collect::<Vec<_>>().join(", ");
            lines.push(format!("columns of {collection}: {names}"));
        }
        lines.extend(self.notes.iter().cloned());
        lines
    }
}

fn passed(file: &str, PassedOver { rows, columns }: PassedOver) -> Option<String> {
    let some = |count: u64, noun: &str| match count {
        0 => None,
        1 => Some(format!("1 empty {noun}")),
        count => Some(format!("{count} empty {noun}s")),
    };
    let told: Vec<String> = [some(rows, "row"), some(columns as u64, "column")]
        .into_iter()
        .flatten()
        .collect();
    (!told.is_empty()).then(|| format!("{file}: passed over: {}", told.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bad(line: u32, path: &str, message: &str) -> ImportEvent {
        let fault = RowFault {
            columns_of: Some(Kind::Source),
            ..RowFault::at(3, message, "something else").of(path)
        };
        ImportEvent::Bad(BadRow {
            file: "sources.csv".to_owned(),
            line,
            fault,
        })
    }

    #[test]
    fn a_report_is_no_longer_than_a_screen_and_tells_each_kind_of_mistake_once() {
        let mut report = Report::default();
        for line in 2..61 {
            report.add(bad(line, "kind", "\"book\""));
        }
        for line in 61..300 {
            report.add(bad(line, "title", &format!("{line}")));
        }
        let lines = report.lines();
        assert_eq!(
            lines[0],
            "sources.csv:2:3: kind: found \"book\"; accepted: something else (and 58 more such)"
        );
        assert_eq!(lines[MOST], "and 228 more");
        assert!(
            lines[MOST + 1].starts_with("columns of sources: id, title, kind"),
            "{lines:?}"
        );
        assert!(lines.len() < 20, "{lines:#?}");
    }

    #[test]
    fn what_is_passed_over_is_counted() {
        assert_eq!(
            passed("a.csv", PassedOver { rows: 3, columns: 1 }).unwrap(),
            "a.csv: passed over: 3 empty rows, 1 empty column"
        );
    }
}
