//! Ways round what is withheld, one by one.

use super::disclosure::*;
use super::*;

struct Shown(Cells);

impl Shown {
    fn of(rows: &[Row]) -> Self {
        Shown(shown(&report(rows, &each(), &public(10)).unwrap()))
    }

    fn state(&self, place: &str, period: &str, groups: &str) -> &str {
        let found = self.0.iter().find(|(k, _)| k.1 == place && k.2 == period && k.3 == groups);
        &found.unwrap_or_else(|| panic!("no cell {place} {period} {groups}")).1.0
    }

    fn is_shown(&self, place: &str, period: &str, groups: &str) -> bool {
        self.state(place, period, groups) == "value"
    }
}

const ID: &str = "WSP-O-04";

fn cell(groups: &[(&str, &str)], a: u32, b: u32) -> Row {
    counted(ID, "a", "2019", groups, a, Some(b - a))
}

/// 15–24 = 15–64 less 25–64.
#[test]
fn a_withheld_age_is_not_the_difference_of_two_wider_ones() {
    let s = Shown::of(&[
        cell(&[], 100, 2000),
        cell(&[("AGE", "Y15-64")], 50, 1000),
        cell(&[("AGE", "Y25-64")], 47, 800),
        cell(&[("AGE", "Y15-24")], 3, 200),
        cell(&[("AGE", "Y_LT15")], 20, 100),
        cell(&[("AGE", "Y_GE65")], 30, 900),
    ]);
    assert!(!s.is_shown("a", "2019", "AGE=Y15-24"));
    assert!(!(s.is_shown("a", "2019", "AGE=Y15-64") && s.is_shown("a", "2019", "AGE=Y25-64")), "50 − 47 gives the withheld 3");
}

/// A code list with a wider group: foreign = EU + other.
#[test]
fn a_withheld_group_is_not_the_difference_of_its_parent_and_its_sibling() {
    let s = Shown::of(&[
        cell(&[], 100, 2000),
        cell(&[("CITIZEN", "NAT")], 57, 1000),
        cell(&[("CITIZEN", "FOR")], 43, 1000),
        cell(&[("CITIZEN", "EU27_2020_FOR")], 40, 600),
        cell(&[("CITIZEN", "NEU27_2020_FOR")], 3, 400),
        cell(&[("CITIZEN", "STLS")], 10, 30),
    ]);
    assert!(!s.is_shown("a", "2019", "CITIZEN=NEU27_2020_FOR"));
    assert!(!(s.is_shown("a", "2019", "CITIZEN=FOR") && s.is_shown("a", "2019", "CITIZEN=EU27_2020_FOR")), "43 − 40 gives the withheld 3");
}

/// Women are withheld to protect men; women by age add up to women.
#[test]
fn a_withheld_group_is_not_the_sum_of_its_crossings() {
    let s = Shown::of(&[
        cell(&[], 44, 1000),
        cell(&[("SEX", "F")], 40, 500),
        cell(&[("SEX", "M")], 4, 500),
        cell(&[("SEX", "F"), ("AGE", "Y_LT18")], 20, 250),
        cell(&[("SEX", "F"), ("AGE", "Y_GE18")], 20, 250),
    ]);
    assert!(!s.is_shown("a", "2019", "SEX=M"));
    let women = s.is_shown("a", "2019", "SEX=F") || (s.is_shown("a", "2019", "AGE=Y_LT18;SEX=F") && s.is_shown("a", "2019", "AGE=Y_GE18;SEX=F"));
    assert!(!(women && s.is_shown("a", "2019", "")), "44 − (20 + 20) gives the withheld 4");
}

/// A district is withheld to protect its neighbour; its own groups add up to it.
#[test]
fn a_withheld_total_is_not_the_sum_of_its_groups() {
    let district = |place: &str, groups: &[(&str, &str)], a, b: u32| Row { place_parent: "a".into(), ..counted(ID, place, "2019", groups, a, Some(b - a)) };
    let s = Shown::of(&[
        cell(&[], 43, 2000),
        district("d1", &[], 3, 500),
        district("d2", &[], 40, 1500),
        district("d2", &[("SEX", "F")], 20, 750),
        district("d2", &[("SEX", "M")], 20, 750),
    ]);
    assert!(!s.is_shown("d1", "2019", ""));
    let second = s.is_shown("d2", "2019", "") || (s.is_shown("d2", "2019", "SEX=F") && s.is_shown("d2", "2019", "SEX=M"));
    assert!(!(second && s.is_shown("a", "2019", "")), "43 − (20 + 20) gives the withheld 3");
}

/// The year is its quarters.
#[test]
fn a_withheld_quarter_is_not_the_year_less_the_others() {
    let count = |period: &str, a: u32| counted("GBV-O-04", "a", period, &[], a, None);
    let s = Shown::of(&[count("2019", 63), count("2019-Q1", 3), count("2019-Q2", 20), count("2019-Q3", 20), count("2019-Q4", 20)]);
    assert!(!s.is_shown("a", "2019-Q1", ""));
    let all = ["2019", "2019-Q2", "2019-Q3", "2019-Q4"].iter().all(|p| s.is_shown("a", p, ""));
    assert!(!all, "63 − 60 gives the withheld 3");
}

/// A figure withheld because nobody knows its count: the rest would tell the count.
#[test]
fn a_figure_of_unknown_count_is_not_the_total_less_the_rest() {
    let percent = Row { value: Some(0.8), numerator: None, denominator: None, ..cell(&[("SEX", "F")], 4, 500) };
    let s = Shown::of(&[cell(&[], 44, 1000), cell(&[("SEX", "M")], 40, 500), percent]);
    assert_eq!(s.state("a", "2019", "SEX=F"), "unknown_count");
    assert!(!(s.is_shown("a", "2019", "") && s.is_shown("a", "2019", "SEX=M")), "44 − 40 gives the withheld 4 of 500");
}

/// A figure that its source withholds is withheld here too, whatever is known beside it.
#[test]
fn a_figure_withheld_by_its_source_is_not_the_total_less_the_rest() {
    for counts in [(None, None), (Some(4.0), Some(500.0))] {
        let withheld = Row { status: "suppressed".into(), numerator: counts.0, denominator: counts.1, ..cell(&[("SEX", "F")], 4, 500) };
        let s = Shown::of(&[cell(&[], 44, 1000), cell(&[("SEX", "M")], 40, 500), withheld]);
        assert_eq!(s.state("a", "2019", "SEX=F"), "suppressed");
        assert!(!(s.is_shown("a", "2019", "") && s.is_shown("a", "2019", "SEX=M")), "44 − 40 gives the withheld 4");
    }
}

/// What its source has published stays published: withholding it here protects nobody.
#[test]
fn a_public_figure_is_not_withheld_to_protect_another() {
    let open = |r: Row| Row { confidentiality: "public".into(), ..r };
    let s = Shown::of(&[
        open(cell(&[], 94, 1500)),
        cell(&[("AGE", "Y_LT18")], 4, 500),
        open(cell(&[("AGE", "Y18-64")], 40, 400)),
        cell(&[("AGE", "Y_GE65")], 50, 600),
    ]);
    assert!(!s.is_shown("a", "2019", "AGE=Y_LT18"));
    assert!(s.is_shown("a", "2019", "AGE=Y18-64") && s.is_shown("a", "2019", ""), "public figures are never withheld");
    assert!(!s.is_shown("a", "2019", "AGE=Y_GE65"), "another figure goes instead");
}

/// Absent is not withheld: the reasons stay apart to the last output.
#[test]
fn an_absent_figure_keeps_its_reason_beside_a_withheld_one() {
    for status in ["missing", "not_asked", "refused", "not_applicable"] {
        let absent = Row { status: status.into(), numerator: None, denominator: None, ..cell(&[("SEX", "M")], 0, 500) };
        let s = Shown::of(&[cell(&[], 44, 1000), cell(&[("SEX", "F")], 4, 500), absent.clone()]);
        assert_eq!(s.state("a", "2019", "SEX=M"), status);
        let total = Row { groups: BTreeMap::new(), ..absent };
        let s = Shown::of(&[total, cell(&[("SEX", "F")], 4, 500), cell(&[("SEX", "M")], 1, 500)]);
        assert_eq!(s.state("a", "2019", ""), status);
    }
}

/// For use with the data holder only: that is what the word says.
#[test]
fn restricted_and_confidential_figures_do_not_leave() {
    for word in ["restricted", "confidential", "C", "N"] {
        let s = Shown::of(&[Row { confidentiality: word.into(), ..cell(&[], 400, 1000) }]);
        assert!(!s.is_shown("a", "2019", ""), "{word}");
        let inside = shown(&report(&[Row { confidentiality: word.into(), ..cell(&[], 400, 1000) }], &each(), &PrivacyPolicy::internal()).unwrap());
        assert_eq!(inside.values().next().unwrap().0, "value");
    }
}

/// A note is written about the figure: it goes with it. So do a source and a reason written beside a withheld figure.
#[test]
fn texts_beside_a_withheld_figure_go_with_it() {
    let row = Row { note: "kanarie 4 women".into(), proxy: "kanarie 4 of 500".into(), ..cell(&[("SEX", "F")], 4, 500) };
    let report = report(&[row], &each(), &public(10)).unwrap();
    assert!(!routes(&report).1.contains("kanarie"));
}

#[test]
fn figures_of_a_report_are_what_was_given() {
    // the attack above reads the frame of figures: it shows what came in
    let s = report(&[cell(&[], 40, 1000)], &each(), &public(10)).unwrap();
    let data = s.data();
    let found = data.places[0].indicators.iter().find(|i| i.id == ID).unwrap();
    assert!(matches!(found.figure, Figure::Value { numerator: Some(40.0), denominator: Some(1000.0), .. }));
    assert_eq!(shown(&s).values().next().unwrap().1, Some(40.0));
}
