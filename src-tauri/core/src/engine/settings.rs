//! Changing settings and secrets while Pierrot runs.
//!
//! Invariants: config.toml is written whole or not at all, comments and order kept, and only when the result is usable; a secret
//! comes in and never goes out.

use std::{
    collections::BTreeMap,
    sync::{MutexGuard, PoisonError},
};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use toml_edit::{DocumentMut, Item, Table};

use super::{Engine, Login};
use crate::{
    error::{Error, Result},
    secrets,
    settings::Settings,
};

/// New values by dotted key, `targets.x.caption`; null goes back to the default, or removes a whole target.
#[derive(Clone, Debug, Deserialize, ts_rs::TS)]
#[ts(type = "Record<string, unknown>")]
pub struct Changes(pub BTreeMap<String, Value>);

/// Names of secrets, never values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ts_rs::TS)]
pub struct SecretNames {
    pub set: Vec<String>,
    /// All that the settings may use.
    pub known: Vec<String>,
    /// Why the keyring cannot be used, where it cannot.
    pub trouble: Option<String>,
    /// Logins that wait for their code, by place, `flickr` or a target: the addresses where it is to be had.
    pub logins: BTreeMap<String, String>,
}

/// Changes of one call.
const CHANGES_MAX: usize = 200;

impl Engine {
    /// Writes config.toml with these changes and goes on with them.
    pub fn change_settings(&self, changes: &Changes) -> Result<Settings> {
        let pierrot = self.pierrot();
        let path = pierrot.home().config();
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(crate::catalogue::sort_out_io(error, &path).into()),
        };
        let text = changed(&text, &changes.0)?;
        let settings = Settings::parse(&text)?;
        pierrot.home().write(&path, text.as_bytes())?;
        self.settle_on(settings.clone());
        Ok(settings)
    }

    /// Which secrets are set, as last asked.
    pub(crate) async fn known_secrets(&self) -> Vec<String> {
        let known = self.0.secrets.read().unwrap_or_else(PoisonError::into_inner).clone();
        match known {
            Some(known) => known,
            None => self.secret_names().await.map(|names| names.set).unwrap_or_default(),
        }
    }

    pub async fn secret_names(&self) -> Result<SecretNames> {
        let pierrot = self.pierrot();
        let known = secrets::names(pierrot.settings());
        let (set, trouble) = match pierrot.secret_names().await {
            Ok(set) => (set, None),
            Err(error) => (Vec::new(), Some(format!("{} {}", error.message, error.what_now))),
        };
        *self.0.secrets.write().unwrap_or_else(PoisonError::into_inner) = Some(set.clone());
        let waiting = self.logins();
        let logins = waiting.iter().map(|(place, login)| (place.clone(), login.authorize_url().to_owned())).collect();
        Ok(SecretNames { set, known, trouble, logins })
    }

    pub async fn keep_secret(&self, name: &str, value: String) -> Result<SecretNames> {
        let pierrot = self.pierrot();
        let secret = secrets::typed(name, &value, pierrot.settings())?;
        pierrot.keep_secret(name, secret).await?;
        self.secrets_changed().await
    }

    pub async fn remove_secret(&self, name: &str) -> Result<SecretNames> {
        self.pierrot().remove_secret(name).await?;
        self.secrets_changed().await
    }

    async fn secrets_changed(&self) -> Result<SecretNames> {
        let names = self.secret_names().await;
        self.try_again_soon()?;
        self.changed("accounts");
        names
    }

    /// Whose account a target's keys open.
    pub async fn test_target(&self, target: &str) -> Result<String> {
        let who = self.pierrot().test_target(target).await;
        self.changed("accounts");
        who
    }

    /// First step of a login; only the newest login of a place can be finished.
    pub async fn begin_login(&self, place: &str) -> Result<String> {
        let pierrot = self.pierrot();
        let login = match place {
            "flickr" => Login::Flickr(pierrot.begin_flickr_login().await?),
            target => Login::X(pierrot.begin_x_login(Some(target)).await?),
        };
        let url = login.authorize_url().to_owned();
        self.logins().insert(place.to_owned(), login);
        Ok(url)
    }

    /// Second step. A code that was sent uses its login up, unless nothing was answered; what cannot be a code is not sent.
    pub async fn finish_login(&self, place: &str, typed: &str) -> Result<String> {
        let pierrot = self.pierrot();
        let gone = || Error::failed("This login was not begun, or is used up.", "Begin it again.");
        let login = self.logins().remove(place).ok_or_else(gone)?;
        let checked = match &login {
            Login::Flickr(login) => login.check(typed),
            Login::X(login) => login.check(typed),
        };
        let done = match (&login, checked) {
            (_, Err(no_code)) => {
                self.logins().insert(place.to_owned(), login);
                return Err(no_code);
            }
            (Login::Flickr(login), Ok(())) => pierrot.finish_flickr_login(login, typed).await,
            (Login::X(login), Ok(())) => pierrot.finish_x_login(login, typed).await,
        };
        // One that was mistyped can be typed again; one that stays refused is begun anew.
        if done.is_err() {
            self.logins().entry(place.to_owned()).or_insert(login);
        }
        let who = done?;
        self.secrets_changed().await?;
        Ok(who)
    }

    fn logins(&self) -> MutexGuard<'_, BTreeMap<String, Login>> {
        self.0.logins.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The text of config.toml with other values; comments stay.
fn changed(text: &str, changes: &BTreeMap<String, Value>) -> Result<String> {
    let broken = |why: String| Error::settings(format!("config.toml: {why}"), "Mend that line and try again.");
    let mut document: DocumentMut = text.parse().map_err(|error: toml_edit::TomlError| broken(error.to_string()))?;
    if changes.len() > CHANGES_MAX {
        return Err(broken("too many changes at once".into()));
    }
    if changes.keys().any(|key| key.starts_with("targets.")) && !document.contains_key("targets") {
        // Naming any target ends the silent default target, so it is written down first.
        let x = &mut document.entry("targets").or_insert(implicit_table())["x"];
        *x = Item::Table(Table::new());
        x["kind"] = toml_edit::value("x");
    }
    for (key, value) in changes {
        let parts: Vec<&str> = key.split('.').collect();
        put(document.as_table_mut(), &parts, value)
            .ok_or_else(|| broken(format!("\"{key}\" cannot have the value {value}")))?;
    }
    Ok(document.to_string())
}

fn implicit_table() -> Item {
    let mut table = Table::new();
    table.set_implicit(true);
    Item::Table(table)
}

fn put(table: &mut Table, parts: &[&str], value: &Value) -> Option<()> {
    match parts {
        [] => None,
        [last] if value.is_null() => {
            table.remove(last);
            Some(())
        }
        [last] => {
            let new = toml_value(value)?;
            match table.get_mut(last).and_then(Item::as_value_mut) {
                Some(old) => {
                    let decor = old.decor().clone();
                    *old = new;
                    *old.decor_mut() = decor;
                }
                None => {
                    table.insert(last, Item::Value(new));
                }
            }
            Some(())
        }
        [first, rest @ ..] => {
            if value.is_null() && !table.contains_key(first) {
                return Some(());
            }
            put(table.entry(first).or_insert(implicit_table()).as_table_mut()?, rest, value)
        }
    }
}

fn toml_value(value: &Value) -> Option<toml_edit::Value> {
    match value {
        Value::Null | Value::Object(_) => None,
        Value::Bool(truth) => Some((*truth).into()),
        Value::Number(number) => {
            number.as_i64().map(toml_edit::Value::from).or_else(|| number.as_f64().map(toml_edit::Value::from))
        }
        Value::String(text) => Some(text.as_str().into()),
        Value::Array(items) => {
            let items: Option<Vec<toml_edit::Value>> = items.iter().map(toml_value).collect();
            Some(toml_edit::Value::Array(items?.into_iter().collect()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(text: &str, changes: Value) -> Result<String> {
        changed(text, &serde_json::from_value(changes).expect("an object"))
    }

    #[test]
    fn comments_and_order_stay() {
        let text = "# mine\n[flickr]\nuser = \"me\" # who\nsafe_search = 1\n";
        let after = change(text, serde_json::json!({"flickr.user": "1@N01", "flickr.safe_search": 2})).expect("valid");
        assert_eq!(after, "# mine\n[flickr]\nuser = \"1@N01\" # who\nsafe_search = 2\n");
    }

    #[test]
    fn a_first_named_target_does_not_lose_the_silent_one() {
        let after = change("", serde_json::json!({"targets.second.caption": "{title}"})).expect("valid");
        let settings = Settings::parse(&after).expect("usable");
        assert_eq!(settings.targets.keys().collect::<Vec<_>>(), ["second", "x"]);
    }

    #[test]
    fn null_goes_back_to_the_default_and_removes_targets() {
        let text = "[targets.x]\nkind = \"x\"\ncaption = \"a\"\n[targets.y]\nkind = \"x\"\n";
        let after =
            change(text, serde_json::json!({"targets.x.caption": null, "targets.y": null, "record.path": null}));
        let settings = Settings::parse(&after.expect("valid")).expect("usable");
        assert_eq!(settings.targets.len(), 1);
        assert_eq!(settings.targets["x"].caption, "{title}");
    }

    #[test]
    fn a_value_of_the_wrong_shape_is_refused_by_name() {
        let error = change("", serde_json::json!({"flickr.user": {"a": 1}})).expect_err("no table fits there");
        assert!(error.message.contains("flickr.user"), "{error}");
        assert!(change("[flickr]\nuser = 1\n", serde_json::json!({"flickr.user.deep": 1})).is_err());
    }
}
