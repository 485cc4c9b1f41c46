//! The settings, each declared once: section, text, name, field, default, and the form of its values.
//!
//! The declarations generate the fields of [`Config`] with their defaults, and how each is parsed and described in
//! messages. `--help`, `.env.example` and the tables in `docs/` are generated from [`settings`] too. The limits on
//! requests are declared in `limits`.

use std::borrow::Cow;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;

use super::public_url::PublicUrl;
use super::secret::Secret;
use super::values::{
    Form, LogFormat, Profile, Seed, StatusText, address, choice, database_name, flag, limit_names, milliseconds,
    networks, number, origins, path, seed, uri,
};
use crate::limits::{Limit, Limits, Unit};

/// Parses a text and sets the field of a setting; `None` if the text is not accepted.
type Set = dyn Fn(&mut Config, &str) -> Option<()>;

/// A setting.
pub struct Setting {
    /// The environment variable that sets it.
    pub name: &'static str,
    /// Its section in the documentation.
    pub section: &'static str,
    /// Its description, in whole sentences.
    pub text: String,
    /// The accepted values, worded to follow "accepted:".
    pub accepted: Cow<'static, str>,
    /// Whether messages must not contain its value.
    pub secret: bool,
    set: Box<Set>,
    get: Box<dyn Fn(&Config) -> String>,
}

impl Setting {
    fn new<T: 'static>(
        (section, name, text): (&'static str, &'static str, &str),
        form: Form<T>,
        set: impl Fn(&mut Config, T) + 'static,
        get: impl Fn(&Config) -> T + 'static,
    ) -> Self {
        let Form { read, write, .. } = form;
        Self {
            name,
            section,
            text: text.trim().to_owned(),
            accepted: form.accepted,
            secret: form.secret,
            set: Box::new(move |config, text| read(text).map(|value| set(config, value))),
            get: Box::new(move |config| write(&get(config))),
        }
    }

    /// Sets its field to a value, trimmed and not empty; `None` if the value is not accepted.
    pub(super) fn set(&self, config: &mut Config, value: &str) -> Option<()> {
        (self.set)(config, value)
    }

    /// Its value in the form in which it can be set; empty if unset, `[secret]` for a password.
    pub fn value(&self, config: &Config) -> String {
        (self.get)(config)
    }
}

macro_rules! settings {
    ($($section:literal {
        $($(#[doc = $text:literal])+ $name:ident => $field:ident: $type:ty = $default:expr, $form:expr;)+
    })+) => {
        /// The values of all settings. [`Config::default`] has the defaults of the profile `development`.
        #[derive(Clone, Debug)]
        pub struct Config {
            $($(
                $(#[doc = $text])+
                #[doc = concat!("\n\nSet by `", stringify!($name), "`.")]
                pub $field: $type,
            )+)+
            /// The limits on requests.
            pub limits: Limits,
        }

        impl Default for Config {
            fn default() -> Self {
                Self {
                    $($($field: $default,)+)+
                    limits: Limits::default(),
                }
            }
        }

        /// All settings, section by section.
        pub fn settings() -> Vec<Setting> {
            let mut settings = vec![$($(Setting::new(
                ($section, stringify!($name), concat!($($text),+)),
                $form,
                |config, value| config.$field = value,
                |config| config.$field.clone(),
            ),)+)+];
            settings.extend(of_limits());
            settings
        }
    };
}

settings! {
"Profile" {
    /// The defaults of the other settings: for people at work on it, or for a server in public (docs/OPERATIONS.md, The
    /// production profile).
    MENAGERIE_PROFILE => profile: Profile = Profile::Development,
        choice([("development", Profile::Development), ("production", Profile::Production)]);
}
"Database" {
    /// The MongoDB to use, a replica set or a cluster, with its password. Unset: the embedded database is started.
    MONGODB_URI => mongodb_uri: Option<Secret> = None, uri().optional();
    /// The database's name within MongoDB.
    MONGODB_DATABASE => mongodb_database: String = "menagerie".into(), database_name();
    /// The folder of the embedded database. Only one server at a time can use it, and only its user can read it.
    MENAGERIE_DATA_DIR => data_dir: PathBuf = "./data".into(), path("a folder's path");
    /// The embedded database's program. Unset: it is looked for in the user's cache (`make database` builds it there) and
    /// on the `PATH`.
    MENAGERIE_DATABASE_PROGRAM => database_program: Option<PathBuf> = None,
        path("the path of the program secantusd-rs").optional();
    /// The embedded database's hard memory limit in MiB. At the limit it is restarted, not the server. It needs some 200 for
    /// itself and 2 for each connection.
    MENAGERIE_DATABASE_MEMORY_MB => database_memory_mb: u64 = 2048, number(Unit::new("MiB", 1), 256..=1_048_576);
    /// The most connections to the database.
    MENAGERIE_POOL_SIZE => pool_size: u32 = 64, number(Unit::COUNT, 1..=1000);
    /// What is loaded at the start. `auto`: the article when the embedded database is empty, nothing with `MONGODB_URI`.
    MENAGERIE_SEED => seed: Seed = Seed::Auto, seed();
}
"Server" {
    /// Where the server listens. The default is reached from this machine only; `0.0.0.0:8080` opens it to others.
    MENAGERIE_BIND => bind: SocketAddr = (Ipv4Addr::LOCALHOST, 8080).into(),
        Form::plain("an IP address and a port, such as 127.0.0.1:8080, 0.0.0.0:80 or [::1]:8080");
    /// The address at which people reach the server, if a proxy stands before it: with the path that it is served under, if it
    /// is not at the root. Its pages are pages of this server, whatever `Host` the proxy sends. Unset: what requests say.
    MENAGERIE_PUBLIC_URL => public_url: Option<PublicUrl> = None, Form::plain(
        "an http:// or https:// address, with a path or without, such as https://zoo.example/menagerie/"
    ).optional();
    /// Where `/metrics`, `/healthz` and `/readyz` are served instead. Unset: beside the API.
    MENAGERIE_ADMIN_BIND => admin_bind: Option<SocketAddr> = None,
        Form::plain("an IP address and a port, such as 127.0.0.1:9090").optional();
    /// The certificate with its chain: then the server speaks HTTPS, also as HTTP/2. Unset: no TLS.
    MENAGERIE_TLS_CERTIFICATE => tls_certificate: Option<PathBuf> = None, path("the path of a PEM file").optional();
    /// The certificate's private key.
    MENAGERIE_TLS_KEY => tls_key: Option<PathBuf> = None, path("the path of a PEM file").optional();
    /// Threads that serve requests.
    MENAGERIE_WORKERS => workers: usize = 0, Form {
        accepted: "a whole number from 1 to 1024, or 0 for one per core".into(),
        ..number(Unit::COUNT, 0..=1024)
    };
    /// How long a server that was told to stop still accepts requests, while `/readyz` says that it leaves: the time in
    /// which a load balancer notices.
    MENAGERIE_DRAIN_MS => drain: Duration = Duration::ZERO, milliseconds();
    /// How long requests under way may then still take.
    MENAGERIE_GRACE_MS => grace: Duration = Duration::from_secs(30), milliseconds();
}
"What is served" {
    /// Whether the schema can be asked for, at `/graphql` and at `/schema.graphql`.
    MENAGERIE_INTROSPECTION => introspection: bool = true, flag();
    /// Whether the dashboard is served, at `/`. Without it `/` leads to GraphiQL, where that is served.
    MENAGERIE_DASHBOARD => dashboard: bool = true, flag();
    /// Whether GraphiQL is served.
    MENAGERIE_GRAPHIQL => graphiql: bool = true, flag();
    /// Whether operations that the server knows are served by their names, at `/q/`, and described at `/openapi.json`.
    MENAGERIE_NAMED_QUERIES => named_queries: bool = true, flag();
    /// Whether agents may use them as tools, at `/mcp`, by the Model Context Protocol.
    MENAGERIE_MCP => mcp: bool = true, flag();
    /// Which text of GraphQL over HTTP decides the statuses of answers as `application/graphql-response+json`: that of 2026,
    /// with 422 and 294, or that of 2025 (docs/QUERIES.md, Requests and statuses).
    MENAGERIE_HTTP_STATUSES => http_statuses: StatusText = StatusText::Of2026,
        choice([("2026", StatusText::Of2026), ("2025", StatusText::Of2025)]);
    /// Whether errors name what may have been meant, and list what there is.
    MENAGERIE_SUGGESTIONS => suggestions: bool = true, flag();
}
"The data" {
    /// What the data are as a whole: a JSON file with title, description, license, licenseUrl and creators. Unset: what comes
    /// with the seed sets.
    MENAGERIE_DATASET => dataset: Option<PathBuf> = None, path("the path of a JSON file").optional();
}
"Who may ask" {
    /// Whether one may read without a token, also the schema at `/schema.graphql`.
    MENAGERIE_ANONYMOUS => anonymous: bool = true, flag();
    /// The origins whose pages may read answers. Unset: only pages of this server.
    MENAGERIE_CORS_ORIGINS => cors_origins: Vec<String> = Vec::new(), origins();
    /// The proxies whose `X-Forwarded-For` is believed.
    MENAGERIE_TRUSTED_PROXIES => trusted_proxies: Vec<IpNet> = Vec::new(), networks();
    /// The keys of signed tokens (JWT). Unset: no signed tokens.
    MENAGERIE_JWKS => jwks: Option<String> = None,
        address("the path of a JWKS file, or its https:// address").optional();
    /// Who must have issued a signed token.
    MENAGERIE_JWT_ISSUER => jwt_issuer: Option<String> = None, Form::plain("the value of iss in accepted tokens").optional();
    /// For whom a signed token must have been issued.
    MENAGERIE_JWT_AUDIENCE => jwt_audience: Option<String> = None,
        Form::plain("the value of aud in accepted tokens").optional();
    /// The claim of a signed token that holds the role: reader, editor or admin.
    MENAGERIE_JWT_ROLE_CLAIM => jwt_role_claim: String = "role".into(), Form::plain(
        "the name of the claim that holds the role, or the way to it with dots, such as realm_access.roles"
    );
    /// The documents that can be asked for by id. Unset: none.
    MENAGERIE_TRUSTED_DOCUMENTS => trusted_documents: Option<PathBuf> = None,
        path("the path of a manifest or of a folder with .graphql files").optional();
    /// Whether only those documents are run.
    MENAGERIE_TRUSTED_DOCUMENTS_ONLY => trusted_documents_only: bool = false, flag();
}
"What is kept in memory" {
    /// How many documents clients may store by their hash, as Apollo Client does; 0 for none.
    MENAGERIE_PERSISTED_QUERIES => persisted_queries: u64 = 1000, number(Unit::COUNT, 0..=100_000);
    /// How much memory answers that are kept may take, an eighth of it their rows and CSV; 0 keeps none. Whatever is written takes what it concerns out of use
    /// at once.
    MENAGERIE_RESPONSE_CACHE_MB => response_cache_bytes: u64 = 32 * Unit::MIB.factor, number(Unit::MIB, 0..=65_536);
    /// How much memory the columns of the gifts may take, which answer statistics, counts and filtered pages; 0 for none.
    /// A gift takes some 250 bytes with what belongs to it. Over the bound the database answers.
    MENAGERIE_COLUMNS_MB => columns_bytes: u64 = 512 * Unit::MIB.factor, number(Unit::MIB, 0..=65_536);
    /// How much memory documents that are kept may take; 0 keeps none.
    MENAGERIE_ENTITY_CACHE_MB => entity_cache_bytes: u64 = 32 * Unit::MIB.factor, number(Unit::MIB, 0..=65_536);
}
"Logs and traces" {
    /// Which messages are logged.
    MENAGERIE_LOG => log: String = "info".into(), Form::plain("a filter such as info, warn or info,menagerie=debug");
    /// How they are written: as lines for people, or as one JSON object a line.
    MENAGERIE_LOG_FORMAT => log_format: LogFormat = LogFormat::Text,
        choice([("text", LogFormat::Text), ("json", LogFormat::Json)]);
    /// Where traces are sent, by OTLP over HTTP. Unset: nowhere.
    OTEL_EXPORTER_OTLP_ENDPOINT => otlp_endpoint: Option<String> = None,
        address("the http:// or https:// address of a collector, such as http://127.0.0.1:4318").optional();
}
}

/// The settings of the limits on requests.
fn of_limits() -> Vec<Setting> {
    let section = "Limits on requests";
    let bounds = Limits::BOUNDS.iter().map(|bound| {
        let (least, most) = bound.range;
        Setting::new(
            (section, bound.variable, bound.text),
            number(bound.unit, least..=most),
            |config, value| (bound.set)(&mut config.limits, value),
            |config| (bound.get)(&config.limits),
        )
    });
    let limits = Limit::ALL.into_iter().map(|limit| {
        let facts = limit.facts();
        let (least, most) = facts.range;
        let (first, rest) = facts.counted.split_at(1);
        let text = format!("{}{rest}, at most. {}", first.to_uppercase(), facts.note);
        Setting::new(
            (section, facts.variable, &text),
            number(Unit::COUNT, least..=most),
            move |config, value| config.limits.set(limit, value),
            move |config| config.limits.of(limit),
        )
    });
    let measured = Setting::new(
        (section, "MENAGERIE_MEASURE_ONLY", MEASURED),
        limit_names(),
        |config, limits| limits.into_iter().for_each(|limit| config.limits.measure(limit)),
        |config| {
            Limit::ALL
                .into_iter()
                .filter(|limit| config.limits.is_measured(*limit))
                .collect()
        },
    );
    bounds.chain(limits).chain([measured]).collect()
}

/// The text of the setting for limits that are only measured.
const MEASURED: &str = "Limits that are only measured, by their names in `serviceConfig`: what goes over one is logged and \
    let through, up to the greatest that it can be set to. To find the right limits for the clients that one has.";
