//! TLS: the certificate and its key, read once at startup.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// The configuration for HTTPS.
#[derive(Clone, Debug)]
pub struct Tls(ServerConfig);

/// Why HTTPS cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    #[error("{variable}: {path} cannot be read: {cause}")]
    Unreadable {
        /// The setting that names the file.
        variable: &'static str,
        path: PathBuf,
        cause: std::io::Error,
    },
    /// The file has other contents.
    #[error("{variable}: {path} {found}; accepted is a PEM file with {accepted}")]
    Content {
        /// The setting that names the file.
        variable: &'static str,
        path: PathBuf,
        /// What is wrong with it.
        found: String,
        /// What it should contain.
        accepted: &'static str,
    },
    /// Both are valid, but do not belong together.
    #[error("MENAGERIE_TLS_CERTIFICATE and MENAGERIE_TLS_KEY cannot be used together: {0}")]
    Pair(#[from] rustls::Error),
}

const CERTIFICATE: Place = Place {
    variable: "MENAGERIE_TLS_CERTIFICATE",
    accepted: "the certificate, then those of its chain (-----BEGIN CERTIFICATE-----)",
};
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
            // Not the parser's message: no part of a key may appear in it.
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
    /// Reads both files. For TLS 1.2 and 1.3; the listener offers HTTP/2 and HTTP/1.1.
    ///
    /// # Errors
    /// If a file is not valid, or if they do not belong together.
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

    pub(super) fn config(&self) -> ServerConfig {
        self.0.clone()
    }
}

/// Installs the process-wide cryptographic provider, for clients that use the default one. A second call has no effect.
pub fn choose_provider() {
    if CryptoProvider::get_default().is_none() {
        // Fails only if another thread was first.
        let _ = ring::default_provider().install_default();
    }
}
