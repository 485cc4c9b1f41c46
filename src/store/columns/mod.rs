//! Columns: a projection of the gifts, and of what their filters reach, held in memory column by column.
//!
//! Statistics, counts and pages of gifts are answered from it in the time that it takes to read the columns. `column` is
//! one column, `tables` puts them together, `evaluate` evaluates filters on them, `groups` and `page` answer. `measures`
//! has what statistics need of a gift besides, `certainties` how sure the claims about it are, and `sums` the running
//! totals of groups. `column_store` is what questions are put to, `changes` puts the changes that the feed reports into
//! the tables, and `upkeep` and `announced` see to it that none is missing.
//!
//! The columns only answer while they are known to be as current as cached responses are: built, without a gap in the
//! feed since, and with a recent heartbeat. Otherwise the database answers. A change is in the columns before the
//! [`CacheVersions`](super::versions::CacheVersions) are raised for it, so that no response of older columns is cached
//! under newer versions.

mod announced;
mod certainties;
mod changes;
mod codes;
mod column;
mod column_store;
mod distinct;
mod evaluate;
pub(in crate::store) mod groups;
mod measures;
pub(in crate::store) mod page;
mod rows;
mod sums;
mod tables;
mod unfit;
mod upkeep;

pub(in crate::store) use announced::Announced;
pub use changes::ColumnChange;
pub use column_store::{ColumnStore, ColumnsStatus, Phase};
pub(in crate::store) use tables::{KINDS, Tables};
