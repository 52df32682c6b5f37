//! One function for each command: one call of the handle, then its answer in words.

use std::{io::BufRead, path::Path};

use pierrot_core::{
    Choice, Code, Error, Outcome, Pierrot, PublishReport, Result, ReviewAnswer, World, no_home, secrets,
};
use serde_json::json;

use crate::{
    args::{Arguments, Command, PublishArguments, ReviewArguments, SecretAction},
    demo, look,
    output::{Answer, DONE, FAILED, NEEDS_YOU, NOTHING_LEFT, TRY_LATER, Voice, status_of},
    own_words,
    progress::Watching,
    sandbox, serve,
    unseen::Unseen,
    words,
};

/// Runs the command and prints its answer; the exit status.
pub async fn run(arguments: &Arguments) -> u8 {
    let voice = Voice { json: arguments.json };
    if let Command::Sandbox(sandbox) = &arguments.command {
        return sandbox::run(sandbox).await;
    }
    if let Command::Serve(asked) = &arguments.command {
        return serve::serve(arguments, asked).await;
    }
    if let Command::Look(asked) = &arguments.command {
        return look::run(asked, arguments, voice).await;
    }
    if matches!(arguments.command, Command::Run) {
        return serve::run(arguments).await;
    }
    let answer = if let Command::Demo(demo) = &arguments.command {
        demo::run(demo, voice).await
    } else {
        tokio::select! {
            answer = with_home(arguments, voice) => answer,
            status = sandbox::stopped() => return voice.stopped(status, &arguments.command),
        }
    };
    voice.say(answer.unwrap_or_else(Answer::from))
}

async fn with_home(arguments: &Arguments, voice: Voice) -> Result<Answer> {
    let root = arguments.root()?;
    if let Command::Secret { action: SecretAction::Set { refused, .. } } = &arguments.command
        && !refused.is_empty()
    {
        return Err(Error::settings(
            "A secret on the command line can be seen by every program on this computer, so it was not taken.",
            "Give it on standard input: pierrot secret set NAME < FILE, or type it when asked.",
        ));
    }
    if arguments.only_reads() && !root.exists() {
        return Err(no_home(&root));
    }
    if let Command::Doctor(asked) = &arguments.command {
        return doctor(&root, asked.bundle.as_deref()).await;
    }
    if matches!(arguments.command, Command::Restore) {
        return restore(&root, arguments.json).await;
    }
    // Whoever checks the record against the catalogue relies on that.
    let thoroughly = matches!(arguments.command, Command::Check { .. });
    let open = if thoroughly { Pierrot::open_thoroughly } else { Pierrot::open };
    let pierrot = open(&root, World::default())?;
    // A bar would wipe away what is asked.
    let asks = matches!(arguments.command, Command::Login(_) | Command::Secret { .. });
    let _watching = Watching::start(&pierrot, arguments.json || asks);
    if !asks && !matches!(arguments.command, Command::Init | Command::Probe) {
        pierrot.rebuild().await?;
    }
    dispatch(&pierrot, &arguments.command, voice).await
}

async fn dispatch(pierrot: &Pierrot, command: &Command, voice: Voice) -> Result<Answer> {
    match command {
        Command::Init => init(pierrot),
        Command::Login(login) if login.place == "flickr" => login_flickr(pierrot, voice).await,
        Command::Login(login) => login_x(pierrot, &login.place, voice).await,
        Command::Secret { action } => secret(pierrot, action, voice).await,
        Command::Sync { full } => sync(pierrot, *full).await,
        Command::Publish(publish) => publish_photo(pierrot, publish).await,
        Command::Recover => recover(pierrot).await,
        Command::Review(review) => review_post(pierrot, review).await,
        Command::Status => Ok(pierrot.status().map(|status| Answer::done(&status, words::status(&status)))?),
        Command::Photos { state, limit } => {
            let mut photos = pierrot.photos(*state, limit.saturating_add(1)).await?;
            let more = photos.len() > *limit;
            photos.truncate(*limit);
            Ok(Answer::done(json!({ "photos": photos, "more": more }), words::photos(&photos, *limit, more)))
        }
        Command::Exclude { photo } => {
            let changed = pierrot.exclude(photo).await?;
            let said = words::excluded(photo, changed, &pierrot.published_to(photo)?);
            Ok(Answer::done(json!({ "photo_id": photo, "changed": changed }), said))
        }
        Command::Include { photo } => {
            let changed = pierrot.include(photo).await?.changed;
            let said = if changed { "may go out again" } else { "was not kept back by you" };
            Ok(Answer::done(json!({ "photo_id": photo, "changed": changed }), format!("Photo {photo} {said}.")))
        }
        Command::Words(asked) => own_words::run(pierrot, asked).await,
        Command::Log { limit } => {
            let entries = pierrot.log(*limit).await?;
            Ok(Answer::done(json!({ "entries": entries }), words::log(&entries)))
        }
        Command::Check { repair } => check(pierrot, *repair).await,
        Command::Probe => {
            let verdict = pierrot.probe().await?;
            let several = verdict.several_computers();
            let value = json!({ "several_computers": several, "sentence": verdict.sentence, "checks": words::probe_rows(&verdict) });
            Ok(Answer::done(value, words::probe(&verdict)))
        }
        Command::Backup => {
            let backup = pierrot.backup().await?;
            Ok(Answer::done(&backup, words::backup(&backup)))
        }
        Command::ImportRecord { dir } => {
            let imported = pierrot.import_record(dir).await?;
            let said = format!(
                "Taken over: {} photos new to the catalogue, {} now count as published. Nothing of it will be posted again.",
                imported.photos, imported.published
            );
            Ok(Answer::done(imported, said))
        }
        Command::Demo(_)
        | Command::Sandbox(_)
        | Command::Serve(_)
        | Command::Run
        | Command::Look(_)
        | Command::Doctor(_)
        | Command::Restore => Err(Error::failed("This opens no home here.", "Run it without --home.")),
    }
}

async fn doctor(root: &Path, bundle: Option<&Path>) -> Result<Answer> {
    let (doctor, report) = match bundle {
        Some(_) => Pierrot::diagnose_in_full(root, World::default(), env!("CARGO_PKG_VERSION")).await?,
        None => (Pierrot::diagnose(root, World::default()).await?, String::new()),
    };
    let mut said = words::doctor(&doctor);
    if let Some(file) = bundle {
        std::fs::write(file, report).map_err(|error| {
            Error::failed(format!("{} cannot be written ({error}).", file.display()), "Name a file that can be.")
        })?;
        said.push_str(&format!("\nThe report is in {}; read it before you hand it on.", file.display()));
    }
    let answer = Answer::done(&doctor, said);
    Ok(match doctor.stopped {
        Some(code) => answer.status(status_of(code)),
        None => answer,
    })
}

async fn restore(root: &Path, json: bool) -> Result<Answer> {
    let pierrot = Pierrot::open_thoroughly(root, World::default())?;
    let _watching = Watching::start(&pierrot, json);
    let restored = pierrot.restore().await?;
    let said = words::restored(&restored);
    let error = restored.source_error.clone();
    Ok(Answer::done(&restored, said).stopped_by(error))
}

fn init(pierrot: &Pierrot) -> Result<Answer> {
    let created = pierrot.init()?;
    let config = pierrot.home().config().display().to_string();
    let said = if created {
        format!("Your home is ready. Edit {config}, then run `pierrot doctor`: it tells what is still missing.")
    } else {
        format!("Your home was ready already; {config} was checked and left as it is.")
    };
    let home = pierrot.home().root().display().to_string();
    Ok(Answer::done(json!({ "home": home, "config": config, "created": created }), said))
}

async fn login_flickr(pierrot: &Pierrot, voice: Voice) -> Result<Answer> {
    let begun = pierrot.begin_flickr_login().await?;
    let ask = format!(
        "Open this address, allow Pierrot to read, and paste the code (or the whole address you were sent to):\n{}",
        begun.authorize_url()
    );
    voice.ask(&ask);
    let username = pierrot.finish_flickr_login(&begun, &typed().await?).await?;
    let said = format!("Signed in to Flickr as {username}.");
    Ok(Answer::done(json!({ "username": username }), said))
}

async fn login_x(pierrot: &Pierrot, target: &str, voice: Voice) -> Result<Answer> {
    let begun = pierrot.begin_x_login(Some(target)).await?;
    let ask = format!("Open this address, allow Pierrot to post, and type the PIN:\n{}", begun.authorize_url());
    voice.ask(&ask);
    let username = pierrot.finish_x_login(&begun, &typed().await?).await?;
    let said = format!("Signed in to {target} as @{username}.");
    Ok(Answer::done(json!({ "target": target, "username": username }), said))
}

/// One line of standard input, read off the async threads, so that Ctrl-C is heard while somebody types.
async fn typed() -> Result<String> {
    let read = tokio::task::spawn_blocking(typed_line).await;
    read.unwrap_or_else(|_| Err(Error::failed("Standard input could not be read.", "Try again.")))
}

/// One line of standard input, at most 4 KB.
fn typed_line() -> Result<String> {
    let mut line = String::new();
    let mut input = std::io::Read::take(std::io::stdin().lock(), 4096);
    let read = input.read_line(&mut line);
    let nothing = || Error::settings("Nothing was typed.", "Give one line on standard input.");
    if read.map_err(|_| nothing())? == 0 { Err(nothing()) } else { Ok(line) }
}

async fn secret(pierrot: &Pierrot, action: &SecretAction, voice: Voice) -> Result<Answer> {
    match action {
        SecretAction::Set { name, .. } => {
            pierrot.may_keep_secret(name)?;
            voice.prompt(&format!("{name}: "));
            let unseen = Unseen::begin();
            let line = typed().await;
            drop(unseen);
            let secret = secrets::typed(name, &line?, pierrot.settings())?;
            pierrot.keep_secret(name, secret).await?;
            Ok(Answer::done(json!({ "name": name, "set": true }), format!("{name} is in the keyring.")))
        }
        SecretAction::List => {
            let names = pierrot.secret_names().await?;
            let said = if names.is_empty() { "No secret is set.".to_owned() } else { names.join("\n") };
            Ok(Answer::done(json!({ "secrets": names }), said))
        }
        SecretAction::Remove { name } => {
            let removed = pierrot.remove_secret(name).await?;
            let said = if removed { "is forgotten" } else { "was not set" };
            Ok(Answer::done(json!({ "name": name, "removed": removed }), format!("{name} {said}.")))
        }
    }
}

async fn sync(pierrot: &Pierrot, full: bool) -> Result<Answer> {
    let report = pierrot.sync(full).await?;
    let said = words::synced(&report);
    // The record could not take it yet: a later sync brings it there. A missing key, or a record that is not what it was, needs
    // somebody now.
    let later = |error: Error| match error.code {
        Code::SignInAgain | Code::AskPhotographer => error,
        Code::TryLater | Code::FixSettings | Code::NewerVersionNeeded | Code::Failed => {
            Error { code: Code::TryLater, ..error }
        }
    };
    let error = report.record_error.clone().map(later);
    Ok(Answer::done(&report, said).stopped_by(error))
}

async fn publish_photo(pierrot: &Pierrot, arguments: &PublishArguments) -> Result<Answer> {
    let (target, photo) = (arguments.target.clone(), arguments.photo.clone());
    let choice = Choice { target, photo, seed: arguments.seed, ..Choice::default() };
    if !arguments.dry_run {
        return Ok(published(&pierrot.publish(&choice).await?));
    }
    let report = pierrot.rehearse(&choice, &[]).await?;
    let mut answer = published(&report);
    if choice.photo.is_none() && choice.seed.is_none() {
        answer.words.push_str(&words::another_throw(&report, arguments.target.as_deref()));
    }
    Ok(answer)
}

/// The answer for one publication.
pub fn published(report: &PublishReport) -> Answer {
    let status = match report.outcome {
        Outcome::Published | Outcome::DryRun => DONE,
        Outcome::NothingLeft | Outcome::AlreadyDone => NOTHING_LEFT,
        Outcome::NeedsReview | Outcome::Held | Outcome::Rejected => NEEDS_YOU,
        Outcome::TryLater => TRY_LATER,
    };
    Answer::done(report, words::published(report)).status(status).stopped_by(report.error.clone())
}

async fn recover(pierrot: &Pierrot) -> Result<Answer> {
    let report = pierrot.recover().await?;
    let open = pierrot.reviews().await?.len();
    let status = match (&report.error, &report.published_again) {
        (Some(error), _) => status_of(error.code),
        (None, Some(again)) if again.outcome != Outcome::Published => published(again).status,
        (None, _) if open > 0 => NEEDS_YOU,
        (None, _) => DONE,
    };
    let said = words::recovered(&report, open);
    Ok(Answer::done(&report, said).stopped_by(report.error.clone()).status(status))
}

async fn review_post(pierrot: &Pierrot, arguments: &ReviewArguments) -> Result<Answer> {
    let answer = match (&arguments.posted, arguments.post_again, arguments.skip) {
        (Some(url), _, _) => Some(ReviewAnswer::Posted(url.clone())),
        (None, true, _) => Some(ReviewAnswer::PostAgain),
        (None, false, true) => Some(ReviewAnswer::Skip),
        (None, false, false) => None,
    };
    let (Some(id), Some(answer)) = (&arguments.id, answer) else {
        let reviews = pierrot.reviews().await?;
        let shown: Vec<_> = reviews
            .into_iter()
            .filter(|review| arguments.id.as_ref().is_none_or(|id| review.id.starts_with(id) || review.photo_id == *id))
            .collect();
        if let (Some(id), true) = (&arguments.id, shown.is_empty()) {
            let now = "Run `pierrot review` to see the open ones.";
            return Err(Error::failed(format!("No open review is called \"{id}\"."), now));
        }
        let status = if shown.is_empty() { DONE } else { NEEDS_YOU };
        return Ok(Answer::done(json!({ "reviews": shown }), words::reviews(&shown)).status(status));
    };
    match pierrot.answer(id, &answer).await? {
        Some(report) => Ok(published(&report)),
        None => Ok(Answer::done(json!({ "id": id, "answered": true }), "Written down on the record.")),
    }
}

async fn check(pierrot: &Pierrot, repair: bool) -> Result<Answer> {
    let report = pierrot.check(repair).await?;
    let status = if report.clean { DONE } else { FAILED };
    let words = words::checked(&report);
    Ok(Answer::done(&report, words).status(status))
}
