//! Striking out rows that count for nothing, with the word of each in the audit log by the same commit. For whoever runs the hub's
//! machine. Which rows those are is judged by the store, by MACs alone.

use crate::domain::act::{Act, By, Deed};
use crate::domain::keeping::KeepingDeed;
use crate::domain::lifecycle::LifeStep;
use crate::domain::time::Timestamp;
use crate::limits::ROWS_STRUCK_MAX;
use crate::store::{StoreError, StruckRow, Tx};

/// Strikes them out; those that it struck.
///
/// # Errors
/// When the database fails.
pub async fn strike_out(tx: &mut Tx, reason: &str, now: Timestamp) -> Result<Vec<StruckRow>, StoreError> {
    let struck = tx.strike_rows(ROWS_STRUCK_MAX, now).await?;
    let deeds = struck.iter().flat_map(|row| deeds(row, reason));
    let acts: Vec<Act> = deeds.map(|deed| Act { by: By::Operator, deed }).collect();
    if !acts.is_empty() {
        tx.append_acts(now, acts).await?;
    }
    Ok(struck)
}

/// A version that is retired by it went on in its life, too.
fn deeds(StruckRow { table, row, retired }: &StruckRow, reason: &str) -> Vec<Deed> {
    let (table, row, reason) = ((*table).to_owned(), row.clone(), reason.to_owned());
    let moved = retired.as_ref().map(|version| Deed::RulebookMoved {
        version: version.id,
        step: LifeStep::Retired,
        fingerprint: version.fingerprint.clone(),
        said: reason.clone(),
    });
    let struck = Deed::Keeping(KeepingDeed::RowStruck { table, row, reason: reason.clone() });
    std::iter::once(struck).chain(moved).collect()
}
