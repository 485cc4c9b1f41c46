//! What keeps claims whole: figures that change say on which claim they rest, and claims that contradict each other
//! both say so.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use mongodb::ClientSession;
use mongodb::bson::{Array, Bson, Document};

use super::steps::{as_written, prepared};
use super::{Refusal, Step, Tried, or_refused};
use crate::domain::id::Kind;
use crate::store::Store;
use crate::store::path::{place_of, texts_at};
use crate::store::write::Prepared;

/// The field of a claim that names the claims which contradict it.
pub(super) const CONFLICTS: &str = "conflictsWith";

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
        let readings = item.get_array("otherReadings").map_or(&[][..], Vec::as_slice).iter();
        let readings = readings
            .enumerate()
            .filter_map(|(at, reading)| Some((Some(at), reading.as_document()?)));
        for (reading, counts) in std::iter::once((None, item)).chain(readings) {
            let within = reading.map_or(String::new(), |reading| format!(".otherReadings[{reading}]"));
            for field in ["count", "speciesCount"] {
                if let Ok(count) = counts.get_document(field) {
                    let figure = Figure {
                        path: format!("items[{at}]{within}.{field}"),
                        count: Some(count),
                    };
                    figures.insert((format!("{animal}{within}"), *nth, field), figure);
                }
            }
        }
        *nth += 1;
    }
    figures
}

/// A refusal for each figure of a gift that changes, or loses its claim, and names none.
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
        let loses_its_claim = before.is_some_and(Figure::has_claim);
        if (figure.says() != said || loses_its_claim) && !figure.has_claim() {
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
pub(super) fn conflicts(document: Option<&Document>) -> BTreeSet<String> {
    let ids = document.map(|document| texts_at(document, CONFLICTS));
    ids.into_iter().flatten().map(str::to_owned).collect()
}

/// A claim that contradicts just these, in the order that `like` has them, new ones behind.
fn contradicting(
    kind: Kind,
    claim: &Document,
    mut others: BTreeSet<String>,
    like: &Document,
) -> Result<Prepared, Vec<Refusal>> {
    let known = texts_at(like, CONFLICTS).into_iter();
    let mut listed: Array = known.filter_map(|id| others.take(id).map(Bson::from)).collect();
    listed.extend(others.into_iter().map(Bson::from));
    let mut document = as_written(claim);
    document.insert(CONFLICTS, listed);
    prepared(kind, document)
}

/// Which claims name another as one that they contradict, by the other's id.
pub(super) fn named_by<'a>(rows: impl Iterator<Item = &'a Prepared>) -> HashMap<String, BTreeSet<String>> {
    let mut named_by: HashMap<String, BTreeSet<String>> = HashMap::new();
    for row in rows.filter(|row| row.kind == Kind::Claim) {
        for other in conflicts(Some(&row.document)) {
            named_by.entry(other).or_default().insert(row.id.clone());
        }
    }
    named_by
}

/// A claim that contradicts these too, in the order of what is stored; nothing where it says so already.
pub(super) fn with_more(claim: &Prepared, more: &BTreeSet<String>, stored: Option<&Document>) -> Option<Prepared> {
    let like = stored.unwrap_or(&claim.document);
    let mut held = conflicts(Some(&claim.document));
    let before = held.len();
    held.extend(more.iter().cloned());
    (held.len() > before).then(|| contradicting(claim.kind, &claim.document, held, like).ok())?
}

/// A refusal where a claim contradicts itself, or rests on itself.
pub(super) fn about_itself(claim: &Prepared) -> Vec<Refusal> {
    let fields = [CONFLICTS, "dependsOn"]
        .into_iter()
        .filter(|_| claim.kind == Kind::Claim);
    let places = fields.filter_map(|field| place_of(&claim.document, field, &claim.id));
    places.map(|place| Refusal::itself(&place, &claim.id)).collect()
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
                let after = or_refused!(contradicting(kind, &before, held, &before));
                steps.push(Step::new(Some(before), after));
            }
        }
        Ok(Ok(steps))
    }
}
