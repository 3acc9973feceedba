//! Configurations as operators write them, and what they are told.

use std::time::Duration;

use std::collections::BTreeSet;

use super::*;

fn sources(text: &str) -> Sources {
    let file =
        ConfigFile { path: "/etc/renkei/renkei.toml".into(), folder: "/etc/renkei".into(), text: text.to_owned() };
    Sources { file: Some(file), ..Sources::default() }
}

fn config(text: &str) -> Config {
    Config::read(&sources(text)).unwrap_or_else(|mistakes| panic!("{mistakes:#?}")).config
}

/// All mistakes of a file, rendered, without the path.
fn mistakes(text: &str) -> Vec<String> {
    let mistakes = Config::read(&sources(text)).map(|settled| settled.config).unwrap_err();
    mistakes.iter().map(|mistake| mistake.render(Language::En).replace("/etc/renkei/renkei.toml:", "")).collect()
}

#[test]
fn nothing_given_is_a_hub_for_this_machine() {
    let config = Config::read(&Sources::default()).unwrap().config;
    assert_eq!(config.database, Database::Sqlite { file: "data/renkei.db".into() });
    assert_eq!(config.region_key, RegionKeyFrom::File("data/region.key".into()));
    assert_eq!(config.listen.addresses, ["127.0.0.1:8443".parse().unwrap()]);
    assert_eq!(config.public_url.to_string(), "http://localhost:8443");
    assert_eq!(config.allowed_origins, std::slice::from_ref(&config.public_url));
    assert_eq!((config.tls, config.language), (None, Language::Ja));
}

#[test]
fn a_redis_on_another_machine_is_asked_through_tls_alone() {
    let given = |url: &str| format!("[redis]\nurl = \"{url}\"");
    for url in ["redis://redis.example.jp", "redis://:secret@192.0.2.7:6379/1", "redis://localhost.example.jp"] {
        let told = mistakes(&given(url));
        assert!(told.len() == 1 && told[0].contains("needs rediss://") && !told[0].contains("secret"), "{told:?}");
    }
    for url in ["rediss://redis.example.jp", "redis://127.0.0.1", "redis://localhost/2", "redis+unix:///run/redis.sock"]
    {
        assert!(config(&given(url)).redis.is_some(), "{url}");
    }
}

#[test]
fn a_whole_file_is_read_and_its_paths_start_at_its_folder() {
    let config = config(
        r#"
        database = "postgres://hub:secret@db.example.jp/renkei?sslmode=verify-full"
        data_dir = "/var/lib/renkei"
        rulebook_dir = "rules"
        language = "en"
        public_url = "https://renkei.example.jp"
        [listen]
        addresses = ["0.0.0.0:443", "[::]:443"]
        [tls]
        certificate = "server.pem"
        key = "/run/secrets/server.key"
        [session]
        idle_timeout_s = 600
        lifetime_s = 3_600
        sockets_per_person_max = 4
        [log]
        level = "debug"
        format = "json"
        "#,
    );
    assert_eq!(config.region_key.file(), Some(Path::new("/var/lib/renkei/region.key")));
    assert_eq!(config.rulebook_dir, Some("/etc/renkei/rules".into()));
    let tls = config.tls.unwrap();
    assert_eq!(tls.certificate, PathBuf::from("/etc/renkei/server.pem"));
    assert_eq!(tls.key, PathBuf::from("/run/secrets/server.key"));
    assert_eq!(config.listen.addresses.len(), 2);
    assert_eq!(config.allowed_origins[0].to_string(), "https://renkei.example.jp");
    let session = SessionLimits {
        idle_timeout: Duration::from_secs(600),
        lifetime: Duration::from_secs(3_600),
        sockets_per_person_max: 4,
    };
    assert_eq!(config.session, session);
    assert_eq!(config.log, Log { level: LogLevel::Debug, format: LogFormat::Json });
}

#[test]
fn a_flag_wins_over_the_environment_and_that_over_the_file() {
    let mut sources = sources("[log]\nlevel = \"error\"\nformat = \"json\"\n[session]\nlifetime_s = 7200");
    sources.environment = vec![
        ("RENKEI_LOG_LEVEL".into(), "warn".into()),
        ("RENKEI_LISTEN_ADDRESSES".into(), "127.0.0.1:1, [::1]:2".into()),
        ("RENKEI_SESSION_LIFETIME_S".into(), "3600".into()),
        ("RENKEI_LISTEN_INSECURE_PLAIN_HTTP".into(), "false".into()),
        ("PATH".into(), "/bin".into()),
    ];
    sources.flags = vec![("log.level", "--log-level".into(), "trace".into())];
    let settled = Config::read(&sources).unwrap();
    assert_eq!(settled.config.log, Log { level: LogLevel::Trace, format: LogFormat::Json });
    assert_eq!(settled.config.listen.addresses.len(), 2);
    assert_eq!(settled.config.session.lifetime, Duration::from_secs(3_600));
    assert_eq!(settled.origins["log.level"].to_string(), "--log-level");
    assert_eq!(settled.origins["session.lifetime_s"].to_string(), "RENKEI_SESSION_LIFETIME_S");
    assert_eq!(settled.origins["log.format"].to_string(), "/etc/renkei/renkei.toml:3:10");
}

#[test]
fn the_regions_key_comes_from_a_file_or_from_a_command_and_the_stronger_source_decides() {
    let command = r#"region_key_command = ["bin/kms", "decrypt", "region"]"#;
    let words = ["/etc/renkei/bin/kms", "decrypt", "region"].map(str::to_owned).to_vec();
    let by_command = config(command);
    assert_eq!(by_command.region_key, RegionKeyFrom::Command(words.clone()));
    assert_eq!(by_command.audit.checkpoint_key_file, Path::new("/etc/renkei/data/checkpoint.key"));
    let both = format!("region_key_file = \"a.key\"\n{command}");
    assert_eq!(
        mistakes(&both),
        ["2:22: region_key_command: cannot be used together with region_key_file; give one of both"]
    );
    assert_eq!(mistakes("region_key_command = []"), ["1:22: region_key_command: a program is needed"]);
    assert!(mistakes("region_key_command = \"kms\"")[0].contains("a list in [ ]"));
    let mut stronger = sources(command);
    stronger.flags = vec![("region_key_file", "--region-key".into(), "old.key".into())];
    let settled = Config::read(&stronger).unwrap();
    assert_eq!(settled.config.region_key, RegionKeyFrom::File("old.key".into()));
    let mut stronger = sources("region_key_file = \"a.key\"");
    stronger.environment = vec![("RENKEI_REGION_KEY_COMMAND".into(), "kms,decrypt".into())];
    let settled = Config::read(&stronger).unwrap();
    assert_eq!(settled.config.region_key, RegionKeyFrom::Command(vec!["kms".to_owned(), "decrypt".to_owned()]));
    assert!(settled.to_string().contains("region_key_command = [\"kms\", \"decrypt\"]"), "{settled}");
}

#[test]
fn records_are_kept_no_shorter_than_ships_unless_the_region_means_it() {
    use crate::domain::role::OrganisationType::{Clinic, NursingStation, Pharmacy};
    let kept = config("[retention]\nyears = [\"nursing_station 5\", \"pharmacy 3\"]").retention;
    assert_eq!((kept.years(NursingStation), kept.years(Pharmacy), kept.years(Clinic)), (5, 3, 5));
    assert_eq!(
        mistakes("[retention]\nyears = [\"clinic 4\"]"),
        [
            "2:10: retention.years: the shipped span of clinic is 5 years; a shorter one needs shorter_than_shipped = true too"
        ]
    );
    let meant = config("[retention]\nyears = [\"clinic 4\"]\nshorter_than_shipped = true").retention;
    assert_eq!(meant.years(Clinic), 4);
    for wrong in ["clinic", "clinic 0", "clinic x", "clinics 5", "clinic 400"] {
        assert_eq!(mistakes(&format!("[retention]\nyears = [\"{wrong}\"]")).len(), 1, "{wrong}");
    }
}

#[test]
fn every_mistake_is_found_at_once_with_its_place() {
    let found = mistakes(
        "databse = \"sqlite://x.db\"\n\
         language = \"fr\"\n\
         listen = \"0.0.0.0:80\"\n\
         [session]\n\
         lifetime_s = \"long\"\n\
         idle_timeout_s = 5\n\
         # 日本語の後でも桁は文字で数える\n\
         [log]\n\
         format = \"テキスト\"\n\
         level = \"debgu\"\n\
         colour = true\n\
         [tsl]\n\
         key = \"a\"\n",
    );
    let expected = [
        "1:1: databse: there is no such field (did you mean database?)",
        "2:12: language: expected one of ja, en, found `fr`",
        "3:1: listen: this is a section, [listen], not a value (did you mean listen.addresses?)",
        "5:14: session.lifetime_s: expected a whole number from 60 to 2592000, found `long`",
        "6:18: session.idle_timeout_s: expected a whole number from 60 to 2592000, found `5`",
        "9:10: log.format: expected one of text, json, found `テキスト`",
        "10:9: log.level: expected one of error, warn, info, debug, trace, found `debgu` (did you mean debug?)",
        "11:1: log.colour: there is no such field",
        "12:2: tsl: there is no such field",
    ];
    assert_eq!(found, expected);
}

#[test]
fn the_same_mistake_is_told_in_japanese() {
    let mistakes = Config::read(&sources("language = \"jp\"")).map(|settled| settled.config).unwrap_err();
    let told = mistakes[0].render(Language::Ja);
    assert_eq!(
        told,
        "/etc/renkei/renkei.toml:1:12: language: ja, en のどれかが必要ですが、`jp` です（もしかして: ja）"
    );
}

#[test]
fn a_file_that_is_not_toml_is_told_line_by_line_without_followers() {
    let found = mistakes("language = \n[log]\nlevel = \"loud\"\nformat = \"json\n");
    assert_eq!(found.len(), 3, "{found:#?}");
    assert!(found[0].starts_with("1:") && found[0].contains("not TOML"), "{found:#?}");
    assert!(found[1].starts_with("3:9: log.level"), "{found:#?}");
    assert!(found[2].starts_with("4:") && found[2].contains("not TOML"), "{found:#?}");
}

#[test]
fn a_field_given_twice_is_a_mistake() {
    let found = mistakes("data_dir = \"a\"\ndata_dir = \"b\"");
    assert!(found.len() == 1 && found[0].starts_with("2:1: not TOML: duplicate key"), "{found:#?}");
}

#[test]
fn plain_http_beyond_this_machine_must_be_asked_for() {
    let open = "listen.addresses = [\"127.0.0.1:80\", \"0.0.0.0:80\"]\n";
    let found = mistakes(open);
    assert!(
        found.len() == 1 && found[0].starts_with("1:37: listen.addresses: 0.0.0.0:80 can be reached"),
        "{found:#?}"
    );
    config(&format!("{open}listen.insecure_plain_http = true"));
    config(&format!("{open}tls = {{ certificate = \"a\", key = \"b\" }}"));

    let found = mistakes(
        "public_url = \"http://renkei.example.jp\"\nallowed_origins = [\"http://x.jp\", \"https://y.jp/\", \"*\"]",
    );
    assert_eq!(found.len(), 3, "{found:#?}");
    assert!(found[0].contains("not protected by TLS") && found[1].contains("not protected by TLS"), "{found:#?}");
    assert!(found[2].contains("expected an origin without path"), "{found:#?}");
}

#[test]
fn fields_that_belong_together_are_looked_at_together() {
    assert_eq!(mistakes("tls.key = \"a\""), ["1:11: tls.key: tls.certificate is needed too"]);
    let found = mistakes("tls = { certificate = \"a\", key = \"b\" }\npublic_url = \"http://localhost:8443\"");
    assert_eq!(found, ["2:14: public_url: must start with https://, since [tls] is set"]);
    let found = mistakes("session.lifetime_s = 600");
    assert_eq!(found, ["1:22: session.lifetime_s: idle_timeout_s (1800) must not be longer than lifetime_s (600)"]);
    let found = mistakes("listen.addresses = []");
    assert_eq!(found, ["1:20: listen.addresses: at least one is needed"]);
}

#[test]
fn a_database_is_judged_without_showing_its_password() {
    let found = mistakes("database = \"mysql://hub:secret@db/renkei\"");
    assert!(found[0].contains("expected sqlite://FILE") && !found[0].contains("secret"), "{found:#?}");
    let found = mistakes("database = \"postgres://hub:secret@db/renkei\"");
    assert!(found[0].contains("sslmode=verify-full") && !found[0].contains("secret"), "{found:#?}");
}

#[test]
fn a_wrong_variable_or_flag_is_named_and_an_unknown_variable_only_noted() {
    let mut sources = Sources {
        file: None,
        environment: vec![("RENKEI_LOG_LEVEL".into(), "5".into()), ("RENKEI_PORT".into(), "tcp://10.0.0.1:80".into())],
        flags: vec![("listen.addresses", "--listen".into(), "localhost".into())],
    };
    let mistakes = Config::read(&sources).map(|settled| settled.config).unwrap_err();
    let places: Vec<String> = mistakes.iter().map(|mistake| mistake.place.to_string()).collect();
    assert_eq!(places, ["RENKEI_LOG_LEVEL", "--listen"]);

    sources.environment[0] = ("RENKEI_LOG_LEVLE".into(), "info".into());
    sources.flags.clear();
    let notes = Config::read(&sources).unwrap().notes;
    assert_eq!(notes[0].suggestion.as_deref(), Some("RENKEI_LOG_LEVEL"));
    assert_eq!((notes.len(), notes[1].suggestion.as_deref()), (2, None));
}

#[test]
fn what_is_shown_reads_back_as_the_same_configuration() {
    let text = "rulebook_dir = \"a \\\"b\\\"\"\nlisten.addresses = [\"0.0.0.0:443\"]\n\
                tls = { certificate = \"a\", key = \"b\" }\nlanguage = \"en\"";
    for text in [text, ""] {
        let shown = Config::read(&sources(text)).unwrap().to_string();
        assert_eq!(config(&shown), config(text), "{shown}");
    }
    let shown = Config::read(&sources(text)).unwrap().to_string();
    assert!(shown.contains("language = \"en\" # /etc/renkei/renkei.toml:4:12"), "{shown}");
}

#[test]
fn every_field_has_a_sample_that_is_accepted_and_a_variable_of_its_own() {
    let all: BTreeSet<String> = FIELDS.iter().map(|field| format!("{} = {}", field.path, field.sample)).collect();
    assert_eq!(all.len(), FIELDS.len());
    // The region's key is in a file or comes from a command, and the like.
    for left_out in ["region_key_file", "region_key_command"] {
        let sample: Vec<&str> = all.iter().map(String::as_str).filter(|line| !line.starts_with(left_out)).collect();
        let settled = Config::read(&sources(&sample.join("\n"))).unwrap();
        assert_eq!(settled.origins.len(), FIELDS.len() - 1, "every field is read");
        assert_eq!(settle::shown(&settled.config).len(), FIELDS.len() - 1, "every field is shown");
    }
}

#[test]
fn files_that_are_not_there_are_named_with_the_command_that_makes_them() {
    let folder = tempfile::tempdir().unwrap();
    let text =
        format!("data_dir = {:?}\ntls = {{ certificate = \"nowhere.pem\", key = \"nowhere.key\" }}", folder.path());
    let settled = Config::read(&sources(&text)).unwrap();
    let missing: Vec<String> = settled.missing_files().iter().map(|mistake| mistake.render(Language::En)).collect();
    assert_eq!(missing.len(), 3, "{missing:#?}");
    assert!(missing[0].contains("region_key_file") && missing[0].contains("renkei init"), "{missing:#?}");
    assert!(missing[2].contains("tls.key") && missing[2].contains("renkei cert"), "{missing:#?}");
    std::fs::write(folder.path().join("region.key"), "").unwrap();
    assert_eq!(settled.missing_files().len(), 2);
}

#[test]
fn opening_hours_are_read_shown_and_complained_of_one_by_one() {
    let text = r#"
        [calendar]
        opening_hours = ["clinic mon-fri+hol 09:00-12:00 14:00-17:00", "pharmacy sat 09:00-24:00"]
        closed_days = ["2026-12-31"]
        daytime = "07:30-19:00"
    "#;
    let calendar = config(text).calendar;
    let said: Vec<String> = calendar.opening_hours.iter().map(ToString::to_string).collect();
    assert_eq!(said, ["clinic mon+tue+wed+thu+fri+hol 09:00-12:00 14:00-17:00", "pharmacy sat 09:00-24:00"]);
    assert_eq!(calendar.closed_days, [jiff::civil::date(2026, 12, 31)]);
    assert_eq!(calendar.daytime.map(|span| span.to_string()).as_deref(), Some("07:30-19:00"));
    for wrong in [
        "surgery mon 9:00-12:00",
        "clinic mon",
        "clinic fri-mon 09:00-12:00",
        "clinic mon 12:00-09:00",
        "clinic mon 9-12",
    ] {
        assert_eq!(OpeningHours::parse(wrong), None, "{wrong}");
    }
    let overlapping = "clinic mon 09:00-12:00 11:00-13:00";
    assert_eq!(OpeningHours::parse(overlapping), None);
}

#[test]
fn each_listener_asks_for_devices_as_it_is_told_and_only_where_there_is_tls() {
    use crate::domain::device::DeviceDemand::{Off, Optional, Required};
    let (lan, family) = ("192.0.2.1:8443".parse().unwrap(), "192.0.2.1:9443".parse().unwrap());
    let listen = "[listen]\naddresses = [\"192.0.2.1:8443\", \"192.0.2.1:9443\"]\n";
    let tls = "[tls]\ncertificate = \"a.pem\"\nkey = \"a.key\"\n";
    let plain = config("[listen]\naddresses = [\"127.0.0.1:80\"]\n").devices;
    assert_eq!(plain.demand, Optional);
    let only_here = config(&format!("{listen}{tls}client_certificates = \"off\"\n")).devices;
    assert!(!only_here.asks(&[lan, family]));
    let apart =
        format!("{listen}{tls}client_certificates = \"required\"\nclient_certificates_at = [\"{family} optional\"]\n");
    let apart = config(&apart).devices;
    assert_eq!((apart.at(lan), apart.at(family)), (Required, Optional));
    assert_ne!(apart.at(lan), Off);
    let told = mistakes("[tls]\nclient_certificates = \"required\"\n");
    assert!(told.iter().any(|told| told.contains("without [tls] no certificate")), "{told:?}");
    let told = mistakes("[tls]\nclient_certificates_at = [\"127.0.0.1:8443 required\"]\n");
    assert!(told.iter().any(|told| told.contains("without [tls] no certificate")), "{told:?}");
    let told = mistakes(&format!("{listen}{tls}client_certificates_at = [\"192.0.2.9:1 off\", \"soon\"]\n"));
    assert!(told.iter().any(|told| told.contains("not one of listen.addresses")), "{told:?}");
    assert!(told.iter().any(|told| told.contains("such as \"127.0.0.1:8443 off\"")), "{told:?}");
}

#[test]
fn audit_records_leave_this_machine_over_tls_only_and_with_an_authority() {
    let shipped = |place: &str| format!("[audit]\nship = \"{place}\"\n");
    let found = mistakes(&shipped("syslog+tcp://10.0.0.1:601"));
    assert!(found.len() == 1 && found[0].contains("audit.ship: syslog+tls:// to another machine"), "{found:#?}");
    let found = mistakes(&shipped("syslog+tls://log.example.jp:6514"));
    assert!(found.len() == 1 && found[0].contains("audit.ship_authority is needed"), "{found:#?}");
    let found = mistakes(&shipped("mailto:audit@example.jp"));
    assert!(found.len() == 1 && found[0].contains("syslog+tls://HOST:6514"), "{found:#?}");
    let whole =
        config(&(shipped("syslog+tls://log.example.jp:6514") + "ship_authority = \"ca.pem\"\ncheckpoint_s = 60"));
    assert_eq!(whole.audit.ship.unwrap().to_string(), "syslog+tls://log.example.jp:6514");
    assert_eq!(whole.audit.ship_authority, Some("/etc/renkei/ca.pem".into()));
    assert_eq!(whole.audit.checkpoint_every, Duration::from_secs(60));
    assert_eq!(whole.audit.checkpoint_key_file, PathBuf::from("/etc/renkei/data/checkpoint.key"));
}

#[test]
fn another_service_is_trusted_over_tls_only_and_never_half_configured() {
    let with = |issuer: &str, rest: &str| format!("[accounts.oidc]\nissuer = \"{issuer}\"\n{rest}");
    let rest = "name = \"みなと病院\"\nclient_id = \"renkei\"\nclient_secret_file = \"oidc.secret\"\n";
    let whole = with("https://login.example.jp/care", &format!("{rest}amr_values = [\"mfa\", \"pwd+otp\"]\n"));
    let oidc = config(&whole).oidc.unwrap();
    assert_eq!((oidc.issuer.as_str(), oidc.scopes), ("https://login.example.jp/care", vec!["openid".to_owned()]));
    assert_eq!(oidc.amr_values, [vec!["mfa".to_owned()], vec!["pwd".to_owned(), "otp".to_owned()]]);
    assert_eq!(oidc.secret_file, Some("/etc/renkei/oidc.secret".into()));
    assert!(config(&with("http://127.0.0.1:9000", rest)).oidc.is_some(), "on this machine");
    for wrong in ["http://login.example.jp", "https://login.example.jp?x", "https://a@login.example.jp", "login"] {
        let found = mistakes(&with(wrong, rest));
        assert!(found.len() == 1 && found[0].contains("accounts.oidc.issuer: expected the URL"), "{found:#?}");
    }
    let found = mistakes(&with("https://login.example.jp", "name = \"みなと病院\"\n"));
    assert!(found.iter().any(|told| told.contains("client_id is needed too")), "{found:#?}");
    assert!(found.iter().any(|told| told.contains("client_secret_file or client_key_file")), "{found:#?}");
    assert_eq!(config("").oidc, None);
}
