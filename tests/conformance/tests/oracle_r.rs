//! Generated designs against R's `survey` and `laeken`. Needs R, so it runs on request only: `cargo dev oracle-r`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::print_stdout, missing_docs, reason = "tests")]

use serde_json::{Map, Value, json};
use sms_conformance::{engine, root};
use sms_core::wire::Engine;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

const DESIGNS: usize = 200;
const SCENES: usize = 20;

/// SplitMix64.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % limit
    }

    #[allow(clippy::cast_precision_loss, reason = "small numbers")]
    fn between(&mut self, low: u64, high: u64, scale: f64) -> f64 {
        (low + self.below(high - low)) as f64 / scale
    }
}

#[derive(Default)]
struct Scene {
    /// Header and rows as CSV, and the same as columns of a request.
    names: Vec<String>,
    rows: Vec<Vec<Value>>,
    design: Value,
    /// Fields of the line for R.
    line: BTreeMap<&'static str, String>,
}

#[expect(clippy::too_many_lines, reason = "one survey, drawn number by number")]
fn scene(number: usize) -> Scene {
    let n = &mut Numbers(number as u64 * 7919 + 17);
    let kind = number % SCENES;
    let lonely = matches!(kind, 12..=14);
    let replicates = if kind >= 15 { 6 + n.below(10) as usize } else { 0 };
    let strata = 2 + n.below(4);
    let mut names: Vec<String> = ["h", "i", "j", "w", "y", "v", "x", "z", "g", "n1", "n2", "f1"].map(str::to_owned).into();
    names.extend((1..=replicates).map(|r| format!("r{r}")));
    let mut rows = Vec::new();
    for h in 0..strata {
        let units = if lonely && h == 0 { 1 } else { 2 + n.below(6) };
        for i in 0..units {
            let seconds = 2 + n.below(3);
            for j in 0..seconds {
                for _ in 0..1 + n.below(4) {
                    // first-stage numbers of rows or units fit below these populations
                    let y = if n.below(9) == 0 { Value::Null } else { json!(n.between(0, 90_000, 100.0) + 300.0 * h as f64) };
                    let v = n.between(1, 60_000, 10.0) + 100.0 * i as f64;
                    let z = n.below(3) / 2;
                    let mut row = vec![
                        json!(format!("h{h}")),
                        json!(format!("i{i}")),
                        json!(format!("j{j}")),
                        json!(n.between(1000, 40_000, 1000.0)),
                        y,
                        json!(v),
                        json!(n.between(10, 500, 10.0)),
                        json!(z),
                        json!(["a", "b", "c"][n.below(3) as usize]),
                        json!(if matches!(kind, 0 | 2) { 400 } else { 20 + h }),
                        json!(30 + i),
                        json!(0.05 + 0.01 * h as f64),
                    ];
                    row.extend((0..replicates).map(|_| json!(n.between(100, 50_000, 1000.0))));
                    rows.push(row);
                }
            }
        }
    }
    // a correction is of the whole sample where there are no strata
    let has_strata = matches!(kind, 1 | 2 | 4 | 5 | 6 | 7 | 9 | 10 | 11 | 12 | 13 | 14);
    if !has_strata {
        rows.iter_mut().for_each(|r| {
            r[9] = json!(700);
            r[11] = json!(0.05);
        });
    }
    let population = |column: &str| json!({"column": column, "kind": "population"});
    let fraction = json!({"column": "f1", "kind": "fraction"});
    let (ids, strata, fpc, mut design) = match kind {
        0 => ("~1", "", "~n1", json!({"weight": "w", "fpc": population("n1")})),
        1 => ("~1", "~h", "", json!({"weight": "w", "stratum": "h"})),
        2 => ("~1", "~h", "~n1", json!({"weight": "w", "stratum": "h", "fpc": population("n1")})),
        3 => ("~hi", "", "", json!({"weight": "w", "psu": "hi"})),
        4 => ("~i", "~h", "", json!({"weight": "w", "stratum": "h", "psu": "i"})),
        5 => ("~i", "~h", "~n1", json!({"weight": "w", "stratum": "h", "psu": "i", "fpc": population("n1")})),
        6 => (
            "~i+j",
            "~h",
            "~n1+n2",
            json!({"weight": "w", "stratum": "h", "psu": "i", "fpc": population("n1"), "second_stage": {"unit": "j", "fpc": population("n2")}}),
        ),
        7 => ("~i+row", "~h", "~n1+n2", json!({"weight": "w", "stratum": "h", "psu": "i", "fpc": population("n1"), "second_stage": {"fpc": population("n2")}})),
        8 => ("~hi", "", "~n1", json!({"weight": "w", "psu": "hi", "fpc": population("n1")})),
        9 => ("~1", "~h", "~f1", json!({"weight": "w", "stratum": "h", "fpc": fraction})),
        10 => ("~i", "~h", "~f1", json!({"weight": "w", "stratum": "h", "psu": "i", "fpc": fraction})),
        11 => ("~i+j", "~h", "", json!({"weight": "w", "stratum": "h", "psu": "i"})),
        12 => ("~i", "~h", "", json!({"weight": "w", "stratum": "h", "psu": "i", "lonely_psu": "certainty"})),
        13 => ("~i", "~h", "~n1", json!({"weight": "w", "stratum": "h", "psu": "i", "fpc": population("n1"), "lonely_psu": "adjust"})),
        14 => ("~i", "~h", "", json!({"weight": "w", "stratum": "h", "psu": "i", "lonely_psu": "average"})),
        _ => ("", "", "", json!({"weight": "w"})),
    };
    let mut line: BTreeMap<&'static str, String> = [
        ("design", format!("d{number}")),
        ("ids", ids.to_owned()),
        ("strata", strata.to_owned()),
        ("fpc", fpc.to_owned()),
        ("lonely", ["fail", "certainty", "adjust", "average"][if lonely { kind - 11 } else { 0 }].to_owned()),
    ]
    .into();
    for empty in ["type", "combined", "mse", "rho", "scale", "rscales"] {
        line.insert(empty, String::new());
    }
    if replicates > 0 {
        let columns: Vec<String> = (1..=replicates).map(|r| format!("r{r}")).collect();
        let (combined, mse) = (n.below(2) == 0, n.below(2) == 0);
        let mut made = json!({"columns": columns, "combined": combined, "mse": mse});
        let word = match kind {
            15 => {
                made["method"] = json!("brr");
                "BRR"
            }
            16 => {
                made["method"] = json!({"fay": 0.3});
                line.insert("rho", "0.3".to_owned());
                "Fay"
            }
            17 => {
                made["method"] = json!("jackknife1");
                line.insert("scale", format!("{}", (replicates - 1) as f64 / replicates as f64));
                "JK1"
            }
            18 => {
                let rscales: Vec<f64> = (0..replicates).map(|_| n.between(0, 100, 100.0)).collect();
                line.insert("rscales", rscales.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "));
                made["method"] = json!("jackknife_n");
                made["rscales"] = json!(rscales);
                "JKn"
            }
            _ => {
                made["method"] = json!("bootstrap");
                "bootstrap"
            }
        };
        line.insert("type", word.to_owned());
        line.insert("combined", if combined { "yes" } else { "no" }.to_owned());
        line.insert("mse", if mse { "yes" } else { "no" }.to_owned());
        design["replicates"] = made;
    }
    // units that are told apart without their strata
    names.push("hi".to_owned());
    rows.iter_mut().for_each(|r| r.push(json!(format!("{}{}", r[0].as_str().unwrap(), r[1].as_str().unwrap()))));
    Scene { names, rows, design, line }
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => "NA".to_owned(),
        Value::String(s) => s.clone(),
        other => other.to_string(),
    }
}

fn write_for_r(folder: &Path, scenes: &[Scene]) {
    let mut list = String::new();
    let fields: Vec<&str> = scenes[0].line.keys().copied().collect();
    writeln!(list, "{}", fields.join(",")).unwrap();
    for scene in scenes {
        writeln!(list, "{}", fields.iter().map(|f| format!("\"{}\"", scene.line[f])).collect::<Vec<_>>().join(",")).unwrap();
        let mut csv = scene.names.join(",") + "\n";
        for row in &scene.rows {
            csv += &(row.iter().map(text).collect::<Vec<_>>().join(",") + "\n");
        }
        fs::write(folder.join(format!("{}.csv", scene.line["design"])), csv).unwrap();
    }
    fs::write(folder.join("designs.csv"), list).unwrap();
}

fn request(scene: &Scene, rule: &str) -> Value {
    let columns: Map<String, Value> =
        scene.names.iter().enumerate().map(|(i, name)| (name.clone(), scene.rows.iter().map(|r| r[i].clone()).collect())).collect();
    let line = json!({"share_of_median": 0.6});
    let mut made = json!({
        "op": "survey.estimate", "columns": columns,
        "plan": {"design": scene.design, "estimates": {
            "mean": {"kind": "mean", "variable": "y"}, "total": {"kind": "total", "variable": "y"}, "share": {"kind": "proportion", "variable": "z"},
            "ratio": {"kind": "ratio", "numerator": "y", "denominator": "x"}, "median": {"kind": "median", "variable": "v", "rule": "survey"},
            "q30": {"kind": "quantile", "variable": "v", "probability": 0.3, "rule": "survey"},
            "rate": {"kind": "rate", "numerator": "z", "denominator": "x", "multiplier": 100_000},
            "poor": {"kind": "at_risk_of_poverty", "variable": "v", "threshold": line, "rule": "laeken"},
            "gap": {"kind": "poverty_gap", "variable": "v", "threshold": line, "rule": "laeken"},
            "s80s20": {"kind": "quintile_share_ratio", "variable": "v", "rule": "laeken"}, "gini": {"kind": "gini", "variable": "v"},
        }, "domains": [{}, {"by": ["g"]}]},
        "reporting": {"confidence": 0.95, "proportion_interval": rule, "korn_graubard": "survey", "covariances": true},
    });
    if rule != "logit" {
        // intervals of the share only
        made["plan"]["estimates"] = json!({"share": made["plan"]["estimates"]["share"]});
        made["reporting"]["covariances"] = json!(false);
    }
    made
}

#[test]
#[ignore = "needs R with the packages survey and laeken: cargo dev oracle-r"]
fn r_says_the_same_of_generated_designs() {
    let engine = engine().unwrap();
    let folder = root().join("target/oracle-r");
    fs::remove_dir_all(&folder).ok();
    fs::create_dir_all(&folder).unwrap();
    let scenes: Vec<Scene> = (0..DESIGNS).map(scene).collect();
    write_for_r(&folder, &scenes);
    let run = Command::new("Rscript").arg("--vanilla").arg(root().join("tests/oracle/r/survey.R")).arg(&folder).output().expect("Rscript");
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    print!("{}", String::from_utf8_lossy(&run.stdout));
    let mut answers: BTreeMap<(String, &str), Value> = BTreeMap::new();
    for scene in &scenes {
        for rule in ["logit", "korn_graubard", "student_t"] {
            let answer = ok(&engine, &request(scene, rule));
            answers.insert((scene.line["design"].clone(), rule), answer);
        }
    }
    let mut told = Told::default();
    estimates(&folder, &scenes, &answers, &mut told);
    let of_groups = told.counted.values().map(|(n, _)| n).sum::<usize>();
    assert!(of_groups > 20_000, "{of_groups}");
    gaps(&engine, &folder, &scenes, &answers, &mut told);
    for (kind, (n, worst)) in &told.counted {
        println!("{kind:50} {n:6} {worst:.1e}");
    }
    assert!(told.wrong.is_empty(), "{} of R's figures differ:\n{}", told.wrong.len(), told.wrong.iter().take(25).cloned().collect::<Vec<_>>().join("\n"));
    assert!(told.counted.values().map(|(n, _)| n).sum::<usize>() - of_groups > 20_000);
}

/// How many figures of each kind were compared, with the largest relative difference, and which differ.
#[derive(Default)]
struct Told {
    counted: BTreeMap<String, (usize, f64)>,
    wrong: Vec<String>,
}

impl Told {
    fn compare(&mut self, kind: String, got: Option<f64>, wanted: f64, about: impl FnOnce() -> String) {
        // R gives 0 or rounding noise where nothing varies; the engine gives exactly 0, or none where there is no information
        let off = got.map_or(f64::INFINITY, |got| (got - wanted).abs() / wanted.abs().max(1e-6));
        let entry = self.counted.entry(kind).or_default();
        entry.0 += 1;
        entry.1 = entry.1.max(if off.is_finite() { off } else { 0.0 });
        if off > 1e-9 {
            self.wrong.push(format!("{}: wanted {wanted}, got {got:?}", about()));
        }
    }
}

fn ok(engine: &Engine, request: &Value) -> Value {
    let answer: Value = serde_json::from_str(&engine.call_json(&request.to_string())).unwrap();
    assert!(answer["error"].is_null(), "{} {}: {}", request["op"], request["plan"]["design"], answer["error"]);
    answer["ok"].clone()
}

fn fields(row: &str) -> Vec<&str> {
    row.split(',').map(|f| f.trim_matches('"')).collect()
}

fn estimates(folder: &Path, scenes: &[Scene], answers: &BTreeMap<(String, &str), Value>, told: &mut Told) {
    let expected = fs::read_to_string(folder.join("expected.csv")).unwrap();
    let mut first_value = 0;
    for row in expected.lines().skip(1) {
        let [design, statistic, group, what, value] = fields(row)[..] else { panic!("{row}") };
        let wanted: f64 = value.parse().unwrap();
        let rule = match what.split_once('.') {
            Some(("beta", _)) => "korn_graubard",
            Some(("student", _)) => "student_t",
            _ => "logit",
        };
        let answer = &answers[&(design.to_owned(), rule)];
        let domain = if group == "all" { json!([]) } else { json!([{"dimension": "g", "code": group}]) };
        let found = answer["estimates"].as_array().unwrap().iter().find(|e| e["estimate"] == statistic && e["domain"] == domain);
        let path = match what {
            "value" => "/value",
            "se" => "/se",
            "cv" => "/cv",
            "df" => "/df",
            "deff" => "/deff",
            _ if what.ends_with("lower") => "/interval/lower",
            _ => "/interval/upper",
        };
        let got = found.and_then(|e| e.pointer(path)).and_then(Value::as_f64);
        if got.is_none() && what == "se" && wanted.abs() < 1e-9 {
            continue;
        }
        if ["median", "q30"].contains(&statistic) && what != "value" {
            // R gives one end of Woodruff's interval where the other is outside; the engine gives none
            if got.is_none() {
                continue;
            }
            // below the first cumulative share the rule `math` of survey 4.1 gives the second value, where the first one is
            // the smallest whose share is at least p
            let scene = scenes.iter().find(|s| s.line["design"] == design).unwrap();
            let of_group = scene.rows.iter().filter(|r| group == "all" || r[8] == group).filter_map(|r| r[5].as_f64());
            let smallest = of_group.fold(f64::INFINITY, f64::min);
            if found.and_then(|e| e.pointer("/interval/lower")).and_then(Value::as_f64) == Some(smallest) {
                first_value += 1;
                continue;
            }
            if what == "se" && in_a_replicate_the_first_value_is_enough(scene, group, if statistic == "median" { 0.5 } else { 0.3 }) {
                first_value += 1;
                continue;
            }
        }
        told.compare(format!("{statistic} {what}"), got, wanted, || format!("{row} ({})", answer_design(scenes, design)));
    }
    assert!(first_value < 300, "{first_value}");
}

fn in_a_replicate_the_first_value_is_enough(scene: &Scene, group: &str, probability: f64) -> bool {
    let combined = scene.design["replicates"]["combined"] == true;
    let rows: Vec<&Vec<Value>> = scene.rows.iter().filter(|r| group == "all" || r[8] == group).collect();
    let number = |row: &[Value], at: usize| row[at].as_f64().unwrap();
    let smallest = rows.iter().map(|r| number(r, 5)).fold(f64::INFINITY, f64::min);
    let replicates = scene.names.iter().enumerate().filter(|(_, name)| name.starts_with('r')).map(|(at, _)| at);
    replicates.into_iter().any(|at| {
        let weight = |row: &[Value]| number(row, at) * if combined { 1.0 } else { number(row, 3) };
        let all: f64 = rows.iter().map(|r| weight(r)).sum();
        rows.iter().filter(|r| number(r, 5) == smallest).map(|r| weight(r)).sum::<f64>() >= probability * all
    })
}

/// Gaps and measures of inequality between three groups, with the covariances that the design gives.
fn gaps(engine: &Engine, folder: &Path, scenes: &[Scene], answers: &BTreeMap<(String, &str), Value>, told: &mut Told) {
    let expected = fs::read_to_string(folder.join("gaps.csv")).unwrap();
    let mut made: BTreeMap<(String, String), Figures> = BTreeMap::new();
    for row in expected.lines().skip(1) {
        let [design, statistic, what, value, se] = fields(row)[..] else { panic!("{row}") };
        let of = made.entry((design.to_owned(), statistic.to_owned())).or_insert_with(|| gaps_of(engine, &answers[&(design.to_owned(), "logit")], statistic));
        let (got, error) = of.get(what).copied().unwrap_or_default();
        let about = || format!("{row} ({})", answer_design(scenes, design));
        let kind = what.split(':').next().unwrap();
        told.compare(format!("groups: {kind} value"), got, value.parse().unwrap(), about);
        let wanted = se.parse::<f64>().unwrap_or(f64::NAN);
        if wanted.is_finite() && (wanted.abs() > 1e-9 || error.is_some()) {
            told.compare(format!("groups: {kind} se"), error, wanted, about);
        }
    }
}

/// Value and error by the name of what R calls it.
type Figures = BTreeMap<String, (Option<f64>, Option<f64>)>;

fn gaps_of(engine: &Engine, answer: &Value, statistic: &str) -> Figures {
    let of = answer["groups"].as_array().unwrap().iter().find(|g| g["estimate"] == statistic).unwrap();
    let mut made = BTreeMap::new();
    let request = |op: &str, more: Value| {
        let mut r = json!({"op": op, "groups": of["groups"], "covariance": of["covariance"], "polarity": "higher"});
        more.as_object().unwrap().iter().for_each(|(k, v)| r[k] = v.clone());
        ok(engine, &r)
    };
    let measured = request("equality.measures", json!({"reference": 1, "rules": {"ordered": true, "draws": 0}}));
    made.insert("mean".to_owned(), (measured["mean"].as_f64(), measured["mean_se"].as_f64()));
    for m in measured["measures"].as_array().unwrap() {
        made.insert(m["measure"].as_str().unwrap().to_owned(), (m["value"].as_f64(), m["se"].as_f64()));
    }
    for against in ["best", "average", "reference"] {
        let compared = request("equality.compare", json!({"against": against, "reference": 1}));
        made.insert("chi_squared".to_owned(), (compared["chi_squared"].as_f64(), None));
        for c in compared["found"].as_array().unwrap() {
            let code = &of["codes"][usize::try_from(c["group"].as_u64().unwrap()).unwrap()][0];
            let name = if against == "best" { against.to_owned() } else { format!("{against}:{}", code.as_str().unwrap()) };
            made.insert(name, (c["difference"].as_f64(), c["se"].as_f64()));
        }
    }
    made
}

fn answer_design(scenes: &[Scene], name: &str) -> String {
    scenes.iter().find(|s| s.line["design"] == name).map(|s| s.design.to_string()).unwrap_or_default()
}
