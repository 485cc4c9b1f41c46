//! What stands in several places says the same in each: the fields of a document in its schema file, in its GraphQL type,
//! in its inputs, in the description of seed files, and in the columns of exports; fields of what is nested too.
//!
//! Each place is read as a set of dotted paths. Columns for `menagerie export` and `import` are made of the schema file
//! and need no comparison. Here stand the schema files and how two sets of paths are compared; the files beside this one
//! hold the places that are compared with them.

mod columns; // of exports
mod seeds; // the description of seed files
mod types; // GraphQL types and inputs

use std::collections::BTreeSet;
use std::fs;

use menagerie::domain::id::Kind;
use serde_json::Value as Json;

/// What only one of the places has, with the reason: paths that end so, `text` as well as `items.count.text`, and all
/// below them.
type Exceptions = &'static [(&'static str, &'static str)];

/// Filled in by the store.
const DERIVED: Exceptions = &[
    ("words", "made of the texts"),
    ("sortKeys", "made of the texts"),
    ("items.id", "a row's id"),
    ("otherReadings.id", "a row's id"),
    ("statusHistory.id", "a row's id"),
    ("nations.id", "a row's id"),
    ("version", "counted"),
    ("createdAt", "the clock's"),
    ("updatedAt", "the clock's"),
    ("earliest", "follows from `edtf`"),
    ("latest", "follows from `edtf`"),
    ("precision", "follows from `edtf`"),
    ("approximate", "follows from `edtf`"),
    ("uncertain", "follows from `edtf`"),
    ("endUnknown", "follows from `edtf`"),
];

type Paths = BTreeSet<String>;

fn is_one_of(exceptions: Exceptions, path: &str) -> bool {
    let path = format!(".{path}.");
    exceptions.iter().any(|(end, _)| path.contains(&format!(".{end}.")))
}

/// Neither has what the other lacks, but for the exceptions.
fn agree(
    (left, left_paths): (&str, &Paths),
    (right, right_paths): (&str, &Paths),
    only_left: Exceptions,
    only_right: Exceptions,
) {
    let lacks = |paths: &Paths, others: &Paths, exceptions| {
        let lacking = paths.difference(others).filter(|path| !is_one_of(exceptions, path));
        lacking.cloned().collect::<Vec<_>>()
    };
    let in_right = lacks(left_paths, right_paths, only_left);
    assert!(in_right.is_empty(), "{left} has what {right} lacks: {in_right:?}");
    let in_left = lacks(right_paths, left_paths, only_right);
    assert!(in_left.is_empty(), "{right} has what {left} lacks: {in_left:?}");
}

/// A field of a schema file.
struct Field {
    path: String,
    /// The shape that it shares with others: `date`.
    shape: Option<String>,
    is_list: bool,
    has_parts: bool,
    is_reference: bool,
}

/// The schema files.
struct SchemaFiles {
    shared: Json,
}

impl SchemaFiles {
    fn read(name: &str) -> Json {
        let path = format!("{}/schema/collections/{name}.json", env!("CARGO_MANIFEST_DIR"));
        let text = fs::read_to_string(path).expect("a schema file");
        serde_json::from_str(&text).expect("JSON")
    }

    fn new() -> Self {
        let shared = Self::read("shared");
        Self { shared }
    }

    /// All fields of a collection's documents, those of what is nested behind that.
    fn fields(&self, kind: Kind) -> Vec<Field> {
        let mut fields = Vec::new();
        let file = Self::read(kind.collection());
        self.add(&file["validator"]["$jsonSchema"], "", &mut fields);
        assert!(!fields.is_empty(), "{kind:?} has fields");
        fields
    }

    fn add(&self, object: &Json, path: &str, fields: &mut Vec<Field>) {
        for (name, schema) in object["properties"].as_object().into_iter().flatten() {
            let name = if name == "_id" { "id" } else { name };
            let path = if path.is_empty() {
                name.to_owned()
            } else {
                format!("{path}.{name}")
            };
            let (shape, schema) = self.resolved(schema);
            let is_list = schema["bsonType"] == "array";
            let (inner_shape, inner) = self.resolved(if is_list { &schema["items"] } else { schema });
            fields.push(Field {
                shape: shape.or(inner_shape).map(str::to_owned),
                is_list,
                has_parts: inner.get("properties").is_some(),
                is_reference: path != "id"
                    && inner["pattern"]
                        .as_str()
                        .is_some_and(|pattern| pattern.contains(" id}")),
                path: path.clone(),
            });
            self.add(inner, &path, fields);
        }
    }

    fn resolved<'a>(&'a self, schema: &'a Json) -> (Option<&'a str>, &'a Json) {
        let name = schema["$ref"]
            .as_str()
            .and_then(|named| named.strip_prefix("shared.json#/"));
        match name {
            Some(name) => (Some(name), &self.shared[name]),
            None => (None, schema),
        }
    }

    fn paths(&self, kind: Kind) -> Paths {
        self.fields(kind).into_iter().map(|field| field.path).collect()
    }
}
