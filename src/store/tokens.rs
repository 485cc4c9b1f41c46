//! Access tokens: creating, listing, revoking, and finding them by their text, of which only the hash is stored.
//!
//! The history records who created and who revoked a token, under an id made from its name ([`history_id`]). A role is
//! just a string here; `http/auth` decides what it allows, and handles other kinds of tokens.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::{FutureExt, TryStreamExt};
use mongodb::bson::{DateTime, Document, deserialize_from_document, doc};
use mongodb::options::ReadPreference;
use mongodb::{ClientSession, Collection};
use serde::Deserialize;
use tokio::time::sleep;

use super::bson_types::Timestamp;
use super::cancel_safe::{CancelSafe, by_itself};
use super::names::{HISTORY, TOKENS};
use super::versions::FRESH;
use super::write::history::entry_of;
use super::{Result, Store, StoreError};
use crate::domain::hash::sha256;

/// The prefix of every token, by which people and secret scanners recognise it.
pub const PREFIX: &str = "mng_";

/// The number of random bytes: a token cannot be guessed, so a plain hash of it is enough.
const RANDOM_BYTES: usize = 32;

/// The length of a token's text: the prefix, and base64url without padding.
pub const LENGTH: usize = PREFIX.len() + (RANDOM_BYTES * 4).div_ceil(3);

/// The longest name of a token.
const LONGEST_NAME: usize = 64;

/// The prefix of the ids of tokens in the history.
const HISTORY_PREFIX: &str = "token_";

/// How long a revocation waits before it is acknowledged. After that, a server on the same database either has heard of
/// it by its feed, or its feed is no longer fresh and it asks the database. A little more than [`FRESH`], as clocks run
/// at slightly different speeds.
const SETTLED: Duration = FRESH.saturating_add(Duration::from_millis(100));

/// How often a change is tried that conflicts with another, such as two tokens of one name at the same time.
const ATTEMPTS: usize = 5;

/// A stored token, without its hash.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct StoredToken {
    /// Unique among the tokens that are not revoked.
    pub name: String,
    pub role: String,
    pub created_at: Timestamp,
    /// `None` for tokens from before this was recorded.
    pub created_by: Option<String>,
    /// `None` for never.
    pub expires_at: Option<Timestamp>,
    /// `None` if it is not revoked.
    pub revoked_at: Option<Timestamp>,
    pub revoked_by: Option<String>,
}

impl StoredToken {
    /// Whether it has expired.
    pub fn is_expired(&self) -> bool {
        self.expires_at.is_some_and(|end| end <= Timestamp::now())
    }
}

/// The arguments for a new token.
#[derive(Clone, Copy, Debug)]
pub struct NewToken<'a> {
    /// As [`check_name`] accepts it.
    pub name: &'a str,
    pub role: &'a str,
    /// `None` for unlimited.
    pub lifetime: Option<Duration>,
    /// Who creates it, for the history.
    pub by: &'a str,
}

/// The text of a new token: random, and not stored anywhere.
///
/// # Errors
/// If the operating system has no random numbers.
pub fn random() -> std::result::Result<String, getrandom::Error> {
    let mut bytes = [0; RANDOM_BYTES];
    getrandom::fill(&mut bytes)?;
    Ok(format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes)))
}

/// Whether a text has the form of a token; for others the database need not be asked.
pub fn is_token(text: &str) -> bool {
    text.len() == LENGTH && text.starts_with(PREFIX) && URL_SAFE_NO_PAD.decode(&text[PREFIX.len()..]).is_ok()
}

/// Checks the name of a token.
///
/// # Errors
/// Says what is accepted.
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

/// The id of all tokens of this name in the history, which come one after the other.
pub fn history_id(name: &str) -> String {
    format!("{HISTORY_PREFIX}{name}")
}

/// Whether this is such an id.
pub fn is_history_id(id: &str) -> bool {
    id.strip_prefix(HISTORY_PREFIX)
        .is_some_and(|name| check_name(name).is_ok())
}

impl Store {
    /// Creates a token with this text. If a valid token has the same name, returns that and creates none.
    pub async fn create_token(&self, text: &str, new: NewToken<'_>) -> Result<Option<StoredToken>> {
        let now = DateTime::now();
        let mut row = doc! {
            "_id": sha256(text), "name": new.name, "role": new.role, "createdAt": now, "createdBy": new.by,
        };
        if let Some(lifetime) = new.lifetime {
            let lifetime = i64::try_from(lifetime.as_millis()).unwrap_or(i64::MAX);
            let end = now.timestamp_millis().saturating_add(lifetime);
            row.insert("expiresAt", DateTime::from_millis(end));
        }
        let (store, name, by) = (self.clone(), new.name.to_owned(), new.by.to_owned());
        // In a task, so that it completes even if the client has left.
        let made = async move {
            let mut attempt = 1;
            loop {
                match store.put_token(&row, &by, now).await {
                    Err(conflict @ StoreError::Conflict(_)) => {
                        if let Some(same_name) = store.find_token(not_revoked(&name)).await? {
                            return Ok(Some(same_name));
                        }
                        // That one was revoked in between, or is being created right now.
                        if attempt == ATTEMPTS {
                            return Err(conflict);
                        }
                        attempt += 1;
                    }
                    done => return done.map(|()| None),
                }
            }
        };
        by_itself(made).await
    }

    /// Inserts a new token, with its entry in the history.
    async fn put_token(&self, row: &Document, by: &str, now: DateTime) -> Result<()> {
        let _permit = self.counted_permit().await;
        let mut session = self.client.start_session().await?;
        let put = session
            .start_transaction()
            .max_commit_time(self.time_left())
            .and_run((self, row, by), |session, (store, row, by)| {
                let putting = async move {
                    store.tokens().insert_one(&**row).session(&mut *session).await?;
                    store.record_token(session, by, (None, Some(*row)), now).await
                };
                putting.boxed()
            })
            .await;
        self.versions.token_changed(row.get_str("_id").unwrap_or_default());
        Ok(put?)
    }

    /// Records the creation or revocation of a token in the history, without anything that is secret.
    async fn record_token(
        &self,
        session: &mut ClientSession,
        by: &str,
        (before, after): (Option<&Document>, Option<&Document>),
        now: DateTime,
    ) -> std::result::Result<(), mongodb::error::Error> {
        let name = before.or(after).and_then(|row| row.get_str("name").ok());
        let id = history_id(name.unwrap_or_default());
        let last = self
            .last_versions(session, &[&id])
            .await?
            .remove(&id)
            .unwrap_or_default();
        let (before, after) = (before.map(told), after.map(told));
        let entry = entry_of(by, &id, before.as_ref(), after.as_ref(), last + 1, now);
        self.insert(session, HISTORY, vec![entry], false).await
    }

    /// All tokens by name, including revoked ones.
    pub async fn tokens_by_name(&self) -> Result<Vec<StoredToken>> {
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

    /// Revokes the token of this name; `false` if there is none that is not revoked.
    ///
    /// Once this has returned, no server on the same database accepts the token any more. This takes a second.
    pub async fn revoke_token(&self, name: &str, by: &str) -> Result<bool> {
        let (store, name, by) = (self.clone(), name.to_owned(), by.to_owned());
        // In a task, so that caches are told even if the client has left.
        let revoked = async move {
            let mut attempt = 1;
            let revoked = loop {
                match store.take_token(&name, &by).await {
                    Err(StoreError::Conflict(_)) if attempt < ATTEMPTS => attempt += 1,
                    done => break done?,
                }
            };
            if revoked {
                sleep(SETTLED).await;
            }
            Ok(revoked)
        };
        by_itself(revoked).await
    }

    /// Marks the token of this name as revoked, with an entry in the history.
    async fn take_token(&self, name: &str, by: &str) -> Result<bool> {
        let now = DateTime::now();
        let _permit = self.counted_permit().await;
        let mut session = self.client.start_session().await?;
        // Deletes and inserts: after an update, the embedded database still reserves the old value in the unique index.
        let revoked = session
            .start_transaction()
            .max_commit_time(self.time_left())
            .and_run((self, name, by), |session, (store, name, by)| {
                let revoking = async move {
                    let tokens = store.tokens();
                    let deleted = tokens.find_one_and_delete(not_revoked(name));
                    let Some(row) = deleted.session(&mut *session).await? else {
                        return Ok(None);
                    };
                    let mut revoked = row.clone();
                    revoked.extend(doc! { "revokedAt": now, "revokedBy": *by });
                    tokens.insert_one(revoked).session(&mut *session).await?;
                    store.record_token(session, by, (Some(&row), None), now).await?;
                    Ok(row.get_str("_id").ok().map(str::to_owned))
                };
                revoking.boxed()
            })
            .await;
        match &revoked {
            Ok(Some(hash)) => self.versions.token_changed(hash),
            Ok(None) => {}
            // It may have been committed nevertheless.
            Err(_) => self.versions.tokens_changed(),
        }
        Ok(revoked?.is_some())
    }

    /// The token with this text, even if it is revoked or expired. One command.
    pub async fn token(&self, text: &str) -> Result<Option<StoredToken>> {
        // By its hash, so that the duration of the search reveals nothing about valid texts.
        self.find_token(doc! { "_id": sha256(text) }).await
    }

    async fn find_token(&self, filter: Document) -> Result<Option<StoredToken>> {
        let permit = self.counted_permit().await;
        let (tokens, time_left) = (self.tokens(), self.time_left());
        let found = async move {
            let found = tokens.find_one(filter).projection(doc! { "_id": 0 });
            // Overrides the URI: a secondary may not know yet that a token was revoked.
            let found = found.selection_criteria(ReadPreference::Primary.into());
            found.max_time(time_left).await
        };
        let row = CancelSafe::new(found.boxed(), permit).await?;
        row.map(read).transpose()
    }

    fn tokens(&self) -> Collection<Document> {
        self.database.collection(TOKENS)
    }
}

/// The part of a token that the history shows.
fn told(row: &Document) -> Document {
    let mut told = doc! { "role": row.get_str("role").unwrap_or_default() };
    if let Ok(end) = row.get_datetime("expiresAt") {
        told.insert("expiresAt", Timestamp::from(*end).to_rfc3339());
    }
    told
}

fn not_revoked(name: &str) -> Document {
    doc! { "name": name, "revokedAt": null }
}

fn read(row: Document) -> Result<StoredToken> {
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
            assert!(!is_history_id(&history_id(name)), "{name}");
        }
        assert!(is_history_id(&history_id("dashboard")) && !is_history_id("gift_ru-kp-2024"));
    }
}
