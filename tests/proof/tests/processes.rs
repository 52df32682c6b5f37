//! The proofs with real processes, with numbers that every commit can afford; `make kills`, `contest` and `drill` take more.

use pierrot_proof::{
    contest::{self, Place},
    drill, kills,
};

fn with_tls() {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
}

/// `PIERROT_KILLS` and `PIERROT_SEED` set which.
#[tokio::test(flavor = "multi_thread")]
async fn killed_five_hundred_times_nothing_is_posted_twice_and_nothing_is_lost() {
    with_tls();
    let number = |name: &str, default: u64| std::env::var(name).ok().and_then(|n| n.parse().ok()).unwrap_or(default);
    let setting = kills::Setting {
        kills: number("PIERROT_KILLS", 500),
        seed: number("PIERROT_SEED", 1),
        photos: None,
        power_cuts: false,
    };
    let killed = kills::run(setting).await.expect("the program is built and there is room for its homes");
    assert_eq!(killed.violations, Vec::<String>::new(), "{setting:?}");
    assert!(killed.kills >= setting.kills && killed.publications > killed.kills / 8, "{killed:?}");
}

async fn contested(place: Place, publications: u64) {
    with_tls();
    let setting = contest::Setting { processes: 3, publications, seed: 1, place };
    let contested = contest::run(setting).await.expect("the programs are built and there is room for their homes");
    assert_eq!(contested.violations, Vec::<String>::new(), "{setting:?}");
    assert!(contested.acknowledged > publications / 2 && contested.kills > 3, "{contested:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn three_computers_on_one_folder_publish_each_photo_and_each_slot_once() {
    contested(Place::Folder, 210).await;
}

/// `scripts/with-moto.sh` sets `PIERROT_TEST_S3` to the address of an S3 server.
#[tokio::test(flavor = "multi_thread")]
async fn three_computers_on_one_bucket_of_moto_publish_each_photo_and_each_slot_once() {
    if std::env::var_os("PIERROT_TEST_S3").is_some() {
        contested(Place::Bucket, 90).await;
    } else {
        assert!(std::env::var_os("CI").is_none(), "the S3 tests need scripts/with-moto.sh");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_home_comes_back_equal() {
    with_tls();
    let drilled = drill::run(2_000, 500).await.expect("the program is built and there is room for its homes");
    assert_eq!(drilled.violations, Vec::<String>::new());
    assert!(drilled.equal && drilled.photos == 2_000 && drilled.entries == 500, "{drilled:?}");
}
