//! Who is around a patient, kept until the team or the directory changes.

use std::sync::Arc;

use crate::domain::directory::Directory;
use crate::domain::ids::Seq;
use crate::domain::state::PatientState;
use crate::rulebook::Surroundings;

/// See the module.
#[derive(Clone, Debug, Default)]
pub(super) struct Nearby {
    kept: Option<Kept>,
}

#[derive(Clone, Debug)]
struct Kept {
    access_epoch: Seq,
    directory: Arc<Directory>,
    surroundings: Arc<Surroundings>,
}

impl Nearby {
    /// Those around the patient in this state.
    pub fn around(&mut self, state: &PatientState, directory: &Arc<Directory>) -> Arc<Surroundings> {
        let is_so = |kept: &&Kept| kept.access_epoch == state.access_epoch && Arc::ptr_eq(&kept.directory, directory);
        if let Some(kept) = self.kept.as_ref().filter(is_so) {
            return Arc::clone(&kept.surroundings);
        }
        let surroundings = Arc::new(Surroundings::of(state, directory));
        self.kept = Some(Kept {
            access_epoch: state.access_epoch,
            directory: Arc::clone(directory),
            surroundings: Arc::clone(&surroundings),
        });
        surroundings
    }
}
