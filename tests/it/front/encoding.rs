//! Compressed answers, by what the client accepts; compressed bodies, which nobody unpacks.

use super::{Answer, Door};
use crate::support::{TestApp, settings};

const QUERY: &str = "{ __schema { types { name description } } }";

async fn accepting(door: &Door, encoding: &str) -> Answer {
    let request = door.post(&serde_json::json!({ "query": QUERY }));
    Answer::to(request.header("accept-encoding", encoding)).await
}

#[tokio::test]
async fn an_answer_is_compressed_as_the_client_likes_it_best() {
    let app = TestApp::empty().await;
    let door = Door::over(&app, settings());
    let plain = door.ask(QUERY).await;
    plain.data();
    assert_eq!(plain.header("content-encoding"), "");
    for (accepted, encoding, magic) in [
        ("gzip", "gzip", &[0x1f, 0x8b][..]),
        ("br", "br", &[]),
        ("zstd", "zstd", &[0x28, 0xb5, 0x2f, 0xfd]),
        ("gzip;q=0.5, br", "br", &[]),
        ("br;q=0.5, zstd;q=0.9, gzip;q=0.7", "zstd", &[0x28, 0xb5, 0x2f, 0xfd]),
        ("compress, gzip;q=0.1, identity;q=0", "gzip", &[0x1f, 0x8b]),
    ] {
        let answer = accepting(&door, accepted).await;
        assert_eq!(
            (answer.status, answer.header("content-encoding")),
            (200, encoding.into()),
            "{accepted}"
        );
        assert!(
            answer.body.len() < plain.body.len() / 2,
            "{accepted}: {}",
            answer.body.len()
        );
        assert!(answer.body.starts_with(magic), "{accepted}");
        assert!(answer.varies_by("accept-encoding"), "{}", answer.header("vary"));
        assert!(answer.varies_by("accept"), "{}", answer.header("vary"));
    }
    for accepted in [
        "",
        "identity",
        "compress",
        "gzip;q=0",
        "identity, gzip;q=0.5",
        "*;q=0, identity",
    ] {
        let answer = accepting(&door, accepted).await;
        assert_eq!(
            (answer.status, answer.header("content-encoding")),
            (200, String::new()),
            "{accepted}"
        );
        assert_eq!(answer.body.len(), plain.body.len(), "{accepted}");
    }
}

#[tokio::test]
async fn a_shared_answer_says_all_that_it_varies_by() {
    let app = TestApp::empty().await;
    let mut settings = settings();
    settings.config.cors_origins = vec!["https://zoo.example".into()];
    let door = Door::over(&app, settings);
    let request = door.post(&serde_json::json!({ "query": QUERY }));
    let request = request
        .header("origin", "https://zoo.example")
        .header("accept-encoding", "gzip");
    let answer = Answer::to(request).await;
    assert_eq!(answer.header("content-encoding"), "gzip");
    for name in ["accept", "accept-encoding", "origin"] {
        assert!(answer.varies_by(name), "{name} in {}", answer.header("vary"));
    }
}

#[tokio::test]
async fn a_compressed_body_is_refused_and_an_encoding_that_changes_nothing_is_not() {
    let app = TestApp::empty().await;
    let door = Door::over(&app, settings());
    let good = || door.post(&serde_json::json!({ "query": "{ __typename }" }));
    for encoding in ["gzip", "br", "zstd", "deflate", "x", "gzip, identity", ""] {
        let answer = Answer::to(good().header("content-encoding", encoding)).await;
        answer.is_refused(415, "BAD_USER_INPUT");
        assert!(
            answer.message().contains("without content encoding"),
            "{}",
            answer.message()
        );
        assert!(
            answer.message().contains(&format!("{encoding:?}")),
            "{}",
            answer.message()
        );
        assert_eq!(answer.header("accept-encoding"), "identity");
    }
    for encoding in ["identity", "Identity"] {
        Answer::to(good().header("content-encoding", encoding)).await.data();
    }
    // At the other door too, and where several are named one after the other.
    let stream = door.client.post(format!("{}/graphql/stream", door.address));
    let stream = stream
        .header("content-encoding", "gzip")
        .header("accept", "text/event-stream");
    let stream = stream.header("content-type", "application/json").body("{}");
    Answer::to(stream).await.is_refused(415, "BAD_USER_INPUT");
    let twice = good()
        .header("content-encoding", "identity")
        .header("content-encoding", "gzip");
    Answer::to(twice).await.is_refused(415, "BAD_USER_INPUT");
}
