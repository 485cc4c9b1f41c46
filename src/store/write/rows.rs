//! What the row of an import makes of a document.

use std::borrow::Cow;

use mongodb::bson::Document;

use super::batch::Batch;
use super::called::{Called, Lead};
use super::document::{Prepared, as_written};
use super::patch::{lay_over, lay_over_first, without_claim};
use super::snapshot::Snapshot;
use super::transition::Transition;
use super::violation::Violation;
use crate::store::import_row::ImportRow;
use crate::store::path::{each_text, object_of};
use crate::store::references::references;
use crate::store::validate::Problem;

impl Prepared {
    /// The document that a row makes where there is none with its id. `None` if something is wrong with it, or if names
    /// stand in it that only the database knows.
    pub fn of_new(row: &ImportRow) -> Option<Self> {
        if row.is_void || !row.problems.is_empty() || !row.names_for_ids().is_empty() {
            return None;
        }
        let (document, problems) = laid_over(row, &row.id, Document::new());
        let (new, found) = Self::judged(row.kind, document).ok()?;
        (problems.is_empty() && found.is_empty()).then_some(new)
    }
}

/// What becomes of the document that a row is about. All that is wrong with the row is told at once. `new`: what
/// [`Prepared::of_new`] gives.
pub(super) fn transition<'a>(
    row: &'a ImportRow,
    new: Option<&'a Prepared>,
    batch: &Batch,
    snapshot: &'a Snapshot,
) -> Transition<'a> {
    let id = snapshot.called.id_of(row);
    let before = snapshot.documents.get(id);
    if row.is_void {
        return Transition::refused(row.kind, id, row.problems.iter().map(Violation::invalid).collect());
    }
    if let Some(renamed) = before.and_then(|before| renamed(row, id, before)) {
        return Transition::refused(row.kind, id, vec![renamed]);
    }
    let kept_claims = || match batch.policy.replaces() {
        true => Vec::new(),
        false => kept_claims(row),
    };
    if let (None, Some(new)) = (before, new.filter(|new| new.id == id)) {
        return Transition {
            kept_claims: kept_claims(),
            ..Transition::to(None, Cow::Borrowed(new))
        };
    }
    let was = before.filter(|_| !batch.policy.replaces()).map(as_written);
    let (mut document, problems) = laid_over(row, id, was.clone().unwrap_or_default());
    let mut problems = [row.problems.clone(), problems].concat();
    let (unknown, places) = with_ids(row, &mut document, &snapshot.called);
    if was.is_some_and(|was| was == document) && problems.is_empty() {
        return Transition {
            before,
            ..Transition::none(row.kind, id.to_owned())
        };
    }
    let after = match Prepared::judged(row.kind, document) {
        Ok((after, found)) => {
            problems.extend(found.into_iter().filter(|problem| !places.contains(&problem.path)));
            after
        }
        Err(found) => return Transition::refused(row.kind, id, found.iter().map(Violation::invalid).collect()),
    };
    if row.problems.iter().any(|problem| problem.path == "id") {
        problems.retain(|problem| problem.path != "_id");
    }
    let invalid = problems.iter().map(|problem| invalid(row, problem));
    Transition {
        violations: unknown.into_iter().chain(invalid).collect(),
        kept_claims: kept_claims(),
        ..Transition::to(before, Cow::Owned(after))
    }
}

/// What a row says, laid over a document; and what is wrong with that.
fn laid_over(row: &ImportRow, id: &str, mut document: Document) -> (Document, Vec<Problem>) {
    document.insert("_id", id);
    lay_over(&mut document, &row.said);
    let first = row.first.as_ref();
    let problem = first.and_then(|(list, item)| lay_over_first(&mut document, list, item).err());
    (document, problem.into_iter().collect())
}

/// Why a row without id is not about the document that got its id by the same slug and is called otherwise by now.
fn renamed(row: &ImportRow, id: &str, before: &Document) -> Option<Violation> {
    let (slug, now) = (row.key()?, before.get_str("slug").ok()?);
    (slug != now).then(|| Violation::renamed(slug, id, now))
}

/// A problem, with what else a row must clear that clears the required part of an object.
fn invalid(row: &ImportRow, problem: &Problem) -> Violation {
    let object = object_of(&problem.path);
    let clears = |object: &&str| {
        problem.found == "nothing" && matches!(row.said.get(object), Some(mongodb::bson::Bson::Document(_)))
    };
    match object.filter(clears) {
        Some(object) => Violation::invalid(&Problem {
            accepted: format!("{}, or nothing in all of `{object}`", problem.accepted),
            ..problem.clone()
        }),
        None => Violation::invalid(problem),
    }
}

/// The figures of a gift that a row changes without naming the claim that they rest on.
fn kept_claims(row: &ImportRow) -> Vec<String> {
    let mut kept = without_claim(&row.said, "");
    if let Some((list, item)) = &row.first {
        kept.extend(without_claim(item, &format!("{list}[0].")));
    }
    kept
}

/// Puts ids in the places of what people call documents; gives what speaks against those that lead nowhere, and their
/// places.
fn with_ids(row: &ImportRow, document: &mut Document, called: &Called) -> (Vec<Violation>, Vec<String>) {
    let (mut violations, mut places) = (Vec::new(), Vec::new());
    for reference in references().iter().filter(|reference| reference.from == row.kind) {
        each_text(document, reference.path, &mut |text, place| {
            if crate::domain::id::Kind::of(text).is_ok() {
                return;
            }
            let violation = match called.lead(reference.to, text) {
                Lead::One(id) => return *text = id,
                Lead::Several(ids) => Violation::ambiguous(place, text, &ids),
                Lead::None(near) => Violation::unknown_name(place, reference, text, near),
            };
            violations.push(violation);
            places.push(place.to_owned());
        });
    }
    (violations, places)
}
