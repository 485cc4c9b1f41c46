//! What stands in several places says the same in each: the fields of a document in its schema file, in its GraphQL type,
//! in its inputs, in the description of seed files, and in the columns of exports; fields of what is nested too.
//!
//! Each place is read as a set of dotted paths. Columns for `menagerie export` and `import` are made of the schema file
//! and need no comparison.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{BaseType, ServiceDocument, Type, TypeDefinition, TypeKind, TypeSystemDefinition};
use menagerie::domain::id::Kind;
use menagerie::graphql;
use regex::Regex;
use serde_json::Value as Json;

use crate::support::{TestApp, settings};

/// What only one of the places has, with the reason: paths that end so, `text` as well as `items.count.text`, and all
/// below them.
type Exceptions = &'static [(&'static str, &'static str)];

/// Stored and not shown.
const HIDDEN: Exceptions = &[("words", "what the text filter looks in")];

/// Shown and not stored.
const COMPUTED: Exceptions = &[
    ("itemsTotal", "the sum of the items"),
    ("given", "the sum of the gifts"),
    ("exact", "the bounds of a count, where they agree"),
    ("text", "a count in words"),
];

/// Filled in by the store.
const DERIVED: Exceptions = &[
    ("words", "made of the texts"),
    ("version", "counted"),
    ("createdAt", "the clock's"),
    ("updatedAt", "the clock's"),
    ("earliest", "follows from `edtf`"),
    ("latest", "follows from `edtf`"),
    ("precision", "follows from `edtf`"),
    ("approximate", "follows from `edtf`"),
    ("uncertain", "follows from `edtf`"),
];

/// Said about a request, not about the document.
const OF_REQUESTS: Exceptions = &[
    ("idempotencyKey", "the request's own"),
    ("expectedVersion", "what the document must be"),
    ("withoutClaim", "whether its figures may stand alone"),
];

/// Words in the description of seed files that look like fields and are examples.
const EXAMPLES: Exceptions = &[("white", "an attribute")];

/// Stored and in no column: only a line of JSON has them.
const IN_NO_COLUMN: Exceptions = &[
    ("words", "what the text filter looks in"),
    ("precision", "follows from `edtf`"),
    ("approximate", "follows from `edtf`"),
    ("uncertain", "follows from `edtf`"),
    ("date.inferred", "beside the date's own words too much for a table"),
    ("existed.inferred", "as above"),
    ("published.inferred", "as above"),
    ("claim", "of a count or a step: what a figure rests on"),
    ("open", "since when a place has been open"),
    ("statusHistory", "a list of steps"),
];

/// In a column and not stored.
const ONLY_COLUMNS: Exceptions = &[
    ("itemsMin", "the sum of the items"),
    ("itemsMax", "the sum of the items"),
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

/// The types of the GraphQL schema.
struct Types(BTreeMap<String, TypeDefinition>);

impl Types {
    fn new() -> Self {
        let sdl = graphql::sdl(&graphql::schema(settings().config.limits));
        let ServiceDocument { definitions } = parse_schema(sdl).expect("the schema");
        let types = definitions.into_iter().filter_map(|definition| match definition {
            TypeSystemDefinition::Type(definition) => Some(definition.node),
            _ => None,
        });
        Self(types.map(|of| (of.name.node.to_string(), of)).collect())
    }

    /// Whether objects of this type are documents, which are referred to by their ids.
    fn is_document(&self, name: &str) -> bool {
        match &self.0[name].kind {
            TypeKind::Object(object) => object.implements.iter().any(|of| of.node.as_str() == "Node"),
            TypeKind::Interface(_) => name == "Node",
            _ => false,
        }
    }

    /// The paths of an object type or an input. Connections lead to other documents and are stored there.
    fn paths(&self, name: &str) -> Paths {
        let mut paths = Paths::new();
        self.add(name, "", &mut paths);
        assert!(!paths.is_empty(), "{name} has fields");
        paths
    }

    fn add(&self, name: &str, path: &str, paths: &mut Paths) {
        let fields: Vec<(&str, &Type)> = match self.0.get(name).map(|of| &of.kind) {
            Some(TypeKind::Object(object)) => {
                let fields = object.fields.iter().map(|field| &field.node);
                fields.map(|field| (field.name.node.as_str(), &field.ty.node)).collect()
            }
            Some(TypeKind::InputObject(input)) => {
                let fields = input.fields.iter().map(|field| &field.node);
                fields.map(|field| (field.name.node.as_str(), &field.ty.node)).collect()
            }
            // A scalar or an enum.
            _ => return,
        };
        for (field, ty) in fields {
            let inner = named(ty);
            if inner.ends_with("Connection") {
                continue;
            }
            let path = if path.is_empty() {
                field.to_owned()
            } else {
                format!("{path}.{field}")
            };
            if !self.0.contains_key(inner) || !self.is_document(inner) {
                self.add(inner, &path, paths);
            }
            paths.insert(path);
        }
    }
}

fn named(ty: &Type) -> &str {
    match &ty.base {
        BaseType::Named(name) => name.as_str(),
        BaseType::List(inner) => named(inner),
    }
}

/// The name of a collection's object type.
fn type_name(kind: Kind) -> String {
    format!("{kind:?}")
}

#[test]
fn the_type_of_a_document_has_the_fields_of_its_schema_file() {
    let (files, types) = (SchemaFiles::new(), Types::new());
    for kind in Kind::ALL {
        let name = type_name(kind);
        agree(
            (kind.collection(), &files.paths(kind)),
            (&name, &types.paths(&name)),
            HIDDEN,
            COMPUTED,
        );
    }
}

#[test]
fn the_inputs_of_a_document_have_the_fields_of_its_schema_file() {
    let (files, types) = (SchemaFiles::new(), Types::new());
    for kind in Kind::ALL {
        for change in ["Create", "Update"] {
            let name = format!("{change}{kind:?}Input");
            agree(
                (kind.collection(), &files.paths(kind)),
                (&name, &types.paths(&name)),
                DERIVED,
                OF_REQUESTS,
            );
        }
    }
}

/// The description of seed files.
struct SeedDocs(String);

impl SeedDocs {
    fn read() -> Self {
        let path = format!("{}/seed/README.md", env!("CARGO_MANIFEST_DIR"));
        Self(fs::read_to_string(path).expect("the description"))
    }

    /// The rows of a collection's table: the fields that each is about, and what it says of them.
    fn rows(&self, kind: Kind) -> Vec<(Vec<String>, &str)> {
        let heading = format!("\n### {}: ", kind.collection());
        let section = self.0.split(&heading).nth(1).expect("a section of this collection");
        let section = section.split("\n### ").next().unwrap_or_default();
        let rows = section.lines().filter(|line| line.starts_with("| `"));
        rows.map(|row| {
            let cells: Vec<&str> = row.trim_matches('|').split(" | ").collect();
            (fields_in(cells[0]), cells[1])
        })
        .collect()
    }

    /// What is said of a shape that many fields share: of `count` the paragraph that opens with **Count**.
    fn shape(&self, shape: &str) -> Option<&str> {
        let opening = format!("\n**{}{}**", shape[..1].to_uppercase(), &shape[1..]);
        let said = self.0.split(&opening).nth(1)?;
        said.split("\n\n").next()
    }
}

/// What stands between backticks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// The names of fields between backticks, and in objects there.
fn fields_in(text: &str) -> Vec<String> {
    let name = Regex::new("^[a-z][A-Za-z0-9]*$").expect("a pattern");
    let key = Regex::new("\"([a-z][A-Za-z0-9]*)\":").expect("a pattern");
    let keys = quoted(text)
        .flat_map(|code| key.captures_iter(code))
        .map(|found| found[1].to_owned());
    let names = quoted(text).filter(|code| name.is_match(code)).map(str::to_owned);
    names.chain(keys).collect()
}

/// The last name of a path.
fn name_of(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or_default()
}

#[test]
fn the_description_of_seed_files_names_the_fields_of_each_schema_file() {
    let (files, docs) = (SchemaFiles::new(), SeedDocs::read());
    for kind in Kind::ALL {
        let of = kind.collection();
        let fields = files.fields(kind);
        let top: Paths = fields
            .iter()
            .map(|field| field.path.clone())
            .filter(|path| !path.contains('.'))
            .collect();
        let rows = docs.rows(kind);
        let mut described: Paths = rows.iter().flat_map(|(names, _)| names.clone()).collect();
        // Told for all collections at once.
        described.extend(
            ["id", "slug"]
                .map(str::to_owned)
                .into_iter()
                .filter(|name| top.contains(name)),
        );
        agree((of, &top), ("the table of seed/README.md", &described), DERIVED, &[]);
        for (names, says) in rows {
            let below = |field: &&Field| names.iter().any(|name| field.path.starts_with(&format!("{name}.")));
            let shapes: Vec<&Field> = fields
                .iter()
                .filter(|field| field.shape.as_ref().is_some_and(|shape| docs.shape(shape).is_some()))
                .collect();
            let is_of_a_shape = |path: &str| shapes.iter().any(|shape| path.starts_with(&format!("{}.", shape.path)));
            let parts = fields.iter().filter(below).filter(|field| !is_of_a_shape(&field.path));
            let parts: Paths = parts.map(|field| name_of(&field.path).to_owned()).collect();
            let mut told: Paths = fields_in(says).into_iter().collect();
            // `inferred` names fields of the document.
            told.retain(|name| parts.contains(name) || !top.contains(name));
            agree(
                (&format!("{of}: {names:?}"), &parts),
                ("its row in seed/README.md", &told),
                DERIVED,
                EXAMPLES,
            );
        }
    }
}

#[test]
fn the_description_of_seed_files_names_the_parts_of_each_shape() {
    let (files, docs) = (SchemaFiles::new(), SeedDocs::read());
    let mut described = 0;
    for shape in files.shared.as_object().expect("shapes").keys() {
        let mut fields = Vec::new();
        files.add(&files.shared[shape.as_str()], "", &mut fields);
        let Some(says) = docs.shape(shape) else {
            assert!(fields.is_empty() || shape == "location", "{shape} is not described");
            continue;
        };
        let is_of_another = |path: &str| {
            let around = fields
                .iter()
                .filter(|field| field.shape.as_deref().is_some_and(|shape| docs.shape(shape).is_some()));
            around
                .into_iter()
                .any(|field| path.starts_with(&format!("{}.", field.path)))
        };
        let parts = fields.iter().filter(|field| !is_of_another(&field.path));
        let parts: Paths = parts.map(|field| name_of(&field.path).to_owned()).collect();
        let told: Paths = fields_in(says).into_iter().collect();
        agree(
            (shape, &parts),
            ("its paragraph in seed/README.md", &told),
            DERIVED,
            &[],
        );
        described += 1;
    }
    assert_eq!(described, 4, "date, count, person, place");
}

/// A path as the name of a column: `dateEarliest` for `date.earliest`; a place has one location, which is not named.
fn column(path: &str) -> String {
    let mut steps = path.split('.').filter(|step| *step != "location");
    let first = steps.next().unwrap_or_default().to_owned();
    steps.fold(first, |name, step| name + &step[..1].to_uppercase() + &step[1..])
}

/// The columns that a field can stand in.
fn columns_of(field: &Field) -> Vec<String> {
    let name = column(&field.path);
    let with = |ends: &[&str]| ends.iter().map(|end| format!("{name}{end}")).collect();
    match field {
        // Told in words, item by item.
        Field {
            is_list: true,
            has_parts: true,
            ..
        } => with(&[""]),
        Field { shape: Some(shape), .. } if shape == "count" => with(&["Text"]),
        Field { has_parts: true, .. } => Vec::new(),
        Field {
            is_reference: true,
            is_list: false,
            ..
        } => with(&["Id", "Name", "Title"]),
        _ => with(&[""]),
    }
}

#[tokio::test]
async fn the_columns_of_an_export_are_the_fields_of_its_schema_file() {
    let (app, files) = (TestApp::empty().await, SchemaFiles::new());
    for kind in Kind::ALL {
        let fields = files.fields(kind);
        let in_a_list = |path: &str| {
            fields
                .iter()
                .any(|list| list.is_list && path.starts_with(&format!("{}.", list.path)))
        };
        let fields: Vec<&Field> = fields.iter().filter(|field| !in_a_list(&field.path)).collect();
        let header = header(&app, kind).await;
        for field in &fields {
            let possible = columns_of(field);
            let is_there = possible.is_empty() || possible.iter().any(|name| header.contains(name));
            let excepted = is_one_of(IN_NO_COLUMN, &field.path);
            assert!(
                is_there != excepted || possible.is_empty(),
                "{kind:?}: {} has a column: {is_there}",
                field.path
            );
        }
        let known: Paths = fields.iter().flat_map(|field| columns_of(field)).collect();
        let strange: Vec<&String> = header
            .difference(&known)
            .filter(|name| !is_one_of(ONLY_COLUMNS, name))
            .collect();
        assert!(strange.is_empty(), "{kind:?} has columns of no field: {strange:?}");
    }
}

async fn header(app: &TestApp, kind: Kind) -> Paths {
    let address = format!("{}/export/{}.csv", app.address, kind.collection());
    let answer = crate::support::client().get(address).send().await.expect("an answer");
    let text = answer.text().await.expect("a text");
    let line = text.lines().next().expect("a header line");
    line.split(',').map(str::to_owned).collect()
}
