//! Whoever goes on from a place hears of each change once and in order, whenever that is, and whatever becomes of the
//! feed that others listen to.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::StreamExt;
use menagerie::domain::id::Kind;
use menagerie::feed::resume::{Ended, changes_since};
use menagerie::feed::{self, Live};
use menagerie::store::Store;
use menagerie::store::feed::{DocumentChange, Operation};
use menagerie::store::resume_token::ResumeToken;
use mongodb::bson::{Document, doc};
use tokio::time::timeout;

use super::PATIENCE;
use crate::support::{database_at, database_options, until};

const WRITERS: usize = 4;
/// Documents by each writer. Each is made, changed and deleted.
const DOCUMENTS: usize = 60;
/// How many go on from a place, one after the other, while the writers write.
const ROUNDS: usize = 12;

/// A database and a feed of it.
struct Bed {
    store: Store,
    live: Live,
    following: feed::Following,
    database: mongodb::Database,
}

impl Bed {
    async fn new() -> Self {
        let options = database_options();
        let store = Store::connect(&options).await.expect("the store connects");
        let live = Live::new(&store, 0);
        let following = feed::follow(store.clone(), live.clone());
        let database = database_at(&options.uri, &options.database).await;
        // Transactions that make the same collection at once stand in each other's way.
        database.create_collection("sources").await.expect("a collection");
        live.listening().await.expect("the feed begins");
        Self {
            database,
            store,
            live,
            following,
        }
    }

    /// Makes, changes and deletes documents, one in three of them in a transaction.
    async fn write(&self, writer: usize) {
        let sources = self.database.collection::<Document>("sources");
        for number in 0..DOCUMENTS {
            let id = doc! { "_id": format!("source_{writer}-{number}") };
            let (changed, written) = (doc! { "$set": { "version": 2 } }, "it is written");
            if number % 3 == 0 {
                let mut session = self.database.client().start_session().await.expect("a session");
                session.start_transaction().await.expect(written);
                sources
                    .insert_one(id.clone())
                    .session(&mut session)
                    .await
                    .expect(written);
                sources
                    .update_one(id.clone(), changed)
                    .session(&mut session)
                    .await
                    .expect(written);
                sources.delete_one(id).session(&mut session).await.expect(written);
                session.commit_transaction().await.expect(written);
            } else {
                sources.insert_one(id.clone()).await.expect(written);
                sources.update_one(id.clone(), changed).await.expect(written);
                sources.delete_one(id).await.expect(written);
            }
        }
    }

    async fn end(self) {
        self.following.stop().await;
        self.database.drop().await.expect("it is dropped");
    }
}

/// What was told of each document, in order.
#[derive(Default)]
struct Heard {
    of: HashMap<String, Vec<&'static str>>,
    last: Option<ResumeToken>,
}

impl Heard {
    fn hear(&mut self, change: &DocumentChange) {
        let operation = match change.operation {
            Operation::Created => "created",
            Operation::Updated { .. } => "updated",
            Operation::Deleted => "deleted",
        };
        self.of.entry(change.id.clone()).or_default().push(operation);
        assert!(
            self.last.as_ref() < Some(&change.token),
            "{:?} comes behind {:?}",
            change.token,
            self.last
        );
        self.last = Some(change.token.clone());
    }

    fn count(&self) -> usize {
        self.of.values().map(Vec::len).sum()
    }

    /// Each document was made, changed and deleted, and that was told once.
    fn is_all(&self) {
        for writer in 0..WRITERS {
            for number in 0..DOCUMENTS {
                let id = format!("source_{writer}-{number}");
                let told = self.of.get(&id).map(Vec::as_slice).unwrap_or_default();
                assert_eq!(told, ["created", "updated", "deleted"], "{id}");
            }
        }
        assert_eq!(self.of.len(), WRITERS * DOCUMENTS);
    }
}

/// Hears all changes behind a place, in pieces: each goes on where the one before it was left.
async fn hear_all(store: &Store, live: &Live, from: ResumeToken, piece: usize) -> Heard {
    const ALL: usize = WRITERS * DOCUMENTS * 3;
    let mut heard = Heard::default();
    while heard.count() < ALL {
        let after = heard.last.clone().unwrap_or_else(|| from.clone());
        let mut changes = Box::pin(
            changes_since(store.clone(), live, Some(after))
                .await
                .expect("it begins"),
        );
        for _ in 0..piece.min(ALL - heard.count()) {
            let change = timeout(PATIENCE, changes.next()).await.expect("another change in time");
            heard.hear(&change.expect("it ends with an error only").expect("a change"));
        }
    }
    heard
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn under_load_whoever_goes_on_from_a_place_hears_each_change_once() {
    let bed = Arc::new(Bed::new().await);
    let from = bed.live.resume_token().expect("a place");
    let written = Arc::new(AtomicUsize::new(0));
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let (bed, written) = (Arc::clone(&bed), Arc::clone(&written));
            tokio::spawn(async move {
                bed.write(writer).await;
                written.fetch_add(1, Ordering::SeqCst);
            })
        })
        .collect();
    let mut hearers = Vec::new();
    for round in 0..ROUNDS {
        let (theirs, from) = (Arc::clone(&bed), from.clone());
        hearers.push(tokio::spawn(async move {
            // Every other has a feed of its own, which begins at this moment: the server has just started.
            let own = Live::new(&theirs.store, 0);
            let following = (round % 2 == 0).then(|| feed::follow(theirs.store.clone(), own.clone()));
            let live = if following.is_some() { &own } else { &theirs.live };
            let piece = [1, 7, 50, usize::MAX][round % 4].max(20 * (round % 3));
            hear_all(&theirs.store, live, from, piece).await.is_all();
            if let Some(following) = following {
                following.stop().await;
            }
        }));
        // The next begins a little further on.
        let (place, done) = (bed.live.resume_token(), Arc::clone(&written));
        until("the feed to move on", || {
            bed.live.resume_token() != place || done.load(Ordering::SeqCst) == WRITERS
        })
        .await;
    }
    for task in writers.into_iter().chain(hearers) {
        task.await.expect("no surprise");
    }
    Arc::into_inner(bed).expect("all have ended").end().await;
}

#[tokio::test]
async fn a_listener_hears_what_happens_from_then_on_also_where_it_asks_later() {
    let bed = Bed::new().await;
    let changes = changes_since(bed.store.clone(), &bed.live, None)
        .await
        .expect("it begins");
    let counted = bed.live.versions().of(Kind::Source);
    let sources = bed.database.collection::<Document>("sources");
    sources
        .insert_one(doc! { "_id": "source_a" })
        .await
        .expect("an insertion");
    until("the feed to tell of it", || {
        bed.live.versions().of(Kind::Source) > counted
    })
    .await;
    let mut changes = Box::pin(changes);
    let change = timeout(PATIENCE, changes.next()).await.expect("a change in time");
    let change = change.expect("it goes on").expect("a change");
    assert_eq!(
        (change.id.as_str(), &change.operation),
        ("source_a", &Operation::Created)
    );
    bed.end().await;
}

#[tokio::test]
async fn a_feed_that_is_lost_ends_those_who_listen_and_those_who_come_later_begin_afresh() {
    let bed = Bed::new().await;
    let sources = bed.database.collection::<Document>("sources");
    sources
        .insert_one(doc! { "_id": "source_a" })
        .await
        .expect("an insertion");
    let before = bed.live.resume_token().expect("a place");
    let mut listening = Box::pin(
        changes_since(bed.store.clone(), &bed.live, None)
            .await
            .expect("it begins"),
    );
    let mut ended = false;
    bed.database.drop().await.expect("it is dropped");
    loop {
        match timeout(PATIENCE, listening.next()).await.expect("it ends in time") {
            Some(Ok(change)) => assert_eq!(change.id, "source_a"),
            Some(Err(error)) => {
                assert!(matches!(error, Ended::Lost), "{error:?}");
                ended = true;
            }
            None => break,
        }
    }
    assert!(ended);
    // From before: the loss itself is told, or the database has forgotten all.
    match changes_since(bed.store.clone(), &bed.live, Some(before)).await {
        Err(error) => assert!(matches!(error, Ended::TooOld), "{error:?}"),
        Ok(changes) => {
            let last = timeout(PATIENCE, changes.collect::<Vec<_>>())
                .await
                .expect("it ends in time");
            assert!(
                matches!(last.last(), Some(Err(Ended::Lost | Ended::TooOld))),
                "{last:?}"
            );
        }
    }
    let mut afresh = Box::pin(
        changes_since(bed.store.clone(), &bed.live, None)
            .await
            .expect("it begins"),
    );
    sources
        .insert_one(doc! { "_id": "source_b" })
        .await
        .expect("an insertion");
    let change = timeout(PATIENCE, afresh.next()).await.expect("in time");
    assert_eq!(change.expect("it goes on").expect("a change").id, "source_b");
    bed.end().await;
}
