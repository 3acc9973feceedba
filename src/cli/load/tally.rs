//! What a run counted: each worker has one, and they are added up at the end.

use std::time::Duration;

use hdrhistogram::Histogram;

/// Latencies are kept in microseconds with three significant digits, up to a minute.
const LATENCY_US_MAX: u64 = 60_000_000;

pub struct Tally {
    /// Acknowledgements and deliveries within the counted time.
    pub acknowledged: u64,
    pub delivered: u64,
    /// From sending to the acknowledgement, and to the receipt by the last member.
    pub ack_us: Histogram<u64>,
    pub last_us: Histogram<u64>,
    /// Acknowledged posts × members who never got them.
    pub lost: u64,
    /// Deliveries to a member who had the post already, and second acknowledgements.
    pub doubled: u64,
    /// Deliveries after one with a higher seq, or with another seq than was acknowledged.
    pub reordered: u64,
    /// Posts that were neither acknowledged nor refused in time: no promise, so nothing lost.
    pub unanswered: u64,
    pub refused: u64,
    /// Connections that ended during the run.
    pub broken: u64,
    /// The first refusal or broken connection, in words.
    pub trouble: Option<String>,
}

impl Default for Tally {
    fn default() -> Self {
        let latencies = || Histogram::new_with_bounds(1, LATENCY_US_MAX, 3).expect("the bounds are in order");
        Self {
            acknowledged: 0,
            delivered: 0,
            ack_us: latencies(),
            last_us: latencies(),
            lost: 0,
            doubled: 0,
            reordered: 0,
            unanswered: 0,
            refused: 0,
            broken: 0,
            trouble: None,
        }
    }
}

impl Tally {
    pub fn add(&mut self, other: Self) {
        self.acknowledged += other.acknowledged;
        self.delivered += other.delivered;
        self.ack_us.add(&other.ack_us).expect("both have the same bounds");
        self.last_us.add(&other.last_us).expect("both have the same bounds");
        self.lost += other.lost;
        self.doubled += other.doubled;
        self.reordered += other.reordered;
        self.unanswered += other.unanswered;
        self.refused += other.refused;
        self.broken += other.broken;
        self.trouble = self.trouble.take().or(other.trouble);
    }
}

pub fn record(latencies: &mut Histogram<u64>, latency: Duration) {
    latencies.saturating_record(u64::try_from(latency.as_micros()).unwrap_or(LATENCY_US_MAX));
}
