//! `renkei store strike`: strikes out keys of systems and versions of the rulebook that somebody wrote by hand, and says which. They count
//! for nothing before; after it nobody is told of them any more. Whatever else is wrong is left as it is.

use super::super::Complaint;
use super::super::config_arguments::ConfigArguments;
use crate::actions::accounts::check_reason;
use crate::actions::striking::strike_out;
use crate::clock::{Clock as _, SystemClock};
use crate::domain::text::{Text, counted};
use crate::limits::ROWS_STRUCK_MAX;
use crate::store::{Journal, StoreError, StruckRow};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// 理由（監査記録に残ります） / Why; the audit log keeps it
    #[arg(long, value_name = "REASON")]
    reason: String,
    #[command(flatten)]
    pub(super) config: ConfigArguments,
}

impl Arguments {
    /// Before anything is opened.
    pub(super) fn check(&self) -> Result<(), Complaint> {
        check_reason(&self.reason).map_err(Complaint::of_option)
    }
}

/// Strikes out, and says what.
pub(super) async fn told_struck(arguments: &Arguments, journal: &Journal) -> anyhow::Result<Text> {
    let (reason, now) = (arguments.reason.trim().to_owned(), SystemClock::new().now());
    let striking = journal.write(move |tx| Box::pin(async move { strike_out(tx, &reason, now).await }));
    let struck: Result<Vec<StruckRow>, StoreError> = striking.await;
    Ok(told(&struck?))
}

fn told(struck: &[StruckRow]) -> Text {
    let (mut ja, mut en) = (String::new(), String::new());
    for StruckRow { table, row, retired } in struck {
        let (done_ja, done_en) = match retired {
            None => ("消しました", "struck out"),
            Some(_) => (
                "正しいファイルか署名があるので、消さずに廃止しました",
                "retired, because true files or signatures stand under it",
            ),
        };
        ja += &format!("表 {table} の行 {row}: {done_ja}\n");
        en += &format!("{table} {row}: {done_en}\n");
    }
    match struck.len() {
        0 => {
            ja += "消す行はありません";
            en += "There is nothing to strike out";
        }
        count => {
            ja += &format!("{count} 件を監査記録に残しました。ハブの警告 directory_tampered は次の起動で消えます");
            let rows = counted(count, "row");
            en += &format!("{rows}, on record. The hub's warning directory_tampered goes with its next start");
        }
    }
    if struck.len() == ROWS_STRUCK_MAX {
        ja += "\nまだあるかもしれません。もう一度実行してください";
        en += "\nThere may be more: run it again";
    }
    Text::new(ja, en)
}
