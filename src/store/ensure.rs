//! Brings collections, validators and indexes to the state that `schema/collections` declares, and reports differences.

use std::collections::HashMap;
use std::slice;
use std::sync::atomic::Ordering;
use std::sync::{MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::TryStreamExt;
use futures_util::future::try_join_all;
use mongodb::bson::{Bson, Document, doc};
use mongodb::options::IndexOptions;
use tracing::{info, warn};

use super::collections::{self, Declaration, Index};
use super::drift::{Drift, Part, Refusal};
use super::error::{code_of, said};
use super::validate::number_of;
use super::{Result, Store, StoreError};

/// Building an index over many documents takes longer than the timeout of a request.
const INDEX_BUILD: Duration = Duration::from_secs(600);
/// In the embedded database, which needs memory for a whole index at once: without enough of it, it begins again and again.
const EMBEDDED_INDEX_BUILD: Duration = Duration::from_secs(60);

/// The server's code for "the collection exists already".
const NAMESPACE_EXISTS: i32 = 48;

/// Which indexes are built.
#[derive(Clone, Copy)]
struct Building {
    /// Also those that are needless beside columns.
    all: bool,
    /// For how long, each.
    most: Duration,
}

impl Store {
    /// Applies the declarations. Logs and corrects what is missing or different; removes only indexes that it rebuilds.
    /// Documents that were derived by an older version are derived again.
    pub async fn ensure_schema(&self) -> Result<()> {
        let building = self.building().await;
        // All collections at once: a database may be far away.
        let corrected = self
            .drift_from(building.all)
            .await?
            .into_iter()
            .map(|of_one| async move {
                let mut refused = Vec::new();
                for drift in of_one {
                    match &drift {
                        Drift::MissingCollection(_) => info!("{drift}: creating it"),
                        Drift::MissingIndex(..) => info!("{drift}: building it"),
                        Drift::UndeclaredIndex(..) => info!("{drift}"),
                        Drift::OtherValidator(_) | Drift::OtherIndex(..) => warn!("{drift}: putting it right"),
                    }
                    self.repair(drift, building, &mut refused).await?;
                }
                Ok::<_, StoreError>(refused)
            });
        self.warn_of_unenforced(try_join_all(corrected).await?.concat());
        self.rederive().await?;
        self.schema_applied.store(true, Ordering::Relaxed);
        Ok(())
    }

    /// What this database refused to enforce, for operators: each validator and index, with the reason.
    pub fn unenforced(&self) -> Vec<String> {
        self.refusals().iter().map(ToString::to_string).collect()
    }

    pub(super) fn refusals(&self) -> MutexGuard<'_, Vec<Refusal>> {
        self.refusals.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn warn_of_unenforced(&self, refusals: Vec<Refusal>) {
        *self.refusals() = refusals;
        let refused = self.unenforced();
        if !refused.is_empty() {
            warn!(
                "this database does not enforce all of schema/collections, which the server does by itself; it refused {}",
                refused.join("; ")
            );
        }
    }

    /// `refused`: takes what the database does not do for us. The server can do without, as long as it alone writes.
    async fn repair(&self, drift: Drift, building: Building, refused: &mut Vec<Refusal>) -> Result<()> {
        let collection = drift.collection();
        let mut go_on = |part: Part, outcome: Result<()>| {
            let why = match outcome {
                Err(StoreError::Refused(error) | StoreError::Conflict(error)) => said(&error),
                // Tried again at the next start. Until then what it would find takes longer to find.
                Err(StoreError::Timeout(error)) if matches!(part, Part::Index(_) | Part::Indexes) => {
                    format!("not built within {} s: {}", building.most.as_secs(), said(&error))
                }
                other => return other,
            };
            refused.push(Refusal { collection, part, why });
            Ok(())
        };
        match drift {
            Drift::MissingCollection(declared) => {
                let create = doc! { "create": declared.name, "validator": validator(declared) };
                match self.run(create).await {
                    // Another instance was faster: one that starts at the same time, or one whose heartbeat was the first write,
                    // which makes a collection without validator.
                    Err(StoreError::Refused(error)) if code_of(&error) == Some(NAMESPACE_EXISTS) => {
                        go_on(Part::Validator, self.enforce(declared).await)?;
                    }
                    Err(error @ (StoreError::Refused(_) | StoreError::Conflict(_))) => {
                        go_on(Part::Validator, Err(error))?;
                        // Otherwise the first write makes it, which some servers do not do within a transaction.
                        let without = self.run(doc! { "create": declared.name }).await;
                        go_on(Part::Collection, without.map(drop))?;
                    }
                    other => drop(other?),
                }
                let needed = declared.indexes.iter().filter(|index| building.all || index.embedded);
                let needed: Vec<_> = needed.cloned().collect();
                go_on(Part::Indexes, self.build(declared.name, &needed, building.most).await)
            }
            Drift::OtherValidator(declared) => go_on(Part::Validator, self.enforce(declared).await),
            Drift::MissingIndex(name, index) => {
                let built = self.build(name, slice::from_ref(&index), building.most).await;
                go_on(Part::Index(index.name), built)
            }
            Drift::OtherIndex(name, index) => {
                let drop_it = doc! { "dropIndexes": name, "index": &index.name };
                let built = match self.run(drop_it).await {
                    Ok(_) => self.build(name, slice::from_ref(&index), building.most).await,
                    Err(error) => Err(error),
                };
                go_on(Part::Index(index.name), built)
            }
            Drift::UndeclaredIndex(..) => Ok(()),
        }
    }

    /// Gives a collection that exists its validator.
    async fn enforce(&self, declared: &Declaration) -> Result<()> {
        let change = doc! {
            "collMod": declared.name, "validator": validator(declared),
            "validationLevel": "strict", "validationAction": "error",
        };
        self.run(change).await.map(drop)
    }

    async fn build(&self, name: &str, indexes: &[Index], most: Duration) -> Result<()> {
        if indexes.is_empty() {
            return Ok(());
        }
        let specifications: Vec<Document> = indexes
            .iter()
            .map(|index| {
                let mut specification = doc! { "key": index.key.clone(), "name": &index.name };
                if index.unique {
                    specification.insert("unique", true);
                }
                if let Some(seconds) = index.expires {
                    specification.insert("expireAfterSeconds", seconds);
                }
                specification
            })
            .collect();
        let max_time = i64::try_from(most.as_millis()).unwrap_or(i64::MAX);
        let command = doc! { "createIndexes": name, "indexes": specifications, "maxTimeMS": max_time };
        self.database.run_command(command).await?;
        Ok(())
    }

    /// All differences between the declarations and the database.
    pub async fn drift(&self) -> Result<Vec<Drift>> {
        let all = self.building().await.all;
        Ok(self.drift_from(all).await?.into_iter().flatten().collect())
    }

    /// The differences of each collection. `all`: also the indexes that are needless beside columns may not be missing.
    async fn drift_from(&self, all: bool) -> Result<Vec<Vec<Drift>>> {
        let existing = &self.collection_options().await?;
        let each = collections::declarations()?.into_iter().map(|declared| async move {
            let Some(found) = existing.get(declared.name) else {
                return Ok(vec![Drift::MissingCollection(declared)]);
            };
            let mut drifts = Vec::new();
            if !enforces(found, &validator(declared)) {
                drifts.push(Drift::OtherValidator(declared));
            }
            drifts.extend(self.index_drift(declared, all).await?);
            Ok(drifts)
        });
        try_join_all(each).await
    }

    /// The options of our existing collections, including validators.
    async fn collection_options(&self) -> Result<HashMap<String, Document>> {
        let declarations = collections::declarations()?;
        let names: Vec<&str> = declarations.iter().map(|declared| declared.name).collect();
        // Few enough for the first batch.
        let listed = self
            .run(doc! { "listCollections": 1, "filter": { "name": { "$in": names } } })
            .await?;
        let batch = listed
            .get_document("cursor")
            .and_then(|cursor| cursor.get_array("firstBatch"));
        let existing = batch.into_iter().flatten().filter_map(Bson::as_document);
        Ok(existing
            .filter_map(|collection| {
                let options = collection.get_document("options").cloned().unwrap_or_default();
                Some((collection.get_str("name").ok()?.to_owned(), options))
            })
            .collect())
    }

    /// Which indexes this database needs. Those that are there already stay.
    async fn building(&self) -> Building {
        let embedded = self.reads_without_indexes().await;
        Building {
            all: !(self.has_columns && embedded),
            most: if embedded { EMBEDDED_INDEX_BUILD } else { INDEX_BUILD },
        }
    }

    /// `all`: also the indexes that are needless beside columns may not be missing.
    async fn index_drift(&self, declared: &Declaration, all: bool) -> Result<Vec<Drift>> {
        let name = declared.name;
        let mut found = HashMap::new();
        let collection = self.database.collection::<Document>(name);
        let mut existing = collection.list_indexes().max_time(self.time_left()).await?;
        while let Some(index) = existing.try_next().await? {
            let options = index.options.unwrap_or_default();
            found.insert(options.name.clone().unwrap_or_default(), (index.keys, options));
        }
        let mut drifts = Vec::new();
        for index in &declared.indexes {
            match found.remove(&index.name) {
                None if !all && !index.embedded => {}
                None => drifts.push(Drift::MissingIndex(name, index.clone())),
                Some((key, options)) if is_declared(&key, &options, index) => {}
                Some(_) => drifts.push(Drift::OtherIndex(name, index.clone())),
            }
        }
        found.remove("_id_");
        let mut undeclared: Vec<String> = found.into_keys().collect();
        undeclared.sort();
        drifts.extend(undeclared.into_iter().map(|index| Drift::UndeclaredIndex(name, index)));
        Ok(drifts)
    }
}

/// Whether a collection checks every write by this validator.
fn enforces(options: &Document, validator: &Document) -> bool {
    let found = options.get_document("validator").cloned().unwrap_or_default();
    same(&Bson::Document(found), &Bson::Document(validator.clone()))
        && options.get_str("validationLevel").unwrap_or("strict") == "strict"
        && options.get_str("validationAction").unwrap_or("error") == "error"
}

/// Whether an index has the declared fields and uniqueness, and no option that would hide or remove documents.
fn is_declared(key: &Document, options: &IndexOptions, index: &Index) -> bool {
    same(&Bson::Document(key.clone()), &Bson::Document(index.key.clone()))
        && options.unique.unwrap_or(false) == index.unique
        && !options.sparse.unwrap_or(false)
        && !options.hidden.unwrap_or(false)
        && options.expire_after.map(|kept| kept.as_secs()) == index.expires.and_then(|kept| u64::try_from(kept).ok())
        && options.partial_filter_expression.is_none()
        && options.collation.is_none()
}

/// The validator in the database's form.
pub(super) fn validator(declared: &Declaration) -> Document {
    doc! { "$jsonSchema": without_descriptions(&declared.json_schema) }
}

/// A schema without what is written for people: some servers take validators of a few kilobytes only.
fn without_descriptions(schema: &Document) -> Document {
    let said = schema.iter().filter(|(keyword, _)| *keyword != "description");
    let shorter = said.map(|(keyword, value)| {
        let value = match (keyword.as_str(), value) {
            // Here the keys are names of fields, one of which may be `description`.
            ("properties", Bson::Document(fields)) => {
                let fields = fields.iter().map(|(name, schema)| match schema {
                    Bson::Document(schema) => (name.clone(), Bson::Document(without_descriptions(schema))),
                    other => (name.clone(), other.clone()),
                });
                Bson::Document(fields.collect())
            }
            (_, Bson::Document(inner)) => Bson::Document(without_descriptions(inner)),
            (_, other) => other.clone(),
        };
        (keyword.clone(), value)
    });
    shorter.collect()
}

/// Equality apart from the width of numbers, which servers change.
fn same(left: &Bson, right: &Bson) -> bool {
    match (left, right) {
        (Bson::Document(left), Bson::Document(right)) => {
            left.len() == right.len()
                && left
                    .iter()
                    .zip(right)
                    .all(|((name, value), (other_name, other))| name == other_name && same(value, other))
        }
        (Bson::Array(left), Bson::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(value, other)| same(value, other))
        }
        (left, right) => match (number_of(left), number_of(right)) {
            (Some(left), Some(right)) => left == right,
            _ => left == right,
        },
    }
}
