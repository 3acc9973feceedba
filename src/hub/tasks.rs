//! The hub's own tasks: awaited at shutdown, and watched, because a hub without one of them only looks alive.

use std::future::Future;
use std::pin::Pin;

use tokio::sync::watch;
use tokio::task::JoinHandle;

/// What runs until the hub goes.
pub(super) type Task = Pin<Box<dyn Future<Output = ()> + Send>>;

/// See the module.
#[derive(Debug)]
pub struct HubTasks {
    handles: Vec<JoinHandle<()>>,
    fallen: watch::Receiver<Option<&'static str>>,
}

/// Starts tasks; what is returned with them says which of them fell over, if one did.
pub(super) fn spawn<const N: usize>(
    tasks: [(&'static str, Task); N],
) -> (HubTasks, watch::Receiver<Option<&'static str>>) {
    let (fell, fallen) = watch::channel(None);
    let handles = tasks.map(|(name, task)| {
        let watched = Watched { name, fell: fell.clone() };
        tokio::spawn(async move {
            let _watched = watched;
            task.await;
        })
    });
    (HubTasks { handles: handles.into(), fallen: fallen.clone() }, fallen)
}

impl HubTasks {
    /// The name of the task that fell over; ready when one does, which no hub recovers from.
    pub fn fallen(&self) -> impl Future<Output = &'static str> + Send + use<> {
        let mut fallen = self.fallen.clone();
        async move {
            let fell = match fallen.wait_for(Option::is_some).await {
                Ok(name) => *name,
                Err(_all_ended) => None,
            };
            match fell {
                Some(name) => name,
                // They ended as they should; nothing will fall over any more.
                None => std::future::pending().await,
            }
        }
    }

    /// As a kill: nothing is finished.
    #[cfg(test)]
    pub(super) fn abort(self) {
        self.handles.iter().for_each(JoinHandle::abort);
    }

    /// Waits until everything handed to the hub is durable and answered. All handles must be dropped before.
    pub async fn finish(self) {
        for handle in self.handles {
            // A panic of one of them was already reported by the panic hook; shutdown goes on.
            let _ = handle.await;
        }
    }
}

/// Lives as long as a task and says when that falls over.
struct Watched {
    name: &'static str,
    fell: watch::Sender<Option<&'static str>>,
}

impl Drop for Watched {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.fell.send_if_modified(|fallen| fallen.is_none() && fallen.replace(self.name).is_none());
        }
    }
}
