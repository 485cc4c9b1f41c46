//! What agents can do: the named queries, and the schema part by part.

use serde_json::{Map, Value as Json, json};

use crate::api::operation::OperationKind;
use crate::domain::id::Kind;
use crate::guard::Guard;
use crate::guard::outline::Outline;
use crate::http::answer::Answer;
use crate::http::named::NamedQueries;
use crate::http::named::query::NamedQuery;
use crate::http::response::Answered;
use crate::http::web::site::{Site, path_of};

/// The name of the tool that tells the schema.
pub const SCHEMA: &str = "Schema";

/// The tools, in the order of their names. `may_change`: with those that change something. `introspects`: with the schema.
pub fn list(queries: &NamedQueries, may_change: bool, introspects: bool) -> Vec<Json> {
    let mut tools: Vec<Json> = queries.tools(may_change).map(tool).collect();
    if introspects {
        tools.push(schema_tool());
    }
    tools
}

fn schema_tool() -> Json {
    json!({
        "name": SCHEMA,
        "description": "A part of the GraphQL schema: the definition of a type. Without `type` the names of all.",
        "inputSchema": {
            "type": "object",
            "properties": { "type": { "type": "string" } },
            "additionalProperties": false,
        },
        "annotations": { "readOnlyHint": true, "openWorldHint": false },
    })
}

fn tool(query: &NamedQuery) -> Json {
    let Outline { variables, kind, .. } = &query.outline;
    let properties: Map<String, Json> = variables
        .iter()
        .map(|variable| (variable.name.clone(), variable.schema.clone()))
        .collect();
    let required: Vec<&str> = variables
        .iter()
        .filter(|variable| variable.is_required)
        .map(|variable| variable.name.as_str())
        .collect();
    let mut schema = json!({ "type": "object", "properties": properties, "additionalProperties": false });
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    let reads = *kind == OperationKind::Query;
    json!({
        "name": query.name,
        "description": format!("{}. {}", query.title, query.description).trim(),
        "inputSchema": schema,
        "annotations": { "readOnlyHint": reads, "openWorldHint": false },
    })
}

/// The result of a tool that ran an operation.
pub fn result(answer: Result<&Answered, &Answer>, site: &Site) -> Json {
    let fresh = match answer {
        Ok(answered) => answered.fresh(),
        Err(answer) => Some(answer),
    };
    let errors: Vec<&str> = fresh
        .into_iter()
        .flat_map(Answer::errors)
        .map(|error| error.message.as_str())
        .collect();
    let mut data = answer.ok().and_then(Answered::data).unwrap_or_default();
    if data.is_null() {
        return said(&errors.join("\n"), true);
    }
    shorten(&mut data, site);
    let mut told = data.to_string();
    if !errors.is_empty() {
        told = json!({ "data": data, "errors": errors }).to_string();
    }
    said(&told, false)
}

/// The result of the tool that tells the schema.
pub fn schema(guard: &Guard, arguments: &Map<String, Json>) -> Json {
    match arguments.get("type").map(|name| name.as_str().unwrap_or_default()) {
        None | Some("") => said(&guard.types().collect::<Vec<_>>().join(" "), false),
        Some(name) => match guard.definition(name) {
            Some(definition) => said(&definition, false),
            None => {
                let names = guard.types().collect::<Vec<_>>().join(" ");
                said(&format!("there is no type {name:?}; accepted are {names}"), true)
            }
        },
    }
}

fn said(text: &str, is_error: bool) -> Json {
    json!({ "content": [{ "type": "text", "text": text }], "isError": is_error })
}

/// Leaves out what an agent has no use for: nulls, ids of rows, and which letters matched. Adds the page of each document that
/// has one; a value with nothing but its words is those.
fn shorten(value: &mut Json, site: &Site) {
    let page = page_of(value).map(|path| site.url(&path));
    match value {
        Json::Array(values) => values.iter_mut().for_each(|value| shorten(value, site)),
        Json::Object(fields) => {
            fields.retain(|name, value| {
                let is_row = name == "id" && value.as_str().is_some_and(|id| id.contains('/'));
                !value.is_null() && !is_row && name != "highlights" && name != "score"
            });
            fields.values_mut().for_each(|value| shorten(value, site));
            if let Some(page) = page {
                fields.insert("page".to_owned(), page.into());
                // The page says it as well.
                fields.remove("slug");
            }
            if fields.len() == 1
                && let Some(text) = fields.remove("text")
            {
                *value = text;
            }
        }
        _ => {}
    }
}

/// The path of the page of a document that has a slug.
fn page_of(document: &Json) -> Option<String> {
    document.get("slug")?;
    let kind = Kind::of(document.get("id")?.as_str()?).ok()?;
    path_of(kind.type_name(), document)
}
