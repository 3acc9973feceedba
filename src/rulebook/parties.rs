//! Who owes, what meets it, by when, who is told, how else it may end: the parts of duties in words. Used by `wording`, by
//! the sheet, and by whoever explains a duty.

use super::mechanism::{Escalation, MetBy, Party, Span};
use super::phrase::duration;
use super::vocabulary::Vocabulary;
use super::wording::join;
use super::words::{Capacity, Clock, Relation, WayOut};
use crate::domain::text::{Text, counted};

const DAY_S: i64 = 86_400;

/// Whom a step of the chain tells, and when.
pub(crate) fn step_of_chain(step: &Escalation, vocabulary: &Vocabulary) -> Text {
    let (to, after) = (party(&step.to, vocabulary), span(&step.after));
    match step.after.seconds {
        0 => Text::new(format!("{}（期限が来たとき）", to.ja), format!("{} (when due)", to.en)),
        _ => Text::new(
            format!("{}（期限から{}後）", to.ja, after.ja),
            format!("{} ({} after it was due)", to.en, after.en),
        ),
    }
}

/// How a duty may end or rest without being met.
pub(crate) fn ways_out(ways: &[WayOut]) -> Text {
    let ja: Vec<_> = ways.iter().map(|way| way.ja()).collect();
    let en: Vec<_> = ways.iter().map(|way| way.en()).collect();
    Text::new(format!("理由を書いて：{}", ja.join("、")), format!("with a reason: {}", en.join(", ")))
}

pub(crate) fn span(span: &Span) -> Text {
    let length = duration(span.seconds);
    let said = match span.clock {
        Clock::Calendar => length,
        Clock::Business if span.seconds % DAY_S == 0 => {
            let days = span.seconds / DAY_S;
            Text::new(format!("{days}営業日"), counted(days, "business day"))
        }
        Clock::Business => Text::new(format!("営業時間で{}", length.ja), format!("{} of opening time", length.en)),
    };
    if span.placeholder { stands_in(said) } else { said }
}

pub(crate) fn stands_in(said: Text) -> Text {
    Text::new(format!("{}【仮置き】", said.ja), format!("{} [placeholder]", said.en))
}

pub(crate) fn party(party: &Party, vocabulary: &Vocabulary) -> Text {
    let said = if party.roles == vocabulary.roles.full() {
        anybody(party.relation, party.capacity)
    } else {
        in_role(party.relation, party.capacity, &vocabulary.roles.label_of(party.roles))
    };
    if party.each {
        Text::new(format!("{}（事業所ごと）", said.ja), format!("{}, each organisation", said.en))
    } else {
        said
    }
}

/// A party whose role is not named.
fn anybody(relation: Relation, capacity: Capacity) -> Text {
    let (place, place_en) = (relation.ja(), relation.en());
    match (relation, capacity) {
        (Relation::Author, Capacity::Person) => Text::fixed("投稿した本人", "the author in person"),
        (Relation::Named, Capacity::Person) => Text::fixed("記録に名のある本人", "the person named"),
        (Relation::Team, Capacity::Member) => Text::fixed("チームの事業所", "an organisation of the team"),
        (Relation::Team, _) => Text::new(
            format!("チームの事業所の{}", capacity.ja()),
            format!("{} of an organisation of the team", capacity.en()),
        ),
        (_, Capacity::Member) => Text::new(place, place_en),
        _ => Text::new(format!("{place}の{}", capacity.ja()), format!("{} of {place_en}", capacity.en())),
    }
}

fn in_role(relation: Relation, capacity: Capacity, roles: &Text) -> Text {
    let (place, place_en) = (relation.ja(), relation.en());
    match (relation, capacity) {
        (Relation::Region, Capacity::Member) => Text::fixed(Relation::Region.ja(), "the secretariat"),
        (Relation::Named, Capacity::Person) => {
            Text::new(format!("記録に名のある{}本人", roles.ja), format!("the {} named, in person", roles.en))
        }
        (Relation::Team, Capacity::Member) => {
            Text::new(format!("チームの{}", roles.ja), format!("the team's {}", roles.en))
        }
        (_, Capacity::Member) => Text::new(format!("{place}の{}", roles.ja), format!("{} of {place_en}", roles.en)),
        _ => {
            let whoever = anybody(relation, capacity);
            Text::new(format!("{}（{}）", whoever.ja, roles.ja), format!("{} ({})", whoever.en, roles.en))
        }
    }
}

pub(crate) fn met_by(met: &MetBy, vocabulary: &Vocabulary) -> Text {
    let mut acts = Vec::new();
    if met.acknowledge {
        acts.push(Text::fixed("確認", "an acknowledgement"));
    }
    if met.kinds != 0 {
        let kinds = vocabulary.kinds.label_of(met.kinds);
        acts.push(match (met.same, met.answers) {
            (Some(same), true) => Text::new(
                format!("これに答える、または{}が同じ「{}」", same.ja(), kinds.ja),
                format!("a '{}' that answers it or is about the same {}", kinds.en, same.en()),
            ),
            (Some(same), false) => Text::new(
                format!("{}が同じ「{}」", same.ja(), kinds.ja),
                format!("a '{}' about the same {}", kinds.en, same.en()),
            ),
            (None, true) => Text::new(format!("これに答える「{}」", kinds.ja), format!("an answering '{}'", kinds.en)),
            (None, false) => Text::new(format!("「{}」", kinds.ja), format!("'{}'", kinds.en)),
        });
    }
    join(&acts, "か", " or ")
}
