//! Filters of single values: ids, texts, and words of a vocabulary.
//!
//! The input types are generated from the comparisons in `store/filter/operator.rs`, which define what each means.

use std::borrow::Cow;
use std::fmt::Debug;

use async_graphql::indexmap::IndexMap;
use async_graphql::registry::{Deprecation, MetaInputValue, MetaType, MetaTypeId, Registry};
use async_graphql::{ID, InputType, InputValueError, InputValueResult, Name};

use crate::api::error::{ApiError, Result};
use crate::domain::id::Kind;
use crate::domain::text::tidied;
use crate::domain::vocabulary::{
    AnimalRank, Certainty, ConservationCategory, EventKind, EventStatus, GiftMode, GiftStatus, SourceKind,
};
use crate::store::filter::operator::{Comparison, OF_IDS, OF_TEXTS, OF_WORDS, Takes};
use crate::store::filter::{Filter, Value};

/// A type of values that can be filtered.
pub trait Comparable: InputType + Clone + Debug {
    const COMPARISONS: &'static [Comparison];
    /// The description of the filter in the schema.
    const ABOUT: &'static str;
    /// What the descriptions in the schema call such a value.
    const NOUN: &'static str;

    /// The value as it is stored.
    fn stored(&self) -> Value;
}

/// Values that need no validation: texts and words.
pub trait Plain: Comparable {}

macro_rules! comparable {
    ($($type:ty: $comparisons:ident, $noun:literal, $about:literal, $stored:expr;)+) => { $(
        impl Comparable for $type {
            const COMPARISONS: &'static [Comparison] = $comparisons;
            const ABOUT: &'static str = $about;
            const NOUN: &'static str = $noun;

            fn stored(&self) -> Value {
                let stored: fn(&Self) -> Cow<'_, str> = $stored;
                Value::from(&*stored(self))
            }
        }
    )+ };
}
comparable! {
    ID: OF_IDS, "id", "Which ids.", |id| Cow::Borrowed(id);
    String: OF_TEXTS, "text",
        "Which texts: compared as a whole and to the letter. To find words, use `text`.", |text| tidied(text);
}
impl Plain for String {}

/// Vocabularies whose words are stored as they appear in the schema.
macro_rules! vocabularies {
    ($($type:ident),+) => { $(
        comparable! { $type: OF_WORDS, "value", "Which words of a vocabulary.", |word| Cow::Borrowed(word.as_str()); }
        impl Plain for $type {}
    )+ };
}
vocabularies!(
    AnimalRank,
    Certainty,
    ConservationCategory,
    EventKind,
    EventStatus,
    GiftMode,
    GiftStatus,
    SourceKind
);

/// Which ids.
pub type IdFilter = ValueFilter<ID>;
/// Which texts.
pub type StringFilter = ValueFilter<String>;
/// Which words of a vocabulary.
pub type EnumFilter<T> = ValueFilter<T>;

/// A filter of values: all comparisons that are given must hold.
#[derive(Clone, Debug)]
pub struct ValueFilter<T: 'static>(Vec<(&'static Comparison, Compared<T>)>);

/// What something is compared with.
#[derive(Clone, Debug)]
enum Compared<T> {
    Values(Vec<T>),
    /// Whether there is a value at all.
    Presence(bool),
}

impl<T: Comparable> ValueFilter<T> {
    fn compare(&self, path: &'static str, presence: fn(&'static str, bool) -> Filter) -> Filter {
        let tests = self
            .0
            .iter()
            .map(|(comparison, given)| match (comparison.operator, given) {
                (Takes::One(operator), Compared::Values(values)) => {
                    let value = values.first().map(T::stored);
                    value.map(|value| Filter::field(path, operator(value)))
                }
                (Takes::Many(operator), Compared::Values(values)) => {
                    let values = values.iter().map(T::stored).collect();
                    Some(Filter::field(path, operator(values)))
                }
                (Takes::Presence, Compared::Presence(known)) => Some(presence(path, *known)),
                _ => None,
            });
        Filter::All(tests.flatten().collect())
    }

    /// Whether it holds for no value at all: where it only asks for that.
    pub fn holds_without(&self) -> Option<bool> {
        match self.0.as_slice() {
            [(_, Compared::Presence(known))] => Some(!known),
            _ => None,
        }
    }
}

impl<T: Plain> ValueFilter<T> {
    /// The filter for the field at `path`.
    pub fn on(&self, path: &'static str) -> Result<Filter> {
        Ok(self.compare(path, Filter::presence))
    }

    /// The filter for what a list at `path` has: one of its items passes.
    pub fn in_list(&self, path: &'static str) -> Result<Filter> {
        Ok(self.compare(path, Filter::presence_in_list))
    }
}

impl ValueFilter<ID> {
    /// The filter for ids at `path`. `kind`: the only accepted kind of the ids; `None` for any.
    pub fn on(&self, path: &'static str, kind: Option<Kind>) -> Result<Filter> {
        self.check(kind)?;
        Ok(self.compare(path, Filter::presence))
    }

    /// The same, for the ids that a list has.
    pub fn in_list(&self, path: &'static str, kind: Option<Kind>) -> Result<Filter> {
        self.check(kind)?;
        Ok(self.compare(path, Filter::presence_in_list))
    }

    fn check(&self, kind: Option<Kind>) -> Result<()> {
        for (_, given) in &self.0 {
            let Compared::Values(ids) = given else { continue };
            for id in ids {
                let outcome = match kind {
                    Some(kind) => kind.check(id),
                    None => Kind::of(id).map(drop),
                };
                outcome.map_err(|error| ApiError::input("where", error))?;
            }
        }
        Ok(())
    }
}

impl<T: Comparable> InputType for ValueFilter<T> {
    type RawValueType = Self;

    fn type_name() -> Cow<'static, str> {
        match T::type_name().as_ref() {
            "ID" => "IdFilter".into(),
            name => format!("{name}Filter").into(),
        }
    }

    fn create_type_info(registry: &mut Registry) -> String {
        registry.create_input_type::<Self, _>(MetaTypeId::InputObject, |registry| MetaType::InputObject {
            name: Self::type_name().into_owned(),
            description: Some(T::ABOUT.to_owned()),
            input_fields: T::COMPARISONS
                .iter()
                .map(|comparison| (comparison.name.to_owned(), field::<T>(comparison, registry)))
                .collect(),
            visible: None,
            inaccessible: false,
            tags: Vec::new(),
            rust_typename: Some(std::any::type_name::<Self>()),
            oneof: false,
            directive_invocations: Vec::new(),
        })
    }

    fn parse(value: Option<async_graphql::Value>) -> InputValueResult<Self> {
        let fields = match value {
            Some(async_graphql::Value::Object(fields)) => fields,
            other => return Err(InputValueError::expected_type(other.unwrap_or_default())),
        };
        let mut given = Vec::new();
        for comparison in T::COMPARISONS {
            let value = fields.get(comparison.name).cloned();
            let compared = match comparison.operator {
                Takes::One(_) => Option::parse(value)
                    .map(|value: Option<T>| value.map(|value| Compared::Values(vec![value])))
                    .map_err(InputValueError::propagate)?,
                Takes::Many(_) => Option::parse(value)
                    .map(|values: Option<Vec<T>>| values.map(Compared::Values))
                    .map_err(InputValueError::propagate)?,
                Takes::Presence => Option::parse(value)
                    .map(|known: Option<bool>| known.map(Compared::Presence))
                    .map_err(InputValueError::propagate)?,
            };
            given.extend(compared.map(|compared| (comparison, compared)));
        }
        Ok(Self(given))
    }

    fn to_value(&self) -> async_graphql::Value {
        let fields = self.0.iter().map(|(comparison, compared)| {
            let value = match (comparison.operator, compared) {
                (Takes::One(_), Compared::Values(values)) => values.first().cloned().to_value(),
                (_, Compared::Values(values)) => values.to_value(),
                (_, Compared::Presence(known)) => known.to_value(),
            };
            (Name::new(comparison.name), value)
        });
        async_graphql::Value::Object(fields.collect::<IndexMap<_, _>>())
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }
}

fn field<T: Comparable>(comparison: &Comparison, registry: &mut Registry) -> MetaInputValue {
    MetaInputValue {
        name: comparison.name.to_owned(),
        description: Some(comparison.meaning.replace("{}", T::NOUN)),
        ty: match comparison.operator {
            Takes::One(_) => Option::<T>::create_type_info(registry),
            Takes::Many(_) => Option::<Vec<T>>::create_type_info(registry),
            Takes::Presence => Option::<bool>::create_type_info(registry),
        },
        deprecation: Deprecation::NoDeprecated,
        default_value: None,
        visible: None,
        inaccessible: false,
        tags: Vec::new(),
        is_secret: false,
        directive_invocations: Vec::new(),
    }
}
