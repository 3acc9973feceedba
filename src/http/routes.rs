//! The list of all routes: the router is made of it, the tests take it from here, and a test compares it with the
//! OpenAPI document.

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{delete, get, post, put};

use super::api::accounts::{devices, enrolling, entering, inviting, looking_after, mine, outside, passkeys, proving};
use super::api::{
    advice, announcements, audit, bells, cases, clients, compliance, directory, duties, emergency, explaining, exports,
    files, groups, linking_queue, me, offices, patients, quarantine, registering, retention, rulebook, rulebook_tables,
    rulebooks, sign_ins, statistics, timelines, trainings,
};
use super::app::App;
use super::step_up;

/// One route of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Route {
    /// Lower case.
    pub method: &'static str,
    /// With `{…}` for its ids.
    pub path: &'static str,
}

macro_rules! routes {
    ($(#[$doc:meta])* $list:ident $router:ident: $($method:ident $path:literal => $handler:path;)+) => {
        $(#[$doc])*
        pub const $list: &[Route] = &[$(Route { method: stringify!($method), path: $path }),+];

        fn $router() -> Router<App> {
            Router::new()$(.route($path, $method($handler)))+
        }
    };
}

pub(super) fn api(app: &App) -> Router<App> {
    signed_in().route_layer(from_fn_with_state(app.clone(), step_up::prove_first)).merge(open())
}

routes! {
    /// Every route under `/api/v1` by which somebody gets in, who is not signed in yet, or hands in what they sealed.
    OPEN_ROUTES open:
    get    "/api/v1/sign-in" => entering::show_ways;
    post   "/api/v1/sign-in" => entering::sign_in;
    post   "/api/v1/sign-in/passkey/options" => passkeys::ask;
    post   "/api/v1/sign-in/passkey" => passkeys::sign_in;
    post   "/api/v1/sign-in/position" => entering::choose;
    post   "/api/v1/sign-in/oidc" => outside::leave;
    post   "/api/v1/sign-in/oidc/finish" => outside::finish;
    post   "/api/v1/sign-in/oidc/second" => outside::show_second;
    post   "/api/v1/invitations/open" => inviting::open;
    post   "/api/v1/invitations/accept" => inviting::accept;
    post   "/api/v1/invitations/passkey/options" => passkeys::ask_invited;
    post   "/api/v1/invitations/passkey" => passkeys::accept;
    post   "/api/v1/invitations/oidc" => outside::leave_invited;
    post   "/api/v1/enrolments/open" => enrolling::open;
    post   "/api/v1/enrolments/accept" => enrolling::accept;
    get    "/api/v1/quarantine/key" => quarantine::show_key;
    post   "/api/v1/quarantine" => quarantine::hand_in;
}

routes! {
    /// Every route under `/api/v1` that needs a sign-in.
    ROUTES signed_in:
    get    "/api/v1/me" => me::show;
    delete "/api/v1/me" => me::sign_out;
    post   "/api/v1/tickets" => me::draw_ticket;
    get    "/api/v1/organisations" => directory::list_organisations;
    post   "/api/v1/organisations" => directory::enter_organisation;
    put    "/api/v1/organisations/{id}" => directory::replace_organisation;
    get    "/api/v1/organisations/{id}/office" => offices::show;
    get    "/api/v1/statistics" => statistics::show;
    get    "/api/v1/accounts" => statistics::list_accounts;
    get    "/api/v1/compliance" => compliance::show;
    get    "/api/v1/compliance.csv" => compliance::show_table;
    get    "/api/v1/pledges" => offices::list_pledges;
    get    "/api/v1/announcements" => announcements::list;
    post   "/api/v1/announcements" => announcements::publish;
    get    "/api/v1/announcements/sent" => announcements::list_sent;
    post   "/api/v1/announcements/check" => announcements::check;
    put    "/api/v1/announcements/{id}" => announcements::correct;
    post   "/api/v1/announcements/{id}/withdrawal" => announcements::withdraw;
    post   "/api/v1/announcements/{id}/receipt" => announcements::note_read;
    get    "/api/v1/announcements/{id}/receipts" => announcements::list_receipts;
    get    "/api/v1/cases" => cases::list;
    post   "/api/v1/cases" => cases::draft;
    get    "/api/v1/cases/work" => cases::list_work;
    post   "/api/v1/cases/check" => cases::check;
    put    "/api/v1/cases/{id}" => cases::redraft;
    delete "/api/v1/cases/{id}" => cases::discard;
    post   "/api/v1/cases/{id}/hand-in" => cases::hand_in;
    post   "/api/v1/cases/{id}/return" => cases::send_back;
    post   "/api/v1/cases/{id}/approval" => cases::approve;
    post   "/api/v1/cases/{id}/withdrawal" => cases::withdraw;
    get    "/api/v1/groups" => groups::list;
    post   "/api/v1/groups" => groups::make;
    post   "/api/v1/groups/check" => groups::check;
    put    "/api/v1/groups/{id}" => groups::change;
    get    "/api/v1/groups/{id}/messages" => groups::list_messages;
    post   "/api/v1/groups/{id}/messages" => groups::post;
    post   "/api/v1/groups/{id}/withdrawal" => groups::withdraw;
    post   "/api/v1/groups/{id}/receipt" => groups::note_read;
    get    "/api/v1/trainings" => trainings::list;
    post   "/api/v1/trainings" => trainings::enter;
    get    "/api/v1/trainings/missing" => trainings::list_missing;
    get    "/api/v1/trainings/missing.csv" => trainings::table_missing;
    put    "/api/v1/trainings/{id}" => trainings::change;
    put    "/api/v1/trainings/{id}/attendance" => trainings::note_attendance;
    get    "/api/v1/people" => directory::list_people;
    post   "/api/v1/people" => directory::enter_person;
    put    "/api/v1/people/{id}" => directory::replace_person;
    post   "/api/v1/people/{id}/suspend" => directory::suspend;
    get    "/api/v1/me/sign-ins" => mine::list_sign_ins;
    delete "/api/v1/me/sign-ins" => mine::end_all;
    delete "/api/v1/me/sign-ins/{id}" => mine::end_sign_in;
    put    "/api/v1/me/position" => mine::switch;
    put    "/api/v1/me/password" => mine::change_password;
    get    "/api/v1/me/bells" => bells::list;
    post   "/api/v1/me/bells" => bells::put;
    delete "/api/v1/me/bells/{id}" => bells::remove;
    put    "/api/v1/me/quiet-hours" => bells::keep_quiet;
    get    "/api/v1/me/passkeys" => passkeys::list;
    post   "/api/v1/me/passkeys/options" => passkeys::ask_to_make;
    post   "/api/v1/me/passkeys" => passkeys::add;
    put    "/api/v1/me/passkeys/{id}" => passkeys::rename;
    delete "/api/v1/me/passkeys/{id}" => passkeys::remove;
    get    "/api/v1/me/identities" => outside::list;
    post   "/api/v1/me/identities" => outside::leave_to_link;
    post   "/api/v1/me/identities/finish" => outside::link;
    delete "/api/v1/me/identities/{id}" => outside::unlink;
    post   "/api/v1/me/proof/oidc" => outside::leave_to_prove;
    post   "/api/v1/me/proof/oidc/finish" => outside::prove;
    post   "/api/v1/me/proof/options" => proving::ask;
    post   "/api/v1/me/proof" => proving::prove;
    get    "/api/v1/people/{id}/account" => looking_after::show;
    post   "/api/v1/people/{id}/invitations" => looking_after::invite;
    delete "/api/v1/people/{id}/invitations" => looking_after::withdraw;
    post   "/api/v1/people/{id}/recovery" => looking_after::recover;
    delete "/api/v1/people/{id}/sign-ins" => looking_after::end_sign_ins;
    post   "/api/v1/organisations/{id}/staff" => looking_after::take_on;
    delete "/api/v1/organisations/{id}/staff/{person}" => looking_after::let_go;
    post   "/api/v1/organisations/{id}/administrators" => looking_after::appoint;
    delete "/api/v1/organisations/{id}/administrators/{person}" => looking_after::dismiss;
    delete "/api/v1/sign-ins/{id}" => sign_ins::revoke;
    get    "/api/v1/devices" => devices::list;
    post   "/api/v1/devices" => devices::register;
    post   "/api/v1/devices/{id}/certificates" => devices::issue_certificate;
    post   "/api/v1/devices/{id}/enrolments" => devices::enrol;
    post   "/api/v1/devices/{id}/revoke" => devices::revoke;
    get    "/api/v1/device-exceptions" => devices::list_exceptions;
    put    "/api/v1/people/{id}/device-exception" => devices::grant_exception;
    delete "/api/v1/people/{id}/device-exception" => devices::end_exception;
    get    "/api/v1/clients" => clients::list;
    post   "/api/v1/clients" => clients::register;
    put    "/api/v1/clients/{id}/keys" => clients::replace_keys;
    post   "/api/v1/clients/{id}/suspension" => clients::suspend;
    delete "/api/v1/clients/{id}/suspension" => clients::resume;
    post   "/api/v1/clients/{id}/removal" => clients::remove;
    get    "/api/v1/patients" => patients::find;
    post   "/api/v1/patients" => registering::register_patient;
    get    "/api/v1/patients/{id}" => patients::show;
    post   "/api/v1/patients/{id}/exports" => exports::take;
    get    "/api/v1/exports" => exports::list;
    post   "/api/v1/patients/{id}/consent" => registering::record_consent;
    post   "/api/v1/patients/{id}/links" => registering::link;
    post   "/api/v1/patients/{id}/unlinks" => registering::unlink;
    post   "/api/v1/timelines/{id}/files" => files::upload;
    get    "/api/v1/timelines/{id}/entries/{entry}/files/{sha256}" => files::download;
    get    "/api/v1/timelines/{id}/entries" => timelines::list_entries;
    post   "/api/v1/timelines/{id}/entries" => timelines::post_entry;
    post   "/api/v1/timelines/{id}/dry-run" => timelines::dry_run;
    get    "/api/v1/timelines/{id}/read-markers" => timelines::list_read_markers;
    put    "/api/v1/timelines/{id}/read-marker" => timelines::mark_read;
    get    "/api/v1/timelines/{id}/duties" => duties::list_of_timeline;
    get    "/api/v1/duties" => duties::list;
    get    "/api/v1/duty-clock" => duties::show_clock;
    delete "/api/v1/duty-clock/stop" => duties::release_clock;
    get    "/api/v1/advice" => advice::list;
    get    "/api/v1/audit" => audit::list;
    get    "/api/v1/audit/exposures" => audit::exposures;
    post   "/api/v1/audit/export" => audit::export;
    post   "/api/v1/emergency-search" => emergency::search;
    get    "/api/v1/emergency-accesses" => emergency::list;
    get    "/api/v1/retention" => retention::show;
    post   "/api/v1/patients/{id}/destruction" => retention::destroy;
    get    "/api/v1/linking-queue" => linking_queue::list;
    post   "/api/v1/linking-queue/{id}/dismiss" => linking_queue::dismiss;
    get    "/api/v1/me/quarantine-pass" => quarantine::show_pass;
    get    "/api/v1/quarantine" => quarantine::list;
    post   "/api/v1/quarantine/{id}/release" => quarantine::release;
    post   "/api/v1/quarantine/{id}/discard" => quarantine::discard;
    delete "/api/v1/quarantine/{id}" => quarantine::discard_mine;
    get    "/api/v1/rulebook" => rulebook::show;
    get    "/api/v1/rulebook/files" => rulebook::list_files;
    get    "/api/v1/rulebook/tables" => rulebook_tables::show;
    get    "/api/v1/rulebook/citations/{citation}" => rulebook::show_cited;
    get    "/api/v1/rulebook/explain" => explaining::explain;
    get    "/api/v1/rulebooks" => rulebooks::list;
    post   "/api/v1/rulebooks" => rulebooks::draft;
    get    "/api/v1/rulebooks/{id}" => rulebooks::show;
    put    "/api/v1/rulebooks/{id}" => rulebooks::change;
    post   "/api/v1/rulebooks/{id}/propose" => rulebooks::propose;
    post   "/api/v1/rulebooks/{id}/signatures" => rulebooks::sign;
    post   "/api/v1/rulebooks/{id}/in-force" => rulebooks::put_in_force;
    post   "/api/v1/rulebooks/{id}/retire" => rulebooks::retire;
    get    "/api/v1/rulebooks/{id}/sheet" => rulebooks::trying::sheet;
    get    "/api/v1/rulebooks/{id}/difference" => rulebooks::trying::compare;
    get    "/api/v1/rulebooks/{id}/analysis" => rulebooks::trying::analyse;
    post   "/api/v1/rulebooks/{id}/replay" => rulebooks::trying::replay;
}
