//! What an intent must hold whatever the rules say. What each body must hold stands beside the body.

use jiff::civil::Date;

use super::body::check::{few_of, required};
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
        self.check_reasons()?;
        self.check_on_behalf_of()?;
        self.body.check(today).map_err(|invalid| invalid.within(format_args!("body.{}", self.body.kind())))
    }

    /// Nobody acknowledges, agrees or puts right for another.
    fn check_on_behalf_of(&self) -> Result<(), Invalid> {
        let kind = self.body.kind();
        if self.on_behalf_of.is_none() || kind.can_be_written_for_another() {
            return Ok(());
        }
        let words = Text::new(
            format!("「{}」は本人だけが行えます。代わりに書くことはできません", kind.ja()),
            format!("an entry of kind {kind} is an act of one's own: nobody writes it on behalf of another"),
        );
        Err(Invalid::new("on_behalf_of", "wrong_kind", words))
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
