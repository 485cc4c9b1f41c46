//! The forms of the header: which are understood, which refused in which words, and what asks the database.

use menagerie::api::error::ApiError;
use menagerie::api::viewer::{Role, Viewer};
use menagerie::http::auth::Authenticator;
use menagerie::store::tokens::random;
use mongodb::bson::{Document, doc};

use super::{bearer, known, made, no_store, plain, refusal};
use crate::support::TestApp;

/// A token of the right form that nobody has made.
fn unknown() -> String {
    random().expect("random numbers")
}

#[tokio::test]
async fn without_a_header_one_is_anonymous_where_that_is_allowed() {
    let store = no_store().await;
    assert_eq!(
        Authenticator::new(true, None)
            .identity(&store, None)
            .await
            .map(|known| known.viewer),
        Ok(Viewer::Anonymous)
    );
    assert_eq!(
        plain().identity(&store, None).await.map(|known| known.viewer),
        Err(ApiError::Unauthenticated(
            "the request does not say who asks; accepted is a header `Authorization: Bearer TOKEN`, with a token that \
             `menagerie token create` made"
                .into()
        ))
    );
}

#[tokio::test]
async fn a_header_that_does_not_hold_is_refused_also_where_one_may_be_anonymous() {
    let store = no_store().await;
    let token = unknown();
    let scheme = "the header `Authorization` has another scheme than `Bearer`";
    let empty = "the header `Authorization` holds no token";
    let letters = "the header `Authorization` holds characters that no token has";
    let incomplete = "the token is not complete";
    let form = "the token has no form that is known here";
    for (header, problem) in [
        (String::new(), scheme),
        (" ".into(), scheme),
        ("Basic em9vOnMzY3JldHMzY3JldA==".into(), scheme),
        (token.clone(), scheme),
        (format!("Bearer:{token}"), scheme),
        (format!("Bearer\t{token}"), scheme),
        (format!("Bearer{token}"), scheme),
        (format!("Token {token}"), scheme),
        ("Bearer".into(), empty),
        ("bearer   ".into(), empty),
        (format!("Bearer {token} {token}"), letters),
        (format!("Bearer {token},{token}"), letters),
        (format!("Bearer \"{token}\""), letters),
        (format!("Bearer {token}é"), letters),
        (format!("Bearer {}", "a".repeat(8 * 1024 + 1)), "the token is too long"),
        (format!("Bearer {}", "a".repeat(8 * 1024)), form),
        ("Bearer a.b".into(), form),
        ("Bearer a.b.c.d".into(), form),
        ("Bearer mng_".into(), incomplete),
        (format!("Bearer {}", &token[..token.len() - 1]), incomplete),
        (format!("Bearer {token}A"), incomplete),
        ("Bearer a.b.c".into(), "this server accepts no signed tokens (JWT)"),
        (format!("Bearer {}", token.to_uppercase()), form),
    ] {
        for (anonymous, end) in [(true, "; without that header one may read"), (false, " made")] {
            let authenticator = Authenticator::new(anonymous, None);
            let Err(ApiError::Unauthenticated(message)) = authenticator.identity(&store, Some(&header)).await else {
                panic!("{header} is not refused");
            };
            assert!(
                message.starts_with(&format!("{problem}; accepted is ")) && message.ends_with(end),
                "{header}: {message}"
            );
            for secret in [&token[4..30], "em9vOnM", "aaaa"] {
                assert!(!message.contains(secret), "{message}");
            }
        }
    }
    assert_eq!(store.commands_sent(), 0, "the database is asked about none of them");
}

#[tokio::test]
async fn a_token_is_accepted_however_its_header_is_written() {
    let app = TestApp::empty().await;
    let token = made(&app, "dashboard", Role::Admin, None).await;
    for header in [
        format!("Bearer {token}"),
        format!("bearer {token}"),
        format!("BEARER   {token} "),
        format!(" Bearer {token}\n"),
    ] {
        let before = app.store.commands_sent();
        for anonymous in [true, false] {
            let viewer = Authenticator::new(anonymous, None)
                .identity(&app.store, Some(&header))
                .await
                .map(|known| known.viewer);
            assert_eq!(viewer, Ok(known("dashboard", Role::Admin)), "{header}");
        }
        assert_eq!(app.store.commands_sent() - before, 2, "one command each time");
    }
}

#[tokio::test]
async fn an_unknown_a_revoked_and_an_expired_token_are_refused() {
    let app = TestApp::empty().await;
    let revoked = made(&app, "revoked", Role::Reader, None).await;
    assert_eq!(app.store.revoke_token("revoked", "the tests").await.ok(), Some(true));
    assert_eq!(
        app.store.revoke_token("revoked", "the tests").await.ok(),
        Some(false),
        "only once"
    );
    let expired = made(&app, "expired", Role::Reader, Some(std::time::Duration::ZERO)).await;
    let lasting = made(
        &app,
        "lasting",
        Role::Reader,
        Some(std::time::Duration::from_secs(3600)),
    )
    .await;
    for (token, problem) in [
        (unknown(), "the token is unknown; "),
        (revoked, "the token was revoked; "),
        (expired, "the token has expired; "),
    ] {
        let message = refusal(&plain(), &app.store, &token).await;
        assert!(message.starts_with(problem), "{message}");
    }
    let viewer = bearer(&plain(), &app.store, &lasting).await;
    assert_eq!(viewer, Ok(known("lasting", Role::Reader)));
}

#[tokio::test]
async fn a_role_that_nobody_knows_opens_nothing() {
    let app = TestApp::empty().await;
    let token = made(&app, "dashboard", Role::Admin, None).await;
    let tokens = app.raw().await.collection::<Document>("tokens");
    let change = tokens.update_one(doc! {}, doc! { "$set": { "role": "owner" } });
    let changed = change.bypass_document_validation(true).await.expect("an answer");
    assert_eq!(changed.modified_count, 1);
    assert_eq!(bearer(&plain(), &app.store, &token).await, Err(ApiError::Internal));
}

#[tokio::test]
async fn a_database_that_does_not_answer_is_no_fault_of_the_token() {
    let store = no_store().await;
    assert_eq!(bearer(&plain(), &store, &unknown()).await, Err(ApiError::Unavailable));
}
