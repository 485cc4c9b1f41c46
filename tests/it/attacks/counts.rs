//! Too many of something: just over the limits that stand in docs/CONFIGURATION.md, some way over them, and just within.

use super::Expected::{Answered, Harmless, Refused};
use super::{Expected, INVALID, LIMIT, Row, document};

/// What is repeated, with its number where `#` stands, and what stands around it.
struct Many(&'static str, [&'static str; 3]);

const MANY: [Many; 20] = [
    Many("aliases", ["{", "a#:__typename ", "}"]),
    Many("aliases of a field that reads", ["{", "a#:gifts{totalCount} ", "}"]),
    Many("aliases below", ["{gifts{nodes{", "a#:title ", "}}}"]),
    Many("times the same field", ["{", "__typename ", "}"]),
    Many("times the same field with a selection", ["{", "gifts{totalCount}", "}"]),
    Many("times the same field below", ["{gifts{nodes{", "id ", "}}}"]),
    Many("fields that there are not", ["{", "a# ", "}"]),
    Many("directives", ["{__typename ", "@include(if:true)", "}"]),
    Many("unknown directives", ["{__typename ", "@a# ", "}"]),
    Many("directives on the operation", ["query ", "@a# ", "{__typename}"]),
    Many("operations", ["", "query A#{__typename}", ""]),
    Many("operations without a name", ["", "{a}", ""]),
    Many("fragments", ["{...F0}", "fragment F# on Query{__typename}", ""]),
    Many("spreads", ["{", "...F ", "}fragment F on Query{__typename}"]),
    Many("inline fragments", ["{", "...{__typename}", "}"]),
    Many("variables", ["query(", "$a#:Int ", "){__typename}"]),
    Many("arguments", ["{gifts(", "a#:1 ", "){totalCount}}"]),
    Many("values in a list", ["{nodes(ids:[", "\"a#\" ", "]){id}}"]),
    Many("fields of an object", ["{gifts(where:{", "a#:1 ", "}){totalCount}}"]),
    Many(
        "filters side by side",
        ["{gifts(where:{or:[", "{text:\"a#\"} ", "]}){totalCount}}"],
    ),
];

fn repeated(Many(name, [before, part, behind]): &Many, times: usize) -> (String, String) {
    let parts: String = (0..times)
        .map(|number| part.replace('#', &number.to_string()))
        .collect();
    (format!("{times} {name}"), format!("{before}{parts}{behind}"))
}

/// Over a limit, or no such field: where something is counted is up to the guard, but refused it is.
const REFUSED: Expected = Refused(
    &[200, 400],
    &["LIMIT_EXCEEDED", "GRAPHQL_VALIDATION_FAILED", "BAD_USER_INPUT"],
);

/// How often, and what must come back.
const TIMES: [(&str, usize, Expected); 37] = [
    ("aliases", 101, LIMIT),
    ("aliases", 200, LIMIT),
    ("aliases", 20, Answered),
    ("aliases of a field that reads", 101, LIMIT),
    ("aliases below", 101, LIMIT),
    ("aliases below", 200, LIMIT),
    ("times the same field", 51, LIMIT),
    ("times the same field", 100, LIMIT),
    ("times the same field", 50, Answered),
    ("times the same field with a selection", 51, LIMIT),
    ("times the same field below", 2_001, LIMIT),
    ("fields that there are not", 51, LIMIT),
    ("fields that there are not", 50, INVALID),
    ("directives", 51, LIMIT),
    ("directives", 100, LIMIT),
    ("unknown directives", 51, LIMIT),
    ("unknown directives", 50, INVALID),
    ("directives on the operation", 51, LIMIT),
    ("operations", 21, LIMIT),
    ("operations", 40, LIMIT),
    ("operations without a name", 21, LIMIT),
    ("operations without a name", 20, INVALID),
    ("fragments", 101, LIMIT),
    ("fragments", 200, LIMIT),
    ("fragments", 100, INVALID),
    ("spreads", 51, LIMIT),
    ("spreads", 50, Answered),
    ("inline fragments", 51, LIMIT),
    ("inline fragments", 50, Answered),
    ("variables", 101, LIMIT),
    ("variables", 200, LIMIT),
    ("variables", 100, INVALID),
    ("arguments", 200, REFUSED),
    ("values in a list", 201, REFUSED),
    ("fields of an object", 200, REFUSED),
    (
        "filters side by side",
        50,
        Harmless(&["LIMIT_EXCEEDED", "BAD_USER_INPUT"]),
    ),
    (
        "filters side by side",
        200,
        Harmless(&["LIMIT_EXCEEDED", "BAD_USER_INPUT"]),
    ),
];

pub fn rows() -> Vec<Row> {
    let mut rows = Vec::new();
    for (name, times, expected) in TIMES {
        let many = MANY.iter().find(|many| many.0 == name).expect("a name of the table");
        let (name, text) = repeated(many, times);
        rows.push(document(name, &text, expected));
    }
    for Many(name, ..) in &MANY {
        assert!(TIMES.iter().any(|(held, ..)| held == name), "{name} is in no row");
    }
    rows.extend([
        document("a name of 129 letters", &format!("{{{}}}", "a".repeat(129)), LIMIT),
        document(
            "an alias of 129 letters",
            &format!("{{{}:__typename}}", "a".repeat(129)),
            LIMIT,
        ),
        document(
            "a variable of 129 letters",
            &format!("query(${}:Int){{__typename}}", "a".repeat(129)),
            LIMIT,
        ),
        document(
            "a comment of 33,000 letters",
            &format!("{{__typename}}#{}", "a".repeat(33_000)),
            LIMIT,
        ),
        document("33,000 commas", &format!("{{__typename{}}}", ",".repeat(33_000)), LIMIT),
        document("8,000 commas", &format!("{{__typename{}}}", ",".repeat(8_000)), LIMIT),
        document(
            "a text of 33,000 letters",
            &format!("{{gift(slug:\"{}\"){{id}}}}", "a".repeat(33_000)),
            LIMIT,
        ),
        document("pages of 200 in pages of 200", PAGES, LIMIT),
        document(
            "a page of 2,147,483,647",
            "{gifts(first:2147483647){nodes{id}}}",
            Refused(&[200, 400], &["LIMIT_EXCEEDED"]),
        ),
    ]);
    rows
}

const PAGES: &str =
    "{nations(first:200){nodes{giftsGiven(first:200){nodes{recipient{giftsReceived(first:200){nodes{id}}}}}}}}";
