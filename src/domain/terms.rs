//! The terms of a duty: what meets it, by when, who is reminded and told, how else it may end. They are complete in
//! themselves and kept with the duty, so that it stays what it was under whichever rulebook is in force later. Made by
//! the rulebook, kept by the ledger; when a span has passed is the calendar's to say.

use super::body::{Body, Callee};
use super::directory::Actor;
use super::duty::{Capacity, Debtor, RoleSet};
use super::ids::{EntryId, OrganisationId};
use super::kind::Kind;
use super::list::closed_list;
use super::search::fold;
use super::state::Stay;
use super::time::Timestamp;

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
        /// The organisations of the team that did not, so that `Visited` and these make all.
        NotVisited = "not_visited", "訪問していなかったチームの所属", "organisations of the team that did not visit";
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
        /// An answered call to the debtor, logged by either side about what opened the duty, meets it.
        Phoned = "phoned", "電話で伝えた", "told by phone";
    }
}

closed_list! {
    /// What an entry must share with the duty it meets, beyond its kind.
    Matter {
        Device = "device", "機器", "device";
        Callee = "callee", "電話の相手", "person called";
    }
}

closed_list! {
    /// What becomes of a duty while the patient is in hospital or in a facility.
    OnAdmission {
        /// It rests, and goes on after the discharge with the time that was left.
        Pauses = "pauses", "休む", "rests until the discharge";
        GoesOn = "goes_on", "続ける", "goes on";
        /// What it asks for is no longer of use.
        Closes = "closes", "終える", "ends";
    }
}

closed_list! {
    /// What becomes of a duty when the patient dies.
    OnDeath {
        /// Nobody is reminded of care that is no longer possible.
        Closes = "closes", "終える", "ends";
        /// It is about more than the patient's care: a paper that is owed, a review, others who may be infected.
        GoesOn = "goes_on", "続ける", "goes on";
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
    /// What meets it must be about the same; an entry that names no such thing must refer to what opened it.
    pub same: Option<Matter>,
    pub within: Timing,
    /// Counted from the opening, ascending.
    pub remind: Vec<Timing>,
    pub escalate: Vec<ChainStep>,
    pub ways_out: Vec<WayOut>,
    pub on_admission: OnAdmission,
    pub on_death: OnDeath,
    /// Those who owe it were meant themselves: if they leave, no other office of the team takes their place.
    pub in_person: bool,
}

/// An entry that may meet a duty.
#[derive(Debug, Clone)]
pub struct Act<'a> {
    pub author: &'a Actor,
    pub kind: Kind,
    /// The entry it acknowledges, answers or belongs to.
    pub refers_to: Option<EntryId>,
    /// The device it speaks of, as devices are looked up.
    pub device: Option<String>,
    /// Whom it phoned, and whether somebody answered.
    pub call: Option<(Callee, bool)>,
    /// When what it tells of was over, where it says so.
    pub over_at: Option<Timestamp>,
}

impl<'a> Act<'a> {
    /// What `author` does by saying `body`.
    #[must_use]
    pub fn of(author: &'a Actor, body: &Body) -> Self {
        let device = match body {
            Body::DeviceChange(change) => Some(fold(&change.device)),
            _ => None,
        };
        let call = match body {
            Body::Call(call) => Some((call.callee(), call.reached)),
            _ => None,
        };
        Self { author, kind: body.kind(), refers_to: body.refers_to(), device, call, over_at: body.over_at() }
    }
}

/// A duty as what may meet it is compared with it.
#[derive(Debug, Clone, Copy)]
pub struct Owed<'a> {
    pub debtors: &'a [Debtor],
    pub cause: Option<EntryId>,
    /// The organisation that wrote the cause.
    pub owner: Option<OrganisationId>,
    pub matters: &'a [String],
    pub since: Option<Timestamp>,
}

impl Owed<'_> {
    fn referred_to_by(&self, act: &Act<'_>) -> bool {
        self.cause.is_some() && act.refers_to == self.cause
    }

    fn is_debtor(&self, actor: &Actor) -> bool {
        self.debtors.iter().any(|debtor| debtor.organisation == actor.organisation && debtor.roles.has(actor.role))
    }
}

impl Terms {
    /// Whether a duty of these terms is asked for while the patient is there.
    #[must_use]
    pub fn asked_while(&self, stay: Stay) -> bool {
        match stay {
            Stay::Home => true,
            Stay::Admitted => self.on_admission != OnAdmission::Closes,
            Stay::Deceased => self.on_death == OnDeath::GoesOn,
        }
    }

    /// Whether this act meets a duty of these terms.
    #[must_use]
    pub fn met_by(&self, act: &Act<'_>, owed: &Owed<'_>) -> bool {
        let refers = owed.referred_to_by(act);
        let acknowledges = self.acknowledge && act.kind == Kind::Acknowledgement && refers;
        let does = || self.kinds.contains(&act.kind) && self.is_about(act, owed, refers);
        owed.is_debtor(act.author) && (acknowledges || does()) || self.told_by_phone(act, owed)
    }

    fn is_about(&self, act: &Act<'_>, owed: &Owed<'_>, refers: bool) -> bool {
        let is_same = match (self.same, &act.device, &act.call) {
            (Some(Matter::Device), Some(device), _) => Some(owed.matters.contains(device)),
            (Some(Matter::Callee), _, Some((callee, _))) => {
                let sure = refers || callee.role.is_some();
                Some(sure && owed.matters.iter().any(|before| callee.is_the_same(before)))
            }
            _ => None,
        };
        // What was over before cannot be an answer, unless it says that it is one.
        let in_time = || act.over_at.zip(owed.since).is_none_or(|(over, since)| over >= since);
        is_same.unwrap_or(refers || !self.answers && self.same.is_none()) && (refers || in_time())
    }

    /// Whoever owes was told by phone, by the one who wrote it or in their own words.
    fn told_by_phone(&self, act: &Act<'_>, owed: &Owed<'_>) -> bool {
        let Some((callee, true)) = &act.call else { return false };
        let side = owed.is_debtor(act.author) || owed.owner == Some(act.author.organisation);
        self.ways_out.contains(&WayOut::Phoned)
            && side
            && owed.referred_to_by(act)
            && owed.debtors.iter().any(|debtor| callee.may_be(debtor))
    }
}
