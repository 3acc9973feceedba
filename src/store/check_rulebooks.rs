//! Holds the files of every rulebook that is kept against the fingerprint that names them, and the versions against the audit
//! log: whether the one put in force last is still there as such. Called by `check.rs`, which tells of rows without a right MAC.

use crate::domain::lifecycle::LifeStep;
use crate::domain::text::Text;

use super::check::{FaultKind, Report};
use super::rulebook::fingerprint_of;
use super::{Journal, StoreError};

pub(super) async fn check_rulebooks(journal: &Journal, report: &mut Report) -> Result<(), StoreError> {
    let digests = journal.read(|tx| Box::pin(tx.list_rulebooks(usize::MAX))).await?;
    for digest in digests {
        let named = String::from_utf8_lossy(&digest).into_owned();
        let files = journal.read(move |tx| Box::pin(async move { tx.find_rulebook(&digest).await })).await?;
        if fingerprint_of(&files) != named {
            let place = Text::new(format!("ルールブック {named}"), format!("rulebook {named}"));
            report.fault(FaultKind::Rulebook, place);
        }
    }
    let versions = journal.read(|tx| Box::pin(tx.list_rulebook_versions(usize::MAX))).await?;
    for version in versions {
        let id = version.id;
        let files = journal.read(move |tx| Box::pin(tx.list_rulebook_version_files(id))).await?;
        if fingerprint_of(&files) != version.fingerprint {
            let place = Text::new(format!("ルールブックの版 {id}"), format!("rulebook version {id}"));
            report.fault(FaultKind::Rulebook, place);
        }
    }
    let (last, there) = journal
        .read(|tx| {
            Box::pin(async move {
                let last = tx.find_rulebook_move(|moved| moved.step == LifeStep::InForce).await?;
                Ok::<_, StoreError>((last, tx.list_rulebook_versions_in_force().await?.genuine))
            })
        })
        .await?;
    if let Some(last) = last
        && !there.iter().any(|version| version.id == last.version && version.fingerprint == last.fingerprint)
    {
        let place = Text::new(
            format!("施行中の版 {}", last.version),
            format!("rulebook version {} that is in force", last.version),
        );
        report.fault(FaultKind::Rulebook, place);
    }
    Ok(())
}
