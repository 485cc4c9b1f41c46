//! The HTML of the pages as Vite built it, told where the server stands, with places for what the server writes into it.

use maud::{Markup, PreEscaped, html};
use serde_json::Value as Json;

use super::rendered::View;
use super::site::Site;
use super::view::framed;

/// What the server's part of the head stands between.
const HEAD: (&str, &str) = ("<!--head-->", "<!--/head-->");
/// Where the content goes.
const CONTENT: &str = "<!--content-->";

/// A page's HTML.
pub struct Shell {
    html: String,
    /// What stands before the server's part of the head, between that and the content, and behind. `None` for a page
    /// without such places.
    parts: Option<[String; 3]>,
}

impl Shell {
    /// The page for a server that is served under this path, which is empty or begins with a slash, and has these other
    /// things to link to. Vite's addresses are relative to the root.
    pub fn new(html: &[u8], prefix: &str, has: &[&str]) -> Self {
        let html = String::from_utf8_lossy(html)
            .replace("=\"./", &format!("=\"{prefix}/"))
            .replace("data-base=\"/\"", &format!("data-base=\"{prefix}/\""))
            .replace(
                "data-has=\"graphiql schema\"",
                &format!("data-has=\"{}\"", has.join(" ")),
            );
        Self {
            parts: parts(&html),
            html,
        }
    }

    /// The page as it was built.
    pub fn html(&self) -> &str {
        &self.html
    }

    /// The page with what the server says of it, for its script to go on from. `answer`: what the script would ask first.
    pub fn with(&self, site: &Site, view: &View, answer: Option<&Json>) -> String {
        let Some([before, between, after]) = &self.parts else {
            return self.html.clone();
        };
        let head = head(site, view, answer).into_string();
        let content = html! { main class="gift-page" { (view.content) } }.into_string();
        [before, head.as_str(), between, content.as_str(), after].concat()
    }

    /// The page without a script, in a frame of its own.
    pub fn alone(&self, site: &Site, view: &View) -> String {
        self.around(site, view, framed(site, view).into_string())
    }

    /// The page without a script and without a frame, for pages of others.
    pub fn bare(&self, site: &Site, view: &View) -> String {
        let content = html! { main class="gift-page" { (view.content) } };
        self.around(site, view, content.into_string())
    }

    fn around(&self, site: &Site, view: &View, content: String) -> String {
        let Some([before, between, after]) = &self.parts else {
            return self.html.clone();
        };
        let head = head(site, view, None).into_string();
        let between = without_scripts(between);
        [before, head.as_str(), &between, content.as_str(), after].concat()
    }
}

fn parts(html: &str) -> Option<[String; 3]> {
    let (before, rest) = html.split_once(HEAD.0)?;
    let (_, rest) = rest.split_once(HEAD.1)?;
    let (between, after) = rest.split_once(CONTENT)?;
    Some([before, between, after].map(str::to_owned))
}

/// Vite writes one element a line.
fn without_scripts(html: &str) -> String {
    let is_script = |line: &&str| line.contains("<script") || line.contains("rel=\"modulepreload\"");
    html.lines()
        .filter(|line| !is_script(line))
        .collect::<Vec<_>>()
        .join("\n")
}

fn head(site: &Site, view: &View, answer: Option<&Json>) -> Markup {
    let is_there = view.status.is_success();
    let address = site.url(&view.path);
    html! {
        title { (view.title) " · Menagerie" }
        meta name="description" content=(view.description);
        @if is_there {
            link rel="canonical" href=(address);
            meta property="og:type" content=(if view.path == "/" { "website" } else { "article" });
            meta property="og:site_name" content="Menagerie";
            meta property="og:title" content=(view.title);
            meta property="og:description" content=(view.description);
            meta property="og:url" content=(address);
            meta name="twitter:card" content="summary";
        } @else {
            meta name="robots" content="noindex";
        }
        @if !view.linked.is_null() {
            script type="application/ld+json" { (data(&view.linked)) }
        }
        @if let Some(answer) = answer {
            script type="application/json" id="answer" { (data(answer)) }
        }
    }
}

/// JSON within an element of data, which nothing in it may end.
fn data(json: &Json) -> PreEscaped<String> {
    PreEscaped(json.to_string().replace('<', "\\u003c"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BUILT: &[u8] =
        b"<html data-base=\"/\" data-has=\"graphiql schema\"><!--head--><title>Old</title><!--/head-->\n<script src=\"./assets/a.js\"></script>\n\
        <link rel=\"stylesheet\" href=\"./assets/a.css\">\n<div id=\"root\"><!--content--></div>";

    #[test]
    fn a_page_is_told_where_the_server_stands() {
        for (prefix, script) in [("", "src=\"/assets/a.js\""), ("/zoo", "src=\"/zoo/assets/a.js\"")] {
            let shell = Shell::new(BUILT, prefix, &["schema"]);
            assert!(shell.html().contains("data-has=\"schema\""), "{}", shell.html());
            assert!(shell.html().contains(script), "{}", shell.html());
            assert!(shell.html().contains(&format!("data-base=\"{prefix}/\"")));
        }
    }

    #[test]
    fn no_data_ends_its_element() {
        let written = data(&serde_json::json!({ "title": "</script><script>alert(1)</script>" })).into_string();
        assert!(!written.contains('<'), "{written}");
        let read: Json = serde_json::from_str(&written).expect("JSON");
        assert_eq!(read["title"], "</script><script>alert(1)</script>");
    }

    #[test]
    fn a_page_alone_has_its_styles_and_no_script() {
        let kept = without_scripts(
            "a\n<script src=\"x\"></script>\n<link rel=\"modulepreload\" href=\"x\">\n<link rel=\"stylesheet\">",
        );
        assert_eq!(kept, "a\n<link rel=\"stylesheet\">");
    }
}
