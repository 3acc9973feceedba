//! Domain values ↔ what a message holds of them, field by field. `mapped!` writes both directions of a message
//! from one list of its fields; a field that either side gains is missed by the compiler, not by a reader.

use std::sync::Arc;

use jiff::civil::Date;

use super::field::{code_text, date, decimal, each, id, id_text};
use crate::domain::attachment::ContentHash;
use crate::domain::decimal::Decimal;
use crate::domain::duty::{DutyId, RoleSet};
use crate::domain::ids::{EntryId, OrganisationId, PatientId, PersonId};
use crate::domain::role::Role;
use crate::domain::text::{Invalid, Text};
use crate::domain::time::Timestamp;
use crate::domain::withheld::{WithheldPurpose, WithheldSet};

/// A domain value that a field of a message can hold.
pub(super) trait Mapped: Sized {
    /// What the generated message has in its place.
    type Sent;

    /// Reads it. A complaint starts inside the field; whoever knows the field's name puts it in front.
    fn read(sent: Self::Sent) -> Result<Self, Invalid>;

    /// What is sent for it.
    fn sent(&self) -> Self::Sent;
}

/// `Order { text, called_at = called_at_us }`: the fields of a body, each with its name in the message where that
/// is another; `ConsentChange as Consent { … }` where the message has another name.
macro_rules! mapped {
    ($($body:ident $(as $message:ident)? { $($fields:tt)* })+) => {
        $(mapped!(@message [$body] [$($message)?] $($fields)*);)+
    };
    (@message [$body:ident] [] $($fields:tt)*) => { mapped!(@fields $body $body [] $($fields)*); };
    (@message [$body:ident] [$message:ident] $($fields:tt)*) => { mapped!(@fields $body $message [] $($fields)*); };
    (@fields $body:ident $message:ident [$($done:tt)*] $field:ident = $name:ident, $($rest:tt)*) => {
        mapped!(@fields $body $message [$($done)* ($field $name)] $($rest)*);
    };
    (@fields $body:ident $message:ident [$($done:tt)*] $field:ident, $($rest:tt)*) => {
        mapped!(@fields $body $message [$($done)* ($field $field)] $($rest)*);
    };
    (@fields $body:ident $message:ident [$(($field:ident $name:ident))*]) => {
        impl $crate::codec::mapped::Mapped for $body {
            type Sent = $crate::codec::proto::v1::$message;

            fn read(sent: Self::Sent) -> Result<Self, $crate::domain::text::Invalid> {
                Ok(Self {
                    $($field: $crate::codec::mapped::Mapped::read(sent.$name)
                        .map_err(|invalid| invalid.within(stringify!($name)))?,)*
                })
            }

            fn sent(&self) -> Self::Sent {
                $crate::codec::proto::v1::$message { $($name: $crate::codec::mapped::Mapped::sent(&self.$field),)* }
            }
        }
    };
}

pub(super) use mapped;

/// What is sent as it is.
macro_rules! plain {
    ($($value:ty),+) => {
        $(impl Mapped for $value {
            type Sent = $value;

            fn read(sent: $value) -> Result<Self, Invalid> {
                Ok(sent)
            }

            fn sent(&self) -> $value {
                self.clone()
            }
        })+
    };
}

plain!(String, bool, u32);

/// What is sent as a text, and as an empty text where it may be absent.
macro_rules! as_text {
    ($($value:ty: $read:expr, $write:expr;)+) => {
        $(impl Mapped for $value {
            type Sent = String;

            fn read(sent: String) -> Result<Self, Invalid> {
                $read(&sent)
            }

            fn sent(&self) -> String {
                $write(self)
            }
        }

        impl Mapped for Option<$value> {
            type Sent = String;

            fn read(sent: String) -> Result<Self, Invalid> {
                if sent.is_empty() { Ok(None) } else { Mapped::read(sent).map(Some) }
            }

            fn sent(&self) -> String {
                self.as_ref().map_or_else(String::new, Mapped::sent)
            }
        })+
    };
}

pub(super) use as_text;

as_text! {
    EntryId: |sent| id("", sent, EntryId), |id: &EntryId| id_text(id.0);
    OrganisationId: |sent| id("", sent, OrganisationId), |id: &OrganisationId| id_text(id.0);
    PatientId: |sent| id("", sent, PatientId), |id: &PatientId| id_text(id.0);
    PersonId: |sent| id("", sent, PersonId), |id: &PersonId| id_text(id.0);
    DutyId: |sent| id("", sent, DutyId), |id: &DutyId| id_text(id.0);
    Date: |sent| date("", sent), Date::to_string;
    Decimal: |sent| decimal("", sent), Decimal::to_string;
    ContentHash: content_hash, ContentHash::to_string;
}

fn content_hash(given: &str) -> Result<ContentHash, Invalid> {
    given.parse().map_err(|_| {
        if given.is_empty() {
            return Invalid::required("");
        }
        Invalid::new(
            "",
            "bad_hash",
            Text::fixed(
                "SHA-256（小文字の16進64桁）ではありません",
                "a SHA-256 of 64 lower-case hexadecimal digits is expected",
            ),
        )
    })
}

impl Mapped for Arc<str> {
    type Sent = String;

    fn read(sent: String) -> Result<Self, Invalid> {
        Ok(sent.into())
    }

    fn sent(&self) -> String {
        String::from(&**self)
    }
}

impl Mapped for Timestamp {
    type Sent = Option<i64>;

    fn read(sent: Option<i64>) -> Result<Self, Invalid> {
        sent.map(Self).ok_or_else(|| Invalid::required(""))
    }

    fn sent(&self) -> Option<i64> {
        Some(self.as_micros())
    }
}

impl Mapped for Option<Timestamp> {
    type Sent = Option<i64>;

    fn read(sent: Option<i64>) -> Result<Self, Invalid> {
        Ok(sent.map(Timestamp))
    }

    fn sent(&self) -> Option<i64> {
        self.map(Timestamp::as_micros)
    }
}

impl Mapped for RoleSet {
    type Sent = Vec<String>;

    fn read(sent: Vec<String>) -> Result<Self, Invalid> {
        let roles: Vec<Role> = Mapped::read(sent)?;
        Ok(Self::of(&roles))
    }

    fn sent(&self) -> Vec<String> {
        self.roles().map(code_text).collect()
    }
}

impl Mapped for WithheldSet {
    type Sent = Vec<String>;

    fn read(sent: Vec<String>) -> Result<Self, Invalid> {
        let purposes: Vec<WithheldPurpose> = Mapped::read(sent)?;
        Self::each_once(&purposes)
    }

    fn sent(&self) -> Vec<String> {
        self.iter().map(code_text).collect()
    }
}

impl<T: Mapped> Mapped for Vec<T> {
    type Sent = Vec<T::Sent>;

    fn read(sent: Vec<T::Sent>) -> Result<Self, Invalid> {
        each("", sent, T::read)
    }

    fn sent(&self) -> Vec<T::Sent> {
        self.iter().map(T::sent).collect()
    }
}

impl<T: Mapped> Mapped for Box<T> {
    type Sent = Box<T::Sent>;

    fn read(sent: Box<T::Sent>) -> Result<Self, Invalid> {
        T::read(*sent).map(Self::new)
    }

    fn sent(&self) -> Box<T::Sent> {
        Box::new(T::sent(self))
    }
}
