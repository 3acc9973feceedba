//! Groups as each engine keeps them: what is written comes back in its place, nothing of what was taken out, and nobody reads or
//! moves anything without the region's key.

use super::region::{MORNING, Region, on_both};
use crate::domain::directory::Position;
use crate::domain::group::{Group, GroupMessage, GroupWords, MessageWithdrawn};
use crate::domain::ids::{GroupId, OrganisationId, PersonId};
use crate::domain::role::Role;
use crate::store::StoreError;
use crate::store::check::check;

/// `work` in a transaction of the region.
macro_rules! written {
    ($region:expr, $tx:ident => $work:expr) => {{
        let done: Result<_, StoreError> = $region.journal.write(move |$tx| Box::pin(async move { $work })).await;
        done
    }};
}

fn group(region: &Region, name: &str) -> Group {
    let nurse = region.nurse();
    Group {
        id: GroupId(region.ids.draw()),
        organisation: nurse.organisation,
        words: GroupWords {
            name: name.to_owned(),
            about: "道具を持ち寄ります".to_owned(),
            members: vec![nurse.person, PersonId(region.ids.draw())],
        },
        is_closed: false,
        by: nurse.person,
        at: MORNING,
    }
}

fn message(region: &Region, number: u32, text: &str) -> GroupMessage {
    let nurse = region.nurse();
    GroupMessage {
        number,
        by: nurse.person,
        position: Position { role: Role::Nurse, organisation: OrganisationId(region.ids.draw()) },
        at: MORNING,
        text: text.to_owned(),
        withdrawn: None,
    }
}

async fn keep(region: &Region, group: &Group, messages: &[GroupMessage]) {
    let (group, messages) = (group.clone(), messages.to_vec());
    let kept = written!(region, tx => {
        tx.lock_group(group.id).await?;
        tx.upsert_group(&group).await?;
        for message in &messages {
            tx.upsert_group_message(group.id, message).await?;
        }
        Ok(())
    });
    kept.unwrap();
}

#[tokio::test]
async fn groups_messages_and_how_far_they_were_read_come_back_as_they_were_kept() {
    on_both(async |region| {
        region.employ_nurse().await;
        let (one, other) = (group(region, "褥瘡の勉強会"), group(region, "口腔の会"));
        let messages: Vec<GroupMessage> = (1..=3).map(|number| message(region, number, "第2会議室")).collect();
        keep(region, &one, &messages).await;
        keep(region, &other, &[]).await;
        let closed = Group { is_closed: true, ..other.clone() };
        keep(region, &closed, &[]).await;
        let id = one.id;
        assert_eq!(written!(region, tx => tx.find_group(id).await).unwrap(), Some(one.clone()));
        assert_eq!(written!(region, tx => tx.list_groups().await).unwrap(), [closed, one], "the newest first");
        let told = written!(region, tx => tx.list_group_messages(id, 3, 1).await).unwrap();
        assert_eq!(told, messages[1..2], "those before it, the newest first");

        let person = region.nurse().person;
        let of = |numbers: std::collections::HashMap<GroupId, u32>| numbers.get(&id).copied();
        assert_eq!(of(written!(region, tx => tx.list_last_messages().await).unwrap()), Some(3));
        for (number, read) in [(2, 2), (1, 2), (3, 3)] {
            written!(region, tx => tx.upsert_group_receipt(id, person, number).await).unwrap();
            assert_eq!(of(written!(region, tx => tx.list_group_receipts(person).await).unwrap()), Some(read));
        }

        let withdrawn = Some(MessageWithdrawn { by: person, at: MORNING, reason: "場所の変更".to_owned() });
        let left = GroupMessage { text: String::new(), withdrawn, ..messages[2].clone() };
        keep(region, &group(region, "別の会"), &[]).await;
        let kept = left.clone();
        written!(region, tx => tx.upsert_group_message(id, &kept).await).unwrap();
        written!(region, tx => tx.delete_group_messages(id, 3).await).unwrap();
        let told = written!(region, tx => tx.list_group_messages(id, u32::MAX, 9).await).unwrap();
        assert_eq!(told, [left]);
    })
    .await;
}

#[tokio::test]
async fn what_stands_in_anothers_place_does_not_open() {
    let swaps = [
        (
            "with other as materialized (select id, sealed from talk_group)
            update talk_group set sealed = (select other.sealed from other where other.id <> talk_group.id)",
            2,
        ),
        (
            "with other as materialized (select talk_group, number, sealed from group_message)
                update group_message set sealed = (select other.sealed from other
                where other.talk_group = group_message.talk_group and other.number <> group_message.number)",
            4,
        ),
        (
            "with other as materialized (select talk_group, number, sealed from group_message)
                update group_message set sealed = (select other.sealed from other
                where other.talk_group <> group_message.talk_group and other.number = group_message.number)",
            4,
        ),
    ];
    for (swapped, rows) in swaps {
        on_both(async |region| {
            region.employ_nurse().await;
            let (one, other) = (group(region, "褥瘡の勉強会"), group(region, "口腔の会"));
            for group in [&one, &other] {
                keep(region, group, &[message(region, 1, "第2会議室"), message(region, 2, "大会議室")]).await;
            }
            assert_eq!(region.tamper(swapped).await, rows);
            let id = one.id;
            let groups = written!(region, tx => tx.list_groups().await).unwrap();
            let messages = written!(region, tx => tx.list_group_messages(id, u32::MAX, 9).await).unwrap();
            assert!(groups.is_empty() || messages.is_empty(), "{swapped}");
            assert!(region.journal.met_forged_rows());
            let report = check(&region.journal, None).await.unwrap();
            assert_eq!(report.fault_count, rows, "{:?}", report.faults);
            // What is written next stands where nothing stands, readable or not.
            let next = written!(region, tx => tx.find_next_message_number(id).await).unwrap();
            assert_eq!(next, 3, "{swapped}");
        })
        .await;
    }
}

#[tokio::test]
async fn messages_that_do_not_open_take_no_places_on_a_page() {
    on_both(async |region| {
        region.employ_nurse().await;
        let known = group(region, "褥瘡の勉強会");
        let messages: Vec<GroupMessage> = (1..=6).map(|number| message(region, number, "第2会議室")).collect();
        keep(region, &known, &messages).await;
        let damaged = "update group_message set sealed = substr(sealed, 1, 20) where number in (3, 4, 6)";
        assert_eq!(region.tamper(damaged).await, 3);
        let id = known.id;
        let numbers = async |before: u32, count_max: usize| -> Vec<u32> {
            let page = written!(region, tx => tx.list_group_messages(id, before, count_max).await).unwrap();
            page.iter().map(|message| message.number).collect()
        };
        assert_eq!(numbers(u32::MAX, 2).await, [5, 2]);
        assert_eq!(numbers(5, 2).await, [2, 1]);
        assert_eq!(numbers(2, 2).await, [1], "there are no more");
    })
    .await;
}

#[tokio::test]
async fn neither_names_nor_members_nor_words_stand_in_the_file_in_the_clear() {
    let region = Region::on_sqlite().await;
    region.employ_nurse().await;
    let known = group(&region, "褥瘡の勉強会");
    keep(&region, &known, &[message(&region, 1, "第2会議室")]).await;
    let folder = region.folder.path().to_owned();
    region.journal.close().await;
    let mut bytes = Vec::new();
    for file in std::fs::read_dir(folder).unwrap() {
        bytes.extend(std::fs::read(file.unwrap().path()).unwrap());
    }
    let is_there = |word: &[u8]| bytes.windows(word.len()).any(|window| window == word);
    assert!(is_there(known.id.0.as_bytes()), "the table is in it");
    for word in ["勉強会", "持ち寄り", "会議室"] {
        assert!(!is_there(word.as_bytes()), "{word} is readable");
    }
    assert!(!is_there(known.words.members[1].0.as_bytes()), "who is in it is readable");
}
