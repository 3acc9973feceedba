//! A batch is stored whole, once, and only from where it was decided.

use super::region::{note, on_both, pulse, registration};
use crate::domain::ids::Seq;
use crate::store::{Batch, CommitError, check, check::FaultKind};

#[tokio::test]
async fn a_batch_over_many_timelines_is_read_back_as_it_was_decided() {
    on_both(async |region| {
        let mut patients: Vec<_> = (0..90).map(|_| region.patient()).collect();
        let mut batch = Batch::default();
        let mut first = Vec::new();
        for patient in &mut patients {
            first.push(patient.add(&mut batch, registration("鈴木 一郎")));
            patient.add(&mut batch, pulse(72));
        }
        assert_eq!((batch.entries.len(), batch.heads.len()), (180, 90));
        region.journal.commit(batch).await.unwrap();

        for (patient, entry) in patients.iter().zip(&first) {
            let loaded = region.journal.load(patient.timeline).await.unwrap().unwrap();
            assert_eq!(loaded.state, patient.state);
            assert_eq!((loaded.head, loaded.chain), (Seq(2), patient.chain));
            assert_eq!(loaded.recorded_at, patient.state.recorded_at);
            let page = region.journal.page(patient.timeline, Seq::ZERO, 10, usize::MAX).await.unwrap();
            assert_eq!(&page.entries[0].entry, entry);
            assert_eq!(page.head, Seq(2));
        }
        let report = check::check(&region.journal, None).await.unwrap();
        assert!(report.is_whole(), "{:?}", report.faults);
        assert_eq!((report.timelines, report.entries), (90, 180));
    })
    .await;
}

#[tokio::test]
async fn a_hub_that_decided_from_an_old_head_is_told_which_timelines_moved() {
    on_both(async |region| {
        let mut moved = region.patient_with_team().await;
        let mut still = region.patient_with_team().await;
        let other = region.another_hub().await;

        let (mut ours, mut theirs) = (Batch::default(), Batch::default());
        let (chain, state) = (moved.chain, moved.state.clone());
        moved.add(&mut theirs, pulse(60));
        (moved.chain, moved.state) = (chain, state);
        moved.add(&mut ours, pulse(61));
        still.add(&mut ours, pulse(62));
        other.commit(theirs).await.unwrap();

        let error = region.journal.commit(ours).await.unwrap_err();
        assert!(matches!(&error, CommitError::Moved(timelines) if *timelines == [moved.timeline]), "{error}");
        let untouched = region.journal.load(still.timeline).await.unwrap().unwrap();
        assert_eq!(untouched.head, Seq(3), "nothing of the batch is stored");
        assert!(region.journal.health().is_writable());
        other.close().await;
    })
    .await;
}

#[tokio::test]
async fn two_hubs_that_register_the_same_timeline_make_it_once() {
    on_both(async |region| {
        let mut patient = region.patient();
        let (mut first, mut second) = (Batch::default(), Batch::default());
        patient.add(&mut first, registration("山田 次郎"));
        (patient.state, patient.chain) = (region.patient().state, crate::vault::chain::GENESIS);
        patient.state.timeline = patient.timeline;
        patient.add(&mut second, registration("山田 次郎"));
        region.journal.commit(first).await.unwrap();
        let error = region.journal.commit(second).await.unwrap_err();
        assert!(matches!(&error, CommitError::Moved(timelines) if *timelines == [patient.timeline]), "{error}");
    })
    .await;
}

#[tokio::test]
async fn an_id_that_is_stored_already_is_named_with_its_place_and_fingerprint() {
    on_both(async |region| {
        let mut first = region.patient_with_team().await;
        let mut second = region.patient_with_team().await;
        let known = first.post(pulse(70)).await;

        let mut batch = Batch::default();
        second.add(&mut batch, note("新しい記録"));
        second.add_as(known.id, &mut batch, pulse(70));
        let CommitError::Duplicate(found) = region.journal.commit(batch).await.unwrap_err() else { panic!() };
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].id, found[0].timeline, found[0].seq), (known.id, first.timeline, known.seq));
        assert_eq!(region.journal.load(second.timeline).await.unwrap().unwrap().head, Seq(3));

        // The same id twice in one batch is caught too.
        let mut third = region.patient_with_team().await;
        let mut batch = Batch::default();
        let entry = third.add(&mut batch, pulse(71));
        third.add_as(entry.id, &mut batch, pulse(72));
        let CommitError::Duplicate(found) = region.journal.commit(batch).await.unwrap_err() else { panic!() };
        assert_eq!((found.len(), found[0].id), (1, entry.id));
    })
    .await;
}

#[tokio::test]
async fn known_ids_are_found_among_many_unknown_ones() {
    on_both(async |region| {
        let mut patient = region.patient_with_team().await;
        let mut batch = Batch::default();
        let entries: Vec<_> = (0..70).map(|value| patient.add(&mut batch, pulse(value))).collect();
        let macs: Vec<_> = batch.entries.iter().map(|entry| entry.header.mac).collect();
        region.journal.commit(batch).await.unwrap();

        let stranger = crate::domain::ids::EntryId(region.ids.draw());
        let mut asked: Vec<_> = entries.iter().map(|entry| entry.id).collect();
        asked.push(stranger);
        let mut known = region.journal.find_known_ids(&asked).await.unwrap();
        known.sort_by_key(|known| known.seq);
        known.dedup();
        assert_eq!(known.len(), 70);
        for ((known, entry), mac) in known.iter().zip(&entries).zip(&macs) {
            assert_eq!((known.id, known.seq, known.mac), (entry.id, entry.seq, *mac));
        }
        assert_eq!(region.journal.find_known_ids(&[stranger]).await.unwrap(), []);
        assert_eq!(region.journal.find_known_ids(&[]).await.unwrap(), []);
        let found = region.journal.find_entry(entries[5].id).await.unwrap().unwrap();
        assert_eq!(found.entry, entries[5]);
        assert!(region.journal.find_entry(stranger).await.unwrap().is_none());
    })
    .await;
}

#[tokio::test]
async fn a_commit_whose_caller_went_away_ends_whole() {
    on_both(async |region| {
        let mut patient = region.patient_with_team().await;
        for round in 0..20 {
            let mut batch = Batch::default();
            let entry = patient.add(&mut batch, pulse(60 + round));
            let commit = region.journal.commit(batch);
            // Dropped at its first await, which is inside the transaction of another task.
            tokio::select! {
                biased;
                done = commit => done.unwrap(),
                () = std::future::ready(()) => {}
            }
            // The abandoned commit ends by itself; the hub, too, has one commit under way at a time.
            while region.journal.find_entry(entry.id).await.unwrap().is_none() {
                tokio::task::yield_now().await;
            }
        }
        let after = patient.post(note("最後")).await;
        assert_eq!(after.seq, Seq(24));
        let report = check::check(&region.journal, None).await.unwrap();
        assert!(report.is_whole(), "{:?}", report.faults);
    })
    .await;
}

#[tokio::test]
async fn work_that_fails_or_is_dropped_midway_leaves_nothing_behind() {
    on_both(async |region| {
        let mut patient = region.patient_with_team().await;
        // A queued post that nobody queued: the last step fails after entries and heads were written.
        let mut batch = Batch::default();
        let entry = patient.add(&mut batch, pulse(60));
        batch.resolved.push(crate::store::Resolved {
            id: entry.id,
            state: crate::store::QueueState::Accepted,
            resolved_at: entry.recorded_at,
        });
        let error = region.journal.commit(batch).await.unwrap_err();
        assert!(matches!(error, CommitError::Duplicate(_)), "{error}");
        assert_eq!(region.journal.load(patient.timeline).await.unwrap().unwrap().head, Seq(3));

        // A transaction dropped without an end does not keep the next one out.
        let mut tx = region.journal.begin_write().await.unwrap();
        tx.execute_raw("delete from patient").await.unwrap();
        drop(tx);
        assert_eq!(region.journal.registrations().await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_seq_beyond_the_head_is_inconsistent_and_found() {
    on_both(async |region| {
        let mut patient = region.patient_with_team().await;
        patient.post(pulse(60)).await;
        region.tamper("update timeline set head_seq = 3").await;
        patient.state.head = Seq(3);
        let mut batch = Batch::default();
        patient.add(&mut batch, pulse(61));
        assert!(matches!(region.journal.commit(batch).await, Err(CommitError::Store(_))));
        let report = check::check(&region.journal, None).await.unwrap();
        assert!(report.faults.iter().any(|fault| fault.kind == FaultKind::Head), "{report:?}");
    })
    .await;
}
