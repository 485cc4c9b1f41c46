//! Documents and their normal forms, as text.

use apollo_compiler::ExecutableDocument;
use serde_json::{Value as Json, json};

use super::*;

const SDL: &str = "type Query { a: A any: Any node: Node } interface Node { id: ID } union Any = A | B
    type A implements Node { id: ID x(n: Int): Int a: A any: Any } type B implements Node { id: ID y: Int }";

/// The normal form as text, or what kept it from being made.
fn normal(document: &str, variables: Option<Json>, limits: &Limits) -> String {
    let schema = Schema::parse_and_validate(SDL, "schema").expect("a schema");
    let document = ExecutableDocument::parse_and_validate(&schema, document, "document").expect("a document");
    let operation = document.operations.get(None).expect("one operation");
    let variables: Option<JsonMap> = variables.map(|json| serde_json::from_value(json).expect("an object"));
    let possible = PossibleTypes::of(&schema);
    match normal_form(&schema, &possible, &document, operation, variables.as_ref(), limits) {
        Ok(form) => text(&form.root),
        Err(Stopped::NeedsVariables) => "needs variables".to_owned(),
        Err(Stopped::TooLarge(error)) => error.to_string(),
    }
}

fn text(selection: &Selection) -> String {
    let fields = |fields: &[Field]| fields.iter().map(field).collect::<Vec<_>>().join(" ");
    match selection {
        Selection::Object(all) => fields(all),
        Selection::Abstract(types) => {
            let types = types.iter().map(|(ty, all)| format!("{ty}({})", fields(all)));
            types.collect::<Vec<_>>().join(" ")
        }
    }
}

fn field(field: &Field) -> String {
    let key = field.alias.as_ref().unwrap_or(&field.name);
    match &field.below {
        Some(below) => format!("{key}{{{}}}", text(below)),
        None => key.to_string(),
    }
}

#[test]
fn fields_of_one_key_are_one_in_the_order_in_which_the_keys_come_first() {
    for (document, expected) in [
        ("{ a { x } b: a { x } a { id x } }", "a{x id} b{x}"),
        (
            "{ ...F a { a { id } } } fragment F on Query { a { a { x } id } }",
            "a{a{x id} id}",
        ),
        (
            "{ a { ... { x } ... on A { id } ... on Node { id z: id } } }",
            "a{x id z}",
        ),
        // A fragment is put in once in a place, and again in another.
        ("{ a { ...F a { ...F ...F } } } fragment F on A { x }", "a{x a{x}}"),
        ("{ a { x(n: 1) x(n: 1) } }", "a{x}"),
    ] {
        assert_eq!(normal(document, None, &Limits::default()), expected, "{document}");
    }
}

#[test]
fn a_place_of_several_types_has_the_fields_of_each_in_their_order() {
    for (document, expected) in [
        ("{ any { __typename } }", "any{A(__typename) B(__typename)}"),
        (
            "{ any { ... on B { y } ... on Node { id ... on A { x } } } }",
            "any{A(id x) B(y id)}",
        ),
        ("{ any { ... on Any { ... on Any { ... on A { x } } } } }", "any{A(x)}"),
        (
            "{ node { id ... on A { any { ... on B { y } } } ... on A { any { ... on A { id } } } } }",
            "node{A(id any{A(id) B(y)}) B(id)}",
        ),
        ("{ any { ... on A @include(if: false) { x } } }", "any{}"),
    ] {
        assert_eq!(normal(document, None, &Limits::default()), expected, "{document}");
    }
}

#[test]
fn directives_decide_with_the_variables_or_without_them() {
    let asks = "query($f: Boolean!) { a @skip(if: $f) { x } any @include(if: $f) { ... on A { id } } }";
    let limits = Limits::default();
    assert_eq!(normal(asks, None, &limits), "needs variables");
    assert_eq!(normal(asks, Some(json!({ "f": true })), &limits), "any{A(id)}");
    assert_eq!(normal(asks, Some(json!({ "f": false })), &limits), "a{x}");
    let says = "{ a @skip(if: true) { x } any @include(if: true) { ... on A @skip(if: false) { id } } }";
    assert_eq!(normal(says, None, &limits), "any{A(id)}");
}

/// Each fragment is looked at once for each type, however they stand within each other.
#[test]
fn fragments_within_each_other_add_nothing_but_what_they_select() {
    let deep = |levels: usize| {
        let open = "... on Any { ... on Node { ".repeat(levels);
        format!("{{ any {{ {open} id {} }} }}", "} } ".repeat(levels))
    };
    assert_eq!(normal(&deep(30), None, &Limits::default()), "any{A(id) B(id)}");
    let chain: String = (0..99)
        .map(|link| format!("fragment F{link} on Any {{ ... on Node {{ ...F{} }} }} ", link + 1))
        .collect();
    let chained = format!("{{ any {{ ...F0 }} }} {chain} fragment F99 on Any {{ ... on A {{ x }} }}");
    assert_eq!(normal(&chained, None, &Limits::default()), "any{A(x)}");
}

#[test]
fn what_is_merged_counts_once_and_what_several_types_select_counts_for_each() {
    let limits = Limits::default().with(Limit::Fields, 3).with(Limit::Depth, 2);
    assert_eq!(normal("{ a { x } a { x } a { id } }", None, &limits), "a{x id}");
    let told = normal("{ any { ... on Node { id i: id } } }", None, &limits);
    assert!(told.contains("is 4; accepted are up to 3"), "{told}");
    let told = normal("{ a { a { x } } }", None, &limits);
    assert!(
        told.contains("depth") && told.contains("is 3; accepted are up to 2"),
        "{told}"
    );
}
