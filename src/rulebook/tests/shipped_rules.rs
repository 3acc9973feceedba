//! Every shipped rule, clause by clause and exception by exception. A rule without its rows fails.

use super::super::{Effect, RuleRef, Verdict, shipped};
use super::book;
use super::rows::facts;
use crate::domain::kind::Kind;
use crate::rulebook::event::EVENT_SOURCES;
use crate::rulebook::facts::{FieldSource, SOURCES};

/// `rule`, `sign`, action and kind, facts, verdict. Signs: `+2` the second clause of `when` brings the
/// rule into effect (`+` the only one); `-` it has no effect; `!1` only its first exception keeps it
/// from taking effect.
const ROWS: &str = "
FL-1  +1  view vital           nurse own                                   permit
FL-1  +1  view note            helper own consent:withdrawn formerly       permit
FL-1  +1  view registration    doctor own admin                            permit
FL-1  -   view vital           nurse formerly consent:team                 deny
FL-1  -   view vital           nurse own training                          deny
FL-1  +2  view consent         secretariat own admin                       permit
FL-1  -   view consent         secretariat own                             deny
FL-1  +3  view message         family own                                  permit
FL-1  -   view message         family own admin                            deny
FL-1  +3  view vital           gateway own                                 permit
FL-1  -   view vital           gateway own admin                           deny

FL-2  +1  post vital           nurse team consent:team                     permit
FL-2  +1  post visit           nurse organisation                          permit
FL-2  +1  post nursing_report  nurse organisation consent:withdrawn        permit
FL-2  +1  post vital           helper organisation closed                  permit
FL-2  +1  post problem_list    helper organisation consent:withdrawn       permit
FL-2  +1  post related_persons care_manager team                           permit
FL-2  +2  post related_persons nurse formerly                              permit
FL-2  -   post problem_list    family team                                 deny
FL-2  -   post related_persons doctor                                      deny
FL-2  -   post related_persons secretariat admin                           deny
FL-2  -   post message         nurse organisation                          deny
FL-2  -   post vital           nurse                                       queue
FL-2  -   post vital           nurse ?link                                 queue
FL-2  -   post vital           family organisation                         deny
FL-2  +2  post note            nurse formerly consent:withdrawn            permit
FL-2  -   post note            nurse formerly training                     deny

FL-3  +1  post vital           gateway organisation                        permit
FL-3  +2  post vital           gateway formerly                            permit
FL-3  -   post vital           gateway                                     queue
FL-3  -   post note            gateway organisation                        queue
FL-3  -   post message         gateway organisation                        deny

FL-4  +1  post correction      nurse target-own                            permit
FL-4  +1  post retraction      helper target-own consent:withdrawn         permit
FL-4  +2  post correction      secretariat target-own admin                permit
FL-4  -   post correction      secretariat target-own                      deny
FL-4  +3  post retraction      family target-own                           permit
FL-4  +3  post retraction      gateway target-own                          permit
FL-4  -   post correction      nurse                                       deny

FL-5  +   post correction      doctor team consent:team                    deny
FL-5  +   post retraction      nurse host                                  deny
FL-5  +   post correction      nurse ?target                               deny
FL-5  -   post correction      nurse target-own                            permit

FL-6  +   post acknowledgement nurse team consent:team target-hidden       deny
FL-6  +   post acknowledgement nurse team consent:team ?target             deny
FL-6  -   post acknowledgement nurse team consent:team                     permit

FL-7  +   post registration    secretariat admin                           permit
FL-7  +   post team_link       secretariat admin                           permit
FL-7  +   post team_unlink     secretariat admin consent:withdrawn         permit
FL-7  +   post host_change     secretariat admin                           permit
FL-7  +   post consent         secretariat admin                           permit
FL-7  +   view team_link       secretariat admin                           permit
FL-7  -   post registration    secretariat                                 deny
FL-7  -   view vital           secretariat admin                           deny
FL-7  -   post note            secretariat admin                           deny

FL-8  +1  post registration    doctor unregistered                         permit
FL-8  +1  post registration    dentist unregistered admin                  permit
FL-8  -   post registration    doctor                                      deny
FL-8  -   post registration    doctor ?registered                          deny
FL-8  -   post registration    doctor formerly                             deny
FL-8  -   post registration    doctor organisation                         deny
FL-8  +2  post registration    doctor team                                 permit
FL-8  +3  post registration    dentist host admin                          permit
FL-8  -   post registration    nurse unregistered                          deny
FL-8  -   post registration    nurse host                                  deny
FL-8  -   post registration    family unregistered                         deny

FL-9  +   post team_link       doctor hostless                             permit
FL-9  -   post team_link       doctor                                      deny
FL-9  -   post team_link       nurse hostless                              deny

FL-10 +   post team_link       nurse host                                  permit
FL-10 +   post team_unlink     care_manager host admin                     permit
FL-10 +   post host_change     doctor host                                 permit
FL-10 -   post host_change     doctor team                                 deny
FL-10 -   post team_link       family host                                 deny

FL-11 +   post team_unlink     helper link-own                             permit
FL-11 -   post team_unlink     helper organisation                         deny
FL-11 -   post team_link       helper link-own                             deny

FL-12 +   post consent         care_manager organisation                   permit
FL-12 +   post consent         nurse organisation consent:team             permit
FL-12 -   post consent         nurse formerly                              deny
FL-12 -   post consent         family organisation                         deny

FL-13 +1  view team_link       pharmacist organisation consent:withdrawn   permit
FL-13 +1  view registration    helper team                                 permit
FL-13 -   view registration    helper                                      deny
FL-13 +2  view registration    gateway team                                permit
FL-13 -   view registration    gateway organisation                        deny
FL-13 -   view consent         family organisation                         deny

FL-14 +   post vital           nurse                                       queue
FL-14 +   post status_change   municipality                                queue
FL-14 +   post infection_notice rehab consent:withdrawn                    queue
FL-14 +   post vital           gateway                                     queue
FL-14 -   post message         nurse                                       deny
FL-14 -   post order           doctor                                      deny
FL-14 -   post vital           family                                      deny
FL-14 -   post vital           nurse statistics                            deny

FL-15 +   view vital           doctor team consent:withdrawn               deny
FL-15 +   view infection_notice nurse team covid consent:withdrawn         deny
FL-15 +   view vital           helper glass consent:withdrawn              deny
FL-15 +   view vital           nurse team consent:?                        deny
FL-15 +   view related_persons doctor team consent:withdrawn               deny
FL-15 +   view problem_list    helper team consent:withdrawn               deny
FL-15 !1  view related_persons nurse own consent:withdrawn                 permit
FL-15 -   view vital           nurse team consent:team                     permit
FL-15 -   view team_link       nurse team consent:withdrawn                permit
FL-15 !1  view vital           nurse own consent:withdrawn                 permit
FL-15 !2  view vital           nurse glass consent:withdrawn               permit
FL-15 !2  view vital           doctor glass consent:withdrawn              permit

FL-16 +   view vital           family team consent:team                    deny
FL-16 +   view team_link       family team consent:team                    deny
FL-16 +   view related_persons family team consent:team                    deny
FL-16 +   view problem_list    family team consent:team                    deny
FL-16 !1  view related_persons family team consent:team addressed          permit
FL-16 -   view vital           nurse team consent:team                     permit
FL-16 !1  view message         family team consent:team addressed          permit
FL-16 !2  view vital           family own                                  permit

FL-31 +   view message         family team consent:team addressed withholds:family deny
FL-31 +   view message         family team consent:team addressed withholds:? deny
FL-31 +   view note            family addressed consent:withdrawn withholds:family deny
FL-31 +   view related_persons family team consent:team addressed withholds:family deny
FL-31 -   view message         family team consent:team addressed withholds:systems permit
FL-31 -   view vital           nurse team consent:team withholds:family    permit
FL-31 !1  view message         family own withholds:family                 permit

FL-32 +   view vital           gateway team consent:team withholds:systems deny
FL-32 +   view registration    gateway team consent:team withholds:systems deny
FL-32 +   view vital           gateway team consent:team withholds:?       deny
FL-32 -   view vital           gateway team consent:team withholds:family  permit
FL-32 -   view vital           nurse team consent:team withholds:systems   permit
FL-32 +   view related_persons gateway team consent:team withholds:systems deny
FL-32 !1  view vital           gateway own withholds:systems               permit

FL-33 +   post export          doctor own-office export-withheld           deny
FL-33 +   post export          secretariat own-office admin ?export        deny
FL-33 -   post export          doctor own-office                           permit

FL-17 +   post nursing_instruction nurse team consent:team                 deny
FL-17 +   post alarm_limits    dentist team consent:team                   deny
FL-17 -   post nursing_instruction doctor team consent:team                permit
FL-17 -   post alarm_limits    doctor team consent:team                    permit

FL-18 +   post order           nurse team consent:team                     deny
FL-18 +   post standing_order  family team consent:team                    deny
FL-18 +   post order           secretariat admin                           deny
FL-18 -   post order           doctor team consent:team                    permit
FL-18 -   post order           dentist team consent:team                   permit

FL-19 +   view vital           doctor team consent:team training           deny
FL-19 +   view registration    secretariat statistics                      deny
FL-19 +   post note            nurse team training                         deny
FL-19 -   view registration    secretariat admin                           permit

FL-20 +   post office_entry    secretariat admin                           permit
FL-20 +   view incident        secretariat admin                           permit
FL-20 -   post activation      nurse admin                                 deny
FL-20 -   post suspension      secretariat                                 deny
FL-20 -   post incident        secretariat admin                           deny

FL-21 +1  post contact_window  msw admin own-office                        permit
FL-21 +1  post export          doctor own-office                           permit
FL-21 +2  post roster          secretariat admin own-office                permit
FL-21 -   post roster          nurse                                       deny
FL-21 -   post roster          nurse ?office                               deny
FL-21 -   post roster          secretariat admin                           deny
FL-21 -   post office_entry    doctor admin own-office                     deny
FL-21 -   post pledge          family own-office                           deny

FL-22 +   view roster          nurse                                       permit
FL-22 -   view pledge          nurse                                       deny
FL-22 -   view roster          family                                      deny

FL-30 +   view pledge          nurse own-office                            permit
FL-30 +   view duty_step       msw own-office                              permit
FL-30 -   view pledge          nurse                                       deny
FL-30 -   view suspension      nurse ?office                               deny
FL-30 -   view incident        family own-office                           deny

FL-23 +   post emergency_access nurse                                      permit
FL-23 -   post emergency_access helper team consent:team                   deny
FL-23 -   post emergency_access doctor training                            deny

FL-24 +1  view emergency_access helper organisation                        permit
FL-24 +2  view emergency_access secretariat admin                          permit
FL-24 -   view emergency_access helper                                     deny

FL-25 +   post acknowledgement secretariat admin                           permit
FL-25 -   post acknowledgement secretariat                                 deny
FL-25 -   post message         secretariat admin                           deny

FL-26 +   view duty_step       secretariat admin                           permit
FL-26 +   post duty_answer     secretariat admin                           permit
FL-26 -   view duty_step       secretariat                                 deny
FL-26 -   post duty_step       secretariat admin                           deny
FL-26 -   view duty_step       nurse                                       deny

FL-B1 +1  view vital           nurse team consent:team                     permit
FL-B1 +2  view vital           nurse organisation consent:team             deny
FL-B1 +3  view vital           gateway team consent:team                   permit
FL-B1 -   view vital           nurse organisation                          deny
FL-B2 +   view infection_notice helper organisation scabies                deny
FL-B2 -   view infection_notice helper organisation scabies consent:withdrawn deny
FL-B3 +   view vital           nurse glass                                 permit
FL-B3 -   view vital           helper glass                                deny
FL-B4 +   view note            family team addressed consent:team          permit
FL-B4 -   view note            family addressed consent:team               deny
FL-B5 +1  post message         helper team                                 deny
FL-B5 +2  post message         helper organisation                         deny
FL-B5 -   post message         helper formerly                             deny

FL-B7 +   view duty_step       nurse team consent:team                     permit
FL-B7 -   view duty_step       nurse formerly consent:team                 deny
FL-B6 +   post note            family team                                 deny
FL-B6 -   post order           family team                                 deny

SH-1  +   view vital           nurse team consent:team                     permit
SH-1  +   view order           helper team consent:team                    permit
SH-1  +   view problem_list    helper team consent:team                    permit
SH-1  +   view related_persons pharmacist team consent:team                permit
SH-1  -   view related_persons pharmacist team                             deny
SH-1  -   view related_persons pharmacist organisation consent:team        deny
SH-1  +   view note            nurse team consent:team restricted          permit
SH-1  -   view vital           nurse organisation consent:team             deny
SH-1  -   view vital           nurse team                                  deny
SH-1  -   view vital           nurse team consent:team admin               deny
SH-1  -   view vital           nurse team consent:?                        deny
SH-1  -   view vital           gateway team consent:team                   permit

SH-1b +   view vital           gateway team consent:team                   permit
SH-1b +   view order           gateway team consent:team                   permit
SH-1b +   view related_persons gateway team consent:team                   permit
SH-1b -   view vital           gateway organisation consent:team           deny
SH-1b -   view vital           gateway team                                deny
SH-1b -   view vital           gateway team consent:withdrawn              deny
SH-1b -   view vital           gateway team consent:team admin             deny
SH-1b -   view vital           family team consent:team                    deny

SH-2  +   view note            helper team consent:team restricted         deny
SH-2  +   view note            msw team consent:team restricted            deny
SH-2  +   view problem_list    helper team consent:team restricted         deny
SH-2  +   view infection_notice helper team consent:team restricted scabies deny
SH-2  +   view note            family team consent:team restricted addressed deny
SH-2  -   view note            helper team consent:team                    permit
SH-2  -   view note            pharmacist team consent:team restricted     permit
SH-2  !1  view infection_notice helper team consent:team restricted covid  permit
SH-2  !2  view note            helper own restricted                       permit

SH-3  +   view infection_notice helper organisation consent:team scabies   permit
SH-3  -   view note            helper organisation consent:team            deny
SH-3  -   view infection_notice helper consent:team scabies                deny
SH-3  -   view infection_notice helper organisation scabies                deny

SH-4  +   view infection_notice helper organisation covid                  permit
SH-4  -   view infection_notice helper organisation scabies                deny
SH-4  -   view infection_notice helper covid                               deny
SH-4  -   view vital           nurse team covid                            deny

SH-5  +   view vital           secretariat team consent:team               deny
SH-4b +   post acknowledgement helper team                                 permit
SH-4b -   post acknowledgement helper team target-hidden                   deny
SH-4b -   post acknowledgement helper team consent:withdrawn               deny
SH-4b -   post acknowledgement helper                                      deny

SH-5  +   view acknowledgement secretariat admin                           deny
SH-5  +   view related_persons secretariat admin                           deny
SH-5  -   view team_link       secretariat admin                           permit
SH-5  !1  view note            secretariat own admin                       permit

SH-6  +   view vital           nurse glass                                 permit
SH-6  +   view note            doctor glass restricted consent:withdrawn   permit
SH-6  +   view related_persons nurse glass                                 permit
SH-6  -   view vital           nurse                                       deny
SH-6  -   view vital           pharmacist glass                            deny
SH-6  -   view vital           nurse glass admin                           deny

SH-7  +   post order           doctor team consent:team                    permit
SH-7  +   post nursing_instruction doctor team consent:team                permit
SH-7  -   post order           doctor organisation consent:team            deny
SH-7  -   post order           doctor team consent:withdrawn               deny

SH-8  +   post order           dentist team consent:team                   permit
SH-8  +   post standing_order  dentist team consent:team                   permit
SH-8  -   post nursing_instruction dentist team consent:team               deny
SH-8  -   post order           dentist consent:team                        deny

SH-9  +   post message         helper team consent:team                    permit
SH-9  +   post lab_request     nurse team consent:team                     permit
SH-9  +   post acknowledgement care_manager team consent:team              permit
SH-9  -   post message         helper team                                 deny
SH-9  -   post message         helper consent:team                         deny

SH-10 +   view message         family team addressed consent:team          permit
SH-10 +   view visit           family team addressed consent:team          permit
SH-10 -   view message         family addressed consent:team               deny
SH-10 -   view message         family team addressed consent:withdrawn     deny
SH-10 -   view team_link       family team addressed consent:team          deny

SH-11 +   post message         family team                                 permit
SH-11 +   post vital           family team consent:withdrawn               permit
SH-11 +   post acknowledgement family team                                 permit
SH-11 -   post note            family team                                 deny
SH-11 -   post message         family                                      deny

SH-12 +   post order           doctor team consent:team closed             deny
SH-12 +   post message         nurse team consent:team closed              deny
SH-12 +   post team_link       secretariat admin closed                    deny
SH-12 +   post message         nurse team consent:team ?status             deny
SH-12 -   post vital           nurse team closed                           permit
SH-12 -   post team_unlink     secretariat admin closed                    permit

SH-13 +   view duty_step       nurse team consent:team                     permit
SH-13 +   view duty_answer     care_manager team consent:team              permit
SH-13 -   view duty_step       nurse organisation consent:team             deny
SH-13 -   view duty_step       nurse team consent:withdrawn                deny
SH-13 -   view duty_step       family team consent:team                    deny

SH-14 +   post duty_answer     nurse team consent:team                     permit
SH-14 -   post duty_answer     nurse team                                  deny
SH-14 -   post duty_answer     family team consent:team                    deny
SH-14 -   post duty_step       nurse team consent:team                     deny
";

struct Row<'a> {
    rule: &'a str,
    sign: &'a str,
    what: String,
    facts: String,
    verdict: Verdict,
}

fn rows() -> Vec<Row<'static>> {
    let lines = ROWS.lines().filter(|line| !line.trim().is_empty());
    let read = |line: &'static str| {
        let words: Vec<_> = line.split_whitespace().collect();
        let [rule, sign, action, kind, facts @ .., verdict] = words.as_slice() else { panic!("row: {line}") };
        let verdict = match *verdict {
            "permit" => Verdict::Permit,
            "queue" => Verdict::Quarantine,
            "deny" => Verdict::Deny,
            other => panic!("verdict {other} in: {line}"),
        };
        Row { rule, sign, what: format!("{action} {kind}"), facts: facts.join(" "), verdict }
    };
    lines.map(read).collect()
}

#[test]
fn every_row_gives_its_verdict_for_its_reason() {
    let book = book();
    for row in rows() {
        let told = format!("{} {} {} | {}", row.rule, row.sign, row.what, row.facts);
        let (cited, _, rule) =
            book.rules().find(|(_, _, rule)| rule.id == row.rule).unwrap_or_else(|| panic!("no rule: {told}"));
        let Some(share) = rule.mechanism.share() else { continue };
        let facts = facts(&row.what, &row.facts);
        let (judgement, slots) = facts.judge(&book);
        assert_eq!(
            judgement.verdict,
            row.verdict,
            "{told}: {:?}",
            book.explain(facts.action, facts.post.kind, &judgement, &slots)
        );

        let speaks = share.applies.on.of(facts.action) >> facts.post.kind.index() & 1 == 1;
        let index = cited.index().expect("a rule, not a built-in answer");
        let takes_effect = speaks && book.program.takes_effect(index, &slots);
        assert_eq!(takes_effect, row.sign.starts_with('+'), "{told}");
        let decides = match share.effect {
            Effect::Permit => row.verdict == Verdict::Permit,
            Effect::Forbid => true,
            Effect::Queue => row.verdict == Verdict::Quarantine,
            Effect::Bound => false,
        };
        assert_eq!(judgement.cited.as_slice().contains(&cited), takes_effect && decides, "{told}");

        // The clause or exception named by the sign is the one that matters.
        let holds = |clause: &super::super::ruleset::Clause| {
            let sides = book.grid.sides(&book.vocabulary, clause);
            sides.iter().all(|(field, set)| slots.possible(*field) & set != 0)
        };
        let numbered = |sign: &str| sign[1..].parse::<usize>().map_or(0, |number| number - 1);
        if row.sign.starts_with('+') {
            assert!(holds(&share.applies.when[numbered(row.sign)]), "{told}: clause");
        }
        if row.sign.starts_with('!') {
            assert!(speaks && share.applies.when.iter().any(holds), "{told}: would not apply anyway");
            let held: Vec<_> = share.applies.unless.iter().map(holds).collect();
            let expected: Vec<_> = (0..held.len()).map(|at| at == numbered(row.sign)).collect();
            assert_eq!(held, expected, "{told}: exceptions");
        }
    }
}

#[test]
fn every_rule_clause_and_exception_has_its_rows() {
    let (book, rows) = (book(), rows());
    for (_, _, rule) in book.rules() {
        let Some(share) = rule.mechanism.share() else { continue };
        let has = |sign: &str| rows.iter().any(|row| row.rule == rule.id && row.sign == sign);
        assert!(has("-"), "{} has no negative row", rule.id);
        for clause in 1..=share.applies.when.len() {
            let only = share.applies.when.len() == 1;
            assert!(has(&format!("+{clause}")) || only && has("+"), "{} clause {clause} has no row", rule.id);
        }
        for exception in 1..=share.applies.unless.len() {
            assert!(has(&format!("!{exception}")), "{} exception {exception} has no row", rule.id);
        }
    }
}

/// The two answers that no rule gives: nothing permits it, and facts that contradict the vocabulary.
#[test]
fn built_in_answers_are_given_where_they_belong_and_nowhere_else() {
    let book = book();
    let mut given = [0, 0];
    for row in rows() {
        let facts = facts(&row.what, &row.facts);
        let (judgement, slots) = facts.judge(&book);
        let share = |at: usize| book.rules().nth(at).and_then(|(_, _, rule)| rule.mechanism.share());
        let decides = |effects: &[Effect]| {
            let speaks = |at: &usize| {
                let share = share(*at).filter(|share| effects.contains(&share.effect));
                share.is_some_and(|share| share.applies.on.of(facts.action) >> facts.post.kind.index() & 1 == 1)
            };
            (0..book.rules().count()).filter(speaks).any(|at| book.program.takes_effect(at, &slots))
        };
        let nothing_speaks = !decides(&[Effect::Permit, Effect::Forbid, Effect::Queue]);
        let is_default = judgement.cited.as_slice() == [RuleRef::DEFAULT_DENY];
        assert_eq!(is_default, nothing_speaks, "{} | {}", row.what, row.facts);
        assert!(!is_default || judgement.verdict == Verdict::Deny);
        assert!(!judgement.cited.as_slice().contains(&RuleRef::EVALUATION_ERROR), "every row has sound facts");
        given[usize::from(is_default)] += 1;

        let mut faulty = slots.clone();
        faulty.set(0, 0, &book.grid);
        let judgement = book.judge(facts.action, facts.post.kind, &faulty);
        assert_eq!((judgement.verdict, judgement.cited.as_slice()), (Verdict::Deny, &[RuleRef::EVALUATION_ERROR][..]));
    }
    assert!(given.iter().all(|rows| *rows > 30), "{given:?}");
}

#[test]
fn the_families_of_kinds_are_those_of_the_domain() {
    let book = book();
    let members = |code: &str| {
        book.vocabulary.kinds.groups.iter().find(|group| group.code == code).map(|group| group.members).expect("group")
    };
    let of = |is: fn(Kind) -> bool| {
        Kind::ALL.iter().filter(|kind| is(**kind)).fold(0_u64, |set, kind| set | 1 << kind.index())
    };
    assert_eq!(members("observations"), of(Kind::is_observation));
    assert_eq!(members("administrative"), of(Kind::is_administrative));
    assert_eq!(members("replies"), of(Kind::points_back));
    assert_eq!(members("organisation_records"), of(Kind::is_of_an_organisation));
    assert_eq!(members("duty_records"), of(Kind::is_of_a_duty));
    let patient = members("administrative") | members("care_records") | members("replies") | members("access");
    let all = patient | members("organisation_records") | members("duty_records");
    assert_eq!(all, book.vocabulary.kinds.full(), "every kind belongs to a group that rules speak of");
}

#[test]
fn shipped_sets_are_unsigned_seeds_and_every_field_of_the_hub_is_offered() {
    let book = book();
    for set in book.sets() {
        assert_eq!(set.status, super::super::Status::Seed);
        assert!(set.agreed_by.is_empty());
    }
    for FieldSource { field, .. } in SOURCES.iter().chain(EVENT_SOURCES) {
        assert!(book.vocabulary.find_field(field).is_some(), "{field} is missing in {}", shipped::VOCABULARY.name);
    }
}
