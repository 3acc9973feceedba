//! Every route and every frame, asked by every role: of one's own office and another, of a patient whose team one is on
//! and of one whose not. What each is answered stands in `expected.txt`, written by hand; routes come from the router's
//! own list and frames from the protocol's, so that none can be left out.

mod frames;
mod requests;
mod table;
mod world;

use std::collections::{BTreeMap, BTreeSet};

use renkei::http::routes::{OPEN_ROUTES, ROUTES, Route};

use self::requests::{Asked, request};
use self::table::{Row, rows};
use self::world::{World, columns};

/// Which distinctions a path makes.
fn variants(route: &Route) -> &'static [&'static str] {
    let path = route.path;
    const WHOSE: [&str; 7] = [
        "/organisations/{id}",
        "/people/{id}",
        "/sign-ins/{id}",
        "/devices/{id}",
        "/clients/{id}",
        "/cases/{id}",
        "/groups/{id}",
    ];
    if ["/patients/{id}", "/timelines/{id}", "/rulebook/explain"].iter().any(|of| path.contains(of)) {
        &["linked", "unlinked"]
    } else if WHOSE.iter().any(|of| path.contains(of)) || (route.method, path) == ("post", "/api/v1/devices") {
        &["own", "foreign"]
    } else {
        &["-"]
    }
}

#[test]
fn the_table_has_every_route_and_frame_and_nothing_else() {
    let of_routes = ROUTES.iter().flat_map(|route| {
        variants(route).iter().map(move |variant| (format!("{} {}", route.method, route.path), *variant))
    });
    let of_frames = frames::ALL
        .iter()
        .flat_map(|(frame, variants)| variants.iter().map(move |variant| (format!("frame {frame}"), *variant)));
    let wanted: BTreeSet<(String, &str)> = of_routes.chain(of_frames).collect();
    let rows = rows();
    let there: BTreeSet<(String, &str)> = rows.iter().map(|row| (row.asked.clone(), &*row.variant)).collect();
    let missing: Vec<_> = wanted.difference(&there).collect();
    let surplus: Vec<_> = there.difference(&wanted).collect();
    assert!(missing.is_empty() && surplus.is_empty(), "missing {missing:#?}, surplus {surplus:#?}");
    assert_eq!(rows.len(), there.len(), "a row stands twice");
    // By these, somebody gets in, or hands something in, who has no role yet: their answers have stories of their own.
    assert_eq!(OPEN_ROUTES.len(), 17);
}

/// The rows of the routes that start so, each asked by everybody.
async fn check(belongs: impl Fn(&Route) -> bool) {
    let world = World::new().await;
    let rows = rows();
    let mut wrong = Vec::new();
    for route in ROUTES.iter().filter(|route| belongs(route)) {
        for variant in variants(route) {
            let name = format!("{} {}", route.method, route.path);
            let row = rows.iter().find(|row| row.asked == name && row.variant == *variant);
            let mut answers = BTreeMap::new();
            for column in columns() {
                let who = world.freshly_signed_in(column).await;
                let Asked { path, body, file } = request(&world, route, variant, column, &who).await;
                let answer = match (route.method, body) {
                    (_, _) if file => {
                        who.upload(&path, "text/plain", "note.txt", "お変わりありません".as_bytes()).await
                    }
                    ("get", _) => who.get(&path).await,
                    ("post", body) => who.post(&path, body.unwrap_or_default()).await,
                    ("put", body) => who.put(&path, body.unwrap_or_default()).await,
                    (_, _) => who.delete(&path).await,
                };
                answers.insert(column, answer.status.as_u16().to_string());
            }
            wrong.extend(Row::difference(row, &name, variant, &answers));
        }
    }
    assert!(wrong.is_empty(), "answered otherwise:\n{}", wrong.join("\n"));
}

fn under(route: &Route, part: &str) -> bool {
    route.path.trim_start_matches("/api/v1/").starts_with(part)
}

const PARTS: [&str; 8] = ["me", "people", "organisations", "patients", "timelines", "rulebooks", "rulebook", "duties"];

macro_rules! parts {
    ($($test:ident: $belongs:expr;)+) => { $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $test() {
            check($belongs).await;
        })+ };
}

parts! {
    me: |route| under(route, "me");
    people: |route| under(route, "people");
    organisations: |route| under(route, "organisations");
    patients: |route| under(route, "patients");
    timelines: |route| under(route, "timelines");
    versions_of_the_rulebook: |route| under(route, "rulebooks");
    the_rulebook: |route| under(route, "rulebook") && !under(route, "rulebooks");
    duties: |route| under(route, "duties");
    all_the_rest: |route| !PARTS.iter().any(|part| under(route, part));
}
