//! The theorem of `docs/outcomes-first.md`, over generated trees of indicators: module → attribute → indicator.
//!
//! `cargo dev proptest` tries all laws on 1 000 000 trees; the ordinary tests on a few.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs, reason = "tests")]

use proptest::prelude::*;
use proptest::test_runner::{RngSeed, TestCaseResult};
use sms_core::aggregate::{Item, Mean, MeanKind, mean};
use sms_core::indicator::ResultLevel;
use sms_core::rbm::{OutcomesFirst, band, rating};

fn cases(n: u32) -> ProptestConfig {
    let n = std::env::var("SMS_CASES").ok().and_then(|c| c.parse().ok()).unwrap_or(n);
    ProptestConfig { cases: n, rng_seed: RngSeed::Fixed(20_240_501), failure_persistence: None, max_shrink_iters: 2_000, ..ProptestConfig::default() }
}

const MODULES: usize = 3;
const ATTRIBUTES: usize = 3;

#[derive(Clone, Debug)]
struct Leaf {
    module: usize,
    attribute: usize,
    level: ResultLevel,
    weight: f64,
    score: Option<f64>,
    /// What the score is after the change, or in the other city.
    other: Option<f64>,
}

#[derive(Clone, Debug)]
struct Tree {
    leaves: Vec<Leaf>,
    kinds: [MeanKind; 3],
    minimum_coverage: f64,
    rule: OutcomesFirst,
    bands: [f64; 4],
}

/// Scores where it matters: at the ends, on band edges, anywhere, or missing.
fn score() -> impl Strategy<Value = Option<f64>> {
    prop_oneof![1 => Just(None), 1 => prop::sample::select(&[0.0, 20.0, 40.0, 60.0, 80.0, 100.0][..]).prop_map(Some), 4 => (0.0..=100.0f64).prop_map(Some)]
}

fn leaf() -> impl Strategy<Value = Leaf> {
    (0..MODULES, 0..ATTRIBUTES, 0..ResultLevel::ALL.len(), 0.1..3.0f64, score(), score()).prop_map(|(module, attribute, level, weight, score, other)| Leaf {
        module,
        attribute,
        level: ResultLevel::ALL[level],
        weight,
        score,
        other,
    })
}

fn tree() -> impl Strategy<Value = Tree> {
    let kind = || prop::sample::select(&[MeanKind::Arithmetic, MeanKind::Geometric, MeanKind::Harmonic][..]);
    let rule = prop_oneof![2 => Just((0.8, 5.0)), 1 => (0.500_1..=1.0f64, 0.0..=50.0f64)];
    (prop::collection::vec(leaf(), 1..16), [kind(), kind(), kind()], 0.0..=0.7f64, rule, 0.0..10.0f64).prop_map(
        |(leaves, kinds, minimum_coverage, (w, m), shift)| Tree {
            leaves,
            kinds,
            minimum_coverage,
            rule: OutcomesFirst::new(w, m).unwrap(),
            bands: [80.0 + shift, 60.0 + shift, 40.0 + shift, 20.0 + shift],
        },
    )
}

/// A node: its headline and effort, combined view and rating.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Node {
    o: Option<f64>,
    e: Option<f64>,
    c: Option<f64>,
    rating: Option<usize>,
}

impl Tree {
    fn side(&self, kind: MeanKind, items: &[Item]) -> Option<Mean> {
        (!items.is_empty()).then(|| mean(kind, items, self.minimum_coverage).unwrap())
    }

    fn node(&self, o: Option<Mean>, e: Option<Mean>) -> Node {
        let (o, e) = (o.and_then(|m| m.score), e.and_then(|m| m.score));
        let c = o.zip(e).map(|(o, e)| self.rule.combine(o, e).unwrap());
        let rating = o.map(|o| c.map_or_else(|| band(o, &self.bands), |c| rating(c, o, &self.bands)));
        Node { o, e, c, rating }
    }

    /// All nodes, the whole last; in the same order for each state of the same tree.
    fn nodes(&self, score: impl Fn(&Leaf) -> Option<f64>) -> Vec<Node> {
        let mut nodes = Vec::with_capacity(MODULES * (ATTRIBUTES + 1) + 1);
        let mut above: [Vec<Item>; 2] = Default::default();
        let item = |mean: Option<Mean>| mean.map(|m| Item { score: m.score, weight: 1.0, coverage: m.coverage });
        for module in 0..MODULES {
            let mut of_module: [Vec<Item>; 2] = Default::default();
            for attribute in 0..ATTRIBUTES {
                let mut sides: [Vec<Item>; 2] = Default::default();
                for leaf in self.leaves.iter().filter(|l| l.module == module && l.attribute == attribute) {
                    sides[usize::from(!leaf.level.is_outcome())].push(Item::leaf(score(leaf), leaf.weight));
                }
                let means = [self.side(self.kinds[0], &sides[0]), self.side(self.kinds[0], &sides[1])];
                nodes.push(self.node(means[0], means[1]));
                for (list, mean) in of_module.iter_mut().zip(means) {
                    list.extend(item(mean));
                }
            }
            let means = [self.side(self.kinds[1], &of_module[0]), self.side(self.kinds[1], &of_module[1])];
            nodes.push(self.node(means[0], means[1]));
            for (list, mean) in above.iter_mut().zip(means) {
                list.extend(item(mean));
            }
        }
        nodes.push(self.node(self.side(self.kinds[2], &above[0]), self.side(self.kinds[2], &above[1])));
        nodes
    }

    fn as_is(&self) -> Vec<Node> {
        self.nodes(|l| l.score)
    }

    /// The same outcomes, and every output at random: better, worse, gone, or newly measured.
    fn other_outputs(&self) -> Vec<Node> {
        self.nodes(|l| if l.level.is_outcome() { l.score } else { l.other })
    }

    /// Another city: everything at random.
    fn other_city(&self) -> Vec<Node> {
        self.nodes(|l| l.other)
    }

    /// The same outcomes, and the best outputs that there can be.
    fn best_outputs(&self) -> Vec<Node> {
        self.nodes(|l| if l.level.is_outcome() { l.score } else { Some(100.0) })
    }

    /// The same outcomes, and each output no worse.
    fn better_outputs(&self) -> Vec<Node> {
        self.nodes(|l| if l.level.is_outcome() { l.score } else { l.score.map(|s| s.max(l.other.unwrap_or(0.0))) })
    }
}

/// Outputs alone never lift a theme past its outcomes.
fn outputs_alone_lift_nothing(tree: &Tree, before: &[Node], other_outputs: &[Node]) -> TestCaseResult {
    let m = tree.rule.margin();
    let best_outputs = tree.best_outputs();
    for state in [other_outputs, &best_outputs] {
        for (before, after) in before.iter().zip(state) {
            prop_assert_eq!(before.o, after.o);
            match after.o {
                None => prop_assert!(after.c.is_none() && after.rating.is_none()),
                Some(o) => {
                    prop_assert!(after.rating.unwrap() >= band(o, &tree.bands));
                    if let Some(c) = after.c {
                        prop_assert!(o - m <= c && c <= o + m);
                    }
                }
            }
        }
    }
    Ok(())
}

/// Of two cities equal in outcomes, outputs only break ties, within 2m.
fn outputs_break_ties(tree: &Tree, one: &[Node], two: &[Node]) -> TestCaseResult {
    let m = tree.rule.margin();
    for (one, two) in one.iter().zip(two) {
        if let (Some(o), Some(c1), Some(c2)) = (one.o, one.c, two.c) {
            prop_assert!((c1 - c2).abs() <= (o + m) - (o - m));
            let (e1, e2) = (one.e.unwrap(), two.e.unwrap());
            prop_assert!((e1 < e2 || c1 >= c2) && (e1 > e2 || c1 <= c2));
        }
    }
    Ok(())
}

/// Outcomes that are far enough apart decide; and where neither outcomes nor effort are worse, the combined view is not.
fn outcomes_decide(tree: &Tree, one: &[Node], two: &[Node]) -> TestCaseResult {
    let m = tree.rule.margin();
    for (a, b) in one.iter().zip(two).chain(two.iter().zip(one)) {
        if let (Some(o1), Some(o2), Some(c1), Some(c2)) = (a.o, b.o, a.c, b.c) {
            if o1 - m >= o2 + m {
                prop_assert!(c1 >= c2);
            }
            if o1 >= o2 && a.e.unwrap() >= b.e.unwrap() {
                prop_assert!(c1 >= c2);
            }
        }
    }
    Ok(())
}

/// Better outputs make no node worse.
fn better_outputs_harm_nothing(tree: &Tree) -> TestCaseResult {
    // the logarithms of other means are not monotone to the last bit
    let tree = Tree { kinds: [MeanKind::Arithmetic; 3], ..tree.clone() };
    for (before, after) in tree.as_is().iter().zip(&tree.better_outputs()) {
        if let (Some(c1), Some(c2)) = (before.c, after.c) {
            prop_assert!(c2 >= c1);
            prop_assert!(after.rating.unwrap() <= before.rating.unwrap());
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(cases(2_000))]

    #[test]
    fn outcomes_come_before_outputs(tree in tree()) {
        let (as_is, other_outputs) = (tree.as_is(), tree.other_outputs());
        outputs_alone_lift_nothing(&tree, &as_is, &other_outputs)?;
        outputs_break_ties(&tree, &as_is, &other_outputs)?;
        outcomes_decide(&tree, &as_is, &tree.other_city())?;
        better_outputs_harm_nothing(&tree)?;
    }
}

/// The laws above would hold of a tree without numbers too: the generated ones must reach the cases that matter.
#[test]
fn the_generated_trees_reach_every_case() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::new(cases(1));
    let (mut rated, mut capped, mut floored, mut no_outcome, mut outcomes_only, mut apart, mut held_down) = (0, 0, 0, 0, 0, 0, 0);
    for _ in 0..2_000 {
        let tree = tree().new_tree(&mut runner).unwrap().current();
        let m = tree.rule.margin();
        for (node, other) in tree.as_is().iter().zip(&tree.other_city()) {
            match (node.o, node.e, node.c) {
                (Some(o), Some(_), Some(c)) => {
                    rated += 1;
                    capped += usize::from(c == o + m && m > 0.0);
                    floored += usize::from(c == o - m && m > 0.0);
                    held_down += usize::from(band(c, &tree.bands) < node.rating.unwrap());
                    apart += usize::from(other.o.is_some_and(|o2| other.c.is_some() && o - m >= o2 + m));
                }
                (None, Some(_), _) => no_outcome += 1,
                (Some(_), None, _) => outcomes_only += 1,
                _ => {}
            }
        }
    }
    for (what, n) in [
        ("rated", rated),
        ("capped", capped),
        ("floored", floored),
        ("no outcome", no_outcome),
        ("outcomes only", outcomes_only),
        ("apart", apart),
        ("held down", held_down),
    ] {
        assert!(n > 100, "{what}: {n}");
    }
}

/// Weights tell who found them, and a node its own minimum coverage.
#[test]
fn a_node_tells_who_weighed_its_parts() {
    let mut method: serde_json::Value = serde_json::from_str(sms_catalogue::METHODS.iter().find(|(name, _)| *name == "standard").unwrap().1).unwrap();
    let engine = sms_core::wire::Engine::new(sms_catalogue::CATALOGUE_JSON, sms_catalogue::METHODS).unwrap();
    let modules: Vec<String> = engine.catalogue().data().modules.iter().map(|m| m.id.to_string()).collect();
    let weights: serde_json::Map<String, serde_json::Value> = modules.iter().map(|m| (m.clone(), serde_json::json!(1.0 / modules.len() as f64))).collect();
    let provenance = serde_json::json!({
        "method": "ahp_eigenvector", "when": "2024", "participants": 19,
        "sides": [{"side": "city", "weight": 0.5, "participants": 7}, {"side": "residents", "weight": 0.5, "participants": 12}],
        "concordance": {"w": 0.71, "chi_square": 9.0, "df": 3, "p": 0.03, "raters": 19, "items": 4},
        "note": "Two evenings in the town hall."
    });
    method["aggregation"]["node"] = serde_json::json!([{
        "id": "overall", "minimum_coverage": 0.9, "weights": weights, "provenance": provenance, "reason": "Asked.", "source": "minutes"
    }]);
    let request = serde_json::json!({
        "op": "explain", "id": "overall", "method": method, "plan": {"selection": ["core"]},
        "observations": {"rows": [{"indicator": "HOU-O-01", "place": "a", "period": "2024", "numerator": 100, "denominator": 1000}]}
    });
    let answer = engine.call(&request).unwrap().to_string();
    let told = "Their weights were found by comparing them in pairs in 2024. 19 took part (7 of city, 12 of residents). \
                Their agreement on the order is 0.71 on a scale from 0 (none) to 1 (all alike; Kendall's W). Two evenings in the town hall.";
    assert!(answer.contains(told), "{answer}");
    assert!(answer.contains("At least 90 % are needed for a score."), "{answer}");
    // a provenance that does not read is refused where it stands
    let mut bad = request;
    bad["method"]["aggregation"]["node"][0]["provenance"]["method"] = serde_json::json!("guess");
    assert_eq!(engine.call(&bad).unwrap_err().code(), sms_core::Code::MethodBadJson);
}
