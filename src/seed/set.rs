//! A seed set: a file per collection, carried inside the binary or read from a folder, checked document by document.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::path::Path;

use rust_embed::RustEmbed;
use serde_json::Value as Json;

use crate::domain::id::Kind;
use crate::store::validate::{Problem, nearest};
use crate::store::write::Prepared;

#[derive(RustEmbed)]
#[folder = "seed"]
#[include = "*/*.json"]
struct Bundled;

/// The order in which a set's files are read.
const ORDER: [Kind; Kind::COUNT] = Kind::REFERRED_FIRST;

/// A set that has been read and whose documents each fit their collection.
#[derive(Debug)]
pub struct Set {
    /// Its name, or the folder that it was read from.
    pub name: String,
    /// Its documents.
    pub documents: Vec<Prepared>,
    places: HashMap<String, String>,
}

/// Why a set cannot be loaded. Nothing has been written then.
#[derive(Debug)]
pub enum SetError {
    /// No such set.
    Unknown {
        /// What was asked for.
        name: String,
        /// The sets that come with the program.
        known: Vec<String>,
    },
    /// A folder or file cannot be read.
    Unreadable {
        /// Which one.
        path: String,
        /// Why.
        detail: String,
    },
    /// Documents that do not fit, each with its place.
    Misfits {
        /// The set.
        name: String,
        /// One line each: file, place, what was found, what is accepted.
        lines: Vec<String>,
    },
}

impl fmt::Display for SetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown { name, known } => write!(
                f,
                "there is no set `{name}`; accepted are {} and folders, written with a `/`, such as ./my-set",
                known.join(", ")
            ),
            Self::Unreadable { path, detail } => write!(f, "{path} cannot be read: {detail}"),
            Self::Misfits { name, lines } => {
                let things = match lines.len() {
                    1 => "one thing is".to_owned(),
                    number => format!("{number} things are"),
                };
                write!(f, "the set {name} is not loaded; {things} wrong in it:")?;
                lines.iter().try_for_each(|line| write!(f, "\n  {line}"))
            }
        }
    }
}

impl std::error::Error for SetError {}

impl Set {
    /// The sets that come with the program.
    pub fn bundled() -> Vec<String> {
        let mut names: Vec<String> = Bundled::iter()
            .filter_map(|path| path.split_once('/').map(|(set, _)| set.to_owned()))
            .collect();
        names.sort();
        names.dedup();
        names
    }

    /// Reads a set by its name, or from a folder when the name has a `/` in it.
    pub fn read(name: &str) -> Result<Self, SetError> {
        let folder = Path::new(name);
        let files = if name.contains('/') || folder.is_absolute() {
            if !folder.is_dir() {
                return Err(SetError::Unreadable {
                    path: name.to_owned(),
                    detail: "it is no folder; accepted is a folder with files such as gifts.json".into(),
                });
            }
            refuse_strange_files(name, folder)?;
            files_of(|file| match std::fs::read_to_string(folder.join(file)) {
                Ok(text) => Ok(Some(text)),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
                Err(error) => Err(SetError::Unreadable {
                    path: folder.join(file).display().to_string(),
                    detail: error.to_string(),
                }),
            })?
        } else {
            let known = Self::bundled();
            if !known.iter().any(|set| set == name) {
                return Err(SetError::Unknown {
                    name: name.to_owned(),
                    known,
                });
            }
            files_of(|file| {
                let content = Bundled::get(&format!("{name}/{file}"));
                Ok(content.map(|content| String::from_utf8_lossy(&content.data).into_owned()))
            })?
        };
        Self::parse(name, files)
    }

    fn parse(name: &str, files: Vec<(Kind, String)>) -> Result<Self, SetError> {
        let mut set = Self {
            name: name.to_owned(),
            documents: Vec::new(),
            places: HashMap::new(),
        };
        let mut lines = Vec::new();
        if files.is_empty() {
            let accepted = ORDER.map(file_name).join(", ");
            lines.push(format!("found no file; accepted: at least one of {accepted}"));
        }
        for (kind, text) in files {
            let file = file_name(kind);
            // Some programs begin a text in UTF-8 with a mark.
            match serde_json::from_str::<Vec<Json>>(text.trim_start_matches('\u{feff}')) {
                Err(error) => lines.push(format!("{file}: {error}; accepted is a JSON array of documents")),
                Ok(rows) => {
                    for (place, row) in rows.iter().enumerate() {
                        set.add(kind, place, row, &mut lines);
                    }
                }
            }
        }
        set.check_conflicts(&mut lines);
        if lines.is_empty() {
            Ok(set)
        } else {
            Err(set.misfits(lines))
        }
    }

    fn add(&mut self, kind: Kind, place: usize, row: &Json, lines: &mut Vec<String>) {
        let named = row["_id"].as_str().map(|id| format!(" ({id})")).unwrap_or_default();
        let place = format!("{}[{place}]{named}", file_name(kind));
        match Prepared::from_json(kind, row) {
            Err(problems) => lines.extend(problems.iter().map(|problem: &Problem| format!("{place}: {problem}"))),
            Ok(document) => {
                if let Some(earlier) = self.places.insert(document.id.clone(), place.clone()) {
                    lines.push(format!(
                        "{place}: _id: found the id of {earlier}; accepted: each id once"
                    ));
                }
                self.documents.push(document);
            }
        }
    }

    /// A contradiction is seen from both sides, so both must name it.
    fn check_conflicts(&self, lines: &mut Vec<String>) {
        let pairs: HashSet<(String, String)> = self
            .documents
            .iter()
            .filter(|document| document.kind == Kind::Claim)
            .flat_map(|document| {
                document
                    .ids_at("conflictsWith")
                    .into_iter()
                    .map(|other| (document.id.clone(), other))
            })
            .collect();
        let mut one_sided: Vec<String> = pairs
            .iter()
            .filter(|(claim, other)| self.places.contains_key(other) && !pairs.contains(&(other.clone(), claim.clone())))
            .map(|(claim, other)| {
                format!("{}: conflictsWith: found {other}, which does not name {claim}; accepted: both sides name each other", self.place(claim))
            })
            .collect();
        one_sided.sort();
        lines.append(&mut one_sided);
    }

    /// Whether these are all documents of the set.
    pub fn has_all(&self, ids: &[&str]) -> bool {
        ids.iter()
            .all(|id| self.documents.iter().any(|document| document.id == *id))
    }

    /// The error for these lines.
    pub fn misfits(&self, lines: Vec<String>) -> SetError {
        SetError::Misfits {
            name: self.name.clone(),
            lines,
        }
    }

    /// Where in the files a document of this set stands; for another document its id.
    pub fn place<'a>(&'a self, id: &'a str) -> &'a str {
        self.places.get(id).map_or(id, String::as_str)
    }
}

/// A file whose name is mistyped would otherwise be passed over in silence.
fn refuse_strange_files(name: &str, folder: &Path) -> Result<(), SetError> {
    let accepted = ORDER.map(file_name);
    let accepted: Vec<&str> = accepted.iter().map(String::as_str).collect();
    let entries = std::fs::read_dir(folder).and_then(Iterator::collect::<std::io::Result<Vec<_>>>);
    let mut strange: Vec<String> = entries
        .map_err(|error| SetError::Unreadable {
            path: name.to_owned(),
            detail: error.to_string(),
        })?
        .iter()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|file| file.ends_with(".json") && !accepted.contains(&file.as_str()))
        .collect();
    strange.sort();
    if strange.is_empty() {
        return Ok(());
    }
    Err(SetError::Misfits {
        name: name.to_owned(),
        lines: strange
            .iter()
            .map(|file| {
                let hint = nearest(file, &accepted).unwrap_or_default();
                format!(
                    "{file}: found a file of this name; accepted: {}{hint}",
                    accepted.join(", ")
                )
            })
            .collect(),
    })
}

fn file_name(kind: Kind) -> String {
    format!("{}.json", kind.collection())
}

fn files_of(read: impl Fn(&str) -> Result<Option<String>, SetError>) -> Result<Vec<(Kind, String)>, SetError> {
    let mut files = Vec::new();
    for kind in ORDER {
        if let Some(text) = read(&file_name(kind))? {
            files.push((kind, text));
        }
    }
    Ok(files)
}
