//! Finds the database's program.

use std::ffi::OsString;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::EmbeddedError;

const NAME: &str = "secantusd-rs";

/// The folder of this version below `menagerie` in the user's cache. `scripts/database.sh` builds it there, so that all
/// clones share one build.
const BUILD: &str = "secantus-mdb-0.5.3-beta.196";

/// The program: the given one, else the one in the user's cache, else one on the `PATH`. If the given one is missing,
/// no other is used.
pub(super) fn program(
    given: Option<&Path>,
    variable: impl Fn(&str) -> Option<OsString>,
) -> Result<PathBuf, EmbeddedError> {
    let looked = match given {
        Some(path) => vec![path.to_owned()],
        None => places(variable),
    };
    match looked.iter().find(|path| is_executable(path)) {
        Some(path) => Ok(path.clone()),
        None => Err(EmbeddedError::NotFound { looked }),
    }
}

fn places(variable: impl Fn(&str) -> Option<OsString>) -> Vec<PathBuf> {
    let set = |name| variable(name).filter(|value| !value.is_empty());
    let cache = set("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .or_else(|| set("HOME").map(|home| Path::new(&home).join(".cache")));
    let built = cache.map(|cache| cache.join("menagerie").join(BUILD).join("bin").join(NAME));
    let path = set("PATH").unwrap_or_default();
    let installed = std::env::split_paths(&path).map(|folder| folder.join(NAME));
    built.into_iter().chain(installed).collect()
}

fn is_executable(path: &Path) -> bool {
    path.metadata()
        .is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn lay_program(path: &Path, mode: u32) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "").unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn the_cache_comes_before_the_path_and_only_executable_files_count() {
        let root = tempfile::tempdir().unwrap();
        let home = root.path().join("home");
        let bin = root.path().join("bin");
        let cached = home.join(".cache/menagerie").join(BUILD).join("bin").join(NAME);
        let variable = |name: &str| match name {
            "XDG_CACHE_HOME" => Some("".into()),
            "HOME" => Some(home.clone().into_os_string()),
            "PATH" => Some(bin.clone().into_os_string()),
            _ => None,
        };

        let Err(EmbeddedError::NotFound { looked }) = program(None, variable) else {
            panic!("found where nothing is")
        };
        assert_eq!(looked, [cached.clone(), bin.join(NAME)]);

        lay_program(&bin.join(NAME), 0o755);
        lay_program(&cached, 0o644);
        assert_eq!(program(None, variable).unwrap(), bin.join(NAME));
        lay_program(&cached, 0o755);
        assert_eq!(program(None, variable).unwrap(), cached);
    }

    #[test]
    fn a_given_program_that_is_missing_is_told_with_what_to_do() {
        let error = program(Some("/no/such/program".as_ref()), |_| None)
            .unwrap_err()
            .to_string();
        for part in ["/no/such/program", "make database", "MONGODB_URI"] {
            assert!(error.contains(part), "{error}");
        }
    }

    #[test]
    fn the_script_builds_into_the_folder_that_is_looked_in() {
        let script = include_str!("../../scripts/database.sh");
        let version = BUILD.strip_prefix("secantus-mdb-").unwrap();
        assert!(script.contains(&format!("version={version}\n")));
    }
}
