//! Names the fold: a hash over every source that determines what the events of a log come to.
//! Snapshots that another fold made are not used.

use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

const SOURCES: [&str; 5] =
    ["../domain/src", "src/record.rs", "src/views.rs", "src/views", "../../Cargo.lock"];

fn main() {
    let mut files = Vec::new();
    for source in SOURCES {
        println!("cargo::rerun-if-changed={source}");
        gather(Path::new(source), &mut files);
    }
    files.sort();
    let mut hash = Sha256::new();
    for file in files {
        let text = fs::read(&file).expect("a source that was listed can be read");
        for part in [file.to_string_lossy().as_bytes(), &text] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
    }
    let digits: Vec<String> = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    println!("cargo::rustc-env=CAIRN_FOLD={}", digits.concat());
}

fn gather(path: &Path, files: &mut Vec<PathBuf>) {
    match fs::read_dir(path) {
        Err(_not_a_folder) => files.push(path.to_owned()),
        Ok(entries) => entries
            .map(|entry| entry.expect("a folder of sources can be read").path())
            .for_each(|path| gather(&path, files)),
    }
}
