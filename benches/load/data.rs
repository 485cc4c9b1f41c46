//! The data: an embedded database of its own in a temporary folder, filled with the seed sets and made-up gifts.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use menagerie::embedded::{Embedded, Options};
use menagerie::seed::generate::generate;
use menagerie::seed::load::{self, load};
use menagerie::store::{self, Store};
use tempfile::TempDir;

use crate::servers::DATABASE;

/// Which made-up data.
pub const SEED: u64 = 1;
/// The sets that are loaded beside them.
pub const SETS: [&str; 2] = ["article", "history"];

/// A running database; it and its folder are gone when this is dropped.
pub struct Data {
    embedded: Embedded,
    folder: TempDir,
}

impl Data {
    /// A database with these sets and so many made-up gifts.
    pub async fn with(sets: &[&str], gifts: usize) -> Result<Self, String> {
        let folder = tempfile::tempdir().map_err(|error| format!("there is no temporary folder: {error}"))?;
        let embedded = Embedded::start(Options {
            program: None,
            data_dir: folder.path().join("data"),
            memory_limit_mb: 4_096,
            log_file_max: None,
        })
        .await
        .map_err(|error| error.to_string())?;
        let data = Self { embedded, folder };
        data.fill(sets, gifts).await.map_err(|error| error.to_string())?;
        Ok(data)
    }

    async fn fill(&self, sets: &[&str], gifts: usize) -> Result<(), Box<dyn std::error::Error>> {
        let store = self.store().await?;
        store.ensure_schema().await?;
        let sets: Vec<String> = sets.iter().map(|set| (*set).to_owned()).collect();
        load(&store, &sets, load::Options::default()).await?;
        generate(&store, gifts, SEED, |_, _| {}).await?;
        Ok(())
    }

    async fn store(&self) -> store::Result<Store> {
        Store::connect(&store::Options {
            uri: self.uri(),
            database: DATABASE.to_owned(),
            pool_size: 8,
            deadline: Duration::from_secs(120),
            columns: true,
        })
        .await
    }

    /// Where drivers find it.
    pub fn uri(&self) -> String {
        self.embedded.uri()
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        let uri = self.uri();
        let address = uri
            .trim_start_matches("mongodb://")
            .split('/')
            .next()
            .unwrap_or_default();
        address.parse().expect("the embedded database listens on an address")
    }

    /// A folder that is gone with it.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Ends it in order.
    pub async fn stop(self) {
        self.embedded.stop().await;
    }
}
