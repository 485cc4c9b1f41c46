//! Of an object only the parts that are selected are read: each part alone must say what it says in the whole.

use menagerie::domain::id::Kind;
use serde_json::{Map, Value as Json, json};

use crate::support::TestApp;

const COLLECTIONS: [(&str, &str); Kind::ALL.len()] = [
    ("gifts", "Gift"),
    ("nations", "Nation"),
    ("animals", "Animal"),
    ("events", "Event"),
    ("claims", "Claim"),
    ("sources", "Source"),
];

/// The types of the schema.
struct Types(Vec<Json>);

impl Types {
    async fn of(app: &TestApp) -> Self {
        let query = "{ __schema { types { name kind fields { name args { name } \
                     type { kind name ofType { kind name ofType { kind name ofType { kind name } } } } } } } }";
        let schema = app.query(query).await;
        Self(schema["__schema"]["types"].as_array().expect("types").clone())
    }

    fn fields(&self, name: &str) -> &[Json] {
        let found = self.0.iter().find(|ty| ty["name"] == name).expect("a type");
        found["fields"].as_array().expect("fields")
    }

    /// A field with all that can be selected below it; nothing where it leads to a page or takes arguments.
    fn whole(&self, field: &Json) -> Option<String> {
        let name = field["name"].as_str()?;
        let ty = named(field);
        let (kind, of) = (ty["kind"].as_str()?, ty["name"].as_str()?);
        if field["args"].as_array().is_some_and(|args| !args.is_empty()) {
            return None;
        }
        let is_document = COLLECTIONS.iter().any(|(_, document)| *document == of) || of == "Node";
        match kind {
            "OBJECT" | "INTERFACE" if is_document => Some(format!("{name} {{ id }}")),
            "OBJECT" => {
                let below: Vec<_> = self.fields(of).iter().filter_map(|field| self.whole(field)).collect();
                Some(format!("{name} {{ {} }}", below.join(" ")))
            }
            _ => Some(name.to_owned()),
        }
    }

    /// The values that documents of a type have, with the fields of each.
    fn values(&self, document: &str) -> Vec<(String, Vec<String>)> {
        let mut values = Vec::new();
        for field in self.fields(document) {
            let Some(whole) = self.whole(field) else { continue };
            let Some((name, _)) = whole.split_once(" { ").filter(|(_, rest)| *rest != "id }") else {
                continue;
            };
            let parts = self.fields(named(field)["name"].as_str().expect("a name")).iter();
            values.push((name.to_owned(), parts.filter_map(|part| self.whole(part)).collect()));
        }
        values
    }
}

/// The type of a field without the lists and the marks around it.
fn named(field: &Json) -> &Json {
    let mut ty = &field["type"];
    while !ty["ofType"].is_null() {
        ty = &ty["ofType"];
    }
    ty
}

/// Just this part of a value, or of each value in a list.
fn part(value: &Json, name: &str) -> Json {
    match value {
        Json::Array(items) => items.iter().map(|item| part(item, name)).collect(),
        Json::Object(fields) => Json::Object(Map::from_iter([(name.to_owned(), fields[name].clone())])),
        other => other.clone(),
    }
}

#[tokio::test]
async fn each_part_alone_says_what_it_says_in_the_whole() {
    let app = TestApp::with(&["article", "history"]).await;
    let types = Types::of(&app).await;
    let mut compared = 0;
    for (collection, document) in COLLECTIONS {
        for (field, parts) in types.values(document) {
            let read = async |selection: &str| {
                let query = format!("{{ {collection}(first: 100) {{ nodes {{ {field} {{ {selection} }} }} }} }}");
                let nodes = app.query(&query).await[collection]["nodes"].take();
                nodes
                    .as_array()
                    .expect("nodes")
                    .iter()
                    .map(|node| node[&field].clone())
                    .collect::<Vec<_>>()
            };
            let whole = read(&parts.join(" ")).await;
            for selection in &parts {
                let name = selection.split(' ').next().expect("a name");
                let alone = read(selection).await;
                let expected: Vec<_> = whole.iter().map(|value| part(value, name)).collect();
                assert_eq!(json!(alone), json!(expected), "{document}.{field}.{name}");
                compared += 1;
            }
        }
    }
    assert!(compared > 60, "only {compared} parts were compared");
}
