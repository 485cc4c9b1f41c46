//! The keys of signed tokens: a JWK set (RFC 7517) made into keys, each for the one algorithm that fits its type.
//!
//! Where the set comes from is `source`'s.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyOperations, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde_json::Value as Json;

/// What is accepted as the algorithm of a signature, in words.
pub(super) const ACCEPTED: &str = "RS256 (RSA of 2048 bits or more), ES256 (P-256) and EdDSA (Ed25519)";

/// A public key.
#[derive(Clone, Debug)]
pub(super) struct Key {
    id: Option<String>,
    /// The one algorithm by which it checks signatures. A token never chooses it.
    pub algorithm: Algorithm,
    /// The key itself.
    pub decoding: DecodingKey,
}

/// The keys that are known.
#[derive(Debug, Default)]
pub(super) struct Keys {
    keys: Vec<Key>,
    /// The entries of the set that they were made of, the useless ones too.
    entries: Vec<Json>,
}

/// Sets of the same entries have the same keys.
impl PartialEq for Keys {
    fn eq(&self, other: &Self) -> bool {
        self.entries == other.entries
    }
}

/// What a token's header leads to.
#[derive(Debug)]
pub(super) enum Found<'a> {
    /// The key.
    Key(&'a Key),
    /// No key with that id; a newer set may have it.
    Unknown,
    /// The key is for another algorithm.
    OtherAlgorithm,
    /// The token names no key, and there are several that it may mean.
    Several,
}

impl Keys {
    /// Reads a JWK set. Keys that are not for these signatures are left out, as RFC 7517, section 5, asks for; there may be
    /// none left, which is what an issuer says that has taken all of them out.
    ///
    /// # Errors
    /// Where it is no set.
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

    /// What is wrong with a set of which no key is left.
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

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }
}

/// A key that checks signatures by one of the accepted algorithms.
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
