//! How fast the server is beside those that a user would pick instead, and beside the least that the same answers take.
//!
//! `cargo bench --bench load` starts all servers over the same data (`arena`, `servers`), checks that they give equal answers
//! (`queries`), measures them in turn with wrk, prints tables with the ratios and writes them to `RESULTS.md` (`report`), with
//! how cost grows behind them (`growth`). `-- --help` tells the options. The database's replies come from a stand-in
//! (`standin`). The same program is two of the servers: `limit`, a handler written by hand, and `memory`.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a benchmark talks to the terminal, and where it cannot go on it ends"
)]

mod arena;
mod columns;
mod data;
mod doors;
mod growth;
mod limit;
mod memory;
mod options;
mod queries;
mod report;
mod servers;
mod standin;
mod wrk;

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};

use arena::{Arena, Cell};
use clap::Parser;
use menagerie::http::tls::choose_provider;
use options::{DOORS, GROWTH, Options, Part};
use queries::Query;
use report::Table;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde_json::Value as Json;
use servers::{Entrant, Server};

/// The server's own, so that it is not what makes the difference.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    let arguments = std::env::args().filter(|one| one != "--bench");
    let options = Options::parse_from(arguments);
    choose_provider();
    let outcome = match &options.part {
        Some(Part::Limit { uri, database, shared }) => {
            let served = actix_web::rt::System::new().block_on(limit::serve(uri, database, *shared));
            served.map_err(|error| error.to_string())
        }
        Some(Part::Memory { answers }) => {
            let served = actix_web::rt::System::new().block_on(memory::serve(answers));
            served.map_err(|error| error.to_string())
        }
        Some(Part::Hold { server }) => in_runtime(hold(&options, server)),
        None => in_runtime(all(&options)),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("load: {error}");
            ExitCode::FAILURE
        }
    }
}

fn in_runtime(work: impl Future<Output = Result<(), String>>) -> Result<(), String> {
    needs()?;
    let runtime = tokio::runtime::Runtime::new().map_err(|error| error.to_string())?;
    runtime.block_on(work)
}

/// Looks for what is not built by cargo, and lets this program and those that it starts open enough sockets.
fn needs() -> Result<(), String> {
    if !wrk::is_there() {
        return Err("wrk is not on the PATH, and it does the asking; install it with: sudo apt-get install wrk".into());
    }
    if Command::new("node").arg("--version").output().is_err() {
        return Err("node is not on the PATH, and three of the servers run on it: Node.js 20.19 or newer".into());
    }
    if !servers::peers().join("node_modules/.package-lock.json").is_file() {
        let folder = "benches/load/peers";
        return Err(format!(
            "the servers from npm are not there; fetch them with: npm ci --prefix {folder}"
        ));
    }
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        ..limit
    };
    setrlimit(Resource::Nofile, raised).map_err(|error| format!("the limit of open files cannot be raised: {error}"))
}

async fn hold(options: &Options, name: &str) -> Result<(), String> {
    let entrant = Entrant::ALL.into_iter().find(|entrant| entrant.name() == name);
    let entrant = entrant.ok_or_else(|| {
        format!(
            "no server is called {name}; there are: {:?}",
            Entrant::ALL.map(Entrant::name)
        )
    })?;
    let arena = Arena::open(options.gifts, options.shared).await?;
    let server = arena.start(entrant).await?;
    arena.teach(&server, &Query::all(), &mut HashMap::new()).await?;
    println!("{name} answers at {} over replayed replies; Enter ends it", server.url);
    let _ = std::io::stdin().read_line(&mut String::new());
    drop(server);
    arena.close().await;
    Ok(())
}

async fn all(options: &Options) -> Result<(), String> {
    options.check()?;
    let mut results = format!("{}\n{}\n", report::ABOUT, report::machine());
    let mut tell = |text: String| {
        println!("{text}");
        results.push_str(&text);
        results.push('\n');
    };
    tell(format!(
        "Measured {} times {} s for each cell with {} connections, over the sets {} and {} made-up gifts.\n",
        options.rounds,
        options.seconds,
        options.connections,
        data::SETS.join(" and "),
        options.gifts
    ));
    // What takes the least time first: a failure in it must not cost the rest.
    let deep = match options.depth {
        Some(gifts) => Some((gifts, growth::depth(gifts).await?)),
        None => None,
    };
    let arena = Arena::open(options.gifts, options.shared).await?;
    let outcome = measured(options, &arena, &mut tell).await;
    arena.close().await;
    outcome?;
    if let Some((gifts, table)) = deep {
        tell(format!(
            "## A page that lies deep\n\nOn the real database, over {gifts} gifts.\n"
        ));
        tell(table);
    }
    if options.only.is_empty() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/load/RESULTS.md");
        fs::write(&path, results.trim_end().to_owned() + "\n")
            .map_err(|error| format!("{}: {error}", path.display()))?;
        println!("written to benches/load/RESULTS.md");
    }
    Ok(())
}

/// All that is measured with the stand-in.
async fn measured(options: &Options, arena: &Arena, tell: &mut impl FnMut(String)) -> Result<(), String> {
    let entrants = options.entrants();
    if options.wants_cells() {
        let table = cells(options, arena, &entrants).await?;
        tell("## Servers\n".to_owned());
        for (query, cells) in &table {
            tell(report::table(query, cells));
        }
        tell(report::verdicts(&table));
    }
    if options.wants(DOORS) {
        tell("## A kept answer through each door\n".to_owned());
        tell(doors::doors(options, arena).await?);
    }
    if options.wants(GROWTH) {
        tell(
            "## How cost grows\n\nMenagerie, cold, the query list over replayed replies, one connection.\n".to_owned(),
        );
        tell(growth::sizes(arena, options.time()).await?);
        tell(
            "Connections and memory, the query point. What must hold of menagerie: every throughput at least 0.8 of the most, \
             below 40 MiB when idle (10 s after its start), below 150 MiB with 1,000 connections. \"next answer\" is the longest \
             that a client waited who came when all others had left at once.\n"
                .to_owned(),
        );
        let compared = entrants
            .into_iter()
            .filter(|entrant| entrant.is_menagerie() || *entrant == Entrant::Limit)
            .collect::<Vec<_>>();
        tell(growth::connections(arena, options.time(), options.rounds, &compared).await?);
    }
    if let Some(minutes) = options.soak {
        tell("## Memory over time\n".to_owned());
        for entrant in [Entrant::Warm, Entrant::Cold] {
            tell(growth::soak(arena, minutes, entrant).await?);
        }
    }
    Ok(())
}

/// Every server with every query.
async fn cells(options: &Options, arena: &Arena, entrants: &[Entrant]) -> Result<Table, String> {
    let mut expected: HashMap<&'static str, Json> = HashMap::new();
    let queries = Query::all();
    let mut servers: Vec<Server> = Vec::new();
    // What is given from memory has to be known before.
    let (memory, others): (Vec<_>, Vec<_>) = entrants.iter().partition(|entrant| **entrant == Entrant::Memory);
    for entrant in others.into_iter().copied() {
        let server = arena.start(entrant).await?;
        arena.teach(&server, &queries, &mut expected).await?;
        println!("{} answers as the others do", entrant.name());
        servers.push(server);
    }
    if !memory.is_empty() {
        let server = match servers.first() {
            Some(first) => first,
            None => return Err("what is given from memory has to come from another server; name one more".into()),
        };
        let mut answers: HashMap<&str, String> = HashMap::new();
        for query in &queries {
            answers.insert(query.operation, arena.ask(server, query.body()).await?);
        }
        let json = serde_json::to_vec(&answers).map_err(|error| error.to_string())?;
        fs::write(&arena.places.answers, json).map_err(|error| error.to_string())?;
        let server = arena.start(Entrant::Memory).await?;
        arena.teach(&server, &queries, &mut expected).await?;
        servers.insert(0, server);
    }
    let names = Query::all().map(|query| query.name);
    let mut table = Table::new();
    for query in queries.into_iter().filter(|query| options.wants_of(query.name, &names)) {
        let mut rounds = vec![Vec::new(); servers.len()];
        // In rounds, so that a moment in which the machine is slow does not meet one server alone.
        for _ in 0..options.rounds {
            for (server, cells) in servers.iter().zip(&mut rounds) {
                let cell = arena.measure(server, &query, options.connections, options.time());
                cells.push(cell.await?);
                let answer = arena.data(server, &query).await?;
                if let Some(difference) = arena::difference(&expected[query.name], &answer) {
                    let name = server.entrant.name();
                    return Err(format!(
                        "{name} answers differently after its measurement: {difference}"
                    ));
                }
            }
        }
        let row = servers.iter().zip(rounds);
        let row = row
            .map(|(server, cells)| (server.entrant, Cell::middle(&cells)))
            .collect();
        table.push((query, row));
    }
    Ok(table)
}
