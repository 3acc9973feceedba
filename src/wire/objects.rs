//! JSON in which an object is an object at every depth. serde takes a list for one, its parts in the order of our fields, so
//! that `["山田", "ヤマダ"]` would be a name; here that is a mistake, found where it stands. Called by `parse.rs`.
//!
//! It does not see into what serde reads twice (`flatten`, `untagged` and tagged enums): no message from outside has those.

use std::fmt;

use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, EnumAccess, Error, MapAccess, SeqAccess, Unexpected, VariantAccess,
    Visitor,
};

/// Reads a whole text; what follows it is a mistake.
///
/// # Errors
/// The first mistake.
pub(super) fn from_slice<'de, T: Deserialize<'de>>(bytes: &'de [u8]) -> serde_json::Result<T> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let read = T::deserialize(Objects(&mut deserializer))?;
    deserializer.end()?;
    Ok(read)
}

/// The deserializer, or a part of what it gives out, that takes no list for an object.
pub(super) struct Objects<D>(pub D);

/// Whoever is told what was found. `of_fields`: what is wanted has named fields.
struct Told<V> {
    visitor: V,
    of_fields: bool,
}

impl<V> Told<V> {
    const fn anything(visitor: V) -> Self {
        Self { visitor, of_fields: false }
    }

    const fn fields(visitor: V) -> Self {
        Self { visitor, of_fields: true }
    }
}

macro_rules! passes_on {
    ($($method:ident($($given:ident: $type:ty),*);)+) => {$(
        fn $method<V: Visitor<'de>>(self, $($given: $type,)* visitor: V) -> Result<V::Value, D::Error> {
            self.0.$method($($given,)* Told::anything(visitor))
        }
    )+};
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Objects<D> {
    type Error = D::Error;

    passes_on! {
        deserialize_any();
        deserialize_bool();
        deserialize_i8();
        deserialize_i16();
        deserialize_i32();
        deserialize_i64();
        deserialize_i128();
        deserialize_u8();
        deserialize_u16();
        deserialize_u32();
        deserialize_u64();
        deserialize_u128();
        deserialize_f32();
        deserialize_f64();
        deserialize_char();
        deserialize_str();
        deserialize_string();
        deserialize_bytes();
        deserialize_byte_buf();
        deserialize_option();
        deserialize_unit();
        deserialize_unit_struct(name: &'static str);
        deserialize_newtype_struct(name: &'static str);
        deserialize_seq();
        deserialize_tuple(len: usize);
        deserialize_tuple_struct(name: &'static str, len: usize);
        deserialize_map();
        deserialize_enum(name: &'static str, variants: &'static [&'static str]);
        deserialize_identifier();
        deserialize_ignored_any();
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_struct(name, fields, Told::fields(visitor))
    }

    fn is_human_readable(&self) -> bool {
        self.0.is_human_readable()
    }
}

macro_rules! tells {
    ($($method:ident($type:ty);)+) => {$(
        fn $method<E: Error>(self, found: $type) -> Result<V::Value, E> {
            self.visitor.$method(found)
        }
    )+};
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Told<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.visitor.expecting(f)
    }

    tells! {
        visit_bool(bool);
        visit_i8(i8);
        visit_i16(i16);
        visit_i32(i32);
        visit_i64(i64);
        visit_i128(i128);
        visit_u8(u8);
        visit_u16(u16);
        visit_u32(u32);
        visit_u64(u64);
        visit_u128(u128);
        visit_f32(f32);
        visit_f64(f64);
        visit_char(char);
        visit_str(&str);
        visit_borrowed_str(&'de str);
        visit_string(String);
        visit_bytes(&[u8]);
        visit_borrowed_bytes(&'de [u8]);
        visit_byte_buf(Vec<u8>);
    }

    fn visit_none<E: Error>(self) -> Result<V::Value, E> {
        self.visitor.visit_none()
    }

    fn visit_unit<E: Error>(self) -> Result<V::Value, E> {
        self.visitor.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, inner: D) -> Result<V::Value, D::Error> {
        self.visitor.visit_some(Objects(inner))
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<V::Value, D::Error> {
        self.visitor.visit_newtype_struct(Objects(inner))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<V::Value, A::Error> {
        if self.of_fields {
            return Err(A::Error::invalid_type(Unexpected::Seq, &self));
        }
        self.visitor.visit_seq(Objects(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<V::Value, A::Error> {
        self.visitor.visit_map(Objects(map))
    }

    fn visit_enum<A: EnumAccess<'de>>(self, one: A) -> Result<V::Value, A::Error> {
        self.visitor.visit_enum(Objects(one))
    }
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Objects<S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<S::Value, D::Error> {
        self.0.deserialize(Objects(deserializer))
    }
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for Objects<A> {
    type Error = A::Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, A::Error> {
        self.0.next_element_seed(Objects(seed))
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Objects<A> {
    type Error = A::Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, A::Error> {
        self.0.next_key_seed(seed)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        self.0.next_value_seed(Objects(seed))
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

impl<'de, A: EnumAccess<'de>> EnumAccess<'de> for Objects<A> {
    type Error = A::Error;
    type Variant = Objects<A::Variant>;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self::Variant), A::Error> {
        let (named, variant) = self.0.variant_seed(seed)?;
        Ok((named, Objects(variant)))
    }
}

impl<'de, A: VariantAccess<'de>> VariantAccess<'de> for Objects<A> {
    type Error = A::Error;

    fn unit_variant(self) -> Result<(), A::Error> {
        self.0.unit_variant()
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, A::Error> {
        self.0.newtype_variant_seed(Objects(seed))
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, A::Error> {
        self.0.tuple_variant(len, Told::anything(visitor))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, A::Error> {
        self.0.struct_variant(fields, Told::fields(visitor))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;
    use serde_json::Value;

    use super::*;
    use crate::wire::read_json;

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Name {
        kanji: String,
        kana: String,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Wrapped(Name);

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Way {
        Named { kanji: String, kana: String },
        Other(Name),
        Pair(u8, u8),
        None,
    }

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields, default)]
    struct Body {
        name: Option<Name>,
        wrapped: Option<Wrapped>,
        names: Vec<Name>,
        by_id: BTreeMap<String, Name>,
        way: Option<Way>,
        pair: Option<(u8, String)>,
        any: Option<Value>,
    }

    #[test]
    fn a_list_is_no_object_at_any_depth_and_the_place_is_named() {
        for (body, field) in [
            (r#"["a", "b"]"#, ""),
            (r#"{"name": ["a", "b"]}"#, "name"),
            (r#"{"name": []}"#, "name"),
            (r#"{"wrapped": ["a", "b"]}"#, "wrapped"),
            (r#"{"names": [{"kanji": "a", "kana": "b"}, ["c", "d"]]}"#, "names[1]"),
            (r#"{"by_id": {"x": ["a", "b"]}}"#, "by_id.x"),
            (r#"{"way": {"named": ["a", "b"]}}"#, "way.named"),
            (r#"{"way": {"other": ["a", "b"]}}"#, "way.other"),
        ] {
            assert!(from_slice::<Body>(body.as_bytes()).is_err(), "{body}");
            let told = read_json::<Body>(body.as_bytes()).unwrap_err();
            assert_eq!((&*told.field, told.code), (field, "wrong_type"), "{body}: {told:?}");
            assert!(told.message.ja.contains("オブジェクト") && told.message.en.contains("an object"), "{told:?}");
        }
    }

    #[test]
    fn whatever_else_is_read_as_before() {
        for body in [
            r#"{"name": {"kanji": "a", "kana": "b"}, "names": [{"kanji": "a", "kana": "b"}]}"#,
            r#"{"name": null, "wrapped": {"kanji": "a", "kana": "b"}, "by_id": {"x": {"kanji": "a", "kana": "b"}}}"#,
            r#"{"way": "none"}"#,
            r#"{"way": {"pair": [1, 2]}}"#,
            r#"{"way": {"named": {"kanji": "a", "kana": "b"}}}"#,
            r#"{"way": {"other": {"kanji": "a", "kana": "b"}}, "pair": [1, "x"], "any": [[1, 2.5, true, null], "é"]}"#,
            r#"{"name": {"kanji": "a", "kana": "b", "more": 1}}"#,
            r#"{"name": {"kanji": "a"}}"#,
            r#"{"name": {"kanji": 1, "kana": "b"}}"#,
            r#"{"pair": [1]}"#,
            r#"{"way": "other"}"#,
            r#"{} {}"#,
            r#"{"name"#,
        ] {
            let (ours, plain) = (from_slice::<Body>(body.as_bytes()), serde_json::from_slice::<Body>(body.as_bytes()));
            assert_eq!(
                ours.as_ref().map_err(ToString::to_string),
                plain.as_ref().map_err(ToString::to_string),
                "{body}"
            );
        }
    }
}
