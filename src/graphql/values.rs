//! The values in documents: counts, dates, names, places, people. Their only relations are a count's claim and a place's
//! nation.

use async_graphql::{ComplexObject, Object, SimpleObject};
use serde::Deserialize;

use super::collections::claim::Claim;
use super::collections::nation::Nation;
use super::cost::{DOCUMENT, cost};
use super::eager;
use super::loader::reference::MaybeRef;
use super::relation::{Holds, References, holds};
use super::row_id::RowId;
use crate::domain::count;
use crate::domain::date::{Calendar, Day, Precision, in_words};
use crate::domain::id::Kind;
use crate::domain::vocabulary::{DatePart, PlaceKind};
use crate::store::bson_types::optional_day;

/// How many, with bounds. A bound that is null is unknown; it is never 0 by default.
///
/// "over 70" is `min: 71, max: null`; "at least one" is `min: 1, max: null`; "a pair" is `min: 2, max: 2`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(transparent)]
pub struct Count(pub count::CountRange);

/// How many, with bounds. A bound that is null is unknown; it is never 0 by default.
///
/// "over 70" is `min: 71, max: null`; "at least one" is `min: 1, max: null`; "a pair" is `min: 2, max: 2`.
#[Object(serial)]
impl Count {
    /// The least that it can be; null where that is unknown.
    async fn min(&self) -> Option<i32> {
        self.0.min
    }

    /// The most that it can be; null where that is unknown.
    async fn max(&self) -> Option<i32> {
        self.0.max
    }

    /// The number itself, where both bounds agree and it is not approximate.
    async fn exact(&self) -> Option<i32> {
        self.0.exact()
    }

    /// Whether the source gives the number as approximate: "about 40" has bounds of 40 and is not exactly 40. Of a sum:
    /// whether one of its numbers is.
    async fn approximate(&self) -> bool {
        self.0.approximate
    }

    /// The words of the source, where they say more than the bounds.
    async fn phrase(&self) -> Option<&str> {
        self.0.phrase.as_deref()
    }

    /// For people to read: "2", "71 or more", "2 to 25", "about 40", "unknown".
    async fn text(&self) -> String {
        self.0.text()
    }

    /// The claim that it rests on; null where none is named, and for sums.
    #[graphql(directive = cost::apply(DOCUMENT, None))]
    async fn claim(&self) -> MaybeRef<Claim, &str> {
        self.0.claim.as_deref().into()
    }
}

/// Declares a type of dates: what a date says and what follows from it, and what else it has.
macro_rules! date {
    ($(#[$meta:meta])* $name:ident { $($(#[$fmeta:meta])* $field:ident: $type:ty),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(SimpleObject, Debug, Default, Deserialize)]
        #[graphql(serial, complex)]
        #[serde(rename_all = "camelCase", default)]
        pub struct $name {
            /// The date: `2024-11-20`, `2024-11`, `2018`, `1965/1980`; `1965/` ends at an unknown time, `1959/..` is still
            /// open. Its days are those of `calendar`.
            edtf: String,
            /// The calendar in which the source counts its days. All other dates and bounds are Gregorian.
            calendar: Calendar,
            /// The date in the words of the source.
            phrase: Option<String>,
            /// The first day that it can mean, in the Gregorian calendar; null where the beginning is open or unknown.
            #[serde(deserialize_with = "optional_day")]
            earliest: Option<Day>,
            /// The last day that it can mean, in the Gregorian calendar; null where the end is open or unknown. An unknown
            /// end of a gift's date lies no later than the end of what became of it: a dated step of its `statusHistory`,
            /// such as `DIED`.
            #[serde(deserialize_with = "optional_day")]
            latest: Option<Day>,
            /// Whether `latest` is null because the end is not known (`1965/`), rather than open (`1965/..`). It lies no
            /// later than today.
            end_unknown: bool,
            /// How precise it is.
            precision: Precision,
            /// The parts that the source does not say and that were concluded from elsewhere.
            inferred: eager::List<DatePart>,
            /// Marked as approximate (`~` or `%`). The bounds are those of the date as written.
            approximate: bool,
            /// Marked as uncertain (`?` or `%`). The bounds are those of the date as written.
            uncertain: bool,
            $($(#[$fmeta])* $field: $type,)+
            /// The claim that it rests on; null where none is named.
            #[graphql(directive = cost::apply(DOCUMENT, None))]
            claim: MaybeRef<Claim>,
        }

        #[ComplexObject]
        impl $name {
            /// For people to read: "20 November 2024", "1970s", "since 1959", "1965, until an unknown time".
            async fn text(&self) -> String {
                in_words(&self.edtf, self.calendar)
            }
        }
    };
}

date! {
    /// A date that may be known in part only, in the Extended Date/Time Format (EDTF, ISO 8601-2) of level 0 or 1, and of
    /// level 2 sets, seasons and qualified parts.
    PartialDate {
        /// What other sources say instead.
        other_readings: eager::List<eager::Object<DateReading>>,
    }
}

holds! { PartialDate: claim, other_readings }

date! {
    /// What another source says of a date, or how its words can be read otherwise.
    DateReading {
        /// The id of the reading, which it keeps for as long as it is there. No other row of any list has it.
        id: RowId,
        /// How it comes about.
        note: Option<String>,
    }
}

holds! { DateReading: claim }

/// A name in a language.
#[derive(SimpleObject, Debug, Default, Deserialize)]
#[graphql(serial)]
#[serde(default)]
pub struct LocalizedName {
    /// The language, as a BCP 47 tag: `ru`, `zh`.
    language: String,
    /// The name.
    name: String,
}

/// A person and the office held at that time.
#[derive(SimpleObject, Debug, Default, Deserialize)]
#[graphql(serial)]
#[serde(default)]
pub struct Person {
    /// The name.
    name: String,
    /// The office.
    office: Option<String>,
}

/// A point on the Earth in degrees (WGS 84).
#[derive(SimpleObject, Debug, Deserialize)]
#[graphql(serial)]
pub struct Location {
    /// Longitude, east positive.
    lon: f64,
    /// Latitude, north positive.
    lat: f64,
}

/// A place such as a zoo or a region.
#[derive(SimpleObject, Debug, Default, Deserialize)]
#[graphql(serial)]
#[serde(default)]
pub struct Place {
    /// The name.
    name: String,
    /// What kind of place it is.
    kind: PlaceKind,
    /// The city that it lies in.
    city: Option<String>,
    /// Where it lies.
    location: Option<eager::Object<Location>>,
    /// Since when, and until when, it has been open.
    open: Option<eager::Object<PartialDate>>,
    /// The nation that it lies in.
    #[graphql(directive = cost::apply(DOCUMENT, None))]
    nation: MaybeRef<Nation>,
}

holds! { Place: nation, open }

impl Holds for Count {
    fn declare(references: &mut References) {
        references.within("claim", |claim| claim.here(Some(Kind::Claim)));
    }

    fn ids<'a>(&'a self, _way: &[&str], ids: &mut Vec<&'a str>) {
        ids.extend(self.0.claim.as_deref());
    }
}
