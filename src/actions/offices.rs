//! Looking at an organisation: whom to turn to, who is on duty now, whether it pledged; and what somebody has still to
//! pledge. What is written of an organisation is a post on its timeline, like any other.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::domain::body::{Body, ContactWindow, Pledge, PledgeBy, Shift};
use crate::domain::directory::{Actor, Directory};
use crate::domain::entry::{Intent, Sensitivity};
use crate::domain::ids::{EntryId, OrganisationId, Seq, SignInId};
use crate::domain::kind::Kind;
use crate::domain::reading::ReadScope;
use crate::domain::role::Role;
use crate::domain::state::Office;
use crate::domain::text::Text;
use crate::domain::time::Timestamp;
use crate::hub::Hub;
use crate::hub::answer::{Answer, Refused};
use crate::hub::reading::LookError;
use crate::hub::sessions::SignedIn;
use crate::rulebook::PledgeDue;

/// An organisation as one person may see it: what they may not see is `None`.
#[derive(Debug)]
pub struct OfficeSeen {
    pub contact: Option<ContactWindow>,
    /// The shifts that run now.
    pub on_duty: Option<Vec<Shift>>,
    /// Whether it has given every pledge that is asked of it.
    pub has_pledged: bool,
    /// Whether the use of the system is stopped for all of it.
    pub is_suspended: Option<bool>,
}

/// What `actor` may see of an organisation, recorded as a read. `None`: unknown, or hidden.
///
/// # Errors
/// When the hub cannot answer.
pub async fn look_at_office(
    hub: &Hub,
    actor: Actor,
    sign_in: SignInId,
    organisation: OrganisationId,
) -> Result<Option<OfficeSeen>, LookError> {
    let sight = hub.look(actor, sign_in, organisation.into(), Seq::ZERO, Some(Seq::ZERO), ReadScope::Office).await?;
    let Some((sight, office)) = sight.and_then(|sight| Some((sight.view, sight.state.office.clone()?))) else {
        return Ok(None);
    };
    let (region, now) = (hub.region(), hub.region().now());
    let shows = |kind: Kind| sight.shows_state_of(kind);
    let on_duty = || office.on_duty(now, |at| region.date_at(at)).cloned().collect();
    let roles = roles_at(&region.directory(), organisation);
    Ok(Some(OfficeSeen {
        contact: office.contact().filter(|_| shows(Kind::ContactWindow)).cloned(),
        on_duty: shows(Kind::Roster).then(on_duty),
        has_pledged: region.rulebook().has_pledged(&office, &roles, now),
        is_suspended: shows(Kind::Suspension).then(|| office.is_suspended(region.date_at(now))),
    }))
}

/// The roles that people hold at an organisation.
fn roles_at(directory: &Directory, organisation: OrganisationId) -> BTreeSet<Role> {
    let active = directory.people.values().filter(|person| person.active);
    let positions = active.flat_map(|person| &person.positions);
    positions.filter(|position| position.organisation == organisation).map(|position| position.role).collect()
}

/// A pledge that is still to be given, in words.
#[derive(Clone, Debug)]
pub struct PledgeOwed {
    pub citation: Arc<str>,
    pub title: Text,
    pub reason: Text,
    /// In the organisation's name; else in the person's own.
    pub by_office: bool,
    /// When it ran out; `None` if it was never given.
    pub since: Option<Timestamp>,
    /// Whether nothing else is open to them before it is given.
    pub comes_first: bool,
}

/// What this person has still to pledge: for themselves, and in the name of the organisation they act for.
#[must_use]
pub fn pledges_owed(hub: &Hub, signed_in: &SignedIn) -> Vec<PledgeOwed> {
    let first = hub.region().held_back(signed_in).map(|held| held.cited()).unwrap_or_default();
    let mut owed = owed_by(hub, &signed_in.actor);
    owed.iter_mut().for_each(|one| one.comes_first = first.contains(&one.citation));
    owed
}

fn owed_by(hub: &Hub, actor: &Actor) -> Vec<PledgeOwed> {
    let (book, offices) = (hub.region().rulebook(), hub.region().offices());
    let nothing_yet = Office::default();
    let office = offices.find(actor.organisation).unwrap_or(&nothing_yet);
    let open = book.pledges_open(office, actor.person, actor.role, hub.region().now());
    let in_words = |due: &PledgeDue, by_office: bool| {
        let (_, rule) = book.rule(due.rule)?;
        let (citation, title, reason) = (rule.citation.clone(), rule.title.clone(), rule.reason.clone());
        Some(PledgeOwed { citation, title, reason, by_office, since: due.since, comes_first: false })
    };
    let own = open.person.iter().filter_map(|due| in_words(due, false));
    own.chain(open.office.iter().filter_map(|due| in_words(due, true))).collect()
}

/// Gives every pledge that this person still owes, in their own name and their office's: for the demo, the load driver and
/// the stories, whose people are invented. Nobody else's pledge is given by a program.
///
/// # Errors
/// The refusal of the first that is refused.
pub async fn give_all_pledges(hub: &Hub, actor: Actor) -> Result<(), Refused> {
    let owed = owed_by(hub, &actor);
    for by in [PledgeBy::Person, PledgeBy::Organisation] {
        let asked = owed.iter().filter(|one| one.by_office == (by == PledgeBy::Organisation));
        let rules: Vec<String> = asked.map(|one| one.citation.to_string()).collect();
        if rules.is_empty() {
            continue;
        }
        let body = Body::Pledge(Pledge { by, rules, text: String::new(), attachments: Vec::new() });
        let intent = Intent {
            id: EntryId(hub.region().draw_id()),
            timeline: actor.organisation.into(),
            observed_at: None,
            sensitivity: Sensitivity::Normal,
            addressed_to: Vec::new(),
            body,
            reasons: Vec::new(),
            on_behalf_of: None,
        };
        if let Answer::Refused(refused) = hub.post_and_wait(actor, intent).await {
            return Err(refused);
        }
    }
    Ok(())
}
