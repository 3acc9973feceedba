//! The duty clock's plan against the ledger: however time passes and whatever people do in between, each step comes at its
//! time, in order, once.

use std::collections::HashSet;
use std::time::Duration;

use proptest::prelude::*;
use uuid::Uuid;

use crate::codec::{decode_duty, encode_duty};
use crate::domain::body::{Body, Note};
use crate::domain::directory::Actor;
use crate::domain::duties::{Duties, Duty, Standing};
use crate::domain::duty::{Answer, Capacity, Debtor, DutyAnswer, DutyId, DutyStep, OpenedDuty, RoleSet, StepDone};
use crate::domain::entry::{Entry, Sensitivity};
use crate::domain::ids::{EntryId, OrganisationId, Seq, TimelineId};
use crate::domain::role::{OrganisationType, Role};
use crate::domain::ruling::{Consequences, Ruling};
use crate::domain::terms::{ChainStep, Clock, OnAdmission, OnDeath, Relation, Terms, Timing, Told};
use crate::domain::time::Timestamp;
use crate::rulebook::calendar::Calendar;
use crate::rulebook::due::{next_step, steps_due};

const START: Timestamp = Timestamp::from_secs(1_775_003_400);
const HOUR_S: i64 = 3_600;

fn debtor(organisation: u128) -> Debtor {
    Debtor {
        organisation: OrganisationId(Uuid::from_u128(organisation)),
        organisation_type: OrganisationType::NursingStation,
        roles: RoleSet::of(&[Role::Nurse]),
        capacity: Capacity::Member,
        person: None,
    }
}

fn opened(standing: bool, reminders: &[i64], chain: &[i64], clock: Clock) -> OpenedDuty {
    let timing = |hours: &i64| Timing { seconds: hours * HOUR_S, clock };
    let told = Told { roles: RoleSet::of(&[Role::Nurse]), capacity: Capacity::Manager, relation: Relation::Debtor };
    let within = Timing { seconds: 8 * HOUR_S, clock };
    let calendar = Calendar::japan_with_placeholders();
    OpenedDuty {
        id: DutyId(Uuid::from_u128(1)),
        rule: "X-1@test/1#ab".into(),
        debtors: vec![debtor(1)],
        due: calendar.due_at(START, within.seconds, clock, OrganisationType::NursingStation),
        confirmed: true,
        standing,
        terms: Terms {
            acknowledge: true,
            kinds: Vec::new(),
            answers: false,
            same: None,
            within,
            remind: reminders.iter().map(timing).collect(),
            escalate: chain.iter().map(|hours| ChainStep { told, after: timing(hours) }).collect(),
            ways_out: Vec::new(),
            on_admission: if standing { OnAdmission::Pauses } else { OnAdmission::GoesOn },
            on_death: OnDeath::Closes,
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

/// A timeline with one duty, and a hub that looks at it now and then.
struct Line {
    calendar: Calendar,
    duties: Duties,
    now: Timestamp,
    seq: u64,
    fired: Vec<(DutyStep, Timestamp)>,
}

impl Line {
    fn new(opened: OpenedDuty) -> Self {
        let calendar = Calendar::japan_with_placeholders();
        let mut line = Self { calendar, duties: Duties::default(), now: START, seq: 0, fired: Vec::new() };
        if opened.standing {
            let step = DutyStep { duty: opened.id, round: 0, step: StepDone::Opened(opened) };
            line.write(Body::DutyStep(Box::new(step)), Ruling::default());
        } else {
            let of = Consequences { opened: vec![opened], ..Consequences::default() };
            line.write(Note::default().into(), Ruling { consequences: of.kept(), ..Ruling::default() });
        }
        line
    }

    fn write(&mut self, body: Body, ruling: Ruling) {
        self.seq += 1;
        self.duties.apply(&Entry {
            id: EntryId(Uuid::from_u128(self.seq.into())),
            timeline: TimelineId(Uuid::from_u128(9)),
            seq: Seq(self.seq),
            device: None,
            author: Actor::HUB,
            observed_at: None,
            recorded_at: self.now,
            sensitivity: Sensitivity::Normal,
            addressed_to: Vec::new(),
            body,
            alarms: Vec::new(),
            target_scope: None,
            on_behalf: None,
            ruling,
        });
    }

    fn duty(&self) -> &Duty {
        self.duties.find(DutyId(Uuid::from_u128(1))).unwrap()
    }

    fn answer(&mut self, answer: Answer) {
        let duty = self.duty().opened.id;
        self.write(Body::DutyAnswer(Box::new(DutyAnswer { duty, answer, reason: "理由".into() })), Ruling::default());
    }

    fn pass(&mut self, minutes: u64) {
        self.now = self.now.saturating_add(Duration::from_secs(minutes * 60));
    }

    /// The hub looks: what is due is written.
    fn look(&mut self) {
        for step in steps_due(self.duty(), &self.calendar, self.now) {
            self.check(&step);
            self.fired.push((step.clone(), self.now));
            self.write(Body::DutyStep(Box::new(step)), Ruling::default());
        }
        assert_eq!(steps_due(self.duty(), &self.calendar, self.now), [], "a second look finds nothing");
        if let Some(next) = next_step(self.duty(), &self.calendar) {
            assert!(next > self.now, "what was due is done");
        }
    }

    /// A step about to be written, against where the duty stands.
    fn check(&self, step: &DutyStep) {
        let duty = self.duty();
        assert!(duty.runs() && step.round == duty.round);
        let due_at = |timing: Timing| {
            self.calendar.due_at(duty.due, timing.seconds, timing.clock, OrganisationType::NursingStation)
        };
        match (&step.step, duty.standing()) {
            (StepDone::Reminded(number), Standing::Open) => assert!(*number >= duty.reminded && self.now < duty.due),
            (StepDone::Overdue, Standing::Open | Standing::Snoozed) => assert!(self.now >= duty.due),
            (StepDone::Escalated { level, told }, Standing::Overdue | Standing::Escalated(_)) => {
                let before = match duty.standing() {
                    Standing::Escalated(before) => before,
                    _ => 0,
                };
                assert_eq!(*level, before, "no step of the chain is passed over");
                let after = duty.opened.terms.escalate[*level as usize].after;
                assert!(self.now >= if after.seconds == 0 { duty.due } else { due_at(after) });
                let heir = Debtor { capacity: Capacity::Manager, ..duty.debtors[0] };
                assert_eq!(told, &[heir], "whoever owes it now answers to their own manager");
            }
            (step, standing) => panic!("{step:?} while {standing:?}"),
        }
    }

    /// Another process goes on with what the journal kept.
    fn restart(&mut self) {
        let kept = decode_duty(&encode_duty(self.duty())).unwrap();
        assert_eq!(&kept, self.duty());
    }
}

#[derive(Clone, Debug)]
enum Act {
    Pass(u64),
    Look,
    Snooze(i64),
    HandOver,
    CannotGo,
    Admit,
    Discharge,
    Restart,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        6 => (0u64..900).prop_map(Act::Pass),
        6 => Just(Act::Look),
        1 => (1i64..100).prop_map(Act::Snooze),
        1 => Just(Act::HandOver),
        1 => Just(Act::CannotGo),
        1 => Just(Act::Admit),
        1 => Just(Act::Discharge),
        1 => Just(Act::Restart),
    ]
}

proptest! {
    #[test]
    fn every_step_comes_at_its_time_in_order_and_once(
        standing in any::<bool>(),
        business in any::<bool>(),
        reminders in proptest::collection::btree_set(1i64..8, 0..3),
        chain in proptest::collection::vec(0i64..30, 0..3),
        acts in proptest::collection::vec(act(), 0..40),
    ) {
        let clock = if business { Clock::Business } else { Clock::Calendar };
        let reminders: Vec<i64> = reminders.into_iter().collect();
        let mut line = Line::new(opened(standing, &reminders, &chain, clock));
        for act in acts {
            match act {
                Act::Pass(minutes) => line.pass(minutes),
                Act::Look => line.look(),
                Act::Snooze(hours) => {
                    let until = Timestamp(line.now.0 + hours * HOUR_S * 1_000_000);
                    line.answer(Answer::Snoozed(until));
                }
                Act::HandOver => line.answer(Answer::HandedOver(vec![debtor(2)])),
                Act::CannotGo => line.answer(Answer::CannotGo),
                Act::Admit => line.write(Body::Admission(Box::default()), Ruling::default()),
                Act::Discharge => line.write(Body::Discharge(Box::default()), Ruling::default()),
                Act::Restart => line.restart(),
            }
        }
        // In the end, at home and with nobody acting, the whole chain is told.
        line.write(Body::Discharge(Box::default()), Ruling::default());
        for _ in 0..20 {
            line.pass(24 * 60 * 7);
            line.look();
        }
        let expected = if chain.is_empty() { Standing::Overdue } else { Standing::Escalated(chain.len() as u32) };
        prop_assert_eq!(line.duty().standing(), expected);
        prop_assert_eq!(next_step(line.duty(), &line.calendar), None);
        let names: HashSet<String> = line.fired.iter().map(|(step, _)| step.name()).collect();
        prop_assert_eq!(names.len(), line.fired.len(), "a step came twice");
    }
}

#[test]
fn who_looks_often_and_who_looks_late_tell_the_same_people() {
    let seen = |minutes: u64| {
        let mut line = Line::new(opened(false, &[2, 6], &[0, 4], Clock::Calendar));
        for _ in 0..(24 * 60 / minutes) {
            line.pass(minutes);
            line.look();
        }
        let told = line.fired.iter().filter(|(step, _)| !matches!(step.step, StepDone::Reminded(_)));
        told.map(|(step, _)| step.name()).collect::<Vec<_>>()
    };
    assert_eq!(seen(1), seen(24 * 60));
    assert_eq!(seen(1).len(), 3);
}

#[test]
fn of_several_reminders_missed_one_is_enough_and_none_comes_after_the_due_time() {
    let mut line = Line::new(opened(false, &[2, 6], &[], Clock::Calendar));
    line.pass(7 * 60);
    line.look();
    let steps: Vec<&StepDone> = line.fired.iter().map(|(step, _)| &step.step).collect();
    assert_eq!(steps, [&StepDone::Reminded(1)]);
    let mut line = Line::new(opened(false, &[2, 6], &[], Clock::Calendar));
    line.pass(8 * 60);
    line.look();
    let steps: Vec<&StepDone> = line.fired.iter().map(|(step, _)| &step.step).collect();
    assert_eq!(steps, [&StepDone::Overdue]);
}

#[test]
fn a_reminder_keeps_its_distance_when_the_due_time_moves_and_is_dropped_when_more_time_was_asked_for() {
    let mut line = Line::new(opened(true, &[0, 6], &[], Clock::Calendar));
    line.write(Body::Admission(Box::default()), Ruling::default());
    line.pass(100 * 60);
    line.write(Body::Discharge(Box::default()), Ruling::default());
    line.pass(6 * 60 - 1);
    line.look();
    assert!(line.fired.is_empty());
    line.pass(1);
    line.look();
    assert_eq!(line.fired.len(), 1, "two hours before the moved due time");
    line.answer(Answer::Snoozed(line.now.saturating_add(Duration::from_secs(30 * 3_600))));
    line.pass(29 * 60);
    line.look();
    assert_eq!(line.fired.len(), 1);
    line.pass(60);
    line.look();
    assert_eq!(line.fired.last().map(|(step, _)| &step.step), Some(&StepDone::Overdue));
}
