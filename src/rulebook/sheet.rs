//! The agreement sheets of rule sets: what the bodies read, discuss and sign on paper. HTML for print, in Japanese,
//! complete in itself: no script, no address of anything outside. A rule's own rows are in `sheet_rows`.

use std::fmt::Write as _;

use super::agreement::Agreement;
use super::book::Rulebook;
use super::groups::{Meaning, meanings};
use super::ruleset::{Rule, Ruleset};
use super::sheet_rows::rows;
use super::words::{Layer, Status, Strength};
use crate::domain::role::Role;

/// Labels within a line are as large as the line; a word joiner behind each keeps it beside what it labels.
const STYLE: &str = "@page{size:A4;margin:10mm 12mm 12mm;@bottom-right{content:counter(page);font-size:9pt}}\
body{font-family:\"BIZ UDPGothic\",\"Hiragino Sans\",\"Yu Gothic\",\"Noto Sans CJK JP\",\"Noto Sans JP\",sans-serif;\
font-size:9.4pt;line-height:1.3;max-width:186mm;margin:auto}section+section{break-before:page}\
h1{font-size:15pt;margin:0 0 .1em}h2{font-size:11pt;border-bottom:1.5pt solid #000;margin:.6em 0 .1em;break-after:avoid}\
.about{margin:.2em 0;font-size:9pt}.seed{border:1pt solid #000;padding:0 .6em}\
article{break-inside:avoid;padding:.2em 0 .26em;border-bottom:.5pt solid #999}h3{font-size:10pt;margin:0}\
h3 small{font-weight:normal;font-size:8pt}.why{margin:0 0 0 1em}\
dl{display:grid;grid-template-columns:5.2em 1fr;margin:0 0 0 1em;column-gap:.5em}\
dt,dd i{font-weight:bold;font-style:normal}\
dd{margin:0}dd i{margin:0 .15em 0 .9em;white-space:nowrap}dd i::after{content:\"：\\2060\"}\
.stands-in{background:#e4e4e4;font-weight:bold;white-space:nowrap}\
.meanings{font-size:8.5pt}.meanings dl{grid-template-columns:12em 1fr}\
code{font-family:monospace;font-size:8pt;overflow-wrap:anywhere}.signing{break-inside:avoid}.signing small{font-weight:normal}\
table{width:100%;border-collapse:collapse}td,th{border:1px solid #000;padding:.2em .5em;text-align:left}td{height:9mm}\
th:nth-child(1){width:34%}th:nth-child(2){width:16%}th:nth-child(4){width:18%}";

impl Rulebook {
    /// The sheet of the set with this id, signed as its file says; `None` if the book has none.
    #[must_use]
    pub fn agreement_sheet(&self, set: &str) -> Option<String> {
        let set = self.sets().iter().find(|found| found.id == set)?;
        Some(self.agreement_sheets(&[set], Agreement::of_file))
    }

    /// The sheets of these sets of the book, each beginning on a page of its own. `agreed` says who signed one, and where
    /// it stands.
    #[must_use]
    pub fn agreement_sheets(&self, sets: &[&Ruleset], agreed: impl Fn(&Ruleset) -> Agreement) -> String {
        let mut html = String::new();
        self.write_sheets(sets, agreed, &mut html).expect("a string takes any text");
        html
    }

    fn write_sheets(
        &self,
        sets: &[&Ruleset],
        agreed: impl Fn(&Ruleset) -> Agreement,
        html: &mut String,
    ) -> std::fmt::Result {
        let title = match sets {
            [set] => escape(&set.title.ja),
            _ => "地域のきまり".to_owned(),
        };
        writeln!(html, "<!doctype html>\n<html lang=\"ja\">\n<meta charset=\"utf-8\">\n<title>{title}</title>")?;
        writeln!(html, "<style>{STYLE}</style>")?;
        for set in sets {
            self.write_sheet(set, &agreed(set), html)?;
        }
        writeln!(html, "</html>")
    }

    fn write_sheet(&self, set: &Ruleset, agreement: &Agreement, html: &mut String) -> std::fmt::Result {
        writeln!(html, "<section><h1>{}</h1>", escape(&set.title.ja))?;
        write!(
            html,
            "<p class=\"about\">版 {}　段階 {}　施行日 {}",
            escape(&set.version),
            escape(&agreement.stands.ja),
            set.effective
        )?;
        if let Some(parent) = &set.parent {
            write!(html, "　改定前 {}", escape(parent))?;
        }
        if let Some(review_by) = set.review_by {
            write!(html, "　見直し期限 {review_by}")?;
        }
        writeln!(html, "　照合番号 {}</p>", escape(&set.hash))?;
        if set.status == Status::Seed {
            let told = "これはひな形です。【仮置き】の数字を地域で決めてから署名してください。";
            writeln!(html, "<p class=\"about seed\"><strong>{told}</strong></p>")?;
        }
        for strength in [Strength::Must, Strength::Should] {
            let rules: Vec<&Rule> = set.rules.iter().filter(|rule| rule.strength == strength).collect();
            if !rules.is_empty() {
                writeln!(html, "<h2>{}</h2>", strength.ja())?;
            }
            for rule in rules {
                self.write_rule(rule, html)?;
            }
        }
        self.write_meanings(set, html)?;
        self.write_signatures(set, agreement, html)
    }

    fn write_rule(&self, rule: &Rule, html: &mut String) -> std::fmt::Result {
        let kind = rule.mechanism.kind().ja();
        write!(html, "<article><h3>{}　{}", escape(&rule.id), escape(&rule.title.ja))?;
        writeln!(html, " <small>〔{kind}・{}〕</small></h3>", rule.origin.ja())?;
        writeln!(html, "<p class=\"why\">{}</p>\n<dl>", escape(&rule.reason.ja))?;
        for row in rows(rule, self.vocabulary()) {
            write!(html, "<dt>{}</dt><dd>", row.about)?;
            for (at, (about, says)) in row.parts.iter().enumerate() {
                let says = escape(says).replace("【仮置き】", "<span class=\"stands-in\">【仮置き】</span>");
                match (at, about.is_empty()) {
                    (_, true) => write!(html, "{says}")?,
                    (_, false) => write!(html, "<i>{about}</i>{says}")?,
                }
            }
            writeln!(html, "</dd>")?;
        }
        writeln!(html, "</dl></article>")
    }

    /// What the names of groups stand for in these rules: it is part of what is signed.
    fn write_meanings(&self, set: &Ruleset, html: &mut String) -> std::fmt::Result {
        let mut all: Vec<Meaning> = Vec::new();
        for meaning in set.rules.iter().flat_map(|rule| meanings(rule, self.vocabulary())) {
            if !all.contains(&meaning) {
                all.push(meaning);
            }
        }
        if all.is_empty() {
            return Ok(());
        }
        writeln!(html, "<div class=\"meanings\"><h2>まとめて呼ぶ言葉</h2>\n<dl>")?;
        for Meaning { group, words } in &all {
            writeln!(html, "<dt>{}</dt><dd>{}</dd>", escape(&group.ja), escape(&words.ja))?;
        }
        writeln!(html, "</dl></div>")
    }

    /// Who signed, and an empty line for each body or side of the pair that has not.
    fn write_signatures(&self, set: &Ruleset, agreement: &Agreement, html: &mut String) -> std::fmt::Result {
        if set.layer == Layer::Floor && agreement.signed.is_empty() {
            let digest = escape(&set.agreement);
            let told = "土台は、どの団体が何に合意しても守るものなので、署名は要りません。";
            return writeln!(html, "<p class=\"about\">{told}内容の照合番号 <code>{digest}</code></p></section>");
        }
        writeln!(html, "<div class=\"signing\"><h2>署名 <small>私たちは、このきまりに合意します。</small></h2>")?;
        writeln!(
            html,
            "<table><tr><th>団体</th><th>職種</th><th>代表者（署名または記名押印）</th><th>署名日</th></tr>"
        )?;
        let mut line = |body: &str, role: &str, person: &str, on: &str| {
            let (body, person) = (escape(body), escape(person));
            writeln!(html, "<tr><td>{body}</td><td>{role}</td><td>{person}</td><td>{on}</td></tr>")
        };
        let signed = &agreement.signed;
        for signed in signed {
            let person = signed.person.as_deref().unwrap_or_default();
            line(&signed.body, &self.role_label(&signed.role), person, &signed.on.to_string())?;
        }
        let missing = set.unsigned(signed);
        for signatory in &missing {
            line(&signatory.body, &self.role_label(&signatory.role), "", "")?;
        }
        if missing.is_empty() && signed.is_empty() {
            line("", "", "", "")?;
        }
        writeln!(
            html,
            "</table>\n<p class=\"about\">署名する内容の照合番号 <code>{}</code></p></div></section>",
            escape(&set.agreement)
        )
    }

    fn role_label(&self, code: &str) -> String {
        let at = self.vocabulary().roles.position(code);
        let entry = at.and_then(|at| self.vocabulary().roles.entry(at));
        let known = || Role::from_code(code).map_or_else(|| code.to_owned(), |role| role.ja().to_owned());
        escape(&entry.map_or_else(known, |entry| entry.label.ja.to_string()))
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
