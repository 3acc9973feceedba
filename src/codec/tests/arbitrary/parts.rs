//! Random parts of bodies: attachments, settings, drugs, people at a conference.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::{decimal, id, text, time};
use crate::domain::attachment::{Attachment, ContentHash, MediaType};
use crate::domain::body::*;
use crate::domain::ids::{EntryId, OrganisationId, PatientId, PersonId};
use crate::domain::role::Role;
use crate::domain::team::History;

pub(super) fn attachments() -> impl Strategy<Value = Vec<Attachment>> {
    let attachment = (any::<[u8; 32]>(), select(MediaType::ALL), any::<u32>(), text()).prop_map(
        |(sha256, media_type, size_bytes, title)| Attachment {
            sha256: ContentHash(sha256),
            media_type,
            size_bytes,
            title,
        },
    );
    vec(attachment, 0..2)
}

pub(super) fn settings() -> impl Strategy<Value = Vec<DeviceSetting>> {
    vec((text(), text(), text()).prop_map(|(name, value, unit)| DeviceSetting { name, value, unit }), 0..3)
}

pub(super) fn devices() -> impl Strategy<Value = Vec<DeviceState>> {
    vec((text(), settings()).prop_map(|(device, settings)| DeviceState { device, settings }), 0..3)
}

pub(super) fn drugs() -> impl Strategy<Value = Vec<Drug>> {
    let drug = (text(), text(), text(), text()).prop_map(|(name, code, dose, usage)| Drug { name, code, dose, usage });
    vec(drug, 0..3)
}

pub(super) fn lab_items() -> impl Strategy<Value = Vec<LabItem>> {
    let item = (text(), text(), option::of(decimal()), text(), text(), text())
        .prop_map(|(name, code, value, text, unit, range)| LabItem { name, code, value, text, unit, range });
    vec(item, 0..3)
}

pub(super) fn participants() -> impl Strategy<Value = Vec<Participant>> {
    let one = (select(Role::ALL), option::of(id(OrganisationId)), option::of(id(PersonId)))
        .prop_map(|(role, organisation, person)| Participant { role, organisation, person });
    vec(one, 0..3)
}

pub(super) fn spoken_for() -> impl Strategy<Value = Vec<SpokenFor>> {
    let one = (select(Role::ALL), select(Role::ALL), text());
    vec(one.prop_map(|(absent, by, text)| SpokenFor { absent, by, text }), 0..2)
}

pub(super) fn leftovers() -> impl Strategy<Value = Vec<Leftover>> {
    vec((text(), text()).prop_map(|(drug, amount)| Leftover { drug, amount }), 0..3)
}

pub(super) fn allergies() -> impl Strategy<Value = Vec<Allergy>> {
    let allergy = (select(AllergyType::ALL), text(), text(), text())
        .prop_map(|(allergy_type, substance, code, reaction)| Allergy { allergy_type, substance, code, reaction });
    vec(allergy, 0..3)
}

pub(super) fn services() -> impl Strategy<Value = Vec<CareService>> {
    let service = (text(), option::of(id(OrganisationId)), text(), any::<bool>())
        .prop_map(|(name, organisation, frequency, medical)| CareService { name, organisation, frequency, medical });
    vec(service, 0..3)
}

pub(super) fn shifts() -> impl Strategy<Value = Vec<Shift>> {
    let shift = (time(), time(), select(Role::ALL), id(PersonId), text())
        .prop_map(|(starts_at, ends_at, role, person, phone)| Shift { starts_at, ends_at, role, person, phone });
    vec(shift, 0..3)
}

pub(super) fn history() -> impl Strategy<Value = History> {
    prop_oneof![Just(History::All), Just(History::Nothing), time().prop_map(History::From)]
}

/// Records that leave, or are asked for.
pub(super) fn export() -> impl Strategy<Value = Export> {
    let said = (text(), text(), vec(id(PatientId), 0..3), option::of(id(PersonId)), any::<bool>());
    (said, any::<bool>(), option::of(id(EntryId))).prop_map(
        |((purpose, scope, patients, approved_by, de_identified), planned, request)| Export {
            purpose,
            scope,
            patients,
            approved_by,
            de_identified,
            planned,
            request,
        },
    )
}
