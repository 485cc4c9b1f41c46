//! `/openapi.json`: the named queries as OpenAPI 3.1 describes them.

use serde_json::{Map, Value as Json, json};

use super::NamedQueries;
use super::query::NamedQuery;
use crate::api::operation::OperationKind;
use crate::guard::outline::{ValueForm, VariableOutline};

/// The description of all queries; subscriptions are streams, which OpenAPI has no words for beyond their media type.
pub fn description(queries: &NamedQueries, prefix: &str) -> Json {
    let mut paths = Map::new();
    for query in queries.iter() {
        match query.outline.kind {
            OperationKind::Subscription => {
                paths.insert(format!("/q/{}", query.name), json!({ "get": stream(query) }));
            }
            _ => {
                paths.insert(format!("/q/{}.json", query.name), json!({ "get": as_json(query) }));
                paths.insert(format!("/q/{}.csv", query.name), json!({ "get": as_csv(query) }));
            }
        }
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Menagerie: named queries",
            "description": "Diplomatic gifts of animals: who gave which animals to whom, when, how many, and on whose word. Each \
                            path runs one GraphQL document that the server knows; `/graphql` takes any other.",
            "version": env!("CARGO_PKG_VERSION"),
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        },
        "servers": [{ "url": if prefix.is_empty() { "/" } else { prefix } }],
        "tags": [{ "name": "queries", "description": "What the data say." }],
        "security": [{}, { "token": [] }],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "token": { "type": "http", "scheme": "bearer", "description": "A token of this server, where it wants one." },
            },
            "schemas": { "Errors": errors() },
            "responses": {
                "Refused": response("The request is not in order, or this caller may not have it: `errors` says why.",
                                    "application/json", &json!({ "$ref": "#/components/schemas/Errors" })),
                "Unavailable": response("The server cannot answer now; `Retry-After` may say when it can.",
                                        "application/json", &json!({ "$ref": "#/components/schemas/Errors" })),
            },
        },
    })
}

fn as_json(query: &NamedQuery) -> Json {
    let data = json!({
        "type": "object",
        "properties": {
            "data": query.outline.data,
            "errors": { "type": "array", "items": { "$ref": "#/components/schemas/Errors/properties/errors/items" } },
        },
        "required": ["data"],
    });
    operation(
        query,
        "",
        response("The answer, as GraphQL has it.", "application/json", &data),
    )
}

fn as_csv(query: &NamedQuery) -> Json {
    let text = json!({ "type": "string" });
    operation(
        query,
        "AsCsv",
        response("The lists of the answer as rows.", "text/csv", &text),
    )
}

fn stream(query: &NamedQuery) -> Json {
    let text = json!({ "type": "string" });
    operation(
        query,
        "",
        response("Each answer is an event `next`.", "text/event-stream", &text),
    )
}

fn operation(query: &NamedQuery, suffix: &str, answer: Json) -> Json {
    json!({
        "operationId": format!("{}{suffix}", query.name),
        "summary": query.title,
        "description": query.description,
        "tags": ["queries"],
        "parameters": query.outline.variables.iter().map(|variable| parameter(variable, &query.example)).collect::<Vec<_>>(),
        "responses": {
            "200": answer,
            "4XX": { "$ref": "#/components/responses/Refused" },
            "5XX": { "$ref": "#/components/responses/Unavailable" },
        },
    })
}

fn parameter(variable: &VariableOutline, example: &Json) -> Json {
    let schema = variable.schema.clone();
    let mut parameter = json!({
        "name": variable.name,
        "in": "query",
        "required": variable.is_required,
        "description": format!("{}.", capitalized(variable.form.accepted())),
    });
    match variable.form {
        ValueForm::Object => parameter["content"] = json!({ "application/json": { "schema": schema } }),
        ValueForm::List(_) => {
            parameter["style"] = "form".into();
            parameter["explode"] = false.into();
            parameter["schema"] = schema;
        }
        _ => parameter["schema"] = schema,
    }
    if let Some(value) = example.get(&variable.name).filter(|value| !value.is_null()) {
        parameter["example"] = value.clone();
    }
    parameter
}

fn response(description: &str, media: &str, schema: &Json) -> Json {
    json!({ "description": description, "content": { media: { "schema": schema } } })
}

fn errors() -> Json {
    json!({
        "type": "object",
        "properties": {
            "errors": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {
                        "message": { "type": "string" },
                        "path": { "type": "array", "items": { "type": ["string", "integer"] } },
                        "extensions": { "type": "object", "properties": { "code": { "type": "string" } } },
                    },
                    "required": ["message"],
                },
            },
        },
        "required": ["errors"],
    })
}

fn capitalized(text: &str) -> String {
    let (first, rest) = text.split_at(text.chars().next().map_or(0, char::len_utf8));
    first.to_uppercase() + rest
}
