//! The rules that reading YAML can break.

use crate::declare_meta;
use crate::rule::ERROR;

declare_meta! {
    /// Finds files that cannot be read as YAML: syntax errors, keys written twice, aliases that
    /// lead nowhere or explode, nesting and sizes beyond the limits, and bytes that are not UTF-8.
    ///
    /// Reading goes on with the next document after `---`, so one broken document does not hide
    /// what is wrong in the others.
    ///
    /// ## Example
    ///
    /// ```yaml,bad
    /// workflow:
    ///   owner: priya.shah
    ///   owner: tom.okafor
    /// ```
    ///
    /// ```yaml,good
    /// workflow:
    ///   owner: priya.shah
    ///   backup: tom.okafor
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Correct the marked characters. Values with `${ }` inside `{…}` or `[…]` need quotes:
    /// `{id: "${ input.id }"}`. A key may stand only once in its mapping.
    pub static INVALID_YAML = {
        id: "invalid-yaml",
        summary: "the file is not valid YAML",
        why: "what cannot be read cannot be checked, compared or run",
        family: Structure,
        level: ERROR,
        since: "0.1.0",
    }
}

/// Every rule of this module, in reference order.
pub static RULES: &[&crate::rule::Meta] = &[&INVALID_YAML];
