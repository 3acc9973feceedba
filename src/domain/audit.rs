//! What the audit log tells of: kinds of records, who is meant by each, and the wish to see a part of it. What a record
//! says in full stands in `act`, `reading` and the codec's refusals.

use uuid::Uuid;

use super::ids::{OrganisationId, PatientId, PersonId};
use super::list::closed_list;
use super::text::{Invalid, Text};
use super::time::Timestamp;

closed_list! {
    /// What a record of the audit log is about.
    AuditKind {
        Read = "read", "閲覧", "read";
        ReadEnded = "read_ended", "閲覧の終了", "reading ended";
        /// Never a record of the log: it is told from the timelines, where the ruling stands with the entry.
        Accepted = "accepted", "投稿の受理", "post accepted";
        Refused = "refused", "投稿の拒否", "post refused";
        Queued = "queued", "投稿の紐付け待ち", "post waits for a link";
        Dismissed = "dismissed", "紐付け待ちの却下", "waiting post dismissed";
        WrittenFor = "written_for", "代筆", "written on behalf of another";
        SignInBegan = "sign_in_began", "サインイン", "sign-in";
        SignInEnded = "sign_in_ended", "サインインの終了", "sign-in ended";
        Account = "account", "アカウントの操作", "account";
        Device = "device", "登録端末の操作", "registered device";
        Client = "client", "連携システムの操作", "connected system";
        Directory = "directory", "名簿の変更", "directory";
        Rulebook = "rulebook", "ルールブックの手続き", "rulebook";
        DutyClock = "duty_clock", "期限の時計の再開", "duty clock";
        EmergencySearch = "emergency_search", "緊急時の患者検索", "emergency search";
        Keeping = "keeping", "バックアップ・復元・取り出し", "backup, restore, export";
        Quarantine = "quarantine", "預かった投稿", "post in quarantine";
        Announcement = "announcement", "お知らせ", "announcement";
        Training = "training", "研修", "training";
        Case = "case", "事例", "good-practice case";
        Group = "group", "グループ", "group";
        Audit = "audit", "監査記録の閲覧・出力", "audit log used";
    }
}

impl AuditKind {
    /// Whether the region's key seals such a record also where it is about a timeline: who read what must outlive the key
    /// of what was read.
    #[must_use]
    pub const fn outlives_the_timeline(self) -> bool {
        matches!(self, Self::Read | Self::ReadEnded | Self::Keeping)
    }
}

/// What stands of a record in the clear, so that it is found without opening all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuditMark {
    pub kind: AuditKind,
    /// Who acted; `None`: the hub, or whoever runs commands on its machine.
    pub person: Option<PersonId>,
    pub organisation: Option<OrganisationId>,
    /// The person, organisation or version that something was done to.
    pub about: Option<Uuid>,
}

/// Which part of the audit log somebody asks for. What is `None` does not count.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditFilter {
    pub patient: Option<PatientId>,
    /// Who acted, or to whom something was done.
    pub person: Option<PersonId>,
    /// For whom somebody acted.
    pub organisation: Option<OrganisationId>,
    pub kind: Option<AuditKind>,
    /// The first moment.
    pub from: Option<Timestamp>,
    /// The first moment after.
    pub until: Option<Timestamp>,
}

impl AuditFilter {
    /// Refuses a span of time that ends before it begins: nothing is in it, and whoever asked would take that for an answer.
    ///
    /// # Errors
    /// Names the end.
    pub fn check(&self) -> Result<(), Invalid> {
        match (self.from, self.until) {
            (Some(from), Some(until)) if from > until => {
                let text = Text::fixed("終わりは始まりより後の日時です", "the end comes after the beginning");
                Err(Invalid::new("until", "out_of_range", text))
            }
            _ => Ok(()),
        }
    }

    /// Whether a record that was made then and is marked so belongs to the part, whatever patient it is about.
    #[must_use]
    pub fn takes(&self, recorded_at: Timestamp, mark: Option<&AuditMark>) -> bool {
        let in_time =
            self.from.is_none_or(|from| from <= recorded_at) && self.until.is_none_or(|end| recorded_at < end);
        let is_unmarked_meant = self.person.is_none() && self.organisation.is_none() && self.kind.is_none();
        in_time
            && mark.map_or(is_unmarked_meant, |mark| {
                let person = self.person.is_none_or(|it| mark.person == Some(it) || mark.about == Some(it.0));
                let organisation = self.organisation.is_none_or(|it| mark.organisation == Some(it));
                person && organisation && self.kind.is_none_or(|kind| mark.kind == kind)
            })
    }
}

closed_list! {
    /// What somebody did with the audit log.
    AuditUse {
        Listed = "listed", "一覧", "listed";
        Exposure = "exposure", "閲覧範囲の調査", "exposure looked up";
        JsonLines = "jsonl", "JSON Lines で出力", "exported as JSON lines";
        Csv = "csv", "CSV で出力", "exported as CSV";
        FhirLines = "fhir", "FHIR（NDJSON）で出力", "exported as FHIR NDJSON";
        FhirBundle = "fhir-bundle", "FHIR（Bundle）で出力", "exported as a FHIR bundle";
    }
}
