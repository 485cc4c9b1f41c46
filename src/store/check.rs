//! Checks the data against its declarations: references, validators, derived fields, indexes; and gifts against the time
//! in which their nations existed.
//!
//! Reads everything once, in batches of bounded size; changes nothing.

use std::fmt;

use futures_util::TryStreamExt;
use mongodb::bson::{Bson, DateTime, Document, RawDocumentBuf, doc};

use super::collections::{self, CollectionSchema, unique_fields};
use super::derive::{SORT_KEYS, derive, sort_keys_of, words_of};
use super::drift::Drift;
use super::path::texts_at;
use super::read::distinct;
use super::references::references;
use super::validate::{Problem, problems};
use super::{Result, Store};
use crate::domain::id::Kind;

/// A violation of a declaration.
#[derive(Clone, Debug)]
pub enum Finding {
    /// A reference to a document that does not exist.
    Dangling {
        /// The document with the reference.
        document: String,
        path: &'static str,
        /// The id that does not exist.
        id: String,
    },
    /// A document that violates its validator.
    Invalid { document: String, problem: Problem },
    /// A derived field that does not match the fields that it is derived from.
    Stale { document: String, field: &'static str },
    /// A gift by or to a nation that did not exist at that time.
    OutOfTime {
        /// The gift.
        document: String,
        /// `giver` or `recipient`.
        path: &'static str,
        /// The id of the nation.
        nation: String,
        /// When the nation existed, as EDTF.
        existed: String,
        /// When the gift was made, as EDTF.
        date: String,
    },
    /// A value that must be one document's own, in two of them.
    Shared {
        /// The document with the greater id.
        document: String,
        field: &'static str,
        value: String,
        /// The other one.
        with: String,
    },
    /// A collection, validator or index that differs from its declaration.
    Drifted(Drift),
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dangling { document, path, id } => {
                write!(f, "{document}: `{path}` refers to {id}, which does not exist")
            }
            Self::Invalid { document, problem } => write!(f, "{document}: {problem}"),
            Self::Stale { document, field } => {
                write!(
                    f,
                    "{document}: `{field}` does not follow from the document any more; write the document again"
                )
            }
            Self::OutOfTime {
                document,
                path,
                nation,
                existed,
                date,
            } => write!(
                f,
                "{document}: `{path}` is {nation}, which existed {existed}, and the gift is of {date}; name the nation of \
                 that time, or correct a date"
            ),
            Self::Shared {
                document,
                field,
                value,
                with,
            } => write!(
                f,
                "{document}: {field}: found {value:?}, which {with} has too; accepted: each once"
            ),
            Self::Drifted(drift) => write!(f, "{drift}"),
        }
    }
}

/// How many documents are examined at a time.
const BATCH: usize = 1_000;

impl Store {
    /// Whether a finding is no more than what this database refused when the schema was applied, of which the log tells: nobody
    /// can mend it.
    pub fn has_refused(&self, finding: &Finding) -> bool {
        let Finding::Drifted(drift) = finding else {
            return false;
        };
        self.refusals().iter().any(|refusal| refusal.explains(drift))
    }

    /// All violations; empty if there are none.
    pub async fn check(&self) -> Result<Vec<Finding>> {
        let drifts = self.drift().await?;
        let mut findings: Vec<Finding> = drifts
            .into_iter()
            .filter(|drift| !matches!(drift, Drift::UndeclaredIndex(..)))
            .map(Finding::Drifted)
            .collect();
        for schema in collections::all()? {
            let paths: Vec<&'static str> = references()
                .iter()
                .filter(|reference| reference.from == schema.kind)
                .map(|reference| reference.path)
                .collect();
            self.check_collection(schema, &paths, &mut findings).await?;
            for field in unique_fields(schema.kind) {
                self.find_shared(schema.kind, field, &mut findings).await?;
            }
        }
        Ok(findings)
    }

    async fn check_collection(
        &self,
        schema: &CollectionSchema,
        paths: &[&'static str],
        findings: &mut Vec<Finding>,
    ) -> Result<()> {
        // A comparison with a string only finds strings. For other ids, the first batch is enough.
        let others = self.batch(schema.kind, doc! { "$not": { "$gt": "" } }).await?;
        self.check_batch(schema, paths, &others, findings).await?;
        let mut last = String::new();
        loop {
            let batch = self.batch(schema.kind, doc! { "$gt": &last }).await?;
            let Some(end) = batch.last() else { return Ok(()) };
            last = end.get_str("_id").unwrap_or("\u{10ffff}").to_owned();
            self.check_batch(schema, paths, &batch, findings).await?;
        }
    }

    async fn batch(&self, kind: Kind, id: Document) -> Result<Vec<RawDocumentBuf>> {
        Ok(self
            .raw(kind)
            .find(doc! { "_id": id })
            .sort(doc! { "_id": 1 })
            .limit(BATCH as i64)
            .max_time(self.time_left())
            .await?
            .try_collect()
            .await?)
    }

    async fn check_batch(
        &self,
        schema: &CollectionSchema,
        paths: &[&'static str],
        batch: &[RawDocumentBuf],
        findings: &mut Vec<Finding>,
    ) -> Result<()> {
        for raw in batch {
            if let Ok(document) = Document::try_from(raw.as_ref()) {
                examine(schema, &document, findings);
            }
        }
        if schema.kind == Kind::Gift {
            self.find_out_of_time(batch, findings).await?;
        }
        self.find_dangling(paths, batch, findings).await
    }

    /// Gifts all of whose possible days lie before or after those of a nation that takes part.
    async fn find_out_of_time(&self, batch: &[RawDocumentBuf], findings: &mut Vec<Finding>) -> Result<()> {
        let parts: Vec<(&RawDocumentBuf, &'static str, &str)> = batch
            .iter()
            .flat_map(|gift| PARTIES.map(|path| (gift, path, gift.get_str(path).unwrap_or_default())))
            .collect();
        let ids = distinct(parts.iter().map(|(.., nation)| *nation).collect());
        let limited: Vec<Document> = self
            .documents(Kind::Nation)
            .find(doc! { "_id": { "$in": ids }, "existed.edtf": { "$ne": Bson::Null } })
            .projection(doc! { "existed": 1 })
            .max_time(self.time_left())
            .await?
            .try_collect()
            .await?;
        let existed = |nation: &str| {
            let found = limited
                .iter()
                .find(|row| row.get_str("_id").is_ok_and(|id| id == nation));
            Span::of(found?.get_document("existed").ok()?)
        };
        findings.extend(parts.into_iter().filter_map(|(gift, path, nation)| {
            let date = gift.get_document("date").ok()?;
            let (date, existed) = (Span::of(&Document::try_from(date).ok()?)?, existed(nation)?);
            (date.is_before(&existed) || existed.is_before(&date)).then(|| Finding::OutOfTime {
                document: gift.get_str("_id").unwrap_or_default().to_owned(),
                path,
                nation: nation.to_owned(),
                existed: existed.edtf,
                date: date.edtf,
            })
        }));
        Ok(())
    }

    /// Walks the index of a field whose values must be one document's own.
    async fn find_shared(&self, kind: Kind, field: &'static str, findings: &mut Vec<Finding>) -> Result<()> {
        let mut rows = self
            .raw(kind)
            .find(doc! { field: { "$gt": "" } })
            .projection(doc! { field: 1 })
            .sort(doc! { field: 1, "_id": 1 })
            .max_time(self.time_left())
            .await?;
        let mut last: Option<(String, String)> = None;
        while let Some(row) = rows.try_next().await? {
            let (Ok(id), Ok(value)) = (row.get_str("_id"), row.get_str(field)) else {
                continue;
            };
            match &last {
                Some((with, same)) if same == value => findings.push(Finding::Shared {
                    document: id.to_owned(),
                    field,
                    value: value.to_owned(),
                    with: with.clone(),
                }),
                _ => last = Some((id.to_owned(), value.to_owned())),
            }
        }
        Ok(())
    }

    async fn find_dangling(
        &self,
        paths: &[&'static str],
        batch: &[RawDocumentBuf],
        findings: &mut Vec<Finding>,
    ) -> Result<()> {
        let mut held: Vec<(String, &'static str, String)> = Vec::new();
        for raw in batch {
            let document = raw.get_str("_id").unwrap_or_default();
            for path in paths {
                let ids = distinct(texts_at(&**raw, path)).into_iter();
                held.extend(ids.map(|id| (document.to_owned(), *path, id.to_owned())));
            }
        }
        let existing = self.existing(held.iter().map(|(_, _, id)| id)).await?;
        findings.extend(
            held.into_iter()
                .filter(|(_, _, id)| !existing.contains(id))
                .map(|(document, path, id)| Finding::Dangling { document, path, id }),
        );
        Ok(())
    }
}

/// The nations that take part in a gift.
const PARTIES: [&str; 2] = ["giver", "recipient"];

/// The days that a date can mean.
struct Span {
    edtf: String,
    earliest: Option<DateTime>,
    latest: Option<DateTime>,
}

impl Span {
    fn of(date: &Document) -> Option<Self> {
        Some(Self {
            edtf: date.get_str("edtf").ok()?.to_owned(),
            earliest: date.get_datetime("earliest").ok().copied(),
            latest: date.get_datetime("latest").ok().copied(),
        })
    }

    /// Whether its last day comes before the other's first.
    fn is_before(&self, other: &Self) -> bool {
        self.latest
            .zip(other.earliest)
            .is_some_and(|(latest, earliest)| latest < earliest)
    }
}

fn examine(schema: &CollectionSchema, document: &Document, findings: &mut Vec<Finding>) {
    let id = document.get("_id").map_or_else(String::new, |id| {
        id.as_str().map_or_else(|| id.to_string(), str::to_owned)
    });
    findings.extend(
        problems(&schema.declared.json_schema, document)
            .into_iter()
            .map(|problem| Finding::Invalid {
                document: id.clone(),
                problem,
            }),
    );
    let words: Vec<Bson> = words_of(&schema.words, document)
        .into_iter()
        .map(Bson::String)
        .collect();
    if document.get_array("words").is_ok_and(|stored| *stored != words) {
        findings.push(Finding::Stale {
            document: id.clone(),
            field: "words",
        });
    }
    let keys = sort_keys_of(&schema.ordered, document);
    if document.get_document(SORT_KEYS).is_ok_and(|stored| *stored != keys) {
        findings.push(Finding::Stale {
            document: id.clone(),
            field: SORT_KEYS,
        });
    }
    let mut derived = document.clone();
    let mut unparsable = Vec::new();
    derive(&mut derived, &mut unparsable);
    if derived != *document {
        findings.push(Finding::Stale {
            document: id.clone(),
            field: "date",
        });
    }
    findings.extend(unparsable.into_iter().map(|problem| Finding::Invalid {
        document: id.clone(),
        problem,
    }));
}
