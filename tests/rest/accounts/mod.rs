//! Accounts: getting in by two factors, invitations and recovery, one's own sign-ins, and the cookies of the page. The
//! rows of the requirements that each story holds are in its name.

mod clock_set_right;
mod ended_beside;
mod invitations;
mod looking_after;
mod pages;
mod outside;
mod outside_attacks;
mod overreaching;
mod passkeys;
mod proving;
mod sign_in;
mod sign_ins;

pub use sign_in::acts;
