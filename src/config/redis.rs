//! The Redis by which the hubs of a region count together. On another machine through TLS alone: who counts for others must
//! not be anybody.

use std::fmt;
use std::path::{Path, PathBuf};

use super::read::Reader;
use super::value::{is_this_machine, masked_password};
use crate::domain::text::Text;

/// See the module.
#[derive(Clone, PartialEq, Eq)]
pub struct RedisSettings {
    pub place: RedisPlace,
    pub database: i64,
    pub user: Option<String>,
    /// As it stands in the URL: pass it on, never print it.
    pub password: Option<String>,
    /// Of the password, instead.
    pub password_file: Option<PathBuf>,
    /// Who signed its certificate, and is trusted alone. Else whom this machine trusts.
    pub authority: Option<PathBuf>,
    url: String,
}

/// Where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RedisPlace {
    Tcp { host: String, port: u16 },
    Tls { host: String, port: u16 },
    Unix(PathBuf),
}

const DEFAULT_PORT: u16 = 6_379;

impl RedisSettings {
    /// Where a URL leads. `None`: it is no URL of a Redis.
    #[must_use]
    pub fn parse(url: &str) -> Option<Self> {
        let (scheme, rest) = url.split_once("://")?;
        let whole = |place, database, user, password| Self {
            place,
            database,
            user,
            password,
            password_file: None,
            authority: None,
            url: url.to_owned(),
        };
        if scheme == "redis+unix" || scheme == "unix" {
            let (path, database) = rest.split_once("?db=").unwrap_or((rest, "0"));
            let path = path.starts_with('/').then(|| PathBuf::from(path))?;
            return Some(whole(RedisPlace::Unix(path), database.parse().ok()?, None, None));
        }
        let (address, database) = rest.split_once('/').unwrap_or((rest, ""));
        let database = if database.is_empty() { 0 } else { database.parse().ok()? };
        let (user, place) = address.rsplit_once('@').map_or(("", address), |(user, place)| (user, place));
        let (user, password) = user.split_once(':').map_or((user, None), |(user, password)| (user, Some(password)));
        let (host, port) = match place.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            Some((host, port)) => (host, port.strip_prefix(':')),
            None => place.split_once(':').map_or((place, None), |(host, port)| (host, Some(port))),
        };
        let port = port.map_or(Some(DEFAULT_PORT), |port| port.parse().ok()).filter(|port| *port > 0)?;
        let host = Some(host.to_owned()).filter(|host| !host.is_empty() && !host.contains(['?', '#', ' ']))?;
        let place = match scheme {
            "redis" => RedisPlace::Tcp { host, port },
            "rediss" => RedisPlace::Tls { host, port },
            _ => return None,
        };
        let given = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        Some(whole(place, database, given(user), password.and_then(given)))
    }

    /// The URL without its password, for people.
    #[must_use]
    pub fn masked(&self) -> String {
        masked_password(&self.url)
    }

    fn is_line_secure(&self) -> bool {
        match &self.place {
            RedisPlace::Tls { .. } | RedisPlace::Unix(_) => true,
            RedisPlace::Tcp { host, .. } => is_this_machine(host),
        }
    }
}

impl fmt::Debug for RedisSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisSettings").field("url", &self.masked()).finish_non_exhaustive()
    }
}

/// What was given of it; nothing, where nothing was.
pub(super) fn settle(read: &mut Reader<'_>) -> Option<RedisSettings> {
    let (password_file, authority) = (read.path("redis.password_file"), read.path("redis.authority"));
    let Some((url, place)) = read.text("redis.url") else {
        if let Some((field, place)) = read.first_given("redis.").filter(|(field, _)| *field != "redis.url") {
            read.complain(place, field, Text::fixed("redis.url も必要です", "redis.url is needed too"));
        }
        return None;
    };
    let settings = RedisSettings::parse(&url);
    // Not repeated: it may hold a password.
    let complaint = match &settings {
        None => Some(Text::fixed(
            "rediss://ホスト:ポート/番号、このマシンの redis:// か redis+unix:///ソケット が必要です",
            "expected rediss://HOST:PORT/NUMBER; on this machine redis:// or redis+unix:///SOCKET",
        )),
        Some(settings) if !settings.is_line_secure() => Some(Text::fixed(
            "別のマシンの Redis には rediss:// が必要です",
            "Redis on another machine needs rediss://",
        )),
        Some(_) => None,
    };
    if let Some(message) = complaint {
        read.complain(place, "redis.url", message);
    }
    settings.map(|settings| RedisSettings { password_file, authority, ..settings })
}

/// Each field with its value as TOML.
pub(super) fn shown(redis: &RedisSettings) -> Vec<(&'static str, String)> {
    let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
    let path = |path: &Path| quoted(&path.display().to_string());
    let mut shown = vec![("redis.url", quoted(&redis.masked()))];
    shown.extend(redis.password_file.iter().map(|file| ("redis.password_file", path(file))));
    shown.extend(redis.authority.iter().map(|file| ("redis.authority", path(file))));
    shown
}
