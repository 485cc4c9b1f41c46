//! Documents whose parts depend on each other.

use menagerie::limits::Limit;

use super::{Room, list};

type Named = (&'static str, String);

pub fn all(room: &Room<'_>) -> Vec<Named> {
    [
        fragments(room),
        merged(room),
        operations(room),
        values(room),
        letters(room),
    ]
    .concat()
}

/// Fragments that spread the `reach` next ones each.
fn web(room: &Room<'_>, head: &str, fragments: usize, reach: usize, fields: &str, ty: &str) -> String {
    let fragment = |index: usize| {
        if index >= fragments {
            return String::new();
        }
        let next = list(reach.min(fragments - 1 - index), |step| {
            format!("...F{} ", index + 1 + step)
        });
        format!("fragment F{index} on {ty}{{{fields} {next}}}")
    };
    room.fill(1.0, head, fragment, "", None)
}

fn fragments(room: &Room<'_>) -> Vec<Named> {
    let most = room.of(Limit::Fragments);
    let wide = "__typename ".repeat(room.of(Limit::Tokens) / 2 / most.min(90) - 12);
    let body = |part: f64, ty: &str, fields: &str| {
        room.fill(part, &format!("fragment F on {ty}{{"), |_| fields.to_owned(), "}", None)
    };
    // As often as they expand to what a document may hold that is refused.
    let over = |body: &str, field: &str, limit: Limit| {
        let leaves = body.split(|letter: char| !letter.is_alphanumeric()).count();
        let most = room.of(limit).min(room.fields() / leaves).max(2);
        let piece = |index: usize| match index < most {
            true => field.replace('%', &index.to_string()),
            false => String::new(),
        };
        room.fill(0.9, &format!("{body}{{"), piece, "}", None)
    };
    let leaves = "id slug title version ";
    let ring = |count: usize| {
        let fragment = |index: usize| {
            let others = list(2, |step| format!("...F{} ", (index + step + 1) % count));
            format!("fragment F{index} on Query{{{others}}}")
        };
        "{...F0}".to_owned() + &list(count, fragment)
    };
    let steps = list(most / 2, |step| {
        format!("fragment F{step} on GiftConnection{{totalCount ...F{}}}", step + 1)
    }) + &format!("fragment F{} on GiftConnection{{totalCount}}", most / 2);
    vec![
        (
            "a chain of fragments",
            web(room, "{...F0}", most, 1, "__typename", "Query"),
        ),
        (
            "a chain of wide fragments",
            web(room, "{...F0}", most.min(90), 1, &wide, "Query"),
        ),
        (
            "a web of fragments",
            web(room, "{...F0}", room.expanding(most, 1), most, "__typename", "Query"),
        ),
        (
            "a loose web of fragments",
            web(room, "{...F0}", room.expanding(3, 1), 3, "__typename", "Query"),
        ),
        (
            "a web of fragments below a field",
            web(
                room,
                "{gifts{...F0}}",
                room.expanding(12, 1),
                12,
                "totalCount",
                "GiftConnection",
            ),
        ),
        ("fragments in a circle", ring(room.expanding(2, 0))),
        (
            "aliases over one wide fragment",
            over(&body(0.5, "Gift", leaves), "a%:gifts{nodes{...F}}", Limit::Aliases),
        ),
        (
            "fields over one wide fragment",
            over(&body(0.5, "Gift", leaves), "gifts{nodes{...F}}", Limit::Fields),
        ),
        (
            "aliases over one fragment",
            over(&body(0.02, "Gift", leaves), "a%:gifts{nodes{...F}}", Limit::Aliases),
        ),
        (
            "aliases over a fragment of fields",
            over(
                &body(0.1, "Gift", "giver{name slug}recipient{name}"),
                "a%:gifts{nodes{...F}}",
                Limit::Aliases,
            ),
        ),
        (
            "aliases over a chain of spreads",
            over(&steps, "a%:gifts{...F0}", Limit::Aliases),
        ),
        (
            "fields over a chain of spreads",
            over(&steps, "gifts{...F0}", Limit::Fields),
        ),
    ]
}

/// Fragments whose selections merge differently on different ways.
fn powerset(steps: usize, letters: usize, ring: bool) -> String {
    let ways = |inner: &dyn Fn(usize) -> String| list(letters, |way| format!("a{way}:ofType{{{}}}", inner(way)));
    let mut text = "{__type(name:\"Gift\"){...P0}}".to_owned();
    for step in 0..steps {
        let next = match step + 1 < steps {
            true => format!("...P{}", step + 1),
            false if ring => "...P0".to_owned(),
            false => "name".to_owned(),
        };
        text += &format!(
            "fragment P{step} on __Type{{{}}}",
            ways(&|way| format!("{next} ...Q{way}"))
        );
    }
    for letter in 0..letters {
        let first = ways(&|_| format!("...R{letter}S0"));
        text += &format!("fragment Q{letter} on __Type{{{first}}}");
        for step in 0..steps {
            let next = match step + 1 < steps {
                true => format!("...R{letter}S{}", step + 1),
                false => format!("r{letter}:name"),
            };
            text += &format!("fragment R{letter}S{step} on __Type{{{}}}", ways(&|_| next.clone()));
        }
    }
    text
}

fn merged(room: &Room<'_>) -> Vec<Named> {
    let expanding = |next: &dyn Fn(usize) -> String| {
        let links = room.of(Limit::Fields).ilog2() as usize;
        list(links, |link| {
            let next = if link + 1 < links {
                next(link + 1)
            } else {
                String::new()
            };
            format!("fragment F{link} on Gift{{id {next}}}")
        })
    };
    let below =
        |link| format!("giver{{giftsGiven{{nodes{{...F{link}}}}}}}recipient{{giftsReceived{{nodes{{...F{link}}}}}}}");
    let spread = |link| format!("...F{link} ...F{link} ");
    vec![
        (
            "fragments that spread twice",
            format!("{{gift(id:1){{...F0}}}}{}", expanding(&spread)),
        ),
        (
            "fragments that spread twice, below fields",
            format!("{{gift(id:1){{...F0}}}}{}", expanding(&below)),
        ),
        ("merged sets of 3 steps", powerset(3, 2, false)),
        ("merged sets of 4 steps", powerset(4, 2, false)),
        ("merged sets in a circle", powerset(4, 2, true)),
    ]
}

fn operations(room: &Room<'_>) -> Vec<Named> {
    let most = room.of(Limit::Operations);
    let variables = room.of(Limit::Variables);
    let declared = |count: usize| list(count, |index| format!("$v{index}:Int "));
    let each = |head: &str, body: &str| list(most, |index| format!("query O{index}{head}{{{body}}}"));
    let over = |body: &str, fields: &str| {
        // All operations together expand to what a document may hold that is refused.
        let pieces = room.fields() / most / fields.matches(['{', ' ']).count().max(1);
        let piece = |index: usize| match index < pieces.max(2) {
            true => fields.replace('%', &index.to_string()),
            false => String::new(),
        };
        room.fill(1.0, &(each("", body) + "fragment F0 on Query{"), piece, "}", None)
    };
    let few = variables.min(20);
    let use_few = |index: usize| match index < (room.fields() / most / 2).max(2) {
        true => format!("gifts(first:$v{}){{totalCount}}", index % few),
        false => String::new(),
    };
    let many = format!("query({})", declared(variables));
    let using = |head: &str, piece: &str, tail: &str| {
        let last = (variables - 1).to_string();
        let piece = |index: usize| piece.replace('%', &index.to_string()).replace("LAST", &last);
        room.fill(1.0, &format!("{many}{head}"), piece, tail, None)
    };
    let fragments = room.of(Limit::Fragments).min(90);
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
            "operations over a chain of fragments",
            web(
                room,
                &each("", "...F0"),
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
                &each("", "...F0"),
                // Each of the operations has a share of what is accepted.
                room.expanding(3, 1).saturating_sub(most.ilog2() as usize).max(2),
                3,
                "__typename",
                "Query",
            ),
        ),
        (
            "operations, fragments, variables",
            room.fill(
                1.0,
                &(each(&format!("({})", declared(few)), "...F0") + "fragment F0 on Query{"),
                use_few,
                "}",
                None,
            ),
        ),
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

fn values(room: &Room<'_>) -> Vec<Named> {
    let nesting = room.of(Limit::Nesting);
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
    let nested = |open: &str, close: &str, levels: usize| {
        let value = open.repeat(levels) + "{}" + &close.repeat(levels);
        room.fill(1.0, "{", |_| format!("gifts(where:{value}){{totalCount}}"), "}", None)
    };
    let inline = "...{".repeat(nesting - 2) + "__typename" + &"}".repeat(nesting - 2);
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
