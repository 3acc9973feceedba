//! What the patient's state and the directory rule out whoever asks, once the rules have permitted it. Called by
//! `decide`, which words refusals of whole posts; nothing here looks at roles.

use super::answering;
use super::decide::Situation;
use super::naming;
use super::office;
use super::situation::Target;
use crate::domain::attachment::Attachment;
use crate::domain::body::{Body, Correction};
use crate::domain::directory::Person;
use crate::domain::entry::Intent;
use crate::domain::kind::Kind;
use crate::domain::patient::Registration;
use crate::domain::role::Role;
use crate::domain::team::{HostChange, TeamLink, TeamUnlink};
use crate::domain::text::{Invalid, Text};
use crate::domain::time::Timestamp;
use crate::limits;

/// The earliest moments of a date are those of UTC+14.
const FIRST_ZONE: jiff::tz::Offset = jiff::tz::offset(14);

/// Refuses what is told as past and lies ahead. Asked before the rules, like [`check_claimed_time`].
pub(super) fn check_past(intent: &Intent, now: Timestamp) -> Result<(), Invalid> {
    let latest = now.saturating_add(std::time::Duration::from_secs(limits::OBSERVED_AHEAD_MAX_S));
    let corrected = intent.body.corrected();
    let ahead = corrected.unwrap_or(&intent.body).moments_past().into_iter().find(|(_, at)| *at > latest);
    let Some((field, at)) = ahead else { return Ok(()) };
    let words = Text::new(
        format!("起きたことの時刻 {at} が、いま（{now}）より先です"),
        format!("told as past, {at} is after the hub's time {now}"),
    );
    let mut invalid = Invalid::new(field, "out_of_range", words);
    if let Some(corrected) = corrected {
        invalid = invalid.within(format_args!("body.{}", corrected.kind()));
    }
    Err(invalid.within(format_args!("body.{}", intent.body.kind())))
}

/// Refuses a claimed time that cannot be. Asked before the rules, and so of nothing that is known of the patient.
pub(super) fn check_claimed_time(intent: &Intent, now: Timestamp) -> Result<(), Invalid> {
    let Some(claimed) = intent.observed_at else { return Ok(()) };
    let latest = now.saturating_add(std::time::Duration::from_secs(limits::OBSERVED_AHEAD_MAX_S));
    if claimed > latest {
        return Err(out_of_range(
            format!("観察の時刻 {claimed} が、いま（{now}）より先です。端末の時計を確かめてください"),
            format!("observed at {claimed}, which is after the hub's time {now}: check the device's clock"),
        ));
    }
    let earliest = Timestamp::from_secs(limits::OBSERVED_S_MIN);
    if claimed < earliest {
        return Err(out_of_range(
            format!("観察の時刻 {claimed} が {earliest} より前です"),
            format!("observed at {claimed}, before {earliest}"),
        ));
    }
    Ok(())
}

/// Refuses a post that names a file which the timeline has not, or not as described, or which is not the actor's to name:
/// all alike. Asked before the rules, so that no post waits for a link with files that are not there.
pub(super) fn check_attached(situation: &Situation<'_>, intent: &Intent) -> Result<(), Invalid> {
    let unknown = |attachment: &Attachment| !situation.files.contains(&attachment.sha256);
    match intent.body.attachments().iter().position(unknown) {
        Some(at) => Err(no_such_file(intent, at)),
        None => Ok(()),
    }
}

/// The complaint about the file that is named at this place.
pub(super) fn no_such_file(intent: &Intent, at: usize) -> Invalid {
    let words = Text::fixed(
        "このファイルはこの患者のものとして届いていません。先にファイルを送り、返された値をそのまま書いてください",
        "no such file was handed in for this patient: upload it first, and name it as the answer does",
    );
    let mut invalid = Invalid::new(format!("attachments[{at}].sha256"), "no_such_file", words);
    if let Some(corrected) = intent.body.corrected() {
        invalid = invalid.within(format_args!("body.{}", corrected.kind()));
    }
    invalid.within(format_args!("body.{}", intent.body.kind()))
}

/// The course of a duty is the hub's to write, whatever the rules say. Asked before them, so that the answer is the same
/// for every patient.
pub(super) fn check_taken(intent: &Intent) -> Result<(), Invalid> {
    if intent.body.kind() != Kind::DutyStep {
        return Ok(());
    }
    let words = Text::fixed(
        "約束の経過は連携ハブだけが書きます。duty_answer で返事をしてください",
        "the course of a duty is written by the hub alone: a duty_answer is expected",
    );
    Err(Invalid::new("body", "written_by_the_hub", words))
}

fn check_born(situation: &Situation<'_>, intent: &Intent) -> Result<(), Invalid> {
    let (Some(claimed), Some(registration)) = (intent.observed_at, &situation.state.registration) else {
        return Ok(());
    };
    let born = registration.birth_date;
    match FIRST_ZONE.to_timestamp(born.at(0, 0, 0, 0)) {
        Ok(earliest) if claimed < Timestamp::from(earliest) => Err(out_of_range(
            format!("観察の時刻 {claimed} が生年月日 {born} より前です"),
            format!("observed at {claimed}, before the birth date {born}"),
        )),
        _ => Ok(()),
    }
}

fn out_of_range(ja: String, en: String) -> Invalid {
    Invalid::new("observed_at_us", "out_of_range", Text::new(ja, en))
}

/// Refuses what cannot take effect.
pub(super) fn check(situation: &Situation<'_>, intent: &Intent) -> Result<(), Invalid> {
    check_born(situation, intent)?;
    check_body(situation, &intent.body).map_err(|invalid| invalid.within(format_args!("body.{}", intent.body.kind())))
}

fn check_body(situation: &Situation<'_>, body: &Body) -> Result<(), Invalid> {
    naming::check(situation, body)?;
    match body {
        Body::Registration(registration) => {
            check_reality(situation, registration)?;
            check_agreement(situation, registration)
        }
        Body::TeamLink(link) => check_link(situation, link),
        Body::TeamUnlink(unlink) => check_unlink(situation, unlink),
        Body::HostChange(change) => check_host_change(situation, change),
        Body::Correction(correction) => {
            check_correction(situation, correction)?;
            let kind = correction.body.kind();
            check_body(situation, &correction.body).map_err(|invalid| invalid.within(format_args!("body.{kind}")))
        }
        Body::Retraction(_) => check_retraction(situation),
        Body::Acknowledgement(_) => check_acknowledged(situation),
        Body::DutyAnswer(answer) => answering::check(situation, answer),
        body => office::check_body(situation, body),
    }
}

/// INVARIANT: who was registered for training stays nobody, and who was registered stays somebody, by corrections too.
fn check_reality(situation: &Situation<'_>, registration: &Registration) -> Result<(), Invalid> {
    let known = situation.state.registration.as_ref();
    if known.is_none_or(|known| known.for_training == registration.for_training) {
        return Ok(());
    }
    let text = Text::fixed(
        "研修用の患者を実在の患者に、または実在の患者を研修用に変えることはできません。新しく登録してください",
        "a patient for training never becomes a real one, nor the other way round: register anew",
    );
    Err(Invalid::new("for_training", "unexpected", text))
}

/// Whoever is said to have agreed as the attending doctor must be one.
fn check_agreement(situation: &Situation<'_>, registration: &Registration) -> Result<(), Invalid> {
    let Some(doctor) = registration.agreed_by else { return Ok(()) };
    let attends = |person: &Person| {
        person.active && person.positions.iter().any(|held| matches!(held.role, Role::Doctor | Role::Dentist))
    };
    if situation.directory.people.get(&doctor).is_some_and(attends) {
        return Ok(());
    }
    Err(Invalid::new(
        "agreed_by",
        "not_found",
        Text::fixed("この医師・歯科医師は登録されていません", "no such doctor or dentist in the directory"),
    ))
}

fn check_correction(situation: &Situation<'_>, correction: &Correction) -> Result<(), Invalid> {
    let target = check_target(situation)?;
    if target.kind != correction.body.kind() {
        return Err(Invalid::new(
            "body",
            "wrong_kind",
            Text::new(
                format!("訂正の種類が元の記録（{}）と違います", target.kind.ja()),
                format!("a correction of kind {} is expected", target.kind),
            ),
        ));
    }
    if target.kind.changes_team() {
        return Err(Invalid::new(
            "target",
            "wrong_kind",
            Text::fixed(
                "紐付け・解除・管理事業所の変更は訂正できません。あらためて紐付けるか、解除してください",
                "what changed the team is not corrected: link or unlink again",
            ),
        ));
    }
    if target.kind == Kind::Pledge {
        return Err(Invalid::new(
            "target",
            "wrong_kind",
            Text::fixed(
                "申し合わせの確認は訂正できません。取り消して、本人があらためて確認してください",
                "a pledge is not corrected: take it back, and let whoever gave it give it anew",
            ),
        ));
    }
    if target.kind == Kind::EmergencyAccess {
        return Err(access_stands());
    }
    if situation.state.retracted.contains(&target.scope.seq) {
        return Err(Invalid::new(
            "target",
            "retracted",
            Text::fixed("取り消された記録は訂正できません", "the target was retracted"),
        ));
    }
    let in_force = match target.kind {
        Kind::Registration => situation.state.registered_by,
        Kind::Consent => situation.state.consented_by,
        _ => return Ok(()),
    };
    if target.scope.seq == in_force {
        return Ok(());
    }
    Err(Invalid::new(
        "target",
        "superseded",
        Text::fixed(
            "より新しい内容が記録されています。いま有効な記録を訂正してください",
            "a newer one is in force: correct that one",
        ),
    ))
}

/// A duty is met by acknowledging what opened it; to acknowledge a reminder of it would look as if that was done.
fn check_acknowledged(situation: &Situation<'_>) -> Result<(), Invalid> {
    if !check_target(situation)?.kind.is_of_a_duty() {
        return Ok(());
    }
    Err(Invalid::new(
        "target",
        "wrong_kind",
        Text::fixed(
            "約束の経過ではなく、きっかけの記録を確認してください",
            "what opened the duty is acknowledged, not its course",
        ),
    ))
}

/// Whoever opened the records cannot take back that they did.
fn access_stands() -> Invalid {
    Invalid::new(
        "target",
        "wrong_kind",
        Text::fixed(
            "緊急閲覧の宣言は訂正も取消しもできません。早く終えるときは、短い時間であらためて宣言してください",
            "a declaration of emergency access stands: to end it early, declare it again with fewer minutes",
        ),
    )
}

/// Who the patient is, what was consented to and who is on the team is changed by saying what is so now.
fn check_retraction(situation: &Situation<'_>) -> Result<(), Invalid> {
    let kind = check_target(situation)?.kind;
    if kind.is_of_a_duty() {
        return Err(Invalid::new(
            "target",
            "wrong_kind",
            Text::fixed(
                "約束の経過と返事は取り消せません。あらためて返事をしてください",
                "the course of a duty is not retracted: answer again",
            ),
        ));
    }
    if kind == Kind::EmergencyAccess {
        return Err(access_stands());
    }
    if !kind.is_administrative() {
        return Ok(());
    }
    Err(Invalid::new(
        "target",
        "wrong_kind",
        Text::fixed(
            "登録・同意・紐付けは取り消せません。正しい内容を記録（または訂正）してください",
            "registration, consent and links are not retracted: record or correct what is so",
        ),
    ))
}

/// The target must be on this timeline and visible to the actor: otherwise it looks missing either way.
fn check_target<'a>(situation: &Situation<'a>) -> Result<&'a Target, Invalid> {
    let target = situation.target.filter(|target| target.visible).ok_or_else(|| {
        Invalid::new(
            "target",
            "not_found",
            Text::fixed("この患者の記録に、その記録は見つかりません", "no such entry on this timeline"),
        )
    })?;
    if target.kind.points_back() {
        return Err(Invalid::new(
            "target",
            "wrong_kind",
            Text::fixed("確認・訂正・取消しを対象にはできません", "the target itself points back at another entry"),
        ));
    }
    Ok(target)
}

fn check_link(situation: &Situation<'_>, link: &TeamLink) -> Result<(), Invalid> {
    if !situation.directory.has_active(link.organisation) {
        return Err(no_organisation());
    }
    for (at, person) in link.people.iter().enumerate() {
        if !situation.directory.works_at(*person, link.organisation) {
            return Err(Invalid::new(
                format!("people[{at}]"),
                "not_found",
                Text::fixed("この事業所にその人はいません", "this person does not work at the organisation"),
            ));
        }
    }
    Ok(())
}

fn check_unlink(situation: &Situation<'_>, unlink: &TeamUnlink) -> Result<(), Invalid> {
    let Some(membership) = situation.state.team.get(&unlink.organisation) else {
        return Err(not_linked());
    };
    let leaves = unlink.people.is_empty() || membership.people.iter().all(|person| unlink.people.contains(person));
    if membership.people.is_empty() && !unlink.people.is_empty() {
        return Err(Invalid::new(
            "people",
            "not_found",
            Text::fixed(
                "事業所全体で紐付けられています。人を選んで紐付け直してください",
                "the organisation is linked as a whole; link it again with the people who stay",
            ),
        ));
    }
    if membership.host && leaves && situation.state.team.len() > 1 {
        return Err(Invalid::new(
            "organisation",
            "is_host",
            Text::fixed(
                "管理事業所です。先に管理事業所を変更してください",
                "this organisation is the host; hand the team over first",
            ),
        ));
    }
    Ok(())
}

fn check_host_change(situation: &Situation<'_>, change: &HostChange) -> Result<(), Invalid> {
    if situation.state.team.contains_key(&change.organisation) { Ok(()) } else { Err(not_linked()) }
}

fn no_organisation() -> Invalid {
    Invalid::new(
        "organisation",
        "not_found",
        Text::fixed("その事業所は登録されていません", "no such organisation in the directory"),
    )
}

fn not_linked() -> Invalid {
    Invalid::new(
        "organisation",
        "not_linked",
        Text::fixed("その事業所はこの患者に紐付いていません", "this organisation is not linked to the patient"),
    )
}
