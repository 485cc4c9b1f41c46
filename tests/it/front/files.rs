//! The pages and their files on the way to a browser: compressed once, kept for good or asked about again.

use reqwest::Method;

use super::{Answer, Door};
use crate::support::{TestApp, settings};

/// The page's address for its first script; nothing where the pages were left out of the build.
async fn script(door: &Door) -> Option<String> {
    let page = Answer::to(door.get("/graphiql")).await;
    let text = String::from_utf8_lossy(&page.body).into_owned();
    let mut addresses = text.split('"').filter(|part| part.starts_with("/assets/"));
    let found = addresses.find(|address| address.ends_with(".js")).map(str::to_owned);
    assert_eq!(found.is_some(), page.status == 200, "{text}");
    found
}

#[tokio::test]
async fn a_file_comes_as_it_is_carried_and_unpacked_where_brotli_is_not_accepted() {
    let app = TestApp::empty().await;
    let door = Door::over(&app, settings());
    let Some(path) = script(&door).await else { return };
    let carried = format!("{}/web/dist{path}.br", env!("CARGO_MANIFEST_DIR"));
    let carried = std::fs::read(carried).expect("the build has compressed it");
    let mut plain = Vec::new();
    for (accepted, encoding) in [
        ("", ""),
        ("identity", ""),
        ("br;q=0, *;q=0, identity", ""),
        ("gzip", "gzip"),
        ("zstd, gzip;q=0.1", "zstd"),
        ("br", "br"),
        ("gzip, deflate, br, zstd", "br"),
        ("gzip;q=1, br;q=0.1", "br"),
    ] {
        let answer = Answer::to(door.get(&path).header("accept-encoding", accepted)).await;
        let got = (answer.status, answer.header("content-encoding"));
        assert_eq!(got, (200, encoding.into()), "{accepted}");
        assert!(
            answer.header("content-type").starts_with("text/javascript"),
            "{accepted}"
        );
        assert_eq!(
            answer.header("cache-control"),
            "public, max-age=31536000, immutable",
            "{accepted}"
        );
        assert!(answer.varies_by("accept-encoding"), "{accepted}");
        match encoding {
            "br" => assert!(answer.body == carried, "{accepted}: other bytes"),
            "" if plain.is_empty() => plain = answer.body,
            "" => assert!(answer.body == plain, "{accepted}: other bytes"),
            _ => assert!(answer.body.len() < plain.len() / 2, "{accepted}: {}", answer.body.len()),
        }
    }
    assert!(
        plain.len() > 2 * carried.len(),
        "{} from {}",
        plain.len(),
        carried.len()
    );
    let text = String::from_utf8(plain).expect("it is text again");
    assert!(text.contains("import"), "{text:.200}");
}

#[tokio::test]
async fn a_file_can_be_asked_about_without_its_content() {
    let app = TestApp::empty().await;
    let door = Door::over(&app, settings());
    let Some(path) = script(&door).await else { return };
    let head = door.client.request(Method::HEAD, format!("{}{path}", door.address));
    let head = Answer::to(head.header("accept-encoding", "br")).await;
    let whole = Answer::to(door.get(&path).header("accept-encoding", "br")).await;
    assert_eq!((head.status, head.body.len()), (200, 0));
    for name in [
        "content-type",
        "content-encoding",
        "content-length",
        "cache-control",
        "vary",
    ] {
        assert_eq!(head.header(name), whole.header(name), "{name}");
    }
    assert_eq!(head.header("content-length"), whole.body.len().to_string());
}

#[tokio::test]
async fn a_page_is_asked_about_each_time_and_sent_only_when_it_has_changed() {
    let app = TestApp::empty().await;
    let door = Door::over(&app, settings());
    let page = Answer::to(door.get("/graphiql").header("accept-encoding", "br")).await;
    if page.status == 503 {
        // What stands in the place of a page must not stay when the page is there.
        assert_eq!(
            (page.header("cache-control"), page.header("etag")),
            ("no-store".into(), String::new())
        );
        return;
    }
    assert_eq!(page.header("cache-control"), "no-cache");
    let tag = page.header("etag");
    assert!(
        tag.starts_with("W/\"") && page.varies_by("accept-encoding"),
        "{:?}",
        page.headers
    );
    for (held, status) in [(tag.as_str(), 304), ("W/\"another\"", 200), ("*", 304)] {
        for method in [Method::GET, Method::HEAD] {
            let request = door.client.request(method, format!("{}/graphiql", door.address));
            let answer = Answer::to(request.header("if-none-match", held)).await;
            assert_eq!((answer.status, answer.header("etag")), (status, tag.clone()), "{held}");
            assert!(status == 200 || answer.body.is_empty(), "{held}");
            assert_eq!(
                answer.header("content-security-policy"),
                page.header("content-security-policy")
            );
        }
    }
}
