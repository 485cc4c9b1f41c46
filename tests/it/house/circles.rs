//! No files of a room use each other in a circle.
//!
//! A file uses another where a path in it leads there: in a `use`, or in the code. What a file passes on (`pub use`)
//! belongs to the file that it comes from, so a `mod.rs` that only declares and passes on is part of no circle. Names in
//! macros (`$crate::`) belong to whoever calls the macro, and unit tests do not count.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{File, in_src, none, pattern};

/// The rooms that are looked at, with the files that use each other in a circle there and the reason beside them.
const ROOMS: [(&str, &[&str]); 13] = [
    ("api", &[]),
    ("config", &[]),
    ("domain", &[]),
    ("embedded", &[]),
    ("feed", &[]),
    (
        "graphql",
        // The relations of the documents lead both ways: a gift has a nation as its giver, and a nation has the gifts
        // that it gave. A collection's file names the types at the other end of its relations, in its fields and in
        // the arguments of its connections, and one file for all six would be longer than a file may be.
        &[
            "collections/animal",
            "collections/claim",
            "collections/event",
            "collections/gift",
            "collections/nation",
            "collections/source",
            // The values in documents have relations of their own: a count rests on a claim, a place lies in a nation.
            "values",
        ],
    ),
    ("guard", &[]),
    ("http", &[]),
    ("search", &[]),
    ("seed", &[]),
    ("store", &[]),
    ("telemetry", &[]),
    ("transfer", &[]),
];

/// A path in the crate: `["store", "page", "Page"]`.
type Path = Vec<String>;

/// A file as others name it.
struct Module {
    file: String,
    path: Path,
    /// The paths in it, but for those that it passes on.
    uses: BTreeSet<Path>,
    /// The names that it passes on, with where they come from.
    passed_on: HashMap<String, Path>,
}

impl Module {
    fn new(file: &File, children: &BTreeSet<Path>) -> Self {
        let below = file.path.trim_start_matches("src/").trim_end_matches(".rs");
        let path: Path = below.trim_end_matches("/mod").split('/').map(str::to_owned).collect();
        let mut module = Self {
            file: file.path.clone(),
            path,
            uses: BTreeSet::new(),
            passed_on: HashMap::new(),
        };
        let code: String = file.code().map(|(_, line)| format!("{line}\n")).collect();
        let code = pattern(r"\bpub\([^)]*\)").replace_all(&code, "pub");
        let imports = pattern(r"(?s)(\bpub\s+)?\buse\s+([^;]+);");
        for found in imports.captures_iter(&code) {
            for (path, name) in module.leaves(&found[2], children) {
                if found.get(1).is_some() {
                    module.passed_on.insert(name, path);
                } else {
                    module.uses.insert(path);
                }
            }
        }
        let rest = imports.replace_all(&code, "");
        let inline = pattern(r"(\$?)\b((?:\w+::)+\w+)");
        for found in inline.captures_iter(&rest).filter(|found| found[1].is_empty()) {
            module.uses.extend(module.absolute(&found[2], children));
        }
        module
    }

    /// The paths of a `use`, each with the name that it has here: of `a::{b, c as d}` those of `b` and `d`.
    fn leaves(&self, tree: &str, children: &BTreeSet<Path>) -> Vec<(Path, String)> {
        let mut leaves = Vec::new();
        expand("", tree, &mut leaves);
        let named = leaves.iter().filter_map(|leaf| {
            let (path, name) = leaf.split_once(" as ").unwrap_or((leaf, leaf));
            let path = path.trim().trim_end_matches("::self");
            let name = name.rsplit("::").next().unwrap_or_default().trim();
            Some((self.absolute(path, children)?, name.to_owned()))
        });
        named.collect()
    }

    /// A path from the root of the crate; `None` where it leads out of the crate or to a name without a file.
    fn absolute(&self, path: &str, children: &BTreeSet<Path>) -> Option<Path> {
        let mut steps: Vec<&str> = path.split("::").collect();
        let mut from: Path = match steps[0] {
            "crate" => Vec::new(),
            "self" | "super" => self.path.clone(),
            child => {
                let inner = [self.path.as_slice(), &[child.to_owned()]].concat();
                return children.contains(&inner).then(|| [inner, owned(&steps[1..])].concat());
            }
        };
        while steps.first() == Some(&"super") {
            steps.remove(0);
            from.pop();
        }
        let steps = steps
            .strip_prefix(&["crate"])
            .or(steps.strip_prefix(&["self"]))
            .unwrap_or(&steps);
        from.extend(owned(steps));
        Some(from)
    }
}

fn owned(steps: &[&str]) -> Path {
    steps.iter().map(|step| (*step).to_owned()).collect()
}

/// Takes the braces of a `use` apart.
fn expand(before: &str, tree: &str, leaves: &mut Vec<String>) {
    let Some(open) = tree.find('{') else {
        leaves.push(format!("{before}{}", tree.trim()));
        return;
    };
    let before = format!("{before}{}", tree[..open].trim());
    let inner = tree[open + 1..].trim_end();
    let inner = inner.strip_suffix('}').unwrap_or(inner);
    let (mut depth, mut start) = (0, 0);
    for (at, letter) in inner.char_indices().chain([(inner.len(), ',')]) {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                if !inner[start..at].trim().is_empty() {
                    expand(&before, &inner[start..at], leaves);
                }
                start = at + 1;
            }
            _ => {}
        }
    }
}

/// Which files each file of a room uses there.
fn arrows(files: &[File]) -> BTreeMap<String, BTreeSet<String>> {
    let paths = files.iter().map(|file| Module::new(file, &BTreeSet::new()).path);
    let paths: BTreeSet<Path> = paths.collect();
    let modules: Vec<Module> = files.iter().map(|file| Module::new(file, &paths)).collect();
    let by_path: HashMap<&Path, &Module> = modules.iter().map(|module| (&module.path, module)).collect();
    let of = |module: &Module| {
        let used = module.uses.iter().filter_map(|path| file_of(path, &by_path));
        let others = used.filter(|file| *file != module.file);
        (module.file.clone(), others.map(str::to_owned).collect())
    };
    modules.iter().map(of).collect()
}

/// The file in which a path ends, through all that passes it on.
fn file_of<'a>(path: &[String], modules: &HashMap<&'a Path, &'a Module>) -> Option<&'a str> {
    let (module, rest) = (1..=path.len())
        .rev()
        .find_map(|end| Some((*modules.get(&path[..end].to_vec())?, &path[end..])))?;
    let origin = rest.first().and_then(|name| module.passed_on.get(name));
    match origin {
        Some(origin) => file_of(&[origin.as_slice(), &rest[1..]].concat(), modules),
        None => Some(&module.file),
    }
}

/// All files to which arrows lead from one.
fn reached<'a>(from: &'a String, arrows: &'a BTreeMap<String, BTreeSet<String>>) -> BTreeSet<&'a String> {
    let (mut reached, mut next) = (BTreeSet::new(), vec![from]);
    while let Some(file) = next.pop() {
        let further = arrows.get(file).into_iter().flatten();
        next.extend(further.filter(|file| reached.insert(*file)));
    }
    reached
}

/// The files that use each other in a circle, each with those of its circle that it uses.
fn circles(arrows: &BTreeMap<String, BTreeSet<String>>) -> BTreeMap<&str, Vec<&str>> {
    let reached: BTreeMap<&String, BTreeSet<&String>> =
        arrows.keys().map(|file| (file, reached(file, arrows))).collect();
    let in_a_circle = arrows.iter().filter(|(file, _)| reached[file].contains(file));
    let with_uses = in_a_circle.map(|(file, used)| {
        let back = used.iter().filter(|other| reached[other].contains(file));
        (file.as_str(), back.map(String::as_str).collect())
    });
    with_uses.collect()
}

#[test]
fn no_files_of_a_room_use_each_other_in_a_circle() {
    let mut broken = Vec::new();
    for (room, left) in ROOMS {
        let files: Vec<File> = in_src().filter(|file| file.room() == room).collect();
        assert!(!files.is_empty(), "{room} is a room");
        let arrows = arrows(&files);
        let circles = circles(&arrows);
        let left: BTreeSet<String> = left.iter().map(|file| format!("src/{room}/{file}.rs")).collect();
        let new = circles.iter().filter(|(file, _)| !left.contains(**file));
        broken.extend(new.map(|(file, used)| format!("{file} is in a circle with {used:?}")));
        let opened = left.iter().filter(|file| !circles.contains_key(file.as_str()));
        broken.extend(opened.map(|file| format!("{file} is in no circle any more: take it off the list")));
    }
    none("no circles of files", broken);
}

#[test]
fn a_circle_is_seen_through_names_that_are_passed_on() {
    let file = |path: &str, text: &str| File {
        path: format!("src/zoo/{path}.rs"),
        text: text.to_owned(),
    };
    let files = [
        file(
            "mod",
            "mod cage;\nmod keeper;\nmod ticket;\npub use keeper::{Keeper as Guard, Shift};\n",
        ),
        file(
            "cage",
            "use std::fmt;\nuse super::{Guard,\n    ticket::{self, Price}};\n",
        ),
        file("keeper", "pub struct Keeper(super::cage::Cage);\n"),
        file(
            "ticket",
            "//! Not `super::cage`.\npub fn price() -> u8 { $crate::zoo::cage::FREE }\n",
        ),
    ];
    let arrows = arrows(&files);
    let used = |name: &str| {
        arrows[&format!("src/zoo/{name}.rs")]
            .iter()
            .map(String::as_str)
            .collect::<Vec<_>>()
    };
    assert_eq!(used("mod"), [""; 0]);
    assert_eq!(used("cage"), ["src/zoo/keeper.rs", "src/zoo/ticket.rs"]);
    assert_eq!(used("keeper"), ["src/zoo/cage.rs"]);
    assert_eq!(used("ticket"), [""; 0]);
    let expected = [
        ("src/zoo/cage.rs", vec!["src/zoo/keeper.rs"]),
        ("src/zoo/keeper.rs", vec!["src/zoo/cage.rs"]),
    ];
    assert_eq!(circles(&arrows), BTreeMap::from(expected));
}
