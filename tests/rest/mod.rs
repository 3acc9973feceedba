//! Stories over REST: a file for each part of `/api/v1`, and one for what every route has in common.

mod audit;
mod directory;
mod duties;
mod every_route;
mod files;
mod files_swept;
mod importing;
mod linking_queue;
mod posting;
mod putting_right;
mod reading;
mod registering;
mod rulebooks;
mod sign_ins;
