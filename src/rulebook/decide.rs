//! Deciding one intent: may it become an entry? Pure: no I/O, no clock, no randomness.
//!
//! First what any rulebook would refuse (a link to an organisation that does not exist), then the rules. What
//! the actor may not see answers exactly like what does not exist.

use jiff::civil::Date;

use super::Rulebook;
use super::facts::PostFacts;
use super::judge::Verdict;
use super::situation::{self, Target};
use super::words::Action;
use crate::domain::alarm::{self, Alarm};
use crate::domain::body::{Body, Correction};
use crate::domain::directory::{Actor, Directory};
use crate::domain::entry::{Intent, Scope};
use crate::domain::kind::Kind;
use crate::domain::ruling::Ruling;
use crate::domain::state::PatientState;
use crate::domain::team::{HostChange, TeamLink, TeamUnlink};
use crate::domain::text::{Invalid, Text};
use crate::domain::time::Timestamp;

/// All that deciding looks at besides the intent.
#[derive(Clone, Copy, Debug)]
pub struct Situation<'a> {
    pub state: &'a PatientState,
    pub rulebook: &'a Rulebook,
    pub directory: &'a Directory,
    pub actor: &'a Actor,
    /// When the hub received the intent.
    pub now: Timestamp,
    /// The date in the region at `now`.
    pub today: Date,
    /// The entry the intent points back at, if it does and the timeline has it.
    pub target: Option<&'a Target>,
}

/// What deciding found.
#[derive(Clone, Debug, PartialEq)]
pub enum Decision {
    Accept(Acceptance),
    Refuse(Refusal),
    /// An observation of somebody not linked: it waits for the link.
    Queue(Ruling),
}

/// What an accepted intent carries besides its body.
#[derive(Clone, Debug, PartialEq)]
pub struct Acceptance {
    pub ruling: Ruling,
    pub alarms: Vec<Alarm>,
    pub target_scope: Option<Scope>,
}

/// Why an intent was refused.
#[derive(Clone, Debug, PartialEq)]
pub enum Refusal {
    /// The intent itself is wrong.
    Invalid(Invalid),
    /// No such patient, or none this actor may know of.
    NotFound(Ruling),
    /// The rules refuse.
    Rules(Ruling),
}

/// Decides `intent`.
#[must_use]
pub fn decide(situation: &Situation<'_>, intent: &Intent) -> Decision {
    if let Err(invalid) = intent.check(situation.today) {
        return Decision::Refuse(Refusal::Invalid(invalid));
    }
    let (verdict, ruling) = judge(situation, intent);
    let is_registered = situation.state.registration.is_some();
    match verdict {
        Verdict::Quarantine => return Decision::Queue(ruling),
        Verdict::Deny if is_visible(situation) => return Decision::Refuse(Refusal::Rules(ruling)),
        Verdict::Deny => return Decision::Refuse(Refusal::NotFound(ruling)),
        // Rules may permit a role to post whatever the patient; without a registration there is none.
        Verdict::Permit if !is_registered && intent.body.kind() != Kind::Registration => {
            return Decision::Refuse(Refusal::NotFound(ruling));
        }
        // An office may always end its own link; that it has none must not tell it that there is such a patient.
        Verdict::Permit if ends_or_moves_a_link(intent.body.kind()) && !is_visible(situation) => {
            return Decision::Refuse(Refusal::NotFound(ruling));
        }
        Verdict::Permit => {}
    }
    match check_against_state(situation, intent) {
        Err(invalid) => Decision::Refuse(Refusal::Invalid(invalid.within(format_args!("body.{}", intent.body.kind())))),
        Ok(()) => Decision::Accept(Acceptance {
            ruling,
            alarms: raised(situation.state, &intent.body),
            target_scope: situation.target.map(|target| target.scope.clone()),
        }),
    }
}

fn judge(situation: &Situation<'_>, intent: &Intent) -> (Verdict, Ruling) {
    let facts = PostFacts {
        viewer: situation::viewer(situation.state, situation.actor),
        kind: intent.body.kind(),
        record: situation::record(intent, situation.actor, situation.target, situation.now),
    };
    let (judgement, slots) = situation.rulebook.judge_post(&facts);
    (judgement.verdict, situation.rulebook.ruling(&judgement, &slots))
}

const fn ends_or_moves_a_link(kind: Kind) -> bool {
    matches!(kind, Kind::TeamUnlink | Kind::HostChange)
}

/// Whether the actor may know that this patient exists.
fn is_visible(situation: &Situation<'_>) -> bool {
    let viewer = situation::viewer(situation.state, situation.actor);
    situation.state.registration.is_some()
        && (situation.state.team.contains_key(&situation.actor.organisation)
            || situation.state.former.contains(&situation.actor.organisation)
            || situation.rulebook.view_mask(&viewer).shows_others())
}

fn raised(state: &PatientState, body: &Body) -> Vec<Alarm> {
    match body {
        Body::Vital(vital) => alarm::alarms(vital, &state.alarm_limits),
        Body::Correction(Correction { body, .. }) => raised(state, body),
        _ => Vec::new(),
    }
}

/// What the patient's state and the directory rule out whoever asks.
fn check_against_state(situation: &Situation<'_>, intent: &Intent) -> Result<(), Invalid> {
    match &intent.body {
        Body::TeamLink(link) => check_link(situation, link),
        Body::TeamUnlink(unlink) => check_unlink(situation, unlink),
        Body::HostChange(change) => check_host_change(situation, change),
        Body::Correction(correction) => {
            let target = check_target(situation)?;
            if target.kind == correction.body.kind() {
                return Ok(());
            }
            Err(Invalid::new(
                "body",
                "wrong_kind",
                Text::new(
                    format!("訂正の種類が元の記録（{}）と違います", target.kind.ja()),
                    format!("a correction of kind {} is expected", target.kind),
                ),
            ))
        }
        Body::Acknowledgement(_) | Body::Retraction(_) => check_target(situation).map(|_| ()),
        _ => Ok(()),
    }
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

impl Rulebook {
    /// Why a post was decided as it was, in words made from the facts kept with the ruling.
    #[must_use]
    pub fn reasons(&self, kind: Kind, ruling: &Ruling) -> Vec<Text> {
        match self.explain_ruling(Action::Post, kind, ruling) {
            Ok(explanation) => vec![explanation.text()],
            // Made under another book: its citations still say which rules.
            Err(_) => ruling.cited.iter().map(|cited| Text::new(cited.to_string(), cited.to_string())).collect(),
        }
    }
}
