//! Random domain values for the properties of `codec` and `wire`. Tests only.

mod administrative;
mod around;
mod bodies;
mod course;
mod duties;
mod office;
mod parts;

use jiff::civil::Date;
use proptest::collection::{btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use uuid::Uuid;

pub(crate) use bodies::body;
use bodies::registration;

use crate::domain::alarm::{Alarm, AlarmLimit};
use crate::domain::body::Infection;
use crate::domain::decimal::Decimal;
use crate::domain::directory::Actor;
use crate::domain::entry::{Addressee, Entry, Intent, OnBehalfOf, Scope, Sensitivity, WrittenReason};
use crate::domain::ids::{DeviceId, EntryId, OrganisationId, PersonId, Seq, TimelineId};
use crate::domain::kind::Kind;
use crate::domain::role::{OrganisationType, Role};
use crate::domain::ruling::{Consequences, Ruling};
use crate::domain::standing::Standing;
use crate::domain::state::{DoctorAgreement, Measured, PatientState};
use crate::domain::team::{ConsentState, Membership};
use crate::domain::time::Timestamp;
use crate::domain::unit::Unit;
use crate::domain::vital::{Measurement, VitalSign};

pub(crate) fn id<T: std::fmt::Debug>(wrap: fn(Uuid) -> T) -> impl Strategy<Value = T> {
    (1u128..).prop_map(move |number| wrap(Uuid::from_u128(number)))
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![Just(String::new()), "[ぁ-ん一-龠ｱ-ﾝ a-z0-9\"\\\\\u{1F469}\n]{0,40}", any::<String>()]
}

fn time() -> impl Strategy<Value = Timestamp> {
    any::<i64>().prop_map(Timestamp)
}

fn date() -> impl Strategy<Value = Date> {
    (1870i16..=2200, 1i8..=12, 1i8..=28).prop_map(|(year, month, day)| jiff::civil::date(year, month, day))
}

fn decimal() -> impl Strategy<Value = Decimal> {
    (-9_000_000_000_000_000i64..9_000_000_000_000_000).prop_map(Decimal::from_millionths)
}

fn sign() -> impl Strategy<Value = VitalSign> {
    select(VitalSign::ALL)
}

/// Plausible values in any unit that measures the sign, as the domain makes them.
fn measurement() -> impl Strategy<Value = Measurement> {
    (sign(), select(Unit::ALL), 0i64..50_000_000)
        .prop_filter_map("a unit of the sign and a possible value", |(sign, unit, value)| {
            Measurement::new(sign, Decimal::from_millionths(value * 10), unit).ok()
        })
}

pub(crate) fn actor() -> impl Strategy<Value = Actor> {
    (id(PersonId), select(Role::ALL), id(OrganisationId), select(OrganisationType::ALL)).prop_map(
        |(person, role, organisation, organisation_type)| Actor { person, role, organisation, organisation_type },
    )
}

fn addressees() -> impl Strategy<Value = Vec<Addressee>> {
    let one = prop_oneof![
        id(PersonId).prop_map(Addressee::Person),
        id(OrganisationId).prop_map(Addressee::Organisation),
        select(Role::ALL).prop_map(Addressee::Role),
    ];
    vec(one, 0..4)
}

fn alarm_limit() -> impl Strategy<Value = AlarmLimit> {
    (sign(), option::of(decimal()), option::of(decimal())).prop_map(|(sign, low, high)| AlarmLimit { sign, low, high })
}

/// Version 7.
fn made_by_client() -> impl Strategy<Value = EntryId> {
    any::<[u8; 10]>()
        .prop_map(|random| EntryId(uuid::Builder::from_unix_timestamp_millis(1_775_003_400_250, &random).into_uuid()))
}

/// Any intent that the wire can carry.
pub(crate) fn written_reasons() -> impl Strategy<Value = Vec<WrittenReason>> {
    vec((text(), text()).prop_map(|(rule, text)| WrittenReason { rule, text }), 0..2)
}

pub(crate) fn intent() -> impl Strategy<Value = Intent> {
    let when = (option::of(time()), select(Sensitivity::ALL));
    let named = option::of(actor().prop_map(|actor| OnBehalfOf::of(&actor)));
    (made_by_client(), id(TimelineId), when, addressees(), body(), written_reasons(), named).prop_map(
        |(id, timeline, (observed_at, sensitivity), addressed_to, body, reasons, on_behalf_of)| Intent {
            id,
            timeline,
            observed_at,
            sensitivity,
            addressed_to,
            body,
            reasons,
            on_behalf_of,
        },
    )
}

fn scope() -> impl Strategy<Value = Scope> {
    let seen = (
        select(Kind::ALL),
        select(Sensitivity::ALL),
        option::of(select(Infection::ALL)),
        addressees(),
        id(OrganisationId),
    );
    (seen, any::<u64>(), time(), time()).prop_map(
        |((kind, sensitivity, infection, addressed_to, owner), seq, recorded_at, happened_at)| Scope {
            kind,
            sensitivity,
            infection,
            addressed_to,
            owner,
            seq: Seq(seq),
            recorded_at,
            happened_at,
        },
    )
}

pub(crate) fn ruling() -> impl Strategy<Value = Ruling> {
    let rules = || vec(text().prop_map(Into::into), 0..3);
    let slots = vec(any::<u8>(), 0..20);
    let told = (rules(), rules(), rules(), written_reasons());
    (rules(), slots, vec(duties::opened_duty(), 0..2), vec(duties::duty_id(), 0..2), told).prop_map(
        |(cited, slots, opened, met, (advice, to_secretariat, excepted, reasons))| Ruling {
            cited,
            slots,
            consequences: Consequences { opened, met, advice, to_secretariat, excepted, reasons }.kept(),
        },
    )
}

/// Any entry that the journal can hold.
pub(crate) fn entry() -> impl Strategy<Value = Entry> {
    let alarm = (sign(), decimal(), decimal(), any::<bool>()).prop_map(|(sign, value, limit, below)| Alarm {
        sign,
        value,
        limit,
        below,
    });
    let by = (actor(), option::of(actor()), option::of(id(DeviceId)));
    (intent(), 1u64.., by, time(), vec(alarm, 0..3), option::of(scope()), ruling()).prop_map(
        |(intent, seq, (author, on_behalf, device), recorded_at, alarms, target_scope, ruling)| Entry {
            id: intent.id,
            timeline: intent.timeline,
            seq: Seq(seq),
            author,
            on_behalf,
            device,
            observed_at: intent.observed_at,
            recorded_at,
            sensitivity: intent.sensitivity,
            addressed_to: intent.addressed_to,
            body: intent.body,
            alarms,
            target_scope,
            ruling,
        },
    )
}

/// Any state that a fold could reach, and more.
pub(crate) fn state() -> impl Strategy<Value = PatientState> {
    let membership = (btree_set(id(PersonId), 0..3), any::<bool>(), time(), time())
        .prop_map(|(people, host, since, opens_from)| Membership { people, host, since, opens_from });
    let measured = || (time(), any::<u64>()).prop_map(|(at, seq)| Measured { at, seq: Seq(seq) });
    let standing =
        (vec((measured(), measurement().prop_map(|measurement| measurement.value)), 0..4), option::of(measured()))
            .prop_map(|(kept, dropped)| Standing::of(kept, dropped));
    let vitals = vec((select(VitalSign::ALL), standing), 0..4);
    let limits = (vec((1u64.., vec(alarm_limit(), 0..3)), 0..3), option::of(1u64..)).prop_map(|(kept, dropped)| {
        let kept = kept.into_iter().map(|(seq, limits)| (Seq(seq), limits.into())).collect();
        Standing::of(kept, dropped.map(Seq))
    });
    (
        (
            id(TimelineId),
            any::<u64>(),
            time(),
            option::of(registration()),
            select(ConsentState::ALL),
            (select(DoctorAgreement::ALL), administrative::terms(), time()),
        ),
        vec((id(OrganisationId), membership), 0..3),
        (any::<[u64; 3]>(), limits, vitals, btree_set(any::<u64>(), 0..3)),
        (vec((id(EntryId), any::<u64>()), 0..3), btree_set(id(OrganisationId), 0..3)),
        (course::accesses(), course::course(), course::ledger(), option::of(office::office()), course::advice()),
    )
        .prop_map(
            |(
                (timeline, head, recorded_at, registration, consent, (agreement, terms, written_at)),
                team,
                folded,
                (hidden, former),
                rest,
            )| {
                let (accesses, course, duties, office, advice) = rest;
                let ([access_epoch, registered_by, consented_by], limits, vitals, retracted) = folded;
                PatientState {
                    timeline,
                    head: Seq(head),
                    recorded_at,
                    written_at,
                    registration: registration.map(Into::into),
                    agreement,
                    consent,
                    team: team.into_iter().collect(),
                    former,
                    registered_by: Seq(registered_by),
                    consented_by: Seq(consented_by),
                    terms,
                    access_epoch: Seq(access_epoch),
                    limits,
                    vitals: vitals.into_iter().collect(),
                    retracted: retracted.into_iter().map(Seq).collect(),
                    hidden: hidden.into_iter().map(|(entry, seq)| (entry, Seq(seq))).collect(),
                    accesses,
                    advice,
                    course,
                    duties,
                    office: office.map(Into::into),
                }
            },
        )
}
