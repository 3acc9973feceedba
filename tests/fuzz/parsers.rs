//! Every parser of bytes from outside, each with what must hold whatever it is given. Shared by the fuzzer's targets
//! (`targets/`) and by the short run of every test (`mod.rs`).

use jiff::civil::date;
use jiff::tz::TimeZone;
use renkei::actions::checkpoints::file::read;
use renkei::actions::files::check_content;
use renkei::actions::import::patients::{PatientSettings, read_patients};
use renkei::actions::import::table::read_table;
use renkei::actions::import::vitals::{VitalSettings, read_vitals};
use renkei::codec::Encoding;
use renkei::domain::attachment::MediaType;
use renkei::domain::checkpoint::Statement;
use renkei::domain::client::{ClientKey, KeyAlgorithm};
use renkei::domain::ids::TimelineId;
use renkei::domain::time::Timestamp;
use renkei::rulebook::{Problems, Rulebook, RulebookFiles, SourceFile, shipped};
use renkei::vault::{Assertion, IdToken, IdTokenFor, ProviderKeys, read_key_set};
use renkei::wire::slip::read_slip;
use renkei::wire::{decode_client, decode_server, encode_client, encode_server, rest};

/// A parser under its name, which is also that of its corpus.
pub struct Parser {
    pub name: &'static str,
    pub check: fn(&[u8]),
}

pub const PARSERS: &[Parser] = &[
    Parser { name: "client_json", check: |bytes| client_frame(Encoding::Json, bytes) },
    Parser { name: "client_protobuf", check: |bytes| client_frame(Encoding::Proto, bytes) },
    Parser { name: "server_json", check: |bytes| server_frame(Encoding::Json, bytes) },
    Parser { name: "server_protobuf", check: |bytes| server_frame(Encoding::Proto, bytes) },
    Parser { name: "posted_json", check: posted_json },
    Parser { name: "rule_file", check: rule_file },
    Parser { name: "vocabulary", check: vocabulary },
    Parser { name: "table", check: table },
    Parser { name: "upload", check: upload },
    Parser { name: "assertion", check: assertion },
    Parser { name: "key_set", check: keys },
    Parser { name: "id_token", check: id_token },
    Parser { name: "provider_keys", check: provider_keys },
    Parser { name: "slip", check: slip },
    Parser { name: "checkpoint", check: checkpoint },
];

/// Checks the parser of this name.
pub fn check(name: &str, bytes: &[u8]) {
    let parser = PARSERS.iter().find(|parser| parser.name == name).expect("a parser of this name");
    (parser.check)(bytes);
}

/// What is understood is said again in the same words, and understood alike.
fn client_frame(encoding: Encoding, bytes: &[u8]) {
    if let Ok(frame) = decode_client(encoding, bytes) {
        for encoding in Encoding::ALL {
            let again = decode_client(encoding, &encode_client(encoding, &frame));
            assert!(again.as_ref().ok() == Some(&frame), "{frame:?} is {again:?} in {encoding:?}");
        }
    }
}

/// What demo, load and tests read; a frame of a later version is passed over.
fn server_frame(encoding: Encoding, bytes: &[u8]) {
    if let Ok(Some(frame)) = decode_server(encoding, bytes) {
        let again = decode_server(encoding, &encode_server(encoding, &frame));
        assert!(again.as_ref().ok() == Some(&Some(frame.clone())), "{frame:?} is {again:?}");
    }
}

fn posted_json(bytes: &[u8]) {
    let timeline = TimelineId(uuid::Uuid::from_u128(0x0190_cccc_0000_7000_8000_0000_0000_0001));
    match rest::read_intent(timeline, bytes) {
        Ok(intent) => assert_eq!(intent.timeline, timeline),
        Err(complaint) => assert!(!complaint.message.ja.is_empty() && !complaint.message.en.is_empty()),
    }
}

fn rule_file(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    load(shipped::VOCABULARY.text, &[text]);
}

fn vocabulary(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    load(text, &[shipped::SHARING.text]);
}

/// Every mistake has a place in its file and words in both languages.
fn load(vocabulary: &str, sets: &[&str]) {
    let sets: Vec<SourceFile<'_>> = sets.iter().map(|text| SourceFile { name: "rules.toml", text }).collect();
    let words = SourceFile { name: "vocabulary.toml", text: vocabulary };
    let files = RulebookFiles { vocabulary: words, sets: sets.clone() };
    let Err(Problems(problems)) = Rulebook::load(&files, |_| [0; 32]) else { return };
    assert!(!problems.is_empty());
    for problem in problems {
        let file = sets.iter().chain([&words]).find(|file| file.name == problem.file).expect("one of the files");
        // After the last line is a place, too: where something is missing.
        let lines = file.text.split('\n').count();
        assert!((1..=lines).contains(&(problem.line as usize)) && problem.column >= 1, "{problem:?}");
        let message = problem.message();
        assert!(!message.ja.is_empty() && !message.en.is_empty(), "{problem:?}");
    }
}

fn table(bytes: &[u8]) {
    let Ok(table) = read_table(bytes, None, None) else { return };
    let system = || "urn:oid:1.2.392.100495.20.3.51.11310000001".to_owned();
    let today = date(2026, 4, 1);
    let patients = PatientSettings {
        system: system(),
        kana_from_name: false,
        agreed_by: None,
        document: "同意書".to_owned(),
        today,
        mapped: Vec::new(),
    };
    let vitals = VitalSettings {
        system: system(),
        source: "fuzz".to_owned(),
        zone: TimeZone::fixed(jiff::tz::offset(9)),
        today,
        mapped: Vec::new(),
        units: Vec::new(),
    };
    let (_, _) = (read_patients(&table, &patients).is_ok(), read_vitals(&table, &vitals).is_ok());
}

/// Of no two kinds at once, except that a table is also text.
fn upload(bytes: &[u8]) {
    let is = |media_type: &&MediaType| check_content(**media_type, bytes).is_ok();
    let kinds: Vec<&MediaType> = MediaType::ALL.iter().filter(is).collect();
    let is_text = |kind: &&MediaType| matches!(kind, MediaType::PlainText | MediaType::Csv);
    assert!(kinds.len() <= 1 || kinds.iter().all(is_text), "{kinds:?}");
}

/// Whatever it says, nobody is let in by a signature that no key made.
fn assertion(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(read) = Assertion::read(text) else { return };
    for algorithm in KeyAlgorithm::ALL {
        let material = vec![4; if *algorithm == KeyAlgorithm::Rs384 { 256 } else { 97 }];
        let key = ClientKey { id: read.key.clone(), algorithm: *algorithm, material };
        let judged = read.judge(&key, "https://renkei.test/oauth/token", Timestamp::from_secs(1_775_003_400));
        assert!(judged.is_err(), "{judged:?}");
    }
}

/// Every key that is taken can be named and tried; every fault has its field and words in both languages.
fn keys(bytes: &[u8]) {
    let Ok(given) = serde_json::from_slice(bytes) else { return };
    match read_key_set("jwks", &given) {
        Ok(keys) => keys.iter().for_each(|key| {
            assert!(!key.id.is_empty() && !renkei::vault::is_signed_by(key, b"x", &[0; 96]));
        }),
        Err(invalid) => {
            assert!(
                invalid.field.starts_with("jwks") && !invalid.message.ja.is_empty() && !invalid.message.en.is_empty()
            );
        }
    }
}

const FOR: IdTokenFor<'_> = IdTokenFor {
    issuer: "https://login.example.jp/care",
    client: "renkei",
    nonce: "n-1",
    now: Timestamp::from_secs(1_775_003_400),
};

/// Nothing is taken that none of the service's keys signed.
fn id_token(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(token) = IdToken::read(text) else { return };
    let keys = include_str!("corpus/provider_keys/mixed.json");
    let keys = ProviderKeys::read(&serde_json::from_str(keys).expect("JSON"));
    assert!(token.judge(&keys, FOR).is_err(), "{text}");
}

/// Whatever a service publishes, it is read or passed over.
fn provider_keys(bytes: &[u8]) {
    let Ok(set) = serde_json::from_slice(bytes) else { return };
    let keys = ProviderKeys::read(&set);
    let token = IdToken::read(include_str!("corpus/id_token/es256")).expect("a token");
    assert!(token.judge(&keys, FOR).is_err());
}

/// What was put into an envelope is about the timeline that its post names, however it is read.
fn slip(bytes: &[u8]) {
    let Some(slip) = read_slip(bytes) else { return };
    let again = rest::read_intent(slip.intent.timeline, &slip.content).expect("what was read");
    assert_eq!((again.id, again.body), (slip.intent.id, slip.intent.body));
}

/// A checkpoint that was kept elsewhere says the same however often it is written out.
fn checkpoint(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Some(kept) = read(text) else { return };
    let Ok(said) = Statement::parse(&kept.statement) else { return };
    assert_eq!(Statement::parse(&said.to_string()).expect("what was read"), said);
}
