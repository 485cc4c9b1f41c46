//! Filters as inputs: the parts that collections share, and the macro that makes a collection's filter.
//!
//! What a filter means for the database is in `store/filter.rs`. All given fields of a filter must hold; `and`, `or`
//! and `not` combine filters.

use async_graphql::{ID, InputObject, InputType};

use crate::api::error::{ApiError, Result};
use crate::domain::date::Edtf;
use crate::domain::id::Kind;
use crate::domain::vocabulary::{
    AnimalRank, Certainty, ConservationCategory, EventKind, EventStatus, GiftMode, GiftStatus, SourceKind,
};
use crate::domain::words::words;
use crate::store::filter::{Filter, Test, Value};

/// The filter of one collection.
pub trait CollectionFilter: InputType {
    /// What it means for the store. Fails where a value in it cannot be.
    fn filter(&self) -> Result<Filter>;
}

/// Declares a collection's filter: `field: Type => |value| Filter`, each with the words for its reader.
macro_rules! filter {
    ($name:ident, $noun:literal { $($(#[$doc:meta])* $field:ident $(as $graphql:literal)?: $type:ty => $make:expr),+ $(,)? }) => {
        #[doc = concat!("Which ", $noun, ". All fields that are given must hold; an empty filter holds for all.")]
        #[derive(async_graphql::InputObject, Clone, Debug, Default)]
        pub struct $name {
            /// All of these must hold, beside the other fields.
            and: Option<Vec<$name>>,
            /// At least one of these must hold, beside the other fields. An empty list never holds.
            or: Option<Vec<$name>>,
            /// This must not hold, beside the other fields.
            not: Option<Box<$name>>,
            $($(#[$doc])* $(#[graphql(name = $graphql)])? $field: Option<Box<$type>>),+
        }

        impl $crate::graphql::filter::CollectionFilter for $name {
            fn filter(&self) -> $crate::api::error::Result<$crate::store::filter::Filter> {
                use $crate::store::filter::Filter;
                let mut parts = Vec::new();
                for part in self.and.iter().flatten() {
                    parts.push(part.filter()?);
                }
                if let Some(any) = &self.or {
                    parts.push(Filter::Any(any.iter().map(Self::filter).collect::<Result<_, _>>()?));
                }
                if let Some(part) = &self.not {
                    parts.push(Filter::Not(Box::new(part.filter()?)));
                }
                $(if let Some(value) = &self.$field {
                    let make: fn(&$type) -> $crate::api::error::Result<Filter> = $make;
                    parts.push(make(value)?);
                })+
                Ok(Filter::All(parts))
            }
        }
    };
}
pub(crate) use filter;

/// Which ids.
#[derive(InputObject, Clone, Debug, Default)]
pub struct IdFilter {
    /// This id.
    eq: Option<ID>,
    /// One of these ids.
    #[graphql(name = "in")]
    any_of: Option<Vec<ID>>,
    /// None of these ids.
    not_in: Option<Vec<ID>>,
}

impl IdFilter {
    /// The test on `path`, which holds ids of `kind`, or of any kind where that is `None`.
    pub fn on(&self, path: &'static str, kind: Option<Kind>) -> Result<Filter> {
        let check = |id: &ID| {
            let outcome = match kind {
                Some(kind) => kind.check(id),
                None => Kind::of(id).map(drop),
            };
            outcome
                .map(|()| Value::Text(id.0.clone()))
                .map_err(|error| ApiError::input("where", error))
        };
        let list = |ids: &Option<Vec<ID>>| {
            ids.as_ref()
                .map(|ids| ids.iter().map(check).collect::<Result<Vec<_>>>())
                .transpose()
        };
        Ok(membership(
            path,
            self.eq.as_ref().map(check).transpose()?,
            list(&self.any_of)?,
            list(&self.not_in)?,
        ))
    }
}

/// Which texts: compared as a whole and to the letter. To find words, use `text`.
#[derive(InputObject, Clone, Debug, Default)]
pub struct StringFilter {
    /// This text.
    eq: Option<String>,
    /// One of these texts.
    #[graphql(name = "in")]
    any_of: Option<Vec<String>>,
    /// None of these texts; documents without a value are among the rest.
    not_in: Option<Vec<String>>,
}

impl StringFilter {
    /// The test on `path`.
    pub fn on(&self, path: &'static str) -> Result<Filter> {
        let list = |texts: &Option<Vec<String>>| {
            texts
                .as_ref()
                .map(|texts| texts.iter().cloned().map(Value::from).collect())
        };
        Ok(membership(
            path,
            self.eq.clone().map(Value::from),
            list(&self.any_of),
            list(&self.not_in),
        ))
    }
}

/// A vocabulary whose words are stored as they are shown.
pub trait Word: InputType + Copy {
    /// The stored word.
    fn word(self) -> &'static str;
}

macro_rules! words_of {
    ($($type:ident),+) => { $(impl Word for $type { fn word(self) -> &'static str { self.as_str() } })+ };
}
words_of!(
    AnimalRank,
    Certainty,
    ConservationCategory,
    EventKind,
    EventStatus,
    GiftMode,
    GiftStatus,
    SourceKind
);

/// Which words of a vocabulary.
#[derive(InputObject, Clone, Debug)]
#[graphql(
    concrete(name = "AnimalRankFilter", params(AnimalRank)),
    concrete(name = "CertaintyFilter", params(Certainty)),
    concrete(name = "ConservationCategoryFilter", params(ConservationCategory)),
    concrete(name = "EventKindFilter", params(EventKind)),
    concrete(name = "EventStatusFilter", params(EventStatus)),
    concrete(name = "GiftModeFilter", params(GiftMode)),
    concrete(name = "GiftStatusFilter", params(GiftStatus)),
    concrete(name = "SourceKindFilter", params(SourceKind))
)]
pub struct EnumFilter<T: Word> {
    /// This value.
    eq: Option<T>,
    /// One of these values.
    #[graphql(name = "in")]
    any_of: Option<Vec<T>>,
    /// None of these values; documents without a value are among the rest.
    not_in: Option<Vec<T>>,
}

impl<T: Word> EnumFilter<T> {
    /// The test on `path`.
    pub fn on(&self, path: &'static str) -> Result<Filter> {
        let value = |word: T| Value::from(word.word());
        let list = |words: &Option<Vec<T>>| words.as_ref().map(|words| words.iter().copied().map(value).collect());
        Ok(membership(
            path,
            self.eq.map(value),
            list(&self.any_of),
            list(&self.not_in),
        ))
    }
}

fn membership(path: &'static str, eq: Option<Value>, any_of: Option<Vec<Value>>, not_in: Option<Vec<Value>>) -> Filter {
    let tests = [
        eq.map(|value| Test::In(vec![value])),
        any_of.map(Test::In),
        not_in.map(Test::NotIn),
    ];
    Filter::All(
        tests
            .into_iter()
            .flatten()
            .map(|test| Filter::field(path, test))
            .collect(),
    )
}

/// Which dates. Each argument is an EDTF date of level 0 or 1: a day, month, year, season, decade (`198X`) or interval.
///
/// Dates are known in part only, so a filter says whether it wants what is possible (`overlaps`) or what is certain
/// (`within`, `before`, `after`). A document without any date is possible at all times and certain at none; add
/// `known: true` to leave it out.
#[derive(InputObject, Clone, Debug, Default)]
pub struct DateFilter {
    /// Possibly: no known bound rules out that the date has a day in this span.
    overlaps: Option<String>,
    /// Certainly: the date begins and ends in this span, whose ends are known or open (`1965/..`), not unknown.
    within: Option<String>,
    /// Certainly: the date ends before this span begins.
    before: Option<String>,
    /// Certainly: the date begins after this span ends.
    after: Option<String>,
    /// Whether there is a date at all.
    known: Option<bool>,
}

impl DateFilter {
    /// The test on the date at `path`, whose parts lie at the given paths.
    pub fn on(&self, path: DatePaths) -> Result<Filter> {
        let mut parts = Vec::new();
        let mut push = |path, test| parts.push(Filter::field(path, test));
        if let Some(span) = &self.overlaps {
            let bounds = span_of("overlaps", span)?.bounds();
            if let Some(latest) = bounds.latest {
                push(path.earliest, Test::MaybeAtMost(latest.into()));
            }
            if let Some(earliest) = bounds.earliest {
                push(path.latest, Test::MaybeAtLeast(earliest.into()));
            }
        }
        if let Some(span) = &self.within {
            let span = span_of("within", span)?;
            if span.has_unknown_end() {
                let message = "one end of this span is unknown, so nothing lies in it for certain; accepted is a span \
                               whose ends are known, or open (`..`)";
                return Err(ApiError::input("within", message));
            }
            let bounds = span.bounds();
            push(
                path.earliest,
                bounds.earliest.map_or(Test::Known, |day| Test::AtLeast(day.into())),
            );
            push(
                path.latest,
                bounds.latest.map_or(Test::Known, |day| Test::AtMost(day.into())),
            );
        }
        if let Some(span) = &self.before {
            let start = span_of("before", span)?.bounds().earliest;
            push(path.latest, Test::Below(bound("before", "beginning", start)?.into()));
        }
        if let Some(span) = &self.after {
            let end = span_of("after", span)?.bounds().latest;
            push(path.earliest, Test::Above(bound("after", "end", end)?.into()));
        }
        match self.known {
            Some(true) => push(path.edtf, Test::Known),
            // Every date has a day at one end at least, and both ends are in one index.
            Some(false) => {
                push(path.earliest, Test::Unknown);
                push(path.latest, Test::Unknown);
            }
            None => {}
        }
        Ok(Filter::All(parts))
    }
}

/// Where the parts of a date lie.
#[derive(Clone, Copy, Debug)]
pub struct DatePaths {
    edtf: &'static str,
    earliest: &'static str,
    latest: &'static str,
}

macro_rules! date_paths {
    ($path:literal) => {
        DatePaths {
            edtf: concat!($path, ".edtf"),
            earliest: concat!($path, ".earliest"),
            latest: concat!($path, ".latest"),
        }
    };
}

impl DatePaths {
    /// A gift's or an event's `date`.
    pub const DATE: Self = date_paths!("date");
    /// When a nation `existed`.
    pub const EXISTED: Self = date_paths!("existed");
    /// When a source was `published`.
    pub const PUBLISHED: Self = date_paths!("published");
}

fn span_of(name: &str, text: &str) -> Result<Edtf> {
    text.parse()
        .map_err(|error: crate::domain::date::EdtfError| ApiError::input(name, error))
}

fn bound<T>(name: &str, side: &str, day: Option<T>) -> Result<T> {
    day.ok_or_else(|| ApiError::input(name, format!("the {side} of this span is open or unknown, so nothing can be compared with it; accepted is a date with a known {side}")))
}

/// Which counts. Counts have bounds, so a filter says whether it wants what is certain or what is possible.
#[derive(InputObject, Clone, Debug)]
pub struct CountFilter {
    /// This many or more.
    at_least: Option<i32>,
    /// This many or fewer.
    at_most: Option<i32>,
    /// True: only where the bounds make it certain. False: wherever the bounds do not rule it out, so also where
    /// nothing is known.
    #[graphql(default = true)]
    sure: bool,
    /// Whether a bound is known at all.
    known: Option<bool>,
}

impl CountFilter {
    /// The test on the count whose bounds lie at the given paths.
    pub fn on(&self, min: &'static str, max: &'static str) -> Result<Filter> {
        let mut parts = Vec::new();
        if let Some(least) = self.at_least {
            parts.push(if self.sure {
                Filter::field(min, Test::AtLeast(least.into()))
            } else {
                Filter::field(max, Test::MaybeAtLeast(least.into()))
            });
        }
        if let Some(most) = self.at_most {
            parts.push(if self.sure {
                Filter::field(max, Test::AtMost(most.into()))
            } else {
                Filter::field(min, Test::MaybeAtMost(most.into()))
            });
        }
        if let Some(known) = self.known {
            let unknown = Filter::All(vec![
                Filter::field(min, Test::Unknown),
                Filter::field(max, Test::Unknown),
            ]);
            // Not `or`: MongoDB answers that by fetching all that match before it cuts the page.
            parts.push(if known { Filter::Not(Box::new(unknown)) } else { unknown });
        }
        Ok(Filter::All(parts))
    }
}

/// Documents in which every word of `text` begins a word of theirs. Without any word to look for, none matches;
/// blank text matches all.
pub fn text_filter(text: &str) -> Filter {
    if text.trim().is_empty() {
        return Filter::All(vec![]);
    }
    let found = words([text]);
    if found.is_empty() {
        return Filter::Any(vec![]);
    }
    Filter::All(
        found
            .into_iter()
            .map(|word| Filter::field("words", Test::Prefix(word)))
            .collect(),
    )
}

/// Documents of `kind` that a claim of such certainty is about.
pub fn certainty_filter(certainty: &EnumFilter<Certainty>, kind: Kind) -> Result<Filter> {
    // The ids of a kind begin alike. To name it spares reading every claim where few are about documents of that kind.
    let about = Filter::field("about", Test::Prefix(kind.prefix().to_owned()));
    Ok(Filter::Joined {
        path: "_id",
        of: Kind::Claim,
        take: "about",
        filter: Box::new(Filter::All(vec![certainty.on("certainty")?, about])),
    })
}
