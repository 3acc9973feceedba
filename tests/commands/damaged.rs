//! A database file that is damaged, or is none: told as that, with what to do, by every command that looks.

use std::fs;

use crate::support::process::{printed, run, text};
use crate::support::scratch;

#[test]
fn what_is_no_database_any_more_is_told_as_damage_and_not_as_a_fault_of_the_connection() {
    let folder = scratch::folder("damaged");
    printed(&["init", "--dir", text(folder.path())]);
    let data = folder.path().join("data");
    let file = data.join("renkei.db");
    fs::write(&file, "これはデータベースではありません。".repeat(500)).unwrap();
    for beside in ["renkei.db-wal", "renkei.db-shm"] {
        let _ = fs::remove_file(data.join(beside));
    }
    let before = fs::read(&file).unwrap();
    for (command, code) in [
        (["store", "check"].as_slice(), 3),
        (&["audit", "verify"], 3),
        (&["backup"], 3),
        (&["serve", "--listen", "127.0.0.1:0"], 1),
    ] {
        for (language, told) in [("ja", "バックアップから復元"), ("en", "restore a backup")] {
            let output = run(&[&["--language", language], command, &["--data", text(&data)]].concat());
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(output.status.code() == Some(code) && said.contains(told), "{command:?}: {said}");
        }
    }
    assert_eq!(fs::read(&file).unwrap(), before, "whoever restores finds it as it was");
}
