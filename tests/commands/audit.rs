//! `renkei audit` as an operator uses it: a checkpoint taken out, the history proved beside a running hub and without one,
//! and what is said when somebody wrote into the database.

use std::path::Path;

use sqlx::{Connection as _, SqliteConnection};

use crate::support::process::{Running, printed, run, text};
use crate::support::scratch;

async fn tamper(data: &Path, sql: &'static str) {
    let url = format!("sqlite://{}", data.join("renkei.db").display());
    let mut database = SqliteConnection::connect(&url).await.expect("the database opens");
    let touched = sqlx::query(sql).execute(&mut database).await.expect("it can be written").rows_affected();
    assert!(touched > 0, "{sql}");
    database.close().await.expect("it closes");
}

/// The exit code of a verification, and what it says.
fn verified(arguments: &[&str]) -> (Option<i32>, String) {
    let output = run(&[&["--language", "en", "audit", "verify"], arguments].concat());
    (
        output.status.code(),
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr),
    )
}

#[tokio::test]
async fn a_checkpoint_kept_elsewhere_shows_what_the_database_alone_does_not() {
    let folder = scratch::folder("audit");
    let told = printed(&["--language", "en", "init", "--dir", text(folder.path())]);
    let key = printed(&["audit", "key", "--data", text(&folder.path().join("data"))]);
    assert!(told.contains(key.trim()) && key.split_whitespace().count() == 16, "{told}{key}");
    let data = folder.path().join("data");
    let (at, file) = (["--data", text(&data)], folder.path().join("checkpoint.json"));
    printed(&["sign-in", "--person", "事務局", "--data", text(&data)]);
    printed(&["audit", "checkpoint", "--json", "--out", text(&file), "--data", text(&data)]);
    let sheet = printed(&["audit", "checkpoint", "--print", "--data", text(&data)]);
    assert!(sheet.starts_with("<!doctype html>") && sheet.contains(key.trim()), "{sheet}");

    let hub = Running::start(&["serve", "--listen", "127.0.0.1:0", "--data", text(&data)]);
    let (code, said) = verified(&at);
    assert_eq!(code, Some(0), "beside a running hub: {said}");
    assert!(said.contains("Nothing is wrong") && said.contains("1 checkpoints"), "{said}");
    assert!(hub.stop().success());
    let with_file = ["--checkpoint", text(&file), "--key", key.trim(), "--data", text(&data)];
    assert_eq!(verified(&with_file).0, Some(0));
    let stranger = "00".repeat(32);
    let (code, said) = verified(&["--key", &stranger, "--data", text(&data)]);
    assert_eq!(code, Some(3), "signed by somebody else: {said}");
    let (code, said) = verified(&["--key", "abc", "--data", text(&data)]);
    assert!(code == Some(1) && said.contains("public key"), "{said}");

    // Somebody cuts the log off, with its head and every checkpoint that knew of more, and has the hub sign anew.
    tamper(&data, "delete from audit where seq > 1").await;
    tamper(&data, "update audit_head set seq = 1, chain = (select chain from audit where seq = 1)").await;
    tamper(&data, "delete from signed_checkpoint").await;
    // What the store notes of the newest one would miss it.
    let unsigned = run(&["audit", "checkpoint", "--data", text(&data)]);
    assert!(!unsigned.status.success(), "{unsigned:?}");
    tamper(&data, "delete from meta where name = 'checkpoint_newest'").await;
    printed(&["audit", "checkpoint", "--data", text(&data)]);
    assert_eq!(verified(&at).0, Some(0), "by itself it shows nothing");
    let (code, said) = verified(&with_file);
    assert_eq!(code, Some(3), "{said}");
    assert!(said.contains("audit log #2") && said.contains("was removed (shown by checkpoint 1)"), "{said}");

    tamper(&data, "update audit set recorded_at = recorded_at + 1 where seq = 1").await;
    let (code, said) = verified(&at);
    assert_eq!(code, Some(3), "{said}");
    assert!(said.contains("audit log #1: was changed"), "{said}");
}

#[test]
fn whoever_looks_into_the_log_on_the_machine_says_why_and_is_in_it() {
    let folder = scratch::folder("audit-list");
    printed(&["init", "--dir", text(folder.path())]);
    let data = folder.path().join("data");
    let at = ["--data", text(&data)];
    let unexplained = run(&[&["--language", "en", "audit", "list", "--reason", " "], &at[..]].concat());
    assert!(!unexplained.status.success(), "{unexplained:?}");
    assert!(!run(&[&["audit", "list"], &at[..]].concat()).status.success());
    let list = |language: &str| {
        printed(&[&["--language", language, "audit", "list", "--reason", "定期点検", "--limit", "5"], &at[..]].concat())
    };
    let first = list("ja");
    assert!(first.lines().next().unwrap().contains("  運用者  監査記録の閲覧・出力: 一覧"), "{first}");
    // The time of the region, as long as its zone says it is another than UTC.
    let moment = first.lines().next().unwrap().split("  ").nth(1).unwrap();
    assert!(moment.len() == "2026-04-01 09:00:00 +09:00".len() && moment.ends_with(" +09:00"), "{first}");
    let second = list("en");
    let look = second.lines().nth(1).unwrap();
    assert!(
        look.contains("operator  audit log used: listed") && look.ends_with("why: 定期点検"),
        "the look before: {look}"
    );
    printed(&[&["audit", "list", "--reason", "問い\u{7}合わせ"], &at[..]].concat());
    assert!(list("ja").contains("理由: 問い?合わせ"), "what was typed steers no terminal");
    let file = folder.path().join("audit.csv");
    let export = ["audit", "export", "--format", "csv", "--reason", "監査", "--out", text(&file)];
    printed(&[&export, &at[..]].concat());
    let table = std::fs::read_to_string(&file).unwrap();
    assert!(table.lines().count() > 3 && table.contains("operator") && table.contains("\"定期点検\""), "{table}");
    assert!(!run(&[&export, &at[..]].concat()).status.success(), "a file that is there is not overwritten");
}

#[test]
fn checkpoints_are_put_into_a_folder_elsewhere_and_the_newest_there_is_held_against_the_history() {
    let folder = scratch::folder("audit-elsewhere");
    printed(&["init", "--dir", text(folder.path())]);
    let (config, there) = (folder.path().join("there.toml"), folder.path().join("elsewhere"));
    let settings =
        "data_dir = \"data\"\n[listen]\naddresses = [\"127.0.0.1:0\"]\n[audit]\ncheckpoint_to = \"elsewhere\"\n";
    std::fs::write(&config, settings).unwrap();
    // Away, as a disk that is not mounted: the hub serves all the same, and makes no folder in its place.
    let hub = Running::start(&["serve", "--config", text(&config)]);
    assert!(hub.stop().success());
    assert!(!there.exists());
    std::fs::create_dir(&there).unwrap();
    let hub = Running::start(&["serve", "--config", text(&config)]);
    assert!(hub.stop().success());
    let found: Vec<_> = std::fs::read_dir(&there).unwrap().map(|found| found.unwrap().path()).collect();
    assert!(found.len() == 1 && text(&found[0]).contains("renkei-checkpoint-"), "{found:?}");
    let against = ["--against", text(&there), "--config", text(&config)];
    let (code, said) = verified(&against);
    assert_eq!(code, Some(0), "{said}");
    let twisted = std::fs::read_to_string(&found[0]).unwrap().replacen("entries 0", "entries 9", 1);
    std::fs::write(&found[0], twisted).unwrap();
    let (code, said) = verified(&against);
    assert!(code == Some(3) && said.contains("the checkpoint that was given"), "{said}");
}
