//! Why a write is not made, in words for whoever asked for it.

use async_graphql::Enum;

use crate::domain::id::Kind;
use crate::store::references::Reference;
use crate::store::validate::Problem;

/// A reason against a write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// What kind of reason.
    pub code: ViolationCode,
    /// The field that it is about, as a path: `items[0].count.min`; `None` where it is about the document.
    pub field: Option<String>,
    /// What was found, and what is accepted.
    pub message: String,
    /// What leads nowhere, where that is the reason.
    pub missing: Option<Missing>,
    /// The stored document that has the value, where that is the reason.
    pub held_by: Option<String>,
}

/// What speaks against each write of a batch, in their order.
pub(super) type Violations = Vec<Vec<Violation>>;

/// A reference that leads nowhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// The dotted path at which it stands.
    pub path: &'static str,
    /// The id; of a slug, the id that its document would get.
    pub id: String,
    /// The name that stands in the place of an id, and the kinds of documents that may be called so.
    pub name: Option<(String, Vec<Kind>)>,
}

/// Kinds of mistakes.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(name = "UserErrorCode")]
pub enum ViolationCode {
    /// A value is none that is accepted in its place.
    Invalid,
    /// There is no such document.
    NotFound,
    /// The document has another version than `expectedVersion`: somebody else changed it in between.
    Conflict,
    /// Another document has a value that must be one document's own.
    Taken,
    /// A reference leads nowhere.
    NoSuchReference,
    /// Other documents refer to the one that is to be deleted.
    Referenced,
    /// The idempotency key came with another request before.
    KeyReused,
    /// What is to be taken back was changed again since.
    ChangedSince,
    /// A figure of a gift changes and names no claim that it rests on.
    Unclaimed,
}

impl Violation {
    fn new(code: ViolationCode, field: Option<&str>, message: String) -> Self {
        Self {
            code,
            field: field.map(str::to_owned),
            message,
            missing: None,
            held_by: None,
        }
    }

    /// Whether another write could make it good: by what it brings, or gives up.
    pub const fn needs_another(&self) -> bool {
        self.missing.is_some() || self.held_by.is_some()
    }

    /// A value is not accepted.
    pub fn invalid(problem: &Problem) -> Self {
        let field = Some(problem.path.as_str()).filter(|path| !path.is_empty());
        let field = field.map(|path| if path == "_id" { "id" } else { path });
        let message = format!("found {}; accepted: {}", problem.found, problem.accepted);
        Self::new(ViolationCode::Invalid, field, message)
    }

    /// There is no such document.
    pub(super) fn not_found(id: &str) -> Self {
        let message = format!("found {id:?}, which does not exist; accepted: the id of a document that exists");
        Self::new(ViolationCode::NotFound, Some("id"), message)
    }

    /// The document has another version than expected.
    pub(super) fn conflict(id: &str, expected: i64, version: i64) -> Self {
        let message = format!(
            "{id} has version {version}, expected was {expected}: it was changed in between; read it again and repeat the \
             change"
        );
        Self::new(ViolationCode::Conflict, Some("expectedVersion"), message)
    }

    /// Another document has the value.
    pub(super) fn taken(field: &str, value: &str, by: &str) -> Self {
        let message = format!("found {value:?}, which {by} has; accepted: a value that no other document has");
        Self::new(ViolationCode::Taken, Some(field), message)
    }

    /// A stored document has the value, and may give it up.
    pub(super) fn held(field: &str, value: &str, by: &str) -> Self {
        Self {
            held_by: Some(by.to_owned()),
            ..Self::taken(field, value, by)
        }
    }

    /// A unique index that is not declared refuses the value.
    pub(super) fn taken_at_index(field: &str, value: &str, index: &str) -> Self {
        let message = format!(
            "found {value:?}, which another document has; accepted: a value that no other document has, as the index \
             `{index}` of the database asks"
        );
        Self::new(ViolationCode::Taken, Some(field), message)
    }

    /// A reference leads nowhere.
    pub(super) fn dangling(place: &str, path: &'static str, id: String) -> Self {
        let message = format!("found {id:?}, which does not exist; accepted: the id of a document that exists");
        Self {
            missing: Some(Missing { path, id, name: None }),
            ..Self::new(ViolationCode::NoSuchReference, Some(place), message)
        }
    }

    /// What a row calls a document leads to none.
    pub(super) fn unknown_name(place: &str, reference: &Reference, name: &str, near: Option<String>) -> Self {
        let (path, to) = (reference.path, reference.to);
        let (noun, id) = match to {
            Some(kind) => (kind.noun(), kind.id_of_slug(name).unwrap_or_default()),
            None => ("a document", String::new()),
        };
        let hint = near.map(|near| format!("; did you mean {near}?")).unwrap_or_default();
        let message =
            format!("found {name:?}, which leads nowhere; accepted: the id, slug, code or exact name of {noun}{hint}");
        let kinds = to.map_or_else(|| Kind::ALL.to_vec(), |kind| vec![kind]);
        Self {
            missing: Some(Missing {
                path,
                id,
                name: Some((name.to_owned(), kinds)),
            }),
            ..Self::new(ViolationCode::NoSuchReference, Some(place), message)
        }
    }

    /// What a row calls a document leads to several.
    pub(super) fn ambiguous(place: &str, name: &str, ids: &[String]) -> Self {
        const LISTED: usize = 5;
        let mut listed = ids.iter().take(LISTED).cloned().collect::<Vec<_>>().join(", ");
        if ids.len() > LISTED {
            listed += ", …";
        }
        let message = format!(
            "found {name:?}, which {} documents are called; accepted: an id: {listed}",
            ids.len()
        );
        Self::new(ViolationCode::NoSuchReference, Some(place), message)
    }

    /// The document that had the slug of a row has another one by now.
    pub(super) fn renamed(slug: &str, id: &str, now: &str) -> Self {
        let message = format!(
            "found {slug:?}, by which {id} was called before it was called {now:?}; accepted: that slug, or an `id` in the              row: that one, or another for a new document"
        );
        Self::new(ViolationCode::Taken, Some("slug"), message)
    }

    /// An earlier row of the same batch has the id, or a value that must be one document's own.
    pub(super) fn twice(field: &str, value: &str, by: &str) -> Self {
        let message = format!("found {value:?}, which an earlier row, {by}, has too; accepted: each once");
        Self::new(ViolationCode::Taken, Some(field), message)
    }

    /// Another document refers to the one that is to be deleted.
    pub(super) fn referenced(id: &str, by: &str, path: &str) -> Self {
        let message = format!("{by} refers to {id} in `{path}`; accepted: a document that nothing refers to");
        Self::new(ViolationCode::Referenced, Some("id"), message)
    }

    /// More documents than are listed refer to it.
    pub(super) fn referenced_by_more(id: &str, most: usize) -> Self {
        let message = format!("more than {most} documents refer to {id}; the others are not listed");
        Self::new(ViolationCode::Referenced, Some("id"), message)
    }

    /// There is no such change in the history.
    pub(super) fn no_such_change(entry: &str) -> Self {
        let message =
            format!("found {entry:?}, which does not exist; accepted: the id of a change, as `history` tells it");
        Self::new(ViolationCode::NotFound, Some("id"), message)
    }

    /// A field was changed again since.
    pub(super) fn changed_since(field: &str) -> Self {
        let message = "this field was changed again since; take that change back first, or change the field itself";
        Self::new(ViolationCode::ChangedSince, Some(field), message.to_owned())
    }

    /// A claim contradicts itself, or rests on itself.
    pub(super) fn itself(place: &str, id: &str) -> Self {
        let message = format!("found {id:?}, the claim itself; accepted: the id of another claim");
        Self::new(ViolationCode::Invalid, Some(place), message)
    }

    /// A figure changes and names no claim; `stays`: it is not cleared; `option`: how to let it.
    pub(super) fn unclaimed(path: &str, stays: bool, option: &str) -> Self {
        let message = match stays {
            true => format!(
                "this figure changes or loses its claim and names none; accepted: the id of the claim that it rests on, in \
                 `{path}.claim`, or {option}"
            ),
            false => format!("this figure is cleared, which no claim can tell; accepted: {option}"),
        };
        Self::new(ViolationCode::Unclaimed, Some(path), message)
    }

    /// A document that was deleted was entered again since.
    pub(super) fn back_since(id: &str) -> Self {
        let message = format!("{id} was entered again since; accepted: its last change");
        Self::new(ViolationCode::ChangedSince, None, message)
    }

    /// The key came with another request before.
    pub(super) fn key_reused() -> Self {
        let message = "this key came with another request before; accepted: the same request again, or a new key";
        Self::new(ViolationCode::KeyReused, Some("idempotencyKey"), message.to_owned())
    }
}
