//! Relations between documents, told by the types of the fields that hold them.
//!
//! A field of the type [`Ref`](super::loader::reference::Ref) is a reference; [`Holds`] finds those of a document, however
//! deep they lie. What others refer to a document by, it declares itself.

use super::eager;
use crate::domain::id::Kind;

/// A document has few of the others, so that those of a whole page are read in one command.
pub const FEW: bool = true;
/// A document can have any number of the others: each page is read by itself.
pub const MANY: bool = false;

/// A relation to other documents.
#[derive(Debug)]
pub enum Relation {
    /// The document holds ids of others.
    Reference {
        /// The fields that lead to it, as the types have them: `items`, `species_count`, `claim`.
        way: Vec<&'static str>,
        /// The same as the schema and the database have them.
        fields: Vec<String>,
        /// The collection that it leads to; any where that is `None`.
        to: Option<Kind>,
    },
    /// Others hold this document's id.
    Inverse {
        /// The GraphQL field, a connection.
        field: String,
        /// The collection of the others.
        of: Kind,
        /// Where they hold the id.
        stored: &'static str,
        /// [`FEW`] or [`MANY`].
        few: bool,
    },
    /// A sum over gifts, made for a whole page in one command.
    AnimalsGiven {
        /// The GraphQL field.
        field: &'static str,
    },
}

impl Relation {
    /// The relation that others have to a document at `stored`. `field`: the name of the function that resolves it.
    pub fn inverse(field: &str, of: Kind, stored: &'static str, few: bool) -> Self {
        let field = camel(field);
        Self::Inverse { field, of, stored, few }
    }

    /// The references of a type.
    pub fn references<T: Holds>() -> Vec<Self> {
        let mut walk = References::default();
        T::declare(&mut walk);
        walk.found
    }
}

/// The references that were found in a type, and the way to where it is looked for more.
#[derive(Debug, Default)]
pub struct References {
    way: Vec<&'static str>,
    found: Vec<Relation>,
}

impl References {
    /// Looks into a field.
    pub fn field<S, T: Holds>(&mut self, name: &'static str, _of: fn(&S) -> &T) {
        self.within(name, T::declare);
    }

    /// Looks into a field, as `look` does.
    pub fn within(&mut self, name: &'static str, look: impl FnOnce(&mut Self)) {
        self.way.push(name);
        look(self);
        self.way.pop();
    }

    /// Here is one.
    pub fn here(&mut self, to: Option<Kind>) {
        self.found.push(Relation::Reference {
            fields: self.way.iter().map(|field| camel(field)).collect(),
            way: self.way.clone(),
            to,
        });
    }
}

/// What can hold references: itself, or somewhere below.
pub trait Holds {
    /// Tells where values of this type hold references.
    fn declare(_references: &mut References) {}

    /// Puts the ids at the end of this way into the list.
    fn ids<'a>(&'a self, _way: &[&str], _ids: &mut Vec<&'a str>) {}
}

/// Declares which fields of a type are references, or hold some.
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

/// The name of a field as the schema has it: `speciesCount`.
fn camel(field: &str) -> String {
    let mut words = field.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |name, word| {
        let (head, rest) = word.split_at(1.min(word.len()));
        name + &head.to_uppercase() + rest
    })
}
