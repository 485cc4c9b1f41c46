//! The keys of signed tokens: a JWK set (RFC 7517), each key for the one algorithm that fits its type.
//!
//! `source` reads the set.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyOperations, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde_json::Value as Json;

/// The accepted algorithms, for messages.
pub(super) const ACCEPTED: &str = "RS256 (RSA of 2048 bits or more), ES256 (P-256) and EdDSA (Ed25519)";

#[derive(Clone, Debug)]
pub(super) struct Key {
    id: Option<String>,
    /// The only algorithm that it verifies. A token never chooses it.
    pub algorithm: Algorithm,
    pub decoding: DecodingKey,
}

/// The usable keys of a set.
#[derive(Debug, Default)]
pub(super) struct Keys {
    keys: Vec<Key>,
    /// All entries of the set, including those that are not usable.
    entries: Vec<Json>,
}

/// Equal entries mean equal keys.
impl PartialEq for Keys {
    fn eq(&self, other: &Self) -> bool {
        self.entries == other.entries
    }
}

/// The result of looking for the key of a token.
#[derive(Debug)]
pub(super) enum Found<'a> {
    Key(&'a Key),
    /// No key has that id; a newer set may.
    Unknown,
    OtherAlgorithm,
    /// The token names no key, and several are possible.
    Several,
}

impl Keys {
    /// Parses a JWK set. Keys for other purposes are ignored, as RFC 7517, section 5, demands. None may be left: so an
    /// issuer removes all of its keys.
    ///
    /// # Errors
    /// If it is not a JWK set.
    pub fn parse(set: &[u8]) -> Result<Self, String> {
        let set: Json = serde_json::from_slice(set).map_err(|error| format!("it is no JSON: {error}"))?;
        let Some(entries) = set.get("keys").and_then(Json::as_array) else {
            return Err("it is no JWK set; accepted is an object with a list `keys`".to_owned());
        };
        Ok(Self {
            keys: entries.iter().filter_map(key).collect(),
            entries: entries.clone(),
        })
    }

    /// The message about a set without usable keys.
    pub fn problem(&self) -> String {
        format!(
            "none of the {} keys in it can be used; accepted are public keys for {ACCEPTED}",
            self.entries.len()
        )
    }

    /// The key for a token that names `id` (or none) and `algorithm`.
    pub fn find(&self, id: Option<&str>, algorithm: Algorithm) -> Found<'_> {
        let mut named = self.keys.iter().filter(|key| id.is_none() || key.id.as_deref() == id);
        let mut fitting = named.clone().filter(|key| key.algorithm == algorithm);
        match (fitting.next(), fitting.next()) {
            (Some(_), Some(_)) if id.is_none() => Found::Several,
            (Some(key), _) => Found::Key(key),
            (None, _) if named.next().is_some() && id.is_some() => Found::OtherAlgorithm,
            (None, _) => Found::Unknown,
        }
    }

    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }
}

/// An entry as a key; `None` if it is not for verifying signatures by an accepted algorithm.
fn key(entry: &Json) -> Option<Key> {
    let jwk: Jwk = serde_json::from_value(entry.clone()).ok()?;
    let length = |part: &str| URL_SAFE_NO_PAD.decode(part).map(|bytes| bytes.len()).ok();
    let algorithm = match &jwk.algorithm {
        AlgorithmParameters::RSA(key) if length(&key.n)? >= 2048 / 8 => Algorithm::RS256,
        AlgorithmParameters::EllipticCurve(key)
            if key.curve == EllipticCurve::P256 && length(&key.x)? == 32 && length(&key.y)? == 32 =>
        {
            Algorithm::ES256
        }
        AlgorithmParameters::OctetKeyPair(key) if key.curve == EllipticCurve::Ed25519 && length(&key.x)? == 32 => {
            Algorithm::EdDSA
        }
        _ => return None,
    };
    let common = &jwk.common;
    let is_for_signatures = common
        .public_key_use
        .as_ref()
        .is_none_or(|purpose| *purpose == PublicKeyUse::Signature)
        && common
            .key_operations
            .as_ref()
            .is_none_or(|operations| operations.contains(&KeyOperations::Verify))
        && common.key_algorithm.is_none_or(|named| named == algorithm.into());
    let decoding = DecodingKey::from_jwk(&jwk).ok()?;
    is_for_signatures.then_some(Key {
        id: jwk.common.key_id,
        algorithm,
        decoding,
    })
}
