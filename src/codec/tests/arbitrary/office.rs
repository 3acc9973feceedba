//! Random states of organisations.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::{date, id, parts, text, time};
use crate::domain::body::{ContactWindow, Roster};
use crate::domain::ids::{EntryId, PersonId, Seq};
use crate::domain::role::Role;
use crate::domain::standing::Standing;
use crate::domain::state::{ExportAsked, Office, Permitted, Pledged, Suspended};
use crate::domain::time::Timestamp;

use super::course::standing;

fn times() -> impl Strategy<Value = Standing<Seq, Timestamp>> {
    standing(time())
}

pub(super) fn office() -> impl Strategy<Value = Office> {
    let contact = (text(), option::of(id(PersonId)), text(), any::<bool>()).prop_map(
        |(department, person, phone, around_the_clock)| {
            ContactWindow { department, person, phone, around_the_clock, ..ContactWindow::default() }.into()
        },
    );
    let roster = (date(), date(), parts::shifts(), text())
        .prop_map(|(from, until, shifts, text)| Roster { from, until, shifts, text }.into());
    let pledged = (option::of(id(PersonId)), text()).prop_map(|(by, rule)| Pledged { by, rule: rule.into() });
    let suspended = (any::<bool>(), option::of(date())).prop_map(|(lifted, until)| Suspended { lifted, until });
    (
        (times(), standing(contact), vec((any::<u64>().prop_map(Seq), roster), 0..3)),
        vec((pledged, times()), 0..3),
        vec(((id(PersonId), select(Role::ALL)), times()), 0..3),
        vec((option::of(id(PersonId)), standing(suspended)), 0..3),
        vec((any::<u64>().prop_map(Seq), export_asked()), 0..3),
    )
        .prop_map(|((entered, contact, rosters), pledges, activations, suspensions, exports)| Office {
            entered,
            contact,
            rosters: rosters.into_iter().collect(),
            pledges: pledges.into_iter().collect(),
            activations: activations.into_iter().collect(),
            suspensions: suspensions.into_iter().collect(),
            exports: exports.into_iter().collect(),
        })
}

fn export_asked() -> impl Strategy<Value = ExportAsked> {
    let done = option::of((1..u64::MAX).prop_map(Seq));
    let permitted = (id(PersonId), any::<i64>()).prop_map(|(by, at)| Permitted { by, at: Timestamp(at) });
    (id(EntryId), (id(PersonId), time()), parts::export(), option::of(permitted), done).prop_map(
        |(id, (by, asked_at), said, permitted, done)| ExportAsked {
            id,
            by,
            asked_at,
            said: said.into(),
            permitted,
            done,
        },
    )
}
