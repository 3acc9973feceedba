//! Acts of speech ↔ messages: orders, requests, reports, results, meetings, alarm limits.

use super::super::field::{
    code, code_text, date, each, id_text, ids, optional_date, optional_decimal, optional_id, text_or_empty,
};
use super::super::proto::v1;
use crate::domain::alarm::{AlarmLimit, AlarmLimits};
use crate::domain::body::{
    AcpNote, Conference, DeviceChange, JointVisit, LabItem, LabRequest, LabResult, Message, NursingInstruction,
    NursingReport, Order, StandingOrder,
};
use crate::domain::ids::{EntryId, OrganisationId};
use crate::domain::text::Invalid;
use crate::domain::time::Timestamp;

pub(super) fn message(sent: v1::Message) -> Result<Message, Invalid> {
    Ok(Message { text: sent.text, to_roles: each("to_roles", &sent.to_roles, |role| code("", role))? })
}

pub(super) fn message_message(body: &Message) -> v1::Message {
    v1::Message { text: body.text.clone(), to_roles: body.to_roles.iter().copied().map(code_text).collect() }
}

pub(super) fn order(sent: v1::Order) -> Result<Order, Invalid> {
    Ok(Order { order_type: code("order_type", &sent.order_type)?, text: sent.text, emergency: sent.emergency })
}

pub(super) fn order_message(body: &Order) -> v1::Order {
    v1::Order { order_type: code_text(body.order_type), text: body.text.clone(), emergency: body.emergency }
}

pub(super) fn standing_order(sent: v1::StandingOrder) -> StandingOrder {
    StandingOrder { condition: sent.condition, instruction: sent.instruction }
}

pub(super) fn standing_order_message(body: &StandingOrder) -> v1::StandingOrder {
    v1::StandingOrder { condition: body.condition.clone(), instruction: body.instruction.clone() }
}

pub(super) fn nursing_instruction(sent: v1::NursingInstruction) -> Result<NursingInstruction, Invalid> {
    Ok(NursingInstruction {
        from: date("from", &sent.from)?,
        until: date("until", &sent.until)?,
        diagnosis: sent.diagnosis,
        condition: sent.condition,
        instruction: sent.instruction,
    })
}

pub(super) fn nursing_instruction_message(body: &NursingInstruction) -> v1::NursingInstruction {
    v1::NursingInstruction {
        from: body.from.to_string(),
        until: body.until.to_string(),
        diagnosis: body.diagnosis.clone(),
        condition: body.condition.clone(),
        instruction: body.instruction.clone(),
    }
}

pub(super) fn nursing_report(sent: v1::NursingReport) -> Result<NursingReport, Invalid> {
    Ok(NursingReport {
        from: date("from", &sent.from)?,
        until: date("until", &sent.until)?,
        course: sent.course,
        care: sent.care,
        situation: sent.situation,
    })
}

pub(super) fn nursing_report_message(body: &NursingReport) -> v1::NursingReport {
    v1::NursingReport {
        from: body.from.to_string(),
        until: body.until.to_string(),
        course: body.course.clone(),
        care: body.care.clone(),
        situation: body.situation.clone(),
    }
}

pub(super) fn device_change(sent: v1::DeviceChange) -> Result<DeviceChange, Invalid> {
    let change = code("change", &sent.change)?;
    Ok(DeviceChange { device: sent.device, change, before: sent.before, after: sent.after })
}

pub(super) fn device_change_message(body: &DeviceChange) -> v1::DeviceChange {
    v1::DeviceChange {
        device: body.device.clone(),
        change: code_text(body.change),
        before: body.before.clone(),
        after: body.after.clone(),
    }
}

pub(super) fn lab_request(sent: v1::LabRequest) -> LabRequest {
    LabRequest { text: sent.text }
}

pub(super) fn lab_result(sent: v1::LabResult) -> Result<LabResult, Invalid> {
    Ok(LabResult {
        request: optional_id("request", &sent.request, EntryId)?,
        sampled_on: optional_date("sampled_on", &sent.sampled_on)?,
        items: each("items", sent.items, lab_item)?,
        text: sent.text,
    })
}

fn lab_item(sent: v1::LabItem) -> Result<LabItem, Invalid> {
    Ok(LabItem {
        value: optional_decimal("value", &sent.value)?,
        name: sent.name,
        code: sent.code,
        text: sent.text,
        unit: sent.unit,
        range: sent.range,
    })
}

pub(super) fn lab_result_message(body: &LabResult) -> v1::LabResult {
    let item = |item: &LabItem| v1::LabItem {
        name: item.name.clone(),
        code: item.code.clone(),
        value: text_or_empty(item.value),
        text: item.text.clone(),
        unit: item.unit.clone(),
        range: item.range.clone(),
    };
    v1::LabResult {
        request: text_or_empty(body.request),
        sampled_on: text_or_empty(body.sampled_on),
        items: body.items.iter().map(item).collect(),
        text: body.text.clone(),
    }
}

pub(super) fn acp_note(sent: v1::AcpNote) -> AcpNote {
    AcpNote { text: sent.text }
}

pub(super) fn joint_visit(sent: v1::JointVisit) -> Result<JointVisit, Invalid> {
    let organisations = ids("organisations", &sent.organisations, OrganisationId)?;
    Ok(JointVisit { text: sent.text, organisations })
}

pub(super) fn joint_visit_message(body: &JointVisit) -> v1::JointVisit {
    v1::JointVisit { text: body.text.clone(), organisations: organisations(&body.organisations) }
}

pub(super) fn conference(sent: v1::Conference) -> Result<Conference, Invalid> {
    let organisations = ids("organisations", &sent.organisations, OrganisationId)?;
    Ok(Conference { text: sent.text, held_at: sent.held_at_us.map(Timestamp), organisations })
}

pub(super) fn conference_message(body: &Conference) -> v1::Conference {
    v1::Conference {
        text: body.text.clone(),
        held_at_us: body.held_at.map(Timestamp::as_micros),
        organisations: organisations(&body.organisations),
    }
}

fn organisations(ids: &[OrganisationId]) -> Vec<String> {
    ids.iter().map(|id| id_text(id.0)).collect()
}

pub(super) fn alarm_limits(sent: v1::AlarmLimits) -> Result<AlarmLimits, Invalid> {
    Ok(AlarmLimits { limits: each("limits", &sent.limits, alarm_limit)?, text: sent.text })
}

pub(super) fn alarm_limits_message(body: &AlarmLimits) -> v1::AlarmLimits {
    v1::AlarmLimits { limits: body.limits.iter().map(alarm_limit_message).collect(), text: body.text.clone() }
}

pub(in super::super) fn alarm_limit(sent: &v1::AlarmLimit) -> Result<AlarmLimit, Invalid> {
    Ok(AlarmLimit {
        sign: code("sign", &sent.sign)?,
        low: optional_decimal("low", &sent.low)?,
        high: optional_decimal("high", &sent.high)?,
    })
}

pub(in super::super) fn alarm_limit_message(limit: &AlarmLimit) -> v1::AlarmLimit {
    v1::AlarmLimit { sign: code_text(limit.sign), low: text_or_empty(limit.low), high: text_or_empty(limit.high) }
}
