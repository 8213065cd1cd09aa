//! Tests of whole behaviours through the public interface.

#[cfg(test)]
mod revisions;
