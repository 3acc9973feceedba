//! Good-practice cases (事例): what a team did well, told without the patient, written by somebody at work and published once
//! somebody else of the secretariat approved it. What a case must hold, and which step may follow which. Called by
//! `actions/cases`. Whom a text speaks of is looked for by `identifying`.

use super::announcement::{check_length, check_text};
use super::identifying::IdentifierKind;
use super::ids::{CaseId, OrganisationId, PersonId};
use super::list::closed_list;
use super::role::Role;
use super::text::{Invalid, Text};
use super::time::Timestamp;
use crate::limits;

closed_list! {
    /// What a case is about.
    CaseTag {
        Device = "device", "医療機器", "devices";
        Medication = "medication", "薬", "medication";
        EndOfLife = "end_of_life", "看取り", "end of life";
        Discharge = "discharge", "入退院", "admission and discharge";
        Infection = "infection", "感染対策", "infection control";
        Skin = "skin", "褥瘡・皮膚", "skin and pressure injuries";
        Eating = "eating", "食事・口腔・嚥下", "eating, mouth, swallowing";
        Dementia = "dementia", "認知症", "dementia";
        Rehabilitation = "rehabilitation", "リハビリ", "rehabilitation";
        FamilySupport = "family_support", "家族への支援", "support of families";
        Emergency = "emergency", "急変・災害", "emergencies and disasters";
        Cooperation = "cooperation", "多職種の連携", "working together";
        Other = "other", "その他", "other";
    }
}

closed_list! {
    /// What was done with a case.
    CaseStep {
        Drafted = "drafted", "下書き", "drafted";
        HandedIn = "handed_in", "提出", "handed in";
        Returned = "returned", "差し戻し", "returned";
        Approved = "approved", "承認・公開", "approved and published";
        Withdrawn = "withdrawn", "取り下げ", "withdrawn";
        /// Never the step of a version: what was being written is gone.
        Discarded = "discarded", "下書きの破棄", "draft discarded";
    }
}

/// What stands in a case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CaseWords {
    pub title: String,
    pub happened: String,
    pub done: String,
    pub outcome: String,
    /// Which professions took part; the family, too.
    pub roles: Vec<Role>,
    pub tags: Vec<CaseTag>,
    /// Whether readers are told of which office it comes. Its author they are never told.
    pub shows_office: bool,
}

/// A case as one step left it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseVersion {
    /// From 1, one more with each step, whatever is kept of the versions before.
    pub number: u32,
    pub step: CaseStep,
    pub by: PersonId,
    pub at: Timestamp,
    /// Why it was returned or withdrawn.
    pub remark: String,
    /// Where the form is kept on which patient or family agree; empty until it is handed in.
    pub consent: String,
    pub words: CaseWords,
}

/// A case: what is published of it, and what is being done with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    pub id: CaseId,
    pub author: PersonId,
    /// For which its author acted.
    pub organisation: OrganisationId,
    /// The oldest first; never empty. At most the approved one and what was begun after it: see [`Case::keeps`].
    pub versions: Vec<CaseVersion>,
}

/// See [`CaseStep`]. The words stand in the case, not here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseDeed {
    pub case: CaseId,
    pub step: CaseStep,
    /// The version that came of it; of what was discarded, the last there was.
    pub number: u32,
    /// What whoever did it was warned of and confirmed.
    pub confirmed: Vec<IdentifierKind>,
}

impl CaseWords {
    /// Whether they can be kept as a draft, which may be unfinished.
    ///
    /// # Errors
    /// Which field cannot be taken.
    pub fn check(&self) -> Result<(), Invalid> {
        check_text("title", &self.title, limits::CASE_TITLE_CHARS_MAX)?;
        if self.title.chars().any(char::is_control) {
            let expected = Text::fixed("改行などの制御文字は使えません", "no control characters");
            return Err(Invalid::new("title", "implausible", expected));
        }
        for (field, text) in self.parts() {
            check_length(field, text, limits::CASE_TEXT_CHARS_MAX)?;
        }
        if let Some(at) = self.roles.iter().position(|role| *role == Role::Gateway) {
            let expected = Text::fixed("連携システムは職種ではありません", "a connected system is no profession");
            return Err(Invalid::new(format!("roles[{at}]"), "unexpected", expected));
        }
        let (roles, tags) = (is_distinct(&self.roles), is_distinct(&self.tags));
        match [("roles", roles), ("tags", tags)].into_iter().find(|(_, is_distinct)| !is_distinct) {
            Some((field, _)) => {
                Err(Invalid::new(field, "duplicate", Text::fixed("同じものが二度あります", "something is named twice")))
            }
            None => Ok(()),
        }
    }

    /// Whether they can be handed in: nothing is left out.
    ///
    /// # Errors
    /// Which field is missing.
    pub fn check_finished(&self) -> Result<(), Invalid> {
        self.check()?;
        for (field, text) in self.parts() {
            check_text(field, text, limits::CASE_TEXT_CHARS_MAX)?;
        }
        let open = [("roles", self.roles.is_empty()), ("tags", self.tags.is_empty())];
        match open.into_iter().find(|(_, is_empty)| *is_empty) {
            Some((field, _)) => Err(Invalid::required(field)),
            None => Ok(()),
        }
    }

    const fn parts(&self) -> [(&'static str, &String); 3] {
        [("happened", &self.happened), ("done", &self.done), ("outcome", &self.outcome)]
    }
}

fn is_distinct<T: PartialEq>(all: &[T]) -> bool {
    all.iter().enumerate().all(|(at, one)| !all[..at].contains(one))
}

impl CaseVersion {
    /// All that may say of whom it speaks, and is looked through.
    #[must_use]
    pub fn texts(&self) -> [&str; 5] {
        let CaseWords { title, happened, done, outcome, .. } = &self.words;
        [title, happened, done, outcome, &self.consent]
    }
}

impl Case {
    /// As the last step left it.
    ///
    /// # Panics
    /// Never: a case has a version.
    #[must_use]
    pub fn current(&self) -> &CaseVersion {
        self.versions.last().expect("a case has a version")
    }

    /// What everybody at work reads of it. A withdrawn one has nothing that stands.
    #[must_use]
    pub fn standing(&self) -> Option<&CaseVersion> {
        self.versions.iter().rev().find(|version| version.step == CaseStep::Approved)
    }

    /// Whether this step may follow now.
    #[must_use]
    pub fn takes(&self, step: CaseStep) -> bool {
        use CaseStep::{Approved, Discarded, Drafted, HandedIn, Returned, Withdrawn};
        let last = self.current().step;
        match step {
            Drafted | Withdrawn => last != Withdrawn,
            HandedIn => matches!(last, Drafted | Returned),
            Returned | Approved => last == HandedIn,
            Discarded => matches!(last, Drafted | HandedIn | Returned),
        }
    }

    /// The version that is kept beside the one that this step makes.
    ///
    /// INVARIANT: what was never approved, or stands no more, is not kept: somebody may have changed or withdrawn it because
    /// it said too much.
    #[must_use]
    pub fn keeps(&self, step: CaseStep) -> Option<u32> {
        match step {
            CaseStep::Drafted | CaseStep::HandedIn | CaseStep::Returned => {
                self.standing().map(|version| version.number)
            }
            CaseStep::Approved | CaseStep::Withdrawn | CaseStep::Discarded => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn finished() -> CaseWords {
        CaseWords {
            title: "退院前の顔合わせ".to_owned(),
            happened: "機器の扱いに家族が不安だった".to_owned(),
            done: "退院前に三職種で練習した".to_owned(),
            outcome: "夜間の呼び出しが減った".to_owned(),
            roles: vec![Role::Nurse, Role::Family],
            tags: vec![CaseTag::Discharge],
            shows_office: false,
        }
    }

    fn case(steps: &[CaseStep]) -> Case {
        let version = |(step, number): (&CaseStep, u32)| CaseVersion {
            number,
            step: *step,
            by: PersonId(Uuid::nil()),
            at: Timestamp(0),
            remark: String::new(),
            consent: String::new(),
            words: finished(),
        };
        let versions = steps.iter().zip(1..).map(version).collect();
        let (author, organisation) = (PersonId(Uuid::nil()), OrganisationId(Uuid::nil()));
        Case { id: CaseId(Uuid::nil()), author, organisation, versions }
    }

    #[test]
    fn a_draft_may_be_unfinished_and_what_is_handed_in_may_not() {
        assert_eq!(finished().check_finished(), Ok(()));
        let draft = CaseWords { title: "退院前の顔合わせ".to_owned(), ..CaseWords::default() };
        assert_eq!(draft.check(), Ok(()));
        let missing = |words: CaseWords| words.check_finished().unwrap_err().field;
        assert_eq!(missing(draft), "happened");
        assert_eq!(missing(CaseWords { done: "　".to_owned(), ..finished() }), "done");
        assert_eq!(missing(CaseWords { outcome: String::new(), ..finished() }), "outcome");
        assert_eq!(missing(CaseWords { roles: Vec::new(), ..finished() }), "roles");
        assert_eq!(missing(CaseWords { tags: Vec::new(), ..finished() }), "tags");
        let wrong = |words: CaseWords| words.check().unwrap_err().field;
        assert_eq!(wrong(CaseWords { title: " ".to_owned(), ..finished() }), "title");
        assert_eq!(wrong(CaseWords { title: "一\n二".to_owned(), ..finished() }), "title");
        let long = "長".repeat(limits::CASE_TEXT_CHARS_MAX + 1);
        assert_eq!(wrong(CaseWords { happened: long, ..finished() }), "happened");
        assert_eq!(wrong(CaseWords { roles: vec![Role::Nurse, Role::Gateway], ..finished() }), "roles[1]");
        assert_eq!(wrong(CaseWords { roles: vec![Role::Nurse, Role::Nurse], ..finished() }), "roles");
        assert_eq!(wrong(CaseWords { tags: vec![CaseTag::Skin, CaseTag::Skin], ..finished() }), "tags");
    }

    #[test]
    fn nothing_is_published_that_was_not_handed_in_and_what_was_withdrawn_stays_so() {
        use CaseStep::{Approved, Discarded, Drafted, HandedIn, Returned, Withdrawn};
        let follows = |last: CaseStep| -> Vec<CaseStep> {
            let case = case(&[last]);
            CaseStep::ALL.iter().copied().filter(|step| case.takes(*step)).collect()
        };
        assert_eq!(follows(Drafted), [Drafted, HandedIn, Withdrawn, Discarded]);
        assert_eq!(follows(HandedIn), [Drafted, Returned, Approved, Withdrawn, Discarded]);
        assert_eq!(follows(Returned), [Drafted, HandedIn, Withdrawn, Discarded]);
        assert_eq!(follows(Approved), [Drafted, Withdrawn]);
        assert_eq!(follows(Withdrawn), []);
    }

    #[test]
    fn only_what_stands_is_kept_beside_what_is_being_written() {
        use CaseStep::{Approved, Drafted, HandedIn, Returned, Withdrawn};
        let (new, corrected) = (case(&[Drafted]), case(&[Approved, HandedIn]));
        assert_eq!((new.standing(), new.keeps(HandedIn)), (None, None));
        assert_eq!(corrected.standing().map(|version| version.number), Some(1));
        assert_eq!([Drafted, HandedIn, Returned].map(|step| corrected.keeps(step)), [Some(1); 3]);
        assert_eq!([Approved, Withdrawn].map(|step| corrected.keeps(step)), [None; 2]);
        assert_eq!(case(&[Withdrawn]).standing(), None);
    }
}
