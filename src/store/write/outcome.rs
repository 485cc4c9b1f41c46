//! What came of a write.

use super::history::FieldChange;
use super::violation::Violation;

/// What came of a write, or would come of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// The document; empty where it is not known.
    pub id: String,
    /// What the write does, where nothing speaks against it.
    pub effect: Effect,
    /// What the rows of an import change in a document that is there already, value by value.
    pub changes: Vec<FieldChange>,
    /// Why it cannot be made.
    pub violations: Vec<Violation>,
}

/// What a write does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// A new document.
    Created,
    /// A document says something else.
    Updated,
    /// The document says so already, or is there already and left alone.
    Unchanged,
    /// A document is gone.
    Deleted,
    /// A document that somebody has edited says again what its set says.
    PutBack,
    /// Somebody has edited the document of a set, which is left so.
    LeftEdited,
    /// Somebody has deleted the document of a set, which is left so.
    LeftDeleted,
}

impl Effect {
    /// How many there are.
    pub const COUNT: usize = Self::LeftDeleted as usize + 1;

    /// Whether something is written.
    pub const fn is_written(self) -> bool {
        matches!(self, Self::Created | Self::Updated | Self::Deleted | Self::PutBack)
    }
}
