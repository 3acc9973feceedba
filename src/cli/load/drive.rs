//! A whole measurement: opens the connections, starts the runs on all workers at once, and reads
//! the server's processes at the edges of the counted time.

use std::{
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use uuid::Uuid;

use super::super::Complaint;
use super::{
    figures::{Figures, RunFigures, ServerFigures},
    process::{self, Usage},
    protocol::Protocol,
    scenario::{MEMBERS_PER_PATIENT_MAX, Mode, Plan, Scenario},
    tally::Tally,
    transport::Transport,
    worker::{Reins, Worker},
};
use crate::domain::text::Text;

/// The server's memory is read when its connections have been idle this long.
const IDLE_SETTLE: Duration = Duration::from_secs(1);
/// From ordering a run to its start, so that all workers have heard of it.
const START_DELAY: Duration = Duration::from_millis(50);

#[derive(Debug, Clone)]
pub struct Measurement {
    pub scenario: Scenario,
    pub mode: Mode,
    pub warm_up: Duration,
    pub counted: Duration,
    pub stragglers: Duration,
    pub repeat: u32,
    pub workers: u32,
    /// Processes of the server; none if it runs elsewhere.
    pub server_pids: Vec<u32>,
    /// Keeps this invocation's posts apart from all others.
    pub id_seed: Uuid,
}

/// The figures of each run, and what went wrong besides.
pub struct Outcome {
    pub runs: Vec<RunFigures>,
    pub trouble: Option<String>,
}

/// Blocks until all is measured; `progress` hears what is going on.
pub fn measure<P: Protocol, T: Transport>(
    measurement: &Measurement,
    protocol: &P,
    transport: &T,
    mut progress: impl FnMut(Stage),
) -> anyhow::Result<Outcome> {
    let Measurement { scenario, server_pids, repeat, .. } = measurement;
    let is_some = scenario.patients > 0 && scenario.members > 0 && scenario.senders > 0;
    if !is_some || scenario.members > MEMBERS_PER_PATIENT_MAX {
        return Err(Complaint::new(Text::new(
            format!(
                "患者・メンバー・送信者はそれぞれ 1 以上、メンバーは患者 1 人に {MEMBERS_PER_PATIENT_MAX} までにしてください"
            ),
            format!(
                "a run needs at least one patient, one member and one sender, and at most {MEMBERS_PER_PATIENT_MAX} members for each patient"
            ),
        ))
        .into());
    }
    process::ensure_files_suffice(scenario.connections())?;
    let before = process::usage(server_pids)?;
    progress(Stage::Opening { connections: scenario.connections() });
    let reins = start_workers(measurement, protocol, transport)?;
    if !server_pids.is_empty() {
        thread::sleep(IDLE_SETTLE);
    }
    let idle = process::usage(server_pids)?;

    let (mut runs, mut trouble) = (Vec::new(), None);
    for run in 1..=*repeat {
        progress(Stage::Running { run, of: *repeat });
        let (tally, cpu, driver_cpu) = run_once(measurement, &reins)?;
        trouble = trouble.or_else(|| tally.trouble.clone());
        let server =
            (!server_pids.is_empty()).then(|| server_figures(before, idle, cpu, &tally, scenario.connections()));
        runs.push(RunFigures {
            figures: Figures::of(&tally, measurement.counted, server),
            unanswered: tally.unanswered,
            refused: tally.refused,
            broken: tally.broken,
            driver_cores: driver_cpu.as_secs_f64() / measurement.counted.as_secs_f64(),
        });
    }
    Ok(Outcome { runs, trouble })
}

#[derive(Debug, Clone, Copy)]
pub enum Stage {
    Opening { connections: u32 },
    Running { run: u32, of: u32 },
}

fn start_workers<P: Protocol, T: Transport>(
    measurement: &Measurement,
    protocol: &P,
    transport: &T,
) -> anyhow::Result<Vec<Reins>> {
    let scenario = measurement.scenario;
    let workers = measurement.workers.clamp(1, scenario.groups());
    let reins = (0..workers)
        .map(|index| {
            let (protocol, transport) = (protocol.clone(), transport.clone());
            let id_seed = measurement.id_seed;
            Worker { index, workers, scenario, protocol, transport, id_seed }.start()
        })
        .collect::<anyhow::Result<Vec<_>>>()?;
    for rein in &reins {
        rein.collect()?;
    }
    Ok(reins)
}

/// The counts of one run, and the processor time of the server and the driver while it counted.
fn run_once(measurement: &Measurement, reins: &[Reins]) -> anyhow::Result<(Tally, Duration, Duration)> {
    let starts_at = Instant::now() + START_DELAY;
    let counted_from = starts_at + measurement.warm_up;
    let counted_until = counted_from + measurement.counted;
    let Measurement { mode, stragglers, .. } = *measurement;
    for rein in reins {
        rein.order(Plan { mode, starts_at, counted_from, counted_until, stragglers });
    }
    let driver = [std::process::id()];
    let usage_at = |moment: Instant| -> anyhow::Result<(Usage, Usage)> {
        thread::sleep(moment.saturating_duration_since(Instant::now()));
        Ok((process::usage(&measurement.server_pids)?, process::usage(&driver)?))
    };
    let (server_from, driver_from) = usage_at(counted_from)?;
    let (server_until, driver_until) = usage_at(counted_until)?;
    let mut sum = Tally::default();
    for rein in reins {
        sum.add(rein.collect()?);
    }
    let trouble = || sum.trouble.clone().unwrap_or_else(|| "the server did not answer".to_owned());
    ensure!(sum.acknowledged > 0, "no post was acknowledged: {}", trouble());
    let spent =
        |from: Usage, until: Usage| until.cpu.checked_sub(from.cpu).context("a process was replaced during the run");
    Ok((sum, spent(server_from, server_until)?, spent(driver_from, driver_until)?))
}

fn server_figures(before: Usage, idle: Usage, cpu: Duration, tally: &Tally, connections: u32) -> ServerFigures {
    let grown_kib = idle.rss_kib as f64 - before.rss_kib as f64;
    ServerFigures {
        cpu_us_per_post: Some(cpu.as_secs_f64() * 1e6 / tally.acknowledged as f64),
        rss_mib: Some(idle.rss_kib as f64 / 1024.0),
        idle_kib_per_connection: Some(grown_kib / f64::from(connections)),
    }
}
