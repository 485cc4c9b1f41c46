//! The program itself, run as users run it: its commands, exit statuses, and what it prints.
//!
//! Here stands how it is started; the files beside this one hold the tests.

mod once; // commands that do one thing and end
mod script; // seed/seed.sh
mod scripts; // JSON, completions, the manual page
mod serve; // the server, over the tests' database and over an embedded one of its own
pub mod server; // a running server
mod wrong; // wrong settings, no database

use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::mpsc;
use std::thread;

pub use crate::support::PATIENCE;
use crate::support::TestApp;

/// The program in an environment that holds nothing of ours, in a folder without a `.env`.
pub fn program(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_menagerie"));
    clean(&mut command, folder);
    command
}

/// Leaves of the environment only what finds programs and the user's cache.
pub fn clean(command: &mut Command, folder: &Path) {
    command.env_clear().current_dir(folder);
    for name in ["HOME", "PATH", "XDG_CACHE_HOME", "LD_LIBRARY_PATH"] {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
}

/// The program over a test's database.
pub fn program_over(app: &TestApp) -> Command {
    let mut command = program(&std::env::temp_dir());
    command
        .env("MONGODB_URI", &app.options.uri)
        .env("MONGODB_DATABASE", &app.options.database);
    command
}

/// What the program prints over a test's database when all goes well.
pub fn output(app: &TestApp, arguments: &[&str]) -> String {
    let output = run(program_over(app).args(arguments));
    assert!(output.status.success(), "{arguments:?}: {}", said(&output));
    String::from_utf8(output.stdout).expect("text")
}

/// Runs a command that must end with this status; gives all that it said.
pub fn ends_with(command: &mut Command, status: i32) -> String {
    let output = run(command);
    let said = said(&output);
    assert_eq!(output.status.code(), Some(status), "{command:?}: {said}");
    said
}

/// Runs a command to its end, which must come by itself.
pub fn run(command: &mut Command) -> Output {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let child = command.spawn().expect("the program starts");
    let process = child.id().to_string();
    let (end, ended) = mpsc::channel();
    thread::spawn(move || end.send(child.wait_with_output()));
    match ended.recv_timeout(PATIENCE) {
        Ok(output) => output.expect("it was waited for"),
        Err(_) => {
            let _ = Command::new("kill").args(["-KILL", &process]).status();
            panic!("it does not end: {command:?}");
        }
    }
}

pub fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}
