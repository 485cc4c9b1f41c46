//! `TestApp`: a server on a port of its own over a database of its own, both gone when it is dropped. And what several
//! tests use beside it, in the files of this module.

mod database; // database servers and databases
pub mod metrics; // the value of a metric
mod processes; // signals to processes
mod samples; // the sample operations
mod types; // the types of the schema
mod waiting; // waiting for what must come

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use menagerie::api::viewer::Role;
use menagerie::feed::{self, Live};
use menagerie::http::metrics::Metrics;
use menagerie::http::tls::choose_provider;
use menagerie::http::{self, Serving, Settings, State};
use menagerie::search::{self, Search};
use menagerie::seed::generate::generate;
use menagerie::seed::load::{Options, load};
use menagerie::store::collections::searched;
use menagerie::store::tokens::{self, NewToken};
use menagerie::store::write::{Batch, Effect, Prepared};
use menagerie::store::{self, Store, StoreError};
use mongodb::bson::{Document, doc};
use serde_json::{Value as Json, json};

pub use database::{database_at, database_options, has_change_streams, kill_again, server_of_its_own, server_uri};
pub use processes::signal;
pub use samples::samples;
pub use types::type_definitions;
pub use waiting::{PATIENCE, awaited, until};

/// The settings of a test's server: as at home, but for more time on a busy machine, a smaller body, and no kept answers.
pub fn settings() -> Settings {
    let mut settings = Settings::default();
    settings.config.limits.request_timeout_ms = 30_000;
    settings.config.limits.body_limit_bytes = 64 * 1024;
    settings.config.response_cache_bytes = 0;
    settings
}

/// A client of HTTP.
pub fn client() -> reqwest::Client {
    choose_provider();
    // A test that works for long between two requests does not see that the server has closed the connection meanwhile.
    let client = reqwest::Client::builder().pool_idle_timeout(Duration::from_secs(2));
    // Reading the certificates of the system for each client took a fifth of the CPU time of all tests.
    let client = client.tls_certs_only([]);
    client.build().expect("a client of HTTP")
}

/// A running server and the store behind it.
pub struct TestApp {
    /// Where it listens: `http://127.0.0.1:PORT`.
    pub address: String,
    /// Its store, for what cannot be asked through GraphQL.
    pub store: Store,
    /// Where its database is, for what goes past the store.
    pub options: store::Options,
    /// What it counts.
    pub metrics: Metrics,
    /// Its search index.
    pub search: Search,
    http: reqwest::Client,
    /// What it hears of changes.
    pub live: Live,
    following: Option<feed::Following>,
    indexing: Option<feed::Following>,
    columns: Option<feed::Following>,
}

impl TestApp {
    /// A server over an empty database.
    pub async fn empty() -> Self {
        Self::over(database_options()).await
    }

    /// A server over an empty database of the caller's choice.
    pub async fn over(options: store::Options) -> Self {
        Self::start(options, settings()).await
    }

    /// A server with these settings over an empty database.
    pub async fn set(settings: Settings) -> Self {
        Self::start(database_options(), settings).await
    }

    /// A server with these settings over a database that may hold something.
    pub async fn start(options: store::Options, settings: Settings) -> Self {
        Self::serve(options, settings, Serving::default()).await
    }

    /// A server that runs like this over an empty database.
    pub async fn serving(serving: Serving) -> Self {
        Self::serve(database_options(), settings(), serving).await
    }

    async fn serve(options: store::Options, settings: Settings, serving: Serving) -> Self {
        let store = Store::connect(&options).await.expect("the store connects");
        store.ensure_schema().await.expect("the schema is applied");
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let scheme = if serving.tls.is_some() { "https" } else { "http" };
        let address = format!("{scheme}://{}", listener.local_addr().expect("the port is known"));
        let serving = Serving { workers: 1, ..serving };
        // A test that has answers kept has documents kept too.
        let kept = settings.config.response_cache_bytes;
        let columns = usize::try_from(settings.config.columns_bytes).expect("a number");
        let (live, search) = (Live::new(&store, kept), Search::default());
        let state = State::new(store.clone(), live.clone(), search.clone(), settings).expect("the settings fit");
        let metrics = state.metrics().clone();
        let apart = Store::connect(&options).await.expect("the store connects");
        let server = http::serve(listener, state, serving).expect("the server starts");
        tokio::spawn(server);
        Self {
            address,
            store,
            options,
            metrics,
            following: Some(feed::follow(apart.clone(), live.clone())),
            // The database answers, and every answer of the columns is held against it.
            columns: Some(feed::keep_columns(apart.clone(), live.clone(), columns, true)),
            indexing: Some(search::follow(apart, live.clone(), search.clone())),
            live,
            search,
            http: client(),
        }
    }

    /// A server over these seed sets.
    pub async fn with(sets: &[&str]) -> Self {
        let app = Self::empty().await;
        fill(&app.store, sets).await;
        app
    }

    /// Hears of no changes from now on, and leaves the search index as it is.
    pub async fn stop_following(&mut self) {
        if let Some(indexing) = self.indexing.take() {
            indexing.stop().await;
        }
        if let Some(columns) = self.columns.take() {
            columns.stop().await;
        }
        if let Some(following) = self.following.take() {
            following.stop().await;
        }
    }

    /// Lets the columns answer from now on, once they are current; the database answers no more what they can.
    pub async fn by_columns(&self) {
        assert!(
            has_change_streams(&self.options).await,
            "columns need change streams, which this database does not have"
        );
        self.live.columns().turn_on(usize::MAX, false);
        until("the columns to be current", || {
            let columns = self.live.columns().status();
            // Who asks for what is cached keeps the heartbeats coming.
            self.live.is_fresh() && columns.current && columns.held == 0
        })
        .await;
    }

    /// Waits until the search index holds as many documents as the database and follows it. Where that does not tell what
    /// changes, the index is built every 30 seconds.
    pub async fn is_indexed(&self) {
        let database = self.raw().await;
        let mut all = 0;
        for kind in searched() {
            let documents = database.collection::<Document>(kind.collection());
            all += documents.count_documents(doc! {}).await.expect("a number");
        }
        let follows = has_change_streams(&self.options).await;
        until("the index to hold all documents", || {
            let status = self.search.status();
            status.documents == all && (!follows || status.live && status.lag.is_zero())
        })
        .await;
    }

    /// Loads seed sets, named or in a folder.
    pub async fn load(&self, sets: &[&str]) {
        let _alone = LOADING.lock().await;
        load_into(&self.store, sets).await;
    }

    /// Makes up so many gifts, and what they refer to.
    pub async fn generate(&self, gifts: usize, seed: u64) {
        let written = generate(&self.store, gifts, seed, |_, _| {}).await;
        written.expect("the data is written");
    }

    /// Its data are whole: a check finds nothing.
    pub async fn is_whole(&self) {
        is_whole(&self.store).await;
    }

    /// The cursor of the place that the feed of changes has come to.
    pub async fn changes_cursor(&self) -> String {
        text(&self.query("{ changesCursor }").await["changesCursor"])
    }

    /// The value of a metric, by its name and labels as they are written.
    pub fn metric(&self, name: &str) -> f64 {
        metrics::value(&self.metrics.text().expect("text"), name)
    }

    /// Its database, for what goes past the store.
    pub async fn raw(&self) -> mongodb::Database {
        database_at(&self.options.uri, &self.options.database).await
    }

    /// The data that a query gives; any error fails the test.
    pub async fn query(&self, query: &str) -> Json {
        self.query_with(query, json!({})).await
    }

    /// The data that a query with variables gives; any error fails the test.
    pub async fn query_with(&self, query: &str, variables: Json) -> Json {
        let (status, mut body) = self.post(query, variables).await;
        assert!(
            status == 200 && body.get("errors").is_none(),
            "{status} for {query}:\n{body:#}"
        );
        body["data"].take()
    }

    /// The status and whole response of a query.
    pub async fn post(&self, query: &str, variables: Json) -> (u16, Json) {
        let response = self
            .http
            .post(format!("{}/graphql", self.address))
            .json(&json!({ "query": query, "variables": variables }))
            .send()
            .await
            .expect("the server answers");
        let status = response.status().as_u16();
        (status, response.json().await.expect("the answer is JSON"))
    }

    /// A GET of a path: status, headers and text.
    pub async fn get(&self, path: &str) -> (u16, reqwest::header::HeaderMap, String) {
        let response = self
            .http
            .get(format!("{}{path}", self.address))
            .send()
            .await
            .expect("the server answers");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        (status, headers, response.text().await.expect("the answer is text"))
    }

    /// The first error of a query that must fail: its code and message.
    pub async fn error(&self, query: &str) -> (String, String) {
        let (_, body) = self.post(query, json!({})).await;
        let error = &body["errors"][0];
        let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
        assert!(error.is_object(), "no error for {query}: {body}");
        (text(&error["extensions"]["code"]), text(&error["message"]))
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        let differences = self.live.columns().take_differences();
        if !std::thread::panicking() {
            assert!(differences.is_empty(), "{}", differences.join("\n"));
        }
        let options = self.options.clone();
        // A thread of its own, since a test that failed may have left its runtime behind.
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.map(|runtime| {
                runtime.block_on(async {
                    if let Ok(store) = Store::connect(&options).await {
                        let _ = store.drop_database().await;
                    }
                });
            })
        });
        let _ = dropped.join();
    }
}

/// A text of an answer, which must be one.
pub fn text(value: &Json) -> String {
    value.as_str().expect("a text").to_owned()
}

/// Makes a token.
pub async fn token(store: &Store, name: &str, role: Role, lifetime: Option<Duration>) -> String {
    let text = tokens::random().expect("random numbers");
    let new = NewToken {
        name,
        role: role.name(),
        lifetime,
        by: "the tests",
    };
    let taken = store.create_token(&text, new).await.expect("an answer");
    assert_eq!(taken, None, "{name} is free");
    text
}

/// What is stored is whole: a check finds nothing but validators that the database refuses, as some of other makers do.
pub async fn is_whole(store: &Store) {
    let findings = store.check().await.expect("the check runs");
    let refuses = refuses_validators(store).await;
    let findings = findings.iter().map(ToString::to_string);
    let findings: Vec<String> = findings
        .filter(|finding| !(refuses && finding.contains("the validator differs")))
        .collect();
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}

/// Whether the database that `MONGODB_URI` names refuses our validators; the embedded one does not.
async fn refuses_validators(store: &Store) -> bool {
    if std::env::var_os("MONGODB_URI").is_none() {
        return false;
    }
    store.ensure_schema().await.expect("the schema is applied");
    store
        .unenforced()
        .iter()
        .any(|refused| refused.contains("the validator ("))
}

/// Writes documents, leaving alone what is there already; gives how many were new.
pub async fn insert_new(store: &Store, documents: Vec<Prepared>) -> Result<u64, StoreError> {
    let outcomes = store.write(Batch::generated(documents)).await?;
    let new = outcomes.iter().filter(|outcome| outcome.effect == Effect::Created);
    Ok(new.count() as u64)
}

/// What a database holds, collection by collection.
type Contents = Vec<(&'static str, Vec<Json>)>;

/// Sets are loaded one after the other: a transaction in the embedded database steps over every key that others have
/// written and not committed yet, and four of them at once took over two minutes.
static LOADING: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

/// Waits until no other test loads sets or has this: for what writes a lot at once, or keeps a transaction open.
pub async fn alone() -> tokio::sync::MutexGuard<'static, ()> {
    LOADING.lock().await
}

async fn load_into(store: &Store, sets: &[&str]) {
    let sets: Vec<String> = sets.iter().map(|name| (*name).to_owned()).collect();
    load(store, &sets, Options::default()).await.expect("the sets load");
}

/// Loads seed sets into an empty database. Those that were loaded before are copied: that takes a tenth of the time.
async fn fill(store: &Store, sets: &[&str]) {
    static LOADED: Mutex<BTreeMap<String, Arc<Contents>>> = Mutex::new(BTreeMap::new());
    let key = sets.join(" ");
    let alone = LOADING.lock().await;
    let known = LOADED.lock().expect("no panic").get(&key).cloned();
    if let Some(contents) = known {
        drop(alone);
        for (collection, documents) in contents.iter() {
            let copied = store.put_back(collection, documents.clone()).await;
            copied.expect("the documents are written");
        }
        return;
    }
    load_into(store, sets).await;
    let mut dump = store.dump().await.expect("the database can be read");
    let mut contents = Contents::new();
    while let Some(part) = dump.next(1_000).await.expect("the database can be read") {
        contents.push(part);
    }
    LOADED.lock().expect("no panic").insert(key, Arc::new(contents));
}
