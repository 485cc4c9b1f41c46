//! Notices that a client has left, so that nobody works for it any longer.
//!
//! actix goes on with a request whose connection is closed. Each connection therefore keeps a second handle of its
//! socket, and a request that takes a while watches it.

use std::any::Any;
use std::net::{Shutdown, TcpStream as Handle};
use std::os::fd::AsFd;
use std::sync::Arc;
use std::time::Duration;

use actix_tls::accept::rustls_0_23::TlsStream;
use actix_web::HttpRequest;
use actix_web::dev::Extensions;
use actix_web::http::Version;
use actix_web::rt::net::TcpStream;
use tokio::io::Interest;
use tokio::time::sleep;

/// How long a request runs unwatched: most are answered before.
const UNWATCHED: Duration = Duration::from_millis(100);

/// How long a watcher rests when it has seen that more of the client's bytes wait, such as a next request.
const REST: Duration = Duration::from_millis(50);

/// A second handle of a connection's socket.
#[derive(Clone)]
struct Socket(Arc<Handle>);

/// For `HttpServer::on_connect`: keeps the handle with the connection.
pub fn remember(io: &dyn Any, data: &mut Extensions) {
    let under_tls = || Some(io.downcast_ref::<TlsStream<TcpStream>>()?.get_ref().0);
    let stream = io.downcast_ref::<TcpStream>().or_else(under_tls);
    // Without a handle left, the connection is served all the same, until the deadline.
    if let Some(handle) = stream.and_then(|stream| stream.as_fd().try_clone_to_owned().ok()) {
        data.insert(Socket(Arc::new(handle.into())));
    }
}

/// Resolves when the client of this request closes its connection; never where that cannot be seen.
///
/// A client that closes only its own direction is taken for one that left, as most servers take it.
pub fn left(request: &HttpRequest) -> impl Future<Output = ()> + use<> {
    watched(request.conn_data::<Socket>().cloned())
}

/// What cuts the connection of this request off, for a client that does not take what is sent to it: the server would
/// wait for ever to send the rest.
pub fn cut(request: &HttpRequest) -> impl FnOnce() + use<> {
    let socket = request.conn_data::<Socket>().cloned();
    // Whatever else is asked of the connection in HTTP/2 has nothing to do with it.
    let alone = request.version() < Version::HTTP_2;
    move || {
        if let Some(socket) = socket.filter(|_| alone) {
            // It may be closed already.
            let _ = socket.0.shutdown(Shutdown::Both);
        }
    }
}

async fn watched(socket: Option<Socket>) {
    sleep(UNWATCHED).await;
    let watched = socket.and_then(|socket| TcpStream::from_std(socket.0.try_clone().ok()?).ok());
    if let Some(watched) = watched {
        while let Ok(ready) = watched.ready(Interest::READABLE).await {
            if ready.is_read_closed() {
                return;
            }
            sleep(REST).await;
        }
    }
    std::future::pending().await
}
