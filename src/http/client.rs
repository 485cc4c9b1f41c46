//! Clients: where a request comes from, and how many points its sender may still spend. What they hold stands in `permits`.

use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::http::header::HeaderMap;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use ipnet::IpNet;
use tokio::time::sleep;

use crate::api::error::{ApiError, Result};
use crate::api::viewer::Viewer;
use crate::limits::{Limit, Limits};

/// Whose points, and whose permits, are counted together.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Client {
    /// The bearer of a token, wherever.
    Token(String),
    /// An address; of IPv6 the network of 64 bits, which one client has to itself.
    Address(IpAddr),
    /// An address from which tokens come that nobody has looked at yet.
    Unauthenticated(IpAddr),
}

impl Client {
    /// Who sent a request, once the viewer is known.
    pub fn of(viewer: &Viewer, address: IpAddr) -> Self {
        match viewer {
            Viewer::Known { name, .. } => Self::Token(name.clone()),
            Viewer::Anonymous => Self::Address(network(address)),
        }
    }

    /// Who sends a token, before it is known whose it is.
    pub fn unauthenticated(address: IpAddr) -> Self {
        Self::Unauthenticated(network(address))
    }
}

/// The address that a request comes from: its sender's, or what trusted proxies say of theirs.
pub fn address(request: &HttpRequest, trusted: &[IpNet]) -> IpAddr {
    // Without an address (a socket of another family) all share one.
    let peer = request
        .peer_addr()
        .map_or(Ipv6Addr::UNSPECIFIED.into(), |peer| peer.ip());
    behind(peer.to_canonical(), request.headers(), trusted)
}

/// Walks back along `X-Forwarded-For`, whose last entry the nearest proxy wrote, as far as proxies are trusted.
fn behind(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |address: &IpAddr| trusted.iter().any(|network| network.contains(address));
    let mut entries: Vec<String> = Vec::new();
    for header in headers.get_all("x-forwarded-for") {
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

/// An address as proxies write it, with or without a port.
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

/// What each client has spent.
pub struct Points {
    limiter: Option<DefaultKeyedRateLimiter<Client>>,
    clock: DefaultClock,
    asked: AtomicU32,
}

impl Points {
    /// As many a minute as the limits say; without end where they say 0.
    pub fn new(limits: &Limits) -> Self {
        let most = u32::try_from(limits.of(Limit::PointsPerMinute)).unwrap_or(u32::MAX);
        Self {
            limiter: NonZeroU32::new(most).map(|most| RateLimiter::keyed(Quota::per_minute(most))),
            clock: DefaultClock::default(),
            asked: AtomicU32::new(0),
        }
    }

    /// Spends points; a request that may not have them spends none.
    ///
    /// # Errors
    /// [`ApiError::RateLimited`] with the seconds until there are enough, or [`ApiError::LimitExceeded`] where there
    /// never are.
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

    /// Spends points, and waits for them where the client has too few.
    ///
    /// # Errors
    /// [`ApiError::LimitExceeded`] where there never are enough.
    pub async fn pay(&self, client: &Client, points: u64, limits: &Limits) -> Result<()> {
        loop {
            match self.spend(client, points, limits) {
                Err(ApiError::RateLimited(seconds)) => sleep(Duration::from_secs(seconds.into())).await,
                spent => return spent,
            }
        }
    }

    /// Now and then, drops the clients that have all their points again.
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
