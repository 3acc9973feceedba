//! What the checks of bodies share: required texts, bounds of texts and lists, order of times, attachments.

use jiff::civil::Date;

use crate::domain::attachment::Attachment;
use crate::domain::plain::is_blank;
use crate::domain::text::{Invalid, Text};
use crate::limits;

/// What must hold of a body whatever the rules say.
pub(crate) trait Check {
    /// Refuses what no rulebook could make sense of. `today` is the date in the region.
    ///
    /// # Errors
    /// The first complaint, naming the field as the wire does.
    fn check(&self, today: Date) -> Result<(), Invalid>;
}

impl<T: Check> Check for Box<T> {
    fn check(&self, today: Date) -> Result<(), Invalid> {
        (**self).check(today)
    }
}

pub(crate) fn required(field: &str, given: &str) -> Result<(), Invalid> {
    if is_blank(given) { Err(Invalid::required(field)) } else { text(field, given) }
}

pub(crate) fn text(field: &str, given: &str) -> Result<(), Invalid> {
    // A text of at most the bound in bytes is within it in characters too: the usual case costs no count.
    if given.len() <= limits::TEXT_CHARS_MAX || given.chars().count() <= limits::TEXT_CHARS_MAX {
        return Ok(());
    }
    Err(Invalid::too_long(field, limits::TEXT_CHARS_MAX, ("文字", "characters"), given.chars().count()))
}

pub(crate) fn texts<const N: usize>(fields: [(&str, &str); N]) -> Result<(), Invalid> {
    fields.into_iter().try_for_each(|(field, given)| text(field, given))
}

/// At most as many as a list of an entry may hold.
pub(crate) fn few<T>(field: &str, items: &[T]) -> Result<(), Invalid> {
    few_of(field, items, limits::LIST_ITEMS_MAX)
}

pub(crate) fn few_of<T>(field: &str, items: &[T], max: usize) -> Result<(), Invalid> {
    if items.len() <= max {
        return Ok(());
    }
    Err(Invalid::too_long(field, max, ("件", "items"), items.len()))
}

/// A bounded list, each item of which passes `check`.
pub(crate) fn each<T>(field: &str, items: &[T], check: impl Fn(&T) -> Result<(), Invalid>) -> Result<(), Invalid> {
    few(field, items)?;
    items
        .iter()
        .enumerate()
        .try_for_each(|(at, item)| check(item).map_err(|invalid| invalid.within(format_args!("{field}[{at}]"))))
}

pub(crate) fn attachments(attached: &[Attachment]) -> Result<(), Invalid> {
    few_of("attachments", attached, limits::ATTACHMENTS_MAX)?;
    each("attachments", attached, Attachment::check)?;
    let twice = |at: usize| attached[..at].iter().any(|earlier| earlier.sha256 == attached[at].sha256);
    match (1..attached.len()).find(|at| twice(*at)) {
        None => Ok(()),
        Some(at) => Err(Invalid::new(
            format!("attachments[{at}].sha256"),
            "duplicate",
            Text::fixed("同じファイルが二つあります", "the same file is attached twice"),
        )),
    }
}

pub(crate) fn in_order<T: PartialOrd>(field: &str, from: Option<T>, until: Option<T>) -> Result<(), Invalid> {
    match (from, until) {
        (Some(from), Some(until)) if until < from => Err(Invalid::new(
            field,
            "out_of_order",
            Text::fixed("終わりが始まりより前です", "the end is before the start"),
        )),
        _ => Ok(()),
    }
}

/// Something that has happened: not after today, but for the day that a region's midnight may be off.
pub(crate) fn has_happened(field: &str, on: Option<Date>, today: Date) -> Result<(), Invalid> {
    match on {
        Some(on) if on > today.saturating_add(jiff::Span::new().days(1)) => Err(Invalid::new(
            field,
            "out_of_range",
            Text::new(format!("これからの日付です（{on}）"), format!("a date up to today is expected, not {on}")),
        )),
        _ => Ok(()),
    }
}
