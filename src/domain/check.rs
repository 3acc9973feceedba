//! What an intent must hold whatever the rules say: required fields, bounds, dates in order.

use jiff::civil::Date;

use super::body::{Body, LabResult};
use super::entry::Intent;
use super::text::{Invalid, Text};
use crate::limits;

impl Intent {
    /// Refuses what no rulebook could make sense of.
    ///
    /// `today` is the date in the region when the intent arrived.
    ///
    /// # Errors
    /// The first complaint, naming the field as the wire does.
    pub fn check(&self, today: Date) -> Result<(), Invalid> {
        if self.addressed_to.len() > limits::ADDRESSEES_MAX {
            return Err(Invalid::too_long(
                "addressed_to",
                limits::ADDRESSEES_MAX,
                ("件", "addressees"),
                self.addressed_to.len(),
            ));
        }
        self.body.check(today).map_err(|invalid| invalid.within(format_args!("body.{}", self.body.kind())))
    }
}

impl Body {
    fn check(&self, today: Date) -> Result<(), Invalid> {
        match self {
            Self::Registration(registration) => registration.check(today),
            Self::Consent(consent) => text("document", &consent.document),
            Self::TeamLink(link) => people(link.people.len()),
            Self::TeamUnlink(unlink) => people(unlink.people.len()).and_then(|()| text("reason", &unlink.reason)),
            Self::HostChange(change) => text("reason", &change.reason),
            Self::Vital(vital) => {
                text("device", &vital.device)?;
                text("comment", &vital.comment)?;
                vital.check()
            }
            Self::Note(note) => required("text", &note.text),
            Self::Visit(visit) => {
                required("text", &visit.text)?;
                in_order("ended_at", visit.started_at, visit.ended_at)
            }
            Self::StatusChange(change) => required("text", &change.text),
            Self::InfectionNotice(notice) => required("text", &notice.text),
            Self::Message(message) => required("text", &message.text),
            Self::Order(order) => required("text", &order.text),
            Self::StandingOrder(order) => {
                required("condition", &order.condition)?;
                required("instruction", &order.instruction)
            }
            Self::NursingInstruction(instruction) => {
                required("instruction", &instruction.instruction)?;
                text("diagnosis", &instruction.diagnosis)?;
                text("condition", &instruction.condition)?;
                in_order("until", Some(instruction.from), Some(instruction.until))?;
                within_six_months(instruction.from, instruction.until)
            }
            Self::NursingReport(report) => {
                required("course", &report.course)?;
                text("care", &report.care)?;
                text("situation", &report.situation)?;
                in_order("until", Some(report.from), Some(report.until))
            }
            Self::DeviceChange(change) => {
                required("device", &change.device)?;
                text("before", &change.before)?;
                text("after", &change.after)
            }
            Self::LabRequest(request) => required("text", &request.text),
            Self::LabResult(result) => check_lab_result(result),
            Self::AcpNote(note) => required("text", &note.text),
            Self::JointVisit(visit) => required("text", &visit.text),
            Self::Conference(conference) => required("text", &conference.text),
            Self::AlarmLimits(limits) => text("text", &limits.text).and_then(|()| limits.check()),
            Self::Acknowledgement(acknowledgement) => text("text", &acknowledgement.text),
            Self::Correction(correction) => {
                text("reason", &correction.reason)?;
                if correction.body.kind().points_back() {
                    return Err(Invalid::new(
                        "body",
                        "wrong_kind",
                        Text::fixed(
                            "確認・訂正・取消しは訂正できません",
                            "an entry that points back cannot be corrected",
                        ),
                    ));
                }
                let kind = correction.body.kind();
                correction.body.check(today).map_err(|invalid| invalid.within(format_args!("body.{kind}")))
            }
            Self::Retraction(retraction) => text("text", &retraction.text),
        }
    }
}

fn required(field: &str, given: &str) -> Result<(), Invalid> {
    if given.trim().is_empty() { Err(Invalid::required(field)) } else { text(field, given) }
}

fn text(field: &str, given: &str) -> Result<(), Invalid> {
    // A text of at most the bound in bytes is within it in characters too: the usual case costs no count.
    if given.len() <= limits::TEXT_CHARS_MAX || given.chars().count() <= limits::TEXT_CHARS_MAX {
        return Ok(());
    }
    Err(Invalid::too_long(field, limits::TEXT_CHARS_MAX, ("文字", "characters"), given.chars().count()))
}

fn people(count: usize) -> Result<(), Invalid> {
    if count <= limits::LINKED_PEOPLE_MAX {
        return Ok(());
    }
    Err(Invalid::too_long("people", limits::LINKED_PEOPLE_MAX, ("人", "people"), count))
}

fn in_order<T: PartialOrd>(field: &str, from: Option<T>, until: Option<T>) -> Result<(), Invalid> {
    match (from, until) {
        (Some(from), Some(until)) if until < from => Err(Invalid::new(
            field,
            "out_of_order",
            Text::fixed("終わりが始まりより前です", "the end is before the start"),
        )),
        _ => Ok(()),
    }
}

/// 訪問看護指示書 runs for at most six months (the form's own rule).
fn within_six_months(from: Date, until: Date) -> Result<(), Invalid> {
    let longest = from.saturating_add(jiff::Span::new().months(6));
    if until <= longest {
        return Ok(());
    }
    Err(Invalid::new(
        "until",
        "out_of_range",
        Text::new(format!("指示期間は6か月以内です（{longest}まで）"), format!("at most six months: until {longest}")),
    ))
}

fn check_lab_result(result: &LabResult) -> Result<(), Invalid> {
    if result.items.len() > limits::LAB_ITEMS_MAX {
        return Err(Invalid::too_long("items", limits::LAB_ITEMS_MAX, ("件", "items"), result.items.len()));
    }
    if result.items.is_empty() {
        return required("text", &result.text);
    }
    for (at, item) in result.items.iter().enumerate() {
        required("name", &item.name).map_err(|invalid| invalid.within(format!("items[{at}]")))?;
    }
    text("text", &result.text)
}
