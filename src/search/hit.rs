//! A search as it is asked for, and what it finds.

use super::cursor::{HitPosition, Signature};
use super::highlights::Highlight;
use super::query::TextQuery;
use crate::domain::id::Kind;

/// A search for a page of hits.
#[derive(Clone, Debug)]
pub struct SearchRequest {
    /// What somebody typed: any text at all.
    pub text: String,
    /// Documents of which kinds.
    pub kinds: Vec<Kind>,
    /// Only hits behind this one.
    pub after: Option<HitPosition>,
    /// How many hits.
    pub limit: usize,
    /// Whether the highlights are wanted.
    pub highlights: bool,
}

impl SearchRequest {
    /// What tells this search from others: cursors of one are good for no other.
    pub fn signature(&self) -> Signature {
        Signature::new(&TextQuery::new(&self.text), &self.kinds)
    }
}

/// A document that matches.
#[derive(Clone, Debug)]
pub struct Hit {
    /// Its id.
    pub id: String,
    /// Its place in the order of this search.
    pub position: HitPosition,
    /// What matched in it, where that was asked for.
    pub highlights: Vec<Highlight>,
}

/// A page of hits: highest score first, then by id.
#[derive(Clone, Debug, Default)]
pub struct Hits {
    /// The hits.
    pub hits: Vec<Hit>,
    /// How many documents match in all.
    pub total: u64,
    /// Whether hits stand before the first of these.
    pub has_previous: bool,
    /// Whether more follow.
    pub has_next: bool,
}
