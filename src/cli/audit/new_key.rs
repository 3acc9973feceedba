//! `renkei audit new-key`: another key signs checkpoints from now on, because the one of before is lost or may be known. The audit log
//! keeps both public halves and why, and the new key's first checkpoint speaks of that record: by it, what the former key signed
//! stays proved.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::super::config_arguments::ConfigArguments;
use super::super::{Complaint, Terminal, serve};
use super::{cannot, open_journal};
use crate::actions::taken_out::check_reason;
use crate::clock::{Clock as _, SystemClock};
use crate::config::Config;
use crate::domain::act::{Act, By, Deed};
use crate::domain::keeping::KeepingDeed;
use crate::domain::text::{Invalid, Text};
use crate::store::{Journal, KeptCheckpoint, StoreError};
use crate::vault::{CheckpointKey, KeyFileError, PublicKey};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// 理由（監査記録に残ります） / Why; the audit log keeps it
    #[arg(long, value_name = "REASON")]
    reason: String,
    /// 前の公開鍵（用紙にあるもの。なければチェックポイントから） / Public key of before, as on the sheet; else that of the checkpoints
    #[arg(long, value_name = "KEY")]
    former: Option<String>,
    #[command(flatten)]
    pub(super) config: ConfigArguments,
}

/// What was done.
struct Replaced {
    former: PublicKey,
    public: PublicKey,
    /// The last checkpoint of the former key.
    after: u64,
    /// The first of the new one.
    made: KeptCheckpoint,
    /// Where the former key lies now.
    put_aside: Option<PathBuf>,
}

pub(super) async fn run(arguments: &Arguments, config: &Config, terminal: Terminal) -> anyhow::Result<ExitCode> {
    let reason = check_reason(&arguments.reason).map_err(Complaint::new)?.to_owned();
    let given = arguments.former.as_deref().map(str::parse::<PublicKey>).transpose();
    let given = given.map_err(|invalid| Complaint::of_option(Invalid { field: "--former".to_owned(), ..invalid }))?;
    // A hub that runs signs with the key of before.
    let _lock = serve::lock_data(&config.data_dir)?;
    let journal = open_journal(config).await?;
    let replaced = replace(&journal, &config.audit.checkpoint_key_file, given, reason).await;
    journal.close().await;
    println!("{}", terminal.language.pick(&told(&replaced?, &config.audit.checkpoint_key_file)));
    Ok(ExitCode::SUCCESS)
}

async fn replace(journal: &Journal, path: &Path, given: Option<PublicKey>, reason: String) -> anyhow::Result<Replaced> {
    journal.serve_alone().await?;
    let kept = match CheckpointKey::load_file(path) {
        Err(KeyFileError::Missing { .. }) => None,
        kept => Some(kept?),
    };
    let kept_public = kept.as_ref().map(CheckpointKey::public);
    let changes = journal.list_checkpoint_key_changes().await?;
    if kept_public.is_some_and(|key| changes.iter().any(|change| change.from == key)) {
        return Err(Complaint::new(replaced_before(path)).into());
    }
    let signers = journal.list_checkpoint_signers().await?;
    let recorded = changes.last().map(|change| change.to);
    let former = match given.or(recorded) {
        Some(former) => former,
        None => former_of(&signers, kept_public).map_err(Complaint::new)?,
    };
    let after = signers.iter().find(|(signer, _)| *signer == former).map(|(_, last)| *last);
    let after = after.ok_or_else(|| Complaint::new(signed_nothing(&former)))?;
    // One that is there and is not the former was made, or put there, without a record: it gets one, and stays.
    let (key, put_aside) = match kept.filter(|key| key.public() != former) {
        Some(key) => (key, None),
        None => {
            let aside = kept_public.map(|_| put_aside(path, &former)).transpose()?;
            (CheckpointKey::create_file(path)?, aside)
        }
    };
    let (public, now) = (key.public(), SystemClock::new().now());
    let deed = KeepingDeed::CheckpointKeyReplaced { from: former.0, to: public.0, after, reason };
    let act = Act { by: By::Operator, deed: Deed::Keeping(deed) };
    let noting = journal.write(move |tx| Box::pin(async move { tx.append_acts(now, [act]).await }));
    noting.await.map_err(|error: StoreError| error)?;
    // It speaks of that record: without it the record alone would prove nothing.
    let (made, _) = journal.make_checkpoint(&key, now).await?;
    Ok(Replaced { former, public, after, made, put_aside })
}

/// Whose place is taken, where no record says whose it is: the one key that signed, or the first, if that is the one that is there.
fn former_of(signers: &[(PublicKey, u64)], kept: Option<PublicKey>) -> Result<PublicKey, Text> {
    let Some((first, _)) = signers.first() else { return Err(nothing_signed()) };
    let mut others = signers.iter().map(|(signer, _)| *signer).filter(|signer| Some(*signer) != kept);
    match (kept == Some(*first), others.next(), others.next()) {
        (true, ..) => Ok(*first),
        (false, Some(only), None) => Ok(only),
        _ => Err(several_signed()),
    }
}

/// The former key, under its public half: what it signed needs nobody to sign anew, but nobody throws a key away unasked.
fn put_aside(path: &Path, public: &PublicKey) -> anyhow::Result<PathBuf> {
    let mut name = path.as_os_str().to_owned();
    let beginning: String = public.to_string().chars().take(8).collect();
    name.push(format!(".{beginning}"));
    let aside = PathBuf::from(name);
    if aside.exists() {
        return Err(Complaint::new(in_the_way(&aside)).into());
    }
    std::fs::rename(path, &aside).map_err(Complaint::because(cannot(("変更", "rename"), path)))?;
    Ok(aside)
}

fn told(replaced: &Replaced, path: &Path) -> Text {
    let Replaced { former, public, after, made, put_aside } = replaced;
    let (path, former, public, number) = (path.display(), former.in_groups(), public.in_groups(), made.number);
    let mut ja = format!(
        "チェックポイントの署名の鍵を替えました（{path}）。監査記録に残しました。\n\
         前の公開鍵（{after} 番まで。用紙のものと同じか確かめてください）:\n  {former}\n\
         新しい公開鍵（{number} 番から。印刷して、このマシンの外に保管してください）:\n  {public}\n\
         新しい鍵の写しを、地域の鍵の写しと一緒に保管してください"
    );
    let mut en = format!(
        "Another key signs checkpoints now ({path}); the audit log keeps it.\n\
         Public key of before (to checkpoint {after}; see that it is the one on paper):\n  {former}\n\
         Public key from now on (from checkpoint {number}; print it and keep it off this machine):\n  {public}\n\
         Keep a copy of the new key with that of the region's key"
    );
    if let Some(aside) = put_aside {
        ja += &format!("\n前の鍵は {} にあります", aside.display());
        en += &format!("\nThe key of before is {} now", aside.display());
    }
    Text::new(ja, en)
}

fn nothing_signed() -> Text {
    Text::fixed(
        "チェックポイントがまだないので、替えることはありません。鍵がなければ、ハブがはじめるときに作ります",
        "there is no checkpoint yet, so there is nothing to replace: where there is no key, a hub makes one when it starts",
    )
}

fn several_signed() -> Text {
    Text::fixed(
        "いくつかの鍵がチェックポイントに署名しています。どれが地域のものか、用紙の公開鍵を --former で示してください",
        "several keys signed checkpoints: say by --former which was the region's, as on the sheet",
    )
}

fn signed_nothing(former: &PublicKey) -> Text {
    let former = former.in_groups();
    Text::new(
        format!("この地域に、公開鍵 {former} で署名したチェックポイントはありません"),
        format!("the public key {former} signed no checkpoint of this region"),
    )
}

fn replaced_before(path: &Path) -> Text {
    let path = path.display();
    Text::new(
        format!("{path} は、前に替えた古い鍵です。いまの鍵の写しを戻すか、別の場所に移してからやり直してください"),
        format!(
            "{path} is a key that was replaced before: put the copy of today's back, or move it away and try again"
        ),
    )
}

fn in_the_way(path: &Path) -> Text {
    let path = path.display();
    Text::new(format!("{path} がすでにあります。移してください"), format!("{path} is there already: move it away"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whose_place_is_taken_is_the_one_that_signed_and_where_several_did_it_is_asked() {
        let [own, other, third] = [1, 2, 3].map(|byte| PublicKey([byte; 32]));
        let former = |signers: &[PublicKey], kept| {
            let signers: Vec<_> = signers.iter().map(|signer| (*signer, 7)).collect();
            former_of(&signers, kept).ok()
        };
        assert_eq!(former(&[], Some(own)), None, "nothing was signed");
        assert_eq!(former(&[own], Some(own)), Some(own));
        assert_eq!(former(&[own], None), Some(own), "it is lost");
        assert_eq!(former(&[other, own], Some(own)), Some(other), "it signs without a record");
        assert_eq!(former(&[own, other], Some(own)), Some(own), "what somebody wrote behind it is not asked");
        assert_eq!(former(&[own, other], None), None, "anybody may have written one of them");
        assert_eq!(former(&[own, other], Some(third)), None);
    }
}
