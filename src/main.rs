//! The command line: `serve` (the default), `seed`, `generate`, `import`, `export`, `backup`, `restore`, `schema`,
//! `check`, `token`, `completions`, `man`.
//!
//! Parses the arguments, calls a function of `commands`, and turns its result into a message and an exit status.

mod commands;

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, CommandFactory, Parser, Subcommand};
use clap_complete::Shell;
use menagerie::api::viewer::Role;
use menagerie::config;
use menagerie::domain::id::Kind;
use menagerie::store::tokens::check_name;
use menagerie::transfer::FileFormat;

use commands::output::Output;
use commands::transfer::Import;

/// Chosen for the many small allocations of which answers consist.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// The configuration of jemalloc. As many arenas as a small machine has cores, instead of four times as many, and
/// unused memory is returned after a second instead of ten: these settings keep an idle server small. The environment
/// variable `_RJEM_MALLOC_CONF` overrides them.
#[allow(
    unsafe_code,
    reason = "jemalloc looks for a symbol of this name, a pointer to text; nothing else has it"
)]
#[unsafe(export_name = "_rjem_malloc_conf")]
pub static MALLOC_CONF: &[u8] = b"narenas:2,dirty_decay_ms:1000,muzzy_decay_ms:0,background_thread:true\0";

const EXAMPLE: &str = "\
Example:
  menagerie            serves on http://127.0.0.1:8080 over the embedded database";

/// A GraphQL API over MongoDB for diplomatic gifts of animals.
///
/// Settings come from the environment and from a file `.env`; all are listed below.
#[derive(Parser)]
#[command(version, after_help = EXAMPLE, after_long_help = format!("{EXAMPLE}\n\n{}", config::help()))]
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
        #[command(flatten)]
        printed: Printed,
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
    Check(Printed),
    /// Reads documents from files, so that they say what the rows say: new ones are made, and in others only what a row says
    /// is changed.
    #[command(after_help = "\
Examples:
  menagerie import gifts.csv --dry-run
  menagerie import gifts.ndjson claims.ndjson
  curl -s http://127.0.0.1:8080/export/nations.ndjson | menagerie import - --collection nations --format ndjson

What a row leaves out stays as it is: a column that is not in the header, a key that is not in the line. An empty cell or a
null clears. With --replace a row is the whole document.

A table has a column for each value of a document, named by its path, such as `date.edtf` or `total.min`. Between the cells
stand commas, semicolons or tabs. Tables of `menagerie export` and of /export/gifts.csv are read, and those that people make:
a gift's nations may stand there by slug, code or name, and its first animal in `animal` and `count.min`. A row without `id`
is about the document with its slug.

Files are read twice. First every row is looked at: what is wrong is told by file, line and column, and a dry run tells what
would change. Only then rows are written, up to a thousand in each transaction. What says nothing new is left as it is: an
import that was cut off is run again and goes on, and makes no document twice.

The exit status is 65 when bad rows kept all from being written.")]
    Import {
        /// The files; `-` is the standard input. Rows may refer to rows of the other files.
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        #[command(flatten)]
        holds: Holds,
        /// Leave bad rows out and write the others; otherwise one bad row keeps all from being written.
        #[arg(long)]
        keep_good: bool,
        /// Say what would be written, and write nothing.
        #[arg(long)]
        dry_run: bool,
        /// Let figures change without a claim that supports them.
        #[arg(long)]
        without_claims: bool,
        /// How dates are written. `as-told`: also as people write them, such as `c. 1844`; a text that has one plain meaning
        /// is kept as the phrase of the date, one that has none is a mistake.
        #[arg(long, value_name = "HOW", value_parser = ["edtf", "as-told"], default_value = "edtf")]
        dates: String,
        /// A row is the whole document: what it leaves out is cleared.
        #[arg(long)]
        replace: bool,
        /// What stands between the cells of a table: a character, or `tab`; left out: the header tells it.
        #[arg(long, value_parser = separator)]
        separator: Option<char>,
        /// The name that stands in the history; left out: the name of the user, or `import`.
        #[arg(long, value_parser = check_name)]
        by: Option<String>,
        #[command(flatten)]
        printed: Printed,
    },
    /// Writes all documents of a collection into a file that `import` reads back to the same documents.
    #[command(after_help = "\
Examples:
  menagerie export gifts.csv
  menagerie export - --collection gifts --format ndjson | gzip > gifts.ndjson.gz")]
    Export {
        /// The file, which is there when it is whole; `-` is the standard output.
        file: PathBuf,
        #[command(flatten)]
        holds: Holds,
    },
    /// Writes everything into one file: all documents, their history, and the tokens.
    #[command(after_help = "\
Example:
  menagerie backup menagerie-$(date +%F).jsonl

The file holds the database as it was at one moment, and a checksum. Only its owner may read it, for the hashes of tokens
are in it.")]
    Backup {
        /// The file, which is there when it is whole.
        file: PathBuf,
    },
    /// Puts everything back as a backup has it.
    #[command(after_help = "\
Example:
  menagerie restore menagerie-2026-01-31.jsonl

The checksum is looked at before anything is written. Afterwards everything is held against the declarations, as by
`menagerie check`; the exit status is 1 when something is found.")]
    Restore {
        /// The file.
        file: PathBuf,
        /// Take out first all that is there.
        #[arg(long)]
        replace: bool,
    },
    /// Makes, lists and revokes the tokens by which the API knows who asks.
    #[command(
        subcommand,
        after_help = "Example:\n  TOKEN=$(menagerie token create dashboard --role reader)\n  \
            curl http://127.0.0.1:8080/graphql -H \"Authorization: Bearer $TOKEN\" \\\n    \
            -H 'content-type: application/json' -d '{\"query\": \"{ gifts { totalCount } }\"}'"
    )]
    Token(Token),
    /// Prints a script that completes commands and options in a shell.
    #[command(
        after_help = "Example:\n  menagerie completions bash > ~/.local/share/bash-completion/completions/menagerie"
    )]
    Completions {
        /// Which shell.
        shell: Shell,
    },
    /// Prints the licences and notices of everything by others that is in the program.
    #[command(after_help = "Example:\n  menagerie licenses | less")]
    Licenses,
    /// Prints the manual page.
    #[command(after_help = "Example:\n  menagerie man | man -l -")]
    Man,
}

/// How it is printed.
#[derive(Args)]
struct Printed {
    /// As text for people or as JSON for scripts.
    #[arg(long, value_enum, default_value_t)]
    output: Output,
}

/// What a file holds.
#[derive(Args)]
struct Holds {
    /// Of which collection the documents are; left out: the file's name tells it, such as gifts.csv.
    #[arg(long, value_parser = collection())]
    collection: Option<Kind>,
    /// How they are written; left out: the ending of the file's name tells it.
    #[arg(long, value_parser = format())]
    format: Option<FileFormat>,
}

fn collection() -> impl TypedValueParser<Value = Kind> {
    let names = PossibleValuesParser::new(Kind::ALL.map(Kind::collection));
    names.try_map(|name| Kind::of_collection(&name).ok_or("no collection"))
}

fn format() -> impl TypedValueParser<Value = FileFormat> {
    let names = PossibleValuesParser::new(FileFormat::NAMES.map(|(name, _)| name));
    names.try_map(|name| FileFormat::named(&name).ok_or("no format"))
}

fn separator(text: &str) -> Result<char, String> {
    let mut letters = text.chars();
    match (text, letters.next(), letters.next()) {
        ("tab", ..) => Ok('\t'),
        (_, Some(letter), None) if !letter.is_alphanumeric() && letter != '"' => Ok(letter),
        _ => Err("accepted: one character, such as `;`, or `tab`".to_owned()),
    }
}

#[derive(Subcommand)]
enum Token {
    /// Makes a token and prints it, this once: only its hash is stored.
    #[command(after_help = "Example:\n  menagerie token create dashboard --role reader --expires-days 90")]
    Create {
        /// A name to revoke it by, which also stands in the log: letters, digits, `.`, `_` and `-`.
        #[arg(value_parser = check_name)]
        name: String,
        /// What it allows. Each role may do all that those before it may.
        #[arg(long, value_parser = PossibleValuesParser::new(Role::ALL.map(Role::name)))]
        role: String,
        /// After how many days it opens nothing any more (1 to 36500); left out: never.
        #[arg(long, value_parser = clap::value_parser!(u32).range(1..=36_500))]
        expires_days: Option<u32>,
    },
    /// Lists all tokens, the revoked ones too.
    #[command(after_help = "Example:\n  menagerie token list")]
    List(Printed),
    /// Revokes a token: from then on it opens nothing, and its name is free.
    #[command(after_help = "Example:\n  menagerie token revoke dashboard")]
    Revoke {
        /// Its name.
        name: String,
    },
}

async fn token(asked: Token) -> Result<ExitCode, commands::Failure> {
    match asked {
        Token::Create {
            name,
            role,
            expires_days,
        } => commands::token::create(&name, &role, expires_days).await,
        Token::List(printed) => commands::token::list(printed.output).await,
        Token::Revoke { name } => commands::token::revoke(&name).await,
    }
}

/// Prints the manual page.
fn manual() -> ExitCode {
    let manual = clap_mangen::Man::new(Arguments::command());
    match manual.render(&mut std::io::stdout()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let outcome = match Arguments::parse().command.unwrap_or(Command::Serve) {
        Command::Schema => Ok(commands::output::schema()),
        Command::Serve => commands::serve().await,
        Command::Seed {
            sets,
            reset,
            dry_run,
            printed,
        } => commands::seed(&sets, reset, dry_run, printed.output).await,
        Command::Generate { gifts, seed } => commands::generate(gifts, seed).await,
        Command::Import {
            files,
            holds,
            keep_good,
            dry_run,
            without_claims,
            dates,
            replace,
            separator,
            by,
            printed,
        } => {
            let asked = Import {
                files,
                kind: holds.collection,
                format: holds.format,
                by,
                keep_good,
                dry_run,
                without_claims,
                dates_as_told: dates == "as-told",
                replace,
                separator,
                output: printed.output,
            };
            commands::transfer::import(asked).await
        }
        Command::Export { file, holds } => commands::transfer::export(&file, holds.collection, holds.format).await,
        Command::Backup { file } => commands::transfer::backup(&file).await,
        Command::Restore { file, replace } => commands::transfer::restore(&file, replace).await,
        Command::Check(printed) => commands::check(printed.output).await,
        Command::Token(asked) => token(asked).await,
        Command::Completions { shell } => {
            clap_complete::generate(shell, &mut Arguments::command(), "menagerie", &mut std::io::stdout());
            Ok(ExitCode::SUCCESS)
        }
        Command::Man => Ok(manual()),
        Command::Licenses => Ok(commands::output::licenses()),
    };
    match outcome {
        Ok(code) => code,
        Err(failure) => {
            let _ = writeln!(std::io::stderr(), "menagerie: {failure}");
            failure.exit_code()
        }
    }
}
