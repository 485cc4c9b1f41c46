//! Clients: where a request comes from, and how many points its sender may still spend. `permits` counts their permits.

use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::http::header::{self, HeaderMap};
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use ipnet::IpNet;
use tokio::time::sleep;

use crate::api::error::{ApiError, Result};
use crate::api::viewer::Viewer;
use crate::limits::{Limit, Limits};

/// Whose points and permits are counted together.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Client {
    /// A token by its name, from any address.
    Token(String),
    /// An address; for IPv6 the /64 network, which belongs to one client.
    Address(IpAddr),
    /// An address that sends tokens which are not validated yet.
    Unauthenticated(IpAddr),
}

impl Client {
    /// The client of an authenticated request.
    pub fn of(viewer: &Viewer, address: IpAddr) -> Self {
        match viewer {
            Viewer::Known { name, .. } => Self::Token(name.clone()),
            Viewer::Anonymous => Self::Address(network(address)),
        }
    }

    /// The client of a request whose token is not validated yet.
    pub fn unauthenticated(address: IpAddr) -> Self {
        Self::Unauthenticated(network(address))
    }
}

/// The address of the client: the peer's or, behind trusted proxies, the one that they report.
pub fn address(request: &HttpRequest, trusted: &[IpNet]) -> IpAddr {
    // Without an address (a socket of another family) all clients share this one.
    let peer = request
        .peer_addr()
        .map_or(Ipv6Addr::UNSPECIFIED.into(), |peer| peer.ip());
    behind(peer.to_canonical(), request.headers(), trusted)
}

/// Follows `X-Forwarded-For` from its last entry, which the nearest proxy added, as long as the proxies are trusted.
fn behind(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |address: &IpAddr| trusted.iter().any(|network| network.contains(address));
    if !is_trusted(&peer) {
        return peer;
    }
    let mut entries: Vec<String> = Vec::new();
    for header in headers.get_all(header::X_FORWARDED_FOR) {
        let text = String::from_utf8_lossy(header.as_bytes());
        entries.extend(text.split(',').map(|entry| entry.trim().to_owned()));
    }
    let mut address = peer;
    while is_trusted(&address) {
        match entries.pop().and_then(|entry| forwarded(&entry)) {
            Some(before) => address = before,
            None => break,
        }
    }
    address
}

/// Parses an entry, with or without a port.
fn forwarded(entry: &str) -> Option<IpAddr> {
    let with_port = || entry.parse::<std::net::SocketAddr>().ok().map(|address| address.ip());
    let in_brackets = || entry.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    let address: IpAddr = entry.parse().ok().or_else(with_port).or_else(in_brackets)?;
    Some(address.to_canonical())
}

fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
    }
}

/// The points that each client has spent.
pub struct Points {
    limiter: Option<DefaultKeyedRateLimiter<Client>>,
    clock: DefaultClock,
    asked: AtomicU32,
}

impl Points {
    /// Unlimited if the limit is 0.
    pub fn new(limits: &Limits) -> Self {
        let most = u32::try_from(limits.of(Limit::PointsPerMinute)).unwrap_or(u32::MAX);
        Self {
            limiter: NonZeroU32::new(most).map(|most| RateLimiter::keyed(Quota::per_minute(most))),
            clock: DefaultClock::default(),
            asked: AtomicU32::new(0),
        }
    }

    /// Spends points, all of them or none.
    ///
    /// # Errors
    /// [`ApiError::RateLimited`] with the seconds to wait, or [`ApiError::LimitExceeded`] if waiting would not help.
    pub fn spend(&self, client: &Client, points: u64, limits: &Limits) -> Result<()> {
        let Some(limiter) = &self.limiter else { return Ok(()) };
        self.forget(limiter);
        let points = NonZeroU32::new(u32::try_from(points).unwrap_or(u32::MAX)).unwrap_or(NonZeroU32::MIN);
        let refused = match limiter.check_key_n(client, points) {
            Ok(Ok(())) => return Ok(()),
            Ok(Err(until)) => {
                let wait = until.wait_time_from(self.clock.now());
                ApiError::RateLimited(u32::try_from(wait.as_secs()).unwrap_or(u32::MAX).saturating_add(1))
            }
            Err(_) => limits.exceeded(Limit::PointsPerMinute, points.get().into()),
        };
        if limits.is_measured(Limit::PointsPerMinute) {
            tracing::warn!(
                limit = Limit::PointsPerMinute.facts().name,
                "over a limit that is only measured"
            );
            return Ok(());
        }
        Err(refused)
    }

    /// Spends points, and waits for them if the client has too few.
    ///
    /// # Errors
    /// [`ApiError::LimitExceeded`] if there will never be enough.
    pub async fn pay(&self, client: &Client, points: u64, limits: &Limits) -> Result<()> {
        loop {
            match self.spend(client, points, limits) {
                Err(ApiError::RateLimited(seconds)) => sleep(Duration::from_secs(seconds.into())).await,
                spent => return spent,
            }
        }
    }

    /// Every 4,096 calls, removes the clients that have all their points again.
    fn forget(&self, limiter: &DefaultKeyedRateLimiter<Client>) {
        const OFTEN: u32 = 4_096;
        if self.asked.fetch_add(1, Ordering::Relaxed) % OFTEN == OFTEN - 1 {
            limiter.retain_recent();
            limiter.shrink_to_fit();
        }
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};

    use super::*;

    #[test]
    fn what_proxies_say_counts_only_as_far_as_they_are_trusted() {
        let trusted: Vec<IpNet> = ["10.0.0.0/8", "::1/128"]
            .map(|net| net.parse().expect("a network"))
            .to_vec();
        for (peer, forwarded, expected) in [
            ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
            ("10.0.0.1", "", "10.0.0.1"),
            ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
            ("10.0.0.1", "192.0.2.66, 198.51.100.1", "198.51.100.1"),
            ("10.0.0.1", "198.51.100.1, 10.2.3.4", "198.51.100.1"),
            ("10.0.0.1", "198.51.100.1:4711", "198.51.100.1"),
            ("::1", "[2001:db8::7]:443", "2001:db8::7"),
            ("::1", "::ffff:198.51.100.1", "198.51.100.1"),
            ("10.0.0.1", "nonsense", "10.0.0.1"),
            ("10.0.0.1", "198.51.100.1, nonsense", "10.0.0.1"),
        ] {
            let mut headers = HeaderMap::new();
            if !forwarded.is_empty() {
                let value = HeaderValue::from_str(forwarded).expect("a header");
                headers.append(HeaderName::from_static("x-forwarded-for"), value);
            }
            let found = behind(peer.parse().expect("an address"), &headers, &trusted);
            assert_eq!(found.to_string(), expected, "{peer} {forwarded}");
        }
    }

    #[test]
    fn an_ipv6_client_is_its_network_and_a_token_is_itself_everywhere() {
        let at = |address: &str| Client::of(&Viewer::Anonymous, address.parse().expect("an address"));
        assert_eq!(at("2001:db8:1:2:3::4"), at("2001:db8:1:2:ffff::1"));
        assert_ne!(at("2001:db8:1:2::1"), at("2001:db8:1:3::1"));
        assert_ne!(at("192.0.2.1"), at("192.0.2.2"));
    }

    #[test]
    fn points_run_out_for_one_client_and_not_for_another() {
        let limits = Limits::default().with(Limit::PointsPerMinute, 100);
        let points = Points::new(&limits);
        let client = |last| Client::Address([192, 0, 2, last].into());
        points.spend(&client(1), 60, &limits).expect("60 of 100");
        assert!(matches!(
            points.spend(&client(1), 60, &limits),
            Err(ApiError::RateLimited(1..=60))
        ));
        points.spend(&client(2), 60, &limits).expect("another client");
        assert!(matches!(
            points.spend(&client(3), 101, &limits),
            Err(ApiError::LimitExceeded { .. })
        ));
        let mut measured = limits;
        measured.measure(Limit::PointsPerMinute);
        points.spend(&client(1), 60, &measured).expect("only measured");
        let none = Limits::default();
        Points::new(&none).spend(&client(1), u64::MAX, &none).expect("no limit");
    }
}
