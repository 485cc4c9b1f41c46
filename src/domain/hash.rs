//! Fingerprints of content, for edited documents, tokens and persisted documents.

use sha2::{Digest, Sha256};

/// The SHA-256 of a text or of bytes, in hexadecimal digits.
pub fn sha256(content: impl AsRef<[u8]>) -> String {
    hex(&Sha256::digest(content))
}

/// Bytes in hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
