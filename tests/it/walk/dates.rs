//! Dates in the naive model: what is known of one, and which filters of dates hold for it.

use std::cell::RefCell;
use std::collections::HashMap;

use menagerie::domain::date::{Calendar, Day, Edtf};
use menagerie::store::bson_types::Timestamp;
use serde_json::Value as Json;

use super::model::{given, list};

/// What is known of a date.
#[derive(Clone, Copy, Debug)]
pub struct When {
    pub earliest: Option<Day>,
    pub latest: Option<Day>,
    /// The end is not known, rather than open.
    pub end_unknown: bool,
    /// Uncertain or approximate.
    pub qualified: bool,
}

/// The date of a document. An end of a gift's that is not known is no later than what became of it.
pub fn when(document: &Json, field: &str) -> Option<When> {
    let mut date = read(&document[field])?;
    let over = [
        "SHELVED",
        "DECLINED",
        "RETURNED",
        "SOLD",
        "LOST_IN_TRANSIT",
        "DIED_IN_TRANSIT",
        "DIED",
    ];
    let steps = list(&document["statusHistory"]).filter(|step| over.iter().any(|over| step["status"] == *over));
    let ends: Vec<When> = steps.filter_map(|step| read(&step["date"])).collect();
    let known = ends.iter().all(|end| end.latest.is_some() && !end.qualified);
    let end = ends.iter().filter_map(|end| end.latest).max().filter(|_| known);
    let begun = end.filter(|end| date.earliest.is_none_or(|earliest| earliest <= *end));
    if date.end_unknown && begun.is_some() && field == "date" {
        (date.latest, date.end_unknown) = (begun, false);
    }
    Some(date)
}

/// The parts of a date. Every comparison asks for them, and the worlds have few dates: each is read once.
fn read(date: &Json) -> Option<When> {
    thread_local! {
        static KNOWN: RefCell<HashMap<(String, bool), When>> = RefCell::default();
    }
    let key = (date["edtf"].as_str()?.to_owned(), date["calendar"] == "JULIAN");
    let parse = |(edtf, julian): &(String, bool)| {
        let calendar = if *julian { Calendar::Julian } else { Calendar::Gregorian };
        let date = Edtf::read(edtf, calendar).expect("an EDTF date");
        When {
            earliest: date.bounds().earliest,
            latest: date.bounds().latest,
            end_unknown: date.has_unknown_end(),
            qualified: edtf.contains(['?', '~', '%']),
        }
    };
    Some(KNOWN.with_borrow_mut(|known| *known.entry(key.clone()).or_insert_with(|| parse(&key))))
}

/// The day of the server's clock.
pub fn today() -> Day {
    Timestamp::now().day()
}

/// Whether a filter of dates holds for the date of a document.
pub fn date_matches(test: &Json, document: &Json, field: &str) -> bool {
    let date = when(document, field);
    let (earliest, latest) = (date.and_then(|date| date.earliest), date.and_then(|date| date.latest));
    let taken = test["includeQualified"] == true || date.is_some_and(|date| !date.qualified);
    given(test).all(|(name, wanted)| {
        let span = || read(&serde_json::json!({ "edtf": wanted })).expect("a span");
        match name {
            "overlaps" => {
                let begins_later = earliest
                    .zip(span().latest)
                    .is_some_and(|(earliest, end)| earliest > end);
                let unknown = date.filter(|date| date.end_unknown && date.latest.is_none());
                let no_later = latest.or(unknown.map(|_| today()));
                let ends_earlier = no_later
                    .zip(span().earliest)
                    .is_some_and(|(latest, start)| latest < start);
                !begins_later && !ends_earlier
            }
            "within" => {
                let begins = span()
                    .earliest
                    .is_none_or(|start| earliest.is_some_and(|day| day >= start));
                let ends = span().latest.is_none_or(|end| latest.is_some_and(|day| day <= end));
                taken && begins && ends
            }
            "before" => {
                taken
                    && latest
                        .zip(span().earliest)
                        .is_some_and(|(latest, start)| latest < start)
            }
            "after" => {
                taken
                    && earliest
                        .zip(span().latest)
                        .is_some_and(|(earliest, end)| earliest > end)
            }
            "known" => *wanted == date.is_some(),
            "includeQualified" => true,
            _ => panic!("the model knows no `{name}`"),
        }
    })
}
