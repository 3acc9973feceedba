//! What the rules beside `share` say: gates, duties, standing duties, nudges and pledges, with their
//! words resolved. Read by `mechanism_file`, checked by `mechanism_check`, run by `etiquette` and `standing`.

use super::problem::Place;
use super::ruleset::{Applies, Clause};
use super::words::{Audience, Capacity, Clock, Matter, OnAdmission, OnDeath, Per, Pledger, Relation, WayOut};
use crate::domain::text::Text;

/// Holds a post until what it requires is there, an exception applies, or a reason is written.
#[derive(Debug, Clone)]
pub struct Gate {
    pub applies: Applies,
    /// One clause must be certain. Never empty.
    pub require: Vec<Clause>,
    /// Any clause that is certain lets the post pass; the ruling says so.
    pub pass_if: Vec<Clause>,
    /// Whether the post may go on with a written reason.
    pub reason_ok: bool,
}

/// A post opens a duty.
#[derive(Debug, Clone)]
pub struct Duty {
    pub applies: Applies,
    pub owed_by: Party,
    pub met_by: MetBy,
    pub deadline: Deadline,
    pub on_admission: OnAdmission,
    pub on_death: OnDeath,
}

/// A record to be kept fresh.
#[derive(Debug, Clone)]
pub struct Standing {
    pub per: Per,
    pub when: Vec<Clause>,
    pub unless: Vec<Clause>,
    /// While one of these holds, the clock rests.
    pub paused_when: Vec<Clause>,
    pub owed_by: Party,
    /// Kinds of which one renews it.
    pub keep: u64,
    /// `within` is the interval from one record to the next.
    pub deadline: Deadline,
    /// One of `paused_when` is that the patient was admitted, so that what is open rests from then on.
    pub rests_on_admission: bool,
    /// Shown only in counts, never as somebody's lapse.
    pub aggregate: bool,
}

/// Advice before sending.
#[derive(Debug, Clone)]
pub struct Nudge {
    pub applies: Applies,
    pub audience: Audience,
    /// What the card says.
    pub advice: Text,
}

/// People confirm when they join and again after each interval.
#[derive(Debug, Clone)]
pub struct Pledge {
    /// Roles that give it.
    pub who: u64,
    pub by: Pledger,
    pub every: Span,
}

/// Somebody who owes or is told: roles in a capacity at organisations related to the cause.
#[derive(Debug, Clone, Copy)]
pub struct Party {
    pub roles: u64,
    pub capacity: Capacity,
    pub relation: Relation,
    /// Every organisation of them owes for itself; otherwise one of them is enough.
    pub each: bool,
    pub(crate) place: Place,
}

/// The act that meets a duty.
#[derive(Debug, Clone, Copy)]
pub struct MetBy {
    /// An acknowledgement of the entry that opened it.
    pub acknowledge: bool,
    /// Kinds of which one posted meets it.
    pub kinds: u64,
    /// The entry posted must say that it answers the one that opened the duty.
    pub answers: bool,
    /// The entry posted must be about the same.
    pub same: Option<Matter>,
    pub(crate) place: Place,
}

/// By when, who is reminded and told, and how it may end otherwise.
#[derive(Debug, Clone)]
pub struct Deadline {
    pub within: Span,
    /// Reminders to the debtor, counted from the opening, before it is due. Ascending.
    pub remind: Vec<Span>,
    pub escalate: Vec<Escalation>,
    pub ways_out: Vec<WayOut>,
}

/// Who is told when a duty is overdue, and how long after it was due.
#[derive(Debug, Clone, Copy)]
pub struct Escalation {
    pub to: Party,
    pub after: Span,
}

/// A span of time as a rule names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    pub seconds: i64,
    pub clock: Clock,
    /// A figure of ours that stands in until the region sets its own: no source gives it.
    pub placeholder: bool,
    pub(crate) place: Place,
}
