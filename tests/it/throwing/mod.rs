//! Random bytes, random text like GraphQL, and sample operations with random damage, thrown at the API by POST and GET:
//! never a 5xx, never a connection that breaks, always JSON with `errors` or `data`.

mod doors; // named queries and agents

use std::cell::OnceCell;

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::{Config, TestCaseResult, TestRunner};
use serde_json::{Value as Json, json};

use crate::support::{TestApp, samples};

/// How many cases each property is held against.
const CASES: u32 = 300;

/// The longest address that is sent; servers may refuse longer ones before they are read.
const ADDRESS: usize = 8_000;

/// Words that a random document is made of.
const TOKENS: [&str; 64] = [
    "{",
    "}",
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    ":",
    "!",
    "$",
    "=",
    "@",
    "|",
    "&",
    "...",
    "...on ",
    "#",
    "\n",
    ",",
    "\"",
    "\"\"\"",
    "\\",
    "query ",
    "mutation ",
    "subscription ",
    "fragment ",
    "F ",
    "on ",
    "Query ",
    "Gift ",
    "Node ",
    "Int ",
    "ID",
    "[ID!]!",
    "$a",
    "$a:Int",
    "a:",
    "true ",
    "null ",
    "1 ",
    "-1.5e3 ",
    "\"a\" ",
    "\\u{1F43C}",
    "GIFT ",
    "gifts",
    "gifts{nodes{id}}",
    "node(id:\"gift_a\"){id}",
    "(first:1)",
    "(where:{text:\"a\"})",
    "nodes{",
    "edges{node{",
    "id ",
    "title ",
    "giver{",
    "__typename ",
    "__schema{types{name}}",
    "@include(if:true)",
    "@skip(if:$a)",
    "...F ",
    "fragment F on Query{__typename}",
    "type A{a:Int}",
    "\u{feff}",
    "\u{1F43C}",
];

/// A document and what comes with it.
#[derive(Clone, Debug)]
struct Thrown {
    document: String,
    variables: Json,
    operation: Option<String>,
}

/// One piece of damage to a text.
#[derive(Clone, Debug)]
enum Damage {
    Cut(Index, Index),
    Double(Index, Index),
    Swap(Index, Index),
    Insert(Index, String),
}

impl Damage {
    fn to(&self, text: &str) -> String {
        let mut letters: Vec<char> = text.chars().collect();
        let place = |index: &Index| index.index(text.chars().count().max(1));
        let span = |one: &Index, other: &Index| {
            let (one, other) = (place(one), place(other));
            one.min(other)..one.max(other).min(one.min(other) + 40)
        };
        match self {
            Self::Cut(one, other) => drop(letters.drain(span(one, other))),
            Self::Double(one, other) => {
                let span = span(one, other);
                let doubled = letters[span.clone()].to_vec();
                letters.splice(span.end..span.end, doubled);
            }
            Self::Swap(one, other) if !letters.is_empty() => letters.swap(place(one), place(other)),
            Self::Swap(..) => {}
            Self::Insert(at, what) => {
                let at = place(at).min(letters.len());
                letters.splice(at..at, what.chars());
            }
        }
        letters.into_iter().collect()
    }
}

fn damage() -> impl Strategy<Value = Damage> {
    let place = any::<Index>;
    prop_oneof![
        (place(), place()).prop_map(|(one, other)| Damage::Cut(one, other)),
        (place(), place()).prop_map(|(one, other)| Damage::Double(one, other)),
        (place(), place()).prop_map(|(one, other)| Damage::Swap(one, other)),
        (place(), select(TOKENS.to_vec())).prop_map(|(at, token)| Damage::Insert(at, token.to_owned())),
        (place(), any::<char>()).prop_map(|(at, letter)| Damage::Insert(at, letter.to_string())),
    ]
}

fn random_json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        any::<f64>().prop_map(Json::from),
        ".{0,20}".prop_map(Json::from),
        select(vec!["gift_cn-kr", "nation_japan", "GIFT", "2018", "$where"]).prop_map(Json::from),
    ];
    let name = || {
        prop_oneof![
            select(vec!["first", "after", "code", "a", "text", "and", "eq", "in", "$gt"]).prop_map(str::to_owned),
            ".{0,8}",
        ]
    };
    leaf.prop_recursive(8, 40, 5, move |inner| {
        prop_oneof![
            vec(inner.clone(), 0..5).prop_map(Json::from),
            btree_map(name(), inner, 0..5).prop_map(|fields| Json::Object(fields.into_iter().collect())),
        ]
    })
}

fn token_soup() -> impl Strategy<Value = Thrown> {
    let document = vec(select(TOKENS.to_vec()), 0..60).prop_map(|tokens| tokens.concat());
    (document, random_json(), proptest::option::of(".{0,10}")).prop_map(|(document, variables, operation)| Thrown {
        document,
        variables,
        operation,
    })
}

fn damaged_samples() -> impl Strategy<Value = Thrown> {
    let variables = proptest::option::weighted(0.3, random_json());
    (select(samples()), vec(damage(), 1..6), variables).prop_map(|(sample, damages, variables)| Thrown {
        document: damages.iter().fold(sample.document, |text, damage| damage.to(&text)),
        variables: variables.unwrap_or(sample.variables),
        operation: None,
    })
}

/// The API's answer is one that it gives on purpose.
async fn fine(request: reqwest::RequestBuilder) -> TestCaseResult {
    let response = request.send().await;
    let response = response.map_err(|error| TestCaseError::fail(format!("the connection broke: {error:?}")))?;
    let status = response.status().as_u16();
    let text = response.text().await;
    let text = text.map_err(|error| TestCaseError::fail(format!("the answer broke off: {error:?}")))?;
    prop_assert!(status < 500, "{status}: {text}");
    let answer: Json = serde_json::from_str(&text)
        .map_err(|error| TestCaseError::fail(format!("{status}, and the answer is no JSON ({error}): {text}")))?;
    let errors = answer["errors"].as_array();
    prop_assert!(
        errors.is_some_and(|errors| !errors.is_empty()) || answer.get("data").is_some(),
        "{status}: {answer}"
    );
    for error in errors.into_iter().flatten() {
        let code = error["extensions"]["code"].as_str();
        prop_assert!(
            code.is_some_and(|code| !code.is_empty() && code != "INTERNAL"),
            "{status}: {error}"
        );
    }
    Ok(())
}

/// Holds a property against a server; what fails is made as small as it can be.
fn hold<T: std::fmt::Debug>(
    thrown: impl Strategy<Value = T>,
    check: impl AsyncFn(&reqwest::Client, &str, T) -> TestCaseResult,
) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let app = runtime.block_on(TestApp::with(&["article"]));
    let client = crate::support::client();
    let address = format!("{}/graphql", app.address);
    let mut runner = TestRunner::new(Config {
        cases: CASES,
        max_shrink_iters: 300,
        failure_persistence: None,
        ..Config::default()
    });
    let outcome = runner.run(&thrown, |thrown| runtime.block_on(check(&client, &address, thrown)));
    // The driver's clean-up needs its runtime.
    runtime.block_on(async { drop(app) });
    if let Err(error) = outcome {
        panic!("{error}");
    }
}

fn posted(client: &reqwest::Client, address: &str, body: impl Into<reqwest::Body>) -> reqwest::RequestBuilder {
    client
        .post(address)
        .header("Content-Type", "application/json")
        .body(body)
}

/// A document with what comes with it, by POST, and by GET where it is short enough.
async fn both_ways(client: &reqwest::Client, address: &str, thrown: Thrown) -> TestCaseResult {
    let Thrown {
        document,
        variables,
        operation,
    } = thrown;
    let mut body = json!({ "query": document, "variables": variables });
    if let Some(operation) = &operation {
        body["operationName"] = json!(operation);
    }
    fine(posted(client, address, body.to_string())).await?;
    let mut parameters = vec![("query", document), ("variables", variables.to_string())];
    parameters.extend(operation.map(|operation| ("operationName", operation)));
    let request = client.get(address).query(&parameters);
    let length = request.try_clone().and_then(|request| request.build().ok());
    if length.is_some_and(|request| request.url().as_str().len() <= ADDRESS) {
        fine(request).await?;
    }
    Ok(())
}

#[test]
fn random_bytes_as_a_body_get_an_answer() {
    hold(vec(any::<u8>(), 0..2_000), async |client, address, bytes| {
        fine(posted(client, address, bytes)).await
    });
}

#[test]
fn random_json_as_a_body_gets_an_answer() {
    hold(random_json(), async |client, address, json| {
        fine(posted(client, address, json.to_string())).await?;
        fine(posted(
            client,
            address,
            json!({ "query": "{__typename}", "extensions": json }).to_string(),
        ))
        .await
    });
}

#[test]
fn random_bytes_as_parameters_of_an_address_get_an_answer() {
    let parameters = ("[a-zA-Z0-9%&=+{}()_$:!\"]{0,300}", vec(any::<u8>(), 0..300));
    hold(parameters, async |client, address, (text, bytes)| {
        let encoded: String = bytes.iter().map(|byte| format!("%{byte:02x}")).collect();
        for parameters in [
            text.clone(),
            format!("query={encoded}"),
            format!("query={text}&variables={encoded}"),
        ] {
            fine(client.get(format!("{address}?{parameters}"))).await?;
        }
        Ok(())
    });
}

#[test]
fn random_text_like_graphql_gets_an_answer() {
    hold(token_soup(), both_ways);
}

#[test]
fn sample_operations_with_random_damage_get_an_answer() {
    hold(damaged_samples(), both_ways);
}

#[test]
fn damage_changes_a_text_and_never_fails() {
    let samples = OnceCell::new();
    let mut runner = TestRunner::new(Config {
        cases: CASES,
        failure_persistence: None,
        ..Config::default()
    });
    let changed = std::cell::Cell::new(0);
    runner
        .run(&(damage(), any::<bool>()), |(damage, empty)| {
            let text = if empty {
                ""
            } else {
                samples.get_or_init(samples_text).as_str()
            };
            changed.set(changed.get() + u32::from(damage.to(text) != text));
            Ok(())
        })
        .expect("nothing fails");
    assert!(changed.get() > CASES / 4, "only {} are changed", changed.get());
}

fn samples_text() -> String {
    samples().swap_remove(0).document
}
