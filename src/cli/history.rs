//! What keeps the history provable beside a running hub: checkpoints as it goes on and one at its end, and the audit log
//! shipped to another system. Called by `serve.rs`.

use std::sync::Arc;

use tokio::task::JoinHandle;

use crate::actions::checkpoints::Checkpoints;
use crate::actions::shipping::Shipping;
use crate::clock::Clock;
use crate::config::Config;
use crate::hub::Hub;
use crate::vault::CheckpointKey;

/// What is to run; by default nothing.
#[derive(Debug, Default)]
pub(super) struct History {
    checkpoints: Option<Checkpoints>,
    shipping: Option<Shipping>,
}

/// What runs.
pub(super) struct Beside {
    tasks: Vec<JoinHandle<()>>,
    checkpoints: Option<Arc<Checkpoints>>,
    clock: Arc<dyn Clock>,
}

impl History {
    /// As the configuration asks for.
    ///
    /// # Errors
    /// When the key cannot be read or made.
    pub(super) fn of(config: &Config, hub: &Hub) -> anyhow::Result<Self> {
        let key = CheckpointKey::load_or_create_file(&config.audit.checkpoint_key_file)?;
        let checkpoints = Some(Checkpoints::new(hub.journal().clone(), key, &config.audit));
        Ok(Self { checkpoints, shipping: Shipping::of(hub.clone(), &config.audit) })
    }

    pub(super) fn begin(self, clock: &Arc<dyn Clock>) -> Beside {
        let checkpoints = self.checkpoints.map(Arc::new);
        let checkpointing = checkpoints.clone().map(|checkpoints| {
            let clock = Arc::clone(clock);
            tokio::spawn(async move { checkpoints.tend(&clock).await })
        });
        let shipping = self.shipping.map(|shipping| tokio::spawn(async move { shipping.tend().await }));
        let tasks = checkpointing.into_iter().chain(shipping).collect();
        Beside { tasks, checkpoints, clock: Arc::clone(clock) }
    }
}

impl Beside {
    /// Ends what runs; what it was about is done again or goes on at the next start.
    pub(super) async fn stop(&mut self) {
        for task in self.tasks.drain(..) {
            task.abort();
            let _ = task.await;
        }
    }

    /// The last word, once everything that was handed in is durable.
    pub(super) async fn finish(self) {
        if let Some(checkpoints) = self.checkpoints
            && let Err(error) = checkpoints.make(self.clock.as_ref()).await
        {
            tracing::warn!(code = error.code(), %error, "the last records are in no checkpoint yet");
        }
    }
}
