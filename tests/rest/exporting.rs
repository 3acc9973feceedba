//! One patient's whole record and the whole region, taken out: what stands in them, what does not, and that it is on record.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use axum::http::StatusCode;
use renkei::actions::export::{ExportError, ExportFrom, export_patient, export_region};
use renkei::domain::ids::PatientId;
use renkei::store::Shelf;
use serde_json::{Value, json};

use super::files::{Team, note, photo};
use crate::support::scratch;

const WRITTEN: &str = "<script>alert('x')</script> 仙骨部 \"発赤\" & 熱感";

/// A team with a photo that a note names, and a note that a browser could take for more than text.
async fn team() -> (Team, Value) {
    let team = Team::start().await;
    let picture = team.hand_in(&team.nurse, &photo(1, 10, 10)).await;
    team.post(&team.nurse, 1, note(&[&picture])).await.is(StatusCode::CREATED);
    team.post(&team.doctor, 2, json!({ "note": { "text": WRITTEN } })).await.is(StatusCode::CREATED);
    let pulse = json!({ "vital": { "measurements": [{ "sign": "pulse", "value": "72", "unit": "/min" }] } });
    team.post(&team.nurse, 3, pulse).await.is(StatusCode::CREATED);
    (team, picture)
}

macro_rules! from {
    ($team:ident, $from:ident) => {
        let (shelf, directory) = (Shelf::open(&$team.app.files_folder()).unwrap(), $team.app.hub.region().directory());
        let $from = ExportFrom {
            despite_withheld: false,
            journal: $team.app.hub.journal(),
            shelf: &shelf,
            directory: &directory,
            reason: "本人からの開示請求",
            language: renkei::config::Language::Ja,
            now: $team.app.clock.wall(),
        };
    };
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[tokio::test]
async fn a_patients_whole_record_is_a_page_without_script_the_same_as_json_and_every_file() {
    let (team, picture) = team().await;
    from!(team, from);
    let scratch = scratch::folder("export");
    let out = scratch.path().join("taken");
    let exported = export_patient(&from, team.patient, &out).await.unwrap();
    assert_eq!((exported.files, exported.missing.len()), (1, 0));

    let page = read(&out.join("record.html"));
    assert!(!page.contains("<script") && page.contains("&lt;script&gt;alert(&#39;x&#39;)"), "{page}");
    for said in ["高橋 ハル さんの記録", "1938年4月12日", "本人からの開示請求", "看護師", "脈拍", "72", "hikari"]
    {
        assert!(page.contains(said), "{said}: {page}");
    }
    assert_eq!(fs::metadata(&out).unwrap().permissions().mode() & 0o777, 0o700, "for its owner alone");
    let file = format!("attachments/{}.jpg", picture["sha256"].as_str().unwrap());
    assert!(page.contains(&format!("href=\"{file}\"")), "{page}");
    assert_eq!(fs::read(out.join(&file)).unwrap(), photo(1, 10, 10));

    let record: Value = serde_json::from_str(&read(&out.join("record.json"))).unwrap();
    let entries = record["entries"].as_array().unwrap();
    assert_eq!(entries.len() as u64, exported.entries);
    let all = team.app.hub.journal().page(team.patient.into(), renkei::domain::ids::Seq::ZERO, 500, 1 << 20).await;
    assert_eq!(entries.len(), all.unwrap().entries.len(), "nothing is left out");
    assert!(entries.iter().any(|entry| entry["content"]["body"]["note"]["text"] == WRITTEN), "{record}");

    let office = team.app.secretariat().await;
    let seen = office.get(format!("/api/v1/audit?patient={}&kind=keeping", team.patient)).await.ok();
    assert_eq!(
        (&seen["records"][0]["code"], &seen["records"][0]["by"]["as"]),
        (&"patient_exported".into(), &"operator".into()),
        "{seen}"
    );

    let again = export_patient(&from, team.patient, &out).await;
    assert!(matches!(again, Err(ExportError::Exists { .. })), "what is there is not written over");
    let nobody = export_patient(&from, PatientId(uuid::Uuid::from_u128(7)), &scratch.path().join("nobody")).await;
    assert!(matches!(nobody, Err(ExportError::NoSuchPatient)));
    let office = PatientId(team.nurse.actor.organisation.0);
    let of_office = export_patient(&from, office, &scratch.path().join("office")).await;
    assert!(matches!(of_office, Err(ExportError::NoSuchPatient)), "an office's page is nobody's record");
    assert_eq!(fs::read_dir(scratch.path()).unwrap().count(), 1, "no half of one is left");
}

#[tokio::test]
async fn a_region_taken_out_has_every_entry_file_duty_rule_and_audit_record_and_says_how_it_is_read() {
    let (team, picture) = team().await;
    for lost in fs::read_dir(team.app.files_folder()).unwrap().map(|it| it.unwrap().path()) {
        if lost.file_name().is_some_and(|name| name.len() == 2) {
            fs::remove_dir_all(lost).unwrap();
        }
    }
    let kept = team.hand_in(&team.doctor, &photo(2, 10, 10)).await;
    team.post(&team.doctor, 4, note(&[&kept])).await.is(StatusCode::CREATED);
    let words = json!({ "title": "退院前の顔合わせ", "happened": "家族が不安だった", "tags": ["discharge"] });
    team.nurse.post("/api/v1/cases", json!({ "words": words })).await.is(StatusCode::CREATED);
    let group = json!({ "name": "褥瘡の勉強会", "members": [team.nurse.actor.person.to_string()] });
    let group = team.app.secretariat().await.post("/api/v1/groups", group).await.is(StatusCode::CREATED);
    let messages = format!("/api/v1/groups/{}/messages", group["id"].as_str().expect("an id"));
    team.nurse.post(messages, json!({ "text": "次は第2会議室" })).await.is(StatusCode::CREATED);
    from!(team, from);
    let scratch = scratch::folder("export");
    let out = scratch.path().join("region");
    let exported = export_region(&from, &out).await.unwrap();
    let lost = format!("{}/{}.jpg", team.patient, picture["sha256"].as_str().unwrap());
    assert_eq!((exported.files, &exported.missing), (1, &vec![lost]), "what is lost is named");

    let about: Value = serde_json::from_str(&read(&out.join("region.json"))).unwrap();
    let timelines = fs::read_dir(out.join("timelines")).unwrap().map(|it| read(&it.unwrap().path()));
    let parsed = |text: String| text.lines().filter(|line| serde_json::from_str::<Value>(line).is_ok()).count();
    let lines = timelines.map(parsed);
    let (files, entries) = lines.fold((0, 0), |(files, entries), count| (files + 1, entries + count));
    assert_eq!((about["timelines"].as_u64(), about["entries"].as_u64()), (Some(files), Some(entries as u64)));
    assert!(read(&out.join("timelines").join(format!("patient-{}.jsonl", team.patient))).contains("熱感"));
    assert!(read(&out.join("directory.json")).contains("minato"));
    let log = read(&out.join("audit.jsonl"));
    assert!(log.lines().last().unwrap().contains("region_exported"), "it tells of itself");
    assert!(log.lines().all(|line| serde_json::from_str::<Value>(line).is_ok()));
    let sets = read(&out.join("rulebooks").join("sets.jsonl"));
    let mut sets = sets.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let floor = sets.find(|set| set["file"] == "floor.toml").unwrap();
    let rules = out.join("rulebooks").join(floor["digest"].as_str().unwrap());
    assert!(read(&rules.join("floor.toml")).contains("FL-"), "the rules that decided");
    let cited = floor["cited_as"].as_str().unwrap();
    let timeline = read(&out.join("timelines").join(format!("patient-{}.jsonl", team.patient)));
    assert!(cited.len() == 12 && timeline.contains(&format!("#{cited}")), "by what its citations end in: {cited}");
    let duties = read(&out.join("duties.jsonl"));
    assert!(duties.lines().all(|line| serde_json::from_str::<Value>(line).unwrap()["rule"].is_string()), "{duties}");
    let case: Value = serde_json::from_str(&read(&out.join("cases.jsonl"))).unwrap();
    assert_eq!(
        (&case["versions"][0]["happened"], &case["versions"][0]["step"]),
        (&json!("家族が不安だった"), &json!("drafted"))
    );
    let group: Value = serde_json::from_str(&read(&out.join("groups.jsonl"))).unwrap();
    assert_eq!((&group["name"], &group["messages"][0]["text"]), (&json!("褥瘡の勉強会"), &json!("次は第2会議室")));
    assert!(read(&out.join("README.md")).contains("renkei-region/1"));
}
