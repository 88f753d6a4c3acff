//! sms
fn main() {}
