//! Reads `.env`, in the syntax of `dotenvy`. Errors also have the number of the malformed line.

use std::io::ErrorKind;
use std::path::Path;

use super::ConfigError;

/// The variables in the file, in its order; none if the file does not exist.
pub(super) fn read(path: &Path) -> Result<Vec<(String, String)>, ConfigError> {
    match std::fs::read_to_string(path) {
        Ok(text) => parse(&text).map_err(|problem| problem_in(path, &problem)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(problem_in(path, &format!("cannot be read: {error}"))),
    }
}

fn parse(text: &str) -> Result<Vec<(String, String)>, String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    entries(text).ok_or_else(|| {
        // The parser does not count lines, and its message repeats the line, which may contain a password. So find the
        // malformed line here: it follows the longest readable beginning of the file.
        let lines: Vec<_> = text.split_inclusive('\n').collect();
        let readable = |n: &usize| entries(&lines[..*n].concat()).is_some();
        let good = (0..lines.len()).rev().find(readable).unwrap_or(0);
        format!(
            "line {} is malformed (not shown, it may hold a password); accepted: NAME=value, a \
             value with spaces or any of \\ $ # ' \" in single quotes, and comments after #",
            good + 1
        )
    })
}

fn entries(text: &str) -> Option<Vec<(String, String)>> {
    dotenvy::Iter::new(text.as_bytes()).collect::<Result<_, _>>().ok()
}

fn problem_in(path: &Path, problem: &str) -> ConfigError {
    ConfigError {
        problems: vec![format!("{}: {problem}", path.display())],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_malformed_file_is_refused_with_its_line_and_without_its_content() {
        for (text, line, why) in [
            ("nonsense s3cret", 1, "no equal sign"),
            ("A=1\n# note\n\nB s3cret\nC=2\n", 4, "no equal sign after good lines"),
            ("A=1\nB='s3cret\nC=2\nD=3", 2, "a quote that is never closed"),
            (
                "A='one\ntwo'\nB=s3cret two\n",
                3,
                "a space outside quotes, below a value of two lines",
            ),
            ("\u{feff}A=1\r\nB=\"s3cret\\q\"\r\n", 2, "an unknown escape"),
        ] {
            let problem = parse(text).expect_err(why);
            assert!(problem.contains(&format!("line {line} ")), "{why}: {problem}");
            assert!(!problem.contains("s3cret"), "{why}: {problem}");
        }
    }

    #[test]
    fn a_file_gives_its_variables_and_no_file_gives_none() {
        let expected = vec![
            ("A".to_owned(), "1".to_owned()),
            ("B".to_owned(), "two words".to_owned()),
        ];
        assert_eq!(parse("\u{feff}A=1 # note\nexport B='two words'\n"), Ok(expected));
        assert_eq!(read(Path::new("no-such-folder/.env")), Ok(Vec::new()));
    }
}
