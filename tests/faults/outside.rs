//! What a program is told by the outside: builds the library that stands between it and the
//! kernel, with the compiler that the build needs too.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The library, built into a folder.
pub(crate) fn library(folder: &Path) -> PathBuf {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/faults/outside.c");
    let library = folder.join("outside.so");
    let mut compiler = Command::new("cc");
    compiler.args(["-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o"]).arg(&library).arg(source);
    assert!(compiler.status().unwrap().success(), "cc does not build {}", library.display());
    library
}
