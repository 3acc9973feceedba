//! A fact as a person says it, from the labels of the vocabulary: as a clause of a sentence, or in a list of facts. Used
//! by `explain`, `told` and `wording`.

use super::ruleset::Interval;
use super::slots::Slots;
use super::vocabulary::{Field, Values};
use crate::domain::text::{Text, counted};

/// What is known of a field, as a clause: "not on this patient's team", "purpose: care".
pub(crate) fn statement(field: &Field, index: usize, slots: &Slots) -> Text {
    match value(field, index, slots) {
        Said::Whole(text) => text,
        Said::Value(value) => {
            let label = &field.label;
            let quoted = matches!(field.values, Values::Choice(_));
            let (open, close) = if quoted { ("「", "」") } else { ("", "") };
            Text::new(format!("{}が{open}{}{close}である", label.ja, value.ja), format!("{}: {}", label.en, value.en))
        }
    }
}

/// The same as one of several facts, beside each other.
pub(crate) fn fact(field: &Field, index: usize, slots: &Slots) -> Text {
    match value(field, index, slots) {
        Said::Whole(text) => text,
        Said::Value(value) => {
            let label = &field.label;
            Text::new(format!("{}は{}", label.ja, value.ja), format!("{}: {}", label.en, value.en))
        }
    }
}

/// Facts in brackets behind what they are the facts of; nothing where there are none.
pub(crate) fn in_brackets(facts: &[Text]) -> Text {
    if facts.is_empty() {
        return Text::fixed("", "");
    }
    let ja: Vec<&str> = facts.iter().map(|text| text.ja.as_ref()).collect();
    let en: Vec<&str> = facts.iter().map(|text| text.en.as_ref()).collect();
    Text::new(format!("（事実：{}）", ja.join("／")), format!(" (facts: {})", en.join("; ")))
}

enum Said {
    /// Field and value in one.
    Whole(Text),
    Value(Text),
}

fn value(field: &Field, index: usize, slots: &Slots) -> Said {
    let possible = slots.possible(index);
    let label = &field.label;
    match &field.values {
        Values::Flag { no } => Said::Whole(match possible {
            0b10 => label.clone(),
            0b01 => no.clone(),
            _ => Text::new(format!("「{}」かどうかが分からない", label.ja), format!("unknown whether {}", label.en)),
        }),
        Values::Choice(lexicon) if possible == lexicon.full() => unknown(label),
        Values::Choice(lexicon) => Said::Value(lexicon.label_of(possible)),
        Values::Number { number, unit } => amount(label, slots.interval(usize::from(*number)), |value| {
            Text::new(format!("{value}{}", unit.ja), format!("{value} {}", unit.en))
        }),
        Values::Duration { number } => amount(label, slots.interval(usize::from(*number)), duration),
    }
}

fn unknown(label: &Text) -> Said {
    Said::Whole(Text::new(format!("{}が分からない", label.ja), format!("{}: unknown", label.en)))
}

fn amount(label: &Text, interval: Interval, say: impl Fn(i64) -> Text) -> Said {
    if interval == Interval::ALL {
        return unknown(label);
    }
    let (low, high) = (say(interval.low), say(interval.high));
    if interval.is_exact() {
        return Said::Value(low);
    }
    Said::Value(Text::new(format!("{}から{}まで", low.ja, high.ja), format!("{} to {}", low.en, high.en)))
}

/// Seconds in the largest unit that says them exactly.
pub(crate) fn duration(seconds: i64) -> Text {
    let units = [(86_400, "日", "day"), (3_600, "時間", "hour"), (60, "分", "minute")];
    let exact = units.into_iter().find(|(unit_s, ..)| seconds != 0 && seconds % unit_s == 0);
    let (unit_s, ja, en) = exact.unwrap_or((1, "秒", "second"));
    let count = seconds / unit_s;
    Text::new(format!("{count}{ja}"), counted(count, en))
}

#[cfg(test)]
mod tests {
    use super::duration;

    #[test]
    fn durations_are_said_in_their_natural_unit() {
        for (seconds, ja, en) in [
            (0, "0秒", "0 seconds"),
            (90, "90秒", "90 seconds"),
            (1_800, "30分", "30 minutes"),
            (14_400, "4時間", "4 hours"),
            (86_400, "1日", "1 day"),
            (172_800, "2日", "2 days"),
        ] {
            assert_eq!((duration(seconds).ja.as_ref(), duration(seconds).en.as_ref()), (ja, en));
        }
    }
}
