//! Bodies ↔ messages: the dispatch over the kinds. Each family has a file of its own.

mod about;
mod administrative;
mod observed;
mod spoken;

use super::proto::v1;
use crate::domain::body::Body;
use crate::domain::text::{Invalid, Text};

pub(super) use administrative::{registration, registration_message};
#[cfg(test)]
pub(super) use observed::measurement;
pub(super) use spoken::{alarm_limit, alarm_limit_message};

/// Which of the two shapes a measurement has: as somebody gave it, or as the hub keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// Value and unit as given; plausibility is judged while reading.
    Posted,
    /// Canonical value and unit, with what was given beside them. Never judged again: what is on a
    /// timeline stays readable when bounds change.
    Recorded,
}

/// The body of `message`; complaints start with the kind: `vital.measurements[0].value`.
pub(super) fn body(message: v1::Body, form: Form) -> Result<Body, Invalid> {
    use v1::body::Kind as Sent;
    let sent = message.kind.ok_or_else(no_body)?;
    let kind = kind_name(&sent);
    match sent {
        Sent::Vital(sent) => observed::vital(sent, form).map(Body::Vital),
        Sent::Note(sent) => Ok(Body::Note(observed::note(sent))),
        Sent::Visit(sent) => Ok(Body::Visit(observed::visit(sent))),
        Sent::StatusChange(sent) => Ok(Body::StatusChange(observed::status_change(sent))),
        Sent::InfectionNotice(sent) => observed::infection_notice(sent).map(Body::InfectionNotice),
        Sent::Message(sent) => spoken::message(sent).map(Body::Message),
        Sent::Order(sent) => spoken::order(sent).map(Body::Order),
        Sent::LabResult(sent) => spoken::lab_result(sent).map(Body::LabResult),
        Sent::AlarmLimits(sent) => spoken::alarm_limits(sent).map(Body::AlarmLimits),
        Sent::StandingOrder(sent) => Ok(Body::StandingOrder(spoken::standing_order(sent))),
        Sent::NursingInstruction(sent) => spoken::nursing_instruction(sent).map(Body::NursingInstruction),
        Sent::NursingReport(sent) => spoken::nursing_report(sent).map(Body::NursingReport),
        Sent::DeviceChange(sent) => spoken::device_change(sent).map(Body::DeviceChange),
        Sent::LabRequest(sent) => Ok(Body::LabRequest(spoken::lab_request(sent))),
        Sent::AcpNote(sent) => Ok(Body::AcpNote(spoken::acp_note(sent))),
        Sent::JointVisit(sent) => spoken::joint_visit(sent).map(Body::JointVisit),
        Sent::Conference(sent) => spoken::conference(sent).map(Body::Conference),
        Sent::Acknowledgement(sent) => about::acknowledgement(sent).map(Body::Acknowledgement),
        Sent::Correction(sent) => about::correction(*sent, form).map(Body::Correction),
        Sent::Retraction(sent) => about::retraction(sent).map(Body::Retraction),
        Sent::Registration(sent) => registration(sent).map(Body::Registration),
        Sent::Consent(sent) => administrative::consent(sent).map(Body::Consent),
        Sent::TeamLink(sent) => administrative::team_link(sent).map(Body::TeamLink),
        Sent::TeamUnlink(sent) => administrative::team_unlink(sent).map(Body::TeamUnlink),
        Sent::HostChange(sent) => administrative::host_change(sent).map(Body::HostChange),
    }
    .map_err(|invalid| invalid.within(kind))
}

/// The message of `body`.
pub(super) fn body_message(body: &Body, form: Form) -> v1::Body {
    use v1::body::Kind as Sent;
    let sent = match body {
        Body::Vital(body) => Sent::Vital(observed::vital_message(body, form)),
        Body::Note(body) => Sent::Note(v1::Note { text: body.text.clone() }),
        Body::Visit(body) => Sent::Visit(observed::visit_message(body)),
        Body::StatusChange(body) => Sent::StatusChange(observed::status_change_message(body)),
        Body::InfectionNotice(body) => Sent::InfectionNotice(observed::infection_notice_message(body)),
        Body::Message(body) => Sent::Message(spoken::message_message(body)),
        Body::Order(body) => Sent::Order(spoken::order_message(body)),
        Body::LabResult(body) => Sent::LabResult(spoken::lab_result_message(body)),
        Body::AlarmLimits(body) => Sent::AlarmLimits(spoken::alarm_limits_message(body)),
        Body::StandingOrder(body) => Sent::StandingOrder(spoken::standing_order_message(body)),
        Body::NursingInstruction(body) => Sent::NursingInstruction(spoken::nursing_instruction_message(body)),
        Body::NursingReport(body) => Sent::NursingReport(spoken::nursing_report_message(body)),
        Body::DeviceChange(body) => Sent::DeviceChange(spoken::device_change_message(body)),
        Body::LabRequest(body) => Sent::LabRequest(v1::LabRequest { text: body.text.clone() }),
        Body::AcpNote(body) => Sent::AcpNote(v1::AcpNote { text: body.text.clone() }),
        Body::JointVisit(body) => Sent::JointVisit(spoken::joint_visit_message(body)),
        Body::Conference(body) => Sent::Conference(spoken::conference_message(body)),
        Body::Acknowledgement(body) => Sent::Acknowledgement(about::acknowledgement_message(body)),
        Body::Correction(body) => Sent::Correction(Box::new(about::correction_message(body, form))),
        Body::Retraction(body) => Sent::Retraction(about::retraction_message(body)),
        Body::Registration(body) => Sent::Registration(registration_message(body)),
        Body::Consent(body) => Sent::Consent(administrative::consent_message(body)),
        Body::TeamLink(body) => Sent::TeamLink(administrative::team_link_message(body)),
        Body::TeamUnlink(body) => Sent::TeamUnlink(administrative::team_unlink_message(body)),
        Body::HostChange(body) => Sent::HostChange(administrative::host_change_message(body)),
    };
    v1::Body { kind: Some(sent) }
}

/// The field's name in the proto, which is the code of the kind.
const fn kind_name(sent: &v1::body::Kind) -> &'static str {
    use crate::domain::kind::Kind;
    use v1::body::Kind as Sent;
    let kind = match sent {
        Sent::Vital(_) => Kind::Vital,
        Sent::Note(_) => Kind::Note,
        Sent::Visit(_) => Kind::Visit,
        Sent::StatusChange(_) => Kind::StatusChange,
        Sent::InfectionNotice(_) => Kind::InfectionNotice,
        Sent::Message(_) => Kind::Message,
        Sent::Order(_) => Kind::Order,
        Sent::LabResult(_) => Kind::LabResult,
        Sent::AlarmLimits(_) => Kind::AlarmLimits,
        Sent::StandingOrder(_) => Kind::StandingOrder,
        Sent::NursingInstruction(_) => Kind::NursingInstruction,
        Sent::NursingReport(_) => Kind::NursingReport,
        Sent::DeviceChange(_) => Kind::DeviceChange,
        Sent::LabRequest(_) => Kind::LabRequest,
        Sent::AcpNote(_) => Kind::AcpNote,
        Sent::JointVisit(_) => Kind::JointVisit,
        Sent::Conference(_) => Kind::Conference,
        Sent::Acknowledgement(_) => Kind::Acknowledgement,
        Sent::Correction(_) => Kind::Correction,
        Sent::Retraction(_) => Kind::Retraction,
        Sent::Registration(_) => Kind::Registration,
        Sent::Consent(_) => Kind::Consent,
        Sent::TeamLink(_) => Kind::TeamLink,
        Sent::TeamUnlink(_) => Kind::TeamUnlink,
        Sent::HostChange(_) => Kind::HostChange,
    };
    kind.code()
}

fn no_body() -> Invalid {
    use crate::domain::kind::Kind;
    let kinds: Vec<&str> = Kind::ALL.iter().filter(|kind| !kind.awaits_its_body()).map(|kind| kind.code()).collect();
    let kinds = kinds.join(", ");
    Invalid::new(
        "",
        "required",
        Text::new(format!("種類をひとつ選んでください: {kinds}"), format!("exactly one kind is expected: {kinds}")),
    )
}
