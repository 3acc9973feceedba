//! Random domain values for the properties of `codec` and `wire`. Tests only.

use jiff::civil::Date;
use proptest::collection::{btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use uuid::Uuid;

use crate::domain::alarm::{Alarm, AlarmLimit, AlarmLimits};
use crate::domain::body::*;
use crate::domain::decimal::Decimal;
use crate::domain::directory::Actor;
use crate::domain::entry::{Addressee, Entry, Intent, Scope, Sensitivity};
use crate::domain::ids::{EntryId, OrganisationId, PersonId, Seq, TimelineId};
use crate::domain::kind::Kind;
use crate::domain::patient::{HumanName, Identifier, Registration, Sex};
use crate::domain::role::{OrganisationType, Role};
use crate::domain::ruling::Ruling;
use crate::domain::standing::Standing;
use crate::domain::state::{Measured, PatientState};
use crate::domain::team::*;
use crate::domain::time::Timestamp;
use crate::domain::unit::Unit;
use crate::domain::vital::{BodySite, Measurement, Vital, VitalSign};

fn id<T: std::fmt::Debug>(wrap: fn(Uuid) -> T) -> impl Strategy<Value = T> {
    (1u128..).prop_map(move |number| wrap(Uuid::from_u128(number)))
}

fn ids<T: std::fmt::Debug>(wrap: fn(Uuid) -> T) -> impl Strategy<Value = Vec<T>> {
    vec(id(wrap), 0..3)
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

fn observed() -> impl Strategy<Value = Body> {
    prop_oneof![
        (vec(measurement(), 0..5), option::of(select(BodySite::ALL)), text(), text()).prop_map(
            |(measurements, site, device, comment)| Body::Vital(Vital { measurements, site, device, comment })
        ),
        text().prop_map(|text| Body::Note(Note { text })),
        (text(), option::of(time()), option::of(time())).prop_map(|(text, started_at, ended_at)| Body::Visit(Visit {
            text,
            started_at,
            ended_at
        })),
        (text(), option::of(time()), any::<bool>()).prop_map(|(text, noticed_at, tell_doctor)| Body::StatusChange(
            StatusChange { text, noticed_at, tell_doctor }
        )),
        (select(Infection::ALL), text(), option::of(date()))
            .prop_map(|(infection, text, since)| { Body::InfectionNotice(InfectionNotice { infection, text, since }) }),
    ]
}

fn spoken() -> impl Strategy<Value = Body> {
    prop_oneof![
        (text(), vec(select(Role::ALL), 0..3)).prop_map(|(text, to_roles)| Body::Message(Message { text, to_roles })),
        (select(OrderType::ALL), text(), any::<bool>()).prop_map(|(order_type, text, emergency)| Body::Order(Order {
            order_type,
            text,
            emergency
        })),
        (text(), text())
            .prop_map(|(condition, instruction)| Body::StandingOrder(StandingOrder { condition, instruction })),
        (text(), select(DeviceChangeType::ALL), text(), text()).prop_map(|(device, change, before, after)| {
            Body::DeviceChange(DeviceChange { device, change, before, after })
        }),
        text().prop_map(|text| Body::LabRequest(LabRequest { text })),
        text().prop_map(|text| Body::AcpNote(AcpNote { text })),
        (text(), ids(OrganisationId))
            .prop_map(|(text, organisations)| Body::JointVisit(JointVisit { text, organisations })),
        (text(), option::of(time()), ids(OrganisationId)).prop_map(|(text, held_at, organisations)| {
            Body::Conference(Conference { text, held_at, organisations })
        }),
        (vec(alarm_limit(), 0..3), text()).prop_map(|(limits, text)| Body::AlarmLimits(AlarmLimits { limits, text })),
    ]
}

fn reports() -> impl Strategy<Value = Body> {
    let item = (text(), text(), option::of(decimal()), text(), text(), text())
        .prop_map(|(name, code, value, text, unit, range)| LabItem { name, code, value, text, unit, range });
    prop_oneof![
        (date(), date(), text(), text(), text()).prop_map(|(from, until, diagnosis, condition, instruction)| {
            Body::NursingInstruction(NursingInstruction { from, until, diagnosis, condition, instruction })
        }),
        (date(), date(), text(), text(), text()).prop_map(|(from, until, course, care, situation)| {
            Body::NursingReport(NursingReport { from, until, course, care, situation })
        }),
        (option::of(id(EntryId)), option::of(date()), vec(item, 0..3), text()).prop_map(
            |(request, sampled_on, items, text)| Body::LabResult(LabResult { request, sampled_on, items, text })
        ),
    ]
}

fn alarm_limit() -> impl Strategy<Value = AlarmLimit> {
    (sign(), option::of(decimal()), option::of(decimal())).prop_map(|(sign, low, high)| AlarmLimit { sign, low, high })
}

fn registration() -> impl Strategy<Value = Registration> {
    let identifier = (text(), text()).prop_map(|(system, value)| Identifier { system, value });
    (text(), text(), date(), select(Sex::ALL), vec(identifier, 0..3)).prop_map(
        |(kanji, kana, birth_date, sex, identifiers)| Registration {
            name: HumanName { kanji, kana },
            birth_date,
            sex,
            identifiers,
        },
    )
}

fn administrative() -> impl Strategy<Value = Body> {
    let history = prop_oneof![Just(History::All), Just(History::Nothing), time().prop_map(History::From)];
    prop_oneof![
        registration().prop_map(Body::Registration),
        (select(ConsentState::ALL), select(ConsentGiver::ALL), date(), text()).prop_map(
            |(state, given_by, given_on, document)| Body::Consent(ConsentChange {
                state,
                given_by,
                given_on,
                document
            })
        ),
        (id(OrganisationId), ids(PersonId), any::<bool>(), history).prop_map(
            |(organisation, people, host, history)| Body::TeamLink(TeamLink { organisation, people, host, history })
        ),
        (id(OrganisationId), ids(PersonId), text())
            .prop_map(|(organisation, people, reason)| Body::TeamUnlink(TeamUnlink { organisation, people, reason })),
        (id(OrganisationId), text())
            .prop_map(|(organisation, reason)| Body::HostChange(HostChange { organisation, reason })),
    ]
}

/// A body of any kind.
pub(crate) fn body() -> impl Strategy<Value = Body> {
    let plain = prop_oneof![observed(), spoken(), reports(), administrative()].boxed();
    let about = prop_oneof![
        (id(EntryId), text()).prop_map(|(target, text)| Body::Acknowledgement(Acknowledgement { target, text })),
        (id(EntryId), plain.clone(), text()).prop_map(|(target, body, reason)| Body::Correction(Correction {
            target,
            body: Box::new(body),
            reason
        })),
        (id(EntryId), select(RetractionReason::ALL), text())
            .prop_map(|(target, reason, text)| Body::Retraction(Retraction { target, reason, text })),
    ];
    prop_oneof![4 => plain, 1 => about]
}

/// Version 7.
fn made_by_client() -> impl Strategy<Value = EntryId> {
    any::<[u8; 10]>()
        .prop_map(|random| EntryId(uuid::Builder::from_unix_timestamp_millis(1_775_003_400_250, &random).into_uuid()))
}

/// Any intent that the wire can carry.
pub(crate) fn intent() -> impl Strategy<Value = Intent> {
    (made_by_client(), id(TimelineId), option::of(time()), select(Sensitivity::ALL), addressees(), body()).prop_map(
        |(id, timeline, observed_at, sensitivity, addressed_to, body)| Intent {
            id,
            timeline,
            observed_at,
            sensitivity,
            addressed_to,
            body,
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
    (vec(text(), 0..3), vec(any::<u8>(), 0..20))
        .prop_map(|(cited, slots)| Ruling { cited: cited.into_iter().map(Into::into).collect(), slots })
}

/// Any entry that the journal can hold.
pub(crate) fn entry() -> impl Strategy<Value = Entry> {
    let alarm = (sign(), decimal(), decimal(), any::<bool>()).prop_map(|(sign, value, limit, below)| Alarm {
        sign,
        value,
        limit,
        below,
    });
    (intent(), 1u64.., actor(), time(), vec(alarm, 0..3), option::of(scope()), ruling()).prop_map(
        |(intent, seq, author, recorded_at, alarms, target_scope, ruling)| Entry {
            id: intent.id,
            timeline: intent.timeline,
            seq: Seq(seq),
            author,
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
        (id(TimelineId), any::<u64>(), time(), option::of(registration()), select(ConsentState::ALL)),
        vec((id(OrganisationId), membership), 0..3),
        (any::<[u64; 3]>(), limits, vitals, btree_set(any::<u64>(), 0..3)),
        (btree_set(id(EntryId), 0..3), btree_set(id(OrganisationId), 0..3)),
    )
        .prop_map(|((timeline, head, recorded_at, registration, consent), team, folded, (hidden, former))| {
            let ([access_epoch, registered_by, consented_by], limits, vitals, retracted) = folded;
            PatientState {
                timeline,
                head: Seq(head),
                recorded_at,
                registration: registration.map(Into::into),
                consent,
                team: team.into_iter().collect(),
                former,
                registered_by: Seq(registered_by),
                consented_by: Seq(consented_by),
                access_epoch: Seq(access_epoch),
                limits,
                vitals: vitals.into_iter().collect(),
                retracted: retracted.into_iter().map(Seq).collect(),
                hidden,
            }
        })
}
