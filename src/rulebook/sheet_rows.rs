//! A rule as a few rows of the agreement sheet, in Japanese: when, who does what by when, and what if not. Everything that
//! `wording` says line by line is here, with fewer lines. What is between the lines of a row is the sheet's.

use super::mechanism::{Deadline, Duty, Standing};
use super::parties::{met_by, party, span, step_of_chain, ways_out};
use super::ruleset::{Applies, Clause, Mechanism, Rule, Share};
use super::vocabulary::Vocabulary;
use super::wording::any_of;
use super::words::{Effect, OnAdmission, OnDeath};

/// A row: what it is about, and its parts, each with a heading of its own or none.
pub(crate) struct Row {
    pub about: &'static str,
    pub parts: Vec<(&'static str, String)>,
}

impl Row {
    fn new(about: &'static str, says: String) -> Self {
        Self { about, parts: vec![("", says)] }
    }

    fn and(mut self, about: &'static str, says: String) -> Self {
        self.parts.push((about, says));
        self
    }

    fn and_any(self, about: &'static str, clauses: &[Clause], vocabulary: &Vocabulary) -> Self {
        if clauses.iter().all(|clause| clause.terms.is_empty()) {
            return self;
        }
        self.and(about, any_of(clauses, vocabulary).ja.into_owned())
    }
}

/// The rows of a rule below its reason.
pub(crate) fn rows(rule: &Rule, vocabulary: &Vocabulary) -> Vec<Row> {
    match &rule.mechanism {
        Mechanism::Share(share) => of_share(share, vocabulary),
        Mechanism::Gate(gate) => {
            let mut required = Row::new("必要なこと", any_of(&gate.require, vocabulary).ja.into_owned());
            required = required.and_any("例外", &gate.pass_if, vocabulary);
            if gate.reason_ok {
                required = required.and("ほかの道", "理由を書けば出せる".to_owned());
            }
            vec![on_posting(&gate.applies, vocabulary), required]
        }
        Mechanism::Duty(duty) => of_duty(duty, vocabulary),
        Mechanism::Standing(standing) => of_standing(standing, vocabulary),
        Mechanism::Nudge(nudge) => {
            let mut row = on_posting(&nudge.applies, vocabulary).and("助言先", nudge.audience.ja().to_owned());
            if nudge.advice != rule.title {
                row = row.and("助言", nudge.advice.ja.to_string());
            }
            vec![row]
        }
        Mechanism::Pledge(pledge) => {
            let who = Row::new("だれが", vocabulary.roles.label_of(pledge.who).ja.into_owned());
            let who = who.and("確認の単位", pledge.by.ja().to_owned());
            vec![who.and("間隔", format!("利用を始めるときと、{}ごと", span(&pledge.every).ja))]
        }
    }
}

fn of_share(share: &Share, vocabulary: &Vocabulary) -> Vec<Row> {
    let on = share.applies.on;
    let kinds = |set: u64| {
        if set == vocabulary.kinds.full() { "すべての記録".into() } else { vocabulary.kinds.label_of(set).ja }
    };
    let acts = match (on.view, on.post) {
        (view, post) if view == post => format!("「{}」を見ること、書くこと", kinds(view)),
        (view, 0) => format!("「{}」を見ること", kinds(view)),
        (0, post) => format!("「{}」を書くこと", kinds(post)),
        (view, post) => format!("「{}」を見ること、「{}」を書くこと", kinds(view), kinds(post)),
    };
    let about = match share.effect {
        Effect::Permit => "許すこと",
        Effect::Forbid => "禁じること",
        Effect::Queue => "預かること",
        Effect::Bound => "許せる上限",
    };
    let row = Row::new(about, acts).and_any("条件", &share.applies.when, vocabulary);
    let row = row.and_any("除外", &share.applies.unless, vocabulary);
    if share.overrides.is_empty() {
        return vec![row];
    }
    let ids: Vec<&str> = share.overrides.iter().map(|(id, _)| id.as_str()).collect();
    vec![row.and("打ち消す許可", ids.join("、"))]
}

/// When a rule about posts applies.
fn on_posting(applies: &Applies, vocabulary: &Vocabulary) -> Row {
    let kinds = vocabulary.kinds.label_of(applies.on.post).ja;
    let row = Row::new("書くとき", format!("「{kinds}」"));
    row.and_any("条件", &applies.when, vocabulary).and_any("除外", &applies.unless, vocabulary)
}

fn of_duty(duty: &Duty, vocabulary: &Vocabulary) -> Vec<Row> {
    let by = party(&duty.owed_by, vocabulary).ja;
    let owed = Row::new("だれが", by.into_owned()).and("果たし方", met_by(&duty.met_by, vocabulary).ja.into_owned());
    let mut rows = vec![on_posting(&duty.applies, vocabulary), deadline(owed, "期限", &duty.deadline)];
    rows.extend(chain(&duty.deadline, vocabulary));
    let mut otherwise = Vec::new();
    if !duty.deadline.ways_out.is_empty() {
        otherwise.push(("ほかの道", ways_out(&duty.deadline.ways_out).ja.into_owned()));
    }
    if duty.on_admission != OnAdmission::GoesOn {
        otherwise.push(("入院のとき", duty.on_admission.ja().to_owned()));
    }
    if duty.on_death != OnDeath::Closes {
        otherwise.push(("亡くなったとき", duty.on_death.ja().to_owned()));
    }
    if let Some(last) = rows.last_mut() {
        last.parts.extend(otherwise);
    }
    rows
}

fn of_standing(standing: &Standing, vocabulary: &Vocabulary) -> Vec<Row> {
    let asked = Row::new("いつも", format!("{}ごとに", standing.per.ja()));
    let asked = asked.and_any("条件", &standing.when, vocabulary).and_any("除外", &standing.unless, vocabulary);
    let asked = asked.and_any("休止", &standing.paused_when, vocabulary);
    let keeps = format!("「{}」", vocabulary.kinds.label_of(standing.keep).ja);
    let owed = Row::new("だれが", party(&standing.owed_by, vocabulary).ja.into_owned()).and("保つ記録", keeps);
    let mut owed = deadline(owed, "間隔", &standing.deadline);
    if !standing.deadline.ways_out.is_empty() {
        owed = owed.and("ほかの道", ways_out(&standing.deadline.ways_out).ja.into_owned());
    }
    if standing.aggregate {
        owed = owed.and("示し方", "件数だけで示し、一件ずつの遅れとしては示さない".to_owned());
    }
    let mut rows = vec![asked, owed];
    rows.extend(chain(&standing.deadline, vocabulary));
    rows
}

fn deadline(row: Row, about: &'static str, deadline: &Deadline) -> Row {
    let row = row.and(about, span(&deadline.within).ja.into_owned());
    if deadline.remind.is_empty() {
        return row;
    }
    let reminders: Vec<String> = deadline.remind.iter().map(|reminder| format!("{}後", span(reminder).ja)).collect();
    row.and("事前のお知らせ", reminders.join("、"))
}

fn chain(deadline: &Deadline, vocabulary: &Vocabulary) -> Option<Row> {
    let steps: Vec<String> =
        deadline.escalate.iter().map(|step| step_of_chain(step, vocabulary).ja.into_owned()).collect();
    (!steps.is_empty()).then(|| Row::new("知らせる順", steps.join(" → ")))
}
