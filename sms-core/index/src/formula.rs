//! The one expression form: numbers, names, arithmetic, comparisons and a few functions. Total: every formula ends,
//! and where arithmetic has no result the result is absent.

use super::raw::Kind;
use super::{MAX_FORMULA, MAX_NESTING};
use sms_base::diagnostic::{Code, Error, Result};
use sms_base::text::did_you_mean;
use std::sync::Arc;

/// A checked formula. Names are the places of nodes.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Expr {
    Number(f64),
    Name(usize),
    Text(Arc<str>),
    Negate(Box<Expr>),
    Arithmetic(Arithmetic, Box<Expr>, Box<Expr>),
    Function(Function, Vec<Expr>),
    If(Box<[Expr; 3]>),
    Compare(Comparison, Box<Expr>, Box<Expr>),
    SameText(bool, Box<Expr>, Box<Expr>),
    And(Box<Expr>, Box<Expr>),
    Or(Box<Expr>, Box<Expr>),
    Not(Box<Expr>),
    Missing(Box<Expr>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
    Power,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    Less,
    AtMost,
    More,
    AtLeast,
    Equal,
    Unequal,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Function {
    Min,
    Max,
    Abs,
    Sign,
    Ln,
    Exp,
    Sqrt,
    First,
}

/// What an expression gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gives {
    Number,
    Text,
    Truth,
}

impl From<Kind> for Gives {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Number => Gives::Number,
            Kind::Text => Gives::Text,
        }
    }
}

/// Words that no input, constant or step can have as its id.
pub(super) const RESERVED: &[&str] = &["min", "max", "abs", "sign", "ln", "exp", "sqrt", "pow", "first", "if", "missing", "and", "or", "not", "nan", "inf"];

/// Finds the place and kind of a name.
pub(super) trait Names {
    fn find(&self, name: &str) -> Option<(usize, Kind)>;
    fn all(&self) -> Box<dyn Iterator<Item = &str> + '_>;
}

/// Reads a formula that gives what is wanted.
pub(super) fn parse(text: &str, wanted: Gives, names: &dyn Names, path: &str) -> Result<Expr> {
    if text.len() > MAX_FORMULA {
        return Err(Error::new(Code::IndexTooLarge).at_path(path).with("limit", MAX_FORMULA));
    }
    let mut parser = Parser { tokens: tokens(text, path)?, at: 0, names, path, nesting: 0, end: text.chars().count() + 1 };
    let (expr, gives) = parser.either()?;
    if let Some((position, _)) = parser.tokens.get(parser.at) {
        return Err(parser.syntax(*position, "an operator or the end"));
    }
    if gives == wanted {
        return Ok(expr);
    }
    Err(wrong_kind(path, 1, wanted))
}

fn wrong_kind(path: &str, position: usize, wanted: Gives) -> Error {
    let expected = match wanted {
        Gives::Number => "a number",
        Gives::Text => "a text",
        Gives::Truth => "a condition",
    };
    Error::new(Code::IndexWrongKind).at_path(path).with("position", position).expecting(expected)
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Number(f64),
    Name(String),
    Text(String),
    Sign(&'static str),
}

const SIGNS: &[&str] = &["<=", ">=", "!=", "==", "<", ">", "=", "+", "-", "*", "/", "^", "(", ")", ","];

fn tokens(text: &str, path: &str) -> Result<Vec<(usize, Token)>> {
    let syntax = |position: usize, expected: &'static str| Error::new(Code::IndexBadFormula).at_path(path).with("position", position).expecting(expected);
    let mut found = Vec::new();
    let mut rest = text;
    let position = |rest: &str| text.chars().count() - rest.chars().count() + 1;
    while let Some(c) = rest.chars().next() {
        let here = position(rest);
        if c.is_whitespace() {
            rest = rest.trim_start();
            continue;
        }
        if c == '\'' {
            let inside = rest.get(1..).unwrap_or_default();
            let Some((word, tail)) = inside.split_once('\'') else { return Err(syntax(here, "a closing quote")) };
            found.push((here, Token::Text(word.to_owned())));
            rest = tail;
            continue;
        }
        if c.is_ascii_digit() || c == '.' {
            let length = number_length(rest);
            let (digits, tail) = rest.split_at(length);
            let number: f64 = digits.parse().map_err(|_| syntax(here, "a number such as 12 or 0.5"))?;
            if !number.is_finite() {
                return Err(Error::new(Code::NumNotFinite).at_path(path).with("position", here));
            }
            found.push((here, Token::Number(number)));
            rest = tail;
            continue;
        }
        if c.is_ascii_alphabetic() || c == '_' {
            let length = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(rest.len());
            let (name, tail) = rest.split_at(length);
            found.push((here, Token::Name(name.to_owned())));
            rest = tail;
            continue;
        }
        let Some(sign) = SIGNS.iter().find(|s| rest.starts_with(**s)) else {
            return Err(syntax(here, "numbers, names, 'texts', functions and + - * / ^ ( ) , < <= > >= = !="));
        };
        found.push((here, Token::Sign(sign)));
        rest = rest.get(sign.len()..).unwrap_or_default();
    }
    Ok(found)
}

/// Length of the number that a text starts with: digits, a point, an exponent.
fn number_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let digits = |from: usize| bytes.iter().skip(from).take_while(|b| b.is_ascii_digit()).count();
    let mut length = digits(0);
    if bytes.get(length) == Some(&b'.') {
        length += 1 + digits(length + 1);
    }
    if matches!(bytes.get(length), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(length + 1), Some(b'+' | b'-')));
        let exponent = digits(length + 1 + sign);
        if exponent > 0 {
            length += 1 + sign + exponent;
        }
    }
    length
}

struct Parser<'a> {
    tokens: Vec<(usize, Token)>,
    at: usize,
    names: &'a dyn Names,
    path: &'a str,
    nesting: usize,
    end: usize,
}

type Parsed = (Expr, Gives);

impl Parser<'_> {
    fn position(&self) -> usize {
        self.tokens.get(self.at).map_or(self.end, |(p, _)| *p)
    }

    fn syntax(&self, position: usize, expected: &'static str) -> Error {
        Error::new(Code::IndexBadFormula).at_path(self.path).with("position", position).expecting(expected)
    }

    /// Takes one of these signs, if it is next.
    fn sign(&mut self, signs: &[&'static str]) -> Option<&'static str> {
        match self.tokens.get(self.at) {
            Some((_, Token::Sign(s))) if signs.contains(s) => {
                let s = *s;
                self.at += 1;
                Some(s)
            }
            _ => None,
        }
    }

    fn word(&mut self, word: &str) -> bool {
        let found = matches!(self.tokens.get(self.at), Some((_, Token::Name(n))) if n == word);
        self.at += usize::from(found);
        found
    }

    fn need(&mut self, sign: &'static str, expected: &'static str) -> Result<()> {
        match self.sign(&[sign]) {
            Some(_) => Ok(()),
            None => Err(self.syntax(self.position(), expected)),
        }
    }

    fn number(&mut self, parse: impl FnOnce(&mut Self) -> Result<Parsed>) -> Result<Expr> {
        self.wanted(Gives::Number, parse)
    }

    fn truth(&mut self, parse: impl FnOnce(&mut Self) -> Result<Parsed>) -> Result<Expr> {
        self.wanted(Gives::Truth, parse)
    }

    fn wanted(&mut self, wanted: Gives, parse: impl FnOnce(&mut Self) -> Result<Parsed>) -> Result<Expr> {
        let position = self.position();
        let (expr, gives) = parse(self)?;
        if gives == wanted { Ok(expr) } else { Err(wrong_kind(self.path, position, wanted)) }
    }

    fn is(&self, gives: Gives, wanted: Gives, position: usize) -> Result<()> {
        if gives == wanted { Ok(()) } else { Err(wrong_kind(self.path, position, wanted)) }
    }

    /// One level deeper, within the limit.
    fn deeper<T>(&mut self, parse: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        self.nesting += 1;
        if self.nesting > MAX_NESTING {
            return Err(Error::new(Code::IndexTooLarge).at_path(self.path).with("limit", MAX_NESTING).with("position", self.position()));
        }
        let parsed = parse(self);
        self.nesting -= 1;
        parsed
    }

    fn either(&mut self) -> Result<Parsed> {
        self.deeper(|p| {
            let start = p.position();
            let (mut left, gives) = p.both()?;
            while p.word("or") {
                p.is(gives, Gives::Truth, start)?;
                let right = p.truth(Self::both)?;
                left = Expr::Or(Box::new(left), Box::new(right));
            }
            Ok((left, gives))
        })
    }

    fn both(&mut self) -> Result<Parsed> {
        let start = self.position();
        let (mut left, gives) = self.negation()?;
        while self.word("and") {
            self.is(gives, Gives::Truth, start)?;
            let right = self.truth(Self::negation)?;
            left = Expr::And(Box::new(left), Box::new(right));
        }
        Ok((left, gives))
    }

    fn negation(&mut self) -> Result<Parsed> {
        if self.word("not") {
            let inside = self.deeper(|p| p.truth(Self::negation))?;
            return Ok((Expr::Not(Box::new(inside)), Gives::Truth));
        }
        self.comparison()
    }

    fn comparison(&mut self) -> Result<Parsed> {
        let start = self.position();
        let (left, gives) = self.sum()?;
        let Some(sign) = self.sign(&["<=", ">=", "!=", "==", "<", ">", "="]) else { return Ok((left, gives)) };
        if gives == Gives::Text && matches!(sign, "=" | "==" | "!=") {
            let right = self.wanted(Gives::Text, Self::sum)?;
            return Ok((Expr::SameText(sign != "!=", Box::new(left), Box::new(right)), Gives::Truth));
        }
        self.is(gives, Gives::Number, start)?;
        let right = self.number(Self::sum)?;
        let comparison = match sign {
            "<" => Comparison::Less,
            "<=" => Comparison::AtMost,
            ">" => Comparison::More,
            ">=" => Comparison::AtLeast,
            "!=" => Comparison::Unequal,
            _ => Comparison::Equal,
        };
        Ok((Expr::Compare(comparison, Box::new(left), Box::new(right)), Gives::Truth))
    }

    fn chain(&mut self, signs: &[&'static str], next: fn(&mut Self) -> Result<Parsed>) -> Result<Parsed> {
        let start = self.position();
        let (mut left, gives) = next(self)?;
        while let Some(sign) = self.sign(signs) {
            self.is(gives, Gives::Number, start)?;
            let right = self.number(next)?;
            let operation = match sign {
                "+" => Arithmetic::Add,
                "-" => Arithmetic::Subtract,
                "*" => Arithmetic::Multiply,
                _ => Arithmetic::Divide,
            };
            left = Expr::Arithmetic(operation, Box::new(left), Box::new(right));
        }
        Ok((left, gives))
    }

    fn sum(&mut self) -> Result<Parsed> {
        self.chain(&["+", "-"], Self::product)
    }

    fn product(&mut self) -> Result<Parsed> {
        self.chain(&["*", "/"], Self::signed)
    }

    fn signed(&mut self) -> Result<Parsed> {
        if self.sign(&["-"]).is_some() {
            let inside = self.deeper(|p| p.number(Self::signed))?;
            return Ok((Expr::Negate(Box::new(inside)), Gives::Number));
        }
        let start = self.position();
        let (base, gives) = self.atom()?;
        if self.sign(&["^"]).is_none() {
            return Ok((base, gives));
        }
        self.is(gives, Gives::Number, start)?;
        // 2^3^2 is 2^(3^2), and 2^-1 is allowed
        let exponent = self.deeper(|p| p.number(Self::signed))?;
        Ok((Expr::Arithmetic(Arithmetic::Power, Box::new(base), Box::new(exponent)), Gives::Number))
    }

    fn atom(&mut self) -> Result<Parsed> {
        let position = self.position();
        let Some((_, token)) = self.tokens.get(self.at).cloned() else { return Err(self.syntax(position, "a number, a name or an opening bracket")) };
        self.at += 1;
        match token {
            Token::Number(x) => Ok((Expr::Number(x), Gives::Number)),
            Token::Text(t) => Ok((Expr::Text(t.into()), Gives::Text)),
            Token::Sign("(") => {
                let inside = self.either()?;
                self.need(")", "a closing bracket")?;
                Ok(inside)
            }
            Token::Sign(_) => Err(self.syntax(position, "a number, a name or an opening bracket")),
            Token::Name(name) if self.sign(&["("]).is_some() => {
                let call = self.call(&name, position)?;
                self.need(")", "a comma or a closing bracket")?;
                Ok(call)
            }
            Token::Name(name) => self.name(&name, position),
        }
    }

    fn name(&self, name: &str, position: usize) -> Result<Parsed> {
        if let Some((place, kind)) = self.names.find(name) {
            return Ok((Expr::Name(place), kind.into()));
        }
        if matches!(name.to_ascii_lowercase().as_str(), "nan" | "inf" | "infinity") {
            return Err(Error::new(Code::NumNotFinite).at_path(self.path).with("position", position));
        }
        Err(self.unknown(name, position, self.names.all()))
    }

    fn unknown<'n>(&self, name: &str, position: usize, known: impl Iterator<Item = &'n str>) -> Error {
        let error = Error::new(Code::IndexUnknownName).at_path(self.path).with("position", position).with("name", sms_base::text::short(name).to_owned());
        error.suggesting(did_you_mean(name, known))
    }

    fn call(&mut self, name: &str, position: usize) -> Result<Parsed> {
        if name == "if" {
            let condition = self.truth(Self::either)?;
            self.need(",", "a comma")?;
            let then = self.number(Self::either)?;
            self.need(",", "a comma")?;
            let otherwise = self.number(Self::either)?;
            return Ok((Expr::If(Box::new([condition, then, otherwise])), Gives::Number));
        }
        if name == "missing" {
            let (inside, gives) = self.either()?;
            if gives == Gives::Truth {
                return Err(wrong_kind(self.path, position, Gives::Number));
            }
            return Ok((Expr::Missing(Box::new(inside)), Gives::Truth));
        }
        let mut arguments = vec![self.number(Self::either)?];
        while self.sign(&[","]).is_some() {
            arguments.push(self.number(Self::either)?);
        }
        let (function, count) = match name {
            "min" => (Function::Min, None),
            "max" => (Function::Max, None),
            "first" => (Function::First, None),
            "abs" => (Function::Abs, Some(1)),
            "sign" => (Function::Sign, Some(1)),
            "ln" => (Function::Ln, Some(1)),
            "exp" => (Function::Exp, Some(1)),
            "sqrt" => (Function::Sqrt, Some(1)),
            "pow" => {
                let mut both = arguments.into_iter();
                return match (both.next(), both.next(), both.next()) {
                    (Some(base), Some(exponent), None) => Ok((Expr::Arithmetic(Arithmetic::Power, Box::new(base), Box::new(exponent)), Gives::Number)),
                    _ => Err(self.syntax(position, "two arguments")),
                };
            }
            _ => return Err(self.unknown(name, position, RESERVED.iter().copied())),
        };
        if count.is_some_and(|n| n != arguments.len()) {
            return Err(self.syntax(position, "one argument"));
        }
        Ok((Expr::Function(function, arguments), Gives::Number))
    }
}

impl Expr {
    /// Calls for each name.
    pub(super) fn names(&self, call: &mut dyn FnMut(usize)) {
        match self {
            Expr::Number(_) | Expr::Text(_) => {}
            Expr::Name(n) => call(*n),
            Expr::Negate(a) | Expr::Not(a) | Expr::Missing(a) => a.names(call),
            Expr::Arithmetic(_, a, b) | Expr::Compare(_, a, b) | Expr::SameText(_, a, b) | Expr::And(a, b) | Expr::Or(a, b) => {
                a.names(call);
                b.names(call);
            }
            Expr::Function(_, all) => all.iter().for_each(|a| a.names(call)),
            Expr::If(three) => three.iter().for_each(|a| a.names(call)),
        }
    }
}
