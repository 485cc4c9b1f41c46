//! One index: what is kept of a document, how it is put in and taken out, how a search is answered.

use std::sync::{Mutex, PoisonError};

use serde_json::json;
use tantivy::indexer::IndexWriterOptions;
use tantivy::schema::{
    FAST, Field, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions, Value as _,
};
use tantivy::{DocAddress, IndexReader, IndexWriter, ReloadPolicy, Searcher, TantivyDocument, Term};

use super::asked::{Asked, Mode, whole};
use super::cursor::Place;
use super::marks::marks;
use super::page::{Cut, Rows};
use super::{Found, Hit, Request, SearchError};
use crate::domain::words::spots;
use crate::store::texts::Texts;

/// The names of the fields that are read as columns.
pub(super) const ID: &str = "id";
pub(super) const LENGTH: &str = "length";

/// How much is gathered in memory before it becomes a part of the index, in bytes: the least that tantivy takes.
const GATHERED: usize = 15_000_000;

/// The fields of the index.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fields {
    id: Field,
    /// The kind's word.
    pub kind: Field,
    /// The words of names.
    pub names: Field,
    /// All other words.
    pub others: Field,
    /// Each name as a whole, folded, its words parted by single spaces.
    pub whole_name: Field,
    /// How many words its first name has.
    length: Field,
    /// All texts with their paths, for the highlights.
    texts: Field,
}

impl Fields {
    fn new() -> (Self, Schema) {
        let mut schema = Schema::builder();
        let words = || {
            // Texts come as folded words, parted by spaces.
            let indexing = TextFieldIndexing::default()
                .set_tokenizer("whitespace")
                .set_fieldnorms(false)
                .set_index_option(IndexRecordOption::Basic);
            TextOptions::default().set_indexing_options(indexing)
        };
        let fields = Self {
            id: schema.add_text_field(ID, STRING | FAST),
            kind: schema.add_text_field("kind", STRING),
            names: schema.add_text_field("names", words()),
            others: schema.add_text_field("others", words()),
            whole_name: schema.add_text_field("wholeName", STRING),
            length: schema.add_u64_field(LENGTH, FAST),
            texts: schema.add_text_field("texts", STORED),
        };
        (fields, schema.build())
    }

    fn document(&self, texts: &Texts) -> TantivyDocument {
        let mut document = TantivyDocument::new();
        document.add_text(self.id, &texts.id);
        document.add_text(self.kind, texts.kind.prefix());
        let mut length = None;
        for text in &texts.texts {
            let words: Vec<String> = spots(&text.text).into_iter().map(|spot| spot.word).collect();
            let folded = words.join(" ");
            if text.is_name {
                length.get_or_insert(words.len());
                document.add_text(self.whole_name, whole(words.iter().map(String::as_str)));
                document.add_text(self.names, folded);
            } else {
                document.add_text(self.others, folded);
            }
        }
        document.add_u64(self.length, length.unwrap_or(0) as u64);
        let kept: Vec<_> = texts.texts.iter().map(|text| json!([text.path, text.text])).collect();
        document.add_text(self.texts, json!(kept).to_string());
        document
    }
}

/// What an index takes in.
#[derive(Clone, Debug)]
pub(super) enum Update {
    /// A document as it is now.
    Written(Texts),
    /// The id of a document that is gone.
    Deleted(String),
}

/// An index in memory.
pub(super) struct Index {
    fields: Fields,
    writer: Mutex<IndexWriter>,
    reader: IndexReader,
}

impl Index {
    /// An empty one.
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

    /// Takes in changes, in their order; searches see them after [`Index::show`].
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

    /// Lets searches see all that was taken in.
    pub fn show(&self) -> Result<(), SearchError> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner).commit()?;
        Ok(self.reader.reload()?)
    }

    /// A page of what is asked for.
    pub fn find(&self, asked: &Asked, request: &Request) -> Result<Found, SearchError> {
        let searcher = self.reader.searcher();
        let mut mode = request.after.as_ref().map_or(Mode::All, |place| place.mode);
        let mut found = self.rows(&searcher, asked, request, mode)?;
        if found.total == 0 && request.after.is_none() && asked.has_several() {
            mode = Mode::Any;
            found = self.rows(&searcher, asked, request, mode)?;
        }
        let has_next = found.rows.len() > request.limit;
        found.rows.truncate(request.limit);
        let hits = found.rows.into_iter().map(|row| {
            let highlights = if request.highlights {
                marks(asked, &self.texts(&searcher, row.address)?)
            } else {
                Vec::new()
            };
            Ok(Hit {
                id: row.id.clone(),
                place: Place {
                    mode,
                    score: row.score,
                    id: row.id,
                },
                highlights,
            })
        });
        Ok(Found {
            hits: hits.collect::<Result<_, SearchError>>()?,
            total: found.total,
            has_previous: found.before > 0,
            has_next,
        })
    }

    fn rows(&self, searcher: &Searcher, asked: &Asked, request: &Request, mode: Mode) -> Result<Rows, SearchError> {
        let cut = Cut {
            after: request.after.as_ref(),
            limit: request.limit,
        };
        Ok(searcher.search(&asked.query(&self.fields, &request.kinds, mode), &cut)?)
    }

    fn texts(&self, searcher: &Searcher, address: DocAddress) -> Result<Vec<(String, String)>, SearchError> {
        let document: TantivyDocument = searcher.doc(address)?;
        let kept = document.get_first(self.fields.texts).and_then(|value| value.as_str());
        Ok(kept
            .and_then(|kept| serde_json::from_str(kept).ok())
            .unwrap_or_default())
    }
}
