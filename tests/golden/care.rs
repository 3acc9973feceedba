//! One patient's timeline with every kind of entry, and everything that corrections and retractions can do.
//!
//! Bodies come from the golden frames where what they say does not matter to the fold.

use jiff::civil::date;
use renkei::domain::alarm::{self, AlarmLimit, AlarmLimits};
use renkei::domain::body::{Acknowledgement, Body, Correction, Retraction, RetractionReason};
use renkei::domain::decimal::Decimal;
use renkei::domain::directory::Actor;
use renkei::domain::entry::{Addressee, Entry, Sensitivity};
use renkei::domain::ids::{EntryId, OrganisationId, PersonId, Seq};
use renkei::domain::patient::{HumanName, Identifier, Registration, Sex};
use renkei::domain::role::{OrganisationType, Role};
use renkei::domain::ruling::Ruling;
use renkei::domain::state::PatientState;
use renkei::domain::team::{ConsentChange, ConsentGiver, ConsentState, History, HostChange, TeamLink, TeamUnlink};
use renkei::domain::time::Timestamp;
use renkei::domain::unit::Unit;
use renkei::domain::vital::{BodySite, Measurement, Vital, VitalSign};
use renkei::domain::withheld::WithheldSet;
use renkei::wire::{ClientFrame, Encoding, decode_client};
use uuid::Uuid;

use super::timeline;

pub(super) const fn number(number: u128) -> Uuid {
    Uuid::from_u128(0x0196_d5a2_7c00_7000_8000_0000_0000_0000 | number)
}

const OFFICE: OrganisationId = OrganisationId(number(0xa0));
const CLINIC: OrganisationId = OrganisationId(number(0xa1));
const STATION: OrganisationId = OrganisationId(number(0xa2));
const PHARMACY: OrganisationId = OrganisationId(number(0xa3));

/// 2026-04-01T00:30:00Z, and a minute for each entry.
const START: i64 = 1_775_003_400_000_000;
const MINUTE: i64 = 60_000_000;

pub(super) struct Telling {
    pub state: PatientState,
    pub entries: Vec<Entry>,
}

impl Telling {
    pub fn post(&mut self, role: Role, body: Body) -> EntryId {
        self.post_of(role, None, body)
    }

    fn post_of(&mut self, role: Role, observed_at: Option<Timestamp>, body: Body) -> EntryId {
        let seq = self.state.head.next();
        let (organisation, organisation_type) = match role {
            Role::Doctor => (CLINIC, OrganisationType::Clinic),
            Role::Nurse => (STATION, OrganisationType::NursingStation),
            Role::Pharmacist => (PHARMACY, OrganisationType::Pharmacy),
            _ => (OFFICE, OrganisationType::Secretariat),
        };
        let target = |id| self.entries.iter().find(|entry| entry.id == id).expect("a target").scope();
        let alarms = match &body {
            Body::Vital(vital) => alarm::alarms(vital, self.state.alarm_limits()),
            _ => Vec::new(),
        };
        let entry = Entry {
            id: EntryId(number(0x1000 + u128::from(seq.0))),
            timeline: timeline(),
            seq,
            device: None,
            author: Actor { person: PersonId(number(role.index() as u128)), role, organisation, organisation_type },
            observed_at,
            recorded_at: Timestamp(START + seq.0 as i64 * MINUTE),
            sensitivity: if seq.0.is_multiple_of(7) { Sensitivity::Restricted } else { Sensitivity::Normal },
            addressed_to: if seq.0.is_multiple_of(5) { vec![Addressee::Role(Role::Family)] } else { Vec::new() },
            alarms,
            target_scope: body.target().map(target),
            on_behalf: None,
            body,
            ruling: Ruling {
                cited: vec!["FL-2@floor/1.0.0#0123456789ab".into()],
                slots: vec![1, 2, 3],
                ..Ruling::default()
            },
        };
        self.state.apply(&entry);
        let id = entry.id;
        self.entries.push(entry);
        id
    }

    pub fn correct(&mut self, role: Role, target: EntryId, body: Body) {
        self.post(role, Body::Correction(Correction { target, body: Box::new(body), reason: "誤記".to_owned() }));
    }

    pub fn retract(&mut self, role: Role, target: EntryId, reason: RetractionReason) {
        self.post(role, Body::Retraction(Retraction { target, reason, text: "取消し".to_owned() }));
    }
}

fn named(kanji: &str) -> Body {
    Body::Registration(Box::new(Registration {
        name: HumanName { kanji: kanji.to_owned(), kana: "タカハシ ハル".to_owned() },
        birth_date: date(1938, 4, 12),
        sex: Sex::Female,
        identifiers: vec![Identifier { system: "urn:example:numbers".to_owned(), value: "00123".to_owned() }],
        in_facility: false,
        for_training: false,
        document: "申込書綴り 1".to_owned(),
        agreed_by: None,
        agreed_on_paper: String::new(),
        attachments: Vec::new(),
    }))
}

fn consent(state: ConsentState) -> Body {
    let (given_by, given_on) = (ConsentGiver::Proxy, date(2026, 4, 1));
    Body::Consent(ConsentChange {
        state,
        given_by,
        given_on,
        document: "同意書 12-034".to_owned(),
        one_doctor_wished: false,
        form_version: String::new(),
        withheld: WithheldSet::NONE,
        attachments: Vec::new(),
    })
}

fn link(organisation: OrganisationId, people: &[PersonId], host: bool, history: History) -> Body {
    Body::TeamLink(TeamLink { organisation, people: people.to_vec(), host, history, relation_confirmed: true })
}

fn vital(measurements: &[(VitalSign, i64, Unit)]) -> Body {
    let measurement = |(sign, tenths, unit): &(VitalSign, i64, Unit)| {
        Measurement::new(*sign, Decimal::from_millionths(tenths * 100_000), *unit).expect("plausible")
    };
    let (device, comment) = ("血圧計".to_owned(), "安静時".to_owned());
    let measurements = measurements.iter().map(measurement).collect();
    Body::Vital(Vital { measurements, site: Some(BodySite::LeftArm), device, comment })
}

fn pulse(value: i64) -> Body {
    vital(&[(VitalSign::Pulse, value * 10, Unit::PerMinute)])
}

fn limits(low: Option<i32>, high: Option<i32>) -> Body {
    let limit = AlarmLimit { sign: VitalSign::Pulse, low: low.map(Decimal::whole), high: high.map(Decimal::whole) };
    Body::AlarmLimits(AlarmLimits { limits: vec![limit], text: "安静時".to_owned() })
}

/// The body of a golden frame.
pub(super) fn example(kind: &str) -> Body {
    let path = format!("{}/proto/examples/client/post_{kind}.json", env!("CARGO_MANIFEST_DIR"));
    match decode_client(Encoding::Json, &std::fs::read(path).unwrap()) {
        Ok(ClientFrame::Post(intent)) => intent.body,
        other => panic!("{kind}: {other:?}"),
    }
}

/// The whole timeline.
pub fn entries() -> Vec<Entry> {
    let mut told = Telling { state: PatientState::empty(timeline()), entries: Vec::new() };
    team(&mut told);
    readings(&mut told);
    told.entries
}

fn team(told: &mut Telling) {
    let office = Role::Secretariat;
    let registered = told.post(office, named("高橋 ハル"));
    told.post(office, link(CLINIC, &[], true, History::All));
    told.post(office, link(STATION, &[PersonId(number(4)), PersonId(number(5))], false, History::Nothing));
    told.post(office, link(PHARMACY, &[], false, History::From(Timestamp(START + MINUTE))));
    let given = told.post(office, consent(ConsentState::Team));
    told.post(office, consent(ConsentState::Withdrawn));
    told.correct(office, given, consent(ConsentState::None));
    let again = told.post(office, consent(ConsentState::None));
    told.correct(office, again, consent(ConsentState::Team));
    told.correct(office, registered, named("髙橋 ハル"));
    told.post(
        office,
        Body::TeamUnlink(TeamUnlink {
            organisation: STATION,
            people: vec![PersonId(number(5))],
            reason: "交代".to_owned(),
        }),
    );
    told.post(office, Body::HostChange(HostChange { organisation: STATION, reason: "引継ぎ".to_owned() }));
    told.post(
        office,
        Body::TeamUnlink(TeamUnlink { organisation: PHARMACY, people: Vec::new(), reason: "転居".to_owned() }),
    );
}

fn readings(told: &mut Telling) {
    let (doctor, nurse) = (Role::Doctor, Role::Nurse);
    let first = told.post(doctor, limits(Some(50), Some(100)));
    let second = told.post(doctor, limits(None, Some(12)));
    told.correct(doctor, second, limits(None, Some(120)));
    let ninth = (0..9).map(|at| told.post_of(nurse, Some(Timestamp(START + at * MINUTE)), pulse(60 + at))).last();
    told.correct(nurse, ninth.expect("nine"), pulse(99));
    let wrong = told.post(
        nurse,
        vital(&[(VitalSign::Pulse, 1_800, Unit::PerMinute), (VitalSign::OxygenSaturation, 970, Unit::Percent)]),
    );
    told.retract(nurse, wrong, RetractionReason::WrongPatient);
    told.post(
        nurse,
        vital(&[
            (VitalSign::BodyTemperature, 986, Unit::DegreeFahrenheit),
            (VitalSign::SystolicPressure, 160, Unit::Kilopascal),
            (VitalSign::DiastolicPressure, 100, Unit::Kilopascal),
        ]),
    );
    // Far ahead of the hub's clock, as a version that did not check it could have stored it.
    told.post_of(nurse, Some(Timestamp(START + 100_000 * MINUTE)), pulse(44));
    told.retract(doctor, second, RetractionReason::Mistake);
    told.correct(doctor, first, limits(Some(45), Some(105)));
    for kind in [
        "note",
        "visit",
        "status_change",
        "infection_notice",
        "message",
        "order",
        "standing_order",
        "nursing_instruction",
        "nursing_report",
        "device_change",
        "lab_request",
        "lab_result",
        "acp_note",
        "joint_visit",
        "conference",
        "call",
        "verbal_order_received",
        "admission",
        "discharge",
        "order_document",
        "consultation",
        "station_change",
        "visit_plan",
        "medication_list",
        "medication_report",
        "allergies",
        "care_plan",
        "periodic_record",
        "emergency_access",
        "contact_window",
        "roster",
        "pledge",
        "office_entry",
        "activation",
        "export",
        "incident",
        "suspension",
        "duty_step",
        "duty_answer",
        "death",
        "closing",
    ] {
        told.post(nurse, example(kind));
    }
    let noted =
        told.entries.iter().find(|entry| matches!(entry.body, Body::Note(_))).map(|entry| entry.id).expect("a note");
    told.post(doctor, Body::Acknowledgement(Acknowledgement { target: noted, text: "承知しました".to_owned() }));
    told.correct(nurse, noted, example("note"));
    assert_eq!(told.state.head, Seq(told.entries.len() as u64));
}
