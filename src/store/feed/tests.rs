//! Decoding of change stream events.

use mongodb::bson::{Document, RawDocumentBuf, Timestamp};

use super::*;

fn told(mut event: Document) -> Option<FeedEvent> {
    event.insert("_id", doc! { "_data": "82000000070000000100" });
    event.insert("clusterTime", Timestamp { time: 7, increment: 1 });
    event_of(&RawDocumentBuf::try_from(&event).expect("BSON"))
}

fn change(event: Document) -> DocumentChange {
    match told(event) {
        Some(FeedEvent::Changed(change)) => change,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_written_document_comes_with_its_texts_and_the_fields_that_differ() {
    let event = doc! {
        "operationType": "update", "ns": { "db": "m", "coll": "claims" }, "documentKey": { "_id": "claim_a" },
        "updateDescription": {
            "updatedFields": { "statement": "One bear.", "attributions.0.to": "x", "attributions.1.to": "y" },
            "removedFields": ["url"], "truncatedArrays": [{ "field": "about", "newSize": 1 }],
        },
        "fullDocument": { "_id": "claim_a", "statement": "One bear.", "code": "C1", "version": 3 },
    };
    let change = change(event);
    let fields = ["about", "attributions", "statement", "url"].map(str::to_owned);
    assert_eq!(
        change.operation,
        Operation::Updated {
            fields: Some(fields.to_vec())
        }
    );
    assert_eq!(
        (change.kind, change.id.as_str(), change.version()),
        (Kind::Claim, "claim_a", Some(3))
    );
    let texts = change.texts().expect("readable").expect("texts").texts;
    let texts: Vec<_> = texts
        .iter()
        .map(|text| (text.path, text.is_name, text.text.as_str()))
        .collect();
    assert_eq!(texts, [("code", true, "C1"), ("statement", false, "One bear.")]);
}

#[test]
fn what_is_gone_is_told_and_what_is_not_ours_is_not() {
    let of = |operation: &str, collection: &str| {
        told(doc! { "operationType": operation, "ns": { "coll": collection }, "documentKey": { "_id": "gift_a" } })
    };
    assert!(matches!(
        of("delete", "gifts"),
        Some(FeedEvent::Changed(DocumentChange {
            operation: Operation::Deleted,
            ..
        }))
    ));
    assert!(matches!(of("drop", "gifts"), Some(FeedEvent::Dropped)));
    assert!(of("drop", "seeded").is_none());
    assert!(of("insert", "seeded").is_none());
    assert!(matches!(of("insert", "tokens"), Some(FeedEvent::Token(Some(hash))) if hash == "gift_a"));
    let dropped = told(doc! { "operationType": "drop", "ns": { "coll": "tokens" } });
    assert!(matches!(dropped, Some(FeedEvent::Token(None))));
    assert!(matches!(
        told(doc! { "operationType": "dropDatabase", "ns": { "db": "m" } }),
        Some(FeedEvent::Dropped)
    ));
    assert!(matches!(
        told(doc! { "operationType": "invalidate" }),
        Some(FeedEvent::Dropped)
    ));
    let gone = change(doc! {
        "operationType": "update", "ns": { "coll": "gifts" }, "documentKey": { "_id": "gift_a" }, "fullDocument": null,
    });
    assert!(gone.texts().expect("readable").is_none(), "deleted since");
}
