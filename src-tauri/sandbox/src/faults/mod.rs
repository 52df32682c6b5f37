//! The script of faults: which request is hit, how often, and what happens instead of a good answer.
//!
//! Invariant: each matching request is counted exactly once per fault, so `after` and `times` are deterministic.
//! Modifiers (lag, lies, names) combine; of the faults that decide the answer only the first that is due fires.
//! Absent: randomness. A test that wants dice throws them itself and scripts the result.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::control::ControlError;
use crate::flickr::photos::PhotoChange;
use crate::http::{Call, Delivery, Reply};

pub(crate) use answers::forbidden;

/// Kinds that do the work and then spoil or withhold the good answer.
macro_rules! spoiling {
    () => {
        Kind::DropBefore
            | Kind::DropAfter
            | Kind::TruncateJson
            | Kind::TrailingComma
            | Kind::SlowDrip { .. }
            | Kind::Hang { .. }
            | Kind::EmptyBody
            | Kind::WrongContentType { .. }
            | Kind::Broken201
    };
}

/// Kinds that change an otherwise good answer.
macro_rules! modifying {
    () => {
        Kind::TimelineLag { .. }
            | Kind::NewFieldNames
            | Kind::ExtraFields
            | Kind::TotalLies { .. }
            | Kind::PagesLie { .. }
            | Kind::TotalsAsStrings
            | Kind::Library { .. }
    };
}

mod answers;

const FAULTS_MAX: usize = 1000;

/// The three servers of the sandbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Server {
    /// Flickr's API and OAuth pages.
    Flickr,
    /// Flickr's picture host.
    Static,
    /// X.
    X,
}

/// One scripted fault; the crate documentation lists the kinds with examples.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Fault {
    /// Name under which the fault is replaced and counted; the kind when absent.
    #[serde(default)]
    pub id: Option<String>,
    /// The server whose requests are hit.
    pub server: Server,
    /// HTTP method; any when absent.
    #[serde(default)]
    pub method: Option<String>,
    /// Part of the path, or of the name of a Flickr method; any when absent.
    #[serde(default)]
    pub path: Option<String>,
    /// Matching requests that pass before the first is hit.
    #[serde(default)]
    pub after: u64,
    /// Requests that are hit; 0 means all further ones. 1 when absent.
    #[serde(default = "once")]
    pub times: u64,
    /// True when the real work is done before the fault's answer goes out.
    #[serde(default)]
    pub effect: bool,
    /// What happens.
    #[serde(flatten)]
    pub kind: Kind,
}

fn once() -> u64 {
    1
}

/// What a fault does.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[expect(missing_docs, reason = "each kind is described with an example in the crate documentation")]
pub enum Kind {
    DropBefore,
    DropAfter,
    Status {
        code: u16,
        #[serde(default)]
        body: Option<Value>,
        #[serde(default)]
        content_type: Option<String>,
        #[serde(default)]
        headers: BTreeMap<String, String>,
    },
    Html {
        #[serde(default)]
        code: Option<u16>,
    },
    TruncateJson,
    TrailingComma,
    SlowDrip {
        bytes_per_s: u64,
    },
    Hang {
        seconds: f64,
    },
    EmptyBody,
    WrongContentType {
        content_type: String,
    },
    #[serde(rename = "broken_201")]
    Broken201,
    Credits {
        #[serde(default)]
        form: CreditsForm,
    },
    RateLimited {
        #[serde(default)]
        reset_in_s: Option<i64>,
        #[serde(default)]
        retry_after_s: Option<i64>,
    },
    #[serde(rename = "rate_limited_24h")]
    RateLimited24h {
        reset_in_s: i64,
    },
    UsageCapped,
    Unauthorized,
    Forbidden {
        #[serde(default)]
        body: ForbiddenBody,
    },
    FlickrFail {
        code: i64,
        message: String,
    },
    FlickrUnavailable {
        #[serde(default)]
        trailing_comma: bool,
    },
    FlickrTooMany,
    TimelineLag {
        seconds: i64,
    },
    DelayEffect {
        ms: i64,
        #[serde(default)]
        code: Option<u16>,
    },
    NewFieldNames,
    ExtraFields,
    TotalLies {
        delta: i64,
    },
    PagesLie {
        delta: i64,
    },
    TotalsAsStrings,
    Library {
        changes: Vec<PhotoChange>,
    },
}

/// The two bodies of X's 402.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "named after the bodies themselves")]
pub enum CreditsForm {
    #[default]
    Old,
    New,
}

/// The bodies of X's 403.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "named after the bodies themselves")]
pub enum ForbiddenBody {
    Duplicate,
    #[default]
    Plain,
    NotPermitted,
    Oauth1Permissions,
    ClientNotEnrolled,
    UserNotEnrolled,
}

/// Changes to an otherwise good answer; they add up when several faults match.
#[derive(Debug, Clone, Default)]
pub(crate) struct Modifiers {
    pub(crate) timeline_lag_s: i64,
    pub(crate) delay_effect_ms: Option<i64>,
    pub(crate) new_field_names: bool,
    pub(crate) extra_fields: bool,
    pub(crate) total_delta: i64,
    pub(crate) pages_delta: i64,
    pub(crate) totals_as_strings: bool,
    pub(crate) library: Vec<PhotoChange>,
}

/// What the script says about one request.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    pub(crate) modifiers: Modifiers,
    pub(crate) outcome: Option<(Kind, bool)>,
    pub(crate) names: Vec<String>,
}

#[derive(Debug)]
struct Live {
    fault: Fault,
    seen: u64,
    fired: u64,
}

/// All scripted faults with their counters.
#[derive(Debug, Default)]
pub(crate) struct FaultBook {
    live: Vec<Live>,
}

impl FaultBook {
    /// Adds faults; one with the same id replaces the old one and starts counting anew.
    pub(crate) fn add(&mut self, faults: Vec<Fault>) -> Result<(), ControlError> {
        for fault in faults {
            if let Some(id) = &fault.id {
                self.live.retain(|live| live.fault.id.as_ref() != Some(id));
            }
            if self.live.len() >= FAULTS_MAX {
                return Err(ControlError::Refused(format!("at most {FAULTS_MAX} faults can be scripted")));
            }
            self.live.push(Live { fault, seen: 0, fired: 0 });
        }
        Ok(())
    }

    /// Removes the fault of this id, or all.
    pub(crate) fn clear(&mut self, id: Option<&str>) {
        self.live.retain(|live| id.is_some_and(|id| live.fault.id.as_deref() != Some(id)));
    }

    /// Counts the request against every fault and says what happens to it.
    pub(crate) fn plan(&mut self, server: Server, call: &Call, flickr_method: &str) -> Plan {
        let mut plan = Plan::default();
        for live in &mut self.live {
            if !live.matches(server, call, flickr_method) {
                continue;
            }
            live.seen += 1;
            let due = live.seen > live.fault.after && (live.fault.times == 0 || live.fired < live.fault.times);
            if !due || (live.fault.kind.decides() && plan.outcome.is_some()) {
                continue;
            }
            live.fired += 1;
            plan.names.push(live.name());
            live.fault.kind.modify(&mut plan.modifiers);
            if live.fault.kind.decides() {
                plan.outcome = Some((live.fault.kind.clone(), live.fault.effect));
            }
        }
        plan
    }

    /// Every fault with its counters.
    pub(crate) fn state(&self) -> Value {
        let row = |live: &Live| {
            json!({"id": live.name(), "seen": live.seen, "fired": live.fired, "fault": live.fault,
                   "spent": live.fault.times != 0 && live.fired >= live.fault.times})
        };
        self.live.iter().map(row).collect()
    }
}

impl Live {
    fn matches(&self, server: Server, call: &Call, flickr_method: &str) -> bool {
        let fault = &self.fault;
        fault.server == server
            && fault.method.as_ref().is_none_or(|m| m.eq_ignore_ascii_case(&call.method))
            && fault.path.as_ref().is_none_or(|p| call.path.contains(p.as_str()) || flickr_method.contains(p.as_str()))
    }

    fn name(&self) -> String {
        let kind = || serde_json::to_value(&self.fault.kind).ok()?.get("kind")?.as_str().map(str::to_owned);
        self.fault.id.clone().or_else(kind).unwrap_or_default()
    }
}

/// Reads a list of faults, refusing unknown fields by name.
pub(crate) fn parse(value: &Value) -> Result<Vec<Fault>, ControlError> {
    let list = match value {
        Value::Array(list) => list.clone(),
        Value::Object(_) => vec![value.clone()],
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            return Err(ControlError::Refused("faults: expected an object or a list of objects".to_owned()));
        }
    };
    list.into_iter().map(parse_one).collect()
}

fn parse_one(value: Value) -> Result<Fault, ControlError> {
    let fault: Fault = serde_json::from_value(value.clone())
        .map_err(|why| ControlError::Refused(format!("fault not understood: {why}")))?;
    let known = serde_json::to_value(&fault).unwrap_or_default();
    let unknown = value.as_object().and_then(|o| o.keys().find(|key| known.get(key.as_str()).is_none()));
    match unknown {
        Some(key) => Err(ControlError::Refused(format!("fault has no field `{key}`"))),
        None => Ok(fault),
    }
}

impl Kind {
    /// True when this kind decides the answer; false for modifiers.
    fn decides(&self) -> bool {
        !matches!(self, modifying!())
    }

    fn modify(&self, modifiers: &mut Modifiers) {
        if let Kind::TimelineLag { seconds } = self {
            modifiers.timeline_lag_s += seconds;
        }
        if let Kind::DelayEffect { ms, .. } = self {
            modifiers.delay_effect_ms = Some(*ms);
        }
        if let Kind::TotalLies { delta } = self {
            modifiers.total_delta += delta;
        }
        if let Kind::PagesLie { delta } = self {
            modifiers.pages_delta += delta;
        }
        if let Kind::Library { changes } = self {
            modifiers.library.extend(changes.iter().cloned());
        }
        modifiers.new_field_names |= matches!(self, Kind::NewFieldNames);
        modifiers.extra_fields |= matches!(self, Kind::ExtraFields);
        modifiers.totals_as_strings |= matches!(self, Kind::TotalsAsStrings);
    }

    /// True when the server does its work although the answer is spoilt.
    pub(crate) fn works(&self) -> bool {
        matches!(self, spoiling!() | Kind::DelayEffect { .. }) && !matches!(self, Kind::DropBefore)
    }

    /// The spoilt answer; `reply` is the good one when the work was done.
    pub(crate) fn deliver(&self, reply: Option<Reply>, call: &Call, now_s: i64) -> Delivery {
        if let Some(own) = answers::own_reply(self, call, now_s) {
            return Delivery::send(own);
        }
        let Some(mut reply) = reply else { return Delivery::dropped() };
        let (mut pace, mut wait_ms) = (None, 0);
        if matches!(self, Kind::DropBefore | Kind::DropAfter | Kind::DelayEffect { .. }) {
            return Delivery::dropped();
        }
        if matches!(self, Kind::TrailingComma) {
            reply.body = [&reply.body[..], b","].concat().into();
        }
        if let Kind::SlowDrip { bytes_per_s } = self {
            pace = Some((*bytes_per_s).max(1));
        }
        if let Kind::Hang { seconds } = self {
            wait_ms = (seconds.clamp(0.0, 3600.0) * 1000.0) as u64;
        }
        if matches!(self, Kind::EmptyBody) {
            reply.body = bytes::Bytes::new();
        }
        if let Kind::WrongContentType { content_type } = self {
            reply.set("content-type", content_type);
        }
        if matches!(self, Kind::Broken201) {
            reply.body = bytes::Bytes::from_static(b"{\"data\":{\"id\":\"19");
        }
        Delivery { wait_ms, reply: Some(reply), pace, cut: matches!(self, Kind::TruncateJson) }
    }
}

#[cfg(test)]
#[path = "faults_test.rs"]
mod tests;
