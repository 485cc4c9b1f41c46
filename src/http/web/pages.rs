//! The pages as they were built, for where the server stands.

use std::sync::Arc;

use super::shell::Shell;
use crate::config::{Config, PublicUrl};

/// The pages, for where the server stands; each is `None` if it was not built.
pub struct Pages {
    /// The dashboard, and every page that is made of its shell.
    pub dashboard: Option<Arc<Shell>>,
    /// GraphiQL.
    pub graphiql: Option<Arc<Shell>>,
}

impl Pages {
    /// Those that were built. `file` gives a file by its name.
    pub fn new(config: &Config, file: impl Fn(&str) -> Option<Vec<u8>>) -> Self {
        let prefix = config.public_url.as_ref().map_or("", PublicUrl::prefix);
        let has: Vec<&str> = [("graphiql", config.graphiql), ("schema", config.introspection)]
            .into_iter()
            .filter_map(|(name, is_on)| is_on.then_some(name))
            .collect();
        let page = |name| file(name).map(|html| Arc::new(Shell::new(&html, prefix, &has)));
        Self {
            dashboard: page("index.html"),
            graphiql: page("graphiql.html"),
        }
    }
}
