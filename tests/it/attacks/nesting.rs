//! Brackets in brackets, closed and not, of every kind that the grammar has; fragments that expand, and circles of them.
//! No more of each than shows that the limit holds.

use serde_json::json;

use super::target::post;
use super::{Expected, INPUT, INVALID, LIMIT, PARSE, Row, document, row};

/// How many brackets: as many as are accepted, just more than that, and some more.
const LEVELS: [usize; 3] = [64, 66, 200];

/// A way to nest: what comes before, what opens, what is innermost, what closes, what comes behind.
struct Shape(&'static str, [&'static str; 5]);

const SHAPES: [Shape; 11] = [
    Shape("braces", ["", "{a", "", "}", ""]),
    Shape("inline fragments", ["{", "...{", "__typename", "}", "}"]),
    Shape(
        "inline fragments with a type",
        ["{", "...on Query{", "__typename", "}", "}"],
    ),
    Shape(
        "fields",
        ["{gifts{nodes{", "giver{giftsGiven{nodes{", "id", "}}}", "}}}"],
    ),
    Shape(
        "lists in an argument",
        ["{gifts(first:", "[", "1", "]", "){totalCount}}"],
    ),
    Shape(
        "objects in an argument",
        ["{gifts(where:", "{not:", "{}", "}", "){totalCount}}"],
    ),
    Shape(
        "variables in lists",
        ["query($a:Int){gifts(first:", "[", "$a", "]", "){totalCount}}"],
    ),
    Shape(
        "lists in a default",
        ["query($a:Int=", "[", "1", "]", "){gifts(first:$a){totalCount}}"],
    ),
    Shape(
        "lists in a directive",
        ["{__typename@include(if:", "[", "true", "]", ")}"],
    ),
    Shape(
        "list types",
        ["query($a:", "[", "Int", "]", "){gifts(first:$a){totalCount}}"],
    ),
    Shape("parentheses", ["{", "a(", "", ")", "}"]),
];

/// Refused, whichever of the two sees it first: parentheses in parentheses are no GraphQL at any depth.
const LIMIT_OR_PARSE: Expected = Expected::Refused(&[400], &["LIMIT_EXCEEDED", "GRAPHQL_PARSE_FAILED"]);

/// Where the nesting is about as deep as is accepted: the brackets around it count as well.
const LIMIT_OR_INVALID: Expected = Expected::Refused(&[400], &["LIMIT_EXCEEDED", "GRAPHQL_VALIDATION_FAILED"]);

/// JSON that nests: its reader and our limit both refuse it.
const LIMIT_OR_INPUT: Expected = Expected::Refused(&[400], &["LIMIT_EXCEEDED", "BAD_USER_INPUT"]);

fn nested(Shape(name, [before, open, inner, close, behind]): &Shape, levels: usize, closed: bool) -> Row {
    let brackets = open.matches(['{', '[', '(']).count();
    let times = levels.div_ceil(brackets);
    let text = if closed {
        format!("{before}{}{inner}{}{behind}", open.repeat(times), close.repeat(times))
    } else {
        format!("{before}{}", open.repeat(times))
    };
    let expected = match (*name, levels, closed) {
        ("parentheses", ..) => LIMIT_OR_PARSE,
        // Just as many brackets as are accepted, but fields deeper than that.
        ("braces", 64, true) => LIMIT,
        ("braces", 64, false) => PARSE,
        (_, 64, true) => LIMIT_OR_INVALID,
        (_, 64, false) => LIMIT_OR_PARSE,
        _ => LIMIT,
    };
    let closed = if closed { "closed" } else { "not closed" };
    document(format!("{levels} {name}, {closed}"), &text, expected)
}

fn variables(open: &str, inner: &str, close: &str, levels: usize, closed: bool) -> Row {
    let close = if closed {
        close.repeat(levels) + "}"
    } else {
        String::new()
    };
    let body = format!(
        "{{\"query\":\"query($a:Int){{gifts(first:$a){{totalCount}}}}\",\"variables\":{{\"a\":{}{inner}{close}",
        open.repeat(levels)
    );
    let body = if closed { body + "}" } else { body };
    let expected = if closed { LIMIT_OR_INPUT } else { INPUT };
    let closed = if closed { "closed" } else { "not closed" };
    row(
        format!("{levels} {open:?} in the variables, {closed}"),
        post(body),
        expected,
    )
}

/// Fragments that spread the next one so many times each.
fn chain(links: usize, spreads: usize, around: [&str; 2]) -> String {
    let [before, behind] = around;
    let link = |index: usize| {
        let next = if index + 1 < links {
            format!("...F{} ", index + 1).repeat(spreads)
        } else {
            "id".to_owned()
        };
        format!("fragment F{index} on Gift{{{before}{next}{behind}}}")
    };
    let links: String = (0..links).map(link).collect();
    format!("{{gifts(first:1){{nodes{{...F0}}}}}}{links}")
}

fn circle(links: usize) -> String {
    let link = |index: usize| format!("fragment F{index} on Query{{__typename ...F{}}}", (index + 1) % links);
    let links: String = (0..links).map(link).collect();
    format!("{{...F0}}{links}")
}

pub fn rows() -> Vec<Row> {
    let mut rows = Vec::new();
    for levels in LEVELS {
        for closed in [true, false] {
            rows.extend(SHAPES.iter().map(|shape| nested(shape, levels, closed)));
            rows.push(variables("[", "1", "]", levels, closed));
            rows.push(variables("{\"a\":", "1", "}", levels, closed));
        }
    }
    rows.extend([
        // Two to the power of ten, and what stands between: 3,070 of the 2,000 selections that are accepted.
        document(
            "fragments that expand to more than is accepted",
            &chain(11, 2, ["", ""]),
            LIMIT,
        ),
        // Half of that.
        document(
            "fragments that expand to less",
            &chain(10, 2, ["", ""]),
            Expected::Answered,
        ),
        document(
            "fragments that expand, each below fields",
            &chain(7, 2, ["giver{giftsGiven(first:1){nodes{", "}}}"]),
            LIMIT,
        ),
        document(
            "fragments that expand and select nothing",
            &chain(10, 2, ["...on Node@skip(if:true){", "}"]),
            LIMIT,
        ),
        document("a circle of one fragment", &circle(1), INVALID),
        document("a circle of two fragments", &circle(2), INVALID),
        document("a circle of 20 fragments", &circle(20), INVALID),
        document("a circle of 101 fragments", &circle(101), LIMIT),
        document(
            "a circle that nests",
            "{gifts{nodes{...F}}}fragment F on Gift{giver{giftsGiven{nodes{...F}}}}",
            INVALID,
        ),
        document("a chain of 90 fragments", &chain(90, 1, ["", ""]), Expected::Answered),
        row(
            "a query within a query's text",
            post(json!({ "query": json!({ "query": "{__typename}" }).to_string() }).to_string()),
            PARSE,
        ),
    ]);
    rows
}
