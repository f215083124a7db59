import type { RedisClient } from "../../packages/store/src/connect.ts";
import { PARTITION_LUA } from "../../packages/store/src/keys.ts";
import type { Keys } from "../../packages/store/src/keys.ts";

/**
 * Looks at webhooks' batches at one moment, by other means than the scripts' own: every batch lies where its state says
 * and nowhere else, the counters of back-logs and of stored bytes tell the truth, what is cold is filed or packed, and
 * nobody has more slots than are his.
 */
const AUDIT = `${PARTITION_LUA}
local slots_allowed = tonumber(ARGV[1])
local wrong = {}
local function complain(...) table.insert(wrong, table.concat({ ... }, " ")) end
local home = { w = K.ready, s = K.scheduled, r = K.slots, l = K.slots, p = K.parked }
for i = 2, #ARGV do
  local webhook = ARGV[i]
  local batches, events, bytes, in_flight, saved = 0, 0, 0, 0, 0
  local filed_upto = tonumber(redis.call("HGET", K.webhook .. webhook, "cc") or 0)
  for _, key in ipairs({ K.ready, K.scheduled, K.slots, K.parked }) do
    local found = redis.call("ZRANGE", key .. webhook, 0, -1, "WITHSCORES")
    for n = 1, #found, 2 do
      local id, score = found[n], found[n + 1]
      local b = redis.call("HMGET", K.batch .. id, "w", "s", "n", "y", "q", "m", "v", "pk")
      local state = b[2] or "none"
      if b[1] ~= webhook or home[state] ~= key then complain(id, "of state", state, "lies in", key) end
      if (key == K.ready or key == K.parked) and score ~= b[5] then complain(id, "lies in", key, "at", score) end
      local is_urgent = redis.call("ZSCORE", K.urgent .. webhook, id) and true or false
      if is_urgent ~= (state == "w" and b[6] == "1") then complain(id, "of state", state, is_urgent and "is" or "is not", "urgent") end
      local has_clock = redis.call("ZSCORE", K.expiries .. webhook, id) and true or false
      if state == "p" and has_clock then complain("the clock of", id, "runs although it is paused") end
      if state == "l" and not has_clock then complain("the clock of", id, "does not run") end
      local is_filed = b[8] == "1" or redis.call("ZSCORE", K.cold, id)
      local has_turned_cold = state == "s" or state == "p" or (state == "w" and tonumber(b[5]) <= filed_upto)
      if has_turned_cold and not is_filed then complain(id, "of state", state, "will never be packed") end
      saved = saved + (b[7] or 0)
      batches, events, bytes = batches + 1, events + (b[3] or 0), bytes + (b[4] or 0) + 2
      if state == "l" then in_flight = in_flight + 1 end
    end
  end
  for _, key in ipairs({ K.urgent, K.expiries }) do
    for _, id in ipairs(redis.call("ZRANGE", key .. webhook, 0, -1)) do
      if redis.call("EXISTS", K.batch .. id) == 0 then complain(key, "names", id, "which is not there") end
    end
  end
  local w = redis.call("HMGET", K.webhook .. webhook, "bn", "be", "by", "conc", "sv")
  local counted = { tonumber(w[1] or 0), tonumber(w[2] or 0), tonumber(w[3] or 0) }
  if counted[1] ~= batches or counted[2] ~= events or counted[3] ~= bytes then
    complain("the back-log of", webhook, "is", batches, events, bytes, "and counted as", counted[1], counted[2], counted[3])
  end
  local weight = tonumber(redis.call("ZSCORE", K.backlogs, webhook) or 0)
  if tonumber(w[5] or 0) ~= saved or weight ~= bytes - saved then
    complain(saved, "bytes of", webhook, "are saved,", w[5] or 0, "counted, and its back-log weighs", weight)
  end
  local own = tonumber(w[4] or 0)
  if in_flight > (own > 0 and own or slots_allowed) then complain(webhook, "has", in_flight, "attempts in flight") end
end

-- Whoever has an open batch is known to have it.
local opened = {}
for _, id in ipairs(redis.call("ZRANGE", K.opened, 0, -1)) do opened[id] = true end
for i = 2, #ARGV do
  local has_open = (redis.call("HGET", K.webhook .. ARGV[i], "ob") or "") ~= ""
  if has_open ~= (opened[ARGV[i]] or false) then complain(ARGV[i], has_open and "is not" or "is", "known to have an open batch") end
end

for _, id in ipairs(redis.call("ZRANGE", K.cold, 0, -1)) do
  if redis.call("EXISTS", K.batch .. id) == 0 then complain("cold names", id, "which is not there") end
end

-- What is stored is all that is counted.
local stored = { b = 0, r = 0 }
local function each(kind, look)
  for _, key in ipairs(redis.call("KEYS", kind .. "*")) do look(key, string.sub(key, #kind + 1)) end
end
each(K.chunk, function(key)
  local bytes = 450 + #redis.call("HGET", key, "e")
  for _, field in ipairs(redis.call("HKEYS", key)) do
    if string.match(field, "^[dz]%d*$") then bytes = bytes + #redis.call("HGET", key, field) end
  end
  local counted = tonumber(redis.call("HGET", key, "s"))
  if counted ~= bytes then complain(key, "of", bytes, "bytes is counted with", counted) end
  stored.b = stored.b + counted
end)
each(K.batch, function(key, id)
  local b = redis.call("HMGET", key, "z", "w", "i")
  local of_now = b[2] and redis.call("HGET", K.webhook .. b[2], "in") == b[3]
  if of_now and tonumber(b[1]) ~= 850 + 50 * redis.call("LLEN", K.ranges .. id) then complain(id, "is counted with", b[1]) end
  stored.b = stored.b + b[1]
end)
each(K.webhook, function(key) stored.b = stored.b + (redis.call("HGET", key, "oz") or 0) end)
each(K.record, function(key)
  if redis.call("TTL", key) ~= -1 then complain(key, "goes by itself") end
  stored.r = stored.r + 350
  for _, text in ipairs(redis.call("LRANGE", key, 0, -1)) do stored.r = stored.r + #text + 16 end
end)
each(K.successes, function(key)
  for _, text in ipairs(redis.call("LRANGE", key, 0, -1)) do stored.r = stored.r + #text + 16 end
end)
local usage = redis.call("HMGET", K.usage, "b", "r")
for i, field in ipairs({ "b", "r" }) do
  local bytes = tonumber(usage[i] or 0)
  if bytes ~= stored[field] then complain("of", field, stored[field], "bytes are stored and", bytes, "counted") end
end
return wrong
`;

/** What is wrong with these webhooks' batches, in words. */
export async function auditPartition(
  redis: RedisClient,
  keys: Keys,
  {
    concurrency,
    webhooks,
    partition = 0,
  }: { readonly concurrency: number; readonly webhooks: readonly string[]; readonly partition?: number },
): Promise<string[]> {
  return (await redis.eval(AUDIT, 1, keys.partition(partition).base, concurrency, ...webhooks)) as string[];
}
