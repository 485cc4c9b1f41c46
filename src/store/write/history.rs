//! The history of documents: who changed what, and when. Entries are written together with what they tell of, and
//! never changed.

use std::collections::HashMap;

use futures_util::TryStreamExt;
use mongodb::ClientSession;
use mongodb::bson::{Bson, DateTime, Document, doc};
use serde_json::Value as Json;

use super::commands::Asked;
use super::document::{as_written, version_of};
use crate::domain::id::Kind;
use crate::domain::vocabulary::HistoryAction;
use crate::store::bson_types::Timestamp;
use crate::store::names::HISTORY;
use crate::store::path::join;
use crate::store::scan::json_of;
use crate::store::validate::number_of;
use crate::store::versions::ReadSet;
use crate::store::{Result, Store};

/// One change of a document.
#[derive(Clone, Debug, PartialEq)]
pub struct HistoryRecord {
    /// The document's id, `@` and its version.
    pub id: String,
    /// The document.
    pub document: String,
    /// Its version since then.
    pub version: i64,
    /// When.
    pub at: Timestamp,
    /// Who changed it: the name of a token, or the like.
    pub by: String,
    /// What was done.
    pub action: HistoryAction,
    /// What it said before and says since, field by field.
    pub changes: Vec<FieldChange>,
    /// The id of the entry that it takes back.
    pub reverts: Option<String>,
}

/// What a field said before and says since; `None` where it said, or says, nothing.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldChange {
    /// Its name.
    pub field: String,
    /// Before.
    pub before: Option<Json>,
    /// Since then.
    pub after: Option<Json>,
}

impl FieldChange {
    /// Whether the field says nothing any more.
    pub fn clears(&self) -> bool {
        let says_nothing = |value: &Option<Json>| match value {
            None => true,
            Some(value) => value.as_array().is_some_and(Vec::is_empty),
        };
        says_nothing(&self.after) && !says_nothing(&self.before)
    }
}

impl Store {
    /// The versions that documents had last, also where they are gone; those that never were are left out. One command.
    pub(in crate::store) async fn last_versions(
        &self,
        session: &mut ClientSession,
        ids: &[&str],
    ) -> Asked<HashMap<String, i64>> {
        let mut last = HashMap::new();
        if ids.is_empty() {
            return Ok(last);
        }
        let rows = doc! { "document": { "$in": ids } };
        let rows = self.matching(session, HISTORY, rows, doc! { "document": 1, "version": 1 });
        for row in rows.await? {
            let document = row.get_str("document").unwrap_or_default().to_owned();
            let version = last.entry(document).or_default();
            *version = i64::max(*version, version_of(&row));
        }
        Ok(last)
    }

    /// How many changes of a document there were.
    pub async fn history_length(&self, document: &str) -> Result<u64> {
        self.touch_history(document);
        let rows = self.database.collection::<Document>(HISTORY);
        let counted = rows.count_documents(doc! { "document": document });
        Ok(counted.max_time(self.time_left()).await?)
    }

    /// Every entry is written together with its document, whose versions therefore tell of both. No version that an answer
    /// notes tells of tokens.
    fn touch_history(&self, document: &str) {
        self.touch(Kind::of(document).map_or(ReadSet::UNCOUNTED, ReadSet::one));
    }

    /// The latest changes of a document, the latest first: up to `limit`, of versions below `before` where that is given.
    pub async fn history(&self, document: &str, before: Option<i64>, limit: usize) -> Result<Vec<HistoryRecord>> {
        self.touch_history(document);
        let mut filter = doc! { "document": document };
        if let Some(before) = before {
            filter.insert("version", doc! { "$lt": before });
        }
        let rows = self.database.collection::<Document>(HISTORY);
        let rows = rows
            .find(filter)
            .sort(doc! { "version": -1 })
            .limit(i64::try_from(limit).unwrap_or(i64::MAX));
        let mut rows: Vec<Document> = rows.max_time(self.time_left()).await?.try_collect().await?;
        for row in rows.iter_mut().filter(|row| lacks_changes(row)) {
            let mut session = self.client.start_session().await?;
            self.tell_creation(&mut session, row).await?;
        }
        Ok(rows.iter().filter_map(entry).collect())
    }

    /// Fills in what a document said when it was created, where its entry has no copy of it.
    pub(super) async fn tell_creation(&self, session: &mut ClientSession, entry: &mut Document) -> Asked<()> {
        if !lacks_changes(entry) {
            return Ok(());
        }
        let (document, version) = (entry.get_str("document").unwrap_or_default(), version_of(entry));
        // Before the later entries: one that comes in between takes back what it has changed.
        let now = match Kind::of(document) {
            Ok(kind) => {
                self.matching(session, kind.collection(), doc! { "_id": document }, doc! {})
                    .await?
            }
            Err(_) => Vec::new(),
        };
        let rows = doc! { "document": document, "version": { "$gt": version } };
        let mut later = self.matching(session, HISTORY, rows, doc! {}).await?;
        later.sort_by_key(version_of);
        let end = later
            .iter()
            .position(|entry| action_of(entry) == Some(HistoryAction::Deleted));
        // Whatever had its id after its deletion is another document.
        let said = match end {
            Some(end) => said_first(None, &later[..=end]),
            None => said_first(now.first(), &later),
        };
        entry.insert("changes", changes(&Document::new(), &said));
        Ok(())
    }
}

fn lacks_changes(entry: &Document) -> bool {
    !entry.contains_key("changes")
}

/// The entry that tells of a change from one stored document to another, either of which may be absent.
pub(in crate::store) fn entry_of(
    by: &str,
    id: &str,
    before: Option<&Document>,
    after: Option<&Document>,
    version: i64,
    now: DateTime,
) -> Document {
    let action = match (before, after) {
        (None, _) => HistoryAction::Created,
        (Some(_), Some(_)) => HistoryAction::Updated,
        (Some(_), None) => HistoryAction::Deleted,
    };
    let before = before.map(as_written).unwrap_or_default();
    let after = after.map(as_written).unwrap_or_default();
    let mut entry = entry_without_changes(by, id, action, version, now);
    entry.insert("changes", changes(&before, &after));
    entry
}

/// The entry of a new document that does not say what that said: [`Store::tell_creation`] does.
pub(super) fn entry_without_copy(by: &str, id: &str, version: i64, now: DateTime) -> Document {
    entry_without_changes(by, id, HistoryAction::Created, version, now)
}

fn entry_without_changes(by: &str, id: &str, action: HistoryAction, version: i64, now: DateTime) -> Document {
    doc! {
        "_id": format!("{id}@{version}"), "document": id, "version": version, "at": now, "by": by,
        "action": action.as_str(),
    }
}

/// What a document said first: by what it says now, unless it is gone, and by its later entries, in their order.
fn said_first(now: Option<&Document>, later: &[Document]) -> Document {
    let mut said = now.map(as_written).unwrap_or_default();
    for entry in later.iter().rev() {
        let changes = entry.get_array("changes").into_iter().flatten();
        for change in changes.filter_map(Bson::as_document) {
            put_back(change, &mut said);
        }
    }
    said
}

/// Makes a field say what it said before a change.
fn put_back(change: &Document, document: &mut Document) {
    let field = change.get_str("field").unwrap_or_default();
    match change.get("before") {
        Some(before) => drop(document.insert(field, before.clone())),
        None => drop(document.remove(field)),
    }
}

/// The fields in which two documents differ.
fn changes(before: &Document, after: &Document) -> Vec<Document> {
    let mut changes = Vec::new();
    let new = after.keys().filter(|field| !before.contains_key(field));
    for field in before.keys().chain(new).filter(|field| *field != "_id") {
        let (was, is) = (before.get(field), after.get(field));
        if was == is {
            continue;
        }
        let mut change = doc! { "field": field };
        change.extend(was.map(|was| ("before".to_owned(), was.clone())));
        change.extend(is.map(|is| ("after".to_owned(), is.clone())));
        changes.push(change);
    }
    changes
}

/// The values in which two documents differ, each by its dotted path; a list is one value.
pub(super) fn differences(before: &Document, after: &Document) -> Vec<FieldChange> {
    fn within(before: &Document, after: &Document, path: &str, found: &mut Vec<FieldChange>) {
        let new = after.keys().filter(|field| !before.contains_key(field));
        for field in before.keys().chain(new).filter(|field| *field != "_id") {
            let (was, is) = (before.get(field), after.get(field));
            let path = join(path, field);
            let (inside, none) = (
                |value: Option<&Bson>| value.and_then(Bson::as_document).cloned(),
                Document::new(),
            );
            match (inside(was), inside(is)) {
                _ if was == is => {}
                (None, None) => {
                    let said = |value: Option<&Bson>| value.map(|value| json_of(field, value, None));
                    found.push(FieldChange {
                        field: path,
                        before: said(was),
                        after: said(is),
                    });
                }
                (was, is) => within(&was.unwrap_or(none.clone()), &is.unwrap_or(none), &path, found),
            }
        }
    }
    let mut found = Vec::new();
    within(before, after, "", &mut found);
    found
}

/// What an entry says was done.
pub(super) fn action_of(entry: &Document) -> Option<HistoryAction> {
    let word = entry.get_str("action").ok()?;
    HistoryAction::ALL.iter().copied().find(|known| known.as_str() == word)
}

/// Puts what was before a change into a document; gives the fields that do not say any more what they said after it.
pub(super) fn take_back(entry: &Document, document: &mut Document) -> Vec<String> {
    let mut changed_since = Vec::new();
    let changes = entry.get_array("changes").into_iter().flatten();
    for change in changes.filter_map(Bson::as_document) {
        let field = change.get_str("field").unwrap_or_default();
        if document.get(field) != change.get("after") {
            changed_since.push(field.to_owned());
            continue;
        }
        put_back(change, document);
    }
    changed_since
}

fn entry(row: &Document) -> Option<HistoryRecord> {
    let text = |field| row.get_str(field).ok().map(str::to_owned);
    let change = |change: &Bson| {
        let change = change.as_document()?;
        let field = change.get_str("field").ok()?;
        let said = |when| change.get(when).map(|value| json_of(field, value, None));
        Some(FieldChange {
            field: field.to_owned(),
            before: said("before"),
            after: said("after"),
        })
    };
    Some(HistoryRecord {
        id: text("_id")?,
        document: text("document")?,
        version: row.get("version").and_then(number_of)? as i64,
        at: Timestamp::from(*row.get_datetime("at").ok()?),
        by: text("by")?,
        action: action_of(row)?,
        changes: row.get_array("changes").ok()?.iter().filter_map(change).collect(),
        reverts: text("reverts"),
    })
}
