//! Persisted documents: trusted ones, loaded at startup, and those that clients store by their hash.
//!
//! Trusted documents follow the appendix on persisted documents of GraphQL over HTTP (`documentId`). They come from a
//! manifest as graphql-codegen and Relay (an object of documents by id) or Apollo (`operations` with `id` and `body`)
//! write it, or from a folder. Storing by hash follows Apollo's automatic persisted queries.

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use moka::sync::Cache;
use serde::Deserialize;

use super::parameters::Parameters;
use crate::domain::hash::sha256;
use crate::guard::Rejection;

/// Trusted documents by their ids.
#[derive(Clone, Debug, Default)]
pub struct Trusted(HashMap<String, Arc<str>>);

/// Why trusted documents cannot be loaded.
#[derive(Debug, thiserror::Error)]
pub enum TrustedError {
    #[error("{0}: {1}")]
    Unreadable(String, std::io::Error),
    #[error(
        "{0}: {1}; accepted is a JSON object of documents by id, or Apollo's manifest with `operations` that have `id` \
         and `body`"
    )]
    Manifest(String, serde_json::Error),
    #[error("{0} holds no document; accepted is a manifest, or a folder with .graphql files")]
    Empty(String),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Manifest {
    Apollo { operations: Vec<ApolloOperation> },
    ById(HashMap<String, String>),
}

#[derive(Deserialize)]
struct ApolloOperation {
    id: String,
    body: String,
}

impl Trusted {
    /// Loads a manifest, or the `.graphql` files of a folder, with their names as ids. Hashes are ids too.
    ///
    /// # Errors
    /// [`TrustedError`]. The guard checks whether the documents are valid for the schema.
    pub fn load(path: &Path) -> Result<Self, TrustedError> {
        let shown = path.display().to_string();
        let unreadable = |error| TrustedError::Unreadable(shown.clone(), error);
        let mut documents = HashMap::new();
        if path.is_dir() {
            for entry in fs::read_dir(path).map_err(unreadable)? {
                let file = entry.map_err(unreadable)?.path();
                if file.extension().is_some_and(|extension| extension == "graphql") {
                    let text: Arc<str> = fs::read_to_string(&file)
                        .map_err(|error| TrustedError::Unreadable(file.display().to_string(), error))?
                        .into();
                    let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
                    documents.insert(name, text);
                }
            }
        } else {
            let text = fs::read_to_string(path).map_err(unreadable)?;
            let manifest = serde_json::from_str(&text).map_err(|error| TrustedError::Manifest(shown.clone(), error))?;
            match manifest {
                Manifest::Apollo { operations } => {
                    documents.extend(operations.into_iter().map(|one| (one.id, one.body.into())));
                }
                Manifest::ById(by_id) => documents.extend(by_id.into_iter().map(|(id, text)| (id, text.into()))),
            }
        }
        if documents.is_empty() {
            return Err(TrustedError::Empty(shown));
        }
        // By hash too, the form of id that the specification standardises.
        let hashes: Vec<_> = documents
            .values()
            .map(|text| (sha256(&**text), Arc::clone(text)))
            .collect();
        documents.extend(hashes);
        Ok(Self(documents))
    }

    /// The same with documents of the server's own.
    #[must_use]
    pub fn with(mut self, own: impl IntoIterator<Item = (&'static str, String)>) -> Self {
        self.0
            .extend(own.into_iter().map(|(id, text)| (id.to_owned(), text.into())));
        self
    }

    /// All documents with their ids.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(id, text)| (id.as_str(), &**text))
    }

    fn get(&self, id: &str) -> Option<Arc<str>> {
        self.0.get(id).map(Arc::clone)
    }
}

/// All known documents, and the policy for others.
#[derive(Clone)]
pub struct Persisted {
    trusted: Trusted,
    /// Whether all other documents are refused.
    only_trusted: bool,
    /// By hash; `None` if clients cannot store any.
    stored: Option<Cache<String, Arc<str>>>,
}

/// The document of a request.
pub struct RequestDocument {
    pub text: Arc<str>,
    /// The hash to store it under once it has passed the guard; `None` if the client did not ask for that.
    store_as: Option<String>,
}

impl Persisted {
    /// `most`: how many documents clients may store; 0 for none.
    pub fn new(trusted: Trusted, only_trusted: bool, most: u64) -> Self {
        let stores = most > 0 && !only_trusted;
        Self {
            trusted,
            only_trusted,
            stored: stores.then(|| Cache::new(most)),
        }
    }

    /// The document that a request asks for.
    ///
    /// # Errors
    /// If it names none, gives a wrong hash or an unknown id, or if only trusted documents are accepted and it is none.
    pub fn source(&self, parameters: &Parameters) -> Result<RequestDocument, Rejection> {
        let by_hash = parameters
            .extensions
            .as_ref()
            .and_then(|extensions| extensions.persisted_query.as_ref());
        let known = |text| RequestDocument { text, store_as: None };
        match (&parameters.query, &parameters.document_id, by_hash) {
            (Some(_), Some(_), _) => Err(Rejection::input(
                "both `query` and `documentId` are given; accepted is one of them",
            )),
            (None, Some(id), _) => self
                .trusted
                .get(id.strip_prefix("sha256:").unwrap_or(id))
                .map(known)
                .ok_or_else(|| {
                    Rejection::new(
                        "PERSISTED_QUERY_NOT_FOUND",
                        "no document of this `documentId` is known to this server",
                    )
                }),
            (None, None, None) => Err(Rejection::input(
                "`query` is missing; accepted is a GraphQL document, such as {gifts(first:1){nodes{id}}}",
            )),
            (query, None, Some(by_hash)) => {
                if by_hash.version != 1 {
                    return Err(Rejection::input(format!(
                        "`extensions.persistedQuery.version` is {}; accepted is 1",
                        by_hash.version
                    )));
                }
                let asked = by_hash.sha256_hash.to_ascii_lowercase();
                match query {
                    Some(text) if sha256(text) != asked => Err(Rejection::input(
                        "`extensions.persistedQuery.sha256Hash` is not the hash of `query`; accepted is its SHA-256 in hexadecimal",
                    )),
                    Some(text) => self.text(text, Some(asked)),
                    None => self.by_hash(&asked).map(known),
                }
            }
            (Some(text), None, None) => self.text(text, None),
        }
    }

    fn text(&self, text: &str, store_as: Option<String>) -> Result<RequestDocument, Rejection> {
        if self.only_trusted && self.trusted.get(&sha256(text)).is_none() {
            return Err(Rejection::new(
                "FORBIDDEN",
                "this server runs only documents that it was given beforehand; accepted are those, best by their `documentId`",
            ));
        }
        Ok(RequestDocument {
            text: text.into(),
            store_as,
        })
    }

    fn by_hash(&self, hash: &str) -> Result<Arc<str>, Rejection> {
        let stored = self.stored.as_ref().and_then(|stored| stored.get(hash));
        // Apollo's clients look for exactly these messages.
        stored
            .or_else(|| self.trusted.get(hash))
            .ok_or_else(|| match &self.stored {
                Some(_) => Rejection::new("PERSISTED_QUERY_NOT_FOUND", "PersistedQueryNotFound"),
                None => Rejection::new("PERSISTED_QUERY_NOT_SUPPORTED", "PersistedQueryNotSupported"),
            })
    }

    /// Stores a document that has passed the guard, if its request asked for that.
    pub fn keep(&self, source: &RequestDocument) {
        if let (Some(stored), Some(hash)) = (&self.stored, &source.store_as) {
            stored.insert(hash.clone(), Arc::clone(&source.text));
        }
    }
}
