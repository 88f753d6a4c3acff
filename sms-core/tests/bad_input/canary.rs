//! Nothing repeats a cell.

use super::*;

/// Every way out of a public report.
fn outputs(report: &sms_core::Report) -> String {
    let mut all = report.to_json();
    write!(all, "{report:?}{}", said(report.findings())).unwrap();
    for table in Table::ALL {
        let frame = report.frame(*table);
        all.push_str(&frame.to_csv());
        all.push_str(&serde_json::to_string(&frame.to_rows()).unwrap());
        write!(all, "{frame:?}").unwrap();
    }
    for indicator in catalogue().indicators() {
        for place in ["gent", "brugge"] {
            if let Ok(told) = report.explain(indicator.id.as_str(), Some(place)) {
                all.push_str(&serde_json::to_string(&told).unwrap());
            }
        }
    }
    all
}

#[test]
fn a_withheld_figure_leaves_no_trace_in_a_public_report() {
    // 7 of 83619.2047 by n and se, too: numbers that occur nowhere else
    let secret = "0.0071935";
    let text = format!(
        "{HEADER}\nWSP-O-04,gent,2018,,,7,{CANARY_NUMBER},,,,,,,{CANARY}\nWSP-O-04,gent,2018,F,{secret},,,,0.83619,,,,,{CANARY}\nWSP-O-04,gent,2018,M,,7,83619,83619,,,,,,{CANARY}\nGBV-O-04,gent,2018,,7,,,,,,,,,{CANARY}\nWSP-O-01,gent,2018,,4,,,,,,public,,,\n"
    );
    let (observations, dataset, findings) = checked(text.as_bytes());
    let method = engine().method("standard").unwrap();
    let assessment = assess::assess(&method, &Arc::new(dataset.clone()), &findings, &AssessmentPlan::default()).unwrap();
    no_canary(&format!("{observations:?}{dataset:?}{assessment:?}{}", said(assessment.findings())), "Debug");
    for policy in [method.public_policy(), PrivacyPolicy::public(20).unwrap(), method.public_policy().with_fingerprint_key(b"secret")] {
        let report = assessment.release(&policy).unwrap();
        let all = outputs(&report);
        no_canary(&all, "a public report");
        assert!(!all.contains(secret) && !all.contains("0.00719"));
    }
    // with the data holder everything is shown, and stamped
    let report = assessment.release(&PrivacyPolicy::internal()).unwrap();
    let json = report.to_json();
    assert!(json.contains("\"audience\": \"internal\"") && json.contains(CANARY) && json.contains("83619.2047"));
}

/// Plain data types that hold a secret or a cell do not print it when they are printed for debugging.
#[test]
fn a_fingerprint_key_is_never_printed() {
    let request: sms_core::wire::PolicyRequest = serde_json::from_value(json!({"fingerprint_key": CANARY})).unwrap();
    no_canary(&format!("{request:?}"), "PolicyRequest");
    no_canary(&format!("{:?}", request.policy(&engine().method("standard").unwrap()).unwrap()), "PrivacyPolicy");
}

/// A first line that is no header holds cells: what it says is not repeated.
#[test]
fn a_file_without_a_header_line_does_not_give_its_first_row_away() {
    let error = read(format!("WSP-O-04,gent,2018,{CANARY_NUMBER},{CANARY_NUMBER}\nWSP-O-04,gent,2019,4,4\n").as_bytes()).unwrap_err();
    no_canary(&said_error(&error), "header");
}
