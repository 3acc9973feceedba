//! Trainings: the secretariat writes down which there were and who attended; everybody sees their own, an office's
//! administrator those of their people. And who never was at one of a kind. No points, no grades.

use std::collections::{BTreeMap, HashSet};

use jiff::civil::Date;

use crate::domain::act::{Act, Deed};
use crate::domain::directory::{Actor, Directory, Person};
use crate::domain::ids::{OrganisationId, PersonId, TrainingId};
use crate::domain::role::Role;
use crate::domain::text::{Invalid, Text};
use crate::domain::training::{
    Attendance, AttendanceState, Training, TrainingDeed, TrainingKind, TrainingStep, check_training,
};
use crate::hub::Hub;
use crate::hub::sessions::SignedIn;
use crate::limits;
use crate::store::StoreError;

/// What cannot be done with a training.
#[derive(Debug, thiserror::Error)]
pub enum TrainingError {
    #[error("neither the secretariat nor an office's administrator")]
    Forbidden,
    #[error("not found")]
    NotFound,
    #[error("too many trainings")]
    Full,
    #[error("{}", .0.message.en)]
    Invalid(#[from] Invalid),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A training, as somebody may see it.
#[derive(Clone, Debug)]
pub struct TrainingSeen {
    pub training: Training,
    /// Of those whom they may see.
    pub attendance: Vec<Attendance>,
}

/// What the secretariat writes down.
#[derive(Clone, Debug)]
pub struct TrainingGiven {
    pub title: String,
    pub kind: TrainingKind,
    pub day: Date,
    pub is_cancelled: bool,
}

/// Of whom an attendance is noted, as what; `None`: they are taken off the list.
#[derive(Clone, Debug, Default)]
pub struct Noted {
    pub people: Vec<(PersonId, Option<AttendanceState>)>,
    /// Everybody who works at these comes on the list as expected, unless they are on it.
    pub offices: Vec<OrganisationId>,
}

/// Whose attendance somebody sees.
enum Sees {
    All,
    /// Of those who work at this office, and their own.
    Office(OrganisationId),
    Own,
}

impl Sees {
    fn of(directory: &Directory, actor: &Actor) -> Self {
        match actor.role {
            Role::Secretariat => Self::All,
            _ if directory.administers(actor.person, actor.organisation) => Self::Office(actor.organisation),
            _ => Self::Own,
        }
    }
}

/// The trainings that this actor may see, the latest first: the secretariat all; others those at which they, or the people
/// whom they look after, are or were expected.
///
/// # Errors
/// When the journal cannot be read.
pub async fn list(hub: &Hub, actor: &Actor) -> Result<Vec<TrainingSeen>, StoreError> {
    let directory = hub.region().directory();
    let (sees, me) = (Sees::of(&directory, actor), actor.person);
    let of = matches!(sees, Sees::Own).then_some(me);
    let (trainings, attendance) = read(hub, of).await?;
    let is_seen = |person: PersonId| match sees {
        Sees::All => true,
        Sees::Office(office) => person == me || directory.works_at(person, office),
        Sees::Own => person == me,
    };
    let mut by_training: BTreeMap<TrainingId, Vec<Attendance>> = BTreeMap::new();
    for one in attendance.into_iter().filter(|one| is_seen(one.person)) {
        by_training.entry(one.training).or_default().push(one);
    }
    let seen = trainings.into_iter().map(|training| {
        let attendance = by_training.remove(&training.id).unwrap_or_default();
        TrainingSeen { training, attendance }
    });
    Ok(seen.filter(|seen| matches!(sees, Sees::All) || !seen.attendance.is_empty()).collect())
}

async fn read(hub: &Hub, of: Option<PersonId>) -> Result<(Vec<Training>, Vec<Attendance>), StoreError> {
    let reading = hub.journal().read(move |tx| {
        Box::pin(async move { Ok::<_, StoreError>((tx.list_trainings().await?, tx.list_attendance(of).await?)) })
    });
    reading.await
}

/// Those who were at no training of this kind, by kana: of everybody who works in the region, for the secretariat; of their own
/// people, for an office's administrator. Families and connected systems are not trained.
///
/// # Errors
/// When it is nobody's whom this actor looks after, or the journal cannot be read.
pub async fn list_without(hub: &Hub, actor: &Actor, kind: TrainingKind) -> Result<Vec<Person>, TrainingError> {
    let directory = hub.region().directory();
    let office = match Sees::of(&directory, actor) {
        Sees::All => None,
        Sees::Office(office) => Some(office),
        Sees::Own => return Err(TrainingError::Forbidden),
    };
    let (trainings, attendance) = read(hub, None).await?;
    let of_kind = trainings.iter().filter(|training| training.kind == kind && !training.is_cancelled);
    let of_kind: HashSet<TrainingId> = of_kind.map(|training| training.id).collect();
    let attended = |one: &&Attendance| one.state == AttendanceState::Attended && of_kind.contains(&one.training);
    let trained: HashSet<PersonId> = attendance.iter().filter(attended).map(|one| one.person).collect();
    let people = directory.people.values().filter(|person| person.active && !trained.contains(&person.id));
    let mut without: Vec<Person> = people.filter_map(|person| worker(&directory, person, office)).collect();
    without.sort_by(|a, b| (&a.name.kana, &a.name.kanji, a.id).cmp(&(&b.name.kana, &b.name.kanji, b.id)));
    Ok(without)
}

/// The person with the positions in which they work, there or anywhere that is active. `None`: they have none.
pub(super) fn worker(directory: &Directory, person: &Person, office: Option<OrganisationId>) -> Option<Person> {
    let works = |position: &crate::domain::directory::Position| {
        !matches!(position.role, Role::Family | Role::Gateway)
            && directory.has_active(position.organisation)
            && office.is_none_or(|office| office == position.organisation)
    };
    let positions: Vec<_> = person.positions.iter().filter(|position| works(position)).copied().collect();
    (!positions.is_empty()).then(|| Person { positions, ..person.clone() })
}

/// Writes a training down, or what is known of it anew.
///
/// # Errors
/// When a field is wrong, there is none of this id, or there are too many.
pub async fn put(
    hub: &Hub,
    by: &SignedIn,
    id: Option<TrainingId>,
    given: TrainingGiven,
) -> Result<TrainingId, TrainingError> {
    let region = hub.region();
    let (now, today) = (region.now(), region.date_at(region.now()));
    check_training(&given.title, given.day, today)?;
    let TrainingGiven { title, kind, day, is_cancelled } = given;
    let new = TrainingId(region.draw_id());
    let training = Training { id: id.unwrap_or(new), title, kind, day, is_cancelled, by: by.actor.person, at: now };
    let (known, act_by) = (id, by.by());
    let writing = hub.journal().write(move |tx| {
        Box::pin(async move {
            let trainings = tx.list_trainings().await?;
            let before = known.map(|id| trainings.iter().find(|training| training.id == id));
            let step = match before {
                None if trainings.len() >= limits::TRAININGS_MAX => return Err(TrainingError::Full),
                None => TrainingStep::Entered,
                Some(None) => return Err(TrainingError::NotFound),
                Some(Some(before)) if training.is_cancelled && !before.is_cancelled => TrainingStep::Cancelled,
                Some(Some(_)) => TrainingStep::Changed,
            };
            tx.upsert_training(&training).await?;
            let deed = TrainingDeed { training: training.id, step, people: Vec::new() };
            tx.append_acts(now, [Act { by: act_by, deed: Deed::Training(deed) }]).await?;
            Ok(training.id)
        })
    });
    writing.await
}

/// Notes who is expected at a training, was there, or was not.
///
/// # Errors
/// When there is no such training, person or office, or too many are named.
pub async fn note_attendance(
    hub: &Hub,
    by: &SignedIn,
    training: TrainingId,
    noted: Noted,
) -> Result<(), TrainingError> {
    let directory = hub.region().directory();
    check_noted(&directory, &noted)?;
    let (now, noted_by, act_by) = (hub.region().now(), by.actor.person, by.by());
    let office_staff: Vec<PersonId> = directory
        .people
        .values()
        .filter(|person| person.active)
        .filter(|person| noted.offices.iter().any(|office| worker(&directory, person, Some(*office)).is_some()))
        .map(|person| person.id)
        .collect();
    let writing = hub.journal().write(move |tx| {
        Box::pin(async move {
            if !tx.list_trainings().await?.iter().any(|known| known.id == training) {
                return Err(TrainingError::NotFound);
            }
            let mut people = noted.people;
            let listed: HashSet<PersonId> = tx
                .list_attendance(None)
                .await?
                .into_iter()
                .filter(|one| one.training == training)
                .map(|one| one.person)
                .chain(people.iter().map(|(person, _)| *person))
                .collect();
            let new = office_staff.into_iter().filter(|person| !listed.contains(person));
            people.extend(new.map(|person| (person, Some(AttendanceState::Expected))));
            for (person, state) in people.iter().copied() {
                match state {
                    Some(state) => {
                        tx.upsert_attendance(&Attendance { training, person, state, noted_by, noted_at: now }).await?;
                    }
                    None => tx.delete_attendance(training, person).await?,
                }
            }
            let deed = TrainingDeed { training, step: TrainingStep::AttendanceNoted, people };
            Ok(tx.append_acts(now, [Act { by: act_by, deed: Deed::Training(deed) }]).await?)
        })
    });
    writing.await
}

fn check_noted(directory: &Directory, noted: &Noted) -> Result<(), Invalid> {
    let Noted { people, offices } = noted;
    if people.len() > limits::ATTENDANCE_NOTED_MAX {
        return Err(Invalid::too_long("people", limits::ATTENDANCE_NOTED_MAX, ("人", "people"), people.len()));
    }
    if offices.len() > limits::ATTENDANCE_OFFICES_MAX {
        return Err(Invalid::too_long("offices", limits::ATTENDANCE_OFFICES_MAX, ("か所", "offices"), offices.len()));
    }
    if people.is_empty() && offices.is_empty() {
        return Err(Invalid::required("people"));
    }
    for (at, (person, _)) in people.iter().enumerate() {
        if !directory.people.contains_key(person) || directory.clients.contains(person) {
            let text = Text::fixed("その人は登録されていません", "no such person in the directory");
            return Err(Invalid::new(format!("people[{at}].person"), "not_found", text));
        }
        if people[..at].iter().any(|(before, _)| before == person) {
            let text = Text::fixed("同じ人が二度あります", "the same person is given twice");
            return Err(Invalid::new(format!("people[{at}].person"), "duplicate", text));
        }
    }
    match offices.iter().position(|office| !directory.has_active(*office)) {
        Some(at) => {
            let text = Text::fixed("その事業所は登録されていません", "no such organisation in the directory");
            Err(Invalid::new(format!("offices[{at}]"), "not_found", text))
        }
        None => Ok(()),
    }
}
