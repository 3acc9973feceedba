//! A client that keeps its cursor as the protocol asks, and fails at the first gap, repetition or disorder.

use renkei::domain::entry::Entry;
use renkei::domain::ids::{PatientId, Seq, TimelineId};
use renkei::wire::{ClientFrame, Encoding, ServerFrame};

use super::actor::Actor;
use super::socket::Socket;

pub struct Reader {
    pub socket: Socket,
    timeline: TimelineId,
    /// Everything up to here has come or was passed over.
    pub cursor: Seq,
    /// Where the hub stood when it took the subscription.
    pub head: Seq,
}

impl Reader {
    /// Connects and follows one timeline from a cursor.
    pub async fn connect(actor: &Actor, encoding: Encoding, patient: PatientId, after: Seq) -> Self {
        Self::follow(actor.connect(encoding).await, patient, after).await
    }

    /// Follows one timeline on an open socket.
    pub async fn follow(mut socket: Socket, patient: PatientId, after: Seq) -> Self {
        let timeline = TimelineId::from(patient);
        socket.subscribe(&[(timeline, after)]).await;
        Self::subscribed(socket, patient, after).await
    }

    /// Takes over a socket on which `subscribed` is about to come.
    pub async fn subscribed(socket: Socket, patient: PatientId, after: Seq) -> Self {
        let reader = Self::subscribed_somewhere(socket, patient).await;
        assert_eq!(reader.cursor, after, "the hub goes on from the reader's cursor");
        reader
    }

    /// The same, from wherever the hub goes on.
    pub async fn subscribed_somewhere(mut socket: Socket, patient: PatientId) -> Self {
        let timeline = TimelineId::from(patient);
        let (cursor, head) = socket
            .next_that(|frame| match frame {
                ServerFrame::Subscribed { timeline: of, after, head } if *of == timeline => Some((*after, *head)),
                _ => None,
            })
            .await;
        Self { socket, timeline, cursor, head }
    }

    /// The next frame that says anything of the timeline.
    async fn advance(&mut self) -> Option<Entry> {
        let timeline = self.timeline;
        match self.socket.next_frame().await {
            ServerFrame::Delivery { after, entry } => {
                let entry = entry.open().expect("an entry");
                assert_eq!(entry.timeline, timeline);
                assert_eq!(after, self.cursor, "a gap or a repetition before {}", entry.seq.0);
                assert!(entry.seq > self.cursor, "{} after {}", entry.seq.0, self.cursor.0);
                self.cursor = entry.seq;
                Some(entry)
            }
            ServerFrame::CaughtUp { timeline: of, through } if of == timeline => {
                self.pass(through);
                None
            }
            // Asked twice, or opened anew after it was forgotten.
            ServerFrame::Subscribed { timeline: of, after, .. } if of == timeline => {
                self.cursor = after;
                None
            }
            ServerFrame::Heartbeat { through, .. } => {
                through.iter().filter(|(of, _)| *of == timeline).for_each(|(_, through)| self.pass(*through));
                None
            }
            ServerFrame::Presence { .. }
            | ServerFrame::ReadMarker { .. }
            | ServerFrame::Notice(_)
            | ServerFrame::Accepted(_) => None,
            other => panic!("an entry expected: {other:?}"),
        }
    }

    fn pass(&mut self, through: Seq) {
        assert!(through >= self.cursor, "{} after {}", through.0, self.cursor.0);
        self.cursor = through;
    }

    /// The next entry.
    pub async fn next(&mut self) -> Entry {
        loop {
            if let Some(entry) = self.advance().await {
                return entry;
            }
        }
    }

    /// Everything until the cursor stands at `head`.
    pub async fn read_to(&mut self, head: Seq) -> Vec<Entry> {
        let mut entries = Vec::new();
        while self.cursor < head {
            entries.extend(self.advance().await);
        }
        entries
    }

    /// Everything that lies behind the subscription.
    pub async fn catch_up(&mut self) -> Vec<Entry> {
        self.read_to(self.head).await
    }

    /// Every frame that the hub had for this socket before now.
    pub async fn frames_until_now(&mut self) -> Vec<ServerFrame> {
        // The answer to a frame that the hub cannot serve comes after what it had queued before.
        let unknown = TimelineId::from(PatientId(uuid::Uuid::from_u128(0xdead)));
        let mut frames = Vec::new();
        self.socket.send(&ClientFrame::Subscribe { timelines: vec![(unknown, Seq::ZERO)], all_mine: false }).await;
        loop {
            match self.socket.next_frame().await {
                ServerFrame::Error(notice) if notice.about == unknown.to_string() => return frames,
                other => {
                    match &other {
                        ServerFrame::CaughtUp { through, .. } => self.pass(*through),
                        ServerFrame::Subscribed { after, .. } => self.cursor = *after,
                        ServerFrame::Delivery { entry, .. } => self.cursor = entry.header().seq,
                        _ => {}
                    }
                    frames.push(other);
                }
            }
        }
    }

    /// Waits until all that the hub had for this socket before now has come; panics if an entry is among it.
    pub async fn nothing_more(&mut self) {
        let frames = self.frames_until_now().await;
        let is_entry = |frame: &&ServerFrame| matches!(frame, ServerFrame::Delivery { .. });
        assert_eq!(frames.iter().find(is_entry), None);
    }

    /// Whether the hub has told to forget the timeline by now.
    pub async fn is_forgotten(&mut self) -> bool {
        let frames = self.frames_until_now().await;
        let is_forget = |frame: &ServerFrame| matches!(frame, ServerFrame::Forget { entry: None, .. });
        frames.iter().any(is_forget)
    }
}
