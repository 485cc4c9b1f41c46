//! Tokens: made, listed, revoked, and found by their text, of which only the hash is stored.
//!
//! That one was made or revoked, and by whom, stands in the history, under an id made of its name
//! ([`history_id`]). A role is a text here; what it allows, and what else may tell who asks, is decided in `http/auth`.

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

/// How the text of every token begins, so that people and scanners for lost secrets know what it is.
pub const PREFIX: &str = "mng_";

/// How many random bytes a token has: nobody guesses one, so that a plain hash of it is enough.
const RANDOM_BYTES: usize = 32;

/// How long the text of a token is: the prefix, and base64url without padding.
pub const LENGTH: usize = PREFIX.len() + (RANDOM_BYTES * 4).div_ceil(3);

/// The longest name of a token.
const LONGEST_NAME: usize = 64;

/// How the ids begin under which tokens stand in the history.
const HISTORY_PREFIX: &str = "token_";

/// How long a revocation is kept back before it is acknowledged: after that, a server on the same database that still
/// counts as fresh has been told of it, and one that does not asks the database. A little more than [`FRESH`], for no two
/// clocks run at quite the same pace.
const SETTLED: Duration = FRESH.saturating_add(Duration::from_millis(100));

/// How often a change begins anew that met another one, such as of two tokens of one name at the same moment.
const ATTEMPTS: usize = 5;

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
    /// Who made it; not known of those from before that was kept.
    pub created_by: Option<String>,
    /// From when on it opens nothing; never when absent.
    pub expires_at: Option<Timestamp>,
    /// Since when it opens nothing.
    pub revoked_at: Option<Timestamp>,
    /// Who revoked it.
    pub revoked_by: Option<String>,
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
    /// Who makes it.
    pub by: &'a str,
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

/// The id under which the history tells of the tokens of this name, one after the other.
pub fn history_id(name: &str) -> String {
    format!("{HISTORY_PREFIX}{name}")
}

/// Whether this is such an id.
pub fn is_history_id(id: &str) -> bool {
    id.strip_prefix(HISTORY_PREFIX)
        .is_some_and(|name| check_name(name).is_ok())
}

impl Store {
    /// Makes a token with this text; gives the one that has its name already, and makes none, where there is one.
    pub async fn create_token(&self, text: &str, new: NewToken<'_>) -> Result<Option<Token>> {
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
        // By itself, so that it comes to its end also when its client has left.
        let made = async move {
            let mut attempt = 1;
            loop {
                match store.put_token(&row, &by, now).await {
                    Err(conflict @ StoreError::Conflict(_)) => {
                        if let Some(same_name) = store.find_token(not_revoked(&name)).await? {
                            return Ok(Some(same_name));
                        }
                        // It was revoked in between, or is made only just now.
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

    /// Puts a new token in, with its entry in the history.
    async fn put_token(&self, row: &Document, by: &str, now: DateTime) -> Result<()> {
        let _turn = self.counted_turn().await;
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

    /// Writes of a token that it was made or revoked. Nothing that it opens anything with is told.
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
    ///
    /// Once this has returned, no server on the same database takes the token for good any more: it takes as long as that
    /// may take (a second).
    pub async fn revoke_token(&self, name: &str, by: &str) -> Result<bool> {
        let (store, name, by) = (self.clone(), name.to_owned(), by.to_owned());
        // By itself, so that what is cached is told of it also when its client has left.
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

    /// Revokes the token of this name, with an entry in the history.
    async fn take_token(&self, name: &str, by: &str) -> Result<bool> {
        let now = DateTime::now();
        let _turn = self.counted_turn().await;
        let mut session = self.client.start_session().await?;
        // Deleted and put back: after an update the embedded database keeps the old value of a unique index taken.
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
            // It may have been done all the same.
            Err(_) => self.versions.tokens_changed(),
        }
        Ok(revoked?.is_some())
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
            // Whatever the URI says: another member may not have heard yet that a token was revoked.
            let found = found.selection_criteria(ReadPreference::Primary.into());
            found.max_time(time_left).await
        };
        let row = CancelSafe::new(found.boxed(), turn).await?;
        row.map(read).transpose()
    }

    fn tokens(&self) -> Collection<Document> {
        self.database.collection(TOKENS)
    }
}

/// What the history tells of a token.
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
            assert!(!is_history_id(&history_id(name)), "{name}");
        }
        assert!(is_history_id(&history_id("dashboard")) && !is_history_id("gift_ru-kp-2024"));
    }
}
