//! A corpus of attacks, held against the program as a process of its own: each is refused with the status and the code
//! that it deserves, in a few bytes; the process lives, serves good requests, and holds no more memory than before.
//!
//! Here stand the row and how it is held; the files beside this one hold the rows by subject.

mod audit; // what graphql-cop looks for, against the production profile
mod bodies; // bodies: types, encodings, batches
mod counts; // too many of something
mod doors; // the same by QUERY, at the door of agents, as parameters of named queries
mod heads; // headers, lengths, methods, addresses
mod holding; // answers that are not taken, bodies that do not end, slow exports
mod letters; // strange characters and numbers
mod nesting; // brackets in brackets
mod operators; // operator objects wherever the schema takes a text
mod sockets; // slow, silent and many connections
mod target; // the program, and what it is sent
mod values; // cursors, ids, variables

use target::{Answer, Target};

/// The longest answer to what asks for no data, in bytes.
const LONGEST: usize = 10_000;

/// How much more memory the process may hold after a corpus, in KiB.
const GROWTH: u64 = 64 * 1024;

/// One attack.
pub struct Row {
    pub name: String,
    /// The bytes that are sent.
    pub request: Vec<u8>,
    pub expected: Expected,
}

/// What must come back.
#[derive(Clone, Copy, Debug)]
pub enum Expected {
    /// An error of the API: one of these statuses, and every error has one of these codes.
    Refused(&'static [u16], &'static [&'static str]),
    /// An error of HTTP itself, with one of these statuses, before there was a request to judge.
    Broken(&'static [u16]),
    /// Data without errors: it looks like an attack and is none.
    Answered,
    /// Data without errors, or a refusal with one of these codes: where the line is drawn is up to the server.
    Harmless(&'static [&'static str]),
    /// Whatever a client deserves, in few bytes: it is no fault of the server.
    Unharmed,
}

use Expected::{Answered, Broken, Harmless, Refused, Unharmed};

pub const PARSE: Expected = Refused(&[400], &["GRAPHQL_PARSE_FAILED"]);
pub const INVALID: Expected = Refused(&[400], &["GRAPHQL_VALIDATION_FAILED"]);
pub const LIMIT: Expected = Refused(&[400], &["LIMIT_EXCEEDED"]);
/// Refused for its size before anything is read.
pub const TOO_LARGE: Expected = Refused(&[413], &["LIMIT_EXCEEDED"]);
pub const INPUT: Expected = Refused(&[400], &["BAD_USER_INPUT"]);
/// Refused by the field that got it, which may leave data beside it.
pub const FIELD_INPUT: Expected = Refused(&[200, 400], &["BAD_USER_INPUT"]);
pub const MEDIA_TYPE: Expected = Refused(&[415], &["BAD_USER_INPUT"]);

/// A row.
pub fn row(name: impl Into<String>, request: Vec<u8>, expected: Expected) -> Row {
    Row {
        name: name.into(),
        request,
        expected,
    }
}

/// A row about a document: what is expected where no limit on its size comes first.
pub fn document(name: impl Into<String>, document: &str, expected: Expected) -> Row {
    /// The defaults of the limits on bodies and documents.
    const BODY: usize = 256 * 1024;
    const DOCUMENT: usize = 32 * 1024;
    let request = target::query(document);
    let body = request
        .windows(4)
        .position(|window| window == b"\r\n\r\n")
        .map_or(0, |head| request.len() - head - 4);
    let expected = if body > BODY {
        TOO_LARGE
    } else if document.len() > DOCUMENT {
        LIMIT
    } else {
        expected
    };
    row(name, request, expected)
}

/// What is wrong with an answer; nothing where it is as expected.
fn wrong(expected: Expected, answer: Option<&Answer>) -> Option<String> {
    let Some(answer) = answer else {
        return Some("the connection ended without an answer".into());
    };
    let codes = answer.codes();
    let json = answer.json().unwrap_or_default();
    let refused = |statuses: &[u16], accepted: &[&str]| {
        let known = codes.iter().all(|code| accepted.contains(&code.as_str()));
        statuses.contains(&older(answer.status)) && !codes.is_empty() && known
    };
    let answered = answer.status == 200 && json.get("errors").is_none() && json["data"].is_object();
    let as_expected = match expected {
        Refused(statuses, accepted) => refused(statuses, accepted),
        Broken(statuses) => statuses.contains(&older(answer.status)),
        Answered => answered,
        Harmless(accepted) => answered || refused(&[200, 400], accepted),
        Unharmed => answer.status < 500,
    };
    let data_is_asked_for = answered && matches!(expected, Harmless(_));
    if as_expected && (data_is_asked_for || answer.body.len() < LONGEST) {
        return None;
    }
    let body: String = String::from_utf8_lossy(&answer.body).chars().take(300).collect();
    Some(format!(
        "expected {expected:?}, got {} with {} bytes: {body}",
        answer.status,
        answer.body.len()
    ))
}

/// Sends every row; collects what is wrong.
async fn hold(target: &Target, rows: Vec<Row>) {
    assert!(!rows.is_empty());
    let before = target.memory();
    let mut broken = Vec::new();
    for row in &rows {
        let answer = target.send(&row.request).await;
        if let Some(wrong) = wrong(row.expected, answer.as_ref()) {
            broken.push(format!("{}: {wrong}", row.name));
        }
        target.serves_good_requests(&row.name).await;
    }
    let after = target.memory();
    assert!(
        broken.is_empty(),
        "{} of {} attacks:\n{}",
        broken.len(),
        rows.len(),
        broken.join("\n")
    );
    assert!(
        after < before + GROWTH,
        "the process held {before} KiB before and {after} KiB after"
    );
}

/// The program as it is by default, without a limit on the rate: the corpus comes from one address.
async fn by_default() -> Target {
    Target::start(&[("MENAGERIE_MAX_POINTS_PER_MINUTE", "0")]).await
}

/// The status by the text of 2025, which knows fewer: `front::statuses` tells them apart.
const fn older(status: u16) -> u16 {
    match status {
        422 => 400,
        294 => 200,
        status => status,
    }
}

#[tokio::test]
async fn nesting_of_any_kind_and_depth_is_refused() {
    hold(&by_default().await, nesting::rows()).await;
}

#[tokio::test]
async fn too_many_of_anything_is_refused() {
    hold(&by_default().await, counts::rows()).await;
}

#[tokio::test]
async fn bodies_and_headers_that_are_not_as_they_should_be_are_refused() {
    let target = by_default().await;
    hold(&target, bodies::rows()).await;
    hold(&target, heads::rows()).await;
}

#[tokio::test]
async fn strange_characters_numbers_cursors_ids_and_variables_do_no_harm() {
    let target = by_default().await;
    hold(&target, letters::rows()).await;
    hold(&target, values::rows()).await;
}

#[tokio::test]
async fn operator_objects_are_refused_wherever_the_schema_takes_a_value() {
    let target = by_default().await;
    let rows = operators::rows(&target).await;
    assert!(rows.len() > 200, "only {} places are found", rows.len());
    hold(&target, rows).await;
}

/// All rows that are requests to `/graphql` by POST.
fn corpus() -> Vec<Row> {
    let files = [
        nesting::rows(),
        counts::rows(),
        bodies::rows(),
        letters::rows(),
        values::rows(),
    ];
    files.into_iter().flatten().collect()
}

#[tokio::test]
async fn the_corpus_is_refused_by_query_as_by_post() {
    let rows = doors::by_query(&corpus());
    assert!(rows.len() > 200, "only {} rows", rows.len());
    hold(&by_default().await, rows).await;
}

#[tokio::test]
async fn the_corpus_does_no_harm_at_the_door_of_agents() {
    let rows = doors::to_agents(&corpus());
    assert!(rows.len() > 400, "only {} rows", rows.len());
    hold(&by_default().await, rows).await;
}

#[tokio::test]
async fn the_corpus_does_no_harm_as_parameters_of_named_queries() {
    let rows = doors::to_named(&corpus());
    assert!(rows.len() > 200, "only {} rows", rows.len());
    hold(&by_default().await, rows).await;
}

#[test]
fn an_answer_that_is_not_as_expected_is_seen() {
    let answer = |status, body: &str| Answer {
        status,
        body: body.into(),
    };
    let refused = r#"{"errors":[{"message":"m","extensions":{"code":"LIMIT_EXCEEDED"}}]}"#;
    assert!(wrong(LIMIT, Some(&answer(400, refused))).is_none());
    assert!(wrong(LIMIT, Some(&answer(200, refused))).is_some());
    assert!(wrong(PARSE, Some(&answer(400, refused))).is_some());
    assert!(wrong(LIMIT, Some(&answer(400, "{}"))).is_some());
    assert!(wrong(LIMIT, None).is_some());
    assert!(wrong(Answered, Some(&answer(200, r#"{"data":{}}"#))).is_none());
    assert!(wrong(Answered, Some(&answer(200, refused))).is_some());
    let long = format!(r#"{{"data":{{"a":"{}"}}}}"#, "a".repeat(LONGEST));
    assert!(wrong(Answered, Some(&answer(200, &long))).is_some());
    assert!(wrong(Broken(&[400]), Some(&answer(400, ""))).is_none());
}
