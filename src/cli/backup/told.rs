//! Backups and restored regions in words.

use std::path::Path;

use super::super::audit::told_found;
use super::super::complaint::of_system;
use crate::actions::backup::{BadBackup, Generation, Listing, Made, Restored, Whole};
use crate::domain::text::{Text, counted};
use crate::domain::time::Timestamp;
use crate::store::check::Report;
use crate::store::dump::Manifest;
use crate::store::verify::Verified;

/// What a backup holds.
fn held(manifest: &Manifest) -> Text {
    let Manifest { timelines, entries, audit_seq, .. } = manifest;
    let Text { ja, en } = manifest.made_at().in_words();
    Text::new(
        format!("{ja} 時点: タイムライン {timelines} 件、記録 {entries} 件、監査記録 {audit_seq} 件"),
        format!("as of {en}: {timelines} timelines, {entries} entries, {audit_seq} audit records"),
    )
}

fn held_whole(whole: &Whole) -> Text {
    let (held, files) = (held(&whole.manifest), whole.end.files);
    Text::new(format!("{}、添付ファイル {files} 件", held.ja), format!("{}, {files} attached files", held.en))
}

pub(super) fn told_made(made: &Made) -> Text {
    let (path, held, bytes) = (made.path.display(), held_whole(&made.whole), made.bytes);
    let mut ja = format!("{path}（{bytes} バイト）\n{}\n読み直して確かめました", held.ja);
    let mut en = format!("{path} ({bytes} bytes)\n{}\nRead back and found whole", held.en);
    for removed in &made.removed {
        ja += &format!("\n古い世代を削除: {}", removed.display());
        en += &format!("\nLet go: {}", removed.display());
    }
    for ahead in &made.ahead {
        let Text { ja: ahead_ja, en: ahead_en } = told_ahead(ahead);
        ja += &format!("\n{ahead_ja}");
        en += &format!("\n{ahead_en}");
    }
    let over = told_passed_over(&made.passed_over, "バックアップに入れていません", "not in the backup");
    Text::new(ja + &over.0, en + &over.1)
}

/// Tables and columns of others, as a line of its own.
fn told_passed_over(names: &[String], so_ja: &str, so_en: &str) -> (String, String) {
    if names.is_empty() {
        return <(String, String)>::default();
    }
    (
        format!("\nrenkei のものでない表・列は{so_ja}: {}", names.join("、")),
        format!("\nTables and columns that are not renkei's, {so_en}: {}", names.join(", ")),
    )
}

pub(super) fn told_missing(missing: u64) -> Text {
    Text::new(
        format!(
            "記録が参照する添付ファイル {missing} 件がフォルダーにありません。`renkei store check` で確かめてください"
        ),
        format!("{missing} attached files that entries name are not in their folder; see `renkei store check`"),
    )
}

/// Of one that was made while the machine's clock was ahead.
pub(super) fn told_ahead(path: &Path) -> Text {
    let path = path.display();
    Text::new(
        format!(
            "{path}: 日時がこれからのものです（時計が進んでいたときのもの）。世代に数えず、消しません。確かめて、要らなければ手で消してください"
        ),
        format!(
            "{path}: its moment is still to come (made while the clock was ahead). It counts as no generation and is left: look at it, and remove it by hand"
        ),
    )
}

pub(super) fn told_list(listing: &Listing, folder: &Path, now: Timestamp) -> Text {
    if listing.generations.is_empty() && listing.others.is_empty() {
        return told_none(folder);
    }
    let line = |generation: &Generation| {
        let (path, bytes, held) = (generation.path.display(), generation.bytes, held(&generation.manifest));
        let misnamed = match generation {
            it if !it.is_named_truly() => told_misnamed(&it.path),
            it if it.is_ahead(now) => told_ahead(&it.path),
            _ => Text::fixed("", ""),
        };
        let gap = if misnamed.en.is_empty() { "" } else { "\n  " };
        Text::new(
            format!("{path}  {bytes} バイト  {}{gap}{}", held.ja, misnamed.ja),
            format!("{path}  {bytes} bytes  {}{gap}{}", held.en, misnamed.en),
        )
    };
    let generations = listing.generations.iter().map(line);
    let others = listing.others.iter().map(|(path, bad)| told_bad(path, bad));
    joined(generations.chain(others))
}

pub(super) fn told_none(folder: &Path) -> Text {
    let folder = folder.display();
    Text::new(format!("{folder} にバックアップはありません"), format!("there is no backup in {folder}"))
}

pub(in super::super) fn told_bad(path: &Path, bad: &BadBackup) -> Text {
    let text = match bad {
        BadBackup::Io(error) => of_system(error).map_or_else(
            || bad.text(),
            |said| Text::new(format!("読めません: {}", said.ja), format!("cannot read it: {}", said.en)),
        ),
        _ => bad.text(),
    };
    let path = path.display();
    Text::new(format!("{path}: {}", text.ja), format!("{path}: {}", text.en))
}

/// It may well be whole: whoever has the other key says.
pub(super) fn told_of_another_key(path: &Path, bad: &BadBackup) -> Text {
    let Text { ja, en } = told_bad(path, bad);
    let hint = match bad {
        BadBackup::OtherKey { .. } => Text::fixed(
            "。別の鍵のバックアップで、壊れているかどうかはその鍵でだけわかります（--region-key で指定）",
            ". It is under another key, and only that tells whether it is whole: name it by --region-key",
        ),
        _ => Text::fixed(
            "。壊れているかどうかは、その地域の鍵でだけわかります",
            ". Only that region's key tells whether it is whole",
        ),
    };
    Text::new(format!("{ja}{}", hint.ja), format!("{en}{}", hint.en))
}

pub(super) fn told_misnamed(path: &Path) -> Text {
    let path = path.display();
    Text::new(
        format!("{path}: 名前の日時が中身と違います。別の世代と入れ替えられたおそれがあります"),
        format!("{path}: its name says another moment than it does; it may have been put in another's place"),
    )
}

pub(super) fn told_whole(path: &Path, whole: &Whole) -> Text {
    let (path, held, end) = (path.display(), held_whole(whole), &whole.end);
    let (tables, rows) = (end.tables.len(), end.tables.iter().map(|table| table.rows).sum::<u64>());
    let checkpoint = whole.manifest.checkpoint.as_ref().map_or(0, |kept| kept.number);
    let (schema, engine, version) = (whole.manifest.schema, &whole.manifest.engine, &whole.manifest.version);
    let over = told_passed_over(&whole.passed_over, "復元しません", "passed over by a restore");
    Text::new(
        format!(
            "{path}\n{}\n表 {tables}、行 {rows}、チェックポイント {checkpoint}（renkei {version}、{engine}、形 {schema}）{}\n壊れていません",
            held.ja, over.0
        ),
        format!(
            "{path}\n{}\n{tables} tables, {rows} rows, checkpoint {checkpoint} (renkei {version}, {engine}, schema {schema}){}\nIt is whole",
            held.en, over.1
        ),
    )
}

pub(super) fn told_rehearsed(restored: &Restored) -> Text {
    let Verified { entries, audits, checkpoints, .. } = &restored.verified;
    let (dropped_ja, dropped_en) = told_dropped(restored.report.snapshot_count);
    Text::new(
        format!(
            "一時フォルダーに復元し、記録 {entries} 件・監査記録 {audits} 件の連鎖、チェックポイント {checkpoints} 件の署名、すべての封を確かめました{dropped_ja}"
        ),
        format!(
            "Restored into a temporary folder: the chains of {entries} entries and {audits} audit records, {checkpoints} signed checkpoints and every seal hold{dropped_en}"
        ),
    )
}

/// Of snapshots that a restore did without, as a line of its own.
fn told_dropped(snapshots: u64) -> (String, String) {
    if snapshots == 0 {
        return <(String, String)>::default();
    }
    (
        format!("\n合わなくなっていたスナップショット（計算の控え）{snapshots} 件は捨て、記録から作り直します"),
        format!("\n{} that fitted no more: dropped, and made again from the entries", counted(snapshots, "snapshot")),
    )
}

/// What is wrong with a region, line by line.
pub(in super::super) fn told_faults(verified: &Verified, report: &Report) -> Text {
    let history = verified.found.iter().map(told_found);
    let opened = report.faults.iter().map(|fault| {
        let (place, kind) = (&fault.place, fault.kind);
        Text::new(format!("{}: {}", place.ja, kind.ja()), format!("{}: {}", place.en, kind.en()))
    });
    joined(history.chain(opened))
}

/// What is back, what is not, and how to go on.
pub(in super::super) fn told_restored(restored: &Restored, start: &str) -> Text {
    let (held, settled) = (held_whole(&restored.whole), &restored.settled);
    let at = restored.whole.manifest.made_at().in_words();
    let (at_ja, at_en) = (at.ja, at.en);
    let (sign_ins, links, overdue) = (settled.sign_ins, settled.links, settled.overdue);
    let mut ja = format!(
        "復元しました。{}\n\
         連鎖・署名・封を確かめました。\n\
         サインイン {sign_ins} 件と、使われていなかった招待・端末の登録リンク {links} 件は終わらせました。\n\
         {at_ja} より後のことは入っていません。次を確かめてください：\n\
         ・その後に取り消した端末、外した人、変えたパスワードは、その時点に戻っています。もう一度取り消してください（renkei cert device、renkei sign-in）\n\
         ・その後の投稿は、端末の手元からも消えます。チームに知らせてください\n\
         ・その間に期限が来たもの：{overdue} 件のタイムライン。ハブを動かすと一度ずつ通知されます（すでに済んだことの催促も含みます）\n\
         はじめるには: {start}",
        held.ja
    );
    let mut en = format!(
        "Restored, {}\n\
         Chains, signatures and seals hold.\n\
         {sign_ins} sign-ins, and {links} invitations and links of devices that were open, were ended.\n\
         Nothing after {at_en} is in it. See to this:\n\
         - devices revoked, people who left and passwords changed since are as they were then: revoke them again (renkei cert device, renkei sign-in)\n\
         - posts of after that moment are gone, on the tablets too: tell the teams\n\
         - {overdue} timelines fell due meanwhile: each is told once when the hub starts, also of what was done already\n\
         To start: {start}",
        held.en
    );
    if restored.destroyed > 0 {
        let again = restored.destroyed;
        ja += &format!("\nその後に廃棄した記録 {again} 件は、もう一度廃棄しました");
        en += &format!("\n{again} records that were destroyed since are destroyed again");
    }
    let (dropped_ja, dropped_en) = told_dropped(restored.report.snapshot_count);
    let over = told_passed_over(&restored.passed_over, "復元していません", "not brought back");
    (ja, en) = (ja + &dropped_ja + &over.0, en + &dropped_en + &over.1);
    if !restored.is_key_given {
        ja += "\nチェックポイントの鍵がないため、署名はバックアップの中の公開鍵で確かめました。用紙の公開鍵で renkei audit verify --key を実行してください。ハブをはじめる前に checkpoint.key の写しを戻し、写しがなければ renkei audit new-key で鍵を替えてください";
        en += "\nWithout the checkpoint key, signatures were checked by the public key in the backup itself: run renkei audit verify --key with the one on paper. Before you start the hub, put the copy of checkpoint.key back; if there is none, run renkei audit new-key";
    }
    Text::new(ja, en)
}

fn joined(lines: impl Iterator<Item = Text>) -> Text {
    let (ja, en): (Vec<_>, Vec<_>) = lines.map(|line| (line.ja, line.en)).unzip();
    Text::new(ja.join("\n"), en.join("\n"))
}
