//! The hub as the target of an import: judged for one actor, rehearsed before anything is written, written with
//! many posts in flight.

use std::sync::Arc;

use futures_util::future::try_join_all;
use uuid::Uuid;

use super::name_id::Name;
use super::target::{ImportTarget, KnownPatient, Reason, TargetError, Verdict};
use crate::domain::directory::Actor;
use crate::domain::entry::Intent;
use crate::domain::kind::Kind;
use crate::domain::patient::Identifier;
use crate::domain::state::PatientState;
use crate::domain::text::Text;
use crate::hub::Hub;
use crate::hub::answer::{Accepted, Answer, Refused};
use crate::hub::patients::PatientQuery;
use crate::hub::rehearsal::Rehearsed;
use crate::hub::view::View;

/// Imports into a hub as somebody.
#[derive(Debug)]
pub struct HubTarget {
    hub: Hub,
    actor: Actor,
}

impl HubTarget {
    /// Everything is judged for `actor`.
    #[must_use]
    pub const fn new(hub: Hub, actor: Actor) -> Self {
        Self { hub, actor }
    }

    /// Whether the actor may know that this patient exists.
    fn may_know_of(&self, state: &PatientState) -> bool {
        let region = self.hub.region();
        let linked = state.team.contains_key(&self.actor.organisation);
        linked || View::of(state, &region.rulebook(), &self.actor, region.now()).is_some()
    }
}

impl ImportTarget for HubTarget {
    async fn find_patient(&self, identifier: &Identifier) -> Result<Option<KnownPatient>, TargetError> {
        let numbered = (Some(identifier.system.clone()), identifier.value.clone());
        let query = PatientQuery { identifier: Some(numbered), ..PatientQuery::default() };
        for patient in self.hub.region().patients().search(&query, |_| true).0 {
            let state = self.hub.state_of(patient.into()).await.map_err(failed)?;
            let Some(registration) = state.registration.as_ref().filter(|_| self.may_know_of(&state)) else { continue };
            return Ok(Some(KnownPatient { id: patient, registration: Arc::clone(registration), host: state.host() }));
        }
        Ok(None)
    }

    async fn decide(&self, intents: &[Intent]) -> Result<Vec<Verdict>, TargetError> {
        let rehearsed = self.hub.rehearse(self.actor, intents).await.map_err(failed)?;
        intents.iter().zip(rehearsed).map(|(intent, rehearsed)| verdict_of(intent.body.kind(), rehearsed)).collect()
    }

    /// Groups of one share commits as they queue; each larger group is one commit of its own or part of one.
    async fn submit(&self, groups: Vec<Vec<Intent>>) -> Result<Vec<Verdict>, TargetError> {
        if groups.iter().any(|group| group.len() > 1 || group.iter().any(starts_a_timeline)) {
            let verdicts = try_join_all(groups.into_iter().map(|group| self.submit_together(group))).await?;
            return Ok(verdicts.concat());
        }
        let intents = groups.concat();
        let kinds: Vec<Kind> = intents.iter().map(|intent| intent.body.kind()).collect();
        let answers = self.hub.post_in_order(self.actor, intents).await;
        kinds.into_iter().zip(answers).map(|(kind, answer)| verdict_of(kind, answer.into())).collect()
    }

    fn id_of(&self, name: &Name) -> Uuid {
        self.hub.journal().region().derive_id(&[b"imported", name.as_bytes()])
    }
}

impl HubTarget {
    async fn submit_together(&self, group: Vec<Intent>) -> Result<Vec<Verdict>, TargetError> {
        let kind = group.first().map(|intent| intent.body.kind());
        let others = group.len().saturating_sub(1);
        match self.hub.post_together(self.actor, group).await {
            Ok(accepted) => {
                let verdict =
                    |accepted: Accepted| if accepted.repeated { Verdict::AlreadyThere } else { Verdict::Accepted };
                Ok(accepted.into_iter().map(verdict).collect())
            }
            Err(refused) => {
                let told = verdict_of(kind.expect("an empty group is not refused"), Rehearsed::Refused(refused))?;
                Ok(std::iter::once(told).chain(std::iter::repeat_n(Verdict::HeldBack, others)).collect())
            }
        }
    }
}

/// A new timeline's id is the import's to make: the hub takes it from an action only.
fn starts_a_timeline(intent: &Intent) -> bool {
    intent.body.kind() == Kind::Registration
}

impl From<Answer> for Rehearsed {
    fn from(answer: Answer) -> Self {
        match answer {
            Answer::Accepted(accepted) if accepted.repeated => Self::AlreadyThere,
            Answer::Accepted(_) => Self::Accepted,
            Answer::Refused(refused) => Self::Refused(refused),
            Answer::Queued(queued) => Self::Queued(Refused {
                id: queued.id,
                code: "queued",
                field: None,
                reasons: queued.reasons,
                cited: queued.cited,
                retry: false,
                holds: Vec::new(),
            }),
        }
    }
}

fn verdict_of(kind: Kind, rehearsed: Rehearsed) -> Result<Verdict, TargetError> {
    Ok(match rehearsed {
        Rehearsed::Accepted => Verdict::Accepted,
        Rehearsed::AlreadyThere => Verdict::AlreadyThere,
        Rehearsed::Refused(refused) if refused.code == "conflict" => Verdict::Conflict,
        Rehearsed::Refused(refused) if refused.retry => return Err(TargetError(refused.code.into())),
        // Whom the rules let register nobody is told "no such patient", which says nothing to whoever imports a list.
        Rehearsed::Refused(refused) if kind == Kind::Registration && refused.code == "not_found" => {
            Verdict::Refused(vec![Reason { rule: refused.code.to_owned(), message: may_not_register() }])
        }
        Rehearsed::Refused(refused) | Rehearsed::Queued(refused) => Verdict::Refused(reasons(refused)),
    })
}

const fn may_not_register() -> Text {
    Text::fixed(
        "この取り込みの実行者（--as）に患者の登録を許すルールがありません",
        "no rule lets this actor (--as) register patients",
    )
}

fn reasons(refused: Refused) -> Vec<Reason> {
    let cited: Vec<&str> = refused.cited.iter().map(AsRef::as_ref).collect();
    let rule = if cited.is_empty() { refused.code.to_owned() } else { cited.join(", ") };
    let mut reasons = refused.reasons;
    if reasons.is_empty() {
        reasons.push(Text::fixed("受け付けられません", "not accepted"));
    }
    reasons.into_iter().map(|message| Reason { rule: rule.clone(), message }).collect()
}

fn failed(error: impl std::error::Error + Send + Sync + 'static) -> TargetError {
    TargetError(Box::new(error))
}
