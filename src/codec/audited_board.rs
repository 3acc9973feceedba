//! What was done with announcements, trainings, cases and groups ↔ the messages that the audit log seals. Called by `audited.rs`.

use super::field::{code, code_text, each, id, id_text, optional_code};
use super::proto::store::v1 as stored;
use crate::domain::announcement::AnnouncementDeed;
use crate::domain::case::CaseDeed;
use crate::domain::group::GroupDeed;
use crate::domain::ids::{AnnouncementId, CaseId, GroupId, PersonId, TrainingId};
use crate::domain::text::Invalid;
use crate::domain::training::TrainingDeed;

pub(super) fn announcement_message(deed: &AnnouncementDeed) -> stored::AnnouncementActed {
    stored::AnnouncementActed {
        announcement: id_text(deed.announcement.0),
        step: code_text(deed.step),
        number: deed.number,
        confirmed: deed.confirmed.iter().map(|kind| code_text(*kind)).collect(),
    }
}

pub(super) fn announcement_deed(kept: &stored::AnnouncementActed) -> Result<AnnouncementDeed, Invalid> {
    Ok(AnnouncementDeed {
        announcement: id("announcement", &kept.announcement, AnnouncementId)?,
        step: code("step", &kept.step)?,
        number: kept.number,
        confirmed: each("confirmed", &kept.confirmed, |kind: &String| code("confirmed", kind))?,
    })
}

pub(super) fn training_message(deed: &TrainingDeed) -> stored::TrainingActed {
    let noted = deed.people.iter().map(|(person, state)| stored::AttendanceNoted {
        person: id_text(person.0),
        state: state.map(code_text).unwrap_or_default(),
    });
    stored::TrainingActed { training: id_text(deed.training.0), step: code_text(deed.step), people: noted.collect() }
}

pub(super) fn training_deed(kept: stored::TrainingActed) -> Result<TrainingDeed, Invalid> {
    let noted = |noted: stored::AttendanceNoted| {
        Ok((id("person", &noted.person, PersonId)?, optional_code("state", &noted.state)?))
    };
    Ok(TrainingDeed {
        training: id("training", &kept.training, TrainingId)?,
        step: code("step", &kept.step)?,
        people: each("people", kept.people, noted)?,
    })
}

pub(super) fn case_message(deed: &CaseDeed) -> stored::CaseActed {
    stored::CaseActed {
        case_id: id_text(deed.case.0),
        step: code_text(deed.step),
        number: deed.number,
        confirmed: deed.confirmed.iter().map(|kind| code_text(*kind)).collect(),
    }
}

pub(super) fn case_deed(kept: &stored::CaseActed) -> Result<CaseDeed, Invalid> {
    Ok(CaseDeed {
        case: id("case_id", &kept.case_id, CaseId)?,
        step: code("step", &kept.step)?,
        number: kept.number,
        confirmed: each("confirmed", &kept.confirmed, |kind: &String| code("confirmed", kind))?,
    })
}

pub(super) fn group_message(deed: &GroupDeed) -> stored::GroupActed {
    let people = |people: &[PersonId]| people.iter().map(|person| id_text(person.0)).collect();
    stored::GroupActed {
        group_id: id_text(deed.group.0),
        step: code_text(deed.step),
        number: deed.number,
        joined: people(&deed.joined),
        left: people(&deed.left),
        confirmed: deed.confirmed.iter().map(|kind| code_text(*kind)).collect(),
    }
}

pub(super) fn group_deed(kept: &stored::GroupActed) -> Result<GroupDeed, Invalid> {
    Ok(GroupDeed {
        group: id("group_id", &kept.group_id, GroupId)?,
        step: code("step", &kept.step)?,
        number: kept.number,
        joined: each("joined", &kept.joined, |person: &String| id("joined", person, PersonId))?,
        left: each("left", &kept.left, |person: &String| id("left", person, PersonId))?,
        confirmed: each("confirmed", &kept.confirmed, |kind: &String| code("confirmed", kind))?,
    })
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::domain::announcement::AnnouncementStep;
    use crate::domain::case::CaseStep;
    use crate::domain::group::GroupStep;
    use crate::domain::identifying::IdentifierKind;
    use crate::domain::training::{AttendanceState, TrainingStep};

    #[test]
    fn every_deed_comes_back_as_it_was_kept() {
        for step in AnnouncementStep::ALL {
            let announcement = AnnouncementId(Uuid::from_u128(7));
            let deed =
                AnnouncementDeed { announcement, step: *step, number: 2, confirmed: IdentifierKind::ALL.to_vec() };
            assert_eq!(announcement_deed(&announcement_message(&deed)), Ok(deed));
        }
        for step in CaseStep::ALL {
            let case = CaseId(Uuid::from_u128(9));
            let deed = CaseDeed { case, step: *step, number: 3, confirmed: IdentifierKind::ALL.to_vec() };
            assert_eq!(case_deed(&case_message(&deed)), Ok(deed));
        }
        for step in GroupStep::ALL {
            let (joined, left) = (vec![PersonId(Uuid::from_u128(1))], vec![PersonId(Uuid::from_u128(2))]);
            let (group, confirmed) = (GroupId(Uuid::from_u128(8)), IdentifierKind::ALL.to_vec());
            let deed = GroupDeed { group, step: *step, number: 4, joined, left, confirmed };
            assert_eq!(group_deed(&group_message(&deed)), Ok(deed));
        }
        for step in TrainingStep::ALL {
            let states = AttendanceState::ALL.iter().copied().map(Some).chain([None]);
            let people = states.zip(1..).map(|(state, number)| (PersonId(Uuid::from_u128(number)), state)).collect();
            let deed = TrainingDeed { training: TrainingId(Uuid::from_u128(8)), step: *step, people };
            assert_eq!(training_deed(training_message(&deed)), Ok(deed));
        }
    }
}
