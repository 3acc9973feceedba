//! How sets compose: the floor is needed once, local rules stay within it, and what is declared about
//! overlaps is what the boxes say.

use super::super::region::{of_rule, subtract};
use super::super::{Effect, Layer, Problems, Rulebook, RulebookFiles, Share, SourceFile, shipped};
use super::{book, digest, load_local, local};
use crate::domain::kind::Kind;
use crate::domain::text::Text;
use crate::rulebook::vocabulary::{Field, Values};
use crate::rulebook::words::From;
use crate::rulebook::{Action, RuleRef, Verdict};

fn codes(result: Result<Rulebook, Problems>) -> Vec<&'static str> {
    result.expect_err("mistakes").0.iter().map(super::super::Problem::code).collect()
}

#[test]
fn there_is_exactly_one_floor() {
    let files = |sets| RulebookFiles { vocabulary: shipped::VOCABULARY, sets };
    assert_eq!(codes(Rulebook::load(&files(vec![]), digest)), ["no-floor"]);
    let twice = Rulebook::load(&files(vec![shipped::FLOOR, shipped::FLOOR]), digest);
    let found = codes(twice);
    assert!(found.contains(&"second-floor") && found.contains(&"duplicate-id"), "{found:?}");
}

/// A region's file that comes first in the alphabet, with a gate under the number of a permit that a forbid of the floor
/// overrides.
#[test]
fn a_number_taken_from_the_floor_is_told_once_and_where_the_region_wrote_it() {
    let gate = local(
        "[[rule]]\nid = \"FL-25\"\nkind = \"gate\"\nstrength = \"must\"\norigin = \"proposal\"\nja = \"題\"\nen = \"T\"\n\
         reason = { ja = \"理由\", en = \"reason\" }\non = \"post:order\"\nrequire = { \"record.has_document\" = true }\n",
    );
    let sets = vec![SourceFile { name: "a-local.toml", text: &gate }, shipped::FLOOR];
    let files = RulebookFiles { vocabulary: shipped::VOCABULARY, sets };
    let Problems(problems) = Rulebook::load(&files, digest).expect_err("one number for two rules");
    let [problem] = problems.as_slice() else { panic!("{problems:?}") };
    assert_eq!((problem.file.as_str(), problem.line, problem.code()), ("a-local.toml", 11, "duplicate-id"));
    assert!(problem.message().en.starts_with("the id 'FL-25' is already used at rulebooks/floor.toml:"), "{problem}");
    assert!(problem.message().ja.contains("rulebooks/floor.toml:"), "{problem}");
}

/// What the requirement cannot give, an exception or a reason may.
#[test]
fn a_gate_that_contradicts_itself_is_sound_where_a_post_may_pass_it_another_way() {
    let gate = |way_out: &str| {
        load_local(&local(&format!(
            "[[rule]]\nid = \"L-1\"\nkind = \"gate\"\nstrength = \"must\"\norigin = \"proposal\"\nja = \"題\"\nen = \"T\"\n\
             reason = {{ ja = \"理由\", en = \"reason\" }}\non = \"post:order\"\nwhen = {{ \"order.type\" = \"drip\" }}\n\
             require = {{ \"order.type\" = \"routine\" }}\n{way_out}\n"
        )))
    };
    assert_eq!(codes(gate("")), ["gate-never-opens"]);
    assert_eq!(codes(gate("pass_if = { \"order.type\" = \"opioid\" }")), ["gate-never-opens"]);
    for way_out in ["pass_if = { \"record.emergency\" = true }", "reason_ok = true"] {
        assert!(gate(way_out).is_ok(), "{way_out}");
    }
}

#[test]
fn the_floor_alone_is_a_rulebook() {
    let files = RulebookFiles { vocabulary: shipped::VOCABULARY, sets: vec![shipped::FLOOR] };
    let book = Rulebook::load(&files, digest).unwrap_or_else(|problems| panic!("{problems}"));
    let facts = super::rows::facts("post registration", "secretariat admin");
    assert_eq!(facts.judge(&book).0.verdict, Verdict::Permit);
}

#[test]
fn two_sets_between_the_same_professions_are_refused() {
    let again = shipped::DOCTOR_PHARMACIST.text.replace("id        = \"doctor-pharmacist\"", "id = \"again\"");
    let again =
        again.replace("[\"doctor\", \"pharmacist\"]", "[\"pharmacist\", \"doctor\"]").replace("\"PH-", "\"AGAIN-");
    let sets = vec![shipped::FLOOR, shipped::DOCTOR_PHARMACIST, SourceFile { name: "again.toml", text: &again }];
    let files = RulebookFiles { vocabulary: shipped::VOCABULARY, sets };
    let Problems(problems) = Rulebook::load(&files, digest).expect_err("the same pair twice");
    let [problem] = problems.as_slice() else { panic!("{problems:?}") };
    assert_eq!((problem.file.as_str(), problem.code()), ("again.toml", "second-pair"));
    assert!(problem.message().ja.contains("rulebooks/doctor-pharmacist.toml:"), "{problem}");
    assert!(problem.message().en.starts_with("there is another set between the same two professions"), "{problem}");
}

/// Ten exceptions of three facts each leave 3^10 boxes of the condition.
#[test]
fn a_rule_with_more_exceptions_than_can_be_checked_is_refused_at_its_id() {
    let book = book();
    let is_flag = |field: &&Field| {
        let is_asked = field.from != From::Subject && field.kinds >> Kind::Order.index() & 1 == 1;
        matches!(field.values, Values::Flag { .. }) && is_asked
    };
    let flags: Vec<&str> = book.vocabulary.fields.iter().filter(is_flag).map(|field| field.code.as_str()).collect();
    let exceptions = |count: usize| {
        let exception = |three: &[&str]| format!("{{ \"{}\" = true }}", three.join("\" = true, \""));
        let choices =
            "{ \"actor.role\" = \"nurse\", \"patient.consent\" = \"team\", \"purpose\" = \"care\" }".to_owned();
        let exceptions: Vec<String> = flags.chunks_exact(3).map(exception).chain([choices]).take(count).collect();
        assert_eq!(exceptions.len(), count, "too few fields");
        local(&format!(
            "[[rule]]\nid = \"L-1\"\nkind = \"nudge\"\nstrength = \"should\"\norigin = \"proposal\"\nja = \"題\"\nen = \"T\"\n\
             reason = {{ ja = \"理由\", en = \"reason\" }}\non = \"post:order\"\nunless = [{}]\nadvise = \"author\"\n",
            exceptions.join(", ")
        ))
    };
    assert!(load_local(&exceptions(4)).is_ok());
    let Problems(problems) = load_local(&exceptions(10)).expect_err("too many boxes");
    let [problem] = problems.as_slice() else { panic!("{problems:?}") };
    assert_eq!((problem.line, problem.column, problem.code()), (11, 6, "too-complicated"));
    let Text { ja, en } = problem.message();
    assert_eq!(ja, "条件の組合せが多すぎて確かめられません（上限 20000）。ルールを分けてください");
    assert_eq!(en, "too many combinations to check (limit 20000); split the rule");
}

#[test]
fn the_order_of_files_does_not_matter_to_what_is_cited_first() {
    let sets = shipped::SETS.into_iter().rev().collect();
    let other = Rulebook::load(&RulebookFiles { vocabulary: shipped::VOCABULARY, sets }, digest).expect("sound");
    let order = |book: &Rulebook| book.rules().map(|(_, _, rule)| rule.citation.clone()).collect::<Vec<_>>();
    assert_eq!(order(&other), order(&book()));
}

#[test]
fn a_local_permit_may_fill_the_bound_to_its_edge_and_no_further() {
    let permit = |consent: &str, roles: &str| {
        local(&format!(
            "[[rule]]\nid = \"L-1\"\nkind = \"share\"\nstrength = \"must\"\norigin = \"proposal\"\nja = \"題\"\nen = \"T\"\n\
             reason = {{ ja = \"理由\", en = \"reason\" }}\neffect = \"permit\"\non = \"view:infection_notice\"\n\
             when = {{ \"actor.role\" = {roles}, \"actor.organisation_on_team\" = true, \"patient.consent\" = {consent}, \
             \"purpose\" = \"care\" }}\n"
        ))
    };
    assert!(load_local(&permit("[\"none\", \"team\"]", "\"group:professions\"")).is_ok());
    assert_eq!(codes(load_local(&permit("{ not = [] }", "\"nurse\""))), ["empty-list"]);
    assert_eq!(codes(load_local(&permit("[\"none\", \"withdrawn\"]", "\"nurse\""))), ["permit-above-floor"]);
    assert_eq!(codes(load_local(&permit("\"team\"", "[\"nurse\", \"secretariat\"]"))), ["permit-above-floor"]);
}

#[test]
fn a_local_forbid_cancels_a_permit_of_the_floor_but_no_local_permit_beats_the_floor() {
    let text = local(
        "[[rule]]\nid = \"L-1\"\nkind = \"share\"\nstrength = \"must\"\norigin = \"published\"\nja = \"登録は事務局だけ\"\n\
         en = \"Only the secretariat registers\"\nreason = { ja = \"理由\", en = \"reason\" }\neffect = \"forbid\"\n\
         overrides = [\"FL-8\"]\non = \"post:registration\"\nwhen = { \"actor.role\" = { not = \"secretariat\" } }\n",
    );
    let book = load_local(&text).unwrap_or_else(|problems| panic!("{problems}"));
    assert_eq!(super::rows::facts("post registration", "doctor").judge(&book).0.verdict, Verdict::Deny);
    assert_eq!(super::rows::facts("post registration", "secretariat admin").judge(&book).0.verdict, Verdict::Permit);
}

/// What a shipped forbid says it overrides is what it overlaps; the floor need not name local permits.
#[test]
fn declared_overrides_are_the_real_overlaps() {
    let book = book();
    let shares: Vec<(&str, Layer, &Share)> = book
        .rules()
        .filter_map(|(_, set, rule)| Some((rule.id.as_str(), set.layer, rule.mechanism.share()?)))
        .collect();
    let overlap = |forbid: &Share, permit: &Share| {
        [Action::View, Action::Post].into_iter().any(|action| {
            let cells =
                |share: &Share| of_rule(&share.applies, action, &book.vocabulary, &book.grid).expect("few boxes");
            let permitted = cells(permit);
            let left = subtract(permitted.clone(), &cells(forbid), &book.grid).expect("few boxes");
            // Subtracting something disjoint gives the cells back as they were.
            left != permitted
        })
    };
    for (forbid_id, layer, forbid) in shares.iter().filter(|(_, _, share)| share.effect == Effect::Forbid) {
        let declared: Vec<&str> = forbid.overrides.iter().map(|(id, _)| id.as_str()).collect();
        for (permit_id, permit_layer, permit) in shares.iter().filter(|(_, _, share)| share.effect == Effect::Permit) {
            if *layer == Layer::Floor && *permit_layer != Layer::Floor {
                continue;
            }
            assert_eq!(declared.contains(permit_id), overlap(forbid, permit), "{forbid_id} over {permit_id}");
        }
    }
}

#[test]
fn citations_name_rule_set_version_and_hash() {
    let book = book();
    for (cited, set, rule) in book.rules() {
        assert_eq!(*rule.citation, *format!("{}@{}/{}#{}", rule.id, set.id, set.version, set.hash));
        assert_eq!(set.hash.len(), 12);
        assert_eq!(book.citation(cited), &rule.citation);
    }
    let floor = &book.sets()[0];
    assert_eq!(**book.citation(RuleRef::DEFAULT_DENY), *format!("DEFAULT-DENY@floor/{}#{}", floor.version, floor.hash));
    let edited = shipped::SHARING.text.replace("（ひな形・未署名）", "");
    let sets = vec![shipped::FLOOR, SourceFile { name: "sharing.toml", text: &edited }];
    let other = Rulebook::load(&RulebookFiles { vocabulary: shipped::VOCABULARY, sets }, digest).expect("sound");
    assert_ne!(other.fingerprint(), book.fingerprint());
    assert_ne!(other.sets()[1].hash, book.sets()[1].hash);
    assert_eq!(other.sets()[0].hash, book.sets()[0].hash);
    let again = Rulebook::load(&other.sources().files(), digest).expect("its own sources");
    assert_eq!(again.fingerprint(), other.fingerprint());
}
