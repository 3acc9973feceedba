//! Bodies about another entry ↔ messages: acknowledgement, correction, retraction.

use super::super::field::{code, code_text, id, id_text, message};
use super::super::proto::v1;
use super::{Form, body, body_message};
use crate::domain::body::{Acknowledgement, Correction, Retraction};
use crate::domain::ids::EntryId;
use crate::domain::text::Invalid;

pub(super) fn acknowledgement(sent: v1::Acknowledgement) -> Result<Acknowledgement, Invalid> {
    Ok(Acknowledgement { target: id("target", &sent.target, EntryId)?, text: sent.text })
}

pub(super) fn acknowledgement_message(body: &Acknowledgement) -> v1::Acknowledgement {
    v1::Acknowledgement { target: id_text(body.target.0), text: body.text.clone() }
}

// A correction within a correction is refused by the domain's own check; the parsers bound the nesting.
pub(super) fn correction(sent: v1::Correction, form: Form) -> Result<Correction, Invalid> {
    let target = id("target", &sent.target, EntryId)?;
    let corrected = message("body", sent.body, |sent| body(*sent, form))?;
    Ok(Correction { target, body: Box::new(corrected), reason: sent.reason })
}

pub(super) fn correction_message(body: &Correction, form: Form) -> v1::Correction {
    v1::Correction {
        target: id_text(body.target.0),
        body: Some(Box::new(body_message(&body.body, form))),
        reason: body.reason.clone(),
    }
}

pub(super) fn retraction(sent: v1::Retraction) -> Result<Retraction, Invalid> {
    let target = id("target", &sent.target, EntryId)?;
    Ok(Retraction { target, reason: code("reason", &sent.reason)?, text: sent.text })
}

pub(super) fn retraction_message(body: &Retraction) -> v1::Retraction {
    v1::Retraction { target: id_text(body.target.0), reason: code_text(body.reason), text: body.text.clone() }
}
