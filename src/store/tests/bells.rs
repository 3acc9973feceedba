//! Bells, quiet hours and the key for push services, as each engine keeps them.

use std::time::Duration;

use super::region::{MORNING, Region, on_both};
use crate::domain::account::SignInWay;
use crate::domain::bell::{Bell, QuietHours, Weight};
use crate::domain::device::Device;
use crate::domain::directory::Position;
use crate::domain::ids::{BellId, SignInId};
use crate::domain::time::Timestamp;
use crate::store::{Held, SignIn, StoreError};
use crate::vault::PushSigner;

/// `work` in a transaction of the region.
macro_rules! written {
    ($region:expr, $tx:ident => $work:expr) => {{
        let done: Result<_, StoreError> = $region.journal.write(move |$tx| Box::pin(async move { $work })).await;
        done.unwrap()
    }};
}

const PLACE: &str = "https://push.example.jp/send/k2a9";

fn later(seconds: u64) -> Timestamp {
    MORNING.saturating_add(Duration::from_secs(seconds))
}

async fn sign_in(region: &Region) -> SignInId {
    let sign_in = SignIn { way: Some(SignInWay::Link), ..region.sign_in() };
    let id = sign_in.id;
    written!(region, tx => tx.insert_sign_in(&sign_in).await);
    id
}

/// A bell of the nurse under this sign-in.
fn bell(region: &Region, sign_in: SignInId, seconds: u64) -> Bell {
    let nurse = region.nurse();
    Bell {
        id: BellId(region.ids.draw()),
        person: nurse.person,
        position: Position { role: nurse.role, organisation: nurse.organisation },
        sign_in,
        registered: None,
        device: "iPhone".to_owned(),
        wish: Weight::Mine,
        added_at: later(seconds),
        renewed_at: later(seconds),
        rung_at: None,
    }
}

#[tokio::test]
async fn a_bell_is_one_for_each_place_renewed_rung_once_in_a_while_and_ends_in_each_way() {
    on_both(async |region| {
        region.employ_nurse().await;
        let (one, two) = (sign_in(region).await, sign_in(region).await);
        let (first, again) = (bell(region, one, 0), bell(region, two, 9));
        let (person, nobody) = (first.person, crate::domain::ids::PersonId(uuid::Uuid::from_u128(0xdead)));
        let put = async |bell: &Bell| {
            let bell = bell.clone();
            written!(region, tx => tx.upsert_bell(&bell, PLACE).await)
        };
        assert_eq!((put(&first).await, put(&again).await), (first.id, first.id));
        if region.is_sqlite() {
            let readable = "select count(*) from bell where instr(sealed, cast('https://' as blob)) > 0
                or instr(endpoint, cast('https://' as blob)) > 0";
            assert_eq!(region.count(readable).await, 0, "whoever has the place can ring it");
        }
        let (found, place) = written!(region, tx => tx.find_bell(first.id).await).unwrap();
        assert_eq!((&*place, found.sign_in, found.added_at, found.renewed_at), (PLACE, two, later(0), later(9)));
        assert_eq!(written!(region, tx => tx.list_bells(person).await), [found]);

        assert!(written!(region, tx => tx.note_rung(first.id, later(100), later(40)).await));
        assert!(!written!(region, tx => tx.note_rung(first.id, later(110), later(50)).await), "rung a moment ago");
        assert!(written!(region, tx => tx.note_rung(first.id, later(160), later(100)).await));
        assert_eq!(written!(region, tx => tx.list_bells_awake(later(9)).await), []);
        let awake = written!(region, tx => tx.list_bells_awake(later(8)).await);
        assert_eq!((awake.len(), awake[0].id, awake[0].wish, awake[0].quiet), (1, first.id, Weight::Mine, None));

        assert!(!written!(region, tx => tx.delete_bell(first.id, Some(nobody)).await), "of somebody else");
        assert!(written!(region, tx => tx.delete_bell(first.id, Some(person)).await));
        let left = async || written!(region, tx => tx.list_bells(person).await).len();
        let office = first.position.organisation;
        for way in 0..6_u8 {
            put(&again).await;
            written!(region, tx => match way {
                0 => {
                    tx.delete_bells_under(one).await?;
                    tx.delete_bells_of(person, Some(two)).await?;
                    assert_eq!(tx.list_bells(person).await?.len(), 1, "another sign-in");
                    tx.delete_bells_under(two).await
                }
                1 => tx.delete_bells_of(person, None).await,
                2 => tx.delete_bells_of(person, Some(one)).await,
                3 => tx.delete_bells_at(office).await,
                4 => tx.delete_bells_without_device(person).await,
                _ => tx.delete_all_bells().await,
            });
            assert_eq!(left().await, 0, "{way}");
        }
        let tablet = crate::domain::ids::DeviceId(uuid::Uuid::from_u128(7));
        put(&again).await;
        written!(region, tx => tx.delete_bells_on(tablet).await);
        assert_eq!(left().await, 1, "on no registered device");
        assert!(written!(region, tx => tx.delete_bell(again.id, None).await));

        let device = Device {
            id: tablet,
            organisation: office,
            name: "タブレット 3".to_owned(),
            registered_at: MORNING,
            seen_at: None,
            revoked_at: None,
        };
        written!(region, tx => tx.insert_device(&device).await);
        put(&Bell { registered: Some(tablet), ..again.clone() }).await;
        written!(region, tx => tx.delete_bells_without_device(person).await);
        assert_eq!(left().await, 1, "it hangs on the tablet");
        written!(region, tx => tx.delete_bells_on(tablet).await);
        assert_eq!(left().await, 0);
    })
    .await;
}

#[tokio::test]
async fn what_waits_for_the_end_of_quiet_hours_is_told_of_once_and_the_key_is_made_once() {
    on_both(async |region| {
        let person = region.employ_nurse().await.id;
        let night = QuietHours::read("21:00", "07:00").unwrap();
        let held = || async { written!(region, tx => tx.list_held().await) };
        written!(region, tx => tx.note_held(person, later(1)).await);
        assert_eq!(held().await, [], "nobody wants quiet");
        written!(region, tx => tx.replace_quiet_hours(person, Some(night)).await);
        written!(region, tx => tx.note_held(person, later(2)).await);
        written!(region, tx => tx.note_held(person, later(3)).await);
        assert_eq!(held().await, [Held { person, quiet: night, since: later(2) }]);
        let nap = QuietHours::read("13:00", "14:00").unwrap();
        written!(region, tx => tx.replace_quiet_hours(person, Some(nap)).await);
        assert_eq!(written!(region, tx => tx.find_quiet_hours(person).await), Some(nap));
        assert_eq!(held().await, [Held { person, quiet: nap, since: later(2) }]);
        assert!(written!(region, tx => tx.release_held(person).await));
        assert!(!written!(region, tx => tx.release_held(person).await));
        written!(region, tx => tx.replace_quiet_hours(person, None).await);
        assert_eq!(written!(region, tx => tx.find_quiet_hours(person).await), None);

        assert!(written!(region, tx => tx.find_push_key().await).is_none());
        let (key, other) = (PushSigner::make(), PushSigner::make());
        let kept = key.clone();
        assert!(written!(region, tx => tx.insert_push_key(&kept, MORNING).await));
        assert!(!written!(region, tx => tx.insert_push_key(&other, MORNING).await));
        assert_eq!(written!(region, tx => tx.find_push_key().await), Some(key));
    })
    .await;
}
