//! `renkei client` on the hub's machine: a hospital's system is registered, gets another key, is suspended and let in again,
//! and removed for good.

use renkei::cli::open::open_journal;
use renkei::domain::directory::Organisation;
use renkei::domain::ids::OrganisationId;
use renkei::domain::role::OrganisationType;
use renkei::hub::StoreError;
use renkei::vault::RegionKey;
use uuid::Uuid;

use crate::support::process::{printed, run, text};
use crate::support::scratch;
use crate::support::system::{Key, key_set};

#[tokio::test]
async fn a_system_is_registered_listed_given_other_keys_suspended_and_removed() {
    let folder = scratch::folder("clients");
    printed(&["init", "--dir", text(folder.path())]);
    let data = folder.path().join("data");
    let key = RegionKey::load_file(&data.join("region.key")).unwrap();
    let journal = open_journal(&format!("sqlite://{}/renkei.db", data.display()), &key).await.unwrap();
    let hospital = Organisation {
        id: OrganisationId(Uuid::from_u128(7)),
        kind: OrganisationType::Hospital,
        name: "みなと病院".to_owned(),
        kana: "ミナトビョウイン".to_owned(),
        phone: String::new(),
        identifiers: Vec::new(),
        active: true,
    };
    let entering = journal.write(move |tx| Box::pin(async move { tx.insert_organisation(&hospital).await }));
    assert!(entering.await.map_err(|error: StoreError| error).unwrap());
    journal.close().await;

    let (first, both) = (folder.path().join("first.json"), folder.path().join("both.json"));
    let (old, new) = (Key::new("2026-04"), Key::new("2027-04"));
    std::fs::write(&first, key_set(&[&old]).to_string()).unwrap();
    std::fs::write(&both, key_set(&[&old, &new]).to_string()).unwrap();
    let client = |of: &str, more: &[&str]| -> Vec<String> {
        let words = [&["--language", "en", "client", of, "--data", text(&data)], more].concat();
        words.into_iter().map(str::to_owned).collect()
    };
    let done = |of: &str, more: &[&str]| {
        let words = client(of, more);
        printed(&words.iter().map(String::as_str).collect::<Vec<_>>())
    };
    let fails = |of: &str, more: &[&str]| {
        let words = client(of, more);
        let output = run(&words.iter().map(String::as_str).collect::<Vec<_>>());
        assert!(!output.status.success(), "{more:?}");
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    let named = ["--name", "みなと電子カルテ", "--purpose", "送信", "--jwks", text(&first)];
    let add = |organisation: &'static str, scopes: &'static str| {
        [&named[..], &["--organisation", organisation, "--scopes", scopes]].concat()
    };
    assert!(fails("add", &add("だれか", "system/Observation.c")).contains("--organisation"));
    assert!(fails("add", &add("みなと", "system/*.cruds")).contains("scopes:"));
    assert!(fails("add", &add("連携事務局", "system/Observation.c")).contains("organisation:"));
    let told = done("add", &add("みなと", "system/Observation.crs"));
    let id = told.lines().next().unwrap().rsplit_once(' ').unwrap().1.to_owned();
    assert!(told.contains("/oauth/token"), "{told}");
    let listed = done("list", &[]);
    assert!(listed.contains(&id) && listed.contains("みなと病院") && listed.contains("2026-04  ES384"), "{listed}");

    done("keys", &["--client", &id, "--jwks", text(&both)]);
    assert!(done("list", &[]).contains("2027-04"));
    fails("suspend", &["--client", &id]);
    done("suspend", &["--client", &id, "--reason", "点検"]);
    assert!(done("list", &[]).contains("suspended"));
    fails("suspend", &["--client", &id, "--reason", "点検"]);
    done("suspend", &["--client", &id, "--resume"]);
    assert!(done("list", &[]).contains("in use"));
    done("suspend", &["--client", &id, "--remove", "--reason", "委託の終了"]);
    assert_eq!(done("list", &[]), "");
    fails("keys", &["--client", &id, "--jwks", text(&both)]);
    fails("suspend", &["--client", &id, "--resume"]);
    // It is nobody who is invited.
    let people = printed(&["sign-in", "--data", text(&data)]);
    assert!(!people.contains("みなと電子カルテ"), "{people}");
}
