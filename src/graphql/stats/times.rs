//! Years and decades: the bucket that a gift falls into, and those that it may fall into. Does no I/O.

use std::collections::{BTreeMap, BTreeSet};

use super::groups::{GroupEntry, GroupKind};
use crate::domain::date::Day;
use crate::store::aggregate::{Groups, Span, Tally};

/// More buckets in a row than this, of which each is like the other, become one entry: a gift from an interval of ten
/// thousand years has an entry, not ten thousand.
const MOST_ALIKE: i64 = 20;

/// How long a bucket is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Year,
    Decade,
}

impl Step {
    /// The number of the bucket of a year; buckets are numbered in their order.
    fn bucket(self, year: i64) -> i64 {
        match self {
            Self::Year => year,
            // EDTF's decades: `-004X` is the years -49 to -40, and `-000X` the nine years from -9 to -1.
            Self::Decade if year < 0 => year / 10 - 1,
            Self::Decade => year / 10,
        }
    }

    /// The first and the last year of a bucket.
    fn years(self, bucket: i64) -> (i64, i64) {
        match self {
            Self::Year => (bucket, bucket),
            Self::Decade if bucket < 0 => ((bucket + 1) * 10 - 9, ((bucket + 1) * 10).min(-1)),
            Self::Decade => (bucket * 10, bucket * 10 + 9),
        }
    }

    fn label(self, bucket: i64) -> String {
        match self {
            Self::Year => bucket.to_string(),
            Self::Decade if bucket < 0 => format!("-{:03}X", -(bucket + 1)),
            Self::Decade => format!("{}s", bucket * 10),
        }
    }

    /// The label of the gifts that lie in no bucket for certain.
    pub const fn of_none(self) -> &'static str {
        match self {
            Self::Year => "no certain year",
            Self::Decade => "no certain decade",
        }
    }
}

/// One bucket, or a run of buckets that are alike.
#[derive(Clone, Debug, Default)]
pub struct Bucket {
    /// The number of the last bucket of a run.
    last: i64,
    /// The gifts that lie in it for certain.
    pub tally: Tally,
    /// How many more may.
    pub possible: u64,
}

/// Gifts in buckets of equally many years.
#[derive(Debug)]
pub struct Buckets {
    step: Step,
    /// By the number of the bucket, of a run of the first one.
    pub found: BTreeMap<i64, Bucket>,
    /// Gifts that span several buckets, have an open or unknown end, or a date that is uncertain or approximate.
    spanning: Tally,
    /// Gifts without a date.
    undated: Tally,
}

/// From which bucket to which so many gifts may lie, as far as there is a beginning and an end.
struct Stretch {
    from: Option<i64>,
    to: Option<i64>,
    gifts: u64,
}

impl Buckets {
    /// Puts gifts into buckets. `today`: an end that is not known lies no later.
    pub fn of(spans: &Groups<Span>, step: Step, today: Day) -> Self {
        let bucket = |year: i64| step.bucket(year);
        let today = bucket(today.civil().0);
        let mut sums = Self {
            step,
            found: BTreeMap::new(),
            spanning: Tally::default(),
            undated: Tally::default(),
        };
        let mut certain: BTreeMap<i64, Tally> = BTreeMap::new();
        let mut stretches = Vec::new();
        for (span, group) in spans {
            let (from, to) = (span.from.map(bucket), span.to.map(bucket));
            match (from, to) {
                _ if !span.dated => sums.undated.merge(&group.tally),
                (Some(from), Some(to)) if from == to && !span.qualified => {
                    certain.entry(from).or_default().merge(&group.tally);
                }
                _ => {
                    sums.spanning.merge(&group.tally);
                    let until_today = from.map_or(today, |from| today.max(from));
                    let to = to.or(span.end_unknown.then_some(until_today));
                    let gifts = group.tally.gifts;
                    stretches.push(Stretch { from, to, gifts });
                }
            }
        }
        sums.list(certain, &stretches, today);
        sums
    }

    /// Lists every bucket in which a gift lies or may lie.
    ///
    /// A beginning that is open or unknown reaches back to the first bucket that a date names, an open end up to today or
    /// the last bucket that a date names.
    fn list(&mut self, mut certain: BTreeMap<i64, Tally>, stretches: &[Stretch], today: i64) {
        let ends = stretches
            .iter()
            .flat_map(|stretch| [stretch.from, stretch.to])
            .flatten();
        let named: BTreeSet<i64> = certain.keys().copied().chain(ends).collect();
        let (Some(&first), Some(&last)) = (named.first(), named.last()) else {
            return;
        };
        // How many more gifts are possible from this bucket on.
        let mut changes: BTreeMap<i64, i64> = BTreeMap::new();
        for stretch in stretches {
            let gifts = i64::try_from(stretch.gifts).unwrap_or(i64::MAX);
            *changes.entry(stretch.from.unwrap_or(first)).or_default() += gifts;
            *changes.entry(stretch.to.unwrap_or(last.max(today)) + 1).or_default() -= gifts;
        }
        // Nothing begins, ends or lies between two of these.
        for bucket in certain.keys() {
            changes.entry(*bucket).or_default();
            changes.entry(bucket + 1).or_default();
        }
        let mut possible = 0;
        let starts: Vec<(i64, i64)> = changes.into_iter().collect();
        for (place, (start, change)) in starts.iter().enumerate() {
            possible += change;
            let end = starts.get(place + 1).map_or(*start, |(next, _)| next - 1);
            let tally = certain.remove(start).unwrap_or_default();
            self.push(
                *start,
                Bucket {
                    last: end,
                    tally,
                    possible: possible.unsigned_abs(),
                },
            );
        }
        self.spread();
    }

    /// Adds buckets that are alike behind all others; to those before them, where they are alike too.
    fn push(&mut self, start: i64, bucket: Bucket) {
        if bucket.tally.gifts == 0 && bucket.possible == 0 {
            return;
        }
        match self.found.last_entry() {
            Some(mut before)
                if before.get().last + 1 == start
                    && before.get().possible == bucket.possible
                    && before.get().tally.gifts + bucket.tally.gifts == 0 =>
            {
                before.get_mut().last = bucket.last;
            }
            _ => drop(self.found.insert(start, bucket)),
        }
    }

    /// Takes the short runs apart.
    fn spread(&mut self) {
        for (start, bucket) in std::mem::take(&mut self.found) {
            if bucket.last - start >= MOST_ALIKE {
                self.found.insert(start, bucket);
                continue;
            }
            for each in start..=bucket.last {
                self.found.insert(
                    each,
                    Bucket {
                        last: each,
                        ..bucket.clone()
                    },
                );
            }
        }
    }

    /// Whether an entry is a run of buckets.
    pub fn is_run(&self, start: i64) -> bool {
        self.last(start) > start
    }

    fn last(&self, start: i64) -> i64 {
        self.found.get(&start).map_or(start, |bucket| bucket.last)
    }

    /// The first and the last year of an entry.
    pub fn years(&self, start: i64) -> (i64, i64) {
        (self.step.years(start).0, self.step.years(self.last(start)).1)
    }

    /// What people call an entry.
    pub fn label(&self, start: i64) -> String {
        let first = self.step.label(start);
        match self.last(start) {
            last if last == start => first,
            last => format!("{first} to {}", self.step.label(last)),
        }
    }

    /// The entries that are not buckets.
    pub fn apart(&self) -> Vec<GroupEntry<i64>> {
        [
            (GroupKind::Spanning, &self.spanning),
            (GroupKind::Missing, &self.undated),
        ]
        .into_iter()
        .filter(|(_, tally)| tally.gifts > 0)
        .map(|(kind, tally)| GroupEntry::apart(kind, tally.clone()))
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::aggregate::Group;

    fn span(from: Option<i64>, to: Option<i64>) -> Span {
        Span {
            dated: true,
            qualified: false,
            end_unknown: false,
            from,
            to,
        }
    }

    fn listed(spans: Vec<Span>, step: Step) -> Vec<(String, u64, u64)> {
        let one = || Group {
            tally: Tally {
                gifts: 1,
                ..Tally::default()
            },
            ..Group::default()
        };
        let groups = spans.into_iter().map(|span| (span, one())).collect();
        let today = Day::from_civil(2024, 11, 20).unwrap();
        let found = Buckets::of(&groups, step, today);
        let entries = found.found.iter();
        entries
            .map(|(start, bucket)| (found.label(*start), bucket.tally.gifts, bucket.possible))
            .collect()
    }

    fn entry(label: &str, gifts: u64, possible: u64) -> (String, u64, u64) {
        (label.to_owned(), gifts, possible)
    }

    #[test]
    fn decades_before_the_year_1_are_those_of_edtf() {
        for (year, years, label) in [
            (-44, (-49, -40), "-004X"),
            (-40, (-49, -40), "-004X"),
            (-10, (-19, -10), "-001X"),
            (-9, (-9, -1), "-000X"),
            (-1, (-9, -1), "-000X"),
            (0, (0, 9), "0s"),
            (9, (0, 9), "0s"),
            (1972, (1970, 1979), "1970s"),
            (-2019, (-2019, -2010), "-201X"),
        ] {
            let bucket = Step::Decade.bucket(year);
            assert_eq!(Step::Decade.years(bucket), years, "{year}");
            assert_eq!(Step::Decade.label(bucket), label, "{year}");
        }
        assert_eq!(Step::Decade.bucket(0) - Step::Decade.bucket(-1), 1);
    }

    #[test]
    fn every_decade_that_a_date_may_lie_in_is_listed() {
        let spans = vec![span(Some(1965), Some(1980)), span(Some(1972), Some(1972))];
        assert_eq!(
            listed(spans, Step::Decade),
            [entry("1960s", 0, 1), entry("1970s", 1, 1), entry("1980s", 0, 1)]
        );
    }

    #[test]
    fn ten_thousand_years_are_an_entry_and_not_ten_thousand() {
        let spans = vec![span(Some(-9999), Some(2024)), span(Some(1972), Some(1972))];
        assert_eq!(
            listed(spans, Step::Year),
            [
                vec![entry("-9999 to 1971", 0, 1), entry("1972", 1, 1)],
                vec![entry("1973 to 2024", 0, 1)],
            ]
            .concat()
        );
    }

    #[test]
    fn an_unknown_end_reaches_to_today_and_an_open_one_as_far_as_anything_is_named() {
        let unknown = Span {
            end_unknown: true,
            ..span(Some(2022), None)
        };
        let planned = span(Some(2026), Some(2026));
        let open = span(Some(2025), None);
        assert_eq!(
            listed(vec![unknown, open, planned], Step::Year),
            [
                entry("2022", 0, 1),
                entry("2023", 0, 1),
                entry("2024", 0, 1),
                entry("2025", 0, 1),
                entry("2026", 1, 1),
            ]
        );
        assert_eq!(
            listed(vec![span(None, Some(1802)), span(Some(1801), Some(1801))], Step::Year),
            [entry("1801", 1, 1), entry("1802", 0, 1)]
        );
    }

    #[test]
    fn an_uncertain_date_is_only_possible() {
        let uncertain = Span {
            qualified: true,
            ..span(Some(2018), Some(2018))
        };
        assert_eq!(listed(vec![uncertain], Step::Year), [entry("2018", 0, 1)]);
    }
}
