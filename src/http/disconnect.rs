//! Detects that a client has left, so that nothing runs for it any longer.
//!
//! actix continues a request whose connection is closed. So each connection keeps a second handle of its socket, and a
//! request that takes a while watches it.

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

/// How long a request runs unwatched: most are answered sooner.
const UNWATCHED: Duration = Duration::from_millis(100);

/// How long a watcher sleeps when the client has sent more bytes, such as a pipelined request.
const REST: Duration = Duration::from_millis(50);

/// A second handle of a connection's socket.
#[derive(Clone)]
struct Socket(Arc<Handle>);

/// For `HttpServer::on_connect`: stores the handle in the connection.
pub fn remember(io: &dyn Any, data: &mut Extensions) {
    let under_tls = || Some(io.downcast_ref::<TlsStream<TcpStream>>()?.get_ref().0);
    let stream = io.downcast_ref::<TcpStream>().or_else(under_tls);
    // Without file descriptors left, the connection is still served, but runs until the deadline.
    if let Some(handle) = stream.and_then(|stream| stream.as_fd().try_clone_to_owned().ok()) {
        data.insert(Socket(Arc::new(handle.into())));
    }
}

/// Resolves when the client closes the connection of this request; never, if that cannot be seen.
///
/// A client that closes only its own direction counts as gone, as for most servers.
pub fn left(request: &HttpRequest) -> impl Future<Output = ()> + use<> {
    watched(request.conn_data::<Socket>().cloned())
}

/// Closes the connection of this request, for a client that does not read: sending the rest would wait for ever.
pub fn cut(request: &HttpRequest) -> impl FnOnce() + use<> {
    let socket = request.conn_data::<Socket>().cloned();
    // In HTTP/2, the other streams of the connection must continue.
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
