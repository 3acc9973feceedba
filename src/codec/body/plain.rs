//! Bodies ↔ messages whose fields correspond one to one.

use super::super::mapped::{Mapped, mapped};
use super::super::proto::v1;
use crate::domain::alarm::{AlarmLimit, AlarmLimits};
use crate::domain::attachment::Attachment;
use crate::domain::body::{
    Acknowledgement, AcpNote, Activation, Admission, Allergies, Allergy, Call, CarePlan, CareService, Closing,
    Conference, Consultation, ContactWindow, Death, DeviceChange, DeviceSetting, DeviceState, Discharge, Drug,
    EmergencyAccess, Export, Incident, InfectionNotice, JointVisit, LabItem, LabRequest, LabResult, Leftover,
    MedicationList, MedicationReport, Message, Note, NursingInstruction, NursingReport, OfficeEntry, Order,
    OrderDocument, Participant, PeriodicRecord, Phone, Pledge, Problem, ProblemList, RelatedPerson, RelatedPersons,
    Retraction, Roster, Shift, SpokenFor, StandingOrder, StationChange, StatusChange, Suspension, VerbalOrderReceived,
    Visit, VisitDay, VisitPlan,
};
use crate::domain::patient::Identifier;
use crate::domain::team::{ConsentChange, HostChange, TeamUnlink};
use crate::domain::text::Invalid;

mapped! {
    Attachment { sha256, media_type, size_bytes, title, }
    Identifier { system, value, }
}

// Observations.
mapped! {
    Note { text, tell_doctor, acp, attachments, about, }
    Visit {
        text, started_at = started_at_us, ended_at = ended_at_us, tell_doctor, acp, off_shared_sheet, devices,
        attachments, about,
    }
    DeviceState { device, settings, }
    DeviceSetting { name, value, unit, }
    StatusChange {
        text, noticed_at = noticed_at_us, tell_doctor, topic, emergency, urgent, attachments, about,
    }
    InfectionNotice { infection, text, since, contact_dates, }
    Call { to, reached, text, organisation, person, role, called_at = called_at_us, about, }
    VerbalOrderReceived {
        order_type, text, read_back, emergency, doctor, organisation, received_at = received_at_us,
    }
    Admission { place, organisation, on, expected_until, reason, text, attachments, }
    Discharge { on, organisation, destination, treatment, explanation, text, attachments, }
    Death { died_at = died_at_us, place, text, }
}

// Orders, and what nursing and laboratories report.
mapped! {
    Order {
        order_type, text, emergency, document, standard_form, drugs, changes_drugs, answers,
        attachments,
    }
    Drug { name, code, dose, usage, }
    OrderDocument { order_type, order, standard_form, text, attachments, }
    StandingOrder { condition, instruction, drugs, until, }
    AlarmLimits { limits, text, }
    AlarmLimit { sign, low, high, }
    NursingInstruction {
        from, until, to, diagnosis, condition, drugs, bedridden, dementia, care_level, bedsore_depth, devices,
        life_guidance, rehabilitation, bedsore_care, device_care, instruction, outlook, emergency_contact,
        absence_cover, attachments,
    }
    NursingReport {
        from, until, visits, course, adl, care, situation, supplies, information, remarks, manager, attachments,
    }
    VisitDay { on, mark, }
    DeviceChange { device, change, before, after, reason, emergency, on, contact_dates, attachments, }
    LabRequest { text, urgent, }
    LabResult { request, sampled_on, items, text, attachments, }
    LabItem { name, code, value, text, unit, range, }
}

// What people say to and arrange with each other.
mapped! {
    Message { text, to_roles, urgent, topic, answers, attachments, }
    Consultation { to, to_role, text, topic, urgent, attachments, }
    AcpNote { text, keep_private, proxy, discussed_on, attachments, }
    JointVisit { state, text, organisations, at = at_us, }
    Conference {
        state, text, held_at = held_at_us, organisations, attendees, absent, spoken_for, attachments,
    }
    Participant { role, organisation, person, }
    SpokenFor { absent, by, text, }
    VisitPlan {
        role, organisation, person, starts_at = starts_at_us, ends_at = ends_at_us, first_after_discharge, invited,
        invited_roles, urgent, text,
    }
    StationChange { present, next, family_request, reason, from, consultation, attachments, }
}

// The picture of the patient.
mapped! {
    MedicationList { as_of, drugs, text, attachments, about, }
    MedicationReport { text, for_doctor, leftovers, proposal, about, attachments, }
    Leftover { drug, amount, }
    Allergies { none_known, items, text, }
    Allergy { allergy_type, substance, code, reaction, }
    ProblemList { items, text, }
    Problem { name, code, status, since, note, }
    RelatedPersons { nobody, items, text, }
    RelatedPerson {
        name, relationship, relationship_text, phones, key_person, lives_with_patient, decides_for_patient, note,
    }
    Phone { number, used, }
    CarePlan { from, until, care_level, wishes, goals, services, text, attachments, }
    CareService { name, organisation, frequency, medical, }
    PeriodicRecord { from, until, no_change, text, }
}

// Access, and the timelines of organisations.
mapped! {
    ConsentChange as Consent { state, given_by, given_on, document, one_doctor_wished, form_version, withheld, attachments, }
    TeamUnlink { organisation, people, reason, }
    HostChange { organisation, reason, }
    EmergencyAccess { reason, minutes, }
    Closing { reason, confirmed, text, }
    ContactWindow { department, person, phone, fax, email, hours, around_the_clock, text, }
    Roster { from, until, shifts, text, }
    Shift { starts_at = starts_at_us, ends_at = ends_at_us, role, person, phone, }
    Pledge { by, rules, text, attachments, }
    OfficeEntry { representative, applied_on, text, attachments, }
    Activation { person, role, text, }
    Export { purpose, scope, patients, approved_by, de_identified, planned, request, }
    Incident { text, happened_at = happened_at_us, noticed_at = noticed_at_us, patients, measures, attachments, }
    Suspension { person, lifted, reason, until, reported_by, incident, }
}

// About another entry. A correction holds a body of its own and is read in `body.rs`.
mapped! {
    Acknowledgement { target, text, }
    Retraction { target, reason, text, }
}

pub(in super::super) fn alarm_limit(sent: &v1::AlarmLimit) -> Result<AlarmLimit, Invalid> {
    Mapped::read(sent.clone())
}

pub(in super::super) fn alarm_limit_message(limit: &AlarmLimit) -> v1::AlarmLimit {
    limit.sent()
}
