//! Server and database killed with `kill -9` at random moments while many write: what was acknowledged is there, nothing is
//! half written, nothing refers to what is not there, and the history tells just what the documents say.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::TryStreamExt;
use menagerie::api::viewer::Role;
use menagerie::domain::id::Kind;
use menagerie::embedded::Embedded;
use menagerie::store::{Options, Store};
use mongodb::bson::{Bson, Document, doc};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value as Json, json};
use tokio::task::spawn_blocking;
use tokio::time::{Instant, sleep};

use crate::commands::program;
use crate::commands::server::Server;
use crate::support::{client, database_at, is_whole, kill_again, server_of_its_own, token};

/// How many write at once, and how often each goes through its five transactions.
const WRITERS: usize = 8;
const ROUNDS: usize = 25;
const TRANSACTIONS: usize = WRITERS * ROUNDS * 5;
/// How often server and database are killed, in turn.
const KILLS: usize = 6;
/// How long the database keeps a transaction that nobody ends, in seconds. Those of a server that was killed hold the
/// documents that they had changed until then, and nobody else can change these: a minute, unless the database is told
/// otherwise, for each of the servers that are killed here.
const ABANDONED_AFTER: i32 = 5;
/// The whole must be over by then.
const PATIENCE: Duration = Duration::from_secs(180);

/// What was acknowledged: the versions that documents got.
type Acknowledged = Mutex<BTreeSet<(String, i64)>>;

/// A writer, who repeats each request with its key until it is answered.
struct Writer {
    number: usize,
    address: Arc<Mutex<String>>,
    token: String,
    acknowledged: Arc<Acknowledged>,
    done: Arc<AtomicUsize>,
}

impl Writer {
    async fn make(&self, round: usize, mutation: &str, of: &str, input: Json) {
        let mut type_name = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
        let mut selected = format!("{of} {{ id version }}");
        if mutation.starts_with("delete") {
            (type_name, selected) = ("DeleteInput".to_owned(), "deletedId".to_owned());
        }
        let query = format!(
            "mutation($input: {type_name}!) {{ {mutation}(input: $input) {{ {selected} userErrors {{ message }} }} }}"
        );
        let mut input = input;
        input["idempotencyKey"] = json!(format!("{} {round} {mutation}", self.number));
        let since = Instant::now();
        loop {
            assert!(since.elapsed() < PATIENCE, "no answer to {input}");
            let address = self.address.lock().expect("no panic").clone();
            let body = json!({ "query": query, "variables": { "input": input } });
            let request = client().post(address).bearer_auth(&self.token).json(&body);
            let answered = async { request.send().await?.json::<Json>().await };
            match answered.await {
                Ok(answer) if answer["data"][mutation].is_object() => {
                    let payload = &answer["data"][mutation];
                    assert_eq!(payload["userErrors"], json!([]), "{input}: {payload}");
                    if let (Some(id), Some(version)) = (payload[of]["id"].as_str(), payload[of]["version"].as_i64()) {
                        let mut acknowledged = self.acknowledged.lock().expect("no panic");
                        acknowledged.insert((id.to_owned(), version));
                    }
                    self.done.fetch_add(1, Ordering::SeqCst);
                    return;
                }
                _ => sleep(Duration::from_millis(20)).await,
            }
        }
    }

    /// A nation with a gift and two claims about it that contradict each other; the gift changes, and every other goes.
    async fn round(&self, round: usize) {
        let name = format!("w{}-{round}", self.number);
        let (gift, claim) = (format!("gift_{name}"), format!("claim_{name}"));
        let nation = json!({ "slug": name, "name": name, "officialName": name });
        self.make(round, "createNation", "nation", nation).await;
        let given = json!({
            "slug": name, "title": "Hawks", "giver": format!("nation_{name}"), "recipient": format!("nation_{name}"),
            "mode": "GIFT", "status": "DELIVERED", "total": { "min": 2 },
        });
        self.make(round, "createGift", "gift", given).await;
        let first = format!("claim_w{}-first", self.number);
        let contradicts = if round == 0 { json!([]) } else { json!([first]) };
        let id = if round == 0 { first.clone() } else { claim };
        let about = if round.is_multiple_of(2) { "nation" } else { "gift" };
        let said = json!({
            "id": id, "code": name, "source": "source_crash", "statement": "Three.", "certainty": "STATED",
            "url": "https://example.org/", "about": [format!("{about}_{name}")], "conflictsWith": contradicts,
        });
        self.make(round, "createClaim", "claim", said).await;
        let patch = json!({ "id": gift, "total": { "min": 3, "claim": id }, "title": "Three hawks" });
        self.make(round, "updateGift", "gift", patch).await;
        let last = match round % 2 {
            0 => ("deleteGift", json!({ "id": gift })),
            _ => (
                "updateNation",
                json!({ "id": format!("nation_{name}"), "name": "Another" }),
            ),
        };
        self.make(round, last.0, "nation", last.1).await;
    }
}

fn started(folder: &Path, options: &Options) -> Server {
    let mut command = program(folder);
    command
        .env("MONGODB_URI", &options.uri)
        .env("MONGODB_DATABASE", &options.database)
        .env("MENAGERIE_MAX_POINTS_PER_MINUTE", "1000000000")
        .env("RUST_LOG", "error");
    Server::start(&mut command)
}

/// Tells the database to end transactions that nobody does, after a few seconds.
async fn gives_up_soon(options: &Options) {
    let limit = doc! { "setParameter": 1, "transactionLifetimeLimitSeconds": ABANDONED_AFTER };
    let admin = database_at(&options.uri, "admin").await;
    admin.run_command(limit).await.expect("the limit is set");
}

/// Kills the server and the database in turn while the writers get on.
async fn killing(
    mut server: Server,
    (database, options, folder): (&Embedded, &Options, &Path),
    address: &Mutex<String>,
    done: &AtomicUsize,
) -> Server {
    let mut random = ChaCha8Rng::seed_from_u64(7);
    let began = Instant::now();
    let mut killed = BTreeSet::new();
    for step in 1..=KILLS {
        while done.load(Ordering::SeqCst) < TRANSACTIONS * step / (KILLS + 1) {
            let done = done.load(Ordering::SeqCst);
            assert!(
                began.elapsed() < PATIENCE,
                "the writers stopped at {done} before kill {step}"
            );
            sleep(Duration::from_millis(2)).await;
        }
        sleep(Duration::from_millis(random.random_range(0..20))).await;
        if step % 2 == 1 {
            gives_up_soon(options).await;
            server.signal("-9");
            server.ended();
            let (folder, options) = (folder.to_owned(), options.clone());
            let again = spawn_blocking(move || started(&folder, &options));
            server = again.await.expect("the server starts again");
            server.address.clone_into(&mut address.lock().expect("no panic"));
            continue;
        }
        kill_again(database, &mut killed).await;
    }
    server
}

/// What documents say by their history, put together change by change; and the versions that it tells of.
async fn by_history(database: &mongodb::Database) -> (BTreeMap<String, Document>, BTreeSet<(String, i64)>) {
    let history = database.collection::<Document>("history");
    let rows = history.find(doc! {}).sort(doc! { "document": 1, "version": 1 });
    let rows = rows.await.expect("a cursor");
    let rows: Vec<Document> = rows.try_collect().await.expect("the history");
    let (mut documents, mut versions) = (BTreeMap::<String, Document>::new(), BTreeSet::new());
    for row in rows {
        let id = row.get_str("document").expect("an id").to_owned();
        let version = row.get("version").and_then(number).expect("a number");
        assert!(
            version == 1 || versions.contains(&(id.clone(), version - 1)),
            "{id}: a gap before {version}"
        );
        versions.insert((id.clone(), version));
        let document = documents.entry(id.clone()).or_default();
        for change in row.get_array("changes").expect("changes") {
            let change = change.as_document().expect("a change");
            let field = change.get_str("field").expect("a field");
            assert_eq!(document.get(field), change.get("before"), "{id}@{version}: {field}");
            match change.get("after") {
                Some(after) => drop(document.insert(field, after.clone())),
                None => drop(document.remove(field)),
            }
        }
        if row.get_str("action").is_ok_and(|action| action == "DELETED") {
            assert!(document.is_empty(), "{id}@{version} leaves {document}");
            documents.remove(&id);
        }
    }
    (documents, versions)
}

/// The history does not tell the ids of rows, which are the store's.
fn without_row_ids(object: &mut Document) {
    for (_, value) in object.iter_mut() {
        for row in value
            .as_array_mut()
            .into_iter()
            .flatten()
            .filter_map(Bson::as_document_mut)
        {
            row.remove("id");
            without_row_ids(row);
        }
    }
}

fn number(value: &Bson) -> Option<i64> {
    value.as_i64().or_else(|| value.as_i32().map(i64::from))
}

/// The documents are as the history tells, which tells of no other and of all that was acknowledged.
async fn are_as_the_history_tells(database: &mongodb::Database, acknowledged: &Acknowledged) {
    let (mut told, versions) = by_history(database).await;
    let acknowledged = acknowledged.lock().expect("no panic").clone();
    let lost: Vec<_> = acknowledged.difference(&versions).collect();
    assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
    for collection in Kind::ALL.map(Kind::collection) {
        let rows = database.collection::<Document>(collection).find(doc! {}).await;
        let rows: Vec<Document> = rows.expect("a cursor").try_collect().await.expect("the documents");
        for mut document in rows {
            let id = document.get_str("_id").expect("an id").to_owned();
            let version = document.get("version").and_then(number).expect("a number");
            assert!(
                versions.contains(&(id.clone(), version)),
                "{id}@{version} is not in the history"
            );
            assert!(
                !versions.contains(&(id.clone(), version + 1)),
                "{id}@{version} is not the last"
            );
            for field in ["_id", "words", "sortKeys", "version", "createdAt", "updatedAt"] {
                document.remove(field);
            }
            without_row_ids(&mut document);
            let told = told.remove(&id).unwrap_or_default();
            let in_order = |document: &Document| document.clone().into_iter().collect::<BTreeMap<_, _>>();
            assert_eq!(in_order(&document), in_order(&told), "{id}");
        }
    }
    // It tells of the editor's token too.
    told.remove("token_ed");
    assert!(
        told.is_empty(),
        "the history tells of documents that are not there: {:?}",
        told.keys()
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_is_killed_each_change_is_made_as_a_whole_and_stands_in_the_history() {
    let folder = tempfile::tempdir().expect("a folder");
    let (database, options) = server_of_its_own(folder.path()).await;
    let store = Store::connect(&options).await.expect("the database");
    store.ensure_schema().await.expect("the schema is applied");
    let token = token(&store, "ed", Role::Editor, None).await;
    let server = {
        let (folder, options) = (folder.path().to_owned(), options.clone());
        spawn_blocking(move || started(&folder, &options))
            .await
            .expect("the server starts")
    };
    let address = Arc::new(Mutex::new(server.address.clone()));
    let (acknowledged, done) = (Arc::<Acknowledged>::default(), Arc::new(AtomicUsize::new(0)));
    let writer = |number| Writer {
        number,
        address: Arc::clone(&address),
        token: token.clone(),
        acknowledged: Arc::clone(&acknowledged),
        done: Arc::clone(&done),
    };
    let source = json!({ "id": "source_crash", "title": "A source", "kind": "DATASET" });
    writer(WRITERS).make(0, "createSource", "source", source).await;
    done.store(0, Ordering::SeqCst);
    let writers: Vec<_> = (0..WRITERS)
        .map(|number| {
            let writer = writer(number);
            tokio::spawn(async move {
                for round in 0..ROUNDS {
                    writer.round(round).await;
                }
            })
        })
        .collect();
    let server = killing(server, (&database, &options, folder.path()), &address, &done).await;
    for writer in writers {
        writer.await.expect("every change is made");
    }
    assert_eq!(done.load(Ordering::SeqCst), TRANSACTIONS);
    drop(server);

    is_whole(&store).await;
    let raw = database_at(&options.uri, &options.database).await;
    are_as_the_history_tells(&raw, &acknowledged).await;
    database.stop().await;
}
