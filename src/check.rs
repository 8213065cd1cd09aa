//! Checking: what is found, with everything that reports need to know about its place.

pub mod finding;
