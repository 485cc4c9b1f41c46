//! Backups: everything in one file of JSON lines, and back.
//!
//! The first line tells what follows: `{"menagerie": "backup", "format": 1, …, "collections": {"gifts": 6, …}}`. Each
//! line after it has the name of a collection and a document of it in canonical extended JSON: `{"gifts": {…}}`. The last
//! line is the SHA-256 of all bytes before it: `{"sha256": "…"}`.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::fs::File;
use std::io::{self, BufReader, Write};
use std::path::Path;

use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};

use super::Progress;
use super::files::Whole;
use super::lines::{Lines, Read};
use crate::domain::hash::hex;
use crate::store::backup::kept;
use crate::store::bson_types::Timestamp;
use crate::store::{Store, StoreError};

/// The one that this program writes and reads.
const FORMAT: u64 = 1;
/// How many bytes a line may have: a document of 16 MB is longer as extended JSON.
const LONGEST: usize = 64 * 1024 * 1024;
/// How many documents are read or written at once.
const PIECE: usize = 500;

/// Why a backup was not made or not restored.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The database failed.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// The file cannot be written or read.
    #[error("the backup cannot be written or read: {0}")]
    Io(#[from] io::Error),
    /// The file is no whole backup. Nothing was changed.
    #[error("line {line}: found {found}; accepted: {accepted}; nothing was changed")]
    Damaged {
        /// Where.
        line: u32,
        /// What was found.
        found: String,
        /// What is accepted.
        accepted: String,
    },
    /// The database holds something. Nothing was changed.
    #[error("the database is not empty: it has {}; accepted: an empty one, or --replace to take all out first", .0.join(", "))]
    NotEmpty(Vec<&'static str>),
    /// It broke off.
    #[error("{0}; the database holds a part of the backup: run the same command again, with --replace")]
    BrokenOff(#[source] Box<BackupError>),
}

/// How many documents of each collection.
pub type DocumentCounts = BTreeMap<String, u64>;

/// Writes everything that the database holds into a file that only its owner may read, for the hashes of tokens are in it.
/// The file is there when it is whole.
///
/// # Errors
/// [`BackupError`]; a file that was there before stays as it is.
pub async fn backup(
    store: &Store,
    path: &Path,
    tell: &mut (dyn FnMut(Progress) + Send),
) -> Result<DocumentCounts, BackupError> {
    let mut dump = store.dump().await?;
    let counts: DocumentCounts = dump
        .counts
        .iter()
        .map(|(name, count)| ((*name).to_owned(), *count))
        .collect();
    let total = counts.values().sum();
    let mut file = Whole::begin(path, 0o600)?;
    let mut hash = Sha256::new();
    let mut write = |file: &mut Whole, line: &Json| {
        let line = format!("{line}\n");
        hash.update(&line);
        file.write_all(line.as_bytes())
    };
    let head = json!({
        "menagerie": "backup", "format": FORMAT, "version": env!("CARGO_PKG_VERSION"), "at": Timestamp::now().to_rfc3339(),
        "collections": &counts,
    });
    write(&mut file, &head)?;
    let mut done = 0;
    while let Some((name, rows)) = dump.next(PIECE).await? {
        done += rows.len() as u64;
        for row in rows {
            write(&mut file, &json!({ name: row }))?;
        }
        tell(progress("writing", done, total));
    }
    let digest = hex(&hash.finalize());
    writeln!(file, "{}", json!({ "sha256": digest }))?;
    file.finish()?;
    Ok(counts)
}

/// Puts everything back as a backup has it: ids, versions, times, history, tokens. With `replace`, all that is there is
/// taken out first. The whole file is looked at before anything is changed.
///
/// # Errors
/// [`BackupError`].
pub async fn restore(
    store: &Store,
    path: &Path,
    replace: bool,
    tell: &mut (dyn FnMut(Progress) + Send),
) -> Result<DocumentCounts, BackupError> {
    let mut file = Backup::open(path)?;
    let counts = file.counts.clone();
    let total = counts.values().sum();
    let mut done = 0;
    while file.next()?.is_some() {
        done += 1;
        if done % PIECE as u64 == 0 {
            tell(progress("checking", done, total));
        }
    }
    let filled = store.filled().await?;
    if !filled.is_empty() {
        if !replace {
            return Err(BackupError::NotEmpty(filled));
        }
        store.clear().await?;
    }
    let put_back = put_back(store, path, total, tell).await;
    put_back.map_err(|error| BackupError::BrokenOff(Box::new(error)))?;
    Ok(counts)
}

async fn put_back(
    store: &Store,
    path: &Path,
    total: u64,
    tell: &mut (dyn FnMut(Progress) + Send),
) -> Result<(), BackupError> {
    let mut file = Backup::open(path)?;
    let (mut name, mut piece, mut done) = ("", Vec::new(), 0);
    loop {
        let row = file.next()?;
        let is_other = row.as_ref().is_none_or(|(other, _)| *other != name);
        if is_other || piece.len() == PIECE {
            done += piece.len() as u64;
            store.put_back(name, std::mem::take(&mut piece)).await?;
            tell(progress("writing", done, total));
        }
        let Some((of, row)) = row else { return Ok(()) };
        name = of;
        piece.push(row);
    }
}

const fn progress(doing: &'static str, done: u64, total: u64) -> Progress {
    Progress {
        doing,
        done,
        total,
        rows: done,
    }
}

/// A backup that is being read.
struct Backup {
    lines: Lines<BufReader<File>>,
    line: Vec<u8>,
    /// How many documents there must be still.
    left: DocumentCounts,
    counts: DocumentCounts,
}

impl Backup {
    fn open(path: &Path) -> Result<Self, BackupError> {
        let mut backup = Self {
            lines: Lines::new(BufReader::new(File::open(path)?), LONGEST),
            line: Vec::new(),
            left: DocumentCounts::new(),
            counts: DocumentCounts::new(),
        };
        let head = backup.json()?.unwrap_or_default();
        if head["menagerie"] != "backup" || head["format"] != FORMAT {
            let found = if head["menagerie"] == "backup" {
                format!("a backup of the format {}", head["format"])
            } else {
                "something else than the beginning of a backup".to_owned()
            };
            return Err(backup.damaged(found, format!("a file of `menagerie backup`, format {FORMAT}")));
        }
        for (name, count) in head["collections"].as_object().into_iter().flatten() {
            backup.left.insert(name.clone(), count.as_u64().unwrap_or_default());
        }
        backup.counts = backup.left.clone();
        Ok(backup)
    }

    /// The next document with its collection; `None` where the file ends as it should.
    fn next(&mut self) -> Result<Option<(&'static str, Json)>, BackupError> {
        let before = self.lines.digest();
        let cut_off = || {
            (
                "the end of the file".to_owned(),
                "a line `sha256` at the end: the file was cut off",
            )
        };
        let Some(Json::Object(line)) = self.json()? else {
            let (found, accepted) = cut_off();
            return Err(self.damaged(found, accepted));
        };
        let Some((name, value)) = line.into_iter().next() else {
            return Err(self.damaged("an empty object", "a document"));
        };
        if name == "sha256" {
            return self.end(&value, &hex(&before)).map(|()| None);
        }
        let Some(known) = kept().find(|known| *known == name) else {
            return Err(self.damaged(
                format!("the collection {name:?}"),
                kept().collect::<Vec<_>>().join(", "),
            ));
        };
        match self
            .left
            .get_mut(&name)
            .and_then(|left| left.checked_sub(1).map(|less| *left = less))
        {
            Some(()) => Ok(Some((known, value))),
            None => Err(self.damaged(format!("more documents of {name}"), "as many as the first line says")),
        }
    }

    /// FieldType the last line against what was read before it.
    fn end(&mut self, told: &Json, found: &str) -> Result<(), BackupError> {
        if told != found {
            return Err(self.damaged(
                format!("the checksum {found} of the lines above"),
                format!("{told}, as the last line says: the file was damaged"),
            ));
        }
        if let Some((name, left)) = self.left.iter().find(|(_, left)| **left > 0) {
            let found = format!("{left} documents of {name} too few");
            return Err(self.damaged(found, "as many as the first line says"));
        }
        match self.json()? {
            None => Ok(()),
            Some(_) => Err(self.damaged("more lines behind the checksum", "nothing")),
        }
    }

    fn json(&mut self) -> Result<Option<Json>, BackupError> {
        self.line.clear();
        match self.lines.next(&mut self.line)? {
            Read::End => Ok(None),
            Read::Whole => serde_json::from_slice(&self.line).map(Some).map_err(|error| {
                self.damaged(
                    format!("no JSON: {error}"),
                    "a line of JSON: the file was damaged or cut off",
                )
            }),
            Read::Cut => Err(self.damaged("a line that is too long", "a document that the database can hold")),
        }
    }

    fn damaged(&self, found: impl Display, accepted: impl Display) -> BackupError {
        BackupError::Damaged {
            line: self.lines.number(),
            found: found.to_string(),
            accepted: accepted.to_string(),
        }
    }
}
