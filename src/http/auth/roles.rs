//! The role of a signed token, by its claims.
//!
//! The configured claim holds the role: a string or a list of strings, of which the greatest role counts. The claim
//! often holds roles of other services too, so unknown ones are ignored; without a known one the role is reader.
//! Issuers differ in how they write it: nested in other claims (`realm_access.roles`), separated by spaces as in
//! `scope` (RFC 8693, 4.2), or capitalised.

use serde_json::{Map, Value as Json};

use crate::api::viewer::Role;

/// The role in this claim.
///
/// # Errors
/// If the claim is neither a string nor a list of strings.
pub(super) fn role(claims: &Map<String, Json>, claim: &str) -> Result<Role, String> {
    let names = match found(claims, claim) {
        None | Some(Json::Null) => Some(Vec::new()),
        Some(Json::String(names)) => Some(names.split_ascii_whitespace().collect()),
        // Each element is one name: with a space in it, it is a role of another service.
        Some(Json::Array(names)) => names.iter().map(Json::as_str).collect(),
        Some(_) => None,
    };
    let names = names
        .ok_or_else(|| format!("the token's `{claim}` is neither a text nor a list of texts, as a role must be"))?;
    Ok(names.into_iter().filter_map(named).max().unwrap_or(Role::Reader))
}

/// The claim of this name or, if the name has dots, the nested claim at this path. The names of claims can contain dots
/// themselves, as URLs do.
fn found<'a>(claims: &'a Map<String, Json>, claim: &str) -> Option<&'a Json> {
    if let Some(value) = claims.get(claim) {
        return Some(value);
    }
    claim.match_indices('.').find_map(|(dot, _)| {
        let within = claims.get(&claim[..dot])?.as_object()?;
        found(within, &claim[dot + 1..])
    })
}

fn named(name: &str) -> Option<Role> {
    let name = name.trim();
    Role::ALL
        .into_iter()
        .find(|role| role.name().eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(claims: &Json, claim: &str) -> Result<Role, String> {
        role(claims.as_object().expect("an object"), claim)
    }

    #[test]
    fn a_role_is_found_where_its_issuer_puts_it() {
        let keycloak = json!({ "realm_access": { "roles": ["offline_access", "editor"] }, "roles": ["admin"] });
        let client = json!({ "resource_access": { "menagerie.api": { "roles": "admin" } } });
        let dotted = json!({ "https://zoo.example/roles": ["editor"], "https://zoo": { "example/roles": "admin" } });
        for (claims, claim, role) in [
            (&keycloak, "realm_access.roles", Role::Editor),
            (&keycloak, "realm_access", Role::Reader),
            (&keycloak, "realm_access.roles.editor", Role::Reader),
            (&keycloak, "realm_access.", Role::Reader),
            (&keycloak, ".roles", Role::Reader),
            (&client, "resource_access.menagerie.api.roles", Role::Admin),
            (&client, "resource_access.other.roles", Role::Reader),
            (&dotted, "https://zoo.example/roles", Role::Editor),
        ] {
            match claim {
                "realm_access" => assert!(of(claims, claim).is_err(), "an object is no role"),
                _ => assert_eq!(of(claims, claim), Ok(role), "{claim}"),
            }
        }
    }

    #[test]
    fn only_whole_names_are_roles() {
        for (value, role) in [
            (json!("openid editor profile"), Role::Editor),
            (json!("reader\tADMIN"), Role::Admin),
            (json!("Editor"), Role::Editor),
            (json!([" ADMIN "]), Role::Admin),
            (json!(["chief editor"]), Role::Reader),
            (json!("chief-editor"), Role::Reader),
            (json!("editor,admin"), Role::Reader),
            (json!("adm\u{131}n"), Role::Reader),
            (json!(""), Role::Reader),
        ] {
            assert_eq!(of(&json!({ "role": value }), "role"), Ok(role), "{value}");
        }
    }
}
