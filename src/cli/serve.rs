//! `renkei serve`: the hub of a region, from its configuration until somebody stops it.

use std::fs::File;
use std::net::SocketAddr;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use clap::Args;
use rustls::ServerConfig;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::config_arguments::{ConfigArguments, print_mistakes};
use super::history::History;
use super::open::{self, OpenRegion};
use super::{Complaint, EXIT_CONFIG, Terminal, out, record, start_logging};
use crate::actions::accounts::{Provider, ensure_authority, find_authority};
use crate::actions::bells::Bells;
use crate::actions::ended_beside::EndedBeside;
use crate::bus::{Shared, SharedBounds};
use crate::config::Config;
use crate::domain::device::DeviceDemand;
use crate::domain::text::Text;
use crate::domain::time::Timestamp;
use crate::http::app::{App, router};
use crate::http::certificate::{CertificateFiles, ReloadingCertificate};
use crate::http::client_certificates::DeviceVerifier;
use crate::http::listen::{ListenBounds, Listener, Transport};
use crate::http::tls;
use crate::hub::Hub;
use crate::limits;
use crate::wire::codes::CloseCode;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    config: ConfigArguments,
}

/// Runs until SIGTERM or SIGINT.
pub(super) fn run(arguments: &Arguments, terminal: Terminal) -> anyhow::Result<ExitCode> {
    let Some(settled) = arguments.config.settle(terminal)? else {
        return Ok(ExitCode::from(EXIT_CONFIG));
    };
    print_mistakes(&settled.notes, terminal);
    let missing = settled.missing_files();
    if !missing.is_empty() {
        print_mistakes(&missing, terminal);
        return Ok(ExitCode::from(EXIT_CONFIG));
    }
    start_logging(settled.config.log)?;
    runtime()?.block_on(serve(&settled.config))
}

/// The runtime of the hub: a thread per core.
pub(super) fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().context("starting the runtime")
}

async fn serve(config: &Config) -> anyhow::Result<ExitCode> {
    // Held until the process ends, whatever way it does.
    let _lock = lock_data(&config.data_dir)?;
    let region = open::open(config).await?;
    let (transports, certificate) = transports(config, &region.hub).await?;
    let bind = |address: &SocketAddr| {
        let transport = transports.at(config.devices.at(*address));
        Listener::bind(*address, transport, ListenBounds::default())
    };
    let listeners = config.listen.addresses.iter().map(bind).collect::<Result<Vec<_>, _>>()?;
    drop(transports);
    let origins = config.allowed_origins.iter().map(ToString::to_string).collect();
    let files = open::open_files(&region.hub, &config.files_dir).await?;
    let app = App::new(region.hub.clone(), files, origins, config.session).showing(certificate);
    if let Some(settings) = &config.redis {
        region.hub.region().counting().share(Shared::open(settings, SharedBounds::default())?);
    }
    region.hub.region().bound_rates(config.rates);
    let public_url = config.public_url.to_string();
    let outside = config.oidc.clone().map(|settings| Provider::open(settings, &public_url)).transpose()?;
    let app = app.keeping_accounts(config.accounts, outside, &public_url);
    let app = app.serving_page(config.page).taking_records_out(config.exports);
    let app = app.keeping_records(record::keeping(config));
    let app = app.ringing(Bells::open(region.hub.clone(), config.push.clone()).await?);
    let history = History::of(config, &region.hub).await?;
    let app = app.watching(history.witness());
    // Before anybody hears that the hub is ready: who stops it from then on is heard.
    let stop = stop_asked()?;
    if let Err(error) = out::write(format_args!("ready {}\n", ready_url(config, &listeners))) {
        tracing::warn!(%error, "nobody reads that the hub is ready; it serves all the same");
    }
    run_hub(region, app, history, listeners, stop).await?;
    Ok(ExitCode::SUCCESS)
}

/// Where people open the hub; with a port that the system chose, the address it really listens on.
fn ready_url(config: &Config, listeners: &[Listener]) -> String {
    let chosen = config.listen.addresses.iter().zip(listeners).find(|(asked, _)| asked.port() == 0);
    let Some((_, listener)) = chosen else { return config.public_url.to_string() };
    let scheme = if config.tls.is_some() { "https" } else { "http" };
    format!("{scheme}://localhost:{}", listener.address().port())
}

/// Serves until `stop`, then ends in order: no new connections, sockets closed with a code that asks them to come
/// back, everything handed in made durable, the journal closed. The same when a task of the hub falls over.
///
/// # Errors
/// When a task of the hub fell over: whoever supervises this process must start it again.
pub(super) async fn run_hub(
    region: OpenRegion,
    app: App,
    history: History,
    listeners: Vec<Listener>,
    stop: impl Future<Output = ()>,
) -> anyhow::Result<()> {
    let OpenRegion { hub, tasks, journal } = region;
    let (stopping, stopped) = watch::channel(false);
    let sign_ins = Arc::clone(&app.sign_ins);
    let tending = begin_tending(&hub, &app).await;
    let mut beside = history.begin(hub.region().clock());
    let routes = router(app.listening(&listeners));
    let serving: Vec<_> = listeners
        .into_iter()
        .map(|listener| {
            let mut stopped = stopped.clone();
            let until = async move {
                // A closed channel means that the hub is being torn down: the same.
                let _ = stopped.wait_for(|stopped| *stopped).await;
            };
            tokio::spawn(listener.serve(routes.clone(), until))
        })
        .collect();
    drop(routes);
    let fallen = tokio::select! {
        () = stop => None,
        task = tasks.fallen() => Some(task),
    };
    match fallen {
        None => tracing::info!("stopping"),
        Some(task) => tracing::error!(task, "a task of the hub fell over: the process ends, to be started again"),
    }
    stopping.send_replace(true);
    hub.sessions().end_all(CloseCode::GoingAway);
    for task in serving {
        match task.await {
            Ok(drained) if drained.left_open > 0 => tracing::warn!(left_open = drained.left_open, "connections cut"),
            Ok(_) => {}
            Err(error) => tracing::error!(%error, "a listener failed"),
        }
    }
    // They hold the hub; a sweep that is cut off goes on at the next start, and what was to be rung is on the page.
    for task in tending {
        task.abort();
        let _ = task.await;
    }
    beside.stop().await;
    let bound = Duration::from_millis(limits::STOP_MS_MAX);
    if !matches!(tokio::time::timeout(bound, sign_ins.note_in_use(Timestamp(0))).await, Ok(Ok(_))) {
        tracing::warn!("until when sign-ins were in use is not noted: who was at work may have to sign in anew");
    }
    drop((hub, sign_ins));
    if tokio::time::timeout(bound, tasks.finish()).await.is_err() {
        tracing::warn!("not everything handed in was answered in time; what was accepted is durable");
    }
    beside.finish().await;
    journal.close().await;
    tracing::info!("stopped");
    match fallen {
        None => Ok(()),
        Some(task) => Err(Complaint::new(Text::new(
            format!("連携ハブの内部（{task}）で障害が起きたため終了しました。再起動してください"),
            format!("a part of the hub ({task}) fell over, so it ended; start it again"),
        ))
        .into()),
    }
}

/// What goes on beside serving for as long as the hub runs: files, bells, what other processes end, who is at work.
async fn begin_tending(hub: &Hub, app: &App) -> [JoinHandle<()>; 4] {
    let (files, bells, noting) = (Arc::clone(&app.files), Arc::clone(&app.bells), Arc::clone(&app.sign_ins));
    let ended = EndedBeside::from_now(hub.clone(), Arc::clone(&app.sign_ins)).await;
    [
        tokio::spawn(async move { files.tend().await }),
        tokio::spawn(async move { bells.tend().await }),
        tokio::spawn(ended.follow()),
        tokio::spawn(async move { noting.keep_noting().await }),
    ]
}

/// How listeners speak that ask for a device's certificate, and those that do not.
struct Transports {
    unasking: Transport,
    asking: Option<(Arc<ServerConfig>, Hub)>,
}

impl Transports {
    fn at(&self, demand: DeviceDemand) -> Transport {
        match &self.asking {
            Some((config, hub)) if demand != DeviceDemand::Off => {
                Transport::TlsAsking(Arc::clone(config), demand, hub.clone())
            }
            _ => self.unasking.clone(),
        }
    }
}

/// How the listeners of this configuration speak; certificates are watched from here on.
async fn transports(config: &Config, hub: &Hub) -> anyhow::Result<(Transports, Option<Arc<ReloadingCertificate>>)> {
    let Some(files) = &config.tls else {
        let unasking =
            if config.listen.insecure_plain_http { Transport::PlainAnywhere } else { Transport::PlainOnLoopback };
        return Ok((Transports { unasking, asking: None }, None));
    };
    let files = CertificateFiles { chain: files.certificate.clone(), key: files.key.clone() };
    let (unasking, certificate) = tls_transport(files)?;
    let asking = match config.devices.asks(&config.listen.addresses) {
        true => Some((asking(hub, Arc::clone(&certificate)).await?, hub.clone())),
        false => None,
    };
    Ok((Transports { unasking, asking }, Some(certificate)))
}

/// TLS that asks for certificates of the region's device authority, which is made if there is none.
async fn asking(hub: &Hub, certificate: Arc<ReloadingCertificate>) -> anyhow::Result<Arc<ServerConfig>> {
    let (journal, now) = (hub.journal(), hub.region().now());
    // Looked for first: a hub whose disk is full starts all the same.
    let authority = match journal.read(|tx| Box::pin(find_authority(tx))).await? {
        Some(authority) => authority,
        None => journal.write(move |tx| Box::pin(async move { ensure_authority(tx, now).await })).await?,
    };
    let verifier = DeviceVerifier::new(authority.certificate(), hub.clone())?;
    Ok(tls::server_config(certificate, Some(verifier)))
}

/// TLS with certificates that are read again when they change.
pub(super) fn tls_transport(files: CertificateFiles) -> anyhow::Result<(Transport, Arc<ReloadingCertificate>)> {
    let certificate = ReloadingCertificate::load(files)?;
    let watched = Arc::clone(&certificate);
    tokio::spawn(async move {
        if let Err(error) = watched.watch().await {
            tracing::error!(%error, "certificates are not read again");
        }
    });
    Ok((Transport::Tls(tls::server_config(Arc::clone(&certificate), None)), certificate))
}

/// Ready when the operator or the system asks the process to end.
///
/// # Errors
/// When the process may not listen for signals.
pub(super) fn stop_asked() -> anyhow::Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

/// One process at a time works on a data folder: two would give one timeline two orders.
///
/// # Errors
/// When another process holds it, or the folder cannot be written.
pub(super) fn lock_data(folder: &Path) -> anyhow::Result<File> {
    let cannot = |doing: (&str, &str), path: &Path| {
        let path = path.display();
        Complaint::because(Text::new(format!("{path} を{}できません", doing.0), format!("cannot {} {path}", doing.1)))
    };
    std::fs::create_dir_all(folder).map_err(cannot(("作成", "make"), folder))?;
    let path = folder.join("renkei.lock");
    let file = File::options().create(true).truncate(false).write(true).open(&path);
    let file = file.map_err(cannot(("使用", "use"), &path))?;
    file.try_lock().map_err(|_| {
        Complaint::new(Text::new(
            format!("{} は別の renkei が使っています。先に止めてください", folder.display()),
            format!("another renkei works on {}; stop it first", folder.display()),
        ))
    })?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use axum::extract::State;
    use axum::http::StatusCode;
    use uuid::Uuid;

    use super::*;
    use crate::config::SessionLimits;
    use crate::domain::ids::Seq;
    use crate::http::health::readyz;
    use crate::store::fault::Fault;
    use crate::store::{GrantChange, GrantId, Journal};
    use crate::vault::RegionKey;

    async fn open_region(folder: &Path, key: &Arc<RegionKey>) -> anyhow::Result<OpenRegion> {
        let url = format!("sqlite://{}/renkei.db", folder.display());
        open::start(Journal::open(&url, key).await?).await
    }

    #[tokio::test]
    async fn a_hub_with_a_task_that_fell_over_is_not_ready_and_ends_with_an_error() {
        let (folder, key) = (tempfile::tempdir().unwrap(), Arc::new(RegionKey::ephemeral()));
        let region = open_region(folder.path(), &key).await.unwrap();
        let files = open::open_files(&region.hub, &folder.path().join("files")).await.unwrap();
        let app = App::new(region.hub.clone(), files, Vec::new(), SessionLimits::default());
        assert_eq!(readyz(State(app.clone())).await.0, StatusCode::OK);
        region.journal.faults().next([Fault::Panic]);
        let fallen = region.tasks.fallen();
        let change = GrantChange::Widen { id: GrantId(Uuid::nil()), through: Seq(1) };
        region.hub.note_reading(vec![change]).await.unwrap();
        assert_eq!(fallen.await, "committer");

        let (status, body) = readyz(State(app.clone())).await;
        let body = serde_json::to_value(&body.0).unwrap();
        assert_eq!((status, &body["reasons"][0]["code"]), (StatusCode::SERVICE_UNAVAILABLE, &"fallen".into()));
        let loopback = SocketAddr::from(([127, 0, 0, 1], 0));
        let listener = Listener::bind(loopback, Transport::PlainOnLoopback, ListenBounds::default()).unwrap();
        // Nobody asks it to stop.
        let ended = run_hub(region, app, History::default(), vec![listener], pending()).await;
        assert!(ended.unwrap_err().to_string().contains("committer"));
    }

    #[tokio::test]
    async fn a_second_hub_on_the_same_database_is_refused_until_the_first_has_gone() {
        let (folder, key) = (tempfile::tempdir().unwrap(), Arc::new(RegionKey::ephemeral()));
        let OpenRegion { hub, tasks, journal } = open_region(folder.path(), &key).await.unwrap();
        let refused = open_region(folder.path(), &key).await.err().expect("it is served already").to_string();
        assert!(refused.contains("another renkei serves this database"), "{refused}");
        drop(hub);
        tasks.finish().await;
        journal.close().await;
        open_region(folder.path(), &key).await.unwrap();
    }
}
