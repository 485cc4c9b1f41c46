//! Subscriptions below HTTP: what is told of which change, from where it goes on, and how it ends.

mod endings; // what is refused, what it costs, how subscriptions end
mod filters; // filters in memory against the database's
mod since; // catching up meets listening: nothing lost, nothing doubled
mod subscriptions; // what subscribers are told

use std::pin::pin;
use std::time::Instant;

use futures_util::future::{Either, select};
use futures_util::stream::BoxStream;
use futures_util::{FutureExt, StreamExt};
use menagerie::feed::Live;
use menagerie::graphql::eager::json::write;
use menagerie::graphql::{self, SubscriptionAnswer};
use menagerie::guard::{Guard, PreparedRequest, Rules, Variables};
use menagerie::store::Store;
use menagerie::store::versions::FRESH;
use mongodb::bson::{Document, doc};
use serde_json::Value as Json;
use tokio::time::timeout;

use crate::support::{PATIENCE, TestApp, settings, until};

/// The schema, and a document as the guard hands it over.
fn prepared(document: &str, variables: &Json) -> (graphql::Schema, PreparedRequest) {
    let limits = settings().config.limits;
    let schema = graphql::schema(limits);
    let rules = Rules {
        limits,
        introspection: true,
        suggestions: true,
    };
    let guard = Guard::new(&graphql::sdl(&schema), rules).expect("the schema");
    let checked = guard.check(document).expect("it passes the guard");
    let operation = checked.operation(None).expect("one operation");
    let variables = Variables::read(&variables.to_string(), &limits).expect("variables");
    let prepared = guard.prepare(&checked, operation, &variables).expect("it is prepared");
    (schema, prepared)
}

/// A subscription under way.
pub struct Subscriber(BoxStream<'static, SubscriptionAnswer>);

impl Subscriber {
    /// Subscribes at a test's server.
    pub fn to(app: &TestApp, document: &str, variables: &Json) -> Self {
        Self::at(&app.store, &app.live, document, variables)
    }

    fn at(store: &Store, live: &Live, document: &str, variables: &Json) -> Self {
        let (schema, prepared) = prepared(document, variables);
        let search = menagerie::search::Search::default();
        let told = graphql::subscribe(&schema, store.for_stream(), live.clone(), search, prepared.request);
        Self(told.boxed())
    }

    /// Waits until its stream has begun, so that it tells what happens from now on: the first look at it begins it.
    pub fn begun(mut self) -> Self {
        let first = self.0.next().now_or_never();
        assert!(first.is_none(), "{first:?}");
        self
    }

    /// The next thing that is told.
    async fn told(&mut self) -> SubscriptionAnswer {
        let told = timeout(PATIENCE, self.0.next()).await.expect("something is told");
        told.expect("it ends with an error only")
    }

    /// The data of the next change; its cursor is beside it.
    pub async fn change(&mut self) -> (Json, String) {
        let SubscriptionAnswer { cursor, response } = self.told().await;
        assert!(response.errors.is_empty(), "{:?}", response.errors);
        let mut data = Vec::new();
        write(&response.data, &mut data);
        let data = serde_json::from_slice(&data).expect("JSON");
        (data, cursor.expect("a change has a cursor"))
    }

    /// The next changes.
    async fn changes(&mut self, count: usize) -> Vec<Json> {
        let mut changes = Vec::new();
        for _ in 0..count {
            changes.push(self.change().await.0);
        }
        changes
    }

    /// Nothing is told of all that has happened by now.
    async fn nothing(&mut self, live: &Live) {
        if let Either::Left((told, _)) = select(self.0.next(), pin!(settled(live))).await {
            panic!("{told:?}");
        }
    }

    /// The code and the message of the error that it ends with.
    pub async fn error(mut self) -> (String, String) {
        let SubscriptionAnswer { cursor, response } = self.told().await;
        assert_eq!(cursor, None, "{response:?}");
        let [error] = response.errors.as_slice() else {
            panic!("{response:?}")
        };
        let code = error.extensions.as_ref().and_then(|extensions| extensions.get("code"));
        let code = code.cloned().expect("a code").into_json().expect("JSON");
        let ended = (code.as_str().expect("a text").to_owned(), error.message.clone());
        assert!(self.0.next().await.is_none(), "it ends with the error");
        ended
    }
}

/// A server over the article's documents, whose feed has told of them.
async fn article() -> TestApp {
    let app = TestApp::with(&["article"]).await;
    settled(&app.live).await;
    app
}

/// Waits until all that has happened by now is told: until a heartbeat that was written since has come back. (A quiet
/// moment proves nothing where the database is busy with what happens in other databases.)
pub async fn settled(live: &Live) {
    let since = Instant::now();
    until("a heartbeat to come back", || {
        live.is_fresh() && since.elapsed() > FRESH
    })
    .await;
}

/// A gift that no other is like, in the form of the seed's.
pub async fn gift(database: &mongodb::Database, id: &str, title: &str) -> Document {
    let gifts = database.collection::<Document>("gifts");
    let whole = gifts.find_one(doc! { "_id": "gift_ru-kp-2024" }).await;
    let mut gift = whole.expect("an answer").expect("a gift");
    gift.insert("_id", id);
    gift.insert("slug", id.trim_start_matches("gift_").replace('_', "-"));
    gift.insert("title", title);
    gift.insert("version", 1);
    gift
}

/// Writes to the gifts, past the store.
pub struct Gifts(mongodb::Collection<Document>);

impl Gifts {
    pub async fn of(app: &TestApp) -> Self {
        Self(app.raw().await.collection("gifts"))
    }

    pub async fn set(&self, id: &str, fields: Document) {
        let update = doc! { "$set": fields, "$inc": { "version": 1 } };
        let updated = self.0.update_one(doc! { "_id": id }, update).await.expect("an update");
        assert_eq!(updated.modified_count, 1, "{id}");
    }

    /// Changes all of them; gives how many there are.
    async fn set_all(&self, fields: Document) -> usize {
        let update = doc! { "$set": fields, "$inc": { "version": 1 } };
        let updated = self.0.update_many(doc! {}, update).await;
        usize::try_from(updated.expect("an update").modified_count).expect("a number")
    }

    async fn delete(&self, id: &str) {
        let deleted = self.0.delete_one(doc! { "_id": id }).await.expect("a deletion");
        assert_eq!(deleted.deleted_count, 1, "{id}");
    }
}
