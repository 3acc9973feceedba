//! Readings of vital signs as they would come out for a patient of the demo: around the patient's usual values, or
//! with one value outside the patient's own limits.

use super::dice::Dice;
use super::region::{LimitSeed, PatientSeed};
use crate::domain::body::Body;
use crate::domain::decimal::Decimal;
use crate::domain::unit::Unit;
use crate::domain::vital::{BodySite, Measurement, Vital, VitalSign};

const METER: &str = "上腕式血圧計・パルスオキシメーター";

/// A nurse's whole round: pressure, pulse, SpO2, temperature, sometimes respiration and weight.
pub fn full(patient: &PatientSeed, dice: &mut Dice) -> Vital {
    let usual = patient.usual;
    let mut measurements = vec![
        whole(VitalSign::SystolicPressure, usual.systolic + dice.about(7)),
        whole(VitalSign::DiastolicPressure, usual.diastolic + dice.about(5)),
        whole(VitalSign::Pulse, usual.pulse + dice.about(5)),
        whole(VitalSign::OxygenSaturation, (usual.spo2 + dice.about(1)).min(99)),
        tenths(VitalSign::BodyTemperature, usual.temperature_tenths + dice.about(3)),
    ];
    if dice.happens(40) {
        measurements.push(whole(VitalSign::RespirationRate, 17 + dice.about(2)));
    }
    if dice.happens(30) {
        measurements.push(tenths(VitalSign::BodyWeight, usual.weight_tenths + dice.about(4)));
    }
    for limit in patient.limits {
        match limit.sign {
            VitalSign::PainScale => measurements.push(whole(VitalSign::PainScale, 2 + dice.about(1))),
            VitalSign::BloodGlucose => measurements.push(whole(VitalSign::BloodGlucose, 165 + dice.about(35))),
            _ => {}
        }
    }
    vital(measurements, METER)
}

/// What a day service or a helper takes: temperature, pressure, pulse.
pub fn short(patient: &PatientSeed, dice: &mut Dice) -> Vital {
    let usual = patient.usual;
    let measurements = vec![
        tenths(VitalSign::BodyTemperature, usual.temperature_tenths + dice.about(2)),
        whole(VitalSign::SystolicPressure, usual.systolic + dice.about(7)),
        whole(VitalSign::DiastolicPressure, usual.diastolic + dice.about(5)),
        whole(VitalSign::Pulse, usual.pulse + dice.about(4)),
    ];
    vital(measurements, "自動血圧計")
}

/// What a meter at home sends by itself.
pub fn by_meter(patient: &PatientSeed, dice: &mut Dice) -> Vital {
    let measurements = vec![
        whole(VitalSign::OxygenSaturation, (patient.usual.spo2 + dice.about(1)).min(99)),
        whole(VitalSign::Pulse, patient.usual.pulse + dice.about(4)),
    ];
    Vital { site: Some(BodySite::Finger), ..vital(measurements, "在宅パルスオキシメーター") }
}

/// A reading like the others, but for one value outside the patient's limits.
pub fn alarming(patient: &PatientSeed, limit: &LimitSeed, dice: &mut Dice) -> Vital {
    let mut reading = full(patient, dice);
    let value = limit.crossed.parse().expect("the table of patients holds decimals");
    let outside = measured(limit.sign, value);
    match reading.measurements.iter_mut().find(|measurement| measurement.sign == limit.sign) {
        Some(measurement) => *measurement = outside,
        None => reading.measurements.push(outside),
    }
    if limit.sign == VitalSign::SystolicPressure {
        // Both pressures rise or fall together.
        let diastolic = patient.usual.diastolic + if limit.high.is_some() { 14 } else { -16 };
        reading.measurements.iter_mut().for_each(|measurement| {
            if measurement.sign == VitalSign::DiastolicPressure {
                *measurement = whole(VitalSign::DiastolicPressure, diastolic);
            }
        });
    }
    reading
}

/// As the body of an entry.
pub fn body(vital: Vital) -> Body {
    Body::Vital(vital)
}

fn vital(measurements: Vec<Measurement>, device: &str) -> Vital {
    Vital { measurements, site: Some(BodySite::Axilla), device: device.to_owned(), comment: String::new() }
}

fn whole(sign: VitalSign, value: i32) -> Measurement {
    measured(sign, Decimal::whole(value))
}

fn tenths(sign: VitalSign, tenths: i32) -> Measurement {
    measured(sign, Decimal::from_millionths(i64::from(tenths) * 100_000))
}

fn measured(sign: VitalSign, value: Decimal) -> Measurement {
    let unit: Unit = sign.facts().unit;
    Measurement::new(sign, value, unit).expect("the demo's values can be true")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::demo::region::PATIENTS;
    use crate::domain::alarm::{AlarmLimit, alarms};

    fn limits(patient: &PatientSeed) -> Vec<AlarmLimit> {
        patient.limits.iter().map(LimitSeed::as_limit).collect()
    }

    #[test]
    fn ordinary_readings_raise_no_alarm_and_alarming_ones_exactly_theirs() {
        for patient in PATIENTS {
            let mut dice = Dice::of(&[u64::from(patient.number)]);
            for _ in 0..200 {
                let reading = full(patient, &mut dice);
                reading.check().unwrap();
                assert_eq!(alarms(&reading, &limits(patient)), [], "{}", patient.name.0);
                assert_eq!(alarms(&short(patient, &mut dice), &limits(patient)), [], "{}", patient.name.0);
            }
            for limit in patient.limits {
                let reading = alarming(patient, limit, &mut dice);
                reading.check().unwrap();
                let raised = alarms(&reading, &limits(patient));
                assert_eq!(raised.iter().map(|alarm| alarm.sign).collect::<Vec<_>>(), [limit.sign]);
            }
        }
    }
}
