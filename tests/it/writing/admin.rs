//! What admins do: tokens, and sets that are put back.

use menagerie::api::viewer::Role;
use menagerie::domain::id::Kind;
use menagerie::store::write::Prepared;
use serde_json::{Value as Json, json};

use super::{Desk, MISTAKES, mistakes};
use crate::identity::made;
use crate::support::{insert_new, settings};

async fn desk() -> Desk {
    let mut desk = Desk::open().await;
    desk.token = made(&desk.app, "chief", Role::Admin, None).await;
    desk
}

#[tokio::test]
async fn a_token_is_made_works_is_listed_and_is_revoked() {
    let desk = desk().await;
    let input = json!({ "name": "new", "role": "EDITOR", "expiresInDays": 30 });
    let made = desk
        .make("createToken", &format!("token {MISTAKES}"), input.clone())
        .await;
    let token = made["token"].as_str().expect("a token").to_owned();
    let rename = json!({ "input": { "id": "nation_russia", "name": "Russia!" } });
    let query = "mutation($input: UpdateNationInput!) { updateNation(input: $input) { userErrors { code } } }";
    let (status, answer) = desk.ask(Some(&token), query, rename.clone()).await;
    assert_eq!(
        (status, &answer["data"]["updateNation"]["userErrors"]),
        (200, &json!([]))
    );
    let taken = desk.make("createToken", &format!("token {MISTAKES}"), input).await;
    assert_eq!(
        (mistakes(&taken), &taken["token"]),
        (vec![("TAKEN", "name")], &Json::Null)
    );

    let listed = desk.read("{ tokens { name role expiresAt revokedAt } }").await;
    let of = |name: &str| {
        let tokens = listed["tokens"].as_array().expect("a list");
        tokens
            .iter()
            .find(|token| token["name"] == name)
            .expect("it is listed")
            .clone()
    };
    assert_eq!(
        (&of("new")["role"], &of("chief")["role"]),
        (&json!("EDITOR"), &json!("ADMIN"))
    );
    assert!(
        of("new")["expiresAt"].is_string() && of("chief")["expiresAt"].is_null(),
        "{listed:#}"
    );

    let revoked = desk
        .make("revokeToken", &format!("revoked {MISTAKES}"), json!({ "name": "new" }))
        .await;
    assert_eq!(revoked["revoked"], "new", "{revoked:#}");
    let (status, answer) = desk.ask(Some(&token), query, rename).await;
    assert_eq!(
        (status, &answer["errors"][0]["extensions"]["code"]),
        (401, &json!("UNAUTHENTICATED"))
    );
    let again = desk
        .make("revokeToken", &format!("revoked {MISTAKES}"), json!({ "name": "new" }))
        .await;
    assert_eq!(mistakes(&again), [("NOT_FOUND", "name")]);
    let (_, refused) = desk.ask(None, "{ tokens { name } }", json!({})).await;
    assert_eq!(
        refused["errors"][0]["extensions"]["code"], "UNAUTHENTICATED",
        "{refused:#}"
    );
}

#[tokio::test]
async fn the_history_tells_who_made_and_who_revoked_a_token() {
    let desk = desk().await;
    let create = json!({ "name": "new.one", "role": "EDITOR", "expiresInDays": 30 });
    let one = desk
        .make("createToken", &format!("token {MISTAKES}"), create.clone())
        .await;
    desk.make("revokeToken", MISTAKES, json!({ "name": "new.one" })).await;
    let other = desk
        .make("createToken", &format!("token {MISTAKES}"), create.clone())
        .await;
    // What is refused has done nothing.
    let taken = desk.make("createToken", MISTAKES, create).await;
    assert_eq!(mistakes(&taken), [("TAKEN", "name")]);

    let query = "{ history(id: \"token_new.one\") { totalCount nodes { id by action version reverts \
                 changes { field before after } } } tokens { name createdBy revokedBy } }";
    let read = desk.read(query).await;
    let history = &read["history"];
    assert_eq!(history["totalCount"], 3, "{history:#}");
    let nodes = history["nodes"].as_array().expect("a list");
    for (node, (id, action)) in nodes.iter().zip([
        ("token_new.one@3", "CREATED"),
        ("token_new.one@2", "DELETED"),
        ("token_new.one@1", "CREATED"),
    ]) {
        let expected = (json!(id), json!("chief"), json!(action));
        assert_eq!(
            (node["id"].clone(), node["by"].clone(), node["action"].clone()),
            expected
        );
    }
    let role = json!({ "field": "role", "before": null, "after": "editor" });
    assert_eq!(nodes[0]["changes"][0], role, "{history:#}");
    assert_eq!(nodes[0]["changes"][1]["field"], "expiresAt", "{history:#}");
    let new: Vec<_> = read["tokens"]
        .as_array()
        .expect("a list")
        .iter()
        .filter(|token| token["name"] == "new.one")
        .collect();
    assert_eq!(
        new,
        [
            &json!({ "name": "new.one", "createdBy": "chief", "revokedBy": "chief" }),
            &json!({ "name": "new.one", "createdBy": "chief", "revokedBy": null }),
        ]
    );
    for text in [&one["token"], &other["token"]] {
        assert!(!read.to_string().contains(text.as_str().expect("a token")), "{read:#}");
    }

    // It is the admins' business, and cannot be taken back.
    let editor = made(&desk.app, "ed2", Role::Editor, None).await;
    for (token, code) in [(Some(editor.as_str()), "FORBIDDEN"), (None, "UNAUTHENTICATED")] {
        let (_, refused) = desk.ask(token, query, json!({})).await;
        assert_eq!(refused["errors"][0]["extensions"]["code"], code, "{refused:#}");
    }
    let back = desk.make("revert", MISTAKES, json!({ "id": "token_new.one@2" })).await;
    assert_eq!(mistakes(&back), [("INVALID", "id")]);
}

#[tokio::test]
async fn what_is_told_of_a_token_is_never_an_old_answer() {
    let mut settings = settings();
    settings.config.response_cache_bytes = 8 * 1024 * 1024;
    let mut desk = Desk::with(settings).await;
    desk.token = made(&desk.app, "chief", Role::Admin, None).await;
    let query = "{ history(id: \"token_new\") { nodes { action } } }";
    for expected in [json!([]), json!([{ "action": "CREATED" }])] {
        let read = desk.read(query).await;
        assert_eq!(read["history"]["nodes"], expected, "{read:#}");
        if expected == json!([]) {
            desk.make("createToken", MISTAKES, json!({ "name": "new", "role": "READER" }))
                .await;
        }
    }
}

#[tokio::test]
async fn a_token_that_cannot_be_is_refused_with_what_can_be() {
    let desk = desk().await;
    for (input, field) in [
        (json!({ "name": "a b", "role": "READER" }), "name"),
        (json!({ "name": "", "role": "READER" }), "name"),
        (
            json!({ "name": "a", "role": "READER", "expiresInDays": 0 }),
            "expiresInDays",
        ),
        (
            json!({ "name": "a", "role": "READER", "expiresInDays": 36_501 }),
            "expiresInDays",
        ),
    ] {
        let made = desk
            .make("createToken", &format!("token {MISTAKES}"), input.clone())
            .await;
        assert_eq!(mistakes(&made), [("INVALID", field)], "{input}: {made:#}");
        assert!(
            made["userErrors"][0]["message"]
                .as_str()
                .is_some_and(|text| text.contains("accepted")),
            "{made:#}"
        );
    }
}

#[tokio::test]
async fn sets_are_put_back_and_the_history_tells_by_whom() {
    let desk = desk().await;
    let renamed = json!({ "id": "nation_russia", "name": "Muscovy" });
    desk.does("updateNation", renamed).await;
    let gone = desk
        .make(
            "deleteClaim",
            &format!("deletedId {MISTAKES}"),
            json!({ "id": "claim_article-C01" }),
        )
        .await;
    let selected = format!("sets {{ set added updated reset unchanged }} {MISTAKES}");
    let dry = desk
        .make("resetSets", &selected, json!({ "sets": ["article"], "dryRun": true }))
        .await;
    let done = desk.make("resetSets", &selected, json!({ "sets": ["article"] })).await;
    assert_eq!(dry, done);
    let set = &done["sets"][0];
    assert_eq!(set["reset"], json!(["nation_russia"]), "{done:#}");
    if gone["deletedId"].is_string() {
        assert_eq!(set["added"], json!(["claim_article-C01"]));
    }
    let read = desk
        .read("{ nation(id: \"nation_russia\") { name version history { nodes { by version } } } }")
        .await;
    let entries = json!([{ "by": "chief", "version": 3 }, { "by": "chief", "version": 2 }]);
    assert_eq!(
        (&read["nation"]["name"], &read["nation"]["history"]["nodes"]),
        (&json!("Russia"), &entries)
    );
    let strange = desk
        .make("resetSets", &selected, json!({ "sets": ["article", "../etc"] }))
        .await;
    assert_eq!(mistakes(&strange), [("INVALID", "sets[1]")]);
    assert_eq!(strange["sets"], json!([]));
}

#[tokio::test]
async fn what_was_deleted_and_comes_back_goes_on_with_its_versions() {
    let desk = desk().await;
    let source = json!({ "id": "source_new", "title": "A source", "kind": "DATASET" });
    for version in [1, 3, 5] {
        let made = desk
            .make(
                "createSource",
                &format!("source {{ version }} {MISTAKES}"),
                source.clone(),
            )
            .await;
        assert_eq!(made["source"]["version"], version, "{made:#}");
        let gone = desk
            .make(
                "deleteSource",
                &format!("deletedId {MISTAKES}"),
                json!({ "id": "source_new" }),
            )
            .await;
        assert_eq!(gone["deletedId"], "source_new");
    }
    let mut made_up = source;
    made_up["_id"] = made_up["id"].take();
    made_up.as_object_mut().expect("an object").remove("id");
    let made_up = Prepared::from_json(Kind::Source, &made_up).expect("it fits");
    let new = insert_new(&desk.app.store, vec![made_up]).await;
    assert_eq!(new.expect("it is written"), 1);
    let read = desk.read("{ source(id: \"source_new\") { version } }").await;
    assert_eq!(read["source"]["version"], 7, "also where it is made up in bulk");
    let read = desk
        .read("{ history(id: \"source_new\") { nodes { version action } } }")
        .await;
    let versions: Vec<_> = read["history"]["nodes"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|node| &node["version"])
        .collect();
    assert_eq!(versions, [6, 5, 4, 3, 2, 1]);
}
