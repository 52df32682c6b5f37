//! The laws of the line, with work that ends when the test says so. Time stands still and jumps.

use std::{pin::Pin, time::Duration};

use tokio::{
    sync::Semaphore,
    task::yield_now,
    time::{advance, timeout},
};

use super::*;
use crate::thumbnails::{Class, failures::FAILURES_MAX};

/// Work that notes what was started, waits for its turn, and ends as its address says.
#[derive(Debug)]
struct Bench {
    started: Mutex<Vec<u32>>,
    turns: Semaphore,
}

impl Work for Bench {
    async fn run(&self, order: &Order) -> Answer {
        let number = order.key.photo.as_str().parse().expect("a number");
        self.started.lock().expect("no panic").push(number);
        self.turns.acquire().await.expect("open").forget();
        match order.addresses[0].as_str() {
            "gone" => Err(ThumbnailError::Gone),
            "trouble" => Err(ThumbnailError::TryLater { why: "network".into(), pause_s: None }),
            "pause" => Err(ThumbnailError::TryLater { why: "429".into(), pause_s: Some(60) }),
            "panic" => panic!("on purpose"),
            _ => Ok(Arc::from(number.to_be_bytes())),
        }
    }
}

type Asked<'a> = Pin<Box<dyn Future<Output = Answer> + Send + 'a>>;

struct Scene(Queue<Bench>);

impl Scene {
    fn new(running_max: usize, waiting_max: usize) -> Self {
        let bench = Bench { started: Mutex::default(), turns: Semaphore::new(0) };
        Self(Queue::new(bench, Limits { running_max, waiting_max, sharing_max: 3 }))
    }

    /// Asks, and lets the wish enter the line.
    async fn ask(&self, number: u32, priority: u32, end: &str) -> Asked<'_> {
        let key = Key { photo: number.to_string().parse().expect("an id"), version: 0, class: Class::Grid };
        let mut asked: Asked<'_> = Box::pin(self.0.ask(Order { key, addresses: vec![end.to_owned()] }, priority));
        self.settle().await;
        tokio::select! {
            biased;
            answer = &mut asked => Box::pin(async move { answer }),
            () = yield_now() => asked,
        }
    }

    async fn settle(&self) {
        for _ in 0..20 {
            yield_now().await;
        }
    }

    /// Lets so many end.
    async fn turns(&self, count: usize) {
        self.0.work().turns.add_permits(count);
        self.settle().await;
    }

    fn started(&self) -> Vec<u32> {
        self.0.work().started.lock().expect("no panic").clone()
    }
}

fn made(number: u32) -> Answer {
    Ok(Arc::from(number.to_be_bytes()))
}

#[tokio::test(start_paused = true)]
async fn the_most_urgent_is_first_and_the_newest_among_equals() {
    let scene = Scene::new(2, 100);
    let mut asked = Vec::new();
    for (number, priority) in [(1, 9), (2, 9), (3, 5), (4, 1), (5, 5), (6, 1), (7, 0)] {
        asked.push(scene.ask(number, priority, "ok").await);
    }
    scene.settle().await;
    assert_eq!(scene.started(), [1, 2], "two at a time");
    for _ in 0..7 {
        scene.turns(1).await;
        assert!(scene.0.lengths().0 <= 2);
    }
    assert_eq!(scene.started(), [1, 2, 7, 6, 4, 5, 3]);
    for (asked, number) in asked.into_iter().zip(1..) {
        assert_eq!(asked.await, made(number));
    }
    assert!(scene.0.is_idle());
}

#[tokio::test(start_paused = true)]
async fn equal_wishes_are_made_once_and_move_up_with_the_most_urgent() {
    let scene = Scene::new(1, 100);
    let first = scene.ask(1, 0, "ok").await;
    let also_first = scene.ask(1, 9, "ok").await;
    let low = scene.ask(2, 9, "ok").await;
    let other = scene.ask(3, 5, "ok").await;
    let high = scene.ask(2, 1, "ok").await;
    scene.turns(1).await;
    assert_eq!(scene.started(), [1, 2], "moved up");
    scene.turns(2).await;
    assert_eq!(scene.started(), [1, 2, 3]);
    for (asked, number) in [(first, 1), (also_first, 1), (low, 2), (high, 2), (other, 3)] {
        assert_eq!(asked.await, made(number));
    }
    let again = scene.ask(1, 0, "ok").await;
    scene.turns(1).await;
    assert_eq!(again.await, made(1), "a second time is a second wish");
    assert_eq!(scene.started().len(), 4);
}

#[tokio::test(start_paused = true)]
async fn who_leaves_takes_the_wish_along_unless_it_was_started_or_shared() {
    let scene = Scene::new(1, 100);
    let started = scene.ask(1, 0, "ok").await;
    let alone = scene.ask(2, 0, "ok").await;
    let shared = scene.ask(3, 1, "ok").await;
    let sharing = scene.ask(3, 7, "ok").await;
    let lower = scene.ask(4, 5, "ok").await;
    drop((started, alone, shared));
    assert_eq!(scene.0.lengths(), (1, 2, 0));
    scene.turns(4).await;
    assert_eq!(scene.started(), [1, 4, 3], "what is left of 3 is less urgent than 4");
    assert_eq!((sharing.await, lower.await), (made(3), made(4)));
    assert!(scene.0.is_idle());
}

#[tokio::test(start_paused = true)]
async fn a_full_line_drops_the_least_urgent() {
    let scene = Scene::new(1, 3);
    let _running = scene.ask(1, 0, "ok").await;
    let oldest = scene.ask(2, 5, "ok").await;
    let _middle = scene.ask(3, 5, "ok").await;
    let _newest = scene.ask(4, 5, "ok").await;
    let urgent = scene.ask(5, 1, "ok").await;
    assert_eq!(oldest.await, Err(ThumbnailError::Cancelled));
    assert_eq!(scene.ask(6, 9, "ok").await.await, Err(ThumbnailError::Cancelled), "it would be the last itself");
    assert_eq!(scene.0.lengths(), (1, 3, 0));
    scene.turns(2).await;
    assert_eq!(urgent.await, made(5));
    let first = scene.ask(7, 5, "ok").await;
    let _others = [scene.ask(7, 5, "ok").await, scene.ask(7, 5, "ok").await, scene.ask(7, 5, "ok").await];
    assert_eq!(first.await, Err(ThumbnailError::Cancelled), "three share one at most");
}

#[tokio::test(start_paused = true)]
async fn a_failure_counts_for_a_while_the_gone_longer_than_trouble() {
    let scene = Scene::new(4, 100);
    scene.turns(1_000).await;
    for (number, end, within_s, after_s) in [(1, "trouble", 29, 2), (2, "gone", 599, 2)] {
        let error = scene.ask(number, 0, end).await.await.expect_err(end);
        advance(Duration::from_secs(within_s)).await;
        assert_eq!(scene.ask(number, 0, "ok").await.await, Err(error), "{end} still counts");
        advance(Duration::from_secs(after_s)).await;
        assert_eq!(scene.ask(number, 0, "ok").await.await, made(number), "{end} is over");
    }
    scene.ask(3, 0, "gone").await.await.expect_err("gone");
    scene.0.forgive();
    assert_eq!(scene.ask(3, 0, "ok").await.await, made(3), "forgiven");
}

#[tokio::test(start_paused = true)]
async fn failures_are_bounded_and_the_gone_are_remembered_longest() {
    let scene = Scene::new(1, 10);
    scene.0.work().turns.add_permits(3 * FAILURES_MAX);
    scene.ask(0, 0, "gone").await.await.expect_err("gone");
    for number in 1..FAILURES_MAX as u32 + 100 {
        scene.ask(number, 0, "trouble").await.await.expect_err("trouble");
    }
    assert_eq!(scene.0.lengths().2, FAILURES_MAX);
    assert_eq!(scene.ask(0, 0, "ok").await.await, Err(ThumbnailError::Gone));
    assert_eq!(scene.ask(1, 0, "ok").await.await, made(1), "the first trouble was forgotten first");
}

#[tokio::test(start_paused = true)]
async fn a_pause_stops_all_new_work_until_it_is_over() {
    let scene = Scene::new(2, 100);
    let refused = scene.ask(1, 0, "pause").await;
    let beside = scene.ask(2, 0, "ok").await;
    let mut next = scene.ask(3, 0, "ok").await;
    scene.turns(2).await;
    assert!(matches!(refused.await, Err(ThumbnailError::TryLater { pause_s: Some(60), .. })));
    assert_eq!(beside.await, made(2), "what was under way ends");
    assert_eq!(scene.started(), [1, 2]);
    assert!(timeout(Duration::from_secs(59), &mut next).await.is_err());
    assert_eq!(scene.started(), [1, 2]);
    scene.turns(1).await;
    assert_eq!(timeout(Duration::from_secs(2), next).await.expect("the pause is over"), made(3));
}

#[tokio::test(start_paused = true)]
async fn work_that_breaks_answers_and_frees_its_place() {
    let scene = Scene::new(1, 100);
    let broken = scene.ask(1, 0, "panic").await;
    scene.turns(1).await;
    assert!(matches!(broken.await, Err(ThumbnailError::TryLater { pause_s: None, .. })));
    let next = scene.ask(2, 0, "ok").await;
    scene.turns(1).await;
    assert_eq!(next.await, made(2));
    assert_eq!(scene.0.lengths().0, 0);
}

#[test]
fn a_runtime_that_ends_in_the_middle_ends_everything() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    let scene = Arc::new(Scene::new(2, 5_000));
    for number in 0..3_000 {
        let scene = scene.clone();
        runtime.spawn(async move { drop(scene.ask(number, 0, "ok").await.await) });
    }
    runtime.block_on(async {
        for _ in 0..10_000 {
            if scene.0.lengths().0 == 2 {
                break;
            }
            tokio::task::yield_now().await;
        }
    });
    assert_eq!(scene.0.lengths().0, 2);
    drop(runtime);
    assert_eq!(scene.0.lengths(), (0, 0, 2));
}
