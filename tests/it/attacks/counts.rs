//! Too many of something: 10,000 of each, which the length of the document refuses; then as many as fit into it.

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

/// As many as the default length of a document takes.
fn that_fit(Many(_, [before, part, behind]): &Many) -> usize {
    (32 * 1024 - before.len() - behind.len()) / (part.len() + 4)
}

/// Over a limit, or no such field: where something is counted is up to the guard, but refused it is.
const REFUSED: Expected = Expected::Refused(
    &[200, 400],
    &["LIMIT_EXCEEDED", "GRAPHQL_VALIDATION_FAILED", "BAD_USER_INPUT"],
);

pub fn rows() -> Vec<Row> {
    let mut rows = Vec::new();
    for many in &MANY {
        let (name, text) = repeated(many, 10_000);
        rows.push(document(name, &text, LIMIT));
        let (name, text) = repeated(many, that_fit(many));
        let expected = match many.0 {
            "fields that there are not"
            | "arguments"
            | "values in a list"
            | "fields of an object"
            | "filters side by side" => REFUSED,
            _ => LIMIT,
        };
        rows.push(document(name, &text, expected));
    }
    // Just over the limits that stand in the README, and just within.
    let at = |name: &str, times: usize| {
        let many = MANY.iter().find(|many| many.0 == name).expect("a name of the table");
        repeated(many, times)
    };
    for (name, times, expected) in [
        ("aliases", 101, LIMIT),
        ("aliases", 20, Expected::Answered),
        ("times the same field", 51, LIMIT),
        ("times the same field", 50, Expected::Answered),
        ("directives on the operation", 51, LIMIT),
        ("unknown directives", 50, INVALID),
        ("operations", 21, LIMIT),
        ("fragments", 101, LIMIT),
        ("fragments", 100, INVALID),
        ("variables", 101, LIMIT),
        ("variables", 100, INVALID),
    ] {
        let (name, text) = at(name, times);
        rows.push(document(name, &text, expected));
    }
    rows.extend([
        document("a name of 129 letters", &format!("{{{}}}", "a".repeat(129)), LIMIT),
        document(
            "a name of 30,000 letters",
            &format!("{{{}}}", "a".repeat(30_000)),
            LIMIT,
        ),
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
            "a comment of 100,000 letters",
            &format!("{{__typename}}#{}", "a".repeat(100_000)),
            LIMIT,
        ),
        document(
            "100,000 commas",
            &format!("{{__typename{}}}", ",".repeat(100_000)),
            LIMIT,
        ),
        document("30,000 commas", &format!("{{__typename{}}}", ",".repeat(30_000)), LIMIT),
        document(
            "a text of 200,000 letters",
            &format!("{{gift(slug:\"{}\"){{id}}}}", "a".repeat(200_000)),
            LIMIT,
        ),
        document("pages of 200 in pages of 200", PAGES, LIMIT),
        document(
            "a page of 2,147,483,647",
            "{gifts(first:2147483647){nodes{id}}}",
            Expected::Refused(&[200, 400], &["LIMIT_EXCEEDED"]),
        ),
    ]);
    rows
}

const PAGES: &str =
    "{nations(first:200){nodes{giftsGiven(first:200){nodes{recipient{giftsReceived(first:200){nodes{id}}}}}}}}";
