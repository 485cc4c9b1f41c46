//! The endpoints for operators: `/healthz`, `/readyz` and `/metrics`.
//!
//! Responses describe what is wrong in fixed words; the cause goes to the log.

use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::{Data, ServiceConfig};
use serde::Serialize;

use super::readable::readable;
use super::state::State;
use crate::store::columns::Phase;

/// How long the database may take to answer a ping before the server counts as not ready.
const PING: Duration = Duration::from_secs(2);

const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// All three endpoints: on a port of their own, or beside the API if there is none.
pub fn routes(config: &mut ServiceConfig) {
    config
        .configure(alive_route)
        .service(readable("/readyz", ready))
        .service(readable("/metrics", metrics));
}

/// `/healthz`, which reveals nothing but the version: always beside the API.
pub fn alive_route(config: &mut ServiceConfig) {
    config.service(readable("/healthz", alive));
}

/// The process is alive, and which version it is; the database is not asked.
async fn alive() -> HttpResponse {
    HttpResponse::Ok().json(serde_json::json!({ "status": "ok", "version": env!("CARGO_PKG_VERSION") }))
}

/// Whether requests can be answered: 200, or 503 with the reasons. The feed and the search index do not count.
async fn ready(state: Data<State>) -> HttpResponse {
    let checks = [database(&state).await, schema(&state), running(&state)];
    let all = checks.iter().all(|check| check.ok);
    // Without the feed queries are correct, only slower; while the index lags, everything but `search` is correct.
    let [database, schema, running] = checks;
    let checks = [database, schema, running, feed(&state), search(&state), columns(&state)];
    let mut answer = if all {
        HttpResponse::Ok()
    } else {
        HttpResponse::ServiceUnavailable()
    };
    answer
        .insert_header((CACHE_CONTROL, "no-store"))
        .json(serde_json::json!({ "status": if all { "ready" } else { "not ready" }, "reasons": checks }))
}

async fn metrics(state: Data<State>) -> HttpResponse {
    state.metrics.documents_kept(state.guard.kept());
    match state.metrics.text() {
        Ok(text) => HttpResponse::Ok()
            .insert_header((CACHE_CONTROL, "no-store"))
            .content_type(OPEN_METRICS)
            .body(text),
        Err(error) => {
            tracing::error!("the metrics cannot be written: {error}");
            HttpResponse::InternalServerError().finish()
        }
    }
}

/// A row of the report; `ok` only counts in those that readiness needs.
#[derive(Serialize)]
struct Check {
    check: &'static str,
    ok: bool,
    detail: &'static str,
}

impl Check {
    fn new(check: &'static str, ok: bool, good: &'static str, bad: &'static str) -> Self {
        let detail = if ok { good } else { bad };
        Self { check, ok, detail }
    }
}

async fn database(state: &State) -> Check {
    let answers = match tokio::time::timeout(PING, state.store.ping()).await {
        Ok(Ok(())) => true,
        Ok(Err(cause)) => {
            tracing::warn!("not ready: {cause}");
            false
        }
        Err(_) => {
            tracing::warn!("not ready: the database did not answer a ping within {PING:?}");
            false
        }
    };
    Check::new(
        "database",
        answers,
        "the database answers",
        "the database does not answer; the log has the cause",
    )
}

fn schema(state: &State) -> Check {
    let good = match state.store.unenforced().is_empty() {
        true => "validators and indexes are applied",
        false => {
            "this database refused some validators or indexes; the server holds documents against them by itself, and \
             `menagerie check` lists them"
        }
    };
    Check::new(
        "schema",
        state.store.schema_is_applied(),
        good,
        "validators and indexes are not applied yet",
    )
}

fn running(state: &State) -> Check {
    Check::new(
        "running",
        !state.stopping.has_begun(),
        "the server accepts requests",
        "the server is about to stop",
    )
}

fn feed(state: &State) -> Check {
    Check::new(
        "feed",
        state.live.status().live,
        "the database tells what changes in it",
        "the database does not tell what changes in it at the moment: nothing is cached and subscriptions wait; this alone \
         does not make the server unready",
    )
}

fn search(state: &State) -> Check {
    Check::new(
        "search",
        state.search.status().live,
        "the search index follows the data",
        "the search index does not follow the data at the moment; this alone does not make the server unready",
    )
}

fn columns(state: &State) -> Check {
    let (ok, detail) = match state.live.columns().status().phase {
        Phase::Off => (true, "there are no columns of the gifts: MENAGERIE_COLUMNS_MB is 0"),
        Phase::Ready => (true, "the columns of the gifts follow the data"),
        Phase::Waiting | Phase::Building => (
            false,
            "the columns of the gifts are being built, and the database answers; this alone does not make the server unready",
        ),
        Phase::TooLarge(_) => (
            false,
            "the columns of the gifts would take more than MENAGERIE_COLUMNS_MB, so the database answers; this alone does not \
             make the server unready",
        ),
        Phase::Unfit(_) => (
            false,
            "the columns of the gifts cannot hold a value of a document, so the database answers; the log has the cause, and \
             this alone does not make the server unready",
        ),
    };
    Check {
        check: "columns",
        ok,
        detail,
    }
}
