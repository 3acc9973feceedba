//! A correction ↔ its message: it holds a body of its own.

use super::super::field::{id, id_text, message};
use super::super::proto::v1;
use super::{Form, body, body_message};
use crate::domain::body::Correction;
use crate::domain::ids::EntryId;
use crate::domain::text::Invalid;

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
