//! What doctors and nurses ask of each other.

use renkei::domain::body::{Body, Note, Visit};

use super::bodies::{acp_note, instructed, instruction, note, visit, visited};
use super::story::Who::{Doctor, Helper, Nurse, Pharmacist};
use super::story::{DAY, Story, TEAM, advised, meets, not_advised, restricted};

#[tokio::test]
async fn mu_s1_a_visit_kept_off_the_shared_sheet_is_advised_to_be_on_it() {
    let mut story = Story::begin().await;
    let hidden = || Body::from(Box::new(Visit { off_shared_sheet: true, ..visit() }));
    let kept_off = story.posts(Nurse, hidden()).await;
    advised(&kept_off, "MU-S1");
    story.got_by(kept_off.id, &TEAM).await;
    advised(&story.posts(Doctor, hidden()).await, "MU-S1");
    not_advised(&story.posts(Nurse, visited()).await, "MU-S1");
    not_advised(&story.posts(Helper, hidden()).await, "MU-S1");
}

#[tokio::test]
async fn mu_s2_acp_matters_kept_from_the_team_are_advised_to_be_shared_unless_the_patient_wishes_otherwise() {
    let mut story = Story::begin().await;
    let on_acp =
        || Body::from(Note { acp: true, text: "延命は望まないと話された".to_owned(), ..Note::default() });
    let intent = restricted(story.intent(on_acp()));
    let kept = story.posts_intent(Nurse, intent).await;
    advised(&kept, "MU-S2");
    story.got_by(kept.id, &[Doctor, Nurse, Pharmacist]).await;
    not_advised(&story.posts(Nurse, on_acp()).await, "MU-S2");
    let intent = restricted(story.intent(note()));
    not_advised(&story.posts_intent(Nurse, intent).await, "MU-S2");
    story.posts(Doctor, acp_note(true)).await;
    let intent = restricted(story.intent(on_acp()));
    not_advised(&story.posts_intent(Nurse, intent).await, "MU-S2");
}

#[tokio::test]
async fn mu_s2b_the_acp_note_is_asked_for_anew_every_year_and_never_of_somebody_who_keeps_it_private() {
    for private in [false, true] {
        let mut story = Story::begin().await;
        let long = |from| {
            let until = jiff::civil::Date::saturating_add(from, jiff::Span::new().months(6));
            instructed(renkei::domain::body::NursingInstruction { from, until, ..instruction() })
        };
        story.posts(Doctor, acp_note(private)).await;
        // An instruction runs half a year: it is renewed as it would be.
        story.posts(Doctor, long(jiff::civil::date(2026, 4, 1))).await;
        story.later(DAY * 182).await;
        story.posts(Doctor, long(jiff::civil::date(2026, 9, 30))).await;
        story.later(DAY * 180).await;
        story.posts(Doctor, long(jiff::civil::date(2027, 3, 29))).await;
        assert_eq!(story.standing("MU-S2b").await.len(), 0);
        story.later(DAY * 4).await;
        let opened = story.standing("MU-S2b").await;
        assert_eq!(opened.len(), usize::from(!private));
        if let [(_, owed)] = &opened[..] {
            story.owed_by(owed, &[Doctor]);
            assert!(meets(&story.posts(Doctor, acp_note(false)).await, owed));
        }
    }
}
