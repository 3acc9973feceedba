//! What posts name must be there, on the patient's own timeline: by its field when it is not, before and after sending.

use renkei::domain::body::{Body, Call, CallTo, MedicationReport, Message, Order, OrderType, StationChange};
use renkei::domain::ids::EntryId;

use super::bodies::{
    call, consultation, document, lab_result, medication_report, message, note, order, ordered, station_change,
};
use super::story::Story;
use super::story::Who::{Doctor, FarNurse, Nurse, Pharmacist};

fn about(id: EntryId) -> Body {
    let Body::Call(plain) = call(CallTo::Doctor, true, "様子を伝えました") else { unreachable!("a call") };
    Body::from(Box::new(Call { about: Some(id), ..*plain }))
}

#[tokio::test]
async fn an_entry_named_must_be_of_this_patient_and_of_a_kind_that_fits() {
    let mut story = Story::begin().await;
    let noted = story.posts(Doctor, note()).await.id;
    let elsewhere = story.posts_far(note()).await;
    let minato = story.office(Nurse);
    let paper = story.paper(Doctor).await;
    type Naming<'a> = Box<dyn Fn(EntryId) -> Body + 'a>;
    let table: Vec<(&str, Naming<'_>, bool)> = vec![
        ("lab_result.request", Box::new(|id| lab_result(Some(id))), true),
        ("order.document", Box::new(|id| ordered(Order { document: Some(id), ..order(OrderType::Drip) })), true),
        ("order_document.order", Box::new(|id| document(Some(id), paper.clone())), true),
        (
            "station_change.consultation",
            Box::new(|id| {
                let change = StationChange { consultation: Some(id), family_request: true, ..station_change(minato) };
                Body::from(Box::new(change))
            }),
            true,
        ),
        ("order.answers", Box::new(|id| ordered(Order { answers: Some(id), ..order(OrderType::Routine) })), false),
        ("message.answers", Box::new(|id| Message { answers: Some(id), ..message() }.into()), false),
        ("call.about", Box::new(about), false),
        (
            "medication_report.about",
            Box::new(|id| Body::from(Box::new(MedicationReport { about: Some(id), ..medication_report() }))),
            false,
        ),
    ];
    for (field, naming, has_kind) in table {
        let path = format!("post.intent.body.{field}");
        for unknown in [elsewhere, EntryId(uuid::Uuid::from_u128(7))] {
            let refused = story.is_refused(Doctor, naming(unknown)).await;
            assert_eq!((&*refused.code, &refused.field), ("not_found", &path));
        }
        if has_kind {
            let refused = story.is_refused(Doctor, naming(noted)).await;
            assert_eq!((&*refused.code, &refused.field), ("wrong_kind", &path));
            assert!(refused.reasons[0].ja.contains("「記録」"), "says what it found: {refused:?}");
        } else {
            story.posts(Doctor, naming(noted)).await;
        }
    }
}

#[tokio::test]
async fn who_is_asked_must_be_on_the_team() {
    let mut story = Story::begin().await;
    let far = story.office(FarNurse);
    let refused = story.is_refused(Pharmacist, consultation(far).into()).await;
    assert_eq!((&*refused.code, refused.field.as_str()), ("not_linked", "post.intent.body.consultation.to"));
    let clinic = story.office(Doctor);
    story.posts(Pharmacist, consultation(clinic).into()).await;
}
