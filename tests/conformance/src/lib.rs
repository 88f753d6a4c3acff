//! Runs the conformance vectors.
