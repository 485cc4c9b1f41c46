//! Relations between documents, derived from the types of fields.
//!
//! A field of the type [`Ref`](super::loader::reference::Ref) is a reference; [`Holds`] finds all references in a
//! document, however deeply nested. A document declares its inverse relations itself.

use super::eager;
use crate::domain::id::Kind;

/// A document has few of the others: one read covers a whole page of documents.
pub const FEW: bool = true;
/// A document may have any number of the others: one read for each document.
pub const MANY: bool = false;

/// How a document of one collection is related to others.
#[derive(Debug)]
pub enum Relation {
    /// The document holds ids of others.
    Reference {
        /// The fields from the document to the ids, as in Rust: `items`, `species_count`, `claim`.
        way: Vec<&'static str>,
        /// The same path as in the schema and in the database.
        fields: Vec<String>,
        /// The kind of the others; `None` for any.
        to: Option<Kind>,
    },
    /// The others hold this document's id.
    Inverse {
        /// The GraphQL field, a connection.
        field: String,
        of: Kind,
        /// The path in the others that holds the id.
        stored: &'static str,
        /// [`FEW`] or [`MANY`].
        few: bool,
    },
    /// A sum over gifts; one command reads it for a whole page.
    AnimalsGiven { field: &'static str },
}

impl Relation {
    /// An inverse relation to documents that hold the id at `stored`. `field`: the name of its resolver function.
    pub fn inverse(field: &str, of: Kind, stored: &'static str, few: bool) -> Self {
        let field = camel(field);
        Self::Inverse { field, of, stored, few }
    }

    /// All references of a type.
    pub fn references<T: Holds>() -> Vec<Self> {
        let mut walk = References::default();
        T::declare(&mut walk);
        walk.found
    }
}

/// Walks a type and collects its references.
#[derive(Debug, Default)]
pub struct References {
    way: Vec<&'static str>,
    found: Vec<Relation>,
}

impl References {
    /// Walks into a field.
    pub fn field<S, T: Holds>(&mut self, name: &'static str, _of: fn(&S) -> &T) {
        self.within(name, T::declare);
    }

    /// Walks into a field by calling `look`.
    pub fn within(&mut self, name: &'static str, look: impl FnOnce(&mut Self)) {
        self.way.push(name);
        look(self);
        self.way.pop();
    }

    /// Records a reference at the current path.
    pub fn here(&mut self, to: Option<Kind>) {
        self.found.push(Relation::Reference {
            fields: self.way.iter().map(|field| camel(field)).collect(),
            way: self.way.clone(),
            to,
        });
    }
}

/// A type whose values are references or may contain some.
pub trait Holds {
    /// Records the paths of the references in this type.
    fn declare(_references: &mut References) {}

    /// Collects the ids at the end of this path.
    fn ids<'a>(&'a self, _way: &[&str], _ids: &mut Vec<&'a str>) {}
}

/// Declares which fields of a type are references or contain some.
macro_rules! holds {
    ($type:ident:) => {
        impl $crate::graphql::relation::Holds for $type {}
    };
    ($type:ident: $($field:ident),+ $(,)?) => {
        impl $crate::graphql::relation::Holds for $type {
            fn declare(references: &mut $crate::graphql::relation::References) {
                $(references.field(stringify!($field), |it: &Self| &it.$field);)+
            }

            fn ids<'a>(&'a self, way: &[&str], ids: &mut Vec<&'a str>) {
                let Some((field, rest)) = way.split_first() else { return };
                $(if *field == stringify!($field) {
                    self.$field.ids(rest, ids);
                })+
            }
        }
    };
}
pub(crate) use holds;

impl<T: Holds> Holds for Option<T> {
    fn declare(references: &mut References) {
        T::declare(references);
    }

    fn ids<'a>(&'a self, way: &[&str], ids: &mut Vec<&'a str>) {
        self.iter().for_each(|it| it.ids(way, ids));
    }
}

impl<T: Holds> Holds for eager::List<T> {
    fn declare(references: &mut References) {
        T::declare(references);
    }

    fn ids<'a>(&'a self, way: &[&str], ids: &mut Vec<&'a str>) {
        self.iter().for_each(|it| it.ids(way, ids));
    }
}

impl<T: Holds> Holds for eager::Object<T> {
    fn declare(references: &mut References) {
        T::declare(references);
    }

    fn ids<'a>(&'a self, way: &[&str], ids: &mut Vec<&'a str>) {
        T::ids(self, way, ids);
    }
}

/// The name of a field in the schema: `speciesCount` for `species_count`.
fn camel(field: &str) -> String {
    let mut words = field.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |name, word| {
        let (head, rest) = word.split_at(1.min(word.len()));
        name + &head.to_uppercase() + rest
    })
}
