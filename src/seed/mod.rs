//! Data from files, and made-up data: what `menagerie seed` and `menagerie generate` do.
//!
//! Reading and checking stands in `set.rs`, whether a set fits what is there in `preflight.rs`, planning and
//! writing in `load.rs`, synthetic data in `generate.rs`.

mod error;
pub mod generate;
pub mod load;
mod preflight;
pub mod set;

pub use error::LoadError;
