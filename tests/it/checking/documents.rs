//! What a check finds in documents: references that lead nowhere, fields that are not as they should be, and what does not
//! follow any more from the rest.

use mongodb::bson::{Bson, DateTime, Document, doc};

use super::findings;
use crate::seeding::edit;
use crate::support::TestApp;

/// A fault: the collection and the id of a document, what is set in it, and how the findings begin.
type Fault = (&'static str, &'static str, Document, &'static [&'static str]);

/// Each is found, with nothing else, and nothing is found when it is put back.
async fn are_found<const COUNT: usize>(faults: [Fault; COUNT]) {
    let app = TestApp::with(&["article"]).await;
    for (collection, id, change, expected) in faults {
        let documents = app.raw().await.collection::<Document>(collection);
        let original = documents
            .find_one(doc! { "_id": id })
            .await
            .expect("an answer")
            .expect(id);
        edit(&app, collection, id, doc! { "$set": change.clone() }).await;
        let mut found = findings(&app).await;
        found.sort();
        let mut expected = expected.to_vec();
        expected.sort_unstable();
        let fits = found.len() == expected.len()
            && found
                .iter()
                .zip(&expected)
                .all(|(found, start)| found.starts_with(start));
        assert!(fits, "{change}: {found:#?}\nexpected {expected:#?}");
        documents
            .replace_one(doc! { "_id": id }, original)
            .await
            .expect("it is put back");
    }
    assert_eq!(findings(&app).await, [""; 0]);
}

#[tokio::test]
async fn a_reference_that_leads_nowhere_is_found_at_the_top_in_lists_and_in_lists_of_objects() {
    are_found([
        (
            "gifts",
            "gift_cn-kr",
            doc! { "giver": "nation_none" },
            &["gift_cn-kr: `giver` refers to nation_none, which does not exist"],
        ),
        (
            "gifts",
            "gift_cn-kr",
            doc! { "items.0.animal": "animal_none" },
            &["gift_cn-kr: `items.animal` refers to animal_none, which does not exist"],
        ),
        (
            "claims",
            "claim_article-C05",
            doc! { "about.0": "event_none" },
            &["claim_article-C05: `about` refers to event_none, which does not exist"],
        ),
        (
            "claims",
            "claim_article-C09",
            doc! { "attributions.0.to": "source_none" },
            &["claim_article-C09: `attributions.to` refers to source_none, which does not exist"],
        ),
        (
            "gifts",
            "gift_cn-kr",
            doc! { "giver": "China" },
            &[
                "gift_cn-kr: `giver` refers to China, which does not exist",
                "gift_cn-kr: giver: found \"China\"; accepted: the id of a nation",
            ],
        ),
    ])
    .await;
}

#[tokio::test]
async fn what_the_validator_refuses_is_found_and_what_it_cannot_state() {
    are_found([
        (
            "nations",
            "nation_japan",
            doc! { "isoAlpha2": "jp" },
            &["nation_japan: isoAlpha2: found \"jp\"; accepted: a text of the pattern ^[A-Z]{2}$"],
        ),
        (
            "nations",
            "nation_japan",
            doc! { "rating": 5 },
            &["nation_japan: rating: found an unknown field; accepted: the fields "],
        ),
        (
            "nations",
            "nation_japan",
            doc! { "version": "2" },
            &["nation_japan: version: found \"2\"; accepted: a whole number"],
        ),
        (
            "gifts",
            "gift_ru-kp-2024",
            doc! { "total.max": 5 },
            &[
                "gift_ru-kp-2024: total.min: found 71, which is more than `max`, 5; accepted: a number that is not above `max`",
            ],
        ),
    ])
    .await;
}

#[tokio::test]
async fn what_is_derived_and_does_not_follow_any_more_is_found() {
    are_found([
        (
            "nations",
            "nation_japan",
            doc! { "name": "Yamato" },
            &[
                "nation_japan: `sortKeys` does not follow from the document any more",
                "nation_japan: `words` does not follow from the document any more",
            ],
        ),
        (
            "nations",
            "nation_japan",
            doc! { "m49": "156" },
            &["nation_japan: m49: found \"156\", which nation_china has too; accepted: each once"],
        ),
        (
            "gifts",
            "gift_ru-kp-2024",
            doc! { "date.edtf": "2024-10" },
            &["gift_ru-kp-2024: `date` does not follow from the document any more"],
        ),
        (
            "gifts",
            "gift_ru-kp-2024",
            doc! { "date.latest": DateTime::from_millis(0) },
            &["gift_ru-kp-2024: `date` does not follow from the document any more"],
        ),
        (
            "gifts",
            "gift_ru-kp-2024",
            doc! { "date.edtf": "soon" },
            &["gift_ru-kp-2024: date.edtf: found \"soon\", where "],
        ),
    ])
    .await;
}

#[tokio::test]
async fn a_document_that_is_referred_to_and_gone_is_found_from_every_side() {
    let app = TestApp::with(&["article"]).await;
    let animals = app.raw().await.collection::<Document>("animals");
    animals
        .delete_one(doc! { "_id": "animal_giant-panda" })
        .await
        .expect("it is deleted");
    let found = findings(&app).await;
    let paths = [": `items.animal` refers to", ": `about` refers to"];
    for path in paths {
        assert!(found.iter().any(|line| line.contains(path)), "{path} in {found:#?}");
    }
    assert!(
        found
            .iter()
            .all(|line| line.ends_with("refers to animal_giant-panda, which does not exist")),
        "{found:#?}"
    );
}

#[tokio::test]
async fn a_document_whose_id_is_no_text_is_found_too() {
    let app = TestApp::with(&["article"]).await;
    let sources = app.raw().await.collection::<Document>("sources");
    for id in [Bson::Int32(7), Bson::String(String::new()), doc! { "a": 1 }.into()] {
        let odd = doc! { "_id": id.clone(), "title": "Odd" };
        let inserted = sources.insert_one(odd).bypass_document_validation(true).await;
        inserted.expect("the validator is passed by");
        let found = findings(&app).await;
        assert!(
            found
                .iter()
                .any(|line| line.contains("_id: found ") && line.contains("the id of a source")),
            "{id}: {found:#?}"
        );
        sources.delete_one(doc! { "_id": id }).await.expect("it is deleted");
    }
}

#[tokio::test]
async fn a_gift_at_a_time_when_its_nation_did_not_exist_is_found() {
    let app = TestApp::with(&["article", "history"]).await;
    assert_eq!(findings(&app).await, [""; 0], "all gifts of the sets lie within");
    let day = |year: i32| DateTime::builder().year(year).month(1).day(1).build().expect("a day");
    let date = |edtf: &str, earliest: Option<i32>, latest: Option<i32>| {
        doc! {
            "edtf": edtf, "earliest": earliest.map(day), "latest": latest.map(day), "precision": "YEAR", "inferred": [],
            "approximate": false, "uncertain": false,
        }
    };
    let gift = "gift_cn-su-1957";
    let existed = "which existed 1922-12-30/1991-12-26";
    for (edtf, earliest, latest, is_outside) in [
        ("1921/1922-01", Some(1921), Some(1922), true),
        ("1992/..", Some(1992), None, true),
        ("../1922-01", None, Some(1922), true),
        ("1991/1992", Some(1991), Some(1992), false),
        ("1921/1923", Some(1921), Some(1923), false),
        ("1921/..", Some(1921), None, false),
        ("../1957", None, Some(1957), false),
    ] {
        edit(
            &app,
            "gifts",
            gift,
            doc! { "$set": { "date": date(edtf, earliest, latest) } },
        )
        .await;
        let told: Vec<String> = findings(&app)
            .await
            .into_iter()
            .filter(|it| it.contains(existed))
            .collect();
        let expected = format!(
            "{gift}: `recipient` is nation_soviet-union, {existed}, and the gift is of {edtf}; name the nation of that \
             time, or correct a date"
        );
        assert_eq!(told, if is_outside { vec![expected] } else { vec![] }, "{edtf}");
    }
}
