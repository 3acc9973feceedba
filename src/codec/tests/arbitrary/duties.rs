//! Random duties.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::{id, text, time};
use crate::domain::body::Body;
use crate::domain::duty::*;
use crate::domain::ids::{OrganisationId, PersonId};
use crate::domain::kind::Kind;
use crate::domain::role::{OrganisationType, Role};
use crate::domain::terms::{ChainStep, Clock, Matter, OnAdmission, OnDeath, Relation, Terms, Timing, Told, WayOut};

pub(super) fn duty_id() -> impl Strategy<Value = DutyId> {
    id(DutyId)
}

pub(super) fn debtors() -> impl Strategy<Value = Vec<Debtor>> {
    let roles = vec(select(Role::ALL), 0..3).prop_map(|roles| RoleSet::of(&roles));
    let debtor =
        (id(OrganisationId), select(OrganisationType::ALL), roles, select(Capacity::ALL), option::of(id(PersonId)))
            .prop_map(|(organisation, organisation_type, roles, capacity, person)| Debtor {
                organisation,
                organisation_type,
                roles,
                capacity,
                person,
            });
    vec(debtor, 0..3)
}

fn timing() -> impl Strategy<Value = Timing> {
    (any::<i64>(), select(Clock::ALL)).prop_map(|(seconds, clock)| Timing { seconds, clock })
}

fn terms() -> impl Strategy<Value = Terms> {
    let told = (vec(select(Role::ALL), 0..3), select(Capacity::ALL), select(Relation::ALL))
        .prop_map(|(roles, capacity, relation)| Told { roles: RoleSet::of(&roles), capacity, relation });
    let step = (told, timing()).prop_map(|(told, after)| ChainStep { told, after });
    let met_by = (any::<bool>(), vec(select(Kind::ALL), 0..3), any::<bool>(), option::of(select(Matter::ALL)));
    let life = (select(OnAdmission::ALL), select(OnDeath::ALL), any::<bool>());
    (met_by, timing(), vec(timing(), 0..2), vec(step, 0..2), vec(select(WayOut::ALL), 0..2), life).prop_map(
        |((acknowledge, kinds, answers, same), within, remind, escalate, ways_out, life)| Terms {
            acknowledge,
            kinds,
            answers,
            same,
            within,
            remind,
            escalate,
            ways_out,
            on_admission: life.0,
            on_death: life.1,
            in_person: life.2,
        },
    )
}

pub(super) fn opened_duty() -> impl Strategy<Value = OpenedDuty> {
    let born = (duty_id(), text(), debtors(), time());
    let meant = (vec(id(OrganisationId), 0..2), option::of(id(OrganisationId)));
    let about = (vec(text(), 0..2), option::of(time()), meant);
    (born, any::<bool>(), any::<bool>(), terms(), vec(debtors(), 0..2), about).prop_map(
        |((id, rule, debtors, due), confirmed, standing, terms, chain, (matters, since, (in_place_of, with)))| {
            OpenedDuty {
                id,
                rule: rule.into(),
                debtors,
                due,
                confirmed,
                standing,
                terms: terms.into(),
                chain,
                matters,
                since,
                in_place_of,
                with,
            }
        },
    )
}

pub(super) fn of_a_duty() -> impl Strategy<Value = Body> {
    let step = prop_oneof![
        opened_duty().prop_map(StepDone::Opened),
        any::<u32>().prop_map(StepDone::Reminded),
        Just(StepDone::Overdue),
        (any::<u32>(), debtors()).prop_map(|(level, told)| StepDone::Escalated { level, told }),
        select(CloseReason::ALL).prop_map(StepDone::Closed),
        time().prop_map(StepDone::Met),
        (any::<u32>(), debtors()).prop_map(|(number, to)| StepDone::Inherited { number, to }),
    ];
    let answer = prop_oneof![
        Just(Answer::Declined),
        time().prop_map(Answer::Snoozed),
        Just(Answer::Waived),
        debtors().prop_map(Answer::HandedOver),
        Just(Answer::CannotGo),
    ];
    prop_oneof![
        (duty_id(), any::<u32>(), step)
            .prop_map(|(duty, round, step)| Box::new(DutyStep { duty, round, step }).into())
            .boxed(),
        (duty_id(), answer, text())
            .prop_map(|(duty, answer, reason)| Box::new(DutyAnswer { duty, answer, reason }).into())
            .boxed(),
    ]
}
