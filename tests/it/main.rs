//! Tests of whole behaviours through the public interface.

#[cfg(test)]
mod mini_specification;
#[cfg(test)]
mod revisions;
