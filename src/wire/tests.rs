//! Bad frames: what they are told, and that no bytes panic.

mod golden;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::codes::Code;
use super::*;
use crate::codec::tests::arbitrary;
use crate::domain::ids::Seq;

const VITAL: &str = include_str!("../../proto/examples/client/post_vital.json");

fn vital() -> Value {
    serde_json::from_str(VITAL).unwrap()
}

fn refused(frame: &Value) -> FrameError {
    decode_client(Encoding::Json, frame.to_string().as_bytes()).unwrap_err()
}

/// The vital of the examples with one value replaced.
fn vital_with(pointer: &str, value: Value) -> FrameError {
    let mut frame = vital();
    *frame.pointer_mut(pointer).unwrap_or_else(|| panic!("{pointer}")) = value;
    refused(&frame)
}

/// Whether the bytes were taken for no message at all, rather than for one with a mistake in it.
fn is_malformed(error: &FrameError) -> bool {
    error.invalid.code == Code::Malformed.code()
}

#[test]
fn a_mistake_in_a_post_names_the_field_in_the_protos_words() {
    let measured = "/post/intent/body/vital/measurements/0";
    let cases = [
        ("/post/intent/timeline", json!("hanako"), "bad_id", "post.intent.timeline"),
        ("/post/intent/timeline", json!(""), "required", "post.intent.timeline"),
        ("/post/intent/timeline", json!("00000000-0000-0000-0000-000000000000"), "bad_id", "post.intent.timeline"),
        ("/post/intent/sensitivity", json!("secret"), "unknown_code", "post.intent.sensitivity"),
        ("/post/intent/observedAtUs", json!("soon"), "wrong_type", "post.intent.observed_at_us"),
        ("/post/intent/body", json!({}), "required", "post.intent.body"),
        ("/post/intent/body", json!(null), "required", "post.intent.body"),
        ("/post/intent/body/vital/site", json!("elbow"), "unknown_code", "post.intent.body.vital.site"),
        (
            measured,
            json!({"sign": "spo2", "value": "980", "unit": "%"}),
            "implausible",
            "post.intent.body.vital.measurements[0].value",
        ),
        (
            measured,
            json!({"sign": "spo2", "value": "98", "unit": "kg"}),
            "wrong_unit",
            "post.intent.body.vital.measurements[0].unit",
        ),
        (
            measured,
            json!({"sign": "spo2", "value": "98", "unit": "furlong"}),
            "unknown_code",
            "post.intent.body.vital.measurements[0].unit",
        ),
        (
            measured,
            json!({"sign": "spo2", "value": "98,5", "unit": "%"}),
            "bad_decimal",
            "post.intent.body.vital.measurements[0].value",
        ),
        (
            measured,
            json!({"sign": "spo2", "value": 98, "unit": "%"}),
            "wrong_type",
            "post.intent.body.vital.measurements[0].value",
        ),
        (
            measured,
            json!({"sign": "mood", "value": "1"}),
            "unknown_code",
            "post.intent.body.vital.measurements[0].sign",
        ),
        (
            measured,
            json!({"sign": "spo2", "value": "98", "unit": "%", "given": {}}),
            "unexpected",
            "post.intent.body.vital.measurements[0].given",
        ),
        (
            "/post/intent/body",
            json!({"note": {"text": "a"}, "visit": {"text": "b"}}),
            "duplicate",
            "post.intent.body.visit",
        ),
        (
            "/post/intent/body",
            json!({"infectionNotice": {"infection": "covid", "text": "t", "since": "2026-04-31"}}),
            "bad_date",
            "post.intent.body.infection_notice.since",
        ),
        (
            "/post/intent/body",
            json!({"infectionNotice": {"infection": "covid", "text": "t", "since": "2026-04-01T09:00"}}),
            "bad_date",
            "post.intent.body.infection_notice.since",
        ),
        (
            "/post/intent/body",
            json!({"correction": {"target": "x", "body": {"note": {}}}}),
            "bad_id",
            "post.intent.body.correction.target",
        ),
        (
            "/post/intent/body",
            json!({"teamLink": {"organisation": "0196d5a2-7c00-7000-8000-000000000201"}}),
            "required",
            "post.intent.body.team_link.history",
        ),
        (
            "/post/intent/body",
            json!({"teamLink": {"organisation": "0196d5a2-7c00-7000-8000-000000000201", "history": "from"}}),
            "required",
            "post.intent.body.team_link.history_from_us",
        ),
        ("/post/intent/addressedTo", json!([{"role": "doctor"}, {}]), "required", "post.intent.addressed_to[1]"),
    ];
    for (pointer, value, code, field) in cases {
        let mut frame = vital();
        frame["post"]["intent"]["addressedTo"] = json!([]);
        *frame.pointer_mut(pointer).unwrap() = value.clone();
        let error = refused(&frame);
        assert_eq!((error.invalid.code, error.invalid.field.as_str()), (code, field), "{pointer} = {value}");
        assert!(error.about.is_some(), "{pointer} = {value}: the post's id is known");
        assert!(!error.invalid.message.ja.is_empty() && !error.invalid.message.en.is_empty());
    }
}

#[test]
fn a_misspelt_field_is_refused_by_name_and_the_known_ones_are_listed() {
    for (named, field) in [("sensitvity", "post.intent.sensitvity"), ("adressedTo", "post.intent.adressed_to")] {
        let mut frame = vital();
        let intent = frame.pointer_mut("/post/intent").unwrap().as_object_mut().unwrap();
        intent.insert(named.into(), json!("restricted"));
        let error = refused(&frame);
        assert_eq!((error.invalid.code, error.invalid.field.as_str()), ("unknown_field", field));
        assert!(error.invalid.message.en.contains("addressedTo"), "{}", error.invalid.message.en);
        assert!(!error.invalid.message.ja.contains("one of"), "{}", error.invalid.message.ja);
    }
}

#[test]
fn a_value_of_another_type_is_told_in_words_of_both_languages() {
    let cases = [
        ("body/vital/measurements", json!(3), "整数 3 ではなく、配列が必要です", "a list, not the number 3"),
        (
            "body/vital/measurements/0",
            json!("37.2"),
            "文字列 \"37.2\" ではなく、オブジェクトが必要です",
            "an object, not the text \"37.2\"",
        ),
    ];
    for (pointer, given, ja, en) in cases {
        let error = vital_with(&format!("/post/intent/{pointer}"), given);
        assert_eq!(error.invalid.code, "wrong_type");
        assert_eq!(error.invalid.message.ja, format!("値の型が違います: {ja}"));
        assert_eq!(error.invalid.message.en, format!("a value of another type is expected: {en}"));
    }
}

#[derive(Debug, serde::Deserialize)]
struct Bed {
    #[expect(dead_code, reason = "only read")]
    ward: String,
    #[expect(dead_code, reason = "only read")]
    number: u32,
}

#[derive(Debug, serde::Deserialize)]
struct Ask {
    #[expect(dead_code, reason = "only read")]
    bed: Bed,
}

#[test]
fn what_a_request_brings_is_complained_of_in_words_and_a_list_is_no_object() {
    let cases = [
        (r#"{"bed": {"ward": "E", "number": -1}}"#, "bed.number", "a whole number of 0 or more, not the number -1"),
        (r#"{"bed": {"ward": true, "number": 1}}"#, "bed.ward", "a text, not the truth value true"),
        (r#"{"bed": ["E"]}"#, "bed", "an object, not a list"),
        (r#"["E", 1]"#, "", "an object, not a list"),
    ];
    for (body, field, en) in cases {
        let told = crate::wire::read_json::<Ask>(body.as_bytes()).unwrap_err();
        assert_eq!((told.code, told.field.as_str()), ("wrong_type", field), "{body}");
        assert!(told.message.en.ends_with(en), "{body}: {}", told.message.en);
        assert!(!told.message.ja.contains("expected") && !told.message.ja.is_empty(), "{body}: {}", told.message.ja);
    }
}

/// Their parts in our order would be taken for them, and an empty list for one with nothing in it.
#[test]
fn a_list_is_no_part_of_a_frame_that_is_an_object() {
    for pointer in ["/post/intent", "/post/intent/body/vital/measurements/0"] {
        let told = vital_with(pointer, json!([]));
        assert_eq!(told.invalid.code, "wrong_type", "{pointer}: {:?}", told.invalid);
    }
}

#[test]
fn hello_may_offer_what_this_version_does_not_know() {
    let frame = json!({"hello": {"version": 7, "ticket": "t", "compression": "zstd"}});
    let frame = decode_client(Encoding::Json, frame.to_string().as_bytes()).unwrap();
    assert!(matches!(frame, ClientFrame::Hello(Hello { version: 7, .. })));
}

#[test]
fn field_names_are_understood_as_the_proto_writes_them_too() {
    let snake = VITAL.replace("observedAtUs", "observed_at_us");
    let read = |text: &str| decode_client(Encoding::Json, text.as_bytes()).unwrap();
    assert_eq!(read(&snake), read(VITAL));
}

#[test]
fn customary_units_are_taken_and_kept_beside_the_canonical_value() {
    let measured = json!([{"sign": "temperature", "value": "99.5", "unit": "℉"}, {"sign": "pulse", "value": "72", "unit": "回／分"}]);
    let mut frame = vital();
    *frame.pointer_mut("/post/intent/body/vital/measurements").unwrap() = measured;
    let Ok(ClientFrame::Post(intent)) = decode_client(Encoding::Json, frame.to_string().as_bytes()) else { panic!() };
    let crate::domain::body::Body::Vital(vital) = intent.body else { panic!() };
    assert_eq!(vital.measurements[0].value.to_string(), "37.5");
    assert_eq!(vital.measurements[0].given.unwrap().0.to_string(), "99.5");
    assert_eq!(vital.measurements[1].given, None);
}

#[test]
fn bytes_of_another_program_are_malformed_and_a_mistake_inside_a_message_is_not() {
    for bytes in [&b""[..], b"hello", b"{\"post\":", b"\xff\xfe"] {
        assert!(is_malformed(&decode_client(Encoding::Json, bytes).unwrap_err()), "{bytes:?}");
    }
    assert!(is_malformed(&decode_client(Encoding::Proto, b"\xff\xff\xff").unwrap_err()));
    for text in ["{}", "[]", "[1,2", "{\"hullo\":{}}", "{\"post\":{}}", "{\"post\":null}", "{\"markRead\":{}}"] {
        let error = decode_client(Encoding::Json, text.as_bytes()).unwrap_err();
        assert!(!is_malformed(&error), "{text}: {error}");
    }
    assert_eq!(decode_client(Encoding::Proto, b"").unwrap_err().invalid.code, Code::UnknownFrame.code());
    // Field 90 of ClientFrame: a frame newer than this version.
    assert_eq!(decode_client(Encoding::Proto, b"\xd2\x05\x00").unwrap_err().invalid.code, Code::UnknownFrame.code());
}

#[test]
fn a_frame_of_the_hub_that_is_newer_than_the_client_is_passed_over() {
    assert_eq!(decode_server(Encoding::Proto, b"\xd2\x05\x00").unwrap(), None);
}

#[test]
fn a_frame_nested_without_end_is_refused() {
    let depth = 5_000;
    let nested = r#"{"correction":{"body":"#.repeat(depth) + "{}" + &"}}".repeat(depth);
    let frame = format!(r#"{{"post":{{"intent":{{"body":{nested}}}}}}}"#);
    assert!(is_malformed(&decode_client(Encoding::Json, frame.as_bytes()).unwrap_err()));
}

#[test]
fn a_complaint_does_not_grow_with_what_was_given() {
    let long = "あ".repeat(50_000);
    let measured = "/post/intent/body/vital/measurements/0";
    let answers = [
        vital_with("/post/intent/sensitivity", json!(long)),
        vital_with("/post/intent/observedAtUs", json!(long)),
        vital_with(&format!("{measured}/value"), json!(long)),
        vital_with(&format!("{measured}/unit"), json!(long)),
        vital_with("/post/intent/body", json!({ long.clone(): {} })),
        vital_with("/post/intent", json!({ "observedAtUs": {long.clone(): 1} })),
    ];
    for error in answers {
        let code = error.invalid.code;
        let bytes = encode_server(Encoding::Json, &error.into_frame());
        assert!(bytes.len() < 4_096, "{code}: {} bytes", bytes.len());
    }
}

#[test]
fn more_timelines_than_the_bound_are_refused_with_the_bound() {
    let timelines = vec!["0196d5a2-7c00-7000-8000-000000000101"; crate::limits::SUBSCRIBE_TIMELINES_MAX + 1];
    let error = refused(&json!({"unsubscribe": {"timelines": timelines}}));
    assert_eq!((error.invalid.code, error.invalid.field.as_str()), ("too_long", "unsubscribe.timelines"));
}

#[test]
fn subscribing_to_nothing_is_a_mistake() {
    assert_eq!(refused(&json!({"subscribe": {}})).invalid.field, "subscribe.timelines");
}

#[test]
fn the_answer_goes_to_the_post_where_its_id_is_known() {
    let refused = vital_with("/post/intent/timeline", json!("x")).into_frame();
    assert!(matches!(refused, ServerFrame::Refused(Refused { ref field, .. }) if field == "post.intent.timeline"));
    let mut dry_run = vital();
    let post = dry_run.as_object_mut().unwrap().remove("post").unwrap();
    dry_run["dryRun"] = post;
    dry_run["dryRun"]["intent"]["timeline"] = json!(3);
    let result = super::tests::refused(&dry_run).into_frame();
    assert!(
        matches!(result, ServerFrame::DryRunResult(DryRunResult { verdict: Verdict::Refused, ref field, .. }) if field == "dry_run.intent.timeline")
    );
    assert!(matches!(vital_with("/post/intent/id", json!("x")).into_frame(), ServerFrame::Error(_)));
}

#[test]
fn a_ticket_never_reaches_a_log() {
    let hello = Hello { version: 1, ticket: "sesame".into(), client: "test".into(), language: Language::Japanese };
    assert!(!format!("{:?}", ClientFrame::Hello(hello)).contains("sesame"));
}

proptest! {
    #[test]
    fn random_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        for encoding in Encoding::ALL {
            let _ = (decode_client(encoding, &bytes), decode_server(encoding, &bytes));
        }
    }

    #[test]
    fn damaged_frames_never_panic(
        intent in arbitrary::intent(),
        entry in arbitrary::entry(),
        at in any::<prop::sample::Index>(),
        with in any::<u8>(),
    ) {
        let entry = EncodedEntry::of(&entry);
        for encoding in Encoding::ALL {
            let mut post = encode_client(encoding, &ClientFrame::Post(intent.clone())).to_vec();
            let mut delivery = entry.delivery(encoding, Seq(3)).to_vec();
            for bytes in [&mut post, &mut delivery] {
                let at = at.index(bytes.len());
                bytes[at] = with;
            }
            if let Err(error) = decode_client(encoding, &post) {
                let _ = encode_server(encoding, &error.into_frame());
            }
            let _ = decode_server(encoding, &delivery);
        }
    }

    #[test]
    fn posts_and_deliveries_come_back_whole(intent in arbitrary::intent(), entry in arbitrary::entry(), after in any::<u64>()) {
        for encoding in Encoding::ALL {
            let post = ClientFrame::Post(intent.clone());
            prop_assert_eq!(decode_client(encoding, &encode_client(encoding, &post)).unwrap(), post);
            let delivery = ServerFrame::Delivery { after: Seq(after), entry: EncodedEntry::of(&entry) };
            let bytes = encode_server(encoding, &delivery);
            prop_assert!(!encoding.is_text() || std::str::from_utf8(&bytes).is_ok());
            prop_assert_eq!(decode_server(encoding, &bytes).unwrap().unwrap(), delivery);
        }
    }
}
