//! WebSockets at `/graphql`: queries, mutations and subscriptions by the protocol graphql-transport-ws.
//!
//! This file opens a socket; `message` has the protocol's messages and close codes, `socket` handles a socket, and
//! `operation` each operation. Browsers let any page open a socket to any server, so the origin is checked first.

mod message;
mod operation;
mod socket;

use actix_web::http::header::{SEC_WEBSOCKET_PROTOCOL, UPGRADE};
use actix_web::rt::spawn;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};

use crate::api::viewer::Viewer;
use crate::http::client::{self, Client};
use crate::http::headers::authorization;
use crate::http::permits::Resource;
use crate::http::pipeline::admission::turned_away;
use crate::http::state::State;
use crate::http::{cross_origin, disconnect};
use socket::{Opened, Socket};

/// Whether a request asks for a WebSocket.
pub fn is_asked_for(http: &HttpRequest) -> bool {
    let upgrade = http.headers().get(UPGRADE);
    upgrade.is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"websocket"))
}

/// Opens a socket. An unknown subprotocol or invalid credentials are reported inside it, where a web page can see them.
pub fn endpoint(http: &HttpRequest, state: &Data<State>, body: Payload) -> HttpResponse {
    let config = &state.config;
    if cross_origin::is_foreign(http.headers(), &state.origins) {
        return turned_away(
            http,
            state,
            "/graphql",
            cross_origin::foreign(http, "asks for a WebSocket"),
        );
    }
    let address = client::address(http, &config.trusted_proxies);
    // Credentials may follow in the socket; until then the address counts.
    let unknown = Client::of(&Viewer::Anonymous, address);
    let permit = match state.permit(Resource::Sockets, &unknown) {
        Ok(permit) => permit,
        Err(error) => return turned_away(http, state, "/graphql", error),
    };
    let (response, session, incoming) = match actix_ws::handle_with_protocols(http, body, &[message::PROTOCOL]) {
        Ok(handled) => handled,
        Err(error) => return error.error_response(),
    };
    let opened = Opened {
        speaks: response.headers().contains_key(SEC_WEBSOCKET_PROTOCOL),
        address,
        permit: Some(permit),
        authorization: authorization(http.headers()),
    };
    // Boxed: every future around them would copy them.
    let socket = Box::new(Socket::new(session, state.clone(), opened));
    let incoming = Box::new(socket.incoming(incoming));
    let (cut, counted) = (disconnect::cut(http), state.metrics.socket());
    spawn(async move {
        socket.serve(incoming, cut).await;
        drop(counted);
    });
    response
}
