//! `renkei demo`: a hub of its own with an invented region, in which people post what they would post on a day,
//! through real connections. For seeing and trying; nobody in it exists.

mod board;
mod client;
mod day;
mod dice;
mod folder;
mod links;
mod play;
mod readings;
mod region;
mod seed;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use self::client::Door;
use self::folder::DemoFolder;
use self::play::Pace;
use super::history::History;
use super::open::{self, OpenRegion};
use super::serve::{run_hub, runtime, stop_asked, tls_transport};
use super::{Terminal, cert, start_logging};
use crate::actions::checkpoints::{CheckpointPace, Checkpoints};
use crate::actions::sign_in::{SignInError, SignIns};
use crate::clock::{Clock as _, SystemClock};
use crate::config::{AccountSettings, Language, Log, LogFormat, LogLevel, SessionLimits};
use crate::domain::text::Text;
use crate::http::app::App;
use crate::http::listen::{ListenBounds, Listener, Transport};
use crate::hub::Hub;
use crate::limits;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// 待ち受けるアドレス / Address to listen on
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:8443")]
    listen: SocketAddr,
    /// データを残すフォルダー（なければ一時フォルダー） / Folder that keeps the data; a temporary one otherwise
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// 一秒に進む、架空の一日の分数 / Minutes of the invented day per second
    #[arg(long, value_name = "N", default_value_t = 4.0, value_parser = speed)]
    speed: f64,
    /// 出来事を決める数 / Number that decides what happens
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// TLS なし（このマシンの中だけ） / Without TLS, on this machine only
    #[arg(long)]
    plain: bool,
}

fn speed(text: &str) -> Result<f64, String> {
    let speed: f64 = text.parse().map_err(|_| "数字 / a number".to_owned())?;
    if (0.001..=100_000.0).contains(&speed) { Ok(speed) } else { Err("0.001–100000".to_owned()) }
}

/// Runs until SIGTERM or SIGINT.
pub(super) fn run(arguments: &Arguments, terminal: Terminal) -> anyhow::Result<ExitCode> {
    start_logging(Log { level: LogLevel::Warn, format: LogFormat::Text })?;
    runtime()?.block_on(demonstrate(arguments, terminal.language))
}

async fn demonstrate(arguments: &Arguments, language: Language) -> anyhow::Result<ExitCode> {
    let clock = SystemClock::new();
    let folder = DemoFolder::open(arguments.data.as_deref(), clock.now())?;
    let certificates = match arguments.plain {
        true => None,
        false => Some(cert::ensure_development_certificates(&folder.certificates(), &[], clock.now())?),
    };
    let (transport, certificate) = match &certificates {
        Some(certificates) => {
            let (transport, certificate) = tls_transport(certificates.server.clone())?;
            (transport, Some(certificate))
        }
        None => (Transport::PlainOnLoopback, None),
    };
    // Bound before the region is made: a taken port must show at once.
    let listener = Listener::bind(arguments.listen, transport, ListenBounds::default())?;
    let address = listener.address();
    let region = open_region(&folder).await?;
    let files = open::open_files(&region.hub, &folder.files()).await?;
    let app = App::new(region.hub.clone(), files, origins(address, arguments.plain), SessionLimits::default());
    let app = app.showing(certificate);
    let is_on_this_machine = address.ip().to_canonical().is_loopback();
    let app = if is_on_this_machine {
        // People who set an account up here are led to a name, so that they can try passkeys.
        let app = app.keeping_accounts(AccountSettings::default(), None, &named_url(address, arguments.plain));
        app.taking_links(SessionLimits::default())
    } else {
        app
    };
    let checkpoints =
        Checkpoints::new(region.hub.journal().clone(), folder.checkpoint_key()?, CheckpointPace::default());
    // Before anybody hears that the hub is ready: who stops it from then on is heard.
    let stop_asked = stop_asked()?;
    println!("ready {}", url(address, arguments.plain));

    let show = Show {
        hub: region.hub.clone(),
        sign_ins: Arc::clone(&app.sign_ins),
        address,
        authority: certificates.map(|certificates| certificates.authority),
        pace: Pace { minutes_per_s: arguments.speed, seed: arguments.seed },
        language,
    };
    let stop = async move {
        let showing = tokio::spawn(show.go_on());
        stop_asked.await;
        // The clients hold the hub open: they go first.
        showing.abort();
        let _ = showing.await;
    };
    let ended = run_hub(region, app, History::of_checkpoints(checkpoints), vec![listener], stop).await;
    drop(folder);
    ended?;
    Ok(ExitCode::SUCCESS)
}

/// What there is to see once the hub serves: the links, and the day.
struct Show {
    hub: Hub,
    sign_ins: Arc<SignIns>,
    address: SocketAddr,
    /// `None`: without TLS.
    authority: Option<PathBuf>,
    pace: Pace,
    language: Language,
}

impl Show {
    async fn go_on(self) {
        if let Err(error) = self.print_links().await {
            tracing::error!(%error, "no sign-in links");
        }
        let door = match &self.authority {
            Some(authority) => Door::tls(self.address, authority),
            None => Ok(Door::Plain(self.address)),
        };
        match door {
            Ok(door) => play::play(self.hub, self.sign_ins, door, self.pace).await,
            Err(error) => tracing::error!(%error, "the demo's day cannot begin"),
        }
    }

    async fn print_links(&self) -> Result<(), SignInError> {
        let valid_for = Duration::from_secs(limits::SESSION_LIFETIME_DEFAULT_S.unsigned_abs());
        if self.address.ip().to_canonical().is_loopback() {
            let url = url(self.address, self.authority.is_none());
            print!("{}", links::lines(&self.sign_ins, &url, valid_for).await?);
        } else {
            println!("{}", self.language.pick(&no_links()));
        }
        if let Some(authority) = &self.authority {
            println!("{}", self.language.pick(&how_to_trust(&authority.display().to_string())));
        }
        Ok(())
    }
}

async fn open_region(folder: &DemoFolder) -> anyhow::Result<OpenRegion> {
    let journal = open::found_journal(&folder.database_url(), &folder.key()?).await?;
    let region = open::start(journal).await?;
    if !folder.is_seeded {
        seed::seed(&region.hub, folder.anchor).await?;
        board::seed(&region.hub, folder.anchor).await?;
        folder.note_seeded()?;
    }
    seed::check_complete(&region.hub)?;
    // Also in a folder from before there were pledges.
    seed::pledge(&region.hub).await?;
    Ok(region)
}

fn url(address: SocketAddr, plain: bool) -> String {
    let scheme = if plain { "http" } else { "https" };
    format!("{scheme}://{address}/")
}

/// The address under a name, which browsers ask for before they make a passkey.
fn named_url(address: SocketAddr, plain: bool) -> String {
    let scheme = if plain { "http" } else { "https" };
    format!("{scheme}://localhost:{}", address.port())
}

/// Pages of the printed address, and of the same port under the machine's own names.
fn origins(address: SocketAddr, plain: bool) -> Vec<String> {
    let scheme = if plain { "http" } else { "https" };
    let port = address.port();
    let mut origins = vec![format!("{scheme}://{address}")];
    for host in ["localhost", "127.0.0.1", "[::1]"] {
        let origin = format!("{scheme}://{host}:{port}");
        if !origins.contains(&origin) {
            origins.push(origin);
        }
    }
    origins
}

fn no_links() -> Text {
    Text::fixed(
        "ほかのマシンから届くアドレスなので、サインイン用のリンクは表示しません。",
        "No sign-in links: this address can be reached from other machines.",
    )
}

fn how_to_trust(authority: &str) -> Text {
    Text::new(
        format!(
            "ブラウザーの警告は、開発用の認証局 {authority} を信頼すると消えます（設定 → 証明書 → 認証局 → インポート）。\
             警告なしで試すだけなら --plain"
        ),
        format!(
            "To end the browser's warning, trust the development authority {authority} (settings → certificates → \
             authorities → import). Just to try without it: --plain"
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_of_the_printed_address_may_open_a_socket() {
        let address: SocketAddr = "127.0.0.1:8443".parse().unwrap();
        assert_eq!(url(address, false), "https://127.0.0.1:8443/");
        let expected = ["https://127.0.0.1:8443", "https://localhost:8443", "https://[::1]:8443"];
        assert_eq!(origins(address, false), expected);
    }
}
