//! Who owes a duty on a given team, when the clock acts, and what meets it; every step of every shipped
//! chain finds somebody.

use std::time::Duration;

use super::rows::facts;
use super::{book, digest};
use crate::domain::directory::Actor;
use crate::domain::entry::WrittenReason;
use crate::domain::ids::{EntryId, OrganisationId, PersonId, Subject, TimelineId};
use crate::domain::kind::Kind;
use crate::domain::role::{OrganisationType, Role};
use crate::domain::state::PatientState;
use crate::domain::time::Timestamp;
use crate::rulebook::calendar::Calendar;
use crate::rulebook::consequences::Passage;
use crate::rulebook::surroundings::Surroundings;
use crate::rulebook::words::{Capacity, Pledger, WayOut};
use crate::rulebook::{
    Act, Around, ChainStep, Debtor, EventFacts, Known, Mechanism, Named, NewDuty, Owed, RoleSet, RuleRef, Rulebook,
    RulebookFiles, Seat, SourceFile, StepDoes, shipped,
};

pub(super) fn organisation(number: u128) -> OrganisationId {
    OrganisationId(uuid::Uuid::from_u128(number))
}

fn entry(number: u128) -> EntryId {
    EntryId(uuid::Uuid::from_u128(number))
}

pub(super) fn seat(number: u128, of: OrganisationType, roles: &[Role]) -> Seat {
    Seat { organisation: organisation(number), organisation_type: of, roles: RoleSet::of(roles), host: number == 1 }
}

pub(super) fn actor(number: u128, of: OrganisationType, role: Role) -> Actor {
    Actor {
        person: PersonId(uuid::Uuid::from_u128(1_000 + number)),
        role,
        organisation: organisation(number),
        organisation_type: of,
    }
}

const CLINIC: u128 = 1;
const STATION: u128 = 2;
const OTHER_STATION: u128 = 3;

pub(super) fn team() -> Vec<Seat> {
    vec![
        seat(CLINIC, OrganisationType::Clinic, &[Role::Doctor]),
        seat(STATION, OrganisationType::NursingStation, &[Role::Nurse, Role::Rehab]),
        seat(OTHER_STATION, OrganisationType::NursingStation, &[Role::Nurse]),
        seat(4, OrganisationType::CareOffice, &[Role::CareManager]),
        seat(5, OrganisationType::Pharmacy, &[Role::Pharmacist]),
        seat(6, OrganisationType::HomeHelp, &[Role::Helper]),
    ]
}

pub(super) fn secretariat() -> Seat {
    seat(9, OrganisationType::Secretariat, &[Role::Secretariat])
}

fn rule(book: &Rulebook, id: &str) -> RuleRef {
    book.rules().find(|(_, _, rule)| rule.id == id).expect("the rule").0
}

fn open(book: &Rulebook, id: &str, around: &Around<'_>) -> Vec<NewDuty> {
    book.open(rule(book, id), true, around)
}

#[test]
fn every_station_owes_for_itself_and_the_chain_runs_to_the_secretariat() {
    let (book, team, author) = (book(), team(), actor(CLINIC, OrganisationType::Clinic, Role::Doctor));
    let around = Around { team: &team, author: Some(&author), region: Some(secretariat()), ..Around::default() };
    let duties = open(&book, "ND-M1", &around);
    let owing: Vec<_> = duties.iter().map(|duty| duty.debtors[0].organisation).collect();
    assert_eq!(owing, [organisation(STATION), organisation(OTHER_STATION)]);
    assert_eq!(duties[0].debtors[0].roles, RoleSet::of(&[Role::Nurse]), "the therapist of the station is not meant");
    let chain: Vec<Vec<Debtor>> =
        duties[0].terms.escalate.iter().map(|step| step.told.resolve(&around, &duties[0].debtors)).collect();
    assert_eq!((chain[0][0].organisation, chain[0][0].capacity), (organisation(STATION), Capacity::Manager));
    assert_eq!(chain[1][0].organisation, organisation(9));

    let opened_at: Timestamp = "2026-04-01T10:00:00+09:00".parse().unwrap();
    let after = |hours: u64| opened_at.saturating_add(Duration::from_secs(hours * 3_600));
    let calendar = Calendar::japan_with_placeholders();
    let steps = duties[0].terms.schedule(opened_at, &calendar, OrganisationType::NursingStation);
    let steps: Vec<_> = steps.iter().map(|step| (step.at, step.does)).collect();
    assert_eq!(
        steps,
        [
            (after(2), StepDoes::Remind(0)),
            (after(4), StepDoes::Due),
            (after(4), StepDoes::Escalate(0)),
            (after(8), StepDoes::Escalate(1)),
        ]
    );
}

fn act(author: &Actor, kind: Kind, refers_to: Option<EntryId>) -> Act<'_> {
    Act { author, kind, refers_to, device: None, call: None, over_at: None }
}

#[test]
fn a_duty_is_met_by_its_debtor_about_its_cause_and_by_nothing_else() {
    let (book, team) = (book(), team());
    let nurse = actor(STATION, OrganisationType::NursingStation, Role::Nurse);
    let doctor = actor(CLINIC, OrganisationType::Clinic, Role::Doctor);
    let around = Around { team: &team, author: Some(&nurse), region: Some(secretariat()), ..Around::default() };
    let [duty] = open(&book, "ND-M2", &around).try_into().expect("one duty, owed by any doctor");
    let owed = Owed { debtors: &duty.debtors, cause: Some(entry(7)), owner: None, matters: &[], since: None };
    let met = |author: &Actor, kind, refers_to| duty.terms.met_by(&act(author, kind, refers_to), &owed);
    assert!(met(&doctor, Kind::LabResult, Some(entry(7))));
    assert!(!met(&doctor, Kind::LabResult, None), "some other result");
    assert!(!met(&doctor, Kind::LabResult, Some(entry(8))));
    assert!(!met(&doctor, Kind::Acknowledgement, Some(entry(7))));
    assert!(!met(&nurse, Kind::LabResult, Some(entry(7))), "not hers to give");
    assert_eq!(duty.terms.ways_out, [WayOut::Decline]);

    let around = Around { author: Some(&doctor), ..around };
    let duty = &open(&book, "ND-M1", &around)[0];
    let owed = Owed { debtors: &duty.debtors, cause: Some(entry(7)), owner: None, matters: &[], since: None };
    let met = |author: &Actor, kind, refers_to| duty.terms.met_by(&act(author, kind, refers_to), &owed);
    assert!(met(&nurse, Kind::Acknowledgement, Some(entry(7))));
    assert!(!met(
        &actor(OTHER_STATION, OrganisationType::NursingStation, Role::Nurse),
        Kind::Acknowledgement,
        Some(entry(7))
    ));
    let of_a_state = Owed { cause: None, ..owed };
    assert!(!duty.terms.met_by(&act(&nurse, Kind::Acknowledgement, None), &of_a_state));
}

#[test]
fn authors_named_doctors_and_visitors_are_found() {
    let (book, team) = (book(), team());
    let doctor = actor(CLINIC, OrganisationType::Clinic, Role::Doctor);
    let nurse = actor(STATION, OrganisationType::NursingStation, Role::Nurse);
    let around = Around { team: &team, author: Some(&doctor), ..Around::default() };
    let own = &open(&book, "ND-M3b", &around)[0].debtors[0];
    assert_eq!((own.person, own.roles), (Some(doctor.person), RoleSet::of(&[Role::Doctor])));

    let named = [Named {
        organisation: organisation(CLINIC),
        organisation_type: OrganisationType::Clinic,
        person: Some(doctor.person),
    }];
    let around = Around { team: &team, author: Some(&nurse), named: &named, ..Around::default() };
    let debtor = &open(&book, "ND-M3d", &around)[0].debtors[0];
    assert_eq!((debtor.organisation, debtor.person), (organisation(CLINIC), Some(doctor.person)));

    let visited = [team[1], team[5], seat(77, OrganisationType::DayService, &[Role::Helper])];
    let around = Around { visited: &visited, ..around };
    let told: Vec<_> = open(&book, "IN-1", &around).iter().map(|duty| duty.debtors[0].organisation).collect();
    assert_eq!(told, [organisation(6), organisation(77)], "all who visited, but not the station that tells");
}

#[test]
fn a_duty_nobody_on_the_team_can_owe_goes_to_the_first_of_its_chain_that_exists() {
    let book = book();
    let team = [seat(STATION, OrganisationType::NursingStation, &[Role::Nurse])];
    let nurse = actor(STATION, OrganisationType::NursingStation, Role::Nurse);
    let around = Around { team: &team, author: Some(&nurse), region: Some(secretariat()), ..Around::default() };
    let duty = &open(&book, "ND-M2", &around)[0];
    assert!(duty.unowed);
    assert_eq!(duty.debtors[0].organisation, organisation(9));
}

#[test]
fn each_of_nobody_is_nobody_and_a_colleague_of_another_role_is_asked() {
    let book = book();
    let of_one_house = [seat(CLINIC, OrganisationType::Clinic, &[Role::Doctor, Role::Nurse])];
    let doctor = actor(CLINIC, OrganisationType::Clinic, Role::Doctor);
    let region = Some(secretariat());
    let around = Around { team: &of_one_house, author: Some(&doctor), region, ..Around::default() };
    let [asked] = open(&book, "ND-M1", &around).try_into().expect("the clinic's own nurse");
    assert_eq!(asked.debtors[0].roles, RoleSet::of(&[Role::Nurse]));
    assert!(open(&book, "IN-1", &around).is_empty(), "nobody visited");
    assert!(open(&book, "IN-2", &around).is_empty(), "there is nobody else on the team");
}

#[test]
fn every_debtor_and_every_step_of_every_shipped_chain_finds_somebody() {
    let (book, team) = (book(), team());
    let hospital = seat(8, OrganisationType::Hospital, &[Role::Msw, Role::Doctor]);
    let named = [Named {
        organisation: organisation(STATION),
        organisation_type: OrganisationType::NursingStation,
        person: None,
    }];
    let author = actor(6, OrganisationType::HomeHelp, Role::Helper);
    let subjects = [hospital, team[1]];
    let around = Around {
        team: &team,
        author: Some(&author),
        named: &named,
        visited: &team,
        region: Some(secretariat()),
        subjects: &subjects,
    };
    let mut steps = 0;
    for (cited, _, rule) in book.rules().filter(|(_, _, rule)| rule.mechanism.deadline().is_some()) {
        for duty in book.open(cited, true, &around) {
            assert!(!duty.unowed && !duty.debtors.is_empty(), "{}", rule.id);
            assert!(!duty.terms.kinds.is_empty() || duty.terms.acknowledge, "{}", rule.id);
            for ChainStep { told, .. } in &duty.terms.escalate {
                assert!(!told.resolve(&around, &duty.debtors).is_empty(), "{} {told:?}", rule.id);
                steps += 1;
            }
        }
    }
    assert!(steps > 40, "{steps} steps");
}

#[test]
fn at_most_two_pieces_of_advice_reach_one_post_and_what_must_be_comes_first() {
    let book = book();
    let known = EventFacts {
        tell_doctor: Known::Is(true),
        mentions_acp: Known::Is(true),
        shared_with_team: Known::Is(false),
        on_shared_sheet: Known::Is(false),
        keeps_acp_private: Known::Is(false),
        ..EventFacts::UNKNOWN
    };
    let mut post = facts("post visit", "nurse team consent:team").post;
    post.record.delay_s = Known::Is(7_200);
    let (_, etiquette, _) = book.rule_on(&post, &known);
    let ids: Vec<_> =
        etiquette.advice.iter().map(|advice| book.rule(advice.rule).expect("a rule").1.id.as_str()).collect();
    assert_eq!(ids, ["DN-M2b", "MU-S1"], "the third, MU-S2, is left out");
}

#[test]
fn a_written_reason_opens_only_the_gates_that_allow_one() {
    let book = book();
    let known = EventFacts {
        urgent: Known::Is(true),
        phoned: Known::Is(false),
        topic: Known::Is(crate::rulebook::event::Topic::Fall),
        band: Known::Is(crate::rulebook::event::TimeBand::Night),
        ..EventFacts::UNKNOWN
    };
    let (_, etiquette, _) = book.rule_on(&facts("post message", "nurse team consent:team").post, &known);
    let held: Vec<_> = etiquette.held.iter().map(|held| held.rule).collect();
    assert_eq!(held, [rule(&book, "OP-1"), rule(&book, "OP-2b")]);
    let reason = |rule: &RuleRef| WrittenReason { rule: book.citation(*rule).to_string(), text: "理由".to_owned() };
    let reasons: Vec<_> = held.iter().map(reason).collect();
    let Passage::Held(left) = book.passage(&etiquette, &reasons) else { panic!("one allows no reason") };
    assert_eq!(left, [rule(&book, "OP-1")]);
}

/// A region that wants another word of the past writes it into its vocabulary, and nowhere else.
#[test]
fn a_word_that_only_the_vocabulary_knows_is_answered_by_the_past() {
    let word = "[field.\"patient.conferred\"]\ntype = \"flag\"\nfrom = \"history\"\nja = \"最近会議をした\"\nen = \"a \
                conference was held lately\"\nno = { ja = \"最近会議をしていない\", en = \"no conference lately\" }\nderive = { how \
                = \"exists\", of = \"conference\", within = \"90d\" }\n";
    let text = format!("{}\n{word}", shipped::VOCABULARY.text);
    let vocabulary = SourceFile { name: shipped::VOCABULARY.name, text: &text };
    let book = Rulebook::load(&RulebookFiles { vocabulary, sets: shipped::SETS.to_vec() }, digest)
        .unwrap_or_else(|problems| panic!("{problems}"));
    let at = book.vocabulary().place_in_past("patient.conferred").expect("a word of the past");

    let state = PatientState::empty_of(Subject::Patient, TimelineId(uuid::Uuid::nil()));
    let facts =
        book.facts_of_state(&state, &Surroundings::default(), &Calendar::japan_with_placeholders(), Timestamp::EPOCH);
    assert_eq!(facts.derived.get(at), Known::Is(false), "nothing happened yet");
    assert_eq!(EventFacts::UNKNOWN.derived.get(at), Known::Unknown);
}

#[test]
fn advice_of_another_version_is_judged_by_the_rule_of_that_name_that_is_in_force() {
    let (book, calendar) = (book(), Calendar::japan_with_placeholders());
    let state = PatientState::empty_of(Subject::Patient, TimelineId(uuid::Uuid::nil()));
    let alone = Surroundings::default();
    let look = crate::rulebook::Looked::at(Timestamp::EPOCH, &state, &alone, &book, &calendar);
    assert!(book.may_still_advise("OP-5@operating-policy/0.9.0#000000000000", &look), "no doctor is on the team");
    assert!(!book.may_still_advise("OP-99@operating-policy/0.9.0#000000000000", &look), "the rule is gone");
    let clinic = seat(1, OrganisationType::Clinic, &[Role::Doctor]);
    let mut with_doctor = Surroundings::default();
    with_doctor.team.push(clinic);
    let look = crate::rulebook::Looked::at(Timestamp::EPOCH, &state, &with_doctor, &book, &calendar);
    assert!(!book.may_still_advise("OP-5@operating-policy/0.9.0#000000000000", &look), "one is");
}

#[test]
fn nobody_is_reminded_about_somebody_who_died_and_a_pair_is_found_either_way_round() {
    let book = book();
    let patient = facts("post note", "").post.viewer.patient;
    let mut event = EventFacts {
        has_nurse: Known::Is(true),
        stay: Known::Is(crate::rulebook::event::Stay::Home),
        ..EventFacts::UNKNOWN
    };
    let instruction = book.vocabulary().place_in_past("patient.has_instruction").expect("a word of the vocabulary");
    event.derived.set(instruction, Known::Is(true));
    assert!(!book.standing_of_patient(patient, &event).is_empty());
    event.stay = Known::Is(crate::rulebook::event::Stay::Deceased);
    assert_eq!(book.standing_of_patient(patient, &event), []);

    let pair = EventFacts {
        subject_type: Known::Is(OrganisationType::NursingStation),
        other_type: Known::Is(OrganisationType::Clinic),
        shares_patient: Known::Is(true),
        ..EventFacts::UNKNOWN
    };
    let found = book.standing_of_pair(&pair);
    assert_eq!(
        found.iter().map(|implied| (implied.rule, implied.confirmed)).collect::<Vec<_>>(),
        [(rule(&book, "MU-M2"), true)]
    );
}

#[test]
fn a_pledge_is_due_at_joining_and_again_when_its_time_ran_out() {
    let book = book();
    let given: Timestamp = "2026-04-01T10:00:00+09:00".parse().unwrap();
    let day = Duration::from_secs(86_400);
    let due = |given: &[(&str, Timestamp)], now| {
        let due = book.pledges_due(Pledger::Person, Role::Nurse, given, now);
        due.iter().map(|due| book.rule(due.rule).expect("a rule").1.id.clone()).collect::<Vec<_>>()
    };
    assert_eq!(due(&[], given), ["OP-11b", "MU-M1", "MU-M3"]);
    let all = [("MU-M1", given), ("MU-M3", given), ("OP-11b", given.saturating_add(day))];
    assert_eq!(due(&all, given.saturating_add(day * 364)), Vec::<String>::new());
    assert_eq!(due(&all, given.saturating_add(day * 365)), ["MU-M1", "MU-M3"]);
}

#[test]
fn no_shipped_deadline_that_a_source_does_not_give_is_passed_off_as_agreed() {
    let book = book();
    for (_, set, rule) in book.rules() {
        let spans = rule.mechanism.deadline().into_iter().flat_map(|deadline| {
            std::iter::once(&deadline.within)
                .chain(&deadline.remind)
                .chain(deadline.escalate.iter().map(|step| &step.after))
        });
        let every = match &rule.mechanism {
            Mechanism::Pledge(pledge) => Some(&pledge.every),
            _ => None,
        };
        // Published: facilities record monthly.
        for span in spans.chain(every).filter(|_| rule.id != "OP-15") {
            assert!(span.placeholder, "{} of {}", rule.id, set.id);
        }
    }
}
