//! The figures of a measurement: what `--json` prints, medians over several runs, and the table
//! for people in Japanese or English.

use std::{fmt::Write, time::Duration};

use crate::config::Language;
use hdrhistogram::Histogram;
use serde::{Serialize, Serializer};

use super::tally::Tally;

/// The exact shape of `renkei load --json`.
#[derive(Debug, Clone, Serialize)]
pub struct Figures {
    #[serde(serialize_with = "rounded")]
    pub posts_per_s: f64,
    #[serde(serialize_with = "rounded")]
    pub deliveries_per_s: f64,
    /// From sending to the durable acknowledgement.
    pub ack_ms: Percentiles,
    /// From sending to the receipt by the last member.
    pub last_ms: Percentiles,
    pub lost: u64,
    pub doubled: u64,
    pub reordered: u64,
    pub server: ServerFigures,
}

#[derive(Debug, Clone, Copy, Serialize)]
pub struct Percentiles {
    #[serde(serialize_with = "rounded")]
    pub p50: f64,
    #[serde(serialize_with = "rounded")]
    pub p99: f64,
}

/// `None` (null) where no process of the server was named.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct ServerFigures {
    #[serde(serialize_with = "rounded_if_known")]
    pub cpu_us_per_post: Option<f64>,
    /// Resident memory with every connection open and none yet used.
    #[serde(serialize_with = "rounded_if_known")]
    pub rss_mib: Option<f64>,
    /// How much of it came with the connections.
    #[serde(serialize_with = "rounded_if_known")]
    pub idle_kib_per_connection: Option<f64>,
}

/// One run's figures with what only the table and the exit code tell.
#[derive(Debug, Clone)]
pub struct RunFigures {
    pub figures: Figures,
    pub unanswered: u64,
    pub refused: u64,
    pub broken: u64,
    /// Processor cores the driver kept busy; near its number of workers, it was the bottleneck.
    pub driver_cores: f64,
}

impl Figures {
    pub fn of(tally: &Tally, counted: Duration, server: Option<ServerFigures>) -> Self {
        let seconds = counted.as_secs_f64();
        Self {
            posts_per_s: tally.acknowledged as f64 / seconds,
            deliveries_per_s: tally.delivered as f64 / seconds,
            ack_ms: Percentiles::of(&tally.ack_us),
            last_ms: Percentiles::of(&tally.last_us),
            lost: tally.lost,
            doubled: tally.doubled,
            reordered: tally.reordered,
            server: server.unwrap_or_default(),
        }
    }
}

impl Percentiles {
    fn of(latencies_us: &Histogram<u64>) -> Self {
        let at = |quantile| latencies_us.value_at_quantile(quantile) as f64 / 1_000.0;
        Self { p50: at(0.5), p99: at(0.99) }
    }
}

impl RunFigures {
    /// Whether every promise was kept and every post answered.
    pub fn is_clean(&self) -> bool {
        let Figures { lost, doubled, reordered, .. } = self.figures;
        let amiss = [lost, doubled, reordered, self.unanswered, self.refused, self.broken];
        amiss.iter().all(|count| *count == 0)
    }

    /// Rates, latencies and the server's figures are medians; what went wrong is added up.
    /// `runs` must not be empty.
    pub fn medians(runs: &[Self]) -> Self {
        let figure = |of: fn(&Self) -> f64| median(runs.iter().map(of).collect());
        let count = |of: fn(&Self) -> u64| runs.iter().map(of).sum();
        let known = |of: fn(&ServerFigures) -> Option<f64>| {
            let values: Option<Vec<f64>> = runs.iter().map(|run| of(&run.figures.server)).collect();
            values.map(median)
        };
        Self {
            figures: Figures {
                posts_per_s: figure(|run| run.figures.posts_per_s),
                deliveries_per_s: figure(|run| run.figures.deliveries_per_s),
                ack_ms: Percentiles {
                    p50: figure(|run| run.figures.ack_ms.p50),
                    p99: figure(|run| run.figures.ack_ms.p99),
                },
                last_ms: Percentiles {
                    p50: figure(|run| run.figures.last_ms.p50),
                    p99: figure(|run| run.figures.last_ms.p99),
                },
                lost: count(|run| run.figures.lost),
                doubled: count(|run| run.figures.doubled),
                reordered: count(|run| run.figures.reordered),
                server: ServerFigures {
                    cpu_us_per_post: known(|server| server.cpu_us_per_post),
                    rss_mib: known(|server| server.rss_mib),
                    idle_kib_per_connection: known(|server| server.idle_kib_per_connection),
                },
            },
            unanswered: count(|run| run.unanswered),
            refused: count(|run| run.refused),
            broken: count(|run| run.broken),
            driver_cores: figure(|run| run.driver_cores),
        }
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.len() % 2 == 1 { values[middle] } else { f64::midpoint(values[middle - 1], values[middle]) }
}

/// The table for people: one line for each figure, its name in the chosen language.
pub fn table(run: &RunFigures, language: Language) -> String {
    let Figures { ack_ms, last_ms, server, .. } = &run.figures;
    let known =
        |value: Option<f64>, unit: &str| value.map_or_else(|| "–".to_owned(), |value| format!("{value:.1} {unit}"));
    let latency = |at: &Percentiles| format!("{:.1} / {:.1} ms", at.p50, at.p99);
    let lines = [
        ("保存確認", "posts acknowledged", format!("{:.0} /s", run.figures.posts_per_s)),
        ("配信", "deliveries", format!("{:.0} /s", run.figures.deliveries_per_s)),
        ("送信から確認まで p50 / p99", "send to acknowledgement p50 / p99", latency(ack_ms)),
        ("送信から全員の受信まで p50 / p99", "send to last member p50 / p99", latency(last_ms)),
        ("紛失", "lost", run.figures.lost.to_string()),
        ("重複", "doubled", run.figures.doubled.to_string()),
        ("順序の乱れ", "reordered", run.figures.reordered.to_string()),
        ("返答なし", "unanswered", run.unanswered.to_string()),
        ("拒否", "refused", run.refused.to_string()),
        ("切れた接続", "connections broken", run.broken.to_string()),
        ("サーバCPU(1件あたり)", "server CPU per post", known(server.cpu_us_per_post, "µs")),
        ("サーバのメモリ(待機時)", "server memory, idle", known(server.rss_mib, "MiB")),
        ("待機中の1接続あたり", "per idle connection", known(server.idle_kib_per_connection, "KiB")),
        ("測定側のCPU", "driver CPU", format!("{:.2} cores", run.driver_cores)),
    ];
    let mut text = String::new();
    for (ja, en, value) in lines {
        let name = if language == Language::Ja { ja } else { en };
        writeln!(text, "{name}\t{value}").expect("writing to a string cannot fail");
    }
    align(&text)
}

/// Puts the values of `name TAB value` lines below each other; kana and kanji are two columns wide.
fn align(text: &str) -> String {
    let width = |name: &str| name.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum::<usize>();
    let rows: Vec<_> = text.lines().filter_map(|line| line.split_once('\t')).collect();
    let widest = rows.iter().map(|(name, _)| width(name)).max().unwrap_or(0);
    rows.iter().map(|(name, value)| format!("{name}{}  {value}\n", " ".repeat(widest - width(name)))).collect()
}

fn rounded<S: Serializer>(value: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(round(*value))
}

fn rounded_if_known<S: Serializer>(value: &Option<f64>, serializer: S) -> Result<S::Ok, S::Error> {
    value.map(round).serialize(serializer)
}

/// Three decimals: a microsecond of a millisecond.
fn round(value: f64) -> f64 {
    (value * 1_000.0).round() / 1_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(posts_per_s: f64, lost: u64, cpu_us_per_post: Option<f64>) -> RunFigures {
        let mut figures = Figures::of(&Tally::default(), Duration::from_secs(1), None);
        figures.posts_per_s = posts_per_s;
        figures.lost = lost;
        figures.server.cpu_us_per_post = cpu_us_per_post;
        RunFigures { figures, unanswered: 0, refused: 0, broken: 0, driver_cores: 0.5 }
    }

    #[test]
    fn json_has_exactly_the_agreed_fields() {
        let json = serde_json::to_string(&run(8_840.123_456, 0, None).figures).expect("plain data");
        assert_eq!(
            json,
            r#"{"posts_per_s":8840.123,"deliveries_per_s":0.0,"ack_ms":{"p50":0.0,"p99":0.0},"#.to_owned()
                + r#""last_ms":{"p50":0.0,"p99":0.0},"lost":0,"doubled":0,"reordered":0,"#
                + r#""server":{"cpu_us_per_post":null,"rss_mib":null,"#
                + r#""idle_kib_per_connection":null}}"#
        );
    }

    #[test]
    fn rates_are_medians_and_losses_add_up() {
        let runs = [run(9.0, 1, Some(50.0)), run(1.0, 0, Some(70.0)), run(5.0, 2, Some(60.0))];
        let medians = RunFigures::medians(&runs);
        assert_eq!(medians.figures.posts_per_s, 5.0);
        assert_eq!(medians.figures.lost, 3);
        assert_eq!(medians.figures.server.cpu_us_per_post, Some(60.0));
        assert!(!medians.is_clean());
        assert_eq!(RunFigures::medians(&runs[..2]).figures.posts_per_s, 5.0);
    }

    #[test]
    fn the_table_aligns_in_both_languages() {
        let ja = table(&run(1.0, 0, None), Language::Ja);
        let en = table(&run(1.0, 0, None), Language::En);
        assert_eq!(ja.lines().count(), en.lines().count());
        assert!(ja.starts_with("保存確認                          1 /s\n"), "{ja}");
        assert!(en.contains("server CPU per post                –\n"), "{en}");
    }
}
