//! Columns, cells, and the value of a formula in a row.

use super::formula::{Arithmetic, Comparison, Expr, Function};
use serde::Serialize;
use sms_base::num;
use sms_model::estimate::Absence;
use std::sync::Arc;

/// Why a cell has no value. Absent is not zero, and the reasons stay apart to the last output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "IndexAbsence"))]
pub enum Why {
    /// It should be there and is not.
    Missing,
    /// It was not collected.
    NotAsked,
    /// The persons asked did not want to say.
    Refused,
    /// It cannot exist here, or the unit does not count in a ranking.
    NotApplicable,
    /// It is withheld to protect people.
    Suppressed,
    /// The cell is no number.
    Unreadable,
    /// The value is outside the bounds of the input.
    OutOfBounds,
    /// The code is not known.
    UnknownCode,
    /// Too little of what belongs to it is there.
    InsufficientCoverage,
    /// The arithmetic has no result: a division by zero, the logarithm of zero, a number too large.
    Undefined,
    /// No branch holds.
    NoBranch,
}

impl From<Absence> for Why {
    fn from(absence: Absence) -> Self {
        match absence {
            Absence::NotAsked => Why::NotAsked,
            Absence::Refused => Why::Refused,
            Absence::NotApplicable => Why::NotApplicable,
            Absence::Suppressed | Absence::UnknownCount => Why::Suppressed,
            _ => Why::Missing,
        }
    }
}

/// An absent value: why, and at which node it went missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Absent {
    pub(super) why: Why,
    pub(super) at: u32,
}

/// A number, or why there is none.
pub(super) type Cell = Result<f64, Absent>;

/// A column of texts: each cell the place of its word.
#[derive(Clone, Debug, Default)]
pub(super) struct Texts {
    pub(super) words: Vec<Arc<str>>,
    pub cells: Vec<Result<u32, Absent>>,
}

/// The values of a node in every row.
#[derive(Clone, Debug)]
pub(super) enum Column {
    /// Not computed yet.
    Pending,
    Constant(f64),
    Numbers(Vec<Cell>),
    Texts(Texts),
}

/// What a formula is computed from.
#[derive(Clone, Copy)]
pub(super) struct Context<'a> {
    pub(super) columns: &'a [Column],
    /// The node that is computed.
    pub(super) node: u32,
}

impl<'a> Context<'a> {
    pub(super) fn absent(&self, why: Why) -> Absent {
        Absent { why, at: self.node }
    }

    /// A number that is one.
    pub(super) fn finite(&self, x: f64) -> Cell {
        // no negative zero
        if x.is_finite() { Ok(x + 0.0) } else { Err(self.absent(Why::Undefined)) }
    }

    pub(super) fn cell(&self, node: usize, row: usize) -> Cell {
        match self.columns.get(node) {
            Some(Column::Constant(x)) => Ok(*x),
            Some(Column::Numbers(cells)) => cells.get(row).copied().unwrap_or(Err(self.absent(Why::Missing))),
            _ => Err(self.absent(Why::Missing)),
        }
    }

    pub(super) fn word(&self, node: usize, row: usize) -> Result<&'a str, Absent> {
        let Some(Column::Texts(texts)) = self.columns.get(node) else { return Err(self.absent(Why::Missing)) };
        let at = texts.cells.get(row).copied().unwrap_or(Err(self.absent(Why::Missing)))?;
        texts.words.get(at as usize).map(|w| &**w).ok_or(self.absent(Why::Missing))
    }

    pub(crate) fn number(&self, expr: &Expr, row: usize) -> Cell {
        match expr {
            Expr::Number(x) => Ok(*x),
            Expr::Name(node) => self.cell(*node, row),
            Expr::Negate(inside) => self.finite(-self.number(inside, row)?),
            Expr::Arithmetic(operation, a, b) => {
                let (a, b) = (self.number(a, row)?, self.number(b, row)?);
                self.finite(match operation {
                    Arithmetic::Add => a + b,
                    Arithmetic::Subtract => a - b,
                    Arithmetic::Multiply => a * b,
                    Arithmetic::Divide => a / b,
                    Arithmetic::Power => num::pow(a, b),
                })
            }
            Expr::Function(function, arguments) => self.function(*function, arguments, row),
            Expr::If(three) => {
                let [condition, then, otherwise] = &**three;
                self.number(if self.truth(condition, row)? { then } else { otherwise }, row)
            }
            _ => Err(self.absent(Why::Undefined)),
        }
    }

    fn function(&self, function: Function, arguments: &[Expr], row: usize) -> Cell {
        let undefined = Err(self.absent(Why::Undefined));
        let Some((first, rest)) = arguments.split_first() else { return undefined };
        if function == Function::First {
            let start = self.number(first, row);
            // when all are absent, the reason is that of the first
            return rest.iter().fold(start, |found, next| if found.is_ok() { found } else { self.number(next, row).or(found) });
        }
        let mut x = self.number(first, row)?;
        match function {
            Function::Min => {
                for next in rest {
                    x = x.min(self.number(next, row)?);
                }
            }
            Function::Max => {
                for next in rest {
                    x = x.max(self.number(next, row)?);
                }
            }
            Function::Abs => x = num::abs(x),
            Function::Sign => {
                x = if x > 0.0 {
                    1.0
                } else if x < 0.0 {
                    -1.0
                } else {
                    0.0
                }
            }
            Function::Ln => x = num::ln(x),
            Function::Exp => x = num::exp(x),
            Function::Sqrt => x = num::sqrt(x),
            Function::First => {}
        }
        self.finite(x)
    }

    fn text<'t>(&'t self, expr: &'t Expr, row: usize) -> Result<&'t str, Absent> {
        match expr {
            Expr::Text(text) => Ok(text),
            Expr::Name(node) => self.word(*node, row),
            _ => Err(self.absent(Why::Undefined)),
        }
    }

    /// Three-valued: what cannot be decided is absent, unless the other side decides.
    pub(super) fn truth(&self, expr: &Expr, row: usize) -> Result<bool, Absent> {
        match expr {
            Expr::Compare(comparison, a, b) => {
                let (a, b) = (self.number(a, row)?, self.number(b, row)?);
                Ok(match comparison {
                    Comparison::Less => a < b,
                    Comparison::AtMost => a <= b,
                    Comparison::More => a > b,
                    Comparison::AtLeast => a >= b,
                    Comparison::Equal => a == b,
                    Comparison::Unequal => a != b,
                })
            }
            Expr::SameText(same, a, b) => Ok((self.text(a, row)? == self.text(b, row)?) == *same),
            Expr::And(a, b) => match (self.truth(a, row), self.truth(b, row)) {
                (Ok(false), _) | (_, Ok(false)) => Ok(false),
                (Err(absent), _) | (_, Err(absent)) => Err(absent),
                _ => Ok(true),
            },
            Expr::Or(a, b) => match (self.truth(a, row), self.truth(b, row)) {
                (Ok(true), _) | (_, Ok(true)) => Ok(true),
                (Err(absent), _) | (_, Err(absent)) => Err(absent),
                _ => Ok(false),
            },
            Expr::Not(inside) => self.truth(inside, row).map(|x| !x),
            Expr::Missing(inside) => Ok(match &**inside {
                Expr::Name(node) if matches!(self.columns.get(*node), Some(Column::Texts(_))) => self.word(*node, row).is_err(),
                Expr::Text(_) => false,
                other => self.number(other, row).is_err(),
            }),
            _ => Err(self.absent(Why::Undefined)),
        }
    }
}
