//! Documents of one piece, again and again.

use Limit::{Aliases, Directives, Fragments, NameLength, Nesting, Operations, RootFields, Variables};
use menagerie::limits::Limit;

use super::Room;

/// No row holds more of anything than a few times what is accepted.
///
/// A name; what stands before, what is repeated, what stands behind; and the limit on the pieces, if not the length.
/// In a piece, `%` stands for its number, KIND for a type with ids and LONG for a name as long as it may be.
pub struct Row(pub &'static str, [&'static str; 3], Option<Limit>);

const KINDS: [&str; 6] = ["Gift", "Nation", "Animal", "Event", "Claim", "Source"];

impl Row {
    pub fn text(&self, room: &Room<'_>) -> String {
        let [head, piece, tail] = self.1;
        let long = "a".repeat(room.of(NameLength) - 8);
        let numbered = |index: usize| {
            piece
                .replace("KIND", KINDS[index % KINDS.len()])
                .replace("LONG", &format!("{long}%"))
                .replace('%', &index.to_string())
        };
        // Of what is selected at the root, no more than a few times what is accepted.
        let selects = head == "{" && tail == "}" && piece.trim_start_matches('.').starts_with(char::is_alphabetic);
        let most = if selects { room.of(RootFields) * 4 } else { usize::MAX };
        let piece = |index: usize| if index < most { numbered(index) } else { String::new() };
        room.fill(1.0, head, piece, tail, self.2)
    }
}

#[rustfmt::skip]
pub const ROWS: &[Row] = &[
    // Selections.
    Row("equal fields", ["{", "__typename ", "}"], None),
    Row("equal aliases", ["{", "a:__typename ", "}"], Some(Aliases)),
    Row("equal fields with arguments", ["{", "gifts(first:1){totalCount}", "}"], Some(RootFields)),
    Row("conflicting arguments", ["{", "gifts(first:%){totalCount}", "}"], Some(RootFields)),
    Row("conflicting fields", ["{gifts{nodes{", "a:id a:slug ", "}}}"], Some(Aliases)),
    Row("different aliases", ["{", "a%:__typename ", "}"], Some(Aliases)),
    Row("equal deep fields", ["{", "gifts{nodes{giver{giftsGiven{nodes{giver{giftsGiven{totalCount}}}}}}}", "}"], Some(RootFields)),
    Row("many arguments", ["{", "gifts(first:1 after:\"a\" last:2 before:\"b\" where:{slug:{eq:\"%\"}}){totalCount}", "}"], Some(RootFields)),
    Row("aliases over fields", ["{", "a%:gifts{totalCount nodes{id slug title version}}", "}"], Some(Aliases)),
    Row("inline fragments", ["{node(id:1){", "...on KIND{id}", "}}"], None),
    Row("inline fragments without a type", ["{", "...{__typename}", "}"], None),
    Row("inline fragments, aliases that agree", ["{node(id:1){", "...on KIND{a:id}", "}}"], Some(Aliases)),
    Row("inline fragments, aliases that conflict", ["{node(id:1){", "...on KIND{a:id}...on KIND{a:version}", "}}"], Some(Aliases)),
    Row("inline fragments on what cannot be", ["{gift(id:1){", "...on KIND{id}", "}}"], None),
    Row("abstract within abstract", ["{", "node(id:1){id ...on KIND{id} ...on Node{id ...on Gift{giver{giftsGiven{nodes{id}}}}}}", "}"], Some(RootFields)),
    Row("introspection in circles", ["{__schema{types{", "fields{type{fields{type{fields{name}}}}}", "}}}"], Some(RootFields)),
    Row("introspection, wide", ["{__schema{types{", "name fields{name args{name type{name ofType{name}}}}", "}}}"], None),
    // Fragments.
    Row("fragments in a ring", ["{...F0}fragment F0 on Query{...F1}", "fragment F% on Query{...F% ...F0}", ""], Some(Fragments)),
    Row("fragments that are not used", ["{__typename}", "fragment F% on Query{__typename}", ""], Some(Fragments)),
    Row("fragments of one name", ["{...F}", "fragment F on Query{__typename}", ""], Some(Fragments)),
    Row("fragments on unknown types", ["{...F0}", "fragment F% on Gifft{id}", ""], Some(Fragments)),
    Row("one small fragment often", ["fragment F on Query{__typename}{", "...F ", "}"], None),
    Row("fields over one small fragment", ["fragment F on GiftConnection{totalCount}{", "gifts{...F}", "}"], Some(RootFields)),
    // Operations and variables.
    Row("many operations", ["", "query O%{__typename}", ""], Some(Operations)),
    Row("many operations without a name", ["", "{__typename}", ""], Some(Operations)),
    Row("many operations of one name", ["", "query O{__typename}", ""], Some(Operations)),
    Row("mutations", ["", "mutation M%{a}", ""], Some(Operations)),
    Row("subscriptions", ["", "subscription S%{a}", ""], Some(Operations)),
    Row("variables that are not used", ["query(", "$v%:Int ", "){__typename}"], Some(Variables)),
    Row("variables of one name", ["query(", "$v:Int ", "){__typename}"], Some(Variables)),
    Row("variables of unknown types", ["query(", "$v%:Intt ", "){__typename}"], Some(Variables)),
    Row("a wide default of a variable", ["query($v:[ID!]=[", "1 ", "]){nodes(ids:$v){id}}"], None),
    // Values.
    Row("a wide object of unknown fields", ["{gifts(where:{", "k%:1 ", "}){totalCount}}"], None),
    Row("an object that gives a field often", ["{gifts(where:{", "slug:{eq:\"a\"}", "}){totalCount}}"], None),
    Row("a wide list of objects", ["{gifts(where:{and:[", "{not:{id:{eq:1}}}", "]}){totalCount}}"], None),
    Row("a list of empty objects", ["{gifts(where:{and:[", "{}", "]}){totalCount}}"], None),
    Row("a long list", ["{nodes(ids:[", "1 ", "]){id}}"], None),
    Row("a list of strings", ["{nodes(ids:[", "\"\"", "]){id}}"], None),
    Row("a list of lists", ["{nodes(ids:[", "[]", "]){id}}"], None),
    Row("wrong values", ["{gifts(where:{and:[", "{id:{eq:x}}", "]}){totalCount}}"], None),
    Row("wrong values in a list", ["{nodes(ids:[", "x ", "]){id}}"], None),
    Row("wrong long values", ["{nodes(ids:[", "{a%:[1 2 3 4 5 6 7 8]}", "]){id}}"], None),
    Row("unknown enum values", ["{gifts(orderBy:[", "{field:TITL%}", "]){totalCount}}"], None),
    Row("large numbers", ["{", "gifts(first:99999999999999999999999999999999999999999){totalCount}", "}"], None),
    Row("large floats", ["{", "gifts(first:9e309){totalCount}", "}"], Some(RootFields)),
    Row("one large number", ["{gifts(first:1", "99999999", "){totalCount}}"], Some(NameLength)),
    Row("one long string", ["{gift(id:\"", "aaaaaaaa", "\"){id}}"], None),
    Row("a string of escapes", ["{gift(id:\"", "\\n", "\"){id}}"], None),
    Row("a string of unicode escapes", ["{gift(id:\"", "\\u00e9", "\"){id}}"], None),
    Row("a string of long unicode escapes", ["{gift(id:\"", "\\u{1F600}", "\"){id}}"], None),
    Row("a string of wrong escapes", ["{gift(id:\"", "\\x", "\"){id}}"], None),
    Row("a string of lone surrogates", ["{gift(id:\"", "\\uD83D", "\"){id}}"], None),
    Row("a block string of lines", ["{gift(id:\"\"\"", "\n", "\"\"\"){id}}"], None),
    Row("a block string of blanks", ["{gift(id:\"\"\"", "\n  ", "\"\"\"){id}}"], None),
    Row("a block string of indented lines", ["{gift(id:\"\"\"", "\n      a", "\"\"\"){id}}"], None),
    Row("a block string of quotes", ["{gift(id:\"\"\"", "\\\"\"\"", "\"\"\"){id}}"], None),
    // Mistakes.
    Row("unknown fields", ["{", "gift% ", "}"], None),
    Row("one unknown field, often", ["{", "giftt ", "}"], None),
    Row("unknown fields with selections", ["{", "giftss%{id}", "}"], None),
    Row("unknown long fields", ["{", "LONG ", "}"], None),
    Row("unknown long types", ["{", "...on LONG{id}", "}"], None),
    Row("unknown types", ["{", "...on Gift%{id}", "}"], None),
    Row("unknown arguments", ["{", "gifts(firs%:1){totalCount}", "}"], None),
    Row("unknown arguments of one field", ["{gifts(", "firs%:1 ", "){totalCount}}"], None),
    Row("one argument often", ["{gifts(", "first:1 ", "){totalCount}}"], None),
    Row("unknown fragments", ["{", "...F% ", "}"], None),
    Row("missing arguments", ["{", "node{id}", "}"], None),
    Row("missing selections", ["{", "gifts ", "}"], None),
    Row("selections on leaves", ["{", "__typename{a}", "}"], None),
    Row("empty selections", ["{", "gifts{}", "}"], None),
    Row("directives", ["{__typename ", "@skip(if:false)", "}"], Some(Directives)),
    Row("directives on each field", ["{", "__typename@skip(if:false)", "}"], Some(Directives)),
    Row("unknown directives", ["{__typename ", "@a% ", "}"], Some(Directives)),
    Row("a wide directive", ["{__typename @skip(", "if%:true ", ")}"], None),
    Row("definitions of types", ["", "type A%{a:Int}", ""], None),
    Row("extensions of types", ["", "extend type Gift{a:Int}", ""], None),
    // Tokens.
    Row("commas", ["{", ",", "__typename}"], None),
    Row("comments", ["{", "#\n", "__typename}"], None),
    Row("spread dots", ["{", "...", "}"], None),
    Row("one long name", ["{", "aaaaaaaa", "}"], None),
    Row("an unterminated string", ["{gift(id:\"", "aaaaaaaa", ""], None),
    Row("an unterminated block string", ["{gift(id:\"\"\"", "\n", ""], None),
    Row("unterminated strings", ["{", "\"\n", "}"], None),
    Row("unterminated block strings", ["{", "\"\"\"\" ", "}"], None),
    Row("characters that are none", ["{", "????????", "}"], None),
    Row("characters of many bytes", ["{", "éééé", "}"], None),
    Row("zeros", ["", "\0\0\0\0", ""], None),
    Row("byte order marks", ["", "\u{feff}", ""], None),
    Row("numbers that are none", ["{a(b:[", "01 1. .1 1e ", "])}"], None),
    Row("dollars", ["{a(b:[", "$ ", "])}"], None),
    Row("arguments without a value", ["{", "a(b:) ", "}"], None),
    Row("words at the top", ["", "query ", ""], None),
    Row("strings at the top", ["", "\"a\" ", "{__typename}"], None),
    Row("descriptions", ["", "\"a\" query O%{__typename}", ""], Some(Operations)),
    Row("open braces", ["{", "a{", ""], Some(Nesting)),
    Row("closed braces", ["", "}", ""], None),
    Row("open lists", ["{a(b:", "[", ""], Some(Nesting)),
    Row("open parentheses", ["", "(", ""], Some(Nesting)),
    Row("colons", ["", ":", ""], None),
];
