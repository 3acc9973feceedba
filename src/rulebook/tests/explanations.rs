//! Reasons as people read them, and rulings that are explained from what was stored.

use super::rows::facts;
use super::{book, digest, shipped};
use crate::domain::ruling::Ruling;
use crate::rulebook::{OtherBook, Rulebook, RulebookFiles, SourceFile, Verdict};

/// What is done, by whom, the answer in Japanese and in English.
const ANSWERS: &[[&str; 4]] = &[
    [
        "view vital",
        "nurse team consent:team",
        "SH-1「チームの一員は、同意のある患者の記録を診療・ケアのために見られる」により認められます。本人が、チームの中での共有に同意しています。\
         （事実：操作者の職種は看護師／この患者のチームの一員である／共有への同意はチーム内の共有に同意／利用目的は診療・ケア）",
        "SH-1 \"Team members see the records of a consenting patient, for care\" permits it. The patient agreed to \
         sharing within the team. (facts: role: nurse; on this patient's team; consent: team sharing; purpose: care)",
    ],
    [
        "view note",
        "helper team consent:team restricted",
        "SH-2「取扱注意の記録は医療職だけが見る」により認められません。書いた人が、医療職だけに伝えると決めた記録です。\
         新型コロナの情報と自分の所属の記録は除きます。（事実：取扱い区分は取扱注意／操作者の職種は介護職）",
        "SH-2 \"Restricted records are for the clinical professions only\" forbids it. The author kept this for the \
         clinical professions. COVID-19 notices and an organisation's own records are excepted. (facts: sensitivity: \
         restricted; role: care worker)",
    ],
    [
        "view vital",
        "nurse consent:team",
        "この場合の「バイタル」の閲覧を認めるルールがありません。\n\
         SH-1「チームの一員は、同意のある患者の記録を診療・ケアのために見られる」に当てはまれば認められますが、\
         今はこの患者のチームの一員ではないため当てはまりません。\n\
         SH-6「医師・看護師は、理由を書いて緊急閲覧ができる」に当てはまれば認められますが、\
         今は緊急閲覧を宣言していないため当てはまりません。",
        "No rule permits to view 'vital signs' here.\n\
         SH-1 \"Team members see the records of a consenting patient, for care\" would permit it, but: not on this \
         patient's team.\n\
         SH-6 \"Doctors and nurses may open records in an emergency, giving the reason\" would permit it, but: no \
         emergency access is open.",
    ],
    [
        "post vital",
        "nurse",
        "FL-14「まだ紐付いていない人の観察の記録は、断らずに事務局がお預かりする」により、紐付けを待つ間お預かりします。\
         見たことを記録するのを、だれも妨げられません。紐付けが済むと、この記録は患者のページに入ります。\
         （事実：操作者の職種は看護師／利用目的は診療・ケア）\n\
         FL-2「観察と報告は、紐付けの解除や同意の撤回のあとも書き残せる」に当てはまれば認められますが、\
         今は所属がこの患者のチームに入っていないため当てはまりません。",
        "FL-14 \"Observations of people who are not linked yet go to the secretariat's queue, never refused\" keeps it \
         until the link is made. Nobody is kept from recording what they saw. The entry joins the timeline when the \
         link is made. (facts: role: nurse; purpose: care)\n\
         FL-2 \"Observations and reports may be recorded, also after unlinking or withdrawn consent\" would permit it, \
         but: the organisation is not on this patient's team.",
    ],
    [
        "post device_change",
        "gateway organisation",
        "「医療機器の導入・変更」の投稿を、「連携システム」に認めるルールはありません。\
         FL-2「観察と報告は、紐付けの解除や同意の撤回のあとも書き残せる」により、専門職ならできます。",
        "No rule permits 'connected system' to post 'device change'. FL-2 \"Observations and reports may be recorded, \
         also after unlinking or withdrawn consent\" permits it to: professions.",
    ],
    [
        "post acknowledgement",
        "doctor own-office",
        "自分の所属のページでの「確認」の投稿を、「医師」に認めるルールはありません。\
         FL-25「事務局は、見ることのできる記録を確認できる」により、事務局ならできます。",
        "No rule permits 'doctor' to post 'acknowledgement' on the own office's page. FL-25 \"The secretariat \
         acknowledges what it may see\" permits it to: secretariat.",
    ],
    [
        "view vital",
        "nurse team consent:?",
        "FL-15「同意が撤回されたら、ほかの所属の記録は見ない」に当たるおそれがあるため、念のため認められません。\
         （事実：共有への同意が分からない）",
        "FL-15 \"Once consent is withdrawn, nobody sees other organisations' records\" may apply, so it is refused to be \
         safe. (facts: consent: unknown)",
    ],
];

#[test]
fn reasons_are_made_of_labels_and_of_the_values_of_the_event() {
    let book = book();
    for [what, words, ja, en] in ANSWERS {
        let facts = facts(what, words);
        let (judgement, slots) = facts.judge(&book);
        let text = book.explain(facts.action, facts.post.kind, &judgement, &slots).text();
        assert_eq!(text.ja, *ja, "{what} | {words}");
        assert_eq!(text.en, *en, "{what} | {words}");
    }
}

fn with_sharing(text: &str) -> Rulebook {
    let sets = vec![shipped::FLOOR, SourceFile { name: "sharing.toml", text }];
    Rulebook::load(&RulebookFiles { vocabulary: shipped::VOCABULARY, sets }, digest).expect("sound")
}

#[test]
fn a_stored_ruling_is_explained_by_its_own_facts_alone() {
    let book = book();
    for [what, words, ja, _] in ANSWERS {
        let facts = facts(what, words);
        let (judgement, slots) = facts.judge(&book);
        let ruling = book.ruling(&judgement, &slots);
        assert!(ruling.slots.len() <= 40, "{} bytes", ruling.slots.len());
        assert_eq!(book.slots_of(&ruling), Some(slots), "{what} | {words}");
        let explained = book.explain_ruling(facts.action, facts.post.kind, &ruling).expect("the book that made it");
        assert_eq!(explained.text().ja, *ja);
        assert_eq!(explained.verdict, judgement.verdict);
    }
}

#[test]
fn a_number_among_the_facts_survives_storage() {
    let (book, mut facts) = (book(), facts("post vital", "nurse team"));
    facts.post.record.delay_s = crate::rulebook::Known::Is(5_400);
    let (judgement, slots) = facts.judge(&book);
    let ruling = book.ruling(&judgement, &slots);
    assert_eq!(book.slots_of(&ruling), Some(slots.clone()));
    let field = book.vocabulary.find_field("record.delay").expect("shipped");
    let said = super::super::phrase::statement(&book.vocabulary.fields[field], field, &slots);
    assert_eq!(
        (said.ja.as_ref(), said.en.as_ref()),
        ("観察から受付までの時間が90分である", "time from observation to receipt: 90 minutes")
    );
}

#[test]
fn a_ruling_of_another_book_is_not_explained_by_this_one() {
    let (book, facts) = (book(), facts("view vital", "nurse team consent:team"));
    let (judgement, slots) = facts.judge(&book);
    assert_eq!(judgement.verdict, Verdict::Permit);
    let ruling = book.ruling(&judgement, &slots);
    let edited = with_sharing(&shipped::SHARING.text.replace("チームの一員は、同意のある", "チームの人は、同意のある"));
    let refused = edited.explain_ruling(facts.action, facts.post.kind, &ruling);
    assert_eq!(refused, Err(OtherBook { cited: ruling.cited[0].to_string() }));

    // The same book loaded again from its stored sources explains it.
    let again = Rulebook::load(&book.sources().files(), digest).expect("its own sources");
    assert!(again.explain_ruling(facts.action, facts.post.kind, &ruling).is_ok());
}

#[test]
fn damaged_slots_are_not_read() {
    let (book, facts) = (book(), facts("view vital", "nurse team consent:team"));
    let (judgement, slots) = facts.judge(&book);
    let ruling = book.ruling(&judgement, &slots);
    let with = |slots: Vec<u8>| Ruling { slots, ..ruling.clone() };
    assert_eq!(book.slots_of(&with(Vec::new())), None);
    assert_eq!(book.slots_of(&with([b"????", &ruling.slots[4..]].concat())), None);
    assert_eq!(book.slots_of(&with([&ruling.slots[..5], &[200]].concat())), None);
    assert_eq!(book.slots_of(&with([&ruling.slots[..5], &[60]].concat())), None, "there is no sixtieth role");
    assert_eq!(book.slots_of(&with([&ruling.slots[..5], &[0; 99]].concat())), None);
}
