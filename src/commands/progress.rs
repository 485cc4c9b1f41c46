//! The progress bar of a command, if stderr is a terminal.

use std::io::{IsTerminal, Write, stderr};
use std::time::{Duration, Instant};

use menagerie::transfer::Progress;

/// In characters.
const WIDTH: u64 = 30;
/// The least time between two updates.
const EACH: Duration = Duration::from_millis(100);

/// A progress bar on stderr.
pub struct Bar {
    shows: bool,
    is_drawn: bool,
    doing: &'static str,
    began: Instant,
    drawn: Option<Instant>,
}

impl Bar {
    pub fn new() -> Self {
        Self {
            shows: stderr().is_terminal(),
            is_drawn: false,
            doing: "",
            began: Instant::now(),
            drawn: None,
        }
    }

    /// Shows the progress. The estimate of the remaining time starts anew with another `doing`.
    pub fn show(&mut self, progress: Progress) {
        if !self.shows {
            return;
        }
        let Progress {
            doing,
            done,
            total,
            rows,
        } = progress;
        if doing != self.doing {
            self.doing = doing;
            self.began = Instant::now();
            self.drawn = None;
        }
        if done < total && self.drawn.is_some_and(|drawn| drawn.elapsed() < EACH) {
            return;
        }
        self.drawn = Some(Instant::now());
        self.is_drawn = true;
        let part = |of: u64| done.saturating_mul(of).checked_div(total).unwrap_or(of).min(of);
        let filled = usize::try_from(part(WIDTH)).unwrap_or_default();
        let bar = format!("{}{}", "#".repeat(filled), ".".repeat(WIDTH as usize - filled));
        let seconds = self.began.elapsed().as_secs_f64();
        let left = seconds * (total.saturating_sub(done)) as f64 / (done.max(1)) as f64;
        // Clears the rest of the line, as the previous text may have been longer.
        let _ = write!(
            stderr(),
            "\r{doing} [{bar}] {:3} %, {rows} rows, {left:.0} s left\x1b[K",
            part(100)
        );
    }

    /// Removes the bar.
    pub fn clear(&mut self) {
        if std::mem::take(&mut self.is_drawn) {
            let _ = write!(stderr(), "\r\x1b[K");
            self.drawn = None;
        }
    }
}
