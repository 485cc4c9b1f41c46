//! Links lead to files and headings that exist; paths and names of the code that a page tells exist too.

use std::collections::{HashMap, HashSet};
use std::path::{Component, Path, PathBuf};

use regex::Regex;

use super::{Page, page, pages};
use crate::house::{files, root, sources};

/// The anchors of a page's headings, as GitHub makes them.
fn anchors(page: &Page) -> HashSet<String> {
    let mut seen: HashMap<String, usize> = HashMap::new();
    let mut anchors = HashSet::new();
    for (_, line) in page.prose() {
        let heading = line.trim_start_matches('#');
        if heading.len() == line.len() || !heading.starts_with(' ') {
            continue;
        }
        let kept = heading.trim().to_lowercase();
        let kept = kept.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
        let anchor: String = kept.map(|c| if c == ' ' { '-' } else { c }).collect();
        let count = seen.entry(anchor.clone()).or_default();
        anchors.insert(if *count == 0 {
            anchor
        } else {
            format!("{anchor}-{count}")
        });
        *count += 1;
    }
    anchors
}

/// Takes `..` and `.` out of a path.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                plain.pop();
            }
            Component::CurDir => {}
            part => plain.push(part),
        }
    }
    plain
}

#[test]
fn every_link_within_the_project_leads_to_a_file_and_a_heading() {
    let link = Regex::new(r"\]\(([^)\s]+)\)").expect("a pattern");
    let texts: Vec<Page> = files()
        .into_iter()
        .filter(|file| file.path.ends_with(".md"))
        .map(|file| page(&file.path))
        .collect();
    let (mut broken, mut count) = (Vec::new(), 0);
    for text in &texts {
        for (number, line) in text.prose() {
            for found in link.captures_iter(line) {
                let target = &found[1];
                if target.contains("://") || target.starts_with("mailto:") {
                    continue;
                }
                count += 1;
                let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
                let folder = Path::new(&text.path).parent().expect("a folder");
                let path = plain(&folder.join(file)).to_string_lossy().into_owned();
                let path = if file.is_empty() { text.path.clone() } else { path };
                let leads = root().join(&path).exists()
                    && (anchor.is_empty()
                        || texts
                            .iter()
                            .any(|text| text.path == path && anchors(text).contains(anchor)));
                if !leads {
                    broken.push(format!("{}:{number}: {target}", text.path));
                }
            }
        }
    }
    assert!(broken.is_empty(), "leads nowhere:\n{}", broken.join("\n"));
    assert!(count > 50, "the links are found: {count}");
}

/// Whether a path is an example of one that somebody adds.
fn is_example(path: &str) -> bool {
    path.contains("zoo") || path.contains("NAME") || path.contains("SET")
}

#[test]
fn every_path_of_the_code_that_a_page_tells_exists() {
    let pattern = Regex::new(r"(?:^|[\s`(\[])((?:src|tests|schema|seed)/[\w./-]*\w)").expect("a pattern");
    let (mut broken, mut count) = (Vec::new(), 0);
    for page in pages().into_iter().chain([page("CONTRIBUTING.md")]) {
        for (line, number) in page.text.lines().zip(1..) {
            for found in pattern.captures_iter(line) {
                let path = &found[1];
                count += 1;
                if !is_example(path) && !root().join(path).exists() {
                    broken.push(format!("{}:{number}: {path}", page.path));
                }
            }
        }
    }
    assert!(broken.is_empty(), "no such file or folder:\n{}", broken.join("\n"));
    assert!(count > 30, "the paths are found: {count}");
}

#[test]
fn every_function_and_type_that_the_walks_name_exists() {
    let text = page("docs/ARCHITECTURE.md").text;
    let code: String = sources()
        .iter()
        .filter(|file| file.path.starts_with("src/"))
        .map(|file| file.text.as_str())
        .collect();
    let named = Regex::new(r"`(?:\w+::)*(\w+)\(\)`").expect("a pattern");
    let functions: HashSet<&str> = named
        .captures_iter(&text)
        .map(|found| found.extract::<1>().1[0])
        .collect();
    let named = Regex::new(r"`([A-Z]\w*)(?:::\w+\(\))?`").expect("a pattern");
    let types: HashSet<&str> = named
        .captures_iter(&text)
        .map(|found| found.extract::<1>().1[0])
        .collect();
    let declares = |pattern: String| Regex::new(&pattern).expect("a pattern").is_match(&code);
    let mut broken: Vec<&str> = functions
        .iter()
        .filter(|name| !declares(format!(r"\bfn {name}\b")))
        .copied()
        .collect();
    let types_missing = types
        .iter()
        .filter(|name| !declares(format!(r"\b(struct|enum|trait|type) {name}\b")));
    broken.extend(types_missing);
    assert!(broken.is_empty(), "in docs/ARCHITECTURE.md, and not in src: {broken:?}");
    assert!(functions.len() > 15 && types.len() > 5, "{functions:?} {types:?}");
}
