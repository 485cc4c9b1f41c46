//! What speaks against the rows of a batch: ids and values that others have, references that lead nowhere.
//!
//! The same questions as in `obstacles`, asked for all rows at once. Rows may refer to each other, also in a circle: then
//! one that is refused takes those with it that need it.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use futures_util::TryStreamExt;
use mongodb::ClientSession;
use mongodb::bson::{Document, doc};

use super::{Bulk, Intent, Row, by_kind};
use crate::domain::id::Kind;
use crate::store::Store;
use crate::store::collections::unique_fields;
use crate::store::edit::claims::{about_itself, unclaimed};
use crate::store::edit::obstacles::{dangling_at, new_ids};
use crate::store::edit::{Asked, Refusal};
use crate::store::references::references;

/// A reference that a row brings along.
struct Wanted {
    row: usize,
    path: &'static str,
    id: String,
}

impl Store {
    /// Puts down what speaks against each row; gives the ids of those documents of the database that the others need.
    pub(super) async fn hold_against_all(
        &self,
        session: &mut ClientSession,
        rows: &mut [Row<'_>],
        bulk: &Bulk,
    ) -> Asked<BTreeSet<String>> {
        let mut places: HashMap<&str, usize> = HashMap::new();
        if bulk.intent != Intent::Look {
            for (at, row) in rows.iter_mut().enumerate() {
                match places.entry(&row.after.id) {
                    Entry::Occupied(_) => row.reasons.push(Refusal::twice("id", &row.after.id, &row.after.id)),
                    Entry::Vacant(place) => {
                        place.insert(at);
                    }
                }
            }
        }
        self.find_taken(session, rows, bulk.intent != Intent::Look).await?;
        for row in rows.iter_mut().filter(|row| !row.is_same) {
            row.reasons.extend(about_itself(row.after));
            if let Some(before) = row.before.filter(|_| !bulk.without_claims) {
                row.reasons
                    .extend(unclaimed(row.after.kind, before, &row.after.document));
            }
        }
        let wanted = wanted(rows);
        let existing = self
            .existing_within(session, wanted.iter().map(|want| want.id.as_str()))
            .await?;
        let (there, others): (Vec<_>, Vec<_>) = wanted.into_iter().partition(|want| existing.contains(&want.id));
        let mut inner = Vec::new();
        for want in others {
            match places.get(want.id.as_str()) {
                Some(place) => inner.push((want, *place)),
                None => refuse(rows, &want),
            }
        }
        // Until nothing falls any more.
        let mut falling = true;
        while falling {
            let (fallen, standing): (Vec<_>, Vec<_>) =
                inner.into_iter().partition(|(_, place)| rows[*place].is_refused());
            falling = !fallen.is_empty();
            fallen.iter().for_each(|(want, _)| refuse(rows, want));
            inner = standing;
        }
        let needed = there.into_iter().filter(|want| !rows[want.row].is_refused());
        Ok(needed.map(|want| want.id).collect())
    }

    /// Those of the ids that exist. One command for each kind.
    pub(in crate::store) async fn existing_within(
        &self,
        session: &mut ClientSession,
        ids: impl Iterator<Item = &str> + Send,
    ) -> Asked<HashSet<String>> {
        let ids = ids.filter_map(|id| Some((Kind::of(id).ok()?, id)));
        let mut existing = HashSet::new();
        for (kind, ids) in by_kind(ids) {
            let documents = self.documents(kind);
            let found = documents.find(doc! { "_id": { "$in": ids } });
            let mut found = found.projection(doc! { "_id": 1 }).session(&mut *session).await?;
            let mut found = found.stream(&mut *session);
            while let Some(row) = found.try_next().await? {
                existing.extend(row.get_str("_id").ok().map(str::to_owned));
            }
        }
        Ok(existing)
    }

    /// Finds values that must be one document's own and that other documents have, or, with `among`, other rows.
    async fn find_taken(&self, session: &mut ClientSession, rows: &mut [Row<'_>], among: bool) -> Asked<()> {
        for kind in Kind::ALL {
            for field in unique_fields(kind) {
                let mut held: BTreeMap<String, Vec<usize>> = BTreeMap::new();
                for (at, row) in rows
                    .iter()
                    .enumerate()
                    .filter(|(_, row)| row.after.kind == kind && !row.is_same)
                {
                    let values = row.after.ids_at(field).into_iter();
                    values.for_each(|value| held.entry(value).or_default().push(at));
                }
                if held.is_empty() {
                    continue;
                }
                for (value, places) in held.iter().filter(|_| among) {
                    let by = rows[places[0]].after;
                    for at in places
                        .iter()
                        .filter(|at| rows[**at].after.id != by.id)
                        .copied()
                        .collect::<Vec<_>>()
                    {
                        rows[at].reasons.push(Refusal::twice(field, value, &by.id));
                    }
                }
                let values: Vec<&String> = held.keys().collect();
                let documents = self.documents(kind);
                let found = documents.find(doc! { field: { "$in": values } });
                let mut found = found.projection(doc! { field: 1 }).session(&mut *session).await?;
                let found: Vec<Document> = found.stream(&mut *session).try_collect().await?;
                for other in &found {
                    let (Ok(by), Ok(value)) = (other.get_str("_id"), other.get_str(field)) else {
                        continue;
                    };
                    for at in held.get(value).into_iter().flatten() {
                        if rows[*at].after.id != by {
                            rows[*at].reasons.push(Refusal::taken(field, value, by));
                        }
                    }
                }
            }
        }
        Ok(())
    }
}

/// The references that the rows bring along.
fn wanted(rows: &[Row<'_>]) -> Vec<Wanted> {
    let mut wanted = Vec::new();
    for (at, row) in rows.iter().enumerate().filter(|(_, row)| !row.is_same) {
        for reference in references().iter().filter(|reference| reference.from == row.after.kind) {
            let path = reference.path;
            let new: BTreeSet<String> = new_ids(row.after, row.before, path).into_iter().collect();
            wanted.extend(new.into_iter().map(|id| Wanted { row: at, path, id }));
        }
    }
    wanted
}

fn refuse(rows: &mut [Row<'_>], want: &Wanted) {
    let row = &mut rows[want.row];
    row.reasons.push(dangling_at(row.after, want.path, &want.id));
}
