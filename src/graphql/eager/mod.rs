//! Objects and lists that are resolved sequentially and written straight to JSON.
//!
//! async-graphql boxes a future for each field and each item so that they can wait concurrently. Below the root fields
//! nothing waits: the loader has everything already. So an object or a list here needs one future and writes its bytes.

pub mod json;
mod list;
mod object;

pub use list::List;
pub use object::{Eager, Object, null_or};
