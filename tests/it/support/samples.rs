//! The sample operations of `schema/operations`.

use std::fs;
use std::path::Path;

use serde_json::Value as Json;

/// A sample.
#[derive(Clone, Debug)]
pub struct Sample {
    /// Its file.
    pub name: String,
    pub document: String,
    pub variables: Json,
}

impl Sample {
    /// Whether it changes something.
    pub fn is_mutation(&self) -> bool {
        self.document.contains("\nmutation ")
    }
}

/// All of them, by their names.
pub fn samples() -> Vec<Sample> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema/operations");
    let mut paths: Vec<_> = fs::read_dir(folder)
        .expect("the folder is there")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "graphql"))
        .collect();
    paths.sort();
    let sample = |path: &std::path::PathBuf| {
        let variables = fs::read_to_string(path.with_extension("variables.json")).unwrap_or_else(|_| "{}".into());
        Sample {
            name: path.display().to_string(),
            document: fs::read_to_string(path).expect("a sample"),
            variables: serde_json::from_str(&variables).expect("JSON"),
        }
    };
    paths.iter().map(sample).collect()
}
