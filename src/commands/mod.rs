//! The commands, from configuration to exit status. `token` has those for tokens, `transfer` those for files.

pub mod output;
mod progress;
pub mod token;
pub mod transfer;

use std::fmt::Display;
use std::io::Write;
use std::net::{SocketAddr, TcpListener};
use std::pin::pin;
use std::process::ExitCode;
use std::sync::Arc;

use menagerie::api::dataset::{DatasetError, DatasetFacts};
use menagerie::config::{Config, ConfigError, Seed};
use menagerie::embedded::{self, Embedded, EmbeddedError};
use menagerie::feed::{self, Live};
use menagerie::http;
use menagerie::http::auth::{Signed, SignedError, SignedSettings};
use menagerie::http::persisted::{Trusted, TrustedError};
use menagerie::http::tls::{Tls, TlsError, choose_provider};
use menagerie::http::{Ending, Serving, Settings, State, StateError, Timeouts};
use menagerie::search::{self, Search};
use menagerie::seed::LoadError;
use menagerie::seed::load::{Options, load};
use menagerie::seed::{generate as synthetic, set::SetError};
use menagerie::store::{self, Store, StoreError};
use menagerie::telemetry::{self, Telemetry, TelemetryError};
use menagerie::transfer::Progress;
use output::Output;
use progress::Bar;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use token::TokenError;
use transfer::TransferError;

/// Why a command failed, as printed after `menagerie: `.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error("{0}")]
    Config(#[from] ConfigError),
    #[error("{0}")]
    Telemetry(#[from] TelemetryError),
    #[error("{0}")]
    Tls(#[from] TlsError),
    #[error("{0}")]
    Embedded(#[from] EmbeddedError),
    #[error("{0}")]
    Load(#[from] LoadError),
    #[error("{0}")]
    Store(#[from] StoreError),
    #[error("MENAGERIE_TRUSTED_DOCUMENTS: {0}")]
    Trusted(#[from] TrustedError),
    #[error("{0}")]
    State(#[from] StateError),
    #[error("MENAGERIE_DATASET: {0}")]
    Dataset(#[from] DatasetError),
    #[error("MENAGERIE_JWKS: {0}")]
    Signed(#[from] SignedError),
    #[error("{0}")]
    Token(#[from] TokenError),
    #[error("{0}")]
    Transfer(#[from] TransferError),
    #[error("cannot listen on {1}: {2}; set {0} to another address")]
    Bind(&'static str, SocketAddr, std::io::Error),
    #[error("the server failed: {0}")]
    Server(std::io::Error),
}

impl Failure {
    /// The exit status, by sysexits(3): 65 bad data, 69 no database, 78 bad configuration, 70 the rest.
    pub fn exit_code(&self) -> ExitCode {
        ExitCode::from(match self {
            Self::Load(LoadError::Set(
                SetError::Misfits { .. } | SetError::Unknown { .. } | SetError::Unreadable { .. },
            )) => 65,
            Self::Store(StoreError::Unavailable(_)) | Self::Load(LoadError::Store(StoreError::Unavailable(_))) => 69,
            Self::Token(TokenError::Taken { .. } | TokenError::Unknown { .. }) => 65,
            Self::Transfer(error) => error.exit_code(),
            Self::Config(_)
            | Self::Telemetry(_)
            | Self::Tls(_)
            | Self::Trusted(_)
            | Self::Dataset(_)
            | Self::State(StateError::Trusted { .. })
            | Self::Signed(_)
            | Self::Store(StoreError::Uri | StoreError::UriOption(_)) => 78,
            _ => 70,
        })
    }
}

type Outcome = Result<ExitCode, Failure>;

/// Serves until SIGINT or SIGTERM.
pub async fn serve() -> Outcome {
    let (config, telemetry) = start()?;
    open_as_many_files_as_allowed();
    // Cheap checks first: a bad certificate or a port in use must not cost the startup of a database.
    let settings = settings(&config).await?;
    let tls = match (&config.tls_certificate, &config.tls_key) {
        (Some(certificate), Some(key)) => Some(Tls::read(certificate, key)?),
        _ => None,
    };
    let listener = listen("MENAGERIE_BIND", config.bind)?;
    let admin = config.admin_bind.map(|address| listen("MENAGERIE_ADMIN_BIND", address));
    let serving = Serving {
        workers: config.workers,
        signals: true,
        drain: config.drain,
        grace: config.grace,
        tls,
        admin: admin.transpose()?,
    };
    let database = Database::connect(&config, true).await?;
    let outcome = serve_on(&config, settings, listener, serving, &database).await;
    database.close().await;
    let ending = outcome?;
    if ending == Ending::AtOnce {
        tracing::warn!("stopped at once: what was under way was cut off");
        return Ok(ExitCode::FAILURE);
    }
    telemetry.stop().await;
    Ok(ExitCode::SUCCESS)
}

/// Raises the soft limit of open files to the hard one: often it is 1,024, and each connection needs two descriptors.
fn open_as_many_files_as_allowed() {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        ..limit
    };
    if let Err(error) = setrlimit(Resource::Nofile, raised) {
        tracing::warn!("the limit of {:?} open files stays as it is: {error}", limit.current);
    }
}

fn listen(variable: &'static str, address: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).map_err(|error| Failure::Bind(variable, address, error))
}

async fn serve_on(
    config: &Config,
    settings: Settings,
    listener: TcpListener,
    serving: Serving,
    database: &Database,
) -> Result<Ending, Failure> {
    let address = listener.local_addr().map_err(Failure::Server)?;
    let scheme = if serving.tls.is_some() { "https" } else { "http" };
    let admin = serving.admin.as_ref().and_then(|listener| listener.local_addr().ok());
    let (live, search) = (Live::new(&database.store, config.entity_cache_bytes), Search::default());
    let state = State::new(database.store.clone(), live.clone(), search.clone(), settings)?;
    let mut server = pin!(http::serve(listener, state, serving).map_err(Failure::Server)?);
    // `/healthz` answers meanwhile, and `/readyz` says what is missing: indexes over many documents take long to build.
    tokio::select! {
        ended = &mut server => return ended.map_err(Failure::Server),
        prepared = prepare(config, database) => prepared?,
    }
    let apart = Store::connect(&database.options).await?;
    let following = feed::follow(apart.clone(), live.clone());
    let most = usize::try_from(config.columns_bytes).unwrap_or(usize::MAX);
    let columns = feed::keep_columns(apart.clone(), live.clone(), most, false);
    let indexing = search::follow(apart, live, search);
    say(format_args!("Menagerie serves the API at {scheme}://{address}/graphql"));
    if config.dashboard {
        say(format_args!("  the dashboard:                 {scheme}://{address}/"));
    }
    if config.graphiql {
        say(format_args!(
            "  to try queries in the browser: {scheme}://{address}/graphiql"
        ));
    }
    say(format_args!(
        "  the schema:                    {scheme}://{address}/schema.graphql"
    ));
    say(format_args!(
        "  tables for a spreadsheet:      {scheme}://{address}/export/gifts.csv"
    ));
    say(format_args!(
        "  the data:                      {}",
        match (&database.embedded, database.store.place()) {
            (Some(_), _) => format!("in {}", config.data_dir.display()),
            (None, place) => place,
        }
    ));
    if let Some(admin) = admin {
        say(format_args!("  metrics and health:            http://{admin}/metrics"));
    }
    let ending = server.await;
    indexing.stop().await;
    columns.stop().await;
    following.stop().await;
    ending.map_err(Failure::Server)
}

/// Applies the collections' schemas and loads what is to be there at the start.
async fn prepare(config: &Config, database: &Database) -> Result<(), Failure> {
    let store = &database.store;
    store.ensure_schema().await?;
    if store.is_standalone().await? {
        tracing::warn!(
            "the database is a single server without transactions: it can be read, and nothing can be changed"
        );
    }
    let sets = match &config.seed {
        Seed::Sets(sets) => sets.clone(),
        Seed::Auto if database.embedded.is_some() && store.is_empty().await? => vec!["article".to_owned()],
        Seed::Auto | Seed::None => Vec::new(),
    };
    for report in load(store, &sets, Options::default()).await? {
        tracing::info!("{report}");
    }
    Ok(())
}

/// Loads seed sets, and prints a report for each.
pub async fn seed(sets: &[String], reset: bool, dry_run: bool, output: Output) -> Outcome {
    let (config, _telemetry) = start()?;
    let database = if dry_run {
        Database::open_as_is(&config).await?
    } else {
        Database::open(&config, false).await?
    };
    let outcome = load(&database.store, sets, Options { reset, dry_run }).await;
    database.close().await;
    let reports = outcome?;
    match output {
        Output::Json => output::print(&output::loaded(&reports)),
        Output::Text => reports.iter().for_each(say),
    }
    Ok(ExitCode::SUCCESS)
}

/// Writes synthetic data, and prints how many documents of each collection are new.
pub async fn generate(gifts: usize, seed: u64) -> Outcome {
    let (config, _telemetry) = start()?;
    let database = Database::open(&config, false).await?;
    let mut bar = Bar::new();
    let outcome = synthetic::generate(&database.store, gifts, seed, |done, total| {
        let (done, total) = (done as u64, total as u64);
        bar.show(Progress {
            doing: "writing",
            done,
            total,
            rows: done,
        });
    })
    .await;
    bar.clear();
    database.close().await;
    for (kind, new) in outcome? {
        say(format_args!("{}: {new} new", kind.collection()));
    }
    Ok(ExitCode::SUCCESS)
}

/// Prints the violations of the declarations. The exit status is 1 if there are any.
pub async fn check(output: Output) -> Outcome {
    let (config, _telemetry) = start()?;
    let database = Database::open_as_is(&config).await?;
    let outcome = database.store.check().await;
    database.close().await;
    let findings = outcome?;
    if output == Output::Json {
        output::print(&output::findings(&findings));
        return Ok(ExitCode::from(u8::from(!findings.is_empty())));
    }
    for finding in &findings {
        say(finding);
    }
    if findings.is_empty() {
        say(format_args!(
            "nothing found: references, validators, derived fields and indexes are as they should be"
        ));
        return Ok(ExitCode::SUCCESS);
    }
    say(format_args!("{} found", findings.len()));
    Ok(ExitCode::FAILURE)
}

/// Prints a line of output. A closed pipe, as in `menagerie schema | head`, is not an error.
fn say(line: impl Display) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// Prints a remark to stderr, so that scripts only get the output of [`say`].
fn explain(line: impl Display) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// Reads the configuration, and starts logs and traces.
fn start() -> Result<(Config, Telemetry), Failure> {
    let config = Config::from_env()?;
    choose_provider();
    let telemetry = telemetry::start(&config, http::CLIENTS_ERRORS)?;
    Ok((config, telemetry))
}

/// The part of the configuration that the HTTP room needs.
async fn settings(config: &Config) -> Result<Settings, Failure> {
    let signed = match signed(config) {
        Some(settings) => Some(Arc::new(Signed::new(settings).await?)),
        None => None,
    };
    Ok(Settings {
        config: config.clone(),
        trusted: match &config.trusted_documents {
            Some(path) => Trusted::load(path)?,
            None => Trusted::default(),
        },
        timeouts: Timeouts::default(),
        dataset: match &config.dataset {
            Some(path) => DatasetFacts::read(path)?,
            None => DatasetFacts::default(),
        },
        signed,
    })
}

/// `None` if signed tokens are not configured.
fn signed(config: &Config) -> Option<SignedSettings> {
    Some(SignedSettings {
        role_claim: config.jwt_role_claim.clone(),
        ..SignedSettings::new(
            config.jwks.as_ref()?,
            config.jwt_issuer.as_ref()?,
            config.jwt_audience.as_ref()?,
        )
    })
}

/// A store and, if this process started it, its embedded database.
struct Database {
    store: Store,
    /// For connecting another store to the same database.
    options: store::Options,
    embedded: Option<Embedded>,
}

impl Database {
    /// Opens the database and applies the collections' schemas. `own`: this process must start the embedded database
    /// itself; otherwise one that a running server has started from the same folder is used.
    async fn open(config: &Config, own: bool) -> Result<Self, Failure> {
        let database = Self::connect(config, own).await?;
        match database.store.ensure_schema().await {
            Ok(()) => Ok(database),
            Err(error) => {
                database.close().await;
                Err(error.into())
            }
        }
    }

    /// Opens the database without changing anything in it.
    async fn open_as_is(config: &Config) -> Result<Self, Failure> {
        Self::connect(config, false).await
    }

    async fn connect(config: &Config, own: bool) -> Result<Self, Failure> {
        let served = if own { None } else { embedded::running(&config.data_dir) };
        let (uri, embedded) = match (&config.mongodb_uri, served) {
            (Some(uri), _) => (uri.expose().to_owned(), None),
            (None, Some(uri)) => (uri, None),
            (None, None) => {
                let embedded = Embedded::start(embedded::Options {
                    program: config.database_program.clone(),
                    data_dir: config.data_dir.clone(),
                    memory_limit_mb: config.database_memory_mb,
                    log_file_max: None,
                })
                .await?;
                (embedded.uri(), Some(embedded))
            }
        };
        let options = store::Options {
            uri,
            database: config.mongodb_database.clone(),
            pool_size: config.pool_size,
            deadline: std::time::Duration::from_millis(config.limits.request_timeout_ms),
            columns: config.columns_bytes > 0,
        };
        let store = Store::connect(&options).await?;
        Ok(Self {
            store,
            options,
            embedded,
        })
    }

    async fn close(self) {
        if let Some(embedded) = self.embedded {
            embedded.stop().await;
        }
    }
}
