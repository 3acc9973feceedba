//! Reads the keys of a gate, duty, standing rule, nudge or pledge. Called by `ruleset_file` once the
//! common keys of a rule are read.

use super::condition::{self, duration_s};
use super::mechanism::{Deadline, Duty, Escalation, Gate, Nudge, Pledge, Span, Standing};
use super::mistake::Mistake;
use super::party_file;
use super::problem::Findings;
use super::ruleset::{Applies, Clause, Mechanism, On, Wanted};
use super::ruleset_file::read_on;
use super::table::{Item, Table};
use super::vocabulary::{Values, Vocabulary};
use super::vocabulary_file::word_in;
use super::words::{Action, Audience, Clock, Key, OnAdmission, OnDeath, Per, Pledger, RuleKind, WayOut, key};
use crate::domain::kind::Kind;
use crate::domain::state::Stay;
use crate::domain::text::Text;
use crate::limits::{RULEBOOK_SPAN_S_MAX, RULEBOOK_STEPS_MAX};

const DAY_S: i64 = 86_400;

/// Gives the mechanism as far as it could be read; it is right only if nothing was found.
pub(crate) fn read(
    kind: RuleKind,
    title: &Text,
    table: &mut Table<'_, '_>,
    vocabulary: &Vocabulary,
    findings: &mut Findings<'_>,
) -> Option<Mechanism> {
    match kind {
        RuleKind::Share => None,
        RuleKind::Gate => read_gate(table, vocabulary, findings).map(Mechanism::Gate),
        RuleKind::Duty => read_duty(table, vocabulary, findings).map(Mechanism::Duty),
        RuleKind::Standing => read_standing(table, vocabulary, findings).map(Mechanism::Standing),
        RuleKind::Nudge => read_nudge(title, table, vocabulary, findings).map(Mechanism::Nudge),
        RuleKind::Pledge => read_pledge(table, vocabulary, findings).map(Mechanism::Pledge),
    }
}

fn read_gate(table: &mut Table<'_, '_>, vocabulary: &Vocabulary, findings: &mut Findings<'_>) -> Option<Gate> {
    let place = table.place;
    let on_place = table.find(key::ON).map_or(place, |item| item.place);
    let applies = read_applies(table, vocabulary, findings);
    let on = applies.as_ref().map(|applies| applies.on).unwrap_or_default();
    let observations = Kind::ALL.iter().filter(|kind| kind.is_observation() && on.post >> kind.index() & 1 == 1);
    for kind in observations {
        let label = vocabulary.kinds.entry(kind.index() as u8).map(|entry| entry.label.clone());
        let kind = label.unwrap_or_else(|| Text::fixed(kind.ja(), kind.en()));
        findings.add(on_place, Mistake::GateOnObservation { kind });
    }
    let require = table.require(key::REQUIRE, findings).map(|item| condition::read(item, on, vocabulary, findings));
    let pass_if = table.find(key::PASS_IF).map(|item| condition::read(item, on, vocabulary, findings));
    let reason_ok = read_flag(table, key::REASON_OK, findings);
    Some(Gate { applies: applies?, require: require?, pass_if: pass_if.unwrap_or_default(), reason_ok })
}

fn read_duty(table: &mut Table<'_, '_>, vocabulary: &Vocabulary, findings: &mut Findings<'_>) -> Option<Duty> {
    let applies = read_applies(table, vocabulary, findings);
    let owed_by = table
        .require(key::OWED_BY, findings)
        .and_then(|item| party_file::read(item, party_file::Side::Debtor, vocabulary, findings));
    let met_by =
        table.require(key::MET_BY, findings).and_then(|item| party_file::read_met_by(item, vocabulary, findings));
    let deadline = read_deadline(table, key::WITHIN, vocabulary, findings);
    let on_admission = table.find(key::ON_ADMISSION).map(|item| item.word::<OnAdmission>(findings));
    let on_death = table.find(key::ON_DEATH).map(|item| item.word::<OnDeath>(findings));
    let applies = applies?;
    // What a death asks for is asked for although the patient died.
    let asked_by_death = applies.on.post >> Kind::Death.index() & 1 == 1;
    let unsaid = if asked_by_death { OnDeath::GoesOn } else { OnDeath::Closes };
    Some(Duty {
        applies,
        owed_by: owed_by?,
        met_by: met_by?,
        deadline: deadline?,
        on_admission: on_admission.unwrap_or(Some(OnAdmission::GoesOn))?,
        on_death: on_death.unwrap_or(Some(unsaid))?,
    })
}

fn read_standing(table: &mut Table<'_, '_>, vocabulary: &Vocabulary, findings: &mut Findings<'_>) -> Option<Standing> {
    let place = table.place;
    let per = table.require_word::<Per>(key::PER, findings).map(|(per, _)| per);
    let mut clauses = |key: Key, findings: &mut Findings<'_>| {
        table.find(key).map(|item| condition::read_of_state(item, per, vocabulary, findings)).unwrap_or_default()
    };
    let mut when = clauses(key::WHEN, findings);
    let unless = clauses(key::UNLESS, findings);
    let paused_when = clauses(key::PAUSED_WHEN, findings);
    let rests_on_admission = paused_when.iter().any(|clause| speaks_of_admission(clause, vocabulary));
    if when.is_empty() {
        when.push(Clause { terms: Vec::new(), place });
    }
    let owed_by = table
        .require(key::OWED_BY, findings)
        .and_then(|item| party_file::read(item, party_file::Side::Standing(per), vocabulary, findings));
    let keep = table.require(key::KEEP, findings).map(|item| read_keep(item, vocabulary, findings));
    let deadline = read_deadline(table, key::EVERY, vocabulary, findings);
    let aggregate = read_flag(table, key::AGGREGATE, findings);
    Some(Standing {
        per: per?,
        when,
        unless,
        paused_when,
        owed_by: owed_by?,
        keep: keep?,
        deadline: deadline?,
        rests_on_admission,
        aggregate,
    })
}

/// The kinds of which one renews a standing rule's record. What is about another entry says nothing by itself.
fn read_keep(item: Item<'_, '_>, vocabulary: &Vocabulary, findings: &mut Findings<'_>) -> u64 {
    let what = Text::fixed("記録の種類", "kind");
    let mut kept = 0;
    for element in item.elements(findings) {
        let Some(kinds) = word_in(&vocabulary.kinds, element, &what, findings) else { continue };
        let is_no_record = |kind: &&Kind| kinds >> kind.index() & 1 == 1 && (kind.points_back() || kind.is_of_a_duty());
        if let Some(kind) = Kind::ALL.iter().find(is_no_record) {
            let label = vocabulary.kinds.entry(kind.index() as u8).map(|entry| entry.label.clone());
            let kind = label.unwrap_or_else(|| Text::fixed(kind.ja(), kind.en()));
            findings.add(element.place, Mistake::NothingKept { kind });
        }
        kept |= kinds;
    }
    kept
}

/// The fact that says where the patient is.
const STAY: &str = "patient.stay";

fn speaks_of_admission(clause: &Clause, vocabulary: &Vocabulary) -> bool {
    clause.terms.iter().any(|term| {
        let field = &vocabulary.fields[term.field];
        match (&field.values, &term.wanted) {
            (Values::Choice(lexicon), Wanted::Positions(set)) if field.code == STAY => {
                lexicon.find(Stay::Admitted.code()).is_some_and(|admitted| set & admitted != 0)
            }
            _ => false,
        }
    })
}

fn read_nudge(
    title: &Text,
    table: &mut Table<'_, '_>,
    vocabulary: &Vocabulary,
    findings: &mut Findings<'_>,
) -> Option<Nudge> {
    let applies = read_applies(table, vocabulary, findings);
    let audience = table.require_word::<Audience>(key::ADVISE, findings);
    let advice = table.find(key::ADVICE).map(|item| item.label(findings));
    Some(Nudge { applies: applies?, audience: audience?.0, advice: advice.unwrap_or_else(|| Some(title.clone()))? })
}

fn read_pledge(table: &mut Table<'_, '_>, vocabulary: &Vocabulary, findings: &mut Findings<'_>) -> Option<Pledge> {
    let what = Text::fixed("職種一覧", "role");
    let who = table.require(key::WHO, findings).map(|item| {
        let roles = item.elements(findings);
        roles.into_iter().filter_map(|role| word_in(&vocabulary.roles, role, &what, findings)).fold(0, |a, b| a | b)
    });
    let by = table.require_word::<Pledger>(key::BY, findings);
    let every = table.require(key::EVERY, findings).and_then(|item| read_span(item, None, findings));
    Some(Pledge { who: who?, by: by?.0, every: every? })
}

/// The posts a rule speaks of: kinds, condition, exceptions.
fn read_applies(table: &mut Table<'_, '_>, vocabulary: &Vocabulary, findings: &mut Findings<'_>) -> Option<Applies> {
    let place = table.place;
    let on_item = table.require(key::ON, findings);
    let (on, star) = on_item.map(|item| read_on(item, vocabulary, findings)).unwrap_or_default();
    if let Some(place) = star {
        findings.add(place, Mistake::StarOnlyInForbid);
    }
    if let Some(item) = on_item.filter(|_| on.view != 0) {
        let action = Text::fixed(Action::View.ja(), Action::View.code());
        findings.add(item.place, Mistake::OnlyPosts { action });
    }
    // After a star nothing more is found in the kinds: it would only echo it.
    let on = On { view: 0, post: if star.is_some() { 0 } else { on.post } };
    let when = table.find(key::WHEN).map_or_else(
        || vec![Clause { terms: Vec::new(), place }],
        |item| condition::read(item, on, vocabulary, findings),
    );
    let unless = table.find(key::UNLESS).map(|item| condition::read(item, on, vocabulary, findings));
    on_item?;
    Some(Applies { on, when, unless: unless.unwrap_or_default() })
}

fn read_deadline(
    table: &mut Table<'_, '_>,
    span: Key,
    vocabulary: &Vocabulary,
    findings: &mut Findings<'_>,
) -> Option<Deadline> {
    let within = table.require(span, findings).and_then(|item| read_span(item, None, findings));
    let remind_items = table.find(key::REMIND).map(|item| item.elements(findings)).unwrap_or_default();
    let escalate_items = table.find(key::ESCALATE).map(|item| item.elements(findings)).unwrap_or_default();
    let ways_items = table.find(key::WAYS_OUT).map(|item| item.elements(findings)).unwrap_or_default();
    for items in [&remind_items, &escalate_items] {
        if let Some(item) = items.get(RULEBOOK_STEPS_MAX) {
            let what = Text::fixed("催促や知らせる段", "reminders or steps");
            findings.add(item.place, Mistake::TooMany { what, max: RULEBOOK_STEPS_MAX });
        }
    }
    let mut ways_out = Vec::new();
    for item in ways_items {
        let Some(way) = item.word::<WayOut>(findings) else { continue };
        if way == WayOut::Phoned && span == key::EVERY {
            findings.add(item.place, Mistake::PhonedWithoutCause { way: Text::fixed(way.ja(), way.code()) });
        }
        ways_out.push(way);
    }
    let within = within?;
    let mut remind: Vec<Span> = Vec::new();
    for item in remind_items {
        let Some(reminder) = read_span(item, Some(within), findings) else { continue };
        let after_last = remind.last().is_none_or(|last| last.seconds < reminder.seconds);
        if reminder.seconds >= within.seconds || !after_last {
            findings.add(item.place, Mistake::ReminderOutOfOrder);
        }
        remind.push(reminder);
    }
    let mut escalate: Vec<Escalation> = Vec::new();
    for item in escalate_items {
        let last = escalate.last().map(|step| step.after.seconds);
        // Said without a time: the first at the due time, each further one after the same span again.
        let seconds = last.map_or(0, |last| last.saturating_add(within.seconds));
        let unsaid = Span { seconds, place: item.place, ..within };
        let Some(step) = read_step(item, within, unsaid, vocabulary, findings) else { continue };
        if last.is_some_and(|last| step.after.seconds < last) {
            findings.add(item.place, Mistake::StepOutOfOrder);
        }
        escalate.push(step);
    }
    Some(Deadline { within, remind, escalate, ways_out })
}

fn read_step(
    item: Item<'_, '_>,
    within: Span,
    unsaid: Span,
    vocabulary: &Vocabulary,
    findings: &mut Findings<'_>,
) -> Option<Escalation> {
    let is_step = item.value.get_ref().as_table().is_some_and(|table| {
        table.iter().any(|(written, _)| key::TO.is(written.get_ref()) || key::AFTER.is(written.get_ref()))
    });
    if !is_step {
        let to = party_file::read(item, party_file::Side::Told, vocabulary, findings)?;
        return Some(Escalation { to, after: unsaid });
    }
    let mut table = item.table(findings)?;
    let to = table.require(key::TO, findings);
    let to = to.and_then(|to| party_file::read(to, party_file::Side::Told, vocabulary, findings));
    let after = table.find(key::AFTER).map(|after| read_span_or_zero(after, within, findings));
    table.finish(findings);
    Some(Escalation { to: to?, after: after.unwrap_or(Some(unsaid))? })
}

/// `"4h"`, or `{ time = "4h", clock = "business", placeholder = true }`. What is unsaid is as in `like`.
pub(crate) fn read_span(item: Item<'_, '_>, like: Option<Span>, findings: &mut Findings<'_>) -> Option<Span> {
    let span = read_span_unchecked(item, like, findings)?;
    if span.seconds < 1 {
        findings.add(span.place, Mistake::SpanOutOfBounds { max_d: RULEBOOK_SPAN_S_MAX / 86_400 });
    }
    Some(span)
}

/// The first step of an escalation may come at once.
fn read_span_or_zero(item: Item<'_, '_>, like: Span, findings: &mut Findings<'_>) -> Option<Span> {
    read_span_unchecked(item, Some(like), findings)
}

fn read_span_unchecked(item: Item<'_, '_>, like: Option<Span>, findings: &mut Findings<'_>) -> Option<Span> {
    let mut clock = like.map_or(Clock::Calendar, |like| like.clock);
    let mut placeholder = like.is_some_and(|like| like.placeholder);
    let mut time = Some(item);
    if item.value.get_ref().as_table().is_some() {
        let mut table = item.table(findings)?;
        time = table.require(key::TIME, findings);
        if let Some(found) = table.find(key::CLOCK).and_then(|item| item.word::<Clock>(findings)) {
            clock = found;
        }
        if let Some(found) = table.find(key::PLACEHOLDER) {
            placeholder = condition::is_true(found, findings);
        }
        table.finish(findings);
    }
    let time = time?;
    let text = time.string(findings)?;
    let Some(seconds) = duration_s(text) else {
        findings.add(time.place, Mistake::BadDuration { text: text.to_owned() });
        return None;
    };
    if seconds > RULEBOOK_SPAN_S_MAX {
        findings.add(time.place, Mistake::SpanOutOfBounds { max_d: RULEBOOK_SPAN_S_MAX / 86_400 });
    }
    // The calendar takes whole days for business days, however they were written.
    if clock == Clock::Business && seconds > 0 && seconds % DAY_S == 0 && !condition::is_in_days(text) {
        findings.add(time.place, Mistake::DaysInHours { text: text.to_owned(), days: seconds / DAY_S });
    }
    Some(Span { seconds, clock, placeholder, place: time.place })
}

/// A flag that is false where it is not written.
pub(crate) fn read_flag(table: &mut Table<'_, '_>, key: Key, findings: &mut Findings<'_>) -> bool {
    table.find(key).is_some_and(|item| condition::is_true(item, findings))
}
