//! One index: adding and removing documents, and answering searches.

use std::sync::{Mutex, PoisonError};

use tantivy::indexer::IndexWriterOptions;
use tantivy::schema::Value as _;
use tantivy::{DocAddress, IndexReader, IndexWriter, ReloadPolicy, Searcher, TantivyDocument, Term};

use super::cursor::HitPosition;
use super::error::SearchError;
use super::fields::Fields;
use super::highlights::highlights;
use super::hit::{Hit, Hits, SearchRequest};
use super::page::{Cut, Rows};
use super::query::{Mode, TextQuery};
use crate::store::texts::Texts;

/// The buffer for new documents, in bytes: tantivy's minimum.
const GATHERED: usize = 15_000_000;

#[derive(Clone, Debug)]
pub(super) enum Update {
    /// The current texts of a document.
    Written(Texts),
    /// The id of a deleted document.
    Deleted(String),
}

/// An index in memory.
pub(super) struct Index {
    fields: Fields,
    writer: Mutex<IndexWriter>,
    reader: IndexReader,
}

impl Index {
    pub fn new() -> Result<Self, SearchError> {
        let (fields, schema) = Fields::new();
        let index = tantivy::Index::create_in_ram(schema);
        let options = IndexWriterOptions::builder()
            .num_worker_threads(1)
            .num_merge_threads(1)
            .memory_budget_per_thread(GATHERED)
            .build();
        let writer = index.writer_with_options(options)?;
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        Ok(Self {
            fields,
            writer: Mutex::new(writer),
            reader,
        })
    }

    /// How many documents it holds.
    pub fn documents(&self) -> u64 {
        self.reader.searcher().num_docs()
    }

    /// Applies changes in order; searches see them after [`Index::show`].
    pub fn take(&self, updates: &[Update]) -> Result<(), SearchError> {
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        for update in updates {
            match update {
                Update::Written(texts) => {
                    writer.delete_term(Term::from_field_text(self.fields.id, &texts.id));
                    writer.add_document(self.fields.document(texts))?;
                }
                Update::Deleted(id) => {
                    writer.delete_term(Term::from_field_text(self.fields.id, id));
                }
            }
        }
        Ok(())
    }

    /// Makes all applied changes visible to searches.
    pub fn show(&self) -> Result<(), SearchError> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner).commit()?;
        Ok(self.reader.reload()?)
    }

    /// A page of the hits of a query.
    pub fn find(&self, query: &TextQuery, request: &SearchRequest) -> Result<Hits, SearchError> {
        let searcher = self.reader.searcher();
        let mut mode = request.after.as_ref().map_or(Mode::All, |position| position.mode);
        let mut found = self.rows(&searcher, query, request, mode)?;
        if found.total == 0 && request.after.is_none() && query.has_several() {
            mode = Mode::Any;
            found = self.rows(&searcher, query, request, mode)?;
        }
        let has_next = found.rows.len() > request.limit;
        found.rows.truncate(request.limit);
        let hits = found.rows.into_iter().map(|row| {
            let highlights = if request.highlights {
                highlights(query, &self.texts(&searcher, row.address)?)
            } else {
                Vec::new()
            };
            Ok(Hit {
                id: row.id.clone(),
                position: HitPosition {
                    mode,
                    score: row.score,
                    id: row.id,
                },
                highlights,
            })
        });
        Ok(Hits {
            hits: hits.collect::<Result<_, SearchError>>()?,
            total: found.total,
            has_previous: found.before > 0,
            has_next,
        })
    }

    fn rows(
        &self,
        searcher: &Searcher,
        query: &TextQuery,
        request: &SearchRequest,
        mode: Mode,
    ) -> Result<Rows, SearchError> {
        let cut = Cut {
            after: request.after.as_ref(),
            limit: request.limit,
        };
        Ok(searcher.search(&query.tantivy(&self.fields, &request.kinds, mode), &cut)?)
    }

    fn texts(&self, searcher: &Searcher, address: DocAddress) -> Result<Vec<(String, String)>, SearchError> {
        let document: TantivyDocument = searcher.doc(address)?;
        let kept = document.get_first(self.fields.texts).and_then(|value| value.as_str());
        Ok(kept
            .and_then(|kept| serde_json::from_str(kept).ok())
            .unwrap_or_default())
    }
}
