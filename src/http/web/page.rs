//! The pages of documents, and the lists of them: asked for, made into HTML, and sent with an entity tag.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, ETAG, RETRY_AFTER, VARY};
use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use maud::html;
use serde::Deserialize;
use serde_json::{Value as Json, json};
use tracing::Instrument;

use super::ask::ask;
use super::documents::PageOperation;
use super::kind::PageKind;
use super::missing;
use super::pages::Pages;
use super::rendered::View;
use super::shell::Shell;
use super::site::Site;
use super::view::{self, DATASET, EMBEDS, HOME, ListPage};
use crate::http::answer::Answer;
use crate::http::cross_origin::{EMBED_POLICY, PAGE_POLICY};
use crate::http::etag;
use crate::http::headers::REQUEST_ID;
use crate::http::permits::Permit;
use crate::http::pipeline::record::Recorder;
use crate::http::state::State;
use crate::http::transport::delivery::{Held, deliver};

/// A page that is to be made.
struct PageRequest<'a> {
    http: &'a HttpRequest,
    state: &'a Data<State>,
    pages: &'a Data<Pages>,
    /// For the record.
    route: &'static str,
    form: PageForm,
}

/// What a page has around its content.
#[derive(Clone, Copy, PartialEq, Eq)]
enum PageForm {
    /// A script that takes its place.
    Scripted,
    /// A bar and a foot.
    Framed,
    /// Nothing, and pages of others may show it.
    Embedded,
}

/// What a page is made of.
struct Made {
    view: View,
    /// What its script would ask first.
    answer: Option<Json>,
    form: PageForm,
    permit: Option<Permit>,
    retry_after: Option<u32>,
}

/// The first page.
pub async fn home(http: HttpRequest, state: Data<State>, pages: Data<Pages>) -> HttpResponse {
    let request = PageRequest {
        http: &http,
        state: &state,
        pages: &pages,
        route: "/",
        form: PageForm::Scripted,
    };
    request
        .answered(HOME, json!({}), |site, data| (view::home(site, data), None))
        .await
}

/// The page about the data as a whole.
pub async fn dataset(http: HttpRequest, state: Data<State>, pages: Data<Pages>) -> HttpResponse {
    let request = PageRequest {
        http: &http,
        state: &state,
        pages: &pages,
        route: "/dataset",
        form: PageForm::Framed,
    };
    request
        .answered(DATASET, json!({}), |site, data| (view::dataset(site, data), None))
        .await
}

/// The page of a document.
pub async fn document(
    kind: PageKind,
    http: HttpRequest,
    state: Data<State>,
    pages: Data<Pages>,
    name: Path<String>,
) -> HttpResponse {
    let form = match kind {
        PageKind::Gift => PageForm::Scripted,
        _ => PageForm::Framed,
    };
    let request = PageRequest {
        http: &http,
        state: &state,
        pages: &pages,
        route: kind.route(),
        form,
    };
    let operation = kind.operation();
    let variables = kind.variables(&name);
    request
        .answered(operation, variables.clone(), |site, data| {
            let view = view::document(kind, site, data).unwrap_or_else(|| view::missing(site, kind, &name));
            let answer = json!({ "operation": operation.name, "variables": variables, "data": data });
            (view, (form == PageForm::Scripted).then_some(answer))
        })
        .await
}

/// The place in a list.
#[derive(Deserialize)]
pub struct ListPlace {
    after: Option<String>,
}

/// A page of the list of all documents of a kind.
pub async fn list(
    kind: PageKind,
    http: HttpRequest,
    state: Data<State>,
    pages: Data<Pages>,
    place: Query<ListPlace>,
) -> HttpResponse {
    let request = PageRequest {
        http: &http,
        state: &state,
        pages: &pages,
        route: kind.path(),
        form: PageForm::Framed,
    };
    let (list, after) = (ListPage(kind), place.into_inner().after);
    let variables = json!({ "after": after });
    request
        .answered(list.operation(), variables, |site, data| {
            (list.view(site, data, after.as_deref()), None)
        })
        .await
}

/// What an embedded list is of.
#[derive(Deserialize)]
pub struct EmbedOf {
    #[serde(rename = "where")]
    filter: Option<String>,
}

/// A list for pages of others; `where` is the filter of gifts as JSON.
pub async fn embed(
    http: HttpRequest,
    state: Data<State>,
    pages: Data<Pages>,
    name: Path<String>,
    of: Query<EmbedOf>,
) -> HttpResponse {
    let request = PageRequest {
        http: &http,
        state: &state,
        pages: &pages,
        route: "/embed/{name}",
        form: PageForm::Embedded,
    };
    let Some((name, heading, operation)) = EMBEDS.into_iter().find(|(known, ..)| *known == name.as_str()) else {
        let known = EMBEDS.map(|(known, ..)| known).join(", ");
        return HttpResponse::NotFound()
            .content_type("text/plain; charset=utf-8")
            .body(format!("no such list; accepted are {known}\n"));
    };
    let filter: Json = match of.filter.as_deref().map(serde_json::from_str).transpose() {
        Ok(filter) => filter.unwrap_or_default(),
        Err(error) => {
            return HttpResponse::BadRequest()
                .content_type("text/plain; charset=utf-8")
                .body(format!(
                    "`where` cannot be read: {error}; accepted is a GiftFilter as JSON\n"
                ));
        }
    };
    request
        .answered(operation, json!({ "where": filter }), |site, data| {
            (view::embed(site, name, heading, data), None)
        })
        .await
}

impl PageRequest<'_> {
    /// Asks, makes the page, and answers with it. `make` gives the page, and what its script would ask.
    async fn answered(
        &self,
        operation: PageOperation,
        variables: Json,
        make: impl FnOnce(&Site, &Json) -> (View, Option<Json>),
    ) -> HttpResponse {
        let Self {
            http,
            state,
            pages,
            route,
            form,
        } = *self;
        let Some(shell) = &pages.dashboard else {
            tracing::warn!("{} was asked for; the pages are not built", http.path());
            return missing::page(state.config.introspection, state.prefix());
        };
        let in_flight = state.metrics.in_flight();
        let mut recorder = Recorder::begin(&state.metrics, route, http);
        let span = recorder.span();
        let site = Site::of(http, state);
        let asked = ask(http, state, &mut recorder, operation, &variables)
            .instrument(span)
            .await;
        let made = match asked {
            Ok((data, permit)) => {
                let (view, answer) = make(&site, &data);
                Made {
                    view,
                    answer,
                    form,
                    permit: Some(permit),
                    retry_after: None,
                }
            }
            Err((status, answer)) => {
                // Only what was asked for is for pages of others.
                let form = match form {
                    PageForm::Embedded => PageForm::Framed,
                    form => form,
                };
                let made = Self::failed(status, &answer, form);
                recorder.ends(made.view.status, [&answer]);
                made
            }
        };
        if made.permit.is_some() {
            recorder.ends(made.view.status, []);
        }
        let response = self.response(shell, &site, &made, recorder.request_id());
        deliver(http, state, response, Held::new(in_flight, made.permit))
    }

    /// The page for what could not be answered. One with a script is as good as any: the script asks again, or for a token.
    fn failed(status: StatusCode, answer: &Answer, form: PageForm) -> Made {
        let reason = answer
            .errors()
            .first()
            .map(|error| error.message.clone())
            .unwrap_or_default();
        let status = match status {
            StatusCode::UNAUTHORIZED if form == PageForm::Scripted => StatusCode::OK,
            status => status,
        };
        let mut view = view::notice(status, "This page cannot be shown now", &html! { (reason) });
        view.description = "Diplomatic gifts of animals between nations.".to_owned();
        Made {
            view,
            answer: None,
            form,
            permit: None,
            retry_after: answer.retry_after,
        }
    }

    fn response(&self, shell: &Arc<Shell>, site: &Site, made: &Made, id: &str) -> HttpResponse {
        let (body, policy) = match made.form {
            PageForm::Scripted => (shell.with(site, &made.view, made.answer.as_ref()), PAGE_POLICY),
            PageForm::Framed => (shell.alone(site, &made.view), PAGE_POLICY),
            PageForm::Embedded => (shell.bare(site, &made.view), EMBED_POLICY),
        };
        let tag = etag::of(body.as_bytes());
        let held = made.view.status == StatusCode::OK && etag::is_held(self.http, &tag);
        let mut response = HttpResponse::build(if held {
            StatusCode::NOT_MODIFIED
        } else {
            made.view.status
        });
        response
            .insert_header((CACHE_CONTROL, "private, no-cache"))
            .insert_header((VARY, "Accept-Encoding"))
            .insert_header((CONTENT_SECURITY_POLICY, policy))
            .insert_header((&REQUEST_ID, id.to_owned()));
        if let Some(seconds) = made.retry_after {
            response.insert_header((RETRY_AFTER, seconds.to_string()));
        }
        if made.view.status == StatusCode::OK {
            response.insert_header((ETAG, tag));
        }
        match held {
            true => response.finish(),
            false => response.content_type("text/html; charset=utf-8").body(body),
        }
    }
}
