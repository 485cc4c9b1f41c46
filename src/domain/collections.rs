//! The registry of collections: one line for each, with all its names.
//!
//! A new collection is a line here, one in `graphql/collections/mod.rs`, a file beside that one, and a file in
//! `schema/collections`.

use async_graphql::Enum;

/// Declares the kinds of documents. `loaded`: the rank of a collection in the loading order, after those that its
/// documents refer to.
macro_rules! collections {
    ($($(#[$doc:meta])* $kind:ident => $collection:literal, $prefix:literal, $noun:literal, $example:literal, loaded $rank:literal;)+) => {
        /// The kinds of documents.
        #[derive(Enum, Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Kind { $($(#[$doc])* $kind),+ }

        impl Kind {
            /// Every kind.
            pub const ALL: [Kind; Kind::COUNT] = [$(Kind::$kind),+];

            /// The number of kinds.
            pub const COUNT: usize = [$($prefix),+].len();

            /// Every kind, ordered so that most references lead to earlier kinds.
            pub const REFERRED_FIRST: [Kind; Kind::COUNT] = by_rank([$($rank),+]);

            /// The name of the object type in the GraphQL schema: "Gift".
            pub const fn type_name(self) -> &'static str {
                match self { $(Kind::$kind => stringify!($kind)),+ }
            }

            /// The database collection: "gifts".
            pub const fn collection(self) -> &'static str {
                match self { $(Kind::$kind => $collection),+ }
            }

            /// The prefix of ids, before the `_`: "gift".
            pub const fn prefix(self) -> &'static str {
                match self { $(Kind::$kind => $prefix),+ }
            }

            /// A noun for messages: "a gift".
            pub const fn noun(self) -> &'static str {
                match self { $(Kind::$kind => $noun),+ }
            }

            /// An example of an id, for messages.
            pub const fn example(self) -> &'static str {
                match self { $(Kind::$kind => $example),+ }
            }
        }
    };
}

collections! {
    /// Animals that one nation gave to another.
    Gift => "gifts", "gift", "a gift", "gift_ru-kp-2024", loaded 4;
    /// A giver or a recipient.
    Nation => "nations", "nation", "a nation", "nation_japan", loaded 1;
    /// A species, or another group of animals that sources name.
    Animal => "animals", "animal", "an animal", "animal_brown-bear", loaded 2;
    /// What a gift belongs to: a visit, a treaty, a war.
    Event => "events", "event", "an event", "event_defence-pledge-2024", loaded 3;
    /// A sentence of a source about other documents.
    Claim => "claims", "claim", "a claim", "claim_article-C05", loaded 5;
    /// Where claims come from.
    Source => "sources", "source", "a source", "source_article", loaded 0;
}

impl Kind {
    /// The kind of the documents in this collection.
    pub fn of_collection(name: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.collection() == name)
    }

    /// The kind of this type of the GraphQL schema; `None` if it is not a type of documents.
    pub fn of_type(name: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.type_name() == name)
    }
}

/// The kinds in order of rank, and of declaration where ranks are equal.
const fn by_rank(ranks: [u8; Kind::COUNT]) -> [Kind; Kind::COUNT] {
    let mut sorted = Kind::ALL;
    let mut end = 1;
    while end < Kind::COUNT {
        let mut at = end;
        while at > 0 && ranks[sorted[at] as usize] < ranks[sorted[at - 1] as usize] {
            sorted.swap(at, at - 1);
            at -= 1;
        }
        end += 1;
    }
    sorted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_refer_to_is_loaded_first() {
        use Kind::{Animal, Claim, Event, Gift, Nation, Source};
        assert_eq!(Kind::REFERRED_FIRST, [Source, Nation, Animal, Event, Gift, Claim]);
    }

    #[test]
    fn a_kind_is_found_by_each_of_its_names() {
        for kind in Kind::ALL {
            assert_eq!(Kind::of_collection(kind.collection()), Some(kind));
            assert_eq!(Kind::of_type(kind.type_name()), Some(kind));
            assert_eq!(Kind::of(kind.example()), Ok(kind));
        }
    }
}
