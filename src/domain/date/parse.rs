//! Parses a text: a single date, an interval with two ends, or a set. Nothing is corrected: blanks, lower case letters and
//! spellings of older drafts are refused with a hint. `calendar.rs` parses single dates, `set.rs` sets, `reader.rs` words
//! refusals.

use super::day::Calendar;
use super::facts::{Bounds, Facts, Precision};
use super::reader::{EdtfError, Reader};
use super::set;

pub(super) fn parse(text: &str, calendar: Calendar) -> Result<Facts, EdtfError> {
    let whole = Reader::over(text, calendar);
    if set::is_begun(text) {
        return whole.set();
    }
    let Some(slash) = text.find('/') else {
        let mut reader = whole;
        return match reader.end()? {
            End::Date(facts) => Ok(facts),
            End::Open => Err(reader.alone()),
            End::Unknown => Err(reader.expected("a year", "", "a date", "1985-04-12")),
        };
    };
    if let Some(further) = text[slash + 1..].find('/') {
        let second = whole.part(slash + 1 + further, text.len());
        return Err(second.refuse(
            "is a second one",
            "one `/`, between the start and the end of an interval; a date has `-` between its parts, the year first",
            "1984-06/2004-08",
        ));
    }
    let start = whole.part(0, slash).interval_end()?;
    let end = whole.part(slash + 1, text.len()).interval_end()?;
    interval(&whole, slash, start, end)
}

fn interval(whole: &Reader<'_>, slash: usize, start: End, end: End) -> Result<Facts, EdtfError> {
    let text = whole.text;
    let end_unknown = matches!(end, End::Unknown);
    let (start, end) = (start.date(), end.date());
    if start.is_none() && end.is_none() {
        return Err(whole.refuse_at(
            0,
            text.len(),
            "is an interval without any date",
            "a date at one end at least, `..` or nothing at the other",
            "1985/..",
        ));
    }
    let bounds = Bounds {
        earliest: start.and_then(|facts| facts.bounds.earliest),
        latest: end.and_then(|facts| facts.bounds.latest),
    };
    if let (Some(earliest), Some(latest)) = (bounds.earliest, bounds.latest)
        && earliest > latest
    {
        let (start, end) = (&text[..slash], &text[slash + 1..]);
        return Err(whole.refuse_at(
            slash + 1,
            text.len(),
            &format!("is the end of an interval and over on {latest}, before its start `{start}` begins on {earliest}"),
            "an end that is not before the start",
            &format!("{end}/{start}"),
        ));
    }
    let ends = [start, end];
    let any = |is: fn(&Facts) -> bool| ends.iter().flatten().any(is);
    Ok(Facts {
        bounds,
        precision: Precision::Interval,
        approximate: any(|facts| facts.approximate),
        uncertain: any(|facts| facts.uncertain),
        end_unknown,
        loose: any(|facts| facts.loose),
    })
}

/// One side of the slash.
enum End {
    Date(Facts),
    /// `..`: it has no end.
    Open,
    /// An empty side: it is not known.
    Unknown,
}

impl End {
    fn date(&self) -> Option<Facts> {
        match self {
            End::Date(facts) => Some(*facts),
            End::Open | End::Unknown => None,
        }
    }
}

impl Reader<'_> {
    fn interval_end(mut self) -> Result<End, EdtfError> {
        let begin = self.at;
        let end = self.end()?;
        match end {
            End::Date(facts) if facts.precision == Precision::Time => Err(self.refuse_at(
                begin,
                self.stop,
                "has a time of day, which an interval does not take",
                "dates at both ends",
                "2004-02-01/2005-02-08",
            )),
            _ => Ok(end),
        }
    }

    fn end(&mut self) -> Result<End, EdtfError> {
        match &self.text[self.at..self.stop] {
            "" => Ok(End::Unknown),
            ".." => Ok(End::Open),
            "open" | "unknown" => Err(self.refuse_at(
                self.at,
                self.stop,
                "is a word of an older draft",
                "`..` for an open end of an interval, nothing for an unknown one",
                "1985/..",
            )),
            _ => self.date().map(End::Date),
        }
    }

    /// `..` outside an interval.
    fn alone(&self) -> EdtfError {
        self.refuse_at(
            self.at,
            self.stop,
            "is an open end without an interval",
            "a date and `/` beside it",
            "1985/..",
        )
    }
}
