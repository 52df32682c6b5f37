//! Weights of error diffusion, as published.
//!
//! Invariant: the shares of a kernel add up to one, or to what the kernel means to keep (Atkinson). Absent: pixels.

use super::method::Kernel;

/// Rows above the current one that a kernel looks back to, at most.
pub(super) const ROWS: usize = 3;
/// Pixels to the side that a kernel looks, at most.
pub(super) const REACH: usize = 3;
/// One whole error.
pub(super) const ONE: i32 = 1 << SHIFT;
/// Shares are counted in this many bits.
pub(super) const SHIFT: u32 = 12;

/// What reaches a pixel from the pixels before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Shares {
    /// From the pixel before and the one before that.
    pub(super) behind: [i32; 2],
    /// From pixels of earlier rows: rows up, pixels ahead in the direction of travel, share.
    pub(super) above: Vec<(usize, isize, i32)>,
}

/// A kernel as it is printed: pixels ahead, rows down, weight.
type Printed = &'static [(isize, usize, i32)];

#[rustfmt::skip]
fn printed(kernel: Kernel) -> (Printed, i32) {
    match kernel {
        Kernel::FloydSteinberg => (&[(1, 0, 7), (-1, 1, 3), (0, 1, 5), (1, 1, 1)], 16),
        Kernel::FalseFloydSteinberg => (&[(1, 0, 3), (0, 1, 3), (1, 1, 2)], 8),
        Kernel::JarvisJudiceNinke => (
            &[
                (1, 0, 7), (2, 0, 5),
                (-2, 1, 3), (-1, 1, 5), (0, 1, 7), (1, 1, 5), (2, 1, 3),
                (-2, 2, 1), (-1, 2, 3), (0, 2, 5), (1, 2, 3), (2, 2, 1),
            ],
            48,
        ),
        Kernel::Stucki => (
            &[
                (1, 0, 8), (2, 0, 4),
                (-2, 1, 2), (-1, 1, 4), (0, 1, 8), (1, 1, 4), (2, 1, 2),
                (-2, 2, 1), (-1, 2, 2), (0, 2, 4), (1, 2, 2), (2, 2, 1),
            ],
            42,
        ),
        Kernel::Burkes => {
            (&[(1, 0, 8), (2, 0, 4), (-2, 1, 2), (-1, 1, 4), (0, 1, 8), (1, 1, 4), (2, 1, 2)], 32)
        }
        Kernel::Sierra => (
            &[
                (1, 0, 5), (2, 0, 3),
                (-2, 1, 2), (-1, 1, 4), (0, 1, 5), (1, 1, 4), (2, 1, 2),
                (-1, 2, 2), (0, 2, 3), (1, 2, 2),
            ],
            32,
        ),
        Kernel::SierraTwoRow => {
            (&[(1, 0, 4), (2, 0, 3), (-2, 1, 1), (-1, 1, 2), (0, 1, 3), (1, 1, 2), (2, 1, 1)], 16)
        }
        Kernel::SierraLite => (&[(1, 0, 2), (-1, 1, 1), (0, 1, 1)], 4),
        Kernel::Atkinson => (&[(1, 0, 1), (2, 0, 1), (-1, 1, 1), (0, 1, 1), (1, 1, 1), (0, 2, 1)], 8),
        Kernel::StevensonArce => (
            &[
                (2, 0, 32),
                (-3, 1, 12), (-1, 1, 26), (1, 1, 30), (3, 1, 16),
                (-2, 2, 12), (0, 2, 26), (2, 2, 12),
                (-3, 3, 5), (-1, 3, 12), (1, 3, 12), (3, 3, 5),
            ],
            200,
        ),
    }
}

impl Shares {
    /// The kernel at `strength` percent; what rounding leaves over goes to the largest share.
    pub(super) fn of(kernel: Kernel, strength: u8) -> Self {
        let (weights, whole) = printed(kernel);
        let kept: i32 = weights.iter().map(|(_, _, weight)| weight).sum();
        let share = |weight: i32| (weight * ONE + whole / 2) / whole;
        let mut shares: Vec<(isize, usize, i32)> =
            weights.iter().map(|&(x, y, weight)| (x, y, share(weight))).collect();
        let missing = share(kept) - shares.iter().map(|(_, _, share)| share).sum::<i32>();
        if let Some(largest) = shares.iter_mut().max_by_key(|(_, _, share)| *share) {
            largest.2 += missing;
        }
        let mut found = Self { behind: [0; 2], above: Vec::new() };
        for (x, y, share) in shares {
            let share = share * i32::from(strength) / 100;
            match (y, x) {
                (0, 1) => found.behind[0] = share,
                (0, _) => found.behind[1] = share,
                // A pixel `x` ahead and `y` below gets it, so it comes from `y` above and `x` behind.
                (_, _) => found.above.push((y, -x, share)),
            }
        }
        found
    }
}

#[rustfmt::skip]
/// Ostromoukhov 2001, "A simple and efficient error-diffusion algorithm", appendix: for tones 0 to 127 the weights of the
/// pixel ahead, of the one below and behind, and of the one below. Lighter tones mirror them.
pub(super) const OSTROMOUKHOV: [[i32; 3]; 128] = [
    [13, 0, 5], [13, 0, 5], [21, 0, 10], [7, 0, 4],
    [8, 0, 5], [47, 3, 28], [23, 3, 13], [15, 3, 8],
    [22, 6, 11], [43, 15, 20], [7, 3, 3], [501, 224, 211],
    [249, 116, 103], [165, 80, 67], [123, 62, 49], [489, 256, 191],
    [81, 44, 31], [483, 272, 181], [60, 35, 22], [53, 32, 19],
    [237, 148, 83], [471, 304, 161], [3, 2, 1], [481, 314, 185],
    [354, 226, 155], [1389, 866, 685], [227, 138, 125], [267, 158, 163],
    [327, 188, 220], [61, 34, 45], [627, 338, 505], [1227, 638, 1075],
    [20, 10, 19], [1937, 1000, 1767], [977, 520, 855], [657, 360, 551],
    [71, 40, 57], [2005, 1160, 1539], [337, 200, 247], [2039, 1240, 1425],
    [257, 160, 171], [691, 440, 437], [1045, 680, 627], [301, 200, 171],
    [177, 120, 95], [2141, 1480, 1083], [1079, 760, 513], [725, 520, 323],
    [137, 100, 57], [2209, 1640, 855], [53, 40, 19], [2243, 1720, 741],
    [565, 440, 171], [759, 600, 209], [1147, 920, 285], [2311, 1880, 513],
    [97, 80, 19], [335, 280, 57], [1181, 1000, 171], [793, 680, 95],
    [599, 520, 57], [2413, 2120, 171], [405, 360, 19], [2447, 2200, 57],
    [11, 10, 0], [158, 151, 3], [178, 179, 7], [1030, 1091, 63],
    [248, 277, 21], [318, 375, 35], [458, 571, 63], [878, 1159, 147],
    [5, 7, 1], [172, 181, 37], [97, 76, 22], [72, 41, 17],
    [119, 47, 29], [4, 1, 1], [4, 1, 1], [4, 1, 1],
    [4, 1, 1], [4, 1, 1], [4, 1, 1], [4, 1, 1],
    [4, 1, 1], [4, 1, 1], [65, 18, 17], [95, 29, 26],
    [185, 62, 53], [30, 11, 9], [35, 14, 11], [85, 37, 28],
    [55, 26, 19], [80, 41, 29], [155, 86, 59], [5, 3, 2],
    [5, 3, 2], [5, 3, 2], [5, 3, 2], [5, 3, 2],
    [5, 3, 2], [5, 3, 2], [5, 3, 2], [5, 3, 2],
    [5, 3, 2], [5, 3, 2], [5, 3, 2], [5, 3, 2],
    [305, 176, 119], [155, 86, 59], [105, 56, 39], [80, 41, 29],
    [65, 32, 23], [55, 26, 19], [335, 152, 113], [85, 37, 28],
    [115, 48, 37], [35, 14, 11], [355, 136, 109], [30, 11, 9],
    [365, 128, 107], [185, 62, 53], [25, 8, 7], [95, 29, 26],
    [385, 112, 103], [65, 18, 17], [395, 104, 101], [4, 1, 1],
];
