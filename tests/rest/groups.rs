//! Groups: who makes one of whom, who reads and writes there, what is found in a message before others read it, how one is taken
//! out, and what is left then.

use axum::http::StatusCode;
use renkei::actions::offices::give_all_pledges;
use renkei::domain::directory::Position;
use renkei::domain::group::GroupMessage;
use renkei::domain::ids::GroupId;
use renkei::domain::role::{OrganisationType, Role};
use renkei::limits;
use renkei::store::StoreError;
use serde_json::{Value, json};

use crate::support::actor::{Actor, Answer};
use crate::support::app::App;

/// The secretariat, a nurse who looks after her station, another there, a doctor elsewhere, and a family.
struct Story {
    app: App,
    secretariat: Actor,
    head: Actor,
    nurse: Actor,
    doctor: Actor,
    family: Actor,
}

fn group(name: &str, members: &[&Actor]) -> Value {
    let members: Vec<String> = members.iter().map(|member| member.actor.person.to_string()).collect();
    json!({ "name": name, "about": "道具と手順を持ち寄ります", "members": members })
}

fn names(list: &Value) -> Vec<&str> {
    list["groups"].as_array().expect("a list").iter().map(|one| one["name"].as_str().expect("a name")).collect()
}

fn texts(list: &Value) -> Vec<&str> {
    list["messages"].as_array().expect("a list").iter().map(|one| one["text"].as_str().expect("a text")).collect()
}

impl Story {
    async fn begin() -> Self {
        let app = App::start().await;
        let secretariat = app.secretariat().await;
        let (head, nurse, doctor) = (app.nurse("minato").await, app.nurse("minato").await, app.doctor("hikari").await);
        let path = format!("/api/v1/organisations/{}/administrators", head.actor.organisation);
        let person = json!({ "person": head.actor.person.to_string() });
        secretariat.post(path, person).await.is(StatusCode::NO_CONTENT);
        let patient = app.register_patient("高橋 ハル", "タカハシ ハル").await;
        app.link(patient, "hikari").await;
        let family = app.family(patient).await;
        Self { app, secretariat, head, nurse, doctor, family }
    }

    /// The same person, acting at another office.
    async fn also_at(&self, who: &Actor, office: &str) -> Actor {
        let organisation = self.app.organisation(office, OrganisationType::NursingStation).await;
        let position = Position { role: Role::Nurse, organisation };
        let positions = [who.position(), position]
            .map(|position| json!({ "role": position.role.code(), "organisation": position.organisation.to_string() }));
        let given = json!({ "name": { "kanji": "看護 一号" }, "positions": positions });
        let changed = self.secretariat.put(format!("/api/v1/people/{}", who.actor.person), given).await;
        assert!(changed.status.is_success());
        let there = self.app.sign_in(who.actor.person, position).await;
        give_all_pledges(&self.app.hub, there.actor).await.expect("the pledges are taken");
        there
    }

    async fn makes(&self, who: &Actor, given: Value) -> String {
        let made = who.post("/api/v1/groups", given).await.is(StatusCode::CREATED);
        made["id"].as_str().expect("an id").to_owned()
    }

    async fn changes(&self, who: &Actor, id: &str, given: Value) -> Answer {
        who.put(format!("/api/v1/groups/{id}"), given).await
    }

    async fn seen_by(&self, who: &Actor) -> Value {
        who.get("/api/v1/groups").await.ok()
    }

    async fn writes(&self, who: &Actor, id: &str, text: &str, confirmed: &[&str]) -> Answer {
        who.post(format!("/api/v1/groups/{id}/messages"), json!({ "text": text, "confirmed": confirmed })).await
    }

    async fn reads(&self, who: &Actor, id: &str) -> Answer {
        who.get(format!("/api/v1/groups/{id}/messages")).await
    }

    async fn takes_out(&self, who: &Actor, id: &str, number: u32, reason: &str) -> Answer {
        let given = json!({ "number": number, "reason": reason });
        who.post(format!("/api/v1/groups/{id}/withdrawal"), given).await
    }

    async fn says_read(&self, who: &Actor, id: &str, number: u32) -> Answer {
        who.post(format!("/api/v1/groups/{id}/receipt"), json!({ "number": number })).await
    }

    async fn unread_by(&self, who: &Actor) -> Value {
        self.seen_by(who).await["groups"][0]["unread"].clone()
    }

    /// What the hub holds of a group.
    async fn kept(&self, id: &str) -> Vec<GroupMessage> {
        let id = GroupId(id.parse().expect("an id"));
        let read = self.app.hub.journal().read(move |tx| Box::pin(tx.list_group_messages(id, u32::MAX, usize::MAX)));
        read.await.map_err(|error: StoreError| error).expect("it is read")
    }
}

#[tokio::test]
async fn a_group_is_read_and_written_in_by_its_members_and_seen_by_whoever_looks_after_it() {
    let story = Story::begin().await;
    let id = story.makes(&story.secretariat, group("褥瘡の勉強会", &[&story.nurse, &story.doctor])).await;
    for (who, may_manage, is_member) in
        [(&story.nurse, false, true), (&story.doctor, false, true), (&story.secretariat, true, false)]
    {
        let seen = story.seen_by(who).await;
        assert_eq!(names(&seen), ["褥瘡の勉強会"]);
        let seen = &seen["groups"][0];
        assert_eq!((&seen["may_manage"], &seen["is_member"]), (&json!(may_manage), &json!(is_member)));
        assert_eq!(seen["members"].as_array().map(Vec::len), Some(2));
    }
    story.writes(&story.nurse, &id, "次は第2会議室です", &[]).await.is(StatusCode::CREATED);
    let read = story.reads(&story.doctor, &id).await.ok();
    let message = &read["messages"][0];
    assert_eq!(
        (&message["text"], &message["number"], &message["role"]),
        (&json!("次は第2会議室です"), &json!(1), &json!("nurse"))
    );
    assert_eq!((&message["organisation_name"], &message["is_mine"]), (&json!("minato"), &json!(false)));
    assert_eq!(texts(&story.reads(&story.secretariat, &id).await.ok()), ["次は第2会議室です"]);
    // Who looks after it and is not in it does not talk there.
    story.writes(&story.secretariat, &id, "x", &[]).await.problem(StatusCode::FORBIDDEN, "forbidden");
    story.says_read(&story.secretariat, &id, 1).await.problem(StatusCode::FORBIDDEN, "forbidden");

    // To somebody else it is nobody's.
    let nobodys = "0196d5a2-7c00-7000-8000-000000000001";
    assert_eq!(names(&story.seen_by(&story.head).await), [""; 0]);
    for id in [id.as_str(), nobodys] {
        story.reads(&story.head, id).await.problem(StatusCode::NOT_FOUND, "not_found");
        story.writes(&story.head, id, "x", &[]).await.problem(StatusCode::NOT_FOUND, "not_found");
        story.says_read(&story.head, id, 1).await.problem(StatusCode::NOT_FOUND, "not_found");
        story.takes_out(&story.head, id, 1, "x").await.problem(StatusCode::NOT_FOUND, "not_found");
        let changed = story.changes(&story.head, id, group("x", &[&story.head])).await;
        changed.problem(StatusCode::NOT_FOUND, "not_found");
    }
    story.family.get("/api/v1/groups").await.problem(StatusCode::FORBIDDEN, "forbidden");
    story.reads(&story.family, &id).await.problem(StatusCode::FORBIDDEN, "forbidden");

    // Taken off the list, they see nothing of it at once; and nobody but who looks after it makes the list.
    let changed = story.changes(&story.nurse, &id, group("x", &[&story.nurse])).await;
    changed.problem(StatusCode::FORBIDDEN, "forbidden");
    story.changes(&story.secretariat, &id, group("褥瘡の会", &[&story.nurse])).await.is(StatusCode::NO_CONTENT);
    story.reads(&story.doctor, &id).await.problem(StatusCode::NOT_FOUND, "not_found");
    story.writes(&story.doctor, &id, "x", &[]).await.problem(StatusCode::NOT_FOUND, "not_found");
    assert_eq!(names(&story.seen_by(&story.doctor).await), [""; 0]);
    assert_eq!(names(&story.seen_by(&story.nurse).await), ["褥瘡の会"]);

    let log = story.secretariat.get("/api/v1/audit?kind=group").await.ok().to_string();
    for step in ["made", "changed", "posted"] {
        assert!(log.contains(step), "{step}: {log}");
    }
    assert!(!log.contains("会議室") && !log.contains("褥瘡"), "what is written stands in the group alone: {log}");
}

#[tokio::test]
async fn an_administrator_makes_groups_of_their_own_people_and_members_read_them_where_they_work_for_that_office() {
    let story = Story::begin().await;
    let id = story.makes(&story.head, group("申し送り", &[&story.head, &story.nurse])).await;
    assert_eq!(names(&story.seen_by(&story.secretariat).await), ["申し送り"], "the secretariat looks after all");
    let stranger = story.head.post("/api/v1/groups", group("x", &[&story.nurse, &story.doctor])).await;
    assert_eq!(stranger.problem(StatusCode::UNPROCESSABLE_ENTITY, "unexpected")["field"], "members[1]");
    let stranger = story.changes(&story.secretariat, &id, group("x", &[&story.doctor])).await;
    assert_eq!(stranger.problem(StatusCode::UNPROCESSABLE_ENTITY, "unexpected")["field"], "members[0]");
    story.nurse.post("/api/v1/groups", group("x", &[&story.nurse])).await.problem(StatusCode::FORBIDDEN, "forbidden");
    story.doctor.post("/api/v1/groups", group("x", &[&story.doctor])).await.problem(StatusCode::FORBIDDEN, "forbidden");
    let family = story.secretariat.post("/api/v1/groups", group("x", &[&story.family])).await;
    assert_eq!(family.problem(StatusCode::UNPROCESSABLE_ENTITY, "unexpected")["field"], "members[0]");

    // The same nurse, acting for another office, is not in it.
    story.writes(&story.nurse, &id, "月曜は8時半から", &[]).await.is(StatusCode::CREATED);
    let elsewhere = story.also_at(&story.nurse, "asahi").await;
    story.reads(&elsewhere, &id).await.problem(StatusCode::NOT_FOUND, "not_found");
    assert_eq!(names(&story.seen_by(&elsewhere).await), [""; 0]);
}

#[tokio::test]
async fn what_may_say_something_of_a_patient_is_confirmed_piece_by_piece_before_anybody_reads_it() {
    let story = Story::begin().await;
    let id = story.makes(&story.secretariat, group("褥瘡の勉強会", &[&story.nurse, &story.doctor])).await;
    let told = "高橋ハルさん（昭和13年4月12日生）の褥瘡について";
    let (name, day) = ("高橋ハル", "昭和13年4月12日");
    let found = async |who: &Actor| {
        let found = who.post("/api/v1/groups/check", json!({ "texts": [told] })).await.ok();
        let found = found["found"].as_array().unwrap().clone();
        found.iter().map(|one| one["excerpt"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(found(&story.nurse).await, [day], "nobody learns of a patient whom they do not know");
    assert_eq!(found(&story.doctor).await, [name, day]);
    for (confirmed, missing) in [(vec![], name), (vec![name], day)] {
        let refused = story.writes(&story.doctor, &id, told, &confirmed).await;
        let refused = refused.problem(StatusCode::UNPROCESSABLE_ENTITY, "required");
        assert_eq!(refused["field"], "confirmed");
        assert!(refused["detail"]["ja"].as_str().unwrap().contains(missing), "{refused}");
    }
    assert_eq!(story.kept(&id).await.len(), 0);
    story.writes(&story.doctor, &id, told, &[name, day]).await.is(StatusCode::CREATED);
    let log = story.secretariat.get("/api/v1/audit?kind=group").await.ok().to_string();
    assert!(log.contains("警告を確認: 患者さんの氏名、生年月日のような日付"), "{log}");
    assert!(!log.contains("高橋"), "what was confirmed is kept by its kind: {log}");

    // Neither the group's name nor a reason is passed over.
    let named = story.secretariat.post("/api/v1/groups", group("高橋様の会", &[&story.nurse])).await;
    assert_eq!(named.problem(StatusCode::UNPROCESSABLE_ENTITY, "required")["field"], "confirmed");
    let reason = story.takes_out(&story.secretariat, &id, 1, "高橋様のこと").await;
    assert_eq!(reason.problem(StatusCode::UNPROCESSABLE_ENTITY, "required")["field"], "confirmed");
}

#[tokio::test]
async fn of_a_message_that_is_taken_out_no_word_is_kept() {
    let story = Story::begin().await;
    let id = story.makes(&story.secretariat, group("褥瘡の勉強会", &[&story.nurse, &story.doctor])).await;
    for text in ["一つめの会議室", "二つめの会議室"] {
        story.writes(&story.nurse, &id, text, &[]).await.is(StatusCode::CREATED);
    }
    story.takes_out(&story.doctor, &id, 1, "x").await.problem(StatusCode::FORBIDDEN, "forbidden");
    story.takes_out(&story.nurse, &id, 3, "x").await.problem(StatusCode::NOT_FOUND, "not_found");
    story.takes_out(&story.nurse, &id, 1, "").await.is(StatusCode::NO_CONTENT);
    let silent = story.takes_out(&story.secretariat, &id, 2, " ").await;
    assert_eq!(silent.problem(StatusCode::UNPROCESSABLE_ENTITY, "required")["field"], "reason");
    story.takes_out(&story.secretariat, &id, 2, "患者さんのことが分かるため").await.is(StatusCode::NO_CONTENT);
    story.takes_out(&story.secretariat, &id, 2, "x").await.problem(StatusCode::CONFLICT, "conflict");
    let read = story.reads(&story.doctor, &id).await.ok();
    assert_eq!(texts(&read), ["", ""]);
    let withdrawn: Vec<&Value> = read["messages"].as_array().unwrap().iter().map(|one| &one["withdrawn"]).collect();
    assert_eq!((&withdrawn[1]["by_author"], &withdrawn[1]["reason"]), (&json!(true), &json!("")));
    assert_eq!(
        (&withdrawn[0]["by_author"], &withdrawn[0]["reason"]),
        (&json!(false), &json!("患者さんのことが分かるため"))
    );
    assert!(!format!("{:?}", story.kept(&id).await).contains("会議室"));
    let log = story.secretariat.get("/api/v1/audit?kind=group").await.ok();
    let told = log["records"].as_array().unwrap().iter().filter_map(|record| record["reason"].as_str());
    assert_eq!(told.collect::<Vec<_>>(), ["患者さんのことが分かるため"]);
}

#[tokio::test]
async fn what_is_unread_is_counted_until_it_is_read_and_ones_own_is_read() {
    let story = Story::begin().await;
    let id = story.makes(&story.secretariat, group("褥瘡の勉強会", &[&story.nurse, &story.doctor])).await;
    story.writes(&story.nurse, &id, "一", &[]).await.is(StatusCode::CREATED);
    assert_eq!((story.unread_by(&story.nurse).await, story.unread_by(&story.doctor).await), (json!(0), json!(1)));
    story.writes(&story.doctor, &id, "二", &[]).await.is(StatusCode::CREATED);
    assert_eq!(story.unread_by(&story.doctor).await, json!(2), "who writes without having read has not read");
    story.says_read(&story.doctor, &id, 3).await.problem(StatusCode::NOT_FOUND, "not_found");
    story.says_read(&story.doctor, &id, 2).await.is(StatusCode::NO_CONTENT);
    story.says_read(&story.doctor, &id, 1).await.is(StatusCode::NO_CONTENT);
    assert_eq!((story.unread_by(&story.nurse).await, story.unread_by(&story.doctor).await), (json!(1), json!(0)));
    assert_eq!(story.unread_by(&story.secretariat).await, json!(0), "who is not in it owes no reading");
}

#[tokio::test]
async fn a_closed_group_is_read_and_nobody_writes_there_until_it_is_opened_again() {
    let story = Story::begin().await;
    let id = story.makes(&story.secretariat, group("褥瘡の勉強会", &[&story.nurse])).await;
    story.writes(&story.nurse, &id, "一", &[]).await.is(StatusCode::CREATED);
    let mut given = group("褥瘡の勉強会", &[&story.nurse]);
    given["is_closed"] = json!(true);
    story.changes(&story.secretariat, &id, given.clone()).await.is(StatusCode::NO_CONTENT);
    story.writes(&story.nurse, &id, "二", &[]).await.problem(StatusCode::CONFLICT, "conflict");
    assert_eq!(texts(&story.reads(&story.nurse, &id).await.ok()), ["一"]);
    given["is_closed"] = json!(false);
    story.changes(&story.secretariat, &id, given).await.is(StatusCode::NO_CONTENT);
    story.writes(&story.nurse, &id, "二", &[]).await.is(StatusCode::CREATED);
    let log = story.secretariat.get("/api/v1/audit?kind=group").await.ok().to_string();
    assert!(log.contains("closed"), "{log}");
}

#[tokio::test]
async fn what_is_wrong_with_a_group_or_a_message_is_named_and_pages_follow_each_other() {
    let story = Story::begin().await;
    let with = |field: &str, value: Value| {
        let mut given = group("褥瘡の勉強会", &[&story.nurse]);
        given[field] = value;
        given
    };
    let me = story.nurse.actor.person.to_string();
    for (given, field, code) in [
        (with("name", json!(" ")), "name", "required"),
        (with("name", json!("長".repeat(limits::GROUP_NAME_CHARS_MAX + 1))), "name", "too_long"),
        (with("members", json!([])), "members", "required"),
        (with("members", json!(["x"])), "members[0]", "bad_id"),
        (with("members", json!([me, me])), "members[1]", "duplicate"),
    ] {
        let answer = story.secretariat.post("/api/v1/groups", given).await;
        let problem = answer.problem(StatusCode::UNPROCESSABLE_ENTITY, code);
        assert_eq!(problem["field"], field, "{problem}");
    }
    let id = story.makes(&story.secretariat, with("name", json!("褥瘡の勉強会"))).await;
    for (text, code) in [(" ".to_owned(), "required"), ("長".repeat(1_001), "too_long")] {
        let answer = story.writes(&story.nurse, &id, &text, &[]).await;
        assert_eq!(answer.problem(StatusCode::UNPROCESSABLE_ENTITY, code)["field"], "text");
    }
    let last = limits::GROUP_MESSAGES_TOLD_MAX + 2;
    for number in 1..=last {
        story.writes(&story.nurse, &id, &format!("{number}番"), &[]).await.is(StatusCode::CREATED);
    }
    let newest = story.reads(&story.nurse, &id).await.ok();
    assert_eq!((texts(&newest).len(), &newest["more"]), (limits::GROUP_MESSAGES_TOLD_MAX, &json!(true)));
    assert_eq!(texts(&newest).first(), Some(&format!("{last}番").as_str()));
    let before = story.nurse.get(format!("/api/v1/groups/{id}/messages?before=3")).await.ok();
    assert_eq!((texts(&before), &before["more"]), (vec!["2番", "1番"], &json!(false)));
    let wrong = story.nurse.get(format!("/api/v1/groups/{id}/messages?before=x")).await;
    wrong.problem(StatusCode::UNPROCESSABLE_ENTITY, "wrong_type");
}
