//! Brings collections, validators and indexes to what `schema/collections` declares, and tells what differs.

use std::collections::HashMap;
use std::fmt;
use std::time::Duration;

use futures_util::TryStreamExt;
use mongodb::bson::{Bson, Document, doc};
use mongodb::options::IndexOptions;
use tracing::{info, warn};

use super::collections::{self, CollectionSchema, Index};
use super::error::code_of;
use super::validate::number_of;
use super::{Result, Store, StoreError};
use crate::domain::id::Kind;

/// An index over many documents takes longer to build than any request may take.
const INDEX_BUILD: Duration = Duration::from_secs(600);

/// The server's code for "the collection exists already".
const NAMESPACE_EXISTS: i32 = 48;

/// A difference between the declaration and the database.
#[derive(Clone, Debug, PartialEq)]
pub enum Drift {
    /// The collection does not exist.
    MissingCollection(&'static str),
    /// Its validator is another one.
    OtherValidator(&'static str),
    /// An index is missing.
    MissingIndex(&'static str, Index),
    /// An index of that name has other fields, another uniqueness, or options that nobody declared.
    OtherIndex(&'static str, Index),
    /// An index that nobody declared. It is left alone.
    UndeclaredIndex(&'static str, String),
}

impl fmt::Display for Drift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MissingCollection(name) => write!(f, "{name}: the collection is missing"),
            Self::OtherValidator(name) => {
                write!(f, "{name}: the validator differs from schema/collections/{name}.json")
            }
            Self::MissingIndex(name, index) => write!(f, "{name}: the index `{}` is missing", index.name),
            Self::OtherIndex(name, index) => {
                write!(
                    f,
                    "{name}: the index `{}` differs from schema/collections/{name}.json",
                    index.name
                )
            }
            Self::UndeclaredIndex(name, index) => {
                write!(f, "{name}: the index `{index}` is not declared; it is left alone")
            }
        }
    }
}

impl Store {
    /// Applies the declarations. What was missing or different is put right and logged; nothing is ever removed but
    /// an index that is rebuilt.
    pub async fn ensure_schema(&self) -> Result<()> {
        for drift in self.drift().await? {
            match &drift {
                Drift::MissingCollection(_) => info!("{drift}: creating it"),
                Drift::MissingIndex(..) => info!("{drift}: building it"),
                Drift::UndeclaredIndex(..) => info!("{drift}"),
                Drift::OtherValidator(_) | Drift::OtherIndex(..) => warn!("{drift}: putting it right"),
            }
            self.put_right(drift).await?;
        }
        Ok(())
    }

    async fn put_right(&self, drift: Drift) -> Result<()> {
        match drift {
            Drift::MissingCollection(name) => {
                let schema = schema_named(name)?;
                let created = self.run(doc! { "create": name, "validator": validator(schema) }).await;
                match created {
                    // Another instance that starts at the same moment was first.
                    Err(StoreError::Refused(error)) if code_of(&error) == Some(NAMESPACE_EXISTS) => {}
                    other => drop(other?),
                }
                self.build(name, &schema.indexes).await
            }
            Drift::OtherValidator(name) => {
                let schema = schema_named(name)?;
                self.run(doc! {
                    "collMod": name, "validator": validator(schema), "validationLevel": "strict", "validationAction": "error",
                })
                .await
                .map(drop)
            }
            Drift::MissingIndex(name, index) => self.build(name, &[index]).await,
            Drift::OtherIndex(name, index) => {
                self.run(doc! { "dropIndexes": name, "index": &index.name }).await?;
                self.build(name, &[index]).await
            }
            Drift::UndeclaredIndex(..) => Ok(()),
        }
    }

    async fn build(&self, collection: &str, indexes: &[Index]) -> Result<()> {
        let specifications: Vec<Document> = indexes
            .iter()
            .map(|index| {
                let mut specification = doc! { "key": index.key.clone(), "name": &index.name };
                if index.unique {
                    specification.insert("unique", true);
                }
                specification
            })
            .collect();
        let max_time = i64::try_from(INDEX_BUILD.as_millis()).unwrap_or(i64::MAX);
        let command = doc! { "createIndexes": collection, "indexes": specifications, "maxTimeMS": max_time };
        self.database.run_command(command).await?;
        Ok(())
    }

    /// All differences between the declarations and the database.
    pub async fn drift(&self) -> Result<Vec<Drift>> {
        let existing = self.collection_options().await?;
        let mut drifts = Vec::new();
        for schema in collections::all()? {
            let name = schema.kind.collection();
            let Some(found) = existing.get(name) else {
                drifts.push(Drift::MissingCollection(name));
                continue;
            };
            if !enforces(found, &validator(schema)) {
                drifts.push(Drift::OtherValidator(name));
            }
            drifts.extend(self.index_drift(name, &schema.indexes).await?);
        }
        Ok(drifts)
    }

    /// The options of those of our collections that exist, the validator among them.
    async fn collection_options(&self) -> Result<HashMap<String, Document>> {
        let names: Vec<&str> = Kind::ALL.iter().map(|kind| kind.collection()).collect();
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

    async fn index_drift(&self, name: &'static str, declared: &[Index]) -> Result<Vec<Drift>> {
        let mut found = HashMap::new();
        let mut existing = self
            .database
            .collection::<Document>(name)
            .list_indexes()
            .max_time(self.deadline)
            .await?;
        while let Some(index) = existing.try_next().await? {
            let options = index.options.unwrap_or_default();
            found.insert(options.name.clone().unwrap_or_default(), (index.keys, options));
        }
        let mut drifts = Vec::new();
        for index in declared {
            match found.remove(&index.name) {
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

fn schema_named(name: &str) -> Result<&'static CollectionSchema> {
    collections::all()?
        .iter()
        .find(|schema| schema.kind.collection() == name)
        .ok_or_else(|| StoreError::Schema {
            file: format!("{name}.json"),
            detail: "missing".into(),
        })
}

/// Whether a collection holds every write against this validator.
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
        && options.expire_after.is_none()
        && options.partial_filter_expression.is_none()
        && options.collation.is_none()
}

/// The validator as the database keeps it.
pub(super) fn validator(schema: &CollectionSchema) -> Document {
    doc! { "$jsonSchema": schema.json_schema.clone() }
}

/// Equal but for the width of numbers, which servers change on the way.
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
