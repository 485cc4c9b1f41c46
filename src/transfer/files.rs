//! Files that are written as a whole or not at all: under another name in the same folder until they are complete.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use uuid::Uuid;

/// A file that is being written; gone when this is dropped before [`Whole::finish`].
pub struct Whole {
    /// `None` when it is finished.
    writer: Option<BufWriter<File>>,
    unfinished: PathBuf,
    path: PathBuf,
}

impl Whole {
    /// Begins a file that gets this mode when it is new, such as `0o600`.
    pub fn begin(path: &Path, mode: u32) -> io::Result<Self> {
        let name = path.file_name().ok_or(io::ErrorKind::InvalidFilename)?;
        let unfinished = format!(".{}.{}.unfinished", name.to_string_lossy(), Uuid::now_v7());
        let unfinished = path.with_file_name(unfinished);
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(mode)
            .open(&unfinished)?;
        Ok(Self {
            writer: Some(BufWriter::new(file)),
            unfinished,
            path: path.to_owned(),
        })
    }

    /// Gives the file its name, which then stands for the whole of it even where the machine stops.
    pub fn finish(mut self) -> io::Result<()> {
        if let Some(writer) = self.writer.as_mut() {
            writer.flush()?;
            writer.get_ref().sync_all()?;
            fs::rename(&self.unfinished, &self.path)?;
        }
        self.writer = None;
        Ok(())
    }
}

impl Write for Whole {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.writer.as_mut().map_or(Ok(0), |writer| writer.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.as_mut().map_or(Ok(()), Write::flush)
    }
}

impl Drop for Whole {
    fn drop(&mut self) {
        if self.writer.take().is_some() {
            drop(fs::remove_file(&self.unfinished));
        }
    }
}
