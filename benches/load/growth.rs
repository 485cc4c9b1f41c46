//! How cost grows: with the size of a page, with connections, with time, and with how deep a page lies.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use menagerie::store::cursor::{BY_ID, KeyKind, Order, OrderBy, SortKey};
use mongodb::Client;
use mongodb::bson::{Document, doc};
use serde_json::{Value as Json, json};

use crate::arena::{Arena, middle};
use crate::columns::columns;
use crate::data::Data;
use crate::queries::Query;
use crate::servers::{DATABASE, Entrant, Places, Server};
use crate::wrk::{self, Request, Run};

/// How long after its start a server that nobody asks anything is looked at.
const SETTLED: Duration = Duration::from_secs(10);

/// The sizes of pages.
const SIZES: [usize; 5] = [10, 25, 50, 100, 200];
/// Numbers of connections.
const CONNECTIONS: [usize; 3] = [10, 100, 1_000];
/// How long these are measured at the least: a thousand requests under way take their time.
const LEAST: Duration = Duration::from_secs(5);

/// The line through points that lies nearest to them, as its value at 0, its slope, and how much of the spread it
/// explains: 1 for all.
fn line(points: &[(f64, f64)]) -> (f64, f64, f64) {
    let count = points.len() as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / count;
    let (x, y) = (mean(|point| point.0), mean(|point| point.1));
    let sum = |of: &dyn Fn(f64, f64) -> f64| points.iter().map(|point| of(point.0 - x, point.1 - y)).sum::<f64>();
    let (together, across, up) = (sum(&|dx, dy| dx * dy), sum(&|dx, _| dx * dx), sum(&|_, dy| dy * dy));
    let slope = together / across;
    (y - slope * x, slope, together * together / (across * up))
}

/// CPU time and waiting time of a page by its size.
pub async fn sizes(arena: &Arena, time: Duration) -> Result<String, String> {
    let mut text = "| page of | CPU µs | p50 ms, one client |\n|---|---|---|\n".to_owned();
    let server = arena.start(Entrant::Cold).await?;
    let mut points = Vec::new();
    for size in SIZES {
        let query = Query::list(size);
        arena.standin.learn(true);
        arena.data(&server, &query).await?;
        let cell = arena.measure(&server, &query, 1, time).await?;
        points.push((size as f64, cell.cpu));
        let _ = writeln!(
            text,
            "| {size} | {:.0} | {:.2} |",
            cell.cpu,
            cell.run.p50.as_secs_f64() * 1e3
        );
    }
    let (start, slope, fit) = line(&points);
    let _ = writeln!(
        text,
        "\nCPU ≈ {start:.0} µs + {slope:.1} µs for each gift, R² = {fit:.4}."
    );
    Ok(text)
}

/// What is seen of a server with a number of connections in one round.
struct Held {
    run: Run,
    /// Its memory after that, and the most that it has taken, in MiB.
    memory: (f64, f64),
    /// How long the next client waits when all leave at once; `None` after a minute.
    next: Option<Duration>,
}

/// Throughput and memory by the number of connections; memory of a server that nobody has asked yet; and how long the next
/// client waits when all of them leave at once.
///
/// In rounds, each server with each number in turn: a moment in which the machine is slow meets all of them, and what is
/// told is the middle.
pub async fn connections(arena: &Arena, time: Duration, rounds: usize, entrants: &[Entrant]) -> Result<String, String> {
    let mut text =
        "| server | connections | requests/s | to the most | p99 ms | memory MiB | most MiB | next answer, ms |\n\
                    |---|---|---|---|---|---|---|---|\n"
            .to_owned();
    let query = &Query::all()[0];
    let mut servers = Vec::new();
    for entrant in entrants {
        let server = arena.start(*entrant).await?;
        // What starting took has gone back by then.
        tokio::time::sleep(SETTLED).await;
        let idle = server.memory().0;
        servers.push((server, idle, CONNECTIONS.map(|_| Vec::new())));
    }
    for _ in 0..rounds {
        for (server, _, held) in &mut servers {
            for (connections, held) in CONNECTIONS.into_iter().zip(held) {
                held.push(hold(arena, server, query, connections, time.max(LEAST)).await);
            }
        }
    }
    for (server, idle, held) in servers {
        let name = server.entrant.name();
        let _ = writeln!(text, "| {name} | idle | | | | {idle:.0} | | |");
        let held = held.map(|rounds| rounds.into_iter().collect::<Result<Vec<_>, _>>());
        let rate = |rounds: &[Held]| middle(rounds.iter().map(|held| held.run.per_second));
        let most = held.iter().flatten().map(|rounds| rate(rounds)).fold(0.0, f64::max);
        for (connections, rounds) in CONNECTIONS.into_iter().zip(held) {
            let rounds = match rounds {
                Ok(rounds) => rounds,
                // The others were still measured, and what is missing shows.
                Err(error) => {
                    eprintln!("{name} with {connections} connections: {error}");
                    let _ = writeln!(text, "| {name} | {connections} | **none** | | | | | |");
                    continue;
                }
            };
            let (memory, peak) = rounds.last().map(|held| held.memory).unwrap_or_default();
            let waits = rounds.iter().map(|held| held.next.unwrap_or(Duration::MAX));
            let next = match waits.max() {
                Some(next) if next < Duration::MAX => format!("{:.0}", next.as_secs_f64() * 1e3),
                _ => "none in a minute".to_owned(),
            };
            let _ = writeln!(
                text,
                "| {name} | {connections} | {:.0} | {:.2} | {:.1} | {memory:.0} | {peak:.0} | {next} |",
                rate(&rounds),
                rate(&rounds) / most,
                middle(rounds.iter().map(|held| held.run.p99.as_secs_f64())) * 1e3,
            );
        }
    }
    Ok(text)
}

/// Asks a server over so many connections, and looks at it.
async fn hold(
    arena: &Arena,
    server: &Server,
    query: &Query,
    connections: usize,
    time: Duration,
) -> Result<Held, String> {
    let loaded = arena.load(server, query, connections, time).await;
    let memory = server.memory();
    let next = arena.until_answered(server, query).await;
    loaded.map(|(run, _)| Held { run, memory, next })
}

/// Memory over a long run with 100 connections, in five equal parts.
pub async fn soak(arena: &Arena, minutes: u64, entrant: Entrant) -> Result<String, String> {
    const PARTS: usize = 5;
    let server = arena.start(entrant).await?;
    let query = &Query::all()[1];
    arena.load(&server, query, 100, Duration::from_secs(3)).await?;
    let answered = arena.until_answered(&server, query).await;
    answered.ok_or("the server does not answer after its warm-up")?;
    let time = Duration::from_secs(minutes * 60);
    let (folder, request) = (arena.places.folder.clone(), Request::post(&server.url, query.body()));
    let asking = std::thread::spawn(move || wrk::run(&folder, &request, 100, time));
    let began = Instant::now();
    let mut samples: [Vec<f64>; PARTS] = Default::default();
    while began.elapsed() < time {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let part = began.elapsed().as_secs_f64() / time.as_secs_f64() * PARTS as f64;
        samples[(part as usize).min(PARTS - 1)].push(server.memory().0);
    }
    let run = asking.join().map_err(|_| "wrk's thread panicked".to_owned())??;
    let mut text = format!(
        "{} minutes, {}, the query {}, 100 connections, {:.0} requests.\n\n| part | mean MiB | most MiB |\n|---|---|---|\n",
        minutes,
        entrant.name(),
        query.name,
        run.requests
    );
    for (part, samples) in samples.iter().enumerate() {
        let mean = samples.iter().sum::<f64>() / samples.len() as f64;
        let most = samples.iter().copied().fold(0.0, f64::max);
        let _ = writeln!(text, "| {} of {PARTS} | {mean:.1} | {most:.1} |", part + 1);
    }
    Ok(text)
}

/// The documents that are examined for the first page and for one that lies deep, on the real database, in two orders; and
/// what the columns in memory give there.
pub async fn depth(gifts: usize) -> Result<String, String> {
    let depth = gifts.saturating_sub(1_000) as u64;
    let data = Data::with(&[], gifts).await?;
    let places = Places {
        uri: data.uri(),
        folder: data.folder().to_owned(),
        answers: data.folder().join("answers.json"),
        shared: false,
    };
    let server = Server::start(Entrant::Cold, &places)?;
    let by_date = OrderBy {
        path: "date.earliest",
        kind: KeyKind::Moment,
        descending: false,
    };
    let mut text = "| order | page | documents examined | returned | commands |\n|---|---|---|---|---|\n".to_owned();
    for (field, order) in [("ID", vec![BY_ID]), ("DATE", vec![by_date, BY_ID])] {
        let row = row_at(&data.uri(), &order, depth)
            .await
            .map_err(|error| error.to_string())?;
        let mut keys = Vec::new();
        if field == "DATE" {
            let day = row.get_document("date").and_then(|date| date.get_datetime("earliest"));
            keys.push(day.map_or(SortKey::Absent, |day| SortKey::Moment(day.timestamp_millis())));
        }
        keys.push(SortKey::Text(row.get_str("_id").unwrap_or_default().to_owned()));
        let cursor = Order::new(order).encode(&keys);
        for (page, after) in [("first".to_owned(), None), (format!("behind {depth}"), Some(cursor))] {
            let cost = cost(&server, field, after.as_deref()).await?;
            let told = |name: &str| cost[name].to_string();
            let (examined, returned) = (told("documentsExamined"), told("documentsReturned"));
            let _ = writeln!(
                text,
                "| {field} | {page} | {examined} | {returned} | {} |",
                told("commands")
            );
        }
    }
    drop(server);
    let columns = columns(&places).await?;
    let _ = write!(
        text,
        "\n## Columns in memory\n\nOn the same data, without caches.\n\n{columns}"
    );
    data.stop().await;
    Ok(text)
}

/// The gift at a depth of an order, straight from the database.
async fn row_at(uri: &str, order: &[OrderBy], depth: u64) -> mongodb::error::Result<Document> {
    let sort: Document = order.iter().map(|by| (by.path.to_owned(), 1.into())).collect();
    let gifts = Client::with_uri_str(uri)
        .await?
        .database(DATABASE)
        .collection::<Document>("gifts");
    let found = gifts
        .find_one(doc! {})
        .sort(sort)
        .skip(depth)
        .projection(doc! { "date": 1 });
    Ok(found.await?.unwrap_or_default())
}

/// What a page costs: `extensions.cost`.
async fn cost(server: &Server, field: &str, after: Option<&str>) -> Result<Json, String> {
    let query = "query Page($field: GiftOrderField!, $after: String) {
        gifts(first: 50, after: $after, orderBy: [{ field: $field }]) { nodes { id title } } }";
    let body = json!({ "query": query, "variables": { "field": field, "after": after } });
    let request = reqwest::Client::new().post(&server.url).header("X-Menagerie-Cost", "1");
    let asked = request
        .header("Content-Type", "application/json")
        .body(body.to_string());
    let answer = async { asked.send().await?.text().await }.await;
    let answer = answer.map_err(|error| format!("the page cannot be read: {error}"))?;
    let json: Json = serde_json::from_str(&answer).unwrap_or_default();
    match (&json["errors"], &json["extensions"]["cost"]) {
        (Json::Null, cost) if cost.is_object() => Ok(cost.clone()),
        _ => Err(format!("the page cannot be read: {answer}")),
    }
}
