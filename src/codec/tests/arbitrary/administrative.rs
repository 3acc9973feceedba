//! Random bodies about consent, the team and its alarm limits.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::parts::*;
use super::{alarm_limit, date, id, text};
use crate::domain::alarm::AlarmLimits;
use crate::domain::body::Body;
use crate::domain::ids::{OrganisationId, PersonId};
use crate::domain::team::{ConsentChange, ConsentGiver, ConsentState, HostChange, TeamLink, TeamUnlink};
use crate::domain::withheld::{ConsentTerms, WithheldPurpose, WithheldSet};

fn withheld() -> impl Strategy<Value = WithheldSet> {
    subsequence(WithheldPurpose::ALL, 0..=WithheldPurpose::ALL.len()).prop_map(|said| WithheldSet::of(&said))
}

pub(super) fn terms() -> impl Strategy<Value = ConsentTerms> {
    (text(), withheld(), withheld()).prop_map(|(form_version, withheld, withheld_before)| ConsentTerms {
        form_version: form_version.into(),
        withheld,
        withheld_before,
    })
}

fn consent() -> impl Strategy<Value = ConsentChange> {
    let form = (text(), any::<bool>(), text(), withheld(), attachments());
    (select(ConsentState::ALL), select(ConsentGiver::ALL), date(), form).prop_map(
        |(state, given_by, given_on, (document, one_doctor_wished, form_version, withheld, attachments))| {
            ConsentChange {
                state,
                given_by,
                given_on,
                document,
                one_doctor_wished,
                form_version,
                withheld,
                attachments,
            }
        },
    )
}

pub(super) fn administrative() -> impl Strategy<Value = Body> {
    prop_oneof![
        consent().prop_map(Body::Consent).boxed(),
        (id(OrganisationId), vec(id(PersonId), 0..3), any::<bool>(), history(), any::<bool>())
            .prop_map(|(organisation, people, host, history, relation_confirmed)| Body::TeamLink(TeamLink {
                organisation,
                people,
                host,
                history,
                relation_confirmed
            }))
            .boxed(),
        (id(OrganisationId), vec(id(PersonId), 0..3), text())
            .prop_map(|(organisation, people, reason)| Body::TeamUnlink(TeamUnlink { organisation, people, reason }))
            .boxed(),
        (id(OrganisationId), text())
            .prop_map(|(organisation, reason)| Body::HostChange(HostChange { organisation, reason }))
            .boxed(),
        (vec(alarm_limit(), 0..3), text())
            .prop_map(|(limits, text)| Body::AlarmLimits(AlarmLimits { limits, text }))
            .boxed(),
    ]
}
