//! The region of `region.rs` told to a real hub, with the clock moved by hand: what it stored and what it refused.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use jiff::civil::date;
use renkei::actions::directory::{put_organisation, put_person};
use renkei::actions::emergency::search;
use renkei::domain::act::By;
use renkei::domain::attachment::MediaType;
use renkei::domain::body::Body;
use renkei::domain::directory::{Organisation, Person, Position};
use renkei::domain::entry::Entry;
use renkei::domain::ids::{EntryId, Seq, TimelineId};
use renkei::domain::kind::Kind;
use renkei::domain::patient::HumanName;
use renkei::domain::ruling::Ruling;
use renkei::domain::time::Timestamp;
use renkei::hub::answer::Answer;
use renkei::hub::sessions::SignedIn;
use renkei::rulebook::Rulebook;
use renkei::rulebook::calendar::Calendar;
use renkei::store::StoreError;
use renkei::vault::RegionKey;

use super::region::{self, PAPER, Post};
use super::rulings::LOOKS;
use crate::support::app::App;

/// What the journal holds in the end.
pub struct Stored {
    pub timelines: BTreeMap<TimelineId, Vec<Entry>>,
    pub refused: Vec<(EntryId, Kind, Option<Kind>, String, Ruling)>,
    /// A line for each post: when, who, what, what became of it.
    pub fates: String,
}

/// Tells it all.
pub async fn tell(rulebook: Rulebook, calendar: Calendar, key: RegionKey) -> Stored {
    let posts = region::posts(&rulebook);
    let app = App::start_as(Arc::new(key), rulebook, calendar).await;
    for at in 0..region::PLACES.len() {
        settle(&app, at).await;
    }
    let mut fates = String::new();
    for post in posts {
        until(&app, post.at).await;
        prepare(&app, &post).await;
        let (role, kind) = (post.who.role.code(), post.intent.body.kind().code());
        let became = match app.hub.post_and_wait(post.who, post.intent).await {
            Answer::Accepted(_) => "accepted".to_owned(),
            Answer::Queued(_) => "queued".to_owned(),
            Answer::Refused(refused) => format!("{} {}", refused.code, refused.field.unwrap_or_default()),
        };
        // What falls due by an answer is done before anybody goes on.
        app.hub.look_at_what_is_due().await.expect("the hub runs");
        writeln!(fates, "{} {role} {kind} {}", post.at, became.trim_end()).expect("a string takes any text");
    }
    until(&app, region::END).await;
    Stored { timelines: timelines(&app).await, refused: refused(&app).await, fates }
}

pub(super) async fn settle(app: &App, at: usize) {
    let actor = region::place(at);
    let name = format!("事業所 {at}");
    let organisation = Organisation {
        id: actor.organisation,
        kind: actor.organisation_type,
        name,
        kana: String::new(),
        phone: "03-5550-0101".to_owned(),
        identifiers: Vec::new(),
        active: true,
    };
    put_organisation(&app.hub, app.sign_ins(), By::Operator, organisation).await.expect("it is stored");
    let name = HumanName { kanji: format!("人 {at}"), kana: "ヒト".to_owned() };
    let positions = vec![Position { role: actor.role, organisation: actor.organisation }];
    let person = Person { id: actor.person, name, positions, active: true };
    put_person(&app.hub, app.sign_ins(), By::Operator, person).await.expect("it is stored");
}

/// Time passes, and the hub does what falls due.
pub(super) async fn until(app: &App, at: Timestamp) {
    while app.clock.wall() < at {
        app.clock.advance(at.since(app.clock.wall()).min(LOOKS));
        app.hub.look_at_what_is_due().await.expect("the hub runs");
    }
}

/// The paper is handed in before it is named, and who breaks the glass has looked for the patient. Behind the door: these
/// people never pledged, which is asked at the door alone.
async fn prepare(app: &App, post: &Post) {
    let position = Position { role: post.who.role, organisation: post.who.organisation };
    let signed_in = async || {
        let actor = app.sign_in(post.who.person, position).await;
        let now = app.hub.region().now();
        SignedIn {
            id: actor.sign_in,
            actor: actor.actor,
            since: now,
            until: Timestamp::MAX,
            device: None,
            scopes: None,
        }
    };
    if !post.intent.body.attachments().is_empty() {
        let paper = (MediaType::PlainText, "order.txt");
        let arriving = app.files().begin(signed_in().await, post.intent.timeline, paper, None).await;
        let mut arriving = arriving.expect("the file is taken");
        arriving.take(PAPER.as_bytes()).expect("there is room");
        app.files().keep(arriving).await.expect("it is kept");
    }
    if matches!(post.intent.body, Body::EmergencyAccess(_)) {
        search(&app.hub, &signed_in().await, "高橋 ハル".to_owned(), date(1938, 4, 12)).await.expect("it is searched");
    }
}

async fn timelines(app: &App) -> BTreeMap<TimelineId, Vec<Entry>> {
    let journal = app.hub.journal();
    let list = journal.read(|tx| Box::pin(tx.list_timelines())).await;
    let list: Vec<TimelineId> = list.map_err(|error: StoreError| error).expect("the journal is read");
    let mut timelines = BTreeMap::new();
    for timeline in list {
        let page = journal.page(timeline, Seq::ZERO, 1_000, usize::MAX).await.expect("the journal is read");
        let entries = page.entries.into_iter().map(|stored| stored.entry).collect();
        timelines.insert(timeline, entries);
    }
    timelines
}

/// Those of which the rules were asked.
async fn refused(app: &App) -> Vec<(EntryId, Kind, Option<Kind>, String, Ruling)> {
    let journal = app.hub.journal();
    let page = journal.read(|tx| Box::pin(tx.list_refused(0, 1_000))).await;
    let page = page.map_err(|error: StoreError| error).expect("the journal is read");
    let refused = page.posts.into_iter().filter(|post| !post.ruling.cited.is_empty());
    let mut refused: Vec<_> =
        refused.map(|post| (post.id, post.kind, post.corrected, post.code, post.ruling)).collect();
    let waiting = journal.read(|tx| Box::pin(tx.list_waiting(1_000))).await;
    let waiting = waiting.map_err(|error: StoreError| error).expect("the journal is read");
    refused.extend(waiting.into_iter().map(|waits| {
        let (intent, ruling) = (waits.post.intent, waits.post.ruling);
        (intent.id, intent.body.kind(), None, "queued".to_owned(), ruling)
    }));
    refused
}
