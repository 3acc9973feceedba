//! How often one sign-in and one address may ask. Named as part of `limits`.

// ---- rates ----

/// Requests of one sign-in in a minute, unless the region says otherwise. A page that is opened makes about thirty.
pub const REQUESTS_PER_MINUTE_DEFAULT: i64 = 1_200;
/// Requests from one address in a minute: an office of a hundred people behind one router.
pub const REQUESTS_PER_MINUTE_AND_ADDRESS_DEFAULT: i64 = 12_000;
/// Posts of one sign-in over its sockets in a minute: a gateway that delivers what a day's outage kept back.
pub const POSTS_PER_MINUTE_DEFAULT: i64 = 1_200;
/// The least that a region may set: a page must open.
pub const RATE_PER_MINUTE_MIN: i64 = 60;
/// The most that a region may set.
pub const RATE_PER_MINUTE_MAX: i64 = 10_000_000;
/// Above it, those that have their pace all back are sorted out.
pub const PACES_KEPT_COUNT: usize = 10_000;
