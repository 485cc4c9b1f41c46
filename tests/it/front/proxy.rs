//! Between a server and its database: passes bytes on, holds back what the database answers, or cuts every connection.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use crate::support::{TestApp, database_options, server_uri};

/// What is done with the bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// They are passed on.
    Passing,
    /// Questions reach the database; its answers are held back.
    Silent,
    /// Every connection is cut.
    Stopped,
}

/// A proxy on a port of its own, until it is dropped.
pub struct Proxy {
    port: u16,
    mode: watch::Sender<Mode>,
    asked: Arc<Mutex<Vec<u8>>>,
}

impl Proxy {
    /// A proxy before the database that all tests share.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let port = listener.local_addr().expect("the port is known").port();
        let (mode, seen) = watch::channel(Mode::Passing);
        let asked = Arc::default();
        tokio::spawn(accept(listener, seen, Arc::clone(&asked)));
        Self { port, mode, asked }
    }

    pub fn set(&self, mode: Mode) {
        self.mode.send_replace(mode);
    }

    /// What the database was sent since this was asked last.
    pub fn asked(&self) -> Vec<u8> {
        std::mem::take(&mut *self.asked.lock().expect("no panic"))
    }

    /// A server whose store comes this way to an empty database. At the end the database is dropped past the proxy, in
    /// whatever mode that is.
    pub async fn app(&self) -> TestApp {
        let mut options = database_options();
        options.uri = through(self.port, "");
        let mut app = TestApp::over(options).await;
        // What is looked for here is what requests do.
        app.stop_following().await;
        app.options.uri = server_uri();
        app
    }
}

/// The database's address, with who opens it, at a port of this machine; and with further options.
pub fn through(port: u16, options: &str) -> String {
    let uri = server_uri();
    let rest = uri.split_once("://").map_or(uri.as_str(), |(_, rest)| rest);
    let who = rest.split(['/', '?']).next().and_then(|all| all.rsplit_once('@'));
    let who = who.map_or_else(String::new, |(who, _)| format!("{who}@"));
    let source = uri.split(['?', '&']).find(|option| option.starts_with("authSource="));
    let source = source.map_or_else(String::new, |source| format!("&{source}"));
    format!("mongodb://{who}127.0.0.1:{port}/?directConnection=true{source}{options}")
}

/// Where the database listens.
pub fn database() -> String {
    let uri = server_uri();
    let hosts = uri.split("://").nth(1).unwrap_or_default();
    let hosts = hosts.split(['/', '?']).next().unwrap_or_default();
    hosts.rsplit('@').next().unwrap_or_default().to_owned()
}

async fn accept(listener: TcpListener, mut mode: watch::Receiver<Mode>, asked: Arc<Mutex<Vec<u8>>>) {
    loop {
        let client = tokio::select! {
            accepted = listener.accept() => accepted.map(|(client, _)| client),
            // The proxy is gone.
            _ = gone(mode.clone()) => return,
        };
        if let Ok(client) = client
            && *mode.borrow_and_update() != Mode::Stopped
        {
            tokio::spawn(connect(client, mode.clone(), Arc::clone(&asked)));
        }
    }
}

async fn gone(mut mode: watch::Receiver<Mode>) {
    while mode.changed().await.is_ok() {}
}

async fn connect(client: TcpStream, mut mode: watch::Receiver<Mode>, asked: Arc<Mutex<Vec<u8>>>) {
    let Ok(server) = TcpStream::connect(database()).await else {
        return;
    };
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let mut speaking = mode.clone();
    let up = async {
        let mut piece = vec![0; 16 * 1024];
        while let Ok(length @ 1..) = from_client.read(&mut piece).await {
            asked.lock().expect("no panic").extend_from_slice(&piece[..length]);
            if to_server.write_all(&piece[..length]).await.is_err() {
                return;
            }
        }
    };
    let down = async {
        let mut piece = vec![0; 16 * 1024];
        while let Ok(length @ 1..) = from_server.read(&mut piece).await {
            let spoken = speaking.wait_for(|mode| *mode != Mode::Silent).await.is_ok();
            if !spoken || to_client.write_all(&piece[..length]).await.is_err() {
                return;
            }
        }
    };
    tokio::select! {
        () = up => {}
        () = down => {}
        _ = mode.wait_for(|mode| *mode == Mode::Stopped) => {}
    }
}
