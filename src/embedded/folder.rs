//! The data folder: its lock, and the note in it with the server's process and the database's URI.
//!
//! Note and lock are one file, `embedded.json`. It stays when the server ends: the lock, not the file's presence, says
//! whether a server is running, so a file left behind by a killed server misleads nobody.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{EmbeddedError, private};

const NOTE: &str = "embedded.json";

const CONFIG: &str = "secantusd.toml";

/// How often to try to lock, and the pause between tries: a reader in [`running`] holds the lock for a very short time.
const TRIES: u32 = 10;
const PAUSE: Duration = Duration::from_millis(20);

#[derive(Serialize, Deserialize)]
struct Note {
    /// The server's process id.
    pid: u32,
    /// The database's URI, once it answers.
    uri: Option<String>,
}

/// A locked data folder; dropping this releases the lock.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    note: File,
}

impl Folder {
    /// Creates the folder if it is missing, and locks it.
    pub(super) fn lock(path: &Path) -> Result<Self, EmbeddedError> {
        let refused = |source| EmbeddedError::Folder {
            path: path.to_owned(),
            source,
        };
        private::create(path).map_err(refused)?;
        let mut note = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(private::FILE)
            .open(path.join(NOTE))
            .map_err(refused)?;
        for attempt in 1.. {
            match note.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) if attempt < TRIES => thread::sleep(PAUSE),
                Err(TryLockError::WouldBlock) => {
                    let pid = read(&mut note).map(|note| note.pid);
                    return Err(EmbeddedError::InUse {
                        path: path.to_owned(),
                        pid,
                    });
                }
                Err(TryLockError::Error(source)) => return Err(refused(source)),
            }
        }
        let mut folder = Self {
            path: path.to_owned(),
            note,
        };
        private::repair(path, &[path.join(NOTE), path.join(CONFIG), folder.storage()]);
        folder.write(None).map_err(refused)?;
        Ok(folder)
    }

    /// Notes the port at which the database answers.
    pub(super) fn serves(&mut self, port: u16) -> io::Result<()> {
        self.write(Some(uri(port)))
    }

    /// The folder of the database's files.
    pub(super) fn storage(&self) -> PathBuf {
        self.path.join("db")
    }

    /// An empty configuration file: given one, the database looks for no other.
    pub(super) fn config(&self) -> Result<PathBuf, EmbeddedError> {
        let path = self.path.join(CONFIG);
        let empty = "# Empty: the server gives every setting on the command line.\n";
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(private::FILE)
            .open(&path);
        match file.and_then(|mut file| file.write_all(empty.as_bytes())) {
            Ok(()) => Ok(path),
            Err(source) => Err(EmbeddedError::Folder { path, source }),
        }
    }

    fn write(&mut self, uri: Option<String>) -> io::Result<()> {
        let text = serde_json::to_string(&Note {
            pid: std::process::id(),
            uri,
        })?;
        self.note.rewind()?;
        self.note.set_len(0)?;
        self.note.write_all(text.as_bytes())
    }
}

/// The URI of a database on this port of the local machine. `directConnection`: it claims to be a replica set of one,
/// under an address of its own, and the driver must not look for other members.
pub(super) fn uri(port: u16) -> String {
    format!("mongodb://127.0.0.1:{port}/?directConnection=true")
}

/// The URI of the database that another process serves from this folder, for commands that run beside a server. `None`
/// if there is none, or it does not answer yet.
pub fn running(data_dir: &Path) -> Option<String> {
    let mut note = File::open(data_dir.join(NOTE)).ok()?;
    match note.try_lock_shared() {
        Err(TryLockError::WouldBlock) => read(&mut note)?.uri,
        Ok(()) | Err(TryLockError::Error(_)) => None,
    }
}

fn read(note: &mut File) -> Option<Note> {
    let mut text = String::new();
    note.read_to_string(&mut text).ok()?;
    serde_json::from_str(&text).ok()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_folder_in_use_is_refused_with_folder_process_and_what_to_do() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("not/yet/there");
        let first = Folder::lock(&path).unwrap();
        let error = Folder::lock(&path).unwrap_err().to_string();
        let process = format!("process {}", std::process::id());
        for part in [path.to_str().unwrap(), &process, "stop that one", "MENAGERIE_DATA_DIR"] {
            assert!(error.contains(part), "{error}");
        }
        drop(first);
        Folder::lock(&path).unwrap();
    }

    #[test]
    fn the_uri_is_told_only_while_the_lock_is_held_and_the_database_answers() {
        let root = tempfile::tempdir().unwrap();
        assert_eq!(running(&root.path().join("nowhere")), None);
        let mut folder = Folder::lock(root.path()).unwrap();
        assert_eq!(running(root.path()), None, "not answering yet");
        folder.serves(4321).unwrap();
        assert_eq!(running(root.path()), Some(uri(4321)));
        drop(folder);
        assert_eq!(running(root.path()), None, "the note of a server that ended");
        let _again = Folder::lock(root.path()).unwrap();
        assert_eq!(running(root.path()), None, "the old note under a new lock");
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_told_with_its_path() {
        let root = tempfile::tempdir().unwrap();
        let file = root.path().join("file");
        fs::write(&file, "").unwrap();
        let error = Folder::lock(&file.join("data")).unwrap_err().to_string();
        assert!(error.contains(file.to_str().unwrap()), "{error}");
        assert!(error.contains("MENAGERIE_DATA_DIR"), "{error}");
    }
}
