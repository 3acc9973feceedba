//! The daily work: morning rounds of the nurses, day service, helpers, pharmacists, therapists, the doctor's visits,
//! the care manager's messages. Each patient's people come on the days that are theirs.

use super::Day;
use super::words;
use crate::cli::demo::readings;
use crate::cli::demo::region::{PATIENTS, PatientSeed, PersonSeed};
use crate::domain::body::{Body, Visit};
use crate::domain::role::Role;

pub fn write(day: &mut Day) {
    nurses(day);
    day_service(day);
    helpers(day);
    meters(day);
    by_visit(day, Role::Pharmacist, 3, 13, words::PHARMACIST_NOTE);
    by_visit(day, Role::Rehab, 2, 14, words::REHAB_NOTE);
    by_visit(day, Role::DentalHygienist, 4, 15, words::HYGIENIST_NOTE);
    doctors(day);
    care_managers(day);
}

/// Whether this patient's turn has come, where each has one every so many days.
fn is_due(day: &Day, patient: &PatientSeed, every: u64) -> bool {
    (day.number + u64::from(patient.number)).is_multiple_of(every)
}

fn of_role(patient: &'static PatientSeed, role: Role, turn: usize) -> Option<&'static PersonSeed> {
    patient.served_by(role, turn + usize::from(patient.number))
}

/// Readings and what the nurse saw; two patients in three each day.
fn nurses(day: &mut Day) {
    let turn = day.turn(7);
    for (at, patient) in (0_u16..).zip(PATIENTS) {
        let Some(nurse) = of_role(patient, Role::Nurse, turn).filter(|_| !is_due(day, patient, 3)) else { continue };
        let minute = day.around(8 + at % 4, 30);
        let reading = readings::full(patient, &mut day.dice);
        let reading = day.post(minute, nurse, patient, readings::body(reading));
        let text = (*day.dice.pick(words::NURSE_VISIT)).to_owned();
        day.post(minute + 3, nurse, patient, Body::Visit(Box::new(Visit { text, ..Visit::default() })));
        let doctor = of_role(patient, Role::Doctor, 0).filter(|_| patient.is_shared());
        if let Some(doctor) = doctor.filter(|_| day.dice.happens(25)) {
            let text = *day.dice.pick(words::ACKNOWLEDGED);
            day.acknowledge(minute + 40, doctor, reading, text);
        }
    }
}

fn day_service(day: &mut Day) {
    for patient in PATIENTS {
        let guest = patient.team_of(Role::Helper).find(|person| person.at == "yunagi");
        let Some(carer) = guest.filter(|_| is_due(day, patient, 2)) else { continue };
        let minute = day.around(10, 0);
        let reading = readings::short(patient, &mut day.dice);
        day.post(minute, carer, patient, readings::body(reading));
        let text = *day.dice.pick(words::DAY_SERVICE_NOTE);
        let minute = day.around(16, 0);
        day.note(minute, carer, patient, text);
    }
}

fn helpers(day: &mut Day) {
    let turn = day.turn(5);
    for (at, patient) in (0_u16..).zip(PATIENTS) {
        let mut people = patient.team_of(Role::Helper).filter(|person| person.at == "tanpopo");
        let Some(helper) = people.nth((turn + usize::from(patient.number)) % 2).filter(|_| is_due(day, patient, 2))
        else {
            continue;
        };
        let minute = day.around(9 + at % 9, 15);
        let text = *day.dice.pick(words::HELPER_NOTE);
        day.note(minute, helper, patient, text);
    }
}

/// Oximeters at home that send by themselves.
fn meters(day: &mut Day) {
    for patient in PATIENTS {
        let Some(meter) = of_role(patient, Role::Gateway, 0) else { continue };
        if !patient.diagnosis.contains("在宅酸素") {
            continue;
        }
        for hour in [9, 12, 15, 18] {
            let minute = day.around(hour, 0);
            let reading = readings::by_meter(patient, &mut day.dice);
            day.post(minute, meter, patient, readings::body(reading));
        }
    }
}

/// People who come every so many days and write what they did.
fn by_visit(day: &mut Day, role: Role, every: u64, hour: u16, texts: &[&str]) {
    let turn = day.turn(7);
    for (at, patient) in (0_u16..).zip(PATIENTS) {
        let Some(who) = of_role(patient, role, turn).filter(|_| is_due(day, patient, every)) else { continue };
        let minute = day.around(hour + at % 3, 20);
        let text = *day.dice.pick(texts);
        day.note(minute, who, patient, text);
    }
}

fn doctors(day: &mut Day) {
    for (at, patient) in (0_u16..).zip(PATIENTS) {
        let Some(doctor) = of_role(patient, Role::Doctor, 0).filter(|_| is_due(day, patient, 5)) else { continue };
        let minute = day.around(13 + at % 4, 0);
        let text = (*day.dice.pick(words::DOCTOR_VISIT)).to_owned();
        let visit = day.post(minute, doctor, patient, Body::Visit(Box::new(Visit { text, ..Visit::default() })));
        let nurse = of_role(patient, Role::Nurse, 0).filter(|_| patient.is_shared());
        if let Some(nurse) = nurse.filter(|_| day.dice.happens(60)) {
            let text = *day.dice.pick(words::ACKNOWLEDGED);
            day.acknowledge(minute + 25, nurse, visit, text);
        }
    }
}

/// A message to the team now and then, and somebody answers.
fn care_managers(day: &mut Day) {
    let turn = day.turn(2);
    for (at, patient) in (0_u16..).zip(PATIENTS) {
        let manager = of_role(patient, Role::CareManager, turn).filter(|_| patient.is_shared());
        let Some(manager) = manager.filter(|_| is_due(day, patient, 4)) else { continue };
        let minute = day.around(9 + at % 8, 40);
        let text = *day.dice.pick(words::CARE_MANAGER_MESSAGE);
        let message = day.message(minute, manager, patient, &[], text);
        for (role, later) in [(Role::Nurse, 30), (Role::Helper, 55), (Role::Rehab, 70)] {
            let Some(who) = of_role(patient, role, 0).filter(|_| day.dice.happens(45)) else { continue };
            let text = *day.dice.pick(words::ACKNOWLEDGED);
            day.acknowledge(minute + later, who, message, text);
        }
    }
}
