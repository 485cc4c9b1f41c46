//! Cursors of a search: opaque, with the score and id of a hit and the mark of the search that it belongs to.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

use super::query::{Mode, TextQuery};
use crate::domain::hash::sha256;
use crate::domain::id::Kind;

/// No cursor of ours is longer.
const LONGEST: usize = 1_024;

/// Where a hit stands in its search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HitPosition {
    /// Which words had to match.
    pub(super) mode: Mode,
    /// Its score, in hundredths.
    pub(super) score: u64,
    /// Its id.
    pub(super) id: String,
}

impl HitPosition {
    /// How well the hit fits: higher is better, and of no meaning beyond the search.
    pub fn score(&self) -> f64 {
        self.score as f64 / 100.0
    }
}

/// What tells a search from others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature(String);

/// Why a cursor is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SearchCursorError {
    /// Not one of ours.
    #[error("it is not a cursor of this API; take one from `edges.cursor` or `pageInfo` and pass it on unchanged")]
    Malformed,
    /// Ours, but of another search.
    #[error("it belongs to another search; a cursor only continues the `text` and `kinds` that it was made for")]
    OtherSearch,
}

impl Signature {
    /// That of a search for these words among these kinds.
    pub(super) fn new(query: &TextQuery, kinds: &[Kind]) -> Self {
        let mut names: Vec<&str> = kinds.iter().map(|kind| kind.prefix()).collect();
        names.sort_unstable();
        names.dedup();
        // Sixteen digits tell one search from another; nobody gains by a cursor that fits a second one.
        let mut hash = sha256(json!([query.whole(), names]).to_string());
        hash.truncate(16);
        Self(hash)
    }

    /// The cursor of a hit.
    pub fn encode(&self, position: &HitPosition) -> String {
        let any = position.mode == Mode::Any;
        URL_SAFE_NO_PAD.encode(json!(["search", self.0, any, position.score, position.id]).to_string())
    }

    /// The position in a cursor.
    ///
    /// # Errors
    /// It is none of this search.
    pub fn decode(&self, cursor: &str) -> Result<HitPosition, SearchCursorError> {
        if cursor.len() > LONGEST {
            return Err(SearchCursorError::Malformed);
        }
        let bytes = URL_SAFE_NO_PAD
            .decode(cursor)
            .map_err(|_| SearchCursorError::Malformed)?;
        let (name, signature, any, score, id): (String, String, bool, u64, String) =
            serde_json::from_slice(&bytes).map_err(|_| SearchCursorError::Malformed)?;
        if name != "search" || Kind::of(&id).is_err() {
            return Err(SearchCursorError::Malformed);
        }
        if signature != self.0 {
            return Err(SearchCursorError::OtherSearch);
        }
        let mode = if any { Mode::Any } else { Mode::All };
        Ok(HitPosition { mode, score, id })
    }
}
