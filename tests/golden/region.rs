//! What the people of a small region post over eleven weeks: told to a hub that decides it (`rulings.rs`). One patient with
//! the usual team, and the timelines of the offices.

use std::time::Duration;

use jiff::civil::date;
use renkei::domain::attachment::{Attachment, ContentHash, MediaType};
use renkei::domain::body::{
    Acknowledgement, Body, CallTo, ContactWindow, DeviceChangeType, EmergencyAccess, Export, Incident, Infection,
    JointVisit, MeetingState, Order, OrderType, Pledge, PledgeBy, Retraction, RetractionReason, Roster, Shift,
    StatusChange, VerbalOrderReceived,
};
use renkei::domain::directory::Actor;
use renkei::domain::duty::{Answer, DutyAnswer, DutyId};
use renkei::domain::entry::{Intent, Sensitivity, WrittenReason};
use renkei::domain::ids::{EntryId, OrganisationId, PersonId, TimelineId};
use renkei::domain::patient::{HumanName, Registration, Sex};
use renkei::domain::role::{OrganisationType, Role};
use renkei::domain::team::{ConsentChange, ConsentGiver, ConsentState, History, TeamLink};
use renkei::domain::time::Timestamp;
use renkei::domain::unit::Unit;
use renkei::domain::vital::{Measurement, Vital, VitalSign};
use renkei::domain::withheld::WithheldSet;
use renkei::rulebook::Rulebook;
use renkei::vault::digest;

use super::care::number;
use crate::etiquette::bodies;

/// 09:00 on 1 April 2026 in Japan.
pub const START: Timestamp = Timestamp::from_secs(1_775_001_600);
/// The last look of the clock: 15 June.
pub const END: Timestamp = Timestamp::from_secs(1_775_001_600 + 75 * 86_400);

pub const PATIENT: TimelineId = TimelineId(number(0x9001));
/// The scan of a paper.
pub const PAPER: &str = "点滴指示書：生食 500 mL を 2 時間で";

/// Who is there: one person a place, and the number of both.
pub const PLACES: [(u128, Role, OrganisationType); 8] = [
    (0x901, Role::Secretariat, OrganisationType::Secretariat),
    (0x902, Role::Doctor, OrganisationType::Clinic),
    (0x903, Role::Nurse, OrganisationType::NursingStation),
    (0x904, Role::Pharmacist, OrganisationType::Pharmacy),
    (0x905, Role::CareManager, OrganisationType::CareOffice),
    (0x906, Role::Helper, OrganisationType::HomeHelp),
    (0x907, Role::Doctor, OrganisationType::Hospital),
    (0x908, Role::Nurse, OrganisationType::NursingStation),
];

const OFFICE: Actor = place(0);
const DOCTOR: Actor = place(1);
const NURSE: Actor = place(2);
const PHARMACIST: Actor = place(3);
const CARE_MANAGER: Actor = place(4);
const HELPER: Actor = place(5);
const HOSPITAL: Actor = place(6);
/// Of a station that serves somebody else.
const FAR_NURSE: Actor = place(7);

pub const fn place(at: usize) -> Actor {
    let (own, role, organisation_type) = PLACES[at];
    Actor { person: PersonId(number(own << 16)), role, organisation: OrganisationId(number(own)), organisation_type }
}

/// Somebody posts something at a moment.
pub struct Post {
    pub at: Timestamp,
    pub who: Actor,
    pub intent: Intent,
}

struct Telling {
    now: Timestamp,
    posts: Vec<Post>,
}

impl Telling {
    /// To this day after the first, and this hour in Japan.
    fn on(&mut self, day: i64, hour: i64) {
        let midnight = START.as_micros() / 1_000_000 - 9 * 3_600;
        let next = Timestamp::from_secs(midnight + day * 86_400 + hour * 3_600);
        assert!(self.now <= next, "time goes on");
        self.now = next;
    }

    fn post(&mut self, who: Actor, body: impl Into<Body>) -> EntryId {
        self.post_with(who, PATIENT, body.into(), &[])
    }

    fn post_on(&mut self, who: Actor, office: Actor, body: impl Into<Body>) -> EntryId {
        self.post_with(who, TimelineId(office.organisation.0), body.into(), &[])
    }

    fn post_with(&mut self, who: Actor, timeline: TimelineId, body: Body, reasons: &[&str]) -> EntryId {
        let id = EntryId(number(0x9_0000 + self.posts.len() as u128));
        let reason = |rule: &&str| WrittenReason {
            rule: (*rule).to_owned(),
            text: "往診先で紙がありません".to_owned(),
        };
        let intent = Intent {
            id,
            timeline,
            observed_at: None,
            sensitivity: Sensitivity::Normal,
            addressed_to: Vec::new(),
            body,
            reasons: reasons.iter().map(reason).collect(),
            on_behalf_of: None,
        };
        self.posts.push(Post { at: self.now, who, intent });
        id
    }

    fn acknowledge(&mut self, who: Actor, target: EntryId) {
        self.post(who, Body::Acknowledgement(Acknowledgement { target, text: String::new() }));
    }

    fn answer(&mut self, who: Actor, duty: DutyId, answer: Answer) {
        self.post(
            who,
            Body::DutyAnswer(Box::new(DutyAnswer { duty, answer, reason: "別の訪問の最中です".to_owned() })),
        );
    }
}

/// All of it, in order. Pledges cite the rulebook.
pub fn posts(book: &Rulebook) -> Vec<Post> {
    let mut told = Telling { now: START, posts: Vec::new() };
    team(&mut told);
    offices(&mut told, book);
    orders(&mut told);
    devices_and_results(&mut told);
    changes(&mut told);
    talk(&mut told);
    away_and_back(&mut told);
    told.posts
}

fn team(told: &mut Telling) {
    let document = "申込書綴り 1".to_owned();
    told.post(
        OFFICE,
        Body::Registration(Box::new(Registration {
            name: HumanName { kanji: "高橋 ハル".to_owned(), kana: "タカハシ ハル".to_owned() },
            birth_date: date(1938, 4, 12),
            sex: Sex::Female,
            identifiers: Vec::new(),
            in_facility: false,
            for_training: false,
            document: document.clone(),
            agreed_by: Some(DOCTOR.person),
            agreed_on_paper: String::new(),
            attachments: Vec::new(),
        })),
    );
    told.post(
        OFFICE,
        Body::Consent(ConsentChange {
            state: ConsentState::Team,
            given_by: ConsentGiver::Patient,
            given_on: date(2026, 4, 1),
            document,
            one_doctor_wished: false,
            form_version: String::new(),
            withheld: WithheldSet::NONE,
            attachments: Vec::new(),
        }),
    );
    for (at, who) in [DOCTOR, NURSE, PHARMACIST, CARE_MANAGER, HELPER].into_iter().enumerate() {
        let (organisation, people, host) = (who.organisation, Vec::new(), at == 0);
        let link = TeamLink { organisation, people, host, history: History::All, relation_confirmed: true };
        told.post(OFFICE, Body::TeamLink(link));
    }
}

fn offices(told: &mut Telling, book: &Rulebook) {
    let window = |around_the_clock| {
        let (department, phone) = ("連携室".to_owned(), "03-5550-0110".to_owned());
        Body::from(Box::new(ContactWindow { department, phone, around_the_clock, ..ContactWindow::default() }))
    };
    told.post_on(NURSE, NURSE, window(true));
    told.post_on(HOSPITAL, HOSPITAL, window(false));
    let duty_day = Shift {
        starts_at: START,
        ends_at: START.saturating_add(Duration::from_secs(8 * 3_600)),
        role: Role::Nurse,
        person: NURSE.person,
        phone: "090-0000-0110".to_owned(),
    };
    let roster =
        Roster { from: date(2026, 4, 1), until: date(2026, 4, 30), shifts: vec![duty_day], text: String::new() };
    told.post_on(NURSE, NURSE, roster);
    let cited = book.rules().find(|(_, _, rule)| rule.id == "MU-M1").expect("a pledge").2.citation.to_string();
    let (by, text) = (PledgeBy::Person, String::new());
    told.post_on(NURSE, NURSE, Pledge { by, rules: vec![cited], text, attachments: Vec::new() });
    let export = |approved_by| {
        let (purpose, scope) = ("引き継ぎ".to_owned(), "3月の記録".to_owned());
        Box::new(Export { purpose, scope, approved_by, ..Export::default() })
    };
    told.post_on(NURSE, NURSE, export(None));
    told.post_on(NURSE, NURSE, export(Some(OFFICE.person)));
    told.post_on(FAR_NURSE, NURSE, window(false));
    let incident = || Box::new(Incident { text: "端末を置き忘れました".to_owned(), ..Incident::default() });
    let lost = told.post_on(NURSE, NURSE, incident());
    told.post_on(HELPER, HELPER, incident());
    told.on(0, 10);
    let answer = Answer::Waived;
    let waived =
        DutyAnswer { duty: DutyId::of_cause(lost, "OP-14", None), answer, reason: "見つかりました".to_owned() };
    told.post_on(OFFICE, NURSE, Body::DutyAnswer(Box::new(waived)));
}

fn orders(told: &mut Telling) {
    told.post(DOCTOR, bodies::instructed(bodies::instruction()));
    let drip = || bodies::order(OrderType::Drip);
    let ordered = bodies::ordered;
    told.post(DOCTOR, ordered(drip()));
    let urgent = told.post(DOCTOR, ordered(Order { emergency: true, ..drip() }));
    told.post(DOCTOR, ordered(Order { emergency: true, ..drip() }));
    told.post_with(DOCTOR, PATIENT, ordered(drip()), &["ND-M3"]);
    told.post(NURSE, ordered(drip()));
    told.post(FAR_NURSE, ordered(drip()));
    told.post(DOCTOR, ordered(bodies::prescribes("アムロジピン")));
    told.post_with(DOCTOR, PATIENT, ordered(bodies::prescribes("アムロジピン")), &["MR-2"]);
    told.post(PHARMACIST, bodies::takes("アムロジピン"));
    told.post(PHARMACIST, bodies::allergic_to("ペニシリン"));
    told.post(DOCTOR, ordered(bodies::prescribes("ペニシリン")));
    told.post(DOCTOR, ordered(bodies::prescribes("ロキソニン")));
    let verbal = bodies::verbal_order(OrderType::Opioid, &DOCTOR);
    told.post(NURSE, VerbalOrderReceived { emergency: true, ..verbal });
    let paper = Attachment {
        sha256: ContentHash(digest(PAPER.as_bytes())),
        media_type: MediaType::PlainText,
        size_bytes: u32::try_from(PAPER.len()).expect("a short text"),
        title: "点滴指示書".to_owned(),
    };
    told.on(0, 12);
    told.post(DOCTOR, bodies::document(Some(urgent), paper));
    told.on(0, 22);
    told.post(HELPER, bodies::note());
    told.post(NURSE, bodies::note());
}

fn devices_and_results(told: &mut Telling) {
    told.on(1, 9);
    let set = told.post(DOCTOR, bodies::oxygen("2"));
    let asked = told.post(NURSE, bodies::lab_request());
    let again = told.post(NURSE, bodies::lab_request());
    told.post(NURSE, bodies::lab_request());
    told.on(1, 11);
    told.acknowledge(PHARMACIST, set);
    told.acknowledge(NURSE, set);
    told.post(DOCTOR, bodies::correction(set, bodies::oxygen("3")));
    told.post(NURSE, bodies::visit_finding("4"));
    told.on(1, 14);
    told.post(DOCTOR, bodies::oxygen("4"));
    let wrong = told.post(DOCTOR, bodies::device(DeviceChangeType::Introduced, "1"));
    let text = "別の方の記録でした".to_owned();
    told.post(DOCTOR, Body::Retraction(Retraction { target: wrong, reason: RetractionReason::Mistake, text }));
    told.on(2, 9);
    told.post(DOCTOR, bodies::lab_result(None));
    told.post(DOCTOR, bodies::lab_result(Some(asked)));
    told.answer(NURSE, DutyId::of_cause(again, "ND-M2", None), Answer::Declined);
    told.answer(DOCTOR, DutyId::of_cause(again, "ND-M2", None), Answer::Declined);
}

fn changes(told: &mut Telling) {
    told.on(5, 9);
    told.post(HELPER, bodies::status_change());
    told.on(5, 10);
    told.post(NURSE, bodies::visited());
    let doctors = StatusChange { tell_doctor: true, ..bodies::status_change() };
    told.post(NURSE, doctors);
    told.post(HELPER, bodies::call(CallTo::Doctor, true, "伝えました"));
    told.on(6, 10);
    // Nobody comes, and nobody acknowledges.
    let seen = told.post(HELPER, bodies::status_change());
    told.on(6, 11);
    told.answer(NURSE, DutyId::of_cause(seen, "DN-M1", None), Answer::CannotGo);
    let noticed = told.post(DOCTOR, bodies::infection(Infection::Covid, &[date(2026, 4, 6)]));
    told.post(HELPER, bodies::infection(Infection::Other, &[]));
    told.on(6, 13);
    told.acknowledge(NURSE, noticed);
    let pulse =
        |value| Measurement::new(VitalSign::Pulse, renkei::domain::decimal::Decimal::whole(value), Unit::PerMinute);
    let vital = |value| {
        let measurements = vec![pulse(value).expect("plausible")];
        Body::Vital(Vital { measurements, site: None, device: String::new(), comment: String::new() })
    };
    told.post(NURSE, vital(72));
    told.post(FAR_NURSE, vital(80));
    told.post(CARE_MANAGER, bodies::ordered(bodies::order(OrderType::Routine)));
}

fn talk(told: &mut Telling) {
    told.on(8, 10);
    let asked = told.post(DOCTOR, bodies::consultation(NURSE.organisation));
    told.post(DOCTOR, Box::new(bodies::station_change(FAR_NURSE.organisation)));
    told.post(DOCTOR, Box::new(bodies::station_change(NURSE.organisation)));
    told.on(8, 12);
    told.acknowledge(NURSE, asked);
    told.post(DOCTOR, Box::new(bodies::station_change(NURSE.organisation)));
    told.post(CARE_MANAGER, bodies::care_plan(true));
    told.post(CARE_MANAGER, bodies::conference(&[Role::Nurse, Role::CareManager]));
    told.post(NURSE, bodies::acp_note(false));
    let organisations = vec![DOCTOR.organisation];
    told.post(NURSE, JointVisit { state: MeetingState::Held, text: "同行訪問".to_owned(), organisations, at: None });
    told.post(PHARMACIST, Box::new(bodies::medication_report()));
    told.post(HELPER, bodies::message());
    told.on(9, 3);
    let declared = EmergencyAccess { reason: "救急外来。意識がない".to_owned(), minutes: 60 };
    let opened = told.post(HOSPITAL, declared.clone());
    told.post(FAR_NURSE, declared);
    told.on(9, 9);
    told.acknowledge(OFFICE, opened);
    told.acknowledge(HELPER, opened);
}

/// In hospital from the 19th to the 30th day; reports and visits before and after, in time and late.
fn away_and_back(told: &mut Telling) {
    told.on(14, 10);
    told.post(DOCTOR, bodies::visited());
    let visited_at = told.now;
    told.on(17, 10);
    told.post(NURSE, bodies::report());
    told.on(19, 10);
    told.post(NURSE, bodies::admission());
    told.on(30, 10);
    told.post(NURSE, bodies::discharge());
    let plan = bodies::visit_plan(told.now.saturating_add(Duration::from_secs(86_400)));
    told.post(DOCTOR, Box::new(plan));
    told.on(51, 10);
    told.post(NURSE, bodies::report());
    told.on(57, 10);
    let owed = DutyId::of_period("ND-S4", &[PATIENT.0], visited_at);
    told.answer(DOCTOR, owed, Answer::Snoozed(told.now.saturating_add(Duration::from_secs(7 * 86_400))));
    told.on(66, 10);
    told.post(DOCTOR, bodies::visited());
}
