//! Versions of the rulebook that somebody wrote without the region's key: they are not there, and are named. What the audit
//! log says of a version's steps. On each engine.

use super::region::{MORNING, Region, on_both, on_both_as_once};
use crate::domain::act::{Act, By, Deed};
use crate::domain::ids::RulebookVersionId;
use crate::domain::lifecycle::{LifeStep, RulebookVersion, SetSignature, Stage};
use crate::domain::time::Timestamp;
use crate::store::check::{FaultKind, check};
use crate::store::{RulebookFile, RulebookMove, StoreError, VOCABULARY, fingerprint_of};

/// `work` in a transaction of the region.
macro_rules! written {
    ($region:expr, $tx:ident => $work:expr) => {{
        let done: Result<_, StoreError> = $region.journal.write(move |$tx| Box::pin(async move { $work })).await;
        done.unwrap()
    }};
}

fn files() -> Vec<RulebookFile> {
    let file = |path: &str, content: &str| RulebookFile { path: path.to_owned(), content: content.to_owned() };
    vec![file("floor.toml", "# 土台"), file("sharing.toml", "# 共有"), file(VOCABULARY, "# 言葉")]
}

pub(super) fn version(region: &Region, stage: Stage, effective_at: Option<i64>) -> RulebookVersion {
    RulebookVersion {
        id: RulebookVersionId(region.ids.draw()),
        title: "2027年度".to_owned(),
        fingerprint: fingerprint_of(&files()),
        stage,
        drafted_at: MORNING,
        effective_at: effective_at.map(Timestamp),
        changed_at: MORNING,
    }
}

/// Of a body that agreed, by nobody who has an account.
pub(super) fn signature() -> SetSignature {
    SetSignature {
        set: "sharing".to_owned(),
        body: "医師会".to_owned(),
        role: "doctor".to_owned(),
        person: "医師 一号".to_owned(),
        signer: None,
        on: jiff::civil::date(2026, 3, 30),
        agreement: "0c".to_owned(),
    }
}

async fn entered(region: &Region, version: &RulebookVersion) {
    let version = version.clone();
    written!(region, tx => {
        tx.insert_rulebook_version(&version, &files()).await?;
        tx.upsert_rulebook_signature(version.id, &signature()).await
    });
}

async fn moved(region: &Region, version: &RulebookVersion, step: LifeStep) {
    let deed = Deed::RulebookMoved {
        version: version.id,
        step,
        fingerprint: version.fingerprint.clone(),
        said: String::new(),
    };
    written!(region, tx => tx.append_acts(MORNING, [Act { by: By::Hub, deed }]).await);
}

async fn faults(region: &Region) -> Vec<(FaultKind, String)> {
    let report = check(&region.journal, None).await.unwrap();
    let told = |place: &str| place.split(' ').take(2).collect::<Vec<_>>().join(" ");
    report.faults.into_iter().map(|fault| (fault.kind, told(&fault.place.en))).collect()
}

#[tokio::test]
async fn the_order_in_which_files_come_does_not_change_what_names_them_and_any_byte_does() {
    let (mut turned, mut changed) = (files(), files());
    turned.reverse();
    assert_eq!(fingerprint_of(&turned), fingerprint_of(&files()));
    changed[1].content.push('\n');
    assert_ne!(fingerprint_of(&changed), fingerprint_of(&files()));
    assert_ne!(fingerprint_of(&files()[1..]), fingerprint_of(&files()));
}

#[tokio::test]
async fn a_version_that_was_written_by_hand_is_not_there() {
    on_both(async |region| {
        let (in_force, next) = (version(region, Stage::InForce, Some(5)), version(region, Stage::Agreed, Some(9)));
        entered(region, &in_force).await;
        entered(region, &next).await;
        assert!(faults(region).await.is_empty());
        let (id, other) = (in_force.id, next.id);
        let seen = async || {
            written!(region, tx => {
                let (ruling, to_come) =
                    (tx.list_rulebook_versions_in_force().await?, tx.list_rulebook_versions_scheduled().await?);
                let listed = tx.list_rulebook_versions(9).await?.len();
                let found = tx.find_rulebook_version(id).await?.is_some();
                Ok((ruling.genuine.len(), ruling.forged, to_come.genuine.len(), listed, found))
            })
        };
        assert_eq!(seen().await, (1, vec![], 1, 2, true));
        // As somebody with the database alone would bring it into force, or put it off.
        region.tamper("update rulebook_version set effective_at = 99 where stage = 'in_force'").await;
        let forged = vec![(Some(id), in_force.fingerprint.clone())];
        assert_eq!(seen().await, (0, forged, 1, 1, false));
        region.tamper("update rulebook_version set stage = 'in_force'").await;
        let (ruling, forged, to_come, listed, _) = seen().await;
        assert_eq!((ruling, forged.len(), to_come, listed), (0, 2, 0, 0));
        assert!(forged.iter().any(|(id, _)| *id == Some(other)));
        let named = faults(region).await;
        assert_eq!(named.iter().filter(|(kind, _)| *kind == FaultKind::Row).count(), 2, "{named:?}");

        // A row that no hub could have written is one of them, and stops nobody.
        region.tamper("update rulebook_version set stage = 'zz', effective_at = 5").await;
        region
            .tamper(
                "insert into rulebook_version (id, title, fingerprint, stage, drafted_at, effective_at, changed_at)
            select wrapped, '', '', 'in_force', 0, 0, 0 from data_key",
            )
            .await;
        assert_eq!(seen().await, (0, vec![(None, String::new())], 0, 0, false));
    })
    .await;
}

#[tokio::test]
async fn files_and_signatures_that_were_written_by_hand_are_not_there_either() {
    on_both(async |region| {
        let draft = version(region, Stage::Draft, None);
        entered(region, &draft).await;
        let id = draft.id;
        let kept = async || {
            written!(region, tx => {
                let files = tx.list_rulebook_version_files(id).await?.len();
                let signatures = tx.list_rulebook_signatures(id).await?.len();
                Ok((files, signatures, tx.list_rulebook_signatures_of("0c").await?.len()))
            })
        };
        assert_eq!(kept().await, (3, 1, 1));
        region.tamper("update rulebook_version_file set content = '# すべて許可' where path = 'floor.toml'").await;
        region.tamper("update rulebook_signature set body = '看護協会'").await;
        assert_eq!(kept().await, (2, 0, 0));
        let mut named = faults(region).await;
        named.sort_unstable();
        let mut expected = [
            (FaultKind::Row, format!("rulebook_version_file {id}")),
            (FaultKind::Row, format!("rulebook_signature {id}")),
            (FaultKind::Rulebook, "rulebook version".to_owned()),
        ];
        expected.sort_unstable();
        assert_eq!(named, expected);
    })
    .await;
}

#[tokio::test]
async fn files_of_a_rulebook_that_were_changed_or_deleted_are_named_and_put_right_when_kept_again() {
    on_both(async |region| {
        let digest = fingerprint_of(&files()).into_bytes();
        let keep = async || {
            let digest = digest.clone();
            written!(region, tx => tx.insert_rulebook(&digest, &files(), MORNING).await);
        };
        keep().await;
        assert!(faults(region).await.is_empty());
        for change in [
            "update rulebook set content = '' where path = 'floor.toml'",
            "delete from rulebook where path = 'sharing.toml'",
            "insert into rulebook (digest, path, content, stored_at) select digest, 'more.toml', '', 0 from rulebook
             where path = 'floor.toml'",
        ] {
            assert_eq!(region.tamper(change).await, 1);
            let named = format!("rulebook {}", fingerprint_of(&files()));
            assert_eq!(faults(region).await, [(FaultKind::Rulebook, named)], "{change}");
            keep().await;
            assert!(faults(region).await.is_empty(), "{change}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_version_put_in_force_last_is_the_one_of_the_audit_log() {
    on_both(async |region| {
        let (first, second) = (version(region, Stage::Retired, Some(5)), version(region, Stage::InForce, Some(9)));
        entered(region, &first).await;
        entered(region, &second).await;
        let last =
            async || written!(region, tx => tx.find_rulebook_move(|moved| moved.step == LifeStep::InForce).await);
        assert_eq!(last().await, None);
        for (of, step) in [(&first, LifeStep::InForce), (&first, LifeStep::Retired), (&second, LifeStep::InForce)] {
            moved(region, of, step).await;
        }
        let fingerprint = second.fingerprint.clone();
        assert_eq!(last().await, Some(RulebookMove { version: second.id, step: LifeStep::InForce, fingerprint }));
        assert!(faults(region).await.is_empty());
        region.tamper("delete from rulebook_signature").await;
        region
            .tamper(
                "delete from rulebook_version_file
                where version in (select id from rulebook_version where stage = 'in_force')",
            )
            .await;
        region.tamper("delete from rulebook_version where stage = 'in_force'").await;
        let gone = (FaultKind::Rulebook, "rulebook version".to_owned());
        assert_eq!(faults(region).await, [gone]);
        // One that does not open may have been the last.
        region.tamper("update audit set sealed = chain where seq = (select max(seq) from audit)").await;
        assert_eq!(last().await, None);
    })
    .await;
}

const STRIP: [&str; 3] = [
    "update rulebook_version set mac = null",
    "update rulebook_version_file set mac = null",
    "update rulebook_signature set mac = null",
];

#[tokio::test]
async fn rulebooks_of_before_are_taken_in_once() {
    on_both_as_once(async |region| {
        entered(region, &version(region, Stage::InForce, Some(5))).await;
        for strip in STRIP {
            region.tamper(strip).await;
        }
        region.tamper("delete from data_key").await;
        let again = region.another_hub().await;
        let ruling: Result<_, StoreError> = again.read(|tx| Box::pin(tx.list_rulebook_versions_in_force())).await;
        assert_eq!(ruling.unwrap().genuine.len(), 1);
        assert!(faults(region).await.is_empty());
        again.close().await;
        region.tamper(STRIP[0]).await;
        let third = region.another_hub().await;
        let ruling: Result<_, StoreError> = third.read(|tx| Box::pin(tx.list_rulebook_versions_in_force())).await;
        assert_eq!(ruling.unwrap().genuine, [], "once");
        third.close().await;
    })
    .await;
}

#[tokio::test]
async fn where_people_are_guarded_already_rulebooks_alone_are_taken_in() {
    on_both(async |region| {
        region.employ_nurse().await;
        entered(region, &version(region, Stage::Draft, None)).await;
        region.tamper("update person set mac = null").await;
        for strip in STRIP {
            region.tamper(strip).await;
        }
        assert_eq!(written!(region, tx => tx.adopt_rows(1).await), 5);
        let named = faults(region).await;
        assert!(matches!(&named[..], [(FaultKind::Row, place)] if place.starts_with("person ")), "{named:?}");
    })
    .await;
}
