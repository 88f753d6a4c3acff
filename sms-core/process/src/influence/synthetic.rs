//! Synthetic control: a mix of other cities that went as this one did before, as what it would have done after.

use super::least_squares::{self, dot};
use super::panel::{Panel, PanelFigure, caution, mean};
use super::{Assumption, Caution, InfluenceRules};
use crate::diagnostic::{Code, Error, Result};
use crate::num;
use crate::num::count;
use crate::target::SLACK;
use serde::Serialize;

/// More cities than this are refused: each is a placebo.
const MAXIMUM_CITIES: usize = 200;
/// A share of the size of the figures below which a distance is rounding.
const NOTHING: f64 = 1e-9;

/// A city in the mix.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DonorWeight {
    /// The city.
    pub city: String,
    /// Its share, above 0; shares sum to 1.
    pub weight: f64,
}

/// The city and its mix at one time.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "SyntheticGap"))]
pub struct Gap {
    /// When.
    pub time: f64,
    /// The figure of the city.
    pub actual: f64,
    /// That of the mix.
    pub synthetic: f64,
    /// The first minus the second.
    pub gap: f64,
}

/// Another city, treated as if it had acted.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PlaceboControl {
    /// The city.
    pub city: String,
    /// Root of the mean squared gap before.
    pub rmspe_before: f64,
    /// The same from the start on.
    pub rmspe_after: f64,
    /// Mean squared gap after over that before; absent where there is no gap before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ratio: Option<f64>,
    /// Whether it is counted: its mix fits well enough before.
    pub counted: bool,
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "SyntheticControl"))]
pub struct Synthetic {
    /// The mix, by the ids of its cities.
    pub weights: Vec<DonorWeight>,
    /// Root of the mean squared gap before.
    pub rmspe_before: f64,
    /// The same from the start on.
    pub rmspe_after: f64,
    /// Mean gap from the start on: the estimate of the effect.
    pub effect: f64,
    /// Every time.
    pub gaps: Vec<Gap>,
    /// Mean squared gap after over that before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ratio: Option<f64>,
    /// Every other city as if it had acted.
    pub placebos: Vec<PlaceboControl>,
    /// Share of the counted cities, this one among them, whose ratio is at least as large.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p: Option<f64>,
    /// What to keep in mind, strongest first.
    pub cautions: Vec<Caution>,
    /// What must hold, and what would break it.
    pub assumptions: Vec<Assumption>,
}

const ASSUMPTIONS: [Assumption; 4] = [
    Assumption {
        id: "the_mix_goes_on",
        assumes: "A mix that followed the city before would have followed it after.",
        broken_by: "A short time before, in which many mixes fit; an event of its own in a city of the mix.",
    },
    Assumption {
        id: "within_the_others",
        assumes: "The city lies between the others, so that a mix can reach it.",
        broken_by: "A city that was the best or the worst of all before.",
    },
    Assumption { id: "no_spillover", assumes: "The others were not touched by the city's work.", broken_by: "Neighbouring or mentored cities in the mix." },
    Assumption {
        id: "same_measurement",
        assumes: "The figure was measured in the same way everywhere and all the time.",
        broken_by: "A new definition, source or reporting practice.",
    },
];

/// Shares of the points, not negative and of sum 1, whose mix is nearest to the origin (Wolfe 1976: finitely many steps).
fn nearest_mix(points: &[Vec<f64>]) -> Option<Vec<f64>> {
    let squares: Vec<f64> = points.iter().map(|p| dot(p, p)).collect();
    let largest = squares.iter().copied().fold(0.0, f64::max);
    let start = squares.iter().enumerate().min_by(|a, b| a.1.total_cmp(b.1))?.0;
    // those in the mix with their shares
    let mut mix: Vec<(usize, f64)> = vec![(start, 1.0)];
    let point = |at: usize| points.get(at).map(Vec::as_slice).unwrap_or_default();
    for _ in 0..100 * (points.len() + 1) {
        let x = mixed(&mix, points);
        let (next, least) = points.iter().map(|p| dot(&x, p)).enumerate().min_by(|a, b| a.1.total_cmp(&b.1))?;
        if least >= dot(&x, &x) - 1e-13 * largest || mix.iter().any(|(at, _)| *at == next) {
            break;
        }
        mix.push((next, 0.0));
        loop {
            let (first, _) = *mix.first()?;
            let minus: Vec<f64> = point(first).iter().map(|v| -v).collect();
            let columns: Vec<Vec<f64>> = mix.iter().skip(1).map(|(at, _)| point(*at).iter().zip(point(first)).map(|(a, b)| a - b).collect()).collect();
            let Some(fit) = least_squares::fit(&columns, &minus) else {
                // the last one says nothing new
                mix.pop();
                return Some(spread(&mix, points.len()));
            };
            let mut wanted = vec![1.0 - num::sum(&fit.coefficients)];
            wanted.extend(fit.coefficients);
            let step = mix.iter().zip(&wanted).filter(|(_, w)| **w < 0.0).map(|((_, now), w)| now / (now - w)).fold(1.0, f64::min);
            for ((_, now), w) in mix.iter_mut().zip(&wanted) {
                *now += step * (w - *now);
            }
            let stays = step >= 1.0;
            mix.retain(|(_, share)| *share > 1e-14);
            if stays || mix.len() < 2 {
                break;
            }
        }
    }
    Some(spread(&mix, points.len()))
}

fn spread(mix: &[(usize, f64)], n: usize) -> Vec<f64> {
    let total = num::sum(&mix.iter().map(|(_, s)| *s).collect::<Vec<_>>());
    (0..n).map(|at| mix.iter().find(|(m, _)| *m == at).map_or(0.0, |(_, s)| s / total)).collect()
}

fn mixed(mix: &[(usize, f64)], points: &[Vec<f64>]) -> Vec<f64> {
    let length = points.first().map_or(0, Vec::len);
    (0..length).map(|t| num::sum(&mix.iter().filter_map(|(at, share)| Some(share * points.get(*at)?.get(t)?)).collect::<Vec<_>>())).collect()
}

struct Control {
    shares: Vec<f64>,
    line: Vec<f64>,
    before: f64,
    after: f64,
}

/// The mix for one city, and mean squared gaps.
fn control(own: &[f64], donors: &[&[f64]], before: usize) -> Option<Control> {
    let apart: Vec<Vec<f64>> = donors.iter().map(|d| d.iter().zip(own).take(before).map(|(d, o)| d - o).collect()).collect();
    let shares = nearest_mix(&apart)?;
    let mix: Vec<(usize, f64)> = shares.iter().copied().enumerate().filter(|(_, s)| *s > 0.0).collect();
    let line = mixed(&mix, &donors.iter().map(|d| d.to_vec()).collect::<Vec<_>>());
    let squares: Vec<f64> = own.iter().zip(&line).map(|(o, l)| (o - l) * (o - l)).collect();
    let (early, late) = squares.split_at(before.min(squares.len()));
    Some(Control { before: mean(early), after: mean(late), shares, line })
}

/// Builds the mix and tests it with placebos.
///
/// # Errors
/// `influence.too-few-periods`, `influence.too-few-comparators`, `influence.poor-fit`, and those of
/// [`difference`](super::difference::difference).
pub fn synthetic(figures: &[PanelFigure], city: &str, from: f64, rules: &InfluenceRules, confidence: f64) -> Result<Synthetic> {
    rules.check(confidence)?;
    let panel = Panel::new(figures, &[city.to_owned()], from)?;
    let before = panel.before;
    if panel.cities.len() > MAXIMUM_CITIES {
        return Err(Error::new(Code::InfluenceTooLarge).at_path("panel").with("limit", MAXIMUM_CITIES as u64));
    }
    if before < rules.synthetic_periods {
        return Err(Error::new(Code::InfluenceTooFewPeriods).at_path("from").with("needed", rules.synthetic_periods as u64).with("before", before as u64));
    }
    let donors: Vec<(&str, &[f64])> =
        panel.cities.iter().zip(&panel.values).zip(&panel.treated).filter(|(_, t)| !**t).map(|((c, v), _)| (*c, v.as_slice())).collect();
    if donors.len() < rules.synthetic_donors {
        let error = Error::new(Code::InfluenceTooFewComparators).at_path("panel");
        return Err(error.with("needed", rules.synthetic_donors as u64).with("found", donors.len() as u64));
    }
    let lacking = || Error::new(Code::InfluencePoorFit).at_path("panel");
    let own = panel.values.iter().zip(&panel.treated).find(|(_, t)| **t).map(|(v, _)| v.as_slice()).ok_or_else(lacking)?;
    let lines: Vec<&[f64]> = donors.iter().map(|(_, v)| *v).collect();
    let made = control(own, &lines, before).ok_or_else(lacking)?;
    let early: Vec<f64> = panel.values.iter().flat_map(|v| v.iter().take(before).copied()).collect();
    let middle = mean(&early);
    let spread = num::sqrt(mean(&early.iter().map(|x| (x - middle) * (x - middle)).collect::<Vec<_>>()));
    let rmspe_before = num::sqrt(made.before);
    if rmspe_before > rules.synthetic_fit * spread + SLACK {
        let (found, limit) = (num::decimal(rmspe_before, 3), num::decimal(rules.synthetic_fit * spread, 3));
        return Err(lacking().with("rmspe_before", found).with("limit", limit));
    }
    let nothing = NOTHING * panel.size;
    let ratio = |c: &Control| (num::sqrt(c.before) > nothing).then(|| c.after / c.before);
    let own_ratio = ratio(&made);
    let mut placebos = Vec::new();
    for (at, (name, line)) in donors.iter().enumerate() {
        let rest: Vec<&[f64]> = lines.iter().enumerate().filter(|(d, _)| *d != at).map(|(_, l)| *l).collect();
        let Some(other) = control(line, &rest, before) else { continue };
        let ratio = ratio(&other);
        placebos.push(PlaceboControl {
            city: (*name).to_owned(),
            rmspe_before: num::sqrt(other.before),
            rmspe_after: num::sqrt(other.after),
            counted: ratio.is_some() && other.before <= rules.placebo_fit * made.before * (1.0 + SLACK),
            ratio,
        });
    }
    let counted: Vec<f64> = placebos.iter().filter(|p| p.counted).filter_map(|p| p.ratio).collect();
    let p = own_ratio.map(|own| count(1 + counted.iter().filter(|r| **r >= own - SLACK * own.max(1.0)).count()) / count(1 + counted.len()));
    let gaps: Vec<Gap> = panel
        .times
        .iter()
        .zip(own)
        .zip(&made.line)
        .map(|((time, actual), synthetic)| Gap { time: *time, actual: *actual, synthetic: *synthetic, gap: actual - synthetic })
        .collect();
    let mut cautions = Vec::new();
    caution(&mut cautions, Caution::PerfectFit, own_ratio.is_none());
    caution(&mut cautions, Caution::NoInference, p.is_none() || 1.0 / count(1 + counted.len()) > 1.0 - confidence);
    caution(&mut cautions, Caution::ManyMixes, own_ratio.is_none() && donors.len() > before);
    let leans = made.shares.iter().copied().fold(0.0, f64::max);
    caution(&mut cautions, Caution::OneCityCarries, leans > 0.5);
    Ok(Synthetic {
        weights: donors
            .iter()
            .zip(&made.shares)
            .filter(|(_, share)| **share > 0.0)
            .map(|((city, _), weight)| DonorWeight { city: (*city).to_owned(), weight: *weight })
            .collect(),
        rmspe_before,
        rmspe_after: num::sqrt(made.after),
        effect: mean(&gaps.iter().skip(before).map(|g| g.gap).collect::<Vec<_>>()),
        gaps,
        ratio: own_ratio,
        placebos,
        p,
        cautions,
        assumptions: ASSUMPTIONS.to_vec(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_mix_of_a_triangle_and_of_a_far_side() {
        // the origin is the middle of a and b
        let shares = nearest_mix(&[vec![-1.0, 0.0], vec![1.0, 0.0], vec![0.0, 5.0]]).unwrap();
        assert!((shares[0] - 0.5).abs() < 1e-12 && (shares[1] - 0.5).abs() < 1e-12 && shares[2].abs() < 1e-12);
        // a corner is nearest
        assert_eq!(nearest_mix(&[vec![1.0, 1.0], vec![2.0, 5.0], vec![5.0, 2.0]]).unwrap(), [1.0, 0.0, 0.0]);
        // the foot of the perpendicular on the side from (1, 0) to (0, 2): t = 1/5
        let shares = nearest_mix(&[vec![1.0, 0.0], vec![0.0, 2.0], vec![3.0, 3.0]]).unwrap();
        assert!((shares[0] - 0.8).abs() < 1e-12 && (shares[1] - 0.2).abs() < 1e-12);
    }
}
