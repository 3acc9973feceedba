//! Opaque tokens: 256 random bits that a client shows, of which the store keeps only the SHA-256.
//! What a token allows, until when, and whether it was revoked stands in the store.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use zeroize::{Zeroize, Zeroizing};

use super::{fill_random, is_equal_in_constant_time};

const TOKEN_BYTES: usize = 32;
/// Lets people and secret scanners recognise a token that ended up where it should not be.
const PREFIX: &str = "rk_";
const ENCODED_CHARS: usize = 43;

/// A secret that lets its bearer in. Its text is shown once, to the client it is made for.
#[derive(Clone)]
pub struct Token(Zeroizing<[u8; TOKEN_BYTES]>);

/// What the store keeps of a token. No salt: 256 random bits cannot be guessed from their hash.
#[derive(Clone, Copy, Debug)]
pub struct TokenHash(pub [u8; 32]);

/// The text is not a token. It is not repeated here, since it may be a mistyped real one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a token is `{PREFIX}` followed by {ENCODED_CHARS} characters of base64url")]
pub struct NotAToken;

impl Token {
    #[must_use]
    pub fn random() -> Self {
        let mut bytes = Zeroizing::new([0; TOKEN_BYTES]);
        fill_random(&mut *bytes);
        Self(bytes)
    }

    /// The text to hand to the client.
    #[must_use]
    pub fn reveal(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(PREFIX.len() + ENCODED_CHARS));
        text.push_str(PREFIX);
        URL_SAFE_NO_PAD.encode_string(self.0.as_slice(), &mut text);
        text
    }

    #[must_use]
    pub fn hash(&self) -> TokenHash {
        let mut hash = [0; 32];
        hash.copy_from_slice(digest(&SHA256, &*self.0).as_ref());
        TokenHash(hash)
    }
}

impl FromStr for Token {
    type Err = NotAToken;

    /// Accepts exactly what [`Token::reveal`] writes: one text per token.
    fn from_str(text: &str) -> Result<Self, NotAToken> {
        let encoded = text.strip_prefix(PREFIX).ok_or(NotAToken)?;
        if encoded.len() != ENCODED_CHARS {
            return Err(NotAToken);
        }
        let mut decoded = URL_SAFE_NO_PAD.decode(encoded).map_err(|_| NotAToken)?;
        let mut bytes = Zeroizing::new([0; TOKEN_BYTES]);
        bytes.copy_from_slice(&decoded);
        decoded.zeroize();
        Ok(Self(bytes))
    }
}

impl TokenHash {
    /// As read from a column of the store; `None` when it has another length.
    #[must_use]
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl PartialEq for TokenHash {
    fn eq(&self, other: &Self) -> bool {
        is_equal_in_constant_time(&self.0, &other.0)
    }
}

impl Eq for TokenHash {}

impl Hash for TokenHash {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_round_trips_and_is_fit_for_a_header() {
        let token = Token::random();
        let text = token.reveal();
        assert_eq!(text.len(), PREFIX.len() + ENCODED_CHARS);
        assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte)));
        assert_eq!(text.parse::<Token>().unwrap().hash(), token.hash());
    }

    #[test]
    fn two_tokens_differ_and_so_do_their_hashes() {
        let (one, other) = (Token::random(), Token::random());
        assert_ne!(*one.reveal(), *other.reveal());
        assert_ne!(one.hash(), other.hash());
        assert_eq!(TokenHash::from_slice(one.hash().as_bytes()), Some(one.hash()));
    }

    #[test]
    fn anything_but_the_exact_text_is_refused_and_not_repeated() {
        let text = Token::random().reveal().to_string();
        let last = text.len() - 1;
        let variants = [
            String::new(),
            PREFIX.to_owned(),
            text[1..].to_owned(),
            text[..last].to_owned(),
            format!("{text}="),
            format!(" {text}"),
            text.to_uppercase(),
            format!("{}*", &text[..last]),
            // 256 bits need 42⅔ characters, so only every fourth last character is canonical.
            format!("{}B", &text[..last]),
        ];
        for variant in variants {
            assert_eq!(variant.parse::<Token>().unwrap_err(), NotAToken, "{variant}");
        }
        assert!(!format!("{:?} {NotAToken}", Token::random()).contains(&text[3..]));
    }

    #[test]
    fn the_hash_is_plain_sha256_so_that_any_tool_can_make_it() {
        // printf 'rk_…' | cut -c4- | tr '_-' '/+' | base64 -d | sha256sum
        let token: Token = format!("{PREFIX}{}", "A".repeat(ENCODED_CHARS)).parse().unwrap();
        let hex: String = token.hash().0.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, "66687aadf862bd776c8fc18b8e9f8e20089714856ee233b3902a591d0d5f2925");
    }
}
