//! How a fact is declared: its name, text and type together with the way to find it out, so that
//! the types of expressions, the published schema and the values cannot disagree.

/// What a fact is made of.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// Text; empty when nothing is written.
    Text,
    /// One of these words; empty when nothing is written.
    Word(&'static [&'static str]),
    /// A whole number.
    Integer,
    /// An exact number.
    Decimal,
    /// True or false.
    Boolean,
    /// A day.
    Date,
    /// A length of time; a day counts 24 hours.
    Duration,
    /// Values of one kind, in written order.
    List(&'static Kind),
    /// Facts under names.
    Record(&'static Record),
}

/// Texts, in written order.
pub const TEXTS: Kind = Kind::List(&Kind::Text);

/// One fact.
#[derive(Debug)]
pub struct Fact {
    /// The name that expressions use; as authors write it in YAML wherever they do.
    pub name: &'static str,
    /// What it says.
    pub doc: &'static str,
    /// What it is made of.
    pub kind: Kind,
    /// True when it may be absent, so that it must be asked for with `has()`.
    pub optional: bool,
}

/// Facts about one thing.
#[derive(Debug)]
pub struct Record {
    /// What the thing is called in expressions.
    pub name: &'static str,
    /// What it is.
    pub doc: &'static str,
    /// The facts, in reference order.
    pub facts: &'static [Fact],
}

/// Declares a [`Record`] and the function that finds its facts out. Only the facts that somebody
/// asks for are found out, so that a dear one costs nothing where no policy reads it.
macro_rules! record {
    (
        $(#[doc = $doc:literal])*
        $record:ident, $build:ident, $key:literal, |$it:ident: $subject:ty, $facts:ident| {
            $(
                $(#[doc = $fact_doc:literal])*
                $name:literal: $mode:ident $kind:expr => $value:expr,
            )*
        }
    ) => {
        $(#[doc = $doc])*
        pub static $record: $crate::policy::facts::declaration::Record =
            $crate::policy::facts::declaration::Record {
                name: $key,
                doc: concat!($($doc, "\n",)*),
                facts: &[$(
                    $crate::policy::facts::declaration::Fact {
                        name: $name,
                        doc: concat!($($fact_doc, "\n",)*),
                        kind: $kind,
                        optional: record!(@optional $mode),
                    },
                )*],
            };

        $(#[doc = $doc])*
        pub(super) fn $build<'a>(
            it: &$subject,
            facts: &$crate::policy::facts::Facts<'a>,
        ) -> $crate::expr::Value {
            type Find<S, F> = fn(&S, &F) -> Option<$crate::expr::Value>;
            let find: &[Find<$subject, $crate::policy::facts::Facts<'a>>] = &[$(
                |$it, $facts| {
                    let _unused = (&$it, &$facts);
                    record!(@found $mode $value)
                },
            )*];
            let wanted = facts.selection.of(&$record).iter();
            let found = wanted.filter_map(|(name, position)| {
                Some((std::sync::Arc::clone(name), find[*position](it, facts)?))
            });
            found.collect::<$crate::expr::Record>().into()
        }
    };
    (@optional required) => { false };
    (@optional optional) => { true };
    (@found required $value:expr) => { Some($value) };
    (@found optional $value:expr) => { $value };
}

pub(super) use record;
