//! What kind of server the database is, as far as the store must know.

use mongodb::bson::{Document, doc};

use super::{Result, Store};

impl Store {
    /// Whether this is the front of a sharded cluster.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn is_sharded(&self) -> Result<bool> {
        Ok(is_mongos(&self.run(doc! { "hello": 1 }).await?))
    }

    /// Whether this is a single server, which has no transactions and no change streams.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn is_standalone(&self) -> Result<bool> {
        let hello = self.run(doc! { "hello": 1 }).await?;
        Ok(!is_mongos(&hello) && !hello.contains_key("setName"))
    }
}

fn is_mongos(hello: &Document) -> bool {
    hello.get_str("msg").is_ok_and(|said| said == "isdbgrid")
}
