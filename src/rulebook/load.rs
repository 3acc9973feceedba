//! From files to a rulebook: read, check everything, compile. Either a whole rulebook comes of it or
//! every mistake at once.

use super::book::{Origin, Rulebook, Sources};
use super::facts::HubWords;
use super::grid::Grid;
use super::mistake::Mistake;
use super::problem::{Findings, Place, Problems, SourceFile};
use super::ruleset::Ruleset;
use super::table::Table;
use super::vocabulary::Vocabulary;
use super::{compose, ruleset_file, syntax, vocabulary_file};

/// SHA-256, given by the caller: the vault alone holds cryptography.
pub type Digest = fn(&[u8]) -> [u8; 32];

/// The files of a rulebook. Sets come in any order; exactly one is the floor.
#[derive(Debug, Clone)]
pub struct RulebookFiles<'a> {
    pub vocabulary: SourceFile<'a>,
    pub sets: Vec<SourceFile<'a>>,
}

impl Rulebook {
    /// Reads, checks and compiles.
    ///
    /// # Errors
    /// Every mistake found, with its place.
    pub fn load(files: &RulebookFiles<'_>, digest: Digest) -> Result<Self, Problems> {
        load_with(files, digest, &HubWords::of_the_domain())
    }
}

pub(crate) fn load_with(files: &RulebookFiles<'_>, digest: Digest, hub: &HubWords) -> Result<Rulebook, Problems> {
    let all: Vec<_> = std::iter::once(files.vocabulary).chain(files.sets.iter().copied()).collect();
    let mut findings = Findings::new(all.clone());
    let vocabulary = read_vocabulary(files.vocabulary, hub, &mut findings);
    // Without a sound vocabulary every word of a rule would look wrong; only the TOML is judged then.
    let sound = vocabulary.filter(|_| findings.is_empty());
    let mut sets = Vec::new();
    for (file, source) in (1..).zip(&files.sets) {
        let hash = hex(&digest(source.text.as_bytes())[..6]);
        sets.extend(read_set(file, *source, hash, sound.as_ref(), &mut findings));
    }
    let Some(vocabulary) = sound.filter(|_| findings.is_empty()) else {
        return Err(findings.into_problems().expect_err("something was found, or there would be a vocabulary"));
    };
    let grid = Grid::cut(&vocabulary, &sets, &mut findings);
    if findings.is_empty() {
        compose::check(&vocabulary, &sets, &grid, &mut findings);
    }
    findings.into_problems()?;

    // The floor first: where rules of several sets agree, the law is cited before the agreement.
    sets.sort_by(|one, other| (one.layer as u8, &one.id).cmp(&(other.layer as u8, &other.id)));
    let digests: Vec<[u8; 32]> = all.iter().map(|file| digest(file.text.as_bytes())).collect();
    for set in &mut sets {
        set.agreement = hex(&digest(&[digests[0], digests[usize::from(set.place.file)]].concat()));
    }
    let [a, b, c, d, ..] = digests[0];
    let fingerprint = hex(&digest(&digests.concat())[..8]);
    Ok(Rulebook::assemble(
        vocabulary,
        sets,
        grid,
        Origin { fingerprint, mark: [a, b, c, d], sources: Sources::copy_of(files) },
    ))
}

/// A text that was decoded with losses is not worth reading: every garbled word would be a mistake of its own.
fn is_whole(file: u16, source: SourceFile<'_>, findings: &mut Findings<'_>) -> bool {
    let lost = source.text.find(char::REPLACEMENT_CHARACTER);
    if let Some(at) = lost {
        findings.add(Place { file, at }, Mistake::NotUtf8);
    }
    lost.is_none()
}

fn read_vocabulary(source: SourceFile<'_>, hub: &HubWords, findings: &mut Findings<'_>) -> Option<Vocabulary> {
    if !is_whole(0, source, findings) {
        return None;
    }
    let document = syntax::read(0, source, findings);
    let root = Table::new(Place { file: 0, at: 0 }, document.root.get_ref());
    let vocabulary = vocabulary_file::read(root, hub, findings);
    findings.forget_shadows(0, &document.damage);
    vocabulary
}

fn read_set(
    file: u16,
    source: SourceFile<'_>,
    hash: String,
    vocabulary: Option<&Vocabulary>,
    findings: &mut Findings<'_>,
) -> Option<Ruleset> {
    if !is_whole(file, source, findings) {
        return None;
    }
    let document = syntax::read(file, source, findings);
    let root = Table::new(Place { file, at: 0 }, document.root.get_ref());
    let set = ruleset_file::read(root, hash, vocabulary?, findings);
    findings.forget_shadows(file, &document.damage);
    set
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
