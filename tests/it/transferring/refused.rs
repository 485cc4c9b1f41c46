//! Bad rows: each is told with file, line, column, what was found and what is accepted, and nothing is written.

use std::collections::BTreeSet;

use menagerie::transfer::import::ImportError;

use super::{documents, dry, imported, keeping_good, plainly, small};

/// What is wrong | the line that it gives, `…` for any text. A file that begins with a good row in its first line:
/// `N` and members of JSON for the second line of gifts.ndjson; `C`, a column and its cell for the second row of
/// gifts.csv; `F`, a file's name and its whole text, `⏎` for the end of a line.
const CASES: &str = r#"
    # Not JSON, or not an object.
    F sources.ndjson {"title": "A" "kind": "DATASET"}⏎ | sources.ndjson:1:15: found no JSON: expected `,` or `}`; accepted: a JSON object in one line
    F sources.ndjson {"title": "A",⏎"kind": "DATASET"}⏎ | sources.ndjson:1:14: found no JSON: EOF while parsing
    F sources.ndjson ["A"]⏎ | sources.ndjson:1: found something else than an object; accepted: an object
    F sources.ndjson {"title": "A", "kind": "DATASET"} {}⏎ | sources.ndjson:1:35: found no JSON: trailing characters
    F sources.ndjson {"title": "A", "kind": 'DATASET'}⏎ | sources.ndjson:1:24: found no JSON: expected value
    F sources.ndjson {"title": "\u12", "kind": "DATASET"}⏎ | sources.ndjson:1:… found no JSON: … escape
    F sources.ndjson {"title": "A", "sha256": 1e999, "kind": "DATASET"}⏎ | sources.ndjson:1:… found no JSON: number out of range
    # Not a table.
    F sources.csv title,knd⏎A,DATASET⏎ | sources.csv:1:2: found the unknown column "knd"; accepted: a column of sources; did you mean `kind`?
    F sources.csv title,kind,title⏎A,DATASET,B⏎ | sources.csv:1:3: found the column "title" twice; accepted: each column once
    F sources.csv title|kind⏎A|DATASET⏎ | sources.csv:1:1: found the unknown column "title|kind"; accepted: a column of sources
    F sources.csv ,kind⏎A,DATASET⏎ | sources.csv:2:1: found "A" in a column without a name; accepted: a name for the column
    F sources.csv title,kind⏎A,DATASET⏎B⏎ | sources.csv:3: found 1 cells; accepted: 2, one for each column
    F sources.csv title,kind⏎A,DATASET,x⏎ | sources.csv:2: found 3 cells; accepted: 2, one for each column
    F sources.csv title,kind⏎5" nails,DATASET⏎ | sources.csv:2:1: found '"' in a cell that does not begin with a quotation mark; accepted: the cell between quotation marks
    F sources.csv title,kind⏎"A"B,DATASET⏎ | sources.csv:2:1: found 'B' behind the quotation mark that ends a cell; accepted: a comma
    F sources.csv title,kind⏎A,DATASET⏎B,"DATASET⏎⏎ | sources.csv:3:2: found a cell that does not end; accepted: a quotation mark
    F sources.csv title,kind⏎⏎"A⏎B",DATASET⏎C,DATASTE⏎ | sources.csv:5:2: kind: found "DATASTE"; accepted: one of … did you mean `DATASET`?
    C items [{"animal": | gifts.csv:3:8: items: found "[{\"animal\":", which is no JSON: EOF … accepted: a list as JSON, such as [{"name"
    C items okapi | gifts.csv:3:8: items: found "okapi", which is no list; accepted: a list as JSON
    C total 5 | gifts.csv:3:10: total: found 5; accepted: an object
    # Fields and types.
    N "titel": "x" | gifts.ndjson:2: titel: found an unknown field; accepted: the fields … did you mean `title`?
    N "title": 5 | gifts.ndjson:2: title: found 5; accepted: a text
    N "title": "" | gifts.ndjson:2: title: found an empty text; accepted: a text
    N "title": null | gifts.ndjson:2: title: found nothing; accepted: a value, for this field is required
    N "items": {} | gifts.ndjson:2: items: found an object; accepted: a list
    N "items": [{ "count": {} }] | gifts.ndjson:2: items[0].animal: found nothing; accepted: a value
    N "status": "QUARANTEEN" | gifts.ndjson:2: status: found "QUARANTEEN"; accepted: one of … did you mean `QUARANTINE`?
    C mode gift | gifts.csv:3:5: mode: found "gift"; accepted: one of … did you mean `GIFT`?
    # An empty cell is an absent value.
    C title | gifts.csv:3:2: title: found nothing; accepted: a value, for this field is required
    F sources.csv title⏎A⏎ | sources.csv:2: kind: found nothing; accepted: a value, for this field is required
    # Dates and counts.
    C date.edtf soon | gifts.csv:3:10: date.edtf: found "soon", where `s` at character 1 stands where a digit of the year is expected; accepted: four digits
    C date.edtf 2023-02-29 | gifts.csv:3:10: date.edtf: found "2023-02-29", where `29` at character 9 is no day of February 2023; accepted: 01 to 28
    C date.phrase once | gifts.csv:3: date.edtf: found nothing; accepted: a value, for this field is required
    C total.min many | gifts.csv:3:10: total.min: found "many"; accepted: a whole number
    C total.min 2.5 | gifts.csv:3:10: total.min: found 2.5; accepted: a whole number
    C total.min -1 | gifts.csv:3:10: total.min: found -1; accepted: a number of at least 0
    C total.max 3000000000 | gifts.csv:3:10: total.max: found 3000000000; accepted: a number of at most 2147483647
    C total.min 007 | gifts.csv:3:10: total.min: found "007"; accepted: a whole number
    N "total": { "min": 3, "max": 2 } | gifts.ndjson:2: total.min: found 3, which is more than `max`, 2; accepted: a number that is not above `max`
    C origin.location.lon east | gifts.csv:3:10: origin.location.lon: found "east"; accepted: a number
    # Ids, values of one's own, references.
    N "id": "nation_x" | gifts.ndjson:2: id: found "nation_x"; accepted: the id of a gift
    N "id": "gift_first" | gifts.ndjson:2: id: found "gift_first", which line 1 of gifts.ndjson has too; accepted: each once
    N "slug": "first" | gifts.ndjson:2: id: found "gift_first", which line 1 of gifts.ndjson has too; accepted: each once
    N "id": "gift_other", "slug": "first" | gifts.ndjson:2: slug: found "first", which line 1 of gifts.ndjson has too; accepted: each once
    N "id": "gift_x", "slug": "okapi-gift" | gifts.ndjson:2: slug: found "okapi-gift", which gift_okapi has; accepted: a value that no other document has
    N "slug": "Two words" | gifts.ndjson:2: slug: found "Two words"; accepted: lower case words joined by single hyphens
    N "giver": "nation_atlantis" | gifts.ndjson:2: giver: found "nation_atlantis", which does not exist; accepted: the id of a document that exists
    C giver Arcadi | gifts.csv:3:3: giver: found "Arcadi", which leads nowhere; accepted: the id, slug, code or exact name of a nation; did you mean `nation_arcadia` (Arcadia)?
    C giver gift_okapi | gifts.csv:3:3: giver: found "gift_okapi"; accepted: the id of a nation
    C giver Nowhere at all | gifts.csv:3:3: giver: found "Nowhere at all", which leads nowhere; accepted: the id, slug, code or exact name of a nation
    N "items": [{ "animal": "animal_unicorn", "otherReadings": [], "attributes": [], "names": [] }] | gifts.ndjson:2: items[0].animal: found "animal_unicorn", which does not exist
    F claims.ndjson {"code":"X","source":"source_test","statement":"S","certainty":"STATED","attributions":[],"about":[],"conflictsWith":[],"dependsOn":["claim_none"]}⏎ | claims.ndjson:1: dependsOn[0]: found "claim_none", which does not exist
"#;

const GIFT: [(&str, &str); 9] = [
    ("slug", "second"),
    ("title", "T"),
    ("giver", "nation_arcadia"),
    ("recipient", "nation_laputa"),
    ("mode", "GIFT"),
    ("status", "DELIVERED"),
    ("statusHistory", "[]"),
    ("items", "[]"),
    ("inferred", "[]"),
];

/// A gift in JSON: the members of the one above, and these, which go before them.
fn object(more: &str) -> String {
    let members = GIFT.map(|(name, value)| {
        if value == "[]" {
            format!("\"{name}\": []")
        } else {
            format!("\"{name}\": \"{value}\"")
        }
    });
    format!("{{ {}, {more} }}\n", members.join(", "))
}

/// The name and the text of the file of a case.
fn file(case: &str) -> (String, String) {
    let (kind, rest) = case.split_once(' ').expect("a letter");
    match kind {
        "N" => {
            let text = object("\"slug\": \"first\"") + &object(rest);
            ("gifts.ndjson".to_owned(), text)
        }
        "C" => {
            let (column, cell) = rest.split_once(' ').unwrap_or((rest, ""));
            let mut columns: Vec<(&str, String)> = GIFT.map(|(name, value)| (name, value.to_owned())).to_vec();
            let quoted = if cell.contains('"') {
                format!("\"{}\"", cell.replace('"', "\"\""))
            } else {
                cell.to_owned()
            };
            match columns.iter_mut().find(|(name, _)| *name == column) {
                Some((_, value)) => *value = quoted,
                None => columns.push((column, quoted)),
            }
            let header: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
            let row: Vec<&str> = columns.iter().map(|(_, cell)| cell.as_str()).collect();
            let mut first: Vec<&str> = GIFT.iter().map(|(_, cell)| *cell).collect();
            first.resize(header.len(), "");
            first[0] = "first";
            (
                "gifts.csv".to_owned(),
                format!("{}\n{}\n{}\n", header.join(","), first.join(","), row.join(",")),
            )
        }
        "F" => {
            let (name, text) = rest.split_once(' ').expect("a name");
            (name.to_owned(), text.replace('⏎', "\n"))
        }
        other => panic!("{other}"),
    }
}

fn cases() -> impl Iterator<Item = (&'static str, &'static str)> {
    let rows = CASES
        .lines()
        .map(str::trim)
        .filter(|row| !row.is_empty() && !row.starts_with('#'));
    rows.map(|row| {
        let (case, line) = row.rsplit_once(" | ").expect("a line");
        (case.trim(), line)
    })
}

/// Whether a line begins as expected, and goes on with what stands between and behind the `…`.
fn fits(line: &str, expected: &str) -> bool {
    let mut parts = expected.split('…').map(str::trim);
    let Some(mut rest) = line.strip_prefix(parts.next().unwrap_or_default()) else {
        return false;
    };
    parts.all(|part| match rest.find(part) {
        Some(at) => {
            rest = &rest[at + part.len()..];
            true
        }
        None => false,
    })
}

#[tokio::test]
async fn every_bad_row_is_told_with_its_line_and_nothing_is_written() {
    let app = small().await;
    let folder = tempfile::tempdir().expect("a folder");
    let before = documents(&app).await;
    assert!(cases().count() >= 45, "{}", cases().count());
    for (case, expected) in cases() {
        let (name, text) = file(case);
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("the file is written");
        let (outcome, lines) = imported(&app, &[&path], &plainly()).await;
        assert!(matches!(outcome, Err(ImportError::Bad { .. })), "{case}: {outcome:?}");
        assert!(
            lines.iter().any(|line| fits(line, expected)),
            "{case}\nexpected {expected}\nfound {lines:#?}"
        );
        for line in &lines {
            assert!(
                line.contains("found ") && line.contains("; accepted: "),
                "{case}: {line}"
            );
        }
        let (outcome, again) = imported(&app, &[&path], &dry()).await;
        assert!(
            outcome.is_err() && again == lines,
            "{case}: a dry run tells the same: {again:#?}"
        );
    }
    assert!(documents(&app).await == before, "something was written");
}

#[tokio::test]
async fn bytes_that_are_no_utf8_and_rows_that_are_too_long_are_bad_rows_as_well() {
    let app = small().await;
    let folder = tempfile::tempdir().expect("a folder");
    let good = br#"{"title": "A", "kind": "DATASET", "id": "source_a"}"#;
    let cases: [(&str, Vec<u8>, &str); 4] = [
        (
            "sources.ndjson",
            [b"{\"title\": \"\xff\"}\n".as_slice(), good].concat(),
            "sources.ndjson:1:12: found bytes that are no UTF-8",
        ),
        (
            "sources.csv",
            b"id,title,kind\nsource_b,\xff,DATASET\nsource_a,A,DATASET\n".to_vec(),
            "sources.csv:2: found bytes that are no UTF-8",
        ),
        (
            "sources.ndjson",
            [b"{\"title\": \"".as_slice(), &vec![b'x'; 17 << 20], b"\"}\n", good].concat(),
            "sources.ndjson:1: found a line of more than 16 MB; accepted: a document that the database can hold",
        ),
        (
            "sources.ndjson",
            [b"\xef\xbb\xbf".as_slice(), good, b"\n{}"].concat(),
            "sources.ndjson:2: title: found nothing",
        ),
    ];
    for (name, text, expected) in cases {
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("the file is written");
        let (outcome, lines) = imported(&app, &[&path], &keeping_good()).await;
        let report = outcome.expect("the good row is kept");
        assert_eq!((report.created + report.unchanged, report.bad), (1, 1), "{lines:?}");
        assert!(
            lines.iter().any(|line| line.starts_with(expected)),
            "{expected}: {lines:?}"
        );
    }
}

#[tokio::test]
async fn all_bad_rows_of_a_file_are_told_and_each_fault_of_them() {
    let app = small().await;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("sources.ndjson");
    let mut text = String::new();
    for number in 0..1_200 {
        text += &match number % 3 {
            0 => format!("{{\"title\": \"T{number}\", \"kind\": \"DATASET\"}}\n"),
            1 => "{\"title\": 5, \"kind\": \"X\"}\n".to_owned(),
            _ => "{\n".to_owned(),
        };
    }
    std::fs::write(&path, text).expect("the file is written");
    let (outcome, lines) = imported(&app, &[&path], &plainly()).await;
    let error = outcome.expect_err("bad rows").to_string();
    assert!(
        error.starts_with("nothing is imported: 800 of 1200 rows are bad;"),
        "{error}"
    );
    let numbers: BTreeSet<&str> = lines.iter().filter_map(|line| line.split(':').nth(1)).collect();
    assert_eq!(
        (numbers.len(), lines.len()),
        (800, 1_200),
        "two faults in every other bad row"
    );
    let (outcome, lines) = imported(&app, &[&path], &keeping_good()).await;
    let report = outcome.expect("the good ones are kept");
    assert_eq!((report.created, report.bad, lines.len()), (400, 800, 1_200));
}
