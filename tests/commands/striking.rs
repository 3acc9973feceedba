//! What somebody wrote into the database by hand is struck out by a command, with a reason, and said row by row.

use std::path::{Path, PathBuf};

use sqlx::{Connection as _, SqliteConnection};

use crate::support::process::{printed, run, text};
use crate::support::scratch;

/// The exit code of a command on this data, and all that it says.
fn said(data: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let output = run(&[&["--language", "en"], arguments, &["--data", text(data)]].concat());
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    (output.status.code(), format!("{out}{err}"))
}

async fn write_by_hand(data: &Path) {
    let url = format!("sqlite://{}", data.join("renkei.db").display());
    let mut database = SqliteConnection::connect(&url).await.unwrap();
    let version = "insert into rulebook_version (id, title, fingerprint, stage, drafted_at, effective_at, changed_at)
        values (x'07', 'x', '', 'in_force', 0, 5, 0)";
    assert_eq!(sqlx::query(version).execute(&mut database).await.unwrap().rows_affected(), 1);
    database.close().await.unwrap();
}

#[tokio::test]
async fn rows_that_were_written_by_hand_are_struck_out_with_a_reason_and_named() {
    let folder = scratch::folder("striking");
    printed(&["init", "--dir", text(folder.path())]);
    let data: PathBuf = folder.path().join("data");
    let (code, told) = said(&data, &["store", "check"]);
    assert_eq!(code, Some(0), "{told}");
    write_by_hand(&data).await;
    for arguments in [&["store", "strike"][..], &["store", "strike", "--reason", " "]] {
        let (code, told) = said(&data, arguments);
        assert!(code.is_some_and(|code| code > 0) && told.contains("--reason"), "{code:?}: {told}");
    }
    let (code, told) = said(&data, &["store", "check"]);
    assert!(code == Some(1) && told.contains("rulebook_version 07: "), "{told}");

    let (code, told) = said(&data, &["store", "strike", "--reason", "侵入のあと"]);
    assert!(code == Some(0) && told.contains("rulebook_version 07: struck out\n1 row, on record"), "{told}");
    let (code, told) = said(&data, &["store", "check"]);
    assert_eq!(code, Some(0), "{told}");
    let (_, told) = said(&data, &["audit", "list", "--kind", "keeping", "--reason", "点検"]);
    assert!(told.contains("a row of rulebook_version") && told.contains("why: 侵入のあと"), "{told}");
    let (code, told) = said(&data, &["store", "strike", "--reason", "侵入のあと"]);
    assert!(code == Some(0) && told.contains("There is nothing to strike out"), "{told}");
}
