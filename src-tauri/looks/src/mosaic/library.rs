//! All tiles as points, sorted so that the nearest ones are found without looking at most of them.
//!
//! Invariant: the order depends on what the tiles look like and on nothing else but their places in the list they came in; equal
//! costs go to the earlier tile. Absent: files and pixels.

use std::ops::Range;

use super::face::Face;
use super::sight::{FIRST, Point, Sight, cheapest_light, cost, light_cost, may_cost};

/// Tiles to choose from.
#[derive(Debug)]
pub struct Library {
    sight: Sight,
    /// Sorted by their first coordinate.
    points: Vec<Point>,
    /// The first coordinates once more, each by itself, so that several tiles are judged at once.
    first: [Vec<f32>; FIRST],
    /// Where each point's tile stood in the list.
    places: Vec<u32>,
    /// Which picture each point's tile is a part of.
    pictures: Vec<u32>,
    count: usize,
}

impl Library {
    /// Looks at every tile once; each is a picture of its own.
    pub fn new(faces: &[Face]) -> Self {
        Self::sorted(faces, |place| place)
    }

    /// Tiles several of which may be parts of one picture: `parts` says how many each picture has, one after another in the
    /// list. For distance and cap a picture counts as one, whichever of its parts is shown.
    pub fn of_parts(faces: &[Face], parts: &[usize]) -> Self {
        let pictures: Vec<u32> =
            (0..).zip(parts).flat_map(|(picture, parts)| std::iter::repeat_n(picture, *parts)).collect();
        let more = parts.len() as u32;
        // What nobody spoke of is a picture of its own.
        Self::sorted(faces, |place| {
            let rest = place.saturating_sub(pictures.len() as u32);
            pictures.get(place as usize).copied().unwrap_or(more + rest)
        })
    }

    fn sorted(faces: &[Face], picture: impl Fn(u32) -> u32) -> Self {
        let sight = Sight::new();
        let points: Vec<Point> = faces.iter().map(|face| sight.point(face)).collect();
        let mut places: Vec<u32> = (0..faces.len() as u32).collect();
        places.sort_by(|a, b| points[*a as usize][0].total_cmp(&points[*b as usize][0]).then(a.cmp(b)));
        let points: Vec<Point> = places.iter().map(|place| points[*place as usize]).collect();
        let first = std::array::from_fn(|at| points.iter().map(|point| point[at]).collect());
        let pictures: Vec<u32> = places.iter().map(|place| picture(*place)).collect();
        let count = pictures.iter().max().map_or(0, |most| *most as usize + 1);
        Self { sight, points, first, places, pictures, count }
    }

    /// How many tiles there are.
    pub fn len(&self) -> usize {
        self.points.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.points.is_empty()
    }

    /// How many pictures the tiles are of.
    pub fn pictures(&self) -> usize {
        self.count
    }

    /// Which picture the tile is a part of.
    pub(crate) fn picture(&self, tile: usize) -> usize {
        self.pictures[tile] as usize
    }

    pub(crate) fn point(&self, tile: usize) -> &Point {
        &self.points[tile]
    }

    /// Where the tile stood in the list the library was made from.
    pub(crate) fn place(&self, tile: usize) -> usize {
        self.places[tile] as usize
    }

    /// The cheapest tile for `wanted` that `may_be` allows; `held` is allowed and known already.
    pub(crate) fn nearest(&self, wanted: &Point, held: Option<usize>, may_be: impl Fn(usize) -> bool) -> Option<usize> {
        let cost = held.map_or(f32::INFINITY, |tile| cost(&self.points[tile], wanted));
        let mut best = Best { cost, tile: held };
        let cheapest = cheapest_light(&self.sight, wanted);
        // Tiles from `below` to `above` are known; both ends move on as long as the next tile may be cheaper.
        let mut below = self.points.partition_point(|point| point[0] < cheapest);
        let mut above = below;
        loop {
            let open = |tile: usize, best: &Best| light_cost(&self.points[tile], wanted) <= best.cost;
            let down = below > 0 && open(below - 1, &best);
            if down {
                let from = below.saturating_sub(STRIDE);
                self.meet(from..below, wanted, &mut best, &may_be);
                below = from;
            }
            let up = above < self.points.len() && open(above, &best);
            if up {
                let until = (above + STRIDE).min(self.points.len());
                self.meet(above..until, wanted, &mut best, &may_be);
                above = until;
            }
            if !down && !up {
                return best.tile;
            }
        }
    }

    fn meet(&self, tiles: Range<usize>, wanted: &Point, best: &mut Best, may_be: impl Fn(usize) -> bool) {
        let [a, b, c, d] = self.first.each_ref().map(|part| &part[tiles.clone()]);
        let mut open = [false; STRIDE];
        for ((((open, a), b), c), d) in open.iter_mut().zip(a).zip(b).zip(c).zip(d) {
            *open = may_cost([*a, *b, *c, *d], wanted, best.cost);
        }
        for (tile, _) in tiles.zip(open).filter(|(_, open)| *open) {
            let cost = cost(&self.points[tile], wanted);
            let cheaper = cost < best.cost || (cost == best.cost && best.tile.is_some_and(|best| tile < best));
            if cheaper && may_be(tile) {
                *best = Best { cost, tile: Some(tile) };
            }
        }
    }
}

/// Tiles looked at on one side before the other side has its turn.
const STRIDE: usize = 16;

struct Best {
    cost: f32,
    tile: Option<usize>,
}
