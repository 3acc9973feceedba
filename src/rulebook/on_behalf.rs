//! For whom somebody may say that they write: for people of this patient's team and of their own office. Called by `decide`;
//! who there is, is asked after the rules, so that whoever may not write here learns of nobody. Nothing here is a right of
//! anybody's: rules are asked about the author alone.

use super::class::EntryClass;
use super::decide::Situation;
use super::situation;
use crate::domain::directory::Actor;
use crate::domain::entry::{Intent, OnBehalfOf, Sensitivity};
use crate::domain::kind::Kind;
use crate::domain::role::Role;
use crate::domain::text::{Invalid, Text};

/// Refuses an author who names themselves, whoever the patient is.
pub(super) fn check_other(situation: &Situation<'_>, intent: &Intent) -> Result<(), Invalid> {
    match intent.on_behalf_of {
        Some(named) if named.person == situation.actor.person => {
            let words = Text::fixed(
                "代わりに書く相手に、書いている本人は指定できません",
                "somebody else than the author is expected: what one writes for oneself needs no name",
            );
            Err(Invalid::new("on_behalf_of", "unexpected", words))
        }
        _ => Ok(()),
    }
}

/// An observation that waits for a link is asked no more than whether there is such a person: the team is asked when the
/// link is made. Of a family, whom not everybody may know of, it says nothing.
pub(super) fn check_waiting(situation: &Situation<'_>, intent: &Intent) -> Result<(), Invalid> {
    let Some(named) = intent.on_behalf_of else { return Ok(()) };
    let home = named.position.role == Role::Family && named.position.organisation != situation.actor.organisation;
    if home { Err(nobody_near()) } else { find(situation, named).map(|_| ()) }
}

/// Refuses somebody who is neither of the author's own office nor of the team. Whoever may not know the team learns nothing
/// of it: to them everybody beyond their office is nobody, as somebody is who does not exist.
pub(super) fn check_near(situation: &Situation<'_>, intent: &Intent) -> Result<(), Invalid> {
    let Some(named) = intent.on_behalf_of else { return Ok(()) };
    let found = find(situation, named)?;
    if found.organisation == situation.actor.organisation {
        return Ok(());
    }
    let viewer = situation::viewer(situation.state, situation.actor, situation.now);
    let team = EntryClass::new(Kind::TeamLink, Sensitivity::Normal, None).seen_by(false, false);
    let knows_team = situation.rulebook.view_mask(&viewer).allows(team);
    if knows_team && situation.state.has_on_team(&found) { Ok(()) } else { Err(nobody_near()) }
}

/// Nobody writes for a system.
fn find(situation: &Situation<'_>, named: OnBehalfOf) -> Result<Actor, Invalid> {
    let is_machine = situation.directory.clients.contains(&named.person);
    let found = situation.directory.actor(named.person, named.position).filter(|_| !is_machine);
    found.ok_or_else(nobody_near)
}

fn nobody_near() -> Invalid {
    let words = Text::fixed(
        "この患者のチームにも、書いている人の事業所にも、その職種のその人はいません",
        "nobody of this patient's team, or of the author's own office, is that person in that role",
    );
    Invalid::new("on_behalf_of", "not_found", words)
}
