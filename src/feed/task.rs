//! A background task that ends when its handle is dropped, and the back-off between its attempts.

use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};

/// A background task; dropping this aborts it.
pub struct Following {
    task: JoinHandle<()>,
    ended: Box<dyn Fn() + Send + Sync>,
}

impl Following {
    /// Starts it on the calling runtime. `ended` is called once it has been aborted.
    pub fn new(task: impl Future<Output = ()> + Send + 'static, ended: impl Fn() + Send + Sync + 'static) -> Self {
        Self {
            task: tokio::spawn(task),
            ended: Box::new(ended),
        }
    }

    /// Aborts it and waits for its end.
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

/// Back-off: each wait is longer, until an attempt has lasted for a while.
pub struct Pause {
    next: Duration,
    since: Instant,
}

impl Default for Pause {
    fn default() -> Self {
        Self {
            next: Self::BOUNDS.0,
            since: Instant::now(),
        }
    }
}

impl Pause {
    /// The first and the longest wait.
    const BOUNDS: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(5));
    /// After an attempt of this length the back-off starts again.
    const CALM: Duration = Duration::from_secs(60);

    /// The next wait, if the attempt ends now.
    pub fn length(&self) -> Duration {
        if self.since.elapsed() > Self::CALM {
            Self::BOUNDS.0
        } else {
            self.next
        }
    }

    /// Waits; the next attempt begins after it.
    pub async fn wait(&mut self) {
        let length = self.length();
        sleep(length).await;
        self.next = (length * 2).min(Self::BOUNDS.1);
        self.since = Instant::now();
    }
}
