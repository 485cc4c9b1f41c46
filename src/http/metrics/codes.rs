//! The error codes that metrics are labelled with.

/// Every code that a response can have.
pub const CODES: [&str; 16] = [
    "BAD_USER_INPUT",
    "LIMIT_EXCEEDED",
    "UNAUTHENTICATED",
    "FORBIDDEN",
    "RATE_LIMITED",
    "CONFLICT",
    "UNAVAILABLE",
    "TIMEOUT",
    "CURSOR_EXPIRED",
    "CHANGES_LOST",
    "INTERNAL",
    "GRAPHQL_PARSE_FAILED",
    "GRAPHQL_VALIDATION_FAILED",
    "PERSISTED_QUERY_NOT_FOUND",
    "PERSISTED_QUERY_NOT_SUPPORTED",
    "CLIENT_LEFT",
];

/// The label for a value that is in no table.
pub const OTHER: &str = "OTHER";

/// The code if it is in the table, else [`OTHER`].
pub fn known_code(code: &str) -> &'static str {
    CODES.into_iter().find(|known| *known == code).unwrap_or(OTHER)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::error::ApiError;

    #[test]
    fn every_code_of_an_error_is_counted_by_its_own_name() {
        let exceeded = ApiError::LimitExceeded {
            message: String::new(),
            limit: 1,
            actual: 2,
            name: "depth",
        };
        for error in [
            ApiError::BadUserInput(String::new()),
            exceeded,
            ApiError::Unauthenticated(String::new()),
            ApiError::Forbidden(String::new()),
            ApiError::RateLimited(1),
            ApiError::OverShare(String::new()),
            ApiError::Busy("requests under way"),
            ApiError::Conflict,
            ApiError::Unavailable,
            ApiError::Timeout,
            ApiError::CursorExpired,
            ApiError::ChangesLost,
            ApiError::Internal,
        ] {
            assert_eq!(known_code(error.code()), error.code());
        }
        assert_eq!(known_code("x\"} 1\n"), OTHER);
    }
}
