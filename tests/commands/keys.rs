//! `renkei key`: the region goes under another key while a hub runs, when it is killed on its way, and with a command that
//! prints the key; and what backups of before need.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::support::process::{Killable, Running, printed, run, text};
use crate::support::scratch;

/// How often the change is killed on its way.
const KILLS: usize = 6;

struct Region {
    folder: TempDir,
}

impl Region {
    fn new() -> Self {
        let folder = scratch::folder("keys");
        printed(&["init", "--dir", text(folder.path())]);
        Self { folder }
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn old(&self) -> PathBuf {
        self.data().join("region.key")
    }

    fn new_key(&self) -> PathBuf {
        self.data().join("new.key")
    }

    /// Exit code and all that was said, with this key.
    fn said(&self, key: &Path, command: &[&str], language: &str) -> (Option<i32>, String) {
        let data = self.data();
        let with = ["--data", text(&data), "--region-key", text(key)];
        let output = run(&[&["--language", language], command, &with[..]].concat());
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        (output.status.code(), format!("{out}{err}"))
    }

    fn status(&self, key: &Path) -> (Option<i32>, String) {
        self.said(key, &["key", "status"], "en")
    }

    fn rotate(&self) -> (Option<i32>, String) {
        let to = self.new_key();
        self.said(&self.old(), &["key", "rotate", "--to", text(&to)], "en")
    }
}

/// What `key status` calls the region's key.
fn id_in(status: &str) -> String {
    let line = status.lines().find(|line| line.starts_with("Region's key")).expect("a line of it");
    line.split_whitespace().nth(2).expect("its name").to_owned()
}

#[test]
fn under_another_key_a_running_hub_goes_on_and_the_old_key_is_told_what_happened() {
    let region = Region::new();
    let (old, new) = (region.old(), region.new_key());
    let before = id_in(&region.status(&old).1);
    let hub = Running::start(&["serve", "--listen", "127.0.0.1:0", "--data", text(&region.data())]);
    let (code, told) = region.rotate();
    assert!(code == Some(0) && told.contains("region_key_file = ") && told.contains(&before), "{told}");
    // What it writes at its end is written under the key that it began with.
    assert!(hub.stop().success());

    let (code, refused) = region.said(&old, &["store", "check"], "en");
    assert!(code == Some(1) && refused.contains(&format!("the key given is {before}")), "{refused}");
    let (_, refused) = region.said(&old, &["serve", "--listen", "127.0.0.1:0"], "ja");
    assert!(refused.contains("替えられました") && refused.contains(&before), "{refused}");
    let (code, status) = region.status(&new);
    assert!(code == Some(0) && status.contains(&format!("before that {before}")), "{status}");
    assert_ne!(id_in(&status), before);
    let (code, checked) = region.said(&new, &["store", "check"], "en");
    assert!(code == Some(0) && checked.contains("Nothing is wrong"), "{checked}");
    let (code, proved) = region.said(&new, &["audit", "verify"], "en");
    assert_eq!(code, Some(0), "{proved}");
    let (_, log) = region.said(&new, &["audit", "list", "--reason", "確認", "--kind", "keeping"], "en");
    assert!(log.contains(&format!("replaced the region's key {before} by {}", id_in(&status))), "{log}");
    let data = region.data();
    let again =
        Running::start(&["serve", "--listen", "127.0.0.1:0", "--data", text(&data), "--region-key", text(&new)]);
    assert!(again.stop().success());
    let to = region.new_key();
    let (code, same) = region.said(&new, &["key", "rotate", "--to", text(&to)], "en");
    assert!(code == Some(1) && same.contains("in use already"), "{same}");
}

#[test]
fn a_change_that_is_killed_on_its_way_leaves_the_old_key_or_the_new_and_is_done_again() {
    let mut left_old = 0;
    for _ in 0..KILLS {
        let region = Region::new();
        let (old, new, data) = (region.old(), region.new_key(), region.data());
        let rotate = ["key", "rotate", "--to", text(&new), "--data", text(&data), "--region-key", text(&old)];
        Killable::start(&rotate).kill_when(|| new.exists());
        let works = |key: &Path| key.exists() && region.status(key).0 == Some(0);
        let (by_old, by_new) = (works(&old), works(&new));
        assert!(by_old != by_new, "one of the two, never none and never both: {by_old} {by_new}");
        if by_old {
            left_old += 1;
            let (code, told) = region.rotate();
            assert_eq!(code, Some(0), "the key that was made is taken: {told}");
        }
        assert_eq!(region.said(&new, &["store", "check"], "en").0, Some(0));
    }
    assert!(left_old > 0, "it was never met before its commit");
}

#[test]
fn a_backup_says_which_key_it_needs_and_comes_back_with_that() {
    let region = Region::new();
    let (old, new) = (region.old(), region.new_key());
    let before = id_in(&region.status(&old).1);
    assert_eq!(region.said(&old, &["backup"], "en").0, Some(0));
    assert_eq!(region.rotate().0, Some(0));
    let made = fs::read_dir(region.data().join("backups")).unwrap().map(|file| file.unwrap().path());
    let file = made.into_iter().find(|path| text(path).ends_with(".backup")).unwrap();
    let verify = ["backup", "verify", text(&file)];
    let (code, told) = region.said(&new, &verify, "en");
    assert!(code == Some(1) && told.contains(&format!("it needs the region key {before}")), "{told}");
    let (_, told) = region.said(&new, &verify, "ja");
    assert!(told.contains(&format!("地域の鍵 {before} が必要です")), "{told}");
    let (_, status) = region.status(&new);
    assert!(status.contains(&format!("1 need {before} (not the one of today)")), "{status}");

    let elsewhere = scratch::folder("elsewhere");
    let restore = |key: &Path| {
        let output = run(&[
            "--language",
            "en",
            "restore",
            text(&file),
            "--data",
            text(elsewhere.path()),
            "--region-key",
            text(key),
        ]);
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (code, told) = restore(&new);
    assert!(code == Some(1) && told.contains(&format!("needs the region key {before}")), "{told}");
    assert_eq!(restore(&old).0, Some(0));
    // It is under the key of then again, and goes under the new one as before.
    let status = |key: &Path| run(&["key", "status", "--data", text(elsewhere.path()), "--region-key", text(key)]);
    assert!(status(&old).status.success() && !status(&new).status.success());
    let rotate = ["key", "rotate", "--to", text(&new), "--data", text(elsewhere.path()), "--region-key", text(&old)];
    printed(&rotate);
    assert!(status(&new).status.success());
}

/// Made by the hub of before there were data keys, with its region's key, which is for nothing but this.
const OF_BEFORE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/backups/0.1.0");

#[test]
fn a_backup_of_before_there_were_data_keys_comes_back_and_goes_under_another_key() {
    let folder = scratch::folder("before");
    let (key, new, data) =
        (folder.path().join("region.key"), folder.path().join("new.key"), folder.path().join("data"));
    fs::copy(Path::new(OF_BEFORE).join("region.key"), &key).unwrap();
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
    let file = Path::new(OF_BEFORE).join("renkei-20261127T200519Z.backup");
    let under = |key: &Path, command: &[&str]| {
        printed(&[&["--language", "en"], command, &["--data", text(&data), "--region-key", text(key)]].concat())
    };
    assert!(under(&key, &["backup", "verify", text(&file)]).contains("It is whole"));
    assert!(under(&key, &["restore", text(&file)]).contains("Chains, signatures and seals hold"));
    let status = under(&key, &["key", "status"]);
    assert!(status.contains("set up before there were data keys"), "{status}");
    under(&key, &["key", "rotate", "--to", text(&new)]);
    assert!(under(&new, &["store", "check"]).contains("Nothing is wrong"));
    let out = folder.path().join("out");
    under(&new, &["export", "region", "--reason", "確認", "--out", text(&out)]);
    let files = fs::read_dir(&out).unwrap().map(|file| file.unwrap().path()).filter(|path| path.is_file());
    let said: String = files.map(|path| fs::read_to_string(path).unwrap()).collect();
    for name in ["青葉野在宅医療連携事務局", "三浦 恵子"] {
        assert!(said.contains(name), "{name}");
    }
    let (_, refused) = {
        let output = run(&["--language", "en", "key", "status", "--data", text(&data), "--region-key", text(&key)]);
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    assert!(refused.contains("was changed on"), "{refused}");
}

#[test]
fn a_command_gives_the_key_to_every_command_and_a_new_one_too() {
    let region = Region::new();
    let (old, new, data) = (region.old(), region.new_key(), region.data());
    let config = region.folder.path().join("renkei.toml");
    let words = |key: &Path| format!("region_key_command = [\"/bin/cat\", \"{}\"]\n", text(key));
    fs::write(&config, format!("{}language = \"en\"\n", words(&old))).unwrap();
    let with = ["--config", text(&config)];
    printed(&[&["store", "check"], &with[..]].concat());
    printed(&["init", "--dir", text(region.folder.path())]);
    fs::write(&new, "renkei-region-key-v1:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE\n").unwrap();
    let told = printed(&[&["key", "rotate"], &with[..], &["--to-command", "/bin/cat", text(&new)]].concat());
    assert!(told.contains("region_key_command = [\"/bin/cat\", "), "{told}");
    fs::write(&config, format!("{}language = \"en\"\n", words(&new))).unwrap();
    printed(&[&["backup"], &with[..]].concat());
    let hub = Running::start(&[&["serve", "--listen", "127.0.0.1:0"], &with[..]].concat());
    assert!(hub.stop().success());
    let fails = r#"region_key_command = ["/bin/sh", "-c", "echo the key is 7; echo the key is 8 >&2; exit 9"]"#;
    fs::write(&config, format!("{fails}\nlanguage = \"en\"\n")).unwrap();
    let failed = run(&[&["store", "check"], &with[..]].concat());
    let said = String::from_utf8_lossy(&failed.stderr);
    assert!(!said.contains("the key is") && failed.stdout.is_empty(), "nobody knows what it says: {said}");
    assert!(failed.status.code() == Some(1) && said.contains("/bin/sh") && said.contains("exit status: 9"), "{said}");
    assert!(data.join("renkei.db").exists());
}
