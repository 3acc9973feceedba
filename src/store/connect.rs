//! Opening the database of a URL: what must hold of it before anything is written, and whose it is.

pub(super) mod postgres;
pub(super) mod sqlite;

use super::data_key::{Founding, KeptDataKey};
use super::dump::Found;
use super::engine::Engine;
use super::journal::Journal;
use super::meta::REGION_KEY;
use super::{OpenError, StoreError, alone, dump, migrate};

/// Whether a database of an earlier version is brought on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Steps {
    Taken,
    Refused,
}

/// Connects, checks what durability rests on, and migrates.
///
/// INVARIANT: a database whose restore did not come to its end is opened by nobody but the next restore; one of an earlier
/// version is changed by nobody while a hub serves it.
pub(super) async fn connect(url: &str, founding: Founding, steps: Steps) -> Result<Engine, OpenError> {
    // Boxed, each of the large ones: a future that held them all would fill a thread's stack in whoever awaits it.
    let may_make = founding != Founding::Refused;
    let engine = Box::pin(open_engine(url, may_make)).await?;
    match Box::pin(dump::look(&Journal::bare(engine.clone()))).await? {
        Found::Restoring(from) => return Err(OpenError::HalfRestored { from }),
        Found::Nothing if !may_make => return Err(OpenError::NoStore),
        Found::Nothing | Found::Store => {}
    }
    let Some(found) = Box::pin(migrate::find_behind(&Journal::bare(engine.clone()))).await? else {
        // Nothing is to be done; one of a later version, or whose steps are not ours, is refused.
        Box::pin(migrate::migrate(&engine)).await?;
        return Ok(engine);
    };
    if steps == Steps::Refused {
        engine.close().await;
        return Err(OpenError::Earlier { found });
    }
    let hold = Box::pin(alone::take(&engine)).await?;
    let migrated = Box::pin(migrate::migrate(&engine)).await;
    alone::release(hold).await;
    migrated?;
    Ok(engine)
}

/// Connects, without migrating. `may_make`: a file that is missing is made.
pub(super) async fn open_engine(url: &str, may_make: bool) -> Result<Engine, OpenError> {
    Ok(match url.split_once("://") {
        Some(("sqlite", path)) if !may_make && !std::path::Path::new(path).exists() => return Err(OpenError::NoStore),
        Some(("sqlite", path)) => Box::pin(sqlite::connect(path)).await?,
        Some(("postgres" | "postgresql", _)) => Box::pin(postgres::connect(url)).await?,
        // The scheme only: what follows may hold a password.
        other => {
            let scheme = other.map_or("a path", |(scheme, _)| scheme).to_owned();
            return Err(OpenError::UnknownScheme { scheme });
        }
    })
}

/// Which region's key a database needs, by its fingerprint; `None`: no region is in it, or no database there. Nothing is made,
/// and nothing migrated.
///
/// # Errors
/// When the database cannot be reached or is not safe to use.
pub async fn find_owner(url: &str) -> Result<Option<String>, OpenError> {
    if let Some(("sqlite", path)) = url.split_once("://")
        && std::fs::metadata(path).map_or(0, |file| file.len()) == 0
    {
        return Ok(None);
    }
    let bare = Journal::bare(open_engine(url, false).await?);
    let kept: Result<Option<KeptDataKey>, StoreError> = bare.read(|tx| Box::pin(tx.find_data_key())).await;
    // Of before there were data keys. A table that is not there is one that nothing is in.
    let named: Result<Option<String>, StoreError> = bare.read(|tx| Box::pin(tx.find_meta(REGION_KEY))).await;
    bare.close().await;
    let in_table = |found: Result<Option<String>, StoreError>| match found {
        Err(StoreError::Driver(sqlx::Error::Database(_))) => Ok(None),
        other => other,
    };
    let owner = in_table(kept.map(|kept| kept.map(|kept| kept.region_key)))?;
    Ok(owner.or(in_table(named)?))
}

/// Our own refusal of a connection, out of the driver's error that carried it through the pool.
fn open_error(error: sqlx::Error) -> OpenError {
    match error {
        sqlx::Error::Configuration(cause) => match cause.downcast::<OpenError>() {
            Ok(refusal) => *refusal,
            Err(cause) => OpenError::Driver(sqlx::Error::Configuration(cause)),
        },
        other => OpenError::Driver(other),
    }
}

/// Fails unless the database says that `setting` is one of `accepted`.
fn check_setting(setting: &'static str, found: &str, accepted: &[&str]) -> Result<(), sqlx::Error> {
    if accepted.contains(&found) {
        return Ok(());
    }
    let expected = accepted.join(" or ");
    Err(sqlx::Error::Configuration(Box::new(OpenError::Setting { setting, expected, found: found.to_owned() })))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_setting_is_named_through_the_drivers_error() {
        assert!(check_setting("synchronous", "2", &["2"]).is_ok());
        let error = open_error(check_setting("synchronous", "1", &["2"]).unwrap_err());
        assert!(matches!(error, OpenError::Setting { setting: "synchronous", ref found, .. } if found == "1"));
    }

    #[tokio::test]
    async fn an_unknown_scheme_is_named_without_what_follows() {
        let error =
            connect("mysql://user:secret@host/db", Founding::Random, Steps::Taken).await.unwrap_err().to_string();
        assert!(error.contains("mysql") && !error.contains("secret"), "{error}");
    }
}
