//! A suspension is a record, and takes effect with its commit: of two who suspend each other at once, the second is judged when
//! the first is known. Called where posts are handed in, and by `deciding.rs` for what it accepts.
//!
//! INVARIANT: a post that may shut somebody out is decided in the turn in which the directory changes, which goes with it until
//! it is answered; it takes from nobody the last who acts for the secretariat, nor the last of them who has an account.

use std::collections::HashSet;

use tokio::sync::OwnedMutexGuard;

use super::deciding::Picture;
use super::work::Work;
use super::{Hub, Region, StoreError};
use crate::domain::body::Body;
use crate::domain::directory::{Actor, Directory, Position};
use crate::domain::entry::Intent;
use crate::domain::ids::{PersonId, Subject};
use crate::domain::offices::Offices;
use crate::domain::secretariat::{Missed, who_acts};
use crate::domain::state::PatientState;
use crate::domain::text::{Invalid, Text};
use crate::rulebook::{Decision, Refusal};
use crate::store::Journal;

/// The turn to change the directory, and with it who may use the system.
pub(super) type Turn = OwnedMutexGuard<()>;

impl Hub {
    /// The turn that these posts have to wait for, if they do.
    pub(super) async fn turn_for(&self, intents: &[Intent]) -> Option<Turn> {
        if may_any_shut_out(self.region(), intents) { Some(self.region().take_directory_turn().await) } else { None }
    }
}

impl Region {
    /// Who acts for the secretariat at this moment.
    #[must_use]
    pub fn secretariat(&self) -> Vec<Actor> {
        who_acts(&self.directory(), &self.offices(), self.date_at(self.now()))
    }
}

/// Who of the secretariat has an account, where one of these posts may shut somebody out.
pub(super) async fn who_can_sign_in(
    region: &Region,
    journal: &Journal,
    works: &[Work],
) -> Result<HashSet<PersonId>, StoreError> {
    if !may_any_shut_out(region, works.iter().flat_map(Work::intents)) {
        return Ok(HashSet::new());
    }
    let acting: Vec<PersonId> = region.secretariat().iter().map(|actor| actor.person).collect();
    journal.read(move |tx| Box::pin(async move { tx.list_set_up_of(&acting).await })).await
}

fn may_any_shut_out<'i>(region: &Region, intents: impl IntoIterator<Item = &'i Intent>) -> bool {
    let directory = region.directory();
    intents.into_iter().any(|intent| may_shut_out(&directory, intent))
}

/// Whether the post can end somebody's use of the system: a suspension, or what changes one that stands or was lifted.
fn may_shut_out(directory: &Directory, intent: &Intent) -> bool {
    match &intent.body {
        Body::Suspension(_) => true,
        Body::Correction(_) | Body::Retraction(_) => directory.subject_of(intent.timeline) == Subject::Organisation,
        _ => false,
    }
}

impl Picture {
    /// The decision, unless it leaves nobody who acts for the secretariat.
    pub(super) fn keep_somebody(
        &self,
        decision: Decision,
        state: &PatientState,
        (intent, actor): (&Intent, &Actor),
        can_sign_in: &HashSet<PersonId>,
    ) -> Decision {
        let Decision::Accept(acceptance) = decision else { return decision };
        if !may_shut_out(&self.directory, intent) {
            return Decision::Accept(acceptance);
        }
        let field = match intent.body {
            Body::Suspension(_) => "body.suspension.person".to_owned(),
            _ => format!("body.{}", intent.body.kind()),
        };
        let refused = |text| Decision::Refuse(Refusal::Invalid(Invalid::new(field, "unexpected", text)));
        if !self.acts(actor) {
            return refused(Text::fixed(
                "あなたの利用は、そのあいだに止められました",
                "the use of the system was ended for you meanwhile",
            ));
        }
        let mut after = state.clone();
        after.apply(&self.entry(state, intent, actor, acceptance.clone()));
        let mut offices = Offices::clone(&self.offices);
        if let Some(office) = after.office {
            offices.put(after.timeline.as_organisation(), office);
        }
        let acting = |offices: &Offices| who_acts(&self.directory, offices, self.today);
        match Missed::between(&acting(&self.offices), &acting(&offices), can_sign_in) {
            None => Decision::Accept(acceptance),
            Some(missed) => refused(missed.text()),
        }
    }

    /// Whether whoever posts still acts, now that it is their turn.
    fn acts(&self, actor: &Actor) -> bool {
        let position = Position { role: actor.role, organisation: actor.organisation };
        self.directory.actor(actor.person, position).is_some()
            && !self.offices.shut_out(actor, &self.directory, self.today)
    }
}
