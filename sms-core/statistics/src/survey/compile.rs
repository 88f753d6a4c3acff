//! A plan as numbered columns, sums and estimates: what is looked up once and not for each row.

use super::batch::{Batch, Codes, Numbers, Role};
use super::design::{Domain, Measure, PovertyThreshold, SurveyPlan};
use super::quantile::QuantileRule;
use crate::diagnostic::Result;
use crate::text;

/// What a sum adds up, of the rows where all variables of its class are there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Term {
    pub class: usize,
    pub value: Value,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Value {
    One,
    /// A number of the source.
    Number(usize),
    /// 1 where the source has this label.
    Category(usize, usize),
}

/// What an estimate is made of.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Recipe {
    /// multiplier · Σw·numerator / Σw·denominator, or the total of the numerator.
    Linear { class: usize, numerator: usize, denominator: Option<usize>, weights: usize, multiplier: f64, square: Square },
    /// From the distribution of a variable.
    Distribution { variable: usize, statistic: Statistic },
}

/// Where Σwy² comes from, for the design effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Square {
    /// No design effect.
    None,
    /// y² = y.
    Indicator,
    /// A sum of the cell.
    Sum(usize),
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Statistic {
    Quantile(f64, QuantileRule),
    Poverty(PovertyThreshold, QuantileRule),
    Gap(PovertyThreshold, QuantileRule),
    ShareRatio(QuantileRule),
    Gini,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Compiled {
    pub sources: Vec<(String, Role)>,
    pub labels: Vec<String>,
    /// Sources that must be there.
    pub classes: Vec<Vec<usize>>,
    pub terms: Vec<Term>,
    /// Products of two terms, where the rows are the sampling units.
    pub pairs: Vec<(usize, usize)>,
    /// Terms whose Σwy² each cell keeps.
    pub squares: Vec<usize>,
    /// Sources whose distinct values are kept.
    pub distributions: Vec<usize>,
    /// Sources that may hold 0 and 1 only.
    pub binary: Vec<usize>,
    /// In the order of their names.
    pub recipes: Vec<Recipe>,
    /// Those of the plan, and everybody where a poverty line needs it.
    pub domains: Vec<Domain>,
    /// The domain of everybody, where a poverty line needs it.
    pub whole: Option<usize>,
    /// Where the weights of everybody are needed, for a known population or a calibration: their domain, and the term of their weights.
    pub everybody: Option<(usize, usize)>,
    /// Whether groups of rows are split by how they stand in a calibration.
    pub calibrated: bool,
    pub rows_are_units: bool,
    /// The full weight and the replicates.
    pub weight_sets: usize,
}

fn position<T: PartialEq>(list: &mut Vec<T>, item: T) -> usize {
    list.iter().position(|x| *x == item).unwrap_or_else(|| {
        list.push(item);
        list.len() - 1
    })
}

impl Compiled {
    pub(super) fn new(plan: &SurveyPlan) -> Self {
        let mut made = Compiled {
            rows_are_units: plan.design.rows_are_units(),
            weight_sets: plan.design.weight_sets(),
            calibrated: plan.design.calibration.is_some(),
            ..Compiled::default()
        };
        for measure in plan.estimates.values() {
            let recipe = made.recipe(measure);
            made.recipes.push(recipe);
        }
        made.domains.clone_from(&plan.domains);
        if plan.design.population.is_some() || made.calibrated {
            made.linear(Vec::new(), Value::One, None, 1.0, false);
            let (class, everybody) = (made.classes.iter().position(Vec::is_empty), position(&mut made.domains, Domain::default()));
            made.everybody = class.and_then(|class| made.terms.iter().position(|t| *t == Term { class, value: Value::One })).map(|term| (everybody, term));
        }
        let shared = |r: &Recipe| {
            let Recipe::Distribution { statistic: Statistic::Poverty(threshold, _) | Statistic::Gap(threshold, _), .. } = r else { return false };
            matches!(threshold, PovertyThreshold::ShareOfMedian(_))
        };
        if made.recipes.iter().any(shared) {
            made.whole = Some(position(&mut made.domains, Domain::default()));
        }
        made
    }

    fn source(&mut self, name: &str, role: Role) -> usize {
        position(&mut self.sources, (name.to_owned(), role))
    }

    fn term(&mut self, class: usize, value: Value) -> usize {
        position(&mut self.terms, Term { class, value })
    }

    fn linear(&mut self, mut needs: Vec<usize>, numerator: Value, denominator: Option<Value>, multiplier: f64, has_effect: bool) -> Recipe {
        needs.sort_unstable();
        needs.dedup();
        let class = position(&mut self.classes, needs);
        let numerator_term = self.term(class, numerator);
        let denominator = denominator.map(|d| self.term(class, d));
        let weights = self.term(class, Value::One);
        let square = match numerator {
            _ if !has_effect => Square::None,
            Value::One => Square::None,
            Value::Category(..) => Square::Indicator,
            Value::Number(source) if self.binary.contains(&source) => Square::Indicator,
            Value::Number(_) => Square::Sum(position(&mut self.squares, numerator_term)),
        };
        if self.rows_are_units {
            let mut pair = |a: usize, b: usize| position(&mut self.pairs, (a.min(b), a.max(b)));
            pair(numerator_term, numerator_term);
            if let Some(d) = denominator {
                pair(numerator_term, d);
                pair(d, d);
            }
            // whether weights differ
            pair(weights, weights);
            if self.calibrated {
                pair(numerator_term, weights);
                if let Some(d) = denominator {
                    pair(d, weights);
                }
            }
        }
        Recipe::Linear { class, numerator: numerator_term, denominator, weights, multiplier, square }
    }

    fn recipe(&mut self, measure: &Measure) -> Recipe {
        let mut distribution = |variable: &str, statistic: Statistic| {
            let source = self.source(variable, Role::Numbers);
            Recipe::Distribution { variable: position(&mut self.distributions, source), statistic }
        };
        match measure {
            Measure::Quantile { variable, probability, rule } => return distribution(variable, Statistic::Quantile(*probability, *rule)),
            Measure::Median { variable, rule } => return distribution(variable, Statistic::Quantile(0.5, *rule)),
            Measure::AtRiskOfPoverty { variable, threshold, rule } => return distribution(variable, Statistic::Poverty(*threshold, *rule)),
            Measure::PovertyGap { variable, threshold, rule } => return distribution(variable, Statistic::Gap(*threshold, *rule)),
            Measure::QuintileShareRatio { variable, rule } => return distribution(variable, Statistic::ShareRatio(*rule)),
            Measure::Gini { variable } => return distribution(variable, Statistic::Gini),
            _ => {}
        }
        let value = |made: &mut Self, variable: &str, category: &Option<String>| match category {
            Some(label) => {
                let source = made.source(variable, Role::Codes);
                (source, Value::Category(source, position(&mut made.labels, label.clone())))
            }
            None => {
                let source = made.source(variable, Role::Numbers);
                (source, Value::Number(source))
            }
        };
        match measure {
            Measure::Total { variable: Some(variable), category } => {
                let (source, value) = value(self, variable, category);
                self.linear(vec![source], value, None, 1.0, true)
            }
            Measure::Mean { variable } => {
                let (source, value) = value(self, variable, &None);
                self.linear(vec![source], value, Some(Value::One), 1.0, true)
            }
            Measure::Proportion { variable, category } => {
                let (source, value) = value(self, variable, category);
                if category.is_none() {
                    position(&mut self.binary, source);
                }
                self.linear(vec![source], value, Some(Value::One), 1.0, true)
            }
            Measure::Ratio { numerator, denominator } => {
                let (above, below) = (self.source(numerator, Role::Numbers), self.source(denominator, Role::Numbers));
                self.linear(vec![above, below], Value::Number(above), Some(Value::Number(below)), 1.0, false)
            }
            Measure::Rate { numerator, denominator, multiplier } => {
                let above = self.source(numerator, Role::Numbers);
                match denominator {
                    Some(denominator) => {
                        let below = self.source(denominator, Role::Numbers);
                        self.linear(vec![above, below], Value::Number(above), Some(Value::Number(below)), *multiplier, false)
                    }
                    None => self.linear(vec![above], Value::Number(above), Some(Value::One), *multiplier, false),
                }
            }
            // everybody
            _ => self.linear(Vec::new(), Value::One, None, 1.0, false),
        }
    }

    /// The sources in a batch.
    pub(super) fn bind<'a>(&'a self, batch: &Batch<'a>) -> Result<Vec<Bound<'a>>> {
        let bind = |(name, role): &'a (String, Role)| {
            Ok(match role {
                Role::Numbers => Bound::Numbers(batch.numbers(name)?),
                Role::Codes => {
                    let codes = batch.codes(name)?;
                    let labels = codes.dictionary.iter().map(|word| text::composed(word)).map(|word| self.labels.iter().position(|l| *l == word)).collect();
                    Bound::Codes(codes, labels)
                }
            })
        };
        self.sources.iter().map(bind).collect()
    }
}

/// A source in a batch; codes with the label of the plan that each stands for.
pub(super) enum Bound<'a> {
    Numbers(Numbers<'a>),
    Codes(Codes<'a>, Vec<Option<usize>>),
}

impl Bound<'_> {
    pub(super) fn is_there(&self, row: usize) -> bool {
        match self {
            Bound::Numbers(n) => n.get(row).is_some(),
            Bound::Codes(c, _) => c.get(row).is_some(),
        }
    }

    pub(super) fn number(&self, row: usize) -> Option<f64> {
        match self {
            Bound::Numbers(n) => n.get(row),
            Bound::Codes(..) => None,
        }
    }

    pub(super) fn has_label(&self, row: usize, label: usize) -> bool {
        match self {
            Bound::Numbers(_) => false,
            Bound::Codes(c, labels) => c.get(row).and_then(|code| labels.get(code).copied().flatten()) == Some(label),
        }
    }
}
