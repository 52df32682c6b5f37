//! How the jobs talk with a target: calls that may be repeated, reading back, and what its errors mean for an attempt.
//!
//! Invariant: nothing here sends a post. Every loop is bounded.

use crate::{
    error::{Code, Error},
    jobs::attempt::Attempt,
    log::{About, Frozen},
    publication::End,
    targets::{
        title,
        x::{self, Processing, Refusal, X},
    },
};

/// How often X is asked whether it has worked on an upload, and how long to wait between, in seconds.
const STATUS_READS_MAX: u32 = 10;
const STATUS_WAIT_MAX_S: u64 = 8;
/// How far before sending the timeline is read back: clocks differ.
const READ_BACK_S: i64 = 600;

/// Calls that change nothing at the target, or nothing that shows, are tried three times.
pub(crate) async fn retried<T, F: Future<Output = std::result::Result<T, x::XError>>>(
    call: impl Fn() -> F,
) -> std::result::Result<T, x::XError> {
    let mut wait = std::time::Duration::from_millis(500);
    for _ in 0..2 {
        match call().await {
            Err(error) if error.is_passing() => tokio::time::sleep(wait).await,
            settled => return settled,
        }
        wait *= 3;
    }
    call().await
}

/// Waits until X has worked on an upload, at most a minute or so.
pub(crate) async fn worked_on(x: &X, media: &x::Media) -> std::result::Result<(), x::XError> {
    let mut processing = media.processing.clone();
    for _ in 0..STATUS_READS_MAX {
        let wait = match processing {
            Processing::Done => return Ok(()),
            Processing::Failed(why) => return Err(Refusal::MediaInvalid(why).into()),
            Processing::Pending { check_after_s } => check_after_s.clamp(1, STATUS_WAIT_MAX_S),
        };
        tokio::time::sleep(std::time::Duration::from_secs(wait)).await;
        processing = match x.processing(&media.id).await {
            Ok(processing) => processing,
            Err(error) if error.is_passing() => Processing::Pending { check_after_s: STATUS_WAIT_MAX_S },
            Err(error) => return Err(error),
        };
    }
    match processing {
        Processing::Done => Ok(()),
        Processing::Failed(why) => Err(Refusal::MediaInvalid(why).into()),
        Processing::Pending { .. } => Err(x::XError::Unreachable("it is still working on the picture".into())),
    }
}

/// The id of the post that carries our media, else of one with our text written since.
pub(crate) async fn read_back(
    attempt: &Attempt<'_>,
    frozen: &Frozen,
) -> std::result::Result<Option<String>, x::XError> {
    let since = jiff::Timestamp::from_second(attempt.sent_at - READ_BACK_S).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    let posts = attempt.x.posts_since(&attempt.account.id, None, Some(&since.to_string())).await?;
    let by_media = posts.iter().find(|post| post.media_keys.contains(&frozen.media_key));
    let by_text = || {
        posts.iter().find(|post| {
            same_text(&post.text, &frozen.text) && post.media_keys.is_empty() && !attempt.known_posts.contains(&post.id)
        })
    };
    Ok(by_media.or_else(by_text).map(|post| post.id.clone()))
}

/// X appends its own short link to the text and rewrites every address; what remains must be equal.
fn same_text(seen: &str, sent: &str) -> bool {
    let plain = |text: &str| -> Vec<String> {
        text.split_whitespace().filter(|word| !word.contains("://")).map(str::to_owned).collect()
    };
    let sent = plain(sent);
    !sent.is_empty() && plain(seen) == sent
}

/// Trouble while looking for a post whose fate nobody knows.
pub(crate) fn still_open(about: &About, error: Error) -> Error {
    let looks = "it reads the account's posts and sends nothing a second time.";
    let what_now = if error.code == Code::TryLater {
        format!("Run `pierrot recover` later: {looks}")
    } else {
        format!("{} Then run `pierrot recover`: {looks}", error.what_now)
    };
    let known = format!("It is not known yet whether photo {} was posted to {}", about.photo, title(&about.target));
    Error { message: format!("{known}: {}", error.message), what_now, ..error }
}

/// Trouble with an attempt of which nothing went out.
pub(crate) fn not_posted(about: &About, error: Error) -> Error {
    let message = format!("Photo {} was not posted to {}: {}", about.photo, title(&about.target), error.message);
    Error { message, what_now: format!("Nothing was posted. {}", error.what_now), ..error }
}

/// What an error of X before or after the POST means for the attempt.
fn upload_error(error: x::XError) -> (Error, End) {
    let end = match error.code() {
        Code::TryLater => End::TryLater,
        Code::SignInAgain => End::SignIn,
        Code::AskPhotographer => End::Photographer,
        Code::Failed | Code::FixSettings | Code::NewerVersionNeeded => End::BadPicture,
    };
    (error.into(), end)
}

/// What an error of the upload means: a picture that X does not take is the photographer's to mend.
pub(crate) fn picture_error(error: x::XError) -> (Error, End) {
    let error = match error {
        x::XError::Refused(Refusal::Invalid(why)) => Refusal::MediaInvalid(why).into(),
        other @ (x::XError::Refused(_) | x::XError::Unreachable(_) | x::XError::Malformed(_)) => other,
    };
    let (error, end) = upload_error(error);
    if end == End::BadPicture { (Error { code: Code::AskPhotographer, ..error }, end) } else { (error, end) }
}

pub(crate) fn refused(refusal: Refusal) -> (Error, End) {
    let end = match &refusal {
        Refusal::Invalid(_) => Some(End::Rejected),
        Refusal::MediaInvalid(_) => Some(End::UploadLost),
        Refusal::SignIn { .. }
        | Refusal::OutOfCredit
        | Refusal::SpendCap
        | Refusal::RateLimited { .. }
        | Refusal::Forbidden(_)
        | Refusal::NotThere(_) => None,
    };
    let (error, other) = upload_error(refusal.into());
    end.map_or((error.clone(), other), |end| (Error { code: Code::AskPhotographer, ..error }, end))
}
