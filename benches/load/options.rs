//! The command line of the benchmark.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Parser, Subcommand};

use crate::queries::Query;
use crate::servers::Entrant;

/// What `--only` calls the measurements of how cost grows.
pub const GROWTH: &str = "growth";
/// What it calls those of kept answers through each door.
pub const DOORS: &str = "doors";

/// Measures Menagerie beside its peers and writes benches/load/RESULTS.md.
#[derive(Parser)]
#[command(name = "load")]
pub struct Options {
    #[command(subcommand)]
    pub part: Option<Part>,
    /// How long each cell is measured in each round, in seconds.
    #[arg(long, default_value_t = 3)]
    pub seconds: u64,
    /// How often each cell is measured, in turn with the others; what is told is the middle, so let it be odd.
    #[arg(long, default_value_t = 3)]
    pub rounds: usize,
    /// How many connections ask at the same time.
    #[arg(long, default_value_t = 32)]
    pub connections: usize,
    /// How many made-up gifts there are beside the seed sets.
    #[arg(long, default_value_t = 2_000)]
    pub gifts: usize,
    /// Only cells whose server or query has this word, such as `point` or `cold`; several may be given. `growth` stands for
    /// how cost grows, `doors` for kept answers by POST, GET and at /q. Nothing is written to RESULTS.md then.
    #[arg(long)]
    pub only: Vec<String>,
    /// Compare the first page with a deep one over so many gifts, made for it on the real database.
    #[arg(long)]
    pub depth: Option<usize>,
    /// Watch the memory for so many minutes under load.
    #[arg(long)]
    pub soak: Option<u64>,
    /// Let the limit's workers share one client of the database.
    #[arg(long)]
    pub shared: bool,
}

#[derive(Subcommand)]
pub enum Part {
    /// Runs the handler written by hand over this database.
    Limit {
        uri: String,
        database: String,
        #[arg(long)]
        shared: bool,
    },
    /// Runs the server that answers from memory with what this file has.
    Memory { answers: PathBuf },
    /// Keeps one server over replayed replies running, to look at it with a profiler, until Enter is pressed.
    Hold { server: String },
}

impl Options {
    /// How long each cell is measured in a round.
    pub fn time(&self) -> Duration {
        Duration::from_secs(self.seconds)
    }

    /// Whether something of this name is to be measured; `others` are the names of its kind.
    pub fn wants_of(&self, name: &str, others: &[&str]) -> bool {
        let about = |word: &&String| others.iter().any(|other| other.contains(word.as_str()));
        let mut words = self.only.iter().filter(about).peekable();
        words.peek().is_none() || words.any(|word| name.contains(word.as_str()))
    }

    /// Whether one of the measurements beside the servers' is to be made.
    pub fn wants(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|word| word == name)
    }

    /// Whether servers are to be compared.
    pub fn wants_cells(&self) -> bool {
        self.only.is_empty() || self.only.iter().any(|word| word != GROWTH && word != DOORS)
    }

    /// Refuses words that name nothing.
    pub fn check(&self) -> Result<(), String> {
        let queries = Query::all().map(|query| query.name);
        let mut names = Entrant::ALL.map(Entrant::name).to_vec();
        names.extend(queries);
        names.extend([GROWTH, DOORS]);
        if self.rounds == 0 {
            return Err("--rounds 0 measures nothing; accepted are 1 or more".into());
        }
        let names_something = |word: &&String| names.iter().any(|name| name.contains(word.as_str()));
        match self.only.iter().find(|word| !names_something(word)) {
            Some(word) => Err(format!("--only {word} names nothing; there are: {}", names.join("; "))),
            None => Ok(()),
        }
    }

    /// The servers that take part.
    pub fn entrants(&self) -> Vec<Entrant> {
        let names = Entrant::ALL.map(Entrant::name);
        let all = Entrant::ALL.into_iter();
        all.filter(|entrant| self.wants_of(entrant.name(), &names)).collect()
    }
}
