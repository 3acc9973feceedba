//! `renkei load`: drives a server with the care-team scenario over TLS WebSockets, measures it,
//! and checks that nothing was lost, doubled or reordered.
//!
//! `drive` knows the run, `worker` one thread of it, `ledger` the books; a server differs from
//! another only in its `Protocol`.

pub mod drive;
pub mod figures;
mod ids;
mod ledger;
mod process;
pub mod protocol;
pub mod region;
pub mod scenario;
mod sender;
mod tally;
#[cfg(test)]
mod tests;
pub mod transport;
mod worker;

use std::{path::PathBuf, process::ExitCode, sync::Arc, time::Duration};

use anyhow::ensure;
use clap::{Args, ValueEnum};
use uuid::Uuid;

use crate::config::Language;
use drive::{Measurement, Outcome, Stage};
use figures::RunFigures;
use protocol::bare::Bare;
use protocol::renkei::Renkei;
use region::OwnServer;
use scenario::{Mode, Scenario};
use transport::Tls;

/// 負荷をかけて測る / Load a server and measure it
#[derive(Debug, Args)]
pub struct Arguments {
    /// サーバ（bareのみ） / Server, e.g. wss://localhost:8443; without it a hub of its own is started
    #[arg(long, requires = "ca")]
    url: Option<String>,
    /// 信頼する証明書 / PEM file of the certificates to trust
    #[arg(long)]
    ca: Option<PathBuf>,
    /// 相手の言葉 / What the server speaks
    #[arg(long, value_enum, default_value = "renkei")]
    protocol: Speech,
    /// 自分で起動するハブのデータベース / Database of the hub it starts; SQLite in a temporary folder if not given
    #[arg(long)]
    database: Option<String>,
    /// フレームの符号化(renkeiのみ) / Encoding of the frames; the bare relay has only its own
    #[arg(long, value_enum)]
    encoding: Option<Encoding>,
    /// 患者数 / Patients
    #[arg(long, default_value_t = 200)]
    patients: u32,
    /// 患者ごとの受信者数 / Listening members of each patient
    #[arg(long, default_value_t = 10)]
    members: u32,
    /// 送信者数 / Senders besides the members
    #[arg(long, default_value_t = 50)]
    senders: u32,
    /// 本文のバイト数 / Bytes of each body
    #[arg(long, default_value_t = 256)]
    body_bytes: usize,
    /// w8 = 送信者ごとに8件まで未確認 / 8 in flight per sender; p100 = 全体で毎秒100件 / 100 a second in all
    #[arg(long, default_value = "w1")]
    mode: Mode,
    /// 測定する秒数 / Seconds that count
    #[arg(long, default_value = "10", value_parser = seconds)]
    duration: Duration,
    /// 慣らしの秒数 / Seconds before they count
    #[arg(long, default_value = "2", value_parser = seconds)]
    warm_up: Duration,
    /// 遅れた配信を待つ秒数 / Seconds to wait for stragglers before they are lost
    #[arg(long, default_value = "10", value_parser = seconds)]
    stragglers: Duration,
    /// 繰り返し(中央値を表示) / Runs; medians are printed
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    repeat: u32,
    /// 測定側のスレッド数 / Threads of the driver
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=256))]
    workers: u32,
    /// サーバのプロセス番号(複数可) / Process of the server; may be given several times
    #[arg(long = "server-pid")]
    server_pids: Vec<u32>,
    /// 結果をJSONで / Print the figures as JSON
    #[arg(long)]
    json: bool,
}

/// The servers this driver can talk to.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Speech {
    /// A hub of its own, started on a region made for the run
    Renkei,
    /// The yardstick in `benches/relay`
    Bare,
}

/// The two subprotocols of `proto/renkei/v1`.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Encoding {
    Json,
    Proto,
}

impl From<Encoding> for crate::wire::Encoding {
    fn from(encoding: Encoding) -> Self {
        match encoding {
            Encoding::Json => Self::Json,
            Encoding::Proto => Self::Proto,
        }
    }
}

/// Runs the measurement and prints it. Fails if anything was lost, doubled, reordered, refused or
/// left unanswered. `id_seed` is a version 7 UUID made now.
pub fn run(arguments: &Arguments, language: Language, id_seed: Uuid) -> anyhow::Result<ExitCode> {
    let mut measurement = arguments.measurement(id_seed);
    let tell = |stage| eprintln!("{}", describe(stage, language));
    let Outcome { runs, trouble } = match arguments.protocol {
        Speech::Bare => {
            ensure!(arguments.encoding.is_none(), "--encoding: the bare relay has one encoding only");
            let (Some(url), Some(ca)) = (&arguments.url, &arguments.ca) else {
                anyhow::bail!("--url and --ca: say where the bare relay listens");
            };
            drive::measure(&measurement, &Bare, &Tls::new(url, ca)?, tell)?
        }
        Speech::Renkei => {
            ensure!(arguments.url.is_none(), "--url: the hub under load is started here, on a region made for it");
            let server = OwnServer::start(&measurement.scenario, arguments.database.as_deref())?;
            measurement.server_pids.push(server.pid());
            let encoding = arguments.encoding.unwrap_or(Encoding::Proto).into();
            let (scenario, cast) = (measurement.scenario, Arc::clone(&server.cast));
            let transport = Tls::new(&server.url, &server.ca)?;
            drive::measure(&measurement, &Renkei { encoding, scenario, cast }, &transport, tell)?
        }
    };
    let medians = RunFigures::medians(&runs);
    if arguments.json {
        println!("{}", serde_json::to_string(&medians.figures)?);
    } else {
        print!("{}", figures::table(&medians, language));
    }
    if let Some(trouble) = &trouble {
        eprintln!("{trouble}");
    }
    let is_clean = medians.is_clean() && trouble.is_none();
    Ok(if is_clean { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

impl Arguments {
    fn measurement(&self, id_seed: Uuid) -> Measurement {
        let Self { patients, members, senders, body_bytes, .. } = *self;
        Measurement {
            scenario: Scenario { patients, members, senders, body_bytes },
            mode: self.mode,
            warm_up: self.warm_up,
            counted: self.duration,
            stragglers: self.stragglers,
            repeat: self.repeat,
            workers: self.workers,
            server_pids: self.server_pids.clone(),
            id_seed,
        }
    }
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse::<f64>().map_err(|cause| cause.to_string())?;
    Duration::try_from_secs_f64(seconds).map_err(|cause| cause.to_string())
}

fn describe(stage: Stage, language: Language) -> String {
    match (stage, language) {
        (Stage::Opening { connections }, Language::Ja) => format!("{connections} 接続を開いています"),
        (Stage::Opening { connections }, Language::En) => format!("opening {connections} connections"),
        (Stage::Running { run, of }, Language::Ja) => format!("測定 {run}/{of}"),
        (Stage::Running { run, of }, Language::En) => format!("measuring {run}/{of}"),
    }
}
