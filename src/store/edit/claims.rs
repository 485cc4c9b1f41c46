//! What keeps claims whole: figures that change say on which claim they rest, and claims that contradict each other
//! both say so.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use mongodb::ClientSession;
use mongodb::bson::{Array, Bson, Document};

use super::steps::{as_written, prepared};
use super::{Refusal, Step, Tried, or_refused};
use crate::domain::id::Kind;
use crate::store::Store;
use crate::store::derive::texts_at;
use crate::store::write::Prepared;

/// The field of a claim that names the claims which contradict it.
const CONFLICTS: &str = "conflictsWith";

/// A number of a gift that a source gives, and where it stands.
#[derive(Default)]
struct Figure<'a> {
    path: String,
    count: Option<&'a Document>,
}

impl<'a> Figure<'a> {
    fn says(&self) -> [Option<&'a Bson>; 2] {
        ["min", "max"].map(|bound| self.count.and_then(|count| count.get(bound)))
    }

    fn has_claim(&self) -> bool {
        self.count.is_some_and(|count| count.contains_key("claim"))
    }
}

/// The figures of a gift by what they count: an item's are known by its animal, and not by its place in the list.
fn figures(gift: &Document) -> BTreeMap<(String, usize, &'static str), Figure<'_>> {
    let mut figures = BTreeMap::new();
    for field in ["total", "occasions"] {
        if let Ok(count) = gift.get_document(field) {
            let figure = Figure {
                path: field.to_owned(),
                count: Some(count),
            };
            figures.insert((String::new(), 0, field), figure);
        }
    }
    let mut of_animal: BTreeMap<&str, usize> = BTreeMap::new();
    let items = gift.get_array("items").map_or(&[][..], Vec::as_slice);
    for (at, item) in items.iter().enumerate() {
        let Some(item) = item.as_document() else { continue };
        let animal = item.get_str("animal").unwrap_or_default();
        let nth = of_animal.entry(animal).or_default();
        for field in ["count", "speciesCount"] {
            if let Ok(count) = item.get_document(field) {
                let figure = Figure {
                    path: format!("items[{at}].{field}"),
                    count: Some(count),
                };
                figures.insert((animal.to_owned(), *nth, field), figure);
            }
        }
        *nth += 1;
    }
    figures
}

/// A refusal for each figure of a gift that changes and names no claim.
pub(super) fn unclaimed(kind: Kind, before: &Document, after: &Document) -> Vec<Refusal> {
    if kind != Kind::Gift {
        return Vec::new();
    }
    let (was, mut is) = (figures(before), figures(after));
    let gone = was
        .keys()
        .filter(|key| !is.contains_key(*key))
        .cloned()
        .collect::<Vec<_>>();
    is.extend(gone.into_iter().map(|key| (key, Figure::default())));
    let mut refusals = Vec::new();
    for (key, figure) in &is {
        let before = was.get(key);
        let said = before.map_or([None, None], Figure::says);
        if figure.says() != said && !figure.has_claim() {
            let path = match figure.count {
                Some(_) => figure.path.as_str(),
                None => before.map_or("", |before| before.path.as_str()),
            };
            refusals.push(Refusal::unclaimed(path, figure.count.is_some()));
        }
    }
    refusals
}

/// The claims that one contradicts, as it says.
fn conflicts(document: Option<&Document>) -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    if let Some(document) = document {
        texts_at(document, CONFLICTS, &mut |id| ids.extend([id.to_owned()]));
    }
    ids
}

/// A claim that contradicts just these.
fn contradicting(kind: Kind, claim: &Document, others: BTreeSet<String>) -> Result<Prepared, Vec<Refusal>> {
    let mut document = as_written(claim);
    document.insert(CONFLICTS, others.into_iter().map(Bson::from).collect::<Array>());
    prepared(kind, document)
}

/// Rows in which every claim names those of the others that name it.
pub(super) fn symmetrical(rows: Vec<Prepared>) -> Vec<Prepared> {
    let mut named_by: HashMap<String, BTreeSet<String>> = HashMap::new();
    for row in rows.iter().filter(|row| row.kind == Kind::Claim) {
        for other in conflicts(Some(&row.document)) {
            named_by.entry(other).or_default().insert(row.id.clone());
        }
    }
    let rows = rows.into_iter().map(|row| {
        let mut held = conflicts(Some(&row.document));
        let before = held.len();
        held.extend(named_by.remove(&row.id).unwrap_or_default());
        if row.kind != Kind::Claim || held.len() == before {
            return row;
        }
        contradicting(row.kind, &row.document, held).unwrap_or(row)
    });
    rows.collect()
}

impl Store {
    /// The claims on the other side of what changes in `conflictsWith`: who contradicts a claim is contradicted by it.
    pub(super) async fn mirrored(
        &self,
        session: &mut ClientSession,
        kind: Kind,
        id: &str,
        before: Option<&Document>,
        after: Option<&Document>,
    ) -> Tried<Vec<Step>> {
        if kind != Kind::Claim {
            return Ok(Ok(Vec::new()));
        }
        let (was, is) = (conflicts(before), conflicts(after));
        let mut steps = Vec::new();
        for other in was.symmetric_difference(&is).filter(|other| *other != id) {
            let Some(before) = self.found(session, kind, other).await? else {
                continue;
            };
            let mut held = conflicts(Some(&before));
            let changes = if is.contains(other) {
                held.insert(id.to_owned())
            } else {
                held.remove(id)
            };
            if changes {
                let after = or_refused!(contradicting(kind, &before, held));
                steps.push(Step::new(Some(before), after));
            }
        }
        Ok(Ok(steps))
    }
}
