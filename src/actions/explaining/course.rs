//! What became of a duty, line by line, from how it stands: nothing of what it is about.

use crate::domain::duties::{Duty, Ended, Standing};
use crate::domain::text::Text;

/// In the order in which it came about.
pub(super) fn in_words(duty: &Duty) -> Vec<Text> {
    let mut lines = Vec::new();
    let mut say = |ja: String, en: String| lines.push(Text::new(ja, en));
    if duty.due != duty.opened.due {
        let due = duty.due.to_rfc3339();
        say(format!("期限は {due} に移りました"), format!("its due time was moved to {due}"));
    }
    if duty.inherited > 0 {
        say(
            "約束していた所属がいなくなり、ほかの所属に引き継がれました".to_owned(),
            "those who owed it have gone, and others owe it in their place".to_owned(),
        );
    } else if !duty.in_place_of.is_empty() {
        say(
            "ここでは知らせられない所属への連絡を含みます".to_owned(),
            "somebody is to be reached whom the hub cannot tell".to_owned(),
        );
    }
    if let Some(at) = duty.overdue_at {
        let at = at.to_rfc3339();
        say(format!("{at} に期限を過ぎました"), format!("overdue since {at}"));
    }
    match duty.standing() {
        Standing::Open | Standing::Overdue => {}
        Standing::Snoozed => say("延ばしています".to_owned(), "more time was asked for".to_owned()),
        Standing::Escalated(told) => {
            say(format!("知らせる順の {told} 段目まで知らせました"), format!("{told} steps of the chain were told"));
        }
        Standing::Paused => {
            say("入院・入所のあいだ休んでいます".to_owned(), "it rests while the patient is away".to_owned());
        }
        Standing::Ended(how) => {
            let at = duty.ended_by.map_or_else(String::new, |(_, at)| at.to_rfc3339());
            let (ja, en) = ended(how);
            say(format!("{at} に終わりました：{ja}"), format!("ended at {at}: {en}"));
        }
    }
    lines
}

const fn ended(how: Ended) -> (&'static str, &'static str) {
    match how {
        Ended::Met => ("果たされた", "met"),
        Ended::Declined => ("断られた", "declined"),
        Ended::Waived => ("求めないとされた", "let go"),
        Ended::Closed(reason) => (reason.ja(), reason.en()),
    }
}
