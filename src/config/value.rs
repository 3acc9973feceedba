//! The kinds of value that need more than a type of the standard library.

use std::fmt;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use hyper::Uri;

use crate::domain::text::Text;

/// Where the records are.
#[derive(Clone, PartialEq, Eq)]
pub enum Database {
    Sqlite {
        file: PathBuf,
    },
    /// The whole URL, password included: pass it on, never print it.
    Postgres {
        url: String,
    },
}

impl Database {
    /// The URL the journal opens. It may hold a password: never print it.
    #[must_use]
    pub fn url(&self) -> String {
        match self {
            Self::Sqlite { file } => format!("sqlite://{}", file.display()),
            Self::Postgres { url } => url.clone(),
        }
    }
}

/// Scheme, host and port of a page (RFC 6454), in the form in which browsers send it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct WebOrigin {
    is_secure: bool,
    host: String,
    port: Option<u16>,
}

pub(super) fn expected_database() -> Text {
    Text::fixed(
        "sqlite://ファイル または postgres://利用者@ホスト/名前（ソケットなら postgres://利用者@localhost/名前?host=/フォルダー）",
        "sqlite://FILE or postgres://USER@HOST/NAME (by a socket: postgres://USER@localhost/NAME?host=/FOLDER)",
    )
}

pub(super) fn expected_origin() -> Text {
    Text::fixed(
        "https://renkei.example.jp のような、パスも * もないオリジン",
        "an origin without path or *, such as https://renkei.example.jp",
    )
}

impl Database {
    /// A relative file is taken from `base`. `None` when it is neither engine's URL.
    pub(super) fn parse(text: &str, base: &Path) -> Option<Self> {
        if let Some(file) = text.strip_prefix("sqlite://") {
            let is_path = !file.is_empty() && !file.contains(['?', '#']) && !file.starts_with(':');
            return is_path.then(|| Self::Sqlite { file: base.join(file) });
        }
        let uri: Uri = text.parse().ok()?;
        let is_postgres = matches!(uri.scheme_str(), Some("postgres" | "postgresql"));
        let has_name = uri.path().len() > 1;
        (is_postgres && has_name && uri.host().is_some()).then(|| Self::Postgres { url: text.to_owned() })
    }

    /// Whether the line to the database server is encrypted and the server proven, or needs neither.
    pub(super) fn is_line_secure(&self) -> bool {
        let Self::Postgres { url } = self else { return true };
        let Ok(uri) = url.parse::<Uri>() else { return false };
        let is_verified = uri.query().unwrap_or("").split('&').any(|pair| pair == "sslmode=verify-full");
        is_verified || uri.host().is_some_and(is_this_machine)
    }

    /// The URL without its password, for people.
    #[must_use]
    pub fn masked(&self) -> String {
        match self {
            Self::Sqlite { file } => format!("sqlite://{}", file.display()),
            Self::Postgres { url } => masked_password(url),
        }
    }
}

pub(super) fn masked_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return "***".to_owned() };
    let (address, query) = rest.split_at(rest.find('?').unwrap_or(rest.len()));
    // The last `@` ends the user information, however the password was (not) escaped.
    let masked = match address.rsplit_once('@') {
        Some((user, host)) => match user.split_once(':') {
            Some((user, _password)) => format!("{user}:***@{host}"),
            None => format!("{user}@{host}"),
        },
        None => address.to_owned(),
    };
    let query = query.split('&').map(|pair| match pair.split_once("password=") {
        Some((before, _)) => format!("{before}password=***"),
        None => pair.to_owned(),
    });
    format!("{scheme}://{masked}{}", query.collect::<Vec<_>>().join("&"))
}

impl WebOrigin {
    /// `None` when there is a path, a user, a wildcard, or another scheme than http and https.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let uri: Uri = text.parse().ok()?;
        let is_secure = match uri.scheme_str()? {
            "https" => true,
            "http" => false,
            _ => return None,
        };
        let authority = uri.authority()?;
        let is_bare = uri.path() == "/" && uri.query().is_none() && !text.contains('#');
        let host = authority.host().to_ascii_lowercase();
        let is_host = !host.is_empty() && !host.contains('*') && !authority.as_str().contains('@');
        let rest = &authority.as_str()[authority.host().len().min(authority.as_str().len())..];
        let is_port = rest.is_empty() || authority.port_u16().is_some_and(|port| port > 0);
        let default = if is_secure { 443 } else { 80 };
        let port = authority.port_u16().filter(|port| *port != default);
        (is_bare && is_host && is_port).then_some(Self { is_secure, host, port })
    }

    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.is_secure
    }

    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Whether it is reached without leaving the machine, where plain HTTP does no harm.
    #[must_use]
    pub fn is_this_machine(&self) -> bool {
        is_this_machine(&self.host)
    }

    /// `https://localhost:8443` for a listener at that port of this machine.
    pub(super) fn local(is_secure: bool, port: u16) -> Self {
        let default = if is_secure { 443 } else { 80 };
        Self { is_secure, host: "localhost".to_owned(), port: Some(port).filter(|port| *port != default) }
    }
}

pub(super) fn is_this_machine(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

impl fmt::Display for WebOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.is_secure { "https" } else { "http" };
        write!(f, "{scheme}://{}", self.host)?;
        self.port.map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Database({})", self.masked())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_normalised_as_browsers_send_it() {
        for (text, origin) in [
            ("https://Renkei.Example.JP", "https://renkei.example.jp"),
            ("https://renkei.example.jp/", "https://renkei.example.jp"),
            ("https://renkei.example.jp:443", "https://renkei.example.jp"),
            ("http://localhost:8080", "http://localhost:8080"),
            ("https://[::1]:8443", "https://[::1]:8443"),
        ] {
            assert_eq!(WebOrigin::parse(text).map(|origin| origin.to_string()).as_deref(), Some(origin));
        }
    }

    #[test]
    fn what_is_no_origin_is_refused() {
        for text in [
            "",
            "*",
            "renkei.example.jp",
            "https://",
            "https://*.example.jp",
            "https://renkei.example.jp/app",
            "https://renkei.example.jp?x",
            "https://renkei.example.jp#x",
            "https://user@renkei.example.jp",
            "wss://renkei.example.jp",
            "https://renkei.example.jp:0",
            "https://renkei.example.jp:99999",
            "null",
        ] {
            assert_eq!(WebOrigin::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_database_is_a_file_of_ours_or_a_server() {
        let base = Path::new("/srv");
        let sqlite = |file: &str| Some(Database::Sqlite { file: file.into() });
        assert_eq!(Database::parse("sqlite://data/renkei.db", base), sqlite("/srv/data/renkei.db"));
        assert_eq!(Database::parse("sqlite:///var/renkei.db", base), sqlite("/var/renkei.db"));
        assert!(matches!(Database::parse("postgres://hub@db/renkei", base), Some(Database::Postgres { .. })));
        for text in ["sqlite://", "sqlite://:memory:", "sqlite://a?mode=ro", "mysql://db/x", "postgres://db", "db"] {
            assert_eq!(Database::parse(text, base), None, "{text}");
        }
    }

    #[test]
    fn a_password_is_never_shown() {
        for (url, shown) in [
            ("postgres://hub:se/cret@db/renkei", None),
            ("postgres://hub:s@cret@db/renkei", Some("postgres://hub:***@db/renkei")),
            ("postgres://hub@db/renkei", Some("postgres://hub@db/renkei")),
            ("postgres://db/renkei?password=secret&a=b", Some("postgres://db/renkei?password=***&a=b")),
        ] {
            let masked = format!("{:?}", Database::Postgres { url: url.to_owned() });
            assert!(!masked.contains("cret"), "{masked}");
            if let Some(shown) = shown {
                assert_eq!(masked, format!("Database({shown})"));
            }
        }
    }

    #[test]
    fn a_server_elsewhere_must_prove_itself() {
        let is_secure = |url: &str| Database::parse(url, Path::new("")).unwrap().is_line_secure();
        assert!(is_secure("postgres://hub@db.example.jp/renkei?sslmode=verify-full"));
        assert!(is_secure("postgres://hub@localhost/renkei"));
        assert!(is_secure("postgres://hub@[::1]:5432/renkei"));
        assert!(!is_secure("postgres://hub@db.example.jp/renkei"));
        assert!(!is_secure("postgres://hub@db.example.jp/renkei?sslmode=require"));
    }
}
