//! The hub, asked through a pipe: `tests/oracle/hub/main.rs` as a process of its own.

use std::collections::BTreeSet;
use std::env;
use std::io::{BufRead, BufReader, Lines, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use crate::event::Event;
use crate::opinion::Outcome;
use crate::words::Words;

/// Events sent before their answers are read: what they take must fit the pipe.
const AT_ONCE: usize = 32;

pub struct Hub<'a> {
    words: &'a Words,
    process: Child,
    to: ChildStdin,
    from: Lines<BufReader<ChildStdout>>,
    /// The fields it can be told of; of the others it knows nothing.
    pub told: BTreeSet<String>,
    /// Ids in the order of the book.
    pub rules: Vec<String>,
}

impl<'a> Hub<'a> {
    pub fn start(words: &'a Words) -> Self {
        let built = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/debug/examples/judge");
        let program = env::var_os("RENKEI_TEST_JUDGE").unwrap_or_else(|| built.into());
        let started = Command::new(&program).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut process = started.unwrap_or_else(|error| {
            panic!("{}: {error}; run `./test oracle`, or first `cargo build --example judge`", program.display())
        });
        let mut to = process.stdin.take().expect("piped");
        let mut from = BufReader::new(process.stdout.take().expect("piped")).lines();
        let names: Vec<&str> = words.fields.iter().map(|field| field.name.as_str()).collect();
        writeln!(to, "{}", names.join("\t")).expect("the hub listens");
        let mut list = || -> Vec<String> {
            let line = from.next().expect("the hub answers").expect("in text");
            line.split('\t').map(str::to_owned).collect()
        };
        let (told, rules) = (list().into_iter().collect(), list());
        Self { words, process, to, from, told, rules }
    }

    pub fn outcomes(&mut self, events: &[Event]) -> Vec<Outcome> {
        let mut said = Vec::with_capacity(events.len());
        for events in events.chunks(AT_ONCE) {
            let lines: String = events.iter().map(|event| self.line(event)).collect();
            self.to.write_all(lines.as_bytes()).expect("the hub listens");
            for _ in events {
                said.push(read(&self.from.next().expect("the hub answers each event").expect("in text")));
            }
        }
        said
    }

    fn line(&self, event: &Event) -> String {
        let mut line = event.action.clone();
        for (field, fact) in event.facts.iter().enumerate() {
            let told = fact.map_or_else(|| "?".to_owned(), |value| self.words.written(field, value));
            line.push('\t');
            line.push_str(told.trim_matches('"'));
        }
        line.push('\n');
        line
    }
}

fn read(line: &str) -> Outcome {
    let [verdict, cited, asks, advice] = line.split('\t').collect::<Vec<_>>().try_into().expect("four columns");
    let list = |column: &str| column.split(';').filter(|item| !item.is_empty()).map(str::to_owned).collect();
    let verdict = ["", "permit", "queue", "deny"].into_iter().find(|known| *known == verdict).expect("a verdict");
    Outcome {
        verdict,
        cited: list(cited),
        asks: BTreeSet::from_iter(list(asks)),
        advice: list(advice),
        beyond: Vec::new(),
    }
}

impl Drop for Hub<'_> {
    fn drop(&mut self) {
        // It ends with its input; whether it did, nobody needs to know.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
