//! Which version of the contract a socket speaks. The subprotocol names the major version; within it, fields
//! and frames are only added, and the number says from when they may be sent.

/// The highest version this hub speaks.
pub const VERSION: u32 = 1;

/// The lowest version this hub still speaks.
pub const VERSION_MIN: u32 = 1;

/// The version both speak, given the highest that the client speaks; `None`: they have none in common.
#[must_use]
pub const fn negotiate(client: u32) -> Option<u32> {
    if client < VERSION_MIN {
        return None;
    }
    Some(if client < VERSION { client } else { VERSION })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_newer_client_is_met_at_the_hubs_version_and_an_unversioned_one_is_turned_away() {
        assert_eq!(negotiate(VERSION + 5), Some(VERSION));
        assert_eq!(negotiate(VERSION_MIN), Some(VERSION_MIN));
        assert_eq!(negotiate(0), None);
    }
}
