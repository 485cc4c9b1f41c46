//! What the text of a date implies: its bounds, its precision, and how it is qualified.

use super::day::Day;

/// What the text implies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Facts {
    pub bounds: Bounds,
    pub precision: Precision,
    pub approximate: bool,
    pub uncertain: bool,
    /// The end is not known, rather than open.
    pub end_unknown: bool,
    /// The bounds enclose days that the text does not mean.
    pub loose: bool,
}

/// The first and the last day that a date may mean, both inclusive. `None` at an open or unknown end. If both are
/// given, `earliest` is not after `latest`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    pub earliest: Option<Day>,
    pub latest: Option<Day>,
}

/// How precisely a date is known.
#[derive(async_graphql::Enum, serde::Deserialize, Clone, Copy, Debug, Default, PartialEq, Eq)]
#[graphql(name = "DatePrecision")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Precision {
    /// A day with a time of day, such as `1985-04-12T23:20:30Z`.
    Time,
    /// One day, such as `1985-04-12`.
    #[default]
    Day,
    /// A month, such as `1985-04`, or some day in it: `1985-04-XX`.
    Month,
    /// A season, such as `2001-21` for spring 2001, or another part of a year, such as `2001-33` for its first quarter.
    Season,
    /// A year, such as `1985` or `Y12000`, or some month or day in it: `1985-XX`, `1985-XX-XX`.
    Year,
    /// Some year of a decade, such as `201X`.
    Decade,
    /// Some year of a century, such as `20XX`.
    Century,
    /// A stretch between two dates, one of which may be open or unknown, such as `1959/1965` or `1959/..`.
    Interval,
    /// One of several dates, such as `[1667,1668..1670]`, or all of them: `{1960,1961-12}`.
    Set,
}

impl Precision {
    /// Every precision, from finest to coarsest; the interval and the set, which may be either, are last.
    pub const ALL: [Precision; 9] = [
        Precision::Time,
        Precision::Day,
        Precision::Month,
        Precision::Season,
        Precision::Year,
        Precision::Decade,
        Precision::Century,
        Precision::Interval,
        Precision::Set,
    ];

    /// The word in documents and in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Precision::Time => "TIME",
            Precision::Day => "DAY",
            Precision::Month => "MONTH",
            Precision::Season => "SEASON",
            Precision::Year => "YEAR",
            Precision::Decade => "DECADE",
            Precision::Century => "CENTURY",
            Precision::Interval => "INTERVAL",
            Precision::Set => "SET",
        }
    }
}
