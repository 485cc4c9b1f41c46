//! The command line: `serve` (the default), `seed`, `generate`, `schema`, `check`.
//!
//! Reads the configuration, opens the database, calls one function, and turns its outcome into words and an exit
//! status. What the commands do is decided in the library.

mod commands;

use std::io::Write;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// A GraphQL API over MongoDB for diplomatic gifts of animals.
///
/// Settings come from the environment and from a file `.env`; `.env.example` lists them all.
#[derive(Parser)]
#[command(
    version,
    after_help = "Example:\n  menagerie            serves on http://127.0.0.1:8080 over the embedded database"
)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Serves the API (the default).
    #[command(after_help = "Example:\n  MENAGERIE_BIND=0.0.0.0:8080 menagerie serve")]
    Serve,
    /// Loads sets of data: those that come with the program, or a folder.
    #[command(after_help = "Examples:\n  menagerie seed article history\n  menagerie seed ./my-set --dry-run")]
    Seed {
        /// Names of sets, or folders written with a `/`.
        #[arg(default_value = "article")]
        sets: Vec<String>,
        /// Put documents that were edited or deleted since back to what the set says.
        #[arg(long)]
        reset: bool,
        /// Say what would be written, and write nothing.
        #[arg(long)]
        dry_run: bool,
    },
    /// Writes made-up data, the same for the same seed.
    #[command(after_help = "Example:\n  MENAGERIE_DATA_DIR=/tmp/many menagerie generate --gifts 100000 --seed 1")]
    Generate {
        /// How many gifts; nations, animals, events and claims come along.
        #[arg(long)]
        gifts: usize,
        /// Which data: another number gives other documents beside the first.
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// Prints the GraphQL schema.
    #[command(after_help = "Example:\n  menagerie schema > schema/schema.graphql")]
    Schema,
    /// Looks for dangling references, documents that break their validator, and missing or different indexes.
    #[command(
        after_help = "Example:\n  menagerie check && echo all is well\n\nThe exit status is 1 when something is found."
    )]
    Check,
}

#[tokio::main]
async fn main() -> ExitCode {
    let outcome = match Arguments::parse().command.unwrap_or(Command::Serve) {
        Command::Schema => Ok(commands::schema()),
        Command::Serve => commands::serve().await,
        Command::Seed { sets, reset, dry_run } => commands::seed(&sets, reset, dry_run).await,
        Command::Generate { gifts, seed } => commands::generate(gifts, seed).await,
        Command::Check => commands::check().await,
    };
    match outcome {
        Ok(code) => code,
        Err(failure) => {
            let _ = writeln!(std::io::stderr(), "menagerie: {failure}");
            failure.exit_code()
        }
    }
}
