//! Every transition of a duty, one line each; and the ledger against a model that knows nothing of how it is kept.

use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::domain::body::{
    Admission, Closing, ClosingReason, Correction, Death, Discharge, Note, Retraction, RetractionReason,
};
use crate::domain::directory::Actor;
use crate::domain::duty::{Capacity, RoleSet};
use crate::domain::entry::Sensitivity;
use crate::domain::ids::{OrganisationId, PersonId, Seq, TimelineId};
use crate::domain::role::{OrganisationType, Role};
use crate::domain::ruling::{Consequences, Ruling};
use crate::domain::terms::{Clock, Terms, Timing};

mod lives;

const DUE: Timestamp = Timestamp(1_000);

fn duty_id(number: u128) -> DutyId {
    DutyId(Uuid::from_u128(number))
}

fn debtor(organisation: u128) -> Debtor {
    Debtor {
        organisation: OrganisationId(Uuid::from_u128(organisation)),
        organisation_type: OrganisationType::NursingStation,
        roles: RoleSet::of(&[Role::Nurse]),
        capacity: Capacity::Member,
        person: None,
    }
}

/// What becomes of a duty on admission and death.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Life {
    pub(crate) standing: bool,
    pub(crate) on_admission: OnAdmission,
    pub(crate) on_death: OnDeath,
}

impl Life {
    /// As the rules have it if they say nothing of it.
    pub(crate) const fn usual(standing: bool) -> Self {
        let on_admission = if standing { OnAdmission::Pauses } else { OnAdmission::GoesOn };
        Self { standing, on_admission, on_death: OnDeath::Closes }
    }
}

fn opened(number: u128, life: Life) -> OpenedDuty {
    let Life { standing, on_admission, on_death } = life;
    OpenedDuty {
        id: duty_id(number),
        rule: "ND-M1@etiquette/1#ab".into(),
        debtors: vec![debtor(1)],
        due: DUE,
        confirmed: true,
        standing,
        terms: Terms {
            acknowledge: true,
            kinds: Vec::new(),
            answers: false,
            same: None,
            within: Timing { seconds: 4 * 3_600, clock: Clock::Calendar },
            remind: Vec::new(),
            escalate: Vec::new(),
            ways_out: Vec::new(),
            on_admission,
            on_death,
            in_person: false,
        }
        .into(),
        chain: Vec::new(),
        matters: Vec::new(),
        since: None,
        in_place_of: Vec::new(),
        with: None,
    }
}

fn cause() -> EntryId {
    EntryId(Uuid::from_u128(100))
}

/// What may come to a duty.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Act {
    Meet,
    Remind,
    Overdue,
    Escalate(u32),
    /// A step planned before the due time was moved.
    Stale(Box<Act>),
    Close,
    Decline,
    Waive,
    Snooze(i64),
    HandOver,
    CannotGo,
    Admit,
    Discharge,
    Die,
    ClosePage,
    RetractCause,
    Inherit(u32),
    Note,
}

fn consequences(of: Consequences) -> Ruling {
    Ruling { consequences: of.kept(), ..Ruling::default() }
}

/// A timeline in the making.
pub(crate) struct Line {
    pub(crate) duties: Duties,
    /// All that came, for a hub that starts without a snapshot.
    entries: Vec<Entry>,
    now: i64,
    count: u128,
}

impl Line {
    pub(crate) fn new(standing: bool) -> Self {
        Self::of(Life::usual(standing))
    }

    pub(crate) fn of(life: Life) -> Self {
        let mut line = Self { duties: Duties::default(), entries: Vec::new(), now: 0, count: 1_000 };
        let ruling = consequences(Consequences { opened: vec![opened(1, life)], ..Consequences::default() });
        let mut entry = line.entry(note(), ruling);
        entry.id = cause();
        line.apply(entry);
        line
    }

    fn entry(&mut self, body: Body, ruling: Ruling) -> Entry {
        self.count += 1;
        self.now += 10;
        Entry {
            id: EntryId(Uuid::from_u128(self.count)),
            timeline: TimelineId(Uuid::from_u128(9)),
            seq: Seq(u64::try_from(self.count).unwrap()),
            device: None,
            author: Actor {
                person: PersonId(Uuid::from_u128(8)),
                role: Role::Nurse,
                organisation: OrganisationId(Uuid::from_u128(1)),
                organisation_type: OrganisationType::NursingStation,
            },
            observed_at: None,
            recorded_at: Timestamp(self.now),
            sensitivity: Sensitivity::Normal,
            addressed_to: Vec::new(),
            body,
            alarms: Vec::new(),
            target_scope: None,
            on_behalf: None,
            ruling,
        }
    }

    fn duty(&self) -> &Duty {
        self.duties.find(duty_id(1)).unwrap()
    }

    fn apply(&mut self, entry: Entry) {
        self.duties.apply(&entry);
        self.entries.push(entry);
    }

    pub(crate) fn act(&mut self, act: &Act) {
        let round = self.duty().round;
        let (body, met) = match act {
            Act::Meet => (note(), vec![duty_id(1)]),
            Act::Stale(act) => (step(round.wrapping_sub(1), act), Vec::new()),
            Act::Remind | Act::Overdue | Act::Escalate(_) | Act::Close | Act::Inherit(_) => {
                (step(round, act), Vec::new())
            }
            Act::Decline => (answer(Answer::Declined), Vec::new()),
            Act::Waive => (answer(Answer::Waived), Vec::new()),
            Act::Snooze(until) => (answer(Answer::Snoozed(Timestamp(*until))), Vec::new()),
            Act::HandOver => (answer(Answer::HandedOver(vec![debtor(2)])), Vec::new()),
            Act::CannotGo => (answer(Answer::CannotGo), Vec::new()),
            Act::Admit => (Box::new(Admission::default()).into(), Vec::new()),
            Act::Discharge => (Box::new(Discharge::default()).into(), Vec::new()),
            Act::Die => (Death::default().into(), Vec::new()),
            Act::ClosePage => {
                let reason = ClosingReason::NoFurtherNeed;
                (Closing { reason, confirmed: true, text: String::new() }.into(), Vec::new())
            }
            Act::RetractCause => {
                let reason = RetractionReason::Mistake;
                (Retraction { target: cause(), reason, text: String::new() }.into(), Vec::new())
            }
            Act::Note => (note(), Vec::new()),
        };
        let entry = self.entry(body, consequences(Consequences { met, ..Consequences::default() }));
        self.apply(entry);
    }
}

fn note() -> Body {
    Note::default().into()
}

fn step(round: u32, act: &Act) -> Body {
    let step = match act {
        Act::Remind => StepDone::Reminded(0),
        Act::Overdue => StepDone::Overdue,
        Act::Escalate(level) => StepDone::Escalated { level: *level, told: vec![debtor(3)] },
        Act::Close => StepDone::Closed(CloseReason::NoLongerAsked),
        Act::Inherit(number) => StepDone::Inherited { number: *number, to: vec![debtor(4)] },
        other => panic!("{other:?} is no step"),
    };
    Box::new(DutyStep { duty: duty_id(1), round, step }).into()
}

fn answer(answer: Answer) -> Body {
    Box::new(DutyAnswer { duty: duty_id(1), answer, reason: "理由".into() }).into()
}

/// What came, where the duty stands, whether it was ever overdue.
#[rustfmt::skip]
fn rows() -> Vec<(Vec<Act>, Standing, bool)> {
    use Act::*;
    use Standing as S;
    let met = S::Ended(Ended::Met);
    let closed = |reason| S::Ended(Ended::Closed(reason));
    vec![
        (vec![], S::Open, false),
        (vec![Note], S::Open, false),
        (vec![Remind], S::Open, false),
        (vec![Meet], met, false),
        (vec![Overdue], S::Overdue, true),
        (vec![Remind, Overdue, Escalate(0)], S::Escalated(1), true),
        (vec![Overdue, Escalate(0), Escalate(1)], S::Escalated(2), true),
        (vec![Overdue, Escalate(1), Escalate(0)], S::Escalated(2), true),
        (vec![Escalate(0)], S::Escalated(1), true),
        (vec![Escalate(0), Overdue], S::Escalated(1), true),
        // Late is met, and stays late.
        (vec![Overdue, Meet], met, true),
        (vec![Overdue, Escalate(0), Meet], met, true),
        // What ended stays as it ended.
        (vec![Meet, Overdue], met, false),
        (vec![Meet, Escalate(0), Close, Decline, Waive, Snooze(9_000)], met, false),
        (vec![Decline, Meet], S::Ended(Ended::Declined), false),
        (vec![Overdue, Decline], S::Ended(Ended::Declined), true),
        (vec![Waive], S::Ended(Ended::Waived), false),
        (vec![Overdue, Waive], S::Ended(Ended::Waived), true),
        (vec![Close], closed(CloseReason::NoLongerAsked), false),
        (vec![Close, Meet], closed(CloseReason::NoLongerAsked), false),
        (vec![Stale(Box::new(Close))], closed(CloseReason::NoLongerAsked), false),
        // More time.
        (vec![Snooze(5_000)], S::Snoozed, false),
        (vec![Snooze(500)], S::Open, false),
        (vec![Snooze(5_000), Stale(Box::new(Overdue))], S::Snoozed, false),
        (vec![Snooze(5_000), Overdue], S::Overdue, true),
        (vec![Overdue, Snooze(5_000)], S::Snoozed, true),
        (vec![Overdue, Escalate(0), Snooze(5_000), Stale(Box::new(Escalate(1)))], S::Snoozed, true),
        (vec![Snooze(5_000), Meet], met, false),
        // Somebody else, or nobody.
        (vec![HandOver], S::Open, false),
        (vec![Overdue, HandOver], S::Overdue, true),
        (vec![CannotGo], S::Open, false),
        (vec![CannotGo, Stale(Box::new(Remind)), Overdue, Escalate(0)], S::Escalated(1), true),
        (vec![Overdue, Inherit(0)], S::Overdue, true),
        (vec![Inherit(0), Meet], met, false),
        // What an entry asked for goes on in hospital, and ends with a death.
        (vec![Admit], S::Open, false),
        (vec![Admit, Overdue], S::Overdue, true),
        (vec![Die], closed(CloseReason::Death), false),
        (vec![Overdue, Die], closed(CloseReason::Death), true),
        (vec![Meet, Die], met, false),
        (vec![ClosePage], closed(CloseReason::PageClosed), false),
        (vec![RetractCause], closed(CloseReason::CauseRetracted), false),
        (vec![Meet, RetractCause], met, false),
    ]
}

/// The same for a standing duty.
#[rustfmt::skip]
fn standing_rows() -> Vec<(Vec<Act>, Standing, bool)> {
    use Act::*;
    use Standing as S;
    let closed = |reason| S::Ended(Ended::Closed(reason));
    vec![
        (vec![Admit], S::Paused, false),
        (vec![Admit, Remind, Overdue, Escalate(0)], S::Paused, false),
        (vec![Overdue, Admit], S::Paused, true),
        (vec![Overdue, Admit, Discharge], S::Overdue, true),
        (vec![Overdue, Escalate(0), Admit, Discharge], S::Escalated(1), true),
        (vec![Admit, Discharge], S::Open, false),
        (vec![Admit, Discharge, Stale(Box::new(Overdue))], S::Open, false),
        (vec![Admit, Discharge, Overdue], S::Overdue, true),
        (vec![Admit, Admit, Discharge], S::Open, false),
        (vec![Snooze(5_000), Admit, Discharge], S::Snoozed, false),
        (vec![Admit, Meet], S::Ended(Ended::Met), false),
        (vec![Admit, Waive], S::Ended(Ended::Waived), false),
        (vec![Admit, Close], closed(CloseReason::NoLongerAsked), false),
        (vec![Discharge], S::Open, false),
        (vec![Die], closed(CloseReason::Death), false),
        (vec![Admit, Die], closed(CloseReason::Death), false),
        (vec![Overdue, Escalate(0), Die], closed(CloseReason::Death), true),
        (vec![Meet, Die], S::Ended(Ended::Met), false),
    ]
}

#[test]
fn a_duty_goes_from_state_to_state_as_agreed() {
    for (standing, rows) in [(false, rows()), (true, standing_rows())] {
        for (acts, expected, was_overdue) in rows {
            let mut line = Line::new(standing);
            acts.iter().for_each(|act| line.act(act));
            let duty = line.duty();
            assert_eq!((duty.standing(), duty.was_overdue()), (expected, was_overdue), "standing {standing}: {acts:?}");
            assert_eq!(duty.is_open(), !matches!(expected, Standing::Ended(_)), "{acts:?}");
            assert_eq!(duty.ended_by.is_some(), !duty.is_open(), "{acts:?}");
            assert_eq!(line.duties.running().count(), usize::from(duty.is_open() && expected != Standing::Paused));
        }
    }
}

#[test]
fn time_away_moves_the_due_time_and_what_is_opened_meanwhile_rests_too() {
    let mut line = Line::new(true);
    line.act(&Act::Admit);
    let entry = line.entry(
        note(),
        consequences(Consequences {
            opened: vec![opened(2, Life::usual(true)), opened(3, Life::usual(false))],
            ..Consequences::default()
        }),
    );
    line.duties.apply(&entry);
    let standing = |line: &Line, number| line.duties.find(duty_id(number)).unwrap().standing();
    assert_eq!((standing(&line, 2), standing(&line, 3)), (Standing::Paused, Standing::Open));
    line.act(&Act::Discharge);
    // Entries are 10 apart: away from the admission to the discharge, and from its opening on.
    assert_eq!(line.duty().due, Timestamp(DUE.0 + 20));
    assert_eq!(line.duties.find(duty_id(2)).unwrap().due, Timestamp(DUE.0 + 10));
    assert_eq!(standing(&line, 2), Standing::Open);
    assert_eq!(line.duty().round, 1);
}

#[test]
fn who_hands_over_owes_no_more_and_the_birth_is_kept() {
    let mut line = Line::new(false);
    line.act(&Act::HandOver);
    assert_eq!(line.duty().debtors, [debtor(2)]);
    assert_eq!(line.duty().opened.debtors, [debtor(1)]);
    assert_eq!(line.duty().round, 0, "the due time stays");
}

#[test]
fn who_cannot_go_makes_it_due_at_once() {
    let mut line = Line::new(false);
    line.act(&Act::CannotGo);
    assert_eq!((line.duty().due, line.duty().round), (Timestamp(line.now), 1));
    assert!(!line.duty().was_overdue(), "the clock says when it is overdue");
    assert_eq!(line.duty().cannot_go_at, Some(Timestamp(line.now)), "said in time, which is no delay");
}

#[test]
fn a_standing_duty_is_opened_by_the_clock_and_once() {
    let mut line = Line::new(false);
    for _ in 0..2 {
        let body =
            Box::new(DutyStep { duty: duty_id(2), round: 0, step: StepDone::Opened(opened(2, Life::usual(true))) })
                .into();
        let entry = line.entry(body, Ruling::default());
        line.duties.apply(&entry);
    }
    let duty = line.duties.find(duty_id(2)).unwrap();
    assert_eq!((duty.cause, duty.opened_at), (None, Timestamp(20)));
    assert_eq!(line.duties.iter().count(), 2);
}

#[test]
fn what_a_correction_opens_is_owed_for_the_entry_it_puts_right_and_goes_with_it() {
    let mut line = Line::new(false);
    line.act(&Act::Meet);
    let body = Body::Correction(Correction { target: cause(), body: Box::new(note()), reason: "書き誤り".into() });
    let opened = vec![opened(2, Life::usual(false))];
    let entry = line.entry(body, consequences(Consequences { opened, ..Consequences::default() }));
    line.duties.apply(&entry);
    assert_eq!(line.duties.find(duty_id(2)).unwrap().cause, Some(cause()));
    line.act(&Act::RetractCause);
    assert_eq!(line.duties.open().count(), 0);
}

#[test]
fn steps_and_answers_for_a_duty_nobody_knows_change_nothing() {
    let mut line = Line::new(false);
    let before = line.duties.clone();
    let unknown = duty_id(77);
    let step = Box::new(DutyStep { duty: unknown, round: 0, step: StepDone::Overdue }).into();
    let answer = Box::new(DutyAnswer { duty: unknown, answer: Answer::Waived, reason: "理由".into() }).into();
    for body in [step, answer] {
        let entry = line.entry(body, consequences(Consequences { met: vec![unknown], ..Consequences::default() }));
        line.duties.apply(&entry);
    }
    assert_eq!(line.duties, before);
}

pub(crate) fn life() -> impl Strategy<Value = Life> {
    let of = (any::<bool>(), proptest::sample::select(OnAdmission::ALL), proptest::sample::select(OnDeath::ALL));
    of.prop_map(|(standing, on_admission, on_death)| Life { standing, on_admission, on_death })
}

pub(crate) fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        1 => Just(Act::Meet),
        1 => Just(Act::Remind),
        3 => Just(Act::Overdue),
        3 => (0u32..3).prop_map(Act::Escalate),
        1 => Just(Act::Stale(Box::new(Act::Overdue))),
        1 => Just(Act::Stale(Box::new(Act::Escalate(2)))),
        1 => Just(Act::Close),
        1 => Just(Act::Decline),
        1 => Just(Act::Waive),
        3 => (500i64..5_000).prop_map(Act::Snooze),
        2 => Just(Act::HandOver),
        2 => (0u32..3).prop_map(Act::Inherit),
        1 => Just(Act::CannotGo),
        3 => Just(Act::Admit),
        3 => Just(Act::Discharge),
        1 => Just(Act::Die),
        1 => Just(Act::ClosePage),
        1 => Just(Act::RetractCause),
        3 => Just(Act::Note),
    ]
}

/// What a duty is, told by looking back over everything that came, instead of by keeping a state.
struct Model<'a> {
    life: Life,
    /// Each with the time it came.
    past: &'a [(Act, i64)],
}

impl Model<'_> {
    fn ending(&self) -> Option<(usize, Ended)> {
        let ends = |act: &Act| match act {
            Act::Meet => Some(Ended::Met),
            Act::Decline => Some(Ended::Declined),
            Act::Waive => Some(Ended::Waived),
            Act::Close => Some(Ended::Closed(CloseReason::NoLongerAsked)),
            Act::ClosePage => Some(Ended::Closed(CloseReason::PageClosed)),
            Act::RetractCause => Some(Ended::Closed(CloseReason::CauseRetracted)),
            Act::Die if self.life.on_death == OnDeath::Closes => Some(Ended::Closed(CloseReason::Death)),
            Act::Admit if self.life.on_admission == OnAdmission::Closes => Some(Ended::Closed(CloseReason::Admission)),
            _ => None,
        };
        self.past.iter().enumerate().find_map(|(at, (act, _))| ends(act).map(|how| (at, how)))
    }

    /// What came while it was owed.
    fn owed(&self) -> &[(Act, i64)] {
        &self.past[..self.ending().map_or(self.past.len(), |(at, _)| at)]
    }

    fn away_at(&self, at: usize) -> bool {
        let says_where = |act: &Act| matches!(act, Act::Admit | Act::Discharge | Act::Die);
        let last = self.past[..at].iter().rev().find(|(act, _)| says_where(act));
        self.life.on_admission == OnAdmission::Pauses && last.is_some_and(|(act, _)| *act == Act::Admit)
    }

    /// Steps count only while the patient is at home.
    fn fired(&self) -> impl Iterator<Item = &Act> {
        let at_home = |(at, _): &(usize, _)| !self.away_at(*at);
        self.owed().iter().enumerate().filter(at_home).map(|(_, (act, _))| act)
    }

    fn was_overdue(&self) -> bool {
        self.fired().any(|act| matches!(act, Act::Overdue | Act::Escalate(_)))
    }

    /// Somebody said who owes it, or the clock did, each time by its next number.
    fn debtor(&self) -> u128 {
        let mut inherited = 0;
        self.owed().iter().fold(1, |debtor, (act, _)| match act {
            Act::HandOver => 2,
            Act::Inherit(number) if *number == inherited => {
                inherited += 1;
                4
            }
            _ => debtor,
        })
    }

    fn due(&self) -> i64 {
        let (mut due, mut since) = (DUE.0, None);
        for (act, now) in self.owed() {
            match act {
                Act::Snooze(until) => due = due.max(*until),
                Act::CannotGo => due = due.min(*now),
                Act::Admit if self.life.on_admission == OnAdmission::Pauses => since = since.or(Some(*now)),
                Act::Discharge | Act::Die => due += since.take().map_or(0, |since| now - since),
                _ => {}
            }
        }
        due
    }
}

proptest! {
    #[test]
    fn the_ledger_says_what_looking_back_says(
        life in life(),
        acts in proptest::collection::vec(act(), 0..30),
    ) {
        let mut line = Line::of(life);
        let mut past = Vec::new();
        for act in acts {
            line.act(&act);
            past.push((act, line.now));
        }
        let mut anew = Duties::default();
        line.entries.iter().for_each(|entry| anew.apply(entry));
        prop_assert_eq!(&anew, &line.duties, "as a hub reads it that starts without a snapshot");
        let model = Model { life, past: &past };
        let duty = line.duty();
        prop_assert_eq!(duty.was_overdue(), model.was_overdue());
        prop_assert_eq!(duty.due.0, model.due());
        prop_assert_eq!(&duty.debtors, &[debtor(model.debtor())]);
        match model.ending() {
            Some((at, how)) => {
                prop_assert_eq!(duty.standing(), Standing::Ended(how));
                prop_assert_eq!(duty.ended_by.map(|(_, at)| at.0), Some(past[at].1));
            }
            None => {
                prop_assert!(duty.is_open());
                prop_assert_eq!(duty.standing() == Standing::Paused, model.away_at(past.len()));
            }
        }
    }
}

#[test]
fn what_met_it_taken_back_is_owed_again_and_as_late_as_it_was() {
    for late in [false, true] {
        let mut line = Line::new(false);
        if late {
            line.act(&Act::Overdue);
        }
        line.act(&Act::Meet);
        let (proof, _) = line.duty().ended_by.expect("it was met");
        let taken_back = Retraction { target: proof, reason: RetractionReason::Mistake, text: String::new() };
        let entry = line.entry(taken_back.into(), Ruling::default());
        line.duties.apply(&entry);
        let expected = if late { Standing::Overdue } else { Standing::Open };
        assert_eq!((line.duty().standing(), line.duty().ended_by), (expected, None));
        assert!(line.duties.touched_by(&entry).iter().any(|duty| duty.is_open()), "its row is written anew");
    }
}
