//! What people do together: the road map, co-creation, pre-tests, forms, screens, peers, influence.
#![forbid(unsafe_code)]

pub mod cocreation;
pub mod form;
pub mod influence;
pub mod peers;
pub mod pretest;
pub mod roadmap;
pub mod screen;

#[doc(no_inline)]
pub use sms_assessment::*;
