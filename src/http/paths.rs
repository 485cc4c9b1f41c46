//! One form of a request's path, before it is routed: without the prefix that a proxy serves this server under, whether or
//! not the proxy takes it off, and without slashes at its end.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Uri;
use actix_web::http::uri::PathAndQuery;
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpRequest};

use super::state::State;

/// Brings the path into its form.
pub async fn normal<B: MessageBody>(mut request: ServiceRequest, next: Next<B>) -> Result<ServiceResponse<B>, Error> {
    let prefix = request.app_data::<Data<State>>().map_or("", |state| state.prefix());
    if let Some(uri) = in_form(request.uri(), prefix) {
        request.match_info_mut().get_mut().update(&uri);
        request.head_mut().uri = uri;
    }
    next.call(request).await
}

/// The address in its form; `None` if it is in it.
fn in_form(uri: &Uri, prefix: &str) -> Option<Uri> {
    let path = uri.path();
    let within = path
        .strip_prefix(prefix)
        .filter(|rest| rest.is_empty() || rest.starts_with('/'));
    let short = within.unwrap_or(path).trim_end_matches('/');
    let short = if short.is_empty() { "/" } else { short };
    if short == path {
        return None;
    }
    let whole = match uri.query() {
        Some(query) => format!("{short}?{query}"),
        None => short.to_owned(),
    };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(whole).ok()?);
    Uri::from_parts(parts).ok()
}

/// The address of what this server has at a path, as its visitors know it: absolute, by the setting
/// `MENAGERIE_PUBLIC_URL` or else by what the request says.
pub fn absolute(http: &HttpRequest, state: &State, path: &str) -> String {
    match &state.config.public_url {
        Some(url) => format!("{}{}{path}", url.origin(), url.prefix()),
        None => {
            let connection = http.connection_info();
            format!("{}://{}{path}", connection.scheme(), connection.host())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_has_one_form() {
        for (given, prefix, expected) in [
            ("/", "", None),
            ("/graphql", "", None),
            ("/graphql/", "", Some("/graphql")),
            ("/gifts/cn-kr//?a=/b/", "", Some("/gifts/cn-kr?a=/b/")),
            ("//", "", Some("/")),
            ("/zoo", "/zoo", Some("/")),
            ("/zoo/", "/zoo", Some("/")),
            ("/zoo/graphql?query=x", "/zoo", Some("/graphql?query=x")),
            ("/graphql", "/zoo", None),
            ("/zoological", "/zoo", None),
        ] {
            let uri: Uri = given.parse().expect(given);
            let expected: Option<Uri> = expected.map(|text| text.parse().expect(text));
            assert_eq!(in_form(&uri, prefix), expected, "{given}");
        }
    }
}
