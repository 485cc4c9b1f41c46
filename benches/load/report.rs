//! The figures as Markdown: one table for each query with the ratios, what must hold of them, and the machine.

use std::fmt::Write as _;
use std::fs;
use std::process::Command;

use crate::arena::Cell;
use crate::queries::Query;
use crate::servers::{Entrant, peers};

/// All that was measured: for each query what each server did.
pub type Table = Vec<(Query, Vec<(Entrant, Cell)>)>;

fn of(cells: &[(Entrant, Cell)], entrant: Entrant) -> Option<&Cell> {
    cells.iter().find(|(other, _)| *other == entrant).map(|(_, cell)| cell)
}

fn fastest_peer(cells: &[(Entrant, Cell)]) -> Option<&Cell> {
    let peers = cells.iter().filter(|(entrant, _)| entrant.is_peer());
    peers
        .map(|(_, cell)| cell)
        .max_by(|one, other| one.run.per_second.total_cmp(&other.run.per_second))
}

/// `3.4`, or nothing where there is nothing to compare with.
fn ratio(one: f64, other: Option<f64>) -> String {
    match other {
        Some(other) if one / other < 0.995 => format!("{:.2}", one / other),
        Some(other) => format!("{:.1}", one / other),
        None => String::new(),
    }
}

/// The table of one query.
pub fn table(query: &Query, cells: &[(Entrant, Cell)]) -> String {
    let mut text = format!("### {}\n\n{}\n\n", query.name, query.about());
    text.push_str(
        "| server | requests/s | to the limit | to Apollo | to the fastest peer | p50 ms | p99 ms | CPU µs/request | \
         CPU to the limit | memory MiB | commands/request |\n|---|---|---|---|---|---|---|---|---|---|---|\n",
    );
    let rate = |cell: Option<&Cell>| cell.map(|cell| cell.run.per_second);
    let (limit, apollo) = (of(cells, Entrant::Limit), of(cells, Entrant::Apollo));
    for (entrant, cell) in cells {
        let _ = writeln!(
            text,
            "| {} | {:.0} | {} | {} | {} | {:.2} | {:.2} | {:.1} | {} | {:.0} | {:.2} |",
            entrant.name(),
            cell.run.per_second,
            ratio(cell.run.per_second, rate(limit)),
            ratio(cell.run.per_second, rate(apollo)),
            ratio(cell.run.per_second, rate(fastest_peer(cells))),
            cell.run.p50.as_secs_f64() * 1e3,
            cell.run.p99.as_secs_f64() * 1e3,
            cell.cpu,
            ratio(cell.cpu, limit.map(|limit| limit.cpu)),
            cell.memory,
            cell.commands,
        );
    }
    text
}

/// What must hold, what was found, and whether it does.
type Verdict = (String, f64, bool);

/// What must hold of the figures, each with whether it does.
pub fn verdicts(all: &Table) -> String {
    let mut text = "### What must hold\n\n| what must hold | found | |\n|---|---|---|\n".to_owned();
    for (query, cells) in all {
        let verdicts = warm(query.name, cells).into_iter().chain(of_work(query.name, cells));
        for (what, found, holds) in verdicts {
            let _ = writeln!(
                text,
                "| {what} | {found:.2} | {} |",
                if holds { "yes" } else { "**no**" }
            );
        }
    }
    text
}

/// What must hold of the rates where answers are kept.
fn warm(name: &str, cells: &[(Entrant, Cell)]) -> Vec<Verdict> {
    let mut verdicts = Vec::new();
    let rate = |entrant| of(cells, entrant).map(|cell| cell.run.per_second);
    let mut at_least = |least: f64, what: &str, other: Option<f64>| {
        if let (Some(warm), Some(other)) = (rate(Entrant::Warm), other) {
            let found = warm / other;
            verdicts.push((format!("{name}, warm: at least {what}"), found, found >= least));
        }
    };
    at_least(0.8, "0.8 of from memory", rate(Entrant::Memory));
    at_least(25.0, "25 times Apollo", rate(Entrant::Apollo));
    let peer = fastest_peer(cells).map(|cell| cell.run.per_second);
    at_least(10.0, "10 times the fastest peer", peer);
    verdicts
}

/// What must hold of the work where answers are made anew.
fn of_work(name: &str, cells: &[(Entrant, Cell)]) -> Vec<Verdict> {
    let mut verdicts = Vec::new();
    let (most_cold, most_entities) = match name {
        "point" => (2.0, 1.5),
        "list" => (2.5, 2.0),
        _ => return verdicts,
    };
    let cpu = |entrant| of(cells, entrant).map(|cell| cell.cpu);
    if let (Some(cold), Some(limit)) = (cpu(Entrant::Cold), cpu(Entrant::Limit)) {
        let found = cold / limit;
        let what = format!("{name}, cold: CPU at most {most_cold} times the limit");
        verdicts.push((what, found, found <= most_cold));
    }
    if let (Some(entities), Some(limit)) = (of(cells, Entrant::Entities), cpu(Entrant::Limit)) {
        let found = entities.cpu / limit;
        let what = format!("{name}, entities: CPU at most {most_entities} times the limit");
        verdicts.push((what, found, found <= most_entities));
        let what = format!("{name}, entities: at most one command to the database");
        verdicts.push((what, entities.commands, entities.commands <= 1.01));
    }
    verdicts
}

/// The first line that a program prints; empty where it cannot be run.
fn told(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    text.unwrap_or_default()
        .lines()
        .next()
        .unwrap_or_default()
        .trim()
        .to_owned()
}

/// The machine and the programs.
pub fn machine() -> String {
    let cpus = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let field = |name: &str| {
        let line = cpus.lines().find(|line| line.starts_with(name));
        let value = line
            .and_then(|line| line.split_once(": "))
            .map(|(_, value)| value.trim());
        value.unwrap_or("unknown").to_owned()
    };
    let cores = cpus.lines().filter(|line| line.starts_with("processor")).count();
    let memory = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let memory = memory.split_whitespace().nth(1).and_then(|kib| kib.parse::<f64>().ok());
    let lock = fs::read_to_string(peers().join("package.json")).unwrap_or_default();
    let package: serde_json::Value = serde_json::from_str(&lock).unwrap_or_default();
    let version = |name: &str| package["dependencies"][name].as_str().unwrap_or("?").to_owned();
    let wrk = told("wrk", &["--version"]);
    format!(
        "| | |\n|---|---|\n| date | {} |\n| processor | {}, {cores} cores |\n| memory | {:.0} GiB |\n| system | Linux {} |\n\
         | Menagerie | {}, commit {}, built with {} |\n| servers from npm | Apollo Server {}, GraphQL Yoga {}, Mercurius {} on \
         Fastify {}; graphql {}, mongodb {}, dataloader {} |\n| Node.js | {} |\n| wrk | {} |\n",
        told("date", &["--utc", "+%Y-%m-%d %H:%M UTC"]),
        field("model name"),
        memory.unwrap_or(f64::NAN) / 1_048_576.0,
        told("uname", &["-r"]),
        env!("CARGO_PKG_VERSION"),
        told(
            "git",
            &["-C", env!("CARGO_MANIFEST_DIR"), "describe", "--always", "--dirty"]
        ),
        told("rustc", &["--version"]),
        version("@apollo/server"),
        version("graphql-yoga"),
        version("mercurius"),
        version("fastify"),
        version("graphql"),
        version("mongodb"),
        version("dataloader"),
        told("node", &["--version"]),
        wrk.split(" Copyright").next().unwrap_or_default(),
    )
}

/// What stands before and between the figures.
pub const ABOUT: &str = include_str!("about.md");
