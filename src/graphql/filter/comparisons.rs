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
                let stored: fn(&Self) -> &str = $stored;
                Value::from(stored(self))
            }
        }
    )+ };
}
comparable! {
    ID: OF_IDS, "id", "Which ids.", |id| id;
    String: OF_TEXTS, "text",
        "Which texts: compared as a whole and to the letter. To find words, use `text`.", String::as_str;
}
impl Plain for String {}

/// Vocabularies whose words are stored as they appear in the schema.
macro_rules! vocabularies {
    ($($type:ident),+) => { $(
        comparable! { $type: OF_WORDS, "value", "Which words of a vocabulary.", |word| word.as_str(); }
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
pub struct ValueFilter<T: 'static>(Vec<(&'static Comparison, Vec<T>)>);

impl<T: Comparable> ValueFilter<T> {
    fn compare(&self, path: &'static str) -> Filter {
        let tests = self.0.iter().map(|(comparison, given)| {
            let mut values = given.iter().map(T::stored);
            let operator = match comparison.operator {
                Takes::One(operator) => values.next().map(operator),
                Takes::Many(operator) => Some(operator(values.collect())),
            };
            operator.map(|operator| Filter::field(path, operator))
        });
        Filter::All(tests.flatten().collect())
    }
}

impl<T: Plain> ValueFilter<T> {
    /// The filter for the field at `path`.
    pub fn on(&self, path: &'static str) -> Result<Filter> {
        Ok(self.compare(path))
    }
}

impl ValueFilter<ID> {
    /// The filter for ids at `path`. `kind`: the only accepted kind of the ids; `None` for any.
    pub fn on(&self, path: &'static str, kind: Option<Kind>) -> Result<Filter> {
        for id in self.0.iter().flat_map(|(_, ids)| ids) {
            let outcome = match kind {
                Some(kind) => kind.check(id),
                None => Kind::of(id).map(drop),
            };
            outcome.map_err(|error| ApiError::input("where", error))?;
        }
        Ok(self.compare(path))
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
            let values = match comparison.operator {
                Takes::One(_) => Option::parse(value)
                    .map(|value| value.map(|value| vec![value]))
                    .map_err(InputValueError::propagate)?,
                Takes::Many(_) => Option::parse(value).map_err(InputValueError::propagate)?,
            };
            given.extend(values.map(|values: Vec<T>| (comparison, values)));
        }
        Ok(Self(given))
    }

    fn to_value(&self) -> async_graphql::Value {
        let fields = self.0.iter().map(|(comparison, values)| {
            let value = match comparison.operator {
                Takes::One(_) => values.first().cloned().to_value(),
                Takes::Many(_) => values.to_value(),
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
