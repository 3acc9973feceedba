//! `/api/v1/openapi.json`: the API described from its handlers. What every route has in common, its errors and its
//! sign-in, is added here once instead of at each handler.

use std::sync::LazyLock;

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use utoipa::openapi::path::{Operation, Parameter, ParameterIn, PathItem};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{Content, OpenApi as Document, Ref, RefOr, Response as Described};
use utoipa::{Modify, OpenApi};

use super::api::accounts::{devices, enrolling, entering, inviting, looking_after, mine, outside, passkeys, proving};
use super::api::{
    advice, announcements, audit, bells, cases, clients, compliance, directory, duties, emergency, explaining, exports,
    files, groups, linking_queue, me, offices, patients, quarantine, registering, retention, rulebook, rulebook_tables,
    rulebooks, sign_ins, statistics, timelines, trainings,
};
use super::problem::Problem;
use super::routes::OPEN_ROUTES;
use super::step_up;

const PROBLEM: &str = "application/problem+json";

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Renkei",
        description = "A region's home-care teams over REST: directory, patients, links, entries, rules. Live delivery \
            is on the WebSocket at `/ws` (docs/protocol.md). Intents, entries and answers to posts are the messages \
            of `proto/renkei/v1` in the proto3 JSON mapping, as on the socket; everything else is snake_case with \
            times in RFC 3339. A patient who is unknown and one who is hidden answer 404 alike."
    ),
    paths(
        me::show, me::sign_out, me::draw_ticket,
        directory::list_organisations, directory::enter_organisation, directory::replace_organisation,
        directory::list_people, directory::enter_person, directory::replace_person, directory::suspend,
        offices::show, offices::list_pledges,
        compliance::show, compliance::show_table, statistics::show, statistics::list_accounts,
        sign_ins::revoke,
        announcements::list, announcements::publish, announcements::list_sent, announcements::check,
        announcements::correct, announcements::withdraw, announcements::note_read, announcements::list_receipts,
        cases::list, cases::draft, cases::list_work, cases::check, cases::redraft, cases::discard, cases::hand_in,
        cases::send_back, cases::approve, cases::withdraw,
        groups::list, groups::make, groups::change, groups::check, groups::list_messages, groups::post, groups::withdraw,
        groups::note_read,
        trainings::list, trainings::enter, trainings::list_missing, trainings::table_missing, trainings::change,
        trainings::note_attendance,
        bells::list, bells::put, bells::remove, bells::keep_quiet,
        entering::show_ways, entering::sign_in, entering::choose, inviting::open, inviting::accept,
        mine::list_sign_ins, mine::end_all, mine::end_sign_in, mine::switch, mine::change_password,
        passkeys::ask, passkeys::sign_in, passkeys::ask_invited, passkeys::accept, passkeys::list, passkeys::ask_to_make,
        passkeys::add, passkeys::rename, passkeys::remove, proving::ask, proving::prove,
        outside::leave, outside::leave_invited, outside::finish, outside::show_second, outside::list,
        outside::leave_to_link, outside::link, outside::unlink, outside::leave_to_prove, outside::prove,
        looking_after::show, looking_after::invite, looking_after::withdraw, looking_after::recover,
        looking_after::end_sign_ins, looking_after::take_on, looking_after::let_go, looking_after::appoint,
        looking_after::dismiss,
        devices::list, devices::register, devices::issue_certificate, devices::enrol, devices::revoke,
        devices::list_exceptions, devices::grant_exception, devices::end_exception,
        enrolling::open, enrolling::accept,
        clients::list, clients::register, clients::replace_keys, clients::suspend, clients::resume, clients::remove,
        patients::find, patients::show, exports::list, exports::take,
        registering::register_patient, registering::record_consent, registering::link, registering::unlink,
        timelines::list_entries, timelines::post_entry, timelines::dry_run,
        timelines::list_read_markers, timelines::mark_read,
        duties::list, duties::list_of_timeline, duties::show_clock, duties::release_clock,
        advice::list,
        audit::list, audit::exposures, audit::export,
        emergency::search, emergency::list, retention::show, retention::destroy,
        files::upload, files::download,
        linking_queue::list, linking_queue::dismiss,
        quarantine::show_key, quarantine::show_pass, quarantine::hand_in, quarantine::list, quarantine::release,
        quarantine::discard, quarantine::discard_mine,
        rulebook::show, rulebook::list_files, rulebook_tables::show, rulebook::show_cited, explaining::explain,
        rulebooks::list, rulebooks::draft, rulebooks::show, rulebooks::change, rulebooks::propose, rulebooks::sign,
        rulebooks::put_in_force, rulebooks::retire, rulebooks::trying::sheet, rulebooks::trying::compare,
        rulebooks::trying::analyse, rulebooks::trying::replay,
    ),
    components(schemas(Problem)),
    modifiers(&Common),
    tags(
        (name = "sign-in", description = "The sign-in that a request is made with"),
        (name = "announcements", description = "Words to people of the region, about no patient"),
        (name = "cases", description = "Good practice, told without the patient"),
        (name = "groups", description = "People who talk with each other at work, about no patient"),
        (name = "trainings", description = "Which there were, and who was there"),
        (name = "bells", description = "Which devices are rung while their page is closed, and when not"),
        (name = "patients", description = "Finding, registering and linking patients"),
        (name = "timelines", description = "What happened to a patient: entries, in order, for ever"),
        (name = "quarantine", description = "Posts in envelopes, from devices whose sign-in has ended"),
        (name = "duties", description = "What is owed, by whom, until when"),
        (name = "directory", description = "Organisations and people"),
        (name = "accounts", description = "For the secretariat, and for who looks after an office"),
        (name = "devices", description = "Registered devices, and who may do without one"),
        (name = "audit", description = "Who did what, and who saw whom"),
        (name = "secretariat", description = "For the secretariat only"),
        (name = "rulebook", description = "The rules that the region agreed on"),
    ),
)]
struct Described31;

/// The document.
#[must_use]
pub fn document() -> Document {
    Described31::openapi()
}

/// Serves the document; it says nothing that a client needs a sign-in for.
pub async fn serve() -> Response {
    static JSON: LazyLock<Bytes> =
        LazyLock::new(|| serde_json::to_vec(&document()).expect("the document has text keys").into());
    let json = HeaderValue::from_static("application/json");
    ([(header::CONTENT_TYPE, json)], JSON.clone()).into_response()
}

struct Common;

impl Modify for Common {
    fn modify(&self, document: &mut Document) {
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("token", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
        document.security = Some(vec![SecurityRequirement::new("token", [] as [&str; 0])]);
        for (path, item) in &mut document.paths.paths {
            for (method, operation) in operations(item) {
                operation.operation_id = Some(operation_id(method, path));
                if OPEN_ROUTES.iter().any(|open| open.method == method && open.path == path) {
                    operation.security = Some(Vec::new());
                }
                complete(operation, path, step_up::is_grave(method, path));
            }
        }
    }
}

/// The operations of a path, with their methods in lower case.
pub fn operations(item: &mut PathItem) -> impl Iterator<Item = (&'static str, &mut Operation)> {
    let all = [("get", &mut item.get), ("post", &mut item.post), ("put", &mut item.put), ("delete", &mut item.delete)];
    all.into_iter().filter_map(|(method, operation)| Some((method, operation.as_mut()?)))
}

/// `get_patients_id`: unique, and the same as long as the route is.
fn operation_id(method: &str, path: &str) -> String {
    let path = path.trim_start_matches("/api/v1/").replace(['{', '}'], "").replace(['/', '-'], "_");
    format!("{method}_{path}")
}

/// Adds what can go wrong on every route of this shape.
fn complete(operation: &mut Operation, path: &str, is_grave: bool) {
    let is_query = |parameter: &RefOr<Parameter>| matches!(parameter, RefOr::T(parameter) if parameter.parameter_in == ParameterIn::Query);
    let has_query = operation.parameters.iter().flatten().any(is_query);
    let mut common = vec![
        ("500", "A fault of the hub, kept in its log"),
        ("503", "The hub cannot do this now; `Retry-After` says when to try again"),
    ];
    if operation.security.is_none() {
        common.push(("429", "Too many requests in a minute; `Retry-After` says when to ask again"));
        common.push(("401", "No valid token"));
    }
    if is_grave {
        common.push(("403", "Not for this role; or `proof_needed`: show again who you are at `/api/v1/me/proof`"));
    }
    if path.contains('{') {
        common.push(("404", "Unknown, or hidden from the one who asks: the answer is the same to the byte"));
    }
    if operation.request_body.is_some() {
        common.push(("400", "No JSON"));
        common.push(("413", "The body is too large"));
        common.push(("415", "The body is not `application/json`"));
    }
    if operation.request_body.is_some() || has_query {
        common.push(("422", "A value cannot be taken; `field` says which"));
    }
    for (status, description) in common {
        let responses = &mut operation.responses.responses;
        responses.entry(status.to_owned()).or_insert_with(|| RefOr::T(Described::new(description)));
    }
    for (status, response) in &mut operation.responses.responses {
        if let RefOr::T(response) = response
            && !status.starts_with('2')
        {
            let problem = Content::new(Some(Ref::from_schema_name("Problem")));
            response.content.clear();
            response.content.insert(PROBLEM.to_owned(), RefOr::T(problem));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;
    use crate::http::routes::{ROUTES, Route};

    #[test]
    fn the_document_has_exactly_the_routes_of_the_router() {
        let mut document = document();
        let mut described = BTreeSet::new();
        for (path, item) in &mut document.paths.paths {
            described.extend(operations(item).map(|(method, _)| (method.to_owned(), path.clone())));
        }
        let routed: BTreeSet<_> = ROUTES
            .iter()
            .chain(OPEN_ROUTES)
            .map(|Route { method, path }| ((*method).to_owned(), (*path).to_owned()))
            .collect();
        assert_eq!(described, routed);
    }

    #[test]
    fn every_operation_says_what_it_does_and_how_it_fails_and_has_an_example_of_what_it_takes() {
        let mut document = document();
        let mut ids = BTreeMap::new();
        let schemas = document.components.clone().unwrap().schemas;
        for (path, item) in &mut document.paths.paths {
            for (method, operation) in operations(item) {
                let place = format!("{method} {path}");
                assert!(operation.summary.as_ref().is_some_and(|summary| !summary.is_empty()), "{place}");
                let known = ids.insert(operation.operation_id.clone().unwrap(), place.clone());
                assert_eq!(known, None, "{place}: its id is taken");
                let statuses: Vec<&String> = operation.responses.responses.keys().collect();
                let is_open = OPEN_ROUTES.iter().any(|open| open.method == method && open.path == path);
                let signed_in = (!is_open).then_some("401");
                for status in ["500", "503"].into_iter().chain(signed_in) {
                    assert!(statuses.contains(&&status.to_owned()), "{place}: {statuses:?}");
                }
                assert_eq!(operation.security.as_ref().is_some_and(Vec::is_empty), is_open, "{place}");
                assert!(statuses.iter().any(|status| status.starts_with('2')), "{place}: {statuses:?}");
                let Some(RefOr::T(body)) = &operation.request_body else { continue };
                let content = &serde_json::to_value(body).unwrap()["content"];
                if content.get("application/octet-stream").is_some() {
                    continue;
                }
                let body = &content["application/json"];
                let name = body["schema"]["$ref"].as_str().unwrap().rsplit('/').next().unwrap();
                let schema = serde_json::to_value(&schemas[name]).unwrap();
                assert!(schema.get("example").is_some(), "{place}: {name} has no example: {schema}");
            }
        }
    }

    #[test]
    fn it_is_openapi_3_1_and_every_reference_in_it_leads_somewhere() {
        let json = serde_json::to_value(document()).unwrap();
        assert_eq!(json["openapi"], "3.1.0");
        let text = json.to_string();
        let references: BTreeSet<&str> =
            text.split("\"$ref\":\"#").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        assert!(references.len() > 10, "{references:?}");
        for reference in references {
            assert!(json.pointer(reference).is_some(), "{reference}");
        }
    }
}
