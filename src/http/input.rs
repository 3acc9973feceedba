//! What a request brings: ids in its path, words in its query, JSON in its body. Each mistake is a problem that
//! names the field; an id that is none is simply nobody's.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::str::FromStr;

use axum::RequestExt;
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum::response::IntoResponse;
use serde::de::DeserializeOwned;

use super::problem::Problem;
use crate::domain::text::{Invalid, Text};
use crate::wire;
use crate::wire::codes::Code;

/// The id in the path.
pub struct Id<T>(pub T);

impl<S: Send + Sync, T: FromStr> FromRequestParts<S> for Id<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let given = Path::<String>::from_request_parts(parts, state).await.map_err(|_| Problem::not_found())?;
        given.parse().map(Self).map_err(|_| Problem::not_found())
    }
}

/// The words of the query, each of which a handler takes by name; what is left over is a mistake.
pub struct Asked(BTreeMap<String, String>);

impl<S: Send + Sync> FromRequestParts<S> for Asked {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let pairs = Query::<Vec<(String, String)>>::from_request_parts(parts, state).await;
        let Query(pairs) = pairs.map_err(|_| Problem::of(Code::Malformed))?;
        let mut words = BTreeMap::new();
        for (name, value) in pairs {
            if words.insert(name.clone(), value).is_some() {
                return Err(Invalid::new(name, Code::Duplicate.code(), Code::Duplicate.text()).into());
            }
        }
        Ok(Self(words))
    }
}

impl Asked {
    /// The word of this name, unless it is missing or empty.
    pub fn take(&mut self, name: &str) -> Option<String> {
        self.0.remove(name).filter(|value| !value.is_empty())
    }

    /// The word of this name, also an empty one.
    pub fn take_given(&mut self, name: &str) -> Option<String> {
        self.0.remove(name)
    }

    /// The word of this name as a number, a truth value or whatever else it must be, which nothing is not.
    pub fn take_as<T: FromStr>(&mut self, name: &str, expected: Text) -> Result<Option<T>, Invalid> {
        let Some(given) = self.0.remove(name) else { return Ok(None) };
        given.parse().map(Some).map_err(|_| Invalid::new(name, Code::WrongType.code(), expected))
    }

    /// A place in what is counted from 0, as the store counts it.
    pub fn take_place(&mut self, name: &str) -> Result<Option<u64>, Invalid> {
        let place: Option<u64> = self.take_as(name, whole_number())?;
        match place {
            Some(place) if i64::try_from(place).is_err() => Err(out_of_range(name, 0, i64::MAX)),
            place => Ok(place),
        }
    }

    /// How many at most are wanted at once.
    pub fn take_limit(&mut self, default: usize, max: usize) -> Result<usize, Invalid> {
        match self.take_as("limit", whole_number())? {
            None => Ok(default),
            Some(limit) if 0 < limit && limit <= max => Ok(limit),
            Some(_) => Err(out_of_range("limit", 1, max)),
        }
    }

    /// Nothing else was asked: a misspelt `birth_date` that is passed over would find everybody.
    pub fn finish(self) -> Result<(), Invalid> {
        let Some((name, _)) = self.0.into_iter().next() else { return Ok(()) };
        Err(Invalid::new(name, Code::UnknownField.code(), Code::UnknownField.text()))
    }
}

fn whole_number() -> Text {
    Text::fixed("0以上の整数です", "a whole number is expected")
}

fn out_of_range(field: &str, min: impl Display, max: impl Display) -> Invalid {
    let words = Text::new(format!("{min}から{max}までです"), format!("a number from {min} to {max} is expected"));
    Invalid::new(field, Code::OutOfRange.code(), words)
}

/// A JSON body before it is read.
pub struct JsonBytes(pub Bytes);

impl<S: Send + Sync> FromRequest<S> for JsonBytes {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            return Err(Problem::of(Code::MediaTypeUnsupported));
        }
        let read = Bytes::from_request(request.with_limited_body(), state).await;
        read.map(Self).map_err(|rejection| {
            let is_too_large = rejection.into_response().status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE;
            Problem::of(if is_too_large { Code::TooLarge } else { Code::Malformed })
        })
    }
}

/// A JSON body of one shape.
pub struct Json<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let JsonBytes(bytes) = JsonBytes::from_request(request, state).await?;
        Ok(Self(wire::read_json(&bytes)?))
    }
}

/// Every item of a list; a complaint names the place: `field[3]`.
pub fn each<T>(field: &str, given: &[String], read: impl Fn(&str) -> Result<T, Invalid>) -> Result<Vec<T>, Invalid> {
    let read = |(at, one): (usize, &String)| read(one).map_err(|invalid| invalid.within(format_args!("{field}[{at}]")));
    given.iter().enumerate().map(read).collect()
}

/// A date as `2026-04-01`.
pub fn date(field: &'static str, given: &str) -> Result<jiff::civil::Date, Invalid> {
    given.parse().map_err(|_| Invalid::new(field, Code::BadDate.code(), Code::BadDate.text()))
}

/// `application/json`, with parameters or without. Required, so that a form of another page cannot send it.
fn is_json(headers: &HeaderMap) -> bool {
    let given = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    given.split(';').next().is_some_and(|essence| essence.trim().eq_ignore_ascii_case("application/json"))
}
