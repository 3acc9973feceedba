//! The entry: one immutable fact on a timeline, and the intent that may become one.

use super::alarm::Alarm;
use super::body::{Body, Export, Infection};
use super::directory::{Actor, Position};
use super::ids::{DeviceId, EntryId, OrganisationId, PersonId, Seq, TimelineId};
use super::kind::Kind;
use super::list::closed_list;
use super::role::Role;
use super::ruling::Ruling;
use super::time::Timestamp;

closed_list! {
    /// How carefully a record is handled [meta.security].
    Sensitivity {
        Normal = "normal", "通常", "normal";
        Restricted = "restricted", "取扱注意", "restricted";
    }
}

/// Somebody an entry is addressed to, besides those who see it anyway.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Addressee {
    Person(PersonId),
    Organisation(OrganisationId),
    Role(Role),
}

impl Addressee {
    /// Whether this actor is meant.
    #[must_use]
    pub fn means(&self, actor: &Actor) -> bool {
        match self {
            Self::Person(person) => *person == actor.person,
            Self::Organisation(organisation) => *organisation == actor.organisation,
            Self::Role(role) => *role == actor.role,
        }
    }
}

/// Somebody in one of their roles, for whom somebody else writes: the author's claim, by which nobody gains a right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OnBehalfOf {
    pub person: PersonId,
    pub position: Position,
}

impl OnBehalfOf {
    /// Somebody as they acted.
    #[must_use]
    pub const fn of(actor: &Actor) -> Self {
        Self { person: actor.person, position: Position { role: actor.role, organisation: actor.organisation } }
    }
}

/// What somebody wants to put on a timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Intent {
    /// Made by the client; the same id again gets the first answer.
    pub id: EntryId,
    pub timeline: TimelineId,
    /// The time the device claims.
    pub observed_at: Option<Timestamp>,
    pub sensitivity: Sensitivity,
    pub addressed_to: Vec<Addressee>,
    pub body: Body,
    /// Why it is sent although a rule asks for something it lacks, where the rule takes a written reason.
    pub reasons: Vec<WrittenReason>,
    /// For whom it is written, where not for the author.
    pub on_behalf_of: Option<OnBehalfOf>,
}

impl Intent {
    /// When what it tells of was noticed: the earlier of what the device claims and what the author says; of a correction,
    /// what it says now.
    #[must_use]
    pub fn noticed_at(&self) -> Option<Timestamp> {
        let said = self.body.corrected().unwrap_or(&self.body).noticed_at();
        self.observed_at.into_iter().chain(said).min()
    }
}

/// A reason written for one rule; kept with the entry and shown with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrittenReason {
    /// The rule's id, or its whole citation.
    pub rule: String,
    pub text: String,
}

impl WrittenReason {
    /// Whether it is written for the rule with this citation.
    #[must_use]
    pub fn is_for(&self, citation: &str) -> bool {
        self.rule == citation || citation.strip_prefix(&*self.rule).is_some_and(|rest| rest.starts_with('@'))
    }
}

/// What decides who may see an entry, and its place in time. Entries that point back carry their target's scope, so
/// that a correction or acknowledgement is never more visible than its target, and takes effect where that stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    pub kind: Kind,
    pub sensitivity: Sensitivity,
    pub infection: Option<Infection>,
    pub addressed_to: Vec<Addressee>,
    /// The organisation whose record it is: it always sees its own.
    pub owner: OrganisationId,
    pub seq: Seq,
    /// By which a link that opens less than the whole past is held against it.
    pub recorded_at: Timestamp,
    /// See [`Entry::happened_at`].
    pub happened_at: Timestamp,
}

/// One immutable fact on a timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub id: EntryId,
    pub timeline: TimelineId,
    pub seq: Seq,
    pub author: Actor,
    /// For whom the author says to have written it. Asked by nobody who judges: rules know the author alone.
    pub on_behalf: Option<Actor>,
    /// The registered device that it was written on, where the author's sign-in counts on one.
    pub device: Option<DeviceId>,
    /// Claimed by the device.
    pub observed_at: Option<Timestamp>,
    /// The hub's time; never goes back along a timeline.
    pub recorded_at: Timestamp,
    pub sensitivity: Sensitivity,
    pub addressed_to: Vec<Addressee>,
    pub body: Body,
    /// Values outside the patient's limits at the time.
    pub alarms: Vec<Alarm>,
    /// For an entry that points back: the scope of its target.
    pub target_scope: Option<Scope>,
    pub ruling: Ruling,
}

impl Entry {
    /// What decides who may see this entry.
    #[must_use]
    pub fn scope(&self) -> Scope {
        if let Some(scope) = &self.target_scope {
            return scope.clone();
        }
        Scope {
            kind: self.body.kind(),
            sensitivity: self.sensitivity,
            infection: match &self.body {
                Body::InfectionNotice(notice) => Some(notice.infection),
                _ => None,
            },
            addressed_to: self.addressed_to.clone(),
            owner: self.author.organisation,
            seq: self.seq,
            recorded_at: self.recorded_at,
            happened_at: self.happened_at(),
        }
    }

    /// When what it tells of took place: as the device claims, but not after the hub had it.
    #[must_use]
    pub fn happened_at(&self) -> Timestamp {
        self.observed_at.map_or(self.recorded_at, |claimed| claimed.min(self.recorded_at))
    }

    /// What whoever runs the hub's machine took out or looked into, where the hub tells that here.
    #[must_use]
    pub fn taken_out(&self) -> Option<&Export> {
        match &self.body {
            Body::Export(export) if self.author == Actor::HUB => Some(export),
            _ => None,
        }
    }

    /// Whether readers should get this entry before others: it raised an alarm.
    #[must_use]
    pub fn is_urgent(&self) -> bool {
        !self.alarms.is_empty()
    }
}
