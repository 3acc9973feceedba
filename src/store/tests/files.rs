//! The table of files on both engines: kept, found by name, named by entries, let go when nobody did.

use std::time::Duration;

use super::region::{MORNING, Region, note, on_both};
use crate::domain::attachment::{Attachment, ContentHash, MediaType};
use crate::domain::directory::Actor;
use crate::domain::ids::{EntryId, TimelineId};
use crate::domain::time::Timestamp;
use crate::store::{Batch, CommitError, FileName, HandedIn, KeptFile, NamedFile, SignIn, StoreError, UnnamedFile};

fn name(region: &Region, timeline: TimelineId, number: u8) -> FileName {
    let (media_type, title) = (MediaType::Jpeg, "創部".to_owned());
    FileName::of(
        &region.key,
        timeline,
        &Attachment { sha256: ContentHash([number; 32]), media_type, size_bytes: 9, title },
    )
}

/// Hands a file in for the nurse's organisation, as an upload does.
async fn hand_in(region: &Region, nurse: &Actor, timeline: TimelineId, number: u8) -> HandedIn {
    region.employ_nurse().await;
    let sign_in =
        SignIn { device: "ナースステーション".to_owned(), expires_at: Timestamp::MAX, ..region.sign_in() };
    let id = sign_in.id;
    let written: Result<(), StoreError> =
        region.journal.write(move |tx| Box::pin(async move { tx.insert_sign_in(&sign_in).await })).await;
    written.unwrap();
    let name = name(region, timeline, number);
    let file = HandedIn { timeline, name, organisation: nurse.organisation, sign_in: id, bytes: 9, at: MORNING };
    let written: Result<(), StoreError> = region.journal.write(move |tx| Box::pin(tx.insert_file(file))).await;
    written.unwrap();
    file
}

async fn keep(region: &Region, file: HandedIn) {
    let written: Result<(), StoreError> = region.journal.write(move |tx| Box::pin(tx.keep_file(file))).await;
    written.unwrap();
}

async fn find(region: &Region, file: HandedIn) -> Option<KeptFile> {
    let found: Result<_, StoreError> =
        region.journal.read(move |tx| Box::pin(tx.find_file(file.timeline, file.name))).await;
    found.unwrap()
}

async fn unnamed(region: &Region) -> Vec<UnnamedFile> {
    let before = MORNING.saturating_add(Duration::from_secs(1));
    let found: Result<_, StoreError> = region.journal.read(move |tx| Box::pin(tx.list_unnamed_files(before, 10))).await;
    found.unwrap()
}

async fn release(region: &Region, file: UnnamedFile) -> Option<bool> {
    let before = MORNING.saturating_add(Duration::from_secs(1));
    let released: Result<_, StoreError> = region.journal.write(move |tx| Box::pin(tx.release_file(file, before))).await;
    released.unwrap()
}

#[tokio::test]
async fn a_file_is_found_once_it_is_kept_and_stays_once_an_entry_names_it() {
    on_both(async |region| {
        let nurse = region.nurse();
        let mut patient = region.patient_with_team().await;
        let file = hand_in(region, &nurse, patient.timeline, 1).await;
        assert_eq!(find(region, file).await, None, "its content is on its way");
        keep(region, file).await;
        let kept = KeptFile { organisations: vec![nurse.organisation], entries: Vec::new() };
        assert_eq!(find(region, file).await, Some(kept.clone()));
        let of_another = HandedIn { timeline: region.patient_with_team().await.timeline, ..file };
        assert_eq!(find(region, of_another).await, None);

        let (entry, later) = (patient.post(note("創部")).await.id, patient.post(note("再掲")).await.id);
        let (timeline, organisation) = (file.timeline, nurse.organisation);
        for entry in [entry, later] {
            let files = vec![NamedFile { timeline, name: file.name, organisation, entry }];
            region.journal.commit(Batch { files, ..Batch::default() }).await.unwrap();
        }
        assert_eq!(
            find(region, file).await,
            Some(KeptFile { entries: vec![entry], ..kept }),
            "the first is remembered"
        );
        assert_eq!(unnamed(region).await, []);
        let named = UnnamedFile { timeline, name: file.name, organisation };
        assert_eq!(release(region, named).await, None);
    })
    .await;
}

#[tokio::test]
async fn a_file_that_was_let_go_keeps_the_entry_that_would_name_it_from_being_stored() {
    on_both(async |region| {
        let nurse = region.nurse();
        let patient = region.patient_with_team().await;
        let file = hand_in(region, &nurse, patient.timeline, 1).await;
        keep(region, file).await;
        let (timeline, name, organisation) = (file.timeline, file.name, nurse.organisation);
        let let_go = UnnamedFile { timeline, name, organisation };
        assert_eq!(unnamed(region).await, [let_go]);
        assert_eq!(release(region, let_go).await, Some(true), "nobody else handed it in");

        let entry = EntryId(region.ids.draw());
        let files = vec![NamedFile { timeline, name, organisation, entry }];
        let error = region.journal.commit(Batch { files, ..Batch::default() }).await.unwrap_err();
        assert!(matches!(&error, CommitError::Duplicate(known) if known.is_empty()), "{error}");

        let deleted: Result<(), StoreError> = region.journal.write(move |tx| Box::pin(tx.delete_file(let_go))).await;
        deleted.unwrap();
        assert_eq!(unnamed(region).await, []);
    })
    .await;
}

#[tokio::test]
async fn a_file_that_two_offices_handed_in_is_named_by_each_for_itself() {
    on_both(async |region| {
        let nurse = region.nurse();
        let mut patient = region.patient_with_team().await;
        let mine = hand_in(region, &nurse, patient.timeline, 1).await;
        let theirs = HandedIn { organisation: region.organisation_id(2), ..mine };
        let written: Result<(), StoreError> = region.journal.write(move |tx| Box::pin(tx.insert_file(theirs))).await;
        written.unwrap();
        keep(region, mine).await;
        let of_one = KeptFile { organisations: vec![nurse.organisation], entries: Vec::new() };
        assert_eq!(find(region, mine).await, Some(of_one), "theirs is on its way still");
        keep(region, theirs).await;

        let entry = patient.post(note("創部")).await.id;
        let (timeline, name, organisation) = (mine.timeline, mine.name, nurse.organisation);
        let files = vec![NamedFile { timeline, name, organisation, entry }];
        region.journal.commit(Batch { files, ..Batch::default() }).await.unwrap();
        let left = UnnamedFile { timeline, name, organisation: theirs.organisation };
        assert_eq!(unnamed(region).await, [left], "nobody's entry names theirs");
        assert_eq!(release(region, left).await, Some(false), "the content stays: mine is named");
    })
    .await;
}

#[tokio::test]
async fn a_file_handed_in_again_counts_from_then_on() {
    on_both(async |region| {
        let nurse = region.nurse();
        let patient = region.patient_with_team().await;
        let file = hand_in(region, &nurse, patient.timeline, 1).await;
        keep(region, file).await;
        let [listed] = unnamed(region).await[..] else { panic!("one") };
        let again = HandedIn { at: MORNING.saturating_add(Duration::from_secs(60)), ..file };
        let written: Result<(), StoreError> = region.journal.write(move |tx| Box::pin(tx.insert_file(again))).await;
        written.unwrap();
        assert_eq!(unnamed(region).await, []);
        assert_eq!(release(region, listed).await, None, "listed before it came again");
        assert!(find(region, file).await.is_some());
    })
    .await;
}
