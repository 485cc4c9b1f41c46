//! A change as subscribers see it: its cursor in the feed, the operation, and the document: of any kind, or of the one that
//! is subscribed to.

use std::borrow::Cow;
use std::marker::PhantomData;
use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, TypeName};
use futures_util::FutureExt;

use super::collection::Collection;
use super::collections::gift::Gift;
use super::collections::{Node, with_kind};
use super::cost::{DOCUMENT, cost};
use super::loader::prefetch::SelectedDocuments;
use super::loader::reference::Target;
use super::loader::resolve::fetch;
use crate::api::error::Result;
use crate::domain::id::Kind;
use crate::store::bson_types::Timestamp;
use crate::store::collections;
use crate::store::feed::{self, Operation};

/// What happened to a document.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeOperation {
    /// It was made.
    Created,
    /// It was changed.
    Updated,
    /// It was deleted.
    Deleted,
}

/// What a change can be told of: documents of any kind, or of one.
pub trait Changing: Target {
    /// The name of the type of its changes.
    const CHANGE: &'static str;
}

impl Changing for Node {
    const CHANGE: &'static str = "Change";
}

impl Changing for Gift {
    const CHANGE: &'static str = "GiftChange";
}

/// A change of one document, and whether the document meets the subscription's filter. `T`: what its document can be.
pub struct Change<T> {
    change: Arc<feed::DocumentChange>,
    matches: bool,
    of: PhantomData<fn() -> T>,
}

impl<T: Changing> TypeName for Change<T> {
    fn type_name() -> Cow<'static, str> {
        T::CHANGE.into()
    }
}

impl<T: Changing> Change<T> {
    /// `matches`: whether the document meets the subscription's filter now.
    pub const fn new(change: Arc<feed::DocumentChange>, matches: bool) -> Self {
        Self {
            change,
            matches,
            of: PhantomData,
        }
    }

    /// The document as the change event holds it, with everything selected below it; `None` if it is deleted.
    async fn read(&self, ctx: &Context<'_>) -> Result<Option<T::Shown>> {
        let fetch = fetch(ctx)?;
        let feed::DocumentChange { kind, id, .. } = &*self.change;
        with_kind!(*kind, E => match self.change.read::<E>()? {
            Some(document) => fetch.loader.of::<E>().put(Arc::new(document)),
            None => return Ok(None),
        });
        // Before the reads below: these may put a later version of the same document into the loader.
        let node = T::get(fetch.loader, id);
        let group = SelectedDocuments {
            kind: *kind,
            ids: vec![id.clone()],
            sets: vec![&ctx.item.node.selection_set.node],
        };
        fetch.everything_below(vec![group]).await?;
        Ok(node)
    }
}

/// A change of one document: made, changed or deleted, by whatever program.
#[Object(name_type, serial)]
impl<T: Changing> Change<T> {
    /// The place in the feed behind this change: subscribe `after` it, and the next change is the next that is told.
    async fn cursor(&self) -> String {
        self.change.token.text()
    }

    /// What happened.
    async fn operation(&self) -> ChangeOperation {
        match self.change.operation {
            Operation::Created => ChangeOperation::Created,
            Operation::Updated { .. } => ChangeOperation::Updated,
            Operation::Deleted => ChangeOperation::Deleted,
        }
    }

    /// The kind of the document.
    async fn kind(&self) -> Kind {
        self.change.kind
    }

    /// The id of the document.
    async fn id(&self) -> ID {
        ID(self.change.id.clone())
    }

    /// When it happened, by the database's clock.
    async fn at(&self) -> Timestamp {
        self.change.at
    }

    /// The version of the document that `node` shows; null where the document is gone.
    async fn version(&self) -> Option<i32> {
        self.change.version()
    }

    /// The fields of the document that this change wrote or removed, by their names in this schema; computed fields
    /// are among them where what they are computed from is. Null where that is not known, since the document was
    /// written anew as a whole, and where it was made or deleted.
    async fn changed_fields(&self) -> Option<Vec<&'static str>> {
        match &self.change.operation {
            Operation::Updated { fields: Some(stored) } => Some(shown(self.change.kind, stored)),
            _ => None,
        }
    }

    /// The document as this change left it or, after an update, as it was a moment later; null where it is gone.
    #[graphql(directive = cost::apply(DOCUMENT, None))]
    async fn node(&self, ctx: &Context<'_>) -> Result<Option<T::Shown>> {
        self.read(ctx).boxed().await
    }

    /// Whether the document is one that the subscription asks for now. In `giftChanged` a change is told with false
    /// here where the gift may have been one before: it was deleted, or a field that `where` looks at has changed.
    /// In `changes` it is false only where the document is gone.
    async fn matches(&self) -> bool {
        self.matches
    }
}

/// The fields of the schema that show these stored fields.
fn shown(kind: Kind, stored: &[String]) -> Vec<&'static str> {
    let computed = with_kind!(kind, E => E::COMPUTED);
    let mut names = Vec::new();
    for name in stored {
        // Search words and keys of order are stored but not part of the schema.
        if !["words", "sortKeys"].contains(&name.as_str()) {
            names.extend(collections::field(kind, name));
        }
        names.extend(
            computed
                .iter()
                .filter(|(_, from)| from == name)
                .map(|(shown, _)| *shown),
        );
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graphql::{schema, sdl};
    use crate::limits::Limits;

    fn fields_of(sdl: &str, name: &str) -> Vec<String> {
        let body = sdl
            .split_once(&format!("\ntype {name} implements Node {{\n"))
            .expect("the type")
            .1;
        let body = body.split_once("\n}").expect("its end").0;
        let lines = body.lines().filter_map(|line| line.strip_prefix('\t'));
        let field = |line: &str| {
            let end = line.find(['(', ':'])?;
            let is_name = line[..end].chars().all(char::is_alphanumeric);
            is_name.then(|| line[..end].to_owned())
        };
        lines
            .filter(|line| !line.starts_with(['"', '\t']))
            .filter_map(field)
            .collect()
    }

    #[test]
    fn every_stored_field_is_told_by_its_name_in_the_schema_but_for_words_and_keys_of_order() {
        let sdl = sdl(&schema(Limits::default()));
        for kind in Kind::ALL {
            let declared = &collections::of(kind).expect("declared").declared.json_schema;
            let properties = declared.get_document("properties").expect("properties");
            let stored: Vec<String> = properties.keys().filter(|field| *field != "_id").cloned().collect();
            let fields = fields_of(&sdl, kind.type_name());
            let told = shown(kind, &stored);
            assert!(told.len() >= stored.len() - 2, "{kind:?}: {told:?}");
            for name in told {
                assert!(
                    fields.iter().any(|field| field == name),
                    "{kind:?}.{name} is not in {fields:?}"
                );
            }
        }
        assert_eq!(
            shown(Kind::Gift, &["items".into(), "words".into()]),
            ["items", "itemsTotal"]
        );
        assert!(shown(Kind::Gift, &["nothing".into()]).is_empty());
    }
}
