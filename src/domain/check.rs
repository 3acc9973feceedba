//! What an intent must hold whatever the rules say. What each body must hold stands beside the body.

use jiff::civil::Date;

use super::body::check::{few_of, required};
use super::entry::Intent;
use super::text::Invalid;
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
        self.check_reasons()?;
        self.body.check(today).map_err(|invalid| invalid.within(format_args!("body.{}", self.body.kind())))
    }

    fn check_reasons(&self) -> Result<(), Invalid> {
        few_of("reasons", &self.reasons, limits::WRITTEN_REASONS_MAX)?;
        for (at, reason) in self.reasons.iter().enumerate() {
            let written = required("rule", &reason.rule).and_then(|()| required("text", &reason.text));
            written.map_err(|invalid| invalid.within(format_args!("reasons[{at}]")))?;
        }
        Ok(())
    }
}
