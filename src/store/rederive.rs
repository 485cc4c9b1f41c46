//! Derives documents again that were derived by an older version of `derive.rs`: once for each collection, when a server
//! starts. What the documents say stays as it is, and so do their versions and their history.

use std::collections::HashMap;
use std::time::Duration;

use futures_util::TryStreamExt;
use futures_util::future::try_join_all;
use mongodb::bson::{Document, doc};
use tracing::info;

use super::collections::{self, CollectionSchema};
use super::derive::{DERIVATION, derive, fill_in_lists, fingerprint};
use super::names::{DERIVED, SEEDED};
use super::row_ids::identify;
use super::validate::number_of;
use super::{Result, Store, StoreError};

/// How many documents are derived again at a time.
const BATCH: u32 = 500;
/// The timeout for reading a whole collection.
const WHOLE: Duration = Duration::from_secs(1_800);

impl Store {
    /// Derives what an older version has derived. One command where there is nothing to do.
    pub async fn rederive(&self) -> Result<()> {
        let derived = self.database.collection::<Document>(DERIVED);
        let rows = derived.find(doc! {}).max_time(self.time_left());
        let rows: Vec<Document> = rows.await?.try_collect().await?;
        let is_current = |row: &&Document| row.get("version").and_then(number_of) >= Some(DERIVATION as f64);
        let current: Vec<&str> = rows
            .iter()
            .filter(is_current)
            .filter_map(|row| row.get_str("_id").ok())
            .collect();
        let stale = collections::all()?
            .iter()
            .filter(|schema| !current.contains(&schema.declared.name));
        let again = stale.map(|schema| async move {
            let name = schema.declared.name;
            let changed = self.rederive_collection(schema).await?;
            if changed > 0 {
                info!("{name}: {changed} documents were derived by an older version and are derived again");
            }
            Ok::<_, StoreError>(
                doc! { "q": { "_id": name }, "u": { "$set": { "version": DERIVATION } }, "upsert": true },
            )
        });
        // Two instances that start at the same time both write it; that one of them fails does no harm.
        self.update_derived(DERIVED, try_join_all(again).await?).await
    }

    async fn rederive_collection(&self, schema: &CollectionSchema) -> Result<usize> {
        let mut changed = 0;
        let documents = self.documents(schema.kind);
        // One cursor: the embedded database reads and sorts all that is left for each page.
        let all = documents.find(doc! {}).batch_size(BATCH).max_time(WHOLE).await?;
        let mut batches = all.try_chunks(BATCH as usize);
        loop {
            let Some(batch) = batches.try_next().await.map_err(|error| error.1)? else {
                return Ok(changed);
            };
            let stale: Vec<(&Document, Document)> = batch
                .iter()
                .map(|document| (document, derived(schema, document)))
                .filter(|(document, derived)| *document != derived)
                .collect();
            changed += stale.len();
            self.replace_derived(schema, &stale).await?;
        }
    }

    /// Writes what is derived anew, unless somebody has written the document meanwhile; and what a set is known to have
    /// written, or its next loading would take the documents for edited.
    async fn replace_derived(&self, schema: &CollectionSchema, stale: &[(&Document, Document)]) -> Result<()> {
        if stale.is_empty() {
            return Ok(());
        }
        let same = |document: &Document| {
            let get = |field| document.get(field).cloned();
            doc! { "_id": get("_id"), "version": get("version") }
        };
        let updates: Vec<Document> = stale
            .iter()
            .map(|(before, after)| {
                let changed = after.iter().filter(|(field, value)| before.get(field) != Some(*value));
                let changed: Document = changed.map(|(field, value)| (field.clone(), value.clone())).collect();
                doc! { "q": same(before), "u": { "$set": changed } }
            })
            .collect();
        let written = self.update_derived(schema.declared.name, updates).await;
        // Before it is acknowledged, and also where it is not known whether it was done.
        self.everything_changed();
        written?;
        let known: HashMap<&str, (String, String)> = stale
            .iter()
            .filter_map(|(before, after)| {
                Some((before.get_str("_id").ok()?, (fingerprint(before), fingerprint(after))))
            })
            .collect();
        let updates: Vec<Document> = known
            .into_iter()
            .map(|(id, (before, after))| {
                doc! { "q": { "_id": id, "fingerprint": before }, "u": { "$set": { "fingerprint": after } } }
            })
            .collect();
        self.update_derived(SEEDED, updates).await
    }
}

/// The document with what follows from it. What cannot be derived stays as it is: `check` tells of it.
fn derived(schema: &CollectionSchema, document: &Document) -> Document {
    let mut derived = document.clone();
    let mut filled = document.clone();
    fill_in_lists(&schema.input_schema, &mut filled);
    // Lists that are required since; what says nothing is left where it stands.
    for (field, list) in filled {
        if !derived.contains_key(&field) {
            derived.insert(field, list);
        }
    }
    derive(&mut derived, &mut Vec::new());
    schema.add_keys(&mut derived);
    identify(&schema.declared.json_schema, &mut derived, Some(document));
    derived
}
