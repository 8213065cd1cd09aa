//! One declaration per mapping, vocabulary and choice of the language: the struct, its decoder,
//! its JSON Schema and its walk come from the same lines.

/// Declares a mapping of the language.
///
/// Each key is `required`, `optional` (both stored as `Option`, a missing required key is
/// reported) or `defaulted` (stored plain). The key is the field's name unless given in
/// parentheses. Doc comments become editor hover texts. `x-` keys are kept in `extensions`.
#[macro_export]
macro_rules! mapping {
    (
        $(#[doc = $doc:literal])*
        pub struct $name:ident as $label:literal {
            $(
                $(#[doc = $field_doc:literal])*
                $mode:ident $field:ident $(($key:literal))?: $type:ty,
            )*
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Debug, Clone, Default)]
        pub struct $name {
            $( $(#[doc = $field_doc])* pub $field: $crate::mapping!(@storage $mode $type), )*
            /// Free keys that begin with `x-`.
            pub extensions: $crate::syntax::scalars::Extensions,
            /// Keys that are written, but whose value could not be understood; that is reported.
            pub unread: Vec<&'static str>,
        }

        impl $crate::syntax::decode::DecodeMapping for $name {
            const KEYS: &'static [&'static str] = &[$($crate::mapping!(@key $field $($key)?),)*];

            fn decode_mapping(
                mapping: $crate::yaml::Mapping<'_>,
                decoder: &mut $crate::syntax::decode::Decoder,
            ) -> Self {
                let mut result = Self::default();
                for entry in mapping.entries() {
                    let keys = <Self as $crate::syntax::decode::DecodeMapping>::KEYS;
                    match $crate::syntax::keys::meant(entry, mapping, keys, $label, decoder) {
                        $(
                            Some($crate::mapping!(@key $field $($key)?)) => {
                                match $crate::syntax::keys::decode_key(entry, $crate::mapping!(@key $field $($key)?), decoder) {
                                    Some(value) => result.$field = $crate::mapping!(@store $mode value),
                                    None => result.unread.push($crate::mapping!(@key $field $($key)?)),
                                }
                            }
                        )*
                        Some(_) => {}
                        None if entry.name.starts_with("x-") => result.extensions.push(entry),
                        None => {}
                    }
                }
                $( $crate::mapping!(@require $mode mapping decoder $label $field $($key)?); )*
                result
            }
        }

        impl $crate::syntax::decode::Decode for $name {
            fn decode(
                node: $crate::yaml::NodeRef<'_>,
                decoder: &mut $crate::syntax::decode::Decoder,
            ) -> Option<Self> {
                $crate::syntax::keys::decode_mapping_node(node, $label, decoder)
            }
        }

        impl $crate::syntax::visit::Visit for $name {
            fn visit<'a>(&'a self, visitor: &mut dyn $crate::syntax::visit::Visitor<'a>) {
                $( $crate::syntax::visit::Visit::visit(&self.$field, visitor); )*
            }
        }

        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
                let mut schema = $crate::syntax::schema::MappingSchema::new(concat!($($doc, "\n"),*));
                $(
                    schema.key(
                        $crate::mapping!(@key $field $($key)?),
                        concat!($($field_doc, "\n"),*),
                        stringify!($mode) == "required",
                        generator.subschema_for::<$type>(),
                    );
                )*
                schema.finish()
            }
        }
    };
    (@key $field:ident) => { stringify!($field) };
    (@key $field:ident $key:literal) => { $key };
    (@storage required $type:ty) => { Option<$type> };
    (@storage optional $type:ty) => { Option<$type> };
    (@storage defaulted $type:ty) => { $type };
    (@store required $value:ident) => { Some($value) };
    (@store optional $value:ident) => { Some($value) };
    (@store defaulted $value:ident) => { $value };
    (@require required $mapping:ident $decoder:ident $label:literal $field:ident $($key:literal)?) => {
        $crate::syntax::keys::require($mapping, $crate::mapping!(@key $field $($key)?), <Self as $crate::syntax::decode::DecodeMapping>::KEYS, $label, $decoder);
    };
    (@require $mode:ident $($rest:tt)*) => {};
}

/// Declares a closed vocabulary: an enum whose members are words of the language.
#[macro_export]
macro_rules! vocabulary {
    (
        $(#[doc = $doc:literal])*
        pub enum $name:ident as $label:literal {
            $( $(#[doc = $member_doc:literal])* $member:ident = $word:literal, )*
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $( $(#[doc = $member_doc])* $member, )*
        }

        impl $name {
            /// The words of the language, in reference order.
            pub const WORDS: &'static [&'static str] = &[$($word),*];

            /// The members, in reference order.
            pub const ALL: &'static [$name] = &[$($name::$member),*];

            /// The word that authors write.
            pub fn as_str(self) -> &'static str {
                match self { $( $name::$member => $word, )* }
            }
        }

        impl $crate::syntax::decode::Decode for $name {
            fn decode(
                node: $crate::yaml::NodeRef<'_>,
                decoder: &mut $crate::syntax::decode::Decoder,
            ) -> Option<Self> {
                let scalar = $crate::syntax::decode::text(node, decoder, $label)?;
                match scalar.text() {
                    $( $word => Some($name::$member), )*
                    other => {
                        decoder.not_a_member(node, other, $label, Self::WORDS);
                        None
                    }
                }
            }
        }

        impl $crate::syntax::visit::Visit for $name {
            fn visit<'a>(&'a self, _visitor: &mut dyn $crate::syntax::visit::Visitor<'a>) {}
        }

        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
                $crate::syntax::schema::vocabulary(
                    concat!($($doc, "\n"),*),
                    &[$( ($word, concat!($($member_doc, "\n"),*)) ),*],
                )
            }
        }
    };
}

/// Declares alternatives that are told apart by their shape: `scalar`, `sequence` or `mapping`.
#[macro_export]
macro_rules! choice {
    (
        $(#[doc = $doc:literal])*
        pub enum $name:ident as $label:literal {
            $( $(#[doc = $member_doc:literal])* $member:ident($type:ty) = $shape:ident, )*
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Debug, Clone)]
        pub enum $name {
            $( $(#[doc = $member_doc])* $member($type), )*
        }

        impl $crate::syntax::decode::Decode for $name {
            fn decode(
                node: $crate::yaml::NodeRef<'_>,
                decoder: &mut $crate::syntax::decode::Decoder,
            ) -> Option<Self> {
                $(
                    if node.$shape().is_some() && !node.is_null() {
                        return <$type as $crate::syntax::decode::Decode>::decode(node, decoder).map($name::$member);
                    }
                )*
                decoder.wrong_type(node, $label);
                None
            }
        }

        impl $crate::syntax::visit::Visit for $name {
            fn visit<'a>(&'a self, visitor: &mut dyn $crate::syntax::visit::Visitor<'a>) {
                match self { $( $name::$member(value) => value.visit(visitor), )* }
            }
        }

        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
                $crate::syntax::schema::choice(
                    concat!($($doc, "\n"),*),
                    vec![$( generator.subschema_for::<$type>() ),*],
                )
            }
        }
    };
}
