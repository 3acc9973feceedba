//! What organisations and people owe as such, apart from any patient: pledges, liaisons, chances to meet, accounts; and
//! breaking the glass, which all of a team learns of.

use axum::http::StatusCode;
use renkei::actions::offices::give_all_pledges;
use renkei::domain::body::{
    Acknowledgement, Activation, Body, CallTo, Conference, ContactWindow, EmergencyAccess, Export, Incident,
    JointVisit, MeetingState, Participant, Pledge, PledgeBy, Retraction, RetractionReason, Suspension,
};
use renkei::domain::duty::Answer;
use renkei::domain::entry::Intent;
use renkei::domain::ids::{EntryId, OrganisationId, PatientId};
use renkei::domain::role::{OrganisationType, Role};
use renkei::rulebook::{Rulebook, RulebookFiles, shipped};
use renkei::vault::digest;
use renkei::wire::ServerFrame;
use serde_json::{Value, json};

use super::bodies::call;
use super::story::Who::{
    CareManager, Doctor, FarHelper, FarNurse, Helper, HospitalDoctor, Nurse, Pharmacist, Secretariat,
};
use super::story::{DAY, MINUTE, Story, TEAM, Who, advised, at, duties, duty, meets, not_advised, rule_of};
use crate::support::actor::Actor;

fn liaison(around_the_clock: bool) -> Body {
    let (department, phone) = ("地域連携室".to_owned(), "03-5550-0110".to_owned());
    Body::from(Box::new(ContactWindow { department, phone, around_the_clock, ..ContactWindow::default() }))
}

// ───────── liaisons ─────────

#[tokio::test]
async fn nd_s6_a_hospital_names_its_liaison_and_is_asked_for_it_again_a_year_later() {
    let mut story = Story::with(&[HospitalDoctor, Doctor, Nurse]).await;
    let (hospital, clinic) = (story.office(HospitalDoctor), story.office(Doctor));
    story.writes_on(HospitalDoctor, hospital, liaison(false)).await;
    story.writes_on(Doctor, clinic, liaison(false)).await;
    // Every profession finds whom to turn to.
    for who in [Nurse, FarNurse, Helper].into_iter().filter(|who| story.has(*who)) {
        assert_eq!(story.reads(who, hospital).await.len(), 1, "{who:?}");
    }
    story.later(DAY * 365 - MINUTE).await;
    assert!(story.office_course(Secretariat, hospital, "ND-S6").await.is_empty());
    story.later(MINUTE).await;
    story.later(MINUTE).await;
    let course = story.office_course(Secretariat, hospital, "ND-S6").await;
    assert_eq!(
        course,
        ["04-01 09:00 opened", "04-01 09:00 overdue", "04-01 09:00 told the member at the Secretariat's"]
    );
    assert!(story.office_course(Secretariat, clinic, "ND-S6").await.is_empty(), "a clinic is not asked");
    assert!(story.office_course(FarNurse, hospital, "ND-S6").await.is_empty(), "it is between the two");
    story.writes_on(HospitalDoctor, hospital, liaison(false)).await;
    story.later(DAY * 360).await;
    assert_eq!(story.office_course(Secretariat, hospital, "ND-S6").await.len(), course.len(), "named anew");
}

#[tokio::test]
async fn dn_s1_where_the_station_answers_day_and_night_the_first_call_goes_to_the_nurse() {
    let mut story = Story::begin().await;
    let station = story.office(Nurse);
    not_advised(&story.posts(Helper, call(CallTo::Doctor, true, "伝えました")).await, "DN-S1");
    story.writes_on(Nurse, station, liaison(true)).await;
    let phoned = story.posts(Helper, call(CallTo::Doctor, true, "伝えました")).await;
    advised(&phoned, "DN-S1");
    story.got_by(phoned.id, &TEAM).await;
    not_advised(&story.posts(Helper, call(CallTo::Nurse, true, "伝えました")).await, "DN-S1");
    not_advised(&story.posts(Nurse, call(CallTo::Doctor, true, "伝えました")).await, "DN-S1");
    story.writes_on(Nurse, station, liaison(false)).await;
    not_advised(&story.posts(Helper, call(CallTo::Doctor, true, "伝えました")).await, "DN-S1");
}

// ───────── pledges ─────────

/// The rules that somebody has still to confirm, as citations.
async fn owed(actor: &Actor) -> Vec<(String, String)> {
    let list = actor.get("/api/v1/pledges").await.ok();
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    let owed = list["owed"].as_array().expect("a list").iter();
    owed.map(|owed| (text(&owed["rule"]), text(&owed["by"]))).collect()
}

async fn owes(actor: &Actor, rule: &str) -> bool {
    owed(actor).await.iter().any(|(citation, _)| rule_of(citation) == rule)
}

/// Asked of newcomers like these and not of those; confirmed once, owed again a year later, and given again.
async fn pledged(rule: &str, asked: &[super::story::Who], not_asked: &[super::story::Who]) {
    let mut story = Story::begin().await;
    for who in not_asked {
        let newcomer = story.app.newcomer(story.acting(*who).role, &format!("another office of the {who:?}")).await;
        assert!(!owes(&newcomer, rule).await, "{who:?} is not asked for {rule}");
    }
    for who in asked {
        let newcomer = story.app.newcomer(story.acting(*who).role, &format!("another office of the {who:?}")).await;
        assert!(owes(&newcomer, rule).await, "{who:?} is asked for {rule}");
        assert!(!owes(story.actor(*who), rule).await, "{who:?} has confirmed {rule}");
    }
    story.later(DAY * 364).await;
    assert!(!owes(story.actor(asked[0]), rule).await);
    story.later(DAY * 2).await;
    for who in asked {
        let list = owed(story.actor(*who)).await;
        let found = list.iter().find(|(citation, _)| rule_of(citation) == rule);
        let (citation, by) = found.unwrap_or_else(|| panic!("a year is over for {who:?}")).clone();
        let by = PledgeBy::from_code(&by).expect("a name");
        let office = story.office(*who);
        let before = story.reads(Secretariat, office).await.len();
        let pledge = Pledge { by, rules: vec![citation], text: String::new(), attachments: Vec::new() };
        story.writes_on(*who, office, pledge.into()).await;
        assert!(!owes(story.actor(*who), rule).await, "{who:?} has confirmed {rule} again");
        // It is between the office and the secretariat.
        assert_eq!(story.reads(Secretariat, office).await.len(), before + 1);
        assert_eq!(story.reads(FarHelper, office).await.len(), 0);
    }
}

#[tokio::test]
async fn mu_m1_nobody_is_scolded_which_doctors_and_nurses_confirm_each_year() {
    pledged("MU-M1", &[Doctor, Nurse], &[Helper, CareManager, Pharmacist]).await;
}

#[tokio::test]
async fn mu_m3_good_relations_are_confirmed_alike() {
    pledged("MU-M3", &[Doctor, Nurse], &[Helper, Pharmacist]).await;
}

#[tokio::test]
async fn cm_8_doctors_and_care_managers_respect_each_others_work() {
    pledged("CM-8", &[Doctor, CareManager], &[Nurse, Helper]).await;
}

#[tokio::test]
async fn op_11b_an_account_is_its_owners_only() {
    pledged("OP-11b", &[Helper, Nurse], &[Secretariat]).await;
}

#[tokio::test]
async fn op_11c_the_office_keeps_the_rules_on_personal_data() {
    pledged("OP-11c", &[Helper, Nurse], &[Secretariat]).await;
}

#[tokio::test]
async fn op_11_an_account_is_issued_once_person_and_office_have_pledged() {
    let mut story = Story::begin().await;
    let newcomer = story.app.newcomer(Role::Nurse, "minato").await;
    let (office, person) = (story.office(Nurse), newcomer.actor.person);
    let activation = || Body::from(Activation { person, role: Role::Nurse, text: String::new() });
    assert_eq!(story.is_held_on(Secretariat, office, activation()).await, ["OP-11"]);
    give_all_pledges(&story.app.hub, newcomer.actor).await.expect("they are taken");
    story.writes_on(Secretariat, office, activation()).await;
}

// ───────── meeting, leaving, losing ─────────

/// How many pairs met and did not, as somebody finds it counted.
async fn counted(story: &Story, who: Who) -> Vec<(Value, Value)> {
    let shown = story.actor(who).get("/api/v1/compliance?from=2026-04-01&until=2026-04-30").await.ok();
    let pairs = shown["pairs"].as_array().expect("a list").iter();
    pairs.filter(|row| row["rule"] == "MU-M2").map(|row| (row["met"].clone(), row["not_met"].clone())).collect()
}

/// The usual team in a region with offices enough for pairs to be counted.
async fn among_others() -> Story {
    let story = Story::begin().await;
    for number in 0..2 {
        story.app.organisation(&format!("clinic {number}"), OrganisationType::Clinic).await;
        story.app.organisation(&format!("station {number}"), OrganisationType::NursingStation).await;
    }
    story
}

#[tokio::test]
async fn mu_m2_a_plan_is_no_meeting_and_one_taken_back_was_none_and_whoever_attended_met() {
    let mut story = among_others().await;
    let organisations = vec![story.office(Doctor)];
    let planned = JointVisit { state: MeetingState::Planned, text: "同行訪問".to_owned(), organisations, at: None };
    story.posts(Nurse, planned.into()).await;
    assert_eq!(counted(&story, Secretariat).await, [(json!(0), json!(1))], "they have yet to meet");
    let clinic = story.office(Doctor);
    let mistaken = story.posts(Nurse, met(clinic)).await;
    assert_eq!(counted(&story, Secretariat).await, [(json!(1), json!(0))]);
    story.takes_back(Nurse, mistaken.id).await;
    assert_eq!(counted(&story, Secretariat).await, [(json!(0), json!(1))], "it never was");
    let attended = |who| Participant { role: Role::Nurse, organisation: Some(story.office(who)), person: None };
    let attendees = vec![attended(Doctor), attended(Nurse)];
    let held = Conference { attendees, ..super::bodies::held() };
    story.posts(CareManager, Body::from(Box::new(held))).await;
    assert_eq!(counted(&story, Secretariat).await, [(json!(1), json!(0))]);
}

#[tokio::test]
async fn mu_m2_who_met_is_counted_and_nobody_is_told_that_a_pair_has_not() {
    let mut story = among_others().await;
    assert_eq!(counted(&story, Secretariat).await, [(json!(0), json!(1))]);
    let organisations = vec![story.office(Doctor)];
    let visit = JointVisit { state: MeetingState::Held, text: "同行訪問".to_owned(), organisations, at: None };
    let met = story.posts(Nurse, visit.into()).await;
    story.got_by(met.id, &TEAM).await;
    assert_eq!(counted(&story, Secretariat).await, [(json!(1), json!(0))]);
    assert_eq!(counted(&story, Helper).await, [], "it is between doctors and nurses");
    story.later(DAY * 200).await;
    assert!(story.standing("MU-M2").await.is_empty());
    for office in [story.office(Doctor), story.office(Nurse)] {
        assert!(story.office_course(Secretariat, office, "MU-M2").await.is_empty());
    }
}

/// The rules that ship, but for MU-M2: here each pair owes the meeting.
fn meetings_owed() -> Rulebook {
    let owed = "remind = { time = \"150d\" }\nescalate = [\"manager\", \"secretariat\"]\nways_out = \"snooze\"";
    let own = shipped::ETIQUETTE_DOCTOR_NURSE.text.replace("aggregate = true", owed);
    let mut sets = shipped::SETS.to_vec();
    let set = sets.iter_mut().find(|set| set.name == shipped::ETIQUETTE_DOCTOR_NURSE.name).expect("it ships");
    set.text = &own;
    Rulebook::load(&RulebookFiles { vocabulary: shipped::VOCABULARY, sets }, digest).expect("a sound rulebook")
}

/// A region whose pairs owe meetings, with a clinic and a station that share a patient; both have told of a liaison.
async fn pair() -> (Story, OrganisationId, OrganisationId) {
    let mut story = Story::under(meetings_owed(), &[Doctor, Nurse, Helper]).await;
    let (clinic, station) = (story.office(Doctor), story.office(Nurse));
    story.writes_on(Doctor, clinic, liaison(false)).await;
    story.writes_on(Nurse, station, liaison(false)).await;
    (story, clinic, station)
}

fn met(organisation: OrganisationId) -> Body {
    let organisations = vec![organisation];
    JointVisit { state: MeetingState::Held, text: "同行訪問".to_owned(), organisations, at: None }.into()
}

#[tokio::test]
async fn mu_m2_in_a_region_that_says_so_each_pair_owes_it_and_a_joint_visit_meets_it() {
    let (mut story, clinic, station) = pair().await;
    story.until("08-29 08:59").await;
    assert!(story.office_course(Secretariat, clinic, "MU-M2").await.is_empty());
    story.until("08-29 09:00").await;
    for (office, other) in [(clinic, station), (station, clinic)] {
        assert_eq!(story.office_course(Secretariat, office, "MU-M2").await, ["08-29 09:00 opened"]);
        let listed =
            story.actor(if office == clinic { Doctor } else { Nurse }).get("/api/v1/duties?mine=true").await.ok();
        let listed = listed["duties"].as_array().expect("a list").iter();
        let listed: Vec<_> = listed.filter(|duty| duty["timeline"] == office.to_string()).collect();
        assert_eq!(listed.len(), 1, "{listed:?}");
        assert_eq!((&listed[0]["with"], &listed[0]["cause"]), (&json!(other.to_string()), &Value::Null));
        let id = listed[0]["id"].as_str().expect("an id");
        let why = story.actor(Secretariat).get(format!("/api/v1/rulebook/explain?duty={id}&patient={office}")).await;
        let why = why.ok()["answers"][0]["text"]["ja"].as_str().expect("a text").to_owned();
        let name = if office == clinic { "minato" } else { "hikari" };
        assert!(why.contains(&format!("　相手は{name}\n")), "{why}");
    }
    for who in [FarHelper, Helper] {
        assert!(story.office_course(who, clinic, "MU-M2").await.is_empty(), "{who:?}");
    }
    story.posts(Nurse, met(clinic)).await;
    story.later(MINUTE).await;
    for office in [clinic, station] {
        let course = story.office_course(Secretariat, office, "MU-M2").await;
        assert_eq!(course, ["08-29 09:00 opened", "08-29 09:01 met"]);
    }
    // Counted from the meeting, and asked again.
    story.later(DAY * 150 - MINUTE * 2).await;
    assert_eq!(story.office_course(Secretariat, clinic, "MU-M2").await.len(), 2);
    story.later(MINUTE).await;
    assert_eq!(story.office_course(Secretariat, clinic, "MU-M2").await.len(), 3);
}

#[tokio::test]
async fn mu_m2_a_pair_that_does_not_meet_is_late_may_ask_for_time_and_owes_nothing_once_it_shares_no_patient() {
    let (mut story, clinic, station) = pair().await;
    story.until("08-29 09:00").await;
    let opened = story.reads(Doctor, clinic).await;
    let opened = opened.iter().find_map(|entry| match &entry.body {
        Body::DutyStep(step) => Some(step.duty),
        _ => None,
    });
    story.until("09-10 09:00").await;
    let until = at("10-01 09:00");
    story.writes_on(Doctor, clinic, super::story::said_to(opened.expect("a duty"), Answer::Snoozed(until))).await;
    story.until("09-28 09:00").await;
    story.until("10-01 09:00").await;
    let course = story.office_course(Secretariat, station, "MU-M2").await;
    assert_eq!(course[1..], ["09-28 09:00 overdue", "09-28 09:00 told the manager at the Nurse's"]);
    let course = story.office_course(Secretariat, clinic, "MU-M2").await;
    assert_eq!(course[1..], ["10-01 09:00 overdue", "10-01 09:00 told the manager at the Doctor's"]);
    story.leaves(Nurse).await;
    story.later(MINUTE).await;
    for office in [clinic, station] {
        let course = story.office_course(Secretariat, office, "MU-M2").await;
        assert!(course.last().expect("a course").ends_with("closed: no_longer_asked"), "{course:?}");
    }
}

#[tokio::test]
async fn mu_m2_nobody_owes_a_meeting_with_an_office_that_is_suspended_until_it_is_back() {
    let (mut story, clinic, station) = pair().await;
    story.until("08-29 08:59").await;
    let reason = || "持ち出しの調査".to_owned();
    let suspended = |lifted| Body::from(Suspension { lifted, reason: reason(), ..Suspension::default() });
    story.writes_on(Secretariat, station, suspended(false)).await;
    story.until("08-29 09:00").await;
    assert!(story.office_course(Secretariat, clinic, "MU-M2").await.is_empty());
    story.writes_on(Secretariat, station, suspended(true)).await;
    story.later(2 * DAY).await;
    let course = story.office_course(Secretariat, clinic, "MU-M2").await;
    assert!(matches!(&course[..], [opened] if opened.ends_with(" opened")), "{course:?}");
}

/// Records of March for a handover.
fn export() -> Export {
    Export { purpose: "引き継ぎ".to_owned(), scope: "3月の記録".to_owned(), ..Export::default() }
}

#[tokio::test]
async fn op_13_records_leave_once_the_secretariat_itself_has_permitted_what_is_taken() {
    let mut story = Story::begin().await;
    let office = story.office(Nurse);
    let patients = vec![story.patient];
    let asked = Export { planned: true, patients: patients.clone(), de_identified: true, ..export() };
    let named = Export { approved_by: Some(story.acting(Secretariat).person), ..export() };
    let nobody_permitted = story.is_held_on(Nurse, office, Body::from(Box::new(named))).await;
    assert_eq!(nobody_permitted, ["OP-13"], "a name that the author writes permits nothing");
    let request = story.writes_on(Nurse, office, Body::from(Box::new(asked))).await;
    let taken = |change: fn(&mut Export)| {
        let mut taken =
            Export { request: Some(request.id), patients: patients.clone(), de_identified: true, ..export() };
        change(&mut taken);
        Body::from(Box::new(taken))
    };
    assert_eq!(story.is_held_on(Nurse, office, taken(|_| {})).await, ["OP-13"], "nobody has answered");
    let colleague = story.app.nurse("minato").await;
    let seen = |by: &Actor| {
        let id = EntryId(story.app.hub.region().draw_id());
        let body = Body::Acknowledgement(Acknowledgement { target: request.id, text: String::new() });
        let intent = Intent { timeline: office.into(), ..crate::support::app::intent(id, story.patient, body) };
        (by.actor, intent)
    };
    let (by, intent) = seen(&colleague);
    // Whether the office's own may acknowledge it or not: it permits nothing.
    drop(story.app.hub.post_and_wait(by, intent).await);
    assert_eq!(story.is_held_on(Nurse, office, taken(|_| {})).await, ["OP-13"]);

    let permitted = Body::Acknowledgement(Acknowledgement { target: request.id, text: "どうぞ".to_owned() });
    story.writes_on(Secretariat, office, permitted).await;
    for (what, change) in [
        ("another purpose", (|taken| taken.purpose = "研究".to_owned()) as fn(&mut Export)),
        ("another scope", |taken| taken.scope = "全部".to_owned()),
        ("whom nobody named", |taken| taken.patients.push(PatientId(uuid::Uuid::from_u128(7)))),
        ("nobody in particular", |taken| taken.patients.clear()),
        ("with the names in it", |taken| taken.de_identified = false),
    ] {
        assert_eq!(story.is_held_on(Nurse, office, taken(change)).await, ["OP-13"], "{what}");
    }
    let done = story.writes_on(Nurse, office, taken(|_| {})).await;
    assert_eq!(story.is_held_on(Nurse, office, taken(|_| {})).await, ["OP-13"], "a permission is for one time");
    // What left does not come back: also where what says so is taken back, the permission is used.
    let mistake = Retraction { target: done.id, reason: RetractionReason::Mistake, text: String::new() };
    story.writes_on(Nurse, office, Body::Retraction(mistake)).await;
    assert_eq!(story.is_held_on(Nurse, office, taken(|_| {})).await, ["OP-13"]);
    // It is between the office and the secretariat.
    assert_eq!(story.reads(FarHelper, office).await.len(), 0);
}

#[tokio::test]
async fn op_13b_the_secretariat_answers_who_asks_to_take_records_out() {
    let mut story = Story::begin().await;
    let office = story.office(Nurse);
    let asked = || Body::from(Box::new(Export { planned: true, ..export() }));
    let request = story.writes_on(Nurse, office, asked()).await;
    let owed = duty(&request, "OP-13b");
    story.owed_by(&owed, &[Secretariat]);
    let unrelated = story.writes_on(Nurse, office, liaison(true)).await;
    assert!(!meets(&unrelated, &owed));
    let permitted = Body::Acknowledgement(Acknowledgement { target: request.id, text: String::new() });
    assert!(meets(&story.writes_on(Secretariat, office, permitted).await, &owed));
    let taken = || Export { request: Some(request.id), ..export() };
    story.writes_on(Nurse, office, Body::from(Box::new(taken()))).await;
    // What it does not permit it declines, with a reason.
    let other = story.writes_on(Nurse, office, asked()).await;
    let declined = super::story::said_to(duty(&other, "OP-13b").id, Answer::Declined);
    story.writes_on(Secretariat, office, declined).await;
    let refused = Export { request: Some(other.id), ..export() };
    assert_eq!(story.is_held_on(Nurse, office, Body::from(Box::new(refused))).await, ["OP-13"]);
}

#[tokio::test]
async fn op_14_an_incident_is_the_secretariats_to_decide_on() {
    let mut story = Story::begin().await;
    let office = story.office(Nurse);
    let incident =
        || Body::from(Box::new(Incident { text: "端末を置き忘れました".to_owned(), ..Incident::default() }));
    let lost = story.writes_on(Nurse, office, incident()).await;
    let owed = duty(&lost, "OP-14");
    story.owed_by(&owed, &[Secretariat]);
    assert_eq!(owed.due, at("04-02 09:00"));
    assert_eq!(story.reads(FarHelper, office).await.len(), 0);
    let person = Some(story.acting(Nurse).person);
    let suspension = Suspension { person, reason: "調査のあいだ".to_owned(), ..Suspension::default() };
    let unrelated = story.writes_on(Secretariat, office, suspension.clone().into()).await;
    assert!(!meets(&unrelated, &owed), "for another reason");
    let incident_of = |lifted| Suspension { incident: Some(lost.id), lifted, ..suspension.clone() };
    let lifted = story.writes_on(Secretariat, office, incident_of(true).into()).await;
    assert!(!meets(&lifted, &owed), "to let somebody in again is none");
    assert!(meets(&story.writes_on(Secretariat, office, incident_of(false).into()).await, &owed));
    let helpers = story.office(Helper);
    let lost = story.writes_on(Helper, helpers, incident()).await;
    let waived = super::story::said_to(duty(&lost, "OP-14").id, Answer::Waived);
    story.writes_on(Secretariat, helpers, waived).await;
}

// ───────── breaking the glass ─────────

#[tokio::test]
async fn op_18_an_emergency_access_is_told_to_every_office_of_the_team_and_reviewed_by_the_secretariat() {
    let mut story = Story::begin().await;
    let search = json!({ "name": "高橋 ハル", "birth_date": "1938-04-12" });
    story.actor(FarNurse).post("/api/v1/emergency-search", search).await.is(StatusCode::OK);
    let declared = Body::from(EmergencyAccess { reason: "救急外来。意識がない".to_owned(), minutes: 60 });
    let opened = story.posts(FarNurse, declared.clone()).await;
    let mut told = TEAM.to_vec();
    told.push(Secretariat);
    story.got_by(opened.id, &told).await;
    let each = duties(&opened, "OP-18");
    assert_eq!(each.len(), TEAM.len());
    assert!(each.iter().all(|owed| owed.debtors[0].organisation != story.office(FarNurse)));
    let review = duty(&opened, "SH-6b");
    story.owed_by(&review, &[Secretariat]);
    let seen = story.acknowledges(Nurse, opened.id).await;
    assert!(!meets(&seen, &review) && seen.ruling.met().len() == 1);
    assert!(meets(&story.acknowledges(Secretariat, opened.id).await, &review));
    // Nobody who has no business with it breaks the glass.
    let intent = story.intent(declared);
    let ServerFrame::Refused(refused) = story.sends(FarHelper, intent).await else { panic!("refused") };
    assert_eq!(&*refused.code, "not_found");
}
