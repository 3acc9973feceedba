//! Rows that nobody with the region's key wrote are struck out, and nothing besides. On each engine.

use super::guarded_rulebooks::{signature, version};
use super::region::{MORNING, Region, on_both};
use crate::domain::client::{Client, ClientKey, KeyAlgorithm, Scopes};
use crate::domain::ids::{ClientId, RulebookVersionId};
use crate::domain::lifecycle::{RulebookVersion, SetSignature, Stage};
use crate::store::check::check;
use crate::store::{RulebookFile, StoreError, StruckRow, VOCABULARY, fingerprint_of};

/// `work` in a transaction of the region.
macro_rules! written {
    ($region:expr, $tx:ident => $work:expr) => {{
        let done: Result<_, StoreError> = $region.journal.write(move |$tx| Box::pin(async move { $work })).await;
        done.unwrap()
    }};
}

/// A system with two keys.
async fn registered(region: &Region) -> ClientId {
    let id = ClientId(region.employ_nurse().await.id.0);
    let client = Client {
        id,
        organisation: region.nurse().organisation,
        purpose: "送信".to_owned(),
        scopes: Scopes::parse("scopes", "system/Patient.rs").unwrap(),
        registered_at: MORNING,
        suspended_at: None,
        removed_at: None,
    };
    written!(region, tx => {
        tx.insert_client(&client).await?;
        for id in ["k1", "k2"] {
            let key = ClientKey { id: id.to_owned(), algorithm: KeyAlgorithm::Es384, material: vec![4; 97] };
            assert!(tx.insert_client_key(client.id, &key, MORNING).await?);
        }
        Ok(())
    });
    id
}

/// A version of this name with its files and a signature.
async fn agreed(region: &Region, title: &str) -> RulebookVersionId {
    let file = |path: &str| RulebookFile { path: path.to_owned(), content: format!("# {title}") };
    let files = vec![file("floor.toml"), file(VOCABULARY)];
    let version = RulebookVersion {
        title: title.to_owned(),
        fingerprint: fingerprint_of(&files),
        ..version(region, Stage::Agreed, None)
    };
    let signature = SetSignature { agreement: title.to_owned(), ..signature() };
    let id = version.id;
    written!(region, tx => {
        tx.insert_rulebook_version(&version, &files).await?;
        tx.upsert_rulebook_signature(version.id, &signature).await
    });
    id
}

/// What somebody writes with the database alone, and how many rows each is.
const BY_HAND: [(&str, u64); 7] = [
    ("update client_key set material = client where kid = 'k2'", 1),
    // With the MAC of a true one.
    (
        "insert into client_key (client, kid, algorithm, material, added_at, mac)
            select client, 'by hand', algorithm, material, added_at, mac from client_key where kid = 'k1'",
        1,
    ),
    ("update rulebook_version set title = 'すべて許可', mac = null where title = '変えられる版'", 1),
    (
        "insert into rulebook_version (id, title, fingerprint, stage, drafted_at, effective_at, changed_at)
            select substr(id, 1, 3), title, fingerprint, 'in_force', 0, 5, 0 from rulebook_version where title = '正しい版'",
        1,
    ),
    (
        "insert into rulebook_version_file (version, path, content)
            select id, 'x.toml', '# すべて許可' from rulebook_version where length(id) = 3",
        1,
    ),
    (
        "insert into rulebook_version_file (version, path, content)
            select id, 'x.toml', '# すべて許可' from rulebook_version where title = '正しい版' and length(id) = 16",
        1,
    ),
    (
        "insert into rulebook_signature (version, ruleset, body, role, person, signed_on, agreement)
            select version, ruleset, '看護協会', role, person, signed_on, agreement from rulebook_signature",
        2,
    ),
];

#[tokio::test]
async fn what_was_written_by_hand_is_struck_out_and_nothing_that_counts() {
    on_both(async |region| {
        let client = registered(region).await;
        let (sound, changed) = (agreed(region, "正しい版").await, agreed(region, "変えられる版").await);
        for (sql, count) in BY_HAND {
            assert_eq!(region.tamper(sql).await, count, "{sql}");
        }
        // Nothing there is text that can be read.
        let unreadable = "insert into client_key (client, kid, algorithm, material, added_at)
            select client, cast(x'ff0a' as text), cast(x'ff' as text), material, added_at from client_key where kid = 'k1'";
        if region.is_sqlite() {
            assert_eq!(region.tamper(unreadable).await, 1);
        }
        assert!(!check(&region.journal, None).await.unwrap().is_whole());

        let mut struck: Vec<StruckRow> = written!(region, tx => tx.strike_rows(2, MORNING).await);
        assert_eq!(struck.len(), 2, "no more at once than it may");
        struck.extend(written!(region, tx => tx.strike_rows(100, MORNING).await));
        let of = |table: &str| struck.iter().filter(|row| row.table == table).count();
        let counts = ["client_key", "rulebook_signature", "rulebook_version_file", "rulebook_version"].map(of);
        assert_eq!(counts, [if region.is_sqlite() { 3 } else { 2 }, 2, 2, 2], "{struck:?}");
        assert!(struck.iter().any(|row| row.row == format!("{client} by hand")), "{struck:?}");
        assert!(struck.iter().all(|row| !row.row.contains('\n')), "no name steers a terminal: {struck:?}");

        assert!(check(&region.journal, None).await.unwrap().is_whole(), "nothing is told of any more");
        assert!(written!(region, tx => tx.strike_rows(100, MORNING).await).is_empty());
        let keys = written!(region, tx => tx.list_client_keys(client).await);
        assert_eq!(keys.iter().map(|key| key.key.id.as_str()).collect::<Vec<_>>(), ["k1"]);
        let kept = written!(region, tx => tx.find_rulebook_version(sound).await).unwrap();
        assert_eq!((kept.title.as_str(), kept.stage), ("正しい版", Stage::Agreed));
        // What was signed of the other counts wherever the same is signed; its own row says nothing that was written by hand.
        let kept = written!(region, tx => tx.find_rulebook_version(changed).await).unwrap();
        assert_eq!((kept.stage, kept.effective_at, kept.title.contains("すべて許可")), (Stage::Retired, None, false));
        let retired: Vec<RulebookVersion> = struck.into_iter().filter_map(|row| row.retired).collect();
        assert_eq!(retired, [kept]);
        for (version, title) in [(sound, "正しい版"), (changed, "変えられる版")] {
            assert_eq!(written!(region, tx => tx.list_rulebook_version_files(version).await).len(), 2);
            assert_eq!(written!(region, tx => tx.list_rulebook_signatures(version).await).len(), 1);
            assert_eq!(written!(region, tx => tx.list_rulebook_signatures_of(title).await).len(), 1);
        }
    })
    .await;
}
