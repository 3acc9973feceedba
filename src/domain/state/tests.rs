//! What counts after corrections and retractions: the state is as if the right things had been posted at once.

use jiff::civil::date;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::domain::alarm::AlarmLimits;
use crate::domain::entry::Sensitivity;
use crate::domain::ids::PersonId;
use crate::domain::patient::{HumanName, Sex};
use crate::domain::role::{OrganisationType, Role};
use crate::domain::ruling::Ruling;
use crate::domain::team::{ConsentChange, ConsentGiver};
use crate::domain::unit::Unit;
use crate::domain::vital::Measurement;
use crate::domain::withheld::{WithheldPurpose, WithheldSet};

/// One second on the hub's clock.
const SECOND: i64 = 1_000_000;

/// A timeline under way: each entry is recorded a second after the one before.
struct Timeline {
    state: PatientState,
    entries: Vec<Entry>,
}

impl Timeline {
    fn new() -> Self {
        Self { state: PatientState::empty(TimelineId(Uuid::from_u128(1))), entries: Vec::new() }
    }

    fn post(&mut self, body: Body) -> Seq {
        self.post_of(None, body)
    }

    /// `observed` in seconds.
    fn post_of(&mut self, observed: Option<i64>, body: Body) -> Seq {
        let seq = self.state.head.next();
        let target =
            body.target().map(|id| self.entries.iter().find(|entry| entry.id == id).expect("a target").scope());
        let entry = Entry {
            id: id_of(seq),
            timeline: self.state.timeline,
            seq,
            device: None,
            author: Actor {
                person: PersonId(Uuid::from_u128(2)),
                role: Role::Doctor,
                organisation: OrganisationId(Uuid::from_u128(3)),
                organisation_type: OrganisationType::Clinic,
            },
            observed_at: observed.map(Timestamp::from_secs),
            recorded_at: Timestamp(seq.0 as i64 * SECOND),
            sensitivity: Sensitivity::Normal,
            addressed_to: Vec::new(),
            body,
            alarms: Vec::new(),
            target_scope: target,
            on_behalf: None,
            ruling: Ruling::default(),
        };
        self.state.apply(&entry);
        self.entries.push(entry);
        seq
    }

    fn correct(&mut self, target: Seq, body: Body) {
        self.post(Body::Correction(Correction { target: id_of(target), body: Box::new(body), reason: String::new() }));
    }

    fn retract(&mut self, target: Seq, reason: RetractionReason) {
        self.post(Body::Retraction(Retraction { target: id_of(target), reason, text: String::new() }));
    }

    fn value(&self, sign: VitalSign) -> Option<String> {
        self.state.latest(sign).map(|latest| latest.value.to_string())
    }
}

fn id_of(seq: Seq) -> EntryId {
    EntryId(Uuid::from_u128(0x100 + u128::from(seq.0)))
}

fn vital(values: &[(VitalSign, i32)]) -> Body {
    let measurement = |(sign, value): &(VitalSign, i32)| {
        let unit = if *sign == VitalSign::Pulse { Unit::PerMinute } else { Unit::Percent };
        Measurement::new(*sign, Decimal::whole(*value), unit).expect("plausible")
    };
    Body::Vital(Vital {
        measurements: values.iter().map(measurement).collect(),
        site: None,
        device: String::new(),
        comment: String::new(),
    })
}

fn pulse(value: i32) -> Body {
    vital(&[(VitalSign::Pulse, value)])
}

fn limits(high: i32) -> Body {
    let limit = AlarmLimit { sign: VitalSign::Pulse, low: None, high: Some(Decimal::whole(high)) };
    Body::AlarmLimits(AlarmLimits { limits: vec![limit], text: String::new() })
}

fn consent(state: ConsentState) -> Body {
    let (given_by, given_on) = (ConsentGiver::Patient, date(2026, 4, 1));
    Body::Consent(ConsentChange {
        state,
        given_by,
        given_on,
        document: String::new(),
        one_doctor_wished: false,
        form_version: String::new(),
        withheld: WithheldSet::NONE,
        attachments: Vec::new(),
    })
}

fn named(kanji: &str) -> Body {
    let name = HumanName { kanji: kanji.to_owned(), kana: "タカハシ ハル".to_owned() };
    Body::Registration(Box::new(Registration {
        name,
        birth_date: date(1938, 4, 12),
        sex: Sex::Female,
        identifiers: Vec::new(),
        in_facility: false,
        for_training: false,
        document: "申込書綴り 1".to_owned(),
        agreed_by: None,
        agreed_on_paper: String::new(),
        attachments: Vec::new(),
    }))
}

fn high(state: &PatientState) -> Option<String> {
    state.alarm_limits().first().and_then(|limit| limit.high).map(|high| high.to_string())
}

#[test]
fn corrected_alarm_limits_are_in_force_and_retracted_ones_give_way_to_those_before() {
    let mut timeline = Timeline::new();
    let first = timeline.post(limits(100));
    let second = timeline.post(limits(12));
    timeline.correct(second, limits(120));
    assert_eq!(high(&timeline.state).as_deref(), Some("120"));
    timeline.correct(first, limits(101));
    assert_eq!(high(&timeline.state).as_deref(), Some("120"), "the first were replaced long ago");
    timeline.retract(second, RetractionReason::Mistake);
    assert_eq!(high(&timeline.state).as_deref(), Some("101"));
    timeline.correct(second, limits(5));
    assert_eq!(high(&timeline.state).as_deref(), Some("101"), "what was taken back stays so");
    timeline.retract(first, RetractionReason::WrongPatient);
    assert_eq!(high(&timeline.state), None);
}

#[test]
fn a_corrected_value_counts_where_the_wrong_one_stood() {
    let mut timeline = Timeline::new();
    let first = timeline.post(pulse(60));
    let second = timeline.post(pulse(71));
    timeline.correct(first, pulse(66));
    assert_eq!(timeline.value(VitalSign::Pulse).as_deref(), Some("71"), "the corrected one is still the older");
    timeline.correct(second, vital(&[(VitalSign::OxygenSaturation, 97)]));
    assert_eq!(timeline.value(VitalSign::Pulse).as_deref(), Some("66"), "the second held no pulse after all");
    let spo2 = timeline.state.latest(VitalSign::OxygenSaturation).expect("measured");
    assert_eq!((spo2.measured.seq, spo2.measured.at), (second, Timestamp(2 * SECOND)));

    let mut at_once = Timeline::new();
    at_once.post(pulse(66));
    at_once.post(vital(&[(VitalSign::OxygenSaturation, 97)]));
    let readings = |timeline: &Timeline, sign| timeline.state.newest_first(sign).collect::<Vec<_>>();
    for sign in VitalSign::ALL {
        assert_eq!(readings(&timeline, *sign), readings(&at_once, *sign));
    }
}

#[test]
fn a_value_taken_back_gives_way_to_the_one_before_and_a_correction_does_not_revive_it() {
    for reason in RetractionReason::ALL {
        let mut timeline = Timeline::new();
        timeline.post(pulse(60));
        let wrong = timeline.post(pulse(180));
        timeline.retract(wrong, *reason);
        assert_eq!(timeline.value(VitalSign::Pulse).as_deref(), Some("60"), "{reason}");
        timeline.correct(wrong, pulse(81));
        assert_eq!(timeline.value(VitalSign::Pulse).as_deref(), Some("60"), "{reason}");
    }
}

#[test]
fn no_claimed_time_outlives_the_readings_that_come_after_it() {
    let mut timeline = Timeline::new();
    timeline.post_of(Some(500), pulse(60));
    timeline.post(pulse(61));
    assert_eq!(timeline.value(VitalSign::Pulse).as_deref(), Some("61"));
    timeline.post_of(Some(1), pulse(62));
    assert_eq!(timeline.value(VitalSign::Pulse).as_deref(), Some("61"), "sent late, measured before");
}

fn withholding(state: ConsentState, withheld: &[WithheldPurpose]) -> Body {
    let Body::Consent(plain) = consent(state) else { unreachable!("a consent") };
    Body::Consent(ConsentChange { withheld: WithheldSet::of(withheld), form_version: "2026-04".to_owned(), ..plain })
}

#[test]
fn row_14_what_is_withheld_is_what_the_consent_in_force_says_and_a_withdrawal_opens_none_of_it() {
    use WithheldPurpose::{Education, Export, Family, Systems};
    let mut timeline = Timeline::new();
    let withheld = |timeline: &Timeline| timeline.state.withheld().iter().collect::<Vec<_>>();
    timeline.post(named("高橋 ハル"));
    assert_eq!(withheld(&timeline), []);
    let first = timeline.post(withholding(ConsentState::Team, &[Education, Family]));
    assert_eq!(withheld(&timeline), [Family, Education], "in the order of the list");
    assert_eq!((&*timeline.state.terms.form_version, timeline.state.access_epoch), ("2026-04", first));
    timeline.correct(first, withholding(ConsentState::Team, &[Family]));
    assert_eq!(withheld(&timeline), [Family]);
    assert_eq!(timeline.state.access_epoch, timeline.state.head, "whoever reads is judged anew");

    let withdrawn = timeline.post(withholding(ConsentState::Withdrawn, &[Export]));
    assert_eq!(withheld(&timeline), [Family, Export], "what was withheld, and what is said besides");
    timeline.correct(first, withholding(ConsentState::Team, &[]));
    assert_eq!(withheld(&timeline), [Family, Export], "an older one is put right without effect");
    timeline.correct(withdrawn, consent(ConsentState::Withdrawn));
    assert_eq!(withheld(&timeline), [Family], "a withdrawal in one step opens nothing");
    timeline.post(consent(ConsentState::Withdrawn));
    assert_eq!(withheld(&timeline), [Family], "neither does a second");
    timeline.correct(timeline.state.consented_by, withholding(ConsentState::Team, &[Systems]));
    assert_eq!(withheld(&timeline), [Systems], "it was meant as consent, which says all of it");
    timeline.post(consent(ConsentState::Team));
    assert_eq!(withheld(&timeline), [], "a new form withholds nothing");
}

#[test]
fn only_the_registration_and_consent_in_force_are_changed_by_a_correction() {
    let mut timeline = Timeline::new();
    let registration = timeline.post(named("高橋 ハル"));
    let given = timeline.post(consent(ConsentState::Team));
    let withdrawn = timeline.post(consent(ConsentState::Withdrawn));
    timeline.correct(given, consent(ConsentState::Team));
    assert_eq!(timeline.state.consent, ConsentState::Withdrawn, "a mended typing mistake does not share again");
    assert_eq!(timeline.state.access_epoch, withdrawn);
    timeline.correct(withdrawn, consent(ConsentState::None));
    assert_eq!(timeline.state.consent, ConsentState::None);
    assert_eq!(timeline.state.access_epoch, timeline.state.head);
    timeline.post(named("高橋 春"));
    timeline.correct(registration, named("高木 ハル"));
    assert_eq!(timeline.state.registration.as_ref().expect("registered").name.kanji, "高橋 春");
}

#[derive(Clone, Debug)]
enum Act {
    Measure { observed: i64, pulse: Option<i32>, spo2: Option<i32> },
    Correct { which: usize, pulse: Option<i32>, spo2: Option<i32> },
    Limit(i32),
    CorrectLimit { which: usize, high: i32 },
    Retract { which: usize, wrong_patient: bool },
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let value = || proptest::option::weighted(0.7, 50_i32..100);
    let act = prop_oneof![
        6 => (0_i64..60, value(), value()).prop_map(|(observed, pulse, spo2)| Act::Measure { observed, pulse, spo2 }),
        3 => (any::<usize>(), value(), value()).prop_map(|(which, pulse, spo2)| Act::Correct { which, pulse, spo2 }),
        2 => (100_i32..200).prop_map(Act::Limit),
        1 => (any::<usize>(), 100_i32..200).prop_map(|(which, high)| Act::CorrectLimit { which, high }),
        2 => (any::<usize>(), any::<bool>()).prop_map(|(which, wrong_patient)| Act::Retract { which, wrong_patient }),
    ];
    proptest::collection::vec(act, 0..60)
}

/// When, and what.
type Reading = (Timestamp, Vec<(VitalSign, i32)>);

fn values(pulse: Option<i32>, spo2: Option<i32>) -> Vec<(VitalSign, i32)> {
    let all = [(VitalSign::Pulse, pulse), (VitalSign::OxygenSaturation, spo2)];
    all.into_iter().filter_map(|(sign, value)| value.map(|value| (sign, value))).collect()
}

proptest! {
    /// Against a model that remembers everything: what is claimed is right, and something is claimed unless all
    /// that is remembered was taken back.
    #[test]
    fn the_newest_standing_value_and_limits_are_those_of_a_fold_that_forgets_nothing(acts in acts()) {
        let mut timeline = Timeline::new();
        let mut readings: BTreeMap<Seq, Reading> = BTreeMap::new();
        let mut set: BTreeMap<Seq, i32> = BTreeMap::new();
        let (mut measured, mut limited, mut retracted) = (Vec::new(), Vec::new(), BTreeSet::new());
        for act in acts {
            match act {
                Act::Measure { observed, pulse, spo2 } => {
                    let seq = timeline.post_of(Some(observed), vital(&values(pulse, spo2)));
                    let at = Timestamp::from_secs(observed).min(Timestamp(seq.0 as i64 * SECOND));
                    readings.insert(seq, (at, values(pulse, spo2)));
                    measured.push(seq);
                }
                Act::Limit(high) => {
                    let seq = timeline.post(limits(high));
                    set.insert(seq, high);
                    limited.push(seq);
                }
                Act::Correct { which, pulse, spo2 } if !measured.is_empty() => {
                    let seq = measured[which % measured.len()];
                    timeline.correct(seq, vital(&values(pulse, spo2)));
                    if let Some(reading) = readings.get_mut(&seq) {
                        reading.1 = values(pulse, spo2);
                    }
                }
                Act::CorrectLimit { which, high } if !limited.is_empty() => {
                    let seq = limited[which % limited.len()];
                    timeline.correct(seq, limits(high));
                    set.entry(seq).and_modify(|known| *known = high);
                }
                Act::Retract { which, wrong_patient } if !measured.is_empty() || !limited.is_empty() => {
                    let all: Vec<Seq> = measured.iter().chain(&limited).copied().collect();
                    let seq = all[which % all.len()];
                    let reason =
                        if wrong_patient { RetractionReason::WrongPatient } else { RetractionReason::Mistake };
                    timeline.retract(seq, reason);
                    readings.remove(&seq);
                    set.remove(&seq);
                    retracted.insert(seq);
                }
                _ => {}
            }
        }
        prop_assert_eq!(&timeline.state.retracted, &retracted);
        for sign in [VitalSign::Pulse, VitalSign::OxygenSaturation] {
            let of_sign = |(seq, (at, values)): (&Seq, &Reading)| {
                let (_, value) = values.iter().find(|(of, _)| *of == sign)?;
                Some((Measured { at: *at, seq: *seq }, Decimal::whole(*value)))
            };
            let mut standing: Vec<_> = readings.iter().filter_map(of_sign).collect();
            standing.sort_unstable_by_key(|(measured, _)| std::cmp::Reverse(*measured));
            let told: Vec<_> =
                timeline.state.newest_first(sign).map(|latest| (latest.measured, latest.value)).collect();
            prop_assert!(told.len() <= crate::limits::VITALS_STANDING_MAX);
            prop_assert_eq!(&told[..], &standing[..told.len()], "the newest, without a gap");
            let forgot = timeline.state.vitals.get(&sign).is_some_and(|standing| standing.dropped().is_some());
            prop_assert!(forgot || told.len() == standing.len());
        }
        match (timeline.state.limits.newest(), set.last_key_value()) {
            (Some((seq, _)), Some((expected, high_set))) => {
                prop_assert_eq!(seq, expected);
                prop_assert_eq!(high(&timeline.state), Some(high_set.to_string()));
            }
            (None, Some(_)) => prop_assert!(timeline.state.limits.dropped().is_some()),
            (known, None) => prop_assert!(known.is_none()),
        }
    }
}
