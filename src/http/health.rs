//! `/healthz` and `/readyz`: whether the process is up, and whether it can do its work. No sign-in: they say
//! nothing of people or patients, and a load balancer has no token.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;

use super::app::App;
use super::shapes::Words;
use crate::domain::text::{Text, counted};

/// `{"status": "up"}`
#[derive(Debug, Serialize)]
pub struct Up {
    status: &'static str,
}

/// The process answers.
pub async fn healthz() -> Json<Up> {
    Json(Up { status: "up" })
}

/// Whether the hub can do its work, and if not, why.
#[derive(Debug, Serialize)]
pub struct Readiness {
    ready: bool,
    reasons: Vec<Reason>,
    /// What somebody must look at, though the hub does its work: it is ready all the same.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<Reason>,
}

/// One reason why the hub is not ready, or is to be looked at.
#[derive(Debug, Serialize)]
pub struct Reason {
    code: &'static str,
    detail: Words,
}

/// 200 when the hub's tasks run, the journal takes writes and can be read, the clock is right, the duty clock runs and the certificate is valid; else 503 with the reasons.
pub async fn readyz(State(app): State<App>) -> (StatusCode, Json<Readiness>) {
    let reasons = reasons(&app);
    let status = if reasons.is_empty() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(Readiness { ready: reasons.is_empty(), reasons, warnings: warnings(&app) }))
}

fn warnings(app: &App) -> Vec<Reason> {
    let region = app.hub.region();
    let checks = [
        (
            app.hub.region().has_another_floor(),
            "rulebook_floor",
            Text::fixed(
                "ルールの版の土台（floor）が、このハブに付いてくるものと違います。いまの土台で新しい版を作り、合意してください",
                "a version of the rulebook has another floor than this hub comes with: agree on a version with the present one",
            ),
        ),
        (
            app.hub.meter().is_failing(),
            "commits_failing",
            Text::fixed(
                "データベースには書き込めるのに、投稿の保存が続けて失敗しています。ログと renkei store check で原因を確かめてください",
                "the database takes writes, and batch after batch of posts is not stored: see the log, and renkei store check",
            ),
        ),
        (
            app.hub.region().counting().is_up() == Some(false),
            "redis_lost",
            Text::fixed(
                "Redis が応答しません。試した回数は、このハブだけで数えています",
                "redis does not answer: this hub counts tries by itself",
            ),
        ),
        (
            // A region that nobody set up yet misses nobody.
            !region.directory().organisations.is_empty() && region.secretariat().is_empty(),
            "no_secretariat",
            Text::fixed(
                "事務局として働く人がいません。ハブを止めて renkei secretariat restore で登録し直してください",
                "nobody acts for the secretariat: stop the hub and enter somebody again by renkei secretariat restore",
            ),
        ),
    ];
    written_by_hand(app)
        .into_iter()
        .chain(of_witnesses(app))
        .chain(checks)
        .chain(warnings_of_records(app))
        .filter_map(told)
        .collect()
}

/// What somebody wrote into the database.
fn written_by_hand(app: &App) -> [(bool, &'static str, Text); 4] {
    [
        (
            app.hub.journal().met_forged_rows(),
            "directory_tampered",
            Text::fixed(
                "データベースに、このハブが書いていないか、読めない行（人・職務・アカウント・サインイン・端末・お知らせなど）があり、\
                 無効として扱っています。ログと renkei store check で確かめてください",
                "the database holds rows of people, positions, accounts, sign-ins, devices, announcements or the like that no hub of \
                 this region wrote or that cannot be read; they count for nothing: see the log, and renkei store check",
            ),
        ),
        (
            app.hub.journal().met_false_history(),
            "history_tampered",
            Text::fixed(
                "監査記録・チェックポイント・記録の時刻に、このハブが書いていないものか、前のチェックポイントと食い違うものがあります。\
                 書かれた時刻は使いません。チェックポイントと食い違うあいだ、新しいチェックポイントは作りません。\
                 renkei audit verify と renkei store check で確かめてください",
                "the audit log, the checkpoints or the times of records hold what no hub of this region wrote, or contradict the \
                 last checkpoint; such a time counts for nothing, and while they contradict it no checkpoint is made: see \
                 renkei audit verify and renkei store check",
            ),
        ),
        (
            app.hub.region().passes_rulebooks_over(),
            "rulebook_tampered",
            Text::fixed(
                "データベースに、このハブが書いていないルールの版があり（または施行した版が変えられ）、使っていません。\
                 監査記録（ルールブックの手続き）と renkei store check で確かめてください",
                "the database holds a version of the rulebook that no hub of this region wrote so, or lost the one put in \
                 force; it is not used: see the audit log, and renkei store check",
            ),
        ),
        (
            app.hub.journal().is_acted_on(),
            "schema_foreign",
            Text::fixed(
                "このハブの表に、移行が作っていないトリガーやルールなどがあり、ハブが書いたことを元に戻すおそれがあります。\
                 renkei store check で名前を確かめ、外してください",
                "triggers, rules or the like that no migration made stand on this hub's tables and may undo what it writes: see \
                 their names by renkei store check, and take them away",
            ),
        ),
    ]
}

/// What cannot be read, and is not shown.
fn warnings_of_records(app: &App) -> [(bool, &'static str, Text); 2] {
    let (damaged, region) = (app.hub.journal().damaged_count(), app.hub.region());
    [
        (
            damaged > 0,
            "record_unreadable",
            Text::new(
                format!(
                    "読めない記録が {damaged} 件あり、表示していません。ログと renkei store check で確かめてください"
                ),
                format!(
                    "{} cannot be read and {} not shown: see the log, and renkei store check",
                    counted(damaged, "record"),
                    if damaged == 1 { "is" } else { "are" }
                ),
            ),
        ),
        (
            !region.offices().untold().is_empty(),
            "office_unreadable",
            Text::fixed(
                "記録帳を最後まで読めない事業所があり、だれの利用が止められているかわからないため、その事業所の人はサインインできません\
                 （ほかに人のいない事務局を除く）。運用の手引き 7「見守る」を見てください",
                "the page of an office cannot be read to its end: nobody can tell whom it shut out, so that nobody of it signs in, \
                 but for a secretariat that has nobody else; see “Watching” (7) in the operating guide",
            ),
        ),
    ]
}

/// What is sent elsewhere, so that somebody outside holds the hub to its history.
fn of_witnesses(app: &App) -> [(bool, &'static str, Text); 4] {
    [
        (
            app.witness.checkpoints.is_failing(),
            "checkpoint_not_delivered",
            Text::fixed(
                "チェックポイントを別の場所のフォルダーに置けません。つながっているかを確かめてください",
                "checkpoints cannot be put into their folder elsewhere; see whether it is mounted",
            ),
        ),
        (
            app.witness.shipping.is_failing(),
            "audit_not_shipped",
            Text::fixed(
                "監査記録を別のシステムへ送れません。あとから順に送ります",
                "audit records cannot be shipped to the other system; they will be, in order, once it is back",
            ),
        ),
        (
            app.witness.checkpoints.is_doubted() || app.witness.shipping.is_doubted(),
            "witness_tampered",
            Text::fixed(
                "外へ送った位置の控えかチェックポイントが、データベースで書き換えられていました。初めから送り直しています。\
                 送り先の記録を保管し、renkei audit verify --against で確かめてください",
                "somebody wrote into the database how far the history was sent out, or a checkpoint; it is sent again: keep what the \
                 other side has, and run renkei audit verify --against",
            ),
        ),
        (
            app.witness.is_unsigned(),
            "checkpoint_key_missing",
            Text::fixed(
                "署名の鍵（checkpoint.key）がないか別の鍵なので、チェックポイントを作っていません。鍵の写しを戻すか、\
                 renkei audit new-key で鍵を替えて、ハブを動かし直してください",
                "no checkpoint is made, because the key that signs them (checkpoint.key) is missing or another: put its copy back, \
                 or replace it by renkei audit new-key, and start the hub again",
            ),
        ),
    ]
}

fn told((holds, code, text): (bool, &'static str, Text)) -> Option<Reason> {
    holds.then(|| Reason { code, detail: Words::from(&text) })
}

fn reasons(app: &App) -> Vec<Reason> {
    let now = app.hub.region().now();
    let journal = app.hub.journal().health();
    let has_expired = app.certificate.as_ref().is_some_and(|certificate| certificate.valid_until() <= now);
    // What the journal itself says of its trouble names files and stays in the log.
    let checks = [
        (
            app.hub.has_fallen(),
            "fallen",
            Text::fixed(
                "連携ハブの内部で障害が起き、再起動を待っています",
                "a part of the hub fell over; it ends to be started again",
            ),
        ),
        (app.hub.is_stopping(), "stopping", Text::fixed("連携ハブを停止しています", "the hub is stopping")),
        (journal.cause.is_some(), "journal_read_only", journal.why()),
        (journal.is_damaged, "database_damaged", journal.damage()),
        (
            app.hub.region().is_clock_behind(),
            "clock_behind",
            Text::fixed(
                "このマシンの時計が記録済みの時刻より遅れています",
                "this machine's clock is behind the recorded time",
            ),
        ),
        (
            app.hub.duty_clock_stopped().is_some(),
            "duty_clock_stopped",
            Text::fixed(
                "このマシンの時計が大きく進んだため、約束の時計を止めています。時刻を確かめて事務局が再開してください",
                "this machine's clock jumped ahead, so the duty clock stands still: check the time, then the secretariat \
                 lets it go on",
            ),
        ),
        (has_expired, "certificate_expired", Text::fixed("証明書の期限が切れています", "the certificate has expired")),
    ];
    checks.into_iter().filter_map(told).collect()
}
