//! `closed_list!`: an enum whose members each have a stable code and a label in Japanese and English.
//!
//! Codes are what files, frames and rules say; labels are what people read. Used for every closed list
//! of the domain, so that a member is added in exactly one place.

/// Declares an enum of named members: `Member = "code", "日本語", "English";`
macro_rules! closed_list {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $member:ident = $code:literal, $ja:literal, $en:literal;)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $($(#[$doc])* $member),+ }

        impl $name {
            /// Every member, in declaration order.
            pub const ALL: &'static [$name] = &[$($name::$member),+];

            /// The stable code used in files, frames and rules.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $($name::$member => $code),+ }
            }

            /// The Japanese label.
            #[must_use]
            pub const fn ja(self) -> &'static str {
                match self { $($name::$member => $ja),+ }
            }

            /// The English label.
            #[must_use]
            pub const fn en(self) -> &'static str {
                match self { $($name::$member => $en),+ }
            }

            /// The member with this code.
            #[must_use]
            pub fn from_code(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|member| member.code() == code)
            }

            /// The position in [`Self::ALL`].
            #[must_use]
            pub const fn index(self) -> usize {
                self as usize
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.code())
            }
        }
    };
}

pub(crate) use closed_list;
