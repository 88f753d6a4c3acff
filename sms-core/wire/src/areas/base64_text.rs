//! Bytes as text: base64 of RFC 4648, the standard alphabet, with padding.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The text of bytes.
pub(super) fn to_base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Bytes of their base64 text (RFC 4648 with padding), such as those of a workbook; none for another text.
///
/// ```
/// use sms_core::wire::from_base64;
/// assert_eq!(from_base64("UEsDBA==").as_deref(), Some(b"PK\x03\x04".as_slice()));
/// assert_eq!(from_base64("not base64"), None);
/// ```
#[must_use]
pub fn from_base64(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn base64_of_the_standard() {
        // RFC 4648, section 10
        for (bytes, text) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy")] {
            assert_eq!(to_base64(bytes.as_bytes()), text);
            assert_eq!(from_base64(text).unwrap(), bytes.as_bytes());
        }
        for text in ["Z", "Zg", "Zg=", "Zh==", "Zg===", "Z===", "====", "Zm9*", "Zm 9v", "Zm9v\n", "-_8="] {
            assert_eq!(from_base64(text), None, "{text}");
        }
        assert_eq!(from_base64("+/8=").unwrap(), [0xfb, 0xff]);
    }

    proptest! {
        #[test]
        fn base64_reads_back(bytes in proptest::collection::vec(any::<u8>(), 0..50)) {
            prop_assert_eq!(from_base64(&to_base64(&bytes)).unwrap(), bytes);
        }
    }
}
