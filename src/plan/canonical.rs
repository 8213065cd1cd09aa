//! The canonical form: what a plan means, as one sequence of bytes.
//!
//! It is JSON as RFC 8785 writes it: no white space, object keys sorted by their UTF-16 code units,
//! strings with the shortest escapes. Two things differ from plain serialisation. Keys of the plan
//! that carry no meaning are left out ([`ASIDES`]); keys that authors chose, such as the name of a
//! field, never are. Numbers that RFC 8785 writes with an exponent may differ in its spelling; plans
//! hold such numbers in `x-` keys at most.

use serde::Serialize;
use serde::ser::{self, SerializeSeq};
use serde_json::{Map, Value};

/// Keys of plan documents without meaning, with the structure that they belong to; `None` stands
/// for every structure.
pub const ASIDES: [(Option<&str>, &str); 6] = [
    // Where something is written.
    (None, "origin"),
    (Some("FileReference"), "path"),
    // What people read and engines ignore.
    (None, "title"),
    (None, "summary"),
    // Names for the meaning itself.
    (Some("Plan"), "digest"),
    (Some("Plan"), "version"),
];

/// The canonical bytes of a plan or a part of it.
pub fn bytes(part: &impl Serialize) -> Vec<u8> {
    let value = part
        .serialize(Meaning)
        .unwrap_or_else(|trouble| Value::String(trouble.message));
    let mut text = String::new();
    write(&value, &mut text);
    text.into_bytes()
}

/// A JSON value in the same form; nothing of it is left out.
pub fn text(value: &Value) -> String {
    let mut text = String::new();
    write(value, &mut text);
    text
}

fn write(value: &Value, text: &mut String) {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            text.push_str(&value.to_string());
        }
        Value::Array(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                write(item, text);
            }
            text.push(']');
        }
        Value::Object(object) => {
            let mut entries: Vec<(&String, &Value)> = object.iter().collect();
            entries.sort_by(|(one, _), (other, _)| one.encode_utf16().cmp(other.encode_utf16()));
            text.push('{');
            for (index, (key, value)) in entries.into_iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                text.push_str(&Value::String(key.clone()).to_string());
                text.push(':');
                write(value, text);
            }
            text.push('}');
        }
    }
}

/// Serialises into a JSON value, without asides.
#[derive(Clone, Copy)]
struct Meaning;

/// What a type says that cannot be written as JSON; none of a plan's types does.
#[derive(Debug)]
struct Trouble {
    message: String,
}

impl std::fmt::Display for Trouble {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for Trouble {}

impl ser::Error for Trouble {
    fn custom<T: std::fmt::Display>(message: T) -> Self {
        Trouble {
            message: message.to_string(),
        }
    }
}

/// A list or object that is being written, inside the variant that names it.
struct Collection {
    variant: Option<&'static str>,
    structure: &'static str,
    items: Vec<Value>,
    entries: Map<String, Value>,
    key: String,
}

impl Collection {
    fn new(structure: &'static str, variant: Option<&'static str>) -> Self {
        Collection {
            variant,
            structure,
            items: Vec::new(),
            entries: Map::new(),
            key: String::new(),
        }
    }

    fn push<T: Serialize + ?Sized>(&mut self, item: &T) -> Result<(), Trouble> {
        self.items.push(item.serialize(Meaning)?);
        Ok(())
    }

    fn field<T: Serialize + ?Sized>(&mut self, key: &str, value: &T) -> Result<(), Trouble> {
        let is_aside = ASIDES.iter().any(|(structure, aside)| {
            *aside == key && structure.is_none_or(|structure| structure == self.structure)
        });
        if !is_aside {
            let value = value.serialize(Meaning)?;
            self.entries.insert(key.to_owned(), value);
        }
        Ok(())
    }

    fn list(self) -> Value {
        tagged(self.variant, Value::Array(self.items))
    }

    fn object(self) -> Value {
        tagged(self.variant, Value::Object(self.entries))
    }
}

fn tagged(variant: Option<&str>, value: Value) -> Value {
    match variant {
        None => value,
        Some(variant) => Value::Object(Map::from_iter([(variant.to_owned(), value)])),
    }
}

macro_rules! scalars {
    ($($method:ident($type:ty)),* $(,)?) => {
        $(
            fn $method(self, value: $type) -> Result<Value, Trouble> {
                Ok(Value::from(value))
            }
        )*
    };
}

impl ser::Serializer for Meaning {
    type Ok = Value;
    type Error = Trouble;
    type SerializeSeq = Collection;
    type SerializeTuple = Collection;
    type SerializeTupleStruct = Collection;
    type SerializeTupleVariant = Collection;
    type SerializeMap = Collection;
    type SerializeStruct = Collection;
    type SerializeStructVariant = Collection;

    scalars!(
        serialize_bool(bool),
        serialize_i8(i8),
        serialize_i16(i16),
        serialize_i32(i32),
        serialize_i64(i64),
        serialize_u8(u8),
        serialize_u16(u16),
        serialize_u32(u32),
        serialize_u64(u64),
        serialize_f32(f32),
        serialize_f64(f64),
        serialize_str(&str),
        serialize_bytes(&[u8]),
    );

    fn serialize_char(self, value: char) -> Result<Value, Trouble> {
        Ok(Value::String(value.to_string()))
    }
    fn serialize_none(self) -> Result<Value, Trouble> {
        Ok(Value::Null)
    }
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Value, Trouble> {
        value.serialize(self)
    }
    fn serialize_unit(self) -> Result<Value, Trouble> {
        Ok(Value::Null)
    }
    fn serialize_unit_struct(self, _name: &'static str) -> Result<Value, Trouble> {
        Ok(Value::Null)
    }
    fn serialize_unit_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
    ) -> Result<Value, Trouble> {
        Ok(Value::String(variant.to_owned()))
    }
    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        value: &T,
    ) -> Result<Value, Trouble> {
        value.serialize(self)
    }
    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<Value, Trouble> {
        Ok(tagged(Some(variant), value.serialize(self)?))
    }
    fn serialize_seq(self, _length: Option<usize>) -> Result<Collection, Trouble> {
        Ok(Collection::new("", None))
    }
    fn serialize_tuple(self, length: usize) -> Result<Collection, Trouble> {
        self.serialize_seq(Some(length))
    }
    fn serialize_tuple_struct(
        self,
        _name: &'static str,
        length: usize,
    ) -> Result<Collection, Trouble> {
        self.serialize_seq(Some(length))
    }
    fn serialize_tuple_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        _length: usize,
    ) -> Result<Collection, Trouble> {
        Ok(Collection::new("", Some(variant)))
    }
    fn serialize_map(self, _length: Option<usize>) -> Result<Collection, Trouble> {
        Ok(Collection::new("", None))
    }
    fn serialize_struct(self, name: &'static str, _length: usize) -> Result<Collection, Trouble> {
        Ok(Collection::new(name, None))
    }
    fn serialize_struct_variant(
        self,
        name: &'static str,
        _index: u32,
        variant: &'static str,
        _length: usize,
    ) -> Result<Collection, Trouble> {
        Ok(Collection::new(name, Some(variant)))
    }
}

impl SerializeSeq for Collection {
    type Ok = Value;
    type Error = Trouble;
    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Trouble> {
        self.push(value)
    }
    fn end(self) -> Result<Value, Trouble> {
        Ok(self.list())
    }
}

impl ser::SerializeTuple for Collection {
    type Ok = Value;
    type Error = Trouble;
    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Trouble> {
        self.push(value)
    }
    fn end(self) -> Result<Value, Trouble> {
        Ok(self.list())
    }
}

impl ser::SerializeTupleStruct for Collection {
    type Ok = Value;
    type Error = Trouble;
    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Trouble> {
        self.push(value)
    }
    fn end(self) -> Result<Value, Trouble> {
        Ok(self.list())
    }
}

impl ser::SerializeTupleVariant for Collection {
    type Ok = Value;
    type Error = Trouble;
    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Trouble> {
        self.push(value)
    }
    fn end(self) -> Result<Value, Trouble> {
        Ok(self.list())
    }
}

impl ser::SerializeMap for Collection {
    type Ok = Value;
    type Error = Trouble;
    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Trouble> {
        let key = key.serialize(Meaning)?;
        self.key = key.as_str().map_or_else(|| key.to_string(), str::to_owned);
        Ok(())
    }
    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Trouble> {
        let value = value.serialize(Meaning)?;
        self.entries.insert(std::mem::take(&mut self.key), value);
        Ok(())
    }
    fn end(self) -> Result<Value, Trouble> {
        Ok(self.object())
    }
}

impl ser::SerializeStruct for Collection {
    type Ok = Value;
    type Error = Trouble;
    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), Trouble> {
        self.field(key, value)
    }
    fn end(self) -> Result<Value, Trouble> {
        Ok(self.object())
    }
}

impl ser::SerializeStructVariant for Collection {
    type Ok = Value;
    type Error = Trouble;
    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), Trouble> {
        self.field(key, value)
    }
    fn end(self) -> Result<Value, Trouble> {
        Ok(self.object())
    }
}
