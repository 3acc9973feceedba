//! One WebSocket: hello, then frames in and entries out until one side ends it.
//!
//! A session owns its subscriptions and its place on each timeline. It never holds more than its outbox and one
//! page of the journal, and it never makes anybody else wait. It does not decide what may be seen: it asks the
//! subscription's view for every entry it writes.

pub mod answers;
pub mod beat;
mod catch_up;
mod event;
mod frames;
mod hello;
mod inbound;
mod outbound;
mod pledging;
mod writer;

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use axum::extract::ws::WebSocket;
use tokio::sync::watch;

use self::beat::Beat;
use self::event::Event;
pub use self::hello::TicketGate;
use self::writer::{Ended, Writer};
use crate::domain::ids::{Seq, TimelineId};
use crate::hub::Hub;
use crate::hub::devices::Line;
use crate::hub::outbox::Outbox;
use crate::hub::sessions::SignedIn;
use crate::hub::subscription::Subscription;
use crate::limits;
use crate::store::{EndedReading, GrantChange, GrantId};
use crate::wire::Encoding;
use crate::wire::codes::CloseCode;

/// What a session needs besides its socket.
#[derive(Clone)]
pub struct SessionParts {
    pub hub: Hub,
    /// Heartbeat, end of the position, silence: for all sessions.
    pub beat: Beat,
    pub tickets: Arc<dyn TicketGate>,
    pub sockets_per_person_max: u32,
    pub patience: Patience,
    /// What the socket's connection shows of its device.
    pub line: Line,
}

/// How long a client may take, in real time: a network knows no other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// To say who it is.
    pub hello_ms: u32,
    /// To take anything at all off the connection.
    pub write_ms: u32,
}

impl Default for Patience {
    fn default() -> Self {
        Self { hello_ms: limits::HELLO_MS_MAX, write_ms: limits::WRITE_STALL_MS_MAX }
    }
}

/// Serves one socket until it ends.
pub async fn serve(socket: WebSocket, encoding: Encoding, parts: SessionParts) {
    let outbox = Arc::<Outbox>::default();
    let mut writer = Writer::new(socket, encoding, Arc::clone(&outbox), parts.patience.write_ms);
    let (signed_in, version) = match Box::pin(hello::authenticate(&mut writer, &parts)).await {
        Ok(known) => known,
        Err(ended) => return Box::pin(writer.say_goodbye(ended)).await,
    };
    let SessionParts { hub, beat, tickets, sockets_per_person_max, .. } = parts;
    outbox.note_heard(hub.region().now());
    if !hub.sessions().open(&signed_in, &outbox, sockets_per_person_max) {
        return Box::pin(writer.say_goodbye(Ended::Close(CloseCode::SessionsExceeded))).await;
    }
    // A sign-in that ended between its ticket and this line found no socket to close.
    if !tickets.stands(&signed_in) {
        outbox.close(CloseCode::SignInEnded);
    }
    // The same for a device that was revoked.
    if signed_in.device.is_some_and(|device| !hub.devices().stands(device)) {
        outbox.close(CloseCode::DeviceRevoked);
    }
    drop(tickets);
    let mut session = Session::new(hub, signed_in, outbox, writer, beat.join());
    drop(beat);
    let ended = match Box::pin(session.welcome(version)).await {
        Ok(()) => session.run().await,
        Err(ended) => ended,
    };
    Box::pin(session.leave(ended)).await;
}

/// A signed-in socket.
struct Session {
    hub: Hub,
    signed_in: SignedIn,
    outbox: Arc<Outbox>,
    writer: Writer,
    beat: watch::Receiver<u64>,
    places: HashMap<TimelineId, Place>,
    /// Asked for, not answered yet: the record of reading each will have.
    asked: HashMap<TimelineId, GrantId>,
    catching_up: VecDeque<TimelineId>,
    posts_in_flight: usize,
    /// Wishes to read without an answer, those among them that another has replaced too.
    asks_in_flight: usize,
    bad_frames: u32,
    /// Beats since the client was last heard.
    silent_beats: u32,
    follows_all: bool,
    /// Has to pledge before anything else. Looked at again at every frame while it is so, and at every beat.
    is_held_back: bool,
}

/// How far this session has served one timeline.
struct Place {
    subscription: Arc<Subscription>,
    grant: GrantId,
    /// Everything up to here was sent or passed over.
    covered: Seq,
    /// What the client knows to be covered: the last `seq` sent or `through` told.
    told: Seq,
    /// `covered` as last recorded in the audit.
    noted: Seq,
    /// Being fed from the journal.
    behind: Option<Behind>,
    /// Something about people was dropped: told again once it has caught up.
    missed_people: bool,
}

/// Where feeding from the journal began.
#[derive(Clone, Copy)]
struct Behind {
    /// What the client had.
    from: Seq,
    /// How far the hub served live: what was taken back up to here has not been sent since `from`.
    known: Seq,
}

impl Session {
    fn new(hub: Hub, signed_in: SignedIn, outbox: Arc<Outbox>, writer: Writer, beat: watch::Receiver<u64>) -> Self {
        let is_held_back = hub.region().held_back(&signed_in).is_some();
        Self {
            hub,
            signed_in,
            outbox,
            writer,
            beat,
            places: HashMap::new(),
            asked: HashMap::new(),
            catching_up: VecDeque::new(),
            posts_in_flight: 0,
            asks_in_flight: 0,
            bad_frames: 0,
            silent_beats: 0,
            follows_all: false,
            is_held_back,
        }
    }

    async fn run(&mut self) -> Ended {
        loop {
            // Delivering is what a session does; the rest is boxed so that waiting costs no room for it.
            let event = self.next_event().await;
            // Before anything is taken or sent. A socket on which nothing happens ends at its next beat.
            if self.hub.region().now() >= self.signed_in.until {
                return Ended::Close(CloseCode::SignInExpired);
            }
            let done = match event {
                Event::Outbound => self.empty_outbox().await,
                Event::Inbound(message) => Box::pin(self.take(message)).await,
                Event::CatchUp(timeline) => Box::pin(self.catch_up(timeline)).await,
                Event::Beat => Box::pin(self.on_beat()).await,
                Event::Gone => Err(Ended::Gone),
            };
            if let Err(ended) = done {
                return ended;
            }
        }
    }

    /// Waits for whatever comes first. Every arm may be dropped and asked again without losing anything.
    async fn next_event(&mut self) -> Event {
        let may_read =
            self.posts_in_flight < limits::POSTS_IN_FLIGHT_MAX && self.asks_in_flight < limits::SUBSCRIPTIONS_MAX;
        tokio::select! {
            message = self.writer.next_message(), if may_read => message.map_or(Event::Gone, Event::Inbound),
            () = self.outbox.filled() => Event::Outbound,
            timeline = std::future::ready(self.catching_up.front().copied()), if !self.catching_up.is_empty() => {
                timeline.map_or(Event::Beat, Event::CatchUp)
            }
            changed = self.beat.changed() => if changed.is_ok() { Event::Beat } else { Event::Gone },
        }
    }

    /// Heartbeat, end of the sign-in, silence of the client, and the record of what was read.
    async fn on_beat(&mut self) -> Result<(), Ended> {
        let now = self.hub.region().now();
        if !self.hub.region().acts_as(&self.signed_in.actor) {
            return Err(Ended::Close(CloseCode::SignInEnded));
        }
        self.silent_beats += 1;
        if self.silent_beats > limits::SILENT_BEATS_MAX {
            return Err(Ended::Close(CloseCode::HeartbeatMissed));
        }
        self.end_lapsed(now).await?;
        self.hold_back_again().await?;
        let widened = self.widen_records();
        // An open record counts as "up to the head": nothing is lost when the hub cannot take this now.
        let _ = self.hub.note_reading(widened).await;
        self.heartbeat(now).await
    }

    fn widen_records(&mut self) -> Vec<GrantChange> {
        let moved = self.places.values_mut().filter(|place| place.covered > place.noted);
        moved
            .map(|place| {
                place.noted = place.covered;
                GrantChange::Widen { id: place.grant, through: place.covered }
            })
            .collect()
    }

    /// Ends the subscriptions and the record of what was read, and says why.
    async fn leave(self, ended: Ended) {
        let Self { hub, signed_in, outbox, writer, places, asked, follows_all, .. } = self;
        let closed_at = hub.region().now();
        hub.sessions().close(&signed_in, &outbox, closed_at);
        // First closed, then taken off: what is still on its way to the fan-out finds it closed.
        outbox.close(CloseCode::GoingAway);
        hub.fanout().remove(&outbox, places.keys().chain(asked.keys()).copied());
        if follows_all {
            hub.fanout().unfollow(&signed_in.actor, &outbox);
        }
        let (reader, sign_in) = (signed_in.actor, signed_in.id);
        let read = places.iter().map(|(timeline, place)| {
            let (timeline, grant, through) = (*timeline, place.grant, place.covered);
            GrantChange::End(EndedReading { grant, timeline, reader, sign_in, through, closed_at })
        });
        // Whether these were granted is not known here. One that was must not count as a read that goes on for ever; of one that
        // was not, the log says an end without a beginning.
        let unread = asked.iter().map(|(timeline, grant)| {
            let (timeline, grant, through) = (*timeline, *grant, Seq::ZERO);
            GrantChange::End(EndedReading { grant, timeline, reader, sign_in, through, closed_at })
        });
        let _ = hub.note_reading(read.chain(unread).collect()).await;
        // The handle goes before the last write: a stuck client does not keep the hub from stopping.
        drop(hub);
        writer.say_goodbye(ended).await;
    }
}
