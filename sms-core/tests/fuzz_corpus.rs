//! Every file of the fuzzing corpus goes through its target, as an ordinary test.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs, reason = "tests")]

#[allow(unreachable_pub, reason = "a module of another crate as well")]
#[path = "../../tests/fuzz/src/targets.rs"]
mod targets;

use std::path::Path;

#[test]
fn the_corpus_passes_its_targets() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fuzz/corpus");
    let mut size = 0;
    for (name, target) in targets::ALL {
        let mut files: Vec<_> = std::fs::read_dir(corpus.join(name)).unwrap().map(|e| e.unwrap().path()).collect();
        files.sort();
        assert!(!files.is_empty(), "no seed for {name}");
        for file in files {
            let data = std::fs::read(&file).unwrap();
            size += data.len();
            if let Err(panic) = std::panic::catch_unwind(|| target(&data)) {
                let what = panic.downcast_ref::<String>().cloned().unwrap_or_default();
                panic!("{name}/{}: {what}", file.file_name().unwrap().to_string_lossy());
            }
        }
    }
    assert!(size < 50_000, "the corpus has {size} bytes: keep it small");
}

#[test]
fn the_embedded_catalogue_and_method_pass_their_targets() {
    targets::catalogue(sms_catalogue::CATALOGUE_JSON.as_bytes());
    targets::method(sms_catalogue::STANDARD_METHOD_JSON.as_bytes());
    for (_, target) in targets::ALL {
        target(b"");
        target(&[0xFF; 300]);
    }
}
