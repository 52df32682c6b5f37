//! Signing in: Flickr by a code, X by a code or by the four strings of its console; and the clients made from the secrets.
//!
//! Invariant: a login step that consumed its code is never repeated; a token goes to the keyring before anybody hears of it.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{
    budget::{Budget, State, Take},
    catalogue::sha256_hex,
    error::{Code, Error, Result},
    handle::Pierrot,
    http::{self, Kind, Reach},
    jobs::eligible::KnownAccount,
    pictures,
    secrets::{self, Sensitive},
    sources::flickr::{self, Flickr, FlickrKeys, login},
    targets::x::{self, Refusal, X, XError},
};

/// Most Flickr calls in an hour.
const CALLS_PER_HOUR: u32 = 3_600;

/// Something was typed that no place could have given; the login still waits.
fn no_code(why: impl std::fmt::Display) -> Error {
    Error::settings(format!("This is not the code: {why}."), "Type it again; the login still waits for it.")
}

/// Keys that a target did not accept.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Refused {
    keys_sha256: String,
    pub why: String,
    pub what_now: String,
}

fn refused_key(target: &str) -> String {
    format!("refused/{target}")
}

/// A Flickr login that waits for its code.
#[derive(Debug)]
pub struct FlickrLogin {
    pending: login::Pending,
}

/// A target's client, and whose token it carries.
#[derive(Debug)]
pub(crate) struct Signed {
    pub x: X,
    /// Hex SHA-256 of the token.
    token_sha256: String,
    /// The same of all four keys.
    keys_sha256: String,
}

/// An X login that waits for its PIN.
#[derive(Debug)]
pub struct XLogin {
    target: String,
    app: (Sensitive, Sensitive),
    pending: x::login::Pending,
}

impl FlickrLogin {
    /// Where the photographer allows Pierrot to read.
    pub fn authorize_url(&self) -> &str {
        self.pending.authorize_url().as_str()
    }

    /// Whether this can be a code at all; Flickr is not asked.
    pub fn check(&self, typed: &str) -> Result<()> {
        self.pending.check(typed).map_err(no_code)
    }
}

impl XLogin {
    pub fn authorize_url(&self) -> &str {
        self.pending.authorize_url.as_str()
    }

    /// Whether this can be a PIN at all; X is not asked.
    pub fn check(&self, typed: &str) -> Result<()> {
        let code = x::login::code(typed);
        if !code.is_empty()
            && code.len() <= 128
            && code.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
        {
            return Ok(());
        }
        Err(no_code("the PIN is the number X shows, or the whole address it sent you to"))
    }
}

impl Pierrot {
    /// The source as the settings and secrets say, paced by the saved budget.
    pub(crate) async fn flickr(&self) -> Result<Flickr> {
        let settings = &self.settings.flickr;
        let keys = self.flickr_keys().await?;
        let signed = keys.api_secret.is_some() && keys.token.is_some() && keys.token_secret.is_some();
        if settings.user == "me" && !signed {
            return Err(Error::new(
                Code::SignInAgain,
                "Pierrot is not signed in to Flickr, so it does not know whose photos \"me\" are.",
                "Run `pierrot login flickr`, or name the account in config.toml ([flickr] user = \"12345678@N01\").",
            ));
        }
        let asked = flickr::FlickrSettings {
            api_url: settings.api_url.clone(),
            user: settings.user.clone(),
            // Signed in, the catalogue mirrors everything; what may go out is decided later.
            safe_search: if signed { 3 } else { 1 },
            content_types: settings.content_types.parse().unwrap_or_default(),
        };
        let client = self.world.network.client(Kind::Api, Reach::of(&settings.api_url)?)?;
        Ok(Flickr::new(asked, keys, client, self.stamps(), self.turn(), self.fresh_seed()))
    }

    pub(crate) fn picture_client(&self) -> Result<http::Client> {
        Ok(self.world.network.client(Kind::Pictures, pictures::reach(&self.settings.flickr.api_url))?)
    }

    async fn flickr_keys(&self) -> Result<FlickrKeys> {
        Ok(FlickrKeys {
            api_key: self.needed_secret("flickr.api_key").await?,
            api_secret: self.secret("flickr.api_secret").await?,
            token: self.secret("flickr.token").await?,
            token_secret: self.secret("flickr.token_secret").await?,
        })
    }

    /// One turn of the token bucket for each call; its state survives the program.
    fn turn(&self) -> flickr::Turn {
        let settings = &self.settings.flickr;
        if settings.calls_per_second == 0.0 {
            return flickr::no_limit();
        }
        let budget = Budget { per_second: settings.calls_per_second, burst: settings.burst, per_hour: CALLS_PER_HOUR };
        let saved: Option<State> = self.catalogue.state("budget").ok().flatten();
        let state = std::sync::Mutex::new(saved.unwrap_or_default());
        let (clock, notes) = (self.world.clock.clone(), self.catalogue.clone());
        Arc::new(move || {
            let mut state = state.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            let now_ms = u64::try_from(clock.now().as_millisecond()).unwrap_or(0);
            let take = budget.take(&mut state, now_ms);
            if take == Take::Go {
                // A lost note costs a few calls' worth of patience, nothing else.
                let _ = notes.note_state("budget", &*state);
            }
            take
        })
    }

    /// The client of a target, from its four secrets.
    pub(crate) async fn x(&self, target: &str) -> Result<Signed> {
        let (name, settings) = self.target(Some(target))?;
        let secret = |part: &str| format!("{name}.{part}");
        let consumer_key = self.needed_secret(&secret("consumer_key")).await?;
        let consumer_secret = self.needed_secret(&secret("consumer_secret")).await?;
        let token = self.needed_secret(&secret("access_token")).await?;
        let keys = x::OwnedKeys {
            consumer_key,
            consumer_secret,
            token: Some(token.clone()),
            token_secret: Some(self.needed_secret(&secret("access_token_secret")).await?),
        };
        let keys_sha256 = sha256_hex(keys.all().join("\n").as_bytes());
        let x = X::new(&self.world.network, settings.api_url.clone(), keys, self.owned_stamps())?;
        Ok(Signed { x, token_sha256: sha256_hex(token.reveal().as_bytes()), keys_sha256 })
    }

    /// Whose account a target is; asked once for each token, since X charges for it.
    pub(crate) async fn account(&self, target: &str, signed: &Signed) -> Result<KnownAccount> {
        let known = self.account_of(target)?.filter(|known| known.token_sha256 == signed.token_sha256);
        match known {
            Some(known) => Ok(known),
            None => self.ask_account(target, signed).await,
        }
    }

    async fn ask_account(&self, target: &str, signed: &Signed) -> Result<KnownAccount> {
        let asked = signed.x.me().await;
        self.heed_answers(target, signed, asked.is_ok());
        let account = asked?;
        let known = KnownAccount {
            token_sha256: signed.token_sha256.clone(),
            keys_sha256: signed.keys_sha256.clone(),
            id: account.id,
            username: account.username,
        };
        self.keep_account(target, &known)?;
        Ok(known)
    }

    /// Whether a target's keys open an account, and whose. X charges for the question, so these very keys are asked about once; a
    /// first publication that finds it answered does not ask again.
    pub async fn test_target(&self, target: &str) -> Result<String> {
        let signed = self.x(target).await?;
        let refused = self.refusal(target, &signed)?.is_some();
        let known = self.account_of(target)?.filter(|known| !refused && known.keys_sha256 == signed.keys_sha256);
        match known {
            Some(known) => Ok(known.username),
            None => Ok(self.ask_account(target, &signed).await?.username),
        }
    }

    /// Remembers whether X refused these very keys, not what else went wrong. It is told in Accounts and by the doctor, so that it
    /// cannot be kept is no reason to lose what was done.
    pub(crate) fn heed_answers(&self, target: &str, signed: &Signed, accepted: bool) {
        let heeded = if signed.x.keys_refused() {
            let error = Error::from(XError::Refused(Refusal::SignIn { clock_off_s: None }));
            let (keys_sha256, why, what_now) = (signed.keys_sha256.clone(), error.message, error.what_now);
            self.catalogue.set_state(&refused_key(target), &Refused { keys_sha256, why, what_now })
        } else if accepted && self.refusal(target, signed).is_ok_and(|refused| refused.is_some()) {
            self.catalogue.set_state(&refused_key(target), &serde_json::Value::Null)
        } else {
            Ok(())
        };
        if let Err(error) = heeded {
            tracing::warn!(%error, target, "whether the keys are accepted could not be kept");
        }
    }

    /// Why a target's keys, as they are now, were refused last.
    pub(crate) fn refusal(&self, target: &str, signed: &Signed) -> Result<Option<Refused>> {
        let refused = self.catalogue.state::<Refused>(&refused_key(target))?;
        Ok(refused.filter(|refused| refused.keys_sha256 == signed.keys_sha256))
    }

    /// First step of the Flickr login.
    pub async fn begin_flickr_login(&self) -> Result<FlickrLogin> {
        secrets::can_keep(&*self.world.secrets, &["flickr.token", "flickr.token_secret"])?;
        self.needed_secret("flickr.api_secret").await?;
        let keys = FlickrKeys { token: None, token_secret: None, ..self.flickr_keys().await? };
        let oauth_url = &self.settings.flickr.oauth_url;
        let client = self.world.network.client(Kind::Api, Reach::of(oauth_url)?)?;
        Ok(FlickrLogin { pending: login::begin(&client, &self.stamps(), oauth_url, &keys).await? })
    }

    /// Second step: the code, or the whole redirected address, as the photographer typed it. Answers with the user name.
    pub async fn finish_flickr_login(&self, begun: &FlickrLogin, typed: &str) -> Result<String> {
        let client = self.world.network.client(Kind::Api, Reach::of(&self.settings.flickr.oauth_url)?)?;
        let done = login::finish(&client, &self.stamps(), &begun.pending, typed).await?;
        self.keep_secret("flickr.token", done.token).await?;
        self.keep_secret("flickr.token_secret", done.token_secret).await?;
        Ok(done.username)
    }

    pub async fn begin_x_login(&self, target: Option<&str>) -> Result<XLogin> {
        let (name, settings) = self.target(target)?;
        let own = ["access_token", "access_token_secret"].map(|part| format!("{name}.{part}"));
        secrets::can_keep(&*self.world.secrets, &own.each_ref().map(String::as_str))?;
        let key = self.needed_secret(&format!("{name}.consumer_key")).await?;
        let secret = self.needed_secret(&format!("{name}.consumer_secret")).await?;
        let app = (key, secret);
        let pending = x::login::request_token(settings.api_url.clone(), app.clone(), self.owned_stamps()).await;
        let pending = pending.map_err(|error| {
            let now = format!(
                "Compare both with console.x.com, then store them with `pierrot secret set {name}.consumer_key` and \
                 `pierrot secret set {name}.consumer_secret`."
            );
            refused_as(error, "X does not accept the app's API key, or its secret is wrong.", now)
        })?;
        Ok(XLogin { target: name.to_owned(), app, pending })
    }

    pub async fn finish_x_login(&self, begun: &XLogin, typed: &str) -> Result<String> {
        let base = self.target(Some(&begun.target))?.1.api_url.clone();
        let done = x::login::access_token(base, begun.app.clone(), &begun.pending, typed, self.owned_stamps()).await;
        let done = done.map_err(|error| {
            let now = format!(
                "Compare it with X's page; if it stays refused, begin again with `pierrot login {}`: each PIN works once.",
                begun.target
            );
            refused_as(error, "The PIN was not accepted.", now)
        })?;
        self.keep_secret(&format!("{}.access_token", begun.target), done.token).await?;
        self.keep_secret(&format!("{}.access_token_secret", begun.target), done.token_secret).await?;
        let Signed { token_sha256, keys_sha256, .. } = self.x(&begun.target).await?;
        let known = KnownAccount { token_sha256, keys_sha256, id: done.account.id, username: done.account.username };
        // Spares the question that X charges for.
        self.keep_account(&begun.target, &known)?;
        Ok(known.username)
    }

    fn owned_stamps(&self) -> x::Stamps {
        let stamps = self.stamps();
        Box::new(move || stamps())
    }

    /// Puts a secret into the keyring, off the async threads.
    pub async fn keep_secret(&self, name: &str, secret: Sensitive) -> Result<()> {
        let (store, owned) = (self.world.secrets.clone(), name.to_owned());
        let kept = tokio::task::spawn_blocking(move || store.set(&owned, &secret)).await;
        Ok(kept.map_err(|_| Error::failed("The keyring could not be asked.", "Try again."))??)
    }

    /// Whether a secret of this name can be kept at all, before anybody types it.
    pub fn may_keep_secret(&self, name: &str) -> Result<()> {
        secrets::check_name(name, &self.settings)?;
        Ok(secrets::can_keep(&*self.world.secrets, &[name])?)
    }

    /// Takes a secret out of the keyring; whether there was one.
    pub async fn remove_secret(&self, name: &str) -> Result<bool> {
        let (store, owned) = (self.world.secrets.clone(), name.to_owned());
        let removed = tokio::task::spawn_blocking(move || store.remove(&owned)).await;
        Ok(removed.map_err(|_| Error::failed("The keyring could not be asked.", "Try again."))??)
    }

    /// Names of the secrets that are set, never their values.
    pub async fn secret_names(&self) -> Result<Vec<String>> {
        let mut set = Vec::new();
        for name in crate::secrets::names(&self.settings) {
            if self.secret(&name).await?.is_some() {
                set.push(name);
            }
        }
        Ok(set)
    }
}

/// What a refused login step was about; another trouble, such as a wrong clock, is told as it is.
fn refused_as(error: XError, message: &str, what_now: String) -> Error {
    let refused = matches!(
        &error,
        XError::Refused(Refusal::SignIn { clock_off_s: None } | Refusal::Forbidden(_) | Refusal::Invalid(_))
    );
    if refused { Error::new(crate::error::Code::SignInAgain, message, what_now) } else { error.into() }
}
