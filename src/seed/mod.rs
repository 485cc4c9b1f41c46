//! Data from files, and made-up data: what `menagerie seed` and `menagerie generate` do.
//!
//! Reading and checking stands in `set.rs`, deciding and writing in `load.rs`, synthetic data in `generate.rs`.

pub mod generate;
pub mod load;
pub mod set;
