//! Devices that are rung while their page is closed, at a push service that keeps every byte it gets: who is, for what, and
//! what ends it. Nothing that is sent says more than that there is something to see.

mod ends;
mod quiet;
mod services;
mod who;

use std::sync::atomic::{AtomicUsize, Ordering};

use axum::http::StatusCode;
use renkei::config::PushSettings;
use renkei::domain::ids::PatientId;
use serde_json::{Value, json};

use crate::support::actor::Actor;
use crate::support::app::App;
use crate::support::push_service::PushService;

/// A hub that rings, a doctor and a nurse with a patient; and somebody by whom a story knows that the hub has looked at
/// all that came before.
struct Story {
    app: App,
    service: PushService,
    doctor: Actor,
    nurse: Actor,
    patient: PatientId,
    witness: Actor,
    elsewhere: PatientId,
}

static DRAWN: AtomicUsize = AtomicUsize::new(1);

fn new_id() -> String {
    format!("0196d5a2-7c00-7000-8000-{:012x}", 0xbe_0000 + DRAWN.fetch_add(1, Ordering::Relaxed))
}

fn message(text: &str, roles: &[&str], urgent: bool) -> Value {
    json!({ "id": new_id(), "body": { "message": { "text": text, "toRoles": roles, "urgent": urgent } } })
}

/// What is urgent is phoned first (OP-1); a call that nobody answered counts, too.
fn call() -> Value {
    json!({ "id": new_id(), "body": { "call": { "to": "other", "reached": false } } })
}

/// What the doctor brings in, of which the nurse takes note by 13:00 (ND-M1).
fn ventilator() -> Value {
    json!({ "id": new_id(), "body": { "deviceChange": {
        "device": "人工呼吸器", "change": "introduced", "reason": "呼吸不全",
        "after": [{ "name": "吸気圧", "value": "12", "unit": "cmH2O" }],
    } } })
}

impl Story {
    async fn begin() -> Self {
        Self::begin_with(|settings| settings).await
    }

    async fn begin_with(change: impl FnOnce(PushSettings) -> PushSettings) -> Self {
        let service = PushService::start().await;
        let app = App::start_ringing(change(service.settings())).await;
        let (doctor, nurse) = (app.doctor("hikari").await, app.nurse("minato").await);
        let patient = app.register_patient("高橋 ハル", "タカハシ ハル").await;
        app.link(patient, "hikari").await;
        app.link(patient, "minato").await;
        let witness = app.doctor("kanshi").await;
        let elsewhere = app.register_patient("佐藤 ナツ", "サトウ ナツ").await;
        app.link(elsewhere, "hikari").await;
        app.link(elsewhere, "kanshi").await;
        Self { app, service, doctor, nurse, patient, witness, elsewhere }
    }

    /// This person's device is rung at this path.
    async fn rings(&self, who: &Actor, path: &str, wish: &str) -> Value {
        let given = json!({ "endpoint": self.service.endpoint(path), "wish": wish, "device": "iPhone" });
        who.post("/api/v1/me/bells", given).await.is(StatusCode::CREATED)
    }

    async fn says(&self, text: &str, roles: &[&str], urgent: bool) -> Value {
        if urgent {
            self.posts(call()).await;
        }
        self.posts(message(text, roles, urgent)).await
    }

    async fn posts(&self, entry: Value) -> Value {
        self.doctor.post(format!("/api/v1/timelines/{}/entries", self.patient), entry).await.is(StatusCode::CREATED)
    }

    /// The hub has looked at all that came until now: the witness, whose device is another each time, is rung.
    async fn settled(&self) {
        let number = DRAWN.fetch_add(1, Ordering::Relaxed);
        let path = format!("/witness/{number}");
        let witness = self.app.sign_in(self.witness.actor.person, self.witness.position()).await;
        self.rings(&witness, &path, "urgent").await;
        let doctor = self.app.sign_in(self.doctor.actor.person, self.doctor.position()).await;
        let asked = json!({
            "id": new_id(), "addressedTo": [{ "person": self.witness.actor.person.to_string() }],
            "body": { "message": { "text": "見えますか", "urgent": true } },
        });
        for post in [call(), asked] {
            doctor.post(format!("/api/v1/timelines/{}/entries", self.elsewhere), post).await.is(StatusCode::CREATED);
        }
        self.service.rung(&path, 1).await;
    }

    /// When a device was last rung; read by a sign-in of its own.
    async fn rung_at(&self, who: &Actor, id: &Value) -> Value {
        let who = self.app.sign_in(who.actor.person, who.position()).await;
        let mine = who.get("/api/v1/me/bells").await.ok();
        let bell = mine["bells"].as_array().expect("a list").iter().find(|bell| bell["id"] == *id).cloned();
        bell.unwrap_or_else(|| panic!("no {id} in {mine}"))["rung_at"].clone()
    }
}
