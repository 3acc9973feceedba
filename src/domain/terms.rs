//! The terms of a duty: what meets it, by when, who is reminded and told, how else it may end. They are complete in
//! themselves and kept with the duty, so that it stays what it was under whichever rulebook is in force later. Made by
//! the rulebook, kept by the ledger; when a span has passed is the calendar's to say.

use super::directory::Actor;
use super::duty::{Capacity, Debtor, RoleSet};
use super::ids::EntryId;
use super::kind::Kind;
use super::list::closed_list;

closed_list! {
    /// How a span of time is counted.
    Clock {
        /// Every hour counts.
        Calendar = "calendar", "暦どおり", "calendar time";
        /// Only the opening hours of the organisation that owes count.
        Business = "business", "営業時間", "opening hours";
    }
}

closed_list! {
    /// Which organisations are meant, seen from the entry that opened the duty.
    Relation {
        Team = "team", "チーム", "the team";
        Author = "author", "投稿した人の所属", "the author's organisation";
        /// The organisation that the entry names: the doctor of a verbal order, the present station.
        Named = "named", "記録に名のある所属", "the organisation named";
        /// Every organisation that visited in the days before.
        Visited = "visited", "訪問していた所属", "organisations that visited";
        Host = "host", "管理事業所", "the host";
        /// The region's secretariat.
        Region = "region", "地域の事務局", "the region's secretariat";
        /// In an escalation: the organisation that owes.
        Debtor = "debtor", "約束した所属", "the organisation that owes";
        /// In a standing rule per organisation or pair: that organisation.
        Subject = "subject", "対象の事業所", "the organisation itself";
    }
}

closed_list! {
    /// How a duty may end or rest without being met; each asks for a reason.
    WayOut {
        /// The debtor says no.
        Decline = "decline", "断る", "decline";
        /// The debtor asks for more time.
        Snooze = "snooze", "延ばす", "ask for time";
        /// The one it is owed to, or the secretariat, lets it go.
        Waive = "waive", "免じる", "waive";
        /// The debtor is unable to; the next in the chain is told at once.
        CannotGo = "cannot_go", "行けない", "cannot go";
    }
}

/// A span of time, in seconds of one clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timing {
    pub seconds: i64,
    pub clock: Clock,
}

/// Whom a step tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told {
    pub roles: RoleSet,
    pub capacity: Capacity,
    pub relation: Relation,
}

/// A step of the chain: whom it tells, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChainStep {
    pub told: Told,
    /// Counted from the due time.
    pub after: Timing,
}

/// What was agreed about a duty, apart from any rulebook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// An acknowledgement of its cause meets it.
    pub acknowledge: bool,
    /// An entry of one of these kinds meets it.
    pub kinds: Vec<Kind>,
    /// What meets it must refer to what opened it.
    pub answers: bool,
    pub within: Timing,
    /// Counted from the opening, ascending.
    pub remind: Vec<Timing>,
    pub escalate: Vec<ChainStep>,
    pub ways_out: Vec<WayOut>,
}

/// An entry that may meet a duty.
#[derive(Debug, Clone, Copy)]
pub struct Act<'a> {
    pub author: &'a Actor,
    pub kind: Kind,
    /// The entry it acknowledges, answers or belongs to.
    pub refers_to: Option<EntryId>,
}

impl Terms {
    /// Whether this act of a debtor meets a duty of these terms that `cause` opened.
    #[must_use]
    pub fn met_by(&self, act: &Act<'_>, debtors: &[Debtor], cause: Option<EntryId>) -> bool {
        let refers = cause.is_some() && act.refers_to == cause;
        let fits = self.acknowledge && act.kind == Kind::Acknowledgement && refers
            || self.kinds.contains(&act.kind) && (refers || !self.answers);
        let owes =
            |debtor: &Debtor| debtor.organisation == act.author.organisation && debtor.roles.has(act.author.role);
        fits && debtors.iter().any(owes)
    }
}
