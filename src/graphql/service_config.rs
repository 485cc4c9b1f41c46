//! The query field that tells clients the limits in force.

use async_graphql::{Context, Object, Result, SimpleObject};

use super::eager;
use crate::limits::{Limit, Limits};

/// Every limit in force, so that a client can keep to them.
#[derive(SimpleObject, Clone, Debug)]
#[graphql(serial)]
pub struct ServiceConfig {
    /// The version of the server's program.
    version: &'static str,
    /// How many documents a page has when neither `first` nor `last` says so.
    default_page_size: u64,
    /// The largest `first` or `last`.
    max_page_size: u64,
    /// How long a request may take, in milliseconds; also the longest that the database works on one command.
    request_timeout_ms: u64,
    /// How large the body of a request may be, in bytes.
    max_body_bytes: u64,
    /// The other limits, each by its name.
    limits: eager::List<eager::Object<ServiceLimit>>,
}

/// A limit on requests. What goes over it is refused with the code LIMIT_EXCEEDED, this name, `limit` and `actual`; what goes
/// over what may be under way at once with UNAVAILABLE, or RATE_LIMITED where it is the client's own share.
#[derive(SimpleObject, Clone, Debug)]
#[graphql(serial)]
pub struct ServiceLimit {
    /// Its name, as a refusal gives it in `extensions.name`.
    name: &'static str,
    /// The most that is accepted. For `batch` and `pointsPerMinute` 0 has a meaning of its own: no batches, and as
    /// many points as one likes. For `clientShare` 100 means that one client may hold all there is.
    limit: u64,
    /// What is counted.
    counted: &'static str,
    /// Whether it is only measured: what goes over it is logged by the server and let through.
    measure_only: bool,
}

/// Adds `serviceConfig` to `Query`.
#[derive(Default)]
pub struct LimitsQuery;

#[Object]
impl LimitsQuery {
    /// Every limit in force, so that a client can keep to them.
    async fn service_config(&self, ctx: &Context<'_>) -> Result<eager::Object<ServiceConfig>> {
        let limits = ctx.data::<Limits>()?;
        Ok(eager::Object::from(ServiceConfig {
            version: env!("CARGO_PKG_VERSION"),
            default_page_size: limits.page_size as u64,
            max_page_size: limits.max_page_size as u64,
            request_timeout_ms: limits.request_timeout_ms,
            max_body_bytes: limits.body_limit_bytes as u64,
            limits: Limit::ALL
                .iter()
                .map(|limit| ServiceLimit {
                    name: limit.facts().name,
                    limit: limits.of(*limit),
                    counted: limit.facts().counted,
                    measure_only: limits.is_measured(*limit),
                })
                .map(eager::Object::from)
                .collect(),
        }))
    }
}
