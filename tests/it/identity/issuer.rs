//! An issuer of signed tokens: its keys, made when they are first needed, and a server on this machine that tells them.

use std::net::TcpListener;
use std::sync::atomic::{AtomicU16, AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};

use actix_web::http::StatusCode;
use actix_web::web::{Data, to};
use actix_web::{App, HttpResponse, HttpServer};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, Header};
use menagerie::api::viewer::{Role, Viewer};
use menagerie::http::auth::SignedSettings;
use rcgen::{KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ED25519, PKCS_RSA_SHA256};
use ring::rand::SystemRandom;
use ring::rsa::PublicKeyComponents;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, RSA_PKCS1_SHA256, RsaKeyPair};
use serde_json::{Value as Json, json};

/// Whose tokens are accepted, and for whom they are.
pub const ISSUER: &str = "https://issuer.example/";
pub const AUDIENCE: &str = "menagerie";

/// A key pair.
pub struct Key {
    pub id: &'static str,
    pub algorithm: Algorithm,
    pair: Pair,
    /// The public key as a JWK.
    pub jwk: Json,
    /// The public key as its PEM file has it.
    pub pem: String,
}

enum Pair {
    Rsa(RsaKeyPair),
    Ec(EcdsaKeyPair),
    Ed(Ed25519KeyPair),
}

/// One key of each kind. `ring` makes no RSA keys, so theirs are files.
pub static RSA: LazyLock<Key> = LazyLock::new(|| Key::rsa("rsa", include_str!("rsa.pem")));
pub static EC: LazyLock<Key> = LazyLock::new(|| Key::new("ec", Algorithm::ES256));
pub static ED: LazyLock<Key> = LazyLock::new(|| Key::new("ed", Algorithm::EdDSA));

impl Key {
    /// A new key, for ES256 or EdDSA.
    pub fn new(id: &'static str, algorithm: Algorithm) -> Self {
        let kind = match algorithm {
            Algorithm::ES256 => &PKCS_ECDSA_P256_SHA256,
            _ => &PKCS_ED25519,
        };
        Self::of(id, algorithm, &KeyPair::generate_for(kind).expect("a key pair"))
    }

    /// The RSA key that this PEM text holds.
    pub fn rsa(id: &'static str, pem: &str) -> Self {
        let pair = KeyPair::from_pkcs8_pem_and_sign_algo(pem, &PKCS_RSA_SHA256);
        Self::of(id, Algorithm::RS256, &pair.expect("a key pair"))
    }

    fn of(id: &'static str, algorithm: Algorithm, made: &KeyPair) -> Self {
        let (private, public) = (made.serialize_der(), made.public_key_raw());
        let coded = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let (pair, mut jwk) = match algorithm {
            Algorithm::RS256 => {
                let pair = RsaKeyPair::from_pkcs8(&private).expect("an RSA key");
                let PublicKeyComponents::<Vec<u8>> { n, e } = pair.public().into();
                let jwk = json!({ "kty": "RSA", "n": coded(&n), "e": coded(&e) });
                (Pair::Rsa(pair), jwk)
            }
            Algorithm::ES256 => {
                let random = SystemRandom::new();
                let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &private, &random);
                // A point without compression: a 4, x, y.
                let (x, y) = (coded(&public[1..33]), coded(&public[33..]));
                let jwk = json!({ "kty": "EC", "crv": "P-256", "x": x, "y": y });
                (Pair::Ec(pair.expect("a key on the curve")), jwk)
            }
            _ => {
                let pair = Ed25519KeyPair::from_pkcs8(&private).expect("a key on the curve");
                (
                    Pair::Ed(pair),
                    json!({ "kty": "OKP", "crv": "Ed25519", "x": coded(public) }),
                )
            }
        };
        jwk["alg"] = json!(algorithm);
        jwk["kid"] = json!(id);
        Self {
            id,
            algorithm,
            pair,
            jwk,
            pem: made.public_key_pem(),
        }
    }

    /// A token with these claims.
    pub fn sign(&self, claims: &Json) -> String {
        self.sign_as(&self.header(), claims)
    }

    /// A token with another header than this key's.
    pub fn sign_as(&self, header: &Header, claims: &Json) -> String {
        signed(&json!(header), claims, |message| self.signature(message))
    }

    fn signature(&self, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match &self.pair {
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public().modulus_len()];
                let signed = pair.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature);
                signed.expect("a signature");
                signature
            }
            Pair::Ec(pair) => pair.sign(&random, message).expect("a signature").as_ref().to_vec(),
            Pair::Ed(pair) => pair.sign(message).as_ref().to_vec(),
        }
    }

    /// The header of its tokens.
    pub fn header(&self) -> Header {
        let mut header = Header::new(self.algorithm);
        header.kid = Some(self.id.to_owned());
        header
    }
}

/// A token of this header and these claims, with the signature that this gives.
pub fn signed(header: &Json, claims: &Json, signature: impl FnOnce(&[u8]) -> Vec<u8>) -> String {
    let coded = |json: &Json| URL_SAFE_NO_PAD.encode(json.to_string());
    let message = format!("{}.{}", coded(header), coded(claims));
    let signature = URL_SAFE_NO_PAD.encode(signature(message.as_bytes()));
    format!("{message}.{signature}")
}

/// A JWK set.
pub fn set_of(keys: &[&Key]) -> String {
    let keys: Vec<&Json> = keys.iter().map(|key| &key.jwk).collect();
    json!({ "keys": keys }).to_string()
}

/// Seconds since 1970.
pub fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("it is after 1970");
    i64::try_from(since.as_secs()).expect("not that late")
}

/// Claims that are accepted.
pub fn claims() -> Json {
    json!({ "iss": ISSUER, "aud": AUDIENCE, "sub": "keeper", "exp": now() + 600 })
}

/// The viewer whom these claims name, with this role.
pub fn keeper(role: Role) -> Viewer {
    super::known(&format!("keeper@{ISSUER}"), role)
}

/// What accepts this issuer's tokens, with keys from this place.
pub fn settings(jwks: &str) -> SignedSettings {
    SignedSettings::new(jwks, ISSUER, AUDIENCE)
}

/// A server that tells the issuer's keys; it ends with the test.
pub struct KeyServer {
    /// The address of the set.
    pub address: String,
    answer: Arc<Answer>,
}

struct Answer {
    status: AtomicU16,
    set: Mutex<String>,
    asked: AtomicUsize,
}

impl KeyServer {
    /// Starts it with this answer.
    pub fn start(status: u16, set: String) -> Self {
        Self::listen(status, set, None)
    }

    /// Starts it with TLS and a certificate that nobody has a reason to trust.
    pub fn start_untrusted(set: String) -> Self {
        let issued = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
        let key = rustls::pki_types::PrivateKeyDer::Pkcs8(issued.signing_key.serialize_der().into());
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let versions = rustls::ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let builder = versions.expect("the usual versions").with_no_client_auth();
        let config = builder.with_single_cert(vec![issued.cert.der().clone()], key);
        Self::listen(200, set, Some(config.expect("they fit")))
    }

    fn listen(status: u16, set: String, tls: Option<rustls::ServerConfig>) -> Self {
        let answer = Arc::new(Answer {
            status: AtomicU16::new(status),
            set: Mutex::new(set),
            asked: AtomicUsize::new(0),
        });
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let port = listener.local_addr().expect("the port is known").port();
        let address = match tls {
            Some(_) => format!("https://localhost:{port}/keys"),
            None => format!("http://127.0.0.1:{port}/keys"),
        };
        let data = Data::from(Arc::clone(&answer));
        let server = HttpServer::new(move || App::new().app_data(data.clone()).default_service(to(tell)))
            .workers(1)
            .disable_signals();
        let server = match tls {
            Some(tls) => server.listen_rustls_0_23(listener, tls),
            None => server.listen(listener),
        };
        tokio::spawn(server.expect("it listens").run());
        Self { address, answer }
    }

    /// What it answers from now on.
    pub fn answers(&self, status: u16, set: impl Into<String>) {
        self.answer.status.store(status, Ordering::SeqCst);
        *self.answer.set.lock().expect("no panic") = set.into();
    }

    /// How often it was asked.
    pub fn asked(&self) -> usize {
        self.answer.asked.load(Ordering::SeqCst)
    }
}

async fn tell(answer: Data<Answer>) -> HttpResponse {
    answer.asked.fetch_add(1, Ordering::SeqCst);
    let status = StatusCode::from_u16(answer.status.load(Ordering::SeqCst)).expect("a status");
    let set = answer.set.lock().expect("no panic").clone();
    HttpResponse::build(status)
        .insert_header(("location", "/elsewhere"))
        .body(set)
}
