//! A read of a record, as the audit log keeps it: who, of what, from where to where, and on what ground.

use uuid::Uuid;

use super::attachment::ContentHash;
use super::directory::Actor;
use super::ids::{EntryId, Seq, SignInId};
use super::list::closed_list;

closed_list! {
    /// What of a record was shown.
    ReadScope {
        Card = "card", "患者の基本情報", "the patient's card";
        Found = "found", "検索で見つかった患者の基本情報", "the card of a patient found";
        Patient = "patient", "患者の現在の状態", "the patient as they stand";
        Entries = "entries", "記録", "entries";
        Live = "live", "記録（リアルタイム）", "entries, live";
        File = "file", "添付ファイル", "a file";
        Explanation = "explanation", "判定の説明", "an explanation";
        Duties = "duties", "期限のある約束", "duties";
        Advice = "advice", "事務局への助言", "advice";
        Queue = "queue", "紐付け待ちの一覧", "the linking queue";
        Markers = "markers", "既読の状況", "who has read how far";
        Declaration = "declaration", "緊急時の閲覧の宣言", "a declaration of emergency access";
        Office = "office", "事業所の情報", "an office's page";
        Notice = "notice", "約束などのお知らせ", "a notice";
        Audit = "audit", "監査記録の中の患者名", "the name beside an audit record";
    }
}

closed_list! {
    /// On what ground somebody could read.
    ReadWhy {
        Care = "care", "ケアチームの一員として", "as a member of the care team";
        Emergency = "emergency", "緊急時の閲覧", "emergency access";
        Secretariat = "secretariat", "事務局の業務", "a task of the secretariat";
        Former = "former", "チームを離れた後の自分たちの記録", "own records, after leaving the team";
        Office = "office", "事業所の情報は関係者に開かれている", "an office's page is open to its partners";
        Rules = "rules", "地域のルールによる", "by the region's rules";
    }
}

/// What is asked to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadOf {
    pub scope: ReadScope,
    /// Of a file: which.
    pub file: Option<ContentHash>,
}

impl From<ReadScope> for ReadOf {
    fn from(scope: ReadScope) -> Self {
        Self { scope, file: None }
    }
}

impl From<ContentHash> for ReadOf {
    fn from(file: ContentHash) -> Self {
        Self { scope: ReadScope::File, file: Some(file) }
    }
}

/// A read that was granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Read {
    /// The record of reading that the store keeps as it goes on.
    pub grant: Uuid,
    pub reader: Actor,
    pub sign_in: SignInId,
    pub of: ReadOf,
    /// Entries after this one.
    pub from: Seq,
    /// Up to this one; `None` while it goes on: what was sent says the record of its end, and without one it counts as
    /// up to the head.
    pub through: Option<Seq>,
    pub why: ReadWhy,
    /// The declaration that it rests on, of emergency access.
    pub access: Option<EntryId>,
}

/// A read that went on has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadEnded {
    pub grant: Uuid,
    pub reader: Actor,
    pub sign_in: SignInId,
    /// The last entry that was sent or passed over; 0: none was.
    pub through: Seq,
}
