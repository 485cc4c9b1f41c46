//! The state of one request in a store: its permits, the ids that it has looked up, and the counts of its commands.
//! `metered` does the counting.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64};

use tokio::sync::Semaphore;

use super::join_cache::Joins;

/// How many commands of one request run concurrently. In the embedded database, each may take as much memory as all
/// matching documents: for 20,000 gifts about 13 MB, and a request can contain fifty pages.
const AT_ONCE: usize = 4;

/// The parts of a store that belong to one request.
#[derive(Clone)]
pub(super) struct OfRequest {
    /// Limits its concurrent commands.
    pub permits: Arc<Semaphore>,
    /// The ids that it has looked up for joins.
    pub joins: Arc<Joins>,
}

impl Default for OfRequest {
    fn default() -> Self {
        Self {
            permits: Arc::new(Semaphore::new(AT_ONCE)),
            joins: Arc::default(),
        }
    }
}

/// The counts of one request.
#[derive(Debug, Default)]
pub(super) struct CommandMeter {
    pub commands: AtomicU64,
    pub returned: AtomicU64,
    pub examined: AtomicU64,
    pub microseconds: AtomicU64,
    pub read_set: AtomicU64,
    pub explains: bool,
    /// Whether a read was too large to be explained.
    pub unexplained: AtomicBool,
}

/// The database work of a request so far.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Work {
    /// The number of reads.
    pub commands: u64,
    pub returned: u64,
    /// How many documents the database examined; `None` if not all reads were explained.
    pub examined: Option<u64>,
    /// The sum for all reads, although some ran concurrently.
    pub milliseconds: f64,
}
