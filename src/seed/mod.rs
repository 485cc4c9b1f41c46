//! Data from files, and made-up data: what `menagerie seed` and `menagerie generate` do.
//!
//! Reading and checking stands in `set.rs`, trying and writing in `load.rs`, synthetic data in `generate.rs`.

mod error;
pub mod generate;
pub mod load;
pub mod set;

pub use error::LoadError;
