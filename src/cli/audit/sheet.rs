//! The sheet of a checkpoint, to be printed, signed by hand and put into a safe: Japanese first, English second, what is
//! signed word for word, and all of it as a QR code. One page of HTML without script and without anything from elsewhere.

use std::fmt::Write as _;

use anyhow::Context as _;
use qrcode::QrCode;
use qrcode::render::svg;

use super::super::Complaint;
use crate::actions::checkpoints::file::as_text;
use crate::domain::checkpoint::Statement;
use crate::store::KeptCheckpoint;
use crate::vault::PublicKey;

const STYLE: &str = "body{font:11pt/1.6 sans-serif;max-width:48em;margin:2em auto;color:#000;background:#fff}
h1{font-size:16pt}pre{font:9pt/1.5 monospace;white-space:pre-wrap;overflow-wrap:anywhere;border:1px solid #888;padding:.8em}
.key{font:11pt/1.8 monospace;letter-spacing:.04em}svg{width:9cm;height:9cm}td,th{text-align:left;padding:.15em 1.2em .15em 0}
.sign td{border-bottom:1px solid #000;height:2.4em;width:14em}@media print{body{margin:0}}";

/// The sheet.
pub(super) fn page(made: &KeptCheckpoint) -> anyhow::Result<String> {
    let said = Statement::parse(&made.statement).map_err(|invalid| Complaint::new(invalid.message))?;
    let signed = as_text(made);
    let code = QrCode::new(signed.as_bytes()).context("a checkpoint fits a QR code")?;
    let code = code.render::<svg::Color<'_>>().min_dimensions(300, 300).build();
    // An XML declaration has no place inside a page.
    let code = code.find("<svg").map_or("", |at| &code[at..]);
    let mut page = format!(
        "<!doctype html>\n<html lang=\"ja\"><head><meta charset=\"utf-8\"><title>renkei checkpoint {}</title>\
         <style>{STYLE}</style></head><body>\n<h1>記録のチェックポイント {} <small>/ Checkpoint of the record</small></h1>\n",
        said.number, said.number,
    );
    let rows = [
        ("作成日時 / made at", said.made_at.to_rfc3339()),
        ("地域の鍵 / region", said.region.clone()),
        ("タイムライン / timelines", said.timelines.to_string()),
        ("記録 / entries", said.entries.to_string()),
        ("監査記録 / audit records", said.audit_seq.to_string()),
    ];
    page.push_str("<table>\n");
    for (name, value) in rows {
        writeln!(page, "<tr><th>{name}</th><td>{value}</td></tr>").expect("a String takes everything");
    }
    let key = PublicKey(said.key).in_groups();
    write!(
        page,
        "</table>\n<p>署名を確かめる公開鍵 / public key<br><span class=\"key\">{key}</span></p>\n\
         <p>署名される文と署名 / what is signed, and the signature</p>\n<pre>{}</pre>\n{code}\n\
         <p>この用紙は、後で記録が変更・削除されていないことを確かめるためのものです。連携ハブの外で保管してください。\
         確かめ方: <code>renkei audit verify --checkpoint ファイル --key 公開鍵</code><br>\
         <span lang=\"en\">This sheet proves later that nothing was changed or removed. Keep it away from the hub.</span></p>\n\
         <table class=\"sign\"><tr><th>保管者 / kept by</th><td></td><th>日付 / date</th><td></td></tr></table>\n\
         </body></html>\n",
        signed.trim_end(),
    )
    .expect("a String takes everything");
    Ok(page)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::Timestamp;
    use crate::vault::CheckpointKey;

    #[test]
    fn the_sheet_says_what_is_signed_word_for_word_with_the_key_in_groups_and_a_code() {
        let key = CheckpointKey::ephemeral();
        let said = Statement {
            region: "ccc4303c1de7208b".to_owned(),
            number: 12,
            made_at: Timestamp(1_775_003_400_250_000),
            timelines: 20_000,
            entries: 123_456_789,
            root: [1; 32],
            moved: 20_000,
            moved_digest: [2; 32],
            audit_seq: 987_654_321,
            audit_chain: [3; 32],
            previous: [4; 32],
            key: key.public().0,
        };
        let statement = said.to_string();
        let signature = key.sign(statement.as_bytes()).to_vec();
        let page = page(&KeptCheckpoint { number: 12, made_at: said.made_at, statement: statement.clone(), signature });
        let page = page.unwrap();
        assert!(page.contains(&statement) && page.contains(&key.public().in_groups()), "{page}");
        assert!(page.contains("<svg") && !page.contains("<?xml") && !page.contains("<script"));
        assert!(page.contains("123456789") && page.contains("保管") && page.contains("Keep it away"));
    }
}
