//! Numbers of animals as sources give them: with a lower and an upper bound, either of which may be unknown, and sums
//! that keep their bounds. Contradictory readings are not merged here.

use serde::{Deserialize, Serialize};

/// How many: at least `min` and at most `max`, both inclusive. An absent bound is unknown, not 0.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
pub struct CountRange {
    pub min: Option<i32>,
    pub max: Option<i32>,
    /// The source gives the number as approximate: "about 40" has bounds of 40 and is not exactly 40.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub approximate: bool,
    /// The words of the source, such as "several dozen". No part of any calculation.
    pub phrase: Option<String>,
    /// The id of the claim that supports it. No part of any calculation either.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claim: Option<String>,
}

impl CountRange {
    /// Exactly `n`.
    pub fn exactly(n: i32) -> CountRange {
        CountRange::between(n, n)
    }

    /// `n` or more.
    pub fn at_least(n: i32) -> CountRange {
        CountRange {
            min: Some(n),
            ..CountRange::default()
        }
    }

    /// From `min` to `max`, both inclusive.
    pub fn between(min: i32, max: i32) -> CountRange {
        CountRange {
            min: Some(min),
            max: Some(max),
            ..CountRange::default()
        }
    }

    /// Neither bound is known.
    pub fn unknown() -> CountRange {
        CountRange::default()
    }

    /// The number, if the bounds are equal and not approximate.
    pub fn exact(&self) -> Option<i32> {
        self.min.filter(|_| self.min == self.max && !self.approximate)
    }

    /// Whether neither bound is known.
    pub fn is_unknown(&self) -> bool {
        self.min.is_none() && self.max.is_none()
    }

    /// The bounds in words: "2", "71 or more", "at most 5", "2 to 25", "about 40", "unknown".
    pub fn text(&self) -> String {
        let about = if self.approximate { "about " } else { "" };
        match (self.min, self.max) {
            (Some(min), Some(max)) if min == max => format!("{about}{min}"),
            (Some(min), Some(max)) => format!("{about}{min} to {max}"),
            (Some(min), None) => format!("{about}{min} or more"),
            (None, Some(max)) => format!("at most {about}{max}"),
            (None, None) => "unknown".to_owned(),
        }
    }
}

/// A running sum of counts of 0 or more. The real total always lies within its bounds.
///
/// Lower bounds add up, and so do upper bounds. An unknown lower bound adds 0; an unknown upper bound makes the upper
/// bound of the sum unknown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sum {
    // 64 bits, so that the bounds are cut to 32 bits only once, in `total`, whatever the order of additions.
    min: i64,
    max: Option<i64>,
    /// How many of the counts were missing or had neither bound.
    pub unknown_counts: u32,
    /// Whether one of the counts was approximate, and so the sum is.
    pub approximate: bool,
}

impl Default for Sum {
    /// The empty sum, which is exactly 0.
    fn default() -> Sum {
        Sum {
            min: 0,
            max: Some(0),
            unknown_counts: 0,
            approximate: false,
        }
    }
}

impl Sum {
    /// Adds a count. `None` is a missing count, which is as unknown as one without bounds.
    pub fn add(&mut self, count: Option<&CountRange>) {
        let min = count.and_then(|count| count.min);
        let max = count.and_then(|count| count.max);
        self.min = self.min.saturating_add(min.unwrap_or(0).into());
        self.max = self.max.zip(max).map(|(sum, max)| sum.saturating_add(max.into()));
        if min.is_none() && max.is_none() {
            self.unknown_counts = self.unknown_counts.saturating_add(1);
        }
        self.approximate |= count.is_some_and(|count| count.approximate);
    }

    /// A sum computed elsewhere: its bounds, how many of its counts had neither bound, and whether one was approximate.
    pub const fn of(min: i64, max: Option<i64>, unknown_counts: u32, approximate: bool) -> Sum {
        Sum {
            min,
            max,
            unknown_counts,
            approximate,
        }
    }

    /// Adds another sum.
    pub fn merge(&mut self, other: &Sum) {
        self.min = self.min.saturating_add(other.min);
        self.max = self.max.zip(other.max).map(|(sum, max)| sum.saturating_add(max));
        self.unknown_counts = self.unknown_counts.saturating_add(other.unknown_counts);
        self.approximate |= other.approximate;
    }

    /// The sum so far, without a phrase.
    ///
    /// A lower bound above [`i32::MAX`] becomes `i32::MAX`, and an upper bound above it becomes unknown: less precise,
    /// but not wrong.
    pub fn total(&self) -> CountRange {
        let min = self.min.clamp(i32::MIN.into(), i32::MAX.into());
        CountRange {
            min: i32::try_from(min).ok(),
            max: self.max.and_then(|max| i32::try_from(max).ok()),
            approximate: self.approximate,
            ..CountRange::default()
        }
    }
}

impl<'a> FromIterator<Option<&'a CountRange>> for Sum {
    fn from_iter<I: IntoIterator<Item = Option<&'a CountRange>>>(counts: I) -> Sum {
        let mut sum = Sum::default();
        for count in counts {
            sum.add(count);
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at_most(n: i32) -> CountRange {
        CountRange {
            max: Some(n),
            ..CountRange::default()
        }
    }

    fn about(count: CountRange) -> CountRange {
        CountRange {
            approximate: true,
            ..count
        }
    }

    fn sum(counts: &[Option<CountRange>]) -> Sum {
        counts.iter().map(Option::as_ref).collect()
    }

    #[test]
    fn the_text_says_what_the_bounds_say() {
        let cases = [
            (CountRange::exactly(2), "2"),
            (CountRange::exactly(0), "0"),
            (CountRange::at_least(71), "71 or more"),
            (at_most(5), "at most 5"),
            (CountRange::between(2, 25), "2 to 25"),
            (CountRange::unknown(), "unknown"),
            (about(CountRange::exactly(40)), "about 40"),
            (about(CountRange::between(40, 50)), "about 40 to 50"),
            (about(CountRange::at_least(40)), "about 40 or more"),
            (about(at_most(40)), "at most about 40"),
            (about(CountRange::unknown()), "unknown"),
        ];
        for (count, text) in cases {
            assert_eq!(count.text(), text, "{count:?}");
        }
    }

    #[test]
    fn about_40_is_not_exactly_40_and_neither_is_what_it_is_part_of() {
        let forty = about(CountRange::exactly(40));
        assert_eq!(forty.exact(), None);
        let sum = sum(&[Some(CountRange::exactly(2)), Some(forty), Some(CountRange::exactly(1))]);
        assert_eq!(sum.total(), about(CountRange::exactly(43)));
        assert_eq!(sum.total().text(), "about 43");
    }

    #[test]
    fn only_equal_bounds_are_exact_and_only_absent_bounds_are_unknown() {
        assert_eq!(CountRange::exactly(2).exact(), Some(2));
        for count in [
            CountRange::at_least(2),
            at_most(2),
            CountRange::between(2, 3),
            CountRange::unknown(),
        ] {
            assert_eq!(count.exact(), None, "{count:?}");
            assert_eq!(count.is_unknown(), count == CountRange::unknown(), "{count:?}");
        }
    }

    #[test]
    fn a_document_without_fields_is_an_unknown_count() {
        let count: CountRange = serde_json::from_str("{}").unwrap();
        assert!(count.is_unknown());
        let count: CountRange = serde_json::from_str(r#"{"min": 71, "max": null, "phrase": "over seventy"}"#).unwrap();
        assert_eq!(
            count,
            CountRange {
                phrase: Some("over seventy".into()),
                ..CountRange::at_least(71)
            }
        );
    }

    #[test]
    fn the_empty_sum_is_exactly_zero() {
        assert_eq!(Sum::default().total(), CountRange::exactly(0));
        assert_eq!(sum(&[]), Sum::default());
    }

    #[test]
    fn a_sum_keeps_what_is_known_and_counts_what_is_not() {
        let all = sum(&[
            Some(CountRange::exactly(2)),
            Some(CountRange::at_least(71)),
            Some(at_most(5)),
            Some(CountRange {
                phrase: Some("some".into()),
                ..CountRange::unknown()
            }),
            None,
        ]);
        assert_eq!(all.total(), CountRange::at_least(73));
        assert_eq!(all.unknown_counts, 2);

        let bounded = sum(&[
            Some(CountRange::between(2, 25)),
            Some(at_most(5)),
            Some(CountRange::exactly(1)),
        ]);
        assert_eq!(bounded.total(), CountRange::between(3, 31));
        assert_eq!(bounded.unknown_counts, 0);
    }

    #[test]
    fn a_sum_beyond_32_bits_claims_less_but_nothing_wrong() {
        let largest = sum(&[Some(CountRange::exactly(i32::MAX - 1)), Some(CountRange::exactly(1))]);
        assert_eq!(largest.total(), CountRange::exactly(i32::MAX));
        let beyond = sum(&[Some(CountRange::exactly(i32::MAX)), Some(CountRange::exactly(1))]);
        assert_eq!(beyond.total(), CountRange::at_least(i32::MAX));
        let halfway = sum(&[
            Some(CountRange::between(1, i32::MAX)),
            Some(CountRange::between(1, i32::MAX)),
        ]);
        assert_eq!(halfway.total(), CountRange::at_least(2));
    }

    #[test]
    fn a_sum_of_sums_is_the_sum_of_all() {
        let counts = [
            Some(CountRange::exactly(2)),
            None,
            Some(CountRange::between(3, 5)),
            Some(at_most(4)),
        ];
        for split in 0..=counts.len() {
            let mut merged = sum(&counts[..split]);
            merged.merge(&sum(&counts[split..]));
            assert_eq!(merged, sum(&counts));
        }
        let mut bounded = Sum::of(2, Some(3), 0, false);
        bounded.merge(&Sum::of(1, Some(1), 0, false));
        assert_eq!(bounded.total(), CountRange::between(3, 4));
    }

    /// A number that really was, and what a source tells of it.
    fn told() -> impl Strategy<Value = (i64, Option<CountRange>)> {
        let number = prop_oneof![0..100_i32, 0..i32::MAX, Just(i32::MAX)];
        (
            number,
            any::<bool>(),
            0..50_i32,
            any::<bool>(),
            0..50_i32,
            any::<bool>(),
        )
            .prop_map(|(number, has_min, below, has_max, above, missing)| {
                let count = CountRange {
                    min: has_min.then(|| (number - below).max(0)),
                    max: has_max.then(|| number.saturating_add(above)),
                    ..CountRange::default()
                };
                (number.into(), (!missing).then_some(count))
            })
    }

    proptest! {
        #[test]
        fn the_real_total_lies_within_the_bounds_of_the_sum(told in prop::collection::vec(told(), 0..20)) {
            let (numbers, counts): (Vec<i64>, Vec<_>) = told.into_iter().unzip();
            let real: i64 = numbers.iter().sum();
            let total = sum(&counts).total();
            let min = total.min.expect("a sum has a lower bound");
            prop_assert!(i64::from(min) <= real);
            prop_assert!(total.max.is_none_or(|max| real <= i64::from(max)));
        }

        #[test]
        fn a_sum_gives_no_more_away_than_it_must(told in prop::collection::vec(told(), 0..20)) {
            let counts: Vec<_> = told.into_iter().map(|(_, count)| count.unwrap_or_default()).collect();
            let mins: i128 = counts.iter().map(|count| i128::from(count.min.unwrap_or(0))).sum();
            let maxes: Option<i128> = counts.iter().map(|count| count.max.map(i128::from)).sum();
            let unknown = counts.iter().filter(|count| count.is_unknown()).count();

            let sum: Sum = counts.iter().map(Some).collect();
            prop_assert_eq!(i128::from(sum.total().min.unwrap()), mins.min(i32::MAX.into()));
            prop_assert_eq!(sum.total().max.map(i128::from), maxes.filter(|max| *max <= i32::MAX.into()));
            prop_assert_eq!(sum.unknown_counts as usize, unknown);
        }

        #[test]
        fn the_order_of_a_sum_does_not_matter(
            (counts, shuffled) in prop::collection::vec(told().prop_map(|(_, count)| count), 0..20)
                .prop_flat_map(|counts| (Just(counts.clone()), Just(counts).prop_shuffle())),
        ) {
            prop_assert_eq!(sum(&counts), sum(&shuffled));
        }
    }
}
