//! Data for the benches: invented cities, the same at every run.

use sms_core::Catalogue;
use std::fmt::Write as _;

/// A small generator of numbers (SplitMix64), so that every run sees the same data.
pub struct Numbers(u64);

impl Numbers {
    /// Starts at a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Numbers(seed)
    }

    /// The next number below `limit`.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % limit.max(1)
    }
}

/// The first 130 indicators of the catalogue, with whether they are shares with counts.
fn indicators(catalogue: &Catalogue) -> Vec<(String, bool, f64)> {
    use sms_core::estimate::ValueKind;
    catalogue
        .indicators()
        .iter()
        .take(130)
        .map(|i| (i.id.to_string(), i.value_kind == ValueKind::Proportion, i.bounds.and_then(|b| b.max).unwrap_or(50.0)))
        .collect()
}

/// The tidy table of so many cities, 130 indicators and so many years, one row each, as CSV.
#[must_use]
pub fn cities_csv(catalogue: &Catalogue, cities: usize, years: usize) -> String {
    let indicators = indicators(catalogue);
    let mut numbers = Numbers::new(42);
    let mut csv = String::with_capacity(cities * years * indicators.len() * 48);
    csv.push_str("indicator,place,period,SEX,value,numerator,denominator,confidentiality\n");
    for city in 0..cities {
        for year in 0..years {
            for (id, share, top) in &indicators {
                row(&mut csv, &mut numbers, id, city, 2015 + year, "", *share, *top);
            }
        }
    }
    csv
}

/// So many rows of one large file: cities, years, sexes.
#[must_use]
pub fn rows_csv(catalogue: &Catalogue, rows: usize) -> String {
    let indicators = indicators(catalogue);
    let mut numbers = Numbers::new(7);
    let mut csv = String::with_capacity(rows * 48);
    csv.push_str("indicator,place,period,SEX,value,numerator,denominator,confidentiality\n");
    let mut written = 0;
    for city in 0.. {
        for year in 0..10 {
            for (id, share, top) in &indicators {
                for sex in ["", "F", "M"] {
                    if written == rows {
                        return csv;
                    }
                    row(&mut csv, &mut numbers, id, city, 2015 + year, sex, *share, *top);
                    written += 1;
                }
            }
        }
    }
    csv
}

#[allow(clippy::too_many_arguments, reason = "the fields of one row")]
fn row(csv: &mut String, numbers: &mut Numbers, id: &str, city: usize, year: usize, sex: &str, share: bool, top: f64) {
    let written = if share {
        let denominator = 1_000 + numbers.below(99_000);
        let numerator = numbers.below(denominator);
        writeln!(csv, "{id},city{city:04},{year},{sex},,{numerator},{denominator},public")
    } else {
        let value = if top <= 4.0 { numbers.below(5).min(top as u64) as f64 } else { numbers.below(1_000) as f64 / 1_000.0 * top };
        writeln!(csv, "{id},city{city:04},{year},{sex},{value},,,public")
    };
    debug_assert!(written.is_ok(), "writing into a string cannot fail");
}
