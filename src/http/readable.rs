//! Resources with GET and HEAD only.

use actix_web::guard::{Any, Get, Head};
use actix_web::http::header::ALLOW;
use actix_web::web::{resource, route, to};
use actix_web::{FromRequest, Handler, HttpResponse, Resource, Responder};

/// A resource at this path, by GET, or by HEAD without its content. Other methods get 405 (RFC 9110, 9.1, 15.5.6).
pub fn readable<F, Args>(path: &str, handler: F) -> Resource
where
    F: Handler<Args, Output: Responder + 'static>,
    Args: FromRequest + 'static,
{
    let refused = || async {
        HttpResponse::MethodNotAllowed()
            .insert_header((ALLOW, "GET, HEAD"))
            .finish()
    };
    resource(path)
        .route(route().guard(Any(Get()).or(Head())).to(handler))
        .default_service(to(refused))
}
