//! One socket, from its handshake to its close: the order of messages, and the operations.
//!
//! One task handles everything. An operation is polled for its next result only when the previous one has been written,
//! so a client that does not read takes little memory, and is disconnected.

use std::collections::{HashMap, VecDeque};
use std::future::pending;
use std::net::IpAddr;
use std::rc::Rc;
use std::time::Instant;

use actix_web::web::Data;
use actix_ws::{
    AggregatedMessage, AggregatedMessageStream, CloseReason, Closed, MessageStream, ProtocolError, Session,
};
use futures_util::future::{AbortHandle, Abortable, FutureExt, LocalBoxFuture};
use futures_util::stream::{LocalBoxStream, SelectAll, StreamExt};
use serde_json::{Map, Value};
use tokio::time::{MissedTickBehavior, interval, sleep, timeout, timeout_at};

use super::message::{ACKNOWLEDGED, Message, broken, close, invalid, pong};
use super::operation::{Said, SocketOperation};
use crate::api::error::ApiError;
use crate::guard::Rejection;
use crate::http::parameters::Parameters;
use crate::http::permits::{Permit, Resource};
use crate::http::pipeline::admission::caught;
use crate::http::pipeline::caller::Caller;
use crate::http::state::State;
use crate::http::stopping::LAST_WORDS;
use crate::http::transport::delivery::{Held, LARGE};
use crate::limits::Limit;

/// What the handshake determines.
pub struct Opened {
    /// Whether the client offers the subprotocol.
    pub speaks: bool,
    pub address: IpAddr,
    /// `None` only while it is transferred to the authenticated client.
    pub permit: Option<Permit>,
    /// The header `Authorization`.
    pub authorization: Result<Option<String>, ApiError>,
}

/// The results of one operation with its id, until it is cancelled.
type Saying = Abortable<LocalBoxStream<'static, (Rc<str>, Said)>>;

/// A socket, with its operations.
pub struct Socket {
    session: Session,
    state: Data<State>,
    opened: Opened,
    /// `None` until the client is connected (`connection_init`).
    caller: Option<Rc<Caller>>,
    /// Resolves when the credentials are no longer valid.
    expired: LocalBoxFuture<'static, ApiError>,
    operations: SelectAll<Saying>,
    under_way: HashMap<Rc<str>, AbortHandle>,
    /// Whether anything has arrived since the last ping.
    is_alive: bool,
    /// The number of large messages so far.
    sent_large: u32,
    /// By their numbers, what large messages hold that the client may not have read yet.
    untaken: VecDeque<(u32, Held)>,
}

/// Why a socket ends.
enum End {
    Close(CloseReason),
    Left(Option<CloseReason>),
    Gone,
    /// The client does not read.
    Stalled,
}

impl From<CloseReason> for End {
    fn from(reason: CloseReason) -> Self {
        Self::Close(reason)
    }
}

impl Socket {
    pub fn new(session: Session, state: Data<State>, opened: Opened) -> Self {
        Self {
            session,
            state,
            opened,
            caller: None,
            expired: pending().boxed_local(),
            operations: SelectAll::new(),
            under_way: HashMap::new(),
            is_alive: true,
            sent_large: 0,
            untaken: VecDeque::new(),
        }
    }

    /// The client's messages, limited to the size of a request's body.
    pub fn incoming(&self, stream: MessageStream) -> AggregatedMessageStream {
        let most = self.state.config.limits.body_limit_bytes;
        let stream = stream.max_frame_size(most).aggregate_continuations();
        stream.max_continuation_size(most)
    }

    /// Serves the socket until it ends. `cut` closes the connection of a client that does not close the socket.
    pub async fn serve(mut self: Box<Self>, mut incoming: Box<AggregatedMessageStream>, cut: impl FnOnce()) {
        let metrics = self.state.metrics.clone();
        let end = caught(&metrics, self.lives(&mut incoming), || {
            close(1011, "Internal server error").into()
        });
        let end = end.await;
        // Cancels all operations, however long closing takes.
        self.operations = SelectAll::new();
        self.under_way.clear();
        self.expired = pending().boxed_local();
        let reason = match end {
            End::Gone => return cut(),
            End::Left(reason) => reason,
            End::Close(reason) => Some(reason),
            End::Stalled => Some(close(1013, "What is sent is not taken; come back when you can read")),
        };
        let timeouts = match self.state.stopping.has_closed() {
            true => LAST_WORDS,
            false => self.state.timeouts.stalled,
        };
        let session = self.session;
        let closed = async {
            session.close(reason).await?;
            // Read the rest: closing a TCP socket with unread data resets it, and the close frame could be lost.
            while let Some(Ok(_)) = incoming.recv().await {}
            Ok::<_, Closed>(())
        };
        if timeout(timeouts, closed).await.is_err() {
            cut();
        }
    }

    async fn lives(&mut self, incoming: &mut AggregatedMessageStream) -> End {
        if !self.opened.speaks {
            return close(4406, "Subprotocol not acceptable").into();
        }
        let (stopping, timeouts) = (self.state.stopping.clone(), self.state.timeouts);
        let mut late = Box::pin(sleep(timeouts.init));
        let mut stops = Box::pin(stopping.closed());
        let mut beat = interval(timeouts.beat);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        beat.tick().await;
        loop {
            let step = tokio::select! {
                // Boxed futures exist only while they run: an idle socket must take little memory.
                message = incoming.recv() => self.receives(message).boxed_local().await,
                Some((id, said)) = self.operations.next() => self.tells(&id, said).boxed_local().await,
                () = &mut late, if self.caller.is_none() => {
                    Err(close(4408, "Connection initialisation timeout").into())
                }
                refused = &mut self.expired => Err(forbidden(&refused).into()),
                () = &mut stops => Err(going_away().into()),
                _ = beat.tick() => self.beats().boxed_local().await,
            };
            if let Err(end) = step {
                return end;
            }
        }
    }

    async fn receives(&mut self, message: Option<Result<AggregatedMessage, ProtocolError>>) -> Result<(), End> {
        self.is_alive = true;
        match message {
            None => Err(End::Gone),
            Some(Err(error)) => Err(broken(&error, self.state.config.limits.body_limit_bytes).into()),
            Some(Ok(AggregatedMessage::Text(text))) => {
                let message = Message::read(&text)?;
                drop(text);
                self.hears(message).await
            }
            Some(Ok(AggregatedMessage::Binary(_))) => Err(invalid("Invalid message: it is binary").into()),
            Some(Ok(AggregatedMessage::Ping(bytes))) => {
                let mut session = self.session.clone();
                self.sent(session.pong(&bytes)).await
            }
            Some(Ok(AggregatedMessage::Pong(payload))) => {
                self.took(&payload);
                Ok(())
            }
            Some(Ok(AggregatedMessage::Close(reason))) => Err(End::Left(reason)),
        }
    }

    async fn hears(&mut self, message: Message) -> Result<(), End> {
        match message {
            Message::Init(_) if self.caller.is_some() => Err(close(4429, "Too many initialisation requests").into()),
            Message::Init(payload) => self.connects(payload.as_ref()).await,
            Message::Ping(payload) => self.sends(pong(payload)).await,
            Message::Pong => Ok(()),
            Message::Subscribe { id, parameters } => self.begins(id.into(), *parameters).await,
            Message::Complete { id } => {
                if let Some(operation) = self.under_way.remove(id.as_str()) {
                    operation.abort();
                }
                Ok(())
            }
        }
    }

    async fn connects(&mut self, payload: Option<&Map<String, Value>>) -> Result<(), End> {
        let authorization = self.authorization(payload).map_err(|error| forbidden(&error))?;
        let until = Instant::now() + self.state.deadline();
        let identified = Caller::identified(&self.state, self.opened.address, authorization, until);
        let identified = timeout_at(until.into(), identified).await;
        let caller = identified
            .unwrap_or(Err(ApiError::Timeout))
            .map_err(|error| match error {
                ApiError::Unauthenticated(_) | ApiError::Forbidden(_) => forbidden(&error),
                error => close(1013, &error.to_string()),
            })?;
        let caller = Rc::new(caller);
        let (state, shown) = (self.state.clone(), Rc::clone(&caller));
        self.expired = async move { state.expired(&shown.credentials).await }.boxed_local();
        if let Some(permit) = self.opened.permit.take() {
            let passed = permit.pass_to(&caller.client).map_err(|error| {
                self.state.refused(Resource::Sockets, &error);
                let message = error.to_string();
                // A close reason has no room for the hint.
                close(1013, message.rsplit_once(';').map_or(message.as_str(), |(why, _)| why))
            });
            self.opened.permit = Some(passed?);
        }
        self.caller = Some(caller);
        self.sends(ACKNOWLEDGED.to_owned()).await
    }

    /// The credentials, from the handshake's headers or from the payload: browsers cannot set the headers.
    fn authorization(&self, payload: Option<&Map<String, Value>>) -> Result<Option<String>, ApiError> {
        let refused = |message: &str| Err(ApiError::Unauthenticated(message.to_owned()));
        let mut said = self.opened.authorization.clone()?;
        for name in ["authorization", "Authorization"] {
            match payload.and_then(|payload| payload.get(name)) {
                None | Some(Value::Null) => {}
                Some(Value::String(text)) if said.as_ref().is_none_or(|said| said == text) => said = Some(text.clone()),
                Some(Value::String(_)) => return refused("who asks is said twice, and not the same"),
                Some(_) => return refused("`authorization` in the payload is no text"),
            }
        }
        Ok(said)
    }

    async fn begins(&mut self, id: Rc<str>, parameters: Result<Parameters, Rejection>) -> Result<(), End> {
        let Some(caller) = &self.caller else {
            return Err(close(4401, "Unauthorized").into());
        };
        if self.under_way.contains_key(&id) {
            return Err(close(4409, &format!("Subscriber for {id} already exists")).into());
        }
        let operation = SocketOperation {
            state: self.state.clone(),
            caller: Rc::clone(caller),
            id: Rc::clone(&id),
        };
        let (limits, count) = (&self.state.config.limits, self.under_way.len() as u64 + 1);
        if let Err(error) = limits.check(Limit::SocketOperations, count) {
            return self.tells(&id, operation.turned_away(error)).await;
        }
        let (handle, registration) = AbortHandle::new_pair();
        let about = Rc::clone(&id);
        let said = operation.said(parameters).map(move |said| (Rc::clone(&about), said));
        self.operations.push(Abortable::new(said.boxed_local(), registration));
        self.under_way.insert(id, handle);
        Ok(())
    }

    async fn tells(&mut self, id: &str, said: Said) -> Result<(), End> {
        match said {
            Said::Next(text, held) if text.len() > LARGE => self.sends_large(text, held).await,
            Said::Next(text, _held) => self.sends(text).await,
            Said::Last(text) => {
                if let Some(operation) = self.under_way.remove(id) {
                    operation.abort();
                }
                self.sends(text).await
            }
            Said::Forbidden(refused) => Err(forbidden(&refused).into()),
        }
    }

    /// Sends a message that holds a permit until it has been read. As messages are read in order, the pong to a ping
    /// behind it proves that.
    async fn sends_large(&mut self, text: String, held: Held) -> Result<(), End> {
        self.sends(text).await?;
        self.sent_large = self.sent_large.wrapping_add(1);
        self.untaken.push_back((self.sent_large, held));
        let mut session = self.session.clone();
        self.sent(session.ping(&self.sent_large.to_be_bytes())).await
    }

    /// Releases everything that was read before this pong.
    fn took(&mut self, pong: &[u8]) {
        let known = self
            .untaken
            .iter()
            .position(|(number, _)| number.to_be_bytes() == *pong);
        if let Some(last) = known {
            self.untaken.drain(..=last);
        }
    }

    /// Sends a ping. Disconnects a client from which nothing has arrived since the last one.
    async fn beats(&mut self) -> Result<(), End> {
        if !std::mem::take(&mut self.is_alive) {
            return Err(End::Gone);
        }
        let mut session = self.session.clone();
        self.sent(session.ping(b"")).await
    }

    async fn sends(&mut self, text: String) -> Result<(), End> {
        let mut session = self.session.clone();
        self.sent(session.text(text)).await
    }

    /// Waits until the message is written.
    async fn sent(&mut self, sending: impl Future<Output = Result<(), Closed>>) -> Result<(), End> {
        tokio::select! {
            biased;
            sent = timeout(self.state.timeouts.stalled, sending) => match sent {
                Ok(Ok(())) => Ok(()),
                Ok(Err(Closed)) => Err(End::Gone),
                Err(_) => Err(End::Stalled),
            },
            // A client whose credentials have ended must not get what is still waiting.
            refused = &mut self.expired => Err(forbidden(&refused).into()),
            () = self.state.stopping.closed() => Err(going_away().into()),
        }
    }
}

fn going_away() -> CloseReason {
    close(1001, "The server stops; come back")
}

/// The close for invalid credentials. It only has room for the problem, not for what is accepted.
fn forbidden(error: &ApiError) -> CloseReason {
    let message = error.to_string();
    let why = message.split(';').next().unwrap_or_default();
    close(4403, &format!("Forbidden: {why}"))
}
