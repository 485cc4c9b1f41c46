//! The limits in force, and the query field that tells them.

use async_graphql::{Context, Object, Result, SimpleObject};

/// The limits that queries meet.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How many documents a page has when neither `first` nor `last` says so.
    pub page_size: usize,
    /// How many documents a page has at most.
    pub max_page_size: usize,
    /// How long a request may take, in milliseconds.
    pub request_timeout_ms: u64,
    /// How large a request's body may be, in bytes.
    pub body_limit_bytes: usize,
}

/// Every limit in force, so that a client can keep to them.
#[derive(SimpleObject, Clone, Copy, Debug)]
pub struct ServiceConfig {
    /// How many documents a page has when neither `first` nor `last` says so.
    default_page_size: u64,
    /// The largest `first` or `last`.
    max_page_size: u64,
    /// How long a request may take, in milliseconds; also the longest that the database works on one command.
    request_timeout_ms: u64,
    /// How large the body of a request may be, in bytes.
    max_body_bytes: u64,
}

/// The query field of this file.
#[derive(Default)]
pub struct LimitsQuery;

#[Object]
impl LimitsQuery {
    /// Every limit in force, so that a client can keep to them.
    async fn service_config(&self, ctx: &Context<'_>) -> Result<ServiceConfig> {
        let limits = ctx.data::<Limits>()?;
        Ok(ServiceConfig {
            default_page_size: limits.page_size as u64,
            max_page_size: limits.max_page_size as u64,
            request_timeout_ms: limits.request_timeout_ms,
            max_body_bytes: limits.body_limit_bytes as u64,
        })
    }
}
