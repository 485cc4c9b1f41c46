//! What is asked: five queries, each with its variables, as the body of a POST.

use serde_json::{Value as Json, json};

/// A query that is measured.
pub struct Query {
    /// What it is called in tables and after `--only`.
    pub name: &'static str,
    /// The name of its operation.
    pub operation: &'static str,
    text: &'static str,
    variables: Json,
}

impl Query {
    /// All of them, the cheapest first.
    pub fn all() -> [Self; 5] {
        [
            Self {
                name: "point",
                operation: "Point",
                text: include_str!("queries/point.graphql"),
                variables: json!({ "id": "gift_ru-kp-2024" }),
            },
            Self::list(50),
            Self {
                name: "levels",
                operation: "Levels",
                text: include_str!("queries/levels.graphql"),
                variables: json!({}),
            },
            Self {
                name: "filter",
                operation: "Filter",
                text: include_str!("queries/filter.graphql"),
                variables: json!({ "span": "1980/1989", "region": "Asia" }),
            },
            Self {
                name: "statistics",
                operation: "Statistics",
                text: include_str!("queries/statistics.graphql"),
                variables: json!({}),
            },
        ]
    }

    /// A page of so many gifts.
    pub fn list(first: usize) -> Self {
        Self {
            name: "list",
            operation: "List",
            text: include_str!("queries/list.graphql"),
            variables: json!({ "first": first }),
        }
    }

    /// The body of the request.
    pub fn body(&self) -> String {
        json!({ "operationName": self.operation, "query": self.text, "variables": self.variables }).to_string()
    }

    /// What it asks for, in the words of its file.
    pub fn about(&self) -> &'static str {
        self.text
            .lines()
            .next()
            .map_or("", |line| line.trim_start_matches('#').trim())
    }
}
