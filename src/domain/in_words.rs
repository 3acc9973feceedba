//! Rules as people are told of them: what holds a post and how it may go on, what a duty or a piece of advice is.
//! Made by the rulebook in force, carried by the wire; nothing here is kept.

use super::list::closed_list;
use super::text::Text;

closed_list! {
    /// What somebody is told of.
    NoticeOf {
        Opened = "opened", "約束ができました", "a duty was opened";
        Reminded = "reminded", "まもなく期限です", "a duty is soon due";
        Overdue = "overdue", "期限を過ぎました", "a duty is overdue";
        /// A step of the chain told the reader.
        Escalated = "escalated", "期限を過ぎたことのお知らせ", "told that a duty is overdue";
        HandedOver = "handed_over", "約束を引き継ぎました", "a duty was handed over";
        /// Somebody broke the glass.
        AccessOpened = "access_opened", "緊急閲覧が宣言されました", "emergency access was declared";
        /// Whoever runs the hub's machine took records out, or looked into them.
        TakenOut = "taken_out", "運用者が記録を取り出しました", "the operator took records out";
        Advised = "advised", "助言", "advice";
        /// Somebody wrote an entry on behalf of the reader.
        WrittenFor = "written_for", "あなたの代わりに書かれました", "written on your behalf";
    }
}

/// Why a gate holds a post, and how it may go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    pub citation: String,
    pub title: Text,
    /// Why the rule was agreed.
    pub reason: Text,
    /// What must be: all of one of these is enough, each with what is so now instead.
    pub missing: Vec<Vec<Missing>>,
    /// Circumstances in which it would pass.
    pub exceptions: Vec<Text>,
    /// A written reason lets it pass.
    pub reason_ok: bool,
}

/// Something a rule asks for that is not so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    pub wanted: Text,
    pub now: Text,
}

/// A rule for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleInWords {
    pub citation: String,
    pub title: Text,
    /// The advice, or why the rule was agreed.
    pub says: Text,
    /// Code of whom the advice is for; empty for a duty.
    pub audience: String,
    /// Code of how binding it is.
    pub strength: String,
}
