//! The tables of flows and statistics: rows that are computed over all gifts that match.

use super::cells::Cell;
use super::columns::ExportTable;

/// The columns of the table of flows.
pub fn flows() -> ExportTable {
    let name = |named| Cell::Name { named };
    let iso = |of| Cell::Of { of, text: "isoAlpha3" };
    ExportTable::of([
        ("giverId", Cell::Value("giver")),
        ("giverName", name("giver")),
        ("giverIso", iso("giver")),
        ("recipientId", Cell::Value("recipient")),
        ("recipientName", name("recipient")),
        ("recipientIso", iso("recipient")),
        ("gifts", Cell::Value("gifts")),
        ("animalsMin", Cell::Value("animals.min")),
        ("animalsMax", Cell::Value("animals.max")),
        ("animalsText", Cell::Count { count: "animals" }),
        ("unknownCounts", Cell::Value("unknownCounts")),
        ("firstDate", Cell::Value("firstDate")),
        ("lastDate", Cell::Value("lastDate")),
    ])
}

/// The columns of the table of statistics.
pub fn statistics() -> ExportTable {
    ExportTable::of([
        ("by", Cell::Value("by")),
        ("kind", Cell::Value("kind")),
        ("key", Cell::Value("key")),
        ("label", Cell::Value("label")),
        ("start", Cell::Value("start")),
        ("end", Cell::Value("end")),
        ("gifts", Cell::Value("gifts")),
        ("possible", Cell::Value("possible")),
        ("animalsMin", Cell::Value("animals.min")),
        ("animalsMax", Cell::Value("animals.max")),
        ("animalsText", Cell::Count { count: "animals" }),
        ("unknownCounts", Cell::Value("unknownCounts")),
    ])
}
