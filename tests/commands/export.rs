//! `renkei export` on the hub's machine: nothing without a reason, nothing over what is there, and nothing of nobody.

use crate::support::process::{printed, run, text};
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
