//! Who signs a version of the rules, for which body, and what a signature is of.

use axum::http::StatusCode;
use renkei::rulebook::shipped;
use serde_json::{Value, json};

use super::rulebook_life::{BODIES, NO_NOTES, drafted, files, path, set, signature};
use crate::support::actor::Actor;
use crate::support::app::App;

#[tokio::test]
async fn each_body_signs_through_its_own_profession_what_the_set_says_now() {
    let app = App::start().await;
    let (secretariat, doctor, nurse) = (app.secretariat().await, app.doctor("hikari").await, app.nurse("minato").await);
    let draft = drafted(&secretariat, "").await;
    let early = doctor.post(path(&draft, "/signatures"), signature(&draft, "みなと医師会", "doctor")).await;
    early.problem(StatusCode::CONFLICT, "conflict");
    let other = json!({ "fingerprint": "0000000000000000" });
    secretariat.post(path(&draft, "/propose"), other).await.problem(StatusCode::CONFLICT, "conflict");
    let seen = json!({ "fingerprint": draft["fingerprint"] });
    doctor.post(path(&draft, "/propose"), seen.clone()).await.problem(StatusCode::FORBIDDEN, "forbidden");
    let proposed = secretariat.post(path(&draft, "/propose"), seen.clone()).await.ok();
    assert_eq!((&proposed["stage"], proposed["unsigned"].as_array().unwrap().len()), (&json!("proposed"), 2));
    secretariat.post(path(&draft, "/in-force"), seen.clone()).await.problem(StatusCode::CONFLICT, "conflict");

    let sign = async |who: &Actor, given: Value| who.post(path(&draft, "/signatures"), given).await;
    let of_doctors = signature(&draft, "みなと医師会", "doctor");
    let with = |key: &str, value: Value| {
        let mut given = of_doctors.clone();
        given[key] = value;
        given
    };
    sign(&nurse, of_doctors.clone()).await.problem(StatusCode::FORBIDDEN, "forbidden");
    sign(&doctor, with("agreement", json!("0"))).await.problem(StatusCode::CONFLICT, "conflict");
    for (field, given) in [("set", with("set", json!("x"))), ("body", with("body", json!("ほかの会")))] {
        let problem = sign(&doctor, given).await.is(StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(problem["field"], field);
    }
    sign(&doctor, with("person", json!("だれか"))).await.problem(StatusCode::UNPROCESSABLE_ENTITY, "unexpected");
    sign(&secretariat, of_doctors.clone()).await.problem(StatusCode::UNPROCESSABLE_ENTITY, "required");
    let mut future = with("person", json!("医師 一号"));
    future["signed_on"] = json!("2026-04-02");
    sign(&secretariat, future).await.problem(StatusCode::UNPROCESSABLE_ENTITY, "out_of_range");

    let signed = sign(&doctor, of_doctors).await.is(StatusCode::CREATED);
    let by = &set(&signed, "sharing")["signatures"][0];
    assert_eq!((&by["body"], &by["person"]), (&json!("みなと医師会"), &json!("医師 一号")));
    assert_eq!(by["signed_on"], "2026-04-01");
    let sheet = nurse.get(path(&draft, "/sheet")).await;
    assert_eq!(sheet.header("content-type"), "text/html; charset=utf-8");
    // It shows as it is printed, and can do nothing else.
    assert!(sheet.header("content-security-policy").starts_with("default-src 'none'; style-src 'unsafe-inline';"));
    assert!(sheet.text().contains("<td>みなと医師会</td><td>医師</td><td>医師 一号</td><td>2026-04-01</td>"));
    assert!(sheet.text().contains("<td>訪問看護協議会</td><td>看護師</td><td></td><td></td>"));

    // Nobody is named who represents the nurses: any nurse could sign for all of them, so it takes their paper.
    let mut of_nurses = signature(&draft, "訪問看護協議会", "nurse");
    let refused = sign(&nurse, of_nurses.clone()).await.problem(StatusCode::FORBIDDEN, "forbidden");
    assert!(
        refused["detail"]["ja"].as_str().unwrap().contains("代表者（bodies の person）が書かれていません"),
        "{refused}"
    );
    (of_nurses["person"], of_nurses["signed_on"]) = (json!("山岸 花子"), json!("2026-03-30"));
    let signed = sign(&secretariat, of_nurses).await.is(StatusCode::CREATED);
    assert_eq!(signed["stage"], "agreed");
    // A changed file is another thing than what was signed.
    let other = json!({ "fingerprint": "0000000000000000", "files": files(NO_NOTES) });
    let lost = secretariat.put(path(&draft, ""), other).await.problem(StatusCode::CONFLICT, "conflict");
    assert!(lost["detail"]["ja"].is_string(), "nobody writes over what somebody else saved meanwhile");
    let seen = json!({ "fingerprint": signed["fingerprint"], "files": files(NO_NOTES) });
    let changed = secretariat.put(path(&draft, ""), seen).await.ok();
    assert_eq!((&changed["stage"], &set(&changed, "sharing")["signatures"]), (&json!("draft"), &json!([])));
    assert_eq!(changed["unsigned"].as_array().unwrap().len(), 2);
    let retired = secretariat.post(path(&draft, "/retire"), json!({ "reason": "作り直す" })).await.ok();
    assert_eq!(retired["stage"], "retired");
    let again = secretariat.put(path(&draft, ""), json!({ "files": files("") })).await;
    again.problem(StatusCode::CONFLICT, "conflict");
}

/// The sharing rules with another list of bodies.
fn files_for(bodies: &str) -> Value {
    let mut files = files("");
    let text = files[2]["text"].as_str().unwrap().replacen(BODIES, &format!("status    = \"proposed\"\n{bodies}"), 1);
    files[2]["text"] = json!(text);
    files
}

#[tokio::test]
async fn a_set_that_names_no_body_for_a_side_is_not_proposed() {
    let app = App::start().await;
    let secretariat = app.secretariat().await;
    let propose = async |files: Value| {
        let draft = json!({ "title": "案", "files": files });
        let draft = secretariat.post("/api/v1/rulebooks", draft).await.is(StatusCode::CREATED);
        let seen = json!({ "fingerprint": draft["fingerprint"] });
        secretariat.post(path(&draft, "/propose"), seen).await
    };
    let problem = propose(files_for("")).await.problem(StatusCode::CONFLICT, "conflict");
    assert!(problem["detail"]["ja"].as_str().unwrap().contains("署名する団体（bodies）がありません"), "{problem}");
    let etiquette = |bodies: &str| {
        let mut files = files("");
        let text = shipped::ETIQUETTE_DOCTOR_NURSE.text.replacen("status    = \"seed\"", "status    = \"proposed\"", 1);
        let text = text.replacen("agreed_by = []", &format!("agreed_by = []\n{bodies}"), 1);
        files.as_array_mut().unwrap().push(json!({ "name": "etiquette.toml", "text": text }));
        files
    };
    let doctors = "{ body = \"みなと医師会\", role = \"doctor\" }";
    let nurses = "{ body = \"訪問看護協議会\", role = \"nurse\" }";
    for (bodies, side) in [(String::new(), "医師の側"), (format!("bodies = [{doctors}]"), "看護師の側")] {
        let problem = propose(etiquette(&bodies)).await.problem(StatusCode::CONFLICT, "conflict");
        assert!(problem["detail"]["ja"].as_str().unwrap().contains(side), "{problem}");
    }
    let proposed = propose(etiquette(&format!("bodies = [{doctors}, {nurses}]"))).await.ok();
    assert_eq!(proposed["stage"], "proposed");
}

#[tokio::test]
async fn one_person_signs_for_one_body_of_a_version_here_and_on_paper() {
    let app = App::start().await;
    let secretariat = app.secretariat().await;
    let bodies = "bodies = [{ body = \"みなと医師会\", role = \"doctor\", person = \"医師 一号\" }, { body = \"在宅医の会\", \
                  role = \"doctor\", person = \"医師 一号\" }, { body = \"訪問看護協議会\", role = \"nurse\" }]";
    let draft = json!({ "title": "案", "files": files_for(bodies) });
    let draft = secretariat.post("/api/v1/rulebooks", draft).await.is(StatusCode::CREATED);
    let seen = json!({ "fingerprint": draft["fingerprint"] });
    secretariat.post(path(&draft, "/propose"), seen).await.ok();
    // Both are called 医師 一号, and are two people.
    let (doctor, namesake) = (app.doctor("hikari").await, app.doctor("misaki").await);
    let sign = async |who: &Actor, given: Value| who.post(path(&draft, "/signatures"), given).await;
    sign(&doctor, signature(&draft, "みなと医師会", "doctor")).await.is(StatusCode::CREATED);
    let again =
        sign(&doctor, signature(&draft, "在宅医の会", "doctor")).await.problem(StatusCode::CONFLICT, "conflict");
    let (ja, en) = (again["detail"]["ja"].as_str().unwrap(), again["detail"]["en"].as_str().unwrap());
    assert!(ja.contains("みなと医師会") && ja.contains("一つの団体"), "{ja}");
    assert!(en.contains("one person signs for one body"), "{en}");
    // The same once more for the same body is no other.
    sign(&doctor, signature(&draft, "みなと医師会", "doctor")).await.is(StatusCode::CREATED);
    sign(&namesake, signature(&draft, "在宅医の会", "doctor")).await.is(StatusCode::CREATED);
    // Nobody signs over what another signed.
    let mut over = signature(&draft, "みなと医師会", "doctor");
    (over["person"], over["signed_on"]) = (json!("医師一号"), json!("2026-03-30"));
    let over = sign(&secretariat, over).await.problem(StatusCode::CONFLICT, "conflict");
    assert!(over["detail"]["ja"].as_str().unwrap().contains("医師 一号さんが2026-04-01に署名"), "{over}");
    let on_paper = |person: &str| {
        let mut paper = signature(&draft, "訪問看護協議会", "nurse");
        (paper["person"], paper["signed_on"]) = (json!(person), json!("2026-03-30"));
        paper
    };
    // On paper there is only a name, with or without a space.
    sign(&secretariat, on_paper("医師　一号")).await.problem(StatusCode::CONFLICT, "conflict");
    let signed = sign(&secretariat, on_paper("山岸 花子")).await.is(StatusCode::CREATED);
    assert_eq!(signed["stage"], "agreed");
}

#[tokio::test]
async fn where_the_set_names_who_represents_a_body_nobody_else_signs_for_it() {
    let app = App::start().await;
    let (secretariat, doctor, nurse) = (app.secretariat().await, app.doctor("hikari").await, app.nurse("minato").await);
    let bodies = "bodies = [{ body = \"みなと医師会\", role = \"doctor\", person = \"鈴木 太郎\" }, \
                  { body = \"訪問看護協議会\", role = \"nurse\", person = \"看護師 一号\" }]";
    let draft = json!({ "title": "案", "files": files_for(bodies) });
    let draft = secretariat.post("/api/v1/rulebooks", draft).await.is(StatusCode::CREATED);
    let seen = json!({ "fingerprint": draft["fingerprint"] });
    secretariat.post(path(&draft, "/propose"), seen).await.ok();
    let sign = async |who: &Actor, given: Value| who.post(path(&draft, "/signatures"), given).await;
    let refused = sign(&doctor, signature(&draft, "みなと医師会", "doctor")).await;
    let refused = refused.problem(StatusCode::FORBIDDEN, "forbidden");
    assert!(refused["detail"]["ja"].as_str().unwrap().contains("鈴木 太郎"), "{refused}");
    let on_paper = |person: &str| {
        let mut paper = signature(&draft, "みなと医師会", "doctor");
        (paper["person"], paper["signed_on"]) = (json!(person), json!("2026-03-30"));
        paper
    };
    let other = sign(&secretariat, on_paper("田中 次郎")).await.problem(StatusCode::UNPROCESSABLE_ENTITY, "mismatch");
    assert_eq!(other["field"], "person");
    sign(&secretariat, on_paper("鈴木太郎")).await.is(StatusCode::CREATED);
    let signed = sign(&nurse, signature(&draft, "訪問看護協議会", "nurse")).await.is(StatusCode::CREATED);
    assert_eq!(signed["stage"], "agreed");
}

#[tokio::test]
async fn a_namesake_of_another_profession_signs_for_no_body() {
    let app = App::start().await;
    let (secretariat, nurse) = (app.secretariat().await, app.nurse("minato").await);
    // The doctors are represented by one who is called like the nurse.
    let bodies = "bodies = [{ body = \"みなと医師会\", role = \"doctor\", person = \"看護師 一号\" }, \
                  { body = \"訪問看護協議会\", role = \"nurse\" }]";
    let draft = json!({ "title": "案", "files": files_for(bodies) });
    let draft = secretariat.post("/api/v1/rulebooks", draft).await.is(StatusCode::CREATED);
    let seen = json!({ "fingerprint": draft["fingerprint"] });
    secretariat.post(path(&draft, "/propose"), seen).await.ok();
    let signed = nurse.post(path(&draft, "/signatures"), signature(&draft, "みなと医師会", "doctor")).await;
    let refused = signed.problem(StatusCode::FORBIDDEN, "forbidden");
    assert!(refused["detail"]["en"].as_str().unwrap().contains("of the body's profession"), "{refused}");
}

#[tokio::test]
async fn two_bodies_that_sign_at_one_moment_are_both_counted() {
    let app = App::start().await;
    let (secretariat, doctor) = (app.secretariat().await, app.doctor("hikari").await);
    let draft = drafted(&secretariat, "").await;
    let seen = json!({ "fingerprint": draft["fingerprint"] });
    secretariat.post(path(&draft, "/propose"), seen).await.ok();
    let mut paper = signature(&draft, "訪問看護協議会", "nurse");
    (paper["person"], paper["signed_on"]) = (json!("山岸 花子"), json!("2026-03-30"));
    let by = [(&doctor, signature(&draft, "みなと医師会", "doctor")), (&secretariat, paper)];
    let sign = async |at: usize| by[at].0.post(path(&draft, "/signatures"), by[at].1.clone()).await;
    let (one, other) = tokio::join!(sign(0), sign(1));
    // Whoever came too late is told so, and signs what the other made of it.
    for (at, answer) in [one, other].iter().enumerate() {
        if answer.status != StatusCode::CREATED {
            answer.problem(StatusCode::CONFLICT, "conflict");
            sign(at).await.is(StatusCode::CREATED);
        }
    }
    assert_eq!(secretariat.get(path(&draft, "")).await.ok()["stage"], "agreed");
}
