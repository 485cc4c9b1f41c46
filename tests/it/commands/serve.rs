//! The server as a process: it says where it is, ends when asked, and never leaves its database behind.
//!
//! The tests about the embedded database start one of their own, whatever `MONGODB_URI` says.

use std::process::Command;

use menagerie::embedded;
use mongodb::bson::{Document, doc};
use serde_json::json;

use super::server::{Server, embedded_in, lives, until};
use super::{clean, ends_with, program_over};
use crate::support::{TestApp, database_at};

#[tokio::test]
async fn the_server_prints_its_address_answers_and_ends_well_when_asked() {
    let app = TestApp::with(&["article"]).await;
    for signal in ["-TERM", "-INT"] {
        let mut server = Server::start(&mut program_over(&app));
        let data = server.query("{ gift(slug: \"ru-kp-2024\") { total { text } } }").await;
        assert_eq!(data, json!({ "gift": { "total": { "text": "71 or more" } } }));
        server.signal(signal);
        assert_eq!(server.ended().code(), Some(0), "{signal}: {}", server.log());
    }
}

#[tokio::test]
async fn the_server_loads_what_it_is_told_into_a_database_of_the_users_own() {
    let app = TestApp::empty().await;
    app.store.drop_database().await.expect("the database is dropped");
    for (told, gifts) in [
        (None, 0..=0),
        (Some("none"), 0..=0),
        (Some("article"), 6..=6),
        (Some("article, history"), 50..=100),
    ] {
        let mut command = program_over(&app);
        command.envs(told.map(|sets| ("MENAGERIE_SEED", sets)));
        let server = Server::start(&mut command);
        let found = server.gifts().await;
        assert!(gifts.contains(&found), "{told:?}: {found}");
    }
    let said = ends_with(
        program_over(&app).envs([("MENAGERIE_SEED", "articel"), ("MENAGERIE_BIND", "127.0.0.1:0")]),
        65,
    );
    assert!(said.contains("there is no set `articel`"), "{said}");
}

#[tokio::test]
async fn the_server_takes_as_many_open_files_as_it_may_have() {
    let app = TestApp::empty().await;
    let over = program_over(&app);
    let mut command = Command::new("sh");
    command
        .args(["-c", "ulimit -S -n 200 && exec \"$0\""])
        .arg(over.get_program());
    clean(&mut command, &std::env::temp_dir());
    command.envs(over.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let server = Server::start(&mut command);
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", server.child.id())).expect("the process is there");
    let line = limits
        .lines()
        .find(|line| line.starts_with("Max open files"))
        .expect("the line");
    let [soft, hard] = line.split_whitespace().skip(3).take(2).collect::<Vec<_>>()[..] else {
        panic!("{line}")
    };
    assert!(soft == hard && soft != "200", "{line}");
}

#[tokio::test]
async fn an_address_that_is_taken_is_told_before_any_database_is_started() {
    let folder = tempfile::tempdir().expect("a folder");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = taken.local_addr().expect("an address").to_string();
    let said = ends_with(embedded_in(folder.path()).env("MENAGERIE_BIND", &address), 70);
    assert!(
        said.contains(&format!("cannot listen on {address}: ")) && said.contains("MENAGERIE_BIND"),
        "{said}"
    );
    assert!(!folder.path().join("data").exists());
}

#[tokio::test]
async fn over_its_own_database_it_loads_the_article_once_and_keeps_the_data_over_a_kill() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut server = Server::start(&mut embedded_in(folder.path()));
    assert_eq!(server.gifts().await, 6, "an empty database gets the article");

    let data = folder.path().join("data").display().to_string();
    let said = ends_with(embedded_in(folder.path()).env("MENAGERIE_BIND", "127.0.0.1:0"), 70);
    let in_use = format!(
        "the data folder {data} is in use by another server (process {})",
        server.child.id()
    );
    assert!(said.contains(&in_use) && said.contains("MENAGERIE_DATA_DIR"), "{said}");

    let said = ends_with(embedded_in(folder.path()).args(["seed", "history"]), 0);
    assert!(said.contains("history: ") && said.contains("were added"), "{said}");
    let all = server.gifts_after(6).await;
    assert!(all > 50, "the command used the server's database: {all}");
    ends_with(embedded_in(folder.path()).arg("check"), 0);
    let create = ["token", "create", "keeper", "--role", "reader"];
    assert!(ends_with(embedded_in(folder.path()).args(create), 0).starts_with("mng_"));
    assert!(ends_with(embedded_in(folder.path()).args(["token", "list"]), 0).contains("keeper  reader, made "));

    // Were it to load the article again, this gift would come back: nothing tells any more that it was loaded.
    let uri = embedded::running(&folder.path().join("data")).expect("it runs");
    let database = database_at(&uri, "menagerie").await;
    database.collection::<Document>("seeded").drop().await.expect("dropped");
    let gifts = database.collection::<Document>("gifts");
    let deleted = gifts.delete_one(doc! { "_id": "gift_cn-kr" }).await.expect("an answer");
    assert_eq!(deleted.deleted_count, 1);

    let process = server.database();
    server.signal("-KILL");
    server.ended();
    until("the end of the database", || (!lives(process)).then_some(()));

    let mut server = Server::start(&mut embedded_in(folder.path()));
    assert_eq!(server.gifts().await, all - 1, "all is there but what was deleted");
    let process = server.database();
    server.signal("-TERM");
    assert_eq!(server.ended().code(), Some(0));
    assert!(!lives(process), "it waits for its database to end");
    let log = server.log();
    assert!(
        log.contains("the database has ended") && !log.contains("article: "),
        "{log}"
    );
}

#[tokio::test]
async fn a_command_without_a_server_starts_a_database_of_its_own_and_ends_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let said = ends_with(embedded_in(folder.path()).arg("seed"), 0);
    assert!(
        said.contains("article: ") && said.contains("the database has ended"),
        "{said}"
    );
    assert_eq!(embedded::running(&folder.path().join("data")), None);
    let said = ends_with(embedded_in(folder.path()).arg("check"), 0);
    assert!(said.contains("nothing found: "), "{said}");
}

#[tokio::test]
async fn a_server_that_cannot_load_its_sets_ends_its_database_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut command = embedded_in(folder.path());
    command.envs([("MENAGERIE_SEED", "history"), ("MENAGERIE_BIND", "127.0.0.1:0")]);
    let said = ends_with(&mut command, 65);
    assert!(
        said.contains("which is neither in this set nor in the database"),
        "{said}"
    );
    assert!(said.contains("the database has ended"), "{said}");
    assert_eq!(embedded::running(&folder.path().join("data")), None);
}
