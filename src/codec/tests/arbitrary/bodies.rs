//! Random bodies of every kind.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::administrative::administrative;
use super::around::around;
use super::duties::of_a_duty;
use super::parts::*;
use super::{date, id, measurement, text, time};
use crate::domain::body::*;
use crate::domain::ids::{EntryId, OrganisationId, PatientId, PersonId};
use crate::domain::patient::{HumanName, Identifier, Registration, Sex};
use crate::domain::role::Role;
use crate::domain::vital::{BodySite, Vital};

pub(super) fn registration() -> impl Strategy<Value = Registration> {
    let identifier = (text(), text()).prop_map(|(system, value)| Identifier { system, value });
    let rest = ((any::<bool>(), any::<bool>()), option::of(id(PersonId)), text(), text(), attachments());
    (text(), text(), date(), select(Sex::ALL), vec(identifier, 0..3), rest).prop_map(
        |(
            kanji,
            kana,
            birth_date,
            sex,
            identifiers,
            ((in_facility, for_training), agreed_by, agreed_on_paper, document, attachments),
        )| Registration {
            name: HumanName { kanji, kana },
            birth_date,
            sex,
            identifiers,
            in_facility,
            for_training,
            document,
            agreed_by,
            agreed_on_paper,
            attachments,
        },
    )
}

fn measured() -> impl Strategy<Value = Body> {
    (vec(measurement(), 0..5), option::of(select(BodySite::ALL)), text(), text())
        .prop_map(|(measurements, site, device, comment)| Body::Vital(Vital { measurements, site, device, comment }))
}

fn nursing_instruction() -> impl Strategy<Value = Body> {
    let levels = (
        option::of(select(BedriddenLevel::ALL)),
        option::of(select(DementiaLevel::ALL)),
        option::of(select(CareLevel::ALL)),
        option::of(select(BedsoreDepth::ALL)),
    );
    let written = vec(text(), 10);
    (date(), date(), option::of(id(OrganisationId)), drugs(), levels, devices(), written, attachments()).prop_map(
        |(from, until, to, drugs, (bedridden, dementia, care_level, bedsore_depth), devices, written, attachments)| {
            let mut written = written.into_iter();
            let mut next = || written.next().unwrap();
            Body::NursingInstruction(Box::new(NursingInstruction {
                from,
                until,
                to,
                diagnosis: next(),
                condition: next(),
                drugs,
                bedridden,
                dementia,
                care_level,
                bedsore_depth,
                devices,
                life_guidance: next(),
                rehabilitation: next(),
                bedsore_care: next(),
                device_care: next(),
                instruction: next(),
                outlook: next(),
                emergency_contact: next(),
                absence_cover: next(),
                attachments,
            }))
        },
    )
}

fn nursing_report() -> impl Strategy<Value = Body> {
    let day = (date(), select(VisitMark::ALL)).prop_map(|(on, mark)| VisitDay { on, mark });
    let written = (text(), text(), text(), text(), text(), text(), text());
    (date(), date(), vec(day, 0..4), written, option::of(id(PersonId)), attachments()).prop_map(
        |(from, until, visits, written, manager, attachments)| {
            let (course, adl, care, situation, supplies, information, remarks) = written;
            Body::NursingReport(Box::new(NursingReport {
                from,
                until,
                visits,
                course,
                adl,
                care,
                situation,
                supplies,
                information,
                remarks,
                manager,
                attachments,
            }))
        },
    )
}

fn observed() -> impl Strategy<Value = Body> {
    prop_oneof![
        (
            text(),
            option::of(time()),
            option::of(time()),
            any::<bool>(),
            any::<bool>(),
            any::<bool>(),
            devices(),
            (attachments(), option::of(id(EntryId)))
        )
            .prop_map(
                |(text, started_at, ended_at, tell_doctor, acp, off_shared_sheet, devices, (attachments, about))| {
                    Body::Visit(Box::new(Visit {
                        text,
                        started_at,
                        ended_at,
                        tell_doctor,
                        acp,
                        off_shared_sheet,
                        devices,
                        attachments,
                        about,
                    }))
                }
            )
            .boxed(),
        (text(), any::<bool>(), any::<bool>(), attachments(), option::of(id(EntryId)))
            .prop_map(|(text, tell_doctor, acp, attachments, about)| Body::Note(Note {
                text,
                tell_doctor,
                acp,
                attachments,
                about
            }))
            .boxed(),
        (
            text(),
            option::of(time()),
            any::<bool>(),
            option::of(select(Topic::ALL)),
            any::<bool>(),
            any::<bool>(),
            (attachments(), option::of(id(EntryId)))
        )
            .prop_map(|(text, noticed_at, tell_doctor, topic, emergency, urgent, (attachments, about))| {
                Body::StatusChange(StatusChange {
                    text,
                    noticed_at,
                    tell_doctor,
                    topic,
                    emergency,
                    urgent,
                    attachments,
                    about,
                })
            })
            .boxed(),
        (select(Infection::ALL), text(), option::of(date()), vec(date(), 0..3))
            .prop_map(|(infection, text, since, contact_dates)| Body::InfectionNotice(InfectionNotice {
                infection,
                text,
                since,
                contact_dates
            }))
            .boxed(),
        (
            select(CallTo::ALL),
            any::<bool>(),
            text(),
            option::of(id(OrganisationId)),
            option::of(id(PersonId)),
            option::of(select(Role::ALL)),
            option::of(time()),
            option::of(id(EntryId))
        )
            .prop_map(|(to, reached, text, organisation, person, role, called_at, about)| Body::Call(Box::new(Call {
                to,
                reached,
                text,
                organisation,
                person,
                role,
                called_at,
                about
            })))
            .boxed(),
        (
            select(OrderType::ALL),
            text(),
            any::<bool>(),
            any::<bool>(),
            id(PersonId),
            id(OrganisationId),
            option::of(time())
        )
            .prop_map(|(order_type, text, read_back, emergency, doctor, organisation, received_at)| {
                Body::VerbalOrderReceived(VerbalOrderReceived {
                    order_type,
                    text,
                    read_back,
                    emergency,
                    doctor,
                    organisation,
                    received_at,
                })
            })
            .boxed(),
        (text(), option::of(id(OrganisationId)), option::of(date()), option::of(date()), text(), text(), attachments())
            .prop_map(|(place, organisation, on, expected_until, reason, text, attachments)| Body::Admission(Box::new(
                Admission { place, organisation, on, expected_until, reason, text, attachments }
            )))
            .boxed(),
        (option::of(date()), option::of(id(OrganisationId)), text(), text(), text(), text(), attachments())
            .prop_map(|(on, organisation, destination, treatment, explanation, text, attachments)| Body::Discharge(
                Box::new(Discharge { on, organisation, destination, treatment, explanation, text, attachments })
            ))
            .boxed(),
        (option::of(time()), text(), text())
            .prop_map(|(died_at, place, text)| Body::Death(Death { died_at, place, text }))
            .boxed(),
    ]
}

fn spoken() -> impl Strategy<Value = Body> {
    prop_oneof![
        (
            text(),
            vec(select(Role::ALL), 0..3),
            any::<bool>(),
            option::of(select(Topic::ALL)),
            option::of(id(EntryId)),
            attachments()
        )
            .prop_map(|(text, to_roles, urgent, topic, answers, attachments)| Body::Message(Message {
                text,
                to_roles,
                urgent,
                topic,
                answers,
                attachments
            }))
            .boxed(),
        (text(), text(), drugs(), option::of(date()))
            .prop_map(|(condition, instruction, drugs, until)| Body::StandingOrder(StandingOrder {
                condition,
                instruction,
                drugs,
                until
            }))
            .boxed(),
        (
            text(),
            select(DeviceChangeType::ALL),
            settings(),
            settings(),
            text(),
            any::<bool>(),
            option::of(date()),
            vec(date(), 0..3),
            attachments()
        )
            .prop_map(|(device, change, before, after, reason, emergency, on, contact_dates, attachments)| {
                Body::DeviceChange(Box::new(DeviceChange {
                    device,
                    change,
                    before,
                    after,
                    reason,
                    emergency,
                    on,
                    contact_dates,
                    attachments,
                }))
            })
            .boxed(),
        (
            select(OrderType::ALL),
            text(),
            any::<bool>(),
            option::of(id(EntryId)),
            any::<bool>(),
            drugs(),
            any::<bool>(),
            option::of(id(EntryId)),
            attachments()
        )
            .prop_map(
                |(order_type, text, emergency, document, standard_form, drugs, changes_drugs, answers, attachments)| {
                    Body::Order(Box::new(Order {
                        order_type,
                        text,
                        emergency,
                        document,
                        standard_form,
                        drugs,
                        changes_drugs,
                        answers,
                        attachments,
                    }))
                }
            )
            .boxed(),
        (select(OrderType::ALL), option::of(id(EntryId)), any::<bool>(), text(), attachments())
            .prop_map(|(order_type, order, standard_form, text, attachments)| Body::OrderDocument(OrderDocument {
                order_type,
                order,
                standard_form,
                text,
                attachments
            }))
            .boxed(),
        (text(), any::<bool>()).prop_map(|(text, urgent)| Body::LabRequest(LabRequest { text, urgent })).boxed(),
        (option::of(id(EntryId)), option::of(date()), lab_items(), text(), attachments())
            .prop_map(|(request, sampled_on, items, text, attachments)| Body::LabResult(Box::new(LabResult {
                request,
                sampled_on,
                items,
                text,
                attachments
            })))
            .boxed(),
        (text(), any::<bool>(), text(), option::of(date()), attachments())
            .prop_map(|(text, keep_private, proxy, discussed_on, attachments)| Body::AcpNote(AcpNote {
                text,
                keep_private,
                proxy,
                discussed_on,
                attachments
            }))
            .boxed(),
        (select(MeetingState::ALL), text(), vec(id(OrganisationId), 0..3), option::of(time()))
            .prop_map(|(state, text, organisations, at)| Body::JointVisit(JointVisit {
                state,
                text,
                organisations,
                at
            }))
            .boxed(),
        (
            select(MeetingState::ALL),
            text(),
            option::of(time()),
            vec(id(OrganisationId), 0..3),
            participants(),
            participants(),
            spoken_for(),
            attachments()
        )
            .prop_map(|(state, text, held_at, organisations, attendees, absent, spoken_for, attachments)| {
                Body::Conference(Box::new(Conference {
                    state,
                    text,
                    held_at,
                    organisations,
                    attendees,
                    absent,
                    spoken_for,
                    attachments,
                }))
            })
            .boxed(),
    ]
}

fn arranged() -> impl Strategy<Value = Body> {
    prop_oneof![
        (
            id(OrganisationId),
            option::of(select(Role::ALL)),
            text(),
            option::of(select(Topic::ALL)),
            any::<bool>(),
            attachments()
        )
            .prop_map(|(to, to_role, text, topic, urgent, attachments)| Body::Consultation(Consultation {
                to,
                to_role,
                text,
                topic,
                urgent,
                attachments
            }))
            .boxed(),
        (
            id(OrganisationId),
            option::of(id(OrganisationId)),
            any::<bool>(),
            text(),
            option::of(date()),
            option::of(id(EntryId)),
            attachments()
        )
            .prop_map(|(present, next, family_request, reason, from, consultation, attachments)| Body::StationChange(
                Box::new(StationChange { present, next, family_request, reason, from, consultation, attachments })
            ))
            .boxed(),
        (
            option::of(select(Role::ALL)),
            option::of(id(OrganisationId)),
            option::of(id(PersonId)),
            option::of(time()),
            option::of(time()),
            any::<bool>(),
            vec(id(OrganisationId), 0..3),
            vec(select(Role::ALL), 0..3),
            any::<bool>(),
            text()
        )
            .prop_map(
                |(
                    role,
                    organisation,
                    person,
                    starts_at,
                    ends_at,
                    first_after_discharge,
                    invited,
                    invited_roles,
                    urgent,
                    text,
                )| Body::VisitPlan(Box::new(VisitPlan {
                    role,
                    organisation,
                    person,
                    starts_at,
                    ends_at,
                    first_after_discharge,
                    invited,
                    invited_roles,
                    urgent,
                    text
                }))
            )
            .boxed(),
        (option::of(date()), drugs(), text(), attachments(), option::of(id(EntryId)))
            .prop_map(|(as_of, drugs, text, attachments, about)| Body::MedicationList(Box::new(MedicationList {
                as_of,
                drugs,
                text,
                attachments,
                about
            })))
            .boxed(),
        (text(), any::<bool>(), leftovers(), text(), option::of(id(EntryId)), attachments())
            .prop_map(|(text, for_doctor, leftovers, proposal, about, attachments)| Body::MedicationReport(Box::new(
                MedicationReport { text, for_doctor, leftovers, proposal, about, attachments }
            )))
            .boxed(),
        (any::<bool>(), allergies(), text())
            .prop_map(|(none_known, items, text)| Body::Allergies(Allergies { none_known, items, text }))
            .boxed(),
        (
            option::of(date()),
            option::of(date()),
            option::of(select(CareLevel::ALL)),
            text(),
            text(),
            services(),
            text(),
            attachments()
        )
            .prop_map(|(from, until, care_level, wishes, goals, services, text, attachments)| Body::CarePlan(Box::new(
                CarePlan { from, until, care_level, wishes, goals, services, text, attachments }
            )))
            .boxed(),
        (option::of(date()), option::of(date()), any::<bool>(), text())
            .prop_map(|(from, until, no_change, text)| Body::PeriodicRecord(PeriodicRecord {
                from,
                until,
                no_change,
                text
            }))
            .boxed(),
    ]
}

fn office() -> impl Strategy<Value = Body> {
    prop_oneof![
        (text(), any::<u32>())
            .prop_map(|(reason, minutes)| Body::EmergencyAccess(EmergencyAccess { reason, minutes }))
            .boxed(),
        (select(ClosingReason::ALL), any::<bool>(), text())
            .prop_map(|(reason, confirmed, text)| Body::Closing(Closing { reason, confirmed, text }))
            .boxed(),
        (text(), option::of(id(PersonId)), text(), text(), text(), text(), any::<bool>(), text())
            .prop_map(|(department, person, phone, fax, email, hours, around_the_clock, text)| Body::ContactWindow(
                Box::new(ContactWindow { department, person, phone, fax, email, hours, around_the_clock, text })
            ))
            .boxed(),
        (date(), date(), shifts(), text())
            .prop_map(|(from, until, shifts, text)| Body::Roster(Roster { from, until, shifts, text }))
            .boxed(),
        (select(PledgeBy::ALL), vec(text(), 0..3), text(), attachments())
            .prop_map(|(by, rules, text, attachments)| Body::Pledge(Pledge { by, rules, text, attachments }))
            .boxed(),
        (text(), option::of(date()), text(), attachments())
            .prop_map(|(representative, applied_on, text, attachments)| Body::OfficeEntry(OfficeEntry {
                representative,
                applied_on,
                text,
                attachments
            }))
            .boxed(),
        (id(PersonId), select(Role::ALL), text())
            .prop_map(|(person, role, text)| Body::Activation(Activation { person, role, text }))
            .boxed(),
        export().prop_map(|export| Body::Export(Box::new(export))).boxed(),
        (text(), option::of(time()), option::of(time()), vec(id(PatientId), 0..3), text(), attachments())
            .prop_map(|(text, happened_at, noticed_at, patients, measures, attachments)| Body::Incident(Box::new(
                Incident { text, happened_at, noticed_at, patients, measures, attachments }
            )))
            .boxed(),
        (
            option::of(id(PersonId)),
            any::<bool>(),
            text(),
            option::of(date()),
            option::of(id(OrganisationId)),
            option::of(id(EntryId))
        )
            .prop_map(|(person, lifted, reason, until, reported_by, incident)| Body::Suspension(Suspension {
                person,
                lifted,
                reason,
                until,
                reported_by,
                incident
            }))
            .boxed(),
    ]
}

/// A body of any kind.
pub(crate) fn body() -> impl Strategy<Value = Body> {
    let plain = prop_oneof![
        3 => measured().boxed(),
        1 => nursing_instruction().boxed(),
        1 => nursing_report().boxed(),
        1 => registration().prop_map(|registration| Body::Registration(Box::new(registration))).boxed(),
        6 => observed().boxed(),
        6 => spoken().boxed(),
        6 => arranged().boxed(),
        6 => office().boxed(),
        2 => around().boxed(),
        3 => administrative().boxed(),
    ]
    .boxed();
    let about = prop_oneof![
        (id(EntryId), text()).prop_map(|(target, text)| Body::Acknowledgement(Acknowledgement { target, text })),
        (id(EntryId), plain.clone(), text()).prop_map(|(target, body, reason)| Body::Correction(Correction {
            target,
            body: Box::new(body),
            reason
        })),
        (id(EntryId), select(RetractionReason::ALL), text())
            .prop_map(|(target, reason, text)| Body::Retraction(Retraction { target, reason, text })),
        of_a_duty().boxed(),
    ];
    prop_oneof![4 => plain, 1 => about.boxed()].boxed()
}
