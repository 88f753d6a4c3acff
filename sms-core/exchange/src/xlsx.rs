//! Tables as a workbook (Office Open XML, ECMA-376): texts, lists to choose from, nothing else.
//!
//! The parts are stored without compression, with a fixed date: the same tables give the same bytes.

use sms_model::frame::TextTable;
use sms_process::form::template::ValueList;
use std::fmt::Write as _;

/// A sheet of a workbook: its name, its table, and the values that columns offer.
#[derive(Clone, Debug)]
pub struct Page<'a> {
    /// The name of the sheet.
    pub name: &'a str,
    /// The table.
    pub sheet: &'a TextTable,
    /// Values that columns offer; they are kept in a sheet of their own.
    pub lists: &'a [ValueList],
}

/// The name of the sheet that holds the values to choose from.
const LISTS: &str = "lists";
/// Rows below the table for which values are offered as well.
const SPARE: usize = 1_000;
const HEADER: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const RELATIONS: &str = "http://schemas.openxmlformats.org/package/2006/relationships";
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const SPREADSHEET: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml";

/// Writes tables as the bytes of a workbook.
///
/// ```
/// use sms_core::{exchange::xlsx, frame::TextTable};
/// let sheet = TextTable { columns: vec!["city".to_owned()], rows: vec![vec!["Gent".to_owned()]] };
/// let book = xlsx::write(&[xlsx::Page { name: "cities", sheet: &sheet, lists: &[] }]);
/// assert!(book.starts_with(b"PK")); // a ZIP archive
/// ```
#[must_use]
pub fn write(pages: &[Page<'_>]) -> Vec<u8> {
    let lists: Vec<&ValueList> = pages.iter().flat_map(|p| p.lists).filter(|l| !l.values.is_empty()).collect();
    let longest = lists.iter().map(|l| l.values.len()).max().unwrap_or(0);
    let of_lists = TextTable {
        columns: lists.iter().map(|l| l.column.clone()).collect(),
        rows: (0..longest).map(|i| lists.iter().map(|l| l.values.get(i).cloned().unwrap_or_default()).collect()).collect(),
    };
    let mut sheets: Vec<(&str, String)> = pages.iter().map(|p| (p.name, worksheet(p.sheet, p.lists, &lists))).collect();
    if !lists.is_empty() {
        sheets.push((LISTS, worksheet(&of_lists, &[], &[])));
    }
    let (mut types, mut book, mut related) = (String::new(), String::new(), String::new());
    for (i, (name, _)) in sheets.iter().enumerate() {
        let n = i + 1;
        let _ = write!(types, "<Override PartName=\"/xl/worksheets/sheet{n}.xml\" ContentType=\"{SPREADSHEET}.worksheet+xml\"/>");
        let _ = write!(book, "<sheet name=\"{}\" sheetId=\"{n}\" r:id=\"rId{n}\"/>", escaped(name));
        let _ = write!(related, "<Relationship Id=\"rId{n}\" Type=\"{OFFICE}/worksheet\" Target=\"worksheets/sheet{n}.xml\"/>");
    }
    let styles = sheets.len() + 1;
    let mut parts = vec![
        (
            "[Content_Types].xml".to_owned(),
            format!(
                "{HEADER}<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" ContentType=\"application/xml\"/><Override PartName=\"/xl/workbook.xml\" ContentType=\"{SPREADSHEET}.sheet.main+xml\"/><Override PartName=\"/xl/styles.xml\" ContentType=\"{SPREADSHEET}.styles+xml\"/>{types}</Types>"
            ),
        ),
        (
            "_rels/.rels".to_owned(),
            format!(
                "{HEADER}<Relationships xmlns=\"{RELATIONS}\"><Relationship Id=\"rId1\" Type=\"{OFFICE}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
            ),
        ),
        ("xl/workbook.xml".to_owned(), format!("{HEADER}<workbook xmlns=\"{MAIN}\" xmlns:r=\"{OFFICE}\"><sheets>{book}</sheets></workbook>")),
        (
            "xl/_rels/workbook.xml.rels".to_owned(),
            format!(
                "{HEADER}<Relationships xmlns=\"{RELATIONS}\">{related}<Relationship Id=\"rId{styles}\" Type=\"{OFFICE}/styles\" Target=\"styles.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/styles.xml".to_owned(),
            format!(
                "{HEADER}<styleSheet xmlns=\"{MAIN}\"><fonts count=\"2\"><font><sz val=\"11\"/><name val=\"Calibri\"/></font><font><b/><sz val=\"11\"/><name val=\"Calibri\"/></font></fonts><fills count=\"2\"><fill><patternFill patternType=\"none\"/></fill><fill><patternFill patternType=\"gray125\"/></fill></fills><borders count=\"1\"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count=\"1\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\"/></cellStyleXfs><cellXfs count=\"2\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\"/><xf numFmtId=\"0\" fontId=\"1\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyFont=\"1\"/></cellXfs><cellStyles count=\"1\"><cellStyle name=\"Normal\" xfId=\"0\" builtinId=\"0\"/></cellStyles></styleSheet>"
            ),
        ),
    ];
    parts.extend(sheets.into_iter().enumerate().map(|(i, (_, xml))| (format!("xl/worksheets/sheet{}.xml", i + 1), xml)));
    zip(&parts)
}

/// A text in XML; what XML cannot hold is left out.
fn escaped(text: &str) -> String {
    let mut made = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => made.push_str("&amp;"),
            '<' => made.push_str("&lt;"),
            '>' => made.push_str("&gt;"),
            '"' => made.push_str("&quot;"),
            '\n' | '\t' => made.push(c),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => made.push(c),
        }
    }
    made
}

/// The letters of a column: A, B … Z, AA.
fn letters(index: usize) -> String {
    let mut rest = index + 1;
    let mut made = Vec::new();
    while rest > 0 {
        let digit = u8::try_from((rest - 1) % 26).unwrap_or_default();
        made.push(char::from(b'A' + digit));
        rest = (rest - 1) / 26;
    }
    made.iter().rev().collect()
}

fn worksheet(sheet: &TextTable, offered: &[ValueList], lists: &[&ValueList]) -> String {
    let mut xml = format!(
        "{HEADER}<worksheet xmlns=\"{MAIN}\"><sheetViews><sheetView workbookViewId=\"0\"><pane ySplit=\"1\" topLeftCell=\"A2\" activePane=\"bottomLeft\" state=\"frozen\"/></sheetView></sheetViews>"
    );
    if !sheet.columns.is_empty() {
        let _ = write!(xml, "<cols><col min=\"1\" max=\"{}\" width=\"18\" customWidth=\"1\"/></cols>", sheet.columns.len());
    }
    xml.push_str("<sheetData>");
    for (r, row) in std::iter::once(&sheet.columns).chain(&sheet.rows).enumerate() {
        let _ = write!(xml, "<row r=\"{}\">", r + 1);
        for (c, cell) in row.iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
            let style = if r == 0 { " s=\"1\"" } else { "" };
            let _ = write!(xml, "<c r=\"{}{}\"{style} t=\"inlineStr\"><is><t xml:space=\"preserve\">{}</t></is></c>", letters(c), r + 1, escaped(cell));
        }
        xml.push_str("</row>");
    }
    xml.push_str("</sheetData>");
    let mut rules = String::new();
    let mut count = 0;
    for list in offered {
        let places = (sheet.columns.iter().position(|c| *c == list.column), lists.iter().position(|l| l.column == list.column));
        let (Some(column), Some(source)) = places else { continue };
        let (column, source) = (letters(column), letters(source));
        let (last, end) = (sheet.rows.len() + 1 + SPARE, list.values.len() + 1);
        let _ = write!(
            rules,
            "<dataValidation type=\"list\" allowBlank=\"1\" showErrorMessage=\"1\" sqref=\"{column}2:{column}{last}\"><formula1>{LISTS}!${source}$2:${source}${end}</formula1></dataValidation>"
        );
        count += 1;
    }
    if count > 0 {
        let _ = write!(xml, "<dataValidations count=\"{count}\">{rules}</dataValidations>");
    }
    xml.push_str("</worksheet>");
    xml
}

/// The check sum of ZIP (CRC-32 of ISO 3309).
fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 };
        }
    }
    !crc
}

/// 1 January 1980, the first day that a ZIP file can name.
const DAY: u16 = 0x21;
/// Names are UTF-8.
const FLAGS: u16 = 0x0800;
const NEEDED: u16 = 20;

/// Files in a ZIP archive, stored as they are.
fn zip(parts: &[(String, String)]) -> Vec<u8> {
    let size = |n: usize| u32::try_from(n).unwrap_or(u32::MAX).to_le_bytes();
    let short = |n: usize| u16::try_from(n).unwrap_or(u16::MAX).to_le_bytes();
    let (mut made, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in parts {
        let offset = made.len();
        let mut common = Vec::new();
        common.extend(NEEDED.to_le_bytes());
        common.extend(FLAGS.to_le_bytes());
        common.extend([0; 4]); // stored; midnight
        common.extend(DAY.to_le_bytes());
        common.extend(crc32(content.as_bytes()).to_le_bytes());
        common.extend(size(content.len()));
        common.extend(size(content.len()));
        common.extend(short(name.len()));
        common.extend([0; 2]); // nothing extra
        made.extend(b"PK\x03\x04");
        made.extend(&common);
        made.extend(name.as_bytes());
        made.extend(content.as_bytes());
        directory.extend(b"PK\x01\x02");
        directory.extend(NEEDED.to_le_bytes());
        directory.extend(&common);
        directory.extend([0; 10]); // no comment, first disk, no attributes
        directory.extend(size(offset));
        directory.extend(name.as_bytes());
    }
    let start = made.len();
    made.extend(&directory);
    made.extend(b"PK\x05\x06");
    made.extend([0; 4]);
    made.extend(short(parts.len()));
    made.extend(short(parts.len()));
    made.extend(size(directory.len()));
    made.extend(size(start));
    made.extend([0; 2]);
    made
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_sums_and_letters_are_those_of_the_standards() {
        // the check value of CRC-32 in catalogues of such sums
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
        let all: Vec<String> = [0, 25, 26, 701, 702].into_iter().map(letters).collect();
        assert_eq!(all, ["A", "Z", "AA", "ZZ", "AAA"]);
        assert_eq!(escaped("a<b>&\u{7}\"é"), "a&lt;b&gt;&amp;&quot;é");
    }
}
