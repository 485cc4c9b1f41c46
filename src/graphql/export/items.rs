//! The table of items: a row for each kind of animal in each gift, with what the gift says.

use serde_json::{Value as Json, json};

use super::cells::Cell;
use super::columns::ExportTable;

/// The rows of these gifts.
pub fn rows(gifts: Vec<Json>) -> Vec<Json> {
    let rows = gifts.into_iter().flat_map(|mut gift| {
        let items = match gift["items"].take() {
            Json::Array(items) => items,
            _ => Vec::new(),
        };
        items
            .into_iter()
            .map(move |item| json!({ "gift": gift.clone(), "item": item }))
    });
    rows.collect()
}

/// The columns.
pub fn columns() -> ExportTable {
    let value = Cell::Value;
    let name = |named| Cell::Name { named };
    let iso = |of| Cell::Of { of, text: "isoAlpha3" };
    let columns = [
        ("id", value("item.id")),
        ("gift", value("gift.slug")),
        ("giftId", value("gift.id")),
        ("title", value("gift.title")),
        ("giverId", value("gift.giver")),
        ("giver", name("gift.giver")),
        ("giverIso", iso("gift.giver")),
        ("recipientId", value("gift.recipient")),
        ("recipient", name("gift.recipient")),
        ("recipientIso", iso("gift.recipient")),
        ("date", value("gift.date.edtf")),
        ("dateEarliest", value("gift.date.earliest")),
        ("dateLatest", value("gift.date.latest")),
        (
            "yearEarliest",
            Cell::Year {
                year: "gift.date.earliest",
            },
        ),
        (
            "yearLatest",
            Cell::Year {
                year: "gift.date.latest",
            },
        ),
        ("mode", value("gift.mode")),
        ("status", value("gift.status")),
        ("animalId", value("item.animal")),
        ("animal", name("item.animal")),
        ("countMin", value("item.count.min")),
        ("countMax", value("item.count.max")),
        ("count", Cell::Count { count: "item.count" }),
        ("names", value("item.names")),
        ("attributes", value("item.attributes")),
        ("itemStatus", value("item.status")),
        ("claimId", value("item.count.claim")),
    ];
    ExportTable::of(columns)
}
