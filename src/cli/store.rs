//! `renkei store check` proves the journal against itself; `renkei store rebuild` makes its projections
//! again from the timelines; `renkei store strike` takes rows out that count for nothing. All work on the database of the
//! configuration; a hub may run meanwhile.

mod strike;

use std::process::ExitCode;

use clap::Subcommand;
use jiff::civil::Date;

use super::config_arguments::{ConfigArguments, print_mistakes};
use super::{EXIT_CONFIG, EXIT_FAILURE, Terminal, open, region_key, serve};
use crate::clock::{Clock as _, SystemClock};
use crate::domain::directory::Directory;
use crate::domain::offices::Offices;
use crate::domain::secretariat::who_acts;
use crate::domain::text::{Text, counted};
use crate::store::check::{self, Report};
use crate::store::rebuild::{self, Rebuilt};
use crate::store::{Journal, Shelf, StoreError};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// 記録の連鎖・連番・射影を検証する / Verify chains, seqs, seals and projections
    Check(ConfigArguments),
    /// 射影をタイムラインから作り直す / Rebuild the projections from the timelines
    Rebuild(ConfigArguments),
    /// 地域の鍵を使わずに書かれた、連携システムの鍵とルールの版を消す / Strike out keys of systems and rule versions that were written by hand
    Strike(strike::Arguments),
}

pub(super) fn run(arguments: &Arguments, terminal: Terminal) -> anyhow::Result<ExitCode> {
    let sources = match &arguments.what {
        What::Check(sources) | What::Rebuild(sources) => sources,
        What::Strike(arguments) => {
            arguments.check()?;
            &arguments.config
        }
    };
    let Some(settled) = sources.settle(terminal)? else {
        return Ok(ExitCode::from(EXIT_CONFIG));
    };
    print_mistakes(&settled.notes, terminal);
    let key = region_key::load(&settled.config)?;
    let url = settled.config.database.url();
    serve::runtime()?.block_on(async {
        let journal = open::open_journal(&url, &key).await?;
        let (is_whole, told) = match &arguments.what {
            What::Check(_) => {
                let (is_whole, told) = told_check(&journal, &Shelf::open(&settled.config.files_dir)?).await?;
                let now = SystemClock::new().now();
                let today = open::calendar_of(&settled.config.calendar).date_at(now);
                (is_whole, with_secretariat(&journal, today, told).await?)
            }
            What::Rebuild(_) => (true, told_rebuild(&journal).await?),
            What::Strike(arguments) => (true, strike::told_struck(arguments, &journal).await?),
        };
        journal.close().await;
        println!("{}", terminal.language.pick(&told));
        Ok(if is_whole { ExitCode::SUCCESS } else { ExitCode::from(EXIT_FAILURE) })
    })
}

/// Checks; whether all is well, and the report in words.
pub(super) async fn told_check(journal: &Journal, shelf: &Shelf) -> anyhow::Result<(bool, Text)> {
    let Report { timelines, entries, audits, files, destroyed, faults, fault_count, passed_over, .. } =
        check::check(journal, Some(shelf)).await?;
    let mut ja = format!(
        "タイムライン {timelines} 件、記録 {entries} 件、添付ファイル {files} 件、監査記録 {audits} 件を検証しました"
    );
    let mut en =
        format!("Checked {timelines} timelines, {entries} entries, {files} attached files and {audits} audit records");
    if destroyed > 0 {
        ja += &format!("\n鍵を廃棄済みのタイムライン {destroyed} 件は連鎖のみ検証しました");
        en += &format!("\nThe keys of {destroyed} timelines were destroyed: only their chains were checked");
    }
    for fault in &faults {
        ja += &format!("\n{}: {}", fault.place.ja, fault.kind.ja());
        en += &format!("\n{}: {}", fault.place.en, fault.kind.en());
    }
    if !passed_over.is_empty() {
        ja += &format!(
            "\nrenkei のものでない表・列があります（読まず、バックアップにも入れません）: {}",
            passed_over.join("、")
        );
        en += &format!("\nNot renkei's, neither read nor in a backup: {}", passed_over.join(", "));
    }
    if fault_count == 0 {
        ja += "\n異常はありません";
        en += "\nNothing is wrong";
    } else {
        ja += &format!("\n異常が {fault_count} 件あります");
        en += &format!("\n{} found", counted(fault_count, "fault"));
    }
    Ok((fault_count == 0, Text::new(ja, en)))
}

/// What was told, and that nobody acts for the secretariat where nobody does: no fault of the store, but somebody must see to it.
async fn with_secretariat(journal: &Journal, today: Date, told: Text) -> anyhow::Result<Text> {
    let reading =
        journal.read(|tx| Box::pin(async move { Ok((tx.load_directory().await?, tx.load_offices().await?)) }));
    let (directory, offices): (Directory, Offices) = match reading.await {
        Ok(read) => read,
        Err(error @ StoreError::Driver(_)) => return Err(error.into()),
        // Told above as what is wrong.
        Err(_) => return Ok(told),
    };
    if directory.organisations.is_empty() || !who_acts(&directory, &offices, today).is_empty() {
        return Ok(told);
    }
    Ok(Text::new(
        format!("{}\n事務局として働く人がいません: renkei secretariat restore", told.ja),
        format!("{}\nNobody acts for the secretariat: renkei secretariat restore", told.en),
    ))
}

/// Rebuilds, and says what was gone through.
pub(super) async fn told_rebuild(journal: &Journal) -> anyhow::Result<Text> {
    let Rebuilt { timelines, entries, destroyed, unreadable } = rebuild::rebuild(journal).await?;
    let mut ja = format!(
        "タイムライン {timelines} 件（鍵を廃棄済み {destroyed} 件）、記録 {entries} 件から射影を作り直しました"
    );
    let mut en =
        format!("Rebuilt the projections of {timelines} timelines ({destroyed} destroyed) from {entries} entries");
    if unreadable > 0 {
        ja += &format!(
            "\n読めないタイムラインが {unreadable} 件あり、射影を作れませんでした。renkei store check で確かめてください"
        );
        en += &format!(
            "\n{} cannot be read and {} no projections: see renkei store check",
            counted(unreadable, "timeline"),
            if unreadable == 1 { "has" } else { "have" }
        );
    }
    Ok(Text::new(ja, en))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{AuditSeal, Batch, SealedAudit};
    use crate::vault::RegionKey;

    #[tokio::test]
    async fn a_check_says_what_it_saw_and_a_rebuild_too() {
        let folder = tempfile::tempdir().unwrap();
        let key = RegionKey::ephemeral();
        let url = format!("sqlite://{}/journal.db", folder.path().display());
        let journal = Journal::open(&url, &key).await.unwrap();
        let audits =
            vec![SealedAudit::seal(AuditSeal::Region(journal.region()), crate::domain::time::Timestamp(1), b"a")];
        journal.commit(Batch { audits, ..Batch::default() }).await.unwrap();

        let (is_whole, told) = told_check(&journal, &Shelf::open(&folder.path().join("files")).unwrap()).await.unwrap();
        assert!(is_whole);
        assert_eq!(told.en, "Checked 0 timelines, 0 entries, 0 attached files and 1 audit records\nNothing is wrong");
        assert!(told.ja.contains("監査記録 1 件") && told.ja.ends_with("異常はありません"));
        assert!(told_rebuild(&journal).await.unwrap().en.contains("of 0 timelines"));
    }
}
