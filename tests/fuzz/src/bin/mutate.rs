//! A plain mutation loop over the corpus, for a stable compiler: `mutate SECONDS [TARGET…]`.
//!
//! It is blind (no coverage), small and repeatable: the same number of runs makes the same inputs. A panic is caught,
//! the input is written to `found/`, and the loop goes on.

use sms_fuzz::targets;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

thread_local! {
    /// Where the last panic was.
    static LAST: RefCell<String> = const { RefCell::new(String::new()) };
}

/// SplitMix64 (Steele, Lea & Flood 2014).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(n.max(1)).unwrap_or(1)).unwrap_or(0)
    }
}

/// Pieces that break things.
const PIECES: &[&str] = &[
    "\"",
    "\n",
    "\r",
    "\r\n",
    ",",
    ";",
    "\t",
    "\0",
    "\u{feff}",
    "{",
    "}",
    "[",
    "]",
    ":",
    "null",
    "true",
    "-",
    "--",
    "+",
    ".",
    "0",
    "1e308",
    "1e-310",
    "1e999",
    "NaN",
    "inf",
    "18446744073709551616",
    "-9223372036854775809",
    "0.1",
    "1,234",
    "1.234,5",
    "\u{2212}",
    "\u{202e}",
    "é",
    "\u{301}",
    "\u{a0}",
    "2018",
    "2018-19",
    "2019-Q2",
    "2015/16-2017/18",
    "SEX",
    "F",
    "TOTAL",
    "indicator",
    "place",
    "period",
    "value",
    "numerator",
    "denominator",
    "status",
    "suppressed",
    "public",
    "WSP-O-04",
    "GBV-O-04",
    "expected ",
    "=",
    "*",
];

fn mutated(random: &mut Random, seeds: &[Vec<u8>]) -> Vec<u8> {
    let mut data = seeds.get(random.below(seeds.len())).cloned().unwrap_or_default();
    for _ in 0..=random.below(6) {
        let at = random.below(data.len() + 1);
        let to = (at + random.below(24)).min(data.len());
        match random.below(9) {
            0 if at < data.len() => data[at] ^= 1 << random.below(8),
            1 if at < data.len() => data[at] = u8::try_from(random.below(256)).unwrap_or(0),
            2 => data.drain(at..to).for_each(drop),
            3 => {
                let piece = data[at..to].to_vec();
                let times = 1 + random.below(4);
                for _ in 0..times {
                    data.splice(at..at, piece.iter().copied());
                }
            }
            4 => data.truncate(at),
            5 => {
                let other = seeds.get(random.below(seeds.len())).cloned().unwrap_or_default();
                let from = random.below(other.len() + 1);
                let end = (from + random.below(64)).min(other.len());
                data.splice(at..to, other[from..end].iter().copied());
            }
            6 => {
                // one line twice, or another one in its place
                let lines: Vec<Vec<u8>> = data.split(|&b| b == b'\n').map(<[u8]>::to_vec).collect();
                let mut lines = lines;
                let one = lines[random.below(lines.len())].clone();
                let at = random.below(lines.len());
                if random.below(2) == 0 {
                    lines.insert(at, one)
                } else {
                    lines[at] = one
                }
                data = lines.join(&b'\n');
            }
            _ => {
                let piece = PIECES[random.below(PIECES.len())];
                data.splice(at..if random.below(2) == 0 { at } else { to }, piece.bytes());
            }
        }
        data.truncate(200_000);
    }
    data
}

fn seeds_of(folder: &Path) -> Vec<Vec<u8>> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).map(|d| d.flatten().map(|e| e.path()).collect()).unwrap_or_default();
    files.sort();
    files.iter().filter_map(|f| std::fs::read(f).ok()).collect()
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let seconds: u64 = arguments.next().and_then(|a| a.parse().ok()).unwrap_or(10);
    let chosen: Vec<String> = arguments.collect();
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut bad = 0;
    std::panic::set_hook(Box::new(|info| {
        // where, once for each kind: the message itself is printed below
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        LAST.with(|last| *last.borrow_mut() = place);
    }));
    for (name, target) in targets::ALL {
        if !chosen.is_empty() && !chosen.iter().any(|c| c == name) {
            continue;
        }
        let mut seeds = seeds_of(&home.join("corpus").join(name));
        // the two that are embedded are too large for the corpus
        match *name {
            "catalogue" => seeds.push(sms_catalogue::CATALOGUE_JSON.as_bytes().to_vec()),
            "method" => seeds.push(sms_catalogue::STANDARD_METHOD_JSON.as_bytes().to_vec()),
            _ => {}
        }
        let mut random = Random(1);
        let start = Instant::now();
        let (mut runs, mut slowest) = (0_u64, (Duration::ZERO, Vec::new()));
        let mut places = BTreeSet::new();
        while start.elapsed() < Duration::from_secs(seconds) {
            let data = mutated(&mut random, &seeds);
            let before = Instant::now();
            let caught = std::panic::catch_unwind(|| target(&data));
            let took = before.elapsed();
            if took > slowest.0 {
                slowest = (took, data.clone());
            }
            runs += 1;
            if let Err(panic) = caught {
                let what = panic.downcast_ref::<String>().cloned().or_else(|| panic.downcast_ref::<&str>().map(|s| (*s).to_owned())).unwrap_or_default();
                let place = LAST.with(|last| last.borrow().clone());
                let key: String = format!("{place} {what}").chars().filter(|c| !c.is_ascii_digit()).take(120).collect();
                if places.insert(key) {
                    bad += 1;
                    let folder = home.join("found");
                    let file = folder.join(format!("{name}-{runs}"));
                    let kept = std::fs::create_dir_all(&folder).and_then(|()| std::fs::write(&file, &data));
                    println!(
                        "{name}: at {place}: {} ({}: {kept:?})",
                        what.chars().take(300).collect::<String>(),
                        file.file_name().unwrap_or_default().to_string_lossy()
                    );
                }
            }
        }
        let rate = runs as f64 / start.elapsed().as_secs_f64();
        println!("{name}: {runs} runs, {rate:.0} a second, slowest {:?} on {} bytes, {} kinds of failure", slowest.0, slowest.1.len(), places.len());
        if slowest.0 > Duration::from_millis(500) {
            let folder = home.join("found");
            let _ = std::fs::create_dir_all(&folder).and_then(|()| std::fs::write(folder.join(format!("{name}-slow")), &slowest.1));
        }
    }
    if bad > 0 {
        std::process::exit(1);
    }
}
