//! `renkei audit verify`: goes through all history and says what is not as it was, where, and how sure that is.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use super::super::config_arguments::ConfigArguments;
use super::super::{Complaint, Terminal};
use super::{EXIT_DAMAGED, checkpoint, open_journal};
use crate::config::Config;
use crate::domain::checkpoint::Statement;
use crate::domain::text::{Invalid, Text, counted};
use crate::store::verify::{By, Chain, Damage, Found, Verified, verify};
use crate::vault::{CheckpointKey, PublicKey};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// 別の場所に保管したチェックポイント（ファイル、フォルダー、用紙の文、ログ） / A checkpoint that was kept elsewhere: a file, a folder of them, the text of a sheet, a log
    #[arg(long, visible_alias = "against", value_name = "FILE")]
    checkpoint: Option<PathBuf>,
    /// 署名を確かめる公開鍵（用紙にあるもの） / Public key that checks the signatures, as on the sheet
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
    #[command(flatten)]
    pub(super) config: ConfigArguments,
}

pub(super) async fn run(arguments: &Arguments, config: &Config, terminal: Terminal) -> anyhow::Result<ExitCode> {
    let key = match &arguments.key {
        Some(text) => text.parse::<PublicKey>().map_err(named_key)?,
        None => CheckpointKey::load_file(&config.audit.checkpoint_key_file)?.public(),
    };
    let elsewhere = arguments.checkpoint.as_deref().map(checkpoint::read_file).transpose()?;
    let journal = open_journal(config).await?;
    if let Some(elsewhere) = &elsewhere
        && let Err(foreign) = check_region(&elsewhere.statement, &journal.region().fingerprint())
    {
        journal.close().await;
        return Err(foreign.into());
    }
    let began = Instant::now();
    let verified = verify(&journal, &By { key, elsewhere }).await;
    let took = began.elapsed().as_secs_f64();
    journal.close().await;
    let verified = verified?;
    for found in &verified.found {
        println!("{}", terminal.language.pick(&told_found(found)));
    }
    println!("{}", terminal.language.pick(&told(&verified, took)));
    Ok(if verified.is_whole() { ExitCode::SUCCESS } else { ExitCode::from(EXIT_DAMAGED) })
}

fn named_key(invalid: Invalid) -> Complaint {
    Complaint::of_option(Invalid { field: "--key".to_owned(), ..invalid })
}

/// A checkpoint of another region says nothing of this one, whatever its signature.
fn check_region(statement: &str, here: &str) -> Result<(), Complaint> {
    match Statement::parse(statement) {
        Ok(Statement { region, number, .. }) if region != here => Err(Complaint::new(Text::new(
            format!(
                "指定されたチェックポイント {number} は別の地域（{region}）のものです。この地域は {here} です。検証はしていません"
            ),
            format!(
                "the checkpoint {number} that was given is another region's ({region}); this region is {here}. Nothing was verified"
            ),
        ))),
        _ => Ok(()),
    }
}

/// One fault in words.
pub(in super::super) fn told_found(found: &Found) -> Text {
    let Found { chain, damage, from, to, under, belongs_at, id, recorded_at, witness, signer } = found;
    let (chain_ja, chain_en) = match chain {
        Chain::Timeline(timeline) => (format!("タイムライン {timeline}"), format!("timeline {timeline}")),
        Chain::NoTimeline => ("ID のないタイムライン".to_owned(), "what is no timeline".to_owned()),
        Chain::Audit => ("監査記録".to_owned(), "audit log".to_owned()),
        Chain::Checkpoints => ("チェックポイント".to_owned(), "checkpoints".to_owned()),
        Chain::EndsAt(number) => {
            (format!("チェックポイント {number} の終端の控え"), format!("the ends kept with checkpoint {number}"))
        }
        Chain::Elsewhere => {
            ("指定されたチェックポイントのファイル".to_owned(), "the checkpoint that was given".to_owned())
        }
    };
    let place = match (from, to) {
        (0, 0) => under.map(|number| format!(" #{number}")).unwrap_or_default(),
        (from, to) if from == to => format!(" #{from}"),
        (from, to) => format!(" #{from}–{to}"),
    };
    let mut ja = format!("{chain_ja}{place}: {}", damage.ja());
    let mut en = format!("{chain_en}{place}: {}", damage.en());
    if *damage == Damage::Reordered
        && let Some(belongs) = belongs_at
    {
        ja += &format!("（本来は #{belongs}）");
        en += &format!(" (belongs at #{belongs})");
    }
    let named = id.map(|id| id.to_string()).into_iter().chain(recorded_at.map(|at| at.to_rfc3339()));
    let named: Vec<String> = named.collect();
    if !named.is_empty() {
        ja += &format!("［{}］", named.join(" "));
        en += &format!(" [{}]", named.join(" "));
    }
    if let Some(number) = witness {
        ja += &format!("（チェックポイント {number} と一致しません）");
        en += &format!(" (shown by checkpoint {number})");
    }
    if let Some(signer) = signer.map(|signer| signer.in_groups()) {
        ja += &format!("（公開鍵 {signer}）");
        en += &format!(" (public key {signer})");
    }
    Text::new(ja, en)
}

fn told(verified: &Verified, took: f64) -> Text {
    let Verified { timelines, entries, audits, checkpoints, last_checkpoint, found_count, destroyed, .. } = verified;
    let rate = (*entries + *audits) as f64 / took.max(0.001);
    let mut ja = format!(
        "タイムライン {timelines} 件、記録 {entries} 件、監査記録 {audits} 件、チェックポイント {checkpoints} 件を検証しました（{took:.1} 秒、毎秒 {rate:.0} 件）"
    );
    let mut en = format!(
        "Verified {timelines} timelines, {entries} entries, {audits} audit records and {checkpoints} checkpoints ({took:.1} s, {rate:.0} records a second)"
    );
    if *destroyed > 0 {
        ja += &format!("\n廃棄された記録 {destroyed} 件は、連鎖だけを検証しました");
        en += &format!("\n{} whose content was destroyed: their chains hold", counted(*destroyed, "record"));
    }
    match last_checkpoint {
        Some((number, at)) => {
            let Text { ja: at_ja, en: at_en } = at.in_words();
            ja +=
                &format!("\n最新のチェックポイント {number}（{at_ja}）より後の末尾の削除は、連鎖だけではわかりません");
            en += &format!("\nA tail cut off after the newest checkpoint {number} ({at_en}) would not be seen");
        }
        None => {
            ja += "\n署名の確かなチェックポイントがないため、末尾の削除はわかりません";
            en += "\nThere is no checkpoint with a valid signature: a tail that was cut off would not be seen";
        }
    }
    if *found_count == 0 {
        ja += "\n異常はありません";
        en += "\nNothing is wrong";
    } else {
        ja += &format!("\n異常が {found_count} 件あります");
        en += &format!("\n{} found", counted(found_count, "fault"));
    }
    Text::new(ja, en)
}
