//! The life of a version of the rulebook: its stages, and who has signed which set of it. What may follow what is the
//! actions' business; this only names it.

use jiff::civil::Date;

use super::ids::{PersonId, RulebookVersionId};
use super::list::closed_list;
use super::time::Timestamp;

closed_list! {
    /// Where a version is in its life.
    Stage {
        Draft = "draft", "下書き", "draft";
        /// Before the bodies; files still change, which voids what was signed.
        Proposed = "proposed", "提案中", "proposed";
        /// Every body has signed.
        Agreed = "agreed", "合意済み", "agreed";
        InForce = "in_force", "施行中", "in force";
        Retired = "retired", "廃止", "retired";
    }
}

closed_list! {
    /// What was done to a version.
    LifeStep {
        Drafted = "drafted", "下書きの登録", "drafted";
        FilesChanged = "files_changed", "ファイルの差替え", "files changed";
        Proposed = "proposed", "提案", "proposed";
        Signed = "signed", "署名", "signed";
        Scheduled = "scheduled", "施行日の決定", "scheduled";
        InForce = "in_force", "施行", "put in force";
        Retired = "retired", "廃止", "retired";
        /// The hub found that nobody with the region's key wrote it so, and passes it over.
        NotTaken = "not_taken", "無効な版の不採用", "passed over as not genuine";
    }
}

/// A version without its files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RulebookVersion {
    pub id: RulebookVersionId,
    /// What its makers call it.
    pub title: String,
    /// Changes with any byte of its files.
    pub fingerprint: String,
    pub stage: Stage,
    pub drafted_at: Timestamp,
    /// When it comes, or came, into force.
    pub effective_at: Option<Timestamp>,
    pub changed_at: Timestamp,
}

/// A body's signature under one set of rules of a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetSignature {
    /// Id of the set of rules.
    pub set: String,
    pub body: String,
    /// Code of the role that the body speaks for.
    pub role: String,
    /// Who signed for it.
    pub person: String,
    /// The same where they signed here and not on paper.
    pub signer: Option<PersonId>,
    pub on: Date,
    /// The digest that was signed; another one of the same set is not signed by it.
    pub agreement: String,
}
