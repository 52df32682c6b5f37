//! Secrets: in the OS keyring, one entry each, and nowhere else.
//!
//! Invariant: a `Sensitive` cannot be printed, compared by accident or serialised; no error names a value.
//! Without a keyring nothing is kept in a file: `PIERROT_SECRETS=env` reads variables, only when asked.
//! The keyring may block on a prompt: async code calls it through `spawn_blocking`.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use keyring_core::{CredentialStore, Entry, Error as Keyring};

use crate::{
    error::{Code, Error},
    settings::Settings,
};

const SERVICE: &str = "pierrot";
/// Windows keeps at most 2,560 bytes; tokens and keys are far shorter.
const SECRET_BYTES_MAX: usize = 2_500;

/// A secret text that never prints.
#[derive(Clone, PartialEq, Eq)]
pub struct Sensitive(String);

impl Sensitive {
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself, for the one place that signs or sends it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Sensitive {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("***")
    }
}

/// Why a secret could not be read or kept.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    #[error("There is no keyring service on this computer")]
    NoService,
    #[error("The keyring is locked")]
    Locked,
    #[error("The keyring refused")]
    Denied,
    #[error("The secret \"{name}\" is not set")]
    NotSet {
        name: String,
        /// The variable it is read from, where secrets come from the environment.
        variable: Option<String>,
    },
    #[error("There is no secret called \"{name}\"{}", .nearest.as_deref().map_or_else(String::new, |n| format!("; did you mean \"{n}\"?")))]
    UnknownName { name: String, nearest: Option<String> },
    #[error("The secret is empty or longer than {SECRET_BYTES_MAX} bytes")]
    BadSize,
    #[error("Secrets come from the environment now (PIERROT_SECRETS=env), where Pierrot cannot keep any")]
    ReadOnly {
        /// The variables to set instead.
        variables: Vec<String>,
    },
}

impl From<SecretError> for Error {
    fn from(error: SecretError) -> Self {
        // A question is complete as it stands.
        let message = if error.to_string().ends_with('?') { error.to_string() } else { format!("{error}.") };
        let (code, what_now) = match &error {
            SecretError::NoService => (
                Code::SignInAgain,
                "Start a keyring (GNOME Keyring, KWallet), or on a machine without one set PIERROT_SECRETS=env and the \
                 PIERROT_SECRET_... variables."
                    .into(),
            ),
            SecretError::Locked => (Code::SignInAgain, "Unlock your keyring and try again.".into()),
            SecretError::Denied => (Code::SignInAgain, "Allow Pierrot in your keyring and try again.".into()),
            SecretError::NotSet { variable: Some(variable), .. } => {
                (Code::SignInAgain, format!("Set the variable {variable}, or unset PIERROT_SECRETS to use the keyring."))
            }
            SecretError::NotSet { name, variable: None } => (Code::SignInAgain, how_to_set(name)),
            SecretError::UnknownName { .. } => {
                (Code::FixSettings, "See `pierrot doctor` for the secrets your settings need.".into())
            }
            SecretError::BadSize => (Code::FixSettings, "Give one line on standard input.".into()),
            SecretError::ReadOnly { variables } => (
                Code::FixSettings,
                format!("Set {} yourself, or unset PIERROT_SECRETS to use the keyring.", variables.join(" and ")),
            ),
        };
        Self::new(code, message, what_now)
    }
}

fn how_to_set(name: &str) -> String {
    match name {
        "flickr.token" | "flickr.token_secret" => "Run `pierrot login flickr`.".into(),
        "flickr.api_key" | "flickr.api_secret" => {
            format!("Get your key at https://www.flickr.com/services/apps/create/ and run `pierrot secret set {name}`.")
        }
        other => match other.split_once('.') {
            Some((target, "access_token" | "access_token_secret")) => {
                format!("Run `pierrot login {target}`, or `pierrot secret set {other}` if you have a token already.")
            }
            Some((_, "consumer_key" | "consumer_secret")) => {
                format!("Get your app's keys at https://console.x.com and run `pierrot secret set {other}`.")
            }
            _ => format!("Run `pierrot secret set {other}`."),
        },
    }
}

/// Where secrets are kept. Calls may block; see the module.
pub trait SecretStore: Send + Sync + fmt::Debug {
    /// `None` when the store works and has no such secret.
    fn get(&self, name: &str) -> Result<Option<Sensitive>, SecretError>;
    fn set(&self, name: &str, secret: &Sensitive) -> Result<(), SecretError>;
    /// Whether there was one.
    fn remove(&self, name: &str) -> Result<bool, SecretError>;

    /// The variable a secret is read from, where secrets come from the environment and nothing can be kept.
    fn variable(&self, _name: &str) -> Option<String> {
        None
    }
}

/// Whether these secrets could be kept, asked before anybody types or signs anything.
pub fn can_keep(store: &dyn SecretStore, names: &[&str]) -> Result<(), SecretError> {
    let variables: Vec<String> = names.iter().filter_map(|name| store.variable(name)).collect();
    if variables.is_empty() { Ok(()) } else { Err(SecretError::ReadOnly { variables }) }
}

/// The keyring of the operating system. The store is opened anew after a failure: a service may start late.
#[derive(Default)]
pub struct OsKeyring {
    store: Mutex<Option<Arc<CredentialStore>>>,
}

impl fmt::Debug for OsKeyring {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("OsKeyring")
    }
}

impl OsKeyring {
    fn entry(&self, name: &str) -> Result<Entry, SecretError> {
        let mut slot = self.store.lock().unwrap_or_else(PoisonError::into_inner);
        let store = match slot.as_ref() {
            Some(store) => store.clone(),
            None => slot.insert(native_store().map_err(no_service)?).clone(),
        };
        store.build(SERVICE, name, None).map_err(refused)
    }

    /// Forgets the connection after a failure, so that the next call tries afresh.
    fn checked<T>(&self, result: Result<T, Keyring>) -> Result<Option<T>, SecretError> {
        match result {
            Ok(value) => Ok(Some(value)),
            Err(Keyring::NoEntry) => Ok(None),
            Err(error) => {
                *self.store.lock().unwrap_or_else(PoisonError::into_inner) = None;
                Err(refused(error))
            }
        }
    }
}

impl SecretStore for OsKeyring {
    fn get(&self, name: &str) -> Result<Option<Sensitive>, SecretError> {
        let bytes = self.checked(self.entry(name)?.get_secret())?;
        Ok(bytes.map(|bytes| Sensitive(String::from_utf8_lossy(&bytes).into_owned())))
    }

    fn set(&self, name: &str, secret: &Sensitive) -> Result<(), SecretError> {
        self.checked(self.entry(name)?.set_secret(secret.0.as_bytes())).map(|_| ())
    }

    fn remove(&self, name: &str) -> Result<bool, SecretError> {
        self.checked(self.entry(name)?.delete_credential()).map(|done| done.is_some())
    }
}

#[cfg(target_os = "linux")]
fn native_store() -> Result<Arc<CredentialStore>, Keyring> {
    let store: Arc<CredentialStore> = zbus_secret_service_keyring_store::Store::new()?;
    Ok(store)
}

#[cfg(target_os = "macos")]
fn native_store() -> Result<Arc<CredentialStore>, Keyring> {
    let store: Arc<CredentialStore> = apple_native_keyring_store::keychain::Store::new()?;
    Ok(store)
}

#[cfg(target_os = "windows")]
fn native_store() -> Result<Arc<CredentialStore>, Keyring> {
    let store: Arc<CredentialStore> = windows_native_keyring_store::Store::new()?;
    Ok(store)
}

fn no_service(error: Keyring) -> SecretError {
    tracing::info!(%error, "no keyring service");
    SecretError::NoService
}

#[expect(clippy::wildcard_enum_match_arm, reason = "whatever else it says, the keyring did not do it")]
fn refused(error: Keyring) -> SecretError {
    // What the library says is for whoever reads the log.
    tracing::info!(%error, "the keyring did not answer as asked");
    match error {
        Keyring::NoStorageAccess(_) => SecretError::Locked,
        Keyring::PlatformFailure(_) | Keyring::NoDefaultStore => SecretError::NoService,
        _ => SecretError::Denied,
    }
}

/// Variables `PIERROT_SECRET_<NAME>`, upper case, dots and dashes as underscores; read-only.
#[derive(Debug)]
pub struct Environment;

impl Environment {
    fn variable(name: &str) -> String {
        format!("PIERROT_SECRET_{}", name.to_uppercase().replace(['.', '-'], "_"))
    }
}

impl SecretStore for Environment {
    fn get(&self, name: &str) -> Result<Option<Sensitive>, SecretError> {
        let value = std::env::var(Self::variable(name)).ok().map(|text| text.trim().to_owned());
        Ok(value.filter(|text| !text.is_empty()).map(Sensitive))
    }

    fn set(&self, name: &str, _: &Sensitive) -> Result<(), SecretError> {
        Err(SecretError::ReadOnly { variables: vec![Self::variable(name)] })
    }

    fn remove(&self, name: &str) -> Result<bool, SecretError> {
        Err(SecretError::ReadOnly { variables: vec![Self::variable(name)] })
    }

    fn variable(&self, name: &str) -> Option<String> {
        Some(Self::variable(name))
    }
}

/// In memory, for a home that is thrown away: the demo and tests.
#[derive(Debug, Default)]
pub struct Memory(Mutex<BTreeMap<String, Sensitive>>);

impl Memory {
    pub fn new(secrets: impl IntoIterator<Item = (String, String)>) -> Self {
        Self(Mutex::new(secrets.into_iter().map(|(name, value)| (name, Sensitive(value))).collect()))
    }
}

impl SecretStore for Memory {
    fn get(&self, name: &str) -> Result<Option<Sensitive>, SecretError> {
        Ok(self.0.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned())
    }

    fn set(&self, name: &str, secret: &Sensitive) -> Result<(), SecretError> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), secret.clone());
        Ok(())
    }

    fn remove(&self, name: &str) -> Result<bool, SecretError> {
        Ok(self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(name).is_some())
    }
}

/// The store this process uses: the keyring, unless `PIERROT_SECRETS=env` asks for variables.
pub fn from_environment() -> Arc<dyn SecretStore> {
    if std::env::var("PIERROT_SECRETS").is_ok_and(|value| value == "env") {
        Arc::new(Environment)
    } else {
        Arc::new(OsKeyring::default())
    }
}

/// The four secrets of a target.
pub fn of_target(name: &str) -> [String; 4] {
    ["consumer_key", "consumer_secret", "access_token", "access_token_secret"].map(|part| format!("{name}.{part}"))
}

/// Every secret name these settings can use, in a fixed order.
pub fn names(settings: &Settings) -> Vec<String> {
    let fixed = ["flickr.api_key", "flickr.api_secret", "flickr.token", "flickr.token_secret"];
    let s3 = ["s3.access_key_id", "s3.secret_access_key"];
    fixed
        .iter()
        .map(ToString::to_string)
        .chain(settings.targets.keys().flat_map(|name| of_target(name)))
        .chain(s3.iter().map(ToString::to_string))
        .collect()
}

/// Whether these settings can use a secret of this name.
pub fn check_name(name: &str, settings: &Settings) -> Result<(), SecretError> {
    let known = names(settings);
    if !known.iter().any(|known| known == name) {
        let nearest = known
            .into_iter()
            .map(|known| (strsim::jaro_winkler(name, &known), known))
            .max_by(|a, b| a.0.total_cmp(&b.0))
            .filter(|(likeness, _)| *likeness > 0.7)
            .map(|(_, known)| known);
        return Err(SecretError::UnknownName { name: name.chars().take(60).collect(), nearest });
    }
    Ok(())
}

/// A secret as typed: surrounding white space does not belong to it.
pub fn typed(name: &str, text: &str, settings: &Settings) -> Result<Sensitive, SecretError> {
    check_name(name, settings)?;
    let text = text.trim();
    if text.is_empty() || text.len() > SECRET_BYTES_MAX {
        return Err(SecretError::BadSize);
    }
    Ok(Sensitive::new(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_never_prints() {
        let secret = Sensitive::new("canary-7c1f");
        assert!(!format!("{secret:?} {:?}", Some(&secret)).contains("canary"));
    }

    #[test]
    fn an_unknown_name_is_answered_with_the_nearest() {
        let error = typed("flickr.apikey", "x", &Settings::default()).expect_err("no such secret");
        assert!(error.to_string().contains("flickr.api_key"), "{error}");
        assert!(Error::from(error).message.ends_with("\"flickr.api_key\"?"), "a question has one mark at its end");
        assert!(typed("x.access_token", " tok \n", &Settings::default()).is_ok_and(|s| s.reveal() == "tok"));
        assert!(typed("x.access_token", " \n", &Settings::default()).is_err(), "empty is a mistake");
    }

    #[test]
    fn the_environment_keeps_nothing_and_names_the_variables() {
        let refused = can_keep(&Environment, &["flickr.token", "flickr.token_secret"]).map_err(Error::from);
        let said = refused.expect_err("it is read-only").what_now;
        assert!(said.contains("PIERROT_SECRET_FLICKR_TOKEN and PIERROT_SECRET_FLICKR_TOKEN_SECRET"), "{said}");
        assert!(can_keep(&Memory::default(), &["flickr.token"]).is_ok());
    }

    #[test]
    fn variables_are_upper_case_with_underscores() {
        assert_eq!(Environment::variable("flickr.api_key"), "PIERROT_SECRET_FLICKR_API_KEY");
        assert_eq!(Environment::variable("my-x.access_token"), "PIERROT_SECRET_MY_X_ACCESS_TOKEN");
    }
}
