//! Floor 4: what an indicator is: its place in the OHCHR triad and in the results chain, and which way is better.

use serde::{Deserialize, Serialize};

macro_rules! words {
    ($( $(#[$meta:meta])* $name:ident { $( $(#[$vmeta:meta])* $variant:ident = $word:literal ),+ $(,)? } )+) => { $(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        pub enum $name { $( $(#[$vmeta])* #[serde(rename = $word)] $variant, )+ }

        impl $name {
            /// All values, in their order.
            pub const ALL: &'static [$name] = &[ $( $name::$variant, )+ ];

            /// The word in data files and on the wire.
            #[must_use]
            pub const fn as_str(self) -> &'static str { match self { $( $name::$variant => $word, )+ } }
        }
    )+ };
}

words! {
    /// The OHCHR triad (OHCHR 2012, ch. II): commitment, effort, enjoyment. Another axis than [`ResultLevel`].
    MeasureType {
        /// What the duty-bearer has committed to: law, policy, institution.
        Structural = "structural",
        /// What it does: measures, budgets, services, complaints handled.
        Process = "process",
        /// What people enjoy of the right.
        Outcome = "outcome",
    }

    /// Place in the results chain (OECD-DAC glossary, 2nd ed. 2023).
    ResultLevel {
        /// Money, people, material used.
        Input = "input",
        /// Work that turns inputs into outputs.
        Activity = "activity",
        /// Product or service that results from the work.
        Output = "output",
        /// Short- or medium-term effect of outputs.
        Outcome = "outcome",
        /// Long-term effect.
        Impact = "impact",
    }

    /// Which way is better.
    Polarity {
        /// More is better.
        Higher = "higher",
        /// Less is better.
        Lower = "lower",
        /// One value is best; both sides are worse.
        Value = "value",
        /// A range of values is best.
        Range = "range",
        /// More may be better or worse (recorded hate crime, complaints): shown, never scored.
        Ambiguous = "ambiguous",
        /// Neither is better: context, shown, never scored.
        None = "none",
    }

    /// How widely an indicator is used.
    Tier {
        /// Common to all cities.
        Core = "core",
        /// Part of a thematic expansion.
        Thematic = "thematic",
        /// A city's own extension, in its own namespace (`x-CITY:ID`).
        Local = "local",
    }

    /// How sensitive the data behind an indicator are.
    Privacy {
        /// No personal data.
        None = "none",
        /// Personal data of low sensitivity.
        Low = "low",
        /// Personal data.
        Medium = "medium",
        /// Data that can harm people when they leak.
        High = "high",
    }
}

impl ResultLevel {
    /// Whether results at this level are what people experience, rather than what the city does.
    ///
    /// ```
    /// # use sms_model as sms_core;
    /// use sms_core::indicator::ResultLevel;
    /// assert!(ResultLevel::Impact.is_outcome() && !ResultLevel::Output.is_outcome());
    /// ```
    #[must_use]
    pub const fn is_outcome(self) -> bool {
        matches!(self, ResultLevel::Outcome | ResultLevel::Impact)
    }
}

impl Polarity {
    /// Whether a value can be scored at all.
    ///
    /// ```
    /// # use sms_model as sms_core;
    /// use sms_core::indicator::Polarity;
    /// assert!(Polarity::Lower.is_scored() && !Polarity::Ambiguous.is_scored());
    /// ```
    #[must_use]
    pub const fn is_scored(self) -> bool {
        !matches!(self, Polarity::Ambiguous | Polarity::None)
    }

    /// +1 where more is better, −1 where less is better, `None` where it depends.
    ///
    /// ```
    /// # use sms_model as sms_core;
    /// use sms_core::indicator::Polarity;
    /// assert_eq!((Polarity::Lower.direction(), Polarity::Ambiguous.direction()), (Some(-1.0), None));
    /// ```
    #[must_use]
    pub const fn direction(self) -> Option<f64> {
        match self {
            Polarity::Higher => Some(1.0),
            Polarity::Lower => Some(-1.0),
            _ => None,
        }
    }
}
