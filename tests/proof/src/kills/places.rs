//! The named places at which the program is made to die, in the order it passes them.
//!
//! Invariant: every name in pierrot-core stands here or is covered by the tests of the command line (`import::*`).

/// One command, and where it dies; `1*off->NAME` is the second time it passes there.
pub type Death = (&'static [&'static str], &'static str);

const PUBLISH: &[&str] = &["publish"];
const RECOVER: &[&str] = &["recover"];
const FULL_SYNC: &[&str] = &["sync", "--full"];

/// Deaths one after another, and whether the recovery from them must ask a person: the fence is on the record, and nothing
/// proves to another run of the program that nothing was sent.
pub type Place = (&'static [Death], bool);

pub const PLACES: &[Place] = &[
    (&[(PUBLISH, "publish::before_claim")], false),
    (&[(PUBLISH, "publish::journal_claim")], false),
    (&[(PUBLISH, "record::appended")], false),
    (&[(PUBLISH, "publish::after_claim")], false),
    (&[(PUBLISH, "publish::after_prepare")], false),
    (&[(PUBLISH, "publish::after_upload")], false),
    (&[(PUBLISH, "publish::before_fence")], false),
    (&[(PUBLISH, "1*off->record::appended")], true),
    (&[(PUBLISH, "publish::after_fence")], true),
    (&[(PUBLISH, "publish::before_post")], true),
    (&[(PUBLISH, "publish::after_post")], false),
    (&[(PUBLISH, "publish::after_receipt")], false),
    (&[(PUBLISH, "2*off->record::appended")], false),
    (&[(PUBLISH, "publish::after_posted")], false),
    (&[(PUBLISH, "publish::after_document")], false),
    (&[(FULL_SYNC, "sync::after_page")], false),
    (&[(FULL_SYNC, "documents::after_db")], false),
    (&[(FULL_SYNC, "documents::after_meta")], false),
    (&[(PUBLISH, "publish::after_claim"), (RECOVER, "record::appended")], false),
    (&[(PUBLISH, "publish::after_claim"), (RECOVER, "publish::after_release")], false),
    (&[(PUBLISH, "publish::after_fence"), (RECOVER, "record::appended")], false),
    (&[(PUBLISH, "publish::after_fence"), (RECOVER, "publish::after_review")], false),
    (&[(PUBLISH, "publish::after_post"), (RECOVER, "publish::after_receipt")], false),
    (&[(PUBLISH, "publish::after_post"), (RECOVER, "record::appended")], false),
    (&[(PUBLISH, "publish::after_post"), (RECOVER, "publish::after_posted")], false),
    (&[(PUBLISH, "publish::after_receipt"), (RECOVER, "publish::after_document")], false),
    // Killed again and again in the same recovery.
    (
        &[(PUBLISH, "publish::after_post"), (RECOVER, "publish::after_receipt"), (RECOVER, "publish::after_posted")],
        false,
    ),
];
