//! Sets of dates, of EDTF's level 2: one of several dates in `[…]`, all of them in `{…}`.
//!
//! Their bounds are those of the specification: `[1667,1668..1670]` reaches from the first day of 1667 to the last of 1670,
//! `[..1984]` has no known beginning. `[1984..]` is some day of 1984 or later, so its end is not known; `{1984..}` is all
//! time since, so its end is open.

use super::facts::{Bounds, Facts, Precision};
use super::reader::{EdtfError, Reader};

/// An example of what is accepted.
const EXAMPLE: &str = "[1667,1668..1670]";

/// Whether a text is meant as a set.
pub(super) fn is_begun(text: &str) -> bool {
    text.starts_with(['[', '{'])
}

impl Reader<'_> {
    /// A set as the whole text.
    pub(super) fn set(self) -> Result<Facts, EdtfError> {
        let close = if self.text.starts_with('[') { ']' } else { '}' };
        let Some(inside) = self.text[1..].strip_suffix(close) else {
            return Err(self.refuse_at(
                0,
                1,
                "begins a set that does not end",
                &format!("dates with commas between them, and `{close}` at the end"),
                EXAMPLE,
            ));
        };
        let (begin, end) = (1, 1 + inside.len());
        let mut members = Vec::new();
        let mut at = begin;
        for member in inside.split(',') {
            // The specification itself puts a blank behind a comma.
            let blank = usize::from(at > begin && member.starts_with(' '));
            members.push(self.part(at + blank, at + member.len()).member(begin, end)?);
            at += member.len() + 1;
        }
        Ok(union(&members, close == ']'))
    }

    /// One date of a set, or a stretch of dates: `1668..1670`, `..1984` at the beginning, `1984..` at the end.
    fn member(self, begin: usize, end: usize) -> Result<Facts, EdtfError> {
        let own = &self.text[self.at..self.stop];
        let Some(dots) = own.find("..").map(|dots| self.at + dots) else {
            return self.untimed();
        };
        let first = (dots > self.at)
            .then(|| self.part(self.at, dots).untimed())
            .transpose()?;
        let last = (dots + 2 < self.stop)
            .then(|| self.part(dots + 2, self.stop).untimed())
            .transpose()?;
        let earliest = first.and_then(|facts| facts.bounds.earliest);
        let latest = last.and_then(|facts| facts.bounds.latest);
        let is_in_place = match (&first, &last) {
            (None, None) => false,
            (None, Some(_)) => self.at == begin,
            (Some(_), None) => self.stop == end,
            (Some(_), Some(_)) => earliest <= latest,
        };
        if !is_in_place {
            return Err(self.refuse_at(
                self.at,
                self.stop,
                "is no stretch of dates in its place",
                "a date that is not after the one behind `..`; without the first only at the beginning, without the \
                 second only at the end",
                EXAMPLE,
            ));
        }
        let ends = [first, last];
        let any = |is: fn(&Facts) -> bool| ends.iter().flatten().any(is);
        Ok(Facts {
            bounds: Bounds { earliest, latest },
            precision: Precision::Set,
            approximate: any(|facts| facts.approximate),
            uncertain: any(|facts| facts.uncertain),
            end_unknown: false,
            loose: any(|facts| facts.loose),
        })
    }

    fn untimed(mut self) -> Result<Facts, EdtfError> {
        let begin = self.at;
        match self.date()? {
            facts if facts.precision == Precision::Time => Err(self.refuse_at(
                begin,
                self.stop,
                "has a time of day, which a set does not take",
                "dates",
                EXAMPLE,
            )),
            facts => Ok(facts),
        }
    }

    /// A set in the place of a date.
    pub(super) fn misplaced_set(&self) -> EdtfError {
        self.refuse(
            "begins a set of dates, which stands alone",
            "a set as the whole date, a date at each end of an interval",
            EXAMPLE,
        )
    }
}

fn union(members: &[Facts], is_one_of: bool) -> Facts {
    let any = |is: fn(&Facts) -> bool| members.iter().any(is);
    // The beginning of the first stretch and the end of the last may be missing, and then the whole has none.
    let earliest: Option<Vec<_>> = members.iter().map(|facts| facts.bounds.earliest).collect();
    let latest: Option<Vec<_>> = members.iter().map(|facts| facts.bounds.latest).collect();
    let bounds = Bounds {
        earliest: earliest.and_then(|days| days.into_iter().min()),
        latest: latest.and_then(|days| days.into_iter().max()),
    };
    Facts {
        bounds,
        precision: Precision::Set,
        approximate: any(|facts| facts.approximate),
        uncertain: any(|facts| facts.uncertain),
        end_unknown: is_one_of && bounds.latest.is_none(),
        loose: members.len() > 1 || any(|facts| facts.loose),
    }
}
