//! Who sent a request, and why that is believed.

use std::time::Duration;

use crate::api::viewer::Viewer;

/// Who sent a request, and how long that is valid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    pub viewer: Viewer,
    /// The time until the token expires; `None` for never.
    pub lasts: Option<Duration>,
    /// What must stay unchanged for that.
    pub grounds: Grounds,
}

/// Why a token is valid: it need not be checked again as long as these grounds are unchanged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Grounds {
    NoToken,
    Stored {
        hash: String,
        /// The version from before the token was read.
        version: u64,
    },
    Signed {
        /// The number of the key set that verified the signature.
        keys: u64,
    },
}
