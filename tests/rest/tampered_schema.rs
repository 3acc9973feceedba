//! Somebody puts a trigger on the tables of a running hub that undoes ends: nobody is told that they signed out who did not, and it
//! is told of.

use axum::http::StatusCode;

use super::tampered::{region, warnings, written_by_hand};

const TRAP: &str = "create trigger trap after update of revoked_at on sign_in begin
    update sign_in set revoked_at = null, mac = old.mac where id = old.id; end";

#[tokio::test]
async fn whoever_signs_out_is_not_told_so_while_a_trigger_undoes_it() {
    let app = region().await;
    let (_secretariat, nurse) = (app.secretariat().await, app.nurse("minato").await);
    let mut by_hand = written_by_hand(&app).await;
    sqlx::query(TRAP).execute(&mut by_hand).await.unwrap();
    nurse.delete("/api/v1/me").await.is(StatusCode::INTERNAL_SERVER_ERROR);
    assert!(warnings(&nurse).await.is_empty(), "it is looked for at the start and every minute");
    app.hub.journal().look_at_schema().await.unwrap();
    assert_eq!(warnings(&nurse).await, ["schema_foreign"]);
    sqlx::query("drop trigger trap").execute(&mut by_hand).await.unwrap();
    app.hub.journal().look_at_schema().await.unwrap();
    assert!(warnings(&nurse).await.is_empty());
    nurse.delete("/api/v1/me").await.is(StatusCode::NO_CONTENT);
    nurse.get("/api/v1/me").await.problem(StatusCode::UNAUTHORIZED, "unauthenticated");
}

#[tokio::test]
async fn a_hub_that_starts_on_a_trigger_serves_and_says_so() {
    let app = region().await;
    let (_secretariat, nurse) = (app.secretariat().await, app.nurse("minato").await);
    let mut by_hand = written_by_hand(&app).await;
    sqlx::query(TRAP).execute(&mut by_hand).await.unwrap();
    let app = app.stop().await.start().await;
    let nurse = app.door_of(&nurse.token);
    assert_eq!(warnings(&nurse).await, ["schema_foreign"]);
}
