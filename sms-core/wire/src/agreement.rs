//! Agreement of raters, rounds and items.

use super::{Engine, OldArea, answer, field, optional, unanswered};
use serde_json::{Value, json};
use sms_base::diagnostic::{Code, Error, Result};
use sms_statistics::agreement::{self, RandUclaRules, Weights};

pub(super) const AREA: OldArea = OldArea { operations: OPERATIONS, answer: call };

const OPERATIONS: &[&str] = &[
    "agreement.cohen",
    "agreement.fleiss",
    "agreement.krippendorff",
    "agreement.cronbach",
    "agreement.icc",
    "agreement.test_retest",
    "agreement.kendall",
    "agreement.content_validity",
    "agreement.rand_ucla",
];

fn call(engine: &Engine, op: &str, r: &Value) -> Result<Value> {
    match op {
        "agreement.cohen" => {
            let weights: Weights = optional(r, "weights")?.unwrap_or_default();
            let Some(pairs) = optional::<Vec<(String, String)>>(r, "pairs")? else {
                return answer(agreement::cohen(&field::<Vec<Vec<f64>>>(r, "table")?, weights)?);
            };
            let categories: Vec<String> = field(r, "categories")?;
            let mut coded = Vec::with_capacity(pairs.len());
            for (at, (first, second)) in pairs.iter().enumerate() {
                let of = |word: &String| categories.iter().position(|c| c == word);
                let pair = of(first).zip(of(second));
                coded.push(pair.ok_or_else(|| Error::new(Code::AgreementOutOfScale).at_path(&format!("pairs[{at}]")))?);
            }
            answer(agreement::cohen_of_pairs(&coded, categories.len(), weights)?)
        }
        "agreement.fleiss" => answer(agreement::fleiss(&field::<Vec<Vec<f64>>>(r, "counts")?)?),
        "agreement.krippendorff" => answer(agreement::krippendorff(&field::<Vec<Vec<Option<f64>>>>(r, "units")?, field(r, "scale")?)?),
        "agreement.cronbach" => answer(agreement::cronbach(&field::<Vec<Vec<Option<f64>>>>(r, "persons")?)?),
        "agreement.icc" => answer(agreement::intraclass(&field::<Vec<Vec<f64>>>(r, "subjects")?)?),
        "agreement.test_retest" => answer(agreement::test_retest(&field::<Vec<(f64, f64)>>(r, "pairs")?)?),
        "agreement.kendall" => answer(agreement::kendall(&field::<Vec<Vec<f64>>>(r, "judges")?)?),
        "agreement.content_validity" => {
            if let Some(agree) = optional::<usize>(r, "agree")? {
                return answer(agreement::item_validity(agree, field(r, "n")?)?);
            }
            answer(agreement::content_validity(&field::<Vec<Vec<f64>>>(r, "items")?, field(r, "relevant_from")?)?)
        }
        "agreement.rand_ucla" => {
            let rules: RandUclaRules = match optional(r, "rules")? {
                Some(rules) => rules,
                None => engine.method_of(&optional(r, "method")?.unwrap_or_default())?.cocreation()?.rand_ucla,
            };
            let ratings: Vec<f64> = field(r, "ratings")?;
            answer(json!(agreement::rand_ucla(&ratings, &rules)?))
        }
        _ => Err(unanswered()),
    }
}
