//! The article that the data comes from is its author's: none of its sentences stands here.

use std::collections::HashSet;
use std::fs;
use std::io::Write;

use super::{files, none, root};

/// The words of a text in lower case; punctuation and line ends part them.
fn words(text: &str) -> Vec<String> {
    text.to_lowercase()
        .split(|letter: char| !letter.is_alphanumeric() && letter != '\'')
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// How many words in a row may not be copied.
const RUN: usize = 8;

/// The first run of words in `text` that stands in `article` too.
fn copied(text: &str, article: &str) -> Option<String> {
    let (text, article) = (words(text), words(article));
    let runs: HashSet<&[String]> = article.windows(RUN).collect();
    let found = text.windows(RUN).find(|run| runs.contains(run))?;
    Some(found.join(" "))
}

#[test]
fn no_eight_words_in_a_row_of_the_article_stand_in_the_project() {
    let folder = root().join("../shared/article");
    let Ok(articles) = fs::read_dir(&folder) else {
        let _ = writeln!(std::io::stderr(), "not checked: the article is not beside the project");
        return;
    };
    let paths = articles.map(|entry| entry.expect("an entry").path());
    let articles: Vec<String> = paths
        .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
        .map(|path| fs::read_to_string(path).expect("the article can be read"))
        .collect();
    let mut broken = Vec::new();
    for file in files() {
        let runs = articles.iter().filter_map(|article| copied(&file.text, article));
        broken.extend(runs.map(|run| format!("{}: {run}", file.path)));
    }
    none("the article's sentences are its author's", broken);
}

#[test]
fn a_copied_run_is_found_whatever_its_case_punctuation_and_line_ends() {
    let article = "One fine day, the keeper's okapi walked out of the gate; nobody saw it.";
    let copy = "{ \"note\": \"…fine DAY the keeper's\n  okapi, walked out\", \"and\": \"of\" }";
    assert_eq!(copied(copy, article), None, "seven words, then another");
    let copy = "fine DAY -- the keeper's\n  okapi \"walked\" out of";
    assert_eq!(
        copied(copy, article).as_deref(),
        Some("fine day the keeper's okapi walked out of")
    );
}
