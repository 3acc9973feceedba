//! The patients and the drafts that `dry_run.rs` asks a hub about: one patient for each state that rules look at, and for
//! each kind of post the drafts in which rules make a difference. Told here, asked there.

use jiff::civil::date;
use renkei::domain::body::{
    Body, Call, CallTo, Closing, ClosingReason, Death, DeviceChangeType, Infection, LabRequest, Message, Note,
    NursingInstruction, Order, OrderType, PeriodicRecord, Retraction, RetractionReason, StatusChange, Topic, Visit,
};
use renkei::domain::directory::Actor;
use renkei::domain::entry::{Addressee, Intent, Sensitivity};
use renkei::domain::ids::{EntryId, TimelineId};
use renkei::domain::patient::{HumanName, Registration, Sex};
use renkei::domain::role::Role;
use renkei::domain::team::{ConsentChange, ConsentGiver, ConsentState, History, TeamLink};
use renkei::domain::time::Timestamp;
use renkei::domain::unit::Unit;
use renkei::domain::vital::{Measurement, Vital, VitalSign};
use renkei::domain::withheld::WithheldSet;

use super::care::number;
use super::region::place;
use crate::etiquette::bodies;

/// Who drafts, and the place they have in `region::PLACES`. The last two are not on the team.
pub const WHO: [(&str, usize); 7] = [
    ("doctor", 1),
    ("nurse", 2),
    ("pharmacist", 3),
    ("care_manager", 4),
    ("helper", 5),
    ("hospital", 6),
    ("far_nurse", 7),
];

const OFFICE: usize = 0;
const DOCTOR: usize = 1;
const NURSE: usize = 2;
const HELPER: usize = 5;

/// A patient, and what was written before the drafts.
pub struct State {
    pub name: &'static str,
    pub timeline: TimelineId,
    pub posts: Vec<(Actor, Intent)>,
}

impl State {
    fn begin(at: usize, name: &'static str, team: &[usize]) -> Self {
        let timeline = TimelineId(number(0xd001 + at as u128));
        let mut state = Self { name, timeline, posts: Vec::new() };
        state.post(
            OFFICE,
            Body::Registration(Box::new(Registration {
                name: HumanName { kanji: format!("高橋 {name}"), kana: "タカハシ".to_owned() },
                birth_date: date(1938, 4, 12),
                sex: Sex::Female,
                identifiers: Vec::new(),
                in_facility: false,
                for_training: false,
                document: "申込書綴り 1".to_owned(),
                agreed_by: Some(place(DOCTOR).person),
                agreed_on_paper: "同意書綴り 1".to_owned(),
                attachments: Vec::new(),
            })),
        );
        for (nth, who) in team.iter().enumerate() {
            let organisation = place(*who).organisation;
            let link = TeamLink {
                organisation,
                people: Vec::new(),
                host: nth == 0,
                history: History::All,
                relation_confirmed: true,
            };
            state.post(OFFICE, Body::TeamLink(link));
        }
        state
    }

    /// The usual team, of a patient who agreed to sharing.
    fn usual(at: usize, name: &'static str) -> Self {
        let mut state = Self::begin(at, name, &[DOCTOR, NURSE, 3, 4, HELPER]);
        state.consent(ConsentState::Team);
        state
    }

    fn post(&mut self, who: usize, body: Body) -> EntryId {
        self.post_as(who, body, Sensitivity::Normal)
    }

    fn post_as(&mut self, who: usize, body: Body, sensitivity: Sensitivity) -> EntryId {
        let place_of_state = self.timeline.0.as_u128() & 0xff;
        let id = EntryId(number(0xd_0000 + (place_of_state << 8) + self.posts.len() as u128));
        let intent = Intent { sensitivity, ..draft(id, self.timeline, body) };
        self.posts.push((place(who), intent));
        id
    }

    fn consent(&mut self, state: ConsentState) {
        let change = ConsentChange {
            state,
            given_by: ConsentGiver::Patient,
            given_on: date(2026, 4, 1),
            document: "同意書 12-034".to_owned(),
            one_doctor_wished: false,
            form_version: String::new(),
            withheld: WithheldSet::NONE,
            attachments: Vec::new(),
        };
        self.post(OFFICE, Body::Consent(change));
    }

    fn take_back(&mut self, who: usize, target: EntryId) {
        let (reason, text) = (RetractionReason::Mistake, "誤って記録しました".to_owned());
        self.post(who, Body::Retraction(Retraction { target, reason, text }));
    }
}

fn draft(id: EntryId, timeline: TimelineId, body: Body) -> Intent {
    Intent {
        id,
        timeline,
        observed_at: None,
        sensitivity: Sensitivity::Normal,
        addressed_to: Vec::new(),
        body,
        reasons: Vec::new(),
        on_behalf_of: None,
    }
}

/// All of them, in the order in which they are told.
pub fn states() -> Vec<State> {
    let made: [fn(usize) -> State; 13] = [
        |at| State::usual(at, "home"),
        phoned,
        missed,
        restricted,
        admitted,
        deceased,
        withdrawn,
        closed,
        |at| State::begin(at, "no_consent", &[DOCTOR, NURSE, 3, 4, HELPER]),
        no_nurse,
        instructed,
        device,
        mended,
    ];
    made.iter().enumerate().map(|(at, make)| make(at)).collect()
}

fn phoned(at: usize) -> State {
    let mut state = State::usual(at, "phoned");
    state.post(NURSE, bodies::call(CallTo::Doctor, true, "伝えました"));
    state
}

/// A call that nobody answered, of the doctor's office; and one that was written down by mistake.
fn missed(at: usize) -> State {
    let mut state = State::usual(at, "missed");
    state.post(DOCTOR, bodies::call(CallTo::Nurse, false, ""));
    let slip = state.post(HELPER, bodies::call(CallTo::Doctor, true, "伝えました"));
    state.take_back(HELPER, slip);
    state
}

fn restricted(at: usize) -> State {
    let mut state = State::usual(at, "restricted");
    state.post_as(DOCTOR, bodies::note(), Sensitivity::Restricted);
    state
}

fn admitted(at: usize) -> State {
    let mut state = State::usual(at, "admitted");
    state.post(NURSE, bodies::admission());
    state
}

fn deceased(at: usize) -> State {
    let mut state = State::usual(at, "deceased");
    state.post(DOCTOR, Body::from(Death::default()));
    state
}

fn withdrawn(at: usize) -> State {
    let mut state = State::usual(at, "withdrawn");
    state.post(NURSE, bodies::note());
    state.consent(ConsentState::Withdrawn);
    state
}

fn closed(at: usize) -> State {
    let mut state = State::usual(at, "closed");
    let (reason, text) = (ClosingReason::NoFurtherNeed, String::new());
    state.post(OFFICE, Body::from(Closing { reason, confirmed: true, text }));
    state
}

fn no_nurse(at: usize) -> State {
    let mut state = State::begin(at, "no_nurse", &[DOCTOR, 3, 4]);
    state.consent(ConsentState::Team);
    state
}

/// What rules look back at is all there.
fn instructed(at: usize) -> State {
    let mut state = State::usual(at, "instructed");
    state.post(DOCTOR, bodies::instructed(bodies::instruction()));
    state.post(DOCTOR, bodies::allergic_to("ペニシリン"));
    state.post(NURSE, bodies::acp_note(true));
    state.post(4, bodies::care_plan(false));
    state.post(3, bodies::takes("アムロジピン 5mg"));
    state.post(NURSE, bodies::infection(Infection::Covid, &[date(2026, 3, 31)]));
    state
}

fn device(at: usize) -> State {
    let mut state = State::usual(at, "device");
    state.post(DOCTOR, bodies::oxygen("2"));
    state
}

/// Admitted by mistake, and a setting corrected.
fn mended(at: usize) -> State {
    let mut state = State::usual(at, "mended");
    let slip = state.post(NURSE, bodies::admission());
    state.take_back(NURSE, slip);
    let set = state.post(DOCTOR, bodies::oxygen("2"));
    state.post(DOCTOR, bodies::correction(set, bodies::oxygen("3")));
    state
}

/// A draft: its name, and what it says of this patient.
pub struct Draft {
    pub name: String,
    pub body: Body,
    pub sensitivity: Sensitivity,
    pub addressed_to: Vec<Addressee>,
}

impl Draft {
    pub fn intent(&self, id: EntryId, timeline: TimelineId, observed_at: Timestamp) -> Intent {
        Intent {
            observed_at: Some(observed_at),
            sensitivity: self.sensitivity,
            addressed_to: self.addressed_to.clone(),
            ..draft(id, timeline, self.body.clone())
        }
    }
}

/// Every draft.
pub fn drafts() -> Vec<Draft> {
    let mut drafts = Vec::new();
    let mut add = |name: &str, body: Body| {
        let (name, sensitivity) = (name.to_owned(), Sensitivity::Normal);
        drafts.push(Draft { name, body, sensitivity, addressed_to: Vec::new() });
    };
    talk(&mut add);
    observations(&mut add);
    calls_and_devices(&mut add);
    orders(&mut add);
    plans(&mut add);
    pictures(&mut add);
    let restricted = |name: &str, body: Body| Draft {
        name: format!("{name}.restricted"),
        body,
        sensitivity: Sensitivity::Restricted,
        addressed_to: Vec::new(),
    };
    drafts.push(restricted("note", bodies::note()));
    drafts.push(restricted("device_change", bodies::oxygen("2")));
    let (name, body) = ("note.to_family".to_owned(), bodies::note());
    let addressed_to = vec![Addressee::Role(Role::Family)];
    drafts.push(Draft { name, body, sensitivity: Sensitivity::Normal, addressed_to });
    drafts
}

type Add<'a> = dyn FnMut(&str, Body) + 'a;

fn talk(add: &mut Add<'_>) {
    add("message", bodies::message().into());
    add("message.urgent", Message { urgent: true, ..bodies::message() }.into());
    add("message.fall", bodies::topical(Topic::Fall).into());
    add("message.urgent_drugs", Message { urgent: true, ..bodies::topical(Topic::DrugChange) }.into());
    add("message.empty", Message { text: " ".to_owned(), ..bodies::message() }.into());
    add("message.lost_answer", bodies::answer_to(EntryId(number(0xdead))));
    add("lab_request", bodies::lab_request());
    add("lab_request.urgent", LabRequest { urgent: true, text: "至急".to_owned() }.into());
    add("lab_result", bodies::lab_result(None));
    add("consultation", bodies::consultation(place(DOCTOR).organisation).into());
    add("consultation.station", bodies::consultation(place(NURSE).organisation).into());
}

fn observations(add: &mut Add<'_>) {
    add("note", bodies::note());
    add("note.doctor", Note { text: "発熱".to_owned(), tell_doctor: true, ..Note::default() }.into());
    add("note.acp", Note { text: "家で過ごしたい".to_owned(), acp: true, ..Note::default() }.into());
    let pulse = Measurement::new(VitalSign::Pulse, renkei::domain::decimal::Decimal::whole(72), Unit::PerMinute);
    let (measurements, site) = (vec![pulse.expect("plausible")], None);
    add("vital", Body::Vital(Vital { measurements, site, device: String::new(), comment: String::new() }));
    add("visit", bodies::visited());
    add("visit.doctor", Body::from(Box::new(Visit { tell_doctor: true, ..bodies::visit() })));
    add("visit.off_sheet", Body::from(Box::new(Visit { off_shared_sheet: true, acp: true, ..bodies::visit() })));
    add("visit.found_2", bodies::visit_finding("2"));
    add("visit.found_3", bodies::visit_finding("3"));
    let change = bodies::status_change;
    add("status_change", change().into());
    add("status_change.urgent", StatusChange { urgent: true, ..change() }.into());
    add("status_change.emergency", StatusChange { emergency: true, tell_doctor: true, ..change() }.into());
    add("status_change.fall", StatusChange { topic: Some(Topic::Fall), tell_doctor: true, ..change() }.into());
    add("infection_notice", bodies::infection(Infection::Other, &[]));
    add("infection_notice.covid", bodies::infection(Infection::Covid, &[date(2026, 4, 1)]));
    add("admission", bodies::admission());
    add("discharge", bodies::discharge());
}

fn calls_and_devices(add: &mut Add<'_>) {
    add("call", bodies::call(CallTo::Doctor, true, "伝えました"));
    add("call.nurse", bodies::call(CallTo::Nurse, true, "伝えました"));
    add("call.missed", bodies::call(CallTo::Other, false, ""));
    let bare = Call { text: String::new(), ..bodies::phone(CallTo::Nurse, true) };
    add("call.not_written", Body::from(Box::new(bare)));
    add("device_change.introduced", bodies::device(DeviceChangeType::Introduced, "2"));
    add("device_change.setting", bodies::oxygen("2"));
    add("device_change.removed", bodies::device(DeviceChangeType::Removed, ""));
    add("verbal_order_received", bodies::verbal_order(OrderType::Opioid, &place(DOCTOR)).into());
    let heard = renkei::domain::body::VerbalOrderReceived {
        read_back: false,
        ..bodies::verbal_order(OrderType::Routine, &place(DOCTOR))
    };
    add("verbal_order_received.not_read_back", heard.into());
}

fn orders(add: &mut Add<'_>) {
    for (name, order_type) in [("drip", OrderType::Drip), ("routine", OrderType::Routine)] {
        add(&format!("order.{name}"), bodies::ordered(bodies::order(order_type)));
    }
    add("order.emergency", bodies::ordered(Order { emergency: true, ..bodies::order(OrderType::Opioid) }));
    add("order.allergy", bodies::ordered(bodies::prescribes("ペニシリンG")));
    add("order.drug", bodies::ordered(bodies::prescribes("アムロジピン")));
    add("standing_order", bodies::standing_order());
    add("nursing_instruction", bodies::instructed(bodies::instruction()));
    let vague = NursingInstruction {
        life_guidance: String::new(),
        outlook: String::new(),
        instruction: "適宜 XYZ QQW RRT".to_owned(),
        ..bodies::instruction()
    };
    add("nursing_instruction.vague", bodies::instructed(vague));
    add("nursing_report", bodies::report());
    let at = place(NURSE).organisation;
    add("station_change", Body::from(Box::new(bodies::station_change(at))));
    let asked = renkei::domain::body::StationChange { family_request: true, ..bodies::station_change(at) };
    add("station_change.asked", Body::from(Box::new(asked)));
}

fn plans(add: &mut Add<'_>) {
    let tomorrow: Timestamp = "2026-04-02T05:00:00Z".parse().expect("a moment");
    let plan = || bodies::visit_plan(tomorrow);
    add("visit_plan", Body::from(Box::new(plan())));
    let first = renkei::domain::body::VisitPlan { first_after_discharge: true, ..plan() };
    add("visit_plan.first", Body::from(Box::new(first.clone())));
    let invited = renkei::domain::body::VisitPlan { invited_roles: vec![Role::Nurse], ..first };
    add("visit_plan.invited", Body::from(Box::new(invited)));
    add("visit_plan.urgent", Body::from(Box::new(renkei::domain::body::VisitPlan { urgent: true, ..plan() })));
    add("conference", bodies::conference(&[Role::Doctor, Role::Nurse]));
    add("conference.no_doctor", bodies::conference(&[Role::Nurse]));
    add("care_plan", bodies::care_plan(false));
    add("care_plan.medical", bodies::care_plan(true));
    add("acp_note", bodies::acp_note(false));
}

fn pictures(add: &mut Add<'_>) {
    add("medication_list", bodies::takes("アムロジピン"));
    let report = bodies::medication_report;
    add("medication_report", Body::from(Box::new(report())));
    let for_doctor = renkei::domain::body::MedicationReport { for_doctor: true, ..report() };
    add("medication_report.doctor", Body::from(Box::new(for_doctor)));
    add("allergies", bodies::allergic_to("卵"));
    add("problem_list", bodies::suffers_from("慢性心不全"));
    add("related_persons", bodies::cared_for_by("高橋 春子"));
    add("periodic_record", Body::from(PeriodicRecord { no_change: true, ..PeriodicRecord::default() }));
}
