//! The directory is changed by several processes: what one of them read stays true until it has written.

use super::region::{Region, on_both};
use crate::domain::directory::{Organisation, Person, Position};
use crate::domain::ids::{OrganisationId, PersonId};
use crate::domain::patient::HumanName;
use crate::domain::role::{OrganisationType, Role};
use crate::store::{Journal, StoreError, find_owner};
use crate::vault::RegionKey;

/// How many add something to the same person at once.
const CHANGES: usize = 12;

async fn add_position(journal: Journal, person: PersonId, position: Position) {
    let added = journal.write(move |tx| {
        Box::pin(async move {
            tx.lock_directory().await?;
            let mut known = tx.find_person(person).await?.expect("they are there");
            known.positions.push(position);
            tx.update_person(&known).await?;
            Ok::<_, StoreError>(())
        })
    });
    added.await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_changes_at_once_none_is_lost() {
    on_both(async |region: &Region| {
        let name = HumanName { kanji: "佐藤 花子".to_owned(), kana: "サトウ ハナコ".to_owned() };
        let person = Person { id: PersonId(region.ids.draw()), name, positions: Vec::new(), active: true };
        let offices: Vec<OrganisationId> = (0..CHANGES).map(|_| OrganisationId(region.ids.draw())).collect();
        let (entered, stored) = (person.clone(), offices.clone());
        let entering = region.journal.write(move |tx| {
            Box::pin(async move {
                tx.insert_person(&entered).await?;
                for id in stored {
                    let (kind, name) = (OrganisationType::Clinic, "ひかり".to_owned());
                    let (kana, phone, identifiers) = (String::new(), String::new(), Vec::new());
                    let office = Organisation { id, kind, name, kana, phone, identifiers, active: true };
                    tx.insert_organisation(&office).await?;
                }
                Ok::<_, StoreError>(())
            })
        });
        entering.await.unwrap();
        let beside = region.another_hub().await;
        let journals = [region.journal.clone(), beside.clone()];
        let changes = offices.iter().zip(journals.iter().cycle()).map(|(organisation, journal)| {
            let position = Position { role: Role::Doctor, organisation: *organisation };
            tokio::spawn(add_position(journal.clone(), person.id, position))
        });
        for change in changes.collect::<Vec<_>>() {
            change.await.unwrap();
        }
        let id = person.id;
        let found = region.journal.read(move |tx| Box::pin(async move { tx.find_person(id).await })).await;
        let found: Result<Option<Person>, StoreError> = found;
        assert_eq!(found.unwrap().expect("they are there").positions.len(), CHANGES);
        beside.close().await;
    })
    .await;
}

#[tokio::test]
async fn whose_a_database_is_is_told_without_a_key_and_nothing_is_made_by_asking() {
    on_both(async |region: &Region| {
        assert_eq!(find_owner(&region.url).await.unwrap(), Some(region.region_key.fingerprint()));
        // Of before there were data keys.
        region.tamper("delete from data_key").await;
        assert_eq!(find_owner(&region.url).await.unwrap(), Some(region.key.fingerprint()));
        region.tamper("drop table data_key").await;
        assert_eq!(find_owner(&region.url).await.unwrap(), Some(region.key.fingerprint()));
        region.tamper("delete from meta where name = 'region_key'").await;
        assert_eq!(find_owner(&region.url).await.unwrap(), None);
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("renkei.db");
    let url = format!("sqlite://{}", file.display());
    assert_eq!(find_owner(&url).await.unwrap(), None);
    assert!(!file.exists());
    let key = RegionKey::ephemeral();
    Journal::open(&url, &key).await.unwrap().close().await;
    assert_eq!(find_owner(&url).await.unwrap(), Some(key.fingerprint()));
}
