//! The embedded database: the child process that is used when no `MONGODB_URI` is set.
//!
//! It is SecantusDB, which speaks MongoDB's wire protocol; it is a program of its own because its
//! licence (GPL-2.0-only) must not reach this one. Here live finding it (`find`), the data folder
//! and its lock (`folder`), who can read it (`private`), starting and ending one process within its limits (`process`), the
//! question whether it answers (`ping`) and the loop that keeps it running (`supervise`). What is
//! asked of it afterwards is the store's: from here it gets nothing but a URI.

mod error;
mod find;
mod folder;
mod ping;
mod private;
mod process;
mod supervise;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{self, Sender};
use std::thread;

use tokio::sync::oneshot;

pub use error::EmbeddedError;
use folder::Folder;
pub use folder::running;
use process::{Event, Program};
use supervise::Supervisor;

/// How to start the database.
#[derive(Clone, Debug)]
pub struct Options {
    /// The program. `None`: looked for in the user's cache, then on the `PATH`.
    pub program: Option<PathBuf>,
    /// The folder that keeps the data; created when missing. One server at a time can use it.
    pub data_dir: PathBuf,
    /// The most memory that the database may have, in MiB. Beyond it, it ends and is restarted.
    pub memory_limit_mb: u64,
    /// The size of one file of its log, such as `16MB`; an empty database is about as large.
    /// `None`: its own default (128 MB).
    pub log_file_max: Option<String>,
}

/// A running database. It is restarted when it dies, and ends with [`Embedded::stop`], when this
/// is dropped, and when the server's process ends in any way.
#[derive(Debug)]
pub struct Embedded {
    port: u16,
    pid: Arc<AtomicU32>,
    events: Sender<Event>,
    /// Closed by the supervisor when it has ended.
    ended: Option<oneshot::Receiver<()>>,
}

impl Embedded {
    /// Finds the program, locks the data folder, starts the database and waits until it answers
    /// a command (an open port alone would not tell: its listener outlives the thread behind it).
    ///
    /// # Errors
    /// When there is no program or no usable folder, when another server uses the folder, and
    /// when the database ends at once or does not answer within 30 s.
    pub async fn start(options: Options) -> Result<Self, EmbeddedError> {
        let (events, inbox) = mpsc::channel();
        let (ready, answers) = oneshot::channel();
        let (end, ended) = oneshot::channel();
        let pid = Arc::new(AtomicU32::new(0));
        let (told, shown) = (events.clone(), pid.clone());
        // A thread of its own: the system ends the child when the thread that started it ends,
        // and the runtime's threads come and go.
        thread::Builder::new()
            .name("embedded-database".into())
            .spawn(move || {
                match prepare(options) {
                    Ok((program, folder)) => {
                        let supervisor = Supervisor {
                            program,
                            folder,
                            pid: shown,
                            events: told,
                            inbox,
                        };
                        supervisor.run(ready);
                    }
                    // Nobody takes the error only when nobody waits any more.
                    Err(error) => {
                        let _ = ready.send(Err(error));
                    }
                }
                drop(end);
            })
            .map_err(EmbeddedError::Thread)?;
        // Made before the wait, so that a caller who gives up waiting drops it and so ends all.
        let mut embedded = Self {
            port: 0,
            pid,
            events,
            ended: Some(ended),
        };
        // The supervisor always answers; it can only fail to by a defect that ends its thread.
        embedded.port = answers.await.unwrap_or(Err(EmbeddedError::Stopped))?;
        Ok(embedded)
    }

    /// The URI for MongoDB's driver.
    pub fn uri(&self) -> String {
        folder::uri(self.port)
    }

    /// The present process of the database; `None` between its death and its restart.
    pub fn pid(&self) -> Option<u32> {
        match self.pid.load(Ordering::Relaxed) {
            0 => None,
            pid => Some(pid),
        }
    }

    /// Ends the database, in order if it does so within some seconds, and releases the folder.
    pub async fn stop(mut self) {
        // Neither can fail but by the supervisor having ended already.
        let _ = self.events.send(Event::Stop);
        if let Some(ended) = self.ended.take() {
            let _ = ended.await;
        }
    }
}

/// Everything before the first process: the program and the folder, ours from here on.
fn prepare(options: Options) -> Result<(Program, Folder), EmbeddedError> {
    let path = find::program(options.program.as_deref(), |name| std::env::var_os(name))?;
    let folder = Folder::lock(&options.data_dir)?;
    let program = Program {
        path,
        storage: folder.storage(),
        config: folder.config()?,
        memory_limit_mb: options.memory_limit_mb,
        log_file_max: options.log_file_max,
    };
    Ok((program, folder))
}

impl Drop for Embedded {
    fn drop(&mut self) {
        let _ = self.events.send(Event::Stop);
    }
}
