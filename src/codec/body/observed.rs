//! Observations ↔ messages: vital signs, notes, visits, changes of condition, infections.

use super::super::field::{code, code_text, decimal, each, optional_code, optional_date, text_or_empty, unexpected};
use super::super::proto::v1;
use super::Form;
use crate::domain::body::{InfectionNotice, Note, StatusChange, Visit};
use crate::domain::text::{Invalid, Text};
use crate::domain::time::Timestamp;
use crate::domain::unit::Unit;
use crate::domain::vital::{Measurement, Vital, VitalSign};

pub(super) fn vital(sent: v1::Vital, form: Form) -> Result<Vital, Invalid> {
    Ok(Vital {
        measurements: each("measurements", &sent.measurements, |sent| measurement(sent, form))?,
        site: optional_code("site", &sent.site)?,
        device: sent.device,
        comment: sent.comment,
    })
}

pub(super) fn vital_message(body: &Vital, form: Form) -> v1::Vital {
    v1::Vital {
        measurements: body.measurements.iter().map(|measured| measurement_message(measured, form)).collect(),
        site: body.site.map(code_text).unwrap_or_default(),
        device: body.device.clone(),
        comment: body.comment.clone(),
    }
}

pub(in super::super) fn measurement(sent: &v1::Measurement, form: Form) -> Result<Measurement, Invalid> {
    let sign = code("sign", &sent.sign)?;
    let value = decimal("value", &sent.value)?;
    match form {
        Form::Posted if sent.given.is_some() => Err(unexpected(
            "given",
            Text::fixed(
                "測った値は value と unit に入れてください（given は連携ハブが書きます）",
                "put what was measured into value and unit; given is written by the hub",
            ),
        )),
        Form::Posted => Measurement::new(sign, value, unit(sign, &sent.unit)?),
        Form::Recorded => {
            let given = sent.given.as_ref().map(|given| {
                let value = decimal("value", &given.value).map_err(|invalid| invalid.within("given"))?;
                let unit = code("unit", &given.unit).map_err(|invalid| invalid.within("given"))?;
                Ok((value, unit))
            });
            Ok(Measurement { sign, value, given: given.transpose()? })
        }
    }
}

/// The codes come first: they need no folding of width and case.
fn unit(sign: VitalSign, given: &str) -> Result<Unit, Invalid> {
    Unit::from_code(given).or_else(|| Unit::from_customary(given)).ok_or_else(|| {
        let canonical = sign.facts().unit;
        let one = crate::domain::decimal::Decimal::whole(1);
        let accepted = Unit::ALL.iter().filter(|unit| unit.convert(one, canonical).is_some());
        let accepted: Vec<&str> = accepted.map(|unit| unit.code()).collect();
        Invalid::unknown_code("unit", &super::super::field::shortened(given), &accepted)
    })
}

fn measurement_message(measured: &Measurement, form: Form) -> v1::Measurement {
    let (value, unit, given) = match (form, measured.given) {
        (Form::Posted, Some((value, unit))) => (value, unit, None),
        (_, given) => (measured.value, measured.sign.facts().unit, given),
    };
    v1::Measurement {
        sign: code_text(measured.sign),
        value: value.to_string(),
        unit: code_text(unit),
        given: given.map(|(value, unit)| v1::measurement::Given { value: value.to_string(), unit: code_text(unit) }),
    }
}

pub(super) fn note(sent: v1::Note) -> Note {
    Note { text: sent.text }
}

pub(super) fn visit(sent: v1::Visit) -> Visit {
    Visit { text: sent.text, started_at: sent.started_at_us.map(Timestamp), ended_at: sent.ended_at_us.map(Timestamp) }
}

pub(super) fn visit_message(body: &Visit) -> v1::Visit {
    v1::Visit {
        text: body.text.clone(),
        started_at_us: body.started_at.map(Timestamp::as_micros),
        ended_at_us: body.ended_at.map(Timestamp::as_micros),
    }
}

pub(super) fn status_change(sent: v1::StatusChange) -> StatusChange {
    StatusChange { text: sent.text, noticed_at: sent.noticed_at_us.map(Timestamp), tell_doctor: sent.tell_doctor }
}

pub(super) fn status_change_message(body: &StatusChange) -> v1::StatusChange {
    v1::StatusChange {
        text: body.text.clone(),
        noticed_at_us: body.noticed_at.map(Timestamp::as_micros),
        tell_doctor: body.tell_doctor,
    }
}

pub(super) fn infection_notice(sent: v1::InfectionNotice) -> Result<InfectionNotice, Invalid> {
    Ok(InfectionNotice {
        infection: code("infection", &sent.infection)?,
        text: sent.text,
        since: optional_date("since", &sent.since)?,
    })
}

pub(super) fn infection_notice_message(body: &InfectionNotice) -> v1::InfectionNotice {
    v1::InfectionNotice {
        infection: code_text(body.infection),
        text: body.text.clone(),
        since: text_or_empty(body.since),
    }
}
