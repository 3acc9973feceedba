//! What nurses ask of doctors where possible: instructions that help, visits told of, treatment agreed in advance.

use axum::http::StatusCode;
use renkei::domain::body::NursingInstruction;
use renkei::domain::duty::Answer;
use renkei::domain::team::{ConsentChange, ConsentGiver, ConsentState};
use renkei::domain::withheld::WithheldSet;

use super::bodies::{admission, discharge, instructed, instruction, standing_order, visited};
use super::story::Who::{CareManager, Doctor, HospitalDoctor, Nurse, Pharmacist, Secretariat};
use super::story::{DAY, Story, TEAM, advice, advised, at, meets, not_advised};

#[tokio::test]
async fn nd_s1_an_instruction_of_one_line_is_advised_to_say_more_and_goes_out_all_the_same() {
    let mut story = Story::begin().await;
    let vague = NursingInstruction { life_guidance: String::new(), instruction: "適宜".to_owned(), ..instruction() };
    let posted = story.posts(Doctor, instructed(vague)).await;
    let says = advised(&posted, "ND-S1");
    assert!(says.contains("具体的な指示が書かれていない") && says.ends_with('）'), "with what is so now: {says}");
    assert!(says.starts_with("「適宜」だけでは、看護師が判断に迷います。"), "why, not the title once more: {says}");
    story.got_by(posted.id, &TEAM).await;
    not_advised(&story.posts(Doctor, instructed(instruction())).await, "ND-S1");
}

#[tokio::test]
async fn nd_s2_an_instruction_says_what_to_expect() {
    let mut story = Story::begin().await;
    let silent = NursingInstruction { outlook: String::new(), ..instruction() };
    let posted = story.posts(Doctor, instructed(silent)).await;
    advised(&posted, "ND-S2");
    story.got_by(posted.id, &TEAM).await;
    not_advised(&story.posts(Doctor, instructed(instruction())).await, "ND-S2");
}

#[tokio::test]
async fn nd_s3_abbreviations_outside_the_glossary_are_named() {
    let mut story = Story::begin().await;
    let written = |text: &str| instructed(NursingInstruction { instruction: text.to_owned(), ..instruction() });
    let many = written("ＮＰＰＶ の調整、MMT と BI の評価、SpO2 と BT の測定");
    let dry = story.tries(Doctor, many.clone()).await;
    let told = dry.words.iter().find(|told| told.citation.starts_with("ND-S3@")).expect("before it is sent");
    assert!(told.says.en.contains("NPPV, MMT, BI"), "{told:?}");
    let posted = story.posts(Doctor, many).await;
    let says = advised(&posted, "ND-S3");
    assert!(says.contains("NPPV、MMT、BI") && !says.contains("SpO2"), "{says}");
    // Two are few.
    not_advised(&story.posts(Doctor, written("NPPV と MMT、SpO2、BT、HOT、KT")).await, "ND-S3");
}

/// A standing duty that comes up so long after the instruction, is met by this act of the doctor's, and comes up again.
async fn kept_fresh(rule: &str, days: u32, record: fn() -> renkei::domain::body::Body) {
    let mut story = Story::begin().await;
    let instructed = story.posts(Doctor, instructed(instruction())).await;
    assert!(instructed.ruling.opened().is_empty(), "nothing is owed while all is fresh");
    story.later(DAY * days - super::story::MINUTE).await;
    assert_eq!(story.standing(rule).await.len(), 0);
    story.later(super::story::MINUTE).await;
    let [(_, owed)] = &story.standing(rule).await[..] else { panic!("one {rule}") };
    assert!(owed.standing && owed.confirmed);
    story.owed_by(owed, &[Doctor]);
    // The team sees that it is owed; nobody elsewhere does.
    for (who, sees) in [(Nurse, 1), (Pharmacist, 1), (super::story::Who::FarNurse, 0)] {
        let course = story.course(who, owed.id).await;
        assert_eq!(course.iter().filter(|step| step.ends_with("opened")).count(), sees, "{who:?}: {course:?}");
    }
    let by_the_nurse = story.posts(Nurse, visited()).await;
    assert!(!meets(&by_the_nurse, owed), "the doctor's record is what is asked for");
    let kept = story.posts(Doctor, record()).await;
    assert!(meets(&kept, owed));
    story.later(DAY * days - super::story::MINUTE).await;
    assert_eq!(story.standing(rule).await.len(), 1, "fresh again");
}

#[tokio::test]
async fn nd_s4_the_doctors_visits_are_told_of_every_thirty_days() {
    kept_fresh("ND-S4", 30, visited).await;
}

#[tokio::test]
async fn nd_s4_rests_while_the_patient_is_away_and_may_be_put_off_with_a_reason() {
    let mut story = Story::begin().await;
    story.posts(Doctor, instructed(instruction())).await;
    story.posts(Nurse, admission()).await;
    story.later(DAY * 40).await;
    assert_eq!(story.standing("ND-S4").await.len(), 0, "in hospital nobody visits at home");
    story.posts(Nurse, discharge()).await;
    story.later(DAY * 30 - super::story::MINUTE).await;
    assert_eq!(story.standing("ND-S4").await.len(), 0, "the time away does not count");
    story.later(super::story::MINUTE).await;
    let [(_, owed)] = &story.standing("ND-S4").await[..] else { panic!("one") };
    let until = story.app.clock.wall().saturating_add(DAY * 7);
    let put_off = story.answers(Doctor, owed.id, Answer::Snoozed(until)).await;
    let mut seeing = TEAM.to_vec();
    seeing.push(Secretariat);
    story.got_by(put_off.id, &seeing).await;
    assert_eq!(story.may_not_answer(Doctor, owed.id, Answer::Declined).await.code, "not_agreed");
}

#[tokio::test]
async fn nd_s4_asks_nothing_without_an_instruction() {
    let mut story = Story::begin().await;
    story.later(DAY * 100).await;
    for rule in ["ND-S4", "ND-S5", "DN-S3", "MU-S2b"] {
        assert_eq!(story.standing(rule).await.len(), 0, "{rule}");
    }
}

#[tokio::test]
async fn nd_s5_treatment_in_an_emergency_is_agreed_in_advance_every_half_year() {
    kept_fresh("ND-S5", 180, standing_order).await;
}

#[tokio::test]
async fn nd_s7_a_hospitals_instruction_without_a_second_doctor_is_advice_to_the_secretariat() {
    let mut story = Story::with(&[HospitalDoctor, Nurse, CareManager]).await;
    let posted = story.posts(HospitalDoctor, instructed(instruction())).await;
    let (ja, _, audience) = advice(&posted, "ND-S7").expect("advice");
    assert_eq!((audience.as_str(), ja.is_empty()), ("secretariat", false));
    story.got_by(posted.id, &[HospitalDoctor, Nurse, CareManager]).await;
    // Afterwards it is found in a list, and nothing of the instruction with it.
    let listed = story.actor(Secretariat).get("/api/v1/advice").await.ok();
    let of_the_rule = |listed: &serde_json::Value| {
        let all = listed["advice"].as_array().expect("a list").iter();
        all.filter(|given| given["rule"].as_str().is_some_and(|rule| rule.starts_with("ND-S7@")))
            .cloned()
            .collect::<Vec<_>>()
    };
    let [found] = &of_the_rule(&listed)[..] else { panic!("{listed}") };
    assert_eq!(found["timeline"], story.patient.to_string());
    assert_eq!((&found["given_at"], found["title"]["ja"].is_string()), (&"2026-04-01T00:00:00Z".into(), true));
    story.actor(Nurse).get("/api/v1/advice").await.problem(StatusCode::FORBIDDEN, "forbidden");
    story.takes_back(HospitalDoctor, posted.id).await;
    assert_eq!(of_the_rule(&story.actor(Secretariat).get("/api/v1/advice").await.ok()), [serde_json::Value::Null; 0]);

    let wishes = ConsentChange {
        state: ConsentState::Team,
        given_by: ConsentGiver::Patient,
        given_on: jiff::civil::date(2026, 4, 1),
        document: "同意書綴り 2".to_owned(),
        one_doctor_wished: true,
        form_version: String::new(),
        withheld: WithheldSet::NONE,
        attachments: Vec::new(),
    };
    story.posts(Secretariat, renkei::domain::body::Body::Consent(wishes)).await;
    let posted = story.posts(HospitalDoctor, instructed(instruction())).await;
    assert_eq!(advice(&posted, "ND-S7"), None, "the patient wishes one doctor only");

    let mut two = Story::with(&[Doctor, Nurse, HospitalDoctor]).await;
    for doctor in [Doctor, HospitalDoctor] {
        assert_eq!(
            advice(&two.posts(doctor, instructed(instruction())).await, "ND-S7"),
            None,
            "there are two: {doctor:?}"
        );
    }
    assert_eq!(two.app.clock.wall(), at("04-01 09:00"));
}

#[tokio::test]
async fn nd_s4_goes_on_when_an_admission_turns_out_to_be_a_mistake() {
    let mut story = Story::begin().await;
    story.posts(Doctor, instructed(instruction())).await;
    let mistaken = story.posts(Nurse, admission()).await;
    story.later(DAY * 2).await;
    story.takes_back(Nurse, mistaken.id).await;
    story.later(DAY * 30).await;
    assert_eq!(story.standing("ND-S4").await.len(), 1, "the patient was at home all the time");
}

#[tokio::test]
async fn nd_s4_is_asked_while_the_longest_instruction_runs_whatever_short_ones_came_after_it() {
    let mut story = Story::begin().await;
    story.posts(Doctor, instructed(instruction())).await;
    for _ in 0..2 {
        let special = NursingInstruction { until: jiff::civil::date(2026, 4, 14), ..instruction() };
        story.posts(Doctor, instructed(special)).await;
    }
    story.later(DAY * 31).await;
    assert_eq!(story.standing("ND-S4").await.len(), 1, "the first one runs until September");
}
