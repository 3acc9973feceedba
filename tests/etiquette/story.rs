//! The people of a story and what can be asked of them: who posts, whose socket got an entry and whose did not, who owes,
//! what the clock did and when. Every answer comes from a socket, never from inside the hub.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::http::StatusCode;
use renkei::domain::attachment::{Attachment, MediaType};
use renkei::domain::body::{Acknowledgement, Body, Retraction, RetractionReason};
use renkei::domain::directory::Actor as Acting;
use renkei::domain::duties::{Duty, Ended, Standing};
use renkei::domain::duty::{Answer, Capacity, Debtor, DutyAnswer, DutyId, OpenedDuty, StepDone};
use renkei::domain::entry::{Entry, Intent, Sensitivity, WrittenReason};
use renkei::domain::ids::{EntryId, OrganisationId, PatientId, Seq, TimelineId};
use renkei::domain::role::{OrganisationType, Role};
use renkei::domain::time::Timestamp;
use renkei::rulebook::Rulebook;
use renkei::wire::{Accepted, ClientFrame, DryRunResult, Encoding, Refused, ServerFrame};

use crate::support::actor::Actor;
use crate::support::app::{App, intent};
use crate::support::reader::Reader;

/// Sign-ins of the stories last twelve hours: whoever goes on after this signs in again.
const SIGN_IN_AGAIN: Duration = Duration::from_secs(10 * 3_600);

pub const HOUR: Duration = Duration::from_secs(3_600);
pub const DAY: Duration = Duration::from_secs(86_400);
pub const MINUTE: Duration = Duration::from_secs(60);

/// Somebody of the story. All serve the same patient but the last two, who serve another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Who {
    Doctor,
    Nurse,
    Pharmacist,
    CareManager,
    Helper,
    /// Of a hospital.
    HospitalDoctor,
    /// Of another station.
    SecondNurse,
    Secretariat,
    FarNurse,
    FarHelper,
}

use Who::{
    CareManager, Doctor, FarHelper, FarNurse, Helper, HospitalDoctor, Nurse, Pharmacist, SecondNurse, Secretariat,
};

impl Who {
    const fn place(self) -> (Role, &'static str, OrganisationType) {
        match self {
            Doctor => (Role::Doctor, "hikari", OrganisationType::Clinic),
            Nurse => (Role::Nurse, "minato", OrganisationType::NursingStation),
            Pharmacist => (Role::Pharmacist, "aozora", OrganisationType::Pharmacy),
            CareManager => (Role::CareManager, "kaede", OrganisationType::CareOffice),
            Helper => (Role::Helper, "hidamari", OrganisationType::HomeHelp),
            HospitalDoctor => (Role::Doctor, "chuo", OrganisationType::Hospital),
            SecondNurse => (Role::Nurse, "asahi", OrganisationType::NursingStation),
            Secretariat => (Role::Secretariat, "secretariat", OrganisationType::Secretariat),
            FarNurse => (Role::Nurse, "kita", OrganisationType::NursingStation),
            FarHelper => (Role::Helper, "mori", OrganisationType::HomeHelp),
        }
    }

    const fn is_far(self) -> bool {
        matches!(self, FarNurse | FarHelper)
    }

    const fn is_linked(self) -> bool {
        !self.is_far() && !matches!(self, Secretariat)
    }
}

/// The usual team.
pub const TEAM: [Who; 5] = [Doctor, Nurse, Pharmacist, CareManager, Helper];

/// A socket, and everything it got.
struct Desk {
    actor: Actor,
    reader: Reader,
    got: Vec<Entry>,
    /// What the hub told of by itself: `what rule`.
    told: Vec<String>,
}

impl Desk {
    async fn open(actor: Actor, patient: PatientId, after: Seq) -> Self {
        let mut reader = Reader::connect(&actor, Encoding::Json, patient, after).await;
        let got = reader.catch_up().await;
        Self { actor, reader, got, told: Vec::new() }
    }

    async fn look(&mut self) {
        for frame in self.reader.frames_until_now().await {
            match frame {
                ServerFrame::Delivery { entry, .. } => self.got.push(entry.open().expect("an entry")),
                ServerFrame::Notice(notice) => {
                    let rule = notice.words.map(|words| rule_of(&words.citation)).unwrap_or_default();
                    self.told.push(format!("{} {rule}", notice.of));
                }
                _ => {}
            }
        }
    }
}

pub struct Story {
    pub app: App,
    pub patient: PatientId,
    far: PatientId,
    desks: BTreeMap<Who, Desk>,
    signed_in: Timestamp,
}

impl Story {
    /// Nine in the morning of Wednesday, 1 April 2026, with the usual team.
    pub async fn begin() -> Self {
        Self::with(&TEAM).await
    }

    /// The same with these on the team, the first of whom is the host.
    pub async fn with(team: &[Who]) -> Self {
        Self::told_in(App::start().await, team).await
    }

    /// The same in a region that agreed on this rulebook.
    pub async fn under(rulebook: Rulebook, team: &[Who]) -> Self {
        Self::told_in(App::start().await.stop().await.start_under(rulebook).await, team).await
    }

    async fn told_in(app: App, team: &[Who]) -> Self {
        let patient = app.register_patient("高橋 ハル", "タカハシ ハル").await;
        let far = app.register_patient("別人 フユ", "ベツジン フユ").await;
        let mut story = Self { signed_in: app.clock.wall(), app, patient, far, desks: BTreeMap::new() };
        let mut actors = Vec::new();
        for who in team.iter().copied().chain([Secretariat, FarNurse, FarHelper]) {
            actors.push((who, story.arrives(who).await));
        }
        // Whoever comes later sees what was posted before the team was whole as well.
        for (who, actor) in actors {
            let of = if who.is_far() { far } else { patient };
            story.desks.insert(who, Desk::open(actor, of, Seq::ZERO).await);
        }
        story
    }

    /// Signs somebody in whose place is linked.
    async fn arrives(&self, who: Who) -> Actor {
        let (role, place, kind) = who.place();
        if who == Secretariat {
            return self.app.secretariat().await;
        }
        self.app.organisation(place, kind).await;
        let actor = self.app.actor(role, place).await;
        if who.is_linked() {
            self.app.link(self.patient, place).await;
        } else {
            self.app.link(self.far, place).await;
        }
        actor
    }

    /// Somebody joins the team.
    pub async fn joins(&mut self, who: Who) {
        let actor = self.arrives(who).await;
        let desk = Desk::open(actor, self.patient, Seq::ZERO).await;
        self.desks.insert(who, desk);
    }

    /// The place of somebody leaves the team.
    pub async fn leaves(&mut self, who: Who) {
        self.app.unlink(self.patient, who.place().1).await;
    }

    fn desk(&mut self, who: Who) -> &mut Desk {
        self.desks.get_mut(&who).unwrap_or_else(|| panic!("{who:?} is not of this story"))
    }

    pub fn acting(&self, who: Who) -> Acting {
        self.desks[&who].actor.actor
    }

    pub fn office(&self, who: Who) -> OrganisationId {
        self.acting(who).organisation
    }

    pub fn intent(&self, body: Body) -> Intent {
        intent(EntryId(self.app.hub.region().draw_id()), self.patient, body)
    }

    /// What the hub told somebody of by itself since it was asked last: `overdue ND-M1`.
    pub async fn notices(&mut self, who: Who) -> Vec<String> {
        let desk = self.desk(who);
        desk.look().await;
        std::mem::take(&mut desk.told)
    }

    /// Posts on the story's socket; the answer.
    pub async fn sends(&mut self, who: Who, intent: Intent) -> ServerFrame {
        self.desk(who).reader.socket.post_intent(intent).await
    }

    pub async fn posts_intent(&mut self, who: Who, intent: Intent) -> Accepted {
        match self.sends(who, intent).await {
            ServerFrame::Accepted(accepted) => accepted,
            other => panic!("accepted expected: {other:?}"),
        }
    }

    /// Posts, which must be accepted.
    pub async fn posts(&mut self, who: Who, body: Body) -> Accepted {
        let intent = self.intent(body);
        self.posts_intent(who, intent).await
    }

    /// The far nurse posts on the other patient's timeline.
    pub async fn posts_far(&mut self, body: Body) -> EntryId {
        let far = self.far;
        match self.desk(FarNurse).reader.socket.post(far, body).await {
            ServerFrame::Accepted(accepted) => accepted.id,
            other => panic!("accepted expected: {other:?}"),
        }
    }

    pub fn has(&self, who: Who) -> bool {
        self.desks.contains_key(&who)
    }

    pub fn actor(&self, who: Who) -> &Actor {
        &self.desks[&who].actor
    }

    fn intent_on(&self, office: OrganisationId, body: Body) -> Intent {
        Intent { timeline: TimelineId(office.0), ..self.intent(body) }
    }

    /// Posts on the timeline of an organisation, which must be accepted.
    pub async fn writes_on(&mut self, who: Who, office: OrganisationId, body: Body) -> Accepted {
        let intent = self.intent_on(office, body);
        self.posts_intent(who, intent).await
    }

    /// Posts on the timeline of an organisation, which gates must hold: their rules.
    pub async fn is_held_on(&mut self, who: Who, office: OrganisationId, body: Body) -> Vec<String> {
        let intent = self.intent_on(office, body);
        let ServerFrame::Refused(refused) = self.sends(who, intent).await else { panic!("held expected") };
        assert_eq!(&*refused.code, "held", "{refused:?}");
        refused.holds.iter().map(|hold| rule_of(&hold.citation)).collect()
    }

    /// What somebody may read of an organisation's timeline by now.
    pub async fn reads(&self, who: Who, office: OrganisationId) -> Vec<Entry> {
        Desk::open(self.desks[&who].actor.clone(), PatientId(office.0), Seq::ZERO).await.got
    }

    /// What the clock did on an organisation's timeline by this rule, as somebody may read it.
    pub async fn office_course(&self, who: Who, office: OrganisationId, rule: &str) -> Vec<String> {
        let steps = self.reads(who, office).await;
        let of_the_rule = steps.iter().filter(|entry| entry.ruling.cited.iter().any(|cited| rule_of(cited) == rule));
        let names = self.names();
        let steps = of_the_rule.filter_map(|entry| match &entry.body {
            Body::DutyStep(step) => Some(format!("{} {}", moment_of(entry.recorded_at), in_words(&step.step, &names))),
            _ => None,
        });
        steps.collect()
    }

    fn names(&self) -> BTreeMap<OrganisationId, Who> {
        self.desks.iter().map(|(who, desk)| (desk.actor.actor.organisation, *who)).collect()
    }

    /// Hands the scan of a paper in, to be named by an entry.
    pub async fn paper(&self, who: Who) -> Attachment {
        let (path, actor) = (format!("/api/v1/timelines/{}/files", self.patient), &self.desks[&who].actor);
        let content = "点滴指示書：生食 500 mL を 2 時間で".as_bytes();
        let kept = actor.upload(path, "text/plain", "order.txt", content).await.is(StatusCode::CREATED);
        let sha256 = kept["sha256"].as_str().expect("a hash").parse().expect("a hash");
        let size_bytes = u32::try_from(content.len()).expect("a short text");
        Attachment { sha256, media_type: MediaType::PlainText, size_bytes, title: "点滴指示書".to_owned() }
    }

    /// Posts, which must be refused.
    pub async fn is_refused(&mut self, who: Who, body: Body) -> Refused {
        let intent = self.intent(body);
        match self.sends(who, intent).await {
            ServerFrame::Refused(refused) => refused,
            other => panic!("refused expected: {other:?}"),
        }
    }

    /// Posts, which gates must hold: their rules. Nobody gets anything of it.
    pub async fn is_held(&mut self, who: Who, body: Body) -> Vec<String> {
        let intent = self.intent(body);
        let id = intent.id;
        let ServerFrame::Refused(refused) = self.sends(who, intent).await else { panic!("held expected") };
        assert_eq!(refused.code, "held", "{refused:?}");
        for hold in &refused.holds {
            assert!(!hold.title.ja.is_empty() && !hold.reason.en.is_empty() && !hold.missing.is_empty(), "{hold:?}");
        }
        self.got_by(id, &[]).await;
        refused.holds.iter().map(|hold| rule_of(&hold.citation)).collect()
    }

    /// The same with a reason written for this rule: it must pass and keep the reason.
    pub async fn passes_with_a_reason(&mut self, who: Who, body: Body, rule: &str) -> Accepted {
        let written = WrittenReason { rule: rule.to_owned(), text: "往診先で紙がありません".to_owned() };
        let intent = Intent { reasons: vec![written.clone()], ..self.intent(body) };
        let accepted = self.posts_intent(who, intent).await;
        let consequences = accepted.ruling.consequences.as_deref().expect("the reason is kept");
        assert!(consequences.reasons.iter().any(|kept| kept.is_for(&kept.rule) && rule_of(&kept.rule) == rule));
        accepted
    }

    pub async fn tries(&mut self, who: Who, body: Body) -> DryRunResult {
        let intent = self.intent(body);
        let id = intent.id;
        let socket = &mut self.desk(who).reader.socket;
        socket.send(&ClientFrame::DryRun(intent)).await;
        socket
            .next_that(|frame| match frame {
                ServerFrame::DryRunResult(result) if result.id == id => Some(result.clone()),
                _ => None,
            })
            .await
    }

    pub async fn acknowledges(&mut self, who: Who, target: EntryId) -> Accepted {
        self.posts(who, Body::Acknowledgement(Acknowledgement { target, text: String::new() })).await
    }

    pub async fn takes_back(&mut self, who: Who, target: EntryId) -> Accepted {
        let text = "誤って記録しました".to_owned();
        self.posts(who, Body::Retraction(Retraction { target, reason: RetractionReason::Mistake, text })).await
    }

    pub async fn answers(&mut self, who: Who, duty: DutyId, answer: Answer) -> Accepted {
        self.posts(who, said_to(duty, answer)).await
    }

    pub async fn may_not_answer(&mut self, who: Who, duty: DutyId, answer: Answer) -> Refused {
        self.is_refused(who, said_to(duty, answer)).await
    }

    /// Exactly these, of all in the story, have the entry by now.
    pub async fn got_by(&mut self, id: EntryId, expected: &[Who]) {
        let mut got = Vec::new();
        for (who, desk) in &mut self.desks {
            desk.look().await;
            let times = desk.got.iter().filter(|entry| entry.id == id).count();
            assert!(times <= 1, "{who:?} got it {times} times");
            got.extend((times == 1).then_some(*who));
        }
        let mut expected = expected.to_vec();
        expected.sort_unstable();
        assert_eq!(got, expected);
    }

    /// The entry as it lies on somebody's desk.
    pub async fn got(&mut self, who: Who, id: EntryId) -> Entry {
        let desk = self.desk(who);
        desk.look().await;
        desk.got.iter().find(|entry| entry.id == id).cloned().unwrap_or_else(|| panic!("{who:?} has no such entry"))
    }

    /// Time passes, and the hub does what fell due. Whoever was signed in long ago signs in again, and goes on from
    /// their cursor.
    pub async fn later(&mut self, by: Duration) {
        self.app.clock.advance(by);
        let looked = self.app.hub.look_at_what_is_due();
        tokio::time::timeout(Duration::from_secs(20), looked).await.expect("the clock answers").expect("the hub runs");
        if self.app.clock.wall().since(self.signed_in) < SIGN_IN_AGAIN {
            return;
        }
        self.signed_in = self.app.clock.wall();
        for (who, desk) in &mut self.desks {
            let actor = self.app.sign_in(desk.actor.actor.person, desk.actor.position()).await;
            let patient = if who.is_far() { self.far } else { self.patient };
            let next = Desk::open(actor, patient, desk.reader.cursor).await;
            let before = std::mem::replace(desk, next).got;
            desk.got.splice(0..0, before);
        }
    }

    /// Everybody opens their page anew, as it is now.
    pub async fn all_look_again(&mut self) {
        for (who, desk) in &mut self.desks {
            let patient = if who.is_far() { self.far } else { self.patient };
            *desk = Desk::open(desk.actor.clone(), patient, Seq::ZERO).await;
        }
    }

    /// To this moment of the year 2026 in Japan: `04-02 17:00`.
    pub async fn until(&mut self, moment: &str) {
        let by = at(moment).since(self.app.clock.wall());
        self.later(by).await;
    }

    /// What the clock did about a duty, as it lies on somebody's desk: the moment and what, once each.
    pub async fn course(&mut self, who: Who, duty: DutyId) -> Vec<String> {
        let names = self.names();
        let desk = self.desk(who);
        desk.look().await;
        let steps = desk.got.iter().filter_map(|entry| match &entry.body {
            Body::DutyStep(step) if step.duty == duty => {
                assert_eq!(entry.author, Acting::HUB);
                Some(format!("{} {}", moment_of(entry.recorded_at), in_words(&step.step, &names)))
            }
            _ => None,
        });
        steps.collect()
    }

    /// How a duty of the patient stands.
    pub async fn standing_of(&self, duty: DutyId) -> Duty {
        let state = self.app.hub.state_of(TimelineId(self.patient.0)).await.expect("the patient");
        state.duties.find(duty).expect("a duty of the patient").clone()
    }

    /// How it ended, if it did.
    pub async fn ended(&self, duty: DutyId) -> Option<Ended> {
        match self.standing_of(duty).await.standing() {
            Standing::Ended(how) => Some(how),
            _ => None,
        }
    }

    /// The duties by this rule that the clock opened, as the secretariat sees them, and when.
    pub async fn standing(&mut self, rule: &str) -> Vec<(String, OpenedDuty)> {
        let desk = self.desk(Secretariat);
        desk.look().await;
        let opened = desk.got.iter().filter_map(|entry| match &entry.body {
            Body::DutyStep(step) => match &step.step {
                StepDone::Opened(opened) if rule_of(&opened.rule) == rule => {
                    Some((moment_of(entry.recorded_at), opened.clone()))
                }
                _ => None,
            },
            _ => None,
        });
        opened.collect()
    }

    /// Those who owe are exactly the offices of these.
    pub fn owed_by(&self, duty: &OpenedDuty, who: &[Who]) {
        let mut offices: Vec<OrganisationId> = who.iter().map(|who| self.office(*who)).collect();
        let mut owing: Vec<OrganisationId> = duty.debtors.iter().map(|debtor| debtor.organisation).collect();
        offices.sort_unstable();
        owing.sort_unstable();
        assert_eq!(owing, offices, "{who:?} owe");
    }

    pub fn debtor(&self, who: Who) -> Debtor {
        let Acting { role, organisation, organisation_type, .. } = self.acting(who);
        let roles = renkei::domain::duty::RoleSet::of(&[role]);
        Debtor { organisation, organisation_type, roles, capacity: Capacity::Member, person: None }
    }
}

/// Said on a duty, with its reason.
pub fn said_to(duty: DutyId, answer: Answer) -> Body {
    Body::DutyAnswer(Box::new(DutyAnswer { duty, answer, reason: "別の訪問の最中です".to_owned() }))
}

fn in_words(step: &StepDone, names: &BTreeMap<OrganisationId, Who>) -> String {
    let one = |debtor: &Debtor| {
        let office = names.get(&debtor.organisation).map_or("?".to_owned(), |who| format!("{who:?}"));
        format!("{} at the {office}'s", debtor.capacity)
    };
    match step {
        StepDone::Opened(_) => "opened".to_owned(),
        StepDone::Reminded(_) => "reminded".to_owned(),
        StepDone::Overdue => "overdue".to_owned(),
        StepDone::Escalated { told, .. } => {
            format!("told the {}", told.iter().map(one).collect::<Vec<_>>().join(" and the "))
        }
        StepDone::Inherited { to, .. } => {
            format!("passed to the {}", to.iter().map(one).collect::<Vec<_>>().join(" and the "))
        }
        StepDone::Closed(reason) => format!("closed: {reason}"),
        StepDone::Met(_) => "met".to_owned(),
    }
}

/// `ND-M1` of `ND-M1@etiquette/1.0.0#ab`.
pub fn rule_of(citation: &str) -> String {
    citation.split('@').next().expect("a rule").to_owned()
}

/// The moment in Japan, in 2026.
pub fn at(moment: &str) -> Timestamp {
    let (day, time) = moment.split_once(' ').expect("day and time");
    format!("2026-{day}T{time}:00+09:00").parse().expect("a moment")
}

pub fn moment_of(at: Timestamp) -> String {
    let zone = jiff::tz::TimeZone::fixed(jiff::tz::offset(9));
    at.to_jiff().expect("a moment").to_zoned(zone).strftime("%m-%d %H:%M").to_string()
}

/// The duties that a post opened by this rule.
pub fn duties(posted: &Accepted, rule: &str) -> Vec<OpenedDuty> {
    posted.ruling.opened().iter().filter(|duty| rule_of(&duty.rule) == rule).cloned().collect()
}

/// The one duty by this rule: told to the author in words as well.
#[track_caller]
pub fn duty(posted: &Accepted, rule: &str) -> OpenedDuty {
    let [duty] = &duties(posted, rule)[..] else { panic!("one duty by {rule}: {:?}", posted.ruling) };
    assert!(posted.words.iter().any(|told| rule_of(&told.citation) == rule && !told.says.ja.is_empty()), "in words");
    duty.clone()
}

#[track_caller]
pub fn no_duty(posted: &Accepted, rule: &str) {
    assert!(duties(posted, rule).is_empty(), "{:?}", posted.ruling);
}

/// Whether the advice of this rule was given; if so, what it says in Japanese and English, and to whom it speaks.
pub fn advice(posted: &Accepted, rule: &str) -> Option<(String, String, String)> {
    posted.ruling.advice().iter().find(|advice| rule_of(advice) == rule)?;
    let told = posted.words.iter().find(|told| rule_of(&told.citation) == rule).expect("advice comes in words");
    Some((told.says.ja.to_string(), told.says.en.to_string(), told.audience.clone()))
}

/// Advice for the author.
#[track_caller]
pub fn advised(posted: &Accepted, rule: &str) -> String {
    let (ja, en, audience) = advice(posted, rule).unwrap_or_else(|| panic!("advice of {rule}: {:?}", posted.ruling));
    assert_eq!(audience, "author");
    assert!(!en.is_empty());
    ja
}

#[track_caller]
pub fn not_advised(posted: &Accepted, rule: &str) {
    assert_eq!(advice(posted, rule), None);
}

/// Whether the post met the duty.
pub fn meets(posted: &Accepted, duty: &OpenedDuty) -> bool {
    posted.ruling.met().contains(&duty.id)
}

pub fn restricted(intent: Intent) -> Intent {
    Intent { sensitivity: Sensitivity::Restricted, ..intent }
}
