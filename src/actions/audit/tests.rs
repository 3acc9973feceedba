//! Every deed that somebody had to give a reason for, and every form in which the log is read: the reason comes out of each.

use uuid::Uuid;

use super::event::Event;
use super::export::csv_row;
use super::fhir;
use super::shape::AuditRecordShape;
use crate::domain::account::{
    AccountChange, AccountDeed, IdentityStep, InvitationEnd, PasskeyStep, Purpose, SignInWay, Tried,
};
use crate::domain::act::{Act, By, Deed, SignInEnd};
use crate::domain::announcement::{AnnouncementDeed, AnnouncementStep};
use crate::domain::audit::{AuditFilter, AuditUse};
use crate::domain::case::{CaseDeed, CaseStep};
use crate::domain::client::{ClientDeed, Scopes};
use crate::domain::device::{CertificateWay, DeviceDeed, Serial};
use crate::domain::directory::{Actor, Directory, Position};
use crate::domain::group::{GroupDeed, GroupStep};
use crate::domain::ids::{
    AnnouncementId, CaseId, ClientId, DeviceId, EnrolmentId, EntryId, GroupId, IdentityId, InvitationId,
    OrganisationId, PasskeyId, PatientId, PersonId, RulebookVersionId, SignInId, TrainingId,
};
use crate::domain::keeping::{KeepingDeed, TakenOut};
use crate::domain::kind::Kind;
use crate::domain::lifecycle::LifeStep;
use crate::domain::quarantine::{QuarantineDeed, QuarantineStep};
use crate::domain::retention::Kept;
use crate::domain::role::{OrganisationType, Role};
use crate::domain::ruling::Ruling;
use crate::domain::time::Timestamp;
use crate::domain::training::{TrainingDeed, TrainingStep};
use crate::store::{AuditFound, AuditRecord, Audited, DeviceSeen, Dismissed, Refusal};

/// Written by nobody else in these records, and a formula if a spreadsheet were to read it.
const WHY: &str = "=わけはこれ";
const AT: Timestamp = Timestamp(1_775_003_400_000_000);

fn why() -> String {
    WHY.to_owned()
}

const fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn nurse() -> Actor {
    Actor {
        person: PersonId(id(1)),
        role: Role::Nurse,
        organisation: OrganisationId(id(2)),
        organisation_type: OrganisationType::NursingStation,
    }
}

fn position() -> Position {
    Position { role: Role::Nurse, organisation: nurse().organisation }
}

fn account_deeds() -> Vec<AccountDeed> {
    let person = nurse().person;
    let (invitation, expires_at) = (InvitationId(id(3)), AT);
    vec![
        AccountDeed::Invited { person, invitation, purpose: Purpose::First, expires_at, reason: String::new() },
        AccountDeed::Invited { person, invitation, purpose: Purpose::Recovery, expires_at, reason: why() },
        AccountDeed::InvitationEnded { person, invitation, why: InvitationEnd::Used },
        AccountDeed::Changed { person, what: AccountChange::Password },
        AccountDeed::SignInRefused { person, from: Tried::default() },
        AccountDeed::Passkey { person, passkey: PasskeyId(id(4)), what: PasskeyStep::Added },
        AccountDeed::Identity { person, identity: IdentityId(id(5)), what: IdentityStep::Linked },
        AccountDeed::Proved { person, way: SignInWay::Passkey },
        AccountDeed::AdministratorKept { organisation: nurse().organisation, person, appointed: true },
    ]
}

fn device_deeds() -> Vec<DeviceDeed> {
    let (device, enrolment, expires_at, serial) = (DeviceId(id(6)), EnrolmentId(id(7)), AT, Serial([8; 16]));
    let person = nurse().person;
    vec![
        DeviceDeed::Registered { device, organisation: nurse().organisation },
        DeviceDeed::Enrolling { device, enrolment, expires_at },
        DeviceDeed::EnrolmentEnded { device, enrolment, why: InvitationEnd::Used },
        DeviceDeed::CertificateIssued { device, serial, expires_at, way: CertificateWay::Console },
        DeviceDeed::CertificateReplaced { device, serial },
        DeviceDeed::Revoked { device, reason: why() },
        DeviceDeed::AuthorityMade { number: 2, fingerprint: "0a".to_owned() },
        DeviceDeed::AuthorityRetired { number: 1, certificates: 3, reason: why() },
        DeviceDeed::ExceptionGranted { person, until: AT, reason: why() },
        DeviceDeed::ExceptionEnded { person },
    ]
}

fn client_deeds() -> Vec<ClientDeed> {
    let (client, scopes) = (ClientId(id(9)), Scopes::default());
    let (key, address) = ("2026-04".to_owned(), String::new());
    vec![
        ClientDeed::Registered { client, organisation: nurse().organisation, scopes },
        ClientDeed::KeyAdded { client, key: key.clone() },
        ClientDeed::KeyRemoved { client, key: key.clone() },
        ClientDeed::Suspended { client, reason: why() },
        ClientDeed::Resumed { client },
        ClientDeed::Removed { client, reason: why() },
        ClientDeed::TokenIssued { client, sign_in: SignInId(id(10)), key, address: address.clone(), scopes },
        ClientDeed::Refused { client, address },
    ]
}

fn keeping_deeds() -> Vec<KeepingDeed> {
    let patient = PatientId(id(11));
    let day = jiff::civil::date(2026, 4, 1);
    let kept = Kept { ended_on: day, until: day, of: OrganisationType::Clinic, years: 5 };
    vec![
        KeepingDeed::BackedUp { name: "renkei-1".to_owned(), bytes: 7 },
        KeepingDeed::Restored { made_at: AT, sign_ins: 1, links: 1, despite: String::new() },
        KeepingDeed::Restored { made_at: AT, sign_ins: 1, links: 1, despite: why() },
        KeepingDeed::KeyRotated { from: "0a".to_owned(), to: "0b".to_owned() },
        KeepingDeed::CheckpointKeyReplaced { from: [1; 32], to: [2; 32], after: 7, reason: why() },
        KeepingDeed::Destroyed { patient, kept, reason: why() },
        KeepingDeed::Exported { patient: Some(patient), reason: why(), taken: None },
        KeepingDeed::Exported { patient: None, reason: why(), taken: None },
        KeepingDeed::Exported { patient: Some(patient), reason: why(), taken: Some(TakenOut::default()) },
        KeepingDeed::LookedInto { patient: Some(patient), reason: why() },
        KeepingDeed::SecretariatRestored {
            organisation: OrganisationId(id(15)),
            person: PersonId(id(16)),
            reason: why(),
        },
        KeepingDeed::SuspensionLifted {
            organisation: OrganisationId(id(15)),
            person: Some(PersonId(id(16))),
            reason: why(),
        },
        KeepingDeed::SuspensionLifted { organisation: OrganisationId(id(15)), person: None, reason: why() },
        KeepingDeed::RowStruck { table: "client_key".to_owned(), row: "k1".to_owned(), reason: why() },
    ]
}

fn other_deeds() -> Vec<Deed> {
    let (person, organisation) = (nurse().person, nurse().organisation);
    let (sign_in, version) = (SignInId(id(12)), RulebookVersionId(id(13)));
    let moved = |step, said: String| Deed::RulebookMoved { version, step, fingerprint: "0c".to_owned(), said };
    let quarantined =
        |step, reason| Deed::Quarantine(QuarantineDeed { step, post: EntryId(id(14)), author: person, reason });
    let used = |reason| Deed::AuditUsed { how: AuditUse::Csv, filter: Box::new(AuditFilter::default()), reason };
    let mut deeds = vec![
        Deed::SignInIssued {
            sign_in,
            person,
            position: position(),
            expires_at: AT,
            way: Some(SignInWay::Passkey),
            device: None,
            device_name: String::new(),
        },
        Deed::SignInEnded { sign_in, person, position: position(), why: SignInEnd::SignedOut },
        Deed::OrganisationKept { organisation, kind: OrganisationType::Clinic, active: true, is_new: true },
        Deed::PersonKept { person, positions: vec![position()], active: true, is_new: true },
        Deed::DutyClockReleased { stopped_at: AT },
        Deed::EmergencySearch { name: "高橋".to_owned(), birth_date: jiff::civil::date(1938, 4, 12), found: vec![] },
        quarantined(QuarantineStep::ALL[0], String::new()),
        quarantined(QuarantineStep::Released, why()),
        Deed::Announcement(AnnouncementDeed {
            announcement: AnnouncementId(id(15)),
            step: AnnouncementStep::Published,
            number: 1,
            confirmed: vec![],
        }),
        Deed::Training(TrainingDeed { training: TrainingId(id(16)), step: TrainingStep::ALL[0], people: vec![] }),
        Deed::Group(GroupDeed {
            group: GroupId(id(18)),
            step: GroupStep::Withdrawn,
            number: 3,
            joined: vec![],
            left: vec![],
            confirmed: vec![],
        }),
        Deed::Case(CaseDeed { case: CaseId(id(17)), step: CaseStep::Returned, number: 3, confirmed: vec![] }),
        used(String::new()),
        used(why()),
    ];
    deeds.extend(LifeStep::ALL.iter().map(|step| match step {
        LifeStep::Retired => moved(*step, why()),
        _ => moved(*step, String::new()),
    }));
    deeds
}

/// Whether the words of this record hold the reason that somebody wrote, looked at as the compiler sees it.
fn has_reason(audited: &Audited) -> bool {
    format!("{audited:?}").contains(WHY)
}

fn all() -> Vec<Audited> {
    let deeds = account_deeds().into_iter().map(Deed::Account);
    let deeds = deeds.chain(device_deeds().into_iter().map(Deed::Device));
    let deeds = deeds.chain(client_deeds().into_iter().map(Deed::Client));
    let deeds = deeds.chain(keeping_deeds().into_iter().map(Deed::Keeping)).chain(other_deeds());
    let acts = deeds.map(|deed| Audited::Act(Act { by: By::Person(nurse()), deed }));
    let refusal = |dismissed: Option<Dismissed>| {
        Audited::Refusal(Refusal {
            id: EntryId(id(17)),
            kind: Kind::Vital,
            corrected: None,
            author: nurse(),
            on_behalf_of: None,
            code: "forbidden".to_owned(),
            ruling: Ruling::default(),
            dismissed,
            sign_in: None,
            device: None,
        })
    };
    acts.chain([refusal(None), refusal(Some(Dismissed { by: nurse(), reason: why() }))]).collect()
}

fn event(audited: Audited) -> Event {
    let mark = Some(audited.mark());
    let record = AuditRecord { seq: 1, recorded_at: AT, timeline: None, mark, chain: [0; 32], record: None };
    let device = DeviceSeen::default();
    let found =
        AuditFound { record, audited: Some(audited), accepted: None, reading: None, device, said: None, before: None };
    Event::of(found, &Directory::default())
}

#[test]
fn every_reason_that_is_demanded_comes_out_wherever_the_log_is_read() {
    let directory = Directory::default();
    let all = all();
    assert_eq!(all.iter().filter(|audited| has_reason(audited)).count(), 21, "each of them stands in the table");
    for audited in all {
        let (has_reason, told) = (has_reason(&audited), format!("{audited:?}"));
        let event = event(audited);
        let expected = has_reason.then_some(WHY);
        assert_eq!(event.reason.as_deref(), expected, "{told}");
        let shape = AuditRecordShape::of(&event, &directory);
        let json = serde_json::to_value(&shape).unwrap();
        assert_eq!(json["reason"].as_str(), expected, "{told}");
        let row = csv_row(&shape);
        assert_eq!(row.contains(&format!("\"'{WHY}\"")), has_reason, "{told}: {row}");
        let resource = fhir::audit_event(&event, &directory, "region");
        let purposes = resource["purposeOfEvent"].as_array();
        let said = purposes.and_then(|all| all.iter().find_map(|purpose| purpose["text"].as_str()));
        assert_eq!(said, expected, "{told}: {resource}");
        // What is shipped to other systems holds nothing that anybody wrote.
        assert!(!event.said.ja.contains(WHY) && !event.said.en.contains(WHY), "{told}");
    }
}

#[test]
fn positions_that_changed_and_what_part_was_looked_at_are_told_by_name() {
    let told = |deed: Deed, before: Option<Deed>| {
        let audited = Audited::Act(Act { by: By::Operator, deed });
        let mark = Some(audited.mark());
        let record = AuditRecord { seq: 1, recorded_at: AT, timeline: None, mark, chain: [0; 32], record: None };
        let device = DeviceSeen::default();
        let found =
            AuditFound { record, audited: Some(audited), accepted: None, reading: None, device, said: None, before };
        let words = Event::of(found, &Directory::default()).words();
        (words.ja.into_owned(), words.en.into_owned())
    };
    let at = nurse().organisation;
    let secretariat = Position { role: Role::Secretariat, organisation: at };
    let person = |positions: &[Position], active, is_new| Deed::PersonKept {
        person: nurse().person,
        positions: positions.to_vec(),
        active,
        is_new,
    };
    let (ja, en) = told(person(&[position()], true, true), None);
    assert_eq!(ja, format!("名簿の変更: 人の登録（職務: {}（{at}））", Role::Nurse.ja()));
    assert!(en.ends_with(&format!("(positions: {} at {at})", Role::Nurse.en())), "{en}");
    let (ja, _) = told(person(&[secretariat], true, false), Some(person(&[position()], false, false)));
    let (new, gone) = (Role::Secretariat.ja(), Role::Nurse.ja());
    assert_eq!(
        ja,
        format!("名簿の変更: 人の更新（加わった職務: {new}（{at}）、終わった職務: {gone}（{at}）、利用の再開）")
    );
    let (ja, _) = told(person(&[position()], true, false), Some(person(&[position()], true, false)));
    assert_eq!(ja, "名簿の変更: 人の更新", "another name, say");
    let office = |kind, active| Deed::OrganisationKept { organisation: at, kind, active, is_new: false };
    let before = office(OrganisationType::Secretariat, true);
    let (ja, _) = told(office(OrganisationType::Clinic, true), Some(before));
    let (was, is) = (OrganisationType::Secretariat.ja(), OrganisationType::Clinic.ja());
    assert_eq!(ja, format!("名簿の変更: 事業所の更新（種類: {was} から {is} へ）"));
    let (ja, _) = told(office(OrganisationType::Clinic, true), Some(office(OrganisationType::Clinic, false)));
    assert_eq!(ja, "名簿の変更: 事業所の更新（事業の再開）");
    let filter = AuditFilter {
        patient: Some(PatientId(id(11))),
        person: Some(nurse().person),
        kind: Some(crate::domain::audit::AuditKind::Read),
        from: Some(AT),
        ..AuditFilter::default()
    };
    let used = Deed::AuditUsed { how: AuditUse::Listed, filter: Box::new(filter), reason: String::new() };
    let (ja, en) = told(used, None);
    assert_eq!(
        ja,
        format!("監査記録の閲覧・出力: 一覧（患者 {}、人 {}、種類 閲覧、{AT} から）", id(11), nurse().person)
    );
    assert!(en.contains("kind read; from "), "{en}");
}
