//! Brackets in brackets, closed and not, of every kind that the grammar has; bombs and circles of fragments.

use serde_json::json;

use super::target::post;
use super::{Expected, INPUT, INVALID, LIMIT, PARSE, Row, document, row};

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
    let text = if closed {
        format!("{before}{}{inner}{}{behind}", open.repeat(levels), close.repeat(levels))
    } else {
        format!("{before}{}", open.repeat(levels))
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
    let expected = if body.len() > 256 * 1024 {
        super::TOO_LARGE
    } else if closed {
        LIMIT_OR_INPUT
    } else {
        INPUT
    };
    let closed = if closed { "closed" } else { "not closed" };
    row(
        format!("{levels} {open:?} in the variables, {closed}"),
        post(body),
        expected,
    )
}

/// Fragments that spread the next one several times each.
fn bomb(links: usize, spreads: usize, around: [&str; 2]) -> String {
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

/// Fragments that merge to another set of selections on each of 2 to the power of `steps` ways, and what they hold is
/// compared on each.
fn ways(steps: usize) -> String {
    let both = |inner: &str, left: &str| format!("a:ofType{{{inner} {left}}}b:ofType{{{inner}}}");
    let next = |name: &str, step: usize| {
        if step + 1 < steps {
            format!("...{name}{}", step + 1)
        } else {
            "name".to_owned()
        }
    };
    let steps = (0..steps).map(|step| {
        format!(
            "fragment P{step} on __Type{{{}}}fragment R{step} on __Type{{{}}}",
            both(&next("P", step), "...R0"),
            both(&next("R", step), "")
        )
    });
    format!("{{__type(name:\"Gift\"){{...P0}}}}{}", steps.collect::<String>())
}

pub fn rows() -> Vec<Row> {
    let mut rows = Vec::new();
    for levels in [64, 1_000, 100_000] {
        for closed in [true, false] {
            rows.extend(SHAPES.iter().map(|shape| nested(shape, levels, closed)));
            rows.push(variables("[", "1", "]", levels, closed));
            rows.push(variables("{\"a\":", "1", "}", levels, closed));
        }
    }
    rows.extend([
        document("a bomb of 30 fragments", &bomb(30, 20, ["", ""]), LIMIT),
        document("a small bomb", &bomb(12, 3, ["", ""]), LIMIT),
        document(
            "a bomb that nests",
            &bomb(10, 4, ["giver{giftsGiven(first:1){nodes{", "}}}"]),
            LIMIT,
        ),
        document(
            "a bomb that selects nothing",
            &bomb(30, 20, ["...on Node@skip(if:true){", "}"]),
            LIMIT,
        ),
        document("ways that merge differently", &ways(11), LIMIT),
        document("a circle of one fragment", &circle(1), INVALID),
        document("a circle of two fragments", &circle(2), INVALID),
        document("a circle of 90 fragments", &circle(90), INVALID),
        document("a circle of 500 fragments", &circle(500), LIMIT),
        document(
            "a circle that nests",
            "{gifts{nodes{...F}}}fragment F on Gift{giver{giftsGiven{nodes{...F}}}}",
            INVALID,
        ),
        document("a chain of 90 fragments", &bomb(90, 1, ["", ""]), Expected::Answered),
        row(
            "a query within a query's text",
            post(json!({ "query": json!({ "query": "{__typename}" }).to_string() }).to_string()),
            PARSE,
        ),
    ]);
    rows
}
