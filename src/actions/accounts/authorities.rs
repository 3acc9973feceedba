//! The region's authorities for devices, one after the other: a new one is made beside the old, devices get its certificates as
//! they renew theirs, and the old one is retired when they have. By whoever runs commands on the hub's machine.

use super::AccountError;
use crate::domain::act::{Act, By, Deed};
use crate::domain::device::DeviceDeed;
use crate::domain::text::Text;
use crate::domain::time::Timestamp;
use crate::store::{AuthoritySeen, KeptAuthority, StoreError, Tx};
use crate::vault::{DeviceAuthority, digest};

/// SHA-256 of a certificate, as people compare it.
#[must_use]
pub fn fingerprint(certificate: &[u8]) -> String {
    digest(certificate).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The region's device authority; made if there is none that was written with the region's key and opens.
///
/// # Errors
/// When the store fails, or what it holds is no authority.
pub async fn ensure_authority(tx: &mut Tx, now: Timestamp) -> Result<DeviceAuthority, AccountError> {
    Ok(ensure_numbered(tx, now).await?.1)
}

/// The same with its number.
pub(super) async fn ensure_numbered(tx: &mut Tx, now: Timestamp) -> Result<(i64, DeviceAuthority), AccountError> {
    if let Some(known) = find_numbered(tx).await? {
        return Ok(known);
    }
    // Beside one that somebody wrote into: what it issued is judged by its certificate, as before.
    let last = tx.list_device_authorities().await?.last().map_or(0, |last| last.number);
    if let Some(made) = insert(tx, last + 1, now).await? {
        return Ok((last + 1, made));
    }
    // Another process made one at the same moment.
    find_numbered(tx).await?.ok_or(AccountError::Overloaded)
}

/// The region's device authority, if there is one.
///
/// # Errors
/// When the store fails, or what it holds is no authority.
pub async fn find_authority(tx: &mut Tx) -> Result<Option<DeviceAuthority>, AccountError> {
    Ok(find_numbered(tx).await?.map(|(_, authority)| authority))
}

async fn find_numbered(tx: &mut Tx) -> Result<Option<(i64, DeviceAuthority)>, AccountError> {
    let Some(kept) = tx.find_device_authority().await? else { return Ok(None) };
    Ok(Some((kept.number, DeviceAuthority::load(&kept.certificate, &kept.key)?)))
}

async fn insert(tx: &mut Tx, number: i64, now: Timestamp) -> Result<Option<DeviceAuthority>, AccountError> {
    let made = DeviceAuthority::make(now)?;
    let kept = KeptAuthority { number, certificate: made.certificate().to_vec(), key: made.key() };
    Ok(tx.insert_device_authority(&kept, now).await?.then_some(made))
}

/// Makes another authority, which issues from now on. Those before it are trusted still. Its number.
///
/// # Errors
/// When there is none to replace, or the store fails.
pub async fn replace_authority(tx: &mut Tx, by: By, now: Timestamp) -> Result<(i64, DeviceAuthority), AccountError> {
    let last = tx.list_device_authorities().await?.last().map(|last: &AuthoritySeen| last.number);
    let Some(last) = last else {
        return Err(AccountError::Conflict(Text::fixed(
            "端末の認証局はまだありません。最初の端末に証明書を出すとできます",
            "there is no authority for devices yet: the first certificate of a device makes it",
        )));
    };
    let number = last + 1;
    let made = insert(tx, number, now).await?.ok_or(AccountError::Overloaded)?;
    let deed = DeviceDeed::AuthorityMade { number, fingerprint: fingerprint(made.certificate()) };
    tx.append_acts(now, [Act { by, deed: Deed::Device(deed) }]).await?;
    Ok((number, made))
}

/// Retires an authority: from now on nothing that it issued counts. How many certificates ended.
///
/// # Errors
/// When it is not trusted, it is the one that issues, or devices would be cut off and `cuts_off` does not say that they may.
pub async fn retire_authority(
    tx: &mut Tx,
    by: By,
    number: i64,
    reason: String,
    cuts_off: bool,
    now: Timestamp,
) -> Result<u64, AccountError> {
    super::looking_after::check_reason(&reason)?;
    let all: Vec<AuthoritySeen> = tx.list_device_authorities().await?;
    let trusted: Vec<&AuthoritySeen> = all.iter().filter(|one| one.retired_at.is_none()).collect();
    let known = trusted.iter().find(|one| one.number == number).ok_or(AccountError::NotFound)?;
    if trusted.last().is_some_and(|last| last.number == number) {
        return Err(AccountError::Conflict(Text::fixed(
            "いま証明書を出している認証局です。先に renkei cert authority replace で次の認証局を作ってください",
            "this is the authority that issues: make the next one first, by `renkei cert authority replace`",
        )));
    }
    // INVARIANT: no device in a home is cut off by oversight.
    if known.devices_left > 0 && !cuts_off {
        let left = known.devices_left;
        return Err(AccountError::Conflict(Text::new(
            format!(
                "新しい証明書をまだ使っていない端末が {left} 台あります。それでも終えるなら --cut-off を付けてください"
            ),
            format!("{left} devices have no newer certificate yet; `--cut-off` retires it all the same"),
        )));
    }
    let certificates = tx.retire_device_authority(number, now).await?.ok_or(AccountError::NotFound)?;
    let deed = DeviceDeed::AuthorityRetired { number, certificates, reason };
    tx.append_acts(now, [Act { by, deed: Deed::Device(deed) }]).await?;
    Ok(certificates)
}

/// All authorities, the first first.
///
/// # Errors
/// When the store fails.
pub async fn list_authorities(tx: &mut Tx) -> Result<Vec<AuthoritySeen>, StoreError> {
    tx.list_device_authorities().await
}
