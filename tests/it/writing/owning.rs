//! What must be one document's own: slugs and ISO codes are given up, taken up and handed on, at every door.

use std::fs;

use futures_util::TryStreamExt;
use futures_util::future::join_all;
use menagerie::seed::load::{Options, load};
use mongodb::IndexModel;
use mongodb::bson::{Document, doc};
use mongodb::options::IndexOptions;
use serde_json::{Value as Json, json};

use super::{Desk, MISTAKES, gift, mistakes};
use crate::live::socket::Socket;
use crate::transferring::good;

/// Gives a gift another slug.
async fn rename(desk: &Desk, id: &str, slug: &str) {
    desk.does("updateGift", json!({ "id": id, "slug": slug })).await;
}

/// What `importRows` says of rows of nations: how many are created and updated, and the code and field of each mistake.
async fn rows(desk: &Desk, rows: Json, keep_good: bool) -> Json {
    let query = "mutation($input: ImportRowsInput!) { importRows(input: $input) { created updated userErrors { row code field } } }";
    let input = json!({ "kind": "NATION", "rows": rows, "keepGood": keep_good });
    let (_, mut body) = desk.ask(Some(&desk.token), query, json!({ "input": input })).await;
    body["data"]["importRows"].take()
}

fn nation(name: &str, slug: &str) -> Json {
    json!({ "id": format!("nation_{name}"), "slug": slug, "name": name, "officialName": name })
}

/// The slugs of these nations.
async fn slugs(desk: &Desk, names: &[&str]) -> Vec<String> {
    let mut slugs = Vec::new();
    for name in names {
        let read = desk
            .read(&format!("{{ nation(id: \"nation_{name}\") {{ slug }} }}"))
            .await;
        slugs.push(read["nation"]["slug"].as_str().unwrap_or("-").to_owned());
    }
    slugs
}

#[tokio::test]
async fn a_slug_that_was_given_up_is_anybodys() {
    let desk = Desk::open().await;
    desk.does("createGift", gift("hawks")).await;
    rename(&desk, "gift_hawks", "falcons").await;
    rename(&desk, "gift_hawks", "hawks").await;
    rename(&desk, "gift_hawks", "eagles").await;
    // By a new document, by another one, and once its holder is gone.
    let mut other = gift("hawks");
    other["id"] = json!("gift_other");
    desk.does("createGift", other.clone()).await;
    rename(&desk, "gift_other", "falcons").await;
    rename(&desk, "gift_hawks", "hawks").await;
    desk.does("deleteGift", json!({ "id": "gift_other" })).await;
    desk.does("deleteGift", json!({ "id": "gift_hawks" })).await;
    for slug in ["hawks", "falcons", "eagles"] {
        let mut new = gift(slug);
        new["id"] = json!(format!("gift_new-{slug}"));
        desk.does("createGift", new).await;
    }
    // And nobody gets one that is held.
    let made = desk.make("createGift", MISTAKES, other).await;
    assert_eq!(mistakes(&made), [("TAKEN", "slug")], "{made:#}");
    let made = desk
        .make(
            "updateGift",
            MISTAKES,
            json!({ "id": "gift_new-hawks", "slug": "falcons" }),
        )
        .await;
    assert_eq!(mistakes(&made), [("TAKEN", "slug")], "{made:#}");
    desk.app.is_whole().await;
}

#[tokio::test]
async fn a_new_slug_is_one_change_to_whoever_is_told() {
    let desk = Desk::open().await;
    desk.does("createGift", gift("hawks")).await;
    let place = desk.app.changes_cursor().await;
    let mut socket = Socket::connected(&desk.app).await;
    rename(&desk, "gift_hawks", "falcons").await;
    desk.does("updateGift", json!({ "id": "gift_hawks", "title": "The last" }))
        .await;
    let query =
        format!("subscription {{ changes(after: {place:?}, ids: [\"gift_hawks\"]) {{ operation changedFields }} }}");
    socket.subscribe("s", &query).await;
    let mut heard = Vec::new();
    while heard.len() < 2 {
        let message = socket.message().await;
        let change = message["payload"]["data"]["changes"].clone();
        // The place may lie a moment before the gift was made.
        if change["operation"] != "CREATED" || !heard.is_empty() {
            heard.push(change);
        }
    }
    for (change, tells_slug) in heard.iter().zip([true, false]) {
        assert_eq!(change["operation"], "UPDATED", "{change}");
        let fields = change["changedFields"].as_array().expect("fields");
        assert_eq!(fields.contains(&json!("slug")), tells_slug, "{change}");
    }
    let read = desk
        .read("{ gift(slug: \"falcons\") { version history { totalCount } } old: gift(slug: \"hawks\") { id } }")
        .await;
    assert_eq!(
        read,
        json!({ "gift": { "version": 3, "history": { "totalCount": 3 } }, "old": null })
    );
}

#[tokio::test]
async fn values_are_handed_on_within_one_request() {
    let desk = Desk::open().await;
    let names = ["a", "b", "c"];
    let started = json!([nation("a", "one"), nation("b", "two"), nation("c", "three")]);
    assert_eq!(rows(&desk, started, false).await["created"], 3);
    // A circle, then a chain that ends in the open.
    let circle = json!([nation("a", "two"), nation("b", "three"), nation("c", "one")]);
    let done = json!({ "created": 0, "updated": 3, "userErrors": [] });
    assert_eq!(rows(&desk, circle, false).await, done);
    assert_eq!(slugs(&desk, &names).await, ["two", "three", "one"]);
    let chain = json!([nation("a", "three"), nation("b", "one"), nation("c", "four")]);
    assert_eq!(rows(&desk, chain, false).await, done);
    assert_eq!(slugs(&desk, &names).await, ["three", "one", "four"]);
    // Who is refused gives nothing up, so who needs that is refused too; the others are written.
    let mut bad = nation("c", "five");
    bad["isoAlpha2"] = json!("RU");
    let mixed = json!([nation("a", "one"), nation("b", "four"), bad, nation("d", "six")]);
    let refused = json!({ "created": 1, "updated": 0, "userErrors": [
        { "row": 0, "code": "TAKEN", "field": "slug" }, { "row": 1, "code": "TAKEN", "field": "slug" },
        { "row": 2, "code": "TAKEN", "field": "isoAlpha2" },
    ] });
    assert_eq!(rows(&desk, mixed, true).await, refused);
    assert_eq!(slugs(&desk, &names).await, ["three", "one", "four"]);
    desk.app.is_whole().await;
}

#[tokio::test]
async fn values_are_handed_on_within_one_file_however_far_apart_the_rows_are() {
    let desk = Desk::open().await;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("nations.csv");
    let put = async |first: &str, last: &str| {
        let between = (0..2_100).map(|number| format!("nation_n{number},n{number},N,N\n"));
        let text = format!(
            "id,slug,name,officialName\nnation_first,{first},F,F\n{}nation_last,{last},L,L\n",
            between.collect::<String>()
        );
        fs::write(&file, text).expect("the file is written");
        good(&desk.app, &[&file]).await
    };
    assert_eq!(put("one", "two").await.created, 2_102);
    assert_eq!(put("two", "one").await.updated, 2, "a swap");
    assert_eq!(slugs(&desk, &["first", "last"]).await, ["two", "one"]);
    assert_eq!(put("one", "three").await.updated, 2, "a chain");
    assert_eq!(slugs(&desk, &["first", "last"]).await, ["one", "three"]);
    let locks = desk.app.raw().await.collection::<Document>("locks");
    let of_slugs = locks.count_documents(doc! { "_id": { "$regex": "^nations.slug" } });
    let of_slugs = of_slugs.await.expect("a number");
    assert_eq!(of_slugs, 64, "however many values there are");
}

#[tokio::test]
async fn a_set_hands_values_on_as_well() {
    let desk = Desk::open().await;
    let mut set = crate::seeding::Folder::good();
    let options = Options::default();
    let names = [set.name()];
    load(&desk.app.store, &names, options).await.expect("the set fits");
    set.set("nations.json", "/0/slug", Some(json!("laputa")));
    set.set("nations.json", "/1/slug", Some(json!("arcadia")));
    let reports = load(&desk.app.store, &names, options).await.expect("the set fits");
    assert_eq!(reports[0].updated.len(), 2, "{}", reports[0]);
    assert_eq!(slugs(&desk, &["arcadia", "laputa"]).await, ["laputa", "arcadia"]);
}

#[tokio::test]
async fn a_code_is_one_nations_own_and_many_have_none() {
    let desk = Desk::open().await;
    for (name, codes, refused) in [
        ("a", json!({}), vec![]),
        ("b", json!({}), vec![]),
        ("c", json!({ "isoAlpha2": "RU" }), vec![("TAKEN", "isoAlpha2")]),
        ("c", json!({ "isoAlpha3": "RUS" }), vec![("TAKEN", "isoAlpha3")]),
        ("c", json!({ "m49": "643" }), vec![("TAKEN", "m49")]),
        (
            "c",
            json!({ "isoAlpha2": "XA", "isoAlpha3": "XAA", "m49": "901" }),
            vec![],
        ),
    ] {
        let mut input = nation(name, name);
        let fields = input.as_object_mut().expect("an object");
        fields.extend(codes.as_object().expect("an object").clone());
        let made = desk.make("createNation", MISTAKES, input).await;
        assert_eq!(mistakes(&made), refused, "{made:#}");
    }
    let made = desk
        .make("updateNation", MISTAKES, json!({ "id": "nation_a", "isoAlpha2": "XA" }))
        .await;
    assert_eq!(
        made["userErrors"][0]["message"],
        "found \"XA\", which nation_c has; accepted: a value that no other document has"
    );
    desk.does("updateNation", json!({ "id": "nation_c", "isoAlpha2": null }))
        .await;
    desk.does("updateNation", json!({ "id": "nation_a", "isoAlpha2": "XA" }))
        .await;
}

#[tokio::test]
async fn of_many_who_take_a_value_at_the_same_time_one_gets_it() {
    let desk = Desk::open().await;
    desk.does("createGift", gift("old")).await;
    let take = async |number: usize| {
        let mut new = gift("wanted");
        new["id"] = json!(format!("gift_taker-{number}"));
        match number {
            0 => {
                desk.make("updateGift", MISTAKES, json!({ "id": "gift_old", "slug": "wanted" }))
                    .await
            }
            _ => desk.make("createGift", MISTAKES, new).await,
        }
    };
    let made = join_all((0..8).map(take)).await;
    let got = made.iter().filter(|made| mistakes(made).is_empty()).count();
    assert_eq!(got, 1, "{made:#?}");
    let refused = made.iter().filter(|made| mistakes(made) == [("TAKEN", "slug")]);
    assert_eq!(refused.count(), 7, "{made:#?}");
    desk.app.is_whole().await;
}

#[tokio::test]
async fn values_that_share_a_lock_are_all_given_at_the_same_time() {
    let desk = Desk::open().await;
    // The first bytes of their SHA-256 are multiples of 64.
    let slugs = ["n121", "n158", "n275", "n345", "n369", "n436"];
    let made = join_all(slugs.map(|slug| desk.make("createNation", MISTAKES, nation(slug, slug)))).await;
    for made in &made {
        assert_eq!(mistakes(made), [], "{made:#}");
    }
    let locks = desk.app.raw().await.collection::<Document>("locks");
    let locks = locks
        .find(doc! { "_id": { "$regex": "^nations.slug" } })
        .await
        .expect("a cursor");
    let locks: Vec<Document> = locks.try_collect().await.expect("rows");
    let lock = locks
        .iter()
        .find(|lock| lock.get_str("_id").is_ok_and(|id| id == "nations.slug/0"))
        .expect("the shared one");
    assert!(lock.get_i32("turn").is_ok_and(|turn| turn >= 6), "{lock}");
    desk.app.is_whole().await;
}

#[tokio::test]
async fn an_index_of_somebody_elses_that_refuses_a_value_is_told_as_taken() {
    let desk = Desk::open().await;
    let unique = IndexOptions::builder().unique(true).name("titles".to_owned()).build();
    let index = IndexModel::builder()
        .keys(doc! { "officialName": 1 })
        .options(unique)
        .build();
    let nations = desk.app.raw().await.collection::<Document>("nations");
    nations.create_index(index).await.expect("it is built");
    let made = desk.make("createNation", MISTAKES, nation("a", "a")).await;
    assert_eq!(mistakes(&made), []);
    let mut other = nation("b", "b");
    other["officialName"] = json!("a");
    let made = desk.make("createNation", MISTAKES, other.clone()).await;
    let told = json!({ "userErrors": [{
        "code": "TAKEN", "field": "officialName",
        "message": "found \"a\", which another document has; accepted: a value that no other document has, as the index \
                    `titles` of the database asks",
    }] });
    assert_eq!(made, told);
    let mixed = json!([nation("c", "c"), other]);
    let kept =
        json!({ "created": 1, "updated": 0, "userErrors": [{ "row": 1, "code": "TAKEN", "field": "officialName" }] });
    assert_eq!(rows(&desk, mixed, true).await, kept);
}
