//! What Pierrot does: one file for each job, all of them methods of the handle.

pub(crate) mod check;
pub(crate) mod doctor;
pub(crate) mod documents;
mod eligible;
mod exif;
pub(crate) mod gallery;
pub(crate) mod history;
pub(crate) mod import;
mod init;
mod log;
pub(crate) mod login;
mod never;
pub(crate) mod photo_page;
pub(crate) mod photos;
pub(crate) mod prepare;
pub(crate) mod probe;
pub(crate) mod publish;
mod publishing;
pub(crate) mod recover;
pub(crate) mod restore;
pub(crate) mod review;
pub(crate) mod status;
pub(crate) mod sync;
mod thumbnail;
