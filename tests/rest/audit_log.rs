//! Who may look into the audit log, what it says of reads, and how it is taken out.

use std::time::Duration;

use axum::http::StatusCode;
use renkei::codec::Audited;
use renkei::domain::act::{Act, Deed};
use renkei::domain::audit::{AuditFilter, AuditUse};
use renkei::domain::ids::{PatientId, Seq, TimelineId};
use renkei::domain::reading::{Read, ReadScope, ReadWhy};
use renkei::domain::role::Role;
use renkei::store::check::{FaultKind, check};
use renkei::wire::Encoding;
use serde_json::{Value, json};

use super::audit::kept;
use super::tampered;
use crate::support::actor::{Actor, Answer};
use crate::support::app::App;
use crate::support::reader::Reader;
use crate::support::until;

const NOTE: &str = "0196d5a2-7c00-7000-8000-0000000000a1";

/// A patient with a nurse of `minato` and a doctor of `hikari` on the team, and a note of the nurse's.
async fn team(app: &App) -> (PatientId, Actor, Actor) {
    let (nurse, doctor) = (app.nurse("minato").await, app.doctor("hikari").await);
    let patient = app.register_patient("高橋 ハル", "タカハシ ハル").await;
    app.link(patient, "minato").await;
    app.link(patient, "hikari").await;
    let note = json!({ "id": NOTE, "body": { "note": { "text": "転倒あり" } } });
    nurse.post(format!("/api/v1/timelines/{patient}/entries"), note).await.is(StatusCode::CREATED);
    (patient, nurse, doctor)
}

async fn reads_after(app: &App, after: u64) -> Vec<Read> {
    let read = |audited| if let Audited::Read(read) = audited { Some(read) } else { None };
    kept(app, after).await.into_iter().filter_map(|(_, audited)| read(audited)).collect()
}

async fn count(app: &App) -> u64 {
    kept(app, 0).await.len() as u64
}

const WHY: &str = "年次の監査";

/// Takes out what fits `wish`.
async fn export(by: &Actor, mut wish: Value) -> Answer {
    wish["reason"] = WHY.into();
    by.post("/api/v1/audit/export", wish).await
}

fn records(list: &Value) -> &Vec<Value> {
    list["records"].as_array().expect("a list")
}

#[tokio::test]
async fn row_5_and_20_every_way_to_a_patients_record_is_one_read_that_says_who_what_and_why() {
    let app = App::start().await;
    let (patient, nurse, doctor) = team(&app).await;
    let secretariat = app.secretariat().await;
    let timeline = format!("/api/v1/timelines/{patient}");
    let note: Seq = Seq(nurse.get(format!("{timeline}/entries")).await.ok()["through"].as_u64().unwrap());
    let (zero, before) = (Seq::ZERO, Seq(note.0 - 1));
    let ways: [(&Actor, String, ReadScope, ReadWhy, Seq, Seq); 9] = [
        (&doctor, format!("/api/v1/patients/{patient}"), ReadScope::Patient, ReadWhy::Care, zero, note),
        (&doctor, format!("{timeline}/entries?after=2&limit=1"), ReadScope::Entries, ReadWhy::Care, Seq(2), Seq(3)),
        (&doctor, "/api/v1/patients".to_owned(), ReadScope::Found, ReadWhy::Care, zero, zero),
        (&secretariat, "/api/v1/patients?q=たかはし".to_owned(), ReadScope::Found, ReadWhy::Secretariat, zero, zero),
        (&doctor, format!("{timeline}/duties"), ReadScope::Duties, ReadWhy::Care, zero, zero),
        (&doctor, format!("{timeline}/read-markers"), ReadScope::Markers, ReadWhy::Care, zero, zero),
        (&nurse, format!("/api/v1/rulebook/explain?entry={NOTE}"), ReadScope::Explanation, ReadWhy::Care, before, note),
        (
            &secretariat,
            format!("/api/v1/organisations/{}/office", nurse.actor.organisation),
            ReadScope::Office,
            ReadWhy::Office,
            zero,
            zero,
        ),
        (&secretariat, format!("/api/v1/patients/{patient}"), ReadScope::Patient, ReadWhy::Secretariat, zero, note),
    ];
    for (who, path, scope, why, from, through) in ways {
        let before = count(&app).await;
        who.get(&path).await.ok();
        let reads = reads_after(&app, before).await;
        let [read] = &reads[..] else { panic!("{path}: {reads:?}") };
        assert_eq!((read.reader, read.sign_in), (who.actor, who.sign_in), "{path}");
        assert_eq!((read.of.scope, read.why, read.from), (scope, why, from), "{path}");
        assert_eq!((read.through, read.access), (Some(through), None), "{path}");
    }
    // What is not shown is not read: neither who asks for somebody else's patient, nor for nobody.
    let before = count(&app).await;
    let stranger = app.nurse("other").await;
    let made = count(&app).await - before;
    stranger.get(format!("/api/v1/patients/{patient}")).await.problem(StatusCode::NOT_FOUND, "not_found");
    stranger.get("/api/v1/patients").await.ok();
    assert_eq!(count(&app).await - before, made);
}

#[tokio::test]
async fn a_socket_leaves_where_it_began_to_read_and_where_it_ended() {
    let app = App::start().await;
    let (patient, nurse, doctor) = team(&app).await;
    let before = count(&app).await;
    let socket = doctor.connect(Encoding::Json).await;
    let has = app.hub.journal().page(patient.into(), Seq::ZERO, 1, 1_000).await.unwrap().head;
    let mut reader = Reader::follow(socket, patient, has).await;
    reader.catch_up().await;
    let live = json!({ "id": "0196d5a2-7c00-7000-8000-0000000000a2", "body": { "note": { "text": "続き" } } });
    let live = nurse.post(format!("/api/v1/timelines/{patient}/entries"), live).await.is(StatusCode::CREATED);
    let live: u64 = live["seq"].as_str().unwrap().parse().unwrap();
    reader.read_to(Seq(live)).await;
    let [read] = reads_after(&app, before).await[..] else { panic!("one read") };
    assert_eq!((read.of.scope, read.from, read.through), (ReadScope::Live, has, None));
    assert_eq!((read.reader, read.why), (doctor.actor, ReadWhy::Care));

    drop(reader);
    let ended = async || {
        let all = kept(&app, before).await;
        all.into_iter()
            .find_map(|(_, audited)| if let Audited::ReadEnded(ended) = audited { Some(ended) } else { None })
    };
    until("the end is on record", async || ended().await.is_some()).await;
    let ended = ended().await.expect("it has just been there");
    assert_eq!((ended.grant, ended.reader, ended.through), (read.grant, doctor.actor, Seq(live)));

    let secretariat = app.secretariat().await;
    let list = secretariat.get(format!("/api/v1/audit?patient={patient}&person={}", doctor.actor.person)).await.ok();
    let by_doctor = |record: &Value| record["by"]["person"] == doctor.actor.person.to_string();
    assert!(records(&list).iter().all(by_doctor), "of the patient, what this person did: {list}");
    let live_read = records(&list).iter().find(|record| record["read"]["scope"] == "live").expect("it is listed");
    assert_eq!((&live_read["read"]["after"], &live_read["read"]["through"]), (&json!(has.0), &json!(live)));
    assert_eq!(live_read["read"]["over"], true);
}

#[tokio::test]
async fn the_secretariat_sees_who_saw_a_patient_page_by_page_and_looking_is_on_record() {
    let app = App::start().await;
    let (patient, nurse, doctor) = team(&app).await;
    let other = app.register_patient("伊藤 茂", "イトウ シゲル").await;
    let secretariat = app.secretariat().await;
    for _ in 0..3 {
        doctor.get(format!("/api/v1/patients/{patient}")).await.ok();
        secretariat.get(format!("/api/v1/patients/{other}")).await.ok();
    }
    let before = count(&app).await;
    let list = secretariat.get(format!("/api/v1/audit?patient={patient}&kind=read")).await.ok();
    let by: Vec<&str> = records(&list).iter().map(|record| record["by"]["role"].as_str().unwrap()).collect();
    assert_eq!(by.iter().filter(|role| **role == "doctor").count(), 3, "{list}");
    assert!(records(&list).iter().all(|record| record["patient"] == patient.to_string()), "{list}");
    let newest = &records(&list)[0];
    assert_eq!(newest["by"]["person"], doctor.actor.person.to_string());
    assert_eq!((&newest["by"]["name"], &newest["by"]["organisation_name"]), (&json!("医師 一号"), &json!("hikari")));
    assert_eq!((&newest["kind"], &newest["read"]["why"]), (&json!("read"), &json!("care")));
    assert!(newest["ja"].as_str().unwrap().contains("ケアチームの一員として"), "{newest}");
    assert_eq!(list["patients"][0]["name"]["kanji"], "高橋 ハル", "as the rules show the secretariat");

    let noted = kept(&app, before).await;
    let filter = AuditFilter {
        patient: Some(patient),
        kind: Some(renkei::domain::audit::AuditKind::Read),
        ..AuditFilter::default()
    };
    let deed = Deed::AuditUsed { how: AuditUse::Listed, filter: Box::new(filter), reason: String::new() };
    assert_eq!(noted[0].1, Audited::Act(Act { by: secretariat.signed_in().by(), deed }));
    let Audited::Read(read) = &noted[1].1 else { panic!("{noted:?}") };
    assert_eq!((read.of.scope, read.why), (ReadScope::Audit, ReadWhy::Secretariat));

    // Page by page: each record once, the newest first.
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let path = format!("/api/v1/audit?person={}&names=false&limit=2{cursor}", doctor.actor.person);
        let page = secretariat.get(path).await.ok();
        seen.extend(records(&page).iter().map(|record| record["seq"].as_u64().unwrap()));
        let Some(next) = page["next"].as_u64() else { break };
        cursor = format!("&cursor={next}");
    }
    // Entered, let in, and three reads.
    assert_eq!(seen.len(), 5, "{seen:?}");
    assert!(seen.windows(2).all(|pair| pair[0] > pair[1]), "{seen:?}");

    for (query, field) in [
        ("kind=sight", "kind"),
        ("patient=7", "patient"),
        ("from=yesterday", "from"),
        ("limit=0", "limit"),
        ("limit=501", "limit"),
        ("cursor=9223372036854775808", "cursor"),
        ("nurse=1", "nurse"),
    ] {
        let problem = secretariat.get(format!("/api/v1/audit?{query}")).await.is(StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(problem["field"], field, "{problem}");
    }
    drop(nurse);
}

#[tokio::test]
async fn whoever_looks_after_an_office_sees_the_records_of_those_who_act_for_it_and_nobody_else_sees_any() {
    let app = App::start().await;
    let (patient, nurse, doctor) = team(&app).await;
    let secretariat = app.secretariat().await;
    let administrators = format!("/api/v1/organisations/{}/administrators", nurse.actor.organisation);
    for path in ["/api/v1/audit", "/api/v1/audit/exposures?person=0196d5a2-7c00-7000-8000-000000000001"] {
        nurse.get(path).await.problem(StatusCode::FORBIDDEN, "forbidden");
    }
    export(&nurse, json!({})).await.problem(StatusCode::FORBIDDEN, "forbidden");
    secretariat.post(administrators, json!({ "person": nurse.actor.person.to_string() })).await;
    doctor.get(format!("/api/v1/patients/{patient}")).await.ok();
    nurse.get(format!("/api/v1/patients/{patient}")).await.ok();

    let own = nurse.get(format!("/api/v1/audit?patient={patient}")).await.ok();
    let station = nurse.actor.organisation.to_string();
    assert!(!records(&own).is_empty());
    assert!(records(&own).iter().all(|record| record["by"]["organisation"] == station), "{own}");
    let asked = format!("/api/v1/audit?organisation={}", doctor.actor.organisation);
    nurse.get(asked).await.problem(StatusCode::FORBIDDEN, "forbidden");
    let exposed = nurse.get(format!("/api/v1/audit/exposures?patient={patient}")).await.ok();
    let lines = exposed["lines"].as_array().unwrap();
    assert_eq!(lines.len(), 1, "{exposed}");
    assert_eq!(lines[0]["by"]["person"], nurse.actor.person.to_string());
    let out = export(&nurse, json!({})).await.text();
    assert!(out.contains(&station) && !out.contains(&doctor.actor.person.to_string()), "{out}");
    doctor.get("/api/v1/audit").await.problem(StatusCode::FORBIDDEN, "forbidden");
}

#[tokio::test]
async fn an_incident_is_told_by_what_was_open_then_also_where_it_was_opened_before() {
    let app = App::start().await;
    let (patient, nurse, doctor) = team(&app).await;
    let secretariat = app.secretariat().await;
    let at = |app: &App| app.hub.region().now().to_rfc3339();
    let socket = doctor.connect(Encoding::Json).await;
    let mut reader = Reader::follow(socket, patient, Seq::ZERO).await;
    reader.catch_up().await;
    nurse.get(format!("/api/v1/patients/{patient}")).await.ok();
    app.clock.advance(Duration::from_secs(600));
    let from = at(&app);
    app.clock.advance(Duration::from_secs(60));
    let until = at(&app);
    app.clock.advance(Duration::from_secs(60));
    nurse.get(format!("/api/v1/patients/{patient}")).await.ok();
    let span = format!("from={from}&until={until}");

    let exposed = async |query: String| secretariat.get(format!("/api/v1/audit/exposures?{query}")).await.ok();
    let of_doctor = exposed(format!("person={}&{span}", doctor.actor.person)).await;
    let [line] = &of_doctor["lines"].as_array().unwrap()[..] else { panic!("{of_doctor}") };
    assert_eq!((&line["timeline"], &line["last_at"]), (&json!(patient.to_string()), &Value::Null));
    let head = app.hub.journal().page(TimelineId::from(patient), Seq::ZERO, 1, 1_000).await.unwrap().head;
    assert_eq!((&line["after"], &line["through"]), (&json!(0), &json!(head.0)), "still open: up to the head");
    assert_eq!(of_doctor["patients"][0]["id"], patient.to_string());
    let of_nurse = exposed(format!("person={}&{span}", nurse.actor.person)).await;
    assert_eq!(of_nurse["lines"], json!([]), "she had looked before, and again afterwards");
    let whole = exposed(format!("patient={patient}")).await;
    let roles: Vec<&str> =
        whole["lines"].as_array().unwrap().iter().map(|line| line["by"]["role"].as_str().unwrap()).collect();
    assert!(roles.contains(&"doctor") && roles.contains(&"nurse") && roles.contains(&"secretariat"), "{whole}");
    for query in ["", "patient=0196d5a2-7c00-7000-8000-000000000001&person=0196d5a2-7c00-7000-8000-000000000002"] {
        let problem = secretariat.get(format!("/api/v1/audit/exposures?{query}")).await;
        assert_eq!(problem.is(StatusCode::UNPROCESSABLE_ENTITY)["field"], "patient");
    }
    // A span that ends before it begins is no span in which nobody read.
    for path in ["/api/v1/audit/exposures", "/api/v1/audit"] {
        let span = format!("patient={patient}&from=2026-04-02T00:00:00Z&until=2026-04-01T00:00:00Z");
        let problem = secretariat.get(format!("{path}?{span}")).await;
        assert_eq!(problem.problem(StatusCode::UNPROCESSABLE_ENTITY, "out_of_range")["field"], "until");
    }
    let is_of_it = |kept: &Audited| match kept {
        Audited::Act(Act { by, deed: Deed::AuditUsed { how: AuditUse::Exposure, .. } }) => {
            *by == secretariat.signed_in().by()
        }
        _ => false,
    };
    let looks = kept(&app, 0).await.iter().filter(|(_, kept)| is_of_it(kept)).count();
    assert_eq!(looks, 3, "each look that was answered is on record");
    drop(reader);
}

#[tokio::test]
async fn what_somebody_was_given_is_told_though_the_table_of_it_was_emptied_or_narrowed() {
    for by_hand in ["delete from read_grant", "update read_grant set through_seq = 0, closed_at = 1"] {
        let app = tampered::region().await;
        let (patient, nurse, doctor) = team(&app).await;
        let secretariat = app.secretariat().await;
        let reader = Reader::follow(doctor.connect(Encoding::Json).await, patient, Seq::ZERO).await;
        doctor.get(format!("/api/v1/patients/{patient}")).await.ok();
        let asked = format!("/api/v1/audit/exposures?person={}", doctor.actor.person);
        let before = secretariat.get(asked.clone()).await.ok();
        let [line] = &before["lines"].as_array().unwrap()[..] else { panic!("{before}") };
        assert!(line["through"].as_u64() > Some(1) && line["last_at"].is_null(), "{line}");
        let mut written = tampered::written_by_hand(&app).await;
        assert!(sqlx::query(by_hand).execute(&mut written).await.unwrap().rows_affected() > 1);
        assert_eq!(secretariat.get(asked).await.ok(), before, "{by_hand}");
        let told = check(app.hub.journal(), None).await.unwrap();
        assert!(told.faults.iter().any(|fault| fault.kind == FaultKind::Reading), "{by_hand}: {told:?}");
        drop((reader, nurse));
    }
}

#[tokio::test]
async fn the_log_is_taken_out_in_four_forms_whole_and_in_order_without_a_word_of_any_patient() {
    let app = App::start().await;
    let (patient, nurse, doctor) = team(&app).await;
    let secretariat = app.secretariat().await;
    // More than one piece.
    for _ in 0..520 {
        doctor.get(format!("/api/v1/patients/{patient}")).await.ok();
    }
    let refused = json!({ "id": "0196d5a2-7c00-7000-8000-0000000000a9", "body": { "order": { "orderType": "routine", "text": "中止" } } });
    nurse
        .post(format!("/api/v1/timelines/{patient}/entries"), refused)
        .await
        .problem(StatusCode::FORBIDDEN, "forbidden");
    let before = count(&app).await;

    let lines = export(&secretariat, json!({})).await;
    assert_eq!(lines.header("content-type"), "application/jsonl");
    let lines = lines.text();
    let seqs: Vec<u64> = lines
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("JSON")["seq"].as_u64().expect("a seq"))
        .collect();
    assert_eq!(seqs, (1..=before + 1).collect::<Vec<_>>(), "and the export itself");
    let Audited::Act(Act { deed: Deed::AuditUsed { how, reason, .. }, .. }) = &kept(&app, before).await[0].1 else {
        panic!()
    };
    assert_eq!((*how, reason.as_str()), (AuditUse::JsonLines, WHY));
    for (reason, code) in [("", "required"), (" 　", "required"), ("長".repeat(1_001).as_str(), "too_long")] {
        let refused = secretariat.post("/api/v1/audit/export", json!({ "reason": reason })).await;
        assert_eq!(refused.problem(StatusCode::UNPROCESSABLE_ENTITY, code)["field"], "reason");
    }
    secretariat.post("/api/v1/audit/export", json!({})).await.problem(StatusCode::UNPROCESSABLE_ENTITY, "required");

    let about = patient.to_string();
    let table = export(&secretariat, json!({ "format": "csv", "patient": about })).await.text();
    let rows: Vec<&str> = table.trim_start_matches('\u{feff}').lines().collect();
    assert!(rows[0].starts_with("\"seq\",\"at\",\"kind\""), "{}", rows[0]);
    assert!(rows.len() > 520 && rows[1..].iter().all(|row| row.contains(&patient.to_string())));

    let fhir = export(&secretariat, json!({ "format": "fhir", "patient": about, "kind": "read" })).await;
    assert_eq!(fhir.header("content-type"), "application/fhir+ndjson");
    let fhir = fhir.text();
    let events: Vec<Value> = fhir.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let of_doctor = events.last().expect("some");
    assert_eq!(of_doctor["resourceType"], "AuditEvent");
    let profile = of_doctor["meta"]["profile"][0].as_str().unwrap();
    assert!(profile.ends_with("IHE.BasicAudit.PatientRead"), "{profile}");
    let codes: Vec<&str> = of_doctor["agent"]
        .as_array()
        .unwrap()
        .iter()
        .map(|agent| agent["type"]["coding"][0]["code"].as_str().unwrap())
        .collect();
    assert_eq!(codes, ["110153", "110152", "IRCP"]);
    let person = format!("Practitioner/{}", doctor.actor.person);
    assert_eq!(of_doctor["agent"][2]["who"]["reference"], person);
    assert_eq!(of_doctor["agent"][2]["role"][0]["coding"][0]["code"], "JPR10000");
    assert_eq!(of_doctor["entity"][0]["what"]["reference"], format!("Patient/{patient}"));
    assert_eq!(of_doctor["purposeOfEvent"][0]["coding"][0]["code"], "TREAT");

    let bundle = export(&secretariat, json!({ "format": "fhir-bundle", "kind": "refused" })).await.ok();
    let [refusal] = &bundle["entry"].as_array().unwrap()[..] else { panic!("{bundle}") };
    assert_eq!((&refusal["resource"]["outcome"], &refusal["resource"]["action"]), (&json!("4"), &json!("C")));
    for text in [&lines, &table, &fhir, &bundle.to_string()] {
        for word in ["高橋", "ハル", "タカハシ", "転倒", "中止"] {
            assert!(!text.contains(word), "{word}");
        }
    }
    for wrong in
        [json!({ "format": "xml" }), json!({ "patient": "7" }), json!({ "kind": "sight" }), json!({ "nurse": "1" })]
    {
        export(&secretariat, wrong).await.is(StatusCode::UNPROCESSABLE_ENTITY);
    }
}

#[tokio::test]
async fn an_emergency_search_that_found_a_patient_is_among_what_is_told_of_them() {
    let app = App::start().await;
    let (patient, ..) = team(&app).await;
    let (secretariat, rescuer) = (app.secretariat().await, app.actor(Role::Doctor, "kyukyu").await);
    let search = json!({ "name": "高橋 ハル", "birth_date": "1938-04-12" });
    rescuer.post("/api/v1/emergency-search", search).await.ok();
    let search = json!({ "name": "高橋 ハナ", "birth_date": "1938-04-12" });
    rescuer.post("/api/v1/emergency-search", search).await.ok();
    let list = secretariat.get(format!("/api/v1/audit?patient={patient}")).await.ok();
    let searches: Vec<&Value> = records(&list).iter().filter(|record| record["kind"] == "emergency_search").collect();
    assert_eq!(searches.len(), 1, "{list}");
    assert_eq!(searches[0]["found"], json!([patient.to_string()]));
    assert_eq!(searches[0]["by"]["person"], rescuer.actor.person.to_string());
    assert!(!searches[0].to_string().contains("高橋"), "{}", searches[0]);
}

#[tokio::test]
async fn a_notice_is_on_record_as_a_read_before_it_is_heard_and_a_refusal_explained_to_others_too() {
    let app = App::start().await;
    let (patient, nurse, _) = team(&app).await;
    let (secretariat, rescuer) = (app.secretariat().await, app.actor(Role::Doctor, "kyukyu").await);
    let mut socket = nurse.connect(Encoding::Json).await;
    rescuer.post("/api/v1/emergency-search", json!({ "name": "高橋 ハル", "birth_date": "1938-04-12" })).await.ok();
    let before = count(&app).await;
    let declared = json!({ "id": "0196d5a2-7c00-7000-8000-0000000000b1", "body": { "emergencyAccess": {
        "reason": "救急搬送。意識がなく、家族にも連絡がつかない", "minutes": 20 } } });
    rescuer.post(format!("/api/v1/timelines/{patient}/entries"), declared).await.is(StatusCode::CREATED);
    socket.next_that(|frame| matches!(frame, renkei::wire::ServerFrame::Notice(_)).then_some(())).await;
    let of_nurse: Vec<Read> =
        reads_after(&app, before).await.into_iter().filter(|read| read.reader == nurse.actor).collect();
    assert!(!of_nurse.is_empty());
    for read in of_nurse {
        let expected = (ReadScope::Notice, ReadWhy::Care, Some(Seq::ZERO));
        assert_eq!((read.of.scope, read.why, read.through), expected);
    }

    let refused = json!({ "id": "0196d5a2-7c00-7000-8000-0000000000b2", "body": { "order": { "orderType": "routine", "text": "中止" } } });
    nurse
        .post(format!("/api/v1/timelines/{patient}/entries"), refused)
        .await
        .problem(StatusCode::FORBIDDEN, "forbidden");
    let all = kept(&app, 0).await;
    let refusal = all.iter().rposition(|(_, audited)| matches!(audited, Audited::Refusal(_))).expect("it is kept") + 1;
    for (who, reads) in [(&nurse, 0), (&secretariat, 1)] {
        let before = count(&app).await;
        who.get(format!("/api/v1/rulebook/explain?refusal={refusal}")).await.ok();
        let explained = reads_after(&app, before).await;
        let is_it = |read: &&Read| read.reader == who.actor && read.of.scope == ReadScope::Explanation;
        assert_eq!(explained.iter().filter(is_it).count(), reads);
    }
}

#[tokio::test]
async fn what_somebody_signed_in_did_says_by_which_sign_in_and_where_that_was_begun() {
    let app = App::start().await;
    let (patient, ..) = team(&app).await;
    let secretariat = app.secretariat().await;
    let account = app.account_of(&secretariat).await;
    // Setting an account up ends what was begun before.
    let secretariat = app.sign_in(secretariat.actor.person, secretariat.position()).await;
    let entered = crate::support::visitor::Visitor::at_program(&app).sign_in(&app, &account).await;
    let entered = entered.is(StatusCode::CREATED);
    let at_office = app.door_of(entered["token"].as_str().expect("a token"));
    let before = count(&app).await;
    let kept_anew = json!({ "name": "みなと訪問看護", "type": "nursing_station" });
    at_office.post("/api/v1/organisations", kept_anew).await.is(StatusCode::CREATED);
    let refused = json!({ "id": "0196d5a2-7c00-7000-8000-0000000000c1", "body": { "order": { "orderType": "routine", "text": "中止" } } });
    let refused = at_office.post(format!("/api/v1/timelines/{patient}/entries"), refused).await;
    assert!(!refused.status.is_success());
    secretariat
        .post("/api/v1/organisations", json!({ "name": "別の窓", "type": "clinic" }))
        .await
        .is(StatusCode::CREATED);
    at_office.delete(format!("/api/v1/sign-ins/{}", secretariat.sign_in)).await.is(StatusCode::NO_CONTENT);

    let own = at_office.get("/api/v1/me/sign-ins").await.ok();
    let own = own["sign_ins"].as_array().unwrap().iter().find(|one| one["device"] == "テスト端末").expect("it stands");
    let since = at_office.get("/api/v1/audit?limit=50").await.ok();
    let mut since: Vec<&Value> =
        records(&since).iter().filter(|record| record["seq"].as_u64() > Some(before)).collect();
    since.sort_by_key(|record| record["seq"].as_u64());
    let of = |kind: &str| since.iter().filter(|record| record["kind"] == kind).collect::<Vec<_>>();
    let [here, elsewhere] = of("directory")[..] else { panic!("{since:?}") };
    assert_eq!((&here["sign_in"], &here["device"]), (&own["id"], &json!("テスト端末")));
    assert_eq!(elsewhere["sign_in"], secretariat.sign_in.to_string());
    for post in of("refused") {
        assert_eq!((&post["sign_in"], &post["device"]), (&own["id"], &json!("テスト端末")));
    }
    let [ended] = of("sign_in_ended")[..] else { panic!("{since:?}") };
    assert_eq!((&ended["sign_in"], &ended["ended_sign_in"]), (&own["id"], &json!(secretariat.sign_in.to_string())));

    let directory = |format: &str| json!({ "format": format, "kind": "directory" });
    let id = own["id"].as_str().unwrap();
    let lines = export(&at_office, directory("jsonl")).await.text();
    let line = lines.lines().find(|line| line.contains(id)).expect("a line with the sign-in");
    assert!(line.contains("テスト端末"), "{line}");
    let table = export(&at_office, directory("csv")).await.text();
    let row = table.lines().find(|row| row.contains(id)).expect("a row with the sign-in");
    assert!(row.contains("\"テスト端末\""), "{row}");
    let fhir = export(&at_office, directory("fhir")).await.text();
    let event: Value =
        fhir.lines().find(|line| line.contains(id)).map(|line| serde_json::from_str(line).unwrap()).unwrap();
    let device = &event["agent"][1]["who"];
    assert_eq!((&device["display"], &device["identifier"]["value"]), (&json!("テスト端末"), &own["id"]));
}

#[tokio::test]
async fn row_5_what_was_accepted_is_told_from_the_timelines_by_whom_when_and_by_which_rules() {
    let app = App::start().await;
    let (patient, nurse, doctor) = team(&app).await;
    let secretariat = app.secretariat().await;
    app.clock.advance(Duration::from_secs(60));
    let since = app.hub.region().now().to_rfc3339();
    let post = async |who: &Actor, number: u8| {
        app.clock.advance(Duration::from_secs(1));
        let note = json!({ "id": format!("0196d5a2-7c00-7000-8000-0000000000d{number}"), "body": { "note": { "text": "秘密の話" } } });
        who.post(format!("/api/v1/timelines/{patient}/entries"), note).await.is(StatusCode::CREATED);
    };
    for (who, number) in [(&nurse, 1), (&doctor, 2), (&nurse, 3)] {
        post(who, number).await;
    }
    let told = async |query: &str| {
        let path = format!("/api/v1/audit?kind=accepted&from={}&names=false{query}", since.replace('+', "%2B"));
        secretariat.get(path).await.ok()
    };
    let all = told("").await;
    let abouts = |list: &Value| -> Vec<String> {
        records(list).iter().map(|it| it["about"].as_str().unwrap()[34..].to_owned()).collect()
    };
    assert_eq!(abouts(&all), ["d3", "d2", "d1"], "the newest first: {all}");
    let second = &records(&all)[1];
    assert_eq!(
        (&second["kind"], &second["code"], &second["failed"]),
        (&json!("accepted"), &json!("note"), &json!(false))
    );
    assert_eq!(
        (&second["by"]["person"], &second["by"]["role"]),
        (&json!(doctor.actor.person.to_string()), &json!("doctor"))
    );
    assert_eq!(second["patient"], patient.to_string());
    let ja = second["ja"].as_str().unwrap();
    assert!(ja.contains("投稿の受理") && ja.contains('@') && ja.contains('#'), "with the rules: {ja}");
    assert!(!all.to_string().contains("秘密"), "not what it says");
    assert_eq!(abouts(&told(&format!("&person={}", nurse.actor.person)).await), ["d3", "d1"]);
    assert_eq!(abouts(&told(&format!("&patient={patient}&organisation={}", doctor.actor.organisation)).await), ["d2"]);
    let other = app.register_patient("川口 アキ", "カワグチ アキ").await;
    assert!(!abouts(&told(&format!("&patient={other}")).await).contains(&"d1".to_owned()));

    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = told(&format!("&patient={patient}&limit=1{cursor}")).await;
        seen.extend(abouts(&page));
        let Some(next) = page["next"].as_u64() else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(seen, ["d3", "d2", "d1"], "page by page, each once");
    let noted = kept(&app, 0).await.into_iter().filter(|(_, it)| {
        matches!(it, Audited::Act(Act { deed: Deed::AuditUsed { filter, .. }, .. })
            if filter.kind == Some(renkei::domain::audit::AuditKind::Accepted))
    });
    assert_eq!(noted.count(), 5, "each look is on record, once for all its pages");

    let wish = |format: &str| json!({ "format": format, "kind": "accepted", "patient": patient.to_string() });
    let table = export(&secretariat, wish("csv")).await.text();
    assert!(table.contains("0000000000d1") && table.contains("\"accepted\"") && !table.contains("秘密"), "{table}");
    let fhir = export(&secretariat, wish("fhir")).await.text();
    let event: Value = serde_json::from_str(fhir.lines().last().expect("some")).expect("JSON");
    assert_eq!((&event["action"], &event["outcome"]), (&json!("C"), &json!("0")));
    assert!(event["id"].as_str().unwrap().ends_with("0000000000d3"), "the oldest first: {event}");
    let refused = nurse.get("/api/v1/audit?kind=accepted").await;
    refused.problem(StatusCode::FORBIDDEN, "forbidden");
}

/// Whom the region looks after is no administrator's to find out by what was refused.
#[tokio::test]
async fn a_refusal_tells_an_administrator_no_more_of_a_hidden_patient_than_of_nobody() {
    let app = App::start().await;
    let (_, nurse, doctor) = team(&app).await;
    let secretariat = app.secretariat().await;
    let hidden = app.register_patient("山岸 花子", "ヤマギシ ハナコ").await.to_string();
    let nobody = "0196d5a2-7c00-7000-8000-0000000000ff".to_owned();
    let administrators = format!("/api/v1/organisations/{}/administrators", nurse.actor.organisation);
    secretariat.post(administrators, json!({ "person": nurse.actor.person.to_string() })).await;
    for patient in [&hidden, &nobody] {
        let entries = format!("/api/v1/timelines/{patient}/entries");
        let of = app.hub.region().draw_id();
        let declared = json!({ "emergencyAccess": { "reason": "往診の依頼", "minutes": 30 } });
        // What could wait for a link is taken of both.
        for body in [json!({ "acknowledgement": { "target": of } }), declared] {
            let post = json!({ "id": app.hub.region().draw_id(), "body": body });
            assert!(nurse.post(&entries, post).await.status.is_client_error());
        }
    }
    for patient in [&hidden, &nobody] {
        let waits = json!({ "id": app.hub.region().draw_id(), "body": { "note": { "text": "玄関で会った" } } });
        nurse.post(format!("/api/v1/timelines/{patient}/entries"), waits).await.is(StatusCode::ACCEPTED);
    }
    // Before she asks for it herself, which is on record too.
    assert!(!export(&nurse, json!({})).await.text().contains(&hidden));
    for kind in ["refused", "queued"] {
        let seen = nurse.get(format!("/api/v1/audit?kind={kind}&names=true")).await.ok();
        assert!(records(&seen).len() >= 2, "{seen}");
        assert!(!seen.to_string().contains(&hidden), "{seen}");
        let asked = nurse.get(format!("/api/v1/audit?kind={kind}&patient={hidden}")).await.ok();
        assert_eq!(records(&asked).len(), 0, "{asked}");
    }
    for patient in [&hidden, &nobody] {
        let asked = nurse.get(format!("/api/v1/audit?kind=refused&patient={patient}")).await.ok();
        assert_eq!(records(&asked).len(), 0, "{asked}");
        let out = export(&nurse, json!({ "patient": patient })).await.text();
        assert_eq!(out, "", "{out}");
    }
    // Whoever answers for the region sees whose record was tried.
    let all = secretariat.get(format!("/api/v1/audit?kind=refused&patient={hidden}")).await.ok();
    assert!(!records(&all).is_empty(), "{all}");
    doctor.get("/api/v1/audit").await.problem(StatusCode::FORBIDDEN, "forbidden");
}
