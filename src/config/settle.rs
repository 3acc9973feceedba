//! Makes a [`Config`] of what was given: defaults, and what must hold between fields.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::time::Duration;

use super::accounts::days;
use super::audit::expected_ship;
use super::calendar::{CalendarSettings, MinuteSpan, OpeningHours, expected_day, expected_hours, expected_span};
use super::devices::{self, DeviceSettings};
use super::read::Reader;
use super::region_key::region_key;
use super::retention::{self, retention};
use super::source::AllGiven;
use super::value::{expected_database, expected_origin};
use super::{
    AccountSettings, AuditSettings, BackupSettings, Config, Database, ExportSettings, Language, Listen, Log, LogFormat,
    LogLevel, Mistake, PageSettings, PasswordProfile, Place, RegionKeyFrom, SessionLimits, ShipTo, TlsFiles, WebOrigin,
};
use super::{oidc, push, rates, redis};
use crate::domain::device::DeviceDemand;
use crate::domain::text::Text;
use crate::limits::{
    BACKUPS_DAILY_DEFAULT, BACKUPS_KEPT_MAX, BACKUPS_MONTHLY_DEFAULT, BACKUPS_WEEKLY_DEFAULT,
    CHECKPOINT_EVERY_RECORDS_DEFAULT, CHECKPOINT_EVERY_RECORDS_MAX, CHECKPOINT_EVERY_S_DEFAULT, CHECKPOINT_EVERY_S_MAX,
    CHECKPOINT_TO_S_DEFAULT, CHECKPOINT_TO_S_MAX, CHECKPOINT_TO_S_MIN, EXPORT_PERMISSION_DAYS_MAX,
    PROOF_COUNTS_S_DEFAULT, PROOF_COUNTS_S_MAX, PROOF_COUNTS_S_MIN, QUARANTINE_DAYS_DEFAULT, QUARANTINE_DAYS_MAX,
    QUARANTINE_DAYS_MIN, SESSION_IDLE_TIMEOUT_DEFAULT_S, SESSION_LIFETIME_DEFAULT_S, SESSION_LIFETIME_S_MAX,
    SOCKETS_PER_PERSON_DEFAULT, SOCKETS_PER_PERSON_MAX,
};

/// Beside the region's key, or in the folder for data where that is in no file.
const CHECKPOINT_KEY: &str = "checkpoint.key";
const DEFAULT_PORT: u16 = 8_443;
pub(super) const LANGUAGES: &[(&str, Language)] = &[("ja", Language::Ja), ("en", Language::En)];
const LEVELS: [LogLevel; 5] = [LogLevel::Error, LogLevel::Warn, LogLevel::Info, LogLevel::Debug, LogLevel::Trace];

/// A configuration in any case; it may be used only when `mistakes` is still empty.
pub(super) fn settle(given: AllGiven, folder: &Path, mistakes: &mut Vec<Mistake>) -> Config {
    let mut read = Reader::new(given, folder, mistakes);
    let data_dir = read.path("data_dir").unwrap_or_else(|| folder.join("data"));
    let tls = tls(&mut read);
    let listen = listen(&mut read);
    let devices = device_settings(&mut read, &listen, tls.is_some());
    let public_url = public_url(&mut read, &listen);
    let region_key = region_key(&mut read, &data_dir);
    let checkpoint_key =
        region_key.file().map_or_else(|| data_dir.join(CHECKPOINT_KEY), |file| file.with_file_name(CHECKPOINT_KEY));
    Config {
        database: database(&mut read, &data_dir),
        files_dir: read.path("files.directory").unwrap_or_else(|| data_dir.join("files")),
        rulebook_dir: read.path("rulebook_dir"),
        language: read.choice("language", LANGUAGES).unwrap_or(Language::Ja),
        allowed_origins: allowed_origins(&mut read, &listen, &public_url),
        session: session(&mut read),
        accounts: accounts(&mut read),
        exports: exports(&mut read),
        oidc: oidc::settle(&mut read),
        push: push::settle(&mut read),
        redis: redis::settle(&mut read),
        rates: rates::settle(&mut read),
        audit: audit(&mut read, &checkpoint_key),
        backup: backup(&mut read, &data_dir),
        calendar: calendar(&mut read),
        page: PageSettings { speech_input: read.boolean("page.speech_input").unwrap_or(false) },
        region_key,
        retention: retention(&mut read),
        log: log(&mut read),
        data_dir,
        listen,
        tls,
        devices,
        public_url,
    }
}

fn accounts(read: &mut Reader<'_>) -> AccountSettings {
    let profile = read.choice("accounts.password_profile", &profiles()).unwrap_or_default();
    let proof_s = read.number("accounts.proof_s", PROOF_COUNTS_S_MIN..=PROOF_COUNTS_S_MAX);
    let quarantine_days = read.number("accounts.quarantine_days", QUARANTINE_DAYS_MIN..=QUARANTINE_DAYS_MAX);
    AccountSettings {
        profile,
        quarantine_keeps: days(quarantine_days.unwrap_or(QUARANTINE_DAYS_DEFAULT)),
        proof_counts: Duration::from_secs(proof_s.unwrap_or(PROOF_COUNTS_S_DEFAULT).unsigned_abs()),
    }
}

fn exports(read: &mut Reader<'_>) -> ExportSettings {
    let days = read.number("exports.permission_days", 1..=EXPORT_PERMISSION_DAYS_MAX);
    days.map_or_else(ExportSettings::default, |days| ExportSettings::of_days(days.unsigned_abs()))
}

fn profiles() -> [(&'static str, PasswordProfile); 2] {
    [PasswordProfile::Asvs, PasswordProfile::Gl6].map(|profile| (profile.code(), profile))
}

fn audit(read: &mut Reader<'_>, checkpoint_key: &Path) -> AuditSettings {
    let records = read.number("audit.checkpoint_records", 1..=CHECKPOINT_EVERY_RECORDS_MAX);
    let seconds = read.number("audit.checkpoint_s", 1..=CHECKPOINT_EVERY_S_MAX);
    let ship = read.text("audit.ship").and_then(|(text, place)| {
        let ship = ShipTo::parse(&text);
        let complaint = match &ship {
            None => Some(expected_ship()),
            Some(ship) if !ship.is_line_secure() => Some(Text::fixed(
                "別のマシンへは syslog+tls://。TLS がなければ誰が誰の記録を見たかを回線上で読まれます",
                "syslog+tls:// to another machine; without TLS it can be read on the line who saw whose record",
            )),
            Some(ShipTo::Tls { .. }) if !read.is_given("audit.ship_authority") => Some(Text::fixed(
                "syslog+tls には audit.ship_authority が必要です",
                "audit.ship_authority is needed for syslog+tls",
            )),
            Some(_) => None,
        };
        if let Some(message) = complaint {
            read.complain(place, "audit.ship", message);
        }
        ship
    });
    let to_seconds = read.number("audit.checkpoint_to_s", CHECKPOINT_TO_S_MIN..=CHECKPOINT_TO_S_MAX);
    AuditSettings {
        checkpoint_to: read.path("audit.checkpoint_to"),
        checkpoint_to_every: Duration::from_secs(to_seconds.unwrap_or(CHECKPOINT_TO_S_DEFAULT).unsigned_abs()),
        checkpoint_key_file: read.path("audit.checkpoint_key_file").unwrap_or_else(|| checkpoint_key.to_owned()),
        checkpoint_records: records.unwrap_or(CHECKPOINT_EVERY_RECORDS_DEFAULT).unsigned_abs(),
        checkpoint_every: Duration::from_secs(seconds.unwrap_or(CHECKPOINT_EVERY_S_DEFAULT).unsigned_abs()),
        ship,
        ship_authority: read.path("audit.ship_authority"),
    }
}

fn backup(read: &mut Reader<'_>, data_dir: &Path) -> BackupSettings {
    let mut count = |field, default: i64| {
        let given = read.number(field, 0..=BACKUPS_KEPT_MAX).unwrap_or(default);
        usize::try_from(given).expect("the range of the field fits")
    };
    let keep_daily = count("backup.keep_daily", BACKUPS_DAILY_DEFAULT);
    let keep_weekly = count("backup.keep_weekly", BACKUPS_WEEKLY_DEFAULT);
    let keep_monthly = count("backup.keep_monthly", BACKUPS_MONTHLY_DEFAULT);
    let directory = read.path("backup.directory").unwrap_or_else(|| data_dir.join("backups"));
    BackupSettings { directory, keep_daily, keep_weekly, keep_monthly }
}

fn calendar(read: &mut Reader<'_>) -> CalendarSettings {
    let hours = read.list("calendar.opening_hours", &expected_hours(), OpeningHours::parse);
    let closed = read.list("calendar.closed_days", &expected_day(), |day| day.parse().ok());
    let daytime = read.text("calendar.daytime").and_then(|(text, place)| {
        let span = MinuteSpan::parse(&text);
        if span.is_none() {
            let expected = expected_span();
            let message = Text::new(format!("{}が必要です", expected.ja), format!("expected {}", expected.en));
            read.complain(place, "calendar.daytime", message);
        }
        span
    });
    CalendarSettings {
        opening_hours: hours.into_iter().flatten().map(|(hours, _)| hours).collect(),
        closed_days: closed.into_iter().flatten().map(|(day, _)| day).collect(),
        daytime,
    }
}

fn database(read: &mut Reader<'_>, data_dir: &Path) -> Database {
    let default = || Database::Sqlite { file: data_dir.join("renkei.db") };
    let Some((text, place)) = read.text("database") else {
        return default();
    };
    let Some(database) = Database::parse(&text, read.base(&place)) else {
        // Not repeated: it may hold a password.
        let expected = expected_database();
        let message = Text::new(format!("{}が必要です", expected.ja), format!("expected {}", expected.en));
        read.complain(place, "database", message);
        return default();
    };
    if !database.is_line_secure() {
        let message = Text::fixed(
            "別のマシンの PostgreSQL には ?sslmode=verify-full が必要です。なければ回線上で記録を読まれます",
            "PostgreSQL on another machine needs ?sslmode=verify-full; without it records can be read on the line",
        );
        read.complain(place, "database", message);
    }
    database
}

fn tls(read: &mut Reader<'_>) -> Option<TlsFiles> {
    let (certificate, key) = (read.path("tls.certificate"), read.path("tls.key"));
    for (field, other) in [("tls.certificate", "tls.key"), ("tls.key", "tls.certificate")] {
        if let Some(place) = read.place(field)
            && !read.is_given(other)
        {
            let message = Text::new(format!("{other} も必要です"), format!("{other} is needed too"));
            read.complain(place, field, message);
        }
    }
    Some(TlsFiles { certificate: certificate?, key: key? })
}

fn device_settings(read: &mut Reader<'_>, listen: &Listen, has_tls: bool) -> DeviceSettings {
    let demands: Vec<_> = DeviceDemand::ALL.iter().map(|demand| (demand.code(), *demand)).collect();
    let asked = read.choice("tls.client_certificates", &demands);
    let given = read.list("tls.client_certificates_at", &devices::expected(), devices::parse).unwrap_or_default();
    for (of, place) in &given {
        if !listen.addresses.contains(&of.0) {
            let message = Text::new(
                format!("{} は listen.addresses にありません", of.0),
                format!("{} is not one of listen.addresses", of.0),
            );
            read.complain(place.clone(), "tls.client_certificates_at", message);
        }
    }
    let settings = DeviceSettings {
        demand: asked.unwrap_or(DeviceSettings::default().demand),
        at: given.into_iter().map(|(of, _)| of).collect(),
    };
    let requires_at = settings.at.iter().any(|(_, demand)| *demand == DeviceDemand::Required);
    let required = [
        ("tls.client_certificates", asked == Some(DeviceDemand::Required)),
        ("tls.client_certificates_at", requires_at),
    ];
    for (field, _) in required.into_iter().filter(|(_, is_required)| *is_required && !has_tls) {
        let place = read.place(field).unwrap_or(Place::Default);
        let message = Text::fixed(
            "[tls] がないと、端末の証明書を確かめられません",
            "without [tls] no certificate of a device can be looked at",
        );
        read.complain(place, field, message);
    }
    settings
}

fn listen(read: &mut Reader<'_>) -> Listen {
    let has_tls = read.is_given("tls.certificate") || read.is_given("tls.key");
    let insecure_plain_http = read.boolean("listen.insecure_plain_http").unwrap_or(false);
    let default = SocketAddr::from((Ipv4Addr::LOCALHOST, DEFAULT_PORT));
    let Some(given) = read.addresses("listen.addresses") else {
        return Listen { addresses: vec![default], insecure_plain_http };
    };
    if given.is_empty() {
        let place = read.place("listen.addresses").unwrap_or(Place::Default);
        read.complain(place, "listen.addresses", Text::fixed("1 つ以上必要です", "at least one is needed"));
    }
    for (address, place) in &given {
        if !has_tls && !insecure_plain_http && !address.ip().to_canonical().is_loopback() {
            let message = Text::new(
                format!(
                    "{address} はこのマシンの外から届きます。[tls] を設定してください（TLS を足すプロキシが信頼できる回線上にあるなら insecure_plain_http = true）"
                ),
                format!(
                    "{address} can be reached from other machines: set [tls] (or insecure_plain_http = true, if a proxy on a trusted line adds TLS)"
                ),
            );
            read.complain(place.clone(), "listen.addresses", message);
        }
    }
    Listen { addresses: given.into_iter().map(|(address, _)| address).collect(), insecure_plain_http }
}

fn public_url(read: &mut Reader<'_>, listen: &Listen) -> WebOrigin {
    let has_tls = read.is_given("tls.certificate") || read.is_given("tls.key");
    let port = listen.addresses.first().map_or(DEFAULT_PORT, SocketAddr::port);
    let default = WebOrigin::local(has_tls, port);
    let Some((text, place)) = read.text("public_url") else {
        return default;
    };
    let Some(origin) = WebOrigin::parse(&text) else {
        let expected = expected_origin();
        let message = Text::new(
            format!("{}が必要ですが、`{text}` です", expected.ja),
            format!("expected {}, found `{text}`", expected.en),
        );
        read.complain(place, "public_url", message);
        return default;
    };
    if has_tls && !origin.is_secure() {
        let message = Text::fixed(
            "[tls] があるので https:// で始まらなければなりません",
            "must start with https://, since [tls] is set",
        );
        read.complain(place, "public_url", message);
    } else {
        require_secure(read, &origin, place, "public_url", listen);
    }
    origin
}

fn allowed_origins(read: &mut Reader<'_>, listen: &Listen, public_url: &WebOrigin) -> Vec<WebOrigin> {
    let Some(given) = read.list("allowed_origins", &expected_origin(), WebOrigin::parse) else {
        return vec![public_url.clone()];
    };
    for (origin, place) in &given {
        require_secure(read, origin, place.clone(), "allowed_origins", listen);
    }
    given.into_iter().map(|(origin, _)| origin).collect()
}

fn require_secure(read: &mut Reader<'_>, origin: &WebOrigin, place: Place, field: &str, listen: &Listen) {
    if !origin.is_secure() && !origin.is_this_machine() && !listen.insecure_plain_http {
        let message = Text::new(
            format!("{origin} は TLS で守られません。https:// にしてください"),
            format!("{origin} is not protected by TLS; use https://"),
        );
        read.complain(place, field, message);
    }
}

fn session(read: &mut Reader<'_>) -> SessionLimits {
    let idle_s = read.number("session.idle_timeout_s", 60..=SESSION_LIFETIME_S_MAX);
    let lifetime_s = read.number("session.lifetime_s", 60..=SESSION_LIFETIME_S_MAX);
    let sockets = read.number("session.sockets_per_person_max", 1..=SOCKETS_PER_PERSON_MAX);
    let (idle_s, lifetime_s) =
        (idle_s.unwrap_or(SESSION_IDLE_TIMEOUT_DEFAULT_S), lifetime_s.unwrap_or(SESSION_LIFETIME_DEFAULT_S));
    if idle_s > lifetime_s {
        let (field, place) = ["session.idle_timeout_s", "session.lifetime_s"]
            .into_iter()
            .find_map(|field| Some((field, read.place(field)?)))
            .unwrap_or(("session.idle_timeout_s", Place::Default));
        let message = Text::new(
            format!("idle_timeout_s（{idle_s}）は lifetime_s（{lifetime_s}）以下でなければなりません"),
            format!("idle_timeout_s ({idle_s}) must not be longer than lifetime_s ({lifetime_s})"),
        );
        read.complain(place, field, message);
    }
    let seconds = |number: i64| Duration::from_secs(number.unsigned_abs());
    let sockets = sockets.unwrap_or(SOCKETS_PER_PERSON_DEFAULT);
    SessionLimits {
        idle_timeout: seconds(idle_s),
        lifetime: seconds(lifetime_s),
        sockets_per_person_max: u32::try_from(sockets).expect("the range of the field fits"),
    }
}

fn log(read: &mut Reader<'_>) -> Log {
    let levels = LEVELS.map(|level| (level.code(), level));
    let formats = [LogFormat::Text, LogFormat::Json].map(|format| (format.code(), format));
    Log {
        level: read.choice("log.level", &levels).unwrap_or(LogLevel::Info),
        format: read.choice("log.format", &formats).unwrap_or(LogFormat::Text),
    }
}

fn shown_audit(audit: &AuditSettings) -> Vec<(&'static str, String)> {
    let quoted = |text: &dyn std::fmt::Display| toml::Value::String(text.to_string()).to_string();
    let path = |path: &Path| quoted(&path.display());
    let mut shown = vec![
        ("audit.checkpoint_key_file", path(&audit.checkpoint_key_file)),
        ("audit.checkpoint_records", audit.checkpoint_records.to_string()),
        ("audit.checkpoint_s", audit.checkpoint_every.as_secs().to_string()),
    ];
    shown.extend(audit.checkpoint_to.iter().map(|folder| ("audit.checkpoint_to", path(folder))));
    shown.push(("audit.checkpoint_to_s", audit.checkpoint_to_every.as_secs().to_string()));
    shown.extend(audit.ship.iter().map(|ship| ("audit.ship", quoted(ship))));
    shown.extend(audit.ship_authority.iter().map(|file| ("audit.ship_authority", path(file))));
    shown
}

/// Each field with its value as TOML, in the order of the file; fields without a value are left out.
pub(super) fn shown(config: &Config) -> Vec<(&'static str, String)> {
    let quoted = |text: &dyn std::fmt::Display| toml::Value::String(text.to_string()).to_string();
    let path = |path: &Path| quoted(&path.display());
    let listed = |items: Vec<String>| format!("[{}]", items.join(", "));
    let mut shown = vec![("database", quoted(&config.database.masked())), ("data_dir", path(&config.data_dir))];
    shown.push(match &config.region_key {
        RegionKeyFrom::File(file) => ("region_key_file", path(file)),
        RegionKeyFrom::Command(words) => {
            ("region_key_command", listed(words.iter().map(|word| quoted(word)).collect()))
        }
    });
    shown.extend(config.rulebook_dir.iter().map(|dir| ("rulebook_dir", path(dir))));
    shown.extend([
        ("language", quoted(&config.language.code())),
        ("public_url", quoted(&config.public_url)),
        ("allowed_origins", listed(config.allowed_origins.iter().map(|origin| quoted(origin)).collect())),
        ("listen.addresses", listed(config.listen.addresses.iter().map(|address| quoted(address)).collect())),
        ("listen.insecure_plain_http", config.listen.insecure_plain_http.to_string()),
    ]);
    if let Some(tls) = &config.tls {
        shown.extend([("tls.certificate", path(&tls.certificate)), ("tls.key", path(&tls.key))]);
        shown.push(("tls.client_certificates", quoted(&config.devices.demand)));
        if !config.devices.at.is_empty() {
            let at = config.devices.at.iter().map(|(address, demand)| quoted(&format!("{address} {demand}")));
            shown.push(("tls.client_certificates_at", listed(at.collect())));
        }
    }
    let session = &config.session;
    shown.extend([
        ("session.idle_timeout_s", session.idle_timeout.as_secs().to_string()),
        ("session.lifetime_s", session.lifetime.as_secs().to_string()),
        ("session.sockets_per_person_max", session.sockets_per_person_max.to_string()),
        ("accounts.password_profile", quoted(&config.accounts.profile.code())),
        ("accounts.proof_s", config.accounts.proof_counts.as_secs().to_string()),
        ("accounts.quarantine_days", (config.accounts.quarantine_keeps.as_secs() / 86_400).to_string()),
        ("exports.permission_days", (config.exports.permission_holds.as_secs() / 86_400).to_string()),
    ]);
    shown.extend(config.oidc.iter().flat_map(oidc::shown));
    shown.extend(config.push.iter().flat_map(push::shown));
    shown.extend(config.redis.iter().flat_map(redis::shown));
    shown.extend(rates::shown(config.rates));
    shown.extend(shown_audit(&config.audit));
    shown.push(("files.directory", path(&config.files_dir)));
    let backup = &config.backup;
    shown.extend([
        ("backup.directory", path(&backup.directory)),
        ("backup.keep_daily", backup.keep_daily.to_string()),
        ("backup.keep_weekly", backup.keep_weekly.to_string()),
        ("backup.keep_monthly", backup.keep_monthly.to_string()),
    ]);
    let calendar = &config.calendar;
    if !calendar.opening_hours.is_empty() {
        let hours = calendar.opening_hours.iter().map(|hours| quoted(hours)).collect();
        shown.push(("calendar.opening_hours", listed(hours)));
    }
    if !calendar.closed_days.is_empty() {
        let days = calendar.closed_days.iter().map(|day| quoted(day)).collect();
        shown.push(("calendar.closed_days", listed(days)));
    }
    shown.extend(calendar.daytime.iter().map(|span| ("calendar.daytime", quoted(span))));
    shown.push(("page.speech_input", config.page.speech_input.to_string()));
    let (years, is_shorter) = retention::shown(&config.retention);
    if !years.is_empty() {
        shown.push(("retention.years", listed(years.iter().map(|years| quoted(years)).collect())));
        shown.push(("retention.shorter_than_shipped", is_shorter.to_string()));
    }
    shown.extend([("log.level", quoted(&config.log.level.code())), ("log.format", quoted(&config.log.format.code()))]);
    shown
}
