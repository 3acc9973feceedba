//! The configuration: flags over environment over file over defaults, checked before anything
//! starts. Every mistake is found at once and says where it stands, what was expected and what was
//! probably meant. It reads the file it is given and looks whether named files exist; nothing else.

mod accounts;
mod audit;
mod backup;
mod calendar;
mod devices;
mod exports;
mod fields;
mod mistake;
mod oidc;
mod push;
mod rates;
mod read;
mod redis;
mod region_key;
mod retention;
mod settle;
mod source;
mod suggest;
#[cfg(test)]
mod tests;
mod value;

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::domain::retention::Retention;
use crate::domain::text::Text;
use crate::limits;

pub use accounts::{AccountSettings, PasswordProfile};
pub use audit::{AuditSettings, ShipTo};
pub use backup::BackupSettings;
pub use calendar::{CalendarSettings, MinuteSpan, OpeningHours};
pub use devices::DeviceSettings;
pub use exports::ExportSettings;
pub use fields::{FIELDS, Field};
pub use mistake::{Mistake, Place};
pub use oidc::{OidcSettings, is_line_secure};
pub use push::{PushService, PushSettings, Reach};
pub use rates::RateSettings;
pub use redis::{RedisPlace, RedisSettings};
pub use region_key::RegionKeyFrom;
pub use source::{ConfigFile, Sources};
pub use suggest::closest;
pub use value::{Database, WebOrigin};

/// All settings of a hub, each of them valid by itself and with the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    pub database: Database,
    pub data_dir: PathBuf,
    pub region_key: RegionKeyFrom,
    /// Of the sealed files that entries refer to.
    pub files_dir: PathBuf,
    /// `None` means the rulebook that ships with the binary.
    pub rulebook_dir: Option<PathBuf>,
    /// Of the commands' messages, where neither a flag nor the environment says otherwise.
    pub language: Language,
    pub listen: Listen,
    /// `None` means plain HTTP, which [`Listen`] then permits.
    pub tls: Option<TlsFiles>,
    /// Which listeners ask for the certificate of a registered device.
    pub devices: DeviceSettings,
    /// Where people find the hub: links are made from it.
    pub public_url: WebOrigin,
    /// Pages of exactly these origins may open a WebSocket.
    pub allowed_origins: Vec<WebOrigin>,
    pub session: SessionLimits,
    pub accounts: AccountSettings,
    pub exports: ExportSettings,
    /// By which other service people may sign in.
    pub oidc: Option<OidcSettings>,
    /// How devices are rung whose page is closed.
    pub push: Option<PushSettings>,
    /// By which the hubs of the region count together.
    pub redis: Option<RedisSettings>,
    pub rates: RateSettings,
    pub audit: AuditSettings,
    pub backup: BackupSettings,
    pub calendar: CalendarSettings,
    pub page: PageSettings,
    pub retention: Retention,
    pub log: Log,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listen {
    pub addresses: Vec<SocketAddr>,
    /// Plain HTTP off this machine; only ever true because the operator wrote it.
    pub insecure_plain_http: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    pub certificate: PathBuf,
    pub key: PathBuf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionLimits {
    /// A sign-in that is not used for this long ends.
    pub idle_timeout: Duration,
    /// A sign-in ends after this however much it is used.
    pub lifetime: Duration,
    /// Open sockets of one person.
    pub sockets_per_person_max: u32,
}

impl Default for SessionLimits {
    fn default() -> Self {
        let seconds = |number: i64| Duration::from_secs(number.unsigned_abs());
        Self {
            idle_timeout: seconds(limits::SESSION_IDLE_TIMEOUT_DEFAULT_S),
            lifetime: seconds(limits::SESSION_LIFETIME_DEFAULT_S),
            sockets_per_person_max: u32::try_from(limits::SOCKETS_PER_PERSON_DEFAULT).expect("a few"),
        }
    }
}

/// What the page may do beyond what every region's may.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PageSettings {
    /// The browser may listen, which may send what it hears to its maker.
    pub speech_input: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Log {
    pub level: LogLevel,
    pub format: LogFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    Ja,
    En,
}

impl Language {
    /// The message in this language.
    #[must_use]
    pub fn pick(self, text: &Text) -> &str {
        match self {
            Self::Ja => &text.ja,
            Self::En => &text.en,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogLevel {
    Error,
    Warn,
    Info,
    Debug,
    Trace,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    Text,
    Json,
}

/// A configuration with what is worth knowing about it.
#[derive(Clone, Debug)]
pub struct Settled {
    pub config: Config,
    /// Where each field that was set was set.
    pub origins: BTreeMap<&'static str, Place>,
    /// What is odd but does not prevent a start.
    pub notes: Vec<Mistake>,
}

impl Config {
    /// The language that the sources ask for, whatever else is wrong with them.
    #[must_use]
    pub fn asked_language(sources: &Sources) -> Option<Language> {
        match &source::gather(sources).given.get("language")?.value {
            source::Value::Text(code) => settle::LANGUAGES.iter().find(|(known, _)| known == code).map(|found| found.1),
            _ => None,
        }
    }

    /// # Errors
    /// With every mistake in the sources, in the order of the file. The list is never empty.
    pub fn read(sources: &Sources) -> Result<Settled, Vec<Mistake>> {
        let source::Gathered { given, mut mistakes, broken, notes } = source::gather(sources);
        let folder = sources.file.as_ref().map_or(Path::new(""), |file| &file.folder);
        let origins = given.iter().map(|(field, given)| (*field, given.place.clone())).collect();
        let config = settle::settle(given, folder, &mut mistakes);
        if mistakes.is_empty() && broken.is_empty() {
            return Ok(Settled { config, origins, notes });
        }
        // A value on a line that is not TOML is the parser's guess; a complaint about it would only
        // distract from the one that counts.
        mistakes.retain(|mistake| !broken.iter().any(|broken| mistake.place.is_on_line_of(&broken.place)));
        mistakes.extend(broken);
        mistakes.sort_by(|one, other| one.place.cmp(&other.place));
        Err(mistakes)
    }
}

impl Settled {
    /// Whether the files that the configuration names are there. Apart from [`Config::read`],
    /// because `init` and `cert` make them.
    #[must_use]
    pub fn missing_files(&self) -> Vec<Mistake> {
        let config = &self.config;
        let mut wanted = vec![("region_key_file", config.region_key.file(), Some("renkei init"))];
        wanted.push(("rulebook_dir", config.rulebook_dir.as_deref(), None));
        let redis = config.redis.as_ref();
        wanted.push(("redis.password_file", redis.and_then(|redis| redis.password_file.as_deref()), None));
        wanted.push(("redis.authority", redis.and_then(|redis| redis.authority.as_deref()), None));
        wanted.push(("audit.ship_authority", config.audit.ship_authority.as_deref(), None));
        let oidc = config.oidc.as_ref();
        let secret = oidc.and_then(|oidc| oidc.secret_file.as_deref());
        wanted.push(("accounts.oidc.client_secret_file", secret, None));
        wanted.push(("accounts.oidc.client_key_file", oidc.and_then(|oidc| oidc.key_file.as_deref()), None));
        wanted.push(("accounts.oidc.authority", oidc.and_then(|oidc| oidc.authority.as_deref()), None));
        if let Some(tls) = &config.tls {
            wanted.push(("tls.certificate", Some(tls.certificate.as_path()), Some("renkei cert")));
            wanted.push(("tls.key", Some(tls.key.as_path()), Some("renkei cert")));
        }
        let missing = wanted.into_iter().filter_map(|(field, path, made_by)| {
            let path = path.filter(|path| !path.exists())?;
            let place = self.origins.get(field).cloned().unwrap_or(Place::Default);
            Some(Mistake::missing_file(place, field, path, made_by))
        });
        missing.collect()
    }
}

impl Language {
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Ja => "ja",
            Self::En => "en",
        }
    }
}

impl LogLevel {
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Info => "info",
            Self::Debug => "debug",
            Self::Trace => "trace",
        }
    }
}

impl LogFormat {
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
        }
    }
}

impl fmt::Display for Settled {
    /// TOML that reads back as the same configuration, except for a password, which is masked. What
    /// was set says where.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut section = "";
        for (field, value) in settle::shown(&self.config) {
            let (of, name) = field.split_once('.').unwrap_or(("", field));
            if of != section {
                section = of;
                writeln!(f, "\n[{section}]")?;
            }
            match self.origins.get(field) {
                Some(place) => writeln!(f, "{name} = {value} # {place}")?,
                None => writeln!(f, "{name} = {value}")?,
            }
        }
        Ok(())
    }
}
