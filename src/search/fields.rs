//! The fields of the index: what it stores of a document.

use serde_json::json;
use tantivy::TantivyDocument;
use tantivy::schema::{FAST, Field, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions};

use crate::domain::words::spots;
use crate::store::texts::Texts;

/// The names of the fields that are read as columns.
pub(super) const ID: &str = "id";
pub(super) const LENGTH: &str = "length";

/// The fields of the index.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fields {
    pub id: Field,
    /// The prefix of the kind.
    pub kind: Field,
    /// The words in names.
    pub names: Field,
    /// All other words.
    pub others: Field,
    /// Each name as a whole, folded, its words separated by single spaces.
    pub whole_name: Field,
    /// How many words the document's first name has.
    length: Field,
    /// All texts with their paths, for highlights.
    pub texts: Field,
}

impl Fields {
    /// The fields with the schema that they belong to.
    pub fn new() -> (Self, Schema) {
        let mut schema = Schema::builder();
        let words = || {
            // Texts are indexed as folded words, separated by spaces.
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

    /// The index entry of a document.
    pub fn document(&self, texts: &Texts) -> TantivyDocument {
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

/// Joins folded words with spaces, up to a maximum length.
pub(super) fn whole<'a>(words: impl Iterator<Item = &'a str>) -> String {
    /// Far longer than any name in our data. Names and queries are cut alike, so they still match.
    const LONGEST: usize = 300;
    let mut whole = String::new();
    for word in words {
        if !whole.is_empty() {
            whole.push(' ');
        }
        whole.push_str(word);
        if whole.len() > LONGEST {
            break;
        }
    }
    whole.truncate(whole.floor_char_boundary(LONGEST));
    whole
}
