//! The ways to dither, by name.
//!
//! Invariant: a name reads back to the method it was written from. Absent: what they do; see the modules beside.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A way to dither.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Method {
    /// Each pixel's error goes to pixels that come later, by a fixed kernel.
    Diffusion(Kernel),
    /// Error diffusion with weights that depend on the tone.
    Ostromoukhov,
    /// The error travels along a Hilbert curve.
    Riemersma,
    /// Ordered, with a Bayer matrix of this side: 2, 4, 8 or 16.
    Bayer(u8),
    /// Ordered, with dots that grow from their middle.
    ClusteredDot,
    /// Ordered, with a printer's screen turned by this many degrees.
    Halftone(u16),
    /// Ordered, with a texture that has no low frequencies.
    BlueNoise,
    /// Each pixel alone.
    Plain,
}

/// The kernels of error diffusion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kernel {
    /// Floyd and Steinberg 1976.
    FloydSteinberg,
    /// The three-weight shortcut often mistaken for it.
    FalseFloydSteinberg,
    /// Jarvis, Judice and Ninke 1976.
    JarvisJudiceNinke,
    /// Stucki 1981.
    Stucki,
    /// Burkes 1988.
    Burkes,
    /// Sierra 1989, three rows.
    Sierra,
    /// Sierra 1990, two rows.
    SierraTwoRow,
    /// Sierra 1990, the small one.
    SierraLite,
    /// Atkinson, as on the first Macintosh: a quarter of the error is dropped.
    Atkinson,
    /// Stevenson and Arce 1985, for a hexagonal grid.
    StevensonArce,
}

/// Name, method and what a photographer sees; an angle may follow `halftone:`.
const METHODS: [(&str, Method, &str); 20] = [
    ("floyd-steinberg", Method::Diffusion(Kernel::FloydSteinberg), "fine grain, sharp; the default"),
    ("false-floyd-steinberg", Method::Diffusion(Kernel::FalseFloydSteinberg), "three weights only; coarser"),
    ("jarvis-judice-ninke", Method::Diffusion(Kernel::JarvisJudiceNinke), "smooth and contrasty, over three rows"),
    ("stucki", Method::Diffusion(Kernel::Stucki), "like Jarvis, crisper"),
    ("burkes", Method::Diffusion(Kernel::Burkes), "like Stucki, over two rows"),
    ("sierra", Method::Diffusion(Kernel::Sierra), "close to Jarvis, softer"),
    ("sierra-two-row", Method::Diffusion(Kernel::SierraTwoRow), "Sierra over two rows"),
    ("sierra-lite", Method::Diffusion(Kernel::SierraLite), "Sierra's three weights; close to Floyd-Steinberg"),
    ("atkinson", Method::Diffusion(Kernel::Atkinson), "open highlights and deep shadows, as on old Macintoshes"),
    ("stevenson-arce", Method::Diffusion(Kernel::StevensonArce), "wide weights of a hexagonal grid"),
    ("ostromoukhov", Method::Ostromoukhov, "weights for each tone; no worms in flat areas"),
    ("riemersma", Method::Riemersma, "error along a Hilbert curve; no direction"),
    ("bayer2", Method::Bayer(2), "a pattern of 2 x 2"),
    ("bayer4", Method::Bayer(4), "a pattern of 4 x 4"),
    ("bayer8", Method::Bayer(8), "the cross-hatch of old screens"),
    ("bayer16", Method::Bayer(16), "a pattern of 16 x 16"),
    ("clustered-dot", Method::ClusteredDot, "dots of a printer, upright"),
    ("halftone", Method::Halftone(45), "dots of a printer; halftone:15 turns them by 15 degrees"),
    ("blue-noise", Method::BlueNoise, "grain like film, without a pattern"),
    ("none", Method::Plain, "no dithering: flat areas of colour"),
];

/// Every method with what it looks like, in the order in which they are shown.
pub fn methods() -> impl Iterator<Item = (&'static str, &'static str)> {
    METHODS.iter().map(|(name, _, seen)| (*name, *seen))
}

impl FromStr for Method {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let name = match text {
            "fs" => "floyd-steinberg",
            "false-fs" => "false-floyd-steinberg",
            "jjn" => "jarvis-judice-ninke",
            other => other,
        };
        if let Some(angle) = name.strip_prefix("halftone:") {
            let angle = angle.parse().ok().filter(|angle| *angle < 360);
            return angle.map(Self::Halftone).ok_or_else(|| format!("\"{text}\" needs an angle from 0 to 359."));
        }
        let known = METHODS.iter().find(|(known, _, _)| *known == name);
        known
            .map(|(_, method, _)| *method)
            .ok_or_else(|| format!("\"{text}\" is not a way to dither; `pierrot look methods` lists them."))
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match METHODS.iter().find(|(_, method, _)| method == self) {
            Some((name, _, _)) => f.write_str(name),
            None => match self {
                Self::Halftone(angle) => write!(f, "halftone:{angle}"),
                Self::Bayer(side) => write!(f, "bayer{side}"),
                Self::Diffusion(_)
                | Self::Ostromoukhov
                | Self::Riemersma
                | Self::ClusteredDot
                | Self::BlueNoise
                | Self::Plain => Err(fmt::Error),
            },
        }
    }
}

impl TryFrom<String> for Method {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Method> for String {
    fn from(method: Method) -> Self {
        method.to_string()
    }
}
