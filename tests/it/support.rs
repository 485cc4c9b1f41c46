//! `TestApp`: a server on a port of its own over a database of its own, both gone when it is dropped.

use std::collections::{BTreeMap, BTreeSet};
use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

use menagerie::embedded::{self, Embedded};
use menagerie::feed::{self, Live};
use menagerie::http::metrics::Metrics;
use menagerie::http::tls::choose_provider;
use menagerie::http::{self, Serving, Settings, State};
use menagerie::search::{self, Search};
use menagerie::seed::load::{Options, load};
use menagerie::store::write::{Batch, Effect, Prepared};
use menagerie::store::{self, Store, StoreError};
use serde_json::{Value as Json, json};

/// The settings of a test's server: as at home, but for more time on a busy machine and a smaller body.
pub fn settings() -> Settings {
    let mut settings = Settings::default();
    settings.limits.request_timeout_ms = 30_000;
    settings.limits.body_limit_bytes = 64 * 1024;
    settings
}

/// A client of HTTP.
pub fn client() -> reqwest::Client {
    choose_provider();
    // A test that works for long between two requests does not see that the server has closed the connection meanwhile.
    let client = reqwest::Client::builder().pool_idle_timeout(Duration::from_secs(2));
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
        let kept = settings.response_cache_bytes;
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
        if let Some(following) = self.following.take() {
            following.stop().await;
        }
    }

    /// Waits until the search index holds as many documents as the database and follows it.
    pub async fn is_indexed(&self) {
        let counts = self
            .query(
                "{ gifts { totalCount } nations { totalCount } animals { totalCount } events { totalCount } \
                 claims { totalCount } }",
            )
            .await;
        let counts = counts.as_object().expect("an object").values();
        let all: u64 = counts.filter_map(|page| page["totalCount"].as_u64()).sum();
        until("the index to hold all documents", || {
            let status = self.search.status();
            status.live && status.documents == all && status.lag.is_zero()
        })
        .await;
    }

    /// Its database, for what goes past the store.
    pub async fn raw(&self) -> mongodb::Database {
        let client = mongodb::Client::with_uri_str(&self.options.uri).await;
        client
            .expect("the driver takes the URI")
            .database(&self.options.database)
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

/// Writes documents, leaving alone what is there already; gives how many were new.
pub async fn insert_new(store: &Store, documents: Vec<Prepared>) -> Result<u64, StoreError> {
    let outcomes = store.write(Batch::generated(documents)).await?;
    let new = outcomes.iter().filter(|outcome| outcome.effect == Effect::Created);
    Ok(new.count() as u64)
}

/// What a database holds, collection by collection.
type Contents = Vec<(&'static str, Vec<Json>)>;

/// Loads seed sets into an empty database. Those that were loaded before are copied: that takes a tenth of the time.
async fn fill(store: &Store, sets: &[&str]) {
    static LOADED: Mutex<BTreeMap<String, Arc<Contents>>> = Mutex::new(BTreeMap::new());
    let key = sets.join(" ");
    let known = LOADED.lock().expect("no panic").get(&key).cloned();
    if let Some(contents) = known {
        for (collection, documents) in contents.iter() {
            let copied = store.put_back(collection, documents.clone()).await;
            copied.expect("the documents are written");
        }
        return;
    }
    let names: Vec<String> = sets.iter().map(|name| (*name).to_owned()).collect();
    load(store, &names, Options::default()).await.expect("the sets load");
    let mut dump = store.dump().await.expect("the database can be read");
    let mut contents = Contents::new();
    while let Some(part) = dump.next(1_000).await.expect("the database can be read") {
        contents.push(part);
    }
    LOADED.lock().expect("no panic").insert(key, Arc::new(contents));
}

/// Waits until this holds, and lets the tasks of this thread go on meanwhile.
pub async fn until(what: &str, holds: impl Fn() -> bool) {
    /// A busy machine may take long.
    const PATIENCE: Duration = Duration::from_secs(60);
    let since = Instant::now();
    while !holds() {
        assert!(since.elapsed() < PATIENCE, "in vain: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// A database server for one test alone, which may be killed, and a database on it.
pub async fn server_of_its_own(folder: &std::path::Path) -> (Embedded, store::Options) {
    let server = Embedded::start(embedded::Options {
        program: None,
        data_dir: folder.to_owned(),
        memory_limit_mb: 2048,
        log_file_max: Some("16MB".into()),
    });
    let server = server.await.expect("the database starts");
    let options = store::Options {
        uri: server.uri(),
        ..database_options()
    };
    (server, options)
}

/// Kills a database server with `kill -9`, as soon as it has got over the last time. `killed`: its processes that were.
pub async fn kill_again(server: &Embedded, killed: &mut BTreeSet<u32>) {
    let process = loop {
        // None while a restart is under way: then the kill before this one is still being got over.
        match server.pid() {
            Some(process) if !killed.contains(&process) => break process,
            _ => tokio::time::sleep(Duration::from_millis(2)).await,
        }
    };
    let status = Command::new("kill").args(["-9", &process.to_string()]).status();
    assert!(status.expect("kill runs").success());
    killed.insert(process);
}

/// A database that no other test uses, on the server that all tests share.
pub fn database_options() -> store::Options {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    store::Options {
        uri: server_uri(),
        database: format!(
            "menagerie_test_{}_{}",
            std::process::id(),
            NEXT.fetch_add(1, Ordering::Relaxed)
        ),
        pool_size: 16,
        deadline: Duration::from_secs(30),
    }
}

/// The server that all tests share.
pub fn server_uri() -> String {
    static URI: OnceLock<String> = OnceLock::new();
    URI.get_or_init(|| std::env::var("MONGODB_URI").unwrap_or_else(|_| start_server()))
        .clone()
}

/// Starts an embedded database for this process, on a temporary folder.
fn start_server() -> String {
    static SERVER: OnceLock<Embedded> = OnceLock::new();
    let folder = temporary_folder();
    let started = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime starts");
        runtime.block_on(Embedded::start(embedded::Options {
            program: None,
            data_dir: folder,
            memory_limit_mb: 4096,
            log_file_max: Some("16MB".into()),
        }))
    });
    let server = started
        .join()
        .expect("no panic")
        .expect("the database starts; `make database` builds it");
    SERVER.get_or_init(|| server).uri()
}

/// A folder that is gone when this process ends, however it ends: a watcher removes it when its input closes.
fn temporary_folder() -> std::path::PathBuf {
    static WATCHER: OnceLock<std::process::Child> = OnceLock::new();
    let folder = tempfile::Builder::new()
        .prefix("menagerie-test-")
        .tempdir()
        .expect("a folder")
        .keep();
    let watcher = Command::new("sh")
        // The database is killed at the same moment, so what it still writes is waited for.
        .args([
            "-c",
            "cat >/dev/null; for _ in 1 2 3 4 5; do rm -rf \"$1\" && exit; sleep 0.2; done",
            "sh",
        ])
        .arg(&folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("sh starts");
    WATCHER.get_or_init(|| watcher);
    folder
}
