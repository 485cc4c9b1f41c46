//! Tables as people and their spreadsheets make them: each is imported, or refused on a screen that says what to do.

use std::fs;
use std::path::{Path, PathBuf};

use menagerie::domain::id::Kind;
use menagerie::transfer::import::{ImportError, ImportReport, Options, import};
use menagerie::transfer::report::Report;
use menagerie::transfer::{FileFormat, Input, InputError};
use mongodb::bson::{Bson, Document, doc};
use serde_json::json;
use tempfile::TempDir;

use super::{counts, documents, plainly, small};
use crate::seeding::stored;
use crate::support::TestApp;

/// How many lines are a screen.
const SCREEN: usize = 20;

/// The columns of a gift that has all that it must have, and the first animal.
pub(super) const HEADER: &str = "Slug,Title,Giver,Recipient,Mode,Status,Animal,Count min,Date";

/// A row below it.
pub(super) fn row(slug: &str) -> String {
    format!("{slug},A gift,Arcadia,LAPUTA,GIFT,DELIVERED,okapi,2,1400")
}

/// A file in a folder that is gone with it.
pub(super) fn file(folder: &TempDir, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.path().join(name);
    fs::write(&path, bytes).expect("it is written");
    path
}

/// What became of a file, and the lines of the report.
pub(super) async fn taken(
    app: &TestApp,
    path: &Path,
    kind: Kind,
    options: &Options,
) -> (Result<ImportReport, String>, Vec<String>) {
    let input = match Input::open(path, Some(kind), None) {
        Ok(input) => input,
        Err(error) => return (Err(error.to_string()), Vec::new()),
    };
    let mut report = Report::default();
    let outcome = import(&app.store, vec![input], options, &mut |event| report.add(event)).await;
    let folder = path.parent().expect("a folder").display().to_string() + "/";
    let lines = report.lines().iter().map(|line| line.replace(&folder, "")).collect();
    (outcome.map_err(|error: ImportError| error.to_string()), lines)
}

fn utf16(text: &str) -> Vec<u8> {
    let units = format!("\u{feff}{text}");
    units.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// A document without what is the store's, the ids of its rows included.
pub(super) fn bare(mut document: Document) -> Document {
    for field in ["_id", "slug", "words", "sortKeys", "version", "createdAt", "updatedAt"] {
        document.remove(field);
    }
    let lists = document.iter_mut().filter_map(|(_, value)| value.as_array_mut());
    for row in lists.flatten().filter_map(Bson::as_document_mut) {
        row.remove("id");
    }
    document
}

/// Tables that say the same: a slug, a file's name and its bytes.
fn spreadsheets() -> [(&'static str, &'static str, Vec<u8>); 12] {
    let table = |slug: &str| format!("{HEADER}\n{}\n", row(slug));
    let semicolons = |slug: &str| table(slug).replace(',', ";");
    let json = |slug: &str| {
        json!([{ "slug": slug, "title": "A gift", "giver": "Arcadia", "recipient": "laputa", "mode": "GIFT",
                 "status": "DELIVERED", "items": [{ "animal": "okapi", "count": { "min": 2 } }], "date": { "edtf": "1400" } }])
    };
    let trailing = |slug: &str| format!("{HEADER},,\n{},,\n,,,,,,,,,,\n", row(slug));
    let spaced = |slug: &str| {
        let header = HEADER
            .replace("Count min", "Count\u{a0}min")
            .replace("Title", " TITLE\u{a0}");
        format!(
            "{header}\n{}\n",
            row(slug)
                .replace("GIFT", "GIFT\u{a0}")
                .replace("1400", " 1400 ")
                .replace(",2,", ", 2\u{a0},")
        )
    };
    [
        ("commas", "gifts.csv", table("commas").into()),
        ("semicolons", "gifts.csv", semicolons("semicolons").into()),
        ("tabs", "gifts.tsv", table("tabs").replace(',', "\t").into()),
        (
            "title",
            "Gifts (1).csv",
            table("title")
                .to_uppercase()
                .replace("OKAPI", "Okapi")
                .replace("TITLE,A GIFT", "title,A gift")
                .into(),
        ),
        ("trailing", "gifts.csv", trailing("trailing").into()),
        ("utf-16", "gifts.txt.csv", utf16(&semicolons("utf-16"))),
        ("nbsp", "gifts.csv", spaced("nbsp").into()),
        (
            "sep",
            "gifts.csv",
            format!("sep=|\r\n{}", table("sep").replace(',', "|")).into(),
        ),
        ("array", "gifts.json", json("array").to_string().into()),
        (
            "pretty",
            "gifts.json",
            serde_json::to_vec_pretty(&json("pretty")).expect("JSON"),
        ),
        (
            "mark",
            "gifts.csv",
            format!("\u{feff}{}", table("mark").replace('\n', "\r\n")).into(),
        ),
        (
            "empty",
            "gifts.csv",
            format!("{HEADER},Event,Total min\n{},,\n", row("empty")).into(),
        ),
    ]
}

#[tokio::test]
async fn tables_as_spreadsheets_write_them_are_imported() {
    let app = small().await;
    let folder = tempfile::tempdir().expect("a folder");
    let mut first = None;
    for (slug, name, bytes) in spreadsheets() {
        let path = file(&folder, name, &bytes);
        let (outcome, lines) = taken(&app, &path, Kind::Gift, &plainly()).await;
        let report = outcome.unwrap_or_else(|error| panic!("{slug}: {error}: {lines:#?}"));
        assert_eq!(counts(&report), [1, 0, 0, 0], "{slug}: {lines:#?}");
        let document = stored(&app, "gifts", &format!("gift_{slug}")).await;
        let document = bare(document.unwrap_or_else(|| panic!("{slug} is there")));
        assert_eq!(
            document,
            first.get_or_insert_with(|| document.clone()).clone(),
            "{slug}"
        );
        let passed_over = match slug {
            "trailing" => vec!["gifts.csv: passed over: 1 empty row, 2 empty columns"],
            _ => Vec::new(),
        };
        assert_eq!(lines, passed_over, "{slug}");
        let (outcome, _) = taken(&app, &path, Kind::Gift, &plainly()).await;
        assert_eq!(
            counts(&outcome.expect("again")),
            [0, 0, 1, 0],
            "{slug}: again it says nothing new"
        );
    }
    let document = first.expect("a document");
    let expected =
        doc! { "animal": "animal_okapi", "count": { "min": 2 }, "otherReadings": [], "attributes": [], "names": [] };
    assert_eq!(
        document.get_array("items").expect("a list")[0].as_document(),
        Some(&expected)
    );
    app.is_whole().await;
}

/// What is wrong with a whole file, its name and bytes, and what is told of it.
type Refused = (&'static str, &'static str, Vec<u8>, Vec<&'static str>);

fn bad_files() -> Vec<Refused> {
    let table = format!("{HEADER}\n{}\n", row("new"));
    vec![
        (
            "a title line",
            "gifts.csv",
            format!("Gifts of the year,,,\n\n{table}").into(),
            vec![
                "gifts.csv:1: found \"Gifts of the year\"",
                "they seem to be in line 3, so delete the lines above it",
            ],
        ),
        (
            "a workbook",
            "gifts.xlsx",
            b"PK\x03\x04rest".to_vec(),
            vec!["a workbook", "save it as “CSV UTF-8”"],
        ),
        (
            "an old Mac",
            "gifts.csv",
            table.replace('\n', "\r").into(),
            vec!["old Macs", "save it again"],
        ),
        (
            "another column",
            "gifts.csv",
            table
                .replace("Slug,Title", "Slug,Titel")
                .replace("Date", "Remark of Ann")
                .into(),
            vec![
                "the unknown column \"Titel\"; accepted: a column of gifts; did you mean `title`?",
                "columns of gifts: id, slug, title",
            ],
        ),
        (
            "Latin-1",
            "gifts.csv",
            [table.replace("A gift", "Fran").as_bytes(), b"x,Fran\xe7ais,,,,,,,\n"].concat(),
            vec!["gifts.csv:3: found bytes that are no UTF-8", "saves one as “CSV UTF-8”"],
        ),
    ]
}

/// The same, of what is wrong in rows.
fn bad_rows() -> Vec<Refused> {
    let many: String = (0..300)
        .map(|number| row(&format!("new-{number}")).replace("okapi", "unicorn") + "\n")
        .collect();
    let different: String = (0..300)
        .map(|number| row(&format!("new-{number}")).replace("1400", &format!("soon {number}")) + "\n")
        .collect();
    vec![
        (
            "an animal that is not there",
            "gifts.csv",
            format!("{HEADER}\n{many}").into(),
            vec![
                "gifts.csv:2:7: items[0].animal: found \"unicorn\", which leads nowhere",
                "(and 299 more such)",
            ],
        ),
        (
            "300 mistakes",
            "gifts.csv",
            format!("{HEADER}\n{different}").into(),
            vec!["gifts.csv:2:9: date.edtf: found \"soon 0\"", "and 288 more"],
        ),
        (
            "several mistakes in a row",
            "gifts.csv",
            "id,slug,title,giver,mode,items,total.min\ngift_new,New One,T,Arcadi,PRESENT,\"[{\",many\n"
                .to_owned()
                .into(),
            vec![
                "gifts.csv:2:6: items: found \"[{\"",
                "gifts.csv:2:2: slug: found \"New One\"",
                "gifts.csv:2:4: giver: found \"Arcadi\", which leads nowhere",
                "did you mean `nation_arcadia` (Arcadia)?",
                "gifts.csv:2:5: mode: found \"PRESENT\"",
                "gifts.csv:2:7: total.min: found \"many\"",
                "gifts.csv:2: recipient: found nothing",
            ],
        ),
    ]
}

#[tokio::test]
async fn what_cannot_be_imported_is_refused_on_a_screen_that_says_what_to_do() {
    let app = small().await;
    let folder = tempfile::tempdir().expect("a folder");
    let table = format!("{HEADER}\n{}\n", row("new"));
    let before = documents(&app).await;
    for (what, name, bytes, expected) in bad_files().into_iter().chain(bad_rows()) {
        let path = file(&folder, name, &bytes);
        let (outcome, mut lines) = taken(&app, &path, Kind::Gift, &plainly()).await;
        lines.insert(0, outcome.expect_err(what));
        assert!(lines.len() <= SCREEN, "{what}: {lines:#?}");
        for part in expected {
            assert!(
                lines.iter().any(|line| line.contains(part)),
                "{what}: {part}: {lines:#?}"
            );
        }
    }
    assert!(documents(&app).await == before, "nothing is written");
    let path = file(&folder, "Gifts (1).csv", table.as_bytes());
    assert!(matches!(
        Input::open(&path, None, None),
        Err(InputError::NoCollection(_))
    ));
    let path = file(&folder, "GIFTS.CSV", table.as_bytes());
    let input = Input::open(&path, None, None).expect("it is told by its name");
    assert_eq!((input.kind, input.format), (Kind::Gift, FileFormat::Csv));
}
