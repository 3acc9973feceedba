//! What `check` finds, and that a rebuild makes the projections the live path made.

use super::region::{Region, consent, link, note, on_both, pulse, registration};
use crate::domain::body::{Body, Correction, Export, JointVisit, MeetingState};
use crate::domain::directory::Actor;
use crate::domain::ruling::Consequences;
use crate::domain::team::{ConsentState, HostChange, TeamUnlink};
use crate::store::check::{FaultKind, check};
use crate::store::projection::EMPTY;
use crate::store::rebuild::rebuild;
use crate::store::{AuditSeal, Batch, ProjectionChange, SealedAudit, StoreError};

/// A region in which everything happened that changes a projection.
async fn eventful(region: &Region) {
    let nurse = region.nurse();
    let mut patient = region.patient_with_team().await;
    let unlink = |number, people: &[_]| {
        Body::TeamUnlink(TeamUnlink {
            organisation: region.organisation_id(number),
            people: people.to_vec(),
            reason: String::new(),
        })
    };
    let first = patient.post(registration("山田 次朗")).await;
    let bodies = [
        link(region.organisation_id(2), &[nurse.person]),
        link(region.organisation_id(3), &[]),
        Body::HostChange(HostChange { organisation: region.organisation_id(2), reason: String::new() }),
        unlink(3, &[]),
        unlink(2, &[nurse.person]),
        consent(ConsentState::Withdrawn),
        consent(ConsentState::None),
        pulse(72),
        Body::Correction(Correction {
            target: first.id,
            body: Box::new(registration("山田 次郎")),
            reason: "誤字".into(),
        }),
    ];
    for body in bodies {
        patient.post(body).await;
    }
    patient.snapshot().await;
    patient.post(note("その後")).await;
    region.patient_with_team().await;
    audit(region, &patient, 3).await;
}

async fn audit(region: &Region, patient: &super::region::Patient<'_>, count: usize) {
    let audits = (0..count)
        .map(|number| {
            let seal = if number % 2 == 0 {
                AuditSeal::Timeline(patient.timeline, &patient.key)
            } else {
                AuditSeal::Region(&region.key)
            };
            SealedAudit::seal(seal, super::region::MORNING, format!("record {number}").as_bytes())
        })
        .collect();
    region.journal.commit(Batch { audits, ..Batch::default() }).await.unwrap();
}

#[tokio::test]
async fn a_rebuild_makes_what_the_live_path_made() {
    on_both(async |region| {
        eventful(region).await;
        let report = check(&region.journal, None).await.unwrap();
        assert!(report.is_whole(), "{:?}", report.faults);

        let live = region.journal.registrations().await.unwrap();
        region.tamper("update patient set sealed = timeline").await;
        assert_eq!(region.journal.registrations().await.unwrap(), live, "as the timelines have them");
        region.tamper("delete from patient").await;
        region.tamper("delete from team_member").await;
        region.tamper("update patient_consent set state = 'withdrawn'").await;
        assert_eq!(check(&region.journal, None).await.unwrap().fault_count, 2);

        let rebuilt = rebuild(&region.journal).await.unwrap();
        assert_eq!((rebuilt.timelines, rebuilt.entries), (2, 17));
        let report = check(&region.journal, None).await.unwrap();
        assert!(report.is_whole(), "{:?}", report.faults);
        assert_eq!(region.journal.registrations().await.unwrap(), live);
    })
    .await;
}

#[tokio::test]
async fn each_way_of_tampering_is_found_where_it_was_done() {
    let ways: &[(&str, &[FaultKind])] = &[
        ("update entry set sealed = chain where seq = 2", &[FaultKind::Chain, FaultKind::Unreadable]),
        ("update entry set recorded_at = recorded_at - 1 where seq = 3", &[FaultKind::Chain, FaultKind::Time]),
        ("update entry set mac = chain where seq = 1", &[FaultKind::Chain, FaultKind::Unreadable]),
        ("update entry set seq = 90 where seq = 12", &[FaultKind::Gap, FaultKind::Chain]),
        ("delete from entry where seq = 5", &[FaultKind::Gap, FaultKind::Chain]),
        ("delete from entry where seq = 14", &[FaultKind::Head]),
        ("update timeline set head_seq = 2 where head_seq = 3", &[FaultKind::Head]),
        ("update timeline set recorded_at = 1 where head_seq = 3", &[FaultKind::Head]),
        ("update timeline set wrapped_key = head_chain where head_seq = 3", &[FaultKind::Unreadable]),
        ("delete from patient", &[FaultKind::Projection]),
        ("update team_member set opens_from = 5", &[FaultKind::Projection]),
        ("update patient_consent set state = 'withdrawn'", &[FaultKind::Projection]),
        ("update snapshot set seq = seq - 1", &[FaultKind::Snapshot]),
        ("update snapshot set sealed = timeline", &[FaultKind::Snapshot]),
        ("update audit set sealed = chain where seq = 1", &[FaultKind::Chain, FaultKind::Unreadable]),
        ("update audit set recorded_at = 1 where seq = 2", &[FaultKind::Chain, FaultKind::Unreadable]),
        ("delete from audit where seq = 2", &[FaultKind::Gap, FaultKind::Chain]),
        ("delete from audit where seq = 3", &[FaultKind::Head]),
        ("update timeline set subject = 'zz' where head_seq = 3", &[FaultKind::Head]),
        ("update timeline set head_chain = substr(head_chain, 1, 1) where head_seq = 3", &[FaultKind::Head]),
        ("update timeline set head_seq = -1 where head_seq = 3", &[FaultKind::Head]),
        ("update timeline set written_at = written_at + 1 where head_seq = 3", &[FaultKind::Head]),
        ("update timeline set subject = 'organisation' where head_seq = 3", &[FaultKind::Head]),
        (
            "insert into destroyed_record (timeline, destroyed_at, person, ended_on, until_on, kind, years)
                select id, 5, null, '2020-01-01', '2025-01-01', 'clinic', 5 from timeline where head_seq = 3",
            &[FaultKind::Row],
        ),
        ("update entry set id = substr(id, 1, 1) where seq = 5", &[FaultKind::Unreadable]),
        ("update snapshot set seq = -1", &[FaultKind::Snapshot]),
        ("update audit set kind = 'zz' where seq = 2", &[FaultKind::Unreadable]),
        ("update audit set chain = substr(chain, 1, 1) where seq = 2", &[FaultKind::Unreadable]),
        ("update audit_head set chain = substr(chain, 1, 1)", &[FaultKind::Head]),
        ("delete from audit_head", &[FaultKind::Head]),
        (
            "insert into audit (seq, recorded_at, sealed, chain) select 4, recorded_at, sealed, chain from audit
                where seq = 1",
            &[FaultKind::Head],
        ),
        (
            "insert into audit (seq, recorded_at, sealed, chain)
                select -9223372036854775808, recorded_at, sealed, chain from audit where seq = 1",
            &[FaultKind::Gap],
        ),
    ];
    for (sql, expected) in ways {
        let found = faults_after(&Region::on_sqlite().await, sql).await;
        assert!(expected.iter().all(|kind| found.contains(kind)), "{sql}: {found:?}");
    }
    // The check reads through the same statements on PostgreSQL, so a few ways are enough there.
    for (sql, expected) in ways.iter().step_by(5) {
        if let Some(region) = Region::on_postgres().await {
            let found = faults_after(&region, sql).await;
            assert!(expected.iter().all(|kind| found.contains(kind)), "{sql}: {found:?}");
            region.end().await;
        }
    }
}

#[tokio::test]
async fn what_cannot_be_read_at_one_place_hides_nothing_elsewhere() {
    on_both(async |region| {
        eventful(region).await;
        for sql in [
            "update timeline set subject = 'zz' where head_seq = 14",
            "update timeline set wrapped_key = head_chain where head_seq = 14",
            "update audit set kind = 'zz' where seq = 1",
            "update audit set sealed = chain where seq = 3",
            "update team_member set opens_from = 5 where timeline = (select id from timeline where head_seq = 3)",
        ] {
            assert!(region.tamper(sql).await > 0, "{sql}");
        }
        let report = check(&region.journal, None).await.unwrap();
        let told: Vec<FaultKind> = report.faults.iter().map(|fault| fault.kind).collect();
        for kind in [FaultKind::Head, FaultKind::Projection, FaultKind::Unreadable, FaultKind::Chain] {
            assert!(told.contains(&kind), "{kind:?}: {:?}", report.faults);
        }
        assert_eq!((report.timelines, report.entries, report.audits), (2, 17, 3));
    })
    .await;
}

#[tokio::test]
async fn a_snapshot_that_is_none_spares_nobody_anything_and_loses_nothing() {
    on_both(async |region| {
        let mut patient = region.patient_with_team().await;
        patient.snapshot().await;
        patient.post(pulse(60)).await;
        for sql in
            ["update snapshot set seq = -1", "update snapshot set seq = 2", "update snapshot set sealed = timeline"]
        {
            region.tamper(sql).await;
            assert_eq!(region.journal.load(patient.timeline).await.unwrap().unwrap().state, patient.state, "{sql}");
            let report = check(&region.journal, None).await.unwrap();
            assert!(!report.is_whole() && report.loses_nothing(), "{sql}: {report:?}");
        }
        region.tamper("update patient_consent set state = 'withdrawn'").await;
        assert!(!check(&region.journal, None).await.unwrap().loses_nothing());
    })
    .await;
}

/// Once a hub has looked at all of them, each says when it must be looked at again, or that it need not be.
#[tokio::test]
async fn a_timeline_that_is_looked_at_no_more_is_found() {
    on_both(async |region| {
        let patient = region.patient_with_team().await;
        assert!(check(&region.journal, None).await.unwrap().is_whole());
        let looked: Result<(), StoreError> = region
            .journal
            .write(|tx| {
                Box::pin(async move {
                    tx.look_at_all(super::region::MORNING, std::time::Duration::ZERO).await?;
                    tx.upsert_meta(crate::store::LOOKED_WITH, "rules").await
                })
            })
            .await;
        looked.unwrap();
        let timeline = patient.timeline;
        let due = ProjectionChange::Due { timeline, at: None };
        region.journal.commit(Batch { projections: vec![due], ..Batch::default() }).await.unwrap();
        let listed: Result<Vec<_>, StoreError> = region.journal.read(|tx| Box::pin(tx.list_due(9))).await;
        assert_eq!(listed.unwrap(), [], "it need not be looked at");
        assert!(check(&region.journal, None).await.unwrap().is_whole());
        assert_eq!(region.tamper("delete from timeline_due").await, 1);
        let faults = check(&region.journal, None).await.unwrap().faults;
        assert!(faults.len() == 1 && faults[0].kind == FaultKind::Projection, "{faults:?}");
    })
    .await;
}

/// Every column of a projection, and how somebody writes into it by hand.
const WRITTEN_INTO: [(&str, &str, &str); 31] = [
    ("patient", "timeline", "update patient set timeline = (select id from timeline where head_seq = 1)"),
    ("patient", "sealed", "update patient set sealed = timeline"),
    ("patient", "for_training", "update patient set for_training = 1 - for_training"),
    ("team_member", "timeline", "update team_member set timeline = (select id from timeline where head_seq = 1)"),
    ("team_member", "organisation", "update team_member set organisation = timeline"),
    ("team_member", "person", "update team_member set person = timeline"),
    ("team_member", "host", "update team_member set host = not host"),
    ("team_member", "since", "update team_member set since = since + 1"),
    ("team_member", "opens_from", "update team_member set opens_from = opens_from + 1"),
    (
        "patient_consent",
        "timeline",
        "update patient_consent set timeline = (select id from timeline where head_seq = 1)",
    ),
    ("patient_consent", "state", "update patient_consent set state = 'withdrawn'"),
    ("pair_meeting", "timeline", "update pair_meeting set timeline = (select id from timeline where head_seq = 1)"),
    ("pair_meeting", "one", "update pair_meeting set one = timeline"),
    ("pair_meeting", "other", "update pair_meeting set other = timeline"),
    ("pair_meeting", "last_at", "update pair_meeting set last_at = last_at + 1"),
    ("duty", "timeline", "update duty set timeline = (select id from timeline where head_seq = 1)"),
    ("duty", "id", "update duty set id = timeline"),
    ("duty", "open", "update duty set open = not open"),
    ("duty", "sealed", "update duty set sealed = timeline"),
    // Each has one already.
    ("timeline_due", "timeline", "delete from timeline_due where timeline in (select timeline from duty)"),
    // The clock may look earlier than it must, and no later.
    ("timeline_due", "at", "update timeline_due set at = 9000000000000000"),
    ("emergency_access", "entry", "update emergency_access set entry = timeline"),
    (
        "emergency_access",
        "timeline",
        "update emergency_access set timeline = (select id from timeline where head_seq = 1)",
    ),
    ("emergency_access", "seq", "update emergency_access set seq = seq + 1"),
    ("emergency_access", "declared_at", "update emergency_access set declared_at = declared_at + 1"),
    ("emergency_access", "ends_at", "update emergency_access set ends_at = ends_at + 1"),
    ("emergency_access", "reviewed_at", "update emergency_access set reviewed_at = 5"),
    ("advice", "timeline", "update advice set timeline = (select id from timeline where head_seq = 1)"),
    ("advice", "newest_at", "update advice set newest_at = newest_at + 1"),
    ("patient", "for_training", "update patient set for_training = 2"),
    ("emergency_access", "reviewed_at", "update emergency_access set reviewed_at = 0"),
];

/// A patient of whom every projection holds something, and a timeline of which none does.
async fn projected(region: &Region) {
    let mut patient = region.patient_with_team().await;
    patient.post(super::duties::opened(region, 1)).await;
    let (state, organisations) = (MeetingState::Held, vec![region.organisation_id(2)]);
    let met = JointVisit { state, text: "退院前".into(), organisations, at: None };
    patient.ruling.consequences =
        Consequences { to_secretariat: vec!["S2@region/1#ab".into()], ..Consequences::default() }.kept();
    patient.post(Body::JointVisit(met)).await;
    let (nurse, ruling) = (patient.author, std::mem::take(&mut patient.ruling));
    patient.author = Actor::HUB;
    let named = vec![patient.timeline.as_patient()];
    let taken = Export { purpose: "開示".into(), scope: "すべて".into(), patients: named, ..Export::default() };
    patient.post(Box::new(taken).into()).await;
    (patient.author, patient.ruling) = (nurse, ruling);
    patient.snapshot().await;
    patient.post(pulse(61)).await;
    region.patient().post(note("ほかの患者")).await;
}

#[tokio::test]
async fn every_column_of_a_projection_is_compared_and_a_rebuild_mends_each() {
    use std::collections::BTreeSet;
    on_both(async |region| {
        projected(region).await;
        rebuild(&region.journal).await.unwrap();
        let tables: BTreeSet<&str> = EMPTY.iter().filter_map(|sql| sql.strip_prefix("delete from ")).collect();
        let columns = super::schema::columns(&region.journal).await;
        let of_projections = columns.keys().filter(|(table, _)| tables.contains(table.as_str()));
        let there: BTreeSet<(&str, &str)> = of_projections.map(|(table, column)| (&**table, &**column)).collect();
        let tried: BTreeSet<(&str, &str)> = WRITTEN_INTO.iter().map(|(table, column, _)| (*table, *column)).collect();
        assert_eq!(there, tried);
        for (_, _, sql) in WRITTEN_INTO {
            let whole = check(&region.journal, None).await.unwrap();
            assert!(whole.is_whole(), "before {sql}: {:?}", whole.faults);
            assert!(region.tamper(sql).await > 0, "{sql}");
            let found = check(&region.journal, None).await.unwrap().faults;
            assert!(found.iter().any(|fault| fault.kind == FaultKind::Projection), "{sql}: {found:?}");
            rebuild(&region.journal).await.unwrap();
        }
    })
    .await;
}

/// It opens, and every column beside it is right: only that it is no longer so tells.
#[tokio::test]
async fn what_stood_in_a_projection_before_and_is_put_back_is_found() {
    on_both(async |region| {
        let mut patient = region.patient_with_team().await;
        patient.post(super::duties::opened(region, 1)).await;
        let put_by =
            "create table put_by as select patient.sealed as registration, duty.sealed as duty from patient, duty";
        region.tamper(put_by).await;
        patient.post(registration("山田 次朗")).await;
        patient.post(super::duties::waived(1)).await;
        for sql in [
            "update patient set sealed = (select registration from put_by)",
            "update duty set sealed = (select duty from put_by)",
        ] {
            let whole = check(&region.journal, None).await.unwrap();
            assert!(whole.is_whole(), "before {sql}: {:?}", whole.faults);
            assert_eq!(region.tamper(sql).await, 1, "{sql}");
            let found = check(&region.journal, None).await.unwrap().faults;
            assert!(matches!(&found[..], [fault] if fault.kind == FaultKind::Projection), "{sql}: {found:?}");
            rebuild(&region.journal).await.unwrap();
        }
    })
    .await;
}

/// Words in Latin letters, but for ids.
fn english_in(ja: &str) -> Vec<&str> {
    let words = ja.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
    let is_id = |word: &str| word.len() == 36 && word.chars().all(|c| c.is_ascii_hexdigit() || c == '-');
    words.filter(|word| word.chars().any(|c| c.is_ascii_alphabetic()) && !is_id(word)).collect()
}

async fn faults_after(region: &Region, sql: &'static str) -> Vec<FaultKind> {
    eventful(region).await;
    assert!(check(&region.journal, None).await.unwrap().is_whole());
    assert!(region.tamper(sql).await > 0, "{sql}");
    let report = check(&region.journal, None).await.unwrap();
    assert_eq!(report.fault_count as usize, report.faults.len());
    for fault in &report.faults {
        let told = format!("{}: {}", fault.place.ja, fault.kind.ja());
        assert_eq!(english_in(&told), [""; 0], "{told}");
    }
    report.faults.iter().map(|fault| fault.kind).collect()
}

#[tokio::test]
async fn entries_of_another_patient_do_not_open_where_they_were_moved() {
    on_both(async |region| {
        let mut first = region.patient_with_team().await;
        let mut second = region.patient_with_team().await;
        let (mut one, mut other) = (Batch::default(), Batch::default());
        first.add(&mut one, note("甲"));
        second.add(&mut other, note("乙"));
        // The ciphertext of one under the header of the other, as an insider with the file could do.
        std::mem::swap(&mut one.entries[0].sealed, &mut other.entries[0].sealed);
        region.journal.commit(one).await.unwrap();
        let error = region.journal.load(first.timeline).await.unwrap_err();
        assert!(matches!(&error, StoreError::Inconsistent { place, .. } if place.ends_with("seq 4")), "{error}");
        let found = check(&region.journal, None).await.unwrap().faults;
        assert!(found.iter().any(|fault| fault.kind == FaultKind::Unreadable), "{found:?}");
    })
    .await;
}

#[tokio::test]
async fn entries_of_no_timeline_are_found() {
    on_both(async |region| {
        region.patient_with_team().await;
        if region.is_sqlite() {
            // SQLite holds its references itself, so the orphan comes from a connection that does not.
            let path = region.folder.path().join("journal.db");
            let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path).foreign_keys(false);
            let mut outside = <sqlx::SqliteConnection as sqlx::Connection>::connect_with(&options).await.unwrap();
            for table in ["delete from patient", "delete from team_member", "delete from patient_consent"] {
                sqlx::query(table).execute(&mut outside).await.unwrap();
            }
            sqlx::query("delete from timeline").execute(&mut outside).await.unwrap();
        } else {
            let journal = &region.journal;
            let done: Result<(), StoreError> = journal
                .write(|tx| {
                    Box::pin(async move {
                        tx.execute_raw("set local session_replication_role = replica").await?;
                        tx.execute_raw("delete from timeline").await.map(drop)
                    })
                })
                .await;
            done.unwrap();
        }
        let found = check(&region.journal, None).await.unwrap().faults;
        assert!(found.iter().any(|fault| fault.kind == FaultKind::Orphan), "{found:?}");
    })
    .await;
}

#[tokio::test]
async fn a_damaged_file_is_reported_by_sqlites_own_check() {
    let region = Region::on_sqlite().await;
    let mut patient = region.patient_with_team().await;
    for _ in 0..50 {
        patient.post(note(&"長い記録".repeat(200))).await;
    }
    region.journal.close().await;
    let path = region.folder.path().join("journal.db");
    let mut bytes = std::fs::read(&path).unwrap();
    // Cell pointers of an index page: swapping two breaks its order, which only the whole-file check sees.
    let page = (1..bytes.len() / 4096).rev().find(|page| bytes[page * 4096] == 0x0a && bytes[page * 4096 + 4] > 3);
    let at = page.expect("an index leaf with cells") * 4096 + 8;
    bytes.swap(at, at + 2);
    bytes.swap(at + 1, at + 3);
    std::fs::write(&path, bytes).unwrap();
    let journal = region.another_hub().await;
    let found = check(&journal, None).await.unwrap().faults;
    assert!(found.iter().any(|fault| fault.kind == FaultKind::File), "{found:?}");
}

/// Tables whose sealed columns are opened timeline by timeline, or with the audit log.
const OPENED_WITH_THEIRS: [&str; 5] = ["audit", "duty", "entry", "patient", "snapshot"];

#[tokio::test]
async fn every_sealed_row_is_opened_and_one_that_is_another_tables_is_named() {
    on_both(async |region| {
        region.employ_nurse().await;
        eventful(region).await;
        // Each with a ciphertext of this region that belongs elsewhere.
        let rows = [
            "insert into account (person, login, sealed, changed_at)
                select id, id, sealed, 0 from person order by id limit 1",
            "insert into invitation (id, token_hash, person, purpose, sealed, issued_at, expires_at, tries_left)
                select id, id, id, 'first', sealed, 0, 0, 0 from person order by id limit 1",
            "insert into passkey (id, person, credential, sealed, counter, added_at)
                select id, id, id, sealed, 0, 0 from person order by id limit 1",
            "insert into identity (id, person, known_as, sealed, linked_at)
                select id, id, id, sealed, 0 from person order by id limit 1",
            "insert into device (id, organisation, sealed, registered_at)
                select id, id, sealed, 0 from organisation order by id limit 1",
            "insert into device_enrolment (id, token_hash, device, sealed, issued_at, expires_at, tries_left)
                select id, id, id, sealed, 0, 0, 0 from device",
            "insert into client (id, organisation, sealed, scopes, registered_at)
                select person.id, organisation.id, person.sealed, '', 0 from person, organisation
                order by person.id, organisation.id limit 1",
            "insert into quarantine (id, person, organisation, received_at, expires_at, sealed, state)
                select person.id, person.id, organisation.id, 0, 0, person.sealed, 'waiting' from person, organisation
                order by person.id, organisation.id limit 1",
            "insert into sign_in (id, token_hash, person, role, organisation, issued_at, expires_at, revoked_at)
                select person.id, person.id, person.id, 'nurse', organisation.id, 0, 0, 0 from person, organisation
                order by person.id, organisation.id limit 1",
            "insert into bell (id, person, role, organisation, sign_in, endpoint, sealed, wish, added_at, renewed_at)
                select id, person, role, organisation, id, id, token_hash, 'mine', 0, 0 from sign_in",
            "insert into training (id, sealed) select id, sealed from person order by id limit 1",
            "insert into device_authority (id, certificate, sealed, made_at, retired_at)
                select 9, sealed, sealed, 0, 0 from person order by id limit 1",
            "insert into envelope_key (name, sealed, made_at) select 'k', sealed, 0 from person order by id limit 1",
            "insert into push_key (id, sealed, made_at) select 1, sealed, 0 from person order by id limit 1",
            "insert into announcement (id, organisation, ends_at) select id, id, 0 from organisation order by id limit 1",
            "insert into announcement_version (announcement, number, sealed)
                select announcement.id, 1, person.sealed from announcement, person order by person.id limit 1",
            "insert into talk_group (id, organisation, sealed) select id, id, sealed from organisation order by id limit 1",
            "insert into group_message (talk_group, number, sealed) select id, 1, sealed from talk_group",
            "insert into case_version (case_id, number, sealed) select id, 1, sealed from person order by id limit 1",
            "insert into linking_queue (id, timeline, organisation, received_at, sealed, state)
                select id, id, id, 0, sealed, 'waiting' from organisation order by id limit 1",
            "update person set sealed = (select sealed from organisation order by id limit 1)
                where id = (select id from person order by id desc limit 1)",
            "update organisation set sealed = (select sealed from training)
                where id = (select id from organisation order by id desc limit 1)",
        ];
        for sql in rows {
            assert_eq!(region.tamper(sql).await, 1, "{sql}");
        }
        let report = check(&region.journal, None).await.unwrap();
        // Of a row that must have a MAC besides, and stands without one, that is said.
        let kinds = [FaultKind::Unreadable, FaultKind::Row];
        let of_kind = report.faults.iter().filter(|fault| kinds.contains(&fault.kind));
        let mut named: Vec<&str> = of_kind.map(|fault| fault.place.en.split(' ').next().unwrap()).collect();
        named.sort_unstable();
        named.dedup();
        let sealed: Result<Vec<String>, StoreError> = region.journal.read(|tx| Box::pin(tx.list_sealed_tables())).await;
        let mut expected: Vec<String> = sealed.unwrap();
        expected.retain(|table| !OPENED_WITH_THEIRS.contains(&table.as_str()));
        for table in &mut expected {
            *table = table.replace("announcement_version", "announcement");
        }
        expected.sort_unstable();
        assert_eq!(named, expected, "each table with something sealed in it");
    })
    .await;
}
