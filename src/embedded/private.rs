//! Who on this machine can read the data: only the user that the server runs as. What is new is made so (the database
//! gets its mask in `process`); here stands what puts right a folder that was there before.

use std::fs::{self, DirBuilder, Metadata, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// What only the user may do, with a folder and with a file.
const FOLDER: u32 = 0o700;
pub(super) const FILE: u32 = 0o600;

/// The bits of everybody else.
const OTHERS: u32 = 0o077;

/// A folder in which each may only remove what is his own: one for all, such as /tmp.
const STICKY: u32 = 0o1000;

/// Makes the folder where it is missing, for its user alone, and those above it.
pub(super) fn create(folder: &Path) -> io::Result<()> {
    if let Some(above) = folder.parent() {
        fs::create_dir_all(above)?;
    }
    match DirBuilder::new().mode(FOLDER).create(folder) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && folder.is_dir() => Ok(()),
        made => made,
    }
}

/// Takes from everybody else what they may do with the folder and with what is ours in it, and warns where they could do
/// anything. What cannot be changed, because it belongs to another user, is told and stays.
pub(super) fn put_right(folder: &Path, ours: &[PathBuf]) {
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
    /// How many files and folders were open to others.
    closed: usize,
    /// The first that is left as it was, and why.
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
                // What a link leads to is not ours.
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
        put_right(&folder, &[folder.join("db"), folder.join("missing")]);
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
        put_right(root.path(), &[]);
        assert_eq!(mode(root.path()), 0o1777);
    }
}
