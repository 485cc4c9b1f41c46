//! What the data are as a whole: title, licence, who made them. For citations, and for catalogues of data.

use std::fs;
use std::io;
use std::path::Path;

use serde::Deserialize;

/// What comes with the seed sets.
const BUNDLED: &str = include_str!("../../seed/dataset.json");

/// The description of a data set, as its file has it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DatasetFacts {
    /// What it is called.
    pub title: String,
    /// What is in it, in a few sentences.
    pub description: String,
    /// Its licence, by the identifier of SPDX.
    pub license: String,
    /// Where the licence can be read.
    pub license_url: String,
    /// Who made it, as they want to be cited.
    pub creators: Vec<String>,
}

/// Why the description of a data set cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DatasetError {
    /// The file cannot be read.
    #[error("{0}: {1}")]
    Unreadable(String, io::Error),
    /// It says something else than is asked for.
    #[error(
        "{0}: {1}; accepted is a JSON object with title, description, license (an identifier of SPDX), licenseUrl and \
         creators (a list of names)"
    )]
    Misfit(String, serde_json::Error),
}

impl Default for DatasetFacts {
    /// The description of the data that come with the program.
    fn default() -> Self {
        // A test reads it; what cannot be read says nothing.
        serde_json::from_str(BUNDLED).unwrap_or_else(|_| Self {
            title: String::new(),
            description: String::new(),
            license: String::new(),
            license_url: String::new(),
            creators: Vec::new(),
        })
    }
}

impl DatasetFacts {
    /// Reads a description.
    ///
    /// # Errors
    /// [`DatasetError`].
    pub fn read(path: &Path) -> Result<Self, DatasetError> {
        let shown = path.display().to_string();
        let text = fs::read_to_string(path).map_err(|error| DatasetError::Unreadable(shown.clone(), error))?;
        serde_json::from_str(&text).map_err(|error| DatasetError::Misfit(shown, error))
    }

    /// How it is cited: by whom, of which year, under which title, in which version, under which licence.
    pub fn citation(&self, version: &str) -> String {
        let year = version.get(..4).unwrap_or(version);
        let Self {
            title,
            license,
            creators,
            ..
        } = self;
        format!(
            "{} ({year}): {title}. Version {version}. {license}.",
            creators.join(", ")
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_with_the_program_is_described() {
        let facts = DatasetFacts::default();
        assert_eq!(facts.license, "CC0-1.0");
        assert_eq!(
            facts.citation("2026.11.30"),
            "The Menagerie contributors (2026): Animals as gifts between nations. Version 2026.11.30. CC0-1.0."
        );
    }
}
