//! The loader of a request: every document that the request has read, by id, and the pages that hang below them.
//!
//! Root fields fill it (`prefetch.rs`), resolvers read from it (`resolve.rs`). One request's loader is never seen by another.

pub mod prefetch;
pub mod reference;
pub mod resolve;

use std::any::Any;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use async_graphql::parser::types::Field;

use super::collection::Collection;
use super::connection::Connection;
use super::selection::Projections;
use crate::api::error::ApiError;
use crate::domain::count::Count;
use crate::domain::id::Kind;
use crate::feed::Live;
use crate::store::Store;

/// All that one request has read.
pub struct Loader {
    pub(super) store: Store,
    pub(super) live: Live,
    projections: OnceLock<Projections>,
    /// By kind, each [`Identities`] of the kind's type; made when the first document of its kind is asked for.
    identities: [OnceLock<Box<dyn AnyIdentities>>; Kind::COUNT],
    given: Mutex<HashMap<String, Count>>,
    /// Why the pages that a field asks for are not read, by the field.
    refused: Mutex<HashMap<usize, ApiError>>,
}

/// The documents of one collection in a loader.
pub struct Identities<E> {
    documents: Mutex<HashMap<String, Arc<E>>>,
    pages: Mutex<HashMap<PageKey, Arc<Connection<E>>>>,
}

/// A page below a document: the document's id, and the field of the request that asks for the page.
///
/// The field is told by its place in the parsed request, which outlives the loader's use: the same field means the
/// same arguments, and two fields are two pages even where they share a name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PageKey {
    parent: String,
    field: usize,
}

/// A field of the request, told by its place in the parsed request.
fn address(field: &Field) -> usize {
    std::ptr::from_ref(field) as usize
}

impl PageKey {
    /// The page that `field` asks for below `parent`.
    pub fn new(parent: &str, field: &Field) -> Self {
        Self {
            parent: parent.to_owned(),
            field: address(field),
        }
    }
}

impl<E> Default for Identities<E> {
    fn default() -> Self {
        Self {
            documents: Mutex::default(),
            pages: Mutex::default(),
        }
    }
}

impl<E: Collection> Identities<E> {
    /// The document of this id, if it has been read.
    pub fn get(&self, id: &str) -> Option<Arc<E>> {
        locked(&self.documents).get(id).map(Arc::clone)
    }

    /// Keeps a document.
    pub fn put(&self, document: Arc<E>) {
        locked(&self.documents).insert(document.id().to_owned(), document);
    }

    /// The page below a document, if it has been read.
    pub fn page(&self, key: &PageKey) -> Option<Arc<Connection<E>>> {
        locked(&self.pages).get(key).map(Arc::clone)
    }

    /// Keeps a page and its documents.
    pub fn put_page(&self, key: PageKey, page: Arc<Connection<E>>) {
        page.documents().for_each(|document| self.put(Arc::clone(document)));
        locked(&self.pages).insert(key, page);
    }
}

/// [`Identities`] of a type that is known where they are asked for.
trait AnyIdentities: Any + Send + Sync {
    fn clear(&self);
}

impl<E: Collection> AnyIdentities for Identities<E> {
    fn clear(&self) {
        locked(&self.documents).clear();
        locked(&self.pages).clear();
    }
}

/// A document that may be of any collection.
pub trait AnyDocument: Sized {
    /// The document of this id, if it has been read.
    fn from_loader(loader: &Loader, id: &str) -> Option<Self>;
}

impl Loader {
    /// An empty loader over this store, and what is kept of it.
    pub fn new(store: Store, live: Live) -> Self {
        Self {
            store,
            live,
            projections: OnceLock::new(),
            identities: [const { OnceLock::new() }; Kind::COUNT],
            given: Mutex::default(),
            refused: Mutex::default(),
        }
    }

    /// The documents of a collection.
    pub fn of<E: Collection>(&self) -> &Identities<E> {
        let make = || -> Box<dyn AnyIdentities> { Box::new(Identities::<E>::default()) };
        let identities: &dyn Any = &**self.identities[E::KIND as usize].get_or_init(make);
        // Each kind has one type, so the other branch never runs; nothing would be found in it.
        identities.downcast_ref().unwrap_or_else(|| Box::leak(Box::default()))
    }

    /// Forgets all that was read.
    pub fn clear(&self) {
        self.store.forget_joins();
        for identities in self.identities.iter().filter_map(OnceLock::get) {
            identities.clear();
        }
        locked(&self.given).clear();
    }

    /// How many animals of this kind were given, if that has been summed.
    pub fn given(&self, animal: &str) -> Option<Count> {
        locked(&self.given).get(animal).cloned()
    }

    /// Why the pages that a field asks for are not read, if the caller is to blame.
    pub fn refused(&self, field: &Field) -> Option<ApiError> {
        locked(&self.refused).get(&address(field)).cloned()
    }

    fn refuse(&self, field: &Field, error: ApiError) {
        locked(&self.refused).insert(address(field), error);
    }

    fn put_given(&self, sums: HashMap<String, Count>) {
        locked(&self.given).extend(sums);
    }
}

/// A lock that a panic elsewhere cannot close: what it guards is whole after every step.
fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
