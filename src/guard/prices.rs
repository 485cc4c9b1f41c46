//! The prices in the schema: what the directives `@cost` and `@listSize` of a field say. `graphql::cost` puts them there.

use apollo_compiler::Node;
use apollo_compiler::ast::{Argument, Directive, DirectiveList, Value};

/// What a field costs beside its one point; of an input, each value that is given for it.
pub fn weight(directives: &DirectiveList) -> u64 {
    number(directives, "weight")
}

/// What each item of a field's list costs beside what it holds.
pub fn per_item(directives: &DirectiveList) -> u64 {
    number(directives, "perItem")
}

fn number(directives: &DirectiveList, name: &str) -> u64 {
    let value = directives.get("cost").and_then(|cost| argument(cost, name));
    let number = value.and_then(|value| value.to_i32());
    number.map_or(0, |number| u64::from(number.unsigned_abs()))
}

/// How long lists are taken to be.
#[derive(Clone, Copy)]
pub struct ListSize<'a> {
    /// The arguments that say it.
    pub slicing_arguments: &'a [Node<Value>],
    /// The lists within the field that it holds for; none where the field is the list.
    pub sized_fields: &'a [Node<Value>],
}

impl<'a> ListSize<'a> {
    /// What the directives of a field say of it.
    pub fn of(directives: &'a DirectiveList) -> Option<Self> {
        let directive = directives.get("listSize")?;
        let names = |name| argument(directive, name).and_then(|value| value.as_list());
        Some(Self {
            slicing_arguments: names("slicingArguments").unwrap_or_default(),
            sized_fields: names("sizedFields").unwrap_or_default(),
        })
    }
}

fn argument<'a>(directive: &'a Directive, name: &str) -> Option<&'a Value> {
    let named = |argument: &&Node<Argument>| argument.name == name;
    directive.arguments.iter().find(named).map(|argument| &*argument.value)
}
