//! Where photos come from.
pub mod flickr;
