//! What a query needs is planned by the types of its fields: whatever root field a document is reached by, and whatever is
//! kept in memory, it says the same as by its id.

use std::collections::HashMap;

use serde_json::{Value as Json, json};

use crate::support::{TestApp, settings, text};

/// How far below a root field documents are looked for.
const FARTHEST: usize = 3;

/// The object types, interfaces and unions of the schema, by name.
struct Types(HashMap<String, Json>);

impl Types {
    async fn of(app: &TestApp) -> Self {
        let data = app
            .query(
                "{ __schema { types { name kind interfaces { name } possibleTypes { name }
                     fields { name args { name defaultValue type { kind } } type { ...Name ofType { ...Name ofType { ...Name ofType { ...Name } } } } } } } }
                 fragment Name on __Type { name kind }",
            )
            .await;
        let types = data["__schema"]["types"].as_array().expect("types").iter();
        Self(types.map(|ty| (text(&ty["name"]), ty.clone())).collect())
    }

    fn list(&self, ty: &str, what: &str) -> &[Json] {
        self.0[ty][what].as_array().map(Vec::as_slice).unwrap_or_default()
    }

    /// Whether all objects of the type are documents, which have an id of their own.
    fn is_document(&self, ty: &str) -> bool {
        self.list(ty, "interfaces").iter().any(|one| one["name"] == "Node")
    }

    fn is_abstract(&self, ty: &str) -> bool {
        matches!(self.0[ty]["kind"].as_str(), Some("INTERFACE" | "UNION"))
    }

    /// Everything that is stored in a document of this type: leaves, and objects without a way to other documents.
    fn stored(&self, ty: &str, depth: usize) -> String {
        let field = |field: &Json| {
            let (name, of) = (text(&field["name"]), innermost(&field["type"]));
            match self.0[&of]["kind"].as_str() {
                Some("SCALAR" | "ENUM") => Some(name),
                Some("OBJECT") if depth > 0 && !self.is_document(&of) && takes_nothing(field) => {
                    Some(format!("{name} {{ {} }}", self.stored(&of, depth - 1)))
                }
                _ => None,
            }
        };
        let fields: Vec<String> = self.list(ty, "fields").iter().filter_map(field).collect();
        format!("__typename {}", fields.join(" "))
    }

    /// What a place of this type is asked for, where documents can stand.
    fn documents(&self, ty: &str) -> String {
        if !self.is_abstract(ty) {
            return self.stored(ty, 2);
        }
        let member = |one: &Json| {
            let member = text(&one["name"]);
            // Two kinds may have fields of one name and different types, so each has aliases of its own.
            format!("... on {member} {{ {} }}", aliased(&member, &self.stored(&member, 2)))
        };
        let members: Vec<String> = self.list(ty, "possibleTypes").iter().map(member).collect();
        format!("__typename {}", members.join(" "))
    }

    /// The ways from a type to places where documents can stand.
    fn ways(&self, ty: &str, way: &[String], found: &mut Vec<(Vec<String>, String)>) {
        if self.is_abstract(ty) || self.is_document(ty) {
            found.push((way.to_vec(), ty.to_owned()));
            return;
        }
        if way.len() > FARTHEST {
            return;
        }
        for field in self.list(ty, "fields") {
            let next = [way, &[text(&field["name"])]].concat();
            self.ways(&innermost(&field["type"]), &next, found);
        }
    }
}

/// Puts an alias before each field of the outermost level.
fn aliased(prefix: &str, fields: &str) -> String {
    let mut depth = 0;
    let words = fields.split(' ').map(|word| {
        let at = depth;
        match word {
            "{" => depth += 1,
            "}" => depth -= 1,
            _ => {}
        }
        if at == 0 && !matches!(word, "{" | "}") {
            format!("{prefix}_{word}: {word}")
        } else {
            word.to_owned()
        }
    });
    words.collect::<Vec<_>>().join(" ")
}

fn takes_nothing(field: &Json) -> bool {
    field["args"].as_array().is_some_and(Vec::is_empty)
}

fn innermost(of: &Json) -> String {
    match &of["ofType"] {
        inner if inner.is_object() => innermost(inner),
        _ => text(&of["name"]),
    }
}

/// What a root field has to be given. A new one that needs something has to be told here.
fn arguments(field: &Json) -> Option<&'static str> {
    Some(match field["name"].as_str()? {
        "node" => r#"(id: "gift_ru-kp-2024")"#,
        "nodes" => {
            r#"(ids: ["gift_ru-kp-2024", "nation_russia", "animal_brown-bear", "claim_article-C05", "source_article"])"#
        }
        "_entities" => {
            r#"(representations: [{ __typename: "Gift", id: "gift_ru-kp-2024" }, { __typename: "Nation", id: "nation_russia" }])"#
        }
        "gift" => r#"(slug: "ru-kp-2024")"#,
        "nation" => r#"(isoAlpha2: "RU")"#,
        "animal" => r#"(slug: "brown-bear")"#,
        "event" => r#"(slug: "arms-build-up")"#,
        "claim" => r#"(code: "C05")"#,
        "source" => r#"(id: "source_article")"#,
        "search" => r#"(text: "pyongyang")"#,
        _ => {
            let args = field["args"].as_array()?;
            let is_needed = |arg: &Json| arg["type"]["kind"] == "NON_NULL" && arg["defaultValue"].is_null();
            (!args.iter().any(is_needed)).then_some("")?
        }
    })
}

/// The documents at the end of a way.
fn at<'a>(value: &'a Json, way: &[String], found: &mut Vec<&'a Json>) {
    match (value, way) {
        (Json::Array(items), _) => items.iter().for_each(|item| at(item, way, found)),
        (Json::Null, _) => {}
        (value, [first, rest @ ..]) => at(&value[first], rest, found),
        (value, []) => found.push(value),
    }
}

/// Without the prefix that makes the fields of an interface's member differ from those of others.
fn plain(document: &Json) -> Json {
    let ty = text(&document["__typename"]);
    let fields = document.as_object().expect("an object").iter();
    let fields = fields.map(|(key, value)| {
        let key = key.strip_prefix(&format!("{ty}_")).unwrap_or(key);
        (key.to_owned(), value.clone())
    });
    Json::Object(fields.collect())
}

/// A server with caches and one without, over the same documents.
async fn with_caches_and_without() -> [TestApp; 2] {
    let mut kept = settings();
    kept.config.response_cache_bytes = 16 * 1024 * 1024;
    let apps = [TestApp::set(kept).await, TestApp::empty().await];
    for app in &apps {
        app.load(&["article"]).await;
        app.is_indexed().await;
    }
    apps
}

/// The documents at the end of a way say the same as by their ids. How many there are.
async fn say_the_same(app: &TestApp, types: &Types, query: &str, way: &[String]) -> usize {
    let data = app.query(query).await;
    let mut documents = Vec::new();
    at(&data["root"], way, &mut documents);
    for document in &documents {
        let mut document = plain(document);
        let ty = text(&document["__typename"]);
        let by_id = format!(
            "query($id: ID!) {{ node(id: $id) {{ ... on {ty} {{ {} }} }} }}",
            types.stored(&ty, 2)
        );
        let expected = app.query_with(&by_id, json!({ "id": document["id"] })).await;
        // Where the member's own fields have aliases, the type stands there twice.
        document["__typename"] = json!(ty);
        assert_eq!(document, expected["node"], "{query} {way:?}");
    }
    documents.len()
}

#[tokio::test]
async fn a_document_says_the_same_by_every_root_field_with_caches_and_without() {
    let apps = with_caches_and_without().await;
    let types = Types::of(&apps[1]).await;
    let mut by_ways = 0;
    for field in types.list("Query", "fields") {
        let name = text(&field["name"]);
        let mut ways = Vec::new();
        types.ways(&innermost(&field["type"]), &[], &mut ways);
        if ways.is_empty() {
            continue;
        }
        let mut found = 0;
        let arguments = arguments(field).unwrap_or_else(|| panic!("what does {name} have to be given?"));
        for (way, ty) in ways {
            let open: String = way.iter().map(|step| format!("{step} {{ ")).collect();
            let close = "} ".repeat(way.len());
            let query = format!(
                "{{ root: {name}{arguments} {{ {open}{} {close}}} }}",
                types.documents(&ty)
            );
            for app in &apps {
                // Twice, for the second may come from memory.
                for _ in 0..2 {
                    found += say_the_same(app, &types, &query, &way).await;
                }
            }
            by_ways += 1;
        }
        assert!(found > 0, "no document by {name}");
    }
    assert!(by_ways > 20, "only {by_ways} ways lead to documents");
}
