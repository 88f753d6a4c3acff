//! Floor 1: text that is safe to keep and show: bounded, NFC-normalised, without control characters.

use crate::diagnostic::{Code, Error, Result};
use std::borrow::Cow;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// The longest text that a cell or a label may hold, in bytes.
pub const MAX_TEXT: usize = 10_000;

/// The longest slug, in letters.
const MAX_SLUG: usize = 60;

/// Trims a text, brings it to NFC and removes control characters.
///
/// ```
/// # use sms_base as sms_core;
/// assert_eq!(sms_core::text::clean("  Jo\u{301}zsefva\u{301}ros ")?, "Józsefváros");
/// # Ok::<(), sms_core::Error>(())
/// ```
///
/// # Errors
/// `text.too-long` above [`MAX_TEXT`] bytes.
pub fn clean(text: &str) -> Result<Cow<'_, str>> {
    if text.len() > MAX_TEXT {
        return Err(Error::new(Code::TextTooLong).with("limit", MAX_TEXT));
    }
    let text = text.trim();
    if is_nfc_quick(text.chars()) == IsNormalized::Yes && !text.contains(char::is_control) {
        return Ok(Cow::Borrowed(text));
    }
    Ok(Cow::Owned(text.nfc().filter(|c| !c.is_control()).collect::<String>().trim().to_owned()))
}

/// A text in NFC, and nothing else changed: an é of two signs and an é of one are the same letter.
///
/// ```
/// # use sms_base as sms_core;
/// assert_eq!(sms_core::text::composed("Jo\u{301}zsefva\u{301}ros "), "Józsefváros ");
/// ```
#[must_use]
pub fn composed(text: &str) -> Cow<'_, str> {
    if is_nfc_quick(text.chars()) == IsNormalized::Yes { Cow::Borrowed(text) } else { Cow::Owned(text.nfc().collect()) }
}

/// What stands for a text that cannot be kept: too long, or nothing but control characters. It is no empty text, because
/// an empty group means everybody.
pub const UNREADABLE: &str = "\u{fffd}";

/// A text as it is kept: cleaned, or [`UNREADABLE`].
pub fn kept(text: &str) -> Cow<'_, str> {
    match clean(text) {
        Ok(clean) if clean.is_empty() && !text.trim().is_empty() => Cow::Borrowed(UNREADABLE),
        Ok(clean) => clean,
        Err(_) => Cow::Borrowed(UNREADABLE),
    }
}

/// The beginning of a name, for messages.
#[must_use]
pub fn short(name: &str) -> &str {
    const LONGEST: usize = 80;
    match name.char_indices().nth(LONGEST) {
        Some((at, _)) => name.get(..at).unwrap_or(name),
        None => name,
    }
}

/// Hexadecimal digits of a digest, the first `digits` of them.
#[must_use]
pub fn hex(digest: &[u8], digits: usize) -> String {
    digest.iter().flat_map(|b| [b >> 4, b & 15]).take(digits).map(|n| char::from_digit(u32::from(n), 16).unwrap_or('0')).collect()
}

/// A name as an id: lower-case letters without their marks and digits, hyphens between words; empty when nothing is left.
///
/// ```
/// # use sms_base as sms_core;
/// assert_eq!(sms_core::text::slug("Kraków, Stare Miasto"), "krakow-stare-miasto");
/// ```
#[must_use]
pub fn slug(name: &str) -> String {
    let mut made = String::new();
    for c in name.to_lowercase().nfd().filter(|c| !unicode_normalization::char::is_combining_mark(*c)) {
        match c {
            // letters that have no form without their mark
            'ł' => made.push('l'),
            'ø' => made.push('o'),
            'đ' | 'ð' => made.push('d'),
            'ı' => made.push('i'),
            'ß' => made.push_str("ss"),
            'æ' => made.push_str("ae"),
            'œ' => made.push_str("oe"),
            c if c.is_ascii_alphanumeric() => made.push(c),
            _ => made.push('-'),
        }
    }
    let slug = made.split('-').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-");
    slug.get(..MAX_SLUG).map_or(slug.clone(), |short| short.trim_end_matches('-').to_owned())
}

/// The candidate nearest to a text, when it is near enough to be what was meant.
///
/// ```
/// # use sms_base as sms_core;
/// use sms_core::text::did_you_mean;
/// assert_eq!(did_you_mean("HOU-01", ["HOU-O-01", "WSP-O-01"].into_iter()), Some("HOU-O-01"));
/// assert_eq!(did_you_mean("housing", ["HOU-O-01", "WSP-O-01"].into_iter()), None);
/// ```
#[must_use]
pub fn did_you_mean<'a>(text: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    if text.len() > 64 {
        return None;
    }
    let text = text.to_lowercase();
    let mut best: Option<(f64, &str)> = None;
    for candidate in candidates {
        let likeness = strsim::normalized_damerau_levenshtein(&text, &candidate.to_lowercase());
        if likeness >= 0.7 && best.is_none_or(|(score, _)| likeness > score) {
            best = Some((likeness, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_normalised() {
        assert_eq!(clean("  Jo\u{0301}zsef\u{0007}va\u{0301}ros ").unwrap(), "Józsefváros");
        assert_eq!(clean(&"x".repeat(MAX_TEXT + 1)).unwrap_err().code(), Code::TextTooLong);
    }

    #[test]
    fn slugs_are_ids() {
        for (name, slug) in [("Józsefváros", "jozsefvaros"), ("Chișinău", "chisinau"), ("The Hague", "the-hague"), ("Łódź & Ærø", "lodz-aero"), ("北京", "")]
        {
            assert_eq!(super::slug(name), slug);
        }
        assert_eq!(super::slug(&"x-".repeat(500)).len(), MAX_SLUG - 1);
    }

    #[test]
    fn near_ids_are_suggested() {
        let ids = ["HOU-O-01", "HOU-O-02", "WSP-O-01"];
        assert_eq!(did_you_mean("HOU-01", ids.into_iter()), Some("HOU-O-01"));
        assert_eq!(did_you_mean("zzz", ids.into_iter()), None);
    }
}
