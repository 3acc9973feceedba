//! Passwords: which are taken, and hashing them on threads of their own, a few at a time. No rules on their composition
//! and no forced change: length, and what everybody would guess.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Semaphore;
use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;
use zxcvbn::zxcvbn;

use crate::config::PasswordProfile;
use crate::domain::text::{Invalid, Text};
use crate::limits;
use crate::vault::PasswordHashing;

/// More wait to be hashed than the hub takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Overloaded;

#[derive(Debug)]
pub(super) struct Passwords {
    profile: PasswordProfile,
    hashing: Arc<PasswordHashing>,
    turns: Semaphore,
    waiting: AtomicUsize,
}

impl Passwords {
    pub(super) fn new(profile: PasswordProfile) -> Self {
        let turns = Semaphore::new(limits::PASSWORDS_AT_ONCE_MAX);
        Self { profile, hashing: Arc::default(), turns, waiting: AtomicUsize::new(0) }
    }

    /// Hashes made since the start.
    pub(super) fn hashes_made(&self) -> u64 {
        self.hashing.made()
    }

    /// Fewest characters of a password.
    pub(super) const fn chars_min(&self) -> usize {
        match self.profile {
            PasswordProfile::Asvs => limits::PASSWORD_CHARS_MIN,
            PasswordProfile::Gl6 => limits::PASSWORD_CHARS_MIN_GL6,
        }
    }

    const fn guesses_log10_min(&self) -> u32 {
        match self.profile {
            PasswordProfile::Asvs => limits::PASSWORD_GUESSES_LOG10_MIN,
            PasswordProfile::Gl6 => limits::PASSWORD_GUESSES_LOG10_MIN_GL6,
        }
    }

    /// The hash of a new password, if it is taken. `about`: what others know of its owner.
    ///
    /// # Errors
    /// When the password is too short, too long or easily guessed; or too many wait.
    pub(super) async fn hash_new(
        &self,
        password: &str,
        about: Vec<String>,
    ) -> Result<Result<String, Invalid>, Overloaded> {
        let password = typed(password);
        let (chars, min) = (password.chars().count(), self.chars_min());
        if chars < min {
            return Ok(Err(too_short(min, chars)));
        }
        if chars > limits::PASSWORD_CHARS_MAX {
            let unit = ("文字", "characters");
            return Ok(Err(Invalid::too_long("password", limits::PASSWORD_CHARS_MAX, unit, chars)));
        }
        let (enough, hashing) = (self.guesses_log10_min(), Arc::clone(&self.hashing));
        self.in_turn(move || {
            if is_guessed_first(&password, &about, enough) { Err(guessed_first()) } else { Ok(hashing.hash(&password)) }
        })
        .await
    }

    /// Whether the password fits; takes as long when there is nothing to fit.
    ///
    /// # Errors
    /// When too many wait.
    pub(super) async fn fits(&self, password: &str, hash: Option<String>) -> Result<bool, Overloaded> {
        let password = typed(password);
        let hashing = Arc::clone(&self.hashing);
        self.in_turn(move || hashing.fits(&password, hash.as_deref())).await
    }

    /// INVARIANT: no hashing on a thread that serves others, and never more than a few at a time, because each takes
    /// [`limits::PASSWORD_MEMORY_KIB`].
    async fn in_turn<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Overloaded> {
        let waiting = Waiting::join(&self.waiting)?;
        let turn = self.turns.acquire().await.map_err(|_| Overloaded)?;
        drop(waiting);
        let done = tokio::task::spawn_blocking(work).await.map_err(|_| Overloaded)?;
        drop(turn);
        Ok(done)
    }
}

/// A place among those who wait; given back also when the request is abandoned.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn join(waiting: &'a AtomicUsize) -> Result<Self, Overloaded> {
        let before = waiting.fetch_add(1, Ordering::Relaxed);
        let place = Self(waiting);
        if before < limits::PASSWORDS_WAITING_MAX { Ok(place) } else { Err(Overloaded) }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// As it is compared: an input method may write the same characters wide or narrow, composed or not.
fn typed(password: &str) -> Zeroizing<String> {
    Zeroizing::new(password.nfkc().collect())
}

/// Whether somebody who knows the lists of common passwords, and whose it is, would try it early.
fn is_guessed_first(password: &str, about: &[String], enough_log10: u32) -> bool {
    let about: Vec<&str> = about.iter().map(String::as_str).filter(|word| !word.is_empty()).collect();
    let is_one_over = password.chars().collect::<std::collections::HashSet<_>>().len() < 4;
    is_one_over || zxcvbn(password, &about).guesses_log10() < f64::from(enough_log10)
}

fn too_short(min: usize, chars: usize) -> Invalid {
    let expected = Text::new(
        format!("{min} 文字以上にしてください（{chars} 文字でした）。文のような長いものが覚えやすく安全です"),
        format!("at least {min} characters, {chars} given; a sentence is easy to remember and safe"),
    );
    Invalid::new("password", "too_short", expected)
}

fn guessed_first() -> Invalid {
    let expected = Text::fixed(
        "よく使われる言葉や並び、ご自身の名前などから作られていて、すぐに推測されます。別のものにしてください",
        "made of common words, rows of keys or what is known of you: it would be guessed early; choose another",
    );
    Invalid::new("password", "guessed_first", expected)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn taken(passwords: &Passwords, password: &str) -> Result<String, Invalid> {
        let about = ["佐藤 花子", "sato.hanako", "みなと訪問看護ステーション"].map(str::to_owned).to_vec();
        passwords.hash_new(password, about).await.unwrap()
    }

    #[tokio::test]
    async fn long_passwords_are_taken_whatever_they_are_made_of_and_guessable_ones_are_not() {
        let passwords = Passwords::new(PasswordProfile::Asvs);
        for good in ["correct horse battery staple", "雨の日は傘を二本もって行くのです", "mzqhtvkwpxrndbf"]
        {
            assert!(taken(&passwords, good).await.is_ok(), "{good}");
        }
        for short in ["雨の日は傘を", "Xk9!mzqh#tvk_w"] {
            assert_eq!(taken(&passwords, short).await.unwrap_err().code, "too_short", "{short}");
        }
        let listed = [
            "passwordpassword",
            "123456789012345",
            "qwertyuiopasdfgh",
            "aaaaaaaaaaaaaaaaa",
            "sato.hanako.sato.hanako",
            "佐藤 花子佐藤 花子佐藤 花子",
        ];
        for bad in listed {
            assert_eq!(taken(&passwords, bad).await.unwrap_err().code, "guessed_first", "{bad}");
        }
        assert_eq!(taken(&passwords, &"長い".repeat(65)).await.unwrap_err().code, "too_long");
    }

    #[tokio::test]
    async fn the_profile_of_gl6_takes_shorter_ones_but_none_that_everybody_guesses() {
        let passwords = Passwords::new(PasswordProfile::Gl6);
        assert!(taken(&passwords, "Xk9!mzqh").await.is_ok());
        assert_eq!(taken(&passwords, "Xk9!mzq").await.unwrap_err().code, "too_short");
        assert_eq!(taken(&passwords, "password1").await.unwrap_err().code, "guessed_first");
    }

    #[tokio::test]
    async fn width_does_not_count_and_a_crowd_is_turned_away() {
        let passwords = Passwords::new(PasswordProfile::Asvs);
        let hash = taken(&passwords, "ｃｏｒｒｅｃｔ　ｈｏｒｓｅ　ｂａｔｔｅｒｙ").await.unwrap();
        assert_eq!(passwords.fits("correct horse battery", Some(hash)).await, Ok(true));
        let all = passwords.turns.acquire_many(2).await.unwrap();
        let crowd: Vec<_> =
            (0..limits::PASSWORDS_WAITING_MAX).map(|_| Waiting::join(&passwords.waiting).unwrap()).collect();
        assert_eq!(passwords.fits("x", None).await, Err(Overloaded));
        drop((crowd, all));
        assert_eq!(passwords.fits("x", None).await, Ok(false));
    }
}
