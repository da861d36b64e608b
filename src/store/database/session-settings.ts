/**
 * What every connection sets first. Times are UTC. Plans are made for the values at hand: a plan that was cached while the
 * tables were nearly empty makes each later batch of a thousand rows take seconds.
 */
export const SESSION_SETTINGS = `SET TimeZone = 'UTC'; SET plan_cache_mode = 'force_custom_plan'`;
