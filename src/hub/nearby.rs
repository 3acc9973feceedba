//! Who is around a patient, kept until the team, the directory or who is shut out changes.

use std::sync::Arc;

use jiff::civil::Date;

use super::deciding::Picture;
use crate::domain::directory::Directory;
use crate::domain::ids::Seq;
use crate::domain::offices::Offices;
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
    offices: Arc<Offices>,
    today: Date,
    surroundings: Arc<Surroundings>,
}

impl Nearby {
    /// Those around the patient in this state of this region.
    pub fn around(&mut self, state: &PatientState, region: &Picture) -> Arc<Surroundings> {
        let Picture { directory, offices, today, .. } = region;
        let is_so = |kept: &&Kept| {
            kept.access_epoch == state.access_epoch
                && Arc::ptr_eq(&kept.directory, directory)
                && Arc::ptr_eq(&kept.offices, offices)
                && kept.today == *today
        };
        if let Some(kept) = self.kept.as_ref().filter(is_so) {
            return Arc::clone(&kept.surroundings);
        }
        let surroundings = Arc::new(Surroundings::of(state, directory, offices, *today));
        self.kept = Some(Kept {
            access_epoch: state.access_epoch,
            directory: Arc::clone(directory),
            offices: Arc::clone(offices),
            today: *today,
            surroundings: Arc::clone(&surroundings),
        });
        surroundings
    }
}
