//! What is refused: with a status in every form, and with the name of the parameter.

use menagerie::http::Settings;
use serde_json::{Value as Json, json};

use super::{get, json_of};
use crate::support::{TestApp, settings};

fn said(answer: &Json) -> (&str, &str) {
    let error = &answer["errors"][0];
    (
        error["extensions"]["code"].as_str().unwrap_or_default(),
        error["message"].as_str().unwrap_or_default(),
    )
}

#[tokio::test]
async fn a_parameter_that_is_not_in_order_is_named_and_told_by_the_status() {
    let app = TestApp::with(&["article"]).await;
    for (path, status, part) in [
        ("/q/OneNation.json", 400, "`code` is missing"),
        ("/q/OneNation.csv?code=", 400, "`code` is missing"),
        (
            "/q/PageByPage.json?first=three",
            400,
            "`first` is \"three\"; accepted is a whole number",
        ),
        ("/q/PageByPage?first=3000000000", 422, "$first"),
        ("/q/PageByPage.json?first=3000000000", 400, "$first"),
        ("/q/PageByPage.json?first=3&first=4", 400, "`first` is given twice"),
        ("/q/Search.json?text=a&kinds=GIFT,NOTHING", 400, "kinds"),
        ("/q/OneNation.json?nation=KP", 400, "accepted are code, shape, bom"),
        ("/q/AllGifts.json?shape=table", 400, "accepted are graphql and rows"),
        ("/q/AllGifts.json?bom=1", 400, "for CSV, 1"),
        ("/q/PageByPage.json?first=%ff", 400, "UTF-8"),
        ("/q/Nothing.json", 404, "AllGifts"),
        ("/q/AllGifts.xml", 404, "AllGifts"),
        ("/q/allgifts", 404, "AllGifts"),
        // Told by the field, which has data beside it.
        ("/q/PageByPage.csv?first=3000", 400, "`first` is 3000"),
        ("/q/PageByPage.json?first=3000&shape=rows", 400, "`first` is 3000"),
    ] {
        let accept = if path.contains('.') {
            "application/json"
        } else {
            "application/graphql-response+json"
        };
        let (found, _, body) = get(&app, path, &[("accept", accept)]).await;
        let answer: Json =
            serde_json::from_slice(&body).unwrap_or_else(|_| panic!("{path}: {}", String::from_utf8_lossy(&body)));
        let (code, message) = said(&answer);
        assert!(message.contains(part), "{path}: {message}");
        assert_eq!(found, status, "{path}: {answer}");
        assert!(["BAD_USER_INPUT", "LIMIT_EXCEEDED"].contains(&code), "{path}: {code}");
    }
}

#[tokio::test]
async fn what_a_page_of_another_site_makes_a_browser_ask_is_refused() {
    let app = TestApp::with(&["article"]).await;
    for path in ["/q/AllGifts", "/q/AllGifts.json", "/q/AllGifts.csv", "/q/Changes"] {
        let (status, _, body) = get(&app, path, &[("sec-fetch-site", "cross-site")]).await;
        let answer: Json = serde_json::from_slice(&body).expect("JSON");
        assert_eq!((status, said(&answer).0), (403, "FORBIDDEN"), "{path}");
    }
}

#[tokio::test]
async fn where_a_token_is_wanted_it_is_wanted_here_too() {
    let mut settings = settings();
    settings.config.anonymous = false;
    let app = TestApp::set(settings).await;
    for path in ["/q/AllGifts", "/q/AllGifts.json", "/q/AllGifts.csv", "/openapi.json"] {
        let (status, answer) = json_of(&app, path).await;
        assert_eq!((status, said(&answer).0), (401, "UNAUTHENTICATED"), "{path}");
    }
}

#[tokio::test]
async fn they_are_not_there_where_they_are_turned_off_and_there_where_only_known_documents_run() {
    let with = async |change: fn(&mut Settings)| {
        let mut settings = settings();
        change(&mut settings);
        let app = TestApp::set(settings).await;
        app.load(&["article"]).await;
        json_of(&app, "/q/OneGift.json?slug=ru-kp-2024").await
    };
    let (status, answer) = with(|settings| settings.config.trusted_documents_only = true).await;
    assert_eq!(
        (status, &answer["data"]["gift"]["slug"]),
        (200, &json!("ru-kp-2024")),
        "{answer}"
    );
    let mut settings = settings();
    settings.config.named_queries = false;
    let app = TestApp::set(settings).await;
    for path in ["/q/OneGift.json?slug=ru-kp-2024", "/openapi.json"] {
        assert_eq!(get(&app, path, &[]).await.0, 404, "{path}");
    }
}
