//! The rules of the house that no compiler knows, checked on every file of the repository.
//!
//! Each check is a function from sources to faults, with a test of its own that shows it a fault.
//! What clippy, rustfmt or cargo-deny can say is left to them.

mod layers;
mod manifest;
mod protocol_page;
mod shape;
mod source;
mod words;

use source::{Source, repository};

/// Fails with one line per fault, each naming its file, line and the rule broken.
#[track_caller]
fn assert_none(faults: Vec<String>) {
    assert!(faults.is_empty(), "{} fault(s):\n{}", faults.len(), faults.join("\n"));
}

fn rust_under(folder: &str) -> Vec<Source> {
    let found: Vec<Source> = repository().into_iter().filter(|s| s.is_rust() && s.path.starts_with(folder)).collect();
    assert!(!found.is_empty(), "no Rust files under {folder}: the check would check nothing");
    found
}

#[test]
fn layers_import_only_what_lies_above_them() {
    assert_none(rust_under("src/").iter().flat_map(layers::faults).collect());
}

#[test]
fn every_file_says_what_it_is() {
    assert_none(repository().iter().filter_map(shape::missing_opening).collect());
}

#[test]
fn files_are_short() {
    let sources = repository();
    let rust: Vec<&Source> = sources.iter().filter(|s| s.is_rust()).collect();
    let web: Vec<&Source> = sources.iter().filter(|s| s.is_web_module()).collect();
    assert_none([shape::long_files("Rust", &rust), shape::long_files("web", &web)].concat());
}

#[test]
fn functions_are_short() {
    assert_none(rust_under("src/").iter().flat_map(shape::long_functions).collect());
}

#[test]
fn words_stay_where_they_belong() {
    assert_none(repository().iter().flat_map(words::faults).collect());
}

#[test]
fn no_file_names_the_machine_it_was_written_on() {
    assert_none(repository().iter().flat_map(words::machine_paths).collect());
}

#[test]
fn every_merge_is_settled() {
    assert_none(repository().iter().flat_map(words::merge_markers).collect());
}

#[test]
fn every_dependency_says_why_it_is_here() {
    for manifest in ["Cargo.toml", "tests/oracle/Cargo.toml"] {
        assert_none(manifest::unexplained_dependencies(&source::read(manifest)));
    }
}

#[test]
fn every_limit_has_a_unit_and_an_explanation() {
    assert_none(manifest::unclear_limits(&source::read("src/limits.rs")));
}

#[test]
fn both_engines_have_the_same_migrations() {
    let [sqlite, postgres] = ["migrations/sqlite/", "migrations/postgres/"].map(|folder| {
        let names = repository().into_iter().filter_map(|s| s.path.strip_prefix(folder).map(str::to_owned));
        names.collect::<Vec<_>>()
    });
    assert_none(manifest::unpaired_migrations(&sqlite, &postgres));
}

#[test]
fn lock_files_name_no_download_address() {
    assert_none(repository().iter().flat_map(manifest::download_addresses).collect());
}

#[test]
fn the_page_of_the_protocol_names_the_bounds_that_are_in_force() {
    assert_none(protocol_page::faults());
}
