//! Documents whose parts depend on each other: operations and values. Those of fragments are in `fragments`.

use menagerie::limits::Limit;

use super::fragments::web;
use super::{Named, Room, list};

pub fn all(room: &Room<'_>) -> Vec<Named> {
    [
        operations(room),
        webs_of_operations(room),
        variables(room),
        values(room),
        deep(room),
        letters(room),
    ]
    .concat()
}

/// As many operations as are accepted, each with this head and body.
fn each(room: &Room<'_>, head: &str, body: &str) -> String {
    list(room.of(Limit::Operations), |index| {
        format!("query O{index}{head}{{{body}}}")
    })
}

/// Declarations of so many variables.
fn declared(count: usize) -> String {
    list(count, |index| format!("$v{index}:Int "))
}

/// Operations that share a fragment.
fn operations(room: &Room<'_>) -> Vec<Named> {
    let most = room.of(Limit::Operations);
    let over = |body: &str, fields: &str| {
        // All operations together expand to what a document may hold that is refused.
        let pieces = room.fields() / most / fields.matches(['{', ' ']).count().max(1);
        let piece = |index: usize| match index < pieces.max(2) {
            true => fields.replace('%', &index.to_string()),
            false => String::new(),
        };
        room.fill(1.0, &(each(room, "", body) + "fragment F0 on Query{"), piece, "}", None)
    };
    let few = room.of(Limit::Variables).min(20);
    let use_few = |index: usize| match index < (room.fields() / most / 2).max(2) {
        true => format!("gifts(first:$v{}){{totalCount}}", index % few),
        false => String::new(),
    };
    vec![
        ("operations over one wide fragment", over("...F0", "__typename ")),
        (
            "operations over one fragment and a field",
            over("...F0 __typename", "gifts{totalCount}"),
        ),
        (
            "operations over deep fields",
            over("...F0", "gifts{nodes{giver{name slug}}}"),
        ),
        ("operations over wrong fields", over("...F0", "u% ")),
        (
            "operations over undefined variables",
            over("...F0", "gifts(first:$v%){totalCount}"),
        ),
        (
            "operations, fragments, variables",
            room.fill(
                1.0,
                &(each(room, &format!("({})", declared(few)), "...F0") + "fragment F0 on Query{"),
                use_few,
                "}",
                None,
            ),
        ),
    ]
}

/// Operations that share fragments which spread each other.
fn webs_of_operations(room: &Room<'_>) -> Vec<Named> {
    let most = room.of(Limit::Operations);
    let fragments = room.of(Limit::Fragments).min(90);
    vec![
        (
            "operations over a chain of fragments",
            web(
                room,
                &each(room, "", "...F0"),
                fragments,
                1,
                &"__typename ".repeat((room.fields() / most / fragments).max(1)),
                "Query",
            ),
        ),
        (
            "operations over a web of fragments",
            web(
                room,
                &each(room, "", "...F0"),
                // Each of the operations has a share of what is accepted.
                room.expanding(3, 1).saturating_sub(most.ilog2() as usize).max(2),
                3,
                "__typename",
                "Query",
            ),
        ),
    ]
}

/// One operation with all the variables that are accepted.
fn variables(room: &Room<'_>) -> Vec<Named> {
    let variables = room.of(Limit::Variables);
    let many = format!("query({})", declared(variables));
    let using = |head: &str, piece: &str, tail: &str| {
        let last = (variables - 1).to_string();
        let piece = |index: usize| piece.replace('%', &index.to_string()).replace("LAST", &last);
        room.fill(1.0, &format!("{many}{head}"), piece, tail, None)
    };
    vec![
        (
            "many variables",
            format!(
                "{many}{{{}}}",
                list(variables, |index| format!("gifts(first:$v{index}){{totalCount}}"))
            ),
        ),
        ("variables in a list", using("{nodes(ids:[", "$vLAST ", "]){id}}")),
        (
            "the last variable in many places",
            using("{", "gifts(first:$vLAST){totalCount}", "}"),
        ),
        (
            "undefined variables in many places",
            using("{", "gifts(first:$w%){totalCount}", "}"),
        ),
    ]
}

/// Wide values.
fn values(room: &Room<'_>) -> Vec<Named> {
    let object = |part: f64| {
        room.fill(
            part,
            "gifts(where:{",
            |index| format!("k{index}:1 "),
            "}){totalCount}",
            None,
        )
    };
    let big = room.fill(
        0.5,
        "a:gifts(where:{slug:{in:[",
        |_| "\"a\" ".to_owned(),
        "]}}){totalCount}",
        None,
    );
    let small = object(0.005);
    vec![
        ("two equal wide objects", format!("{{{0} {0}}}", object(0.48))),
        ("twenty equal objects", format!("{{{}}}", object(0.048).repeat(20))),
        ("many equal objects", room.fill(1.0, "{", |_| small.clone(), "}", None)),
        (
            "a wide value against many",
            room.fill(
                0.9,
                &format!("{{{big} "),
                |_| "a:gifts{totalCount}".to_owned(),
                "}",
                Some(Limit::Aliases),
            ),
        ),
    ]
}

/// Deep values, types and fragments.
fn deep(room: &Room<'_>) -> Vec<Named> {
    let nesting = room.of(Limit::Nesting);
    let nested = |open: &str, close: &str, levels: usize| {
        let value = open.repeat(levels) + "{}" + &close.repeat(levels);
        room.fill(1.0, "{", |_| format!("gifts(where:{value}){{totalCount}}"), "}", None)
    };
    let inline = "...{".repeat(nesting - 2) + "__typename" + &"}".repeat(nesting - 2);
    vec![
        ("deep objects", nested("{not:", "}", nesting - 8)),
        ("deep objects in lists", nested("{and:[", "]}", nesting / 2 - 6)),
        (
            "deep lists",
            format!(
                "{{nodes(ids:{}1{}){{id}}}}",
                "[".repeat(nesting - 4),
                "]".repeat(nesting - 4)
            ),
        ),
        (
            "deep types of variables",
            format!(
                "query($v:{}Int{}){{__typename}}",
                "[".repeat(nesting - 4),
                "]".repeat(nesting - 4)
            ),
        ),
        (
            "deep inline fragments",
            room.fill(1.0, "{", |_| inline.clone(), "}", None),
        ),
    ]
}

fn letters(room: &Room<'_>) -> Vec<Named> {
    let bytes = room.bytes();
    let unknown = |before: String| {
        let mistakes = room.fill(0.49, "{", |index| format!("u{index} "), "}", None);
        before + &mistakes
    };
    let text = room.fill(
        1.0,
        "{",
        |index| format!("gifts(first:{index}){{totalCount}}"),
        "}",
        None,
    );
    vec![
        ("blanks", format!("{{{}__typename}}", " ".repeat(bytes - 20))),
        ("lines", format!("{{{}__typename}}", "\n".repeat(bytes - 20))),
        ("one comment", format!("#{}\n{{__typename}}", "a".repeat(bytes - 20))),
        ("half a document", text[..text.len() / 2].to_owned()),
        ("lines before mistakes", unknown("\n".repeat(bytes / 2))),
        ("carriage returns before mistakes", unknown("\r".repeat(bytes / 2))),
        (
            "letters of two bytes before mistakes",
            unknown(format!("#{}\n", "é".repeat(bytes / 4 - 2))),
        ),
    ]
}
