//! What an operation takes and gives, told from its document: its variables and its data as JSON Schema, and the lists in its
//! data as tables.

use apollo_compiler::ast::{Type, Value};
use apollo_compiler::executable::{ExecutableDocument, Selection, SelectionSet, VariableDefinition};
use apollo_compiler::schema::ExtendedType;
use apollo_compiler::{Name, Schema};
use serde_json::{Map, Value as Json, json};

use super::{Checked, Guard, Rejection, kind_of};
use crate::api::operation::OperationKind;

/// What an operation takes and gives.
#[derive(Clone, Debug)]
pub struct Outline {
    /// Its name; `None` of the only one in its document.
    pub name: Option<String>,
    pub kind: OperationKind,
    pub variables: Vec<VariableOutline>,
    /// The JSON Schema of its data.
    pub data: Json,
    /// Its outermost lists of objects; without any its object.
    pub tables: Vec<TableOutline>,
}

/// A variable.
#[derive(Clone, Debug)]
pub struct VariableOutline {
    pub name: String,
    pub form: ValueForm,
    /// The JSON Schema of its value, with its default.
    pub schema: Json,
    pub is_required: bool,
}

/// How a value is written as the parameter of an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ValueForm {
    Whole,
    Number,
    Flag,
    /// As it is.
    Text,
    /// With commas between, or as a list of JSON.
    List(Box<ValueForm>),
    /// As an object of JSON.
    Object,
}

/// A list of objects, or a single one, as a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableOutline {
    /// The keys that lead to it from the data.
    pub path: Vec<String>,
    pub columns: Vec<ColumnOutline>,
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnOutline {
    /// `giverName` for `giver { name }`.
    pub name: String,
    /// The keys that lead to its value from the row.
    pub path: Vec<String>,
}

/// The fields of an object, by response key in their order; those of fragments among them.
#[derive(Default)]
struct Members(Vec<Member>);

struct Member {
    key: String,
    ty: Type,
    /// Whether some objects do not have it: it stands in a fragment on some types, or depends on a variable.
    is_optional: bool,
    /// Of an object.
    below: Members,
}

impl Guard {
    /// The outline of an operation of a document that has passed.
    ///
    /// # Errors
    /// If there is no such operation.
    pub fn outline(&self, checked: &Checked, name: Option<&str>) -> Result<Outline, Rejection> {
        let operation = checked.operation(name)?;
        let mut members = Members::default();
        members.gather(&checked.document, &operation.selection_set, false);
        let variables = operation.variables.iter();
        Ok(Outline {
            name: operation.name.as_ref().map(|name| name.to_string()),
            kind: kind_of(operation),
            variables: variables
                .map(|variable| VariableOutline::of(&self.schema, variable))
                .collect(),
            data: members.schema(&self.schema),
            tables: members.tables(),
        })
    }

    /// The definition of a type of the schema as SDL; `None` if there is none.
    pub fn definition(&self, ty: &str) -> Option<String> {
        self.schema.types.get(ty).map(|definition| match definition {
            ExtendedType::Scalar(ty) => ty.to_string(),
            ExtendedType::Object(ty) => ty.to_string(),
            ExtendedType::Interface(ty) => ty.to_string(),
            ExtendedType::Union(ty) => ty.to_string(),
            ExtendedType::Enum(ty) => ty.to_string(),
            ExtendedType::InputObject(ty) => ty.to_string(),
        })
    }

    /// The names of the types of the schema, in their order, without those of introspection.
    pub fn types(&self) -> impl Iterator<Item = &str> {
        let names = self.schema.types.keys().map(|name| name.as_str());
        names.filter(|name| !name.starts_with("__"))
    }

    /// The names of the operations of a document that has passed; `None` of one without a name.
    pub fn operations(checked: &Checked) -> Vec<Option<String>> {
        let all = checked.document.operations.iter();
        all.map(|operation| operation.name.as_ref().map(|name| name.to_string()))
            .collect()
    }
}

impl VariableOutline {
    fn of(schema: &Schema, variable: &VariableDefinition) -> Self {
        let default = variable.default_value.as_ref().map(|value| constant(value));
        let is_required = variable.ty.is_non_null() && default.is_none();
        let mut of_value = input_schema(schema, &variable.ty);
        if let Some(default) = default.filter(|default| !default.is_null()) {
            of_value["default"] = default;
        }
        Self {
            name: variable.name.to_string(),
            form: ValueForm::of(schema, &variable.ty),
            schema: of_value,
            is_required,
        }
    }
}

impl ValueForm {
    fn of(schema: &Schema, ty: &Type) -> Self {
        match ty {
            Type::List(inner) | Type::NonNullList(inner) => Self::List(Box::new(Self::of(schema, inner))),
            Type::Named(name) | Type::NonNullNamed(name) => match (name.as_str(), schema.types.get(name)) {
                ("Int", _) => Self::Whole,
                ("Float", _) => Self::Number,
                ("Boolean", _) => Self::Flag,
                (_, Some(ExtendedType::InputObject(_))) => Self::Object,
                _ => Self::Text,
            },
        }
    }
}

impl Members {
    fn gather(&mut self, document: &ExecutableDocument, set: &SelectionSet, is_optional: bool) {
        for selection in &set.selections {
            let directives = selection.directives();
            let depends = directives.has("skip") || directives.has("include");
            let is_optional = is_optional || depends;
            let mut fragment = |on: Option<&Name>, within: &SelectionSet| {
                let is_narrower = on.is_some_and(|on| *on != set.ty);
                self.gather(document, within, is_optional || is_narrower);
            };
            match selection {
                Selection::Field(field) => {
                    let member = self.member(field.response_key().as_str(), field.ty(), is_optional);
                    member.below.gather(document, &field.selection_set, false);
                }
                Selection::InlineFragment(inline) => fragment(inline.type_condition.as_ref(), &inline.selection_set),
                Selection::FragmentSpread(spread) => {
                    if let Some(definition) = spread.fragment_def(document) {
                        fragment(Some(definition.type_condition()), &definition.selection_set);
                    }
                }
            }
        }
    }

    fn member(&mut self, key: &str, ty: &Type, is_optional: bool) -> &mut Member {
        let place = self.0.iter().position(|member| member.key == key).unwrap_or_else(|| {
            self.0.push(Member {
                key: key.to_owned(),
                ty: ty.clone(),
                is_optional: true,
                below: Self::default(),
            });
            self.0.len() - 1
        });
        let member = &mut self.0[place];
        member.is_optional &= is_optional;
        member
    }

    fn schema(&self, schema: &Schema) -> Json {
        let property = |member: &Member| (member.key.clone(), member.schema(schema));
        let required: Vec<&str> = self
            .0
            .iter()
            .filter(|member| !member.is_optional)
            .map(|member| member.key.as_str())
            .collect();
        json!({
            "type": "object",
            "properties": self.0.iter().map(property).collect::<Map<_, _>>(),
            "required": required,
            "additionalProperties": false,
        })
    }

    fn tables(&self) -> Vec<TableOutline> {
        let mut tables = Vec::new();
        self.lists(&mut Vec::new(), &mut tables);
        if tables.is_empty() {
            // A single object is the row itself.
            let (path, members) = match self.0.as_slice() {
                [only] if !only.below.0.is_empty() => (vec![only.key.clone()], &only.below),
                _ => (Vec::new(), self),
            };
            let columns = members.columns();
            tables.push(TableOutline { path, columns });
        }
        tables
    }

    /// The outermost lists of objects.
    fn lists(&self, path: &mut Vec<String>, tables: &mut Vec<TableOutline>) {
        for member in self.0.iter().filter(|member| !member.below.0.is_empty()) {
            path.push(member.key.clone());
            match member.ty.is_list() {
                true => tables.push(TableOutline {
                    path: path.clone(),
                    columns: member.below.columns(),
                }),
                false => member.below.lists(path, tables),
            }
            path.pop();
        }
    }

    fn columns(&self) -> Vec<ColumnOutline> {
        let mut columns = Vec::new();
        self.flatten(&mut Vec::new(), &mut columns);
        columns
    }

    /// A column for each value; a list of objects is one.
    fn flatten(&self, path: &mut Vec<String>, columns: &mut Vec<ColumnOutline>) {
        for member in &self.0 {
            path.push(member.key.clone());
            if member.below.0.is_empty() || member.ty.is_list() {
                columns.push(ColumnOutline {
                    name: joined(path),
                    path: path.clone(),
                });
            } else {
                member.below.flatten(path, columns);
            }
            path.pop();
        }
    }
}

impl Member {
    fn schema(&self, schema: &Schema) -> Json {
        let inner = match self.below.0.is_empty() {
            true => leaf(schema, self.ty.inner_named_type()),
            false => self.below.schema(schema),
        };
        wrapped(&self.ty, &inner)
    }
}

/// `giverName` for `giver` and `name`.
fn joined(path: &[String]) -> String {
    let (first, rest) = path.split_first().map_or(("", &[][..]), |(first, rest)| (first, rest));
    rest.iter().fold(first.to_owned(), |name, key| {
        let (head, tail) = key.split_at(key.chars().next().map_or(0, char::len_utf8));
        name + &head.to_uppercase() + tail
    })
}

/// The schema of a type whose innermost type has this one.
fn wrapped(ty: &Type, inner: &Json) -> Json {
    match ty {
        Type::NonNullNamed(_) => inner.clone(),
        Type::Named(_) => nullable(inner.clone()),
        Type::NonNullList(items) => json!({ "type": "array", "items": wrapped(items, inner) }),
        Type::List(items) => nullable(json!({ "type": "array", "items": wrapped(items, inner) })),
    }
}

fn nullable(mut schema: Json) -> Json {
    if let Some(kind) = schema.get("type").cloned() {
        schema["type"] = json!([kind, "null"]);
    }
    if let Some(Json::Array(words)) = schema.get_mut("enum") {
        words.push(Json::Null);
    }
    schema
}

fn leaf(schema: &Schema, name: &Name) -> Json {
    match (name.as_str(), schema.types.get(name)) {
        ("Int", _) => json!({ "type": "integer" }),
        ("Float", _) => json!({ "type": "number" }),
        ("Boolean", _) => json!({ "type": "boolean" }),
        ("JSON", _) => json!({}),
        ("DateTime", _) => json!({ "type": "string", "format": "date-time" }),
        (_, Some(ExtendedType::Enum(words))) => {
            json!({ "type": "string", "enum": words.values.keys().map(|word| word.as_str()).collect::<Vec<_>>() })
        }
        _ => json!({ "type": "string" }),
    }
}

/// The schema of a variable's value: null is the same as none at all, and is not offered.
fn input_schema(schema: &Schema, ty: &Type) -> Json {
    match ty {
        Type::List(items) | Type::NonNullList(items) => {
            json!({ "type": "array", "items": input_schema(schema, items) })
        }
        Type::Named(name) | Type::NonNullNamed(name) => match schema.types.get(name) {
            Some(ExtendedType::InputObject(_)) => {
                json!({ "type": "object", "description": format!("`{name}` of the GraphQL schema") })
            }
            _ => leaf(schema, name),
        },
    }
}

/// A default value as JSON.
fn constant(value: &Value) -> Json {
    match value {
        Value::Null | Value::Variable(_) => Json::Null,
        Value::Enum(word) => word.as_str().into(),
        Value::String(text) => text.as_str().into(),
        Value::Boolean(flag) => (*flag).into(),
        Value::Int(number) => number.try_to_i32().map_or(Json::Null, Json::from),
        Value::Float(number) => number.try_to_f64().map_or(Json::Null, Json::from),
        Value::List(values) => values.iter().map(|value| constant(value)).collect(),
        Value::Object(fields) => {
            let fields = fields.iter().map(|(name, value)| (name.to_string(), constant(value)));
            Json::Object(fields.collect())
        }
    }
}
