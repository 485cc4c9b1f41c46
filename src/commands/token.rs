//! The commands `token create`, `token list` and `token revoke`.
//!
//! `store/tokens` has the tokens themselves.

use std::process::ExitCode;
use std::time::Duration;

use menagerie::store::tokens::{self, NewToken, StoredToken, check_name};

use super::output::{self, Output};
use super::{Database, Outcome, explain, say, start};

/// Why a command for tokens failed.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    #[error(
        "there is a token `{name}` already, {facts}; accepted is another name, or this one after \
         `menagerie token revoke {name}`"
    )]
    Taken { name: String, facts: String },
    #[error("no token that could be revoked has the name {name:?}; accepted: {}", either(.others))]
    Unknown { name: String, others: Vec<String> },
    #[error("the operating system gives no random numbers: {0}")]
    Random(#[from] getrandom::Error),
}

/// The name of the operating system's user, if the history accepts it as a name.
pub fn user() -> Option<String> {
    let user = std::env::var("USER").ok()?;
    check_name(&user).ok()
}

/// Who creates and revokes tokens, for the history.
fn by() -> String {
    user().unwrap_or_else(|| "command-line".to_owned())
}

/// Creates a token and prints it.
pub async fn create(name: &str, role: &str, expires_days: Option<u32>) -> Outcome {
    const DAY: Duration = Duration::from_secs(24 * 60 * 60);
    let (config, _telemetry) = start()?;
    let text = tokens::random().map_err(TokenError::from)?;
    let lifetime = expires_days.map(|days| DAY * days);
    let database = Database::open(&config, false).await?;
    let new = NewToken {
        name,
        role,
        lifetime,
        by: &by(),
    };
    let outcome = database.store.create_token(&text, new).await;
    database.close().await;
    if let Some(token) = outcome? {
        let (name, facts) = (token.name.clone(), facts(&token));
        return Err(TokenError::Taken { name, facts }.into());
    }
    explain(format_args!(
        "The token `{name}`; keep it, for it is shown only now. Clients send it as `Authorization: Bearer TOKEN`."
    ));
    say(text);
    Ok(ExitCode::SUCCESS)
}

/// Prints all tokens, including revoked ones.
pub async fn list(output: Output) -> Outcome {
    let (config, _telemetry) = start()?;
    let database = Database::open_as_is(&config).await?;
    let outcome = database.store.tokens_by_name().await;
    database.close().await;
    let tokens = outcome?;
    if output == Output::Json {
        output::print(&output::tokens(&tokens));
        return Ok(ExitCode::SUCCESS);
    }
    if tokens.is_empty() {
        explain("There is no token; `menagerie token create NAME --role reader` makes one.");
    }
    let width = tokens.iter().map(|token| token.name.len()).max().unwrap_or_default();
    for token in &tokens {
        say(format_args!("{:width$}  {}", token.name, facts(token)));
    }
    Ok(ExitCode::SUCCESS)
}

/// Revokes a token.
pub async fn revoke(name: &str) -> Outcome {
    let (config, _telemetry) = start()?;
    // Not `open_as_is`: the schema of an older database may not have the fields of a revocation.
    let database = Database::open(&config, false).await?;
    let revoked = database.store.revoke_token(name, &by()).await;
    let others = match &revoked {
        Ok(false) => database.store.tokens_by_name().await,
        _ => Ok(Vec::new()),
    };
    database.close().await;
    if revoked? {
        explain(format_args!("The token `{name}` is revoked."));
        return Ok(ExitCode::SUCCESS);
    }
    let others = others?.into_iter().filter(|token| token.revoked_at.is_none());
    Err(TokenError::Unknown {
        name: name.to_owned(),
        others: others.map(|token| token.name).collect(),
    }
    .into())
}

/// Everything that is known about a token except its name.
fn facts(token: &StoredToken) -> String {
    let end = token.expires_at.map(|end| end.to_rfc3339());
    let by = |who: &Option<String>| who.as_ref().map(|who| format!(" by {who}")).unwrap_or_default();
    let state = match (token.revoked_at, end) {
        (Some(since), _) => format!("revoked {}{}", since.to_rfc3339(), by(&token.revoked_by)),
        (None, Some(end)) if token.is_expired() => format!("expired {end}"),
        (None, Some(end)) => format!("expires {end}"),
        (None, None) => "never expires".to_owned(),
    };
    let made = token.created_at.to_rfc3339();
    format!("{}, made {made}{}, {state}", token.role, by(&token.created_by))
}

fn either(names: &[String]) -> String {
    if names.is_empty() {
        return "none, since there is no other token".to_owned();
    }
    names.join(", ")
}
