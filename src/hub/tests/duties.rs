//! The life of duties on a running hub, with the clock moved by hand: each step at its moment and once, whatever is
//! killed, restarted or set back in between.

use std::collections::HashSet;
use std::time::Duration;

use jiff::civil::date;

use super::reader::Reader;
use super::world::{World, actor, doctor, eventually, helper, intent, nurse, secretariat};
use crate::domain::body::{
    Acknowledgement, Admission, Body, Death, DeviceChange, DeviceChangeType, DeviceSetting, Discharge,
    NursingInstruction, Retraction, RetractionReason, Visit,
};
use crate::domain::directory::Actor;
use crate::domain::duties::{Duty, Ended, Standing};
use crate::domain::duty::{Answer as Said, Capacity, CloseReason, DutyAnswer, DutyStep, StepDone};
use crate::domain::entry::{Entry, Intent, Sensitivity};
use crate::domain::ids::{EntryId, Seq, TimelineId};
use crate::domain::time::Timestamp;
use crate::hub::answer::{Accepted, Answer};
use crate::hub::published::Published;
use crate::hub::view::View;
use crate::store::check::check;
use crate::store::fault::Fault;
use crate::store::rebuild::rebuild;

const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(86_400);

impl World {
    /// Time passes, and the hub does what fell due.
    pub(super) async fn later(&self, by: Duration) {
        self.lasting.clock.advance(by);
        self.look().await;
    }

    async fn look(&self) {
        let looked = self.hub.look_at_what_is_due();
        tokio::time::timeout(Duration::from_secs(20), looked).await.expect("the clock answers").unwrap();
    }

    async fn entries(&self, timeline: TimelineId) -> Vec<Entry> {
        let page = self.journal.page(timeline, Seq::ZERO, 1_000, usize::MAX).await.unwrap();
        page.entries.into_iter().map(|stored| stored.entry).collect()
    }

    /// What the clock did about duties of this rule, in order, with the hours since `from`.
    async fn course(&self, timeline: TimelineId, rule: &str, from: Timestamp) -> Vec<String> {
        let steps = self.entries(timeline).await.into_iter().filter_map(|entry| match &entry.body {
            Body::DutyStep(step) if entry.ruling.cited[0].starts_with(&format!("{rule}@")) => {
                assert_eq!(entry.author, Actor::HUB);
                let hours = entry.recorded_at.since(from).as_secs() / 3_600;
                Some(format!("{hours} {}", in_words(step)))
            }
            _ => None,
        });
        steps.collect()
    }

    pub(super) async fn duties(&self, timeline: TimelineId) -> Vec<Duty> {
        self.hub.state_of(timeline).await.unwrap().duties.iter().cloned().collect()
    }

    async fn duty(&self, timeline: TimelineId, rule: &str) -> Duty {
        let mut duties = self.duties(timeline).await;
        duties.retain(|duty| duty.opened.rule.starts_with(&format!("{rule}@")));
        assert_eq!(duties.len(), 1, "{duties:?}");
        duties.remove(0)
    }

    /// A patient of the station and the clinic.
    async fn shared_patient(&self) -> TimelineId {
        let timeline = self.patient().await;
        self.link(timeline, doctor()).await;
        timeline
    }

    async fn ventilator(&self, timeline: TimelineId) -> Accepted {
        self.accepted(doctor(), self.intent(timeline, ventilator())).await
    }

    async fn acknowledge(&self, timeline: TimelineId, target: EntryId, by: Actor) {
        let body = Body::Acknowledgement(Acknowledgement { target, text: String::new() });
        self.accepted(by, self.intent(timeline, body)).await;
    }

    async fn answer(&self, by: Actor, duty: &Duty, timeline: TimelineId, said: Said) -> Result<Accepted, String> {
        let body = Body::DutyAnswer(Box::new(DutyAnswer {
            duty: duty.opened.id,
            answer: said,
            reason: "人手が足りない".into(),
        }));
        match self.post(by, self.intent(timeline, body)).await {
            Answer::Accepted(accepted) => Ok(accepted),
            Answer::Refused(refused) => Err(format!("{} {}", refused.code, refused.field.unwrap_or_default())),
            Answer::Queued(_) => Err("queued".into()),
        }
    }

    async fn is_whole(&self) {
        let report = check(&self.journal, None).await.unwrap();
        assert!(report.is_whole(), "{:?}", report.faults);
    }
}

fn in_words(step: &DutyStep) -> String {
    match &step.step {
        StepDone::Opened(_) => "opened".into(),
        StepDone::Reminded(number) => format!("reminded {number}"),
        StepDone::Overdue => "overdue".into(),
        StepDone::Escalated { level, told } => {
            let told: Vec<String> =
                told.iter().map(|one| format!("{} of {}", one.capacity, number(one.organisation))).collect();
            format!("escalated {level}: {}", told.join(", "))
        }
        StepDone::Closed(reason) => format!("closed {reason}"),
        StepDone::Met(_) => "met".into(),
        StepDone::Inherited { to, .. } => {
            let to: Vec<String> = to.iter().map(|one| number(one.organisation).to_string()).collect();
            format!("inherited by {}", to.join(", "))
        }
    }
}

fn number(organisation: crate::domain::ids::OrganisationId) -> u128 {
    organisation.0.as_u128() & 0xff
}

pub(super) fn ventilator() -> Body {
    let setting = DeviceSetting { name: "吸気圧".into(), value: "12".into(), unit: "cmH2O".into() };
    Body::DeviceChange(Box::new(DeviceChange {
        device: "人工呼吸器".into(),
        change: DeviceChangeType::Introduced,
        before: Vec::new(),
        after: vec![setting],
        reason: "呼吸不全".into(),
        emergency: false,
        on: None,
        contact_dates: Vec::new(),
        attachments: Vec::new(),
    }))
}

fn instruction() -> Body {
    Body::NursingInstruction(Box::new(NursingInstruction {
        from: date(2026, 4, 1),
        until: date(2026, 9, 30),
        diagnosis: "慢性呼吸不全".into(),
        condition: "安定".into(),
        instruction: "呼吸状態の観察".into(),
        life_guidance: "水分摂取".into(),
        outlook: "感染時は増悪に注意".into(),
        ..NursingInstruction::default()
    }))
}

fn visit() -> Body {
    Body::Visit(Box::new(Visit { text: "変わりなし".into(), ..Visit::default() }))
}

fn admission() -> Body {
    Body::Admission(Box::new(Admission {
        place: "市民病院".into(), reason: "肺炎".into(), ..Admission::default()
    }))
}

const AT_MANAGER: &str = "4 escalated 0: manager of 2";
const AT_SECRETARIAT: &str = "8 escalated 1: member of 1";

#[tokio::test]
async fn a_station_that_does_not_acknowledge_is_reminded_then_its_manager_and_the_secretariat_are_told() {
    let world = World::start().await;
    let patient = world.shared_patient().await;
    let cause = world.ventilator(patient).await;
    let since = cause.recorded_at;
    let opened: Vec<_> = cause.ruling.opened().iter().filter(|duty| duty.rule.starts_with("ND-M1@")).collect();
    assert_eq!(opened.len(), 1);
    assert_eq!(opened[0].due, since.saturating_add(4 * HOUR));

    world.later(2 * HOUR - Duration::from_secs(1)).await;
    assert!(world.course(patient, "ND-M1", since).await.is_empty());
    world.later(Duration::from_secs(1)).await;
    assert_eq!(world.course(patient, "ND-M1", since).await, ["2 reminded 0"]);
    // Killed and started again: what was done is not done again, what is to come comes.
    let world = World::open(world.kill()).await;
    world.later(2 * HOUR - Duration::from_secs(1)).await;
    assert_eq!(world.course(patient, "ND-M1", since).await, ["2 reminded 0"]);
    world.later(Duration::from_secs(1)).await;
    assert_eq!(world.course(patient, "ND-M1", since).await, ["2 reminded 0", "4 overdue", AT_MANAGER]);
    let world = World::open(world.stop().await).await;
    world.later(4 * HOUR).await;
    let all = ["2 reminded 0", "4 overdue", AT_MANAGER, AT_SECRETARIAT];
    assert_eq!(world.course(patient, "ND-M1", since).await, all);
    // The chain ends there, however long nobody answers.
    world.later(5 * DAY).await;
    assert_eq!(world.course(patient, "ND-M1", since).await, all);

    // Done late is done, and was late.
    world.acknowledge(patient, cause.id, nurse()).await;
    let duty = world.duty(patient, "ND-M1").await;
    assert_eq!((duty.standing(), duty.was_overdue()), (Standing::Ended(Ended::Met), true));
    assert_eq!(duty.overdue_at, Some(since.saturating_add(4 * HOUR)));
    world.is_whole().await;
    world.stop().await;
}

#[tokio::test]
async fn what_is_acknowledged_in_time_is_never_mentioned_again() {
    let world = World::start().await;
    let patient = world.shared_patient().await;
    let cause = world.ventilator(patient).await;
    world.later(HOUR).await;
    world.acknowledge(patient, cause.id, nurse()).await;
    world.later(20 * HOUR).await;
    assert!(world.course(patient, "ND-M1", cause.recorded_at).await.is_empty());
    let duty = world.duty(patient, "ND-M1").await;
    assert_eq!((duty.standing(), duty.was_overdue()), (Standing::Ended(Ended::Met), false));
    world.is_whole().await;
    world.stop().await;
}

#[tokio::test]
async fn a_hub_that_was_down_over_several_due_times_makes_up_for_them_at_once_and_in_order() {
    let world = World::start().await;
    let patient = world.shared_patient().await;
    let cause = world.ventilator(patient).await;
    let lasting = world.stop().await;
    lasting.clock.advance(9 * HOUR);
    let world = World::open(lasting).await;
    world.look().await;
    // Nobody is reminded of what is overdue already.
    let expected = ["9 overdue", "9 escalated 0: manager of 2", "9 escalated 1: member of 1"];
    assert_eq!(world.course(patient, "ND-M1", cause.recorded_at).await, expected);
    world.later(9 * HOUR).await;
    assert_eq!(world.course(patient, "ND-M1", cause.recorded_at).await, expected);
    world.is_whole().await;
    world.stop().await;
}

#[tokio::test]
async fn a_clock_that_is_set_back_fires_nothing_early_and_nothing_twice() {
    let world = World::start().await;
    let patient = world.shared_patient().await;
    let cause = world.ventilator(patient).await;
    world.later(2 * HOUR).await;
    world.lasting.clock.step_back(3 * HOUR);
    world.look().await;
    world.later(2 * HOUR).await;
    assert_eq!(world.course(patient, "ND-M1", cause.recorded_at).await, ["2 reminded 0"]);
    // Recorded time stood still for three hours.
    let world = World::open(world.stop().await).await;
    world.later(3 * HOUR).await;
    assert_eq!(world.course(patient, "ND-M1", cause.recorded_at).await, ["2 reminded 0", "4 overdue", AT_MANAGER]);
    let entries = world.entries(patient).await;
    assert!(entries.windows(2).all(|pair| pair[0].recorded_at <= pair[1].recorded_at));
    world.stop().await;
}

#[tokio::test]
async fn a_clock_that_jumps_ahead_fires_nothing_until_an_operator_says_go_on() {
    let world = World::start().await;
    let patient = world.shared_patient().await;
    let cause = world.ventilator(patient).await;
    world.look().await;
    world.lasting.clock.jump(30 * DAY);
    world.look().await;
    assert!(world.hub.duty_clock_stopped().is_some());
    assert!(world.course(patient, "ND-M1", cause.recorded_at).await.is_empty());
    // Neither time that passes nor a restart makes the time right. Posts are taken all the same.
    world.later(HOUR).await;
    world.accepted(nurse(), world.intent(patient, visit())).await;
    let world = World::open(world.stop().await).await;
    world.look().await;
    assert!(world.hub.duty_clock_stopped().is_some());
    assert!(world.course(patient, "ND-M1", cause.recorded_at).await.is_empty());

    assert!(world.hub.let_duty_clock_go_on().await.unwrap());
    world.look().await;
    assert_eq!(world.hub.duty_clock_stopped(), None);
    assert_eq!(world.course(patient, "ND-M1", cause.recorded_at).await.len(), 3);
    assert!(!world.hub.let_duty_clock_go_on().await.unwrap());
    let world = World::open(world.stop().await).await;
    world.look().await;
    assert_eq!(world.hub.duty_clock_stopped(), None);
    world.stop().await;
}

#[tokio::test]
async fn two_hubs_that_both_look_fire_each_step_once() {
    let world = World::start().await;
    let patient = world.shared_patient().await;
    let cause = world.ventilator(patient).await;
    let (other, tasks) = world.lasting.start_hub(&world.journal).await;
    for _ in 0..3 {
        world.lasting.clock.advance(4 * HOUR);
        let (one, two) = tokio::join!(world.hub.look_at_what_is_due(), other.look_at_what_is_due());
        one.unwrap();
        two.unwrap();
    }
    drop(other);
    tasks.finish().await;
    // The second hub may have been late for a moment that the first had seen to.
    world.later(DAY).await;
    let course = world.course(patient, "ND-M1", cause.recorded_at).await;
    assert_eq!(course, ["4 overdue", AT_MANAGER, AT_SECRETARIAT]);
    world.is_whole().await;
    world.stop().await;
}

#[tokio::test]
async fn a_firing_whose_commit_was_never_answered_is_told_and_is_there_once() {
    let world = World::start().await;
    let patient = world.shared_patient().await;
    world.ventilator(patient).await;
    let mut reader = Reader::new(2);
    reader.follow(&world, patient).await;
    eventually("the reader is live", async || {
        reader.read(&world).await;
        reader.is_live() && !reader.shown.is_empty()
    })
    .await;
    for fault in [Fault::UnknownStored, Fault::UnknownLost, Fault::Moved, Fault::Unavailable] {
        world.faults().next([fault]);
        world.later(2 * HOUR).await;
    }
    // What the journal did not take is tried again a little later.
    world.later(HOUR).await;
    let entries = world.entries(patient).await;
    let names: Vec<String> = entries
        .iter()
        .filter_map(|entry| match &entry.body {
            Body::DutyStep(step) => Some(step.name()),
            _ => None,
        })
        .collect();
    assert_eq!(names.iter().collect::<HashSet<_>>().len(), names.len(), "{names:?}");
    assert_eq!(names.len(), 4, "{names:?}");
    let last = entries.last().map(|entry| (entry.seq, entry.id));
    eventually("the reader has seen them all", async || {
        reader.read(&world).await;
        reader.shown[&patient].last().copied() == last
    })
    .await;
    world.is_whole().await;
    world.stop().await;
}

#[tokio::test]
async fn standing_duties_are_quiet_while_all_is_well_rest_in_hospital_and_end_with_a_death() {
    let world = World::start().await;
    let patient = world.shared_patient().await;
    let begun = world.accepted(doctor(), world.intent(patient, instruction())).await.recorded_at;
    // The doctor's visits are shared in time.
    for _ in 0..3 {
        for _ in 0..20 {
            world.later(DAY).await;
        }
        world.accepted(doctor(), world.intent(patient, visit())).await;
    }
    assert!(world.course(patient, "ND-S4", begun).await.is_empty());
    // The station's report is not renewed: asked for since the instruction, due after thirty days.
    assert_eq!(world.course(patient, "DN-S3", begun).await, ["720 opened", "720 overdue"]);

    // Ten days before the doctor's next is due, the patient goes to hospital for thirty.
    world.later(20 * DAY).await;
    world.accepted(nurse(), world.intent(patient, admission())).await;
    world.later(30 * DAY).await;
    assert!(world.course(patient, "ND-S4", begun).await.is_empty());
    assert_eq!(world.duty(patient, "DN-S3").await.standing(), Standing::Paused);
    let home = Body::Discharge(Box::new(Discharge { destination: "自宅".into(), ..Discharge::default() }));
    let discharged = world.accepted(nurse(), world.intent(patient, home)).await.recorded_at;
    world.later(10 * DAY - HOUR).await;
    assert!(world.course(patient, "ND-S4", discharged).await.is_empty());
    world.later(HOUR).await;
    assert_eq!(world.course(patient, "ND-S4", discharged).await, ["240 opened", "240 overdue"]);
    assert_eq!(world.duty(patient, "DN-S3").await.standing(), Standing::Overdue);

    let died = Body::Death(Death { place: "自宅".into(), ..Death::default() });
    world.accepted(doctor(), world.intent(patient, died)).await;
    let head = world.entries(patient).await.len();
    for duty in world.duties(patient).await.into_iter().filter(|duty| duty.opened.standing) {
        assert_eq!(duty.standing(), Standing::Ended(Ended::Closed(CloseReason::Death)), "{duty:?}");
    }
    // No reminder reaches the bereaved, or the team; only the page is still to be closed.
    world.later(400 * DAY).await;
    for entry in &world.entries(patient).await[head..] {
        assert!(entry.ruling.cited[0].starts_with("OP-6c@"), "{entry:?}");
    }
    world.is_whole().await;
    world.stop().await;
}

#[tokio::test]
async fn a_standing_duty_is_met_by_the_record_and_asked_for_again_after_the_next_period() {
    let world = World::start().await;
    let patient = world.shared_patient().await;
    world.accepted(doctor(), world.intent(patient, instruction())).await;
    world.later(31 * DAY).await;
    let first = world.duty(patient, "ND-S4").await;
    assert_eq!((first.standing(), first.cause), (Standing::Overdue, None));
    let met = world.accepted(doctor(), world.intent(patient, visit())).await;
    assert!(met.ruling.met().contains(&first.opened.id));
    world.later(30 * DAY - HOUR).await;
    assert_eq!(world.duty(patient, "ND-S4").await.standing(), Standing::Ended(Ended::Met));
    world.later(HOUR).await;
    let again: Vec<Duty> =
        world.duties(patient).await.into_iter().filter(|duty| duty.opened.rule.starts_with("ND-S4@")).collect();
    assert_eq!(again.len(), 2);
    assert!(again.iter().any(|duty| duty.opened.due == met.recorded_at.saturating_add(30 * DAY)));
    // Nobody asks any more once the doctor has left.
    let unlink =
        crate::domain::team::TeamUnlink {
            organisation: doctor().organisation, people: vec![], reason: "終了".into()
        };
    world.accepted(secretariat(), world.intent(patient, Body::TeamUnlink(unlink))).await;
    world.look().await;
    let course = world.course(patient, "ND-S4", met.recorded_at).await;
    assert_eq!(course.last().map(String::as_str), Some("720 closed no_longer_asked"));
    world.is_whole().await;
    world.stop().await;
}

#[tokio::test]
async fn people_answer_duties_as_was_agreed_and_nobody_else_does() {
    let world = World::start().await;
    let patient = world.shared_patient().await;
    world.ventilator(patient).await;
    let duty = world.duty(patient, "ND-M1").await;
    let said = |said| world.answer(nurse(), &duty, patient, said);
    assert_eq!(said(Said::Declined).await, Err("not_agreed body.duty_answer.answer".into()));
    let later = duty.due.saturating_add(HOUR);
    assert_eq!(said(Said::Snoozed(later)).await, Err("not_agreed body.duty_answer.answer".into()));
    let unknown = Duty {
        opened: crate::domain::duty::OpenedDuty {
            id: crate::domain::duty::DutyId(uuid::Uuid::from_u128(7)),
            ..duty.opened.clone()
        },
        ..duty.clone()
    };
    let answer = world.answer(nurse(), &unknown, patient, Said::Declined).await;
    assert_eq!(answer, Err("not_found body.duty_answer.duty".into()));

    // Another station takes it over once it is on the team; the doctor, who owes nothing, hands nothing over.
    let mut heir = duty.debtors[0];
    heir.organisation = actor(4).organisation;
    let hand_over = |by: Actor| world.answer(by, &duty, patient, Said::HandedOver(vec![heir]));
    assert_eq!(hand_over(doctor()).await, Err("not_yours body.duty_answer.handed_over".into()));
    assert_eq!(hand_over(nurse()).await, Err("not_linked body.duty_answer.handed_over.to[0].organisation".into()));
    world.link(patient, actor(4)).await;
    hand_over(nurse()).await.unwrap();
    assert_eq!(hand_over(nurse()).await, Err("not_yours body.duty_answer.handed_over".into()));
    world.later(4 * HOUR).await;
    let course = world.course(patient, "ND-M1", duty.opened_at).await;
    assert_eq!(course, ["4 overdue", "4 escalated 0: manager of 4"]);

    // Steps come from the hub alone.
    let step = DutyStep { duty: duty.opened.id, round: 0, step: StepDone::Overdue };
    match world.post(nurse(), world.intent(patient, Body::DutyStep(Box::new(step)))).await {
        Answer::Refused(refused) => assert_eq!(refused.code, "written_by_the_hub"),
        other => panic!("{other:?}"),
    }
    world.is_whole().await;
    world.stop().await;
}

#[tokio::test]
async fn more_time_is_given_within_a_bound_and_moves_the_due_time() {
    let world = World::start().await;
    let patient = world.shared_patient().await;
    world.accepted(doctor(), world.intent(patient, instruction())).await;
    world.later(30 * DAY).await;
    let duty = world.duty(patient, "ND-S4").await;
    let now = world.lasting.clock.wall();
    let snooze = |by: Actor, until: Timestamp| world.answer(by, &duty, patient, Said::Snoozed(until));
    let out_of_range = Err("out_of_range body.duty_answer.snoozed_until_us".to_owned());
    assert_eq!(snooze(doctor(), now).await, out_of_range);
    assert_eq!(snooze(doctor(), now.saturating_add(31 * DAY)).await, out_of_range);
    let week = now.saturating_add(7 * DAY);
    assert_eq!(snooze(nurse(), week).await, Err("not_yours body.duty_answer.snoozed_until_us".into()));
    snooze(doctor(), week).await.unwrap();
    assert_eq!(world.duty(patient, "ND-S4").await.standing(), Standing::Snoozed);
    world.later(7 * DAY - HOUR).await;
    assert_eq!(world.course(patient, "ND-S4", now).await, ["0 opened", "0 overdue"]);
    world.later(HOUR).await;
    assert_eq!(world.course(patient, "ND-S4", now).await, ["0 opened", "0 overdue", "168 overdue"]);
    world.is_whole().await;
    world.stop().await;
}

#[tokio::test]
async fn nobody_learns_from_the_course_of_a_duty_what_they_may_not_see() {
    let world = World::start().await;
    let patient = world.shared_patient().await;
    world.link(patient, helper()).await;
    let restricted = Intent { sensitivity: Sensitivity::Restricted, ..world.intent(patient, ventilator()) };
    let cause = world.accepted(doctor(), restricted).await;
    world.later(4 * HOUR).await;
    let shown = async |by: Actor| {
        let state = world.hub.state_of(patient).await.unwrap();
        let view = View::of(&state, &world.hub.region().rulebook(), &by, world.hub.region().now()).unwrap();
        let page = world.journal.page(patient, Seq::ZERO, 1_000, usize::MAX).await.unwrap();
        let steps = page.entries.into_iter().map(Published::of_stored).filter(|entry| entry.course.is_some());
        let steps = steps.filter(|entry| view.shows(entry)).count();
        let duty = state.duties.iter().find(|duty| duty.cause == Some(cause.id)).expect("the duty");
        (steps, view.shows_duty(duty), view.shows_cause_of(duty))
    };
    assert_eq!(shown(nurse()).await, (2, true, true));
    assert_eq!(shown(doctor()).await, (2, true, true));
    assert_eq!(shown(helper()).await, (0, false, false), "the cause is for the clinical professions");
    assert_eq!(shown(secretariat()).await, (2, true, false), "how it stands, not what it is about");
    assert_eq!(
        world.answer(helper(), &world.duty(patient, "ND-M1").await, patient, Said::Declined).await,
        Err("not_found body.duty_answer.duty".into())
    );

    // On the wrong patient: everything about it goes with it.
    let wrong = Retraction { target: cause.id, reason: RetractionReason::WrongPatient, text: String::new() };
    world.accepted(doctor(), world.intent(patient, Body::Retraction(wrong))).await;
    assert_eq!(shown(nurse()).await, (0, false, false));
    assert_eq!(shown(secretariat()).await, (0, false, false));
    world.stop().await;
}

#[tokio::test]
async fn a_rebuild_gives_the_same_duties_and_the_clock_looks_at_everything() {
    let world = World::start().await;
    let patient = world.shared_patient().await;
    let cause = world.ventilator(patient).await;
    world.later(3 * HOUR).await;
    let lasting = world.stop().await;
    let world = World::open(lasting).await;
    rebuild(&world.journal).await.unwrap();
    world.is_whole().await;
    world.look().await;
    world.later(HOUR).await;
    let course = world.course(patient, "ND-M1", cause.recorded_at).await;
    assert_eq!(course, ["3 reminded 0", "4 overdue", AT_MANAGER]);
    world.is_whole().await;
    // A row that says too late is found.
    let late: Result<(), crate::store::StoreError> =
        world.journal.write(move |tx| Box::pin(async move { tx.damage_duties(patient).await })).await;
    late.unwrap();
    assert!(!check(&world.journal, None).await.unwrap().is_whole());
    world.stop().await;
}

#[tokio::test]
async fn who_is_told_is_an_office_in_a_capacity_and_a_step_cites_its_rule() {
    let world = World::start().await;
    let patient = world.shared_patient().await;
    let cause = world.ventilator(patient).await;
    world.later(4 * HOUR).await;
    let entries = world.entries(patient).await;
    let escalated = entries.iter().find_map(|entry| match &entry.body {
        Body::DutyStep(step) => match &step.step {
            StepDone::Escalated { told, .. } => Some((entry, told)),
            _ => None,
        },
        _ => None,
    });
    let (entry, told) = escalated.expect("the manager was told");
    assert_eq!((told[0].organisation, told[0].capacity), (nurse().organisation, Capacity::Manager));
    assert_eq!(entry.target_scope.as_ref().map(|scope| scope.seq), Some(cause.seq));
    assert_eq!(entry.ruling.cited, [world.duty(patient, "ND-M1").await.opened.rule]);
    assert_eq!(entry.id.0.get_version_num(), 8, "an id that no client could choose");
    // A client that guesses it is refused all the same: its ids are version 7.
    let guessed = intent(entry.id, patient, visit());
    assert!(matches!(world.post(nurse(), guessed).await, Answer::Refused(refused) if refused.code == "conflict"));
    world.stop().await;
}
