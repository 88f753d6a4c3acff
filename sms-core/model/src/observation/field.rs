//! The fields of the tidy table.

macro_rules! fields {
    ($( $name:ident { $( #[doc = $doc:literal] $variant:ident = $word:literal ),+ $(,)? } )+) => { $(
        /// A field of the tidy table.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $( #[doc = $doc] $variant, )+ }
        impl $name {
            /// All fields, in the order of the tidy table.
            pub const ALL: &'static [$name] = &[ $( $name::$variant, )+ ];
            /// The name of its column.
            #[must_use]
            pub const fn as_str(self) -> &'static str { match self { $( $name::$variant => $word, )+ } }
            /// What it holds.
            #[must_use]
            pub const fn description(self) -> &'static str { match self { $( $name::$variant => $doc, )+ } }
            /// The field of a column.
            #[must_use]
            pub fn of(column: &str) -> Option<Self> {
                $name::ALL.iter().copied().find(|f| f.as_str().eq_ignore_ascii_case(column))
            }
        }
    )+ };
}

fields! {
    TextField {
        /// Id of the indicator.
        Indicator = "indicator",
        /// Code of the place.
        Place = "place",
        /// Period, as people write it.
        Period = "period",
        /// Why the value is as it is, or absent.
        Status = "status",
        /// Who may see it.
        Confidentiality = "confidentiality",
        /// Where it comes from.
        Source = "source",
        /// Who collected it.
        CollectedBy = "collected_by",
        /// `regular` or `pretest`.
        Round = "round",
        /// Version of the indicator that it was collected with.
        IndicatorVersion = "indicator_version",
        /// A note on the figure.
        Note = "note",
        /// Name of the place.
        PlaceName = "place_name",
        /// The scheme of the place's code.
        PlaceScheme = "place_scheme",
        /// The place that holds it.
        PlaceParent = "place_parent",
        /// Why it stands for the indicator without measuring exactly the same.
        Proxy = "proxy",
        /// How the interval was made, such as `logit`.
        IntervalMethod = "interval_method",
    }
    NumberField {
        /// The figure, in the unit of the indicator.
        Value = "value",
        /// How many of the denominator.
        Numerator = "numerator",
        /// Out of how many.
        Denominator = "denominator",
        /// How many persons or records it rests on, unweighted.
        N = "n",
        /// Standard error, in the unit of the indicator.
        Se = "se",
        /// Degrees of freedom of the standard error.
        Df = "df",
        /// Design effect: variance by the design over that of a simple random sample of `n`.
        Deff = "deff",
        /// Lower end of the interval that the survey gives, in the unit of the indicator.
        IntervalLower = "interval_lower",
        /// Upper end of that interval.
        IntervalUpper = "interval_upper",
        /// Confidence level of that interval, such as 0.95.
        IntervalConfidence = "interval_confidence",
    }
}
