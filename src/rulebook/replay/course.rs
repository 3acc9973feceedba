//! What a timeline tells beside its rulings: the facts of history that a new word asks for, and what became of a duty
//! that the draft would have opened.

use crate::domain::body::Body;
use crate::domain::entry::Entry;
use crate::domain::ids::EntryId;
use crate::domain::kind::Kind;
use crate::domain::role::OrganisationType;
use crate::domain::terms::Terms;
use crate::domain::time::Timestamp;
use crate::rulebook::book::Rulebook;
use crate::rulebook::calendar::Calendar;
use crate::rulebook::duty::{RoleSet, StepDoes};
use crate::rulebook::facts::Known;
use crate::rulebook::history::Past;
use crate::rulebook::judge::RuleRef;
use crate::rulebook::ruleset::Mechanism;
use crate::rulebook::words::{How, Relation};

/// The entries so far.
#[derive(Debug, Default)]
pub(super) struct Course {
    past: Vec<(EntryId, Past)>,
}

impl Course {
    pub fn note(&mut self, entry: &Entry) {
        let body = &entry.body;
        match body {
            Body::Retraction(retraction) => self.past.retain(|(id, _)| *id != retraction.target),
            Body::Acknowledgement(acknowledged) => {
                let target = self.past.iter_mut().find(|(id, _)| *id == acknowledged.target);
                target.into_iter().for_each(|(_, past)| past.acknowledged = true);
            }
            _ => {}
        }
        let (kind, recorded_at) = (body.kind(), entry.recorded_at);
        self.past.push((entry.id, Past { kind, recorded_at, until: None, acknowledged: false }));
    }

    /// The fact that a field of the draft would have had. What is in force until a day that a body names, and what
    /// compares contents, is not told by kinds and times alone.
    pub fn derive(&self, draft: &Rulebook, field: usize, at: Timestamp) -> Known<bool> {
        let derivation = draft.vocabulary().fields.get(field).and_then(|field| field.derive.as_ref());
        let Some(derivation) = derivation else { return Known::Unknown };
        match derivation.how {
            How::Exists | How::Missing => {
                let past: Vec<Past> = self.past.iter().map(|(_, past)| *past).collect();
                derivation.of_timeline(&past, at)
            }
            How::InForce | How::Acknowledged | How::Differs | How::LastSaid => Known::Unknown,
        }
    }
}

/// What would have become of a duty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Became {
    InTime,
    /// With so many steps of its chain told.
    Late(u32),
    /// What asked for it went before it was due.
    Ended,
    /// Neither met nor due by the end of the history, or nobody there who could owe it.
    Undetermined,
}

/// Follows a duty of this rule that the entry at `at` would have opened, and did not: who would have owed it is guessed from
/// who wrote.
pub(super) fn follow(
    draft: &Rulebook,
    rule: RuleRef,
    entries: &[Entry],
    at: usize,
    calendar: &Calendar,
    until: Timestamp,
) -> Became {
    let found = draft.rule(rule).and_then(|(_, text)| match &text.mechanism {
        Mechanism::Duty(duty) => Some((duty, draft.terms(rule)?)),
        _ => None,
    });
    let Some((duty, terms)) = found else { return Became::Undetermined };
    let (cause, roles) = (&entries[at], RoleSet(duty.owed_by.roles));
    let owes = |entry: &&Entry| {
        let is_own = entry.author.organisation == cause.author.organisation;
        roles.has(entry.author.role)
            && match duty.owed_by.relation {
                Relation::Author => is_own,
                _ => !terms.acknowledge || !is_own,
            }
    };
    let Some(of) = entries.iter().find(owes).map(|entry| entry.author.organisation_type) else {
        return Became::Undetermined;
    };
    let meets = |entry: &&Entry| {
        let refers = entry.body.refers_to() == Some(cause.id);
        let kind = entry.body.kind();
        terms.acknowledge && kind == Kind::Acknowledgement && refers
            || terms.kinds.contains(&kind) && (refers || !terms.answers)
    };
    let later = &entries[at + 1..];
    let met = later.iter().filter(owes).find(meets).map(|entry| entry.recorded_at);
    let ends = |entry: &&Entry| match &entry.body {
        Body::Closing(_) => true,
        Body::Retraction(retraction) => retraction.target == cause.id,
        _ => false,
    };
    let ended = later.iter().find(ends).map(|entry| entry.recorded_at);
    became(terms, cause.recorded_at, (calendar, of), Ends { met, ended }, until)
}

/// When a duty was met, or ended without that.
#[derive(Debug, Default, Clone, Copy)]
struct Ends {
    met: Option<Timestamp>,
    ended: Option<Timestamp>,
}

fn became(
    terms: &Terms,
    opened_at: Timestamp,
    (calendar, of): (&Calendar, OrganisationType),
    Ends { met, ended }: Ends,
    until: Timestamp,
) -> Became {
    let schedule = terms.schedule(opened_at, calendar, of);
    let due = schedule.iter().find(|step| step.does == StepDoes::Due).map_or(Timestamp::MAX, |step| step.at);
    let end = met.unwrap_or(Timestamp::MAX).min(ended.unwrap_or(Timestamp::MAX));
    if end < due {
        return if met == Some(end) { Became::InTime } else { Became::Ended };
    }
    if met == Some(due) {
        return Became::InTime;
    }
    if until < due {
        return Became::Undetermined;
    }
    let last = end.min(until);
    let told = schedule.iter().filter(|step| matches!(step.does, StepDoes::Escalate(_)) && step.at <= last).count();
    Became::Late(u32::try_from(told).unwrap_or(u32::MAX))
}
