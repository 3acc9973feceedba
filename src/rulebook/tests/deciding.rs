//! Whole posts decided in front of a patient's state: what the rules alone cannot tell.

use jiff::civil::date;
use uuid::Uuid;

use super::book;
use crate::domain::alarm::{AlarmLimit, AlarmLimits};
use crate::domain::attachment::{Attachment, ContentHash, MediaType};
use crate::domain::body::{
    Acknowledgement, Body, Correction, Note, OfficeEntry, Order, OrderType, Retraction, RetractionReason,
};
use crate::domain::decimal::Decimal;
use crate::domain::directory::{Actor, Directory, Organisation, Person, Position};
use crate::domain::duty::{Answer, DutyAnswer, DutyId};
use crate::domain::entry::{Entry, Intent, Sensitivity};
use crate::domain::ids::{EntryId, OrganisationId, PersonId, TimelineId};
use crate::domain::offices::Offices;
use crate::domain::patient::{HumanName, Registration, Sex};
use crate::domain::role::{OrganisationType, Role};
use crate::domain::ruling::Ruling;
use crate::domain::state::PatientState;
use crate::domain::team::{ConsentChange, ConsentGiver, ConsentState, History, HostChange, TeamLink, TeamUnlink};
use crate::domain::time::Timestamp;
use crate::domain::unit::Unit;
use crate::domain::vital::{Measurement, Vital, VitalSign};
use crate::domain::withheld::WithheldSet;
use crate::limits;
use crate::rulebook::calendar::Calendar;
use crate::rulebook::{Decision, Known, Refusal, Rulebook, Situation, Surroundings, Target, decide};

pub(super) const HIKARI: OrganisationId = OrganisationId(Uuid::from_u128(0xa1));
pub(super) const MINATO: OrganisationId = OrganisationId(Uuid::from_u128(0xa2));
pub(super) const FAR: OrganisationId = OrganisationId(Uuid::from_u128(0xa3));
/// Who agrees to registrations.
const DOCTOR: PersonId = PersonId(Uuid::from_u128(0xb1));
/// 2026-04-01T09:30 in Tokyo.
pub(super) const NOW: Timestamp = Timestamp::from_secs(1_775_003_400);

pub(super) fn somebody(role: Role, organisation: OrganisationId) -> Actor {
    let person = PersonId(Uuid::from_u128(organisation.0.as_u128() << 8 | role.index() as u128));
    Actor { person, role, organisation, organisation_type: OrganisationType::Clinic }
}

/// A patient of two linked organisations: HIKARI, the host, and MINATO.
pub(super) struct Patient {
    book: Rulebook,
    directory: Directory,
    pub(super) state: PatientState,
    entries: Vec<Entry>,
    /// Whoever posts found the patient by name and birth date.
    pub(super) found_by_search: bool,
    /// A patient whom an export names withholds it.
    pub(super) export_withheld: Known<bool>,
    /// Files that everybody may name.
    files: Vec<ContentHash>,
}

impl Patient {
    pub(super) fn unknown() -> Self {
        let organisation = |id| Organisation {
            id,
            kind: OrganisationType::Clinic,
            name: "医院".to_owned(),
            kana: "イイン".to_owned(),
            phone: String::new(),
            identifiers: Vec::new(),
            active: true,
        };
        let organisations = [HIKARI, MINATO, FAR].map(|id| (id, organisation(id))).into();
        let positions = vec![Position { role: Role::Doctor, organisation: HIKARI }];
        let doctor = Person { id: DOCTOR, name: HumanName::default(), positions, active: true };
        let directory = Directory { organisations, people: [(DOCTOR, doctor)].into(), ..Directory::default() };
        let state = PatientState::empty(TimelineId(Uuid::from_u128(0xffff)));
        let (entries, files) = (Vec::new(), Vec::new());
        Self { book: book(), directory, state, entries, files, found_by_search: false, export_withheld: false.into() }
    }

    pub(super) fn with_team() -> Self {
        let mut patient = Self::unknown();
        let office = somebody(Role::Secretariat, OrganisationId(Uuid::from_u128(0xa0)));
        for body in [named("高橋 ハル"), link(HIKARI, true), link(MINATO, false), consent(ConsentState::Team)] {
            patient.accepts(office, body);
        }
        patient
    }

    fn decide(&self, actor: Actor, intent: &Intent, hub_made_timeline: bool) -> Decision {
        let find = |id: EntryId| {
            let entry = self.entries.iter().find(|entry| entry.id == id)?;
            let own = entry.author.organisation == actor.organisation;
            Some(Target { scope: entry.scope(), own, visible: true, kind: entry.body.kind() })
        };
        let target = intent.body.target().and_then(find);
        let named: Vec<_> =
            intent.body.references().filter_map(|named| Some((named.entry, find(named.entry)?))).collect();
        let (state, rulebook, directory) = (&self.state, &self.book, &self.directory);
        let (now, today, target) = (NOW, date(2026, 4, 1), target.as_ref());
        let offices = Offices::default();
        let surroundings = Surroundings::of(state, directory, &offices, today);
        let calendar = Calendar::japan_with_placeholders();
        let situation = Situation {
            state,
            rulebook,
            directory,
            surroundings: &surroundings,
            offices: &offices,
            calendar: &calendar,
            actor: &actor,
            now,
            today,
            target,
            named: &named,
            files: &self.files,
            export_withheld: self.export_withheld,
            hub_made_timeline,
            found_by_search: self.found_by_search,
        };
        decide(&situation, intent)
    }

    fn intent(&self, body: Body) -> Intent {
        let id = EntryId(Uuid::from_u128(0x1000 + u128::from(self.state.head.0)));
        let (timeline, sensitivity) = (self.state.timeline, Sensitivity::Normal);
        let (addressed_to, reasons) = (Vec::new(), Vec::new());
        Intent { id, timeline, observed_at: None, sensitivity, addressed_to, body, reasons, on_behalf_of: None }
    }

    /// What becomes of a post, in a word: `accepted`, `queued`, `unknown`, a code and its field, or the first rule.
    pub(super) fn answer(&self, actor: Actor, body: Body) -> String {
        self.answer_to(actor, &self.intent(body), false)
    }

    fn answer_to(&self, actor: Actor, intent: &Intent, hub_made_timeline: bool) -> String {
        match self.decide(actor, intent, hub_made_timeline) {
            Decision::Accept(_) => "accepted".to_owned(),
            Decision::Queue(_) => "queued".to_owned(),
            Decision::Refuse(Refusal::NotFound(_)) => "unknown".to_owned(),
            Decision::Refuse(Refusal::Invalid(invalid)) => format!("{} {}", invalid.code, invalid.field),
            Decision::Refuse(Refusal::Held(ruling)) => {
                let [hold] = &self.book.holds(&intent.body, &ruling)[..] else { panic!("one gate: {ruling:?}") };
                assert!(!hold.missing.is_empty(), "in words: {hold:?}");
                format!("held by {}", hold.citation.split('@').next().expect("a rule"))
            }
            Decision::Refuse(Refusal::Rules(ruling)) => {
                let reasons = self.book.reasons(&intent.body, &ruling);
                assert!(reasons[0].en.len() > 30 && reasons[0].ja.len() > 30, "in words: {reasons:?}");
                ruling.cited[0].split('@').next().expect("a rule").to_owned()
            }
        }
    }

    pub(super) fn accepts(&mut self, actor: Actor, body: Body) -> EntryId {
        let intent = self.intent(body);
        let Decision::Accept(acceptance) = self.decide(actor, &intent, true) else {
            panic!("{:?}", self.decide(actor, &intent, true))
        };
        let entry =
            Entry { alarms: acceptance.alarms, target_scope: acceptance.target_scope, ..self.entry(actor, intent) };
        self.state.apply(&entry);
        self.entries.push(entry);
        self.entries.last().expect("it is there").id
    }

    /// What stands on the timeline, however it came there.
    fn has(&mut self, actor: Actor, body: Body) -> EntryId {
        let entry = self.entry(actor, self.intent(body));
        self.state.apply(&entry);
        self.entries.push(entry);
        self.entries.last().expect("it is there").id
    }

    fn entry(&self, actor: Actor, intent: Intent) -> Entry {
        Entry {
            id: intent.id,
            timeline: intent.timeline,
            seq: self.state.head.next(),
            device: None,
            author: actor,
            observed_at: None,
            recorded_at: NOW,
            sensitivity: intent.sensitivity,
            addressed_to: Vec::new(),
            body: intent.body,
            alarms: Vec::new(),
            target_scope: None,
            on_behalf: None,
            ruling: Ruling::default(),
        }
    }
}

pub(super) fn named(kanji: &str) -> Body {
    let name = HumanName { kanji: kanji.to_owned(), kana: "タカハシ ハル".to_owned() };
    Body::Registration(Box::new(Registration {
        name,
        birth_date: date(1938, 4, 12),
        sex: Sex::Female,
        identifiers: Vec::new(),
        in_facility: false,
        for_training: false,
        document: "申込書綴り 1".to_owned(),
        agreed_by: Some(DOCTOR),
        agreed_on_paper: "同意書綴り 1".to_owned(),
        attachments: Vec::new(),
    }))
}

pub(super) fn link(organisation: OrganisationId, host: bool) -> Body {
    Body::TeamLink(TeamLink { organisation, people: Vec::new(), host, history: History::All, relation_confirmed: true })
}

fn unlink(organisation: OrganisationId) -> Body {
    Body::TeamUnlink(TeamUnlink { organisation, people: Vec::new(), reason: String::new() })
}

fn consent(state: ConsentState) -> Body {
    let (given_by, given_on) = (ConsentGiver::Patient, date(2026, 4, 1));
    Body::Consent(ConsentChange {
        state,
        given_by,
        given_on,
        document: "同意書綴り 1".to_owned(),
        one_doctor_wished: false,
        form_version: String::new(),
        withheld: WithheldSet::NONE,
        attachments: Vec::new(),
    })
}

pub(super) fn note() -> Body {
    Body::Note(Note { text: "お変わりありません".to_owned(), ..Note::default() })
}

fn observed() -> Body {
    let measured = Measurement::new(VitalSign::OxygenSaturation, Decimal::whole(96), Unit::Percent);
    let measurements = vec![measured.expect("a plausible value")];
    Body::Vital(Vital { measurements, site: None, device: String::new(), comment: String::new() })
}

fn order() -> Body {
    Body::from(Box::new(Order::new(OrderType::Routine, "朝食後に測定".to_owned())))
}

fn alarm_limits(high: i32) -> Body {
    let limit = AlarmLimit { sign: VitalSign::Pulse, low: None, high: Some(Decimal::whole(high)) };
    Body::AlarmLimits(AlarmLimits { limits: vec![limit], text: String::new() })
}

fn corrected(target: EntryId, body: Body) -> Body {
    Body::Correction(Correction { target, body: Box::new(body), reason: "誤記".to_owned() })
}

fn retracted(target: EntryId) -> Body {
    Body::Retraction(Retraction { target, reason: RetractionReason::Mistake, text: String::new() })
}

#[test]
fn only_the_team_and_the_secretariat_register_a_patient_anew_and_others_cannot_tell_that_there_is_one() {
    let (known, unknown) = (Patient::with_team(), Patient::unknown());
    let outsider = somebody(Role::Doctor, FAR);
    assert_eq!(known.answer(outsider, named("別人 ハル")), "unknown");
    assert_eq!(unknown.answer(outsider, named("別人 ハル")), "unknown", "the id was the outsider's to choose");
    // What an office may always do, and what the secretariat may do anywhere, tells nobody of a patient either.
    assert_eq!(known.answer(outsider, unlink(FAR)), "unknown");
    assert_eq!(unknown.answer(somebody(Role::Secretariat, FAR), consent(ConsentState::Team)), "unknown");
    assert_eq!(known.answer(somebody(Role::Doctor, MINATO), named("高橋 春")), "accepted");
    assert_eq!(known.answer(somebody(Role::Dentist, HIKARI), named("高橋 春")), "accepted");
    assert_eq!(known.answer(somebody(Role::Nurse, MINATO), named("高橋 春")), "DEFAULT-DENY");
    let office = somebody(Role::Secretariat, FAR);
    assert_eq!(known.answer(office, named("高橋 春")), "accepted");
    assert_eq!(unknown.answer(office, named("高橋 ハル")), "accepted", "it sees every registration anyway");

    let first = unknown.intent(named("高橋 ハル"));
    assert_eq!(unknown.answer_to(outsider, &first, true), "accepted", "on an id that the hub made");
    assert_eq!(unknown.answer_to(somebody(Role::Nurse, FAR), &first, true), "unknown");

    let mut left = Patient::with_team();
    left.accepts(somebody(Role::Secretariat, FAR), unlink(MINATO));
    assert_eq!(left.answer(somebody(Role::Doctor, MINATO), named("別人 ハル")), "DEFAULT-DENY");
}

#[test]
fn row_9_a_correction_is_no_way_around_the_rules_for_what_it_says() {
    let mut patient = Patient::with_team();
    let (doctor, nurse) = (somebody(Role::Doctor, HIKARI), somebody(Role::Nurse, HIKARI));
    let ordered = patient.accepts(doctor, order());
    assert_eq!(patient.answer(nurse, corrected(ordered, order())), "FL-18");
    assert_eq!(patient.answer(doctor, corrected(ordered, order())), "accepted");
    let set = patient.accepts(doctor, alarm_limits(120));
    assert_eq!(patient.answer(nurse, corrected(set, alarm_limits(12))), "FL-17");
    assert_eq!(patient.answer(somebody(Role::Dentist, HIKARI), corrected(set, alarm_limits(12))), "FL-17");
    let noted = patient.accepts(nurse, note());
    assert_eq!(patient.answer(nurse, corrected(noted, note())), "accepted");
    assert_eq!(patient.answer(somebody(Role::Nurse, MINATO), corrected(noted, note())), "FL-5");

    // Consent withdrawn: what was seen is still put right, an order is taken back and not given anew.
    patient.accepts(somebody(Role::Secretariat, FAR), consent(ConsentState::Withdrawn));
    assert_eq!(patient.answer(nurse, corrected(noted, note())), "accepted");
    assert_eq!(patient.answer(doctor, corrected(ordered, order())), "DEFAULT-DENY");
    assert_eq!(patient.answer(doctor, retracted(ordered)), "accepted");
}

#[test]
fn an_accepted_correction_cites_the_rules_of_both_and_they_read_as_words() {
    let mut patient = Patient::with_team();
    let doctor = somebody(Role::Doctor, HIKARI);
    let ordered = patient.accepts(doctor, order());
    let intent = patient.intent(corrected(ordered, order()));
    let Decision::Accept(acceptance) = patient.decide(doctor, &intent, false) else { panic!("accepted") };
    let cited: Vec<_> = acceptance.ruling.cited.iter().map(|cited| cited.split('@').next().expect("a rule")).collect();
    assert_eq!(cited, ["FL-4", "SH-7"]);
    let words = patient.book.reasons(&intent.body, &acceptance.ruling);
    assert!(words[0].en.contains("SH-7") && words[0].ja.contains("FL-4"), "{words:?}");
}

#[test]
fn a_former_member_does_not_link_itself_by_correcting_what_it_posted() {
    let mut patient = Patient::unknown();
    let doctor = somebody(Role::Doctor, HIKARI);
    patient.accepts(doctor, named("高橋 ハル"));
    let first = patient.accepts(doctor, link(HIKARI, true));
    let consented = patient.accepts(doctor, consent(ConsentState::Team));
    let office = somebody(Role::Secretariat, FAR);
    patient.accepts(office, link(MINATO, true));
    patient.accepts(office, unlink(HIKARI));
    patient.accepts(office, consent(ConsentState::Withdrawn));
    assert_eq!(patient.answer(doctor, corrected(first, link(HIKARI, true))), "DEFAULT-DENY");
    assert_eq!(patient.answer(doctor, corrected(consented, consent(ConsentState::Team))), "DEFAULT-DENY");
}

#[test]
fn what_says_how_things_stand_is_not_corrected_or_retracted_past_what_came_later() {
    let mut patient = Patient::unknown();
    let office = somebody(Role::Secretariat, FAR);
    let registered = patient.accepts(office, named("高橋 ハル"));
    let linked = patient.accepts(office, link(HIKARI, true));
    let given = patient.accepts(office, consent(ConsentState::Team));
    assert_eq!(patient.answer(office, corrected(given, consent(ConsentState::None))), "accepted");
    let withdrawn = patient.accepts(office, consent(ConsentState::Withdrawn));
    let table = [
        (corrected(given, consent(ConsentState::Team)), "superseded body.correction.target"),
        (corrected(withdrawn, consent(ConsentState::Team)), "accepted"),
        (corrected(registered, named("高橋 春")), "accepted"),
        (corrected(linked, link(FAR, true)), "wrong_kind body.correction.target"),
        // The secretariat posts no notes, whatever it calls them.
        (corrected(linked, note()), "DEFAULT-DENY"),
        (retracted(withdrawn), "wrong_kind body.retraction.target"),
        (retracted(registered), "wrong_kind body.retraction.target"),
        (retracted(linked), "wrong_kind body.retraction.target"),
        (
            Body::HostChange(HostChange { organisation: FAR, reason: String::new() }),
            "not_linked body.host_change.organisation",
        ),
    ];
    for (body, expected) in table {
        assert_eq!(patient.answer(office, body.clone()), expected, "{body:?}");
    }
}

#[test]
fn what_was_taken_back_is_not_corrected() {
    let mut patient = Patient::with_team();
    let nurse = somebody(Role::Nurse, MINATO);
    let noted = patient.accepts(nurse, note());
    patient.accepts(nurse, retracted(noted));
    assert_eq!(patient.answer(nurse, corrected(noted, note())), "retracted body.correction.target");
    assert_eq!(patient.answer(nurse, retracted(noted)), "accepted", "a mistake may turn out to be the wrong patient");
}

#[test]
fn row_9_a_correction_says_again_the_kind_of_thing_that_it_corrects() {
    let mut patient = Patient::with_team();
    let nurse = somebody(Role::Nurse, MINATO);
    let noted = patient.accepts(nurse, note());
    // What she may post anew is no other record's second version.
    assert_eq!(patient.answer(nurse, observed()), "accepted");
    assert_eq!(patient.answer(nurse, corrected(noted, observed())), "wrong_kind body.correction.body");
    assert_eq!(patient.answer(nurse, corrected(noted, note())), "accepted");
}

#[test]
fn what_a_correction_says_is_looked_at_like_a_post_of_it() {
    let mut patient = Patient::with_team();
    let office = somebody(Role::Secretariat, FAR);
    let registered = patient.accepts(office, named("高橋 ハル"));
    let Body::Registration(known) = named("高橋 春") else { panic!("a registration") };
    let nobody = PersonId(Uuid::from_u128(0xdead));
    let agreed_by_nobody = Body::Registration(Box::new(Registration { agreed_by: Some(nobody), ..*known }));
    let answer = patient.answer(office, corrected(registered, agreed_by_nobody));
    assert_eq!(answer, "not_found body.correction.body.registration.agreed_by");
    assert_eq!(patient.answer(office, corrected(registered, named("高橋 春"))), "accepted");
}

#[test]
fn row_9_what_points_back_or_answers_a_duty_is_not_taken_back() {
    let mut patient = Patient::with_team();
    let (doctor, nurse) = (somebody(Role::Doctor, HIKARI), somebody(Role::Nurse, MINATO));
    let noted = patient.accepts(nurse, note());
    let seen = |target| Body::Acknowledgement(Acknowledgement { target, text: String::new() });
    let acknowledged = patient.accepts(doctor, seen(noted));
    assert_eq!(patient.answer(nurse, seen(acknowledged)), "wrong_kind body.acknowledgement.target");
    assert_eq!(patient.answer(doctor, retracted(acknowledged)), "wrong_kind body.retraction.target");
    let taken_back = patient.accepts(nurse, retracted(noted));
    assert_eq!(patient.answer(nurse, retracted(taken_back)), "wrong_kind body.retraction.target");
    let (duty, reason) = (DutyId(Uuid::from_u128(1)), "手が離せません".to_owned());
    let declined =
        patient.has(nurse, Body::DutyAnswer(Box::new(DutyAnswer { duty, answer: Answer::Declined, reason })));
    assert_eq!(patient.answer(nurse, retracted(declined)), "wrong_kind body.retraction.target");
}

#[test]
fn what_is_told_as_past_does_not_lie_ahead() {
    use crate::domain::body::{Call, CallTo, Death, Visit};
    let patient = Patient::with_team();
    let ahead = Some(NOW.saturating_add(std::time::Duration::from_secs(limits::OBSERVED_AHEAD_MAX_S + 1)));
    let visit = Visit { text: "訪問".into(), ended_at: ahead, ..Visit::default() };
    for (body, expected) in [
        (Body::from(Box::new(visit.clone())), "out_of_range body.visit.ended_at_us"),
        (
            Body::Death(Death { place: "自宅".into(), died_at: ahead, ..Death::default() }),
            "out_of_range body.death.died_at_us",
        ),
        (
            Body::from(Box::new(Call {
                to: CallTo::Doctor,
                reached: true,
                text: "相談".into(),
                organisation: None,
                person: None,
                role: None,
                called_at: ahead,
                about: None,
            })),
            "out_of_range body.call.called_at_us",
        ),
        (Body::from(Box::new(Visit { ended_at: Some(NOW), ..visit })), "accepted"),
    ] {
        assert_eq!(patient.answer(somebody(Role::Nurse, MINATO), body), expected);
    }
}

#[test]
fn a_claimed_time_lies_between_birth_and_now() {
    let patient = Patient::with_team();
    let claims = |at: &str| Intent { observed_at: Some(at.parse().expect("a moment")), ..patient.intent(note()) };
    let ahead = NOW.saturating_add(std::time::Duration::from_secs(limits::OBSERVED_AHEAD_MAX_S));
    let table = [
        ("2026-04-01T09:29:00+09:00", "accepted"),
        (ahead.to_rfc3339().as_str(), "accepted"),
        ("2026-04-01T09:45:01+09:00", "out_of_range observed_at_us"),
        ("2100-01-01T00:00:00Z", "out_of_range observed_at_us"),
        ("1938-04-12T00:00:00+14:00", "accepted"),
        ("1938-04-11T00:00:00+09:00", "out_of_range observed_at_us"),
        ("1899-12-31T23:59:59Z", "out_of_range observed_at_us"),
    ]
    .map(|(at, expected)| (at.to_owned(), expected));
    for (at, expected) in table {
        assert_eq!(patient.answer_to(somebody(Role::Nurse, MINATO), &claims(&at), false), expected, "{at}");
    }
    for claimed in [Timestamp::MIN, Timestamp::MAX] {
        let intent = Intent { observed_at: Some(claimed), ..patient.intent(note()) };
        let answer = patient.answer_to(somebody(Role::Nurse, MINATO), &intent, false);
        assert_eq!(answer, "out_of_range observed_at_us");
    }
    // Whom the patient is hidden from learns nothing of the birth date.
    let stranger = somebody(Role::Nurse, FAR);
    assert_eq!(patient.answer_to(stranger, &claims("1938-04-11T00:00:00+09:00"), false), "queued");
}

#[test]
fn an_entry_names_only_files_that_the_hub_found_for_it() {
    let mut patient = Patient::with_team();
    let photo = Attachment {
        sha256: ContentHash([7; 32]),
        media_type: MediaType::Jpeg,
        size_bytes: 1_000,
        title: "創部".to_owned(),
    };
    let Body::Note(plain) = note() else { panic!("a note") };
    let attachments = vec![photo.clone(), Attachment { sha256: ContentHash([8; 32]), ..photo }];
    let with_photos = Body::Note(Note { attachments, ..plain });
    let nurse = somebody(Role::Nurse, MINATO);
    assert_eq!(patient.answer_to(nurse, &patient.intent(note()), false), "accepted");
    let answer = |patient: &Patient, actor, body: &Body| patient.answer(actor, body.clone());
    assert_eq!(answer(&patient, nurse, &with_photos), "no_such_file body.note.attachments[0].sha256");
    patient.files = vec![ContentHash([7; 32])];
    assert_eq!(answer(&patient, nurse, &with_photos), "no_such_file body.note.attachments[1].sha256");
    let target = patient.accepts(nurse, note());
    let correction =
        |body: &Body| Body::Correction(Correction { target, body: Box::new(body.clone()), reason: String::new() });
    let field = "no_such_file body.correction.body.note.attachments[1].sha256";
    assert_eq!(answer(&patient, nurse, &correction(&with_photos)), field);

    patient.files.push(ContentHash([8; 32]));
    assert_eq!(answer(&patient, nurse, &with_photos), "accepted");
    assert_eq!(answer(&patient, nurse, &correction(&with_photos)), "accepted");
    // An observation waits for a link, but not with files: they would be gone by then.
    let stranger = somebody(Role::Nurse, FAR);
    assert_eq!(answer(&patient, stranger, &note()), "queued");
    assert_eq!(answer(&patient, stranger, &with_photos), "no_such_file body.note.attachments[0].sha256");
}

#[test]
fn a_record_of_an_organisation_is_refused_alike_for_every_patient() {
    let (known, unknown) = (Patient::with_team(), Patient::unknown());
    for patient in [&known, &unknown] {
        let entered = Body::OfficeEntry(OfficeEntry::default());
        assert_eq!(patient.answer(somebody(Role::Doctor, FAR), entered), "wrong_kind timeline");
    }
}
