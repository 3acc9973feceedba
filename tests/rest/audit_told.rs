//! What the audit log tells of an act: why, on which device, what changed in the directory; and who had a record because they
//! took the whole region out.

use axum::http::StatusCode;
use renkei::domain::act::{Act, By, Deed};
use renkei::domain::device::DeviceDemand;
use renkei::domain::ids::PatientId;
use renkei::domain::keeping::KeepingDeed;
use renkei::domain::role::OrganisationType;
use renkei::hub::StoreError;
use serde_json::{Value, json};

use super::devices::{lines, registered};
use crate::support::actor::Actor;
use crate::support::app::App;
use crate::support::line::TlsDoor;

async fn records(by: &Actor, query: &str) -> Vec<Value> {
    by.get(format!("/api/v1/audit?{query}")).await.ok()["records"].as_array().expect("a list").clone()
}

async fn export(by: &Actor, format: &str) -> String {
    by.post("/api/v1/audit/export", json!({ "reason": "監査", "format": format })).await.text()
}

/// The cells of a column that say something.
fn column(table: &str, name: &str) -> Vec<String> {
    let mut table = csv::Reader::from_reader(table.trim_start_matches('\u{feff}').as_bytes());
    let at = table.headers().unwrap().iter().position(|column| column == name).expect("a column");
    table.records().map(|row| row.unwrap()[at].to_owned()).filter(|cell| !cell.is_empty()).collect()
}

#[tokio::test]
async fn row_5_why_somebody_did_it_is_read_in_the_list_and_in_every_form() {
    let app = App::start().await;
    let (secretariat, nurse) = (app.secretariat().await, app.nurse("minato").await);
    let person = nurse.actor.person;
    app.account_of(&nurse).await;
    let (device, _) = registered(&secretariat, nurse.actor.organisation, "タブレット 3").await;
    let until = app.hub.region().now().saturating_add(std::time::Duration::from_secs(3_600)).to_rfc3339();
    let recovery = json!({ "reason": "電話の紛失。本人に確認" });
    secretariat.post(format!("/api/v1/people/{person}/recovery"), recovery).await.is(StatusCode::CREATED);
    let lost = json!({ "reason": "訪問先の駐車場で紛失" });
    secretariat.post(format!("/api/v1/devices/{device}/revoke"), lost).await.is(StatusCode::NO_CONTENT);
    let exception = json!({ "until": until, "reason": "代替機は明日届く" });
    secretariat.put(format!("/api/v1/people/{person}/device-exception"), exception).await.is(StatusCode::NO_CONTENT);
    let words = json!({ "title": "研修", "text": "第2会議室", "until": "2026-04-30" });
    let announced = secretariat.post("/api/v1/announcements", words).await.is(StatusCode::CREATED);
    let withdrawal = json!({ "reason": "日程を決め直すため" });
    let path = format!("/api/v1/announcements/{}/withdrawal", announced["id"].as_str().unwrap());
    assert!(secretariat.post(path, withdrawal).await.status.is_success());
    let begun = secretariat.post("/api/v1/cases", json!({ "words": { "title": "退院前の顔合わせ" } })).await;
    let path = format!("/api/v1/cases/{}/withdrawal", begun.is(StatusCode::CREATED)["id"].as_str().unwrap());
    secretariat.post(path, json!({ "reason": "同意の撤回" })).await.is(StatusCode::NO_CONTENT);
    export(&secretariat, "jsonl").await;

    let reasons = [
        "電話の紛失。本人に確認",
        "訪問先の駐車場で紛失",
        "代替機は明日届く",
        "日程を決め直すため",
        "同意の撤回",
        "監査",
    ];
    let all = records(&secretariat, "limit=500").await;
    let told: Vec<&str> = all.iter().rev().filter_map(|record| record["reason"].as_str()).collect();
    assert_eq!(told, reasons, "in this order, and nothing else");
    let lines = export(&secretariat, "jsonl").await;
    let of_lines: Vec<String> = lines
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).unwrap()["reason"].as_str().map(str::to_owned))
        .collect();
    assert_eq!(of_lines[..6], reasons);
    assert_eq!(column(&export(&secretariat, "csv").await, "reason")[..6], reasons);
    let fhir = export(&secretariat, "fhir").await;
    let of_fhir: Vec<String> = fhir
        .lines()
        .filter_map(|line| {
            let event: Value = serde_json::from_str(line).unwrap();
            event["purposeOfEvent"][0]["text"].as_str().map(str::to_owned)
        })
        .collect();
    assert_eq!(of_fhir[..6], reasons);
}

#[tokio::test]
async fn row_13_what_is_read_and_done_on_a_registered_device_names_it_wherever_the_log_is_read() {
    let app = App::start().await;
    let (secretariat, nurse) = (app.secretariat().await, app.nurse("minato").await);
    let patient = app.register_patient("高橋 ハル", "タカハシ ハル").await;
    app.link(patient, "minato").await;
    let account = app.account_of(&nurse).await;
    let (id, tablet) = registered(&secretariat, nurse.actor.organisation, "タブレット 3").await;
    let door = TlsDoor::open(&app, DeviceDemand::Optional).await;
    let entered = lines::sign_in(&app, &door, Some(&tablet), &account).await.is(StatusCode::CREATED);
    let token = Some(lines::token(&entered));
    let ask = async |method: &str, path: String, body: Option<Value>| {
        door.ask(Some(&tablet), method, &path, token, body).await.expect("an answer")
    };
    ask("GET", format!("/api/v1/patients/{patient}"), None).await.ok();
    let entries = format!("/api/v1/timelines/{patient}/entries");
    let order = json!({ "id": "0196d5a2-7c00-7000-8000-0000000000a9", "body": { "order": { "orderType": "routine", "text": "中止" } } });
    ask("POST", entries, Some(order)).await.problem(StatusCode::FORBIDDEN, "forbidden");
    ask("DELETE", "/api/v1/me".to_owned(), None).await.is(StatusCode::NO_CONTENT);
    door.close().await;

    let expected = json!({ "id": id, "name": "タブレット 3" });
    let of_nurse = records(&secretariat, &format!("person={}&limit=500", nurse.actor.person)).await;
    let on_tablet =
        |kind: &str| of_nurse.iter().any(|record| record["kind"] == kind && record["registered_device"] == expected);
    for kind in ["sign_in_began", "read", "refused", "sign_in_ended"] {
        assert!(on_tablet(kind), "{kind}: {of_nurse:?}");
    }
    let other = |record: &&Value| record["kind"] == "device" && record["by"]["role"] == "secretariat";
    let all = records(&secretariat, "limit=500").await;
    assert!(all.iter().filter(other).all(|record| record["registered_device"].is_null()), "she has none");
    let table = export(&secretariat, "csv").await;
    assert!(column(&table, "registered_device").iter().all(|device| *device == id));
    assert!(column(&table, "registered_device_name").len() >= 4, "{table}");
    let fhir = export(&secretariat, "fhir").await;
    let reads = fhir.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()).filter(|event| {
        event["subtype"][0]["code"] == "read"
            && event["agent"][2]["who"]["reference"] == format!("Practitioner/{}", nurse.actor.person)
    });
    let devices: Vec<Value> = reads.map(|event| event["agent"][1]["who"].clone()).collect();
    assert!(!devices.is_empty());
    for device in devices {
        assert_eq!(
            (&device["reference"], &device["display"]),
            (&json!(format!("Device/{id}")), &json!("タブレット 3"))
        );
        assert_eq!(device["identifier"]["system"], "urn:renkei:sign-in");
    }
}

#[tokio::test]
async fn what_changed_in_the_directory_and_which_part_of_the_log_was_looked_at_are_told() {
    let app = App::start().await;
    let (secretariat, nurse) = (app.secretariat().await, app.nurse("minato").await);
    let kita = app.organisation("kita", OrganisationType::NursingStation).await;
    let person = nurse.actor.person;
    let positions = json!([{ "role": "nurse", "organisation": kita.to_string() }]);
    let changed = json!({ "name": { "kanji": "看護 一号" }, "positions": positions });
    secretariat.put(format!("/api/v1/people/{person}"), changed).await.ok();
    let all = records(&secretariat, &format!("person={person}&kind=directory")).await;
    assert_eq!(all[0]["ja"], "名簿の変更: 人の更新（加わった職務: 看護師（kita）、終わった職務: 看護師（minato））");
    let looks = records(&secretariat, "kind=audit").await;
    let ja = looks[1]["ja"].as_str().unwrap();
    assert_eq!(ja, "監査記録の閲覧・出力: 一覧（人 看護 一号、種類 名簿の変更）");
}

#[tokio::test]
async fn row_13_who_took_the_whole_region_out_is_among_what_is_told_of_each_patient_in_it() {
    let app = App::start().await;
    let secretariat = app.secretariat().await;
    let patient = app.register_patient("高橋 ハル", "タカハシ ハル").await;
    let taken = |patient: Option<PatientId>, reason: &str| {
        Deed::Keeping(KeepingDeed::Exported { patient, reason: reason.to_owned(), taken: None })
    };
    let act = |deed| Act { by: By::Operator, deed };
    let (whole, one) = (act(taken(None, "事業の引き継ぎ")), act(taken(Some(patient), "本人の求め")));
    app.clock.advance(std::time::Duration::from_secs(60));
    let now = app.hub.region().now();
    let written: Result<(), StoreError> = app
        .hub
        .journal()
        .write(move |tx| {
            Box::pin(async move {
                tx.append_acts(now, [whole]).await?;
                tx.append_act_on(Some(patient.into()), now, one).await
            })
        })
        .await;
    written.unwrap();
    app.clock.advance(std::time::Duration::from_secs(60));
    let later = app.register_patient("伊藤 茂", "イトウ シゲル").await;
    let told = async |patient: PatientId| -> Vec<(String, String)> {
        let all = records(&secretariat, &format!("patient={patient}")).await;
        let word = |record: &Value, name: &str| record[name].as_str().unwrap_or_default().to_owned();
        all.iter()
            .filter(|record| record["kind"] == "keeping")
            .map(|record| (word(record, "code"), word(record, "reason")))
            .collect()
    };
    let both = [("patient_exported", "本人の求め"), ("region_exported", "事業の引き継ぎ")];
    assert_eq!(told(patient).await, both.map(|(code, why)| (code.to_owned(), why.to_owned())));
    assert!(told(later).await.is_empty(), "who was registered afterwards was not in it");
    // An office's administrator sees what was done for the office, which this was not.
    let nurse = super::devices::administrator(&app, "minato").await;
    let own = records(&nurse, &format!("patient={patient}&kind=keeping")).await;
    assert!(own.is_empty(), "{own:?}");
}
