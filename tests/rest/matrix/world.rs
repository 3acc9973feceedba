//! Somebody of every role, each at an office of their own; a patient on whose team all of them are, and one of whom
//! none is; and another office, which looks after both.

use renkei::domain::ids::{OrganisationId, PatientId, PersonId};
use renkei::domain::role::Role;
use renkei::limits;
use serde_json::{Value, json};

use std::collections::HashMap;

use crate::support::actor::Actor;
use crate::support::app::App;
use crate::support::system::{ALL, System};

/// Beside the roles: a nurse who looks after the people of her station.
pub const ADMINISTRATOR: &str = "administrator";

/// Beside them: a system that signs in by a key, with every scope that there is.
pub const CLIENT: &str = "client";

/// Who asks.
pub fn columns() -> impl Iterator<Item = &'static str> {
    Role::ALL.iter().map(|role| role.code()).chain([ADMINISTRATOR, CLIENT])
}

/// The role that a column acts in.
pub fn role_of(column: &str) -> Role {
    match column {
        CLIENT => Role::Gateway,
        _ => Role::from_code(column).unwrap_or(Role::Nurse),
    }
}

pub struct World {
    pub app: App,
    system: System,
    actors: HashMap<&'static str, Actor>,
    pub linked: PatientId,
    pub unlinked: PatientId,
    /// A nurse of the other office.
    pub elsewhere: Actor,
    pub attending: PersonId,
    /// Of both patients: an entry with a file, and the file's digest.
    pub entries: HashMap<PatientId, (String, String)>,
    pub citation: String,
    /// A version of the rulebook that is read only.
    pub version: Value,
}

impl World {
    pub async fn new() -> Self {
        let app = App::start().await;
        let secretariat = app.secretariat().await;
        let elsewhere = app.nurse("elsewhere").await;
        let attending = app.doctor("attending").await.actor.person;
        let linked = app.register_patient("高橋 ハル", "タカハシ ハル").await;
        let unlinked = app.register_patient("鈴木 一郎", "スズキ イチロウ").await;
        app.link(linked, "elsewhere").await;
        app.link(unlinked, "elsewhere").await;
        let mut actors = HashMap::new();
        // So that there is an office of this name.
        let organisation = app.newcomer(Role::Gateway, CLIENT).await.actor.organisation;
        let system = System::register(&app, organisation, ALL).await;
        for column in columns() {
            let actor = match Role::from_code(column) {
                // Another than the one who prepares things: a new sign-in ends the oldest of too many.
                Some(role) => app.actor(role, column).await,
                None if column == CLIENT => system.sign_in(&app, ALL).await,
                None => appointed(&app, column).await,
            };
            if actor.actor.role != Role::Secretariat {
                app.link(linked, column).await;
            }
            actors.insert(column, actor);
        }
        let mut entries = HashMap::new();
        for (number, patient) in [(1, linked), (2, unlinked)] {
            entries.insert(patient, note_with_file(&elsewhere, patient, number).await);
        }
        let rulebook = secretariat.get("/api/v1/rulebook").await.ok();
        let citation = rulebook["sets"][0]["rules"][0]["citation"].as_str().expect("a citation");
        let citation = citation.replace('/', "%2F").replace('#', "%23");
        let version = draft(&secretariat).await;
        Self { app, system, actors, linked, unlinked, elsewhere, attending, entries, citation, version }
    }

    /// A new sign-in of who asks, so that no cell ends another's.
    pub async fn freshly_signed_in(&self, column: &str) -> Actor {
        if column == CLIENT {
            // It has a token of its own every few seconds, so the clock goes on.
            self.app.clock.advance(std::time::Duration::from_millis(limits::TOKENS_PER_CLIENT_REFILL_MS));
            return self.system.sign_in(&self.app, ALL).await;
        }
        let actor = &self.actors[column];
        self.app.sign_in(actor.actor.person, actor.position()).await
    }

    /// Somebody new: at the office of who asks, in their role, or a nurse elsewhere. With a sign-in.
    pub async fn somebody(&self, variant: &str, column: &str) -> Actor {
        match (variant, role_of(column)) {
            ("own", Role::Secretariat) => self.app.newcomer(Role::Secretariat, "secretariat").await,
            ("own", role) => self.app.newcomer(role, column).await,
            _ => self.app.newcomer(Role::Nurse, "elsewhere").await,
        }
    }

    pub fn office(&self, variant: &str, column: &str) -> OrganisationId {
        if variant == "own" { self.actors[column].actor.organisation } else { self.elsewhere.actor.organisation }
    }

    pub fn patient(&self, variant: &str) -> PatientId {
        if variant == "linked" { self.linked } else { self.unlinked }
    }

    /// A new version of the rulebook, which may be changed.
    pub async fn draft(&self) -> Value {
        draft(&self.app.secretariat().await).await
    }
}

async fn appointed(app: &App, office: &str) -> Actor {
    let nurse = app.nurse(office).await;
    let path = format!("/api/v1/organisations/{}/administrators", nurse.actor.organisation);
    let person = json!({ "person": nurse.actor.person.to_string() });
    app.secretariat().await.post(path, person).await.is(axum::http::StatusCode::NO_CONTENT);
    nurse
}

async fn draft(secretariat: &Actor) -> Value {
    use renkei::rulebook::shipped;
    let files = json!([
        { "name": "vocabulary.toml", "text": shipped::VOCABULARY.text },
        { "name": "floor.toml", "text": shipped::FLOOR.text },
        { "name": "sharing.toml", "text": shipped::SHARING.text },
    ]);
    let draft = json!({ "title": "案", "files": files });
    secretariat.post("/api/v1/rulebooks", draft).await.is(axum::http::StatusCode::CREATED)
}

async fn note_with_file(nurse: &Actor, patient: PatientId, number: u64) -> (String, String) {
    let content = format!("お変わりありません {number}");
    let files = format!("/api/v1/timelines/{patient}/files");
    let kept = nurse.upload(files, "text/plain", "note.txt", content.as_bytes()).await;
    let kept = kept.is(axum::http::StatusCode::CREATED);
    let id = format!("0196d5a2-7c00-7000-8000-{number:012x}");
    let mut named = json!({ "title": "写真" });
    for part in ["sha256", "media_type", "size_bytes"] {
        named[part] = kept[part].clone();
    }
    let note = json!({ "id": id, "body": { "note": { "text": "写真です", "attachments": [named] } } });
    let path = format!("/api/v1/timelines/{patient}/entries");
    nurse.post(path, note).await.is(axum::http::StatusCode::CREATED);
    (id, kept["sha256"].as_str().expect("a digest").to_owned())
}
