//! Why the embedded database cannot be used, worded for the person who starts the server.

use std::io;
use std::path::PathBuf;
use std::process::ExitStatus;

/// Why the embedded database could not be started.
#[derive(Debug, thiserror::Error)]
pub enum EmbeddedError {
    /// The program was not found.
    #[error(
        "the embedded database's program was not found; looked for {}. \
         `make database` builds it; or set MONGODB_URI to use a MongoDB of your own",
        places(.looked)
    )]
    NotFound {
        /// The paths that were tried, in order.
        looked: Vec<PathBuf>,
    },
    /// The data folder cannot be created or written.
    #[error(
        "the data folder cannot be used: {}: {source}. MENAGERIE_DATA_DIR names another one",
        .path.display()
    )]
    Folder {
        /// The folder, or a file in it.
        path: PathBuf,
        source: io::Error,
    },
    #[error(
        "the data folder {} is in use by another server{}; stop that one, or set \
         MENAGERIE_DATA_DIR to a folder of this one's own",
        .path.display(), process(.pid)
    )]
    InUse {
        path: PathBuf,
        /// The process of the other server, if known.
        pid: Option<u32>,
    },
    /// The operating system could not start the program.
    #[error("the embedded database could not be started: {}: {source}", .program.display())]
    Spawn { program: PathBuf, source: io::Error },
    /// The program exited instead of answering.
    #[error(
        "the embedded database {} ended before it answered ({status}){}",
        .program.display(), last_words(.output)
    )]
    Exited {
        program: PathBuf,
        status: ExitStatus,
        /// Its last lines of output.
        output: Vec<String>,
    },
    /// The program runs but does not answer.
    #[error(
        "the embedded database {} did not answer within {seconds} s{}",
        .program.display(), last_words(.output)
    )]
    Silent {
        program: PathBuf,
        /// How long the server waited.
        seconds: u64,
        /// Its last lines of output.
        output: Vec<String>,
    },
    /// It was stopped during the start.
    #[error("the embedded database was stopped while it started")]
    Stopped,
    /// No thread could be created to supervise it.
    #[error("the thread that watches over the embedded database could not be started: {0}")]
    Thread(io::Error),
}

fn places(looked: &[PathBuf]) -> String {
    looked
        .iter()
        .map(|path| path.display().to_string())
        .collect::<Vec<_>>()
        .join(", ")
}

fn process(pid: &Option<u32>) -> String {
    pid.map(|pid| format!(" (process {pid})")).unwrap_or_default()
}

fn last_words(output: &[String]) -> String {
    if output.is_empty() {
        "; it wrote nothing".into()
    } else {
        format!("; its last lines:\n  {}", output.join("\n  "))
    }
}
