//! Tables: as columns, which data frames, Arrow and CSV are made of; and as rows of texts, for forms and workbooks.

use serde::Serialize;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A table: the names of its columns, and its rows, all as texts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TextTable {
    /// Names of the columns.
    pub columns: Vec<String>,
    /// Rows, one text a column; empty texts are empty cells.
    pub rows: Vec<Vec<String>>,
}

/// A column of a [`Frame`].
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// Texts, each distinct one stored once; `None` is null.
    Text {
        /// The distinct texts.
        dictionary: Vec<Arc<str>>,
        /// For each row the position of its text.
        codes: Vec<Option<u32>>,
    },
    /// Numbers.
    Number(Vec<Option<f64>>),
    /// Whole numbers.
    Integer(Vec<Option<i64>>),
    /// Truth values.
    Bool(Vec<Option<bool>>),
}

/// A table of named columns of equal length.
///
/// ```
/// # use sms_model as sms_core;
/// use sms_core::frame::FrameBuilder;
/// let mut rows = FrameBuilder::new(&[("place", 't'), ("score", 'n')]);
/// rows.text(Some("gent")).number(None).end_row();
/// let frame = rows.finish();
/// assert_eq!((frame.len(), frame.columns()[1].0.as_ref()), (1, "score"));
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Frame {
    columns: Vec<(Cow<'static, str>, Values)>,
    rows: usize,
}

/// The text of a CSV file (RFC 4180, lines that end with a line feed), record by record.
///
/// ```
/// # use sms_model as sms_core;
/// use sms_core::frame::CsvWriter;
/// let mut csv = CsvWriter::new(["place", "value"]);
/// csv.push(["Bristol, centre", "12.5"]);
/// assert_eq!(csv.finish(), "place,value\n\"Bristol, centre\",12.5\n");
/// ```
#[derive(Debug)]
pub struct CsvWriter {
    writer: csv::Writer<Vec<u8>>,
}

impl CsvWriter {
    /// A file with these columns.
    pub fn new<T: AsRef<str>>(columns: impl IntoIterator<Item = T>) -> Self {
        let mut csv = CsvWriter { writer: csv::WriterBuilder::new().flexible(true).from_writer(Vec::new()) };
        csv.push(columns);
        csv
    }

    /// Writes a record.
    #[expect(clippy::expect_used, reason = "memory takes every record, and records of any length are allowed")]
    pub fn push<T: AsRef<str>>(&mut self, fields: impl IntoIterator<Item = T>) {
        let mut any = false;
        for field in fields {
            any = true;
            self.writer.write_field(field.as_ref()).expect("memory takes a field");
        }
        if any {
            self.writer.write_record(None::<&[u8]>).expect("memory takes the end of a record");
        }
    }

    /// The whole text.
    #[must_use]
    #[expect(clippy::expect_used, reason = "made of texts, in memory")]
    pub fn finish(self) -> String {
        String::from_utf8(self.writer.into_inner().expect("memory takes what is left")).expect("fields are texts")
    }
}

impl Frame {
    /// Name and values of each column.
    #[must_use]
    pub fn columns(&self) -> &[(Cow<'static, str>, Values)] {
        &self.columns
    }

    /// How many rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows
    }

    /// Whether there is no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// The frame as CSV, with numbers that read back to the same bits.
    #[must_use]
    pub fn to_csv(&self) -> String {
        let mut csv = CsvWriter::new(self.columns.iter().map(|(name, _)| &**name));
        for row in 0..self.rows {
            csv.push(self.columns.iter().map(|(_, values)| field(values, row)));
        }
        csv.finish()
    }

    /// The frame as rows of JSON objects.
    /// An absent cell is `null`.
    ///
    /// ```
    /// # use sms_model as sms_core;
    /// use sms_core::frame::FrameBuilder;
    /// let mut rows = FrameBuilder::new(&[("place", 't'), ("score", 'n')]);
    /// rows.text(Some("gent")).number(Some(62.5)).end_row();
    /// assert_eq!(rows.finish().to_rows()[0]["score"], 62.5);
    /// ```
    #[must_use]
    pub fn to_rows(&self) -> Vec<serde_json::Map<String, serde_json::Value>> {
        let value = |values: &Values, row: usize| match values {
            Values::Text { dictionary, codes } => {
                codes.get(row).copied().flatten().and_then(|c| dictionary.get(c as usize)).map(|t| serde_json::Value::from(&**t))
            }
            Values::Number(v) => v.get(row).copied().flatten().map(serde_json::Value::from),
            Values::Integer(v) => v.get(row).copied().flatten().map(serde_json::Value::from),
            Values::Bool(v) => v.get(row).copied().flatten().map(serde_json::Value::from),
        };
        (0..self.rows).map(|row| self.columns.iter().map(|(name, v)| (name.to_string(), value(v, row).unwrap_or_default())).collect()).collect()
    }
}

fn field(values: &Values, row: usize) -> String {
    match values {
        Values::Text { dictionary, codes } => {
            codes.get(row).copied().flatten().and_then(|c| dictionary.get(c as usize)).map(|t| t.to_string()).unwrap_or_default()
        }
        Values::Number(v) => v.get(row).copied().flatten().map(|x| x.to_string()).unwrap_or_default(),
        Values::Integer(v) => v.get(row).copied().flatten().map(|x| x.to_string()).unwrap_or_default(),
        Values::Bool(v) => v.get(row).copied().flatten().map(|x| x.to_string()).unwrap_or_default(),
    }
}

/// Fills a dictionary column.
#[derive(Default)]
struct Texts {
    index: BTreeMap<Arc<str>, u32>,
    dictionary: Vec<Arc<str>>,
    codes: Vec<Option<u32>>,
}

impl Texts {
    fn push(&mut self, text: Option<&str>) {
        let code = text.filter(|t| !t.is_empty()).map(|t| match self.index.get(t) {
            Some(&code) => code,
            None => {
                let shared: Arc<str> = t.into();
                let code = u32::try_from(self.dictionary.len()).unwrap_or(u32::MAX);
                self.dictionary.push(shared.clone());
                self.index.insert(shared, code);
                code
            }
        });
        self.codes.push(code);
    }
}

/// Fills a [`Frame`] row by row.
///
/// ```
/// # use sms_model as sms_core;
/// use sms_core::frame::FrameBuilder;
/// let mut rows = FrameBuilder::new(&[("place", 't'), ("score", 'n')]);
/// rows.text(Some("gent")).number(Some(62.0)).end_row();
/// assert_eq!(rows.finish().to_csv(), "place,score\ngent,62\n");
/// ```
pub struct FrameBuilder {
    columns: Vec<(Cow<'static, str>, Cells)>,
    at: usize,
    rows: usize,
}

enum Cells {
    Text(Texts),
    Number(Vec<Option<f64>>),
    Integer(Vec<Option<i64>>),
    Bool(Vec<Option<bool>>),
}

impl FrameBuilder {
    /// `t:` text, `n:` number, `i:` whole number, `b:` truth value.
    pub fn new(columns: &[(&'static str, char)]) -> Self {
        Self::named(columns.iter().map(|&(name, kind)| (Cow::Borrowed(name), kind)))
    }

    /// Columns by name and kind.
    pub fn named(columns: impl Iterator<Item = (Cow<'static, str>, char)>) -> Self {
        let cells = |kind: char| match kind {
            'n' => Cells::Number(Vec::new()),
            'i' => Cells::Integer(Vec::new()),
            'b' => Cells::Bool(Vec::new()),
            _ => Cells::Text(Texts::default()),
        };
        FrameBuilder { columns: columns.map(|(name, kind)| (name, cells(kind))).collect(), at: 0, rows: 0 }
    }

    fn next(&mut self) -> Option<&mut Cells> {
        let at = self.at;
        self.at += 1;
        self.columns.get_mut(at).map(|(_, c)| c)
    }

    /// The next cell of the row: a text.
    pub fn text(&mut self, text: Option<&str>) -> &mut Self {
        if let Some(Cells::Text(t)) = self.next() {
            t.push(text);
        }
        self
    }

    /// The next cell of the row: a number.
    pub fn number(&mut self, x: Option<f64>) -> &mut Self {
        if let Some(Cells::Number(v)) = self.next() {
            v.push(x);
        }
        self
    }

    /// The next cell of the row: a whole number.
    pub fn integer(&mut self, x: Option<usize>) -> &mut Self {
        if let Some(Cells::Integer(v)) = self.next() {
            v.push(x.and_then(|x| i64::try_from(x).ok()));
        }
        self
    }

    /// The next cell of the row: a truth value.
    pub fn truth(&mut self, x: Option<bool>) -> &mut Self {
        if let Some(Cells::Bool(v)) = self.next() {
            v.push(x);
        }
        self
    }

    /// The row is whole.
    pub fn end_row(&mut self) {
        self.at = 0;
        self.rows += 1;
    }

    /// The frame.
    pub fn finish(self) -> Frame {
        let values = |cells: Cells| match cells {
            Cells::Text(t) => Values::Text { dictionary: t.dictionary, codes: t.codes },
            Cells::Number(v) => Values::Number(v),
            Cells::Integer(v) => Values::Integer(v),
            Cells::Bool(v) => Values::Bool(v),
        };
        Frame { columns: self.columns.into_iter().map(|(name, c)| (name, values(c))).collect(), rows: self.rows }
    }
}

/// The word of a serde enum.
pub fn word(value: impl Serialize) -> String {
    crate::json::word(&value)
}
