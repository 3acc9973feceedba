//! `/metrics` in the OpenMetrics text format. Numbers only: no name, no patient, no organisation stands in it.
//!
//! From loopback it needs no sign-in, so that a collector on the machine reads it; a request that came through a
//! proxy (it says so in `Forwarded`, `X-Forwarded-For` or `Via`) or from elsewhere needs the secretariat's.

use std::fmt;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::extract::{ConnectInfo, FromRequestParts as _, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, NoLabelSet, text};
use prometheus_client::metrics::MetricType;
use prometheus_client::registry::Registry;

use super::app::App;
use super::authentication::Secretariat;
use super::listen::ConnectionCounts;
use super::problem::Problem;
use crate::wire::codes::Code;

const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// What the hub counts.
pub async fn serve(State(app): State<App>, request: Request) -> Result<Response, Problem> {
    let (mut parts, _) = request.into_parts();
    if !is_from_this_machine(&parts) {
        Secretariat::from_request_parts(&mut parts, &app).await?;
    }
    let mut registry = Registry::with_prefix("renkei");
    registry.register_collector(Box::new(Figures(app)));
    let mut page = String::new();
    text::encode(&mut page, &registry).map_err(|_| Problem::of(Code::Internal))?;
    Ok(([(header::CONTENT_TYPE, HeaderValue::from_static(CONTENT_TYPE))], page).into_response())
}

fn is_from_this_machine(parts: &Parts) -> bool {
    let is_forwarded = ["forwarded", "x-forwarded-for", "via"].iter().any(|name| parts.headers.contains_key(*name));
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    !is_forwarded && peer.is_some_and(|ConnectInfo(peer)| peer.ip().to_canonical().is_loopback())
}

/// Reads the figures when they are asked for.
struct Figures(App);

impl fmt::Debug for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Figures").finish_non_exhaustive()
    }
}

impl Collector for Figures {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        for (name, help, count) in counters(&self.0) {
            let mut metric = encoder.encode_descriptor(name, help, None, MetricType::Counter)?;
            metric.encode_counter::<NoLabelSet, u64, u64>(&count, None)?;
        }
        for (name, help, level) in gauges(&self.0) {
            encoder.encode_descriptor(name, help, None, MetricType::Gauge)?.encode_gauge(&level)?;
        }
        let sizes = self.0.hub.meter().batch_sizes.read();
        let help = "Entries committed together";
        let mut metric = encoder.encode_descriptor("batch_entries", help, None, MetricType::Histogram)?;
        metric.encode_histogram::<NoLabelSet>(sizes.sum, sizes.count, &sizes.buckets, None)
    }
}

type Counter = (&'static str, &'static str, u64);
type Gauge = (&'static str, &'static str, f64);

fn counters(app: &App) -> Vec<Counter> {
    let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
    let (meter, clock) = (app.hub.meter(), app.hub.region().clock().steps_back());
    let mut counters = vec![
        ("posts_accepted", "Posts that became entries", read(&meter.accepted)),
        ("posts_repeated", "Posts that came again under their id", read(&meter.repeated)),
        ("posts_refused", "Posts refused", read(&meter.refused)),
        ("posts_queued", "Posts that wait for a link", read(&meter.queued)),
        ("batches", "Batches handed to the journal", read(&meter.batches)),
        ("entries_committed", "Entries handed to the journal", read(&meter.entries_committed)),
        ("commits_failed", "Batches that were not committed", read(&meter.commits_failed)),
        ("alarms", "Entries with values outside a patient's limits", read(&meter.alarms)),
        ("deliveries", "Entries written to sockets", read(&meter.delivered)),
        ("readers_fell_behind", "Times a slow reader went back to the journal", read(&meter.fell_behind)),
        ("duty_steps", "Reminders, overdue notices and the like that the duty clock wrote", read(&meter.duty_steps)),
        ("password_hashes", "Passwords hashed: set, and tried at a sign-in", app.accounts.password_hashes_made()),
        ("clock_steps_back", "Times the machine's clock went back", clock.count),
        (
            "checkpoint_deliveries_failed",
            "Tries to put a checkpoint into its folder that failed",
            app.witness.checkpoints.failures(),
        ),
        ("audit_shipping_failures", "Times shipping broke off", app.witness.shipping.failures()),
        ("redis_losses", "Times Redis did not answer any more", app.hub.region().counting().times_lost()),
        ("pushes", "Pushes that a push service took", app.bells.figures.rung()),
        ("pushes_failed", "Reasons to ring a device for which no push service took a push", app.bells.figures.failed()),
        ("pushes_gone", "Devices of which a push service said that they are gone", app.bells.figures.gone()),
        ("pushes_refused", "Pushes not sent because of where they would have gone", app.bells.figures.refused()),
        ("wakes_lost", "Entries that woke nobody because too many came at once", app.hub.region().waking().lost()),
        ("journal_failures", "Times the journal became read-only", app.hub.journal().health().failures),
    ];
    let sum = |counter: fn(&ConnectionCounts) -> &AtomicU64| app.connections.iter().map(|of| read(counter(of))).sum();
    counters.extend([
        ("connections_accepted", "Connections accepted", sum(|of| &of.accepted)),
        ("connections_refused_full", "Connections refused at the bound of all", sum(|of| &of.refused_full)),
        (
            "connections_refused_address",
            "Connections refused at the bound of one address",
            sum(|of| &of.refused_address),
        ),
        ("tls_handshakes_failed", "TLS handshakes that failed", sum(|of| &of.handshake_failed)),
        ("tls_handshakes_timed_out", "TLS handshakes that took too long", sum(|of| &of.handshake_timed_out)),
    ]);
    counters
}

#[expect(clippy::cast_precision_loss, reason = "a metric of more than 2^53 of anything is not read to the unit")]
fn gauges(app: &App) -> Vec<Gauge> {
    let hub = &app.hub;
    let mut gauges = vec![
        ("sessions_open", "Signed-in sockets", hub.sessions().count() as f64),
        ("outbox_bytes", "Bytes of entries that wait for slow sockets", hub.sessions().queued_bytes().1 as f64),
        ("subscriptions_open", "Timelines followed, summed over the sockets", hub.fanout().subscriptions() as f64),
        (
            "patients_registered",
            "Patients in the search index, those for training among them",
            hub.region().patients().count() as f64,
        ),
        (
            "journal_writable",
            "1 while the journal takes writes",
            f64::from(u8::from(hub.journal().health().is_writable())),
        ),
        (
            "duty_clock_stopped",
            "1 while the duty clock stands still because the machine's clock jumped ahead",
            f64::from(u8::from(hub.duty_clock_stopped().is_some())),
        ),
        (
            "clock_behind_seconds",
            "How far the machine's clock is behind the recorded time",
            hub.region().clock().steps_back().behind.as_secs_f64(),
        ),
    ];
    for (way, failing, arrived) in [
        (
            &app.witness.checkpoints,
            ("checkpoint_delivery_failing", "1 while checkpoints cannot be put into their folder elsewhere"),
            ("checkpoint_delivered_at_seconds", "When the newest checkpoint was put there, Unix time"),
        ),
        (
            &app.witness.shipping,
            ("audit_shipping_failing", "1 while audit records cannot be shipped"),
            ("audit_shipped_at_seconds", "When the other side last had all that was shipped, Unix time"),
        ),
    ] {
        if way.is_wanted() {
            gauges.push((failing.0, failing.1, f64::from(u8::from(way.is_failing()))));
            gauges.extend(way.arrived_at().map(|at| (arrived.0, arrived.1, at.as_secs() as f64)));
        }
    }
    if let Some(is_up) = hub.region().counting().is_up() {
        gauges.push(("redis_up", "1 while Redis answers and hubs count together", f64::from(u8::from(is_up))));
    }
    if let Some(certificate) = &app.certificate {
        let until = certificate.valid_until().as_secs() as f64;
        gauges.push(("certificate_valid_until_seconds", "End of the certificate's validity, Unix time", until));
    }
    gauges
}
