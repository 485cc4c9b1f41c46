//! Suggests alternatives for a name that the schema does not know: the nearest one ("did you mean"), and all of them if
//! they are few.
//!
//! The unknown names are parsed from the validation's messages, the only place that has them. If a message changes its
//! wording, nothing is suggested; a test notices that.

use std::collections::HashSet;
use std::sync::LazyLock;

use apollo_compiler::Schema;
use apollo_compiler::schema::ExtendedType;
use regex::Regex;

use super::mistake::{Mistake, kind, unselected};

/// Up to so many fields of a type are listed; a type with more has documentation for that.
const FEW: usize = 16;
/// How many values, arguments and input fields are listed; if there are more, the nearest.
const MANY: usize = 30;

/// How many members of an interface or a union are suggested for a field.
const MOST_FRAGMENTS: usize = 3;

/// The suggestions in one answer.
pub struct Suggestions<'a> {
    schema: &'a Schema,
    /// The owners of names that have been listed: once in an answer is enough.
    listed: HashSet<String>,
}

/// The known names at a place.
struct Known<'a> {
    /// Their owner: a type, or a field with arguments.
    of: String,
    names: Vec<&'a str>,
    /// How many are listed; 0 if only the nearest is useful.
    most: usize,
}

impl<'a> Suggestions<'a> {
    /// No names have been listed yet.
    pub fn of(schema: &'a Schema) -> Self {
        Self {
            schema,
            listed: HashSet::new(),
        }
    }

    /// The text to append to an error's message, if there is any.
    pub fn behind(&mut self, mistake: &Mistake<'_>, message: &str) -> Option<String> {
        match kind(mistake) {
            "MissingSubselection" => self.selection(mistake),
            "UnsupportedValueType" => self.value(mistake),
            kind => {
                if kind == "UndefinedField"
                    && let Some(told) = self.in_members(message)
                {
                    return Some(told);
                }
                let (name, known) = self.known(mistake, message)?;
                self.instead(name, known)
            }
        }
    }

    /// Fragments that can select a field which an interface or a union lacks and some of its members have.
    fn in_members(&self, message: &str) -> Option<String> {
        let [on, name] = names(message)[..] else { return None };
        let is_member = |ty: &ExtendedType| match (ty, self.schema.types.get(on)?) {
            (ExtendedType::Object(object), ExtendedType::Interface(_)) => {
                Some(object.implements_interfaces.contains(on))
            }
            (ExtendedType::Object(object), ExtendedType::Union(union)) => Some(union.members.contains(&object.name)),
            _ => None,
        };
        let with_field = self.schema.types.iter().filter(|(_, ty)| {
            let has_it = ty.as_object().is_some_and(|object| object.fields.contains_key(name));
            has_it && is_member(ty) == Some(true)
        });
        let fragments: Vec<String> = with_field
            .take(MOST_FRAGMENTS)
            .map(|(member, _)| format!("`... on {member} {{ {name} }}`"))
            .collect();
        (!fragments.is_empty()).then(|| format!("; did you mean {}?", fragments.join(" or ")))
    }

    /// The known name nearest to the unknown one.
    pub fn nearest(&self, mistake: &Mistake<'_>) -> Option<String> {
        let message = mistake.error.to_string();
        let (name, known) = self.known(mistake, &message)?;
        nearest(name, &known.names).map(str::to_owned)
    }

    /// The unknown name, and the known ones.
    fn known<'m>(&self, mistake: &Mistake<'_>, message: &'m str) -> Option<(&'m str, Known<'a>)> {
        let types = |fits: fn(&ExtendedType) -> bool| {
            let types = self.schema.types.iter().filter(|(_, ty)| fits(ty));
            types.map(|(name, _)| name.as_str()).collect()
        };
        let unlisted = |names| Known {
            of: String::new(),
            names,
            most: 0,
        };
        let names = names(message);
        Some(match (kind(mistake), &names[..]) {
            ("UndefinedField", [on, name]) => (*name, self.members(on, FEW)?),
            ("UndefinedEnumValue" | "UndefinedInputValue", [name, on]) => (*name, self.members(on, MANY)?),
            ("UndefinedArgument", [name, of]) => (*name, self.arguments(of)?),
            ("UndefinedDefinition", [name]) => (*name, unlisted(types(ExtendedType::is_input_type))),
            (
                "UndefinedTypeInNamedFragmentTypeCondition" | "UndefinedTypeInInlineFragmentTypeCondition",
                [name, ..],
            ) => (*name, unlisted(types(is_composite))),
            ("UndefinedDirective", [name]) => {
                let directives = self.schema.directive_definitions.keys();
                let name = name.trim_start_matches('@');
                (name, unlisted(directives.map(|name| name.as_str()).collect()))
            }
            _ => return None,
        })
    }

    /// Alternatives for an unknown name.
    pub fn instead_of(&mut self, name: &str, on: &str) -> Option<String> {
        let known = self.members(on, MANY)?;
        self.instead(name, known)
    }

    fn instead(&mut self, name: &str, known: Known<'_>) -> Option<String> {
        let meant = nearest(name, &known.names).map(|nearest| format!("; did you mean `{nearest}`?"));
        let listed = self.accepted(name, known);
        match (meant, listed) {
            (Some(meant), Some(listed)) => Some(format!("{meant} {listed}")),
            (None, Some(listed)) => Some(format!("; {listed}")),
            (meant, None) => meant,
        }
    }

    fn accepted(&mut self, name: &str, known: Known<'_>) -> Option<String> {
        let verb = if known.names.len() > 1 { "are" } else { "is" };
        Some(format!("accepted {verb} {}", self.list(name, known)?))
    }

    /// All known names, or the nearest; once in an answer.
    fn list(&mut self, name: &str, known: Known<'_>) -> Option<String> {
        let Known { of, names, most } = known;
        if most == 0 || (most == FEW && names.len() > most) || !self.listed.insert(of) {
            return None;
        }
        let count = names.len();
        if count <= most {
            return Some(if names.is_empty() {
                "none".to_owned()
            } else {
                names.join(", ")
            });
        }
        // Compares only as many letters as a name can have.
        let name: String = name.to_lowercase().chars().take(128).collect();
        let mut names: Vec<(f64, &str)> = names.into_iter().map(|known| (likeness(known, &name), known)).collect();
        names.sort_by(|(a, _), (b, _)| b.total_cmp(a));
        let names: Vec<&str> = names.into_iter().take(most).map(|(_, name)| name).collect();
        Some(format!("{count}, among them {}", names.join(", ")))
    }

    /// What can be selected on a field that lacks its selection set.
    fn selection(&mut self, mistake: &Mistake<'_>) -> Option<String> {
        let (field, on) = unselected(mistake)?;
        let ty = self.schema.type_field(&on, &field).ok()?.ty.inner_named_type().as_str();
        if let ExtendedType::Union(union) = self.schema.types.get(ty)? {
            let members: Vec<&str> = union.members.iter().map(|member| member.name.as_str()).collect();
            return Some(format!(" with fragments on {}", members.join(", ")));
        }
        let known = self.members(ty, MANY)?;
        Some(format!(" with fields of `{ty}`: {}", self.list("", known)?))
    }

    /// What is accepted instead of a value of the wrong type.
    fn value(&mut self, mistake: &Mistake<'_>) -> Option<String> {
        let told = mistake.error.unstable_compat_message()?;
        let (ty, value) = told.split_once(" cannot represent value: ")?;
        let known = self.members(ty, MANY)?;
        let text = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
        let meant = match self.schema.types.get(ty)? {
            ExtendedType::Enum(ty) => text.filter(|text| ty.values.keys().any(|name| name == text)),
            _ => None,
        };
        match meant {
            Some(meant) => Some(format!("; did you mean `{meant}`, without quotes?")),
            None => Some(format!("; {}", self.accepted(text.unwrap_or_default(), known)?)),
        }
    }

    /// The names in an enum, an input or a type with fields.
    fn members(&self, on: &str, most: usize) -> Option<Known<'a>> {
        let names = match self.schema.types.get(on)? {
            ExtendedType::Object(ty) => ty.fields.keys().map(|name| name.as_str()).collect(),
            ExtendedType::Interface(ty) => ty.fields.keys().map(|name| name.as_str()).collect(),
            ExtendedType::InputObject(ty) => ty.fields.keys().map(|name| name.as_str()).collect(),
            ExtendedType::Enum(ty) => ty.values.keys().map(|name| name.as_str()).collect(),
            ExtendedType::Scalar(_) | ExtendedType::Union(_) => return None,
        };
        let of = on.to_owned();
        Some(Known { of, names, most })
    }

    /// The arguments of a field, `Type.field`, or of a directive, `@directive`.
    fn arguments(&self, of: &str) -> Option<Known<'a>> {
        let arguments = match of.split_once('.') {
            Some((on, field)) => &self.schema.type_field(on, field).ok()?.arguments,
            None => {
                &self
                    .schema
                    .directive_definitions
                    .get(of.trim_start_matches('@'))?
                    .arguments
            }
        };
        let names = arguments.iter().map(|argument| argument.name.as_str()).collect();
        let of = of.to_owned();
        Some(Known { of, names, most: MANY })
    }
}

fn is_composite(ty: &ExtendedType) -> bool {
    matches!(
        ty,
        ExtendedType::Object(_) | ExtendedType::Interface(_) | ExtendedType::Union(_)
    )
}

/// The quoted names in a message, in order, without the `@` of directives.
fn names(message: &str) -> Vec<&str> {
    static QUOTED: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"`(@?\w+(\.\w+)?)").ok());
    let quoted = QUOTED.as_ref().map(|quoted| quoted.captures_iter(message));
    let names = quoted.into_iter().flatten().filter_map(|found| found.get(1));
    names.map(|name| name.as_str()).collect()
}

/// The least likeness of similar names; 1 is equality.
const LIKE: f64 = 0.6;

fn likeness(known: &str, name: &str) -> f64 {
    strsim::normalized_damerau_levenshtein(&known.to_lowercase(), name)
}

/// The known name most like `name`, if any is like it.
pub fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let name = name.to_lowercase();
    // Comparison takes time in proportion to both lengths: skip names whose lengths differ too much.
    let may_be_like = |known: &&&str| {
        let (shorter, longer) = (known.len().min(name.len()), known.len().max(name.len()));
        shorter as f64 >= LIKE * longer as f64
    };
    known
        .iter()
        .filter(may_be_like)
        .map(|known| (likeness(known, &name), *known))
        .filter(|(likeness, _)| *likeness >= LIKE)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, known)| known)
}
