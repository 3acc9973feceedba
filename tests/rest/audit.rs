//! What the audit log keeps: who let whom in, who ended it, who changed the directory, and why a correction was refused.

use std::time::Duration;

use axum::http::StatusCode;
use renkei::codec::{self, Audited, Refusal};
use renkei::config::SessionLimits;
use renkei::domain::account::SignInWay;
use renkei::domain::act::{Act, By, Deed, SignInEnd};
use renkei::domain::directory::{Actor, Position};
use renkei::domain::ids::{OrganisationId, PersonId, SignInId};
use renkei::domain::kind::Kind;
use renkei::domain::role::{OrganisationType, Role};
use renkei::domain::time::Timestamp;
use renkei::rulebook::Action;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::app::App;

/// How many records stand in the log.
async fn count(app: &App) -> u64 {
    kept(app, 0).await.len() as u64
}

pub(super) async fn kept(app: &App, after: u64) -> Vec<(Timestamp, Audited)> {
    let records =
        app.hub.journal().read(move |tx| Box::pin(tx.list_audits(after, 1_000))).await.expect("the log is read");
    records
        .into_iter()
        .map(|record| (record.recorded_at, codec::decode_audited(&record.record.expect("it opens")).expect("whole")))
        .collect()
}

async fn acts_after(app: &App, after: u64) -> Vec<(Timestamp, Act)> {
    let act = |(at, audited)| match audited {
        Audited::Act(act) => Some((at, act)),
        Audited::Read(_) | Audited::ReadEnded(_) | Audited::WrittenFor(_) => None,
        Audited::Refusal(refused) => panic!("{refused:?}"),
    };
    kept(app, after).await.into_iter().filter_map(act).collect()
}

fn uuid(value: &Value) -> Uuid {
    value.as_str().expect("an id").parse().expect("an id")
}

#[tokio::test]
async fn the_log_says_who_entered_whom_let_them_in_and_ended_it_and_when() {
    let app = App::start().await;
    let secretariat = app.secretariat().await;
    let by = secretariat.signed_in().by();
    let known = count(&app).await;

    let station = json!({ "name": "みなと訪問看護", "type": "nursing_station" });
    let station = secretariat.post("/api/v1/organisations", station).await.is(StatusCode::CREATED);
    let organisation = OrganisationId(uuid(&station["id"]));
    let position = Position { role: Role::Nurse, organisation };
    let positions = json!([{ "role": "nurse", "organisation": organisation.to_string() }]);
    let hanako = json!({ "name": { "kanji": "佐藤 花子" }, "positions": positions });
    let person = PersonId(uuid(&secretariat.post("/api/v1/people", hanako).await.is(StatusCode::CREATED)["id"]));
    let entered_at = app.hub.region().now();

    app.clock.advance(Duration::from_secs(60));
    let let_in_at = app.hub.region().now();
    let mut sign_ins = Vec::new();
    for _ in 0..3 {
        let issued = app.sign_ins().issue(by, person, position, Duration::from_secs(3_600)).await.expect("kept");
        sign_ins.push((issued.1.id, issued.0.reveal().to_string()));
    }
    let [(revoked, _), (signed_out, token), (over, _)] = &sign_ins[..] else { unreachable!() };
    secretariat.delete(format!("/api/v1/sign-ins/{revoked}")).await.is(StatusCode::NO_CONTENT);
    let mut nurse = secretariat.clone();
    nurse.token.clone_from(token);
    nurse.delete("/api/v1/me").await.is(StatusCode::NO_CONTENT);
    let ended = json!({ "name": "みなと訪問看護", "type": "nursing_station", "active": false });
    secretariat.put(format!("/api/v1/organisations/{organisation}"), ended).await.ok();

    let acts = acts_after(&app, known).await;
    let kind = OrganisationType::NursingStation;
    let herself = Actor { person, role: Role::Nurse, organisation, organisation_type: kind };
    let herself = By::SignedIn(herself, *signed_out, None);
    let expires_at = let_in_at.saturating_add(Duration::from_secs(3_600));
    let issued = |sign_in: &SignInId| Deed::SignInIssued {
        sign_in: *sign_in,
        person,
        position,
        expires_at,
        way: Some(SignInWay::Link),
        device: None,
        device_name: String::new(),
    };
    let end = |sign_in: &SignInId, why| Deed::SignInEnded { sign_in: *sign_in, person, position, why };
    let expected = [
        (entered_at, by, Deed::OrganisationKept { organisation, kind, active: true, is_new: true }),
        (entered_at, by, Deed::PersonKept { person, positions: vec![position], active: true, is_new: true }),
        (let_in_at, by, issued(revoked)),
        (let_in_at, by, issued(signed_out)),
        (let_in_at, by, issued(over)),
        (let_in_at, by, end(revoked, SignInEnd::Revoked)),
        (let_in_at, herself, end(signed_out, SignInEnd::SignedOut)),
        (let_in_at, by, Deed::OrganisationKept { organisation, kind, active: false, is_new: false }),
        (let_in_at, by, end(over, SignInEnd::OrganisationEnded)),
    ];
    assert_eq!(acts, expected.map(|(at, by, deed)| (at, Act { by, deed })));
}

#[tokio::test]
async fn the_log_says_which_sign_ins_ended_because_nobody_used_them_or_their_person_left() {
    let idle_timeout = Duration::from_secs(600);
    let app = App::start_within(SessionLimits { idle_timeout, ..SessionLimits::default() }).await;
    let (secretariat, idle, leaves) = (app.secretariat().await, app.nurse("minato").await, app.nurse("hikari").await);
    let known = count(&app).await;
    secretariat.post(format!("/api/v1/people/{}/suspend", leaves.actor.person), json!({})).await;
    app.clock.advance(idle_timeout + Duration::from_secs(1));
    idle.get("/api/v1/me").await.problem(StatusCode::UNAUTHORIZED, "unauthenticated");

    let acts = acts_after(&app, known).await;
    let (person, positions) = (leaves.actor.person, vec![leaves.position()]);
    let left = Deed::PersonKept { person, positions, active: false, is_new: false };
    let end = |of: &crate::support::actor::Actor, why| Deed::SignInEnded {
        sign_in: of.sign_in,
        person: of.actor.person,
        position: of.position(),
        why,
    };
    let by = secretariat.signed_in().by();
    let expected = [
        Act { by, deed: left },
        Act { by, deed: end(&leaves, SignInEnd::PersonChanged) },
        Act { by: By::Hub, deed: end(&idle, SignInEnd::Unused) },
    ];
    assert_eq!(acts.into_iter().map(|(_, act)| act).collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn a_refused_correction_can_be_explained_later_by_what_it_would_have_said() {
    let app = App::start().await;
    // Of one clinic: the record is their own, but such limits are for the doctor alone to set.
    let (doctor, nurse) = (app.doctor("hikari").await, app.nurse("hikari").await);
    let patient = app.register_patient("高橋 ハル", "タカハシ ハル").await;
    app.link(patient, "hikari").await;
    let entries = format!("/api/v1/timelines/{patient}/entries");
    let limits = json!({ "alarmLimits": { "limits": [{ "sign": "spo2", "low": "90" }] } });
    let limited = "0196d5a2-7c00-7000-8000-000000000001";
    doctor.post(&entries, json!({ "id": limited, "body": limits })).await.is(StatusCode::CREATED);
    let known = count(&app).await;

    let correction = json!({ "correction": { "target": limited, "body": limits, "reason": "誤記" } });
    let correction = json!({ "id": "0196d5a2-7c00-7000-8000-000000000002", "body": correction });
    let refused = nurse.post(&entries, correction).await.problem(StatusCode::FORBIDDEN, "forbidden");

    let [(_, Audited::Refusal(kept))] = &kept(&app, known).await[..] else { panic!("one refusal is kept") };
    let Refusal { kind, corrected, author, ruling, .. } = kept;
    assert_eq!((*kind, *corrected, *author), (Kind::Correction, Some(Kind::AlarmLimits), nurse.actor));
    let book = app.hub.region().rulebook();
    let explained = book.explain_ruling(Action::Post, corrected.expect("it corrects"), ruling).expect("its own book");
    assert_eq!(refused["reasons"][0]["ja"], explained.text().ja.as_ref());
}
