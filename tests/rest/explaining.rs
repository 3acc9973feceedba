//! "Why?", asked by people over REST and by the operator on the command line: about an entry, a refusal, and what somebody
//! may see; and who may not ask.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::support::app::App;

fn path(question: &str) -> String {
    format!("/api/v1/rulebook/explain?{question}")
}

#[tokio::test]
async fn whoever_sees_an_entry_may_ask_why_it_was_taken_and_nobody_else() {
    let app = App::start().await;
    let (nurse, stranger) = (app.nurse("minato").await, app.nurse("yama").await);
    let patient = app.register_patient("高橋 ハル", "タカハシ ハル").await;
    app.link(patient, "minato").await;
    let id = "0196d5a2-7c00-7000-8000-000000000001";
    let note = json!({ "id": id, "body": { "note": { "text": "お変わりありません" } } });
    nurse.post(format!("/api/v1/timelines/{patient}/entries"), note).await.is(StatusCode::CREATED);

    let why = nurse.get(path(&format!("entry={id}"))).await.ok();
    let answer = &why["answers"][0];
    assert!(answer["text"]["ja"].as_str().unwrap().contains("により認められます"), "{answer}");
    let rule = &answer["rules"][0];
    assert_eq!((&rule["in_force"], &rule["set"]["status"]), (&json!(true), &json!("seed")));
    let text = answer["text"]["ja"].as_str().unwrap();
    for told in [
        "記録：「記録」　看護師 ",
        "2026年4月1日（水）9:00",
        "判定：認められました",
        "合意：まだだれも合意していません（ひな形）",
    ] {
        assert!(text.contains(told), "{told}: {text}");
    }
    assert!(!text.contains(id) && !text.contains("Z"), "no ids, no UTC: {text}");
    assert_eq!(rule["set"]["agreed_by"], json!([]), "nobody agreed on a seed");
    stranger.get(path(&format!("entry={id}"))).await.problem(StatusCode::NOT_FOUND, "not_found");
    nurse.get(path(&format!("entry={patient}"))).await.problem(StatusCode::NOT_FOUND, "not_found");
    nurse.get(path("entry=x")).await.problem(StatusCode::UNPROCESSABLE_ENTITY, "wrong_type");
    nurse.get(path("")).await.problem(StatusCode::UNPROCESSABLE_ENTITY, "unexpected");
}

#[tokio::test]
async fn a_refusal_is_explained_to_its_author_and_the_secretariat() {
    let app = App::start().await;
    let (nurse, doctor) = (app.nurse("minato").await, app.doctor("hikari").await);
    let secretariat = app.secretariat().await;
    let patient = app.register_patient("高橋 ハル", "タカハシ ハル").await;
    app.link(patient, "minato").await;
    let order = json!({ "order": { "orderType": "drip", "text": "点滴" } });
    let order = json!({ "id": "0196d5a2-7c00-7000-8000-000000000002", "body": order });
    let refused = nurse.post(format!("/api/v1/timelines/{patient}/entries"), order).await;
    let refused = refused.problem(StatusCode::FORBIDDEN, "forbidden");
    let seq = super::audit::kept(&app, 0).await.len();
    for who in [&nurse, &secretariat] {
        let why = who.get(path(&format!("refusal={seq}"))).await.ok();
        let text = why["answers"][0]["text"]["ja"].as_str().unwrap();
        assert!(text.contains(refused["reasons"][0]["ja"].as_str().unwrap()), "{text}");
        assert!(text.starts_with("投稿：「点滴・与薬などの指示」　") && text.contains("判定：断られました"), "{text}");
    }
    for (who, seq) in [(&doctor, seq), (&secretariat, 1), (&secretariat, 0), (&secretariat, seq + 1)] {
        who.get(path(&format!("refusal={seq}"))).await.problem(StatusCode::NOT_FOUND, "not_found");
    }
}

#[tokio::test]
async fn members_of_a_team_may_ask_what_the_others_see_and_the_secretariat_about_everybody() {
    let app = App::start().await;
    let (nurse, doctor, stranger) = (app.nurse("minato").await, app.doctor("hikari").await, app.nurse("yama").await);
    let secretariat = app.secretariat().await;
    let patient = app.register_patient("高橋 ハル", "タカハシ ハル").await;
    app.link(patient, "minato").await;
    app.link(patient, "hikari").await;
    let about = |person: renkei::domain::ids::PersonId| path(&format!("person={person}&patient={patient}&kind=visit"));
    let seen = |why: &Value| (why["answers"][0]["role"].clone(), why["answers"][0]["may_see"].clone());
    let why = nurse.get(about(doctor.actor.person)).await.ok();
    assert_eq!(seen(&why), (json!("doctor"), json!(true)));
    nurse.get(about(stranger.actor.person)).await.problem(StatusCode::NOT_FOUND, "not_found");
    stranger.get(about(nurse.actor.person)).await.problem(StatusCode::NOT_FOUND, "not_found");
    let why = secretariat.get(about(stranger.actor.person)).await.ok();
    assert_eq!(seen(&why), (json!("nurse"), json!(false)));
    assert!(why["answers"][0]["text"]["en"].as_str().unwrap().contains("would permit it, but"), "{why}");
    let unknown = nurse.get(path(&format!("person={}&patient={patient}&kind=x", nurse.actor.person))).await;
    assert_eq!(unknown.problem(StatusCode::UNPROCESSABLE_ENTITY, "unknown_code")["field"], "kind");
}

/// Of one record, not of its kind: what its author kept for the clinical professions, and who may ask about it.
#[tokio::test]
async fn why_somebody_does_not_see_this_very_record_is_told_to_whoever_sees_it() {
    let app = App::start().await;
    let (nurse, doctor) = (app.nurse("minato").await, app.doctor("hikari").await);
    let helper = app.actor(renkei::domain::role::Role::Helper, "tanpopo").await;
    let secretariat = app.secretariat().await;
    let patient = app.register_patient("高橋 ハル", "タカハシ ハル").await;
    for office in ["minato", "hikari", "tanpopo"] {
        app.link(patient, office).await;
    }
    let entries = format!("/api/v1/timelines/{patient}/entries");
    let post = async |id: &str, sensitivity: &str| {
        let note = json!({ "id": id, "sensitivity": sensitivity, "body": { "note": { "text": "ご家族のこと" } } });
        doctor.post(&entries, note).await.is(StatusCode::CREATED);
    };
    let [kept, shared] = ["0196d5a2-7c00-7000-8000-0000000000a1", "0196d5a2-7c00-7000-8000-0000000000a2"];
    post(kept, "restricted").await;
    post(shared, "normal").await;
    let asks = async |who: &crate::support::actor::Actor, entry: &str, about: &crate::support::actor::Actor| {
        who.get(path(&format!("entry={entry}&person={}", about.actor.person))).await
    };
    let why = asks(&nurse, kept, &helper).await.ok()["answers"][0].clone();
    assert_eq!(why["may_see"], false);
    assert!(why["text"]["ja"].as_str().unwrap().contains("SH-2「"), "{why}");
    assert_eq!(asks(&doctor, kept, &nurse).await.ok()["answers"][0]["may_see"], true);
    assert_eq!(asks(&helper, shared, &helper).await.ok()["answers"][0]["may_see"], true);
    assert_eq!(asks(&secretariat, kept, &helper).await.ok()["answers"][0]["may_see"], false);
    // Whoever does not see it is not told that it is there.
    asks(&helper, kept, &nurse).await.problem(StatusCode::NOT_FOUND, "not_found");
}

#[tokio::test]
async fn why_nothing_was_found_is_told_to_nobody_but_the_secretariat() {
    let app = App::start().await;
    let (nurse, stranger, secretariat) = (app.nurse("minato").await, app.doctor("yama").await, app.secretariat().await);
    let patient = app.register_patient("高橋 ハル", "タカハシ ハル").await;
    app.link(patient, "minato").await;
    let entries = format!("/api/v1/timelines/{patient}/entries");
    let message =
        json!({ "id": "0196d5a2-7c00-7000-8000-00000000000c", "body": { "message": { "text": "お元気ですか" } } });
    stranger.post(&entries, message).await.problem(StatusCode::NOT_FOUND, "not_found");
    let seq = super::audit::kept(&app, 0).await.len();
    for who in [&stranger, &nurse] {
        who.get(path(&format!("refusal={seq}"))).await.problem(StatusCode::NOT_FOUND, "not_found");
    }
    secretariat.get(path(&format!("refusal={seq}"))).await.ok();
}

#[tokio::test]
async fn the_secretariat_may_ask_why_a_duty_is_owed_and_is_told_all_but_its_cause() {
    let app = App::start().await;
    let (doctor, _, secretariat) = (app.doctor("hikari").await, app.nurse("minato").await, app.secretariat().await);
    let patient = app.register_patient("高橋 ハル", "タカハシ ハル").await;
    app.link(patient, "hikari").await;
    app.link(patient, "minato").await;
    let id = "0196d5a2-7c00-7000-8000-00000000000d";
    let change = json!({ "device": "人工呼吸器", "change": "introduced", "reason": "呼吸不全",
        "after": [{ "name": "吸気圧", "value": "12", "unit": "cmH2O" }] });
    let post = json!({ "id": id, "body": { "deviceChange": change } });
    doctor.post(format!("/api/v1/timelines/{patient}/entries"), post).await.is(StatusCode::CREATED);
    let listed = secretariat.get(format!("/api/v1/timelines/{patient}/duties")).await.ok();
    let duties = listed["duties"].as_array().unwrap().iter();
    let owed = duties.clone().find(|duty| duty["rule"].as_str().unwrap().starts_with("ND-M1@")).expect("it is owed");
    let why = path(&format!("duty={}&patient={patient}", owed["id"].as_str().unwrap()));
    app.clock.advance(std::time::Duration::from_secs(4 * 3_600));
    app.hub.look_at_what_is_due().await.unwrap();
    let (nurse, stranger) = (app.nurse("minato").await, app.nurse("yama").await);
    let secretariat = app.sign_in(secretariat.actor.person, secretariat.position()).await;
    for (who, sees_cause) in [(&nurse, true), (&secretariat, false)] {
        let answer = who.get(why.clone()).await.ok()["answers"][0].clone();
        let (ja, en) = (answer["text"]["ja"].as_str().unwrap(), answer["text"]["en"].as_str().unwrap());
        let shown = if sees_cause { json!(id) } else { Value::Null };
        assert_eq!((&answer["duty"]["cause"], &answer["duty"]["due"]), (&shown, &json!("2026-04-01T04:00:00Z")));
        assert_eq!(ja.contains("きっかけ：「医療機器の導入・変更」　医師 一号（医師、"), sees_cause, "{ja}");
        assert!(!ja.contains("吸気圧") && !ja.contains("呼吸不全"), "{answer}");
        for told in [
            "約束：ND-M1「医療機器の導入・設定変更は訪問看護へ必ず知らせる」（守るべきこと、",
            "（看護師）",
            "すること：きっかけの記録を「確認」する",
            "期限：2026年4月1日（水）13:00\n",
            "いま：続いています。2026年4月1日（水）13:00に期限を過ぎ、知らせる順の 1 段目まで知らせました",
            "の管理者（決まっていなければ看護師）　2026年4月1日（水）13:00",
            "つぎ：2026年4月1日（水）17:00　",
            "期限：4時間【仮置き】",
            "合意：まだだれも合意していません（ひな形）",
        ] {
            assert!(ja.contains(told), "{told}: {ja}");
        }
        assert!(en.contains("due: Wed 1 Apr 2026, 13:00\n") && en.contains("next: Wed 1 Apr 2026, 17:00: "), "{en}");
        for raw in [id, owed["id"].as_str().unwrap(), "Z", "T0", "nursing_station", "escalated"] {
            assert!(!ja.contains(raw), "{raw} is raw: {ja}");
        }
        assert_eq!(ja.matches("ND-M1「").count(), 1, "its rule is named once: {ja}");
        assert_eq!(answer["rules"][0]["set"]["agreed_by"], json!([]));
    }
    stranger.get(why).await.problem(StatusCode::NOT_FOUND, "not_found");
}
