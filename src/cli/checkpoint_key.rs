//! The key that signs checkpoints, for whoever is about to sign: the file's, made where there was none and nothing was signed yet.
//! Another key beside a region's checkpoints would leave a history that nobody can prove, so it is told and not used. Called by
//! `init`, `serve` and `renkei audit`; that a key is replaced on record is `audit/new_key.rs`.

use std::path::Path;

use crate::domain::text::Text;
use crate::store::{Journal, KeyStanding};
use crate::vault::{CheckpointKey, KeyFileError};

pub(super) enum Signing {
    With(Box<CheckpointKey>),
    /// Why nothing is to be signed, and what cures it.
    Not(Text),
}

/// # Errors
/// When the file is there and cannot be read, or cannot be made; when the database fails.
pub(super) async fn for_signing(path: &Path, journal: &Journal) -> anyhow::Result<Signing> {
    match CheckpointKey::load_file(path) {
        Ok(key) => Ok(match journal.checkpoint_key_standing(key.public()).await? {
            KeyStanding::First | KeyStanding::InForce => Signing::With(Box::new(key)),
            KeyStanding::Foreign => Signing::Not(told_foreign(path)),
        }),
        Err(KeyFileError::Missing { .. }) => {
            let is_needed = !journal.list_checkpoint_key_changes().await?.is_empty()
                || !journal.list_checkpoint_signers().await?.is_empty();
            Ok(match is_needed {
                true => Signing::Not(told_missing(path)),
                false => Signing::With(Box::new(CheckpointKey::create_file(path)?)),
            })
        }
        Err(error) => Err(error.into()),
    }
}

const CURE_JA: &str =
    "写しをそこに戻し（chmod 600）、なければハブを止めて `renkei audit new-key --reason 理由` で替えてください";
const CURE_EN: &str = "put the copy that was kept back there (chmod 600), or, if there is none, stop the hub and run `renkei audit new-key --reason REASON`";

fn told_missing(path: &Path) -> Text {
    let path = path.display();
    Text::new(
        format!("この地域のチェックポイントに署名した鍵が {path} にありません。新しい鍵は作りません。{CURE_JA}"),
        format!("the key that signed this region's checkpoints is not at {path}; no other is made. Now {CURE_EN}"),
    )
}

fn told_foreign(path: &Path) -> Text {
    let path = path.display();
    Text::new(
        format!("{path} は、この地域のチェックポイントに署名してきた鍵ではありません。{CURE_JA}"),
        format!("{path} is not the key that has signed this region's checkpoints. Now {CURE_EN}"),
    )
}
