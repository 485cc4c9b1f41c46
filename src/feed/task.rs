//! A task that goes on for as long as somebody holds it, and how it waits before it tries again.

use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};

/// A task that follows something. It ends with this.
pub struct Following {
    task: JoinHandle<()>,
    ended: Box<dyn Fn() + Send + Sync>,
}

impl Following {
    /// Begins it on the runtime that calls this. `ended`: what is done when it has been ended.
    pub fn new(task: impl Future<Output = ()> + Send + 'static, ended: impl Fn() + Send + Sync + 'static) -> Self {
        Self {
            task: tokio::spawn(task),
            ended: Box::new(ended),
        }
    }

    /// Ends it, and waits until it has.
    pub async fn stop(mut self) {
        self.task.abort();
        let _ = (&mut self.task).await;
    }
}

impl Drop for Following {
    fn drop(&mut self) {
        self.task.abort();
        (self.ended)();
    }
}

/// How long to wait before the next try: longer each time, until one has gone well for a while.
pub struct Pause {
    next: Duration,
    since: Instant,
}

impl Default for Pause {
    /// The first.
    fn default() -> Self {
        Self {
            next: Self::BOUNDS.0,
            since: Instant::now(),
        }
    }
}

impl Pause {
    /// At first, and at most.
    const BOUNDS: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(5));
    /// After how long without an interruption the next one is taken for the first.
    const CALM: Duration = Duration::from_secs(60);

    /// How long the next wait is, if what was tried ends now.
    pub fn length(&self) -> Duration {
        if self.since.elapsed() > Self::CALM {
            Self::BOUNDS.0
        } else {
            self.next
        }
    }

    /// Waits, and what is tried behind it begins.
    pub async fn wait(&mut self) {
        let length = self.length();
        sleep(length).await;
        self.next = (length * 2).min(Self::BOUNDS.1);
        self.since = Instant::now();
    }
}
