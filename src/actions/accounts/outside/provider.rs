//! The other service: what it says of itself, its keys, and the exchange of the code that somebody comes back with for an
//! ID token (OpenID Connect Core 1.0, 3.1; RFC 7636). Nothing is kept of it but that, in memory; access tokens are dropped.

use std::fmt;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hyper::Uri;
use rustls::pki_types::{PrivatePkcs8KeyDer, pem::PemObject as _};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio::sync::Mutex;
use zeroize::Zeroizing;

use super::fetch::{Fetcher, Form, encoded, escaped};
use crate::config::{OidcSettings, is_line_secure};
use crate::domain::text::Text;
use crate::domain::time::Timestamp;
use crate::limits;
use crate::vault::{
    ClientSigner, IdClaims, IdToken, IdTokenFor, JwtFault, KeyFileError, ProviderKeys, code_challenge, read_secret,
};
use crate::wire::read_json;

/// Where the other service sends people back to, below the public address.
pub const CALLBACK_PATH: &str = "/oidc/callback";

/// See the module.
pub struct Provider {
    settings: OidcSettings,
    credential: Credential,
    fetcher: Fetcher,
    redirect: String,
    /// Held while it is asked, so that of many who come at a moment one asks.
    known: Mutex<Option<Known>>,
}

enum Credential {
    Secret(Zeroizing<String>),
    Key(Box<ClientSigner>),
}

#[derive(Clone)]
struct Known {
    service: Arc<Service>,
    keys: Arc<ProviderKeys>,
    at: Timestamp,
    keys_at: Timestamp,
}

/// What the service says of itself (OpenID Connect Discovery 1.0, 3), as far as it is used.
#[derive(Debug, Deserialize)]
struct Service {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    #[serde(default)]
    token_endpoint_auth_methods_supported: Vec<String>,
}

/// Why the other service lets nobody in.
#[derive(Debug, thiserror::Error)]
pub enum ProviderError {
    /// It does not answer, or cannot now.
    #[error("the other service cannot be reached: {0}")]
    Unreachable(#[from] io::Error),
    #[error("the other service answered {0}")]
    Status(u16),
    /// It says something that it should not.
    #[error("the other service's answer is not taken: {0}")]
    Odd(&'static str),
    #[error("its ID token is not taken: {0}")]
    Token(#[from] JwtFault),
}

impl ProviderError {
    /// Whether trying again later may help.
    pub(super) fn is_passing(&self) -> bool {
        matches!(self, Self::Unreachable(_) | Self::Status(500..))
    }
}

/// Why the hub cannot start with these settings.
#[derive(Debug, thiserror::Error)]
#[error("{}", .text.en)]
pub struct ProviderFileError {
    pub text: Text,
    #[source]
    source: Option<io::Error>,
}

/// What goes with somebody who leaves for the other service.
pub(super) struct Leave<'a> {
    pub(super) state: &'a str,
    pub(super) nonce: &'a str,
    pub(super) verifier: &'a str,
    /// Ask them anew if they showed who they are longer ago than this.
    pub(super) max_age: Duration,
}

impl Provider {
    /// Reads the files that are named, and looks at nothing else yet.
    ///
    /// # Errors
    /// When one of them is not there, is not what it should be, or may be read by others.
    pub fn open(settings: OidcSettings, public_url: &str) -> Result<Self, ProviderFileError> {
        let credential = match (&settings.key_file, &settings.secret_file) {
            (Some(file), _) => {
                let pem = read_own(file)?;
                let key = PrivatePkcs8KeyDer::from_pem_slice(pem.as_bytes()).ok();
                let signer =
                    key.and_then(|key| ClientSigner::from_pkcs8(key.secret_pkcs8_der(), settings.key_id.clone()));
                Credential::Key(Box::new(signer.ok_or_else(|| not_a_key(file))?))
            }
            (None, Some(file)) => Credential::Secret(Zeroizing::new(read_own(file)?.trim().to_owned())),
            (None, None) => return Err(ProviderFileError { text: nothing_to_show(), source: None }),
        };
        let fetcher = Fetcher::trusting(settings.authority.as_deref()).map_err(|source| ProviderFileError {
            text: Text::fixed("認証局のファイルを読めません", "the authority's file cannot be read"),
            source: Some(source),
        })?;
        let redirect = format!("{public_url}{CALLBACK_PATH}");
        Ok(Self { settings, credential, fetcher, redirect, known: Mutex::default() })
    }

    pub(super) const fn settings(&self) -> &OidcSettings {
        &self.settings
    }

    /// The address at which somebody shows the other service who they are.
    pub(super) async fn way_out(&self, leave: Leave<'_>, now: Timestamp) -> Result<String, ProviderError> {
        let service = self.known(now).await?.service;
        let (scope, max_age) = (self.settings.scopes.join(" "), leave.max_age.as_secs().to_string());
        let (challenge, acr) = (code_challenge(leave.verifier), self.settings.acr_values.join(" "));
        let mut pairs = vec![
            ("response_type", "code"),
            ("client_id", self.settings.client_id.as_str()),
            ("redirect_uri", self.redirect.as_str()),
            ("scope", scope.as_str()),
            ("state", leave.state),
            ("nonce", leave.nonce),
            ("code_challenge", challenge.as_str()),
            ("code_challenge_method", "S256"),
            ("max_age", max_age.as_str()),
        ];
        if leave.max_age.is_zero() {
            pairs.push(("prompt", "login"));
        }
        if !acr.is_empty() {
            pairs.push(("acr_values", acr.as_str()));
        }
        let joint = if service.authorization_endpoint.contains('?') { '&' } else { '?' };
        Ok(format!("{}{joint}{}", service.authorization_endpoint, encoded(&pairs)))
    }

    /// Whom the service means by the code that somebody came back with.
    pub(super) async fn exchange(
        &self,
        code: &str,
        verifier: &str,
        nonce: &str,
        now: Timestamp,
    ) -> Result<IdClaims, ProviderError> {
        #[derive(Deserialize)]
        struct Granted {
            id_token: String,
        }
        let known = self.known(now).await?;
        let endpoint: Uri = known.service.token_endpoint.parse().map_err(|_| ProviderError::Odd("token_endpoint"))?;
        let form = self.form(&known.service, code, verifier, now);
        let answer = self.fetcher.post(&endpoint, form).await?;
        if answer.status != 200 {
            return Err(ProviderError::Status(answer.status));
        }
        let Granted { id_token } = read_json(&answer.body).map_err(|_| ProviderError::Odd("no id_token"))?;
        let token = IdToken::read(&id_token)?;
        let wanted = IdTokenFor { issuer: &self.settings.issuer, client: &self.settings.client_id, nonce, now };
        match token.judge(&known.keys, wanted) {
            // It may sign with a new key since its keys were fetched.
            Err(JwtFault::Signature) => {
                let keys = self.fetch_keys_again(now).await?;
                Ok(token.judge(&keys, wanted)?)
            }
            judged => Ok(judged?),
        }
    }

    fn form(&self, service: &Service, code: &str, verifier: &str, now: Timestamp) -> Form {
        let client = self.settings.client_id.as_str();
        let mut pairs = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", self.redirect.as_str()),
            ("code_verifier", verifier),
        ];
        match &self.credential {
            Credential::Key(signer) => {
                let assertion = signer.assert(client, &service.token_endpoint, now);
                pairs.extend([
                    ("client_id", client),
                    ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
                    ("client_assertion", assertion.as_str()),
                ]);
                Form { body: encoded(&pairs), authorization: None }
            }
            Credential::Secret(secret) => {
                let methods = &service.token_endpoint_auth_methods_supported;
                let takes = |way: &str| methods.iter().any(|method| method == way);
                if takes("client_secret_post") && !takes("client_secret_basic") {
                    pairs.extend([("client_id", client), ("client_secret", secret.as_str())]);
                    return Form { body: encoded(&pairs), authorization: None };
                }
                // RFC 6749, 2.3.1: escaped as in a form first.
                let both = Zeroizing::new(format!("{}:{}", escaped(client), escaped(secret)));
                let authorization = Some(format!("Basic {}", STANDARD.encode(both.as_bytes())));
                Form { body: encoded(&pairs), authorization }
            }
        }
    }

    /// What the service says of itself and its keys, not older than [`limits::OIDC_KNOWN_MS`].
    async fn known(&self, now: Timestamp) -> Result<Known, ProviderError> {
        let mut held = self.known.lock().await;
        let is_young = |known: &&Known| now.since(known.at) < Duration::from_millis(limits::OIDC_KNOWN_MS);
        if let Some(known) = held.as_ref().filter(is_young) {
            return Ok(known.clone());
        }
        let issuer = self.settings.issuer.as_str();
        let place = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
        let service: Service = self.fetch(&place).await?;
        if service.issuer != issuer {
            return Err(ProviderError::Odd("it calls itself another issuer"));
        }
        let is_safe = |url: &String| url.parse::<Uri>().is_ok_and(|url| is_line_secure(&url));
        if ![&service.authorization_endpoint, &service.token_endpoint, &service.jwks_uri].into_iter().all(is_safe) {
            return Err(ProviderError::Odd("one of its addresses is not https"));
        }
        let keys = Arc::new(ProviderKeys::read(&self.fetch(&service.jwks_uri).await?));
        let known = Known { service: Arc::new(service), keys, at: now, keys_at: now };
        *held = Some(known.clone());
        Ok(known)
    }

    /// Its keys as they are now, or as they were a moment ago: whoever sends tokens of no key has the hub ask no oftener.
    async fn fetch_keys_again(&self, now: Timestamp) -> Result<Arc<ProviderKeys>, ProviderError> {
        let mut held = self.known.lock().await;
        let known = held.as_mut().ok_or(ProviderError::Odd("its keys are not known"))?;
        if now.since(known.keys_at) >= Duration::from_millis(limits::OIDC_KEYS_REFETCH_MS) {
            known.keys_at = now;
            known.keys = Arc::new(ProviderKeys::read(&self.fetch(&known.service.jwks_uri).await?));
        }
        Ok(Arc::clone(&known.keys))
    }

    async fn fetch<T: DeserializeOwned>(&self, url: &str) -> Result<T, ProviderError> {
        let url: Uri = url.parse().map_err(|_| ProviderError::Odd("an address that is none"))?;
        let fetched = self.fetcher.get(&url).await?;
        if fetched.status != 200 {
            return Err(ProviderError::Status(fetched.status));
        }
        read_json(&fetched.body).map_err(|_| ProviderError::Odd("not the JSON that it should be"))
    }
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Provider").field("issuer", &self.settings.issuer).finish_non_exhaustive()
    }
}

/// A file that nobody else may read.
fn read_own(file: &Path) -> Result<Zeroizing<String>, ProviderFileError> {
    read_secret(file, limits::SECRET_FILE_BYTES_MAX).map_err(|error| {
        let text = error.text();
        let source = if let KeyFileError::Io { source, .. } = error { Some(source) } else { None };
        ProviderFileError { text, source }
    })
}

fn not_a_key(file: &Path) -> ProviderFileError {
    let shown = file.display();
    let text = Text::new(
        format!("{shown} は P-256 の鍵（PKCS#8 の PEM）ではありません"),
        format!("{shown} is no key of P-256 in PKCS#8 (PEM)"),
    );
    ProviderFileError { text, source: None }
}

fn nothing_to_show() -> Text {
    Text::fixed("client_secret_file か client_key_file が必要です", "client_secret_file or client_key_file is needed")
}
