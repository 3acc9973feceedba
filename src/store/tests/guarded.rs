//! Somebody writes the database without the region's key: what they add, change or bring back counts for nothing, and is
//! named. On each engine.

use uuid::Uuid;

use super::guarded_rulebooks;
use super::region::{MORNING, Region, on_both, on_both_as_once};
use crate::domain::account::{Identity, Invitation, Issuer, Passkey, PasskeyVoid, Purpose};
use crate::domain::client::{Client, ClientKey, KeyAlgorithm, Scopes};
use crate::domain::device::{Device, DeviceCertificate, DeviceException, Enrolment, Serial};
use crate::domain::directory::Directory;
use crate::domain::ids::{ClientId, DeviceId, EnrolmentId, IdentityId, InvitationId, PasskeyId};
use crate::domain::lifecycle::{RulebookVersion, SetSignature, Stage};
use crate::domain::role::Role;
use crate::domain::time::Timestamp;
use crate::store::check::{FaultKind, check};
use crate::store::engine::Engine;
use crate::store::{
    ClientChange, Journal, KeptAuthority, Link, RulebookFile, SignIn, StoreError, connect, fingerprint_of, migrate,
};
use crate::vault::{RegionKey, Token};

/// `work` in a transaction of the region.
macro_rules! written {
    ($region:expr, $tx:ident => $work:expr) => {{
        let done: Result<_, StoreError> = $region.journal.write(move |$tx| Box::pin(async move { $work })).await;
        done.unwrap()
    }};
}

const EVENING: Timestamp = Timestamp(MORNING.0 + 36_000_000_000);

/// The rows that the check names.
async fn forged(region: &Region) -> Vec<String> {
    let report = check(&region.journal, None).await.unwrap();
    // A file of a rulebook that is not as it was is told as such besides.
    let kinds = [FaultKind::Row, FaultKind::Rulebook];
    assert!(report.faults.iter().all(|fault| kinds.contains(&fault.kind)), "{:?}", report.faults);
    let rows = report.faults.into_iter().filter(|fault| fault.kind == FaultKind::Row);
    rows.map(|fault| fault.place.en.split(' ').next().unwrap_or_default().to_owned()).collect()
}

async fn signed_in(region: &Region) -> SignIn {
    let sign_in = SignIn { expires_at: EVENING, device: "タブレット".to_owned(), ..region.sign_in() };
    let stored = sign_in.clone();
    written!(region, tx => tx.insert_sign_in(&stored).await);
    sign_in
}

async fn lets_in(region: &Region, sign_in: &SignIn) -> bool {
    let (token, person) = (sign_in.token_hash, sign_in.person);
    let found = written!(region, tx => tx.find_sign_in(&token).await).is_some_and(|found| found.is_valid_at(MORNING));
    let listed = written!(region, tx => tx.list_sign_ins(person).await).iter().any(|found| found.is_valid_at(MORNING));
    assert_eq!(found, listed);
    found
}

#[tokio::test]
async fn a_sign_in_lets_in_only_as_it_was_written() {
    on_both(async |region| {
        region.employ_nurse().await;
        let sign_in = signed_in(region).await;
        assert!(lets_in(region, &sign_in).await && !region.journal.met_forged_rows());
        let changes = [
            ("update sign_in set role = 'secretariat'", "update sign_in set role = 'nurse'"),
            ("update sign_in set issued_at = issued_at + 1", "update sign_in set issued_at = issued_at - 1"),
            ("update sign_in set expires_at = expires_at + 1", "update sign_in set expires_at = expires_at - 1"),
            ("update sign_in set way = 'passkey'", "update sign_in set way = 'password'"),
            ("update sign_in set device = 'X'", "update sign_in set device = 'タブレット'"),
        ];
        for (change, back) in changes {
            region.tamper(change).await;
            assert!(!lets_in(region, &sign_in).await, "{change}");
            assert_eq!(forged(region).await, ["sign_in"], "{change}");
            region.tamper(back).await;
            assert!(lets_in(region, &sign_in).await, "{back}");
        }
        assert!(region.journal.met_forged_rows());
        region.tamper("update sign_in set used_at = 5").await;
        assert!(lets_in(region, &sign_in).await, "when it was used decides nothing");
    })
    .await;
}

#[tokio::test]
async fn a_sign_in_without_a_mac_is_none_and_an_end_is_not_undone_by_clearing_it() {
    on_both(async |region| {
        region.employ_nurse().await;
        let bare = signed_in(region).await;
        region.tamper("update sign_in set mac = null").await;
        assert!(!lets_in(region, &bare).await);
        region.tamper("delete from sign_in").await;

        let ended = signed_in(region).await;
        let id = ended.id;
        assert!(written!(region, tx => tx.revoke_sign_in(id, MORNING).await).is_some());
        assert!(forged(region).await.is_empty(), "one that ended needs no MAC");
        region.tamper("update sign_in set revoked_at = null").await;
        assert!(!lets_in(region, &ended).await);
        assert_eq!(forged(region).await, ["sign_in"]);
    })
    .await;
}

async fn directory(region: &Region) -> Directory {
    written!(region, tx => tx.load_directory().await)
}

#[tokio::test]
async fn a_directory_that_somebody_else_wrote_gives_nobody_anything() {
    on_both(async |region| {
        let mut nurse = region.employ_nurse().await;
        nurse.active = false;
        let (suspended, person, organisation) = (nurse.clone(), nurse.id, region.nurse().organisation);
        assert!(written!(region, tx => tx.update_person(&suspended).await));
        assert!(forged(region).await.is_empty());
        for row in [
            "update person set active = true",
            "insert into person_position (person, role, organisation, mac)
             select person, 'secretariat', organisation, mac from person_position",
            "insert into office_administrator (organisation, person) select organisation, person from person_position
             where role = 'nurse'",
            "update organisation set kind = 'secretariat'",
        ] {
            assert_eq!(region.tamper(row).await, 1, "{row}");
        }
        assert_eq!(forged(region).await, ["organisation", "person", "person_position", "office_administrator"]);
        let found = directory(region).await;
        assert!(region.journal.met_forged_rows());
        assert!(!found.people[&person].active && !found.organisations[&organisation].active);
        assert_eq!(found.people[&person].positions, nurse.positions);
        assert!(!found.administers(person, organisation));

        // What the secretariat keeps anew stands again.
        let mut station = found.organisations[&organisation].clone();
        (station.kind, station.active, nurse.active) = (region.nurse().organisation_type, true, true);
        let (stored, kept) = (station.clone(), nurse.clone());
        assert!(written!(region, tx => Ok(tx.update_organisation(&stored).await? && tx.update_person(&kept).await?)));
        let found = directory(region).await;
        assert!(found.people[&person].active && found.organisations[&organisation] == station);
        assert!(found.people[&person].positions.iter().all(|position| position.role == Role::Nurse));
        assert_eq!(forged(region).await, ["office_administrator"]);
    })
    .await;
}

#[tokio::test]
async fn a_row_that_cannot_be_read_is_not_there_and_stops_nobody() {
    on_both(async |region| {
        let nurse = region.employ_nurse().await;
        let (person, office) = (nurse.id, region.nurse().organisation);
        let station = directory(region).await.organisations[&office].clone();
        assert!(!region.journal.met_forged_rows());
        // What is written, and what is then not there: the office, the person, their position.
        for (row, there) in [
            ("update person_position set role = 'zz'", [true, true, false]),
            ("update organisation set kind = 'zz'", [false, true, true]),
            ("update organisation set sealed = substr(sealed, 1, 1)", [false, true, true]),
            ("update person set sealed = substr(sealed, 1, 1)", [true, false, false]),
        ] {
            assert_eq!(region.tamper(row).await, 1, "{row}");
            let found = directory(region).await;
            let held = found.people.get(&person).is_some_and(|found| found.positions == nurse.positions);
            assert_eq!(
                [found.organisations.contains_key(&office), found.people.contains_key(&person), held],
                there,
                "{row}"
            );
            assert!(region.journal.met_forged_rows());
            let one = written!(region, tx => tx.find_person(person).await);
            assert_eq!(
                (one.is_some(), one.is_some_and(|one| one.positions == nurse.positions)),
                (there[1], there[2]),
                "{row}"
            );
            assert_eq!(written!(region, tx => tx.find_organisation(office).await).is_some(), there[0], "{row}");
            let table = row.split(' ').nth(1).unwrap();
            let report = check(&region.journal, None).await.unwrap();
            let named: Vec<&str> = report.faults.iter().map(|fault| &*fault.place.en).collect();
            assert!(named.iter().any(|place| place.starts_with(&format!("{table} "))), "{row}: {named:?}");
            let (station, nurse) = (station.clone(), nurse.clone());
            assert!(
                written!(region, tx => Ok(tx.update_organisation(&station).await? && tx.update_person(&nurse).await?))
            );
            assert!(check(&region.journal, None).await.unwrap().is_whole(), "{row}");
        }
    })
    .await;
}

#[tokio::test]
async fn an_authority_whose_key_does_not_open_issues_no_more_and_what_it_issued_is_judged_as_before() {
    on_both(async |region| {
        let of = equipped(region).await;
        assert_eq!(region.tamper("update device_authority set sealed = substr(sealed, 1, 1)").await, 1);
        let (found, lists) = written!(region, tx => {
            Ok((tx.find_device_authority().await?.is_some(), tx.load_device_lists().await?))
        });
        assert_eq!((found, lists.authorities.len(), lists.certificates.len()), (false, 1, 1));
        assert!(region.journal.met_forged_rows());
        let next = KeptAuthority { number: 2, certificate: vec![2; 8], key: vec![2; 32].into() };
        assert!(written!(region, tx => tx.insert_device_authority(&next, MORNING).await));
        assert!(written!(region, tx => Ok(tx.find_device_authority().await?.is_some_and(|found| found.number == 2))));
        assert_eq!(counting(region, &of).await, [1; 10]);
    })
    .await;
}

/// Every other row that gives power, each once.
async fn equipped(region: &Region) -> (ClientId, [crate::vault::TokenHash; 2]) {
    let person = region.employ_nurse().await.id;
    let organisation = region.nurse().organisation;
    let tokens = [Token::random().hash(), Token::random().hash()];
    let id = |number| Uuid::from_u128(number);
    let (name, key, code) = ("鍵".to_owned(), vec![7; 80], "604117".to_owned());
    let passkey =
        Passkey { id: PasskeyId(id(1)), person, name: name.clone(), key, added_at: MORNING, used_at: None, void: None };
    let (issuer, subject) = ("https://login.example.jp".to_owned(), "1001".to_owned());
    let identity =
        Identity { id: IdentityId(id(2)), person, issuer, subject, linked_at: MORNING, used_at: None, voided_at: None };
    let invitation = Invitation {
        id: InvitationId(id(3)),
        person,
        purpose: Purpose::First,
        code: code.clone(),
        authenticator: vec![7; 20],
        issuer: Issuer::Machine,
        issued_at: MORNING,
        expires_at: EVENING,
        ended_at: None,
    };
    let client = Client {
        id: ClientId(person.0),
        organisation,
        purpose: "送信".to_owned(),
        scopes: Scopes::parse("scopes", "system/Patient.rs").unwrap(),
        registered_at: MORNING,
        suspended_at: None,
        removed_at: None,
    };
    let client_key = ClientKey { id: "k1".to_owned(), algorithm: KeyAlgorithm::Es384, material: vec![4; 97] };
    let device = DeviceId(id(4));
    let kept = Device { id: device, organisation, name, registered_at: MORNING, seen_at: None, revoked_at: None };
    let certificate =
        DeviceCertificate { serial: Serial([9; 16]), device, issued_at: MORNING, expires_at: EVENING, ended_at: None };
    let enrolment = Enrolment {
        id: EnrolmentId(id(5)),
        device,
        code,
        issuer: Issuer::Machine,
        issued_at: MORNING,
        expires_at: EVENING,
        ended_at: None,
    };
    let exception = DeviceException { person, granted_at: MORNING, until: EVENING };
    let authority = KeptAuthority { number: 1, certificate: vec![1; 8], key: vec![1; 32].into() };
    let client_id = client.id;
    written!(region, tx => {
        assert!(tx.insert_passkey(&passkey, b"credential").await? && tx.insert_identity(&identity).await?);
        tx.insert_invitation(&invitation, &tokens[0], 5).await?;
        tx.insert_client(&client).await?;
        assert!(tx.insert_client_key(client_id, &client_key, MORNING).await?);
        assert!(tx.insert_device_authority(&authority, MORNING).await?);
        tx.insert_device(&kept).await?;
        tx.insert_device_certificate(&certificate, 1).await?;
        tx.insert_enrolment(&enrolment, &tokens[1], 5).await?;
        tx.put_device_exception(&exception).await
    });
    (client_id, tokens)
}

/// How many of them count: passkey, identity, invitation, client, its key, authority, device, certificate, enrolment, exception.
async fn counting(region: &Region, of: &(ClientId, [crate::vault::TokenHash; 2])) -> [usize; 10] {
    let (client, [invitation, enrolment]) = *of;
    written!(region, tx => {
        let lists = tx.load_device_lists().await?;
        Ok([
            usize::from(tx.find_passkey(b"credential").await?.is_some_and(|found| found.void.is_none())),
            usize::from(tx.find_identity("https://login.example.jp", "1001").await?.is_some_and(|found| found.voided_at.is_none())),
            usize::from(tx.find_invitation(&invitation).await?.is_some_and(|found| found.is_open_at(MORNING))),
            usize::from(tx.find_client(client).await?.is_some_and(|found| found.stands())),
            tx.list_client_keys(client).await?.iter().filter(|key| key.removed_at.is_none()).count(),
            usize::from(tx.find_device_authority().await?.is_some()).min(lists.authorities.len()),
            lists.devices.iter().filter(|(_, _, revoked)| !revoked).count(),
            lists.certificates.iter().filter(|one| one.ended_at.is_none()).count(),
            usize::from(tx.find_enrolment(&enrolment).await?.is_some_and(|found| found.ended_at.is_none())),
            lists.exceptions.len(),
        ])
    })
}

#[tokio::test]
async fn no_key_link_client_or_device_is_given_to_somebody_else() {
    on_both(async |region| {
        let of = equipped(region).await;
        assert_eq!(counting(region, &of).await, [1; 10]);
        assert!(forged(region).await.is_empty());
        let changes = [
            ("passkey", "update passkey set added_at = added_at + 1"),
            ("identity", "update identity set linked_at = linked_at + 1"),
            ("invitation", "update invitation set expires_at = expires_at + 1"),
            ("client", "update client set scopes = 'system/Patient.rs system/Observation.rs'"),
            ("client_key", "update client_key set material = client"),
            ("device_authority", "update device_authority set certificate = sealed"),
            ("device", "update device set registered_at = 5"),
            ("device_certificate", "update device_certificate set expires_at = expires_at + 1"),
            ("device_enrolment", "update device_enrolment set expires_at = expires_at + 1"),
            ("device_exception", "update device_exception set until_at = until_at + 1"),
        ];
        let mut expected = [1; 10];
        for (at, (table, change)) in changes.into_iter().enumerate() {
            assert_eq!(region.tamper(change).await, 1, "{change}");
            expected[at] = 0;
            assert_eq!(counting(region, &of).await, expected, "{change}");
            assert!(forged(region).await.iter().any(|named| named == table), "{table}");
        }
        assert_eq!(forged(region).await.len(), 10);
    })
    .await;
}

#[tokio::test]
async fn what_ended_is_not_brought_back_by_clearing_a_column() {
    on_both(async |region| {
        let of = equipped(region).await;
        let (client, person) = (of.0, region.nurse().person);
        written!(region, tx => {
            assert!(tx.change_client(client, ClientChange::Suspend, MORNING).await?);
            assert!(tx.find_client(client).await?.is_some_and(|found| !found.stands()));
            assert!(tx.change_client(client, ClientChange::Resume, MORNING).await?);
            assert!(tx.find_client(client).await?.is_some_and(|found| found.stands()));
            assert!(tx.change_client(client, ClientChange::Suspend, MORNING).await?);
            tx.remove_client_key(client, "k1", MORNING).await?;
            assert!(tx.void_passkey(PasskeyId(Uuid::from_u128(1)), PasskeyVoid::Recovery, MORNING).await?);
            tx.void_identities_of(person, MORNING).await?;
            assert!(tx.end_link(Link::Invitation(InvitationId(Uuid::from_u128(3))), MORNING).await?);
            assert!(tx.end_link(Link::Enrolment(EnrolmentId(Uuid::from_u128(5))), MORNING).await?);
            assert!(tx.revoke_device(DeviceId(Uuid::from_u128(4)), MORNING).await?);
            tx.retire_device_authority(1, MORNING).await?;
            tx.delete_device_exception(person).await
        });
        let again: Result<(), StoreError> =
            region.journal.write(move |tx| Box::pin(tx.remove_client_key(client, "k1", EVENING))).await;
        assert!(matches!(again, Err(StoreError::RowsAffected { .. })), "it ends once: {again:?}");
        assert_eq!(counting(region, &of).await, [0; 10]);
        assert!(forged(region).await.is_empty());
        for back in [
            "update passkey set voided_at = null, voided_why = ''",
            "update identity set voided_at = null",
            "update invitation set ended_at = null",
            "update client set suspended_at = null",
            "update client_key set removed_at = null",
            "update device_authority set retired_at = null",
            "update device set revoked_at = null",
            "update device_certificate set ended_at = null",
            "update device_enrolment set ended_at = null",
        ] {
            assert_eq!(region.tamper(back).await, 1, "{back}");
        }
        assert_eq!(counting(region, &of).await, [0; 10]);
        assert_eq!(forged(region).await.len(), 9);
    })
    .await;
}

#[tokio::test]
async fn a_client_that_was_removed_is_not_brought_back_by_clearing_a_column() {
    on_both(async |region| {
        let (client, _) = equipped(region).await;
        written!(region, tx => {
            assert!(tx.change_client(client, ClientChange::Remove, MORNING).await?);
            assert!(tx.find_client(client).await?.is_some_and(|found| !found.stands()));
            Ok(())
        });
        // Nothing that is done to it afterwards gives it a MAC again, or another end.
        let change = async |change| written!(region, tx => tx.change_client(client, change, EVENING).await);
        assert!(!change(ClientChange::Suspend).await && !change(ClientChange::Remove).await);
        region.tamper("update client set suspended_at = removed_at").await;
        assert!(!change(ClientChange::Resume).await);
        region.tamper("update client set suspended_at = null").await;
        assert!(written!(region, tx => tx.list_clients().await).is_empty());
        let found = written!(region, tx => tx.find_client(client).await);
        assert_eq!(found.and_then(|found| found.removed_at), Some(MORNING));
        assert!(forged(region).await.is_empty(), "one that ended needs no MAC");
        region.tamper("update client set removed_at = null").await;
        assert!(written!(region, tx => tx.find_client(client).await).is_none());
        assert_eq!(forged(region).await, ["client"]);
    })
    .await;
}

/// Of the guarded tables: what gives nobody anything, and may be written without the region's key.
const DECIDES_NOTHING: [(&str, &[&str]); 12] = [
    // An end: what ended has no MAC, whatever stands there. When it was last used is for reading only.
    ("sign_in", &["revoked_at", "used_at"]),
    // Sealed with the region's key, which says as much.
    ("organisation", &["sealed"]),
    ("person", &["sealed"]),
    // How many tries are left changes with each of them.
    ("invitation", &["sealed", "tries_left", "ended_at"]),
    ("passkey", &["sealed", "counter", "used_at", "voided_at", "voided_why"]),
    ("identity", &["sealed", "used_at", "voided_at"]),
    ("client", &["sealed", "removed_at"]),
    ("client_key", &["removed_at"]),
    ("device_authority", &["sealed", "retired_at"]),
    ("device", &["sealed", "seen_at", "revoked_at"]),
    ("device_certificate", &["ended_at"]),
    ("device_enrolment", &["sealed", "tries_left", "ended_at"]),
];

#[tokio::test]
async fn every_column_of_a_guarded_table_is_under_its_mac_or_decides_nothing() {
    let region = Region::on_sqlite().await;
    let columns = super::schema::columns(&region.journal).await;
    for (table, covered) in crate::store::guarded::covered() {
        let free = DECIDES_NOTHING.iter().find(|(of, _)| *of == table).map_or(&[][..], |(_, free)| free);
        let mut said: Vec<&str> = [&covered[..], free, &["mac"]].concat();
        let mut there: Vec<&str> = columns.keys().filter(|(of, _)| of == table).map(|(_, column)| &**column).collect();
        said.sort_unstable();
        there.sort_unstable();
        assert_eq!(said, there, "{table}");
    }
}

/// A version of the rulebook with a file that somebody signed.
async fn drafted(region: &Region) {
    let files = [RulebookFile { path: "floor.toml".to_owned(), content: "# 土台".to_owned() }];
    let version = RulebookVersion {
        fingerprint: fingerprint_of(&files),
        ..guarded_rulebooks::version(region, Stage::Draft, None)
    };
    let signature = SetSignature { signer: Some(region.nurse().person), ..guarded_rulebooks::signature() };
    written!(region, tx => {
        tx.insert_rulebook_version(&version, &files).await?;
        tx.upsert_rulebook_signature(version.id, &signature).await
    });
}

/// Another value than any row here has.
fn other(column: &str) -> &'static str {
    match column {
        "token_hash" | "credential" | "known_as" | "material" | "certificate" | "serial" | "person"
        | "organisation" | "client" | "registered_device" | "version" | "signer" => {
            "x'000102030405060708090a0b0c0d0e0f'"
        }
        "issued_at" | "expires_at" | "registered_at" | "granted_at" | "until_at" | "added_at" | "linked_at"
        | "made_at" | "suspended_at" | "authority" | "drafted_at" | "effective_at" | "changed_at" => "7",
        "algorithm" | "scopes" | "way" | "purpose" | "kid" | "client_key" | "title" | "fingerprint" | "path"
        | "content" | "ruleset" | "body" | "signed_on" | "agreement" => "'8'",
        "stage" => "'agreed'",
        "role" | "kind" => "'secretariat'",
        "active" => "1 - active",
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn whichever_column_of_a_row_is_changed_the_row_is_named() {
    let region = Region::on_sqlite().await;
    equipped(&region).await;
    signed_in(&region).await;
    drafted(&region).await;
    let (organisation, person) = (region.nurse().organisation, region.nurse().person);
    written!(region, tx => tx.insert_administrator(organisation, person).await);
    // By a connection that does not mind what rows refer to.
    let file = region.folder.path().join("journal.db");
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(file).foreign_keys(false);
    let mut outside = <sqlx::SqliteConnection as sqlx::Connection>::connect_with(&options).await.unwrap();
    for (table, columns) in crate::store::guarded::covered() {
        for column in columns {
            let value = match (table, column) {
                ("sign_in", "device") | ("rulebook_signature", "person") => "'9'",
                ("device_authority", "id") => "9",
                (_, "id" | "device") => "x'0f0e0d0c0b0a09080706050403020100'",
                _ => other(column),
            };
            let changes = [
                format!("create table before as select {column} from {table}"),
                format!("update {table} set {column} = {value}"),
                format!("update {table} set {column} = (select {column} from before)"),
                "drop table before".to_owned(),
            ];
            for (step, sql) in changes.into_iter().enumerate() {
                let done = sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&mut outside).await.unwrap();
                match step {
                    1 => {
                        assert_eq!(done.rows_affected(), 1, "{table}.{column}");
                        assert_eq!(forged(&region).await, [table], "{column}");
                    }
                    2 => assert!(forged(&region).await.is_empty(), "{table}.{column}"),
                    _ => {}
                }
            }
        }
    }
}

async fn is_employed(journal: &Journal, region: &Region) -> bool {
    let found: Result<Directory, StoreError> = journal.read(|tx| Box::pin(tx.load_directory())).await;
    let found = found.unwrap();
    let nurse = &found.people[&region.nurse().person];
    nurse.active && !nurse.positions.is_empty()
}

const STRIP: [&str; 3] =
    ["update person set mac = null", "update person_position set mac = null", "update organisation set mac = null"];

#[tokio::test]
async fn rows_of_before_are_taken_in_once_and_never_after_their_macs_were_taken_away() {
    on_both(async |region| {
        region.employ_nurse().await;
        assert!(is_employed(&region.journal, region).await);
        for strip in STRIP {
            region.tamper(strip).await;
        }
        let again = region.another_hub().await;
        assert!(!is_employed(&again, region).await);
        again.close().await;
    })
    .await;
    on_both_as_once(async |region| {
        region.employ_nurse().await;
        // As a hub of before left it: no MACs, and a data key that does not say there were any.
        for strip in STRIP {
            region.tamper(strip).await;
        }
        region.tamper("delete from data_key").await;
        let again = region.another_hub().await;
        assert!(is_employed(&again, region).await && forged(region).await.is_empty());
        again.close().await;
        region.tamper(STRIP[0]).await;
        let third = region.another_hub().await;
        assert!(!is_employed(&third, region).await, "once");
        third.close().await;
    })
    .await;
}

#[tokio::test]
async fn sign_ins_of_before_end_with_the_migration() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/journal.db", folder.path().display());
    let engine: Engine = connect::open_engine(&url, true).await.unwrap();
    migrate::migrate_to(&engine, migrate::FIRST_WITH_MACS - 1).await.unwrap();
    let bare = Journal::bare(engine);
    for row in [
        "insert into organisation (id, kind, active, sealed) values (x'01', 'clinic', 1, x'00')",
        "insert into person (id, active, sealed) values (x'02', 1, x'00')",
        "insert into sign_in (id, token_hash, person, role, organisation, issued_at, expires_at, way, used_at)
         values (x'03', x'03', x'02', 'doctor', x'01', 1, 9, 'password', 5)",
    ] {
        let added: Result<u64, StoreError> =
            bare.write(move |tx| Box::pin(async move { tx.execute_raw(row).await })).await;
        assert_eq!(added.unwrap(), 1);
    }
    bare.close().await;
    let key = std::sync::Arc::new(RegionKey::ephemeral());
    let region = Region::of(Journal::open(&url, &key).await.unwrap(), key);
    assert_eq!(region.count("select revoked_at from sign_in").await, 5);
    region.end().await;
}
