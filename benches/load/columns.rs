//! What the columns in memory give: questions about many gifts, answered with them and without, on the real database.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};

use crate::arena::middle;
use crate::servers::{Entrant, Places, Server};

/// How often each question is asked.
const ASKED: usize = 5;
/// How long the columns may take to be built.
const BUILT: Duration = Duration::from_secs(600);

/// The questions, by name.
const QUESTIONS: [(&str, &str); 4] = [
    (
        "all groups",
        "query Q($where: GiftFilter) { giftStats(where: $where) { gifts animals { min }
            byGiver(first: 50) { gifts animals { min } } byRecipient(first: 50) { gifts animals { min } }
            byAnimal(first: 50) { gifts animals { min } } byYear(first: 50) { gifts } byDecade(first: 50) { gifts }
            byStatus { gifts } byMode { gifts } byCertainty { gifts } } }",
    ),
    (
        "flows",
        "query Q($where: GiftFilter) { giftFlows(where: $where, first: 30) { giver { id } gifts animals { min } } }",
    ),
    (
        "count",
        "query Q($where: GiftFilter) { gifts(where: $where) { totalCount } }",
    ),
    (
        "page",
        "query Q($where: GiftFilter) { gifts(first: 50, where: $where, orderBy: [{ field: DATE }]) { nodes { id title } } }",
    ),
];

/// Milliseconds of each question, unfiltered and across relations, and how many times faster the columns are.
pub async fn columns(places: &Places) -> Result<String, String> {
    let filter = json!({
        "giver": { "region": { "eq": "Asia" } }, "date": { "overlaps": "1950/2000" }, "status": { "notIn": ["DIED"] },
    });
    let mut text = "| question | columns, ms | CPU, ms | database, ms | times |\n|---|---|---|---|---|\n".to_owned();
    let (with, without) = (
        Server::start(Entrant::Columns, places)?,
        Server::start(Entrant::Cold, places)?,
    );
    are_built(&with).await?;
    for (filter, filtered) in [(Json::Null, ""), (filter, ", filtered")] {
        for (name, query) in QUESTIONS {
            let body = json!({ "query": query, "variables": { "where": filter } }).to_string();
            let (ours, cpu) = took(&with, &body).await?;
            let (theirs, _) = took(&without, &body).await?;
            let _ = writeln!(
                text,
                "| {name}{filtered} | {ours:.1} | {cpu:.0} | {theirs:.0} | {:.0} |",
                theirs / ours
            );
        }
    }
    let gifts = metric(&with, "menagerie_columns_gifts").await?;
    let bytes = metric(&with, "menagerie_columns_size_bytes").await?;
    let _ = writeln!(
        text,
        "\nThe columns take {:.0} bytes for each of {gifts:.0} gifts.",
        bytes / gifts
    );
    Ok(text)
}

/// Waits until the columns answer.
async fn are_built(server: &Server) -> Result<(), String> {
    let began = Instant::now();
    while began.elapsed() < BUILT {
        // Who asks for what is in memory keeps it current.
        ask(server, &json!({ "query": QUESTIONS[2].1 }).to_string()).await?;
        if metric(server, "menagerie_columns_current").await? > 0.0 {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    Err("the columns were not built in time".to_owned())
}

/// How long a question takes, and how much CPU time of the server, in milliseconds.
async fn took(server: &Server, body: &str) -> Result<(f64, f64), String> {
    ask(server, body).await?;
    let (mut waits, cpu) = (Vec::new(), server.cpu());
    for _ in 0..ASKED {
        let began = Instant::now();
        ask(server, body).await?;
        waits.push(began.elapsed().as_secs_f64() * 1e3);
    }
    let cpu = (server.cpu() - cpu).as_secs_f64() * 1e3 / ASKED as f64;
    Ok((middle(waits.into_iter()), cpu))
}

async fn ask(server: &Server, body: &str) -> Result<(), String> {
    let request = reqwest::Client::new().post(&server.url);
    let asked = request.header("Content-Type", "application/json").body(body.to_owned());
    let answer = async { asked.send().await?.text().await }.await;
    let answer = answer.map_err(|error| format!("no answer: {error}"))?;
    match answer.contains("\"errors\"") {
        true => Err(format!("no answer to {body}: {answer}")),
        false => Ok(()),
    }
}

async fn metric(server: &Server, name: &str) -> Result<f64, String> {
    let url = server.url.replace("/graphql", "/metrics");
    let text = async { reqwest::get(&url).await?.text().await }.await;
    let text = text.map_err(|error| format!("no metrics: {error}"))?;
    let value = text
        .lines()
        .find_map(|line| line.strip_prefix(name)?.trim().parse().ok());
    value.ok_or_else(|| format!("no {name} in the metrics"))
}
