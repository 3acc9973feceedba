//! The agreement sheets of rule sets: what the bodies read, discuss and sign on paper. HTML for print, in
//! Japanese, complete in itself: no script, no address of anything outside.

use std::fmt::Write as _;

use super::book::Rulebook;
use super::ruleset::{Rule, Ruleset, Signature};
use super::wording::lines;
use super::words::{Status, Strength};
use crate::domain::role::Role;

const STYLE: &str = "@page{size:A4;margin:18mm}body{font-family:serif;font-size:10.5pt;line-height:1.6;max-width:48em;\
margin:auto}section+section{break-before:page}h1{font-size:16pt}h2{font-size:13pt;border-bottom:1px solid #000;\
margin-top:2em;break-after:avoid}article{break-inside:avoid;margin:1em 0}h3{font-size:11pt;margin:0}\
dl{display:grid;grid-template-columns:8em 1fr;margin:.3em 0 0 1em}dt{color:#444}dd{margin:0}\
.stands-in{background:#eee;font-weight:bold}code{font-family:monospace;font-size:9pt;overflow-wrap:anywhere}\
.signing{break-inside:avoid}table{width:100%;border-collapse:collapse}td,th{border:1px solid #000;padding:.4em .5em;\
text-align:left}td{height:12mm}th:nth-child(1){width:34%}th:nth-child(2){width:16%}th:nth-child(4){width:18%}";

impl Rulebook {
    /// The sheet of the set with this id, signed as its file says; `None` if the book has none.
    #[must_use]
    pub fn agreement_sheet(&self, set: &str) -> Option<String> {
        let set = self.sets().iter().find(|found| found.id == set)?;
        Some(self.agreement_sheets(&[set], |set| set.agreed_by.clone()))
    }

    /// The sheets of these sets of the book, each beginning on a page of its own. `signed` says who has signed one.
    #[must_use]
    pub fn agreement_sheets(&self, sets: &[&Ruleset], signed: impl Fn(&Ruleset) -> Vec<Signature>) -> String {
        let mut html = String::new();
        self.write_sheets(sets, signed, &mut html).expect("a string takes any text");
        html
    }

    fn write_sheets(
        &self,
        sets: &[&Ruleset],
        signed: impl Fn(&Ruleset) -> Vec<Signature>,
        html: &mut String,
    ) -> std::fmt::Result {
        let title = match sets {
            [set] => escape(&set.title.ja),
            _ => "地域のきまり".to_owned(),
        };
        writeln!(html, "<!doctype html>\n<html lang=\"ja\">\n<meta charset=\"utf-8\">\n<title>{title}</title>")?;
        writeln!(html, "<style>{STYLE}</style>")?;
        for set in sets {
            self.write_sheet(set, &signed(set), html)?;
        }
        writeln!(html, "</html>")
    }

    fn write_sheet(&self, set: &Ruleset, signed: &[Signature], html: &mut String) -> std::fmt::Result {
        writeln!(html, "<section><h1>{}</h1>", escape(&set.title.ja))?;
        writeln!(html, "<p>版 {}（{}）　施行日 {}", escape(&set.version), escape(set.status.ja()), set.effective)?;
        if let Some(parent) = &set.parent {
            write!(html, "　改定前 {}", escape(parent))?;
        }
        if let Some(review_by) = set.review_by {
            write!(html, "　見直し期限 {review_by}")?;
        }
        writeln!(html, "<br>照合番号 {}</p>", escape(&set.hash))?;
        if set.status == Status::Seed {
            writeln!(
                html,
                "<p><strong>これはひな形です。【仮置き】の数字を地域で決めてから署名してください。</strong></p>"
            )?;
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
        self.write_signatures(set, signed, html)
    }

    fn write_rule(&self, rule: &Rule, html: &mut String) -> std::fmt::Result {
        let kind = rule.mechanism.kind().ja();
        writeln!(html, "<article><h3>{}　{}</h3>", escape(&rule.id), escape(&rule.title.ja))?;
        writeln!(html, "<p>{}（{kind}・{}）</p>\n<dl>", escape(&rule.reason.ja), rule.origin.ja())?;
        for line in lines(rule, self.vocabulary()) {
            let says = escape(&line.says.ja).replace("【仮置き】", "<span class=\"stands-in\">【仮置き】</span>");
            writeln!(html, "<dt>{}</dt><dd>{says}</dd>", escape(&line.about.ja))?;
        }
        writeln!(html, "</dl></article>")
    }

    /// Who signed, and an empty line for each body or side of the pair that has not.
    fn write_signatures(&self, set: &Ruleset, signed: &[Signature], html: &mut String) -> std::fmt::Result {
        writeln!(html, "<div class=\"signing\"><h2>署名</h2>\n<p>私たちは、上のきまりに合意します。</p>")?;
        writeln!(
            html,
            "<table><tr><th>団体</th><th>職種</th><th>代表者（署名または記名押印）</th><th>署名日</th></tr>"
        )?;
        let mut line = |body: &str, role: &str, person: &str, on: &str| {
            let (body, person) = (escape(body), escape(person));
            writeln!(html, "<tr><td>{body}</td><td>{role}</td><td>{person}</td><td>{on}</td></tr>")
        };
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
            "</table>\n<p>署名する内容の照合番号 <code>{}</code></p></div></section>",
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
