//! What a state costs: taking one more entry in, folding a long timeline from its beginning, and the snapshot that
//! saves folding it again.

use std::hint::black_box;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use renkei::codec::{decode_snapshot, encode_snapshot};
use renkei::domain::alarm::{AlarmLimit, AlarmLimits};
use renkei::domain::body::{Body, Correction, Note, Retraction, RetractionReason};
use renkei::domain::decimal::Decimal;
use renkei::domain::directory::Actor;
use renkei::domain::entry::{Entry, Sensitivity};
use renkei::domain::ids::{EntryId, OrganisationId, PersonId, TimelineId};
use renkei::domain::role::{OrganisationType, Role};
use renkei::domain::ruling::Ruling;
use renkei::domain::state::PatientState;
use renkei::domain::team::{ConsentChange, ConsentGiver, ConsentState, History, TeamLink};
use renkei::domain::time::Timestamp;
use renkei::domain::vital::{Measurement, Vital, VitalSign};
use renkei::domain::withheld::WithheldSet;
use uuid::Uuid;

const TIMELINE: TimelineId = TimelineId(Uuid::from_u128(1));
/// Entries of a long timeline: some thirty a day for a year.
const ENTRIES: usize = 10_000;

fn vital(number: usize) -> Body {
    let value = |sign, low: usize, spread| {
        let value = Decimal::whole((low + number % spread) as i32);
        let unit = VitalSign::facts(sign).unit;
        Measurement::new(sign, value, unit).expect("plausible")
    };
    let measurements = vec![
        value(VitalSign::SystolicPressure, 120, 30),
        value(VitalSign::DiastolicPressure, 60, 30),
        value(VitalSign::Pulse, 60, 40),
        value(VitalSign::OxygenSaturation, 90, 10),
        value(VitalSign::BodyTemperature, 36, 2),
    ];
    Body::Vital(Vital { measurements, site: None, device: "血圧計".to_owned(), comment: String::new() })
}

fn limits(number: usize) -> Body {
    let high = Some(Decimal::whole(100 + (number % 20) as i32));
    let limit = AlarmLimit { sign: VitalSign::Pulse, low: None, high };
    Body::AlarmLimits(AlarmLimits { limits: vec![limit], text: String::new() })
}

/// Mostly vitals and notes; now and then a correction, a retraction, limits, consent, a link.
fn body(number: usize, id_of: impl Fn(usize) -> EntryId) -> Body {
    match number % 50 {
        0 => limits(number),
        1 => Body::Consent(ConsentChange {
            state: ConsentState::Team,
            given_by: ConsentGiver::Patient,
            given_on: jiff::civil::date(2026, 4, 1),
            document: String::new(),
            one_doctor_wished: false,
            form_version: String::new(),
            withheld: WithheldSet::NONE,
            attachments: Vec::new(),
        }),
        2 => Body::TeamLink(TeamLink {
            organisation: OrganisationId(Uuid::from_u128(number as u128 % 12)),
            people: Vec::new(),
            host: number < 50,
            history: History::All,
            relation_confirmed: false,
        }),
        10 => Body::Correction(Correction {
            target: id_of(number - 4),
            body: Box::new(vital(number)),
            reason: String::new(),
        }),
        20 => Body::Retraction(Retraction {
            target: id_of(number - 4),
            reason: RetractionReason::Mistake,
            text: String::new(),
        }),
        at if at % 3 == 0 => {
            Body::Note(Note { text: "お変わりありません。夕食は全量。".to_owned(), ..Note::default() })
        }
        _ => vital(number),
    }
}

fn timeline() -> Vec<Entry> {
    let id_of = |number: usize| EntryId(Uuid::from_u128(0x1000 + number as u128));
    let mut state = PatientState::empty(TIMELINE);
    let mut entries: Vec<Entry> = Vec::with_capacity(ENTRIES);
    for number in 0..ENTRIES {
        let body = body(number, id_of);
        let target =
            body.target().map(|id| entries.iter().rev().find(|entry| entry.id == id).expect("a target").scope());
        let entry = Entry {
            id: id_of(number),
            timeline: TIMELINE,
            seq: state.head.next(),
            device: None,
            author: Actor {
                person: PersonId(Uuid::from_u128(2)),
                role: Role::Nurse,
                organisation: OrganisationId(Uuid::from_u128(3)),
                organisation_type: OrganisationType::NursingStation,
            },
            observed_at: None,
            recorded_at: Timestamp::from_secs(1_775_003_400 + number as i64 * 2_880),
            sensitivity: Sensitivity::Normal,
            addressed_to: Vec::new(),
            body,
            alarms: Vec::new(),
            target_scope: target,
            on_behalf: None,
            ruling: Ruling::default(),
        };
        state.apply(&entry);
        entries.push(entry);
    }
    entries
}

fn fold(entries: &[Entry]) -> PatientState {
    let mut state = PatientState::empty(TIMELINE);
    entries.iter().for_each(|entry| state.apply(entry));
    state
}

fn folding(criterion: &mut Criterion) {
    let entries = timeline();
    let state = fold(&entries[..ENTRIES - 1]);
    let next = |body: Body| Entry { body, target_scope: None, ..entries[ENTRIES - 1].clone() };
    for (name, entry) in [
        ("apply vital signs", next(vital(7))),
        ("apply a note", next(Body::Note(Note { text: "お変わりありません".to_owned(), ..Note::default() }))),
        ("apply alarm limits", next(limits(7))),
    ] {
        criterion.bench_function(name, |bencher| {
            bencher.iter_batched_ref(|| state.clone(), |state| state.apply(black_box(&entry)), BatchSize::SmallInput);
        });
    }
    let last_vital = entries.iter().rev().find(|entry| matches!(entry.body, Body::Vital(_))).expect("vital signs");
    let correction = Correction { target: last_vital.id, body: Box::new(vital(8)), reason: String::new() };
    let correction = Entry { target_scope: Some(last_vital.scope()), ..next(Body::Correction(correction)) };
    criterion.bench_function("apply a correction of vital signs", |bencher| {
        bencher.iter_batched_ref(|| state.clone(), |state| state.apply(black_box(&correction)), BatchSize::SmallInput);
    });
    criterion.bench_function("fold 10,000 entries", |bencher| bencher.iter(|| black_box(fold(black_box(&entries)))));
}

fn snapshots(criterion: &mut Criterion) {
    let state = fold(&timeline());
    let bytes = encode_snapshot(&state);
    let name = format!("encode a snapshot ({} bytes)", bytes.len());
    criterion.bench_function(&name, |bencher| bencher.iter(|| encode_snapshot(black_box(&state))));
    criterion.bench_function("decode a snapshot", |bencher| bencher.iter(|| decode_snapshot(black_box(&bytes))));
}

criterion_group!(benches, folding, snapshots);
criterion_main!(benches);
