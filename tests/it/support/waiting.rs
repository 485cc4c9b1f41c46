//! Waiting for what must come.

use std::time::Duration;

/// The longest that anything is waited for that must come: a busy machine may take long.
pub const PATIENCE: Duration = Duration::from_secs(180);

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(10);

/// Waits until this holds, and lets the tasks of this thread go on meanwhile.
pub async fn until(what: &str, holds: impl Fn() -> bool) {
    awaited(what, async || holds().then_some(())).await;
}

/// Waits until this gives something.
pub async fn awaited<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let looking = async {
        loop {
            if let Some(found) = look().await {
                return found;
            }
            tokio::time::sleep(PAUSE).await;
        }
    };
    let found = tokio::time::timeout(PATIENCE, looking).await;
    found.unwrap_or_else(|_| panic!("in vain: {what}"))
}
