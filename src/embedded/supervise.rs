//! The loop that keeps the database running, on the thread that starts its processes.

use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::process::ExitStatus;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::EmbeddedError;
use super::folder::Folder;
use super::ping;
use super::process::{Event, Process, Program};

/// How often a starting database is asked whether it answers, and for how long. A restart may have
/// much to recover, and to cut that short would only begin it anew.
const POLL: Duration = Duration::from_millis(10);
const START: Duration = Duration::from_secs(30);
const RESTART: Duration = Duration::from_secs(300);

/// A first start that ends at once is repeated: its port may have been taken since it was found,
/// and the database of a server that was killed just now may not have let go of the files yet.
const FIRST_STARTS: u32 = 5;

/// The pause before a restart: it doubles with each, and is short again after a time of health.
const SHORTEST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
const HEALTHY: Duration = Duration::from_secs(5);

/// A running database is asked this often whether it answers, and restarted when it fails to this
/// many times in a row: short of memory or files, it can lose its listener and yet run on.
const CHECK: Duration = Duration::from_secs(1);
const PATIENCE: u32 = 5;

/// How long one answer may take, and how long the end of a database that was asked to end.
const ANSWER: Duration = Duration::from_secs(1);
const FAREWELL: Duration = Duration::from_secs(5);

/// Keeps one database running.
pub(super) struct Supervisor {
    pub program: Program,
    pub folder: Folder,
    /// The present process, for others to read; 0 when there is none.
    pub pid: Arc<AtomicU32>,
    /// Given to every process's reader of output; ends in `inbox`.
    pub events: Sender<Event>,
    pub inbox: Receiver<Event>,
}

/// How a wait ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Heard {
    /// We are to stop.
    Stop,
    /// The process ended.
    Ended,
    /// Its storage engine gave up.
    Broken,
    /// Nothing was heard in the time given.
    Nothing,
}

impl Supervisor {
    /// Starts the database, says on which port it answers, and keeps it running until it is told
    /// to stop. The folder's lock is released at the end.
    pub(super) fn run(mut self, ready: oneshot::Sender<Result<u16, EmbeddedError>>) {
        // When nobody takes the message, whoever waited has gone, and a `Stop` is in the inbox.
        match self.first_start() {
            Ok((process, port)) => {
                let _ = ready.send(Ok(port));
                self.keep_running(process, port);
            }
            Err(error) => {
                let _ = ready.send(Err(error));
            }
        }
    }

    fn first_start(&mut self) -> Result<(Process, u16), EmbeddedError> {
        let program = self.program.path.clone();
        let failed = |source| EmbeddedError::Spawn {
            program: program.clone(),
            source,
        };
        let mut starts = 0;
        loop {
            let port = free_port().map_err(failed)?;
            let process = self.start(port).map_err(failed)?;
            starts += 1;
            let Err(heard) = self.wait_until_it_answers(&process, port, START) else {
                if let Err(error) = self.folder.serves(port) {
                    tracing::warn!(target: "embedded", %error, "other commands cannot find it");
                }
                return Ok((process, port));
            };
            let (status, output) = self.end(process).map_err(failed)?;
            match heard {
                Heard::Stop => return Err(EmbeddedError::Stopped),
                Heard::Nothing => {
                    let seconds = START.as_secs();
                    return Err(EmbeddedError::Silent {
                        program,
                        seconds,
                        output,
                    });
                }
                Heard::Ended | Heard::Broken if starts == FIRST_STARTS => {
                    return Err(EmbeddedError::Exited {
                        program,
                        status,
                        output,
                    });
                }
                Heard::Ended | Heard::Broken => {}
            }
            if self.hear(None, SHORTEST_PAUSE * starts) == Heard::Stop {
                return Err(EmbeddedError::Stopped);
            }
        }
    }

    fn keep_running(&self, mut process: Process, port: u16) {
        let mut pause = SHORTEST_PAUSE;
        loop {
            let since = Instant::now();
            let heard = self.watch(&process, port);
            if heard == Heard::Stop {
                return self.farewell(process);
            }
            self.end_and_tell(process, heard);
            if since.elapsed() >= HEALTHY {
                pause = SHORTEST_PAUSE;
            }
            match self.restart(port, &mut pause) {
                Some(restarted) => process = restarted,
                None => return,
            }
        }
    }

    /// Watches a process that has answered, until there is a reason to end it: `Nothing` is that
    /// it answers no more.
    fn watch(&self, process: &Process, port: u16) -> Heard {
        let mut failures = 0;
        while failures < PATIENCE {
            match self.hear(Some(process), CHECK) {
                Heard::Nothing if ping::answers(port, ANSWER) => failures = 0,
                Heard::Nothing => failures += 1,
                heard => return heard,
            }
        }
        Heard::Nothing
    }

    /// Tries until a process answers; `None` when told to stop.
    fn restart(&self, port: u16, pause: &mut Duration) -> Option<Process> {
        loop {
            if self.hear(None, *pause) == Heard::Stop {
                return None;
            }
            *pause = LONGEST_PAUSE.min(*pause * 2);
            let process = match self.start(port) {
                Ok(process) => process,
                Err(error) => {
                    tracing::error!(target: "embedded", %error, "it could not be restarted");
                    continue;
                }
            };
            match self.wait_until_it_answers(&process, port, RESTART) {
                Ok(()) => return Some(process),
                Err(Heard::Stop) => {
                    self.farewell(process);
                    return None;
                }
                Err(heard) => self.end_and_tell(process, heard),
            }
        }
    }

    fn end_and_tell(&self, process: Process, heard: Heard) {
        let pid = process.id();
        let reason = match heard {
            Heard::Nothing => "the database does not answer",
            Heard::Broken => "the database's storage engine gave up",
            Heard::Ended | Heard::Stop => "the database ended",
        };
        let status = match self.end(process) {
            Ok((status, _)) => status.to_string(),
            Err(error) => error.to_string(),
        };
        tracing::warn!(target: "embedded", pid, status, "{reason}; restarting it");
    }

    /// Asks a starting process until it answers; else what was heard, `Nothing` when time is up.
    fn wait_until_it_answers(&self, process: &Process, port: u16, within: Duration) -> Result<(), Heard> {
        let since = Instant::now();
        while since.elapsed() < within {
            match self.hear(Some(process), POLL) {
                Heard::Nothing if ping::answers(port, ANSWER) => {
                    let (pid, waited) = (process.id(), since.elapsed());
                    tracing::info!(target: "embedded", pid, port, ?waited, "the database answers");
                    return Ok(());
                }
                Heard::Nothing => {}
                heard => return Err(heard),
            }
        }
        Err(Heard::Nothing)
    }

    /// Waits for word to us or from this process.
    fn hear(&self, process: Option<&Process>, within: Duration) -> Heard {
        let since = Instant::now();
        loop {
            let left = within.saturating_sub(since.elapsed());
            match self.inbox.recv_timeout(left) {
                Ok(Event::Ended(pid)) if is(process, pid) => return Heard::Ended,
                Ok(Event::Broken(pid)) if is(process, pid) => return Heard::Broken,
                // Late word from an earlier process.
                Ok(Event::Ended(_) | Event::Broken(_)) => {}
                Ok(Event::Stop) | Err(RecvTimeoutError::Disconnected) => return Heard::Stop,
                Err(RecvTimeoutError::Timeout) => return Heard::Nothing,
            }
        }
    }

    fn start(&self, port: u16) -> io::Result<Process> {
        let process = self.program.start(port, self.events.clone())?;
        self.pid.store(process.id(), Ordering::Relaxed);
        Ok(process)
    }

    fn end(&self, process: Process) -> io::Result<(ExitStatus, Vec<String>)> {
        self.pid.store(0, Ordering::Relaxed);
        process.end()
    }

    /// Ends the database in order, or by force when it takes too long or we are told again.
    fn farewell(&self, mut process: Process) {
        process.terminate();
        let heard = self.hear(Some(&process), FAREWELL);
        match self.end(process) {
            Ok((status, _)) if heard == Heard::Ended => {
                tracing::info!(target: "embedded", %status, "the database has ended");
            }
            Ok(_) => tracing::warn!(target: "embedded", "the database was ended by force"),
            Err(error) => tracing::error!(target: "embedded", %error, "the database may run on"),
        }
    }
}

fn is(process: Option<&Process>, pid: u32) -> bool {
    process.is_some_and(|process| process.id() == pid)
}

fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}
