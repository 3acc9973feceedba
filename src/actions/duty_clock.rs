//! The duty clock that a jump of the machine's clock stopped: an operator of the secretariat says that the time is right,
//! and the audit log keeps who did.

use crate::domain::act::{Act, By, Deed};
use crate::hub::{GoOnError, Hub, StoreError};

/// Lets the clock go on. `false`: it had not stopped.
///
/// # Errors
/// When the journal cannot be written; the clock stands still then.
pub async fn release(hub: &Hub, by: By) -> Result<bool, GoOnError> {
    let Some(stopped) = hub.duty_clock_stopped() else { return Ok(false) };
    let (now, act) = (hub.region().now(), Act { by, deed: Deed::DutyClockReleased { stopped_at: stopped.at } });
    let kept: Result<(), StoreError> =
        hub.journal().write(move |tx| Box::pin(async move { tx.append_acts(now, [act]).await })).await;
    kept?;
    hub.let_duty_clock_go_on().await
}
