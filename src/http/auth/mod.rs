//! Who asks: the `Authorization` header of a request made into a viewer.
//!
//! `authenticator` has the forms of the header and the tokens of the store; signed tokens (JWT) are `signed`'s, their keys
//! `keys`' and `key_set`'s, their roles `roles`'. What is open for long asks again and again by `credentials`. What a
//! viewer may do is decided in `graphql`.

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
