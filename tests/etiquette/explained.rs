//! Why a duty is owed, as people ask it: by whom, in whose place, and how it stands, in names and never in ids.

use std::time::Duration;

use renkei::domain::body::{Infection, OrderType};
use renkei::domain::duty::DutyId;
use renkei::domain::team::ConsentState;

use super::bodies::{admission, discharge, infection, status_change, verbal_order, visited};
use super::story::Who::{Doctor, Helper, HospitalDoctor, Nurse, Pharmacist, SecondNurse, Secretariat};
use super::story::{Story, Who, duty};

/// The explanation that somebody reads, in Japanese and English.
async fn why(story: &Story, who: Who, owed: DutyId) -> (String, String) {
    let path = format!("/api/v1/rulebook/explain?duty={owed}&patient={}", story.patient);
    let answer = story.actor(who).get(path).await.ok()["answers"][0]["text"].clone();
    let text = |language: &str| answer[language].as_str().expect("a text").to_owned();
    (text("ja"), text("en"))
}

#[tokio::test]
async fn the_doctor_who_owes_the_paper_is_named_with_the_office() {
    let mut story = Story::with(&[Doctor, Nurse, Pharmacist, HospitalDoctor]).await;
    let named = story.acting(HospitalDoctor);
    let name = story.app.hub.region().directory().people[&named.person].name.kanji.clone();
    let heard = story.posts(Nurse, verbal_order(OrderType::Drip, &named).into()).await;
    let owed = duty(&heard, "ND-M3d");
    for who in [Nurse, HospitalDoctor, Secretariat] {
        let (ja, en) = why(&story, who, owed.id).await;
        assert!(ja.contains(&format!("\nだれが：chuo（{name}、医師）\n")), "{who:?}: {ja}");
        assert!(en.contains(&format!("\nowed by: chuo ({name}, ")), "{who:?}: {en}");
    }
}

#[tokio::test]
async fn whoever_took_a_duty_over_reads_in_whose_place() {
    let mut story = Story::with(&[Doctor, Nurse, Helper]).await;
    let owed = duty(&story.posts(Helper, status_change().into()).await, "DN-M1");
    story.joins(SecondNurse).await;
    story.leaves(Nurse).await;
    story.later(Duration::ZERO).await;
    let (ja, en) = why(&story, SecondNurse, owed.id).await;
    assert!(ja.contains("\nだれが：asahi（看護師）\n引き継ぎ：minatoに代わって引き受けました\n"), "{ja}");
    assert!(en.contains("\nin place of: they took the place of minato\n"), "{en}");
}

#[tokio::test]
async fn the_secretariat_reads_whom_it_is_to_reach() {
    let mut story = Story::begin().await;
    story.posts(Helper, visited()).await;
    story.app.consent(story.patient, ConsentState::None).await;
    story.all_look_again().await;
    let notice = story.posts(Nurse, infection(Infection::Covid, &[jiff::civil::date(2026, 4, 1)])).await;
    let (ja, _) = why(&story, Secretariat, duty(&notice, "IN-1").id).await;
    assert!(ja.contains("\n引き継ぎ：hidamariにも伝えます（ここからは知らせられません）\n"), "{ja}");
}

#[tokio::test]
async fn a_duty_that_rests_says_so() {
    let mut story = Story::begin().await;
    story.posts(Nurse, admission()).await;
    let owed = duty(&story.posts(Nurse, discharge()).await, "CM-5");
    story.posts(Nurse, admission()).await;
    let (ja, en) = why(&story, Nurse, owed.id).await;
    assert!(ja.contains("\nいま：入院・入所のあいだ休んでいます。"), "{ja}");
    assert!(en.contains("\nstands: it rests while the patient is away"), "{en}");
}
