//! Cursors of a search: opaque, with the score and id of a hit and the signature of the search.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

use super::query::{Mode, TextQuery};
use crate::domain::hash::sha256;
use crate::domain::id::Kind;

/// The longest cursor that can be ours, in bytes.
const LONGEST: usize = 1_024;

/// The position of a hit in its search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HitPosition {
    /// Whether all words had to match.
    pub(super) mode: Mode,
    /// In hundredths.
    pub(super) score: u64,
    pub(super) id: String,
}

impl HitPosition {
    /// How well the hit matches: higher is better. Only comparable within the search.
    pub fn score(&self) -> f64 {
        self.score as f64 / 100.0
    }
}

/// Identifies a search, so that its cursors are refused by others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature(String);

/// Why a cursor is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SearchCursorError {
    #[error("it is not a cursor of this API; take one from `edges.cursor` or `pageInfo` and pass it on unchanged")]
    Malformed,
    /// A cursor of another search.
    #[error("it belongs to another search; a cursor only continues the `text` and `kinds` that it was made for")]
    OtherSearch,
}

impl Signature {
    /// The signature of a search for these words among these kinds.
    pub(super) fn new(query: &TextQuery, kinds: &[Kind]) -> Self {
        let mut names: Vec<&str> = kinds.iter().map(|kind| kind.prefix()).collect();
        names.sort_unstable();
        names.dedup();
        // Sixteen digits suffice: nobody gains from a cursor that also fits another search.
        let mut hash = sha256(json!([query.whole(), names]).to_string());
        hash.truncate(16);
        Self(hash)
    }

    /// The cursor of a hit.
    pub fn encode(&self, position: &HitPosition) -> String {
        let any = position.mode == Mode::Any;
        URL_SAFE_NO_PAD.encode(json!(["search", self.0, any, position.score, position.id]).to_string())
    }

    /// The position that a cursor encodes.
    ///
    /// # Errors
    /// If it is malformed, or of another search.
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
