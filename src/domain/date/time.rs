//! The grammar of a time of day. Only its form is checked, since bounds are whole days.

use super::reader::{EdtfError, Pair, Reader};

impl Reader<'_> {
    /// `hh:mm:ss`, and an optional zone.
    pub(super) fn time(&mut self) -> Result<(), EdtfError> {
        const EXAMPLE: &str = "1985-04-12T23:20:30Z";
        self.number("the hour", 23, EXAMPLE)?;
        self.colon(EXAMPLE)?;
        self.number("the minute", 59, EXAMPLE)?;
        self.colon(EXAMPLE)?;
        self.number("the second", 59, EXAMPLE)?;

        const ZONED: &str = "1985-04-12T23:20:30+04:30";
        let begin = self.at;
        let west = self.peek() == Some(b'-');
        if self.eat(b'Z') || !(self.eat(b'+') || self.eat(b'-')) {
            return Ok(());
        }
        let mut shift = self.number("the hours from UTC", 23, ZONED)?;
        if self.eat(b':') {
            shift += self.number("the minutes from UTC", 59, ZONED)?;
        }
        if west && shift == 0 {
            return Err(self.refuse_at(
                begin,
                self.at,
                "is zero with a minus",
                "`Z` or `+00:00` for UTC",
                EXAMPLE,
            ));
        }
        Ok(())
    }

    /// Two digits of a time of day, up to `max`.
    fn number(&mut self, part: &str, max: u8, example: &str) -> Result<u8, EdtfError> {
        let begin = self.at;
        let accepted = format!("two digits, 00 to {max}");
        match self.pair(part, &accepted, example)? {
            Pair::Number(number) if number <= max => Ok(number),
            _ => Err(self.refuse_at(
                begin,
                self.at,
                &format!("is not accepted as {part}"),
                &accepted,
                example,
            )),
        }
    }

    fn colon(&mut self, example: &str) -> Result<(), EdtfError> {
        if self.eat(b':') {
            return Ok(());
        }
        Err(self.expected(
            "a colon",
            "",
            "hours, minutes and seconds with `:` between them",
            example,
        ))
    }
}
