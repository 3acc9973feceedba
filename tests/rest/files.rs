//! A photo of a wound on its way: handed in, named by a note, read by those who may see the note, and by nobody else. And
//! what is no photo.

use std::time::Duration;

use axum::http::StatusCode;
use renkei::domain::ids::PatientId;
use renkei::domain::role::Role;
use renkei::hub::allowance::Asked;
use renkei::limits;
use serde_json::{Value, json};

use crate::support::actor::{Actor, Answer};
use crate::support::app::App;

/// A JPEG of this size, different for each number, with something to look for in its data.
pub fn photo(number: u8, width: u16, height: u16) -> Vec<u8> {
    let size = [height.to_be_bytes(), width.to_be_bytes()].concat();
    let head = b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0\xff\xc0\0\x11\x08";
    [&head[..], &size, b"\x03\x01\x22\0\x02\x11\x01\x03\x11\x01\xff\xda\0\x08", b"WOUND", &[number; 40], b"\xff\xd9"]
        .concat()
}

pub fn id(number: u64) -> String {
    format!("0196d5a2-7c00-7000-8000-{number:012x}")
}

/// A nurse of `minato`, a doctor of `hikari`, a helper of `hidamari`, and the patient they serve.
pub struct Team {
    pub app: App,
    pub nurse: Actor,
    pub doctor: Actor,
    pub helper: Actor,
    pub patient: PatientId,
}

impl Team {
    pub async fn start() -> Self {
        Self::on(App::start().await).await
    }

    pub async fn on(app: App) -> Self {
        let (nurse, doctor) = (app.nurse("minato").await, app.doctor("hikari").await);
        let helper = app.actor(Role::Helper, "hidamari").await;
        let patient = app.register_patient("高橋 ハル", "タカハシ ハル").await;
        for organisation in ["hikari", "minato", "hidamari"] {
            app.link(patient, organisation).await;
        }
        Self { app, nurse, doctor, helper, patient }
    }

    pub fn files(&self) -> String {
        format!("/api/v1/timelines/{}/files", self.patient)
    }

    pub fn file(&self, entry: u64, sha256: &Value) -> String {
        format!("/api/v1/timelines/{}/entries/{}/files/{}", self.patient, id(entry), sha256.as_str().unwrap())
    }

    /// Hands a photo in; the attachment that names it.
    pub async fn hand_in(&self, actor: &Actor, photo: &[u8]) -> Value {
        let kept = actor.upload(self.files(), "image/jpeg", "IMG_1.jpg", photo).await.is(StatusCode::CREATED);
        named(&kept)
    }

    pub async fn post(&self, actor: &Actor, number: u64, body: Value) -> Answer {
        self.post_as(actor, number, "normal", body).await
    }

    pub async fn post_as(&self, actor: &Actor, number: u64, sensitivity: &str, body: Value) -> Answer {
        let intent = json!({ "id": id(number), "sensitivity": sensitivity, "body": body });
        actor.post(format!("/api/v1/timelines/{}/entries", self.patient), intent).await
    }
}

/// How an entry names what was kept.
pub fn named(kept: &Value) -> Value {
    json!({
        "sha256": kept["sha256"], "mediaType": kept["media_type"], "sizeBytes": kept["size_bytes"], "title": "創部 4月1日",
    })
}

pub fn note(attachments: &[&Value]) -> Value {
    json!({ "note": { "text": "仙骨部の発赤", "attachments": attachments } })
}

#[tokio::test]
async fn a_photo_reaches_the_doctor_as_the_nurse_took_it_and_nobody_else() {
    let team = Team::start().await;
    let picture = photo(1, 4_000, 3_000);
    let kept = team.nurse.upload(team.files(), "image/jpeg", "%E5%89%B5%E9%83%A8.JPG", &picture).await;
    let kept = kept.is(StatusCode::CREATED);
    assert_eq!((&kept["media_type"], &kept["size_bytes"]), (&"image/jpeg".into(), &picture.len().into()));
    assert_eq!(kept["unnamed_until"], "2026-04-02T00:00:00Z");
    let again = team.nurse.upload(team.files(), "image/jpeg", "b.jpeg", &picture).await.is(StatusCode::CREATED);
    assert_eq!(again, kept, "the same file is the same file");

    let photo = named(&kept);
    team.post_as(&team.nurse, 1, "restricted", note(&[&photo])).await.is(StatusCode::CREATED);
    let path = team.file(1, &kept["sha256"]);
    let read = team.doctor.get(&path).await;
    assert_eq!((read.status, &read.bytes), (StatusCode::OK, &picture));
    for (header, value) in [
        ("content-type", "image/jpeg"),
        (
            "content-disposition",
            "attachment; filename=\"file.jpg\"; filename*=UTF-8''%E5%89%B5%E9%83%A8%204%E6%9C%881%E6%97%A5.jpg",
        ),
        ("content-security-policy", "default-src 'none'; sandbox"),
        ("x-content-type-options", "nosniff"),
        ("cache-control", "no-store"),
        ("cross-origin-resource-policy", "same-origin"),
        ("content-length", &picture.len().to_string()),
    ] {
        assert_eq!(read.header(header), value, "{header}");
    }
    let shown = team.doctor.get(format!("{path}?shown=inline")).await;
    assert!(shown.header("content-disposition").starts_with("inline; "));
    let wrong = team.doctor.get(format!("{path}?shown=here")).await;
    assert_eq!(wrong.problem(StatusCode::UNPROCESSABLE_ENTITY, "unknown_code")["field"], "shown");

    let stranger = team.app.nurse("other").await;
    for nobody in [&team.helper, &stranger] {
        nobody.get(&path).await.problem(StatusCode::NOT_FOUND, "not_found");
    }
}

#[tokio::test]
async fn reading_a_file_is_on_record_as_reading_its_entry() {
    let team = Team::start().await;
    let photo = team.hand_in(&team.nurse, &photo(1, 10, 10)).await;
    let seq: i64 = team.post(&team.nurse, 1, note(&[&photo])).await.is(StatusCode::CREATED)["seq"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    team.doctor.get(team.file(1, &photo["sha256"])).await;
    let timeline = team.patient.into();
    let grants = team.app.hub.journal().read(move |tx| Box::pin(async move { tx.list_grants(timeline).await }));
    let grants: Result<_, renkei::store::StoreError> = grants.await;
    let grants = grants.unwrap();
    let by_doctor: Vec<_> = grants.iter().filter(|grant| grant.sign_in == team.doctor.sign_in).collect();
    let [grant] = by_doctor[..] else { panic!("{by_doctor:?}") };
    let seq = u64::try_from(seq).unwrap();
    assert_eq!((grant.from.0, grant.through.map(|through| through.0)), (seq - 1, Some(seq)));
}

#[tokio::test]
async fn whoever_may_not_post_here_hands_nothing_in_and_learns_nothing() {
    let team = Team::start().await;
    let photo = photo(1, 10, 10);
    let stranger = team.app.nurse("other").await;
    let unknown = format!("/api/v1/timelines/{}/files", id(99));
    let mut seen = Vec::new();
    for path in [&team.files(), &unknown] {
        let answer = stranger.upload(path, "image/jpeg", "a.jpg", &photo).await;
        answer.problem(StatusCode::NOT_FOUND, "not_found");
        seen.push(answer.bytes);
    }
    assert_eq!(seen[0], seen[1]);

    // Whether the team has this very file, named by an entry or not, is not told either.
    let named = team.hand_in(&team.nurse, &photo).await;
    team.post(&team.nurse, 1, note(&[&named])).await.is(StatusCode::CREATED);
    let mut told = Vec::new();
    for (number, timeline) in [(2, team.patient.to_string()), (3, id(99))] {
        let intent = json!({ "id": id(number), "body": note(&[&named]) });
        let answer = stranger.post(format!("/api/v1/timelines/{timeline}/entries"), intent).await;
        told.push(answer.problem(StatusCode::UNPROCESSABLE_ENTITY, "no_such_file"));
        let read = stranger.get(format!(
            "/api/v1/timelines/{timeline}/entries/{}/files/{}",
            id(1),
            named["sha256"].as_str().unwrap()
        ));
        read.await.problem(StatusCode::NOT_FOUND, "not_found");
    }
    assert_eq!(told[0], told[1]);
}

#[tokio::test]
async fn a_file_is_named_by_who_handed_it_in_or_may_see_it_and_as_it_is() {
    let team = Team::start().await;
    let picture = team.hand_in(&team.nurse, &photo(1, 10, 10)).await;
    let refused = async |actor: &Actor, number, body: Value| {
        let problem = team.post(actor, number, body).await.problem(StatusCode::UNPROCESSABLE_ENTITY, "no_such_file");
        assert_eq!(problem["field"], "body.note.attachments[0].sha256");
    };
    let mut unknown = picture.clone();
    unknown["sha256"] = "0".repeat(64).into();
    let mut larger = picture.clone();
    larger["sizeBytes"] = (picture["sizeBytes"].as_u64().unwrap() + 1).into();
    let mut other_type = picture.clone();
    other_type["mediaType"] = "image/png".into();
    for wrong in [&unknown, &larger, &other_type] {
        refused(&team.nurse, 1, note(&[wrong])).await;
    }
    refused(&team.doctor, 1, note(&[&picture])).await;
    let other_patient = team.app.register_patient("鈴木 一郎", "スズキ イチロウ").await;
    team.app.link(other_patient, "minato").await;
    let elsewhere = json!({ "id": id(1), "body": note(&[&picture]) });
    let elsewhere = team.nurse.post(format!("/api/v1/timelines/{other_patient}/entries"), elsewhere).await;
    elsewhere.problem(StatusCode::UNPROCESSABLE_ENTITY, "no_such_file");

    let colleague = team.app.nurse("minato").await;
    team.post_as(&colleague, 2, "restricted", note(&[&picture])).await.is(StatusCode::CREATED);
    refused(&team.helper, 3, note(&[&picture])).await;
    team.post(&team.doctor, 4, note(&[&picture])).await.is(StatusCode::CREATED);
    // Who has the file need not know that it is there.
    let by_helper = team.hand_in(&team.helper, &photo(1, 10, 10)).await;
    assert_eq!(by_helper, picture);
    team.post(&team.helper, 5, note(&[&picture])).await.is(StatusCode::CREATED);
    assert_eq!(team.helper.get(team.file(5, &picture["sha256"])).await.status, StatusCode::OK);
    team.helper.get(team.file(2, &picture["sha256"])).await.problem(StatusCode::NOT_FOUND, "not_found");
    // It is on that patient's page, and nowhere else for who serves both.
    let path = team.file(2, &picture["sha256"]).replace(&team.patient.to_string(), &other_patient.to_string());
    team.nurse.get(path).await.problem(StatusCode::NOT_FOUND, "not_found");
}

#[tokio::test]
async fn a_correction_brings_its_own_file_and_an_entry_on_the_wrong_patient_takes_its_file_away() {
    let team = Team::start().await;
    let (wrong, right) =
        (team.hand_in(&team.nurse, &photo(1, 10, 10)).await, team.hand_in(&team.nurse, &photo(2, 10, 10)).await);
    team.post(&team.nurse, 1, note(&[&wrong])).await.is(StatusCode::CREATED);
    let body = json!({ "correction": { "target": id(1), "body": note(&[&right]), "reason": "写真を取り違えました" } });
    team.post(&team.nurse, 2, body).await.is(StatusCode::CREATED);
    assert_eq!(team.doctor.get(team.file(2, &right["sha256"])).await.bytes, photo(2, 10, 10));
    team.doctor.get(team.file(2, &wrong["sha256"])).await.problem(StatusCode::NOT_FOUND, "not_found");
    assert_eq!(team.doctor.get(team.file(1, &wrong["sha256"])).await.status, StatusCode::OK);

    let retraction = json!({ "retraction": { "target": id(1), "reason": "wrong_patient" } });
    team.post(&team.nurse, 3, retraction).await.is(StatusCode::CREATED);
    for (entry, file) in [(1, &wrong), (2, &right)] {
        let path = team.file(entry, &file["sha256"]);
        team.doctor.get(&path).await.problem(StatusCode::NOT_FOUND, "not_found");
        assert_eq!(team.nurse.get(&path).await.status, StatusCode::OK, "its own organisation keeps its record");
    }
}

#[tokio::test]
async fn row_11_what_is_no_picture_or_acts_or_is_too_large_is_refused_by_name() {
    let team = Team::start().await;
    let (elf, zip) =
        (b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0".to_vec(), b"PK\x03\x04\x14\0\x06\0word/vbaProject.bin".to_vec());
    let pdf = |inside: &str| format!("%PDF-1.7\n1 0 obj {inside} endobj\n%%EOF\n").into_bytes();
    let table = [
        ("image/png", "wound.png", elf.clone(), "content_mismatch", "content"),
        ("text/plain", "a.txt", elf, "content_mismatch", "content"),
        ("image/jpeg", "a.jpg", zip.clone(), "content_mismatch", "content"),
        ("application/pdf", "letter.pdf", zip.clone(), "content_mismatch", "content"),
        ("application/pdf", "letter.docm", pdf("<< >>"), "content_mismatch", "name"),
        ("image/png", "a.jpg", photo(1, 1, 1), "content_mismatch", "name"),
        ("image/png", "a.png", photo(1, 1, 1), "content_mismatch", "content"),
        ("image/jpeg", "", photo(1, 1, 1), "required", "name"),
        ("image/jpeg", "%ff.jpg", photo(1, 1, 1), "malformed", "name"),
        ("image/jpeg", "a.jpg", photo(1, 8_000, 8_000), "too_many_pixels", "content"),
        ("application/pdf", "a.pdf", pdf("<< /S /JavaScript /JS (x) >>"), "active_content", "content"),
        ("text/plain", "a.txt", Vec::new(), "content_mismatch", "content"),
    ];
    for (media_type, name, content, code, field) in table {
        let answer = team.nurse.upload(team.files(), media_type, name, &content).await;
        let problem = answer.problem(StatusCode::UNPROCESSABLE_ENTITY, code);
        assert_eq!(problem["field"], field, "{media_type} {name}");
    }
    for media_type in
        ["application/zip", "application/vnd.ms-word.document.macroenabled.12", "image/svg+xml", "text/html", ""]
    {
        let answer = team.nurse.upload(team.files(), media_type, "a.docm", &zip).await;
        answer.problem(StatusCode::UNSUPPORTED_MEDIA_TYPE, "media_type_unsupported");
    }
    let largest = limits::ATTACHMENT_BYTES_MAX as usize;
    let text = |bytes: usize| vec![b'x'; bytes];
    let too_large = team.nurse.upload(team.files(), "text/plain", "a.txt", &text(largest + 1)).await;
    too_large.problem(StatusCode::PAYLOAD_TOO_LARGE, "too_large");
    let kept = team.nurse.upload(team.files(), "text/plain; charset=utf-8", "a.txt", &text(largest)).await;
    let kept = named(&kept.is(StatusCode::CREATED));
    team.post(&team.nurse, 1, note(&[&kept])).await.is(StatusCode::CREATED);
    let read = team.doctor.get(format!("{}?shown=inline", team.file(1, &kept["sha256"]))).await;
    assert_eq!((read.bytes.len(), read.header("content-type")), (largest, "text/plain; charset=utf-8"));
    assert!(read.header("content-disposition").starts_with("attachment; "), "text is not shown by the browser");
}

#[tokio::test]
async fn one_sign_in_hands_in_so_much_and_no_more_until_time_has_passed() {
    let team = Team::start().await;
    let upload = async |actor: &Actor, blocks: usize| {
        let content = vec![b'x'; limits::UPLOAD_BLOCK_BYTES * blocks];
        actor.upload(team.files(), "text/plain", "a.txt", &content).await
    };
    let spent = limits::UPLOAD_BLOCKS_BURST as usize - 3;
    let region = team.app.hub.region();
    assert!(region.spend(team.nurse.sign_in.0, Asked::UploadBlock, spent).await);
    upload(&team.nurse, 2).await.is(StatusCode::CREATED);
    upload(&team.nurse, 2).await.problem(StatusCode::SERVICE_UNAVAILABLE, "overloaded");
    upload(&team.doctor, 2).await.is(StatusCode::CREATED);
    team.app.clock.advance(Duration::from_millis(limits::UPLOAD_BLOCK_REFILL_MS));
    upload(&team.nurse, 2).await.is(StatusCode::CREATED);
}
