//! What the routes share, and the router that holds them all.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use tokio::sync::watch;

use super::socket;
use crate::actions::sign_in::SignIns;
use crate::hub::Hub;
use crate::limits;
use crate::session::SessionParts;

/// Handed to every handler.
#[derive(Clone)]
pub struct App {
    pub hub: Hub,
    pub sign_ins: Arc<SignIns>,
    /// Origins whose pages may open sockets; compared exactly.
    pub origins: Arc<[String]>,
    beat: watch::Receiver<u64>,
}

impl App {
    /// An app on a running hub. The common beat of its sessions ends with the last clone of the app.
    #[must_use]
    pub fn new(hub: Hub, origins: Vec<String>) -> Self {
        let sign_ins = Arc::new(SignIns::new(hub.clone()));
        Self { hub, sign_ins, origins: origins.into(), beat: start_beat() }
    }

    /// What a new socket's session needs.
    #[must_use]
    pub fn session_parts(&self) -> SessionParts {
        SessionParts { hub: self.hub.clone(), beat: self.beat.clone(), tickets: Arc::clone(&self.sign_ins) as _ }
    }

    /// Whether pages of this origin may open sockets.
    #[must_use]
    pub fn allows_origin(&self, origin: &str) -> bool {
        self.origins.iter().any(|allowed| allowed == origin)
    }
}

/// All routes of the hub.
pub fn router(app: App) -> Router {
    Router::new().route("/ws", get(socket::upgrade)).with_state(app)
}

/// One timer for all sessions instead of one each.
fn start_beat() -> watch::Receiver<u64> {
    let (tick, beat) = watch::channel(0);
    tokio::spawn(async move {
        let mut interval = tokio::time::interval(Duration::from_millis(limits::HEARTBEAT_MS));
        interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        interval.tick().await;
        loop {
            tokio::select! {
                _ = interval.tick() => tick.send_modify(|count| *count += 1),
                () = tick.closed() => return,
            }
        }
    });
    beat
}
