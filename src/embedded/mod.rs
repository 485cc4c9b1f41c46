//! The embedded database: the child process that is used if `MONGODB_URI` is not set.
//!
//! It is SecantusDB, which speaks MongoDB's wire protocol. It is a separate program because its licence (GPL-2.0-only)
//! must not extend to this one. `find` finds the program, `folder` locks the data folder, `private` restricts access to
//! it, `process` starts and ends one process within its limits, `ping` asks whether it answers, and `supervise` keeps
//! it running. The store gets nothing but a URI from here.

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

/// The program, the data folder and the limits of the database.
#[derive(Clone, Debug)]
pub struct Options {
    /// The program; `None` to look in the user's cache, then on the `PATH`.
    pub program: Option<PathBuf>,
    /// The folder for the data; created if missing. Only one server at a time can use it.
    pub data_dir: PathBuf,
    /// The memory limit of the database in MiB. Over it, the database aborts and is restarted.
    pub memory_limit_mb: u64,
    /// The size of one of its log files, such as `16MB`; an empty database is about as large. `None`: its default (128
    /// MB).
    pub log_file_max: Option<String>,
}

/// A running database, restarted when it dies. It ends with [`Embedded::stop`], when this is dropped, and when the
/// server's process ends in any way.
#[derive(Debug)]
pub struct Embedded {
    port: u16,
    pid: Arc<AtomicU32>,
    events: Sender<Event>,
    /// Closed by the supervisor when it has ended.
    ended: Option<oneshot::Receiver<()>>,
}

impl Embedded {
    /// Finds the program, locks the data folder, starts the database and waits until it answers a command. (An open
    /// port is not enough: the listener outlives the thread behind it.)
    ///
    /// # Errors
    /// If there is no program or no usable folder, if another server uses the folder, or if the database exits or does
    /// not answer within 30 s.
    pub async fn start(options: Options) -> Result<Self, EmbeddedError> {
        let (events, inbox) = mpsc::channel();
        let (ready, answers) = oneshot::channel();
        let (end, ended) = oneshot::channel();
        let pid = Arc::new(AtomicU32::new(0));
        let (told, shown) = (events.clone(), pid.clone());
        // A dedicated thread: the system kills the child when the thread that started it ends, and threads of the
        // runtime end at any time.
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
                    // Sending fails only if the caller no longer waits.
                    Err(error) => {
                        let _ = ready.send(Err(error));
                    }
                }
                drop(end);
            })
            .map_err(EmbeddedError::Thread)?;
        // Created before the wait: a caller that stops waiting drops it, which ends the database.
        let mut embedded = Self {
            port: 0,
            pid,
            events,
            ended: Some(ended),
        };
        // The supervisor always answers, unless a bug ends its thread.
        embedded.port = answers.await.unwrap_or(Err(EmbeddedError::Stopped))?;
        Ok(embedded)
    }

    /// The URI for MongoDB's driver.
    pub fn uri(&self) -> String {
        folder::uri(self.port)
    }

    /// The current process of the database; `None` between its death and its restart.
    pub fn pid(&self) -> Option<u32> {
        match self.pid.load(Ordering::Relaxed) {
            0 => None,
            pid => Some(pid),
        }
    }

    /// Ends the database, gracefully if that takes no longer than some seconds, and releases the folder.
    pub async fn stop(mut self) {
        // Both fail only if the supervisor has ended already.
        let _ = self.events.send(Event::Stop);
        if let Some(ended) = self.ended.take() {
            let _ = ended.await;
        }
    }
}

/// Everything before the first process: finds the program and locks the folder.
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
