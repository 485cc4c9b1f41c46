//! The commands by which the collections are written, each for many documents at once, and read for that.

use std::collections::BTreeSet;

use futures_util::TryStreamExt;
use mongodb::ClientSession;
use mongodb::bson::{Bson, Document, deserialize_from_document, doc, serialize_to_vec};
use mongodb::error::{Error, ErrorKind, WriteError, WriteFailure};

use crate::store::error::{DUPLICATE_KEY, WRITE_CONFLICT};
use crate::store::names::LOCKS;
use crate::store::validate::number_of;
use crate::store::{Result as StoreResult, Store};

/// What the database says within a transaction, whose errors the driver has to see.
pub(in crate::store) type Asked<T> = Result<T, Error>;

/// How many bytes of documents an `update` command has at most, unless one document alone has more: the whole command
/// must not be larger than a document.
const LARGEST: usize = 8 * 1024 * 1024;

impl Store {
    /// All rows that match.
    pub(super) async fn matching(
        &self,
        session: &mut ClientSession,
        collection: &str,
        filter: Document,
        projection: Document,
    ) -> Asked<Vec<Document>> {
        self.up_to(session, collection, filter, projection, None).await
    }

    /// As many of the rows that match.
    pub(super) async fn up_to(
        &self,
        session: &mut ClientSession,
        collection: &str,
        filter: Document,
        projection: Document,
        most: Option<i64>,
    ) -> Asked<Vec<Document>> {
        let rows = self.database.collection::<Document>(collection);
        let rows = rows.find(filter).projection(projection).limit(most.unwrap_or_default());
        let mut rows = rows.session(&mut *session).await?;
        rows.stream(session).try_collect().await
    }

    /// Inserts rows. `unchecked`: the database need not hold them against their schema, which not every user may ask for.
    pub(in crate::store) async fn insert(
        &self,
        session: &mut ClientSession,
        collection: &str,
        rows: Vec<Document>,
        unchecked: bool,
    ) -> Asked<()> {
        if rows.is_empty() {
            return Ok(());
        }
        let collection = self.database.collection::<Document>(collection);
        let insert = collection.insert_many(rows).bypass_document_validation(unchecked);
        insert.session(session).await.map(drop)
    }

    /// Inserts, outside of a transaction, the rows that are not there; gives the ids of those that are.
    pub(super) async fn insert_absent(
        &self,
        session: &mut ClientSession,
        collection: &str,
        rows: &[Document],
        unchecked: bool,
    ) -> Asked<Vec<String>> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let collection = self.database.collection::<Document>(collection);
        let insert = collection.insert_many(rows).ordered(false);
        match insert.bypass_document_validation(unchecked).session(session).await {
            Ok(_) => Ok(Vec::new()),
            Err(error) => known(&error, rows).ok_or(error),
        }
    }

    /// Makes many changes, each a statement of the command `update`; gives how many rows they have met.
    pub(super) async fn update(
        &self,
        session: &mut ClientSession,
        collection: &str,
        statements: Vec<Document>,
        unchecked: bool,
    ) -> Asked<u64> {
        let mut met = 0;
        for statements in commands_of(statements) {
            let mut command = doc! { "update": collection, "updates": statements };
            if unchecked {
                command.insert("bypassDocumentValidation", true);
            }
            let answer = self.database.run_command(command).session(&mut *session).await?;
            let failed = answer.get_array("writeErrors").ok().and_then(|errors| errors.first());
            if let Some(failed) = failed.and_then(Bson::as_document) {
                return Err(write_error(failed.clone()));
            }
            met += answer.get("n").and_then(number_of).unwrap_or_default() as u64;
        }
        Ok(met)
    }

    /// Makes those of many changes that can be made, in no transaction: for what follows from documents, whose words stay as
    /// they are.
    pub(in crate::store) async fn update_derived(
        &self,
        collection: &str,
        statements: Vec<Document>,
    ) -> StoreResult<()> {
        if statements.is_empty() {
            return Ok(());
        }
        let command = doc! { "update": collection, "updates": statements, "ordered": false };
        self.run(command).await.map(drop)
    }

    /// Deletes the rows of these ids.
    pub(super) async fn delete(&self, session: &mut ClientSession, collection: &str, ids: &[&str]) -> Asked<()> {
        let rows = self.database.collection::<Document>(collection);
        let delete = rows.delete_many(doc! { "_id": { "$in": ids } });
        delete.session(session).await.map(drop)
    }

    /// Deletes all rows.
    pub(in crate::store) async fn delete_all(&self, collection: &str) -> Asked<()> {
        let rows = self.database.collection::<Document>(collection);
        rows.delete_many(doc! {}).await.map(drop)
    }

    /// Locks documents that are referred to or deleted, and values that must be one document's own. In one command for all of
    /// them, or three where some are locked for the first time.
    ///
    /// A transaction sees the database as it was when it began, so two of them, of which one refers to a document and the
    /// other deletes it, would not notice each other. Both write the document's row in `locks`: only one comes through, and
    /// the other begins anew and sees.
    pub(super) async fn lock(&self, session: &mut ClientSession, ids: &BTreeSet<String>) -> Asked<()> {
        if ids.is_empty() {
            return Ok(());
        }
        let these = doc! { "_id": { "$in": ids.iter().collect::<Vec<_>>() } };
        let turn = doc! { "q": these.clone(), "u": { "$inc": { "turn": 1 } }, "multi": true };
        if self.update(session, LOCKS, vec![turn], false).await? == ids.len() as u64 {
            return Ok(());
        }
        let known = self.matching(session, LOCKS, these, doc! { "_id": 1 }).await?;
        let known: BTreeSet<&str> = known.iter().filter_map(|lock| lock.get_str("_id").ok()).collect();
        let new = ids.iter().filter(|id| !known.contains(id.as_str()));
        let new = new.map(|id| doc! { "_id": id, "turn": 1 }).collect();
        self.insert(session, LOCKS, new, false).await
    }
}

/// Statements in as many commands as their size takes.
fn commands_of(statements: Vec<Document>) -> Vec<Vec<Document>> {
    let mut commands: Vec<Vec<Document>> = Vec::new();
    let mut left = 0;
    for statement in statements {
        let size = serialize_to_vec(&statement).map_or(0, |bytes| bytes.len());
        match commands.last_mut().filter(|_| size <= left) {
            Some(command) => command.push(statement),
            None => {
                commands.push(vec![statement]);
                left = LARGEST;
            }
        }
        left = left.saturating_sub(size);
    }
    commands
}

/// What the answer to a command says of a statement, as the driver's own error.
fn write_error(failed: Document) -> Error {
    match deserialize_from_document::<WriteError>(failed) {
        Ok(error) => ErrorKind::Write(WriteFailure::WriteError(error)).into(),
        Err(error) => error.into(),
    }
}

/// The error of a transaction whose rows are not any more what it has read.
pub(super) fn overtaken(what: &str) -> Error {
    write_error(doc! { "code": WRITE_CONFLICT, "errmsg": format!("{what} was written by somebody else just now") })
}

/// The ids of the rows that were there already, if that is all that was wrong.
fn known(error: &Error, rows: &[Document]) -> Option<Vec<String>> {
    let ErrorKind::InsertMany(many) = error.kind.as_ref() else {
        return None;
    };
    let errors = many.write_errors.as_ref()?;
    let only_known = many.write_concern_error.is_none() && errors.iter().all(|error| error.code == DUPLICATE_KEY);
    let known = errors
        .iter()
        .filter_map(|error| rows.get(error.index)?.get_str("_id").ok());
    only_known.then(|| known.map(str::to_owned).collect())
}
