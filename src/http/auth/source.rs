//! The source of the keys of signed tokens: a file or a URL.
//!
//! `key_set` decides when it is read.

use std::io::Read;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Client, StatusCode, Url};

use crate::http::tls::choose_provider;

/// The size of the largest key set, in bytes.
const LARGEST: usize = 256 * 1024;

/// The timeout of a request for the keys.
const PATIENCE: Duration = Duration::from_secs(5);

/// A mistake in the settings of signed tokens. Displayed behind the name of the setting.
#[derive(Debug, thiserror::Error)]
pub enum SignedError {
    /// The file cannot be read, or has no usable key.
    #[error("{}: {problem}; accepted is the path of a JWK set, or its https:// address", file.display())]
    File { file: PathBuf, problem: String },
    /// The URL is not valid, or not safe.
    #[error(
        "the address {0}; accepted is https://HOST/PATH without user and password, http:// only for this machine \
         (127.0.0.1, [::1] or localhost), or the path of a file"
    )]
    Address(&'static str),
    /// No TLS client can be made.
    #[error("no secured connection can be made: {0}")]
    Client(String),
}

#[derive(Debug)]
pub(super) enum Source {
    File(PathBuf),
    Address { url: Url, client: Client },
}

impl Source {
    /// Parses a path or a URL, without reading from it.
    pub fn new(place: &str) -> Result<Self, SignedError> {
        if !place.contains("://") {
            return Ok(Self::File(place.into()));
        }
        let url = Url::parse(place).map_err(|_| SignedError::Address("cannot be understood"))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(SignedError::Address("holds a user or a password"));
        }
        let plain = match url.scheme() {
            "https" => false,
            "http" if is_this_machine(&url) => true,
            "http" => return Err(SignedError::Address("leads to another machine over http://")),
            _ => return Err(SignedError::Address("has another scheme")),
        };
        choose_provider();
        let builder = Client::builder()
            .timeout(PATIENCE)
            // A redirect could lead to a URL that was not checked.
            .redirect(Policy::none())
            .https_only(!plain)
            // A connection belongs to the worker that opened it, and the next read is minutes later.
            .pool_max_idle_per_host(0);
        // No proxy for this machine.
        let builder = if plain { builder.no_proxy() } else { builder };
        let client = builder.build().map_err(|error| SignedError::Client(all_of(&error)))?;
        Ok(Self::Address { url, client })
    }

    /// Reads the set; the error says what is wrong.
    pub async fn read(&self) -> Result<Vec<u8>, String> {
        match self {
            Self::File(path) => read_file(path).map_err(|error| format!("it cannot be read: {error}")),
            Self::Address { url, client } => read_address(client, url.clone()).await,
        }
        .and_then(|set| match set.len() {
            0..=LARGEST => Ok(set),
            _ => Err(format!("it has more than {} KiB", LARGEST / 1024)),
        })
    }

    /// The name for the log: without the query of a URL, which may contain a secret.
    pub fn name(&self) -> String {
        match self {
            Self::File(path) => path.display().to_string(),
            Self::Address { url, .. } => {
                let mut shown = url.clone();
                shown.set_query(None);
                shown.to_string()
            }
        }
    }
}

fn is_this_machine(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || bare.parse().is_ok_and(|address: IpAddr| address.is_loopback())
}

fn read_file(path: &PathBuf) -> std::io::Result<Vec<u8>> {
    let mut set = Vec::new();
    let most = u64::try_from(LARGEST).unwrap_or(u64::MAX).saturating_add(1);
    std::fs::File::open(path)?.take(most).read_to_end(&mut set)?;
    Ok(set)
}

async fn read_address(client: &Client, url: Url) -> Result<Vec<u8>, String> {
    // Without the URL, which may contain a secret.
    let failed = |error: reqwest::Error| format!("it does not answer: {}", all_of(&error.without_url()));
    let mut response = client.get(url).send().await.map_err(failed)?;
    if response.status() != StatusCode::OK {
        return Err(format!("it answers {}; accepted is 200", response.status()));
    }
    let mut set = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(failed)? {
        set.extend_from_slice(&chunk);
        if set.len() > LARGEST {
            break;
        }
    }
    Ok(set)
}

/// An error with its causes, which `Display` leaves out.
fn all_of(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text.push_str(&format!(": {inner}"));
        cause = inner.source();
    }
    text
}
