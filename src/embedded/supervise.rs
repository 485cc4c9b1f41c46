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

/// How often a starting database is asked whether it answers, and for how long. A restart may have much to recover;
/// ending it early would only begin that again.
const POLL: Duration = Duration::from_millis(10);
const START: Duration = Duration::from_secs(30);
const RESTART: Duration = Duration::from_secs(300);

/// How often a first start that fails at once is tried: its port may have been taken since it was found, and the
/// database of a server that was just killed may still hold the files.
const FIRST_STARTS: u32 = 5;

/// The pause before a restart: it doubles each time, and is short again after a healthy period.
const SHORTEST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
const HEALTHY: Duration = Duration::from_secs(5);

/// How often a running database is asked whether it answers, and after how many failures in a row it is restarted: out
/// of memory or file descriptors, it can lose its listener and keep running.
const CHECK: Duration = Duration::from_secs(1);
const PATIENCE: u32 = 5;

/// How long one answer may take, and how long a graceful end.
const ANSWER: Duration = Duration::from_secs(1);
const SHUT_DOWN: Duration = Duration::from_secs(5);

pub(super) struct Supervisor {
    pub program: Program,
    pub folder: Folder,
    /// The id of the current process, for others to read; 0 if there is none.
    pub pid: Arc<AtomicU32>,
    /// Given to the output reader of each process; connected to `inbox`.
    pub events: Sender<Event>,
    pub inbox: Receiver<Event>,
}

/// How a wait ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum WaitResult {
    /// The supervisor must stop.
    Stop,
    Ended,
    /// Its storage engine failed.
    Broken,
    /// Nothing happened in time.
    Nothing,
}

impl Supervisor {
    /// Starts the database, reports its port, and keeps it running until told to stop. Releases the folder's lock at
    /// the end.
    pub(super) fn run(mut self, ready: oneshot::Sender<Result<u16, EmbeddedError>>) {
        // Sending fails only if the caller is gone, and then a `Stop` is in the inbox.
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
                WaitResult::Stop => return Err(EmbeddedError::Stopped),
                WaitResult::Nothing => {
                    let seconds = START.as_secs();
                    return Err(EmbeddedError::Silent {
                        program,
                        seconds,
                        output,
                    });
                }
                WaitResult::Ended | WaitResult::Broken if starts == FIRST_STARTS => {
                    return Err(EmbeddedError::Exited {
                        program,
                        status,
                        output,
                    });
                }
                WaitResult::Ended | WaitResult::Broken => {}
            }
            if self.hear(None, SHORTEST_PAUSE * starts) == WaitResult::Stop {
                return Err(EmbeddedError::Stopped);
            }
        }
    }

    fn keep_running(&self, mut process: Process, port: u16) {
        let mut pause = SHORTEST_PAUSE;
        loop {
            let since = Instant::now();
            let heard = self.watch(&process, port);
            if heard == WaitResult::Stop {
                return self.shut_down(process);
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

    /// Watches a process until there is a reason to end it; `Nothing` means that it no longer answers.
    fn watch(&self, process: &Process, port: u16) -> WaitResult {
        let mut failures = 0;
        while failures < PATIENCE {
            match self.hear(Some(process), CHECK) {
                WaitResult::Nothing if ping::answers(port, ANSWER) => failures = 0,
                WaitResult::Nothing => failures += 1,
                heard => return heard,
            }
        }
        WaitResult::Nothing
    }

    /// Tries until a process answers; `None` if told to stop.
    fn restart(&self, port: u16, pause: &mut Duration) -> Option<Process> {
        loop {
            if self.hear(None, *pause) == WaitResult::Stop {
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
                Err(WaitResult::Stop) => {
                    self.shut_down(process);
                    return None;
                }
                Err(heard) => self.end_and_tell(process, heard),
            }
        }
    }

    fn end_and_tell(&self, process: Process, heard: WaitResult) {
        let pid = process.id();
        let reason = match heard {
            WaitResult::Nothing => "the database does not answer",
            WaitResult::Broken => "the database's storage engine gave up",
            WaitResult::Ended | WaitResult::Stop => "the database ended",
        };
        let status = match self.end(process) {
            Ok((status, _)) => status.to_string(),
            Err(error) => error.to_string(),
        };
        tracing::warn!(target: "embedded", pid, status, "{reason}; restarting it");
    }

    /// Waits until a starting process answers. Fails with what happened instead, `Nothing` after `within`.
    fn wait_until_it_answers(&self, process: &Process, port: u16, within: Duration) -> Result<(), WaitResult> {
        let since = Instant::now();
        while since.elapsed() < within {
            match self.hear(Some(process), POLL) {
                WaitResult::Nothing if ping::answers(port, ANSWER) => {
                    let (pid, waited) = (process.id(), since.elapsed());
                    tracing::info!(target: "embedded", pid, port, ?waited, "the database answers");
                    return Ok(());
                }
                WaitResult::Nothing => {}
                heard => return Err(heard),
            }
        }
        Err(WaitResult::Nothing)
    }

    /// Waits for an event about the supervisor or this process.
    fn hear(&self, process: Option<&Process>, within: Duration) -> WaitResult {
        let since = Instant::now();
        loop {
            let left = within.saturating_sub(since.elapsed());
            match self.inbox.recv_timeout(left) {
                Ok(Event::Ended(pid)) if is(process, pid) => return WaitResult::Ended,
                Ok(Event::Broken(pid)) if is(process, pid) => return WaitResult::Broken,
                // A late event of an earlier process.
                Ok(Event::Ended(_) | Event::Broken(_)) => {}
                Ok(Event::Stop) | Err(RecvTimeoutError::Disconnected) => return WaitResult::Stop,
                Err(RecvTimeoutError::Timeout) => return WaitResult::Nothing,
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

    /// Ends the database gracefully, or by force if that takes too long or on a second request.
    fn shut_down(&self, mut process: Process) {
        process.terminate();
        let heard = self.hear(Some(&process), SHUT_DOWN);
        match self.end(process) {
            Ok((status, _)) if heard == WaitResult::Ended => {
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
