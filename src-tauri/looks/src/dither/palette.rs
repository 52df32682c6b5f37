//! Palettes: lists of colours, some known by name.
//!
//! Invariant: 1 to 256 colours, each once, in the order in which they came. Absent: files (`palette_file`).

use serde::{Deserialize, Serialize};

/// The most colours a palette has.
pub const COLOURS_MAX: usize = 256;

/// A list of sRGB colours; in JSON a list of "#rrggbb".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<String>", into = "Vec<String>")]
pub struct Palette {
    colours: Vec<[u8; 3]>,
}

/// A palette known by name: name, where it comes from, colours as 0xRRGGBB.
struct Preset(&'static str, &'static str, &'static [u32]);

const PRESETS: [Preset; 11] = [
    Preset("1-bit", "black and white", &[0x00_0000, 0xFF_FFFF]),
    Preset("grey4", "four even greys", &[0x00_0000, 0x55_5555, 0xAA_AAAA, 0xFF_FFFF]),
    Preset("playdate", "the Playdate's screen", &[0x32_2F28, 0xD7_D4CC]),
    Preset("game-boy", "the first Game Boy", &[0x0F_380F, 0x30_6230, 0x8B_AC0F, 0x9B_BC0F]),
    Preset("cga", "CGA, palette 1 in high intensity", &[0x00_0000, 0x55_FFFF, 0xFF_55FF, 0xFF_FFFF]),
    Preset(
        "zx-spectrum",
        "the ZX Spectrum",
        &[
            0x00_0000, 0x00_00D7, 0xD7_0000, 0xD7_00D7, 0x00_D700, 0x00_D7D7, 0xD7_D700, 0xD7_D7D7, 0x00_00FF,
            0xFF_0000, 0xFF_00FF, 0x00_FF00, 0x00_FFFF, 0xFF_FF00, 0xFF_FFFF,
        ],
    ),
    Preset(
        "c64",
        "the Commodore 64, as measured by Pepto",
        &[
            0x00_0000, 0xFF_FFFF, 0x68_372B, 0x70_A4B2, 0x6F_3D86, 0x58_8D43, 0x35_2879, 0xB8_C76F, 0x6F_4F25,
            0x43_3900, 0x9A_6759, 0x44_4444, 0x6C_6C6C, 0x9A_D284, 0x6C_5EB5, 0x95_9595,
        ],
    ),
    Preset(
        "ega",
        "EGA's sixteen colours",
        &[
            0x00_0000, 0x00_00AA, 0x00_AA00, 0x00_AAAA, 0xAA_0000, 0xAA_00AA, 0xAA_5500, 0xAA_AAAA, 0x55_5555,
            0x55_55FF, 0x55_FF55, 0x55_FFFF, 0xFF_5555, 0xFF_55FF, 0xFF_FF55, 0xFF_FFFF,
        ],
    ),
    Preset(
        "e-paper7",
        "seven-colour electronic paper",
        &[0x00_0000, 0xFF_FFFF, 0x00_FF00, 0x00_00FF, 0xFF_0000, 0xFF_FF00, 0xFF_8000],
    ),
    Preset(
        "rgb",
        "the eight corners of the colour cube",
        &[0x00_0000, 0xFF_0000, 0x00_FF00, 0x00_00FF, 0xFF_FF00, 0xFF_00FF, 0x00_FFFF, 0xFF_FFFF],
    ),
    Preset("sepia", "five browns of an old print", &[0x1A_0F08, 0x4F_341F, 0x8C_6A46, 0xC9_AC82, 0xF6_E9CF]),
];

/// Each of the colours once, as they come; `None` when there are more than `most`.
pub(super) fn distinct(colours: impl Iterator<Item = [u8; 3]>, most: usize) -> Option<Vec<[u8; 3]>> {
    let mut known = vec![0_u64; 1 << 18];
    let mut found = Vec::new();
    for [r, g, b] in colours {
        let name = u32::from_be_bytes([0, r, g, b]) as usize;
        let (word, bit) = (&mut known[name / 64], 1 << (name % 64));
        if *word & bit == 0 {
            *word |= bit;
            found.push([r, g, b]);
            if found.len() > most {
                return None;
            }
        }
    }
    Some(found)
}

/// Every palette known by name, with where it comes from and its number of colours.
pub fn palettes() -> impl Iterator<Item = (&'static str, &'static str, usize)> {
    PRESETS.iter().map(|Preset(name, origin, colours)| (*name, *origin, colours.len()))
}

impl Palette {
    /// A palette of these colours; later copies of a colour are dropped.
    ///
    /// # Errors
    /// A sentence, when there are none or more than [`COLOURS_MAX`].
    pub fn new(colours: impl IntoIterator<Item = [u8; 3]>) -> Result<Self, String> {
        let mut found: Vec<[u8; 3]> = Vec::new();
        for colour in colours {
            if found.contains(&colour) {
                continue;
            }
            if found.len() == COLOURS_MAX {
                return Err(format!("A palette has at most {COLOURS_MAX} colours; this one has more."));
            }
            found.push(colour);
        }
        if found.is_empty() { Err("The palette has no colours.".into()) } else { Ok(Self { colours: found }) }
    }

    /// The palette of this name, if there is one.
    pub fn preset(name: &str) -> Option<Self> {
        let Preset(_, _, colours) = PRESETS.iter().find(|Preset(known, _, _)| *known == name)?;
        let colours = colours.iter().map(|rgb| [(rgb >> 16) as u8, (rgb >> 8) as u8, *rgb as u8]);
        Some(Self { colours: colours.collect() })
    }

    /// The colours, in order.
    pub fn colours(&self) -> &[[u8; 3]] {
        &self.colours
    }
}

/// "#rrggbb" or "rrggbb" as a colour.
pub(super) fn from_hex(text: &str) -> Option<[u8; 3]> {
    let digits = text.strip_prefix('#').unwrap_or(text);
    if digits.len() != 6 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let rgb = u32::from_str_radix(digits, 16).ok()?;
    Some([(rgb >> 16) as u8, (rgb >> 8) as u8, rgb as u8])
}

impl TryFrom<Vec<String>> for Palette {
    type Error = String;

    fn try_from(texts: Vec<String>) -> Result<Self, String> {
        let colour =
            |text: &String| from_hex(text).ok_or_else(|| format!("\"{text}\" is not a colour such as #a0b1c2."));
        Self::new(texts.iter().take(COLOURS_MAX + 1).map(colour).collect::<Result<Vec<_>, _>>()?)
    }
}

impl From<Palette> for Vec<String> {
    fn from(palette: Palette) -> Self {
        palette.colours.iter().map(|[r, g, b]| format!("#{r:02x}{g:02x}{b:02x}")).collect()
    }
}
