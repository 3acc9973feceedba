//! Hubs that count together how often somebody tries: what one saw bounds at the other. And Redis, which may be lost at any
//! moment: nobody is locked out by that, nobody waits, and it is said.

use std::os::unix::fs::PermissionsExt as _;
use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use renkei::bus::{Shared, SharedBounds};
use renkei::config::RedisSettings;
use renkei::hub::allowance::Asked;
use renkei::limits;
use renkei::vault::{RegionKey, Token};
use serde_json::json;
use uuid::Uuid;

use crate::support::app::App;
use crate::support::redis::RedisLine;
use crate::support::scratch;
use crate::support::visitor::Visitor;

const PATIENT: SharedBounds = SharedBounds { answer: Duration::from_secs(20) };

async fn hub(key: &Arc<RegionKey>) -> App {
    App::start_sharing(Arc::clone(key)).await
}

/// A try that is cheap and counts for the address alone.
async fn try_at(app: &App, address: &str) -> StatusCode {
    let guess = json!({ "invitation": "rk_x", "code": "000000" });
    Visitor::at_program(app).from(address).post("/api/v1/invitations/open", guess).await.status
}

/// The address of a story's own, for all stories share one Redis.
fn somewhere() -> String {
    let [a, b, c, d, ..] = Token::random().hash().0;
    format!("2001:db8:{:x}:{:x}::1", u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]))
}

fn somebody() -> Uuid {
    Uuid::from_bytes(*Token::random().hash().0.first_chunk().unwrap())
}

#[tokio::test]
async fn what_one_hub_saw_bounds_at_the_other_and_at_no_other_region() {
    let Some(line) = RedisLine::open().await else { return };
    let key = Arc::new(RegionKey::ephemeral());
    let (one, two, elsewhere) = (hub(&key).await, hub(&key).await, hub(&Arc::new(RegionKey::ephemeral())).await);
    for app in [&one, &two, &elsewhere] {
        line.share(app, PATIENT).await;
    }
    // Of this so little comes back while the story is told, however slow the machine, that it does not count.
    let whom = somebody();
    let spend = async |app: &App| app.hub.region().spend(whom, Asked::EmergencySearch, 1).await;
    for at in 0..limits::EMERGENCY_SEARCHES_BURST {
        assert!(spend(if at % 2 == 0 { &one } else { &two }).await, "{at}");
    }
    assert!(!spend(&one).await && !spend(&two).await && spend(&elsewhere).await);

    // Guesses at an account are counted by another way than requests of somebody signed in.
    let guess = async |app: &App| {
        let typed = json!({ "login": "sato.hanako", "password": "推測", "code": "123456" });
        Visitor::at_program(app).from(&somewhere()).post("/api/v1/sign-in", typed).await.status
    };
    for at in 0..limits::SIGN_IN_TRIES_BY_STRANGERS_BURST {
        assert_eq!(guess(if at % 2 == 0 { &one } else { &two }).await, StatusCode::UNAUTHORIZED, "{at}");
    }
    assert_eq!(guess(&one).await, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(guess(&two).await, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(guess(&elsewhere).await, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_redis_that_is_killed_locks_nobody_out_and_is_shared_again_when_it_is_back() {
    let Some(line) = RedisLine::open().await else { return };
    let (key, whom) = (Arc::new(RegionKey::ephemeral()), somebody());
    let (one, two) = (hub(&key).await, hub(&key).await);
    for app in [&one, &two] {
        line.share(app, PATIENT).await;
    }
    let spend = async |app: &App, whom| app.hub.region().spend(whom, Asked::EmergencySearch, 1).await;
    for at in 0..limits::EMERGENCY_SEARCHES_BURST {
        assert!(spend(&one, whom).await, "{at}");
    }
    assert!(!spend(&two, whom).await, "shared");
    let ready = async |app: &App| Visitor::at_program(app).get("/readyz").await.ok();
    assert_eq!(ready(&two).await, json!({ "ready": true, "reasons": [] }));

    line.cut();
    // What it saw itself bounds the first hub still; the second goes by its own memory, in which there were few.
    assert!(!spend(&one, whom).await);
    assert!(spend(&two, whom).await);
    RedisLine::is_lost(&two).await;
    let said = ready(&two).await;
    assert_eq!((&said["ready"], &said["warnings"][0]["code"]), (&json!(true), &json!("redis_lost")), "{said}");
    let metrics = Visitor::at_program(&two).from("127.0.0.1").get("/metrics").await.text();
    assert!(metrics.contains("renkei_redis_up 0") && metrics.contains("renkei_redis_losses_total 1"), "{metrics}");
    let mut alone = 1;
    while spend(&two, whom).await {
        alone += 1;
        assert!(alone <= limits::EMERGENCY_SEARCHES_BURST, "its own memory bounds it");
    }

    // Whoever asks nothing of it looks now and then, and notices too.
    RedisLine::is_lost(&one).await;
    line.mend();
    for app in [&one, &two] {
        RedisLine::is_up(app).await;
    }
    let fresh = somebody();
    for at in 0..limits::EMERGENCY_SEARCHES_BURST {
        assert!(spend(&one, fresh).await, "{at}");
    }
    assert!(!spend(&two, fresh).await, "shared again");
    assert_eq!(ready(&two).await, json!({ "ready": true, "reasons": [] }));
}

#[tokio::test]
async fn a_redis_that_hangs_is_given_up_on_and_asked_no_more() {
    let Some(line) = RedisLine::open().await else { return };
    let (app, from) = (hub(&Arc::new(RegionKey::ephemeral())).await, somewhere());
    line.share(&app, PATIENT).await;
    assert_eq!(try_at(&app, &from).await, StatusCode::UNAUTHORIZED);
    let impatient = hub(&Arc::new(RegionKey::ephemeral())).await;
    line.share(&impatient, SharedBounds::default()).await;
    line.hold();
    assert_eq!(try_at(&impatient, &from).await, StatusCode::UNAUTHORIZED);
    RedisLine::is_lost(&impatient).await;
    for _ in 0..50 {
        assert_eq!(try_at(&impatient, &from).await, StatusCode::UNAUTHORIZED);
    }
    assert_eq!(impatient.hub.region().counting().times_lost(), 1, "nobody waited for it twice");
}

#[tokio::test]
async fn what_stands_in_redis_tells_of_nobody() {
    let Some(line) = RedisLine::open().await else { return };
    let (app, from) = (hub(&Arc::new(RegionKey::ephemeral())).await, somewhere());
    line.share(&app, PATIENT).await;
    let whom = somebody();
    assert_eq!(try_at(&app, &from).await, StatusCode::UNAUTHORIZED);
    assert!(app.hub.region().spend(whom, Asked::EmergencySearch, 1).await);
    let keys = RedisLine::keys().await;
    assert!(keys.len() >= 2);
    let octets = from.parse::<std::net::Ipv6Addr>().unwrap().octets();
    for key in keys {
        assert!(key.starts_with(limits::REDIS_KEY_PREFIX.as_bytes()));
        assert_eq!(key.len(), limits::REDIS_KEY_PREFIX.len() + 32, "a digest and nothing else");
        let holds = |part: &[u8]| key.windows(part.len()).any(|window| window == part);
        assert!(!holds(&octets[..8]) && !holds(whom.as_bytes()) && !holds(from.as_bytes()));
    }
}

#[tokio::test]
async fn a_password_that_others_can_read_starts_no_hub() {
    let folder = scratch::folder("redis");
    let file = folder.path().join("redis.password");
    std::fs::write(&file, "合言葉\n").unwrap();
    let mut settings = RedisSettings::parse("redis://127.0.0.1:1/0").expect("a URL");
    settings.password_file = Some(file.clone());
    let open = |mode| {
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
        Shared::open(&settings, PATIENT)
    };
    for mode in [0o640, 0o604, 0o660] {
        let told = open(mode).expect_err("others can read it").text();
        for words in [&told.ja, &told.en] {
            assert!(words.contains("redis.password_file") && words.contains("chmod 600"), "{words}");
        }
    }
    assert!(open(0o600).is_ok());
}
