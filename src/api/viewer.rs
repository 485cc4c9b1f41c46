//! The viewer: the role that decides what is allowed, and a name for logs and limits.
//!
//! `http/auth` authenticates viewers.

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
    /// Every role, from the least to the greatest.
    pub const ALL: [Self; 3] = [Self::Reader, Self::Editor, Self::Admin];

    /// The name in settings, tokens and logs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Reader => "reader",
            Self::Editor => "editor",
            Self::Admin => "admin",
        }
    }

    /// The role with this name, if there is one.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }
}

/// Who sent a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Viewer {
    /// Without credentials: may read.
    Anonymous,
    /// With a valid token.
    Known {
        /// The name of a stored token; for a signed token its subject, `@` and its issuer, which no stored token can be
        /// called.
        name: String,
        /// What it allows.
        role: Role,
    },
}

impl Viewer {
    /// The role; that of a reader without credentials.
    pub const fn role(&self) -> Role {
        match self {
            Self::Anonymous => Role::Reader,
            Self::Known { role, .. } => *role,
        }
    }
}

/// The name of the viewer, who must be an editor or an admin.
///
/// # Errors
/// If the viewer is anonymous or a reader.
pub fn editor(ctx: &Context<'_>) -> Result<String> {
    at_least(ctx, Role::Editor, "the token of an editor or an admin")
}

/// The name of the viewer, who must be an admin.
///
/// # Errors
/// If the viewer is not an admin.
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
            "no token came with the request; accepted is {accepted}"
        ))),
    }
}
