//! What stands beside a figure: the codes of SDMX CL_OBS_STATUS 2.3 and CL_CONF_STATUS 1.2, read and written.

use crate::estimate::Absence;
use serde::{Deserialize, Serialize};

/// What a status says of the figure beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatusEffect {
    /// There is a figure, and it is used.
    Present,
    /// A figure that is given is used; without one it is absent, for this reason.
    PresentOrAbsent(Absence),
    /// There is no figure, for this reason.
    Absent(Absence),
}

/// Who may see a figure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Confidentiality {
    /// Not said: treated as personal data until its counts show that nobody can be recognised.
    #[default]
    Undeclared,
    /// Already published by its source.
    Public,
    /// For use inside the data holder's organisation only.
    Restricted,
    /// About persons who can be recognised.
    Confidential,
}

macro_rules! codes {
    ($( #[$attribute:meta] )* $name:ident: $effect:ty { $( #[doc = $doc:literal] $variant:ident = $code:literal, [$( $word:literal ),*], $what:expr; )+ }) => {
        $( #[$attribute] )*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $( #[doc = $doc] $variant, )+ }
        impl $name {
            /// All, in their order.
            pub const ALL: &'static [$name] = &[ $( $name::$variant, )+ ];
            /// The code as SDMX writes it.
            #[must_use]
            pub const fn code(self) -> &'static str { match self { $( $name::$variant => $code, )+ } }
            /// The words that are read as it, the first being its own; codes without one are read as codes only.
            #[must_use]
            pub const fn words(self) -> &'static [&'static str] { match self { $( $name::$variant => &[$( $word ),*], )+ } }
            /// What it says of the figure.
            #[must_use]
            pub const fn effect(self) -> $effect { match self { $( $name::$variant => $what, )+ } }
            /// Reads a code or a word, in capitals or not.
            #[must_use]
            pub fn read(text: &str) -> Option<Self> {
                let text = text.to_ascii_lowercase().replace([' ', '-'], "_");
                let of = |s: &Self| s.words().contains(&text.as_str());
                // codes first: the word `refused` has the code of `missing` and is no other name of it
                let code = Self::ALL.iter().find(|s| s.code().eq_ignore_ascii_case(&text));
                code.or_else(|| Self::ALL.iter().find(|s| of(s))).copied()
            }
        }
    };
}

codes! {
    /// The status of an observation (SDMX CL_OBS_STATUS 2.3).
    ///
    /// Their order is that of SDMX's "Possible ways of implementing the observation status concept" 2.0 (2019), where the first has
    /// precedence if only one can be given; there it also stands which go with a value, with none, or with both. It does not rank the three codes of 2.3
    /// (`_U`, `X`, `R`); the label of `R` in the list itself was not read, and it is taken as Eurostat's flag `r`.
    ObservationStatus: StatusEffect {
        /// Time series break.
        Break = "B", ["break"], StatusEffect::PresentOrAbsent(Absence::Missing);
        /// Missing value.
        Missing = "O", ["missing", "missing_value"], StatusEffect::Absent(Absence::Missing);
        /// The persons asked did not want to say. SDMX has no code for it and it is written as a missing value.
        Refused = "O", ["refused"], StatusEffect::Absent(Absence::Refused);
        /// Missing value; data cannot exist.
        CannotExist = "M", ["not_applicable"], StatusEffect::Absent(Absence::NotApplicable);
        /// Missing value; data exist but were not collected.
        NotCollected = "L", ["not_asked", "not_collected"], StatusEffect::Absent(Absence::NotAsked);
        /// Missing value; holiday or weekend.
        Holiday = "H", ["holiday"], StatusEffect::Absent(Absence::Missing);
        /// Missing value; suppressed.
        Suppressed = "Q", ["suppressed"], StatusEffect::Absent(Absence::Suppressed);
        /// Derogation.
        Derogation = "J", ["derogation"], StatusEffect::PresentOrAbsent(Absence::Missing);
        /// Strike and other special events.
        SpecialEvent = "S", ["strike"], StatusEffect::PresentOrAbsent(Absence::Missing);
        /// Definition differs.
        DefinitionDiffers = "D", ["definition_differs"], StatusEffect::Present;
        /// Data included in another category.
        IncludedElsewhere = "K", [], StatusEffect::Absent(Absence::Missing);
        /// Includes data from another category.
        IncludesOther = "W", ["includes_other"], StatusEffect::Present;
        /// Value imputed by a receiving agency.
        Imputed = "I", ["imputed"], StatusEffect::Present;
        /// Forecast value.
        Forecast = "F", ["forecast"], StatusEffect::Present;
        /// Estimated value.
        Estimated = "E", ["estimated"], StatusEffect::Present;
        /// Provisional value.
        Provisional = "P", ["provisional"], StatusEffect::Present;
        /// Not significant.
        NotSignificant = "N", ["not_significant"], StatusEffect::Present;
        /// Low reliability.
        LowReliability = "U", ["low_reliability"], StatusEffect::Present;
        /// Unvalidated value.
        Unvalidated = "V", ["unvalidated"], StatusEffect::Present;
        /// Experimental value.
        Experimental = "G", ["experimental"], StatusEffect::Present;
        /// Revised value.
        Revised = "R", ["revised"], StatusEffect::Present;
        /// Unknown.
        Unknown = "_U", ["unknown"], StatusEffect::PresentOrAbsent(Absence::Missing);
        /// Observation status unavailable from external organisation.
        Unavailable = "X", [], StatusEffect::PresentOrAbsent(Absence::Missing);
        /// Normal value; also where no status is given.
        Normal = "A", ["normal", "normal_value", "undefined"], StatusEffect::Present;
    }
}

codes! {
    /// The confidentiality of an observation (SDMX CL_CONF_STATUS 1.2; what 1.3 and 1.4 added was not read).
    ConfidentialityStatus: Confidentiality {
        /// Free (free for publication).
        Free = "F", ["public", "free"], Confidentiality::Public;
        /// Not for publication, restricted for internal use only.
        Restricted = "N", ["restricted"], Confidentiality::Restricted;
        /// Confidential statistical information.
        Confidential = "C", ["confidential"], Confidentiality::Confidential;
        /// Secondary confidentiality set by the sender.
        SecondaryBySender = "D", [], Confidentiality::Confidential;
        /// Secondary confidentiality set and managed by the receiver.
        SecondaryByReceiver = "S", [], Confidentiality::Confidential;
        /// Primary confidentiality due to small counts.
        SmallCounts = "A", [], Confidentiality::Confidential;
        /// Primary confidentiality due to dominance by one unit.
        DominanceOfOne = "O", [], Confidentiality::Confidential;
        /// Primary confidentiality due to dominance by two units.
        DominanceOfTwo = "T", [], Confidentiality::Confidential;
        /// Primary confidentiality due to dominance by one or two units.
        DominanceOfOneOrTwo = "G", [], Confidentiality::Confidential;
        /// Primary confidentiality due to other measures of concentration.
        Concentration = "M", [], Confidentiality::Confidential;
        /// As `N` until an embargo ends, then as `F`. The tidy table holds no time of embargo, so it is not for publication.
        Embargo = "E", [], Confidentiality::Restricted;
    }
}

impl ObservationStatus {
    /// The status of a cell as SDMX writes it: a figure that is absent for a reason of ours has a code that says so.
    #[must_use]
    pub fn code_of(self, absence: Option<Absence>) -> &'static str {
        match (self.effect(), absence) {
            (StatusEffect::Present, Some(Absence::NoDenominator)) => Self::Missing.code(),
            (StatusEffect::Present, Some(Absence::UnknownCount | Absence::Suppressed)) => Self::Suppressed.code(),
            _ => self.code(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_and_word_is_read_as_itself() {
        for &s in ObservationStatus::ALL {
            for text in s.words() {
                assert_eq!(ObservationStatus::read(text), Some(s));
            }
            // a code that two share is that of the first
            assert_eq!(ObservationStatus::read(s.code()).map(|r| r.code()), Some(s.code()));
            assert_eq!(s != ObservationStatus::Refused, ObservationStatus::read(&s.code().to_lowercase()) == Some(s));
        }
        for &s in ConfidentialityStatus::ALL {
            assert!(s.words().iter().copied().chain([s.code()]).all(|text| ConfidentialityStatus::read(text) == Some(s)));
        }
        for text in ["", "lost", "Y", "Z", "C", "T", "_Z", "AB"] {
            assert_eq!(ObservationStatus::read(text), None);
        }
    }
}
