//! The operations that the server offers by their names from the start: those of `schema/operations`.

/// An operation, as its files have it.
pub struct SampleFile {
    /// The file's name, without what only orders the files.
    pub id: &'static str,
    pub document: &'static str,
    /// Its variables as JSON, for an example.
    pub variables: &'static str,
}

macro_rules! samples {
    ($($file:literal $($variables:ident)?),+ $(,)?) => {
        /// All of them, in the order of their files.
        pub const SAMPLES: &[SampleFile] = &[$(SampleFile {
            id: $file,
            document: include_str!(concat!("../../../schema/operations/", $file, ".graphql")),
            variables: variables!($($variables $file)?),
        }),+];
    };
}

macro_rules! variables {
    () => {
        "{}"
    };
    ($variables:ident $file:literal) => {
        include_str!(concat!("../../../schema/operations/", $file, ".variables.json"))
    };
}

samples! {
    "01-gift-to-pyongyang",
    "02-all-gifts",
    "03-possibly-or-certainly-2018",
    "04-fifty-or-more-animals",
    "05-one-nation" variables,
    "06-page-by-page" variables,
    "07-contradictions",
    "08-across-relations",
    "09-statistics",
    "10-timeline" variables,
    "11-search" variables,
    "12-changes",
    "13-find-gifts" variables,
    "14-one-gift" variables,
    "15-by-decade" variables,
    "16-correct-a-gift" variables,
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    #[test]
    fn every_file_with_an_operation_is_offered() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema/operations");
        let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
        let mut expected: Vec<String> = names.map(|name| name.into_string().unwrap()).collect();
        expected.sort();
        let mut offered = Vec::new();
        for sample in SAMPLES {
            offered.push(format!("{}.graphql", sample.id));
            if sample.variables != "{}" {
                offered.push(format!("{}.variables.json", sample.id));
            }
        }
        assert_eq!(offered, expected);
    }
}
