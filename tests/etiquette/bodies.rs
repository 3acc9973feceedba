//! What the people of the stories post, each as plain as it may be.

use jiff::civil::date;
use renkei::domain::attachment::Attachment;
use renkei::domain::body::{
    AcpNote, Admission, Allergies, Allergy, AllergyType, Body, Call, CallTo, CarePlan, CareService, Conference,
    Consultation, Correction, DeviceChange, DeviceChangeType, DeviceSetting, DeviceState, Discharge, Drug, Infection,
    InfectionNotice, LabRequest, LabResult, MedicationList, MedicationReport, MeetingState, Message, Note,
    NursingInstruction, NursingReport, Order, OrderDocument, OrderType, Participant, Phone, PhoneUse, Problem,
    ProblemList, ProblemStatus, RelatedPerson, RelatedPersons, Relationship, StandingOrder, StationChange,
    StatusChange, Topic, VerbalOrderReceived, Visit, VisitPlan,
};
use renkei::domain::directory::Actor;
use renkei::domain::ids::{EntryId, OrganisationId};
use renkei::domain::role::Role;
use renkei::domain::time::Timestamp;

pub fn flow(litres: &str) -> Vec<DeviceSetting> {
    vec![DeviceSetting {
        name: "酸素流量（安静時）".to_owned(), value: litres.to_owned(), unit: "L/分".to_owned()
    }]
}

pub fn device(change: DeviceChangeType, litres: &str) -> Body {
    Body::from(Box::new(DeviceChange {
        device: "酸素濃縮器".to_owned(),
        change,
        before: Vec::new(),
        after: if change == DeviceChangeType::Removed { Vec::new() } else { flow(litres) },
        reason: "労作時の息切れ".to_owned(),
        emergency: false,
        on: None,
        contact_dates: Vec::new(),
        attachments: Vec::new(),
    }))
}

/// The doctor sets the oxygen.
pub fn oxygen(litres: &str) -> Body {
    device(DeviceChangeType::Setting, litres)
}

pub fn visit() -> Visit {
    Visit { text: "状態は落ち着いています".to_owned(), ..Visit::default() }
}

/// A visit that finds the oxygen at this flow.
pub fn visit_finding(litres: &str) -> Body {
    let found = DeviceState { device: "酸素濃縮器".to_owned(), settings: flow(litres) };
    Body::from(Box::new(Visit { devices: vec![found], ..visit() }))
}

pub fn visited() -> Body {
    Body::from(Box::new(visit()))
}

pub fn note() -> Body {
    Body::from(Note { text: "お変わりありません".to_owned(), ..Note::default() })
}

/// A message that answers an entry.
pub fn answer_to(entry: EntryId) -> Body {
    Message { answers: Some(entry), ..message() }.into()
}

pub fn message() -> Message {
    Message { text: "ご確認ください".to_owned(), ..Message::default() }
}

pub fn order(order_type: OrderType) -> Order {
    Order::new(order_type, "生食 500 mL を 2 時間で")
}

pub fn ordered(order: Order) -> Body {
    Body::from(Box::new(order))
}

/// The paper of a drip, of this order if one is named, not on the agreed form.
pub fn document(order: Option<EntryId>, paper: Attachment) -> Body {
    let (order_type, attachments) = (OrderType::Drip, vec![paper]);
    Body::from(OrderDocument { order_type, order, standard_form: false, text: String::new(), attachments })
}

pub fn verbal_order(order_type: OrderType, doctor: &Actor) -> VerbalOrderReceived {
    VerbalOrderReceived {
        order_type,
        text: "生食 500 mL を 2 時間で".to_owned(),
        read_back: true,
        emergency: false,
        doctor: doctor.person,
        organisation: doctor.organisation,
        received_at: None,
    }
}

pub fn lab_request() -> Body {
    Body::from(LabRequest { text: "先週の採血の結果をください".to_owned(), urgent: false })
}

pub fn lab_result(request: Option<EntryId>) -> Body {
    Body::from(Box::new(LabResult { request, text: "CRP 0.3".to_owned(), ..LabResult::default() }))
}

pub fn consultation(to: OrganisationId) -> Consultation {
    let text = "来月からの担当についてご相談します".to_owned();
    Consultation { to, to_role: None, text, topic: None, urgent: false, attachments: Vec::new() }
}

pub fn station_change(present: OrganisationId) -> StationChange {
    StationChange {
        present,
        next: None,
        family_request: false,
        reason: "転居のため".to_owned(),
        from: None,
        consultation: None,
        attachments: Vec::new(),
    }
}

/// Concrete, with an outlook, without abbreviations.
pub fn instruction() -> NursingInstruction {
    NursingInstruction {
        from: date(2026, 4, 1),
        until: date(2026, 9, 30),
        diagnosis: "慢性閉塞性肺疾患".to_owned(),
        instruction: "週に二回訪問し、呼吸と痰の様子をみる".to_owned(),
        life_guidance: "水分は一日一リットルまで".to_owned(),
        outlook: "息苦しさが増したら電話を".to_owned(),
        ..NursingInstruction::default()
    }
}

pub fn instructed(instruction: NursingInstruction) -> Body {
    Body::from(Box::new(instruction))
}

pub fn report() -> Body {
    let (from, until) = (date(2026, 4, 1), date(2026, 4, 30));
    Body::from(Box::new(NursingReport {
        from, until, course: "安定しています".to_owned(), ..NursingReport::default()
    }))
}

pub fn standing_order() -> Body {
    let (condition, instruction) = ("発熱 38 ℃以上".to_owned(), "解熱薬を一回".to_owned());
    Body::from(StandingOrder { condition, instruction, ..StandingOrder::default() })
}

pub fn status_change() -> StatusChange {
    StatusChange { text: "いつもより息が荒い".to_owned(), ..StatusChange::default() }
}

pub fn call(to: CallTo, reached: bool, text: &str) -> Body {
    Body::from(Box::new(Call { text: text.to_owned(), ..phone(to, reached) }))
}

/// A call about an entry.
pub fn call_about(about: EntryId, to: CallTo, reached: bool) -> Body {
    Body::from(Box::new(Call { about: Some(about), ..phone(to, reached) }))
}

/// A call that says what was said, and no more of whom it was for.
pub fn phone(to: CallTo, reached: bool) -> Call {
    let (organisation, person, role, called_at, about) = (None, None, None, None, None);
    Call { to, reached, text: "伝えました".to_owned(), organisation, person, role, called_at, about }
}

pub fn visit_plan(starts_at: Timestamp) -> VisitPlan {
    VisitPlan { role: Some(Role::Doctor), starts_at: Some(starts_at), ..VisitPlan::default() }
}

/// A conference that somebody of each of these roles attends.
pub fn conference(roles: &[Role]) -> Body {
    let attendees = roles.iter().map(|role| Participant { role: *role, organisation: None, person: None }).collect();
    Body::from(Box::new(Conference { attendees, ..held() }))
}

/// A conference, of whose people nothing is said.
pub fn held() -> Conference {
    Conference {
        state: MeetingState::Held,
        text: "サービスを見直しました".to_owned(),
        held_at: None,
        organisations: Vec::new(),
        attendees: Vec::new(),
        absent: Vec::new(),
        spoken_for: Vec::new(),
        attachments: Vec::new(),
    }
}

pub fn acp_note(keep_private: bool) -> Body {
    Body::from(AcpNote { text: "最期まで家で過ごしたい".to_owned(), keep_private, ..AcpNote::default() })
}

pub fn infection(infection: Infection, days: &[jiff::civil::Date]) -> Body {
    let (text, contact_dates) = ("抗原検査で陽性".to_owned(), days.to_vec());
    Body::from(InfectionNotice { infection, text, since: None, contact_dates })
}

pub fn admission() -> Body {
    Body::from(Box::new(Admission { place: "中央病院".to_owned(), ..Admission::default() }))
}

pub fn discharge() -> Body {
    Body::from(Box::new(Discharge { destination: "自宅".to_owned(), ..Discharge::default() }))
}

pub fn care_plan(medical: bool) -> Body {
    let service = CareService { name: "訪問看護".to_owned(), medical, ..CareService::default() };
    Body::from(Box::new(CarePlan { services: vec![service], ..CarePlan::default() }))
}

pub fn allergic_to(substance: &str) -> Body {
    let (substance, code, reaction) = (substance.to_owned(), String::new(), "発疹".to_owned());
    let allergy = Allergy { allergy_type: AllergyType::Drug, substance, code, reaction };
    Body::from(Allergies { items: vec![allergy], ..Allergies::default() })
}

pub fn suffers_from(name: &str) -> Body {
    let (name, status) = (name.to_owned(), ProblemStatus::Active);
    let problem = Problem { name, code: String::new(), status, since: None, note: String::new() };
    Body::from(ProblemList { items: vec![problem], text: String::new() })
}

/// A daughter who is the key person, with her telephone.
pub fn cared_for_by(name: &str) -> Body {
    let daughter = RelatedPerson {
        name: name.to_owned(),
        relationship: Relationship::Child,
        relationship_text: "長女".to_owned(),
        phones: vec![Phone { number: "090-5550-0199".to_owned(), used: Some(PhoneUse::Mobile) }],
        key_person: true,
        lives_with_patient: false,
        decides_for_patient: true,
        note: String::new(),
    };
    Body::from(RelatedPersons { items: vec![daughter], ..RelatedPersons::default() })
}

pub fn takes(drug: &str) -> Body {
    let drugs = vec![Drug { name: drug.to_owned(), ..Drug::default() }];
    Body::from(Box::new(MedicationList { drugs, ..MedicationList::default() }))
}

/// A routine order that changes what the patient takes.
pub fn prescribes(drug: &str) -> Order {
    let drugs = vec![Drug { name: drug.to_owned(), ..Drug::default() }];
    Order { changes_drugs: true, drugs, ..order(OrderType::Routine) }
}

pub fn medication_report() -> MedicationReport {
    MedicationReport { text: "夕方の分を飲み忘れがちです".to_owned(), ..MedicationReport::default() }
}

pub fn correction(target: EntryId, body: Body) -> Body {
    Body::Correction(Correction { target, body: Box::new(body), reason: "書き誤り".to_owned() })
}

pub fn topical(topic: Topic) -> Message {
    Message { topic: Some(topic), ..message() }
}
