//! Who may say what to a duty instead of meeting it: feasibility of a `duty_answer`, once the rules have permitted it.
//! Called by `feasible`; each refusal names the field and what was expected.

use super::decide::Situation;
use super::handing_over;
use super::reach::Reader;
use crate::domain::directory::Actor;
use crate::domain::duties::Duty;
use crate::domain::duty::{Answer, Debtor, DutyAnswer};
use crate::domain::role::Role;
use crate::domain::terms::WayOut;
use crate::domain::text::{Invalid, Text};
use crate::domain::time::Timestamp;
use crate::limits;

/// Refuses an answer that cannot take effect.
pub(super) fn check(situation: &Situation<'_>, given: &DutyAnswer) -> Result<(), Invalid> {
    let duty = find(situation, given).ok_or_else(|| {
        Invalid::new(
            "duty",
            "not_found",
            Text::fixed("この患者について、その約束は見つかりません", "no such duty on this timeline"),
        )
    })?;
    if !duty.is_open() {
        return Err(Invalid::new(
            "duty",
            "ended",
            Text::fixed("この約束はもう終わっています", "this duty has ended already: an open one is expected"),
        ));
    }
    if let Some(way) = way_of(&given.answer).filter(|_| !stands_in(situation, duty, &given.answer)) {
        check_way(duty, way)?;
    }
    let field = field_of(&given.answer);
    match &given.answer {
        Answer::Waived if may_waive(situation, duty) => Ok(()),
        Answer::Waived => Err(Invalid::new(
            field,
            "not_yours",
            Text::fixed(
                "「求めない」と返事できるのは、約束のきっかけを書いた所属か事務局です",
                "the organisation that wrote what opened the duty, or the secretariat, may waive it",
            ),
        )),
        _ if !owes(&duty.debtors, situation.actor) => Err(Invalid::new(
            field,
            "not_yours",
            Text::fixed(
                "この返事ができるのは、約束をしている所属の担当の職種です",
                "somebody of the organisation and role that owe the duty is expected",
            ),
        )),
        Answer::Snoozed(until) => check_snooze(situation, duty, *until),
        Answer::HandedOver(to) => to.iter().enumerate().try_for_each(|(at, debtor)| {
            handing_over::check(situation, duty, debtor)
                .map_err(|invalid| invalid.within(format_args!("handed_over.to[{at}]")))
        }),
        Answer::Declined | Answer::CannotGo => Ok(()),
    }
}

/// Whether the actor is one of those who owe: anybody of the organisation in the role.
#[must_use]
pub fn owes(debtors: &[Debtor], actor: &Actor) -> bool {
    debtors.iter().any(|debtor| debtor.organisation == actor.organisation && debtor.roles.has(actor.role))
}

/// The duty, if the actor may know of it.
fn find<'a>(situation: &Situation<'a>, given: &DutyAnswer) -> Option<&'a Duty> {
    let duty = situation.state.duties.find(given.duty)?;
    knows_of(situation, duty, situation.actor).then_some(duty)
}

fn knows_of(situation: &Situation<'_>, duty: &Duty, actor: &Actor) -> bool {
    Reader::of(situation.state, situation.rulebook, actor, situation.now).knows(situation.state, duty)
}

const fn way_of(answer: &Answer) -> Option<WayOut> {
    match answer {
        Answer::Declined => Some(WayOut::Decline),
        Answer::Snoozed(_) => Some(WayOut::Snooze),
        Answer::Waived => Some(WayOut::Waive),
        Answer::CannotGo => Some(WayOut::CannotGo),
        // Who owes may always ask a colleague.
        Answer::HandedOver(_) => None,
    }
}

const fn field_of(answer: &Answer) -> &'static str {
    match answer {
        Answer::Declined => "declined",
        Answer::Snoozed(_) => "snoozed_until_us",
        Answer::Waived => "waived",
        Answer::CannotGo => "cannot_go",
        Answer::HandedOver(_) => "handed_over",
    }
}

fn check_way(duty: &Duty, way: WayOut) -> Result<(), Invalid> {
    let allowed = &duty.opened.terms.ways_out;
    if allowed.contains(&way) {
        return Ok(());
    }
    // Whoever owes may always ask a colleague.
    let names = |name: fn(&WayOut) -> &'static str, handing_over: &'static str| {
        allowed.iter().map(name).chain([handing_over]).collect::<Vec<_>>()
    };
    let (ja, en) = (names(|way| way.ja(), "引き継ぐ").join("・"), names(|way| way.en(), "hand over").join(", "));
    Err(Invalid::new(
        "answer",
        "not_agreed",
        Text::new(
            format!("この約束では「{}」は取り決められていません（できること：{ja}）", way.ja()),
            format!("\"{}\" was not agreed for this duty (what may be said: {en})", way.en()),
        ),
    ))
}

/// The secretariat that owes what an office was to do, and cannot do it itself, may always let it go once that office was
/// told in another way, or nobody is left to tell.
fn stands_in(situation: &Situation<'_>, duty: &Duty, answer: &Answer) -> bool {
    let is_secretariat = situation.actor.role == Role::Secretariat && owes(&duty.debtors, situation.actor);
    *answer == Answer::Waived && is_secretariat && !duty.in_place_of.is_empty()
}

fn may_waive(situation: &Situation<'_>, duty: &Duty) -> bool {
    let is_owner = duty.scope.as_ref().is_some_and(|cause| cause.owner == situation.actor.organisation);
    is_owner || situation.actor.role == Role::Secretariat
}

fn check_snooze(situation: &Situation<'_>, duty: &Duty, until: Timestamp) -> Result<(), Invalid> {
    let latest = situation.now.saturating_add(std::time::Duration::from_secs(limits::SNOOZE_S_MAX));
    if until > duty.due && until > situation.now && until <= latest {
        return Ok(());
    }
    let earliest = duty.due.max(situation.now);
    Err(Invalid::new(
        "snoozed_until_us",
        "out_of_range",
        Text::new(
            format!("延ばせるのは {earliest} より後、{latest} までです"),
            format!("a moment after {earliest} and not after {latest} is expected"),
        ),
    ))
}
