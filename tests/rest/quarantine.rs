//! Posts in envelopes: handed in by whoever has them, kept for their author, released to the rules as they are then.

use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use renkei::actions::offices::give_all_pledges;
use renkei::actions::quarantine::Waiting;
use renkei::codec::Audited;
use renkei::domain::act::{By, Deed};
use renkei::domain::directory::Position;
use renkei::domain::ids::PatientId;
use renkei::domain::quarantine::{QuarantineDeed, QuarantineStep};
use renkei::domain::role::Role;
use renkei::domain::team::ConsentState;
use renkei::limits;
use renkei::store::StoreError;
use serde_json::{Value, json};
use sqlx::Connection as _;

use super::audit::kept;
use super::tampered;
use crate::support::actor::{Actor, Answer, ask};
use crate::support::app::App;
use crate::support::envelope::envelope;

const DAY: Duration = Duration::from_secs(86_400);
const SAID: &str = "仙骨部に水疱ひとつ";

/// A region with a consenting patient on whose team a nurse is.
async fn round() -> (App, Actor, PatientId) {
    let app = App::start().await;
    let nurse = app.nurse("minato").await;
    let patient = app.register_patient("高橋 ハル", "タカハシ ハル").await;
    app.consent(patient, ConsentState::Team).await;
    app.link(patient, "minato").await;
    (app, nurse, patient)
}

async fn key(app: &App) -> Value {
    ask(&app.router, Request::get("/api/v1/quarantine/key").body(Body::empty()).unwrap()).await.ok()
}

async fn pass(who: &Actor) -> String {
    who.get("/api/v1/me/quarantine-pass").await.ok()["pass"].as_str().unwrap().to_owned()
}

fn id(number: u64) -> String {
    format!("0196d5a2-7c00-7000-8000-{number:012x}")
}

/// What a page seals: a note of nine in the morning.
fn slip(pass: &str, patient: PatientId, number: u64, body: &Value) -> Value {
    let intent =
        json!({ "id": id(number), "timeline": patient.to_string(), "observedAtUs": "1775001600000000", "body": body });
    json!({ "pass": pass, "writtenAtMs": 1_775_001_600_000_i64, "syncedAtMs": 1_775_001_000_000_i64, "intent": intent })
}

fn note() -> Value {
    json!({ "note": { "text": SAID } })
}

/// Hands envelopes in, signed in as nobody.
async fn hand_in(app: &App, envelopes: &[Value]) -> Answer {
    let body = json!({ "envelopes": envelopes }).to_string();
    let request = Request::post("/api/v1/quarantine").header("content-type", "application/json");
    ask(&app.router, request.body(Body::from(body)).unwrap()).await
}

async fn waiting(who: &Actor) -> Vec<Value> {
    who.get("/api/v1/quarantine").await.ok()["posts"].as_array().unwrap().clone()
}

async fn release(who: &Actor, number: u64) -> Answer {
    who.post(format!("/api/v1/quarantine/{}/release", id(number)), json!({})).await
}

/// The secretariat sends or lets be what somebody else wrote.
async fn settle(secretariat: &Actor, number: u64, how: &str, reason: &str) -> Answer {
    secretariat.post(format!("/api/v1/quarantine/{}/{how}", id(number)), json!({ "reason": reason })).await
}

async fn acts(app: &App) -> Vec<(By, QuarantineDeed)> {
    let of_quarantine = |(_, audited)| match audited {
        Audited::Act(act) => match act.deed {
            Deed::Quarantine(deed) => Some((act.by, deed)),
            _ => None,
        },
        _ => None,
    };
    kept(app, 0).await.into_iter().filter_map(of_quarantine).collect()
}

async fn deeds(app: &App) -> Vec<(By, QuarantineStep)> {
    acts(app).await.into_iter().map(|(by, deed)| (by, deed.step)).collect()
}

/// The same person, signed in again.
async fn again(app: &App, who: &Actor, role: Role) -> Actor {
    app.sign_in(who.actor.person, Position { role, organisation: who.actor.organisation }).await
}

#[tokio::test]
async fn what_a_device_sealed_waits_for_its_author_after_the_sign_in_has_ended() {
    let (app, nurse, patient) = round().await;
    let sealed = envelope(&key(&app).await, &id(1), &slip(&pass(&nurse).await, patient, 1, &note()));
    nurse.delete("/api/v1/me").await;
    for _ in 0..2 {
        assert_eq!(hand_in(&app, std::slice::from_ref(&sealed)).await.is(StatusCode::ACCEPTED), json!({}));
    }
    assert_eq!(waiting(&app.nurse("minato").await).await, Vec::<Value>::new(), "a colleague");
    let secretariat = app.secretariat().await;
    let header = waiting(&secretariat).await;
    assert_eq!(header.len(), 1, "handed in twice, kept once");
    assert_eq!(
        (&header[0]["kind"], &header[0]["role"], &header[0]["intent"]),
        (&json!("note"), &json!("nurse"), &Value::Null)
    );

    let back = again(&app, &nurse, Role::Nurse).await;
    let mine = waiting(&back).await;
    assert_eq!(mine[0]["intent"]["body"], note());
    assert_eq!(release(&back, 1).await.ok()["verdict"], "accepted");
    assert_eq!(waiting(&back).await, Vec::<Value>::new());
    release(&back, 1).await.problem(StatusCode::NOT_FOUND, "not_found");

    let entries = back.get(format!("/api/v1/timelines/{patient}/entries")).await.ok();
    let entry = entries["entries"].as_array().unwrap().last().unwrap();
    assert_eq!(entry["content"]["body"], note());
    assert_eq!(entry["content"]["author"]["person"], nurse.actor.person.to_string());
    assert_eq!(entry["content"]["observedAtUs"], "1775001600000000", "when it was noticed, not when it came");
    hand_in(&app, &[sealed]).await.is(StatusCode::ACCEPTED);
    assert_eq!(waiting(&back).await, Vec::<Value>::new(), "what was released does not come again");
    let posted = slip(&pass(&back).await, patient, 2, &note());
    back.post(format!("/api/v1/timelines/{patient}/entries"), posted["intent"].clone()).await.is(StatusCode::CREATED);
    hand_in(&app, &[envelope(&key(&app).await, &id(2), &posted)]).await.is(StatusCode::ACCEPTED);
    assert_eq!(waiting(&back).await, Vec::<Value>::new(), "nor does what is an entry already");
    let done = [(By::Hub, QuarantineStep::Received), (back.signed_in().by(), QuarantineStep::Released)];
    assert_eq!(deeds(&app).await, done);
}

#[tokio::test]
async fn nobody_learns_from_the_answer_what_was_in_an_envelope_and_what_shows_no_pass_is_dropped() {
    let (app, nurse, patient) = round().await;
    let (key, pass) = (key(&app).await, pass(&nurse).await);
    let sound = slip(&pass, patient, 1, &note());
    let other = App::start().await;
    let forged =
        other.nurse("minato").await.get("/api/v1/me/quarantine-pass").await.ok()["pass"].as_str().unwrap().to_owned();
    let mut swapped = envelope(&key, &id(1), &sound);
    swapped["id"] = json!(id(9));
    let mut cut = envelope(&key, &id(1), &sound);
    cut["text"] = json!("AAAA");
    let mut misspelt = sound.clone();
    misspelt["intent"]["sensitivty"] = json!("restricted");
    let dropped = [
        envelope(&key, &id(1), &slip(&forged, patient, 1, &note())),
        envelope(&key, &id(1), &slip(&pass.replace("nurse", "doctor"), patient, 1, &note())),
        envelope(&key, &id(2), &slip(&pass, patient, 7, &note())),
        envelope(&key, &id(1), &json!({ "surprise": true })),
        envelope(&key, &id(1), &misspelt),
        swapped,
        cut,
    ];
    let mut answers = Vec::new();
    for envelope in dropped {
        answers.push(hand_in(&app, &[envelope]).await);
    }
    answers.push(hand_in(&app, &[envelope(&key, &id(1), &sound)]).await);
    for answer in &answers {
        assert_eq!((answer.status, &answer.bytes), (StatusCode::ACCEPTED, &answers[0].bytes));
    }
    assert_eq!(waiting(&nurse).await.len(), 1, "the sound one alone");

    // What a device would lose by it is told: it goes on keeping them.
    let mut elsewhere = envelope(&key, &id(3), &sound);
    elsewhere["key"] = json!("another");
    let refused = hand_in(&app, &[envelope(&key, &id(4), &sound), elsewhere]).await;
    assert_eq!(refused.problem(StatusCode::UNPROCESSABLE_ENTITY, "unknown_code")["field"], "envelopes[1].key");
    let many = vec![envelope(&key, &id(1), &sound); limits::ENVELOPES_PER_REQUEST_MAX + 1];
    for wrong in [&[][..], &many] {
        hand_in(&app, wrong).await.problem(StatusCode::UNPROCESSABLE_ENTITY, "out_of_range");
    }
}

#[tokio::test]
async fn the_rules_of_the_moment_of_release_decide_and_what_they_refuse_goes_on_waiting() {
    let (app, nurse, patient) = round().await;
    let (key, pass) = (key(&app).await, pass(&nurse).await);
    let message = json!({ "message": { "text": "明日は10時に伺います" } });
    let posts = [(1, note()), (2, message)];
    let sealed: Vec<Value> =
        posts.iter().map(|(number, body)| envelope(&key, &id(*number), &slip(&pass, patient, *number, body))).collect();
    hand_in(&app, &sealed).await.is(StatusCode::ACCEPTED);
    app.unlink(patient, "minato").await;
    assert_eq!(release(&nurse, 1).await.ok()["verdict"], "accepted", "observed while the nurse was linked");
    release(&nurse, 2).await.problem(StatusCode::FORBIDDEN, "forbidden");
    assert_eq!(waiting(&nurse).await.len(), 1);
    app.link(patient, "minato").await;
    assert_eq!(release(&nurse, 2).await.ok()["verdict"], "accepted");
}

#[tokio::test]
async fn it_goes_in_the_role_it_was_written_in_and_the_secretariat_sends_observations_alone() {
    let (app, nurse, patient) = round().await;
    let (key, pass) = (key(&app).await, pass(&nurse).await);
    let message = json!({ "message": { "text": "明日は10時に伺います" } });
    let sealed = [(1, note()), (2, message)]
        .map(|(number, body)| envelope(&key, &id(number), &slip(&pass, patient, number, &body)));
    hand_in(&app, &sealed).await.is(StatusCode::ACCEPTED);
    let elsewhere = app.organisation("other", renkei::domain::role::OrganisationType::NursingStation).await;
    let positions = json!([
        { "role": "nurse", "organisation": nurse.actor.organisation.to_string() },
        { "role": "nurse", "organisation": elsewhere.to_string() },
    ]);
    let secretariat = app.secretariat().await;
    let person = json!({ "name": { "kanji": "佐藤 花子" }, "positions": positions });
    secretariat.put(format!("/api/v1/people/{}", nurse.actor.person), person).await.ok();
    let there = app.sign_in(nurse.actor.person, Position { role: Role::Nurse, organisation: elsewhere }).await;
    give_all_pledges(&app.hub, there.actor).await.expect("the pledges are taken");
    release(&there, 1).await.problem(StatusCode::CONFLICT, "conflict");

    release(&secretariat, 2).await.problem(StatusCode::CONFLICT, "conflict");
    // Why an observation is refused may tell what was written: that its id was used since for something else, say.
    hand_in(&app, &[envelope(&key, &id(3), &slip(&pass, patient, 3, &note()))]).await.is(StatusCode::ACCEPTED);
    let other = json!({ "id": id(3), "body": { "note": { "text": "お変わりありません" } } });
    let entries = format!("/api/v1/timelines/{patient}/entries");
    again(&app, &nurse, Role::Nurse).await.post(entries, other).await.is(StatusCode::CREATED);
    let told = settle(&secretariat, 3, "release", "本人は休職").await.problem(StatusCode::CONFLICT, "conflict");
    assert!(told["detail"]["en"].as_str().unwrap().contains("its author has to look at it"), "{told}");
    assert_eq!(settle(&secretariat, 1, "release", "本人は休職").await.ok()["verdict"], "accepted");
    let entries = again(&app, &nurse, Role::Nurse).await.get(format!("/api/v1/timelines/{patient}/entries")).await.ok();
    let entry = entries["entries"].as_array().unwrap().last().unwrap();
    assert_eq!(entry["content"]["author"]["person"], nurse.actor.person.to_string(), "the nurse wrote it");
    let colleague = app.nurse("minato").await;
    release(&colleague, 2).await.problem(StatusCode::NOT_FOUND, "not_found");
    let gone = format!("/api/v1/quarantine/{}", id(2));
    colleague.delete(&gone).await.problem(StatusCode::NOT_FOUND, "not_found");
    let back = again(&app, &nurse, Role::Nurse).await;
    back.delete(format!("/api/v1/quarantine/{}", id(3))).await.is(StatusCode::NO_CONTENT);
    assert_eq!(back.delete(&gone).await.status, StatusCode::NO_CONTENT);
    assert_eq!(waiting(&back).await, Vec::<Value>::new());
    assert_eq!(deeds(&app).await.last(), Some(&(back.signed_in().by(), QuarantineStep::Discarded)));
}

#[tokio::test]
async fn whoever_did_not_write_it_says_why_and_the_audit_log_keeps_it() {
    let (app, nurse, patient) = round().await;
    let (key, pass) = (key(&app).await, pass(&nurse).await);
    let sealed = [1, 2, 3, 4].map(|number| envelope(&key, &id(number), &slip(&pass, patient, number, &note())));
    hand_in(&app, &sealed).await.is(StatusCode::ACCEPTED);
    let secretariat = app.secretariat().await;
    let long = "あ".repeat(limits::QUARANTINE_REASON_CHARS_MAX + 1);
    for how in ["release", "discard"] {
        for (reason, code) in [(" ", "required"), ("\u{200b}\u{3164}", "required"), (&*long, "too_long")] {
            let refused = settle(&secretariat, 1, how, reason).await;
            assert_eq!(refused.problem(StatusCode::UNPROCESSABLE_ENTITY, code)["field"], "reason", "{how}");
        }
    }
    release(&secretariat, 1).await.problem(StatusCode::UNPROCESSABLE_ENTITY, "required");
    let mine_alone = format!("/api/v1/quarantine/{}", id(1));
    secretariat.delete(&mine_alone).await.problem(StatusCode::UNPROCESSABLE_ENTITY, "required");
    assert_eq!(waiting(&secretariat).await.len(), 4, "nothing was done");

    let (asked, twice) = ("本人は退職。管理者に確かめた", "本人が二度書いた");
    assert_eq!(settle(&secretariat, 1, "release", asked).await.ok()["verdict"], "accepted");
    settle(&secretariat, 2, "discard", twice).await.is(StatusCode::NO_CONTENT);
    // Its author is asked nothing, and a page of before sends no body.
    let empty = Request::post(format!("/api/v1/quarantine/{}/release", id(3)));
    let empty = empty.header("authorization", format!("Bearer {}", nurse.token)).body(Body::empty()).unwrap();
    assert_eq!(ask(&app.router, empty).await.ok()["verdict"], "accepted");
    settle(&nurse, 4, "discard", "").await.is(StatusCode::NO_CONTENT);
    let told = acts(&app).await.into_iter().map(|(_, deed)| (deed.step, deed.reason)).skip(4).collect::<Vec<_>>();
    let expected = [
        (QuarantineStep::Released, asked),
        (QuarantineStep::Discarded, twice),
        (QuarantineStep::Released, ""),
        (QuarantineStep::Discarded, ""),
    ];
    assert_eq!(told, expected.map(|(step, reason)| (step, reason.to_owned())));
    let log = secretariat.get("/api/v1/audit?kind=quarantine").await.ok();
    let read: Vec<&Value> = log["records"].as_array().unwrap().iter().map(|record| &record["reason"]).collect();
    assert!(read.contains(&&json!(asked)) && read.contains(&&json!(twice)), "{log}");
}

#[tokio::test]
async fn of_two_who_settle_a_post_at_once_one_is_told_that_it_was_done() {
    let (app, nurse, patient) = round().await;
    let (key, pass) = (key(&app).await, pass(&nurse).await);
    let numbers = 1..=8;
    let sealed: Vec<Value> =
        numbers.clone().map(|number| envelope(&key, &id(number), &slip(&pass, patient, number, &note()))).collect();
    hand_in(&app, &sealed).await.is(StatusCode::ACCEPTED);
    let secretariat = app.secretariat().await;
    for number in numbers {
        let (sent, dropped) =
            tokio::join!(release(&nurse, number), settle(&secretariat, number, "discard", "本人が二度書いた"));
        let done = [sent.status, dropped.status].iter().filter(|status| status.is_success()).count();
        assert_eq!(done, 1, "{number}: {} {}", sent.status, dropped.status);
    }
    assert_eq!(waiting(&secretariat).await, Vec::<Value>::new());
}

#[tokio::test]
async fn a_key_that_somebody_wrote_closes_the_quarantine_to_nobody() {
    let app = tampered::region().await;
    let secretariat = app.secretariat().await;
    let mut by_hand = tampered::written_by_hand(&app).await;
    let garbage = "insert into envelope_key (name, sealed, made_at) values ('k', x'', 9000000000000000000)";
    sqlx::query(garbage).execute(&mut by_hand).await.unwrap();
    by_hand.close().await.unwrap();
    assert!(tampered::warnings(&secretariat).await.is_empty(), "nobody asked yet");
    let made = key(&app).await;
    assert!(made["id"].is_string(), "{made}");
    assert_eq!(tampered::warnings(&secretariat).await, ["directory_tampered"]);
}

#[tokio::test]
async fn what_nobody_releases_ends_with_the_regions_time() {
    let (app, nurse, patient) = round().await;
    let sealed = envelope(&key(&app).await, &id(1), &slip(&pass(&nurse).await, patient, 1, &note()));
    hand_in(&app, &[sealed]).await.is(StatusCode::ACCEPTED);
    let days = u32::try_from(limits::QUARANTINE_DAYS_DEFAULT).unwrap();
    app.clock.advance(DAY * days - Duration::from_secs(1));
    let back = again(&app, &nurse, Role::Nurse).await;
    assert_eq!(waiting(&back).await.len(), 1);
    app.clock.advance(Duration::from_secs(1));
    release(&back, 1).await.problem(StatusCode::NOT_FOUND, "not_found");
    assert_eq!(waiting(&back).await, Vec::<Value>::new());
    assert_eq!(deeds(&app).await.last(), Some(&(By::Hub, QuarantineStep::Expired)));
}

#[tokio::test]
async fn nobody_fills_the_hub_in_somebodys_name() {
    let (app, nurse, patient) = round().await;
    let (key, pass) = (key(&app).await, pass(&nurse).await);
    let sealed = |number| envelope(&key, &id(number), &slip(&pass, patient, number, &note()));
    hand_in(&app, &[sealed(1)]).await.is(StatusCode::ACCEPTED);
    let max = limits::QUARANTINED_PER_AUTHOR_MAX as u64;
    let fill = app.hub.journal().write(move |tx| {
        Box::pin(async move {
            let first = tx.find_quarantined(id(1).parse().unwrap()).await?.expect("it waits");
            for number in 2..=max {
                tx.insert_quarantined(&Waiting { id: id(number).parse().unwrap(), ..first.clone() }).await?;
            }
            Ok::<_, StoreError>(())
        })
    });
    fill.await.unwrap();
    // The device keeps it, and comes again.
    hand_in(&app, &[sealed(max + 1)]).await.problem(StatusCode::SERVICE_UNAVAILABLE, "overloaded");
    assert_eq!(nurse.delete(format!("/api/v1/quarantine/{}", id(1))).await.status, StatusCode::NO_CONTENT);
    hand_in(&app, &[sealed(max + 1)]).await.is(StatusCode::ACCEPTED);
}

#[tokio::test]
async fn an_address_hands_in_so_many_and_a_restart_opens_what_was_sealed_before() {
    let (app, nurse, patient) = round().await;
    let (key_before, pass) = (key(&app).await, pass(&nurse).await);
    let sealed = envelope(&key_before, &id(1), &slip(&pass, patient, 1, &note()));
    let app = app.stop().await.start().await;
    assert_eq!(key(&app).await, key_before);
    hand_in(&app, &[sealed]).await.is(StatusCode::ACCEPTED);
    assert_eq!(waiting(&again(&app, &nurse, Role::Nurse).await).await.len(), 1);

    let mut junk = envelope(&key_before, &id(2), &json!({}));
    junk["text"] = json!("AAAA");
    let full = vec![junk.clone(); limits::ENVELOPES_PER_REQUEST_MAX];
    let requests = limits::ENVELOPES_BURST as usize / full.len();
    for _ in 1..requests {
        hand_in(&app, &full).await.is(StatusCode::ACCEPTED);
    }
    hand_in(&app, &full).await.problem(StatusCode::SERVICE_UNAVAILABLE, "overloaded");
    app.clock.advance(Duration::from_millis(limits::ENVELOPE_REFILL_MS));
    hand_in(&app, &[junk]).await.is(StatusCode::ACCEPTED);
}
