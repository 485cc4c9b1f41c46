//! The arena: data, stand-in, and the servers over it, which must all give equal answers before any is measured.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use reqwest::header::{ACCEPT, CONTENT_TYPE};
use reqwest::{Client, Method};
use serde_json::Value as Json;

use crate::data::{Data, SETS};
use crate::queries::Query;
use crate::servers::{Entrant, Places, Server};
use crate::standin::Standin;
use crate::wrk::{self, Request, Run};

/// How often each query is asked while the stand-in learns, one after the other and then at the same time: a server that
/// batches may ask differently each time.
const LESSONS: usize = 8;

/// How long a server may take for what wrk has left behind.
const SETTLING: Duration = Duration::from_millis(500);

/// All that a measurement needs.
pub struct Arena {
    data: Data,
    pub standin: Standin,
    pub places: Places,
    http: Client,
}

/// What one server does with one query.
#[derive(Clone, Copy, Debug)]
pub struct Cell {
    pub run: Run,
    /// CPU time of the server for one request, in microseconds.
    pub cpu: f64,
    /// Memory of the server behind it, in MiB.
    pub memory: f64,
    /// Commands to the database for one request that comes alone.
    pub commands: f64,
}

/// The one in the middle.
pub fn middle<T: PartialOrd>(figures: impl Iterator<Item = T>) -> T {
    let mut figures: Vec<T> = figures.collect();
    figures.sort_by(|one, other| one.partial_cmp(other).expect("figures are numbers"));
    figures.swap_remove(figures.len() / 2)
}

impl Cell {
    /// The middle of several rounds, figure by figure.
    pub fn middle(cells: &[Self]) -> Self {
        fn of<T: PartialOrd>(cells: &[Cell], figure: impl Fn(&Cell) -> T) -> T {
            middle(cells.iter().map(figure))
        }
        Self {
            run: Run {
                requests: of(cells, |cell| cell.run.requests),
                per_second: of(cells, |cell| cell.run.per_second),
                p50: of(cells, |cell| cell.run.p50),
                p99: of(cells, |cell| cell.run.p99),
            },
            cpu: of(cells, |cell| cell.cpu),
            memory: of(cells, |cell| cell.memory),
            commands: of(cells, |cell| cell.commands),
        }
    }
}

impl Arena {
    /// Data with so many made-up gifts, and the stand-in before it.
    pub async fn open(gifts: usize, shared: bool) -> Result<Self, String> {
        let data = Data::with(&SETS, gifts).await?;
        let standin = Standin::start(data.address()).map_err(|error| format!("the stand-in cannot start: {error}"))?;
        let places = Places {
            uri: standin.uri(),
            folder: data.folder().to_owned(),
            answers: data.folder().join("answers.json"),
            shared,
        };
        Ok(Self {
            data,
            standin,
            places,
            http: Client::new(),
        })
    }

    /// Ends it in order.
    pub async fn close(self) {
        self.data.stop().await;
    }

    /// Starts a server and waits until it is ready.
    pub async fn start(&self, entrant: Entrant) -> Result<Server, String> {
        let server = Server::start(entrant, &self.places)?;
        if entrant.is_menagerie() {
            self.until_ready(&server).await?;
        }
        Ok(server)
    }

    /// Waits until the server says that it is ready and that its search follows the data, which is read at the start.
    async fn until_ready(&self, server: &Server) -> Result<(), String> {
        let ready = server.url.replace("/graphql", "/readyz");
        let until = Instant::now() + Duration::from_secs(60);
        while Instant::now() < until {
            if let Ok(answer) = self.http.get(&ready).send().await
                && answer.status().is_success()
                && let Ok(text) = answer.text().await
                && !text.contains("false")
            {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Err(format!("{} does not become ready", server.entrant.name()))
    }

    /// The body of a server's answer.
    pub async fn ask(&self, server: &Server, body: String) -> Result<String, String> {
        self.ask_with(server, &Request::post(&server.url, body)).await
    }

    /// The same with any request.
    pub async fn ask_with(&self, server: &Server, request: &Request) -> Result<String, String> {
        let no_answer = |error: &dyn std::fmt::Display| format!("{} does not answer: {error}", server.entrant.name());
        let method = Method::from_bytes(request.method.as_bytes()).map_err(|error| no_answer(&error))?;
        let mut asked = self.http.request(method, &request.url).header(ACCEPT, request.accept);
        if !request.body.is_empty() {
            asked = asked
                .header(CONTENT_TYPE, "application/json")
                .body(request.body.clone());
        }
        let answered = async { asked.send().await?.text().await }.await;
        answered.map_err(|error| no_answer(&error))
    }

    /// The data in an answer; an error in it fails.
    pub async fn data(&self, server: &Server, query: &Query) -> Result<Json, String> {
        let body = self.ask(server, query.body()).await?;
        let answer: Json = serde_json::from_str(&body).unwrap_or(Json::Null);
        match (answer.get("data"), answer.get("errors")) {
            (Some(data), None) if data.is_object() => Ok(data.clone()),
            _ => Err(format!(
                "{} does not answer the query {}: {body}",
                server.entrant.name(),
                query.name
            )),
        }
    }

    /// Asks each query some times, so that the stand-in knows what the server asks of the database, and checks that
    /// every answer is what `expected` has; the first server fills that.
    pub async fn teach(
        &self,
        server: &Server,
        queries: &[Query],
        expected: &mut HashMap<&'static str, Json>,
    ) -> Result<(), String> {
        self.standin.learn(true);
        for query in queries {
            let mut answers = Vec::new();
            for _ in 0..LESSONS {
                answers.push(self.data(server, query).await?);
            }
            let at_once = (0..LESSONS).map(|_| self.data(server, query));
            answers.extend(futures_util::future::try_join_all(at_once).await?);
            for answer in answers {
                let expected = expected.entry(query.name).or_insert_with(|| answer.clone());
                if let Some(difference) = difference(expected, &answer) {
                    let (server, query) = (server.entrant.name(), query.name);
                    return Err(format!(
                        "{server} answers the query {query} differently from others: {difference}"
                    ));
                }
            }
        }
        Ok(())
    }

    /// Measures a server with a query.
    pub async fn measure(
        &self,
        server: &Server,
        query: &Query,
        connections: usize,
        time: Duration,
    ) -> Result<Cell, String> {
        let (run, cpu) = self.load(server, query, connections, time).await?;
        let memory = server.memory().0;
        // Counted one by one: a request that is cut off would blur the number.
        self.standin.learn(server.asks_what_it_lacks());
        let asked = self.standin.asked();
        for _ in 0..LESSONS {
            self.data(server, query).await?;
        }
        let commands = (self.standin.asked() - asked) as f64 / LESSONS as f64;
        self.no_unknown(server, query.name)?;
        Ok(Cell {
            run,
            cpu,
            memory,
            commands,
        })
    }

    /// Asks a server over many connections, after a warm-up in which the stand-in may still learn. Tells what wrk saw and
    /// the CPU time of the server for one request, in microseconds.
    pub async fn load(
        &self,
        server: &Server,
        query: &Query,
        connections: usize,
        time: Duration,
    ) -> Result<(Run, f64), String> {
        let request = Request::post(&server.url, query.body());
        self.load_with(server, query.name, &request, connections, time).await
    }

    /// The same with any request; `name` is what errors call it.
    pub async fn load_with(
        &self,
        server: &Server,
        name: &str,
        request: &Request,
        connections: usize,
        time: Duration,
    ) -> Result<(Run, f64), String> {
        let run = |time| wrk::run(&self.places.folder, request, connections, time);
        self.standin.learn(true);
        // With many connections it may end before the first answer comes, which says nothing yet.
        let _ = run((time / 3).clamp(Duration::from_secs(1), Duration::from_secs(5)));
        self.standin.learn(server.asks_what_it_lacks());
        let cpu = server.cpu();
        let run = run(time)?;
        // wrk leaves each connection with a request under way, which is worked on and not among those that it counts.
        tokio::time::sleep(SETTLING).await;
        let (cpu, requests) = (server.cpu() - cpu, run.requests + connections as f64);
        self.no_unknown(server, name)?;
        Ok((run, cpu.as_secs_f64() * 1e6 / requests))
    }

    /// Fails when the stand-in was asked what it does not know. From here on it may learn.
    fn no_unknown(&self, server: &Server, name: &str) -> Result<(), String> {
        self.standin.learn(true);
        match self.standin.unknown().first() {
            None => Ok(()),
            Some(first) => Err(format!(
                "with the query {name} {} asked something that the stand-in does not know: {first:.2000}",
                server.entrant.name()
            )),
        }
    }

    /// How long it takes until a query is answered, however often it has to be asked; nothing after a minute.
    pub async fn until_answered(&self, server: &Server, query: &Query) -> Option<Duration> {
        let began = Instant::now();
        while began.elapsed() < Duration::from_secs(60) {
            if self.data(server, query).await.is_ok() {
                return Some(began.elapsed());
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        None
    }
}

/// The first place in which two values differ, and what stands there.
pub fn difference(one: &Json, other: &Json) -> Option<String> {
    let within = |key: &dyn std::fmt::Display, one: &Json, other: &Json| {
        difference(one, other).map(|rest| format!("{key}.{rest}"))
    };
    match (one, other) {
        _ if one == other => None,
        (Json::Object(fields), Json::Object(others)) if fields.keys().all(|key| others.contains_key(key)) => {
            let more = others.keys().find(|key| !fields.contains_key(*key));
            let differs = fields.iter().find_map(|(key, value)| within(key, value, &others[key]));
            differs.or_else(|| more.map(|key| format!("{key}: only the latter has it")))
        }
        (Json::Array(items), Json::Array(others)) if items.len() == others.len() => {
            let mut pairs = items.iter().zip(others).enumerate();
            pairs.find_map(|(at, (one, other))| within(&at, one, other))
        }
        _ => Some(format!(": {one:.200} and {other:.200}")),
    }
}
