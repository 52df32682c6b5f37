//! Words a photographer would write: titles, descriptions, tags and places for each kind of scene.
//!
//! Invariant: the first 480 photos have different titles, later ones carry a number, so no two titles are equal
//! (camera file names, which stand in for forgotten titles, aside).
//! Absent: anything random; every choice is a hash of seed and position.

use crate::mix;
use crate::pictures::Scene;

/// A place with its country and coordinates in degrees.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    pub(crate) name: &'static str,
    pub(crate) country: &'static str,
    pub(crate) latitude: f64,
    pub(crate) longitude: f64,
}

const fn place(name: &'static str, country: &'static str, latitude: f64, longitude: f64) -> Place {
    Place { name, country, latitude, longitude }
}

const HILLS: [Place; 10] = [
    place("Val d'Orcia", "Italy", 43.066, 11.605),
    place("Glen Coe", "Scotland", 56.668, -4.986),
    place("the Dolomites", "Italy", 46.536, 12.131),
    place("Allgäu", "Germany", 47.516, 10.281),
    place("Durmitor", "Montenegro", 43.155, 19.091),
    place("Snowdonia", "Wales", 53.068, -4.076),
    place("Picos de Europa", "Spain", 43.191, -4.833),
    place("the Vosges", "France", 48.037, 7.009),
    place("Jotunheimen", "Norway", 61.636, 8.312),
    place("the Tatra", "Slovakia", 49.179, 20.088),
];
const SEA: [Place; 10] = [
    place("Rügen", "Germany", 54.573, 13.668),
    place("Lofoten", "Norway", 68.123, 13.611),
    place("Cape Wrath", "Scotland", 58.626, -4.999),
    place("Nazaré", "Portugal", 39.605, -9.085),
    place("Étretat", "France", 49.707, 0.203),
    place("Amrum", "Germany", 54.643, 8.336),
    place("Gotland", "Sweden", 57.468, 18.487),
    place("Madeira", "Portugal", 32.744, -16.708),
    place("Istria", "Croatia", 44.873, 13.847),
    place("the Algarve", "Portugal", 37.087, -8.669),
];
const NIGHT: [Place; 10] = [
    place("La Palma", "Spain", 28.757, -17.885),
    place("Galloway", "Scotland", 55.105, -4.418),
    place("Westhavelland", "Germany", 52.696, 12.311),
    place("Pic du Midi", "France", 42.937, 0.141),
    place("Teide", "Spain", 28.272, -16.642),
    place("Senja", "Norway", 69.296, 17.064),
    place("Alqueva", "Portugal", 38.216, -7.495),
    place("the Rhön", "Germany", 50.487, 9.943),
    place("Bükk", "Hungary", 48.068, 20.522),
    place("Kerry", "Ireland", 51.832, -10.278),
];
const CITY: [Place; 10] = [
    place("Porto", "Portugal", 41.141, -8.611),
    place("Rotterdam", "Netherlands", 51.909, 4.487),
    place("Frankfurt", "Germany", 50.110, 8.682),
    place("Lyon", "France", 45.764, 4.836),
    place("Warsaw", "Poland", 52.231, 21.006),
    place("Oslo", "Norway", 59.907, 10.754),
    place("Genoa", "Italy", 44.411, 8.933),
    place("Bilbao", "Spain", 43.268, -2.934),
    place("Antwerp", "Belgium", 51.221, 4.401),
    place("Manchester", "England", 53.479, -2.245),
];
const FOREST: [Place; 10] = [
    place("the Black Forest", "Germany", 48.281, 8.184),
    place("Białowieża", "Poland", 52.701, 23.869),
    place("the Harz", "Germany", 51.799, 10.617),
    place("Hoia", "Romania", 46.778, 23.522),
    place("the Ardennes", "Belgium", 50.251, 5.667),
    place("Dalarna", "Sweden", 61.004, 14.545),
    place("Wistman's Wood", "England", 50.578, -3.961),
    place("Nuuksio", "Finland", 60.312, 24.499),
    place("Fontainebleau", "France", 48.404, 2.702),
    place("Šumava", "Czechia", 48.983, 13.561),
];
const DESERT: [Place; 10] = [
    place("Erg Chebbi", "Morocco", 31.146, -3.979),
    place("Sossusvlei", "Namibia", -24.727, 15.343),
    place("Wadi Rum", "Jordan", 29.576, 35.419),
    place("Tabernas", "Spain", 37.051, -2.391),
    place("the Bardenas", "Spain", 42.209, -1.503),
    place("Maspalomas", "Spain", 27.741, -15.586),
    place("Merzouga", "Morocco", 31.099, -4.011),
    place("Liwa", "United Arab Emirates", 23.131, 53.777),
    place("Dune du Pilat", "France", 44.589, -1.213),
    place("Råbjerg Mile", "Denmark", 57.652, 10.406),
];

fn places(scene: Scene) -> &'static [Place; 10] {
    match scene {
        Scene::Hills => &HILLS,
        Scene::Sea => &SEA,
        Scene::Night => &NIGHT,
        Scene::City => &CITY,
        Scene::Forest => &FOREST,
        Scene::Desert => &DESERT,
    }
}

fn titles(scene: Scene) -> [&'static str; 8] {
    match scene {
        Scene::Hills => [
            "Morning haze over {}",
            "Seven ridges, {}",
            "First light, {}",
            "{} after the rain",
            "The long way down, {}",
            "Layers of {}",
            "Before breakfast in {}",
            "Weather coming in, {}",
        ],
        Scene::Sea => [
            "Last light off {}",
            "The tide going out, {}",
            "{}, evening",
            "Nothing but horizon, {}",
            "A calm hour at {}",
            "Salt and gold, {}",
            "Where the road ends: {}",
            "Low sun, {}",
        ],
        Scene::Night => [
            "Milky Way above {}",
            "Two in the morning, {}",
            "{} under stars",
            "Waiting for the moon, {}",
            "No wind, no sound, {}",
            "Thirty seconds of {}",
            "The clear night, {}",
            "Cold fingers, {}",
        ],
        Scene::City => [
            "Blue hour in {}",
            "{} lights up",
            "Last tram home, {}",
            "Windows of {}",
            "{} from the hill",
            "After work, {}",
            "Dusk settling on {}",
            "Ten past nine in {}",
        ],
        Scene::Forest => [
            "Fog in {}",
            "The quiet part of {}",
            "Old trees, {}",
            "A path in {}",
            "November, {}",
            "Standing still in {}",
            "Light between trunks, {}",
            "{} breathing",
        ],
        Scene::Desert => [
            "Dunes at {}",
            "Wind lines, {}",
            "{}, an hour before dark",
            "Long shadows at {}",
            "Nobody for miles, {}",
            "Sand and sky, {}",
            "The crest, {}",
            "Heat leaving {}",
        ],
    }
}

fn sentences(scene: Scene) -> [&'static str; 6] {
    match scene {
        Scene::Hills => [
            "Got up at four and nearly turned back because of the fog. Glad I stayed.",
            "The haze separated every ridge from the next, like cut paper.",
            "Taken from the lay-by just above the last farm.",
            "A short walk from the hut, before anyone else was awake.",
            "The valley was still in shade; the ridges already had the sun.",
            "One of those mornings when the air itself seems to have a colour.",
        ],
        Scene::Sea => [
            "The wind dropped at sunset and the water went almost flat.",
            "Half a second on a tripod, shoes full of sand.",
            "We had the whole beach to ourselves.",
            "Stayed until it was too dark to find the path back.",
            "The ferry had just left and its wake was still coming ashore.",
            "Every evening that week looked different. This was the third.",
        ],
        Scene::Night => [
            "Twenty seconds at f/2.8, the lens heater running.",
            "No moon, minus eight, and not a single car for two hours.",
            "The faint glow on the horizon is a town forty kilometres away.",
            "It took three nights to get one without clouds.",
            "My eyes needed half an hour before I saw what the camera saw.",
            "An owl kept me company, out of frame.",
        ],
        Scene::City => [
            "That quarter of an hour when the sky and the windows have the same brightness.",
            "From the car park roof, with permission.",
            "Somebody is working late on the ninth floor.",
            "It had rained all day and stopped just in time.",
            "I counted the lit windows once and lost track at two hundred.",
            "Waited for the street lamps to come on one by one.",
        ],
        Scene::Forest => [
            "The fog came up from the valley and swallowed the far trees first.",
            "Nothing moved. Even the birds were quiet.",
            "Some of these spruces are older than the village.",
            "A longer lens than usual, to stack the trunks.",
            "It smelled of wet leaves and a wood fire somewhere.",
            "Walked past this spot for years before I saw it.",
        ],
        Scene::Desert => [
            "The wind had erased all footprints overnight.",
            "We climbed for an hour and slid down in two minutes.",
            "Side light is everything here; at noon it is only sand.",
            "The ripples are about a hand wide.",
            "Sand in the camera bag to this day.",
            "The temperature fell twenty degrees in the hour after this.",
        ],
    }
}

fn tags(scene: Scene) -> &'static [&'static str] {
    match scene {
        Scene::Hills => &["landscape", "hills", "haze", "morning", "ridges", "mountains"],
        Scene::Sea => &["sea", "coast", "sunset", "horizon", "longexposure", "water"],
        Scene::Night => &["night", "stars", "milkyway", "astrophotography", "longexposure", "darksky"],
        Scene::City => &["city", "bluehour", "skyline", "lights", "architecture", "dusk"],
        Scene::Forest => &["forest", "fog", "trees", "autumn", "woodland", "mood"],
        Scene::Desert => &["desert", "dunes", "sand", "shadows", "minimal", "light"],
    }
}

/// The scene of the photo at `index`; each block of six has all six.
pub(crate) fn scene(index: u64) -> Scene {
    const ALL: [Scene; 6] = [Scene::Hills, Scene::Sea, Scene::City, Scene::Night, Scene::Forest, Scene::Desert];
    ALL[((index + index / 6) % 6) as usize]
}

/// The place of the photo at `index`.
pub(crate) fn place_of(index: u64) -> Place {
    places(scene(index))[(index / 6 % 10) as usize]
}

/// The title of the photo at `index`; some are the camera's file name.
pub(crate) fn title(seed: u64, index: u64) -> String {
    let number = 1000 + mix(seed, index ^ 0x7177) % 8999;
    match index % 60 {
        7 => return format!("DSC_{number}"),
        21 => return format!("IMG_{number}"),
        34 => return format!("_MG_{number}"),
        52 => return format!("P102{number}"),
        _ => {}
    }
    let nth = index / 6;
    let pattern = titles(scene(index))[((nth + nth / 10) % 8) as usize];
    let text = pattern.replace("{}", place_of(index).name);
    let mut text = match text.strip_prefix("the ") {
        Some(rest) => format!("The {rest}"),
        None => text,
    };
    if nth >= 80 {
        text.push_str(&format!(" ({})", nth / 80 + 1));
    }
    text
}

/// The description; one photo in three has none.
pub(crate) fn description(seed: u64, index: u64) -> String {
    let dice = mix(seed, index ^ 0xdeb0);
    if dice.is_multiple_of(3) {
        return String::new();
    }
    let choice = sentences(scene(index));
    let first = choice[(index / 6 % 6) as usize];
    if dice % 5 == 1 {
        let place = place_of(index);
        return format!("{first}\n\n{}, {}.", place.name, place.country).replace("\n\nthe ", "\n\nThe ");
    }
    first.to_owned()
}

/// Cleaned tags, as lists show them.
pub(crate) fn tag_list(seed: u64, index: u64) -> Vec<String> {
    let all = tags(scene(index));
    let dice = mix(seed, index ^ 0x7a65);
    let count = 3 + (dice % 3) as usize;
    let mut list: Vec<String> = (0..count).map(|k| all[(k + dice as usize % 3) % all.len()].to_owned()).collect();
    list.push(clean(place_of(index).country));
    list
}

/// A tag as Flickr cleans it: lower case, letters and digits only.
pub(crate) fn clean(raw: &str) -> String {
    raw.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_two_titles_are_equal() {
        let titles: HashSet<String> = (0..3000).map(|index| title(1, index)).collect();
        let named = |t: &&String| !t.starts_with("DSC_") && !t.starts_with("IMG_") && !t.starts_with("_MG_");
        let expected = (0..3000_u64).filter(|i| ![7, 21, 34, 52].contains(&(i % 60))).count();
        let cameras = titles.iter().filter(|t| t.starts_with("P102")).count();
        assert_eq!(titles.iter().filter(named).count() - cameras, expected);
    }
}
