//! `renkei secretariat restore`: the way back where nobody acts for the secretariat, on the hub's machine and on record.

use std::path::{Path, PathBuf};

use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use renkei::clock::{Clock as _, ManualClock, SystemClock};
use renkei::domain::role::Role;
use renkei::domain::time::Timestamp;
use renkei::vault::RegionKey;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection as _, SqliteConnection};
use tempfile::TempDir;

use crate::support::actor::Actor;
use crate::support::app::{App, Database, ORIGIN};
use crate::support::process::{Running, printed, run, text};
use crate::support::scratch;
use crate::support::visitor::PASSWORD;

struct Region {
    folder: TempDir,
}

impl Region {
    fn new() -> Self {
        let folder = scratch::folder("secretariat");
        printed(&["init", "--dir", text(folder.path()), "--office", "みなと事務局", "--operator", "三浦 恵子"]);
        Self { folder }
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Exit code and all that was said.
    fn said(&self, command: &[&str]) -> (Option<i32>, String) {
        let data = self.data();
        let output = run(&[&["--language", "en"], command, &["--data", text(&data)]].concat());
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        (output.status.code(), format!("{out}{err}"))
    }

    #[track_caller]
    fn refused(&self, command: &[&str], expected: &str) {
        let (code, said) = self.said(command);
        assert!(code == Some(1) && said.contains(expected), "{code:?} {said}");
    }

    async fn by_hand(&self, sql: &str) {
        by_hand(&self.data().join("renkei.db"), sql).await;
    }
}

async fn by_hand(file: &Path, sql: &str) {
    let mut database = SqliteConnection::connect(&format!("sqlite://{}", file.display())).await.unwrap();
    let changed = sqlx::query(AssertSqlSafe(sql.to_owned())).execute(&mut database).await.unwrap();
    assert!(changed.rows_affected() > 0, "{sql}");
    database.close().await.unwrap();
}

const RESTORE: [&str; 4] = ["secretariat", "restore", "--reason", "記録の修復。所長の承認"];

#[tokio::test]
async fn rows_that_somebody_wrote_by_hand_leave_a_way_back_for_whoever_has_the_machine() {
    for damage in [
        "update organisation set mac = null",
        "update organisation set kind = 'clinic'",
        "update organisation set active = false",
        "update person set active = false",
        "update person set mac = null",
    ] {
        let region = Region::new();
        // Who is there is not put beside somebody.
        region.refused(&RESTORE, "acts for the secretariat");
        region.by_hand(damage).await;
        region.refused(&["sign-in", "--person", "三浦"], "renkei secretariat restore");
        let again = printed(&["--language", "en", "init", "--dir", text(region.folder.path())]);
        assert!(again.contains("Nobody acts for the secretariat"), "{again}");
        for reason in ["", "　"] {
            region.refused(&["secretariat", "restore", "--reason", reason], "--reason");
        }
        let (code, said) = region.said(&RESTORE);
        assert!(
            code == Some(0) && said.contains("三浦 恵子") && said.contains("renkei sign-in --person"),
            "{damage}: {said}"
        );
        let (code, said) = region.said(&["sign-in", "--person", "三浦"]);
        assert!(code == Some(0) && said.contains("#invitation="), "{damage}: {said}");
        region.refused(&RESTORE, "acts for the secretariat");
        let (code, said) = region.said(&["store", "check"]);
        assert!(code == Some(0) && said.contains("Nothing is wrong"), "{damage}: {said}");
        let listed = region.said(&["audit", "list", "--reason", "確認", "--kind", "keeping"]).1;
        assert!(listed.contains("the secretariat was restored"), "{listed}");
    }
}

#[tokio::test]
async fn who_lost_their_position_is_named_and_somebody_new_can_take_it() {
    let region = Region::new();
    region.by_hand("update person_position set mac = null").await;
    region.refused(&RESTORE, "--person");
    region.refused(&[&RESTORE[..], &["--person", "だれか"]].concat(), "--person");
    region.refused(&[&RESTORE[..], &["--person", ""]].concat(), "--person");
    region.refused(&[&RESTORE[..], &["--name", "　"]].concat(), "--name");
    let (code, said) = region.said(&[&RESTORE[..], &["--person", "三浦"]].concat());
    assert!(code == Some(0), "{said}");

    let region = Region::new();
    region.by_hand("update person_position set mac = null").await;
    let new = ["--name", "高木 玲子", "--kana", "タカギ レイコ", "--office", "みなと"];
    let (code, said) = region.said(&[&RESTORE[..], &new].concat());
    assert!(code == Some(0) && said.contains("高木 玲子"), "{said}");
    let (code, said) = region.said(&["sign-in", "--person", "高木"]);
    assert!(code == Some(0) && said.contains("#invitation="), "{said}");
}

#[tokio::test]
async fn a_hub_that_runs_is_stopped_first() {
    let region = Region::new();
    let data = region.data();
    let hub = Running::start(&["serve", "--listen", "127.0.0.1:0", "--data", text(&data)]);
    region.refused(&RESTORE, "stop it first");
    assert!(hub.stop().success());
}

/// A region that a hub of this process serves, and commands after it.
struct Served {
    folder: TempDir,
    key: Arc<RegionKey>,
}

impl Served {
    fn new() -> Self {
        let folder = scratch::folder("served");
        let key = Arc::new(RegionKey::create_file(&folder.path().join("region.key")).unwrap());
        Self { folder, key }
    }

    async fn open(self, moment: Timestamp) -> App {
        let clock = Arc::new(ManualClock::at(moment));
        App::open_at(self.folder, Database::File, self.key, clock).await
    }

    async fn close(app: App) -> Self {
        let key = app.region_key();
        let (folder, _) = app.stop().await.into_parts();
        Self { folder, key }
    }

    async fn by_hand(&self, sql: &str) {
        by_hand(&self.folder.path().join("renkei.db"), sql).await;
    }

    fn said(&self, command: &[&str]) -> (Option<i32>, String) {
        let output = run(&[&["--language", "en"], command, &["--data", text(self.folder.path())]].concat());
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        (output.status.code(), format!("{out}{err}"))
    }
}

/// The commands go by the machine's clock, so that the hub beside them does too.
fn now() -> Timestamp {
    SystemClock::new().now()
}

async fn warnings(actor: &Actor) -> Vec<String> {
    let ready: Value = actor.get("/readyz").await.ok();
    let codes = ready["warnings"].as_array().into_iter().flatten().filter_map(|one| one["code"].as_str());
    codes.map(str::to_owned).collect()
}

/// One was suspended by a record, then the other's row was changed by hand: nobody acts, and the record is in the way of the
/// command that is to help.
#[tokio::test]
async fn whoever_a_record_keeps_out_comes_back_by_the_command() {
    for all_of_their_office in [false, true] {
        let app = Served::new().open(now()).await;
        let one = app.actor(Role::Secretariat, "secretariat").await;
        let office = if all_of_their_office { "second" } else { "secretariat" };
        let other = app.actor(Role::Secretariat, office).await;
        let (person, office) = (other.actor.person.to_string(), other.actor.organisation.to_string());
        let path = format!("/api/v1/timelines/{office}/entries");
        let whom = if all_of_their_office { "" } else { person.as_str() };
        let suspension = json!({ "suspension": { "person": whom, "reason": "調査のあいだ" } });
        let post = json!({ "id": app.hub.region().draw_id(), "body": suspension });
        one.post(&path, post).await.is(StatusCode::CREATED);
        let region = Served::close(app).await;
        // While somebody acts, nobody is put beside them, and who is shut out is not invited past the record.
        let restore = [&RESTORE[..], &["--person", &person, "--office", &office]].concat();
        let (code, said) = region.said(&restore);
        assert!(code == Some(1) && said.contains("acts for the secretariat"), "{said}");
        let (code, said) = region.said(&["sign-in", "--person", &person]);
        assert!(code == Some(1) && said.contains("the secretariat lifts that"), "{said}");

        let row = one.actor.person.0.simple().to_string();
        region.by_hand(&format!("update person set mac = null where id = x'{row}'")).await;
        let (code, said) = region.said(&["sign-in", "--person", &person]);
        assert!(code == Some(1) && said.contains("renkei secretariat restore"), "{said}");
        let (_, said) = region.said(&["store", "check"]);
        assert!(said.contains("Nobody acts for the secretariat"), "{said}");
        let app = region.open(now()).await;
        assert_eq!(warnings(&app.door_of(&one.token)).await, ["directory_tampered", "no_secretariat"]);
        let region = Served::close(app).await;

        let (code, said) = region.said(&restore);
        assert!(code == Some(0) && said.contains("Lifted 1 suspension that"), "{said}");
        let (code, said) = region.said(&restore);
        assert!(code == Some(1) && said.contains("acts for the secretariat"), "{said}");
        let (code, said) = region.said(&["sign-in", "--person", &person]);
        assert!(code == Some(0) && said.contains("#invitation="), "{said}");
        let (code, said) = region.said(&["store", "check"]);
        assert!(!said.contains("Nobody acts"), "{code:?} {said}");
        let listed = region.said(&["audit", "list", "--reason", "確認", "--kind", "keeping"]).1;
        assert!(listed.contains("suspension was lifted on the hub's machine"), "{listed}");

        // The team of that office reads why, by the hub.
        let app = region.open(now()).await;
        let back = app.sign_in(other.actor.person, other.position()).await;
        back.get("/api/v1/me").await.ok();
        let entries = back.get(&path).await.ok()["entries"].clone();
        let lifted: Vec<&Value> = entries
            .as_array()
            .unwrap()
            .iter()
            .filter(|one| !one["content"]["body"]["suspension"]["lifted"].is_null())
            .collect();
        assert_eq!(lifted.len(), 1, "{entries}");
        assert_eq!(lifted[0]["content"]["body"]["suspension"]["reason"], RESTORE[3], "{entries}");
        assert_eq!(warnings(&back).await, ["directory_tampered"]);
        app.stop().await;
    }
}

/// The machine's clock was set back: recorded time is years ahead of it.
#[tokio::test]
async fn a_link_that_is_made_while_the_clock_is_behind_is_alive() {
    let app = Served::new().open("2099-04-01T09:00:00+09:00".parse().unwrap()).await;
    let (nurse, newcomer) = (app.nurse("minato").await, app.nurse("minato").await);
    app.account_of(&nurse).await;
    app.clock.advance(Duration::from_secs(60));
    app.nurse("minato").await;
    let (stopped_at, region) = (app.clock.wall(), Served::close(app).await);
    let recover = ["--recover", "端末をなくした。声で本人と確かめた"];
    let mut links = Vec::new();
    for (actor, more) in [(&nurse, &recover[..]), (&newcomer, &[])] {
        let person = actor.actor.person.to_string();
        let (code, said) = region.said(&[&["sign-in", "--person", &person], more].concat());
        assert_eq!(code, Some(0), "{said}");
        let after = |mark: &str| said.split_once(mark).expect("it is said").1;
        let link = format!("{ORIGIN}/#invitation={}", after("#invitation=").lines().next().unwrap());
        let code = after("\ncode ")[..6].to_owned();
        let issued = json!({ "link": link, "code": code });
        links.push(issued);
    }
    let app = region.open(stopped_at).await;
    for issued in links {
        app.set_up(&issued, PASSWORD).await;
    }
    app.stop().await;
}
