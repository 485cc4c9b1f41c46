//! What graphql-cop looks for, in its own requests, against the production profile: it finds that GET is supported, and
//! nothing else.
//!
//! Each row says by which sign graphql-cop takes a server for vulnerable.

use serde_json::Value as Json;

use super::LONGEST;
use super::target::{Answer, GRAPHQL_RESPONSE, Target, get, post, post_with, query};

struct Check {
    name: &'static str,
    request: Vec<u8>,
    /// Whether the server is vulnerable, by the text and the JSON of its answer.
    vulnerable: fn(&str, &Json) -> bool,
}

fn messages(json: &Json) -> impl Iterator<Item = &str> {
    let errors = json["errors"].as_array().into_iter().flatten();
    errors.filter_map(|error| error["message"].as_str())
}

fn answers(_: &str, json: &Json) -> bool {
    json["data"]["__typename"].is_string()
}

fn has_types(_: &str, json: &Json) -> bool {
    json["data"]["__schema"]["types"].is_array()
}

fn is_a_console(text: &str, _: &Json) -> bool {
    let text = text.to_lowercase();
    ["graphiql", "playground", "graphql console"]
        .iter()
        .any(|sign| text.contains(sign))
}

/// Much of one thing in one request.
fn of_amounts() -> Vec<Check> {
    let aliases: String = (0..101).map(|number| format!("alias{number}:__typename ")).collect();
    let batch = format!("[{}]", [r#"{"query":"query cop { __typename }"}"#; 10].join(","));
    vec![
        Check {
            name: "alias overloading: 101 aliases",
            request: query(&format!("query cop {{ {aliases}}}")),
            vulnerable: |_, json| json["data"]["alias100"].is_string(),
        },
        Check {
            name: "array-based query batching: ten in one",
            request: post(batch),
            vulnerable: |_, json| json.as_array().is_some_and(|answers| answers.len() >= 10),
        },
        Check {
            name: "directive overloading: an error for each of ten",
            request: query("query cop { __typename @aa@aa@aa@aa@aa@aa@aa@aa@aa@aa }"),
            vulnerable: |_, json| json["errors"].as_array().is_some_and(|errors| errors.len() == 10),
        },
        Check {
            name: "circular query by introspection",
            request: query(
                "query cop { __schema { types { fields { type { fields { type { fields { type { fields { type { name } } } } } } } } } }",
            ),
            vulnerable: has_types,
        },
        Check {
            name: "field duplication: 60 times the same",
            request: query(&format!("query cop {{ {} }}", "__typename \n ".repeat(60))),
            vulnerable: answers,
        },
    ]
}

/// What is told of the schema and of the program.
fn of_secrets() -> Vec<Check> {
    vec![
        Check {
            name: "field suggestions",
            request: query("query cop { __schema { directive } }"),
            vulnerable: |_, json| messages(json).any(|message| message.to_lowercase().contains("did you mean")),
        },
        Check {
            name: "field suggestions outside of introspection",
            request: query("query cop { gfits { totalCount } }"),
            vulnerable: |_, json| {
                messages(json).any(|message| message.contains("`gifts`") || message.contains("\"gifts\""))
            },
        },
        Check {
            name: "trace mode",
            request: query("query cop { __typename }"),
            vulnerable: |_, json| json["extensions"].get("tracing").is_some() || json.get("errors").is_some(),
        },
        Check {
            name: "introspection",
            request: query("query cop { __schema { types { name fields { name } } } }"),
            vulnerable: has_types,
        },
        Check {
            name: "introspection of one type",
            request: query("query cop { __type(name: \"Gift\") { fields { name } } }"),
            vulnerable: |_, json| json["data"]["__type"].is_object(),
        },
        Check {
            name: "unhandled errors",
            request: query("qwerty cop { abc }"),
            vulnerable: |text, json| {
                let errors = json["errors"].as_array().into_iter().flatten();
                let mut extensions = errors.map(|error| &error["extensions"]);
                extensions.any(|found| found.get("exception").is_some())
                    || text.contains("stack")
                    || text.contains(".rs:")
            },
        },
        Check {
            name: "the schema file",
            request: get("/schema.graphql", "*/*"),
            vulnerable: |text, _| text.contains("type Query"),
        },
    ]
}

/// Requests that a page of another origin can make a browser send.
fn of_other_origins() -> Vec<Check> {
    let form = [("Content-Type", "application/x-www-form-urlencoded")];
    vec![
        Check {
            name: "POST as a form, which a page of another origin can send",
            request: post_with(&form, b"query=query+cop+%7B__typename%7D"),
            vulnerable: answers,
        },
        Check {
            name: "POST of a form's type with JSON",
            request: post_with(&form, br#"{"query":"query cop { __typename }"}"#),
            vulnerable: answers,
        },
        Check {
            name: "mutation by GET",
            request: get("/graphql?query=mutation+cop%7B__typename%7D", GRAPHQL_RESPONSE),
            vulnerable: answers,
        },
    ]
}

/// Pages on which queries are written.
fn of_consoles() -> Vec<Check> {
    let paths = [
        "/",
        "/graphiql",
        "/playground",
        "/console",
        "/graphql",
        "/graphiql.html",
        "/altair",
    ];
    let check = |path| Check {
        name: path,
        request: get(path, "text/html"),
        vulnerable: is_a_console,
    };
    paths.map(check).into()
}

fn checks() -> Vec<Check> {
    [of_amounts(), of_secrets(), of_other_origins(), of_consoles()]
        .into_iter()
        .flatten()
        .collect()
}

#[tokio::test]
async fn graphql_cop_finds_nothing_in_production_but_that_get_is_supported() {
    let target = Target::start(&[
        ("MENAGERIE_PROFILE", "production"),
        // All checks come from one address.
        ("MENAGERIE_MAX_POINTS_PER_MINUTE", "0"),
    ])
    .await;
    let mut found = Vec::new();
    for check in checks() {
        let answer = target.send(&check.request).await;
        let Answer { status, body } = answer.unwrap_or_else(|| panic!("no answer to {}", check.name));
        let text = String::from_utf8_lossy(&body);
        let json: Json = serde_json::from_slice(&body).unwrap_or_default();
        // A page of facts is longer than an answer may be.
        let is_page = text.starts_with("<!doctype html>");
        if (check.vulnerable)(&text, &json) || status >= 500 || (body.len() >= LONGEST && !is_page) {
            found.push(format!(
                "{}: {status} {}",
                check.name,
                text.chars().take(300).collect::<String>()
            ));
        }
        target.serves_good_requests(check.name).await;
    }
    assert!(found.is_empty(), "{}", found.join("\n"));

    let by_get = get("/graphql?query=query+cop%7B__typename%7D", GRAPHQL_RESPONSE);
    let answer = target.send(&by_get).await.expect("an answer");
    assert!(
        answers("", &answer.json().expect("JSON")),
        "GET is supported: {answer:?}"
    );
}

#[test]
fn the_signs_of_a_vulnerable_server_are_seen() {
    let json = |text: &str| serde_json::from_str::<Json>(text).expect("JSON");
    assert!(answers("", &json(r#"{"data":{"__typename":"Query"}}"#)));
    assert!(has_types("", &json(r#"{"data":{"__schema":{"types":[]}}}"#)));
    assert!(is_a_console("<title>GraphiQL</title>", &Json::Null));
    let by_name = |name: &str| {
        checks()
            .into_iter()
            .find(|check| check.name.starts_with(name))
            .expect("a check")
    };
    let directives = format!(r#"{{"errors":[{}]}}"#, ["{}"; 10].join(","));
    assert!((by_name("directive overloading").vulnerable)("", &json(&directives)));
    let suggestion = r#"{"errors":[{"message":"no field `gfits`; did you mean `gifts`?"}]}"#;
    assert!((by_name("field suggestions").vulnerable)("", &json(suggestion)));
    assert!((by_name("field suggestions outside").vulnerable)("", &json(suggestion)));
    assert!((by_name("unhandled errors").vulnerable)(
        "panicked at src/main.rs:1",
        &Json::Null
    ));
}
