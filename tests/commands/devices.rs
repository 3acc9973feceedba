//! `renkei cert device` on the hub's machine: registering, renewing, listing, revoking; and what OpenSSL makes of the file.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use p12_keystore::{KeyStore, Pkcs12ImportPolicy};

use crate::support::process::{printed, run, text};
use crate::support::scratch;

/// The one file with this ending in a folder.
fn only(folder: &Path, ending: &str) -> PathBuf {
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let mut found: Vec<PathBuf> = files.filter(|path| path.extension().is_some_and(|end| end == ending)).collect();
    assert_eq!(found.len(), 1, "{found:?}");
    found.remove(0)
}

fn mode(file: &Path) -> u32 {
    std::fs::metadata(file).unwrap().permissions().mode() & 0o777
}

fn passphrase(told: &str) -> &str {
    let line = told.lines().find(|line| line.contains("passphrase")).expect("it is told");
    line.rsplit_once(": ").unwrap().1
}

#[test]
fn a_device_gets_a_certificate_on_the_hubs_machine_is_listed_renewed_and_revoked() {
    let folder = scratch::folder("devices");
    printed(&["init", "--dir", text(folder.path())]);
    let data = folder.path().join("data");
    let (data, first, second) = (text(&data), folder.path().join("first"), folder.path().join("second"));
    std::fs::create_dir(&first).unwrap();
    std::fs::create_dir(&second).unwrap();
    let device = |more: &[&str]| printed(&[&["--language", "en", "cert", "device", "--data", data], more].concat());
    let told = device(&["--name", "貸出 1", "--organisation", "事務局", "--out", text(&first)]);
    let lying = |folder: &Path| std::fs::read_dir(folder).unwrap().count();
    assert_eq!(lying(&first), 1, "the key lies nowhere without its passphrase");
    assert_eq!(mode(&only(&first, "p12")), 0o600);
    let bundle = std::fs::read(only(&first, "p12")).unwrap();
    let opened = KeyStore::from_pkcs12(&bundle, passphrase(&told), Pkcs12ImportPolicy::Strict).unwrap();
    assert_eq!(opened.private_key_chain().unwrap().1.certs().len(), 2, "with the authority");
    openssl_agrees(&only(&first, "p12"), passphrase(&told));

    let listed = device(&[]);
    let id = listed.split_whitespace().next().unwrap().to_owned();
    assert!(listed.contains("貸出 1") && listed.contains("never seen"), "{listed}");
    let renewed = device(&["--device", &id, "--out", text(&second), "--pem"]);
    for ending in ["p12", "pem", "key"] {
        assert_eq!(mode(&only(&second, ending)), 0o600, "{ending}");
    }
    let key = std::fs::read_to_string(only(&second, "key")).unwrap();
    assert!(key.contains("BEGIN PRIVATE KEY") && renewed.contains("unencrypted"), "asked for, and said");
    assert_ne!(passphrase(&renewed), passphrase(&told));
    let refused = run(&["cert", "device", "--data", data, "--revoke", &id]);
    assert!(!refused.status.success(), "no reason is given");
    device(&["--revoke", &id, "--reason", "紛失"]);
    assert!(device(&[]).contains("revoked"));
    for more in [["--revoke", &id, "--reason", "紛失"].as_slice(), &["--device", &id]] {
        assert!(!run(&[&["cert", "device", "--data", data], more].concat()).status.success(), "{more:?}");
    }
    let nobody = ["cert", "device", "--data", data, "--name", "x", "--organisation", "だれか"];
    let refused = run(&nobody);
    let why = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && why.contains("連携事務局"), "which there are: {why}");
}

#[test]
fn the_authority_is_replaced_on_the_hubs_machine_and_retired_when_no_device_needs_it() {
    let folder = scratch::folder("authorities");
    printed(&["init", "--dir", text(folder.path())]);
    let data = folder.path().join("data");
    let data = text(&data);
    assert!(!run(&cert(data, &["authority", "replace"])).status.success(), "there is none yet");
    let out = ["first", "second"].map(|name| folder.path().join(name));
    out.iter().for_each(|folder| std::fs::create_dir(folder).unwrap());
    printed(&cert(data, &["device", "--name", "貸出 1", "--organisation", "事務局", "--out", text(&out[0])]));
    let id = printed(&cert(data, &["device"])).split_whitespace().next().unwrap().to_owned();
    assert!(printed(&cert(data, &["authority", "replace"])).contains("made authority 2"));
    let listed = printed(&cert(data, &["authority", "list"]));
    assert!(listed.contains("1 certificates, 1 devices without a newer one"), "{listed}");
    let retire = cert(data, &["authority", "retire", "1", "--reason", "交換"]);
    let refused = run(&retire);
    assert!(!refused.status.success() && String::from_utf8_lossy(&refused.stderr).contains("--cut-off"));
    assert!(!run(&cert(data, &["authority", "retire", "1"])).status.success(), "no reason is given");
    printed(&cert(data, &["device", "--device", &id, "--out", text(&out[1])]));
    assert!(printed(&retire).contains("authority 1 is retired; 1 certificates ended"));
    assert!(!run(&retire).status.success());
    let listed = printed(&cert(data, &["authority", "list"]));
    assert!(listed.lines().next().unwrap().contains("retired"), "{listed}");
    assert!(!run(&cert(data, &["authority", "retire", "2", "--reason", "交換"])).status.success(), "it issues");
}

/// What is typed after `renkei`.
fn cert<'a>(data: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [&["--language", "en", "cert"], more, &["--data", data]].concat()
}

/// Another implementation opens it, where there is one on this machine.
fn openssl_agrees(file: &Path, passphrase: &str) {
    let arguments =
        ["pkcs12", "-info", "-noenc", "-in", text(file), "-passin", &format!("pass:{passphrase}")].map(str::to_owned);
    let Ok(output) = Command::new("openssl").args(arguments).output() else {
        eprintln!("skipped: there is no openssl");
        return;
    };
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{err}");
    assert!(err.contains("MAC: sha256") && err.contains("AES-256-CBC") && !err.contains("RC2"), "{err}");
    assert!(out.contains("BEGIN PRIVATE KEY") && out.matches("BEGIN CERTIFICATE").count() == 2, "{out}");
}
