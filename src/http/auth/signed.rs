//! Signed tokens (JWT, RFC 7519): their validation, and the viewer that they name.
//!
//! Only RS256, ES256 and EdDSA are accepted, and the key decides which, not the token (RFC 8725). `kid` selects the
//! key. `iss`, `aud`, `exp` and `sub` are required; `nbf` is checked if present. The viewer's name consists of `sub`
//! and `iss`, so that it never equals that of a stored token. `roles` finds the role.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::errors::{Error as JwtError, ErrorKind};
use jsonwebtoken::{Algorithm, Validation, decode};
use serde::Deserialize;
use serde_json::{Map, Value as Json};

use super::identity::{Grounds, Identity};
use super::key_set::{KeySet, NoKey, Pace};
use super::keys::ACCEPTED;
use super::roles::role;
use super::signatures::choose_ring;
use super::source::{SignedError, Source};
use crate::api::viewer::Viewer;

/// How far the clocks of issuer and server may differ, in seconds.
const LEEWAY: u64 = 30;

/// The longest `sub`, in bytes: it becomes part of a name in the log and in the history.
const LONGEST_SUBJECT: usize = 256;

/// Which signed tokens are accepted.
#[derive(Clone, Debug)]
pub struct SignedSettings {
    /// The path of a JWK set, or its URL: `https://`, or `http://` on this machine.
    pub jwks: String,
    /// The required `iss`.
    pub issuer: String,
    /// The required `aud`, or one of them.
    pub audience: String,
    /// The claim with the role: its name, or its path with dots between the names.
    pub role_claim: String,
    /// The age from which on the keys are read again.
    pub refresh: Duration,
    /// The least time between two reads.
    pub rest: Duration,
    /// The age from which on keys that could not be read again are no longer valid.
    pub stale: Duration,
}

impl SignedSettings {
    /// With the usual claim, `role`. The keys are read again after 10 minutes, at most every 10 seconds, and are valid
    /// for an hour after the last read.
    pub fn new(jwks: impl Into<String>, issuer: impl Into<String>, audience: impl Into<String>) -> Self {
        Self {
            jwks: jwks.into(),
            issuer: issuer.into(),
            audience: audience.into(),
            role_claim: "role".to_owned(),
            refresh: Duration::from_secs(10 * 60),
            rest: Duration::from_secs(10),
            stale: Duration::from_secs(60 * 60),
        }
    }
}

/// The part of a token's header that is needed before its signature is verified.
#[derive(Deserialize)]
struct Head {
    alg: String,
    kid: Option<String>,
    crit: Option<Json>,
}

/// Validates signed tokens.
#[derive(Debug)]
pub struct Signed {
    issuer: String,
    audience: String,
    role_claim: String,
    ring: Arc<KeySet>,
}

impl Signed {
    /// Reads the keys.
    ///
    /// # Errors
    /// If the file cannot be read or has no usable key, or if the URL is not accepted. A URL that does not respond is
    /// no error: it is logged, and tried again when a token arrives.
    pub async fn new(settings: SignedSettings) -> Result<Self, SignedError> {
        choose_ring();
        let pace = Pace {
            refresh: settings.refresh,
            rest: settings.rest,
            stale: settings.stale,
        };
        Ok(Self {
            ring: Arc::new(KeySet::new(Source::new(&settings.jwks)?, pace).await?),
            issuer: settings.issuer,
            audience: settings.audience,
            role_claim: settings.role_claim,
        })
    }

    /// The identity for a token, or what is wrong with the token, in words that repeat nothing of it.
    pub(super) async fn identity(&self, token: &str) -> Result<Identity, String> {
        let head = head(token).ok_or(MALFORMED)?;
        let algorithm = match head.alg.as_str() {
            "RS256" => Algorithm::RS256,
            "ES256" => Algorithm::ES256,
            "EdDSA" => Algorithm::EdDSA,
            _ => return Err(format!("the token is signed in another way than {ACCEPTED}")),
        };
        if head.crit.is_some() {
            return Err("the token has a `crit` header, of which nothing is understood here".to_owned());
        }
        let (key, keys) = self.ring.key(head.kid.as_deref(), algorithm).await.map_err(no_key)?;
        // The key's algorithm: that of the token only helped to find the key.
        let claims = decode::<Map<String, Json>>(token, &key.decoding, &self.validation(key.algorithm))
            .map_err(|error| not_valid(&error))?
            .claims;
        Ok(Identity {
            viewer: self.bearer(&claims)?,
            lasts: claims.get("exp").and_then(Json::as_f64).map(until),
            grounds: Grounds::Signed { keys },
        })
    }

    /// Whether the key set of this number is still current, and valid.
    pub(super) fn counts(&self, keys: u64) -> bool {
        self.ring.counts(keys)
    }

    fn validation(&self, algorithm: Algorithm) -> Validation {
        let mut validation = Validation::new(algorithm);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        validation.set_issuer(&[&self.issuer]);
        validation.set_audience(&[&self.audience]);
        validation.validate_nbf = true;
        validation.leeway = LEEWAY;
        validation
    }

    fn bearer(&self, claims: &Map<String, Json>) -> Result<Viewer, String> {
        // The library also accepts a list of issuers; RFC 7519 does not.
        if claims.get("iss").and_then(Json::as_str) != Some(self.issuer.as_str()) {
            return Err(OTHER_ISSUER.to_owned());
        }
        let name = claims.get("sub").and_then(Json::as_str).unwrap_or_default();
        if name.is_empty() || name.len() > LONGEST_SUBJECT || name.chars().any(char::is_control) {
            return Err(format!(
                "the token's `sub` is no name; accepted is a text of 1 to {LONGEST_SUBJECT} bytes without control characters"
            ));
        }
        Ok(Viewer::Known {
            // No name of a stored token contains `@`. The issuer is in it, as others may use the same `sub`.
            name: format!("{name}@{}", self.issuer),
            role: role(claims, &self.role_claim)?,
        })
    }
}

const MALFORMED: &str = "the token looks like a signed one (JWT) and cannot be read as one";
const OTHER_ISSUER: &str = "the token was issued by somebody whose tokens are not accepted here";

/// The time until a token with this `exp` is refused.
fn until(exp: f64) -> Duration {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    // Validation compares whole seconds, so a token is valid until the end of its last second.
    let end = Duration::try_from_secs_f64(exp + 1.0).unwrap_or(Duration::MAX);
    end.saturating_add(Duration::from_secs(LEEWAY)).saturating_sub(now)
}

fn head(token: &str) -> Option<Head> {
    let (head, _) = token.split_once('.')?;
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(head).ok()?).ok()
}

fn no_key(why: NoKey) -> String {
    match why {
        NoKey::Unread => {
            "no signed token can be checked at the moment, since its key cannot be read; try again in a \
                          few seconds"
        }
        NoKey::Unknown => "the token is signed by a key that is not known here",
        NoKey::OtherAlgorithm => "the token's `alg` is not the one of its key",
        NoKey::Several => "the token does not say by `kid` which key has signed it, and there are several",
    }
    .to_owned()
}

fn not_valid(error: &JwtError) -> String {
    match error.kind() {
        ErrorKind::InvalidSignature => "the token's signature does not fit".to_owned(),
        ErrorKind::ExpiredSignature => "the token has expired".to_owned(),
        ErrorKind::ImmatureSignature => "the token is not valid yet".to_owned(),
        ErrorKind::InvalidIssuer => OTHER_ISSUER.to_owned(),
        ErrorKind::InvalidAudience => "the token was issued for another service".to_owned(),
        ErrorKind::MissingRequiredClaim(claim) => {
            format!("the token has no `{claim}`, or not in its form; it needs exp, iss, aud and sub")
        }
        ErrorKind::InvalidClaimFormat(claim) => format!("the token's `{claim}` has not its form"),
        _ => MALFORMED.to_owned(),
    }
}
