//! Documents whose fragments spread each other, are spread often, or merge differently on different ways.

use menagerie::limits::Limit;

use super::{Named, Room, list};

pub fn all(room: &Room<'_>) -> Vec<Named> {
    [webs(room), over_fragments(room), merged(room)].concat()
}

/// Fragments that spread the `reach` next ones each.
pub fn web(room: &Room<'_>, head: &str, fragments: usize, reach: usize, fields: &str, ty: &str) -> String {
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

/// Fragments that spread each other.
fn webs(room: &Room<'_>) -> Vec<Named> {
    let most = room.of(Limit::Fragments);
    let wide = "__typename ".repeat(room.of(Limit::Tokens) / 2 / most.min(90) - 12);
    let ring = |count: usize| {
        let fragment = |index: usize| {
            let others = list(2, |step| format!("...F{} ", (index + step + 1) % count));
            format!("fragment F{index} on Query{{{others}}}")
        };
        "{...F0}".to_owned() + &list(count, fragment)
    };
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
    ]
}

/// One fragment, spread as often as the document may hold.
fn over_fragments(room: &Room<'_>) -> Vec<Named> {
    let most = room.of(Limit::Fragments);
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
    let steps = list(most / 2, |step| {
        format!("fragment F{step} on GiftConnection{{totalCount ...F{}}}", step + 1)
    }) + &format!("fragment F{} on GiftConnection{{totalCount}}", most / 2);
    vec![
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
