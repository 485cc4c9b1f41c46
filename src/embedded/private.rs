//! Keeps the data private to the user that runs the server. New files get restrictive modes when they are created (the
//! database through its umask, in `process`); this corrects the modes of existing ones.

use std::fs::{self, DirBuilder, Metadata, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// Modes that allow access to the owner only, for folders and for files.
const FOLDER: u32 = 0o700;
pub(super) const FILE: u32 = 0o600;

/// The mode bits of group and others.
const OTHERS: u32 = 0o077;

/// A folder in which users may only remove their own files: a shared one, such as /tmp.
const STICKY: u32 = 0o1000;

/// Creates the folder if it is missing, for its user only, with its parents.
pub(super) fn create(folder: &Path) -> io::Result<()> {
    if let Some(above) = folder.parent() {
        fs::create_dir_all(above)?;
    }
    match DirBuilder::new().mode(FOLDER).create(folder) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && folder.is_dir() => Ok(()),
        made => made,
    }
}

/// Revokes all access of other users to the folder and to our files in it, and warns if there was any. What belongs to
/// another user cannot be changed; that is logged.
pub(super) fn repair(folder: &Path, ours: &[PathBuf]) {
    let mut done = Done::default();
    done.folder(folder);
    for path in ours {
        done.all_below(path);
    }
    if done.closed > 0 {
        tracing::warn!(
            target: "embedded",
            folder = %folder.display(),
            files = done.closed,
            "other users of this machine could read the data; now only the server's user can"
        );
    }
    if let Some((path, problem)) = done.left {
        tracing::warn!(
            target: "embedded",
            path = %path.display(),
            "other users of this machine may be able to read this: {problem}; give the database a folder of the server's \
             user (MENAGERIE_DATA_DIR)"
        );
    }
}

#[derive(Default)]
struct Done {
    /// How many files and folders were accessible to others.
    closed: usize,
    /// The first that could not be changed, and why.
    left: Option<(PathBuf, String)>,
}

impl Done {
    fn folder(&mut self, folder: &Path) {
        match fs::metadata(folder) {
            Ok(found) if found.permissions().mode() & STICKY != 0 => {
                self.leave(folder, "it is a folder for all".to_owned());
            }
            Ok(found) => self.close(folder, &found),
            Err(error) => self.leave(folder, error.to_string()),
        }
    }

    fn all_below(&mut self, path: &Path) {
        let mut open = vec![path.to_owned()];
        while let Some(path) = open.pop() {
            match fs::symlink_metadata(&path) {
                // Do not follow links: their targets are not ours.
                Ok(found) if found.is_symlink() => {}
                Ok(found) => {
                    self.close(&path, &found);
                    if found.is_dir() {
                        let entries = fs::read_dir(&path).into_iter().flatten().flatten();
                        open.extend(entries.map(|entry| entry.path()));
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => self.leave(&path, error.to_string()),
            }
        }
    }

    fn close(&mut self, path: &Path, found: &Metadata) {
        if found.permissions().mode() & OTHERS == 0 {
            return;
        }
        let mode = if found.is_dir() { FOLDER } else { FILE };
        match fs::set_permissions(path, Permissions::from_mode(mode)) {
            Ok(()) => self.closed += 1,
            Err(error) => self.leave(path, error.to_string()),
        }
    }

    fn leave(&mut self, path: &Path, problem: String) {
        self.left.get_or_insert_with(|| (path.to_owned(), problem));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::symlink_metadata(path).unwrap().permissions().mode() & 0o7777
    }

    #[test]
    fn what_is_ours_is_closed_and_nothing_else() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("not/yet");
        create(&folder).unwrap();
        create(&folder).unwrap();
        assert_eq!(mode(&folder), FOLDER);
        let (ours, other, link) = (folder.join("db/log"), folder.join("other"), folder.join("db/link"));
        fs::create_dir_all(&ours).unwrap();
        for file in [&ours.join("1"), &other] {
            fs::write(file, "").unwrap();
            fs::set_permissions(file, Permissions::from_mode(0o644)).unwrap();
        }
        for open in [&folder, &folder.join("db"), &ours] {
            fs::set_permissions(open, Permissions::from_mode(0o755)).unwrap();
        }
        std::os::unix::fs::symlink(&other, &link).unwrap();
        repair(&folder, &[folder.join("db"), folder.join("missing")]);
        for (path, expected) in [
            (&folder, FOLDER),
            (&folder.join("db"), FOLDER),
            (&ours, FOLDER),
            (&ours.join("1"), FILE),
            (&other, 0o644),
        ] {
            assert_eq!(mode(path), expected, "{}", path.display());
        }
    }

    #[test]
    fn a_folder_for_all_stays_one() {
        let root = tempfile::tempdir().unwrap();
        fs::set_permissions(root.path(), Permissions::from_mode(0o1777)).unwrap();
        repair(root.path(), &[]);
        assert_eq!(mode(root.path()), 0o1777);
    }
}
