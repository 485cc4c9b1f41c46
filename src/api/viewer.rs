//! Who asks: the role that decides what may be done, and a name for logs and limits.
//!
//! How a viewer is told by the request's headers stands in `http/auth`.

use async_graphql::{Context, Enum};

use super::error::{ApiError, Result};

/// What a viewer may do. Each role may do all that those before it may.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Read.
    Reader,
    /// Write documents.
    Editor,
    /// Make and revoke tokens, and reset data.
    Admin,
}

impl Role {
    /// Every role, the one that may do least first.
    pub const ALL: [Self; 3] = [Self::Reader, Self::Editor, Self::Admin];

    /// Its name in settings, tokens and logs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Reader => "reader",
            Self::Editor => "editor",
            Self::Admin => "admin",
        }
    }

    /// The role of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }
}

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Viewer {
    /// Nobody in particular: may read.
    Anonymous,
    /// The bearer of a token.
    Known {
        /// The name of a stored token; of a signed one its subject, `@` and its issuer, which no stored token can be called.
        name: String,
        /// What it allows.
        role: Role,
    },
}

impl Viewer {
    /// What this viewer may do.
    pub const fn role(&self) -> Role {
        match self {
            Self::Anonymous => Role::Reader,
            Self::Known { role, .. } => *role,
        }
    }
}

/// The name of the editor who asks.
///
/// # Errors
/// Where nobody in particular asks, or somebody who may only read.
pub fn editor(ctx: &Context<'_>) -> Result<String> {
    at_least(ctx, Role::Editor, "the token of an editor or an admin")
}

/// The name of the admin who asks.
///
/// # Errors
/// Where nobody in particular asks, or somebody who may do less.
pub fn admin(ctx: &Context<'_>) -> Result<String> {
    at_least(ctx, Role::Admin, "the token of an admin")
}

fn at_least(ctx: &Context<'_>, least: Role, accepted: &str) -> Result<String> {
    match ctx.data::<Viewer>() {
        Ok(Viewer::Known { name, role }) if *role >= least => Ok(name.clone()),
        Ok(Viewer::Known { role, .. }) => Err(ApiError::Forbidden(format!(
            "the token is of the role {}, which may not do this; accepted is {accepted}",
            role.name()
        ))),
        Ok(Viewer::Anonymous) | Err(_) => Err(ApiError::Unauthenticated(format!(
            "this is not done for nobody in particular; accepted is {accepted}"
        ))),
    }
}
