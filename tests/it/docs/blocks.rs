//! Blocks of code: queries and commands run, page by page and in their order, and give the answers that stand below them.
//!
//! `graphql` is sent with the token of an admin, `sh` is run where it only needs curl and this program. A `json` block is
//! the answer to the block before it; without one the answer must hold no error. Each page has a database of its own with the set
//! `article`.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Value as Json, json};

use super::{Block, Page, page, pages};
use crate::commands::{clean, ends_with, output};
use crate::support::{TestApp, client};

/// A page's server, the folder in which its commands run, and a token.
struct Reader {
    app: TestApp,
    folder: tempfile::TempDir,
    token: String,
}

impl Reader {
    async fn new() -> Self {
        let app = TestApp::with(&["article"]).await;
        app.is_indexed().await;
        let token = output(&app, &["token", "create", "reader-of-docs", "--role", "admin"]);
        Self {
            app,
            folder: tempfile::tempdir().expect("a folder"),
            token: token.trim().to_owned(),
        }
    }

    /// A shell that finds this program and this page's server.
    fn shell(&self, script: &str) -> Command {
        let program: PathBuf = Path::new(env!("CARGO_BIN_EXE_menagerie"))
            .parent()
            .expect("a folder")
            .into();
        let script = script
            .replace("http://127.0.0.1:8080", &self.app.address)
            .replace("target/local/menagerie", "menagerie");
        let mut command = Command::new("sh");
        clean(&mut command, self.folder.path());
        let path = std::env::var("PATH").expect("a path");
        command
            .args(["-e", "-c", &script])
            .env("PATH", format!("{}:{path}", program.display()))
            .env("MONGODB_URI", &self.app.options.uri)
            .env("MONGODB_DATABASE", &self.app.options.database)
            .stdin(Stdio::null());
        command
    }

    /// The answer to a document; none to a subscription, which is only checked.
    async fn ask(&self, document: &str) -> Option<Json> {
        let request = client().post(format!("{}/graphql", self.app.address));
        let request = request.bearer_auth(&self.token).json(&json!({ "query": document }));
        let response = request.send().await.expect("an answer");
        if document.starts_with("subscription") {
            // It has passed the guard, and one answer cannot hold it.
            let status = response.status().as_u16();
            assert_eq!(status, 406, "{document}{}", response.text().await.expect("a text"));
            return None;
        }
        Some(response.json().await.expect("the answer is JSON"))
    }

    /// What a block gives; none where it is not run, or gives no JSON.
    async fn run(&self, block: &Block) -> Option<Json> {
        match block.language.as_str() {
            "graphql" => self.ask(&block.text).await,
            "sh" if is_run(&block.text) => tokio::task::block_in_place(|| {
                let output = self.shell(&block.text).output().expect("sh starts");
                assert!(output.status.success(), "{}{output:?}", block.text);
                serde_json::from_slice(&output.stdout).ok()
            }),
            _ => None,
        }
    }
}

/// Whether a script needs nothing but what a test has, and ends by itself.
fn is_run(script: &str) -> bool {
    let first = script.split_whitespace().next().unwrap_or_default();
    let is_known = ["curl", "menagerie"].contains(&first) || first.starts_with("TOKEN=");
    is_known && !script.contains("curl -N") && (!script.contains("curl ") || has_curl())
}

fn has_curl() -> bool {
    let found = Command::new("curl").arg("--version").stdout(Stdio::null()).status();
    found.is_ok_and(|status| status.success())
}

/// Runs the blocks of a page; gives the lines of those that ran.
async fn run(page: &Page) -> Vec<usize> {
    let blocks = page.blocks();
    let is_of_use = |block: &Block| block.language == "graphql" || (block.language == "sh" && is_run(&block.text));
    if !blocks.iter().any(is_of_use) {
        return Vec::new();
    }
    let (reader, mut ran) = (Reader::new().await, Vec::new());
    let mut blocks = blocks.into_iter().peekable();
    while let Some(block) = blocks.next() {
        let place = format!("{}:{}", page.path, block.line);
        let answer = reader.run(&block).await;
        if answer.is_some() || is_of_use(&block) {
            ran.push(block.line);
        }
        let told = blocks.next_if(|next| next.language == "json" && is_of_use(&block));
        match (answer, told) {
            (Some(answer), Some(told)) => {
                let told: Json = serde_json::from_str(&told.text).unwrap_or_else(|error| panic!("{place}: {error}"));
                assert_eq!(told, answer, "{place} should be followed by:\n{answer:#}");
            }
            (Some(answer), None) => assert!(answer.get("errors").is_none(), "{place}: {answer:#}"),
            (None, Some(_)) => panic!("{place}: an answer stands below it, and it gives none"),
            (None, None) => {}
        }
    }
    ran
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_queries_and_commands_of_each_page_give_the_answers_below_them() {
    let mut count = 0;
    for page in pages() {
        count += run(&page).await.len();
    }
    assert!(count > 20, "the blocks are found: {count}");
}

#[tokio::test]
async fn the_query_in_the_readme_gives_the_answer_in_the_readme() {
    let app = TestApp::with(&["article"]).await;
    let blocks = page("README.md").blocks();
    let first = |language: &str| {
        &blocks
            .iter()
            .find(|block| block.language == language)
            .expect("a block")
            .text
    };
    let answer: Json = serde_json::from_str(first("json")).expect("the answer is JSON");
    let data = app.query(first("graphql")).await;
    assert_eq!(
        answer["data"],
        data,
        "the README should say:\n{:#}",
        serde_json::json!({ "data": data })
    );
}

#[tokio::test]
async fn the_commands_on_files_do_what_they_say() {
    let reader = Reader::new().await;
    let page = page("docs/IMPORT-EXPORT.md");
    let section = Page {
        path: page.path.clone(),
        text: page.section("## Import").to_owned(),
    };
    let blocks = section.blocks();
    let block = blocks.iter().find(|block| block.language == "sh").expect("a block");
    for line in block.text.lines() {
        let said = ends_with(&mut reader.shell(line), 0);
        if line.contains(" import ") {
            assert!(said.starts_with("0 created, 0 updated, "), "{line}: {said}");
        }
    }
    assert!(output(&reader.app, &["check"]).starts_with("nothing found"));
}
