//! Filters as inputs: the parts that collections share, and the macro for a collection's filter.
//!
//! `store/filter` defines what a filter means for the database. All fields that are given must hold; `and`, `or` and
//! `not` combine filters.

mod comparisons;
mod texts;

use async_graphql::{InputObject, InputType};

use crate::api::error::{ApiError, Result};
use crate::domain::date::{Bounds, Edtf};
use crate::domain::id::Kind;
use crate::domain::vocabulary::Certainty;
use crate::store::bson_types::Timestamp;
use crate::store::filter::Filter;
use crate::store::filter::operator::Operator;
pub use comparisons::{EnumFilter, IdFilter, StringFilter};
pub use texts::{text_filter, wide_text_filter};

/// The filter input of one collection.
pub trait CollectionFilter: InputType {
    /// The store's filter. Fails if a value in it is invalid.
    fn filter(&self) -> Result<Filter>;

    /// Whether it holds where there is no document at all, as at the end of a relation; `None` where that is not said. Only
    /// `known` says something of no document.
    fn holds_without(&self) -> Option<bool>;
}

/// The filter for documents whose reference at `path` leads to a document of `of` that passes, or, where the filter asks
/// for that, that have no such reference.
pub fn related(path: &'static str, of: Kind, filter: &impl CollectionFilter) -> Result<Filter> {
    related_by(Filter::presence, path, of, filter)
}

/// The same for the references of a list.
pub fn related_in_list(path: &'static str, of: Kind, filter: &impl CollectionFilter) -> Result<Filter> {
    related_by(Filter::presence_in_list, path, of, filter)
}

fn related_by(
    presence: fn(&'static str, bool) -> Filter,
    path: &'static str,
    of: Kind,
    filter: &impl CollectionFilter,
) -> Result<Filter> {
    let inner = filter.filter()?;
    Ok(match (filter.holds_without(), inner.is_everything()) {
        (None, _) => Filter::refers(path, of, inner),
        // References lead to documents, so nothing has to be read there.
        (Some(false), true) => presence(path, true),
        (Some(false), false) => Filter::refers(path, of, inner),
        (Some(true), true) => Filter::All(vec![]),
        (Some(true), false) if inner.is_nothing() => presence(path, false),
        (Some(true), false) => Filter::Any(vec![presence(path, false), Filter::refers(path, of, inner)]),
    })
}

/// Of parts that must all hold (`all`), or of which one must, whether they hold; `None` where no known part decides.
pub fn combined(parts: impl IntoIterator<Item = Option<bool>>, all: bool) -> Option<bool> {
    let (mut known, mut unknown) = (0, 0);
    for part in parts {
        match part {
            Some(holds) if holds != all => return Some(holds),
            Some(_) => known += 1,
            None => unknown += 1,
        }
    }
    (known > 0 && unknown == 0).then_some(all)
}

/// Declares a collection's filter: `field: Type => |value| Filter`, each with its description for the schema, and with its
/// cost where it is a join.
macro_rules! filter {
    ($name:ident, $noun:literal { $($(#[$doc:meta])* $field:ident: $type:ty => $make:expr),+ $(,)? }) => {
        #[doc = concat!("Which ", $noun, ". All fields that are given must hold; an empty filter holds for all.")]
        #[derive(async_graphql::InputObject, Clone, Debug, Default)]
        pub struct $name {
            /// All of these must hold, beside the other fields.
            and: Option<Vec<$name>>,
            /// At least one of these must hold, beside the other fields. An empty list never holds.
            or: Option<Vec<$name>>,
            /// This must not hold, beside the other fields.
            not: Option<Box<$name>>,
            #[doc = concat!(
                "Whether there is one at all: in a filter across a relation, `false` finds what has no such ", $noun,
                "; elsewhere it finds nothing."
            )]
            known: Option<bool>,
            $($(#[$doc])* $field: Option<Box<$type>>),+
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
                // Whatever this is asked of is there.
                if self.known == Some(false) {
                    parts.push(Filter::Any(vec![]));
                }
                $(if let Some(value) = &self.$field {
                    let make: fn(&$type) -> $crate::api::error::Result<Filter> = $make;
                    parts.push(make(value)?);
                })+
                Ok(Filter::All(parts))
            }

            fn holds_without(&self) -> Option<bool> {
                use $crate::graphql::filter::combined;
                let mut parts: Vec<Option<bool>> = self.and.iter().flatten().map(Self::holds_without).collect();
                if let Some(any) = &self.or {
                    parts.push(combined(any.iter().map(Self::holds_without), false));
                }
                if let Some(part) = &self.not {
                    parts.push(part.holds_without().map(|holds| !holds));
                }
                parts.extend(self.known.map(|known| Some(!known)));
                $(if self.$field.is_some() {
                    parts.push(None);
                })+
                combined(parts, true)
            }
        }
    };
}
pub(crate) use filter;

/// Which dates. Each argument is an EDTF date: a day, month, year, season, decade (`198X`) or interval.
///
/// Dates are known in part only, so a filter says whether it wants what is possible (`overlaps`) or what is certain
/// (`within`, `before`, `after`). A date that its source calls uncertain or approximate (`?`, `~`, `%`) is certain
/// nowhere, unless `includeQualified` takes it at its word. A document without any date is possible at all times and
/// certain at none; add `known: true` to leave it out.
#[derive(InputObject, Clone, Debug, Default)]
pub struct DateFilter {
    /// Possibly: no known bound rules out that the date has a day in this span. An end that is not known (`1965/`) lies
    /// no later than today.
    overlaps: Option<String>,
    /// Certainly: the date begins and ends in this span, whose ends are known or open (`1965/..`), not unknown.
    within: Option<String>,
    /// Certainly: the date ends before this span begins.
    before: Option<String>,
    /// Certainly: the date begins after this span ends.
    after: Option<String>,
    /// Whether there is a date at all.
    known: Option<bool>,
    /// Whether `within`, `before` and `after` also take dates and spans that are marked as uncertain or approximate
    /// (`?`, `~`, `%`), as if they were not.
    #[graphql(default)]
    include_qualified: bool,
}

impl DateFilter {
    /// The filter for the date at these paths.
    pub fn on(&self, path: DatePaths) -> Result<Filter> {
        let mut parts = Vec::new();
        if let Some(span) = &self.overlaps {
            parts.extend(overlaps(span_of("overlaps", span)?.bounds(), path));
        }
        let mut push = |path, test| parts.push(Filter::field(path, test));
        if let Some(span) = &self.within {
            let bounds = self.certain("within", span)?.bounds();
            // A known date has at least one known bound, so a span that is open at one side needs no other test.
            if let Some(earliest) = bounds.earliest {
                push(path.earliest, Operator::AtLeast(earliest.into()));
            }
            if let Some(latest) = bounds.latest {
                push(path.latest, Operator::AtMost(latest.into()));
            }
        }
        if let Some(span) = &self.before {
            let start = self.certain("before", span)?.bounds().earliest;
            push(
                path.latest,
                Operator::Below(bound("before", "beginning", start)?.into()),
            );
        }
        if let Some(span) = &self.after {
            let end = self.certain("after", span)?.bounds().latest;
            push(path.earliest, Operator::Above(bound("after", "end", end)?.into()));
        }
        if !self.include_qualified
            && [&self.within, &self.before, &self.after]
                .into_iter()
                .any(Option::is_some)
        {
            for flag in [path.approximate, path.uncertain] {
                push(flag, Operator::In(vec![false.into()]));
            }
        }
        match self.known {
            Some(true) => push(path.edtf, Operator::Known),
            // A known date has at least one known bound, and one index covers both bounds.
            Some(false) => {
                push(path.earliest, Operator::Unknown);
                push(path.latest, Operator::Unknown);
            }
            None => {}
        }
        Ok(Filter::All(parts))
    }

    /// A span in or beside which something can lie for certain.
    fn certain(&self, name: &str, text: &str) -> Result<Edtf> {
        let span = span_of(name, text)?;
        let message = if (span.is_approximate() || span.is_uncertain()) && !self.include_qualified {
            "this span is itself uncertain or approximate, so nothing can be held against it for certain; accepted is a \
             span without `?`, `~` and `%`, or `includeQualified: true`"
        } else if name == "within" && (span.has_unknown_end() || span.has_unknown_beginning()) {
            "one end of this span is unknown, so nothing lies in it for certain; accepted is a span whose ends are known, \
             or open (`..`)"
        } else if name == "within" && span.is_loose() {
            "this span does not say which days it means: it is a season without a hemisphere or a set of several dates; \
             accepted is a span such as `2001-25` for spring in the north, `2001-29` for spring in the south, or \
             `2001-03/2001-05`"
        } else {
            return Ok(span);
        };
        Err(ApiError::input(name, message))
    }
}

/// What has a day between these bounds, as far as is known.
fn overlaps(span: Bounds, path: DatePaths) -> Vec<Filter> {
    let mut parts = Vec::new();
    if let Some(latest) = span.latest {
        parts.push(Filter::field(path.earliest, Operator::MaybeAtMost(latest.into())));
    }
    if let Some(earliest) = span.earliest {
        parts.push(Filter::field(path.latest, Operator::MaybeAtLeast(earliest.into())));
        if earliest > Timestamp::now().day() {
            parts.push(Filter::field(path.end_unknown, Operator::NotIn(vec![true.into()])));
        }
    }
    parts
}

/// The paths of the parts of a date.
#[derive(Clone, Copy, Debug)]
pub struct DatePaths {
    pub edtf: &'static str,
    pub earliest: &'static str,
    pub latest: &'static str,
    pub approximate: &'static str,
    pub uncertain: &'static str,
    pub end_unknown: &'static str,
}

/// The paths of the parts of the date at a path.
macro_rules! date_paths {
    ($path:literal) => {
        $crate::graphql::filter::DatePaths {
            edtf: concat!($path, ".edtf"),
            earliest: concat!($path, ".earliest"),
            latest: concat!($path, ".latest"),
            approximate: concat!($path, ".approximate"),
            uncertain: concat!($path, ".uncertain"),
            end_unknown: concat!($path, ".endUnknown"),
        }
    };
}
pub(in crate::graphql) use date_paths;

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
    /// True: only where the bounds make it certain, and never by a number that is approximate. False: wherever the bounds
    /// do not rule it out, so also where nothing is known.
    #[graphql(default = true)]
    sure: bool,
    /// Whether a bound is known at all.
    known: Option<bool>,
}

impl CountFilter {
    /// The filter for the count at these paths.
    pub fn on(&self, CountPaths { min, max, approximate }: CountPaths) -> Result<Filter> {
        let mut parts = Vec::new();
        if self.sure && (self.at_least.is_some() || self.at_most.is_some()) {
            parts.push(Filter::field(approximate, Operator::NotIn(vec![true.into()])));
        }
        if let Some(least) = self.at_least {
            parts.push(if self.sure {
                Filter::field(min, Operator::AtLeast(least.into()))
            } else {
                Filter::field(max, Operator::MaybeAtLeast(least.into()))
            });
        }
        if let Some(most) = self.at_most {
            parts.push(if self.sure {
                Filter::field(max, Operator::AtMost(most.into()))
            } else {
                Filter::field(min, Operator::MaybeAtMost(most.into()))
            });
        }
        if let Some(known) = self.known {
            let unknown = Filter::All(vec![
                Filter::field(min, Operator::Unknown),
                Filter::field(max, Operator::Unknown),
            ]);
            // Not `or`: for that, MongoDB fetches all matches before it cuts the page.
            parts.push(if known { Filter::Not(Box::new(unknown)) } else { unknown });
        }
        Ok(Filter::All(parts))
    }
}

/// The paths of the parts of a count.
#[derive(Clone, Copy, Debug)]
pub struct CountPaths {
    pub min: &'static str,
    pub max: &'static str,
    pub approximate: &'static str,
}

/// The paths of the parts of the count at a path.
macro_rules! count_paths {
    ($path:literal) => {
        $crate::graphql::filter::CountPaths {
            min: concat!($path, ".min"),
            max: concat!($path, ".max"),
            approximate: concat!($path, ".approximate"),
        }
    };
}
pub(in crate::graphql) use count_paths;

/// Documents of `kind` that have a claim of such certainty about them; or none, where it asks for that.
pub fn certainty_filter(certainty: &EnumFilter<Certainty>, kind: Kind) -> Result<Filter> {
    Ok(match certainty.holds_without() {
        Some(true) => Filter::Not(Box::new(Filter::claimed(kind, Filter::All(vec![])))),
        _ => Filter::claimed(kind, certainty.on("certainty")?),
    })
}
