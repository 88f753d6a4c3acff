//! Encodings, quotes, and signs that are no letters.

use super::*;

fn utf16(text: &str, big: bool, mark: bool) -> Vec<u8> {
    let units = mark.then_some('\u{feff}').into_iter().chain(text.chars()).collect::<String>();
    units.encode_utf16().flat_map(|u| if big { u.to_be_bytes() } else { u.to_le_bytes() }).collect()
}

#[test]
fn encodings_are_told_or_declared() {
    let text = format!("{HEADER}\nWSP-O-04,Malmö,2018,,4.1,,,,,,public,,,\n");
    let latin: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    for bytes in [text.clone().into_bytes(), format!("\u{feff}{text}").into_bytes(), latin.clone(), utf16(&text, false, true), utf16(&text, true, true)] {
        let (_, dataset, _) = checked(&bytes);
        assert_eq!(dataset.places()[0].code.as_str(), "Malmö");
    }
    let strict = Dialect { encoding: Encoding::Utf8, ..dialect() };
    let mut odd = utf16(&text, false, true);
    odd.pop();
    for bytes in [latin, text.as_bytes()[..text.find('ö').unwrap() + 1].to_vec(), odd, vec![0xFF, 0xFE, 0x00, 0xD8], vec![0xEF, 0xBB, 0xBF, 0xC3]] {
        let error = csv::read(&bytes, &strict).unwrap_err();
        assert_eq!((error.code(), error.location().file.as_deref()), (Code::CsvBadEncoding, Some(FILE)));
        no_canary(&said_error(&error), "encoding");
    }
}

#[test]
fn utf_16_without_a_mark_is_never_taken_for_figures_in_silence() {
    for big in [false, true] {
        let text = format!("{HEADER}\n{}\n", GOOD[0]);
        match read(&utf16(&text, big, false)) {
            Err(error) => small(&said_error(&error)),
            Ok(observations) => {
                let (dataset, findings) = dataset::check(catalogue(), &observations);
                adds_up(&dataset);
                assert!(!findings.is_empty());
                assert!(dataset.is_empty());
            }
        }
    }
}

/// A byte-order mark says which encoding it is: what does not fit it is no text, and somebody must hear of it.
#[test]
fn broken_text_behind_a_byte_order_mark_is_reported() {
    let text = format!("{HEADER}\nWSP-O-04,gent,2018,,4.1,,,,,,public,,,Sint-Am");
    let mut utf8 = format!("\u{feff}{text}").into_bytes();
    utf8.push(0xC3);
    let mut odd = utf16(&text, false, true);
    odd.push(0x41);
    let mut lone = utf16(&text, false, true);
    lone.extend([0x00, 0xD8]);
    for (name, bytes) in [("utf-8", utf8), ("utf-16 of odd length", odd), ("utf-16 with half a pair", lone)] {
        match read(&bytes) {
            Err(error) => assert_eq!(error.code(), Code::CsvBadEncoding),
            Ok(observations) => assert!(!observations.findings().is_empty(), "{name}: the text was mended in silence"),
        }
    }
}

#[test]
fn a_missing_closing_quote_never_swallows_rows_in_silence() {
    for at in [1, 5, 9] {
        let mut text = String::from("indicator,place,period,value,note\n");
        for i in 0..10 {
            let note = if i == at { format!("\"{CANARY}") } else { String::new() };
            writeln!(text, "WSP-O-04,gent,{},4.1,{note}", 2010 + i).unwrap();
        }
        let (_, dataset, findings) = checked(text.as_bytes());
        assert!(dataset.len() >= at as usize, "rows before the quote survive");
        assert_eq!(
            findings.items().iter().filter(|f| f.severity == sms_core::Severity::Error && f.location.row == Some(at as u32 + 2)).count(),
            1,
            "row {}: {findings:?}",
            at + 2
        );
        no_canary(&said(&findings), "quote");
    }
}

#[test]
fn a_missing_closing_quote_in_the_middle_of_a_row_is_reported() {
    let text = format!("{HEADER}\n{}\nWSP-O-04,\"{CANARY},2019,,4,,,,,,,,,\n{}\n", GOOD[0], GOOD[1]);
    let (_, dataset, findings) = checked(text.as_bytes());
    assert_eq!(dataset.len(), 2, "the row behind the quote is read again");
    assert_eq!(place_of(&findings, Code::CsvUnclosedQuote), (Some(FILE.to_owned()), Some(3), None));
    no_canary(&said(&findings), "quote");
}

#[test]
fn nul_bytes_and_control_characters() {
    let text = format!("{HEADER}\n{}\nWSP-O-04,ge\0nt,2020,,4\0,,,,,,,,,{CANARY}\0\nWSP-O-04,ge\0nt,2021,,4,,,,,,,,,\0\u{1b}[31m\n", GOOD[0]);
    let (observations, dataset, findings) = checked(text.as_bytes());
    assert_eq!((dataset.len(), dataset.places().len()), (2, 1));
    assert_eq!(place_of(&findings, Code::ObsNumberUnreadable).1, Some(3));
    assert!(!csv::write(&observations).contains(['\0', '\u{1b}']));
    no_canary(&said(&findings), "findings");
}

/// A group that is written, however oddly, is not everybody.
#[test]
fn a_group_of_unreadable_signs_is_not_everybody() {
    let text = "indicator,place,period,SEX,value\nWSP-O-04,gent,2018,\u{1},4.1\n";
    let (_, dataset, findings) = checked(text.as_bytes());
    assert!(dataset.is_empty(), "a row about some group became the figure for everybody");
    assert_eq!(findings.count(Code::ObsUnknownGroup), 1);
}

#[test]
fn right_to_left_and_combining_text() {
    let text = "indicator,place,period,DISTRICT,value,note\nWSP-O-04,القدس,2018,حي,4.1,\u{202e}كلمة\nWSP-O-04,القدس,2018,,4.1,שלום\nWSP-O-04,القدس,٢٠١٨,,4.1,\nWSP-O-04,القدس,2019,,٤,\n";
    let (observations, dataset, findings) = checked(text.as_bytes());
    assert_eq!(dataset.len(), 2);
    assert_eq!(place_of(&findings, Code::ObsPeriodUnreadable).1, Some(4));
    assert_eq!(place_of(&findings, Code::ObsNumberUnreadable).1, Some(5));
    let again = read(csv::write(&observations).as_bytes()).unwrap();
    assert_eq!(again.rows().take(2).collect::<Vec<_>>(), observations.rows().take(2).collect::<Vec<_>>());
    // two ways to write the same letter are one place
    let (_, dataset, _) = checked("indicator,place,period,value\nWSP-O-04,Malm\u{f6},2018,4\nWSP-O-04,Malmo\u{308},2019,4\n".as_bytes());
    assert_eq!(dataset.places().len(), 1);
}
