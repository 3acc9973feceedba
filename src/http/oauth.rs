//! `/oauth/token` and `/.well-known/smart-configuration`: how system clients get access tokens (RFC 6749, 4.4 and 5; SMART
//! Backend Services). Answers have the form of those standards, and what is wrong in both languages beside it.

use axum::Json;
use axum::extract::{FromRequest as _, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::app::App;
use super::authentication::Peer;
use crate::actions::accounts::{TokenAsked, TokenGranted, TokenRefusal};
use crate::domain::client::{KeyAlgorithm, Scopes};
use crate::domain::text::Text;
use crate::hub::devices::Line;
use crate::limits;

/// The path of the token endpoint, below the public address.
pub const TOKEN_PATH: &str = "/oauth/token";
/// Where clients find it.
pub const CONFIGURATION_PATH: &str = "/.well-known/smart-configuration";

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// The address of the token endpoint: what an assertion must name, exactly.
fn token_url(app: &App) -> String {
    format!("{}{TOKEN_PATH}", app.page_url)
}

/// What clients can do here (SMART App Launch 2.2, "Conformance").
pub async fn configuration(State(app): State<App>) -> Json<Value> {
    let algorithms: Vec<&str> = KeyAlgorithm::ALL.iter().map(|algorithm| algorithm.code()).collect();
    Json(json!({
        "token_endpoint": token_url(&app),
        "grant_types_supported": ["client_credentials"],
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": algorithms,
        "scopes_supported": Scopes::all_words(),
        // Required by the standard; no grant here has a code to challenge.
        "code_challenge_methods_supported": ["S256"],
        "capabilities": ["client-confidential-asymmetric", "permission-v2"],
    }))
}

/// What went wrong, as RFC 6749, 5.2 names it.
#[derive(Debug)]
struct OAuthError {
    status: StatusCode,
    error: &'static str,
    text: Text,
    wait_s: Option<u64>,
}

impl OAuthError {
    const fn new(error: &'static str, text: Text) -> Self {
        Self { status: StatusCode::BAD_REQUEST, error, text, wait_s: None }
    }

    fn invalid_request(ja: &'static str, en: &'static str) -> Self {
        Self::new("invalid_request", Text::fixed(ja, en))
    }
}

impl IntoResponse for OAuthError {
    fn into_response(self) -> Response {
        // `error_description` may hold ASCII only, so that Japanese stands beside it.
        let description: String = self
            .text
            .en
            .chars()
            .map(|c| if matches!(c, ' '..='~') && c != '"' && c != '\\' { c } else { '\'' })
            .collect();
        let body = json!({
            "error": self.error,
            "error_description": description,
            "detail": { "ja": self.text.ja, "en": self.text.en },
        });
        let mut response = (self.status, Json(body)).into_response();
        uncached(&mut response);
        if let Some(wait_s) = self.wait_s {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait_s));
        }
        response
    }
}

fn uncached(response: &mut Response) {
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response.headers_mut().insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
}

impl From<TokenRefusal> for OAuthError {
    fn from(refusal: TokenRefusal) -> Self {
        match refusal {
            TokenRefusal::Client => Self {
                status: StatusCode::UNAUTHORIZED,
                ..Self::new(
                    "invalid_client",
                    Text::fixed(
                        "連携システムを確かめられませんでした。client ID・鍵（kid）・署名・aud・exp・jti を確かめてください",
                        "the client is unknown, suspended or did not show that it is it: check client id, kid, signature, aud, exp and jti",
                    ),
                )
            },
            TokenRefusal::Scope(Some(unknown)) => Self::new("invalid_scope", unknown.message),
            TokenRefusal::Scope(None) => Self::new(
                "invalid_scope",
                Text::fixed(
                    "scope に、この連携システムに登録されたものがありません",
                    "none of the scopes is registered for this client",
                ),
            ),
            TokenRefusal::Line(_) => Self::new(
                "unauthorized_client",
                Text::fixed(
                    "この接続には、この連携システムの事業所に登録された端末の証明書が必要です",
                    "this connection needs the certificate of a device that is registered for the client's organisation",
                ),
            ),
            TokenRefusal::TooOften(wait) => Self {
                status: StatusCode::TOO_MANY_REQUESTS,
                wait_s: Some(wait.as_secs().saturating_add(1)),
                ..Self::new(
                    "temporarily_unavailable",
                    Text::fixed(
                        "トークンの要求が多すぎます。期限まで同じトークンを使ってください",
                        "asked for tokens too often: use a token until it ends",
                    ),
                )
            },
            TokenRefusal::Store(error) => {
                tracing::error!(code = error.code(), %error, "a token was not granted");
                Self {
                    status: StatusCode::SERVICE_UNAVAILABLE,
                    wait_s: Some(limits::RETRY_AFTER_S),
                    ..Self::new(
                        "temporarily_unavailable",
                        Text::fixed(
                            "いまは保存できません。あとで送り直してください",
                            "the hub cannot store now; try again later",
                        ),
                    )
                }
            }
        }
    }
}

/// The parameters of a request, each of which stands once (RFC 6749, 3.2).
#[derive(Debug, Default)]
struct Given {
    grant_type: Option<String>,
    assertion_type: Option<String>,
    assertion: Option<String>,
    scope: Option<String>,
    client_id: Option<String>,
}

impl Given {
    async fn read(request: Request) -> Result<Self, OAuthError> {
        let wrong_form = || {
            OAuthError::invalid_request(
                "本文は application/x-www-form-urlencoded です",
                "the body must be application/x-www-form-urlencoded",
            )
        };
        if request.headers().contains_key(header::AUTHORIZATION) {
            return Err(OAuthError::invalid_request(
                "Authorization ヘッダーではなく client_assertion で示してください",
                "show who you are by client_assertion, not by an Authorization header",
            ));
        }
        let form = axum::Form::<Vec<(String, String)>>::from_request(request, &()).await;
        let axum::Form(pairs) = form.map_err(|_| wrong_form())?;
        let mut given = Self::default();
        for (name, value) in pairs {
            let place = match name.as_str() {
                "grant_type" => &mut given.grant_type,
                "client_assertion_type" => &mut given.assertion_type,
                "client_assertion" => &mut given.assertion,
                "scope" => &mut given.scope,
                "client_id" => &mut given.client_id,
                // Unknown parameters are passed over, as the standard asks.
                _ => continue,
            };
            if place.replace(value).is_some() {
                return Err(OAuthError::invalid_request("同じ項目が二度あります", "a parameter stands twice"));
            }
        }
        Ok(given)
    }

    /// The assertion and the scopes, if it is the one grant that there is.
    fn settle(self) -> Result<(String, String), OAuthError> {
        match self.grant_type.as_deref() {
            Some("client_credentials") => {}
            Some(_) => {
                let text = Text::fixed(
                    "grant_type は client_credentials だけです",
                    "the only grant_type is client_credentials",
                );
                return Err(OAuthError::new("unsupported_grant_type", text));
            }
            None => return Err(OAuthError::invalid_request("grant_type がありません", "grant_type is missing")),
        }
        if self.assertion_type.as_deref() != Some(ASSERTION_TYPE) {
            return Err(OAuthError::invalid_request(
                "client_assertion_type は urn:ietf:params:oauth:client-assertion-type:jwt-bearer です",
                "client_assertion_type must be urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            ));
        }
        let assertion = self.assertion.filter(|given| !given.is_empty()).ok_or_else(|| {
            OAuthError::invalid_request("client_assertion がありません", "client_assertion is missing")
        })?;
        let scope = self.scope.filter(|given| !given.trim().is_empty());
        let scope = scope.ok_or_else(|| {
            let text = Text::fixed("scope がありません", "scope is missing");
            OAuthError::new("invalid_scope", text)
        })?;
        Ok((assertion, scope))
    }
}

/// Grants an access token.
pub async fn token(State(app): State<App>, Peer(address): Peer, line: Line, request: Request) -> Response {
    match grant(&app, address, line, request).await {
        Ok(TokenGranted { token, scopes, valid_for }) => {
            let mut response = Json(json!({
                "access_token": token.reveal().as_str(),
                "token_type": "bearer",
                "expires_in": valid_for.as_secs(),
                "scope": scopes.to_string(),
            }))
            .into_response();
            uncached(&mut response);
            response
        }
        Err(error) => error.into_response(),
    }
}

async fn grant(
    app: &App,
    address: Option<std::net::IpAddr>,
    line: Line,
    request: Request,
) -> Result<TokenGranted, OAuthError> {
    let given = Given::read(request).await?;
    let client_id = given.client_id.clone();
    let (assertion, scope) = given.settle()?;
    let audience = token_url(app);
    let asked = TokenAsked { assertion, client_id, scope, audience, address, line };
    Ok(app.accounts.grant_token(&asked).await?)
}
