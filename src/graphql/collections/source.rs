//! Sources: what was read, and those who are quoted in it.

use super::claim::Claim;
use super::prelude::*;

document! {
    /// Something that was read, or somebody who is quoted in it.
    pub struct Source by SourceFilter, SourceOrder {
        /// The id: `source_` and a readable name.
        id,
        /// What it is called here.
        title: String,
        /// What kind of source it is.
        kind: SourceKind,
        /// Who published it.
        publisher: Option<String>,
        /// When it was published, where it says so.
        published: Option<eager::Object<PartialDate>>,
        /// Its address.
        url: Option<String>,
        /// The SHA-256 of the text that was read, in hexadecimal digits.
        sha256: Option<String>,
    }
    holds { published }
    connections {
        /// The claims that were read there.
        claims: Claim at "source", MANY;
        /// The claims that are ascribed to it elsewhere.
        attributed_claims: Claim at "attributions.to", MANY;
    }
}

filter! { SourceFilter, "sources" {
    /// By id.
    id: IdFilter => |ids| ids.on("_id", Some(Kind::Source)),
    /// By kind.
    kind: EnumFilter<SourceKind> => |words| words.on("kind"),
    /// By publisher.
    publisher: StringFilter => |names| names.on("publisher"),
    /// By when it was published.
    published: DateFilter => |date| date.on(date_paths!("published")),
    /// By words: each must begin a word of the title or the publisher. Case and accents do not matter.
    text: String => |text| Ok(text_filter(text)),
} }

orders! { SourceOrder, SourceOrderField, "sources" {
    /// By title.
    Title = "sortKeys.title" as Text,
    /// By the first day that the date of publication can mean.
    Published = "published.earliest" as Moment,
} }

queries! { SourceQuery for Source {
    /// One source, by its id; null where there is none.
    source by SourceBy();
    /// Sources, page by page.
    sources;
} }

mutations! { SourceMutation for Source as source, "source" {
    create_source(CreateSourceInput) -> CreateSourcePayload;
    update_source(UpdateSourceInput) -> UpdateSourcePayload;
    delete_source;
    required {
        /// What it is called here.
        title: String,
        /// What kind of source it is.
        kind: SourceKind,
    }
    optional {
        /// Who published it.
        publisher: String,
        /// When it was published, where it says so.
        published: DateInput,
        /// Its address.
        url: String,
        /// The SHA-256 of the text that was read, in hexadecimal digits.
        sha256: String,
    }
} }
