//! What a rulebook costs: judging a post, making a reader's mask, testing it, and a book three times as
//! large. Figures to reach: docs/performance.md, "The rules".

use std::fmt::Write as _;
use std::hint::black_box;
use std::sync::Arc;

use criterion::{Criterion, criterion_group, criterion_main};
use jiff::civil::date;
use renkei::domain::body::{Body, Correction, Note, NursingInstruction, NursingReport, OrderType, Visit};
use renkei::domain::directory::{Actor, Directory, Organisation, Person, Position};
use renkei::domain::entry::{Entry, Intent, Scope, Sensitivity};
use renkei::domain::ids::{EntryId, OrganisationId, PersonId, Seq, TimelineId};
use renkei::domain::kind::Kind;
use renkei::domain::offices::Offices;
use renkei::domain::patient::{HumanName, Registration, Sex};
use renkei::domain::role::{OrganisationType, Role};
use renkei::domain::ruling::Ruling;
use renkei::domain::state::PatientState;
use renkei::domain::team::{ConsentState, History, Membership, TeamLink};
use renkei::domain::time::Timestamp;
use renkei::domain::vital::{Measurement, Vital, VitalSign};
use renkei::rulebook::calendar::Calendar;
use renkei::rulebook::event::{Stay, TimeBand, Topic};
use renkei::rulebook::replay::{Event, Fate, Ground, Replay};
use renkei::rulebook::{
    Action, ActorFacts, Decision, EntryClass, EventFacts, Known, PatientFacts, PatientStatus, PostFacts, Purpose,
    RecordClass, RecordFacts, Rulebook, RulebookFiles, Situation, SourceFile, Surroundings, Target, ViewerFacts,
    WithheldFacts, decide, shipped,
};
use uuid::Uuid;

/// The hash is not what is measured.
fn digest(bytes: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    for (at, byte) in bytes.iter().enumerate() {
        out[at % 32] ^= byte.rotate_left((at / 32 % 8) as u32);
    }
    out
}

/// A local set of `count` rules that look like real ones: permits and forbids over roles and kinds.
fn many_rules(count: usize) -> String {
    let mut text =
        "[ruleset]\nid = \"local\"\nversion = \"1.0.0\"\nja = \"地域\"\nen = \"Local\"\nlayer = \"sharing\"\n\
                    status = \"draft\"\neffective = 2026-04-01\nagreed_by = []\n"
            .to_owned();
    let professions = &Role::ALL[..10];
    let kinds = &Kind::ALL[5..22];
    for number in 0..count {
        let role = professions[number % professions.len()].code();
        let (kind, other) = (kinds[number % kinds.len()].code(), kinds[number * 7 % kinds.len()].code());
        let common = format!(
            "[[rule]]\nid = \"L-{number}\"\nkind = \"share\"\nstrength = \"must\"\norigin = \"proposal\"\nja = \"題\"\n\
             en = \"Title\"\nreason = {{ ja = \"理由\", en = \"reason\" }}\non = [\"view:{kind}\", \"post:{other}\"]\n"
        );
        let rest = if number % 3 == 0 {
            "effect = \"forbid\"\noverrides = []\nwhen = { \"actor.role\" = \"ROLE\", \"purpose\" = \"admin\", \
             \"patient.status\" = \"closed\" }\nunless = { \"actor.is_host\" = true }\n"
        } else {
            "effect = \"permit\"\nwhen = { \"actor.role\" = \"ROLE\", \"actor.on_team\" = true, \"patient.consent\" = \
             \"team\", \"purpose\" = \"care\", \"patient.status\" = \"active\" }\n"
        };
        write!(text, "{common}{}", rest.replace("ROLE", role)).expect("a string takes any text");
    }
    text
}

fn book_with(extra: usize) -> Rulebook {
    let text = many_rules(extra);
    let mut files = shipped::files();
    if extra > 0 {
        files.sets.push(SourceFile { name: "local.toml", text: &text });
    }
    let files = RulebookFiles { vocabulary: files.vocabulary, sets: files.sets };
    Rulebook::load(&files, digest).unwrap_or_else(|problems| panic!("{problems}"))
}

/// A thousand readers of mixed roles, links, consents and purposes.
fn readers() -> Vec<ViewerFacts> {
    let viewer = |number: usize| ViewerFacts {
        actor: ActorFacts {
            role: Role::ALL[number % Role::ALL.len()],
            organisation_type: OrganisationType::ALL[number / 3 % OrganisationType::ALL.len()],
            on_team: Known::Is(number % 10 < 8),
            organisation_on_team: Known::Is(number % 10 < 9),
            organisation_was_on_team: Known::Is(number.is_multiple_of(11)),
            is_host: Known::Is(number.is_multiple_of(7)),
            break_glass: Known::Is(number.is_multiple_of(97)),
            own_office: Known::Is(number.is_multiple_of(13)),
        },
        patient: PatientFacts {
            consent: Known::Is(ConsentState::ALL[if number % 10 < 8 { 1 } else { number % 3 }]),
            withheld: WithheldFacts::NOTHING,
            status: Known::Is(if number.is_multiple_of(20) { PatientStatus::Closed } else { PatientStatus::Active }),
            registered: Known::Is(true),
            has_host: Known::Is(true),
        },
        purpose: if Role::ALL[number % Role::ALL.len()] == Role::Secretariat { Purpose::Admin } else { Purpose::Care },
    };
    (0..1_000).map(viewer).collect()
}

fn posts() -> Vec<PostFacts> {
    let record = RecordFacts {
        sensitivity: Known::Is(Sensitivity::Normal),
        infection: Known::Is(None),
        own: Known::Is(true),
        addressed: Known::Is(false),
        delay_s: Known::Is(60),
        target_own: Known::Is(true),
        target_visible: Known::Is(true),
        link_own: Known::Is(true),
        export_withheld: Known::Is(false),
    };
    let kind = |number: usize| Kind::ALL[number * 13 % Kind::ALL.len()];
    readers().into_iter().enumerate().map(|(number, viewer)| PostFacts { viewer, kind: kind(number), record }).collect()
}

fn judging(criterion: &mut Criterion) {
    let posts = posts();
    for extra in [0, 264] {
        let book = book_with(extra);
        let rules = book.rules().count();
        let filled: Vec<_> = posts.iter().map(|post| (post.kind, book.judge_post(post).1)).collect();
        let mut next = (0..posts.len()).cycle();
        criterion.bench_function(&format!("judge a post, slots filled, {rules} rules"), |bencher| {
            bencher.iter(|| {
                let (kind, slots) = &filled[next.next().expect("a cycle")];
                black_box(book.judge(Action::Post, *kind, black_box(slots)))
            });
        });
        criterion.bench_function(&format!("fill slots and judge a post, {rules} rules"), |bencher| {
            bencher.iter(|| black_box(book.judge_post(black_box(&posts[next.next().expect("a cycle")]))));
        });
    }
}

/// What the hub knows of a post that draws several rules at once.
fn events() -> Vec<EventFacts> {
    let event = |number: usize| EventFacts {
        has_document: Known::Is(number.is_multiple_of(2)),
        emergency: Known::Is(number.is_multiple_of(5)),
        urgent: Known::Is(number.is_multiple_of(7)),
        phoned: Known::Is(number.is_multiple_of(3)),
        tell_doctor: Known::Is(number.is_multiple_of(4)),
        on_shared_sheet: Known::Is(number.is_multiple_of(6)),
        mentions_acp: Known::Is(number.is_multiple_of(8)),
        has_nurse: Known::Is(true),
        has_doctor: Known::Is(!number.is_multiple_of(9)),
        has_care_manager: Known::Is(true),
        has_pharmacist: Known::Is(number.is_multiple_of(2)),
        order_type: Known::Is(OrderType::ALL[number % OrderType::ALL.len()]),
        order_changes_drugs: Known::Is(number.is_multiple_of(2)),
        abbreviations: Known::Is((number % 5) as i64),
        clinic_hours: Known::Is(number.is_multiple_of(2)),
        band: Known::Is(TimeBand::ALL[number % TimeBand::ALL.len()]),
        topic: Known::Is(Topic::ALL[number % Topic::ALL.len()]),
        stay: Known::Is(Stay::Home),
        ..EventFacts::UNKNOWN
    };
    (0..1_000).map(event).collect()
}

/// Gates, duties and nudges, as a member of the team with consent would meet them.
fn etiquette(criterion: &mut Criterion) {
    let book = book_with(0);
    let speaks =
        |rule: &&renkei::rulebook::Rule| rule.mechanism.share().is_none() && rule.mechanism.applies().is_some();
    let event_rules = book.rules().map(|(_, _, rule)| rule).filter(speaks).count();
    let mut posts = posts();
    for (number, post) in posts.iter_mut().enumerate() {
        post.viewer.actor.role = [Role::Doctor, Role::Nurse, Role::CareManager, Role::Pharmacist][number % 4];
        (post.viewer.actor.on_team, post.viewer.patient.consent) = (Known::Is(true), Known::Is(ConsentState::Team));
    }
    let events = events();
    let filled: Vec<_> =
        posts.iter().zip(&events).map(|(post, event)| (post.kind, book.slots_of_event(post, event))).collect();
    let mut next = (0..posts.len()).cycle();
    criterion.bench_function(&format!("etiquette of a post, slots filled, {event_rules} event rules"), |bencher| {
        bencher.iter(|| {
            let (kind, slots) = &filled[next.next().expect("a cycle")];
            black_box(book.etiquette(*kind, black_box(slots)))
        });
    });
    criterion.bench_function(&format!("fill slots, judge and etiquette, {event_rules} event rules"), |bencher| {
        bencher.iter(|| {
            let at = next.next().expect("a cycle");
            black_box(book.rule_on(black_box(&posts[at]), black_box(&events[at])))
        });
    });
}

fn viewing(criterion: &mut Criterion) {
    let readers = readers();
    for extra in [0, 264] {
        let book = book_with(extra);
        let rules = book.rules().count();
        let mut next = (0..readers.len()).cycle();
        criterion.bench_function(&format!("view mask of a reader, {rules} rules"), |bencher| {
            bencher.iter(|| black_box(book.view_mask(black_box(&readers[next.next().expect("a cycle")]))));
        });
    }
    let book = book_with(0);
    let masks: Vec<_> = readers.iter().map(|reader| book.view_mask(reader)).collect();
    let classes: Vec<RecordClass> = (0..1_000)
        .map(|number| {
            let sensitivity = Sensitivity::ALL[usize::from(number % 9 == 0)];
            EntryClass::new(Kind::ALL[number % Kind::ALL.len()], sensitivity, None).seen_by(number % 5 == 0, false)
        })
        .collect();
    criterion.bench_function("mask test of 1,000 mixed readers", |bencher| {
        bencher.iter(|| {
            let tested = black_box(&masks).iter().zip(black_box(&classes));
            black_box(tested.filter(|(mask, class)| mask.allows(**class)).count())
        });
    });
    criterion.bench_function("100 view checks a reader with its mask made anew, 1,000 readers", |bencher| {
        bencher.iter(|| {
            let seen = readers.iter().map(|reader| {
                let mask = book.view_mask(black_box(reader));
                classes.iter().take(100).filter(|class| mask.allows(**class)).count()
            });
            black_box(seen.sum::<usize>())
        });
    });
}

/// The moment of every post.
const NOW: Timestamp = Timestamp::from_secs(1_775_003_400);

fn registered(organisation: OrganisationId) -> PatientState {
    let name = HumanName { kanji: "高橋 ハル".to_owned(), kana: "タカハシ ハル".to_owned() };
    let birth_date = date(1938, 4, 12);
    let registration = Registration {
        name,
        birth_date,
        sex: Sex::Female,
        identifiers: Vec::new(),
        in_facility: false,
        for_training: false,
        document: "申込書綴り 1".to_owned(),
        agreed_by: None,
        agreed_on_paper: "同意書綴り 1".to_owned(),
        attachments: Vec::new(),
    };
    let mut state = PatientState::empty(TimelineId(Uuid::from_u128(1)));
    let membership = |number: u128| {
        let opens_from = Timestamp::MIN;
        (
            OrganisationId(Uuid::from_u128(organisation.0.as_u128() + number)),
            Membership { people: [].into(), host: number == 0, since: NOW, opens_from },
        )
    };
    state.registration = Some(registration.into());
    state.consent = ConsentState::Team;
    state.team = (0..12).map(membership).collect();
    state
}

fn deciding(criterion: &mut Criterion) {
    let organisation = OrganisationId(Uuid::from_u128(0x100));
    let (state, directory) = (registered(organisation), Directory::default());
    let (person, offices) = (PersonId(Uuid::from_u128(2)), Offices::default());
    let actor = Actor { person, role: Role::Nurse, organisation, organisation_type: OrganisationType::NursingStation };
    let measurement = |sign: VitalSign, value| {
        Measurement::new(sign, renkei::domain::decimal::Decimal::whole(value), sign.facts().unit).expect("plausible")
    };
    let measurements = vec![measurement(VitalSign::Pulse, 72), measurement(VitalSign::OxygenSaturation, 97)];
    let vital = Body::Vital(Vital { measurements, site: None, device: "血圧計".to_owned(), comment: String::new() });
    let intent = |body| Intent {
        id: EntryId(Uuid::from_u128(3)),
        timeline: state.timeline,
        observed_at: Some(NOW),
        sensitivity: Sensitivity::Normal,
        addressed_to: Vec::new(),
        body,
        reasons: Vec::new(),
        on_behalf_of: None,
    };
    let scope = Scope {
        kind: Kind::Vital,
        sensitivity: Sensitivity::Normal,
        infection: None,
        addressed_to: Vec::new(),
        owner: organisation,
        seq: Seq(1),
        recorded_at: NOW,
        happened_at: NOW,
    };
    let target = Target { scope, own: true, visible: true, kind: Kind::Vital };
    let correction =
        Correction { target: EntryId(Uuid::from_u128(4)), body: Box::new(vital.clone()), reason: String::new() };
    let calendar = Calendar::japan_with_placeholders();
    let surroundings = Surroundings::of(&state, &directory, &Offices::default(), calendar.date_at(NOW));
    for extra in [0, 264] {
        let rulebook = book_with(extra);
        let rules = rulebook.rules().count();
        for (name, intent) in
            [("vital signs", intent(vital.clone())), ("a correction", intent(Body::Correction(correction.clone())))]
        {
            let situation = Situation {
                state: &state,
                rulebook: &rulebook,
                directory: &directory,
                surroundings: &surroundings,
                offices: &offices,
                calendar: &calendar,
                actor: &actor,
                now: NOW,
                today: date(2026, 4, 1),
                target: intent.body.target().map(|_| &target),
                named: &[],
                files: &[],
                export_withheld: Known::Is(false),
                hub_made_timeline: false,
                found_by_search: false,
            };
            assert!(matches!(decide(&situation, &intent), Decision::Accept(_)), "{name}");
            criterion.bench_function(&format!("decide {name} end to end, {rules} rules"), |bencher| {
                bencher.iter(|| black_box(decide(black_box(&situation), black_box(&intent))));
            });
        }
    }
}

fn loading(criterion: &mut Criterion) {
    criterion.bench_function("load and check the shipped rulebook", |bencher| {
        bencher.iter(|| black_box(shipped::load(digest)));
    });
    criterion.bench_function("load, check and analyse the shipped rulebook", |bencher| {
        bencher.iter(|| black_box(shipped::load(digest).map(|book| book.analyse())));
    });
}

/// 200,000 posts that one version decided, asked again under that version and under a draft with another rule.
fn replaying(criterion: &mut Criterion) {
    const EVENTS: usize = 200_000;
    let (past, draft) = ([Arc::new(book_with(0))], book_with(6));
    let rulings: Vec<(Kind, Ruling)> = posts()
        .iter()
        .map(|post| {
            let (judgement, slots) = past[0].judge_post(post);
            (post.kind, past[0].ruling(&judgement, &slots))
        })
        .collect();
    let (calendar, directory, offices) =
        (Calendar::japan_with_placeholders(), Directory::default(), Offices::default());
    let mut group = criterion.benchmark_group("replay");
    group.sample_size(10);
    group.bench_function("replay 200,000 posts under two versions", |bencher| {
        bencher.iter(|| {
            for version in [&past[0], &draft] {
                let ground =
                    Ground { calendar: &calendar, directory: &directory, offices: &offices, in_force: version };
                let mut replay = Replay::new(version, &past, ground, Timestamp::MIN, NOW);
                for (kind, ruling) in rulings.iter().cycle().take(EVENTS) {
                    let id = EntryId(Uuid::nil());
                    replay.refused(&Event { id, kind: *kind, corrected: None, fate: Fate::Permit, ruling }, false, NOW);
                }
                let report = replay.finish();
                assert_eq!(report.events, EVENTS as u64);
                black_box(report);
            }
        });
    });
    group.finish();
}

/// A patient's timeline of 200 entries over 180 days, as `book` decided it: who links whom, an instruction, and then vital
/// signs, notes, and now and then a visit or a report, so that standing duties are met in time, met late and missed.
fn timeline(book: &Rulebook, number: u64) -> Vec<Entry> {
    const DAYS: u64 = 180;
    const ENTRIES: u64 = 200;
    let timeline = TimelineId(Uuid::from_u128(0x9000 + u128::from(number)));
    let mut post = posts()[4];
    (post.viewer.actor.on_team, post.viewer.patient.consent) = (Known::Is(true), Known::Is(ConsentState::Team));
    let entry = |seq: u64| {
        let at = DAYS * 86_400 / ENTRIES * seq;
        let (role, place, organisation_type) = match seq {
            0..5 => (Role::Secretariat, 0, OrganisationType::Secretariat),
            5 => (Role::Doctor, 1, OrganisationType::Clinic),
            _ if seq.is_multiple_of(40 + number) => (Role::Doctor, 1, OrganisationType::Clinic),
            _ => (Role::Nurse, 2, OrganisationType::NursingStation),
        };
        let body = body_of(seq, role, number);
        post.kind = body.kind();
        post.viewer.actor.role = role;
        let (judgement, slots) = book.judge_post(&post);
        let (person, organisation) = (person(place), office(place));
        Entry {
            id: EntryId(Uuid::from_u128(u128::from(number << 32 | seq))),
            timeline,
            seq: Seq(seq + 1),
            device: None,
            author: Actor { person, role, organisation, organisation_type },
            observed_at: None,
            recorded_at: Timestamp(NOW.as_micros() + i64::try_from(at).expect("a year") * 1_000_000),
            sensitivity: Sensitivity::Normal,
            addressed_to: Vec::new(),
            body,
            alarms: Vec::new(),
            target_scope: None,
            on_behalf: None,
            ruling: book.ruling(&judgement, &slots),
        }
    };
    (0..ENTRIES).map(entry).collect()
}

fn body_of(seq: u64, role: Role, number: u64) -> Body {
    let link = |place, host| {
        let (organisation, people, history) = (office(place), Vec::new(), History::All);
        Body::TeamLink(TeamLink { organisation, people, host, history, relation_confirmed: true })
    };
    match seq {
        0 => Body::Registration(Box::new(Registration::clone(
            registered(office(1)).registration.as_deref().expect("it is registered"),
        ))),
        1 => link(1, true),
        2 => link(2, false),
        3 => link(3, false),
        4 => link(4, false),
        5 => Body::from(Box::new(NursingInstruction {
            from: date(2026, 4, 1),
            until: date(2026, 7, 31),
            instruction: "週に二回訪問する".to_owned(),
            ..NursingInstruction::default()
        })),
        _ if role == Role::Doctor => {
            Body::from(Box::new(Visit { text: "変わりなし".to_owned(), ..Visit::default() }))
        }
        _ if seq.is_multiple_of(29 + 3 * number) => {
            let (from, until) = (date(2026, 4, 1), date(2026, 4, 30));
            Body::from(Box::new(NursingReport { from, until, ..NursingReport::default() }))
        }
        _ => Body::from(Note { text: "お変わりありません".to_owned(), ..Note::default() }),
    }
}

fn office(place: u128) -> OrganisationId {
    OrganisationId(Uuid::from_u128(0x200 + place))
}

fn person(place: u128) -> PersonId {
    PersonId(Uuid::from_u128(0x300 + place))
}

/// Five offices of a patient's team, and sixty others with five people each.
fn region() -> Directory {
    let mut directory = Directory::default();
    for place in 0..65 {
        let (kind, role) = match place % 5 {
            0 => (OrganisationType::Secretariat, Role::Secretariat),
            1 => (OrganisationType::Clinic, Role::Doctor),
            2 => (OrganisationType::NursingStation, Role::Nurse),
            3 => (OrganisationType::Pharmacy, Role::Pharmacist),
            _ => (OrganisationType::CareOffice, Role::CareManager),
        };
        let (id, name) = (office(place), format!("事業所 {place}"));
        let (kana, phone, identifiers) = (String::new(), String::new(), Vec::new());
        directory.organisations.insert(id, Organisation { id, kind, name, kana, phone, identifiers, active: true });
        for colleague in 0..5 {
            let name = HumanName { kanji: "山田 花子".to_owned(), kana: String::new() };
            let positions = vec![Position { role, organisation: id }];
            let id = person(place + 0x1000 * colleague);
            directory.people.insert(id, Person { id, name, positions, active: true });
        }
    }
    directory
}

/// The same 200,000, now on a thousand timelines of half a year, with the standing duties that the duty clock would have
/// opened on each under either version.
fn replaying_timelines(criterion: &mut Criterion) {
    const TIMELINES: usize = 1_000;
    let (past, draft) = ([Arc::new(book_with(0))], book_with(6));
    let (calendar, directory, offices) = (Calendar::japan_with_placeholders(), region(), Offices::default());
    let timelines: Vec<Vec<Entry>> = (0..8).map(|number| timeline(&past[0], number)).collect();
    let until = Timestamp(NOW.as_micros() + 180 * 86_400 * 1_000_000);
    let mut group = criterion.benchmark_group("replay");
    group.sample_size(10);
    group.bench_function("replay 1,000 timelines of 200 entries under two versions, standing duties too", |bencher| {
        bencher.iter(|| {
            for version in [&past[0], &draft] {
                let ground =
                    Ground { calendar: &calendar, directory: &directory, offices: &offices, in_force: version };
                let mut replay = Replay::new(version, &past, ground, Timestamp::MIN, until);
                timelines.iter().cycle().take(TIMELINES).for_each(|entries| replay.timeline(entries));
                let report = replay.finish();
                assert_eq!(report.events, 200_000);
                let stood: u64 = report.standing.values().map(|both| both.draft.opened).sum();
                assert!(stood > TIMELINES as u64, "{stood}");
                black_box(report);
            }
        });
    });
    group.finish();
}

criterion_group!(benches, judging, deciding, etiquette, viewing, loading, replaying, replaying_timelines);
criterion_main!(benches);
