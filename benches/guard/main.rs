//! What checking a document costs in CPU time, for documents as people write them and for those that are made to cost.
//!
//! `cargo bench --bench guard` measures with criterion; `-- table` prints microseconds per kilobyte for the whole corpus
//! and, after it, the dearest; `-- search SECONDS` looks for documents that cost more than the corpus knows of. The last
//! two end with status 1 where one is over the budget.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a benchmark talks to the terminal, and where it cannot go on it ends"
)]

mod corpus;
mod search;
mod time;

use std::collections::HashMap;
use std::process::ExitCode;

use corpus::{Sample, adversarial, typical};
use criterion::{BatchSize, BenchmarkId, Criterion, Throughput};
use menagerie::graphql::{schema, sdl};
use menagerie::guard::{Guard, Rules, Variables};
use menagerie::limits::{Limit, Limits};
use time::{CpuTime, cpu_time};

/// What a kilobyte of document may cost at most, in microseconds.
const BUDGET: f64 = 1_000.0;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|one| one != "--bench").collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["table", ref filter @ ..] => table(filter),
        ["search", seconds] => search::search(seconds.parse().expect("a number of seconds")),
        _ => {
            criterion();
            ExitCode::SUCCESS
        }
    }
}

/// A guard as strict as this, with suggestions, which cost.
fn guard(limits: Limits) -> Guard {
    let rules = Rules {
        limits,
        introspection: true,
        suggestions: true,
    };
    Guard::new(&sdl(&schema(limits)), rules).expect("the schema is valid")
}

/// Every limit at the greatest that can be set.
fn greatest() -> Limits {
    Limit::ALL.iter().fold(Limits::default(), |limits, limit| {
        limits.with(*limit, limit.facts().range.1)
    })
}

/// The text, in a form that no guard has seen: documents that have passed are not checked again.
fn unseen(text: &str) -> String {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NEXT: AtomicU64 = AtomicU64::new(0);
    format!("{text}#{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// What checking a text costs in microseconds per kilobyte: the median of some runs. Less than a kilobyte counts as one.
fn price(guard: &Guard, text: &str) -> (f64, String) {
    let mut took = Vec::new();
    let mut told = String::new();
    let mut spent = 0.0;
    while took.len() < 3 || (took.len() < 9 && spent < 100_000.0) {
        let text = unseen(text);
        let began = cpu_time();
        let checked = guard.check(&text);
        let micros = (cpu_time() - began).as_secs_f64() * 1e6;
        told = checked.map_or_else(|refusal| refusal.to_string(), |_| "passes".to_owned());
        spent += micros;
        took.push(micros);
        if spent > 2_000_000.0 {
            break;
        }
    }
    took.sort_by(f64::total_cmp);
    let kilobytes = (text.len() as f64 / 1_000.0).max(1.0);
    (took[took.len() / 2] / kilobytes, told.chars().take(90).collect())
}

fn table(filter: &[&str]) -> ExitCode {
    let mut rows: Vec<(f64, String)> = Vec::new();
    for (name, limits) in [("default", Limits::default()), ("greatest", greatest())] {
        if filter.len() > 1 && filter[1] != name {
            continue;
        }
        let guard = guard(limits);
        let samples = typical().into_iter().chain(adversarial(&limits));
        for Sample { name: what, text } in samples {
            if filter.first().is_some_and(|part| !what.contains(part)) {
                continue;
            }
            let (micros, told) = price(&guard, &text);
            let row = format!("{name:<8} {what:<44} {:>9} B {micros:>10.1} µs/kB  {told}", text.len());
            println!("{row}");
            rows.push((micros, row));
        }
    }
    rows.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    println!("\nThe dearest, of {}:", rows.len());
    rows.iter().take(15).for_each(|(_, row)| println!("{row}"));
    if rows.iter().any(|(micros, _)| *micros > BUDGET) {
        println!("over the budget of {BUDGET} µs/kB");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

fn criterion() {
    let mut criterion = Criterion::default()
        .with_measurement(CpuTime)
        .sample_size(10)
        .warm_up_time(std::time::Duration::from_millis(200))
        .measurement_time(std::time::Duration::from_millis(800))
        .configure_from_args();
    checks(&mut criterion);
    preparations(&mut criterion);
    criterion.final_summary();
}

fn checks(criterion: &mut Criterion<CpuTime>) {
    for (name, limits) in [
        ("check", Limits::default()),
        ("check at the greatest limits", greatest()),
    ] {
        let guard = guard(limits);
        let mut group = criterion.benchmark_group(name);
        for Sample { name, text } in typical().into_iter().chain(adversarial(&limits)) {
            group.throughput(Throughput::Bytes(text.len() as u64));
            group.bench_function(BenchmarkId::from_parameter(name), |bencher| {
                bencher.iter_batched(
                    || unseen(&text),
                    |text| guard.check(&text).is_ok(),
                    BatchSize::SmallInput,
                );
            });
        }
        group.finish();
    }
}

/// What a request for a document that has passed costs: variables, price, handing over.
fn preparations(criterion: &mut Criterion<CpuTime>) {
    let limits = Limits::default();
    let guard = guard(limits);
    let variables: HashMap<&str, &str> = HashMap::from([
        (
            "05-one-nation",
            include_str!("../../schema/operations/05-one-nation.variables.json"),
        ),
        (
            "06-page-by-page",
            include_str!("../../schema/operations/06-page-by-page.variables.json"),
        ),
    ]);
    let mut group = criterion.benchmark_group("prepare");
    for Sample { name, text } in typical() {
        let checked = guard.check(&text).unwrap_or_else(|refusal| panic!("{name}: {refusal}"));
        let operation = checked.operation(None).expect("each has one operation");
        let json = variables.get(name.as_str()).copied().unwrap_or("{}");
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(BenchmarkId::from_parameter(name), |bencher| {
            bencher.iter(|| {
                let variables = Variables::read(json, &limits).expect("the variables are read");
                guard
                    .prepare(&checked, operation, &variables)
                    .map(|prepared| prepared.cost)
            });
        });
    }
    group.finish();
}
