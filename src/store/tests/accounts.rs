//! Accounts, invitations and appointments, as each engine keeps them.

use super::region::{MORNING, Region, on_both};
use crate::domain::account::{
    Account, Identity, Invitation, InvitationEnd, Issuer, Login, Passkey, PasskeyVoid, Purpose,
};
use crate::domain::act::By;
use crate::domain::directory::Position;
use crate::domain::ids::{IdentityId, InvitationId, PasskeyId};
use crate::domain::time::Timestamp;
use crate::store::check::{FaultKind, check};
use crate::store::{Link, StoreError};
use crate::vault::Token;

/// `work` in a transaction of the region.
macro_rules! written {
    ($region:expr, $tx:ident => $work:expr) => {{
        let done: Result<_, StoreError> = $region.journal.write(move |$tx| Box::pin(async move { $work })).await;
        done.unwrap()
    }};
}

pub(super) fn account(region: &Region, login: &str) -> Account {
    Account {
        person: region.nurse().person,
        login: Login::parse("login", login).unwrap(),
        password: Some("$argon2id$…".to_owned()),
        authenticator: Some(vec![7; 20]),
        passkeys_count: 0,
        void_passkeys_count: 0,
        identities_count: 0,
        void_identities_count: 0,
        changed_at: MORNING,
    }
}

#[tokio::test]
async fn an_account_is_found_by_person_and_name_and_each_has_one() {
    on_both(async |region| {
        region.employ_nurse().await;
        let kept = account(region, "sato.hanako");
        let (person, first, same, other) =
            (kept.person, kept.clone(), account(region, "sato.hanako"), account(region, "other.name"));
        assert!(written!(region, tx => tx.insert_account(&first).await));
        assert!(!written!(region, tx => tx.insert_account(&same).await), "the name is taken");
        assert!(!written!(region, tx => tx.insert_account(&other).await), "the person has one");
        let digest = |login: &str| region.key.logins().mac(&[login.as_bytes()]);
        let (hers, nobodys) = (digest("sato.hanako"), digest("sato"));
        assert_eq!(written!(region, tx => tx.find_account_by_login(&hers).await), Some(kept.clone()));
        assert_eq!(written!(region, tx => tx.find_account_by_login(&nobodys).await), None);
        let void = Account { authenticator: None, changed_at: Timestamp(MORNING.0 + 1), ..kept.clone() };
        let stored = void.clone();
        written!(region, tx => tx.update_account(&stored).await);
        assert_eq!(written!(region, tx => tx.find_account(person).await), Some(void));
    })
    .await;
}

#[tokio::test]
async fn an_account_that_is_found_by_another_name_than_its_own_is_told() {
    on_both(async |region| {
        region.employ_nurse().await;
        let kept = account(region, "sato.hanako");
        assert!(written!(region, tx => tx.insert_account(&kept).await));
        assert!(check(&region.journal, None).await.unwrap().is_whole());
        assert_eq!(region.tamper("update account set login = person").await, 1);
        let report = check(&region.journal, None).await.unwrap();
        let told: Vec<_> = report.faults.iter().map(|fault| (fault.kind, fault.place.en.to_string())).collect();
        assert_eq!(told, [(FaultKind::Row, format!("account {}", region.nurse().person))]);
    })
    .await;
}

#[tokio::test]
async fn a_code_and_all_before_it_are_used_up() {
    on_both(async |region| {
        region.employ_nurse().await;
        let kept = account(region, "sato.hanako");
        let person = kept.person;
        written!(region, tx => tx.insert_account(&kept).await);
        for (step, is_new) in [(10, true), (10, false), (9, false), (11, true), (11, false)] {
            assert_eq!(written!(region, tx => tx.use_code_step(person, step).await), is_new, "{step}");
        }
        // The clock was ahead, and is right again: what was used then shuts nobody out, and what is used now is used.
        for (step, is_new) in [(2_900, true), (2_900, false), (2_899, false), (2_898, false), (12, true), (12, false)] {
            assert_eq!(written!(region, tx => tx.use_code_step(person, step).await), is_new, "{step}");
        }
        written!(region, tx => tx.forget_code_steps(person).await);
        assert!(written!(region, tx => tx.use_code_step(person, 3).await));
    })
    .await;
}

#[tokio::test]
async fn a_passkey_counts_on_and_never_back_and_lets_nobody_in_once_it_is_void() {
    on_both(async |region| {
        region.employ_nurse().await;
        let kept = account(region, "sato.hanako");
        let person = kept.person;
        written!(region, tx => tx.insert_account(&kept).await);
        let (name, key) = ("iPhone".to_owned(), vec![7; 80]);
        let id = PasskeyId(uuid::Uuid::from_u128(40));
        let passkey = Passkey { id, person, name, key, added_at: MORNING, used_at: None, void: None };
        let (first, same, mut used) = (passkey.clone(), passkey.clone(), passkey.clone());
        assert!(written!(region, tx => tx.insert_passkey(&first, b"credential").await));
        assert!(!written!(region, tx => tx.insert_passkey(&same, b"credential").await), "somebody has it");
        assert_eq!(written!(region, tx => tx.find_passkey(b"credential").await), Some(passkey));
        assert_eq!(written!(region, tx => tx.find_passkey(b"another").await), None);
        used.key = vec![8; 80];
        for (counter, counts) in [(0, true), (0, true), (5, true), (5, false), (4, false), (0, false), (6, true)] {
            let used = used.clone();
            let written = written!(region, tx => tx.use_passkey(&used, counter, MORNING).await);
            assert_eq!(written, counts, "{counter}");
        }
        let found = written!(region, tx => tx.find_passkey(b"credential").await).unwrap();
        assert_eq!((found.key[0], found.used_at), (8, Some(MORNING)));
        let counts = |account: Option<Account>| account.map(|it| (it.passkeys_count, it.void_passkeys_count));
        assert_eq!(counts(written!(region, tx => tx.find_account(person).await)), Some((1, 0)));
        assert!(written!(region, tx => tx.list_copied_passkeys().await).is_empty());
        assert!(written!(region, tx => tx.void_passkey(id, PasskeyVoid::Copied, MORNING).await));
        assert!(!written!(region, tx => tx.void_passkey(id, PasskeyVoid::Recovery, MORNING).await), "it was void");
        assert!(!written!(region, tx => tx.use_passkey(&used, 9, MORNING).await), "a void one lets nobody in");
        assert_eq!(counts(written!(region, tx => tx.find_account(person).await)), Some((0, 1)));
        assert_eq!(written!(region, tx => tx.list_copied_passkeys().await).len(), 1);
        assert!(written!(region, tx => tx.delete_passkey(id).await));
        assert!(written!(region, tx => tx.list_passkeys(person).await).is_empty());
    })
    .await;
}

#[tokio::test]
async fn an_identity_is_found_by_service_and_name_and_lets_nobody_in_once_it_is_void() {
    on_both(async |region| {
        region.employ_nurse().await;
        let kept = account(region, "sato.hanako");
        let person = kept.person;
        written!(region, tx => tx.insert_account(&kept).await);
        let (issuer, subject) = ("https://login.example.jp".to_owned(), "248289761001".to_owned());
        let id = IdentityId(uuid::Uuid::from_u128(50));
        let identity = Identity { id, person, issuer, subject, linked_at: MORNING, used_at: None, voided_at: None };
        let first = identity.clone();
        let same = Identity { id: IdentityId(uuid::Uuid::from_u128(51)), ..identity.clone() };
        assert!(written!(region, tx => tx.insert_identity(&first).await));
        assert!(!written!(region, tx => tx.insert_identity(&same).await), "it is somebody's");
        let found = written!(region, tx => tx.find_identity("https://login.example.jp", "248289761001").await);
        assert_eq!(found, Some(identity));
        for (issuer, subject) in
            [("https://login.example.jp", "24828976100"), ("https://login.example", "248289761001")]
        {
            assert_eq!(written!(region, tx => tx.find_identity(issuer, subject).await), None);
        }
        let counts = |account: Option<Account>| account.map(|it| (it.identities_count, it.void_identities_count));
        assert_eq!(counts(written!(region, tx => tx.find_account(person).await)), Some((1, 0)));
        assert!(written!(region, tx => tx.use_identity(id, MORNING).await));
        written!(region, tx => tx.void_identities_of(person, MORNING).await);
        assert!(!written!(region, tx => tx.use_identity(id, MORNING).await), "a void one lets nobody in");
        assert_eq!(counts(written!(region, tx => tx.find_account(person).await)), Some((0, 1)));
        let listed = written!(region, tx => tx.list_identities(person).await);
        assert_eq!((listed[0].used_at, listed[0].voided_at), (Some(MORNING), Some(MORNING)));
        let nobody = crate::domain::ids::PersonId(uuid::Uuid::from_u128(9));
        assert!(!written!(region, tx => tx.delete_identity(nobody, id).await), "not theirs");
        assert!(written!(region, tx => tx.delete_identity(person, id).await));
        written!(region, tx => tx.delete_identities_of(person).await);
        assert!(written!(region, tx => tx.list_identities(person).await).is_empty());
    })
    .await;
}

#[tokio::test]
async fn an_invitation_bears_so_many_tries_and_ends_once() {
    on_both(async |region| {
        region.employ_nurse().await;
        let (id, token, person) = (InvitationId(region.ids.draw()), Token::random().hash(), region.nurse().person);
        let position = Position { role: region.nurse().role, organisation: region.nurse().organisation };
        let issuer = Issuer::Person(person, position);
        let invitation = Invitation {
            id,
            person,
            purpose: Purpose::Recovery,
            code: "604117".to_owned(),
            authenticator: vec![7; 20],
            issuer,
            issued_at: MORNING,
            expires_at: Timestamp(MORNING.0 + 60),
            ended_at: None,
        };
        written!(region, tx => tx.insert_invitation(&invitation, &token, 2).await);
        let found = written!(region, tx => tx.find_invitation(&token).await).unwrap();
        assert_eq!((found.id, found.purpose, found.code.as_str()), (id, Purpose::Recovery, "604117"));
        assert_eq!(found.issuer, issuer);
        assert!(found.is_open_at(Timestamp(MORNING.0 + 59)) && !found.is_open_at(found.expires_at));
        assert!(written!(region, tx => tx.take_try(Link::Invitation(id)).await));
        written!(region, tx => tx.give_try_back(Link::Invitation(id)).await);
        for (left, is_taken) in [(true, true), (false, true), (false, false)] {
            assert_eq!(written!(region, tx => tx.take_try(Link::Invitation(id)).await), is_taken);
            assert_eq!(written!(region, tx => tx.has_tries(Link::Invitation(id)).await), left);
        }
        assert_eq!(written!(region, tx => tx.list_invitations(person).await).len(), 1);
        written!(region, tx => tx.give_try_back(Link::Invitation(id)).await);
        assert!(written!(region, tx => tx.end_link(Link::Invitation(id), MORNING).await));
        assert!(!written!(region, tx => tx.end_link(Link::Invitation(id), MORNING).await));
        assert!(!written!(region, tx => tx.take_try(Link::Invitation(id)).await), "ended, though a try is left");
        assert!(written!(region, tx => tx.list_invitations(person).await).is_empty());
    })
    .await;
}

#[tokio::test]
async fn an_appointment_stands_in_the_directory_until_it_ends() {
    on_both(async |region| {
        region.employ_nurse().await;
        let (organisation, person) = (region.nurse().organisation, region.nurse().person);
        assert!(written!(region, tx => tx.insert_administrator(organisation, person).await));
        assert!(!written!(region, tx => tx.insert_administrator(organisation, person).await));
        assert!(written!(region, tx => tx.load_directory().await).administers(person, organisation));
        // What is appointed anew over a row that somebody else wrote stands, also for who reads it next.
        for forged in ["update office_administrator set mac = null", "update office_administrator set mac = person"] {
            assert_eq!(region.tamper(forged).await, 1);
            assert!(!written!(region, tx => tx.load_directory().await).administers(person, organisation), "{forged}");
            assert!(written!(region, tx => tx.insert_administrator(organisation, person).await), "{forged}");
            assert!(written!(region, tx => tx.load_directory().await).administers(person, organisation), "{forged}");
        }
        assert!(written!(region, tx => tx.delete_administrator(organisation, person).await));
        assert!(!written!(region, tx => tx.delete_administrator(organisation, person).await));
        assert!(!written!(region, tx => tx.load_directory().await).administers(person, organisation));
    })
    .await;
}

#[tokio::test]
async fn neither_sign_in_name_nor_secret_stands_in_the_file_in_the_clear() {
    let region = Region::on_sqlite().await;
    region.employ_nurse().await;
    let kept = account(&region, "sato.hanako");
    written!(region, tx => tx.insert_account(&kept).await);
    let folder = region.folder.path().to_owned();
    region.journal.close().await;
    let mut bytes = Vec::new();
    for file in std::fs::read_dir(folder).unwrap() {
        bytes.extend(std::fs::read(file.unwrap().path()).unwrap());
    }
    for word in [&b"sato.hanako"[..], b"argon2id", &[7; 20]] {
        assert!(!bytes.windows(word.len()).any(|window| window == word), "{word:?} is readable");
    }
}

/// An end is a statement over all rows of somebody: it asks none of them what it says.
#[tokio::test]
async fn what_ends_goes_through_whatever_stands_beside_it() {
    on_both(async |region| {
        region.employ_nurse().await;
        let (person, organisation, role) = (region.nurse().person, region.nurse().organisation, region.nurse().role);
        let issuers = [Issuer::Machine, Issuer::Unknown, Issuer::Person(person, Position { role, organisation })];
        for issuer in issuers {
            let (id, token) = (InvitationId(region.ids.draw()), Token::random().hash());
            let invitation = Invitation {
                id,
                person,
                purpose: Purpose::First,
                code: "604117".to_owned(),
                authenticator: vec![7; 20],
                issuer,
                issued_at: MORNING,
                expires_at: Timestamp(MORNING.0 + 60),
                ended_at: None,
            };
            written!(region, tx => tx.insert_invitation(&invitation, &token, 5).await);
        }
        let rubbish =
            "insert into invitation (id, token_hash, person, purpose, sealed, issued_at, expires_at, tries_left)
            select substr(token_hash, 1, 5), substr(token_hash, 1, 9), person, 'zz', substr(sealed, 1, 1), 0,
            9000000000000000000, 5 from invitation";
        assert_eq!(region.tamper(rubbish).await, 3);
        let mut found: Vec<Issuer> =
            written!(region, tx => tx.list_open_invitations(MORNING).await).iter().map(|one| one.issuer).collect();
        found.sort_by_key(|issuer| issuers.iter().position(|known| known == issuer));
        assert_eq!(found, issuers);
        assert!(region.journal.met_forged_rows());
        let (by, why) = (By::Operator, InvitationEnd::PersonChanged);
        assert_eq!(written!(region, tx => tx.end_invitations_at(organisation, by, why, MORNING).await), 6);
        assert_eq!(written!(region, tx => tx.end_invitations_of(person, by, why, MORNING).await), 0);
        assert!(written!(region, tx => tx.list_open_invitations(MORNING).await).is_empty());

        let rubbish = "insert into sign_in (id, token_hash, person, role, organisation, issued_at, expires_at, way)
            select substr(person, 1, 5), substr(person, 1, 7), person, 'zz', organisation, 0, 9000000000000000000, 'zz'
            from person_position";
        assert_eq!(region.tamper(rubbish).await, 1);
        assert!(written!(region, tx => tx.list_sign_ins(person).await).is_empty());
        assert!(written!(region, tx => tx.revoke_sign_ins_of(person, MORNING).await).is_empty());
        assert_eq!(region.count("select count(*) from sign_in where revoked_at is null").await, 0);
        assert!(check(&region.journal, None).await.unwrap().is_whole());
    })
    .await;
}
