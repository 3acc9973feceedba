//! The certificate the listener shows, exchanged under running connections: on SIGHUP, and when the
//! files change (whoever renews them need not know the hub). A bad new one is reported and the old
//! one stays. Making development certificates is `renkei cert`, not this.

use std::fmt;
use std::fs::File;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwap;
use rustls::pki_types::pem::{self, PemObject as _};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use tokio::signal::unix::{SignalKind, signal};
use zeroize::Zeroizing;

use crate::domain::text::Text;
use crate::domain::time::Timestamp;
use crate::limits::{CERTIFICATE_FILE_BYTES_MAX, CERTIFICATE_POLL_S};

/// Where the chain (server certificate first) and its private key are, both PEM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateFiles {
    pub chain: PathBuf,
    pub key: PathBuf,
}

#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    #[error("cannot read {}: {source}", path.display())]
    Unreadable { path: PathBuf, source: io::Error },
    #[error("{} is longer than {CERTIFICATE_FILE_BYTES_MAX} bytes", path.display())]
    TooLong { path: PathBuf },
    #[error("{} holds no certificate in PEM form: {}", path.display(), reason.en)]
    NoCertificate { path: PathBuf, reason: Text },
    #[error("{} holds no private key in PEM form: {}", path.display(), reason.en)]
    NoKey { path: PathBuf, reason: Text },
    #[error("the key in {} does not fit the certificate in {}: {reason}", key.display(), chain.display())]
    Mismatch { chain: PathBuf, key: PathBuf, reason: String },
}

impl CertificateError {
    /// For people.
    #[must_use]
    pub fn text(&self) -> Text {
        let ja = match self {
            // The cause is told behind it, in its own words.
            Self::Unreadable { path, .. } => format!("{} を読めません", path.display()),
            Self::TooLong { path } => {
                format!("{} が {CERTIFICATE_FILE_BYTES_MAX} バイトを超えています", path.display())
            }
            Self::NoCertificate { path, reason } => {
                format!("{} に PEM の証明書がありません: {}", path.display(), reason.ja)
            }
            Self::NoKey { path, reason } => {
                format!("{} に PEM の秘密鍵がありません: {}", path.display(), reason.ja)
            }
            Self::Mismatch { chain, key, reason } => {
                format!("{} の鍵は {} の証明書のものではありません: {reason}", key.display(), chain.display())
            }
        };
        Text::new(ja, self.to_string())
    }
}

/// What a reload did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reload {
    Unchanged,
    /// New connections get a certificate that is valid until then; open ones keep theirs.
    Exchanged {
        valid_until: Timestamp,
    },
}

/// Resolves every server name to the one current certificate.
pub struct ReloadingCertificate {
    files: CertificateFiles,
    current: ArcSwap<Current>,
    /// One reload at a time; the value is the complaint of the last one, if it failed.
    last_complaint: Mutex<Option<String>>,
}

struct Current {
    certified: Arc<CertifiedKey>,
    valid_until: Timestamp,
    content_hash: u64,
}

impl ReloadingCertificate {
    /// # Errors
    /// When a file is missing, is not PEM, or key and certificate do not fit.
    pub fn load(files: CertificateFiles) -> Result<Arc<Self>, CertificateError> {
        let current = ArcSwap::from_pointee(Current::load(&files)?);
        Ok(Arc::new(Self { files, current, last_complaint: Mutex::new(None) }))
    }

    /// Reads the files again and shows them from now on if they are good.
    ///
    /// # Errors
    /// As for [`Self::load`]; the certificate shown before is kept.
    pub fn reload(&self) -> Result<Reload, CertificateError> {
        let mut last_complaint = self.last_complaint.lock().unwrap_or_else(PoisonError::into_inner);
        match Current::load(&self.files) {
            Ok(fresh) => {
                *last_complaint = None;
                if fresh.content_hash == self.current.load().content_hash {
                    return Ok(Reload::Unchanged);
                }
                let valid_until = fresh.valid_until;
                self.current.store(Arc::new(fresh));
                Ok(Reload::Exchanged { valid_until })
            }
            Err(error) => {
                let complaint = error.to_string();
                if last_complaint.as_ref() != Some(&complaint) {
                    tracing::error!(%error, "the new certificate is not usable; the old one stays");
                }
                *last_complaint = Some(complaint);
                Err(error)
            }
        }
    }

    /// The end of the validity of the certificate now shown, for the health page.
    #[must_use]
    pub fn valid_until(&self) -> Timestamp {
        self.current.load().valid_until
    }

    /// Why the files as they are now are not shown, if so.
    #[must_use]
    pub fn complaint(&self) -> Option<String> {
        self.last_complaint.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Reloads on SIGHUP and every [`CERTIFICATE_POLL_S`]; never ends. Run it in a task of its own.
    ///
    /// # Errors
    /// When the process may not listen for signals.
    pub async fn watch(self: Arc<Self>) -> io::Result<()> {
        let mut hangups = signal(SignalKind::hangup())?;
        let mut ticks = tokio::time::interval(Duration::from_secs(CERTIFICATE_POLL_S));
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = hangups.recv() => tracing::info!("hangup: reading the certificate again"),
                _ = ticks.tick() => {}
            }
            let this = Arc::clone(&self);
            match tokio::task::spawn_blocking(move || this.reload()).await {
                Ok(Ok(Reload::Exchanged { valid_until })) => {
                    tracing::info!(%valid_until, "a new certificate is shown");
                }
                // A failure was logged by `reload` when it began.
                Ok(Ok(Reload::Unchanged) | Err(_)) => {}
                Err(error) => tracing::error!(%error, "reading the certificate panicked"),
            }
        }
    }
}

impl Current {
    fn load(files: &CertificateFiles) -> Result<Self, CertificateError> {
        let chain_pem = read(&files.chain)?;
        let key_pem = read(&files.key)?;
        let no_certificate = |reason| CertificateError::NoCertificate { path: files.chain.clone(), reason };
        let chain = CertificateDer::pem_slice_iter(&chain_pem)
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| no_certificate(said(&error)))?;
        let first = chain.first().ok_or_else(|| no_certificate(said(&pem::Error::NoItemsFound)))?;
        let not_x509 = || Text::fixed("X.509 の証明書ではありません", "not X.509");
        let valid_until = valid_until(first).ok_or_else(|| no_certificate(not_x509()))?;
        let key = PrivateKeyDer::from_pem_slice(&key_pem)
            .map_err(|error| CertificateError::NoKey { path: files.key.clone(), reason: said(&error) })?;
        let certified =
            CertifiedKey::from_der(chain, key, &rustls::crypto::ring::default_provider()).map_err(|error| {
                CertificateError::Mismatch {
                    chain: files.chain.clone(),
                    key: files.key.clone(),
                    reason: error.to_string(),
                }
            })?;
        let mut hasher = DefaultHasher::new();
        (&*chain_pem, &*key_pem).hash(&mut hasher);
        Ok(Self { certified: Arc::new(certified), valid_until, content_hash: hasher.finish() })
    }
}

/// What is wrong with a file of PEM sections. Never what is in it: it may be a key.
fn said(error: &pem::Error) -> Text {
    match error {
        pem::Error::MissingSectionEnd { .. } => {
            Text::fixed("途中で切れています（END の行がありません）", "it is cut off: a line with END is missing")
        }
        pem::Error::IllegalSectionStart { .. } => {
            Text::fixed("BEGIN の行が正しくありません", "a line with BEGIN is not well formed")
        }
        pem::Error::NoItemsFound => Text::fixed("その部分がありません", "no such section"),
        pem::Error::Base64Decode(_) => Text::fixed("base64 として読めません", "a section is not base64"),
        other => Text::new(other.to_string(), other.to_string()),
    }
}

/// `None` when it cannot be parsed.
fn valid_until(certificate: &CertificateDer<'_>) -> Option<Timestamp> {
    let (_, parsed) = x509_parser::parse_x509_certificate(certificate).ok()?;
    Some(Timestamp::from_secs(parsed.validity().not_after.timestamp()))
}

fn read(path: &Path) -> Result<Zeroizing<Vec<u8>>, CertificateError> {
    let unreadable = |source| CertificateError::Unreadable { path: path.to_owned(), source };
    let mut content = Zeroizing::new(Vec::new());
    let file = File::open(path).map_err(unreadable)?;
    file.take(CERTIFICATE_FILE_BYTES_MAX + 1).read_to_end(&mut content).map_err(unreadable)?;
    if content.len() as u64 > CERTIFICATE_FILE_BYTES_MAX {
        return Err(CertificateError::TooLong { path: path.to_owned() });
    }
    Ok(content)
}

impl ResolvesServerCert for ReloadingCertificate {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.current.load().certified))
    }
}

impl fmt::Debug for ReloadingCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReloadingCertificate").field("files", &self.files).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn made() -> (String, String) {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        (made.cert.pem(), made.signing_key.serialize_pem())
    }

    fn written(chain: &str, key: &str) -> (tempfile::TempDir, CertificateFiles) {
        let folder = tempfile::tempdir().unwrap();
        let files = CertificateFiles { chain: folder.path().join("server.pem"), key: folder.path().join("server.key") };
        fs::write(&files.chain, chain).unwrap();
        fs::write(&files.key, key).unwrap();
        (folder, files)
    }

    #[test]
    fn what_is_wrong_with_the_files_is_said() {
        let ((chain, key), (_, foreign_key)) = (made(), made());
        let complaint = |chain: &str, key: &str| {
            let (_folder, files) = written(chain, key);
            ReloadingCertificate::load(files).unwrap_err()
        };
        assert!(matches!(complaint("", &key), CertificateError::NoCertificate { .. }));
        assert!(matches!(complaint("rubbish", &key), CertificateError::NoCertificate { .. }));
        assert!(matches!(complaint(&key, &key), CertificateError::NoCertificate { .. }));
        assert!(matches!(complaint(&chain, ""), CertificateError::NoKey { .. }));
        assert!(matches!(complaint(&chain, &chain), CertificateError::NoKey { .. }));
        assert!(matches!(complaint(&chain, &foreign_key), CertificateError::Mismatch { .. }));
        let endless = "x".repeat(CERTIFICATE_FILE_BYTES_MAX as usize + 1);
        assert!(matches!(complaint(&endless, &key), CertificateError::TooLong { .. }));
        let missing = CertificateFiles { chain: "nowhere.pem".into(), key: "nowhere.key".into() };
        let error = ReloadingCertificate::load(missing).unwrap_err();
        assert!(error.to_string().contains("nowhere.pem"), "{error}");
    }

    #[test]
    fn a_bad_new_certificate_leaves_the_old_one_and_a_complaint_until_it_is_mended() {
        let (chain, key) = made();
        let (_folder, files) = written(&chain, &key);
        let certificate = ReloadingCertificate::load(files.clone()).unwrap();
        let shown = || Arc::clone(&certificate.current.load().certified);
        let first = shown();
        assert_eq!(certificate.reload().unwrap(), Reload::Unchanged);

        // A renewal that was seen between its two files.
        let (new_chain, new_key) = made();
        fs::write(&files.chain, &new_chain).unwrap();
        assert!(matches!(certificate.reload(), Err(CertificateError::Mismatch { .. })));
        assert!(certificate.complaint().unwrap().contains("does not fit"));
        assert!(Arc::ptr_eq(&shown(), &first));

        fs::write(&files.key, &new_key).unwrap();
        let valid_until = match certificate.reload().unwrap() {
            Reload::Exchanged { valid_until } => valid_until,
            Reload::Unchanged => panic!("the files changed"),
        };
        assert_eq!(valid_until, certificate.valid_until());
        assert_eq!(certificate.complaint(), None);
        assert!(!Arc::ptr_eq(&shown(), &first));
    }
}
