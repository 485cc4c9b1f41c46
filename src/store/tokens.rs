//! Tokens: made, listed, revoked, and found by their text, of which only the hash is stored.
//!
//! A role is a text here; what it allows, and what else may tell who asks, is decided in `http/auth`.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::{FutureExt, TryStreamExt};
use mongodb::Collection;
use mongodb::bson::{DateTime, Document, deserialize_from_document, doc};
use serde::Deserialize;

use super::bson_types::Timestamp;
use super::unbroken::Unbroken;
use super::{Result, Store, StoreError};
use crate::domain::hash::sha256;

/// The collection.
pub(super) const TOKENS: &str = "tokens";

/// How the text of every token begins, so that people and scanners for lost secrets know what it is.
pub const PREFIX: &str = "mng_";

/// How many random bytes a token has: nobody guesses one, so that a plain hash of it is enough.
const RANDOM_BYTES: usize = 32;

/// How long the text of a token is: the prefix, and base64url without padding.
pub const LENGTH: usize = PREFIX.len() + (RANDOM_BYTES * 4).div_ceil(3);

/// The longest name of a token.
const LONGEST_NAME: usize = 64;

/// What is known of a token.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct Token {
    /// Its name; of the tokens that are not revoked only one has it.
    pub name: String,
    /// The role's name.
    pub role: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when on it opens nothing; never when absent.
    pub expires_at: Option<Timestamp>,
    /// Since when it opens nothing.
    pub revoked_at: Option<Timestamp>,
}

impl Token {
    /// Whether it opens nothing any more because of its age.
    pub fn is_expired(&self) -> bool {
        self.expires_at.is_some_and(|end| end <= Timestamp::now())
    }
}

/// A token that is to be made.
#[derive(Clone, Copy, Debug)]
pub struct NewToken<'a> {
    /// Its name, as [`check_name`] accepts it.
    pub name: &'a str,
    /// The role's name.
    pub role: &'a str,
    /// How long it opens anything; for ever when absent.
    pub lifetime: Option<Duration>,
}

/// The text of a new token: random, and nowhere stored.
///
/// # Errors
/// Where the operating system gives no random numbers.
pub fn random() -> std::result::Result<String, getrandom::Error> {
    let mut bytes = [0; RANDOM_BYTES];
    getrandom::fill(&mut bytes)?;
    Ok(format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes)))
}

/// Whether a text has the form of a token, so that the database need not be asked about others.
pub fn is_token(text: &str) -> bool {
    text.len() == LENGTH && text.starts_with(PREFIX) && URL_SAFE_NO_PAD.decode(&text[PREFIX.len()..]).is_ok()
}

/// Accepts the name of a token.
///
/// # Errors
/// What is accepted instead.
pub fn check_name(name: &str) -> std::result::Result<String, String> {
    let begins = name.starts_with(|letter: char| letter.is_ascii_alphanumeric());
    let plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b));
    if begins && plain && name.len() <= LONGEST_NAME {
        return Ok(name.to_owned());
    }
    Err(format!(
        "accepted are 1 to {LONGEST_NAME} letters, digits, `.`, `_` and `-`, the first a letter or digit"
    ))
}

impl Store {
    /// Makes a token with this text; gives the one that has its name already, and makes none, where there is one.
    pub async fn create_token(&self, text: &str, new: NewToken<'_>) -> Result<Option<Token>> {
        let now = DateTime::now();
        let mut row = doc! { "_id": sha256(text), "name": new.name, "role": new.role, "createdAt": now };
        if let Some(lifetime) = new.lifetime {
            let lifetime = i64::try_from(lifetime.as_millis()).unwrap_or(i64::MAX);
            let end = now.timestamp_millis().saturating_add(lifetime);
            row.insert("expiresAt", DateTime::from_millis(end));
        }
        let inserted = self.tokens().insert_one(row).await.map_err(StoreError::from);
        self.versions.tokens_changed();
        match inserted {
            Ok(_) => Ok(None),
            Err(conflict @ StoreError::Conflict(_)) => {
                let same_name = self.find_token(not_revoked(new.name)).await?;
                // Without one it was revoked in between.
                same_name.map(Some).ok_or(conflict)
            }
            Err(error) => Err(error),
        }
    }

    /// All tokens by name, the revoked ones too.
    pub async fn tokens_by_name(&self) -> Result<Vec<Token>> {
        let rows = self
            .tokens()
            .find(doc! {})
            .sort(doc! { "name": 1, "createdAt": 1 })
            .projection(doc! { "_id": 0 })
            .max_time(self.time_left())
            .await?;
        let rows: Vec<Document> = rows.try_collect().await?;
        rows.into_iter().map(read).collect()
    }

    /// Revokes the token of this name; false where none of that name opens anything.
    pub async fn revoke_token(&self, name: &str) -> Result<bool> {
        let now = DateTime::now();
        let mut session = self.client.start_session().await?;
        // Deleted and put back: after an update the embedded database keeps the old value of a unique index taken.
        let revoked = session
            .start_transaction()
            .max_commit_time(self.time_left())
            .and_run((self.tokens(), name), |session, (tokens, name)| {
                let revoking = async move {
                    let deleted = tokens.find_one_and_delete(not_revoked(name));
                    let Some(mut row) = deleted.session(&mut *session).await? else {
                        return Ok(false);
                    };
                    row.insert("revokedAt", now);
                    tokens.insert_one(row).session(&mut *session).await?;
                    Ok(true)
                };
                revoking.boxed()
            })
            .await;
        self.versions.tokens_changed();
        Ok(revoked?)
    }

    /// The token with this text, revoked or expired ones too. One command.
    pub async fn token(&self, text: &str) -> Result<Option<Token>> {
        // By its hash, so that how long the search takes tells nothing of the texts that are accepted.
        self.find_token(doc! { "_id": sha256(text) }).await
    }

    async fn find_token(&self, filter: Document) -> Result<Option<Token>> {
        let turn = self.counted_turn().await;
        let (tokens, time_left) = (self.tokens(), self.time_left());
        let found = async move {
            let found = tokens.find_one(filter).projection(doc! { "_id": 0 });
            found.max_time(time_left).await
        };
        let row = Unbroken::new(found.boxed(), turn).await?;
        row.map(read).transpose()
    }

    fn tokens(&self) -> Collection<Document> {
        self.database.collection(TOKENS)
    }
}

fn not_revoked(name: &str) -> Document {
    doc! { "name": name, "revokedAt": null }
}

fn read(row: Document) -> Result<Token> {
    deserialize_from_document(row).map_err(|error| StoreError::Unreadable {
        collection: TOKENS,
        detail: error.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_random_text_is_a_token_and_never_the_same_twice() {
        let (one, other) = (random().unwrap(), random().unwrap());
        assert!(is_token(&one) && is_token(&other) && one != other);
    }

    #[test]
    fn other_texts_are_no_tokens() {
        let token = random().unwrap();
        for text in [
            "",
            "mng_",
            &token[1..],
            &token[..LENGTH - 1],
            &format!("{token}A"),
            &token.to_uppercase(),
            &token.replace("mng_", "mng-"),
            &format!("{}é", &token[..LENGTH - 2]),
            &format!("{}+", &token[..LENGTH - 1]),
        ] {
            assert!(!is_token(text), "{text}");
        }
    }

    #[test]
    fn names_of_another_form_are_refused() {
        for name in ["a", "dashboard", "Grafana_2.eu-west", "0", &"x".repeat(LONGEST_NAME)] {
            assert_eq!(check_name(name).as_deref(), Ok(name));
        }
        let long = "x".repeat(LONGEST_NAME + 1);
        for name in ["", " ", "-a", ".a", "a b", "zoo/1", "é", "a\n", &long] {
            assert!(check_name(name).is_err(), "{name}");
        }
    }
}
