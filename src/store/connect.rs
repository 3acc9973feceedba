//! Opening the database of a URL: what must hold of it before anything is written, and whose it is.

mod postgres;
pub(super) mod sqlite;

use super::data_key::Founding;
use super::dump::Found;
use super::engine::Engine;
use super::journal::Journal;
use super::{OpenError, dump, migrate};

/// Connects, checks what durability rests on, and migrates.
///
/// INVARIANT: a database whose restore did not come to its end is opened by nobody but the next restore.
pub(super) async fn connect(url: &str, founding: Founding) -> Result<Engine, OpenError> {
    let may_make = founding != Founding::Refused;
    let engine = open_engine(url, may_make).await?;
    match dump::look(&Journal::bare(engine.clone())).await? {
        Found::Restoring(from) => return Err(OpenError::HalfRestored { from }),
        Found::Nothing if !may_make => return Err(OpenError::NoStore),
        Found::Nothing | Found::Store => {}
    }
    migrate::migrate(&engine).await?;
    Ok(engine)
}

/// Connects, without migrating. `may_make`: a file that is missing is made.
pub(super) async fn open_engine(url: &str, may_make: bool) -> Result<Engine, OpenError> {
    Ok(match url.split_once("://") {
        Some(("sqlite", path)) if !may_make && !std::path::Path::new(path).exists() => return Err(OpenError::NoStore),
        Some(("sqlite", path)) => sqlite::connect(path).await?,
        Some(("postgres" | "postgresql", _)) => postgres::connect(url).await?,
        // The scheme only: what follows may hold a password.
        other => {
            let scheme = other.map_or("a path", |(scheme, _)| scheme).to_owned();
            return Err(OpenError::UnknownScheme { scheme });
        }
    })
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
        let error = connect("mysql://user:secret@host/db", Founding::Random).await.unwrap_err().to_string();
        assert!(error.contains("mysql") && !error.contains("secret"), "{error}");
    }
}
