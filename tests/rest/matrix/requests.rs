//! What each route is asked: something that those who may get done. What is made for it is made anew for each cell.

use std::sync::atomic::{AtomicU64, Ordering};

use axum::http::StatusCode;
use renkei::http::routes::Route;
use serde_json::{Value, json};

use super::world::{World, role_of};
use crate::support::actor::Actor;
use crate::support::system::{ALL, Key, System, key_set};

/// A request, without its method.
pub struct Asked {
    pub path: String,
    pub body: Option<Value>,
    /// A file is handed in instead of a body.
    pub file: bool,
}

static DRAWN: AtomicU64 = AtomicU64::new(1_000);

/// An id that nothing had before.
fn new_id() -> String {
    format!("0196d5a2-7c00-7000-8000-{:012x}", DRAWN.fetch_add(1, Ordering::Relaxed))
}

pub async fn request(world: &World, route: &Route, variant: &str, column: &str, who: &Actor) -> Asked {
    let (path, query) = path(world, route, variant, column).await;
    let file = route.path.ends_with("/files") && route.method == "post";
    let body = body(world, route, variant, column, who, &path).await;
    Asked { path: format!("{path}{query}"), body, file }
}

/// The path with its ids, and what is asked with it.
async fn path(world: &World, route: &Route, variant: &str, column: &str) -> (String, String) {
    let id = if route.path.contains("/patients/{id}") || route.path.contains("/timelines/{id}") {
        world.patient(variant).to_string()
    } else if route.path.contains("/organisations/{id}") {
        world.office(variant, column).to_string()
    } else if route.path.contains("/devices/{id}") {
        let device = json!({ "name": "タブレット", "organisation": world.office(variant, column).to_string() });
        let device = world.app.secretariat().await.post("/api/v1/devices", device).await.is(StatusCode::CREATED);
        device["id"].as_str().expect("an id").to_owned()
    } else if route.path.contains("/clients/{id}") {
        // Neither the secretariat nor a household has any.
        let office = match column {
            "secretariat" | "family" => world.elsewhere.actor.organisation,
            _ => world.office(variant, column),
        };
        let system = System::register(&world.app, office, ALL).await;
        if route.method == "delete" {
            let path = format!("/api/v1/clients/{}/suspension", system.id);
            let reason = json!({ "reason": "点検" });
            world.app.secretariat().await.post(path, reason).await.is(StatusCode::NO_CONTENT);
        }
        system.id
    } else if route.path.contains("/announcements/{id}") {
        let made = world.app.secretariat().await.post("/api/v1/announcements", announcement()).await;
        made.is(StatusCode::CREATED)["id"].as_str().expect("an id").to_owned()
    } else if route.path.contains("/trainings/{id}") {
        let made = world.app.secretariat().await.post("/api/v1/trainings", training()).await;
        made.is(StatusCode::CREATED)["id"].as_str().expect("an id").to_owned()
    } else if route.path.contains("/cases/{id}") {
        case_made(world, route, variant, column).await
    } else if route.path.contains("/groups/{id}") {
        group_made(world, variant, column).await
    } else if route.path.contains("/people/{id}") {
        let person = world.somebody(variant, column).await.actor.person.to_string();
        if route.method == "delete" && route.path.ends_with("/invitations") {
            let path = format!("/api/v1/people/{person}/invitations");
            world.app.secretariat().await.post(path, json!({})).await.is(StatusCode::CREATED);
        }
        if route.method == "delete" && route.path.ends_with("/device-exception") {
            let path = format!("/api/v1/people/{person}/device-exception");
            world.app.secretariat().await.put(path, exception()).await.is(StatusCode::NO_CONTENT);
        }
        person
    } else if route.path.contains("/me/sign-ins/{id}") {
        let other = if variant == "own" { world.freshly_signed_in(column).await } else { world.elsewhere.clone() };
        other.sign_in.to_string()
    } else if route.path.contains("/sign-ins/{id}") {
        world.somebody(variant, column).await.sign_in.to_string()
    } else if route.path.contains("/rulebooks/{id}") {
        let version = if route.method == "get" { world.version.clone() } else { world.draft().await };
        version["id"].as_str().expect("an id").to_owned()
    } else {
        new_id()
    };
    let person = match route.path {
        path if path.contains("/staff/{person}") => world.somebody(variant, column).await.actor.person.to_string(),
        path if path.contains("{person}") => {
            let office = world.office(variant, column);
            let appointed = world.somebody(variant, column).await.actor.person.to_string();
            let secretariat = world.app.secretariat().await;
            let path = format!("/api/v1/organisations/{office}/administrators");
            secretariat.post(path, json!({ "person": appointed })).await;
            appointed
        }
        _ => String::new(),
    };
    let (entry, sha256) = &world.entries[&world.patient(variant)];
    let places = [
        ("{id}", &*id),
        ("{entry}", entry),
        ("{sha256}", sha256),
        ("{person}", &person),
        ("{citation}", &world.citation),
    ];
    let path = places.iter().fold(route.path.to_owned(), |path, (place, with)| path.replace(place, with));
    let query = match route.path {
        "/api/v1/rulebook/explain" => format!("?entry={entry}"),
        "/api/v1/audit/exposures" => format!("?patient={}", world.linked),
        "/api/v1/trainings/missing" | "/api/v1/trainings/missing.csv" => "?kind=rules".to_owned(),
        "/api/v1/patients" if route.method == "get" => "?q=%E9%AB%98%E6%A9%8B".to_owned(),
        _ => String::new(),
    };
    (path, query)
}

pub fn note() -> Value {
    json!({ "id": new_id(), "body": { "note": { "text": "お変わりありません" } } })
}

async fn body(world: &World, route: &Route, variant: &str, column: &str, who: &Actor, path: &str) -> Option<Value> {
    let name = json!({ "kanji": "佐藤 花子", "kana": "サトウ ハナコ" });
    let elsewhere = world.elsewhere.actor.organisation.to_string();
    let fingerprint = async || {
        let id = path.split('/').nth(4).unwrap_or_default();
        let version = world.app.secretariat().await.get(format!("/api/v1/rulebooks/{id}")).await.ok();
        version["fingerprint"].clone()
    };
    Some(match (route.method, route.path) {
        ("post", "/api/v1/organisations") | ("put", "/api/v1/organisations/{id}") => json!({
            "name": "みなと訪問看護ステーション", "kana": "ミナトホウモンカンゴステーション",
            // The secretariat's own stays what it is: it is the only one.
            "type": if (variant, column) == ("own", "secretariat") { "secretariat" } else { "nursing_station" },
            "phone": "03-5550-0102",
        }),
        ("post", "/api/v1/audit/export") => json!({ "reason": "年次の監査" }),
        ("post", "/api/v1/people") => {
            json!({ "name": name, "positions": [{ "role": "nurse", "organisation": elsewhere }] })
        }
        ("put", "/api/v1/people/{id}") => {
            let (role, office) = if variant == "own" {
                (role_of(column).code(), who.actor.organisation.to_string())
            } else {
                ("nurse", elsewhere)
            };
            json!({ "name": name, "positions": [{ "role": role, "organisation": office }] })
        }
        ("post", "/api/v1/announcements") => announcement(),
        ("post", "/api/v1/announcements/check") => json!({ "title": "研修", "text": "第2会議室" }),
        ("put", "/api/v1/announcements/{id}") => {
            json!({ "version": 1, "title": "研修", "text": "大会議室", "until": "2026-04-30", "reason": "会場の変更" })
        }
        ("post", "/api/v1/announcements/{id}/withdrawal") => json!({ "reason": "日程を決め直すため" }),
        ("post", "/api/v1/announcements/{id}/receipt") => json!({ "version": 1 }),
        ("post", "/api/v1/cases") => json!({ "words": practice() }),
        ("post", "/api/v1/cases/check") => json!({ "texts": ["退院前の顔合わせ"] }),
        ("put", "/api/v1/cases/{id}") => json!({ "version": 1, "words": practice() }),
        ("post", "/api/v1/cases/{id}/hand-in") => handed_in(),
        ("post", "/api/v1/cases/{id}/return") => json!({ "version": 2, "remark": "家族構成をぼかしてください" }),
        ("post", "/api/v1/cases/{id}/approval") => json!({ "version": 2, "consent_seen": true }),
        ("post", "/api/v1/cases/{id}/withdrawal") => json!({ "reason": "同意の撤回" }),
        ("post", "/api/v1/groups") => group(who),
        ("put", "/api/v1/groups/{id}") => group(&world.elsewhere),
        ("post", "/api/v1/groups/check") => json!({ "texts": ["褥瘡の勉強会"] }),
        ("post", "/api/v1/groups/{id}/messages") => json!({ "text": "次は第2会議室" }),
        ("post", "/api/v1/groups/{id}/withdrawal") => json!({ "number": 1, "reason": "場所の変更" }),
        ("post", "/api/v1/groups/{id}/receipt") => json!({ "number": 1 }),
        ("post", "/api/v1/trainings") | ("put", "/api/v1/trainings/{id}") => training(),
        ("put", "/api/v1/trainings/{id}/attendance") => json!({ "offices": [elsewhere] }),
        ("put", "/api/v1/me/position") => {
            json!({ "role": who.actor.role.code(), "organisation": who.actor.organisation.to_string() })
        }
        ("put", "/api/v1/me/password") => {
            json!({ "present": "雨の日は傘を二本もって行く", "code": "492039", "new": "晴れた日は布団を三枚ほして待つ" })
        }
        ("post", "/api/v1/me/passkeys/options" | "/api/v1/me/proof/options") => json!({}),
        ("post", "/api/v1/me/identities" | "/api/v1/me/identities/finish") => json!({}),
        ("post", "/api/v1/me/proof/oidc" | "/api/v1/me/proof/oidc/finish") => json!({}),
        ("post", "/api/v1/me/passkeys") => json!({ "ceremony": "rk_x", "credential": {}, "name": "iPhone" }),
        ("post", "/api/v1/me/bells") => {
            json!({ "endpoint": "https://push.example.jp/a", "wish": "mine", "device": "" })
        }
        ("put", "/api/v1/me/quiet-hours") => json!({ "quiet": true, "from": "21:00", "until": "07:00" }),
        ("put", "/api/v1/me/passkeys/{id}") => json!({ "name": "iPhone" }),
        ("post", "/api/v1/me/proof") => json!({ "password": "雨の日は傘を二本もって行く", "code": "492039" }),
        ("post", "/api/v1/people/{id}/invitations") => json!({}),
        ("post", "/api/v1/people/{id}/recovery") => json!({ "reason": "スマートフォンの紛失" }),
        ("put", "/api/v1/people/{id}/device-exception") => exception(),
        ("post", "/api/v1/devices") => {
            json!({ "name": "タブレット", "organisation": world.office(variant, column).to_string() })
        }
        ("post", "/api/v1/devices/{id}/certificates" | "/api/v1/devices/{id}/enrolments") => json!({}),
        ("post", "/api/v1/devices/{id}/revoke") => json!({ "reason": "訪問先で紛失" }),
        ("post", "/api/v1/clients") => json!({
            "organisation": elsewhere, "name": "電子カルテ", "purpose": "送信", "scopes": ALL,
            "jwks": key_set(&[&Key::new("1")]),
        }),
        ("put", "/api/v1/clients/{id}/keys") => json!({ "jwks": key_set(&[&Key::new("2")]) }),
        ("post", "/api/v1/clients/{id}/suspension" | "/api/v1/clients/{id}/removal") => json!({ "reason": "点検" }),
        ("post", "/api/v1/organisations/{id}/staff") => {
            let role = if variant == "own" { role_of(column).code() } else { "nurse" };
            json!({ "name": name, "role": role })
        }
        ("post", "/api/v1/organisations/{id}/administrators") => {
            json!({ "person": world.somebody(variant, column).await.actor.person.to_string() })
        }
        ("post", "/api/v1/patients") => json!({
            "request_id": new_id(), "name": { "kanji": "田中 久", "kana": "タナカ ヒサシ" },
            "birth_date": "1940-01-02", "sex": "male", "agreed_by": world.attending.to_string(),
            "agreed_on_paper": "申込書綴り 12", "document": "申込書綴り 12", "host": { "organisation": who.actor.organisation.to_string() },
        }),
        ("post", "/api/v1/patients/{id}/exports") => {
            let (request, patient) = (new_id(), world.patient(variant).to_string());
            let asked = json!({ "purpose": "引き継ぎ", "scope": "すべて", "patients": [patient], "planned": true });
            let path = format!("/api/v1/timelines/{}/entries", who.actor.organisation);
            who.post(&path, json!({ "id": request, "body": { "export": asked } })).await;
            let other = world.app.actor(renkei::domain::role::Role::Secretariat, "secretariat").await;
            other.post(&path, json!({ "id": new_id(), "body": { "acknowledgement": { "target": request } } })).await;
            json!({ "id": new_id(), "request": request })
        }
        ("post", "/api/v1/patients/{id}/consent") => json!({
            "state": "team", "given_by": "patient", "given_on": "2026-04-01", "document": "同意書綴り 12",
        }),
        ("post", "/api/v1/patients/{id}/links") => {
            let office = world.app.newcomer(renkei::domain::role::Role::Helper, &new_id()).await.actor.organisation;
            json!({ "organisation": office.to_string(), "history": "all", "relation_confirmed": true })
        }
        ("post", "/api/v1/patients/{id}/unlinks") => {
            let office = new_id();
            let helper = world.app.newcomer(renkei::domain::role::Role::Helper, &office).await;
            world.app.link(world.patient(variant), &office).await;
            json!({ "organisation": helper.actor.organisation.to_string(), "reason": "担当を終えました" })
        }
        ("post", "/api/v1/patients/{id}/destruction") => {
            json!({ "name": "高橋 ハル", "birth_date": "1938-04-12", "reason": "保存期間の終了" })
        }
        ("post", "/api/v1/timelines/{id}/entries" | "/api/v1/timelines/{id}/dry-run") => note(),
        ("put", "/api/v1/timelines/{id}/read-marker") => json!({ "through": 1 }),
        ("post", "/api/v1/emergency-search") => json!({ "name": "鈴木 一郎", "birth_date": "1938-04-12" }),
        ("post", "/api/v1/linking-queue/{id}/dismiss") => json!({ "reason": "宛先の取り違え" }),
        ("post", "/api/v1/quarantine/{id}/discard") => json!({ "reason": "本人に確かめた" }),
        ("post", "/api/v1/quarantine/{id}/release") => json!({}),
        ("post", "/api/v1/rulebooks") => json!({ "title": "案", "files": files() }),
        ("put", "/api/v1/rulebooks/{id}") => json!({ "files": files() }),
        ("post", "/api/v1/rulebooks/{id}/propose") => json!({ "fingerprint": fingerprint().await }),
        ("post", "/api/v1/rulebooks/{id}/replay") => json!({}),
        ("post", "/api/v1/rulebooks/{id}/in-force") => {
            json!({ "fingerprint": fingerprint().await, "on": "2026-05-01" })
        }
        ("post", "/api/v1/rulebooks/{id}/signatures") => {
            json!({ "set": "sharing", "agreement": "00", "body": "みなと医師会", "role": "doctor" })
        }
        ("post", "/api/v1/rulebooks/{id}/retire") => json!({ "reason": "作り直すことになった" }),
        _ => return None,
    })
}

fn announcement() -> Value {
    json!({ "title": "研修", "text": "第2会議室", "until": "2026-04-30" })
}

/// A case of who asks, or of a nurse elsewhere, as far as the route needs it.
async fn case_made(world: &World, route: &Route, variant: &str, column: &str) -> String {
    let writes = !matches!(column, "family" | "gateway" | "client");
    let author = match variant {
        "own" if writes => world.freshly_signed_in(column).await,
        _ => world.app.nurse("elsewhere").await,
    };
    let made = author.post("/api/v1/cases", json!({ "words": practice() })).await.is(StatusCode::CREATED);
    let id = made["id"].as_str().expect("an id").to_owned();
    let step = route.path.rsplit('/').next().unwrap_or_default();
    if ["return", "approval", "withdrawal"].contains(&step) {
        author.post(format!("/api/v1/cases/{id}/hand-in"), handed_in()).await.is(StatusCode::NO_CONTENT);
    }
    if step == "withdrawal" {
        let approval = json!({ "version": 2, "consent_seen": true });
        let approver = world.app.secretariat().await;
        approver.post(format!("/api/v1/cases/{id}/approval"), approval).await.is(StatusCode::NO_CONTENT);
    }
    id
}

fn practice() -> Value {
    json!({
        "title": "退院前の顔合わせ", "happened": "機器の扱いに家族が不安だった", "done": "三職種で練習した",
        "outcome": "夜間の呼び出しが減った", "roles": ["nurse", "family"], "tags": ["discharge"],
    })
}

fn handed_in() -> Value {
    json!({ "version": 1, "consent_given": true, "consent": "同意書綴り" })
}

fn group(member: &Actor) -> Value {
    json!({ "name": "褥瘡の勉強会", "members": [member.actor.person.to_string()] })
}

/// A group of who asks, or of a nurse elsewhere, in which its member has written something.
async fn group_made(world: &World, variant: &str, column: &str) -> String {
    let works = !matches!(column, "family" | "gateway" | "client");
    let member = match variant {
        "own" if works => world.freshly_signed_in(column).await,
        _ => world.elsewhere.clone(),
    };
    let made = world.app.secretariat().await.post("/api/v1/groups", group(&member)).await.is(StatusCode::CREATED);
    let id = made["id"].as_str().expect("an id").to_owned();
    member.post(format!("/api/v1/groups/{id}/messages"), json!({ "text": "第2会議室" })).await.is(StatusCode::CREATED);
    id
}

fn training() -> Value {
    json!({ "title": "地域のルール説明会", "kind": "rules", "day": "2026-04-15" })
}

fn exception() -> Value {
    json!({ "until": "2026-04-03T00:00:00Z", "reason": "タブレットの紛失" })
}

fn files() -> Value {
    use renkei::rulebook::shipped;
    json!([
        { "name": "vocabulary.toml", "text": shipped::VOCABULARY.text },
        { "name": "floor.toml", "text": shipped::FLOOR.text },
        { "name": "sharing.toml", "text": shipped::SHARING.text },
    ])
}
