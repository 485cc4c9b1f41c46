//! Who asks, and by what that is known.

use std::time::Duration;

use crate::api::viewer::Viewer;

/// Who asks, and for how long that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Who.
    pub viewer: Viewer,
    /// How long the token still opens anything; for ever when absent.
    pub lasts: Option<Duration>,
    /// What has to stay as it is for that.
    pub grounds: Grounds,
}

/// By what it is known that a token holds, so that it need not be looked at again as long as this stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Grounds {
    /// Nothing: there is no token.
    NoToken,
    /// A stored token.
    Stored {
        /// Its hash.
        hash: String,
        /// Its version from before it was looked up.
        version: u64,
    },
    /// A signed token.
    Signed {
        /// The number of the set of keys by which it was checked.
        keys: u64,
    },
}
