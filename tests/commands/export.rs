//! `renkei export` on the hub's machine: nothing without a reason, nothing over what is there, and nothing of nobody.

use std::time::{Duration, Instant};

use crate::support::process::{Running, printed, run, text};
use crate::support::scratch;

fn said(arguments: &[&str]) -> (Option<i32>, String) {
    let output = run(&[&["--language", "en"], arguments].concat());
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    (output.status.code(), format!("{out}{err}"))
}

#[test]
fn records_are_taken_out_with_a_reason_into_a_new_folder_and_it_is_on_record() {
    let folder = scratch::folder("export");
    printed(&["init", "--dir", text(folder.path())]);
    let (data, out) = (folder.path().join("data"), folder.path().join("region"));
    let at = ["--data", text(&data), "--out", text(&out)];
    let (code, why) = said(&[&["export", "region", "--reason", " "][..], &at].concat());
    assert!(code == Some(1) && why.contains("a reason of 1 to") && !out.exists(), "{why}");
    let nobody = "0190cccc-0000-7000-8000-000000000001";
    let (code, why) = said(&[&["export", "patient", nobody, "--reason", "開示"][..], &at].concat());
    assert!(code == Some(1) && why.contains("no patient with this id") && !out.exists(), "{why}");

    let take = [&["export", "region", "--reason", "事業の引き継ぎ"][..], &at].concat();
    let (code, done) = said(&take);
    assert!(code == Some(0) && done.contains("It is in the clear"), "{done}");
    assert!(out.join("README.md").exists() && out.join("directory.json").exists());
    let (code, why) = said(&take);
    assert!(code == Some(1) && why.contains("exists already"), "{why}");
    let list = ["audit", "list", "--reason", "点検", "--kind", "keeping", "--data", text(&data)];
    let (_, listed) = said(&list);
    assert_eq!(listed.matches("the whole region was taken out").count(), 1, "{listed}");
}

/// How many entries are stored, as another command counts them.
fn entries(data: &str) -> u64 {
    let told = printed(&["--language", "en", "store", "check", "--data", data]);
    let count = told.split(" timelines, ").nth(1).and_then(|rest| rest.split(' ').next());
    count.and_then(|count| count.parse().ok()).unwrap_or_else(|| panic!("{told}"))
}

/// Asks until it is so: a hub looks every few seconds.
#[track_caller]
fn becomes(data: &str, count: u64) {
    let since = Instant::now();
    while entries(data) != count {
        assert!(since.elapsed() < Duration::from_secs(60), "never {count} entries: {}", entries(data));
    }
}

#[test]
fn row_7_a_hub_that_starts_tells_what_was_taken_out_before_and_one_that_runs_what_is_taken_out_beside_it() {
    let folder = scratch::folder("export");
    printed(&["init", "--dir", text(folder.path()), "--operator", "三浦 恵子"]);
    let data = folder.path().join("data");
    let data = text(&data);
    let take = |name: &str| {
        let out = folder.path().join(name);
        printed(&["export", "region", "--reason", "事業の引き継ぎ", "--data", data, "--out", text(&out)]);
    };
    take("before");
    assert_eq!(entries(data), 0, "no hub ran");
    let serve = ["serve", "--listen", "127.0.0.1:0", "--log-level", "error", "--data", data];
    let hub = Running::start(&serve);
    // On the secretariat's own timeline; the region has no patients yet.
    becomes(data, 1);
    take("beside");
    becomes(data, 2);
    assert!(hub.stop().success());
    let hub = Running::start(&serve);
    assert!(hub.stop().success());
    assert_eq!(entries(data), 2, "once each");
}

#[test]
fn asking_why_something_of_a_record_is_as_it_is_needs_a_reason_too() {
    let folder = scratch::folder("export");
    printed(&["init", "--dir", text(folder.path())]);
    let data = folder.path().join("data");
    let nobody = "0190cccc-0000-7000-8000-000000000001";
    let asked = ["rulebook", "explain", "--entry", nobody, "--data", text(&data)];
    let (code, why) = said(&asked);
    assert!(code == Some(2) && why.contains("--reason"), "{why}");
    let (code, why) = said(&[&asked[..], &["--reason", " "]].concat());
    assert!(code == Some(1) && why.contains("a reason of 1 to"), "{why}");
    let (code, why) = said(&[&asked[..], &["--reason", "問い合わせ"]].concat());
    assert!(code == Some(1) && why.contains("there is no such thing"), "{why}");
}
