//! Why the embedded database cannot be used, in words for the person who starts the server.

use std::io;
use std::path::PathBuf;
use std::process::ExitStatus;

/// Why the embedded database could not be started.
#[derive(Debug, thiserror::Error)]
pub enum EmbeddedError {
    /// The program is in none of the places.
    #[error(
        "the embedded database's program was not found; looked for {}. \
         `make database` builds it; or set MONGODB_URI to use a MongoDB of your own",
        places(.looked)
    )]
    NotFound {
        /// Where it was looked for, in this order.
        looked: Vec<PathBuf>,
    },
    /// The data folder cannot be created or written.
    #[error(
        "the data folder cannot be used: {}: {source}. MENAGERIE_DATA_DIR names another one",
        .path.display()
    )]
    Folder {
        /// The folder, or the file in it.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Another server uses the data folder.
    #[error(
        "the data folder {} is in use by another server{}; stop that one, or set \
         MENAGERIE_DATA_DIR to a folder of this one's own",
        .path.display(), process(.pid)
    )]
    InUse {
        /// The folder.
        path: PathBuf,
        /// The other server's process, when it could be told.
        pid: Option<u32>,
    },
    /// The system did not start the program.
    #[error("the embedded database could not be started: {}: {source}", .program.display())]
    Spawn {
        /// The program.
        program: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The program ended instead of answering.
    #[error(
        "the embedded database {} ended before it answered ({status}){}",
        .program.display(), last_words(.output)
    )]
    Exited {
        /// The program.
        program: PathBuf,
        /// How it ended.
        status: ExitStatus,
        /// Its last lines.
        output: Vec<String>,
    },
    /// The program runs and does not answer.
    #[error(
        "the embedded database {} did not answer within {seconds} s{}",
        .program.display(), last_words(.output)
    )]
    Silent {
        /// The program.
        program: PathBuf,
        /// How long it was waited for.
        seconds: u64,
        /// Its last lines.
        output: Vec<String>,
    },
    /// It was stopped while it started.
    #[error("the embedded database was stopped while it started")]
    Stopped,
    /// The system gave no thread to watch over it.
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
