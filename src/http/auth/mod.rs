//! Authentication: turns the header `Authorization` of a request into a viewer.
//!
//! `authenticator` handles the forms of the header and stored tokens; `signed` handles signed tokens (JWT), with their
//! keys in `keys` and `key_set` and their roles in `roles`. `credentials` checks again during long connections.
//! `graphql` decides what a viewer is allowed to do.

mod authenticator;
mod credentials;
mod identity;
mod key_set;
mod keys;
mod roles;
mod signatures;
mod signed;
mod source;

pub use authenticator::Authenticator;
pub use credentials::Credentials;
pub use identity::{Grounds, Identity};
pub use signed::{Signed, SignedSettings};
pub use source::SignedError;
