//! `renkei export`: one patient's whole record, or the region's, for whoever runs the hub's machine. A hub may run meanwhile;
//! each timeline is read as it is when its turn comes, and tells the team.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Subcommand;

use super::audit::EXIT_DAMAGED;
use super::config_arguments::{ConfigArguments, print_mistakes};
use super::{Complaint, EXIT_CONFIG, Terminal, open, region_key, serve};
use crate::actions::export::{ExportFrom, Exported, export_patient, export_region};
use crate::actions::taken_out::check_reason;
use crate::clock::{Clock as _, SystemClock};
use crate::domain::directory::Directory;
use crate::domain::ids::PatientId;
use crate::domain::text::Text;
use crate::store::Shelf;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// 患者ひとりの記録すべて（印刷用の HTML、JSON、添付ファイル） / One patient's whole record: HTML for print, JSON, attachments
    Patient(PatientArguments),
    /// 地域の記録すべて（JSON Lines、添付ファイル、監査記録） / The whole region: JSON lines, attachments, audit log
    Region(RegionArguments),
}

#[derive(Debug, clap::Args)]
struct PatientArguments {
    /// 患者の ID / Patient's id
    #[arg(value_name = "ID")]
    patient: PatientId,
    /// 本人が持ち出しを留保していても取り出す（法令か本人の求めによる場合。根拠は --reason に）
    /// / Also where the patient withholds it: for what the law or the patient asks, which --reason names
    #[arg(long)]
    despite_withheld: bool,
    #[command(flatten)]
    common: RegionArguments,
}

#[derive(Debug, clap::Args)]
struct RegionArguments {
    /// 書く先の新しいフォルダー / New folder to write into
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// 取り出す理由（監査記録に残り、患者のチームと事務局に知らされます） / Why it is taken out: the audit log keeps it, and teams and
    /// secretariat are told
    #[arg(long, value_name = "TEXT")]
    reason: String,
    #[command(flatten)]
    config: ConfigArguments,
}

pub(super) fn run(arguments: &Arguments, terminal: Terminal) -> anyhow::Result<ExitCode> {
    let (patient, despite_withheld, common) = match &arguments.what {
        What::Patient(PatientArguments { patient, despite_withheld, common }) => {
            (Some(*patient), *despite_withheld, common)
        }
        What::Region(common) => (None, false, common),
    };
    let Some(settled) = common.config.settle(terminal)? else {
        return Ok(ExitCode::from(EXIT_CONFIG));
    };
    print_mistakes(&settled.notes, terminal);
    let reason = check_reason(&common.reason).map_err(Complaint::new)?;
    let key = region_key::load(&settled.config)?;
    let exported = serve::runtime()?.block_on(async {
        let journal = open::open_journal(&settled.config.database.url(), &key).await?;
        let shelf = Shelf::open(&settled.config.files_dir)?;
        let directory: Directory = journal.read(|tx| Box::pin(tx.load_directory())).await?;
        let now = SystemClock::new().now();
        let language = terminal.language;
        let (journal_of, shelf, directory) = (&journal, &shelf, &directory);
        let from = ExportFrom { journal: journal_of, shelf, directory, reason, despite_withheld, language, now };
        let exported = match patient {
            Some(patient) => export_patient(&from, patient, &common.out).await,
            None => export_region(&from, &common.out).await,
        };
        journal.close().await;
        Ok::<_, anyhow::Error>(exported?)
    })?;
    println!("{}", terminal.language.pick(&told(&exported, &common.out)));
    Ok(if exported.missing.is_empty() && exported.unreadable.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(EXIT_DAMAGED)
    })
}

fn told(exported: &Exported, out: &std::path::Path) -> Text {
    let Exported { timelines, entries, files, missing, training, destroyed, unreadable } = exported;
    let out = out.display();
    let mut ja = format!(
        "{out} に書きました: タイムライン {timelines} 件、記録 {entries} 件、添付ファイル {files} 件\n封のない記録です。必要がなくなったら消してください\n理由は、患者のチームと事務局に知らされます（ハブが動いていなければ、次に動いたとき）"
    );
    let mut en = format!(
        "Wrote {out}: {timelines} timelines, {entries} entries, {files} attached files\nIt is in the clear: remove it when it is no longer needed\nTeams and secretariat are told the reason, by the hub that runs or the next that starts"
    );
    if *training > 0 {
        ja += &format!("\n研修用の患者 {training} 人は含まれません");
        en += &format!("\n{training} patients for training are not in it");
    }
    if *destroyed > 0 {
        ja += &format!("\n鍵を廃棄した記録 {destroyed} 件は含まれません");
        en += &format!("\n{destroyed} records whose key was destroyed are not in it");
    }
    for timeline in unreadable {
        ja += &format!("\n読めない記録（含まれません）: {timeline}");
        en += &format!("\nNot in it, because it cannot be read: {timeline}");
    }
    for missing in missing {
        ja += &format!("\n見つからない、または壊れている添付ファイル: {missing}");
        en += &format!("\nMissing or damaged: {missing}");
    }
    Text::new(ja, en)
}
