//! bindgen
fn main() {}
