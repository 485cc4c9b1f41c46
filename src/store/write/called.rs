//! What the names in rows lead to: documents by their slugs, codes and names.

use std::collections::HashMap;

use mongodb::bson::Document;

use crate::domain::id::Kind;
use crate::domain::words::spots;
use crate::store::import_row::{ImportRow, called_by};
use crate::store::path::texts_at;

/// For how many names of a batch the nearest is looked for.
const HINTS: usize = 20;

/// What the names in rows lead to.
#[derive(Default)]
pub(super) struct Called {
    /// The documents that have a slug.
    pub slugs: HashMap<(Kind, String), String>,
    /// The documents that are called so.
    found: HashMap<(Kind, String), Vec<String>>,
    /// How near the name of another document is, and what that is.
    near: HashMap<(Kind, String), (usize, String)>,
}

/// What a name leads to.
pub(super) enum Lead {
    One(String),
    Several(Vec<String>),
    /// To none; what is called nearly like it.
    None(Option<String>),
}

impl Called {
    /// The id of the document that a row is about.
    pub fn id_of<'a>(&'a self, row: &'a ImportRow) -> &'a str {
        let known = row.key().and_then(|slug| self.slugs.get(&(row.kind, slug.to_owned())));
        known.map_or(row.id.as_str(), String::as_str)
    }

    /// Where a name leads to, which stands for a document of this kind, or of any.
    pub fn lead(&self, to: Option<Kind>, name: &str) -> Lead {
        let keys: Vec<(Kind, String)> = kinds(to).map(|kind| (kind, name.to_owned())).collect();
        let mut ids: Vec<String> = keys
            .iter()
            .filter_map(|key| self.found.get(key))
            .flatten()
            .cloned()
            .collect();
        ids.sort_unstable();
        ids.dedup();
        match ids.len() {
            0 => {
                let near = keys.iter().filter_map(|key| self.near.get(key));
                Lead::None(near.min().map(|(_, hint)| hint.clone()))
            }
            1 => Lead::One(ids.remove(0)),
            _ => Lead::Several(ids),
        }
    }

    /// A document is called so.
    pub fn add(&mut self, kind: Kind, name: &str, id: &str) {
        let ids = self.found.entry((kind, name.to_owned())).or_default();
        if !ids.iter().any(|known| known == id) {
            ids.push(id.to_owned());
        }
    }

    /// Whether no document of a kind is known that is called so.
    pub fn lacks(&self, kind: Kind, name: &str) -> bool {
        !self.found.contains_key(&(kind, name.to_owned()))
    }

    /// Whether none is known either that is called nearly so.
    pub fn lacks_near(&self, kind: Kind, name: &str) -> bool {
        self.lacks(kind, name) && !self.near.contains_key(&(kind, name.to_owned()))
    }

    /// Takes a document that is called nearly like one of these names, or like it but for case and accents.
    pub fn compare(&mut self, kind: Kind, names: &[(&str, String)], row: &Document, alike: &mut Vec<(String, String)>) {
        let id = row.get_str("_id").unwrap_or_default();
        for called in called_by(kind).into_iter().flat_map(|path| texts_at(row, path)) {
            let folded = folded(called);
            for (name, _) in names
                .iter()
                .filter(|(_, wanted)| *wanted == folded && !folded.is_empty())
            {
                alike.push(((*name).to_owned(), id.to_owned()));
            }
            for (name, wanted) in names.iter().take(HINTS).filter(|(_, wanted)| *wanted != folded) {
                let distance = strsim::damerau_levenshtein(wanted, &folded);
                if distance <= wanted.len().min(folded.len()) / 3 {
                    let this = (distance, format!("`{id}` ({called})"));
                    let near = self
                        .near
                        .entry((kind, (*name).to_owned()))
                        .or_insert_with(|| this.clone());
                    *near = this.min(near.clone());
                }
            }
        }
    }
}

/// The kinds of documents that a reference may lead to.
pub(super) fn kinds(to: Option<Kind>) -> impl Iterator<Item = Kind> {
    Kind::ALL
        .into_iter()
        .filter(move |kind| to.is_none_or(|to| to == *kind))
}

/// A text without case, accents and punctuation.
pub(super) fn folded(text: &str) -> String {
    let words: Vec<String> = spots(text).into_iter().map(|spot| spot.word).collect();
    words.join(" ")
}
