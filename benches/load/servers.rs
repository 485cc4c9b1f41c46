//! The servers that are measured, each a process of its own: how each is started, and what it takes of the machine.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// The database's name in all of them.
pub const DATABASE: &str = "menagerie";

/// Ticks of the clock that Linux counts CPU time in, for every program on every common processor: `USER_HZ`.
const TICKS_PER_SECOND: u64 = 100;

/// A server that takes part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entrant {
    /// The same bytes from memory: what an answer costs at the least.
    Memory,
    /// A handler written by hand.
    Limit,
    /// Menagerie with the response cache and the entity cache.
    Warm,
    /// Menagerie with the entity cache alone.
    Entities,
    /// Menagerie without caches, and without columns: what the database costs.
    Cold,
    /// The same with columns; in a table of its own.
    Columns,
    Apollo,
    Yoga,
    Mercurius,
}

/// What all servers need to know.
pub struct Places {
    /// The database that they ask.
    pub uri: String,
    /// A folder to be in, where no `.env` lies.
    pub folder: PathBuf,
    /// The answers that are given from memory, a JSON file.
    pub answers: PathBuf,
    /// Whether the limit's workers share a client.
    pub shared: bool,
}

impl Entrant {
    /// All of them in the order of the tables.
    pub const ALL: [Self; 8] = [
        Self::Memory,
        Self::Limit,
        Self::Warm,
        Self::Entities,
        Self::Cold,
        Self::Apollo,
        Self::Yoga,
        Self::Mercurius,
    ];

    /// What it is called in tables and after `--only`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Memory => "from memory",
            Self::Limit => "limit",
            Self::Warm => "menagerie, warm",
            Self::Entities => "menagerie, entities",
            Self::Cold => "menagerie, cold",
            Self::Columns => "menagerie, columns",
            Self::Apollo => "apollo",
            Self::Yoga => "yoga",
            Self::Mercurius => "mercurius",
        }
    }

    /// Whether it runs on Node.js.
    pub const fn is_peer(self) -> bool {
        matches!(self, Self::Apollo | Self::Yoga | Self::Mercurius)
    }

    /// Whether it is this project's server.
    pub const fn is_menagerie(self) -> bool {
        matches!(self, Self::Warm | Self::Entities | Self::Cold | Self::Columns)
    }

    /// The program with its settings, and nothing else of this process's environment.
    fn command(self, places: &Places) -> Command {
        let own = |part: &str| {
            let mut command = Command::new(std::env::current_exe().expect("this program has a path"));
            command.arg(part);
            command
        };
        let mut command = match self {
            Self::Memory => {
                let mut command = own("memory");
                command.arg(&places.answers);
                command
            }
            Self::Limit => {
                let mut command = own("limit");
                command
                    .args([&places.uri, DATABASE])
                    .args(places.shared.then_some("--shared"));
                command
            }
            Self::Warm | Self::Entities | Self::Cold | Self::Columns => Command::new(env!("CARGO_BIN_EXE_menagerie")),
            Self::Apollo => peer("apollo.mjs"),
            Self::Yoga => peer("yoga.mjs"),
            Self::Mercurius => peer("mercurius.mjs"),
        };
        command.env_clear().current_dir(&places.folder);
        command.envs(
            ["PATH", "HOME"]
                .iter()
                .filter_map(|name| Some((name, std::env::var_os(name)?))),
        );
        command.env("NODE_ENV", "production");
        command
            .env("MONGODB_URI", &places.uri)
            .env("MONGODB_DATABASE", DATABASE);
        if self.is_menagerie() {
            command.envs([
                ("MENAGERIE_PROFILE", "production"),
                ("MENAGERIE_BIND", "127.0.0.1:0"),
                ("MENAGERIE_SEED", "none"),
                // The peers write no line for each request either.
                ("MENAGERIE_LOG", "warn"),
                // More than one client can spend, so that each request is counted and none refused.
                ("MENAGERIE_MAX_POINTS_PER_MINUTE", "1000000000"),
                // All connections come from one address.
                ("MENAGERIE_MAX_CLIENT_SHARE", "100"),
            ]);
            let off = match self {
                Self::Warm => &["MENAGERIE_COLUMNS_MB"][..],
                Self::Entities => &["MENAGERIE_COLUMNS_MB", "MENAGERIE_RESPONSE_CACHE_MB"],
                Self::Columns => &["MENAGERIE_RESPONSE_CACHE_MB", "MENAGERIE_ENTITY_CACHE_MB"],
                _ => &[
                    "MENAGERIE_COLUMNS_MB",
                    "MENAGERIE_RESPONSE_CACHE_MB",
                    "MENAGERIE_ENTITY_CACHE_MB",
                ],
            };
            command.envs(off.iter().map(|setting| (setting, "0")));
        }
        command
    }
}

/// The folder of the servers from npm.
pub fn peers() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/load/peers")
}

fn peer(file: &str) -> Command {
    let mut command = Command::new("node");
    command.arg(peers().join(file));
    command
}

/// A running server; it ends when this is dropped.
pub struct Server {
    pub entrant: Entrant,
    /// Where it answers queries.
    pub url: String,
    child: Child,
}

impl Server {
    /// Whether it asks for what it does not keep yet, so that what it asks cannot all be known beforehand.
    pub const fn asks_what_it_lacks(&self) -> bool {
        matches!(self.entrant, Entrant::Warm | Entrant::Entities)
    }

    /// Starts it and waits until it says where it listens.
    pub fn start(entrant: Entrant, places: &Places) -> Result<Self, String> {
        let name = entrant.name();
        let mut child = entrant
            .command(places)
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{name} cannot be started: {error}"))?;
        let mut lines = BufReader::new(child.stdout.take().expect("its output is piped"));
        let mut line = String::new();
        let url = loop {
            line.clear();
            if lines.read_line(&mut line).unwrap_or(0) == 0 {
                let _ = child.kill();
                let _ = child.wait();
                return Err(format!("{name} ended before it said where it listens"));
            }
            if let Some(at) = line.find("http://127.0.0.1:") {
                break line[at..].trim().to_owned();
            }
        };
        // What else it says is read, so that it never waits for a reader.
        std::thread::spawn(move || lines.read_to_end(&mut Vec::new()));
        Ok(Self { entrant, url, child })
    }

    fn read(&self, file: &str) -> String {
        let path = format!("/proc/{}/{file}", self.child.id());
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{} has no {path}: {error}", self.entrant.name()))
    }

    /// The CPU time that all its threads have spent so far (proc_pid_stat(5), utime and stime).
    pub fn cpu(&self) -> Duration {
        let stat = self.read("stat");
        // The name of the program, in brackets, may have blanks.
        let (_, fields) = stat.rsplit_once(") ").expect("the name is in brackets");
        let ticks: u64 = fields
            .split(' ')
            .skip(11)
            .take(2)
            .filter_map(|field| field.parse::<u64>().ok())
            .sum();
        Duration::from_millis(ticks * 1_000 / TICKS_PER_SECOND)
    }

    /// The memory that it has now, and the most that it ever had, in MiB.
    pub fn memory(&self) -> (f64, f64) {
        let status = self.read("status");
        let of = |name: &str| {
            let line = status
                .lines()
                .find_map(|line| line.strip_prefix(name))
                .unwrap_or_default();
            line.trim().trim_end_matches(" kB").parse::<f64>().unwrap_or(f64::NAN) / 1_024.0
        };
        (of("VmRSS:"), of("VmHWM:"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
