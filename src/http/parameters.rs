//! The parameters of a request, from a body or a URL: parsed strictly, except for the variables, which stay text.
//!
//! By GraphQL over HTTP (request parameters, GET, POST) and its appendix on persisted documents. Empty means absent.

use serde::Deserialize;
use serde::de::{Error, IgnoredAny};
use serde_json::error::Category;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::guard::{Rejection, Variables};
use crate::limits::{Limit, Limits};

/// The parameters of one request.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Parameters {
    #[serde(default)]
    pub query: Option<String>,
    /// The id of a persisted document.
    #[serde(default)]
    pub document_id: Option<String>,
    #[serde(default)]
    pub operation_name: Option<String>,
    #[serde(default)]
    variables: Option<Box<RawValue>>,
    #[serde(default)]
    pub extensions: Option<Extensions>,
}

/// The extensions that are known; others are ignored.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(try_from = "Map<String, Value>")]
pub struct Extensions {
    /// Apollo's automatic persisted queries.
    pub persisted_query: Option<PersistedQuery>,
}

impl TryFrom<Map<String, Value>> for Extensions {
    type Error = serde_json::Error;

    fn try_from(mut extensions: Map<String, Value>) -> Result<Self, Self::Error> {
        let persisted_query = match extensions.remove("persistedQuery") {
            None | Some(Value::Null) => None,
            Some(query @ Value::Object(_)) => Some(serde_json::from_value(query)?),
            // serde also accepts a list, as the fields in their order.
            Some(_) => return Err(serde_json::Error::custom("`persistedQuery` is no object")),
        };
        Ok(Self { persisted_query })
    }
}

/// A document by its hash.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PersistedQuery {
    /// The version of the protocol: 1.
    pub version: u64,
    /// The SHA-256 of the document's text, in hexadecimal.
    pub sha256_hash: String,
}

/// The contents of a request's body.
#[derive(Debug)]
pub enum RequestBody {
    One(Box<Parameters>),
    Batch(Vec<Parameters>),
}

/// Why a request cannot be read.
#[derive(Debug)]
pub enum Misread {
    /// It cannot be parsed.
    Unparsed(Rejection),
    /// It can be parsed, and is no GraphQL request.
    IllFormed(Rejection),
}

impl Misread {
    /// Of JSON that serde refuses, told by this message.
    fn of(error: &serde_json::Error, message: String) -> Self {
        match error.classify() {
            Category::Data => Self::IllFormed(Rejection::input(message)),
            Category::Io | Category::Syntax | Category::Eof => Self::Unparsed(Rejection::input(message)),
        }
    }
}

impl From<Rejection> for Misread {
    fn from(refusal: Rejection) -> Self {
        Self::IllFormed(refusal)
    }
}

impl Parameters {
    /// For an operation of a document that the server has itself.
    pub fn of_document(id: &str, operation: Option<&str>, variables: &Value) -> Self {
        Self {
            document_id: Some(id.to_owned()),
            operation_name: operation.map(str::to_owned),
            variables: RawValue::from_string(variables.to_string()).ok(),
            ..Self::default()
        }
    }

    /// Parses the variables; empty if there are none.
    pub fn variables(&self, limits: &Limits) -> Result<Variables, Rejection> {
        match self.variables_text() {
            Some(text) => Variables::read(text, limits),
            None => Ok(Variables::default()),
        }
    }

    /// The text of the variables.
    pub fn variables_text(&self) -> Option<&str> {
        self.variables.as_deref().map(RawValue::get)
    }

    /// From the query of a URL.
    pub fn of_query(query: &str) -> Result<Self, Misread> {
        let mut parameters = Self::default();
        for (name, value) in pairs(query).map_err(Misread::Unparsed)? {
            match name.as_str() {
                "query" => parameters.query = Some(value),
                "documentId" => parameters.document_id = Some(value),
                "operationName" => parameters.operation_name = Some(value),
                "variables" => parameters.variables = json(&name, &value)?,
                "extensions" => parameters.extensions = json(&name, &value)?,
                _ => {}
            }
        }
        Ok(parameters.in_order()?)
    }

    /// From the payload of a WebSocket message. `None` if it is no object, has wrong types, or names no document.
    pub fn of_payload(payload: &str) -> Option<Result<Self, Rejection>> {
        let parameters: Self = serde_json::from_str(payload)
            .ok()
            .filter(|_| payload.starts_with('{'))?;
        let by_hash = |extensions: &Extensions| extensions.persisted_query.is_some();
        let names_one = parameters.query.is_some()
            || parameters.document_id.is_some()
            || parameters.extensions.as_ref().is_some_and(by_hash);
        names_one.then(|| parameters.in_order())
    }

    /// Removes empty strings, and refuses variables that are not an object.
    fn in_order(mut self) -> Result<Self, Rejection> {
        for text in [&mut self.query, &mut self.document_id, &mut self.operation_name] {
            text.take_if(|text| text.is_empty());
        }
        match self.variables_text() {
            Some(text) if !text.starts_with('{') => Err(Rejection::input(
                "`variables` is no object; accepted is a JSON object by variable name",
            )),
            _ => Ok(self),
        }
    }
}

impl RequestBody {
    /// From the body of a POST.
    pub fn of_body(bytes: &[u8], limits: &Limits) -> Result<Self, Misread> {
        let text = std::str::from_utf8(bytes).map_err(|error| {
            let place = error.valid_up_to();
            let message = format!("the body is no UTF-8 from its byte {place} on; accepted is JSON in UTF-8");
            Misread::Unparsed(Rejection::input(message))
        })?;
        // serde also accepts a list, as the fields in their order.
        match text.trim_start().as_bytes().first() {
            Some(b'{') => Ok(Self::One(Box::new(body::<Parameters>(text)?.in_order()?))),
            Some(b'[') => {
                let requests: Vec<&RawValue> = body(text)?;
                if requests.is_empty() {
                    let message = "the batch is empty; accepted is one request or more";
                    return Err(Rejection::input(message).into());
                }
                let batch = limits.check(Limit::Batch, requests.len() as u64);
                batch.map_err(Rejection::from)?;
                let read = |request: &RawValue| match request.get().as_bytes().first() {
                    Some(b'{') => Ok::<_, Misread>(body::<Parameters>(request.get())?.in_order()?),
                    _ => {
                        let message = "the batch holds something else than objects; accepted are requests";
                        Err(Rejection::input(message).into())
                    }
                };
                Ok(Self::Batch(requests.into_iter().map(read).collect::<Result<_, _>>()?))
            }
            _ => {
                let refusal = Rejection::input(format!("the body is no JSON object; {ACCEPTED}"));
                Err(match serde_json::from_str::<IgnoredAny>(text) {
                    Ok(_) => Misread::IllFormed(refusal),
                    Err(_) => Misread::Unparsed(refusal),
                })
            }
        }
    }
}

const ACCEPTED: &str = "accepted is a JSON object with `query`, `variables`, `operationName` and `extensions`";

fn body<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, Misread> {
    serde_json::from_str(text)
        .map_err(|error| Misread::of(&error, format!("the body cannot be read: {error}; {ACCEPTED}")))
}

fn json<'a, T: Deserialize<'a>>(name: &str, text: &'a str) -> Result<Option<T>, Misread> {
    if text.is_empty() {
        return Ok(None);
    }
    serde_json::from_str(text).map_err(|error| {
        let message = format!("`{name}` cannot be read: {error}; accepted is a JSON object");
        Misread::of(&error, message)
    })
}

/// The names and values in the query of a URL.
pub fn pairs(query: &str) -> Result<Vec<(String, String)>, Rejection> {
    let mut pairs: Vec<(String, String)> = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (name, value) = (decoded(name)?, decoded(value)?);
        if pairs.iter().any(|(seen, _)| *seen == name) {
            return Err(Rejection::input(format!(
                "`{name}` is given twice; accepted is one of it"
            )));
        }
        pairs.push((name, value));
    }
    Ok(pairs)
}

/// Decodes percent-encoding and `+`, as in forms.
fn decoded(text: &str) -> Result<String, Rejection> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digits = [rest.next(), rest.next()].map(|digit| char::from(digit.unwrap_or(b'?')).to_digit(16));
                let [Some(high), Some(low)] = digits else {
                    return Err(Rejection::input(
                        "the address has a % without two hexadecimal digits; write %25 for the sign itself",
                    ));
                };
                u8::try_from(high * 16 + low).unwrap_or(b'?')
            }
            byte => byte,
        });
    }
    String::from_utf8(bytes)
        .map_err(|_| Rejection::input("a parameter of the address is no UTF-8; accepted is UTF-8, percent-encoded"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_decoded_as_forms_are() {
        let query = "query=%7B+gift%28id%3A%22%C3%A9%22%29%7D&operationName=&variables=%7B%22a%22%3A1%7D&other=1";
        let parameters = Parameters::of_query(query).expect("it can be read");
        assert_eq!(parameters.query.as_deref(), Some("{ gift(id:\"é\")}"));
        assert_eq!(parameters.operation_name, None);
        assert_eq!(parameters.variables.expect("variables").get(), "{\"a\":1}");
    }

    #[test]
    fn what_cannot_be_read_is_refused_with_the_reason() {
        for (query, part) in [
            ("query=%ff", "no UTF-8"),
            ("query=%4", "%25"),
            ("query=%zz", "%25"),
            ("query=a&query=b", "given twice"),
            ("variables=[1", "`variables`"),
            ("extensions=1", "`extensions`"),
            ("extensions=[]", "`extensions`"),
        ] {
            let (Misread::Unparsed(refusal) | Misread::IllFormed(refusal)) =
                Parameters::of_query(query).expect_err(query);
            assert!(refusal.faults[0].message.contains(part), "{query}: {refusal:?}");
        }
        let limits = Limits::default();
        for (body, part) in [
            (&b"\xff{}"[..], "no UTF-8 from its byte 0"),
            (b"", "no JSON object"),
            (b"1", "no JSON object"),
            (b"{", "cannot be read"),
            (b"{\"query\": 1}", "expected a string"),
            (b"{\"query\": \"{a}\", \"query\": \"{b}\"}", "duplicate field"),
            (b"{\"operationName\": {}}", "expected a string"),
            (b"{\"extensions\": \"x\"}", "cannot be read"),
            (b"{\"extensions\": []}", "cannot be read"),
            (
                b"{\"extensions\": {\"persistedQuery\": [1, \"a\"]}}",
                "`persistedQuery` is no object",
            ),
            (b"[]", "empty"),
            (b"[{}]", "the number of requests in a batch is 1; accepted are up to 0"),
        ] {
            let (Misread::Unparsed(refusal) | Misread::IllFormed(refusal)) =
                RequestBody::of_body(body, &limits).expect_err(part);
            assert!(refusal.faults[0].message.contains(part), "{part}: {refusal:?}");
        }
    }
}
