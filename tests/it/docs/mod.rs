//! README.md and docs/ tell the truth: their queries give their answers, their commands work, their links lead somewhere,
//! and their tables list what the code has.
//!
//! Here stands how the texts are read; the files beside this one hold the tests.

mod blocks; // queries, commands and the answers below them
mod codes; // the tables of ERRORS.md
mod links; // links, anchors, paths and names of the code
mod map; // the map of rooms, and the bounds of README and glossary
mod settings; // settings and their defaults

use std::fs;
use std::path::Path;

/// A page of the documentation.
pub struct Page {
    /// From the project's folder: `docs/QUERIES.md`.
    pub path: String,
    pub text: String,
}

/// A block of code in a page.
pub struct Block {
    /// What stands behind the opening fence; empty where nothing does.
    pub language: String,
    pub text: String,
    /// The line of the opening fence, counted from 1.
    pub line: usize,
}

/// The page at this path.
pub fn page(path: &str) -> Page {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path));
    Page {
        path: path.to_owned(),
        text: text.unwrap_or_else(|error| panic!("{path}: {error}")),
    }
}

/// README.md and all of docs/, in the order of their names.
pub fn pages() -> Vec<Page> {
    let folder = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs")).expect("docs/ is there");
    let names = folder.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned());
    let mut paths: Vec<String> = names
        .filter(|name| name.ends_with(".md"))
        .map(|name| format!("docs/{name}"))
        .collect();
    paths.push("README.md".to_owned());
    paths.sort();
    paths.iter().map(|path| page(path)).collect()
}

impl Page {
    /// What stands below a heading, up to the next one of the same or a higher level.
    pub fn section(&self, heading: &str) -> &str {
        let level = heading.find(' ').expect("hashes and a space");
        let (_, rest) = self
            .text
            .split_once(&format!("\n{heading}\n"))
            .unwrap_or_else(|| panic!("{}: no heading {heading:?}", self.path));
        let ends = (1..=level).filter_map(|level| rest.find(&format!("\n{} ", "#".repeat(level))));
        &rest[..ends.min().unwrap_or(rest.len())]
    }

    /// The blocks of code.
    pub fn blocks(&self) -> Vec<Block> {
        let mut blocks: Vec<Block> = Vec::new();
        let mut is_inside = false;
        for (line, number) in self.text.lines().zip(1..) {
            match (line.strip_prefix("```"), is_inside) {
                (Some(language), false) => {
                    blocks.push(Block {
                        language: language.trim().to_owned(),
                        text: String::new(),
                        line: number,
                    });
                    is_inside = true;
                }
                (Some(_), true) => is_inside = false,
                (None, true) => {
                    let block = blocks.last_mut().expect("one is open");
                    block.text.push_str(line);
                    block.text.push('\n');
                }
                (None, false) => {}
            }
        }
        blocks
    }

    /// The lines outside blocks of code, with their numbers.
    pub fn prose(&self) -> Vec<(usize, &str)> {
        let mut is_inside = false;
        let mut lines = Vec::new();
        for (line, number) in self.text.lines().zip(1..) {
            if line.starts_with("```") {
                is_inside = !is_inside;
            } else if !is_inside {
                lines.push((number, line));
            }
        }
        lines
    }
}

/// The cells of the first table in a text, row by row, without its header.
pub fn table(text: &str) -> Vec<Vec<&str>> {
    let rows = text
        .lines()
        .skip_while(|line| !line.starts_with('|'))
        .take_while(|line| line.starts_with('|'));
    rows.skip(2)
        .map(|row| row.trim_matches('|').split('|').map(str::trim).collect())
        .collect()
}
