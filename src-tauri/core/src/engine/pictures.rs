//! TEMP
use super::Engine;
use crate::{
    error::{Error, Result},
    photo::PhotoId,
};
impl Engine {
    /// TEMP
    pub async fn picture(&self, _photo: &PhotoId, _size: &str) -> Result<Vec<u8>> {
        tokio::task::yield_now().await;
        Err(Error::failed("soon", "soon"))
    }
}
