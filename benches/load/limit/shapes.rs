//! Documents as they are stored, as far as the limit reads them, and values as they are shown.

use menagerie::domain::date::Day;
use mongodb::bson::DateTime;
use serde::ser::SerializeStruct;
use serde::{Deserialize, Serialize, Serializer};

use super::read::Named;

#[derive(Deserialize)]
pub struct Gift<'a> {
    #[serde(rename = "_id")]
    pub id: &'a str,
    #[serde(default)]
    pub slug: &'a str,
    #[serde(default)]
    pub title: &'a str,
    #[serde(default)]
    pub mode: &'a str,
    #[serde(default)]
    pub status: &'a str,
    #[serde(default)]
    pub giver: &'a str,
    #[serde(default)]
    pub recipient: &'a str,
    #[serde(default)]
    pub event: Option<&'a str>,
    #[serde(borrow, default)]
    pub date: Option<Date<'a>>,
    #[serde(default)]
    pub total: Option<Bounds>,
    #[serde(borrow, default)]
    pub items: Vec<Item<'a>>,
}

#[derive(Deserialize)]
pub struct Item<'a> {
    pub animal: &'a str,
    #[serde(default)]
    pub count: Option<Bounds>,
}

#[derive(Deserialize, Clone, Copy)]
pub struct Date<'a> {
    pub edtf: &'a str,
    #[serde(default)]
    pub earliest: Option<DateTime>,
    #[serde(default)]
    pub latest: Option<DateTime>,
}

#[derive(Deserialize, Clone, Copy)]
pub struct Bounds {
    #[serde(default)]
    pub min: Option<i64>,
    #[serde(default)]
    pub max: Option<i64>,
}

#[derive(Deserialize, Serialize)]
pub struct Nation<'a> {
    #[serde(rename(deserialize = "_id"))]
    pub id: &'a str,
    #[serde(default)]
    pub name: &'a str,
    #[serde(default, skip_serializing)]
    pub region: Option<&'a str>,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Animal<'a> {
    #[serde(rename(deserialize = "_id"))]
    pub id: &'a str,
    pub common_name: &'a str,
    #[serde(default)]
    pub scientific_name: Option<&'a str>,
}

#[derive(Deserialize, Serialize)]
pub struct Event<'a> {
    #[serde(rename(deserialize = "_id"))]
    pub id: &'a str,
    pub title: &'a str,
}

impl<'a> Named<'a> for Nation<'a> {
    fn id(&self) -> &'a str {
        self.id
    }
}

impl<'a> Named<'a> for Animal<'a> {
    fn id(&self) -> &'a str {
        self.id
    }
}

impl<'a> Named<'a> for Event<'a> {
    fn id(&self) -> &'a str {
        self.id
    }
}

/// `{ edtf }`.
#[derive(Serialize)]
pub struct Edtf<'a> {
    pub edtf: &'a str,
}

impl<'a> From<Date<'a>> for Edtf<'a> {
    fn from(date: Date<'a>) -> Self {
        Self { edtf: date.edtf }
    }
}

/// `{ edtf earliest latest }`.
pub struct Span<'a>(pub Date<'a>);

impl Serialize for Span<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let day = |moment: Option<DateTime>| moment.map(|moment| Shown(Day::from_millis(moment.timestamp_millis())));
        let mut shown = serializer.serialize_struct("Span", 3)?;
        shown.serialize_field("edtf", self.0.edtf)?;
        shown.serialize_field("earliest", &day(self.0.earliest))?;
        shown.serialize_field("latest", &day(self.0.latest))?;
        shown.end()
    }
}

/// A value in its own words, which take no memory of their own.
pub struct Shown<T>(pub T);

impl<T: std::fmt::Display> Serialize for Shown<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// `{ text }`.
#[derive(Serialize)]
pub struct Text {
    text: Shown<Bounds>,
}

impl From<Bounds> for Text {
    fn from(bounds: Bounds) -> Self {
        Self { text: Shown(bounds) }
    }
}

/// `{ min max text }`.
#[derive(Serialize)]
pub struct Number {
    min: Option<i64>,
    max: Option<i64>,
    text: Shown<Bounds>,
}

impl From<Bounds> for Number {
    fn from(bounds: Bounds) -> Self {
        Self {
            min: bounds.min,
            max: bounds.max,
            text: Shown(bounds),
        }
    }
}

impl std::fmt::Display for Bounds {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.min, self.max) {
            (Some(min), Some(max)) if min == max => write!(f, "{min}"),
            (Some(min), Some(max)) => write!(f, "{min} to {max}"),
            (Some(min), None) => write!(f, "{min} or more"),
            (None, Some(max)) => write!(f, "at most {max}"),
            (None, None) => f.write_str("unknown"),
        }
    }
}
