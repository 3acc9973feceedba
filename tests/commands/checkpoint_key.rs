//! The key that signs checkpoints, lost or exchanged: no other signs in its place unasked, and one that replaces it on record leaves
//! what was signed before proved.

use std::fs;
use std::path::PathBuf;

use crate::support::process::{Running, printed, run, text};
use crate::support::scratch;

struct Region {
    folder: tempfile::TempDir,
}

impl Region {
    /// With somebody invited, so that there is something to sign.
    fn new() -> Self {
        let region = Self { folder: scratch::folder("checkpoint-key") };
        printed(&["init", "--dir", text(region.folder.path())]);
        printed(&["sign-in", "--person", "事務局", "--data", text(&region.data())]);
        region
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn key_file(&self) -> PathBuf {
        self.data().join("checkpoint.key")
    }

    /// The exit code of a command on it, and all that it says.
    fn said(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let data = self.data();
        let output = run(&[&["--language", "en"], arguments, &["--data", text(&data)]].concat());
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        (output.status.code(), format!("{out}{err}"))
    }

    #[track_caller]
    fn done(&self, arguments: &[&str]) -> String {
        let (code, said) = self.said(arguments);
        assert_eq!(code, Some(0), "{arguments:?}: {said}");
        said
    }

    fn public(&self) -> String {
        self.done(&["audit", "key"]).trim().to_owned()
    }
}

#[test]
fn a_lost_key_is_told_no_other_is_made_unasked_and_what_it_signed_stays_proved_by_the_one_that_replaces_it() {
    let region = Region::new();
    let (former, kept) = (region.public(), region.folder.path().join("kept.key"));
    let file = region.folder.path().join("checkpoint.json");
    region.done(&["audit", "checkpoint", "--json", "--out", text(&file)]);
    fs::rename(region.key_file(), &kept).unwrap();

    let (code, said) = region.said(&["audit", "checkpoint"]);
    assert!(code == Some(1) && said.contains("audit new-key"), "{said}");
    let data = region.data();
    let hub = Running::start(&["serve", "--listen", "127.0.0.1:0", "--data", text(&data)]);
    let (code, said) = region.said(&["audit", "new-key", "--reason", "鍵の紛失"]);
    assert!(code == Some(1) && said.contains("stop it first"), "{said}");
    assert!(hub.stop().success(), "care goes on without it");
    let again = printed(&["--language", "en", "init", "--dir", text(region.folder.path())]);
    assert!(again.contains("audit new-key"), "{again}");
    assert!(!region.key_file().exists(), "no other was made");

    let (code, said) = region.said(&["audit", "new-key", "--reason", " "]);
    assert!(code == Some(1) && !region.key_file().exists(), "{said}");
    let told = region.done(&["audit", "new-key", "--reason", "鍵の紛失"]);
    let public = region.public();
    assert!(public != former && told.contains(&former) && told.contains(&public), "{told}");
    let verified = region.done(&["audit", "verify"]);
    assert!(verified.contains("Nothing is wrong") && verified.contains("2 checkpoints"), "{verified}");
    region.done(&["audit", "verify", "--checkpoint", text(&file)]);
    let (code, said) = region.said(&["audit", "verify", "--key", &former]);
    let another = format!("(public key {public})");
    assert!(
        code == Some(3) && said.contains("checkpoints #2: was signed by another key"),
        "of what came it knows: {said}"
    );
    assert!(said.contains(&another) && said.contains("1 fault found") && !said.contains("was changed"), "{said}");
    let since = region.folder.path().join("since.json");
    region.done(&["audit", "checkpoint", "--json", "--out", text(&since)]);
    let (code, said) = region.said(&["audit", "verify", "--checkpoint", text(&since), "--key", &former]);
    let given = format!("the checkpoint that was given: was signed by another key {another}");
    assert!(code == Some(3) && said.contains(&given), "{said}");
    region.done(&["audit", "verify", "--checkpoint", text(&since)]);
    let listed = region.done(&["audit", "list", "--kind", "keeping", "--reason", "点検"]);
    let digits = |key: &str| key.split_whitespace().collect::<String>();
    assert!(listed.contains(&digits(&former)) && listed.contains(&digits(&public)), "{listed}");
    region.done(&["backup"]);
    region.done(&["backup", "verify", "--rehearse"]);

    // The former one turns up.
    fs::rename(region.key_file(), region.folder.path().join("new.key")).unwrap();
    fs::copy(&kept, region.key_file()).unwrap();
    let (code, said) = region.said(&["audit", "checkpoint"]);
    assert!(code == Some(1) && said.contains("is not the key"), "{said}");
    let (code, said) = region.said(&["audit", "new-key", "--reason", "点検"]);
    assert!(code == Some(1) && said.contains("was replaced before"), "{said}");
}

#[test]
fn a_key_from_elsewhere_signs_nothing_until_it_is_on_record_and_one_is_replaced_after_the_other() {
    let (region, other) = (Region::new(), Region::new());
    let mut keys = vec![region.public()];
    region.done(&["audit", "checkpoint"]);
    fs::copy(other.key_file(), region.key_file()).unwrap();
    let (code, said) = region.said(&["audit", "checkpoint"]);
    assert!(code == Some(1) && said.contains("is not the key"), "{said}");
    let (code, said) = region.said(&["audit", "new-key", "--reason", "交換", "--former", &"00".repeat(32)]);
    assert!(code == Some(1) && said.contains("signed no checkpoint"), "{said}");
    region.done(&["audit", "new-key", "--reason", "交換"]);
    keys.push(region.public());
    assert_eq!(keys[1], other.public(), "it stays");

    region.done(&["audit", "new-key", "--reason", "定期の交換"]);
    keys.push(region.public());
    assert!(keys[2] != keys[1]);
    let aside = fs::read_dir(region.data()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let aside: Vec<String> = aside.filter(|name| name.starts_with("checkpoint.key.")).collect();
    assert_eq!(aside.len(), 1, "the former one is not thrown away: {aside:?}");
    let hub = Running::start(&["serve", "--listen", "127.0.0.1:0", "--data", text(&region.data())]);
    assert!(hub.stop().success());
    let verified = region.done(&["audit", "verify"]);
    assert!(verified.contains("Nothing is wrong"), "{verified}");
}
