//! `renkei cert`: a certificate authority and a server certificate for development and trials; `renkei cert device`:
//! certificates of registered devices, in earnest.
//! `demo` calls [`ensure_development_certificates`]. A region in earnest brings its own certificate;
//! the listener does not care where its files come from.

mod authority;
mod device;
mod files;
mod issue;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::Terminal;
use crate::domain::text::Text;
use crate::domain::time::Timestamp;
use crate::http::certificate::CertificateFiles;

use files::Folder;
use issue::{Authority, ServerCertificate};

/// Names that a development server certificate always has.
const LOCAL_NAMES: [&str; 3] = ["localhost", "127.0.0.1", "::1"];

#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct Arguments {
    /// 証明書を置くフォルダー / Folder of the four files
    #[arg(long, value_name = "DIR", default_value = "certs")]
    dir: PathBuf,
    /// サーバーの別の名前やアドレス（複数可） / A further name or address of the server; may be repeated
    #[arg(long = "name", value_name = "NAME")]
    names: Vec<String>,
    /// 認証局も含めて作り直す / Make everything anew, a new authority too
    #[arg(long)]
    force: bool,
    #[command(subcommand)]
    command: Option<CertCommand>,
}

#[derive(Debug, clap::Subcommand)]
enum CertCommand {
    /// 登録端末の証明書を出す・一覧・取り消し / Issue, list and revoke certificates of registered devices
    Device(Box<device::Arguments>),
    /// 登録端末の認証局を替える / Replace the authority for registered devices
    Authority(Box<authority::Arguments>),
}

/// Where the certificates are, and until when they serve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DevelopmentCertificates {
    /// What clients must trust.
    pub authority: PathBuf,
    /// What the listener shows.
    pub server: CertificateFiles,
    pub valid_until: Timestamp,
    pub made: Made,
}

/// What had to be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Made {
    Nothing,
    ServerOnly,
    Both,
}

#[derive(Debug, thiserror::Error)]
pub enum CertError {
    #[error("cannot {doing} {}: {source}", path.display())]
    Io { doing: &'static str, path: PathBuf, source: std::io::Error },
    #[error("{} is there but {} is not; `renkei cert --force` makes both anew", present.display(), missing.display())]
    HalfPresent { present: PathBuf, missing: PathBuf },
    #[error("{} was not made by `renkei cert`; it is left as it is (`--force` overwrites it)", path.display())]
    Foreign { path: PathBuf },
    #[error("the development authority in {} ends soon; `renkei cert --force` makes a new one, which clients must then trust", path.display())]
    AuthorityEnds { path: PathBuf },
    #[error("`{name}` is neither a host name nor an IP address")]
    BadName { name: String },
    #[error("cannot make a certificate: {0}")]
    Issue(#[from] rcgen::Error),
}

impl CertError {
    /// For people.
    #[must_use]
    pub fn text(&self) -> Text {
        let ja = match self {
            // The cause is told behind it, in its own words.
            Self::Io { path, .. } => format!("{} を読み書きできません", path.display()),
            Self::HalfPresent { present, missing } => format!(
                "{} はあるのに {} がありません。`renkei cert --force` で両方作り直せます",
                present.display(),
                missing.display()
            ),
            Self::Foreign { path } => format!(
                "{} は `renkei cert` が作ったものではないので、そのままにします（`--force` で上書き）",
                path.display()
            ),
            Self::AuthorityEnds { path } => format!(
                "開発用の認証局 {} の期限が近づいています。`renkei cert --force` で作り直し、端末に入れ直してください",
                path.display()
            ),
            Self::BadName { name } => format!("`{name}` はホスト名でも IP アドレスでもありません"),
            Self::Issue(error) => format!("証明書を作れません: {error}"),
        };
        Text::new(ja, self.to_string())
    }
}

/// Makes what is missing in `folder`, and a new server certificate when the present one ends soon
/// or lacks one of `names`. What others put there is never overwritten.
///
/// # Errors
/// When files cannot be written, or stand there and are not ours.
pub fn ensure_development_certificates(
    folder: &Path,
    names: &[String],
    now: Timestamp,
) -> Result<DevelopmentCertificates, CertError> {
    let folder = Folder::open(folder)?;
    let names = all_names(names)?;
    let (authority, authority_is_new) = match folder.authority()? {
        Some((certificate, key)) => (Authority::load(&certificate, &key, folder.authority_path())?, false),
        None => (Authority::make(now)?, true),
    };
    if authority.ends_soon(now) {
        return Err(CertError::AuthorityEnds { path: folder.authority_path() });
    }
    if let Some((present, _)) = folder.server()? {
        let present = ServerCertificate::load(&present, folder.server_path())?;
        if authority_is_new || !present.is_from(&authority) {
            return Err(CertError::Foreign { path: folder.server_path() });
        }
        if present.serves(&names, now) {
            return Ok(folder.result(present.valid_until, Made::Nothing));
        }
    }
    if authority_is_new {
        folder.write_authority(&authority)?;
    }
    let server = ServerCertificate::make(&authority, &names, now)?;
    folder.write_server(&server)?;
    Ok(folder.result(server.valid_until, if authority_is_new { Made::Both } else { Made::ServerOnly }))
}

/// Makes everything anew, whatever stands in `folder`.
///
/// # Errors
/// When files cannot be written.
pub fn replace_development_certificates(
    folder: &Path,
    names: &[String],
    now: Timestamp,
) -> Result<DevelopmentCertificates, CertError> {
    let folder = Folder::open(folder)?;
    let names = all_names(names)?;
    let authority = Authority::make(now)?;
    let server = ServerCertificate::make(&authority, &names, now)?;
    folder.write_authority(&authority)?;
    folder.write_server(&server)?;
    Ok(folder.result(server.valid_until, Made::Both))
}

fn all_names(further: &[String]) -> Result<Vec<String>, CertError> {
    let mut names: Vec<String> = LOCAL_NAMES.map(str::to_owned).to_vec();
    for name in further {
        if !is_host_name(name) && name.parse::<std::net::IpAddr>().is_err() {
            return Err(CertError::BadName { name: name.clone() });
        }
        let name = name.to_ascii_lowercase();
        if !names.contains(&name) {
            names.push(name);
        }
    }
    Ok(names)
}

/// Letters, digits and hyphens between dots (RFC 1123); a leading `*.` is a wildcard.
fn is_host_name(name: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let labels = name.strip_prefix("*.").unwrap_or(name);
    let is_address_like = labels.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    name.len() <= 253 && !is_address_like && labels.split('.').all(is_label)
}

pub(super) fn run(arguments: &Arguments, terminal: Terminal, now: Timestamp) -> anyhow::Result<ExitCode> {
    match &arguments.command {
        Some(CertCommand::Device(arguments)) => return device::run(arguments, terminal),
        Some(CertCommand::Authority(arguments)) => return authority::run(arguments, terminal),
        None => {}
    }
    let make = if arguments.force { replace_development_certificates } else { ensure_development_certificates };
    let made = make(&arguments.dir, &arguments.names, now)?;
    println!("{}", terminal.language.pick(&report(&made)));
    Ok(ExitCode::SUCCESS)
}

fn report(made: &DevelopmentCertificates) -> Text {
    let (authority, server) = (made.authority.display(), made.server.chain.display());
    let (key, until) = (made.server.key.display(), made.valid_until);
    let (done_ja, done_en) = match made.made {
        Made::Nothing => ("すでにあります", "Nothing to do: it is all there"),
        Made::ServerOnly => ("サーバー証明書を作り直しました", "Made a new server certificate"),
        Made::Both => ("認証局とサーバー証明書を作りました", "Made an authority and a server certificate"),
    };
    Text::new(
        format!(
            "{done_ja}（{until} まで有効）\n  認証局（端末に信頼させる）: {authority}\n  サーバー証明書: {server}\n  秘密鍵: {key}"
        ),
        format!(
            "{done_en} (valid until {until})\n  authority, for clients to trust: {authority}\n  server certificate: {server}\n  private key: {key}"
        ),
    )
}
