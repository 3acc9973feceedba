//! Bodies ↔ messages: the dispatch over the kinds. Each family has a file of its own.

mod about;
mod administrative;
mod duty;
mod plain;
mod vital;

use super::mapped::Mapped;
use super::proto::v1;
use crate::domain::body::Body;
use crate::domain::kind::Kind;
use crate::domain::text::{Invalid, Text};

pub(super) use administrative::{registration, registration_message};
pub(super) use plain::{alarm_limit, alarm_limit_message};
#[cfg(test)]
pub(super) use vital::measurement;

/// Which of the two shapes a measurement has: as somebody gave it, or as the hub keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// Value and unit as given; plausibility is judged while reading.
    Posted,
    /// Canonical value and unit, with what was given beside them. Never judged again: what is on a
    /// timeline stays readable when bounds change.
    Recorded,
}

macro_rules! bodies {
    ($($kind:ident)+) => {
        /// The body of `message`; complaints start with the kind: `vital.measurements[0].value`.
        pub(super) fn body(message: v1::Body, form: Form) -> Result<Body, Invalid> {
            use v1::body::Kind as Sent;
            let sent = message.kind.ok_or_else(no_body)?;
            let kind = kind_of(&sent);
            match sent {
                Sent::Vital(sent) => vital::vital(sent, form).map(Body::Vital),
                Sent::Correction(sent) => about::correction(*sent, form).map(Body::Correction),
                $(Sent::$kind(sent) => Mapped::read(sent).map(Body::$kind),)+
            }
            .map_err(|invalid| invalid.within(kind))
        }

        /// The message of `body`.
        pub(super) fn body_message(body: &Body, form: Form) -> v1::Body {
            use v1::body::Kind as Sent;
            let sent = match body {
                Body::Vital(body) => Sent::Vital(vital::vital_message(body, form)),
                Body::Correction(body) => Sent::Correction(Box::new(about::correction_message(body, form))),
                $(Body::$kind(body) => Sent::$kind(body.sent()),)+
            };
            v1::Body { kind: Some(sent) }
        }

        /// Its code is the field's name in the proto.
        const fn kind_of(sent: &v1::body::Kind) -> Kind {
            use v1::body::Kind as Sent;
            match sent {
                Sent::Vital(_) => Kind::Vital,
                Sent::Correction(_) => Kind::Correction,
                $(Sent::$kind(_) => Kind::$kind,)+
            }
        }
    };
}

bodies! {
    Registration Consent TeamLink TeamUnlink HostChange
    Note Visit StatusChange InfectionNotice Call VerbalOrderReceived Admission Discharge Death
    Message Order StandingOrder NursingInstruction NursingReport DeviceChange LabRequest LabResult AcpNote
    JointVisit Conference AlarmLimits OrderDocument Consultation StationChange VisitPlan
    MedicationList MedicationReport Allergies ProblemList RelatedPersons CarePlan PeriodicRecord EmergencyAccess Closing
    ContactWindow Roster Pledge OfficeEntry Activation Export Incident Suspension
    Acknowledgement Retraction DutyStep DutyAnswer
}

fn no_body() -> Invalid {
    let kinds: Vec<&str> = Kind::ALL.iter().map(|kind| kind.code()).collect();
    let kinds = kinds.join(", ");
    Invalid::new(
        "",
        "required",
        Text::new(format!("種類をひとつ選んでください: {kinds}"), format!("exactly one kind is expected: {kinds}")),
    )
}
