//! The page for print: plain words, no script, nothing from elsewhere. Whatever people wrote is shown as text. It is made piece
//! by piece, so that a long record costs no memory.

use std::fmt::Write as _;

use serde_json::Value;

use super::file_name;
use super::leaves::Telling;
use crate::config::Language;
use crate::domain::entry::{Entry, Sensitivity};
use crate::domain::ids::PatientId;
use crate::domain::patient::Registration;
use crate::domain::time::Timestamp;

const STYLE: &str = "body{font-family:sans-serif;max-width:45em;margin:2em auto;line-height:1.6}\
    h1{font-size:1.5em}h2{font-size:1.05em;margin:0}article{border-top:1px solid #999;padding:.6em 0;break-inside:avoid}\
    dl{margin:.2em 0 .2em 1em}dt{color:#444;font-size:.85em}dd{margin:0 0 .2em 1em;white-space:pre-wrap}\
    .by,.foot{color:#444;font-size:.9em;margin:.1em 0}.careful{font-weight:bold}";

/// What its head says.
pub(super) struct Head<'a> {
    pub patient: PatientId,
    pub registration: Option<&'a Registration>,
    /// As whoever takes it out wrote.
    pub reason: &'a str,
    /// Somebody who sees a part of it, in words; `None`: it is all there is, for whoever runs the hub's machine.
    pub by: Option<String>,
    pub at: Timestamp,
}

/// A page under way.
pub(super) struct Page<'a> {
    telling: &'a Telling<'a>,
    html: String,
}

impl<'a> Page<'a> {
    pub(super) fn begin(telling: &'a Telling<'a>, head: &Head<'_>) -> Self {
        let nameless = || telling.pick("（氏名の登録なし）", "(no name is registered)").to_owned();
        let name = escaped(&head.registration.map_or_else(nameless, |it| it.name.kanji.clone()));
        let title = match telling.language {
            Language::Ja => format!("{name} さんの記録"),
            Language::En => format!("Record of {name}"),
        };
        let html = format!(
            "<!doctype html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\">\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\
             <title>{title}</title><style>{STYLE}</style></head><body>\n<h1>{title}</h1>\n<dl>\n",
            telling.pick("ja", "en"),
        );
        let mut page = Self { telling, html };
        if let Some(Registration { name, birth_date, sex, .. }) = head.registration {
            page.row(telling.pick("フリガナ", "Kana"), &name.kana);
            page.row(telling.pick("生年月日", "Birth date"), &telling.date(*birth_date));
            page.row(telling.pick("性別", "Sex"), telling.pick(sex.ja(), sex.en()));
        }
        page.row(telling.pick("患者の ID", "Patient's id"), &head.patient.to_string());
        page.row(telling.pick("取り出した日時（日本時間）", "Taken out at (Japan's time)"), &telling.moment(head.at));
        page.row(telling.pick("取り出した理由", "Why"), head.reason);
        if let Some(by) = &head.by {
            page.row(telling.pick("取り出した人", "Taken out by"), by);
        }
        let part = match &head.by {
            Some(_) => telling.pick(
                "取り出した人が閲覧できる記録だけを載せています。",
                "It holds what the one who took it out may see, and nothing else. ",
            ),
            None => "",
        };
        let order = telling.pick(
            "古い順です。訂正や取り消しも、元の記録を残したまま、それぞれ一つの記録として載せています。",
            "The oldest comes first. What was corrected or taken back is still here; the correction is an entry of its own.",
        );
        page.put(format_args!("</dl>\n<p>{part}{order}</p>\n"));
        page
    }

    /// What was made since the last time.
    pub(super) fn take(&mut self) -> String {
        std::mem::take(&mut self.html)
    }

    pub(super) fn add(&mut self, entry: &Entry, json: &Value) {
        let telling = self.telling;
        let (seq, kind) = (entry.seq, entry.body.kind());
        let kind = telling.pick(kind.ja(), kind.en());
        let careful = match entry.sensitivity {
            Sensitivity::Restricted => {
                format!(" <span class=\"careful\">{}</span>", telling.pick("取扱注意", "restricted"))
            }
            Sensitivity::Normal => String::new(),
        };
        let (at, by) = (telling.moment(entry.recorded_at), escaped(&telling.actor(&entry.author)));
        let seen = entry.observed_at.map(|seen| telling.moment(seen));
        let seen = seen.map(|seen| format!("{}{seen}", telling.pick("、観察 ", ", observed "))).unwrap_or_default();
        self.put(format_args!(
            "<article id=\"entry-{seq}\"><h2>{seq}　{kind}{careful}</h2>\n<p class=\"by\">{at}{seen}　{by}</p>\n"
        ));
        if let Some(named) = &entry.on_behalf {
            let named = escaped(&telling.actor(named));
            let (ja, en) = (format!("代筆：{named}に聞いて記入"), format!("Written on behalf of {named}"));
            self.put(format_args!("<p class=\"by\">{}</p>\n", telling.pick(&ja, &en)));
        }
        // The body stands under the name of its kind.
        if let Some((kind, body)) = json["content"]["body"].as_object().and_then(|body| body.iter().next()) {
            self.value("body", kind, body);
        }
        for attachment in entry.body.attachments() {
            let (file, title) = (file_name(attachment), escaped(&attachment.title));
            let label = telling.pick("添付：", "Attached: ");
            self.put(format_args!("<p class=\"by\">{label}<a href=\"attachments/{file}\">{title}</a></p>\n"));
        }
        let label = telling.pick("記録の ID", "Entry");
        self.put(format_args!("<p class=\"foot\">{label} {}</p></article>\n", entry.id));
    }

    pub(super) fn finish(mut self, entries: u64, files: u64, missing: &[String]) -> String {
        let (ja, en) = match missing {
            [] => (String::new(), String::new()),
            missing => (
                format!("。見つからない、または壊れている添付ファイル {} 件：{}", missing.len(), missing.join("、")),
                format!("; missing or damaged: {}", missing.join(", ")),
            ),
        };
        let ja = format!("以上、記録 {entries} 件、添付ファイル {files} 件{ja}");
        let en = format!("End: {entries} entries, {files} attached files{en}");
        let foot = escaped(self.telling.pick(&ja, &en));
        self.put(format_args!("<p class=\"foot\">{foot}</p>\n</body></html>\n"));
        self.html
    }

    fn put(&mut self, text: std::fmt::Arguments<'_>) {
        self.html.write_fmt(text).expect("a String takes everything");
    }

    fn row(&mut self, title: &str, text: &str) {
        self.put(format_args!("<dt>{title}</dt><dd>{}</dd>\n", escaped(text)));
    }

    /// A value that stands under `name` in `parent`.
    fn value(&mut self, parent: &str, name: &str, of: &Value) {
        match of {
            Value::Object(fields) => {
                self.html.push_str("<dl>\n");
                for (field, of) in fields {
                    // Told below with a link to the file itself.
                    if field == "attachments" {
                        continue;
                    }
                    let label = escaped(&self.telling.field(name, field));
                    self.put(format_args!("<dt>{label}</dt><dd>"));
                    self.value(name, field, of);
                    self.html.push_str("</dd>\n");
                }
                self.html.push_str("</dl>");
            }
            Value::Array(items) => {
                for (at, item) in items.iter().enumerate() {
                    if at > 0 && !item.is_object() {
                        self.html.push('、');
                    }
                    self.value(parent, name, item);
                }
            }
            leaf => {
                let said = escaped(&self.telling.leaf(parent, name, leaf));
                self.html.push_str(&said);
            }
        }
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

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;
    use crate::actions::export::leaves::kind_of;
    use crate::domain::directory::Directory;

    /// Every leaf of a body, with the object and the field that it stands in.
    fn leaves<'v>(parent: &'v str, name: &'v str, of: &'v Value, found: &mut Vec<(&'v str, &'v str, &'v Value)>) {
        match of {
            Value::Object(fields) => fields.iter().for_each(|(field, of)| leaves(name, field, of, found)),
            Value::Array(items) => items.iter().for_each(|item| leaves(parent, name, item, found)),
            leaf => found.push((parent, name, leaf)),
        }
    }

    /// Codes that the contract has people write or read as they are: numbers of drugs and tests, of rules, of issuers.
    fn is_as_written(parent: &str, field: &str) -> bool {
        let written = ["code", "rule", "rules", "sha256", "system", "matters", "email"].contains(&field);
        written || field == "value" && parent == "identifiers"
    }

    #[test]
    fn no_example_of_the_contract_shows_a_bare_field_or_code_in_either_language() {
        let directory = Directory::default();
        let telling =
            |language| Telling { language, directory: &directory, places: std::collections::HashMap::default() };
        let (ja, en) = (telling(Language::Ja), telling(Language::En));
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("proto/examples/client");
        let examples = fs::read_dir(folder).unwrap().map(|found| found.unwrap().path());
        let examples = examples.filter(|path| path.to_string_lossy().ends_with(".json"));
        let (mut bare, mut seen) = (Vec::new(), 0);
        for path in examples {
            let frame: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
            let Some(body) = frame["post"]["intent"]["body"].as_object() else { continue };
            let (kind, body) = body.iter().next().unwrap();
            assert!(kind_of(kind).is_some(), "{kind}");
            let mut found = Vec::new();
            leaves("body", kind, body, &mut found);
            for (parent, field, leaf) in found {
                seen += 1;
                if parent != "body" && (ja.field(parent, field) == field || en.field(parent, field).is_empty()) {
                    bare.push(format!("{kind}: {parent}.{field} has no name"));
                }
                let Value::String(text) = leaf else { continue };
                let looks_like_code = text.starts_with(|c: char| c.is_ascii_lowercase())
                    && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "_/".contains(c));
                // Some codes are what people say as well: SpO2, J1.
                if looks_like_code && !is_as_written(parent, field) && ja.leaf(parent, field, leaf) == *text {
                    bare.push(format!("{kind}: {parent}.{field} shows `{text}`"));
                }
            }
        }
        assert!(seen > 200 && bare.is_empty(), "{seen}: {bare:#?}");
    }

    #[test]
    fn what_somebody_wrote_stays_as_it_is_even_where_it_looks_like_a_code() {
        let directory = Directory::default();
        let telling = Telling {
            language: Language::Ja,
            directory: &directory,
            places: [(crate::domain::ids::EntryId(uuid::Uuid::from_u128(5)), crate::domain::ids::Seq(12))].into(),
        };
        let leaf = |parent: &str, field: &str, text: &str| telling.leaf(parent, field, &text.into());
        assert_eq!(leaf("retraction", "reason", "wrong_patient"), "患者の取り違え");
        assert_eq!(leaf("suspension", "reason", "wrong_patient"), "wrong_patient");
        assert_eq!(leaf("note", "text", "nurse"), "nurse");
        assert_eq!(leaf("nursingInstruction", "until", "2026-04-12"), "2026年4月12日");
        assert_eq!(leaf("message", "text", "2026-04-12"), "2026-04-12");
        assert_eq!(leaf("retraction", "target", &uuid::Uuid::from_u128(5).to_string()), "記録 12");
    }
}
