//! The exceptions that `schema/README.md` lists: which filters may take up more than they give, and how much.

use std::fs;
use std::path::Path;

/// A filter that takes up more than the law allows, as the table lists it.
#[derive(Debug)]
pub struct Exception {
    /// The filter as the table has it: `giver`, or a part of filters, `before`.
    name: String,
    /// Which read: `a page` or `all`.
    read: String,
    /// How many documents it takes up at most.
    pub at_most: u64,
}

impl Exception {
    /// All that the table lists.
    pub fn listed() -> Vec<Self> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema/README.md");
        let text = fs::read_to_string(path).expect("schema/README.md can be read");
        let rows = text.lines().skip_while(|line| !line.starts_with("| filter | read |"));
        let mut found = Vec::new();
        for row in rows.skip(2).take_while(|line| line.starts_with('|')) {
            let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
            let [names, read, at_most, reason] = cells.as_slice() else {
                panic!("not four cells: {row}");
            };
            assert!(reason.len() > 20, "no reason: {row}");
            let at_most = at_most.replace(',', "").parse().expect("a number of documents");
            found.extend(names.split(',').map(|name| Self {
                name: name.trim().trim_matches('`').to_owned(),
                read: (*read).to_owned(),
                at_most,
            }));
        }
        assert!(!found.is_empty(), "no table");
        found
    }

    /// Whether this is about the read `read` of `filter`: by its name, or by one of its parts.
    pub fn is_about(&self, filter: &str, read: &str) -> bool {
        self.read == read && (filter == self.name || filter.split('.').any(|part| part == self.name))
    }
}
