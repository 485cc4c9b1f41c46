//! Relay connections, for all collections: arguments in, pages out.
//!
//! Follows the GraphQL Cursor Connections Specification, with `nodes` and `totalCount` beside the edges.

use std::borrow::Cow;
use std::sync::Arc;

use async_graphql::{InputType, Object, OutputType, SimpleObject, TypeName};

use super::collection::Collection;
use super::cost::{COUNT, cost};
use super::eager;
use super::filter::CollectionFilter;
use super::order::OrderInput;
use crate::api::error::{ApiError, Result};
use crate::limits::Limits;
use crate::store::cursor::{Order, SortKey};
use crate::store::filter::Filter;
use crate::store::page::{Page, PageRequest, PageRow, Want};

/// What a connection can hold.
pub trait Member: OutputType + 'static {
    /// The prefix of the types' names: `{NAME}Connection` and `{NAME}Edge`.
    const NAME: &'static str;
    /// How many collections a page is read from.
    const COLLECTIONS: i32 = 1;
    /// The GraphQL type of an item.
    type Node<'a>: OutputType + From<&'a Arc<Self>>;
}

impl<E: Collection> Member for E {
    const NAME: &'static str = <E as Collection>::NAME;
    type Node<'a> = eager::Object<&'a Arc<E>>;
}

/// A page of a connection.
pub struct Connection<E> {
    rows: Vec<PageRow<E>>,
    order: Arc<Order>,
    info: PageInfo,
    total: Option<u64>,
}

/// A document in a connection.
pub struct Edge<E> {
    row: PageRow<E>,
    order: Arc<Order>,
}

/// Where a page stands among all that matches.
#[derive(SimpleObject, Clone, Debug, Default)]
#[graphql(serial)]
pub struct PageInfo {
    /// Whether more documents follow the last of this page.
    pub(super) has_next_page: bool,
    /// Whether documents stand before the first of this page.
    pub(super) has_previous_page: bool,
    /// The cursor of the first document, to go on backward with `before`; null on an empty page.
    pub(super) start_cursor: Option<String>,
    /// The cursor of the last document, to go on with `after`; null on an empty page.
    pub(super) end_cursor: Option<String>,
}

impl<E: Member> Connection<E> {
    /// A page as the store returned it.
    pub fn new(page: Page<E>, order: Order) -> Self {
        let cursor = |row: Option<&PageRow<E>>| row.map(|row| order.encode(&row.keys));
        let info = PageInfo {
            has_next_page: page.has_next,
            has_previous_page: page.has_previous,
            start_cursor: cursor(page.rows.first()),
            end_cursor: cursor(page.rows.last()),
        };
        Self {
            rows: page.rows,
            order: Arc::new(order),
            info,
            total: page.total,
        }
    }

    /// Cuts the page for `request` out of `rows`: all rows that match it, in its order.
    pub fn slice(rows: Vec<PageRow<E>>, request: PageRequest) -> Self {
        let total = rows.len();
        let order = &request.order;
        let behind = |row: &PageRow<E>, keys: &Vec<SortKey>| order.compare(&row.keys, keys).is_gt();
        let ahead = |row: &PageRow<E>, keys: &Vec<SortKey>| order.compare(&row.keys, keys).is_lt();
        let mut within: Vec<PageRow<E>> = rows
            .iter()
            .filter(|row| request.after.as_ref().is_none_or(|keys| behind(row, keys)))
            .filter(|row| request.before.as_ref().is_none_or(|keys| ahead(row, keys)))
            .cloned()
            .collect();
        let more = within.len() > request.limit;
        let (has_previous, has_next) = if request.backward {
            within.drain(..within.len().saturating_sub(request.limit));
            let other = request
                .before
                .as_ref()
                .is_some_and(|keys| rows.iter().any(|row| !ahead(row, keys)));
            (more, other)
        } else {
            within.truncate(request.limit);
            let other = request
                .after
                .as_ref()
                .is_some_and(|keys| rows.iter().any(|row| !behind(row, keys)));
            (other, more)
        };
        let page = Page {
            rows: within,
            has_previous,
            has_next,
            total: Some(total as u64),
        };
        Self::new(page, request.order)
    }

    pub fn documents(&self) -> impl Iterator<Item = &Arc<E>> {
        self.rows.iter().map(|row| &row.node)
    }
}

impl<E: Member> TypeName for Connection<E> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Connection", E::NAME).into()
    }
}

impl<E: Member> TypeName for Edge<E> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Edge", E::NAME).into()
    }
}

/// A page of a connection. Ask for `nodes`, or for `edges` where each document's cursor is needed.
#[Object(name_type, serial)]
impl<E: Member> Connection<E> {
    /// The documents on this page, each with its cursor.
    async fn edges(&self) -> eager::List<eager::Object<Edge<E>>> {
        self.rows
            .iter()
            .map(|row| {
                eager::Object::from(Edge {
                    row: row.clone(),
                    order: Arc::clone(&self.order),
                })
            })
            .collect()
    }

    /// The documents on this page.
    async fn nodes(&self) -> eager::List<E::Node<'_>> {
        self.documents().map(Into::into).collect()
    }

    /// Where this page stands among all that matches.
    async fn page_info(&self) -> eager::Object<&PageInfo> {
        eager::Object::from(&self.info)
    }

    /// How many documents match in all, over all pages. Counted only when it is asked for.
    #[graphql(directive = cost::apply(COUNT * E::COLLECTIONS, None))]
    async fn total_count(&self) -> Result<u64> {
        self.total.ok_or(ApiError::Internal)
    }
}

/// A document in a connection.
#[Object(name_type, serial)]
impl<E: Member> Edge<E> {
    /// The place of this document in this order: opaque, stays good when the document is deleted.
    async fn cursor(&self) -> String {
        self.order.encode(&self.row.keys)
    }

    /// The document.
    async fn node(&self) -> E::Node<'_> {
        (&self.row.node).into()
    }
}

/// Relay's four paging arguments, not yet checked.
#[derive(Clone, Debug, Default)]
pub struct Window {
    pub first: Option<i32>,
    pub after: Option<String>,
    pub last: Option<i32>,
    pub before: Option<String>,
}

/// Parses an argument.
pub fn parse<T: InputType>(name: &str, value: Option<async_graphql::Value>) -> Result<T> {
    T::parse(value).map_err(|error| {
        // The readable message is only accessible through `ServerError`.
        ApiError::input(name, error.into_server_error(async_graphql::Pos::default()).message)
    })
}

/// The arguments of a collection's connection, not yet checked.
pub struct PageArguments<E: Collection> {
    pub window: Window,
    /// Which documents.
    pub filter: Option<Box<E::Filter>>,
    pub order_by: Option<Vec<E::Order>>,
}

impl<E: Collection> PageArguments<E> {
    /// Parses the arguments; `get` returns an argument by its name.
    pub fn read(get: impl Fn(&str) -> Result<Option<async_graphql::Value>>) -> Result<Self> {
        Ok(Self {
            window: Window {
                first: parse("first", get("first")?)?,
                after: parse("after", get("after")?)?,
                last: parse("last", get("last")?)?,
                before: parse("before", get("before")?)?,
            },
            filter: parse("where", get("where")?)?,
            order_by: parse("orderBy", get("orderBy")?)?,
        })
    }

    /// The page that these arguments ask for.
    pub fn request(&self, limits: &Limits, want: Want) -> Result<PageRequest> {
        let order = Order::new(self.order_by.iter().flatten().map(OrderInput::order_by));
        let filter = match &self.filter {
            Some(filter) => filter.filter()?,
            None => Filter::All(vec![]),
        };
        self.window.request(filter, order, limits, want)
    }
}

impl Window {
    /// The page of the documents that match `filter`, in this order.
    pub fn request(&self, filter: Filter, order: Order, limits: &Limits, want: Want) -> Result<PageRequest> {
        let (limit, backward) = match (self.first, self.last) {
            (Some(_), Some(_)) => {
                return Err(ApiError::BadUserInput(
                    "both `first` and `last` were given; accepted is one of them: `first` counts from the start, `last` from the end".into(),
                ));
            }
            (Some(first), None) => (page_size("first", first, limits)?, false),
            (None, Some(last)) => (page_size("last", last, limits)?, true),
            (None, None) => (limits.page_size, false),
        };
        let keys = |name: &str, cursor: &Option<String>| {
            cursor
                .as_ref()
                .map(|cursor| order.decode(cursor).map_err(|error| ApiError::input(name, error)))
                .transpose()
        };
        Ok(PageRequest {
            filter,
            after: keys("after", &self.after)?,
            before: keys("before", &self.before)?,
            order,
            backward,
            limit,
            want,
        })
    }
}

/// `first`, or the default page size.
pub fn first_of(first: Option<i32>, limits: &Limits) -> Result<usize> {
    first.map_or(Ok(limits.page_size), |first| page_size("first", first, limits))
}

/// Checks a page size against the limits.
fn page_size(name: &str, asked: i32, limits: &Limits) -> Result<usize> {
    let most = limits.max_page_size;
    match usize::try_from(asked) {
        Ok(size) if size <= most => Ok(size),
        Ok(size) => {
            let message =
                format!("`{name}` is {size}; accepted are 0 to {most} per page, and `after` or `before` to go on");
            Err(ApiError::over("pageSize", most as u64, size as u64, message))
        }
        Err(_) => Err(ApiError::input(
            name,
            format!("it is {asked}; accepted are 0 to {most}"),
        )),
    }
}
