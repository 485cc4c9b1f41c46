//! Which columns each collection has in CSV, and the lines that come of them.

use csv::{Terminator, WriterBuilder};
use serde_json::Value as Json;

use super::cells::{self, Names, at, safe};
use crate::api::error::{ApiError, Result};
use crate::domain::id::Kind;
use crate::store::path::texts_at;

/// Makes a cell of a row.
type Cell = Box<dyn Fn(&Json, &Names) -> Json + Send + Sync>;

/// The columns of a collection.
pub struct Table {
    columns: Vec<(String, Cell)>,
    /// Where ids stand whose documents' names are shown.
    named: Vec<&'static str>,
}

/// The columns of this collection.
pub fn of(kind: Kind) -> Table {
    let table = Table {
        columns: Vec::new(),
        named: Vec::new(),
    };
    let table = match kind {
        Kind::Gift => table
            .values(&["id", "slug", "title"])
            .named("giver", "Name")
            .named("recipient", "Name")
            .person("presentedBy")
            .person("presentedTo")
            .person("onBehalfOf")
            .values(&["mode", "status"])
            .listed("items", "items.animal", cells::items)
            .with("itemsMin", |row, _| cells::items_total(row).min.into())
            .with("itemsMax", |row, _| cells::items_total(row).max.into())
            .count("total")
            .count("occasions")
            .date("date")
            .place("origin")
            .place("destination")
            .id("event")
            .values(&["inferred"]),
        Kind::Nation => table
            .values(&["id", "slug", "name", "officialName", "isoAlpha2", "isoAlpha3", "m49"])
            .values(&["region", "subregion"])
            .parts("capital", &["name", "location.lon", "location.lat"])
            .date("existed"),
        Kind::Animal => table
            .values(&["id", "slug", "commonName", "scientificName", "rank"])
            .values(&["taxonomy.class", "taxonomy.order", "taxonomy.family"])
            .values(&["conservation.category", "conservation.year", "nativeTo"])
            .named("origin", "Name"),
        Kind::Event => table
            .values(&["id", "slug", "title", "kind", "status"])
            .date("date")
            .listed("nations", "nations.nation", cells::parts)
            .with("people", |row, _| cells::people(row))
            .place("place")
            .values(&["summary"])
            .count("headcount")
            .values(&["headcountOf"]),
        Kind::Claim => table
            .values(&["id", "code"])
            .named("source", "Title")
            .values(&["locator.paragraph", "locator.sentence", "locator.lastSentence", "url"])
            .values(&["statement", "certainty"])
            .listed("attributions", "attributions.to", cells::attributions)
            .values(&["about", "conflictsWith", "dependsOn"]),
        Kind::Source => table
            .values(&["id", "title", "kind", "publisher"])
            .date("published")
            .values(&["url", "sha256"]),
    };
    table.values(&["version", "createdAt", "updatedAt"])
}

impl Table {
    /// The lines of these rows, ended as RFC 4180 has it, with the header line before them if that is asked for.
    pub fn text(&self, rows: &[Json], names: &Names, header: bool) -> Result<Vec<u8>> {
        let mut writer = WriterBuilder::new()
            .terminator(Terminator::CRLF)
            .from_writer(Vec::new());
        if header {
            let header = self.columns.iter().map(|(name, _)| name);
            writer.write_record(header).map_err(unwritten)?;
        }
        for row in rows {
            let cells = self.columns.iter().map(|(_, cell)| safe(&cell(row, names)));
            writer.write_record(cells).map_err(unwritten)?;
        }
        writer.into_inner().map_err(|error| unwritten(error.error()))
    }

    /// The ids in a row whose documents' names are shown.
    pub fn references<'a>(&self, row: &'a Json) -> impl Iterator<Item = &'a str> {
        let row = row.as_object();
        let texts = move |path: &&str| row.map(|row| texts_at(row, path)).unwrap_or_default();
        self.named.iter().flat_map(texts)
    }

    fn with(mut self, name: impl Into<String>, cell: impl Fn(&Json, &Names) -> Json + Send + Sync + 'static) -> Self {
        self.columns.push((name.into(), Box::new(cell)));
        self
    }

    /// What stands at these paths, a list in one cell.
    fn values(self, paths: &[&'static str]) -> Self {
        paths.iter().copied().fold(self, |table, path| {
            table.with(joined(path), move |row, _| cells::value(at(row, path)))
        })
    }

    /// A reference.
    fn id(self, path: &'static str) -> Self {
        self.with(joined(path) + "Id", move |row, _| at(row, path).clone())
    }

    /// A reference, and what its document is called by.
    fn named(mut self, path: &'static str, name: &str) -> Self {
        self.named.push(path);
        self.id(path).with(joined(path) + name, move |row, names| {
            let id = at(row, path).as_str();
            id.and_then(|id| names.get(id))
                .map_or(Json::Null, |name| name.as_str().into())
        })
    }

    /// A list whose items are told with the names of the documents at `path`.
    fn listed(mut self, name: &str, path: &'static str, cell: fn(&Json, &Names) -> Json) -> Self {
        self.named.push(path);
        self.with(name, cell)
    }

    fn parts(self, path: &'static str, parts: &[&'static str]) -> Self {
        parts.iter().copied().fold(self, |table, part| {
            // A place has one location, so the name of a column need not say that its degrees are the location's.
            let name = joined(&format!("{path}.{}", part.trim_start_matches("location.")));
            table.with(name, move |row, _| cells::value(at(at(row, path), part)))
        })
    }

    fn count(self, path: &'static str) -> Self {
        self.parts(path, &["min", "max", "phrase"])
            .with(format!("{path}Text"), move |row, _| cells::count_text(at(row, path)))
    }

    fn date(self, path: &'static str) -> Self {
        self.parts(path, &["edtf", "earliest", "latest", "phrase"])
    }

    fn person(self, path: &'static str) -> Self {
        self.parts(path, &["name", "office"])
    }

    fn place(self, path: &'static str) -> Self {
        self.parts(path, &["name", "kind", "city"])
            .with(format!("{path}NationId"), move |row, _| at(row, path)["nation"].clone())
            .parts(path, &["location.lon", "location.lat"])
    }
}

/// A path as the name of a column: `dateEarliest` for `date.earliest`.
fn joined(path: &str) -> String {
    let mut steps = path.split('.');
    let first = steps.next().unwrap_or_default().to_owned();
    steps.fold(first, |name, step| {
        let (head, rest) = step.split_at(1.min(step.len()));
        name + &head.to_uppercase() + rest
    })
}

/// A row that cannot be written, which none is.
pub fn unwritten(error: impl std::fmt::Display) -> ApiError {
    tracing::error!("a row cannot be written: {error}");
    ApiError::Internal
}
