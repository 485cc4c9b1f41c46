//! One page of a connection: its query, what the model says about it, and the comparison of both.

use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::asks::Ask;
use super::bed::Bed;
use super::model;
use crate::support::settings;

/// The arguments of a connection, from variables.
pub const ARGUMENTS: &str =
    "first: $first, last: $last, after: $after, before: $before, where: $where, orderBy: $orderBy";
/// All that a page tells.
pub const PAGE: &str = "{ totalCount nodes { ... on Node { id } } edges { cursor node { ... on Node { id } } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }";

/// A row and its cursor.
#[derive(Clone, Debug)]
pub struct Mark {
    pub cursor: String,
    pub id: String,
}

/// The declarations of the variables.
pub fn header(of: &str) -> String {
    format!("$first: Int, $last: Int, $after: String, $before: String, $where: {of}Filter, $orderBy: [{of}Order!]")
}

/// The variables that ask for the page behind `at` and before `stop`, in the direction of travel.
pub fn variables(ask: &Ask, at: Option<&Mark>, stop: Option<&Mark>) -> Json {
    let cursor = |mark: Option<&Mark>| mark.map(|mark| mark.cursor.clone());
    let (size, near, far) = if ask.backward {
        ("last", "before", "after")
    } else {
        ("first", "after", "before")
    };
    json!({ "where": ask.filter, "orderBy": ask.order, size: ask.size, near: cursor(at), far: cursor(stop) })
}

/// What the model says about that page, out of all documents that match.
pub fn expect(bed: &Bed, ask: &Ask, matching: Vec<&Json>, at: Option<&Mark>, stop: Option<&Mark>) -> model::Page {
    let document = |mark: Option<&Mark>| mark.map(|mark| bed.document(&mark.id));
    let window = model::Window {
        near: document(at),
        far: document(stop),
        size: ask.size.unwrap_or(settings().config.limits.page_size),
        backward: ask.backward,
    };
    model::page(&ask.order, matching, &window)
}

/// Fails where a page is not as expected; gives its rows.
pub fn compare(bed: &Bed, page: &Json, expected: &model::Page) -> Result<Vec<Mark>, TestCaseError> {
    let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
    let list = |name: &str| page[name].as_array().into_iter().flatten();
    let row = |edge: &Json| Mark {
        cursor: text(&edge["cursor"]),
        id: text(&edge["node"]["id"]),
    };
    let rows: Vec<Mark> = list("edges").map(row).collect();
    let info = &page["pageInfo"];
    let found = model::Page {
        ids: list("nodes").map(|node| text(&node["id"])).collect(),
        has_previous: info["hasPreviousPage"] == true,
        has_next: info["hasNextPage"] == true,
        total: page["totalCount"].as_u64().unwrap_or(u64::MAX),
    };
    if found != *expected {
        let one_sided = |id: &&String| !found.ids.contains(id) || !expected.ids.contains(id);
        let ids = found.ids.iter().chain(&expected.ids).filter(one_sided);
        let documents: Vec<&Json> = ids.map(|id| bed.document(id)).collect();
        let message = format!("found {found:#?}\nexpected {expected:#?}\nnot in both: {documents:#?}");
        return Err(TestCaseError::fail(message));
    }
    prop_assert!(
        rows.iter().map(|row| &row.id).eq(&found.ids),
        "edges and nodes differ: {}",
        page
    );
    for (end, row) in [("startCursor", rows.first()), ("endCursor", rows.last())] {
        prop_assert_eq!(&info[end], &json!(row.map(|row| &row.cursor)), "{}", end);
    }
    Ok(rows)
}
