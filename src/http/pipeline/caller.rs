//! Who asks: found once for a request or a socket, and asked about again by whatever stays open.

use std::net::IpAddr;
use std::time::Instant;

use crate::api::error::ApiError;
use crate::api::viewer::Viewer;
use crate::http::auth::Credentials;
use crate::http::client::Client;
use crate::http::state::State;

/// Who asks for operations.
pub struct Caller {
    /// What it may do.
    pub viewer: Viewer,
    /// Who pays.
    pub client: Client,
    /// What it showed to be known.
    pub credentials: Credentials,
}

impl Caller {
    /// Who asks from this address, and shows this header `Authorization` or its like.
    ///
    /// # Errors
    /// Where what it shows does not hold, or it has tried too often.
    pub async fn identified(
        state: &State,
        address: IpAddr,
        authorization: Option<String>,
        until: Instant,
    ) -> Result<Self, ApiError> {
        let identity = match &authorization {
            // Nothing is looked up.
            None => state.authenticator.identity(&state.store, None).await,
            Some(header) => {
                // Whoever tries tokens pays for it, and apart from those who ask without one at the same address.
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
