//! Parses a text: a single date, or an interval with two ends. Nothing is corrected: blanks, lower case letters and
//! spellings of older drafts are refused with a hint. `calendar.rs` parses single dates, `reader.rs` words refusals.

use super::facts::{Bounds, Facts, Precision};
use super::reader::{EdtfError, Reader};

pub(super) fn parse(text: &str) -> Result<Facts, EdtfError> {
    let Some(slash) = text.find('/') else {
        let mut reader = Reader::over(text, 0, text.len());
        return match reader.end()? {
            End::Date(facts) => Ok(facts),
            End::Open => Err(reader.alone()),
            End::Unknown => Err(reader.expected("a year", "a date", "1985-04-12")),
        };
    };
    if let Some(further) = text[slash + 1..].find('/') {
        let reader = Reader::over(text, slash + 1 + further, text.len());
        return Err(reader.refuse(
            "is a second one",
            "one `/`, between the start and the end of an interval; a date has `-` between its parts, the year first",
            "1984-06/2004-08",
        ));
    }
    let start = Reader::over(text, 0, slash).interval_end()?;
    let end = Reader::over(text, slash + 1, text.len()).interval_end()?;
    interval(text, slash, start, end)
}

fn interval(text: &str, slash: usize, start: End, end: End) -> Result<Facts, EdtfError> {
    let whole = Reader::over(text, 0, text.len());
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
    Ok(Facts {
        bounds,
        precision: Precision::Interval,
        approximate: ends.iter().flatten().any(|facts| facts.approximate),
        uncertain: ends.iter().flatten().any(|facts| facts.uncertain),
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
