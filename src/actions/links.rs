//! What invitations and enrolments share: a link that is something one has, and a code that goes another way. A link bears
//! a few wrong codes and is then void.

use unicode_normalization::UnicodeNormalization as _;

use crate::domain::time::Timestamp;
use crate::store::{Link, StoreError, Tx};
use crate::vault::random_below;

/// What came of a code that somebody typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tried {
    Right,
    /// Wrong, or the link was void before.
    Refused,
    /// Wrong, and the link is void from now on.
    Voided,
}

/// A code to be told by telephone or face to face.
pub(super) fn draw_code() -> String {
    format!("{:06}", random_below(1_000_000))
}

/// The digits of a code, however an input method wrote them.
pub(super) fn digits(typed: &str) -> String {
    typed.nfkc().filter(char::is_ascii_digit).collect()
}

/// Tries the code of a link that is open.
pub(super) async fn try_code(
    tx: &mut Tx,
    link: Link,
    code: &str,
    typed: &str,
    now: Timestamp,
) -> Result<Tried, StoreError> {
    if !tx.take_try(link).await? {
        return Ok(Tried::Refused);
    }
    if code == typed {
        tx.give_try_back(link).await?;
        return Ok(Tried::Right);
    }
    if tx.has_tries(link).await? {
        return Ok(Tried::Refused);
    }
    tx.end_link(link, now).await?;
    Ok(Tried::Voided)
}
