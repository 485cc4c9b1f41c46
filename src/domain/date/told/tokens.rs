//! A text in parts: numbers, words, and other characters.

/// A part of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// A number and how many digits it is written with.
    Number(i64, usize),
    /// Letters, in lower case.
    Word(String),
    /// Any other character but a blank.
    Mark(char),
}

impl Token {
    pub(super) fn word(&self) -> Option<&str> {
        match self {
            Token::Word(word) => Some(word),
            _ => None,
        }
    }
}

/// The text in lower case, with one kind of dash and of blank, and without what may stand around a date.
pub(super) fn tidy(text: &str) -> String {
    let plain = text.chars().map(|character| match character {
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{ff0d}' => '-',
        '\u{2018}' | '\u{2019}' => '\'',
        '\u{ff0f}' | '\u{2044}' => '/',
        other if other.is_whitespace() => ' ',
        other => other,
    });
    let plain: String = plain.collect::<String>().to_lowercase();
    let plain = plain
        .split(' ')
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ");
    let plain = plain.trim_matches(|edge: char| edge == '.' || edge == ',' || edge == ';' || edge == ' ');
    // `..` belongs to the date.
    let plain = if text.contains("..") {
        text.trim().to_lowercase()
    } else {
        plain.to_owned()
    };
    for (open, close) in [('[', ']'), ('(', ')'), ('"', '"')] {
        let inside = plain.strip_prefix(open).and_then(|rest| rest.strip_suffix(close));
        if let Some(inside) = inside.filter(|inside| !inside.contains([open, close])) {
            return inside.trim().to_owned();
        }
    }
    plain
}

/// The parts of a tidy text.
pub(super) fn split(text: &str) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut last_was_blank = true;
    for character in text.chars() {
        match (character, tokens.last_mut()) {
            (' ', _) => {}
            (digit @ '0'..='9', Some(Token::Number(number, digits))) if !last_was_blank => {
                *number = number.saturating_mul(10).saturating_add(i64::from(digit as u8 - b'0'));
                *digits += 1;
            }
            (digit @ '0'..='9', _) => tokens.push(Token::Number(i64::from(digit as u8 - b'0'), 1)),
            (letter, Some(Token::Word(word))) if letter.is_alphabetic() && !last_was_blank => word.push(letter),
            (letter, _) if letter.is_alphabetic() => tokens.push(Token::Word(letter.to_string())),
            (mark, _) => tokens.push(Token::Mark(mark)),
        }
        last_was_blank = character == ' ';
    }
    tokens
}
