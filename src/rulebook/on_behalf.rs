//! For whom somebody may say that they write: for people of this patient's team and of their own office. Called by `decide`,
//! before the rules for what is the same whoever the patient is, and after them for who is on the team. Nothing here is a
//! right of anybody's: rules are asked about the author alone.

use super::class::EntryClass;
use super::decide::Situation;
use super::situation;
use crate::domain::entry::{Intent, Sensitivity};
use crate::domain::kind::Kind;
use crate::domain::text::{Invalid, Text};

/// Refuses a name that cannot be one whoever the patient is. An observation that waits for a link is asked no more than this.
pub(super) fn check_known(situation: &Situation<'_>, intent: &Intent) -> Result<(), Invalid> {
    let Some(named) = intent.on_behalf_of else { return Ok(()) };
    if named.person == situation.actor.person {
        let words = Text::fixed(
            "代わりに書く相手に、書いている本人は指定できません",
            "somebody else than the author is expected: what one writes for oneself needs no name",
        );
        return Err(Invalid::new("on_behalf_of", "unexpected", words));
    }
    let is_machine = situation.directory.clients.contains(&named.person);
    match situation.directory.actor(named.person, named.position) {
        Some(_) if !is_machine => Ok(()),
        _ => Err(nobody_near()),
    }
}

/// Refuses somebody who is neither of the author's own office nor of the team. Whoever may not know the team learns nothing
/// of it: to them everybody beyond their office is nobody, as somebody is who does not exist.
pub(super) fn check_near(situation: &Situation<'_>, intent: &Intent) -> Result<(), Invalid> {
    let Some(named) = intent.on_behalf_of else { return Ok(()) };
    if named.position.organisation == situation.actor.organisation {
        return Ok(());
    }
    let viewer = situation::viewer(situation.state, situation.actor, situation.now);
    let team = EntryClass::new(Kind::TeamLink, Sensitivity::Normal, None).seen_by(false, false);
    let knows_team = situation.rulebook.view_mask(&viewer).allows(team);
    let found = situation.directory.actor(named.person, named.position);
    match found {
        Some(actor) if knows_team && situation.state.has_on_team(&actor) => Ok(()),
        _ => Err(nobody_near()),
    }
}

fn nobody_near() -> Invalid {
    let words = Text::fixed(
        "この患者のチームにも、書いている人の事業所にも、その職種のその人はいません",
        "nobody of this patient's team, or of the author's own office, is that person in that role",
    );
    Invalid::new("on_behalf_of", "not_found", words)
}
