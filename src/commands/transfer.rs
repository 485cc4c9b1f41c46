//! The commands `import`, `export`, `backup` and `restore`.
//!
//! The room `transfer` does the work; this provides a database, a progress bar and an exit status.

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use menagerie::domain::id::Kind;
use menagerie::store::StoreError;
use menagerie::transfer::backup::{self, BackupError, DocumentCounts};
use menagerie::transfer::export::{self, ExportError};
use menagerie::transfer::import::{self, ImportError, ImportEvent, ImportReport, Options};
use menagerie::transfer::report::Report;
use menagerie::transfer::{FileFormat, Input, InputError, kind_of};

use super::output::{self, Output};
use super::progress::Bar;
use super::token::user;
use super::{Database, Outcome, explain, say, start};

/// Why a command for files failed.
#[derive(Debug, thiserror::Error)]
pub enum TransferError {
    #[error("{0}")]
    Input(#[from] InputError),
    #[error("{0}")]
    Import(#[from] ImportError),
    #[error("{0}")]
    Export(#[from] ExportError),
    #[error("{0}")]
    Backup(#[from] BackupError),
}

impl TransferError {
    /// The exit status, by sysexits(3): 64 usage, 65 bad data, 66 no input, 69 no database, 73 no output, 70 the rest.
    pub const fn exit_code(&self) -> u8 {
        match self {
            Self::Input(InputError::Unreadable(..)) => 66,
            Self::Input(InputError::NoText { .. }) => 65,
            Self::Input(_) => 64,
            Self::Import(ImportError::Bad { .. } | ImportError::Overtaken(_) | ImportError::Changed { .. })
            | Self::Backup(BackupError::Damaged { .. } | BackupError::NotEmpty(_)) => 65,
            Self::Import(ImportError::Unreadable { .. }) => 66,
            Self::Export(ExportError::Unwritten(_)) | Self::Backup(BackupError::Io(_)) => 73,
            Self::Import(ImportError::Store { error, .. })
            | Self::Export(ExportError::Store(error))
            | Self::Backup(BackupError::Store(error)) => match error {
                StoreError::Unavailable(_) => 69,
                _ => 70,
            },
            Self::Backup(BackupError::BrokenOff(_)) => 70,
        }
    }
}

/// The timeout of a database command: nobody waits for a response, so a busy database may take its time.
const PATIENCE: Duration = Duration::from_secs(600);

/// The arguments of `import`.
pub struct Import {
    pub files: Vec<PathBuf>,
    pub kind: Option<Kind>,
    pub format: Option<FileFormat>,
    pub by: Option<String>,
    pub keep_good: bool,
    pub dry_run: bool,
    pub without_claims: bool,
    pub dates_as_told: bool,
    pub replace: bool,
    pub separator: Option<char>,
    pub output: Output,
}

/// Imports documents from files, and prints what a dry run would change, what is wrong, and a summary.
pub async fn import(asked: Import) -> Outcome {
    let (config, _telemetry) = start()?;
    let open = |path: &PathBuf| {
        let mut input = Input::open(path, asked.kind, asked.format)?;
        input.dates_as_told = asked.dates_as_told;
        input.separator = asked.separator;
        Ok(input)
    };
    let inputs: Vec<Input> = asked
        .files
        .iter()
        .map(open)
        .collect::<Result<_, InputError>>()
        .map_err(TransferError::from)?;
    let options = Options {
        by: asked.by.or_else(user).unwrap_or_else(|| "import".to_owned()),
        keep_good: asked.keep_good,
        dry_run: asked.dry_run,
        without_claims: asked.without_claims,
        replace: asked.replace,
    };
    let database = if asked.dry_run {
        Database::open_as_is(&config).await?
    } else {
        Database::open(&config, false).await?
    };
    let (store, mut bar, mut report) = (database.store.patient(PATIENCE), Bar::new(), Report::default());
    let mut changes = Vec::new();
    let mut tell = |told| match told {
        ImportEvent::Progress(progress) => bar.show(progress),
        ImportEvent::Change(change) => {
            let lines = change.to_string();
            if asked.output == Output::Json {
                changes.extend(lines.lines().map(str::to_owned));
            } else if !lines.is_empty() {
                bar.clear();
                say(lines.trim_end());
            }
        }
        told => report.add(told),
    };
    let outcome = import::import(&store, inputs, &options, &mut tell).await;
    bar.clear();
    database.close().await;
    if asked.output == Output::Json {
        return Ok(imported_as_json(outcome, &changes, &report));
    }
    let error = match outcome {
        Ok(done) => {
            report.lines().iter().for_each(explain);
            say(done);
            return Ok(ExitCode::SUCCESS);
        }
        Err(error) => TransferError::from(error),
    };
    // The reason first, then the rows.
    explain(format_args!("menagerie: {error}"));
    report.lines().iter().for_each(explain);
    Ok(ExitCode::from(error.exit_code()))
}

/// Prints for scripts what an import did; gives the exit status.
fn imported_as_json(outcome: Result<ImportReport, ImportError>, changes: &[String], report: &Report) -> ExitCode {
    let remarks: Vec<String> = report.lines().iter().map(ToString::to_string).collect();
    let (done, error) = (outcome.as_ref().ok(), outcome.as_ref().err().map(ToString::to_string));
    output::print(&output::imported(done, error, changes, &remarks));
    let failed = outcome.err().map(|error| TransferError::from(error).exit_code());
    failed.map_or(ExitCode::SUCCESS, ExitCode::from)
}

/// Writes a collection to a file, or to stdout if it is `-`.
pub async fn export(file: &Path, kind: Option<Kind>, format: Option<FileFormat>) -> Outcome {
    let (config, _telemetry) = start()?;
    let name = file.display().to_string();
    let kind = kind.or_else(|| kind_of(file));
    let kind = kind.ok_or_else(|| TransferError::from(InputError::NoCollection(name.clone())))?;
    let format = format.or_else(|| FileFormat::of(file));
    let format = format.ok_or_else(|| TransferError::from(InputError::NoFormat(name.clone())))?;
    let database = Database::open_as_is(&config).await?;
    let (store, mut bar) = (database.store.patient(PATIENCE), Bar::new());
    let mut tell = |progress| bar.show(progress);
    let outcome = if name == "-" {
        export::export(&store, kind, format, &mut io::stdout(), &mut tell).await
    } else {
        export::export_file(&store, kind, format, file, &mut tell).await
    };
    bar.clear();
    database.close().await;
    let rows = outcome.map_err(TransferError::from)?;
    explain(format_args!("{}: {rows} rows", kind.collection()));
    Ok(ExitCode::SUCCESS)
}

/// Writes everything to one file, and prints the numbers of documents.
pub async fn backup(file: &Path) -> Outcome {
    let (config, _telemetry) = start()?;
    let database = Database::open_as_is(&config).await?;
    let (store, mut bar) = (database.store.patient(PATIENCE), Bar::new());
    let outcome = backup::backup(&store, file, &mut |progress| bar.show(progress)).await;
    bar.clear();
    database.close().await;
    tell_counts(&outcome.map_err(TransferError::from)?);
    Ok(ExitCode::SUCCESS)
}

/// Restores everything from a file and derives again what an older version derived, then checks it like `menagerie check`, with
/// the exit status 1 if anything is found but what the database refuses to enforce.
pub async fn restore(file: &Path, replace: bool) -> Outcome {
    let (config, _telemetry) = start()?;
    let database = Database::open(&config, false).await?;
    let (store, mut bar) = (database.store.patient(PATIENCE), Bar::new());
    let outcome = backup::restore(&store, file, replace, &mut |progress| bar.show(progress)).await;
    bar.clear();
    let findings = async {
        store.rederive().await?;
        store.check().await
    };
    let findings = match &outcome {
        Ok(_) => findings.await,
        Err(_) => Ok(Vec::new()),
    };
    database.close().await;
    tell_counts(&outcome.map_err(TransferError::from)?);
    let mut findings = findings?;
    findings.retain(|finding| !store.has_refused(finding));
    for finding in &findings {
        say(finding);
    }
    Ok(if findings.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn tell_counts(counts: &DocumentCounts) {
    for (name, count) in counts {
        say(format_args!("{name}: {count}"));
    }
}
