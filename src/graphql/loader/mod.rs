//! The loader of a request, an identity map: every document that the request has read, by id, and the pages below them.
//!
//! Root fields fill it (`prefetch.rs`), resolvers read from it (`resolve.rs`). It is never shared between requests.

pub mod prefetch;
pub mod reference;
pub mod resolve;

use std::any::Any;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use async_graphql::parser::types::Field;

use super::collection::Collection;
use super::connection::Connection;
use crate::api::error::ApiError;
use crate::api::operation::Memo;
use crate::domain::count::CountRange;
use crate::domain::id::Kind;
use crate::feed::Live;
use crate::store::Store;

/// Everything that one request has read.
pub struct Loader {
    pub(super) store: Store,
    pub(super) live: Live,
    /// The projections of its operation.
    memo: Memo,
    /// By kind; each [`Identities`] is created when its kind is first used.
    identities: [OnceLock<Box<dyn AnyIdentities>>; Kind::COUNT],
    given: Mutex<HashMap<String, CountRange>>,
    /// Errors of connections whose arguments are invalid, by [`address`] of the field.
    refused: Mutex<HashMap<usize, ApiError>>,
}

/// The identity map of one collection.
pub struct Identities<E> {
    documents: Mutex<HashMap<String, Arc<E>>>,
    pages: Mutex<HashMap<PageKey, Arc<Connection<E>>>>,
}

/// A page below a document: the parent's id and the field that requests the page.
///
/// The field is identified by its address in the parsed request, which outlives the loader: the same field means the
/// same arguments, and two fields are two pages even if they have the same name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PageKey {
    parent: String,
    field: usize,
}

/// The address of a field in the parsed request, which identifies it.
fn address(field: &Field) -> usize {
    std::ptr::from_ref(field) as usize
}

impl PageKey {
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
    /// The document with this id, if it has been read.
    pub fn get(&self, id: &str) -> Option<Arc<E>> {
        locked(&self.documents).get(id).map(Arc::clone)
    }

    /// Stores a document.
    pub fn put(&self, document: Arc<E>) {
        locked(&self.documents).insert(document.id().to_owned(), document);
    }

    /// The page below a document, if it has been read.
    pub fn page(&self, key: &PageKey) -> Option<Arc<Connection<E>>> {
        locked(&self.pages).get(key).map(Arc::clone)
    }

    /// Stores a page and its documents.
    pub fn put_page(&self, key: PageKey, page: Arc<Connection<E>>) {
        page.documents().for_each(|document| self.put(Arc::clone(document)));
        locked(&self.pages).insert(key, page);
    }
}

/// [`Identities`] without their type; only code that knows it can read from them.
trait AnyIdentities: Any + Send + Sync {
    fn clear(&self);
}

impl<E: Collection> AnyIdentities for Identities<E> {
    fn clear(&self) {
        locked(&self.documents).clear();
        locked(&self.pages).clear();
    }
}

/// A document of any collection.
pub trait AnyDocument: Sized {
    /// The document with this id, if it has been read.
    fn from_loader(loader: &Loader, id: &str) -> Option<Self>;
}

impl Loader {
    pub fn new(store: Store, live: Live, memo: Memo) -> Self {
        Self {
            store,
            live,
            memo,
            identities: [const { OnceLock::new() }; Kind::COUNT],
            given: Mutex::default(),
            refused: Mutex::default(),
        }
    }

    /// The identity map of a collection.
    pub fn of<E: Collection>(&self) -> &Identities<E> {
        let make = || -> Box<dyn AnyIdentities> { Box::new(Identities::<E>::default()) };
        let identities: &dyn Any = &**self.identities[E::KIND as usize].get_or_init(make);
        // Each kind has one type, so the other branch never runs; nothing would be found in it.
        identities.downcast_ref().unwrap_or_else(|| Box::leak(Box::default()))
    }

    /// Forgets everything that was read.
    pub fn clear(&self) {
        self.store.forget_joins();
        for identities in self.identities.iter().filter_map(OnceLock::get) {
            identities.clear();
        }
        locked(&self.given).clear();
    }

    /// How many animals of this kind were given, if the sum has been read.
    pub fn given(&self, animal: &str) -> Option<CountRange> {
        locked(&self.given).get(animal).cloned()
    }

    /// The error of a connection whose arguments are invalid.
    pub fn refused(&self, field: &Field) -> Option<ApiError> {
        locked(&self.refused).get(&address(field)).cloned()
    }

    fn refuse(&self, field: &Field, error: ApiError) {
        locked(&self.refused).insert(address(field), error);
    }

    fn put_given(&self, sums: HashMap<String, CountRange>) {
        locked(&self.given).extend(sums);
    }
}

/// Locks, ignoring poisoning: the maps are consistent after every step, even if another thread panicked.
fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
