//! The tidy table as CSV.
//!
//! Delimiter, decimal comma, byte-order mark and Latin-1 are detected or declared. A row that cannot be read is left
//! out and reported; the rest goes on.

use serde::{Deserialize, Serialize};
use sms_base::diagnostic::{Code, Error, Result};
use sms_base::num::DecimalSign;
use sms_model::frame::CsvWriter;
use sms_model::observation::{Builder, Limits, NumberField, Observations, TextField};
use std::borrow::Cow;

/// How the bytes of a file are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Encoding {
    /// UTF-8 where it is valid, else Windows-1252 (a superset of Latin-1).
    #[default]
    #[serde(rename = "detect")]
    Detect,
    /// UTF-8; anything else is an error.
    #[serde(rename = "utf-8")]
    Utf8,
    /// Windows-1252, a superset of Latin-1.
    #[serde(rename = "latin-1")]
    Latin1,
}

/// How a CSV file is written.
///
/// ```
/// use sms_core::exchange::csv::{Dialect, read};
/// use sms_core::num::DecimalSign;
/// let dialect = Dialect { decimal: DecimalSign::Comma, delimiter: Some(';'), ..Dialect::default() };
/// let observations = read("indicator;place;period;value\nHOU-O-01;gent;2018;1.234,5\n".as_bytes(), &dialect)?;
/// assert_eq!(observations.rows().next().unwrap().value, Some(1234.5));
/// # Ok::<(), sms_core::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Dialect {
    /// Name of the file, for messages.
    pub file: Option<String>,
    /// Delimiter; told from the header when absent.
    pub delimiter: Option<char>,
    /// Decimal sign.
    pub decimal: DecimalSign,
    /// Encoding.
    pub encoding: Encoding,
    /// What the file may cost.
    #[serde(skip)]
    pub limits: Limits,
}

impl Dialect {
    /// An error with the name of the file, where there is one.
    #[must_use]
    pub fn locate(&self, error: Error) -> Error {
        match &self.file {
            Some(file) => error.in_file(file),
            None => error,
        }
    }
}

/// Turns bytes into text, without a byte-order mark.
///
/// ```
/// use sms_core::exchange::csv::decode;
/// // é in Windows-1252 is no UTF-8
/// assert_eq!(decode(b"Li\xe9ge", &Default::default())?, "Liége");
/// # Ok::<(), sms_core::Error>(())
/// ```
///
/// # Errors
/// `csv.bad-encoding` when UTF-8 is declared, or a byte-order mark declares UTF-8 or UTF-16, and the bytes are not.
pub fn decode<'a>(bytes: &'a [u8], dialect: &Dialect) -> Result<Cow<'a, str>> {
    if dialect.encoding == Encoding::Latin1 {
        return Ok(Cow::Owned(bytes.iter().map(|&b| windows_1252(b)).collect()));
    }
    let broken = || dialect.locate(Error::new(Code::CsvBadEncoding));
    // a byte-order mark declares the encoding; spreadsheets write UTF-16 with it
    if let Some(rest) = bytes.strip_prefix(&[0xEF, 0xBB, 0xBF]) {
        return std::str::from_utf8(rest).map(Cow::Borrowed).map_err(|_| broken());
    }
    let utf16 = [([0xFF, 0xFE], u16::from_le_bytes as fn([u8; 2]) -> u16), ([0xFE, 0xFF], u16::from_be_bytes)];
    if let Some((rest, read)) = utf16.into_iter().find_map(|(mark, read)| Some((bytes.strip_prefix(&mark)?, read))) {
        // half a unit at the end becomes half a pair, which no text has
        let units = rest.chunks(2).map(|pair| <[u8; 2]>::try_from(pair).map_or(0xD800, read));
        return char::decode_utf16(units).collect::<std::result::Result<String, _>>().map(Cow::Owned).map_err(|_| broken());
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(Cow::Borrowed(text)),
        Err(_) if dialect.encoding == Encoding::Utf8 => Err(broken()),
        Err(_) => Ok(Cow::Owned(bytes.iter().map(|&b| windows_1252(b)).collect())),
    }
}

/// What Windows-1252 has at 0x80 to 0x9F; elsewhere it is Latin-1 (WHATWG Encoding Standard, index windows-1252).
const WINDOWS_1252: [char; 32] = [
    '\u{20AC}', '\u{81}', '\u{201A}', '\u{192}', '\u{201E}', '\u{2026}', '\u{2020}', '\u{2021}', '\u{2C6}', '\u{2030}', '\u{160}', '\u{2039}', '\u{152}',
    '\u{8D}', '\u{17D}', '\u{8F}', '\u{90}', '\u{2018}', '\u{2019}', '\u{201C}', '\u{201D}', '\u{2022}', '\u{2013}', '\u{2014}', '\u{2DC}', '\u{2122}',
    '\u{161}', '\u{203A}', '\u{153}', '\u{9D}', '\u{17E}', '\u{178}',
];

fn windows_1252(byte: u8) -> char {
    usize::from(byte).checked_sub(0x80).and_then(|at| WINDOWS_1252.get(at)).copied().unwrap_or(char::from(byte))
}

const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// The delimiter of a header line: the declared one, or the one that occurs in it.
///
/// ```
/// use sms_core::exchange::csv::delimiter;
/// assert_eq!(delimiter("place;period;value\n", &Default::default())?, b';');
/// assert_eq!(delimiter("a,b;c", &Default::default()).unwrap_err().code().as_str(), "csv.ambiguous-delimiter");
/// # Ok::<(), sms_core::Error>(())
/// ```
///
/// # Errors
/// `csv.ambiguous-delimiter` when two occur equally often.
pub fn delimiter(text: &str, dialect: &Dialect) -> Result<u8> {
    if let Some(declared) = dialect.delimiter {
        let ascii = u8::try_from(declared).ok().filter(u8::is_ascii);
        return ascii.ok_or_else(|| dialect.locate(Error::new(Code::CsvAmbiguousDelimiter).expecting("an ASCII character")));
    }
    let header = text.split(['\n', '\r']).find(|line| !line.trim().is_empty()).unwrap_or_default();
    let mut quoted = false;
    let mut counts = [0_usize; DELIMITERS.len()];
    for c in header.bytes() {
        if c == b'"' {
            quoted = !quoted;
        } else if !quoted && let Some(count) = DELIMITERS.iter().position(|&d| d == c).and_then(|i| counts.get_mut(i)) {
            *count += 1;
        }
    }
    let most = counts.iter().copied().max().unwrap_or(0);
    if most == 0 {
        return Ok(b',');
    }
    let mut best = DELIMITERS.iter().zip(counts).filter(|(_, n)| *n == most).map(|(d, _)| *d);
    match (best.next(), best.next()) {
        (Some(d), None) => Ok(d),
        _ => Err(dialect.locate(Error::new(Code::CsvAmbiguousDelimiter))),
    }
}

/// What a CSV text holds, one after the other.
pub enum Line<'a> {
    /// The names of the columns; always first.
    Header(&'a csv::StringRecord),
    /// A row, with its line number.
    Row(u32, &'a csv::StringRecord),
    /// A row that cannot be read, and why.
    Bad(u32, Code),
}

/// Counts lines up to a byte: line ends are LF, CRLF or CR.
struct Lines<'a> {
    text: &'a [u8],
    at: usize,
    line: u32,
}

impl Lines<'_> {
    /// The line of a record that the reader began to look for at a byte: empty lines may come before it.
    fn of(&mut self, from: usize) -> u32 {
        let skipped = self.text.get(from..).unwrap_or_default().iter().take_while(|b| matches!(b, b'\n' | b'\r')).count();
        let start = from.saturating_add(skipped);
        let mut passed = self.text.get(self.at..start).unwrap_or_default();
        if !passed.contains(&b'\r') {
            let ends = passed.iter().filter(|b| **b == b'\n').count();
            self.line = self.line.saturating_add(u32::try_from(ends).unwrap_or(u32::MAX));
            passed = &[];
        }
        while let Some((&first, rest)) = passed.split_first() {
            let ends = first == b'\n' || (first == b'\r' && rest.first().or(self.text.get(start)) != Some(&b'\n'));
            self.line = self.line.saturating_add(u32::from(ends));
            passed = rest;
        }
        self.at = start.max(self.at);
        self.line
    }
}

/// How often reading starts again behind a quote that nothing closes.
const RESTARTS: usize = 16;

/// Reads a CSV text line by line. Empty lines are passed over. A quote that nothing closes costs its own row: reading
/// goes on behind it.
///
/// ```
/// use sms_core::exchange::csv::{Line, each_line};
/// let mut rows = 0;
/// each_line("city,rent\nA,9\n\nB,12\n", b',', &Default::default(), |line| {
///     rows += usize::from(matches!(line, Line::Row(..)));
///     Ok(())
/// })?;
/// assert_eq!(rows, 2);
/// # Ok::<(), sms_core::Error>(())
/// ```
pub fn each_line(text: &str, delimiter: u8, dialect: &Dialect, mut each: impl FnMut(Line<'_>) -> Result<()>) -> Result<()> {
    let mut lines = Lines { text: text.as_bytes(), at: 0, line: 1 };
    let mut wide = None;
    let mut offset = 0;
    for _ in 0..RESTARTS {
        match read_from(text, offset, delimiter, dialect, &mut lines, &mut wide, &mut each)? {
            Some(behind) => offset = behind,
            None => break,
        }
    }
    if wide.is_none() { Err(dialect.locate(Error::new(Code::CsvNoHeader))) } else { Ok(()) }
}

/// Reads from an offset to the end, or to a quote that nothing closes; then returns where to go on.
fn read_from(
    text: &str,
    offset: usize,
    delimiter: u8,
    dialect: &Dialect,
    lines: &mut Lines<'_>,
    wide: &mut Option<usize>,
    each: &mut impl FnMut(Line<'_>) -> Result<()>,
) -> Result<Option<usize>> {
    let rest = text.as_bytes().get(offset..).unwrap_or_default();
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).has_headers(false).flexible(true).from_reader(rest);
    let mut record = csv::StringRecord::new();
    // the text is UTF-8 already, so reading from it cannot fail
    while matches!(reader.read_record(&mut record), Ok(true)) {
        let byte = |position: &csv::Position| usize::try_from(position.byte()).unwrap_or(usize::MAX).saturating_add(offset);
        let start = record.position().map_or(offset, byte);
        let end = byte(reader.position());
        // only the last record can be open, and only over a line break
        if end >= text.len() && record.as_slice().contains(['\n', '\r']) && is_open(text.get(start..).unwrap_or_default()) {
            let line = lines.of(start);
            each(Line::Bad(line, Code::CsvUnclosedQuote))?;
            let behind = text.get(lines.at..).unwrap_or_default().find(['\n', '\r']).map(|at| lines.at + at);
            return Ok(behind);
        }
        let Some(wide) = *wide else {
            if record.iter().all(|f| f.trim().is_empty()) {
                break;
            }
            *wide = Some(record.len());
            each(Line::Header(&record))?;
            continue;
        };
        if record.iter().all(|f| f.trim().is_empty()) && record.len() <= wide {
            continue;
        }
        let line = lines.of(start);
        each(if record.len() != wide {
            Line::Bad(line, Code::CsvRowLength)
        } else if record.iter().any(|f| f.len() > dialect.limits.field) {
            Line::Bad(line, Code::CsvFieldTooLong)
        } else {
            Line::Row(line, &record)
        })?;
    }
    Ok(None)
}

/// Whether a record ends inside a quoted field: its quotes do not pair.
fn is_open(record: &str) -> bool {
    record.bytes().filter(|b| *b == b'"').count() % 2 == 1
}

/// Reads observations from the bytes of a CSV file.
///
/// ```
/// use sms_core::exchange::csv::{Dialect, read};
/// let observations = read("indicator;place;period;value\nWSP-O-04;gent;2018;4,1\n".as_bytes(), &Dialect::default())?;
/// assert_eq!(observations.rows().next().unwrap().value, Some(4.1));
/// # Ok::<(), sms_core::Error>(())
/// ```
///
/// # Errors
/// `csv.no-header`, `csv.missing-column`, `csv.duplicate-column`, `csv.too-many-columns`, `csv.too-many-rows`,
/// `csv.ambiguous-delimiter`, `csv.bad-encoding`. Rows that cannot be read are no error: they are in the findings.
pub fn read(bytes: &[u8], dialect: &Dialect) -> Result<Observations> {
    let text = decode(bytes, dialect)?;
    let delimiter = delimiter(&text, dialect)?;
    let mut builder: Option<Builder> = None;
    each_line(&text, delimiter, dialect, |line| {
        match (line, &mut builder) {
            (Line::Header(columns), builder) => {
                *builder = Some(Builder::new(dialect.file.as_deref(), columns.iter(), dialect.decimal, dialect.limits)?);
            }
            (_, Some(builder)) if builder.is_full() => {
                return Err(dialect.locate(Error::new(Code::CsvTooManyRows).with("limit", dialect.limits.rows)));
            }
            (Line::Row(line, record), Some(builder)) => builder.push(line, record.iter()),
            (Line::Bad(line, code), Some(builder)) => builder.reject(line, code, None),
            (_, None) => {}
        }
        Ok(())
    })?;
    builder.map(Builder::finish).ok_or_else(|| dialect.locate(Error::new(Code::CsvNoHeader)))
}

/// Writes observations as a CSV file: the user's own data back.
///
/// ```
/// use sms_core::exchange::csv::{read, write};
/// let observations = read("place,period,indicator,value\ngent,2018,WSP-O-04,4.1\n".as_bytes(), &Default::default())?;
/// assert_eq!(read(write(&observations).as_bytes(), &Default::default())?.len(), 1);
/// # Ok::<(), sms_core::Error>(())
/// ```
#[must_use]
pub fn write(observations: &Observations) -> String {
    let columns = observations.columns();
    let mut csv = CsvWriter::new(&columns);
    let mut record: Vec<String> = Vec::with_capacity(columns.len());
    for row in observations.rows() {
        record.clear();
        let value = sms_base::json::value(&row);
        for column in &columns {
            let is_field = TextField::of(column).is_some() || NumberField::of(column).is_some();
            record.push(match value.get(column).filter(|_| is_field) {
                Some(serde_json::Value::String(s)) => s.clone(),
                Some(serde_json::Value::Null) | None => row.groups.get(column).cloned().unwrap_or_default(),
                Some(number) => number.to_string(),
            });
        }
        csv.push(&record);
    }
    csv.finish()
}
