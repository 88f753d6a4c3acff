//! Periods and numbers.

use super::*;

#[test]
fn periods_that_are_refused() {
    let long = "2".repeat(1_000_000);
    for text in [
        "",
        " ",
        "kanarie",
        "0000",
        "1799",
        "2201",
        "9999",
        "-2018",
        "+2018",
        "20181",
        "2018-",
        "2018-13",
        "2018-00",
        "2018-Q0",
        "2018-Q5",
        "2018-Q",
        "2018-M13",
        "2018-M",
        "2018-M099",
        "2018/2018",
        "2018-2017",
        "2018/17/16",
        "2018 to",
        "to 2018",
        "2018 to 2017",
        "2018-19 to 2020",
        "1800-2200",
        "2018\0",
        "2018\n-19x",
        "２０１８",
        "٢٠١٨",
        "2018-1٩",
        "2018\u{202e}",
        "1e3",
        "NaN",
        &long,
    ] {
        let error = text.parse::<Period>().unwrap_err();
        assert_eq!(error.code(), Code::PeriodUnreadable, "{text}");
        small(&said_error(&error));
        no_canary(&said_error(&error), "period");
    }
}

#[test]
fn numbers_that_are_refused() {
    use NumberProblem::{Ambiguous, NotFinite, Unreadable};
    let long = "1".repeat(1_000_000);
    for (text, want) in [
        ("", Unreadable),
        (" ", Unreadable),
        ("+", Unreadable),
        (".", Unreadable),
        (",", Unreadable),
        ("e5", Unreadable),
        ("e1,5", Unreadable),
        ("e,", Unreadable),
        ("E1.5,5", Unreadable),
        ("1e", Unreadable),
        ("1e5e5", Unreadable),
        ("1.2.3", Unreadable),
        ("1,2,3", Unreadable),
        ("12 34", Unreadable),
        ("1 2345", Unreadable),
        ("1\u{a0}23", Unreadable),
        ("0x1F", Unreadable),
        ("1_000", Unreadable),
        ("5%", Unreadable),
        ("€5", Unreadable),
        ("5\0", Unreadable),
        ("٣", Unreadable),
        ("５", Unreadable),
        ("½", Unreadable),
        ("\u{202e}5", Unreadable),
        ("one", Unreadable),
        ("true", Unreadable),
        ("nan", NotFinite),
        ("-NaN", NotFinite),
        ("inf", NotFinite),
        ("+INFINITY", NotFinite),
        ("1e309", NotFinite),
        ("-1e309", NotFinite),
        (&long, NotFinite),
        ("1,234", Ambiguous),
        ("-1,234", Ambiguous),
        ("12,345", Ambiguous),
        ("123,456", Ambiguous),
    ] {
        assert_eq!(parse_number(text, DecimalSign::Detect), Err(want), "{:?}", text.chars().take(20).collect::<String>());
    }
}

/// The sign is read alike whichever sign stands for the decimal, and however minus is written.
#[test]
fn a_number_has_one_sign() {
    for text in ["--5", "+-5", "-+5", "--5,5", "+-5,5", "-+5,5", "--1 234,5", "+\u{2212}5,5"] {
        assert_eq!(parse_number(text, DecimalSign::Detect), Err(NumberProblem::Unreadable), "{text}");
    }
    assert_eq!(parse_number("\u{2212}1,234", DecimalSign::Detect), parse_number("-1,234", DecimalSign::Detect));
    assert_eq!(parse_number("\u{2212}12,345", DecimalSign::Detect), Err(NumberProblem::Ambiguous));
}
