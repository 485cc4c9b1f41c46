//! Finds the documents that rows mean: by the slug that stands in the place of an id, and by the slugs, codes and names by
//! which rows refer to others.

use std::collections::{BTreeMap, BTreeSet};

use mongodb::ClientSession;
use mongodb::bson::{Document, doc};

use super::batch::{Batch, Intent};
use super::called::{Called, folded, kinds};
use super::commands::Asked;
use super::snapshot::Snapshot;
use crate::domain::id::Kind;
use crate::domain::words::spots;
use crate::store::Store;
use crate::store::import_row::{ImportRow, called_by};
use crate::store::path::texts_at;

/// How many documents are looked at for one that is called nearly like what a row says.
const NEAR: i64 = 2_000;

impl Store {
    /// Looks up what the rows of a batch mean, and adds the documents that they are about.
    pub(super) async fn find_meant(
        &self,
        session: &mut ClientSession,
        batch: &Batch,
        snapshot: &mut Snapshot,
    ) -> Asked<()> {
        let rows: Vec<&ImportRow> = batch.rows().collect();
        for kind in Kind::ALL {
            let slugs = rows.iter().filter(|row| row.kind == kind).filter_map(|row| row.key());
            let slugs: BTreeSet<&str> = slugs.collect();
            if slugs.is_empty() {
                continue;
            }
            let filter = doc! { "slug": { "$in": slugs.into_iter().collect::<Vec<_>>() } };
            for document in self.matching(session, kind.collection(), filter, doc! {}).await? {
                if let (Ok(id), Ok(slug)) = (document.get_str("_id"), document.get_str("slug")) {
                    let (id, slug) = (id.to_owned(), slug.to_owned());
                    snapshot.called.slugs.insert((kind, slug), id.clone());
                    snapshot.documents.insert(id, document);
                }
            }
        }
        let mut names: BTreeMap<Kind, BTreeSet<&str>> = BTreeMap::new();
        for (to, name) in rows.iter().flat_map(|row| row.names_for_ids()) {
            for kind in kinds(to) {
                names.entry(kind).or_default().insert(name);
            }
        }
        if names.is_empty() {
            return Ok(());
        }
        if batch.intent != Intent::Look {
            for row in &rows {
                let id = snapshot.called.id_of(row).to_owned();
                row.called()
                    .into_iter()
                    .for_each(|name| snapshot.called.add(row.kind, name, &id));
            }
        }
        for (kind, names) in names {
            self.find_called(session, kind, names, &mut snapshot.called).await?;
        }
        Ok(())
    }

    /// Finds the documents of a kind that are called so; where none is just so, those that are but for case and accents,
    /// and the nearest.
    async fn find_called(
        &self,
        session: &mut ClientSession,
        kind: Kind,
        mut names: BTreeSet<&str>,
        called: &mut Called,
    ) -> Asked<()> {
        let paths = called_by(kind);
        let listed: Vec<&str> = names.iter().copied().collect();
        let so: Vec<Document> = paths.iter().map(|path| doc! { *path: { "$in": &listed } }).collect();
        for row in self.some_names(session, kind, doc! { "$or": so }, None).await? {
            let id = row.get_str("_id").unwrap_or_default();
            let texts = paths.iter().flat_map(|path| texts_at(&row, path));
            texts
                .filter(|text| names.contains(text))
                .for_each(|text| called.add(kind, text, id));
        }
        names.retain(|name| called.lacks(kind, name));
        let words: BTreeSet<String> = names
            .iter()
            .flat_map(|name| spots(name))
            .map(|spot| spot.word)
            .collect();
        let words: Vec<String> = words.into_iter().collect();
        // Those that share a word; then any, for the word itself may be mistyped.
        for filter in [doc! { "words": { "$in": words } }, doc! {}] {
            names.retain(|name| called.lacks_near(kind, name));
            if names.is_empty() {
                return Ok(());
            }
            let mut alike = Vec::new();
            let names: Vec<(&str, String)> = names.iter().map(|name| (*name, folded(name))).collect();
            for row in self.some_names(session, kind, filter, Some(NEAR)).await? {
                called.compare(kind, &names, &row, &mut alike);
            }
            alike.iter().for_each(|(name, id)| called.add(kind, name, id));
        }
        Ok(())
    }

    /// What matching documents of a kind are called.
    async fn some_names(
        &self,
        session: &mut ClientSession,
        kind: Kind,
        filter: Document,
        most: Option<i64>,
    ) -> Asked<Vec<Document>> {
        let projection = called_by(kind).into_iter().map(|path| (path.to_owned(), 1.into()));
        self.up_to(session, kind.collection(), filter, projection.collect(), most)
            .await
    }
}
