//! Handles what the parser overlooks, in the tokens of the document: descriptions, which the specification allows
//! (September 2025, 2.2) and the parser rejects; and arguments without a value, which it accepts.

use std::borrow::Cow;

use apollo_compiler::parser::LineColumn;
use apollo_parser::{Lexer, Token, TokenKind};

use super::rejection::Rejection;

/// The text with descriptions blanked out; everything else keeps its position.
///
/// # Errors
/// If an argument has no value.
pub fn prepared(text: &str) -> Result<Cow<'_, str>, Rejection> {
    let mut reader = Reader::default();
    // The parser reports errors of the lexer.
    let tokens: Vec<Token<'_>> = Lexer::new(text)
        .filter_map(Result::ok)
        .filter(|token| {
            !matches!(
                token.kind(),
                TokenKind::Whitespace | TokenKind::Comment | TokenKind::Comma
            )
        })
        .collect();
    let mut described = Vec::new();
    for (place, token) in tokens.iter().enumerate() {
        let before = place.checked_sub(1).map(|place| tokens[place].kind());
        let next = tokens.get(place + 1);
        if reader.is_description(token, before, next) {
            described.push(token);
        }
        if reader.lacks_value(token, before, next) {
            let message = format!("syntax error: the argument `{}` has no value", token.data());
            let mut refusal = Rejection::new("GRAPHQL_PARSE_FAILED", message);
            refusal.faults[0].place = Some(place_of(text, token.index()));
            return Err(refusal);
        }
        reader.step(token.kind(), next);
    }
    Ok(without(text, &described))
}

/// The brackets around the current token.
#[derive(Default)]
struct Reader(Vec<Within>);

#[derive(Clone, Copy, PartialEq)]
enum Within {
    Arguments,
    VariableDefinitions,
    Other,
}

impl Reader {
    fn within(&self) -> Option<Within> {
        self.0.last().copied()
    }

    /// Whether the string describes a definition or a variable; after `=` it is the default of the variable before.
    fn is_description(&self, token: &Token<'_>, before: Option<TokenKind>, next: Option<&Token<'_>>) -> bool {
        let defines = |next: &Token<'_>| match self.within() {
            None => matches!(next.data(), "query" | "mutation" | "subscription" | "fragment"),
            Some(Within::VariableDefinitions) => next.kind() == TokenKind::Dollar && before != Some(TokenKind::Eq),
            Some(_) => false,
        };
        token.kind() == TokenKind::StringValue && next.is_some_and(defines)
    }

    fn lacks_value(&self, token: &Token<'_>, before: Option<TokenKind>, next: Option<&Token<'_>>) -> bool {
        self.within() == Some(Within::Arguments)
            && token.kind() == TokenKind::Name
            && !matches!(before, Some(TokenKind::Colon | TokenKind::Dollar))
            && next.is_none_or(|next| next.kind() != TokenKind::Colon)
    }

    fn step(&mut self, token: TokenKind, next: Option<&Token<'_>>) {
        match (token, next.map(Token::kind)) {
            (TokenKind::LParen, Some(TokenKind::Name)) => self.0.push(Within::Arguments),
            (TokenKind::LParen, Some(TokenKind::Dollar | TokenKind::StringValue)) => {
                self.0.push(Within::VariableDefinitions);
            }
            (TokenKind::LParen | TokenKind::LBracket | TokenKind::LCurly, _) => self.0.push(Within::Other),
            (TokenKind::RParen | TokenKind::RBracket | TokenKind::RCurly, _) => {
                self.0.pop();
            }
            _ => {}
        }
    }
}

/// Replaces tokens with spaces and keeps line breaks, so that positions in the text stay the same.
fn without<'a>(text: &'a str, tokens: &[&Token<'_>]) -> Cow<'a, str> {
    if tokens.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut cleared = String::with_capacity(text.len());
    let mut end = 0;
    for token in tokens {
        cleared.push_str(&text[end..token.index()]);
        let blank = |letter: char| if letter == '\n' || letter == '\r' { letter } else { ' ' };
        cleared.extend(token.data().chars().map(blank));
        end = token.index() + token.data().len();
    }
    cleared.push_str(&text[end..]);
    Cow::Owned(cleared)
}

fn place_of(text: &str, index: usize) -> LineColumn {
    let before = &text[..index];
    LineColumn {
        line: before.matches('\n').count() + 1,
        column: before.rsplit('\n').next().unwrap_or_default().chars().count() + 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptions_become_spaces_and_strings_stay() {
        for (text, expected) in [
            ("\"Why\" query A { a }", "      query A { a }"),
            (
                "\"\"\"W\nhy\"\"\" fragment F on Q { a }",
                "    \n      fragment F on Q { a }",
            ),
            (
                "query (\"é\" $a: S = \"x\" $b: S) { a(b: \"y\") }",
                "query (    $a: S = \"x\" $b: S) { a(b: \"y\") }",
            ),
            ("\"Why\" { a }", "\"Why\" { a }"),
            ("{ a(b: \"query\") } query B { c }", "{ a(b: \"query\") } query B { c }"),
        ] {
            assert_eq!(prepared(text).expect(text), expected);
        }
    }

    #[test]
    fn an_argument_without_a_value_is_found_where_it_stands() {
        for (text, place) in [
            ("{ a(b) }", Some((1, 5))),
            ("{ a(b: 1\n c) }", Some((2, 2))),
            ("{ a(b: [x y] c d: 1) }", Some((1, 14))),
            ("{ a @include(if) }", Some((1, 14))),
            ("{ a(b", Some((1, 5))),
            ("{ a(b: x, c: $y d: {e: f}) }", None),
            ("query A($a: [B!]! = [c d]) { a(b: on) }", None),
        ] {
            let found = prepared(text).err().and_then(|refusal| refusal.faults[0].place);
            assert_eq!(found.map(|place| (place.line, place.column)), place, "{text}");
        }
    }
}
