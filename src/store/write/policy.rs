//! What a batch is for: what it means that a document is there already, and what is asked of the writes.

use mongodb::bson::Document;

use super::document::Prepared;
use super::idempotency::IdempotencyKey;
use super::outcome::Effect;
use crate::store::derive::fingerprint;

/// What a batch is for.
#[derive(Clone, Debug)]
pub enum Policy {
    /// Changes as an editor asks for them.
    Edit {
        /// Whether figures may change that name no claim.
        without_claims: bool,
        /// By which a repetition of the same request is known.
        key: Option<IdempotencyKey>,
    },
    /// Rows, each with something that its document is to say: what a row leaves out stays as it is.
    Import {
        /// Each row says all that its document is to say: what it leaves out is cleared.
        replace: bool,
        /// Whether figures may change that name no claim.
        without_claims: bool,
        /// Where the rows come from.
        door: Door,
        /// Write the good rows although others are refused; otherwise one refused row keeps all from being written.
        keep_good: bool,
    },
    /// A set of data: documents that somebody has edited or deleted since it was loaded are left alone.
    Seed {
        /// Its name.
        set: String,
        /// Put edited and deleted documents back to what the set says.
        reset: bool,
    },
    /// Made-up documents, which stand in no history: what is there already is left alone.
    Generate,
    /// Rows of a backup, exactly as they were.
    Restore,
}

/// Where rows come from, which tells how their options are called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// The command line.
    Command,
    /// A request.
    Request,
}

impl Policy {
    /// What it does to a document that is to be like this as a whole. `seeded`: the fingerprint of what its set wrote.
    pub(super) fn effect(&self, after: &Prepared, before: Option<&Document>, seeded: Option<&String>) -> Effect {
        let reset = !matches!(self, Self::Seed { reset: false, .. });
        let Some(before) = before else {
            return match seeded {
                Some(_) if !reset => Effect::LeftDeleted,
                _ => Effect::Created,
            };
        };
        if matches!(self, Self::Generate) {
            return Effect::Unchanged;
        }
        let said = fingerprint(before);
        match self {
            _ if said == after.fingerprint => Effect::Unchanged,
            Self::Seed { .. } if seeded == Some(&said) => Effect::Updated,
            Self::Seed { .. } if reset => Effect::PutBack,
            Self::Seed { .. } => Effect::LeftEdited,
            _ => Effect::Updated,
        }
    }

    /// Whether the writes are held against constraints, and made in one transaction for that.
    pub(super) const fn is_constrained(&self) -> bool {
        !matches!(self, Self::Generate | Self::Restore)
    }

    /// Whether the good ones are written although others are refused.
    pub(super) const fn keeps_good(&self) -> bool {
        matches!(self, Self::Import { keep_good: true, .. })
    }

    /// Whether figures that change must name a claim.
    pub(super) const fn needs_claims(&self) -> bool {
        match self {
            Self::Edit { without_claims, .. } | Self::Import { without_claims, .. } => !*without_claims,
            _ => false,
        }
    }

    /// Whether nothing else is told where a figure lacks its claim: an editor enters the claim first.
    pub(super) const fn asks_for_claims_first(&self) -> bool {
        matches!(self, Self::Edit { .. })
    }

    /// Whether contradictions of claims are only added: what others say of a claim a row need not repeat.
    pub(super) const fn adds_contradictions(&self) -> bool {
        matches!(self, Self::Import { .. })
    }

    /// Whether a row is the whole document, so that what it leaves out is cleared.
    pub(super) const fn replaces(&self) -> bool {
        matches!(self, Self::Import { replace: true, .. })
    }

    /// Whether it is told what changes in documents, value by value.
    pub(super) const fn tells_changes(&self) -> bool {
        matches!(self, Self::Import { .. })
    }

    /// How to let figures change without a claim, in the words of whoever asks.
    pub(super) const fn without_claims_option(&self) -> &'static str {
        match self {
            Self::Import {
                door: Door::Command, ..
            } => "`--without-claims`",
            Self::Import { .. } => "`withoutClaims: true`",
            _ => "`withoutClaim: true`",
        }
    }

    /// Whether a change stands in the history; `is_known`: the document has had a version before.
    pub(super) const fn records(&self, is_known: bool) -> bool {
        match self {
            Self::Edit { .. } | Self::Import { .. } => true,
            Self::Seed { .. } => is_known,
            Self::Generate | Self::Restore => false,
        }
    }

    /// Whether the entry of a new document has a copy of it. An import would write everything twice; what its documents said
    /// first follows from what is stored and what was changed since.
    pub(super) const fn copies_new(&self) -> bool {
        !matches!(self, Self::Import { .. })
    }

    /// Whether the database is asked not to hold documents against their schema: they were held against the same when
    /// they were prepared. Not every user may ask for that.
    pub(super) const fn is_unchecked(&self) -> bool {
        !matches!(self, Self::Edit { .. } | Self::Seed { .. })
    }

    /// The set that is loaded.
    pub(super) const fn set(&self) -> Option<&String> {
        match self {
            Self::Seed { set, .. } => Some(set),
            _ => None,
        }
    }

    /// By which a repetition of the same request is known.
    pub(super) const fn key(&self) -> Option<&IdempotencyKey> {
        match self {
            Self::Edit { key, .. } => key.as_ref(),
            _ => None,
        }
    }
}
