//! TLS: the certificate and its key, read once at the start.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// What HTTPS needs.
#[derive(Clone, Debug)]
pub struct Tls(ServerConfig);

/// Why HTTPS cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read at all.
    #[error("{variable}: {path} cannot be read: {cause}")]
    Unreadable {
        /// Which setting names it.
        variable: &'static str,
        /// Where it is.
        path: PathBuf,
        /// The system's words.
        cause: std::io::Error,
    },
    /// A file holds something else.
    #[error("{variable}: {path} {found}; accepted is a PEM file with {accepted}")]
    Content {
        /// Which setting names it.
        variable: &'static str,
        /// Where it is.
        path: PathBuf,
        /// What is wrong with it.
        found: String,
        /// What it should hold.
        accepted: &'static str,
    },
    /// Each is fine, and they do not fit.
    #[error("MENAGERIE_TLS_CERTIFICATE and MENAGERIE_TLS_KEY cannot be used together: {0}")]
    Pair(#[from] rustls::Error),
}

/// Where the certificate comes from.
const CERTIFICATE: Place = Place {
    variable: "MENAGERIE_TLS_CERTIFICATE",
    accepted: "the certificate, then those of its chain (-----BEGIN CERTIFICATE-----)",
};
/// Where the key comes from.
const KEY: Place = Place {
    variable: "MENAGERIE_TLS_KEY",
    accepted: "one private key without a passphrase (-----BEGIN PRIVATE KEY-----)",
};

struct Place {
    variable: &'static str,
    accepted: &'static str,
}

impl Place {
    fn wrong(&self, path: &Path, cause: pem::Error) -> TlsError {
        let (variable, path, accepted) = (self.variable, path.to_owned(), self.accepted);
        let found = match cause {
            pem::Error::Io(cause) => return TlsError::Unreadable { variable, path, cause },
            pem::Error::NoItemsFound => "holds none".to_owned(),
            // Of a key not even a part may stand in a message, so the words are not the parser's.
            _ => "is no well-formed PEM".to_owned(),
        };
        TlsError::Content {
            variable,
            path,
            found,
            accepted,
        }
    }
}

impl Tls {
    /// Reads both files. TLS 1.2 and 1.3 are spoken; HTTP/2 and HTTP/1.1 are offered by the listener.
    ///
    /// # Errors
    /// Which file is wrong and how, or that they are not a pair.
    pub fn read(certificate: &Path, key: &Path) -> Result<Self, TlsError> {
        let chain: Vec<_> = CertificateDer::pem_file_iter(certificate)
            .and_then(Iterator::collect)
            .map_err(|cause| CERTIFICATE.wrong(certificate, cause))?;
        if chain.is_empty() {
            return Err(CERTIFICATE.wrong(certificate, pem::Error::NoItemsFound));
        }
        let secret = PrivateKeyDer::from_pem_file(key).map_err(|cause| KEY.wrong(key, cause))?;
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(chain, secret)?;
        Ok(Self(config))
    }

    /// For the listener.
    pub(super) fn config(&self) -> ServerConfig {
        self.0.clone()
    }
}

/// Chooses the provider of cryptography for the whole process, for clients that ask for the process's own. A second
/// call changes nothing.
pub fn choose_provider() {
    if CryptoProvider::get_default().is_none() {
        // Fails only where another thread was first.
        let _ = ring::default_provider().install_default();
    }
}
