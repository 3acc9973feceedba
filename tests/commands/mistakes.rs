//! What an operator gets wrong: told by the option's or the file's name, once, and before anything was changed.

use std::path::Path;

use sqlx::{Connection as _, SqliteConnection};

use crate::support::process::{printed, run, text};
use crate::support::scratch;

/// Exit code and what was said on standard error.
fn told(arguments: &[&str]) -> (Option<i32>, String) {
    let output = run(arguments);
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

fn device<'a>(data: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [&["cert", "device", "--data", data], more].concat()
}

fn init(folder: &Path) {
    printed(&["init", "--dir", text(folder)]);
}

#[test]
fn a_reason_or_a_name_that_is_missing_is_told_by_its_option_and_nothing_happens() {
    let folder = scratch::folder("mistakes");
    init(folder.path());
    let (data, out) = (folder.path().join("data"), folder.path().join("out"));
    std::fs::create_dir(&out).unwrap();
    let (data, out) = (text(&data), text(&out));
    printed(&device(data, &["--name", "貸出 1", "--organisation", "事務局", "--out", out]));
    let listed = printed(&device(data, &[]));
    let id = listed.split_whitespace().next().unwrap().to_owned();
    let long = "理".repeat(1_001);
    let nowhere = folder.path().join("nowhere");
    let patient = "0196d5a2-7c00-7000-8000-000000000001";
    for (arguments, expected) in [
        (device(data, &["--revoke", &id, "--reason", ""]), "--reason"),
        (device(data, &["--revoke", &id, "--reason", "　"]), "--reason"),
        (device(data, &["--revoke", &id, "--reason", &long]), "--reason"),
        (device(data, &["--name", "", "--organisation", "事務局"]), "--name"),
        (device(data, &["--name", "貸出 2", "--organisation", "事務局", "--out", text(&nowhere)]), "nowhere"),
        (vec!["cert", "authority", "retire", "1", "--reason", "", "--data", data], "--reason"),
        (vec!["sign-in", "--person", "事務局", "--recover", "", "--data", data], "--recover"),
        (vec!["sign-in", "--person", "事務局", "--recover", &long, "--data", data], "--recover"),
        (
            vec![
                "record",
                "destroy",
                patient,
                "--name",
                "x",
                "--birth-date",
                "1938-04-12",
                "--reason",
                "",
                "--data",
                data,
            ],
            "--reason",
        ),
    ] {
        let (code, said) = told(&arguments);
        assert!(code == Some(1) && said.contains(expected), "{arguments:?}: {code:?} {said}");
    }
    assert_eq!(printed(&device(data, &[])), listed, "neither revoked nor registered");
    for name in [["--office", ""], ["--office", "　"], ["--operator", ""]] {
        let fresh = folder.path().join("fresh");
        let (code, said) = told(&[&["init", "--dir", text(&fresh)], &name[..]].concat());
        assert!(code == Some(1) && said.contains(name[0]) && !fresh.exists(), "{name:?}: {said}");
    }
}

#[test]
fn a_region_whose_key_is_missing_gets_no_other_one() {
    let folder = scratch::folder("mistakes");
    init(folder.path());
    let (data, key) = (folder.path().join("data"), folder.path().join("data/region.key"));
    let kept = folder.path().join("kept.key");
    std::fs::rename(&key, &kept).unwrap();
    for (language, back) in [("ja", "写しを"), ("en", "copy that was kept")] {
        let (code, said) = told(&["--language", language, "serve", "--listen", "127.0.0.1:0", "--data", text(&data)]);
        assert!(code == Some(78) && said.contains(back) && said.contains("region.key"), "{said}");
        let (code, said) = told(&["--language", language, "sign-in", "--data", text(&data)]);
        assert!(code == Some(1) && said.contains(back) && said.contains("region.key"), "{said}");
        let (code, said) = told(&["--language", language, "init", "--dir", text(folder.path())]);
        assert!(code == Some(1) && said.contains(back) && !key.exists(), "{said}");
    }
    std::fs::rename(&kept, &key).unwrap();
    printed(&["sign-in", "--data", text(&data)]);
    init(folder.path());
}

#[test]
fn a_backup_that_is_not_there_is_named_once_and_not_called_damaged() {
    let folder = scratch::folder("mistakes");
    init(folder.path());
    let data = folder.path().join("data");
    let nofile = folder.path().join("nofile.backup");
    let empty = format!("sqlite://{}", folder.path().join("empty.db").display());
    for command in [["backup", "verify", text(&nofile)].as_slice(), &["restore", text(&nofile), "--into", &empty]] {
        for (language, expected) in [("ja", "そのファイルやフォルダーはありません"), ("en", "No such file")]
        {
            let (code, said) = told(&[&["--language", language], command, &["--data", text(&data)]].concat());
            assert_eq!(code, Some(1), "{said}");
            assert!(said.matches("nofile.backup").count() == 1 && said.matches(expected).count() == 1, "{said}");
            assert!(language == "en" || !said.contains("No such file"), "{said}");
        }
    }
}

#[test]
fn a_checkpoint_of_another_region_is_told_as_that() {
    let (here, elsewhere) = (scratch::folder("mistakes"), scratch::folder("mistakes"));
    init(here.path());
    init(elsewhere.path());
    let (data, other) = (here.path().join("data"), elsewhere.path().join("data"));
    let file = elsewhere.path().join("checkpoint.json");
    printed(&["audit", "checkpoint", "--json", "--out", text(&file), "--data", text(&other)]);
    for (language, expected) in [("ja", "別の地域"), ("en", "another region's")] {
        let verify = ["--language", language, "audit", "verify", "--checkpoint", text(&file), "--data", text(&data)];
        let (code, said) = told(&verify);
        assert!(code == Some(1) && said.contains(expected), "{code:?} {said}");
    }
}

/// How many records the audit log has.
async fn audits(data: &Path) -> i64 {
    let url = format!("sqlite://{}", data.join("renkei.db").display());
    let mut database = SqliteConnection::connect(&url).await.unwrap();
    let (count,): (i64,) = sqlx::query_as("select count(*) from audit").fetch_one(&mut database).await.unwrap();
    database.close().await.unwrap();
    count
}

#[tokio::test]
async fn an_audit_log_that_could_not_be_taken_out_is_not_on_record_as_taken() {
    let folder = scratch::folder("mistakes");
    init(folder.path());
    let (data, out) = (folder.path().join("data"), folder.path().join("audit.jsonl"));
    std::fs::write(&out, "何か").unwrap();
    let before = audits(&data).await;
    let export = ["audit", "export", "--reason", "点検", "--out", text(&out), "--data", text(&data)];
    let (code, said) = told(&export);
    assert!(code == Some(1) && said.contains("audit.jsonl"), "{said}");
    assert_eq!((audits(&data).await, std::fs::read_to_string(&out).unwrap()), (before, "何か".to_owned()));
    std::fs::remove_file(&out).unwrap();
    printed(&export);
    assert_eq!(audits(&data).await, before + 1);
}

#[test]
fn a_certificate_that_was_cut_off_is_told_in_words_and_not_by_its_bytes() {
    let folder = scratch::folder("mistakes");
    init(folder.path());
    let (data, pem) = (folder.path().join("data"), folder.path().join("cut.pem"));
    std::fs::write(&pem, "-----BEGIN CERTIFICATE-----\nMIIBszCCAVmg\n").unwrap();
    let config = folder.path().join("tls.toml");
    std::fs::write(&config, format!("[tls]\ncertificate = \"{0}\"\nkey = \"{0}\"\n", text(&pem))).unwrap();
    let serve =
        ["--language", "ja", "serve", "--config", text(&config), "--listen", "127.0.0.1:0", "--data", text(&data)];
    let (code, said) = told(&serve);
    assert!(code == Some(1) && said.contains("途中で切れています") && !said.contains("[67"), "{code:?} {said}");
}
