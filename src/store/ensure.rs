//! Brings collections, validators and indexes to what `schema/collections` declares, and tells what differs.

use std::collections::HashMap;
use std::fmt;
use std::time::Duration;

use futures_util::TryStreamExt;
use mongodb::bson::{Bson, Document, doc};
use tracing::{info, warn};

use super::collections::{self, CollectionSchema, Index};
use super::{Result, Store};

/// An index over many documents takes longer to build than any request may take.
const INDEX_BUILD: Duration = Duration::from_secs(600);

/// A difference between the declaration and the database.
#[derive(Clone, Debug, PartialEq)]
pub enum Drift {
    /// The collection does not exist.
    MissingCollection(&'static str),
    /// Its validator is another one.
    OtherValidator(&'static str),
    /// An index is missing.
    MissingIndex(&'static str, Index),
    /// An index of that name has other fields or another uniqueness.
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
                self.run(doc! { "create": name, "validator": validator(schema) })
                    .await?;
                self.build(name, &schema.indexes).await
            }
            Drift::OtherValidator(name) => {
                let schema = schema_named(name)?;
                self.run(doc! { "collMod": name, "validator": validator(schema) })
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
        let mut validators: HashMap<String, Document> = HashMap::new();
        let mut existing = self.database.list_collections().await?;
        while let Some(collection) = existing.try_next().await? {
            validators.insert(collection.name, collection.options.validator.unwrap_or_default());
        }
        let mut drifts = Vec::new();
        for schema in collections::all()? {
            let name = schema.kind.collection();
            let Some(found) = validators.get(name) else {
                drifts.push(Drift::MissingCollection(name));
                continue;
            };
            if !same(&Bson::Document(found.clone()), &Bson::Document(validator(schema))) {
                drifts.push(Drift::OtherValidator(name));
            }
            drifts.extend(self.index_drift(name, &schema.indexes).await?);
        }
        Ok(drifts)
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
            found.insert(
                options.name.unwrap_or_default(),
                (index.keys, options.unique.unwrap_or(false)),
            );
        }
        let mut drifts = Vec::new();
        for index in declared {
            match found.remove(&index.name) {
                None => drifts.push(Drift::MissingIndex(name, index.clone())),
                Some((key, unique)) => {
                    if unique != index.unique || !same(&Bson::Document(key), &Bson::Document(index.key.clone())) {
                        drifts.push(Drift::OtherIndex(name, index.clone()));
                    }
                }
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
        .ok_or_else(|| super::StoreError::Schema {
            file: format!("{name}.json"),
            detail: "missing".into(),
        })
}

/// The validator as the database keeps it.
pub(super) fn validator(schema: &CollectionSchema) -> Document {
    doc! { "$jsonSchema": schema.json_schema.clone() }
}

/// Equal but for the width of numbers, which servers change on the way.
fn same(left: &Bson, right: &Bson) -> bool {
    let number = |value: &Bson| match value {
        Bson::Int32(number) => Some(f64::from(*number)),
        Bson::Int64(number) => Some(*number as f64),
        Bson::Double(number) => Some(*number),
        _ => None,
    };
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
        (left, right) => match (number(left), number(right)) {
            (Some(left), Some(right)) => left == right,
            _ => left == right,
        },
    }
}
