//! Stories over REST: a file for each part of `/api/v1`, and one for what every route has in common.

pub mod accounts;
mod audit;
mod audit_log;
mod audit_shipping;
mod backups;
pub mod devices;
mod directory;
mod duties;
mod emergency;
mod every_route;
mod explaining;
mod exporting;
pub mod files;
mod files_swept;
mod importing;
mod linking_queue;
mod matrix;
mod offices;
mod pledging;
mod posting;
mod putting_right;
mod reading;
mod registering;
mod replaying;
mod rulebook_life;
mod rulebooks;
mod sign_ins;
