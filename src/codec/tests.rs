//! What must hold for every value: nothing is lost on the way to bytes and back, and no bytes panic.

pub(crate) mod arbitrary;

use bytes::Bytes;
use proptest::prelude::*;
use prost::Message;

use super::proto::{store, v1};
use super::*;
use crate::domain::act::{Act, By, Deed};
use crate::domain::body::{Body, Export};
use crate::domain::directory::Actor;
use crate::domain::duties::tests as ledger;
use crate::domain::ids::{DeviceId, PatientId, PersonId, Seq, SignInId, Subject, TimelineId};
use crate::domain::ruling::Ruling;
use crate::domain::state::{FOLD_VERSION, PatientState};
use crate::domain::time::Timestamp;

proptest! {
    #[test]
    fn an_intent_comes_back_whole(intent in arbitrary::intent()) {
        let sent = v1::Intent::decode(encode_intent(&intent)).unwrap();
        prop_assert_eq!(decode_intent(sent).unwrap(), intent);
    }

    #[test]
    fn no_file_that_a_body_holds_is_overlooked(intent in arbitrary::intent()) {
        let held = format!("{:?}", intent.body).matches("ContentHash(").count();
        let named = intent.body.attachments().len();
        let kind = intent.body.corrected().unwrap_or(&intent.body).kind();
        prop_assert_eq!(held, named, "{}", kind);
        prop_assert!(named == 0 || kind.carries_files(), "{}", kind);
    }

    #[test]
    fn an_entry_comes_back_whole_from_the_journal(entry in arbitrary::entry()) {
        let content = encode_content(&entry);
        let stored = encode_stored(&entry, &content);
        let (read, read_content) = decode_stored(EntryHeader::of(&entry), stored.into()).unwrap();
        prop_assert_eq!(&read, &entry);
        prop_assert_eq!(&read_content, &content);
    }

    #[test]
    fn a_reader_gets_the_entry_without_slots_and_target_scope(mut entry in arbitrary::entry()) {
        let encoded = EncodedEntry::of(&entry);
        entry.ruling.slots.clear();
        entry.target_scope = None;
        prop_assert_eq!(encoded.open().unwrap(), entry);
    }

    #[test]
    fn a_composed_delivery_is_the_frame_that_encoding_it_whole_would_give(
        entry in arbitrary::entry(),
        other in any::<u64>(),
    ) {
        let encoded = EncodedEntry::of(&entry);
        for after in [0, 1, entry.seq.0 - 1, entry.seq.0, other] {
            let delivery = v1::Delivery { after, entry: Some(encoded.message()) };
            let frame = v1::ServerFrame { frame: Some(v1::server_frame::Frame::Delivery(delivery)) };
            prop_assert_eq!(&encoded.delivery(Encoding::Proto, Seq(after))[..], &frame.encode_to_vec()[..]);
            prop_assert_eq!(&encoded.delivery(Encoding::Json, Seq(after))[..], &serde_json::to_vec(&frame).unwrap()[..]);
        }
    }

    /// A hub may stop and start between any two entries.
    #[test]
    fn a_ledger_put_away_and_taken_up_goes_on_as_if_it_had_been_kept(
        life in ledger::life(),
        acts in proptest::collection::vec((ledger::act(), any::<bool>()), 0..30),
    ) {
        let (mut kept, mut restarted) = (ledger::Line::of(life), ledger::Line::of(life));
        for (act, restart) in acts {
            if restart {
                let mut state = PatientState::empty(TimelineId(uuid::Uuid::from_u128(9)));
                state.duties = restarted.duties;
                restarted.duties = decode_snapshot(&encode_snapshot(&state)).unwrap().unwrap().duties;
            }
            kept.act(&act);
            restarted.act(&act);
            prop_assert_eq!(&restarted.duties, &kept.duties);
        }
    }

    #[test]
    fn a_state_comes_back_whole(state in arbitrary::state()) {
        prop_assert_eq!(decode_snapshot(&encode_snapshot(&state)).unwrap().unwrap(), state);
    }

    /// Whoever wrote what, the hub itself included: a snapshot that is not read again spares nobody anything, and looks like
    /// damage to whoever checks the store.
    #[test]
    fn every_state_that_folding_reaches_comes_back_whole(
        is_office in any::<bool>(),
        acts in proptest::collection::vec((arbitrary::entry(), any::<bool>(), any::<prop::sample::Index>()), 1..16),
    ) {
        let subject = if is_office { Subject::Organisation } else { Subject::Patient };
        let mut state = PatientState::empty_of(subject, TimelineId(uuid::Uuid::from_u128(9)));
        for (mut entry, by_the_hub, points_at) in acts {
            (entry.seq, entry.timeline) = (state.head.next(), state.timeline);
            if by_the_hub {
                entry.author = Actor::HUB;
            }
            if let Some(target) = &mut entry.target_scope {
                target.seq = Seq(1 + points_at.index(state.head.0.max(1) as usize) as u64);
            }
            state.apply(&entry);
        }
        prop_assert_eq!(decode_snapshot(&encode_snapshot(&state)).unwrap().unwrap(), state);
    }

    #[test]
    fn queued_posts_and_refusals_come_back_whole(
        intent in arbitrary::intent(),
        author in arbitrary::actor(),
        received_at in any::<i64>(),
        ruling in arbitrary::ruling(),
        code in any::<String>(),
        by in proptest::option::of(arbitrary::actor()),
        for_whom in arbitrary::actor(),
        device in proptest::option::of(arbitrary::id(DeviceId)),
        sign_in in proptest::option::of(arbitrary::id(SignInId)),
    ) {
        let dismissed = by.map(|by| Dismissed { by, reason: code.clone() });
        let (id, kind, corrected) = (intent.id, intent.body.kind(), intent.body.corrected().map(Body::kind));
        let (on_behalf_of, ruling_of) = (intent.on_behalf_of, ruling.clone());
        let refusal = Audited::Refusal(Refusal {
            id,
            kind,
            corrected,
            author,
            on_behalf_of,
            code,
            ruling: ruling_of,
            dismissed,
            sign_in,
            device,
        });
        prop_assert_eq!(decode_audited(&encode_audited(&refusal)).unwrap(), refusal);
        let written = Audited::WrittenFor(WrittenFor { entry: id, kind, author, on_behalf: for_whom, sign_in, device });
        prop_assert_eq!(decode_audited(&encode_audited(&written)).unwrap(), written);
        let deed = Deed::DutyClockReleased { stopped_at: Timestamp(received_at) };
        let by_whom = sign_in.map_or(By::Person(author), |sign_in| By::SignedIn(author, sign_in, device));
        let act = Audited::Act(Act { by: by_whom, deed });
        prop_assert_eq!(decode_audited(&encode_audited(&act)).unwrap(), act);
        let waits = Deed::Queued { post: id, timeline: intent.timeline, digest: [received_at.to_le_bytes()[0]; 32] };
        let act = Audited::Act(Act { by: By::Person(author), deed: waits });
        prop_assert_eq!(decode_audited(&encode_audited(&act)).unwrap(), act);
        let queued = QueuedPost { intent, author, device, received_at: Timestamp(received_at), ruling };
        prop_assert_eq!(decode_queued(&encode_queued(&queued)).unwrap(), queued);
    }

    #[test]
    fn damaged_bytes_never_panic(
        entry in arbitrary::entry(),
        state in arbitrary::state(),
        at in any::<prop::sample::Index>(),
        with in any::<u8>(),
        cut in any::<prop::sample::Index>(),
    ) {
        let damage = |mut bytes: Vec<u8>| {
            let at = at.index(bytes.len());
            bytes[at] ^= with;
            bytes.truncate(cut.index(bytes.len() + 1));
            bytes
        };
        let stored = damage(encode_stored(&entry, &encode_content(&entry)));
        if let Ok((_, content)) = decode_stored(EntryHeader::of(&entry), stored.into()) {
            let encoded = EncodedEntry::new(EntryHeader::of(&entry), content);
            let _ = (encoded.delivery(Encoding::Json, Seq::ZERO), encoded.open());
        }
        let _ = decode_snapshot(&damage(encode_snapshot(&state)));
    }
}

/// Some entry, the same in every run.
fn some_entry() -> crate::domain::entry::Entry {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    arbitrary::entry().new_tree(&mut runner).unwrap().current()
}

#[test]
fn readers_at_the_usual_cursor_share_one_buffer() {
    let encoded = EncodedEntry::of(&some_entry());
    let usual = Seq(encoded.header().seq.0 - 1);
    for encoding in Encoding::ALL {
        let (first, second) = (encoded.delivery(encoding, usual), encoded.clone().delivery(encoding, usual));
        assert_eq!(first.as_ptr(), second.as_ptr(), "{encoding:?}");
    }
}

#[test]
fn the_content_of_a_stored_entry_shares_its_memory() {
    let entry = some_entry();
    let stored = Bytes::from(encode_stored(&entry, &encode_content(&entry)));
    let memory = stored.as_ptr_range();
    let (_, content) = decode_stored(EntryHeader::of(&entry), stored.clone()).unwrap();
    assert!(memory.contains(&content.bytes().as_ptr()));
}

#[test]
fn what_the_hub_took_out_is_known_after_a_restart_and_a_client_is_still_nobody_under_its_id() {
    let mut entry = some_entry();
    let said =
        Export { purpose: "開示".into(), patients: vec![PatientId(uuid::Uuid::from_u128(9))], ..Export::default() };
    (entry.author, entry.body, entry.seq) = (Actor::HUB, Box::new(said).into(), Seq(1));
    let mut state = PatientState::empty(entry.timeline);
    state.apply(&entry);
    assert!(state.accesses.as_slice().iter().all(|access| access.person == Actor::HUB.person));
    assert_eq!(state.accesses.as_slice().len(), 1);
    assert_eq!(decode_snapshot(&encode_snapshot(&state)).unwrap(), Some(state));
    let nobody = field::id_text(uuid::Uuid::nil());
    assert_eq!(field::id("person", &nobody, PersonId).unwrap_err().code, "bad_id");
}

#[test]
fn a_snapshot_of_another_fold_is_passed_over() {
    let kept = store::v1::Snapshot { fold_version: FOLD_VERSION + 1, ..Default::default() };
    assert_eq!(decode_snapshot(&kept.encode_to_vec()).unwrap(), None);
}

#[test]
fn an_entry_of_a_newer_format_is_refused_rather_than_misread() {
    let entry = some_entry();
    let mut kept = store::v1::StoredEntry::decode(&encode_stored(&entry, &encode_content(&entry))[..]).unwrap();
    kept.format += 1;
    let read = decode_stored(EntryHeader::of(&entry), kept.encode_to_vec().into());
    assert!(matches!(read, Err(CodecError::UnknownFormat(2))));
}

#[test]
fn an_entry_stays_readable_when_bounds_of_the_plausible_change() {
    let measured = v1::Measurement { sign: "spo2".into(), value: "101".into(), unit: "%".into(), given: None };
    assert_eq!(body::measurement(&measured, body::Form::Posted).unwrap_err().code, "implausible");
    assert_eq!(body::measurement(&measured, body::Form::Recorded).unwrap().value.to_string(), "101");
}

#[test]
fn a_ruling_that_is_absent_cites_nothing() {
    assert_eq!(content::ruling(v1::Ruling::default()).unwrap(), Ruling::default());
}
