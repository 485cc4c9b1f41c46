//! Notices that a client has left, so that nobody works for it any longer.
//!
//! actix goes on with a request whose connection is closed. Each connection therefore keeps a second handle of its
//! socket, and a request that takes a while watches it.

use std::any::Any;
use std::net::TcpStream as Handle;
use std::os::fd::AsFd;
use std::sync::Arc;
use std::time::Duration;

use actix_tls::accept::rustls_0_23::TlsStream;
use actix_web::HttpRequest;
use actix_web::dev::Extensions;
use actix_web::rt::net::TcpStream;
use tokio::io::Interest;
use tokio::time::sleep;

/// How long a request runs unwatched: most are answered before.
const UNWATCHED: Duration = Duration::from_millis(20);

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
pub async fn left(request: &HttpRequest) {
    let socket = request.conn_data::<Socket>().cloned();
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
