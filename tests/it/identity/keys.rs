//! Where the keys of signed tokens come from, when they are read again, and which places are refused at the start.

use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::Algorithm;
use menagerie::api::viewer::Role;
use menagerie::http::auth::{Authenticator, Signed, SignedSettings};
use menagerie::store::Store;
use serde_json::{Value as Json, json};

use super::issuer::{EC, ED, ISSUER, Key, KeyServer, RSA, claims, keeper, set_of, settings};
use super::{bearer, no_store, refusal, with};
use crate::commands::{PATIENCE, ends_with, program_over};
use crate::support::TestApp;

const LONG: Duration = Duration::from_secs(3600);

/// Keys from this place, read again after `refresh` but not before `rest`.
async fn paced(jwks: &str, refresh: Duration, rest: Duration) -> Authenticator {
    let settings = SignedSettings {
        refresh,
        rest,
        ..settings(jwks)
    };
    with(Signed::new(settings).await.expect("the keys are read"))
}

async fn accepts(authenticator: &Authenticator, store: &Store, key: &Key) -> bool {
    match bearer(authenticator, store, &key.sign(&claims())).await {
        Ok(viewer) => viewer == keeper(Role::Reader),
        Err(_) => false,
    }
}

/// Waits until the keys that were read last no longer hold this one.
async fn until_refused(authenticator: &Authenticator, store: &Store, key: &Key) {
    let since = Instant::now();
    while accepts(authenticator, store, key).await {
        assert!(since.elapsed() < PATIENCE, "the key is still accepted");
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_new_key_in_the_file_is_found_when_a_token_names_it() {
    let store = no_store().await;
    let file = tempfile::NamedTempFile::new().expect("a file");
    let path = file.path().display().to_string();
    std::fs::write(file.path(), set_of(&[&EC])).expect("written");
    let eager = paced(&path, LONG, Duration::ZERO).await;
    let resting = paced(&path, LONG, LONG).await;
    assert!(accepts(&eager, &store, &EC).await && !accepts(&eager, &store, &ED).await);

    std::fs::write(file.path(), set_of(&[&ED])).expect("written");
    assert!(
        accepts(&eager, &store, &EC).await,
        "a known key is no reason to read the file"
    );
    assert!(accepts(&eager, &store, &ED).await, "a new one is");
    assert!(!accepts(&eager, &store, &EC).await, "the old one is gone");
    assert!(!accepts(&resting, &store, &ED).await, "it was read just now");

    for broken in ["", "{", r#"{"keys": {}}"#] {
        std::fs::write(file.path(), broken).expect("written");
        assert!(!accepts(&eager, &store, &EC).await);
        assert!(
            accepts(&eager, &store, &ED).await,
            "keys are kept where reading fails: {broken}"
        );
    }
    file.close().expect("removed");
    assert!(!accepts(&eager, &store, &EC).await && accepts(&eager, &store, &ED).await);
}

#[tokio::test]
async fn a_new_key_at_the_address_is_found_when_a_token_names_it() {
    let store = no_store().await;
    let server = KeyServer::start(200, set_of(&[&EC]));
    let authenticator = paced(&server.address, LONG, Duration::ZERO).await;
    assert!(accepts(&authenticator, &store, &EC).await);
    assert_eq!(server.asked(), 1, "once, at the start");
    server.answers(200, set_of(&[&ED, &EC]));
    assert!(accepts(&authenticator, &store, &ED).await && accepts(&authenticator, &store, &EC).await);
    assert_eq!(server.asked(), 2);

    let large = format!("{}{}", set_of(&[&RSA]), " ".repeat(256 * 1024));
    for (status, answer) in [
        (500, set_of(&[&RSA])),
        (404, String::new()),
        (301, set_of(&[&RSA])),
        (200, "<html>".to_owned()),
        (200, large),
    ] {
        server.answers(status, answer);
        assert!(!accepts(&authenticator, &store, &RSA).await, "{status}");
        assert!(
            accepts(&authenticator, &store, &ED).await,
            "keys are kept where reading fails"
        );
    }
    assert_eq!(server.asked(), 7, "no redirect was followed");
}

#[tokio::test]
async fn unknown_keys_do_not_bring_the_address_a_request_each() {
    let store = no_store().await;
    let server = KeyServer::start(200, set_of(&[&EC]));
    let authenticator = with(Signed::new(settings(&server.address)).await.expect("the keys are read"));
    let forged: Vec<String> = (0..50).map(|_| ED.sign(&claims())).collect();
    let answers = futures_util::future::join_all(forged.iter().map(|token| bearer(&authenticator, &store, token)));
    assert!(answers.await.iter().all(Result::is_err));
    assert_eq!(
        server.asked(),
        1,
        "it was read at the start, which is less than ten seconds ago"
    );
}

#[tokio::test]
async fn a_key_that_is_taken_out_of_the_set_opens_nothing_after_the_next_reading() {
    let store = no_store().await;
    let server = KeyServer::start(200, set_of(&[&EC, &ED]));
    let authenticator = paced(&server.address, Duration::ZERO, Duration::ZERO).await;
    assert!(accepts(&authenticator, &store, &EC).await);
    server.answers(200, set_of(&[&ED]));
    until_refused(&authenticator, &store, &EC).await;
    assert!(accepts(&authenticator, &store, &ED).await);

    // Seldom: only the start has asked.
    let seldom = KeyServer::start(200, set_of(&[&EC, &ED]));
    let authenticator = with(Signed::new(settings(&seldom.address)).await.expect("the keys are read"));
    for _ in 0..20 {
        assert!(accepts(&authenticator, &store, &EC).await);
    }
    assert_eq!(seldom.asked(), 1);
}

#[tokio::test]
async fn a_set_that_can_be_read_and_is_empty_takes_all_keys_away() {
    let store = no_store().await;
    let useless = json!({ "keys": [{ "kty": "AKP", "kid": "ec" }] }).to_string();
    for empty in [r#"{"keys": []}"#, &useless] {
        let server = KeyServer::start(200, set_of(&[&EC]));
        let authenticator = paced(&server.address, Duration::ZERO, Duration::ZERO).await;
        assert!(accepts(&authenticator, &store, &EC).await);
        server.answers(200, empty);
        until_refused(&authenticator, &store, &EC).await;
        let message = refusal(&authenticator, &store, &EC.sign(&claims())).await;
        assert!(message.contains("signed by a key that is not known here"), "{message}");
        // They may come back.
        server.answers(200, set_of(&[&EC]));
        assert!(accepts(&authenticator, &store, &EC).await);
    }
}

#[tokio::test]
async fn keys_that_could_not_be_read_again_for_long_open_nothing() {
    let store = no_store().await;
    let server = KeyServer::start(200, set_of(&[&EC]));
    let settings = SignedSettings {
        refresh: Duration::ZERO,
        rest: Duration::ZERO,
        stale: Duration::from_secs(2),
        ..settings(&server.address)
    };
    let authenticator = with(Signed::new(settings).await.expect("the keys are read"));
    for (status, answer) in [(500, String::new()), (200, "<html>".to_owned())] {
        assert!(accepts(&authenticator, &store, &EC).await);
        server.answers(status, answer);
        assert!(accepts(&authenticator, &store, &EC).await, "once is not for long");
        until_refused(&authenticator, &store, &EC).await;
        let message = refusal(&authenticator, &store, &EC.sign(&claims())).await;
        assert!(message.contains("its key cannot be read"), "{message}");
        server.answers(200, set_of(&[&EC]));
        assert!(
            accepts(&authenticator, &store, &EC).await,
            "as soon as they can be read"
        );
    }
    // Nobody asked for so long that they are old: that is no reason to refuse who asks now.
    let rested = SignedSettings {
        refresh: LONG,
        rest: Duration::ZERO,
        stale: Duration::ZERO,
        ..super::issuer::settings(&server.address)
    };
    let before = server.asked();
    let authenticator = with(Signed::new(rested).await.expect("the keys are read"));
    let _ = bearer(&authenticator, &store, &EC.sign(&claims())).await;
    assert_eq!(
        server.asked() - before,
        2,
        "old keys are read again before a token is judged"
    );
}

#[tokio::test]
async fn an_address_that_does_not_answer_at_the_start_may_answer_later() {
    let store = no_store().await;
    let server = KeyServer::start(503, String::new());
    let authenticator = paced(&server.address, LONG, Duration::ZERO).await;
    let message = refusal(&authenticator, &store, &EC.sign(&claims())).await;
    assert!(
        message.starts_with("no signed token can be checked at the moment, since its key cannot be read; try again"),
        "{message}"
    );
    server.answers(200, set_of(&[&EC]));
    assert!(accepts(&authenticator, &store, &EC).await);

    for nobody in [
        "http://127.0.0.1:1/keys",
        "http://[::1]:1/keys",
        "https://127.0.0.1:1/keys",
    ] {
        let nobody = paced(nobody, LONG, Duration::ZERO).await;
        assert!(!accepts(&nobody, &store, &EC).await);
    }
}

#[tokio::test]
async fn keys_of_a_server_that_nobody_vouches_for_are_not_read() {
    let store = no_store().await;
    let server = KeyServer::start_untrusted(set_of(&[&EC]));
    let authenticator = paced(&server.address, LONG, Duration::ZERO).await;
    assert!(!accepts(&authenticator, &store, &EC).await);
    assert_eq!(server.asked(), 0, "its certificate ended the connection");
}

#[tokio::test]
async fn keys_that_are_not_for_these_signatures_are_left_out() {
    let with_member = |key: &Key, name: &str, value: Json| {
        let mut jwk = key.jwk.clone();
        jwk[name] = value;
        jwk
    };
    let odd = [
        with_member(&RSA, "use", json!("enc")),
        with_member(&RSA, "key_ops", json!(["encrypt"])),
        with_member(&RSA, "alg", json!("RS512")),
        with_member(&RSA, "alg", json!("HS256")),
        with_member(&RSA, "n", json!("AQAB")),
        with_member(&EC, "crv", json!("P-384")),
        with_member(&EC, "crv", json!("secp256k1")),
        with_member(&EC, "x", json!("AQAB")),
        with_member(&ED, "crv", json!("Ed448")),
        with_member(&ED, "x", json!("not base64!")),
        json!({ "kty": "oct", "kid": "rsa", "k": "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0" }),
        json!({ "kty": "AKP", "kid": "rsa" }),
        json!(7),
    ];
    let store = no_store().await;
    let file = tempfile::NamedTempFile::new().expect("a file");
    let path = file.path().display().to_string();
    for jwk in odd {
        std::fs::write(file.path(), json!({ "keys": [jwk] }).to_string()).expect("written");
        let error = Signed::new(settings(&path))
            .await
            .expect_err("no key is left")
            .to_string();
        assert!(
            error.contains("none of the 1 keys in it can be used; accepted are public keys for RS256"),
            "{error}"
        );

        // Beside a good one it does no harm.
        let good = Key::new("good", Algorithm::EdDSA);
        std::fs::write(file.path(), json!({ "keys": [jwk, good.jwk] }).to_string()).expect("written");
        let authenticator = paced(&path, LONG, LONG).await;
        assert!(accepts(&authenticator, &store, &good).await, "{jwk}");
        for key in [&RSA, &EC, &ED] {
            assert!(!accepts(&authenticator, &store, key).await, "{jwk}");
        }
    }
}

#[tokio::test]
async fn numbers_of_a_key_may_have_a_zero_before_them() {
    let store = no_store().await;
    let mut jwk = RSA.jwk.clone();
    for part in ["n", "e"] {
        let number = URL_SAFE_NO_PAD.decode(jwk[part].as_str().expect("a number"));
        let with_zero = [&[0], number.expect("base64").as_slice()].concat();
        jwk[part] = json!(URL_SAFE_NO_PAD.encode(with_zero));
    }
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), json!({ "keys": [jwk] }).to_string()).expect("written");
    let authenticator = paced(&file.path().display().to_string(), LONG, LONG).await;
    assert!(accepts(&authenticator, &store, &RSA).await, "it is the same key");
}

#[tokio::test]
async fn a_place_without_keys_stops_the_start() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str, content: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, content).expect("written");
        path.display().to_string()
    };
    let large = " ".repeat(256 * 1024 + 1);
    let address = "the address ";
    for (place, problem) in [
        (
            folder.path().join("missing").display().to_string(),
            "missing: it cannot be read: No such file",
        ),
        (folder.path().display().to_string(), ": it cannot be read: "),
        (file("empty", ""), "empty: it is no JSON: "),
        (file("large", &large), "large: it has more than 256 KiB; "),
        (file("pem", &RSA.pem), "pem: it is no JSON: "),
        (
            file("key", &RSA.jwk.to_string()),
            "key: it is no JWK set; accepted is an object with a list `keys`",
        ),
        (
            file("none", r#"{"keys": []}"#),
            "none: none of the 0 keys in it can be used",
        ),
        (
            "http://issuer.example/keys".into(),
            "leads to another machine over http://; accepted is https://",
        ),
        (
            "http://localhost.example/keys".into(),
            "leads to another machine over http://",
        ),
        (
            "http://127.0.0.1.example/keys".into(),
            "leads to another machine over http://",
        ),
        ("http://localhost@issuer.example/".into(), "holds a user or a password"),
        (
            "https://zoo:s3cret@issuer.example/".into(),
            "holds a user or a password",
        ),
        ("ftp://127.0.0.1/keys".into(), "has another scheme"),
        ("file:///keys.json".into(), "has another scheme"),
        ("https://".into(), "cannot be understood"),
    ] {
        let error = Signed::new(settings(&place)).await.expect_err(&place).to_string();
        assert!(error.contains(problem), "{place}: {error}");
        assert!(!error.contains("s3cret"), "{error}");
        assert_eq!(error.starts_with(address), place.contains("://"), "{error}");
        assert!(
            error.contains("accepted is the path of a JWK set") || error.contains("or the path of a file"),
            "{error}"
        );
    }
}

#[tokio::test]
async fn a_bad_place_ends_the_server_with_the_status_of_a_bad_configuration() {
    let app = TestApp::empty().await;
    let mut command = program_over(&app);
    command
        .env("MENAGERIE_BIND", "127.0.0.1:0")
        .env("MENAGERIE_JWKS", "no-such-file.json")
        .env("MENAGERIE_JWT_ISSUER", ISSUER)
        .env("MENAGERIE_JWT_AUDIENCE", "menagerie");
    let said = ends_with(command.arg("serve"), 78);
    assert!(
        said.starts_with("menagerie: MENAGERIE_JWKS: no-such-file.json: it cannot be read: "),
        "{said}"
    );
}
