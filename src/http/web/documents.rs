//! The documents that pages ask the API with: they are known to the server like trusted ones, whatever else it accepts.

/// The id of the document with an operation for each page.
const PAGES: &str = "menagerie/pages";
/// The id of the document for the page of a gift, which its script asks as well.
const GIFT: &str = "menagerie/gift";

/// An operation of one of the documents.
#[derive(Clone, Copy)]
pub struct PageOperation {
    /// The id of the document.
    pub document: &'static str,
    /// The name of the operation.
    pub name: &'static str,
}

/// The operation for the page of a gift.
pub const OF_GIFT: PageOperation = PageOperation {
    document: GIFT,
    name: "Gift",
};

impl PageOperation {
    /// An operation for a page that only this server makes.
    pub const fn of_page(name: &'static str) -> Self {
        Self { document: PAGES, name }
    }
}

/// The documents by their ids.
pub fn documents() -> [(&'static str, String); 2] {
    let pages = [
        include_str!("documents/home.graphql"),
        include_str!("documents/dataset.graphql"),
        include_str!("documents/embeds.graphql"),
        include_str!("documents/lists.graphql"),
        include_str!("documents/nation.graphql"),
        include_str!("documents/animal.graphql"),
        include_str!("documents/event.graphql"),
        include_str!("documents/claim.graphql"),
        include_str!("documents/source.graphql"),
        include_str!("documents/fragments.graphql"),
    ];
    let gift = [
        include_str!("../../../web/src/dashboard/operations/gift.graphql"),
        include_str!("../../../web/src/dashboard/operations/fragments.graphql"),
    ];
    [(PAGES, pages.join("\n")), (GIFT, gift.join("\n"))]
}
