//! Every row of the fold rules as a table, and the laws that hold for any order of entries.
//!
//! A line of a table is one entry; entries get dense numbers and chained hashes. `void` holds numbers and the rule's words.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::{Break, Ending, Fold, Stand, Verdict};
use crate::{
    catalogue::sha256_hex,
    log::{About, Answer, AttemptId, Fact, Frozen, LogEntry, Part, Read, Seen, VERSION, Why, read},
    photo::PhotoId,
};

const TAKEN: &str = "the photo or the slot is already taken";
const NOT_HELD: &str = "the attempt is not held as claimed by this computer";
const UNKNOWN: &str = "no such attempt was claimed";
const NEVER_SENT: &str = "the attempt was never sending";
const PROOF: &str = "only the sender's own proof releases an attempt";
const NOT_SENDING: &str = "the attempt is not sending";
const NOT_IN_REVIEW: &str = "the attempt is not in review";
const NOT_CLOSED: &str = "the photo is not closed for this target";

fn id(photo: &str) -> PhotoId {
    photo.parse().expect("a test's photo id")
}

fn on(attempt: &str, photo: &str, target: &str, account: Option<&str>) -> About {
    About {
        attempt: AttemptId(attempt.into()),
        photo: id(photo),
        target: target.into(),
        account: account.map(str::to_owned),
    }
}

/// The first letter of an attempt's name has no meaning; all plain attempts are about photo `1` on `x`, account `x:7`.
fn about(attempt: &str) -> About {
    on(attempt, "1", "x", Some("x:7"))
}

fn claim_of(about: About, slot: &str) -> Fact {
    Fact::Claimed { about, number: 1, slot: slot.into(), look: None }
}

fn claim(attempt: &str) -> Fact {
    claim_of(about(attempt), "w1")
}

fn frozen() -> Frozen {
    Frozen {
        text: "Boats".into(),
        alt_text: String::new(),
        body: json!({ "text": "Boats" }),
        media_id: "9".into(),
        media_key: "3_9".into(),
        picture_sha256: "00".into(),
        cost_usd: 0.015,
        key: None,
    }
}

fn send_of(about: About) -> Fact {
    Fact::Sending { about, frozen: frozen() }
}

fn send(attempt: &str) -> Fact {
    send_of(about(attempt))
}

fn posted_of(about: About) -> Fact {
    Fact::Posted { about, post_id: "55".into(), post_url: "u".into(), text: "Boats".into(), seen: Seen::Answer }
}

fn posted(attempt: &str) -> Fact {
    posted_of(about(attempt))
}

fn released(attempt: &str, why: Why) -> Fact {
    Fact::Released { about: about(attempt), why, detail: String::new() }
}

fn review(attempt: &str) -> Fact {
    Fact::NeedsReview { about: about(attempt), detail: "timeout".into() }
}

fn answer(attempt: &str, answer: Answer) -> Fact {
    Fact::Resolved { about: about(attempt), answer }
}

fn reopen() -> Fact {
    Fact::Reopened { photo: id("1"), target: "x".into() }
}

fn import(target: &str, photo: &str) -> Fact {
    let published = Map::from_iter([(photo.to_owned(), json!({ "id": photo, "odd": 1 }))]);
    Fact::Imported {
        target: target.into(),
        published,
        files: BTreeMap::from([("f".into(), "ab".into())]),
        by_hand: false,
    }
}

/// A writer is `computer/start`: `a/1` and `a/2` are two starts on computer `a`.
fn entry(fold: &Fold, by: &str, fact: Fact) -> LogEntry {
    LogEntry {
        v: VERSION,
        seq: fold.through() + 1,
        prev: fold.last_sha256().map(str::to_owned),
        at: "2026-11-20T21:00:00Z".into(),
        computer: by.split('/').next().unwrap_or(by).into(),
        writer: by.into(),
        fact,
    }
}

fn add(fold: &mut Fold, by: &str, fact: Fact) -> Verdict {
    let entry = entry(fold, by, fact);
    let bytes = entry.to_bytes();
    let again = read(entry.seq, &bytes).expect("what is written can be read");
    assert_eq!(again, Read::Entry(Box::new(entry.clone())), "bytes round trip");
    assert_eq!(fold.allows(&entry), fold.clone().apply(entry.seq, "x", &again).expect("it follows"), "allows = apply");
    fold.apply(entry.seq, &sha256_hex(&bytes), &again).expect("it follows")
}

fn fold_of(entries: &[(&str, Fact)]) -> Fold {
    let mut fold = Fold::default();
    for (by, fact) in entries {
        add(&mut fold, by, fact.clone());
    }
    fold
}

/// All but the last entry must count; the last one must meet `expected`: `Ok`, or the rule it breaks.
fn check(entries: &[(&str, Fact)], expected: Result<(), &'static str>) {
    let before = fold_of(&entries[..entries.len() - 1]);
    assert_eq!(before.void(), [], "only the last entry is on trial: {entries:?}");
    let fold = fold_of(entries);
    let void = fold.void().last().map(|(_, rule)| *rule);
    assert_eq!(void, expected.err(), "{:?}", entries.last());
}

fn stand(fold: &Fold, attempt: &str) -> Stand {
    fold.attempt(&AttemptId(attempt.into())).expect("it was claimed").stand.clone()
}

fn free(fold: &Fold) -> (bool, bool) {
    (fold.is_free(&id("1"), "x", Some("x:7")), fold.slot_is_free("w1", "x", Some("x:7")))
}

const AGAIN: Answer = Answer::PostAgain;
const SKIP: Answer = Answer::Skip;

fn in_review() -> Vec<(&'static str, Fact)> {
    vec![("a/1", claim("A")), ("a/1", send("A")), ("a/1", review("A"))]
}

fn then(entries: Vec<(&'static str, Fact)>, more: &[(&'static str, Fact)]) -> Vec<(&'static str, Fact)> {
    entries.into_iter().chain(more.iter().cloned()).collect()
}

#[test]
fn a_claim_needs_a_free_photo_a_free_slot_and_a_new_id() {
    check(&[("a/1", claim("A"))], Ok(()));
    check(&[("a/1", claim("A")), ("a/1", claim("A"))], Err("the attempt id was used before"));
    check(&[("a/1", claim("A")), ("a/1", send("A")), ("b/1", claim("B"))], Err(TAKEN));
    check(&then(in_review(), &[("b/1", claim("B"))]), Err(TAKEN));
    check(&[("a/1", claim("A")), ("a/1", send("A")), ("a/1", posted("A")), ("b/1", claim("B"))], Err(TAKEN));
    let other_photo = claim_of(on("B", "2", "x", Some("x:7")), "w1");
    check(&[("a/1", claim("A")), ("a/1", send("A")), ("b/1", other_photo)], Err(TAKEN));
    let elsewhere = claim_of(on("B", "1", "y", Some("x:8")), "w1");
    check(&[("a/1", claim("A")), ("a/1", send("A")), ("b/1", elsewhere)], Ok(()));
    let other_both = claim_of(on("B", "2", "x", Some("x:7")), "w2");
    check(&[("a/1", claim("A")), ("a/1", send("A")), ("b/1", other_both)], Ok(()));
}

#[test]
fn a_claim_takes_over_what_is_only_claimed_and_frees_the_rest_of_it() {
    let fold = fold_of(&[("a/1", claim("A")), ("b/1", claim("B"))]);
    assert_eq!((stand(&fold, "A"), stand(&fold, "B")), (Stand::Ended(Ending::TakenOver), Stand::Claimed));
    // B takes the slot with another photo: A is ended as a whole and its photo is free.
    let fold = fold_of(&[("a/1", claim("A")), ("b/1", claim_of(on("B", "2", "x", Some("x:7")), "w1"))]);
    assert_eq!(stand(&fold, "A"), Stand::Ended(Ending::TakenOver));
    assert_eq!(free(&fold), (true, false));
    check(&[("a/1", claim("A")), ("b/1", claim("B")), ("a/1", send("A"))], Err(NOT_HELD));
    check(&[("a/1", claim("A")), ("b/1", claim("B")), ("b/1", send("B"))], Ok(()));
    check(&[("a/1", claim("A")), ("b/1", claim("B")), ("a/1", released("A", Why::NotSent))], Err(PROOF));
    // A void claim takes nothing over, although one of its two holds could be.
    let holder = claim_of(on("C", "2", "x", Some("x:7")), "w2");
    let both = [("c/1", holder), ("c/1", send_of(on("C", "2", "x", Some("x:7")))), ("a/1", claim("A"))];
    let fold = fold_of(&then(both.to_vec(), &[("b/1", claim_of(about("B"), "w2"))]));
    assert_eq!((fold.void(), stand(&fold, "A")), (&[(4, TAKEN)][..], Stand::Claimed));
}

#[test]
fn only_the_claimant_crosses_the_fence_and_only_once() {
    check(&[("a/1", send("A"))], Err(UNKNOWN));
    check(&[("a/1", claim("A")), ("b/1", send("A"))], Err(NOT_HELD));
    check(&[("a/1", claim("A")), ("a/2", send("A"))], Ok(()));
    check(&[("a/1", claim("A")), ("a/1", send("A")), ("a/1", send("A"))], Err(NOT_HELD));
    check(&[("a/1", claim("A")), ("a/1", released("A", Why::GivenUp)), ("a/1", send("A"))], Err(NOT_HELD));
    check(&[("a/1", claim("A")), ("a/1", send_of(on("A", "2", "x", Some("x:7"))))], Err(UNKNOWN));
}

#[test]
fn only_a_request_with_a_key_goes_out_again_and_then_nobody_releases_it() {
    let keyed = |key: &str| Fact::Sending { about: about("1"), frozen: Frozen { key: Some(key.into()), ..frozen() } };
    let sent = vec![("a/1", claim("1")), ("a/1", keyed("k"))];
    check(&then(sent.clone(), &[("b/1", keyed("k"))]), Ok(()));
    check(&then(sent.clone(), &[("a/2", keyed("k")), ("a/2", keyed("k"))]), Ok(()));
    check(&then(sent.clone(), &[("a/1", keyed("another"))]), Err("only the same request may go out again"));
    check(&then(sent.clone(), &[("a/1", send("1"))]), Err(NOT_HELD));
    check(&then(sent.clone(), &[("a/1", released("1", Why::NotSent))]), Ok(()));
    let repeated = then(sent, &[("b/1", keyed("k"))]);
    for by in ["a/1", "b/1"] {
        check(&then(repeated.clone(), &[(by, released("1", Why::NotSent))]), Err(PROOF));
    }
    let reviewed = then(repeated.clone(), &[("b/1", review("1"))]);
    check(&then(reviewed, &[("a/1", keyed("k"))]), Err(NOT_HELD));
    check(&then(repeated, &[("a/2", posted("1"))]), Ok(()));
}

#[test]
fn a_post_is_believed_from_anyone_once_it_was_sending() {
    check(&[("a/1", posted("A"))], Err(UNKNOWN));
    check(&[("a/1", claim("A")), ("a/1", posted("A"))], Err(NEVER_SENT));
    check(&[("a/1", claim("A")), ("a/1", send("A")), ("b/1", posted("A"))], Ok(()));
    check(&then(in_review(), &[("b/1", posted("A"))]), Ok(()));
    check(&then(in_review(), &[("a/1", answer("A", SKIP)), ("a/1", posted("A"))]), Ok(()));
    let twice = [("a/1", posted("A")), ("a/1", posted("A"))];
    check(&then(in_review(), &twice), Err("the attempt is posted already"));
    let fold = fold_of(&then(in_review(), &[("a/1", answer("A", SKIP)), ("a/1", posted("A")), ("a/1", reopen())]));
    assert_eq!((fold.void(), free(&fold)), (&[(6, NOT_CLOSED)][..], (false, false)));
}

#[test]
fn a_late_post_ends_a_younger_claim_and_stands_beside_a_younger_sending() {
    let late = [("a/1", answer("A", AGAIN)), ("b/1", claim("B")), ("a/1", posted("A"))];
    let fold = fold_of(&then(in_review(), &late));
    assert_eq!(stand(&fold, "B"), Stand::Ended(Ending::TakenOver));
    assert_eq!(free(&fold), (false, false));
    let late = [("a/1", answer("A", AGAIN)), ("b/1", claim("B")), ("b/1", send("B")), ("a/1", posted("A"))];
    let fold = fold_of(&then(in_review(), &late));
    assert_eq!((stand(&fold, "B"), fold.void()), (Stand::Sending, &[][..]), "both are shown");
    let late = then(late.to_vec(), &[("b/1", released("B", Why::NotSent))]);
    assert_eq!(free(&fold_of(&then(in_review(), &late))), (false, false), "the post keeps what it holds");
}

#[test]
fn a_late_post_takes_its_slot_back_from_a_younger_claim_of_another_photo() {
    let other = claim_of(on("B", "2", "x", Some("x:7")), "w1");
    let late = [("a/1", answer("A", AGAIN)), ("b/1", other), ("a/1", posted("A"))];
    let fold = fold_of(&then(in_review(), &late));
    assert_eq!(stand(&fold, "B"), Stand::Ended(Ending::TakenOver), "it no longer holds its slot");
    let late = then(late.to_vec(), &[("b/1", send_of(on("B", "2", "x", Some("x:7"))))]);
    check(&then(in_review(), &late), Err(NOT_HELD));
}

#[test]
fn only_the_sender_itself_releases() {
    check(&[("a/1", released("A", Why::NotSent))], Err(UNKNOWN));
    check(&[("a/1", claim("A")), ("a/2", released("A", Why::NotSent))], Ok(()));
    check(&[("a/1", claim("A")), ("b/1", released("A", Why::NotSent))], Err(PROOF));
    check(&[("a/1", claim("A")), ("a/1", send("A")), ("a/1", released("A", Why::NotSent))], Ok(()));
    check(&[("a/1", claim("A")), ("a/2", send("A")), ("a/2", released("A", Why::NotSent))], Ok(()));
    check(&[("a/1", claim("A")), ("a/1", send("A")), ("a/2", released("A", Why::NotSent))], Err(PROOF));
    check(&[("a/1", claim("A")), ("a/1", send("A")), ("b/1", released("A", Why::NotSent))], Err(PROOF));
    check(&then(in_review(), &[("a/1", released("A", Why::NotSent))]), Err(PROOF));
}

#[test]
fn a_release_frees_or_closes_as_its_reason_says() {
    let reasons = [
        (Why::NotSent, true),
        (Why::Refused, true),
        (Why::GivenUp, true),
        (Why::Rejected, false),
        (Why::Skipped, false),
    ];
    for (why, frees) in reasons {
        let fold = fold_of(&[("a/1", claim("A")), ("a/1", send("A")), ("a/1", released("A", why))]);
        assert_eq!(free(&fold), (frees, true), "{why:?}");
        assert_eq!(fold.is_closed(&id("1"), "x"), !frees, "{why:?}");
        let fold = fold_of(&[("a/1", claim("A")), ("a/1", released("A", why)), ("b/1", reopen())]);
        assert_eq!((fold.void().is_empty(), free(&fold)), (!frees, (true, true)), "a person reopens what is closed");
    }
}

#[test]
fn a_review_is_asked_for_a_sending_and_answered_once() {
    check(&[("a/1", review("A"))], Err(NOT_SENDING));
    check(&[("a/1", claim("A")), ("a/1", review("A"))], Err(NOT_SENDING));
    check(&[("a/1", claim("A")), ("a/1", send("A")), ("b/1", review("A"))], Ok(()));
    check(&[("a/1", claim("A")), ("a/1", send("A")), ("b/1", answer("A", AGAIN))], Err(NOT_IN_REVIEW));
    assert_eq!(free(&fold_of(&in_review())), (false, false), "nothing is picked meanwhile");
    let link = Answer::Posted { post_id: "55".into(), post_url: "u".into() };
    let cases = [(link, (false, false)), (AGAIN, (true, true)), (SKIP, (false, false))];
    for (what, expected) in cases {
        let entries = then(in_review(), &[("b/1", answer("A", what.clone()))]);
        assert_eq!(free(&fold_of(&entries)), expected, "{what:?}");
        check(&then(entries, &[("a/1", answer("A", SKIP))]), Err(NOT_IN_REVIEW));
    }
    let again = fold_of(&then(in_review(), &[("a/1", answer("A", AGAIN))]));
    assert_eq!(again.next_number(&id("1"), "x"), 2);
    let skipped = then(in_review(), &[("a/1", answer("A", SKIP)), ("a/1", reopen())]);
    assert_eq!(free(&fold_of(&skipped)), (true, false), "reopened, and the slot stays used");
}

#[test]
fn one_account_under_two_names_is_one_account() {
    let second = |account| claim_of(on("B", "1", "x2", account), "w2");
    let sending = [("a/1", claim("A")), ("a/1", send("A"))];
    check(&then(sending.to_vec(), &[("b/1", second(Some("x:7")))]), Err(TAKEN));
    check(&then(sending.to_vec(), &[("b/1", second(Some("x:8")))]), Ok(()));
    let same_slot = claim_of(on("B", "2", "x2", Some("x:7")), "w1");
    check(&then(sending.to_vec(), &[("b/1", same_slot)]), Err(TAKEN));
    let fold = fold_of(&[("a/1", claim("A")), ("b/1", second(Some("x:7")))]);
    assert_eq!(stand(&fold, "A"), Stand::Ended(Ending::TakenOver));
    check(&then(sending.to_vec(), &[("b/1", claim_of(on("B", "1", "x", None), "w2"))]), Err(TAKEN));
}

#[test]
fn what_the_first_pierrot_published_is_never_free_again() {
    check(&[("a/1", import("x", "1")), ("a/1", claim("A"))], Err(TAKEN));
    check(&[("a/1", import("x", "1")), ("a/1", reopen())], Err(NOT_CLOSED));
    check(&[("a/1", import("y", "1")), ("a/1", claim("A"))], Ok(()));
    let fold = fold_of(&[("a/1", import("x", "1")), ("b/1", import("x", "1"))]);
    assert_eq!((fold.imported()[&id("1")].seq, fold.files().len(), fold.is_published(&id("1"))), (1, 1, true));
    assert_eq!(fold.imported()[&id("1")].row.get("odd"), Some(&Value::from(1)), "verbatim");
}

#[test]
fn the_photographers_own_mark_can_be_taken_back_and_the_first_pierrots_word_cannot() {
    let mark = |target: &str| {
        let published = Map::from_iter([("1".to_owned(), json!({ "id": "1" }))]);
        Fact::Imported { target: target.into(), published, files: BTreeMap::new(), by_hand: true }
    };
    check(&[("a/1", mark("x")), ("a/1", claim("A"))], Err(TAKEN));
    check(&[("a/1", mark("x")), ("a/1", reopen()), ("b/1", claim("A"))], Ok(()));
    check(&[("a/1", mark("x")), ("a/1", reopen()), ("a/1", reopen())], Err(NOT_CLOSED));
    check(&[("a/1", mark("x")), ("b/1", import("x", "1")), ("a/1", reopen())], Err(NOT_CLOSED));
    check(&[("b/1", import("x", "1")), ("a/1", mark("x")), ("a/1", reopen())], Err(NOT_CLOSED));
    let both = fold_of(&[("a/1", mark("x")), ("a/1", mark("y")), ("a/1", reopen())]);
    assert!(both.is_free(&id("1"), "x", None) && !both.is_free(&id("1"), "y", None) && both.is_published(&id("1")));
    let none = fold_of(&[("a/1", mark("x")), ("a/1", reopen())]);
    assert!(!none.is_published(&id("1")), "taken back as if it had never been");
}

#[test]
fn an_import_outlives_the_claim_it_met() {
    let after = fold_of(&[("a/1", claim("A")), ("b/1", import("x", "1"))]);
    assert_eq!(stand(&after, "A"), Stand::Ended(Ending::TakenOver));
    assert!(!after.is_free(&id("1"), "x", None), "published before, so never free");
    let taken_over = [("a/1", claim("A")), ("b/1", import("x", "1")), ("b/1", claim("B"))];
    check(&taken_over, Err(TAKEN));
    check(&[("a/1", claim("A")), ("b/1", import("x", "1")), ("a/1", send("A"))], Err(NOT_HELD));
}

#[test]
fn an_import_outlives_a_closed_photo() {
    let closed = [("a/1", claim("A")), ("a/1", released("A", Why::Rejected)), ("b/1", import("x", "1"))];
    check(&then(closed.to_vec(), &[("a/1", reopen())]), Err(NOT_CLOSED));
    let reopened = then(closed.to_vec(), &[("a/1", reopen())]);
    assert!(!fold_of(&reopened).is_free(&id("1"), "x", None));
}

#[test]
fn the_never_list_beats_everything_and_can_be_left() {
    let (out, back) = (Fact::Excluded { photo: id("1") }, Fact::Included { photo: id("1") });
    check(&[("a/1", out.clone()), ("b/1", claim("A"))], Err("the photo is excluded"));
    check(&[("a/1", out.clone()), ("b/1", back.clone()), ("b/1", claim("A"))], Ok(()));
    check(&[("a/1", back.clone())], Ok(()));
    let fold = fold_of(&[("a/1", claim("A")), ("a/1", send("A")), ("a/1", posted("A")), ("a/1", out), ("a/1", back)]);
    assert_eq!(free(&fold), (false, false), "what is posted stays posted");
}

#[test]
fn the_last_words_count_for_each_target_and_part() {
    let worded = |target: Option<&str>, part, text: Option<&str>| Fact::Worded {
        photo: id("1"),
        target: target.map(str::to_owned),
        part,
        text: text.map(str::to_owned),
    };
    let caption = |target, text| worded(target, Part::Caption, text);
    let mut fold = Fold::default();
    let mut check = |fact: Fact, x: Option<&str>, y: Option<&str>| {
        assert_eq!(add(&mut fold, "a/1", fact.clone()), Verdict::Valid);
        let said = |target| fold.written(&id("1"), target).caption.map(str::to_owned);
        assert_eq!((said("x").as_deref(), said("y").as_deref()), (x, y), "{fact:?}");
    };
    check(caption(None, Some("all")), Some("all"), Some("all"));
    check(caption(Some("x"), Some("mine")), Some("mine"), Some("all"));
    check(worded(None, Part::AltText, Some("seen")), Some("mine"), Some("all"));
    check(caption(Some("y"), None), Some("mine"), None);
    check(caption(None, Some("new")), Some("new"), Some("new"));
    check(caption(None, None), None, None);
    assert_eq!(fold.written(&id("1"), "x").alt_text, Some("seen"));
    assert_eq!(fold.written(&id("2"), "x"), Default::default());
    add(&mut fold, "a/1", worded(None, Part::AltText, None));
    assert_eq!(fold.words(&id("1")), None, "nothing is kept of what is the template's again");
}

#[test]
fn words_are_read_as_they_are_written() {
    let fact = Fact::Worded { photo: id("1"), target: None, part: Part::AltText, text: Some("Boats".into()) };
    let written = entry(&Fold::default(), "a/1", fact).to_bytes();
    let text = String::from_utf8(written.clone()).expect("JSON");
    assert!(text.ends_with(r#""type":"worded","photo":"1","part":"alt_text","text":"Boats"}"#), "{text}");
    assert!(matches!(read(1, &written), Ok(Read::Entry(_))));
    let later = text.replace("worded", "reworded");
    assert!(matches!(read(1, later.as_bytes()), Ok(Read::Newer { .. })), "an older program stops and asks");
}

#[test]
fn a_claimed_photo_that_was_put_on_the_never_list_is_not_sent() {
    let out = Fact::Excluded { photo: id("1") };
    let fold = fold_of(&[("a/1", claim("A")), ("b/1", out), ("a/1", send("A"))]);
    assert_ne!(stand(&fold, "A"), Stand::Sending, "it beats everything");
}

#[test]
fn a_gap_or_a_changed_entry_stops_the_fold_and_changes_nothing() {
    let mut fold = fold_of(&[("a/1", claim("A"))]);
    let before = fold.clone();
    let next = entry(&fold, "a/1", send("A"));
    let as_read = |entry: &LogEntry| Read::Entry(Box::new(entry.clone()));
    assert_eq!(fold.apply(3, "h", &as_read(&next)), Err(Break::Gap { wanted: 2, found: 3 }));
    assert_eq!(fold.apply(1, "h", &as_read(&next)), Err(Break::Gap { wanted: 2, found: 1 }));
    let forged = LogEntry { prev: Some("00".into()), ..next };
    assert_eq!(fold.apply(2, "h", &as_read(&forged)), Err(Break::Chain { seq: 2 }));
    assert_eq!(fold, before);
}

#[test]
fn what_a_newer_pierrot_wrote_is_not_void_but_stops_this_one() {
    for (bytes, what) in [
        (r#"{"v":2,"seq":1,"type":"claimed"}"#, "version 2"),
        (r#"{"v":1,"seq":1,"type":"embargoed"}"#, "type \"embargoed\""),
    ] {
        let mut fold = Fold::default();
        let read = read(1, bytes.as_bytes()).expect("it is an entry");
        assert_eq!(fold.apply(1, "h", &read), Ok(Verdict::Valid));
        assert_eq!((fold.newer(), fold.through(), fold.void()), (Some(what), 1, &[][..]));
        assert_eq!(add(&mut fold, "a/1", claim("A")), Verdict::Valid, "the numbers go on");
        assert_eq!(fold.newer(), Some(what), "and it is not forgotten");
    }
    for bad in ["", "[]", "{}", r#"{"v":1}"#, r#"{"v":1,"seq":1,"type":"claimed"}"#] {
        read(1, bad.as_bytes()).expect_err("it is damage");
    }
    let lies = entry(&Fold::default(), "a/1", claim("A")).to_bytes();
    read(2, &lies).expect_err("it calls itself 1");
}

const SLOTS: [&str; 2] = ["w1", "w2"];
const TARGETS: [(&str, Option<&str>); 3] = [("x", Some("x:7")), ("x2", Some("x:7")), ("y", None)];

/// Six attempts; each has its photo, target and slot for ever.
fn attempt(number: usize) -> (About, &'static str) {
    let (target, account) = TARGETS[[0, 0, 0, 1, 2, 0][number]];
    let photo = ["1", "1", "2", "1", "1", "2"][number];
    (on(&format!("A{number}"), photo, target, account), SLOTS[[0, 1, 0, 0, 1, 1][number]])
}

fn fact(kind: usize, number: usize, choice: usize) -> Fact {
    let (about, slot) = attempt(number);
    let photo = about.photo.clone();
    match kind {
        0..=4 => claim_of(about, slot),
        5..=8 => send_of(about),
        9..=10 => posted_of(about),
        11..=12 => {
            let why = [Why::NotSent, Why::Refused, Why::Rejected, Why::Skipped][choice];
            Fact::Released { about, why, detail: String::new() }
        }
        13..=14 => Fact::NeedsReview { about, detail: String::new() },
        15..=16 => {
            let link = Answer::Posted { post_id: "5".into(), post_url: "u".into() };
            Fact::Resolved { about, answer: [AGAIN, SKIP, link, AGAIN][choice].clone() }
        }
        17 => Fact::Reopened { photo, target: about.target },
        18 if choice == 0 => Fact::Excluded { photo },
        18 => Fact::Included { photo },
        19 => {
            let target = [None, Some("x".to_owned()), Some("y".to_owned())].into_iter().nth(choice % 3).flatten();
            let (part, text) =
                if number.is_multiple_of(2) { (Part::Caption, "Boats") } else { (Part::AltText, "Many boats.") };
            Fact::Worded { photo, target, part, text: (choice < 3).then(|| text.to_owned()) }
        }
        _ => import(&about.target, photo.as_str()),
    }
}

fn history() -> impl Strategy<Value = Vec<(&'static str, Fact)>> {
    let one = (0usize..21, 0usize..6, 0usize..4, 0usize..3);
    let one = one.prop_map(|(kind, number, choice, by)| (["a/1", "a/2", "b/1"][by], fact(kind, number, choice)));
    proptest::collection::vec(one, 0..40)
}

/// The fold without what every entry changes, void or not.
fn inner(fold: &Fold) -> Fold {
    Fold { through: 0, last_sha256: None, void: Vec::new(), computers: Default::default(), ..fold.clone() }
}

fn holds(fold: &Fold, photo: &str, key: &str) -> usize {
    let open = |stand: &Stand| matches!(stand, Stand::Claimed | Stand::Sending | Stand::NeedsReview { .. });
    let same =
        |about: &About| about.photo == id(photo) && (about.target == key || about.account.as_deref() == Some(key));
    fold.attempts().filter(|attempt| same(&attempt.about) && open(&attempt.stand)).count()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn folding_in_two_parts_is_folding_at_once(history in history(), cut in 0usize..40) {
        let whole = fold_of(&history);
        let mut parts = fold_of(&history[..cut.min(history.len())]);
        for (by, fact) in history.iter().skip(cut) {
            add(&mut parts, by, fact.clone());
        }
        prop_assert_eq!(whole, parts);
    }

    #[test]
    fn a_void_entry_changes_nothing(history in history()) {
        let mut fold = Fold::default();
        for (by, fact) in history {
            let before = fold.clone();
            if let Verdict::Void(rule) = add(&mut fold, by, fact) {
                prop_assert_eq!(inner(&before), inner(&fold));
                prop_assert_eq!(fold.void().last(), Some(&(fold.through(), rule)));
            }
            prop_assert_eq!(fold.through(), before.through() + 1);
        }
    }

    #[test]
    fn a_photo_is_held_by_one_attempt_unless_a_person_said_post_again(history in history()) {
        let mut fold = Fold::default();
        for (by, fact) in history {
            add(&mut fold, by, fact);
            let open = ["1", "2"].into_iter().flat_map(|photo| ["x", "x2", "y", "x:7"].map(|key| holds(&fold, photo, key)));
            prop_assert!(open.into_iter().all(|count| count <= 1));
            for attempt in fold.attempts().filter(|attempt| attempt.stand == Stand::Claimed || attempt.stand == Stand::Sending) {
                prop_assert!(!fold.is_free(&attempt.about.photo, &attempt.about.target, attempt.about.account.as_deref()));
            }
        }
    }

    #[test]
    fn words_are_as_if_each_target_had_its_own(history in history()) {
        let mut fold = Fold::default();
        let mut naive: BTreeMap<(PhotoId, &str, bool), String> = BTreeMap::new();
        for (by, fact) in history {
            if let Fact::Worded { photo, target, part, text } = &fact {
                for name in ["x", "y", "x2"].into_iter().filter(|name| target.as_deref().is_none_or(|t| t == *name)) {
                    let key = (photo.clone(), name, *part == Part::Caption);
                    match text {
                        Some(text) => naive.insert(key, text.clone()),
                        None => naive.remove(&key),
                    };
                }
            }
            add(&mut fold, by, fact);
            for (photo, name) in ["1", "2"].into_iter().flat_map(|photo| ["x", "y", "x2"].map(|name| (id(photo), name))) {
                let written = fold.written(&photo, name);
                let said = |caption| naive.get(&(photo.clone(), name, caption)).map(String::as_str);
                prop_assert_eq!((written.caption, written.alt_text), (said(true), said(false)));
            }
        }
    }

    #[test]
    fn posted_never_leaves(history in history()) {
        let mut fold = Fold::default();
        for (by, fact) in history {
            let before = fold.clone();
            add(&mut fold, by, fact);
            for attempt in before.attempts().filter(|attempt| matches!(attempt.stand, Stand::Posted { .. })) {
                prop_assert_eq!(Some(attempt), fold.attempt(&attempt.about.attempt));
                prop_assert!(!fold.is_free(&attempt.about.photo, &attempt.about.target, None));
            }
            for photo in before.imported().keys() {
                let target = &before.imported()[photo].target;
                prop_assert!(!fold.is_free(photo, target, None), "imported, so never free");
            }
        }
    }
}
