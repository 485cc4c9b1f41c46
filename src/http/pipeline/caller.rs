//! The caller: authenticated once per request or WebSocket, and checked again by everything that stays open.

use std::net::IpAddr;
use std::time::Instant;

use crate::api::error::ApiError;
use crate::api::viewer::Viewer;
use crate::http::auth::Credentials;
use crate::http::client::Client;
use crate::http::state::State;

/// Who sent an operation.
pub struct Caller {
    pub viewer: Viewer,
    /// Whose points and permits are used.
    pub client: Client,
    pub credentials: Credentials,
}

impl Caller {
    /// Authenticates by the header `Authorization`, or its equivalent in a WebSocket. `until`: the deadline.
    pub async fn identified(
        state: &State,
        address: IpAddr,
        authorization: Option<String>,
        until: Instant,
    ) -> Result<Self, ApiError> {
        let identity = match &authorization {
            // Nothing is read from the database.
            None => state.authenticator.identity(&state.store, None).await,
            Some(header) => {
                // Attempts cost points even if they fail; anonymous requests from the address have their own.
                state.spend(&Client::unauthenticated(address), 1)?;
                let store = state.store.for_request(until, false);
                state.authenticator.identity(&store, Some(header)).await
            }
        }?;
        Ok(Self {
            client: Client::of(&identity.viewer, address),
            credentials: Credentials::new(authorization, &identity),
            viewer: identity.viewer,
        })
    }
}
