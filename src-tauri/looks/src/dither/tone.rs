//! The scale on which errors are counted, and the way between it and sRGB bytes.
//!
//! Invariant: 0 is black and [`FULL`] white in either light. Absent: other colour spaces than sRGB.

use serde::{Deserialize, Serialize};

/// White. Fine enough that the darkest step of sRGB has five units in linear light.
pub(super) const FULL: i32 = 16_320;

/// In what errors are added up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Light {
    /// In light itself, as the eye adds up small dots: tones stay right at any distance.
    Linear,
    /// In sRGB values, as programs add up pixels when they scale a picture.
    Gamma,
}

/// sRGB byte to linear light, 0 to 1.
pub(super) fn linear(byte: u8) -> f32 {
    let value = f32::from(byte) / 255.0;
    if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
}

/// Linear light, 0 to 1, to an sRGB byte.
pub(super) fn byte(linear: f32) -> u8 {
    let linear = linear.clamp(0.0, 1.0);
    let value = if linear <= 0.003_130_8 { 12.92 * linear } else { 1.055 * linear.powf(1.0 / 2.4) - 0.055 };
    (value * 255.0 + 0.5) as u8
}

/// The tone of each sRGB byte.
pub(super) fn tones(light: Light) -> [i32; 256] {
    std::array::from_fn(|index| match light {
        Light::Gamma => index as i32 * (FULL / 255),
        Light::Linear => (linear(index as u8) * FULL as f32 + 0.5) as i32,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oklab::{from_oklab, oklab};

    #[test]
    fn every_byte_comes_back_from_light_and_from_oklab() {
        for value in 0..=255 {
            assert_eq!(byte(linear(value)), value);
            let colour = [value, 255 - value, value / 2];
            assert_eq!(from_oklab(oklab(colour.map(linear))).map(byte), colour);
        }
        assert_eq!((tones(Light::Linear)[0], tones(Light::Linear)[255]), (0, FULL));
        assert_eq!((tones(Light::Gamma)[0], tones(Light::Gamma)[255]), (0, FULL));
    }
}
