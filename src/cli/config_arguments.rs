//! The flags that set configuration fields, shared by the commands that need a configuration.

use std::env;
use std::path::{Path, PathBuf};

use clap::Args;

use super::Terminal;
use super::complaint::Complaint;
use crate::config::{Config, ConfigFile, Mistake, Settled, Sources};
use crate::domain::text::Text;
use crate::limits::CONFIG_FILE_BYTES_MAX;

const DEFAULT_FILE: &str = "renkei.toml";

#[derive(Clone, Debug, Default, Args)]
pub struct ConfigArguments {
    /// 設定ファイル（なければ renkei.toml があれば読む） / Configuration file; renkei.toml if present
    #[arg(long, value_name = "FILE", env = "RENKEI_CONFIG")]
    config: Option<PathBuf>,
    /// 待ち受けるアドレス（複数可） / Address to listen on; may be repeated
    #[arg(long, value_name = "ADDR:PORT")]
    listen: Vec<String>,
    /// データベース / Database: sqlite://FILE or postgres://…
    #[arg(long, value_name = "URL")]
    database: Option<String>,
    /// データを置くフォルダー / Folder for data
    #[arg(long, value_name = "DIR")]
    data: Option<String>,
    /// 地域の鍵のファイル / The region's key file
    #[arg(long, value_name = "FILE")]
    region_key: Option<String>,
    /// ルールブックのフォルダー / Folder of the rulebook
    #[arg(long, value_name = "DIR")]
    rulebook: Option<String>,
    /// 利用者がハブを開く URL / Where people open the hub
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    /// WebSocket を開いてよいオリジン（複数可） / Origin that may open a WebSocket; may be repeated
    #[arg(long, value_name = "ORIGIN")]
    allowed_origin: Vec<String>,
    /// サーバー証明書 / Server certificate (PEM)
    #[arg(long, value_name = "FILE")]
    tls_certificate: Option<String>,
    /// 証明書の秘密鍵 / Private key of the certificate (PEM)
    #[arg(long, value_name = "FILE")]
    tls_key: Option<String>,
    /// TLS なしで外にも待ち受ける / Listen without TLS beyond this machine
    #[arg(long)]
    insecure_plain_http: bool,
    /// 記録の細かさ / Detail of the log: error, warn, info, debug, trace
    #[arg(long, value_name = "LEVEL")]
    log_level: Option<String>,
    /// 記録の形式 / Form of the log: text, json
    #[arg(long, value_name = "FORMAT")]
    log_format: Option<String>,
}

impl ConfigArguments {
    /// No flag but the file's.
    #[must_use]
    pub fn of_file(path: &Path) -> Self {
        Self { config: Some(path.to_owned()), ..Self::default() }
    }

    /// The same with another database.
    #[must_use]
    pub fn with_database(self, url: &str) -> Self {
        Self { database: Some(url.to_owned()), ..self }
    }

    /// Everything this process' configuration is read from.
    ///
    /// # Errors
    /// When the file that was asked for cannot be read.
    pub fn sources(&self) -> anyhow::Result<Sources> {
        let file = match &self.config {
            Some(path) => Some(read(path)?),
            None if Path::new(DEFAULT_FILE).exists() => Some(read(Path::new(DEFAULT_FILE))?),
            None => None,
        };
        // A variable that is not UTF-8 cannot be the name of a field; its value is judged as text.
        let environment = env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.to_string_lossy().into_owned())));
        Ok(Sources { file, environment: environment.collect(), flags: self.flags() })
    }

    /// The configuration, or every mistake in it on standard error.
    ///
    /// # Errors
    /// When the file that was asked for cannot be read.
    pub fn settle(&self, terminal: Terminal) -> anyhow::Result<Option<Settled>> {
        match Config::read(&self.sources()?) {
            Ok(settled) => Ok(Some(settled)),
            Err(mistakes) => {
                print_mistakes(&mistakes, terminal);
                Ok(None)
            }
        }
    }

    fn flags(&self) -> Vec<(&'static str, String, String)> {
        let listed = |values: &[String]| (!values.is_empty()).then(|| values.join(","));
        let flags = [
            ("listen.addresses", "--listen", listed(&self.listen)),
            ("database", "--database", self.database.clone()),
            ("data_dir", "--data", self.data.clone()),
            ("region_key_file", "--region-key", self.region_key.clone()),
            ("rulebook_dir", "--rulebook", self.rulebook.clone()),
            ("public_url", "--public-url", self.public_url.clone()),
            ("allowed_origins", "--allowed-origin", listed(&self.allowed_origin)),
            ("tls.certificate", "--tls-certificate", self.tls_certificate.clone()),
            ("tls.key", "--tls-key", self.tls_key.clone()),
            (
                "listen.insecure_plain_http",
                "--insecure-plain-http",
                self.insecure_plain_http.then(|| "true".to_owned()),
            ),
            ("log.level", "--log-level", self.log_level.clone()),
            ("log.format", "--log-format", self.log_format.clone()),
        ];
        flags.into_iter().filter_map(|(field, flag, value)| Some((field, flag.to_owned(), value?))).collect()
    }
}

pub(super) fn print_mistakes(mistakes: &[Mistake], terminal: Terminal) {
    for mistake in mistakes {
        eprintln!("{}", mistake.render(terminal.language));
    }
}

fn read(path: &Path) -> anyhow::Result<ConfigFile> {
    use std::io::Read as _;
    let unreadable = || {
        Text::new(
            format!("設定ファイル {} を読めません", path.display()),
            format!("cannot read the configuration file {}", path.display()),
        )
    };
    let mut text = String::new();
    let file = std::fs::File::open(path).map_err(Complaint::because(unreadable()))?;
    file.take(CONFIG_FILE_BYTES_MAX + 1).read_to_string(&mut text).map_err(Complaint::because(unreadable()))?;
    anyhow::ensure!(
        text.len() as u64 <= CONFIG_FILE_BYTES_MAX,
        Complaint::new(Text::new(
            format!("設定ファイル {} が {CONFIG_FILE_BYTES_MAX} バイトを超えています", path.display()),
            format!("the configuration file {} is longer than {CONFIG_FILE_BYTES_MAX} bytes", path.display()),
        ))
    );
    let whole = std::path::absolute(path).map_err(Complaint::because(unreadable()))?;
    let folder = whole.parent().map(Path::to_path_buf).unwrap_or_default();
    Ok(ConfigFile { path: path.to_owned(), folder, text })
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::config::{FIELDS, Place};

    #[derive(Parser)]
    struct Bare {
        #[command(flatten)]
        config: ConfigArguments,
    }

    #[test]
    fn each_flag_sets_the_field_it_is_named_for() {
        let all = [
            "renkei",
            "--listen",
            "127.0.0.1:1",
            "--listen",
            "[::1]:2",
            "--database",
            "sqlite://x.db",
            "--data",
            "d",
            "--region-key",
            "k",
            "--rulebook",
            "r",
            "--public-url",
            "https://a.jp",
            "--allowed-origin",
            "https://a.jp",
            "--allowed-origin",
            "https://b.jp",
            "--tls-certificate",
            "c",
            "--tls-key",
            "t",
            "--insecure-plain-http",
            "--log-level",
            "debug",
            "--log-format",
            "json",
        ];
        let flags = Bare::parse_from(all).config.flags();
        let settled = Config::read(&Sources { flags: flags.clone(), ..Sources::default() }).unwrap();
        assert_eq!(settled.config.listen.addresses.len(), 2);
        assert_eq!(settled.config.allowed_origins.len(), 2);
        assert_eq!(flags.len(), settled.origins.len());
        for (field, place) in &settled.origins {
            assert!(FIELDS.iter().any(|known| known.path == *field), "{field}");
            assert!(matches!(place, Place::Flag { name } if all.contains(&name.as_str())), "{place}");
        }
    }

    #[test]
    fn a_file_that_was_asked_for_must_be_there() {
        let config = Bare::parse_from(["renkei", "--config", "nowhere/renkei.toml"]).config;
        let error = config.sources().unwrap_err();
        assert!(error.to_string().contains("nowhere/renkei.toml"), "{error}");
    }

    #[test]
    fn paths_in_a_file_start_at_its_folder() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("hub.toml");
        std::fs::write(&path, "data_dir = \"records\"").unwrap();
        let mut config = Bare::parse_from(["renkei"]).config;
        config.config = Some(path);
        let mut sources = config.sources().unwrap();
        sources.environment.clear();
        assert_eq!(Config::read(&sources).unwrap().config.data_dir, folder.path().join("records"));
    }
}
