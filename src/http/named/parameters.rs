//! The variables of a named query from the parameters of an address, and the form that its answer is wanted in.

use serde_json::{Map, Value as Json};

use super::query::NamedQuery;
use crate::guard::Rejection;
use crate::guard::outline::{Outline, ValueForm};
use crate::http::parameters::{Parameters, pairs};

/// The parameters that no variable may have the name of.
const OWN: [&str; 2] = ["shape", "bom"];

/// The form of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AnswerForm {
    /// As GraphQL has it.
    GraphQl,
    /// Its lists as rows, as JSON.
    Rows,
    /// The same as CSV.
    Csv {
        /// Whether it begins with a byte order mark.
        marked: bool,
    },
}

/// Whether an operation's variables can be told from the parameters of the server's own.
pub fn fit(outline: &Outline) -> bool {
    outline
        .variables
        .iter()
        .all(|variable| !OWN.contains(&variable.name.as_str()))
}

impl NamedQuery {
    /// The request that an address makes. `extension`: that of the file that is asked for, empty for none.
    ///
    /// # Errors
    /// A parameter that is not known, given twice, missing or of a wrong form; each error names it.
    pub fn request(&self, extension: &str, query: &str) -> Result<(Parameters, AnswerForm), Rejection> {
        let mut form = match extension {
            "csv" => AnswerForm::Csv { marked: false },
            _ => AnswerForm::GraphQl,
        };
        let mut variables = Map::new();
        for (name, value) in pairs(query)? {
            match (name.as_str(), value.as_str(), &mut form) {
                ("shape", "rows", AnswerForm::GraphQl | AnswerForm::Rows) => form = AnswerForm::Rows,
                ("shape", "rows", AnswerForm::Csv { .. }) | ("shape", "" | "graphql", _) => {}
                ("bom", "1", AnswerForm::Csv { marked }) => *marked = true,
                ("bom", "0" | "", _) => {}
                ("shape", value, _) => {
                    let message = format!("`shape` is {value:?}; accepted are graphql and rows");
                    return Err(Rejection::input(message));
                }
                ("bom", value, _) => {
                    let message = format!("`bom` is {value:?}; accepted are 0 and, for CSV, 1");
                    return Err(Rejection::input(message));
                }
                _ => {
                    if let Some(value) = self.variable(&name, &value)? {
                        variables.insert(name, value);
                    }
                }
            }
        }
        let mut missing = self.outline.variables.iter().filter(|variable| variable.is_required);
        if let Some(missing) = missing.find(|variable| !variables.contains_key(&variable.name)) {
            let message = format!("`{}` is missing; accepted is {}", missing.name, missing.form.accepted());
            return Err(Rejection::input(message));
        }
        Ok((self.parameters(variables), form))
    }

    /// The request with these variables.
    pub fn parameters(&self, variables: Map<String, Json>) -> Parameters {
        Parameters::of_document(&self.document, self.outline.name.as_deref(), &Json::Object(variables))
    }

    /// The value of a variable; `None` for an empty one.
    fn variable(&self, name: &str, text: &str) -> Result<Option<Json>, Rejection> {
        let variables = &self.outline.variables;
        let Some(variable) = variables.iter().find(|variable| variable.name == name) else {
            let known: Vec<&str> = variables
                .iter()
                .map(|variable| variable.name.as_str())
                .chain(OWN)
                .collect();
            let message = format!(
                "{} has no parameter {name:?}; accepted are {}",
                self.name,
                known.join(", ")
            );
            return Err(Rejection::input(message));
        };
        if text.is_empty() {
            return Ok(None);
        }
        let value = variable.form.read(text).ok_or_else(|| {
            let shown: String = text.chars().take(100).collect();
            Rejection::input(format!(
                "`{name}` is {shown:?}; accepted is {}",
                variable.form.accepted()
            ))
        })?;
        Ok(Some(value))
    }
}

impl ValueForm {
    fn read(&self, text: &str) -> Option<Json> {
        match self {
            Self::Text => Some(text.into()),
            Self::Whole => text.parse::<i64>().ok().map(Json::from),
            Self::Number => {
                let number: f64 = text.parse().ok()?;
                serde_json::Number::from_f64(number).map(Json::Number)
            }
            Self::Flag => text.parse::<bool>().ok().map(Json::from),
            Self::List(_) if text.starts_with('[') => serde_json::from_str(text).ok(),
            Self::List(item) => text.split(',').map(|part| item.read(part.trim())).collect(),
            Self::Object => serde_json::from_str(text).ok().filter(Json::is_object),
        }
    }

    /// What is accepted, in words.
    pub fn accepted(&self) -> &'static str {
        match self {
            Self::Text => "a text",
            Self::Whole => "a whole number",
            Self::Number => "a number",
            Self::Flag => "true or false",
            Self::List(_) => "values with commas between, or a list as JSON",
            Self::Object => "an object as JSON",
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_read_by_the_forms_of_their_types() {
        let texts = ValueForm::List(Box::new(ValueForm::Text));
        for (form, text, value) in [
            (&ValueForm::Whole, "12", json!(12)),
            (&ValueForm::Number, "1.5", json!(1.5)),
            (&ValueForm::Flag, "true", json!(true)),
            (&ValueForm::Text, "12", json!("12")),
            (&texts, "GIFT, NATION", json!(["GIFT", "NATION"])),
            (&texts, "[\"a,b\"]", json!(["a,b"])),
            (&ValueForm::Object, "{\"a\":1}", json!({ "a": 1 })),
        ] {
            assert_eq!(form.read(text), Some(value), "{text}");
        }
        for (form, text) in [
            (ValueForm::Whole, "1.5"),
            (ValueForm::Number, "NaN"),
            (ValueForm::Flag, "yes"),
            (ValueForm::Object, "[]"),
            (ValueForm::List(Box::new(ValueForm::Whole)), "1,x"),
        ] {
            assert_eq!(form.read(text), None, "{text}");
        }
    }
}
