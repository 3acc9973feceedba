//! What the hub must withstand, as stories: repetition, lost connections, withdrawn access, slow and broken clients,
//! full disks, clocks that step back.

mod access;
mod at_once;
mod backups;
mod bad_frames;
mod clock;
mod crash;
mod devices;
mod emergency;
mod full_disk;
mod once;
mod resume;
mod revoked;
mod sessions;
mod slow_reader;
mod told;
mod waiting;

use renkei::domain::body::{Body, Note};
use renkei::domain::decimal::Decimal;
use renkei::domain::entry::{Entry, Intent};
use renkei::domain::ids::{EntryId, PatientId, Seq};
use renkei::domain::unit::Unit;
use renkei::domain::vital::{Measurement, Vital, VitalSign};
use renkei::hub::answer::Answer;
use renkei::wire::{Accepted, ServerFrame};

use crate::support::actor::Actor;
use crate::support::app::{App, intent};
use crate::support::{eventually, reader};

fn note(text: impl Into<String>) -> Body {
    Body::Note(Note { text: text.into(), ..Note::default() })
}

fn oxygen(percent: i32) -> Body {
    let value = Decimal::whole(percent);
    let measured = Measurement::new(VitalSign::OxygenSaturation, value, Unit::Percent).expect("a plausible value");
    Body::Vital(Vital { measurements: vec![measured], site: None, device: String::new(), comment: String::new() })
}

/// A patient whose team is a clinic (`hikari`) and a nursing station (`minato`), with one of each.
async fn team(app: &App) -> (PatientId, Actor, Actor) {
    let (doctor, nurse) = (app.doctor("hikari").await, app.nurse("minato").await);
    let patient = app.register_patient("高橋 ハル", "タカハシ ハル").await;
    app.link(patient, "hikari").await;
    app.link(patient, "minato").await;
    (patient, doctor, nurse)
}

fn new_intent(app: &App, patient: PatientId, body: Body) -> Intent {
    intent(EntryId(app.hub.region().draw_id()), patient, body)
}

/// Posts many notes of this text past the sockets; where the last one stands.
async fn post_many(app: &App, author: &Actor, patient: PatientId, count: usize, text: &str) -> Seq {
    let intents = (0..count).map(|at| new_intent(app, patient, note(format!("{at} {text}")))).collect();
    let answers = app.hub.post_in_order(author.actor, intents).await;
    let accepted = answers.iter().map(|answer| match answer {
        Answer::Accepted(accepted) => accepted.seq,
        other => panic!("{other:?}"),
    });
    accepted.max().expect("at least one")
}

#[track_caller]
fn accepted(frame: ServerFrame) -> Accepted {
    match frame {
        ServerFrame::Accepted(accepted) => accepted,
        other => panic!("accepted expected: {other:?}"),
    }
}

fn seqs(entries: &[Entry]) -> Vec<u64> {
    entries.iter().map(|entry| entry.seq.0).collect()
}
