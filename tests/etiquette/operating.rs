//! The operating policy: urgent matters by phone, calls written up, papers before pages, closing in order.

use renkei::domain::body::{
    Body, Call, CallTo, Closing, ClosingReason, Consultation, Death, Message, Note, StatusChange, Topic, Visit,
    VisitPlan,
};
use renkei::domain::patient::{HumanName, Registration, Sex};
use renkei::domain::role::Role;
use renkei::domain::team::{ConsentChange, ConsentGiver, ConsentState, History, TeamLink};
use renkei::domain::withheld::WithheldSet;

use super::bodies::{
    answer_to, call, call_about, consultation, message, note, phone, status_change, topical, visit, visit_plan, visited,
};
use super::story::Who::{Doctor, FarNurse, Helper, Nurse, Pharmacist, Secretariat};
use super::story::{DAY, HOUR, MINUTE, Story, TEAM, advice, advised, at, duty, meets, no_duty, not_advised, rule_of};

fn urgent() -> Message {
    Message { urgent: true, ..message() }
}

// ───────── by phone ─────────

#[tokio::test]
async fn op_1_what_is_urgent_is_phoned_first_by_that_office_and_lately() {
    let mut story = Story::begin().await;
    assert_eq!(story.is_held(Nurse, urgent().into()).await, ["OP-1"]);
    let reasoned =
        renkei::domain::entry::WrittenReason { rule: "OP-1".to_owned(), text: "急いでいます".to_owned() };
    let intent = renkei::domain::entry::Intent { reasons: vec![reasoned], ..story.intent(urgent().into()) };
    let renkei::wire::ServerFrame::Refused(refused) = story.sends(Nurse, intent).await else { panic!("held") };
    assert_eq!(&*refused.code, "held", "a reason is no call");
    story.posts(Pharmacist, call(CallTo::Doctor, true, "伝えました")).await;
    assert_eq!(story.is_held(Nurse, urgent().into()).await, ["OP-1"], "another office's call is not ours");
    let soon = || Body::from(Box::new(VisitPlan { urgent: true, ..visit_plan(at("04-01 11:00")) }));
    assert_eq!(story.is_held(Nurse, soon()).await, ["OP-1"], "nor is it for a visit");
    story.posts(Nurse, call(CallTo::Doctor, false, "")).await;
    let sent = story.posts(Nurse, urgent().into()).await;
    story.got_by(sent.id, &TEAM).await;
    let hikari = story.office(Doctor);
    story.posts(Nurse, Consultation { urgent: true, ..consultation(hikari) }.into()).await;
    story.posts(Nurse, soon()).await;
    story.later(2 * HOUR + MINUTE).await;
    assert_eq!(story.is_held(Nurse, urgent().into()).await, ["OP-1"], "that was about something else");
    story.posts(Nurse, message().into()).await;
}

#[tokio::test]
async fn op_1b_an_urgent_change_is_recorded_at_once_and_phoned_afterwards() {
    let mut story = Story::begin().await;
    let change = || Body::from(StatusChange { urgent: true, ..status_change() });
    let seen = story.posts(Helper, change()).await;
    let owed = duty(&seen, "OP-1b");
    story.owed_by(&owed, &[Helper]);
    assert_eq!(owed.due, at("04-01 09:30"));
    story.got_by(seen.id, &TEAM).await;
    assert!(!meets(&story.posts(Nurse, call(CallTo::Doctor, true, "伝えました")).await, &owed));
    story.until("04-01 09:30").await;
    story.until("04-01 10:00").await;
    let course = [
        "04-01 09:30 overdue",
        "04-01 09:30 told the manager at the Helper's",
        "04-01 10:00 told the member at the Secretariat's",
    ];
    assert_eq!(story.course(Secretariat, owed.id).await, course);
    let of_supplies = story.posts(Helper, call(CallTo::Other, true, "おむつの配達の件")).await;
    assert!(!meets(&of_supplies, &owed), "a call about something else");
    assert!(meets(&story.posts(Helper, call_about(seen.id, CallTo::Nurse, true)).await, &owed));
    no_duty(&story.posts(Helper, change()).await, "OP-1b");
    no_duty(&story.posts(Helper, status_change().into()).await, "OP-1b");
}

#[tokio::test]
async fn op_2_by_day_a_call_is_advised_for_what_cannot_wait() {
    let mut story = Story::begin().await;
    let sent = story.posts(Nurse, topical(Topic::Fall).into()).await;
    let says = advised(&sent, "OP-2");
    assert!(says.contains("転倒"), "names the matter: {says}");
    not_advised(&story.posts(Nurse, message().into()).await, "OP-2");
    story.posts(Nurse, call(CallTo::Doctor, true, "伝えました")).await;
    not_advised(&story.posts(Nurse, topical(Topic::Fall).into()).await, "OP-2");
}

#[tokio::test]
async fn op_2b_at_night_and_on_holidays_it_is_held_unless_phoned_or_a_reason_is_written() {
    let mut story = Story::begin().await;
    not_advised(&story.posts(Nurse, message().into()).await, "OP-2b");
    for moment in ["04-01 20:00", "04-04 10:00"] {
        story.until(moment).await;
        assert_eq!(story.is_held(Nurse, topical(Topic::SeverePain).into()).await, ["OP-2b"], "{moment}");
        story.posts(Nurse, message().into()).await;
    }
    story.passes_with_a_reason(Nurse, topical(Topic::SeverePain).into(), "OP-2b").await;
    story.posts(Nurse, call(CallTo::Doctor, false, "")).await;
    story.posts(Nurse, topical(Topic::SeverePain).into()).await;
}

#[tokio::test]
async fn op_2c_a_change_at_night_is_recorded_and_phoned() {
    let mut story = Story::begin().await;
    let change = || Body::from(StatusChange { topic: Some(Topic::Consciousness), ..status_change() });
    no_duty(&story.posts(Helper, change()).await, "OP-2c");
    story.until("04-01 21:00").await;
    let seen = story.posts(Helper, change()).await;
    let owed = duty(&seen, "OP-2c");
    story.owed_by(&owed, &[Helper]);
    assert!(!meets(&story.posts(Helper, call(CallTo::Nurse, true, "明日の時間の件")).await, &owed));
    assert!(meets(&story.posts(Helper, call_about(seen.id, CallTo::Nurse, false)).await, &owed));
    no_duty(&story.posts(Helper, status_change().into()).await, "OP-2c");
}

#[tokio::test]
async fn op_3_a_call_ends_with_a_post() {
    let mut story = Story::begin().await;
    let phoned = story.posts(Nurse, call(CallTo::Doctor, true, "")).await;
    let owed = duty(&phoned, "OP-3");
    story.owed_by(&owed, &[Nurse]);
    assert_eq!(owed.due, at("04-02 09:00"));
    no_duty(&story.posts(Nurse, call(CallTo::Doctor, true, "様子を伝えました")).await, "OP-3");
    for unrelated in [note(), visited(), message().into(), status_change().into()] {
        assert!(!meets(&story.posts(Nurse, unrelated).await, &owed), "about something else");
    }
    let about = Some(phoned.id);
    let written = Note { about, text: "薬は夕方からと決まりました".to_owned(), ..Note::default() };
    assert!(meets(&story.posts(Nurse, written.into()).await, &owed));
    let mut next = async || story.posts(Nurse, call(CallTo::Doctor, true, "")).await;
    let (first, second, third) = (next().await, next().await, next().await);
    let visit = Body::from(Box::new(Visit { about: Some(first.id), ..visit() }));
    assert!(meets(&story.posts(Nurse, visit).await, &duty(&first, "OP-3")));
    let change = StatusChange { about: Some(second.id), ..status_change() };
    assert!(meets(&story.posts(Nurse, change.into()).await, &duty(&second, "OP-3")));
    let told = story.posts(Nurse, answer_to(third.id)).await;
    assert!(meets(&told, &duty(&third, "OP-3")));
    assert_eq!(told.ruling.met().len(), 1, "and no other call's");
}

#[tokio::test]
async fn op_3b_a_call_that_nobody_answered_is_made_again_or_put_in_writing() {
    let mut story = Story::begin().await;
    let phoned = story.posts(Nurse, call(CallTo::Doctor, false, "")).await;
    let owed = duty(&phoned, "OP-3b");
    assert_eq!(owed.due, at("04-01 11:00"));
    no_duty(&phoned, "OP-3");
    // To the family, to another doctor than the one named, a message about something else: nobody told the doctor.
    let to_the_family = Call { role: Some(Role::Family), ..phone(CallTo::Other, true) };
    assert!(!meets(&story.posts(Nurse, Body::from(Box::new(to_the_family))).await, &owed));
    let about_it = Call { about: Some(phoned.id), ..phone(CallTo::Other, true) };
    assert!(!meets(&story.posts(Nurse, Body::from(Box::new(about_it))).await, &owed), "and told whom of it?");
    assert!(!meets(&story.posts(Nurse, message().into()).await, &owed));
    let again = story.posts(Nurse, call(CallTo::Doctor, false, "")).await;
    assert!(meets(&again, &owed));
    let next = duty(&again, "OP-3b");
    assert!(meets(&story.posts(Nurse, answer_to(again.id)).await, &next));

    let at_one = Call { organisation: Some(story.office(Doctor)), ..phone(CallTo::Doctor, false) };
    let at_another = Call { organisation: Some(story.office(Pharmacist)), ..phone(CallTo::Doctor, true) };
    let phoned = story.posts(Nurse, Body::from(Box::new(at_one))).await;
    let owed = duty(&phoned, "OP-3b");
    assert!(!meets(&story.posts(Nurse, Body::from(Box::new(at_another))).await, &owed));
    let change = StatusChange { about: Some(phoned.id), ..status_change() };
    assert!(meets(&story.posts(Nurse, change.into()).await, &owed));
}

// ───────── registration, consent, team ─────────

fn registration(agreed_by: Option<renkei::domain::ids::PersonId>, paper: &str, document: &str) -> Body {
    Body::Registration(Box::new(Registration {
        name: HumanName { kanji: "高橋 ハル".to_owned(), kana: "タカハシ ハル".to_owned() },
        birth_date: jiff::civil::date(1938, 4, 12),
        sex: Sex::Female,
        identifiers: Vec::new(),
        in_facility: false,
        for_training: false,
        document: document.to_owned(),
        agreed_by,
        agreed_on_paper: paper.to_owned(),
        attachments: Vec::new(),
    }))
}

#[tokio::test]
async fn op_4_a_page_is_made_with_the_attending_doctors_agreement_in_person_or_on_paper() {
    let mut story = Story::begin().await;
    let doctor = story.acting(Doctor).person;
    assert_eq!(story.is_held(Secretariat, registration(None, "", "申込書綴り 1")).await, ["OP-4"]);
    assert_eq!(story.is_held(Secretariat, registration(None, "同意書綴り 1", "申込書綴り 1")).await, ["OP-4"]);
    assert_eq!(story.is_held(Secretariat, registration(Some(doctor), "同意書綴り 1", "")).await, ["OP-4"]);
    story.posts(Secretariat, registration(Some(doctor), "同意書綴り 1", "申込書綴り 1")).await;
    story.posts(Doctor, registration(None, "", "")).await;
    let nurse = story.acting(Nurse).person;
    let refused = story.is_refused(Secretariat, registration(Some(nurse), "", "申込書綴り 1")).await;
    assert_eq!((&*refused.code, refused.field.as_str()), ("not_found", "post.intent.body.registration.agreed_by"));
}

#[tokio::test]
async fn op_4b_until_the_doctor_has_acknowledged_nobody_but_the_doctors_office_is_linked() {
    let mut story = Story::with(&[Doctor, Nurse]).await;
    let doctor = story.acting(Doctor).person;
    let far = story.app.organisation("asahi", renkei::domain::role::OrganisationType::NursingStation).await;
    let other = |organisation| {
        let (people, history) = (Vec::new(), History::All);
        Body::TeamLink(TeamLink { organisation, people, host: false, history, relation_confirmed: true })
    };
    // Named by the secretariat, without a paper: the doctor is asked.
    let asked = story.posts(Secretariat, registration(Some(doctor), "", "申込書綴り 1")).await;
    assert_eq!(story.is_held(Secretariat, other(far)).await, ["OP-4b"]);
    let theirs = link(&story, Doctor, true);
    story.posts(Secretariat, theirs).await;
    // Somebody else's acknowledgement is not the doctor's.
    story.acknowledges(Nurse, asked.id).await;
    assert_eq!(story.is_held(Secretariat, other(far)).await, ["OP-4b"]);
    story.acknowledges(Doctor, asked.id).await;
    story.posts(Secretariat, other(far)).await;
    // Once agreed, a name that is put right asks nobody again; another doctor is asked anew.
    story.posts(Secretariat, registration(Some(doctor), "", "申込書綴り 2")).await;
    let third = story.app.organisation("kaede", renkei::domain::role::OrganisationType::CareOffice).await;
    story.posts(Secretariat, other(third)).await;
    let another = story.app.doctor("misaki").await.actor.person;
    story.posts(Secretariat, registration(Some(another), "", "申込書綴り 3")).await;
    let fourth = story.app.organisation("aozora", renkei::domain::role::OrganisationType::Pharmacy).await;
    assert_eq!(story.is_held(Secretariat, other(fourth)).await, ["OP-4b"]);
}

#[tokio::test]
async fn op_4c_the_secretariat_is_advised_to_ask_the_doctor_who_was_only_named() {
    let mut story = Story::with(&[Doctor, Nurse]).await;
    let doctor = story.acting(Doctor).person;
    let named = story.posts(Secretariat, registration(Some(doctor), "", "申込書綴り 1")).await;
    let (_, _, audience) = advice(&named, "OP-4c").expect("advice");
    assert_eq!(audience, "secretariat");
    assert_eq!(advice_listed(&story, "OP-4c").await, 1);
    story.acknowledges(Doctor, named.id).await;
    assert_eq!(advice_listed(&story, "OP-4c").await, 0, "the doctor has answered");
    let on_paper = story.posts(Secretariat, registration(Some(doctor), "同意書綴り 1", "申込書綴り 1")).await;
    not_advised(&on_paper, "OP-4c");
    not_advised(&story.posts(Doctor, registration(None, "", "")).await, "OP-4c");
}

/// How often the secretariat finds this rule's advice about the patient in its list.
async fn advice_listed(story: &Story, rule: &str) -> usize {
    let listed = story.actor(Secretariat).get("/api/v1/advice").await.ok();
    let all = listed["advice"].as_array().expect("a list").iter();
    let of_patient = all.filter(|given| given["timeline"] == story.patient.to_string());
    of_patient.filter(|given| given["rule"].as_str().is_some_and(|cited| rule_of(cited) == rule)).count()
}

fn link(story: &Story, who: super::story::Who, relation_confirmed: bool) -> Body {
    let organisation = story.office(who);
    Body::TeamLink(TeamLink {
        organisation,
        people: Vec::new(),
        host: false,
        history: History::All,
        relation_confirmed,
    })
}

#[tokio::test]
async fn op_5_a_team_without_a_doctor_is_advice_to_the_secretariat_which_sees_it_on_the_link() {
    let mut story = Story::with(&[Nurse, Helper]).await;
    let linked = link(&story, Helper, true);
    let linked = story.posts(Nurse, linked).await;
    let (_, _, audience) = advice(&linked, "OP-5").expect("advice");
    assert_eq!(audience, "secretariat");
    let seen = story.got(Secretariat, linked.id).await;
    assert!(seen.ruling.advice().iter().any(|rule| rule_of(rule) == "OP-5"));
    assert_eq!(advice_listed(&story, "OP-5").await, 1);
    // The link that brings a doctor is not told that one is missing, and then none is.
    let clinic = story.app.doctor("misaki").await.actor.organisation;
    let (people, history) = (Vec::new(), History::All);
    let brings = TeamLink { organisation: clinic, people, host: false, history, relation_confirmed: true };
    not_advised(&story.posts(Nurse, Body::TeamLink(brings)).await, "OP-5");
    assert_eq!(advice_listed(&story, "OP-5").await, 0);

    let mut whole = Story::begin().await;
    let linked = link(&whole, Helper, true);
    assert_eq!(advice(&whole.posts(Secretariat, linked).await, "OP-5"), None);
}

#[tokio::test]
async fn op_5_advice_about_somebody_who_died_or_whose_page_was_closed_is_listed_no_more() {
    let died = Body::Death(Death { place: "自宅".to_owned(), ..Death::default() });
    for (who, end) in [(Nurse, died), (Secretariat, closing(true))] {
        let mut story = Story::with(&[Nurse, Helper]).await;
        let linked = link(&story, Helper, true);
        story.posts(Nurse, linked).await;
        assert_eq!(advice_listed(&story, "OP-5").await, 1);
        story.posts(who, end).await;
        assert_eq!(advice_listed(&story, "OP-5").await, 0, "{who:?}");
    }
}

fn consents(state: ConsentState, document: &str) -> Body {
    Body::Consent(ConsentChange {
        state,
        given_by: ConsentGiver::Patient,
        given_on: jiff::civil::date(2026, 4, 1),
        document: document.to_owned(),
        one_doctor_wished: false,
        form_version: String::new(),
        withheld: WithheldSet::NONE,
        attachments: Vec::new(),
    })
}

#[tokio::test]
async fn op_6d_whoever_records_consent_is_asked_for_the_version_of_its_form() {
    let mut story = Story::begin().await;
    let plain = consents(ConsentState::Team, "同意書綴り 2");
    let (_, _, audience) = advice(&story.posts(Secretariat, plain.clone()).await, "OP-6d").expect("advice");
    assert_eq!(audience, "author");
    let Body::Consent(consent) = plain else { unreachable!("a consent") };
    let named = Body::Consent(ConsentChange { form_version: "2026年4月版".to_owned(), ..consent });
    not_advised(&story.posts(Secretariat, named).await, "OP-6d");
    not_advised(&story.posts(Nurse, consents(ConsentState::Withdrawn, "")).await, "OP-6d");
}

#[tokio::test]
async fn op_6_consent_comes_with_its_form_and_is_withdrawn_without() {
    let mut story = Story::begin().await;
    assert_eq!(story.is_held(Nurse, consents(ConsentState::Team, "")).await, ["OP-6"]);
    story.posts(Nurse, consents(ConsentState::Team, "同意書綴り 2")).await;
    story.posts(Nurse, consents(ConsentState::Withdrawn, "")).await;
}

fn closing(confirmed: bool) -> Body {
    Body::Closing(Closing { reason: ClosingReason::NoFurtherNeed, confirmed, text: String::new() })
}

#[tokio::test]
async fn op_6b_a_page_is_closed_once_the_end_is_sure() {
    let mut story = Story::begin().await;
    assert_eq!(story.is_held(Secretariat, closing(false)).await, ["OP-6b"]);
    let closed = story.posts(Secretariat, closing(true)).await;
    let mut seeing = TEAM.to_vec();
    seeing.push(Secretariat);
    story.got_by(closed.id, &seeing).await;
}

#[tokio::test]
async fn op_6c_after_a_death_the_secretariat_closes_the_page_and_nothing_reminds_the_others() {
    let mut story = Story::begin().await;
    story.posts(Doctor, super::bodies::instructed(super::bodies::instruction())).await;
    let died = story.posts(Doctor, Body::Death(Death { place: "自宅".to_owned(), ..Death::default() })).await;
    let owed = duty(&died, "OP-6c");
    story.owed_by(&owed, &[Secretariat]);
    assert_eq!(owed.due, at("05-01 09:00"));
    story.got_by(died.id, &TEAM).await;
    let closed = story.posts(Secretariat, closing(false)).await;
    assert!(meets(&closed, &owed));
    story.later(100 * DAY).await;
    for rule in ["ND-S4", "ND-S5", "DN-S3"] {
        assert_eq!(story.standing(rule).await.len(), 0, "{rule}");
    }
}

#[tokio::test]
async fn op_8_only_whoever_knows_the_patient_already_joins() {
    let mut story = Story::begin().await;
    let (unconfirmed, confirmed) = (link(&story, FarNurse, false), link(&story, FarNurse, true));
    assert_eq!(story.is_held(Secretariat, unconfirmed).await, ["OP-8"]);
    story.posts(Secretariat, confirmed).await;
}

#[tokio::test]
async fn op_15_how_a_patient_in_a_facility_is_comes_every_month() {
    let mut story = Story::begin().await;
    story.later(40 * DAY).await;
    assert_eq!(story.standing("OP-15").await.len(), 0, "at home");
    let doctor = story.acting(Doctor).person;
    let Body::Registration(plain) = registration(Some(doctor), "同意書綴り 1", "申込書綴り 1") else {
        unreachable!("a registration")
    };
    let there = Registration { in_facility: true, ..*plain };
    story.posts(Secretariat, Body::Registration(Box::new(there))).await;
    story.later(31 * DAY).await;
    let [(_, owed)] = &story.standing("OP-15").await[..] else { panic!("one") };
    let roles: Vec<Role> = owed.debtors.iter().flat_map(|debtor| debtor.roles.roles()).collect();
    assert!(roles.contains(&Role::Nurse) && roles.contains(&Role::Helper), "{roles:?}");
    assert!(meets(&story.posts(Helper, note()).await, owed));
}
