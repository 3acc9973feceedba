//! Whether the attending doctor agreed to the registration in force, and how: by an act of their own, on paper for which
//! the secretariat vouches, or not yet. Part of the patient's state; what follows from it the rules say.

use super::PatientState;
use crate::domain::entry::{Entry, Scope};
use crate::domain::kind::Kind;
use crate::domain::list::closed_list;
use crate::domain::patient::Registration;
use crate::domain::role::Role;

closed_list! {
    /// See the module.
    DoctorAgreement {
        /// No doctor is named.
        Nobody = "nobody", "主治医の記載なし", "no attending doctor is named";
        /// The doctor named has not answered.
        Awaited = "awaited", "主治医の返事待ち", "the attending doctor has not answered yet";
        OnPaper = "on_paper", "事務局が同意書を保管", "the secretariat holds the doctor's signed agreement";
        /// By the doctor's own act: registering, or acknowledging.
        Given = "given", "主治医本人が同意", "the attending doctor agreed in person";
    }
}

impl PatientState {
    /// How the doctor's agreement stands with this registration, written in this role.
    #[must_use]
    pub fn agreement_to(&self, registration: &Registration, by: Role) -> DoctorAgreement {
        if matches!(by, Role::Doctor | Role::Dentist) {
            return DoctorAgreement::Given;
        }
        if registration.agreed_by.is_none() {
            return DoctorAgreement::Nobody;
        }
        let before = self.registration.as_ref().and_then(|before| before.agreed_by);
        match self.agreement {
            // Who agreed to this patient's page need not be asked again because a name was put right.
            DoctorAgreement::Given | DoctorAgreement::OnPaper if before == registration.agreed_by => self.agreement,
            _ if by == Role::Secretariat && !registration.agreed_on_paper.trim().is_empty() => DoctorAgreement::OnPaper,
            _ => DoctorAgreement::Awaited,
        }
    }

    /// The doctor named agrees by acknowledging the registration in force, or a link to the team.
    pub(super) fn agree(&mut self, target: &Scope, entry: &Entry) {
        let doctor = self.registration.as_ref().and_then(|registration| registration.agreed_by);
        let is_meant = target.seq == self.registered_by || target.kind == Kind::TeamLink;
        if self.agreement == DoctorAgreement::Awaited && is_meant && doctor == Some(entry.author.person) {
            self.agreement = DoctorAgreement::Given;
        }
    }
}
