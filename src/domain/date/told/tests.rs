//! Dates as people, catalogues and machines write them, each with the reading that is wanted.

use super::proposals;
use crate::domain::date::{Edtf, as_told};

/// A text and what it plainly means. What EDTF has already is read as it is.
#[rustfmt::skip]
const TOLD: &[(&str, &str)] = &[
    // About right, perhaps.
    ("c. 1844", "1844~"),
    ("c.1844", "1844~"),
    ("c1844", "1844~"),
    ("ca. 1844", "1844~"),
    ("circa 1844", "1844~"),
    ("about 1844", "1844~"),
    ("around 1844", "1844~"),
    ("[ca. 1844]", "1844~"),
    ("(circa 1844)", "1844~"),
    ("1844 (circa)", "1844~"),
    ("1844 (?)", "1844?"),
    ("1844 ?", "1844?"),
    ("(1844?)", "1844?"),
    ("probably 1844", "1844?"),
    ("possibly 1844", "1844?"),
    ("c. 1844?", "1844%"),
    ("um 1844", "1844~"),
    ("vers 1844", "1844~"),
    ("~ 1844", "~1844"),
    ("c. 44 BC", "-0043~"),
    ("c. May 1844", "1844-05~"),
    // Decades and centuries.
    ("1970s", "197X"),
    ("the 1970s", "197X"),
    ("1970's", "197X"),
    ("c. 1840s", "184X~"),
    ("early 1970s", "197X"),
    ("mid-1970s", "197X"),
    ("1900s", "19XX"),
    ("19th century", "18XX"),
    ("19th c.", "18XX"),
    ("late 18th century", "17XX"),
    ("19. Jh.", "18XX"),
    ("XIXe siècle", "18XX"),
    ("first half of the 19th century", "1801/1850"),
    ("last quarter 19th century", ""),
    ("4th quarter of the 19th century", "1876/1900"),
    ("4th century BC", "-0399/-0300"),
    ("197-", "197X"),
    ("197-?", "197X?"),
    ("18--", "18XX"),
    ("198u", "198X"),
    ("19uu", "19XX"),
    ("201x", "201X"),
    // Before, after, until, since.
    ("before 1900", "../1899"),
    ("pre-1900", "../1899"),
    ("prior to 1900", "../1899"),
    ("<1900", "../1899"),
    ("before March 1900", "../1900-02"),
    ("before 1 March 1900", "../1900-02-28"),
    ("before c. 1900", "../1900~"),
    ("after 1900", "1901/.."),
    ("post-1945", "1946/.."),
    ("by 1900", "../1900"),
    ("not after 1900", "../1900"),
    ("no later than 1900", "../1900"),
    ("1900 or earlier", "../1900"),
    ("1900 or later", "1900/.."),
    ("since 1965", "1965/.."),
    ("from 1965", "1965/.."),
    ("1965-", "1965/.."),
    ("1965–present", "1965/.."),
    ("1965 to date", "1965/.."),
    ("1965/open", "1965/.."),
    ("unknown/1985", "/1985"),
    // From one to another.
    ("1879-1880", "1879/1880"),
    ("1879–1880", "1879/1880"),
    ("1879 - 1880", "1879/1880"),
    ("1879 to 1880", "1879/1880"),
    ("from 1879 to 1880", "1879/1880"),
    ("between 1879 and 1880", "1879/1880"),
    ("1879-80", "1879/1880"),
    ("1879/80", "1879/1880"),
    ("c. 1879–1880", "1879~/1880~"),
    ("1879–1880?", "1879/1880?"),
    ("500–400 BC", "-0499/-0399"),
    ("44 BC – AD 14", "-0043/0014"),
    ("March–April 1900", "1900-03/1900-04"),
    ("12–15 March 1900", "1900-03-12/1900-03-15"),
    ("12 March – 4 May 1900", "1900-03-12/1900-05-04"),
    ("12 March 1900 - 4 May 1901", "1900-03-12/1901-05-04"),
    ("1879 or 1880", "[1879,1880]"),
    ("1879 and 1881", "{1879,1881}"),
    // Years and eras.
    ("802", "0802"),
    ("AD 802", "0802"),
    ("802 AD", "0802"),
    ("802 CE", "0802"),
    ("A.D. 802", "0802"),
    ("44 BC", "-0043"),
    ("44 B.C.", "-0043"),
    ("44 BCE", "-0043"),
    ("1 BC", "0000"),
    // Days and months.
    ("1.11.2024", "2024-11-01"),
    ("01.11.2024", "2024-11-01"),
    ("25/12/2024", "2024-12-25"),
    ("12/25/2024", "2024-12-25"),
    ("2024/11/01", "2024-11-01"),
    ("2024.11.01", "2024-11-01"),
    ("2024-1-5", "2024-01-05"),
    ("2024-1", "2024-01"),
    ("20241101", "2024-11-01"),
    ("11/2024", "2024-11"),
    ("November 2024", "2024-11"),
    ("Nov. 2024", "2024-11"),
    ("1 November 2024", "2024-11-01"),
    ("1st November 2024", "2024-11-01"),
    ("November 1, 2024", "2024-11-01"),
    ("Nov 1st, 2024", "2024-11-01"),
    ("2024 November 1", "2024-11-01"),
    ("2024 Nov", "2024-11"),
    ("1-Nov-2024", "2024-11-01"),
    ("15. März 1844", "1844-03-15"),
    ("15 août 1844", "1844-08-15"),
    ("15 de marzo de 1844", "1844-03-15"),
    ("15 марта 1844 г.", "1844-03-15"),
    ("spring 1844", "1844-21"),
    ("Winter 1844/45", "1844-24"),
    ("summer of 1844", "1844-22"),
    ("Q1 2024", "2024-33"),
    ("early 1844", "1844"),
    ("in 1844", "1844"),
    ("dated 1844", "1844"),
    // Blanks and dashes.
    (" 1844 ", "1844"),
    ("1844.", "1844"),
    ("1844 / 1850", "1844/1850"),
    ("\u{2212}0043", "-0043"),
    ("2024\u{2010}11\u{2010}01", "2024-11-01"),
    // Machines.
    ("+2005-00-00T00:00:00Z", "2005"),
    ("+2005-03-00T00:00:00Z", "2005-03"),
    ("+2005-03-04T00:00:00Z", "2005-03-04"),
    ("-0044-00-00T00:00:00Z", "-0043"),
    ("2005-00-00", "2005"),
    ("2005-03-04 00:00:00", "2005-03-04"),
    ("2005-03-04 10:20:30", "2005-03-04T10:20:30"),
    ("2024-11-01T00:00:00.000Z", "2024-11-01"),
    ("2024-11-01T18:30Z", "2024-11-01T18:30:00Z"),
    ("2024-11-01T18:30:15.250Z", "2024-11-01T18:30:15Z"),
    ("1985-04-12t23:20:30z", "1985-04-12T23:20:30Z"),
    // As EDTF has it.
    ("1844~", "1844~"),
    ("1901-02", "1901-02"),
    ("[1667,1668..1670]", "[1667,1668..1670]"),
];

#[test]
fn a_date_as_people_write_it_is_read_where_it_has_one_plain_meaning() {
    let wrong: Vec<String> = TOLD
        .iter()
        .map(|(told, wanted)| (told, wanted, as_told(told).unwrap_or_default()))
        .filter(|(_, wanted, found)| found != *wanted)
        .map(|(told, wanted, found)| format!("{told:?} is read as {found:?}, not as {wanted:?}"))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_day_and_a_month_that_may_be_the_other_way_round_are_both_proposed_and_neither_is_read() {
    for (told, wanted) in [
        ("1/11/2024", ["2024-11-01", "2024-01-11"]),
        ("03-04-1985", ["1985-04-03", "1985-03-04"]),
    ] {
        assert_eq!(proposals(told), wanted, "{told}");
        assert_eq!(as_told(told), None, "{told}");
    }
    assert_eq!(proposals("1901/02"), ["1901/1902", "1901-02"]);
}

#[test]
fn what_is_no_date_is_not_made_one() {
    for told in [
        "",
        " ",
        "n.d.",
        "undated",
        "unknown",
        "s.d.",
        "-",
        "?",
        "Hanno",
        "several",
        "today",
        "2024-13-01",
        "30.2.2024",
        "99/99/9999",
        "5 elephants",
        "room 12",
        "1844 1845 1846",
        "century",
        "BC",
        "0 BC",
        "+0000-00-00T00:00:00Z",
        "12345",
        "about",
        "before",
        "1850-1844",
    ] {
        assert_eq!(as_told(told), None, "{told:?}: {:?}", proposals(told));
    }
}

#[test]
fn the_message_asks_whether_that_is_meant() {
    let message = |text: &str| text.parse::<Edtf>().unwrap_err().to_string();
    assert!(
        message("c. 1844").contains("Did you mean `1844~`? Accepted: "),
        "{}",
        message("c. 1844")
    );
    let both = "Did you mean `2024-11-01` or `2024-01-11`?";
    assert!(message("1/11/2024").contains(both), "{}", message("1/11/2024"));
    assert!(!message("Hanno").contains("Did you mean"), "{}", message("Hanno"));
}
