//! What has pages: the kinds of documents, each with its paths and the operations that ask for its pages.

use serde_json::{Value as Json, json};

use super::documents::{OF_GIFT, PageOperation};

/// What has a page of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageKind {
    Gift,
    Nation,
    Animal,
    Event,
    Claim,
    Source,
}

impl PageKind {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Gift,
        Self::Nation,
        Self::Animal,
        Self::Event,
        Self::Claim,
        Self::Source,
    ];

    /// The first part of its path, which is the path of the list of all.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Gift => "/gifts",
            Self::Nation => "/nations",
            Self::Animal => "/animals",
            Self::Event => "/events",
            Self::Claim => "/claims",
            Self::Source => "/sources",
        }
    }

    /// The route of its page, as the router and the metrics name it.
    pub const fn route(self) -> &'static str {
        match self {
            Self::Gift => "/gifts/{name}",
            Self::Nation => "/nations/{name}",
            Self::Animal => "/animals/{name}",
            Self::Event => "/events/{name}",
            Self::Claim => "/claims/{name}",
            Self::Source => "/sources/{name}",
        }
    }

    /// The name of its type in the schema.
    pub const fn typename(self) -> &'static str {
        match self {
            Self::Gift => "Gift",
            Self::Nation => "Nation",
            Self::Animal => "Animal",
            Self::Event => "Event",
            Self::Claim => "Claim",
            Self::Source => "Source",
        }
    }

    /// What one of them is called.
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Gift => "gift",
            Self::Nation => "nation",
            Self::Animal => "animal",
            Self::Event => "event",
            Self::Claim => "claim",
            Self::Source => "source",
        }
    }

    /// The operation for its page.
    pub const fn operation(self) -> PageOperation {
        match self {
            Self::Gift => OF_GIFT,
            Self::Nation => PageOperation::of_page("PageOfNation"),
            Self::Animal => PageOperation::of_page("PageOfAnimal"),
            Self::Event => PageOperation::of_page("PageOfEvent"),
            Self::Claim => PageOperation::of_page("PageOfClaim"),
            Self::Source => PageOperation::of_page("PageOfSource"),
        }
    }

    /// The variables that ask for the document of this name.
    pub fn variables(self, name: &str) -> Json {
        match self {
            Self::Claim => json!({ "code": name }),
            Self::Source => json!({ "id": format!("source_{name}") }),
            _ => json!({ "slug": name }),
        }
    }
}
