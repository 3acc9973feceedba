//! What keeps the history provable beside a running hub: checkpoints as it goes on and one at its end, put into a folder
//! elsewhere, and the audit log shipped to another system. Called by `serve.rs` and the demo.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinHandle;

use super::checkpoint_key::{Signing, for_signing};
use crate::actions::checkpoints::Checkpoints;
use crate::actions::checkpoints::delivering::{Delivery, share_a_disk};
use crate::actions::shipping::Shipping;
use crate::actions::witness::Witness;
use crate::clock::Clock;
use crate::config::Config;
use crate::hub::Hub;
use crate::limits;

/// What is to run; by default nothing.
#[derive(Debug, Default)]
pub(super) struct History {
    checkpoints: Option<Checkpoints>,
    delivery: Option<Delivery>,
    shipping: Option<Shipping>,
    witness: Arc<Witness>,
}

/// What runs.
pub(super) struct Beside {
    tasks: Vec<JoinHandle<()>>,
    checkpoints: Option<Arc<Checkpoints>>,
    delivery: Option<Arc<Delivery>>,
    clock: Arc<dyn Clock>,
}

impl History {
    /// As the configuration asks for.
    ///
    /// # Errors
    /// When the key cannot be read or made, or the database fails.
    pub(super) async fn of(config: &Config, hub: &Hub) -> anyhow::Result<Self> {
        let witness = Arc::<Witness>::default();
        let checkpoints = match for_signing(&config.audit.checkpoint_key_file, hub.journal()).await? {
            Signing::With(key) => Some(
                Checkpoints::new(hub.journal().clone(), *key, (&config.audit).into()).watched(Arc::clone(&witness)),
            ),
            // Care goes on; that history is not proved meanwhile is told until it is cured.
            Signing::Not(why) => {
                witness.cannot_sign();
                tracing::error!("no checkpoint is made: {}", why.en);
                None
            }
        };
        if let Some(folder) = &config.audit.checkpoint_to
            && share_a_disk(folder, &config.data_dir)
        {
            tracing::warn!(
                "audit.checkpoint_to lies on the disk of the data: it bears no witness against whoever has that"
            );
        }
        let delivery = Delivery::of(hub.journal().clone(), &config.audit, Arc::clone(&witness));
        let shipping = Shipping::of(hub.clone(), &config.audit, Arc::clone(&witness));
        Ok(Self { checkpoints, delivery, shipping, witness })
    }

    /// Checkpoints alone, of a region without a configuration.
    pub(super) fn of_checkpoints(checkpoints: Checkpoints) -> Self {
        Self { checkpoints: Some(checkpoints), ..Self::default() }
    }

    /// How it goes with what is sent elsewhere.
    pub(super) fn witness(&self) -> Arc<Witness> {
        Arc::clone(&self.witness)
    }

    pub(super) fn begin(self, clock: &Arc<dyn Clock>) -> Beside {
        let checkpoints = self.checkpoints.map(Arc::new);
        let checkpointing = checkpoints.clone().map(|checkpoints| {
            let clock = Arc::clone(clock);
            tokio::spawn(async move { checkpoints.tend(&clock).await })
        });
        let delivery = self.delivery.map(Arc::new);
        let delivering = delivery.clone().map(|delivery| {
            let clock = Arc::clone(clock);
            tokio::spawn(async move { delivery.tend(&clock).await })
        });
        let shipping = self.shipping.map(|shipping| tokio::spawn(async move { shipping.tend().await }));
        let tasks = checkpointing.into_iter().chain(delivering).chain(shipping).collect();
        Beside { tasks, checkpoints, delivery, clock: Arc::clone(clock) }
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
        if let Some(delivery) = self.delivery {
            // A disk that hangs must not keep the process from ending.
            let bound = Duration::from_millis(limits::STOP_MS_MAX);
            let delivering = delivery.try_now(self.clock.now(), true);
            if tokio::time::timeout(bound, delivering).await.is_err() {
                tracing::warn!("the last checkpoint is not in its folder");
            }
        }
    }
}
