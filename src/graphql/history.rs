//! The history of documents for editors: who changed what, and when. `store/write` writes it; `mutation/revert.rs`
//! undoes changes.

use std::sync::Arc;

use async_graphql::{Context, ID, Json, Object, SimpleObject};
use futures_util::future::BoxFuture;
use futures_util::{FutureExt, TryFutureExt};

use super::connection::{Connection, Member, Window};
use super::cost::{FIRST, ON_PAGE, PAGE, cost, list_size, names};
use super::eager;
use super::loader::resolve::fetch;
use crate::api::error::{ApiError, Result};
use crate::api::viewer::{admin, editor};
use crate::domain::id::Kind;
use crate::domain::vocabulary::HistoryAction;
use crate::store::bson_types::Timestamp;
use crate::store::cursor::{KeyKind, Order, OrderBy, SortKey};
use crate::store::filter::Filter;
use crate::store::page::{Page, PageRow};
use crate::store::tokens::is_history_id;
use crate::store::write::{FieldChange, HistoryRecord};

/// One change of a document.
#[derive(SimpleObject, Debug)]
#[graphql(serial)]
pub struct HistoryEntry {
    /// The id of the change: the document's id, `@` and its version. `revert` takes it.
    id: ID,
    /// The version of the document since then.
    version: i32,
    /// When it was changed.
    at: Timestamp,
    /// The name of the token that it was changed with; of a signed token (JWT) its `sub`, `@` and its `iss`.
    by: String,
    /// What was done.
    action: HistoryAction,
    /// What was changed, field by field.
    changes: eager::List<eager::Object<HistoryChange>>,
    /// The change that this one takes back.
    reverts: Option<ID>,
}

/// What a field said before a change and says since.
#[derive(SimpleObject, Debug)]
#[graphql(serial)]
pub struct HistoryChange {
    /// The name of the field, as the inputs have it.
    field: String,
    /// What it said before, in the form of the inputs; null where it said nothing.
    before: Option<Json<serde_json::Value>>,
    /// What it says since; null where it says nothing.
    after: Option<Json<serde_json::Value>>,
}

impl From<HistoryRecord> for HistoryEntry {
    fn from(entry: HistoryRecord) -> Self {
        let change = |FieldChange { field, before, after }| HistoryChange {
            field,
            before: before.map(Json),
            after: after.map(Json),
        };
        Self {
            id: entry.id.into(),
            version: i32::try_from(entry.version).unwrap_or(i32::MAX),
            at: entry.at,
            by: entry.by,
            action: entry.action,
            changes: entry
                .changes
                .into_iter()
                .map(|it| eager::Object::from(change(it)))
                .collect(),
            reverts: entry.reverts.map(ID::from),
        }
    }
}

impl Member for HistoryEntry {
    const NAME: &'static str = "History";
    type Node<'a> = eager::Object<&'a Arc<Self>>;
}

/// Adds `history` to `Query`.
#[derive(Default)]
pub struct HistoryQuery;

#[Object]
impl HistoryQuery {
    /// What editors have changed in a document, the latest change first; also where the document is gone. For editors. With
    /// the id `token_` and the name of a token, for admins: who has made tokens of that name (`CREATED`) and revoked them
    /// (`DELETED`).
    #[graphql(directive = cost::apply(PAGE, None), directive = list_size::apply(names(FIRST), names(ON_PAGE)))]
    async fn history(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the document, or `token_` and the name of a token.")] id: ID,
        #[graphql(desc = "How many from the start.")] first: Option<i32>,
        #[graphql(desc = "Only what stands behind this cursor.")] after: Option<String>,
    ) -> Result<Option<eager::Object<Connection<HistoryEntry>>>> {
        if is_history_id(&id) {
            admin(ctx)?;
        } else {
            Kind::of(&id).map_err(|error| ApiError::input("id", error))?;
        }
        of(ctx, &id, first, after).await.map(Some)
    }
}

/// A page of a document's history.
///
/// Not an `async fn`: its arguments would take up space in the future of every field of a document.
pub fn of<'a>(
    ctx: &'a Context<'_>,
    document: &'a str,
    first: Option<i32>,
    after: Option<String>,
) -> BoxFuture<'a, Result<eager::Object<Connection<HistoryEntry>>>> {
    read(ctx, document, first, after).map_ok(eager::Object::from).boxed()
}

async fn read(
    ctx: &Context<'_>,
    document: &str,
    first: Option<i32>,
    after: Option<String>,
) -> Result<Connection<HistoryEntry>> {
    editor(ctx)?;
    let fetch = fetch(ctx)?;
    let order = Order::new([OrderBy {
        path: "version",
        kind: KeyKind::Number,
        descending: true,
    }]);
    let window = Window {
        first,
        after,
        ..Window::default()
    };
    let want = fetch.wanted(&ctx.item.node.selection_set.node);
    let request = window.request(Filter::All(vec![]), order, fetch.limits, want)?;
    let behind = match request.after.as_deref() {
        Some([SortKey::Number(version), ..]) => Some(*version),
        _ => None,
    };
    let store = &fetch.loader.store;
    let mut entries = store.history(document, behind, request.limit + 1).await?;
    let has_next = entries.len() > request.limit;
    entries.truncate(request.limit);
    let total = if want.total {
        Some(store.history_length(document).await?)
    } else {
        None
    };
    let row = |entry: HistoryRecord| PageRow {
        keys: vec![SortKey::Number(entry.version), SortKey::Text(entry.id.clone())],
        node: Arc::new(HistoryEntry::from(entry)),
    };
    let page = Page {
        rows: entries.into_iter().map(row).collect(),
        has_previous: behind.is_some(),
        has_next,
        total,
    };
    Ok(Connection::new(page, request.order))
}
