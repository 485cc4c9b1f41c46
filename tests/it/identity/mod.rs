//! Who asks: tokens of the store, signed tokens, and every header that is refused.
//!
//! Here stands how a header is judged; the files beside this one hold the tests. What a viewer may do over HTTP is not
//! tested here.

mod commands; // `menagerie token`, and what the database keeps of a token
mod headers; // the forms of the header, with and without anonymous reading
pub mod issuer; // an issuer of signed tokens: keys, and the server that tells them
mod keys; // where keys come from, and when they are read again
mod names; // what a stored and a signed token of one name do not share
mod signed; // which signed tokens are accepted, and as whom

use std::sync::Arc;

use menagerie::api::error::ApiError;
use menagerie::api::viewer::{Role, Viewer};
use menagerie::http::auth::{Authenticator, Signed};
use menagerie::store::Store;

use crate::support::{TestApp, token};

/// The bearer of a token, as the viewer that it should make.
fn known(name: &str, role: Role) -> Viewer {
    Viewer::Known {
        name: name.to_owned(),
        role,
    }
}

/// Who asks with this token.
async fn bearer(authenticator: &Authenticator, store: &Store, token: &str) -> Result<Viewer, ApiError> {
    let known = authenticator.identity(store, Some(&format!("Bearer {token}"))).await?;
    Ok(known.viewer)
}

/// The words in which a token is refused, which must not hold it.
async fn refusal(authenticator: &Authenticator, store: &Store, token: &str) -> String {
    match bearer(authenticator, store, token).await {
        Err(ApiError::Unauthenticated(message)) => {
            for part in token.split('.').filter(|part| part.len() > 8) {
                assert!(!message.contains(part), "it repeats the token: {message}");
            }
            message
        }
        other => panic!("not refused: {other:?}"),
    }
}

/// What accepts tokens of the store only.
fn plain() -> Authenticator {
    Authenticator::new(false, None)
}

/// What accepts signed tokens too.
fn with(signed: Signed) -> Authenticator {
    Authenticator::new(false, Some(Arc::new(signed)))
}

/// A store that nobody asks anything.
async fn no_store() -> Store {
    let options = menagerie::store::Options {
        uri: "mongodb://127.0.0.1:1/".to_owned(),
        database: "menagerie".to_owned(),
        pool_size: 1,
        deadline: std::time::Duration::from_secs(1),
        columns: false,
    };
    Store::connect(&options).await.expect("nothing is sent yet")
}

/// A token of the store.
pub async fn made(app: &TestApp, name: &str, role: Role, lifetime: Option<std::time::Duration>) -> String {
    token(&app.store, name, role, lifetime).await
}
