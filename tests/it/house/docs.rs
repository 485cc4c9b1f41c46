//! Public items have a doc comment.
//!
//! The compiler's `missing_docs` asks for one on every field and variant too, which leads to comments that only repeat
//! the name; and it does not look at items that are public within the crate only.

use super::{File, in_src, none, pattern};

/// Files with items that are still to get a doc comment.
const LEFT: &[&str] = &["src/transfer/plan.rs"];

/// The public items of a file without a doc comment above their attributes.
///
/// Constructors called `new` and accessors with one line of code need none. Items that a macro's caller names
/// (`pub struct $name`) are documented by the caller.
fn undocumented(file: &File) -> Vec<String> {
    let item = pattern(r"^\s*pub (?:(?:const|async|unsafe) )*(?:fn|struct|enum|union|trait|type|const|static) \w");
    let constructor = pattern(r"^\s+pub (?:const )?fn new\(");
    let accessor = pattern(r"^\s+pub (?:const )?fn \w+\(&?self\) -> [^{]+\{$");
    let lines: Vec<&str> = file.text.lines().collect();
    let mut missing = Vec::new();
    // How many brackets of an attribute are open.
    let mut open = 0;
    let mut documented = false;
    for (number, code) in file.code() {
        let line = lines[number - 1].trim();
        if item.is_match(code) {
            let ends_at_once = lines.get(number + 1).is_some_and(|line| line.trim() == "}");
            let needs_none = constructor.is_match(code) || (accessor.is_match(code) && ends_at_once);
            if !documented && !needs_none {
                missing.push(format!("{}:{number}: {line}", file.path));
            }
            (open, documented) = (0, false);
        } else if open > 0 || line.starts_with("#[") {
            open += code.matches('[').count();
            open = open.saturating_sub(code.matches(']').count());
        } else {
            documented = line.starts_with("///");
        }
    }
    missing
}

#[test]
fn every_public_item_has_a_doc_comment() {
    let files: Vec<(String, Vec<String>)> = in_src().map(|file| (file.path.clone(), undocumented(&file))).collect();
    let others = files.iter().filter(|(path, _)| !LEFT.contains(&path.as_str()));
    let mut broken: Vec<String> = others.flat_map(|(_, missing)| missing.clone()).collect();
    let is_left = |left: &str| files.iter().any(|(path, missing)| path == left && !missing.is_empty());
    let done = LEFT.iter().filter(|left| !is_left(left));
    broken.extend(done.map(|left| format!("{left} lacks none: take it off the list")));
    none("every public item has a doc comment", broken);
}

#[test]
fn an_item_without_a_doc_comment_is_seen() {
    let file = File {
        path: "src/zoo/cage.rs".into(),
        text: "//! Cages.

/// A cage.
#[derive(
    Debug,
)]
pub struct Cage(u8);

#[derive(Debug)]
pub struct Bare;

impl Cage {
    pub fn new() -> Self {
        Self(1)
    }

    pub const fn size(&self) -> u8 {
        self.0
    }

    pub fn open(&self) -> u8 {
        let size = self.0;
        size + 1
    }

    // Not a doc comment.
    pub async fn feed(&mut self) {}
}

#[cfg(test)]
mod tests {
    pub fn unseen() {}
}
"
        .into(),
    };
    let expected = [
        "src/zoo/cage.rs:10: pub struct Bare;",
        "src/zoo/cage.rs:21: pub fn open(&self) -> u8 {",
        "src/zoo/cage.rs:27: pub async fn feed(&mut self) {}",
    ];
    assert_eq!(undocumented(&file), expected);
}
