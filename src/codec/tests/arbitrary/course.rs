//! Random courses and ledgers of duties.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::{id, text, time};
use crate::domain::body::{Allergies, CallTo, DeviceSetting};
use crate::domain::duties::{Duties, Duty, Ended, Standing as Stands};
use crate::domain::duty::CloseReason;
use crate::domain::ids::{EntryId, OrganisationId, PersonId, Seq};
use crate::domain::kind::Kind;
use crate::domain::role::Role;
use crate::domain::ruling::rule_id;
use crate::domain::standing::Standing;
use crate::domain::state::{Access, Accesses, Advice, Advised, Course, Meetings, Record, Stay, Writer};

pub(super) fn standing<T: std::fmt::Debug>(
    record: impl Strategy<Value = T>,
) -> impl Strategy<Value = Standing<Seq, T>> {
    (vec((1u64.., record), 0..3), option::of(1u64..)).prop_map(|(kept, dropped)| {
        let kept = kept.into_iter().map(|(seq, record)| (Seq(seq), record)).collect();
        Standing::of(kept, dropped.map(Seq))
    })
}

pub(super) fn accesses() -> impl Strategy<Value = Accesses> {
    let times = (time(), time(), option::of(time()));
    let access = (id(EntryId), 1u64.., id(PersonId), id(OrganisationId), times).prop_map(
        |(entry, seq, person, organisation, (declared_at, until, reviewed_at))| Access {
            entry,
            seq: Seq(seq),
            person,
            organisation,
            declared_at,
            until,
            reviewed_at,
        },
    );
    vec(access, 0..3).prop_map(Accesses::of)
}

pub(super) fn course() -> impl Strategy<Value = Course> {
    let writer = (select(Kind::ALL), id(OrganisationId), select(Role::ALL), option::of(id(OrganisationId)))
        .prop_map(|(kind, organisation, role, to)| Writer { kind, organisation, role, to });
    let until = option::of((1i16..28).prop_map(|day| jiff::civil::date(2026, 4, day as i8)));
    let record = (time(), until, any::<bool>()).prop_map(|(recorded_at, until, acknowledged)| Record {
        recorded_at,
        until,
        acknowledged,
    });
    let setting = (text(), text(), text()).prop_map(|(name, value, unit)| DeviceSetting { name, value, unit });
    let settings = option::of(vec(setting, 0..3).prop_map(Into::into));
    let allergies = text().prop_map(|text| Allergies { text, ..Allergies::default() }.into());
    (
        vec((writer, standing(record)), 0..4),
        vec((text(), standing(settings)), 0..3),
        standing(select(Stay::ALL)),
        standing(allergies),
        (standing(any::<bool>()), standing(any::<bool>()), standing(any::<bool>())),
        (
            vec((select(Kind::ALL), time()), 0..3),
            vec(((id(OrganisationId), id(OrganisationId)), standing(time())), 0..3),
            vec(((id(OrganisationId), select(CallTo::ALL)), standing(time())), 0..3),
        ),
    )
        .prop_map(|(records, devices, stays, allergies, wishes, (since, pairs, answered))| {
            let (one_doctor_wished, keeps_acp_private, closed) = wishes;
            Course {
                since: since.into_iter().collect(),
                answered: answered.into_iter().collect(),
                records: records.into_iter().collect(),
                devices: devices.into_iter().collect(),
                stays,
                allergies,
                one_doctor_wished,
                keeps_acp_private,
                closed,
                meetings: Meetings { pairs: pairs.into_iter().collect() },
            }
        })
}

pub(super) fn advice() -> impl Strategy<Value = Advice> {
    let advised = (text(), id(EntryId), time()).prop_map(|(rule, entry, at)| Advised { rule: rule.into(), entry, at });
    vec(advised, 0..3).prop_map(|all| Advice {
        by_rule: all.into_iter().map(|advised| (rule_id(&advised.rule).to_owned(), advised)).collect(),
    })
}

pub(super) fn ledger() -> impl Strategy<Value = Duties> {
    (vec(duty(), 0..3), option::of(time())).prop_map(|(duties, away_since)| Duties {
        all: duties.into_iter().map(|duty| (duty.opened.id, duty)).collect(),
        away_since,
    })
}

fn duty() -> impl Strategy<Value = Duty> {
    let stands = prop_oneof![
        Just(Stands::Open),
        Just(Stands::Snoozed),
        Just(Stands::Overdue),
        (1u32..5).prop_map(Stands::Escalated),
    ];
    let ended = option::of(prop_oneof![
        Just(Ended::Met),
        Just(Ended::Declined),
        Just(Ended::Waived),
        select(CloseReason::ALL).prop_map(Ended::Closed),
    ]);
    let inherited = (vec(id(OrganisationId), 0..2), any::<u32>());
    let times = (time(), time(), option::of(time()), option::of(time()), option::of(time()));
    (
        super::duties::opened_duty(),
        (option::of(id(EntryId)), option::of(super::scope())),
        super::duties::debtors(),
        times,
        (any::<u32>(), any::<u32>(), stands, ended, option::of((id(EntryId), time())), inherited),
    )
        .prop_map(
            |(opened, (cause, scope), debtors, (opened_at, due, overdue_at, cannot_go_at, paused_since), rest)| {
                let (round, reminded, stands, ended, ended_by, (in_place_of, inherited)) = rest;
                Duty {
                    opened,
                    cause,
                    scope,
                    opened_at,
                    debtors,
                    in_place_of,
                    inherited,
                    due,
                    round,
                    reminded,
                    overdue_at,
                    cannot_go_at,
                    paused_since,
                    stands,
                    ended,
                    ended_by,
                }
            },
        )
}
