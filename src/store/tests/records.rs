//! The tables beside the timelines: directory, sign-ins, reading, audit, linking queue, rulebooks.

use super::region::{MORNING, Region, on_both, pulse};
use crate::codec::QueuedPost;
use crate::domain::act::{Act, By, Deed};
use crate::domain::directory::{Actor, Position};
use crate::domain::entry::{Intent, Sensitivity};
use crate::domain::ids::{DeviceId, EntryId, PersonId, Seq, SignInId, TimelineId};
use crate::domain::keeping::KeepingDeed;
use crate::domain::kind::Kind;
use crate::domain::quarantine::QuarantineStep;
use crate::domain::role::Role;
use crate::domain::ruling::Ruling;
use crate::domain::time::Timestamp;
use crate::store::check::check;
use crate::store::{
    AuditSeal, Batch, CommitError, EndedSignIn, GrantChange, GrantId, Quarantined, QueueState, ReadMarker, Resolved,
    RulebookFile, SealedAudit, SealedQueued, SignIn, StoreError,
};
use crate::vault::Token;

/// `work` in a transaction of the region.
macro_rules! written {
    ($region:expr, $tx:ident => $work:expr) => {{
        let done: Result<_, StoreError> = $region.journal.write(move |$tx| Box::pin(async move { $work })).await;
        done.unwrap()
    }};
}

macro_rules! read {
    ($region:expr, $tx:ident => $work:expr) => {{
        let found: Result<_, StoreError> = $region.journal.read(move |$tx| Box::pin(async move { $work })).await;
        found.unwrap()
    }};
}

fn later(seconds: i64) -> Timestamp {
    Timestamp(MORNING.0 + seconds * 1_000_000)
}

#[tokio::test]
async fn the_directory_keeps_names_positions_and_who_left() {
    on_both(async |region| {
        let nurse = region.employ_nurse().await;
        let mut station =
            read!(region, tx => tx.load_directory().await).organisations[&region.organisation_id(1)].clone();
        assert_eq!(station.name, "北訪問看護ステーション");

        station.phone = "03-1111-1111".into();
        let mut moved = nurse.clone();
        moved.positions.push(Position { role: Role::CareManager, organisation: station.id });
        moved.active = false;
        let (updated, person) = (station.clone(), moved.clone());
        let (organisation_found, person_found) = written!(region, tx => {
            Ok((tx.update_organisation(&updated).await?, tx.update_person(&person).await?))
        });
        assert!(organisation_found && person_found);
        let directory = read!(region, tx => tx.load_directory().await);
        assert_eq!(directory.organisations[&station.id], station);
        let mut found = directory.people[&nurse.id].clone();
        found.positions.sort_by_key(|position| position.role);
        moved.positions.sort_by_key(|position| position.role);
        assert_eq!(found, moved);

        let (taken, stranger) = (
            nurse.clone(),
            crate::domain::directory::Person { id: crate::domain::ids::PersonId(region.ids.draw()), ..nurse.clone() },
        );
        let again = written!(region, tx => Ok((tx.insert_person(&taken).await?, tx.update_person(&stranger).await?)));
        assert_eq!(again, (false, false));
    })
    .await;
}

#[tokio::test]
async fn a_position_at_an_organisation_that_is_not_there_is_refused() {
    on_both(async |region| {
        let mut nurse = region.employ_nurse().await;
        nurse.positions.push(Position { role: Role::Nurse, organisation: region.organisation_id(9) });
        let refused: Result<bool, StoreError> =
            region.journal.write(move |tx| Box::pin(async move { tx.update_person(&nurse).await })).await;
        assert!(refused.is_err());
        let directory = read!(region, tx => tx.load_directory().await);
        assert_eq!(directory.people[&region.nurse().person].positions.len(), 1, "the whole change is undone");
        assert!(region.journal.health().is_writable(), "a fault of the data is none of the disk");
    })
    .await;
}

async fn sign_in(region: &Region, issued_at: Timestamp) -> SignIn {
    let sign_in =
        SignIn { issued_at, used_at: issued_at, device: "ナースステーション".to_owned(), ..region.sign_in() };
    let stored = sign_in.clone();
    written!(region, tx => tx.insert_sign_in(&stored).await);
    sign_in
}

#[tokio::test]
async fn a_sign_in_is_found_by_its_token_until_it_is_revoked_or_expires() {
    on_both(async |region| {
        region.employ_nurse().await;
        let first = sign_in(region, later(0)).await;
        let second = sign_in(region, later(1)).await;
        let found = read!(region, tx => tx.find_sign_in(&first.token_hash).await).unwrap();
        assert_eq!(found, first);
        assert!(found.is_valid_at(later(3_599)) && !found.is_valid_at(later(3_600)));
        let stranger = Token::random().hash();
        assert_eq!(read!(region, tx => tx.find_sign_in(&stranger).await), None);
        let person = first.person;
        assert_eq!(read!(region, tx => tx.list_sign_ins(person).await), [second.clone(), first.clone()]);

        let ended =
            |sign_in: &SignIn| EndedSignIn { id: sign_in.id, person: sign_in.person, position: sign_in.position };
        assert_eq!(written!(region, tx => tx.revoke_sign_in(first.id, later(5)).await), Some(ended(&first)));
        assert_eq!(written!(region, tx => tx.revoke_sign_in(first.id, later(6)).await), None, "revoked once");
        // A note of its use that comes late is none: it was not used after its end.
        written!(region, tx => tx.note_sign_in_used(first.id, later(6)).await);
        let found = read!(region, tx => tx.find_sign_in(&first.token_hash).await).unwrap();
        assert_eq!((found.revoked_at, found.used_at), (Some(later(5)), first.used_at));
        assert!(!found.is_valid_at(later(6)));
        assert_eq!(written!(region, tx => tx.revoke_sign_ins_of(person, later(7)).await), [ended(&second)]);
        assert_eq!(written!(region, tx => tx.revoke_sign_ins_of(person, later(8)).await), []);

        let third = sign_in(region, later(9)).await;
        let elsewhere = crate::domain::ids::OrganisationId(uuid::Uuid::from_u128(0xdead));
        assert_eq!(written!(region, tx => tx.revoke_sign_ins_at(elsewhere, later(10)).await), []);
        let organisation = third.position.organisation;
        assert_eq!(written!(region, tx => tx.revoke_sign_ins_at(organisation, later(10)).await), [ended(&third)]);
        assert_eq!(written!(region, tx => tx.revoke_sign_ins_at(organisation, later(11)).await), []);
    })
    .await;
}

#[tokio::test]
async fn read_markers_move_forward_only_and_meet_themselves_in_one_batch() {
    on_both(async |region| {
        let patient = region.patient_with_team().await;
        let timeline = patient.timeline;
        let marker = |number, seq, seconds| ReadMarker {
            person: crate::domain::ids::PersonId(uuid::Uuid::from_u128(number)),
            timeline,
            seq: Seq(seq),
            read_at: later(seconds),
        };
        let commit = async |markers: &[ReadMarker]| {
            let batch = Batch { read_markers: markers.to_vec(), ..Batch::default() };
            region.journal.commit(batch).await.unwrap();
        };
        commit(&[marker(1, 2, 0), marker(1, 3, 1), marker(2, 1, 1), marker(1, 1, 2)]).await;
        commit(&[marker(1, 2, 9)]).await;
        let markers = read!(region, tx => tx.list_read_markers(timeline).await);
        assert_eq!(markers, [marker(1, 3, 1), marker(2, 1, 1)]);
    })
    .await;
}

#[tokio::test]
async fn grants_open_widen_and_close_and_never_narrow() {
    on_both(async |region| {
        region.employ_nurse().await;
        let sign_in = sign_in(region, later(0)).await;
        let timeline = region.patient_with_team().await.timeline;
        let id = GrantId(region.ids.draw());
        let (sign_in, access) = (sign_in.id, EntryId(region.ids.draw()));
        let open = GrantChange::Open { id, sign_in, timeline, opened_at: later(1), from: Seq(2), access: Some(access) };
        let commit = async |grants: &[GrantChange]| {
            region.journal.commit(Batch { grants: grants.to_vec(), ..Batch::default() }).await.unwrap();
        };
        let found = async || {
            let grants = read!(region, tx => tx.list_grants(timeline).await);
            (grants[0].through, grants[0].closed_at)
        };
        commit(&[open]).await;
        assert_eq!(found().await, (None, None), "open without an end: up to the head");
        commit(&[GrantChange::Widen { id, through: Seq(4) }, GrantChange::Widen { id, through: Seq(9) }]).await;
        commit(&[GrantChange::Widen { id, through: Seq(3) }]).await;
        assert_eq!(found().await, (Some(Seq(9)), None));
        commit(&[GrantChange::Close { id, through: Seq(9), closed_at: later(8) }]).await;
        commit(&[GrantChange::Close { id, through: Seq(9), closed_at: later(99) }]).await;
        assert_eq!(found().await, (Some(Seq(9)), Some(later(8))));

        let other = GrantId(region.ids.draw());
        let opened =
            GrantChange::Open { id: other, sign_in, timeline, opened_at: later(9), from: Seq(0), access: None };
        commit(&[GrantChange::Close { id: other, through: Seq(1), closed_at: later(9) }, opened]).await;
        let grants = read!(region, tx => tx.list_grants(timeline).await);
        assert_eq!((grants.len(), grants[1].closed_at, grants[1].sign_in), (2, Some(later(9)), sign_in));
        assert_eq!([grants[0].access, grants[1].access], [Some(access), None], "what the reading rested on");
    })
    .await;
}

#[tokio::test]
async fn who_has_started_over_is_this_sign_in_on_this_timeline_since_then() {
    on_both(async |region| {
        region.employ_nurse().await;
        let (mine, other) = (sign_in(region, later(0)).await.id, sign_in(region, later(1)).await.id);
        let timeline = region.patient_with_team().await.timeline;
        let elsewhere = region.patient_with_team().await.timeline;
        let id = GrantId(region.ids.draw());
        let open =
            GrantChange::Open { id, sign_in: mine, timeline, opened_at: later(5), from: Seq::ZERO, access: None };
        let commit = async |grants: Vec<GrantChange>| {
            region.journal.commit(Batch { grants, ..Batch::default() }).await.unwrap();
        };
        let has =
            async |sign_in, timeline, since| read!(region, tx => tx.has_started_over(sign_in, timeline, since).await);
        commit(vec![open]).await;
        assert!(!has(mine, timeline, later(5)).await, "nothing was sent yet");
        commit(vec![GrantChange::Widen { id, through: Seq(1) }]).await;
        assert!(has(mine, timeline, later(5)).await && !has(mine, timeline, later(6)).await);
        assert!(!has(other, timeline, later(5)).await, "somebody else's beginning is not theirs");
        assert!(!has(mine, elsewhere, later(5)).await);
    })
    .await;
}

#[tokio::test]
async fn the_secretariat_follows_what_is_to_be_looked_into_of_patients_and_of_no_office() {
    on_both(async |region| {
        let (patient, office) = (region.patient_with_team().await.timeline, region.patient_with_team().await.timeline);
        let of = async |now| read!(region, tx => tx.list_timelines_to_review(now).await);
        assert_eq!(of(later(0)).await, []);
        // As the projection of a declaration, and of a region that was taken out, on whichever timeline it stands.
        region
            .tamper(
                "insert into emergency_access (entry, timeline, seq, declared_at, ends_at)
                select id, id, 4, 0, 5 from timeline",
            )
            .await;
        assert_eq!(of(later(0)).await, [patient, office]);
        region.tamper("update timeline set subject = 'organisation' where id = (select id from timeline order by id desc limit 1)").await;
        assert_eq!(of(later(0)).await, [patient]);
        region.tamper("update emergency_access set reviewed_at = 6").await;
        assert_eq!((of(Timestamp(4)).await, of(Timestamp(5)).await), (vec![patient], vec![]), "open, looked into or not");
    })
    .await;
}

#[tokio::test]
async fn what_waits_for_its_author_is_counted_of_each_by_themselves() {
    on_both(async |region| {
        let nurse = region.employ_nurse().await;
        let mut other = nurse.clone();
        other.id = PersonId(region.ids.draw());
        let added = other.clone();
        assert!(written!(region, tx => tx.insert_person(&added).await));
        for (author, number) in [(nurse.id, 1), (nurse.id, 2), (other.id, 3)] {
            let post = Quarantined {
                id: EntryId(uuid::Uuid::from_u128(number)),
                author: Actor { person: author, ..region.nurse() },
                sign_in: SignInId(region.ids.draw()),
                timeline: TimelineId(region.ids.draw()),
                kind: Kind::Vital,
                written_at: later(0),
                synced_at: None,
                received_at: later(1),
                expires_at: later(60),
                content: b"{}".to_vec(),
            };
            assert!(written!(region, tx => tx.insert_quarantined(&post).await));
        }
        let count = async |author| read!(region, tx => tx.count_quarantined(author).await);
        assert_eq!((count(nurse.id).await, count(other.id).await), (2, 1));
        let step = QuarantineStep::Discarded;
        let id = EntryId(uuid::Uuid::from_u128(1));
        assert!(written!(region, tx => tx.resolve_quarantined(id, step, later(2)).await));
        assert_eq!(count(nurse.id).await, 1, "what is resolved waits no more");
    })
    .await;
}

#[tokio::test]
async fn the_audit_log_is_one_chain_whoever_appends() {
    on_both(async |region| {
        let patient = region.patient_with_team().await;
        let timeline = patient.timeline;
        let about_patient =
            |text: &str| SealedAudit::seal(AuditSeal::Timeline(timeline, &patient.key), later(1), text.as_bytes());
        let about_nobody = |text: &str| SealedAudit::seal(AuditSeal::Region(&region.key), later(2), text.as_bytes());
        let other = region.another_hub().await;
        let many = (0..70).map(|number| about_nobody(&number.to_string())).collect();
        region.journal.commit(Batch { audits: many, ..Batch::default() }).await.unwrap();
        other.commit(Batch { audits: vec![about_patient("refused")], ..Batch::default() }).await.unwrap();
        let record = about_nobody("sign-in revoked");
        written!(region, tx => tx.append_audits(&[record]).await);
        other.close().await;

        let all = read!(region, tx => tx.list_audits(0, 1_000).await);
        assert_eq!(all.iter().map(|record| record.seq).collect::<Vec<_>>(), (1..=72).collect::<Vec<_>>());
        assert_eq!(all[71].record.as_deref(), Some("sign-in revoked".as_bytes()));
        assert_eq!(read!(region, tx => tx.list_audits(70, 1).await).len(), 1);
        let about = read!(region, tx => tx.list_audits_of(timeline, 0, 10).await);
        assert_eq!(about.len(), 1);
        assert_eq!((about[0].seq, about[0].record.as_deref()), (71, Some("refused".as_bytes())));
        let report = check(&region.journal, None).await.unwrap();
        assert!(report.is_whole() && report.audits == 72, "{report:?}");

        // Destroying the patient's key takes what was said of them, and leaves the chain whole.
        assert!(super::destroyed::destroy(region, timeline).await);
        assert_eq!(read!(region, tx => tx.list_audits_of(timeline, 0, 10).await)[0].record, None);
        assert!(check(&region.journal, None).await.unwrap().is_whole());
    })
    .await;
}

#[tokio::test]
async fn the_newest_recorded_time_is_that_of_the_audit_log_too() {
    on_both(async |region| {
        let newest = async || region.journal.newest_recorded_at(MORNING).await.unwrap();
        region.patient_with_team().await;
        let of_timelines = newest().await.unwrap();
        let deed = Deed::Keeping(KeepingDeed::BackedUp { name: "北".to_owned(), bytes: 1 });
        let act = Act { by: By::Operator, deed };
        written!(region, tx => tx.append_acts(later(100), [act]).await);
        // A hub that starts goes on from here, though nothing was written on any timeline since.
        assert_eq!((of_timelines < later(100), newest().await), (true, Some(later(100))));
    })
    .await;
}

#[tokio::test]
async fn a_queued_post_waits_as_it_was_given_and_leaves_once() {
    on_both(async |region| {
        let mut patient = region.patient_with_team().await;
        let post = QueuedPost {
            intent: Intent {
                id: EntryId(region.ids.draw()),
                timeline: patient.timeline,
                observed_at: Some(MORNING),
                sensitivity: Sensitivity::Normal,
                addressed_to: Vec::new(),
                body: pulse(120),
                reasons: Vec::new(),
                on_behalf_of: None,
            },
            author: region.nurse(),
            device: Some(DeviceId(region.ids.draw())),
            received_at: later(1),
            ruling: Ruling { cited: vec!["Q1@region/1#ab".into()], slots: vec![9], ..Ruling::default() },
        };
        let queue = async |post: &QueuedPost| {
            let queued = vec![SealedQueued::seal(&region.key, post)];
            region.journal.commit(Batch { queued, ..Batch::default() }).await
        };
        queue(&post).await.unwrap();
        // Its id is taken: for another body of its author as for somebody who guesses it.
        let (mut changed, mut foreign) = (post.clone(), post.clone());
        changed.intent.body = pulse(121);
        foreign.author.organisation = region.organisation_id(7);
        for taken in [&post, &changed, &foreign] {
            assert!(matches!(queue(taken).await, Err(CommitError::Duplicate(ids)) if ids.is_empty()));
        }

        let waiting = region.journal.list_queued(post.intent.timeline).await.unwrap();
        assert_eq!(waiting.len(), 1);
        assert_eq!((&waiting[0].post, waiting[0].state), (&post, QueueState::Waiting));
        assert_eq!(read!(region, tx => tx.list_waiting(10).await), waiting);
        assert_eq!(read!(region, tx => tx.list_waiting_timelines().await), [post.intent.timeline]);

        let resolved = Resolved { id: post.intent.id, state: QueueState::Accepted, resolved_at: later(5) };
        let mut batch = Batch { resolved: vec![resolved], ..Batch::default() };
        patient.add_as(post.intent.id, &mut batch, post.intent.body.clone());
        region.journal.commit(batch).await.unwrap();
        assert!(region.journal.list_queued(patient.timeline).await.unwrap().is_empty());
        let id = post.intent.id;
        assert_eq!(read!(region, tx => tx.find_queued(id).await).unwrap().state, QueueState::Accepted);
        assert_eq!(region.journal.find_entry(id).await.unwrap().unwrap().entry.body, pulse(120));

        let again = Batch { resolved: vec![resolved], ..Batch::default() };
        assert!(matches!(region.journal.commit(again).await, Err(CommitError::Duplicate(_))));
        assert!(matches!(queue(&post).await, Err(CommitError::Duplicate(_))), "resolved once, it waits no more");
    })
    .await;
}

#[tokio::test]
async fn a_rulebook_is_kept_as_its_files_were() {
    on_both(async |region| {
        let files: Vec<RulebookFile> = ["share.toml", "floor.toml"]
            .map(|path| RulebookFile { path: path.into(), content: format!("# {path} 共有の規則") })
            .into();
        for _ in 0..2 {
            let files = files.clone();
            written!(region, tx => tx.insert_rulebook(b"digest", &files, MORNING).await);
        }
        let mut found = read!(region, tx => tx.find_rulebook(b"digest").await);
        found.reverse();
        assert_eq!(found, files);
        assert_eq!(read!(region, tx => tx.find_rulebook(b"other").await), []);
    })
    .await;
}
