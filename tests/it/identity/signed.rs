//! Which signed tokens are accepted, and as whom. The keys come from a file here.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, Header};
use menagerie::api::viewer::Role;
use menagerie::http::auth::{Authenticator, Signed, SignedSettings};
use ring::hmac;
use serde_json::{Value as Json, json};

use super::issuer::{AUDIENCE, EC, ED, ISSUER, Key, RSA, claims, keeper, now, set_of, settings, signed};
use super::{bearer, no_store, plain, refusal, with};

/// What accepts tokens that are signed by one of these keys, as the settings are changed.
async fn accepting(set: &str, change: impl FnOnce(&mut SignedSettings)) -> Authenticator {
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), set).expect("written");
    let mut settings = settings(&file.path().display().to_string());
    change(&mut settings);
    // The file is gone when this ends; it is read no more.
    with(Signed::new(settings).await.expect("the keys are read"))
}

async fn accepting_all() -> Authenticator {
    accepting(&set_of(&[&RSA, &EC, &ED]), |_| {}).await
}

fn encoded(json: &Json) -> String {
    URL_SAFE_NO_PAD.encode(json.to_string())
}

/// Claims with one other value, or without it (null).
fn other(claim: &str, value: Json) -> Json {
    let mut claims = claims();
    match value {
        Json::Null => drop(claims.as_object_mut().expect("an object").shift_remove(claim)),
        value => claims[claim] = value,
    }
    claims
}

#[tokio::test]
async fn a_token_by_each_kind_of_key_is_accepted() {
    let (store, authenticator) = (no_store().await, accepting_all().await);
    for key in [&RSA, &EC, &ED] {
        let viewer = bearer(&authenticator, &store, &key.sign(&claims())).await;
        assert_eq!(viewer, Ok(keeper(Role::Reader)), "{}", key.id);
    }
    let message = refusal(&plain(), &store, &RSA.sign(&claims())).await;
    assert!(message.starts_with("this server accepts no signed tokens"), "{message}");
    assert_eq!(store.commands_sent(), 0);
}

#[tokio::test]
async fn claims_decide_whether_a_token_is_accepted() {
    let (store, authenticator) = (no_store().await, accepting_all().await);
    let accepted = [
        ("aud", json!([AUDIENCE, "another"]), "one of several audiences"),
        ("exp", json!(now() - 5), "expired within the leeway"),
        ("exp", json!(4_000_000_000.5_f64), "a time with a fraction"),
        ("nbf", json!(now() + 5), "not yet valid within the leeway"),
        ("nbf", json!(now() - 60), "valid since a minute"),
        (
            "iat",
            json!(now() + 600),
            "issued in the future, which nobody asks about",
        ),
    ];
    for (claim, value, why) in accepted {
        let viewer = bearer(&authenticator, &store, &EC.sign(&other(claim, value))).await;
        assert_eq!(viewer, Ok(keeper(Role::Reader)), "{why}");
    }
    let another_issuer = "the token was issued by somebody whose tokens are not accepted here";
    let another_service = "the token was issued for another service";
    let refused = [
        ("iss", json!("https://another.example/"), another_issuer),
        ("iss", json!("https://issuer.example"), another_issuer),
        ("iss", json!([ISSUER]), another_issuer),
        ("iss", Json::Null, "the token has no `iss`"),
        ("iss", json!(7), "the token has no `iss`, or not in its form"),
        ("aud", json!("another"), another_service),
        ("aud", json!(["another"]), another_service),
        ("aud", json!([]), another_service),
        ("aud", json!(format!("{AUDIENCE} ")), another_service),
        ("aud", Json::Null, "the token has no `aud`"),
        ("exp", json!(now() - 60), "the token has expired"),
        ("exp", json!(0), "the token has expired"),
        ("exp", Json::Null, "the token has no `exp`"),
        ("exp", json!("4000000000"), "the token has no `exp`, or not in its form"),
        ("exp", json!(-1), "the token has no `exp`, or not in its form"),
        ("nbf", json!(now() + 60), "the token is not valid yet"),
        ("nbf", json!("soon"), "the token's `nbf` has not its form"),
        ("sub", Json::Null, "the token has no `sub`"),
        ("sub", json!(7), "the token has no `sub`, or not in its form"),
        ("sub", json!(""), "the token's `sub` is no name"),
        ("sub", json!("keeper\nadmin"), "the token's `sub` is no name"),
        ("sub", json!("k".repeat(257)), "the token's `sub` is no name"),
        (
            "role",
            json!(7),
            "the token's `role` is neither a text nor a list of texts",
        ),
        ("role", json!({ "admin": true }), "the token's `role` is neither"),
        ("role", json!(["admin", 7]), "the token's `role` is neither"),
    ];
    for (claim, value, problem) in refused {
        let message = refusal(&authenticator, &store, &EC.sign(&other(claim, value.clone()))).await;
        assert!(message.starts_with(problem), "{claim} {value}: {message}");
    }
}

#[tokio::test]
async fn the_claim_of_the_configured_name_holds_the_role() {
    let store = no_store().await;
    let cases = [
        (Json::Null, Role::Reader),
        (json!("reader"), Role::Reader),
        (json!("editor"), Role::Editor),
        (json!("admin"), Role::Admin),
        (json!(["reader", "admin", "editor"]), Role::Admin),
        (json!(["offline_access", "editor"]), Role::Editor),
        (json!([]), Role::Reader),
        (json!("owner"), Role::Reader),
        (json!("Admin"), Role::Admin),
        (json!("admin "), Role::Admin),
        (json!("openid EDITOR profile"), Role::Editor),
        (json!(["chief editor"]), Role::Reader),
        (json!("administrator"), Role::Reader),
        (json!(["owner", ""]), Role::Reader),
    ];
    for name in ["role", "https://zoo.example/roles"] {
        let set = set_of(&[&ED]);
        let authenticator = accepting(&set, |settings| settings.role_claim = name.to_owned()).await;
        for (value, role) in cases.clone() {
            let viewer = bearer(&authenticator, &store, &ED.sign(&other(name, value.clone()))).await;
            assert_eq!(viewer, Ok(keeper(role)), "{value}");
        }
        let elsewhere = ED.sign(&other("roles", json!("admin")));
        let viewer = bearer(&authenticator, &store, &elsewhere).await;
        assert_eq!(viewer, Ok(keeper(Role::Reader)), "another claim says nothing");
    }
}

#[tokio::test]
async fn a_role_within_other_claims_is_found_by_the_way_to_it() {
    let store = no_store().await;
    let of = |set: &str| {
        let set = set.to_owned();
        async move { accepting(&set, |settings| settings.role_claim = "realm_access.roles".to_owned()).await }
    };
    let authenticator = of(&set_of(&[&ED])).await;
    for (value, role) in [
        (json!({ "roles": ["offline_access", "Editor"] }), Role::Editor),
        (json!({ "roles": "viewer admin" }), Role::Admin),
        (json!({ "roles": null }), Role::Reader),
        (json!({ "groups": ["admin"] }), Role::Reader),
        (json!(["admin"]), Role::Reader),
        (json!("admin"), Role::Reader),
    ] {
        let viewer = bearer(&authenticator, &store, &ED.sign(&other("realm_access", value.clone()))).await;
        assert_eq!(viewer, Ok(keeper(role)), "{value}");
    }
    let token = ED.sign(&other("realm_access", json!({ "roles": { "admin": true } })));
    let message = refusal(&authenticator, &store, &token).await;
    assert!(
        message.starts_with("the token's `realm_access.roles` is neither a text"),
        "{message}"
    );
}

const OTHER_WAY: &str =
    "the token is signed in another way than RS256 (RSA of 2048 bits or more), ES256 (P-256) and EdDSA (Ed25519)";
const MALFORMED: &str = "the token looks like a signed one (JWT) and cannot be read as one";
const NO_FIT: &str = "the token's signature does not fit";
const OTHER_ALGORITHM: &str = "the token's `alg` is not the one of its key";
const UNKNOWN: &str = "the token is signed by a key that is not known here";

/// What a forger would like to be.
fn admin() -> Json {
    other("role", json!("admin"))
}

/// The three parts of a good token.
fn good() -> [String; 3] {
    let token = RSA.sign(&admin());
    let parts: Vec<String> = token.split('.').map(str::to_owned).collect();
    parts.try_into().expect("three parts")
}

fn head(algorithm: Algorithm, id: Option<&str>) -> Header {
    let mut header = Header::new(algorithm);
    header.kid = id.map(str::to_owned);
    header
}

/// A token that is signed with a secret.
fn by_hmac(secret: &[u8], header: &Json) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
    signed(header, &admin(), |message| hmac::sign(&key, message).as_ref().to_vec())
}

/// Each of these tokens is refused in these words.
async fn are_refused(forged: impl IntoIterator<Item = (String, &'static str)>) {
    let (store, authenticator) = (no_store().await, accepting_all().await);
    for (token, problem) in forged {
        let message = refusal(&authenticator, &store, &token).await;
        assert!(message.starts_with(problem), "{token}: {message}");
    }
    let viewer = bearer(&authenticator, &store, &good().join(".")).await;
    assert_eq!(viewer, Ok(keeper(Role::Admin)), "what was forged is good itself");
}

#[tokio::test]
async fn no_token_that_names_another_algorithm_is_accepted() {
    let [_, body, signature] = good();
    let with_head = |head: Json| format!("{}.{body}.{signature}", encoded(&head));
    are_refused([
        (format!("{}.{body}.", encoded(&json!({ "alg": "none" }))), OTHER_WAY),
        (with_head(json!({ "alg": "none", "kid": "rsa" })), OTHER_WAY),
        (with_head(json!({ "alg": "NONE", "kid": "rsa" })), OTHER_WAY),
        (with_head(json!({ "alg": "", "kid": "rsa" })), OTHER_WAY),
        (with_head(json!({ "alg": "rs256", "kid": "rsa" })), OTHER_WAY),
        (with_head(json!({ "alg": "PS256", "kid": "rsa" })), OTHER_WAY),
        (with_head(json!({ "alg": "RS512", "kid": "rsa" })), OTHER_WAY),
        (with_head(json!({ "alg": ["RS256"], "kid": "rsa" })), MALFORMED),
        (with_head(json!({ "kid": "rsa" })), MALFORMED),
        (with_head(json!({ "alg": "RS256", "kid": 7 })), MALFORMED),
        (with_head(json!([])), MALFORMED),
    ])
    .await;
}

#[tokio::test]
async fn no_token_that_is_signed_by_what_everybody_knows_is_accepted() {
    let by_rsa = json!(head(Algorithm::HS256, Some("rsa")));
    let modulus = RSA.jwk["n"].as_str().expect("n");
    // The right signature of an HMAC over a header that claims RS256.
    let hmac_as_rsa = by_hmac(RSA.pem.as_bytes(), &json!({ "alg": "RS256", "kid": "rsa" }));
    are_refused([
        (by_hmac(RSA.pem.as_bytes(), &by_rsa), OTHER_WAY),
        (by_hmac(modulus.as_bytes(), &by_rsa), OTHER_WAY),
        (by_hmac(b"", &json!(head(Algorithm::HS256, None))), OTHER_WAY),
        (hmac_as_rsa, NO_FIT),
    ])
    .await;
}

#[tokio::test]
async fn no_token_by_another_key_than_it_names_is_accepted() {
    let claims = admin();
    let stranger = Key::rsa("rsa", include_str!("stranger.pem"));
    let mut own_key = RSA.header();
    own_key.jwk = Some(serde_json::from_value(stranger.jwk.clone()).expect("a key"));
    let mut critical = RSA.header();
    critical.crit = Some(vec!["exp".to_owned()]);
    let by_ec = |id| EC.sign_as(&head(Algorithm::ES256, Some(id)), &claims);
    let by_rsa = |id| RSA.sign_as(&head(Algorithm::RS256, Some(id)), &claims);
    are_refused([
        (stranger.sign(&claims), NO_FIT),
        (stranger.sign_as(&own_key, &claims), NO_FIT),
        (by_ec("rsa"), OTHER_ALGORITHM),
        (by_rsa("ed"), OTHER_ALGORITHM),
        (by_rsa("RSA"), UNKNOWN),
        (by_rsa(""), UNKNOWN),
        (RSA.sign_as(&critical, &claims), "the token has a `crit` header"),
    ])
    .await;
}

#[tokio::test]
async fn no_token_that_is_put_together_from_parts_is_accepted() {
    let [head, body, signature] = good();
    let other_body = encoded(&other("role", json!("reader")));
    let by_ec = EC.sign(&admin());
    let other_signature = by_ec.split('.').nth(2).expect("a part");
    are_refused([
        (format!("{head}.{other_body}.{signature}"), NO_FIT),
        (format!("{head}.{body}."), NO_FIT),
        (format!("{head}.{body}.{other_signature}"), NO_FIT),
        (format!("{head}.{body}.{signature}="), MALFORMED),
        (format!("..{signature}"), MALFORMED),
        ("..".to_owned(), MALFORMED),
        ("a.b.c".to_owned(), MALFORMED),
    ])
    .await;
}

#[tokio::test]
async fn a_token_without_a_kid_is_accepted_where_one_key_fits() {
    let store = no_store().await;
    let nameless = |key: &Key| {
        let mut jwk = key.jwk.clone();
        jwk.as_object_mut().expect("an object").shift_remove("kid");
        jwk
    };
    let token = EC.sign_as(&Header::new(Algorithm::ES256), &claims());
    let second = Key::new("second", Algorithm::ES256);
    let one = [json!([EC.jwk, RSA.jwk, ED.jwk]), json!([nameless(&EC), RSA.jwk])];
    for keys in one {
        let authenticator = accepting(&json!({ "keys": keys }).to_string(), |_| {}).await;
        let viewer = bearer(&authenticator, &store, &token).await;
        assert_eq!(viewer, Ok(keeper(Role::Reader)), "{keys}");
    }
    let authenticator = accepting(&set_of(&[&EC, &second]), |_| {}).await;
    let message = refusal(&authenticator, &store, &token).await;
    assert!(message.starts_with("the token does not say by `kid`"), "{message}");
    let authenticator = accepting(&set_of(&[&RSA]), |_| {}).await;
    let message = refusal(&authenticator, &store, &token).await;
    assert!(
        message.starts_with("the token is signed by a key that is not known"),
        "{message}"
    );
}
