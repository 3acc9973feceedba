//! The agreement sheet of one rule set: what the bodies read, discuss and sign on paper. HTML for print, in
//! Japanese, complete in itself: no script, no address of anything outside.

use std::fmt::Write as _;

use super::book::Rulebook;
use super::ruleset::{Rule, Ruleset};
use super::wording::lines;
use super::words::{Status, Strength};
use crate::domain::role::Role;

const STYLE: &str = "@page{size:A4;margin:18mm}body{font-family:serif;font-size:10.5pt;line-height:1.6;max-width:48em;\
margin:auto}h1{font-size:16pt}h2{font-size:13pt;border-bottom:1px solid #000;margin-top:2em}article{break-inside:avoid;\
margin:1em 0}h3{font-size:11pt;margin:0}dl{display:grid;grid-template-columns:8em 1fr;margin:.3em 0 0 1em}dt{color:#444}\
dd{margin:0}.stands-in{background:#eee;font-weight:bold}table{width:100%;border-collapse:collapse}td,th{border:1px solid #000;\
padding:.8em .5em;text-align:left}";

impl Rulebook {
    /// The sheet of the set with this id; `None` if the book has none.
    #[must_use]
    pub fn agreement_sheet(&self, set: &str) -> Option<String> {
        let set = self.sets().iter().find(|found| found.id == set)?;
        let mut html = String::new();
        self.write_sheet(set, &mut html).expect("a string takes any text");
        Some(html)
    }

    fn write_sheet(&self, set: &Ruleset, html: &mut String) -> std::fmt::Result {
        let title = escape(&set.title.ja);
        writeln!(html, "<!doctype html>\n<html lang=\"ja\">\n<meta charset=\"utf-8\">\n<title>{title}</title>")?;
        writeln!(html, "<style>{STYLE}</style>\n<h1>{title}</h1>")?;
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
        self.write_signatures(set, html)
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

    /// Who signed, and an empty line for each side of the pair that has not.
    fn write_signatures(&self, set: &Ruleset, html: &mut String) -> std::fmt::Result {
        writeln!(html, "<h2>署名</h2>\n<table><tr><th>団体</th><th>職種</th><th>代表者</th><th>署名日</th></tr>")?;
        for signed in &set.agreed_by {
            let person = signed.person.as_deref().unwrap_or_default();
            let (body, role) = (escape(&signed.body), self.role_label(&signed.role));
            writeln!(html, "<tr><td>{body}</td><td>{role}</td><td>{}</td><td>{}</td></tr>", escape(person), signed.on)?;
        }
        let unsigned = set.between.iter().filter(|role| !set.agreed_by.iter().any(|signed| signed.role == **role));
        for role in unsigned {
            writeln!(html, "<tr><td></td><td>{}</td><td></td><td></td></tr>", self.role_label(role))?;
        }
        if set.between.is_empty() && set.agreed_by.is_empty() {
            writeln!(html, "<tr><td></td><td></td><td></td><td></td></tr>")?;
        }
        writeln!(html, "</table>\n</html>")
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
