//! The page for print: plain words, no script, nothing from elsewhere. Whatever people wrote is shown as text.

use std::fmt::Write as _;

use serde_json::Value;

use super::leaves::{field, leaf, moment};
use super::{ExportFrom, Exported, file_name};
use crate::domain::directory::{Actor, Directory};
use crate::domain::entry::{Entry, Sensitivity};
use crate::domain::ids::PatientId;
use crate::domain::patient::Registration;

const STYLE: &str = "body{font-family:sans-serif;max-width:45em;margin:2em auto;line-height:1.6}\
    h1{font-size:1.5em}h2{font-size:1.05em;margin:0}article{border-top:1px solid #999;padding:.6em 0;break-inside:avoid}\
    dl{margin:.2em 0 .2em 1em}dt{color:#444;font-size:.85em}dd{margin:0 0 .2em 1em;white-space:pre-wrap}\
    .by,.foot{color:#444;font-size:.9em;margin:.1em 0}.careful{font-weight:bold}";

pub(super) struct Page {
    html: String,
}

impl Page {
    pub(super) fn begin(from: &ExportFrom<'_>, patient: PatientId, registration: Option<&Registration>) -> Self {
        let name = registration.map_or_else(|| "（氏名の登録なし）".to_owned(), |it| it.name.kanji.clone());
        let mut html = format!(
            "<!doctype html>\n<html lang=\"ja\"><head><meta charset=\"utf-8\">\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\
             <title>{name} さんの記録</title><style>{STYLE}</style></head><body>\n<h1>{name} さんの記録</h1>\n<dl>\n",
            name = escaped(&name),
        );
        let mut row = |title: &str, text: &str| {
            writeln!(html, "<dt>{title}</dt><dd>{}</dd>", escaped(text)).expect("a String takes everything");
        };
        if let Some(Registration { name, birth_date, sex, .. }) = registration {
            row("フリガナ", &name.kana);
            row("生年月日", &birth_date.strftime("%Y年%-m月%-d日").to_string());
            row("性別", sex.ja());
        }
        row("患者の ID", &patient.to_string());
        row("取り出した日時（日本時間）", &moment(from.now));
        row("取り出した理由", from.reason);
        html.push_str("</dl>\n<p>古い順です。訂正や取り消しも、元の記録を残したまま、それぞれ一つの記録として載せています。</p>\n");
        Self { html }
    }

    pub(super) fn add(&mut self, entry: &Entry, json: &Value, directory: &Directory) {
        let (seq, kind) = (entry.seq, entry.body.kind().ja());
        let html = &mut self.html;
        let careful = match entry.sensitivity {
            Sensitivity::Restricted => " <span class=\"careful\">取扱注意</span>",
            Sensitivity::Normal => "",
        };
        let (at, by) = (moment(entry.recorded_at), escaped(&author(&entry.author, directory)));
        let seen = entry.observed_at.map(|seen| format!("、観察 {}", moment(seen))).unwrap_or_default();
        write!(
            html,
            "<article id=\"entry-{seq}\"><h2>{seq}　{kind}{careful}</h2>\n<p class=\"by\">{at}{seen}　{by}</p>\n"
        )
        .expect("a String takes everything");
        // The body stands under the name of its kind.
        let body = json["content"]["body"].as_object().and_then(|body| body.values().next());
        body.into_iter().for_each(|body| value(html, "", body, directory));
        for attachment in entry.body.attachments() {
            let (file, title) = (file_name(attachment), escaped(&attachment.title));
            writeln!(html, "<p class=\"by\">添付：<a href=\"attachments/{file}\">{title}</a></p>")
                .expect("a String takes everything");
        }
        writeln!(html, "<p class=\"foot\">記録の ID {}</p></article>", entry.id).expect("a String takes everything");
    }

    pub(super) fn finish(mut self, exported: &Exported) -> String {
        let Exported { entries, files, missing, .. } = exported;
        let missing = match missing.len() {
            0 => String::new(),
            count => format!("。見つからない、または壊れている添付ファイル {count} 件：{}", missing.join("、")),
        };
        writeln!(
            self.html,
            "<p class=\"foot\">以上、記録 {entries} 件、添付ファイル {files} 件{missing}</p>\n</body></html>"
        )
        .expect("a String takes everything");
        self.html
    }
}

fn author(author: &Actor, directory: &Directory) -> String {
    if *author == Actor::HUB {
        return "連携ハブ".to_owned();
    }
    let person =
        directory.people.get(&author.person).map_or_else(|| author.person.to_string(), |it| it.name.kanji.clone());
    let office = directory.organisations.get(&author.organisation);
    let office = office.map_or_else(|| author.organisation.to_string(), |it| it.name.clone());
    format!("{person}（{}、{office}）", author.role.ja())
}

fn value(html: &mut String, name: &str, of: &Value, directory: &Directory) {
    match of {
        Value::Object(fields) => {
            html.push_str("<dl>\n");
            for (name, of) in fields {
                // Told below with a link to the file itself.
                if name == "attachments" {
                    continue;
                }
                write!(html, "<dt>{}</dt><dd>", escaped(field(name))).expect("a String takes everything");
                value(html, name, of, directory);
                html.push_str("</dd>\n");
            }
            html.push_str("</dl>");
        }
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                if at > 0 && !item.is_object() {
                    html.push('、');
                }
                value(html, name, item, directory);
            }
        }
        leaf_value => html.push_str(&escaped(&leaf(name, leaf_value, directory))),
    }
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}
