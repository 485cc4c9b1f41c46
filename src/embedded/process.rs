//! One process of the database: its command line, its limits, its output, its end.

use std::collections::VecDeque;
use std::io::{self, BufRead, BufReader, PipeReader};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::Sender;
use std::thread::{self, JoinHandle};

use rustix::fs::Mode;
use rustix::io::Errno;
#[cfg(target_os = "linux")]
use rustix::process::set_parent_process_death_signal;
use rustix::process::{Pid, Resource, Rlimit, Signal, kill_process, setrlimit, umask};

/// How many last lines of output are kept for an error message.
const LAST_LINES: usize = 20;

/// The program and its settings, except the port.
#[derive(Debug)]
pub(super) struct Program {
    pub path: PathBuf,
    pub storage: PathBuf,
    pub config: PathBuf,
    pub memory_limit_mb: u64,
    pub log_file_max: Option<String>,
}

/// A message to the supervisor.
#[derive(Debug)]
pub(super) enum Event {
    /// End the database and the supervisor.
    Stop,
    /// This process closed its output, which means that it has ended.
    Ended(u32),
    /// The storage engine of this process failed: it keeps running, but every command will fail.
    Broken(u32),
}

pub(super) struct Process {
    child: Child,
    output: JoinHandle<VecDeque<String>>,
}

impl Program {
    /// Starts the database on this port. Its output goes to the log line by line, its end to `events`.
    pub(super) fn start(&self, port: u16, events: Sender<Event>) -> io::Result<Process> {
        let (output, into_output) = io::pipe()?;
        let mut command = self.command(port);
        command
            .stdin(Stdio::null())
            .stdout(into_output.try_clone()?)
            .stderr(into_output);
        bind_to_this_thread(&mut command, self.memory_limit_mb);
        let mut child = command.spawn()?;
        // The command holds our ends of the pipe; while they are open, reading never ends.
        drop(command);
        let pid = child.id();
        let reader = thread::Builder::new().name("embedded-output".into());
        match reader.spawn(move || forward(output, pid, &events)) {
            Ok(output) => Ok(Process { child, output }),
            Err(error) => {
                child.kill()?;
                child.wait()?;
                Err(error)
            }
        }
    }

    fn command(&self, port: u16) -> Command {
        let mut command = Command::new(&self.path);
        command
            .arg("--config")
            .arg(&self.config)
            .args(["--host", "127.0.0.1", "--port", &port.to_string()])
            .arg("--storage-path")
            .arg(&self.storage)
            // Without it, a kill loses acknowledged writes.
            .arg("--sync-on-commit")
            .args(["--log-level", "WARNING"])
            .args(["--cache-size", &format!("{}M", self.memory_limit_mb / 4)]);
        if let Some(size) = &self.log_file_max {
            command.args(["--log-file-max", size]);
        }
        // The database also takes settings from the environment, such as delayed log writes; and the server's
        // environment may hold secrets.
        command
            .env_clear()
            .envs(std::env::vars_os().filter(|(name, _)| name == "LD_LIBRARY_PATH"));
        // Its allocator reserves 1 GiB in advance, which counts against the limit; this makes it 32 MiB at a time.
        command.env("MIMALLOC_ARENA_RESERVE", "32768");
        // Ctrl-C goes to the terminal's whole process group; the server must end first.
        command.process_group(0);
        command
    }
}

impl Process {
    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Asks the database to end. It writes its state to disk first.
    pub(super) fn terminate(&mut self) {
        // Our child was not waited for (`end` consumes it), so its process id cannot have been reused. Fails only if it has
        // ended already.
        let _ = kill_process(Pid::from_child(&self.child), Signal::TERM);
    }

    /// Kills it if it has not ended yet. Returns its exit status and its last lines of output.
    pub(super) fn end(mut self) -> io::Result<(ExitStatus, Vec<String>)> {
        // Fails only if the process has ended already.
        let _ = self.child.kill();
        let status = self.child.wait()?;
        let lines = self.output.join().unwrap_or_default();
        Ok((status, lines.into()))
    }
}

/// Makes the child die with the thread that starts it, limits its memory, and sets its umask.
#[allow(
    unsafe_code,
    reason = "what the child does before its program must be safe after a fork, which only we can know"
)]
fn bind_to_this_thread(command: &mut Command, memory_limit_mb: u64) {
    let server = std::process::id();
    let limit = |bytes| Rlimit {
        current: Some(bytes),
        maximum: Some(bytes),
    };
    // RLIMIT_DATA limits private writable memory. RLIMIT_AS would limit address space, of which the storage engine
    // reserves far more than it uses.
    let memory = limit(memory_limit_mb.saturating_mul(1024 * 1024));
    let no_core_file = limit(0);
    let prepare = move || {
        #[cfg(target_os = "linux")]
        set_parent_process_death_signal(Some(Signal::KILL))?;
        setrlimit(Resource::Data, memory)?;
        // At the limit it aborts; do not fill the disk with its memory too.
        setrlimit(Resource::Core, no_core_file)?;
        // Its files are for its user only, whatever the server's umask.
        umask(Mode::RWXG | Mode::RWXO);
        // If the server was killed before the death signal was set, there is none: check for that.
        if std::os::unix::process::parent_id() != server {
            return Err(Errno::SRCH.into());
        }
        Ok(())
    };
    // SAFETY: only async-signal-safe calls are allowed between fork and exec. `prepare` makes system calls, neither
    // allocates nor locks, and an `io::Error` from an error number is plain data.
    unsafe { command.pre_exec(prepare) };
}

/// Forwards the output to the log until it ends. Returns the last lines.
fn forward(output: PipeReader, pid: u32, events: &Sender<Event>) -> VecDeque<String> {
    let mut output = BufReader::new(output);
    let mut last = VecDeque::new();
    let mut line = Vec::new();
    // A read fails only on a broken pipe, which is the end too.
    while output.read_until(b'\n', &mut line).is_ok_and(|length| length > 0) {
        let text = String::from_utf8_lossy(&line).trim_end().to_owned();
        line.clear();
        if text.contains("WT_PANIC") {
            // Fails only if the supervisor has ended.
            let _ = events.send(Event::Broken(pid));
        }
        if text.starts_with("secantusd-rs listening") {
            tracing::debug!(target: "embedded", pid, "{text}");
        } else {
            tracing::warn!(target: "embedded", pid, "{text}");
        }
        if last.len() == LAST_LINES {
            last.pop_front();
        }
        last.push_back(text);
    }
    let _ = events.send(Event::Ended(pid));
    last
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use std::sync::mpsc;

    #[test]
    fn the_output_tells_of_a_broken_engine_and_of_the_end_and_its_last_lines_are_kept() {
        let (output, mut written) = io::pipe().unwrap();
        let (events, inbox) = mpsc::channel();
        for n in 0..LAST_LINES {
            writeln!(written, "line {n}").unwrap();
        }
        written.write_all(b"not UTF-8: \xff\nWT_PANIC: library panic").unwrap();
        drop(written);

        let last = forward(output, 7, &events);
        assert_eq!(last.len(), LAST_LINES);
        assert_eq!(last.front().unwrap(), "line 2");
        assert_eq!(last.back().unwrap(), "WT_PANIC: library panic");
        drop(events);
        let told: Vec<_> = inbox.iter().collect();
        assert!(matches!(told[..], [Event::Broken(7), Event::Ended(7)]), "{told:?}");
    }
}
