//! What no migration made: tables and columns of somebody else's are passed over, and what acts on the hub's rows is named and undoes
//! no end. On both engines.

use std::collections::BTreeSet;

use super::accounts::account;
use super::dump::{dumped, fill, lived_in};
use super::region::{Region, on_both};
use super::schema::columns;
use crate::domain::account::{Account, Identity, Passkey};
use crate::domain::device::DeviceException;
use crate::domain::ids::{IdentityId, PasskeyId, PersonId};
use crate::domain::time::Timestamp;
use crate::store::check::{FaultKind, check};
use crate::store::dump::{LoadError, Loading, What};
use crate::store::foreign::Foreign;
use crate::store::migrate::STEPS;
use crate::store::shape::{shape, shape_at};
use crate::store::{Journal, OpenError, SignIn, StoreError};
use crate::vault::RegionKey;

const LATER: Timestamp = Timestamp::from_secs(1_775_003_400 + 60);

async fn foreign(journal: &Journal) -> Foreign {
    let found: Result<Foreign, StoreError> = journal.read(|tx| Box::pin(tx.list_foreign())).await;
    found.unwrap()
}

#[tokio::test]
async fn the_shape_is_what_the_migrations_leave_in_a_fresh_database() {
    on_both(async |region| {
        let there: BTreeSet<(String, String)> = columns(&region.journal).await.into_keys().collect();
        let read = shape().iter().flat_map(|(table, columns)| columns.iter().map(|one| (table.clone(), one.clone())));
        assert_eq!(read.collect::<BTreeSet<_>>(), there);
        assert_eq!(foreign(&region.journal).await, Foreign::default());
    })
    .await;
    let first = shape_at(STEPS[0].0);
    assert!(first.contains_key("entry") && !first.contains_key("device") && first.len() < shape().len());
    assert!(!first["sign_in"].contains(&"mac".to_owned()) && shape()["sign_in"].contains(&"mac".to_owned()));
}

/// A table and a column that no migration made, with types that the hub has no use for.
async fn monitored(region: &Region) {
    region.tamper("create table dba_note (x real, seen timestamp)").await;
    region.tamper("alter table entry add column note text").await;
}

#[tokio::test]
async fn tables_and_columns_of_others_hinder_nobody_and_are_named() {
    on_both(async |region| {
        lived_in(region).await;
        monitored(region).await;
        region.tamper("insert into dba_note (x) values (0.5)").await;
        region.tamper("update entry set note = 'seen' where seq = 1").await;
        let report = check(&region.journal, None).await.unwrap();
        assert!(report.is_whole(), "{report:?}");
        assert_eq!(report.passed_over, ["dba_note", "entry.note"]);
        let (records, taken) = dumped(&region.journal).await;
        assert_eq!(taken.passed_over, ["dba_note", "entry.note"]);
        region.another_hub().await.close().await;
        // Whoever fills a database lets be what somebody else put there.
        let into = Region::on_sqlite().await;
        monitored(&into).await;
        let loading = fill(region, &into, records, &taken).await;
        assert!(loading.passed_over().is_empty(), "none of it is in a backup");
        assert_eq!(loading.differing(&taken.tables).await.unwrap(), Vec::<String>::new());
        loading.migrate(&taken.manifest).await.unwrap();
        assert_eq!(foreign(loading.journal()).await.idle, ["dba_note"]);
        loading.settle(&taken.manifest, "", LATER).await.unwrap();
        loading.journal().close().await;
    })
    .await;
}

#[tokio::test]
async fn a_database_without_a_region_is_told_as_that_whatever_others_keep_there() {
    let (folder, key) = (tempfile::tempdir().unwrap(), RegionKey::ephemeral());
    let url = format!("sqlite://{}/journal.db", folder.path().display());
    let engine = crate::store::connect::open_engine(&url, true).await.unwrap();
    let bare = Journal::bare(engine);
    let made: Result<u64, StoreError> =
        bare.write(|tx| Box::pin(tx.execute_raw("create table dba_note (x real)"))).await;
    made.unwrap();
    bare.close().await;
    let refused = Journal::open_existing(&url, &key).await.unwrap_err();
    assert!(matches!(refused, OpenError::NoStore), "{refused}");
    Journal::open(&url, &key).await.unwrap().close().await;
}

#[tokio::test]
async fn what_others_put_into_an_older_backup_is_passed_over_and_the_rest_is_held_to_it() {
    use crate::store::dump::{Cell, Row, RowsPiece, Sum, TableHead, Value};
    let from = Region::on_sqlite().await;
    lived_in(&from).await;
    for loses in [false, true] {
        on_both(async |into| {
            let (mut records, mut taken) = dumped(&from.journal).await;
            let cell = |text: &str| Cell { value: Some(Value::Text(text.to_owned())) };
            let entries =
                records.iter().position(|what| matches!(what, What::Table(head) if head.name == "entry")).unwrap();
            if let What::Table(head) = &mut records[entries] {
                head.columns.insert(0, "note".to_owned());
            }
            let mut after = entries + 1;
            let mut sum = Sum::default();
            while let What::Rows(piece) = &mut records[after] {
                for row in &mut piece.rows {
                    row.cells.insert(0, cell("seen"));
                    sum.add_row(row);
                }
                after += 1;
            }
            let of_entries = taken.tables.iter_mut().find(|of| of.name == "entry").unwrap();
            *of_entries = sum.of_table("entry");
            let row = Row { cells: vec![cell("a")] };
            let mut sum = Sum::default();
            sum.add_row(&row);
            taken.tables.push(sum.of_table("dba_note"));
            let head = TableHead { name: "dba_note".to_owned(), columns: vec!["x".to_owned()] };
            records.extend([What::Table(head), What::Rows(RowsPiece { rows: vec![row] })]);
            let loading = fill(&from, into, records, &taken).await;
            assert_eq!(loading.passed_over(), ["entry.note", "dba_note"]);
            if loses {
                let lost: Result<u64, StoreError> =
                    loading.journal().write(|tx| Box::pin(tx.execute_raw("delete from entry where seq = 70"))).await;
                assert_eq!(lost.unwrap(), 1);
            }
            let expected = if loses { vec!["entry".to_owned()] } else { Vec::new() };
            assert_eq!(loading.differing(&taken.tables).await.unwrap(), expected);
            loading.journal().close().await;
        })
        .await;
    }
}

async fn sign_in(region: &Region) -> SignIn {
    let sign_in = region.sign_in();
    let stored = sign_in.clone();
    let written: Result<(), StoreError> =
        region.journal.write(move |tx| Box::pin(async move { tx.insert_sign_in(&stored).await })).await;
    written.unwrap();
    sign_in
}

/// A trigger that undoes an end, and one by which none is written.
async fn set_trap(region: &Region, is_deaf: bool) {
    match (region.is_sqlite(), is_deaf) {
        (true, false) => {
            region
                .tamper(
                    "create trigger trap after update of revoked_at on sign_in begin
                     update sign_in set revoked_at = null, mac = old.mac where id = old.id; end",
                )
                .await;
        }
        (true, true) => {
            region.tamper("create trigger trap before update on sign_in begin select raise(ignore); end").await;
        }
        (false, _) => {
            let body = if is_deaf {
                "create function trap() returns trigger language plpgsql as 'begin return null; end'"
            } else {
                "create function trap() returns trigger language plpgsql as
                 'begin new.revoked_at := null; new.mac := old.mac; return new; end'"
            };
            region.tamper(body).await;
            region.tamper("create trigger trap before update on sign_in for each row execute function trap()").await;
        }
    }
}

async fn take_trap_away(region: &Region) {
    take_away(region, "sign_in").await;
}

async fn take_away(region: &Region, table: &str) {
    if region.is_sqlite() {
        region.tamper("drop trigger trap").await;
    } else {
        region.tamper(format!("drop trigger trap on {table}").leak()).await;
        region.tamper("drop function trap()").await;
    }
}

#[tokio::test]
async fn a_trigger_that_undoes_ends_is_named_and_no_end_counts_that_it_undid() {
    on_both(async |region| {
        region.employ_nurse().await;
        let one = sign_in(region).await;
        for is_deaf in [false, true] {
            set_trap(region, is_deaf).await;
            let (id, person) = (one.id, one.person);
            let alone = region.journal.write(move |tx| Box::pin(tx.revoke_sign_in(id, LATER))).await;
            assert!(matches!(alone, Err(StoreError::RowsAffected { expected: 0, found: 1, .. })), "{alone:?}");
            let all = region.journal.write(move |tx| Box::pin(tx.revoke_sign_ins_of(person, LATER))).await;
            assert!(matches!(all, Err(StoreError::RowsAffected { .. })), "{all:?}");
            let found = foreign(&region.journal).await;
            assert_eq!(found.acting.len(), 1, "{found:?}");
            assert_eq!(found.acting[0].en, "trigger trap on table sign_in");
            let report = check(&region.journal, None).await.unwrap();
            assert_eq!(report.faults.iter().map(|fault| fault.kind).collect::<Vec<_>>(), [FaultKind::Schema]);
            region.journal.look_at_schema().await.unwrap();
            assert!(region.journal.is_acted_on());
            take_trap_away(region).await;
            region.journal.look_at_schema().await.unwrap();
            assert!(!region.journal.is_acted_on());
        }
        let id = one.id;
        let ended = region.journal.write(move |tx| Box::pin(tx.revoke_sign_in(id, LATER))).await.unwrap();
        assert!(ended.is_some());
    })
    .await;
}

/// On PostgreSQL another hub commits between the statement that ends and the one that reads back; a trigger does the same here.
#[tokio::test]
async fn a_sign_in_that_comes_while_all_are_ended_ends_too() {
    on_both(async |region| {
        region.employ_nurse().await;
        let one = sign_in(region).await;
        let columns = "person, role, organisation, issued_at, expires_at, device, way";
        let (id, new) = match region.is_sqlite() {
            true => ("x'00000000000000000000000000000009'", "randomblob(32)"),
            false => ("'\\x00000000000000000000000000000009'::bytea", "'\\x09'::bytea"),
        };
        let late = format!(
            "insert into sign_in (id, token_hash, {columns}) select {id}, {new}, {columns} from sign_in
             where not exists (select 1 from sign_in where id = {id}) limit 1"
        );
        if region.is_sqlite() {
            region.tamper(format!("create trigger late after update on sign_in begin {late}; end").leak()).await;
        } else {
            let body = format!(
                "create function late() returns trigger language plpgsql as $$begin {late}; return null; end$$"
            );
            region.tamper(body.leak()).await;
            region.tamper("create trigger late after update on sign_in execute function late()").await;
        }
        let person = one.person;
        let ended = region.journal.write(move |tx| Box::pin(tx.revoke_sign_ins_of(person, LATER))).await.unwrap();
        assert_eq!(ended.len(), 2, "{ended:?}");
        assert_eq!(ended[0].id, one.id);
    })
    .await;
}

#[tokio::test]
async fn a_trigger_that_undoes_a_suspension_lets_none_count() {
    on_both(async |region| {
        let mut person = region.employ_nurse().await;
        if region.is_sqlite() {
            region
                .tamper(
                    "create trigger trap after update on person when new.active = 0 begin
                     update person set active = old.active, mac = old.mac where id = old.id; end",
                )
                .await;
        } else {
            region
                .tamper(
                    "create function trap() returns trigger language plpgsql as
                     'begin new.active := old.active; new.mac := old.mac; return new; end'",
                )
                .await;
            region.tamper("create trigger trap before update on person for each row execute function trap()").await;
        }
        person.active = false;
        let suspended = region.journal.write(move |tx| Box::pin(async move { tx.update_person(&person).await })).await;
        assert!(matches!(suspended, Err(StoreError::RowsAffected { expected: 1, found: 0, .. })), "{suspended:?}");
    })
    .await;
}

#[tokio::test]
async fn rules_policies_and_heirs_are_named_too() {
    let Some(region) = Region::on_postgres().await else { return };
    region.tamper("create rule trap as on delete to device_exception do instead nothing").await;
    region.tamper("create policy trap on sign_in using (false)").await;
    region.tamper("create table heir () inherits (invitation)").await;
    let places: Vec<String> = foreign(&region.journal).await.acting.iter().map(|place| place.en.to_string()).collect();
    let expected = [
        "rule trap on table device_exception",
        "inheriting table heir on table invitation",
        "row policy trap on table sign_in",
    ];
    assert_eq!(places, expected);
    region.end().await;
}

/// What lets somebody in stands again as soon as it was changed or deleted.
async fn keep_rows_of(region: &Region, table: &'static str, of: &'static str) {
    if region.is_sqlite() {
        let trap = format!("create trigger trap before {of} on {table} begin select raise(ignore); end");
        region.tamper(trap.leak()).await;
    } else {
        region.tamper("create function trap() returns trigger language plpgsql as 'begin return null; end'").await;
        let trap = format!("create trigger trap before {of} on {table} for each row execute function trap()");
        region.tamper(trap.leak()).await;
    }
}

fn passkey_of(person: PersonId) -> Passkey {
    let (id, name) = (PasskeyId(uuid::Uuid::from_u128(40)), "iPhone".to_owned());
    Passkey { id, person, name, key: vec![7; 80], added_at: LATER, used_at: None, void: None }
}

fn identity_of(person: PersonId) -> Identity {
    let id = IdentityId(uuid::Uuid::from_u128(50));
    let (issuer, subject) = ("https://login.example.jp".to_owned(), "248289761001".to_owned());
    Identity { id, person, issuer, subject, linked_at: LATER, used_at: None, voided_at: None }
}

#[tokio::test]
async fn a_way_in_that_a_trigger_keeps_is_not_told_as_taken_away() {
    on_both(async |region| {
        region.employ_nurse().await;
        let kept = account(region, "sato.hanako");
        let (person, first) = (kept.person, kept.clone());
        let passkey = passkey_of(person);
        let id = passkey.id;
        let identity = identity_of(person);
        let linked = identity.id;
        let exception = DeviceException { person, granted_at: LATER, until: Timestamp(LATER.0 + 9_000_000) };
        let written: Result<(), StoreError> = region
            .journal
            .write(move |tx| {
                Box::pin(async move {
                    tx.insert_account(&first).await?;
                    tx.insert_passkey(&passkey, b"credential").await?;
                    tx.insert_identity(&identity).await?;
                    tx.put_device_exception(&exception).await
                })
            })
            .await;
        written.unwrap();

        // The row goes through as it was before: one row updated, and nothing of it written.
        if region.is_sqlite() {
            let undoing = "create trigger trap after update of sealed on account begin
                update account set sealed = old.sealed where person = old.person; end";
            region.tamper(undoing).await;
        } else {
            let undoing = "create function trap() returns trigger language plpgsql as
                'begin new.sealed := old.sealed; return new; end'";
            region.tamper(undoing).await;
            region.tamper("create trigger trap before update on account for each row execute function trap()").await;
        }
        let void = Account { authenticator: None, ..kept.clone() };
        let changed: Result<(), StoreError> =
            region.journal.write(move |tx| Box::pin(async move { tx.update_account(&void).await })).await;
        assert!(matches!(changed, Err(StoreError::RowsAffected { expected: 1, found: 0, .. })), "{changed:?}");
        take_away(region, "account").await;

        keep_rows_of(region, "passkey", "delete").await;
        let one = region.journal.write(move |tx| Box::pin(tx.delete_passkey(id))).await;
        let all = region.journal.write(move |tx| Box::pin(tx.delete_passkeys_of(person))).await;
        assert!(matches!(one, Err(StoreError::RowsAffected { .. })), "{one:?}");
        assert!(matches!(all, Err(StoreError::RowsAffected { .. })), "{all:?}");
        take_away(region, "passkey").await;

        keep_rows_of(region, "identity", "delete").await;
        let one = region.journal.write(move |tx| Box::pin(tx.delete_identity(person, linked))).await;
        let all = region.journal.write(move |tx| Box::pin(tx.delete_identities_of(person))).await;
        assert!(matches!(one, Err(StoreError::RowsAffected { .. })), "{one:?}");
        assert!(matches!(all, Err(StoreError::RowsAffected { .. })), "{all:?}");
        take_away(region, "identity").await;

        keep_rows_of(region, "device_exception", "delete").await;
        let ended = region.journal.write(move |tx| Box::pin(tx.delete_device_exception(person))).await;
        assert!(matches!(ended, Err(StoreError::RowsAffected { .. })), "{ended:?}");
    })
    .await;
}

#[tokio::test]
async fn a_mark_of_a_restore_that_no_restore_made_lets_nothing_be_emptied() {
    on_both(async |region| {
        lived_in(region).await;
        let entries = region.count("select count(*) from entry").await;
        let (_, taken) = dumped(&region.journal).await;
        // With nothing in it, or other columns, it says nothing and is passed over.
        region.tamper("create table restoring (source text)").await;
        region.another_hub().await.close().await;
        assert_eq!(check(&region.journal, None).await.unwrap().passed_over, ["restoring"]);
        region.tamper("insert into restoring values ('night.backup')").await;
        region.journal.look_at_schema().await.unwrap();
        assert!(region.journal.is_acted_on(), "a hub that serves says so before it starts anew");
        let refused = Journal::open(&region.url, &region.region_key).await.unwrap_err();
        assert!(matches!(&refused, OpenError::HalfRestored { from } if from == "night.backup"), "{refused}");
        let key = region.backup_key().await;
        let emptied = Loading::begin(&region.url, key, &taken.manifest, "night.backup").await;
        assert!(matches!(emptied, Err(LoadError::FalseMark { .. })), "{emptied:?}");
        assert_eq!(region.count("select count(*) from entry").await, entries);
        region.tamper("drop table restoring").await;
        region.another_hub().await.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_schema_of_the_users_name_beside_ours_hides_nothing() {
    let Some(region) = Region::on_postgres().await else { return };
    region.employ_nurse().await;
    region.tamper("create schema authorization current_user").await;
    for opened in [
        Journal::open(&region.url, &region.region_key).await,
        Journal::open_existing(&region.url, &region.region_key).await,
    ] {
        let hub = opened.unwrap();
        set_trap(&region, false).await;
        for journal in [&hub, &region.journal] {
            assert_eq!(foreign(journal).await.acting.len(), 1);
        }
        take_trap_away(&region).await;
        hub.close().await;
    }
    // Where another region's tables stand in it nobody guesses which is meant.
    for table in ["timeline", "audit_head"] {
        let made = format!("do $$ begin execute format('create table %I.{table} (x int)', current_user); end $$");
        region.tamper(made.leak()).await;
    }
    let refused = Journal::open(&region.url, &region.region_key).await.unwrap_err();
    assert!(matches!(&refused, OpenError::Schemas { found } if found.contains("public")), "{refused}");
    let split = if region.url.contains('?') { '&' } else { '?' };
    let named = format!("{}{split}options=-c%20search_path%3Dpublic", region.url);
    Journal::open_existing(&named, &region.region_key).await.unwrap().close().await;
    region.end().await;
}

#[tokio::test]
async fn a_column_of_others_that_must_be_filled_is_named() {
    let Some(region) = Region::on_postgres().await else { return };
    region.tamper("alter table linking_queue add column z int not null").await;
    region.tamper("alter table linking_queue add column y int not null default 0").await;
    let Foreign { acting, idle } = foreign(&region.journal).await;
    assert_eq!(
        acting.iter().map(|place| place.en.to_string()).collect::<Vec<_>>(),
        ["column that may not be empty z on table linking_queue"]
    );
    assert_eq!(idle, ["linking_queue.y", "linking_queue.z"]);
    region.end().await;
}
