//! Operator objects of the database wherever the schema takes a value: every argument of every query and mutation, and every
//! field of every input object, found by introspection.

use std::collections::{HashMap, HashSet};

use serde_json::{Value as Json, json};

use super::target::{Target, query, query_with};
use super::{FIELD_INPUT, INPUT, Row, row};

const OPERATORS: [(&str, &str); 5] = [
    ("$gt", "\"\""),
    ("$ne", "null"),
    ("$where", "\"sleep(1000)\""),
    ("$regex", "\".*\""),
    (
        "$expr",
        "{\"$function\":{\"body\":\"while(true){}\",\"args\":[],\"lang\":\"js\"}}",
    ),
];

const INTROSPECTION: &str = "{__schema{queryType{...F}mutationType{...F}types{name inputFields{name type{...T}}}}}
    fragment F on __Type{fields{name args{name defaultValue type{...T}}type{...T}}}
    fragment T on __Type{kind name ofType{kind name ofType{kind name ofType{kind name ofType{kind name}}}}}";

/// A type as it is written, such as `[ID!]!`.
fn written(of: &Json) -> String {
    match of["kind"].as_str() {
        Some("NON_NULL") => written(&of["ofType"]) + "!",
        Some("LIST") => format!("[{}]", written(&of["ofType"])),
        _ => of["name"].as_str().expect("a name").to_owned(),
    }
}

/// The type without lists and marks, and how many lists there are.
fn bare(of: &Json) -> (&str, &str, usize) {
    match of["kind"].as_str() {
        Some("NON_NULL") => bare(&of["ofType"]),
        Some("LIST") => {
            let (kind, name, lists) = bare(&of["ofType"]);
            (kind, name, lists + 1)
        }
        _ => (
            of["kind"].as_str().expect("a kind"),
            of["name"].as_str().expect("a name"),
            0,
        ),
    }
}

/// Walks through the input objects; each one is gone through once.
struct Walk<'a> {
    inputs: HashMap<&'a str, &'a Vec<Json>>,
    seen: HashSet<&'a str>,
    /// Path and value, in which `null` stands where the operator object goes.
    found: Vec<(String, Json)>,
}

impl<'a> Walk<'a> {
    fn go(&mut self, of: &'a Json, path: &str, wrap: &dyn Fn(Json) -> Json) {
        let (kind, name, lists) = bare(of);
        // Any object is a value there.
        if name == "JSON" {
            return;
        }
        let in_lists = |value: Json| (0..lists).fold(value, |value, _| json!([value]));
        self.found.push((path.to_owned(), wrap(in_lists(Json::Null))));
        if kind != "INPUT_OBJECT" || !self.seen.insert(name) {
            return;
        }
        for field in self.inputs[name] {
            let field_name = field["name"].as_str().expect("a name");
            let within = |value: Json| wrap(in_lists(json!({ field_name: value })));
            self.go(&field["type"], &format!("{path}.{field_name}"), &within);
        }
    }
}

/// Puts the operator object in place of the one `null`.
fn filled(value: &Json, operator: &Json) -> Json {
    match value {
        Json::Null => operator.clone(),
        Json::Array(values) => values.iter().map(|value| filled(value, operator)).collect(),
        Json::Object(fields) => {
            let fields = fields
                .iter()
                .map(|(name, value)| (name.clone(), filled(value, operator)));
            Json::Object(fields.collect())
        }
        other => other.clone(),
    }
}

pub async fn rows(target: &Target) -> Vec<Row> {
    let answer = target.send(&query(INTROSPECTION)).await.expect("an answer");
    let schema = answer.json().expect("JSON")["data"]["__schema"].take();
    let types = schema["types"].as_array().expect("types");
    let inputs: HashMap<&str, &Vec<Json>> = types
        .iter()
        .filter_map(|named| Some((named["name"].as_str()?, named["inputFields"].as_array()?)))
        .collect();

    let mut rows = Vec::new();
    let mut walk = Walk {
        inputs,
        seen: HashSet::new(),
        found: Vec::new(),
    };
    let fields = ["query", "mutation"].into_iter().flat_map(|operation| {
        let fields = schema[format!("{operation}Type")]["fields"].as_array().expect("fields");
        fields.iter().map(move |field| (operation, field))
    });
    for (operation, field) in fields {
        let name = field["name"].as_str().expect("a name");
        for argument in field["args"].as_array().expect("arguments") {
            let argument_name = argument["name"].as_str().expect("a name");
            walk.found.clear();
            walk.go(&argument["type"], &format!("{name}({argument_name})"), &|value| value);
            // What must be given beside it; every such argument is a text.
            let others: String = field["args"]
                .as_array()
                .expect("arguments")
                .iter()
                .filter(|other| other["type"]["kind"] == "NON_NULL" && other["defaultValue"].is_null())
                .filter(|other| other["name"] != argument["name"] && ["String", "ID"].contains(&bare(&other["type"]).1))
                .map(|other| format!(",{}:\"x\"", other["name"].as_str().expect("a name")))
                .collect();
            let selection = format!(
                "{operation}($a:{}){{{name}({argument_name}:$a{others}){{__typename}}}}",
                written(&argument["type"])
            );
            for (path, value) in &walk.found {
                for (operator, operand) in OPERATORS {
                    let operand: Json = serde_json::from_str(operand).expect("JSON");
                    let value = filled(value, &json!({ operator: operand }));
                    let request = query_with(&selection, &json!({ "a": value }));
                    // Each representation fails by itself.
                    let expected = if name == "_entities" { FIELD_INPUT } else { INPUT };
                    rows.push(row(format!("{operator} as {path}"), request, expected));
                }
            }
        }
    }
    rows
}
