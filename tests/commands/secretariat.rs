//! `renkei secretariat restore`: the way back where nobody acts for the secretariat, on the hub's machine and on record.

use std::path::{Path, PathBuf};

use sqlx::{AssertSqlSafe, Connection as _, SqliteConnection};
use tempfile::TempDir;

use crate::support::process::{Running, printed, run, text};
use crate::support::scratch;

struct Region {
    folder: TempDir,
}

impl Region {
    fn new() -> Self {
        let folder = scratch::folder("secretariat");
        printed(&["init", "--dir", text(folder.path()), "--office", "みなと事務局", "--operator", "三浦 恵子"]);
        Self { folder }
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Exit code and all that was said.
    fn said(&self, command: &[&str]) -> (Option<i32>, String) {
        let data = self.data();
        let output = run(&[&["--language", "en"], command, &["--data", text(&data)]].concat());
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        (output.status.code(), format!("{out}{err}"))
    }

    #[track_caller]
    fn refused(&self, command: &[&str], expected: &str) {
        let (code, said) = self.said(command);
        assert!(code == Some(1) && said.contains(expected), "{code:?} {said}");
    }

    async fn by_hand(&self, sql: &str) {
        by_hand(&self.data().join("renkei.db"), sql).await;
    }
}

async fn by_hand(file: &Path, sql: &str) {
    let mut database = SqliteConnection::connect(&format!("sqlite://{}", file.display())).await.unwrap();
    let changed = sqlx::query(AssertSqlSafe(sql.to_owned())).execute(&mut database).await.unwrap();
    assert!(changed.rows_affected() > 0, "{sql}");
    database.close().await.unwrap();
}

const RESTORE: [&str; 4] = ["secretariat", "restore", "--reason", "記録の修復。所長の承認"];

#[tokio::test]
async fn rows_that_somebody_wrote_by_hand_leave_a_way_back_for_whoever_has_the_machine() {
    for damage in [
        "update organisation set mac = null",
        "update organisation set kind = 'clinic'",
        "update organisation set active = false",
        "update person set active = false",
        "update person set mac = null",
    ] {
        let region = Region::new();
        // Who is there is not put beside somebody.
        region.refused(&RESTORE, "acts for the secretariat");
        region.by_hand(damage).await;
        region.refused(&["sign-in", "--person", "三浦"], "renkei secretariat restore");
        let again = printed(&["--language", "en", "init", "--dir", text(region.folder.path())]);
        assert!(again.contains("Nobody acts for the secretariat"), "{again}");
        for reason in ["", "　"] {
            region.refused(&["secretariat", "restore", "--reason", reason], "--reason");
        }
        let (code, said) = region.said(&RESTORE);
        assert!(
            code == Some(0) && said.contains("三浦 恵子") && said.contains("renkei sign-in --person"),
            "{damage}: {said}"
        );
        let (code, said) = region.said(&["sign-in", "--person", "三浦"]);
        assert!(code == Some(0) && said.contains("#invitation="), "{damage}: {said}");
        region.refused(&RESTORE, "acts for the secretariat");
        let (code, said) = region.said(&["store", "check"]);
        assert!(code == Some(0) && said.contains("Nothing is wrong"), "{damage}: {said}");
        let listed = region.said(&["audit", "list", "--reason", "確認", "--kind", "keeping"]).1;
        assert!(listed.contains("the secretariat was restored"), "{listed}");
    }
}

#[tokio::test]
async fn who_lost_their_position_is_named_and_somebody_new_can_take_it() {
    let region = Region::new();
    region.by_hand("update person_position set mac = null").await;
    region.refused(&RESTORE, "--person");
    region.refused(&[&RESTORE[..], &["--person", "だれか"]].concat(), "--person");
    region.refused(&[&RESTORE[..], &["--person", ""]].concat(), "--person");
    region.refused(&[&RESTORE[..], &["--name", "　"]].concat(), "--name");
    let (code, said) = region.said(&[&RESTORE[..], &["--person", "三浦"]].concat());
    assert!(code == Some(0), "{said}");

    let region = Region::new();
    region.by_hand("update person_position set mac = null").await;
    let new = ["--name", "高木 玲子", "--kana", "タカギ レイコ", "--office", "みなと"];
    let (code, said) = region.said(&[&RESTORE[..], &new].concat());
    assert!(code == Some(0) && said.contains("高木 玲子"), "{said}");
    let (code, said) = region.said(&["sign-in", "--person", "高木"]);
    assert!(code == Some(0) && said.contains("#invitation="), "{said}");
}

#[tokio::test]
async fn a_hub_that_runs_is_stopped_first() {
    let region = Region::new();
    let data = region.data();
    let hub = Running::start(&["serve", "--listen", "127.0.0.1:0", "--data", text(&data)]);
    region.refused(&RESTORE, "stop it first");
    assert!(hub.stop().success());
}
