//! The notice in place of the web pages, if the server was built without Node.js.

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

const STYLE: &str = "
:root { color-scheme: light dark }
body { font: 1.1rem/1.6 system-ui, sans-serif; margin: 15vh auto 0; max-width: 36rem; padding: 0 1rem }
code { background: color-mix(in srgb, currentColor 10%, transparent); border-radius: 0.25rem; padding: 0.1rem 0.3rem }
";

/// The notice: how to get the pages, and what is available without them.
///
/// The status is 503: the URL is right, so 404 would mislead; with 200 a script that waits for the page, or monitors
/// it, would take this notice for it.
pub fn page(introspection: bool, prefix: &str) -> HttpResponse {
    let schema = if introspection {
        format!("<li>the schema: <a href=\"{prefix}/schema.graphql\">/schema.graphql</a></li>")
    } else {
        String::new()
    };
    let body = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>Menagerie: the pages are not built</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n\
         <h1>The pages are not built</h1>\n\
         <p>This server was built without its pages, because Node.js was missing. To get them, install Node.js 20.19 or \
         later, run <code>make web</code> in the folder of Menagerie, and build the server again: <code>make run</code> \
         does both.</p>\n\
         <p>Everything else is there:</p>\n<ul>\n<li>the API: <code>/graphql</code>, by POST or GET</li>\n\
         <li>all gifts as a table: <a href=\"{prefix}/export/gifts.csv\">/export/gifts.csv</a></li>\n{schema}\n</ul>\n\
         </main>\n</body>\n</html>\n"
    );
    HttpResponse::ServiceUnavailable()
        .content_type("text/html; charset=utf-8")
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((CONTENT_SECURITY_POLICY, policy()))
        .body(body)
}

/// Allows its own style, and nothing else.
fn policy() -> String {
    let hash = STANDARD.encode(Sha256::digest(STYLE));
    format!(
        "default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
}

#[cfg(test)]
mod tests {
    use actix_web::body::MessageBody;

    use super::*;

    fn text(introspection: bool) -> String {
        let body = page(introspection, "/zoo")
            .into_body()
            .try_into_bytes()
            .expect("it is whole");
        String::from_utf8(body.to_vec()).expect("text")
    }

    #[test]
    fn it_says_how_to_get_the_pages_and_what_is_there_without_them() {
        assert_eq!(page(true, "").status(), 503);
        for part in [
            "make web",
            "/graphql<",
            "href=\"/zoo/export/gifts.csv\"",
            "href=\"/zoo/schema.graphql\"",
        ] {
            assert!(text(true).contains(part), "{part}");
        }
        assert!(!text(false).contains("/schema.graphql"));
    }

    #[test]
    fn its_policy_allows_its_own_style_and_nothing_else() {
        let text = text(true);
        let style = text
            .split_once("<style>")
            .and_then(|(_, rest)| rest.split_once("</style>"));
        let hash = STANDARD.encode(Sha256::digest(style.expect("a style").0));
        let response = page(true, "");
        let policy = response.headers().get(CONTENT_SECURITY_POLICY).expect("a policy");
        let policy = policy.to_str().expect("text");
        assert!(
            policy.starts_with(&format!("default-src 'none'; style-src 'sha256-{hash}'; ")),
            "{policy}"
        );
        assert!(!text.contains("<script") && !text.contains("style="), "{text}");
    }
}
