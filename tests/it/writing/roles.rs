//! Who may: every mutation that the schema has, with every role, over HTTP and over WebSockets.

use menagerie::api::viewer::Role;
use serde_json::{Value as Json, json};

use super::Desk;
use crate::identity::made;
use crate::live::socket::{PROTOCOL, Socket};

/// A value of this type that is as little as the type takes.
fn least(types: &[Json], of: &Json) -> Json {
    match of["kind"].as_str().expect("a kind") {
        "NON_NULL" => least(types, &of["ofType"]),
        "LIST" => json!([]),
        _ => {
            let name = of["name"].as_str().expect("a name");
            let found = types.iter().find(|ty| ty["name"] == name).expect("a type");
            match found["kind"].as_str() {
                Some("ENUM") => found["enumValues"][0]["name"].clone(),
                Some("INPUT_OBJECT") => {
                    let fields = found["inputFields"].as_array().expect("fields");
                    let needed = fields
                        .iter()
                        .filter(|field| field["type"]["kind"] == "NON_NULL" && field["defaultValue"].is_null());
                    needed
                        .map(|field| {
                            (
                                field["name"].as_str().expect("a name").to_owned(),
                                least(types, &field["type"]),
                            )
                        })
                        .collect()
                }
                _ if name == "ID" => json!("gift_nowhere"),
                _ if name == "Int" || name == "Float" => json!(1),
                _ if name == "Boolean" => json!(true),
                _ => json!("a"),
            }
        }
    }
}

/// Each mutation: its name, and a request for it.
async fn mutations(desk: &Desk) -> Vec<(String, String, Json)> {
    const TYPE: &str = "kind name ofType { kind name ofType { kind name ofType { kind name } } }";
    let query = format!(
        "{{ __schema {{ mutationType {{ fields {{ name args {{ name type {{ {TYPE} }} }} }} }} \
         types {{ name kind enumValues {{ name }} inputFields {{ name defaultValue type {{ {TYPE} }} }} }} }} }}"
    );
    let schema = desk.read(&query).await;
    let types = schema["__schema"]["types"].as_array().expect("types").clone();
    let fields = schema["__schema"]["mutationType"]["fields"]
        .as_array()
        .expect("fields")
        .clone();
    let request = |field: &Json| {
        let name = field["name"].as_str().expect("a name").to_owned();
        let argument = &field["args"][0];
        assert_eq!(
            (field["args"].as_array().map(Vec::len), &argument["name"]),
            (Some(1), &json!("input"))
        );
        let of = argument["type"]["ofType"]["name"].as_str().expect("an input");
        let query = format!("mutation($input: {of}!) {{ {name}(input: $input) {{ userErrors {{ code }} }} }}");
        (name, query, json!({ "input": least(&types, &argument["type"]) }))
    };
    fields.iter().map(request).collect()
}

/// The least role that a mutation takes.
fn taken_from(mutation: &str) -> Role {
    match mutation {
        "createToken" | "revokeToken" | "resetSets" => Role::Admin,
        _ => Role::Editor,
    }
}

#[tokio::test]
async fn every_mutation_is_refused_for_every_role_below_its_own() {
    let desk = Desk::open().await;
    let all = mutations(&desk).await;
    assert!(all.len() >= 22, "{} mutations", all.len());
    let mut roles = vec![(None, None)];
    for role in Role::ALL {
        roles.push((Some(role), Some(made(&desk.app, role.name(), role, None).await)));
    }
    for (role, token) in &roles {
        let headers = [("Sec-WebSocket-Protocol", PROTOCOL)];
        let mut socket = Socket::shake(&desk.app.address, &headers).await.expect("it opens");
        let payload = token
            .as_ref()
            .map_or(json!({}), |token| json!({ "authorization": format!("Bearer {token}") }));
        socket.acknowledged(payload).await;
        for (name, query, variables) in &all {
            let (_, by_http) = desk.ask(token.as_deref(), query, variables.clone()).await;
            let subscribe =
                json!({ "type": "subscribe", "id": name, "payload": { "query": query, "variables": variables } });
            socket.send(&subscribe).await;
            let by_socket = socket.message().await["payload"].clone();
            assert_eq!(socket.message().await["type"], "complete");
            for (way, answer) in [("HTTP", &by_http), ("WebSocket", &by_socket)] {
                let code = &answer["errors"][0]["extensions"]["code"];
                let at = format!("{name} by {role:?} over {way}: {answer}");
                match role {
                    None => assert_eq!(
                        (code, &answer["data"]),
                        (&json!("UNAUTHENTICATED"), &json!({ (name): null })),
                        "{at}"
                    ),
                    Some(role) if *role < taken_from(name) => {
                        let refused = json!({ (name): null });
                        assert_eq!((code, &answer["data"]), (&json!("FORBIDDEN"), &refused), "{at}");
                    }
                    Some(_) => assert!(answer["data"][name]["userErrors"].is_array(), "{at}"),
                }
            }
        }
    }
}
