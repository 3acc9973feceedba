//! A folder that exists as long as its test.

use tempfile::TempDir;

/// An empty folder, removed with all it holds when dropped; `name` is in its path, for reading logs.
pub fn folder(name: &str) -> TempDir {
    tempfile::Builder::new().prefix(&format!("renkei-{name}-")).tempdir().expect("a temporary folder can be made")
}

#[test]
fn a_folder_goes_with_its_owner() {
    let owned = folder("scratch");
    let path = owned.path().to_owned();
    std::fs::write(path.join("file"), "x").unwrap();
    drop(owned);
    assert!(!path.exists());
}
