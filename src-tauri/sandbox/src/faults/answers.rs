//! The answers that faults bring along: the recorded error bodies of Flickr and X.
//!
//! Invariant: each body has the form that was documented or seen; the tests of the product stand on them.
//! Absent: when they are sent, which the parent module decides.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{CreditsForm, ForbiddenBody, Kind};
use crate::http::{Call, Reply};

const HTML_429: &str = "<html><body><h1>429 Too Many Requests</h1>\nYou have sent too many requests in a given amount \
                        of time.\n</body></html>";

/// The answer a fault brings along; `None` when it drops, spoils or only modifies.
pub(crate) fn own_reply(kind: &Kind, call: &Call, now_s: i64) -> Option<Reply> {
    let reply = match kind {
        Kind::Status { code, body, content_type, headers } => status(*code, body, content_type, headers),
        Kind::Html { code } => Reply::text(
            code.unwrap_or(502),
            "text/html",
            "<!DOCTYPE html><html><head><title>Something went wrong</title></head><body><h1>Bad gateway</h1>\
             </body></html>",
        ),
        Kind::Credits { form } => credits(*form),
        Kind::RateLimited { reset_in_s, retry_after_s } => rate_limited(now_s, *reset_in_s, *retry_after_s),
        Kind::RateLimited24h { reset_in_s } => rate_limited_24h(now_s, *reset_in_s),
        Kind::UsageCapped => Reply::problem(
            429,
            &json!({"title": "UsageCapExceeded",
            "detail": "Usage cap exceeded: Monthly product cap", "period": "Monthly", "scope": "Product",
            "type": "https://api.twitter.com/2/problems/usage-capped"}),
        ),
        Kind::Unauthorized => Reply::problem(
            401,
            &json!({"title": "Unauthorized", "type": "about:blank",
            "status": 401, "detail": "Unauthorized"}),
        ),
        Kind::Forbidden { body } => Reply::problem(403, &forbidden(*body)),
        Kind::FlickrFail { code, message } => {
            crate::flickr::wrap(call, json!({"stat": "fail", "code": code, "message": message}).to_string())
        }
        Kind::FlickrUnavailable { trailing_comma } => Reply::text(
            200,
            "application/json",
            &format!(
                "{{\"stat\":\"fail\",\"message\":\"Sorry, the Flickr API service is not currently available.\",\
             \"code\":201}}{}",
                if *trailing_comma { "," } else { "" }
            ),
        ),
        Kind::FlickrTooMany => Reply::text(429, "text/html", HTML_429),
        Kind::DelayEffect { code: Some(code), .. } => {
            Reply::text(*code, "text/html", "<html><body><h1>upstream timed out</h1></body></html>")
        }
        spoiling!() | modifying!() => return None,
        Kind::DelayEffect { code: None, .. } => return None,
    };
    Some(reply)
}

fn status(code: u16, body: &Option<Value>, kind: &Option<String>, headers: &BTreeMap<String, String>) -> Reply {
    let text = match body {
        None => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(value) => value.to_string(),
    };
    let mut reply = Reply::text(code, kind.as_deref().unwrap_or("application/json"), &text);
    for (name, value) in headers {
        reply.set(name, value);
    }
    reply
}

fn credits(form: CreditsForm) -> Reply {
    let account = 1_234_567_890_123_456_789_i64;
    Reply::problem(
        402,
        &match form {
            CreditsForm::Old => json!({"account_id": account, "title": "CreditsDepleted", "detail":
            format!("Your enrolled account [{account}] does not have any credits to fulfill this request."),
            "type": "https://api.twitter.com/2/problems/credits"}),
            CreditsForm::New => json!({"detail": "credits depleted", "status": 402, "title": "Payment Required",
            "type": "https://api.x.com/2/problems/credits-depleted"}),
        },
    )
}

fn too_many() -> Reply {
    Reply::problem(
        429,
        &json!({"title": "Too Many Requests", "detail": "Too Many Requests", "type": "about:blank",
        "status": 429}),
    )
}

fn rate_limited(now_s: i64, reset_in_s: Option<i64>, retry_after_s: Option<i64>) -> Reply {
    let mut reply = too_many();
    if let Some(seconds) = reset_in_s {
        reply.set("x-rate-limit-limit", "100");
        reply.set("x-rate-limit-remaining", "0");
        reply.set("x-rate-limit-reset", &(now_s + seconds).to_string());
    }
    if let Some(seconds) = retry_after_s {
        reply.set("retry-after", &seconds.to_string());
    }
    reply
}

fn rate_limited_24h(now_s: i64, reset_in_s: i64) -> Reply {
    let mut reply = too_many();
    reply.set("x-rate-limit-limit", "100");
    reply.set("x-rate-limit-remaining", "99");
    reply.set("x-rate-limit-reset", &(now_s + 900).to_string());
    for scope in ["user", "app"] {
        reply.set(&format!("x-{scope}-limit-24hour-limit"), "100");
        reply.set(&format!("x-{scope}-limit-24hour-remaining"), if scope == "user" { "0" } else { "50" });
        reply.set(&format!("x-{scope}-limit-24hour-reset"), &(now_s + reset_in_s).to_string());
    }
    reply
}

/// One of the 403 bodies of X.
pub(crate) fn forbidden(body: ForbiddenBody) -> Value {
    let blank = |detail: &str| json!({"detail": detail, "type": "about:blank", "title": "Forbidden", "status": 403});
    let client = |reason: &str, enrollment: &str| {
        json!({"client_id": "31415926", "detail": "When authenticating requests to the Twitter API v2 endpoints, you \
               must use keys and tokens from a Twitter developer App that is attached to a Project. You can create a \
               project via the developer portal.", "registration_url": "https://developer.x.com/en/docs/projects",
               "title": "Client Forbidden", "required_enrollment": enrollment, "reason": reason,
               "type": "https://api.twitter.com/2/problems/client-forbidden"})
    };
    match body {
        ForbiddenBody::Duplicate => blank("You are not allowed to create a Tweet with duplicate content."),
        ForbiddenBody::Plain => blank("Forbidden"),
        ForbiddenBody::NotPermitted => blank("You are not permitted to perform this action."),
        ForbiddenBody::Oauth1Permissions => json!({"title": "Forbidden", "status": 403,
            "detail": "Your client app is not configured with the appropriate oauth1 app permissions for this \
                       endpoint.", "type": "https://api.twitter.com/2/problems/oauth1-permissions"}),
        ForbiddenBody::ClientNotEnrolled => client("client-not-enrolled", "Appropriate Level of API Access"),
        ForbiddenBody::UserNotEnrolled => client("user-not-enrolled", "Pay-per-use"),
    }
}
