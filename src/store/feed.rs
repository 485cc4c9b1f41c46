//! What changes in the database, told as it happens: a change stream over all collections of documents.
//!
//! A feed knows the place that it has come to, and goes on there when the connection was lost. It says what happened
//! to which document, and the searchable texts of one that was written; who needs more of it reads it.

use std::time::Duration;

use mongodb::bson::{RawDocument, RawDocumentBuf, doc};
use mongodb::change_stream::ChangeStream;
use mongodb::change_stream::event::ResumeToken;
use mongodb::options::FullDocumentType;

use super::texts::{Texts, fields, texts_of};
use super::{Result, Store, StoreError};
use crate::domain::id::Kind;

/// How long the database waits for something to happen before it says that nothing did.
pub const QUIET: Duration = Duration::from_secs(1);

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A document was inserted, replaced or updated; these are its texts now, or those of a moment since.
    Written(Texts),
    /// A document was deleted.
    Deleted {
        /// Its collection.
        kind: Kind,
        /// Its id.
        id: String,
    },
    /// A collection or the whole database was dropped or renamed: nothing that was known of it holds any more. The
    /// feed may end with this; take a new one.
    Dropped,
}

impl Change {
    /// The collection of the document; none where more than one document is meant.
    pub fn kind(&self) -> Option<Kind> {
        match self {
            Self::Written(texts) => Some(texts.kind),
            Self::Deleted { kind, .. } => Some(*kind),
            Self::Dropped => None,
        }
    }
}

/// The changes from the moment on at which it was opened.
///
/// It keeps a connection busy nearly all the time, so let its store be one that serves no requests.
pub struct Feed {
    store: Store,
    stream: Option<ChangeStream<RawDocumentBuf>>,
    /// Behind the last change that was given out.
    place: Option<ResumeToken>,
}

impl Feed {
    /// Tells what changes from now on.
    ///
    /// # Errors
    /// [`StoreError::NoFeed`] where the database cannot tell: a single server that is no replica set.
    pub async fn open(store: &Store) -> Result<Self> {
        let stream = watch(store, None).await?;
        Ok(Self {
            store: store.clone(),
            place: stream.resume_token(),
            stream: Some(stream),
        })
    }

    /// The next change; `None` when there was none for a moment ([`QUIET`]), and then all that had happened before
    /// that moment has been told.
    ///
    /// # Errors
    /// After any error the feed is at an end until [`Feed::reopen`].
    pub async fn next(&mut self) -> Result<Option<Change>> {
        let Some(stream) = &mut self.stream else {
            return Ok(Some(Change::Dropped));
        };
        loop {
            let event = match stream.next_if_any().await {
                Ok(event) => event,
                Err(error) => {
                    let error = StoreError::from(error);
                    self.stream = None;
                    // Anything but a lost connection says that the place is none to go on from.
                    if !is_passing(&error) {
                        self.place = None;
                    }
                    return Err(error);
                }
            };
            let alive = stream.is_alive();
            if let Some(token) = stream.resume_token() {
                self.place = Some(token);
            }
            let Some(event) = event else {
                return Ok(if alive { None } else { Some(self.end()) });
            };
            match change_of(&event)? {
                Some(Change::Dropped) => return Ok(Some(self.end())),
                Some(change) => return Ok(Some(change)),
                None => {}
            }
        }
    }

    /// Goes on behind the last change that was given out. False where that cannot be: the database does not remember
    /// back to then, so that a new feed has to be opened and all has to be read anew.
    ///
    /// # Errors
    /// The database does not answer: worth trying again.
    pub async fn reopen(&mut self) -> Result<bool> {
        if self.place.is_none() {
            return Ok(false);
        }
        match watch(&self.store, self.place.as_ref()).await {
            Ok(stream) => {
                self.stream = Some(stream);
                Ok(true)
            }
            Err(error) if is_passing(&error) => Err(error),
            Err(error) => {
                tracing::info!("the feed cannot go on where it stopped: {error}");
                self.place = None;
                Ok(false)
            }
        }
    }

    fn end(&mut self) -> Change {
        (self.stream, self.place) = (None, None);
        Change::Dropped
    }
}

/// Opens the stream, behind `place` where there is one.
async fn watch(store: &Store, place: Option<&ResumeToken>) -> Result<ChangeStream<RawDocumentBuf>> {
    let names: Vec<&str> = Kind::ALL.iter().map(|kind| kind.collection()).collect();
    let ours = doc! { "$or": [
        { "ns.coll": { "$in": names.clone() } },
        { "to.coll": { "$in": names } },
        { "operationType": { "$in": ["dropDatabase", "invalidate"] } },
    ] };
    let mut projection = doc! { "operationType": 1, "ns": 1, "to": 1, "documentKey": 1, "fullDocument._id": 1 };
    for kind in Kind::ALL {
        projection.extend(fields(kind)?.map(|field| (format!("fullDocument.{field}"), 1.into())));
    }
    let mut watch = store
        .database
        .watch()
        .pipeline([doc! { "$match": ours }, doc! { "$project": projection }])
        // An update tells only what it changes, and the texts depend on the whole.
        .full_document(FullDocumentType::UpdateLookup)
        .max_await_time(QUIET);
    if let Some(place) = place {
        watch = watch.start_after(place.clone());
    }
    Ok(watch.await?.with_type())
}

/// Whether trying again can help.
fn is_passing(error: &StoreError) -> bool {
    matches!(error, StoreError::Unavailable(_) | StoreError::Timeout(_))
}

/// What an event of the stream means; nothing where it is about no document of ours.
fn change_of(event: &RawDocument) -> Result<Option<Change>> {
    let text = |document: &RawDocument, name: &str| document.get_str(name).unwrap_or_default().to_owned();
    let inner = |name: &str| event.get_document(name).ok();
    let kind_at = |space: &str| {
        let collection = text(inner(space)?, "coll");
        Kind::ALL.into_iter().find(|kind| kind.collection() == collection)
    };
    let kind = kind_at("ns").or_else(|| kind_at("to"));
    Ok(match (text(event, "operationType").as_str(), kind) {
        ("drop" | "rename", Some(_)) | ("dropDatabase" | "invalidate", _) => Some(Change::Dropped),
        ("insert" | "replace" | "update", Some(kind)) => match inner("fullDocument") {
            Some(document) => texts_of(kind, document)?.map(Change::Written),
            // It is gone already, which an event of its own will tell.
            None => None,
        },
        ("delete", Some(kind)) => inner("documentKey").map(|key| Change::Deleted {
            kind,
            id: text(key, "_id"),
        }),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use mongodb::bson::Document;

    use super::*;
    use crate::store::texts::Text;

    fn told(event: Document) -> Option<Change> {
        let raw = RawDocumentBuf::try_from(&event).expect("BSON");
        change_of(&raw).expect("it can be read")
    }

    #[test]
    fn a_written_document_comes_with_the_texts_that_are_declared() {
        let event = doc! {
            "operationType": "update", "ns": { "db": "m", "coll": "claims" }, "documentKey": { "_id": "claim_a" },
            "fullDocument": { "_id": "claim_a", "statement": "One bear.", "code": "C1", "certainty": "STATED" },
        };
        let text = |path, is_name, text: &str| Text {
            path,
            is_name,
            text: text.into(),
        };
        let texts = vec![text("code", true, "C1"), text("statement", false, "One bear.")];
        let written = Texts {
            kind: Kind::Claim,
            id: "claim_a".into(),
            texts,
        };
        assert_eq!(told(event), Some(Change::Written(written)));
    }

    #[test]
    fn what_is_gone_is_told_and_what_is_not_ours_is_not() {
        let of = |operation: &str, collection: &str| {
            told(doc! { "operationType": operation, "ns": { "coll": collection }, "documentKey": { "_id": "gift_a" } })
        };
        let deleted = Change::Deleted {
            kind: Kind::Gift,
            id: "gift_a".into(),
        };
        assert_eq!(of("delete", "gifts"), Some(deleted));
        assert_eq!(of("update", "gifts"), None, "deleted since");
        assert_eq!(of("drop", "gifts"), Some(Change::Dropped));
        assert_eq!(of("drop", "tokens"), None);
        assert_eq!(of("delete", "tokens"), None);
        assert_eq!(
            told(doc! { "operationType": "dropDatabase", "ns": { "db": "m" } }),
            Some(Change::Dropped)
        );
        assert_eq!(told(doc! { "operationType": "invalidate" }), Some(Change::Dropped));
    }
}
