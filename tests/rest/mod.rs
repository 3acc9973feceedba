//! Stories over REST: a folder's file for each part of `/api/v1`.

mod reading;
