//! What keeps claims whole: figures that change say on which claim they rest, and claims that contradict each other
//! both say so.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use mongodb::bson::{Array, Bson, Document};

use crate::domain::id::Kind;
use crate::store::path::{place_of, texts_at};
use crate::store::write::document::{Prepared, as_written, prepared};
use crate::store::write::policy::Policy;
use crate::store::write::snapshot::{CONFLICTS, Snapshot, Surroundings, conflicts};
use crate::store::write::transition::Transition;
use crate::store::write::violation::{Violation, Violations};

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

/// A violation for each figure of a gift that changes, or loses its claim, and names none.
fn unclaimed_figures(gift: &Transition<'_>, before: &Document, after: &Document, option: &str) -> Vec<Violation> {
    let (was, mut is) = (figures(before), figures(after));
    let gone = was
        .keys()
        .filter(|key| !is.contains_key(*key))
        .cloned()
        .collect::<Vec<_>>();
    is.extend(gone.into_iter().map(|key| (key, Figure::default())));
    let mut violations = Vec::new();
    for (key, figure) in &is {
        let before = was.get(key);
        let said = before.map_or([None, None], Figure::says);
        let loses_its_claim = before.is_some_and(Figure::has_claim) && !figure.has_claim();
        // A claim that was only kept tells nothing of another figure.
        let names_one = figure.has_claim() && !gift.kept_claims.contains(&figure.path);
        if (figure.says() != said && !names_one) || loses_its_claim {
            let path = match figure.count {
                Some(_) => figure.path.as_str(),
                None => before.map_or("", |before| before.path.as_str()),
            };
            violations.push(Violation::unclaimed(path, figure.count.is_some(), option));
        }
    }
    violations
}

/// A violation for each figure that a write changes and that must name a claim then, and does not.
pub(super) fn unclaimed(policy: &Policy, transitions: &[Transition<'_>]) -> Vec<(usize, Violation)> {
    let (mut found, option) = (Vec::new(), policy.without_claims_option());
    for (at, gift) in transitions.iter().enumerate().filter(|(_, write)| write.needs_claims) {
        if let (Kind::Gift, Some(before), Some(after)) = (gift.kind, gift.before, gift.written_document()) {
            let unclaimed = unclaimed_figures(gift, before, &after.document, option).into_iter();
            found.extend(unclaimed.map(|violation| (at, violation)));
        }
    }
    found
}

/// A violation where a claim contradicts itself, or rests on itself.
pub(super) fn about_themselves(transitions: &[Transition<'_>]) -> Vec<(usize, Violation)> {
    let mut found = Vec::new();
    for (at, claim) in transitions
        .iter()
        .enumerate()
        .filter(|(_, write)| write.kind == Kind::Claim)
    {
        let Some(after) = claim.written_document() else {
            continue;
        };
        let places = [CONFLICTS, "dependsOn"]
            .into_iter()
            .filter_map(|field| place_of(&after.document, field, &claim.id));
        found.extend(places.map(|place| (at, Violation::itself(&place, &claim.id))));
    }
    found
}

/// A claim that contradicts just these, in the order that `like` has them, new ones behind.
fn contradicting(claim: &Document, mut others: BTreeSet<&str>, like: &Document) -> Result<Prepared, Vec<Violation>> {
    let known = texts_at(like, CONFLICTS).into_iter();
    let mut listed: Array = known.filter_map(|id| others.take(id).map(Bson::from)).collect();
    listed.extend(others.into_iter().map(Bson::from));
    let mut document = as_written(claim);
    document.insert(CONFLICTS, listed);
    prepared(Kind::Claim, document)
}

/// The claims that contradict each of some claims, by its id.
type Contradictions = HashMap<String, BTreeSet<String>>;

/// What the database says that the claims of a batch contradict.
pub(super) fn stored_contradictions(transitions: &[Transition<'_>]) -> Contradictions {
    let stored = transitions.iter().filter(|transition| transition.kind == Kind::Claim);
    let ids = |claim: &Transition<'_>| conflicts(claim.before).into_iter().map(str::to_owned).collect();
    stored.map(|claim| (claim.id.clone(), ids(claim))).collect()
}

/// What the good claims of a batch say of each other.
pub(super) fn inner_contradictions(transitions: &[Transition<'_>], violations: &Violations) -> Contradictions {
    let mut named_by = Contradictions::new();
    let good = transitions.iter().zip(violations).filter(|(_, found)| found.is_empty());
    for (claim, _) in good.filter(|(transition, _)| transition.kind == Kind::Claim) {
        for other in conflicts(claim.after.as_ref().map(|after| &after.document)) {
            named_by.entry(other.to_owned()).or_default().insert(claim.id.clone());
        }
    }
    named_by
}

/// Lets each claim of a batch contradict these too, in the order of what is stored.
pub(super) fn grow(policy: &Policy, transitions: &mut [Transition<'_>], more: &Contradictions) {
    for claim in transitions
        .iter_mut()
        .filter(|transition| transition.kind == Kind::Claim)
    {
        let (Some(more), Some(after)) = (more.get(&claim.id), claim.after.as_deref()) else {
            continue;
        };
        let mut held = conflicts(Some(&after.document));
        let before = held.len();
        held.extend(more.iter().map(String::as_str));
        let like = claim.before.unwrap_or(&after.document);
        if held.len() > before
            && let Ok(grown) = contradicting(&after.document, held, like)
        {
            claim.effect = policy.effect(&grown, claim.before, None);
            claim.after = Some(Cow::Owned(grown));
        }
    }
}

/// The claims on the other side of what changes in `conflictsWith`: who contradicts a claim is contradicted by it. Those
/// of the batch are written as they say themselves. Each of the others changes once.
///
/// # Errors
/// The write for whose sake another claim would become what is not accepted, and why.
pub(super) fn mirrored<'a>(
    transitions: &[Transition<'_>],
    violations: &Violations,
    snapshot: &'a Snapshot,
    around: &'a Surroundings,
) -> Result<Vec<Transition<'a>>, (usize, Vec<Violation>)> {
    let written = transitions.iter().enumerate();
    let written = written.filter(|(at, claim)| violations[*at].is_empty() && claim.effect.is_written());
    let written: Vec<(usize, &Transition<'_>)> = written.collect();
    let own: HashSet<&str> = written.iter().map(|(_, claim)| claim.id.as_str()).collect();
    let mut others: BTreeMap<&str, Vec<(usize, &str, bool)>> = BTreeMap::new();
    for (at, claim) in written.iter().filter(|(_, claim)| claim.kind == Kind::Claim) {
        let after = claim.after.as_ref().map(|after| &after.document);
        let (was, is) = (conflicts(claim.before), conflicts(after));
        for other in was.symmetric_difference(&is).filter(|other| !own.contains(*other)) {
            let sides = others.entry(other).or_default();
            sides.push((*at, &claim.id, is.contains(other)));
        }
    }
    let mut mirrored = Vec::new();
    for (other, sides) in others {
        let Some(before) = around.claims.get(other).or_else(|| snapshot.documents.get(other)) else {
            continue;
        };
        let mut held = conflicts(Some(before));
        for (_, claim, names) in &sides {
            if *names {
                held.insert(claim);
            } else {
                held.remove(claim);
            }
        }
        if held != conflicts(Some(before)) {
            let cause = sides.first().map_or(0, |(at, ..)| *at);
            let after = contradicting(before, held, before).map_err(|found| (cause, found))?;
            mirrored.push(Transition::to(Some(before), Cow::Owned(after)));
        }
    }
    Ok(mirrored)
}
