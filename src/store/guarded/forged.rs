//! The rows of one guarded table that stand and that nobody with the region's key wrote, each by what names it, so that it can be struck
//! out. Called by `striking.rs`; that there are such rows is told by `guarded.rs`.

use std::sync::Arc;

use super::{Guarded, Kind, ReadValues, Value, is_mac, standing_from};
use crate::vault::DataKey;

use super::super::engine::run;
use super::super::{StoreError, Tx};

/// So much of what somebody wrote names a row to people.
const NAMED_CHARS_MAX: usize = 100;

/// See the module.
#[derive(Debug)]
pub(in crate::store) struct ForgedRow {
    /// In the columns that name it, text or not.
    pub(in crate::store) keys: Vec<Vec<u8>>,
    pub(in crate::store) mac: Option<Vec<u8>>,
    /// The same for people: nothing in it steers a terminal.
    pub(in crate::store) named: String,
}

impl Tx {
    /// These of a table.
    pub(in crate::store) async fn list_forged_of(&mut self, of: &Guarded) -> Result<Vec<ForgedRow>, StoreError> {
        let region = Arc::clone(&self.region);
        Ok(run!(self, connection => {
            let rows = sqlx::query(of.standing).fetch_all(connection).await?;
            rows.iter().filter_map(|row| forged_from(row, of, &region)).collect()
        }))
    }
}

/// `None`: it has its own MAC.
fn forged_from(row: &impl ReadValues, of: &Guarded, region: &DataKey) -> Option<ForgedRow> {
    let is_genuine = match standing_from(row, of.kinds) {
        Ok((values, mac)) => is_mac(mac.as_deref(), &of.mac(region, &values)),
        // What the region wrote can be taken in.
        Err(_) => false,
    };
    if is_genuine {
        return None;
    }
    let raw = |at: usize| row.raw(at).ok().flatten();
    let keys: Vec<Vec<u8>> = (0..of.keys).map(|at| raw(at).unwrap_or_default()).collect();
    let named: Vec<String> = keys.iter().zip(of.kinds).map(|(key, kind)| named(key, *kind)).collect();
    Some(ForgedRow { mac: raw(of.kinds.len()), named: named.join(" "), keys })
}

fn named(key: &[u8], kind: Kind) -> String {
    match kind {
        Kind::Bytes => Value::Bytes(key.iter().copied().take(NAMED_CHARS_MAX).collect()).to_string(),
        Kind::Text | Kind::Number | Kind::Truth => {
            String::from_utf8_lossy(key).chars().take(NAMED_CHARS_MAX).flat_map(char::escape_debug).collect()
        }
    }
}
