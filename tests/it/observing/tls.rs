//! HTTPS and HTTP/2, with a certificate made for the test.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;

use menagerie::http::Serving;
use menagerie::http::tls::Tls;
use reqwest::{Certificate, Version};
use serde_json::{Value as Json, json};

use crate::commands::server::Server;
use crate::commands::{PATIENCE, ends_with, program, program_over};
use crate::support::TestApp;

/// A certificate for this machine, signed by itself, and its key, as PEM files in `folder`. Gives the former's text.
pub fn make(folder: &Path) -> String {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned(), "127.0.0.1".to_owned()]);
    let made = made.expect("a certificate");
    fs::write(folder.join("certificate.pem"), made.cert.pem()).expect("written");
    fs::write(folder.join("key.pem"), made.signing_key.serialize_pem()).expect("written");
    made.cert.pem()
}

pub fn read(folder: &Path) -> Tls {
    Tls::read(&folder.join("certificate.pem"), &folder.join("key.pem")).expect("a pair")
}

/// A client that trusts this certificate and no other.
pub fn trusting(certificate: &str) -> reqwest::ClientBuilder {
    let certificate = Certificate::from_pem(certificate.as_bytes()).expect("a certificate");
    reqwest::Client::builder().tls_certs_only([certificate])
}

#[tokio::test]
async fn with_a_certificate_the_api_is_served_over_https_by_http_2_and_http_1() {
    let folder = tempfile::tempdir().expect("a folder");
    let certificate = make(folder.path());
    let app = TestApp::serving(Serving {
        tls: Some(read(folder.path())),
        ..Serving::default()
    })
    .await;
    for (client, version) in [
        (trusting(&certificate), Version::HTTP_2),
        (trusting(&certificate).http1_only(), Version::HTTP_11),
    ] {
        let client = client.build().expect("a client");
        let request = client.post(format!("{}/graphql", app.address));
        let request = request.json(&json!({ "query": "{ gifts { totalCount } }" }));
        let answer = request.send().await.expect("an answer");
        assert_eq!((answer.status().as_u16(), answer.version()), (200, version));
        let body: Json = answer.json().await.expect("JSON");
        assert_eq!(body, json!({ "data": { "gifts": { "totalCount": 0 } } }));
    }
}

#[tokio::test]
async fn plain_http_on_the_port_of_https_gets_its_connection_closed() {
    let folder = tempfile::tempdir().expect("a folder");
    make(folder.path());
    let app = TestApp::serving(Serving {
        tls: Some(read(folder.path())),
        ..Serving::default()
    })
    .await;
    let address = app.address.strip_prefix("https://").expect("HTTPS").to_owned();
    let answer = tokio::task::spawn_blocking(move || {
        let mut stream = TcpStream::connect(address).expect("it listens");
        stream.set_read_timeout(Some(PATIENCE)).expect("a bound");
        stream
            .write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            .expect("sent");
        let mut answer = Vec::new();
        match stream.read_to_end(&mut answer) {
            Ok(_) => answer,
            Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => answer,
            Err(error) => panic!("the connection stays open: {error}"),
        }
    });
    let answer = answer.await.expect("no panic");
    assert!(!answer.starts_with(b"HTTP/"), "{}", String::from_utf8_lossy(&answer));
}

/// What stands in a file that holds no key and no certificate.
const PROSE: &str = "no PEM at all\n";

/// The file of a certificate and that of a key, and what is told of them.
const WRONG: &[(&str, &str, [&str; 2])] = &[
    (
        "none.pem",
        "key.pem",
        ["MENAGERIE_TLS_CERTIFICATE", "none.pem cannot be read"],
    ),
    (
        "prose.pem",
        "key.pem",
        ["MENAGERIE_TLS_CERTIFICATE", "prose.pem holds none; accepted is"],
    ),
    (
        "key.pem",
        "key.pem",
        ["MENAGERIE_TLS_CERTIFICATE", "key.pem holds none; accepted is"],
    ),
    (
        "certificate.pem",
        "none.pem",
        ["MENAGERIE_TLS_KEY", "none.pem cannot be read"],
    ),
    (
        "certificate.pem",
        "prose.pem",
        ["MENAGERIE_TLS_KEY", "prose.pem holds none; accepted is"],
    ),
    (
        "certificate.pem",
        "certificate.pem",
        ["MENAGERIE_TLS_KEY", "certificate.pem holds none"],
    ),
    (
        "certificate.pem",
        "broken.pem",
        ["MENAGERIE_TLS_KEY", "broken.pem is no well-formed PEM"],
    ),
    (
        "certificate.pem",
        "other.pem",
        ["MENAGERIE_TLS_KEY", "cannot be used together"],
    ),
];

#[test]
fn a_wrong_certificate_or_key_is_told_with_its_file_and_what_is_accepted() {
    let folder = tempfile::tempdir().expect("a folder");
    make(folder.path());
    let at = |name: &str| folder.path().join(name);
    let other = rcgen::KeyPair::generate().expect("a key").serialize_pem();
    fs::write(at("other.pem"), &other).expect("written");
    fs::write(at("prose.pem"), PROSE).expect("written");
    fs::write(at("broken.pem"), other.replace("-----END", "====")).expect("written");
    for &(certificate, key, parts) in WRONG {
        let error = Tls::read(&at(certificate), &at(key)).expect_err(key).to_string();
        for part in parts {
            assert!(error.contains(part), "{certificate}, {key}: {error}");
        }
        let secret: Vec<_> = other.lines().filter(|line| !line.starts_with("-----")).collect();
        assert!(!secret.iter().any(|line| error.contains(line)), "{error}");
    }
}

#[test]
fn the_program_does_not_start_with_a_wrong_certificate() {
    let folder = tempfile::tempdir().expect("a folder");
    make(folder.path());
    fs::write(folder.path().join("prose.pem"), PROSE).expect("written");
    let mut command = program(folder.path());
    command
        .env("MENAGERIE_BIND", "127.0.0.1:0")
        .env("MENAGERIE_TLS_CERTIFICATE", "prose.pem")
        .env("MENAGERIE_TLS_KEY", "key.pem");
    let said = ends_with(&mut command, 78);
    assert!(said.contains("prose.pem holds none"), "{said}");
}

// On another thread than this the client answers the server's pings while this one waits.
#[tokio::test(flavor = "multi_thread")]
async fn an_idle_connection_of_http_2_does_not_hold_up_the_end() {
    let folder = tempfile::tempdir().expect("a folder");
    let certificate = make(folder.path());
    let app = TestApp::empty().await;
    let mut command = program_over(&app);
    command
        .env("MENAGERIE_TLS_CERTIFICATE", folder.path().join("certificate.pem"))
        .env("MENAGERIE_TLS_KEY", folder.path().join("key.pem"))
        // Far beyond what the test waits.
        .env("MENAGERIE_GRACE_MS", "600000");
    let mut server = Server::start(&mut command);
    let client = trusting(&certificate).build().expect("a client");
    let request = client.post(&server.address).json(&json!({ "query": "{ __typename }" }));
    let answer = request.send().await.expect("an answer");
    assert_eq!((answer.status().as_u16(), answer.version()), (200, Version::HTTP_2));
    answer.bytes().await.expect("a body");
    server.signal("-TERM");
    assert_eq!(server.ended().code(), Some(0), "{}", server.log());
}
