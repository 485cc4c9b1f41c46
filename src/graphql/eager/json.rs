//! Writes answers: objects and lists below the root fields become JSON directly, without a tree of values in between.
//!
//! async-graphql passes values from resolver to resolver and builds a map for each object. Here, finished JSON travels
//! as [`Value::Binary`], which this schema uses for nothing else; [`write`] copies it into the answer.

use async_graphql::Value;

/// Writes a value as JSON.
pub fn write(value: &Value, into: &mut Vec<u8>) {
    match value {
        Value::Binary(written) => into.extend_from_slice(written),
        Value::List(items) => {
            let mut list = ListWriter::within(into);
            items.iter().for_each(|item| list.item(item));
            list.end();
        }
        Value::Object(fields) => {
            let mut object = ObjectWriter::within(into);
            fields.iter().for_each(|(key, value)| object.field(key, value));
            object.end();
        }
        // Cannot fail: the writer is a `Vec`, and every key is a string.
        leaf => serde_json::to_writer(into, leaf).unwrap_or_default(),
    }
}

/// Writes a JSON object field by field.
pub struct ObjectWriter<B>(Items<B>);

/// Writes a JSON list item by item.
pub struct ListWriter<B>(Items<B>);

/// The part common to both: values with commas between them.
struct Items<B> {
    bytes: B,
    begun: bool,
}

impl<B: AsMut<Vec<u8>>> Items<B> {
    fn new(mut bytes: B, bracket: u8) -> Self {
        bytes.as_mut().push(bracket);
        Self { bytes, begun: false }
    }

    /// The buffer, after a comma where one is needed.
    fn next(&mut self) -> &mut Vec<u8> {
        let bytes = self.bytes.as_mut();
        if self.begun {
            bytes.push(b',');
        }
        self.begun = true;
        bytes
    }

    fn end(mut self, bracket: u8) -> B {
        self.bytes.as_mut().push(bracket);
        self.bytes
    }
}

impl<B: AsMut<Vec<u8>>> ObjectWriter<B> {
    /// Appends an object to these bytes.
    pub fn within(bytes: B) -> Self {
        Self(Items::new(bytes, b'{'))
    }

    /// Adds a field. `key` is a GraphQL name, which needs no escaping.
    pub fn field(&mut self, key: &str, value: &Value) {
        write(value, self.place(key));
    }

    /// The buffer for the value of a field. `key` as in [`ObjectWriter::field`].
    pub fn place(&mut self, key: &str) -> &mut Vec<u8> {
        let bytes = self.0.next();
        bytes.push(b'"');
        bytes.extend_from_slice(key.as_bytes());
        bytes.extend_from_slice(b"\":");
        bytes
    }

    /// Closes the object.
    pub fn end(self) -> B {
        self.0.end(b'}')
    }
}

impl<B: AsMut<Vec<u8>>> ListWriter<B> {
    /// Appends a list to these bytes.
    pub fn within(bytes: B) -> Self {
        Self(Items::new(bytes, b'['))
    }

    /// Adds an item.
    pub fn item(&mut self, value: &Value) {
        write(value, self.place());
    }

    /// The buffer for an item.
    pub fn place(&mut self) -> &mut Vec<u8> {
        self.0.next()
    }

    /// Closes the list.
    pub fn end(self) -> B {
        self.0.end(b']')
    }
}

/// How many bytes of a value are finished JSON.
pub fn written_bytes(value: &Value) -> usize {
    match value {
        Value::Binary(written) => written.len(),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::Name;
    use async_graphql::indexmap::IndexMap;
    use proptest::collection::vec;
    use proptest::prelude::{Just, Strategy, any, prop_assert_eq, prop_oneof, proptest};
    use serde_json::Value as Json;

    use super::*;

    fn values() -> impl Strategy<Value = Value> {
        let leaves = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f32>().prop_map(Value::from),
            ".*".prop_map(Value::from),
            "[A-Z_]{1,8}".prop_map(|name| Value::Enum(Name::new(name))),
        ];
        leaves.prop_recursive(4, 32, 4, |inner| {
            prop_oneof![
                vec(inner.clone(), 0..4).prop_map(Value::List),
                vec(("[a-z]{1,3}", inner), 0..4).prop_map(|fields| {
                    let fields = fields.into_iter().map(|(key, value)| (Name::new(key), value));
                    Value::Object(fields.collect::<IndexMap<_, _>>())
                }),
            ]
        })
    }

    fn text(value: &Value) -> String {
        let mut bytes = Vec::new();
        write(value, &mut bytes);
        String::from_utf8(bytes).expect("text")
    }

    proptest! {
        #[test]
        fn a_value_is_written_as_serde_writes_it(value in values()) {
            prop_assert_eq!(text(&value), serde_json::to_string(&value).expect("JSON"));
        }

        #[test]
        fn what_is_written_already_stands_where_it_was_put(value in values()) {
            let written = Value::Binary(text(&value).into());
            let both = Value::List(vec![written, value]);
            let items: Vec<Json> = serde_json::from_str(&text(&both)).expect("JSON");
            prop_assert_eq!(&items[0], &items[1]);
        }
    }
}
