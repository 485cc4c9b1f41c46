//! Which paths of a collection's documents columns in memory hold, as `schema/collections` declares them.

use serde_json::Value as Json;

/// A column in memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Projected {
    /// A dotted path.
    pub path: String,
    /// Whether only the presence of a value matters.
    pub known_only: bool,
}

/// Reads the declaration: each a path, or `{"known": path}` if only the presence of a value matters.
pub(super) fn projected(json: &Json) -> Vec<Projected> {
    let projected = json.as_array().into_iter().flatten().filter_map(|column| {
        let known = column["known"].as_str();
        Some(Projected {
            path: known.or_else(|| column.as_str())?.to_owned(),
            known_only: known.is_some(),
        })
    });
    projected.collect()
}
