//! Imports into a real hub: a patient's row is one commit.

use jiff::civil::date;
use renkei::actions::import::hub_target::HubTarget;
use renkei::actions::import::name_id::Name;
use renkei::actions::import::target::{ImportTarget as _, Verdict};
use renkei::domain::body::Body;
use renkei::domain::entry::Intent;
use renkei::domain::ids::{EntryId, OrganisationId, PatientId};
use renkei::domain::patient::{HumanName, Identifier, Registration, Sex};
use renkei::domain::team::{History, TeamLink};
use uuid::Uuid;

use crate::support::app::{App, intent};

fn row(target: &HubTarget, number: &str, host: OrganisationId) -> Vec<Intent> {
    let identifier = Identifier { system: "urn:example:numbers".to_owned(), value: number.to_owned() };
    let patient = PatientId(target.id_of(&Name::patient(&identifier)));
    let id = |kind| EntryId(target.id_of(&Name::entry(kind, "file", &identifier, "")));
    let name = HumanName { kanji: format!("患者 {number}"), kana: "カンジャ".to_owned() };
    let identifiers = vec![identifier.clone()];
    let registration = Registration {
        name,
        birth_date: date(1938, 4, 12),
        sex: Sex::Female,
        identifiers,
        in_facility: false,
        for_training: false,
        document: "申込書綴り 1".to_owned(),
        agreed_by: None,
        agreed_on_paper: String::new(),
        attachments: Vec::new(),
    };
    let link = TeamLink {
        organisation: host,
        people: Vec::new(),
        host: true,
        history: History::All,
        relation_confirmed: true,
    };
    vec![
        intent(id("registration"), patient, Body::Registration(Box::new(registration))),
        intent(id("host"), patient, Body::TeamLink(link)),
    ]
}

#[tokio::test]
async fn no_patient_is_registered_without_the_host_that_was_asked_for() {
    let app = App::start().await;
    // A doctor may register, and link a host: the ids of new timelines are the import's to make.
    let doctor = app.doctor("hikari").await;
    let target = HubTarget::new(app.hub.clone(), doctor.actor);
    let nowhere = OrganisationId(Uuid::from_u128(0xdead));
    let groups = vec![
        row(&target, "1", doctor.actor.organisation),
        row(&target, "2", nowhere),
        row(&target, "3", doctor.actor.organisation),
    ];
    let verdicts = target.submit(groups.clone()).await.expect("the hub answers");
    assert_eq!(
        (&verdicts[..2], &verdicts[4..]),
        (&[Verdict::Accepted, Verdict::Accepted][..], &[Verdict::Accepted, Verdict::Accepted][..])
    );
    assert!(matches!(&verdicts[2..4], [Verdict::Refused(_), Verdict::HeldBack]), "{verdicts:?}");
    for (at, group) in groups.iter().enumerate() {
        let state = app.hub.state_of(group[0].timeline).await.expect("the journal answers");
        let expected = if at == 1 { (0, None) } else { (2, Some(doctor.actor.organisation)) };
        assert_eq!((state.head.0, state.host()), expected);
    }
    let again = target.submit(vec![groups[0].clone(), groups[2].clone()]).await.expect("the hub answers");
    assert_eq!(again, vec![Verdict::AlreadyThere; 4]);
}

#[tokio::test]
async fn an_id_does_not_tell_which_number_it_was_made_of() {
    let (one, other) = (App::start().await, App::start().await);
    let identifier = Identifier { system: "urn:example:numbers".to_owned(), value: "1".to_owned() };
    let name = Name::patient(&identifier);
    let secretariat = (one.secretariat().await, other.secretariat().await);
    let ids = (
        HubTarget::new(one.hub.clone(), secretariat.0.actor).id_of(&name),
        HubTarget::new(other.hub.clone(), secretariat.1.actor).id_of(&name),
    );
    assert_ne!(ids.0, ids.1, "every region makes its own");
    assert_eq!(ids.0, HubTarget::new(one.hub.clone(), secretariat.0.actor).id_of(&name));
}
