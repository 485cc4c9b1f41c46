//! The words of dates, in the languages in which catalogues are most often written: English, German, French, Spanish,
//! Italian and Russian.

/// The months, each with its names; an abbreviation is the beginning of a name, of three letters or more.
const MONTHS: [&[&str]; 12] = [
    &[
        "january",
        "januar",
        "jänner",
        "janvier",
        "enero",
        "gennaio",
        "января",
        "январь",
    ],
    &[
        "february",
        "februar",
        "février",
        "fevrier",
        "febrero",
        "febbraio",
        "февраля",
        "февраль",
    ],
    &["march", "märz", "maerz", "mars", "marzo", "марта", "март"],
    &["april", "avril", "abril", "aprile", "апреля", "апрель"],
    &["may", "mai", "mayo", "maggio", "мая", "май"],
    &["june", "juni", "juin", "junio", "giugno", "июня", "июнь"],
    &["july", "juli", "juillet", "julio", "luglio", "июля", "июль"],
    &["august", "août", "aout", "agosto", "августа", "август"],
    &[
        "september",
        "septembre",
        "septiembre",
        "settembre",
        "сентября",
        "сентябрь",
    ],
    &[
        "october",
        "oktober",
        "octobre",
        "octubre",
        "ottobre",
        "октября",
        "октябрь",
    ],
    &["november", "novembre", "noviembre", "ноября", "ноябрь"],
    &[
        "december",
        "dezember",
        "décembre",
        "decembre",
        "diciembre",
        "dicembre",
        "декабря",
        "декабрь",
    ],
];

/// The month with this name, or an abbreviation of it that no other month has.
pub(super) fn month(word: &str) -> Option<u8> {
    let exact = MONTHS.iter().position(|names| names.contains(&word));
    let abbreviated = || {
        let is_long_enough = word.chars().count() >= 3;
        let mut found = (0..12).filter(|at| MONTHS[*at].iter().any(|name| name.starts_with(word)));
        let first = found.next()?;
        (is_long_enough && found.next().is_none()).then_some(first)
    };
    exact.or_else(abbreviated).and_then(|at| u8::try_from(at + 1).ok())
}

/// EDTF's code of a season without a hemisphere.
pub(super) fn season(word: &str) -> Option<u8> {
    Some(match word {
        "spring" | "frühling" | "frühjahr" | "printemps" | "primavera" | "весна" => 21,
        "summer" | "sommer" | "été" | "verano" | "estate" | "лето" => 22,
        "autumn" | "fall" | "herbst" | "automne" | "otoño" | "autunno" | "осень" => 23,
        "winter" | "hiver" | "invierno" | "inverno" | "зима" => 24,
        _ => return None,
    })
}

/// Words that say nothing of the date.
pub(super) const FILLERS: [&str; 18] = [
    "the", "of", "in", "on", "year", "years", "dated", "date", "made", "anno", "de", "del", "le", "la", "im", "jahr",
    "г", "гг",
];
/// Before a date that is about right.
pub(super) const ABOUT: [&str; 17] = [
    "c",
    "ca",
    "cca",
    "circa",
    "about",
    "around",
    "approx",
    "approximately",
    "roughly",
    "near",
    "um",
    "etwa",
    "vers",
    "env",
    "environ",
    "около",
    "ок",
];
/// Before a date that may be wrong.
pub(super) const PERHAPS: [&str; 9] = [
    "probably",
    "prob",
    "possibly",
    "perhaps",
    "maybe",
    "presumably",
    "vermutlich",
    "wohl",
    "uncertain",
];
/// Before a date that is not reached.
pub(super) const BEFORE: [&str; 8] = ["before", "bef", "pre", "ante", "vor", "avant", "antes", "до"];
/// Before a date that is passed.
pub(super) const AFTER: [&str; 7] = ["after", "aft", "post", "nach", "après", "después", "после"];
/// Before the last date that is possible.
pub(super) const UNTIL: [&str; 6] = ["until", "till", "by", "to", "bis", "through"];
/// Before the first date that is possible.
pub(super) const SINCE: [&str; 6] = ["since", "from", "seit", "ab", "depuis", "desde"];
/// Between the ends of a span.
pub(super) const TO: [&str; 8] = ["to", "until", "till", "through", "thru", "bis", "à", "по"];
/// At the end of a span that still goes on.
pub(super) const NOW: [&str; 6] = ["present", "now", "today", "date", "heute", "onwards"];
/// Of a part of a year, decade or century, which EDTF has no words for: the whole holds the part.
pub(super) const PART: [&str; 12] = [
    "early",
    "mid",
    "late",
    "middle",
    "beginning",
    "end",
    "start",
    "anfang",
    "mitte",
    "ende",
    "début",
    "fin",
];
/// Of a century.
pub(super) const CENTURY: [&str; 10] = [
    "century",
    "centuries",
    "cent",
    "c",
    "jahrhundert",
    "jh",
    "jhdt",
    "siècle",
    "siglo",
    "secolo",
];
/// Of years before Christ.
pub(super) const BC: [&str; 4] = ["bc", "bce", "vchr", "avjc"];
/// Of years after Christ.
pub(super) const AD: [&str; 4] = ["ad", "ce", "nchr", "apjc"];
