//! The fingerprint of a text: how edited documents, tokens and persisted documents are told by what they hold.

use sha2::{Digest, Sha256};

/// The SHA-256 of a text or of bytes, in hexadecimal digits.
pub fn sha256(content: impl AsRef<[u8]>) -> String {
    Sha256::digest(content)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
