//! The coming weeks: which photo at which due time, what it will say and cost; and what a person changes about it.
//!
//! Invariant: what is shown is kept, so it is what goes out, unless the photo may not go any more.

use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::Serialize;

use super::{Engine, overview::small};
use crate::{
    caption::plain,
    error::{Error, Result},
    fold::{Fold, Stand},
    handle::Pierrot,
    jobs::{prepare::word, publish::Choice},
    look::Look,
    photo::{PhotoId, key_text},
    plan::{Origin, PLANNED_MAX, Plan, Planned, Pool, seed_of},
    schedule::Slot,
    targets::title,
};

/// One due time with what will go out.
#[derive(Clone, Debug, PartialEq, Serialize, ts_rs::TS)]
pub struct PlanRow {
    pub slot: String,
    pub target: String,
    /// RFC 3339.
    pub at: String,
    /// In the schedule's zone, `2026-11-29T10:00`.
    pub local: String,
    /// Absent when nothing is left.
    pub photo: Option<PhotoId>,
    pub title: String,
    /// Changes with the picture.
    pub thumb: String,
    /// Width by height, times 100.
    pub ratio: u16,
    pub origin: Option<Origin>,
    pub text: String,
    pub alt_text: String,
    /// US dollars.
    pub cost_usd: f64,
    /// Pixels of the original, 0 when the source does not tell.
    pub width: u32,
    pub height: u32,
    pub warnings: Vec<String>,
    /// The name of the look it is scheduled to go out in.
    pub look: Option<String>,
    /// Why nothing goes out then, as things are now.
    pub why_not: Option<WhyNot>,
    /// What is pinned here and may not go now.
    pub waits: Option<WaitingPin>,
}

/// A pinned photo that something keeps back; it takes its place again as soon as it may go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ts_rs::TS)]
pub struct WaitingPin {
    pub photo: PhotoId,
    pub title: String,
}

impl PlanRow {
    /// Whether something goes out then, as things are now.
    fn goes_out(&self) -> bool {
        self.photo.is_some() && self.why_not.is_none()
    }
}

/// What stops a due time although it has a photo.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum WhyNot {
    Paused,
    /// Nobody is signed in to the target, or the source cannot be asked: the due time passes.
    NotSetUp,
    /// What the photographer allows a month is spent by then.
    OverCap,
}

/// What one target costs.
#[derive(Clone, Debug, PartialEq, Serialize, ts_rs::TS)]
pub struct MonthCost {
    pub target: String,
    /// `2026-11`.
    pub month: String,
    pub posts: u32,
    pub spent_usd: f64,
    pub planned_usd: f64,
    /// 0 = no limit.
    pub cap_usd: f64,
}

#[derive(Clone, Debug, PartialEq, Serialize, ts_rs::TS)]
pub struct PlanPage {
    pub rows: Vec<PlanRow>,
    pub costs: Vec<MonthCost>,
    /// Photos that wait, by target, in order.
    pub queues: Vec<Queue>,
    /// Each target's rule in words.
    pub rules: Vec<RuleView>,
    pub zone: String,
    pub paused_until: Option<String>,
    /// Targets with more due times in these weeks than are planned at once.
    pub ends: Vec<PlanEnd>,
}

/// Where the plan of one target ends before the twelve weeks do; the costs end there too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ts_rs::TS)]
pub struct PlanEnd {
    pub target: String,
    /// The last due time that is planned, as in [`PlanRow::local`].
    pub local: String,
    pub planned: u32,
}

#[derive(Clone, Debug, PartialEq, Serialize, ts_rs::TS)]
pub struct Queue {
    pub target: String,
    pub photos: Vec<QueuedPhoto>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, ts_rs::TS)]
pub struct QueuedPhoto {
    pub photo: PhotoId,
    pub title: String,
    /// Changes with the picture.
    pub thumb: String,
    /// False for one that is passed over as it is now: excluded, left out by the settings, gone.
    pub may_go: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, ts_rs::TS)]
pub struct RuleView {
    /// `sync` or a target.
    pub name: String,
    pub rule: String,
    pub in_words: String,
}

const WEEKS: i64 = 12;

/// The catalogue's and the record's answers for one target while its plan is filled.
pub(super) struct TargetPool<'a> {
    pierrot: &'a Pierrot,
    fold: &'a Fold,
    target: &'a str,
    account: Option<String>,
}

impl<'a> TargetPool<'a> {
    /// `fold` is what [`Pierrot::fresh_pools`] gave.
    pub(super) fn of(pierrot: &'a Pierrot, fold: &'a Fold, target: &'a str) -> Result<Self> {
        Ok(Self { pierrot, fold, target, account: pierrot.known_account(target)? })
    }
}

impl Pool for TargetPool<'_> {
    fn may_go(&self, photo: &PhotoId) -> bool {
        self.pierrot.catalogue.in_pool(self.target, photo).unwrap_or(false)
    }

    fn is_over(&self, photo: &PhotoId) -> bool {
        self.fold.is_over(photo, self.target, self.account.as_deref())
    }

    fn pick(&self, not: &HashSet<PhotoId>, seed: u64) -> Option<PhotoId> {
        let not: Vec<PhotoId> = not.iter().cloned().collect();
        self.pierrot.catalogue.pick(self.target, &not, &mut ChaCha8Rng::seed_from_u64(seed)).ok().flatten()
    }
}

impl Engine {
    /// The next twelve weeks, also those of a pause: what is placed there stays.
    pub async fn plan(&self) -> Result<PlanPage> {
        let set = self.set_up().await;
        let pierrot = self.pierrot();
        let fold = pierrot.fresh_pools()?;
        let zone = pierrot.settings().schedule.zone();
        let paused_until = self.pause()?.map(|pause| pause.until);
        let mut rows = Vec::new();
        let mut queues = Vec::new();
        let mut ends = Vec::new();
        for name in pierrot.settings().targets.keys() {
            let slots = self.plan_slots(name)?;
            let plan = self.filled(&fold, name, &slots)?;
            let not_set_up = (!set.allows(name, &pierrot)).then_some(WhyNot::NotSetUp);
            for slot in &slots {
                let mut row = self.row((&pierrot, &fold), name, slot, plan.planned.get(&slot.id))?;
                row.waits = plan.waiting.get(&slot.id).map(|pin| waits(&pierrot, pin)).transpose()?;
                let paused = paused_until.filter(|until| slot.at < *until).map(|_| WhyNot::Paused);
                row.why_not = not_set_up.or(paused);
                rows.push(row);
            }
            if let Some(last) = rows.last().filter(|_| slots.len() >= PLANNED_MAX) {
                ends.push(PlanEnd { target: name.clone(), local: last.local.clone(), planned: small(slots.len()) });
            }
            let photos = plan.queue.iter().map(|photo| queued(&pierrot, name, photo)).collect::<Result<_>>()?;
            queues.push(Queue { target: name.clone(), photos });
        }
        rows.sort_by(|a, b| a.at.cmp(&b.at).then_with(|| a.target.cmp(&b.target)));
        let rules = self.rules();
        let costs = self.costs(&mut rows)?;
        for name in pierrot.settings().targets.keys() {
            let goes = rows.iter_mut().filter(|row| row.target == *name && row.goes_out());
            for (row, nth) in goes.zip(fold.posts_to(name) + 1..) {
                row.look = pierrot.look_of_post(name, nth).map(str::to_owned);
            }
        }
        let paused_until = paused_until.map(|until| until.to_string());
        let zone = zone.iana_name().unwrap_or("UTC").to_owned();
        Ok(PlanPage { rows, costs, queues, rules, zone, paused_until, ends })
    }

    fn rules(&self) -> Vec<RuleView> {
        let pierrot = self.pierrot();
        let names =
            std::iter::once(super::scheduler::SYNC).chain(pierrot.settings().targets.keys().map(String::as_str));
        names
            .map(|name| {
                let rule = self.policy(name).rule;
                RuleView { name: name.to_owned(), rule: rule.to_string(), in_words: rule.in_words() }
            })
            .collect()
    }

    fn plan_slots(&self, name: &str) -> Result<Vec<Slot>> {
        let until = self.pierrot().now().saturating_add(SignedDuration::from_hours(24 * 7 * WEEKS));
        self.unsettled(name, self.pierrot().now(), until.unwrap_or(Timestamp::MAX), PLANNED_MAX)
    }

    fn row(
        &self,
        (pierrot, fold): (&Pierrot, &Fold),
        name: &str,
        slot: &Slot,
        planned: Option<&Planned>,
    ) -> Result<PlanRow> {
        let mut row = PlanRow {
            slot: slot.id.clone(),
            target: name.to_owned(),
            at: slot.at.to_string(),
            local: slot.local.strftime("%Y-%m-%dT%H:%M").to_string(),
            photo: planned.map(|planned| planned.photo.clone()),
            title: String::new(),
            thumb: String::new(),
            ratio: 150,
            origin: planned.map(|planned| planned.origin),
            text: String::new(),
            alt_text: String::new(),
            cost_usd: 0.0,
            width: 0,
            height: 0,
            warnings: Vec::new(),
            look: None,
            why_not: None,
            waits: None,
        };
        let known = planned.map(|planned| pierrot.catalogue.photo(&planned.photo)).transpose()?.flatten();
        if let (Some(known), Some(target)) = (known, pierrot.settings().targets.get(name)) {
            let ready = word(&known.photo, target, fold.written(&known.photo.id, name), None)?;
            row.text = ready.caption.text;
            row.alt_text = ready.alt_text;
            row.cost_usd = ready.cost_usd;
            row.warnings = ready.caption.warnings;
            (row.width, row.height) = known.photo.size();
            row.ratio = known.photo.ratio();
            row.thumb = key_text(known.photo.picture_key());
            row.title = plain::line(&known.photo.title);
        }
        Ok(row)
    }

    /// Adds the months up, and marks what comes after the photographer's limit.
    fn costs(&self, rows: &mut [PlanRow]) -> Result<Vec<MonthCost>> {
        let pierrot = self.pierrot();
        let mut costs: Vec<MonthCost> = Vec::new();
        let month = self.month(pierrot.now());
        for (target, at, cost) in self.spent()? {
            if self.month(at) == month {
                let sum = sum_of(&mut costs, &pierrot, &target, &month);
                sum.posts += 1;
                sum.spent_usd += cost;
            }
        }
        for row in rows.iter_mut().filter(|row| row.goes_out()) {
            let sum = sum_of(&mut costs, &pierrot, &row.target, row.local.get(..7).unwrap_or_default());
            if is_over_cap(sum.spent_usd + sum.planned_usd + row.cost_usd, sum.cap_usd) {
                row.why_not = Some(WhyNot::OverCap);
                continue;
            }
            sum.posts += 1;
            sum.planned_usd += row.cost_usd;
        }
        costs.sort_by(|a, b| a.month.cmp(&b.month).then_with(|| a.target.cmp(&b.target)));
        Ok(costs)
    }

    /// Every paid post on the record: target, when, US dollars.
    fn spent(&self) -> Result<Vec<(String, Timestamp, f64)>> {
        let fold = self.pierrot().known_fold()?;
        let posted = fold.attempts().filter(|attempt| matches!(attempt.stand, Stand::Posted { .. }));
        Ok(posted
            .filter_map(|attempt| {
                let at: Timestamp = attempt.last_at.parse().ok()?;
                Some((attempt.about.target.clone(), at, attempt.frozen.as_ref().map_or(0.0, |frozen| frozen.cost_usd)))
            })
            .collect())
    }

    fn month(&self, at: Timestamp) -> String {
        at.to_zoned(self.pierrot().settings().schedule.zone()).strftime("%Y-%m").to_string()
    }

    /// What goes out when somebody asks for it now: this photo, else the next of the queue that may go, else one by chance.
    pub fn choice(&self, target: Option<&str>, photo: Option<PhotoId>, look: Option<Look>) -> Result<Choice> {
        let pierrot = self.pierrot();
        let (name, _) = pierrot.target(target)?;
        let prefer = if photo.is_none() {
            let fold = pierrot.fresh_pools()?;
            let pool = TargetPool::of(&pierrot, &fold, name)?;
            self.change_plan(name, |plan| plan.next_queued(&pool))?
        } else {
            Vec::new()
        };
        Ok(Choice { target: Some(name.to_owned()), photo, prefer, look, ..Choice::default() })
    }

    /// Why this post, made by itself, would cost more than the photographer allows this month.
    pub(crate) fn over_cap(&self, name: &str, planned: Option<&Planned>) -> Result<Option<String>> {
        let pierrot = self.pierrot();
        let Some(target) = pierrot.settings().targets.get(name) else { return Ok(None) };
        let month = self.month(pierrot.now());
        let spent: f64 =
            self.spent()?.iter().filter(|(t, at, _)| t == name && self.month(*at) == month).map(|s| s.2).sum();
        let known = planned.map(|planned| pierrot.catalogue.photo(&planned.photo)).transpose()?.flatten();
        let price = match known {
            Some(row) => word(&row.photo, target, pierrot.known_fold()?.written(&row.photo.id, name), None)?.cost_usd,
            None => 0.0,
        };
        let cap = target.monthly_cap_usd;
        let words = || {
            format!(
                "{} has spent USD {spent:.2} of the USD {cap:.2} you allow a month; this post costs {price:.2}.",
                title(name)
            )
        };
        Ok(is_over_cap(spent + price, cap).then(words))
    }

    /// What stands at this due time.
    pub(crate) fn planned(&self, name: &str, slot: &Slot) -> Result<Option<Planned>> {
        let fold = self.pierrot().fresh_pools()?;
        let mut slots = self.plan_slots(name)?;
        if !slots.iter().any(|known| known.id == slot.id) {
            slots.insert(0, slot.clone());
        }
        Ok(self.filled(&fold, name, &slots)?.planned.get(&slot.id).cloned())
    }

    fn filled(&self, fold: &Fold, name: &str, slots: &[Slot]) -> Result<Plan> {
        let pierrot = self.pierrot();
        let ids: Vec<String> = slots.iter().map(|slot| slot.id.clone()).collect();
        let secret = self.plan_secret()?;
        let pool = TargetPool::of(&pierrot, fold, name)?;
        self.change_plan(name, |plan| {
            plan.fill(&ids, secret, &pool);
            plan.clone()
        })
    }

    /// Changes a target's plan on disk, where it really changes.
    pub(crate) fn change_plan<T>(&self, name: &str, change: impl FnOnce(&mut Plan) -> T) -> Result<T> {
        let _one_at_a_time = self.0.plans.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let pierrot = self.pierrot();
        let key = format!("plan/{name}");
        let before: Plan = pierrot.catalogue.state(&key)?.unwrap_or_default();
        let mut plan = before.clone();
        let told = change(&mut plan);
        if plan != before {
            pierrot.catalogue.set_state(&key, &plan)?;
        }
        Ok(told)
    }

    fn plan_secret(&self) -> Result<u64> {
        let pierrot = self.pierrot();
        if let Some(secret) = pierrot.catalogue.state("plan_secret")? {
            return Ok(secret);
        }
        let secret = ChaCha8Rng::seed_from_u64(pierrot.fresh_seed()).random();
        pierrot.catalogue.set_state("plan_secret", &secret)?;
        Ok(secret)
    }

    /// Another photo for this due time.
    pub async fn veto(&self, target: &str, slot: &str) -> Result<PlanPage> {
        self.change_plan(target, |plan| plan.veto(slot))?;
        self.planned_anew().await
    }

    /// Takes a veto back.
    pub async fn unveto(&self, target: &str, slot: &str, photo: &PhotoId) -> Result<PlanPage> {
        if !self.change_plan(target, |plan| plan.unveto(slot, photo))? {
            return Err(Error::failed("This cannot be undone any more.", "Pin the photo to the due time instead."));
        }
        self.planned_anew().await
    }

    /// Moves a queued photo to another place in the line.
    pub async fn move_queued(&self, target: &str, photo: &PhotoId, to: usize) -> Result<PlanPage> {
        if !self.change_plan(target, |plan| plan.move_queued(photo, to))? {
            return Err(Error::failed("This photo is no longer in the line.", "Read the plan again."));
        }
        self.planned_anew().await
    }

    /// This photo at this due time.
    pub async fn pin(&self, target: &str, slot: &str, photo: &PhotoId) -> Result<PlanPage> {
        let pierrot = self.pierrot();
        pierrot.fresh_pools()?;
        if !pierrot.catalogue.in_pool(target, photo)? {
            let message = format!("Photo {photo} may not go to {}.", title(target));
            return Err(Error::failed(message, "Open the photo: it says what keeps it back."));
        }
        if !self.plan_slots(target)?.iter().any(|known| known.id == slot) {
            return Err(Error::failed("This due time is over or not planned yet.", "Choose one of the plan."));
        }
        let seed = seed_of(self.plan_secret()?, slot, 0);
        self.change_plan(target, |plan| plan.pin(slot, photo.clone(), seed))?;
        self.planned_anew().await
    }

    /// Lets a due time go its own way again.
    pub async fn unpin(&self, target: &str, slot: &str) -> Result<PlanPage> {
        if !self.change_plan(target, |plan| plan.unpin(slot))? {
            return Err(Error::failed("Nothing is pinned to this due time.", "Read the plan again."));
        }
        self.planned_anew().await
    }

    /// Exchanges two due times.
    pub async fn swap(&self, target: &str, one: &str, other: &str) -> Result<PlanPage> {
        if !self.change_plan(target, |plan| plan.swap(one, other))? {
            return Err(Error::failed("One of the two due times has no photo.", "Read the plan again."));
        }
        self.planned_anew().await
    }

    async fn planned_anew(&self) -> Result<PlanPage> {
        let page = self.plan().await?;
        self.changed("plan");
        Ok(page)
    }
}

fn waits(pierrot: &Pierrot, pin: &Planned) -> Result<WaitingPin> {
    let title = pierrot.catalogue.photo(&pin.photo)?.map(|known| plain::line(&known.photo.title)).unwrap_or_default();
    Ok(WaitingPin { photo: pin.photo.clone(), title })
}

fn queued(pierrot: &Pierrot, target: &str, photo: &PhotoId) -> Result<QueuedPhoto> {
    let known = pierrot.catalogue.photo(photo)?.map(|known| known.photo);
    let title = known.as_ref().map(|known| plain::line(&known.title)).unwrap_or_default();
    let thumb = known.map(|known| key_text(known.picture_key())).unwrap_or_default();
    let may_go = pierrot.catalogue.in_pool(target, photo)?;
    Ok(QueuedPhoto { photo: photo.clone(), title, thumb, may_go })
}

/// A cap of 0 is none. Prices are whole tenths of a cent, which sums of floats only come close to.
fn is_over_cap(usd: f64, cap: f64) -> bool {
    cap > 0.0 && usd > cap + 0.0005
}

/// The sum of a target and month, made when there is none yet.
fn sum_of<'a>(costs: &'a mut Vec<MonthCost>, pierrot: &Pierrot, target: &str, month: &str) -> &'a mut MonthCost {
    let known = costs.iter().position(|cost| cost.target == target && cost.month == month);
    let at = known.unwrap_or(costs.len());
    if known.is_none() {
        let cap_usd = pierrot.settings().targets.get(target).map_or(0.0, |target| target.monthly_cap_usd);
        let (target, month) = (target.to_owned(), month.to_owned());
        costs.push(MonthCost { target, month, posts: 0, spent_usd: 0.0, planned_usd: 0.0, cap_usd });
    }
    &mut costs[at]
}
