//! Vital signs ↔ messages: the one body that is read otherwise when posted than when recorded.

use super::super::field::{code, code_text, decimal, each, optional_code, unexpected};
use super::super::proto::v1;
use super::Form;
use crate::domain::text::{Invalid, Text};
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
