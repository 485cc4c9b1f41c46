//! Named queries: operations of documents that the server knows, offered at `/q/NAME`, in `/openapi.json` and to agents.
//!
//! Those of `schema/operations`, and those of the trusted documents, which come first where both have a name. `parameters`
//! reads the variables from an address, `tables` makes rows of answers, which `kept_tables` keeps, `openapi` describes it all.

pub mod kept_tables;
pub mod openapi;
pub mod parameters;
pub mod query;
mod samples;
pub mod tables;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value as Json;

use self::query::NamedQuery;
use super::persisted::Trusted;
use crate::api::operation::OperationKind;
use crate::guard::Guard;
use samples::SAMPLES;

/// All of them, by their names.
#[derive(Clone, Debug, Default)]
pub struct NamedQueries(BTreeMap<String, Arc<NamedQuery>>);

impl NamedQueries {
    /// Those of these documents and of the server's own. What does not pass the guard is not offered: limits may be lower than
    /// an operation needs.
    pub fn new(guard: &Guard, trusted: &Trusted) -> Self {
        let mut all = BTreeMap::new();
        for sample in SAMPLES {
            let example = serde_json::from_str(sample.variables).unwrap_or_default();
            Self::add(&mut all, guard, sample.id, sample.document, example);
        }
        let mut documents: Vec<(&str, &str)> = trusted.iter().collect();
        // The same document is there by its hash, which begins no name that people give.
        documents.sort_by_key(|(id, _)| (id.len() == 64, *id));
        let mut seen = Vec::new();
        for (id, text) in documents {
            if !seen.contains(&text) {
                seen.push(text);
                Self::add(&mut all, guard, id, text, Json::Object(serde_json::Map::new()));
            }
        }
        Self(all)
    }

    fn add(all: &mut BTreeMap<String, Arc<NamedQuery>>, guard: &Guard, id: &str, text: &str, example: Json) {
        let Ok(checked) = guard.check(text) else { return };
        for operation in Guard::operations(&checked) {
            let Ok(outline) = guard.outline(&checked, operation.as_deref()) else {
                continue;
            };
            let name = operation.unwrap_or_else(|| id.to_owned());
            if !parameters::fit(&outline) || !is_plain(&name) {
                continue;
            }
            let (title, description) = told(text);
            let query = NamedQuery {
                title: title.unwrap_or_else(|| name.clone()),
                name: name.clone(),
                description,
                document: id.to_owned(),
                outline,
                example: example.clone(),
            };
            all.insert(name, Arc::new(query));
        }
    }

    /// The server's own documents by their ids, to be known like trusted ones.
    pub fn documents() -> impl Iterator<Item = (&'static str, String)> {
        SAMPLES.iter().map(|sample| (sample.id, sample.document.to_owned()))
    }

    /// The query or subscription of this name. Mutations have no address: who opens one changes nothing.
    pub fn get(&self, name: &str) -> Option<&Arc<NamedQuery>> {
        self.0
            .get(name)
            .filter(|query| query.outline.kind != OperationKind::Mutation)
    }

    /// All queries and subscriptions, in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = &NamedQuery> {
        let all = self.0.values().map(|query| &**query);
        all.filter(|query| query.outline.kind != OperationKind::Mutation)
    }

    /// What an agent may use: queries, and mutations where it may change something.
    pub fn tools(&self, may_change: bool) -> impl Iterator<Item = &NamedQuery> {
        let all = self.0.values().map(|query| &**query);
        all.filter(move |query| match query.outline.kind {
            OperationKind::Query => true,
            OperationKind::Mutation => may_change,
            _ => false,
        })
    }
}

/// Whether a name can stand in an address as it is, and is not taken for one with an ending.
fn is_plain(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
    !name.is_empty() && name.bytes().all(allowed)
}

/// The title and the description in the comment that a document begins with.
fn told(document: &str) -> (Option<String>, String) {
    let mut lines = document
        .lines()
        .map_while(|line| line.trim().strip_prefix('#'))
        .map(str::trim);
    let title = lines.next().filter(|line| !line.is_empty()).map(str::to_owned);
    let rest: Vec<&str> = lines.collect();
    (title, rest.join(" ").trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_told_by_the_comment_that_it_begins_with() {
        let document = "# A title\n#\n# One line,\n# and another.\nquery A { a } # not this";
        let (title, description) = told(document);
        assert_eq!(
            (title.as_deref(), &*description),
            (Some("A title"), "One line, and another.")
        );
        assert_eq!(told("{ a }"), (None, String::new()));
    }
}
